//! Objects of the AI Search data plane (domain-rules D.1): indexers with their status, data sources,
//! skillsets, indexes. The service itself is read in `search.rs`.
//!
//! Every document has passed [`super::scrub`] before it comes here. Must not know what a setting
//! means for a hop.

use super::Context;
use super::connection;
use super::page::raw;
use super::reader::Reader;
use super::versions::Declared;
use crate::model::field::Field;
use crate::model::id::ArmId;
use crate::model::resource::Family;
use crate::model::search::{
    Cache, CognitiveServices, ConnectionString, DataIdentity, DataSource, Hidden, Index, IndexKey,
    IndexStatistics, Indexer, IndexerStatus, KnowledgeStore, Run, RunError, RunLimits, RunWarning,
    Schedule, Skill, Skillset, Vectorizer,
};

/// Older stable versions leave the identity of a data source out, whether or not there is one.
const IDENTITY: Declared = Declared {
    family: Family::Search,
    path: "identity",
    preview: Some("2021-04-30-preview"),
    stable: "2025-09-01",
    source: "domain-rules A.2, H06",
};

/// One indexer.
pub(super) fn indexer(item: &Reader<'_>, context: &Context<'_>) -> Option<Indexer> {
    let parameters = item.object("parameters");
    let schedule = item.object("schedule");
    let cache = item.object("cache");
    Some(Indexer {
        name: name(item)?,
        data_source: item.filled_text("dataSourceName"),
        target_index: item.filled_text("targetIndexName"),
        skillset: item.filled_text("skillsetName"),
        disabled: item.flag("disabled"),
        schedule: schedule.state().map(|()| Schedule {
            interval: schedule.text("interval"),
            start: schedule.time("startTime"),
        }),
        execution_environment: parameters
            .object("configuration")
            .word("executionEnvironment", &["standard", "private"]),
        cache: cache.state().map(|()| Cache {
            connection: connection_at(&cache, "storageConnectionString"),
            identity: cache.dated(identity(&cache, "identity"), &IDENTITY),
            enable_reprocessing: cache.flag("enableReprocessing"),
        }),
        max_failed_items: parameters.integer("maxFailedItems"),
        max_failed_items_per_batch: parameters.integer("maxFailedItemsPerBatch"),
        source: context.source(),
        raw: raw(item),
    })
}

/// The status of the indexer that was asked for by its name.
pub(super) fn status(
    body: &Reader<'_>,
    asked: &ArmId,
    context: &Context<'_>,
) -> Option<IndexerStatus> {
    body.value()?;
    let limits = body.object("limits");
    let last = body.object("lastResult");
    Some(IndexerStatus {
        name: match body.filled_text("name") {
            Field::Value(name) => name,
            _ => asked.name().to_owned(),
        },
        status: body.word("status", &["unknown", "error", "running"]),
        last_result: last.state().map(|()| run(&last)),
        history: body.each("executionHistory", |item| Some(run(item))),
        limits: limits.state().map(|()| RunLimits {
            max_run_time: limits.text("maxRunTime"),
            max_document_size: limits.integer("maxDocumentExtractionSize"),
            max_characters: limits.integer("maxDocumentContentCharactersToExtract"),
        }),
        source: context.source(),
        raw: raw(body),
    })
}

fn run(item: &Reader<'_>) -> Run {
    const STATUS: &[&str] = &[
        "success",
        "inProgress",
        "transientFailure",
        "persistentFailure",
        "reset",
    ];
    Run {
        path: item.path(),
        status: item.word("status", STATUS),
        error_message: item.filled_text("errorMessage"),
        start: item.time("startTime"),
        end: item.time("endTime"),
        items_processed: item.integer("itemsProcessed"),
        items_failed: item.integer("itemsFailed"),
        errors: numbered(item, "errors", |error, position| RunError {
            position,
            key: error.text("key"),
            message: error.filled_text("errorMessage"),
            status_code: error.integer("statusCode"),
            name: error.filled_text("name"),
            details: error.filled_text("details"),
            documentation: error.filled_text("documentationLink"),
        }),
        warnings: numbered(item, "warnings", |warning, position| RunWarning {
            position,
            key: warning.text("key"),
            message: warning.filled_text("message"),
            name: warning.filled_text("name"),
            details: warning.filled_text("details"),
            documentation: warning.filled_text("documentationLink"),
        }),
    }
}

/// One data source.
pub(super) fn data_source(item: &Reader<'_>, context: &Context<'_>) -> Option<DataSource> {
    let container = item.object("container");
    Some(DataSource {
        name: name(item)?,
        source_type: item.text("type"),
        connection: connection_at(&item.object("credentials"), "connectionString"),
        identity: item.dated(identity(item, "identity"), &IDENTITY),
        container: container.filled_text("name"),
        query: container.filled_text("query"),
        source: context.source(),
        raw: raw(item),
    })
}

/// One skillset.
pub(super) fn skillset(item: &Reader<'_>, context: &Context<'_>) -> Option<Skillset> {
    let services = item.object("cognitiveServices");
    let store = item.object("knowledgeStore");
    let projections = item.object("indexProjections");
    Some(Skillset {
        name: name(item)?,
        skills: numbered(item, "skills", skill),
        cognitive_services: services.state().map(|()| CognitiveServices {
            odata_type: services.text("@odata.type"),
            subdomain_url: services.filled_text("subdomainUrl"),
            key: hidden(&services, "key"),
            identity: identity(&services, "identity"),
        }),
        knowledge_store: store.state().map(|()| knowledge_store(&store)),
        index_projections: projections.each("selectors", |selector| {
            selector.required("targetIndexName", selector.filled_text("targetIndexName"))
        }),
        source: context.source(),
        raw: raw(item),
    })
}

fn skill(item: &Reader<'_>, position: usize) -> Skill {
    let api_key = match hidden(item, "apiKey") {
        Field::Absent => hidden(item, "key"),
        found => found,
    };
    Skill {
        position,
        name: item.filled_text("name"),
        odata_type: item.filled_text("@odata.type"),
        resource_uri: first(item, ["resourceUri", "uri"]),
        deployment_id: item.filled_text("deploymentId"),
        model_name: item.filled_text("modelName"),
        api_key,
        auth_identity: identity(item, "authIdentity"),
        auth_resource_id: item.filled_text("authResourceId"),
    }
}

fn knowledge_store(store: &Reader<'_>) -> KnowledgeStore {
    let kinds = store.each("projections", |group| {
        let has = |list| {
            group
                .each_value(list, |_| Some(()))
                .value()
                .is_some_and(|items| !items.is_empty())
        };
        Some((has("tables"), has("objects") || has("files")))
    });
    KnowledgeStore {
        connection: connection_at(store, "storageConnectionString"),
        identity: identity(store, "identity"),
        has_tables: kinds.items().iter().any(|(tables, _)| *tables),
        has_blobs: kinds.items().iter().any(|(_, blobs)| *blobs),
    }
}

/// One index.
pub(super) fn index(item: &Reader<'_>, context: &Context<'_>) -> Option<Index> {
    let vectors = item.object("vectorSearch");
    let semantic = item.object("semantic");
    let key = item.object("encryptionKey");
    Some(Index {
        name: name(item)?,
        vectorizers: numbered(&vectors, "vectorizers", vectorizer),
        semantic_configurations: semantic.each("configurations", |one| {
            one.required("name", one.filled_text("name"))
        }),
        fields: item
            .each_value("fields", |_| Some(()))
            .map(|fields| fields.len()),
        encryption_key: key.state().map(|()| IndexKey {
            vault_uri: key.filled_text("keyVaultUri"),
            key_name: key.filled_text("keyVaultKeyName"),
            key_version: key.filled_text("keyVaultKeyVersion"),
            identity: identity(&key, "identity"),
            application_id: key.object("accessCredentials").filled_text("applicationId"),
        }),
        source: context.source(),
        raw: raw(item),
    })
}

fn vectorizer(item: &Reader<'_>, position: usize) -> Vectorizer {
    let kind = item.word(
        "kind",
        &["azureOpenAI", "customWebApi", "aiServicesVision", "aml"],
    );
    let parameters = [
        ("customWebApi", "customWebApiParameters"),
        ("aiServicesVision", "aiServicesVisionParameters"),
        ("aml", "amlParameters"),
    ]
    .into_iter()
    .find(|(of_kind, _)| kind.is(of_kind))
    .map_or("azureOpenAIParameters", |(_, parameters)| parameters);
    let own = item.object(parameters);
    let api_key = match hidden(&own, "apiKey") {
        Field::Absent => hidden(&own, "key"),
        found => found,
    };
    Vectorizer {
        position,
        name: item.filled_text("name"),
        kind,
        parameters,
        resource_uri: first(&own, ["resourceUri", "uri"]),
        deployment_id: own.filled_text("deploymentId"),
        model_name: own.filled_text("modelName"),
        api_key,
        auth_identity: identity(&own, "authIdentity"),
    }
}

/// The statistics of the index that was asked for by its name.
pub(super) fn statistics(
    body: &Reader<'_>,
    asked: &ArmId,
    context: &Context<'_>,
) -> Option<IndexStatistics> {
    body.value()?;
    Some(IndexStatistics {
        name: asked.name().to_owned(),
        documents: body.integer("documentCount"),
        storage: body.integer("storageSize"),
        vector_index: body.integer("vectorIndexSize"),
        source: context.source(),
        raw: raw(body),
    })
}

fn name(item: &Reader<'_>) -> Option<String> {
    item.required("name", item.filled_text("name"))
}

/// Objects of a list with their places in it, which stay true when one of them cannot be read.
fn numbered<'a, T>(
    parent: &Reader<'a>,
    list: &'a str,
    read: impl Fn(&Reader<'a>, usize) -> T,
) -> Field<Vec<T>> {
    let mut next = 0;
    parent.each_value(list, |item| {
        let position = next;
        next += 1;
        item.as_object().map(|item| read(&item, position))
    })
}

/// The text of the first of two names that is there.
fn first(item: &Reader<'_>, names: [&str; 2]) -> Field<String> {
    let [one, other] = names;
    match item.filled_text(one) {
        Field::Absent => item.filled_text(other),
        found => found,
    }
}

/// Whether there is a secret.
fn hidden(item: &Reader<'_>, name: &str) -> Field<Hidden> {
    item.filled_text(name).map(|_| Hidden)
}

fn connection_at(item: &Reader<'_>, name: &str) -> Field<ConnectionString> {
    item.text(name).map(|text| connection::parse(&text))
}

/// A managed identity as definitions name it.
fn identity<'a>(item: &Reader<'a>, name: &'a str) -> Field<DataIdentity> {
    let identity = item.object(name);
    identity.state().and_then(|()| {
        let of_type = match identity.filled_text("@odata.type") {
            Field::Value(of_type) => of_type,
            Field::Malformed => return Field::Malformed,
            _ => {
                identity.note("@odata.type", "is missing");
                return Field::Malformed;
            }
        };
        match of_type.rsplit(['.', '#']).next().unwrap_or_default() {
            "DataNoneIdentity" => Field::Value(DataIdentity::None),
            "DataUserAssignedIdentity" => {
                let id = identity.id("userAssignedIdentity");
                match identity.required("userAssignedIdentity", id) {
                    Some(id) => Field::Value(DataIdentity::UserAssigned(id)),
                    None => Field::Malformed,
                }
            }
            _ => Field::Value(DataIdentity::Other(of_type)),
        }
    })
}

//! Objects of the AI Search data plane, property by property, and what stands around roles.

use serde_json::{Value, json};

use super::{NEWEST, context};
use crate::azure::decode::{Decoded, Page, page};
use crate::model::facet::Facet;
use crate::model::field::Field;
use crate::model::id::ArmId;
use crate::model::key::Key;
use crate::model::search::{
    ConnectionString, ConnectionTarget, DataIdentity, DataSource, Hidden, Index, Indexer, Run,
    Skillset,
};

const SERVICE: &str =
    "/subscriptions/S/resourceGroups/G/providers/Microsoft.Search/searchServices/srch";
const IDENTITY: &str = "/subscriptions/S/resourceGroups/G/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id";

fn key(facet: Facet) -> Key {
    let tail = match facet {
        Facet::IndexerStatus => "/indexers/docs",
        Facet::IndexStatistics => "/indexes/docs",
        _ => "",
    };
    Key::Facet(ArmId::new(format!("{SERVICE}{tail}")), facet)
}

fn decode(facet: Facet, body: &Value) -> Decoded {
    page(&key(facet), body, &context(NEWEST))
}

fn paths(decoded: &Decoded) -> Vec<String> {
    let issues = decoded.issues.iter();
    issues.filter_map(|issue| issue.path.clone()).collect()
}

fn list(item: &Value) -> Value {
    json!({ "value": [item] })
}

macro_rules! one {
    ($kind:ident, $decoded:expr) => {
        match &$decoded.page {
            Page::$kind(items) => items.first().expect("one item").clone(),
            other => panic!("another kind of page: {other:?}"),
        }
    };
}

fn indexer(item: &Value) -> (Indexer, Vec<String>) {
    let decoded = decode(Facet::Indexers, &list(item));
    (one!(Indexers, decoded), paths(&decoded))
}

fn source(item: &Value) -> (DataSource, Vec<String>) {
    let decoded = decode(Facet::DataSources, &list(item));
    (one!(DataSources, decoded), paths(&decoded))
}

fn skillset(item: &Value) -> (Skillset, Vec<String>) {
    let decoded = decode(Facet::Skillsets, &list(item));
    (one!(Skillsets, decoded), paths(&decoded))
}

fn index(item: &Value) -> (Index, Vec<String>) {
    let decoded = decode(Facet::Indexes, &list(item));
    (one!(Indexes, decoded), paths(&decoded))
}

#[test]
fn an_indexer_in_every_state() {
    let (bare, issues) = indexer(&json!({ "name": "a" }));
    assert_eq!(issues, [""; 0]);
    assert_eq!(bare.data_source, Field::Absent);
    assert_eq!(bare.schedule, Field::Absent);
    assert_eq!(bare.execution_environment, Field::Absent);
    let (full, issues) = indexer(&json!({
        "name": "a", "DataSourceName": "ds", "targetIndexName": "ix", "skillsetName": null,
        "disabled": true,
        "schedule": { "interval": "PT30M", "startTime": "2025-06-12T10:00:00Z" },
        "parameters": { "maxFailedItems": -1, "configuration": { "executionEnvironment": "Private" } },
        "cache": { "storageConnectionString": "<redacted>", "enableReprocessing": true },
    }));
    assert_eq!(issues, [""; 0]);
    assert_eq!(full.data_source.text(), Some("ds"));
    assert_eq!(full.skillset, Field::Null);
    assert_eq!(full.disabled, Field::Value(true));
    assert_eq!(full.max_failed_items, Field::Value(-1));
    assert!(full.execution_environment.is("private"));
    let schedule = full.schedule.value().expect("a schedule");
    assert_eq!(schedule.interval.text(), Some("PT30M"));
    let cache = full.cache.value().expect("a cache");
    assert_eq!(cache.connection, Field::Value(ConnectionString::Redacted));
    let (odd, issues) = indexer(&json!({
        "name": "a", "dataSourceName": 5, "disabled": "yes", "parameters": [],
        "schedule": { "startTime": "soon" },
    }));
    assert_eq!(odd.data_source, Field::Malformed);
    assert_eq!(odd.disabled, Field::Malformed);
    assert_eq!(odd.execution_environment, Field::Malformed);
    assert_eq!(
        issues,
        [
            "value[0].parameters",
            "value[0].dataSourceName",
            "value[0].disabled",
            "value[0].schedule.startTime",
        ]
    );
    let nameless = decode(
        Facet::Indexers,
        &json!({ "value": [{}, 7, { "name": "b" }] }),
    );
    assert_eq!(nameless.page.len(), 1);
    assert_eq!(paths(&nameless), ["value[0].name", "value[1]"]);
}

#[test]
fn the_connection_of_a_data_source_is_told_by_its_kind_and_never_kept() {
    let storage =
        "/subscriptions/S/resourceGroups/G/providers/Microsoft.Storage/storageAccounts/st";
    let st = ConnectionTarget {
        account: Some("st".into()),
        host: None,
    };
    for (text, expected, hidden) in [
        (
            json!(format!("ResourceId={storage};")),
            Field::Value(ConnectionString::ResourceId(ArmId::new(storage))),
            false,
        ),
        (
            json!("DefaultEndpointsProtocol=https;AccountName=st;AccountKey=czNjcmV0c2VjcmV0;"),
            Field::Value(ConnectionString::AccountKey(st.clone())),
            false,
        ),
        (
            json!("AccountName=st;SharedAccessSignature=sv=2020&sig=czNjcmV0c2VjcmV0"),
            Field::Value(ConnectionString::Sas(st)),
            false,
        ),
        (
            json!("<unchanged>"),
            Field::Value(ConnectionString::Redacted),
            true,
        ),
        (json!(null), Field::Null, true),
        (json!(5), Field::Malformed, false),
    ] {
        let (found, _) = source(&json!({
            "name": "ds", "type": "azureblob", "identity": null,
            "credentials": { "connectionString": text },
            "container": { "name": "docs", "query": "a/b" },
        }));
        assert_eq!(found.connection, expected, "{text}");
        assert_eq!(found.is_connection_hidden(), hidden, "{text}");
        assert!(!format!("{found:?}").contains("czNjcmV0"), "{text}");
        assert_eq!(found.container.text(), Some("docs"));
        assert_eq!(found.query.text(), Some("a/b"));
        assert_eq!(found.identity, Field::Null);
    }
    let (bare, _) = source(&json!({ "name": "ds" }));
    assert_eq!(bare.connection, Field::Absent);
    let (nulled, _) = source(&json!({ "name": "ds", "credentials": null }));
    assert_eq!(nulled.connection, Field::Null);
}

#[test]
fn identities_of_definitions_and_versions_that_leave_them_out() {
    let (user, issues) = source(&json!({ "name": "ds", "identity": {
        "@odata.type": "#Microsoft.Azure.Search.DataUserAssignedIdentity", "userAssignedIdentity": IDENTITY,
    } }));
    assert_eq!(issues, [""; 0]);
    assert_eq!(
        user.identity,
        Field::Value(DataIdentity::UserAssigned(ArmId::new(IDENTITY)))
    );
    let (none, _) = source(
        &json!({ "name": "ds", "identity": { "@odata.type": "#Microsoft.Azure.Search.DataNoneIdentity" } }),
    );
    assert_eq!(none.identity, Field::Value(DataIdentity::None));
    let (odd, issues) = source(
        &json!({ "name": "ds", "identity": { "@odata.type": "#Microsoft.Azure.Search.DataUserAssignedIdentity" } }),
    );
    assert_eq!(odd.identity, Field::Malformed);
    assert_eq!(issues, ["value[0].identity.userAssignedIdentity"]);
    let (untyped, issues) = source(&json!({ "name": "ds", "identity": {} }));
    assert_eq!(untyped.identity, Field::Malformed);
    assert_eq!(issues, ["value[0].identity['@odata.type']"]);
    let old = page(
        &key(Facet::DataSources),
        &json!({ "value": [{ "name": "ds" }] }),
        &context("2024-07-01"),
    );
    let old = one!(DataSources, old);
    assert_eq!(old.identity, Field::Unreported("2025-09-01"));
}

#[test]
fn skills_keep_their_places_and_only_the_presence_of_a_key() {
    let (found, issues) = skillset(&json!({
        "name": "ss",
        "skills": [
            { "@odata.type": "#Microsoft.Skills.Text.SplitSkill", "name": "split" },
            "no skill",
            { "@odata.type": "#Microsoft.Skills.Text.AzureOpenAIEmbeddingSkill", "name": null,
              "resourceUri": "https://a.openai.azure.com", "deploymentId": "d", "modelName": "m",
              "apiKey": "czNjcmV0", "authIdentity": null },
            { "@odata.type": "#Microsoft.Skills.Custom.WebApiSkill",
              "uri": "https://f.azurewebsites.net/api?code=czNjcmV0", "authResourceId": "api://x" },
            { "@odata.type": "#Microsoft.Skills.Custom.AmlSkill", "key": "<redacted>" },
        ],
        "cognitiveServices": { "@odata.type": "#Microsoft.Azure.Search.CognitiveServicesByKey", "key": "czNjcmV0" },
        "knowledgeStore": { "storageConnectionString": "ResourceId=/x", "projections": [{ "tables": [{}], "objects": [], "files": [] }] },
        "indexProjections": { "selectors": [{ "targetIndexName": "ix" }] },
    }));
    assert_eq!(issues, ["value[0].skills[1]"]);
    assert!(!format!("{found:?}").contains("czNjcmV0"));
    let skills = found.skills.items();
    let positions: Vec<usize> = skills.iter().map(|skill| skill.position).collect();
    assert_eq!(positions, [0, 2, 3, 4]);
    let embed = &skills[1];
    assert_eq!(embed.kind(), Some("AzureOpenAIEmbeddingSkill"));
    assert_eq!(embed.name, Field::Null);
    assert_eq!(
        embed.resource_uri.text(),
        Some("https://a.openai.azure.com")
    );
    assert_eq!(embed.deployment_id.text(), Some("d"));
    assert_eq!(embed.model_name.text(), Some("m"));
    assert_eq!(embed.api_key, Field::Value(Hidden));
    assert_eq!(embed.auth_identity, Field::Null);
    assert_eq!(skills[0].api_key, Field::Absent);
    assert_eq!(
        skills[2].resource_uri.text(),
        Some("https://f.azurewebsites.net/api?code=<removed>")
    );
    assert_eq!(skills[2].auth_resource_id.text(), Some("api://x"));
    assert_eq!(skills[3].api_key, Field::Value(Hidden));
    let services = found.cognitive_services.value().expect("attached");
    assert_eq!(services.key, Field::Value(Hidden));
    let store = found.knowledge_store.value().expect("a store");
    assert!(store.has_tables && !store.has_blobs);
    assert_eq!(found.index_projections.items(), ["ix"]);
    let (bare, _) = skillset(&json!({ "name": "ss", "skills": [], "cognitiveServices": null }));
    assert_eq!(bare.skills, Field::Value(Vec::new()));
    assert_eq!(bare.cognitive_services, Field::Null);
    assert_eq!(bare.index_projections, Field::Absent);
}

#[test]
fn an_index_with_each_kind_of_vectorizer() {
    let (found, issues) = index(&json!({
        "name": "ix", "fields": [{ "name": "id" }, { "name": "v" }],
        "vectorSearch": { "vectorizers": [
            { "name": "a", "kind": "azureOpenAI", "azureOpenAIParameters": {
                "resourceUri": "https://a.openai.azure.com", "deploymentId": "d", "modelName": "m", "apiKey": null,
                "authIdentity": { "@odata.type": "#Microsoft.Azure.Search.DataUserAssignedIdentity", "userAssignedIdentity": IDENTITY } } },
            { "name": "w", "kind": "customWebApi", "customWebApiParameters": { "uri": "https://f/x", "httpHeaders": { "x-functions-key": "czNjcmV0" } } },
            { "name": "l", "kind": "aml", "amlParameters": { "uri": "https://l/x", "key": "czNjcmV0" } },
        ] },
        "semantic": { "configurations": [{ "name": "sem" }] },
        "encryptionKey": { "keyVaultUri": "https://v.vault.azure.net", "keyVaultKeyName": "k", "keyVaultKeyVersion": "1",
            "accessCredentials": { "applicationId": "app", "applicationSecret": "czNjcmV0" } },
    }));
    assert_eq!(issues, [""; 0]);
    assert!(!format!("{found:?}").contains("czNjcmV0"));
    let [a, w, l] = found.vectorizers.items() else {
        panic!("three vectorizers: {:?}", found.vectorizers);
    };
    assert_eq!(a.api_key, Field::Null);
    assert_eq!(a.parameters, "azureOpenAIParameters");
    assert_eq!(
        a.auth_identity,
        Field::Value(DataIdentity::UserAssigned(ArmId::new(IDENTITY)))
    );
    assert_eq!(w.resource_uri.text(), Some("https://f/x"));
    assert_eq!(w.api_key, Field::Absent);
    assert_eq!(l.api_key, Field::Value(Hidden));
    assert_eq!(found.semantic_configurations.items(), ["sem"]);
    assert_eq!(found.fields, Field::Value(2));
    let key = found.encryption_key.value().expect("a key");
    assert_eq!(key.vault_uri.text(), Some("https://v.vault.azure.net"));
    assert_eq!(key.application_id.text(), Some("app"));
    let (bare, _) = index(&json!({ "name": "ix", "vectorSearch": null, "encryptionKey": null }));
    assert_eq!(bare.vectorizers, Field::Null);
    assert_eq!(bare.encryption_key, Field::Null);
    let (odd, issues) =
        index(&json!({ "name": "ix", "vectorSearch": { "vectorizers": {} }, "semantic": 5 }));
    assert_eq!(odd.vectorizers, Field::Malformed);
    assert_eq!(odd.semantic_configurations, Field::Malformed);
    assert_eq!(
        issues,
        ["value[0].semantic", "value[0].vectorSearch.vectorizers"]
    );
}

#[test]
fn a_status_holds_its_runs_with_their_places() {
    let run = |status: &str| {
        json!({
            "status": status, "errorMessage": "no\nway", "startTime": "2026-11-23T12:00:00.123Z", "endTime": null,
            "itemsProcessed": 3, "itemsFailed": 1,
            "errors": [{ "key": "k", "errorMessage": "e", "statusCode": 403, "name": "DocumentExtraction.azureblob.docs", "details": "d" }],
            "warnings": [{ "key": "k", "message": "w", "name": "n" }],
        })
    };
    let body = json!({
        "name": "docs", "status": "running", "lastResult": run("transientFailure"),
        "executionHistory": [run("transientFailure"), run("success")],
        "limits": { "maxRunTime": "PT2H", "maxDocumentExtractionSize": 16_777_216, "maxDocumentContentCharactersToExtract": 64_000 },
    });
    let decoded = decode(Facet::IndexerStatus, &body);
    assert_eq!(paths(&decoded), [""; 0]);
    let status = one!(IndexerStatuses, decoded);
    let last = status.last_result.value().expect("a last run");
    assert_eq!(last.path, "lastResult");
    assert_eq!(last.error_message.text(), Some("no way"));
    assert_eq!(last.end, Field::Null);
    assert_eq!(last.items_failed, Field::Value(1));
    assert_eq!(last.errors.items()[0].status_code, Field::Value(403));
    assert_eq!(last.warnings.items()[0].message.text(), Some("w"));
    let places: Vec<&str> = status.runs().iter().map(|run| run.path.as_str()).collect();
    assert_eq!(places, ["executionHistory[0]", "executionHistory[1]"]);
    let limits = status.limits.value().expect("limits");
    assert_eq!(limits.max_run_time.text(), Some("PT2H"));

    let never = decode(
        Facet::IndexerStatus,
        &json!({ "status": "running", "lastResult": null, "executionHistory": [] }),
    );
    let never = one!(IndexerStatuses, never);
    assert_eq!(never.name, "docs", "the name that was asked for");
    assert_eq!(never.last_result, Field::Null);
    assert_eq!(never.runs(), [] as [Run; 0]);

    let odd = decode(
        Facet::IndexerStatus,
        &json!({ "status": "sulking", "lastResult": { "errors": [5] } }),
    );
    assert_eq!(paths(&odd), ["status", "lastResult.errors[0]"]);
    assert_eq!(
        decode(Facet::IndexerStatus, &json!("text")).page.len(),
        0,
        "no object is no status"
    );
}

#[test]
fn statistics_have_the_name_that_was_asked_for() {
    let body = json!({ "documentCount": 5, "storageSize": "7", "vectorIndexSize": null });
    let found = one!(IndexStatistics, decode(Facet::IndexStatistics, &body));
    assert_eq!(found.name, "docs");
    assert_eq!(found.documents, Field::Value(5));
    assert_eq!(found.storage, Field::Value(7));
    assert_eq!(found.vector_index, Field::Null);
}

//! Objects of a search service's data plane: indexers and their runs, data sources, skillsets and
//! indexes (domain-rules D.1).
//!
//! No secret lives here: of a key, a SAS or a password only the fact that one is there is kept, and
//! `raw` has [`REMOVED`] in its place.

use std::sync::Arc;

use serde_json::Value;
use time::OffsetDateTime;

use super::field::Field;
use super::id::ArmId;
use super::resource::Source;

/// What stands in `raw` where Azure sent a secret.
pub const REMOVED: &str = "<removed>";

/// There is a secret, whose value nobody keeps. Azure's own placeholders (`<redacted>`,
/// `<unchanged>`) count: they stand where a secret was set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hidden;

/// An indexer: `GET /indexers`.
#[derive(Clone, Debug, PartialEq)]
pub struct Indexer {
    /// `name`.
    pub name: String,
    /// `dataSourceName`.
    pub data_source: Field<String>,
    /// `targetIndexName`.
    pub target_index: Field<String>,
    /// `skillsetName`; null when there is none.
    pub skillset: Field<String>,
    /// `disabled`; null means no.
    pub disabled: Field<bool>,
    /// `schedule`; null means that it runs on demand only.
    pub schedule: Field<Schedule>,
    /// `parameters.configuration.executionEnvironment`: standard, private, in any casing; absent
    /// leaves the choice to the service.
    pub execution_environment: Field<String>,
    /// `cache`: the enrichment cache in a storage account.
    pub cache: Field<Cache>,
    /// `parameters.maxFailedItems`: -1 for any number, 0 (the default) for none.
    pub max_failed_items: Field<i64>,
    /// `parameters.maxFailedItemsPerBatch`.
    pub max_failed_items_per_batch: Field<i64>,
    /// Where it was read.
    pub source: Source,
    /// The JSON as the service sent it, secrets out.
    pub raw: Arc<Value>,
}

/// `schedule` of an indexer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// `interval`: an ISO 8601 duration, `PT30M`.
    pub interval: Field<String>,
    /// `startTime`.
    pub start: Field<OffsetDateTime>,
}

/// `cache` of an indexer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cache {
    /// `storageConnectionString`.
    pub connection: Field<ConnectionString>,
    /// `identity`: who reads and writes the cache.
    pub identity: Field<DataIdentity>,
    /// `enableReprocessing`.
    pub enable_reprocessing: Field<bool>,
}

/// `GET /indexers/N/status`.
#[derive(Clone, Debug, PartialEq)]
pub struct IndexerStatus {
    /// The indexer's name.
    pub name: String,
    /// `status`: unknown, error, running: the indexer's health, not its last run's.
    pub status: Field<String>,
    /// `lastResult`; null for an indexer that never ran.
    pub last_result: Field<Run>,
    /// `executionHistory`, newest first.
    pub history: Field<Vec<Run>>,
    /// `limits`.
    pub limits: Field<RunLimits>,
    /// Where it was read.
    pub source: Source,
    /// The JSON as the service sent it, secrets out.
    pub raw: Arc<Value>,
}

impl IndexerStatus {
    /// Every run that is known, newest first: the history, else the last result alone.
    pub fn runs(&self) -> &[Run] {
        match (self.history.items(), &self.last_result) {
            ([], Field::Value(last)) => std::slice::from_ref(last),
            (history, _) => history,
        }
    }
}

impl Run {
    /// Whether it did not reach its end.
    pub fn has_failed(&self) -> bool {
        self.status.text().is_some_and(|word| {
            ["transientFailure", "persistentFailure"]
                .iter()
                .any(|own| word.eq_ignore_ascii_case(own))
        })
    }
}

/// One run of an indexer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// Where it stands in the status: `lastResult`, `executionHistory[2]`.
    pub path: String,
    /// `status`: success, inProgress, transientFailure, persistentFailure, reset.
    pub status: Field<String>,
    /// `errorMessage`: what failed the run as a whole.
    pub error_message: Field<String>,
    /// `startTime`.
    pub start: Field<OffsetDateTime>,
    /// `endTime`; null while it runs.
    pub end: Field<OffsetDateTime>,
    /// `itemsProcessed`.
    pub items_processed: Field<i64>,
    /// `itemsFailed`.
    pub items_failed: Field<i64>,
    /// `errors`.
    pub errors: Field<Vec<RunError>>,
    /// `warnings`.
    pub warnings: Field<Vec<RunWarning>>,
}

/// One entry of `errors` of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunError {
    /// Where it stands in the list of the run: `errors[3]`.
    pub position: usize,
    /// `key`: which document.
    pub key: Field<String>,
    /// `errorMessage`.
    pub message: Field<String>,
    /// `statusCode`.
    pub status_code: Field<i64>,
    /// `name`: which step, `DocumentExtraction.azureblob.docs`.
    pub name: Field<String>,
    /// `details`.
    pub details: Field<String>,
    /// `documentationLink`.
    pub documentation: Field<String>,
}

/// One entry of `warnings` of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunWarning {
    /// Where it stands in the list of the run.
    pub position: usize,
    /// `key`: which document.
    pub key: Field<String>,
    /// `message`.
    pub message: Field<String>,
    /// `name`: which step.
    pub name: Field<String>,
    /// `details`.
    pub details: Field<String>,
    /// `documentationLink`.
    pub documentation: Field<String>,
}

/// `limits` of an indexer's status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunLimits {
    /// `maxRunTime`: an ISO 8601 duration.
    pub max_run_time: Field<String>,
    /// `maxDocumentExtractionSize`, bytes.
    pub max_document_size: Field<i64>,
    /// `maxDocumentContentCharactersToExtract`.
    pub max_characters: Field<i64>,
}

/// A data source: `GET /datasources`.
#[derive(Clone, Debug, PartialEq)]
pub struct DataSource {
    /// `name`.
    pub name: String,
    /// `type`: azureblob, adlsgen2, azuretable, azurefile, cosmosdb, azuresql, …
    pub source_type: Field<String>,
    /// `credentials.connectionString`, its secret parts out. Null where the service hides it.
    pub connection: Field<ConnectionString>,
    /// `identity`; null with a `ResourceId=` connection is the service's system identity.
    pub identity: Field<DataIdentity>,
    /// `container.name`.
    pub container: Field<String>,
    /// `container.query`: a folder, or a query.
    pub query: Field<String>,
    /// Where it was read.
    pub source: Source,
    /// The JSON as the service sent it, secrets out.
    pub raw: Arc<Value>,
}

impl DataSource {
    /// Whether the service does not say how this source is reached: a key, or unknown.
    pub fn is_connection_hidden(&self) -> bool {
        matches!(
            self.connection,
            Field::Absent | Field::Null | Field::Value(ConnectionString::Redacted)
        )
    }
}

/// How a connection string of a definition opens its target. Never the key itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConnectionString {
    /// `ResourceId=…`: a managed identity's token.
    ResourceId(ArmId),
    /// `AccountKey=…`: the account's key.
    AccountKey(ConnectionTarget),
    /// A shared access signature.
    Sas(ConnectionTarget),
    /// Something else: a password, mostly.
    Other(ConnectionTarget),
    /// A placeholder of the service: `<unchanged>`, `<redacted>`, or empty.
    Redacted,
}

/// What a connection string without a resource id says of its target.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectionTarget {
    /// `AccountName`, or the first label of the endpoint's host.
    pub account: Option<String>,
    /// Host of the endpoint, where one is written.
    pub host: Option<String>,
}

/// Who a definition says presents a token: `identity`, `authIdentity`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DataIdentity {
    /// `DataNoneIdentity`: none; a value that was cleared.
    None,
    /// `DataUserAssignedIdentity` with its resource id.
    UserAssigned(ArmId),
    /// A type of its own: its `@odata.type`.
    Other(String),
}

/// A skillset: `GET /skillsets`.
#[derive(Clone, Debug, PartialEq)]
pub struct Skillset {
    /// `name`.
    pub name: String,
    /// `skills`.
    pub skills: Field<Vec<Skill>>,
    /// `cognitiveServices`: what pays for built-in skills; null is the free allowance.
    pub cognitive_services: Field<CognitiveServices>,
    /// `knowledgeStore`.
    pub knowledge_store: Field<KnowledgeStore>,
    /// `indexProjections.selectors[].targetIndexName`.
    pub index_projections: Field<Vec<String>>,
    /// Where it was read.
    pub source: Source,
    /// The JSON as the service sent it, secrets out.
    pub raw: Arc<Value>,
}

/// One skill.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skill {
    /// Its place in `skills`: evidence is `skills[n].…`.
    pub position: usize,
    /// `name`; the service numbers those without.
    pub name: Field<String>,
    /// `@odata.type`: `#Microsoft.Skills.Text.AzureOpenAIEmbeddingSkill`.
    pub odata_type: Field<String>,
    /// `resourceUri`, or `uri` of a web API skill, without the secrets of its query.
    pub resource_uri: Field<String>,
    /// `deploymentId`.
    pub deployment_id: Field<String>,
    /// `modelName`.
    pub model_name: Field<String>,
    /// `apiKey` (`key` of an AML skill): whether there is one.
    pub api_key: Field<Hidden>,
    /// `authIdentity`; null together with a null key is the service's system identity.
    pub auth_identity: Field<DataIdentity>,
    /// `authResourceId` of a web API skill: the app whose token is presented.
    pub auth_resource_id: Field<String>,
}

impl Skill {
    /// The last part of `@odata.type`: `AzureOpenAIEmbeddingSkill`.
    pub fn kind(&self) -> Option<&str> {
        self.odata_type.text()?.rsplit('.').next()
    }
}

/// `cognitiveServices` of a skillset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CognitiveServices {
    /// `@odata.type`: `DefaultCognitiveServices`, `CognitiveServicesByKey`, `AIServicesByIdentity`,
    /// `AIServicesByKey`, with their namespace.
    pub odata_type: Field<String>,
    /// `subdomainUrl`.
    pub subdomain_url: Field<String>,
    /// `key`: whether there is one.
    pub key: Field<Hidden>,
    /// `identity`.
    pub identity: Field<DataIdentity>,
}

/// `knowledgeStore` of a skillset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnowledgeStore {
    /// `storageConnectionString`.
    pub connection: Field<ConnectionString>,
    /// `identity`.
    pub identity: Field<DataIdentity>,
    /// Whether a projection writes tables, which a trusted service's identity does not reach.
    pub has_tables: bool,
    /// Whether a projection writes objects or files: blobs.
    pub has_blobs: bool,
}

/// An index: `GET /indexes`.
#[derive(Clone, Debug, PartialEq)]
pub struct Index {
    /// `name`.
    pub name: String,
    /// `vectorSearch.vectorizers`; absent or null `vectorSearch` is no vectors.
    pub vectorizers: Field<Vec<Vectorizer>>,
    /// `semantic.configurations[].name`.
    pub semantic_configurations: Field<Vec<String>>,
    /// How many fields, the top level only.
    pub fields: Field<usize>,
    /// `encryptionKey`.
    pub encryption_key: Field<IndexKey>,
    /// Where it was read.
    pub source: Source,
    /// The JSON as the service sent it, secrets out.
    pub raw: Arc<Value>,
}

/// One vectorizer of an index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vectorizer {
    /// Its place in `vectorSearch.vectorizers`.
    pub position: usize,
    /// `name`.
    pub name: Field<String>,
    /// `kind`: `azureOpenAI`, `customWebApi`, `aiServicesVision`, `aml`.
    pub kind: Field<String>,
    /// The name of the object that holds what follows: `azureOpenAIParameters`.
    pub parameters: &'static str,
    /// `resourceUri`, or `uri`, without the secrets of its query.
    pub resource_uri: Field<String>,
    /// `deploymentId`.
    pub deployment_id: Field<String>,
    /// `modelName`.
    pub model_name: Field<String>,
    /// `apiKey` (`key` for AML): whether there is one.
    pub api_key: Field<Hidden>,
    /// `authIdentity`; null together with a null key is the service's system identity.
    pub auth_identity: Field<DataIdentity>,
}

/// `encryptionKey` of an index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexKey {
    /// `keyVaultUri`.
    pub vault_uri: Field<String>,
    /// `keyVaultKeyName`.
    pub key_name: Field<String>,
    /// `keyVaultKeyVersion`.
    pub key_version: Field<String>,
    /// `identity`.
    pub identity: Field<DataIdentity>,
    /// `accessCredentials.applicationId`: an app with a secret reads the key.
    pub application_id: Field<String>,
}

impl IndexKey {
    /// The key's URI, with the version where one is named; none where vault or name are not known, or
    /// the version cannot be read.
    pub fn uri(&self) -> Option<String> {
        let vault = self.vault_uri.text()?.trim_end_matches('/');
        let key = format!("{vault}/keys/{}", self.key_name.text()?);
        match &self.key_version {
            Field::Value(version) => Some(format!("{key}/{version}")),
            Field::Malformed => None,
            _ => Some(key),
        }
    }
}

/// `GET /indexes/N/stats`.
#[derive(Clone, Debug, PartialEq)]
pub struct IndexStatistics {
    /// The index's name: it is asked for by it, the answer does not hold it.
    pub name: String,
    /// `documentCount`.
    pub documents: Field<i64>,
    /// `storageSize`, bytes.
    pub storage: Field<i64>,
    /// `vectorIndexSize`, bytes.
    pub vector_index: Field<i64>,
    /// Where it was read.
    pub source: Source,
    /// The JSON as the service sent it.
    pub raw: Arc<Value>,
}

//! Environments in a few words: who calls whom, and how that goes.

use std::net::IpAddr;

use hopscope::analysis::hop::{Basis, GateVerdict, Hop, HopKind};
use hopscope::analysis::verdict::{Gate, Reasoned, Verdict};
use hopscope::map::{Model, Who};
use hopscope::model::id::ArmId;

/// Calls, and who makes them.
#[derive(Clone, Default)]
pub(crate) struct Shape {
    pub(crate) hops: Vec<Hop>,
    pub(crate) is_reading: bool,
}

const GROUP: &str = "/subscriptions/s/resourceGroups/rg-rag-poc";
const MANAGED: &str = "/subscriptions/s/resourceGroups/azureml-rg-hub_5c1d";

/// The id of a resource by the short word of its type.
pub(crate) fn id(kind: &str, name: &str) -> String {
    let (group, own) = match kind {
        "search" => (GROUP, "Microsoft.Search/searchServices"),
        "storage" => (GROUP, "Microsoft.Storage/storageAccounts"),
        "openai" => (GROUP, "Microsoft.CognitiveServices/accounts"),
        "hub" => (GROUP, "Microsoft.MachineLearningServices/workspaces"),
        "vault" => (GROUP, "Microsoft.KeyVault/vaults"),
        "logs" => (GROUP, "Microsoft.OperationalInsights/workspaces"),
        "cosmos" => (MANAGED, "Microsoft.DocumentDB/databaseAccounts"),
        "own-search" => (MANAGED, "Microsoft.Search/searchServices"),
        "own-storage" => (MANAGED, "Microsoft.Storage/storageAccounts"),
        _ => return name.to_owned(),
    };
    format!("{group}/providers/{own}/{name}")
}

impl Shape {
    /// With a call: kind, `type:name` of both ends, verdict.
    pub(crate) fn with(mut self, kind: HopKind, from: &str, to: &str, verdict: Verdict) -> Self {
        let end = |text: &str| match text.split_once(':') {
            Some((own, name)) => id(own, name),
            None => text.to_owned(),
        };
        self.hops.push(Hop {
            kind,
            from: end(from),
            to: end(to),
            via: Some(format!("app {}", self.hops.len())),
            basis: Basis::Observed,
            gates: vec![GateVerdict::new(
                Gate::Network,
                Reasoned::new(verdict, "because"),
            )],
        });
        self
    }

    pub(crate) fn who(&self) -> Who {
        Who {
            name: Some("ada@contoso.com".to_owned()),
            address: Some(IpAddr::from([203, 0, 113, 24]).to_string()),
            managed: vec![ArmId::new(MANAGED)],
            is_reading: self.is_reading,
        }
    }

    pub(crate) fn model(&self) -> Model {
        let hops: Vec<&Hop> = self.hops.iter().collect();
        Model::build(&[], &hops, &self.who())
    }
}

/// The environment of the pictures.
#[expect(
    clippy::too_many_lines,
    reason = "one table: the environment of the pictures"
)]
pub(crate) fn broken_indexer() -> Shape {
    use HopKind as K;
    use Verdict::{AtRisk, Open, Shut, Unknown};
    Shape::default()
        .with(
            K::IndexerToStorage,
            "search:srch-rag-dev",
            "storage:stragdev",
            Shut,
        )
        .with(K::UserToStorage, "ada", "storage:stragdev", AtRisk)
        .with(
            K::IdentityToKey,
            "cosmos:cosmosrag",
            "vault:kv-rag-dev",
            Unknown,
        )
        .with(
            K::OpenaiToUrl,
            "openai:aoai-rag-dev",
            "https://images.contoso.com",
            Unknown,
        )
        .with(
            K::UserToSearchManagement,
            "ada",
            "search:srch-rag-dev",
            Open,
        )
        .with(K::UserToSearchObjects, "ada", "search:srch-rag-dev", Open)
        .with(K::UserToSearchDocuments, "ada", "search:srch-rag-dev", Open)
        .with(K::UserToOpenai, "ada", "openai:aoai-rag-dev", Open)
        .with(
            K::SkillToOpenai,
            "search:srch-rag-dev",
            "openai:aoai-rag-dev",
            Open,
        )
        .with(
            K::VectorizerToOpenai,
            "search:srch-rag-dev",
            "openai:aoai-rag-dev",
            Open,
        )
        .with(
            K::OpenaiToSearch,
            "openai:aoai-rag-dev",
            "search:srch-rag-dev",
            Open,
        )
        .with(
            K::ResourceToLogs,
            "search:srch-rag-dev",
            "logs:log-rag-dev",
            Open,
        )
        .with(
            K::ResourceToLogs,
            "storage:stragdev",
            "logs:log-rag-dev",
            Open,
        )
        .with(
            K::FoundryConnection,
            "hub:hub-rag-dev",
            "search:srch-rag-dev",
            Open,
        )
        .with(
            K::FoundryConnection,
            "hub:hub-rag-dev",
            "openai:aoai-rag-dev",
            Open,
        )
        .with(
            K::FoundryConnection,
            "hub:hub-rag-dev",
            "storage:stragdev",
            Open,
        )
        .with(
            K::IdentityToKey,
            "hub:hub-rag-dev",
            "vault:kv-rag-dev",
            Open,
        )
        .with(
            K::FoundryToManagedCosmos,
            "hub:hub-rag-dev",
            "cosmos:cosmosrag",
            Open,
        )
        .with(
            K::FoundryToManagedSearch,
            "hub:hub-rag-dev",
            "own-search:srchhub",
            Open,
        )
        .with(
            K::FoundryToManagedStorage,
            "hub:hub-rag-dev",
            "own-storage:sthub",
            Open,
        )
}

/// Environments that are not the one of the pictures, and that people have.
pub(crate) fn unusual() -> Vec<(&'static str, Shape)> {
    use HopKind as K;
    use Verdict::{AtRisk, Open, Shut, Unknown};
    let two_searches = broken_indexer()
        .with(
            K::IndexerToStorage,
            "search:srch-two",
            "storage:stragdev",
            Open,
        )
        .with(K::UserToSearchObjects, "ada", "search:srch-two", AtRisk)
        .with(
            K::OpenaiToSearch,
            "openai:aoai-rag-dev",
            "search:srch-two",
            Shut,
        );
    let no_hub = Shape::default()
        .with(K::UserToStorage, "ada", "storage:st", Open)
        .with(K::UserToSearchObjects, "ada", "search:srch", Open)
        .with(K::UserToOpenai, "ada", "openai:aoai", Open)
        .with(K::IndexerToStorage, "search:srch", "storage:st", Open)
        .with(K::SkillToOpenai, "search:srch", "openai:aoai", Open)
        .with(K::OpenaiToSearch, "openai:aoai", "search:srch", Unknown)
        .with(K::ResourceToLogs, "search:srch", "logs:log", Open);
    let reads_storage = no_hub
        .clone()
        .with(K::OpenaiToStorage, "openai:aoai", "storage:st", Shut);
    let only_storage = Shape::default().with(K::UserToStorage, "ada", "storage:st", Shut);
    let no_people = Shape::default()
        .with(K::IndexerToStorage, "search:srch", "storage:st", Open)
        .with(K::IdentityToKey, "search:srch", "vault:kv", Open)
        .with(K::IdentityToKey, "storage:st", "vault:kv", Open);
    let mut forty = broken_indexer();
    for number in 0..40 {
        let (search, storage) = (
            format!("search:srch-{number}"),
            format!("storage:st-{number}"),
        );
        let verdict = [Open, Shut, AtRisk, Unknown][number % 4];
        forty = forty.with(K::IndexerToStorage, &search, &storage, verdict);
    }
    vec![
        ("two-searches", two_searches),
        ("no-hub", no_hub),
        ("reads-storage", reads_storage),
        ("only-storage", only_storage),
        ("no-people", no_people),
        ("forty", forty),
    ]
}

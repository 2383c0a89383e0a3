//! What a hop is: one directed call, why it exists, its gates, and what proves and mends each.
//!
//! Plain types. Drawing is in `hops`, judging in the gates, wording of commands in
//! `remedy`.

use std::fmt;
use std::sync::Arc;

use time::OffsetDateTime;

use super::access::Right;
use super::benefits::Held;
use super::changes::{Changes, WhoDidIt};
use super::evidence::Evidence;
use super::policy::group::Reaching;
use super::verdict::{Gate, Reasoned, Verdict};
use super::way::Way;

pub use crate::model::judging::Severity;
use crate::model::judging::Suppression;

/// The kinds of hops, in the domain reference's order (design section 6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum HopKind {
    /// H01: a person uploads to storage.
    UserToStorage,
    /// H02: a person manages the search service through ARM.
    UserToSearchManagement,
    /// H03: a person works on indexes, indexers, skillsets.
    UserToSearchObjects,
    /// H04: a person queries or loads documents.
    UserToSearchDocuments,
    /// H05: a person chats with a model.
    UserToOpenai,
    /// H06: an indexer reads its data source.
    IndexerToStorage,
    /// H07: knowledge store, enrichment cache, debug session.
    IndexerExtrasToStorage,
    /// H08: a skill calls a model while indexing.
    SkillToOpenai,
    /// H09: a vectorizer calls a model while querying.
    VectorizerToOpenai,
    /// H10: a model account retrieves from a search service.
    OpenaiToSearch,
    /// H11: a model account reads and writes storage.
    OpenaiToStorage,
    /// H12: a model account fetches a URL of a prompt.
    OpenaiToUrl,
    /// H13: a resource sends its logs.
    ResourceToLogs,
    /// H14: a hub or project reaches what a connection names.
    FoundryConnection,
    /// H15: an identity reads a customer-managed key.
    IdentityToKey,
    /// H16: a hub reaches the Cosmos DB of its managed group.
    FoundryToManagedCosmos,
    /// H17: a hub reaches the search service of its managed group.
    FoundryToManagedSearch,
    /// H18: a hub reaches the storage of its managed group.
    FoundryToManagedStorage,
    /// H19: a call that reaches into another tenant.
    TenantToTenant,
    /// H20: hopscope itself.
    Inspector,
}

impl HopKind {
    /// Every kind, in order.
    pub const ALL: [Self; 20] = [
        Self::UserToStorage,
        Self::UserToSearchManagement,
        Self::UserToSearchObjects,
        Self::UserToSearchDocuments,
        Self::UserToOpenai,
        Self::IndexerToStorage,
        Self::IndexerExtrasToStorage,
        Self::SkillToOpenai,
        Self::VectorizerToOpenai,
        Self::OpenaiToSearch,
        Self::OpenaiToStorage,
        Self::OpenaiToUrl,
        Self::ResourceToLogs,
        Self::FoundryConnection,
        Self::IdentityToKey,
        Self::FoundryToManagedCosmos,
        Self::FoundryToManagedSearch,
        Self::FoundryToManagedStorage,
        Self::TenantToTenant,
        Self::Inspector,
    ];

    /// The name in the JSON report and on the screen.
    pub fn word(self) -> &'static str {
        match self {
            Self::UserToStorage => "user-to-storage",
            Self::UserToSearchManagement => "user-to-search-management",
            Self::UserToSearchObjects => "user-to-search-objects",
            Self::UserToSearchDocuments => "user-to-search-documents",
            Self::UserToOpenai => "user-to-openai",
            Self::IndexerToStorage => "indexer-to-storage",
            Self::IndexerExtrasToStorage => "indexer-extras-to-storage",
            Self::SkillToOpenai => "skill-to-openai",
            Self::VectorizerToOpenai => "vectorizer-to-openai",
            Self::OpenaiToSearch => "openai-to-search",
            Self::OpenaiToStorage => "openai-to-storage",
            Self::OpenaiToUrl => "openai-to-url",
            Self::ResourceToLogs => "resource-to-logs",
            Self::FoundryConnection => "foundry-connection",
            Self::IdentityToKey => "identity-to-key",
            Self::FoundryToManagedCosmos => "foundry-to-managed-cosmos",
            Self::FoundryToManagedSearch => "foundry-to-managed-search",
            Self::FoundryToManagedStorage => "foundry-to-managed-storage",
            Self::TenantToTenant => "tenant-to-tenant",
            Self::Inspector => "inspector",
        }
    }

    /// The kind of a word, for `[[pattern.hop]]`.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.word().eq_ignore_ascii_case(word))
    }
}

impl fmt::Display for HopKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// Why a hop exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Basis {
    /// The config file says so.
    Declared,
    /// A definition names both ends.
    Observed,
    /// A role, a rule or a link ties the ends.
    Inferred,
    /// The ends sit side by side.
    Assumed,
}

impl Basis {
    /// The word in the JSON report.
    pub fn word(self) -> &'static str {
        match self {
            Self::Declared => "declared",
            Self::Observed => "observed",
            Self::Inferred => "inferred",
            Self::Assumed => "assumed",
        }
    }
}

/// One directed call.
#[derive(Clone, Debug, PartialEq)]
pub struct Hop {
    /// The kind.
    pub kind: HopKind,
    /// The caller: an ARM id, or the object id of a person or service principal.
    pub from: String,
    /// The target: an ARM id, or a URL or host that no read resource answers to.
    pub to: String,
    /// What ties them: `indexer N`, `skillset N`, `index N`, `connection N`, `setting N`,
    /// `identity N`, `app ID`.
    pub via: Option<String>,
    /// Why it exists.
    pub basis: Basis,
    /// The gates that apply, in the order of [`Gate::ALL`].
    pub gates: Vec<GateVerdict>,
}

impl Hop {
    /// The id in the JSON report: `kind|from|to|via`.
    pub fn id(&self) -> String {
        format!(
            "{}|{}|{}|{}",
            self.kind,
            self.from,
            self.to,
            self.via.as_deref().unwrap_or_default()
        )
    }

    /// The worst of its gates. A hop without a gate has nothing that could shut it.
    pub fn verdict(&self) -> Verdict {
        Verdict::worst(self.gates.iter().map(|gate| gate.judged.verdict)).unwrap_or(Verdict::Open)
    }

    /// One gate, when it applies.
    pub fn gate(&self, gate: Gate) -> Option<&GateVerdict> {
        self.gates.iter().find(|one| one.gate == gate)
    }

    /// Whether exit codes count it: assumed hops and hopscope's own never do.
    pub fn counts(&self) -> bool {
        self.basis != Basis::Assumed && self.kind != HopKind::Inspector
    }
}

/// One gate of a hop, judged.
#[derive(Clone, Debug, PartialEq)]
pub struct GateVerdict {
    /// Which gate.
    pub gate: Gate,
    /// Verdict, reason, evidence.
    pub judged: Reasoned,
    /// What mends it, the least change first. Empty when it is open.
    pub remedies: Vec<Remedy>,
    /// When the property changed, if that was less than 15 minutes before it was read: Azure may
    /// not act on it yet (domain-rules 0.1).
    pub changed_at: Option<OffsetDateTime>,
    /// Network and outbound: every rule by which the hop passes, or might. None where it is kept
    /// out, and where nothing is filtered.
    pub ways: Vec<Way>,
    /// Authorization: each right that the call needs, whose it has to be, and how it is held. None
    /// where the target asks for no role of Azure's (access policies, Cosmos DB's own roles).
    pub rights: Vec<Right>,
    /// Who shut it, or put it at risk; none for a gate that is open, or unknown.
    pub changed_by: Option<WhoDidIt>,
}

impl GateVerdict {
    /// A gate without remedies.
    pub fn new(gate: Gate, judged: Reasoned) -> Self {
        Self {
            gate,
            judged,
            remedies: Vec::new(),
            changed_at: None,
            ways: Vec::new(),
            rights: Vec::new(),
            changed_by: None,
        }
    }

    /// Says by which rules it passes.
    #[must_use]
    pub fn passing_by(mut self, ways: impl IntoIterator<Item = Way>) -> Self {
        super::way::add(&mut self.ways, ways);
        self
    }

    /// Adds what mends it.
    #[must_use]
    pub fn mended_by(mut self, remedies: impl IntoIterator<Item = Remedy>) -> Self {
        self.remedies.extend(remedies);
        self
    }
}

/// The tool of a remedy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Tool {
    /// A command of the Azure CLI, quoted for a POSIX shell.
    Az,
    /// An attribute of Terraform's azurerm provider.
    Azurerm,
    /// The same through azapi, where azurerm has none.
    Azapi,
    /// The way through the portal.
    Portal,
}

impl Tool {
    /// The word in the JSON report.
    pub fn word(self) -> &'static str {
        match self {
            Self::Az => "az",
            Self::Azurerm => "azurerm",
            Self::Azapi => "azapi",
            Self::Portal => "portal",
        }
    }
}

/// The least change that opens a gate. Shown and copied, never run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remedy {
    /// With what.
    pub tool: Tool,
    /// The command, the attribute, the path; whole, on as many lines as it needs.
    pub text: String,
    /// What to know before: how long it takes, what else it opens, which hop it would shut.
    pub note: Option<String>,
}

/// What kind of finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FindingKind {
    /// A hop does not work.
    Broken,
    /// It works, but wider than the pattern allows.
    Exposure,
    /// Do not change this.
    Keep,
    /// Good to know.
    Note,
}

impl FindingKind {
    /// The word in the JSON report.
    pub fn word(self) -> &'static str {
        match self {
            Self::Broken => "broken",
            Self::Exposure => "exposure",
            Self::Keep => "keep",
            Self::Note => "note",
        }
    }
}

/// One of the six benefits of the public-backbone pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Benefit {
    /// Traffic stays on Microsoft's backbone.
    Backbone,
    /// Service firewalls.
    Firewalls,
    /// Outbound controls.
    Outbound,
    /// Entra ID and least privilege.
    Identity,
    /// Cost.
    Cost,
    /// Logs.
    Logs,
}

impl Benefit {
    /// All six, in the order of the field notes.
    pub const ALL: [Self; 6] = [
        Self::Backbone,
        Self::Firewalls,
        Self::Outbound,
        Self::Identity,
        Self::Cost,
        Self::Logs,
    ];

    /// The word in the JSON report.
    pub fn word(self) -> &'static str {
        match self {
            Self::Backbone => "backbone",
            Self::Firewalls => "firewalls",
            Self::Outbound => "outbound",
            Self::Identity => "identity",
            Self::Cost => "cost",
            Self::Logs => "logs",
        }
    }
}

/// Something that a person should know.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// The rule's stable id: `storage/trusted-bypass-missing`.
    pub rule: &'static str,
    /// The kind.
    pub kind: FindingKind,
    /// The severity.
    pub severity: Severity,
    /// The resource, or the scope, that it is about.
    pub resource: String,
    /// One line.
    pub title: String,
    /// A few sentences.
    pub detail: String,
    /// The benefit that an exposure breaks.
    pub benefit: Option<Benefit>,
    /// What proves it.
    pub evidence: Vec<Evidence>,
    /// What mends it.
    pub remedies: Vec<Remedy>,
    /// The hops that it touches, by id.
    pub hops: Vec<String>,
}

/// The whole judgement of an environment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Judgement {
    /// The hops, by kind, from, to, via.
    pub hops: Vec<Hop>,
    /// The findings, by severity, rule, resource.
    pub findings: Vec<Finding>,
    /// Those that the config file hides, each with the entry that does: set aside, never counted.
    pub hidden: Vec<(Finding, Suppression)>,
    /// The six benefits, in the order of the pattern.
    pub benefits: Vec<Held>,
    /// What was changed lately, and by whom.
    pub changes: Arc<Changes>,
    /// The policies that reach a hub's managed group.
    pub reaching: Vec<Reaching>,
}

impl Judgement {
    /// How a benefit stands; none before anything was judged.
    pub fn benefit(&self, benefit: Benefit) -> Option<&Held> {
        self.benefits.iter().find(|held| held.benefit == benefit)
    }

    /// The findings that stand against a benefit.
    pub fn against(&self, held: &Held) -> impl Iterator<Item = &Finding> {
        let numbers = held.against.clone().into_iter();
        numbers.filter_map(|at| self.findings.get(at))
    }
}

//! One change: a write, a role given or taken, what a policy did; who asked for it, and how it went.

use std::sync::Arc;

use time::OffsetDateTime;

use crate::model::activity::{ActivityEvent, PolicyMark};
use crate::model::id::{ArmId, PrincipalId};

/// One operation that was asked for, with all of its events.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// Stays the same from one reading to the next: correlation, operation, resource.
    pub id: String,
    /// What kind of change.
    pub kind: Kind,
    /// `operationName.value`.
    pub operation: String,
    /// What was written.
    pub resource: Option<ArmId>,
    /// The resource, or the scope, that it concerns: of a role assignment or a diagnostic setting
    /// what it stands on, of a deployment of a model its account.
    pub about: Option<ArmId>,
    /// When it was asked for.
    pub started: OffsetDateTime,
    /// When it ended, as far as the log says.
    pub at: OffsetDateTime,
    /// How it went.
    pub outcome: Outcome,
    /// Who asked for it.
    pub actor: Actor,
    /// What policies did about it: within the same request.
    pub policies: Vec<PolicyMark>,
    /// The caller's address.
    pub address: Option<String>,
    /// The role that admitted the caller.
    pub role: Option<String>,
    /// `correlationId`: everything that one request led to has the same.
    pub correlation_id: Option<String>,
    /// What Azure said of a failure.
    pub message: Option<String>,
    /// Its events, the oldest first.
    pub events: Vec<Arc<ActivityEvent>>,
}

/// What kind of change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// A resource, or a part of one, was written.
    Write,
    /// A resource, or a part of one, was deleted.
    Delete,
    /// A role was given.
    RoleGiven,
    /// A role was taken away.
    RoleTaken,
    /// A role definition, or another thing that decides about rights.
    Rights,
    /// A policy acted.
    Policy(PolicyAct),
    /// A policy was assigned, exempted, changed or removed.
    PolicyChange,
    /// A template was deployed: its writes stand for themselves.
    Deployment,
    /// Keys or secrets were listed, or made anew.
    Keys,
    /// An operation that is no write.
    Action,
    /// Azure tells of the health of something, an alert, advice.
    Notice,
}

/// What a policy did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PolicyAct {
    /// It changed the request.
    Modify,
    /// It added to the request.
    Append,
    /// It deployed something beside it.
    Deploy,
    /// It refused the request.
    Deny,
    /// It only took note.
    Audit,
}

impl PolicyAct {
    /// Whether what is there afterwards differs because of it.
    pub fn changes(self) -> bool {
        matches!(self, Self::Modify | Self::Append | Self::Deploy)
    }

    /// In a word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Modify => "modify",
            Self::Append => "append",
            Self::Deploy => "deployIfNotExists",
            Self::Deny => "deny",
            Self::Audit => "audit",
        }
    }
}

/// How it went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Outcome {
    /// It was done.
    Succeeded,
    /// It was refused, or went wrong.
    Failed,
    /// No end is in the log yet.
    Underway,
}

/// Who asked for a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// The name to show: of the directory, of the token, else the id.
    pub name: String,
    /// What kind of principal.
    pub kind: ActorKind,
    /// Its object id.
    pub object_id: Option<PrincipalId>,
    /// The application through which it came, or which it is.
    pub app_id: Option<String>,
    /// The policy assignment or resource whose identity it is.
    pub identity_of: Option<ArmId>,
}

/// What kind of principal asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ActorKind {
    /// A person.
    Person,
    /// An application with a secret, a certificate or a federation.
    Application,
    /// The managed identity of a resource.
    ManagedIdentity,
    /// The managed identity of a policy assignment.
    Policy,
    /// The log names nobody.
    Azure,
    /// The claims do not say.
    Unclear,
}

impl ActorKind {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Application => "service principal",
            Self::ManagedIdentity => "managed identity",
            Self::Policy => "policy",
            Self::Azure => "Azure",
            Self::Unclear => "principal",
        }
    }

    /// The word in the JSON report.
    pub fn word(self) -> &'static str {
        match self {
            Self::Person => "user",
            Self::Application => "application",
            Self::ManagedIdentity => "managedIdentity",
            Self::Policy => "policy",
            Self::Azure => "azure",
            Self::Unclear => "unknown",
        }
    }
}

impl Kind {
    /// The kind of an operation in a category of the log.
    pub fn of(operation: &str, category: Option<&str>) -> Self {
        const RIGHTS: [&str; 6] = [
            "roledefinitions",
            "denyassignments",
            "roleeligibilityschedulerequests",
            "roleassignmentschedulerequests",
            "rolemanagementpolicies",
            "elevateaccess",
        ];
        const POLICIES: [&str; 5] = [
            "policyassignments",
            "policydefinitions",
            "policysetdefinitions",
            "policyexemptions",
            "remediations",
        ];
        let lower = operation.to_ascii_lowercase();
        let is_told = category.is_some_and(|own| {
            [
                "ResourceHealth",
                "ServiceHealth",
                "Alert",
                "Autoscale",
                "Recommendation",
                "Security",
            ]
            .iter()
            .any(|one| one.eq_ignore_ascii_case(own))
        });
        if is_told {
            return Self::Notice;
        }
        let parts: Vec<&str> = lower.split('/').collect();
        let last = parts.last().copied().unwrap_or_default();
        match parts.as_slice() {
            ["microsoft.authorization", "policies", effect, ..] => Self::Policy(match *effect {
                "modify" => PolicyAct::Modify,
                "append" => PolicyAct::Append,
                "deployifnotexists" => PolicyAct::Deploy,
                "deny" => PolicyAct::Deny,
                _ => PolicyAct::Audit,
            }),
            ["microsoft.authorization", "roleassignments", "write"] => Self::RoleGiven,
            ["microsoft.authorization", "roleassignments", "delete"] => Self::RoleTaken,
            ["microsoft.authorization", what, ..] if RIGHTS.contains(what) => Self::Rights,
            [
                "microsoft.authorization" | "microsoft.policyinsights",
                what,
                ..,
            ] if POLICIES.contains(what) => Self::PolicyChange,
            ["microsoft.resources", "deployments", ..] => Self::Deployment,
            _ => match last {
                "write" => Self::Write,
                "delete" => Self::Delete,
                "action" if is_about_keys(&parts) => Self::Keys,
                "action" => Self::Action,
                _ => Self::Notice,
            },
        }
    }

    /// Whether the resource itself may be another one afterwards.
    pub fn writes(self) -> bool {
        match self {
            Self::Write | Self::Delete => true,
            Self::Policy(act) => act.changes(),
            _ => false,
        }
    }
}

fn is_about_keys(parts: &[&str]) -> bool {
    parts.iter().rev().nth(1).is_some_and(|operation| {
        operation.contains("key") || operation.contains("sas") || operation.contains("secret")
    })
}

impl Change {
    /// Whether a policy made it: what asked is the identity of an assignment.
    pub fn is_by_policy(&self) -> bool {
        self.actor.kind == ActorKind::Policy
    }

    /// The policy that made it, or that changed it on its way; none for a policy that only took note.
    pub fn policy(&self) -> Option<&PolicyMark> {
        let own = self.policies.iter().find(|mark| {
            self.actor.identity_of.is_some() && mark.assignment == self.actor.identity_of
        });
        own.or_else(|| {
            self.policies.iter().find(|mark| {
                mark.effect.as_deref().is_some_and(|effect| {
                    ["modify", "append", "deployifnotexists"]
                        .iter()
                        .any(|one| one.eq_ignore_ascii_case(effect))
                })
            })
        })
    }

    /// Who made it, in words: a policy by its own name.
    pub fn by(&self) -> &str {
        match self.policy().and_then(|policy| policy.name.as_deref()) {
            Some(name) if self.is_by_policy() => name,
            _ => &self.actor.name,
        }
    }

    /// The name of what was written: the resource's own, `aoai-rag-dev gpt-4o` for a part of one.
    pub fn subject(&self) -> String {
        let Some(resource) = &self.resource else {
            return "the subscription".to_owned();
        };
        let Some(about) = self.about.as_ref().filter(|about| *about != resource) else {
            return resource.name().to_owned();
        };
        let place = match about.resource_group() {
            None if about.subscription().is_some() => "subscription",
            _ => about.name(),
        };
        match self.kind {
            Kind::RoleGiven | Kind::RoleTaken => place.to_owned(),
            Kind::PolicyChange => resource.name().to_owned(),
            _ => format!("{place} {}", resource.name()),
        }
    }

    /// What was done: `storageAccounts/write`, without the provider.
    pub fn call(&self) -> &str {
        match self.operation.split_once('/') {
            Some((_, rest)) => rest,
            None => &self.operation,
        }
    }
}

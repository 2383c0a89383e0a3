//! Ways: by which rule of a firewall, or of a list of hosts, a hop passes.
//!
//! A gate that was judged names every way through it, also those that it did not need: a rule that
//! is taken away shuts a hop only where no other way is left. Plain types; the firewalls say the
//! ways of the network gate, `outbound` those of the outbound gate, and [`super::carried`] turns
//! them round: rule by rule, which hops.

use crate::model::id::{ArmId, Folded};

/// One way through a gate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way {
    /// The resource that holds the rule: the target of a hop, a search service for its links, a hub
    /// for its managed network, the caller for its list of hosts.
    pub at: ArmId,
    /// The rule.
    pub rule: Rule,
    /// Whether it lets the hop through for certain. A rule that might is a way too: nobody can say
    /// that it carries nothing.
    pub is_certain: bool,
}

/// One rule that lets hops through. Texts are Azure's own, compared without regard to case.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Rule {
    /// An approved private endpoint, by its own id, else by its connection's.
    PrivateEndpoint(ArmId),
    /// A shared private link of a search service, by its name.
    SharedPrivateLink(Folded),
    /// A rule of a hub's managed network, by its name.
    ManagedNetwork(Folded),
    /// A rule of an enforced perimeter, by its name.
    PerimeterRule(Folded),
    /// That both ends are members of one enforced perimeter, by its id.
    PerimeterMember(ArmId),
    /// A named instance, by the id or the pattern that is written there.
    Instance(Folded),
    /// The exception for trusted services, or for the portal.
    Bypass,
    /// An address or a range.
    Address(Folded),
    /// A subnet.
    Subnet(ArmId),
    /// What happens to those that no rule names: they are let in, or may call any host.
    Default,
    /// A host that may be called.
    Host(Folded),
}

impl Rule {
    /// The rule in a few words: `IP rule 203.0.113.24`.
    pub fn words(&self) -> String {
        match self {
            Self::PrivateEndpoint(id) => format!("private endpoint {}", id.name()),
            Self::SharedPrivateLink(name) => format!("shared private link {name}"),
            Self::ManagedNetwork(name) => format!("managed network rule {name}"),
            Self::PerimeterRule(name) => format!("perimeter rule {name}"),
            Self::PerimeterMember(id) => format!("perimeter {}", id.name()),
            Self::Instance(id) => {
                format!(
                    "instance rule {}",
                    id.as_str().rsplit('/').next().unwrap_or_default()
                )
            }
            Self::Bypass => "bypass".to_owned(),
            Self::Address(text) => format!("IP rule {text}"),
            Self::Subnet(id) => format!("network rule {}", id.name()),
            Self::Default => "default".to_owned(),
            Self::Host(host) => format!("host {host}"),
        }
    }

    /// Whether it is a perimeter's.
    pub fn is_of_perimeter(&self) -> bool {
        matches!(self, Self::PerimeterRule(_) | Self::PerimeterMember(_))
    }

    /// Whether callers that nobody reads may pass by it too: machines in a network, which no list
    /// names. Of such a rule it is never said that it carries nothing.
    pub fn is_for_unseen(&self) -> bool {
        matches!(
            self,
            Self::PrivateEndpoint(_) | Self::Subnet(_) | Self::ManagedNetwork(_)
        )
    }
}

impl Way {
    /// A way that lets the hop through.
    pub fn new(at: &ArmId, rule: Rule) -> Self {
        Self {
            at: at.clone(),
            rule,
            is_certain: true,
        }
    }

    /// The same, of which it cannot be told whether it does.
    #[must_use]
    pub fn perhaps(mut self) -> Self {
        self.is_certain = false;
        self
    }

    /// Whether this is the same rule of the same resource.
    pub fn is_same(&self, other: &Self) -> bool {
        self.at == other.at && self.rule == other.rule
    }
}

/// Takes ways over; a rule that is known already keeps the better certainty.
pub fn add(known: &mut Vec<Way>, more: impl IntoIterator<Item = Way>) {
    for way in more {
        match known.iter_mut().find(|own| own.is_same(&way)) {
            Some(own) => own.is_certain |= way.is_certain,
            None => known.push(way),
        }
    }
}

//! Network security perimeters (domain-rules B.6): enforced, a perimeter replaces the resource's own
//! rules; learning, it only logs. A key or SAS never benefits from it.

use std::net::IpAddr;

use serde_json::{Value, json};

use crate::analysis::evidence::Evidence;
use crate::analysis::facets;
use crate::analysis::verdict::Tag;
use crate::analysis::way::{Rule, Way};
use crate::model::id::{ArmId, Folded};
use crate::model::network::{PerimeterConfiguration, PerimeterRule};
use crate::model::resource::{Family, Resource};
use crate::store::Inventory;

use super::address::{Addresses, Match};
use super::asked::{Answer, Asked, Question};
use super::caller::{Caller, Credential, Instance, ServiceKind};

/// How a target stands to perimeters.
pub(super) struct Perimeter {
    enforced: Vec<PerimeterConfiguration>,
    learning: usize,
    /// Why it cannot be told.
    unclear: Option<String>,
    tags: Vec<Tag>,
    evidence: Option<Evidence>,
}

impl Perimeter {
    /// Reads it off the target's own view of its perimeters.
    pub(super) fn of(inventory: &Inventory, target: &Resource) -> Self {
        let mut own = Self {
            enforced: Vec::new(),
            learning: 0,
            unclear: None,
            tags: Vec::new(),
            evidence: None,
        };
        let listed = facets::perimeters(inventory, &target.id);
        // Vaults and Cosmos DB list their perimeters in previews only: where nobody asks, the
        // perimeter shows as publicNetworkAccess SecuredByPerimeter.
        let preview_only = matches!(target.family, Family::Vault | Family::Cosmos)
            && inventory
                .facet(&target.id, crate::model::facet::Facet::Perimeters)
                .is_none();
        if !preview_only {
            own.unclear.clone_from(&listed.missing);
        }
        for one in listed.items {
            match one.access_mode.text() {
                Some(mode) if mode.eq_ignore_ascii_case("Enforced") => {
                    own.enforced.push(one.clone());
                }
                Some(mode) if mode.eq_ignore_ascii_case("Learning") => own.learning += 1,
                Some(mode) if mode.eq_ignore_ascii_case("Audit") => {
                    own.learning += 1;
                    own.tags.push(Tag::K);
                }
                _ => {
                    own.unclear = Some(format!(
                        "the access mode of a perimeter of {} cannot be told",
                        target.name
                    ));
                }
            }
        }
        own.evidence = evidence(inventory, target);
        own
    }

    /// Whether a perimeter replaces the target's own rules; none when it cannot be told.
    pub(super) fn is_enforced(&self) -> Option<bool> {
        if !self.enforced.is_empty() {
            return Some(true);
        }
        self.unclear.is_none().then_some(false)
    }

    /// Why it cannot be told.
    pub(super) fn unclear(&self) -> Option<&str> {
        self.unclear.as_deref()
    }

    /// What proves it.
    pub(super) fn evidence(&self) -> Option<&Evidence> {
        self.evidence.as_ref()
    }

    /// Inbound rules of the enforced perimeters.
    pub(super) fn inbound(&self) -> impl Iterator<Item = &PerimeterRule> {
        self.enforced
            .iter()
            .flat_map(|one| &one.rules)
            .filter(|rule| rule.direction.is("Inbound"))
    }

    /// A rule of an enforced perimeter whose direction cannot be told: it might be inbound.
    pub(super) fn has_unclear_rule(&self) -> bool {
        self.enforced
            .iter()
            .flat_map(|one| &one.rules)
            .any(|rule| rule.direction.is_unclear() || rule.direction.is_unset())
    }

    /// Whether an inbound rule admits every address.
    pub(super) fn admits_everyone(&self) -> bool {
        let texts: Vec<&String> = self
            .inbound()
            .flat_map(|rule| &rule.address_prefixes)
            .collect();
        Addresses::read(&texts, false).cover_everyone()
    }

    /// The perimeter's question to a caller.
    pub(super) fn ask(&self, inventory: &Inventory, target: &Resource, caller: &Caller) -> Asked {
        let asked = |answer, words: String| {
            Asked::new(Question::Perimeter, answer, words)
                .proved_by(self.evidence.clone())
                .tagged(self.tags.iter().copied())
        };
        if self.enforced.is_empty() {
            return match (&self.unclear, self.learning) {
                (Some(why), _) => asked(
                    Answer::MayDecide,
                    format!("{why}; an enforced one would replace all rules"),
                ),
                (None, 0) => asked(Answer::Next, "not in one".to_owned()),
                (None, _) => asked(
                    Answer::Next,
                    "in one that does not enforce: it only logs".to_owned(),
                ),
            };
        }
        let (answer, words) = self.admits(inventory, target, caller);
        let answer = match answer {
            Answer::MayAdmit => Answer::Unclear,
            Answer::Next if self.has_unclear_rule() => Answer::Unclear,
            // Nothing after an enforced perimeter counts: what it does not admit is kept out.
            Answer::Next => Answer::Shuts,
            other => other,
        };
        let words = format!("enforced, its rules alone decide: {words}");
        asked(answer, words).by_ways(self.ways(inventory, target, caller))
    }

    /// The rules of the enforced perimeters that meet a caller, and the membership that it shares.
    fn ways(&self, inventory: &Inventory, target: &Resource, caller: &Caller) -> Vec<Way> {
        let way = |rule: &PerimeterRule| {
            Way::new(&target.id, Rule::PerimeterRule(Folded::new(&rule.name)))
        };
        let by_address = |address: Option<IpAddr>| {
            let mut ways = Vec::new();
            for rule in self
                .inbound()
                .filter(|rule| !rule.address_prefixes.is_empty())
            {
                let rules = Addresses::read(&rule.address_prefixes, false);
                let met = match address {
                    _ if rules.cover_everyone() => Match::Yes(0),
                    Some(address) => rules.admit(address),
                    None => Match::Maybe(0),
                };
                match met {
                    Match::Yes(_) => ways.push(way(rule)),
                    Match::Maybe(_) => ways.push(way(rule).perhaps()),
                    Match::No => {}
                }
            }
            ways
        };
        let instance = match caller {
            Caller::Instance(instance) => instance,
            Caller::Person { address } => return by_address(*address),
            _ => return by_address(None),
        };
        let subscription = instance.id.subscription();
        let mut ways: Vec<Way> = self
            .inbound()
            .filter(|rule| {
                rule.subscriptions
                    .iter()
                    .any(|one| one.subscription().is_some() && one.subscription() == subscription)
            })
            .map(way)
            .collect();
        let own = facets::perimeters(inventory, &instance.id);
        for mine in own.items {
            if let Some(id) = &mine.perimeter
                && self
                    .enforced
                    .iter()
                    .any(|one| one.perimeter.as_ref() == Some(id))
            {
                ways.push(Way::new(&target.id, Rule::PerimeterMember(id.clone())));
            }
        }
        ways.extend(by_address(None));
        ways
    }

    fn admits(
        &self,
        inventory: &Inventory,
        target: &Resource,
        caller: &Caller,
    ) -> (Answer, String) {
        match caller {
            Caller::Person {
                address: Some(address),
            } => self.admits_address(*address),
            Caller::Person { address: None } | Caller::AzurePortal => {
                if self.admits_everyone() {
                    (
                        Answer::Admits,
                        "an inbound rule admits every address".to_owned(),
                    )
                } else if self.inbound().any(|rule| !rule.address_prefixes.is_empty()) {
                    (
                        Answer::MayAdmit,
                        "it admits addresses, and the caller's is not known".to_owned(),
                    )
                } else {
                    (Answer::Next, "it admits no address".to_owned())
                }
            }
            Caller::Internet | Caller::PrivateEndpoint { .. } => {
                if self.admits_everyone() {
                    (
                        Answer::Admits,
                        "an inbound rule admits every address".to_owned(),
                    )
                } else {
                    (Answer::Next, "it does not admit every address".to_owned())
                }
            }
            Caller::TrustedService(_) => (Answer::Next, "trusted services are ignored".to_owned()),
            Caller::Instance(instance) => self.admits_instance(inventory, target, instance),
        }
    }

    fn admits_address(&self, address: IpAddr) -> (Answer, String) {
        let mut perhaps = false;
        for rule in self.inbound() {
            match Addresses::read(&rule.address_prefixes, false).admit(address) {
                Match::Yes(_) => {
                    return (
                        Answer::Admits,
                        format!("inbound rule {} names {address}", rule.name),
                    );
                }
                Match::Maybe(_) => perhaps = true,
                Match::No => {}
            }
        }
        if perhaps {
            return (
                Answer::MayAdmit,
                "an inbound rule has an address that cannot be read".to_owned(),
            );
        }
        (Answer::Next, format!("no inbound rule names {address}"))
    }

    fn admits_instance(
        &self,
        inventory: &Inventory,
        target: &Resource,
        caller: &Instance,
    ) -> (Answer, String) {
        match caller.credential {
            Credential::Key => {
                return self.by_address(caller.kind).unwrap_or_else(|| {
                    (
                        Answer::Next,
                        "a key or SAS does not benefit from a perimeter".to_owned(),
                    )
                });
            }
            Credential::Unclear => {
                return (
                    Answer::MayAdmit,
                    "what the caller presents could not be read".to_owned(),
                );
            }
            Credential::SystemIdentity | Credential::UserAssigned => {}
        }
        let subscription = caller.id.subscription();
        let by_subscription = self.inbound().find(|rule| {
            rule.subscriptions
                .iter()
                .any(|one| one.subscription().is_some() && one.subscription() == subscription)
        });
        if let Some(rule) = by_subscription {
            return (
                Answer::Admits,
                format!("inbound rule {} names the caller's subscription", rule.name),
            );
        }
        let own = facets::perimeters(inventory, &caller.id);
        let shared = own.items.iter().any(|mine| {
            mine.perimeter.is_some()
                && self
                    .enforced
                    .iter()
                    .any(|theirs| theirs.perimeter == mine.perimeter)
        });
        if shared {
            return if asks_for_rules(caller.kind, ServiceKind::of_family(target.family)) {
                (
                    Answer::MayAdmit,
                    "disputed: the caller is in the same perimeter, which admits members, but AI Search's page asks for explicit rules between Search and models".to_owned(),
                )
            } else {
                (
                    Answer::Admits,
                    "the caller is in the same perimeter".to_owned(),
                )
            };
        }
        match own.missing {
            Some(why) => (
                Answer::MayAdmit,
                format!("{why}; it may be in the same one"),
            ),
            None => self
                .by_address(caller.kind)
                .unwrap_or_else(|| (Answer::Next, "the caller is not in it".to_owned())),
        }
    }

    /// What inbound rules that name addresses do for a service, whose own address is not known
    /// here; none where they do nothing.
    fn by_address(&self, kind: ServiceKind) -> Option<(Answer, String)> {
        if self.admits_everyone() {
            return Some((
                Answer::Admits,
                "an inbound rule admits every address".to_owned(),
            ));
        }
        // Addresses of these services change (domain-rules A.1b).
        let is_fixed = !matches!(kind, ServiceKind::Cognitive | ServiceKind::MachineLearning);
        (is_fixed && self.inbound().any(|rule| !rule.address_prefixes.is_empty())).then(|| {
            (
                Answer::MayAdmit,
                "an inbound rule names addresses, and the caller's is not known here".to_owned(),
            )
        })
    }
}

/// How the target of a call stands to the enforced perimeters of its caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Member {
    /// It is in one of them.
    Same,
    /// It is, but a source asks for rules between these two services all the same.
    Disputed,
    /// It is in none of them.
    Outside,
    /// It cannot be told.
    Unclear,
}

/// How `target` stands to the enforced perimeters of `caller`.
pub fn member(inventory: &Inventory, caller: &Resource, target: &Resource) -> Member {
    let mine = facets::perimeters(inventory, &caller.id);
    let theirs = facets::perimeters(inventory, &target.id);
    let is_shared = mine
        .items
        .iter()
        .filter(|one| one.access_mode.is("Enforced") && one.perimeter.is_some())
        .any(|one| {
            theirs
                .items
                .iter()
                .any(|other| other.perimeter == one.perimeter)
        });
    // A rule that could not be read may name the host.
    let is_unclear = mine
        .items
        .iter()
        .flat_map(|one| &one.rules)
        .any(|rule| rule.direction.is_unclear());
    let kind = ServiceKind::of_family;
    match theirs.missing {
        _ if is_shared && asks_for_rules(kind(caller.family), kind(target.family)) => {
            Member::Disputed
        }
        _ if is_shared => Member::Same,
        Some(_) => Member::Unclear,
        None if is_unclear => Member::Unclear,
        None => Member::Outside,
    }
}

/// The perimeters of a resource as it reports them itself.
pub fn evidence(inventory: &Inventory, resource: &Resource) -> Option<Evidence> {
    let listed = facets::perimeters(inventory, &resource.id);
    let is_own = !facets::own_perimeters(inventory, &resource.id)
        .items
        .is_empty();
    let (holder, path) = match listed.items.first().and_then(|one| one.perimeter.clone()) {
        Some(perimeter) if !is_own => (perimeter, "resourceAssociations"),
        _ => (
            resource.id.clone(),
            "networkSecurityPerimeterConfigurations",
        ),
    };
    listed
        .observed_at
        .map(|at| Evidence::listed(holder, path, shown(listed.items), at))
}

/// Members of a perimeter may call each other; AI Search's page of 2024-12 asks for rules between
/// Search and models all the same (domain-rules B.6).
fn asks_for_rules(caller: ServiceKind, target: ServiceKind) -> bool {
    matches!(
        (caller, target),
        (ServiceKind::Cognitive, ServiceKind::Search)
            | (ServiceKind::Search, ServiceKind::Cognitive)
    )
}

fn shown(items: &[PerimeterConfiguration]) -> Value {
    items
        .iter()
        .map(|one| {
            json!({
                "perimeter": one.perimeter.as_ref().map(ArmId::as_str),
                "profile": one.profile.text(),
                "accessMode": one.access_mode.text(),
            })
        })
        .collect()
}

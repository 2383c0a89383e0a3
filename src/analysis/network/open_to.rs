//! To whom a resource is open, in words: the sum of its rules, nobody in particular asked for.

use serde_json::Value;

use crate::analysis::evidence::Evidence;
use crate::analysis::verdict::Tag;
use crate::model::resource::{Family, Resource};
use crate::store::Inventory;

use super::perimeter::Perimeter;
use super::rules::{Public, Rules, WhenDisabled};
use super::service::Service;
use super::subnet::{self, DeadRule};

/// Who gets in, as far as the network goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Doors {
    /// Any Azure datacenter, of any customer (Cosmos DB's `0.0.0.0`).
    pub any_azure: bool,
    /// Single addresses.
    pub addresses: usize,
    /// Address ranges.
    pub ranges: usize,
    /// Subnets whose rule is not dead.
    pub networks: usize,
    /// Trusted services.
    pub trusted: bool,
    /// Named instances.
    pub instances: usize,
    /// The Azure portal (AI Search previews).
    pub portal: bool,
    /// Approved private endpoints.
    pub private_endpoints: usize,
}

impl Doors {
    fn has_public(&self) -> bool {
        Self {
            private_endpoints: 0,
            ..*self
        } != Self::default()
    }

    fn words(&self) -> String {
        let counted = |count: usize, one: &str, many: &str| match count {
            0 => None,
            1 => Some(format!("1 {one}")),
            count => Some(format!("{count} {many}")),
        };
        let flag = |is_set: bool, words: &str| is_set.then(|| words.to_owned());
        [
            flag(self.any_azure, "any Azure datacenter"),
            counted(self.addresses, "address", "addresses"),
            counted(self.ranges, "address range", "address ranges"),
            counted(self.networks, "network", "networks"),
            flag(self.trusted, "trusted services"),
            counted(self.instances, "named instance", "named instances"),
            flag(self.portal, "Azure portal"),
            flag(self.private_endpoints > 0, "private endpoints"),
        ]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(" + ")
    }
}

/// The sum of the rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Anybody, from anywhere.
    Everyone,
    /// Those named.
    Some(Doors),
    /// Private endpoints only.
    PrivateOnly,
    /// Those that an enforced perimeter admits.
    PerimeterOnly,
    /// Nobody at all.
    Nobody,
    /// It cannot be told; who gets in for certain.
    Unknown(Doors),
}

/// To whom a resource is open, and what says so.
#[derive(Clone, Debug, PartialEq)]
pub struct OpenTo {
    /// The sum.
    pub reach: Reach,
    /// Why, in a sentence without a trailing dot.
    pub reason: String,
    /// What proves it.
    pub evidence: Vec<Evidence>,
    /// The weights of the facts.
    pub tags: Vec<Tag>,
    /// Subnet rules that let nobody in.
    pub dead_rules: Vec<DeadRule>,
}

impl OpenTo {
    /// The words of the pane: `everyone`, `2 addresses + trusted services`, `private only`, …
    pub fn words(&self) -> String {
        match &self.reach {
            Reach::Everyone => "everyone".to_owned(),
            Reach::Some(doors) => doors.words(),
            Reach::PrivateOnly => "private only".to_owned(),
            Reach::PerimeterOnly => "perimeter only".to_owned(),
            Reach::Nobody => "nobody".to_owned(),
            Reach::Unknown(_) => "unknown".to_owned(),
        }
    }

    /// Whether it cannot be told.
    pub fn is_unknown(&self) -> bool {
        matches!(self.reach, Reach::Unknown(_))
    }
}

/// Adds up rules. `doubts` are the reasons why the sum may be larger or smaller.
struct Sum<'a> {
    resource: &'a Resource,
    service: &'static dyn Service,
    rules: &'a Rules,
    doors: Doors,
    reasons: Vec<String>,
    doubts: Vec<String>,
    evidence: Vec<Evidence>,
    tags: Vec<Tag>,
    dead: Vec<DeadRule>,
}

/// To whom a resource with these rules is open.
pub(super) fn sum(
    inventory: &Inventory,
    resource: &Resource,
    service: &'static dyn Service,
    rules: &Rules,
    perimeter: &Perimeter,
) -> OpenTo {
    let mut sum = Sum {
        resource,
        service,
        rules,
        doors: Doors::default(),
        reasons: Vec::new(),
        doubts: Vec::new(),
        evidence: Vec::new(),
        tags: Vec::new(),
        dead: Vec::new(),
    };
    sum.private();
    if service.has_perimeters() {
        match perimeter.is_enforced() {
            Some(true) => return sum.enforced(perimeter),
            Some(false) => sum.evidence.extend(perimeter.evidence().cloned()),
            None => sum.doubts.push(
                perimeter
                    .unclear()
                    .unwrap_or("its perimeters are not known")
                    .to_owned(),
            ),
        }
    }
    sum.public(inventory)
}

impl Sum<'_> {
    fn note<T>(&mut self, fact: &super::rules::Fact<T>) {
        self.evidence.push(fact.evidence.clone());
        self.tags.extend(fact.tags.iter().copied());
        if fact.value.is_none() {
            self.doubts.push(fact.words.clone());
        } else {
            self.reasons.push(fact.words.clone());
        }
    }

    fn private(&mut self) {
        let rules = self.rules;
        let fact = &rules.private;
        self.evidence.push(fact.evidence.clone());
        let Some(connections) = &fact.value else {
            self.doubts.push(fact.words.clone());
            return;
        };
        for connection in connections {
            match connection.status.text() {
                Some(status) if status.eq_ignore_ascii_case("Approved") => {
                    self.doors.private_endpoints += 1;
                }
                Some(_) => {}
                None => self
                    .doubts
                    .push("the status of a private endpoint connection cannot be told".to_owned()),
            }
        }
        if self.doors.private_endpoints > 0 {
            self.reasons.push(format!(
                "{} private endpoints approved",
                self.doors.private_endpoints
            ));
        }
    }

    fn enforced(mut self, perimeter: &Perimeter) -> OpenTo {
        self.evidence.extend(perimeter.evidence().cloned());
        if perimeter.admits_everyone() {
            self.reasons
                .push("an inbound rule of its perimeter admits every address".to_owned());
            return self.done(Reach::Everyone);
        }
        if perimeter.has_unclear_rule() {
            self.doubts
                .push("a rule of its perimeter cannot be read".to_owned());
        }
        self.reasons
            .push("its perimeter is enforced and replaces its own rules".to_owned());
        self.done(Reach::PerimeterOnly)
    }

    fn public(mut self, inventory: &Inventory) -> OpenTo {
        let rules = self.rules;
        self.note(&rules.public);
        match rules.public.value {
            Some(Public::ByPerimeter) => {
                self.reasons
                    .push("the perimeter alone decides, and none is enforced".to_owned());
                return self.done_private();
            }
            Some(Public::Disabled) => {
                match self.service.when_disabled() {
                    WhenDisabled::Gone => {}
                    WhenDisabled::Works(why) => {
                        self.services();
                        if self.doors.has_public() {
                            self.reasons.push(why.to_owned());
                        }
                    }
                    WhenDisabled::Disputed(why) => {
                        self.services();
                        if self.doors.trusted {
                            self.doors.trusted = false;
                            self.doubts.push(why.to_owned());
                        }
                    }
                }
                return if self.doors.has_public() {
                    let doors = self.doors;
                    self.done(Reach::Some(doors))
                } else {
                    self.done_private()
                };
            }
            Some(Public::Enabled) | None => {}
        }
        self.note(&rules.default_allow);
        if rules.default_allow.value == Some(true) {
            return self.done(Reach::Everyone);
        }
        if let Some(addresses) = &rules.addresses.value {
            if addresses.cover_everyone() {
                self.note(&rules.addresses);
                self.reasons
                    .push("the IP rules cover every address".to_owned());
                return self.done(Reach::Everyone);
            }
            if let Some(text) = addresses.unreadable() {
                self.doubts
                    .push(format!("IP rule {text:?} is no address that can be read"));
            }
            self.doors.any_azure = addresses.admit_any_azure();
            self.doors.addresses = addresses.singles();
            self.doors.ranges = addresses.ranges();
        }
        self.note(&rules.addresses);
        self.networks(inventory);
        self.services();
        if self.doors.has_public() {
            let doors = self.doors;
            self.done(Reach::Some(doors))
        } else {
            self.done_private()
        }
    }

    fn networks(&mut self, inventory: &Inventory) {
        let rules = self.rules;
        self.note(&rules.subnets);
        let Some(subnets) = &rules.subnets.value else {
            return;
        };
        let (living, dead) = subnet::living(inventory, subnets, self.service.service_endpoints());
        self.doors.networks = living.len();
        for rule in &dead {
            self.reasons.push(format!(
                "the rule for {} is dead: {}",
                rule.subnet.name(),
                rule.why
            ));
        }
        self.dead = dead;
    }

    fn services(&mut self) {
        let rules = self.rules;
        if self.resource.family == Family::Workspace {
            return;
        }
        self.note(&rules.instances);
        if let Some(instances) = &rules.instances.value {
            self.doors.instances = instances.len();
        }
        self.note(&rules.bypass);
        let Some(bypass) = rules.bypass.value else {
            return;
        };
        self.doors.portal = bypass.portal;
        if self.resource.family == Family::Cosmos {
            // The bypass of Cosmos DB is for instances that it names, not for a list of services.
            if bypass.azure_services {
                self.note(&rules.bypass_ids);
                self.doors.instances += rules.bypass_ids.value.as_ref().map_or(0, Vec::len);
            }
        } else {
            self.doors.trusted = bypass.azure_services;
        }
    }

    fn done_private(self) -> OpenTo {
        let reach = if self.doors.private_endpoints > 0 {
            Reach::PrivateOnly
        } else {
            Reach::Nobody
        };
        self.done(reach)
    }

    fn done(mut self, reach: Reach) -> OpenTo {
        // What is not set says nothing about who gets in: only what decides goes into the reason.
        self.reasons
            .retain(|words| !words.starts_with("this service has no"));
        let (reach, mut reason) = if self.doubts.is_empty() {
            (reach, self.reasons.join("; "))
        } else {
            (Reach::Unknown(self.doors), self.doubts.join("; "))
        };
        self.tags.sort_unstable();
        self.tags.dedup();
        for tag in &self.tags {
            if !reason.contains(tag.mark()) {
                reason.push(' ');
                reason.push_str(tag.mark());
            }
        }
        let mut evidence: Vec<Evidence> = Vec::new();
        for one in self.evidence {
            let settled = one.value.is_some() || one.path.contains("ublicNetworkAccess");
            let known = evidence.iter().any(|other| other.path == one.path);
            if !known && (settled || is_setting(&one)) {
                evidence.push(one);
            }
        }
        OpenTo {
            reach,
            reason,
            evidence,
            tags: self.tags,
            dead_rules: self.dead,
        }
    }
}

/// Whether an absent property is worth showing: one whose silence has a meaning of its own.
fn is_setting(evidence: &Evidence) -> bool {
    evidence.value != Some(Value::Null)
        && ["defaultAction", "bypass", "ipRules", "Connections"]
            .iter()
            .any(|name| evidence.path.ends_with(name))
}

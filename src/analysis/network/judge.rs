//! The decision order of a service firewall (domain-rules B.0), one function a question.
//!
//! What a service does its own way is asked of its [`Service`]; nothing here names a service.

use std::net::IpAddr;

use crate::analysis::evidence::Evidence;
use crate::model::judging::Judging;
use crate::model::network::SubnetRule;
use crate::model::resource::{Family, Resource};
use crate::store::Inventory;

use super::address::{Addresses, Match, is_private};
use super::asked::{Admission, Answer, Asked, Inquiry, Question};
use super::caller::{Caller, Credential, Instance, ServiceKind, region};
use super::perimeter::Perimeter;
use super::private;
use super::rules::{Fact, Public, Rules, WhenDisabled};
use super::service::{ByAddress, Service, Trust};
use super::subnet;
use super::ways::{self, Ways};

/// One target being asked.
pub(super) struct Door<'a> {
    /// The environment.
    pub(super) inventory: &'a Inventory,
    /// Whose address the firewalls are judged for.
    pub(super) judging: &'a Judging,
    /// The target.
    pub(super) target: &'a Resource,
    /// Its service's ways.
    pub(super) service: &'static dyn Service,
    /// Its rules.
    pub(super) rules: &'a Rules,
    /// Its perimeters.
    pub(super) perimeter: &'a Perimeter,
}

impl Door<'_> {
    /// Asks every question in order until one decides.
    pub(super) fn admit(&self, caller: &Caller) -> Admission {
        let caller = self.stand_in(caller);
        let mut inquiry = Inquiry::default();
        inquiry.ask(|| private::ask_endpoint(self.inventory, self.target, self.rules, &caller));
        if let Caller::Instance(instance) = &caller
            && instance.kind == ServiceKind::Search
        {
            inquiry.ask(|| private::ask_link(self.inventory, self.target, instance));
        }
        if self.service.has_perimeters() {
            inquiry.ask(|| self.perimeter.ask(self.inventory, self.target, &caller));
        }
        let ways = self.ways();
        if self.target.family == Family::Storage {
            inquiry.ask(|| self.instance_rule(&caller).by_ways(ways.instances(&caller)));
        }
        if self.target.family == Family::Cosmos {
            inquiry.ask(|| self.named_in_bypass(&caller).by_ways(ways.named(&caller)));
        }
        if self.target.family != Family::Workspace {
            inquiry.ask(|| self.trusted(&caller).by_ways([ways.bypass()]));
        }
        inquiry.ask(|| self.public_access());
        let default = || self.default_action().by_ways([ways.default_action()]);
        // Where everybody is let in, the rules are asked last: they are ways that are left once the
        // default is Deny.
        let is_open = self.rules.default_allow.value == Some(true);
        if is_open {
            inquiry.ask(default);
        }
        inquiry.ask(|| self.ip_rule(&caller).by_ways(ways.addresses(&caller)));
        inquiry.ask(|| self.subnet_rule(&caller).by_ways(ways.subnets(&caller)));
        if !is_open {
            inquiry.ask(default);
        }
        inquiry.close()
    }

    fn ways(&self) -> Ways<'_> {
        Ways {
            inventory: self.inventory,
            target: self.target,
            service: self.service,
            rules: self.rules,
        }
    }

    /// The portal calls most services from the person's own browser.
    fn stand_in(&self, caller: &Caller) -> Caller {
        match caller {
            Caller::AzurePortal if self.service.portal_has_own_address().is_none() => {
                Caller::Person {
                    address: self.judging.client_ip,
                }
            }
            other => other.clone(),
        }
    }

    fn instance_rule(&self, caller: &Caller) -> Asked {
        let fact = &self.rules.instances;
        let asked = |answer, words: String| {
            Asked::new(Question::InstanceRule, answer, words).proved_by([fact.evidence.clone()])
        };
        let Caller::Instance(instance) = caller else {
            return asked(Answer::Next, "for instances of services only".to_owned());
        };
        let Some(rules) = &fact.value else {
            return asked(Answer::MayAdmit, fact.words.clone());
        };
        let Some(at) = rules
            .iter()
            .position(|rule| ways::names(self.inventory, rule, instance))
        else {
            let words = match rules.first() {
                None => "none".to_owned(),
                Some(first) => format!(
                    "{}, names {}: not this caller",
                    rules.len(),
                    first.resource_id.rsplit('/').next().unwrap_or_default()
                ),
            };
            return asked(Answer::Next, words);
        };
        let named = Evidence::of(
            self.target,
            format!("properties.networkAcls.resourceAccessRules[{at}].resourceId"),
        );
        let covers = self.service.names_instance(instance);
        let words = format!("names {}", instance.id.name());
        self.by_trust(covers, words, asked).proved_by([named])
    }

    fn named_in_bypass(&self, caller: &Caller) -> Asked {
        let ids = &self.rules.bypass_ids;
        let bypass = &self.rules.bypass;
        let asked = |answer, words: String| {
            Asked::new(Question::InstanceRule, answer, words)
                .proved_by([bypass.evidence.clone(), ids.evidence.clone()])
        };
        let Caller::Instance(instance) = caller else {
            return asked(Answer::Next, "for instances of services only".to_owned());
        };
        let Some(named) = &ids.value else {
            return asked(Answer::MayAdmit, ids.words.clone());
        };
        if !named
            .iter()
            .any(|id| ways::matches_id(id, instance.id.as_str()))
        {
            return asked(Answer::Next, "not named".to_owned());
        }
        match bypass.value {
            Some(set) if !set.azure_services => asked(
                Answer::Next,
                format!("named, but {}", bypass.words),
            )
            .telling(),
            _ => asked(
                Answer::MayAdmit,
                "disputed: named with the bypass, which one source gives to AI Search too and the other to Synapse and Fabric only".to_owned(),
            ),
        }
    }

    fn trusted(&self, caller: &Caller) -> Asked {
        let bypass = &self.rules.bypass;
        let asked = |answer, words: String| {
            Asked::new(Question::TrustedService, answer, words)
                .proved_by([bypass.evidence.clone()])
                .tagged(bypass.tags.iter().copied())
        };
        let any;
        let instance = match caller {
            Caller::Instance(instance) => instance,
            Caller::TrustedService(kind) => {
                any = any_instance(*kind, self.target);
                &any
            }
            Caller::AzurePortal => {
                return match bypass.value {
                    Some(set) if set.portal => asked(Answer::Admits, bypass.words.clone()),
                    Some(_) => asked(Answer::Next, "the portal is no trusted service".to_owned()),
                    None => asked(Answer::MayAdmit, bypass.words.clone()),
                };
            }
            Caller::Person { .. } | Caller::Internet | Caller::PrivateEndpoint { .. } => {
                return asked(Answer::Next, "for Azure services only".to_owned());
            }
        };
        let trust = self.service.trusts(self.target, instance);
        match bypass.value {
            None if matches!(trust, Trust::No(_)) => self.by_trust(trust, String::new(), asked),
            None => asked(Answer::MayAdmit, bypass.words.clone()),
            Some(set) if !set.azure_services => {
                let step = asked(Answer::Next, bypass.words.clone());
                if matches!(trust, Trust::Yes(_)) {
                    step.telling()
                } else {
                    step
                }
            }
            Some(_) => self.by_trust(trust, bypass.words.clone(), asked),
        }
    }

    /// What a path for services does, with public access as it is.
    fn by_trust(
        &self,
        trust: Trust,
        words: String,
        asked: impl Fn(Answer, String) -> Asked,
    ) -> Asked {
        let public = &self.rules.public;
        match trust {
            Trust::No(why) => asked(Answer::Next, why.to_owned()).telling(),
            Trust::Unclear(why) => asked(Answer::MayAdmit, why.to_owned()),
            Trust::Yes(note) => {
                let words = match note {
                    None => words,
                    Some((note, tag)) => format!("{words}; {note} {}", tag.mark()),
                };
                let tags = note.map(|(_, tag)| tag);
                match (public.value, self.service.when_disabled()) {
                    (Some(Public::Enabled), _) => asked(Answer::Admits, words).tagged(tags),
                    (Some(Public::Disabled), WhenDisabled::Works(why)) => asked(
                        Answer::Admits,
                        format!("{words}, also with public access off: {why}"),
                    )
                    .proved_by([public.evidence.clone()])
                    .tagged(tags),
                    (Some(Public::Disabled), WhenDisabled::Disputed(why)) => {
                        asked(Answer::MayAdmit, why.to_owned()).proved_by([public.evidence.clone()])
                    }
                    (Some(Public::Disabled), WhenDisabled::Gone) => {
                        asked(Answer::Next, public.words.clone())
                            .proved_by([public.evidence.clone()])
                    }
                    (Some(Public::ByPerimeter), _) => asked(
                        Answer::Next,
                        format!("{}: the perimeter alone decides", public.words),
                    )
                    .proved_by([public.evidence.clone()])
                    .telling(),
                    (None, _) => asked(Answer::MayAdmit, public.words.clone())
                        .proved_by([public.evidence.clone()]),
                }
            }
        }
    }

    fn public_access(&self) -> Asked {
        let fact = &self.rules.public;
        let answer = match fact.value {
            Some(Public::Enabled) => Answer::Next,
            Some(Public::Disabled | Public::ByPerimeter) => Answer::Shuts,
            None => Answer::MayShut,
        };
        step(Question::PublicAccess, answer, fact.words.clone(), fact)
    }

    fn default_action(&self) -> Asked {
        let fact = &self.rules.default_allow;
        let answer = match fact.value {
            Some(true) => Answer::Admits,
            Some(false) => Answer::Shuts,
            None => Answer::MayAdmit,
        };
        step(Question::DefaultAction, answer, fact.words.clone(), fact)
    }

    fn ip_rule(&self, caller: &Caller) -> Asked {
        let fact = &self.rules.addresses;
        let asked = |answer, words: String| step(Question::IpRule, answer, words, fact);
        let Some(rules) = &fact.value else {
            return asked(Answer::MayAdmit, fact.words.clone());
        };
        if rules.is_empty() {
            return asked(Answer::Next, "none".to_owned());
        }
        match caller {
            Caller::Person { address } => self.ip_of_person(rules, *address, asked),
            Caller::Instance(instance) => {
                let same_region = self.same_region(instance);
                let step = self.ip_of_service(rules, instance.kind, same_region, asked);
                if !(self.service.blocks_addresses_of_same_region() && same_region.is_some()) {
                    return step;
                }
                let caller = self.inventory.resource(&instance.id);
                step.proved_by(
                    [Some(self.target), caller.map(std::convert::AsRef::as_ref)]
                        .into_iter()
                        .flatten()
                        .map(|one| Evidence::of(one, "location")),
                )
            }
            Caller::TrustedService(kind) => self.ip_of_service(rules, *kind, None, asked),
            Caller::AzurePortal => {
                if rules.cover_everyone() {
                    return asked(Answer::Admits, "they cover every address".to_owned());
                }
                let (words, tag) = self.service.portal_has_own_address().map_or(
                    ("the portal's address is not known", None),
                    |(words, tag)| (words, Some(tag)),
                );
                asked(Answer::MayAdmit, format!("{}; {words}", count(rules))).tagged(tag)
            }
            Caller::Internet => {
                if rules.cover_everyone() {
                    asked(Answer::Admits, "they cover every address".to_owned())
                } else if let Some(text) = rules.unreadable() {
                    asked(
                        Answer::MayAdmit,
                        format!("{text:?} is no address that can be read"),
                    )
                } else {
                    asked(Answer::Next, format!("{}, not everybody", count(rules)))
                }
            }
            Caller::PrivateEndpoint { .. } => {
                if rules.cover_everyone() {
                    asked(Answer::Admits, "they cover every address".to_owned())
                } else {
                    asked(
                        Answer::MayAdmit,
                        format!(
                            "{}; the network's public address is not known",
                            count(rules)
                        ),
                    )
                }
            }
        }
    }

    fn ip_of_person(
        &self,
        rules: &Addresses,
        address: Option<IpAddr>,
        asked: impl Fn(Answer, String) -> Asked,
    ) -> Asked {
        let Some(address) = address else {
            return if rules.cover_everyone() {
                asked(Answer::Admits, "they cover every address".to_owned())
            } else {
                asked(
                    Answer::MayAdmit,
                    format!(
                        "{}, and the caller's address is not known: --client-ip says it",
                        count(rules)
                    ),
                )
            };
        };
        if is_private(address) {
            return asked(
                Answer::Next,
                format!("{address} is a private address, and rules hold public ones"),
            )
            .telling();
        }
        match rules.admit(address) {
            Match::Yes(at) => {
                let member = if self.target.family == Family::Cosmos {
                    "ipAddressOrRange"
                } else {
                    "value"
                };
                let rule = rules.iter().nth(at).map_or("", |(text, _)| text);
                let path = format!("{}[{at}].{member}", self.rules.addresses.evidence.path);
                asked(Answer::Admits, format!("{rule} names {address}"))
                    .proved_by([Evidence::of(self.target, path)])
            }
            Match::Maybe(_) if rules.admit_any_azure() => asked(
                Answer::MayAdmit,
                format!("0.0.0.0 admits it only if {address} belongs to an Azure datacenter"),
            ),
            Match::Maybe(at) => {
                let rule = rules.iter().nth(at).map_or("", |(text, _)| text);
                asked(
                    Answer::MayAdmit,
                    format!("{rule:?} is no address that can be read"),
                )
            }
            Match::No => asked(
                Answer::Next,
                format!("{}, none names {address}", count(rules)),
            )
            .telling(),
        }
    }

    fn ip_of_service(
        &self,
        rules: &Addresses,
        kind: ServiceKind,
        same_region: Option<bool>,
        asked: impl Fn(Answer, String) -> Asked,
    ) -> Asked {
        let blocked = self.service.blocks_addresses_of_same_region();
        if rules.admit_any_azure() {
            return asked(
                Answer::Admits,
                "0.0.0.0 admits any Azure datacenter".to_owned(),
            );
        }
        if rules.cover_everyone() && !(blocked && same_region != Some(false)) {
            return asked(Answer::Admits, "they cover every address".to_owned());
        }
        match self.service.by_address(kind, same_region) {
            ByAddress::No(why) => asked(Answer::Next, format!("{}, {why}", count(rules))).telling(),
            ByAddress::Unclear(why) => asked(Answer::MayAdmit, format!("{}; {why}", count(rules))),
        }
    }

    /// Whether a caller is in the target's region; none when one of them is not known.
    fn same_region(&self, instance: &Instance) -> Option<bool> {
        let own = self.target.location.text()?;
        let theirs = instance.location.as_deref()?;
        Some(region(own) == region(theirs))
    }

    fn subnet_rule(&self, caller: &Caller) -> Asked {
        let fact = &self.rules.subnets;
        let asked = |answer, words: String| step(Question::SubnetRule, answer, words, fact);
        let Some(rules) = &fact.value else {
            return match caller {
                Caller::Instance(_)
                | Caller::TrustedService(_)
                | Caller::AzurePortal
                | Caller::Internet => asked(Answer::Next, "for networks only".to_owned()),
                _ => asked(Answer::MayAdmit, fact.words.clone()),
            };
        };
        let (living, dead) =
            subnet::living(self.inventory, rules, self.service.service_endpoints());
        if living.is_empty() {
            let words = match dead.len() {
                0 => "none".to_owned(),
                count => format!("{count}, dead: {}", dead[0].why),
            };
            return asked(Answer::Next, words);
        }
        match caller {
            Caller::PrivateEndpoint { network } => {
                let own: Vec<&&SubnetRule> = living
                    .iter()
                    .filter(|rule| rule.subnet.is_within(network))
                    .collect();
                match own.first() {
                    Some(rule) => asked(
                        Answer::MayAdmit,
                        format!(
                            "{} is let in; whether the caller is in it is not known",
                            rule.subnet.name()
                        ),
                    ),
                    None => asked(
                        Answer::Next,
                        format!("{}, not of this network", living.len()),
                    ),
                }
            }
            Caller::Person { address: None } => asked(
                Answer::MayAdmit,
                format!(
                    "{} networks are let in; where the caller is, is not known",
                    living.len()
                ),
            ),
            Caller::Person {
                address: Some(address),
            } if is_private(*address) => asked(
                Answer::MayAdmit,
                format!(
                    "{} networks are let in; the caller may be in one",
                    living.len()
                ),
            ),
            _ => asked(Answer::Next, format!("{}, not the caller's", living.len())),
        }
    }
}

fn step<T>(question: Question, answer: Answer, words: String, fact: &Fact<T>) -> Asked {
    Asked::new(question, answer, words)
        .proved_by([fact.evidence.clone()])
        .tagged(fact.tags.iter().copied())
}

fn count(rules: &Addresses) -> String {
    match rules.len() {
        1 => "1 rule".to_owned(),
        many => format!("{many} rules"),
    }
}

/// Some instance of a kind, with what its list asks for. It has no id that a rule could name.
fn any_instance(kind: ServiceKind, target: &Resource) -> Instance {
    Instance {
        id: crate::model::id::ArmId::new(""),
        kind,
        location: None,
        credential: Credential::SystemIdentity,
        sub_resource: (target.family == Family::Storage).then(|| "blob".to_owned()),
    }
}

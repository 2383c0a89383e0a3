//! The rules of one service firewall with the defaults of its service applied: what is set, what
//! silence means there, and what cannot be told.
//!
//! A service file fills a [`Rules`]; the order of the questions is in `judge`.

use crate::analysis::evidence::{Evidence, has_properties};
use crate::analysis::verdict::Tag;
use crate::model::field::Field;
use crate::model::network::{Firewall, InstanceRule, PrivateEndpointConnection, SubnetRule};
use crate::model::resource::Resource;

use super::address::Addresses;

/// One setting: its value with the default applied, or none when it cannot be told.
#[derive(Clone, Debug, PartialEq)]
pub struct Fact<T> {
    /// The value.
    pub value: Option<T>,
    /// What was read, in words: `bypass is absent, which means AzureServices [K]`.
    pub words: String,
    /// The property.
    pub evidence: Evidence,
    /// The weight of the default, where one was applied.
    pub tags: Vec<Tag>,
}

/// Whether there is a public endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Public {
    /// Yes, and the rules decide.
    Enabled,
    /// No.
    Disabled,
    /// The security perimeter alone decides.
    ByPerimeter,
}

/// The words of `bypass` that this tool knows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bypass {
    /// Trusted services pass.
    pub azure_services: bool,
    /// The Azure portal passes (AI Search previews).
    pub portal: bool,
}

/// What becomes of the trusted path when public access is off (domain-rules B.0).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhenDisabled {
    /// It still works; the note says on whose word.
    Works(&'static str),
    /// The sources disagree; the text names them.
    Disputed(&'static str),
    /// There is none.
    Gone,
}

/// What an answer that says nothing means.
pub enum Silence<T> {
    /// A default, in the service's own word, and its weight.
    Means(T, &'static str, Option<Tag>),
    /// Nothing can be concluded, and why.
    Unclear(&'static str),
}

/// All rules of one firewall.
#[derive(Clone, Debug, PartialEq)]
pub struct Rules {
    /// Public access.
    pub public: Fact<Public>,
    /// Whether those that no rule names get in.
    pub default_allow: Fact<bool>,
    /// Who passes beside the rules.
    pub bypass: Fact<Bypass>,
    /// Address rules.
    pub addresses: Fact<Addresses>,
    /// Subnet rules that are in force.
    pub subnets: Fact<Vec<SubnetRule>>,
    /// Named instances.
    pub instances: Fact<Vec<InstanceRule>>,
    /// Cosmos DB's `networkAclBypassResourceIds`.
    pub bypass_ids: Fact<Vec<String>>,
    /// Private endpoint connections.
    pub private: Fact<Vec<PrivateEndpointConnection>>,
}

/// Reads settings of one resource.
pub struct Sheet<'a> {
    resource: &'a Resource,
    firewall: Option<&'a Firewall>,
    base: &'static str,
}

impl<'a> Sheet<'a> {
    /// The settings of a resource whose rules stand under `base`.
    pub fn new(resource: &'a Resource, base: &'static str) -> Self {
        Self {
            resource,
            firewall: resource.firewall.as_ref(),
            base,
        }
    }

    /// One setting. `read` turns the value into what it means, none if it is no value known.
    pub fn fact<T, U>(
        &self,
        name: &'static str,
        field: impl FnOnce(&'a Firewall) -> Field<T>,
        silence: Silence<U>,
        read: impl FnOnce(T) -> Option<U>,
    ) -> Fact<U> {
        let path = if name.starts_with("properties") {
            name.to_owned()
        } else {
            format!("{}.{name}", self.base)
        };
        let evidence = Evidence::of(self.resource, path);
        let short = name.trim_start_matches("properties.");
        let unclear = |evidence: Evidence, why: String| Fact {
            value: None,
            words: format!("{short} {why}"),
            evidence,
            tags: Vec::new(),
        };
        let Some(firewall) = self.firewall.filter(|_| has_properties(self.resource)) else {
            return unclear(
                evidence,
                "cannot be told: the answer has no properties".into(),
            );
        };
        match field(firewall) {
            Field::Malformed => unclear(evidence, "is malformed".into()),
            Field::Unreported(since) => unclear(
                evidence,
                format!(
                    "is not reported by API version {}, only since {since}",
                    self.resource.source.api_version
                ),
            ),
            field @ (Field::Absent | Field::Null) => {
                let state = if matches!(field, Field::Null) {
                    "null"
                } else {
                    "absent"
                };
                match silence {
                    Silence::Unclear(why) => unclear(evidence, format!("is {state}: {why}")),
                    Silence::Means(value, word, tag) => Fact {
                        value: Some(value),
                        words: match tag {
                            None => format!("{short} is {state}, which means {word}"),
                            Some(tag) => {
                                format!("{short} is {state}, which means {word} {}", tag.mark())
                            }
                        },
                        evidence,
                        tags: tag.into_iter().collect(),
                    },
                }
            }
            Field::Value(value) => {
                let said = evidence.words();
                match read(value) {
                    None => unclear(evidence, format!("is {said}, which is no value known here")),
                    value => Fact {
                        value,
                        words: format!("{short} is {said}"),
                        evidence,
                        tags: Vec::new(),
                    },
                }
            }
        }
    }

    /// `publicNetworkAccess`.
    pub fn public(&self, silence: Silence<Public>) -> Fact<Public> {
        self.fact(
            "properties.publicNetworkAccess",
            |wall| wall.public_network_access.clone(),
            silence,
            |text| match text.to_ascii_lowercase().as_str() {
                "enabled" => Some(Public::Enabled),
                "disabled" => Some(Public::Disabled),
                "securedbyperimeter" => Some(Public::ByPerimeter),
                _ => None,
            },
        )
    }

    /// `defaultAction`.
    pub fn default_action(&self, silence: Silence<bool>) -> Fact<bool> {
        self.fact(
            "defaultAction",
            |wall| under(&wall.rules, &wall.default_action),
            silence,
            |text| match text.to_ascii_lowercase().as_str() {
                "allow" => Some(true),
                "deny" => Some(false),
                _ => None,
            },
        )
    }

    /// `bypass`, under the service's own name for it.
    pub fn bypass(&self, name: &'static str, silence: Silence<Bypass>) -> Fact<Bypass> {
        self.fact(
            name,
            |wall| under(&wall.rules, &wall.bypass),
            silence,
            |text| {
                let mut bypass = Bypass::default();
                for word in text
                    .split(',')
                    .map(str::trim)
                    .filter(|word| !word.is_empty())
                {
                    match word.to_ascii_lowercase().as_str() {
                        "azureservices" => bypass.azure_services = true,
                        "azureportal" => bypass.portal = true,
                        // Storage's own logging and metrics: no hop of ours.
                        "none" | "logging" | "metrics" => {}
                        _ => return None,
                    }
                }
                Some(bypass)
            },
        )
    }

    /// The address rules.
    pub fn addresses(&self, zero_is_azure: bool) -> Fact<Addresses> {
        self.fact(
            "ipRules",
            |wall| under(&wall.rules, &wall.ip_rules),
            Silence::Means(Addresses::default(), "none", None),
            |texts| Some(Addresses::read(&texts, zero_is_azure)),
        )
    }

    /// A list in which a member of another shape was passed over is not known as a whole.
    fn list<T: Clone>(
        &self,
        name: &'static str,
        field: impl FnOnce(&'a Firewall) -> Field<Vec<T>>,
    ) -> Fact<Vec<T>> {
        let mut fact = self.fact(name, field, Silence::Means(Vec::new(), "none", None), Some);
        if fact.value.is_some() && self.resource.is_unclear_at(&fact.evidence.path) {
            fact.value = None;
            fact.words = format!("{} holds a member that is malformed", fact.evidence.path);
        }
        fact
    }

    /// The subnet rules.
    pub fn subnets(&self) -> Fact<Vec<SubnetRule>> {
        self.list("virtualNetworkRules", |wall| {
            under(&wall.rules, &wall.virtual_network_rules)
        })
    }

    /// The instance rules (Storage).
    pub fn instances(&self) -> Fact<Vec<InstanceRule>> {
        self.list("resourceAccessRules", |wall| {
            under(&wall.rules, &wall.resource_access_rules)
        })
    }

    /// Private endpoint connections.
    pub fn private(&self) -> Fact<Vec<PrivateEndpointConnection>> {
        self.list("properties.privateEndpointConnections", |wall| {
            wall.private_endpoints.clone()
        })
    }

    /// Cosmos DB's named instances.
    pub fn bypass_ids(&self) -> Fact<Vec<String>> {
        self.list("networkAclBypassResourceIds", |wall| {
            under(&wall.rules, &wall.bypass_resource_ids)
        })
    }

    /// A setting that this service does not have.
    pub fn none_here<T: Default>(&self, name: &'static str) -> Fact<T> {
        Fact {
            value: Some(T::default()),
            words: format!("this service has no {name}"),
            evidence: Evidence::of(self.resource, format!("{}.{name}", self.base)),
            tags: Vec::new(),
        }
    }
}

/// A property of the rule object: when the object itself is unclear, so is what is in it.
fn under<T: Clone>(object: &Field<()>, property: &Field<T>) -> Field<T> {
    match object {
        Field::Malformed => Field::Malformed,
        Field::Unreported(since) => Field::Unreported(since),
        Field::Absent | Field::Null | Field::Value(()) => property.clone(),
    }
}

/// A fact that follows from others: unclear as soon as `value` is.
pub fn derived(
    value: Option<bool>,
    words: String,
    evidence: Evidence,
    tags: Vec<Tag>,
) -> Fact<bool> {
    Fact {
        value,
        words,
        evidence,
        tags,
    }
}

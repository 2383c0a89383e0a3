//! What a person says about how to judge: whose address, which pattern, what to leave out.

use std::collections::BTreeMap;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};
use time::Date;

use super::cloud::{Door, Suffixes};

/// The inputs of judgement that do not come from Azure.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Judging {
    /// `--client-ip`: whose address the firewalls are judged for. Without it an address rule that
    /// might admit the person is `unknown`.
    pub client_ip: Option<IpAddr>,
    /// `[pattern]` of the config file: it wins over what is inferred.
    pub pattern: Pattern,
    /// Host suffixes of the cloud that was read: they tie the address in a definition to a
    /// resource.
    pub suffix: Suffixes,
    /// Where calls that are printed go, and how a shell comes by a token for them.
    pub door: Door,
    /// `[severity]` of the config file: what a rule's findings weigh here.
    pub severity: BTreeMap<String, Severity>,
    /// `[[suppress]]` of the config file: findings that are not to be shown.
    pub suppress: Vec<Suppression>,
}

/// How bad a finding is. Later is milder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Severity {
    /// Something does not work, or is open to strangers.
    Error,
    /// Something will break, or is wider than needed.
    Warning,
    /// Good to know.
    Info,
}

impl Severity {
    /// The word in the JSON report.
    pub fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Info => "info",
        }
    }
}

/// One `[[suppress]]`: a finding that somebody has looked at and lives with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Suppression {
    /// The rule's id.
    pub rule: String,
    /// Name or id of the resource; none means all of them.
    pub resource: Option<String>,
    /// Why, for the next reader.
    pub reason: String,
    /// The last day on which it counts.
    pub expires: Option<Date>,
}

impl Suppression {
    /// Whether its last day is over.
    pub fn is_over(&self, today: Date) -> bool {
        self.expires.is_some_and(|last| today > last)
    }
}

/// The pattern as a person declares it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Pattern {
    /// Object ids or user names of the people whose way in is judged, beside the signed-in one.
    pub users: Vec<String>,
    /// Hosts that images and audio of prompts come from.
    pub image_hosts: Vec<String>,
    /// Declared hops: kind, from, to; ends by resource name or id.
    pub hops: Vec<DeclaredHop>,
}

/// One `[[pattern.hop]]`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DeclaredHop {
    /// The kind, such as `indexer-to-storage`.
    pub kind: String,
    /// Name or id of the caller.
    pub from: String,
    /// Name or id of the target.
    pub to: String,
}

//! What a person says about how to judge: whose address, which pattern, what to leave out.

use std::net::IpAddr;

use super::cloud::Suffixes;

/// The inputs of judgement that do not come from Azure.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Judging {
    /// `--client-ip`: whose address the firewalls are judged for. Without it an address rule that
    /// might admit the person is `unknown`.
    pub client_ip: Option<IpAddr>,
    /// `[pattern]` of the config file: it wins over what is inferred.
    pub pattern: Pattern,
    /// Host suffixes of the cloud that was read: they tie the address in a definition to a
    /// resource.
    pub suffix: Suffixes,
}

/// The pattern as a person declares it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pattern {
    /// Object ids or user names of the people whose way in is judged, beside the signed-in one.
    pub users: Vec<String>,
    /// Hosts that images and audio of prompts come from.
    pub image_hosts: Vec<String>,
    /// Declared hops: kind, from, to; ends by resource name or id.
    pub hops: Vec<DeclaredHop>,
}

/// One `[[pattern.hop]]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeclaredHop {
    /// The kind, such as `indexer-to-storage`.
    pub kind: String,
    /// Name or id of the caller.
    pub from: String,
    /// Name or id of the target.
    pub to: String,
}

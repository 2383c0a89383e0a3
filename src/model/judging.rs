//! What a person says about how to judge: whose address, which pattern, what to leave out.

use std::net::IpAddr;

/// The inputs of judgement that do not come from Azure.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Judging {
    /// `--client-ip`: whose address the firewalls are judged for. Without it an address rule that
    /// might admit the person is `unknown`.
    pub client_ip: Option<IpAddr>,
}

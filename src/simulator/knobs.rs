//! How the embedded Azure behaves, apart from what it holds. Must not know where the values come from:
//! a scenario brings defaults, a command line overrides them.

use std::time::Duration;

/// The adjustable behaviour of a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Knobs {
    /// How long every answer takes.
    pub latency: Duration,
    /// How many items a page of a list holds at most.
    pub page_size: usize,
    /// Whether ARM's token bucket is enforced (250 reads a subscription, 25 more each second).
    pub throttle: bool,
    /// How long a token from the token endpoint is valid.
    pub token_lifetime: Duration,
    /// Whether a bearer token that is no JWT stands for the scenario's caller; other clients often
    /// bring a stand-in. Azure itself refuses it.
    pub accept_opaque_tokens: bool,
    /// Whether answers are compressed for clients that accept gzip.
    pub compress: bool,
}

impl Default for Knobs {
    fn default() -> Self {
        Self {
            latency: Duration::ZERO,
            page_size: 5,
            throttle: true,
            token_lifetime: Duration::from_secs(3599),
            accept_opaque_tokens: true,
            compress: true,
        }
    }
}

//! The scope that a person asked for, before it is resolved against what can be seen.

/// What to look at. Empty lists mean: everything that can be seen (`check`), or ask (inspector).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    /// `--tenant`.
    pub tenant: Option<String>,
    /// `--auxiliary-tenant`, 3 at most.
    pub auxiliary_tenants: Vec<String>,
    /// `--subscription`: ids or display names.
    pub subscriptions: Vec<String>,
    /// `--resource-group`: names.
    pub resource_groups: Vec<String>,
}

impl Scope {
    /// Whether neither a subscription nor a group was named.
    pub fn is_open(&self) -> bool {
        self.subscriptions.is_empty() && self.resource_groups.is_empty()
    }
}

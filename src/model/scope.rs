//! The scope that a person asked for, before it is resolved against what can be seen.

use serde::{Deserialize, Serialize};

/// What to look at. Empty lists mean: everything that can be seen (`check`), or ask (inspector).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
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

    /// A sentence when this cannot be asked for, wherever it was written: a tenant goes into a path.
    pub fn misuse(&self) -> Option<String> {
        if self.auxiliary_tenants.len() > 3 {
            return Some(format!(
                "{} auxiliary tenants are given; Azure takes 3 at most",
                self.auxiliary_tenants.len()
            ));
        }
        let is_tenant = |text: &str| {
            let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'-';
            !text.is_empty() && text.bytes().all(fits)
        };
        let mut tenants = self.tenant.iter().chain(&self.auxiliary_tenants);
        if let Some(tenant) = tenants.find(|tenant| !is_tenant(tenant)) {
            return Some(format!(
                "{tenant:?} is no tenant: give its id or one of its domains"
            ));
        }
        let mut names = self.subscriptions.iter().chain(&self.resource_groups);
        names
            .any(|name| name.trim().is_empty())
            .then(|| "a subscription and a resource group need a name".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_asked_for_is_said() {
        let tenant = |name: &str| Scope {
            tenant: Some(name.to_owned()),
            ..Scope::default()
        };
        assert_eq!(tenant("contoso.com").misuse(), None);
        assert!(tenant("a/b").misuse().unwrap().contains("\"a/b\""));
        assert!(tenant("").misuse().is_some());
        let many = Scope {
            auxiliary_tenants: vec!["a".to_owned(); 4],
            ..Scope::default()
        };
        assert!(many.misuse().unwrap().starts_with("4 auxiliary tenants"));
        let blank = Scope {
            resource_groups: vec![" ".to_owned()],
            ..Scope::default()
        };
        assert!(blank.misuse().is_some());
        assert_eq!(Scope::default().misuse(), None);
    }
}

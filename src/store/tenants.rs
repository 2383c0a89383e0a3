//! Which tenant a subscription is in, and through whose eyes it is seen: by the lists of subscriptions, else by what Azure says when it
//! is asked with another tenant's token.

use crate::model::id::{SubscriptionId, TenantId};
use indexmap::IndexMap;
use indexmap::map::Entry;

use crate::model::issue::Issue;
use crate::model::key::Key;
use crate::model::tenancy::Subscription;

use super::{Payload, Slice, Snapshot};

/// How a tenant was told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Home<'a> {
    /// A list of subscriptions says so.
    Listed(TenantId),
    /// Azure refused a token of another tenant and named the right one.
    Told(TenantId, &'a Issue),
}

impl Home<'_> {
    /// The tenant.
    pub fn tenant(&self) -> &TenantId {
        match self {
            Self::Listed(tenant) | Self::Told(tenant, _) => tenant,
        }
    }
}

/// A subscription that is seen through another tenant than its own: Azure Lighthouse delegates it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Delegated<'a> {
    /// The subscription.
    pub subscription: &'a Subscription,
    /// Its own tenant.
    pub home: &'a TenantId,
    /// The tenant whose token shows it.
    pub to: &'a TenantId,
}

impl Snapshot {
    /// Whether a view of the plan looks into a tenant: by the token that it was given, else by its name.
    pub fn looks_into(&self, view: Option<&TenantId>, tenant: &TenantId) -> bool {
        match self.given_to(view) {
            Some(given) => given == tenant,
            None => view == Some(tenant),
        }
    }

    /// The tenant of the token that a view was given.
    fn given_to(&self, view: Option<&TenantId>) -> Option<&TenantId> {
        self.callers()
            .iter()
            .find(|one| one.asked.as_ref() == view && one.tenant.is_some())?
            .tenant
            .as_ref()
    }

    /// The subscriptions that are seen only through another tenant than their own.
    pub fn delegated(&self) -> Vec<Delegated<'_>> {
        let mut found: IndexMap<&SubscriptionId, Option<Delegated<'_>>> = IndexMap::new();
        for (key, slice) in self.slices() {
            let (Key::Subscriptions(view), Some(Payload::Subscriptions(items))) =
                (key, slice.value.as_deref())
            else {
                continue;
            };
            let Some(to) = self.given_to(view.as_ref()) else {
                continue;
            };
            for subscription in items {
                let home = subscription.tenant_id.as_ref();
                let through = home.filter(|home| *home != to).map(|home| Delegated {
                    subscription,
                    home,
                    to,
                });
                match found.entry(&subscription.id) {
                    Entry::Vacant(place) => {
                        place.insert(through);
                    }
                    // Its own tenant's token shows it as well.
                    Entry::Occupied(mut place) if through.is_none() => {
                        place.insert(None);
                    }
                    Entry::Occupied(_) => {}
                }
            }
        }
        found.into_values().flatten().collect()
    }

    /// The tenant that a subscription is in, as far as it can be told.
    pub fn home_of(&self, subscription: &SubscriptionId) -> Option<Home<'_>> {
        let listed = self
            .slices()
            .find_map(|(_, slice)| match slice.value.as_deref()? {
                Payload::Subscriptions(items) => items
                    .iter()
                    .find(|one| one.id == *subscription)
                    .and_then(|one| one.tenant_id.clone()),
                _ => None,
            });
        if let Some(tenant) = listed {
            return Some(Home::Listed(tenant));
        }
        self.slices()
            .filter(|(key, _)| {
                key.scope().and_then(|id| id.subscription()).as_ref() == Some(subscription)
            })
            .filter_map(|(_, slice): (_, &Slice)| slice.trouble())
            .find_map(|issue| Some(Home::Told(right_tenant(issue)?, issue)))
    }
}

/// The tenant that a refused token should have been of: the last one that the message names before it
/// goes on to say what to do.
fn right_tenant(issue: &Issue) -> Option<TenantId> {
    if !issue.is_of_wrong_tenant() {
        return None;
    }
    let (_, after) = issue.message.split_once("must match")?;
    // An issuer is an address with the tenant in its path: a pseudonym stands there as well as an id.
    let (_, issuer) = after.split_once("://")?;
    let (_, path) = issuer.split_once('/')?;
    let tenant = path.split(|one: char| "/'\" ".contains(one)).next()?;
    (!tenant.is_empty()).then(|| TenantId::new(tenant))
}

#[cfg(test)]
mod tests {
    use time::OffsetDateTime;

    use super::*;
    use crate::model::issue::IssueKind;

    #[test]
    fn a_refusal_names_the_right_tenant_after_the_wrong_one() {
        let wrong = "11111111-0000-0000-0000-000000000001";
        let right = "22222222-0000-0000-0000-000000000002";
        let mut issue = Issue::new(
            IssueKind::Denied,
            "x",
            format!(
                "The access token is from the wrong issuer 'https://sts.windows.net/{wrong}/'. It must match the tenant 'https://sts.windows.net/{right}/' associated with this subscription."
            ),
            OffsetDateTime::UNIX_EPOCH,
        );
        assert_eq!(
            right_tenant(&issue),
            None,
            "without the code it is any sentence"
        );
        issue.code = Some("InvalidAuthenticationTokenTenant".to_owned());
        assert_eq!(right_tenant(&issue), Some(TenantId::new(right)));
        issue.message = "no".to_owned();
        assert_eq!(right_tenant(&issue), None);
    }
}

//! Ids: ARM resource ids compared without regard to case, and newtypes for the GUIDs around them.
//!
//! Azure answers the same id in changing case (`resourceGroups`, `resourcegroups`, lower-cased
//! provider), so equality, order and hash fold ASCII case, while the text as Azure sent it is kept
//! for display (arm-wide.md, "ids").

use std::cell::RefCell;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use rustc_hash::FxHasher;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Text compared, ordered and hashed without regard to ASCII case; shown as it was given.
///
/// Ids are looked up far more often than they are made: the hash of the lower-case form is taken
/// once, so that a lookup hashes one number, and two ids that differ are told apart without a look
/// at their texts.
#[derive(Clone)]
pub struct Folded {
    /// The text; where it has upper-case letters its lower-case form follows, in the same allocation.
    both: Arc<str>,
    /// Where the lower-case form begins.
    at: usize,
    /// The hash of the lower-case form.
    hash: u64,
}

impl Folded {
    /// Keeps `text` as it is and its lower-case form for comparison.
    pub fn new(text: impl AsRef<str>) -> Self {
        let text = text.as_ref();
        Self::written(|both| both.push_str(text))
    }

    /// The same for a text that is put together here: in a room that is kept, as ids of children are
    /// made by the ten thousand.
    fn written(write: impl FnOnce(&mut String)) -> Self {
        thread_local! {
            static ROOM: RefCell<String> = const { RefCell::new(String::new()) };
        }
        ROOM.with_borrow_mut(|both| {
            both.clear();
            write(both);
            let at = both.len();
            if !both.bytes().any(|byte| byte.is_ascii_uppercase()) {
                return Self {
                    both: Arc::from(both.as_str()),
                    at: 0,
                    hash: hash_of(both),
                };
            }
            both.extend_from_within(..);
            both[at..].make_ascii_lowercase();
            Self {
                hash: hash_of(&both[at..]),
                both: Arc::from(both.as_str()),
                at,
            }
        })
    }

    /// Whether it is the same as a text that was not folded.
    fn is(&self, text: &str) -> bool {
        self.folded().eq_ignore_ascii_case(text)
    }

    /// The text as it was given.
    pub fn as_str(&self) -> &str {
        // Folding keeps the length.
        match self.at {
            0 => &self.both,
            end => &self.both[..end],
        }
    }

    /// The text in ASCII lower case: the form that is compared.
    pub fn folded(&self) -> &str {
        &self.both[self.at..]
    }
}

fn hash_of(text: &str) -> u64 {
    let mut hasher = FxHasher::default();
    text.hash(&mut hasher);
    hasher.finish()
}

impl PartialEq for Folded {
    fn eq(&self, other: &Self) -> bool {
        self.hash == other.hash
            && (Arc::ptr_eq(&self.both, &other.both) || self.folded() == other.folded())
    }
}
impl Eq for Folded {}
impl Hash for Folded {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.hash);
    }
}
impl PartialOrd for Folded {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Folded {
    fn cmp(&self, other: &Self) -> Ordering {
        self.folded().cmp(other.folded())
    }
}
impl fmt::Debug for Folded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.as_str())
    }
}
impl fmt::Display for Folded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
impl Serialize for Folded {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}
impl<'de> Deserialize<'de> for Folded {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::new)
    }
}

macro_rules! folded_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Folded);

        impl $name {
            /// Takes the id as it is; nothing is checked, as Azure's answers decide what an id is.
            pub fn new(text: impl AsRef<str>) -> Self {
                Self(Folded::new(text))
            }

            /// The id as it was given.
            pub fn as_str(&self) -> &str {
                self.0.as_str()
            }

            /// The id in ASCII lower case: the form that is compared.
            pub fn folded(&self) -> &str {
                self.0.folded()
            }

            /// Whether a text is this id: without making one of it.
            pub fn is(&self, text: &str) -> bool {
                self.0.is(text)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

folded_id! {
    /// A subscription's GUID.
    SubscriptionId
}
folded_id! {
    /// A tenant's GUID, or a verified domain name where that is all that is known.
    TenantId
}
impl TenantId {
    /// Whether it is a GUID: only then another id says that it is another tenant.
    pub fn is_guid(&self) -> bool {
        uuid::Uuid::try_parse(self.as_str()).is_ok()
    }
}

folded_id! {
    /// The object id of a user, group or service principal in Entra ID.
    PrincipalId
}
folded_id! {
    /// A full ARM resource id (or scope), such as
    /// `/subscriptions/S/resourceGroups/G/providers/Microsoft.Storage/storageAccounts/N`.
    ArmId
}

impl ArmId {
    fn segments(text: &str) -> impl Iterator<Item = &str> {
        text.split('/').filter(|part| !part.is_empty())
    }

    /// The value that follows the segment `key` (compared without case).
    fn after(&self, key: &str) -> Option<&str> {
        // As Azure writes nearly every id; what follows is for the others.
        if let Some(rest) = self.folded().strip_prefix("/subscriptions/")
            && let (subscription, rest) = rest.split_once('/').unwrap_or((rest, ""))
            && !subscription.is_empty()
        {
            let start = "/subscriptions/".len();
            let end = start + subscription.len();
            if key == "subscriptions" {
                return Some(&self.as_str()[start..end]);
            }
            if key == "resourceGroups"
                && let Some(rest) = rest.strip_prefix("resourcegroups/")
                && let group = rest.split('/').next().unwrap_or_default()
                && !group.is_empty()
            {
                let start = end + "/resourcegroups/".len();
                return Some(&self.as_str()[start..start + group.len()]);
            }
        }
        let mut parts = Self::segments(self.as_str());
        while let Some(part) = parts.next() {
            if part.eq_ignore_ascii_case("providers") {
                return None; // Beyond this segment, words are names of types, not of scopes.
            }
            let value = parts.next()?;
            if part.eq_ignore_ascii_case(key) {
                return Some(value);
            }
        }
        None
    }

    /// The id of a subscription as a scope: `/subscriptions/S`.
    pub fn of_subscription(subscription: &SubscriptionId) -> Self {
        Self(Folded::written(|text| {
            text.push_str("/subscriptions/");
            text.push_str(subscription.as_str());
        }))
    }

    /// The subscription that the resource lives in, when the id names one.
    pub fn subscription(&self) -> Option<SubscriptionId> {
        self.after("subscriptions").map(SubscriptionId::new)
    }

    /// The resource group's name, when the id names one.
    pub fn resource_group(&self) -> Option<&str> {
        self.after("resourceGroups")
    }

    /// The id of the resource group, when the id names one.
    pub fn group_id(&self) -> Option<ArmId> {
        let group = self.resource_group()?;
        let subscription = self.after("subscriptions")?;
        Some(Self(Folded::written(|text| {
            for part in ["/subscriptions/", subscription, "/resourceGroups/", group] {
                text.push_str(part);
            }
        })))
    }

    /// The last segment: the resource's own name.
    pub fn name(&self) -> &str {
        let mut parts = self.as_str().rsplit('/');
        parts.find(|part| !part.is_empty()).unwrap_or_default()
    }

    /// Namespace and type segments of the innermost provider, such as
    /// `Microsoft.CognitiveServices/accounts/projects`; none for a scope without a provider.
    pub fn resource_type(&self) -> Option<String> {
        let parts: Vec<&str> = Self::segments(self.as_str()).collect();
        let at = parts
            .iter()
            .rposition(|part| part.eq_ignore_ascii_case("providers"))?;
        let namespace = parts.get(at + 1)?;
        let types = parts.get(at + 2..)?.iter().step_by(2);
        let mut text = (*namespace).to_owned();
        for part in types {
            text.push('/');
            text.push_str(part);
        }
        Some(text)
    }

    /// The id without its last type and name: the parent resource, the group, the subscription.
    pub fn parent(&self) -> Option<ArmId> {
        let parts: Vec<&str> = Self::segments(self.as_str()).collect();
        if parts.len() <= 2 {
            return None;
        }
        let mut keep = parts.len() - 2;
        // `…/providers/Namespace/type/name` hangs under the scope before `providers`.
        if keep >= 2 && parts[keep - 2].eq_ignore_ascii_case("providers") {
            keep -= 2;
        }
        (keep > 0).then(|| Self::new(format!("/{}", parts[..keep].join("/"))))
    }

    /// A child's id: this id, a slash, and `tail`.
    #[must_use]
    pub fn child(&self, tail: &str) -> ArmId {
        Self(Folded::written(|text| {
            text.push_str(self.as_str().trim_end_matches('/'));
            text.push('/');
            text.push_str(tail);
        }))
    }

    /// Whether this id is `scope` itself or lies below it. `/` holds everything.
    pub fn is_within(&self, scope: &ArmId) -> bool {
        let scope = without_slashes(scope.folded());
        let own = without_slashes(self.folded());
        match own.get(scope.len()) {
            None => own == scope,
            Some(next) => *next == b'/' && own.starts_with(scope),
        }
    }
}

/// A text without the slashes at its end.
fn without_slashes(text: &str) -> &[u8] {
    let mut bytes = text.as_bytes();
    while let [rest @ .., b'/'] = bytes {
        bytes = rest;
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACCOUNT: &str =
        "/subscriptions/S1/resourceGroups/Rg/providers/Microsoft.Storage/storageAccounts/st1";

    #[test]
    fn ids_compare_without_case_and_keep_their_text() {
        let lower = ArmId::new(ACCOUNT.to_lowercase());
        let id = ArmId::new(ACCOUNT);
        assert_eq!(id, lower);
        assert_eq!(id.as_str(), ACCOUNT);
    }

    #[test]
    fn parts_of_an_id() {
        let id = ArmId::new(ACCOUNT);
        assert_eq!(id.subscription(), Some(SubscriptionId::new("s1")));
        assert_eq!(id.resource_group(), Some("Rg"));
        assert_eq!(id.name(), "st1");
        assert_eq!(
            id.resource_type().as_deref(),
            Some("Microsoft.Storage/storageAccounts")
        );
        assert_eq!(
            id.child("blobServices/default/containers/docs")
                .resource_type()
                .as_deref(),
            Some("Microsoft.Storage/storageAccounts/blobServices/containers")
        );
    }

    #[test]
    fn parents_climb_to_the_subscription() {
        let mut id = ArmId::new(ACCOUNT).child("blobServices/default");
        let mut seen = Vec::new();
        while let Some(up) = id.parent() {
            seen.push(up.as_str().to_owned());
            id = up;
        }
        assert_eq!(
            seen,
            [
                ACCOUNT,
                "/subscriptions/S1/resourceGroups/Rg",
                "/subscriptions/S1"
            ]
        );
    }

    #[test]
    fn within_respects_segment_borders() {
        let id = ArmId::new(ACCOUNT);
        assert!(id.is_within(&ArmId::new("/subscriptions/s1/resourcegroups/rg")));
        assert!(id.is_within(&ArmId::new("/")));
        assert!(!id.is_within(&ArmId::new("/subscriptions/s1/resourceGroups/r")));
    }

    #[test]
    fn a_group_named_like_a_keyword_is_still_found() {
        let id = ArmId::new("/subscriptions/s/resourceGroups/subscriptions/providers/A.B/c/d");
        assert_eq!(id.resource_group(), Some("subscriptions"));
        assert_eq!(id.subscription(), Some(SubscriptionId::new("s")));
    }
}

//! A pasted text in a form that compares: quotes of one kind, spaces of one width, no case; and the
//! bare status in it.
//!
//! People paste from logs, portals, JSON and terminals: escaped quotes, curly quotes and line ends
//! must not hide a message.

use crate::analysis::hop::HopKind;
use crate::analysis::verdict::Gate;

use super::catalogue::Cause;

/// The text in two forms with the same byte offsets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tidy {
    /// Quotes and spaces made equal; letters as they were.
    pub plain: String,
    /// The same in lower case.
    pub folded: String,
}

impl Tidy {
    /// Tidies a pasted text.
    pub fn new(pasted: &str) -> Self {
        let unescaped = pasted
            .replace("\\u0027", "'")
            .replace("\\u0022", "'")
            .replace("\\r", " ")
            .replace("\\n", " ")
            .replace("\\t", " ")
            .replace("&quot;", "'")
            .replace("&#39;", "'");
        let mut plain = String::with_capacity(unescaped.len());
        for letter in unescaped.chars() {
            let letter = match letter {
                '"' | '`' | '\u{2018}' | '\u{2019}' | '\u{201c}' | '\u{201d}' => '\'',
                '\\' => continue,
                other if other.is_whitespace() || other.is_control() => ' ',
                other => other,
            };
            let doubles = matches!(letter, ' ' | '\'') && plain.ends_with(letter);
            if !doubles {
                plain.push(letter);
            }
        }
        let plain = plain.trim().to_owned();
        let folded = plain.to_ascii_lowercase();
        Self { plain, folded }
    }

    /// Whether the fragments stand in it one after the other.
    pub fn holds(&self, fragments: &[&str]) -> bool {
        let mut rest = self.folded.as_str();
        fragments.iter().all(|fragment| match rest.find(*fragment) {
            Some(at) => {
                rest = &rest[at + fragment.len()..];
                true
            }
            None => false,
        })
    }

    /// Whether a word stands in it, not as a part of another word or of an id.
    pub fn has_word(&self, word: &str) -> bool {
        let is_part = |letter: Option<char>| {
            letter.is_some_and(|one| one.is_alphanumeric() || matches!(one, '-' | '_' | '.'))
        };
        self.folded.match_indices(word).any(|(at, _)| {
            let after = &self.folded[at + word.len()..];
            let ends = after.strip_prefix('.').map_or(after, |rest| {
                if rest.starts_with(char::is_alphanumeric) {
                    after
                } else {
                    rest
                }
            });
            !is_part(self.folded[..at].chars().next_back()) && !is_part(ends.chars().next())
        })
    }
}

/// A status that says that somebody was refused, and no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Bare {
    /// 401: who are you.
    Unauthorized,
    /// 403: not you.
    Forbidden,
}

impl Bare {
    /// The status in a text, when it stands there as one.
    pub fn of(tidy: &Tidy) -> Option<Self> {
        let is_status = |number: &str| {
            tidy.has_word(number)
                && (tidy.folded.len() < 16
                    || [
                        "status",
                        "http",
                        "error",
                        "code",
                        "response",
                        "returned",
                        "forbidden",
                        "unauthorized",
                        "failed",
                        "denied",
                        "refused",
                        "access",
                    ]
                    .iter()
                    .any(|word| tidy.folded.contains(word)))
        };
        let forbidden = tidy.has_word("forbidden") || is_status("403");
        let unauthorized = tidy.has_word("unauthorized") || is_status("401");
        match (forbidden, unauthorized) {
            (true, _) => Some(Self::Forbidden),
            (false, true) => Some(Self::Unauthorized),
            (false, false) => None,
        }
    }

    /// The number.
    pub fn status(self) -> u16 {
        match self {
            Self::Unauthorized => 401,
            Self::Forbidden => 403,
        }
    }

    /// What can be said of it without more text.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Unauthorized => {
                "a bare 401 does not say which gate refused the call; it is never the firewall of a \
                 model account or of Cosmos DB, which answer 403"
            }
            Self::Forbidden => {
                "a bare 403 does not say which gate refused the call: AI Search answers so for its \
                 firewall and for a missing role, storage uses it for everything, and a model \
                 account or Cosmos DB means network or keys"
            }
        }
    }

    /// Every gate that it may mean.
    pub fn causes(self) -> &'static [Cause] {
        match self {
            Self::Unauthorized => UNAUTHORIZED,
            Self::Forbidden => FORBIDDEN,
        }
    }
}

/// The hops whose target is a search service.
pub(super) const TO_SEARCH: &[HopKind] = &[
    HopKind::UserToSearchObjects,
    HopKind::UserToSearchDocuments,
    HopKind::OpenaiToSearch,
    HopKind::FoundryConnection,
    HopKind::FoundryToManagedSearch,
];

/// The hops that can meet a service firewall.
const WALLED: &[HopKind] = &[
    HopKind::UserToStorage,
    HopKind::UserToSearchObjects,
    HopKind::UserToSearchDocuments,
    HopKind::UserToOpenai,
    HopKind::IndexerToStorage,
    HopKind::IndexerExtrasToStorage,
    HopKind::SkillToOpenai,
    HopKind::VectorizerToOpenai,
    HopKind::OpenaiToSearch,
    HopKind::OpenaiToStorage,
    HopKind::FoundryConnection,
    HopKind::IdentityToKey,
    HopKind::FoundryToManagedCosmos,
    HopKind::FoundryToManagedSearch,
    HopKind::FoundryToManagedStorage,
];

/// The hops that ask a role or a policy of somebody.
const AUTHORIZED: &[HopKind] = &[
    HopKind::UserToStorage,
    HopKind::UserToSearchManagement,
    HopKind::UserToSearchObjects,
    HopKind::UserToSearchDocuments,
    HopKind::UserToOpenai,
    HopKind::IndexerToStorage,
    HopKind::IndexerExtrasToStorage,
    HopKind::SkillToOpenai,
    HopKind::VectorizerToOpenai,
    HopKind::OpenaiToSearch,
    HopKind::OpenaiToStorage,
    HopKind::FoundryConnection,
    HopKind::IdentityToKey,
    HopKind::TenantToTenant,
    HopKind::Inspector,
];

/// The hops whose caller may lack an identity.
const IDENTIFIED: &[HopKind] = &[
    HopKind::IndexerToStorage,
    HopKind::IndexerExtrasToStorage,
    HopKind::SkillToOpenai,
    HopKind::VectorizerToOpenai,
    HopKind::OpenaiToSearch,
    HopKind::OpenaiToStorage,
    HopKind::FoundryConnection,
    HopKind::IdentityToKey,
    HopKind::TenantToTenant,
];

const UNAUTHORIZED: &[Cause] = &[
    Cause {
        gate: Gate::Authentication,
        hops: AUTHORIZED,
        why: "the key or the token is not accepted: a wrong or rotated key, tokens at a search service that takes keys only, keys at a Cosmos DB account that has them off, an auxiliary token that expired",
        proof: "disableLocalAuth, authOptions; which credential the request carries",
    },
    Cause {
        gate: Gate::Identity,
        hops: IDENTIFIED,
        why: "there is no identity behind the call: it is off, was deleted, or is not known in the target's tenant",
        proof: "identity.type and identity.principalId of the caller; the service principal in the target's tenant",
    },
    Cause {
        gate: Gate::Authorization,
        hops: AUTHORIZED,
        why: "the role is missing: Cognitive Services answers 401 for that, and so does AI Search unless aadAuthFailureMode is http403",
        proof: "role assignments of the caller at the target and above",
    },
];

const FORBIDDEN: &[Cause] = &[
    Cause {
        gate: Gate::Network,
        hops: WALLED,
        why: "the target's firewall does not admit the caller's address or service",
        proof: "publicNetworkAccess, networkAcls or networkRuleSet, private endpoints of the target",
    },
    Cause {
        gate: Gate::Authentication,
        hops: WALLED,
        why: "a key was presented where keys are off (model accounts and storage answer 403 for that)",
        proof: "disableLocalAuth, allowSharedKeyAccess of the target; authOptions of a search service",
    },
    Cause {
        gate: Gate::Identity,
        hops: IDENTIFIED,
        why: "the caller's identity is off, is not the one that the role was given to, or comes without the token of the other tenant",
        proof: "identity of the caller; the tenant of the target's subscription",
    },
    Cause {
        gate: Gate::Authorization,
        hops: AUTHORIZED,
        why: "the role is missing: storage, key vaults and ARM answer 403 for that, and AI Search where aadAuthFailureMode is http403",
        proof: "role assignments and deny assignments of the caller at the target and above",
    },
    Cause {
        gate: Gate::Configuration,
        hops: WALLED,
        why: "a policy or a ReadOnly lock refuses the operation, or a model account is called by its region's endpoint instead of its custom subdomain",
        proof: "policy assignments, locks, customSubDomainName",
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_spaces_and_escapes_do_not_hide_a_message() {
        for pasted in [
            "The hostname 'a.b' is",
            "the hostname \\\"a.b\\\" is",
            "The  hostname\n\u{201c}a.b\u{201d} is",
            "The hostname `a.b`\\n is",
            "The hostname ''a.b'' is",
        ] {
            assert!(
                Tidy::new(pasted).holds(&["the hostname 'a.b'", "is"]),
                "{pasted}"
            );
        }
    }

    #[test]
    fn a_status_is_a_word_and_no_part_of_an_id() {
        for (text, bare) in [
            ("403", Some(Bare::Forbidden)),
            ("401.", Some(Bare::Unauthorized)),
            ("HTTP/1.1 403", Some(Bare::Forbidden)),
            ("Response status code: 401", Some(Bare::Unauthorized)),
            ("Forbidden", Some(Bare::Forbidden)),
            ("(401) Unauthorized", Some(Bare::Unauthorized)),
            ("error in 1f00-403-aa11", None),
            ("error: 1403 bytes", None),
            ("error: 403.5 ms", None),
            ("the run took 403 seconds to the end", None),
            ("it is not authorized", None),
            ("", None),
        ] {
            assert_eq!(Bare::of(&Tidy::new(text)), bare, "{text}");
        }
    }

    #[test]
    fn every_gate_of_a_bare_status_is_listed_once() {
        for bare in [Bare::Unauthorized, Bare::Forbidden] {
            let mut gates: Vec<_> = bare.causes().iter().map(|cause| cause.gate).collect();
            let before = gates.len();
            gates.dedup();
            assert_eq!(gates.len(), before);
            assert!(gates.contains(&Gate::Authorization));
            assert!(gates.contains(&Gate::Authentication));
            assert_eq!(gates.contains(&Gate::Network), bare == Bare::Forbidden);
        }
    }
}

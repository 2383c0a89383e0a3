//! What `scenario.toml` says: the story, whom its tokens speak for, how its Azure behaves, and what is
//! different from the scenario that it stands on. Must not know the documents.
//!
//! A new key of `scenario.toml` is a field of [`Definition`].

use std::net::IpAddr;

use serde::Deserialize;

use super::changes::Change;
use super::faults::FaultRule;
use super::timeline::StepRule;

/// What a token from the scenario's token endpoint says about its bearer.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Caller {
    /// The tenant that issues the token.
    pub tenant: String,
    /// The object id of the person or service principal.
    pub object_id: String,
    /// The sign-in name; absent for an app.
    #[serde(default)]
    pub upn: Option<String>,
    /// The display name.
    #[serde(default)]
    pub name: Option<String>,
    /// The address that the caller's calls come from, which firewall rules may name.
    #[serde(default)]
    pub address: Option<IpAddr>,
    /// The application through which the caller signed in, or which the caller is.
    pub app_id: String,
    /// `user` or `app`.
    #[serde(default = "user")]
    pub kind: String,
    /// Who the caller is in other tenants.
    #[serde(default)]
    pub elsewhere: Vec<Elsewhere>,
}

/// The caller in another tenant: an application's service principal there, or a guest.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Elsewhere {
    /// The other tenant.
    pub tenant: String,
    /// The object id there, which is another one than at home.
    pub object_id: String,
    /// What is wrong with the token that is given for that tenant.
    #[serde(default)]
    pub token: TokenState,
}

/// A token as it is given out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TokenState {
    /// As it should be.
    #[default]
    Valid,
    /// Its `exp` has passed, whatever the answer says of its life: a cache that was not looked after.
    Expired,
    /// It is of the caller's own tenant, whatever was asked for.
    WrongTenant,
}

fn user() -> String {
    String::from("user")
}

impl Caller {
    /// Whether the token is an application's own.
    pub fn is_app(&self) -> bool {
        self.kind.eq_ignore_ascii_case("app")
    }

    /// The caller in a tenant: none where it is a stranger.
    pub fn object_in(&self, tenant: &str) -> Option<&str> {
        if tenant.eq_ignore_ascii_case(&self.tenant) {
            return Some(&self.object_id);
        }
        self.in_tenant(tenant).map(|one| one.object_id.as_str())
    }

    /// What is said of the caller in another tenant.
    pub fn in_tenant(&self, tenant: &str) -> Option<&Elsewhere> {
        self.elsewhere
            .iter()
            .find(|one| one.tenant.eq_ignore_ascii_case(tenant))
    }

    /// How ARM names the caller in its messages: the sign-in name, else the application id.
    pub fn client(&self) -> &str {
        match &self.upn {
            Some(upn) if !self.is_app() => upn,
            _ => &self.app_id,
        }
    }
}

/// What a demo of this scenario looks at.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scope {
    /// Subscription ids.
    #[serde(default)]
    pub subscriptions: Vec<String>,
    /// Names of resource groups; none means all.
    #[serde(default)]
    pub resource_groups: Vec<String>,
    /// The tenant whose token is asked for; the caller's own when absent.
    #[serde(default)]
    pub tenant: Option<String>,
    /// Other tenants whose tokens are asked for.
    #[serde(default)]
    pub auxiliary_tenants: Vec<String>,
}

/// The shelf that a scenario stands on in lists.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shelf {
    /// A whole environment with a life of its own.
    #[default]
    Whole,
    /// A call does not get through.
    Network,
    /// A call gets through and its key or token is not taken.
    Credentials,
    /// The token is taken and the right is missing, or held in a way that is easily overlooked.
    Roles,
    /// Something that is named is not there.
    Settings,
    /// A hub, its key, and the group that Microsoft made for it.
    Foundry,
    /// Whoever looks may not read everything.
    Unread,
}

impl Shelf {
    /// Its heading in lists.
    pub const fn heading(self) -> &'static str {
        match self {
            Self::Whole => "Whole environments",
            Self::Network => "The call does not get through",
            Self::Credentials => "The key or the token is not taken",
            Self::Roles => "Who may do what, and through what",
            Self::Settings => "Something is not there",
            Self::Foundry => "The Foundry hub, its key and its hidden group",
            Self::Unread => "Not everything may be read",
        }
    }
}

/// Which of the two a twin is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TwinKind {
    /// The same environment after the least change that mends it.
    Mended,
    /// The nearest environment in which it does not work; its own story is the healthy one.
    Broken,
}

impl TwinKind {
    /// What stands behind the colon on the command line.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Mended => "mended",
            Self::Broken => "broken",
        }
    }
}

/// The same story once more, with one thing changed.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Twin {
    pub(super) kind: TwinKind,
    pub(super) title: String,
    /// Whether the story's faults are gone.
    #[serde(default)]
    pub(super) without_faults: bool,
    /// The story's, where it is left out.
    pub(super) caller: Option<Caller>,
    /// The story's, where it is left out.
    pub(super) scope: Option<Scope>,
    #[serde(default)]
    pub(super) change: Vec<Change>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Definition {
    pub(super) title: String,
    #[serde(default)]
    pub(super) story: String,
    #[serde(default)]
    pub(super) order: i64,
    #[serde(default)]
    pub(super) shelf: Shelf,
    pub(super) base: Option<String>,
    /// The base's, where it is left out.
    pub(super) caller: Option<Caller>,
    /// The base's, where it is left out.
    pub(super) scope: Option<Scope>,
    /// The base's, where they are left out.
    pub(super) knobs: Option<KnobDefaults>,
    #[serde(default)]
    pub(super) change: Vec<Change>,
    pub(super) twin: Option<Twin>,
    #[serde(default)]
    pub(super) fault: Vec<FaultRule>,
    #[serde(default)]
    pub(super) timeline: Vec<StepRule>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct KnobDefaults {
    pub(super) latency_ms: Option<u64>,
    pub(super) page_size: Option<usize>,
    pub(super) throttle: Option<bool>,
    pub(super) token_lifetime: Option<u64>,
    pub(super) accept_opaque_tokens: Option<bool>,
    pub(super) compress: Option<bool>,
}

/// A scenario's name and, behind a colon, the word of its twin.
pub(super) fn split(name: &str) -> (&str, Option<&str>) {
    match name.rsplit_once(':') {
        Some((story, word)) => (story, Some(word)),
        None => (name, None),
    }
}

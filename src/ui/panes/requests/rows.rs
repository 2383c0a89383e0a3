//! The ledger as plain rows: which words stand in which column. Must not know roles, widths or
//! widgets; a new column begins here.

use crate::model::facet::Facet;
use crate::model::key::Key;
use crate::model::ledger::{LedgerEntry, Outcome, Service};
use crate::model::resource::Family;
use crate::store::{Inventory, Ledger, State};
use crate::ui::signs::Sign;
use crate::ui::text::{short_guid, short_tail};

/// One call as a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its running number.
    pub number: u64,
    /// The service.
    pub to: &'static str,
    /// The method.
    pub method: String,
    /// What was asked for: the telling end of the path.
    pub asked: String,
    /// Whether it was another page of the same question.
    pub is_next_page: bool,
    /// How it ended.
    pub answer: Answer,
    /// How long it took; none while it is under way, and for what never left.
    pub ms: Option<u64>,
    /// What the answer fills.
    pub fills: &'static str,
    /// Whether it brought nothing that was hoped for.
    pub fault: bool,
}

/// How a call ended, as the table says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Under way.
    Pending,
    /// A status; the sign is none for an answer that is one.
    Status(u16, Option<Sign>),
    /// No answer came.
    None,
    /// It never left.
    Stopped,
}

impl Answer {
    /// How an entry ended. A 404 is an answer of its own: the thing is not there.
    pub fn of(entry: &LedgerEntry) -> Self {
        match (&entry.outcome, entry.status) {
            (Outcome::Pending, _) => Self::Pending,
            (Outcome::Stopped(_), _) => Self::Stopped,
            (Outcome::Failed(_), _) | (Outcome::Answered, None) => Self::None,
            (Outcome::Answered, Some(status)) => Self::Status(
                status,
                match status {
                    _ if entry.is_denied() => Some(Sign::Unknown),
                    404 => Some(Sign::Note),
                    400.. => Some(Sign::Failed),
                    _ => None,
                },
            ),
        }
    }

    /// The words of the column.
    pub fn words(self) -> String {
        match self {
            Self::Pending => String::new(),
            Self::Status(status, _) => status.to_string(),
            Self::None => "none".to_owned(),
            Self::Stopped => "stopped".to_owned(),
        }
    }

    /// The sign before the words.
    pub fn sign(self) -> Option<Sign> {
        match self {
            Self::Pending => Some(Sign::Reading),
            Self::Status(_, sign) => sign,
            Self::None => Some(Sign::Failed),
            Self::Stopped => Some(Sign::Shut),
        }
    }
}

/// Whether calls went to more than one subscription, so that a row has to say to which.
pub fn is_wide(ledger: &Ledger) -> bool {
    let mut known: Option<&str> = None;
    for entry in &ledger.entries {
        let path = entry.path.split('?').next().unwrap_or_default();
        let mut parts = path.split('/').skip(1);
        let own = match (parts.next(), parts.next()) {
            (Some(first), Some(id)) if first.eq_ignore_ascii_case("subscriptions") => id,
            _ => continue,
        };
        match known {
            Some(other) if !other.eq_ignore_ascii_case(own) => return true,
            _ => known = Some(own),
        }
    }
    false
}

/// The row of an entry. `wide` is what [`is_wide`] says of its ledger.
pub fn row(entry: &LedgerEntry, inventory: &Inventory, wide: bool) -> Row {
    let answer = Answer::of(entry);
    let fault = match answer {
        // Not to be there is an answer, unless a list that must exist was asked for.
        Answer::Status(404, _) => entry
            .fills
            .as_ref()
            .is_some_and(|key| inventory.snapshot().state(key) == State::Failed),
        Answer::Pending => false,
        _ => entry.is_failed(),
    };
    Row {
        number: entry.number,
        to: entry.service.word(),
        method: entry.method.to_string(),
        asked: asked_for(entry, inventory, wide),
        is_next_page: is_next_page(entry),
        answer,
        ms: (entry.attempts > 0 && answer != Answer::Pending).then(|| millis(entry)),
        fills: fills(entry),
        fault,
    }
}

/// How long a call took, in milliseconds.
pub fn millis(entry: &LedgerEntry) -> u64 {
    u64::try_from(entry.duration.as_millis()).unwrap_or(u64::MAX)
}

/// The short word for what an answer fills.
fn fills(entry: &LedgerEntry) -> &'static str {
    match &entry.fills {
        None if matches!(entry.service, Service::Login | Service::ManagedIdentity) => "sign-in",
        None => "·",
        Some(key) => word(key),
    }
}

/// A key in a word or two.
fn word(key: &Key) -> &'static str {
    match key {
        Key::Tenants(_) => "tenants",
        Key::Subscriptions(_) => "subscriptions",
        Key::Groups(_) => "groups",
        Key::List { family, .. } => match family {
            Family::Storage => "storage",
            Family::Search => "search",
            Family::Cognitive => "AI services",
            Family::Workspace => "hubs",
            Family::Cosmos => "cosmos",
            Family::Vault => "vaults",
            Family::LogWorkspace => "workspaces",
            Family::UserIdentity => "identities",
            Family::PrivateEndpoint => "endpoints",
            Family::VirtualNetwork => "networks",
        },
        Key::Resource(_) => "properties",
        Key::Facet(_, facet) => match facet {
            Facet::Properties => "properties",
            Facet::Containers => "containers",
            Facet::SharedPrivateLinks => "shared links",
            Facet::Perimeters
            | Facet::PerimeterAssociations
            | Facet::PerimeterProfiles
            | Facet::PerimeterLinks
            | Facet::PerimeterRules => "perimeters",
            Facet::Deployments => "deployments",
            Facet::Projects => "projects",
            Facet::Connections => "connections",
            Facet::CapabilityHosts => "agent stores",
            Facet::Keys | Facet::Key | Facet::KeyVersions => "keys",
            Facet::OutboundRules => "outbound",
            Facet::DiagnosticSettings => "logs",
            Facet::Indexers => "indexers",
            Facet::IndexerStatus => "runs",
            Facet::DataSources => "data sources",
            Facet::Skillsets => "skillsets",
            Facet::Indexes => "indexes",
            Facet::IndexStatistics => "index sizes",
            Facet::SqlRoleAssignments | Facet::SqlRoleDefinitions => "cosmos roles",
            Facet::ScopeConnections => "tenant links",
            Facet::IpamPools => "pools",
            Facet::StaticCidrs => "static ranges",
            Facet::PoolUsage => "pool usage",
            Facet::PoolAssociations => "pool members",
        },
        Key::RoleAssignments(_) | Key::AssignedTo(..) => "access",
        Key::RoleDefinitions(_) => "roles",
        Key::DenyAssignments(_) => "denials",
        Key::Principals(_) | Key::ServicePrincipalOf(..) | Key::User(..) => "principals",
        Key::Memberships(..) => "member of",
        Key::EligibleRoles(_) | Key::ActiveRoles(_) => "PIM",
        Key::Locks(_) => "locks",
        Key::PolicyAssignments(_) => "policies",
        Key::PolicyExemptions(_) => "exemptions",
        Key::PolicyDefinition(_) => "a policy",
        Key::PolicyStates(_) => "compliance",
        Key::NetworkPerimeters(_) => "perimeters",
        Key::ActivityLog(_) | Key::AccessLog(_) => "activity",
        Key::Logs(..) => "refusals",
        Key::Application(..) => "application",
        Key::NetworkManagers(_) => "managers",
        Key::NetworkManagerConnections(_) => "tenant links",
        Key::Provider(_) => "provider",
        Key::IpamPool(_) => "a pool",
        Key::LinkedAccess(..) => "token proof",
    }
}

/// The telling end of a path: `…/storageAccounts/stragdev`, `…/rg-rag-poc/…/roleAssignments`.
fn asked_for(entry: &LedgerEntry, inventory: &Inventory, wide: bool) -> String {
    let path = entry.path.split('?').next().unwrap_or_default();
    short_path(path, wide, |segment| {
        let id = crate::model::id::SubscriptionId::new(segment);
        let name = inventory.subscription(&id)?.display_name.clone();
        Some(name)
    })
}

fn is_next_page(entry: &LedgerEntry) -> bool {
    let query = entry.path.split_once('?').map_or("", |(_, query)| query);
    query.to_ascii_lowercase().contains("skiptoken")
}

/// A path without what repeats in every row. `named` knows the names of subscriptions.
fn short_path(path: &str, wide: bool, named: impl Fn(&str) -> Option<String>) -> String {
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let shown = |part: &str| {
        if uuid::Uuid::try_parse(part).is_ok() {
            named(part).unwrap_or_else(|| short_guid(part))
        } else {
            short_tail(part).into_owned()
        }
    };
    // A part that is always called `default` says less than what it is a part of.
    let telling = |parts: &[&str]| match parts {
        [.., owner, _, "default"] => shown(owner),
        [.., last] => shown(last),
        [] => String::new(),
    };
    let provider = parts
        .iter()
        .rposition(|part| part.eq_ignore_ascii_case("providers"));
    if let Some(at) = provider {
        let kinds = parts.get(at + 2..).unwrap_or_default();
        let scope = Some(&parts[..at]).filter(|scope| !scope.is_empty());
        return match (kinds, scope) {
            ([before @ .., last], _) if !before.is_empty() => {
                format!("…/{}/{}", telling(before), shown(last))
            }
            ([last], Some(_)) if at == 2 && !wide => format!("…/{}", shown(last)),
            ([last], Some(scope)) => format!("…/{}/…/{}", telling(scope), shown(last)),
            ([last], None) => format!("/…/{}", shown(last)),
            _ => format!("…/{}", parts[at..].join("/")),
        };
    }
    let versioned = |part: &&str| {
        let tail = part.strip_prefix('v').unwrap_or_default();
        tail.starts_with(|letter: char| letter.is_ascii_digit())
    };
    match parts.as_slice() {
        [first, rest @ ..] if versioned(first) => format!("/{}", joined(rest, shown)),
        [.., grant @ "oauth2", before, last] => format!("…/{grant}/{before}/{last}"),
        [.., before, last] if parts.len() > 2 => format!("…/{}/{}", shown(before), shown(last)),
        all => format!("/{}", joined(all, shown)),
    }
}

fn joined(parts: &[&str], shown: impl Fn(&str) -> String) -> String {
    parts
        .iter()
        .map(|part| shown(part))
        .collect::<Vec<_>>()
        .join("/")
}

/// The name of a call, for the title of its detail: the last word of its path.
pub fn title(entry: &LedgerEntry) -> String {
    let path = entry.path.split('?').next().unwrap_or_default();
    let last = path.rsplit('/').find(|part| !part.is_empty());
    last.unwrap_or("/").to_owned()
}

/// Totals of the ledger.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Every call, also those that are no longer kept.
    pub all: u64,
    /// Calls that were answered as hoped.
    pub answered: u64,
    /// Refused for want of a right.
    pub refused: u64,
    /// Asked to wait.
    pub throttled: u64,
    /// Calls that took more than one try.
    pub retried: u64,
    /// No answer, or an error.
    pub failed: u64,
    /// Under way.
    pub pending: u64,
    /// GETs that left.
    pub gets: u64,
    /// POSTs that left.
    pub posts: u64,
    /// Anything else that left: none, ever.
    pub writes: u64,
    /// Key listings that left: none, ever.
    pub key_listings: u64,
    /// Stopped here.
    pub stopped: u64,
    /// No longer kept.
    pub let_go: u64,
}

/// Counts the ledger.
pub fn tally(ledger: &Ledger) -> Tally {
    let mut tally = Tally {
        all: ledger.let_go,
        let_go: ledger.let_go,
        ..Tally::default()
    };
    for entry in &ledger.entries {
        tally.all += 1;
        tally.retried += u64::from(entry.attempts > 1);
        match Answer::of(entry) {
            Answer::Pending => tally.pending += 1,
            Answer::Stopped => {
                tally.stopped += 1;
                continue;
            }
            Answer::Status(429, _) => tally.throttled += 1,
            Answer::Status(_, Some(Sign::Unknown)) => tally.refused += 1,
            Answer::None | Answer::Status(_, Some(Sign::Failed)) => tally.failed += 1,
            Answer::Status(..) => tally.answered += 1,
        }
        match &*entry.method {
            "GET" => tally.gets += 1,
            "POST" => tally.posts += 1,
            _ => tally.writes += 1,
        }
        tally.key_listings += u64::from(lists_keys(&entry.path));
    }
    tally
}

fn lists_keys(path: &str) -> bool {
    let path = path.split('?').next().unwrap_or_default();
    let last = path.rsplit('/').next().unwrap_or_default();
    let last = last.to_ascii_lowercase();
    last.starts_with("list")
        && (last.contains("key") || last.contains("secret") || last.contains("sas"))
}

/// The hosts that tokens went to, in the order in which they were first asked.
pub fn hosts(ledger: &Ledger) -> Vec<&str> {
    let mut hosts = Vec::new();
    for entry in &ledger.entries {
        let carries = !matches!(entry.service, Service::Login | Service::ManagedIdentity);
        let left = !matches!(entry.outcome, Outcome::Stopped(_));
        if carries && left && !hosts.contains(&&*entry.host) {
            hosts.push(&*entry.host);
        }
    }
    hosts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_cut_to_its_telling_end() {
        const S: &str = "/subscriptions/3b1c0f2d-65f0-4135-bf08-e005a4058e20";
        let named = |part: &str| part.starts_with("3b1c").then(|| "contoso-dev".to_owned());
        for (path, short) in [
            (
                format!(
                    "{S}/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/stragdev"
                ),
                "…/storageAccounts/stragdev",
            ),
            (
                format!("{S}/providers/Microsoft.Storage/storageAccounts"),
                "…/contoso-dev/…/storageAccounts",
            ),
            (
                format!(
                    "{S}/resourceGroups/rg-rag-poc/providers/Microsoft.Authorization/roleAssignments"
                ),
                "…/rg-rag-poc/…/roleAssignments",
            ),
            (
                format!(
                    "{S}/resourceGroups/rg/providers/Microsoft.Search/searchServices/srch/sharedPrivateLinkResources"
                ),
                "…/srch/sharedPrivateLinkResources",
            ),
            (
                format!(
                    "{S}/resourceGroups/rg/providers/Microsoft.Search/searchServices/srch/providers/Microsoft.Insights/diagnosticSettings"
                ),
                "…/srch/…/diagnosticSettings",
            ),
            (
                format!("{S}/resourcegroups"),
                "…/contoso-dev/resourcegroups",
            ),
            ("/subscriptions".to_owned(), "/subscriptions"),
            (
                "/v1.0/directoryObjects/getByIds".to_owned(),
                "/directoryObjects/getByIds",
            ),
            (
                "/7f3ebb89-300f-4a0d-8c3e-57a8d657c0d1/oauth2/v2.0/token".to_owned(),
                "…/oauth2/v2.0/token",
            ),
            ("/".to_owned(), "/"),
        ] {
            assert_eq!(short_path(&path, true, named), short, "{path}");
        }
        // In one subscription its name is what repeats in every row.
        let path = format!("{S}/providers/Microsoft.Storage/storageAccounts");
        assert_eq!(short_path(&path, false, named), "…/storageAccounts");
    }

    #[test]
    fn key_listings_are_known_by_their_last_word() {
        assert!(lists_keys("/a/storageAccounts/b/listKeys?api-version=1"));
        assert!(lists_keys("/a/searchServices/b/LISTADMINKEYS"));
        assert!(!lists_keys("/a/vaults/b/keys"));
        assert!(!lists_keys("/a/ipamPools/b/listAssociatedResources"));
    }
}

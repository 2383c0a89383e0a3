//! The services of the Outbound pane as plain rows: what controls their calls, where they may call
//! to, and which hosts something that was read needs.
//!
//! Pure: made from the inventory and the snapshot alone.

use std::sync::Arc;

use url::Url;

use crate::analysis::outbound::{self, Allowed, Control, Listing, Outbound, Perimeter, State};
use crate::analysis::verdict::{Reasoned, Verdict};
use crate::model::facet::Facet;
use crate::model::id::ArmId;
use crate::model::key::Key;
use crate::model::resource::{Details, Family, Resource};
use crate::store::{self, Inventory, Snapshot};
use crate::ui::panes::ways::{Basis, Ways, Who};
use crate::ui::signs::Sign;

/// The families that stand in this pane: those that call out, and those that do not, so that nobody
/// has to ask.
pub(crate) const FAMILIES: [Family; 6] = [
    Family::Cognitive,
    Family::Workspace,
    Family::Search,
    Family::Storage,
    Family::Vault,
    Family::Cosmos,
];

/// One service.
#[derive(Clone, Debug)]
pub(crate) struct Service {
    /// The resource.
    pub(crate) resource: Arc<Resource>,
    /// Its control.
    pub(crate) outbound: Outbound,
    /// Whether the answer waits for a reading that is under way.
    pub(crate) is_reading: bool,
    /// The hosts that it needs, and those that it may call.
    pub(crate) hosts: Vec<Host>,
    /// The sum.
    pub(crate) sign: Sign,
}

/// One host.
#[derive(Clone, Debug)]
pub(crate) struct Host {
    /// The host that is needed; for one that nobody is known to need, the one that is allowed.
    pub(crate) name: String,
    /// Who needs it, and what says so.
    pub(crate) need: Option<(String, Basis)>,
    /// The entry of the list that lets it pass, or might.
    pub(crate) allowed: Option<String>,
    /// How it stands to the list.
    pub(crate) listing: Listing,
    /// Whether it may be called, and why.
    pub(crate) judged: Reasoned,
    /// The sign.
    pub(crate) sign: Sign,
}

/// Makes the rows, worst first.
pub(crate) fn build(inventory: &Inventory, snapshot: &Snapshot) -> Vec<Service> {
    let ways = Ways::of(inventory, snapshot);
    let mut services: Vec<Service> = inventory
        .resources()
        // What Microsoft made is not for anybody to set; a project calls as its hub does.
        .filter(|one| !ways.is_managed(one) && !is_project_of_known_hub(inventory, one))
        .filter_map(|one| {
            let outbound = outbound::outbound(inventory, one)?;
            let is_reading = is_waiting(snapshot, one);
            let hosts = hosts(inventory, &ways, one, &outbound);
            let sign = sign(&outbound, &hosts, is_reading);
            Some(Service {
                resource: Arc::clone(one),
                outbound,
                is_reading,
                hosts,
                sign,
            })
        })
        .collect();
    services.sort_by_key(|one| (rank(one.sign), order(one.resource.family)));
    services
}

fn is_project_of_known_hub(inventory: &Inventory, one: &Resource) -> bool {
    matches!(&one.details, Details::Workspace(workspace)
        if workspace.hub.as_ref().is_some_and(|hub| inventory.resource(hub).is_some()))
}

fn rank(sign: Sign) -> u8 {
    match sign {
        Sign::Shut => 0,
        Sign::Unknown => 1,
        Sign::Reading => 2,
        // An exposure works: it is no trouble of this list, and its sign tells it.
        Sign::Open | Sign::Exposure => 3,
        _ => 4,
    }
}

fn order(family: Family) -> usize {
    FAMILIES
        .iter()
        .position(|own| *own == family)
        .unwrap_or(FAMILIES.len())
}

/// The sum: what is needed and kept out is shut, what may call any host is an exposure where a
/// control exists, and what has none is only noted.
fn sign(outbound: &Outbound, hosts: &[Host], is_reading: bool) -> Sign {
    let wanted = || {
        hosts.iter().filter(|one| {
            one.need
                .as_ref()
                .is_some_and(|(_, basis)| basis.is_wanted())
        })
    };
    if wanted().any(|one| one.sign == Sign::Shut) {
        return Sign::Shut;
    }
    match (outbound.control, outbound.state) {
        (Control::CallsNobody, _) => Sign::Note,
        (_, State::Unknown) if is_reading => Sign::Reading,
        (_, State::Unknown) => Sign::Unknown,
        (Control::NoneInService, State::Restricted) => Sign::Open,
        (Control::NoneInService, _) => match &outbound.perimeter {
            Perimeter::Unclear(_) if is_reading => Sign::Reading,
            Perimeter::Unclear(_) => Sign::Unknown,
            Perimeter::None | Perimeter::Enforced(_) => Sign::Note,
        },
        (_, State::NotRestricted) => match &outbound.perimeter {
            Perimeter::Enforced(_) => Sign::Open,
            Perimeter::Unclear(_) if is_reading => Sign::Reading,
            Perimeter::Unclear(_) | Perimeter::None => Sign::Exposure,
        },
        (_, State::Restricted) if matches!(outbound.allowed, Allowed::Unknown(_)) => {
            if is_reading {
                Sign::Reading
            } else {
                Sign::Unknown
            }
        }
        (_, State::Restricted) if wanted().any(|one| one.sign == Sign::Unknown) => {
            if is_reading {
                Sign::Reading
            } else {
                Sign::Unknown
            }
        }
        (_, State::Restricted) => Sign::Open,
        (_, State::PerimeterOnly | State::NotApplicable) => Sign::Note,
    }
}

/// The hosts of an account: needed ones first, then those that are allowed all the same.
fn hosts(
    inventory: &Inventory,
    ways: &Ways,
    account: &Arc<Resource>,
    outbound: &Outbound,
) -> Vec<Host> {
    if outbound.control != Control::RestrictOutbound {
        return Vec::new();
    }
    let listed: &[String] = match &outbound.allowed {
        Allowed::Hosts(hosts) | Allowed::Unknown(hosts) => hosts,
        Allowed::AnyHost | Allowed::Nobody => &[],
    };
    let mut used = vec![false; listed.len()];
    let mut hosts = Vec::new();
    for (name, by, basis) in needs(inventory, ways, account) {
        let listing = outbound.allowed.host(&name);
        let at = match listing {
            Listing::Listed(at) | Listing::ParentOnly(at) => Some(at),
            Listing::NotListed => None,
        };
        if !basis.is_wanted() && at.is_none() {
            // A service that might be called, and that no list names, is no news.
            continue;
        }
        if let Some(at) = at {
            used[at] = true;
        }
        let judged = outbound::may_call(outbound, &name);
        let sign = match judged.verdict {
            Verdict::Open => Sign::Open,
            Verdict::AtRisk => Sign::AtRisk,
            Verdict::Unknown => Sign::Unknown,
            Verdict::Shut => Sign::Shut,
        };
        let allowed = at.and_then(|at| listed.get(at)).cloned();
        hosts.push(Host {
            name,
            need: Some((by, basis)),
            allowed,
            listing,
            judged,
            sign,
        });
    }
    for (at, entry) in listed.iter().enumerate().filter(|(at, _)| !used[*at]) {
        hosts.push(Host {
            name: entry.clone(),
            need: None,
            allowed: Some(entry.clone()),
            listing: Listing::Listed(at),
            judged: outbound::may_call(outbound, entry),
            sign: Sign::None,
        });
    }
    hosts
}

/// The hosts that something which was read needs, with who needs them and what says so.
fn needs(
    inventory: &Inventory,
    ways: &Ways,
    account: &Arc<Resource>,
) -> Vec<(String, String, Basis)> {
    let mut needs = Vec::new();
    let who = Who::Service(Arc::clone(account));
    for search in inventory.family(Family::Search) {
        let Details::Search(details) = &search.details else {
            continue;
        };
        let host = details.endpoint.text().and_then(host_of);
        if let (Some(host), Some(basis)) = (host, ways.basis(&who, search)) {
            needs.push((host, search.name.clone(), basis));
        }
    }
    if let Details::Cognitive(details) = &account.details {
        for id in &details.user_owned_storage {
            let Some(storage) = inventory.resource(id) else {
                continue;
            };
            let Details::Storage(own) = &storage.details else {
                continue;
            };
            let blob = own.endpoints.iter().find(|(part, _)| part == "blob");
            if let Some(host) = blob.and_then(|(_, url)| host_of(url)) {
                let basis = Basis::Named(format!("{} names it in userOwnedStorage.", account.name));
                needs.push((host, storage.name.clone(), basis));
            }
        }
    }
    // What is wanted comes before what is possible; by name within.
    needs.sort_by(|one, other| (!one.2.is_wanted(), &one.0).cmp(&(!other.2.is_wanted(), &other.0)));
    needs
}

fn host_of(url: &str) -> Option<String> {
    Some(Url::parse(url).ok()?.host_str()?.to_owned())
}

/// Whether a facet that the judgement rests on is still being read, or will be.
fn is_waiting(snapshot: &Snapshot, one: &Resource) -> bool {
    let facet = match one.family {
        Family::Cognitive | Family::Search => Facet::Perimeters,
        Family::Workspace => Facet::OutboundRules,
        _ => return false,
    };
    match snapshot.slice(&Key::Facet(one.id.clone(), facet)) {
        Some(slice) => slice.state() == store::State::Pending,
        None => !snapshot.is_idle(),
    }
}

/// The hub whose rules count for a workspace: itself, or the hub of a project.
pub(crate) fn network_owner(one: &Resource) -> &ArmId {
    match &one.details {
        Details::Workspace(workspace) => workspace.hub.as_ref().unwrap_or(&one.id),
        _ => &one.id,
    }
}

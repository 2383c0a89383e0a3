//! The services of the Outbound pane as plain rows: what controls their calls, where they may call
//! to, and which hosts its hops need.
//!
//! Pure: made from the inventory, the snapshot and the judgement alone.

use std::sync::Arc;

use url::Url;

use crate::analysis::hop::{self, Hop};
use crate::analysis::outbound::{self, Allowed, Control, Listing, Outbound, Perimeter, State};
use crate::analysis::verdict::{Gate, Reasoned, Verdict};
use crate::analysis::{carried, ground};
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
    /// The places of the hops that need it.
    pub(crate) hops: Vec<usize>,
    /// The entry of the list that lets it pass, or might.
    pub(crate) allowed: Option<String>,
    /// How it stands to the list.
    pub(crate) listing: Listing,
    /// Whether it may be called, and why.
    pub(crate) judged: Reasoned,
    /// The sign.
    pub(crate) sign: Sign,
}

/// One host that is needed.
struct Need {
    host: String,
    by: String,
    basis: Basis,
    hops: Vec<usize>,
}

/// Makes the rows, worst first. Needs are those of the hops; before the first judgement, what the
/// resources themselves say.
pub(crate) fn build(
    inventory: &Inventory,
    snapshot: &Snapshot,
    hops: Option<&[Hop]>,
) -> Vec<Service> {
    let ways = Ways::of(inventory, snapshot);
    let mut services: Vec<Service> = inventory
        .resources()
        // What Microsoft made is not for anybody to set; a project calls as its hub does.
        .filter(|one| !ways.is_managed(one) && !is_project_of_known_hub(inventory, one))
        .filter_map(|one| {
            let outbound = outbound::outbound(inventory, one)?;
            let is_reading = is_waiting(snapshot, one);
            let needs = match hops {
                Some(hops) => needs_of_hops(inventory, hops, one),
                None => needs(inventory, &ways, one),
            };
            let hosts = hosts(needs, &outbound);
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
fn hosts(needs: Vec<Need>, outbound: &Outbound) -> Vec<Host> {
    if outbound.control != Control::RestrictOutbound {
        return Vec::new();
    }
    let listed: &[String] = match &outbound.allowed {
        Allowed::Hosts(hosts) | Allowed::Unknown(hosts) => hosts,
        Allowed::AnyHost | Allowed::Nobody => &[],
    };
    let mut used = vec![false; listed.len()];
    let mut hosts = Vec::new();
    for need in needs {
        let Need {
            host: name,
            by,
            basis,
            hops: needed,
        } = need;
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
            hops: needed,
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
            hops: Vec::new(),
            allowed: Some(entry.clone()),
            listing: Listing::Listed(at),
            judged: outbound::may_call(outbound, entry),
            sign: Sign::None,
        });
    }
    hosts
}

/// The hosts that the hops of an account call, with the kinds of these hops.
fn needs_of_hops(inventory: &Inventory, hops: &[Hop], account: &Resource) -> Vec<Need> {
    let mut needs: Vec<Need> = Vec::new();
    for (at, hop) in hops.iter().enumerate() {
        if hop.gate(Gate::Outbound).is_none()
            || carried::is_drawn_from_its_entry(hop)
            || !ArmId::new(&hop.from).is_within(&account.id)
        {
            continue;
        }
        let Some(host) = target_host(inventory, &hop.to) else {
            continue;
        };
        let kind = hop.kind.word();
        let basis = match hop.basis {
            hop::Basis::Declared => Basis::Named("The config file says so.".to_owned()),
            hop::Basis::Observed => Basis::Named("A definition names it.".to_owned()),
            hop::Basis::Inferred => {
                Basis::Named("A role, a rule or a link ties the two ends.".to_owned())
            }
            hop::Basis::Assumed => {
                Basis::Assumed("Assumed: the two ends sit side by side.".to_owned())
            }
        };
        match needs.iter_mut().find(|one| one.host == host) {
            Some(known) => {
                known.hops.push(at);
                if !known.by.split(", ").any(|own| own == kind) {
                    known.by = format!("{}, {kind}", known.by);
                }
                if matches!(known.basis, Basis::Assumed(_)) {
                    known.basis = basis;
                }
            }
            None => needs.push(Need {
                host,
                by: kind.to_owned(),
                basis,
                hops: vec![at],
            }),
        }
    }
    needs
}

/// The host that a hop calls: that of its target, else the one that it names.
fn target_host(inventory: &Inventory, to: &str) -> Option<String> {
    if !to.starts_with('/') {
        return Some(ground::host_of(to)).filter(|host| !host.is_empty());
    }
    let id = ArmId::new(to);
    let above = std::iter::successors(Some(id), ArmId::parent);
    let target = above.into_iter().find_map(|id| inventory.resource(&id))?;
    let url = match &target.details {
        Details::Search(own) => own.endpoint.text(),
        Details::Cognitive(own) => own.endpoint.text(),
        Details::Vault(own) => own.uri.text(),
        Details::Cosmos(own) => own.endpoint.text(),
        Details::Storage(own) => own
            .endpoints
            .iter()
            .find(|(part, _)| part == "blob")
            .map(|(_, url)| url.as_str()),
        _ => None,
    };
    url.and_then(host_of)
}

/// The hosts that something which was read needs, with who needs them and what says so.
fn needs(inventory: &Inventory, ways: &Ways, account: &Arc<Resource>) -> Vec<Need> {
    let need = |host, by: &String, basis| Need {
        host,
        by: by.clone(),
        basis,
        hops: Vec::new(),
    };
    let mut needs = Vec::new();
    let who = Who::Service(Arc::clone(account));
    for search in inventory.family(Family::Search) {
        let Details::Search(details) = &search.details else {
            continue;
        };
        let host = details.endpoint.text().and_then(host_of);
        if let (Some(host), Some(basis)) = (host, ways.basis(&who, search)) {
            needs.push(need(host, &search.name, basis));
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
                needs.push(need(host, &storage.name, basis));
            }
        }
    }
    // What is wanted comes before what is possible; by name within.
    let order = |one: &Need| (!one.basis.is_wanted(), one.host.clone());
    needs.sort_by_cached_key(order);
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

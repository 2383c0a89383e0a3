//! The services of the Network pane as plain rows: who they are, to whom they are open, and the sign
//! that sums up what the pattern asks of them.
//!
//! Pure: made from the inventory and the judgement alone.

use std::collections::HashMap;
use std::sync::Arc;

use crate::analysis::facets;
use crate::analysis::hop::Hop;
use crate::analysis::network::{self, Admission, Answer, Asked, Doors, OpenTo, Question, Reach};
use crate::analysis::verdict::Verdict;
use crate::model::facet::Facet;
use crate::model::id::ArmId;
use crate::model::judging::Judging;
use crate::model::key::Key;
use crate::model::resource::{Details, Family, Resource};
use crate::store::{Inventory, Snapshot, State};
use crate::ui::signs::Sign;
use crate::ui::text::width;

use crate::ui::panes::loads::Loads;
use crate::ui::panes::ways::{Basis, Ways, Who, kind};

/// The families that stand in this pane.
pub(crate) const FAMILIES: [Family; 6] = [
    Family::Storage,
    Family::Search,
    Family::Cognitive,
    Family::Workspace,
    Family::Cosmos,
    Family::Vault,
];

/// One service.
#[derive(Clone, Debug)]
pub(crate) struct Service {
    /// The resource.
    pub(crate) resource: Arc<Resource>,
    /// What it is called: `Azure OpenAI`.
    pub(crate) kind: &'static str,
    /// The number of its group.
    pub(crate) group: usize,
    /// Whether Microsoft made it.
    pub(crate) is_managed: bool,
    /// To whom it is open.
    pub(crate) open_to: OpenTo,
    /// Whether the answer waits for a reading that is under way.
    pub(crate) is_reading: bool,
    /// The sum of its rules and of the hops that lead there.
    pub(crate) sign: Sign,
    /// The sum of its rules alone.
    by_firewall: Sign,
    /// What `bypass` keeps out although the pattern calls there.
    pub(crate) bypass_shuts: bool,
}

/// A resource group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Home {
    /// Its id.
    pub(crate) id: ArmId,
    /// Whether Microsoft made it.
    pub(crate) is_managed: bool,
}

/// Everything that the pane shows.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    /// The groups, managed ones last.
    pub(crate) homes: Vec<Home>,
    /// The services, in the order of the table.
    pub(crate) services: Vec<Service>,
    /// Those who want in.
    pub(crate) callers: Vec<Who>,
    /// The width of the longest name among the services that call.
    pub(crate) widest: u16,
    /// Private endpoints, shared private links and perimeters of all of them.
    pub(crate) counts: [usize; 3],
    /// Which calls the pattern has.
    pub(crate) ways: Ways,
    /// The worst that the network gates of judged hops say, by caller and service.
    pub(crate) made: HashMap<(usize, usize), Verdict>,
}

impl Rows {
    /// Takes over what was judged of the hops: what a definition presents may be less than the best
    /// that a caller could.
    pub(crate) fn take_hops(&mut self, loads: &Loads) {
        self.made.clear();
        for (column, service) in self.services.iter_mut().enumerate() {
            let id = &service.resource.id;
            for (row, who) in self.callers.iter().enumerate() {
                // A person's address may not have been said: their own line asks for it.
                if matches!(who, Who::Service(_))
                    && let Some(verdict) = Loads::worst_network(made(loads, who, id))
                {
                    self.made.insert((row, column), verdict);
                }
            }
            let own = (0..self.callers.len()).filter_map(|row| self.made.get(&(row, column)));
            service.sign = match Verdict::worst(own.copied()) {
                Some(Verdict::Shut) => Sign::Shut,
                Some(Verdict::Unknown)
                    if matches!(
                        service.by_firewall,
                        Sign::Open | Sign::Exposure | Sign::Keep
                    ) =>
                {
                    Sign::Unknown
                }
                _ => service.by_firewall,
            };
        }
    }
}

/// The hops that were judged between a caller and a service. Persons stand for each other here: the
/// network sees an address.
pub(crate) fn made<'a>(
    loads: &'a Loads,
    who: &'a Who,
    service: &ArmId,
) -> impl Iterator<Item = &'a Hop> {
    loads.to(service).filter(move |hop| match who {
        Who::You => !hop.from.starts_with('/'),
        Who::Service(caller) => hop.from.eq_ignore_ascii_case(caller.id.as_str()),
        Who::Portal | Who::Internet => false,
    })
}

/// Makes the rows.
pub(crate) fn build(inventory: &Inventory, snapshot: &Snapshot, judging: &Judging) -> Rows {
    let ways = Ways::of(inventory, snapshot);
    let shown: Vec<&Arc<Resource>> = inventory
        .resources()
        .filter(|one| one.family.has_firewall() && !stands_for_its_hub(inventory, one))
        .collect();
    let homes = homes(inventory, &shown, &ways);
    let place: HashMap<&ArmId, usize> = homes
        .iter()
        .enumerate()
        .map(|(at, home)| (&home.id, at))
        .collect();
    let callers: Vec<Who> = std::iter::once(Who::You)
        .chain(
            ways.callers(shown.iter().copied())
                .cloned()
                .map(Who::Service),
        )
        .chain([Who::Portal, Who::Internet])
        .collect();
    let asking = asking(&callers, &ways);
    let mut services: Vec<Service> = shown
        .iter()
        .filter_map(|one| {
            let open_to = network::open_to(inventory, one)?;
            let group = *place.get(&one.id.group_id()?)?;
            let is_managed = homes[group].is_managed;
            let cells = asking
                .get(&one.id)
                .into_iter()
                .flatten()
                .copied()
                // An address that was not said keeps nothing from being judged but the person.
                .chain(judging.client_ip.is_some().then_some(0))
                .filter_map(|at| {
                    judge((inventory, snapshot), judging, &ways, callers.get(at)?, one)
                })
                .filter(|cell| cell.basis.is_wanted());
            let (mut shut, mut unknown, mut bypass_shuts) = (false, false, false);
            for cell in cells {
                shut |= cell.sign == Sign::Shut;
                unknown |= cell.sign == Sign::Unknown;
                bypass_shuts |= cell.sign == Sign::Shut && is_shut_by_bypass(&cell.admission);
            }
            let is_reading = open_to.is_unknown() && is_waiting(snapshot, &one.id);
            let sign = match (&open_to.reach, shut, unknown) {
                (_, true, _) => Sign::Shut,
                _ if is_reading => Sign::Reading,
                (Reach::Unknown(_), ..) | (_, _, true) => Sign::Unknown,
                _ if is_managed => Sign::Keep,
                // A workspace has no rules that could be narrower.
                (Reach::Everyone, ..) if one.family != Family::Workspace => Sign::Exposure,
                _ => Sign::Open,
            };
            Some(Service {
                resource: Arc::clone(one),
                kind: kind(one),
                group,
                is_managed,
                open_to,
                is_reading,
                sign,
                by_firewall: sign,
                bypass_shuts,
            })
        })
        .collect();
    // What has no rules of its own comes after those that have.
    services.sort_by_key(|one| {
        (
            one.group,
            rank(one.sign),
            one.resource.family == Family::Workspace,
        )
    });
    Rows {
        made: HashMap::new(),
        widest: callers
            .iter()
            .map(|who| width(who.name()))
            .max()
            .unwrap_or(0),
        counts: counts(inventory, &services),
        homes,
        services,
        callers,
        ways,
    }
}

/// How many private endpoints, shared private links and perimeters the services have.
fn counts(inventory: &Inventory, services: &[Service]) -> [usize; 3] {
    services
        .iter()
        .fold([0; 3], |[endpoints, links, perimeters], one| {
            let id = &one.resource.id;
            let own = one.resource.firewall.as_ref();
            [
                endpoints + own.map_or(0, |wall| wall.private_endpoints.items().len()),
                links + facets::shared_private_links(inventory, id).items.len(),
                perimeters + facets::perimeters(inventory, id).items.len(),
            ]
        })
}

/// Which callers want into which service, by their place in the list.
fn asking(callers: &[Who], ways: &Ways) -> HashMap<ArmId, Vec<usize>> {
    let mut asking: HashMap<ArmId, Vec<usize>> = HashMap::new();
    for (at, who) in callers.iter().enumerate() {
        if let Who::Service(service) = who {
            for target in ways.wanted_of(&service.id) {
                asking.entry(target.clone()).or_default().push(at);
            }
        }
    }
    asking
}

/// Whether a trusted service is kept out by a bypass that says so.
fn is_shut_by_bypass(admission: &Admission) -> bool {
    admission.asked.iter().any(would_have_let_in)
}

/// Whether this is the list of trusted services that the caller is on, and that is switched off.
pub(crate) fn would_have_let_in(one: &Asked) -> bool {
    one.question == Question::TrustedService
        && one.answer == Answer::Next
        && one.telling
        && one
            .evidence
            .iter()
            .any(|evidence| one.words.contains(&evidence.words()))
}

/// Shut, unknown, waiting, open: the order of lists.
fn rank(sign: Sign) -> u8 {
    match sign {
        Sign::Shut => 0,
        Sign::Unknown => 1,
        Sign::Reading => 2,
        _ => 3,
    }
}

/// A project has the network of its hub, which stands in the list for it.
fn stands_for_its_hub(inventory: &Inventory, one: &Resource) -> bool {
    matches!(&one.details, Details::Workspace(workspace)
        if workspace.hub.as_ref().is_some_and(|hub| inventory.resource(hub).is_some()))
}

/// The groups; those that a service made come last, also before the service is known.
fn homes(inventory: &Inventory, shown: &[&Arc<Resource>], ways: &Ways) -> Vec<Home> {
    let mut homes: Vec<Home> = Vec::new();
    for one in shown {
        if let Some(id) = one.id.group_id()
            && !homes.iter().any(|home| home.id == id)
        {
            let is_managed = ways.maker(&id).is_some();
            homes.push(Home { id, is_managed });
        }
    }
    homes.sort_by_cached_key(|home| {
        let group = inventory.group(&home.id);
        let is_made = group.is_some_and(|group| group.managed_by.text().is_some());
        (home.is_managed || is_made, home.id.clone())
    });
    homes
}

/// To whom a service is open, in the words that fit beside seven other columns.
pub(crate) fn short_words(open_to: &OpenTo) -> String {
    match &open_to.reach {
        Reach::Some(doors) => doors_in_short(doors),
        _ => open_to.words(),
    }
}

pub(crate) fn doors_in_short(doors: &Doors) -> String {
    let counted = |count: usize, one: &str, many: &str| match count {
        0 => None,
        1 => Some(one.to_owned()),
        count => Some(format!("{count} {many}")),
    };
    let flag = |is_set: bool, words: &str| is_set.then(|| words.to_owned());
    [
        flag(doors.any_azure, "any Azure"),
        counted(doors.addresses, "1 IP", "IPs"),
        counted(doors.ranges, "1 range", "ranges"),
        counted(doors.networks, "1 net", "nets"),
        flag(doors.trusted, "trusted"),
        counted(doors.instances, "instance", "instances"),
        flag(doors.portal, "portal"),
        flag(doors.private_endpoints > 0, "private"),
    ]
    .into_iter()
    .flatten()
    .collect::<Vec<_>>()
    .join(" + ")
}

/// One caller at one service.
#[derive(Clone, Debug)]
pub(crate) struct Cell {
    /// Its sign.
    pub(crate) sign: Sign,
    /// By which rule: `IP rule`, `no rule`.
    pub(crate) words: &'static str,
    /// Whether and why the call is made.
    pub(crate) basis: Basis,
    /// The questions and their answers.
    pub(crate) admission: Admission,
}

/// Judges one caller at one service; none when the pattern has no such call, or no firewall stands
/// in its way.
pub(crate) fn judge(
    (inventory, snapshot): (&Inventory, &Snapshot),
    judging: &Judging,
    ways: &Ways,
    who: &Who,
    target: &Resource,
) -> Option<Cell> {
    let basis = ways.basis(who, target)?;
    let caller = Ways::caller(inventory, judging, who, target);
    let admission = network::admit(inventory, judging, &caller, target)?;
    let waits = || {
        is_waiting(snapshot, &target.id)
            || matches!(who, Who::Service(service) if is_waiting(snapshot, &service.id))
    };
    let (sign, words) = match admission.judged.verdict {
        Verdict::Open | Verdict::AtRisk => {
            let by = admission.by.map_or("open", by_words);
            let is_wide = matches!(who, Who::Internet);
            let sign = match is_wide {
                // Microsoft's own, and what has no rules, is not for anybody to narrow.
                true if ways.is_managed(target) || target.family == Family::Workspace => Sign::Note,
                true => Sign::Exposure,
                false => Sign::Open,
            };
            (sign, by)
        }
        Verdict::Unknown if waits() => (Sign::Reading, "reading"),
        Verdict::Unknown => (Sign::Unknown, doubt(&admission)),
        Verdict::Shut if basis.is_wanted() => (Sign::Shut, shut_words(&admission)),
        Verdict::Shut => (Sign::Refused, "denied"),
    };
    Some(Cell {
        sign,
        words,
        basis,
        admission,
    })
}

impl Cell {
    /// The cell after what was judged of the hops that are made this way.
    pub(crate) fn after(mut self, made: Option<&Verdict>) -> Self {
        let lets_in = matches!(self.sign, Sign::Open | Sign::Exposure | Sign::Note);
        match made {
            Some(Verdict::Shut) if self.sign != Sign::Shut => {
                (self.sign, self.words) = (Sign::Shut, "not every hop");
            }
            Some(Verdict::Unknown) if lets_in => {
                (self.sign, self.words) = (Sign::Unknown, "not every hop");
            }
            _ => {}
        }
        self
    }
}

fn by_words(question: Question) -> &'static str {
    match question {
        Question::PrivateEndpoint => "private",
        Question::SharedPrivateLink => "private link",
        Question::Perimeter => "perimeter",
        Question::InstanceRule => "instance rule",
        Question::TrustedService => "trusted",
        Question::PublicAccess => "public access",
        Question::IpRule => "IP rule",
        Question::SubnetRule => "network rule",
        Question::DefaultAction => "everyone",
    }
}

fn shut_words(admission: &Admission) -> &'static str {
    match admission.asked.last().map(|one| one.question) {
        Some(Question::PublicAccess) => "public off",
        Some(Question::Perimeter) => "perimeter",
        Some(Question::SharedPrivateLink) => "private link",
        _ => "no rule",
    }
}

/// The first question that cannot be answered.
fn doubt(admission: &Admission) -> &'static str {
    let may = |answer: Answer| {
        matches!(
            answer,
            Answer::MayAdmit | Answer::MayShut | Answer::MayDecide | Answer::Unclear
        )
    };
    admission
        .asked
        .iter()
        .find(|one| may(one.answer))
        .map_or("unknown", |one| by_words(one.question))
}

/// Whether a facet that the network's judgement rests on is still being read, or will be: the
/// snapshot is asked, as a plan is no change of a value.
fn is_waiting(snapshot: &Snapshot, id: &ArmId) -> bool {
    [Facet::Perimeters, Facet::SharedPrivateLinks]
        .into_iter()
        .any(
            |facet| match snapshot.slice(&Key::Facet(id.clone(), facet)) {
                Some(slice) => slice.state() == State::Pending,
                None => !snapshot.is_idle(),
            },
        )
}

//! Which write shut a gate: matched by resource, by the kind of operation that the gate's property
//! takes, and by time against `systemData` and against what else dates the change (an indexer's runs).
//!
//! It names nobody without saying how certain that is, and says why when it names nobody.

use std::sync::Arc;

use rayon::prelude::*;
use time::{Duration, OffsetDateTime};

use crate::analysis::ground::is_fresh;
use crate::analysis::hop::{GateVerdict, Hop, HopKind};
use crate::analysis::verdict::{Gate, Verdict};
use crate::model::activity::REACH;
use crate::model::id::ArmId;
use crate::model::issue::Issue;
use crate::model::key::Key;
use crate::store::{Inventory, Slice, State};

use super::{Change, Changes, Kind, Outcome};

/// How far `lastModifiedAt` and the log's own times may lie apart.
const APART: Duration = Duration::minutes(2);

/// How late events may come (monitor.md).
const LATE: Duration = Duration::minutes(20);

/// Who shut a gate, as far as the activity log tells.
#[derive(Clone, Debug, PartialEq)]
pub enum WhoDidIt {
    /// A write that fits.
    Found(Found),
    /// The log was read, and holds none that fits.
    NotThere {
        /// Why, as a sentence without its full stop.
        why: String,
    },
    /// The log was refused, failed, or is still to come.
    NotRead {
        /// Why, as a sentence without its full stop.
        why: String,
        /// The least role that lets it be read.
        role: Option<&'static str>,
    },
    /// Changes of this kind are not in the activity log.
    Unlogged {
        /// Why, as a sentence without its full stop.
        why: String,
    },
}

/// A write that fits.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// The write.
    pub change: Arc<Change>,
    /// How certain it is that this one did it.
    pub certainty: Certainty,
}

/// How certain it is that a write did it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Certainty {
    /// The only write between the last time that it worked and the first that it did not.
    Between {
        /// When it last worked.
        worked: OffsetDateTime,
        /// When it first did not.
        failed: OffsetDateTime,
    },
    /// `systemData.lastModifiedAt` is the time of this write.
    Dated,
    /// The only write that the log holds.
    Only,
    /// The last of so many; an earlier one may have done it.
    LastOf(usize),
    /// A role was taken away there; the log does not say whose.
    SomeRole,
}

impl Certainty {
    /// The word in the JSON report.
    pub fn word(self) -> &'static str {
        match self {
            Self::Between { .. } => "between",
            Self::Dated => "dated",
            Self::Only => "only",
            Self::LastOf(_) => "last",
            Self::SomeRole => "possible",
        }
    }

    /// In words.
    pub fn words(self) -> String {
        match self {
            Self::Between { .. } => {
                "the only write between the last time that it worked and the first that it did not"
                    .to_owned()
            }
            Self::Dated => "the write at which the resource says it was last changed".to_owned(),
            Self::Only => format!("the only write in {} days", REACH.whole_days()),
            Self::LastOf(all) => format!(
                "the last of {all} writes in {} days: the log does not say which of them changed it",
                REACH.whole_days()
            ),
            Self::SomeRole => {
                "a role was taken away there; the log does not say whether it is this one"
                    .to_owned()
            }
        }
    }
}

impl WhoDidIt {
    /// One sentence without its full stop. Times are UTC.
    pub fn sentence(&self) -> String {
        match self {
            Self::Found(found) => found.sentence(),
            Self::NotThere { why } | Self::NotRead { why, .. } | Self::Unlogged { why } => {
                why.clone()
            }
        }
    }

    /// The write, when one was found.
    pub fn found(&self) -> Option<&Found> {
        match self {
            Self::Found(found) => Some(found),
            _ => None,
        }
    }
}

impl Found {
    fn sentence(&self) -> String {
        let change = &self.change;
        let at = utc(change.at);
        let who = match (change.is_by_policy(), change.policy()) {
            (true, Some(policy)) => {
                let effect = policy
                    .effect
                    .as_ref()
                    .map_or_else(String::new, |effect| format!(" ({effect})"));
                format!("the policy {}{effect}", change.by())
            }
            (true, None) => format!("the policy {}", change.by()),
            (false, Some(policy)) => format!(
                "{}, whose request the policy {} changed on its way",
                change.by(),
                policy.name.as_deref().unwrap_or("without a name")
            ),
            (false, None) => format!("{}, {}", change.by(), change.actor.kind.words()),
        };
        format!(
            "{who}, at {at} by {} of {}: {}",
            change.call(),
            change.subject(),
            self.certainty.words()
        )
    }
}

/// A time in UTC, to the second.
fn utc(at: OffsetDateTime) -> String {
    let at = at.to_offset(time::UtcOffset::UTC);
    format!(
        "{} {:02}:{:02}:{:02} UTC",
        at.date(),
        at.hour(),
        at.minute(),
        at.second()
    )
}

/// What a gate's property is written by.
enum Written {
    /// The resource itself.
    Resource(ArmId),
    /// Parts of it, whose type ends so: `deployments`, `diagnosticSettings`.
    Parts(ArmId, String),
    /// A role that was taken away over it.
    Role(ArmId),
    /// Nothing that Azure Resource Manager sees.
    Elsewhere(&'static str),
}

/// Finds who shut the gate of a hop. None for a gate that is not shut or at risk, for one without
/// evidence, and where no log of its place is among what is read.
fn who_did_it(
    inventory: &Inventory,
    logs: &[(&Key, &Slice)],
    changes: &Changes,
    hop: &Hop,
    gate: &GateVerdict,
) -> Option<WhoDidIt> {
    if !matches!(gate.judged.verdict, Verdict::Shut | Verdict::AtRisk) {
        return None;
    }
    let written = written(hop, gate)?;
    let (place, candidates) = match &written {
        Written::Elsewhere(why) => {
            return Some(WhoDidIt::Unlogged {
                why: (*why).to_owned(),
            });
        }
        Written::Resource(id) => (id, of_resource(changes, id)),
        Written::Parts(id, part) => (id, of_parts(changes, id, part)),
        Written::Role(id) => (id, of_roles(changes, id)),
    };
    let log = Log::over(logs, place);
    let is_behind = || {
        let read_at = log.read_at?;
        let newest = candidates.first()?.at;
        let modified = modified_at(inventory, &written)?;
        Some(newest + APART < modified && modified > read_at - LATE)
    };
    // Of older writes none is the last one, and the last one may have shut it.
    if candidates.is_empty() || is_behind() == Some(true) {
        return (!log.slices.is_empty()).then(|| log.nothing(inventory, &written));
    }
    let certainty = if matches!(written, Written::Role(_)) {
        (Arc::clone(candidates[0]), Certainty::SomeRole)
    } else {
        pick(inventory, hop, place, &candidates)
    };
    let (change, certainty) = certainty;
    Some(WhoDidIt::Found(Found { change, certainty }))
}

fn written(hop: &Hop, gate: &GateVerdict) -> Option<Written> {
    const DATA_PLANE: [&str; 4] = ["/indexers/", "/datasources/", "/skillsets/", "/indexes/"];
    if hop.kind == HopKind::TenantToTenant && gate.gate == Gate::Authentication {
        return Some(Written::Elsewhere(
            "with which token a call comes stands in no activity log: it holds what was written to resources",
        ));
    }
    let evidence = gate.judged.evidence.first()?;
    let id = &evidence.resource;
    let folded = id.folded();
    if folded.contains("/searchservices/") && DATA_PLANE.iter().any(|part| folded.contains(part)) {
        return Some(Written::Elsewhere(
            "what a search service holds is written at the service itself, and the activity log does not hear of it",
        ));
    }
    let of_directory = ["/serviceprincipals/", "/applications/", "/users/"];
    if of_directory.iter().any(|head| folded.starts_with(head)) {
        return Some(Written::Elsewhere(
            "it is a matter of the directory, and the activity log of Azure does not hear of it",
        ));
    }
    let list = evidence.path.as_ref();
    if gate.gate == Gate::Authorization && list.to_ascii_lowercase().starts_with("roleassignments")
    {
        return hop
            .to
            .starts_with('/')
            .then(|| Written::Role(ArmId::new(&hop.to)));
    }
    if folded.contains("/providers/microsoft.authorization/") {
        return Some(Written::Resource(id.clone()));
    }
    let owner = owner(id);
    if let Some(part) = part_of(list).filter(|_| {
        evidence
            .value
            .as_ref()
            .is_some_and(|value| value.get("read").is_some())
    }) {
        return Some(Written::Parts(owner, part.to_ascii_lowercase()));
    }
    if owner == *id {
        return Some(Written::Resource(owner));
    }
    // The body of a part: a setting, a deployment, a container.
    let of_type = id.resource_type()?;
    let part = of_type.rsplit('/').next()?.to_ascii_lowercase();
    Some(Written::Parts(owner, part))
}

/// The last word of a list's name: `Microsoft.KeyVault/vaults/keys` is `keys`.
fn part_of(list: &str) -> Option<&str> {
    let part = list.rsplit('/').next()?;
    let is_name = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    is_name.then_some(part)
}

/// The resource that a part, or a setting, belongs to.
fn owner(id: &ArmId) -> ArmId {
    let parts: Vec<&str> = id
        .as_str()
        .split('/')
        .filter(|part| !part.is_empty())
        .collect();
    match parts.get(..8) {
        Some(own) if own[4].eq_ignore_ascii_case("providers") => {
            ArmId::new(format!("/{}", own.join("/")))
        }
        _ => id.clone(),
    }
}

/// When the resource that a gate's property is written with was last changed, as it says itself.
fn modified_at(inventory: &Inventory, written: &Written) -> Option<OffsetDateTime> {
    let Written::Resource(id) = written else {
        return None;
    };
    inventory
        .resource(id)?
        .system_data
        .last_modified_at
        .value()
        .copied()
}

fn done(change: &Change) -> bool {
    change.outcome != Outcome::Failed
}

fn of_resource<'a>(changes: &'a Changes, id: &ArmId) -> Vec<&'a Arc<Change>> {
    let is_own = |change: &&Arc<Change>| {
        let resource = change.resource.as_ref();
        let is_policy_of_access = || {
            change
                .operation
                .to_ascii_lowercase()
                .starts_with("microsoft.keyvault/vaults/accesspolicies/")
        };
        resource == Some(id) || is_policy_of_access()
    };
    changes
        .about(id)
        .filter(|change| change.kind.writes() && done(change))
        .filter(is_own)
        .collect()
}

fn of_parts<'a>(changes: &'a Changes, id: &ArmId, part: &str) -> Vec<&'a Arc<Change>> {
    changes
        .about(id)
        .filter(|change| matches!(change.kind, Kind::Write | Kind::Delete) && done(change))
        .filter(|change| {
            let lower = change.operation.to_ascii_lowercase();
            lower.rsplit('/').nth(1) == Some(part)
        })
        .collect()
}

fn of_roles<'a>(changes: &'a Changes, target: &ArmId) -> Vec<&'a Arc<Change>> {
    changes
        .list
        .iter()
        .filter(|change| change.kind == Kind::RoleTaken && done(change))
        .filter(|change| {
            change
                .about
                .as_ref()
                .is_some_and(|scope| target.is_within(scope) || scope.is_within(target))
        })
        .collect()
}

/// The one that fits best, the newest first given.
fn pick(
    inventory: &Inventory,
    hop: &Hop,
    place: &ArmId,
    candidates: &[&Arc<Change>],
) -> (Arc<Change>, Certainty) {
    if let Some((worked, failed)) = turning(inventory, hop) {
        let mut inside = candidates
            .iter()
            .filter(|one| one.at > worked && one.started < failed);
        if let (Some(one), None) = (inside.next(), inside.next()) {
            return (Arc::clone(one), Certainty::Between { worked, failed });
        }
    }
    let modified = inventory
        .resource(place)
        .and_then(|one| one.system_data.last_modified_at.value().copied());
    if let Some(modified) = modified {
        let at_that_time =
            |one: &&&Arc<Change>| one.started - APART <= modified && modified <= one.at + APART;
        if let Some(one) = candidates.iter().find(at_that_time) {
            return (Arc::clone(one), Certainty::Dated);
        }
    }
    let newest = Arc::clone(candidates[0]);
    match candidates.len() {
        1 => (newest, Certainty::Only),
        all => (newest, Certainty::LastOf(all)),
    }
}

/// When an indexer last worked and first did not since: what lies between turned it.
fn turning(inventory: &Inventory, hop: &Hop) -> Option<(OffsetDateTime, OffsetDateTime)> {
    if !matches!(
        hop.kind,
        HopKind::IndexerToStorage | HopKind::IndexerExtrasToStorage
    ) {
        return None;
    }
    let name = hop.via.as_deref()?.strip_prefix("indexer ")?;
    let status = inventory.indexer_status(&ArmId::new(&hop.from), name)?;
    let mut runs: Vec<_> = status
        .history
        .items()
        .iter()
        .filter_map(|run| Some((*run.start.value()?, run.end.value().copied(), run)))
        .collect();
    runs.sort_by_key(|(start, ..)| std::cmp::Reverse(*start));
    let mut failed = None;
    for (start, end, run) in runs {
        match run.status.text() {
            Some("success") => return Some((end.unwrap_or(start), failed?)),
            Some(status) if status.ends_with("Failure") => failed = Some(start),
            _ => {}
        }
    }
    None
}

/// Whether a log holds what happens at a place.
fn covers(log: &Key, place: &ArmId) -> bool {
    match log {
        Key::ActivityLog(scope) => place.is_within(scope),
        Key::AccessLog(subscription) => {
            place.group_id().is_none() && place.is_within(&ArmId::of_subscription(subscription))
        }
        _ => false,
    }
}

/// The logs that will tell who shut a gate a moment ago, and do not yet: events come late, so whoever
/// waits for the answer reads them again and again. What was changed long ago is awaited no more.
pub fn awaited(inventory: &Inventory, hops: &[Hop]) -> Vec<Key> {
    let logs: Vec<(&Key, &Slice)> = inventory.activity_logs().collect();
    let mut keys: Vec<Key> = Vec::new();
    let gates = hops
        .iter()
        .flat_map(|hop| hop.gates.iter().map(move |gate| (hop, gate)));
    for (hop, gate) in gates {
        if !matches!(gate.changed_by, Some(WhoDidIt::NotThere { .. })) {
            continue;
        }
        let Some(written) = written(hop, gate) else {
            continue;
        };
        let changed = modified_at(inventory, &written).or(gate.changed_at);
        let (Written::Resource(place) | Written::Parts(place, _) | Written::Role(place)) = written
        else {
            continue;
        };
        let read_at = Log::over(&logs, &place).read_at;
        let may_still_come = |(changed, read_at)| changed > read_at - LATE;
        if !changed.zip(read_at).is_some_and(may_still_come) {
            continue;
        }
        for (key, _) in &logs {
            if covers(key, &place) && !keys.contains(key) {
                keys.push((*key).clone());
            }
        }
    }
    keys
}

/// What was read of the log over a place.
struct Log<'a> {
    slices: Vec<&'a Slice>,
    read_at: Option<OffsetDateTime>,
}

impl<'a> Log<'a> {
    fn over(logs: &[(&Key, &'a Slice)], place: &ArmId) -> Self {
        let slices: Vec<&Slice> = logs
            .iter()
            .filter(|(key, _)| covers(key, place))
            .map(|(_, slice)| *slice)
            .collect();
        let read_at = slices
            .iter()
            .filter(|slice| slice.state() == State::Known)
            .filter_map(|slice| slice.observed_at)
            .max();
        Self { slices, read_at }
    }

    /// Why there is nobody to name.
    fn nothing(&self, inventory: &Inventory, written: &Written) -> WhoDidIt {
        let days = REACH.whole_days();
        let Some(read_at) = self.read_at else {
            return self.not_read();
        };
        let what = match written {
            Written::Resource(_) => "no write of it",
            Written::Parts(..) => "no write of this part of it",
            Written::Role(_) => "no role that was taken away over it",
            Written::Elsewhere(why) => {
                return WhoDidIt::Unlogged {
                    why: (*why).to_owned(),
                };
            }
        };
        let why = match (modified_at(inventory, written), written) {
            (Some(at), _) if at < read_at - REACH => format!(
                "it was last changed at {}, and the log is read {days} days back",
                utc(at)
            ),
            (Some(at), _) if at > read_at - LATE => format!(
                "it was changed at {}, and the log does not hold that yet: events come 3 to 20 minutes late",
                utc(at)
            ),
            (_, Written::Role(_)) => format!(
                "the log holds {what} in {days} days: it was lost before that, or never given"
            ),
            _ => format!("the log holds {what} in {days} days: it has been so for longer"),
        };
        WhoDidIt::NotThere { why }
    }

    fn not_read(&self) -> WhoDidIt {
        let issue: Option<&Issue> = self.slices.iter().find_map(|slice| slice.trouble());
        let (why, role) = match issue {
            Some(issue) if self.slices.iter().any(|one| one.state() == State::Denied) => {
                let right = issue.right.as_deref().unwrap_or("the right to read it");
                let role = issue.role.unwrap_or("Reader");
                (
                    format!("the activity log was refused: it needs {right}, which {role} has"),
                    Some(role),
                )
            }
            Some(issue) => (
                format!("the activity log could not be read: {}", issue.message),
                None,
            ),
            None => ("the activity log has not been read yet".to_owned(), None),
        };
        WhoDidIt::NotRead { why, role }
    }
}

/// Names who shut each gate. What the log dates freshly is marked as fresh, where the resource itself
/// does not say when it was changed.
pub fn name(inventory: &Inventory, changes: &Changes, hops: &mut [Hop]) {
    let logs: Vec<(&Key, &Slice)> = inventory.activity_logs().collect();
    hops.par_iter_mut().for_each(|hop| {
        for at in 0..hop.gates.len() {
            let Some(who) = who_did_it(inventory, &logs, changes, hop, &hop.gates[at]) else {
                continue;
            };
            let gate = &mut hop.gates[at];
            if let Some(found) = who.found()
                && gate.changed_at.is_none()
                && !matches!(found.certainty, Certainty::LastOf(_) | Certainty::SomeRole)
            {
                let observed = gate.judged.evidence.first().map(|one| one.observed_at);
                let at_last = found.change.at;
                gate.changed_at = observed
                    .is_some_and(|observed| is_fresh(at_last, observed))
                    .then_some(at_last);
            }
            gate.changed_by = Some(who);
        }
    });
}

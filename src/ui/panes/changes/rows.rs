//! What stands on the time axis and in the list: changes, the turns of indexers, the first of each
//! kind of refusal.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use time::OffsetDateTime;

use crate::analysis::changes::{ActorKind, Change, Kind, Outcome};
use crate::analysis::hop::Judgement;
use crate::analysis::refusals::{self, Refused};
use crate::analysis::verdict::Verdict;
use crate::model::facet::Facet;
use crate::model::id::ArmId;
use crate::model::key::Key;
use crate::model::search::Run;
use crate::store::Inventory;
use crate::ui::panes::trouble::is_shown;
use crate::ui::signs::Sign;

/// The lanes of the axis, from top to bottom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Lane {
    /// Resources and their parts.
    Writes,
    /// Roles, given and taken.
    Roles,
    /// Policies: what they did, and changes of them.
    Policy,
    /// Runs of indexers.
    Indexer,
    /// Calls that were refused.
    Refusals,
}

impl Lane {
    pub(super) const ALL: [Self; 5] = [
        Self::Writes,
        Self::Roles,
        Self::Policy,
        Self::Indexer,
        Self::Refusals,
    ];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Writes => "writes",
            Self::Roles => "roles",
            Self::Policy => "policy",
            Self::Indexer => "indexer",
            Self::Refusals => "refusals",
        }
    }
}

/// What an event is about.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum What {
    /// A change of the activity log.
    Change(Arc<Change>),
    /// The run at which an indexer began to fail, or to work again.
    Turn {
        service: ArmId,
        indexer: String,
        run: Run,
    },
    /// The first of refusals that are alike.
    Refused(Refused),
}

/// One row, and one mark on the axis.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Event {
    pub(super) id: Arc<str>,
    pub(super) at: OffsetDateTime,
    pub(super) lane: Lane,
    pub(super) sign: Sign,
    /// The resource that it is about.
    pub(super) resource: Option<ArmId>,
    pub(super) subject: String,
    pub(super) call: String,
    pub(super) who: String,
    pub(super) what: What,
    /// The hops that it shut, or put at risk, by id.
    pub(super) hops: Vec<String>,
}

impl Event {
    /// What stands beside its mark.
    pub(super) fn label(&self) -> String {
        match &self.what {
            What::Change(change) => match change.kind {
                Kind::RoleGiven => format!("+ role on {}", self.subject),
                Kind::RoleTaken => format!("- role on {}", self.subject),
                Kind::Policy(act) => format!("{} {}", self.subject, act.word()),
                Kind::Delete => format!("{} deleted", self.subject),
                _ => self.subject.clone(),
            },
            What::Turn { indexer, .. } => indexer.clone(),
            What::Refused(refused) => refused.hits.to_string(),
        }
    }
}

/// One run on the axis.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct RunMark {
    pub(super) at: OffsetDateTime,
    pub(super) sign: Sign,
}

/// Everything, the newest first.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Events {
    pub(super) list: Vec<Event>,
    pub(super) runs: Vec<RunMark>,
    /// The names of the indexers whose runs are marked.
    pub(super) indexers: Vec<String>,
    /// Refused calls: first, last, how many.
    pub(super) refused: Vec<(OffsetDateTime, OffsetDateTime, i64)>,
}

/// Which hops each change is held against, and the worst verdict among their gates.
fn blamed(judgement: &Judgement) -> HashMap<&str, (Verdict, Vec<String>)> {
    let mut found: HashMap<&str, (Verdict, Vec<String>)> = HashMap::new();
    for hop in &judgement.hops {
        for gate in &hop.gates {
            let Some(one) = gate.changed_by.as_ref().and_then(|who| who.found()) else {
                continue;
            };
            let own = found
                .entry(one.change.id.as_str())
                .or_insert_with(|| (gate.judged.verdict, Vec::new()));
            own.0 = own.0.max(gate.judged.verdict);
            let id = hop.id();
            if !own.1.contains(&id) {
                own.1.push(id);
            }
        }
    }
    found
}

/// Makes them.
pub(super) fn build(judgement: &Judgement, inventory: &Inventory) -> Events {
    let mut events = Events::default();
    let mut blamed = blamed(judgement);
    for change in &judgement.changes.list {
        if change.kind == Kind::Notice {
            continue;
        }
        let hops = blamed.remove(change.id.as_str());
        events.list.push(of_change(change, hops));
    }
    runs(inventory, &mut events);
    for refused in refusals::of(inventory) {
        events.refused.extend(refused.slots.iter().copied());
        events.list.push(of_refused(refused));
    }
    events
        .list
        .sort_by(|left, right| (right.at, &left.id).cmp(&(left.at, &right.id)));
    let mut seen = HashSet::new();
    events.list.retain(|one| seen.insert(Arc::clone(&one.id)));
    events
}

fn of_change(change: &Arc<Change>, hops: Option<(Verdict, Vec<String>)>) -> Event {
    let lane = match change.kind {
        Kind::RoleGiven | Kind::RoleTaken | Kind::Rights => Lane::Roles,
        Kind::Policy(_) | Kind::PolicyChange => Lane::Policy,
        _ if change.is_by_policy() => Lane::Policy,
        _ => Lane::Writes,
    };
    let sign = match &hops {
        Some((Verdict::Shut, _)) => Sign::Shut,
        Some(_) => Sign::AtRisk,
        None if change.outcome == Outcome::Failed => Sign::Refused,
        None => match change.kind {
            Kind::Write | Kind::Delete | Kind::RoleGiven | Kind::RoleTaken | Kind::Rights => {
                Sign::Marked
            }
            Kind::Policy(act) if act.changes() => Sign::Marked,
            _ => Sign::Note,
        },
    };
    let call = match change.kind {
        Kind::RoleGiven => "role given".to_owned(),
        Kind::RoleTaken => "role taken away".to_owned(),
        Kind::Policy(act) => format!("policy {}", act.word()),
        _ => change.call().to_owned(),
    };
    let by = change.by();
    let is_guid = uuid::Uuid::try_parse(by).is_ok();
    let who = match change.actor.kind {
        ActorKind::Policy => format!("policy {by}"),
        _ if is_guid => crate::ui::text::short_guid(by),
        _ => by.split('@').next().unwrap_or(by).to_owned(),
    };
    Event {
        id: Arc::from(change.id.as_str()),
        at: change.at,
        lane,
        sign,
        resource: change.about.clone(),
        subject: change.subject(),
        call,
        who,
        what: What::Change(Arc::clone(change)),
        hops: hops.map_or_else(Vec::new, |(_, hops)| hops),
    }
}

fn of_refused(refused: Refused) -> Event {
    let who = refused
        .caller
        .clone()
        .or_else(|| refused.address.clone())
        .unwrap_or_else(|| "not said".to_owned());
    let who = if uuid::Uuid::try_parse(&who).is_ok() {
        crate::ui::text::short_guid(&who)
    } else {
        who
    };
    Event {
        id: Arc::from(refusal_id(&refused).as_str()),
        at: refused.first,
        lane: Lane::Refusals,
        sign: Sign::AtRisk,
        resource: Some(refused.resource.clone()),
        subject: refused.resource.name().to_owned(),
        call: format!(
            "first {} of {} calls: {}",
            refused
                .status
                .map_or_else(|| "refusal".to_owned(), |status| status.to_string()),
            refused.hits,
            refused.cause.words()
        ),
        who,
        what: What::Refused(refused),
        hops: Vec::new(),
    }
}

/// The id of refusals that are alike, in this pane and in the one of the logs.
pub(crate) fn refusal_id(refused: &Refused) -> String {
    format!(
        "refused|{}|{}|{}|{}|{}",
        refused.resource.folded(),
        refused.operation,
        refused.status.unwrap_or_default(),
        refused.cause.words(),
        refused.caller.as_deref().unwrap_or_default()
    )
}

fn sign_of(run: &Run) -> Option<Sign> {
    match run.status.text()? {
        "success" => Some(Sign::Open),
        status if status.ends_with("Failure") => Some(Sign::Shut),
        "inProgress" => Some(Sign::Reading),
        _ => None,
    }
}

fn runs(inventory: &Inventory, events: &mut Events) {
    let statuses = inventory
        .snapshot()
        .slices()
        .filter_map(|(key, _)| match key {
            Key::Facet(id, Facet::IndexerStatus) => {
                let service = id.parent()?;
                Some((service, id.name().to_owned()))
            }
            _ => None,
        });
    for (service, name) in statuses {
        if !is_shown(inventory, &service) {
            continue;
        }
        let Some(status) = inventory.indexer_status(&service, &name) else {
            continue;
        };
        let mut runs: Vec<(OffsetDateTime, Sign, &Run)> = status
            .runs()
            .iter()
            .filter_map(|run| Some((*run.start.value()?, sign_of(run)?, run)))
            .collect();
        runs.sort_by_key(|(at, ..)| *at);
        if !runs.is_empty() {
            events.indexers.push(name.clone());
        }
        let mut before = None;
        for (at, sign, run) in runs {
            events.runs.push(RunMark { at, sign });
            if matches!(sign, Sign::Reading) {
                continue;
            }
            if before.is_some_and(|before| before != sign) {
                events.list.push(turn(&service, &name, run, at, sign));
            }
            before = Some(sign);
        }
    }
}

fn turn(service: &ArmId, name: &str, run: &Run, at: OffsetDateTime, sign: Sign) -> Event {
    let call = match sign {
        Sign::Open => "first run that succeeds again",
        _ => "first run that fails",
    };
    Event {
        id: Arc::from(format!("run|{}|{name}|{}", service.folded(), at.unix_timestamp()).as_str()),
        at,
        lane: Lane::Indexer,
        sign,
        resource: Some(service.clone()),
        subject: name.to_owned(),
        call: call.to_owned(),
        who: service.name().to_owned(),
        what: What::Turn {
            service: service.clone(),
            indexer: name.to_owned(),
            run: run.clone(),
        },
        hops: Vec::new(),
    }
}

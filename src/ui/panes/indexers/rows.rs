//! Rows of the Indexers pane: each search service, and each of its indexers with its runs.
//!
//! Pure: made from the inventory alone. Why an indexer fails is in [`super::cause`].

use std::sync::Arc;

use time::OffsetDateTime;

use crate::model::facet::Facet;
use crate::model::field::Field;
use crate::model::id::ArmId;
use crate::model::issue::Issue;
use crate::model::key::Key;
use crate::model::resource::{Family, Resource};
use crate::model::search::{
    ConnectionString, DataSource, Index, Indexer, IndexerStatus, Run, Skillset,
};
use crate::store::{Inventory, Phase, State};
use crate::ui::panes::trouble;
use crate::ui::signs::Sign;

use super::errors::{ErrorGroup, group};

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    /// It has not.
    Running,
    /// Without a fault.
    Well,
    /// It reached its end, and some documents failed.
    Partly,
    /// It did not reach its end.
    Failed,
    /// Somebody reset it: the next one begins anew.
    Reset,
    /// In a way that is not known here.
    Unclear,
}

impl Ended {
    /// How a run ended.
    pub(super) fn of(run: &Run) -> Self {
        let has_failures = run.items_failed.value().is_some_and(|count| *count > 0)
            || !run.errors.items().is_empty();
        let Some(status) = run.status.text() else {
            return Self::Unclear;
        };
        match status.to_ascii_lowercase().as_str() {
            "success" if has_failures => Self::Partly,
            "success" => Self::Well,
            "inprogress" => Self::Running,
            "transientfailure" | "persistentfailure" => Self::Failed,
            "reset" => Self::Reset,
            _ => Self::Unclear,
        }
    }

    /// Its sign.
    pub(super) fn sign(self) -> Sign {
        match self {
            Self::Running => Sign::Reading,
            Self::Well => Sign::Open,
            Self::Partly => Sign::AtRisk,
            Self::Failed => Sign::Shut,
            Self::Reset => Sign::Note,
            Self::Unclear => Sign::Unknown,
        }
    }

    /// Its word.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Well => "ok",
            Self::Partly => "ok, not all",
            Self::Failed => "failed",
            Self::Reset => "was reset",
            Self::Unclear => "not known",
        }
    }
}

/// How often an indexer runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Every {
    /// It is disabled.
    Off,
    /// Only when somebody starts it.
    OnDemand,
    /// In words: `30 min`.
    Interval(String),
    /// The answer does not tell.
    Unclear,
}

impl Every {
    fn of(indexer: &Indexer) -> Self {
        match (&indexer.disabled, &indexer.schedule) {
            (Field::Value(true), _) => Self::Off,
            (Field::Malformed | Field::Unreported(_), _)
            | (_, Field::Malformed | Field::Unreported(_)) => Self::Unclear,
            (_, Field::Absent | Field::Null) => Self::OnDemand,
            (_, Field::Value(schedule)) => schedule
                .interval
                .text()
                .map_or(Self::Unclear, |text| Self::Interval(interval(text))),
        }
    }

    /// In words.
    pub(super) fn words(&self) -> &str {
        match self {
            Self::Off => "off",
            Self::OnDemand => "on demand",
            Self::Interval(words) => words,
            Self::Unclear => "?",
        }
    }
}

/// An ISO 8601 duration in words; one that is not understood is shown as it came.
pub(super) fn interval(text: &str) -> String {
    let mut words = Vec::new();
    let mut number = String::new();
    let mut in_time = false;
    let Some(rest) = text.strip_prefix(['P', 'p']) else {
        return text.to_owned();
    };
    for letter in rest.chars() {
        let unit = match (letter.to_ascii_uppercase(), in_time) {
            ('T', _) => {
                in_time = true;
                continue;
            }
            ('0'..='9', _) => {
                number.push(letter);
                continue;
            }
            ('D', false) => " d",
            ('H', true) => " h",
            ('M', true) => " min",
            ('S', true) => " s",
            _ => return text.to_owned(),
        };
        let count = std::mem::take(&mut number);
        if count.is_empty() {
            return text.to_owned();
        }
        if count != "0" {
            words.push(format!("{count}{unit}"));
        }
    }
    if words.is_empty() || !number.is_empty() {
        return text.to_owned();
    }
    words.join(" ")
}

/// A definition that an indexer names.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Named<T> {
    /// The indexer names none.
    None,
    /// It was read.
    Found(Box<T>),
    /// All were read, and it is not among them.
    Gone(String),
    /// They were not read.
    NotRead(String, State),
}

impl<T> Named<T> {
    fn of(name: &Field<String>, all: &[T], state: State, own: impl Fn(&T) -> &str) -> Self
    where
        T: Clone,
    {
        let Some(name) = name.text() else {
            return Self::None;
        };
        match all.iter().find(|one| own(one).eq_ignore_ascii_case(name)) {
            Some(found) => Self::Found(Box::new(found.clone())),
            None if state == State::Known => Self::Gone(name.to_owned()),
            None => Self::NotRead(name.to_owned(), state),
        }
    }

    /// The definition.
    pub(super) fn found(&self) -> Option<&T> {
        match self {
            Self::Found(one) => Some(one),
            _ => None,
        }
    }
}

/// One indexer.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Entry {
    /// What the selection stays on.
    pub(super) id: ArmId,
    /// Its service.
    pub(super) service: Arc<Resource>,
    /// Its definition.
    pub(super) indexer: Indexer,
    /// Its status, when it was read.
    pub(super) status: Option<IndexerStatus>,
    /// How the reading of its status went.
    pub(super) state: State,
    /// What went wrong with that.
    pub(super) issue: Option<Issue>,
    /// How often it runs.
    pub(super) every: Every,
    /// Its data source.
    pub(super) source: Named<DataSource>,
    /// Its skillset.
    pub(super) skillset: Named<Skillset>,
    /// Its index.
    pub(super) index: Named<Index>,
    /// What its runs met, put together.
    pub(super) errors: Vec<ErrorGroup>,
    /// Its sign.
    pub(super) sign: Sign,
}

impl Entry {
    /// Its runs, newest first.
    pub(super) fn runs(&self) -> &[Run] {
        self.status.as_ref().map_or(&[], IndexerStatus::runs)
    }

    /// The newest run.
    pub(super) fn last(&self) -> Option<&Run> {
        self.runs().first()
    }

    /// The newest run that ended.
    pub(super) fn last_ended(&self) -> Option<&Run> {
        self.runs()
            .iter()
            .find(|run| Ended::of(run) != Ended::Running)
    }

    /// Whether the newest run that ended failed.
    pub(super) fn fails(&self) -> bool {
        self.last_ended()
            .is_some_and(|run| Ended::of(run) == Ended::Failed)
    }

    /// Whence the runs have failed without one between that did not, and the last that did not.
    pub(super) fn failing_since(&self) -> Option<(&Run, Option<&Run>)> {
        let ended = || {
            self.runs()
                .iter()
                .filter(|run| Ended::of(run) != Ended::Running)
        };
        let first = ended()
            .take_while(|run| Ended::of(run) == Ended::Failed)
            .last()?;
        let before = ended().find(|run| Ended::of(run) != Ended::Failed);
        Some((first, before))
    }

    /// How many runs ended so.
    pub(super) fn count(&self, ended: &[Ended]) -> usize {
        self.runs()
            .iter()
            .filter(|run| ended.contains(&Ended::of(run)))
            .count()
    }

    /// The account and the container that it reads: `stragdev/docs`.
    pub(super) fn reads(&self) -> Option<(String, Option<String>)> {
        let source = self.source.found()?;
        let account = match &source.connection {
            Field::Value(ConnectionString::ResourceId(id)) => id.name().to_owned(),
            Field::Value(
                ConnectionString::AccountKey(target)
                | ConnectionString::Sas(target)
                | ConnectionString::Other(target),
            ) => target
                .account
                .clone()
                .or_else(|| target.host.clone())
                .unwrap_or_else(|| "?".to_owned()),
            _ => "?".to_owned(),
        };
        Some((account, source.container.text().map(str::to_owned)))
    }
}

/// A search service whose indexers are not here, or of which there are none.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Service {
    /// The service.
    pub(super) resource: Arc<Resource>,
    /// How the reading of its indexers went.
    pub(super) state: State,
    /// Where that reading stands.
    pub(super) phase: Phase,
    /// What went wrong with it, or why it was not asked.
    pub(super) issue: Option<Issue>,
    /// How many indexers were read.
    pub(super) count: usize,
}

impl Service {
    /// Its sign in the place of its indexers.
    pub(super) fn sign(&self) -> Sign {
        match self.state {
            State::Denied => Sign::Unknown,
            State::Failed => Sign::Failed,
            State::Pending => Sign::Reading,
            State::Unsupported => Sign::Note,
            State::Known => Sign::None,
        }
    }
}

/// All of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Rows {
    /// The services, by group and name.
    pub(super) services: Vec<Service>,
    /// The indexers: shut first, then at risk, unknown, open, off.
    pub(super) entries: Vec<Entry>,
}

impl Rows {
    /// How many indexers have this sign.
    pub(super) fn count(&self, sign: Sign) -> usize {
        self.entries.iter().filter(|one| one.sign == sign).count()
    }
}

/// Makes the rows.
pub(super) fn build(inventory: &Inventory) -> Rows {
    let mut rows = Rows::default();
    for resource in inventory.family(Family::Search) {
        if !trouble::is_shown(inventory, &resource.id) {
            continue;
        }
        let slice = inventory.facet(&resource.id, Facet::Indexers);
        let indexers = inventory.indexers(&resource.id);
        rows.services.push(Service {
            resource: Arc::clone(resource),
            state: slice.map_or(State::Pending, crate::store::Slice::state),
            phase: slice.map_or(Phase::Idle, |slice| slice.phase),
            issue: slice.and_then(|slice| slice.trouble()).cloned(),
            count: indexers.len(),
        });
        let each = indexers.iter();
        rows.entries
            .extend(each.map(|one| entry(inventory, resource, one)));
    }
    rows.entries
        .sort_by(|one, other| (rank(one), &one.id).cmp(&(rank(other), &other.id)));
    rows
}

fn rank(entry: &Entry) -> u8 {
    match entry.sign {
        Sign::Shut => 0,
        Sign::AtRisk => 1,
        Sign::Unknown | Sign::Failed => 2,
        Sign::Reading => 3,
        Sign::Open => 4,
        _ => 5,
    }
}

fn entry(inventory: &Inventory, service: &Arc<Resource>, indexer: &Indexer) -> Entry {
    let id = service.id.child(&format!("indexers/{}", indexer.name));
    let key = Key::Facet(id.clone(), Facet::IndexerStatus);
    let slice = inventory.snapshot().slice(&key);
    let state = slice.map_or(State::Pending, crate::store::Slice::state);
    let status = inventory
        .indexer_status(&service.id, &indexer.name)
        .cloned();
    let read = |facet| {
        inventory
            .facet_state(&service.id, facet)
            .unwrap_or(State::Pending)
    };
    let every = Every::of(indexer);
    let mut entry = Entry {
        id,
        service: Arc::clone(service),
        source: Named::of(
            &indexer.data_source,
            inventory.data_sources(&service.id),
            read(Facet::DataSources),
            |one| &one.name,
        ),
        skillset: Named::of(
            &indexer.skillset,
            inventory.skillsets(&service.id),
            read(Facet::Skillsets),
            |one| &one.name,
        ),
        index: Named::of(
            &indexer.target_index,
            inventory.indexes(&service.id),
            read(Facet::Indexes),
            |one| &one.name,
        ),
        indexer: indexer.clone(),
        errors: status
            .as_ref()
            .map_or_else(Vec::new, |one| group(one.runs())),
        status,
        state,
        issue: slice.and_then(|slice| slice.trouble()).cloned(),
        every,
        sign: Sign::Reading,
    };
    entry.sign = sign(&entry);
    entry
}

fn sign(entry: &Entry) -> Sign {
    // What can no longer be read is no longer known.
    if entry.status.is_none() || entry.state == State::Denied {
        return match entry.state {
            State::Denied => Sign::Unknown,
            State::Failed => Sign::Failed,
            State::Pending => Sign::Reading,
            State::Known | State::Unsupported => Sign::Note,
        };
    }
    // An indexer that nobody lets run is not a fault, whatever its last run was.
    if entry.every == Every::Off {
        return Sign::Note;
    }
    let Some(run) = entry.last_ended() else {
        return Sign::Note;
    };
    match Ended::of(run) {
        Ended::Well if entry.every == Every::OnDemand => Sign::Note,
        ended => ended.sign(),
    }
}

/// How long a run took, in words.
pub(super) fn took(run: &Run) -> Option<String> {
    let (start, end) = (run.start.value()?, run.end.value()?);
    let seconds = (*end - *start).whole_seconds().max(0);
    Some(match seconds {
        0..100 => format!("{seconds} s"),
        100..6_000 => format!("{} min", seconds / 60),
        _ => format!("{} h", seconds / 3_600),
    })
}

/// How long ago something was, in words.
pub(super) fn ago(at: OffsetDateTime, now: OffsetDateTime) -> String {
    let seconds = (now - at).whole_seconds().max(0);
    match seconds {
        0..60 => "just now".to_owned(),
        60..3_600 => format!("{} min ago", seconds / 60),
        3_600..86_400 => format!("{} h ago", seconds / 3_600),
        86_400..172_800 => "1 day ago".to_owned(),
        _ => format!("{} days ago", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests;

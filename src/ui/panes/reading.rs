//! What a pane still waits for, was refused or lost: rows that stand in for what was not read, the
//! band under the title, and how old the oldest value is.
//!
//! Must not know which pane asks. It looks at phases too, which change without a new revision, so
//! panes ask it at every update.

use std::collections::BTreeMap;

use time::{Duration, OffsetDateTime};

use crate::model::facet::Facet;
use crate::model::id::ArmId;
use crate::model::issue::{Issue, IssueKind};
use crate::model::key::Key;
use crate::model::resource::Family;
use crate::store::{Phase, Slice, State};
use crate::ui::cx::Cx;
use crate::ui::panes::trouble::{looked_at, tally};
use crate::ui::signs::Sign;
use crate::ui::text::Rich;
use crate::ui::theme::Role;
use crate::ui::value;
use crate::ui::widgets::band::Band;
use crate::ui::widgets::detail::Section;

/// A value that was read longer ago than this is no longer fresh: three times the period in which
/// what is on screen is read.
const FRESH: Duration = Duration::minutes(3);

/// After this long a verdict is history.
const HISTORY: Duration = Duration::minutes(15);

/// Something that was to be read and is not there.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Gap {
    /// What the selection stays on.
    pub(crate) id: String,
    /// What it is: `key vaults`, or a resource's name.
    pub(crate) name: String,
    /// The family that is missing.
    pub(crate) family: Family,
    /// Where: `contoso-dev`, `3 groups`.
    pub(crate) place: String,
    /// Why, in the state's own look.
    pub(crate) state: State,
    /// The issue, when there is one.
    pub(crate) issue: Option<Issue>,
    /// Where the reading stands.
    pub(crate) phase: Phase,
    /// The slices it is about.
    pub(crate) keys: Vec<Key>,
}

impl Gap {
    /// Its sign.
    pub(crate) fn sign(&self) -> Sign {
        match self.state {
            State::Denied => Sign::Unknown,
            State::Failed => Sign::Failed,
            State::Known | State::Pending | State::Unsupported => Sign::Reading,
        }
    }

    /// Why it is not there, in the look of its state. No countdown: rows and details are not made
    /// anew every second.
    pub(crate) fn why(&self, cx: &Cx<'_>) -> Rich {
        let Some(issue) = &self.issue else {
            return value::not_read();
        };
        value::trouble(cx.signs, issue, Phase::Settled { at: issue.at }, cx.now)
    }

    /// The same in the width of a column.
    pub(crate) fn short(&self, cx: &Cx<'_>) -> Rich {
        match &self.issue {
            Some(issue) if issue.kind == IssueKind::Timeout => {
                Rich::sign(cx.signs, Sign::Failed).then(Role::VerdictAtRisk, " no answer")
            }
            _ => self.why(cx),
        }
    }

    /// What it is called in the width of a column.
    pub(crate) fn label(&self) -> &str {
        if !matches!(self.keys.first(), Some(Key::List { .. })) {
            return &self.name;
        }
        match self.family {
            Family::Cognitive => "AI accounts",
            Family::Workspace => "hubs, workspaces",
            Family::Cosmos => "Cosmos accounts",
            other => other.plural(),
        }
    }

    /// What is missing and where, as a name.
    pub(crate) fn title(&self) -> String {
        if self.place.is_empty() {
            self.name.clone()
        } else {
            format!("{} in {}", self.name, self.place)
        }
    }
}

/// What is missing of these families: lists, and resources that are read by id.
pub(crate) fn gaps(cx: &Cx<'_>, families: &[Family]) -> Vec<Gap> {
    let mut lists: BTreeMap<(Family, u8), Gap> = BTreeMap::new();
    let mut single = Vec::new();
    for (key, slice) in cx.snapshot.slices() {
        match key {
            Key::List { family, .. } if families.contains(family) => {
                if !stands_open(slice) || is_stood_in_for(cx, key) {
                    continue;
                }
                let gap = lists
                    .entry((*family, slice.state() as u8))
                    .or_insert_with(|| Gap {
                        id: format!("list:{}:{}", family.arm_type(), slice.state().word()),
                        name: family.plural().to_owned(),
                        family: *family,
                        place: String::new(),
                        state: slice.state(),
                        issue: slice.trouble().cloned(),
                        phase: slice.phase,
                        keys: Vec::new(),
                    });
                gap.keys.push(key.clone());
            }
            Key::Resource(id) => {
                let family = id.resource_type().and_then(|own| Family::of_type(&own));
                let Some(family) = family.filter(|family| families.contains(family)) else {
                    continue;
                };
                if stands_open(slice) && cx.inventory.resource(id).is_none() {
                    single.push(Gap {
                        id: id.as_str().to_owned(),
                        name: id.name().to_owned(),
                        family,
                        place: String::new(),
                        state: slice.state(),
                        issue: slice.trouble().cloned(),
                        phase: slice.phase,
                        keys: vec![key.clone()],
                    });
                }
            }
            _ => {}
        }
    }
    let mut gaps: Vec<Gap> = lists
        .into_values()
        .map(|mut gap| {
            gap.place = place(cx, &gap.keys);
            gap
        })
        .chain(single)
        .collect();
    gaps.sort_by_key(|gap| match gap.state {
        State::Denied => 0,
        State::Failed => 1,
        State::Known | State::Pending | State::Unsupported => 2,
    });
    gaps
}

/// The detail of something that was not read.
pub(crate) fn gap_sections(cx: &Cx<'_>, gap: &Gap, so: &str) -> Vec<Section> {
    let mut first = Section::new("").words(gap.why(cx));
    if let Phase::Waiting { until } = gap.phase {
        first = first.words(Rich::muted(format!("Asked again at {}.", cx.clock(until))));
    }
    let mut sections = vec![first];
    if let Some(issue) = &gap.issue {
        sections.push(Section::new("WHAT AZURE SAID").words(Rich::plain(issue.message.clone())));
        let mut facts = Section::new("");
        if let Some(status) = issue.status {
            let code = issue
                .code
                .clone()
                .map_or(String::new(), |code| format!(" {code}"));
            facts = facts.pair("answer", Rich::plain(format!("{status}{code}")));
        }
        if let Some(id) = &issue.request_id {
            facts = facts.pair("request", Rich::plain(id.to_string()));
        }
        facts = facts.pair("at", Rich::plain(cx.clock(issue.at)));
        sections.push(facts);
        if let Some(right) = &issue.right {
            sections
                .push(Section::new("THE RIGHT THAT IS MISSING").words(Rich::plain(right.clone())));
        }
        if let Some(role) = issue.role {
            sections.push(Section::new("THE LEAST ROLE THAT HAS IT").words(Rich::strong(role)));
        }
    }
    sections.push(Section::new("SO WE DO NOT KNOW").words(Rich::plain(so.to_owned())));
    sections
}

/// Whether a slice lacks something: it is to come, was refused or was lost.
fn stands_open(slice: &Slice) -> bool {
    match slice.state() {
        State::Known | State::Unsupported => false,
        State::Pending => slice.phase.is_open() || slice.phase == Phase::Idle,
        State::Denied | State::Failed => true,
    }
}

/// Whether the lists of single groups stand in for the list of their subscription.
fn is_stood_in_for(cx: &Cx<'_>, key: &Key) -> bool {
    let Key::List {
        subscription,
        group: None,
        family,
    } = key
    else {
        return false;
    };
    cx.snapshot.slices().any(|(other, _)| {
        matches!(other, Key::List { subscription: own, group: Some(_), family: kind }
            if own == subscription && kind == family)
    })
}

/// Where lists are of, in words.
fn place(cx: &Cx<'_>, keys: &[Key]) -> String {
    match keys {
        [
            Key::List {
                group: Some(group), ..
            },
        ] => group.to_string(),
        [
            Key::List {
                subscription,
                group: None,
                ..
            },
        ] => cx.inventory.subscription(subscription).map_or_else(
            || crate::ui::text::short_guid(subscription.as_str()),
            |one| one.display_name.clone(),
        ),
        [] | [_] => String::new(),
        several => {
            let groups = several
                .iter()
                .all(|key| matches!(key, Key::List { group: Some(_), .. }));
            format!(
                "{} {}",
                several.len(),
                if groups { "groups" } else { "subscriptions" }
            )
        }
    }
}

/// A facet that was refused or lost, of how many resources.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Trouble {
    /// The issue of the first one.
    pub(crate) issue: Issue,
    /// Where its reading stands.
    pub(crate) phase: Phase,
    /// Where it happened, with its preposition: `in rg-rag-poc`, `of 4 services`.
    pub(crate) place: String,
    /// What cannot be said because of it.
    pub(crate) so: &'static str,
}

impl Trouble {
    /// The band that says it.
    pub(crate) fn band(&self, cx: &Cx<'_>, context: &'static str) -> Band {
        Band::of_issue(cx, &self.issue, self.phase, &self.place, context).so(self.so)
    }
}

/// What is told under the title: the worst of what was refused or lost, and how much there is.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Troubles {
    /// The one that is told in words.
    pub(crate) first: Option<Trouble>,
    /// How many readings were refused.
    pub(crate) denied: usize,
    /// How many readings failed.
    pub(crate) failed: usize,
    /// How many readings are to come.
    pub(crate) pending: usize,
}

impl Troubles {
    /// Adds up gaps and facets. `so` says what cannot be said while a list, or a facet, is missing.
    pub(crate) fn of(
        cx: &Cx<'_>,
        gaps: &[Gap],
        facets: &[Facet],
        is_shown: impl Fn(&ArmId) -> bool,
        so: fn(Option<Facet>) -> &'static str,
    ) -> Self {
        let mut own = Self::default();
        for gap in gaps {
            let count = gap.keys.len();
            match gap.state {
                State::Denied => own.denied += count,
                State::Failed => own.failed += count,
                State::Known | State::Pending | State::Unsupported => own.pending += count,
            }
            let is_worse = own.first.as_ref().is_none_or(|first| {
                first.issue.kind != IssueKind::Denied && gap.state == State::Denied
            });
            if let (Some(issue), true) = (&gap.issue, is_worse) {
                let place = if gap.place.is_empty() {
                    String::new()
                } else {
                    format!("in {}", gap.place)
                };
                let mut issue = issue.clone();
                if gap.place.is_empty() {
                    // The sentence of a band is in the plural: one resource is named with its kind.
                    issue.what = format!("properties of {}", gap.name);
                }
                own.first = Some(Trouble {
                    issue,
                    phase: gap.phase,
                    place,
                    so: so(None),
                });
            }
        }
        own.add_facets(cx, facets, is_shown, so);
        own
    }

    fn add_facets(
        &mut self,
        cx: &Cx<'_>,
        facets: &[Facet],
        is_shown: impl Fn(&ArmId) -> bool,
        so: fn(Option<Facet>) -> &'static str,
    ) {
        let mut worst: Option<(Trouble, Facet, usize, String)> = None;
        for (key, slice) in cx.snapshot.slices() {
            let Key::Facet(id, facet) = key else { continue };
            if !facets.contains(facet) || !is_shown(id) {
                continue;
            }
            match slice.state() {
                State::Denied => self.denied += 1,
                State::Failed if is_there(slice) => self.failed += 1,
                State::Pending if slice.phase.is_open() => {
                    self.pending += 1;
                    continue;
                }
                _ => continue,
            }
            let Some(issue) = slice.trouble() else {
                continue;
            };
            match &mut worst {
                Some((trouble, own, count, _))
                    if own == facet && trouble.issue.kind == issue.kind =>
                {
                    *count += 1;
                }
                Some((trouble, ..))
                    if trouble.issue.kind == IssueKind::Denied
                        || issue.kind != IssueKind::Denied => {}
                _ => {
                    let trouble = Trouble {
                        issue: issue.clone(),
                        phase: slice.phase,
                        place: String::new(),
                        so: so(Some(*facet)),
                    };
                    worst = Some((trouble, *facet, 1, id.name().to_owned()));
                }
            }
        }
        if self.first.is_some() {
            return;
        }
        if let Some((mut trouble, facet, count, name)) = worst {
            facet.words().clone_into(&mut trouble.issue.what);
            trouble.place = if count == 1 {
                format!("of {name}")
            } else {
                format!("of {count} services")
            };
            self.first = Some(trouble);
        }
    }

    /// What the rule says: `?2 ▲1 …4`. Empty when nothing is missing.
    pub(crate) fn tally(&self, cx: &Cx<'_>) -> Rich {
        tally(cx, self.denied, self.failed, self.pending)
    }
}

/// Whether a failure is one: a list that the service answers 404 for is not there, and that is an
/// answer.
fn is_there(slice: &Slice) -> bool {
    slice
        .trouble()
        .is_some_and(|issue| issue.kind != IssueKind::NotFound)
}

/// How fresh a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Age {
    /// As fresh as it gets.
    Fresh,
    /// No longer fresh.
    Stale,
    /// So old that a verdict on it is history.
    History,
}

impl Age {
    /// The age of a value.
    pub(crate) fn of(observed_at: OffsetDateTime, now: OffsetDateTime) -> Self {
        match now - observed_at {
            age if age > HISTORY => Self::History,
            age if age > FRESH => Self::Stale,
            _ => Self::Fresh,
        }
    }

    /// What a rule says of the oldest value: `○ 4 min old`.
    pub(crate) fn note(observed_at: OffsetDateTime, cx: &Cx<'_>) -> Rich {
        if Self::of(observed_at, cx.now) == Self::Fresh {
            return Rich::new();
        }
        Rich::of(
            Role::Stale,
            format!(
                "{} {}",
                cx.signs.glyph(Sign::Offline),
                value::age(observed_at, cx.now)
            ),
        )
    }
}

/// The sentence of a pane that has nothing to show yet, or nothing at all. `what` is what was
/// looked for, in the plural.
pub(crate) fn nothing(cx: &Cx<'_>, what: &str, context: &str) -> String {
    if let Some(trouble) = cx.snapshot.sign_in_trouble() {
        return trouble.message.clone();
    }
    let again = cx
        .key_of(context, crate::config::Action::Refresh)
        .map_or(String::new(), |key| format!(" {key} asks again."));
    if !cx.snapshot.is_idle() {
        return format!("Reading what there is: {what} appear here as soon as they are named.");
    }
    let place = looked_at(cx);
    format!(
        "Looked for {what} in {place}, and there are none. One appears here at the next reading after it is made.{again}"
    )
}

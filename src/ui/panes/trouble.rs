//! What was refused, failed or is still to come among the readings that a pane is made from: the
//! band under its title, the tally in it, and the age of its oldest value.
//!
//! Must not know which pane asks: it gives the keys.

use crate::model::id::ArmId;
use crate::model::issue::{Issue, IssueKind};
use crate::model::key::Key;
use crate::store::{Inventory, Phase, State};
use crate::ui::cx::Cx;
use crate::ui::panes::reading::Age;
use crate::ui::signs::Sign;
use crate::ui::text::{Rich, short_guid};
use crate::ui::widgets::band::Band;

/// What stands between a pane and the whole truth.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Trouble {
    /// The first refusal, else the first failure, and where its reading stands.
    pub(crate) first: Option<(Key, Issue, Phase)>,
    /// How many readings were refused.
    pub(crate) denied: usize,
    /// How many readings failed.
    pub(crate) failed: usize,
    /// How many are to come.
    pub(crate) pending: usize,
}

impl Trouble {
    /// Looks at the readings that the choice names, in the order in which they were planned.
    pub(crate) fn of(cx: &Cx<'_>, concerns: impl Fn(&Key) -> bool) -> Self {
        let mut own = Self::default();
        for (key, slice) in cx.snapshot.slices().filter(|(key, _)| concerns(key)) {
            let issue = slice.trouble();
            match slice.state() {
                State::Denied => own.denied += 1,
                // A list that the service answers 404 for is not there, and that is an answer.
                State::Failed if issue.is_some_and(|one| one.kind != IssueKind::NotFound) => {
                    own.failed += 1;
                }
                State::Pending if slice.phase.is_open() => {
                    own.pending += 1;
                    continue;
                }
                State::Failed | State::Pending | State::Known | State::Unsupported => continue,
            }
            let Some(issue) = issue else { continue };
            let is_worse = own.first.as_ref().is_none_or(|(_, first, _)| {
                first.kind != IssueKind::Denied && issue.kind == IssueKind::Denied
            });
            if is_worse {
                own.first = Some((key.clone(), issue.clone(), slice.phase));
            }
        }
        own
    }

    /// The band that tells the first of it.
    pub(crate) fn band(&self, cx: &Cx<'_>, context: &'static str, so: String) -> Option<Band> {
        let (key, issue, phase) = self.first.as_ref()?;
        let place = match key.scope() {
            Some(scope) => format!("at {}", place(cx, &scope)),
            None => String::new(),
        };
        Some(Band::of_issue(cx, issue, *phase, &place, context).so(so))
    }

    /// What the rule says: `?2 ▲1 …4`. Empty when nothing is missing.
    pub(crate) fn tally(&self, cx: &Cx<'_>) -> Rich {
        tally(cx, self.denied, self.failed, self.pending)
    }
}

/// How many readings were refused, failed or are to come, as a rule says it.
pub(crate) fn tally(cx: &Cx<'_>, denied: usize, failed: usize, pending: usize) -> Rich {
    let counts = [
        (Sign::Unknown, denied),
        (Sign::Failed, failed),
        (Sign::Reading, pending),
    ];
    counts
        .into_iter()
        .filter(|(_, count)| *count > 0)
        .fold(Rich::new(), |tally, (sign, count)| {
            let gap = if tally.is_empty() { "" } else { " " };
            tally.then(sign.role(), format!("{gap}{}{count}", cx.signs.glyph(sign)))
        })
}

/// Changes whenever one of these readings brings something else: what is made of them is kept until
/// then.
pub(crate) fn stamp(inventory: &Inventory, concerns: impl Fn(&Key) -> bool) -> u64 {
    inventory
        .snapshot()
        .slices()
        .filter(|(key, _)| concerns(key))
        .fold(0, |sum, (_, slice)| sum + 1 + slice.revision)
}

/// What a rule says when the oldest of these readings is no longer fresh: `○ 4 min old`.
pub(crate) fn age(cx: &Cx<'_>, concerns: impl Fn(&Key) -> bool) -> Rich {
    let read = cx
        .snapshot
        .slices()
        .filter(|(key, _)| concerns(key))
        .filter_map(|(_, slice)| slice.observed_at)
        .min();
    read.map_or_else(Rich::new, |at| Age::note(at, cx))
}

/// Whether a resource is shown: it lies in a group that was asked for, or one of those names it.
pub(crate) fn is_shown(inventory: &Inventory, id: &ArmId) -> bool {
    let groups = &inventory.snapshot().scope().resource_groups;
    let own = id.resource_group();
    groups.is_empty()
        || own.is_some_and(|own| groups.iter().any(|group| group.eq_ignore_ascii_case(own)))
        || inventory
            .snapshot()
            .slice(&Key::Resource(id.clone()))
            .is_some()
}

/// A scope by the name that people know it by.
pub(crate) fn place(cx: &Cx<'_>, scope: &ArmId) -> String {
    match scope.subscription() {
        Some(id) if id.as_str().eq_ignore_ascii_case(scope.name()) => {
            match cx.inventory.subscription(&id) {
                Some(one) => one.display_name.clone(),
                None => format!("subscription {}", short_guid(id.as_str())),
            }
        }
        _ if scope.name().is_empty() => "the root".to_owned(),
        _ => scope.name().to_owned(),
    }
}

/// Where a person looks: the groups or the subscriptions that were chosen.
pub(crate) fn looked_at(cx: &Cx<'_>) -> String {
    let scope = cx.snapshot.scope();
    if !scope.resource_groups.is_empty() {
        return scope.resource_groups.join(", ");
    }
    if scope.subscriptions.is_empty() {
        return "every subscription that can be seen".to_owned();
    }
    let names = scope.subscriptions.iter().map(|own| {
        cx.inventory
            .subscriptions()
            .find(|one| one.id.as_str().eq_ignore_ascii_case(own))
            .map_or_else(|| own.clone(), |one| one.display_name.clone())
    });
    names.collect::<Vec<_>>().join(", ")
}

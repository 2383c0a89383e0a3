//! The rows of a comparison: hops that turned, things that changed, readings that cannot be compared.

use std::sync::Arc;

use crate::analysis::turned::Turn;
use crate::analysis::verdict::Verdict;
use crate::map;
use crate::model::id::ArmId;
use crate::report::diff::{Compared, change_words, state_words};
use crate::store::diff::{Became, Difference, Unequal};
use crate::ui::signs::{Sign, Signs};
use crate::ui::text::{Rich, short_guid};
use crate::ui::theme::Role;
use crate::ui::widgets::data_table::{Cell, Group, TableRow};

/// Which line of a comparison a row is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Hop(usize),
    Thing(usize),
    Unequal(usize),
}

impl Place {
    fn id(self) -> Arc<str> {
        Arc::from(match self {
            Self::Hop(at) => format!("hop {at}"),
            Self::Thing(at) => format!("thing {at}"),
            Self::Unequal(at) => format!("unequal {at}"),
        })
    }

    /// The place that a row's id names.
    pub(super) fn of(id: &str) -> Option<Self> {
        let (kind, at) = id.split_once(' ')?;
        let at = at.parse().ok()?;
        match kind {
            "hop" => Some(Self::Hop(at)),
            "thing" => Some(Self::Thing(at)),
            "unequal" => Some(Self::Unequal(at)),
            _ => None,
        }
    }
}

/// The sign of a verdict; a hop that is not there has none.
pub(super) fn sign(verdict: Option<Verdict>) -> Sign {
    match verdict {
        Some(Verdict::Open) => Sign::Open,
        Some(Verdict::AtRisk) => Sign::AtRisk,
        Some(Verdict::Unknown) => Sign::Unknown,
        Some(Verdict::Shut) => Sign::Shut,
        None => Sign::None,
    }
}

/// How much differs: `2 hops turned · 3 things changed`.
pub(super) fn tally(told: &Compared) -> String {
    let count = |count: usize, one: &str, many: &str| match count {
        0 => None,
        1 => Some(format!("1 {one}")),
        more => Some(format!("{more} {many}")),
    };
    [
        count(told.turns.len(), "hop turned", "hops turned"),
        count(
            told.differences.things.len(),
            "thing changed",
            "things changed",
        ),
        count(
            told.differences.unequal.len(),
            "not comparable",
            "not comparable",
        ),
    ]
    .into_iter()
    .flatten()
    .collect::<Vec<_>>()
    .join(" · ")
}

pub(super) fn rows(signs: Signs, told: &Compared) -> (Vec<Group>, Vec<TableRow>) {
    let mut groups = Vec::new();
    let mut rows = Vec::new();
    let mut add = |title: &'static str, own: Vec<(Place, Vec<Cell>, bool)>| {
        if own.is_empty() {
            return;
        }
        let group = Some(groups.len());
        groups.push(Group {
            title: Rich::strong(title).then(Role::Muted, format!("  {}", own.len())),
            right: Rich::new(),
        });
        rows.extend(own.into_iter().map(|(place, cells, fault)| TableRow {
            id: place.id(),
            group,
            cells,
            fault,
        }));
    };
    let hops = told.turns.iter().enumerate();
    add(
        "Hops that turned",
        hops.map(|(at, turn)| {
            (
                Place::Hop(at),
                turned(signs, turn),
                turn.after > turn.before,
            )
        })
        .collect(),
    );
    let things = told.differences.things.iter().enumerate();
    add(
        "What changed",
        things
            .map(|(at, one)| (Place::Thing(at), thing(signs, told, one), false))
            .collect(),
    );
    let unequal = told.differences.unequal.iter().enumerate();
    add(
        "Not read both times, so not compared",
        unequal
            .map(|(at, one)| (Place::Unequal(at), unread(signs, one), false))
            .collect(),
    );
    (groups, rows)
}

fn turned(signs: Signs, turn: &Turn) -> Vec<Cell> {
    let hop = &turn.hop;
    let via = hop
        .via
        .as_ref()
        .map_or_else(String::new, |via| format!("  {via}"));
    vec![
        Cell::from(Rich::sign(signs, sign(turn.after))),
        Cell::from(Rich::plain(hop.kind.word()).then(
            Role::Muted,
            format!(
                "  {} → {}{via}",
                map::name_of(&hop.from),
                map::name_of(&hop.to)
            ),
        )),
        Cell::from(Rich::of(
            sign(turn.after).role(),
            change_words(turn.before, turn.after),
        )),
    ]
}

fn thing(signs: Signs, told: &Compared, one: &Difference) -> Vec<Cell> {
    let change = match (one.became, one.properties.as_slice()) {
        (Became::Changed, [only]) => last(&only.path),
        (Became::Changed, many) => format!("{} properties", many.len()),
        (other, _) => other.word().to_owned(),
    };
    let by = told
        .by(one)
        .map_or_else(String::new, |change| name(change.by()));
    vec![
        Cell::from(Rich::sign(signs, Sign::Note)),
        Cell::from(
            Rich::plain(name(ArmId::new(&one.id).name()))
                .then(Role::Muted, format!("  {}", one.what)),
        ),
        Cell::from(Rich::plain(change)),
        Cell::from(Rich::muted(by)),
    ]
}

fn unread(signs: Signs, one: &Unequal) -> Vec<Cell> {
    let scope = one.scope.as_ref().map_or("/", ArmId::name);
    vec![
        Cell::from(Rich::sign(signs, Sign::Unknown)),
        Cell::from(Rich::plain(one.what).then(Role::Muted, format!("  {scope}"))),
        Cell::from(Rich::muted(format!(
            "{} → {}",
            state_words(one.before),
            state_words(one.after)
        ))),
    ]
}

/// The last part of a path: `bypass` of `properties.networkAcls.bypass`.
fn last(path: &str) -> String {
    let tail = path.rsplit('.').next().unwrap_or(path);
    if tail.ends_with("']") || tail.is_empty() {
        path.to_owned()
    } else {
        tail.to_owned()
    }
}

/// Whether the activity log names anybody who changed a thing.
pub(super) fn names_anybody(told: &Compared) -> bool {
    let mut things = told.differences.things.iter();
    things.any(|one| told.by(one).is_some())
}

/// A name: a GUID is cut short.
pub(super) fn name(who: &str) -> String {
    if uuid::Uuid::try_parse(who).is_ok() {
        short_guid(who)
    } else {
        who.to_owned()
    }
}

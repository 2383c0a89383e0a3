//! What changed between two snapshots: text for people, JSON for programs (`assets/diff.schema.json`).
//!
//! ```text
//! { "schemaVersion": 1, "before": "…", "after": "…", "same": false,
//!   "things": [ { "id": "…", "what": "…", "change": "added|removed|changed",
//!       "properties": [ { "path": "…", "before": …, "after": … } ],     absent: an absent key
//!       "by": { "name": "…", "at": "…", "operation": "…" } } ],          where the activity log tells
//!   "hops": [ { "id": "…", "kind": "…", "from": "…", "to": "…", "via": "…", "before": "open", "after": "shut",
//!       "gates": [ { "gate": "…", "before": "…", "after": "…", "reason": "…", "by": "…" } ] } ],
//!   "notComparable": [ { "what": "…", "scope": "…", "before": "known", "after": "denied" } ] }
//! ```
//!
//! Fields are only added within a schema version.

use std::io::{self, Write};
use std::sync::Arc;

use serde_json::{Map, Value, json};
use time::OffsetDateTime;

use crate::analysis::changes::{Change, Changes, Kind};
use crate::analysis::hops;
use crate::analysis::turned::{Turn, turned};
use crate::analysis::verdict::Verdict;
use crate::model::id::ArmId;
use crate::model::judging::Judging;
use crate::model::text::safe;
use crate::report::json::hops::which;
use crate::store::diff::{Became, Difference, Differences, Property, between};
use crate::store::{Inventory, Snapshot, State};

/// The version of the JSON's shape.
const SCHEMA_VERSION: u64 = 1;

/// How many letters of a value a line shows.
const LONGEST: usize = 120;

/// One of the two that are compared.
#[derive(Clone, Debug)]
pub struct Side {
    /// What was read.
    pub snapshot: Snapshot,
    /// For whom it is judged.
    pub judging: Judging,
    /// When it was taken, and as of when it is judged.
    pub at: OffsetDateTime,
}

/// Two snapshots side by side.
#[derive(Clone, Debug)]
pub struct Compared {
    /// When the earlier one was taken.
    pub before: OffsetDateTime,
    /// When the later one was taken.
    pub after: OffsetDateTime,
    /// Things that differ.
    pub differences: Differences,
    /// Hops that turned.
    pub turns: Vec<Turn>,
    /// What the later one's activity log holds.
    pub changes: Changes,
}

/// Why two cannot be compared, by what is masked in each: names and pseudonyms do not meet.
pub fn unlike(before: Option<&str>, after: Option<&str>) -> Option<&'static str> {
    (before != after).then_some(
        "one of the two is masked and the other is not, or less: save both with the same --redact and --redact-key",
    )
}

impl Compared {
    /// Judges an earlier snapshot and a later one, and finds what differs.
    pub fn of(before: &Side, after: &Side) -> Self {
        let judged = |side: &Side| {
            let inventory = Inventory::build(&side.snapshot);
            let judgement = hops::judge(&inventory, &side.judging, side.at);
            (inventory, judgement.hops)
        };
        let (_, was) = judged(before);
        let (inventory, is) = judged(after);
        Self {
            before: before.at,
            after: after.at,
            differences: between(&before.snapshot, &after.snapshot),
            turns: turned(&was, &is),
            changes: Changes::of(&inventory),
        }
    }

    /// Whether nothing differs.
    pub fn is_same(&self) -> bool {
        self.differences.things.is_empty()
            && self.differences.unequal.is_empty()
            && self.turns.is_empty()
    }

    /// What [`write()`] writes.
    pub fn text(&self) -> String {
        let mut out = Vec::new();
        // Writing to memory cannot fail.
        let _ = write(&mut out, self);
        String::from_utf8_lossy(&out).into_owned()
    }

    /// The last write between the two that concerns a thing.
    pub fn by(&self, thing: &Difference) -> Option<&Arc<Change>> {
        let places = [
            Some(ArmId::new(&thing.id)),
            thing.about.clone(),
            thing.about.as_ref().and_then(ArmId::parent),
        ];
        let is_between = |change: &Change| {
            let is_write = change.kind.writes()
                || matches!(
                    change.kind,
                    Kind::RoleGiven | Kind::RoleTaken | Kind::Rights
                );
            is_write && change.at > self.before && change.at <= self.after
        };
        // A write of the thing itself tells more than one of what holds it.
        let own = self.changes.list.iter().find(|change| {
            let is_it = |id: &ArmId| id.folded() == thing.id.to_lowercase();
            change.resource.as_ref().is_some_and(is_it) && is_between(change)
        });
        own.or_else(|| {
            places.into_iter().flatten().find_map(|id| {
                self.changes
                    .list
                    .iter()
                    .find(|change| change.about.as_ref() == Some(&id) && is_between(change))
            })
        })
    }
}

/// The JSON.
pub fn build(compared: &Compared) -> Value {
    let things: Vec<Value> = compared
        .differences
        .things
        .iter()
        .map(|one| thing(compared, one))
        .collect();
    let unequal: Vec<Value> = compared
        .differences
        .unequal
        .iter()
        .map(|one| {
            json!({
                "what": one.what,
                "scope": one.scope.as_ref().map_or("/", ArmId::as_str),
                "before": one.before.map_or("notAsked", State::word),
                "after": one.after.map_or("notAsked", State::word),
            })
        })
        .collect();
    json!({
        "schemaVersion": SCHEMA_VERSION,
        "before": super::timestamp(compared.before),
        "after": super::timestamp(compared.after),
        "same": compared.is_same(),
        "things": things,
        "hops": compared.turns.iter().map(hop).collect::<Vec<_>>(),
        "notComparable": unequal,
    })
}

fn thing(compared: &Compared, one: &Difference) -> Value {
    let mut out = Map::new();
    out.insert("id".into(), one.id.as_str().into());
    out.insert("what".into(), one.what.into());
    out.insert("change".into(), one.became.word().into());
    if one.became == Became::Changed {
        let properties: Vec<Value> = one.properties.iter().map(property).collect();
        out.insert("properties".into(), properties.into());
    }
    if let Some(change) = compared.by(one) {
        let by = json!({
            "name": change.by(),
            "at": super::timestamp(change.at),
            "operation": change.operation,
        });
        out.insert("by".into(), by);
    }
    out.into()
}

fn property(one: &Property) -> Value {
    let mut out = Map::new();
    out.insert("path".into(), one.path.as_str().into());
    for (name, value) in [("before", &one.before), ("after", &one.after)] {
        if let Some(value) = value {
            out.insert(name.into(), value.clone());
        }
    }
    out.into()
}

fn hop(turn: &Turn) -> Value {
    let mut out = which(&turn.hop);
    put_verdicts(&mut out, turn.before, turn.after);
    let gates: Vec<Value> = turn
        .gates
        .iter()
        .map(|gate| {
            let mut out = Map::new();
            out.insert("gate".into(), gate.gate.word().into());
            put_verdicts(&mut out, gate.before, gate.after);
            out.insert("reason".into(), gate.reason.as_str().into());
            if let Some(by) = &gate.by {
                out.insert("by".into(), by.as_str().into());
            }
            out.into()
        })
        .collect();
    out.insert("gates".into(), gates.into());
    out.into()
}

fn put_verdicts(out: &mut Map<String, Value>, before: Option<Verdict>, after: Option<Verdict>) {
    for (name, verdict) in [("before", before), ("after", after)] {
        if let Some(verdict) = verdict {
            out.insert(name.into(), verdict.word().into());
        }
    }
}

/// The text.
pub fn write(out: &mut dyn Write, compared: &Compared) -> io::Result<()> {
    let second = |at: OffsetDateTime| super::timestamp(at.replace_nanosecond(0).unwrap_or(at));
    writeln!(
        out,
        "hopscope  {} -> {}",
        second(compared.before),
        second(compared.after)
    )?;
    if compared.is_same() {
        return writeln!(out, "\nNothing differs.");
    }
    if !compared.turns.is_empty() {
        writeln!(out, "\nHops that turned  {}", compared.turns.len())?;
    }
    for turn in &compared.turns {
        write_turn(out, turn)?;
    }
    let things = &compared.differences.things;
    if !things.is_empty() {
        writeln!(out, "\nWhat changed  {}", things.len())?;
    }
    for one in things {
        writeln!(
            out,
            "  {:<8} {}  {}",
            one.became.word(),
            one.what,
            safe(&one.id)
        )?;
        for property in &one.properties {
            let (before, after) = (
                value_words(property.before.as_ref(), LONGEST),
                value_words(property.after.as_ref(), LONGEST),
            );
            writeln!(out, "      {}: {before} -> {after}", safe(&property.path))?;
        }
        if let Some(change) = compared.by(one) {
            let (by, at) = (safe(change.by()), second(change.at));
            writeln!(out, "      by {by} at {at}, {}", safe(&change.operation))?;
        }
    }
    let unequal = &compared.differences.unequal;
    if !unequal.is_empty() {
        writeln!(
            out,
            "\nNot read both times, so not compared  {}",
            unequal.len()
        )?;
    }
    for one in unequal {
        writeln!(
            out,
            "  {}  {}: {} -> {}",
            one.what,
            safe(one.scope.as_ref().map_or("/", ArmId::as_str)),
            state_words(one.before),
            state_words(one.after)
        )?;
    }
    Ok(())
}

fn write_turn(out: &mut dyn Write, turn: &Turn) -> io::Result<()> {
    let hop = &turn.hop;
    let via = hop
        .via
        .as_ref()
        .map_or_else(String::new, |via| format!("  via {}", safe(via)));
    let said = change_words(turn.before, turn.after).replace('→', "->");
    writeln!(
        out,
        "  {said:<20} {}  {} -> {}{via}",
        hop.kind,
        safe(&crate::map::name_of(&hop.from)),
        safe(&crate::map::name_of(&hop.to)),
    )?;
    for gate in &turn.gates {
        let word = |verdict: Option<Verdict>| verdict.map_or("none", Verdict::word);
        writeln!(
            out,
            "      {} {} -> {}: {}",
            gate.gate.word(),
            word(gate.before),
            word(gate.after),
            safe(&gate.reason)
        )?;
        if let Some(by) = &gate.by {
            writeln!(out, "      changed by: {}", safe(by))?;
        }
    }
    Ok(())
}

/// How a verdict changed: `open → shut`; `new, shut`; `no more, was open`.
pub fn change_words(before: Option<Verdict>, after: Option<Verdict>) -> String {
    match (before, after) {
        (Some(before), Some(after)) => format!("{before} → {after}"),
        (None, Some(after)) => format!("new, {after}"),
        (Some(before), None) => format!("no more, was {before}"),
        (None, None) => String::new(),
    }
}

/// How a reading stood.
pub fn state_words(state: Option<State>) -> &'static str {
    state.map_or("not asked", State::word)
}

/// A value on one line of at most so many letters.
pub fn value_words(value: Option<&Value>, longest: usize) -> String {
    let Some(value) = value else {
        return "absent".to_owned();
    };
    let text = value.to_string();
    let text = safe(&text);
    match text.char_indices().nth(longest) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text.into_owned(),
    }
}

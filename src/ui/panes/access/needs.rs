//! What the hops need against what is held, as plain rows: names of principals and targets, and the
//! lines of each cell. Must not know widths or widgets, and judges nothing.

use std::collections::HashMap;
use std::sync::Arc;

use crate::analysis::access::needed::{Cell, Needer, Wanted};
use crate::analysis::access::{Needed, Right, Standing};
use crate::analysis::hop::{Hop, HopKind};
use crate::analysis::verdict::Verdict;
use crate::model::field::Field;
use crate::model::id::ArmId;
use crate::model::resource::Family;
use crate::ui::cx::Cx;
use crate::ui::frame::tally;
use crate::ui::panes::map;
use crate::ui::signs::Sign;
use crate::ui::text::{Rich, width};
use crate::ui::theme::Role;

use super::names::{Holder, Names};
use super::rows::service;

/// The matrix with its names.
#[derive(Debug, Default)]
pub(super) struct Made {
    pub(super) needed: Needed,
    /// The hops that are shown, by their places in the judgement.
    hops: Vec<usize>,
    /// The same by their ids.
    ids: HashMap<String, usize>,
    pub(super) people: Vec<Person>,
    pub(super) targets: Vec<Target>,
    cells: HashMap<(usize, usize), Shown>,
}

/// A row's head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Person {
    /// What the selection stays on.
    pub(super) id: Arc<str>,
    pub(super) holder: Holder,
}

/// A column's head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) id: ArmId,
    pub(super) name: String,
    pub(super) service: &'static str,
}

/// A cell as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shown {
    /// The sign that sums it up.
    pub(super) sign: Sign,
    /// Its lines: a role each, and under one that is not open how it is held.
    pub(super) lines: Vec<Rich>,
    /// The widest of them.
    pub(super) width: u16,
}

impl Made {
    /// The matrix of the newest judgement; hopscope's own calls are not in it.
    pub(super) fn of(cx: &Cx<'_>, names: &Names) -> Self {
        let (hops, shown): (Vec<usize>, Vec<Hop>) = cx
            .judgement
            .hops
            .iter()
            .enumerate()
            .filter(|(_, hop)| hop.kind != HopKind::Inspector)
            .map(|(at, hop)| (at, hop.clone()))
            .unzip();
        let ids = shown
            .iter()
            .enumerate()
            .map(|(at, hop)| (hop.id(), at))
            .collect();
        let needed = Needed::of(cx.inventory, &shown);
        let is_reading = tally::is_reading(cx.inventory);
        let people = needed
            .principals
            .iter()
            .map(|one| person(cx, names, one))
            .collect::<Vec<_>>();
        let targets = needed
            .targets
            .iter()
            .map(|id| target(cx, id))
            .collect::<Vec<_>>();
        let mut cells = HashMap::new();
        for row in 0..people.len() {
            for (column, target) in targets.iter().enumerate() {
                if let Some(cell) = needed.cell(row, column) {
                    cells.insert((row, column), shown_cell(cx, cell, target, is_reading));
                }
            }
        }
        Self {
            needed,
            hops,
            ids,
            people,
            targets,
            cells,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.people.is_empty()
    }

    /// A cell as it is shown; none where no hop goes.
    pub(super) fn shown(&self, at: (usize, usize)) -> Option<&Shown> {
        self.cells.get(&at)
    }

    /// A cell.
    pub(super) fn cell(&self, at: (usize, usize)) -> Option<&Cell> {
        self.needed.cell(at.0, at.1)
    }

    /// The hops of a cell, the worst first.
    pub(super) fn hops<'c>(&self, cx: &Cx<'c>, at: (usize, usize)) -> Vec<&'c Hop> {
        let hops: &'c [Hop] = &cx.judgement.hops;
        let places = self.cell(at).map_or(&[][..], |cell| cell.hops.as_slice());
        let mut found: Vec<&Hop> = places
            .iter()
            .filter_map(|place| hops.get(*self.hops.get(*place)?))
            .collect();
        let rank = |hop: &&Hop| {
            let gate = hop.gate(crate::analysis::verdict::Gate::Authorization);
            std::cmp::Reverse(gate.map(|gate| gate.judged.verdict))
        };
        found.sort_by_key(rank);
        found
    }

    /// The cell of a hop, by its id.
    pub(super) fn place_of(&self, id: &str) -> Option<(usize, usize)> {
        self.needed.place_of(*self.ids.get(id)?)
    }

    /// The cell of a principal and a target, by the id that its place on the screen has.
    pub(super) fn place_at(&self, id: &str) -> Option<(usize, usize)> {
        let (who, target) = id.rsplit_once('|')?;
        let row = self.people.iter().position(|one| *one.id == *who)?;
        let column = self
            .targets
            .iter()
            .position(|one| one.id.folded() == target)?;
        Some((row, column))
    }

    /// The worst sign of a row.
    pub(super) fn worst(&self, row: usize) -> Sign {
        (0..self.targets.len())
            .filter_map(|column| self.shown((row, column)))
            .map(|cell| cell.sign)
            .min_by_key(|sign| rank(*sign))
            .unwrap_or(Sign::None)
    }

    /// Whether a row holds something that is not open.
    pub(super) fn has_fault(&self, row: usize) -> bool {
        !matches!(self.worst(row), Sign::Open | Sign::None | Sign::Reading)
    }

    /// The words of a row, for the filter.
    pub(super) fn text(&self, row: usize) -> String {
        let who = &self.people[row].holder;
        let mut words = format!("{} {}", who.label, who.kind);
        for (column, target) in self.targets.iter().enumerate() {
            if let Some(cell) = self.shown((row, column)) {
                words.push(' ');
                words.push_str(&target.name);
                for line in &cell.lines {
                    words.push(' ');
                    words.push_str(&line.text());
                }
            }
        }
        words
    }
}

/// Shut, at risk, unknown, reading, open: the order of lists.
pub(super) fn rank(sign: Sign) -> u8 {
    match sign {
        Sign::Shut => 0,
        Sign::AtRisk => 1,
        Sign::Unknown => 2,
        Sign::Reading => 3,
        Sign::Open => 4,
        _ => 5,
    }
}

fn person(cx: &Cx<'_>, names: &Names, one: &Needer) -> Person {
    let caller = map::end_name(cx, &one.caller);
    let Some(principal) = &one.principal else {
        let (label, kind) = match &one.identity {
            Some(name) if name.starts_with("Azure ") => (name.clone(), "Microsoft's"),
            Some(name) => (name.clone(), "id not read"),
            None => (caller, "id not read"),
        };
        return Person {
            id: Arc::from(format!("{}|{label}", one.caller.to_ascii_lowercase())),
            holder: Holder {
                label,
                kind: kind.to_owned(),
                is_named: true,
            },
        };
    };
    let mut holder = names.holder(cx.inventory, principal, &Field::Absent);
    if !holder.is_named && one.caller.starts_with('/') {
        // The identity is the caller's, whatever it is called.
        holder.label = caller;
        holder.is_named = true;
    }
    if holder.kind == "type not said" {
        holder.kind = if one.caller.starts_with('/') {
            "service principal".to_owned()
        } else {
            String::new()
        };
    }
    Person {
        id: Arc::from(principal.folded()),
        holder,
    }
}

fn target(cx: &Cx<'_>, id: &ArmId) -> Target {
    let resource = cx.inventory.resource(id);
    Target {
        id: id.clone(),
        name: id.name().to_owned(),
        service: resource.map_or("not read", |one| service(one)),
    }
}

fn shown_cell(cx: &Cx<'_>, cell: &Cell, target: &Target, is_reading: bool) -> Shown {
    let verdict = cell.verdict.unwrap_or(Verdict::Unknown);
    let sign = tally::sign(verdict, is_reading);
    let mut lines = Vec::new();
    for wanted in &cell.roles {
        let own = role_sign(wanted, cell, is_reading);
        lines.push(
            Rich::sign(cx.signs, own)
                .then(Role::Text, format!(" {}", short_role(wanted.role.name))),
        );
        if let Some(how) = how(wanted, own) {
            let role = if own == Sign::Open {
                Role::Muted
            } else {
                own.word_role()
            };
            lines.push(Rich::plain("  ").then(role, how));
        }
    }
    if lines.is_empty() {
        let resource = cx.inventory.resource(&target.id);
        let words = match resource.map(|one| one.family) {
            Some(Family::Vault) => "access policy",
            Some(Family::Cosmos) => "its own role",
            Some(Family::LogWorkspace) => "its own right",
            _ => "a right of its own",
        };
        lines.push(Rich::sign(cx.signs, sign).then(Role::Text, format!(" {words}")));
    }
    Shown {
        sign,
        width: lines.iter().map(Rich::width).max().unwrap_or(1),
        lines,
    }
}

/// The sign of one role. A gate may know more than how a role is held: lists of folders that are not
/// read, a dispute, a role that ends.
pub(super) fn role_sign(wanted: &Wanted, cell: &Cell, is_reading: bool) -> Sign {
    let own = wanted.standing().verdict();
    let whole = cell.verdict.unwrap_or(own);
    let all_open = cell
        .roles
        .iter()
        .all(|one| one.standing() == Standing::Open);
    let verdict = if all_open || (own == Verdict::Shut && whole == Verdict::Unknown) {
        whole
    } else {
        own
    };
    tally::sign(verdict, is_reading)
}

/// How a role is held, where that is more than plainly; the worst of its rights tells.
pub(super) fn how(wanted: &Wanted, sign: Sign) -> Option<String> {
    if sign == Sign::Reading {
        return None;
    }
    let is_worst = |right: &&Right| right.standing == wanted.standing();
    let right = wanted.rights.iter().find(is_worst)?;
    Some(match right.standing {
        Standing::Open => match right.until {
            Some(end) => format!("active until {:02}:{:02} UTC", end.hour(), end.minute()),
            None if sign != Sign::Open => "held, but see why".to_owned(),
            None => return None,
        },
        Standing::Conditional => "under a condition".to_owned(),
        Standing::KeyOnly if right.eligible.is_some() => "key only, eligible".to_owned(),
        Standing::KeyOnly => "key only".to_owned(),
        Standing::Denied => "denied".to_owned(),
        Standing::None if right.eligible.is_some() => "eligible: not active".to_owned(),
        Standing::None if right.stale.is_some() => "stale: made anew".to_owned(),
        Standing::None => "not held".to_owned(),
        // The sign says it; the detail says why.
        Standing::Unknown => return None,
    })
}

/// A role's name without the service that its column names.
pub(super) fn short_role(name: &str) -> &str {
    const SERVICES: [&str; 5] = [
        "Storage ",
        "Search ",
        "Cognitive Services ",
        "Key Vault ",
        "Log Analytics ",
    ];
    SERVICES
        .iter()
        .find_map(|service| name.strip_prefix(service))
        .filter(|rest| width(rest) > 6)
        .unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_loses_the_service_that_its_column_names_and_nothing_else() {
        for (name, short) in [
            ("Storage Blob Data Reader", "Blob Data Reader"),
            ("Search Service Contributor", "Service Contributor"),
            ("Cognitive Services OpenAI User", "OpenAI User"),
            ("Cognitive Services User", "Cognitive Services User"),
            ("Log Analytics Reader", "Log Analytics Reader"),
            ("Owner", "Owner"),
        ] {
            assert_eq!(short_role(name), short);
        }
    }
}

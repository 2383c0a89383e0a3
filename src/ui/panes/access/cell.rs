//! The detail of a cell: what the hops need there, what is held and how, and on the other half the
//! proof, what mends it, the hops themselves and what is held in excess.
//!
//! Everything was judged before; here it is told.

use crate::analysis::access::excess::{Excess, Wide};
use crate::analysis::access::matrix::{Reaches, Row};
use crate::analysis::access::needed::Wanted;
use crate::analysis::access::{Matrix, Memberships, Plane, Right, Standing, Via};
use crate::analysis::evidence::Evidence;
use crate::analysis::hop::{GateVerdict, Hop, Remedy};
use crate::analysis::verdict::{Gate, Verdict};
use crate::model::field::Field;
use crate::model::id::{ArmId, PrincipalId};
use crate::ui::cx::Cx;
use crate::ui::frame::tally;
use crate::ui::panes::{map, mend, proof, trouble};
use crate::ui::signs::Sign;
use crate::ui::text::{Rich, short_guid};
use crate::ui::theme::Role;
use crate::ui::widgets::detail::Section;

use super::beside;
use super::detail::Told;
use super::names::Names;
use super::needs::{Made, role_sign, short_role};

/// How many actions of one role, and how many hops, are named.
const FEW: usize = 4;
/// How many roles in excess are named in the detail of a cell.
const EXCESS: usize = 3;

/// What a cell is told from.
pub(super) struct Ground<'a> {
    pub(super) matrix: &'a Matrix,
    pub(super) names: &'a Names,
    pub(super) made: &'a Made,
    pub(super) memberships: &'a Memberships,
    pub(super) excess: &'a Excess,
    pub(super) tool: mend::Chosen,
    /// Whether the excess has a place of its own.
    pub(super) is_wide: bool,
}

/// What mends the hops of a cell.
pub(super) fn remedies(hops: &[&Hop]) -> Vec<Remedy> {
    let mut all: Vec<Remedy> = Vec::new();
    for gate in gates(hops).filter(|gate| gate.judged.verdict != Verdict::Open) {
        for remedy in &gate.remedies {
            if !all.contains(remedy) {
                all.push(remedy.clone());
            }
        }
    }
    all
}

fn gates<'h>(hops: &[&'h Hop]) -> impl Iterator<Item = &'h GateVerdict> {
    hops.iter()
        .filter_map(|hop| hop.gate(Gate::Authorization))
        .collect::<Vec<_>>()
        .into_iter()
}

/// The detail of a cell; of the place where two meet, when no hop goes there.
pub(super) fn told(cx: &Cx<'_>, ground: &Ground<'_>, at: (usize, usize)) -> Option<Told> {
    let person = ground.made.people.get(at.0)?;
    let target = ground.made.targets.get(at.1)?;
    let principal = ground.made.needed.principals.get(at.0)?.principal.as_ref();
    let hops = ground.made.hops(cx, at);
    let remedies = remedies(&hops);
    let mut left = Vec::new();
    let mut evidence = Vec::new();
    match ground.made.cell(at).zip(ground.made.shown(at)) {
        None => left.push(
            Section::default()
                .words(Rich::sign(cx.signs, Sign::None).then(Role::Text, " no hop goes this way"))
                .words(Rich::muted(
                    "Nothing is needed here; what is held all the same stands below.",
                )),
        ),
        Some((cell, shown)) => {
            let worst = cell.roles.first();
            left.push(
                Section::default().words(
                    Rich::chip(cx.signs, shown.sign)
                        .then(Role::Text, format!("  {}", summary(worst, shown.sign))),
                ),
            );
            left.extend(needs(cx, ground, at));
            evidence = self::evidence(&hops);
        }
    }
    left.push(holds(cx, ground, principal, &target.id, at));
    left.extend(why(ground, at, &hops));
    let mut proof = Vec::new();
    if !evidence.is_empty() {
        proof.push(proof::section(cx, &target.id, &evidence, &[]));
    }
    proof.extend(mend::sections(
        cx,
        super::CONTEXT,
        "MEND",
        &remedies,
        ground.tool,
    ));
    proof.extend(which_hops(cx, &hops));
    if !ground.is_wide {
        proof.extend(in_excess(cx, ground, principal));
    }
    let right = hops.first().map_or(String::new(), |hop| match hops.len() {
        1 => hop.kind.word().to_owned(),
        count => format!("{count} hops"),
    });
    Some(Told {
        title: format!("{} on {}", person.holder.label, target.name),
        right,
        left,
        proof,
        id: Some(target.id.clone()),
        copy: mend::copy(&remedies, ground.tool)
            .into_iter()
            .map(|item| (item.label, item.text))
            .chain(principal.map(|id| ("principal id".to_owned(), id.to_string())))
            .collect(),
    })
}

/// The answer in a few words.
fn summary(worst: Option<&Wanted>, sign: Sign) -> String {
    let Some(worst) = worst else {
        return "by a right of the service's own".to_owned();
    };
    let right = worst
        .rights
        .iter()
        .find(|right| right.standing == worst.standing());
    let is_eligible = right.is_some_and(|right| right.eligible.is_some());
    match (worst.standing(), sign) {
        (_, Sign::Reading) => "what is held is still being read",
        (Standing::Open, Sign::Open) => "all that the hops need is held",
        (Standing::Open, _) => "the roles are held, and something else counts too",
        (Standing::Conditional, _) => "held under a condition that is shown, not judged",
        (Standing::KeyOnly, _) => "works with a key, not with a token",
        (Standing::Denied, _) => "a deny assignment takes it",
        (Standing::None, _) if is_eligible => "eligible only: activate it",
        (Standing::None, _) => "a role is missing",
        (Standing::Unknown, _) => "cannot be told",
    }
    .to_owned()
}

/// The roles that are needed, each with the actions that make it needed.
fn needs(cx: &Cx<'_>, ground: &Ground<'_>, at: (usize, usize)) -> Option<Section> {
    let cell = ground.made.cell(at)?;
    if cell.roles.is_empty() {
        return None;
    }
    let is_reading = tally::is_reading(cx.inventory);
    let mut section = Section::new("NEEDS");
    for wanted in &cell.roles {
        let sign = role_sign(wanted, cell, is_reading);
        let mut scopes: Vec<&str> = Vec::new();
        let mut rights: Vec<&Right> = Vec::new();
        for right in &wanted.rights {
            let scope = &right.need.scope;
            if *scope != ground.made.targets[at.1].id && !scopes.contains(&scope.name()) {
                scopes.push(scope.name());
            }
            // One action at several containers is one line; the worst held tells.
            match rights
                .iter_mut()
                .find(|own| own.need.action == right.need.action)
            {
                Some(own) if own.standing == Standing::Open => *own = right,
                Some(_) => {}
                None => rights.push(right),
            }
        }
        let at_scopes = if scopes.is_empty() {
            String::new()
        } else {
            format!("  at {}, or above", scopes.join(", "))
        };
        section = section.words(
            Rich::sign(cx.signs, sign)
                .then(Role::Strong, format!(" {}", wanted.role.name))
                .then(Role::Muted, at_scopes),
        );
        for right in rights.iter().take(FEW) {
            let plane = match right.need.action.plane {
                Plane::Control => "actions",
                Plane::Data => "dataActions",
            };
            let role = if right.standing == Standing::Open {
                Role::Muted
            } else {
                Role::Text
            };
            section = section.words(
                Rich::plain("  ")
                    .then(role, format!("…/{}", tail(right.need.action.name())))
                    .then(Role::Muted, format!("  {plane}")),
            );
        }
        if rights.len() > FEW {
            let more = rights.len() - FEW;
            section = section.words(Rich::muted(format!("  and {more} more")));
        }
    }
    Some(section)
}

/// The last parts of an action: `containers/blobs/read`.
fn tail(action: &str) -> String {
    let parts: Vec<&str> = action.split('/').collect();
    parts[parts.len().saturating_sub(3).max(1).min(parts.len() - 1)..].join("/")
}

/// What the principal and its groups hold at the target, and how each got there.
fn holds(
    cx: &Cx<'_>,
    ground: &Ground<'_>,
    principal: Option<&PrincipalId>,
    target: &ArmId,
    at: (usize, usize),
) -> Section {
    let mut section = Section::new("HOLDS");
    let Some(principal) = principal else {
        return section.words(Rich::of(
            Role::VerdictUnknown,
            "whose roles count is not known",
        ));
    };
    let rights: Vec<&Right> = ground
        .made
        .cell(at)
        .into_iter()
        .flat_map(|cell| &cell.roles)
        .flat_map(|wanted| &wanted.rights)
        .collect();
    let groups = ground.memberships.at_least(principal);
    let mut count = 0;
    for (row, reach) in ground.matrix.of_resource(target) {
        let group = groups.iter().find(|group| **group == row.principal);
        if row.principal != *principal && group.is_none() {
            continue;
        }
        count += 1;
        section = held(cx, ground, section, row, &reach, group, &rights);
    }
    for right in &rights {
        if let Some(eligible) = &right.eligible {
            let name = eligible.role_name.clone();
            let name = name.unwrap_or_else(|| format!("role {}", short_guid(&eligible.role.0)));
            let words = format!(
                "{}  eligible: not active",
                trouble::place(cx, &eligible.scope)
            );
            let line = (format!("○ {}", short_role(&name)), words);
            let is_said = section.lines.iter().any(|own| {
                matches!(own, crate::ui::widgets::detail::Line::Pair(label, _) if label.text() == line.0)
            });
            if !is_said {
                count += 1;
                section = section.pair(line.0, Rich::of(Role::VerdictAtRisk, line.1));
            }
        }
    }
    for denial in ground.matrix.denials_of(target) {
        let is_meant = rights
            .iter()
            .any(|right| right.denied_by.contains(&denial.id));
        if is_meant {
            count += 1;
            section = section.pair(
                format!("{} deny: {}", cx.signs.glyph(Sign::Shut), denial.name),
                Rich::of(Role::VerdictShut, "beats every role"),
            );
        }
    }
    let missing = ground
        .matrix
        .missing
        .iter()
        .find(|why| why.starts_with("role assignments"));
    match missing {
        Some(why) => {
            section.words(Rich::sign(cx.signs, Sign::Unknown).then(Role::Text, format!(" {why}")))
        }
        None if count == 0 => section.words(Rich::muted(format!(
            "nothing here: {} assignments read at {} scopes",
            ground.matrix.assignments_read, ground.matrix.scopes_read
        ))),
        None => section,
    }
}

/// One assignment: whether it gives what is needed, where it stands, and whose it is.
fn held(
    cx: &Cx<'_>,
    ground: &Ground<'_>,
    section: Section,
    row: &Row,
    reach: &Reaches,
    group: Option<&PrincipalId>,
    rights: &[&Right],
) -> Section {
    let via: Option<&Via> = rights
        .iter()
        .flat_map(|right| &right.via)
        .find(|via| via.assignment == row.assignment);
    // A role that only lists keys gives the right by a second, weaker path.
    let rests_on_key = rights
        .iter()
        .filter(|right| right.via.iter().any(|via| via.assignment == row.assignment))
        .all(|right| right.standing == Standing::KeyOnly);
    let sign = match via {
        Some(via) if via.condition.is_some() => Sign::AtRisk,
        Some(_) if rests_on_key => Sign::AtRisk,
        Some(_) => Sign::Open,
        None => Sign::None,
    };
    let name = row
        .role_name
        .clone()
        .unwrap_or_else(|| format!("role {}", short_guid(&row.role.0)));
    let place = trouble::place(cx, &row.scope);
    let mut how = match reach {
        Reaches::Direct => "direct".to_owned(),
        Reaches::Part(_) => format!("only at {place}"),
        Reaches::Inherited(level) => format!("from {} {place}", level.words()),
    };
    if let Some(group) = group {
        let label = ground
            .names
            .holder(cx.inventory, group, &Field::Absent)
            .label;
        how = format!("{how}  by group {label}");
    }
    let until = rights
        .iter()
        .filter(|right| right.via.iter().any(|via| via.assignment == row.assignment))
        .find_map(|right| right.until);
    let mut words = Rich::muted(how);
    if let Some(end) = until {
        words = words.then(
            Role::Text,
            format!("  until {:02}:{:02} UTC", end.hour(), end.minute()),
        );
    }
    let mut section = section.pair(
        format!("{} {}", cx.signs.glyph(sign), short_role(&name)),
        words,
    );
    if let Some(condition) = row.condition.text() {
        let text = condition.split_whitespace().collect::<Vec<_>>().join(" ");
        section = section
            .words(Rich::of(Role::VerdictAtRisk, "  only where this is true:"))
            .words(Rich::plain(format!("  {text}")));
    }
    section
}

/// Why: the reasons of the gates that are not open, cut at their clauses, each said once.
fn why(ground: &Ground<'_>, at: (usize, usize), hops: &[&Hop]) -> Option<Section> {
    let cell = ground.made.cell(at)?;
    let worst = cell
        .roles
        .iter()
        .flat_map(|wanted| &wanted.rights)
        .find(|right| right.standing != Standing::Open);
    let reasons: Vec<&str> = match worst {
        Some(right) => vec![right.reason.as_str()],
        None => gates(hops)
            .filter(|gate| gate.judged.verdict != Verdict::Open)
            .map(|gate| gate.judged.reason.as_str())
            .collect(),
    };
    let mut said: Vec<&str> = Vec::new();
    for clause in reasons.iter().flat_map(|reason| reason.split("; ")) {
        if !said.contains(&clause) {
            said.push(clause);
        }
    }
    (!said.is_empty()).then(|| {
        let section = Section::new("WHY");
        said.iter().take(6).fold(section, |section, clause| {
            section.words(Rich::plain(short_actions(clause)))
        })
    })
}

/// A reason with its actions cut to their last parts, which lines of a detail have room for.
fn short_actions(clause: &str) -> String {
    let words = clause.split(' ').map(|word| {
        let (action, rest) = match word.strip_suffix([':', ',']) {
            Some(action) => (action, &word[action.len()..]),
            None => (word, ""),
        };
        if action.starts_with("Microsoft.") && action.matches('/').count() >= 3 {
            format!("…/{}{rest}", tail(action))
        } else {
            word.to_owned()
        }
    });
    words.collect::<Vec<_>>().join(" ")
}

fn evidence(hops: &[&Hop]) -> Vec<Evidence> {
    let mut all: Vec<Evidence> = Vec::new();
    for gate in gates(hops) {
        for one in &gate.judged.evidence {
            if !all.contains(one) {
                all.push(one.clone());
            }
        }
    }
    all
}

/// The hops that need it: `enter` leads on to the first of them on the Map.
fn which_hops(cx: &Cx<'_>, hops: &[&Hop]) -> Option<Section> {
    if hops.is_empty() {
        return None;
    }
    let is_reading = tally::is_reading(cx.inventory);
    let key = cx.key_of(super::CONTEXT, crate::config::Action::Enter);
    let right = key.map_or(Rich::new(), |key| {
        Rich::strong(key).then(Role::Muted, " on the Map")
    });
    let mut section = Section::new("HOPS THAT NEED IT").right(right);
    for hop in hops.iter().take(FEW * 2) {
        let verdict = hop
            .gate(Gate::Authorization)
            .map_or(Verdict::Unknown, |gate| gate.judged.verdict);
        let via = hop
            .via
            .as_ref()
            .map_or(String::new(), |via| format!("  {via}"));
        section = section.words(
            Rich::sign(cx.signs, tally::sign(verdict, is_reading))
                .then(Role::Text, format!(" {}", hop.kind))
                .then(
                    Role::Muted,
                    format!(
                        "  {} → {}{via}",
                        map::caller_name(cx, hop),
                        map::end_name(cx, &hop.to)
                    ),
                ),
        );
    }
    if hops.len() > FEW * 2 {
        section = section.words(Rich::muted(format!("and {} more", hops.len() - FEW * 2)));
    }
    Some(section)
}

/// The excess of this principal first, then the widest of others.
fn in_excess(cx: &Cx<'_>, ground: &Ground<'_>, principal: Option<&PrincipalId>) -> Option<Section> {
    if ground.excess.roles.is_empty() {
        return None;
    }
    let is_own = |one: &&Wide| Some(&ground.matrix.rows[one.row].principal) == principal;
    let own = ground.excess.roles.iter().filter(is_own);
    let others = ground.excess.roles.iter().filter(|one| !is_own(one));
    let mut section = Section::new("IN EXCESS")
        .right(Rich::muted(format!("{} in all", ground.excess.roles.len())));
    for one in own.chain(others).take(EXCESS) {
        section = section.words(beside::line(cx, ground.matrix, ground.names, one));
    }
    Some(section)
}

//! What may change a managed group: the policies that reach it, its deny assignments, its locks; or
//! how it is known that there are none.

use std::sync::Arc;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::analysis::access::Matrix;
use crate::analysis::access::matrix::Denial;
use crate::analysis::policy::group::{Exempt, How, Reaching};
use crate::config::Action;
use crate::model::access::Lock;
use crate::model::id::ArmId;
use crate::model::key::Key;
use crate::store::State;
use crate::ui::cx::{Cx, Drawn, Page, Pointer};
use crate::ui::effect::Outcome;
use crate::ui::panes::{changes, point_at_table, trouble};
use crate::ui::signs::Sign;
use crate::ui::text::{Rich, short_guid};
use crate::ui::theme::Role;
use crate::ui::value;
use crate::ui::widgets::data_table::{Cell, Column, DataTable, Keep, TableRow};

/// The part.
#[derive(Debug)]
pub(super) struct MayChange {
    table: DataTable,
    powers: Vec<Power>,
    /// What there is none of, a line each.
    lines: Vec<Rich>,
    groups: usize,
}

/// One thing that may change a group, or keeps others from changing it.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Power {
    /// A policy.
    Policy(Reaching),
    /// A deny assignment.
    Denial(Denial),
    /// A lock.
    Lock(Lock),
}

impl Power {
    /// What the selection stays on.
    pub(super) fn key(&self) -> String {
        match self {
            Self::Policy(one) => format!(
                "{}#{}@{}",
                one.assignment.folded(),
                one.reference.as_deref().unwrap_or_default(),
                one.group.folded()
            ),
            Self::Denial(one) => one.id.folded().to_owned(),
            Self::Lock(one) => one.id.folded().to_owned(),
        }
    }

    /// Its id.
    pub(super) fn id(&self) -> &ArmId {
        match self {
            Self::Policy(one) => &one.assignment,
            Self::Denial(one) => &one.id,
            Self::Lock(one) => &one.id,
        }
    }
}

impl MayChange {
    pub(super) fn new() -> Self {
        Self {
            table: DataTable::new(vec![
                Column::sign(),
                Column::name("POLICY").between(20, 60),
                Column::text("EFFECT", Keep::Reason).between(6, 18),
                Column::text("SET AT", Keep::Muted).between(8, 26),
                Column::text("EXEMPT", Keep::Second).between(6, 26),
                Column::text("WILL FLIP", Keep::Reason).between(9, 34),
            ]),
            powers: Vec::new(),
            lines: Vec::new(),
            groups: 0,
        }
    }

    /// Takes over what is known of these groups.
    pub(super) fn take(&mut self, cx: &Cx<'_>, groups: &[ArmId], matrix: &Matrix) {
        self.groups = groups.len();
        self.powers.clear();
        self.lines.clear();
        for group in groups {
            let policies: Vec<Power> = cx
                .judgement
                .reaching
                .iter()
                .filter(|one| one.group == *group)
                .map(|one| Power::Policy(one.clone()))
                .collect();
            let denials = matrix.denials_of(group).cloned().map(Power::Denial);
            let locks = cx
                .inventory
                .locks()
                .filter(|one| group.is_within(&one.scope) || one.scope.is_within(group));
            let of_kind = [
                (
                    "policies",
                    policies,
                    covers_policies as fn(&Key, &ArmId) -> bool,
                ),
                ("deny assignments", denials.collect(), covers_denials),
                (
                    "locks",
                    locks.cloned().map(Power::Lock).collect(),
                    covers_locks,
                ),
            ];
            for (label, powers, covers) in of_kind {
                let is_policy = label == "policies";
                if powers.is_empty() || is_policy {
                    // Which of them reach the group is judged, and that comes after the reading.
                    let (line, is_known) = if is_policy && cx.judged.is_none() {
                        (waits(cx, label), false)
                    } else {
                        none(cx, group, label, covers)
                    };
                    if powers.is_empty() || !is_known {
                        self.lines.push(line);
                    }
                }
                for one in powers {
                    if self.powers.iter().all(|known| known.key() != one.key()) {
                        self.powers.push(one);
                    }
                }
            }
        }
        let rows = self.powers.iter().map(|one| row(cx, one)).collect();
        self.table.set_rows(Vec::new(), rows);
    }

    pub(super) fn groups(&self) -> usize {
        self.groups
    }

    /// The rows that the part asks for, its rule included.
    pub(super) fn height(&self) -> u16 {
        let rows = self.powers.len() + self.lines.len();
        6 + u16::try_from(rows).unwrap_or(u16::MAX).min(20) + u16::from(!self.powers.is_empty())
    }

    pub(super) fn selected(&self) -> Option<&Power> {
        let id = self.table.selected_id()?;
        self.powers.iter().find(|one| one.key() == **id)
    }

    pub(super) fn on_action(&mut self, action: Action) -> bool {
        !self.powers.is_empty() && self.table.on_action(action)
    }

    pub(super) fn on_pointer(&mut self, pointer: &Pointer) -> Outcome {
        point_at_table(&mut self.table, pointer)
    }

    pub(super) fn keep(&mut self, page: Page) {
        self.table.keep(page);
    }

    pub(super) fn draw(
        &self,
        cx: &Cx<'_>,
        buffer: &mut Buffer,
        area: Rect,
        part: usize,
        focused: bool,
    ) -> Drawn {
        let mut drawn = Drawn::default();
        let room = area.width.saturating_sub(4);
        let mut y = area.y;
        let line = |buffer: &mut Buffer, y: u16, words: &Rich| {
            if y < area.bottom() {
                words.draw(buffer, (area.x + 2, y), room, cx.theme);
            }
        };
        if self.groups == 0 {
            let words = Rich::muted(
                "No hub here has a group that Microsoft made: nothing to be kept as it was created.",
            );
            line(buffer, y, &words);
            return drawn;
        }
        if !self.powers.is_empty() {
            let rows = u16::try_from(self.powers.len() + 1).unwrap_or(u16::MAX);
            // What there is none of is said below, however many policies there are.
            let below = u16::try_from(self.lines.len()).unwrap_or(u16::MAX);
            let height = rows
                .min(area.height.saturating_sub(below).max(3))
                .min(area.height);
            let table = Rect { height, ..area };
            drawn.add(self.table.draw(cx, buffer, table, part, focused));
            y += height;
        }
        for words in &self.lines {
            line(buffer, y, words);
            y += 1;
        }
        let legend = Rich::muted("must be: from a lab, not from documentation ")
            .then(Role::Accent, "[S]")
            .then(Role::Muted, ". Enter shows the source of each.");
        line(buffer, y + 1, &legend);
        drawn
    }
}

fn covers_policies(key: &Key, group: &ArmId) -> bool {
    matches!(key, Key::PolicyAssignments(scope) if group.is_within(scope))
}

fn covers_denials(key: &Key, group: &ArmId) -> bool {
    matches!(key, Key::DenyAssignments(scope) if group.is_within(scope))
}

fn covers_locks(key: &Key, group: &ArmId) -> bool {
    matches!(key, Key::Locks(scope) if group.is_within(scope))
}

/// The line of a group that has none of a kind, as far as is known; and whether that is known.
fn none(cx: &Cx<'_>, group: &ArmId, label: &str, covers: fn(&Key, &ArmId) -> bool) -> (Rich, bool) {
    let slice = cx
        .snapshot
        .slices()
        .find(|(key, _)| covers(key, group))
        .map(|(_, slice)| slice);
    let label = format!("{label:18}");
    let sign = |sign: Sign| Rich::sign(cx.signs, sign).then(Role::Text, format!(" {label}"));
    match slice.map(|slice| (slice.state(), slice)) {
        Some((State::Known, slice)) => {
            let read = slice.observed_at.map_or(String::new(), |at| cx.clock(at));
            let words = format!("read at the group {read}, not assumed");
            (
                sign(Sign::None)
                    .then(Role::Text, "none  ")
                    .then(Role::Muted, words),
                true,
            )
        }
        Some((State::Denied | State::Failed, slice)) => {
            let why = value::missing(cx.signs, Some(slice), cx.now).unwrap_or_default();
            let right = slice
                .trouble()
                .and_then(|issue| issue.right.clone())
                .map_or(String::new(), |right| format!("  {right} is missing"));
            (Rich::plain(label).and(why).then(Role::Muted, right), false)
        }
        Some((State::Unsupported, _)) => {
            (sign(Sign::None).then(Role::Muted, "not offered here"), true)
        }
        Some((State::Pending, _)) | None => (waits(cx, label.trim_end()), false),
    }
}

fn waits(cx: &Cx<'_>, label: &str) -> Rich {
    Rich::sign(cx.signs, Sign::Reading)
        .then(Role::Text, format!(" {label:18}"))
        .and(value::not_read())
}

fn row(cx: &Cx<'_>, power: &Power) -> TableRow {
    let (cells, fault): (Vec<Cell>, bool) = match power {
        Power::Policy(one) => policy_row(cx, one),
        Power::Denial(one) => {
            let except = if one.excluded.is_empty() {
                "no".to_owned()
            } else {
                names(cx, &one.excluded)
            };
            let cells = vec![
                Rich::sign(cx.signs, Sign::Refused).into(),
                Rich::plain(one.name.clone()).into(),
                Rich::plain("deny assignment").into(),
                Rich::muted(trouble::place(cx, &one.scope)).into(),
                Rich::muted(except).into(),
                Rich::plain(format!("stops {}", whom(cx, one))).into(),
            ];
            (cells, false)
        }
        Power::Lock(one) => {
            let is_read_only = one.level.is("ReadOnly");
            let sign = if is_read_only { Sign::Shut } else { Sign::Note };
            let stops = if is_read_only {
                "stops the listing of keys"
            } else {
                "stops deletes alone"
            };
            let level = one.level.text().unwrap_or("not said");
            let cells = vec![
                Rich::sign(cx.signs, sign).into(),
                Rich::plain(one.name.clone()).into(),
                Rich::plain(format!("lock {level}")).into(),
                Rich::muted(trouble::place(cx, &one.scope)).into(),
                Rich::muted("no").into(),
                Rich::plain(stops).into(),
            ];
            (cells, is_read_only)
        }
    };
    TableRow {
        id: Arc::from(power.key()),
        group: None,
        cells,
        fault,
    }
}

/// The sign of a policy: what it has done, or will do.
fn policy_sign(one: &Reaching) -> Sign {
    let is = |how: How| one.does.iter().any(|own| own.how == how);
    match &one.exempt {
        _ if one.has_flipped() => Sign::Shut,
        Exempt::Unclear(_) if is(How::WillSet) => Sign::Unknown,
        _ if one.will_flip() => Sign::AtRisk,
        _ if is(How::Unclear) => Sign::Unknown,
        _ => Sign::Open,
    }
}

fn policy_row(cx: &Cx<'_>, one: &Reaching) -> (Vec<Cell>, bool) {
    let sign = policy_sign(one);
    let exempt = match &one.exempt {
        Exempt::No if sign == Sign::Open => Rich::muted("no"),
        Exempt::No => Rich::plain("no"),
        Exempt::Over(..) => Rich::of(Role::VerdictAtRisk, "expired"),
        Exempt::By(_, None) => Rich::plain("yes"),
        Exempt::By(_, Some(until)) => Rich::plain(format!("until {}", changes::when(cx, *until))),
        Exempt::Unclear(_) => Rich::of(Role::VerdictUnknown, "cannot be told"),
    };
    let role = match sign {
        Sign::Open => Role::Muted,
        own => own.word_role(),
    };
    let cells = vec![
        Rich::sign(cx.signs, sign).into(),
        Rich::plain(one.title.clone()).into(),
        Rich::plain(one.effect).into(),
        Rich::muted(trouble::place(cx, &one.set_at)).into(),
        exempt.into(),
        Rich::of(role, will_flip(one)).into(),
    ];
    (cells, !matches!(sign, Sign::Open))
}

/// What a policy changes, in the few words of a column.
fn will_flip(one: &Reaching) -> String {
    let first = |how: How| one.does.iter().find(|own| own.how == how);
    let count = |how: How| one.does.iter().filter(|own| own.how == how).count();
    let more = |how: How| match count(how) {
        0 | 1 => String::new(),
        many => format!(" and {} more", many - 1),
    };
    let is_spared = matches!(one.exempt, Exempt::By(..));
    if let Some(own) = first(How::HasSet) {
        format!("now {}{}", own.value, more(How::HasSet))
    } else if let Some(own) = first(How::WillSet) {
        if is_spared {
            "nothing: exempt".to_owned()
        } else {
            format!("to {}{}", own.value, more(How::WillSet))
        }
    } else if first(How::Unclear).is_some() {
        "cannot be told".to_owned()
    } else if first(How::Refuses).is_some() && !is_spared {
        "refuses the next write".to_owned()
    } else if one.does.is_empty() && one.effect != "audit" {
        "nothing here".to_owned()
    } else {
        "nothing".to_owned()
    }
}

pub(super) fn whom(cx: &Cx<'_>, one: &Denial) -> String {
    if one.is_everyone {
        "everyone".to_owned()
    } else {
        names(cx, &one.principals)
    }
}

pub(super) fn names(cx: &Cx<'_>, ids: &[crate::model::id::PrincipalId]) -> String {
    if ids.is_empty() {
        return "nobody".to_owned();
    }
    let names = ids.iter().map(|id| {
        let known = cx
            .inventory
            .principal(id)
            .and_then(|one| one.display_name.text());
        known.map_or_else(|| short_guid(id.as_str()), str::to_owned)
    });
    names.collect::<Vec<_>>().join(", ")
}

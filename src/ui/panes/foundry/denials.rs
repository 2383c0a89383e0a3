//! What may change a managed group: its deny assignments, or how it is known that there are none.

use std::sync::Arc;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::analysis::access::Matrix;
use crate::analysis::access::matrix::Denial;
use crate::config::Action;
use crate::model::id::ArmId;
use crate::model::key::Key;
use crate::store::State;
use crate::ui::cx::{Cx, Drawn, Page, Pointer};
use crate::ui::effect::Outcome;
use crate::ui::panes::{point_at_table, trouble};
use crate::ui::signs::Sign;
use crate::ui::text::{Rich, short_guid};
use crate::ui::theme::Role;
use crate::ui::value;
use crate::ui::widgets::data_table::{Cell, Column, DataTable, Keep, TableRow};
use crate::ui::widgets::detail::Section;

use super::detail::Told;

/// The part.
#[derive(Debug)]
pub(super) struct Denials {
    table: DataTable,
    found: Vec<Denial>,
    /// One line for each group without any.
    lines: Vec<Rich>,
    groups: usize,
}

impl Denials {
    pub(super) fn new() -> Self {
        Self {
            table: DataTable::new(vec![
                Column::sign(),
                Column::name("DENY ASSIGNMENT").between(20, 60),
                Column::text("FOR", Keep::Reason).between(8, 24),
                Column::text("EXCEPT", Keep::Second).between(8, 24),
                Column::text("SET AT", Keep::Muted).between(8, 30),
            ]),
            found: Vec::new(),
            lines: Vec::new(),
            groups: 0,
        }
    }

    /// Takes over what is known of these groups.
    pub(super) fn take(&mut self, cx: &Cx<'_>, groups: &[ArmId], matrix: &Matrix) {
        self.groups = groups.len();
        self.found.clear();
        self.lines.clear();
        for group in groups {
            let here: Vec<&Denial> = matrix.denials_of(group).collect();
            if here.is_empty() {
                self.lines.push(none(cx, group));
            }
            for one in here {
                if self.found.iter().all(|known| known.id != one.id) {
                    self.found.push(one.clone());
                }
            }
        }
        let rows = self.found.iter().map(|one| row(cx, one)).collect();
        self.table.set_rows(Vec::new(), rows);
    }

    pub(super) fn groups(&self) -> usize {
        self.groups
    }

    /// The rows that the part asks for, its rule included.
    pub(super) fn height(&self) -> u16 {
        let rows = self.found.len() + self.lines.len();
        6 + u16::try_from(rows).unwrap_or(u16::MAX).min(20) + u16::from(!self.found.is_empty())
    }

    pub(super) fn selected(&self) -> Option<&Denial> {
        let id = self.table.selected_id()?;
        self.found.iter().find(|one| one.id.as_str() == &**id)
    }

    pub(super) fn on_action(&mut self, action: Action) -> bool {
        !self.found.is_empty() && self.table.on_action(action)
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
        if !self.found.is_empty() {
            let rows = u16::try_from(self.found.len() + 1).unwrap_or(u16::MAX);
            let height = rows.min(area.height);
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

/// Whether a reading says which deny assignments stand at a group.
fn covers(key: &Key, group: &ArmId) -> bool {
    matches!(key, Key::DenyAssignments(scope) if group.is_within(scope))
}

/// The line of a group that has none, as far as is known.
fn none(cx: &Cx<'_>, group: &ArmId) -> Rich {
    let slice = cx
        .snapshot
        .slices()
        .find(|(key, _)| covers(key, group))
        .map(|(_, slice)| slice);
    let label = "deny assignments  ";
    let sign = |sign: Sign| Rich::sign(cx.signs, sign).then(Role::Text, format!(" {label}"));
    match slice.map(|slice| (slice.state(), slice)) {
        Some((State::Known, slice)) => {
            let read = slice.observed_at.map_or(String::new(), |at| cx.clock(at));
            sign(Sign::None).then(Role::Text, "none  ").then(
                Role::Muted,
                format!("read at the group {read}, not assumed"),
            )
        }
        Some((State::Denied | State::Failed, slice)) => {
            let why = value::missing(cx.signs, Some(slice), cx.now).unwrap_or_default();
            let right = slice
                .trouble()
                .and_then(|issue| issue.right.clone())
                .map_or(String::new(), |right| format!("  {right} is missing"));
            Rich::plain(label).and(why).then(Role::Muted, right)
        }
        Some((State::Unsupported, _)) => sign(Sign::None).then(Role::Muted, "not offered here"),
        Some((State::Pending, _)) | None => sign(Sign::Reading).and(value::not_read()),
    }
}

fn row(cx: &Cx<'_>, one: &Denial) -> TableRow {
    let (whom, except) = (whom(cx, one), names(cx, &one.excluded));
    let cells: Vec<Cell> = vec![
        Rich::sign(cx.signs, Sign::Refused).into(),
        Rich::plain(one.name.clone()).into(),
        Rich::plain(whom).into(),
        Rich::muted(except).into(),
        Rich::muted(trouble::place(cx, &one.scope)).into(),
    ];
    TableRow {
        id: Arc::from(one.id.as_str()),
        group: None,
        cells,
        fault: false,
    }
}

fn whom(cx: &Cx<'_>, one: &Denial) -> String {
    if one.is_everyone {
        "everyone".to_owned()
    } else {
        names(cx, &one.principals)
    }
}

fn names(cx: &Cx<'_>, ids: &[crate::model::id::PrincipalId]) -> String {
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

/// The detail of a deny assignment.
pub(super) fn told(cx: &Cx<'_>, one: &Denial) -> Told {
    let made = match one.system_protected.value() {
        Some(true) => "Azure made it and keeps it: nobody can take it away.",
        Some(false) => "A person or a deployment stack made it.",
        None => "Who made it is not said.",
    };
    let below = match one.not_below.value() {
        Some(true) => "only at its own scope",
        _ => "at its scope and everything below",
    };
    let mut sections = vec![
        Section::default()
            .words(Rich::plain(one.name.clone()))
            .words(Rich::muted(made)),
        Section::new("WHOM IT MEETS")
            .pair("for", Rich::plain(whom(cx, one)))
            .pair("except", Rich::plain(names(cx, &one.excluded)))
            .pair("holds", Rich::plain(below))
            .pair("set at", Rich::plain(trouble::place(cx, &one.scope))),
    ];
    if let Some(raw) = cx.inventory.denials().find(|raw| raw.id == one.id) {
        for permission in &raw.permissions {
            let mut section = Section::new("WHAT IT DENIES");
            for (label, actions) in [
                ("actions", &permission.actions),
                ("not these", &permission.not_actions),
                ("data actions", &permission.data_actions),
                ("not these", &permission.not_data_actions),
            ] {
                for action in actions {
                    section = section.pair(label, Rich::plain(action.clone()));
                }
            }
            sections.push(section);
        }
    }
    sections.push(Section::new("EVIDENCE").pair("id", Rich::muted(one.id.as_str().to_owned())));
    Told {
        title: "deny assignment".to_owned(),
        right: trouble::place(cx, &one.scope),
        resource: Some(one.id.clone()),
        sections,
        value: None,
    }
}

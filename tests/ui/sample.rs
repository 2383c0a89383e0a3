//! A pane for tests and benches: a table of what the inventory holds and a detail of the chosen one.

use std::sync::Arc;

use hopscope::config::Action;
use hopscope::model::key::Key;
use hopscope::ui::cx::{Cx, Drawn, Page, Pointer};
use hopscope::ui::effect::{Answer, CopyItem, Outcome, Raw, Subject};
use hopscope::ui::panes::{Badge, Entry, Pane, Thing, empty, point_at_detail, point_at_table};
use hopscope::ui::signs::Sign;
use hopscope::ui::text::Rich;
use hopscope::ui::value;
use hopscope::ui::widgets::band::Band;
use hopscope::ui::widgets::data_table::{Cell, Column, DataTable, Group, Keep, TableRow};
use hopscope::ui::widgets::detail::{Detail, Section};
use hopscope::ui::widgets::parts::{Height, Parts};
use hopscope::ui::widgets::rule::Rule;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// A pane that shows the resources.
pub(crate) struct Sample {
    revision: Option<u64>,
    table: DataTable,
    detail: Detail,
    detailed: Option<Arc<str>>,
    parts: Parts,
    keys: Vec<Key>,
}

const ACTIONS: [Action; 12] = [
    Action::Enter,
    Action::NextPart,
    Action::Json,
    Action::Describe,
    Action::Sort,
    Action::Copy,
    Action::Portal,
    Action::FaultsOnly,
    Action::Down,
    Action::Up,
    Action::First,
    Action::Last,
];

/// The registry lines of two sample panes.
pub(crate) fn entries() -> Vec<Entry> {
    let entry = |digit, name, context| Entry {
        digit,
        name,
        context,
        make: || Box::new(Sample::new()),
    };
    vec![
        entry('2', "Network", "network"),
        entry('-', "Requests", "requests"),
    ]
}

impl Sample {
    /// An empty one.
    pub(crate) fn new() -> Self {
        Self {
            revision: None,
            table: DataTable::new(vec![
                Column::sign(),
                Column::name("RESOURCE"),
                Column::text("TYPE", Keep::Second),
                Column::text("REGION", Keep::Muted),
                Column::number("TAGS", Keep::Reason),
            ]),
            detail: Detail::new(),
            detailed: None,
            parts: Parts::new(1),
            keys: Vec::new(),
        }
    }

    fn make_rows(&mut self, cx: &Cx<'_>) {
        let mut groups: Vec<Group> = Vec::new();
        let mut names: Vec<String> = Vec::new();
        let mut rows = Vec::new();
        for one in cx.inventory.resources() {
            let name = one.id.resource_group().unwrap_or_default().to_owned();
            let group = names
                .iter()
                .position(|own| *own == name)
                .unwrap_or_else(|| {
                    names.push(name.clone());
                    groups.push(Group {
                        title: Rich::muted(name.clone()),
                        right: Rich::new(),
                    });
                    names.len() - 1
                });
            let sign = if one.issues.is_empty() {
                Sign::Open
            } else {
                Sign::Unknown
            };
            let tags = i64::try_from(one.tags.len()).unwrap_or(0);
            rows.push(TableRow {
                id: Arc::from(one.id.folded()),
                group: Some(group),
                cells: vec![
                    Rich::sign(cx.signs, sign).into(),
                    Rich::plain(one.name.clone()).into(),
                    Rich::muted(one.family.plural()).into(),
                    value::text(cx.signs, &one.location).into(),
                    Cell::number(Rich::plain(tags.to_string()), tags),
                ],
                fault: !one.issues.is_empty(),
            });
        }
        self.table.set_rows(groups, rows);
    }
}

impl Pane for Sample {
    fn update(&mut self, cx: &Cx<'_>) {
        let revision = cx.inventory.snapshot().revision();
        if self.revision != Some(revision) {
            self.revision = Some(revision);
            self.make_rows(cx);
        }
        self.keys = cx.snapshot.slices().map(|(key, _)| key.clone()).collect();
        let selected = self.table.selected_id().cloned();
        let fresh = selected != self.detailed;
        let sections = self.subject(cx).map(|subject| subject.sections);
        self.detail.set(sections.unwrap_or_default(), fresh);
        self.detailed = selected;
    }

    fn actions(&self) -> &[Action] {
        &ACTIONS
    }

    fn on_action(&mut self, action: Action, _: &Cx<'_>) -> Outcome {
        let in_detail = self.parts.has_focus(self.parts.detail());
        let taken = if in_detail {
            self.detail.on_action(action)
        } else {
            self.table.on_action(action)
        };
        if taken || self.parts.on_action(action) {
            Outcome::drawn()
        } else {
            Outcome::ignored()
        }
    }

    fn draw(&self, cx: &Cx<'_>, area: Rect, buffer: &mut Buffer) -> Drawn {
        let mut drawn = Drawn::default();
        let placed = self.parts.place(cx, area, &[Height::Rest]);
        if let Some(area) = placed.views[0] {
            let (listed, _) = self.table.count();
            let facts = Rich::muted(format!("{listed} resources  ")).and(self.table.note());
            let mut inner = Rule::new("Network")
                .facts(facts)
                .right(Rich::muted("by group"))
                .focused(self.parts.has_focus(0))
                .draw(cx, buffer, area);
            for (_, slice) in cx.snapshot.slices() {
                if let Some(issue) = slice.issues.iter().find(|issue| issue.is_about_reading()) {
                    inner = Band::of_issue(cx, issue, slice.phase, "in contoso-dev", "network")
                        .so("No answer here is a guess.")
                        .draw(cx, buffer, inner);
                    break;
                }
            }
            if cx.snapshot.slices().next().is_none() {
                empty(cx, buffer, inner, "No resource was looked for yet.");
            } else if self.table.rows().is_empty() {
                if let Some(words) = cx
                    .snapshot
                    .slices()
                    .find_map(|(_, slice)| value::missing(cx.signs, Some(slice), cx.now))
                {
                    words.draw(buffer, (inner.x + 2, inner.y), inner.width, cx.theme);
                }
            } else {
                drawn.add(
                    self.table
                        .draw(cx, buffer, inner, 0, self.parts.has_focus(0)),
                );
            }
        }
        if let Some(area) = placed.detail {
            let part = self.parts.detail();
            let title = self
                .subject(cx)
                .map_or(String::new(), |subject| subject.title);
            let inner = Rule::new(title)
                .right(Rich::muted("observed"))
                .focused(self.parts.has_focus(part))
                .draw(cx, buffer, area);
            drawn.add(self.detail.draw(cx, buffer, inner, part));
        }
        placed.hairlines(cx, buffer);
        drawn
    }

    fn keep(&mut self, page: Page) {
        if page.part == self.parts.detail() {
            self.detail.keep(page);
        } else {
            self.table.keep(page);
        }
    }

    fn on_pointer(&mut self, pointer: &Pointer, _: &Cx<'_>) -> Outcome {
        self.parts.go(pointer.part);
        if pointer.part == self.parts.detail() {
            point_at_detail(&mut self.detail, pointer)
        } else {
            point_at_table(&mut self.table, pointer)
        }
    }

    fn badge(&self) -> Option<Badge> {
        let count = self.table.rows().iter().filter(|row| row.fault).count();
        (count > 0).then_some(Badge {
            sign: Sign::Unknown,
            count,
        })
    }

    fn keys(&self) -> Vec<Key> {
        self.keys.clone()
    }

    fn subject(&self, cx: &Cx<'_>) -> Option<Subject> {
        let id = self.table.selected_id()?;
        let one = cx
            .inventory
            .resources()
            .find(|one| one.id.folded() == &**id)?;
        Some(Subject {
            title: one.name.clone(),
            id: Some(one.id.clone()),
            answers: vec![Answer {
                title: one.name.clone(),
                raw: Raw::Json(Arc::clone(&one.raw)),
            }],
            copy: vec![CopyItem {
                label: "name".to_owned(),
                text: one.name.clone(),
            }],
            portal: None,
            sections: vec![
                Section::new("").words(Rich::chip(cx.signs, Sign::Open)),
                Section::new("EVIDENCE")
                    .right(Rich::muted("read 12:41:06"))
                    .pair("location", value::text(cx.signs, &one.location))
                    .pair("kind", value::text(cx.signs, &one.kind))
                    .pair("sku", value::text(cx.signs, &one.sku))
                    .pair("managedBy", value::text(cx.signs, &one.managed_by)),
                Section::new("MEND").code(format!(
                    "az resource update --ids {} --set properties.publicNetworkAccess=Disabled",
                    one.id
                )),
            ],
        })
    }

    fn set_filter(&mut self, typed: &str) {
        self.table.set_filter(typed);
    }

    fn filter(&self) -> (String, usize, usize) {
        let (listed, all) = self.table.count();
        (self.table.filter().to_owned(), listed, all)
    }

    fn sort_columns(&self) -> Vec<(usize, String)> {
        self.table.sort_columns()
    }

    fn sort_by(&mut self, column: usize) {
        self.table.sort_by(column);
    }

    fn sorted(&self) -> Option<(usize, bool)> {
        self.table.sorted()
    }

    fn select(&mut self, id: &str) -> bool {
        self.table.select(id)
    }

    fn things(&self) -> Vec<Thing> {
        self.table
            .rows()
            .iter()
            .map(|row| Thing {
                id: row.id.to_string(),
                kind: "resource",
                sign: None,
                name: row.cells[1].rich.text().into_owned(),
                fact: row.cells[2].rich.text().into_owned(),
            })
            .collect()
    }
}

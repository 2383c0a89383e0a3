//! Who gets in, and by which rule: callers against services, as many of both as there is room for.
//!
//! Cells are judged when they come into sight and kept until the rows change; the same rows always
//! give the same cells.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::config::Action;
use crate::ui::cx::{Cx, Drawn, Hit, Page, Target};
use crate::ui::signs::Sign;
use crate::ui::text::{Cut, Rich, cut, put, width};
use crate::ui::theme::Role;
use crate::ui::widgets::window;

use super::rows::{Cell, Rows, judge};
use crate::ui::panes::ways::Who;

/// The margin before the first column.
const MARGIN: u16 = 2;
/// Blanks between columns.
const GAP: u16 = 2;
/// The least and the most that a service's column takes.
const COLUMN: (u16, u16) = (10, 18);
/// The most that the caller's column takes.
const CALLER: u16 = 26;

/// Where a person is in the matrix, and the cells that were judged.
#[derive(Debug, Default)]
pub(crate) struct Matrix {
    caller: Option<Arc<str>>,
    service: Option<Arc<str>>,
    row: usize,
    column: usize,
    top: usize,
    page: usize,
    /// A person has moved in it.
    is_held: bool,
    /// Only a memory of what rows and judgement give; emptied when they change.
    kept: RefCell<Kept>,
}

/// Cells by the places of caller and service.
type Kept = HashMap<(usize, usize), Option<Arc<Cell>>>;

impl Matrix {
    /// Takes over new rows: the selection stays on its caller and its service.
    pub(crate) fn take(&mut self, rows: &Rows) {
        self.kept.get_mut().clear();
        let caller = self
            .caller
            .as_deref()
            .and_then(|id| rows.callers.iter().position(|who| who.id() == id));
        let service = self.service.as_deref().and_then(|id| {
            rows.services
                .iter()
                .position(|one| one.resource.id.as_str() == id)
        });
        self.column = service
            .unwrap_or(self.column)
            .min(rows.services.len().saturating_sub(1));
        self.row = caller
            .unwrap_or(self.row)
            .min(rows.callers.len().saturating_sub(1));
    }

    /// The chosen caller and service, by their places.
    pub(crate) fn chosen(&self) -> (usize, usize) {
        (self.row, self.column)
    }

    /// Puts the selection on a service. Its row is the caller in most trouble when it is another
    /// service than before, and while the first rows are still coming in and nobody has moved.
    pub(crate) fn go_to_service(&mut self, cx: &Cx<'_>, rows: &Rows, id: &str, is_filling: bool) {
        let Some(column) = rows
            .services
            .iter()
            .position(|one| one.resource.id.as_str() == id)
        else {
            return;
        };
        let moved = self.service.as_deref() != Some(id);
        self.column = column;
        if moved || self.caller.is_none() || (!self.is_held && is_filling) {
            self.row = self.telling_row(cx, rows, column);
        }
        self.remember(rows);
    }

    /// The caller that says most of a service: one that is kept out, else one that is not known,
    /// else one that calls it.
    fn telling_row(&self, cx: &Cx<'_>, rows: &Rows, column: usize) -> usize {
        let rank = |row: &usize| {
            let cell = self.cell(cx, rows, (*row, column));
            match cell.as_deref() {
                // An address that was not said tells nothing of the service.
                Some(_)
                    if matches!(rows.callers[*row], Who::You) && cx.judging.client_ip.is_none() =>
                {
                    3
                }
                Some(cell) if cell.basis.is_wanted() => match cell.sign {
                    Sign::Shut => 0,
                    Sign::Unknown => 1,
                    _ if matches!(rows.callers[*row], Who::Service(_)) => 2,
                    _ => 3,
                },
                Some(_) => 4,
                None => 5,
            }
        };
        (0..rows.callers.len()).min_by_key(rank).unwrap_or(0)
    }

    /// Puts the selection on a cell.
    pub(crate) fn go_to(&mut self, rows: &Rows, caller: &str, service: &str) -> bool {
        let row = rows.callers.iter().position(|who| who.id() == caller);
        let column = rows
            .services
            .iter()
            .position(|one| one.resource.id.as_str() == service);
        let (Some(row), Some(column)) = (row, column) else {
            return false;
        };
        (self.row, self.column) = (row, column);
        self.is_held = true;
        self.remember(rows);
        true
    }

    fn remember(&mut self, rows: &Rows) {
        self.caller = rows.callers.get(self.row).map(|who| Arc::from(who.id()));
        self.service = rows
            .services
            .get(self.column)
            .map(|one| Arc::from(one.resource.id.as_str()));
    }

    /// Does what an action means for the matrix. False when it means nothing.
    pub(crate) fn on_action(&mut self, action: Action, rows: &Rows) -> bool {
        let (callers, services) = (rows.callers.len(), rows.services.len());
        if callers == 0 || services == 0 {
            return false;
        }
        self.is_held = true;
        let page = self.page.max(2);
        let row = |row: usize| row.min(callers - 1);
        match action {
            Action::Down => self.row = row(self.row + 1),
            Action::Up => self.row = self.row.saturating_sub(1),
            Action::HalfPageDown => self.row = row(self.row + page / 2),
            Action::HalfPageUp => self.row = self.row.saturating_sub(page / 2),
            Action::PageDown => self.row = row(self.row + page - 1),
            Action::PageUp => self.row = self.row.saturating_sub(page - 1),
            Action::First => self.row = 0,
            Action::Last => self.row = callers - 1,
            Action::Right => self.column = (self.column + 1).min(services - 1),
            Action::Left => self.column = self.column.saturating_sub(1),
            _ => return false,
        }
        self.top = window::top(self.row, self.top, self.page, callers);
        self.remember(rows);
        true
    }

    /// Turns the wheel.
    pub(crate) fn wheel(&mut self, down: bool, rows: &Rows) {
        let action = if down { Action::Down } else { Action::Up };
        self.on_action(action, rows);
    }

    /// Puts the selection on the caller in a line.
    pub(crate) fn select_line(&mut self, line: usize, rows: &Rows) {
        self.row = line.min(rows.callers.len().saturating_sub(1));
        self.remember(rows);
    }

    /// Keeps what only drawing knows.
    pub(crate) fn keep(&mut self, page: Page) {
        (self.page, self.top) = (page.rows, page.top);
    }

    /// One cell.
    pub(crate) fn cell(&self, cx: &Cx<'_>, rows: &Rows, at: (usize, usize)) -> Option<Arc<Cell>> {
        if let Some(known) = self.kept.borrow().get(&at) {
            return known.clone();
        }
        let (who, service) = (rows.callers.get(at.0)?, rows.services.get(at.1)?);
        let cell = judge(
            (cx.inventory, cx.snapshot),
            cx.judging,
            &rows.ways,
            who,
            &service.resource,
        )
        .map(|cell| Arc::new(cell.after(rows.made.get(&at))));
        self.kept.borrow_mut().insert(at, cell.clone());
        cell
    }

    /// How many rows it takes with its rule and its head.
    pub(crate) fn height(rows: &Rows) -> u16 {
        u16::try_from(rows.callers.len() + 2).unwrap_or(u16::MAX)
    }

    /// Which services are in sight, for the rule: `services 1 to 4 of 8`.
    pub(crate) fn note(&self, cx: &Cx<'_>, rows: &Rows, area: Rect) -> Rich {
        let shown = self.columns(cx, rows, area);
        let (Some(first), Some(last)) = (shown.first(), shown.last()) else {
            return Rich::new();
        };
        if shown.len() == rows.services.len() {
            return Rich::new();
        }
        Rich::muted(format!(
            "services {} to {} of {}",
            first.0 + 1,
            last.0 + 1,
            rows.services.len()
        ))
    }

    /// The services in sight: place, offset and width.
    fn columns(&self, cx: &Cx<'_>, rows: &Rows, area: Rect) -> Vec<(usize, u16, u16)> {
        let left = MARGIN + caller_width(cx, rows) + GAP;
        let room = area.width.saturating_sub(left + 2);
        let own = |at: usize| self.column_width(cx, rows, area, at);
        // As far left as the chosen service allows.
        let mut first = 0;
        loop {
            let to_chosen =
                (first..=self.column).fold(0_u16, |sum, at| sum.saturating_add(own(at) + GAP));
            if first >= self.column || to_chosen.saturating_sub(GAP) <= room {
                break;
            }
            first += 1;
        }
        let mut columns = Vec::new();
        let mut x = left;
        for at in first..rows.services.len() {
            let own = own(at);
            if x + own > left + room && !columns.is_empty() {
                break;
            }
            columns.push((at, x, own.min(room)));
            x += own + GAP;
        }
        columns
    }

    fn column_width(&self, cx: &Cx<'_>, rows: &Rows, area: Rect, at: usize) -> u16 {
        let name = rows
            .services
            .get(at)
            .map_or(0, |one| width(&one.resource.name));
        let shown = usize::from(area.height).min(rows.callers.len());
        let words = (self.top..(self.top + shown).min(rows.callers.len()))
            .filter_map(|row| self.cell(cx, rows, (row, at)))
            .map(|cell| width(cell.words) + 2)
            .max()
            .unwrap_or(0);
        name.max(words).clamp(COLUMN.0, COLUMN.1)
    }

    /// Draws head and cells. `focused` says whether the keys go here.
    pub(crate) fn draw(
        &self,
        cx: &Cx<'_>,
        buffer: &mut Buffer,
        area: Rect,
        (part, focused): (usize, bool),
        rows: &Rows,
    ) -> Drawn {
        let mut drawn = Drawn::default();
        if area.height < 2 || area.width < 20 {
            return drawn;
        }
        let body = Rect::new(area.x, area.y + 1, area.width, area.height - 1);
        let height = usize::from(body.height).min(rows.callers.len());
        let top = window::top(self.row, self.top, height, rows.callers.len());
        let columns = self.columns(cx, rows, area);
        put(
            buffer,
            (area.x + MARGIN, area.y),
            "CALLER",
            12,
            cx.theme,
            Role::Muted,
        );
        for (at, x, own) in &columns {
            let name = cut(&rows.services[*at].resource.name, *own, Cut::End);
            let role = if *at == self.column && focused {
                Role::Strong
            } else {
                Role::Muted
            };
            put(buffer, (area.x + x, area.y), &name, *own, cx.theme, role);
        }
        let caller_width = caller_width(cx, rows);
        for (y, row) in (body.y..body.bottom()).zip(top..rows.callers.len()) {
            let chosen = row == self.row;
            let name = caller(cx, &rows.callers[row]);
            let name = if chosen && focused { lift(&name) } else { name };
            if chosen && focused && cx.focused {
                put(buffer, (area.x, y), "▌", 1, cx.theme, Role::Accent);
            }
            name.draw(buffer, (area.x + MARGIN, y), caller_width, cx.theme);
            for (at, x, own) in &columns {
                let place = (area.x + x, y);
                if chosen && *at == self.column {
                    let bright = focused && cx.focused;
                    let role = if bright {
                        Role::RowSelected
                    } else {
                        Role::RowSelectedUnfocused
                    };
                    let ground = Rect::new(place.0 - 1, y, own + 1, 1).intersection(area);
                    buffer.set_style(ground.intersection(buffer.area), cx.theme.style(role));
                }
                let cell = self.cell(cx, rows, (row, *at));
                words(cx, cell.as_deref()).draw(buffer, place, *own, cx.theme);
            }
        }
        window::thumb(cx, buffer, body, top, rows.callers.len());
        drawn.pages.push(Page {
            part,
            top,
            rows: usize::from(body.height),
            of: rows.callers.len(),
        });
        drawn.hits.push(Hit {
            area: body,
            target: Target::Part { part, top },
        });
        for (y, row) in (body.y..body.bottom()).zip(top..rows.callers.len()) {
            for (at, x, own) in &columns {
                let id = format!(
                    "{}|{}",
                    rows.callers[row].id(),
                    rows.services[*at].resource.id
                );
                let place = Rect::new(area.x + x, y, *own, 1).intersection(area);
                drawn.hits.push(Hit {
                    area: place,
                    target: Target::Id(Arc::from(id)),
                });
            }
        }
        drawn
    }
}

/// The words of a cell: a sign and by which rule; only trouble is coloured text.
fn words(cx: &Cx<'_>, cell: Option<&Cell>) -> Rich {
    let Some(cell) = cell else {
        return Rich::sign(cx.signs, Sign::None);
    };
    let role = match cell.sign {
        Sign::Open => Role::Text,
        Sign::Exposure => Role::Exposure,
        sign => sign.word_role(),
    };
    Rich::sign(cx.signs, cell.sign)
        .then(Role::Text, " ")
        .then(role, cell.words)
}

fn lift(name: &Rich) -> Rich {
    name.runs().iter().fold(Rich::new(), |lifted, run| {
        let role = if run.role == Role::Text {
            Role::Strong
        } else {
            run.role
        };
        lifted.then(role, run.text.clone())
    })
}

/// The name of a caller, the person's with the address that is judged for.
fn caller(cx: &Cx<'_>, who: &Who) -> Rich {
    match who {
        Who::You => Rich::plain("you").then(
            Role::Muted,
            cx.judging
                .client_ip
                .map_or("  address not said".to_owned(), |address| {
                    format!("  {address}")
                }),
        ),
        other => Rich::plain(other.name().to_owned()),
    }
}

fn caller_width(cx: &Cx<'_>, rows: &Rows) -> u16 {
    caller(cx, &Who::You)
        .width()
        .max(rows.widest)
        .clamp(8, CALLER)
}

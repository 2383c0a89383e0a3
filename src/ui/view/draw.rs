//! Drawing the screen: the same state always gives the same cells.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::config::Action;
use crate::store::SignInTrouble;
use crate::ui::cx::{Cx, Drawn};
use crate::ui::frame::footer::{self, Left};
use crate::ui::frame::header::Facts;
use crate::ui::frame::tabs::Tab;
use crate::ui::frame::{Areas, LEAST, header, sheet, tabs};
use crate::ui::overlays;
use crate::ui::picker::Picker;
use crate::ui::signs;
use crate::ui::walk;

use super::View;
use super::save::saved_ago;

impl View {
    /// Takes the size of the terminal that the next frame is drawn on.
    pub fn resize(&mut self, area: Rect) {
        self.ground.size = area.as_size();
    }

    /// Keeps what only drawing knows, for the next event.
    pub fn keep(&mut self, drawn: Drawn) {
        for page in &drawn.pages {
            match (&mut self.overlay, &mut self.picker) {
                (Some(overlay), _) => overlay.keep(*page),
                (None, Some(picker)) => picker.keep(*page),
                (None, None) if self.walk.is_some() => {
                    if let Some(walk) = &mut self.walk {
                        walk.keep(*page);
                    }
                }
                (None, None) => {
                    if let Some(seat) = self.seats.get_mut(self.active) {
                        seat.pane.keep(*page);
                    }
                }
            }
        }
        self.drawn = drawn;
    }

    /// Draws everything. `resize` has been called with the size of the same area.
    pub fn draw(&self, area: Rect, buffer: &mut Buffer) -> Drawn {
        let cx = self.ground.cx(self.overlay.is_none());
        buffer.set_style(area, cx.theme.base());
        let drawn = if area.width < LEAST.width || area.height < LEAST.height {
            sheet::more_room(&cx, buffer, area);
            Drawn::default()
        } else {
            self.draw_all(&cx, area, buffer)
        };
        if self.ground.signs.ascii {
            signs::to_ascii(buffer);
        }
        drawn
    }

    /// Why nobody is signed in, when nobody ever was: then there is nothing else to show.
    fn trouble(&self) -> Option<&SignInTrouble> {
        let snapshot = &self.ground.snapshot;
        snapshot
            .sign_in_trouble()
            .filter(|_| snapshot.callers().is_empty())
    }

    fn draw_all(&self, cx: &Cx<'_>, area: Rect, buffer: &mut Buffer) -> Drawn {
        let areas = Areas::of(area);
        let mut drawn = self.draw_frame(cx, &areas, buffer);
        match (&self.picker, self.trouble(), self.seats.get(self.active)) {
            (_, Some(trouble), _) => sheet::not_signed_in(cx, buffer, areas.body, trouble),
            (Some(picker), None, _) => {
                let body = Rect::new(
                    area.x,
                    area.y + 1,
                    area.width,
                    area.height.saturating_sub(2),
                );
                drawn.add(picker.draw(cx, body, buffer));
            }
            (None, None, _) if self.walk.is_some() => {
                if let Some(walk) = &self.walk {
                    drawn.add(walk.draw(cx, areas.tabs.union(areas.body), buffer));
                }
            }
            (None, None, Some(seat)) => drawn.add(seat.pane.draw(cx, areas.body, buffer)),
            (None, None, None) => sheet::no_pane(cx, buffer, areas.body),
        }
        if let Some(overlay) = &self.overlay {
            let above = Rect {
                height: area.height.saturating_sub(1),
                ..area
            };
            overlays::ghost(cx, buffer, above);
            let within = Rect::new(
                area.x,
                area.y + 1,
                area.width,
                area.height.saturating_sub(2),
            );
            drawn = overlay.draw(cx, within, buffer);
        }
        drawn
    }

    fn draw_frame(&self, cx: &Cx<'_>, areas: &Areas, buffer: &mut Buffer) -> Drawn {
        let mut drawn = Drawn::default();
        let took = self
            .took
            .or_else(|| std::time::Duration::try_from(cx.now - self.reading_since?).ok());
        let mut facts = Facts::of(cx, self.saved_at.is_some(), &self.cloud, took);
        if self.is_masked() {
            let level = self.privacy.level();
            facts.masked = Some(format!("masked: {level}"));
        }
        facts.saved = self.saved_at.map(|at| saved_ago(at, self.clock));
        if self.picker.is_some() {
            "choose where to look".clone_into(&mut facts.environment);
            facts.subscription = None;
        }
        header::draw(cx, buffer, areas.header, &facts);
        if self.picker.is_none() && self.walk.is_none() {
            let list: Vec<Tab> = self
                .seats
                .iter()
                .map(|seat| Tab {
                    digit: seat.entry.digit,
                    name: seat.entry.name,
                    badge: seat.pane.badge(),
                })
                .collect();
            drawn.hits = tabs::draw(cx, buffer, areas.tabs, &list, self.active);
        }
        self.draw_footer(cx, areas.footer, buffer);
        drawn
    }

    fn draw_footer(&self, cx: &Cx<'_>, area: Rect, buffer: &mut Buffer) {
        let shown = self.typed.shown();
        if let Some((words, _)) = &self.said {
            let right: &[Action] = if self.walk.is_some() {
                &[Action::Back]
            } else {
                &footer::EVERYWHERE
            };
            return footer::draw(cx, buffer, area, &Left::Words(words), right);
        }
        if !shown.is_empty() {
            return footer::draw(cx, buffer, area, &Left::Words(&shown), &footer::EVERYWHERE);
        }
        if self.privacy.is_pending() {
            let words = "masking everything that was read";
            return footer::draw(cx, buffer, area, &Left::Words(words), &footer::EVERYWHERE);
        }
        let contexts = self.contexts();
        if let Some(overlay) = &self.overlay {
            let left = Left::Keys {
                contexts: &contexts,
                actions: overlay.actions(),
            };
            // Where letters are text, `q` is one.
            let typing = matches!(
                overlay.context(),
                "palette" | "filter" | "explain" | "report"
            );
            let right: &[Action] = if typing { &[] } else { &[Action::Quit] };
            return footer::draw(cx, buffer, area, &left, right);
        }
        if self.trouble().is_some() {
            let left = Left::Keys {
                contexts: &["global"],
                actions: &[Action::Refresh],
            };
            return footer::draw(cx, buffer, area, &left, &footer::EVERYWHERE[1..]);
        }
        if let Some(field) = &self.naming {
            let left = Left::Field {
                prompt: "save as",
                field,
                count: String::new(),
            };
            return footer::draw(cx, buffer, area, &left, &[Action::Enter, Action::Back]);
        }
        if let Some(field) = &self.typing {
            let (_, listed, all) = match (&self.picker, self.seats.get(self.active)) {
                (Some(picker), _) => picker.filter(),
                (None, Some(seat)) => seat.pane.filter(),
                (None, None) => (String::new(), 0, 0),
            };
            let count = format!("{listed} of {all}");
            let left = Left::Field {
                prompt: "/",
                field,
                count,
            };
            let right = [Action::Enter, Action::Back];
            return footer::draw(cx, buffer, area, &left, &right);
        }
        let (actions, right): (&[Action], &[Action]) =
            match (&self.picker, self.seats.get(self.active)) {
                (Some(_), _) => (Picker::ACTIONS, &footer::EVERYWHERE[2..]),
                // On a narrow screen the keys of the walk itself come first.
                (None, _) if self.walk.is_some() && area.width < 100 => {
                    (&walk::ACTIONS, &[Action::Back])
                }
                (None, _) if self.walk.is_some() => (&walk::ACTIONS, &[Action::Help, Action::Back]),
                (None, Some(seat)) => (seat.pane.actions(), &footer::EVERYWHERE),
                (None, None) => (&[], &footer::EVERYWHERE),
            };
        let left = Left::Keys {
            contexts: &contexts,
            actions,
        };
        footer::draw(cx, buffer, area, &left, right);
    }
}

//! The whole screen with every pane on a scene, driven by events: what crosses from one pane to
//! another.

use crossterm::event::{
    Event, KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind,
};
use hopscope::analysis::hop::Judgement;
use hopscope::analysis::hops;
use hopscope::config::Settings;
use hopscope::model::judging::Judging;
use hopscope::store::Inventory;
use hopscope::ui::effect::Effect;
use hopscope::ui::panes::registry;
use hopscope::ui::view::{Setup, View};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use time::UtcOffset;

use super::stage::{NOW, Scene};

/// The whole screen with every pane on a scene.
pub(crate) struct Whole {
    pub(crate) view: View,
    area: Rect,
    pub(crate) judgement: Judgement,
}

impl Whole {
    pub(crate) fn of(scene: &Scene, (width, height): (u16, u16), is_judged: bool) -> Self {
        let judging = Judging {
            client_ip: Some("203.0.113.24".parse().expect("an address")),
            ..Judging::default()
        };
        let mut view = View::new(Setup {
            settings: Settings::shipped("dark").expect("settings"),
            judging: judging.clone(),
            cloud: "AzurePublic".to_owned(),
            portal: "https://portal.azure.com".to_owned(),
            offset: UtcOffset::UTC,
            offline: false,
            pick: false,
            panes: registry(),
            now: NOW,
            masking: None,
        });
        let snapshot = scene.store().snapshot();
        let inventory = Inventory::build(&snapshot);
        let judgement = hops::judge(&inventory, &judging, NOW);
        let revision = snapshot.revision();
        view.take(snapshot, Some(inventory));
        if is_judged {
            view.judge(revision, judgement.clone());
        }
        Self {
            view,
            area: Rect::new(0, 0, width, height),
            judgement,
        }
    }

    pub(crate) fn send(&mut self, event: &Event) -> Vec<Effect> {
        self.text();
        let effects = self.view.on_event(event).effects;
        for effect in &effects {
            if let Effect::Jump { panes, ids } = effect {
                self.view.jump(panes, ids);
            }
        }
        effects
    }

    pub(crate) fn key(&mut self, code: KeyCode) -> Vec<Effect> {
        self.send(&Event::Key(KeyEvent::new(code, KeyModifiers::NONE)))
    }

    pub(crate) fn letter(&mut self, letter: char) -> Vec<Effect> {
        self.key(KeyCode::Char(letter))
    }

    pub(crate) fn click(&mut self, (column, row): (u16, u16)) {
        self.send(&Event::Mouse(MouseEvent {
            kind: MouseEventKind::Down(MouseButton::Left),
            column,
            row,
            modifiers: KeyModifiers::NONE,
        }));
    }

    pub(crate) fn paste(&mut self, text: &str) {
        self.send(&Event::Paste(text.to_owned()));
    }

    pub(crate) fn text(&mut self) -> String {
        self.view.resize(self.area);
        self.view.prepare();
        let mut buffer = Buffer::empty(self.area);
        let drawn = self.view.draw(self.area, &mut buffer);
        self.view.keep(drawn);
        words(&buffer)
    }
}

/// The words of a buffer, line by line, without blanks at the ends.
pub(crate) fn words(buffer: &Buffer) -> String {
    let mut text = String::new();
    for y in 0..buffer.area.height {
        let row = (0..buffer.area.width).map(|x| buffer[(x, y)].symbol());
        text.push_str(row.collect::<String>().trim_end());
        text.push('\n');
    }
    text
}

//! A screen without a loop: news goes in, keys go in, cells come out.

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use hopscope::config::{Depth, Settings};
use hopscope::model::caller::Caller;
use hopscope::model::field::Field;
use hopscope::model::id::{SubscriptionId, TenantId};
use hopscope::model::judging::Judging;
use hopscope::model::scope::Scope;
use hopscope::model::tenancy::Subscription;
use hopscope::store::{Inventory, Store, Update};
use hopscope::ui::effect::{Effect, Outcome};
use hopscope::ui::overlays::json::lay;
use hopscope::ui::view::{Setup, View};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use time::UtcOffset;

use crate::sample;
use crate::world::{NOW, SUBSCRIPTION};

/// A subscription.
pub(crate) fn subscription(id: &str, name: &str) -> Subscription {
    Subscription {
        id: SubscriptionId::new(id),
        display_name: name.to_owned(),
        state: Field::Value("Enabled".to_owned()),
        tenant_id: Some(TenantId::new("7f3e0000-0000-4000-8000-00000000c0d1")),
        managed_by: Vec::new(),
        raw: std::sync::Arc::new(serde_json::json!({})),
    }
}

/// A screen, its store, and the size it is drawn at.
pub(crate) struct Stage {
    pub(crate) view: View,
    pub(crate) store: Store,
    size: Rect,
}

/// What a screen is made from in tests.
pub(crate) fn setup(theme: &str, pick: bool) -> Setup {
    let mut settings = Settings::shipped(theme).unwrap();
    settings.depth = Depth::True;
    Setup {
        settings,
        judging: Judging::default(),
        cloud: "AzurePublic".to_owned(),
        portal: "https://portal.azure.com".to_owned(),
        offset: UtcOffset::UTC,
        offline: false,
        pick,
        panes: sample::entries(),
        now: NOW,
        masking: None,
    }
}

impl Stage {
    /// A dark screen of this size with the sample panes.
    pub(crate) fn new(width: u16, height: u16) -> Self {
        Self::of(setup("dark", false), width, height)
    }

    /// A screen of this size.
    pub(crate) fn of(setup: Setup, width: u16, height: u16) -> Self {
        Self {
            view: View::new(setup),
            store: Store::new(),
            size: Rect::new(0, 0, width, height),
        }
    }

    /// Takes news.
    pub(crate) fn news(&mut self, updates: Vec<Update>) -> &mut Self {
        for update in updates {
            self.store.apply(update);
        }
        self
    }

    /// Someone is signed in and looks at one group; its subscription has been read.
    pub(crate) fn settled(&mut self) -> &mut Self {
        let subscriptions = hopscope::store::Payload::Subscriptions(vec![subscription(
            SUBSCRIPTION,
            "contoso-dev",
        )]);
        let key = hopscope::model::key::Key::Subscriptions(None);
        self.news(crate::world::read(&key, subscriptions))
            .news(vec![
                Update::SignedIn(Caller {
                    user_name: Some("ada@contoso.com".to_owned()),
                    ..Caller::default()
                }),
                Update::Scoped(Scope {
                    subscriptions: vec![SUBSCRIPTION.to_owned()],
                    resource_groups: vec!["rg-rag-poc".to_owned()],
                    ..Scope::default()
                }),
            ])
    }

    /// Presses keys, named as in a keymap file; `effects` of all of them come back.
    pub(crate) fn press(&mut self, keys: &str) -> Vec<Effect> {
        let mut effects = Vec::new();
        for word in keys.split(' ') {
            effects.extend(self.send(&Event::Key(key(word))).effects);
        }
        effects
    }

    /// Sends an event and does what the loop would do about layouts.
    pub(crate) fn send(&mut self, event: &Event) -> Outcome {
        self.draw();
        let outcome = self.view.on_event(event);
        for effect in &outcome.effects {
            match effect {
                Effect::Lay { ticket, raw } => self.view.laid(*ticket, lay(raw)),
                Effect::Say(words) => self.view.say(words.clone()),
                _ => {}
            }
        }
        outcome
    }

    /// The cells of a frame.
    pub(crate) fn draw(&mut self) -> Buffer {
        let snapshot = self.store.snapshot();
        let inventory = Inventory::build(&snapshot);
        self.view.take(snapshot, Some(inventory));
        self.view.resize(self.size);
        self.view.prepare();
        let mut buffer = Buffer::empty(self.size);
        let drawn = self.view.draw(self.size, &mut buffer);
        self.view.keep(drawn);
        buffer
    }

    /// The same screen at another size.
    pub(crate) fn resize(&mut self, width: u16, height: u16) -> &mut Self {
        self.size = Rect::new(0, 0, width, height);
        self
    }

    /// The words of a frame.
    pub(crate) fn text(&mut self) -> String {
        words(&self.draw())
    }
}

/// The words of a buffer, line by line, without blanks at the ends.
pub(crate) fn words(buffer: &Buffer) -> String {
    let mut text = String::new();
    for y in buffer.area.top()..buffer.area.bottom() {
        let row: String = (buffer.area.left()..buffer.area.right())
            .map(|x| buffer[(x, y)].symbol())
            .collect();
        text.push_str(row.trim_end());
        text.push('\n');
    }
    text
}

/// A key by its name.
pub(crate) fn key(word: &str) -> KeyEvent {
    let (modifiers, name) = match word.strip_prefix("ctrl-") {
        Some(name) => (KeyModifiers::CONTROL, name),
        None => (KeyModifiers::NONE, word),
    };
    let mut letters = name.chars();
    let code = match (letters.next(), letters.next()) {
        (Some(letter), None) => KeyCode::Char(letter),
        _ => match name {
            "enter" => KeyCode::Enter,
            "esc" => KeyCode::Esc,
            "tab" => KeyCode::Tab,
            "up" => KeyCode::Up,
            "down" => KeyCode::Down,
            "space" => KeyCode::Char(' '),
            other => panic!("no key is called {other}"),
        },
    };
    KeyEvent::new(code, modifiers)
}

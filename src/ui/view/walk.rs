//! The walk in the frame: opened over the panes, left for the place that proves something, and
//! taken up again where it was left.

use std::sync::Arc;

use crate::analysis::hop::Judgement;
use crate::config::Action;
use crate::model::judging::Judging;
use crate::report::Meta;
use crate::store::Inventory;
use crate::ui::effect::Outcome;
use crate::ui::overlays::json::JsonView;
use crate::ui::walk::{Turn, Walk};

use super::{View, Whence};

impl View {
    /// Opens the walk, or takes it up where it was left.
    pub(super) fn open_walk(&mut self) -> Outcome {
        if self.tours.is_empty() {
            self.say("there is no walk");
            return Outcome::drawn();
        }
        let walk = self
            .parked
            .take()
            .unwrap_or_else(|| Walk::new(Arc::clone(&self.tours), None));
        self.walk = Some(walk);
        Outcome::drawn()
    }

    /// Lays the walk aside: `t` takes it up again.
    pub(super) fn park_walk(&mut self) {
        if let Some(walk) = self.walk.take() {
            self.parked = Some(walk);
        }
    }

    /// What an action means in the walk; none when it is the frame's.
    pub(super) fn in_walk(&mut self, action: Action) -> Option<Outcome> {
        let cx = self.ground.cx(self.overlay.is_none());
        match self.walk.as_mut()?.on_action(action, &cx) {
            Turn::Stay(outcome) => Some(outcome),
            Turn::Leave => {
                self.park_walk();
                Some(Outcome::drawn())
            }
            Turn::Show {
                title,
                answers,
                path,
            } => {
                self.tickets += 1;
                let (view, effect) = JsonView::at(title, answers, self.tickets, &path);
                self.overlay = Some(Box::new(view));
                Some(Outcome::with(effect))
            }
            Turn::Go(effect) => {
                self.park_walk();
                self.trail.leaves_walk = true;
                Some(Outcome::with(effect))
            }
            Turn::Pane(digit) => {
                self.park_walk();
                Some(self.show_from_walk(digit))
            }
            Turn::Ignored => {
                // A pane by its digit lies behind the walk.
                if matches!(action, Action::Screen(_)) {
                    self.park_walk();
                }
                None
            }
        }
    }

    /// Puts a pane in front; `esc` leads back to the walk.
    fn show_from_walk(&mut self, digit: char) -> Outcome {
        let from = Whence {
            seat: self.active,
            is_explained: false,
            is_walked: true,
        };
        let outcome = self.perform(Action::Screen(digit));
        self.trail.came_from.push(from);
        self.trail.has_jumped = true;
        outcome
    }

    /// Everything that a report is made from.
    pub fn report_source(&self) -> (Arc<Inventory>, Arc<Judgement>, Judging, Meta) {
        let ground = &self.ground;
        let meta = Meta {
            generated_at: ground.now,
            cloud: self.cloud.clone(),
        };
        (
            Arc::clone(&ground.inventory),
            Arc::clone(&ground.judgement),
            ground.judging.clone(),
            meta,
        )
    }

    /// Does an action as if its key had been pressed.
    pub fn act(&mut self, action: Action) -> Outcome {
        self.perform(action)
    }
}

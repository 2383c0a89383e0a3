//! What actions mean to the frame: an open box is asked first, then the picker, then the pane, and
//! what none of them takes is done here.

use std::collections::{HashSet, VecDeque};

use crossterm::event::Event;

use crate::config::Action;
use crate::model::ask::Ask;
use crate::ui::effect::{Answer, CopyItem, Effect, Outcome, Subject};
use crate::ui::overlays::choose::{Choice, Choose};
use crate::ui::overlays::describe::Describe;
use crate::ui::overlays::explain::Explain;
use crate::ui::overlays::help::{EVERYWHERE, Help};
use crate::ui::overlays::json::JsonView;
use crate::ui::overlays::palette::{self, Palette};
use crate::ui::overlays::report::Report;
use crate::ui::overlays::{Next, Overlay as _};
use crate::ui::picker::Picker;
use crate::ui::walk;
use crate::ui::widgets::field::Field;

use super::{View, Whence};

/// How many taken entries of the palette are kept.
const EARLIER: usize = 20;

impl View {
    /// Does an action.
    pub(super) fn perform(&mut self, action: Action) -> Outcome {
        // What is asked of the whole program works whatever is open.
        match action {
            Action::Quit => return Outcome::with(Effect::Quit),
            Action::Suspend => return Outcome::with(Effect::Suspend),
            Action::Redraw => return Outcome::with(Effect::Redraw),
            Action::Mouse => return self.toggle_mouse(),
            _ => {}
        }
        let cx = self.ground.cx(self.overlay.is_none());
        if let Some(overlay) = &mut self.overlay {
            let step = overlay.on_action(action, &cx);
            return self.follow(step);
        }
        if self.naming.is_some() {
            return self.while_naming(action);
        }
        let is_back = std::mem::take(&mut self.trail.has_jumped) && action == Action::Back;
        if is_back && self.typing.is_none() && self.picker.is_none() {
            return self.go_back();
        }
        if self.typing.is_some() {
            return self.while_typing(action);
        }
        if let Some(picker) = &mut self.picker {
            let (outcome, done) = picker.on_action(action, &cx);
            if done {
                self.picker = None;
            }
            if outcome.taken {
                return outcome;
            }
            // Panes are not reached through the picker: what is left is the frame's.
            return self.perform_frame(action);
        }
        if self.walk.is_some() {
            return match self.in_walk(action) {
                Some(outcome) => outcome,
                None => self.perform_frame(action),
            };
        }
        if let Some(seat) = self.seats.get_mut(self.active) {
            let outcome = seat.pane.on_action(action, &cx);
            if outcome.taken {
                return outcome;
            }
        }
        self.perform_frame(action)
    }

    /// Closes the box and keeps what is wanted of it: what was typed, and the explanation itself when
    /// a jump begins in it.
    pub(super) fn leave_overlay(&mut self, next: Option<&Next>) {
        let Some(mut overlay) = self.overlay.take() else {
            return;
        };
        let typed = overlay.field().map(|field| field.text().to_owned());
        match (overlay.context(), typed) {
            ("palette", Some(text)) if next.is_some() && !text.is_empty() => {
                self.earlier.retain(|own| *own != text);
                self.earlier.push_front(text);
                self.earlier.truncate(EARLIER);
            }
            ("explain", Some(text)) => {
                self.trail.explained = text;
                if let Some(Next::Do(Effect::Jump { .. })) = next {
                    self.trail.kept = Some(overlay);
                    self.trail.leaves_explained = true;
                }
            }
            _ => {}
        }
    }

    /// Opens the explanation of a message; without one, of the message that was explained last.
    pub(super) fn open_explain(&mut self, pasted: &str) -> Outcome {
        let mut explain = Explain::new(&self.trail.explained);
        if !pasted.trim().is_empty()
            && let Some(field) = explain.field()
        {
            field.on_event(&Event::Paste(pasted.to_owned()));
        }
        explain.on_text(&self.ground.cx(false));
        self.overlay = Some(Box::new(explain));
        Outcome::drawn()
    }

    fn open_report(&mut self) -> Outcome {
        let scope = self.ground.snapshot.scope();
        let name = scope
            .resource_groups
            .first()
            .or(scope.subscriptions.first());
        let name = name.map_or("environment", String::as_str);
        self.overlay = Some(Box::new(Report::new(name)));
        Outcome::drawn()
    }

    fn while_typing(&mut self, action: Action) -> Outcome {
        match action {
            Action::Enter => self.typing = None,
            Action::Back => {
                self.typing = None;
                self.filter("");
            }
            // The rows can be walked while the filter is typed.
            Action::Down | Action::Up | Action::PageDown | Action::PageUp => {
                let typing = self.typing.take();
                let outcome = self.perform(action);
                self.typing = typing;
                return outcome;
            }
            _ => return Outcome::ignored(),
        }
        Outcome::drawn()
    }

    fn toggle_mouse(&mut self) -> Outcome {
        self.mouse = !self.mouse;
        self.say(if self.mouse {
            "mouse on: click a row or a tab, the wheel scrolls"
        } else {
            "mouse off: the terminal selects text again"
        });
        Outcome::with(Effect::Mouse(self.mouse))
    }

    fn perform_frame(&mut self, action: Action) -> Outcome {
        match action {
            Action::Help => self.open_help(),
            Action::Explain => self.open_explain(""),
            Action::Walk if self.picker.is_none() => self.open_walk(),
            Action::Report => self.open_report(),
            Action::Palette => self.open_palette(),
            Action::Filter => {
                let typed = match (&self.picker, self.seats.get(self.active)) {
                    (Some(picker), _) => picker.filter().0,
                    (None, Some(seat)) => seat.pane.filter().0,
                    (None, None) => return Outcome::ignored(),
                };
                self.typing = Some(Field::new(&typed));
                Outcome::drawn()
            }
            Action::Refresh | Action::RefreshAll | Action::Freeze => self.ask(action),
            Action::Privacy => self.next_level(),
            Action::Save => self.open_save(),
            Action::Snapshots => self.open_snapshots(),
            Action::Scope if self.saved_at.is_some() => {
                self.say("this is a snapshot: there is no other place in it");
                Outcome::drawn()
            }
            Action::Scope if self.is_masked() => {
                self.say("places are masked: p unmasks them");
                Outcome::drawn()
            }
            Action::Scope => {
                let mut picker = Picker::new();
                picker.update(&self.ground.cx(true));
                self.picker = Some(picker);
                Outcome::drawn()
            }
            Action::Screen(digit) => self.go(digit),
            Action::Back if !self.trail.came_from.is_empty() => self.go_back(),
            _ if self.picker.is_some() => Outcome::ignored(),
            Action::Sort => self.open_sort(),
            Action::Describe | Action::Json | Action::Copy | Action::Portal => {
                self.with_subject(action)
            }
            _ => Outcome::ignored(),
        }
    }

    fn go(&mut self, digit: char) -> Outcome {
        let Some(at) = self.seats.iter().position(|seat| seat.entry.digit == digit) else {
            return Outcome::ignored();
        };
        // Going to a pane leaves the picker only when there is a place to look at already.
        if self.picker.is_some() {
            return Outcome::ignored();
        }
        let changed = self.active != at;
        self.active = at;
        self.trail.came_from.clear();
        self.trail.kept = None;
        Outcome::taken(changed)
    }

    /// Goes to the first pane that holds one of the things.
    pub fn jump(&mut self, panes: &[char], ids: &[String]) {
        let from = Whence {
            seat: self.active,
            is_explained: std::mem::take(&mut self.trail.leaves_explained),
            is_walked: std::mem::take(&mut self.trail.leaves_walk),
        };
        for id in ids {
            for digit in panes {
                let Some(at) = self
                    .seats
                    .iter()
                    .position(|seat| seat.entry.digit == *digit)
                else {
                    continue;
                };
                if self.seats[at].pane.select(id) {
                    self.active = at;
                    if at != from.seat || from.is_explained || from.is_walked {
                        self.trail.came_from.push(from);
                        self.trail.has_jumped = true;
                    }
                    return;
                }
            }
        }
        if from.is_explained {
            self.overlay = self.trail.kept.take();
        }
        if from.is_walked {
            self.walk = self.parked.take();
        }
        self.say("no pane has a row for it: y shows what Azure sent");
    }

    /// Back to where the person jumped from.
    fn go_back(&mut self) -> Outcome {
        let Some(from) = self.trail.came_from.pop() else {
            return Outcome::ignored();
        };
        self.active = from.seat;
        if from.is_explained {
            self.overlay = self.trail.kept.take();
        }
        if from.is_walked {
            self.walk = self.parked.take();
        }
        Outcome::drawn()
    }

    fn ask(&mut self, action: Action) -> Outcome {
        if self.saved_at.is_some() {
            self.say("this is a snapshot: nothing can be read again");
            return Outcome::drawn();
        }
        if action == Action::Freeze {
            let frozen = !self.ground.snapshot.is_frozen();
            return Outcome::with(Effect::Ask(Ask::Freeze(frozen)));
        }
        if self.ground.snapshot.sign_in_trouble().is_some() {
            self.say("trying to sign in");
            return Outcome::with(Effect::Ask(Ask::SignIn));
        }
        let keys = match self.seats.get(self.active) {
            Some(seat)
                if action == Action::Refresh && self.picker.is_none() && !self.is_masked() =>
            {
                seat.pane.keys()
            }
            _ => Vec::new(),
        };
        if keys.is_empty() {
            self.say("reading everything again");
            return Outcome::with(Effect::Ask(Ask::RefreshAll));
        }
        let count = keys.len();
        self.say(format!(
            "reading {count} {} again",
            if count == 1 { "list" } else { "lists" }
        ));
        Outcome::with(Effect::Ask(Ask::Refresh(keys)))
    }

    fn subject(&self) -> Option<Subject> {
        let seat = self.seats.get(self.active)?;
        seat.pane.subject(&self.ground.cx(true))
    }

    fn with_subject(&mut self, action: Action) -> Outcome {
        let Some(subject) = self.subject() else {
            self.say("nothing is selected");
            return Outcome::drawn();
        };
        match action {
            Action::Describe => {
                self.overlay = Some(Box::new(Describe::new(&subject)));
                Outcome::drawn()
            }
            Action::Json => self.open_json(subject),
            Action::Portal => {
                if let Some(link) = self.portal_link(&subject) {
                    return Outcome::with(Effect::OpenUrl(link));
                }
                self.say(format!("{} has no page in the portal", subject.title));
                Outcome::drawn()
            }
            _ => self.copy(subject),
        }
    }

    fn open_json(&mut self, subject: Subject) -> Outcome {
        let answers: Vec<Answer> = subject.answers;
        if answers.is_empty() {
            self.say(format!("no answer about {} has come yet", subject.title));
            return Outcome::drawn();
        }
        self.tickets += 1;
        let (view, effect) = JsonView::new(subject.title, answers, self.tickets);
        self.overlay = Some(Box::new(view));
        Outcome::with(effect)
    }

    fn copy(&mut self, subject: Subject) -> Outcome {
        let mut items = subject.copy;
        if let Some(id) = &subject.id
            && !items.iter().any(|item| item.text == id.as_str())
        {
            items.push(CopyItem {
                label: "id".to_owned(),
                text: id.as_str().to_owned(),
            });
        }
        let effect = |item: &CopyItem| Effect::Copy {
            label: format!("{} of {}", item.label, subject.title),
            text: item.text.clone(),
        };
        match items.as_slice() {
            [] => {
                self.say(format!("{} has nothing to copy", subject.title));
                Outcome::drawn()
            }
            [one] => Outcome::with(effect(one)),
            several => {
                let choices = several
                    .iter()
                    .map(|item| Choice {
                        label: item.label.clone(),
                        fact: item.text.clone(),
                        next: Next::Do(effect(item)),
                    })
                    .collect();
                self.overlay = Some(Box::new(Choose::new("Copy", choices, 0)));
                Outcome::drawn()
            }
        }
    }

    /// The page of a subject in the portal, in the tenant that is signed in.
    fn portal_link(&self, subject: &Subject) -> Option<String> {
        if subject.portal.is_some() {
            return subject.portal.clone();
        }
        let id = subject.id.as_ref()?;
        let base = self.portal.trim_end_matches('/');
        let tenant = self
            .ground
            .snapshot
            .callers()
            .first()
            .and_then(|caller| caller.tenant.as_ref())
            .map_or(String::new(), |tenant| format!("@{tenant}"));
        Some(format!("{base}/#{tenant}/resource{}", id.as_str()))
    }

    fn open_sort(&mut self) -> Outcome {
        let Some(seat) = self.seats.get(self.active) else {
            return Outcome::ignored();
        };
        let columns = seat.pane.sort_columns();
        if columns.is_empty() {
            return Outcome::ignored();
        }
        let sorted = seat.pane.sorted();
        let at = columns
            .iter()
            .position(|(column, _)| sorted.is_some_and(|(own, _)| own == *column))
            .unwrap_or(0);
        let choices = columns
            .into_iter()
            .map(|(column, label)| Choice {
                label,
                fact: match sorted {
                    Some((own, true)) if own == column => {
                        "largest first: again turns it".to_owned()
                    }
                    Some((own, false)) if own == column => {
                        "smallest first: again turns it".to_owned()
                    }
                    _ => String::new(),
                },
                next: Next::SortBy(column),
            })
            .collect();
        self.overlay = Some(Box::new(Choose::new("Sort by", choices, at)));
        Outcome::drawn()
    }

    fn open_help(&mut self) -> Outcome {
        let screens = self.seats.iter().map(|seat| seat.entry.digit).collect();
        let help = match (&self.picker, self.seats.get(self.active)) {
            (Some(_), _) => Help::new("the picker", "picker", Picker::ACTIONS.to_vec(), Vec::new()),
            (None, _) if self.walk.is_some() => Help::new(
                "the walk",
                walk::CONTEXT,
                walk::ACTIONS.to_vec(),
                Vec::new(),
            ),
            (None, Some(seat)) => {
                let mut offered = seat.pane.actions().to_vec();
                if !offered.contains(&Action::Sort) && !seat.pane.sort_columns().is_empty() {
                    offered.push(Action::Sort);
                }
                offered.push(Action::Filter);
                Help::new(seat.entry.name, seat.entry.context, offered, screens)
            }
            (None, None) => Help::new("hopscope", "global", Vec::new(), screens),
        };
        self.overlay = Some(Box::new(help));
        Outcome::drawn()
    }

    fn open_palette(&mut self) -> Outcome {
        let entries = if self.picker.is_some() {
            self.doable("picker", Picker::ACTIONS)
        } else {
            self.everything()
        };
        let earlier: VecDeque<String> = self.earlier.clone();
        self.overlay = Some(Box::new(Palette::new(entries, earlier)));
        Outcome::drawn()
    }

    /// Things of every pane, the panes, and what can be done.
    fn everything(&self) -> Vec<palette::Entry> {
        let mut entries = Vec::new();
        let mut known: HashSet<(&'static str, String)> = HashSet::new();
        // A thing that several panes show is gone to in the pane in front, or in the first one.
        let front = self.seats.get(self.active).into_iter();
        for seat in front.chain(&self.seats) {
            for thing in seat.pane.things() {
                if !known.insert((thing.kind, thing.id.clone())) {
                    continue;
                }
                entries.push(palette::Entry {
                    kind: thing.kind,
                    sign: thing.sign,
                    name: thing.name,
                    fact: format!("{}{}", thing.fact, behind(&thing.fact, seat.entry.name)),
                    key: String::new(),
                    next: Next::Go {
                        digit: seat.entry.digit,
                        id: thing.id,
                    },
                });
            }
        }
        for seat in &self.seats {
            entries.push(palette::Entry {
                kind: "pane",
                sign: seat.pane.badge().map(|badge| badge.sign),
                name: seat.entry.name.to_owned(),
                fact: String::new(),
                key: seat.entry.digit.to_string(),
                next: Next::Act(Action::Screen(seat.entry.digit)),
            });
        }
        let (context, actions) = match self.seats.get(self.active) {
            Some(seat) => (seat.entry.context, seat.pane.actions()),
            None => ("global", &[][..]),
        };
        entries.extend(self.doable(context, actions));
        entries
    }

    fn doable(&self, context: &'static str, actions: &[Action]) -> Vec<palette::Entry> {
        let mut seen: Vec<Action> = Vec::new();
        let mut entries = Vec::new();
        let common = [Action::Filter, Action::Sort];
        for action in actions.iter().chain(&common).chain(&EVERYWHERE) {
            let moves = matches!(
                action,
                Action::Down
                    | Action::Up
                    | Action::Left
                    | Action::Right
                    | Action::Back
                    | Action::PageDown
                    | Action::PageUp
                    | Action::Palette
            );
            if moves || seen.contains(action) {
                continue;
            }
            seen.push(*action);
            let binding = self.ground.keymap.binding_of(&[context, "global"], *action);
            entries.push(palette::Entry {
                kind: "do",
                sign: None,
                name: binding.map_or_else(|| action.to_string(), |binding| binding.desc.clone()),
                fact: String::new(),
                key: binding.map_or_else(String::new, crate::config::keymap::Binding::label),
                next: Next::Act(*action),
            });
        }
        entries
    }
}

/// The pane a thing is in, after its second fact.
fn behind(fact: &str, pane: &str) -> String {
    if fact.is_empty() {
        pane.to_owned()
    } else {
        format!(" · {pane}")
    }
}

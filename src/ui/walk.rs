//! The walk (`t`): one step after the other, each a plain sentence, a picture drawn from this very
//! environment, what to say honestly, and the questions that are likely to come.
//!
//! A step that does not hold says so and leads to its findings. `enter` opens the property behind the
//! chosen sign, as Azure sent it; `esc` comes back to the step. Text is data
//! ([`crate::model::tour`]), whether it holds is [`crate::analysis::tour`]'s; here it is drawn.

mod body;
mod draw;
mod picture;

use std::sync::Arc;

use ratatui::layout::Size;

use crate::analysis::benefits::Stand;
use crate::analysis::evidence::Evidence;
use crate::analysis::hop::Judgement;
use crate::analysis::tour::{self, Look};
use crate::analysis::verdict::Verdict;
use crate::config::Action;
use crate::model::tour::{Step, Tour};
use crate::ui::cx::{Cx, Gesture, Page};
use crate::ui::effect::{Answer, Effect, Outcome, Raw};
use crate::ui::panes::map::finding_sign;
use crate::ui::signs::{self, Sign, Signs};
use crate::ui::widgets::window;

use body::Body;

/// The context of its keys.
pub const CONTEXT: &str = "walk";

/// What can be done in it.
pub const ACTIONS: [Action; 9] = [
    Action::Right,
    Action::Left,
    Action::Enter,
    Action::Notes,
    Action::Privacy,
    Action::Down,
    Action::NextView,
    Action::Freeze,
    Action::Back,
];

/// What stands before the number of a sign in what a click means.
const SIGN: &str = "sign:";

/// What lies behind a sign.
#[derive(Clone, Debug, PartialEq)]
enum Proof {
    /// Properties that were read.
    Evidence {
        title: String,
        evidence: Vec<Evidence>,
    },
    /// A finding, by what its pane calls it.
    Finding(String),
    /// A call.
    Hop(String),
    /// A pane that shows more of it.
    Pane(char),
}

/// What follows a key in the walk.
#[derive(Clone, Debug, PartialEq)]
pub enum Turn {
    /// The action means nothing here.
    Ignored,
    /// The walk stays.
    Stay(Outcome),
    /// The person leaves.
    Leave,
    /// The answer behind a sign is shown, at a path.
    Show {
        /// What it is called.
        title: String,
        /// The answers.
        answers: Vec<Answer>,
        /// Where to begin in the first one.
        path: String,
    },
    /// A row of a pane is shown; `esc` leads back here.
    Go(Effect),
    /// A pane is shown; `esc` leads back here.
    Pane(char),
}

/// What the body was made from.
struct Stamp {
    judgement: Arc<Judgement>,
    revision: u64,
    size: Size,
    signs: Signs,
    place: (usize, usize),
    notes: bool,
}

impl Stamp {
    fn is(&self, other: &Self) -> bool {
        let facts = |own: &Self| (own.revision, own.size, own.signs, own.place, own.notes);
        Arc::ptr_eq(&self.judgement, &other.judgement) && facts(self) == facts(other)
    }
}

/// The walk.
pub struct Walk {
    tours: Arc<[Tour]>,
    tour: usize,
    step: usize,
    /// The chosen sign.
    at: usize,
    /// Whether notes are shown; until a person says it, where there is room.
    notes: Option<bool>,
    top: usize,
    rows: usize,
    body: Body,
    signs: Vec<Sign>,
    stamp: Option<Stamp>,
    /// What the signs were made from: a judgement, whether all of it is read, and which walk.
    judged: Option<(Arc<Judgement>, bool, usize)>,
}

impl Walk {
    /// A walk at its first step: the one of this name, else the first one.
    pub fn new(tours: Arc<[Tour]>, name: Option<&str>) -> Self {
        let tour = name
            .and_then(|name| tours.iter().position(|one| one.name == name))
            .unwrap_or(0);
        Self {
            tours,
            tour,
            step: 0,
            at: 0,
            notes: None,
            top: 0,
            rows: 10,
            body: Body::default(),
            signs: Vec::new(),
            stamp: None,
            judged: None,
        }
    }

    /// The same place, with nothing made of what is shown.
    #[must_use]
    pub fn anew(&self) -> Self {
        Self {
            tour: self.tour,
            step: self.step,
            at: self.at,
            notes: self.notes,
            ..Self::new(Arc::clone(&self.tours), None)
        }
    }

    fn tour(&self) -> Option<&Tour> {
        self.tours.get(self.tour)
    }

    fn step(&self) -> Option<&Step> {
        self.tour()?.steps.get(self.step)
    }

    /// Takes over what has changed.
    pub fn update(&mut self, cx: &Cx<'_>) {
        let notes = self
            .notes
            .unwrap_or(cx.size.width >= 140 && cx.size.height >= 36);
        let stamp = Stamp {
            judgement: Arc::clone(cx.judgement),
            revision: cx.inventory.snapshot().revision(),
            size: cx.size,
            signs: cx.signs,
            place: (self.tour, self.step),
            notes,
        };
        if self.stamp.as_ref().is_some_and(|own| own.is(&stamp)) {
            return;
        }
        self.stamp = Some(stamp);
        self.judge_steps(cx);
        let body = match self.step() {
            Some(step) => body::of(cx, step, notes),
            None => Body::default(),
        };
        self.body = body;
        // Before the first judgement there is hardly a sign: the chosen one is still to come.
        if cx.judged.is_some() {
            self.at = self.at.min(self.body.proofs.len().saturating_sub(1));
        }
    }

    /// The signs of all steps, made anew only when there is a new judgement.
    fn judge_steps(&mut self, cx: &Cx<'_>) {
        let is_reading = cx.inventory.snapshot().is_reading();
        let known = self.judged.as_ref().is_some_and(|(judgement, was, tour)| {
            Arc::ptr_eq(judgement, cx.judgement) && (*was, *tour) == (is_reading, self.tour)
        });
        if known {
            return;
        }
        self.judged = Some((Arc::clone(cx.judgement), is_reading, self.tour));
        let steps = self.tour().map_or(&[][..], |tour| tour.steps.as_slice());
        self.signs = steps
            .iter()
            .map(|step| step_sign(step, &tour::look(cx.inventory, cx.judgement, step)))
            .collect();
    }

    fn go(&mut self, step: usize) -> Turn {
        let count = self.tour().map_or(0, |tour| tour.steps.len());
        let step = step.min(count.saturating_sub(1));
        let moved = step != self.step;
        (self.step, self.at, self.top) = (step, 0, 0);
        Turn::Stay(Outcome::taken(moved))
    }

    fn scroll(&mut self, top: usize) -> Turn {
        let moves = top != self.top;
        self.top = top;
        Turn::Stay(Outcome::taken(moves))
    }

    fn choose(&mut self, at: usize) -> Turn {
        let last = self.body.proofs.len().saturating_sub(1);
        let moved = at.min(last) != self.at;
        self.at = at.min(last);
        if moved {
            let line = self.body.line_of(self.at);
            self.top = window::top(line, self.top, self.rows, self.body.lines.len());
            return Turn::Stay(Outcome::drawn());
        }
        // At either end the text itself is moved, so that all of it can be read.
        let furthest = self.body.lines.len().saturating_sub(self.rows);
        self.scroll(if at == 0 { 0 } else { furthest })
    }

    /// Does what an action means here.
    pub fn on_action(&mut self, action: Action, cx: &Cx<'_>) -> Turn {
        self.update(cx);
        let page = self.rows.max(2) - 1;
        let furthest = self.body.lines.len().saturating_sub(self.rows);
        match action {
            Action::PageDown | Action::HalfPageDown => self.scroll((self.top + page).min(furthest)),
            Action::PageUp | Action::HalfPageUp => self.scroll(self.top.saturating_sub(page)),
            Action::Right => self.go(self.step + 1),
            Action::Left => self.go(self.step.saturating_sub(1)),
            Action::First => self.go(0),
            Action::Last => self.go(usize::MAX),
            Action::Screen(digit) => match digit.to_digit(10) {
                Some(number) if number > 0 => {
                    self.go(usize::try_from(number).unwrap_or(1).saturating_sub(1))
                }
                _ => Turn::Ignored,
            },
            Action::Down | Action::NextPart => self.choose(self.at + 1),
            Action::Up | Action::PreviousPart => self.choose(self.at.saturating_sub(1)),
            Action::Notes => {
                let shown = self.stamp.as_ref().is_some_and(|stamp| stamp.notes);
                self.notes = Some(!shown);
                Turn::Stay(Outcome::drawn())
            }
            Action::NextView | Action::PreviousView if self.tours.len() > 1 => {
                let by = if action == Action::NextView {
                    1
                } else {
                    self.tours.len() - 1
                };
                self.tour = (self.tour + by) % self.tours.len();
                self.step = 0;
                (self.at, self.top) = (0, 0);
                Turn::Stay(Outcome::drawn())
            }
            Action::Enter | Action::Json | Action::Describe => self.open(cx),
            Action::Back | Action::Walk => Turn::Leave,
            _ => Turn::Ignored,
        }
    }

    /// Opens what lies behind the chosen sign.
    fn open(&self, cx: &Cx<'_>) -> Turn {
        let jump = |pane: char, id: &str| {
            Turn::Go(Effect::Jump {
                panes: vec![pane],
                ids: vec![id.to_owned()],
            })
        };
        match self.body.proofs.get(self.at) {
            None => Turn::Stay(Outcome::with(Effect::Say(
                "this step has no sign to open".to_owned(),
            ))),
            Some(Proof::Finding(id)) => jump('0', id),
            Some(Proof::Hop(id)) => jump('1', id),
            Some(Proof::Pane(digit)) => Turn::Pane(*digit),
            Some(Proof::Evidence { title, evidence }) => shown(cx, title, evidence),
        }
    }

    /// A click on a sign chooses it. False when it is none of this step.
    pub fn select(&mut self, id: &str) -> bool {
        let number = id.strip_prefix(SIGN).and_then(|text| text.parse().ok());
        let found = number.filter(|at| *at < self.body.proofs.len());
        if let Some(at) = found {
            self.at = at;
        }
        found.is_some()
    }

    /// The wheel moves the text.
    pub fn on_pointer(&mut self, what: Gesture) -> Outcome {
        let furthest = self.body.lines.len().saturating_sub(self.rows);
        let top = match what {
            Gesture::Click => return Outcome::ignored(),
            Gesture::WheelDown => (self.top + 3).min(furthest),
            Gesture::WheelUp => self.top.saturating_sub(3),
        };
        let moves = top != self.top;
        self.top = top;
        Outcome::taken(moves)
    }

    /// Keeps what only drawing knows.
    pub fn keep(&mut self, page: Page) {
        (self.top, self.rows) = (page.top, page.rows);
    }
}

/// The bodies that evidence stands in, the most telling one first.
fn shown(cx: &Cx<'_>, title: &str, evidence: &[Evidence]) -> Turn {
    let mut order: Vec<&Evidence> = evidence.iter().collect();
    order.sort_by_key(|one| one.says_little());
    let mut answers: Vec<Answer> = Vec::new();
    let mut path = String::new();
    for one in order {
        let Some(resource) = cx.inventory.resource(&one.resource) else {
            continue;
        };
        if answers.iter().any(|answer| answer.title == resource.name) {
            continue;
        }
        if answers.is_empty() {
            path = one.path.to_string();
        }
        answers.push(Answer {
            title: resource.name.clone(),
            raw: Raw::Json(Arc::clone(&resource.raw)),
        });
    }
    // What was searched, and is no property of a resource: the list as it was answered.
    if answers.is_empty()
        && let Some(one) = evidence.first()
    {
        path = one.path.to_string();
        let value = one.value.clone().unwrap_or_default();
        answers.push(Answer {
            title: one.resource.name().to_owned(),
            raw: Raw::Json(Arc::new(serde_json::json!({ path.as_str(): value }))),
        });
    }
    if answers.is_empty() {
        let words = format!("no answer about {title} has come yet");
        return Turn::Stay(Outcome::with(Effect::Say(words)));
    }
    Turn::Show {
        title: title.to_owned(),
        answers,
        path,
    }
}

/// The sign of a step: a benefit holds or does not, calls work or do not, and what is only to be
/// considered has the sign of the worst that was found.
fn step_sign(step: &Step, look: &Look<'_>) -> Sign {
    if !step.claim {
        let worst = look.against.iter().map(|one| finding_sign(one)).min();
        return worst.unwrap_or(Sign::Note);
    }
    match (look.stand, look.worst) {
        (Stand::Against, Some(Verdict::Shut)) if step.benefit.is_none() => Sign::Shut,
        (Stand::Against, _) if step.benefit.is_none() => Sign::AtRisk,
        (stand, _) => signs::of_stand(stand),
    }
}

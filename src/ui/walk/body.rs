//! A step as lines: the sentence, the picture, what stands against it, the notes. Each sign that
//! something lies behind is a spot that can be chosen.

use crate::analysis::benefits::Stand;
use crate::analysis::hop::Finding;
use crate::analysis::tour::{self, Look};
use crate::analysis::verdict::Verdict;
use crate::model::tour::{Meant, Step};
use crate::ui::cx::Cx;
use crate::ui::panes::map::{end_name, finding_sign};
use crate::ui::signs::Sign;
use crate::ui::text::{Rich, width, wrap};
use crate::ui::theme::Role;

use super::{Proof, picture, step_sign as sign};

/// How many findings are shown that stand against a step.
const FINDINGS: usize = 6;
/// The widest a step is drawn.
pub(super) const WIDEST: u16 = 132;

/// Where a sign stands on its line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Spot {
    /// Its column, from the left edge of the body.
    pub(super) x: u16,
    /// How many cells it takes with its words.
    pub(super) width: u16,
    /// What lies behind it.
    pub(super) proof: usize,
}

/// One line.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Line {
    /// The words.
    pub(super) words: Rich,
    /// The signs on it.
    pub(super) spots: Vec<Spot>,
    /// Whether it begins a new part: a rule with this on its right.
    pub(super) rule: Option<&'static str>,
}

impl Line {
    pub(super) fn of(words: Rich) -> Self {
        Self {
            words,
            ..Self::default()
        }
    }
}

/// A step, laid out.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Body {
    /// Its lines.
    pub(super) lines: Vec<Line>,
    /// What lies behind its signs.
    pub(super) proofs: Vec<Proof>,
}

impl Body {
    /// The line that a sign stands on.
    pub(super) fn line_of(&self, proof: usize) -> usize {
        self.lines
            .iter()
            .position(|line| line.spots.iter().any(|spot| spot.proof == proof))
            .unwrap_or(0)
    }

    pub(super) fn blank(&mut self) {
        self.lines.push(Line::default());
    }

    pub(super) fn words(&mut self, words: Rich) {
        self.lines.push(Line::of(words));
    }

    /// Remembers what lies behind a sign.
    pub(super) fn proof(&mut self, proof: Proof) -> usize {
        self.proofs.push(proof);
        self.proofs.len() - 1
    }

    /// A paragraph behind a sign, its lines below each other.
    fn paragraph(&mut self, first: &Rich, text: &str, room: u16, role: Role) {
        let indent = first.width();
        for (at, line) in wrap(text, room.saturating_sub(indent))
            .into_iter()
            .enumerate()
        {
            let start = if at == 0 {
                first.clone()
            } else {
                Rich::plain(" ".repeat(usize::from(indent)))
            };
            self.words(start.then(role, line));
        }
    }
}

/// How wide a step is drawn.
pub(super) fn room(cx: &Cx<'_>) -> u16 {
    cx.size.width.saturating_sub(4).min(WIDEST)
}

/// Lays a step out.
pub(super) fn of(cx: &Cx<'_>, step: &Step, notes: bool) -> Body {
    let room = room(cx);
    let look = tour::look(cx.inventory, cx.judgement, step);
    let mut body = Body::default();
    for line in wrap(&step.sentence, room) {
        body.words(Rich::strong(line));
    }
    let is_tight = cx.size.height < 30;
    if !is_tight {
        body.blank();
    }
    for line in wrap(&step.text, room.min(124)) {
        body.words(Rich::plain(line));
    }
    body.blank();
    stands(cx, &mut body, step, &look, room);
    picture::draw(cx, &mut body, step, &look, room);
    if notes {
        honest(cx, &mut body, step, room);
    }
    body
}

/// Whether the step holds here, and what stands against it.
fn stands(cx: &Cx<'_>, body: &mut Body, step: &Step, look: &Look<'_>, room: u16) {
    let is_benefit = step.benefit.is_some();
    let (label, words) = match look.stand {
        Stand::Against => {
            let count = look.against.len();
            let noun = if count == 1 { "finding" } else { "findings" };
            let label = match (step.claim, is_benefit, look.worst) {
                (false, ..) => "Seen here",
                (true, true, _) => "It does not hold here",
                (true, false, Some(Verdict::Shut)) => "It does not work here",
                (true, false, _) => "It works here, and is at risk",
            };
            (label, format!("  {count} {noun}"))
        }
        Stand::Unknown => (
            if is_benefit {
                "It cannot be told whether it holds here"
            } else {
                "It cannot be told whether it works here"
            },
            "  something that it leans on was refused or failed".to_owned(),
        ),
        Stand::Reading => ("Still reading", String::new()),
        Stand::Holds if is_benefit => ("It holds here", String::new()),
        Stand::Holds => ("It works here", String::new()),
        Stand::Nothing => return,
    };
    let hidden = match look.hidden {
        0 => String::new(),
        count => format!("  {count} set aside by the config file"),
    };
    body.words(
        Rich::sign(cx.signs, sign(step, look))
            .then(Role::Strong, format!(" {label}"))
            .then(Role::Muted, words)
            .then(Role::Muted, hidden),
    );
    let most = if cx.size.height < 36 { 3 } else { FINDINGS };
    // One that would be left over alone is shown as well.
    let shown = if look.against.len() == most + 1 {
        most + 1
    } else {
        most
    };
    for finding in look.against.iter().take(shown) {
        let id = finding_id(&cx.judgement.findings, finding);
        let about = end_name(cx, &finding.resource);
        let words = Rich::plain("  ")
            .and(Rich::sign(cx.signs, finding_sign(finding)))
            .then(Role::Text, format!(" {}", finding.title))
            .then(Role::Muted, format!("  {about}"));
        let proof = body.proof(Proof::Finding(id));
        let spot = Spot {
            x: 2,
            width: words.width().saturating_sub(2).min(room),
            proof,
        };
        body.lines.push(Line {
            words,
            spots: vec![spot],
            rule: None,
        });
    }
    if let Some(next) = look.against.get(shown) {
        let id = finding_id(&cx.judgement.findings, next);
        let words = format!("and {} more", look.against.len() - shown);
        let proof = body.proof(Proof::Finding(id));
        body.lines.push(Line {
            spots: vec![Spot {
                x: 4,
                width: width(&words),
                proof,
            }],
            words: Rich::muted(format!("    {words}")),
            rule: None,
        });
    }
    body.blank();
}

/// What the Findings pane calls a finding: one rule may say several things of one resource.
fn finding_id(all: &[Finding], finding: &Finding) -> String {
    let name = format!("{}|{}", finding.rule, finding.resource);
    let is_same = |one: &&Finding| one.rule == finding.rule && one.resource == finding.resource;
    let times = all
        .iter()
        .filter(is_same)
        .position(|one| std::ptr::eq(one, finding));
    match times {
        Some(times) if times > 0 => format!("{name}|{}", times + 1),
        _ => name,
    }
}

/// What to say, and what will be asked.
fn honest(cx: &Cx<'_>, body: &mut Body, step: &Step, room: u16) {
    if step.say.is_empty() && step.ask.is_empty() {
        return;
    }
    body.lines.push(Line {
        words: Rich::strong(if step.say.is_empty() {
            "Be ready for"
        } else {
            "Say it honestly"
        }),
        spots: Vec::new(),
        rule: Some("speaker notes"),
    });
    for say in &step.say {
        let meant = match say.sign {
            Meant::Exposure => Sign::Exposure,
            Meant::Note => Sign::Note,
            Meant::Keep => Sign::Keep,
        };
        let first = Rich::sign(cx.signs, meant).then(Role::Text, " ");
        body.paragraph(&first, &say.text, room, Role::Text);
    }
    for (at, ask) in step.ask.iter().enumerate() {
        if at > 0 || !step.say.is_empty() {
            body.blank();
        }
        let label = "Likely question  ";
        let first = Rich::strong(label.trim_end()).then(Role::Text, "  ");
        body.paragraph(&first, &ask.question, room, Role::Muted);
        let indent = " ".repeat(usize::from(width(label)));
        body.paragraph(&Rich::plain(indent), &ask.answer, room, Role::Text);
    }
    body.blank();
}

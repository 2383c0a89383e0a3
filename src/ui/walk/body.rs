//! A step as lines: the sentence, the picture, what stands against it, the notes. Each sign that
//! something lies behind is a spot that can be chosen.

use crate::analysis::benefits::{Held, Stand};
use crate::analysis::hop::{Finding, Hop};
use crate::analysis::tour::{self, Look};
use crate::analysis::verdict::Verdict;
use crate::config::Action;
use crate::model::tour::{Meant, Step};
use crate::ui::cx::Cx;
use crate::ui::frame::tally;
use crate::ui::panes::map::{end_name, finding_sign};
use crate::ui::signs::Sign;
use crate::ui::text::{Rich, width, wrap};
use crate::ui::theme::Role;

use super::{Proof, picture, step_sign as sign};

/// How many findings are shown that stand against a step.
const FINDINGS: usize = 6;
/// The widest a step is drawn.
pub(super) const WIDEST: u16 = 132;
/// The longest line of a paragraph.
const WORDS: u16 = 124;

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
    pub(super) rule: Option<String>,
    /// Whether it is the blank between two parts, which is doubled where there is room.
    pub(super) is_gap: bool,
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

    /// Ends a part.
    pub(super) fn gap(&mut self) {
        self.close();
        self.lines.push(Line {
            is_gap: true,
            ..Line::default()
        });
    }

    /// Takes back the end of a part: something belongs to it still.
    pub(super) fn close(&mut self) {
        while self.lines.last().is_some_and(|line| line.is_gap) {
            self.lines.pop();
        }
    }

    /// Gives parts more air where all of it can be seen at once.
    fn air(&mut self, rows: usize) {
        let gaps = self.lines.iter().filter(|line| line.is_gap).count();
        if self.lines.len() + gaps > rows {
            return;
        }
        self.lines = std::mem::take(&mut self.lines)
            .into_iter()
            .flat_map(|line| {
                let more = line.is_gap.then(Line::default);
                more.into_iter().chain([line])
            })
            .collect();
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
    for line in wrap(&step.text, room.min(WORDS)) {
        body.words(Rich::plain(line));
    }
    body.gap();
    stands(cx, &mut body, step, &look, room);
    picture::draw(cx, &mut body, step, &look, room);
    if notes {
        honest(cx, &mut body, step, room);
    }
    body.close();
    let rows = super::draw::rows(cx);
    if notes {
        on_demand(cx, &mut body, rows);
    }
    body.air(rows);
    body
}

/// How a proof is opened, where there is room to say it.
fn on_demand(cx: &Cx<'_>, body: &mut Body, rows: usize) {
    let Some(key) = cx.key_of(super::CONTEXT, Action::Enter) else {
        return;
    };
    if !body.proofs.is_empty() && body.lines.len() + 2 <= rows {
        body.blank();
        body.words(
            Rich::muted("Proof on demand:  ")
                .then(Role::Strong, key)
                .then(
                    Role::Muted,
                    " opens what lies behind a sign, as Azure sent it.",
                ),
        );
    }
}

/// Whether the step holds here, and what stands against it.
fn stands(cx: &Cx<'_>, body: &mut Body, step: &Step, look: &Look<'_>, room: u16) {
    let held = tour::benefit(step).and_then(|own| cx.judgement.benefit(own));
    let is_benefit = step.benefit.is_some();
    let mut proof = None;
    let (label, mut facts) = match look.stand {
        Stand::Against => {
            let label = match (step.claim, is_benefit, look.worst) {
                (false, ..) => "Seen here",
                (true, true, _) => "It does not hold here",
                (true, false, Some(Verdict::Shut)) => "It does not work here",
                (true, false, _) => "It works here, and is at risk",
            };
            let count = match look.against.len() {
                0 => None,
                1 => Some("1 finding".to_owned()),
                count => Some(format!("{count} findings")),
            };
            (label, Vec::from_iter(count))
        }
        Stand::Unknown => {
            let label = if is_benefit {
                "It cannot be told whether it holds here"
            } else {
                "It cannot be told whether it works here"
            };
            let (why, pane) = unknown(cx, step, look);
            proof = pane.map(Proof::Pane);
            (label, vec![why])
        }
        Stand::Reading => {
            let counts = cx.snapshot.counts();
            let words = format!("{} of {} readings answered", counts.answered, counts.asked);
            ("Still reading", vec![words])
        }
        Stand::Holds if is_benefit => ("It holds here", Vec::new()),
        Stand::Holds => ("It works here", Vec::new()),
        Stand::Nothing => {
            works(cx, body, step, look, room);
            return;
        }
    };
    facts.extend(held.and_then(Held::figure));
    if look.hidden > 0 {
        facts.push(format!("{} set aside by the config file", look.hidden));
    }
    let start = Rich::sign(cx.signs, sign(step, look)).then(Role::Strong, format!(" {label}"));
    let facts = facts.join(" · ");
    // What does not fit beside goes below.
    let beside = start.width() + 2 + width(&facts) <= room;
    let spot = |x: u16, words: &str, body: &mut Body| {
        proof.clone().map(|proof| Spot {
            x,
            width: width(words),
            proof: body.proof(proof),
        })
    };
    if beside {
        let spot = spot(start.width() + 2, &facts, body);
        body.lines.push(Line {
            words: start.then(Role::Text, "  ").then(Role::Muted, facts),
            spots: spot.into_iter().collect(),
            ..Line::default()
        });
    } else {
        body.words(start);
        for line in wrap(&facts, room.saturating_sub(2)) {
            let spot = spot(2, &line, body);
            body.lines.push(Line {
                words: Rich::plain("  ").then(Role::Muted, line),
                spots: spot.into_iter().collect(),
                ..Line::default()
            });
        }
    }
    let most = if cx.size.height < 36 { 3 } else { FINDINGS };
    listed(cx, body, &look.against, most, room);
    works(cx, body, step, look, room);
    body.gap();
}

/// Whether the calls of a benefit get through, where not all of them do: the other question.
fn works(cx: &Cx<'_>, body: &mut Body, step: &Step, look: &Look<'_>, room: u16) {
    let Some(worst) = look.worst.filter(|worst| *worst != Verdict::Open) else {
        return;
    };
    let sign = tally::sign(worst, tally::is_reading(cx.inventory));
    if !step.claim || step.benefit.is_none() || sign == Sign::Reading {
        return;
    }
    let is_worst = |hop: &&&Hop| tour::verdict(step, hop) == Some(worst);
    let count = look.hops.iter().filter(is_worst).count();
    let all = look.hops.len();
    let label = match worst {
        Verdict::Shut => "Not every call gets through",
        Verdict::AtRisk => "Not every call is safe to last",
        Verdict::Unknown | Verdict::Open => "Not every call can be judged",
    };
    body.words(
        Rich::sign(cx.signs, sign)
            .then(Role::Strong, format!(" {label}"))
            .then(Role::Muted, format!("  {count} of {all} {}", worst.word())),
    );
    listed(cx, body, &look.broken, 2, room);
}

/// Why it cannot be told, and the pane that shows it.
fn unknown(cx: &Cx<'_>, step: &Step, look: &Look<'_>) -> (String, Option<char>) {
    let calls = look
        .hops
        .iter()
        .filter(|hop| tour::verdict(step, hop) == Some(Verdict::Unknown))
        .count();
    let counts = cx.snapshot.counts();
    let missing = counts.denied + counts.failed;
    // Of a benefit the calls are the other question, told below.
    if calls > 0 && step.benefit.is_none() {
        let all = look.hops.len();
        let words = if all == 1 {
            "the one call that it is about cannot be judged".to_owned()
        } else {
            format!("{calls} of {all} calls cannot be judged")
        };
        (words, None)
    } else if missing > 0 {
        let noun = if missing == 1 {
            "reading was"
        } else {
            "readings were"
        };
        let words = format!("{missing} {noun} refused or failed: nothing found is no proof");
        (words, Some('-'))
    } else {
        ("what it leans on is not known".to_owned(), None)
    }
}

/// Findings, a line each, and how many more there are.
fn listed(cx: &Cx<'_>, body: &mut Body, findings: &[&Finding], most: usize, room: u16) {
    // One that would be left over alone is shown as well.
    let shown = if findings.len() == most + 1 {
        most + 1
    } else {
        most
    };
    for finding in findings.iter().take(shown) {
        let id = finding_id(&cx.judgement.findings, finding);
        let about = end_name(cx, &finding.resource);
        let mut words = Rich::plain("  ")
            .and(Rich::sign(cx.signs, finding_sign(finding)))
            .then(Role::Text, format!(" {}", finding.title));
        if !finding.title.contains(&about) {
            words = words.then(Role::Muted, format!("  {about}"));
        }
        let proof = body.proof(Proof::Finding(id));
        let spot = Spot {
            x: 2,
            width: words.width().min(room).saturating_sub(2),
            proof,
        };
        body.lines.push(Line {
            words,
            spots: vec![spot],
            ..Line::default()
        });
    }
    if let Some(next) = findings.get(shown) {
        let id = finding_id(&cx.judgement.findings, next);
        let words = format!("and {} more", findings.len() - shown);
        let proof = body.proof(Proof::Finding(id));
        body.lines.push(Line {
            spots: vec![Spot {
                x: 4,
                width: width(&words),
                proof,
            }],
            words: Rich::muted(format!("    {words}")),
            ..Line::default()
        });
    }
}

/// What the Findings pane calls a finding: one rule may say several things of one resource.
pub(super) fn finding_id(all: &[Finding], finding: &Finding) -> String {
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
    let key = cx.key_of(super::CONTEXT, Action::Notes);
    let hides = key.map(|key| format!(" · {key} hides"));
    body.lines.push(Line {
        words: Rich::strong(if step.say.is_empty() {
            "Be ready for"
        } else {
            "Say it honestly"
        }),
        rule: Some(format!("speaker notes{}", hides.unwrap_or_default())),
        ..Line::default()
    });
    for say in &step.say {
        let meant = match say.sign {
            Meant::Exposure => Sign::Exposure,
            Meant::Note => Sign::Note,
            Meant::Keep => Sign::Keep,
        };
        let first = Rich::sign(cx.signs, meant).then(Role::Text, " ");
        body.paragraph(&first, &say.text, room.min(WORDS), Role::Text);
    }
    // On a narrow screen a question takes the whole width.
    let label = "Likely question  ";
    let indent = if room < 100 { 2 } else { width(label) };
    for (at, ask) in step.ask.iter().enumerate() {
        if at > 0 || !step.say.is_empty() {
            body.blank();
        }
        let first = Rich::strong(label.trim_end()).then(Role::Text, "  ");
        if room < 100 {
            body.words(first);
            let first = Rich::plain("  ");
            body.paragraph(&first, &ask.question, room, Role::Muted);
        } else {
            body.paragraph(&first, &ask.question, room, Role::Muted);
        }
        let start = Rich::plain(" ".repeat(usize::from(indent)));
        body.paragraph(&start, &ask.answer, room, Role::Text);
    }
    body.gap();
}

//! The answer to a message as sections, and the lines of it that lead somewhere.

use crate::analysis::evidence::Evidence;
use crate::analysis::explain::{self, Cause, Confidence, Here, Recognised, Seen, Standing};
use crate::analysis::hop::{Finding, FindingKind, Hop, HopKind, Tool};
use crate::analysis::verdict::{Reasoned, Verdict};
use crate::report::text::explain::named;
use crate::ui::cx::Cx;
use crate::ui::frame::tally;
use crate::ui::signs::Sign;
use crate::ui::text::Rich;
use crate::ui::theme::Role;
use crate::ui::widgets::detail::Section;

/// How many hops one cause lists.
const HOPS: usize = 6;
/// How many properties one gate shows.
const PROOFS: usize = 4;
/// The pane of hops, and that of findings.
const MAP: char = '1';
const FINDINGS: char = '0';

/// A line that can be gone to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// The section.
    pub(super) section: usize,
    /// The line in it.
    pub(super) line: usize,
    /// The pane that holds it.
    pub(super) pane: char,
    /// Its id there.
    pub(super) id: String,
}

/// What a message means here.
#[derive(Clone, Debug, Default)]
pub(super) struct Answer {
    /// What is said.
    pub(super) sections: Vec<Section>,
    /// Where it leads, in the order of the lines.
    pub(super) places: Vec<Place>,
}

impl Answer {
    /// Adds a section with lines that lead somewhere.
    fn add(&mut self, (section, leads): (Section, Vec<(usize, char, String)>)) {
        let number = self.sections.len();
        self.places
            .extend(leads.into_iter().map(|(line, pane, id)| Place {
                section: number,
                line,
                pane,
                id,
            }));
        self.sections.push(section);
    }
}

/// Explains a text.
pub(super) fn of(cx: &Cx<'_>, text: &str) -> Answer {
    let mut answer = Answer::default();
    if text.trim().is_empty() {
        answer.sections.push(Section::new("").words(Rich::plain(
            "Paste what somebody was told, or type a part of it: an indexer's error, the answer of the playground, a line of a log, a whole JSON body. What it means here stands here at once.",
        )));
        return answer;
    }
    let recognised = explain::recognise(text);
    if !recognised.is_known() {
        unknown(cx, &mut answer);
        return answer;
    }
    answer.sections.extend(message(&recognised));
    if !recognised.facts.is_empty() {
        let section = Section::new("IT NAMES");
        answer
            .sections
            .push(recognised.facts.iter().fold(section, |section, fact| {
                section.pair(fact.kind.word(), Rich::plain(fact.value.clone()))
            }));
    }
    if cx.judged.is_none() {
        text_alone(cx, &recognised, &mut answer);
        return answer;
    }
    if let Some(judged) = explain::here::right(&recognised, cx.inventory) {
        answer.sections.push(right(cx, &judged));
    }
    let causes = explain::here::look(&recognised, cx.inventory, &cx.judgement.hops);
    here(cx, &causes, &mut answer);
    answer
}

fn sign(standing: Standing, is_reading: bool) -> Sign {
    match standing {
        Standing::Holds => Sign::Shut,
        Standing::Possible if is_reading => Sign::Reading,
        Standing::Possible => Sign::Unknown,
        Standing::Weak => Sign::AtRisk,
        Standing::RuledOut => Sign::Open,
        Standing::NoHop => Sign::None,
    }
}

/// Words that wrap below a sign.
fn below(role: Role, words: &str) -> Rich {
    Rich::of(role, " ").then(role, format!(" {words}"))
}

/// A meaning of the catalogue as a sentence.
fn sentence(words: &str) -> Rich {
    let mut letters = words.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    Rich::plain(format!(
        "{}{}.",
        first.map_or_else(String::new, String::from),
        letters.as_str()
    ))
}

/// A text that is none of the catalogue: nothing is guessed, and what is shut is said as such.
fn unknown(cx: &Cx<'_>, answer: &mut Answer) {
    answer.sections.push(
        Section::new("")
            .words(
                Rich::sign(cx.signs, Sign::Unknown).then(Role::Strong, " This text is not known."),
            )
            .words(below(
                Role::Text,
                "It is none of the messages that hopscope knows, and no 401 or 403. Paste the whole message, with its code.",
            )),
    );
    let shut: Vec<&Hop> = tally::shown(cx)
        .filter(|hop| hop.verdict() == Verdict::Shut)
        .collect();
    if shut.is_empty() {
        return;
    }
    let mut section = Section::new("SHUT HERE, WHATEVER IT SAYS");
    let mut leads = Vec::new();
    for hop in shut.iter().take(HOPS) {
        leads.push((section.lines.len(), MAP, hop.id()));
        section = section.words(
            Rich::sign(cx.signs, Sign::Shut)
                .then(Role::Text, format!(" {}", named(cx.inventory, hop))),
        );
    }
    if shut.len() > HOPS {
        section = section.words(Rich::muted(format!("  and {} more", shut.len() - HOPS)));
    }
    answer.add((section, leads));
}

/// The message itself: which, who writes it, what it means.
fn message(recognised: &Recognised) -> Vec<Section> {
    let mut sections: Vec<Section> = recognised
        .messages
        .iter()
        .map(|one| {
            Section::new("")
                .words(Rich::strong(format!("{}  {}", one.id, one.shown)))
                .words(sentence(one.meaning))
                .words(Rich::muted(one.place))
        })
        .collect();
    sections.extend(recognised.bare.map(|bare| {
        Section::new("")
            .words(Rich::strong(format!("HTTP {}", bare.status())))
            .words(sentence(bare.meaning()))
    }));
    sections
}

/// The answer while nothing is judged.
fn text_alone(cx: &Cx<'_>, recognised: &Recognised, answer: &mut Answer) {
    let why = cx.snapshot.sign_in_trouble().map_or_else(
        || {
            "Nothing of the environment has been judged yet: this is from the text alone."
                .to_owned()
        },
        |trouble| format!("{} This is from the text alone.", trouble.message),
    );
    answer
        .sections
        .push(Section::new("IT MAY COME FROM").words(Rich::muted(why)));
    for cause in recognised.causes() {
        let kinds: Vec<&str> = cause.hops.iter().map(|kind| kind.word()).collect();
        answer.sections.push(
            cause_head(cx, Sign::Unknown, "may be", cause)
                .words(below(Role::Muted, &format!("on {}", kinds.join(", ")))),
        );
    }
}

fn cause_head(cx: &Cx<'_>, sign: Sign, words: &'static str, cause: &Cause) -> Section {
    Section::new("")
        .words(
            Rich::sign(cx.signs, sign)
                .then(Role::Strong, format!(" {} gate", cause.gate))
                .then(sign.word_role(), format!("  {words}")),
        )
        .words(below(Role::Text, &format!("{}.", cause.why)))
}

/// Whether the right that the message names is held.
fn right(cx: &Cx<'_>, judged: &Reasoned) -> Section {
    let words = match judged.verdict {
        Verdict::Shut => "it is not held",
        Verdict::Unknown => "it cannot be told",
        Verdict::AtRisk => "it is held under a condition",
        Verdict::Open => "it is held by now",
    };
    let sign = tally::sign(judged.verdict, tally::is_reading(cx.inventory));
    Section::new("THE RIGHT THAT IT NAMES")
        .words(Rich::sign(cx.signs, sign).then(Role::Text, format!(" {words}")))
        .words(below(Role::Muted, &format!("{}.", judged.reason)))
}

/// Which causes hold in what was read.
fn here(cx: &Cx<'_>, causes: &[Here<'_>], answer: &mut Answer) {
    let confidence = causes
        .iter()
        .map(Here::confidence)
        .find(|one| *one == Confidence::Configuration)
        .unwrap_or(Confidence::MessageAlone);
    let is_reading = tally::is_reading(cx.inventory);
    let mut head = Section::new("WHICH CAUSES HOLD HERE").right(Rich::muted(confidence.words()));
    if is_reading {
        head = head.words(Rich::of(
            Role::Reading,
            "Still reading: what is not known yet may change this.",
        ));
    }
    for (number, one) in causes.iter().enumerate() {
        let own = sign(one.standing, is_reading);
        let own = cause_head(cx, own, one.standing.words(), one.cause);
        let mut section = own;
        if number == 0 {
            // The label stands over the first cause.
            section.label = std::mem::take(&mut head.label);
            section.right = std::mem::take(&mut head.right);
            let first = std::mem::take(&mut head.lines);
            section.lines.splice(0..0, first);
        }
        let full = hops(cx, one, section);
        answer.add(full);
    }
    if !causes.is_empty() && causes.iter().all(|one| one.standing == Standing::RuledOut) {
        answer.sections.push(Section::new("").words(Rich::plain(
            "What was read rules all of it out: it was mended since, a change is on its way (up to 15 minutes), or the message comes from somewhere else.",
        )));
    }
}

/// The hops of a cause below it.
fn hops(
    cx: &Cx<'_>,
    one: &Here<'_>,
    mut section: Section,
) -> (Section, Vec<(usize, char, String)>) {
    let mut leads = Vec::new();
    match one.standing {
        Standing::NoHop => {
            let kinds: Vec<&str> = one.cause.hops.iter().map(|kind| kind.word()).collect();
            section = section.words(below(
                Role::Muted,
                &format!("no {} fits what the text names", kinds.join(", ")),
            ));
        }
        Standing::RuledOut => {
            let names: Vec<String> = one
                .seen
                .iter()
                .take(HOPS)
                .map(|seen| named(cx.inventory, seen.hop))
                .collect();
            let tail = match one.seen.len().saturating_sub(HOPS) {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            section = section.words(below(
                Role::Muted,
                &format!("open on {}{tail}", names.join("; ")),
            ));
        }
        Standing::Holds | Standing::Possible | Standing::Weak => {
            let telling: Vec<&Seen<'_>> = one
                .seen
                .iter()
                .filter(|seen| seen.standing != Standing::RuledOut)
                .collect();
            for (at, seen) in telling.iter().take(HOPS).enumerate() {
                let is_said = telling[..at].iter().any(|earlier| {
                    matches!((earlier.gate, seen.gate), (Some(one), Some(other))
                        if one.judged.reason == other.judged.reason && one.remedies == other.remedies)
                });
                section = hop(cx, seen, is_said, section, &mut leads);
            }
            if telling.len() > HOPS {
                let more = telling.len() - HOPS;
                section = section.words(below(Role::Muted, &format!("and {more} more")));
            }
        }
    }
    (section, leads)
}

/// One hop: its name to go to, why, what proves it, what mends it, and the finding that says so.
fn hop(
    cx: &Cx<'_>,
    seen: &Seen<'_>,
    is_said: bool,
    mut section: Section,
    leads: &mut Vec<(usize, char, String)>,
) -> Section {
    let is_reading = tally::is_reading(cx.inventory);
    // hopscope's own calls are no hops of the Map.
    if seen.hop.kind != HopKind::Inspector {
        leads.push((section.lines.len(), MAP, seen.hop.id()));
    }
    section = section.words(
        Rich::sign(cx.signs, sign(seen.standing, is_reading))
            .then(Role::Strong, format!(" {}", named(cx.inventory, seen.hop))),
    );
    if is_said {
        return section.words(below(Role::Muted, "the same as above"));
    }
    let Some(gate) = seen.gate else {
        return section;
    };
    section = section.words(below(Role::Text, &format!("{}.", gate.judged.reason)));
    // What is there says more than what is empty.
    let mut proofs: Vec<&Evidence> = gate.judged.evidence.iter().collect();
    proofs.sort_by_key(|proof| proof.says_little());
    for proof in proofs.into_iter().take(PROOFS) {
        section = section.words(below(
            Role::Muted,
            &format!(
                "{} {} = {}",
                proof.resource.name(),
                proof.path,
                proof.words()
            ),
        ));
    }
    if let Some(finding) = finding(cx, seen.hop) {
        leads.push((
            section.lines.len(),
            FINDINGS,
            format!("{}|{}", finding.rule, finding.resource),
        ));
        section = section.words(
            Rich::of(Role::Muted, "○").then(Role::Text, format!(" finding: {}", finding.title)),
        );
    }
    let remedy = gate
        .remedies
        .iter()
        .find(|one| one.tool == Tool::Az)
        .or_else(|| gate.remedies.first());
    if let Some(remedy) = remedy {
        section = section.code(remedy.text.clone());
        if let Some(note) = &remedy.note {
            section = section.words(below(Role::Muted, note));
        }
    }
    section
}

/// What stands among the findings about a hop that does not work.
fn finding<'a>(cx: &Cx<'a>, hop: &Hop) -> Option<&'a Finding> {
    let id = hop.id();
    let judgement: &'a crate::analysis::hop::Judgement = cx.judgement;
    judgement
        .findings
        .iter()
        .find(|one| one.kind == FindingKind::Broken && one.hops.contains(&id))
}

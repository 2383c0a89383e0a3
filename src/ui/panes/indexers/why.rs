//! The detail of an indexer: why it fails, step by step; what it is not; what mends it; what it is
//! made of.

use time::{Duration, OffsetDateTime};

use crate::analysis::explain::Standing;
use crate::analysis::hop::{GateVerdict, Hop};
use crate::analysis::verdict::{Gate, Verdict};
use crate::model::id::ArmId;
use crate::ui::cx::{Cx, SizeClass};
use crate::ui::panes::{mend, proof};
use crate::ui::signs::Sign;
use crate::ui::text::Rich;
use crate::ui::theme::Role;
use crate::ui::widgets::detail::{Line, Section};

use super::CONTEXT;
use super::cause::{Cause, Confidence};
use super::errors::ErrorGroup;
use super::made::made_of;
use super::rows::{Entry, Every};
use super::table::when;

/// What is known of an indexer's trouble.
pub(super) struct Why<'a> {
    /// The indexer.
    pub(super) entry: &'a Entry,
    /// Its hops as they were judged.
    pub(super) hops: &'a [Hop],
    /// The error that tells most, and its cause.
    pub(super) cause: Option<(&'a ErrorGroup, &'a Cause)>,
    /// Whether anything was judged yet.
    pub(super) is_judged: bool,
    /// The tool of the remedies.
    pub(super) tool: mend::Chosen,
}

/// The sign of a verdict.
pub(super) fn sign_of(verdict: Verdict) -> Sign {
    match verdict {
        Verdict::Open => Sign::Open,
        Verdict::AtRisk => Sign::AtRisk,
        Verdict::Unknown => Sign::Unknown,
        Verdict::Shut => Sign::Shut,
    }
}

impl Why<'_> {
    /// The title of the detail's rule, and what it says at its right end.
    pub(super) fn title(&self) -> (String, Rich) {
        let name = &self.entry.indexer.name;
        let Some((group, cause)) = self.cause else {
            return (name.clone(), Rich::new());
        };
        let title = if group.fails_runs && self.entry.fails() {
            format!("Why {name} fails")
        } else {
            format!("What {name} leaves out")
        };
        (title, Rich::muted(cause.message.unwrap_or_default()))
    }

    /// The remedies of what is wrong.
    pub(super) fn gate(&self) -> Option<(&Hop, &GateVerdict)> {
        if let Some((_, cause)) = self.cause
            && let (Some(hop), Some(gate)) = (&cause.hop, cause.judged())
        {
            return Some((hop, gate));
        }
        // What is shut without a message that says so stands in the way of the next run.
        self.hops.iter().find_map(|hop| {
            let mut gates = hop.gates.iter();
            let gate = gates.find(|gate| gate.judged.verdict == Verdict::Shut)?;
            Some((hop, gate))
        })
    }

    /// The sections.
    pub(super) fn sections(&self, cx: &Cx<'_>, with_parts: bool) -> Vec<Section> {
        let mut sections = Vec::new();
        match self.cause {
            Some((group, cause)) => {
                sections.push(self.steps(cx, group, cause));
                sections.extend(Self::not(cx, cause));
                sections.extend(others(cx, cause));
            }
            None => sections.push(self.calm(cx)),
        }
        if self.cause.is_none() {
            sections.push(self.ways(cx));
        }
        if let Some((hop, gate)) = self.gate() {
            if gate.judged.verdict != Verdict::Open {
                let mut mends = mend::sections(cx, CONTEXT, "MEND", &gate.remedies, self.tool);
                if let (Some(last), Some(next)) = (mends.last_mut(), self.next_run(cx)) {
                    last.lines.push(Line::Words(Rich::muted(next)));
                }
                sections.extend(mends);
            }
            let subject = ArmId::new(&hop.to);
            let evidence = &gate.judged.evidence;
            if !evidence.is_empty() {
                sections.push(proof::section(cx, &subject, evidence, &[]));
            }
        }
        if with_parts {
            sections.extend(made_of(cx, self.entry));
        }
        sections
    }

    /// The chain from the message to the property.
    fn steps(&self, cx: &Cx<'_>, group: &ErrorGroup, cause: &Cause) -> Section {
        let role = if group.fails_runs {
            Role::VerdictShut
        } else {
            Role::VerdictAtRisk
        };
        let mut steps: Vec<(&str, Vec<Rich>)> = Vec::new();
        let status = group.status.map(|status| status.to_string());
        let head: Vec<String> = status.into_iter().chain(group.code()).collect();
        let mut says = Vec::new();
        if !head.is_empty() {
            says.push(Rich::plain(head.join(" ")));
        }
        says.push(if head.is_empty() {
            Rich::plain(group.line())
        } else {
            Rich::muted(group.line())
        });
        if let Some(step) = &group.step {
            says.push(Rich::muted(format!("at {}", step.words())));
        }
        steps.push(("It says", says));
        steps.push((
            "That means",
            match (cause.meaning, cause.why) {
                (Some(meaning), _) => vec![Rich::plain(meaning)],
                (None, Some(why)) => vec![Rich::plain(why)],
                (None, None) => vec![Rich::plain("this text is none that hopscope knows")],
            },
        ));
        match &cause.hop {
            Some(hop) => steps.push((
                "On this hop",
                vec![Rich::plain(hop.kind.word()), Rich::muted(ends(hop))],
            )),
            None => steps.push((
                "On this hop",
                vec![Rich::muted(if self.is_judged {
                    "none is drawn that it speaks of"
                } else {
                    "not judged yet"
                })],
            )),
        }
        match (cause.judged(), cause.gate) {
            (Some(gate), _) => {
                let verdict = gate.judged.verdict;
                let sign = sign_of(verdict);
                let mut lines = vec![
                    Rich::plain(gate.gate.word())
                        .then(Role::Text, "  ")
                        .and(Rich::signed(cx.signs, sign)),
                ];
                let clauses = gate.judged.reason.split("; ");
                lines.extend(clauses.map(|clause| one_line(Role::Muted, clause)));
                if verdict == Verdict::Open {
                    lines.push(Rich::muted("so it may have been mended since that run"));
                }
                steps.push(("At this gate", lines));
                if let Some(at) = gate.changed_at {
                    steps.push((
                        "Because",
                        vec![
                            Rich::plain(format!("it was changed {}", when(cx, at))),
                            Rich::muted("Azure may not act on it yet"),
                        ],
                    ));
                }
            }
            (None, Some(gate)) => steps.push((
                "At this gate",
                vec![
                    Rich::plain(gate.word()),
                    Rich::muted("judged on no hop that is drawn here"),
                ],
            )),
            (None, None) => {}
        }
        steps.push(("How sure", vec![Rich::plain(cause.confidence.words())]));
        if group.fails_runs
            && let Some((first, before)) = self.entry.failing_since()
            && let Some(start) = first.start.value()
        {
            let after = match before.and_then(|run| run.start.value()) {
                Some(at) => format!("{} was the last that did not", when(cx, *at)),
                None => "no run that is kept went well".to_owned(),
            };
            steps.push((
                "Since",
                vec![Rich::plain(when(cx, *start)), Rich::muted(after)],
            ));
        }
        chain(cx, &steps, role)
    }

    /// The other gates of the hop: what it is not.
    fn not(cx: &Cx<'_>, cause: &Cause) -> Option<Section> {
        let hop = cause.hop.as_ref()?;
        let mut section = Section::new("");
        for gate in &hop.gates {
            if Some(gate.gate) == cause.gate {
                continue;
            }
            let word = match gate.judged.verdict {
                Verdict::Open => "not",
                Verdict::AtRisk => "soon",
                Verdict::Unknown => "perhaps",
                Verdict::Shut => "also",
            };
            let sign = sign_of(gate.judged.verdict);
            let label = Rich::sign(cx.signs, sign)
                .then(sign.word_role(), format!(" {word} {} ", thing(gate.gate)));
            section
                .lines
                .push(Line::Pair(label, one_line(Role::Text, &gate.judged.reason)));
        }
        (!section.lines.is_empty()).then_some(section)
    }

    /// Nothing went wrong, or nothing is known of it.
    fn calm(&self, cx: &Cx<'_>) -> Section {
        let entry = self.entry;
        let section = Section::new("");
        let shut = self.hops.iter().any(|hop| hop.verdict() == Verdict::Shut);
        let words = match (entry.sign, &entry.issue) {
            (Sign::Unknown | Sign::Failed, Some(issue)) => {
                let mut section = section.words(Rich::plain(format!(
                    "Its status was not read: {}",
                    issue.message
                )));
                if let Some(right) = &issue.right {
                    section = section.pair("right", Rich::plain(right.clone()));
                }
                if let Some(role) = issue.role {
                    section = section.pair("least role", Rich::strong(role));
                }
                return section;
            }
            (Sign::Reading, _) => "Its status is being read.".to_owned(),
            _ if entry.runs().is_empty() => {
                "It has never run: start it, or give it a schedule.".to_owned()
            }
            _ if shut => {
                "Its runs went well so far; what follows stands in the way of the next.".to_owned()
            }
            _ => match entry.every {
                Every::Off => "It is disabled; its last runs are below.".to_owned(),
                _ => "Nothing stands in its way.".to_owned(),
            },
        };
        let mark = if shut { Sign::Shut } else { entry.sign };
        section.words(
            Rich::sign(cx.signs, mark)
                .then(Role::Text, " ")
                .then(Role::Text, words),
        )
    }

    /// Every hop of the indexer with its verdict.
    fn ways(&self, cx: &Cx<'_>) -> Section {
        if self.hops.is_empty() {
            let words = if self.is_judged {
                "No hop of this indexer is drawn: nothing that was read says what it calls."
            } else {
                "Its hops are being judged."
            };
            return Section::new("HOPS").words(Rich::muted(words));
        }
        let mut section = Section::new("HOPS");
        for hop in self.hops {
            let sign = sign_of(hop.verdict());
            section = section.words(
                Rich::sign(cx.signs, sign)
                    .then(Role::Text, format!(" {}  ", hop.kind.word()))
                    .then(Role::Muted, ends(hop)),
            );
            let worst = hop
                .gates
                .iter()
                .filter(|gate| gate.judged.verdict != Verdict::Open)
                .max_by_key(|gate| gate.judged.verdict);
            if let Some(gate) = worst {
                section = section.words(Rich::muted(format!(
                    "  {}: {}",
                    gate.gate.word(),
                    gate.judged.reason
                )));
            }
        }
        section
    }

    /// When the next run shows whether it is mended.
    fn next_run(&self, cx: &Cx<'_>) -> Option<String> {
        let Every::Interval(_) = self.entry.every else {
            return Some("Then start the indexer: it has no schedule.".to_owned());
        };
        let schedule = self.entry.indexer.schedule.value()?;
        let every = length(schedule.interval.text()?)?;
        let last = *self.entry.last()?.start.value()?;
        let next = next_after(last, every, cx.now)?;
        // Runs begin some seconds after their time.
        let clock = when(cx, next);
        let clock = clock
            .get(..5)
            .filter(|_| clock.len() == 8)
            .unwrap_or(&clock);
        Some(format!(
            "Then wait for the run of about {clock}, or start it yourself."
        ))
    }
}

/// Words that are cut where the line ends: of several runs, so that they are not wrapped.
fn one_line(role: Role, text: &str) -> Rich {
    match text.split_once(' ') {
        Some((first, rest)) => Rich::of(role, first.to_owned()).then(role, format!(" {rest}")),
        None => Rich::of(role, text.to_owned()),
    }
}

/// What a gate is about, with its article.
fn thing(gate: Gate) -> &'static str {
    match gate {
        Gate::Network => "the network",
        Gate::Outbound => "the outbound list",
        Gate::Authentication => "the credential",
        Gate::Identity => "the identity",
        Gate::Authorization => "the role",
        Gate::Configuration => "the definition",
        Gate::Quota => "the tier",
    }
}

/// The two ends of a hop by name.
pub(super) fn ends(hop: &Hop) -> String {
    format!("{} → {}", end(&hop.from), end(&hop.to))
}

fn end(end: &str) -> String {
    if end.starts_with('/') {
        ArmId::new(end).name().to_owned()
    } else {
        end.to_owned()
    }
}

/// Steps below each other with a line from one to the next.
pub(super) fn chain(cx: &Cx<'_>, steps: &[(&str, Vec<Rich>)], role: Role) -> Section {
    let is_tight = cx.size_class() == SizeClass::Below;
    let mut section = Section::new("");
    for (number, (label, lines)) in steps.iter().enumerate() {
        let is_last = number + 1 == steps.len();
        let under = if is_last {
            Rich::new()
        } else {
            Rich::of(role, "│")
        };
        let mark = Rich::of(role, "●").then(Role::Muted, format!(" {label} "));
        for (at, line) in lines.iter().enumerate() {
            let left = if at == 0 { mark.clone() } else { under.clone() };
            section = section.step(left, line.clone(), under.clone());
        }
        if !is_last && !is_tight {
            section = section.step(under.clone(), Rich::new(), under);
        }
    }
    section
}

/// What else the message may come from.
fn others(cx: &Cx<'_>, cause: &Cause) -> Option<Section> {
    let mut section = Section::new("IT MAY ALSO MEAN");
    for one in &cause.others {
        section = section.words(Rich::sign(cx.signs, standing_sign(one.standing)).then(
            Role::Muted,
            format!(" {}: {} · {}", one.gate, one.why, one.standing.words()),
        ));
    }
    // Where configuration agrees with the first cause, the rest is noise.
    let is_sure = cause.confidence == Confidence::Both;
    (!cause.others.is_empty() && !is_sure).then_some(section)
}

/// The sign of a cause: whether it holds here.
pub(super) fn standing_sign(standing: Standing) -> Sign {
    match standing {
        Standing::Holds => Sign::Shut,
        Standing::Possible => Sign::Unknown,
        Standing::Weak => Sign::AtRisk,
        Standing::RuledOut => Sign::Open,
        Standing::NoHop => Sign::None,
    }
}

/// The length of an ISO 8601 duration of days, hours, minutes, seconds.
fn length(text: &str) -> Option<Duration> {
    let rest = text.strip_prefix(['P', 'p'])?;
    let mut whole = Duration::ZERO;
    let mut number: i64 = 0;
    let mut in_time = false;
    for letter in rest.chars() {
        match (letter.to_ascii_uppercase(), in_time) {
            ('T', false) => in_time = true,
            (digit @ '0'..='9', _) => {
                let digit = i64::from(digit.to_digit(10)?);
                number = number.checked_mul(10)?.checked_add(digit)?;
            }
            (unit, _) => {
                let seconds = match (unit, in_time) {
                    ('D', false) => 86_400,
                    ('H', true) => 3_600,
                    ('M', true) => 60,
                    ('S', true) => 1,
                    _ => return None,
                };
                let own = Duration::seconds(number.checked_mul(seconds)?);
                whole = whole.checked_add(own)?;
                number = 0;
            }
        }
    }
    (whole > Duration::ZERO).then_some(whole)
}

/// The first run after now of those that come in this interval.
fn next_after(
    last: OffsetDateTime,
    every: Duration,
    now: OffsetDateTime,
) -> Option<OffsetDateTime> {
    let behind = (now - last).whole_seconds().max(0);
    let each = every.whole_seconds();
    let steps = behind.checked_div(each)?.checked_add(1)?;
    last.checked_add(Duration::seconds(each.checked_mul(steps)?))
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn the_next_run_comes_after_now() {
        let last = datetime!(2026-11-23 12:30:02 UTC);
        let now = datetime!(2026-11-23 12:41:07 UTC);
        let half_an_hour = length("PT30M").unwrap();
        assert_eq!(
            next_after(last, half_an_hour, now),
            Some(datetime!(2026-11-23 13:00:02 UTC))
        );
        // Runs that did not come are not waited for.
        assert_eq!(
            next_after(last, half_an_hour, now + Duration::hours(5)),
            Some(datetime!(2026-11-23 18:00:02 UTC))
        );
        assert_eq!(length("P1DT1H"), Some(Duration::hours(25)));
        for text in ["", "P", "PT0S", "30M", "P1M", "PT99999999999999999999H"] {
            assert_eq!(length(text), None, "{text}");
        }
    }
}

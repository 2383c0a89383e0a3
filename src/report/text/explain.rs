//! What `explain` prints: the message, what it names, and which of its causes hold here.

use std::io::{self, Write};

use crate::analysis::explain::{Cause, Confidence, Here, Message, Recognised, Seen, Standing};
use crate::analysis::hop::{Hop, Tool};
use crate::analysis::verdict::{Reasoned, Verdict};
use crate::model::id::{ArmId, PrincipalId};
use crate::store::Inventory;

use super::Style;
use super::cell::{Ink, clean, pad, wrap};

/// How many hops one cause lists.
const HOPS: usize = 6;
/// How many properties one gate shows.
const PROOFS: usize = 6;

/// The message itself: which, who writes it, what it means, what it names.
pub fn message(out: &mut impl Write, recognised: &Recognised, style: Style) -> io::Result<()> {
    let ink = Ink::new(style.colour);
    for (at, one) in recognised.messages.iter().enumerate() {
        if at > 0 {
            writeln!(out)?;
        }
        known(out, one, style, ink)?;
    }
    if let Some(bare) = recognised.bare {
        if !recognised.messages.is_empty() {
            writeln!(out)?;
        }
        writeln!(out, "{}", ink.strong(&format!("HTTP {}", bare.status())))?;
        indented(out, 5, bare.meaning(), style)?;
    }
    if !recognised.facts.is_empty() {
        writeln!(out, "\n{}", ink.strong("It names"))?;
        for fact in &recognised.facts {
            writeln!(
                out,
                "  {} {}",
                pad(fact.kind.word(), 22),
                clean(&fact.value)
            )?;
        }
    }
    Ok(())
}

fn known(out: &mut impl Write, one: &Message, style: Style, ink: Ink) -> io::Result<()> {
    writeln!(out, "{}  {}", ink.strong(one.id), one.shown)?;
    indented(out, 5, one.place, style)?;
    indented(out, 5, one.meaning, style)
}

/// That a text is none of those that are known.
pub fn unknown(out: &mut impl Write) -> io::Result<()> {
    writeln!(
        out,
        "This text is not known: it is none of the messages that hopscope knows, and no 401 or 403.\n\
         Paste the whole message, with its code; `hopscope check` judges every hop without one."
    )
}

/// What it may come from, where nothing could be read.
pub fn text_alone(
    out: &mut impl Write,
    recognised: &Recognised,
    why: &str,
    style: Style,
) -> io::Result<()> {
    let ink = Ink::new(style.colour);
    writeln!(
        out,
        "\n{}",
        ink.strong("From the text alone: no environment could be read")
    )?;
    for line in why.lines() {
        indented(out, 2, &clean(line), style)?;
    }
    writeln!(out, "\n{}", ink.strong("It may come from"))?;
    for one in recognised.causes() {
        cause(out, "?", "may be", one, style, ink)?;
        let kinds: Vec<&str> = one.hops.iter().map(|kind| kind.word()).collect();
        indented(out, 6, &format!("on {}", kinds.join(", ")), style)?;
    }
    Ok(())
}

/// Which causes hold in the environment that was read.
pub fn here(
    out: &mut impl Write,
    causes: &[Here<'_>],
    inventory: &Inventory,
    style: Style,
) -> io::Result<()> {
    let ink = Ink::new(style.colour);
    let is_certain = causes
        .iter()
        .any(|one| one.confidence() == Confidence::Configuration);
    let confidence = if is_certain {
        Confidence::Configuration
    } else {
        Confidence::MessageAlone
    };
    writeln!(
        out,
        "\n{}  {}",
        ink.strong("Which causes hold here"),
        ink.faint(confidence.words())
    )?;
    for one in causes {
        cause(
            out,
            sign(one.standing),
            one.standing.words(),
            one.cause,
            style,
            ink,
        )?;
        match one.standing {
            Standing::NoHop => {
                let kinds: Vec<&str> = one.cause.hops.iter().map(|kind| kind.word()).collect();
                indented(
                    out,
                    6,
                    &format!("no {} fits what the text names", kinds.join(", ")),
                    style,
                )?;
            }
            Standing::RuledOut => {
                let names: Vec<String> = one
                    .seen
                    .iter()
                    .take(HOPS)
                    .map(|seen| named(inventory, seen.hop))
                    .collect();
                let more = one.seen.len().saturating_sub(HOPS);
                let tail = if more > 0 {
                    format!(" and {more} more")
                } else {
                    String::new()
                };
                indented(
                    out,
                    6,
                    &format!("open on {}{tail}", names.join("; ")),
                    style,
                )?;
            }
            Standing::Holds | Standing::Possible | Standing::Weak => {
                let telling: Vec<&Seen<'_>> = one
                    .seen
                    .iter()
                    .filter(|seen| seen.standing != Standing::RuledOut)
                    .collect();
                for (at, seen) in telling.iter().take(HOPS).enumerate() {
                    let is_said = telling[..at]
                        .iter()
                        .any(|earlier| says_the_same(earlier, seen));
                    hop(out, inventory, seen, is_said, style, ink)?;
                }
                if telling.len() > HOPS {
                    writeln!(out, "      and {} more", telling.len() - HOPS)?;
                }
            }
        }
    }
    let is_ruled_out = |one: &Here<'_>| one.standing == Standing::RuledOut;
    if causes.iter().all(is_ruled_out) {
        writeln!(out)?;
        indented(
            out,
            2,
            "What was read rules all of it out: it was mended since, a change is on its way (up to 15 \
             minutes), or the message comes from somewhere else.",
            style,
        )?;
    }
    Ok(())
}

/// Whether the right that the message names is held, as the roles that were read say.
pub fn right(out: &mut impl Write, judged: &Reasoned, style: Style) -> io::Result<()> {
    let ink = Ink::new(style.colour);
    let (sign, words) = match judged.verdict {
        Verdict::Shut => ("✖", "it is not held"),
        Verdict::Unknown => ("?", "it cannot be told"),
        Verdict::AtRisk => ("▲", "it is held under a condition"),
        Verdict::Open => ("✔", "it is held by now"),
    };
    writeln!(out, "\n{}", ink.strong("The right that it names"))?;
    writeln!(out, "  {sign} {words}")?;
    indented(out, 6, &clean(&judged.reason), style)
}

fn sign(standing: Standing) -> &'static str {
    match standing {
        Standing::Holds => "✖",
        Standing::Possible => "?",
        Standing::Weak => "▲",
        Standing::RuledOut => "✔",
        Standing::NoHop => "·",
    }
}

fn cause(
    out: &mut impl Write,
    sign: &str,
    words: &str,
    one: &Cause,
    style: Style,
    ink: Ink,
) -> io::Result<()> {
    writeln!(
        out,
        "  {sign} {}  {} gate",
        pad(words, 27),
        ink.strong(one.gate.word())
    )?;
    indented(out, 6, one.why, style)?;
    indented(out, 6, &format!("proof: {}", one.proof), style)
}

fn hop(
    out: &mut impl Write,
    inventory: &Inventory,
    seen: &Seen<'_>,
    is_said: bool,
    style: Style,
    ink: Ink,
) -> io::Result<()> {
    writeln!(
        out,
        "      {} {}",
        sign(seen.standing),
        ink.strong(&named(inventory, seen.hop))
    )?;
    if is_said {
        writeln!(out, "        the same as above")?;
        return Ok(());
    }
    let Some(gate) = seen.gate else {
        return Ok(());
    };
    indented(
        out,
        8,
        &format!("{}: {}", gate.judged.verdict, clean(&gate.judged.reason)),
        style,
    )?;
    for proof in gate.judged.evidence.iter().take(PROOFS) {
        let line = format!(
            "{} {} = {}",
            proof.resource.name(),
            proof.path,
            clean(&proof.words())
        );
        indented(out, 8, &line, style)?;
    }
    if let Some(remedy) = gate
        .remedies
        .iter()
        .find(|one| one.tool == Tool::Az)
        .or_else(|| gate.remedies.first())
    {
        writeln!(out, "        mend ({}):", remedy.tool.word())?;
        // A command is copied as a whole: it is never wrapped.
        for line in remedy.text.lines() {
            writeln!(out, "          {}", clean(line))?;
        }
        if let Some(note) = &remedy.note {
            indented(out, 10, &clean(note), style)?;
        }
    }
    Ok(())
}

/// Whether two hops meet the same gate for the same reason, with the same remedy.
fn says_the_same(one: &Seen<'_>, other: &Seen<'_>) -> bool {
    match (one.gate, other.gate) {
        (Some(one), Some(other)) => {
            one.judged.reason == other.judged.reason && one.remedies == other.remedies
        }
        _ => false,
    }
}

/// A hop in words: `indexer-to-storage srch-rag-dev → stragdev via indexer docs-indexer`.
pub fn named(inventory: &Inventory, hop: &Hop) -> String {
    let via = hop
        .via
        .as_ref()
        .map(|via| format!(" via {via}"))
        .unwrap_or_default();
    clean(&format!(
        "{} {} → {}{via}",
        hop.kind,
        end(inventory, &hop.from),
        end(inventory, &hop.to)
    ))
}

fn end(inventory: &Inventory, id: &str) -> String {
    if id.starts_with('/') {
        return ArmId::new(id).name().to_owned();
    }
    let principal = PrincipalId::new(id);
    let caller = || {
        inventory
            .snapshot()
            .callers()
            .iter()
            .find(|one| one.object_id.as_ref() == Some(&principal))
            .and_then(|one| one.label().map(str::to_owned))
    };
    inventory
        .principal(&principal)
        .and_then(|one| one.display_name.text().map(str::to_owned))
        .or_else(caller)
        .unwrap_or_else(|| id.to_owned())
}

fn indented(out: &mut impl Write, by: usize, text: &str, style: Style) -> io::Result<()> {
    for line in wrap(text, style.width.saturating_sub(by)) {
        writeln!(out, "{}{line}", " ".repeat(by))?;
    }
    Ok(())
}

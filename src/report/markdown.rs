//! The report as Markdown, for a ticket: the answer, what is not open and what mends it, what was
//! found, what could not be read.
//!
//! It sets what [`super::told`] says, shorter than the HTML report: the evidence of open calls is left
//! to that and to the JSON report. Text of Azure is escaped, so that a name can neither start a
//! heading nor a link; commands stand in fences that nothing in them closes.

use std::io::{self, Write};

use crate::analysis::benefits::Stand;
use crate::analysis::hop::{FindingKind, Judgement};
use crate::analysis::verdict::Verdict;
use crate::model::judging::Judging;
use crate::store::Inventory;

use super::Meta;
use super::told::{FindingTold, GateTold, HopTold, Mend, Proof, Told};

/// Writes the report.
pub fn write(
    out: &mut impl Write,
    inventory: &Inventory,
    judgement: &Judgement,
    judging: &Judging,
    meta: &Meta,
) -> io::Result<()> {
    let told = Told::of(inventory, judgement, judging, meta);
    head(out, &told)?;
    benefits(out, &told)?;
    hops(out, &told)?;
    findings(out, &told)?;
    hubs(out, &told)?;
    logs(out, &told)?;
    reading(out, &told)
}

/// Text as it may stand in a paragraph or a cell.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            // As entities: inside them nothing is read as markup, whatever reads it.
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '#' | '|' | '~' | '!' => {
                out.push('\\');
                out.push(letter);
            }
            letter if letter.is_control() => out.push(' '),
            letter => out.push(letter),
        }
    }
    out
}

/// Text as code in a line: with more backticks around it than it has in a row.
fn code(text: &str) -> String {
    let ticks = "`".repeat(longest_run(text) + 1);
    let gap = if ticks.len() > 1 { " " } else { "" };
    // A bar ends a cell even in code.
    format!("{ticks}{gap}{}{gap}{ticks}", text.replace('|', "\\|"))
}

fn longest_run(text: &str) -> usize {
    text.split(|letter| letter != '`')
        .map(str::len)
        .max()
        .unwrap_or(0)
}

fn sign(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Shut => "✖",
        Verdict::AtRisk => "▲",
        Verdict::Unknown => "?",
        Verdict::Open => "✔",
    }
}

fn head(out: &mut impl Write, told: &Told) -> io::Result<()> {
    writeln!(out, "# {}\n", escaped(&told.title))?;
    writeln!(out, "**{}**\n", escaped(&told.answer.1))?;
    if !told.is_complete {
        writeln!(out, "Not everything could be read: see the end.\n")?;
    }
    for (label, value) in &told.facts {
        writeln!(out, "- {label}: {}", escaped(value))?;
    }
    let counts: Vec<String> = told
        .works
        .iter()
        .map(|(verdict, count)| format!("{} {count} {verdict}", sign(*verdict)))
        .collect();
    if !counts.is_empty() {
        writeln!(out, "- Calls: {}", counts.join(", "))?;
    }
    writeln!(out, "- Exposures: {}", told.exposures)
}

fn benefits(out: &mut impl Write, told: &Told) -> io::Result<()> {
    writeln!(out, "\n## Six benefits of the pattern\n")?;
    writeln!(
        out,
        "| | Benefit | Stands | Against it |\n| --- | --- | --- | --- |"
    )?;
    for (at, own) in told.benefits.iter().enumerate() {
        let sign = match own.stand {
            Stand::Against => "◆",
            Stand::Unknown => "?",
            Stand::Reading => "…",
            Stand::Holds => "✔",
            Stand::Nothing => "·",
        };
        let mut against: Vec<String> = own
            .against
            .iter()
            .map(|(_, title)| escaped(title))
            .collect();
        if own.hidden > 0 {
            against.push(format!(
                "{} set aside by the configuration file",
                own.hidden
            ));
        }
        writeln!(
            out,
            "| {} | {} | {sign} {} | {} |",
            at + 1,
            own.name,
            own.stand.words(),
            against.join("<br>")
        )?;
    }
    Ok(())
}

fn hops(out: &mut impl Write, told: &Told) -> io::Result<()> {
    let (open, others): (Vec<&HopTold>, Vec<&HopTold>) = told
        .hops
        .iter()
        .partition(|hop| hop.verdict == Verdict::Open);
    writeln!(out, "\n## Calls that are not open\n")?;
    if others.is_empty() {
        writeln!(out, "None.")?;
    }
    for hop in others {
        let via = hop
            .via
            .as_ref()
            .map_or_else(String::new, |via| format!(", {}", escaped(via)));
        writeln!(
            out,
            "### {} {}: {} → {}\n\n{}{via}, {}\n",
            sign(hop.verdict),
            hop.kind,
            escaped(&hop.from),
            escaped(&hop.to),
            hop.verdict,
            hop.basis,
        )?;
        for gate in &hop.gates {
            if gate.verdict != Verdict::Open {
                told_gate(out, gate)?;
            }
        }
    }
    if !open.is_empty() {
        writeln!(out, "\n## Open calls\n")?;
        writeln!(out, "| Kind | From → to | By |\n| --- | --- | --- |")?;
        for hop in open {
            writeln!(
                out,
                "| {} | {} → {} | {} |",
                hop.kind,
                escaped(&hop.from),
                escaped(&hop.to),
                escaped(hop.via.as_deref().unwrap_or("·")),
            )?;
        }
    }
    Ok(())
}

fn told_gate(out: &mut impl Write, gate: &GateTold) -> io::Result<()> {
    writeln!(
        out,
        "- **{}** {}: {}",
        gate.gate,
        gate.verdict,
        escaped(&gate.reason)
    )?;
    for note in &gate.notes {
        writeln!(out, "  - {}", escaped(note))?;
    }
    proofs(out, &gate.evidence, "  ")?;
    writeln!(out)?;
    mends(out, &gate.remedies)
}

fn proofs(out: &mut impl Write, evidence: &[Proof], indent: &str) -> io::Result<()> {
    for proof in evidence {
        let request = proof
            .request
            .as_ref()
            .map_or_else(String::new, |id| format!(", request {}", code(id)));
        writeln!(
            out,
            "{indent}- {} {} = {} (read {}{request})",
            escaped(&proof.about),
            code(&proof.path),
            code(&proof.value),
            proof.at
        )?;
    }
    Ok(())
}

fn mends(out: &mut impl Write, remedies: &[Mend]) -> io::Result<()> {
    for (at, mend) in remedies.iter().enumerate() {
        let fence = "`".repeat((longest_run(&mend.text) + 1).max(3));
        let language = match mend.tool {
            "az" => "sh",
            "azurerm" | "azapi" => "hcl",
            _ => "text",
        };
        writeln!(
            out,
            "{}:\n\n{fence}{language}\n{}\n{fence}\n",
            mend.tool, mend.text
        )?;
        if let Some(note) = mend.note_before(remedies.get(at + 1)) {
            writeln!(out, "{}\n", escaped(note))?;
        }
    }
    Ok(())
}

fn findings(out: &mut impl Write, told: &Told) -> io::Result<()> {
    for (heading, own) in &told.findings {
        writeln!(out, "\n## {heading}\n")?;
        for finding in own {
            one(out, finding)?;
        }
    }
    Ok(())
}

fn one(out: &mut impl Write, finding: &FindingTold) -> io::Result<()> {
    writeln!(
        out,
        "### {}: {}\n\n{}, rule {}\n",
        escaped(&finding.about),
        escaped(&finding.title),
        finding.severity.word(),
        code(finding.rule)
    )?;
    writeln!(out, "{}\n", escaped(&finding.detail))?;
    // What a call has said above is not said twice.
    if finding.kind != FindingKind::Broken || finding.hops.is_empty() {
        proofs(out, &finding.evidence, "")?;
        if !finding.evidence.is_empty() {
            writeln!(out)?;
        }
        mends(out, &finding.remedies)?;
    }
    Ok(())
}

fn hubs(out: &mut impl Write, told: &Told) -> io::Result<()> {
    for hub in &told.hubs {
        writeln!(
            out,
            "\n## The managed group of {}\n\n{} {}: group {}, {}\n",
            escaped(&hub.hub),
            sign(hub.verdict),
            hub.verdict,
            escaped(&hub.group),
            escaped(&hub.found)
        )?;
        writeln!(
            out,
            "| Resource | Property | Must be | Is | |\n| --- | --- | --- | --- | --- |"
        )?;
        for (name, property, must, is, verdict) in &hub.checks {
            writeln!(
                out,
                "| {} | {} | {} | {} | {} {verdict} |",
                escaped(name),
                code(property),
                escaped(must),
                escaped(is),
                sign(*verdict)
            )?;
        }
    }
    Ok(())
}

fn logs(out: &mut impl Write, told: &Told) -> io::Result<()> {
    if !told.logs.is_empty() {
        writeln!(out, "\n## Logs\n")?;
        writeln!(out, "| Resource | Categories | To |\n| --- | --- | --- |")?;
    }
    for own in &told.logs {
        let mut words: Vec<String> = own
            .categories
            .iter()
            .map(|(category, word)| format!("{category}: {word}"))
            .collect();
        words.extend(own.missing.as_deref().map(escaped));
        let to = if own.to.is_empty() {
            "nowhere known"
        } else {
            &own.to
        };
        writeln!(
            out,
            "| {} | {} | {} |",
            escaped(&own.name),
            words.join("<br>"),
            escaped(to)
        )?;
    }
    if !told.keys.is_empty() {
        writeln!(out, "\n## Customers' keys\n")?;
        writeln!(
            out,
            "| Encrypts | Key | Version | Until | Usable |\n| --- | --- | --- | --- | --- |"
        )?;
    }
    for key in &told.keys {
        writeln!(
            out,
            "| {} | {} | {} | {} | {} |",
            escaped(&key.name),
            escaped(&key.key),
            escaped(&key.version),
            escaped(&key.ends),
            escaped(&key.usable)
        )?;
    }
    Ok(())
}

fn reading(out: &mut impl Write, told: &Told) -> io::Result<()> {
    writeln!(out, "\n## What could not be read\n")?;
    if told.not_read.is_empty() {
        writeln!(out, "Everything that was planned was read.")?;
    }
    for own in &told.not_read {
        let request = own
            .request
            .as_ref()
            .map_or_else(String::new, |id| format!(" (request {})", code(id)));
        writeln!(
            out,
            "- {}: {}; {}{request}",
            escaped(&own.what),
            escaped(&own.ended),
            escaped(&own.cause)
        )?;
    }
    if !told.hidden.is_empty() {
        writeln!(out, "\n## What the configuration file sets aside\n")?;
    }
    for (title, about, reason) in &told.hidden {
        writeln!(
            out,
            "- {}: {} ({})",
            escaped(about),
            escaped(title),
            escaped(reason)
        )?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_starts_no_markup() {
        assert_eq!(
            escaped("<script>[a](b) *x* `y` | #1"),
            "&lt;script&gt;\\[a\\](b) \\*x\\* \\`y\\` \\| \\#1"
        );
    }

    #[test]
    fn code_keeps_its_backticks_inside() {
        assert_eq!(code("plain"), "`plain`");
        assert_eq!(code("a ``b`` | c"), "``` a ``b`` \\| c ```");
    }
}

//! What a call would meet, for people: who asks for what, every condition with its proof and what
//! mends it, and the call to copy.

use std::io::{self, Write};

use crate::analysis::evidence::Evidence;
use crate::analysis::hop::{GateVerdict, Tool};
use crate::analysis::preflight::{ADDS, NO_CALL, Preflight, Presence};
use crate::analysis::verdict::Verdict;
use crate::model::id::{ArmId, TenantId};
use crate::model::text::grouped;
use crate::store::Inventory;

use super::Style;
use super::cell::{Ink, clean, pad, wrap};
use super::hops::{inked, sign};

/// Writes the whole of it.
pub fn write(
    out: &mut dyn Write,
    inventory: &Inventory,
    found: &Preflight,
    style: Style,
) -> io::Result<()> {
    let ink = Ink::new(style.colour);
    head(out, inventory, found, style, ink)?;
    writeln!(out)?;
    let verdict = found.verdict();
    let words = format!("{} {}  {}", sign(verdict), verdict.word(), found.says());
    writeln!(out, "{}", inked(ink, verdict, &words))?;
    writeln!(out)?;
    for check in &found.checks {
        condition(out, found, check, style, ink)?;
    }
    calls(out, found, style, ink)?;
    let (total, open) = (
        found.checks.len(),
        found
            .checks
            .iter()
            .filter(|one| one.judged.verdict == Verdict::Open)
            .count(),
    );
    writeln!(
        out,
        "\n{open} of {total} conditions are open. Nothing was changed: run the call yourself."
    )
}

fn head(
    out: &mut dyn Write,
    inventory: &Inventory,
    found: &Preflight,
    style: Style,
    ink: Ink,
) -> io::Result<()> {
    let title = format!(
        "Preflight: {} draws {} addresses from {}",
        clean(found.draw.network.name()),
        grouped(found.wanted),
        clean(found.draw.pool.name())
    );
    writeln!(out, "{}", ink.strong(&title))?;
    let presence = match &found.presence {
        Presence::There if found.draws => "draws from the pool already",
        Presence::There => "is there, and does not draw from the pool",
        Presence::Absent(_) => "is not there yet: the call makes it",
        Presence::Unread(_) => "was not read",
    };
    for (label, id, tenant, words) in [
        ("network", &found.draw.network, &found.from, presence),
        ("pool", &found.draw.pool, &found.to, ""),
    ] {
        writeln!(out, "  {}  {}", pad(label, 8), clean(id.as_str()))?;
        let mut facts = vec![place(inventory, id, tenant.as_ref())];
        facts.extend((!words.is_empty()).then(|| words.to_owned()));
        for line in wrap(&facts.join(", "), style.width.saturating_sub(12)) {
            writeln!(out, "            {}", ink.faint(&line))?;
        }
    }
    for (at, line) in wrap(&asker(found), style.width.saturating_sub(12))
        .into_iter()
        .enumerate()
    {
        let label = if at == 0 { "who asks" } else { "" };
        writeln!(out, "  {}  {line}", pad(label, 8))?;
    }
    Ok(())
}

fn asker(found: &Preflight) -> String {
    let own = &found.caller;
    let who = match (&own.app, &own.here) {
        (Some(app), _) => format!("app {app}"),
        (None, Some(id)) => format!("{id}"),
        (None, None) => return "not known".to_owned(),
    };
    let ids = match (&own.here, &own.there) {
        (Some(here), Some(there)) if here != there => {
            format!(": {here} where the network is, {there} where the pool is")
        }
        (Some(here), _) if own.app.is_some() => format!(": {here}"),
        (None, Some(there)) => format!(": {there} where the pool is"),
        _ => String::new(),
    };
    let other = if own.is_signed_in {
        ""
    } else {
        ", as whom hopscope is not signed in"
    };
    format!("{who}{ids}{other}")
}

/// The subscription and the tenant of an end by name.
fn place(inventory: &Inventory, id: &ArmId, tenant: Option<&TenantId>) -> String {
    let subscription = id
        .subscription()
        .and_then(|own| inventory.subscription(&own))
        .map(|one| format!("subscription {}, ", clean(&one.display_name)));
    let tenant = match tenant {
        None => "tenant not known".to_owned(),
        Some(tenant) => {
            let name = inventory
                .tenants()
                .iter()
                .find(|one| one.id == *tenant)
                .and_then(|one| one.display_name.text());
            name.map_or_else(
                || format!("tenant {tenant}"),
                |name| format!("tenant {} ({tenant})", clean(name)),
            )
        }
    };
    format!("{}{tenant}", subscription.unwrap_or_default())
}

fn condition(
    out: &mut dyn Write,
    found: &Preflight,
    check: &GateVerdict,
    style: Style,
    ink: Ink,
) -> io::Result<()> {
    let verdict = check.judged.verdict;
    let label = format!(
        "{} {}  {}",
        sign(verdict),
        pad(verdict.word(), 7),
        check.gate.word()
    );
    writeln!(out, "  {}", inked(ink, verdict, &label))?;
    for line in wrap(&clean(&check.judged.reason), style.width.saturating_sub(6)) {
        writeln!(out, "      {line}")?;
    }
    for one in &check.judged.evidence {
        for line in wrap(&proof(one), style.width.saturating_sub(8)) {
            writeln!(out, "        {}", ink.faint(&line))?;
        }
    }
    if verdict == Verdict::Open {
        return Ok(());
    }
    for remedy in &check.remedies {
        let of = match remedy.tool {
            Tool::Az => "mend",
            Tool::Azurerm => "mend, azurerm",
            Tool::Azapi => "mend, azapi",
            Tool::Portal => "mend, portal",
        };
        if found.calls.iter().any(|call| call.text == remedy.text) {
            writeln!(out, "      {of}: the call below")?;
            continue;
        }
        writeln!(out, "      {of}")?;
        // A command is copied: it is never cut, whatever the width.
        for line in remedy.text.lines() {
            writeln!(out, "        {}", clean(line))?;
        }
        if let Some(note) = &remedy.note {
            for line in wrap(&clean(note), style.width.saturating_sub(8)) {
                writeln!(out, "        {}", ink.faint(&line))?;
            }
        }
    }
    Ok(())
}

fn proof(evidence: &Evidence) -> String {
    let read = evidence
        .value
        .as_ref()
        .and_then(|value| value.get("why")?.as_str())
        .map(|why| {
            let read = evidence.value.as_ref().and_then(|value| value.get("read"));
            read.map_or_else(|| why.to_owned(), |read| format!("{read} read, {why}"))
        });
    let value = read.unwrap_or_else(|| match &evidence.value {
        Some(whole @ (serde_json::Value::Array(_) | serde_json::Value::Object(_))) => {
            whole.to_string()
        }
        _ => evidence.words(),
    });
    format!(
        "{}: {} = {}",
        clean(evidence.resource.name()),
        clean(&evidence.path),
        clean(&value)
    )
}

fn indented(out: &mut dyn Write, words: &str, style: Style, ink: Ink) -> io::Result<()> {
    for line in wrap(words, style.width.saturating_sub(2)) {
        writeln!(out, "  {}", ink.faint(&line))?;
    }
    Ok(())
}

fn calls(out: &mut dyn Write, found: &Preflight, style: Style, ink: Ink) -> io::Result<()> {
    if found.calls.is_empty() {
        writeln!(out, "\n{}", ink.strong("The call"))?;
        return indented(out, NO_CALL, style, ink);
    }
    let token = match found.is_one_tenant {
        Some(true) => "with the token of its own tenant",
        _ => "with the tokens of both tenants, fetched into variables of the shell",
    };
    writeln!(out, "\n{}  {token}", ink.strong("The call"))?;
    if found.verdict() != Verdict::Open {
        let words = "It is printed as it will have to be: mend what is not open first.";
        indented(out, words, style, ink)?;
    }
    if matches!(found.presence, Presence::There) && !found.draws {
        indented(out, ADDS, style, ink)?;
    }
    for call in &found.calls {
        writeln!(out, "\n  {}", ink.faint(&format!("# {}", call.form)))?;
        for line in call.text.lines() {
            writeln!(out, "  {}", clean(line))?;
        }
    }
    Ok(())
}

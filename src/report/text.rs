//! What `check` prints for people: hops, resources by group, what could not be read, the calls.
//!
//! Plain lines, at most [`Style::width`] columns, no box drawing: it is read in logs too. Colour
//! only repeats what a word says. Text of Azure passes [`cell::clean`] before it is written.

mod cell;
pub mod doctor;
pub(super) mod encryption;
pub mod explain;
mod facts;
mod findings;
mod hops;
pub mod preflight;
pub mod rules;

use std::collections::BTreeMap;
use std::io::{self, Write};

use crate::analysis::hop::Judgement;
use crate::model::id::ArmId;
use crate::model::key::Key;
use crate::model::resource::{Family, Resource};
use crate::store::{Inventory, Slice, State};

use super::{Meta, Requests};
use cell::{Ink, clean, fit, wrap};

/// How to print.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Columns to keep within.
    pub width: usize,
    /// Whether escape sequences for colour may be written.
    pub colour: bool,
}

impl Default for Style {
    fn default() -> Self {
        Self {
            width: 100,
            colour: false,
        }
    }
}

/// Writes the report.
pub fn write(
    out: &mut impl Write,
    inventory: &Inventory,
    judgement: &Judgement,
    meta: &Meta,
    style: Style,
) -> io::Result<()> {
    let ink = Ink::new(style.colour);
    head(out, inventory, meta, style, ink)?;
    hops::write(out, inventory, &judgement.hops, style, ink)?;
    findings::write(out, &judgement.findings, style, ink)?;
    let groups = by_group(inventory);
    if groups.is_empty() {
        let nothing = if inventory.snapshot().is_complete() {
            "No resource of a type that hopscope reads was found."
        } else {
            "No resource of a type that hopscope reads was found in what could be read."
        };
        writeln!(out, "\n  {nothing}")?;
    }
    for ((_, group), resources) in &groups {
        section(out, inventory, group.as_ref(), resources, style, ink)?;
    }
    encryption::write(
        out,
        inventory,
        &judgement.hops,
        meta.generated_at,
        style,
        ink,
    )?;
    not_read(out, inventory, style, ink)?;
    foot(out, inventory, style)
}

fn head(
    out: &mut impl Write,
    inventory: &Inventory,
    meta: &Meta,
    style: Style,
    ink: Ink,
) -> io::Result<()> {
    let snapshot = inventory.snapshot();
    let who = snapshot
        .callers()
        .iter()
        .find_map(|caller| caller.label())
        .map_or_else(String::new, |who| format!("  as {}", clean(who)));
    let when = super::timestamp(
        meta.generated_at
            .replace_nanosecond(0)
            .unwrap_or(meta.generated_at),
    );
    writeln!(
        out,
        "{}",
        ink.strong(&fit(
            &format!("hopscope  {}{who}  {when}", clean(&meta.cloud)),
            style.width
        ))
    )?;
    for id in super::subscriptions(snapshot) {
        let name = inventory
            .subscription(&id)
            .map_or_else(String::new, |one| format!("{}  ", clean(&one.display_name)));
        let delegated = snapshot
            .delegated()
            .into_iter()
            .find(|one| one.subscription.id == id)
            .map_or_else(String::new, |one| {
                format!("  delegated by tenant {}", one.home)
            });
        writeln!(out, "subscription  {name}{id}{delegated}")?;
    }
    Ok(())
}

/// What came along after what was asked for, then by id.
type Groups<'a> = BTreeMap<(bool, Option<ArmId>), Vec<&'a Resource>>;

fn by_group(inventory: &Inventory) -> Groups<'_> {
    let asked = &inventory.snapshot().scope().resource_groups;
    let mut groups = Groups::new();
    for resource in inventory.resources() {
        let group = resource.id.group_id();
        let is_along = !asked.is_empty()
            && !group
                .as_ref()
                .is_some_and(|id| asked.iter().any(|one| one.eq_ignore_ascii_case(id.name())));
        groups.entry((is_along, group)).or_default().push(resource);
    }
    groups
}

fn section(
    out: &mut impl Write,
    inventory: &Inventory,
    group: Option<&ArmId>,
    resources: &[&Resource],
    style: Style,
    ink: Ink,
) -> io::Result<()> {
    let name = group.map_or("outside of any group", ArmId::name);
    writeln!(out)?;
    let by = group
        .and_then(|id| inventory.group(id)?.managed_by.text().map(ArmId::new))
        .map_or_else(String::new, |by| {
            format!("  managed by {}", clean(by.name()))
        });
    writeln!(out, "{}{by}", ink.strong(&clean(name)))?;
    let (guarded, others): (Vec<&Resource>, Vec<&Resource>) = resources
        .iter()
        .partition(|resource| resource.family.has_firewall());
    table(out, inventory, &guarded, style, ink)?;
    beside(out, &others, style)
}

const HEADINGS: [&str; 7] = [
    "NAME",
    "PART",
    "KEYS",
    "OUTBOUND",
    "ENCRYPTION",
    "IDENTITY",
    "OPEN TO",
];

/// One row a resource with a firewall, and below it the properties that make it so. The last
/// column takes what room is left.
fn table(
    out: &mut impl Write,
    inventory: &Inventory,
    resources: &[&Resource],
    style: Style,
    ink: Ink,
) -> io::Result<()> {
    if resources.is_empty() {
        return Ok(());
    }
    let rows: Vec<[String; 7]> = resources
        .iter()
        .map(|one| {
            [
                fit(&clean(&one.name), 24),
                facts::part(inventory, one).to_owned(),
                facts::keys(one).to_owned(),
                facts::outbound(one),
                facts::encryption(one).to_owned(),
                facts::identity(one),
                facts::open_to(inventory, one),
            ]
        })
        .collect();
    let mut widths = HEADINGS.map(str::len);
    for row in &rows {
        for (width, text) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell::width(text));
        }
    }
    let line = |cells: [&str; 7]| {
        let mut text = String::from(" ");
        for (width, cell) in widths.iter().zip(cells) {
            text.push(' ');
            text.push_str(&cell::pad(cell, *width));
            text.push(' ');
        }
        fit(text.trim_end(), style.width)
    };
    writeln!(out, "{}", ink.faint(&line(HEADINGS)))?;
    for (row, resource) in rows.iter().zip(resources) {
        writeln!(out, "{}", line(row.each_ref().map(String::as_str)))?;
        let room = style.width.saturating_sub(6);
        for fact in wrap(&facts::network(inventory, resource), room) {
            writeln!(out, "      {}", ink.faint(&fact))?;
        }
    }
    Ok(())
}

/// Resources without a firewall, by family, in wrapped lines.
fn beside(out: &mut impl Write, resources: &[&Resource], style: Style) -> io::Result<()> {
    for family in Family::ALL {
        let names: Vec<String> = resources
            .iter()
            .filter(|one| one.family == family)
            .map(|one| clean(&one.name))
            .collect();
        if names.is_empty() {
            continue;
        }
        let label = format!("  {}  ", family.plural());
        let lines = wrap(
            &names.join(", "),
            style.width.saturating_sub(label.len()).max(20),
        );
        for (at, text) in lines.iter().enumerate() {
            let before = if at == 0 {
                label.clone()
            } else {
                " ".repeat(label.len())
            };
            writeln!(out, "{before}{text}")?;
        }
    }
    Ok(())
}

fn not_read(out: &mut impl Write, inventory: &Inventory, style: Style, ink: Ink) -> io::Result<()> {
    let mut entries: Vec<(&Key, &Slice)> = inventory.snapshot().unread().collect();
    if entries.is_empty() {
        return Ok(());
    }
    entries.sort_by_key(|(key, _)| (key.what(), super::scope_of(key)));
    writeln!(out)?;
    writeln!(out, "{}", ink.strong("Not read"))?;
    for (key, slice) in entries {
        let line = format!(
            "{} {}: {}",
            sign(slice.state()),
            clean(&subject(inventory, key)),
            how_it_ended(slice)
        );
        let mut lines = wrap(&line, style.width.saturating_sub(2)).into_iter();
        if let Some(first) = lines.next() {
            writeln!(out, "  {}", ink.state(slice.state(), &first))?;
        }
        for more in lines {
            writeln!(out, "    {more}")?;
        }
        for more in wrap(&cause(slice), style.width.saturating_sub(6)) {
            writeln!(out, "      {more}")?;
        }
    }
    Ok(())
}

/// The state, and what Azure answered.
pub(super) fn how_it_ended(slice: &Slice) -> String {
    let Some(issue) = slice.trouble() else {
        return "no answer yet".to_owned();
    };
    [
        Some(slice.state().word().to_owned()),
        issue.status.map(|status| status.to_string()),
        issue.code.as_deref().map(clean),
    ]
    .into_iter()
    .flatten()
    .collect::<Vec<_>>()
    .join(" ")
}

/// The next step where there is one, else what Azure said.
pub(super) fn cause(slice: &Slice) -> String {
    let Some(issue) = slice.trouble() else {
        return String::new();
    };
    match (&issue.right, issue.role) {
        (Some(right), Some(role)) => format!("needs {}, which {role} has", clean(right)),
        (Some(right), None) if slice.state() == State::Denied => {
            format!("needs {}", clean(right))
        }
        _ => clean(&issue.message),
    }
}

/// What was to be read, and of what, without the long way there.
pub(super) fn subject(inventory: &Inventory, key: &Key) -> String {
    match key {
        Key::Resource(id) => format!("{} {}", id.resource_type().unwrap_or_default(), id.name()),
        _ => match key.scope() {
            Some(scope) => {
                let known = scope
                    .subscription()
                    .filter(|id| scope == ArmId::of_subscription(id))
                    .and_then(|id| inventory.subscription(&id));
                let name = known.map_or(scope.name(), |one| one.display_name.as_str());
                format!("{} of {name}", key.words())
            }
            None => key.words().to_owned(),
        },
    }
}

fn sign(state: State) -> &'static str {
    match state {
        State::Denied => "?",
        State::Failed => "!",
        State::Pending => "…",
        State::Known | State::Unsupported => "-",
    }
}

fn foot(out: &mut impl Write, inventory: &Inventory, style: Style) -> io::Result<()> {
    let snapshot = inventory.snapshot();
    let calls = Requests::of(snapshot);
    writeln!(out)?;
    let verdict = if snapshot.is_complete() {
        "everything that was planned was read".to_owned()
    } else {
        format!("incomplete: {} not read", snapshot.unread().count())
    };
    let line = format!(
        "{} resources, {verdict}; {} requests in {} ms, {} failed, {} denied, {} throttled",
        inventory.resources().count(),
        calls.total,
        calls.elapsed_ms,
        calls.failed,
        calls.denied,
        calls.throttled,
    );
    for part in wrap(&line, style.width) {
        writeln!(out, "{part}")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;

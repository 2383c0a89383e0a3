//! Customers' keys in the text report: a line for each resource that is encrypted with one.

use std::io::{self, Write};

use time::OffsetDateTime;

use crate::analysis::encryption::{Facts, Keeper, Key, overview, usable_by};
use crate::analysis::hop::Hop;
use crate::store::Inventory;

use super::Style;
use super::cell::{Ink, clean, fit, pad, width};

/// Writes the section; nothing where no resource has a key of the customer's.
pub(super) fn write(
    out: &mut impl Write,
    inventory: &Inventory,
    hops: &[Hop],
    now: OffsetDateTime,
    style: Style,
    ink: Ink,
) -> io::Result<()> {
    let all = overview(inventory, hops);
    let rows: Vec<[String; 6]> = all
        .iter()
        .filter_map(|one| {
            let Keeper::Customer(key) = &one.keeper else {
                return None;
            };
            let callers = one.callers.map_or_else(
                || "no caller known".to_owned(),
                |(_, open, all)| usable_by(open, all),
            );
            Some([
                fit(&clean(&one.name), 24),
                clean(&format!("{}/{}", key.vault, key.name)),
                version(key),
                ends(&key.facts, now),
                rotation(&key.facts),
                callers,
            ])
        })
        .collect();
    if rows.is_empty() {
        return Ok(());
    }
    writeln!(out)?;
    let title = format!("Customers' keys  {} of {} resources", rows.len(), all.len());
    writeln!(out, "{}", ink.strong(&title))?;
    let mut widths = [0; 6];
    for row in &rows {
        for (own, text) in widths.iter_mut().zip(row) {
            *own = (*own).max(width(text));
        }
    }
    for row in &rows {
        let cells: Vec<String> = row
            .iter()
            .zip(widths)
            .map(|(text, own)| pad(text, own))
            .collect();
        writeln!(
            out,
            "{}",
            fit(format!("  {}", cells.join("  ")).trim_end(), style.width)
        )?;
    }
    Ok(())
}

/// The version that is used, in words.
pub(in crate::report) fn version(key: &Key) -> String {
    key.version.as_ref().map_or_else(
        || "latest version".to_owned(),
        |version| {
            format!(
                "version {}",
                clean(version).chars().take(8).collect::<String>()
            )
        },
    )
}

fn rotation(facts: &Facts) -> String {
    match facts {
        Facts::Read {
            rotation, behind, ..
        } => {
            let own = clean(&rotation.words());
            if *behind {
                format!("{own}, a newer version is there")
            } else {
                own
            }
        }
        Facts::NotRead(_) | Facts::Gone => String::new(),
    }
}

/// Until when a key can be used, in words.
pub(in crate::report) fn ends(facts: &Facts, now: OffsetDateTime) -> String {
    match facts {
        Facts::NotRead(_) => "? key not read".to_owned(),
        Facts::Gone => "key is gone".to_owned(),
        Facts::Read {
            enabled: Some(false),
            ..
        } => "key is disabled".to_owned(),
        Facts::Read { expires, .. } => match expires {
            Ok(None) => "never ends".to_owned(),
            Ok(Some(at)) if *at <= now => "key has expired".to_owned(),
            Ok(Some(at)) => format!("ends {}", at.date()),
            Err(()) => "? end cannot be told".to_owned(),
        },
    }
}

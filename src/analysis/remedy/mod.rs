//! Texts of remedies: the least change that opens a gate, as a person would type or click it.
//!
//! * [`shell`]: words quoted for a POSIX shell;
//! * [`az`]: commands of the Azure CLI;
//! * [`terraform`]: attributes of azurerm, and azapi where azurerm has none;
//! * [`portal`]: the way through the portal;
//! * [`read`]: the right to read what was refused.
//!
//! Nothing here decides what mends a gate (gates do), and nothing is ever run.

pub mod az;
pub mod portal;
pub mod read;
pub mod shell;
pub mod terraform;

use super::hop::Remedy;

/// Adds what a person should know before, to every remedy of a set.
#[must_use]
pub fn noted(remedies: Vec<Remedy>, note: &str) -> Vec<Remedy> {
    remedies
        .into_iter()
        .map(|mut remedy| {
            remedy.note = Some(match remedy.note.take() {
                Some(own) => format!("{own} {note}"),
                None => note.to_owned(),
            });
            remedy
        })
        .collect()
}

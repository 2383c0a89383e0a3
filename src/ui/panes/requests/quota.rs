//! What Azure lets us ask, and what is left of it, from the quota headers of the newest answers.
//!
//! A limit is named only where it is documented; for any other header the count stands alone.

use time::OffsetDateTime;

use crate::model::id::ArmId;
use crate::model::ledger::LedgerEntry;
use crate::store::{Inventory, Ledger};
use crate::ui::text::short_guid;

/// One gauge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gauge {
    /// Whose quota: `Resource Manager`.
    pub title: String,
    /// Of what: `contoso-dev · reads`.
    pub place: String,
    /// What was left.
    pub left: u64,
    /// Of how many, where that is documented and fits what was said.
    pub of: Option<u64>,
    /// How it fills again.
    pub refill: &'static str,
    /// When the answer came that said so.
    pub at: OffsetDateTime,
    rank: usize,
}

/// The gauges, the most telling first: of each quota the newest word.
pub fn gauges(ledger: &Ledger, inventory: &Inventory) -> Vec<Gauge> {
    let mut gauges: Vec<Gauge> = Vec::new();
    for entry in ledger.entries.iter().rev() {
        for (name, left) in &entry.remaining {
            let Some(gauge) = gauge(entry, name, *left, inventory) else {
                continue;
            };
            let known = gauges
                .iter()
                .any(|one| one.title == gauge.title && one.place == gauge.place);
            if !known {
                gauges.push(gauge);
            }
        }
    }
    gauges.sort_by(|one, other| (one.rank, &one.place).cmp(&(other.rank, &other.place)));
    gauges
}

fn gauge(entry: &LedgerEntry, name: &str, left: i64, inventory: &Inventory) -> Option<Gauge> {
    let left = u64::try_from(left).ok()?;
    let (rank, title, what, limit, refill): (_, &str, String, Option<u64>, &'static str) =
        match name {
            "subscription-reads" => (
                0,
                "Resource Manager",
                place(entry, "reads", inventory),
                Some(250),
                "+25 a second",
            ),
            "tenant-reads" => (
                1,
                "Resource Manager",
                "whole tenant · reads".to_owned(),
                Some(250),
                "+25 a second",
            ),
            "user-quota" => (
                2,
                "Resource Graph",
                "whole tenant".to_owned(),
                Some(15),
                "in 5 seconds",
            ),
            "subscription-global-reads" => (
                4,
                "Resource Manager",
                place(entry, "everybody's reads", inventory),
                None,
                "",
            ),
            other => (
                3,
                "Resource provider",
                place(entry, &other.replace('-', " "), inventory),
                None,
                "",
            ),
        };
    Some(Gauge {
        title: title.to_owned(),
        place: what,
        left,
        // A count above the limit comes from the older, hourly model.
        of: limit.filter(|of| left <= *of),
        refill,
        at: entry.started_at,
        rank,
    })
}

fn place(entry: &LedgerEntry, what: &str, inventory: &Inventory) -> String {
    let path = entry.path.split('?').next().unwrap_or_default();
    match ArmId::new(path).subscription() {
        Some(id) => {
            let name = inventory
                .subscription(&id)
                .map_or_else(|| short_guid(id.as_str()), |one| one.display_name.clone());
            format!("{name} · {what}")
        }
        None => what.to_owned(),
    }
}

//! The run itself: what was looked at, when, as whom, and what could not be read.

use crate::model::id::ArmId;
use crate::model::judging::Judging;
use crate::model::key::Key;
use crate::report::text::{cause, how_it_ended, subject};
use crate::report::{Meta, Requests, subscriptions};
use crate::store::Inventory;

use super::facts::name;
use super::{NotRead, clean, when};

/// What was looked at: the groups that were asked for, else the subscriptions.
pub(super) fn title(inventory: &Inventory, meta: &Meta) -> String {
    let snapshot = inventory.snapshot();
    let groups = &snapshot.scope().resource_groups;
    let names: Vec<String> = if groups.is_empty() {
        subscriptions(snapshot)
            .iter()
            .map(|id| name(inventory, &ArmId::of_subscription(id)))
            .collect()
    } else {
        groups.iter().map(|group| clean(group)).collect()
    };
    match names.as_slice() {
        [] => clean(&meta.cloud),
        [one] => one.clone(),
        [one, rest @ ..] => format!("{one} and {} more", rest.len()),
    }
}

/// When, as whom, where.
pub(super) fn facts(
    inventory: &Inventory,
    judging: &Judging,
    meta: &Meta,
) -> Vec<(&'static str, String)> {
    let snapshot = inventory.snapshot();
    let mut facts = Vec::new();
    let read = snapshot
        .slices()
        .filter_map(|(_, slice)| slice.observed_at)
        .fold(None, |span: Option<(_, _)>, at| {
            Some(span.map_or((at, at), |(first, last)| (at.min(first), at.max(last))))
        });
    facts.push((
        "Read",
        read.map_or_else(
            || "nothing was read".to_owned(),
            |(first, last)| {
                if last - first < time::Duration::SECOND {
                    when(last)
                } else {
                    format!("{} to {}", when(first), when(last))
                }
            },
        ),
    ));
    facts.push(("Report made", when(meta.generated_at)));
    let who: Vec<String> = snapshot
        .callers()
        .iter()
        .filter_map(|caller| {
            let label = clean(caller.label()?);
            let kind = if caller.is_person() {
                "a person"
            } else {
                "an app"
            };
            let by = clean(&caller.credential);
            Some(format!("{label} ({kind}, signed in by {by})"))
        })
        .collect();
    facts.push((
        "As whom",
        if who.is_empty() {
            "nobody is known to be signed in".to_owned()
        } else {
            who.join("; ")
        },
    ));
    if let Some(address) = judging.client_ip {
        facts.push(("Judged for the address", address.to_string()));
    }
    facts.push(("Cloud", clean(&meta.cloud)));
    let asked: Vec<String> = subscriptions(snapshot)
        .iter()
        .map(|id| {
            let name = name(inventory, &ArmId::of_subscription(id));
            if name == id.as_str() {
                name
            } else {
                format!("{name} ({id})")
            }
        })
        .collect();
    facts.push(("Subscriptions", asked.join(", ")));
    let groups = &snapshot.scope().resource_groups;
    if !groups.is_empty() {
        let groups: Vec<String> = groups.iter().map(|group| clean(group)).collect();
        facts.push(("Resource groups", groups.join(", ")));
    }
    facts.push(("Resources", inventory.resources().count().to_string()));
    let calls = Requests::of(snapshot);
    facts.push((
        "Requests",
        format!(
            "{} reads in {} ms; {} failed, {} denied, {} throttled; nothing was written",
            calls.total, calls.elapsed_ms, calls.failed, calls.denied, calls.throttled
        ),
    ));
    facts
}

/// What could not be read, and why.
pub(super) fn not_read(inventory: &Inventory) -> Vec<NotRead> {
    let mut entries: Vec<(&Key, _)> = inventory.snapshot().unread().collect();
    entries.sort_by_key(|(key, _)| (key.what(), crate::report::scope_of(key)));
    entries
        .into_iter()
        .map(|(key, slice)| NotRead {
            what: clean(&subject(inventory, key)),
            ended: how_it_ended(slice),
            cause: cause(slice),
            request: slice
                .trouble()
                .and_then(|issue| issue.request_id.as_deref())
                .map(clean),
        })
        .collect()
}

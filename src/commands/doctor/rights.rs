//! Tenants, subscriptions and rights, as the readings of `Depth::Rights` say; and what they cost.

use std::collections::BTreeMap;

use crate::analysis::remedy::read;
use crate::fetch::plan::FEW;
use crate::model::id::{ArmId, SubscriptionId, TenantId};
use crate::model::issue::IssueKind;
use crate::model::key::Key;
use crate::model::tenancy::Subscription;
use crate::report::Requests;
use crate::report::text::doctor::{Line, Section, Stand};
use crate::store::{Inventory, Slice, State};

/// The tenants that can be seen, each with its subscriptions.
pub(super) fn tenants(inventory: &Inventory) -> Section {
    let mut lines = Vec::new();
    let mut listed: Vec<_> = inventory.subscriptions().collect();
    listed.sort_by_key(|one| one.display_name.to_lowercase());
    let mut told: Vec<&TenantId> = Vec::new();
    for tenant in inventory.tenants() {
        // Each view lists the tenants that it can see.
        if told.contains(&&tenant.id) {
            continue;
        }
        told.push(&tenant.id);
        let own = listed
            .iter()
            .copied()
            .filter(|one| one.tenant_id.as_ref() == Some(&tenant.id));
        let (enabled, others): (Vec<&Subscription>, Vec<&Subscription>) =
            own.partition(|one| one.is_enabled());
        let name = tenant
            .display_name
            .text()
            .or_else(|| tenant.default_domain.text())
            .unwrap_or("tenant");
        let names: Vec<&str> = enabled
            .iter()
            .take(3)
            .map(|one| one.display_name.as_str())
            .collect();
        let mut words = match enabled.len() {
            0 => "no subscription of it can be seen".to_owned(),
            1 => format!("1 subscription: {}", names.join(", ")),
            many => format!("{many} subscriptions: {}", names.join(", ")),
        };
        if enabled.len() > names.len() {
            words.push_str(" …");
        }
        if !others.is_empty() {
            words = format!("{words}; {} more disabled", others.len());
        }
        let stand = if enabled.is_empty() {
            Stand::Fact
        } else {
            Stand::Works
        };
        lines.push(Line::new(stand, name, format!("{} · {words}", tenant.id)));
    }
    for (key, slice) in inventory.snapshot().slices() {
        let is_door = matches!(key, Key::Subscriptions(_) | Key::Tenants(_));
        // That nobody is signed in to a tenant stands above.
        let is_said = slice
            .trouble()
            .is_some_and(|issue| issue.kind == IssueKind::SignIn);
        if is_door && !is_said && slice.state() != State::Known {
            lines.push(Line::new(Stand::Unknown, key.words(), why(slice)));
        }
    }
    if listed.is_empty() {
        lines.push(Line::new(
            Stand::Fails,
            "subscriptions",
            "none can be seen with this sign-in: ask for Reader on one, or name another tenant with --tenant",
        ));
    }
    Section {
        title: "Tenants",
        lines,
    }
}

/// What may be read in each of the subscriptions that were asked, and the directory.
pub(super) fn held(inventory: &Inventory) -> Section {
    let mut by_subscription: BTreeMap<SubscriptionId, Vec<(&Key, &Slice)>> = BTreeMap::new();
    let snapshot = inventory.snapshot();
    let mut directory = Vec::new();
    for (key, slice) in snapshot.slices() {
        match key {
            Key::Principals(_) => directory.push(slice),
            _ => {
                if let Some(own) = key.scope().and_then(|scope| scope.subscription()) {
                    by_subscription.entry(own).or_default().push((key, slice));
                }
            }
        }
    }
    let mut lines = Vec::new();
    for (id, readings) in &by_subscription {
        let name = inventory
            .subscription(id)
            .map_or_else(|| id.to_string(), |one| one.display_name.clone());
        lines.extend(subscription(inventory, id, &name, readings));
    }
    let visible = inventory
        .subscriptions()
        .filter(|one| one.is_enabled())
        .count();
    if by_subscription.len() == FEW && visible > FEW {
        lines.push(Line::new(
            Stand::Fact,
            "others",
            format!(
                "{} more were not asked: name one with --subscription",
                visible - FEW
            ),
        ));
    }
    for slice in directory {
        lines.push(if slice.state() == State::Known {
            Line::new(Stand::Works, "directory", "names and groups, from Microsoft Graph")
        } else {
            let words = format!(
                "names and groups: {}; ids are shown in their place, and Resource Manager is asked for groups",
                why(slice)
            );
            Line::new(Stand::Weak, "directory", words)
        });
    }
    Section {
        title: "Rights",
        lines,
    }
}

fn subscription(
    inventory: &Inventory,
    id: &SubscriptionId,
    name: &str,
    readings: &[(&Key, &Slice)],
) -> Vec<Line> {
    let (known, missing): (Vec<_>, Vec<_>) = readings
        .iter()
        .partition(|(_, slice)| slice.state() == State::Known);
    let known: Vec<&Key> = known.into_iter().map(|(key, _)| key).collect();
    let mut lines = Vec::new();
    if !known.is_empty() {
        lines.push(Line::new(Stand::Works, name, listed(id, &known)));
    }
    // Several readings that fail for the same reason are one line.
    let mut reasons: Vec<(String, Vec<&Key>)> = Vec::new();
    for (key, slice) in &missing {
        let why = why(slice);
        match reasons.iter_mut().find(|(own, _)| *own == why) {
            Some((_, subjects)) => subjects.push(key),
            None => reasons.push((why, vec![*key])),
        }
    }
    for (why, subjects) in reasons {
        let words = format!("{}: {why}", listed(id, &subjects));
        lines.push(Line::new(Stand::Unknown, name, words));
    }
    let role = missing
        .iter()
        .filter(|(_, slice)| slice.state() == State::Denied)
        .find_map(|(_, slice)| slice.trouble()?.role);
    if let Some(role) = role {
        let caller = inventory.snapshot().callers().first();
        let remedies = read::give(caller, role, &ArmId::of_subscription(id));
        if let Some(least) = remedies.first() {
            let words = format!(
                "who may assign roles there: {}",
                least.text.replace(" \\\n", " ")
            );
            lines.push(Line::new(Stand::Fact, "to mend it", words));
        }
    }
    lines
}

/// What was read, place by place: `resource groups; in rg-rag-poc: role assignments, locks`.
fn listed(subscription: &SubscriptionId, keys: &[&Key]) -> String {
    let root = ArmId::of_subscription(subscription);
    let mut places: Vec<(Option<ArmId>, Vec<&str>)> = Vec::new();
    for key in keys {
        let place = key.scope().filter(|scope| *scope != root);
        match places.iter_mut().find(|(own, _)| *own == place) {
            Some((_, words)) => words.push(key.words()),
            None => places.push((place, vec![key.words()])),
        }
    }
    let words: Vec<String> = places
        .into_iter()
        .map(|(place, words)| match place {
            Some(place) => format!("in {}: {}", place.name(), words.join(", ")),
            None => words.join(", "),
        })
        .collect();
    words.join("; ")
}

/// Why a reading brought nothing, with the right and the role that has it.
fn why(slice: &Slice) -> String {
    let Some(issue) = slice.trouble() else {
        return match slice.state() {
            State::Unsupported => "this cloud does not have it".to_owned(),
            _ => "no answer came".to_owned(),
        };
    };
    match (&issue.right, issue.role) {
        (Some(right), Some(role)) => format!("refused, for want of {right}, which {role} has"),
        (Some(right), None) => format!("refused, for want of {right}"),
        _ => issue.message.clone(),
    }
}

/// What it cost to find this out, and what a whole reading leaves of Azure's quotas.
pub(super) fn cost(inventory: &Inventory) -> Section {
    let snapshot = inventory.snapshot();
    let calls = Requests::of(snapshot);
    let refused = match calls.denied {
        0 => String::new(),
        many => format!(", {many} of them refused"),
    };
    let mut lines = vec![Line::new(
        Stand::Fact,
        "requests",
        format!(
            "{} in {} ms{refused}: all of them reads, which Azure does not bill; nothing was written",
            calls.total, calls.elapsed_ms
        ),
    )];
    let least = snapshot
        .requests()
        .flat_map(|entry| &entry.remaining)
        .filter(|(name, _)| name.ends_with("reads"))
        .min_by_key(|(_, left)| *left);
    if let Some((name, left)) = least {
        let words = format!("{left} more are left before Azure asks to wait ({name})");
        lines.push(Line::new(Stand::Fact, "quota", words));
    }
    Section {
        title: "What it cost",
        lines,
    }
}

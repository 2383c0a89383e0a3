//! The findings as SARIF 2.1.0, for code scanners: every rule with its documentation, every finding
//! with the resource, its proof and its remedies, and what could not be read as notifications.
//!
//! A finding has no file: its place is the ARM id, as a logical location and, because scanners want
//! one, as a relative URI with the first line. What the config file hides is there, suppressed, with
//! its reason.

use std::collections::BTreeSet;
use std::fmt::Write;

use serde_json::{Map, Value, json};

use crate::analysis::findings::{self, Rule};
use crate::analysis::hop::{Benefit, Finding, FindingKind, Judgement, Remedy, Severity};
use crate::model::judging::Suppression;
use crate::store::Inventory;

use super::{Meta, names, scope_of, timestamp};

/// The schema that the log follows.
const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
/// The notification of a reading that was refused or failed.
const NOT_READ: &str = "not-read";

/// The log, with one run.
pub fn build(inventory: &Inventory, judgement: &Judgement, meta: &Meta) -> Value {
    let snapshot = inventory.snapshot();
    let shown = judgement.findings.iter().map(|one| (one, None));
    let hidden = judgement.hidden.iter().map(|(one, by)| (one, Some(by)));
    let results: Vec<Value> = shown
        .chain(hidden)
        .map(|(finding, by)| result(inventory, finding, by))
        .collect();
    let mut notifications: Vec<Value> = snapshot
        .unread()
        .map(|(key, slice)| {
            let what = super::text::subject(inventory, key);
            let text = format!(
                "{what}: {}; {}",
                super::text::how_it_ended(slice),
                super::text::cause(slice)
            );
            json!({
                "level": "warning",
                "descriptor": { "id": NOT_READ },
                "message": { "text": text },
                "locations": [{ "logicalLocations": [{ "fullyQualifiedName": scope_of(key), "kind": "resource" }] }],
            })
        })
        .collect();
    notifications.sort_by_key(|one| one["message"]["text"].as_str().map(str::to_owned));
    let rules: Vec<Value> = findings::rules().map(rule).collect();
    json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "hopscope",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "shortDescription": { "text": env!("CARGO_PKG_DESCRIPTION") },
                "rules": rules,
                "notifications": [{
                    "id": NOT_READ,
                    "shortDescription": { "text": "A reading was refused or failed: what leans on it is unknown." },
                }],
            } },
            "automationDetails": { "id": format!("hopscope/{}/", scope(inventory, meta)) },
            "invocations": [{
                "executionSuccessful": snapshot.sign_in_trouble().is_none(),
                "endTimeUtc": timestamp(meta.generated_at),
                "toolExecutionNotifications": notifications,
            }],
            "columnKind": "utf16CodeUnits",
            "results": results,
            "properties": { "complete": snapshot.is_complete() },
        }],
    })
}

/// What sets runs of different environments apart.
fn scope(inventory: &Inventory, meta: &Meta) -> String {
    let snapshot = inventory.snapshot();
    let mut parts = vec![meta.cloud.clone()];
    parts.extend(
        super::subscriptions(snapshot)
            .iter()
            .map(ToString::to_string),
    );
    parts.extend(snapshot.scope().resource_groups.iter().cloned());
    parts.join("/")
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

fn rule(rule: &Rule) -> Value {
    let benefit = rule.benefit.map(Benefit::word);
    let tags: BTreeSet<&str> = ["azure", rule.family, rule.kind.word()]
        .into_iter()
        .chain(benefit)
        .collect();
    let pages = rule.pages();
    let more: String = pages.iter().flat_map(|page| ["\n", page]).collect();
    let links: String = pages.iter().flat_map(|page| ["\n- <", page, ">"]).collect();
    let mut told = json!({
        "id": rule.id,
        "name": pascal(rule.id),
        "shortDescription": { "text": format!("{}.", rule.title) },
        "fullDescription": { "text": rule.doc },
        "help": {
            "text": format!("{}\n\nSource: {}{more}", rule.doc, rule.origin()),
            "markdown": format!(
                "{}\n\nSource: {}\n{links}\n\n`hopscope rules {}` says the same.",
                rule.doc,
                rule.origin(),
                rule.id
            ),
        },
        "defaultConfiguration": { "level": level(rule.severity) },
        "properties": { "tags": tags },
    });
    if let (Some(first), Some(entry)) = (pages.first(), told.as_object_mut()) {
        entry.insert("helpUri".to_owned(), (*first).into());
    }
    told
}

/// `storage/shared-key-enabled` as `StorageSharedKeyEnabled`.
fn pascal(id: &str) -> String {
    id.split(['/', '-'])
        .flat_map(|word| {
            let (first, rest) = word.split_at(word.len().min(1));
            [first.to_ascii_uppercase(), rest.to_owned()]
        })
        .collect()
}

fn result(inventory: &Inventory, finding: &Finding, by: Option<&Suppression>) -> Value {
    let mut out = Map::new();
    out.insert("ruleId".into(), finding.rule.into());
    if let Some(at) = findings::rules().position(|rule| rule.id == finding.rule) {
        out.insert("ruleIndex".into(), at.into());
    }
    // SARIF gives a level to failures only; what cannot be told is `open` there.
    let (kind, level) = match (finding.kind, finding.severity) {
        (FindingKind::Broken, Severity::Info) => ("open", "none"),
        (FindingKind::Broken | FindingKind::Exposure, severity) => ("fail", level(severity)),
        (FindingKind::Keep | FindingKind::Note, _) => ("informational", "none"),
    };
    out.insert("kind".into(), kind.into());
    out.insert("level".into(), level.into());
    let name = names::end(inventory, &finding.resource);
    let mut text = format!("{name}: {}. {}", finding.title, finding.detail);
    let mut markdown = format!(
        "**{}** on `{}`\n\n{}",
        finding.title,
        name.replace('`', "'"),
        finding.detail
    );
    for remedy in &finding.remedies {
        add(&mut text, &mut markdown, remedy);
    }
    out.insert(
        "message".into(),
        json!({ "text": text, "markdown": markdown }),
    );
    out.insert(
        "locations".into(),
        json!([location(&finding.resource, &name)]),
    );
    let first = finding.hops.first().map(String::as_str).unwrap_or_default();
    let proof = finding.evidence.first().map_or_else(String::new, |one| {
        format!("{}|{}", one.resource.folded(), one.path)
    });
    let print = format!(
        "{}|{}|{first}|{proof}",
        finding.rule,
        finding.resource.to_ascii_lowercase()
    );
    out.insert(
        "partialFingerprints".into(),
        json!({ "hopscope/v1": print }),
    );
    let evidence: Vec<Value> = finding
        .evidence
        .iter()
        .map(|one| {
            json!({
                "resource": one.resource.as_str(),
                "path": one.path,
                "value": one.value,
                "absent": one.is_absent(),
                "observedAt": timestamp(one.observed_at),
            })
        })
        .collect();
    let mut properties = Map::new();
    properties.insert("findingKind".into(), finding.kind.word().into());
    properties.insert("severity".into(), finding.severity.word().into());
    if let Some(benefit) = finding.benefit {
        properties.insert("benefit".into(), benefit.word().into());
    }
    properties.insert("evidence".into(), evidence.into());
    properties.insert("hops".into(), finding.hops.clone().into());
    out.insert("properties".into(), properties.into());
    if let Some(by) = by {
        let entry =
            json!([{ "kind": "external", "status": "accepted", "justification": by.reason }]);
        out.insert("suppressions".into(), entry);
    }
    out.into()
}

fn add(text: &mut String, markdown: &mut String, remedy: &Remedy) {
    let word = remedy.tool.word();
    // Writing to a string cannot fail.
    let _ = write!(text, "\n\n{word}: {}", remedy.text);
    let fence = if remedy.text.contains("```") {
        "````"
    } else {
        "```"
    };
    let _ = write!(markdown, "\n\n{word}:\n\n{fence}\n{}\n{fence}", remedy.text);
    if let Some(note) = &remedy.note {
        let _ = write!(text, "\n{note}");
        let _ = write!(markdown, "\n\n{note}");
    }
}

/// Where a finding is: the ARM id as a relative URI, or the host that it is about.
fn location(resource: &str, name: &str) -> Value {
    let path: Vec<String> = resource
        .split('/')
        .filter(|part| !part.is_empty())
        .map(|part| {
            percent_encoding::utf8_percent_encode(part, percent_encoding::NON_ALPHANUMERIC)
                .to_string()
        })
        .map(|part| {
            part.replace("%2D", "-")
                .replace("%2E", ".")
                .replace("%5F", "_")
        })
        .collect();
    json!({
        "physicalLocation": {
            "artifactLocation": { "uri": path.join("/") },
            "region": { "startLine": 1 },
        },
        "logicalLocations": [{ "name": name, "fullyQualifiedName": resource, "kind": "resource" }],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_places_are_as_scanners_want_them() {
        assert_eq!(
            pascal("storage/shared-key-enabled"),
            "StorageSharedKeyEnabled"
        );
        let place = location("/subscriptions/s/resourceGroups/rg (1)", "rg (1)");
        let uri = &place["physicalLocation"]["artifactLocation"]["uri"];
        assert_eq!(uri, "subscriptions/s/resourceGroups/rg%20%281%29");
    }
}

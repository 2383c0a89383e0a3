//! The detail of a finding: what it is, what it touches, what proves it, what mends it.

use crate::analysis::hop::{Finding, FindingKind, Hop, Judgement};
use crate::config::Action;
use crate::model::id::ArmId;
use crate::model::judging::Suppression;
use crate::store::Inventory;
use crate::ui::cx::Cx;
use crate::ui::panes::{mend, proof};
use crate::ui::signs::Sign;
use crate::ui::text::Rich;
use crate::ui::theme::Role;
use crate::ui::widgets::detail::Section;

use super::CONTEXT;
use super::rows::{benefit_words, called};

/// How many hops are named; a policy may touch a hundred.
pub(super) const NAMED: usize = 12;
/// The label of the hops.
pub(super) const TOUCHES: &str = "TOUCHES";

/// The sections; `touched` is the chosen one of the hops.
pub(super) fn sections(
    cx: &Cx<'_>,
    finding: &Finding,
    hidden_by: Option<&Suppression>,
    tool: mend::Chosen,
    touched: Option<usize>,
) -> Vec<Section> {
    let mut first = Section::new("")
        .words(Rich::strong(finding.title.clone()))
        .blank();
    for sentence in finding.detail.lines() {
        first = first.words(Rich::plain(sentence.to_owned()));
    }
    let mut sections = vec![first];
    sections.extend(hidden_by.map(hidden));
    if let Some(benefit) = finding.benefit {
        let words = Rich::sign(cx.signs, Sign::Exposure)
            .then(Role::Text, format!(" {}", benefit_words(benefit)));
        sections.push(Section::new("BREAKS THE BENEFIT").words(words));
    }
    sections.extend(touches(cx, finding, touched));
    if !finding.evidence.is_empty() {
        let subject = ArmId::new(&finding.resource);
        sections.push(proof::section(cx, &subject, &finding.evidence, &[]));
    }
    let mends = mend::sections(cx, CONTEXT, "REMEDIES", &finding.remedies, tool);
    if mends.is_empty() {
        if let Some(words) = without(finding.kind) {
            sections.push(Section::new("REMEDIES").words(Rich::muted(words)));
        }
        return sections;
    }
    sections.extend(mends);
    let again = cx
        .key_of(CONTEXT, Action::Refresh)
        .map_or_else(String::new, |key| format!("; {key} reads it again"));
    sections.push(Section::new("AFTER").words(Rich::muted(format!(
        "Azure may take up to 15 minutes to act on a change{again}. hopscope runs none of these itself."
    ))));
    sections
}

/// What to say where nothing mends it.
fn without(kind: FindingKind) -> Option<&'static str> {
    match kind {
        FindingKind::Keep => Some("None: it works because it is as it is."),
        FindingKind::Broken => {
            Some("None that fits a command: what the evidence names has to be decided first.")
        }
        FindingKind::Exposure | FindingKind::Note => None,
    }
}

/// Why it is not listed, and until when.
fn hidden(entry: &Suppression) -> Section {
    let until = entry
        .expires
        .map_or_else(|| "no end".to_owned(), |last| format!("until {last}"));
    let on = entry.resource.as_deref().unwrap_or("everything");
    Section::new("HIDDEN BY THE CONFIG FILE")
        .right(Rich::muted(until))
        .words(Rich::plain(entry.reason.clone()))
        .words(Rich::muted(format!("{} on {on}", entry.rule)))
}

/// The entry of the config file that hides a finding, for whoever puts it there: hopscope writes
/// nothing.
pub(super) fn suppression(finding: &Finding) -> String {
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    format!(
        "[[suppress]]\nrule = {}\nresource = {}\nreason = \"\"",
        quoted(finding.rule),
        quoted(&finding.resource)
    )
}

fn touches(cx: &Cx<'_>, finding: &Finding, touched: Option<usize>) -> Option<Section> {
    if finding.hops.is_empty() {
        return None;
    }
    let mut section = Section::new(TOUCHES).right(Rich::muted(match finding.hops.len() {
        1 => "1 hop".to_owned(),
        many => format!("{many} hops"),
    }));
    for (number, id) in finding.hops.iter().take(NAMED).enumerate() {
        section = section.words(match find(cx.judgement, id) {
            Some(hop) => named(cx, hop),
            None => Rich::muted(id.clone()),
        });
        section.choose_last(touched == Some(number));
    }
    if finding.hops.len() > NAMED {
        let rest = finding.hops.len() - NAMED;
        section = section.words(Rich::muted(format!("and {rest} more")));
    }
    Some(section)
}

/// The hop of an id.
pub(super) fn find<'j>(judgement: &'j Judgement, id: &str) -> Option<&'j Hop> {
    judgement.hops.iter().find(|hop| hop.id() == id)
}

fn named(cx: &Cx<'_>, hop: &Hop) -> Rich {
    use crate::analysis::verdict::Verdict;
    let sign = match hop.verdict() {
        Verdict::Open => Sign::Open,
        Verdict::AtRisk => Sign::AtRisk,
        Verdict::Unknown => Sign::Unknown,
        Verdict::Shut => Sign::Shut,
    };
    let via = hop.via.as_deref().and_then(|via| via.split_once(' '));
    Rich::sign(cx.signs, sign)
        .then(Role::Text, format!(" {}   ", hop.kind.word()))
        .then(Role::Muted, ends(cx.inventory, hop))
        .then(
            Role::Muted,
            via.map_or_else(String::new, |(_, name)| format!("  {name}")),
        )
}

fn ends(inventory: &Inventory, hop: &Hop) -> String {
    format!(
        "{} → {}",
        called(inventory, &hop.from),
        called(inventory, &hop.to)
    )
}

/// The hops that a finding touches, one a line, for the clipboard.
pub(super) fn hop_lines(cx: &Cx<'_>, finding: &Finding) -> String {
    let lines = finding.hops.iter().map(|id| match find(cx.judgement, id) {
        Some(hop) => format!("{} {}", hop.kind, ends(cx.inventory, hop)),
        None => id.clone(),
    });
    lines.collect::<Vec<_>>().join("\n")
}

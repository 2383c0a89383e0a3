//! SEEN: what was seen of a hop beside its configuration: the last runs of the indexers that it
//! serves, with what they said, and the last change of its ends.

use time::Duration;

use crate::analysis::explain::{self, Standing};
use crate::analysis::hop::Hop;
use crate::model::id::ArmId;
use crate::model::search::{Indexer, Run};
use crate::ui::cx::Cx;
use crate::ui::signs::Sign;
use crate::ui::text::Rich;
use crate::ui::theme::Role;
use crate::ui::widgets::detail::Section;

use super::rows::Row;

/// How many indexers are told of: a skillset may serve many.
const INDEXERS: usize = 3;

/// The section; none when nothing was seen.
pub(super) fn section(cx: &Cx<'_>, row: &Row) -> Option<Section> {
    let mut section = Section::new("SEEN");
    let ties = tied(cx, &row.hop);
    for indexer in ties.iter().take(INDEXERS) {
        section = run(cx, row, indexer, section);
    }
    if ties.len() > INDEXERS {
        let words = format!("and {} more indexers", ties.len() - INDEXERS);
        section = section.words(Rich::muted(words));
    }
    for end in [&row.hop.to, &row.hop.from] {
        section = change(cx, end, section);
    }
    (!section.lines.is_empty()).then_some(section)
}

/// The indexers that a hop serves: its own, those of its skillset, those of its index.
fn tied<'a>(cx: &Cx<'a>, hop: &Hop) -> Vec<&'a Indexer> {
    let inventory: &'a crate::store::Inventory = cx.inventory;
    let Some((kind, name)) = hop.via.as_deref().and_then(|via| via.split_once(' ')) else {
        return Vec::new();
    };
    let is = |own: Option<&str>| own.is_some_and(|own| own.eq_ignore_ascii_case(name));
    inventory
        .indexers(&ArmId::new(&hop.from))
        .iter()
        .filter(|indexer| match kind {
            "indexer" => is(Some(&indexer.name)),
            "skillset" => is(indexer.skillset.text()),
            "index" => is(indexer.target_index.text()),
            _ => false,
        })
        .collect()
}

/// All that a run said, for the catalogue; none when it said nothing.
fn said(run: &Run) -> Option<String> {
    let mut said: Vec<&str> = run.error_message.text().into_iter().collect();
    for error in run.errors.items() {
        said.extend(error.message.text());
        said.extend(error.details.text());
    }
    (!said.is_empty()).then(|| said.join("\n"))
}

/// The last run of an indexer, where it says something of this hop.
fn run(cx: &Cx<'_>, row: &Row, indexer: &Indexer, section: Section) -> Section {
    let status = cx
        .inventory
        .indexer_status(&ArmId::new(&row.hop.from), &indexer.name);
    let Some(last) = status.and_then(|status| status.runs().first()) else {
        return section;
    };
    let at = last
        .start
        .value()
        .map_or_else(String::new, |at| format!("{}  ", cx.clock(*at)));
    if !last.has_failed() {
        let read = last.items_processed.value().copied().unwrap_or(0);
        let is_well = last
            .status
            .text()
            .is_some_and(|word| word.eq_ignore_ascii_case("success"));
        if !is_well {
            return section;
        }
        return section.words(
            Rich::muted(at)
                .then(Role::Text, format!("{} ran", indexer.name))
                .then(Role::Muted, format!("  {read} documents")),
        );
    }
    let Some(said) = said(last) else {
        return section;
    };
    let recognised = explain::recognise(&said);
    let here = explain::here::look(&recognised, cx.inventory, [&row.hop]);
    // An error of another call says nothing of this one; one that is not known may be of any.
    let is_elsewhere = here.iter().all(|one| one.standing == Standing::NoHop);
    if recognised.is_known() && is_elsewhere {
        return section;
    }
    let status_code = last
        .errors
        .items()
        .iter()
        .find_map(|error| error.status_code.value());
    let code = explain::facts::code(&said)
        .or_else(|| status_code.map(|_| "failed".to_owned()))
        .unwrap_or_else(|| "failed".to_owned());
    let mut words = Rich::muted(at);
    if let Some(number) = status_code.filter(|number| **number > 0) {
        words = words.then(Role::Text, format!("{number} "));
    }
    words = words.then(Role::Text, code);
    let in_a_row = status.map_or(1, |status| {
        let runs = status.runs().iter();
        runs.take_while(|run| run.has_failed()).count()
    });
    if in_a_row > 1 {
        words = words.then(Role::Muted, format!("  {in_a_row} in a row"));
    }
    let mut section = section.words(words);
    if row.via() != Some(&indexer.name) {
        section = section.words(Rich::muted(format!("  of {}", indexer.name)));
    }
    let explains = match (recognised.messages.first(), here.first()) {
        (Some(message), Some(first)) => Rich::muted(format!(
            "{}, {} gate: {}",
            message.id,
            first.cause.gate,
            first.confidence().words()
        )),
        (None, Some(first)) => Rich::muted(format!(
            "{} gate: {}",
            first.cause.gate,
            first.confidence().words()
        )),
        _ => Rich::muted("a message that is not known".to_owned()),
    };
    section = section.words(Rich::of(Role::Muted, "  ").and(explains));
    section
}

/// When an end was changed, as it says itself, within a day.
fn change(cx: &Cx<'_>, end: &str, section: Section) -> Section {
    let Some(resource) = cx.inventory.resource(&ArmId::new(end)) else {
        return section;
    };
    let data = &resource.system_data;
    let Some(at) = data.last_modified_at.value() else {
        return section;
    };
    if cx.now - *at > Duration::days(1) {
        return section;
    }
    let by = data.last_modified_by.text().unwrap_or_default();
    section.words(
        Rich::muted(format!("{}  ", cx.clock(*at)))
            .then(Role::Text, format!("{} changed", resource.name))
            .then(Role::Muted, format!("  {by}")),
    )
}

/// The sign of a hop beside its name.
pub(super) fn signed(cx: &Cx<'_>, sign: Sign, name: &str) -> Rich {
    Rich::sign(cx.signs, sign).then(Role::Text, format!(" {name}"))
}

//! What the selected indexer is asked, and how the answers are told: causes of its errors, the blocks
//! of the errors' view, title and sections of the detail.

use crate::analysis::hop::Judgement;
use crate::model::field::Field;
use crate::model::search::ConnectionString;
use crate::ui::cx::Cx;
use crate::ui::signs::Sign;
use crate::ui::text::Rich;
use crate::ui::theme::Role;
use crate::ui::widgets::detail::Section;

use super::blocks::Block;
use super::cause::Cause;
use super::errors::ErrorGroup;
use super::rows::Entry;
use super::table::Change;
use super::{ERRORS, Indexers, Own, RUNS, cause, detail, table};

/// Asks an indexer's hops and messages.
pub(super) fn asked(cx: &Cx<'_>, entry: &Entry, judgement: &Judgement) -> Own {
    let hops = cause::hops_of(entry, judgement);
    let causes = entry
        .errors
        .iter()
        .map(|group| cause::of(group, &hops, cx.inventory))
        .collect();
    Own {
        id: String::new(),
        causes,
        change: change(cx, entry),
        hops,
    }
}

/// When the account that an indexer reads was last changed.
fn change(cx: &Cx<'_>, entry: &Entry) -> Option<Change> {
    let Field::Value(ConnectionString::ResourceId(id)) = &entry.source.found()?.connection else {
        return None;
    };
    let account = cx.inventory.resource(id)?;
    Some(Change {
        at: *account.system_data.last_modified_at.value()?,
        name: account.name.clone(),
        by: account
            .system_data
            .last_modified_by
            .text()
            .map(|by| table::who(cx, by)),
    })
}

/// A group of errors in three lines.
pub(super) fn block(cx: &Cx<'_>, group: &ErrorGroup, cause: &Cause) -> Block {
    let sign = match (group.fails_runs, group.is_warning, group.is_last) {
        (true, _, true) => Sign::Shut,
        (_, true, _) | (true, _, false) => Sign::Note,
        (false, false, _) => Sign::AtRisk,
    };
    let count = format!("{}×", group.count);
    let first = Rich::sign(cx.signs, sign)
        .then(Role::Text, " ")
        .then(Role::Strong, format!("{count:<4}"))
        .then(Role::Text, detail::oneline(&group.line()));
    let mut facts: Vec<String> = Vec::new();
    facts.extend(group.name.clone());
    let code = [group.status.map(|status| status.to_string()), group.code()];
    let code: Vec<String> = code.into_iter().flatten().collect();
    if !code.is_empty() {
        facts.push(code.join(" "));
    }
    match group.documents.as_slice() {
        [] => {}
        [one] => facts.push(one.clone()),
        [one, rest @ ..] => facts.push(format!("{one} and {} more", rest.len())),
    }
    if let (Some(from), Some(to)) = (group.first, group.last) {
        let short = |at| {
            let clock = table::when(cx, at);
            clock
                .get(..5)
                .filter(|_| clock.len() == 8)
                .map_or(clock.clone(), str::to_owned)
        };
        let (from, to) = (short(from), short(to));
        facts.push(if from == to {
            from
        } else {
            format!("{from} to {to}")
        });
    }
    if !group.is_last {
        facts.push("not in the last run".to_owned());
    }
    let meaning = match (cause.layer, cause.why.or(cause.meaning)) {
        (Some(gate), Some(words)) => Rich::plain("      means ")
            .then(Role::Strong, gate.word())
            .then(Role::Text, format!(": {words}")),
        (None, Some(words)) => Rich::plain(format!("      means {words}")),
        (_, None) => Rich::muted("      a text that hopscope does not know"),
    };
    Block {
        id: group.id.clone(),
        lines: [
            first,
            Rich::muted(format!("      {}", facts.join(" · "))),
            meaning,
        ],
    }
}

impl Indexers {
    /// What the detail is about, and what it says.
    pub(super) fn described(&self, cx: &Cx<'_>) -> (String, Vec<Section>) {
        if let Some(service) = self.service() {
            let sections = detail::of_service(cx, service, &cx.judgement.hops, self.tool);
            return (service.resource.id.as_str().to_owned(), sections);
        }
        let Some(entry) = self.entry() else {
            return (String::new(), Vec::new());
        };
        match self.parts.view() {
            RUNS => {
                if let Some(run) = self.run() {
                    return (
                        format!("{}|{}", entry.id, run.path),
                        detail::of_run(cx, run),
                    );
                }
            }
            ERRORS => {
                if let Some((group, cause)) = self.group() {
                    return (
                        format!("{}|{}", entry.id, group.id),
                        detail::of_group(cx, group, cause),
                    );
                }
            }
            _ => {}
        }
        let with_parts = !self.has_strip(cx);
        (
            entry.id.as_str().to_owned(),
            self.why(cx, entry).sections(cx, with_parts),
        )
    }

    /// Brings the title of the detail's rule.
    pub(super) fn title(&self, cx: &Cx<'_>) -> (String, Rich) {
        if let Some(service) = self.service() {
            return (service.resource.name.clone(), Rich::muted("search service"));
        }
        let Some(entry) = self.entry() else {
            return ("Nothing chosen".to_owned(), Rich::new());
        };
        match self.parts.view() {
            RUNS if self.run().is_some() => {
                let start = self.run().and_then(|run| run.start.value());
                let at =
                    start.map_or_else(String::new, |at| format!(" of {}", table::when(cx, *at)));
                (format!("Run{at}"), Rich::muted(entry.indexer.name.clone()))
            }
            ERRORS if self.group().is_some() => {
                let count = self.group().map_or(0, |(group, _)| group.count);
                (format!("{count}× of {}", entry.indexer.name), Rich::new())
            }
            _ => self.why(cx, entry).title(),
        }
    }
}

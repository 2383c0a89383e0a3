//! The details of what is not an indexer: a group of errors, a run, a service without indexers here.

use crate::analysis::hop::{Hop, HopKind};
use crate::analysis::verdict::Verdict;
use crate::model::id::ArmId;
use crate::model::search::Run;
use crate::store::{Phase, State};
use crate::ui::cx::Cx;
use crate::ui::panes::{mend, proof};
use crate::ui::signs::Sign;
use crate::ui::text::Rich;
use crate::ui::theme::Role;
use crate::ui::value;
use crate::ui::widgets::detail::Section;

use super::CONTEXT;
use super::cause::Cause;
use super::errors::ErrorGroup;
use super::rows::{Ended, Service, took};
use super::table::{service_words, when};
use super::why::{ends, sign_of, standing_sign};

/// How many documents, and errors of a run, are named.
const NAMED: usize = 20;

/// A group of errors.
pub(super) fn of_group(cx: &Cx<'_>, group: &ErrorGroup, cause: &Cause) -> Vec<Section> {
    let mut sections = vec![Section::new("").words(Rich::plain(oneline(&group.message)))];
    if let Some(details) = &group.details {
        sections.push(Section::new("DETAILS").words(Rich::plain(oneline(details))));
    }
    let mut means = Section::new("THAT MEANS").right(Rich::muted(cause.message.unwrap_or("")));
    means = means.words(Rich::plain(cause.meaning.unwrap_or(
        "This text is none that hopscope knows; what it may come from cannot be said.",
    )));
    if let (Some(gate), Some(why)) = (cause.layer, cause.why) {
        let sign = cause
            .judged()
            .map_or(Sign::None, |gate| sign_of(gate.judged.verdict));
        means = means.words(Rich::sign(cx.signs, sign).then(Role::Text, format!(" {gate}: {why}")));
    }
    means = means.words(Rich::muted(cause.confidence.words()));
    sections.push(means);
    if !cause.others.is_empty() {
        let mut section = Section::new("IT MAY ALSO MEAN");
        for one in &cause.others {
            section = section.words(Rich::sign(cx.signs, standing_sign(one.standing)).then(
                Role::Muted,
                format!(" {}: {} · {}", one.gate, one.why, one.standing.words()),
            ));
        }
        sections.push(section);
    }
    sections.push(facts(cx, group, cause));
    if !group.documents.is_empty() {
        let mut section = Section::new("DOCUMENTS");
        for key in group.documents.iter().take(NAMED) {
            section = section.words(Rich::plain(key.clone()));
        }
        let rest = group.documents.len().saturating_sub(NAMED);
        if rest > 0 {
            section = section.words(Rich::muted(format!("and {rest} more")));
        }
        sections.push(section);
    }
    sections
}

fn facts(cx: &Cx<'_>, group: &ErrorGroup, cause: &Cause) -> Section {
    let mut section = Section::new("FACTS");
    if let Some(name) = &group.name {
        section = section.pair("name", Rich::plain(name.clone()));
    }
    if let Some(step) = &group.step {
        section = section
            .pair("step", Rich::plain(step.category.clone()))
            .pair("with", Rich::plain(step.subcategory.clone()));
        if let Some(kind) = &step.resource_type {
            section = section.pair("operation", Rich::plain(kind.clone()));
        }
        if let Some(name) = &step.resource {
            section = section.pair("on", Rich::plain(name.clone()));
        }
        if let Some(hop) = step.hop() {
            section = section.pair("hop", Rich::plain(hop.word()));
        }
    }
    if let Some(status) = group.status {
        section = section.pair("status", Rich::plain(status.to_string()));
    }
    for (word, value) in &cause.facts {
        section = section.pair(*word, Rich::plain(value.clone()));
    }
    let runs = if group.runs == 1 {
        "1 run".to_owned()
    } else {
        format!("{} runs", group.runs)
    };
    section = section.pair("met", Rich::plain(format!("{}× in {runs}", group.count)));
    if let (Some(first), Some(last)) = (group.first, group.last) {
        section = section
            .pair("first", Rich::plain(when(cx, first)))
            .pair("last", Rich::plain(when(cx, last)));
    }
    section = section.pair("stands at", Rich::muted(group.path.clone()));
    if let Some(link) = &group.documentation {
        section = section.pair("Azure's page", Rich::of(Role::Link, link.clone()));
    }
    section
}

/// A run.
pub(super) fn of_run(cx: &Cx<'_>, run: &Run) -> Vec<Section> {
    let ended = Ended::of(run);
    let mut first = Section::new("").words(
        Rich::sign(cx.signs, ended.sign())
            .then(Role::Text, " ")
            .then(ended.sign().word_role(), ended.word())
            .then(Role::Muted, "  ")
            .and(value::text(cx.signs, &run.status).recast(Role::Muted)),
    );
    if let Some(message) = run.error_message.text() {
        first = first.blank().words(Rich::plain(oneline(message)));
    }
    let time = |field: &crate::model::field::Field<time::OffsetDateTime>| {
        value::field(cx.signs, field, |at| Rich::plain(when(cx, *at)))
    };
    let section = Section::new("FACTS")
        .pair("started", time(&run.start))
        .pair("ended", time(&run.end))
        .pair(
            "took",
            took(run).map_or_else(|| Rich::muted("not known"), Rich::plain),
        )
        .pair(
            "documents read",
            value::number(cx.signs, &run.items_processed),
        )
        .pair(
            "documents failed",
            value::number(cx.signs, &run.items_failed),
        )
        .pair("stands at", Rich::muted(run.path.clone()));
    let mut sections = vec![first, section];
    let errors = run
        .errors
        .items()
        .iter()
        .map(|one| (&one.key, &one.message));
    let warnings = run
        .warnings
        .items()
        .iter()
        .map(|one| (&one.key, &one.message));
    sections.extend(list("ERRORS", &errors.collect::<Vec<_>>()));
    sections.extend(list("WARNINGS", &warnings.collect::<Vec<_>>()));
    sections
}

type Told<'r> = (
    &'r crate::model::field::Field<String>,
    &'r crate::model::field::Field<String>,
);

fn list(label: &'static str, all: &[Told<'_>]) -> Option<Section> {
    if all.is_empty() {
        return None;
    }
    let mut section = Section::new(label).right(Rich::muted(all.len().to_string()));
    for (key, message) in all.iter().take(NAMED) {
        if let Some(key) = key.text() {
            section = section.words(Rich::strong(super::errors::document(key).to_owned()));
        }
        section = section.words(Rich::plain(oneline(message.text().unwrap_or("no message"))));
    }
    if all.len() > NAMED {
        section = section.words(Rich::muted(format!("and {} more", all.len() - NAMED)));
    }
    Some(section)
}

/// A service whose indexers are not here: what its own settings, and the hop of the one who asks, say.
pub(super) fn of_service(
    cx: &Cx<'_>,
    service: &Service,
    hops: &[Hop],
    tool: mend::Chosen,
) -> Vec<Section> {
    let mut first = Section::new("").words(
        Rich::sign(cx.signs, service.sign())
            .then(Role::Text, " ")
            .and(service_words(cx, service)),
    );
    if let Phase::Waiting { until } = service.phase {
        first = first.words(Rich::muted(format!("Asked again at {}.", cx.clock(until))));
    }
    let so = match service.state {
        State::Known => {
            "Documents reach its indexes by push, or not at all. An indexer appears here at the next reading after it is made."
        }
        State::Pending => "Its indexers appear here as soon as they are named.",
        State::Unsupported => {
            "No key is ever asked for or presented. Runs and errors of its indexers cannot be seen here; hops are drawn from roles, rules and links."
        }
        State::Denied | State::Failed => {
            "Runs and errors of its indexers are not known. Hops are still drawn from roles, rules and links, and none of them is called open because of what was not read."
        }
    };
    let mut sections = vec![first, Section::new("SO").words(Rich::plain(so))];
    if let Some(issue) = service
        .issue
        .as_ref()
        .filter(|_| !matches!(service.state, State::Known | State::Unsupported))
    {
        let mut said = Section::new("WHAT WAS ANSWERED").words(Rich::plain(issue.message.clone()));
        if let Some(status) = issue.status {
            let code = issue.code.as_deref().unwrap_or_default();
            said = said.pair("answer", Rich::plain(format!("{status} {code}")));
        }
        if let Some(id) = &issue.request_id {
            said = said.pair("request", Rich::plain(id.to_string()));
        }
        if let Some(right) = &issue.right {
            said = said.pair("missing right", Rich::plain(right.clone()));
        }
        if let Some(role) = issue.role {
            said = said.pair("least role", Rich::strong(role));
        }
        sections.push(said);
    }
    let own = hops
        .iter()
        .find(|hop| hop.kind == HopKind::Inspector && ArmId::new(&hop.to) == service.resource.id);
    if let Some(hop) = own.filter(|_| service.state != State::Known) {
        let mut section = Section::new("HOPSCOPE'S OWN HOP").words(Rich::muted(ends(hop)));
        for gate in &hop.gates {
            section = section.words(Rich::sign(cx.signs, sign_of(gate.judged.verdict)).then(
                Role::Text,
                format!(" {}: {}", gate.gate, gate.judged.reason),
            ));
        }
        sections.push(section);
        let shut = hop
            .gates
            .iter()
            .filter(|gate| gate.judged.verdict != Verdict::Open);
        for gate in shut {
            if !gate.judged.evidence.is_empty() {
                sections.push(proof::section(
                    cx,
                    &service.resource.id,
                    &gate.judged.evidence,
                    &[],
                ));
            }
            sections.extend(mend::sections(cx, CONTEXT, "MEND", &gate.remedies, tool));
        }
    }
    sections
}

/// A text of several lines as one that wraps.
pub(super) fn oneline(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

//! The detail of an event: who asked for what, when, from where, how it went, and what it did.

use time::OffsetDateTime;

use crate::analysis::changes::{ActorKind, Change, Outcome};
use crate::analysis::hop::Hop;
use crate::analysis::refusals::Refused;
use crate::analysis::verdict::Verdict;
use crate::config::Action;
use crate::model::id::{ArmId, PrincipalId};
use crate::model::search::Run;
use crate::ui::cx::Cx;
use crate::ui::signs::Sign;
use crate::ui::text::{Rich, short_guid};
use crate::ui::theme::Role;
use crate::ui::widgets::detail::Section;

use super::CONTEXT;
use super::rows::{Event, What};

/// A time with its day, where that is not today's.
pub(crate) fn when(cx: &Cx<'_>, at: OffsetDateTime) -> String {
    let own = at.to_offset(cx.offset);
    let today = cx.now.to_offset(cx.offset).date();
    if own.date() == today {
        return cx.clock(at);
    }
    format!(
        "{} {} {:02}:{:02}",
        own.day(),
        &own.month().to_string()[..3],
        own.hour(),
        own.minute()
    )
}

/// The same to the minute.
pub(super) fn minute(cx: &Cx<'_>, at: OffsetDateTime) -> String {
    let words = when(cx, at);
    match words.rsplit_once(':') {
        Some((minute, _)) if words.matches(':').count() == 2 => minute.to_owned(),
        _ => words,
    }
}

/// The sections.
pub(super) fn sections(cx: &Cx<'_>, event: &Event) -> Vec<Section> {
    match &event.what {
        What::Change(change) => of_change(cx, event, change),
        What::Turn {
            service,
            indexer,
            run,
        } => of_turn(cx, service, indexer, run),
        What::Refused(refused) => of_refused(cx, refused),
    }
}

fn of_change(cx: &Cx<'_>, event: &Event, change: &Change) -> Vec<Section> {
    let mut sections = vec![who(cx, change)];
    // A policy that only looked is not what a reader looks for.
    let (told, looked) = if change.policy().is_some() || change.is_by_policy() {
        (policy(change), None)
    } else {
        (None, policy(change))
    };
    sections.extend(told);
    sections.push(did(cx, event));
    sections.extend(again(cx, change));
    sections.extend(looked);
    sections.push(claims(change));
    let key = cx
        .key_of(CONTEXT, Action::Json)
        .map_or_else(String::new, |key| {
            format!(" {key} shows its events as Azure sent them.")
        });
    sections.push(Section::new("").words(Rich::muted(format!(
        "The activity log says who wrote, never which property.{key}"
    ))));
    sections
}

fn who(cx: &Cx<'_>, change: &Change) -> Section {
    let actor = &change.actor;
    let name = if uuid::Uuid::try_parse(&actor.name).is_ok() {
        short_guid(&actor.name)
    } else {
        actor.name.clone()
    };
    let mut section = Section::new("").pair(
        "by",
        Rich::strong(name).then(Role::Muted, format!("  {}", actor.kind.words())),
    );
    if let Some(address) = &change.address {
        section = section.pair("from", Rich::plain(address.clone()));
    }
    let end = match change.outcome {
        Outcome::Succeeded => ("  succeeded", Role::Muted),
        Outcome::Failed => ("  failed", Role::VerdictShut),
        Outcome::Underway => ("  no end in the log yet", Role::VerdictAtRisk),
    };
    section = section.pair(
        "call",
        Rich::plain(change.call().to_owned()).then(end.1, end.0),
    );
    if let Some(resource) = &change.resource {
        section = section.pair(
            "on",
            Rich::plain(change.subject()).then(Role::Muted, group(resource)),
        );
    }
    let took = (change.at - change.started).whole_seconds();
    let took = if took > 0 {
        format!("  after {took} s")
    } else {
        String::new()
    };
    section = section.pair(
        "ended",
        Rich::plain(when(cx, change.at)).then(Role::Muted, took),
    );
    if let Some(id) = &change.correlation_id {
        section = section.pair("corr.", Rich::plain(short_guid(id)));
    }
    if let Some(role) = &change.role {
        section = section.pair("role", Rich::plain(role.clone()));
    }
    if let Some(message) = &change.message {
        section = section.pair("said", Rich::plain(message.clone()));
    }
    section
}

fn group(resource: &ArmId) -> String {
    resource.resource_group().map_or_else(String::new, |group| {
        format!("  {}", crate::ui::text::short_tail(group))
    })
}

fn policy(change: &Change) -> Option<Section> {
    if change.policies.is_empty() && !change.is_by_policy() {
        return None;
    }
    let mut section = Section::new("POLICY");
    for mark in &change.policies {
        let name = mark
            .name
            .clone()
            .unwrap_or_else(|| "without a name".to_owned());
        let effect = mark
            .effect
            .clone()
            .unwrap_or_else(|| "its effect is not said".to_owned());
        section = section.words(Rich::strong(name).then(Role::Muted, format!("  {effect}")));
        if let Some(assignment) = &mark.assignment {
            section = section.pair("assigned", Rich::plain(scope_words(assignment)));
        }
        if let Some(definition) = &mark.definition {
            section = section.pair("definition", Rich::plain(short_guid(definition.name())));
        }
    }
    if change.policies.is_empty()
        && let Some(assignment) = &change.actor.identity_of
    {
        section = section
            .words(Rich::strong(assignment.name().to_owned()))
            .pair("assigned", Rich::plain(scope_words(assignment)));
    }
    let said = if change.is_by_policy() {
        "It was made by the identity of this assignment: nobody typed it."
    } else if change.policy().is_some() {
        "The policy changed the request on its way: what it set, the log does not say."
    } else {
        "The policy only looked: it changed nothing."
    };
    Some(section.words(Rich::muted(said)))
}

/// Where a policy is assigned: `cosmos-local-auth at mg-landing`.
fn scope_words(assignment: &ArmId) -> String {
    let at = assignment
        .folded()
        .find("/providers/microsoft.authorization/policyassignments/")
        .and_then(|at| assignment.as_str().get(..at))
        .and_then(|scope| scope.rsplit('/').next())
        .filter(|name| !name.is_empty())
        .unwrap_or("the root");
    let at = if uuid::Uuid::try_parse(at).is_ok() {
        format!("subscription {}", short_guid(at))
    } else {
        at.to_owned()
    };
    format!("{} at {at}", assignment.name())
}

fn did(cx: &Cx<'_>, event: &Event) -> Section {
    let mut section = Section::new("WHAT IT DID");
    if event.hops.is_empty() {
        return section.words(Rich::muted(
            "No gate that is shut or at risk now is put down to it.",
        ));
    }
    if let Some(key) = cx.key_of(CONTEXT, Action::Enter) {
        section = section.right(Rich::strong(key).then(Role::Muted, " the hop"));
    }
    let found = event
        .hops
        .iter()
        .filter_map(|id| cx.judgement.hops.iter().find(|hop| hop.id() == *id));
    let mut certainty = None;
    for hop in found {
        section = section.words(hop_line(cx, hop));
        certainty = certainty.or_else(|| {
            hop.gates
                .iter()
                .filter_map(|gate| gate.changed_by.as_ref()?.found())
                .find(|found| *found.change.id == *event.id)
                .map(|found| found.certainty)
        });
    }
    match certainty {
        Some(certainty) => section.words(Rich::muted(format!("It is {}.", certainty.words()))),
        None => section,
    }
}

fn hop_line(cx: &Cx<'_>, hop: &Hop) -> Rich {
    let sign = match hop.verdict() {
        Verdict::Open => Sign::Open,
        Verdict::AtRisk => Sign::AtRisk,
        Verdict::Unknown => Sign::Unknown,
        Verdict::Shut => Sign::Shut,
    };
    let end = |id: &str| {
        if id.starts_with('/') {
            ArmId::new(id).name().to_owned()
        } else {
            short_guid(id)
        }
    };
    let via = hop
        .via
        .as_deref()
        .and_then(|via| via.split_once(' '))
        .map_or_else(|| end(&hop.from), |(_, name)| name.to_owned());
    Rich::sign(cx.signs, sign)
        .then(Role::Text, format!(" {}", hop.kind.word()))
        .then(Role::Muted, format!("  {via} → {}", end(&hop.to)))
}

/// Whether it may happen again by itself.
fn again(cx: &Cx<'_>, change: &Change) -> Option<Section> {
    let days = crate::model::activity::REACH.whole_days();
    if change.is_by_policy() {
        return Some(Section::new("WILL IT COME BACK").words(Rich::plain(
            "Yes: the policy acts again at the next write or remediation. Exempt the resource, or leave its group out of the assignment, before you mend it.",
        )));
    }
    if change.actor.kind != ActorKind::Application || !change.kind.writes() {
        return None;
    }
    let about = change.about.as_ref()?;
    let times = cx
        .judgement
        .changes
        .about(about)
        .filter(|one| one.actor.object_id == change.actor.object_id && one.kind.writes())
        .count();
    let words = if times > 1 {
        format!(
            "Likely: {} wrote {} {times} times in {days} days. Mend it in what it deploys from too.",
            change.by(),
            about.name()
        )
    } else {
        format!(
            "It wrote {} once in {days} days. If it deploys from code, mend it there too.",
            about.name()
        )
    };
    Some(Section::new("WILL IT COME BACK").words(Rich::plain(words)))
}

fn claims(change: &Change) -> Section {
    let actor = &change.actor;
    let mut section = Section::new("CLAIMS");
    let mut any = false;
    let mut put = |section: Section, label: &'static str, value: Option<String>| match value {
        Some(value) => {
            any = true;
            section.pair(label, Rich::plain(value))
        }
        None => section,
    };
    section = put(
        section,
        "oid",
        actor.object_id.as_ref().map(PrincipalId::to_string),
    );
    section = put(section, "appid", actor.app_id.clone());
    section = put(
        section,
        "identity of",
        actor.identity_of.as_ref().map(|id| id.name().to_owned()),
    );
    if any {
        section
    } else {
        section.words(Rich::muted("The log holds none of the caller."))
    }
}

fn of_turn(cx: &Cx<'_>, service: &ArmId, indexer: &str, run: &Run) -> Vec<Section> {
    let mut section = Section::new("")
        .pair(
            "indexer",
            Rich::strong(indexer.to_owned()).then(Role::Muted, format!("  {}", service.name())),
        )
        .pair(
            "run",
            Rich::plain(run.status.text().unwrap_or("unknown").to_owned()),
        );
    if let Some(at) = run.start.value() {
        section = section.pair("started", Rich::plain(when(cx, *at)));
    }
    if let Some(at) = run.end.value() {
        section = section.pair("ended", Rich::plain(when(cx, *at)));
    }
    let said = run.error_message.text().map(str::to_owned).or_else(|| {
        run.errors
            .items()
            .first()?
            .message
            .text()
            .map(str::to_owned)
    });
    let mut sections = vec![section];
    if let Some(said) = said {
        sections.push(Section::new("IT SAID").words(Rich::plain(said)));
    }
    sections.push(Section::new("").words(Rich::muted(
        "What changed between the run before and this one stands above it in the lanes of the axis.",
    )));
    sections
}

fn of_refused(cx: &Cx<'_>, refused: &Refused) -> Vec<Section> {
    vec![
        crate::ui::panes::logs::refused_section(cx, refused),
        Section::new("").words(Rich::muted(
            "The pane Logs shows all refusals, and the query that found them.",
        )),
    ]
}

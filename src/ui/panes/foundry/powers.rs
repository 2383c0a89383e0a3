//! The detail of a policy, a deny assignment or a lock that reaches a managed group.

use std::sync::Arc;

use crate::analysis::access::matrix::Denial;
use crate::analysis::policy::group::{Exempt, How, Reaching};
use crate::model::access::Lock;
use crate::ui::cx::Cx;
use crate::ui::effect::{Answer, CopyItem, Raw, Subject};
use crate::ui::panes::{changes, evidence, mend, trouble};
use crate::ui::text::Rich;
use crate::ui::theme::Role;
use crate::ui::value;
use crate::ui::widgets::detail::Section;

use super::CONTEXT;
use super::detail::Told;
use super::may_change::{Power, names, whom};

/// The detail of one of them.
pub(super) fn told(cx: &Cx<'_>, power: &Power, tool: mend::Chosen) -> Told {
    match power {
        Power::Policy(one) => policy(cx, one, tool),
        Power::Denial(one) => denial(cx, one),
        Power::Lock(one) => lock(cx, one),
    }
}

/// What is described of one of them.
pub(super) fn subject(
    cx: &Cx<'_>,
    power: &Power,
    copy: Vec<CopyItem>,
    sections: Vec<Section>,
) -> Subject {
    let (title, raw) = match power {
        Power::Policy(one) => (one.title.clone(), Some(Arc::clone(&one.raw))),
        Power::Denial(one) => {
            let raw = cx.inventory.denials().find(|raw| raw.id == one.id);
            (one.name.clone(), raw.map(|raw| Arc::clone(&raw.raw)))
        }
        Power::Lock(one) => (one.name.clone(), Some(Arc::clone(&one.raw))),
    };
    let answers = raw.map(|raw| Answer {
        title: title.clone(),
        raw: Raw::Json(raw),
    });
    Subject {
        title,
        id: Some(power.id().clone()),
        answers: answers.into_iter().collect(),
        copy,
        sections,
        ..Subject::default()
    }
}

fn policy(cx: &Cx<'_>, one: &Reaching, tool: mend::Chosen) -> Told {
    let mut sections = vec![Section::default().words(Rich::strong(one.title.clone()))];
    let mut section = Section::new("WHAT IT DOES HERE");
    if one.does.is_empty() {
        section = section.words(Rich::plain(
            "It reaches the group, and changes nothing that a hop needs.",
        ));
    }
    for own in &one.does {
        let (role, words) = match own.how {
            How::WillSet => (
                Role::VerdictAtRisk,
                format!("will become {} at the next write or remediation", own.value),
            ),
            How::HasSet => (Role::VerdictShut, format!("was set to {}", own.value)),
            How::Refuses => (
                Role::Text,
                format!("wants {}: the next write is refused", own.value),
            ),
            How::Objects => (
                Role::Text,
                format!("wants {}: it is said, no more", own.value),
            ),
            How::Unclear => (
                Role::VerdictUnknown,
                format!("cannot be told: {}", own.value),
            ),
        };
        let label = format!("{} {}", own.resource.name(), own.property);
        section = section.pair(label.trim_end().to_owned(), Rich::of(role, words));
    }
    sections.push(section);
    let mut section = Section::new("ASSIGNED")
        .pair("at", Rich::plain(trouble::place(cx, &one.set_at)))
        .pair(
            "by",
            one.by
                .as_ref()
                .map_or_else(|| Rich::muted("not said"), |who| Rich::plain(who.clone())),
        )
        .pair(
            "on",
            one.on.map_or_else(
                || Rich::muted("not said"),
                |at| Rich::plain(changes::when(cx, at)),
            ),
        );
    let until = |until: Option<time::OffsetDateTime>| {
        until.map_or_else(
            || "without an end".to_owned(),
            |at| format!("until {}", changes::when(cx, at)),
        )
    };
    let exempt = match &one.exempt {
        Exempt::No => Rich::plain("no"),
        Exempt::Over(name, at) => Rich::of(
            Role::VerdictAtRisk,
            format!("no: {name} has expired, it was {}", until(*at)),
        ),
        Exempt::By(name, at) => Rich::plain(format!("by {name}, {}", until(*at))),
        Exempt::Unclear(why) => Rich::of(Role::VerdictUnknown, format!("cannot be told: {why}")),
    };
    section = section.pair("exempt", exempt);
    sections.push(section);
    sections.extend(evidence::section(
        cx,
        &one.assignment,
        &one.evidence,
        Role::Text,
    ));
    sections.extend(mend::sections(
        cx,
        CONTEXT,
        "KEEP IT OFF",
        &one.remedies,
        tool,
    ));
    Told {
        title: "policy".to_owned(),
        right: one.effect.to_owned(),
        resource: Some(one.assignment.clone()),
        sections,
        copy: mend::copy(&one.remedies, tool),
    }
}

fn denial(cx: &Cx<'_>, one: &Denial) -> Told {
    let made = match one.system_protected.value() {
        Some(true) => "Azure made it and keeps it: nobody can take it away.",
        Some(false) => "A person or a deployment stack made it.",
        None => "Who made it is not said.",
    };
    let below = match one.not_below.value() {
        Some(true) => "only at its own scope",
        _ => "at its scope and everything below",
    };
    let mut sections = vec![
        Section::default()
            .words(Rich::plain(one.name.clone()))
            .words(Rich::muted(made)),
        Section::new("WHOM IT MEETS")
            .pair("for", Rich::plain(whom(cx, one)))
            .pair("except", Rich::plain(names(cx, &one.excluded)))
            .pair("holds", Rich::plain(below))
            .pair("set at", Rich::plain(trouble::place(cx, &one.scope))),
    ];
    if let Some(raw) = cx.inventory.denials().find(|raw| raw.id == one.id) {
        for permission in &raw.permissions {
            let mut section = Section::new("WHAT IT DENIES");
            for (label, actions) in [
                ("actions", &permission.actions),
                ("not these", &permission.not_actions),
                ("data actions", &permission.data_actions),
                ("not these", &permission.not_data_actions),
            ] {
                for action in actions {
                    section = section.pair(label, Rich::plain(action.clone()));
                }
            }
            sections.push(section);
        }
    }
    sections.push(Section::new("EVIDENCE").pair("id", Rich::muted(one.id.as_str().to_owned())));
    Told {
        title: "deny assignment".to_owned(),
        right: trouble::place(cx, &one.scope),
        resource: Some(one.id.clone()),
        sections,
        copy: Vec::new(),
    }
}

fn lock(cx: &Cx<'_>, one: &Lock) -> Told {
    let words = if one.level.is("ReadOnly") {
        "A ReadOnly lock refuses the listing of keys and every change of scale: the hub needs both [K]."
    } else {
        "It keeps what is there from being deleted, and the hub works under it."
    };
    let sections = vec![
        Section::default()
            .words(Rich::plain(one.name.clone()))
            .words(Rich::plain(words)),
        Section::new("LOCK")
            .pair("level", value::text(cx.signs, &one.level))
            .pair("notes", value::text(cx.signs, &one.notes))
            .pair("set at", Rich::plain(trouble::place(cx, &one.scope))),
        Section::new("EVIDENCE").pair("id", Rich::muted(one.id.as_str().to_owned())),
    ];
    Told {
        title: "lock".to_owned(),
        right: trouble::place(cx, &one.scope),
        resource: Some(one.id.clone()),
        sections,
        copy: Vec::new(),
    }
}

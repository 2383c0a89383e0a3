//! The details: where a resource's logs go and what is not kept; a refusal with its cause, and the
//! query that found it.

use crate::analysis::coverage::Sent;
use crate::analysis::refusals::{Cause, Refused};
use crate::config::Action;
use crate::model::id::ArmId;
use crate::model::logs::{Question, SPAN_DAYS};
use crate::store::{Payload, Slice, State};
use crate::ui::cx::Cx;
use crate::ui::signs::Sign;
use crate::ui::text::{Rich, short_guid};
use crate::ui::theme::Role;
use crate::ui::widgets::detail::Section;

use super::rows::{Kept, caller, sent_sign};
use super::{CONTEXT, when};

/// What a resource keeps.
pub(super) fn kept(cx: &Cx<'_>, one: &Kept, refused: &[Refused]) -> Vec<Section> {
    let sign = one.sign();
    let says = match sign {
        Sign::Open => "what it does can be asked of a workspace",
        Sign::Exposure => "a part of who did what is not kept",
        Sign::Reading => "its settings are being read",
        Sign::Unknown => "its settings are not known",
        Sign::Note => "logs may be added: they tell why a hub breaks",
        _ => "nothing of what it does can be asked",
    };
    let chip = match sign {
        Sign::Shut => Rich::of(
            Sign::Shut.chip(),
            format!(" {} not sent ", cx.signs.glyph(Sign::Shut)),
        ),
        Sign::Open => Rich::of(
            Sign::Open.chip(),
            format!(" {} sent ", cx.signs.glyph(Sign::Open)),
        ),
        sign => Rich::chip(cx.signs, sign),
    };
    let mut sections = vec![Section::new("").words(chip.then(Role::Muted, format!("  {says}")))];
    if let Some(missing) = &one.coverage.missing {
        sections.push(Section::new("").words(Rich::plain(format!("{missing}."))));
    }
    let mut categories = Section::new("CATEGORIES");
    for (at, (name, sent)) in one.coverage.categories.iter().enumerate() {
        let words = match sent {
            Sent::Workspace => "kept where it can be asked",
            Sent::Elsewhere => "kept, and not to be asked here",
            Sent::Nowhere if at < one.telling() => "not kept: it says who did what",
            Sent::Nowhere => "not kept",
            Sent::Unknown => "not known",
            Sent::Pending => "reading",
        };
        let mark = sent_sign(*sent);
        categories = categories.step(
            Rich::sign(cx.signs, mark).then(Role::Text, format!(" {name}  ")),
            Rich::muted(words),
            Rich::new(),
        );
    }
    for name in &one.coverage.others {
        categories = categories.step(
            Rich::sign(cx.signs, Sign::Open).then(Role::Text, format!(" {name}  ")),
            Rich::muted("kept too"),
            Rich::new(),
        );
    }
    sections.push(categories);
    let mut goes = Section::new("GOES TO");
    for id in &one.coverage.workspaces {
        goes = goes.words(
            Rich::plain(id.name().to_owned())
                .then(Role::Muted, "  workspace, paid by the GB it takes in"),
        );
    }
    for words in &one.coverage.elsewhere {
        goes = goes.words(Rich::plain(words.clone()).then(Role::Muted, "  cannot be asked here"));
    }
    if one.coverage.metrics_only {
        goes = goes.words(Rich::plain(
            "Metrics only: numbers, and no word of who or why.",
        ));
    }
    if !goes.lines.is_empty() {
        sections.push(goes);
    }
    if let Some(question) = Question::of_family(one.resource.family) {
        sections.push(lately(cx, &one.resource.id, question, refused));
        sections.push(query(cx, question));
    }
    sections
}

/// What was refused there, as far as it was asked.
fn lately(cx: &Cx<'_>, id: &ArmId, question: Question, refused: &[Refused]) -> Section {
    let mut section =
        Section::new("REFUSED LATELY").right(Rich::muted(format!("{SPAN_DAYS} days")));
    let own: Vec<&Refused> = refused.iter().filter(|one| one.resource == *id).collect();
    for one in &own {
        section = section.pair(
            when(cx, one.last),
            Rich::plain(format!("{} × {}", one.hits, one.operation)).then(
                Role::Muted,
                format!("  {}  {}", one.cause.words(), caller(one)),
            ),
        );
    }
    let slices: Vec<(&ArmId, &Slice)> = cx
        .inventory
        .log_questions()
        .filter(|(_, own, _)| *own == question)
        .map(|(place, _, slice)| (place, slice))
        .collect();
    if slices.is_empty() {
        return section.words(Rich::muted(
            "It was not asked: no workspace is known that it sends to.",
        ));
    }
    for (place, slice) in slices {
        section = match asked(slice) {
            Some(words) => section.words(
                Rich::sign(cx.signs, sign_of(slice.state()))
                    .then(Role::Text, format!(" {}: {words}", place.name())),
            ),
            None if own.is_empty() => section.words(Rich::sign(cx.signs, Sign::Open).then(
                Role::Text,
                format!(" {}: no call was refused", place.name()),
            )),
            None => section,
        };
    }
    section
}

fn sign_of(state: State) -> Sign {
    match state {
        State::Known => Sign::Note,
        State::Pending => Sign::Reading,
        State::Denied => Sign::Unknown,
        State::Failed => Sign::Failed,
        State::Unsupported => Sign::None,
    }
}

/// What an answer says beside its rows.
fn asked(slice: &Slice) -> Option<String> {
    let issue = slice.trouble();
    match slice.state() {
        State::Pending => Some("not answered yet".to_owned()),
        State::Denied => {
            let right = issue
                .and_then(|one| one.right.as_deref())
                .unwrap_or("the right to ask it");
            let role = issue
                .and_then(|one| one.role)
                .unwrap_or("Log Analytics Reader");
            Some(format!("refused; {right} is missing, {role} has it"))
        }
        State::Failed => Some(issue.map_or_else(|| "failed".to_owned(), |one| one.message.clone())),
        State::Unsupported => {
            Some(issue.map_or_else(|| "not offered".to_owned(), |one| one.message.clone()))
        }
        State::Known => match slice.value.as_deref() {
            Some(Payload::LogAnswers(answers)) => answers.iter().find_map(|one| {
                if one.without_table.is_some() {
                    return Some(format!(
                        "it has no table {} yet: nothing was ever sent there",
                        one.question.tables()[0]
                    ));
                }
                one.is_cut
                    .then(|| "only the newest rows are shown".to_owned())
            }),
            _ => None,
        },
    }
}

/// The query, to read and to copy.
pub(super) fn query(cx: &Cx<'_>, question: Question) -> Section {
    let right = cx
        .key_of(CONTEXT, Action::Copy)
        .map_or_else(Rich::new, |key| {
            Rich::strong(key).then(Role::Muted, " copy")
        });
    let mut section = Section::new("QUERY").right(right);
    for line in question.kql().lines() {
        // Wrapped at blanks: a line of KQL has no sign for "goes on".
        section = section.words(Rich::plain(line.trim().to_owned()));
    }
    section
}

/// A refusal.
pub(super) fn refused(cx: &Cx<'_>, one: &Refused) -> Vec<Section> {
    vec![
        refused_section(cx, one),
        Section::new("WHY").words(Rich::plain(why(&one.cause))),
        query(cx, one.question),
    ]
}

/// Who was refused what, how often, and from when to when.
pub(crate) fn refused_section(cx: &Cx<'_>, one: &Refused) -> Section {
    let mut section = Section::new("")
        .pair("refused by", Rich::strong(one.resource.name().to_owned()))
        .pair(
            "call",
            Rich::plain(one.operation.clone()).then(
                Role::Muted,
                one.status
                    .map_or_else(String::new, |status| format!("  {status}")),
            ),
        )
        .pair("cause", Rich::plain(one.cause.words().to_owned()))
        .pair(
            "calls",
            Rich::plain(one.hits.to_string()).then(
                Role::Muted,
                format!("  {} to {}", when(cx, one.first), when(cx, one.last)),
            ),
        );
    if let Some(who) = &one.caller {
        let who = if uuid::Uuid::try_parse(who).is_ok() {
            short_guid(who)
        } else {
            who.clone()
        };
        section = section.pair("caller", Rich::plain(who));
    }
    for (label, value) in [
        ("address", &one.address),
        ("presented", &one.credential),
        ("it said", &one.detail),
    ] {
        if let Some(value) = value {
            section = section.pair(label, Rich::plain(value.clone()));
        }
    }
    section
}

fn why(cause: &Cause) -> String {
    match cause {
        Cause::Network => "The firewall refused it: neither the address, nor a rule, nor the trusted services let it in. The pane Network shows the rules.".to_owned(),
        Cause::Authorization => "It was let in and has no role for this call. The pane Access shows who holds what.".to_owned(),
        Cause::LocalAuth => "A key was presented, and keys are off. The Map shows which hop lives by key.".to_owned(),
        Cause::Either(words) => format!("The log does not tell them apart: {words}. The Map's gates say which of them is shut now."),
    }
}

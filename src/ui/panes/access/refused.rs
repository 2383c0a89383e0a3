//! The detail of assignments that were not read: what is certain all the same, the right that is
//! missing, and the request for whoever grants it.

use crate::analysis::access::Matrix;
use crate::analysis::access::matrix::Directory;
use crate::config::Action;
use crate::model::key::Key;
use crate::model::resource::{Details, Family};
use crate::store::State;
use crate::ui::cx::Cx;
use crate::ui::panes::trouble;
use crate::ui::signs::Sign;
use crate::ui::text::Rich;
use crate::ui::theme::Role;
use crate::ui::value;
use crate::ui::widgets::detail::Section;

use super::detail::Told;
use super::rows::Line;

/// The detail of a list that was not read.
pub(super) fn not_read(cx: &Cx<'_>, matrix: &Matrix, key: &Key, line: &Line) -> Told {
    let place = trouble::place(cx, &line.scope);
    let slice = cx.snapshot.slice(key);
    let issue = slice.and_then(|slice| slice.trouble());
    let words = match line.sign {
        Sign::Reading => "role assignments are being read",
        Sign::Unknown => "what is held cannot be read",
        _ => "what is held could not be read",
    };
    let mut left = vec![
        Section::default()
            .words(Rich::chip(cx.signs, line.sign).then(Role::Text, format!("  {words}"))),
        certain(cx, matrix),
    ];
    if let Some(vaults) = vaults(cx) {
        left.push(vaults);
    }
    let mut proof = Vec::new();
    let mut copy = Vec::new();
    if let Some(issue) = issue {
        if let Some(right) = &issue.right {
            proof.push(
                Section::new("THE RIGHT THAT IS MISSING")
                    .words(Rich::strong(right.clone()))
                    .words(Rich::muted(format!("on {place}, or above it"))),
            );
        } else {
            let mut section = Section::new("WHY").words(Rich::plain(issue.message.clone()));
            if let Some(slice) =
                slice.and_then(|slice| value::missing(cx.signs, Some(slice), cx.now))
            {
                section = section.words(slice);
            }
            proof.push(section);
        }
        if let (Some(role), Some(who)) = (issue.role, assignee(cx)) {
            let command = format!(
                "az role assignment create --role {} --assignee {who} --scope {}",
                if role.contains(' ') {
                    format!("\"{role}\"")
                } else {
                    role.to_owned()
                },
                line.scope
            );
            let key = cx.key_of("access", Action::Copy);
            let right = key.map_or(Rich::new(), |key| {
                Rich::strong(key).then(Role::Muted, " copy for whoever grants it")
            });
            let mut section = Section::new("THE LEAST ROLE THAT HAS IT")
                .right(right)
                .code(command.clone());
            if role == "Reader" {
                section = section.words(Rich::muted(
                    "Reader reads; it holds no key and opens no data.",
                ));
            }
            proof.push(section);
            copy.push(("request".to_owned(), command));
        }
        let mut section = Section::new("AZURE SAID");
        if let (Some(status), Some(code)) = (issue.status, &issue.code) {
            section = section.pair("status", Rich::plain(format!("{status} {code}")));
        }
        if let Some(id) = &issue.request_id {
            section = section.pair("request", Rich::plain(id.to_string()));
        }
        proof.push(section.pair("at", Rich::plain(cx.clock(issue.at))));
    }
    Told {
        title: format!("{} on {place}", line.holder.label),
        right: String::new(),
        left,
        proof,
        id: Some(line.scope.clone()),
        copy,
    }
}

/// Whoever is to be given the role: the signed-in person or application.
fn assignee(cx: &Cx<'_>) -> Option<String> {
    let caller = cx.snapshot.callers().first()?;
    let id = caller.object_id.as_ref().map(ToString::to_string);
    caller
        .user_name
        .clone()
        .or(id)
        .or_else(|| caller.app_id.clone())
}

/// What is known all the same.
fn certain(cx: &Cx<'_>, matrix: &Matrix) -> Section {
    let mut section = Section::new("STILL CERTAIN");
    let sign = |sign: Sign, label: &str| format!("{} {label}", cx.signs.glyph(sign));
    let denials = cx
        .snapshot
        .slices()
        .find(|(key, _)| matches!(key, Key::DenyAssignments(_)));
    let (own, words) = match denials.map(|(_, slice)| slice.state()) {
        Some(State::Known) if matrix.denials.is_empty() => {
            (Sign::Open, "none, and they were read".to_owned())
        }
        Some(State::Known) => (Sign::Open, format!("{} read", matrix.denials.len())),
        Some(State::Pending) | None => (Sign::Reading, "not read yet".to_owned()),
        Some(_) => (Sign::Unknown, "not read either".to_owned()),
    };
    section = section.pair(sign(own, "deny assignments"), Rich::plain(words));
    let (own, words) = match &matrix.directory {
        Directory::Read => (Sign::Open, "were read".to_owned()),
        Directory::NotRead(why) => (Sign::Unknown, why.clone()),
    };
    section = section.pair(sign(own, "names"), Rich::plain(words));
    let read = matrix.assignments_read;
    if read > 0 {
        let words = format!("{read} assignments, at {} scopes", matrix.scopes_read);
        section = section.pair(sign(Sign::Open, "what came"), Rich::plain(words));
    }
    section
}

/// Vaults with access policies are known without any role.
fn vaults(cx: &Cx<'_>) -> Option<Section> {
    let names: Vec<&str> = cx
        .inventory
        .family(Family::Vault)
        .filter(|one| trouble::is_shown(cx.inventory, &one.id))
        .filter(|one| match &one.details {
            Details::Vault(own) => own.rbac_authorization.or_default(false) == Some(false),
            _ => false,
        })
        .map(|one| one.name.as_str())
        .collect();
    let verb = if names.len() == 1 { "is" } else { "are" };
    (!names.is_empty()).then(|| {
        Section::new("KEY VAULT").words(Rich::plain(format!(
            "{} {verb} known all the same: access policies are properties of the vault, not role assignments.",
            names.join(", ")
        )))
    })
}

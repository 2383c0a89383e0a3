//! Policies in words: who assigned what where, and what that does.

use time::OffsetDateTime;
use time::macros::format_description;

use crate::analysis::ground::Ground;
use crate::model::id::PrincipalId;
use crate::model::policy::{PolicyAssignment, PolicyExemption};

use super::force::{Change, Content, Force};
use super::{Meeting, Policies};

/// A time as people write it.
pub fn stamp(at: OffsetDateTime) -> String {
    at.to_offset(time::UtcOffset::UTC)
        .format(&format_description!(
            "[year]-[month]-[day] [hour]:[minute] UTC"
        ))
        .unwrap_or_else(|_| at.to_string())
}

/// `policy "Cosmos DB: disable local auth" (cosmos-local-auth), modify, assigned at mg-landing by X on D`.
pub fn who(ground: &Ground<'_>, force: &Force<'_>, effect: &str) -> String {
    let assignment = force.assignment;
    let through = force.through.map_or_else(String::new, |(set, member)| {
        format!(
            ", as {} of initiative {}",
            member
                .reference
                .as_deref()
                .unwrap_or_else(|| member.definition_id.name()),
            set.display_name.text().unwrap_or(&set.name)
        )
    });
    let known = match &force.content {
        Content::Known(known) => format!(
            "; its definition could not be read, and is known by its id: {}",
            known.title
        ),
        _ => String::new(),
    };
    format!(
        "policy {}, {effect}{through}, assigned at {}{}{known}",
        named(assignment),
        assignment.scope.name(),
        by(ground, assignment),
    )
}

/// The display name, and the name where that is another.
pub fn named(assignment: &PolicyAssignment) -> String {
    let title = assignment.title();
    if title == assignment.name {
        title.to_owned()
    } else {
        format!("\"{title}\" ({})", assignment.name)
    }
}

/// ` by plat-policy-bot on 2026-11-23 02:41 UTC`, as far as the assignment says.
fn by(ground: &Ground<'_>, assignment: &PolicyAssignment) -> String {
    let person = assignment
        .assigned_by
        .text()
        .map(str::to_owned)
        .or_else(|| {
            let id = assignment.created_by.text()?;
            Some(ground.name_of(&PrincipalId::new(id)))
        });
    let who = person.map_or_else(String::new, |name| format!(" by {name}"));
    let when = assignment
        .created_on
        .value()
        .map_or_else(String::new, |at| format!(" on {}", stamp(*at)));
    format!("{who}{when}")
}

/// `disableLocalAuth to true and publicNetworkAccess to Disabled`.
pub fn set(changes: &[Change]) -> String {
    let each: Vec<String> = changes
        .iter()
        .map(|one| format!("{} to {}", property(&one.path), value(&one.value)))
        .collect();
    each.join(" and ")
}

/// The path without `properties.`.
pub fn property(path: &str) -> &str {
    path.strip_prefix("properties.").unwrap_or(path)
}

fn value(value: &serde_json::Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

/// `exemption X (Waiver) until D`.
pub fn exemption(one: &PolicyExemption) -> String {
    let category = one
        .category
        .text()
        .map_or_else(String::new, |text| format!(" ({text})"));
    let until = one.expires_on.value().map_or_else(
        || " without an end".to_owned(),
        |at| format!(" until {}", stamp(*at)),
    );
    format!("exemption {}{category}{until}", one.name)
}

/// What Azure itself found of a meeting.
pub fn state(
    ground: &Ground<'_>,
    policies: &Policies<'_>,
    meeting: &Meeting<'_>,
) -> Option<String> {
    let state = policies.state(ground, meeting)?;
    let found = state.compliance.text()?;
    let when = state
        .evaluated_at
        .value()
        .map_or_else(String::new, |at| format!(" on {}", stamp(*at)));
    Some(format!("Azure itself found it {found}{when}"))
}

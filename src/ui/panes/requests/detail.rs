//! The detail of one call: what was asked, what came back, what is not known because of it, the
//! right that is missing, and how to ask the same by hand.

use crate::config::Action;
use crate::model::id::ArmId;
use crate::model::issue::Issue;
use crate::model::key::Key;
use crate::model::ledger::{LedgerEntry, Outcome};
use crate::ui::cx::Cx;
use crate::ui::signs::Sign;
use crate::ui::text::{Rich, short_guid};
use crate::ui::theme::Role;
use crate::ui::widgets::detail::Section;

use super::{ask, rows};

/// How many lines of a body are shown; `y` has all of it.
const BODY_LINES: usize = 40;

/// A body above this size is not laid out again, only shown as it came.
const BODY_BYTES: usize = 64 * 1024;

/// The sections of a call.
pub(super) fn sections(entry: &LedgerEntry, cx: &Cx<'_>) -> Vec<Section> {
    let mut sections = vec![asked(entry), facts(entry, cx)];
    if rows::row(entry, cx.inventory, true).fault {
        sections.extend(unknown(entry, cx));
        sections.extend(missing(entry, cx));
    }
    if let Some(command) = ask::command(entry, cx.inventory) {
        let key = cx.key_of("requests", Action::Copy);
        let right = key.map_or(Rich::new(), |key| {
            Rich::strong(key).then(Role::Muted, " copy")
        });
        sections.push(
            Section::new("ASK IT YOURSELF")
                .right(right)
                .code(command.shown)
                .words(Rich::muted(command.note)),
        );
    }
    if let Some(message) = &entry.error_message {
        sections.push(Section::new("AZURE SAID").words(Rich::plain(message.to_string())));
    }
    sections.extend(headers(entry));
    sections.extend(body(entry));
    sections
}

fn asked(entry: &LedgerEntry) -> Section {
    let path = entry.path.split('?').next().unwrap_or_default();
    Section::default()
        .words(Rich::strong(entry.method.to_string()).then(Role::Text, format!(" {}", entry.host)))
        .words(Rich::plain(path.to_owned()))
}

fn facts(entry: &LedgerEntry, cx: &Cx<'_>) -> Section {
    let answer = rows::Answer::of(entry);
    let role = answer.sign().map_or(Role::Text, Sign::word_role);
    let status = match (&entry.outcome, entry.status) {
        (Outcome::Pending, _) => {
            Rich::sign(cx.signs, Sign::Reading).then(Role::Muted, " no answer yet")
        }
        (Outcome::Failed(why) | Outcome::Stopped(why), _) => Rich::of(role, why.to_string()),
        (Outcome::Answered, Some(status)) => {
            let words = reason(status);
            Rich::of(role, format!("{status} {words}").trim_end().to_owned())
        }
        (Outcome::Answered, None) => Rich::muted("none"),
    };
    let mut section = Section::default().pair("status", status);
    if let Some(code) = &entry.error_code {
        section = section.pair("code", Rich::plain(code.to_string()));
    }
    section = section.pair("asked at", Rich::plain(cx.clock(entry.started_at)));
    if entry.outcome != Outcome::Pending {
        let tries = match entry.attempts {
            0 => "never sent".to_owned(),
            1 => "1 try".to_owned(),
            many => format!("{many} tries, waits included"),
        };
        let took = format!("{} ms, {tries}", rows::millis(entry));
        section = section.pair("took", Rich::plain(took));
    }
    if let Some(version) = &entry.api_version {
        section = section.pair("version", Rich::plain(version.to_string()));
    }
    if let Some(id) = &entry.request_id {
        section = section.pair("request", Rich::plain(id.to_string()));
    }
    if let Some(id) = entry
        .correlation_id
        .as_ref()
        .filter(|id| Some(*id) != entry.request_id.as_ref())
    {
        section = section.pair("correlation", Rich::plain(id.to_string()));
    }
    if let Some(tenant) = &entry.tenant {
        section = section.pair("token", Rich::plain(token(tenant, cx)));
    }
    for tenant in entry.auxiliary_tenants.iter() {
        section = section.pair("auxiliary", Rich::plain(token(tenant, cx)));
    }
    if let Some(key) = &entry.fills {
        section = section.pair("fills", Rich::plain(filled(key, cx)));
    }
    for (name, left) in &entry.remaining {
        let words = format!("{left} {}", name.replace('-', " "));
        section = section.pair("left", Rich::plain(words));
    }
    if entry.bytes > 0 {
        section = section.pair("size", Rich::plain(size(entry.bytes)));
    }
    section
}

/// Whose token went along: the tenant, and who is signed in to it.
fn token(tenant: &str, cx: &Cx<'_>) -> String {
    let who = cx.snapshot.callers().iter().find(|caller| {
        caller
            .tenant
            .as_ref()
            .is_some_and(|own| own.as_str().eq_ignore_ascii_case(tenant))
    });
    let who = who
        .and_then(|caller| caller.label())
        .map_or(String::new(), |label| {
            format!(", {}", label.split('@').next().unwrap_or(label))
        });
    format!("tenant {}{who}", short_guid(tenant))
}

/// What a key fills, with the place that it is about.
fn filled(key: &Key, cx: &Cx<'_>) -> String {
    match key {
        Key::Resource(id) => format!("properties of {}", id.name()),
        Key::Facet(id, facet) => format!("{} of {}", facet.words(), id.name()),
        other => match other.scope() {
            Some(scope) => format!("{} of {}", other.words(), place(&scope, cx)),
            None => other.words().to_owned(),
        },
    }
}

fn place(scope: &ArmId, cx: &Cx<'_>) -> String {
    match scope.subscription() {
        Some(id) if id.as_str().eq_ignore_ascii_case(scope.name()) => {
            match cx.inventory.subscription(&id) {
                Some(one) => one.display_name.clone(),
                None => format!("subscription {}", short_guid(id.as_str())),
            }
        }
        _ => scope.name().to_owned(),
    }
}

fn size(bytes: u64) -> String {
    match bytes {
        0..1024 => format!("{bytes} bytes"),
        1024..1_048_576 => format!("{} KiB", bytes.div_ceil(1024)),
        _ => format!("{} MiB", bytes.div_ceil(1_048_576)),
    }
}

/// What an answer that failed leaves open. The store decides: another call may have filled it since.
fn unknown(entry: &LedgerEntry, cx: &Cx<'_>) -> Option<Section> {
    let key = entry.fills.as_ref()?;
    let slice = cx.snapshot.slice(key)?;
    let section = Section::new("SO WE DO NOT KNOW");
    if slice.trouble().is_none() && slice.complete {
        return Some(
            Section::new("KNOWN ALL THE SAME")
                .words(
                    Rich::sign(cx.signs, Sign::Open)
                        .then(Role::Text, format!(" {}", filled(key, cx))),
                )
                .words(Rich::muted("a later call brought it")),
        );
    }
    let section = section.words(
        Rich::sign(cx.signs, Sign::Unknown).then(Role::Text, format!(" {}", filled(key, cx))),
    );
    let so = match key {
        Key::Memberships(..) | Key::AssignedTo(..) => {
            "A role that is held through a group may be there unseen."
        }
        Key::EligibleRoles(_) => "Roles that could be activated may be there unseen.",
        Key::ActiveRoles(_) => "Which roles end soon is not known.",
        Key::Locks(_) => "A lock may hold changes back.",
        Key::PolicyAssignments(_) | Key::PolicyDefinition(_) => {
            "A policy may change what works today, or refuse the next change."
        }
        Key::PolicyExemptions(_) => {
            "Whether a policy that reaches a resource spares it is not known."
        }
        Key::PolicyStates(_) => {
            "When Azure last held the resources against their policies is not known. Policies are judged without it."
        }
        Key::NetworkPerimeters(_) => "A perimeter may stand before a resource.",
        Key::Application(..) => {
            "Which tenants the application may be in, and when its credentials end, is not known."
        }
        Key::NetworkManagers(_) => "There may be address pools that are not shown.",
        Key::NetworkManagerConnections(_) => {
            "Whether the subscription is connected to a network manager elsewhere is not known."
        }
        Key::Provider(_) => "Whether networks can be made in the subscription at all is not known.",
        Key::IpamPool(_) => "A network draws from it, and that is all that is known of it.",
        Key::LinkedAccess(..) => {
            "The network itself was read on its own: what was refused is the other tenant's token."
        }
        Key::Principals(_) | Key::ServicePrincipalOf(..) | Key::User(..) => {
            "Who holds a role is shown by object id, and not whether they still exist."
        }
        Key::RoleAssignments(_) => "Nobody's rights there are judged: no answer is a guess.",
        Key::DenyAssignments(_) => "A deny assignment may take away what a role gives.",
        Key::RoleDefinitions(_) => "Roles are shown by id; what they allow is not known.",
        Key::List { .. } | Key::Groups(_) | Key::Subscriptions(_) | Key::Tenants(_) => {
            "There may be more than what is listed."
        }
        Key::Resource(_) => "It is named by another resource, and that is all that is known of it.",
        Key::Facet(..) => "The resource itself is shown, without these.",
        Key::ActivityLog(_) | Key::AccessLog(_) => {
            "Who changed what there is not known: nobody is named for it."
        }
        Key::Logs(..) => "Calls may have been refused there unseen.",
    };
    let section = section.words(Rich::muted(so));
    Some(if slice.value.is_some() && slice.complete {
        section.words(Rich::muted(
            "What was read before is still shown, with its age.",
        ))
    } else {
        section
    })
}

/// The right and the least role, as the issue names them.
fn missing(entry: &LedgerEntry, cx: &Cx<'_>) -> Option<Section> {
    let key = entry.fills.as_ref()?;
    let slice = cx.snapshot.slice(key)?;
    let of_entry =
        |issue: &&Issue| issue.request_id.is_some() && issue.request_id == entry.request_id;
    let issue = slice
        .issues
        .iter()
        .find(of_entry)
        .or_else(|| slice.trouble())?;
    if issue.right.is_none() && issue.role.is_none() {
        return None;
    }
    let mut section = Section::new("THE RIGHT THAT IS MISSING");
    if let Some(right) = &issue.right {
        section = section.words(Rich::strong(right.clone()));
    }
    if let Some(role) = issue.role {
        let words = match key {
            Key::Principals(_) => format!("{role} in Entra ID has it"),
            other => match other.scope() {
                Some(scope) => format!("{role} has it, on {} or above it", place(&scope, cx)),
                None => format!("{role} has it"),
            },
        };
        section = section.words(Rich::muted(words));
    }
    Some(section)
}

fn headers(entry: &LedgerEntry) -> Option<Section> {
    if entry.headers.is_empty() {
        return None;
    }
    let section = Section::new("HEADERS OF THE ANSWER");
    Some(
        entry
            .headers
            .iter()
            .fold(section, |section, (name, value)| {
                section.pair(name.to_string(), Rich::plain(value.to_string()))
            }),
    )
}

fn body(entry: &LedgerEntry) -> Option<Section> {
    let body = entry.body.as_ref()?;
    let pretty = (body.len() <= BODY_BYTES)
        .then(|| serde_json::from_str::<serde_json::Value>(body).ok())
        .flatten()
        .and_then(|value| serde_json::to_string_pretty(&value).ok());
    let text = pretty.as_deref().unwrap_or(body);
    let mut section = Section::new("BODY").right(Rich::strong("y").then(Role::Muted, " all of it"));
    for line in text.lines().take(BODY_LINES) {
        let words = line.trim_start();
        // Of two roles, so that a long line is cut and not wrapped.
        let indent = " ".repeat(line.len() - words.len() + 1);
        let (name, rest) = match words.split_once("\": ") {
            Some((name, rest)) => (format!("{name}\": "), rest),
            None => (String::new(), words),
        };
        let short: String = rest.chars().take(300).collect();
        section = section.words(Rich::muted(format!("{indent}{name}")).then(Role::Text, short));
    }
    let more = text.lines().count().saturating_sub(BODY_LINES);
    if more > 0 {
        section = section.words(Rich::muted(format!("… {more} more lines")));
    }
    Some(section)
}

/// The words of a status that people know it by.
fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        201 => "Created",
        202 => "Accepted",
        204 => "No Content",
        301 | 302 | 307 | 308 => "Redirect, not followed",
        304 => "Not Modified",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        409 => "Conflict",
        410 => "Gone",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => "",
    }
}

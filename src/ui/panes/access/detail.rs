//! The detail of a row of Access, in two halves: the answer with what the role allows, and the
//! evidence, or what is missing with the request for whoever grants it.

use crate::analysis::access::Matrix;
use crate::analysis::access::matrix::{Denial, Level, Row};
use crate::analysis::evidence::Evidence;
use crate::model::access::{RoleAssignment, RoleDefinition};
use crate::model::field::Field;
use crate::model::id::{ArmId, PrincipalId};
use crate::model::key::Key;
use crate::model::resource::{AccessPolicy, Details};
use crate::store::State;
use crate::ui::cx::Cx;
use crate::ui::panes::{evidence, trouble};
use crate::ui::signs::Sign;
use crate::ui::text::{Rich, short_guid};
use crate::ui::theme::Role;
use crate::ui::value;
use crate::ui::widgets::detail::Section;

use super::names::Names;
use super::refused;
use super::rows::{About, Line};

/// How many actions of a role are listed.
const ACTIONS: usize = 10;

/// What the detail says.
#[derive(Debug, Default)]
pub(super) struct Told {
    pub(super) title: String,
    pub(super) right: String,
    /// The answer, and why.
    pub(super) left: Vec<Section>,
    /// The proof, and what to do.
    pub(super) proof: Vec<Section>,
    /// What the JSON, the copy and the portal are about.
    pub(super) id: Option<ArmId>,
    /// What can be copied, with its name.
    pub(super) copy: Vec<(String, String)>,
}

/// The detail of a row.
pub(super) fn told(cx: &Cx<'_>, matrix: &Matrix, names: &Names, line: &Line) -> Option<Told> {
    Some(match &line.about {
        About::Assignment(at, resource) => {
            assignment(cx, matrix, matrix.rows.get(*at)?, line, resource.as_ref())
        }
        About::Policy(vault, at) => policy(cx, line, vault, *at)?,
        About::Denial(at) => denial(cx, names, matrix.denials.get(*at)?, line),
        About::NotRead(key) => refused::not_read(cx, matrix, key, line),
    })
}

fn answer(cx: &Cx<'_>, sign: Sign, words: impl Into<String>) -> Section {
    Section::default()
        .words(Rich::sign(cx.signs, sign).then(Role::Strong, format!(" {}", words.into())))
}

fn assignment(
    cx: &Cx<'_>,
    matrix: &Matrix,
    row: &Row,
    line: &Line,
    resource: Option<&ArmId>,
) -> Told {
    let whole = cx
        .inventory
        .assignments()
        .find(|one| one.id == row.assignment);
    let definition = cx.inventory.role(&row.role);
    let mut left = vec![
        answer(cx, line.sign, line.role.clone()).words(Rich::plain(reach(cx, row, resource))),
        who(cx, line, row),
    ];
    if row.is_orphan && !line.holder.is_named {
        left.push(Section::default().words(Rich::of(Role::Exposure, "◆").then(
            Role::Text,
            " The directory was read and knows nobody with this id: who was meant is gone, and an identity that was made again under the same name has another id.",
        )));
    }
    left.extend(allows(cx, definition, resource));
    left.extend(condition(&row.condition));
    let touching: Vec<&Denial> = matrix.denials_touching(row).collect();
    if !touching.is_empty() {
        let section = Section::new("DENY ASSIGNMENTS THAT MEET IT");
        left.push(touching.iter().fold(section, |section, one| {
            section.words(
                Rich::sign(cx.signs, Sign::Refused).then(Role::Text, format!(" {}", one.name)),
            )
        }));
    }
    let mut proof: Vec<Section> = whole
        .map(|one| proof(cx, one))
        .into_iter()
        .flatten()
        .collect();
    if let Some(definition) = definition {
        proof.push(
            Section::new("ROLE DEFINITION")
                .pair("name", Rich::plain(definition.name.clone()))
                .pair("type", value::text(cx.signs, &definition.role_type))
                .pair("id", Rich::muted(definition.id.name().to_owned())),
        );
    }
    proof.push(held_here(cx, matrix, row, resource));
    let place = resource.map_or_else(|| trouble::place(cx, &row.scope), |id| id.name().to_owned());
    Told {
        title: format!("{} on {place}", line.holder.label),
        right: line.how.clone(),
        left,
        proof,
        id: Some(row.assignment.clone()),
        copy: vec![
            ("principal id".to_owned(), row.principal.to_string()),
            ("role".to_owned(), line.role.clone()),
            ("scope".to_owned(), row.scope.to_string()),
        ],
    }
}

fn reach(cx: &Cx<'_>, row: &Row, resource: Option<&ArmId>) -> String {
    let place = trouble::place(cx, &row.scope);
    match (resource, row.level) {
        (Some(id), _) if *id == row.scope => format!("Assigned at {place} itself."),
        (Some(id), _) if row.scope.is_within(id) => {
            format!("Assigned at {place} only, a part of {}.", id.name())
        }
        (Some(_), level) => format!(
            "Assigned at the {} {place}, and inherited from there.",
            level.words()
        ),
        (None, Level::Root) => "Assigned at the root: it holds everywhere.".to_owned(),
        (None, level) => format!(
            "Assigned at the {} {place}; it holds for everything below.",
            level.words()
        ),
    }
}

fn who(cx: &Cx<'_>, line: &Line, row: &Row) -> Section {
    let section = Section::new("WHO")
        .pair(
            "name",
            if line.holder.is_named {
                Rich::plain(line.holder.label.clone())
            } else {
                unnamed(cx, &row.principal)
            },
        )
        .pair("type", Rich::plain(line.holder.kind.clone()))
        .pair("object id", Rich::plain(row.principal.to_string()));
    let Some(principal) = cx.inventory.principal(&row.principal) else {
        return section;
    };
    let section = match principal.user_principal_name.text() {
        Some(name) => section.pair("signs in as", Rich::plain(name.to_owned())),
        None => section,
    };
    match principal.app_id.text() {
        Some(id) => section.pair("application", Rich::plain(id.to_owned())),
        None => section,
    }
}

/// Why somebody has no name.
fn unnamed(cx: &Cx<'_>, id: &PrincipalId) -> Rich {
    let slices = || {
        cx.snapshot
            .slices()
            .filter(|(key, _)| matches!(key, Key::Principals(_)))
    };
    let open = slices().find(|(_, slice)| slice.state() != State::Known);
    match open {
        Some((_, slice)) if slice.state() != State::Unsupported => {
            value::missing(cx.signs, Some(slice), cx.now)
                .unwrap_or_else(|| Rich::muted(short_guid(id.as_str())))
        }
        Some(_) => Rich::muted("this cloud has no directory to ask"),
        None if slices().next().is_none() => Rich::muted("the directory was not asked"),
        None => Rich::muted("not in the directory"),
    }
}

/// The actions of a role that can concern a resource; all of them where there is none.
fn allows(
    cx: &Cx<'_>,
    definition: Option<&RoleDefinition>,
    resource: Option<&ArmId>,
) -> Vec<Section> {
    let Some(definition) = definition else {
        let words = Rich::sign(cx.signs, Sign::Unknown).then(
            Role::Text,
            " The definition of this role was not read: what it allows is not known.",
        );
        return vec![Section::default().words(words)];
    };
    let kind = resource
        .and_then(ArmId::resource_type)
        .map(|own| own.to_ascii_lowercase());
    let namespace = kind
        .as_deref()
        .and_then(|own| own.split('/').next())
        .map(str::to_owned);
    // The resource's own type is what repeats in every action.
    let short = |action: &String| match (&kind, action.to_ascii_lowercase()) {
        (Some(kind), own)
            if own
                .strip_prefix(kind.as_str())
                .is_some_and(|rest| rest.starts_with('/')) =>
        {
            format!("…{}", &action[kind.len()..])
        }
        (None, _) => shortened(action),
        _ => action.clone(),
    };
    let concerns = |pattern: &&String| {
        let own = pattern.to_ascii_lowercase();
        namespace.as_ref().is_none_or(|namespace| {
            own.starts_with('*') || own.split('/').next() == Some(namespace)
        })
    };
    let mut sections = Vec::new();
    let several = definition.permissions.len() > 1;
    for (at, permission) in definition.permissions.iter().enumerate() {
        let of =
            |list: &[String]| -> Vec<String> { list.iter().filter(concerns).map(short).collect() };
        let (actions, data) = (of(&permission.actions), of(&permission.data_actions));
        let (not, not_data) = (
            of(&permission.not_actions),
            of(&permission.not_data_actions),
        );
        let label = match (several, resource) {
            (true, _) => format!("THE ROLE ALLOWS, PART {}", at + 1),
            (false, Some(_)) => "THE ROLE ALLOWS HERE".to_owned(),
            (false, None) => "THE ROLE ALLOWS".to_owned(),
        };
        let mut section = Section::new(label);
        for (plane, list) in [("actions", &actions), ("data actions", &data)] {
            section = listed(section, plane, list);
        }
        for (plane, list) in [("but not", &not), ("but not", &not_data)] {
            if !list.is_empty() {
                section = listed(section, plane, list);
            }
        }
        sections.push(section);
    }
    let opens = definition
        .permissions
        .iter()
        .any(|one| one.data_actions.iter().any(|own| concerns(&own)));
    if !opens {
        let words = "It has no data actions here: by itself it opens no data, only settings.";
        sections.push(Section::default().words(Rich::muted(words)));
    }
    sections
}

/// A long action by its ends: `Microsoft.Storage/…/containers/read`. The JSON has all of it.
fn shortened(action: &str) -> String {
    let parts: Vec<&str> = action.split('/').collect();
    match parts.as_slice() {
        [first, _, _, .., before, last] => format!("{first}/…/{before}/{last}"),
        _ => action.to_owned(),
    }
}

fn listed(section: Section, label: &'static str, list: &[String]) -> Section {
    if list.is_empty() {
        return section.pair(label, Rich::muted("none"));
    }
    let more = list.len().saturating_sub(ACTIONS);
    let section = list
        .iter()
        .take(ACTIONS)
        .enumerate()
        .fold(section, |section, (at, action)| {
            section.pair(
                if at == 0 { label } else { "" },
                Rich::plain(action.clone()),
            )
        });
    if more > 0 {
        section.pair("", Rich::muted(format!("and {more} more")))
    } else {
        section
    }
}

fn condition(condition: &Field<String>) -> Option<Section> {
    let section = Section::new("CONDITION");
    match condition {
        Field::Absent | Field::Null => None,
        Field::Value(text) => Some(
            section
                .words(Rich::muted(
                    "It holds only where this is true; it is shown, not judged.",
                ))
                .words(Rich::plain(
                    text.split_whitespace().collect::<Vec<_>>().join(" "),
                )),
        ),
        Field::Malformed => Some(section.words(Rich::of(Role::VerdictAtRisk, "malformed"))),
        Field::Unreported(since) => {
            Some(section.words(Rich::of(Role::VerdictUnknown, format!("needs {since}"))))
        }
    }
}

fn proof(cx: &Cx<'_>, assignment: &RoleAssignment) -> Vec<Section> {
    let of = |path: &str| {
        Evidence::in_body(
            assignment.id.clone(),
            &assignment.raw,
            &assignment.source,
            format!("properties.{path}"),
        )
    };
    let mut evidence: Vec<Evidence> = [
        "roleDefinitionId",
        "principalId",
        "principalType",
        "scope",
        "condition",
        "createdOn",
        "createdBy",
    ]
    .map(of)
    .into();
    // Who made it, and when, is said by some API versions only.
    evidence.retain(|one| !one.is_absent() || one.path == "properties.condition");
    let id = Section::new("ASSIGNMENT").pair("id", Rich::muted(assignment.id.name().to_owned()));
    let id = match assignment.description.text() {
        Some(text) if !text.is_empty() => id.pair("says", Rich::plain(text.to_owned())),
        _ => id,
    };
    evidence::section(cx, &assignment.id, &evidence, Role::Text)
        .into_iter()
        .chain([id])
        .collect()
}

/// What else the same principal holds: at this resource, or anywhere in sight.
fn held_here(cx: &Cx<'_>, matrix: &Matrix, row: &Row, resource: Option<&ArmId>) -> Section {
    let others: Vec<&Row> = match resource {
        Some(id) => matrix
            .of_resource(id)
            .into_iter()
            .map(|(own, _)| own)
            .collect(),
        None => matrix.rows.iter().collect(),
    };
    let others = others
        .into_iter()
        .filter(|own| own.principal == row.principal && own.assignment != row.assignment);
    let mut section = Section::new("HOLDS TOO");
    let mut count = 0;
    for own in others {
        count += 1;
        if count > 8 {
            continue;
        }
        let name = own
            .role_name
            .clone()
            .unwrap_or_else(|| format!("role {}", short_guid(&own.role.0)));
        section = section.pair(name, Rich::muted(trouble::place(cx, &own.scope)));
    }
    match count {
        0 => section.words(Rich::muted(if resource.is_some() {
            "nothing else here"
        } else {
            "nothing else in sight"
        })),
        9.. => section.words(Rich::muted(format!("and {} more", count - 8))),
        _ => section,
    }
}

fn policy(cx: &Cx<'_>, line: &Line, vault: &ArmId, at: usize) -> Option<Told> {
    let resource = cx.inventory.resource(vault)?;
    let Details::Vault(own) = &resource.details else {
        return None;
    };
    let policy: &AccessPolicy = own.access_policies.get(at)?;
    let list = |words: &[String]| {
        if words.is_empty() {
            Rich::muted("none")
        } else {
            Rich::plain(words.join(" "))
        }
    };
    let left = vec![
        answer(cx, line.sign, "an access policy of the vault"),
        Section::default().words(Rich::plain(
            "The vault uses access policies for its data: they are its own properties, and roles open nothing in it.",
        )),
        Section::new("WHO")
            .pair("name", if line.holder.is_named { Rich::plain(line.holder.label.clone()) } else { unnamed(cx, &policy.object_id) })
            .pair("type", Rich::plain(line.holder.kind.clone()))
            .pair("object id", Rich::plain(policy.object_id.to_string())),
        Section::new("IT ALLOWS").pair("keys", list(&policy.keys)).pair("secrets", list(&policy.secrets)),
    ];
    let paths = [
        "properties.enableRbacAuthorization".to_owned(),
        format!("properties.accessPolicies[{at}].objectId"),
        format!("properties.accessPolicies[{at}].permissions.keys"),
        format!("properties.accessPolicies[{at}].permissions.secrets"),
    ];
    let evidence: Vec<Evidence> = paths
        .into_iter()
        .map(|path| Evidence::of(resource, path))
        .collect();
    Some(Told {
        title: format!("{} on {}", line.holder.label, vault.name()),
        right: "access policy".to_owned(),
        left,
        proof: evidence::section(cx, vault, &evidence, Role::Text)
            .into_iter()
            .collect(),
        id: Some(vault.clone()),
        copy: vec![("object id".to_owned(), policy.object_id.to_string())],
    })
}

fn denial(cx: &Cx<'_>, names: &Names, denial: &Denial, line: &Line) -> Told {
    let name = |id: &PrincipalId| names.holder(cx.inventory, id, &Field::Absent).label;
    let list = |ids: &[PrincipalId]| match ids {
        [] => Rich::muted("nobody"),
        ids => Rich::plain(ids.iter().map(name).collect::<Vec<_>>().join(", ")),
    };
    let made = match denial.system_protected.value() {
        Some(true) => "Azure made it and keeps it: nobody can take it away.",
        Some(false) => "A person or a deployment stack made it.",
        None => "Who made it is not said.",
    };
    let mut left = vec![
        answer(cx, line.sign, denial.name.clone())
            .words(Rich::plain(
                "A deny assignment beats every role that allows the same.",
            ))
            .words(Rich::muted(made)),
        Section::new("WHOM IT MEETS")
            .pair(
                "for",
                if denial.is_everyone {
                    Rich::plain("everyone")
                } else {
                    list(&denial.principals)
                },
            )
            .pair("except", list(&denial.excluded))
            .pair(
                "below",
                match denial.not_below.value() {
                    Some(true) => Rich::plain("not below its scope"),
                    _ => Rich::plain("everything below its scope"),
                },
            ),
    ];
    let raw = cx.inventory.denials().find(|one| one.id == denial.id);
    for permission in raw.iter().flat_map(|one| &one.permissions) {
        let mut section = Section::new("IT DENIES");
        for (label, actions) in [
            ("actions", &permission.actions),
            ("but not", &permission.not_actions),
            ("data actions", &permission.data_actions),
            ("but not", &permission.not_data_actions),
        ] {
            if !actions.is_empty() {
                section = listed(section, label, actions);
            }
        }
        left.push(section);
    }
    let proof = raw.map(|one| {
        let of = |path: &str| {
            Evidence::in_body(
                one.id.clone(),
                &one.raw,
                &one.source,
                format!("properties.{path}"),
            )
        };
        [
            "scope",
            "isSystemProtected",
            "doNotApplyToChildScopes",
            "principals",
            "excludePrincipals",
        ]
        .map(of)
    });
    let proof = proof.and_then(|own| evidence::section(cx, &denial.id, &own, Role::Text));
    Told {
        title: format!(
            "{} at {}",
            line.holder.label,
            trouble::place(cx, &denial.scope)
        ),
        right: "deny assignment".to_owned(),
        left,
        proof: proof.into_iter().collect(),
        id: Some(denial.id.clone()),
        copy: vec![("scope".to_owned(), denial.scope.to_string())],
    }
}

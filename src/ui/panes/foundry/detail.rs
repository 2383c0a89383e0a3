//! The detail of a row of Foundry: the answer, why, the evidence, and what not to do about it.

use crate::analysis::evidence::Evidence;
use crate::analysis::foundry::required::{Check, ManagedResource, ManagedState, Since};
use crate::analysis::foundry::{
    Account, ConnectionLine, Connections, Encrypted, Foundry, Hub, Presents, ProjectRef,
};
use crate::analysis::verdict::{Reasoned, Tag, Verdict};
use crate::model::id::ArmId;
use crate::model::resource::{Details, Resource};
use crate::ui::cx::Cx;
use crate::ui::signs::Sign;
use crate::ui::text::{Rich, short_guid};
use crate::ui::theme::Role;
use crate::ui::value;
use crate::ui::widgets::detail::Section;

use super::super::evidence;
use super::rows::{About, Part, Row, encryption_words, identity_words, sign_of};

/// What the detail says of a row, with the resource that it is about.
pub(super) struct Told {
    pub(super) title: String,
    pub(super) right: String,
    pub(super) resource: Option<ArmId>,
    pub(super) sections: Vec<Section>,
    /// A value that is worth copying, with its name.
    pub(super) value: Option<(String, String)>,
}

/// The detail of a row.
pub(super) fn told(cx: &Cx<'_>, foundry: &Foundry, row: &Row) -> Option<Told> {
    let told = match row.about {
        About::Hub(at) => hub(cx, foundry.hubs.get(at)?, row),
        About::HubPart(at, Part::Group) => {
            let hub = foundry.hubs.get(at)?;
            group(cx, hub, hub.managed.as_ref()?, row)
        }
        About::HubPart(at, part) => {
            let hub = foundry.hubs.get(at)?;
            let owner = Owner {
                id: &hub.id,
                name: &hub.name,
                projects: &hub.projects,
                missing: None,
                connections: &hub.connections,
                encryption: &hub.encryption,
            };
            self::part(cx, &owner, part, row, named(hub, part))
        }
        About::Managed(hub, at) => {
            let managed = foundry.hubs.get(hub)?.managed.as_ref()?;
            managed_resource(cx, managed, managed.resources.get(at)?, row)
        }
        About::Property(hub, at, number) => {
            let managed = foundry.hubs.get(hub)?.managed.as_ref()?;
            let resource = managed.resources.get(at)?;
            property(cx, resource, resource.checks.get(number)?, row)
        }
        About::Account(at) => account(cx, foundry.accounts.get(at)?, row),
        About::AccountPart(at, part) => {
            let account = foundry.accounts.get(at)?;
            let owner = Owner {
                id: &account.id,
                name: &account.name,
                projects: &account.projects,
                missing: account.projects_missing.as_deref(),
                connections: &account.connections,
                encryption: &account.encryption,
            };
            self::part(cx, &owner, part, row, None)
        }
        About::Lone(at) => lone(cx, foundry.lone_projects.get(at)?, row),
    };
    Some(told)
}

fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(char::to_uppercase);
    let whole: String = first.into_iter().flatten().chain(letters).collect();
    if whole.ends_with(['.', ']']) {
        whole
    } else {
        format!("{whole}.")
    }
}

fn answer(cx: &Cx<'_>, sign: Sign, words: impl Into<String>) -> Section {
    Section::default()
        .words(Rich::chip(cx.signs, sign).then(Role::Text, format!("  {}", words.into())))
}

fn why(judged: &Reasoned) -> Section {
    let section = Section::default().words(Rich::plain(sentence(&judged.reason)));
    judged
        .tags
        .iter()
        .fold(section, |section, tag| section.words(legend(*tag)))
}

fn legend(tag: Tag) -> Rich {
    Rich::of(Role::Accent, tag.mark()).then(Role::Muted, format!(" {}", tag.words()))
}

fn value_role(verdict: Verdict) -> Role {
    match verdict {
        Verdict::Open => Role::Text,
        other => sign_of(other).word_role(),
    }
}

fn property(cx: &Cx<'_>, resource: &ManagedResource, check: &Check, row: &Row) -> Told {
    let mut sections = vec![
        answer(
            cx,
            row.sign,
            format!("{} must be {}", check.property, check.must_be),
        ),
        why(&check.judged),
        Section::new("AGAINST WHAT IT WAS CREATED AS")
            .pair("must be", Rich::plain(check.must_be))
            .pair(
                "is",
                Rich::of(value_role(check.judged.verdict), check.is.clone()),
            )
            .pair("since", Rich::plain(since_sentence(cx, &check.since))),
    ];
    let subject = resource.id.clone();
    if let Some(id) = &subject {
        let role = value_role(check.judged.verdict);
        sections.extend(evidence::section(cx, id, &check.judged.evidence, role));
        sections.push(place(id));
    }
    sections.push(keep(cx));
    Told {
        title: check.property.to_owned(),
        right: resource.name.clone(),
        resource: subject,
        sections,
        value: Some((check.property.to_owned(), check.is.clone())),
    }
}

/// What a scanner gets wrong here.
fn keep(cx: &Cx<'_>) -> Section {
    Section::default().words(Rich::sign(cx.signs, Sign::Keep).then(
        Role::Text,
        " Do not follow a scanner that says: turn local auth off, close public access. Not here.",
    ))
}

fn place(id: &ArmId) -> Section {
    Section::new("WHERE")
        .pair("resource", Rich::plain(id.name().to_owned()))
        .pair(
            "group",
            Rich::plain(id.resource_group().unwrap_or_default().to_owned()),
        )
        .pair("id", Rich::muted(id.as_str().to_owned()))
}

/// Since when, in the few words of a column. What is as it was created needs no other date.
pub(super) fn since_words(cx: &Cx<'_>, since: &Since, is_as_created: bool) -> Rich {
    match since {
        Since::ChangedBy(..) if is_as_created => Rich::muted("as created"),
        Since::Created(_) => Rich::muted("created"),
        Since::NotSaid => Rich::muted("not said"),
        Since::ChangedBy(at, who) => {
            let when = if cx.now - *at < time::Duration::days(1) {
                let clock = cx.clock(*at);
                clock[..5].to_owned()
            } else {
                date(cx, *at)
            };
            let who = who
                .as_deref()
                .map_or(String::new(), |who| format!(" {}", person(who)));
            Rich::plain(when).then(Role::Muted, who)
        }
    }
}

fn date(cx: &Cx<'_>, at: time::OffsetDateTime) -> String {
    let at = at.to_offset(cx.offset);
    let month = &at.month().to_string()[..3];
    format!("{} {month} {}", at.day(), at.year())
}

/// Somebody who changed something: a name without its domain, or a short id.
fn person(who: &str) -> String {
    if uuid::Uuid::try_parse(who).is_ok() {
        return short_guid(who);
    }
    who.split('@').next().unwrap_or(who).to_owned()
}

fn since_sentence(cx: &Cx<'_>, since: &Since) -> String {
    match since {
        Since::Created(at) => format!("created {}: the account was never changed", date(cx, *at)),
        Since::NotSaid => "the resource does not say when it was changed".to_owned(),
        Since::ChangedBy(at, who) => {
            let by = who
                .as_deref()
                .map_or(String::new(), |who| format!(" by {}", known(cx, who)));
            format!(
                "last changed {} {}{by}: at that time or before",
                date(cx, *at),
                cx.clock(*at)
            )
        }
    }
}

/// A principal by its name in the directory, else by what Azure calls it.
fn known(cx: &Cx<'_>, who: &str) -> String {
    let id = crate::model::id::PrincipalId::new(who);
    let name = cx
        .inventory
        .principal(&id)
        .and_then(|one| one.display_name.text());
    name.map_or_else(
        || who.to_owned(),
        |name| format!("{name} ({})", short_guid(who)),
    )
}

fn managed_resource(
    cx: &Cx<'_>,
    managed: &ManagedState,
    resource: &ManagedResource,
    row: &Row,
) -> Told {
    let wrong: Vec<&Check> = resource
        .checks
        .iter()
        .filter(|check| check.judged.verdict != Verdict::Open)
        .collect();
    let words = match (resource.id.is_some(), wrong.len()) {
        (false, _) => "not as Microsoft made it".to_owned(),
        (true, 0) => "as it was created".to_owned(),
        (true, 1) => "1 property is not as it was created".to_owned(),
        (true, many) => format!("{many} properties are not as they were created"),
    };
    let mut sections = vec![answer(cx, row.sign, words), why(&resource.exists)];
    if !resource.checks.is_empty() {
        let section = Section::new("MUST STAY AS IT IS");
        sections.push(resource.checks.iter().fold(section, |section, check| {
            let sign = sign_of(check.judged.verdict);
            let value = Rich::of(value_role(check.judged.verdict), check.is.clone());
            let label = format!("{} {}", cx.signs.glyph(sign), check.property);
            section.pair(label, value)
        }));
    }
    for check in wrong {
        sections
            .push(Section::new(check.property).words(Rich::plain(sentence(&check.judged.reason))));
    }
    match &resource.id {
        Some(id) => sections.push(place(id)),
        None => sections.push(
            Section::new("WHERE").pair("group", Rich::plain(managed.group.id.name().to_owned())),
        ),
    }
    sections.push(keep(cx));
    Told {
        title: resource.name.clone(),
        right: "Microsoft made it".to_owned(),
        resource: resource.id.clone(),
        sections,
        value: None,
    }
}

fn group(cx: &Cx<'_>, hub: &Hub, managed: &ManagedState, row: &Row) -> Told {
    let id = &managed.group.id;
    let words = match row.sign {
        Sign::Open => "as it was created",
        Sign::Shut => "something in it is no longer as it was created",
        Sign::Reading => "not all of it has been read",
        _ => "not all of it can be judged",
    };
    let mut sections = vec![
        answer(cx, row.sign, words),
        Section::default()
            .words(Rich::plain(format!(
                "Microsoft made this group for {}, whose data it holds. Its resources live in your subscription, and the hub needs them as they were created.",
                hub.name
            )))
            .words(Rich::muted(sentence(managed.group.found.words()))),
    ];
    sections.push(why(&managed.exists));
    sections.extend(evidence::section(
        cx,
        id,
        &managed.group.evidence,
        Role::Text,
    ));
    sections.push(keep(cx));
    Told {
        title: "managed group".to_owned(),
        right: hub.name.clone(),
        resource: Some(id.clone()),
        sections,
        value: None,
    }
}

fn hub(cx: &Cx<'_>, hub: &Hub, row: &Row) -> Told {
    let words = match row.sign {
        Sign::Shut => "something that it needs is not as it must be",
        Sign::AtRisk => "works, and something is not as it was created",
        Sign::Unknown | Sign::Failed => "not all of it can be judged",
        Sign::Reading => "not all of it has been read",
        _ => "what was read is as it must be",
    };
    let mut sections = vec![answer(cx, row.sign, words)];
    let resource = cx.inventory.resource(&hub.id);
    if let Some(one) = resource {
        sections.push(about(cx, one).pair("datastores", value::text(cx.signs, &hub.datastores)));
    }
    sections.push(
        Section::new("HANGS ON IT")
            .pair("projects", count(hub.projects.len()))
            .pair(
                "connections",
                Rich::plain(super::rows::connection_words(&hub.connections)),
            )
            .pair("encryption", Rich::plain(encryption_words(&hub.encryption))),
    );
    if let Some(resource) = resource {
        let evidence = ["kind", "properties.storageAccount", "properties.keyVault"]
            .map(|path| Evidence::of(resource, path));
        sections.extend(evidence::section(cx, &hub.id, &evidence, Role::Text));
    }
    sections.push(place(&hub.id));
    Told {
        title: hub.name.clone(),
        right: "Foundry hub".to_owned(),
        resource: Some(hub.id.clone()),
        sections,
        value: None,
    }
}

fn count(number: usize) -> Rich {
    if number == 0 {
        Rich::plain("none")
    } else {
        Rich::plain(number.to_string())
    }
}

fn about(cx: &Cx<'_>, resource: &Resource) -> Section {
    let section = Section::default()
        .pair("kind", value::text(cx.signs, &resource.kind))
        .pair("region", value::text(cx.signs, &resource.location))
        .pair("sku", value::text(cx.signs, &resource.sku))
        .pair(
            "identity",
            Rich::plain(identity_words(&resource.identity).1),
        );
    match &resource.firewall {
        Some(firewall) => section.pair(
            "public access",
            value::text(cx.signs, &firewall.public_network_access),
        ),
        None => section,
    }
}

fn account(cx: &Cx<'_>, account: &Account, row: &Row) -> Told {
    let mut sections = vec![answer(
        cx,
        row.sign,
        "a Foundry account with projects of its own",
    )];
    sections.push(Section::default().words(Rich::plain(
        "A new-style account has no managed group: its data is in Microsoft's own subscription, or on stores that its projects bring.",
    )));
    if let Some(one) = cx.inventory.resource(&account.id) {
        let keys = match one.local_auth.as_ref() {
            None => Rich::muted("not said"),
            Some(own) => match own.enabled() {
                Some(true) => Rich::plain("accepted"),
                Some(false) => Rich::plain("refused"),
                None => value::boolean(cx.signs, &own.value),
            },
        };
        sections.push(about(cx, one).pair("keys", keys));
        let evidence =
            ["kind", "properties.allowProjectManagement"].map(|path| Evidence::of(one, path));
        sections.extend(evidence::section(cx, &account.id, &evidence, Role::Text));
    }
    sections.push(place(&account.id));
    Told {
        title: account.name.clone(),
        right: "Foundry account".to_owned(),
        resource: Some(account.id.clone()),
        sections,
        value: None,
    }
}

fn lone(cx: &Cx<'_>, project: &ProjectRef, row: &Row) -> Told {
    let hub = cx
        .inventory
        .resource(&project.id)
        .and_then(|one| match &one.details {
            Details::Workspace(own) => own.hub.clone(),
            _ => None,
        });
    let words = match &hub {
        Some(hub) => format!(
            "Its hub {} was not read: encryption and managed group are the hub's matter, and not known.",
            hub.name()
        ),
        None => "It does not name its hub.".to_owned(),
    };
    let mut sections = vec![
        answer(cx, row.sign, "a project without its hub"),
        Section::default().words(Rich::plain(words)),
    ];
    sections.extend(connections(cx, &project.connections));
    sections.push(place(&project.id));
    Told {
        title: project.name.clone(),
        right: "Foundry project".to_owned(),
        resource: Some(project.id.clone()),
        sections,
        value: None,
    }
}

/// What the facets of a hub and of an account are read from.
struct Owner<'a> {
    id: &'a ArmId,
    name: &'a str,
    projects: &'a [ProjectRef],
    missing: Option<&'a str>,
    connections: &'a Connections,
    encryption: &'a Encrypted,
}

/// The resource that a hub names in this part, and the property that names it.
fn named(hub: &Hub, part: Part) -> Option<(&'static str, Option<&ArmId>)> {
    Some(match part {
        Part::Storage => ("properties.storageAccount", hub.storage.as_ref()),
        Part::Vault => ("properties.keyVault", hub.vault.as_ref()),
        Part::Registry => ("properties.containerRegistry", hub.registry.as_ref()),
        Part::Insights => ("properties.applicationInsights", hub.insights.as_ref()),
        _ => return None,
    })
}

fn part(
    cx: &Cx<'_>,
    owner: &Owner<'_>,
    part: Part,
    row: &Row,
    named: Option<(&'static str, Option<&ArmId>)>,
) -> Told {
    let resource = cx.inventory.resource(owner.id);
    let of = |paths: &[&str]| -> Vec<Evidence> {
        let one = resource.map(AsRef::as_ref);
        one.map_or_else(Vec::new, |one: &Resource| {
            paths.iter().map(|path| Evidence::of(one, *path)).collect()
        })
    };
    let mut sections = Vec::new();
    let mut target = owner.id.clone();
    let mut proof = Vec::new();
    match part {
        Part::Projects => {
            let section = Section::default().words(match owner.missing {
                None => Rich::plain(
                    "Projects share the hub's or account's firewall, key and connections.",
                ),
                Some(why) => {
                    Rich::sign(cx.signs, row.sign).then(Role::Text, format!(" {}", sentence(why)))
                }
            });
            sections.push(section);
            sections.extend(
                owner
                    .projects
                    .iter()
                    .map(|project| one_project(cx, project)),
            );
            proof = of(&["properties.associatedWorkspaces"]);
        }
        Part::Identity => {
            if let Some(one) = resource {
                sections.push(identities(cx, one));
            }
            proof = of(&["identity.type", "identity.principalId"]);
        }
        Part::Connections => {
            sections.push(Section::default().words(Rich::plain(
                "With Entra ID nothing is stored; a stored secret opens its target to whoever may use the connection.",
            )));
            sections.extend(connections(cx, owner.connections));
        }
        Part::Encryption => {
            let encryption = owner.encryption;
            let section = Section::default()
                .words(Rich::strong(encryption.state.words()))
                .words(Rich::plain(sentence(&encryption.reason)));
            sections.push(section);
            let section = Section::new("KEY").pair("uri", value::text(cx.signs, &encryption.key));
            let vault = encryption.vault.as_ref();
            sections.push(section.pair(
                "vault",
                vault.map_or_else(
                    || Rich::muted("not named"),
                    |id| Rich::plain(id.name().to_owned()),
                ),
            ));
            proof.clone_from(&encryption.evidence);
        }
        Part::Storage | Part::Vault | Part::Registry | Part::Insights | Part::Group => {
            if let Some((path, id)) = named {
                let words = match (id, row.sign) {
                    (None, _) => format!("{} names none.", owner.name),
                    (Some(id), Sign::Open) => format!("{} is there and was read.", id.name()),
                    (Some(id), Sign::Shut) => format!(
                        "{} is named, and is gone: whatever needs it fails.",
                        id.name()
                    ),
                    (Some(id), Sign::Reading) => {
                        format!("{} is named and is being read.", id.name())
                    }
                    (Some(id), Sign::Note) => {
                        format!("{} is named; things of its kind are not read.", id.name())
                    }
                    (Some(id), _) => format!("{} is named, and could not be read.", id.name()),
                };
                sections.push(Section::default().words(Rich::plain(words)));
                proof = of(&[path]);
                if let Some(id) = id {
                    sections.push(place(id));
                    target = id.clone();
                }
            }
        }
    }
    sections.extend(evidence::section(cx, owner.id, &proof, Role::Text));
    Told {
        title: row.name.clone(),
        right: owner.name.to_owned(),
        resource: Some(target),
        sections,
        value: None,
    }
}

fn one_project(cx: &Cx<'_>, project: &ProjectRef) -> Section {
    let mut section = Section::new(project.name.clone());
    if !project.was_read {
        section = section.words(
            Rich::sign(cx.signs, Sign::Note)
                .then(Role::Muted, " is named, and was not read itself"),
        );
    }
    section = section.pair(
        "connections",
        Rich::plain(super::rows::connection_words(&project.connections)),
    );
    section.pair("id", Rich::muted(project.id.as_str().to_owned()))
}

fn identities(cx: &Cx<'_>, resource: &Resource) -> Section {
    let Some(identity) = resource.identity.value() else {
        return Section::default().words(Rich::plain("It has no managed identity."));
    };
    let section = Section::default()
        .pair("type", value::text(cx.signs, &identity.identity_type))
        .pair(
            "system",
            value::field(cx.signs, &identity.principal_id, |id| {
                Rich::plain(id.to_string())
            }),
        );
    identity.user_assigned.iter().fold(section, |section, one| {
        let id = value::field(cx.signs, &one.principal_id, |id| {
            Rich::plain(id.to_string())
        });
        section.pair(one.id.name().to_owned(), id)
    })
}

fn connections(cx: &Cx<'_>, connections: &Connections) -> Vec<Section> {
    let mut sections: Vec<Section> = connections
        .items
        .iter()
        .map(|one| connection(cx, one))
        .collect();
    if let Some(why) = &connections.missing {
        let words =
            Rich::sign(cx.signs, Sign::Unknown).then(Role::Text, format!(" {}", sentence(why)));
        sections.push(Section::default().words(words));
    }
    if sections.is_empty() {
        sections.push(Section::default().words(Rich::plain("There are none.")));
    }
    sections
}

fn connection(cx: &Cx<'_>, one: &ConnectionLine) -> Section {
    let presents = match one.presents {
        Presents::Token => "a token of Entra ID",
        Presents::Secret => "a stored secret",
        Presents::Nothing => "nothing",
        Presents::Unclear => "not clear",
    };
    let role = if one.presents == Presents::Secret {
        Role::Exposure
    } else {
        Role::Text
    };
    let section = Section::new(one.name.clone())
        .pair("kind", value::text(cx.signs, &one.category))
        .pair("presents", Rich::of(role, presents))
        .pair("authType", value::text(cx.signs, &one.auth_type))
        .pair("target", value::text(cx.signs, &one.target));
    match &one.resource {
        Some(id) => section.pair("resource", Rich::plain(id.name().to_owned())),
        None => section,
    }
}

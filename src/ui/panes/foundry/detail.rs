//! The detail of a row of Foundry: the answer, why, the evidence, and what not to do about it.

use crate::analysis::evidence::Evidence;
use crate::analysis::foundry::required::{Check, ManagedResource, ManagedState, Since};
use crate::analysis::foundry::{Account, Foundry, Hub, ProjectRef};
use crate::analysis::hop::{GateVerdict, Hop, Remedy};
use crate::analysis::verdict::{Reasoned, Tag, Verdict};
use crate::model::id::ArmId;
use crate::model::resource::{Details, Resource};
use crate::ui::cx::Cx;
use crate::ui::effect::CopyItem;
use crate::ui::signs::Sign;
use crate::ui::text::{Rich, short_guid};
use crate::ui::theme::Role;
use crate::ui::value;
use crate::ui::widgets::detail::Section;

use super::super::{evidence, mend, who};
use super::facets::{Owner, connections, named, part};
use super::night;
use super::rows::{About, Part, Row, sign_of};
use super::words::{connection_words, encryption_words, identity_words};

/// What the detail says of a row, with the resource that it is about.
pub(super) struct Told {
    pub(super) title: String,
    pub(super) right: String,
    pub(super) resource: Option<ArmId>,
    pub(super) sections: Vec<Section>,
    /// What is worth copying, the most useful first.
    pub(super) copy: Vec<CopyItem>,
}

/// The detail of a row.
pub(super) fn told(cx: &Cx<'_>, foundry: &Foundry, row: &Row, tool: mend::Chosen) -> Option<Told> {
    let told = match row.about {
        About::Hub(at) => hub(cx, foundry.hubs.get(at)?, row),
        About::HubPart(at, Part::Group) => {
            let hub = foundry.hubs.get(at)?;
            group(cx, hub, hub.managed.as_ref()?, row)
        }
        About::HubPart(at, own) => {
            let hub = foundry.hubs.get(at)?;
            let owner = Owner {
                id: &hub.id,
                name: &hub.name,
                projects: &hub.projects,
                missing: None,
                connections: &hub.connections,
                encryption: &hub.encryption,
                hosts: &[],
            };
            part(cx, &owner, own, row, named(hub, own))
        }
        About::Managed(hub, at) => {
            let hub = foundry.hubs.get(hub)?;
            let managed = hub.managed.as_ref()?;
            managed_resource(cx, hub, managed, managed.resources.get(at)?, row, tool)
        }
        About::Property(hub, at, number) => {
            let hub = foundry.hubs.get(hub)?;
            let resource = hub.managed.as_ref()?.resources.get(at)?;
            property(cx, hub, resource, resource.checks.get(number)?, row, tool)
        }
        About::Account(at) => account(cx, foundry.accounts.get(at)?, row),
        About::AccountPart(at, own) => {
            let account = foundry.accounts.get(at)?;
            let owner = Owner {
                id: &account.id,
                name: &account.name,
                projects: &account.projects,
                missing: account.projects_missing.as_deref(),
                connections: &account.connections,
                encryption: &account.encryption,
                hosts: &account.hosts,
            };
            part(cx, &owner, own, row, None)
        }
        About::Lone(at) => lone(cx, foundry.lone_projects.get(at)?, row),
    };
    Some(told)
}

pub(super) fn sentence(text: &str) -> String {
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

fn property(
    cx: &Cx<'_>,
    hub: &Hub,
    resource: &ManagedResource,
    check: &Check,
    row: &Row,
    tool: mend::Chosen,
) -> Told {
    let subject = resource.id.clone();
    let value = CopyItem {
        label: check.property.to_owned(),
        text: check.is.clone(),
    };
    let hop = subject
        .as_ref()
        .and_then(|id| night::hop(cx, &hub.id, id))
        .map(|hop| (hop, night::troubled(hop, Some(check.property))))
        .filter(|(_, gates)| !gates.is_empty());
    let against = Section::new("AGAINST WHAT IT WAS CREATED AS")
        .pair("must be", Rich::plain(check.must_be))
        .pair(
            "is",
            Rich::of(value_role(check.judged.verdict), check.is.clone()),
        )
        .pair("since", Rich::plain(since_sentence(cx, &check.since)));
    if let Some((hop, gates)) = hop {
        return of_hop(cx, hop, &gates, tool, (vec![against], vec![value]));
    }
    let mut sections = vec![
        answer(
            cx,
            row.sign,
            format!("{} must be {}", check.property, check.must_be),
        ),
        why(&check.judged),
        against,
    ];
    let by = subject
        .as_ref()
        .and_then(|id| who::of_property(cx.judgement, id, &check.judged.evidence.first()?.path));
    if let Some(by) = by {
        let section = Section::new("WHO DID IT");
        sections.push(who::lines(cx, by).into_iter().fold(section, Section::words));
    }
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
        copy: vec![value],
    }
}

/// A hop that is not open, told whole; with what else belongs to the row before where it is.
fn of_hop(
    cx: &Cx<'_>,
    hop: &Hop,
    gates: &[&GateVerdict],
    tool: mend::Chosen,
    (more, values): (Vec<Section>, Vec<CopyItem>),
) -> Told {
    let target = ArmId::new(&hop.to);
    let is_shut = gates
        .iter()
        .any(|gate| gate.judged.verdict == Verdict::Shut);
    let mut sections = night::story(cx, hop, gates);
    sections.extend(night::proof(cx, hop, gates));
    let remedies = night::remedies(cx, hop, gates);
    sections.extend(night::mending(cx, &remedies, is_shut, tool));
    sections.push(keep(cx));
    sections.extend(night::by_whom(cx, gates));
    sections.extend(more);
    sections.push(place(&target));
    let all: Vec<Remedy> = remedies.0.into_iter().chain(remedies.1).collect();
    let copy = mend::copy(&all, tool).into_iter().chain(values);
    Told {
        title: hop.kind.to_string(),
        right: hop.basis.word().to_owned(),
        resource: Some(target),
        sections,
        copy: copy.collect(),
    }
}

/// What a scanner gets wrong here.
fn keep(cx: &Cx<'_>) -> Section {
    Section::default().words(Rich::sign(cx.signs, Sign::Keep).then(
        Role::Text,
        " Do not follow a scanner that says: turn local auth off, close public access. Not here.",
    ))
}

pub(super) fn place(id: &ArmId) -> Section {
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
    hub: &Hub,
    managed: &ManagedState,
    resource: &ManagedResource,
    row: &Row,
    tool: mend::Chosen,
) -> Told {
    let hop = resource
        .id
        .as_ref()
        .and_then(|id| night::hop(cx, &hub.id, id))
        .map(|hop| (hop, night::troubled(hop, None)))
        .filter(|(_, gates)| !gates.is_empty());
    if let Some((hop, gates)) = hop {
        let as_created = as_created(cx, resource).into_iter().collect();
        return of_hop(cx, hop, &gates, tool, (as_created, Vec::new()));
    }
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
    sections.extend(as_created(cx, resource));
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
        copy: Vec::new(),
    }
}

/// What of a resource has to stay as it was created.
fn as_created(cx: &Cx<'_>, resource: &ManagedResource) -> Option<Section> {
    if resource.checks.is_empty() {
        return None;
    }
    let section = Section::new("MUST STAY AS IT IS");
    Some(resource.checks.iter().fold(section, |section, check| {
        let sign = sign_of(check.judged.verdict);
        let value = Rich::of(value_role(check.judged.verdict), check.is.clone());
        let label = format!("{} {}", cx.signs.glyph(sign), check.property);
        section.pair(label, value)
    }))
}

fn group(cx: &Cx<'_>, hub: &Hub, managed: &ManagedState, row: &Row) -> Told {
    let id = &managed.group.id;
    let words = match row.sign {
        Sign::Open => "as it was created",
        Sign::Shut => "no longer as it was created",
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
        copy: Vec::new(),
    }
}

fn hub(cx: &Cx<'_>, hub: &Hub, row: &Row) -> Told {
    let words = match row.sign {
        Sign::Shut => "not as it must be",
        Sign::AtRisk => "works, and something is not as it was created",
        Sign::Unknown | Sign::Failed => "not all of it can be judged",
        Sign::Reading => "not all of it has been read",
        _ => "what was read is as it must be",
    };
    let mut sections = vec![answer(cx, row.sign, words)];
    sections.extend(hub.managed.as_ref().and_then(|own| wrong(cx, own)));
    let resource = cx.inventory.resource(&hub.id);
    if let Some(one) = resource {
        sections.push(about(cx, one).pair("datastores", value::text(cx.signs, &hub.datastores)));
    }
    sections.push(
        Section::new("HANGS ON IT")
            .pair("projects", count(hub.projects.len()))
            .pair(
                "connections",
                Rich::plain(connection_words(&hub.connections)),
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
        copy: Vec::new(),
    }
}

/// What in a managed group is not as it must be, or cannot be told.
fn wrong(cx: &Cx<'_>, managed: &ManagedState) -> Option<Section> {
    let mut section = Section::new("IN THE MANAGED GROUP");
    for resource in &managed.resources {
        if resource.exists.verdict != Verdict::Open {
            let sign = Rich::sign(cx.signs, sign_of(resource.exists.verdict));
            let words = format!(" {}", sentence(&resource.exists.reason));
            section = section.words(sign.then(Role::Text, words));
        }
        let checks = resource.checks.iter();
        for check in checks.filter(|check| check.judged.verdict != Verdict::Open) {
            let verdict = check.judged.verdict;
            section = section.words(Rich::sign(cx.signs, sign_of(verdict)).then(
                Role::Text,
                format!(" {}: {} is {}", resource.name, check.property, check.is),
            ));
        }
    }
    (!section.lines.is_empty()).then_some(section)
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
        copy: Vec::new(),
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
        copy: Vec::new(),
    }
}

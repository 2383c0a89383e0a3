//! The detail of what hangs on a hub or an account: projects, identities, connections, key, and the
//! resources that it names.

use crate::analysis::evidence::Evidence;
use crate::analysis::foundry::agents::Hosts;
use crate::analysis::foundry::{ConnectionLine, Connections, Encrypted, Hub, Presents, ProjectRef};
use crate::model::id::ArmId;
use crate::model::resource::Resource;
use crate::ui::cx::Cx;
use crate::ui::panes::evidence;
use crate::ui::signs::Sign;
use crate::ui::text::Rich;
use crate::ui::theme::Role;
use crate::ui::value;
use crate::ui::widgets::detail::Section;

use super::detail::{Told, place, sentence};
use super::hosts;
use super::rows::{Part, Row};
use super::words::connection_words;

/// What the facets of a hub and of an account are read from.
pub(super) struct Owner<'a> {
    pub(super) id: &'a ArmId,
    pub(super) name: &'a str,
    pub(super) projects: &'a [ProjectRef],
    pub(super) missing: Option<&'a str>,
    pub(super) connections: &'a Connections,
    pub(super) encryption: &'a Encrypted,
    pub(super) hosts: &'a [Hosts],
}

/// The resource that a hub names in this part, and the property that names it.
pub(super) fn named(hub: &Hub, part: Part) -> Option<(&'static str, Option<&ArmId>)> {
    Some(match part {
        Part::Storage => ("properties.storageAccount", hub.storage.as_ref()),
        Part::Vault => ("properties.keyVault", hub.vault.as_ref()),
        Part::Registry => ("properties.containerRegistry", hub.registry.as_ref()),
        Part::Insights => ("properties.applicationInsights", hub.insights.as_ref()),
        _ => return None,
    })
}

pub(super) fn part(
    cx: &Cx<'_>,
    owner: &Owner<'_>,
    part: Part,
    row: &Row,
    named: Option<(&'static str, Option<&ArmId>)>,
) -> Told {
    let resource = cx.inventory.resource(owner.id);
    let of = |paths: &[&'static str]| -> Vec<Evidence> {
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
        Part::CapabilityHosts => {
            sections.extend(hosts::sections(cx, owner.hosts));
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
        copy: Vec::new(),
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
        Rich::plain(connection_words(&project.connections)),
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

pub(super) fn connections(cx: &Cx<'_>, connections: &Connections) -> Vec<Section> {
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

//! What a resource names: those come along with it, read one by one.

use crate::model::facet::Facet;
use crate::model::field::Field;
use crate::model::id::ArmId;
use crate::model::key::Key;
use crate::model::resource::{Details, Resource, Workspace};
use crate::model::search::ConnectionString;
use crate::store::{Payload, Snapshot};

use super::value;

/// One thing that a resource names.
pub(super) struct Name {
    /// Its id.
    pub(super) id: ArmId,
    /// What it is to the one that names it.
    pub(super) role: &'static str,
    /// Whether it is only worth a question in a subscription that can be seen: the endpoints of
    /// Microsoft's managed networks live in subscriptions of Microsoft's own.
    pub(super) only_where_visible: bool,
}

fn name(id: &ArmId, role: &'static str) -> Name {
    Name {
        id: id.clone(),
        role,
        only_where_visible: false,
    }
}

fn near(id: &ArmId, role: &'static str) -> Name {
    Name {
        only_where_visible: true,
        ..name(id, role)
    }
}

/// Everything that a resource names, its diagnostic settings included.
pub(super) fn of(known: &Snapshot, resource: &Resource) -> Vec<Name> {
    let mut names = Vec::new();
    if let Some(identity) = resource.identity.value() {
        names.extend(
            identity
                .user_assigned
                .iter()
                .map(|one| name(&one.id, "an identity")),
        );
    }
    if let Some(encryption) = &resource.encryption {
        names.extend(
            encryption
                .vault
                .iter()
                .map(|id| name(id, "the key's vault")),
        );
        names.extend(
            encryption
                .identity
                .iter()
                .map(|id| name(id, "the identity that reads the key")),
        );
    }
    if let Some(firewall) = &resource.firewall {
        names.extend(
            firewall
                .private_endpoints
                .items()
                .iter()
                .filter_map(|one| one.private_endpoint.as_ref())
                .map(|id| near(id, "a private endpoint")),
        );
        names.extend(
            firewall
                .virtual_network_rules
                .items()
                .iter()
                .filter_map(|rule| rule.subnet.parent())
                .map(|id| near(&id, "a network with a rule")),
        );
    }
    of_definitions(known, resource, &mut names);
    match &resource.details {
        Details::Workspace(workspace) => of_workspace(workspace, &mut names),
        Details::Cognitive(account) => names.extend(
            account
                .user_owned_storage
                .iter()
                .map(|id| name(id, "the own storage")),
        ),
        _ => {}
    }
    let settings = Key::Facet(resource.id.clone(), Facet::DiagnosticSettings);
    if let Some(Payload::DiagnosticSettings(settings)) = value(known, &settings) {
        names.extend(
            settings
                .iter()
                .filter_map(|setting| setting.workspace.as_ref())
                .map(|id| name(id, "the log workspace")),
        );
    }
    names
}

/// What the definitions of a search service and the connections of a hub name, where it can be seen.
fn of_definitions(known: &Snapshot, resource: &Resource, names: &mut Vec<Name>) {
    for facet in [
        Facet::DataSources,
        Facet::Skillsets,
        Facet::Indexers,
        Facet::SharedPrivateLinks,
        Facet::Connections,
    ] {
        match value(known, &Key::Facet(resource.id.clone(), facet)) {
            Some(Payload::DataSources(items)) => names.extend(
                items
                    .iter()
                    .filter_map(|one| in_string(&one.connection))
                    .map(|id| near(id, "a data source")),
            ),
            Some(Payload::Skillsets(items)) => names.extend(
                items
                    .iter()
                    .filter_map(|one| in_string(&one.knowledge_store.value()?.connection))
                    .map(|id| near(id, "a knowledge store")),
            ),
            Some(Payload::Indexers(items)) => names.extend(
                items
                    .iter()
                    .filter_map(|one| in_string(&one.cache.value()?.connection))
                    .map(|id| near(id, "an enrichment cache")),
            ),
            Some(Payload::SharedPrivateLinks(items)) => names.extend(
                items
                    .iter()
                    .filter_map(|one| one.target.as_ref())
                    .map(|id| near(id, "the target of a link")),
            ),
            Some(Payload::Connections(items)) => names.extend(
                items
                    .iter()
                    .filter_map(|one| one.resource_id.as_ref())
                    .map(|id| near(id, "the target of a connection")),
            ),
            _ => {}
        }
    }
}

fn in_string(connection: &Field<ConnectionString>) -> Option<&ArmId> {
    match connection.value()? {
        ConnectionString::ResourceId(id) => Some(id),
        _ => None,
    }
}

fn of_workspace(workspace: &Workspace, names: &mut Vec<Name>) {
    let single = [
        (&workspace.hub, "the hub"),
        (&workspace.key_vault, "the key vault"),
        (&workspace.storage_account, "the storage account"),
        (&workspace.container_registry, "the registry"),
        (&workspace.application_insights, "the insights component"),
        (&workspace.primary_identity, "the primary identity"),
    ];
    for (id, role) in single {
        names.extend(id.iter().map(|id| name(id, role)));
    }
    names.extend(
        workspace
            .own_stores
            .iter()
            .map(|id| name(id, "a store of its own")),
    );
}

//! Who uses keys of a resource, as far as it was read: before keys are turned off, these have to change.

use crate::analysis::foundry::Presents;
use crate::model::field::Field;
use crate::model::id::ArmId;
use crate::model::resource::{Details, Family, Resource};
use crate::model::search::{ConnectionString, Hidden};

use super::Scene;
use super::secrets::{all_connections, by_key, has_key};

/// One use of a key.
#[derive(Debug)]
pub(super) struct KeyUse {
    /// The resources whose key it is: several where a skillset calls several accounts.
    ids: Vec<ArmId>,
    /// The name of a storage account, where a connection string tells no more.
    account: Option<String>,
    /// Who uses it, in words.
    user: String,
}

/// Who uses keys of a resource.
pub(super) fn key_users(scene: &Scene<'_>, target: &Resource) -> Vec<String> {
    let is_of = |one: &&KeyUse| {
        let is_named = |name: &String| name.eq_ignore_ascii_case(&target.name);
        one.account.as_ref().is_some_and(is_named) || one.ids.contains(&target.id)
    };
    let uses = scene.key_uses().iter().filter(is_of);
    uses.map(|one| one.user.clone()).collect()
}

/// Every use of a key that was read.
pub(super) fn key_uses(scene: &Scene<'_>) -> Vec<KeyUse> {
    let mut found = Vec::new();
    for (owner, line) in all_connections(scene) {
        if let (Presents::Secret, Some(id)) = (line.presents, &line.resource) {
            let user = format!("connection {} of {}", line.name, owner.name());
            found.push(KeyUse::of([id.clone()], user));
        }
    }
    for hub in scene.inventory.family(Family::Workspace) {
        if let Details::Workspace(workspace) = &hub.details
            && let Some(storage) = &workspace.storage_account
            && hub.kind.is("Hub")
            && by_key(&workspace.datastores_auth_mode)
        {
            found.push(KeyUse::of([storage.clone()], format!("hub {}", hub.name)));
        }
    }
    for service in scene.inventory.family(Family::Search) {
        of_service(scene, service, &mut found);
    }
    found
}

fn of_service(scene: &Scene<'_>, service: &Resource, found: &mut Vec<KeyUse>) {
    for source in scene.data_sources(&service.id) {
        let user = format!("data source {}", source.name);
        found.extend(by_connection(scene, &source.connection, user));
    }
    for skillset in scene.skillsets(&service.id) {
        let skills = skillset.skills.items().iter();
        let called = skills.map(|one| (&one.api_key, &one.resource_uri));
        let user = format!("skillset {}", skillset.name);
        found.push(KeyUse::of(by_address(scene, called), user));
        if let Some(store) = skillset.knowledge_store.value() {
            let user = format!("knowledge store of {}", skillset.name);
            found.extend(by_connection(scene, &store.connection, user));
        }
    }
    for index in scene.indexes(&service.id) {
        let vectorizers = index.vectorizers.items().iter();
        let called = vectorizers.map(|one| (&one.api_key, &one.resource_uri));
        let user = format!("index {}", index.name);
        found.push(KeyUse::of(by_address(scene, called), user));
    }
    for indexer in scene.indexers(&service.id) {
        if let Some(cache) = indexer.cache.value() {
            let user = format!("cache of {}", indexer.name);
            found.extend(by_connection(scene, &cache.connection, user));
        }
    }
}

impl KeyUse {
    fn of(ids: impl IntoIterator<Item = ArmId>, user: String) -> Self {
        Self {
            ids: ids.into_iter().collect(),
            account: None,
            user,
        }
    }
}

/// The use of a connection string with a key in it.
fn by_connection(
    scene: &Scene<'_>,
    connection: &Field<ConnectionString>,
    user: String,
) -> Option<KeyUse> {
    let (ConnectionString::AccountKey(to) | ConnectionString::Sas(to)) = connection.value()? else {
        return None;
    };
    let host = to.host.as_deref();
    Some(KeyUse {
        ids: host
            .and_then(|host| scene.by_host(host))
            .map(|one| one.id.clone())
            .into_iter()
            .collect(),
        account: to.account.clone(),
        user,
    })
}

/// The resources that are called with a key.
fn by_address<'f>(
    scene: &Scene<'_>,
    called: impl Iterator<Item = (&'f Field<Hidden>, &'f Field<String>)>,
) -> Vec<ArmId> {
    called
        .filter(|(key, _)| has_key(key))
        .filter_map(|(_, address)| scene.by_host(address.text()?))
        .map(|one| one.id.clone())
        .collect()
}

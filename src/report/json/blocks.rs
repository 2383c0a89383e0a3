//! The blocks of one resource: network, outbound, encryption, identity, diagnostics, children.

use serde_json::{Map, Value, json};

use crate::model::facet::Facet;
use crate::model::id::ArmId;
use crate::model::network::{
    InstanceRule, PerimeterConfiguration, PrivateEndpointConnection, SharedPrivateLink,
};
use crate::model::resource::{Details, Identity, Resource};
use crate::store::{Inventory, Payload, State};

use super::write::{Object, put, put_flag, put_id, put_number, put_text, put_texts};

/// What was read of a facet. A list that was cut off is shown as far as it came (its state says
/// so); one that is refused now is not shown, whatever was known before.
fn read(inventory: &Inventory, id: &ArmId, facet: Facet) -> Option<std::sync::Arc<Payload>> {
    let slice = inventory.facet(id, facet)?;
    match slice.state() {
        State::Known | State::Failed => slice.value.clone(),
        State::Pending | State::Denied | State::Unsupported => None,
    }
}

pub(super) fn network(inventory: &Inventory, resource: &Resource) -> Option<Value> {
    let firewall = resource.firewall.as_ref()?;
    let mut out = Map::new();
    put_text(
        &mut out,
        "publicNetworkAccess",
        &firewall.public_network_access,
    );
    put_text(&mut out, "defaultAction", &firewall.default_action);
    put_texts(&mut out, "bypass", &firewall.bypass_words());
    put_texts(&mut out, "ipRules", &firewall.ip_rules);
    put(
        &mut out,
        "virtualNetworkRules",
        &firewall.virtual_network_rules,
        |rules| rules.iter().map(|rule| rule.subnet.as_str()).collect(),
    );
    put(
        &mut out,
        "resourceAccessRules",
        &firewall.resource_access_rules,
        |rules| rules.iter().map(instance_rule).collect(),
    );
    put_flag(
        &mut out,
        "isVirtualNetworkFilterEnabled",
        &firewall.virtual_network_filter,
    );
    put_texts(
        &mut out,
        "networkAclBypassResourceIds",
        &firewall.bypass_resource_ids,
    );
    put(
        &mut out,
        "privateEndpoints",
        &firewall.private_endpoints,
        |ends| ends.iter().map(private_endpoint).collect(),
    );
    if let Some(links) = read(inventory, &resource.id, Facet::SharedPrivateLinks)
        && let Payload::SharedPrivateLinks(links) = &*links
    {
        let links: Value = links.iter().map(shared_link).collect();
        out.insert("sharedPrivateLinks".into(), links);
    }
    let own = read(inventory, &resource.id, Facet::Perimeters);
    let own = match own.as_deref() {
        Some(Payload::Perimeters(items)) => Some(items.as_slice()),
        _ => None,
    };
    let associated = inventory.associated(&resource.id);
    let associated = associated.map(|one| one.configurations.as_slice());
    if let Some(perimeters) = own.filter(|own| !own.is_empty()).or(associated).or(own) {
        let perimeters: Value = perimeters.iter().map(perimeter).collect();
        out.insert("perimeters".into(), perimeters);
    }
    Some(out.into())
}

fn instance_rule(rule: &InstanceRule) -> Value {
    let mut out = Map::new();
    put_text(&mut out, "tenantId", &rule.tenant_id);
    out.insert("resourceId".into(), rule.resource_id.as_str().into());
    out.into()
}

fn private_endpoint(connection: &PrivateEndpointConnection) -> Value {
    let mut out = Map::new();
    put_id(
        &mut out,
        "id",
        connection
            .private_endpoint
            .as_ref()
            .or(connection.id.as_ref()),
    );
    out.insert("groupIds".into(), connection.group_ids.as_slice().into());
    put_text(&mut out, "status", &connection.status);
    out.into()
}

fn shared_link(link: &SharedPrivateLink) -> Value {
    let mut out = Map::new();
    put_id(&mut out, "id", link.id.as_ref());
    out.insert("name".into(), link.name.as_str().into());
    let groups: Vec<&str> = link.group_id.text().into_iter().collect();
    out.insert("groupIds".into(), groups.into());
    put_text(&mut out, "status", &link.status);
    put_text(&mut out, "provisioningState", &link.provisioning_state);
    put_id(&mut out, "target", link.target.as_ref());
    out.into()
}

fn perimeter(one: &PerimeterConfiguration) -> Value {
    let mut out = Map::new();
    put_id(&mut out, "id", one.perimeter.as_ref());
    put_text(&mut out, "profile", &one.profile);
    put_text(&mut out, "accessMode", &one.access_mode);
    let rules: Vec<Value> = one
        .rules
        .iter()
        .map(|rule| {
            let mut out = Map::new();
            out.insert("name".into(), rule.name.as_str().into());
            put_text(&mut out, "direction", &rule.direction);
            out.insert(
                "addressPrefixes".into(),
                rule.address_prefixes.as_slice().into(),
            );
            let subscriptions: Vec<&str> = rule.subscriptions.iter().map(ArmId::as_str).collect();
            out.insert("subscriptions".into(), subscriptions.into());
            out.insert("fqdns".into(), rule.fqdns.as_slice().into());
            out.into()
        })
        .collect();
    out.insert("rules".into(), rules.into());
    out.into()
}

/// The restriction of an account, or the isolation of a hub: judged, defaults applied.
pub(super) fn outbound(resource: &Resource) -> Option<Value> {
    let mut out = Map::new();
    if let Some(outbound) = &resource.outbound {
        if let Some(restricted) = outbound.restricted() {
            out.insert("restricted".into(), restricted.into());
        }
        put_texts(&mut out, "allowedFqdns", &outbound.allowed_fqdns);
        return Some(out.into());
    }
    if let Details::Workspace(workspace) = &resource.details {
        put_text(&mut out, "isolationMode", &workspace.isolation_mode);
        return (!out.is_empty()).then(|| out.into());
    }
    None
}

pub(super) fn encryption(resource: &Resource) -> Option<Value> {
    let encryption = resource.encryption.as_ref()?;
    let mut out = Map::new();
    put_text(&mut out, "keySource", &encryption.key_source);
    put_text(&mut out, "key", &encryption.key);
    if let Some(own) = encryption.customer_managed {
        out.insert("customerManaged".into(), own.into());
    }
    put_id(&mut out, "vault", encryption.vault.as_ref());
    put_id(&mut out, "identity", encryption.identity.as_ref());
    put_text(&mut out, "identityClientId", &encryption.identity_client_id);
    Some(out.into())
}

pub(super) fn identity(identity: &Identity) -> Value {
    let mut out = Map::new();
    put_text(&mut out, "type", &identity.identity_type);
    put(&mut out, "principalId", &identity.principal_id, |id| {
        id.as_str().into()
    });
    put_text(&mut out, "tenantId", &identity.tenant_id);
    let own: Vec<&str> = identity
        .user_assigned
        .iter()
        .map(|one| one.id.as_str())
        .collect();
    out.insert("userAssigned".into(), own.into());
    out.into()
}

pub(super) fn diagnostics(inventory: &Inventory, resource: &Resource) -> Option<Value> {
    let payload = read(inventory, &resource.id, Facet::DiagnosticSettings)?;
    let Payload::DiagnosticSettings(settings) = &*payload else {
        return None;
    };
    let mut categories: Vec<&str> = settings
        .iter()
        .flat_map(|one| one.categories.iter().map(String::as_str))
        .collect();
    categories.sort_unstable();
    categories.dedup();
    let mut workspaces: Vec<&ArmId> = settings
        .iter()
        .filter_map(|one| one.workspace.as_ref())
        .collect();
    workspaces.sort();
    workspaces.dedup();
    let each: Vec<Value> = settings
        .iter()
        .map(|one| {
            let mut out = Map::new();
            out.insert("name".into(), one.name.as_str().into());
            out.insert("categories".into(), one.categories.as_slice().into());
            put_id(&mut out, "workspace", one.workspace.as_ref());
            out.into()
        })
        .collect();
    Some(json!({
        "categories": categories,
        "workspaces": workspaces.iter().map(|id| id.as_str()).collect::<Vec<_>>(),
        "settings": each,
    }))
}

/// The child collections that have no place in another block.
pub(super) fn children(inventory: &Inventory, id: &ArmId, out: &mut Object) {
    for facet in [
        Facet::Containers,
        Facet::Deployments,
        Facet::Projects,
        Facet::Connections,
        Facet::CapabilityHosts,
        Facet::Keys,
        Facet::OutboundRules,
    ] {
        if let Some(payload) = read(inventory, id, facet)
            && let Some(items) = collection(inventory, &payload)
        {
            out.insert(facet.name().into(), items);
        }
    }
}

fn named(id: &ArmId, name: &str) -> Object {
    let mut out = Map::new();
    out.insert("id".into(), id.as_str().into());
    out.insert("name".into(), name.into());
    out
}

fn collection(inventory: &Inventory, payload: &Payload) -> Option<Value> {
    let items: Vec<Value> = match payload {
        Payload::Containers(items) => each(items, |one| {
            let mut out = named(&one.id, &one.name);
            put_text(&mut out, "publicAccess", &one.public_access);
            out
        }),
        Payload::Deployments(items) => each(items, |one| {
            let mut out = named(&one.id, &one.name);
            put_text(&mut out, "model", &one.model);
            put_text(&mut out, "version", &one.version);
            put_text(&mut out, "sku", &one.sku);
            put_number(&mut out, "capacity", &one.capacity);
            put_text(&mut out, "provisioningState", &one.provisioning_state);
            out
        }),
        Payload::Projects(items) => each(items, |one| {
            let mut out = named(&one.id, &one.name);
            put_text(&mut out, "displayName", &one.display_name);
            put(&mut out, "principalId", &one.principal_id, |id| {
                id.as_str().into()
            });
            children(inventory, &one.id, &mut out);
            states(
                inventory,
                &one.id,
                &[Facet::Connections, Facet::CapabilityHosts],
                &mut out,
            );
            out
        }),
        Payload::Connections(items) => each(items, |one| {
            let mut out = named(&one.id, &one.name);
            put_text(&mut out, "category", &one.category);
            put_text(&mut out, "authType", &one.auth_type);
            put_text(&mut out, "target", &one.target);
            put_id(&mut out, "resourceId", one.resource_id.as_ref());
            put_flag(&mut out, "isSharedToAll", &one.shared_to_all);
            out
        }),
        Payload::Keys(items) => each(items, |one| {
            let mut out = named(&one.id, &one.name);
            put_flag(&mut out, "enabled", &one.enabled);
            put_number(&mut out, "notBefore", &one.not_before);
            put_number(&mut out, "expires", &one.expires);
            put_text(&mut out, "keyUri", &one.uri);
            material(inventory, &one.id, &mut out);
            out
        }),
        Payload::CapabilityHosts(items) => each(items, |one| {
            let mut out = named(&one.id, &one.name);
            put_text(&mut out, "capabilityHostKind", &one.kind);
            put_id(&mut out, "customerSubnet", one.subnet.as_ref());
            put_texts(&mut out, "aiServicesConnections", &one.models);
            put_texts(&mut out, "storageConnections", &one.storage);
            put_texts(&mut out, "threadStorageConnections", &one.threads);
            put_texts(&mut out, "vectorStoreConnections", &one.vectors);
            put_text(&mut out, "provisioningState", &one.provisioning_state);
            out
        }),
        Payload::OutboundRules(items) => each(items, |one| {
            let mut out = Map::new();
            out.insert("name".into(), one.name.as_str().into());
            put_text(&mut out, "type", &one.rule_type);
            put_text(&mut out, "category", &one.category);
            put_text(&mut out, "status", &one.status);
            put_text(&mut out, "destination", &one.destination);
            out
        }),
        _ => return None,
    };
    Some(items.into())
}

/// What only the key itself says; nothing of a key that nobody names, which is not read by itself.
fn material(inventory: &Inventory, id: &ArmId, out: &mut Object) {
    states(inventory, id, &[Facet::Key, Facet::KeyVersions], out);
    let Some(payload) = read(inventory, id, Facet::Key) else {
        return;
    };
    let Payload::Keys(keys) = &*payload else {
        return;
    };
    let Some(key) = keys.first() else {
        return;
    };
    put_text(out, "keyUriWithVersion", &key.version_uri);
    put_text(out, "kty", &key.kind);
    put_number(out, "keySize", &key.size);
    put_text(out, "curveName", &key.curve);
    put_texts(out, "keyOps", &key.operations);
    put(out, "rotation", &key.rotation, |actions| {
        let words = actions.iter().map(|one| {
            let mut out = Map::new();
            put_text(&mut out, "action", &one.action);
            put_text(&mut out, "timeAfterCreate", &one.after_create);
            put_text(&mut out, "timeBeforeExpiry", &one.before_expiry);
            Value::from(out)
        });
        words.collect::<Vec<_>>().into()
    });
}

/// How far some facets of a part were read.
fn states(inventory: &Inventory, id: &ArmId, facets: &[Facet], out: &mut Object) {
    let states: Object = facets
        .iter()
        .filter_map(|facet| {
            let slice = inventory.facet(id, *facet)?;
            Some((facet.name().to_owned(), slice.state().word().into()))
        })
        .collect();
    if !states.is_empty() {
        out.insert("facets".into(), states.into());
    }
}

fn each<T>(items: &[T], write: impl Fn(&T) -> Object) -> Vec<Value> {
    items.iter().map(|one| write(one).into()).collect()
}

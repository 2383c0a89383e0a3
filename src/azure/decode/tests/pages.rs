//! Envelopes, items that cannot be read, and the kinds that are not resources.

use serde_json::{Value, json};

use super::{NEWEST, context, id_of};
use crate::azure::decode::{Context, Decoded, Page, page, resource};
use crate::model::facet::Facet;
use crate::model::field::Field;
use crate::model::id::{ArmId, PrincipalId, SubscriptionId, TenantId};
use crate::model::issue::IssueKind;
use crate::model::key::Key;
use crate::model::resource::Family;

fn decoded(key: &Key, body: &Value) -> Decoded {
    page(key, body, &context(NEWEST))
}

fn facet(facet: Facet) -> Key {
    Key::Facet(ArmId::new("/x"), facet)
}

fn list(family: Family) -> Key {
    Key::List {
        subscription: SubscriptionId::new("s"),
        group: None,
        family,
    }
}

fn paths(decoded: &Decoded) -> Vec<&str> {
    let paths = decoded.issues.iter();
    paths.filter_map(|issue| issue.path.as_deref()).collect()
}

/// The items of the page, which must be of the kind named.
macro_rules! items {
    ($kind:ident, $decoded:expr) => {
        match $decoded.page {
            Page::$kind(items) => items,
            other => panic!("another kind of page: {other:?}"),
        }
    };
}

#[test]
fn envelopes_of_every_sort() {
    for (body, count, fault) in [
        (json!({ "value": [{ "id": "/a" }] }), 1, None),
        (json!({ "value": [], "nextLink": "https://x" }), 0, None),
        (json!({ "Value": [{ "ID": "/a" }] }), 1, None),
        (json!([{ "id": "/a" }, { "id": "/b" }]), 2, None),
        (json!([]), 0, None),
        (json!({}), 0, Some("value")),
        (json!({ "value": null }), 0, Some("value")),
        (json!({ "value": {} }), 0, Some("value")),
        (json!({ "value": "x" }), 0, Some("value")),
        (json!(null), 0, Some("")),
        (json!("text"), 0, Some("")),
        (json!(5), 0, Some("")),
    ] {
        for key in [
            list(Family::Storage),
            facet(Facet::Containers),
            Key::Groups(SubscriptionId::new("s")),
        ] {
            let decoded = decoded(&key, &body);
            assert_eq!(decoded.page.len(), count, "{key:?} {body}");
            assert_eq!(decoded.page.is_empty(), count == 0);
            assert_eq!(paths(&decoded), Vec::from_iter(fault), "{key:?} {body}");
        }
    }
}

#[test]
fn an_item_that_nothing_identifies_is_an_issue_and_its_neighbours_stand() {
    let body =
        json!({ "value": [{ "id": "/a" }, { "name": "no id" }, 5, { "id": 5 }, { "id": "/b" }] });
    let result = decoded(&list(Family::Vault), &body);
    assert_eq!(paths(&result), ["value[2]", "value[1].id", "value[3].id"]);
    let ids: Vec<ArmId> = items!(Resources, result)
        .into_iter()
        .map(|one| one.id)
        .collect();
    assert_eq!(ids, [ArmId::new("/a"), ArmId::new("/b")]);

    let result = decoded(&facet(Facet::Keys), &body);
    assert_eq!(paths(&result), ["value[1].id", "value[2]", "value[3].id"]);
    assert_eq!(result.page.len(), 2);
}

#[test]
fn the_id_that_was_asked_for_stands_in() {
    let id = id_of(Family::Search);
    let asked = Context {
        requested: Some(&id),
        ..context(NEWEST)
    };
    for body in [
        json!({ "name": "n" }),
        json!({ "id": null }),
        json!({ "id": 5 }),
    ] {
        let decoded = page(&Key::Resource(id.clone()), &body, &asked);
        assert_eq!(paths(&decoded), [""; 0]);
        let [resource] = items!(Resources, decoded).try_into().expect("one");
        assert_eq!(resource.id, id);
        assert_eq!(super::issue_paths(&resource), ["id"]);
    }
    // Asked for a list with some id at hand, it identifies none of the items.
    let decoded = page(&list(Family::Search), &json!({ "value": [{}] }), &asked);
    assert_eq!(decoded.page.len(), 0);
    assert_eq!(paths(&decoded), ["value[0].id"]);
}

#[test]
fn a_document_of_its_own_keeps_name_source_and_issues() {
    let id = id_of(Family::Cosmos);
    let body = json!({ "id": id.as_str(), "properties": { "disableLocalAuth": "no" } });
    let decoded = decoded(&Key::Resource(id.clone()), &body);
    assert_eq!(paths(&decoded), [""; 0], "the issue stands on the resource");
    let [account] = items!(Resources, decoded).try_into().expect("one");
    assert_eq!(account.name, "one", "the last segment of the id");
    assert_eq!(&*account.source.api_version, NEWEST);
    assert_eq!(account.source.request_id.as_deref(), Some("request-1"));
    assert_eq!(
        super::issue_paths(&account),
        ["properties.disableLocalAuth"]
    );
    let nothing = resource(Family::Cosmos, json!({}).into(), &context(NEWEST));
    assert_eq!(nothing.expect_err("no id").path.as_deref(), Some("id"));
}

#[test]
fn a_type_that_is_not_looked_into_is_unsupported_not_empty() {
    for id in [
        "/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerRegistry/registries/r",
        "/x",
    ] {
        let decoded = decoded(&Key::Resource(ArmId::new(id)), &json!({ "id": id }));
        assert_eq!(decoded.page.len(), 0);
        assert_eq!(decoded.issues[0].kind, IssueKind::Unsupported);
    }
    let id = id_of(Family::Storage);
    let list = decoded(&Key::Resource(id), &json!([1, 2]));
    assert_eq!((list.page.len(), paths(&list)), (0, vec![""]));
}

#[test]
fn containers_deployments_projects_keys() {
    let body = json!({ "value": [{
        "id": "/a/one", "name": "acct/one", "sku": { "name": "Standard", "capacity": "10" },
        "identity": { "principalId": "P" },
        "properties": {
            "publicAccess": "Blob", "displayName": "One", "keyUri": "https://k",
            "model": { "name": "gpt", "version": "1" }, "provisioningState": "Succeeded",
            "attributes": { "enabled": true, "exp": 7, "nbf": 3 },
        },
    }] });
    let [container] = items!(Containers, decoded(&facet(Facet::Containers), &body))
        .try_into()
        .expect("one");
    assert!(container.public_access.is("Blob"));
    assert_eq!(*container.raw, body["value"][0]);
    let [deployment] = items!(Deployments, decoded(&facet(Facet::Deployments), &body))
        .try_into()
        .expect("one");
    assert_eq!(
        (deployment.model.text(), deployment.version.text()),
        (Some("gpt"), Some("1"))
    );
    assert_eq!(
        (deployment.sku.text(), deployment.capacity),
        (Some("Standard"), Field::Value(10))
    );
    let [project] = items!(Projects, decoded(&facet(Facet::Projects), &body))
        .try_into()
        .expect("one");
    assert_eq!(
        (project.name.as_str(), project.display_name.text()),
        ("one", Some("One"))
    );
    assert_eq!(project.principal_id, Field::Value(PrincipalId::new("p")));
    let [key] = items!(Keys, decoded(&facet(Facet::Keys), &body))
        .try_into()
        .expect("one");
    assert_eq!(
        (key.enabled, key.expires, key.not_before),
        (Field::Value(true), Field::Value(7), Field::Value(3))
    );
}

#[test]
fn a_connection_finds_its_resource_whatever_the_casing() {
    for name in ["ResourceId", "resourceId", "resourceid"] {
        let body = json!({ "value": [{ "id": "/c/one", "properties": {
            "category": "CognitiveSearch", "authType": "AAD", "target": "https://s", "isSharedToAll": true,
            "metadata": { "ApiType": "Azure", name: "/search" },
        } }] });
        let [one] = items!(Connections, decoded(&facet(Facet::Connections), &body))
            .try_into()
            .expect("one");
        assert_eq!(one.resource_id, Some(ArmId::new("/search")));
        assert_eq!(one.shared_to_all, Field::Value(true));
        assert_eq!(
            (one.name.as_str(), one.auth_type.text()),
            ("one", Some("AAD"))
        );
    }
}

#[test]
fn links_rules_and_settings_do_without_an_id_but_not_without_a_name() {
    for kind in [
        Facet::SharedPrivateLinks,
        Facet::OutboundRules,
        Facet::DiagnosticSettings,
    ] {
        let body = json!({ "value": [{ "name": "n" }, { "id": "/x/m" }, {}] });
        let decoded = decoded(&facet(kind), &body);
        assert_eq!(decoded.page.len(), 2, "{kind:?}");
        assert_eq!(paths(&decoded), ["value[2].name"], "{kind:?}");
    }
}

#[test]
fn outbound_rules_open_a_host_a_resource_or_a_tag() {
    for (properties, opens) in [
        (
            json!({ "type": "FQDN", "destination": "pypi.org" }),
            Field::Value("pypi.org"),
        ),
        (
            json!({ "type": "PrivateEndpoint", "destination": { "serviceResourceId": "/kv", "subresourceTarget": "vault" } }),
            Field::Value("/kv"),
        ),
        (
            json!({ "type": "ServiceTag", "destination": { "serviceTag": "AzureMonitor" } }),
            Field::Value("AzureMonitor"),
        ),
        (
            json!({ "type": "FQDN", "destination": 5 }),
            Field::Malformed,
        ),
        (json!({ "type": "FQDN" }), Field::Absent),
    ] {
        let body = json!({ "value": [{ "name": "n", "properties": properties }] });
        let [rule] = items!(OutboundRules, decoded(&facet(Facet::OutboundRules), &body))
            .try_into()
            .expect("one");
        assert_eq!(rule.destination, opens.map(str::to_owned), "{body}");
    }
}

#[test]
fn only_enabled_logs_count_and_groups_are_named() {
    let body = json!({ "value": [
        { "name": "a", "properties": { "workspaceId": "/w", "logs": [
            { "category": "Audit", "enabled": true }, { "categoryGroup": "allLogs", "enabled": true },
            { "category": "Off", "enabled": false }, { "category": "Odd", "enabled": "yes" },
            { "category": null, "categoryGroup": "audit", "enabled": true }, { "enabled": true },
        ] } },
        { "name": "b", "properties": { "workspaceId": "", "logs": null, "metrics": [{ "category": "M", "enabled": true }] } },
    ] });
    let result = decoded(&facet(Facet::DiagnosticSettings), &body);
    assert_eq!(
        paths(&result),
        [
            "value[0].properties.logs[3].enabled",
            "value[0].properties.logs[5].category"
        ]
    );
    let [a, b] = items!(DiagnosticSettings, result).try_into().expect("two");
    assert_eq!(a.categories, ["Audit", "allLogs", "audit"]);
    assert_eq!(a.workspace, Some(ArmId::new("/w")));
    assert_eq!((b.workspace, b.categories.len()), (None, 0));
}

#[test]
fn a_perimeter_is_seen_with_its_rules() {
    let body = json!({ "value": [{ "name": "guid.assoc", "properties": {
        "networkSecurityPerimeter": { "id": "/nsp" }, "resourceAssociation": { "name": "assoc", "accessMode": "Learning" },
        "profile": { "name": "p", "accessRulesVersion": 10.0, "accessRules": [
            { "name": "in", "properties": { "direction": "Inbound", "addressPrefixes": ["1.0.0.0/8"], "subscriptions": [{ "id": "/subscriptions/s" }] } },
            { "name": "out", "properties": { "direction": "Outbound", "fullyQualifiedDomainNames": ["a.b"] } },
        ] },
    } }, {}] });
    let result = decoded(&facet(Facet::Perimeters), &body);
    assert_eq!(paths(&result), ["value[1].properties"]);
    let [one] = items!(Perimeters, result).try_into().expect("one");
    assert_eq!(one.perimeter, Some(ArmId::new("/nsp")));
    assert!(one.access_mode.is("Learning") && one.profile.is("p"));
    assert_eq!(one.rules[0].address_prefixes, ["1.0.0.0/8"]);
    assert_eq!(one.rules[0].subscriptions, [ArmId::new("/subscriptions/S")]);
    assert_eq!(one.rules[1].fqdns, ["a.b"]);
}

#[test]
fn an_assignment_without_who_what_or_where_is_left_out() {
    let whole = json!({ "id": "/subscriptions/s/providers/Microsoft.Authorization/roleAssignments/a",
        "properties": { "roleDefinitionId": "/r/ROLE", "principalId": "P", "principalType": "User", "condition": "" } });
    let key = Key::RoleAssignments(ArmId::new("/subscriptions/s"));
    let [one] = items!(RoleAssignments, decoded(&key, &json!({ "value": [whole] })))
        .try_into()
        .expect("one");
    assert_eq!(
        one.scope,
        ArmId::new("/subscriptions/s"),
        "the scope in the id"
    );
    assert_eq!(&*one.role().0, "role");
    assert_eq!(one.condition, Field::Null);
    let root = json!([{ "id": "/providers/Microsoft.Authorization/roleAssignments/a",
        "properties": { "roleDefinitionId": "/r/x", "principalId": "P" } }]);
    let [one] = items!(RoleAssignments, decoded(&key, &root))
        .try_into()
        .expect("one");
    assert_eq!(one.scope, ArmId::new("/"));
    for (name, wrong) in [
        ("roleDefinitionId", json!(null)),
        ("principalId", json!(5)),
        ("scope", json!({})),
    ] {
        let mut broken = whole.clone();
        broken["properties"][name] = wrong;
        let decoded = decoded(&key, &json!({ "value": [broken, whole] }));
        assert_eq!(decoded.page.len(), 1, "{name}");
        assert_eq!(paths(&decoded), [format!("value[0].properties.{name}")]);
    }
}

#[test]
fn a_definition_that_is_not_whole_must_not_look_narrower_or_wider() {
    let key = Key::RoleDefinitions(ArmId::new("/subscriptions/s"));
    let with = |permissions: Value| json!({ "value": [{ "id": "/r/one", "properties": { "roleName": "One", "type": "CustomRole", "permissions": permissions } }] });
    let good = with(json!([{ "actions": ["*"], "notActions": ["a/b"], "dataActions": null }]));
    let [one] = items!(RoleDefinitions, decoded(&key, &good))
        .try_into()
        .expect("one");
    assert_eq!(one.permissions[0].actions, ["*"]);
    assert_eq!(one.permissions[0].not_actions, ["a/b"]);
    assert_eq!(
        (one.name.as_str(), one.role_type.text()),
        ("One", Some("CustomRole"))
    );
    for permissions in [
        json!([{ "actions": ["*"], "notActions": "a/b" }]),
        json!([{ "actions": ["*"], "notActions": ["a", 5] }]),
        json!([{ "actions": ["*"] }, 5]),
        json!("all"),
        json!(null),
    ] {
        let decoded = decoded(&key, &with(permissions.clone()));
        assert_eq!(
            (decoded.page.len(), decoded.issues.len()),
            (0, 1),
            "{permissions}"
        );
    }
}

#[test]
fn a_denial_that_is_not_whole_is_left_out_with_an_issue() {
    let key = Key::DenyAssignments(ArmId::new("/subscriptions/s"));
    let whole = json!({ "id": "/subscriptions/s/providers/Microsoft.Authorization/denyAssignments/d", "properties": {
        "denyAssignmentName": "Managed", "permissions": [{ "actions": ["*/write"] }],
        "principals": [{ "id": "0", "type": "SystemDefined" }], "excludePrincipals": [{ "id": "e" }],
        "doNotApplyToChildScopes": false, "isSystemProtected": true,
    } });
    let [one] = items!(DenyAssignments, decoded(&key, &json!([whole])))
        .try_into()
        .expect("one");
    assert_eq!(
        one.principals,
        [(PrincipalId::new("0"), "SystemDefined".to_owned())]
    );
    assert_eq!(
        one.exclude_principals,
        [(PrincipalId::new("e"), String::new())]
    );
    assert_eq!(
        (one.system_protected, one.not_below),
        (Field::Value(true), Field::Value(false))
    );
    assert_eq!(one.name, "Managed");
    for (name, wrong) in [
        ("principals", json!([{ "id": "a" }, { "type": "User" }])),
        ("excludePrincipals", json!("nobody")),
        ("permissions", json!([{ "actions": 5 }])),
    ] {
        let mut broken = whole.clone();
        broken["properties"][name] = wrong;
        let decoded = decoded(&key, &json!([broken, whole]));
        assert_eq!((decoded.page.len(), decoded.issues.len()), (1, 1), "{name}");
    }
}

#[test]
fn principals_are_of_the_sort_at_the_end_of_their_type() {
    let body = json!({ "value": [
        { "@odata.type": "#microsoft.graph.servicePrincipal", "id": "P", "displayName": "App", "appId": "A" },
        { "@odata.type": 5, "id": "Q", "userPrincipalName": "q@x" },
    ] });
    let result = decoded(&Key::Principals(None), &body);
    assert_eq!(paths(&result), ["value[1]['@odata.type']"]);
    let [one, two] = items!(Principals, result).try_into().expect("two");
    assert!(one.kind.is("servicePrincipal") && one.app_id.is("A"));
    assert_eq!(
        (two.kind, two.user_principal_name.text()),
        (Field::Malformed, Some("q@x"))
    );
}

#[test]
fn tenants_subscriptions_and_groups() {
    let body = json!({ "value": [
        { "id": "/tenants/T1", "displayName": null },
        { "tenantId": "T2", "defaultDomain": "x.y" },
        {},
    ] });
    let result = decoded(&Key::Tenants(None), &body);
    assert_eq!(paths(&result), ["value[2].tenantId"]);
    let tenants = items!(Tenants, result);
    assert_eq!(
        (tenants[0].id.clone(), &tenants[0].display_name),
        (TenantId::new("t1"), &Field::Null)
    );
    assert!(tenants[1].default_domain.is("x.y"));

    let body = json!({ "value": [
        { "subscriptionId": "S1", "displayName": "Prod", "state": "Disabled", "tenantId": "T" },
        { "id": "/subscriptions/S2", "state": "Sleeping" },
        { "displayName": "nobody" },
    ] });
    let result = decoded(&Key::Subscriptions(None), &body);
    assert_eq!(
        paths(&result),
        ["value[1].state", "value[2].subscriptionId"]
    );
    let [one, two] = items!(Subscriptions, result).try_into().expect("two");
    assert_eq!(
        (one.display_name.as_str(), one.is_enabled()),
        ("Prod", false)
    );
    assert_eq!(one.tenant_id, Some(TenantId::new("T")));
    assert_eq!(
        (two.id, two.display_name.as_str()),
        (SubscriptionId::new("s2"), "S2")
    );

    let body = json!({ "value": [{ "id": "/subscriptions/s/resourceGroups/g", "managedBy": "/hub", "location": "here" }] });
    let [group] = items!(
        Groups,
        decoded(&Key::Groups(SubscriptionId::new("s")), &body)
    )
    .try_into()
    .expect("one");
    assert_eq!(
        (group.name.as_str(), group.managed_by.text()),
        ("g", Some("/hub"))
    );
}

#[test]
fn a_key_by_itself_says_more_than_its_line_in_a_list() {
    let body = json!({ "id": "/v/keys/one", "name": "one", "properties": {
        "attributes": { "enabled": true }, "kty": "RSA", "keySize": 3072, "keyOps": ["wrapKey", "unwrapKey"],
        "keyUri": "https://v/keys/one", "keyUriWithVersion": "https://v/keys/one/2",
        "rotationPolicy": { "lifetimeActions": [
            { "trigger": { "timeBeforeExpiry": "P30D" }, "action": { "type": "notify" } } ] },
    } });
    let [key] = items!(Keys, decoded(&facet(Facet::Key), &body))
        .try_into()
        .expect("one");
    assert_eq!(
        (key.kind.text(), key.size),
        (Some("RSA"), Field::Value(3072))
    );
    assert_eq!(key.operations.value().map(Vec::len), Some(2));
    assert_eq!(key.version_uri.text(), Some("https://v/keys/one/2"));
    let actions = key.rotation.value().expect("a policy");
    assert!(actions[0].action.is("notify"));
    assert_eq!(actions[0].before_expiry.text(), Some("P30D"));
    assert_eq!(actions[0].after_create, Field::Absent);
    // No policy, one without actions, one of another shape.
    for (policy, expected) in [
        (json!(null), Field::Null),
        (json!({}), Field::Value(Vec::new())),
        (json!(7), Field::Malformed),
    ] {
        let body = json!({ "id": "/v/keys/one", "properties": { "rotationPolicy": policy } });
        let page = decoded(&facet(Facet::Key), &body).page;
        let Page::Keys(keys) = page else {
            panic!("{page:?}");
        };
        assert_eq!(keys[0].rotation, expected);
    }
}

#[test]
fn a_capability_host_names_connections() {
    let body = json!({ "value": [{ "id": "/a/projects/p/capabilityHosts/agents", "name": "a/p/agents", "properties": {
        "capabilityHostKind": "Agents", "storageConnections": ["files"], "threadStorageConnections": [],
        "vectorStoreConnections": ["vectors"], "customerSubnet": null, "provisioningState": "Succeeded",
    } }] });
    let [host] = items!(
        CapabilityHosts,
        decoded(&facet(Facet::CapabilityHosts), &body)
    )
    .try_into()
    .expect("one");
    assert_eq!(host.name, "agents");
    assert_eq!(host.storage, Field::Value(vec!["files".to_owned()]));
    assert_eq!(host.threads, Field::Value(Vec::new()));
    assert_eq!((host.models, host.subnet), (Field::Absent, None));
}

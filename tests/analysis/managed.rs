//! The state that a managed group must keep.

use hopscope::analysis::foundry::required::{Check, ManagedState, Since};
use hopscope::analysis::verdict::{Tag, Verdict};
use hopscope::model::facet::Facet;
use hopscope::model::id::SubscriptionId;
use hopscope::model::key::Key;
use hopscope::model::resource::Family;
use serde_json::{Value, json};

use crate::build::{Ended, SUBSCRIPTION, World, body, id, id_in};
use crate::foundry::{GROUP, encrypted, group, hub, look};

use Verdict::{AtRisk, Open, Shut, Unknown};

/// A hub with a managed group that holds these, all lists read.
fn managed(cosmos: Value, search: Value, storage: Value) -> World {
    let inside = |family, name: &str, properties: Value| {
        body(
            family,
            name,
            json!({
                "id": id_in(GROUP, family, name).as_str(),
                "properties": properties,
                "systemData": { "createdAt": "2026-11-01T10:00:00Z", "lastModifiedAt": "2026-11-23T02:10:00Z", "lastModifiedBy": "plat-policy-bot" },
            }),
        )
    };
    World::new()
        .with(
            Family::Workspace,
            &hub(encrypted(
                json!({ "serviceProvisionedResourceGroup": GROUP }),
            )),
        )
        .with(Family::Cosmos, &inside(Family::Cosmos, "cosmos", cosmos))
        .with(Family::Search, &inside(Family::Search, "srch", search))
        .with(Family::Storage, &inside(Family::Storage, "st", storage))
        .groups(json!([group(GROUP, Value::Null)]))
}

fn state(world: &World) -> ManagedState {
    look(world).hubs.remove(0).managed.unwrap()
}

fn check<'s>(state: &'s ManagedState, family: Family, property: &str) -> &'s Check {
    state
        .resources
        .iter()
        .find(|one| one.family == family)
        .and_then(|one| one.checks.iter().find(|check| check.property == property))
        .unwrap_or_else(|| panic!("no {property}"))
}

#[test]
fn the_state_that_a_managed_group_must_keep() {
    let storage = |acls: Value| json!({ "networkAcls": acls });
    let deny = json!({ "defaultAction": "Deny", "bypass": "AzureServices" });
    for (family, properties, property, verdict, tags) in [
        (
            Family::Cosmos,
            json!({ "disableLocalAuth": false }),
            "disableLocalAuth",
            Open,
            &[Tag::S][..],
        ),
        (
            Family::Cosmos,
            json!({}),
            "disableLocalAuth",
            Open,
            &[Tag::S],
        ),
        (
            Family::Cosmos,
            json!({ "disableLocalAuth": true }),
            "disableLocalAuth",
            Shut,
            &[Tag::S],
        ),
        (
            Family::Cosmos,
            json!({ "disableLocalAuth": "no" }),
            "disableLocalAuth",
            Unknown,
            &[Tag::S],
        ),
        (
            Family::Cosmos,
            Value::Null,
            "disableLocalAuth",
            Unknown,
            &[Tag::S],
        ),
        (
            Family::Cosmos,
            json!({ "publicNetworkAccess": "Enabled" }),
            "publicNetworkAccess",
            Open,
            &[Tag::S],
        ),
        (
            Family::Cosmos,
            json!({ "publicNetworkAccess": "Disabled" }),
            "publicNetworkAccess",
            AtRisk,
            &[Tag::S],
        ),
        (
            Family::Cosmos,
            json!({ "publicNetworkAccess": 7 }),
            "publicNetworkAccess",
            Unknown,
            &[Tag::S],
        ),
        (Family::Cosmos, json!({}), "keyVaultKeyUri", Unknown, &[]),
        (
            Family::Search,
            json!({}),
            "disableLocalAuth",
            Open,
            &[Tag::S, Tag::Medium],
        ),
        (
            Family::Search,
            json!({ "disableLocalAuth": true }),
            "disableLocalAuth",
            Shut,
            &[Tag::S, Tag::Medium],
        ),
        (
            Family::Search,
            json!({ "publicNetworkAccess": "disabled" }),
            "publicNetworkAccess",
            Shut,
            &[Tag::S],
        ),
        (
            Family::Search,
            json!({ "networkRuleSet": { "ipRules": [], "bypass": "AzureServices" } }),
            "networkRuleSet.ipRules",
            Open,
            &[Tag::S],
        ),
        (
            Family::Search,
            json!({ "networkRuleSet": { "ipRules": [{ "value": "203.0.113.24" }], "bypass": "AzureServices" } }),
            "networkRuleSet.ipRules",
            Shut,
            &[Tag::S],
        ),
        (
            Family::Search,
            json!({ "networkRuleSet": { "ipRules": 7 } }),
            "networkRuleSet.ipRules",
            Unknown,
            &[Tag::S],
        ),
        (
            Family::Storage,
            json!({}),
            "allowSharedKeyAccess",
            Open,
            &[Tag::S, Tag::Medium],
        ),
        (
            Family::Storage,
            json!({ "allowSharedKeyAccess": false }),
            "allowSharedKeyAccess",
            Shut,
            &[Tag::S, Tag::Medium],
        ),
        (
            Family::Storage,
            storage(deny.clone()),
            "networkAcls.defaultAction",
            Open,
            &[Tag::S],
        ),
        (
            Family::Storage,
            storage(json!({ "defaultAction": "Allow" })),
            "networkAcls.defaultAction",
            Unknown,
            &[Tag::S],
        ),
        (
            Family::Storage,
            storage(deny),
            "networkAcls.bypass",
            Open,
            &[Tag::S],
        ),
        (
            Family::Storage,
            storage(json!({ "bypass": "None" })),
            "networkAcls.bypass",
            Unknown,
            &[Tag::S],
        ),
    ] {
        let of = |wanted| {
            if family == wanted {
                properties.clone()
            } else {
                json!({})
            }
        };
        let state = state(&managed(
            of(Family::Cosmos),
            of(Family::Search),
            of(Family::Storage),
        ));
        let check = check(&state, family, property);
        assert_eq!(
            check.judged.verdict, verdict,
            "{family:?} {properties}\n{}",
            check.judged.reason
        );
        assert_eq!(check.judged.tags, tags, "{family:?} {properties}");
        assert!(
            tags.iter()
                .all(|tag| check.judged.reason.contains(tag.mark())),
            "{}",
            check.judged.reason
        );
        assert!(!check.is.is_empty() && !check.must_be.is_empty());
        assert!(matches!(&check.since, Since::ChangedBy(_, Some(who)) if who == "plat-policy-bot"));
    }
}

#[test]
fn the_worst_of_a_managed_group() {
    let deny = json!({ "networkAcls": { "defaultAction": "Deny", "bypass": "AzureServices" } });
    let broken = managed(json!({ "disableLocalAuth": true }), json!({}), deny);
    let state = state(&broken);
    assert_eq!(state.exists.verdict, Open);
    assert_eq!(state.verdict(), Shut);
    assert_eq!(state.resources.len(), 3);
}

#[test]
fn the_key_of_a_managed_account() {
    let keys = |extra: Value| {
        json!([{ "id": id(Family::Vault, "kv").child("keys/cmk").as_str(), "name": "cmk",
            "properties": { "attributes": extra, "keyUri": "https://kv.vault.azure.net/keys/cmk" } }])
    };
    let cosmos = json!({ "keyVaultKeyUri": "https://KV.vault.azure.net/keys/cmk" });
    let world = |items: Option<Value>, end: Ended| {
        managed(cosmos.clone(), json!({}), json!({}))
            .bare(Family::Vault, &body(Family::Vault, "kv", json!({})))
            .facet_ended(&id(Family::Vault, "kv"), Facet::Keys, items, end)
    };
    for (items, end, verdict) in [
        (Some(keys(json!({ "enabled": true }))), Ended::Well, Open),
        (Some(keys(json!({}))), Ended::Well, Open),
        (Some(keys(json!({ "enabled": false }))), Ended::Well, Shut),
        (
            Some(keys(json!({ "enabled": true, "exp": 1_700_000_000 }))),
            Ended::Well,
            Shut,
        ),
        (
            Some(keys(json!({ "enabled": true, "exp": 1_900_000_000 }))),
            Ended::Well,
            Open,
        ),
        (
            Some(keys(json!({ "enabled": "yes" }))),
            Ended::Well,
            Unknown,
        ),
        (Some(json!([])), Ended::Well, Shut),
        (None, Ended::Denied, Unknown),
    ] {
        let state = state(&world(items.clone(), end));
        let check = check(&state, Family::Cosmos, "keyVaultKeyUri");
        assert_eq!(
            check.judged.verdict, verdict,
            "{items:?} {end:?}\n{}",
            check.judged.reason
        );
    }
    let state = state(&managed(cosmos, json!({}), json!({})));
    assert_eq!(
        check(&state, Family::Cosmos, "keyVaultKeyUri")
            .judged
            .verdict,
        Unknown
    );
}

/// The list of keys tells the newest version's state; the account pins another one.
#[test]
fn the_version_that_a_managed_account_pins_counts_and_not_the_newest() {
    let vault = id(Family::Vault, "kv");
    let key = vault.child("keys/cmk");
    let uri = |version: &str| format!("https://kv.vault.azure.net/keys/cmk/{version}");
    let version = |name: &str, attributes: Value| {
        json!({ "id": key.child(&format!("versions/{name}")).as_str(), "name": name,
            "properties": { "attributes": attributes, "keyUriWithVersion": uri(name) } })
    };
    let listed = |attributes: Value| {
        json!([{ "id": key.as_str(), "name": "cmk", "properties": { "attributes": attributes,
            "keyUri": "https://kv.vault.azure.net/keys/cmk", "keyUriWithVersion": uri("new") } }])
    };
    let versions = |old: Value| {
        json!([
            version("old", old),
            version("new", json!({ "enabled": true }))
        ])
    };
    let on = || json!({ "enabled": true });
    let off = || json!({ "enabled": false });
    for (pinned, newest, items, end, verdict, words) in [
        (
            "old",
            on(),
            Some(versions(off())),
            Ended::Well,
            Shut,
            "version old of cmk of kv is disabled",
        ),
        (
            "old",
            off(),
            Some(versions(on())),
            Ended::Well,
            Open,
            "version old of cmk of kv is enabled",
        ),
        (
            "old",
            on(),
            Some(versions(json!({ "enabled": true, "exp": 1_700_000_000 }))),
            Ended::Well,
            Shut,
            "has expired",
        ),
        (
            "old",
            on(),
            Some(versions(json!({ "enabled": true, "nbf": 1_900_000_000 }))),
            Ended::Well,
            Shut,
            "not valid yet",
        ),
        (
            "old",
            on(),
            Some(versions(json!({ "enabled": true, "exp": "soon" }))),
            Ended::Well,
            Unknown,
            "is pinned",
        ),
        ("old", on(), None, Ended::Denied, Unknown, "is pinned"),
        (
            "new",
            off(),
            Some(versions(on())),
            Ended::Well,
            Shut,
            "cmk of kv is disabled",
        ),
        (
            "",
            off(),
            Some(versions(on())),
            Ended::Well,
            Shut,
            "cmk of kv is disabled",
        ),
        // Not in the list of versions: it may be there all the same, and the key's own state counts.
        (
            "older",
            on(),
            Some(versions(off())),
            Ended::Well,
            Open,
            "cmk of kv is enabled",
        ),
    ] {
        let world = managed(
            json!({ "keyVaultKeyUri": uri(pinned) }),
            json!({}),
            json!({}),
        )
        .bare(Family::Vault, &body(Family::Vault, "kv", json!({})))
        .facet_ended(&vault, Facet::Keys, Some(listed(newest)), Ended::Well)
        .facet_ended(&key, Facet::KeyVersions, items, end);
        let state = state(&world);
        let judged = &check(&state, Family::Cosmos, "keyVaultKeyUri").judged;
        assert_eq!(judged.verdict, verdict, "{pinned}: {}", judged.reason);
        assert!(judged.reason.contains(words), "{pinned}: {}", judged.reason);
    }
}

#[test]
fn what_is_missing_in_a_managed_group_is_gone_only_if_its_list_was_read() {
    let subscription = SubscriptionId::new(SUBSCRIPTION);
    let list = |family| Key::List {
        subscription: subscription.clone(),
        group: None,
        family,
    };
    let hub = hub(encrypted(
        json!({ "serviceProvisionedResourceGroup": GROUP }),
    ));
    let base = || World::new().with(Family::Workspace, &hub);
    let unread = state(&base());
    assert_eq!(unread.exists.verdict, Unknown);
    assert_eq!(
        unread
            .resources
            .iter()
            .map(|one| one.exists.verdict)
            .collect::<Vec<_>>(),
        [Unknown; 3]
    );

    let no_group = state(&base().groups(json!([])));
    assert_eq!(no_group.exists.verdict, Shut);
    assert_eq!(no_group.verdict(), Shut);

    let listed = state(
        &base()
            .groups(json!([group(GROUP, Value::Null)]))
            .list(&list(Family::Cosmos), Some(json!([])), Ended::Well)
            .list(&list(Family::Search), None, Ended::Denied),
    );
    assert_eq!(listed.exists.verdict, Open);
    assert_eq!(
        listed
            .resources
            .iter()
            .map(|one| one.exists.verdict)
            .collect::<Vec<_>>(),
        [Shut, Unknown, Unknown]
    );
}

#[test]
fn since_when_as_far_as_dates_tell() {
    let dated = |data: Value| {
        let account = body(
            Family::Cosmos,
            "cosmos",
            json!({ "id": id_in(GROUP, Family::Cosmos, "cosmos").as_str(), "systemData": data }),
        );
        let world = World::new()
            .with(
                Family::Workspace,
                &hub(encrypted(
                    json!({ "serviceProvisionedResourceGroup": GROUP }),
                )),
            )
            .with(Family::Cosmos, &account);
        check(&state(&world), Family::Cosmos, "disableLocalAuth")
            .since
            .clone()
    };
    let created =
        json!({ "createdAt": "2026-11-01T10:00:00Z", "lastModifiedAt": "2026-11-01T10:02:00Z" });
    let changed =
        json!({ "createdAt": "2026-11-01T10:00:00Z", "lastModifiedAt": "2026-11-23T02:10:00Z" });
    assert!(matches!(dated(created), Since::Created(_)));
    assert!(matches!(dated(changed), Since::ChangedBy(_, None)));
    assert_eq!(
        dated(json!({ "createdAt": "2026-11-01T10:00:00Z" })),
        Since::NotSaid
    );
    assert_eq!(dated(Value::Null), Since::NotSaid);
}

//! Services that call: trusted paths, instance rules, and address rules that are of no use to them.

use hopscope::analysis::network::{Caller, Credential, Instance, ServiceKind};
use hopscope::analysis::verdict::{Tag, Verdict};
use hopscope::model::resource::Family;
use serde_json::{Value, json};

use crate::ask::{CALLER, TARGET, assert_verdict, at, by_instance, world};
use crate::build::{SUBSCRIPTION, World, admit, body, id, named};

use Credential::{Key, SystemIdentity, Unclear, UserAssigned};
use Verdict::{Open, Shut, Unknown};

#[test]
fn an_indexer_at_a_storage_account() {
    let here = "centralus";
    let there = "westeurope";
    let deny = |more: Value| {
        let mut acls = json!({ "defaultAction": "Deny", "bypass": "None" });
        for (name, value) in more.as_object().unwrap().clone() {
            acls[name] = value;
        }
        json!({ "networkAcls": acls })
    };
    let instance = json!({ "resourceAccessRules": [{ "tenantId": "t", "resourceId": id(Family::Search, CALLER).as_str().to_uppercase() }] });
    let wildcard = json!({ "resourceAccessRules": [{ "resourceId": format!("/subscriptions/{SUBSCRIPTION}/resourceGroups/*/providers/Microsoft.Search/searchServices/*") }] });
    let other =
        json!({ "resourceAccessRules": [{ "resourceId": "/subscriptions/x/hub-rag-dev" }] });
    let address = json!({ "ipRules": [{ "value": "203.0.113.24" }] });
    let trusted = json!({ "bypass": "AzureServices, Logging" });
    let everyone = json!({ "ipRules": [{ "value": "0.0.0.0/0" }] });
    for (properties, region, credential, expected, says) in [
        (json!({}), here, Key, Open, "Allow"),
        (
            deny(json!({})),
            here,
            SystemIdentity,
            Shut,
            "bypass is None",
        ),
        // An address rule is of no use in the same region, whatever it holds.
        (
            deny(address.clone()),
            "Central US",
            SystemIdentity,
            Shut,
            "same region",
        ),
        (deny(address.clone()), here, Key, Shut, "same region"),
        (deny(everyone.clone()), here, Key, Shut, "same region"),
        (
            deny(address.clone()),
            there,
            SystemIdentity,
            Unknown,
            "between regions",
        ),
        (deny(everyone), there, Key, Open, "cover every address"),
        (
            deny(trusted.clone()),
            here,
            SystemIdentity,
            Open,
            "trusted service",
        ),
        (
            deny(trusted.clone()),
            there,
            SystemIdentity,
            Open,
            "trusted service",
        ),
        (
            deny(trusted.clone()),
            here,
            UserAssigned,
            Shut,
            "user-assigned",
        ),
        (
            deny(trusted.clone()),
            there,
            UserAssigned,
            Shut,
            "user-assigned",
        ),
        (deny(trusted.clone()), here, Key, Shut, "key or SAS"),
        (deny(trusted), here, Unclear, Unknown, "could not be read"),
        (
            deny(instance.clone()),
            here,
            SystemIdentity,
            Open,
            "instance rule",
        ),
        (
            deny(instance.clone()),
            here,
            UserAssigned,
            Shut,
            "user-assigned",
        ),
        (deny(instance), here, Key, Shut, "key or SAS"),
        (deny(wildcard), here, SystemIdentity, Open, "instance rule"),
        (deny(other), here, SystemIdentity, Shut, "bypass is None"),
        (
            deny(json!({ "resourceAccessRules": "x" })),
            here,
            SystemIdentity,
            Unknown,
            "malformed",
        ),
        (
            deny(json!({ "bypass": 7 })),
            here,
            SystemIdentity,
            Unknown,
            "malformed",
        ),
        // Trusted services come before public access.
        (
            json!({ "publicNetworkAccess": "Disabled" }),
            here,
            SystemIdentity,
            Open,
            "public access off",
        ),
        (
            json!({ "publicNetworkAccess": "Disabled" }),
            here,
            Key,
            Shut,
            "Disabled",
        ),
        (
            json!({ "publicNetworkAccess": "SecuredByPerimeter" }),
            here,
            SystemIdentity,
            Shut,
            "perimeter alone",
        ),
        (
            json!({ "publicNetworkAccess": "Off" }),
            here,
            SystemIdentity,
            Unknown,
            "no value known",
        ),
    ] {
        let account = body(Family::Storage, TARGET, json!({ "properties": properties }));
        let service = body(Family::Search, CALLER, json!({ "location": region }));
        let world = World::new()
            .with(Family::Storage, &account)
            .with(Family::Search, &service);
        let admission = by_instance(&world, credential);
        let case = format!("{properties} {region} {credential:?}");
        assert_verdict(&admission, expected, &case);
        assert!(
            admission.judged.reason.contains(says),
            "{case}\n{}",
            admission.judged.reason
        );
    }
}

#[test]
fn tables_and_files_have_no_trusted_path() {
    let properties =
        json!({ "networkAcls": { "defaultAction": "Deny", "bypass": "AzureServices" } });
    let inventory = world(Family::Storage, &properties, Family::Search).inventory();
    for (part, expected) in [
        ("blob", Open),
        ("DFS", Open),
        ("table", Shut),
        ("file", Shut),
    ] {
        let instance = Instance::of(named(&inventory, CALLER), SystemIdentity).to_part(part);
        let admission = admit(&inventory, &Caller::Instance(instance), TARGET);
        assert_verdict(&admission, expected, part);
    }
}

#[test]
fn regions_that_are_not_said_leave_address_rules_open() {
    let properties = json!({ "networkAcls": { "defaultAction": "Deny", "bypass": "None", "ipRules": [{ "value": "203.0.113.24" }] } });
    let account = body(
        Family::Storage,
        TARGET,
        json!({ "location": null, "properties": properties }),
    );
    let world = World::new()
        .with(Family::Storage, &account)
        .with(Family::Search, &body(Family::Search, CALLER, json!({})));
    assert_verdict(&by_instance(&world, Key), Unknown, "no location");
}

#[test]
fn an_instance_rule_of_another_tenant_is_another_instance() {
    let rule = |tenant: &str| {
        json!({ "networkAcls": { "defaultAction": "Deny", "bypass": "None",
        "resourceAccessRules": [{ "tenantId": tenant, "resourceId": id(Family::Search, CALLER).as_str() }] } })
    };
    for (tenant, expected) in [("T-1", Open), ("t-2", Shut)] {
        let world = world(Family::Storage, &rule(tenant), Family::Search).subscription("t-1");
        assert_verdict(&by_instance(&world, SystemIdentity), expected, tenant);
    }
}

#[test]
fn who_is_trusted_by_whom() {
    let deny = json!({ "networkAcls": { "defaultAction": "Deny", "bypass": "AzureServices" } });
    let search = json!({ "networkRuleSet": { "ipRules": [{ "value": "203.0.113.24" }], "bypass": "AzureServices" } });
    let cosmos = json!({ "ipRules": [{ "ipAddressOrRange": "203.0.113.24" }], "networkAclBypass": "AzureServices" });
    let filtered =
        json!({ "isVirtualNetworkFilterEnabled": true, "networkAclBypass": "AzureServices" });
    for (target, properties, caller, credential, expected) in [
        (
            Family::Storage,
            &deny,
            Family::Cognitive,
            SystemIdentity,
            Open,
        ),
        (
            Family::Storage,
            &deny,
            Family::Workspace,
            SystemIdentity,
            Open,
        ),
        (
            Family::Storage,
            &deny,
            Family::Workspace,
            UserAssigned,
            Unknown,
        ),
        (Family::Storage, &deny, Family::Workspace, Key, Shut),
        (Family::Storage, &deny, Family::Cosmos, SystemIdentity, Shut),
        (
            Family::Search,
            &search,
            Family::Cognitive,
            SystemIdentity,
            Open,
        ),
        (
            Family::Search,
            &search,
            Family::Cognitive,
            UserAssigned,
            Shut,
        ),
        (Family::Search, &search, Family::Cognitive, Key, Shut),
        (
            Family::Search,
            &search,
            Family::Workspace,
            SystemIdentity,
            Open,
        ),
        (
            Family::Cognitive,
            &deny,
            Family::Search,
            SystemIdentity,
            Open,
        ),
        (Family::Cognitive, &deny, Family::Search, UserAssigned, Shut),
        (Family::Cognitive, &deny, Family::Search, Key, Shut),
        (
            Family::Cognitive,
            &deny,
            Family::Workspace,
            SystemIdentity,
            Open,
        ),
        (
            Family::Cognitive,
            &deny,
            Family::Vault,
            SystemIdentity,
            Shut,
        ),
        (
            Family::Vault,
            &deny,
            Family::Workspace,
            SystemIdentity,
            Open,
        ),
        (Family::Vault, &deny, Family::Workspace, UserAssigned, Open),
        (Family::Vault, &deny, Family::Search, SystemIdentity, Open),
        (Family::Vault, &deny, Family::Cosmos, SystemIdentity, Open),
        (
            Family::Vault,
            &deny,
            Family::Cognitive,
            SystemIdentity,
            Unknown,
        ),
        (Family::Vault, &deny, Family::Cognitive, Key, Shut),
        (
            Family::Cosmos,
            &filtered,
            Family::Search,
            SystemIdentity,
            Shut,
        ),
        (
            Family::Cosmos,
            &cosmos,
            Family::Search,
            SystemIdentity,
            Unknown,
        ),
        (Family::Cosmos, &cosmos, Family::Workspace, Key, Unknown),
    ] {
        let admission = by_instance(&world(target, properties, caller), credential);
        assert_verdict(
            &admission,
            expected,
            &format!("{caller:?} -> {target:?} {credential:?}"),
        );
    }
    let cosmos_to_vault = by_instance(&world(Family::Vault, &deny, Family::Cosmos), SystemIdentity);
    assert_eq!(cosmos_to_vault.judged.tags, [Tag::Medium]);
    assert!(cosmos_to_vault.judged.reason.contains("[medium]"));
}

#[test]
fn any_instance_of_a_trusted_service() {
    let deny = json!({ "networkAcls": { "defaultAction": "Deny", "bypass": "AzureServices" } });
    for (target, kind, expected) in [
        (Family::Storage, ServiceKind::Search, Open),
        (Family::Storage, ServiceKind::Monitor, Open),
        (Family::Storage, ServiceKind::Other, Shut),
        (Family::Vault, ServiceKind::Monitor, Open),
        (Family::Vault, ServiceKind::Cognitive, Unknown),
        (Family::Cognitive, ServiceKind::Search, Open),
        (Family::Cognitive, ServiceKind::Cosmos, Shut),
    ] {
        let admission = at(target, &deny, &Caller::TrustedService(kind));
        assert_verdict(&admission, expected, &format!("{kind:?} -> {target:?}"));
    }
}

#[test]
fn the_trusted_path_with_public_access_off() {
    let storage =
        json!({ "publicNetworkAccess": "Disabled", "networkAcls": { "bypass": "AzureServices" } });
    let search = json!({ "publicNetworkAccess": "Disabled", "networkRuleSet": { "bypass": "AzureServices" } });
    for (target, properties, caller, expected, says) in [
        (
            Family::Storage,
            &storage,
            Family::Search,
            Open,
            "public access off",
        ),
        (
            Family::Vault,
            &storage,
            Family::Workspace,
            Open,
            "public access off",
        ),
        (
            Family::Search,
            &search,
            Family::Cognitive,
            Open,
            "failing reports",
        ),
        (
            Family::Cognitive,
            &storage,
            Family::Search,
            Unknown,
            "disputed",
        ),
        (
            Family::Cosmos,
            &json!({ "publicNetworkAccess": "Disabled", "ipRules": [{ "ipAddressOrRange": "0.0.0.0" }] }),
            Family::Search,
            Shut,
            "Disabled",
        ),
    ] {
        let admission = by_instance(&world(target, properties, caller), SystemIdentity);
        assert_verdict(&admission, expected, &format!("{target:?}"));
        assert!(
            admission.judged.reason.contains(says),
            "{}",
            admission.judged.reason
        );
    }
}

#[test]
fn the_questions_are_asked_in_order() {
    let properties = json!({ "networkAcls": { "defaultAction": "Deny", "bypass": "None", "ipRules": [{ "value": "203.0.113.24" }] } });
    let admission = by_instance(
        &world(Family::Storage, &properties, Family::Search),
        SystemIdentity,
    );
    let questions: Vec<&str> = admission
        .asked
        .iter()
        .map(|one| one.question.words())
        .collect();
    assert_eq!(
        questions,
        [
            "private endpoint",
            "shared private link",
            "security perimeter",
            "instance rule",
            "trusted service",
            "public access",
            "IP rule",
            "network rule",
            "default action",
        ]
    );
}

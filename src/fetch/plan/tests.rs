use serde_json::json;

use super::*;
use crate::fetch::testing::{Known, SUB, group, id, subscription};
use crate::model::id::SubscriptionId;
use crate::model::issue::IssueKind;

const OTHER: &str = "c9020000-0000-4000-8000-0000000011d7";

fn sub() -> SubscriptionId {
    SubscriptionId::new(SUB)
}

fn list(group: Option<&str>, family: Family) -> Key {
    Key::List {
        subscription: sub(),
        group: group.map(GroupName::new),
        family,
    }
}

fn subscriptions() -> Key {
    Key::Subscriptions(None)
}

fn groups() -> Key {
    Key::Groups(sub())
}

fn scope(subscriptions: &[&str], groups: &[&str]) -> Scope {
    Scope {
        subscriptions: subscriptions.iter().map(|&one| one.to_owned()).collect(),
        resource_groups: groups.iter().map(|&one| one.to_owned()).collect(),
        ..Scope::default()
    }
}

fn keys(known: &Known, scope: &Scope) -> Vec<Key> {
    plan(&known.snapshot(), scope, Options::default())
        .into_keys()
        .collect()
}

fn wants(known: &Known, scope: &Scope, key: &Key) -> bool {
    keys(known, scope).contains(key)
}

/// A store that knows one subscription with two groups.
fn seen() -> Known {
    let mut known = Known::default();
    known
        .answer(
            &subscriptions(),
            &json!([
                subscription(SUB, "contoso-dev"),
                subscription(OTHER, "contoso-prod")
            ]),
        )
        .answer(&groups(), &json!([group("rg-rag"), group("rg-else")]));
    known
}

fn storage(name: &str) -> serde_json::Value {
    json!({ "id": id("rg-rag", &format!("Microsoft.Storage/storageAccounts/{name}")),
            "name": name, "kind": "StorageV2", "properties": {} })
}

#[test]
fn at_first_only_the_door_is_wanted() {
    assert_eq!(
        keys(&Known::default(), &Scope::default()),
        [subscriptions(), Key::Tenants(None)]
    );
}

#[test]
fn an_open_scope_takes_every_enabled_subscription() {
    let mut disabled = subscription("dead", "off");
    disabled["state"] = json!("Disabled");
    let mut known = Known::default();
    known.answer(
        &subscriptions(),
        &json!([subscription(SUB, "dev"), disabled]),
    );
    let keys = keys(&known, &Scope::default());
    assert!(keys.contains(&groups()));
    for family in Family::ALL {
        assert!(keys.contains(&list(None, family)), "{family:?}");
    }
    assert!(keys.contains(&Key::RoleAssignments(ArmId::of_subscription(&sub()))));
    assert!(!keys.contains(&Key::Groups(SubscriptionId::new("dead"))));
}

#[test]
fn a_subscription_named_by_id_waits_for_no_list() {
    let known = Known::default();
    let keys = keys(&known, &scope(&[SUB], &["rg-rag"]));
    assert!(keys.contains(&list(Some("RG-RAG"), Family::Search)));
    assert!(!keys.contains(&list(None, Family::Search)));
}

#[test]
fn a_subscription_named_by_name_is_found_without_regard_to_case() {
    let known = seen();
    let keys = keys(&known, &scope(&["CONTOSO-dev"], &[]));
    assert!(keys.contains(&groups()));
    assert!(!keys.contains(&Key::Groups(SubscriptionId::new(OTHER))));
}

#[test]
fn an_unknown_subscription_is_a_trouble_that_lists_those_seen() {
    let known = seen();
    let asked = scope(&["contoso-test"], &[]);
    let troubles = troubles(&known.snapshot(), &asked);
    let [Trouble::UnknownSubscription { name, seen }] = &troubles[..] else {
        panic!("{troubles:?}");
    };
    assert_eq!(name, "contoso-test");
    assert_eq!(seen.len(), 2);
    assert_eq!(keys(&known, &asked), [subscriptions(), Key::Tenants(None)]);
}

#[test]
fn an_id_that_is_not_listed_is_asked_for_before_it_is_called_unknown() {
    let missing = "00000000-0000-4000-8000-00000000dead";
    let asked = scope(&[missing], &[]);
    let probe = Key::Groups(SubscriptionId::new(missing));
    let mut known = seen();
    let wanted = keys(&known, &asked);
    assert!(wanted.contains(&probe));
    assert!(!wanted.iter().any(|key| matches!(key, Key::List { .. })));
    assert!(troubles(&known.snapshot(), &asked).is_empty());
    known.trouble(&probe, IssueKind::NotFound, 404, "SubscriptionNotFound");
    assert_eq!(troubles(&known.snapshot(), &asked).len(), 1);
    let mut known = seen();
    known.answer(&probe, &json!([]));
    assert!(
        keys(&known, &asked)
            .iter()
            .any(|key| matches!(key, Key::List { .. }))
    );
    assert!(troubles(&known.snapshot(), &asked).is_empty());
}

#[test]
fn an_id_is_read_even_when_the_list_of_subscriptions_fails() {
    let mut known = Known::default();
    known.trouble(&subscriptions(), IssueKind::NotFound, 404, "");
    assert!(wants(
        &known,
        &scope(&[SUB], &[]),
        &list(None, Family::Vault)
    ));
}

#[test]
fn no_subscription_at_all_is_a_trouble() {
    let mut known = Known::default();
    known.answer(&subscriptions(), &json!([]));
    assert_eq!(
        troubles(&known.snapshot(), &Scope::default()),
        [Trouble::NoSubscription { disabled: 0 }]
    );
}

#[test]
fn a_group_that_does_not_exist_is_a_trouble_and_is_not_read() {
    let known = seen();
    let asked = scope(&[SUB], &["rg-rag", "rg-typo"]);
    assert!(wants(&known, &asked, &list(Some("rg-rag"), Family::Search)));
    assert!(!wants(
        &known,
        &asked,
        &list(Some("rg-typo"), Family::Search)
    ));
    let troubles = troubles(&known.snapshot(), &asked);
    assert!(
        matches!(&troubles[..], [Trouble::UnknownGroup { name, seen }] if name == "rg-typo" && seen.len() == 2),
        "{troubles:?}"
    );
}

#[test]
fn with_several_subscriptions_a_group_is_only_asked_for_where_it_is() {
    let mut known = seen();
    let asked = scope(&[SUB, OTHER], &["rg-rag"]);
    known.answer(&Key::Groups(SubscriptionId::new(OTHER)), &json!([]));
    let lists: Vec<_> = keys(&known, &asked)
        .into_iter()
        .filter(|key| matches!(key, Key::List { .. }))
        .collect();
    assert_eq!(lists.len(), Family::ALL.len());
    assert!(lists.contains(&list(Some("rg-rag"), Family::Search)));
}

#[test]
fn where_a_list_is_refused_the_lists_of_the_groups_are_read() {
    let mut known = seen();
    let asked = scope(&[SUB], &[]);
    known.refuse(&list(None, Family::Search));
    for group in ["rg-rag", "rg-else"] {
        assert!(wants(&known, &asked, &list(Some(group), Family::Search)));
        assert!(!wants(&known, &asked, &list(Some(group), Family::Storage)));
    }
    let roles = Key::RoleAssignments(ArmId::of_subscription(&sub()));
    known.refuse(&roles);
    let of_group = Key::RoleAssignments(ArmId::new(format!(
        "/subscriptions/{SUB}/resourceGroups/rg-rag"
    )));
    assert!(wants(&known, &asked, &of_group));
    assert!(wants(&known, &asked, &roles), "the refusal stays visible");
}

#[test]
fn facets_follow_as_soon_as_a_page_shows_the_resource() {
    let mut known = seen();
    let key = list(None, Family::Storage);
    let generation = known.open(&key);
    known.apply(crate::store::Update::Page {
        key: key.clone(),
        generation,
        payload: crate::fetch::testing::decoded(&key, &json!([storage("st1")])),
        at: crate::fetch::testing::AT,
    });
    let account = ArmId::new(id("rg-rag", "Microsoft.Storage/storageAccounts/st1"));
    for facet in [
        Facet::Containers,
        Facet::Perimeters,
        Facet::DiagnosticSettings,
    ] {
        assert!(wants(
            &known,
            &scope(&[SUB], &[]),
            &Key::Facet(account.clone(), facet)
        ));
    }
}

#[test]
fn what_the_settings_make_impossible_is_not_read_but_named() {
    let mut known = seen();
    known.answer(
        &list(None, Family::Cognitive),
        &json!([{ "id": id("rg-rag", "Microsoft.CognitiveServices/accounts/classic"), "kind": "OpenAI",
                  "properties": {} },
                { "id": id("rg-rag", "Microsoft.CognitiveServices/accounts/foundry"), "kind": "AIServices",
                  "properties": { "allowProjectManagement": true } }]),
    );
    let plan = plan(&known.snapshot(), &scope(&[SUB], &[]), Options::default());
    let how = |name: &str| {
        let account = ArmId::new(id(
            "rg-rag",
            &format!("Microsoft.CognitiveServices/accounts/{name}"),
        ));
        plan[&Key::Facet(account, Facet::Projects)].how.clone()
    };
    assert!(matches!(how("classic"), How::Skip(_)));
    assert_eq!(how("foundry"), How::Read);
}

#[test]
fn projects_lead_to_their_connections() {
    let mut known = seen();
    let account = id("rg-rag", "Microsoft.CognitiveServices/accounts/foundry");
    let project = format!("{account}/projects/p1");
    known
        .answer(
            &list(None, Family::Cognitive),
            &json!([{ "id": account, "properties": { "allowProjectManagement": true } }]),
        )
        .answer(
            &Key::Facet(ArmId::new(&account), Facet::Projects),
            &json!([{ "id": project, "name": "foundry/p1", "properties": {} }]),
        );
    assert!(wants(
        &known,
        &scope(&[SUB], &[]),
        &Key::Facet(ArmId::new(project), Facet::Connections)
    ));
}

fn hub() -> serde_json::Value {
    json!({ "id": id("rg-rag", "Microsoft.MachineLearningServices/workspaces/hub1"), "name": "hub1", "kind": "Hub",
        "properties": {
            "keyVault": id("rg-else", "Microsoft.KeyVault/vaults/kv1"),
            "storageAccount": id("rg-rag", "Microsoft.Storage/storageAccounts/st1"),
            "containerRegistry": id("rg-else", "Microsoft.ContainerRegistry/registries/r1"),
            "serviceProvisionedResourceGroup": "rg-managed"
        } })
}

#[test]
fn what_a_hub_names_comes_along_one_by_one() {
    let mut known = seen();
    let asked = scope(&[SUB], &["rg-rag"]);
    known.answer(&list(Some("rg-rag"), Family::Workspace), &json!([hub()]));
    let vault = Key::Resource(ArmId::new(id("rg-else", "Microsoft.KeyVault/vaults/kv1")));
    let storage_key = Key::Resource(ArmId::new(id(
        "rg-rag",
        "Microsoft.Storage/storageAccounts/st1",
    )));
    let wanted = keys(&known, &asked);
    assert!(wanted.contains(&vault));
    assert!(
        !wanted.contains(&storage_key),
        "its list may still bring it"
    );
    for family in [Family::Cosmos, Family::Search, Family::Storage] {
        assert!(wanted.contains(&list(Some("rg-managed"), family)));
    }
    assert!(
        !wanted
            .iter()
            .any(|key| key.to_string().contains("registries")),
        "a type that is not read"
    );
    known.answer(
        &list(Some("rg-rag"), Family::Storage),
        &json!([storage("st1")]),
    );
    assert!(!wants(&known, &asked, &storage_key));
    known.answer(&list(Some("rg-rag"), Family::Storage), &json!([]));
    assert!(
        wants(&known, &asked, &storage_key),
        "the list does not hold it: is it gone?"
    );
    // With the vault its keys come.
    known.answer(
        &vault,
        &json!({ "id": id("rg-else", "Microsoft.KeyVault/vaults/kv1"), "name": "kv1", "properties": {} }),
    );
    let keys_of = Key::Facet(
        ArmId::new(id("rg-else", "Microsoft.KeyVault/vaults/kv1")),
        Facet::Keys,
    );
    assert!(wants(&known, &asked, &keys_of));
    assert!(
        wants(&known, &asked, &vault),
        "it stays wanted once it is known"
    );
}

#[test]
fn lists_of_the_whole_subscription_hold_the_managed_group_already() {
    let mut known = seen();
    known.answer(&list(None, Family::Workspace), &json!([hub()]));
    assert!(!wants(
        &known,
        &scope(&[SUB], &[]),
        &list(Some("rg-managed"), Family::Cosmos)
    ));
}

#[test]
fn an_endpoint_in_a_subscription_that_cannot_be_seen_is_not_asked_for() {
    let foreign = "/subscriptions/11111111-0000-4000-8000-000000000000/resourceGroups/m/providers/Microsoft.Network/privateEndpoints/p";
    let mut known = seen();
    let mut account = storage("st1");
    account["properties"]["privateEndpointConnections"] = json!([
        { "id": "x", "properties": { "privateEndpoint": { "id": foreign } } },
        { "id": "y", "properties": { "privateEndpoint": { "id": id("rg-else", "Microsoft.Network/privateEndpoints/own") } } }
    ]);
    known.answer(&list(Some("rg-rag"), Family::Storage), &json!([account]));
    let asked = scope(&[SUB], &["rg-rag"]);
    assert!(!wants(&known, &asked, &Key::Resource(ArmId::new(foreign))));
    let own = id("rg-else", "Microsoft.Network/privateEndpoints/own");
    assert!(wants(&known, &asked, &Key::Resource(ArmId::new(own))));
}

#[test]
fn diagnostic_settings_lead_to_their_workspace() {
    let mut known = seen();
    let account = ArmId::new(id("rg-rag", "Microsoft.Storage/storageAccounts/st1"));
    let logs = id("rg-else", "Microsoft.OperationalInsights/workspaces/log1");
    known
        .answer(
            &list(Some("rg-rag"), Family::Storage),
            &json!([storage("st1")]),
        )
        .answer(
            &Key::Facet(account, Facet::DiagnosticSettings),
            &json!([{ "name": "to-logs", "properties": { "workspaceId": logs, "logs": [] } }]),
        );
    assert!(wants(
        &known,
        &scope(&[SUB], &["rg-rag"]),
        &Key::Resource(ArmId::new(logs))
    ));
}

#[test]
fn what_definitions_name_comes_along_where_it_can_be_seen() {
    let search = id("rg-rag", "Microsoft.Search/searchServices/srch1");
    let named =
        |group: &str, name: &str| id(group, &format!("Microsoft.Storage/storageAccounts/{name}"));
    let unseen = "/subscriptions/11111111-0000-4000-8000-000000000000/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/far";
    let string = |id: &str| json!({ "connectionString": format!("ResourceId={id};") });
    let facet = |facet| Key::Facet(ArmId::new(&search), facet);
    let mut known = seen();
    known
        .answer(
            &list(Some("rg-rag"), Family::Search),
            &json!([{ "id": search, "name": "srch1", "properties": {} }]),
        )
        .answer(
            &facet(Facet::DataSources),
            &json!([
                { "name": "ds", "type": "azureblob", "credentials": string(&named("rg-else", "docs")) },
                { "name": "far", "type": "azureblob", "credentials": string(unseen) },
            ]),
        )
        .answer(
            &facet(Facet::Skillsets),
            &json!([{ "name": "ss", "skills": [], "knowledgeStore": { "storageConnectionString": format!("ResourceId={};", named("rg-else", "store")) } }]),
        )
        .answer(
            &facet(Facet::SharedPrivateLinks),
            &json!([{ "id": "l", "name": "l", "properties": { "groupId": "blob", "privateLinkResourceId": named("rg-else", "linked") } }]),
        );
    let asked = scope(&[SUB], &["rg-rag"]);
    for name in ["docs", "store", "linked"] {
        let key = Key::Resource(ArmId::new(named("rg-else", name)));
        assert!(wants(&known, &asked, &key), "{name}");
    }
    assert!(!wants(&known, &asked, &Key::Resource(ArmId::new(unseen))));
}

fn assignment(scope: &str, principal: &str) -> serde_json::Value {
    json!({ "id": format!("{scope}/providers/Microsoft.Authorization/roleAssignments/{principal}"),
            "properties": { "scope": scope, "principalId": principal,
                "roleDefinitionId": format!("/subscriptions/{SUB}/providers/Microsoft.Authorization/roleDefinitions/r") } })
}

#[test]
fn names_are_asked_for_once_all_assignments_are_there_and_only_those_that_concern_the_scope() {
    let mut known = seen();
    let asked = scope(&[SUB], &["rg-rag"]);
    let roles = Key::RoleAssignments(ArmId::of_subscription(&sub()));
    assert!(!wants(&known, &asked, &Key::Principals(None)));
    known.answer(
        &roles,
        &json!([
            assignment(
                "/providers/Microsoft.Management/managementGroups/root",
                "p-above"
            ),
            assignment(&format!("/subscriptions/{SUB}"), "p-sub"),
            assignment(
                &format!("/subscriptions/{SUB}/resourceGroups/rg-rag"),
                "p-group"
            ),
            assignment(
                &format!("/subscriptions/{SUB}/resourceGroups/rg-rag"),
                "P-GROUP"
            ),
            assignment(
                &format!("/subscriptions/{SUB}/resourceGroups/rg-else"),
                "p-elsewhere"
            ),
        ]),
    );
    let plan = plan(&known.snapshot(), &asked, Options::default());
    let How::Principals(ids) = &plan[&Key::Principals(None)].how else {
        panic!("not asked");
    };
    let ids: Vec<_> = ids.iter().map(PrincipalId::as_str).collect();
    // A management group is above every subscription that shows it.
    assert_eq!(ids, ["p-above", "p-group", "p-sub"]);
}

#[test]
fn a_cloud_without_graph_names_nobody() {
    let mut known = seen();
    known.answer(
        &Key::RoleAssignments(ArmId::of_subscription(&sub())),
        &json!([assignment(&format!("/subscriptions/{SUB}"), "p")]),
    );
    let plan = plan(
        &known.snapshot(),
        &scope(&[SUB], &[]),
        Options {
            graph: false,
            ..Options::default()
        },
    );
    assert!(matches!(plan[&Key::Principals(None)].how, How::Skip(_)));
}

#[test]
fn to_choose_a_scope_little_is_read() {
    let known = seen();
    let plan = plan(
        &known.snapshot(),
        &Scope::default(),
        Options {
            depth: Depth::Choosing,
            ..Options::default()
        },
    );
    assert!(plan.contains_key(&list(None, Family::Search)));
    assert!(!plan.contains_key(&list(None, Family::VirtualNetwork)));
    assert!(
        !plan
            .keys()
            .any(|key| matches!(key, Key::RoleAssignments(_) | Key::Facet(..)))
    );
}

#[test]
fn a_refresh_under_way_changes_nothing() {
    let mut known = seen();
    let asked = scope(&[SUB], &["rg-rag"]);
    known.answer(&list(Some("rg-rag"), Family::Workspace), &json!([hub()]));
    let before = keys(&known, &asked);
    known.open(&list(Some("rg-rag"), Family::Workspace));
    known.open(&groups());
    known.open(&subscriptions());
    assert_eq!(keys(&known, &asked), before);
}

#[test]
fn each_tenant_is_asked_with_its_own_token() {
    let asked = Scope {
        tenant: Some("home".into()),
        auxiliary_tenants: vec!["guest".into()],
        ..Scope::default()
    };
    let mut known = Known::default();
    let guest = Some(TenantId::new("guest"));
    known
        .answer(&Key::Subscriptions(Some(TenantId::new("home"))), &json!([]))
        .answer(
            &Key::Subscriptions(guest.clone()),
            &json!([subscription(SUB, "dev")]),
        );
    let plan = plan(&known.snapshot(), &asked, Options::default());
    assert_eq!(plan[&groups()].tenant, guest);
    assert_eq!(plan[&list(None, Family::Search)].tenant, guest);
}

use serde_json::{Value, json};

use super::super::{Options, Plan, plan};
use super::*;
use crate::fetch::testing::{Known, SUB, group, id, subscription};
use crate::model::caller::Caller;
use crate::model::id::SubscriptionId;
use crate::model::issue::IssueKind;
use crate::model::key::GroupName;
use crate::model::resource::Family;
use crate::model::scope::Scope;
use crate::store::Update;

const ADA: &str = "2d55fd30-c147-4018-906a-dd6ef136816a";
const SYSTEM: &str = "11111111-0000-4000-8000-000000000001";
const USER: &str = "11111111-0000-4000-8000-000000000002";

fn whole() -> ArmId {
    ArmId::of_subscription(&SubscriptionId::new(SUB))
}

fn of(principal: &str, member: Member) -> Key {
    Key::Memberships(PrincipalId::new(principal), member)
}

fn list(group: Option<&str>, family: Family) -> Key {
    Key::List {
        subscription: SubscriptionId::new(SUB),
        group: group.map(GroupName::new),
        family,
    }
}

/// A person who looks at a search service with both kinds of identity.
fn seen() -> Known {
    let identity = id(
        "rg-rag",
        "Microsoft.ManagedIdentity/userAssignedIdentities/one",
    );
    let service = json!({
        "id": id("rg-rag", "Microsoft.Search/searchServices/srch"),
        "identity": { "type": "SystemAssigned, UserAssigned", "principalId": SYSTEM,
                      "userAssignedIdentities": { identity: { "principalId": USER } } },
    });
    let mut known = Known::default();
    known
        .apply(Update::SignedIn(Caller {
            object_id: Some(PrincipalId::new(ADA)),
            id_type: Some("user".into()),
            ..Caller::default()
        }))
        .answer(
            &Key::Subscriptions(None),
            &json!([subscription(SUB, "dev")]),
        )
        .answer(
            &Key::Groups(SubscriptionId::new(SUB)),
            &json!([group("rg-rag"), group("rg-else")]),
        )
        .answer(&list(None, Family::Search), &json!([service]));
    known
}

fn planned(known: &Known, options: Options) -> Plan {
    plan(&known.snapshot(), &Scope::default(), options)
}

fn wants(known: &Known, key: &Key) -> bool {
    planned(known, Options::default()).contains_key(key)
}

#[test]
fn the_caller_and_the_identities_in_view_matter() {
    let known = seen();
    for (principal, member) in [
        (ADA, Member::User),
        (SYSTEM, Member::ServicePrincipal),
        (USER, Member::ServicePrincipal),
    ] {
        assert!(wants(&known, &of(principal, member)), "{principal}");
    }
    let asked = planned(&known, Options::default());
    assert!(!asked.keys().any(|key| matches!(key, Key::AssignedTo(..))));
}

#[test]
fn an_app_that_is_signed_in_is_no_person() {
    let mut known = seen();
    known.apply(Update::SignedIn(Caller {
        object_id: Some(PrincipalId::new(ADA)),
        id_type: Some("app".into()),
        ..Caller::default()
    }));
    assert!(wants(&known, &of(ADA, Member::ServicePrincipal)));
    assert!(!wants(&known, &of(ADA, Member::User)));
}

#[test]
fn where_the_directory_refuses_arm_is_asked_about_that_principal() {
    let mut known = seen();
    let assigned = Key::AssignedTo(whole(), PrincipalId::new(ADA));
    known.refuse(&of(ADA, Member::User));
    assert!(wants(&known, &assigned));
    assert!(!wants(
        &known,
        &Key::AssignedTo(whole(), PrincipalId::new(SYSTEM))
    ));
    // Whoever may not list assignments may not do so with a filter either.
    known.refuse(&Key::RoleAssignments(whole()));
    assert!(!wants(&known, &assigned));
    let rg = whole().child("resourceGroups/rg-rag");
    known.answer(&Key::RoleAssignments(rg.clone()), &json!([]));
    assert!(wants(&known, &Key::AssignedTo(rg, PrincipalId::new(ADA))));
}

#[test]
fn one_who_is_gone_from_the_directory_is_an_answer() {
    let mut known = seen();
    let key = of(SYSTEM, Member::ServicePrincipal);
    known.trouble(&key, IssueKind::NotFound, 404, "Request_ResourceNotFound");
    assert!(known.snapshot().is_gone(&key));
    assert!(!wants(
        &known,
        &Key::AssignedTo(whole(), PrincipalId::new(SYSTEM))
    ));
}

#[test]
fn without_a_directory_the_groups_are_ruled_out_and_arm_is_asked() {
    let options = Options {
        graph: false,
        ..Options::default()
    };
    let mut known = seen();
    let key = of(ADA, Member::User);
    assert!(matches!(
        planned(&known, options.clone())[&key].how,
        How::Skip(_)
    ));
    known.trouble(&key, IssueKind::Unsupported, 0, "");
    let assigned = Key::AssignedTo(whole(), PrincipalId::new(ADA));
    assert!(planned(&known, options).contains_key(&assigned));
}

#[test]
fn cosmos_own_principal_is_asked_for_where_a_customers_key_is() {
    let key = Key::ServicePrincipalOf(None, AppId::new(COSMOS_APP_ID));
    let mut known = seen();
    let account = |properties: Value| json!([{ "id": id("rg-rag", "Microsoft.DocumentDB/databaseAccounts/c"), "properties": properties }]);
    known.answer(&list(None, Family::Cosmos), &account(json!({})));
    assert!(!wants(&known, &key));
    known.answer(
        &list(None, Family::Cosmos),
        &account(json!({ "keyVaultKeyUri": "https://kv.vault.azure.net/keys/k" })),
    );
    assert!(wants(&known, &key));
    known.answer(&key, &json!([{ "id": SYSTEM, "appId": COSMOS_APP_ID }]));
    // A vault may let it in through a group.
    assert!(wants(&known, &of(SYSTEM, Member::ServicePrincipal)));
    let hub = json!([{ "id": id("rg-rag", "Microsoft.MachineLearningServices/workspaces/hub"), "kind": "Hub",
        "properties": { "encryption": { "status": "Enabled",
            "keyVaultProperties": { "keyIdentifier": "https://kv.vault.azure.net/keys/k/1" } } } }]);
    let mut known = seen();
    known.answer(&list(None, Family::Workspace), &hub);
    assert!(wants(&known, &key));
}

#[test]
fn locks_and_denials_of_the_groups_in_scope_and_of_the_managed_one() {
    let hub = json!([{ "id": id("rg-rag", "Microsoft.MachineLearningServices/workspaces/hub"), "kind": "Hub",
        "properties": { "serviceProvisionedResourceGroup": "azureml-rg-hub_1" } }]);
    let mut known = seen();
    let chosen = Scope {
        resource_groups: vec!["rg-rag".into()],
        ..Scope::default()
    };
    known.answer(&list(Some("rg-rag"), Family::Workspace), &hub);
    let plan = plan(&known.snapshot(), &chosen, Options::default());
    let group = |name: &str| whole().child(&format!("resourceGroups/{name}"));
    for name in ["rg-rag", "azureml-rg-hub_1"] {
        assert!(plan.contains_key(&Key::Locks(group(name))), "{name}");
        assert!(
            plan.contains_key(&Key::DenyAssignments(group(name))),
            "{name}"
        );
    }
    assert!(!plan.contains_key(&Key::Locks(group("rg-else"))));
    for key in [Key::EligibleRoles(whole()), Key::ActiveRoles(whole())] {
        assert!(plan.contains_key(&key), "{key}");
    }
    // The whole subscription: the groups that hold something in view.
    let open = keys_of(&known);
    assert!(open.contains(&Key::Locks(group("rg-rag"))));
    assert!(!open.contains(&Key::Locks(group("rg-else"))));
}

fn keys_of(known: &Known) -> Vec<Key> {
    planned(known, Options::default()).into_keys().collect()
}

#[test]
fn those_whom_the_config_file_names_are_looked_up() {
    let options = Options {
        users: [USER.to_owned(), "grace@contoso.com".to_owned()].into(),
        ..Options::default()
    };
    let mut known = seen();
    let named = Key::User(None, UserName::new("grace@contoso.com"));
    let asked = planned(&known, options.clone());
    assert!(asked.contains_key(&of(USER, Member::User)));
    assert!(asked.contains_key(&named));
    let grace = "9452b97a-8a78-4337-8522-b429a4cd4b9a";
    assert!(!asked.contains_key(&of(grace, Member::User)));
    known.answer(&named, &json!({ "id": grace }));
    assert!(planned(&known, options).contains_key(&of(grace, Member::User)));
}

#[test]
fn a_role_that_only_a_group_knows_is_looked_up_there() {
    let group = whole().child("resourceGroups/rg-rag");
    let below = Key::RoleDefinitions(group.clone());
    let mut known = seen();
    let definition = |role: &str| {
        format!(
            "{}/providers/Microsoft.Authorization/roleDefinitions/{role}",
            whole()
        )
    };
    let held = |role: &str| {
        json!([{ "id": format!("{group}/providers/Microsoft.Authorization/roleAssignments/1"),
        "properties": { "scope": group.as_str(), "principalId": ADA, "roleDefinitionId": definition(role) } }])
    };
    known.answer(&Key::RoleAssignments(whole()), &held("own"));
    assert!(
        !wants(&known, &below),
        "the subscription's list has not ended"
    );
    known.answer(
        &Key::RoleDefinitions(whole()),
        &json!([{ "id": definition("listed"), "properties": { "roleName": "Listed", "permissions": [] } }]),
    );
    assert!(wants(&known, &below));
    known.answer(&Key::RoleAssignments(whole()), &held("listed"));
    assert!(!wants(&known, &below));
}

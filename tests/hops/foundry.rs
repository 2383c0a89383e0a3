//! H14 and H16 to H18: connections, a hub's own storage, the managed group.

use hopscope::analysis::hop::{Basis, HopKind, Tool};
use hopscope::analysis::verdict::{Gate, Tag, Verdict};
use serde_json::{Value, json};

use crate::world::{Ended, Judged, World};

use Gate::{Authentication, Authorization, Configuration, Identity, Network, Outbound};
use Verdict::{AtRisk, Open, Shut, Unknown};

const CONNECTION: HopKind = HopKind::FoundryConnection;
const DOCS: &str = "connection conn-docs";
const SEARCH: &str = "connection conn-search";
const OPENAI: &str = "connection conn-openai";
const HUB: &str = "workspaces/hub-rag-dev";
const HUB_PRINCIPAL: &str = "1162dced-a7da-4204-9424-2a45ee99633c";
const STORAGE: &str = "storageAccounts/stragdev";
const GROUP: &str = "resourceGroups/azureml-rg-hub-rag-dev_5c1d410a-6e5d-4f19-9a6a-c12e631a77e2";
const MANAGED: [HopKind; 3] = [
    HopKind::FoundryToManagedCosmos,
    HopKind::FoundryToManagedSearch,
    HopKind::FoundryToManagedStorage,
];

fn healthy() -> World {
    World::scenario("healthy")
}

fn properties(patch: Value) -> Value {
    json!({ "properties": patch })
}

fn with(end: &str, patch: Value) -> Judged {
    healthy().merge(end, properties(patch)).judge()
}

#[test]
fn connections_with_tokens_get_through() {
    let judged = healthy().judge();
    assert_eq!(judged.of(CONNECTION).len(), 3, "{:?}", judged.ids(CONNECTION));
    for (via, to) in [(DOCS, "/stragdev"), (SEARCH, "/srch-rag-dev"), (OPENAI, "/aoai-rag-dev")] {
        let hop = judged.hop(CONNECTION, via);
        assert_eq!(hop.verdict(), Open, "{hop:?}");
        assert!(hop.from.ends_with(HUB) && hop.to.ends_with(to), "{}", hop.id());
        assert_eq!(hop.basis, Basis::Observed);
        for gate in [Network, Authentication, Identity, Authorization, Configuration] {
            assert!(hop.gate(gate).is_some(), "{via} {gate}");
        }
    }
}

#[test]
fn what_a_connection_presents() {
    let conn = "hub-rag-dev/connections/conn-docs";
    let auth = |kind: &str| with(conn, json!({ "authType": kind }));
    // Keys are off, and the firewall lets tokens of the hub in only.
    let by_key = auth("AccountKey");
    by_key.expect(CONNECTION, DOCS, Authentication, Shut, "refuses keys");
    by_key.expect(CONNECTION, DOCS, Network, Shut, "no token of a managed identity");
    assert!(by_key.hop(CONNECTION, DOCS).gate(Identity).is_none());
    auth("SAS").expect(CONNECTION, DOCS, Authentication, Shut, "a SAS");
    auth("Telepathy").expect(CONNECTION, DOCS, Authentication, Unknown, "Telepathy");
    auth("None").expect(CONNECTION, DOCS, Authentication, Unknown, "presents nothing");
    auth("ServicePrincipal").expect(CONNECTION, DOCS, Identity, Unknown, "application's secret");
    let person = auth("UserEntraToken");
    assert!(person.hop(CONNECTION, DOCS).gate(Authorization).is_none());
    let open_poc = World::scenario("open-poc").judge();
    for via in [DOCS, SEARCH, OPENAI] {
        open_poc.expect(CONNECTION, via, Authentication, Open, "a key is presented");
    }
    // A search service that takes keys only refuses a token.
    with(
        "searchServices/srch-rag-dev",
        json!({ "disableLocalAuth": false, "authOptions": { "apiKeyOnly": {} } }),
    )
    .expect(CONNECTION, SEARCH, Authentication, Shut, "keys only");
}

#[test]
fn the_targets_gates() {
    for (via, end, patch, gate, verdict, says) in [
        (DOCS, STORAGE, json!({ "networkAcls": { "bypass": "None" } }), Network, Shut, "bypass is None"),
        (SEARCH, "searchServices/srch-rag-dev", json!({ "networkRuleSet": { "bypass": "None" } }), Network, Shut, ""),
        (OPENAI, "accounts/aoai-rag-dev", json!({ "publicNetworkAccess": "Disabled" }), Network, Unknown, ""),
        (OPENAI, "accounts/aoai-rag-dev", json!({ "customSubDomainName": null }), Configuration, Shut, "no custom subdomain"),
        (DOCS, "hub-rag-dev/connections/conn-docs", json!({ "metadata": { "ContainerName": "nowhere" } }), Configuration, Shut, "no container nowhere"),
    ] {
        with(end, patch).expect(CONNECTION, via, gate, verdict, says);
    }
    let roles = healthy().without_roles(HUB_PRINCIPAL, &[]);
    for via in [DOCS, SEARCH, OPENAI] {
        roles.judge().expect(CONNECTION, via, Authorization, Shut, "no role gives");
        for ended in Ended::WITHOUT {
            let judged = healthy().refuse("roleAssignments", "", ended).judge();
            judged.expect(CONNECTION, via, Authorization, Unknown, "");
        }
    }
    let nobody = healthy().merge(HUB, json!({ "identity": { "type": "None" } })).judge();
    nobody.expect(CONNECTION, DOCS, Identity, Shut, "no system-assigned identity");
    assert!(nobody.hop(CONNECTION, DOCS).gate(Authorization).is_none());
}

#[test]
fn a_managed_network_of_approved_targets_only() {
    let isolated = || {
        healthy().merge(
            HUB,
            properties(json!({ "managedNetwork": { "isolationMode": "AllowOnlyApprovedOutbound" } })),
        )
    };
    isolated().judge().expect(CONNECTION, SEARCH, Outbound, Shut, "not listed");
    let hub = isolated().id(HUB);
    let rule = |name: &str, properties: Value| {
        json!({
            "id": format!("{hub}/outboundRules/{name}"),
            "name": name,
            "type": "workspace/outboundRules",
            "properties": properties,
        })
    };
    let search = isolated().id("searchServices/srch-rag-dev");
    let private = |status: &str| {
        isolated()
            .add(rule("to-search", json!({
                "type": "PrivateEndpoint", "status": status, "category": "UserDefined",
                "destination": { "serviceResourceId": search, "subresourceTarget": "searchService" },
            })))
            .judge()
    };
    private("Active").expect(CONNECTION, SEARCH, Outbound, Open, "leads there privately");
    private("Active").expect(CONNECTION, SEARCH, Network, Open, "to-search");
    private("Inactive").expect(CONNECTION, SEARCH, Outbound, Unknown, "Inactive");
    let named = isolated()
        .add(rule("fqdn", json!({
            "type": "FQDN", "status": "Active", "destination": "srch-rag-dev.search.windows.net",
        })))
        .judge();
    named.expect(CONNECTION, SEARCH, Outbound, Open, "is listed");
    named.expect(CONNECTION, DOCS, Outbound, Shut, "not listed");
    let tagged = isolated()
        .add(rule("tag", json!({
            "type": "ServiceTag", "status": "Active",
            "destination": { "serviceTag": "Storage", "protocol": "TCP", "portRanges": "443" },
        })))
        .judge();
    tagged.expect(CONNECTION, DOCS, Outbound, Unknown, "service tag Storage");
    for ended in Ended::WITHOUT {
        isolated().refuse("outboundRules", "", ended).judge()
            .expect(CONNECTION, SEARCH, Outbound, Unknown, "");
    }
}

#[test]
fn targets_that_are_gone_or_were_not_read() {
    let gone = healthy().without("searchServices/srch-rag-dev").judge();
    gone.expect(CONNECTION, SEARCH, Configuration, Shut, "is gone");
    assert!(gone.hop(CONNECTION, SEARCH).to.ends_with("/srch-rag-dev"));
    for ended in Ended::WITHOUT {
        let list = "Microsoft.Search/searchServices";
        let unread = healthy().refuse(list, "", ended).refuse("resource", "srch-rag-dev", ended).judge();
        unread.expect(CONNECTION, SEARCH, Configuration, Unknown, "srch-rag-dev");
    }
    let away = healthy()
        .merge("hub-rag-dev/connections/conn-search", properties(json!({
            "target": "https://srch-elsewhere.search.windows.net/", "metadata": { "ResourceId": null },
        })))
        .judge();
    away.expect(CONNECTION, SEARCH, Configuration, Unknown, "srch-elsewhere");
    assert_eq!(away.hop(CONNECTION, SEARCH).to, "https://srch-elsewhere.search.windows.net/");
    // Somebody's web page is nothing that could be judged.
    let page = healthy()
        .merge("hub-rag-dev/connections/conn-search", properties(json!({
            "category": "CustomKeys", "target": "https://example.org/", "metadata": { "ResourceId": null },
        })))
        .judge();
    assert_eq!(page.of(CONNECTION).len(), 2);
}

#[test]
fn a_projects_list_repeats_what_its_hub_shares() {
    let project = "workspaces/proj-rag-demo";
    let world = healthy();
    let (id, hub) = (world.id(project), world.id(HUB));
    let mut shared = world.body("hub-rag-dev/connections/conn-docs").clone();
    shared["id"] = json!(format!("{id}/connections/conn-docs"));
    assert_eq!(shared["properties"]["createdByWorkspaceArmId"], json!(hub));
    let judged = world.clone().add(shared.clone()).judge();
    assert_eq!(judged.of(CONNECTION).len(), 3, "{:?}", judged.ids(CONNECTION));
    // Its own starts at the project, which has a principal of its own.
    shared["id"] = json!(format!("{id}/connections/conn-own"));
    shared["name"] = json!("conn-own");
    shared["properties"]["createdByWorkspaceArmId"] = json!(id);
    let own = world.clone().add(shared.clone()).judge();
    let hop = own.hop(CONNECTION, "connection conn-own");
    assert!(hop.from.ends_with(project));
    assert_eq!(hop.verdict(), Open, "{hop:?}");
    let without = world
        .add(shared)
        .without_roles("42c7b3af-99ac-4968-8e8b-d287f8d18611", &[])
        .judge();
    without.expect(CONNECTION, "connection conn-own", Authorization, Shut, "no role gives");
    assert_eq!(without.hop(CONNECTION, DOCS).verdict(), Open);
}

#[test]
fn an_instance_rule_for_the_hub_is_no_answer_for_its_project() {
    let world = healthy();
    let (project, hub) = (world.id("workspaces/proj-rag-demo"), world.id(HUB));
    let mut own = world.body("hub-rag-dev/connections/conn-docs").clone();
    own["id"] = json!(format!("{project}/connections/conn-own"));
    own["name"] = json!("conn-own");
    own["properties"]["createdByWorkspaceArmId"] = json!(project);
    let judged = world
        .add(own)
        .merge(STORAGE, properties(json!({ "networkAcls": {
            "bypass": "None",
            "resourceAccessRules": [{ "tenantId": "7f3ebb89-300f-4a0d-8c3e-57a8d657c0d1", "resourceId": hub }],
        } })))
        .judge();
    judged.expect(CONNECTION, DOCS, Network, Open, "names hub-rag-dev");
    judged.expect(CONNECTION, "connection conn-own", Network, Unknown, "documented nowhere");
}

#[test]
fn projects_of_a_new_style_account() {
    let mut world = healthy();
    world.groups.push("rg-ai-lab".to_owned());
    let via = SEARCH;
    let project = |judged: &Judged| {
        let hops = judged.of(CONNECTION);
        let hop = hops.into_iter().find(|hop| hop.from.ends_with("/projects/proj-lab")).unwrap();
        assert_eq!(hop.via.as_deref(), Some(via));
        hop.clone()
    };
    let open = project(&world.judge());
    assert_eq!(open.verdict(), Open, "{open:?}");
    assert_eq!(open.gate(Outbound).unwrap().judged.verdict, Open);
    let closed = world
        .clone()
        .merge("accounts/aif-lab-dev", properties(json!({ "allowedFqdnList": [] })))
        .judge();
    assert_eq!(project(&closed).gate(Outbound).unwrap().judged.verdict, Shut);
    let nobody = world
        .clone()
        .merge("projects/proj-lab", json!({ "identity": null }))
        .judge();
    assert_eq!(project(&nobody).gate(Identity).unwrap().judged.verdict, Shut);
    let roles = world.without_roles("89bff94f", &[]);
    assert_eq!(project(&roles.judge()).verdict(), Open, "a part of an id is no id");
}

#[test]
fn a_hubs_own_storage() {
    let mode = |mode: Value, patch: Value| {
        healthy()
            .merge(HUB, properties(json!({ "systemDatastoresAuthMode": mode })))
            .merge(STORAGE, properties(patch))
            .judge()
    };
    let own = |judged: &Judged| {
        judged.of(CONNECTION).into_iter().find(|hop| hop.via.is_none()).cloned()
    };
    // The connection by token says the same as the mode.
    assert!(own(&mode(json!("Identity"), json!({}))).is_none());
    for absent in [json!("AccessKey"), Value::Null] {
        let hop = own(&mode(absent.clone(), json!({ "allowSharedKeyAccess": false }))).unwrap();
        let gate = hop.gate(Authentication).unwrap();
        assert_eq!(gate.judged.verdict, Shut, "{absent}");
        assert!(gate.judged.reason.contains("systemDatastoresAuthMode"), "{}", gate.judged.reason);
        assert!(gate.remedies[0].text.contains("--system-datastores-auth-mode identity"));
        assert!(gate.judged.evidence.iter().any(|one| one.path == "properties.allowSharedKeyAccess"));
    }
    let open = json!({ "allowSharedKeyAccess": true, "networkAcls": { "defaultAction": "Allow" } });
    assert_eq!(own(&mode(json!("AccessKey"), open)).unwrap().verdict(), Open);
    let odd = own(&mode(json!("UserDelegationSAS"), json!({}))).unwrap();
    assert_eq!(odd.gate(Authentication).unwrap().judged.verdict, Unknown);
    // Without the connection the mode stands alone.
    let alone = healthy().without("hub-rag-dev/connections/conn-docs");
    assert_eq!(own(&alone.judge()).unwrap().verdict(), Open);
    let roles = alone.without_roles(HUB_PRINCIPAL, &["ba92f5b4-2d11-453d-a403-e96b0029c9fe"]);
    assert_eq!(own(&roles.judge()).unwrap().gate(Authorization).unwrap().judged.verdict, Shut);
}

#[test]
fn the_managed_group_as_it_was_made() {
    let judged = healthy().judge();
    for (kind, end) in MANAGED.into_iter().zip(["/cosmoshubrag5c1d", "/srchhubrag5c1d", "/sthubrag5c1d"]) {
        let hop = judged.hop(kind, "");
        assert_eq!(hop.verdict(), Open, "{hop:?}");
        assert!(hop.from.ends_with(HUB) && hop.to.ends_with(end), "{}", hop.id());
        assert_eq!(hop.basis, Basis::Observed);
        assert!(hop.gate(Authentication).unwrap().judged.tags.contains(&Tag::S));
    }
}

#[test]
fn changes_in_the_managed_group() {
    let (cosmos, search, storage) = (
        "databaseAccounts/cosmoshubrag5c1d",
        "searchServices/srchhubrag5c1d",
        "storageAccounts/sthubrag5c1d",
    );
    for (kind, end, patch, gate, verdict, says) in [
        (0, cosmos, json!({ "disableLocalAuth": true }), Authentication, Shut, "keys are refused"),
        (1, search, json!({ "disableLocalAuth": true }), Authentication, Shut, "keys are refused"),
        (2, storage, json!({ "allowSharedKeyAccess": false }), Authentication, Shut, "keys are refused"),
        (2, storage, json!({ "allowSharedKeyAccess": null }), Authentication, Open, "keys are accepted"),
        (0, cosmos, json!({ "disableLocalAuth": "no" }), Authentication, Unknown, "cannot be told"),
        (0, cosmos, json!({ "publicNetworkAccess": "Disabled" }), Network, AtRisk, "harmless"),
        (0, cosmos, json!({ "ipRules": [{ "ipAddressOrRange": "203.0.113.24" }] }), Network, Unknown, "not known"),
        (0, cosmos, json!({ "isVirtualNetworkFilterEnabled": true }), Network, Unknown, "not known"),
        (1, search, json!({ "publicNetworkAccess": "Disabled" }), Network, Shut, "did not help"),
        (1, search, json!({ "publicNetworkAccess": "Disabled", "networkRuleSet": { "bypass": "AzureServices" } }), Network, Shut, "did not help"),
        (1, search, json!({ "networkRuleSet": { "ipRules": [{ "value": "203.0.113.24" }] } }), Network, Shut, "IP rules"),
        (1, search, json!({ "publicNetworkAccess": 7 }), Network, Unknown, ""),
        (2, storage, json!({ "networkAcls": { "defaultAction": "Allow" } }), Network, Unknown, "created with Deny"),
        (2, storage, json!({ "networkAcls": { "bypass": "None" } }), Network, Unknown, "created with AzureServices"),
        (2, storage, json!({ "publicNetworkAccess": "Disabled" }), Network, Unknown, "not created so"),
    ] {
        let judged = with(end, patch);
        judged.expect(MANAGED[kind], "", gate, verdict, says);
        let found = judged.gate(MANAGED[kind], "", gate);
        assert_eq!(found.remedies.is_empty(), verdict == Open, "{says}");
        assert!(found.judged.tags.contains(&Tag::S), "{}", found.judged.reason);
        if verdict != Open {
            assert_eq!(found.remedies[0].tool, Tool::Az);
            assert!(found.remedies[0].note.as_deref().unwrap().contains("10 minutes"));
        }
        for other in MANAGED.into_iter().filter(|one| *one != MANAGED[kind]) {
            assert_eq!(judged.hop(other, "").verdict(), Open, "{other}");
        }
    }
}

#[test]
fn a_vault_that_fails_is_a_hop_of_its_own() {
    let judged = with("vaults/kv-rag-dev/keys/cmk-rag", json!({ "attributes": { "enabled": false } }));
    assert_eq!(judged.hop(HopKind::IdentityToKey, "identity Azure Cosmos DB").verdict(), Shut);
    assert_eq!(judged.hop(HopKind::FoundryToManagedCosmos, "").verdict(), Open);
}

#[test]
fn what_is_gone_from_the_managed_group() {
    let gone = healthy().without("databaseAccounts/cosmoshubrag5c1d").judge();
    gone.expect(MANAGED[0], "", Configuration, Shut, "made anew");
    assert!(gone.hop(MANAGED[0], "").to.contains("/azureml-rg-hub-rag-dev_"));
    assert_eq!(gone.hop(MANAGED[1], "").verdict(), Open);
    for ended in Ended::WITHOUT {
        let unread = healthy().refuse("Microsoft.DocumentDB/databaseAccounts", "", ended).judge();
        unread.expect(MANAGED[0], "", Configuration, Unknown, "not all read");
        let nothing_said = healthy().refuse("locks", "_5c1d410a-6e5d-4f19-9a6a-c12e631a77e2", ended).judge();
        for kind in MANAGED {
            nothing_said.expect(kind, "", Configuration, Unknown, "ReadOnly lock");
        }
    }
}

#[test]
fn a_lock_that_forbids_writing() {
    let world = healthy();
    let group = world.id("searchServices/srchhubrag5c1d");
    let group = group.split("/providers/").next().unwrap();
    let lock = |scope: &str, level: Value| {
        json!({
            "id": format!("{scope}/providers/Microsoft.Authorization/locks/keep"),
            "name": "keep",
            "type": "Microsoft.Authorization/locks",
            "properties": { "level": level, "notes": "" },
        })
    };
    let judged = world.clone().add(lock(group, json!("ReadOnly"))).judge();
    for kind in MANAGED {
        judged.expect(kind, "", Configuration, Shut, "lock keep");
        assert!(judged.gate(kind, "", Configuration).remedies[0].text.starts_with("az lock delete --ids"));
    }
    let one = world.id("storageAccounts/sthubrag5c1d");
    let on_one = world.clone().add(lock(&one, json!("ReadOnly"))).judge();
    on_one.expect(MANAGED[2], "", Configuration, Shut, "lock keep");
    assert_eq!(on_one.hop(MANAGED[0], "").verdict(), Open);
    let kept = world.clone().add(lock(group, json!("CanNotDelete"))).judge();
    let odd = world.add(lock(group, Value::Null)).judge();
    for kind in MANAGED {
        assert_eq!(kept.hop(kind, "").verdict(), Open);
        odd.expect(kind, "", Configuration, Unknown, "cannot be read");
    }
}

#[test]
fn a_group_that_only_its_own_words_tie_to_the_hub() {
    let mut world = healthy().merge(HUB, properties(json!({ "serviceProvisionedResourceGroup": null })));
    world.groups.push(GROUP.trim_start_matches("resourceGroups/").to_owned());
    let judged = world.judge();
    for kind in MANAGED {
        let hop = judged.hop(kind, "");
        assert_eq!((hop.verdict(), hop.basis), (Open, Basis::Inferred));
    }
}

#[test]
fn hubs_without_a_managed_group_have_no_such_hops() {
    for patch in [
        json!({ "encryption": null, "serviceProvisionedResourceGroup": null }),
        json!({ "enableServiceSideCMKEncryption": true, "serviceProvisionedResourceGroup": null }),
    ] {
        let judged = healthy()
            .merge(HUB, properties(patch))
            .merge(GROUP, json!({ "managedBy": null }))
            .judge();
        for kind in MANAGED {
            assert!(judged.of(kind).is_empty(), "{kind}");
        }
    }
}

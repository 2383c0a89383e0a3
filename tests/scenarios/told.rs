//! The facts that each short story rests on, and what its twin changes in them. Must not repeat rules
//! that hold for all scenarios, nor what the analysis makes of the facts.

use serde_json::{Value, json};

use crate::loading::{self, STORIES, Scenario};
use crate::stories::{
    ACCOUNT, BLOB_CONTRIBUTOR, MODEL, OPENAI_USER, OWNER, SEARCH, assigned, facts,
};

const ADA: &str = "2d55fd30-c147-4018-906a-dd6ef136816a";
const SERVICE: &str = "3f0c9331-9744-4174-bec0-2d76805f91ab";
const GONE: &str = "5af02763-313e-4079-b60c-1b341721c054";

/// A story and its twin.
pub(crate) fn both(name: &str) -> (Scenario, Scenario) {
    let (_, word) = STORIES
        .into_iter()
        .find(|(own, _)| *own == name)
        .expect("a story");
    (
        loading::load(name),
        loading::load(&format!("{name}:{word}")),
    )
}

/// One property in the story, and in its twin.
pub(crate) fn turns(
    name: &str,
    tail: &str,
    pointer: &str,
    story: Option<Value>,
    twin: Option<Value>,
) {
    let (one, other) = both(name);
    facts(&one, &[(tail, pointer, story)]);
    facts(&other, &[(tail, pointer, twin)]);
}

fn object<'a>(scenario: &'a Scenario, collection: &str, name: &str) -> &'a Value {
    scenario.search[&format!("srch-rag-dev/{collection}")]
        .iter()
        .find(|one| one["name"] == name)
        .expect("an object")
}

/// Property of a search object in the story, and in its twin.
fn object_turns(
    name: &str,
    (collection, object_name, pointer): (&str, &str, &str),
    story: Value,
    twin: Value,
) {
    let (one, other) = both(name);
    let at = |scenario: &Scenario| {
        object(scenario, collection, object_name)
            .pointer(pointer)
            .cloned()
    };
    assert_eq!((at(&one), at(&other)), (Some(story), Some(twin)), "{name}");
}

fn admitted(scenario: &Scenario) -> Vec<String> {
    scenario.ending(ACCOUNT)["properties"]["networkAcls"]["resourceAccessRules"]
        .as_array()
        .expect("rules")
        .iter()
        .map(|rule| {
            let id = rule["resourceId"].as_str().expect("an id");
            id.rsplit('/').next().unwrap_or(id).to_owned()
        })
        .collect()
}

fn last_run<'a>(scenario: &'a Scenario, field: &str) -> &'a Value {
    &scenario.bodies["srch-rag-dev/status/docs-indexer"]["lastResult"][field]
}

#[test]
fn an_indexer_that_is_stopped_says_so_and_runs_again_in_the_twin() {
    for (name, says) in [
        ("same-region-ip-rule", "AuthorizationFailure"),
        ("user-assigned-bypass", "AuthorizationFailure"),
        ("key-behind-firewall", "AuthorizationFailure"),
        ("perimeter-enforced", "AuthorizationFailure"),
        ("shared-link-pending", "AuthorizationFailure"),
        ("stale-principal", "AuthorizationPermissionMismatch"),
        ("key-in-skill", "Web Api request failed"),
        ("embedding-missing", "Web Api request failed"),
    ] {
        let (story, twin) = both(name);
        assert_eq!(last_run(&story, "status"), "transientFailure", "{name}");
        let message = last_run(&story, "errorMessage")
            .as_str()
            .expect("a message");
        assert!(message.contains(says), "{name}: {message}");
        assert_eq!(last_run(&twin, "status"), "success", "{name}");
    }
}

#[test]
fn in_same_region_ip_rule_an_address_stands_where_an_instance_should() {
    let (story, twin) = both("same-region-ip-rule");
    facts(
        &story,
        &[
            (ACCOUNT, "/location", Some(json!("centralus"))),
            (SEARCH, "/location", Some(json!("Central US"))),
            (
                ACCOUNT,
                "/properties/networkAcls/bypass",
                Some(json!("None")),
            ),
            (
                ACCOUNT,
                "/properties/networkAcls/ipRules/1/value",
                Some(json!("198.51.100.77")),
            ),
        ],
    );
    assert_eq!(admitted(&story), ["aoai-rag-dev", "hub-rag-dev"]);
    assert_eq!(
        admitted(&twin),
        ["aoai-rag-dev", "hub-rag-dev", "srch-rag-dev"]
    );
}

#[test]
fn in_user_assigned_bypass_only_the_identity_is_the_wrong_one() {
    let (story, twin) = both("user-assigned-bypass");
    let identity = story.ending("/userAssignedIdentities/id-search-rag");
    let named =
        object(&story, "datasources", "ds-docs")["identity"]["userAssignedIdentity"].clone();
    assert_eq!(named, identity["id"]);
    assert_eq!(
        object(&twin, "datasources", "ds-docs")["identity"],
        Value::Null
    );
    facts(
        &story,
        &[(
            ACCOUNT,
            "/properties/networkAcls/bypass",
            Some(json!("AzureServices")),
        )],
    );
    assert_eq!(admitted(&story), ["srch-rag-dev"]);
    let principal = identity["properties"]["principalId"].as_str().expect("id");
    let readers = assigned(&story, ACCOUNT, "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1");
    assert!(
        readers.iter().any(|one| one == principal),
        "it has the role"
    );
}

#[test]
fn in_key_behind_firewall_the_service_hides_what_it_uses() {
    let (story, _) = both("key-behind-firewall");
    facts(
        &story,
        &[
            (
                ACCOUNT,
                "/properties/allowSharedKeyAccess",
                Some(json!(true)),
            ),
            (
                ACCOUNT,
                "/properties/networkAcls/defaultAction",
                Some(json!("Deny")),
            ),
        ],
    );
    let id = story.ending(ACCOUNT)["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    object_turns(
        "key-behind-firewall",
        ("datasources", "ds-docs", "/credentials/connectionString"),
        Value::Null,
        json!(format!("ResourceId={id};")),
    );
}

#[test]
fn in_outbound_without_search_one_host_is_missing() {
    let (story, twin) = both("outbound-without-search");
    let host = json!("srch-rag-dev.search.windows.net");
    let lists = |scenario: &Scenario| {
        let model = &scenario.ending(MODEL)["properties"];
        assert_eq!(model["restrictOutboundNetworkAccess"], true);
        model["allowedFqdnList"]
            .as_array()
            .is_some_and(|list| list.contains(&host))
    };
    assert!(!lists(&story) && lists(&twin));
}

#[test]
fn in_perimeter_enforced_the_callers_join_in_the_twin() {
    let (story, twin) = both("perimeter-enforced");
    let members = |scenario: &Scenario| {
        scenario
            .arm
            .iter()
            .filter(|one| loading::id_of(one).contains("/nsp-rag-dev/resourceAssociations/"))
            .map(|one| {
                one["properties"]["accessMode"]
                    .as_str()
                    .expect("a mode")
                    .to_owned()
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(members(&story), ["Enforced"]);
    assert_eq!(
        members(&twin),
        ["Enforced", "Learning", "Learning", "Learning"]
    );
}

#[test]
fn in_shared_link_pending_both_sides_wait_for_the_same_approval() {
    for (tail, pointer) in [
        (
            SEARCH,
            "/properties/sharedPrivateLinkResources/0/properties/status",
        ),
        (
            "/sharedPrivateLinkResources/spl-stragdev-blob",
            "/properties/status",
        ),
        (
            ACCOUNT,
            "/properties/privateEndpointConnections/0/properties/privateLinkServiceConnectionState/status",
        ),
    ] {
        turns(
            "shared-link-pending",
            tail,
            pointer,
            Some(json!("Pending")),
            Some(json!("Approved")),
        );
    }
}

#[test]
fn in_key_in_skill_only_the_skill_brings_a_key() {
    let (story, _) = both("key-in-skill");
    facts(
        &story,
        &[(MODEL, "/properties/disableLocalAuth", Some(json!(true)))],
    );
    object_turns(
        "key-in-skill",
        ("skillsets", "ss-docs", "/skills/1/apiKey"),
        json!("<redacted>"),
        Value::Null,
    );
}

#[test]
fn in_search_keys_only_tokens_are_taken_in_the_twin() {
    turns(
        "search-keys-only",
        SEARCH,
        "/properties/authOptions",
        Some(json!({ "apiKeyOnly": {} })),
        Some(json!({ "aadOrApiKey": { "aadAuthFailureMode": "http401WithBearerChallenge" } })),
    );
}

#[test]
fn in_owner_without_data_ada_has_everything_but_data() {
    let (story, twin) = both("owner-without-data");
    let has = |scenario: &Scenario, scope: &str, role: &str| {
        assigned(scenario, scope, role).iter().any(|one| one == ADA)
    };
    assert!(has(&story, "/rg-rag-poc", OWNER) && has(&twin, "/rg-rag-poc", OWNER));
    for (scope, role) in [(ACCOUNT, BLOB_CONTRIBUTOR), (MODEL, OPENAI_USER)] {
        assert!(!has(&story, scope, role) && has(&twin, scope, role));
    }
}

#[test]
fn in_the_stories_of_roles_ada_holds_none_of_her_own() {
    for name in [
        "role-through-group",
        "role-eligible",
        "custom-role-wildcards",
        "role-through-management-group",
    ] {
        let story = loading::load(name);
        let own = assigned(&story, ACCOUNT, BLOB_CONTRIBUTOR);
        assert!(!own.iter().any(|one| one == ADA), "{name}");
    }
}

#[test]
fn in_role_through_group_two_groups_lie_between() {
    let (story, twin) = both("role-through-group");
    let authors = story
        .directory
        .iter()
        .find(|one| one["displayName"] == "rag-authors")
        .expect("a group")["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    let devs = "ccb99376-467a-4316-916d-ffc8a397f1c5";
    assert!(assigned(&story, ACCOUNT, BLOB_CONTRIBUTOR).contains(&authors));
    assert_eq!(story.members[&authors], [devs]);
    assert!(story.members[devs].iter().any(|one| one == ADA));
    assert!(!twin.members[&authors].iter().any(|one| one == devs));
}

#[test]
fn in_role_through_management_group_another_branch_is_of_no_use() {
    let (story, twin) = both("role-through-management-group");
    for (scenario, group) in [(&story, "/mg-landing"), (&twin, "/mg-sandbox")] {
        assert_eq!(assigned(scenario, group, BLOB_CONTRIBUTOR), [ADA]);
    }
    assert!(assigned(&twin, "/mg-landing", BLOB_CONTRIBUTOR).is_empty());
}

#[test]
fn in_role_eligible_the_twin_has_it_for_some_hours() {
    let (story, twin) = both("role-eligible");
    let schedules = |scenario: &Scenario, kind: &str| {
        scenario
            .arm
            .iter()
            .filter(|one| {
                one["type"] == format!("Microsoft.Authorization/{kind}")
                    && one["properties"]["principalId"] == ADA
            })
            .count()
    };
    assert_eq!(schedules(&story, "RoleEligibilityScheduleInstances"), 1);
    assert_eq!(schedules(&story, "RoleAssignmentScheduleInstances"), 0);
    assert_eq!(schedules(&twin, "RoleAssignmentScheduleInstances"), 1);
    assert!(assigned(&twin, ACCOUNT, BLOB_CONTRIBUTOR).contains(&ADA.to_owned()));
}

#[test]
fn in_custom_role_wildcards_the_twin_reads_only() {
    let (story, twin) = both("custom-role-wildcards");
    let data = |scenario: &Scenario| {
        let role = scenario
            .arm
            .iter()
            .find(|one| one["properties"]["roleName"] == "Contoso Document Author")
            .expect("a role");
        role["properties"]["permissions"][0]["dataActions"].to_string()
    };
    assert!(data(&story).contains("containers/blobs/*"));
    assert!(!data(&twin).contains("containers/blobs/*\"") && data(&twin).contains("blobs/read"));
}

#[test]
fn in_deny_assignment_ada_is_spared_in_the_twin() {
    let (story, twin) = both("deny-assignment");
    let spared = |scenario: &Scenario| {
        let denial = scenario
            .arm
            .iter()
            .find(|one| {
                one["properties"]["denyAssignmentName"]
                    == "Deny assignment created by Deployment Stack rag-poc"
            })
            .expect("a deny assignment");
        denial["properties"]["excludePrincipals"]
            .to_string()
            .contains(ADA)
    };
    assert!(!spared(&story) && spared(&twin));
}

#[test]
fn in_stale_principal_the_roles_are_those_of_the_identity_before() {
    let (story, twin) = both("stale-principal");
    for (scope, role) in [(ACCOUNT, BLOB_CONTRIBUTOR), (MODEL, OPENAI_USER)] {
        let held = |scenario: &Scenario, who: &str| {
            assigned(scenario, scope, role).iter().any(|one| one == who)
        };
        assert!(held(&story, GONE) && !held(&story, SERVICE));
        assert!(held(&twin, SERVICE));
    }
    assert!(!story.directory.iter().any(|one| one["id"] == GONE));
}

#[test]
fn in_embedding_missing_the_model_is_named_and_not_there() {
    let (story, twin) = both("embedding-missing");
    let is_there = |scenario: &Scenario| {
        scenario.arm.iter().any(|one| {
            loading::id_of(one).ends_with("aoai-rag-dev/deployments/text-embedding-3-large")
        })
    };
    assert!(!is_there(&story) && is_there(&twin));
}

#[test]
fn what_is_refused_is_refused_with_403() {
    for (name, service) in [
        ("data-plane-refused", "search"),
        ("policies-refused", "arm"),
        ("role-assignments-refused", "arm"),
    ] {
        let story = loading::load(name);
        let faults = story.toml["fault"].as_array().expect("faults");
        assert!(
            !faults.is_empty()
                && faults.iter().all(|fault| {
                    fault["service"].as_str() == Some(service)
                        && fault["status"].as_integer() == Some(403)
                })
        );
        assert_eq!(story.toml["twin"]["without_faults"].as_bool(), Some(true));
    }
    let (story, twin) = both("data-plane-refused");
    let admits = |scenario: &Scenario| {
        scenario.ending(SEARCH)["properties"]["networkRuleSet"]["ipRules"]
            .to_string()
            .contains(
                story.toml["caller"]["address"]
                    .as_str()
                    .expect("an address"),
            )
    };
    assert!(!admits(&story) && admits(&twin));
}

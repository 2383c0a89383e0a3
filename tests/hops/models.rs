//! Skills and vectorizers: H08 and H09, which are set up apart.

use hopscope::analysis::hop::{Basis, HopKind};
use hopscope::analysis::verdict::Gate::{
    self, Authentication, Authorization, Configuration, Identity, Network, Outbound,
};
use hopscope::analysis::verdict::Verdict::{self, Open, Shut, Unknown};
use serde_json::{Value, json};

use crate::world::{Ended, World};

const SKILL: HopKind = HopKind::SkillToOpenai;
const VECTORIZER: HopKind = HopKind::VectorizerToOpenai;
const ACCOUNT: &str = "accounts/aoai-rag-dev";
const SEARCH: &str = "searchServices/srch-rag-dev";
const PRINCIPAL: &str = "3f0c9331-9744-4174-bec0-2d76805f91ab";

fn healthy() -> World {
    World::scenario("healthy")
}

/// Changes the embedding skill.
fn skill(patch: Value) -> World {
    let mut world = healthy();
    let key = (
        "srch-rag-dev".to_owned(),
        "skillsets".to_owned(),
        "ss-docs".to_owned(),
    );
    let skills = world.search.get_mut(&key).unwrap()["skills"]
        .as_array_mut()
        .unwrap();
    let embed = skills
        .iter_mut()
        .find(|one| {
            one["@odata.type"]
                .as_str()
                .unwrap()
                .ends_with("EmbeddingSkill")
        })
        .unwrap();
    crate::world::merge(embed, &patch);
    world
}

/// Changes the vectorizer.
fn vectorizer(patch: Value) -> World {
    let mut world = healthy();
    let key = (
        "srch-rag-dev".to_owned(),
        "indexes".to_owned(),
        "docs-index".to_owned(),
    );
    let own = &mut world.search.get_mut(&key).unwrap()["vectorSearch"]["vectorizers"][0]["azureOpenAIParameters"];
    crate::world::merge(own, &patch);
    world
}

fn walled(world: World, acls: Value) -> World {
    world.merge(ACCOUNT, json!({ "properties": { "networkAcls": acls } }))
}

#[track_caller]
fn check(kind: HopKind, via: &str, cases: Vec<(World, Gate, Verdict, &str)>) {
    for (world, gate, verdict, says) in cases {
        world.judge().expect(kind, via, gate, verdict, says);
    }
}

#[test]
fn a_skill_gets_in_by_token_or_key_as_the_account_allows() {
    let keyed = || skill(json!({ "apiKey": "<redacted>" }));
    let keys = |world: World, on: bool| {
        world.merge(
            ACCOUNT,
            json!({ "properties": { "disableLocalAuth": !on } }),
        )
    };
    let deny = json!({ "bypass": "None", "defaultAction": "Deny", "ipRules": [] });
    let off = |world: World| {
        world.merge(
            ACCOUNT,
            json!({ "properties": { "publicNetworkAccess": "Disabled" } }),
        )
    };
    check(
        SKILL,
        "skillset ss-docs",
        vec![
            (healthy(), Network, Open, "trusted service"),
            (
                walled(healthy(), deny.clone()),
                Network,
                Shut,
                "bypass is None",
            ),
            (off(healthy()), Network, Unknown, "disputed"),
            (
                off(walled(healthy(), deny)),
                Network,
                Shut,
                "publicNetworkAccess",
            ),
            (
                walled(healthy(), json!({ "defaultAction": "Allow" })),
                Network,
                Open,
                "",
            ),
            (keyed(), Network, Unknown, "AzureCognitiveSearch"),
            (keys(keyed(), true), Authentication, Open, "accepts keys"),
            (
                keys(keyed(), false),
                Authentication,
                Shut,
                "disableLocalAuth",
            ),
            (
                skill(json!({ "apiKey": 3 })),
                Authentication,
                Unknown,
                "cannot be read",
            ),
            (
                healthy().merge(
                    SEARCH,
                    json!({ "identity": { "type": "None", "principalId": null } }),
                ),
                Identity,
                Shut,
                "no system-assigned",
            ),
            (
                healthy().without_roles(PRINCIPAL, &["5e0bd9bd-7b93-4f28-af87-19fc36ad61bd"]),
                Authorization,
                Shut,
                "embeddings",
            ),
            (
                healthy().merge(
                    SEARCH,
                    json!({ "properties": { "dataExfiltrationProtections": ["BlockAll"] } }),
                ),
                Outbound,
                Shut,
                "BlockAll",
            ),
        ],
    );
    let judged = keys(keyed(), true).judge();
    let hop = judged.hop(SKILL, "skillset ss-docs");
    assert!(
        hop.gate(Identity).is_none() && hop.gate(Authorization).is_none(),
        "a key is nobody"
    );
    // The vectorizer presents its own credential.
    assert!(
        judged
            .hop(VECTORIZER, "index docs-index")
            .gate(Identity)
            .is_some()
    );
}

#[test]
fn the_deployment_is_there_and_of_the_model_that_is_named() {
    let other = json!({ "properties": { "model": { "name": "text-embedding-ada-002" } } });
    let deployment = "aoai-rag-dev/deployments/text-embedding-3-large";
    let rows = |of: fn(Value) -> World| {
        vec![
            (healthy(), Configuration, Open, "is there"),
            (
                healthy().without(deployment),
                Configuration,
                Shut,
                "no deployment text-embedding-3-large",
            ),
            (
                healthy().refuse("deployments", "aoai-rag-dev", Ended::Denied),
                Configuration,
                Unknown,
                "refused",
            ),
            (
                healthy().merge(deployment, other.clone()),
                Configuration,
                Shut,
                "text-embedding-ada-002",
            ),
            (
                healthy().merge(
                    deployment,
                    json!({ "properties": { "provisioningState": "Failed" } }),
                ),
                Configuration,
                Shut,
                "is Failed",
            ),
            (
                of(json!({ "deploymentId": "none" })),
                Configuration,
                Shut,
                "no deployment none",
            ),
            (
                of(json!({ "resourceUri": "https://gone.openai.azure.com" })),
                Configuration,
                Unknown,
                "gone.openai.azure.com",
            ),
            (
                of(json!({ "resourceUri": "https://AOAI-rag-dev.cognitiveservices.azure.com/" })),
                Configuration,
                Open,
                "is there",
            ),
            (
                healthy().merge(
                    ACCOUNT,
                    json!({ "properties": { "customSubDomainName": null } }),
                ),
                Configuration,
                Shut,
                "no custom subdomain",
            ),
        ]
    };
    check(SKILL, "skillset ss-docs", rows(skill));
    check(VECTORIZER, "index docs-index", rows(vectorizer));
}

#[test]
fn indexing_can_work_while_every_vector_query_fails() {
    let judged = vectorizer(json!({ "deploymentId": "none" })).judge();
    assert_eq!(judged.hop(SKILL, "").verdict(), Open);
    assert_eq!(judged.hop(VECTORIZER, "").verdict(), Shut);
}

#[test]
fn a_link_to_models_needs_the_private_environment_while_indexing_only() {
    let world = healthy();
    let (search, account) = (world.id(SEARCH), world.id(ACCOUNT));
    let linked = world.add(json!({
        "id": format!("{search}/sharedPrivateLinkResources/spl-models"), "name": "spl-models",
        "properties": { "privateLinkResourceId": account, "groupId": "openai_account", "status": "Approved" },
    }));
    let standard = linked.object(
        "srch-rag-dev",
        "indexers",
        "docs-indexer",
        json!({ "parameters": { "configuration": { "executionEnvironment": "standard" } } }),
    );
    let judged = standard.judge();
    judged.expect(SKILL, "", Network, Open, "spl-models is approved");
    judged.expect(
        SKILL,
        "",
        Configuration,
        Shut,
        "executionEnvironment standard",
    );
    judged.expect(VECTORIZER, "", Configuration, Open, "is there");
}

#[test]
fn what_was_not_read_is_drawn_from_roles() {
    for (what, kind) in [("skillsets", SKILL), ("indexes", VECTORIZER)] {
        for ended in Ended::WITHOUT {
            let judged = healthy().refuse(what, "srch-rag-dev", ended).judge();
            let hop = judged.hop(kind, "");
            assert_eq!(
                (hop.basis, hop.verdict()),
                (Basis::Inferred, Unknown),
                "{what} {ended:?}"
            );
        }
    }
}

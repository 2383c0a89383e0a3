//! The stories of policies: what they will close, who is spared and until when, and what is said when
//! they cannot be read.

use super::stories::{Cause, broken, gates, items, mends, refused, text, well};

/// These stories, and the word of each one's twin.
pub(crate) const TOLD: [(&str, &str); 3] = [
    ("policies-refused", "mended"),
    ("policy-exemption-expired", "mended"),
    ("policy-will-close-models", "mended"),
];

const SKILL: &str = "skill-to-openai skillset ss-docs";
const VECTOR: &str = "vectorizer-to-openai index docs-index";
const DOCS: &str = "indexer-to-storage indexer docs-indexer";

#[test]
fn policy_will_close_models() {
    let report = mends(
        "policy-will-close-models",
        &[SKILL, VECTOR].map(|hop| Cause {
            hop,
            gate: "network",
            verdict: "at-risk",
            says: "will set publicNetworkAccess to Disabled on aoai-rag-dev, and nothing exempts it",
            proof: ("properties.policyDefinitionId", "nothing-public"),
            remedy: "az policy exemption create",
            rule: "policy/will-change",
        }),
    );
    assert!(gates(&report, "unknown").is_empty());
    // Nothing but the models is touched.
    for (hop, gate) in gates(&report, "at-risk") {
        assert!(gate == "network" && hop.contains("openai"), "{hop} {gate}");
    }
}

#[test]
fn policy_exemption_expired() {
    mends(
        "policy-exemption-expired",
        &[Cause {
            hop: "foundry-to-managed-cosmos",
            gate: "authentication",
            verdict: "at-risk",
            says: "exemption hub-cosmos-keys has expired",
            proof: ("properties.expiresOn", "20"),
            remedy: "az policy exemption create",
            rule: "policy/will-change",
        }],
    );
}

/// A missing right makes nothing fine: what a policy could turn is unknown, and what rests on no such
/// property is as it is in the twin.
#[test]
fn policies_refused() {
    let report = broken("policies-refused", &[]);
    assert_eq!(report["complete"], false);
    assert_eq!(
        refused(&report, "policyAssignments"),
        Some(("Microsoft.Authorization/policyAssignments/read", "Reader"))
    );
    let twin = well("policies-refused:mended", &[]);
    let (once, now) = (gates(&twin, "open"), gates(&report, "open"));
    assert!(now.is_subset(&once), "{:?}", now.difference(&once));
    let unknown = gates(&report, "unknown");
    for hop in [SKILL, VECTOR] {
        let network = (hop.to_owned(), "network".to_owned());
        assert!(unknown.contains(&network), "{hop}");
    }
    // No policy that hopscope knows of takes an instance rule away.
    assert!(now.contains(&(DOCS.to_owned(), "network".to_owned())));
    // Tokens go on being taken, roles are held, the deployment is there.
    for gate in [
        "authentication",
        "identity",
        "authorization",
        "configuration",
    ] {
        assert!(
            now.contains(&(SKILL.to_owned(), gate.to_owned())),
            "{gate}: {now:?}"
        );
    }
    let mut judged = 0;
    for hop in items(&report, "hops") {
        for gate in items(hop, "gates") {
            if gate["verdict"] != "unknown" || hop["kind"] == "inspector" {
                continue;
            }
            judged += 1;
            let reason = text(gate, "reason");
            assert!(
                reason.contains("whether a policy will change that cannot be told")
                    && reason.contains("Microsoft.Authorization/policyAssignments/read"),
                "{}: {reason}",
                hop["id"]
            );
        }
    }
    assert!(judged > 5, "only {judged} gates rest on what policies turn");
    assert!(
        items(&report, "findings")
            .iter()
            .any(|one| one["rule"] == "policy/cannot-tell")
    );
}

//! H13: who sends logs.

use hopscope::analysis::hop::{Basis, Hop, HopKind};
use hopscope::analysis::verdict::{Gate, Verdict};
use serde_json::{Value, json};

use crate::world::{Ended, Judged, World};

use Verdict::{Open, Shut, Unknown};

const KIND: HopKind = HopKind::ResourceToLogs;
const OWN: [&str; 5] = [
    "srch-rag-dev",
    "stragdev",
    "aoai-rag-dev",
    "kv-rag-dev",
    "hub-rag-dev",
];
const MADE: [&str; 3] = ["cosmoshubrag5c1d", "srchhubrag5c1d", "sthubrag5c1d"];

fn healthy() -> World {
    World::scenario("healthy")
}

fn from<'j>(judged: &'j Judged, name: &str) -> Vec<&'j Hop> {
    judged
        .of(KIND)
        .into_iter()
        .filter(|hop| hop.from.ends_with(&format!("/{name}")))
        .collect()
}

fn one<'j>(judged: &'j Judged, name: &str) -> &'j Hop {
    let found = from(judged, name);
    assert_eq!(found.len(), 1, "{name}: {:?}", judged.ids(KIND));
    found[0]
}

/// Healthy with the setting of a resource changed, or gone.
fn setting(of: &str, patch: Option<Value>) -> World {
    let mut world = healthy();
    let is_it = |document: &Value| {
        let id = document["id"]
            .as_str()
            .unwrap_or_default()
            .to_ascii_lowercase();
        id.contains("/diagnosticsettings/") && id.contains(&format!("/{of}/"))
    };
    match patch {
        None => world.arm.retain(|document| !is_it(document)),
        Some(patch) => {
            let found = world
                .arm
                .iter_mut()
                .find(|document| is_it(document))
                .unwrap();
            crate::world::merge(found, &json!({ "properties": patch }));
        }
    }
    world
}

#[test]
fn everybody_who_owes_logs_sends_them() {
    let judged = healthy().judge();
    for name in OWN.into_iter().chain(MADE) {
        let hop = one(&judged, name);
        assert_eq!(
            (hop.verdict(), hop.basis),
            (Open, Basis::Observed),
            "{hop:?}"
        );
        assert_eq!(hop.via.as_deref(), Some("setting to-log-rag-dev"));
        assert!(hop.to.ends_with("/workspaces/log-rag-dev"), "{}", hop.to);
        let evidence = &hop.gate(Gate::Configuration).unwrap().judged.evidence;
        let setting = evidence
            .iter()
            .find(|one| one.path == "properties.workspaceId")
            .unwrap();
        assert!(
            setting.resource.as_str().contains("/diagnosticSettings/"),
            "{setting:?}"
        );
    }
    assert_eq!(judged.of(KIND).len(), OWN.len() + MADE.len());
}

#[test]
fn no_setting() {
    for name in OWN {
        let judged = setting(name, None).judge();
        let hop = one(&judged, name);
        let gate = hop.gate(Gate::Configuration).unwrap();
        assert_eq!(gate.judged.verdict, Shut, "{name}");
        // The only workspace in scope is where the logs would go.
        assert!(hop.to.ends_with("/workspaces/log-rag-dev"), "{}", hop.to);
        assert_eq!(hop.via, None);
        assert!(
            gate.remedies[0]
                .text
                .starts_with("az monitor diagnostic-settings create")
        );
        let proof = &gate.judged.evidence[0];
        assert_eq!(proof.path, "diagnosticSettings");
        assert_eq!(
            proof.resource.as_str().ends_with("/blobServices/default"),
            name == "stragdev"
        );
    }
    for name in MADE {
        let judged = setting(name, None).judge();
        assert!(
            from(&judged, name).is_empty(),
            "a managed resource owes none: {name}"
        );
    }
}

#[test]
fn what_is_not_enough() {
    let logs = |enabled: bool| json!([{ "category": "OperationLogs", "enabled": enabled }]);
    for (patch, verdict, says) in [
        (json!({ "logs": logs(true) }), Open, "OperationLogs"),
        (
            json!({ "logs": [{ "categoryGroup": "allLogs", "enabled": true }] }),
            Open,
            "allLogs",
        ),
        (json!({ "logs": logs(false) }), Shut, "metrics alone"),
        (
            json!({ "logs": [], "metrics": [{ "category": "AllMetrics", "enabled": true }] }),
            Shut,
            "metrics alone",
        ),
        (
            json!({ "workspaceId": "", "storageAccountId": "/subscriptions/s/x" }),
            Shut,
            "archive",
        ),
        (json!({ "workspaceId": null }), Shut, "archive"),
    ] {
        let judged = setting("srch-rag-dev", Some(patch)).judge();
        let gate = one(&judged, "srch-rag-dev")
            .gate(Gate::Configuration)
            .unwrap()
            .clone();
        assert_eq!(gate.judged.verdict, verdict, "{}", gate.judged.reason);
        assert!(gate.judged.reason.contains(says), "{}", gate.judged.reason);
        assert_eq!(gate.remedies.is_empty(), verdict == Open);
    }
}

#[test]
fn a_workspace_that_is_gone_or_was_not_read() {
    let gone = healthy().without("workspaces/log-rag-dev").judge();
    for name in OWN {
        let gate = one(&gone, name).gate(Gate::Configuration).unwrap();
        assert_eq!(gate.judged.verdict, Shut, "{name}: {}", gate.judged.reason);
        assert!(gate.judged.reason.contains("is gone"));
        assert!(
            gate.remedies[0].text.contains("workspace create"),
            "{}",
            gate.remedies[0].text
        );
    }
    for ended in Ended::WITHOUT {
        let unread = healthy()
            .refuse("Microsoft.OperationalInsights/workspaces", "", ended)
            .refuse("resource", "log-rag-dev", ended)
            .judge();
        let gate = one(&unread, "stragdev").gate(Gate::Configuration).unwrap();
        assert_eq!(gate.judged.verdict, Unknown, "{}", gate.judged.reason);
    }
}

#[test]
fn settings_that_were_refused() {
    for ended in Ended::WITHOUT {
        let judged = healthy().refuse("diagnosticSettings", "", ended).judge();
        for name in OWN {
            let hop = one(&judged, name);
            assert_eq!(hop.verdict(), Unknown, "{hop:?}");
            assert!(hop.to.ends_with("/workspaces/log-rag-dev"));
        }
        assert_eq!(
            judged.of(KIND).len(),
            OWN.len(),
            "managed ones have no known setting"
        );
    }
}

#[test]
fn without_a_workspace_the_subscription_stands_in() {
    let judged = World::scenario("open-poc").judge();
    for name in OWN {
        let hop = one(&judged, name);
        assert_eq!(hop.verdict(), Shut);
        assert_eq!(hop.to.matches('/').count(), 2, "{}", hop.to);
        let text = &hop.gate(Gate::Configuration).unwrap().remedies[0].text;
        assert_eq!(text.lines().count(), 2, "{text}");
    }
}

#[test]
fn settings_that_were_not_found_say_nothing_of_what_is_kept() {
    // Settings are read on the blob service; a 404 does not say whether the account has one.
    let judged = healthy()
        .refuse("diagnosticSettings", "stragdev", Ended::NotFound)
        .judge();
    assert_eq!(
        one(&judged, "stragdev").verdict(),
        Unknown,
        "a 404 is not an empty list"
    );
}

#[test]
fn an_enforced_perimeter_keeps_logs_inside() {
    let perimeter = "/subscriptions/3b1c0f2d-65f0-4135-bf08-e005a4058e20/resourceGroups/rg-rag-poc/providers/Microsoft.Network/networkSecurityPerimeters/nsp-rag";
    let world = healthy();
    let search = world.id("searchServices/srch-rag-dev");
    let configured = |mode: &str| {
        world.clone().add(json!({
            "id": format!("{search}/networkSecurityPerimeterConfigurations/nsp-rag.x"),
            "name": "nsp-rag.x",
            "type": "Microsoft.Search/searchServices/networkSecurityPerimeterConfigurations",
            "properties": {
                "provisioningState": "Succeeded",
                "networkSecurityPerimeter": { "id": perimeter, "perimeterGuid": "x", "location": "centralus" },
                "resourceAssociation": { "name": "x", "accessMode": mode },
                "profile": { "name": "p", "accessRulesVersion": 1, "accessRules": [] },
            },
        }))
    };
    let network = |judged: &Judged| {
        one(judged, "srch-rag-dev")
            .gate(Gate::Network)
            .map(|gate| gate.judged.verdict)
    };
    assert_eq!(network(&configured("Learning").judge()), None);
    assert_eq!(
        network(&configured("Enforced").judge()),
        Some(Unknown),
        "its members were not read"
    );
    for ended in Ended::WITHOUT {
        let judged = healthy()
            .refuse("networkSecurityPerimeterConfigurations", "", ended)
            .judge();
        assert_eq!(network(&judged), Some(Unknown));
    }
}

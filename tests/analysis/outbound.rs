//! Who may call out, and where to.

use hopscope::analysis::outbound::{Control, Outbound, State, may_call, outbound};
use hopscope::analysis::verdict::Verdict;
use hopscope::model::facet::Facet;
use hopscope::model::resource::Family;
use serde_json::{Value, json};

use crate::build::{Ended, World, body, id, named, perimeter};

use Verdict::{Open, Shut, Unknown};

const HOST: &str = "srch-rag-dev.search.windows.net";

fn of(world: &World, name: &str) -> Outbound {
    let inventory = world.inventory();
    outbound(&inventory, named(&inventory, name)).unwrap()
}

fn account(properties: &Value) -> Outbound {
    let body = body(
        Family::Cognitive,
        "aoai",
        json!({ "properties": properties }),
    );
    of(&World::new().with(Family::Cognitive, &body), "aoai")
}

#[test]
fn an_account_may_call_what_it_lists() {
    let list =
        |hosts: Value| json!({ "restrictOutboundNetworkAccess": true, "allowedFqdnList": hosts });
    for (properties, state, hosts, verdict) in [
        (json!({}), State::NotRestricted, "any host", Open),
        (
            json!({ "restrictOutboundNetworkAccess": null }),
            State::NotRestricted,
            "any host",
            Open,
        ),
        (
            json!({ "restrictOutboundNetworkAccess": false, "allowedFqdnList": ["a.b"] }),
            State::NotRestricted,
            "any host",
            Open,
        ),
        (
            json!({ "restrictOutboundNetworkAccess": true }),
            State::Restricted,
            "nobody",
            Shut,
        ),
        (list(json!([])), State::Restricted, "nobody", Shut),
        (
            list(json!([
                "SRCH-rag-dev.Search.windows.net",
                "www.example.com"
            ])),
            State::Restricted,
            "2 listed",
            Open,
        ),
        (
            list(json!(["www.example.com"])),
            State::Restricted,
            "1 listed",
            Shut,
        ),
        // A parent domain alone proves nothing.
        (
            list(json!(["search.windows.net"])),
            State::Restricted,
            "1 listed",
            Unknown,
        ),
        (
            list(json!(["*.search.windows.net"])),
            State::Restricted,
            "1 listed",
            Unknown,
        ),
        (
            list(json!(["windows.net", HOST])),
            State::Restricted,
            "2 listed",
            Open,
        ),
        // No parent: only the end of the text is the same.
        (
            list(json!(["dev.search.windows.net"])),
            State::Restricted,
            "1 listed",
            Shut,
        ),
        (list(json!("all")), State::Restricted, "unknown", Unknown),
        (
            list(json!([7, "www.example.com"])),
            State::Restricted,
            "unknown",
            Unknown,
        ),
        (list(json!([7, HOST])), State::Restricted, "unknown", Open),
        (
            json!({ "restrictOutboundNetworkAccess": "yes" }),
            State::Unknown,
            "unknown",
            Unknown,
        ),
        (
            json!({ "restrictOutboundNetworkAccess": "yes", "allowedFqdnList": [HOST] }),
            State::Unknown,
            "unknown",
            Open,
        ),
    ] {
        let own = account(&properties);
        assert_eq!(own.control, Control::RestrictOutbound);
        assert_eq!(own.state, state, "{properties}");
        assert_eq!(own.allowed.words(), hosts, "{properties}");
        let judged = may_call(&own, HOST);
        assert_eq!(judged.verdict, verdict, "{properties}\n{}", judged.reason);
        assert!(
            !judged.evidence.is_empty() && !judged.reason.is_empty(),
            "{properties}"
        );
    }
    let bare = body(Family::Cognitive, "aoai", json!({ "properties": null }));
    let own = of(&World::new().with(Family::Cognitive, &bare), "aoai");
    assert_eq!(
        (own.state, may_call(&own, HOST).verdict),
        (State::Unknown, Unknown)
    );
}

#[test]
fn a_perimeter_restricts_beside_the_services_own_control() {
    let rule = json!({ "name": "out", "properties": { "direction": "Outbound", "fullyQualifiedDomainNames": [HOST] } });
    let with = |family: Family, properties: Value, items: Option<Value>, end: Ended| {
        let body = body(family, "x", json!({ "properties": properties }));
        let world = World::new().bare(family, &body).facet_ended(
            &id(family, "x"),
            Facet::Perimeters,
            items,
            end,
        );
        of(&world, "x")
    };
    let enforced = || Some(json!([perimeter("nsp", "Enforced", json!([rule]))]));
    let learning = || Some(json!([perimeter("nsp", "Learning", json!([]))]));
    let listed =
        json!({ "restrictOutboundNetworkAccess": true, "allowedFqdnList": ["www.example.com"] });
    for (family, properties, items, end, host, verdict) in [
        (
            Family::Search,
            json!({}),
            Some(json!([])),
            Ended::Well,
            HOST,
            Open,
        ),
        (
            Family::Search,
            json!({}),
            enforced(),
            Ended::Well,
            HOST,
            Open,
        ),
        (
            Family::Search,
            json!({}),
            enforced(),
            Ended::Well,
            "www.example.com",
            Unknown,
        ),
        (
            Family::Search,
            json!({}),
            learning(),
            Ended::Well,
            "www.example.com",
            Open,
        ),
        (
            Family::Search,
            json!({}),
            None,
            Ended::Denied,
            HOST,
            Unknown,
        ),
        (
            Family::Cognitive,
            json!({}),
            enforced(),
            Ended::Well,
            "www.example.com",
            Unknown,
        ),
        (
            Family::Cognitive,
            json!({}),
            enforced(),
            Ended::Well,
            HOST,
            Open,
        ),
        (
            Family::Cognitive,
            listed.clone(),
            enforced(),
            Ended::Well,
            HOST,
            Shut,
        ),
        (
            Family::Cognitive,
            listed.clone(),
            None,
            Ended::Denied,
            HOST,
            Shut,
        ),
        (
            Family::Cognitive,
            listed,
            None,
            Ended::Denied,
            "www.example.com",
            Unknown,
        ),
    ] {
        let own = with(family, properties.clone(), items.clone(), end);
        let judged = may_call(&own, host);
        assert_eq!(
            judged.verdict, verdict,
            "{family:?} {properties} {items:?} {host}\n{}",
            judged.reason
        );
    }
    let search = with(Family::Search, json!({}), Some(json!([])), Ended::Well);
    assert_eq!(
        (search.control.words(), search.state.words()),
        ("none in this service", "perimeter only")
    );
}

#[test]
fn some_services_call_nobody_and_some_are_no_services() {
    for family in [Family::Storage, Family::Vault, Family::Cosmos] {
        let own = of(
            &World::new().with(family, &body(family, "x", json!({}))),
            "x",
        );
        assert_eq!(own.control.words(), "calls nobody", "{family:?}");
    }
    let inventory = World::new()
        .with(
            Family::UserIdentity,
            &body(Family::UserIdentity, "x", json!({})),
        )
        .inventory();
    assert!(outbound(&inventory, named(&inventory, "x")).is_none());
}

#[test]
fn the_managed_network_of_a_hub() {
    let rules = json!([
        { "name": "a", "properties": { "type": "FQDN", "status": "Active", "destination": HOST } },
        { "name": "b", "properties": { "type": "FQDN", "status": "Failed", "destination": "failed.example.com" } },
    ]);
    let hub = |network: Value, items: Option<Value>, end: Ended| {
        let body = body(
            Family::Workspace,
            "hub",
            json!({ "kind": "Hub", "properties": { "managedNetwork": network } }),
        );
        World::new().bare(Family::Workspace, &body).facet_ended(
            &id(Family::Workspace, "hub"),
            Facet::OutboundRules,
            items,
            end,
        )
    };
    for (network, items, end, state, hosts) in [
        (
            Value::Null,
            None,
            Ended::Denied,
            State::NotRestricted,
            "any host",
        ),
        (
            json!({ "isolationMode": "disabled" }),
            None,
            Ended::Denied,
            State::NotRestricted,
            "any host",
        ),
        (
            json!({ "isolationMode": "AllowInternetOutbound" }),
            None,
            Ended::Denied,
            State::NotRestricted,
            "any host",
        ),
        (
            json!({ "isolationMode": "AllowOnlyApprovedOutbound" }),
            Some(rules.clone()),
            Ended::Well,
            State::Restricted,
            "1 listed",
        ),
        (
            json!({ "isolationMode": "AllowOnlyApprovedOutbound" }),
            Some(json!([])),
            Ended::Well,
            State::Restricted,
            "nobody",
        ),
        (
            json!({ "isolationMode": "AllowOnlyApprovedOutbound" }),
            None,
            Ended::Denied,
            State::Restricted,
            "unknown",
        ),
        (
            json!({ "isolationMode": 7 }),
            Some(rules),
            Ended::Well,
            State::Unknown,
            "unknown",
        ),
        (
            json!({ "isolationMode": "Later" }),
            None,
            Ended::Well,
            State::Unknown,
            "unknown",
        ),
        (json!("none"), None, Ended::Well, State::Unknown, "unknown"),
    ] {
        let own = of(&hub(network.clone(), items.clone(), end), "hub");
        assert_eq!(
            (own.state, own.allowed.words().as_str()),
            (state, hosts),
            "{network} {items:?}\n{}",
            own.reason
        );
        assert_eq!(own.control, Control::IsolationMode);
    }

    // A project has the network of its hub.
    let project = body(
        Family::Workspace,
        "project",
        json!({ "kind": "Project", "properties": { "hubResourceId": id(Family::Workspace, "hub").as_str() } }),
    );
    let alone = World::new().bare(Family::Workspace, &project);
    assert_eq!(of(&alone, "project").state, State::Unknown);
    let both = hub(
        json!({ "isolationMode": "AllowOnlyApprovedOutbound" }),
        Some(json!([])),
        Ended::Well,
    )
    .bare(Family::Workspace, &project);
    assert_eq!(of(&both, "project").state, State::Restricted);
}

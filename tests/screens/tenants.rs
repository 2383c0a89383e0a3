//! Tenants: tokens, the bridge between two tenants, pools and who draws from them, in every state; and
//! what a call that nobody made yet would meet.

use crossterm::event::KeyCode;
use hopscope::config::Action;
use hopscope::model::access::Member;
use hopscope::model::ask::Ask;
use hopscope::model::caller::Caller;
use hopscope::model::facet::Facet;
use hopscope::model::id::{ArmId, Folded, PrincipalId, SubscriptionId, TenantId};
use hopscope::model::issue::{Issue, IssueKind};
use hopscope::model::key::Key;
use hopscope::model::resource::Family;
use hopscope::model::scope::Scope;
use hopscope::simulator::{Scenario, TokenState};
use hopscope::ui::effect::Effect;
use hopscope::ui::panes::Pane;
use hopscope::ui::panes::tenants::Tenants;
use serde_json::{Value, json};

use super::stage::{NOW, Reading, SIZES, SUBSCRIPTION, Scene, Screen, TENANT};
use super::whole::Whole;

const FABRIKAM: &str = "52c6a8d0-6b1e-4a5e-9d0c-4f7a3c1be290";
const PLATFORM: &str = "9e40b7f1-27c5-4d3a-8b6e-1a7d0c5f4e83";
const APP: &str = "d34f7c1a-9b52-4e86-a0d7-6c2e81b5f394";

fn manager() -> ArmId {
    ArmId::new(format!(
        "/subscriptions/{PLATFORM}/resourceGroups/rg-avnm/providers/Microsoft.Network/networkManagers/nm-platform"
    ))
}

fn pool(name: &str) -> ArmId {
    manager().child(&format!("ipamPools/{name}"))
}

fn network() -> ArmId {
    ArmId::new(format!(
        "/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-spoke-dev/providers/Microsoft.Network/virtualNetworks/vnet-spoke-dev"
    ))
}

fn view(tenant: &str) -> Option<TenantId> {
    Some(TenantId::new(tenant))
}

/// A story of two tenants as if all that its tokens show had been read.
fn scene(name: &str) -> Scene {
    let story = Scenario::load(name).expect("a scenario");
    let caller = story.caller();
    let is_asked = !story.scope().auxiliary_tenants.is_empty();
    let there = caller.elsewhere.first().filter(|_| is_asked);
    let is_known = story
        .directory()
        .iter()
        .any(|one| one["appId"] == APP && one["@tenant"] == FABRIKAM);
    let is_seen = there.is_some_and(|one| one.token == TokenState::Valid) && is_known;
    let documents: Vec<Value> = story.documents().to_vec();
    let within = |scope: &ArmId, kind: &str| -> Vec<Value> {
        let is = |one: &&Value| {
            let id = ArmId::new(one["id"].as_str().unwrap_or_default());
            id.is_within(scope)
                && one.get("properties").is_some()
                && id
                    .resource_type()
                    .is_some_and(|own| own.eq_ignore_ascii_case(kind))
        };
        documents.iter().filter(is).cloned().collect()
    };
    let whole = |items: Vec<Value>| Reading::Known(json!({ "value": items }));
    let subscriptions = |tenant: &str| -> Vec<Value> {
        let own = |one: &&Value| one["subscriptionId"].is_string() && one["tenantId"] == tenant;
        documents.iter().filter(own).cloned().collect()
    };
    let mut scene = Scene::quiet();
    let here = |expires: i64, tenant: &str, asked: &str, object: &str| Caller {
        asked: view(asked),
        tenant: view(tenant),
        object_id: Some(PrincipalId::new(object)),
        app_id: Some(APP.to_owned()),
        id_type: Some("app".to_owned()),
        expires_at: Some(NOW + time::Duration::minutes(expires)),
        credential: "environment".to_owned(),
        ..Caller::default()
    };
    let mut callers = vec![here(52, TENANT, TENANT, &caller.object_id)];
    if let Some(one) = there.filter(|_| is_known) {
        callers.push(match one.token {
            TokenState::Valid => here(52, FABRIKAM, FABRIKAM, &one.object_id),
            TokenState::Expired => here(-10, FABRIKAM, FABRIKAM, &one.object_id),
            TokenState::WrongTenant => here(52, TENANT, FABRIKAM, &caller.object_id),
        });
    }
    scene.signed = Some((
        Scope {
            tenant: Some(TENANT.to_owned()),
            auxiliary_tenants: story.scope().auxiliary_tenants.clone(),
            subscriptions: vec![SUBSCRIPTION.to_owned(), PLATFORM.to_owned()],
            resource_groups: Vec::new(),
        },
        callers,
    ));
    let tenants = documents
        .iter()
        .filter(|one| {
            one["id"]
                .as_str()
                .is_some_and(|id| id.starts_with("/tenants/"))
        })
        .cloned()
        .collect();
    scene.add(Key::Tenants(view(TENANT)), whole(tenants));
    scene.add(
        Key::Subscriptions(view(TENANT)),
        whole(subscriptions(TENANT)),
    );
    let mut places = vec![SUBSCRIPTION];
    if is_seen {
        scene.add(
            Key::Subscriptions(view(FABRIKAM)),
            whole(subscriptions(FABRIKAM)),
        );
        places.push(PLATFORM);
    } else if there.is_some() {
        let key = Key::Subscriptions(view(FABRIKAM));
        let (kind, words) = if is_known {
            (
                IssueKind::Denied,
                "ExpiredAuthenticationToken: the access token has expired",
            )
        } else {
            (
                IssueKind::SignIn,
                "environment says: AADSTS7000229: The client application is missing service principal in the tenant",
            )
        };
        let mut issue = Issue::new(kind, key.words(), words, NOW);
        issue.status = Some(401);
        scene.add(key, Reading::Refused(issue));
    }
    for place in places {
        let id = SubscriptionId::new(place);
        let scope = ArmId::of_subscription(&id);
        let groups = documents.iter().filter(|one| {
            let own = ArmId::new(one["id"].as_str().unwrap_or_default());
            own.is_within(&scope) && own.resource_type().is_none() && own.resource_group().is_some()
        });
        scene.add(Key::Groups(id.clone()), whole(groups.cloned().collect()));
        let list = Key::List {
            subscription: id,
            group: None,
            family: Family::VirtualNetwork,
        };
        scene.add(
            list,
            whole(within(&scope, "Microsoft.Network/virtualNetworks")),
        );
        scene.add(
            Key::NetworkManagers(scope.clone()),
            whole(within(&scope, "Microsoft.Network/networkManagers")),
        );
        for (kind, key) in [
            ("roleAssignments", Key::RoleAssignments(scope.clone())),
            ("denyAssignments", Key::DenyAssignments(scope.clone())),
        ] {
            let kind = format!("Microsoft.Authorization/{kind}");
            scene.add(key, whole(within(&scope, &kind)));
        }
        let roles = documents.iter().filter(|one| {
            one["id"]
                .as_str()
                .is_some_and(|id| id.contains("/roleDefinitions/"))
        });
        scene.add(Key::RoleDefinitions(scope), whole(roles.cloned().collect()));
    }
    let contoso = ArmId::of_subscription(&SubscriptionId::new(SUBSCRIPTION));
    scene.add(
        Key::NetworkManagerConnections(contoso.clone()),
        whole(within(
            &contoso,
            "Microsoft.Network/networkManagerConnections",
        )),
    );
    let named = Key::IpamPool(pool("spokes"));
    if is_seen {
        let of = |kind: &str| {
            within(
                &manager(),
                &format!("Microsoft.Network/networkManagers/{kind}"),
            )
        };
        scene.add(
            Key::Facet(manager(), Facet::ScopeConnections),
            whole(of("scopeConnections")),
        );
        let pools = of("ipamPools");
        for one in &pools {
            let id = ArmId::new(one["id"].as_str().expect("an id"));
            let document = |tail: &str| {
                let id = id.child(tail);
                let own = |one: &&Value| ArmId::new(one["id"].as_str().unwrap_or_default()) == id;
                documents.iter().find(own).cloned()
            };
            scene.add(
                Key::Facet(id.clone(), Facet::StaticCidrs),
                whole(within(
                    &id,
                    "Microsoft.Network/networkManagers/ipamPools/staticCidrs",
                )),
            );
            if let Some(usage) = document("getPoolUsage") {
                scene.add(
                    Key::Facet(id.clone(), Facet::PoolUsage),
                    Reading::Known(usage),
                );
            }
            if let Some(list) = document("listAssociatedResources") {
                scene.add(
                    Key::Facet(id, Facet::PoolAssociations),
                    Reading::Known(list),
                );
            }
        }
        let own = pools.iter().find(|one| one["name"] == "spokes");
        scene.add(named, Reading::Known(own.expect("the pool").clone()));
        scene.add(Key::Facet(manager(), Facet::IpamPools), whole(pools));
    } else {
        let words = format!(
            "It must match the tenant 'https://sts.windows.net/{FABRIKAM}/' associated with this subscription."
        );
        let mut issue = Issue::new(IssueKind::Denied, named.words(), words, NOW);
        issue.status = Some(401);
        issue.code = Some("InvalidAuthenticationTokenTenant".to_owned());
        scene.add(named, Reading::Refused(issue));
    }
    if let Some(one) = there.filter(|_| is_known) {
        let key = Key::LinkedAccess(network(), TenantId::new(FABRIKAM));
        if one.token == TokenState::Expired {
            let words = "The auxiliary token has expired";
            let mut issue = Issue::new(IssueKind::Denied, key.words(), words, NOW);
            issue.status = Some(401);
            issue.code = Some("ExpiredAuthenticationToken".to_owned());
            scene.add(key, Reading::Refused(issue));
        } else {
            let own = within(&contoso, "Microsoft.Network/virtualNetworks");
            scene.add(key, Reading::Known(own[0].clone()));
        }
    }
    let objects = |kind: &str, tenant: Option<&str>| -> Vec<Value> {
        let own = |one: &&Value| {
            one["@odata.type"] == format!("#microsoft.graph.{kind}")
                && one["appId"] == APP
                && one.get("@tenant").and_then(Value::as_str) == tenant
        };
        story.directory().iter().filter(own).cloned().collect()
    };
    let app = Folded::new(APP);
    scene.add(
        Key::ServicePrincipalOf(view(TENANT), app.clone()),
        whole(objects("servicePrincipal", None)),
    );
    scene.add(
        Key::Application(view(TENANT), app.clone()),
        whole(objects("application", None)),
    );
    let mut members = vec![caller.object_id.clone()];
    if is_seen {
        scene.add(
            Key::ServicePrincipalOf(view(FABRIKAM), app),
            whole(objects("servicePrincipal", Some(FABRIKAM))),
        );
        members.extend(there.map(|one| one.object_id.clone()));
    }
    for one in members {
        let key = Key::Memberships(PrincipalId::new(one), Member::ServicePrincipal);
        scene.add(key, whole(Vec::new()));
    }
    scene
}

fn screen(scene: &Scene, size: (u16, u16)) -> Screen<Tenants> {
    Screen::new(Tenants::new(), scene, size).judged()
}

#[test]
fn full_at_every_size() {
    for size in SIZES {
        for (part, turns) in [("full", 0), ("pools", 1), ("draws", 2)] {
            let name = format!("tenants-{part}-{}x{}", size.0, size.1);
            let mut own = screen(&scene("cross-tenant"), size);
            for _ in 0..turns {
                own.act(Action::NextView);
            }
            if turns == 1 {
                own.act(Action::Last);
            }
            insta::assert_snapshot!(name.clone(), own.text(&name));
        }
    }
}

#[test]
fn every_story() {
    for story in [
        "conflict",
        "home-object",
        "no-role",
        "no-stub",
        "no-token",
        "old-token",
        "pending",
        "pool-full",
        "region",
        "single-app",
        "wrong-token",
    ] {
        let name = format!("tenants-{story}-140x42");
        let mut own = screen(&scene(&format!("cross-tenant-{story}")), (140, 42));
        insta::assert_snapshot!(name.clone(), own.text(&name));
    }
}

#[test]
fn every_other_state() {
    let full = || scene("cross-tenant");
    let is_pools = |key: &Key| {
        matches!(
            key,
            Key::NetworkManagers(_)
                | Key::IpamPool(_)
                | Key::Facet(
                    _,
                    Facet::IpamPools
                        | Facet::StaticCidrs
                        | Facet::PoolUsage
                        | Facet::PoolAssociations
                )
        )
    };
    let usage = |own: &str| Key::Facet(pool(own), Facet::PoolUsage);
    let associations = |own: &str| Key::Facet(pool(own), Facet::PoolAssociations);
    let mut alone = Scene::quiet();
    let platform = ArmId::of_subscription(&SubscriptionId::new(SUBSCRIPTION));
    alone.add(
        Key::NetworkManagers(platform),
        Reading::Known(json!({ "value": [] })),
    );
    let denied = ["main", "spokes"].into_iter().fold(full(), |scene, own| {
        scene.refused(usage(own)).refused(associations(own))
    });
    for size in [(80, 24), (140, 42)] {
        for (state, scene) in [
            ("alone", alone.clone()),
            ("first", full().reading(|_| true)),
            ("loading", full().reading(is_pools)),
            ("partial", full().failed(usage("spokes"))),
            ("denied", denied.clone()),
        ] {
            let name = format!("tenants-{state}-{}x{}", size.0, size.1);
            let mut own = screen(&scene, size);
            if size.0 == 80 && !matches!(state, "first") {
                own.act(Action::NextView);
            }
            insta::assert_snapshot!(name.clone(), own.text(&name));
        }
    }
}

#[test]
fn counts_beyond_64_bits_are_exact() {
    let mut wide = scene("cross-tenant");
    let mut body = json!({
        "addressPrefixes": ["2001:db8::/48"],
        "totalNumberOfIPAddresses": (1u128 << 80).to_string(),
        "numberOfAllocatedIPAddresses": "1",
        "numberOfReservedIPAddresses": "0",
        "numberOfAvailableIPAddresses": ((1u128 << 80) - 1).to_string(),
    });
    body["allocatedAddressPrefixes"] = json!([]);
    wide.add(
        Key::Facet(pool("main"), Facet::PoolUsage),
        Reading::Known(body),
    );
    let mut own = screen(&wide, (140, 42));
    own.act(Action::NextView);
    own.act(Action::First);
    let text = own.text("tenants-wide");
    assert!(text.contains("≈1.2e24 of ≈1.2e24"), "{text}");
    assert!(text.contains("1,208,925,819,614,629,174,706,175"), "{text}");
}

#[test]
fn a_pool_leads_to_who_draws_and_a_network_to_its_hop_and_back() {
    let mut whole = Whole::of(&scene("cross-tenant-pool-full"), (140, 42), true);
    whole.letter('8');
    let text = whole.text();
    assert!(text.contains("8 Tenants ✖1"), "{text}");
    whole.letter(']');
    whole.letter('G');
    whole.key(KeyCode::Enter);
    let text = whole.text();
    assert!(text.contains("Who draws from spokes"), "{text}");
    whole.letter('G');
    let text = whole.text();
    assert!(text.contains("asks for 100"), "{text}");
    whole.key(KeyCode::Enter);
    let effects = whole.key(KeyCode::Enter);
    assert!(
        matches!(&effects[..], [Effect::Jump { panes, .. }] if panes == &['1']),
        "{effects:?}"
    );
    let text = whole.text();
    assert!(text.contains("vnet-spoke-dev ━━▶ spokes"), "{text}");
    whole.key(KeyCode::Esc);
    assert!(whole.text().contains("Who draws from spokes"));
    // From the Map's evidence back to the row of the network.
    whole.letter('1');
    for _ in 0..3 {
        whole.key(KeyCode::Enter);
    }
    assert!(whole.text().contains("Who draws from"), "{}", whole.text());
}

#[test]
fn what_is_copied_is_what_mends_and_never_a_token() {
    let mut own = screen(&scene("cross-tenant-pending"), (140, 42));
    let subject = own.with(|pane, cx| pane.subject(cx)).expect("a subject");
    assert!(
        subject.copy[0]
            .text
            .contains("az network manager connection subscription create"),
        "{:?}",
        subject.copy[0]
    );
    assert!(!subject.answers.is_empty());
}

#[test]
fn preflight_of_a_pool_and_a_network() {
    for size in SIZES {
        let mut own = screen(&scene("cross-tenant"), size);
        own.act(Action::NextView);
        own.act(Action::Last);
        let effects = own.with(|pane, cx| pane.on_action(Action::Preflight, cx).effects);
        let [Effect::Ask(Ask::Draw(draw))] = &effects[..] else {
            panic!("{effects:?}");
        };
        assert_eq!(draw.pool, pool("spokes"));
        assert_eq!(draw.network, network());
        let name = format!("tenants-preflight-{}x{}", size.0, size.1);
        insta::assert_snapshot!(name.clone(), own.text(&name));
        let subject = own.with(|pane, cx| pane.subject(cx)).expect("a subject");
        assert_eq!(subject.copy[0].label, "the call for az rest");
        assert_eq!(subject.copy[1].label, "the call for curl");
        assert!(subject.copy[1].text.contains("$auxiliaryToken"));
        own.act(Action::Back);
        let text = own.text("tenants-preflight-left");
        assert!(!text.contains("CONDITIONS"), "{text}");
    }
}

#[test]
fn at_any_size_nothing_leaves_the_frame() {
    let scenes = [
        Scene::empty(),
        scene("cross-tenant"),
        scene("cross-tenant-no-stub"),
    ];
    for scene in &scenes {
        for width in [1, 7, 20, 60, 80, 100, 140, 200, 320] {
            for height in [3, 4, 6, 11, 24, 42, 90] {
                let mut own = screen(scene, (width, height));
                for action in [
                    Action::Down,
                    Action::NextView,
                    Action::Enter,
                    Action::Preflight,
                    Action::Last,
                    Action::Back,
                    Action::PreviousView,
                ] {
                    own.act(action);
                }
                assert_eq!(own.draw(), own.draw(), "{width}x{height}");
            }
        }
    }
}

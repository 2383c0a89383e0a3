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
use hopscope::simulator::{Elsewhere, Scenario, TokenState};
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

#[expect(clippy::unnecessary_wraps, reason = "keys name a view so")]
fn view(tenant: &str) -> Option<TenantId> {
    Some(TenantId::new(tenant))
}

fn whole(items: impl Into<Value>) -> Reading {
    let mut page = json!({});
    page["value"] = items.into();
    Reading::Known(page)
}

fn id_of(document: &Value) -> ArmId {
    ArmId::new(document["id"].as_str().unwrap_or_default())
}

fn contoso() -> ArmId {
    ArmId::of_subscription(&SubscriptionId::new(SUBSCRIPTION))
}

/// A scenario of two tenants, and what its tokens show.
struct Story {
    scenario: Scenario,
    documents: Vec<Value>,
}

/// A story of two tenants as if all that its tokens show had been read.
fn scene(name: &str) -> Scene {
    let scenario = Scenario::load(name).expect("a scenario");
    let documents = scenario.documents().to_vec();
    let story = Story {
        scenario,
        documents,
    };
    let mut scene = Scene::quiet();
    scene.signed = Some((
        Scope {
            tenant: Some(TENANT.to_owned()),
            auxiliary_tenants: story.scenario.scope().auxiliary_tenants.clone(),
            subscriptions: vec![SUBSCRIPTION.to_owned(), PLATFORM.to_owned()],
            resource_groups: Vec::new(),
        },
        story.callers(),
    ));
    story.tenancy(&mut scene);
    story.place(&mut scene, SUBSCRIPTION);
    if story.is_seen() {
        story.place(&mut scene, PLATFORM);
        story.pools(&mut scene);
    }
    story.drawn(&mut scene);
    story.directory(&mut scene);
    scene
}

impl Story {
    /// The caller in the other tenant, where a token of it is asked for.
    fn there(&self) -> Option<&Elsewhere> {
        let is_asked = !self.scenario.scope().auxiliary_tenants.is_empty();
        let there = self.scenario.caller().elsewhere.first();
        there.filter(|_| is_asked)
    }

    fn is_known(&self) -> bool {
        let mut objects = self.scenario.directory().iter();
        objects.any(|one| one["appId"] == APP && one["@tenant"] == FABRIKAM)
    }

    fn is_seen(&self) -> bool {
        self.is_known()
            && self
                .there()
                .is_some_and(|one| one.token == TokenState::Valid)
    }

    fn within(&self, scope: &ArmId, kind: &str) -> Vec<Value> {
        let is = |one: &&Value| {
            let id = id_of(one);
            let of = id.resource_type();
            id.is_within(scope)
                && one.get("properties").is_some()
                && of.is_some_and(|own| own.eq_ignore_ascii_case(kind))
        };
        self.documents.iter().filter(is).cloned().collect()
    }

    fn document(&self, id: &ArmId) -> Option<Value> {
        self.documents.iter().find(|one| id_of(one) == *id).cloned()
    }

    fn callers(&self) -> Vec<Caller> {
        let own = self.scenario.caller();
        let in_tenant = |minutes: i64, tenant: &str, asked: &str, object: &str| Caller {
            asked: view(asked),
            tenant: view(tenant),
            object_id: Some(PrincipalId::new(object)),
            app_id: Some(APP.to_owned()),
            id_type: Some("app".to_owned()),
            expires_at: Some(NOW + time::Duration::minutes(minutes)),
            credential: "environment".to_owned(),
            ..Caller::default()
        };
        let mut callers = vec![in_tenant(52, TENANT, TENANT, &own.object_id)];
        if let Some(one) = self.there().filter(|_| self.is_known()) {
            callers.push(match one.token {
                TokenState::Valid => in_tenant(52, FABRIKAM, FABRIKAM, &one.object_id),
                TokenState::Expired => in_tenant(-10, FABRIKAM, FABRIKAM, &one.object_id),
                TokenState::WrongTenant => in_tenant(52, TENANT, FABRIKAM, &own.object_id),
            });
        }
        callers
    }

    fn tenancy(&self, scene: &mut Scene) {
        let subscriptions = |tenant: &str| -> Vec<Value> {
            let own = |one: &&Value| one["subscriptionId"].is_string() && one["tenantId"] == tenant;
            self.documents.iter().filter(own).cloned().collect()
        };
        let tenants = self
            .documents
            .iter()
            .filter(|one| one["tenantCategory"].is_string());
        scene.add(
            Key::Tenants(view(TENANT)),
            whole(tenants.cloned().collect::<Vec<_>>()),
        );
        scene.add(
            Key::Subscriptions(view(TENANT)),
            whole(subscriptions(TENANT)),
        );
        let key = Key::Subscriptions(view(FABRIKAM));
        if self.is_seen() {
            scene.add(key, whole(subscriptions(FABRIKAM)));
        } else if self.there().is_some() {
            let (kind, words) = if self.is_known() {
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
    }

    /// A subscription: groups, networks, managers, roles.
    fn place(&self, scene: &mut Scene, place: &str) {
        let id = SubscriptionId::new(place);
        let scope = ArmId::of_subscription(&id);
        let groups = self.documents.iter().filter(|one| {
            let own = id_of(one);
            own.is_within(&scope) && own.resource_type().is_none() && own.resource_group().is_some()
        });
        scene.add(
            Key::Groups(id.clone()),
            whole(groups.cloned().collect::<Vec<_>>()),
        );
        let list = Key::List {
            subscription: id,
            group: None,
            family: Family::VirtualNetwork,
        };
        for (kind, key) in [
            ("Microsoft.Network/virtualNetworks", list),
            (
                "Microsoft.Network/networkManagers",
                Key::NetworkManagers(scope.clone()),
            ),
            (
                "Microsoft.Authorization/roleAssignments",
                Key::RoleAssignments(scope.clone()),
            ),
            (
                "Microsoft.Authorization/denyAssignments",
                Key::DenyAssignments(scope.clone()),
            ),
        ] {
            scene.add(key, whole(self.within(&scope, kind)));
        }
        let roles = self.documents.iter();
        let roles = roles.filter(|one| id_of(one).folded().contains("/roledefinitions/"));
        scene.add(
            Key::RoleDefinitions(scope),
            whole(roles.cloned().collect::<Vec<_>>()),
        );
    }

    /// The manager's connections and pools.
    fn pools(&self, scene: &mut Scene) {
        let of = |kind: &str| {
            let kind = format!("Microsoft.Network/networkManagers/{kind}");
            self.within(&manager(), &kind)
        };
        scene.add(
            Key::Facet(manager(), Facet::ScopeConnections),
            whole(of("scopeConnections")),
        );
        let pools = of("ipamPools");
        for id in pools.iter().map(id_of) {
            let kind = "Microsoft.Network/networkManagers/ipamPools/staticCidrs";
            scene.add(
                Key::Facet(id.clone(), Facet::StaticCidrs),
                whole(self.within(&id, kind)),
            );
            for (tail, facet) in [
                ("getPoolUsage", Facet::PoolUsage),
                ("listAssociatedResources", Facet::PoolAssociations),
            ] {
                if let Some(body) = self.document(&id.child(tail)) {
                    scene.add(Key::Facet(id.clone(), facet), Reading::Known(body));
                }
            }
        }
        scene.add(Key::Facet(manager(), Facet::IpamPools), whole(pools));
    }

    /// What the network draws from, the managed half, and the read that proves the token.
    fn drawn(&self, scene: &mut Scene) {
        scene.add(
            Key::NetworkManagerConnections(contoso()),
            whole(self.within(&contoso(), "Microsoft.Network/networkManagerConnections")),
        );
        let named = Key::IpamPool(pool("spokes"));
        if let Some(own) = self.document(&pool("spokes")).filter(|_| self.is_seen()) {
            scene.add(named, Reading::Known(own));
        } else {
            let words = format!(
                "It must match the tenant 'https://sts.windows.net/{FABRIKAM}/' associated with this subscription."
            );
            let mut issue = Issue::new(IssueKind::Denied, named.words(), words, NOW);
            issue.status = Some(401);
            issue.code = Some("InvalidAuthenticationTokenTenant".to_owned());
            scene.add(named, Reading::Refused(issue));
        }
        let Some(one) = self.there().filter(|_| self.is_known()) else {
            return;
        };
        let key = Key::LinkedAccess(network(), TenantId::new(FABRIKAM));
        if one.token == TokenState::Expired {
            let words = "The auxiliary token has expired";
            let mut issue = Issue::new(IssueKind::Denied, key.words(), words, NOW);
            issue.status = Some(401);
            issue.code = Some("ExpiredAuthenticationToken".to_owned());
            scene.add(key, Reading::Refused(issue));
        } else {
            let own = self.document(&network()).expect("the network");
            scene.add(key, Reading::Known(own));
        }
    }

    /// The application and its service principals.
    fn directory(&self, scene: &mut Scene) {
        let objects = |kind: &str, tenant: Option<&str>| -> Vec<Value> {
            let own = |one: &&Value| {
                one["@odata.type"] == format!("#microsoft.graph.{kind}")
                    && one["appId"] == APP
                    && one.get("@tenant").and_then(Value::as_str) == tenant
            };
            let all = self.scenario.directory().iter();
            all.filter(own).cloned().collect()
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
        let mut members = vec![self.scenario.caller().object_id.clone()];
        if self.is_seen() {
            scene.add(
                Key::ServicePrincipalOf(view(FABRIKAM), app),
                whole(objects("servicePrincipal", Some(FABRIKAM))),
            );
            members.extend(self.there().map(|one| one.object_id.clone()));
        }
        for one in members {
            let key = Key::Memberships(PrincipalId::new(one), Member::ServicePrincipal);
            scene.add(key, whole(Vec::<Value>::new()));
        }
    }
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

#[test]
fn a_list_of_subscriptions_that_was_refused_is_not_an_empty_one() {
    let key = || Key::Subscriptions(view(FABRIKAM));
    for (state, scene, words) in [
        ("refused", scene("cross-tenant").refused(key()), "? refused"),
        ("failed", scene("cross-tenant").failed(key()), "▲ failed"),
    ] {
        for size in [(80, 24), (140, 42)] {
            let mut own = screen(&scene, size);
            let text = own.text("tenants-list");
            let line = text
                .lines()
                .find(|line| line.contains("subscriptions"))
                .unwrap_or_default();
            assert!(line.contains(words), "{state}: {line}");
            assert!(!text.contains("0 seen"), "{state}: {text}");
            // The band says it in whole sentences, whatever the width.
            let band = "What stands between the tenants cannot be told whole.";
            assert!(text.contains(band), "{state}, {size:?}\n{text}");
        }
    }
}

//! Foundry: hubs and what Microsoft made for them, in every state.

use hopscope::config::Action;
use hopscope::model::facet::Facet;
use hopscope::model::id::ArmId;
use hopscope::model::key::Key;
use hopscope::model::resource::Family;
use hopscope::ui::panes::Pane;
use hopscope::ui::panes::foundry::Foundry;
use serde_json::json;

use super::stage::{
    NOW, Reading, SIZES, SUBSCRIPTION, Scene, Screen, issue, list_key, subscription,
};

fn hub() -> ArmId {
    ArmId::new(format!(
        "/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-rag-poc/providers/Microsoft.MachineLearningServices/workspaces/hub-rag-dev"
    ))
}

/// The morning after: a policy has turned the keys of the hub's own Cosmos DB off.
fn full() -> Scene {
    Scene::of("foundry-cmk")
        .changed(
            "cosmoshubrag5c1d",
            "/properties/disableLocalAuth",
            &json!(true),
        )
        .changed(
            "cosmoshubrag5c1d",
            "/systemData",
            &json!({
                "createdAt": "2025-06-12T09:20:44.1807552Z",
                "lastModifiedAt": "2026-11-23T02:10:12Z",
                "lastModifiedBy": "fe51de17-2edb-4de9-b3ea-19ad3a0e2e3f",
                "lastModifiedByType": "Application",
            }),
        )
}

fn screen(scene: &Scene, size: (u16, u16)) -> Screen<Foundry> {
    Screen::new(Foundry::new(), scene, size).judged()
}

/// The property that broke is chosen.
fn chosen(scene: &Scene, size: (u16, u16)) -> Screen<Foundry> {
    let mut screen = screen(scene, size);
    let cosmos = scene_cosmos();
    assert!(screen.with(|pane, _| pane.select(&cosmos)));
    screen.act(Action::Down);
    screen
}

fn scene_cosmos() -> String {
    format!(
        "/subscriptions/{SUBSCRIPTION}/resourceGroups/azureml-rg-hub-rag-dev_5c1d410a-6e5d-4f19-9a6a-c12e631a77e2/providers/Microsoft.DocumentDB/databaseAccounts/cosmoshubrag5c1d"
    )
}

#[test]
fn full_at_every_size() {
    for size in SIZES {
        let name = format!("foundry-full-{}x{}", size.0, size.1);
        let text = chosen(&full(), size).text(&name);
        insta::assert_snapshot!(name, text);
    }
}

#[test]
fn every_other_state() {
    let lists = |key: &Key| {
        matches!(
            key,
            Key::List {
                family: Family::Cosmos | Family::Storage,
                ..
            }
        )
    };
    let facets = |key: &Key| matches!(key, Key::Facet(_, Facet::Connections | Facet::Keys));
    let loading =
        full().reading(|key| lists(key) || facets(key) || matches!(key, Key::DenyAssignments(_)));
    let first = Scene::of("foundry-cmk").reading(|_| true);
    let connections = Key::Facet(hub(), Facet::Connections);
    let denied = full()
        .refused(list_key(Family::Cosmos))
        .refused(connections.clone())
        .refused(Key::DenyAssignments(subscription()));
    let cut_off = issue(hopscope::model::issue::IssueKind::Failed, &connections);
    let partial = full().with(
        connections,
        Reading::Partial(json!({ "value": [] }), cut_off),
    );
    let error = Scene::empty()
        .failed(list_key(Family::Workspace))
        .with(list_key(Family::Cognitive), Reading::Waiting);
    for (state, scene) in [
        ("empty", Scene::empty()),
        ("first", first),
        ("loading", loading),
        ("partial", partial),
        ("denied", denied),
        ("error", error),
    ] {
        for size in [(80, 24), (140, 42)] {
            let name = format!("foundry-{state}-{}x{}", size.0, size.1);
            let text = screen(&scene, size).text(&name);
            insta::assert_snapshot!(name, text);
        }
    }
}

#[test]
fn the_parts_one_by_one_at_80x24() {
    let mut screen = chosen(&full(), (80, 24));
    assert!(screen.act(Action::Enter));
    insta::assert_snapshot!("foundry-detail-80x24", screen.text("foundry-detail-80x24"));
    assert!(screen.act(Action::Back));
    assert!(screen.act(Action::NextView));
    insta::assert_snapshot!(
        "foundry-may-change-80x24",
        screen.text("foundry-may-change-80x24")
    );
    assert!(screen.act(Action::NextView));
    insta::assert_snapshot!(
        "foundry-encryption-80x24",
        screen.text("foundry-encryption-80x24")
    );
}

/// Before the flip: the property is as it must be, and at risk by the policy.
#[test]
fn before_the_flip_the_policy_is_named() {
    for size in [(140, 42), (80, 24)] {
        let name = format!("foundry-at-risk-{}x{}", size.0, size.1);
        let text = chosen(&Scene::of("foundry-cmk"), size).text(&name);
        insta::assert_snapshot!(name, text);
    }
}

#[test]
fn encryption_takes_the_place_of_what_may_change_the_group() {
    let mut screen = chosen(&full(), (140, 42));
    assert!(screen.act(Action::NextView));
    assert!(screen.act(Action::NextView));
    insta::assert_snapshot!(
        "foundry-encryption-140x42",
        screen.text("foundry-encryption-140x42")
    );
}

/// What mends it can be copied, in order: the exemption first.
#[test]
fn the_exemption_is_copied_before_the_keys_are_given_back() {
    let mut screen = chosen(&full(), (140, 42));
    let subject = screen.with(|pane, cx| pane.subject(cx)).expect("a subject");
    let texts: Vec<&str> = subject.copy.iter().map(|item| item.text.as_str()).collect();
    assert!(
        texts[0].starts_with("az policy exemption create"),
        "{texts:?}"
    );
    assert!(texts[1].contains("disableLocalAuth=false"), "{texts:?}");
    let text = hopscope::ui::widgets::detail::plain_text(&subject.sections);
    let at = |words: &str| {
        text.find(words)
            .unwrap_or_else(|| panic!("no {words} in {text}"))
    };
    assert!(at("policy assigned at mg-landing") < at("policyDefinitionId"));
    assert!(at("MEND 1") < at("MEND 2"));
}

#[test]
fn every_policy_of_the_group_is_told() {
    let mut screen = chosen(&full(), (140, 42));
    assert!(screen.act(Action::NextView));
    let mut titles = Vec::new();
    for _ in 0..4 {
        let subject = screen.with(|pane, cx| pane.subject(cx)).expect("a subject");
        assert!(!subject.answers.is_empty(), "{}", subject.title);
        titles.push(subject.title);
        screen.act(Action::Down);
    }
    titles.dedup();
    assert_eq!(titles[0], "Cosmos DB: disable local auth");
    assert_eq!(titles.len(), 4, "{titles:?}");
}

#[test]
fn every_row_has_a_detail_and_something_to_look_at() {
    let mut screen = screen(&full(), (140, 42));
    let mut titles = Vec::new();
    for _ in 0..22 {
        let subject = screen.with(|pane, cx| pane.subject(cx)).expect("a subject");
        assert!(!subject.sections.is_empty(), "{}", subject.title);
        titles.push(subject.title);
        screen.act(Action::Down);
    }
    titles.dedup();
    insta::assert_snapshot!("foundry-titles", titles.join("\n"));
}

#[test]
fn a_broken_property_is_told_with_its_proof() {
    let mut screen = chosen(&full(), (140, 42));
    let subject = screen.with(|pane, cx| pane.subject(cx)).expect("a subject");
    assert_eq!(subject.id, Some(ArmId::new(scene_cosmos())));
    let text = hopscope::ui::widgets::detail::plain_text(&subject.sections);
    insta::assert_snapshot!("foundry-property", text);
    assert!(subject.copy.iter().any(|item| item.text == "true"));
}

#[test]
fn a_fold_survives_news_and_the_badge_counts_hubs() {
    let mut screen = screen(&full(), (140, 42));
    assert!(screen.act(Action::Left));
    assert_eq!(screen.pane.filter().1, 1);
    let badge = screen.pane.badge().expect("a badge");
    assert_eq!(
        (badge.sign, badge.count),
        (hopscope::ui::signs::Sign::Shut, 1)
    );
    assert!(screen.act(Action::Right));
    assert!(screen.pane.filter().1 > 15);
}

#[test]
fn what_is_old_says_so() {
    let mut screen = screen(&full(), (140, 42));
    screen.at(NOW + time::Duration::minutes(5));
    assert!(screen.text("foundry-stale").contains("○ 5 min old"));
}

#[test]
fn a_refused_list_never_says_that_a_resource_is_gone() {
    let scene = full().refused(list_key(Family::Cosmos));
    let text = screen(&scene, (140, 42)).text("foundry-refused");
    assert!(!text.contains("gone"), "{text}");
    assert!(text.contains("? a Cosmos DB account"), "{text}");
}

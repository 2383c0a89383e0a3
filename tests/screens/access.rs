//! Access: who holds what, in every state.

use hopscope::config::Action;
use hopscope::model::facet::Facet;
use hopscope::model::id::ArmId;
use hopscope::model::issue::IssueKind;
use hopscope::model::key::Key;
use hopscope::model::resource::Family;
use hopscope::ui::panes::Pane;
use hopscope::ui::panes::access::Access;
use serde_json::{Value, json};

use super::stage::{
    NOW, Reading, SIZES, SUBSCRIPTION, Scene, Screen, issue, list_key, subscription,
};

fn full() -> Scene {
    Scene::of("broken-indexer")
}

fn screen(scene: &Scene, size: (u16, u16)) -> Screen<Access> {
    Screen::new(Access::new(), scene, size)
}

/// The view of who holds what, by resource.
fn held(scene: &Scene, size: (u16, u16)) -> Screen<Access> {
    let mut screen = screen(scene, size);
    assert!(screen.act(Action::NextView));
    screen
}

fn id(tail: &str) -> String {
    format!("/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-rag-poc/providers/{tail}")
}

fn storage() -> String {
    id("Microsoft.Storage/storageAccounts/stragdev")
}

/// The first assignment of the storage account is chosen.
fn chosen(scene: &Scene, size: (u16, u16)) -> Screen<Access> {
    let mut screen = screen(scene, size);
    assert!(screen.with(|pane, _| pane.select(&storage())));
    screen.act(Action::Down);
    screen.act(Action::Up);
    screen
}

/// A scene with one assignment more.
fn with_assignment(scene: &Scene, change: &Value) -> Scene {
    let key = Key::RoleAssignments(subscription());
    let (_, reading) = scene
        .readings
        .iter()
        .find(|(own, _)| *own == key)
        .expect("assignments");
    let Reading::Known(page) = reading else {
        panic!("assignments are known")
    };
    let mut page = page.clone();
    let name = "99999999-0000-4000-8000-000000000001";
    let mut one = json!({
        "id": format!("{}/providers/Microsoft.Authorization/roleAssignments/{name}", storage()),
        "name": name,
        "type": "Microsoft.Authorization/roleAssignments",
        "properties": {
            "roleDefinitionId": format!("/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/2a2b9908-6ea1-4ae2-8e65-a410df84e7d1"),
            "principalId": "2d55fd30-c147-4018-906a-dd6ef136816a",
            "principalType": "User",
            "scope": storage(),
            "condition": null,
        },
    });
    for (name, value) in change.as_object().expect("properties") {
        one["properties"][name] = value.clone();
    }
    page["value"].as_array_mut().expect("a page").push(one);
    scene.clone().with(key, Reading::Known(page))
}

#[test]
fn full_at_every_size() {
    for size in SIZES {
        let name = format!("access-full-{}x{}", size.0, size.1);
        let text = chosen(&full(), size).text(&name);
        insta::assert_snapshot!(name, text);
    }
}

#[test]
fn by_principal_at_every_size() {
    for size in SIZES {
        let name = format!("access-principals-{}x{}", size.0, size.1);
        let mut screen = held(&full(), size);
        assert!(screen.act(Action::NextView));
        insta::assert_snapshot!(name.clone(), screen.text(&name));
    }
}

#[test]
fn every_other_state() {
    let roles = Key::RoleAssignments(subscription());
    let loading = full().reading(|key| {
        matches!(
            key,
            Key::RoleAssignments(_) | Key::Principals(_) | Key::DenyAssignments(_)
        )
    });
    let (_, reading) = full()
        .readings
        .into_iter()
        .find(|(key, _)| *key == roles)
        .expect("assignments");
    let Reading::Known(mut page) = reading else {
        panic!("assignments are known")
    };
    page["value"].as_array_mut().expect("a page").truncate(4);
    let partial = full().with(
        roles.clone(),
        Reading::Partial(page, issue(IssueKind::Failed, &roles)),
    );
    for (state, scene) in [
        ("empty", Scene::empty()),
        ("first", Scene::of("broken-indexer").reading(|_| true)),
        ("loading", loading),
        ("partial", partial),
        (
            "denied",
            full().refused(roles.clone()).refused(Key::Principals(None)),
        ),
        ("nameless", full().refused(Key::Principals(None))),
        ("error", full().failed(roles.clone())),
        ("waiting", full().with(roles, Reading::Waiting)),
    ] {
        for size in [(80, 24), (140, 42)] {
            let name = format!("access-{state}-{}x{}", size.0, size.1);
            let text = held(&scene, size).text(&name);
            insta::assert_snapshot!(name, text);
        }
    }
}

#[test]
fn the_detail_at_80x24_is_one_step_in() {
    let mut screen = chosen(&full(), (80, 24));
    assert!(screen.act(Action::Enter));
    insta::assert_snapshot!("access-detail-80x24", screen.text("access-detail-80x24"));
    assert!(screen.act(Action::Back));
}

#[test]
fn what_was_refused_is_asked_for_with_the_least_role() {
    let scene = full().refused(Key::RoleAssignments(subscription()));
    let mut screen = held(&scene, (140, 42));
    let subject = screen.with(|pane, cx| pane.subject(cx)).expect("a subject");
    assert_eq!(
        subject.copy[0].text,
        format!(
            "az role assignment create --role Reader --assignee ada@contoso.com --scope /subscriptions/{SUBSCRIPTION}"
        )
    );
    let text = screen.text("access-refused");
    // Access policies are properties of the vault: they are known all the same.
    assert!(!text.contains("nobody"), "a refusal is no answer: {text}");
    let lines: Vec<&str> = text
        .lines()
        .filter(|line| line.contains("role assignments"))
        .collect();
    assert!(
        lines.iter().any(|line| line.contains("? refused")),
        "{text}"
    );
}

#[test]
fn a_condition_is_shown_in_full_and_has_its_column() {
    let condition = "((!(ActionMatches{'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read'})) OR (@Resource[Microsoft.Storage/storageAccounts/blobServices/containers:name] StringEquals 'docs'))";
    let plain = held(&full(), (200, 60)).text("access-plain");
    assert!(
        !plain.contains("CONDITION"),
        "a column that would be empty is not there"
    );
    let scene = with_assignment(&full(), &json!({ "condition": condition }));
    let mut screen = held(&scene, (200, 60));
    let text = screen.text("access-condition");
    assert!(text.contains("CONDITION"), "{text}");
    assert!(screen.with(|pane, _| pane.select(&format!("{}|{}/providers/microsoft.authorization/roleassignments/99999999-0000-4000-8000-000000000001", storage().to_lowercase(), storage().to_lowercase()))));
    screen.act(Action::Down);
    screen.act(Action::Up);
    let subject = screen.with(|pane, cx| pane.subject(cx)).expect("a subject");
    assert!(hopscope::ui::widgets::detail::plain_text(&subject.sections).contains(condition));
}

#[test]
fn a_principal_that_is_gone_is_one_only_when_the_directory_was_read() {
    let stale = json!({ "principalId": "abababab-0000-4000-8000-00000000abab", "principalType": "ServicePrincipal" });
    let scene = with_assignment(&full(), &stale);
    let text = held(&scene, (140, 42)).text("access-orphan");
    assert!(text.contains("not in directory"), "{text}");
    let text = held(&scene.refused(Key::Principals(None)), (140, 42)).text("access-orphan-unknown");
    assert!(!text.contains("not in directory"), "{text}");
}

#[test]
fn a_role_whose_definition_was_refused_is_unknown_and_not_missing() {
    let scene = full().refused(Key::RoleDefinitions(subscription()));
    let mut screen = held(&scene, (140, 42));
    let badge = screen.pane.badge().expect("a badge");
    assert_eq!(badge.sign, hopscope::ui::signs::Sign::Unknown);
    let text = screen.text("access-roles");
    assert!(text.contains("role ba92…c9fe"), "{text}");
    assert!(screen.act(Action::FaultsOnly));
    assert!(screen.pane.filter().1 > 0);
}

#[test]
fn the_view_keeps_filter_and_selection_on_their_ids() {
    let mut screen = held(&full(), (140, 42));
    screen.pane.set_filter("Reader");
    let (_, listed, all) = screen.pane.filter();
    assert!(listed > 0 && listed < all);
    assert!(screen.act(Action::NextView));
    assert_eq!(screen.pane.filter().0, "Reader");
    assert!(screen.act(Action::PreviousView));
    let things = screen.pane.things();
    assert!(!things.is_empty());
    assert!(screen.with(|pane, _| pane.select(&things[0].id)));
}

#[test]
fn what_is_old_says_so() {
    let mut screen = screen(&full(), (140, 42));
    screen.at(NOW + time::Duration::minutes(4));
    assert!(screen.text("access-stale").contains("○ 4 min old"));
}

#[test]
fn a_vault_that_was_not_read_takes_nothing_from_the_others() {
    let scene = full().refused(list_key(Family::Vault));
    let text = held(&scene, (200, 60)).text("access-no-vault");
    assert!(text.contains("stragdev"), "{text}");
    let key = Key::Facet(ArmId::new(storage()), Facet::Containers);
    assert!(scene.readings.iter().any(|(own, _)| *own == key));
}

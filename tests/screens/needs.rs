//! Access, the matrix: what the hops need against what is held, in every state and at every size,
//! and the ways from a cell to its hop and back.

use std::path::Path;

use hopscope::config::Action;
use hopscope::model::access::Member;
use hopscope::model::facet::Facet;
use hopscope::model::id::{ArmId, PrincipalId};
use hopscope::model::issue::IssueKind;
use hopscope::model::key::Key;
use hopscope::ui::effect::Effect;
use hopscope::ui::panes::Pane;
use hopscope::ui::panes::access::Access;
use hopscope::ui::signs::Sign;
use serde_json::{Value, json};

use super::stage::{
    Reading, SIZES, SUBSCRIPTION, Scene, Screen, document, issue, list_key, subscription,
};

const ADA: &str = "2d55fd30-c147-4018-906a-dd6ef136816a";
const DEVS: &str = "ccb99376-467a-4316-916d-ffc8a397f1c5";

fn id(tail: &str) -> String {
    format!("/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-rag-poc/providers/{tail}")
}

fn search() -> ArmId {
    ArmId::new(id("Microsoft.Search/searchServices/srch-rag-dev"))
}

fn whole(items: &[Value]) -> Reading {
    Reading::Known(json!({ "value": items }))
}

/// The documents of a scenario whose type ends so.
fn documents(root: &Path, kind: &str) -> Vec<Value> {
    let all = document(&root.join("arm/access.json"));
    let is_of_kind = |one: &Value| one["type"].as_str().is_some_and(|own| own.ends_with(kind));
    all.into_iter().filter(is_of_kind).collect()
}

/// The scenario with what judging rights needs: definitions, groups, and what PIM says.
fn full() -> Scene {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/scenarios/broken-indexer");
    let mut scene = Scene::of("broken-indexer");
    // Only what would be read of the group that is looked at.
    for (key, reading) in &mut scene.readings {
        if let (Key::List { .. }, Reading::Known(page)) = (key, reading) {
            let items = page["value"].as_array_mut().expect("a page");
            items.retain(|one| {
                let id = one["id"].as_str().unwrap_or_default().to_lowercase();
                id.contains("/rg-rag-poc/") || id.contains("/azureml-rg-hub-rag-dev")
            });
        }
    }
    for (facet, file) in [
        (Facet::Indexers, "indexers"),
        (Facet::DataSources, "datasources"),
        (Facet::Skillsets, "skillsets"),
        (Facet::Indexes, "indexes"),
    ] {
        let path = root.join(format!("search/srch-rag-dev/{file}.json"));
        scene.add(Key::Facet(search(), facet), whole(&document(&path)));
    }
    for facet in [Facet::Perimeters, Facet::SharedPrivateLinks] {
        for one in [
            "Microsoft.Storage/storageAccounts/stragdev",
            "Microsoft.Search/searchServices/srch-rag-dev",
            "Microsoft.CognitiveServices/accounts/aoai-rag-dev",
        ] {
            scene.add(Key::Facet(ArmId::new(id(one)), facet), whole(&[]));
        }
    }
    let eligible = documents(&root, "oleEligibilityScheduleInstances");
    assert!(!eligible.is_empty());
    scene.add(Key::EligibleRoles(subscription()), whole(&eligible));
    let active = documents(&root, "oleAssignmentScheduleInstances");
    scene.add(Key::ActiveRoles(subscription()), whole(&active));
    let mut principals: Vec<(String, Member)> = documents(&root, "roleAssignments")
        .iter()
        .filter_map(|one| {
            let own = &one["properties"];
            let member = match own["principalType"].as_str()? {
                "User" => Member::User,
                "ServicePrincipal" => Member::ServicePrincipal,
                _ => return None,
            };
            Some((own["principalId"].as_str()?.to_owned(), member))
        })
        .collect();
    principals.push((ADA.to_owned(), Member::User));
    for (principal, member) in principals {
        let groups = if principal == ADA {
            vec![
                json!({ "@odata.type": "#microsoft.graph.group", "id": DEVS, "displayName": "rag-devs" }),
            ]
        } else {
            Vec::new()
        };
        scene.add(
            Key::Memberships(PrincipalId::new(principal), member),
            whole(&groups),
        );
    }
    scene
}

fn screen(scene: &Scene, size: (u16, u16)) -> Screen<Access> {
    Screen::new(Access::new(), scene, size).judged()
}

/// A deny assignment for everyone on the storage account's data.
fn denied_data(scene: &Scene) -> Scene {
    let storage = id("Microsoft.Storage/storageAccounts/stragdev");
    let one = json!({
        "id": format!("{storage}/providers/Microsoft.Authorization/denyAssignments/aaaa0000-0000-4000-8000-000000000001"),
        "name": "aaaa0000-0000-4000-8000-000000000001",
        "type": "Microsoft.Authorization/denyAssignments",
        "properties": {
            "denyAssignmentName": "stack: no data",
            "permissions": [{ "actions": [], "notActions": [], "dataActions": ["*"], "notDataActions": [] }],
            "scope": storage,
            "doNotApplyToChildScopes": false,
            "principals": [{ "id": "00000000-0000-0000-0000-000000000000", "type": "SystemDefined" }],
            "excludePrincipals": [],
            "isSystemProtected": true,
        },
    });
    scene
        .clone()
        .with(Key::DenyAssignments(subscription()), whole(&[one]))
}

#[test]
fn the_matrix_at_every_size() {
    for size in SIZES {
        let name = format!("needs-full-{}x{}", size.0, size.1);
        let text = screen(&full(), size).text(&name);
        insta::assert_snapshot!(name, text);
    }
}

#[test]
fn every_other_state() {
    let roles = Key::RoleAssignments(subscription());
    let all = full();
    let (_, reading) = all
        .readings
        .iter()
        .find(|(key, _)| *key == roles)
        .expect("assignments");
    let Reading::Known(mut page) = reading.clone() else {
        panic!("assignments are known")
    };
    page["value"].as_array_mut().expect("a page").truncate(4);
    let partial = full().with(
        roles.clone(),
        Reading::Partial(page, issue(IssueKind::Failed, &roles)),
    );
    let loading = full().reading(|key| {
        matches!(
            key,
            Key::RoleAssignments(_) | Key::Principals(_) | Key::DenyAssignments(_)
        )
    });
    for (state, scene) in [
        ("empty", Scene::empty()),
        ("first", full().reading(|_| true)),
        ("loading", loading),
        ("partial", partial),
        ("denied", full().refused(roles.clone())),
        ("error", full().failed(roles)),
        ("deny-assignment", denied_data(&full())),
    ] {
        for size in [(80, 24), (140, 42)] {
            let name = format!("needs-{state}-{}x{}", size.0, size.1);
            let text = screen(&scene, size).text(&name);
            insta::assert_snapshot!(name, text);
        }
    }
}

#[test]
fn a_refusal_keeps_the_shape_and_names_the_right_and_the_role() {
    let scene = full().refused(Key::RoleAssignments(subscription()));
    let text = screen(&scene, (140, 42)).text("needs-refused");
    for words in [
        "Ada",
        "stragdev",
        "? Blob Data Contributor",
        "Microsoft.Authorization/roleAssignments/read",
        "Reader",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
    assert!(!text.contains('✖'), "a refusal is no answer: {text}");
}

#[test]
fn the_worst_cell_is_chosen_at_first_and_tells_how_it_is_held() {
    let mut screen = screen(&full(), (200, 60));
    let text = screen.text("needs-cell");
    assert!(text.contains("Ada on stragdev"), "{text}");
    for words in [
        "works with a key, not with a token",
        "group rag-devs",
        "eligible: not active",
        "Storage Blob Data Contributor",
        "roleAssignments",
        "In excess",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
    // The least change is what is copied first, whole: the role is there for the asking.
    let subject = screen.with(|pane, cx| pane.subject(cx)).expect("a subject");
    assert!(
        subject.copy[0]
            .text
            .starts_with("Privileged Identity Management"),
        "{:?}",
        subject.copy
    );
    let grant = subject
        .copy
        .iter()
        .find(|item| item.text.starts_with("az role assignment create"))
        .expect("a command");
    assert!(!grant.text.contains('…'));
}

#[test]
fn enter_leads_on_to_the_hop_and_its_id_leads_back() {
    let mut screen = screen(&full(), (140, 42));
    assert!(screen.act(Action::Enter));
    let outcome = screen.with(|pane, cx| pane.on_action(Action::Enter, cx));
    let Some(Effect::Jump { panes, ids }) = outcome.effects.first() else {
        panic!("no way on: {outcome:?}")
    };
    assert_eq!(panes, &['1']);
    assert!(ids[0].starts_with("user-to-storage|"), "{ids:?}");
    // Back from the Map, from another cell and another view.
    let hop = ids[0].clone();
    assert!(screen.act(Action::Back) && screen.act(Action::Down) && screen.act(Action::NextView));
    assert!(screen.with(|pane, _| pane.select(&hop)));
    screen.with(Pane::update);
    assert!(screen.text("needs-back").contains("Ada on stragdev"));
    // `tab` goes round, `esc` never leaves.
    for _ in 0..3 {
        assert!(screen.act(Action::NextPart));
    }
}

#[test]
fn faults_filter_and_sort_change_the_list_and_never_the_choice() {
    let mut screen = screen(&full(), (140, 42));
    let (_, _, all) = screen.pane.filter();
    assert!(screen.act(Action::FaultsOnly));
    let (_, listed, _) = screen.pane.filter();
    assert!(listed > 0 && listed < all, "{listed} of {all}");
    assert!(screen.text("needs-faults").contains("faults only"));
    assert!(screen.act(Action::Back));
    assert_eq!(screen.pane.filter().1, all);
    screen.pane.set_filter("kv-rag-dev");
    let (typed, listed, _) = screen.pane.filter();
    assert!(typed == "kv-rag-dev" && listed > 0 && listed < all);
    screen.pane.set_filter("nothing of this name");
    screen.with(Pane::update);
    assert!(
        screen
            .text("needs-none")
            .contains("No row passes the filter")
    );
    screen.pane.set_filter("");
    screen.with(Pane::update);
    let title = |screen: &mut Screen<Access>| {
        let text = screen.text("needs-title");
        let line = text.lines().find(|line| line.contains(" on kv-rag-dev"));
        line.map(str::to_owned)
    };
    let chosen = title(&mut screen);
    assert!(chosen.is_some());
    let columns = screen.pane.sort_columns();
    for (column, _) in columns {
        screen.pane.sort_by(column);
        screen.with(Pane::update);
        assert_eq!(title(&mut screen), chosen);
    }
}

#[test]
fn at_80x24_one_principal_stands_alone_and_brackets_turn_to_the_next() {
    let mut screen = screen(&full(), (80, 24));
    let first = screen.text("needs-alone");
    assert!(first.contains("1 of"), "{first}");
    assert!(screen.act(Action::NextView));
    let second = screen.text("needs-alone-2");
    assert!(second.contains("2 of") && first != second, "{second}");
    assert!(screen.act(Action::PreviousView));
    assert_eq!(screen.text("needs-alone-3"), first);
    // Past the first one the last view follows, and the way back.
    assert!(screen.act(Action::PreviousView));
    assert!(screen.text("needs-alone-4").contains("in excess"));
    assert!(screen.act(Action::NextView));
    assert_eq!(screen.text("needs-alone-5"), first);
    assert!(screen.act(Action::Enter));
    insta::assert_snapshot!("needs-cell-80x24", screen.text("needs-cell-80x24"));
}

#[test]
fn the_excess_says_what_is_too_wide_and_what_rests_on_it() {
    for size in [(80, 24), (140, 42)] {
        let mut screen = screen(&full(), size);
        // Backward from the matrix stands the last view.
        assert!(screen.act(Action::PreviousView));
        let name = format!("needs-excess-{}x{}", size.0, size.1);
        insta::assert_snapshot!(name.clone(), screen.text(&name));
    }
    // What was refused takes the claim away.
    let scene = full().refused(Key::Facet(search(), Facet::Indexers));
    let mut screen = screen(&scene, (200, 60));
    assert!(
        screen
            .text("needs-unsure")
            .contains("Whether a role is of no use")
    );
}

#[test]
fn a_deny_assignment_is_worse_than_a_role_that_is_missing() {
    let mut screen = screen(&denied_data(&full()), (140, 42));
    let badge = screen.pane.badge().expect("a badge");
    assert_eq!(badge.sign, Sign::Shut);
    let text = screen.text("needs-denied");
    assert!(text.contains("denied"), "{text}");
}

#[test]
fn a_vault_that_was_not_read_keeps_the_others() {
    let scene = full().refused(list_key(hopscope::model::resource::Family::Vault));
    let text = screen(&scene, (140, 42)).text("needs-no-vault");
    assert!(
        text.contains("stragdev") && text.contains("srch-rag-dev"),
        "{text}"
    );
}

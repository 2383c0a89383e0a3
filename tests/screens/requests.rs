//! Requests: the ledger in every state.

use std::sync::Arc;
use std::time::Duration;

use hopscope::config::Action;
use hopscope::model::facet::Facet;
use hopscope::model::id::ArmId;
use hopscope::model::key::Key;
use hopscope::model::ledger::{LedgerEntry, Outcome, Service};
use hopscope::model::resource::Family;
use hopscope::store::Update;
use hopscope::ui::panes::Pane;
use hopscope::ui::panes::requests::Requests;

use super::stage::{NOW, SIZES, SUBSCRIPTION, Scene, Screen, TENANT, call, list_key, subscription};

fn group() -> String {
    format!("/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-rag-poc")
}

/// A burst as a real run makes it: sign-in, lists, facets, the directory that refuses.
fn calls() -> Vec<LedgerEntry> {
    let search = format!(
        "{}/providers/Microsoft.Search/searchServices/srch-rag-dev",
        group()
    );
    let hub = format!(
        "{}/providers/Microsoft.MachineLearningServices/workspaces/hub-rag-dev",
        group()
    );
    let storage = format!(
        "{}/providers/Microsoft.Storage/storageAccounts/stragdev",
        group()
    );
    let mut calls = vec![LedgerEntry {
        service: Service::Login,
        method: Arc::from("POST"),
        host: Arc::from("login.microsoftonline.com"),
        body: None,
        tenant: None,
        auxiliary_tenants: [].into(),
        ..call(1, &format!("/{TENANT}/oauth2/v2.0/token"), None)
    }];
    let mut add = |path: String, key: Key| {
        let number = calls.len() as u64 + 1;
        let mut entry = call(number, &path, Some(key));
        let left = 250 - i64::try_from(number).unwrap_or(0);
        let quota = if path.starts_with("/subscriptions?") {
            "tenant-reads"
        } else {
            "subscription-reads"
        };
        entry.remaining = vec![(Arc::from(quota), left)];
        calls.push(entry);
    };
    add(
        "/subscriptions?api-version=2022-12-01".into(),
        Key::Subscriptions(None),
    );
    for family in Family::ALL {
        let path = format!(
            "{}/providers/{}?api-version=2025-06-01",
            subscription(),
            family.arm_type()
        );
        add(path, list_key(family));
    }
    for (owner, tail, facet) in [
        (
            &search,
            "sharedPrivateLinkResources",
            Facet::SharedPrivateLinks,
        ),
        (&hub, "connections", Facet::Connections),
        (
            &storage,
            "providers/Microsoft.Insights/diagnosticSettings",
            Facet::DiagnosticSettings,
        ),
    ] {
        let path = format!("{owner}/{tail}?api-version=2025-05-01");
        add(path, Key::Facet(ArmId::new(owner), facet));
    }
    for (tail, key) in [
        ("roleAssignments", Key::RoleAssignments(subscription())),
        ("denyAssignments", Key::DenyAssignments(subscription())),
    ] {
        let path = format!(
            "{}/providers/Microsoft.Authorization/{tail}?api-version=2022-04-01",
            subscription()
        );
        add(path, key);
    }
    calls.push(LedgerEntry {
        service: Service::Graph,
        method: Arc::from("POST"),
        host: Arc::from("graph.microsoft.com"),
        status: Some(403),
        error_code: Some(Arc::from("Authorization_RequestDenied")),
        error_message: Some(Arc::from("Insufficient privileges to complete the operation.")),
        request_id: Some(Arc::from("5ad0c1f2-0000-4000-8000-000000003117")),
        headers: Arc::from(vec![
            (Arc::from("content-type"), Arc::from("application/json")),
            (Arc::from("request-id"), Arc::from("5ad0c1f2-0000-4000-8000-000000003117")),
        ]),
        body: Some(Arc::from(
            r#"{"error":{"code":"Authorization_RequestDenied","message":"Insufficient privileges to complete the operation."}}"#,
        )),
        ..call(18, "/v1.0/directoryObjects/getByIds", Some(Key::Principals(None)))
    });
    calls
}

fn full() -> Scene {
    let mut scene = Scene::of("broken-indexer").refused(Key::Principals(None));
    scene.calls = calls();
    scene
}

fn chosen(scene: &Scene, size: (u16, u16)) -> Screen<Requests> {
    let mut screen = Screen::new(Requests::new(), scene, size);
    // The newest is chosen, and it is the one that was refused.
    screen.act(Action::First);
    screen
}

#[test]
fn full_at_every_size() {
    for size in SIZES {
        let name = format!("requests-full-{}x{}", size.0, size.1);
        let text = chosen(&full(), size).text(&name);
        insta::assert_snapshot!(name, text);
    }
}

#[test]
fn the_detail_at_80x24() {
    let mut screen = chosen(&full(), (80, 24));
    assert!(screen.act(Action::Enter));
    insta::assert_snapshot!(
        "requests-detail-80x24",
        screen.text("requests-detail-80x24")
    );
}

#[test]
fn empty_loading_and_in_trouble() {
    let mut loading = Scene::of("broken-indexer").reading(|_| true);
    loading.calls = calls().into_iter().take(8).collect();
    for entry in loading.calls.iter_mut().skip(4) {
        entry.outcome = Outcome::Pending;
        entry.status = None;
        entry.body = None;
        entry.duration = Duration::ZERO;
    }
    let mut trouble = full();
    let stopped = LedgerEntry {
        method: Arc::from("POST"),
        outcome: Outcome::Stopped(Arc::from("a list of keys stays in, whatever its verb")),
        status: None,
        attempts: 0,
        body: None,
        ..call(
            19,
            &format!(
                "{}/providers/Microsoft.Storage/storageAccounts/stragdev/listKeys",
                group()
            ),
            None,
        )
    };
    let throttled = LedgerEntry {
        status: Some(429),
        attempts: 3,
        error_code: Some(Arc::from("TooManyRequests")),
        ..call(
            20,
            &format!("{}/providers/Microsoft.KeyVault/vaults", subscription()),
            Some(list_key(Family::Vault)),
        )
    };
    let lost = LedgerEntry {
        status: None,
        body: None,
        outcome: Outcome::Failed(Arc::from("the connection was closed before the body ended")),
        ..call(
            21,
            &format!(
                "{}/providers/Microsoft.DocumentDB/databaseAccounts",
                subscription()
            ),
            Some(list_key(Family::Cosmos)),
        )
    };
    trouble.calls.extend([stopped, throttled, lost]);
    let trouble = trouble.failed(list_key(Family::Cosmos));
    for (state, scene) in [
        ("empty", Scene::empty()),
        ("loading", loading),
        ("trouble", trouble),
    ] {
        for size in [(80, 24), (140, 42)] {
            let name = format!("requests-{state}-{}x{}", size.0, size.1);
            let text = Screen::new(Requests::new(), &scene, size).text(&name);
            insta::assert_snapshot!(name, text);
        }
    }
}

#[test]
fn newest_calls_do_not_move_the_selection() {
    let mut screen = Screen::new(Requests::new(), &full(), (140, 42));
    let selected =
        |screen: &mut Screen<Requests>| screen.with(|pane, cx| pane.subject(cx).unwrap().title);
    assert_eq!(selected(&mut screen), "request 18");
    // Nobody has moved: the newest is looked at.
    for number in 19..60 {
        screen.hear(Update::Request(Box::new(call(
            number,
            "/subscriptions",
            None,
        ))));
        assert_eq!(selected(&mut screen), format!("request {number}"));
    }
    for _ in 0..3 {
        screen.act(Action::Down);
    }
    assert_eq!(selected(&mut screen), "request 56");
    let line = |screen: &mut Screen<Requests>| {
        let text = screen.text("requests-moved");
        text.lines()
            .position(|line| line.starts_with('▌'))
            .expect("a chosen row")
    };
    let before = line(&mut screen);
    for number in 60..90 {
        screen.hear(Update::Request(Box::new(call(
            number,
            "/subscriptions",
            None,
        ))));
    }
    assert_eq!(selected(&mut screen), "request 56");
    assert_eq!(line(&mut screen), before, "the row stays where the eye is");
}

#[test]
fn faults_only_and_the_filter_leave_what_was_asked_for() {
    let mut screen = Screen::new(Requests::new(), &full(), (140, 42));
    assert!(screen.act(Action::FaultsOnly));
    assert_eq!(screen.pane.filter().1, 1);
    assert!(screen.act(Action::Back));
    screen.pane.set_filter("searchServices");
    assert_eq!(screen.pane.filter(), ("searchServices".to_owned(), 1, 18));
    screen.pane.set_filter("no such call");
    let text = screen.text("requests-no-row");
    assert!(text.contains("No call passes the filter."), "{text}");
}

#[test]
fn the_copy_is_a_whole_command_that_asks_the_same_again() {
    let mut screen = chosen(&full(), (140, 42));
    let subject = screen.with(|pane, cx| pane.subject(cx).unwrap());
    let text = &subject.copy[0].text;
    assert!(text.starts_with("az rest --method post --url https://graph.microsoft.com/v1.0/directoryObjects/getByIds --body '{\"ids\":["), "{text}");
    screen.act(Action::Down);
    let subject = screen.with(|pane, cx| pane.subject(cx).unwrap());
    assert_eq!(
        subject.copy[0].text,
        format!(
            "az rest --method get --url 'https://management.azure.com/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Authorization/denyAssignments?api-version=2022-04-01'"
        )
    );
    screen.act(Action::Last);
    let subject = screen.with(|pane, cx| pane.subject(cx).unwrap());
    assert!(
        subject.copy.iter().all(|item| item.label != "az rest"),
        "a sign-in is not repeated by hand"
    );
    assert!(subject.answers.is_empty(), "a token's answer is never kept");
}

#[test]
fn the_gauges_say_what_is_left_as_the_newest_answer_said() {
    let mut screen = Screen::new(Requests::new(), &full(), (140, 42));
    let text = screen.text("requests-gauges");
    assert!(text.contains("233/250"), "{text}");
    let mut old = full();
    old.calls[16].remaining = vec![(Arc::from("subscription-reads"), 11_999)];
    let text = Screen::new(Requests::new(), &old, (140, 42)).text("requests-hourly");
    assert!(
        text.contains("11999 left") && !text.contains("11999/250"),
        "{text}"
    );
}

#[test]
fn a_call_that_a_later_one_made_good_says_so() {
    let mut scene = Scene::of("broken-indexer");
    scene.calls = calls();
    let text = chosen(&scene, (140, 42)).text("requests-made-good");
    assert!(
        text.contains("KNOWN ALL THE SAME") && !text.contains("SO WE DO NOT KNOW"),
        "{text}"
    );
}

#[test]
fn the_clock_of_the_burst_is_that_of_the_wall() {
    let mut screen = Screen::new(Requests::new(), &full(), (140, 42));
    let at = call(18, "/", None).started_at;
    let words = format!("{:02}.{:03}", at.second(), at.millisecond());
    assert!(at < NOW);
    assert!(screen.text("requests-clock").contains(&words));
}

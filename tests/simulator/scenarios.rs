//! The scenarios inside the program, each served and walked: every document can be read by its id, and
//! every list of a subscription holds what it should.

use std::collections::BTreeSet;

use hopscope::simulator::Scenario;
use serde_json::Value;

use crate::ground::{Ground, names};

/// Every document of a scenario; of a story those that its base has not.
fn documents(name: &str) -> Vec<Value> {
    let of = |name: &str| Scenario::load(name).unwrap().documents().to_vec();
    let own = of(name);
    if !is_story(name) {
        return own;
    }
    let base = of("healthy");
    own.into_iter().filter(|one| !base.contains(one)).collect()
}

fn is_story(name: &str) -> bool {
    let listed = Scenario::list().unwrap();
    listed
        .iter()
        .any(|one| one.name == name && one.twin.is_some())
}

#[test]
fn they_are_listed_in_order_and_the_default_is_among_them() {
    let listed = Scenario::list().unwrap();
    let known: Vec<&str> = listed.iter().map(|line| line.name.as_str()).collect();
    for name in [
        "healthy",
        "broken-indexer",
        "foundry-cmk",
        "open-poc",
        "denied",
    ] {
        assert!(known.contains(&name), "{name}");
    }
    assert!(known.contains(&hopscope::commands::simulate::DEFAULT_SCENARIO));
    assert!(
        listed
            .windows(2)
            .all(|pair| (pair[0].shelf, pair[0].order) <= (pair[1].shelf, pair[1].order))
    );
    assert!(listed.iter().all(|line| !line.title.is_empty()));
    for name in known {
        let scenario = Scenario::load(name).unwrap();
        assert!(!scenario.story().is_empty() && !scenario.scope().subscriptions.is_empty());
    }
}

/// `denied` refuses half of this on purpose; it is asked for what it answers with a status, not a panic.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_document_can_be_read_by_its_id() {
    for line in Scenario::list().unwrap() {
        let scenario = Scenario::load(&line.name).unwrap();
        let ground = Ground::on(&scenario, |knobs| {
            knobs.throttle = false;
            knobs.page_size = 1000;
        })
        .await;
        let mut read = 0;
        for document in documents(&line.name) {
            let id = document["id"].as_str().unwrap();
            if document.get("namespace").is_some() || id.starts_with("/tenants/") {
                continue;
            }
            // Documents filed under a query's path answer a POST.
            let answer = ground
                .get(&format!(
                    "{}?api-version=2026-01-01",
                    id.replace(' ', "%20")
                ))
                .await;
            if answer.status == 403 || answer.status == 401 {
                continue;
            }
            assert_eq!(answer.status, 200, "{}: {id}: {}", line.name, answer.text);
            read += 1;
        }
        assert!(read > 40 || is_story(&line.name), "{}: {read}", line.name);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn subscription_lists_hold_every_resource_and_small_pages_change_nothing() {
    for name in ["healthy", "broken-indexer", "foundry-cmk", "open-poc"] {
        let scenario = Scenario::load(name).unwrap();
        let ground = Ground::on(&scenario, |knobs| {
            knobs.throttle = false;
            knobs.page_size = 3;
        })
        .await;
        for subscription in &scenario.scope().subscriptions {
            let base = format!("/subscriptions/{subscription}");
            let (listed, pages) = ground
                .all(&format!("{base}/resources?api-version=2025-04-01"))
                .await;
            assert!(pages > 2 && !listed.is_empty(), "{name}");
            let kinds: BTreeSet<&str> = listed
                .iter()
                .filter_map(|item| item["type"].as_str())
                .collect();
            for kind in kinds {
                let (own, _) = ground
                    .all(&format!("{base}/providers/{kind}?api-version=2026-01-01"))
                    .await;
                let expected: BTreeSet<String> = listed
                    .iter()
                    .filter(|item| {
                        item["type"]
                            .as_str()
                            .is_some_and(|own| own.eq_ignore_ascii_case(kind))
                    })
                    .map(|item| item["id"].as_str().unwrap().to_lowercase())
                    .collect();
                let found: BTreeSet<String> = own
                    .iter()
                    .map(|item| item["id"].as_str().unwrap().to_lowercase())
                    .collect();
                assert_eq!(found, expected, "{name} {kind}");
            }
            let (assignments, _) = ground
                .all(&format!("{base}/providers/Microsoft.Authorization/roleAssignments?api-version=2022-04-01"))
                .await;
            let above = assignments
                .iter()
                .filter(|item| {
                    item["id"]
                        .as_str()
                        .unwrap()
                        .to_lowercase()
                        .starts_with("/providers/microsoft.management")
                })
                .count();
            assert!(
                assignments.len() > 3 && above > 0,
                "{name}: {above} of {} from a management group",
                assignments.len()
            );
            let (groups, _) = ground
                .all(&format!("{base}/resourcegroups?api-version=2025-04-01"))
                .await;
            for group in &scenario.scope().resource_groups {
                assert!(names(&groups).contains(group), "{name}: {group}");
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn the_night_of_foundry_cmk_comes_at_twenty_seconds() {
    let scenario = Scenario::load("foundry-cmk").unwrap();
    let (at, _) = scenario.timeline()[0].clone();
    let ground = Ground::on(&scenario, |_| {}).await;
    let subscription = &scenario.scope().subscriptions[0];
    let path = format!(
        "/subscriptions/{subscription}/providers/Microsoft.DocumentDB/databaseAccounts?api-version=2024-11-15"
    );
    let keys_off = |items: &[Value]| {
        items
            .iter()
            .filter(|item| item["properties"]["disableLocalAuth"] == true)
            .count()
    };
    let before = keys_off(&ground.all(&path).await.0);
    tokio::time::sleep(at).await;
    assert_eq!(keys_off(&ground.all(&path).await.0), before + 1);
}

#[test]
fn a_twin_is_the_same_story_with_something_changed() {
    let mut told = 0;
    for line in Scenario::list().unwrap() {
        assert!(Scenario::exists(&line.name).unwrap());
        let Some(twin) = line.twin else { continue };
        assert!(Scenario::exists(&twin.name).unwrap(), "{}", twin.name);
        let (story, other) = (
            Scenario::load(&line.name).unwrap(),
            Scenario::load(&twin.name).unwrap(),
        );
        assert_eq!((other.name(), other.title()), (&*twin.name, &*twin.title));
        assert_ne!(story.title(), other.title());
        let of = |one: &Scenario| {
            format!(
                "{:?} {:?} {:?} {:?} {:?} {:?} {:?}",
                one.documents(),
                one.search(),
                one.directory(),
                one.members(),
                one.refused(),
                one.caller(),
                one.scope()
            )
        };
        assert_ne!(of(&story), of(&other), "{}", twin.name);
        let caller = |name: &str| Scenario::preface(name).and_then(|preface| preface.address);
        assert!(caller(&line.name).is_some(), "{}", line.name);
        assert_eq!(caller(&line.name), caller(&twin.name));
        told += 1;
    }
    assert!(told >= 18, "{told}");
    for no in [
        "healthy:mended",
        "stale-principal:broken",
        "stale-principal:",
        "nobody:mended",
    ] {
        assert!(!Scenario::exists(no).unwrap(), "{no}");
        assert!(Scenario::load(no).is_err(), "{no}");
    }
}

#[test]
fn a_story_can_be_told_in_a_folder_of_ones_own() {
    let folder = tempfile::tempdir().unwrap();
    let own = folder.path().join("mine");
    std::fs::create_dir(&own).unwrap();
    let write = |text: &str| std::fs::write(own.join("scenario.toml"), text).unwrap();
    write(
        "title = \"t\"\nbase = \"healthy\"\n[[change]]\ndocument = \"storageAccounts/stragdev\"\n\
         at = \"/properties/networkAcls/bypass\"\nset = '\"None\"'\n[twin]\nkind = \"mended\"\n\
         title = \"u\"\n[[twin.change]]\ndocument = \"storageAccounts/stragdev\"\n\
         at = \"/properties/networkAcls/bypass\"\nset = '\"AzureServices\"'\n",
    );
    let bypass = |scenario: &Scenario| {
        let found = scenario.documents().iter().find(|one| {
            one["id"]
                .as_str()
                .is_some_and(|id| id.ends_with("/storageAccounts/stragdev"))
        });
        found.unwrap()["properties"]["networkAcls"]["bypass"].clone()
    };
    let story = Scenario::from_dir(&own).unwrap();
    assert_eq!((story.name(), bypass(&story)), ("mine", "None".into()));
    assert_eq!(story.caller().upn.as_deref(), Some("ada@contoso.com"));
    assert_eq!(story.scope().resource_groups, ["rg-rag-poc"]);
    let twin = Scenario::from_dir(&folder.path().join("mine:mended")).unwrap();
    assert_eq!(bypass(&twin), "AzureServices");
    for (text, reason) in [
        ("title = \"t\"\nbase = \"nowhere\"\n", "'nowhere'"),
        (
            "title = \"t\"\nbase = \"stale-principal\"\n",
            "stands on a whole scenario",
        ),
        ("title = \"t\"\n", "who the caller is"),
        (
            "title = \"t\"\nbase = \"healthy\"\n[[change]]\nremove = true\n",
            "change 1",
        ),
    ] {
        write(text);
        let refused = Scenario::from_dir(&own).unwrap_err().to_string();
        assert!(refused.contains(reason), "{refused}");
    }
}

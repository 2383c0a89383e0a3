//! What `diff` tells of two snapshots.

use std::path::Path;
use std::sync::Arc;

use hopscope::commands::source::Inspected;
use hopscope::fetch::jobs::again;
use hopscope::model::facet::Facet;
use hopscope::model::issue::{Issue, IssueKind};
use hopscope::model::key::Key;
use hopscope::privacy::{Level, Masker};
use hopscope::report::diff::{Compared, build};
use hopscope::store::Kept;
use hopscope::store::file::{self, Head, Saved};
use serde_json::{Value, json};
use time::Duration;

use crate::stage::{inspected, names};
use crate::support::hopscope;
use crate::support::schema::problems_with;

fn at(kept: Kept, like: &Inspected, earlier: Duration) -> Inspected {
    Inspected::of(Saved {
        head: Head::new(like.at - earlier, None),
        kept,
    })
}

/// The JSON, which holds to its schema.
fn told(before: &Inspected, after: &Inspected) -> Value {
    let report = build(&Compared::of(&before.side(), &after.side()));
    assert_eq!(against_schema(&report), Vec::<String>::new(), "{report}");
    report
}

fn against_schema(report: &Value) -> Vec<String> {
    problems_with(include_str!("../../assets/diff.schema.json"), report)
}

/// What differs, without a name in it.
fn shape(report: &Value) -> Vec<String> {
    let texts = |one: &Value, names: &[&str]| {
        let texts: Vec<String> = names.iter().map(|name| one[*name].to_string()).collect();
        texts.join(" ")
    };
    let mut lines = Vec::new();
    for one in report["things"].as_array().unwrap() {
        let properties = one["properties"].as_array().map_or(0, Vec::len);
        lines.push(format!("{} {properties}", texts(one, &["what", "change"])));
    }
    for hop in report["hops"].as_array().unwrap() {
        lines.push(texts(hop, &["kind", "before", "after"]));
        for gate in hop["gates"].as_array().unwrap() {
            lines.push(texts(gate, &["gate", "before", "after"]));
        }
    }
    for one in report["notComparable"].as_array().unwrap() {
        lines.push(texts(one, &["what", "before", "after"]));
    }
    lines.sort();
    lines
}

#[test]
fn a_scenario_and_its_twin_differ_as_the_schema_says() {
    let twins: Vec<String> = names()
        .into_iter()
        .filter(|name| name.contains(':'))
        .collect();
    assert!(twins.len() > 15, "{twins:?}");
    // Every third is enough: they differ in one thing each.
    for twin in twins.iter().step_by(3) {
        let (name, _) = twin.split_once(':').unwrap();
        let (mut before, after) = (inspected(twin), inspected(name));
        before.at -= Duration::hours(1);
        for (one, other) in [(&before, &after), (&after, &before)] {
            let report = told(one, other);
            assert_eq!(report["same"], false, "{twin}");
            let mut masker = Masker::new(Level::All, None);
            for side in [one, other] {
                masker.learn_snapshot(&side.snapshot);
            }
            let mut hidden = |one: &Inspected| Inspected {
                snapshot: masker.snapshot(&one.snapshot, None, again::decoded),
                frame: masker.frame(&one.frame),
                scope: one.scope.clone(),
                at: one.at,
                masked: None,
            };
            let (one, other) = (hidden(one), hidden(other));
            assert_eq!(shape(&told(&one, &other)), shape(&report), "{twin}");
        }
    }
}

#[test]
fn what_the_schema_does_not_know_is_found() {
    let one = inspected("broken-indexer");
    let mut report = told(&one, &one);
    report["same"] = json!(false);
    assert!(against_schema(&report).is_empty());
    for (path, value) in [
        ("/same", json!("no")),
        ("/hops", json!([{ "id": "x" }])),
        (
            "/things",
            json!([{ "id": "/x", "what": "locks", "change": "changed" }]),
        ),
        ("/before", json!("yesterday")),
    ] {
        let mut wrong = report.clone();
        *wrong.pointer_mut(path).unwrap() = value;
        assert!(!against_schema(&wrong).is_empty(), "{path}");
    }
    report["more"] = json!(1);
    assert!(!against_schema(&report).is_empty());
}

/// Changes the JSON of every storage account of this name.
pub(crate) fn with_account(kept: &mut Kept, name: &str, change: impl Fn(&mut Value)) {
    for slice in &mut kept.slices {
        for answer in slice.value.iter_mut().flatten() {
            for item in &mut answer.items {
                if item["type"] == "Microsoft.Storage/storageAccounts" && item["name"] == name {
                    let mut own = Value::clone(item);
                    change(&mut own);
                    *item = Arc::new(own);
                }
            }
        }
    }
}

#[test]
fn a_snapshot_does_not_differ_from_itself() {
    let one = inspected("broken-indexer");
    let kept = Kept::of(&one.snapshot, &one.frame);
    let other = at(kept, &one, Duration::ZERO);
    let report = told(&one, &other);
    assert_eq!(report["same"], true, "{report}");
}

#[test]
fn a_property_the_hops_that_it_turned_and_who_did_it() {
    let after = inspected("broken-indexer");
    let mut kept = Kept::of(&after.snapshot, &after.frame);
    with_account(&mut kept, "stragdev", |account| {
        account["properties"]["networkAcls"]["bypass"] = json!("AzureServices");
    });
    let before = at(kept, &after, Duration::days(2));
    let report = told(&before, &after);
    assert_eq!(report["same"], false);
    let things = report["things"].as_array().unwrap();
    assert_eq!(things.len(), 1, "{things:#?}");
    assert_eq!(things[0]["change"], "changed");
    assert_eq!(
        things[0]["properties"],
        json!([{ "path": "properties.networkAcls.bypass", "before": "AzureServices", "after": "None" }])
    );
    assert_eq!(
        things[0]["by"]["operation"],
        "Microsoft.Storage/storageAccounts/write"
    );
    let hops = report["hops"].as_array().unwrap();
    let turned: Vec<&Value> = hops
        .iter()
        .filter(|hop| hop["kind"] == "indexer-to-storage")
        .collect();
    assert_eq!(turned.len(), 2, "{hops:#?}");
    for hop in turned {
        assert_eq!(
            (&hop["before"], &hop["after"]),
            (&json!("open"), &json!("shut"))
        );
        assert_eq!(hop["gates"][0]["gate"], "network");
        assert!(
            hop["gates"][0]["by"]
                .as_str()
                .unwrap()
                .contains("storageAccounts/write")
        );
    }
    assert_eq!(report["notComparable"], json!([]));
}

#[test]
fn what_came_and_went_is_told_and_what_was_not_read_is_not_taken_for_gone() {
    let after = inspected("broken-indexer");
    let mut kept = Kept::of(&after.snapshot, &after.frame);
    let mut gone = None;
    for slice in &mut kept.slices {
        let Key::Facet(_, facet) = &slice.key else {
            continue;
        };
        let Some(answer) = slice.value.as_mut().and_then(|value| value.first_mut()) else {
            continue;
        };
        match facet {
            // One data source is new.
            Facet::DataSources if gone.is_none() => {
                gone = answer.items.pop();
            }
            // The indexers were not to be read then.
            Facet::Indexers => {
                let mut issue = Issue::new(IssueKind::Denied, "indexers", "refused", after.at);
                issue.status = Some(403);
                slice.issues = vec![issue];
                slice.value = None;
                slice.complete = false;
            }
            _ => {}
        }
    }
    let gone = gone.unwrap();
    let before = at(kept, &after, Duration::days(1));
    let report = told(&before, &after);
    let things = report["things"].as_array().unwrap();
    let lines: Vec<(&str, &str)> = things
        .iter()
        .map(|one| {
            (
                one["change"].as_str().unwrap(),
                one["what"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(lines, [("added", "dataSources")], "{things:#?}");
    let name = gone["name"].as_str().unwrap();
    assert!(things[0]["id"].as_str().unwrap().ends_with(name));
    let unequal = report["notComparable"].as_array().unwrap();
    assert_eq!(unequal.len(), 1, "{unequal:#?}");
    assert_eq!(unequal[0]["what"], "indexers");
    assert_eq!(unequal[0]["before"], "denied");
    assert_eq!(unequal[0]["after"], "known");
    // The other way round it is gone.
    let report = told(&after, &before);
    assert_eq!(report["things"][0]["change"], "removed");
}

#[test]
fn the_command_says_by_its_exit_code_whether_something_differs() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let after = inspected("broken-indexer");
    let save = |name: &str, kept: &Kept, earlier: Duration| {
        file::save(&path(name), &Head::new(after.at - earlier, None), kept).unwrap();
    };
    let mut kept = Kept::of(&after.snapshot, &after.frame);
    save("after.hop", &kept, Duration::ZERO);
    with_account(&mut kept, "stragdev", |account| {
        account["properties"]["networkAcls"]["bypass"] = json!("AzureServices");
    });
    save("before.hop", &kept, Duration::days(2));
    let name = |name: &str| path(name).to_str().unwrap().to_owned();
    let run = |arguments: &[&str]| hopscope(&[&["diff"], arguments].concat());
    let (before, after) = (name("before.hop"), name("after.hop"));
    let alike = run(&[&after, &after]);
    assert_eq!(alike.code, 0, "{alike:?}");
    assert!(alike.stdout.contains("Nothing differs."));
    let text = run(&[&before, &after]);
    assert_eq!(text.code, 1, "{text:?}");
    for words in [
        "open -> shut",
        "properties.networkAcls.bypass: \"AzureServices\" -> \"None\"",
        "Microsoft.Storage/storageAccounts/write",
    ] {
        assert!(text.stdout.contains(words), "{words}: {}", text.stdout);
    }
    let json = run(&[&before, &after, "--format", "json", "--redact"]);
    assert_eq!(json.code, 1);
    assert_eq!(against_schema(&json.json()), Vec::<String>::new());
    assert_eq!(json.json()["things"][0]["properties"][0]["after"], "None");
    assert!(!json.stdout.contains("stragdev"), "{}", json.stdout);
    let masked = name("masked.hop");
    let ran = hopscope(&["save", &masked, "--snapshot", &after, "--redact"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let ran = run(&[&before, &masked]);
    assert!(
        ran.code == 2 && ran.stderr.contains("--redact-key"),
        "{ran:?}"
    );
    let nowhere = Path::new("no-such-file.hop").to_str().unwrap();
    assert_eq!(run(&[&before, nowhere]).code, 2);
}

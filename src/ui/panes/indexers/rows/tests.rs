//! What the rows of the Indexers pane say.

use serde_json::{Value, json};

use super::*;
use crate::model::network::Firewall;
use crate::model::search::ConnectionTarget;
use crate::store::Payload;
use crate::ui::panes::indexers::testing;
use crate::ui::panes::staged::resource;

fn entry_of(indexer: Indexer, history: Option<Value>, state: State) -> Entry {
    let service = Arc::new(resource(Family::Search, "rg", "srch", Firewall::default()));
    let status = history.map(|history| testing::status(&indexer.name, &history));
    let every = Every::of(&indexer);
    let mut entry = Entry {
        id: service.id.child("indexers/docs-indexer"),
        service,
        errors: status
            .as_ref()
            .map_or_else(Vec::new, |one| group(one.runs())),
        status,
        state,
        issue: None,
        every,
        source: Named::None,
        skillset: Named::None,
        index: Named::None,
        indexer,
        sign: Sign::Reading,
    };
    entry.sign = sign(&entry);
    entry
}

fn run(status: &str, failed: i64) -> Value {
    json!({ "status": status, "itemsFailed": failed, "startTime": "2026-11-23T12:30:02Z", "endTime": "2026-11-23T12:30:04Z" })
}

#[test]
fn the_sign_is_that_of_the_last_run_that_ended() {
    for (history, expected) in [
        (json!([run("success", 0)]), Sign::Open),
        (json!([run("success", 1)]), Sign::AtRisk),
        (
            json!([run("transientFailure", 0), run("success", 0)]),
            Sign::Shut,
        ),
        (json!([run("persistentFailure", 0)]), Sign::Shut),
        (
            json!([run("inProgress", 0), run("transientFailure", 0)]),
            Sign::Shut,
        ),
        (json!([run("inProgress", 0)]), Sign::Note),
        (json!([run("reset", 0), run("success", 0)]), Sign::Note),
        (json!([run("somethingNew", 0)]), Sign::Unknown),
        (json!([]), Sign::Note),
    ] {
        let own = entry_of(
            testing::indexer("docs-indexer"),
            Some(history.clone()),
            State::Known,
        );
        assert_eq!(own.sign, expected, "{history}");
    }
}

#[test]
fn a_status_that_was_not_read_is_no_status() {
    for (state, expected) in [
        (State::Denied, Sign::Unknown),
        (State::Failed, Sign::Failed),
        (State::Pending, Sign::Reading),
    ] {
        let own = entry_of(testing::indexer("docs-indexer"), None, state);
        assert_eq!(own.sign, expected, "{state:?}");
    }
}

#[test]
fn what_is_off_is_no_fault() {
    let mut indexer = testing::indexer("docs-indexer");
    indexer.disabled = Field::Value(true);
    let own = entry_of(
        indexer,
        Some(json!([run("transientFailure", 0)])),
        State::Known,
    );
    assert_eq!((own.sign, own.every), (Sign::Note, Every::Off));
    let mut indexer = testing::indexer("docs-indexer");
    indexer.schedule = Field::Null;
    let own = entry_of(indexer, Some(json!([run("success", 0)])), State::Known);
    assert_eq!((own.sign, own.every), (Sign::Note, Every::OnDemand));
}

#[test]
fn failing_since_the_first_run_after_the_last_that_did_not() {
    let at = |minute: u8, status: &str| json!({ "status": status, "startTime": format!("2026-11-23T12:{minute:02}:00Z") });
    let own = entry_of(
        testing::indexer("docs-indexer"),
        Some(json!([
            at(40, "inProgress"),
            at(30, "transientFailure"),
            at(20, "transientFailure"),
            at(10, "success"),
            at(0, "transientFailure"),
        ])),
        State::Known,
    );
    let (first, before) = own.failing_since().unwrap();
    assert_eq!(first.path, "executionHistory[2]");
    assert_eq!(before.unwrap().path, "executionHistory[3]");
}

#[test]
fn intervals_are_said_in_words() {
    for (text, words) in [
        ("PT30M", "30 min"),
        ("PT2H", "2 h"),
        ("P1D", "1 d"),
        ("PT1H30M", "1 h 30 min"),
        ("P1DT0H0M", "1 d"),
        ("P2W", "P2W"),
        ("PT", "PT"),
        ("hourly", "hourly"),
        ("PT5", "PT5"),
    ] {
        assert_eq!(interval(text), words, "{text}");
    }
}

#[test]
fn what_a_definition_names_is_found_gone_or_not_read() {
    let mut source = DataSource {
        name: "ds-docs".to_owned(),
        source_type: Field::Absent,
        connection: Field::Value(ConnectionString::AccountKey(ConnectionTarget {
            account: Some("stragdev".to_owned()),
            host: None,
        })),
        identity: Field::Null,
        container: Field::Value("docs".to_owned()),
        query: Field::Null,
        source: testing::indexer("x").source,
        raw: Arc::new(json!({})),
    };
    let name = Field::Value("DS-docs".to_owned());
    let own = |all: &[DataSource], state| Named::of(&name, all, state, |one| &one.name);
    assert!(
        own(std::slice::from_ref(&source), State::Known)
            .found()
            .is_some()
    );
    assert_eq!(own(&[], State::Known), Named::Gone("DS-docs".to_owned()));
    assert_eq!(
        own(&[], State::Denied),
        Named::NotRead("DS-docs".to_owned(), State::Denied)
    );
    let mut entry = entry_of(testing::indexer("x"), None, State::Pending);
    entry.source = Named::Found(Box::new(source.clone()));
    assert_eq!(
        entry.reads(),
        Some(("stragdev".to_owned(), Some("docs".to_owned())))
    );
    source.connection = Field::Null;
    entry.source = Named::Found(Box::new(source));
    assert_eq!(entry.reads().unwrap().0, "?");
}

#[test]
fn a_service_that_is_not_asked_is_told_apart_from_one_that_has_none() {
    use crate::model::issue::IssueKind;
    use crate::store::{Store, Update};

    let build_with = |payload: Option<Vec<Indexer>>, issue: Option<IssueKind>| {
        let service = resource(Family::Search, "rg", "srch", Firewall::default());
        let key = Key::Facet(service.id.clone(), Facet::Indexers);
        let list = Key::List {
            subscription: crate::model::id::SubscriptionId::new("s"),
            group: None,
            family: Family::Search,
        };
        let mut store = Store::new();
        let pages = [
            (
                list,
                Some(Payload::Resources(vec![Arc::new(service)])),
                None,
            ),
            (key, payload.map(Payload::Indexers), issue),
        ];
        for (key, payload, issue) in pages {
            let generation = 1;
            store.apply(Update::Planned {
                key: key.clone(),
                generation,
            });
            if let Some(payload) = payload {
                store.apply(Update::Page {
                    key: key.clone(),
                    generation,
                    payload,
                    at: testing::AT,
                });
            }
            let issues = issue.map(|kind| Issue::new(kind, "indexers", "no", testing::AT));
            store.apply(Update::Settled {
                key,
                generation,
                at: testing::AT,
                issues: issues.into_iter().collect(),
            });
        }
        build(&Inventory::build(&store.snapshot()))
    };
    for (payload, issue, sign, entries) in [
        (Some(Vec::new()), None, Sign::None, 0),
        (None, Some(IssueKind::Unsupported), Sign::Note, 0),
        (None, Some(IssueKind::Denied), Sign::Unknown, 0),
        (None, Some(IssueKind::Timeout), Sign::Failed, 0),
        (Some(vec![testing::indexer("a")]), None, Sign::None, 1),
    ] {
        let rows = build_with(payload, issue);
        assert_eq!(rows.services[0].sign(), sign, "{issue:?}");
        assert_eq!(rows.entries.len(), entries);
    }
}

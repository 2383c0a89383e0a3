//! Answers that point elsewhere: to a host that is no part of the cloud, and to another service of it.
//! No token goes there, the ledger has what was stopped, and the reading says so.

use std::sync::Arc;

use hopscope::model::issue::IssueKind;
use hopscope::model::key::Key;
use hopscope::model::ledger::Outcome;

use crate::run::{Elsewhere, Plan, Ran, run};
use crate::tap::Bend;

/// Makes the list of network managers go on at another address.
fn going_on_at(address: String) -> Bend {
    Arc::new(move |path, body| {
        if !path.ends_with("/networkManagers") {
            return body;
        }
        let mut json: serde_json::Value = serde_json::from_str(&body).unwrap();
        json["nextLink"] = format!("{address}{path}?api-version=2024-10-01&$skiptoken=2").into();
        json.to_string()
    })
}

fn assert_stopped(ran: &Ran, host: &str, says: &str) {
    let stopped: Vec<_> = ran
        .snapshot
        .requests()
        .filter(|one| matches!(one.outcome, Outcome::Stopped(_)))
        .collect();
    assert!(!stopped.is_empty());
    for one in stopped {
        assert!(host.ends_with(&*one.host), "{one:?}");
        assert!(
            matches!(&one.outcome, Outcome::Stopped(why) if why.contains(says)),
            "{one:?}"
        );
        assert_eq!(one.attempts, 0);
    }
    let mut lists = 0;
    for (key, slice) in ran.snapshot.slices() {
        if matches!(key, Key::NetworkManagers(_)) {
            lists += 1;
            let trouble = slice.trouble().unwrap();
            assert_eq!(trouble.kind, IssueKind::Withheld, "{trouble:?}");
        }
    }
    assert!(lists > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_goes_on_at_another_host_gets_no_token_there() {
    let plan = Plan {
        bend: Some((Elsewhere::Outside, going_on_at)),
        ..Plan::default()
    };
    let ran = run("cross-tenant", plan).await;
    assert!(ran.elsewhere.is_empty(), "{:#?}", ran.elsewhere);
    assert_stopped(&ran, &ran.away, "is not an address of this cloud");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_goes_on_at_another_service_gets_no_token_there() {
    let plan = Plan {
        bend: Some((Elsewhere::Graph, going_on_at)),
        ..Plan::default()
    };
    let ran = run("cross-tenant", plan).await;
    assert!(
        ran.seen
            .iter()
            .all(|one| one.service != "graph" || one.path.starts_with("/graph/v1.0/"))
    );
    assert_stopped(&ran, &ran.away, "must not go");
}

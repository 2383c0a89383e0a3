//! The ledger is the proof of what was sent: call by call it is what came over the wire, no more and no
//! less, with the same answer and with the tokens of the same tenants.

use std::collections::{BTreeMap, BTreeSet};

use hopscope::model::ledger::{Outcome, Service};
use hopscope::model::scope::Scope;
use hopscope::simulator::Scenario;

use crate::run::{Plan, Ran, run};

/// How often something was sent, and what was answered.
type Sent = BTreeMap<String, (u32, BTreeSet<u16>)>;

/// Fails unless ledger and wire say the same. What was stopped never left.
pub(crate) fn assert_true(name: &str, ran: &Ran) {
    let (mut told, mut seen) = (Sent::new(), Sent::new());
    for one in ran.snapshot.requests() {
        let status = match &one.outcome {
            Outcome::Stopped(_) => continue,
            Outcome::Answered => one.status.unwrap(),
            Outcome::Pending | Outcome::Failed(_) => panic!("{name}: {one:?}"),
        };
        // A token call carries no token; the ledger says for whom it asks.
        let own = one.tenant.as_deref();
        let own = own.filter(|_| one.service != Service::Login);
        let others: Vec<&str> = one.auxiliary_tenants.iter().map(AsRef::as_ref).collect();
        let line = line(one.service.word(), &one.method, &one.path, own, &others);
        let (times, statuses) = told.entry(line).or_default();
        *times += one.attempts;
        statuses.insert(status);
    }
    for one in &ran.seen {
        let own = one.own().map(|token| token.tenant);
        let others = one.others();
        let others: Vec<&str> = others.iter().map(|token| token.tenant.as_str()).collect();
        let line = line(
            one.service,
            &one.method,
            &one.target(),
            own.as_deref(),
            &others,
        );
        let (times, statuses) = seen.entry(line).or_default();
        *times += 1;
        statuses.insert(one.status);
    }
    for (line, (times, statuses)) in &told {
        let (came, answers) = seen.get(line).cloned().unwrap_or_default();
        assert_eq!(*times, came, "{name}: {line}");
        // Only the last answer of a call that was tried again stands in the ledger.
        assert!(statuses.is_subset(&answers), "{name}: {line}");
    }
    for line in seen.keys() {
        assert!(told.contains_key(line), "{name}: not told: {line}");
    }
}

fn line(service: &str, method: &str, target: &str, own: Option<&str>, others: &[&str]) -> String {
    let own = own.unwrap_or("none");
    format!("{service} {method} {target} of {own} beside {others:?}")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_ledger_is_what_was_sent() {
    for listing in Scenario::list().unwrap() {
        let name = listing.name.as_str();
        if name.starts_with("cross-tenant") || ["healthy", "denied"].contains(&name) {
            assert_true(name, &run(name, Plan::default()).await);
        }
    }
}

/// A subscription that is named by its id is read ahead of the list that may not hold it.
#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_wants_any_more_is_told_like_the_rest() {
    for name in [
        "cross-tenant",
        "cross-tenant-no-stub",
        "cross-tenant-region",
    ] {
        let scope = Scenario::load(name).unwrap().scope().subscriptions.clone();
        let plan = Plan {
            scope: Some(Scope {
                subscriptions: scope,
                ..Scope::default()
            }),
            ..Plan::default()
        };
        assert_true(name, &run(name, plan).await);
    }
}

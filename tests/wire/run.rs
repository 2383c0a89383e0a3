//! A whole reading of a scenario, by the real plan, runner and client, with a listener a service.

use std::time::Duration;

use hopscope::azure::cloud::from_toml;
use hopscope::azure::credential::{Choice, Credentials};
use hopscope::commands::session::Place;
use hopscope::model::id::TenantId;
use hopscope::model::scope::Scope;
use hopscope::simulator::{Knobs, Listen, Scenario, Server};
use hopscope::store::Snapshot;

use crate::reading;
use crate::tap::{Bend, Record, Seen, Tap};

/// What a reading left behind.
pub(crate) struct Ran {
    pub(crate) snapshot: Snapshot,
    /// What came to the listeners.
    pub(crate) seen: Vec<Seen>,
    /// What came to a listener that is no part of the cloud.
    pub(crate) elsewhere: Vec<Seen>,
    /// The address where answers were made to point.
    pub(crate) away: String,
}

/// Where answers are made to point.
#[derive(Clone, Copy)]
pub(crate) enum Elsewhere {
    /// A listener that the cloud file does not name.
    Outside,
    /// The directory's.
    Graph,
}

/// Makes a change of answers, given the address where they are to point.
pub(crate) type Bending = fn(String) -> Bend;

/// How a reading is done.
#[derive(Clone, Default)]
pub(crate) struct Plan {
    /// The scope; the scenario's own without one.
    pub(crate) scope: Option<Scope>,
    /// Changes what Resource Manager answers; it is told the address of another listener.
    pub(crate) bend: Option<(Elsewhere, Bending)>,
    /// More of the cloud file.
    pub(crate) more: &'static str,
}

pub(crate) async fn run(name: &str, plan: Plan) -> Ran {
    let scenario = Scenario::load(name).unwrap();
    let knobs = Knobs {
        latency: Duration::from_millis(3),
        ..scenario.knobs()
    };
    let server = Server::start(&scenario, knobs, Listen::default())
        .await
        .unwrap();
    let (record, away) = (Record::default(), Record::default());
    let elsewhere = Tap::start("elsewhere", server.base(), away.clone(), None).await;
    let listen = |service, bend| Tap::start(service, server.base(), record.clone(), bend);
    let login = listen("login", None).await;
    let graph = listen("graph", None).await;
    let logs = listen("logs", None).await;
    let search = listen("search", None).await;
    let target = match plan.bend {
        Some((Elsewhere::Graph, _)) => graph.base.clone(),
        _ => elsewhere.base.clone(),
    };
    let bend = plan.bend.map(|(_, make)| make(target.clone()));
    let arm = listen("arm", bend).await;
    let text = format!(
        "name = 'lab'\nresource_manager = '{}'\nauthority = '{}'\ngraph = '{}/graph'\n\
         log_analytics = '{}/loganalytics'\nsearch = '{}/search/{{service}}'\n{}",
        arm.base, login.base, graph.base, logs.base, search.base, plan.more
    );
    let scope = plan.scope.unwrap_or_else(|| {
        let own = scenario.scope();
        Scope {
            subscriptions: own.subscriptions.clone(),
            resource_groups: own.resource_groups.clone(),
            tenant: own.tenant.clone(),
            auxiliary_tenants: own.auxiliary_tenants.clone(),
        }
    });
    let place = Place {
        cloud: from_toml(&text, "lab.toml").unwrap(),
        credentials: Credentials::new(Choice::Auto)
            .in_tenant(scope.tenant.as_ref().map(TenantId::new)),
        scope,
        users: Vec::new(),
        server: None,
        draws: Vec::new(),
    };
    let snapshot = reading::whole(place).await;
    Ran {
        snapshot,
        seen: record.all(),
        elsewhere: away.all(),
        away: target,
    }
}

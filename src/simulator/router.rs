//! From a request to the service it is for, with everything that happens on the way: the log, latency,
//! and trouble on purpose. Must not know what any service answers.
//!
//! A new service gets a variant of [`Service`], a line in [`Service::of`] and one in [`answer`].

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;

use super::encode::{Damage, Encoded, encode};
use super::faults::{FaultKind, FaultRule};
use super::reply::Reply;
use super::request::Request;
use super::world::World;
use super::{arm, cloud, graph, login, logs, search};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Service {
    Arm,
    Graph,
    Search,
    Logs,
    Login,
    Metadata,
    Own,
}

impl Service {
    fn of(lower: &[String]) -> Self {
        match lower.first().map(String::as_str) {
            Some("graph") => Self::Graph,
            Some("search") => Self::Search,
            Some("loganalytics") => Self::Logs,
            Some("metadata") => Self::Metadata,
            Some("simulator") => Self::Own,
            _ if login::is_login(lower) => Self::Login,
            _ => Self::Arm,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Arm => "arm",
            Self::Graph => "graph",
            Self::Search => "search",
            Self::Logs => "logs",
            Self::Login => "login",
            Self::Metadata => "metadata",
            Self::Own => "simulator",
        }
    }
}

/// Answers one request; never, when a fault says that it hangs.
pub(super) async fn handle(world: Arc<World>, request: Request) -> Encoded {
    let service = Service::of(&request.lower);
    if service == Service::Own {
        // Looking at the log is no request to Azure: it is neither logged nor delayed.
        return encode(&world, &request, &own(&world, &request), Damage::None);
    }
    let number = world.requests.arrived(
        world.clock.elapsed(),
        request.method.as_str(),
        &request.path,
        &request.raw_query,
        service.name(),
    );
    if !world.knobs.latency.is_zero() {
        tokio::time::sleep(world.knobs.latency).await;
    }
    let fault = pick(&world, &request, service).cloned();
    let mut damage = Damage::None;
    let mut refusal = None;
    if let Some(fault) = fault {
        match fault.kind {
            FaultKind::Status => refusal = Some(fault),
            FaultKind::Hang => std::future::pending::<()>().await,
            FaultKind::Slow => tokio::time::sleep(Duration::from_secs(fault.seconds.max(1))).await,
            FaultKind::Cut => damage = Damage::Cut,
            FaultKind::Malformed => damage = Damage::Malformed,
            FaultKind::Empty => damage = Damage::Empty,
        }
    }
    let reply = answer(&world, &request, service, refusal.as_ref());
    world.requests.answered(number, reply.status);
    encode(&world, &request, &reply, damage)
}

fn pick<'a>(world: &'a World, request: &Request, service: Service) -> Option<&'a FaultRule> {
    let path = request.path.as_str();
    let decoded = format!("/{}", request.segments.join("/"));
    // A scenario may write a service's path with the prefix under which it stands here or without.
    let below = |count: usize| {
        format!(
            "/{}",
            request.segments.get(count..).unwrap_or_default().join("/")
        )
    };
    let (first, second) = match service {
        Service::Graph | Service::Search | Service::Logs => (below(1), below(2)),
        _ => (decoded.clone(), decoded.clone()),
    };
    world.faults.pick(
        request.method.as_str(),
        service.name(),
        &[path, &decoded, &first, &second],
    )
}

fn answer(world: &World, request: &Request, service: Service, fault: Option<&FaultRule>) -> Reply {
    match service {
        Service::Arm => arm::answer(world, request, fault),
        Service::Graph => graph::answer(world, request, fault),
        Service::Search => search::answer(world, request, fault),
        Service::Logs => logs::answer(world, request, fault),
        Service::Login => login::answer(world, request, fault),
        Service::Metadata => match request.lower.get(1).map(String::as_str) {
            Some("endpoints") => Reply::ok(cloud::metadata(&request.base)),
            _ => Reply::bare(404),
        },
        Service::Own => own(world, request),
    }
}

/// What the server tells about itself: `GET /simulator/requests`.
fn own(world: &World, request: &Request) -> Reply {
    match request.lower.get(1).map(String::as_str) {
        Some("requests") => Reply::ok(world.requests.document()),
        _ => Reply::new(404, json!({"see": "/simulator/requests"})),
    }
}

//! The HTTP server: sockets, connections, and the way to stop. Must not know what is answered.

use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt as _, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::cloud;
use super::encode::{Damage, Encoded, encode};
use super::error::SimulatorError;
use super::knobs::Knobs;
use super::reply::Reply;
use super::request::Request;
use super::requests::{Counters, LoggedRequest};
use super::router;
use super::scenario::Scenario;
use super::tls;
use super::world::World;

/// The largest request body that is read.
const BODY_LIMIT: usize = 4 * 1024 * 1024;

/// Where and how a server listens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listen {
    /// A loopback address; port 0 takes any free one.
    pub address: SocketAddr,
    /// Whether it speaks https.
    pub tls: bool,
}

impl Default for Listen {
    fn default() -> Self {
        Self {
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            tls: false,
        }
    }
}

/// An embedded Azure that answers. Dropping it stops it.
#[derive(Debug)]
pub struct Server {
    world: Arc<World>,
    address: SocketAddr,
    base: String,
    authority: Option<String>,
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl Server {
    /// Starts to serve a scenario; needs a running tokio runtime.
    ///
    /// # Errors
    /// When the address is not on loopback or taken, or when a document's dates or timeline are wrong.
    pub async fn start(
        scenario: &Scenario,
        knobs: Knobs,
        listen: Listen,
    ) -> Result<Self, SimulatorError> {
        let wanted = listen.address;
        if !wanted.ip().is_loopback() {
            return Err(SimulatorError::NotLoopback { address: wanted });
        }
        let failed = |source| SimulatorError::Listen {
            address: wanted,
            source,
        };
        let listener = TcpListener::bind(wanted).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let identity = if listen.tls {
            Some(tls::identity()?)
        } else {
            None
        };
        let scheme = if listen.tls { "https" } else { "http" };
        let base = format!("{scheme}://{address}");
        let world = Arc::new(World::new(scenario, knobs)?);
        let stop = CancellationToken::new();
        let tasks = TaskTracker::new();
        let (acceptor, authority) = match identity {
            Some(identity) => (Some(identity.acceptor), Some(identity.authority)),
            None => (None, None),
        };
        tasks.spawn(accept(
            listener,
            acceptor,
            Arc::clone(&world),
            base.clone(),
            stop.clone(),
            tasks.clone(),
        ));
        Ok(Self {
            world,
            address,
            base,
            authority,
            stop,
            tasks,
        })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address as a URL without a slash at the end.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// The PEM certificate to trust, when it speaks https.
    pub fn certificate(&self) -> Option<&str> {
        self.authority.as_deref()
    }

    /// The text of a cloud file that leads to this server.
    pub fn cloud_file(&self) -> String {
        cloud::file(&self.base)
    }

    /// The requests so far, oldest first; the oldest are forgotten after twenty thousand.
    pub fn log(&self) -> Vec<LoggedRequest> {
        self.world.requests.entries()
    }

    /// How many requests of each kind there were.
    pub fn counters(&self) -> Counters {
        self.world.requests.counters()
    }

    /// Waits until the log fulfils the condition; forever, when it never does.
    pub async fn wait_for(&self, mut condition: impl FnMut(&[LoggedRequest]) -> bool) {
        let mut changes = self.world.requests.watch();
        while !condition(&self.log()) {
            if changes.changed().await.is_err() {
                return;
            }
        }
    }

    /// Stops listening, ends every connection and waits until all is gone.
    pub async fn shutdown(self) {
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.cancel();
        self.tasks.close();
    }
}

async fn accept(
    listener: TcpListener,
    acceptor: Option<TlsAcceptor>,
    world: Arc<World>,
    base: String,
    stop: CancellationToken,
    tasks: TaskTracker,
) {
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        let Ok((stream, _)) = accepted else {
            // Out of file handles, mostly: connections that end free some.
            tokio::time::sleep(Duration::from_millis(20)).await;
            continue;
        };
        tasks.spawn(connection(
            stream,
            acceptor.clone(),
            Arc::clone(&world),
            base.clone(),
            stop.clone(),
        ));
    }
}

async fn connection(
    stream: TcpStream,
    acceptor: Option<TlsAcceptor>,
    world: Arc<World>,
    base: String,
    stop: CancellationToken,
) {
    // Small answers must not wait for more; an error here only makes them slower.
    let _ = stream.set_nodelay(true);
    let served = async {
        match acceptor {
            None => serve(stream, world, base).await,
            Some(acceptor) => {
                // A client that does not trust the certificate ends here; that is its answer.
                if let Ok(stream) = acceptor.accept(stream).await {
                    serve(stream, world, base).await;
                }
            }
        }
    };
    tokio::select! {
        () = stop.cancelled() => {}
        () = served => {}
    }
}

async fn serve(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    world: Arc<World>,
    base: String,
) {
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let world = Arc::clone(&world);
        let base = base.clone();
        async move { Ok::<_, Infallible>(respond(world, &base, request).await) }
    });
    // A connection that breaks is the client's doing (or a fault on purpose): there is nobody to tell.
    let _ = http1::Builder::new()
        .timer(TokioTimer::new())
        .keep_alive(true)
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

async fn respond(world: Arc<World>, base: &str, request: hyper::Request<Incoming>) -> Encoded {
    let (head, body) = request.into_parts();
    let body = Limited::new(body, BODY_LIMIT).collect().await;
    let too_large = body.is_err();
    let bytes = body.map_or_else(|_| Bytes::new(), http_body_util::Collected::to_bytes);
    let request = Request::new(head.method, &head.uri, head.headers, bytes, base);
    if too_large {
        let reply = Reply::error(
            413,
            "RequestContentTooLarge",
            "The request content is larger than this service takes.",
        );
        return encode(&world, &request, &reply, Damage::None);
    }
    router::handle(world, request).await
}

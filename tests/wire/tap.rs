//! A listener between the client and the embedded Azure: it passes everything on, and remembers what
//! the client sent, headers included. Each service has one of its own, so that a token that goes to the
//! wrong service arrives at the wrong listener.

use std::convert::Infallible;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, MutexGuard};

use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::token::Token;

/// One request as it came over the wire.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    /// The listener that it came to.
    pub(crate) service: &'static str,
    pub(crate) method: String,
    pub(crate) path: String,
    /// Without the question mark; empty without a query.
    pub(crate) query: String,
    /// Names in lower case, and values as they were sent.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
    /// What the embedded Azure answered.
    pub(crate) status: u16,
}

impl Seen {
    /// Path and query as the ledger has them.
    pub(crate) fn target(&self) -> String {
        if self.query.is_empty() {
            self.path.clone()
        } else {
            format!("{}?{}", self.path, self.query)
        }
    }

    fn values(&self, name: &str) -> Vec<&str> {
        let named = self.headers.iter().filter(|(own, _)| own == name);
        named.map(|(_, value)| value.as_str()).collect()
    }

    /// The tokens of `Authorization`, which must be `Bearer <token>`, once at most.
    pub(crate) fn own(&self) -> Option<Token> {
        match self.values("authorization").as_slice() {
            [] => None,
            [one] => Some(Token::bearer(one)),
            several => panic!("one authorization header: {several:?}"),
        }
    }

    /// The tokens of `x-ms-authorization-auxiliary`, which must be `Bearer <token>, Bearer <token>`.
    pub(crate) fn others(&self) -> Vec<Token> {
        match self.values("x-ms-authorization-auxiliary").as_slice() {
            [] => Vec::new(),
            [one] => one.split(", ").map(Token::bearer).collect(),
            several => panic!("one auxiliary header: {several:?}"),
        }
    }

    /// All that is sent beside the headers that are for tokens.
    pub(crate) fn rest(&self) -> String {
        let headers = self.headers.iter().filter(|(name, _)| {
            !["authorization", "x-ms-authorization-auxiliary"].contains(&name.as_str())
        });
        let headers = headers.map(|(name, value)| format!("{name}: {value}\n"));
        let headers: String = headers.collect();
        format!("{} {}\n{headers}{}", self.method, self.target(), self.body)
    }
}

/// All that came, to whichever listener.
#[derive(Clone, Debug, Default)]
pub(crate) struct Record(Arc<Mutex<Vec<Seen>>>);

impl Record {
    fn lock(&self) -> MutexGuard<'_, Vec<Seen>> {
        self.0.lock().unwrap()
    }

    pub(crate) fn all(&self) -> Vec<Seen> {
        self.lock().clone()
    }
}

/// Changes an answer before the client gets it: its path and its body.
pub(crate) type Bend = Arc<dyn Fn(&str, String) -> String + Send + Sync>;

/// One listener. It ends when it goes.
pub(crate) struct Tap {
    pub(crate) base: String,
    _tasks: JoinSet<()>,
}

impl Tap {
    /// Listens, and passes everything on to `upstream`. What comes is recorded when it was answered.
    pub(crate) async fn start(
        service: &'static str,
        upstream: &str,
        record: Record,
        bend: Option<Bend>,
    ) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let way = Arc::new(Way {
            service,
            upstream: upstream.to_owned(),
            client: reqwest::Client::builder()
                .no_proxy()
                .redirect(reqwest::redirect::Policy::none())
                .build()
                .unwrap(),
            record,
            bend,
        });
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            let mut connections = JoinSet::new();
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let way = Arc::clone(&way);
                connections.spawn(async move {
                    let service = service_fn(move |request| {
                        let way = Arc::clone(&way);
                        async move { Ok::<_, Infallible>(way.pass(request).await) }
                    });
                    // A connection that breaks is the client's doing.
                    let _ = http1::Builder::new()
                        .serve_connection(TokioIo::new(stream), service)
                        .await;
                });
            }
        });
        Self {
            base,
            _tasks: tasks,
        }
    }
}

struct Way {
    service: &'static str,
    upstream: String,
    client: reqwest::Client,
    record: Record,
    bend: Option<Bend>,
}

impl Way {
    async fn pass(&self, request: Request<Incoming>) -> Response<Full<Bytes>> {
        let (head, body) = request.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        let mut seen = Seen {
            service: self.service,
            method: head.method.to_string(),
            path: head.uri.path().to_owned(),
            query: head.uri.query().unwrap_or_default().to_owned(),
            headers: head
                .headers
                .iter()
                .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
                .collect(),
            body: String::from_utf8_lossy(&body).into_owned(),
            status: 0,
        };
        let mut headers = head.headers;
        // The answer is looked into, so it must not be packed.
        headers.remove("accept-encoding");
        let answer = self
            .client
            .request(head.method, format!("{}{}", self.upstream, seen.target()))
            .headers(headers)
            .body(body)
            .send()
            .await
            .unwrap();
        seen.status = answer.status().as_u16();
        let mut response = Response::builder().status(answer.status());
        for (name, value) in answer.headers() {
            if !["content-length", "transfer-encoding", "connection"].contains(&name.as_str()) {
                response = response.header(name, value);
            }
        }
        let mut text = answer.text().await.unwrap();
        if let Some(bend) = &self.bend {
            text = bend(&seen.path, text);
        }
        self.record.lock().push(seen);
        response.body(Full::new(Bytes::from(text))).unwrap()
    }
}

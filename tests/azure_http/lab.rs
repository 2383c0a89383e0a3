//! A lab cloud on loopback: a token endpoint, whatever a test mounts, and a client with its events.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hopscope::azure::client::Client;
use hopscope::azure::cloud::from_toml;
use hopscope::azure::credential::{Choice, Credentials};
use hopscope::azure::ledger::Event;
use hopscope::azure::retry::RetryPolicy;
use hopscope::azure::transport::Limits;
use hopscope::model::cloud::Cloud;
use hopscope::model::ledger::{LedgerEntry, Service};
use serde_json::{Value, json};
use wiremock::matchers::{method, path_regex};
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate};

/// Stands in every token, so that a test can look for it where it must not be.
pub(crate) const SIGNATURE: &str = "sig-that-nobody-may-see";

pub(crate) struct Lab {
    pub(crate) server: MockServer,
    pub(crate) client: Client,
    pub(crate) events: Arc<Mutex<Vec<Event>>>,
}

/// Short waits: these tests are about what happens, not about how long it takes.
pub(crate) fn quick() -> Limits {
    Limits {
        connect_timeout: Duration::from_secs(5),
        try_timeout: Duration::from_secs(5),
        retry: RetryPolicy {
            first_backoff: Duration::from_millis(2),
            backoff_cap: Duration::from_millis(5),
            ..RetryPolicy::default()
        },
        ..Limits::default()
    }
}

pub(crate) fn cloud_at(uri: &str) -> Cloud {
    let text = format!(
        "name = 'lab'\nresource_manager = '{uri}'\nauthority = '{uri}'\ngraph = '{uri}/graph'\n\
         log_analytics = '{uri}/loganalytics'\nsearch = '{uri}/search/{{service}}'\n"
    );
    from_toml(&text, "lab.toml").unwrap()
}

/// Gives a new token at each call; its number stands in the claims.
pub(crate) struct Tokens {
    pub(crate) lifetime: u64,
    pub(crate) given: Mutex<usize>,
}

impl Tokens {
    pub(crate) fn lasting(lifetime: u64) -> Self {
        Self {
            lifetime,
            given: Mutex::new(0),
        }
    }
}

impl Respond for Tokens {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let asked = request.url.path().trim_start_matches('/').split('/').next();
        let tenant = asked
            .filter(|name| *name != "organizations")
            .unwrap_or("11111111-1111-1111-1111-111111111111");
        let mut given = self.given.lock().unwrap();
        *given += 1;
        let claims = json!({"tid": tenant, "appid": "app-of-the-lab", "oid": "o", "upn": "ada@contoso.example", "n": *given});
        let token = format!(
            "eyJhbGciOiJub25lIn0.{}.{SIGNATURE}",
            URL_SAFE_NO_PAD.encode(claims.to_string())
        );
        ResponseTemplate::new(200).set_body_json(
            json!({"access_token": token, "expires_in": self.lifetime, "token_type": "Bearer"}),
        )
    }
}

impl Lab {
    pub(crate) async fn start() -> Self {
        Self::with(quick(), Tokens::lasting(3600)).await
    }

    pub(crate) async fn with(limits: Limits, tokens: Tokens) -> Self {
        let server = MockServer::start().await;
        Mock::given(method("POST"))
            .and(path_regex("^/[^/]+/oauth2/v2.0/token$"))
            .respond_with(tokens)
            .mount(&server)
            .await;
        let events = Arc::new(Mutex::new(Vec::new()));
        let observer = {
            let events = Arc::clone(&events);
            move |event| events.lock().unwrap().push(event)
        };
        let client = Client::new(
            cloud_at(&server.uri()),
            Credentials::new(Choice::Auto),
            observer,
            limits,
        );
        Self {
            server,
            client,
            events,
        }
    }

    /// Answers every GET of a path.
    pub(crate) async fn get(&self, path: &str, answer: ResponseTemplate) {
        Mock::given(method("GET"))
            .and(wiremock::matchers::path(path))
            .respond_with(answer)
            .mount(&self.server)
            .await;
    }

    /// Answers a GET of a path so many times, before later answers count.
    pub(crate) async fn get_times(&self, path: &str, answer: ResponseTemplate, times: u64) {
        Mock::given(method("GET"))
            .and(wiremock::matchers::path(path))
            .respond_with(answer)
            .up_to_n_times(times)
            .with_priority(1)
            .mount(&self.server)
            .await;
    }

    /// The newest entry of each number, token calls included.
    pub(crate) fn ledger(&self) -> Vec<LedgerEntry> {
        let mut newest: Vec<LedgerEntry> = Vec::new();
        for event in self.events.lock().unwrap().iter() {
            let Event::Entry(entry) = event else { continue };
            match newest.iter_mut().find(|own| own.number == entry.number) {
                Some(own) => *own = (**entry).clone(),
                None => newest.push((**entry).clone()),
            }
        }
        newest
    }

    /// The newest entries of calls that are no token calls.
    pub(crate) fn reads(&self) -> Vec<LedgerEntry> {
        let mut entries = self.ledger();
        entries.retain(|entry| entry.service != Service::Login);
        entries
    }
}

pub(crate) fn json_answer(status: u16, body: &Value) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_json(body)
}

pub(crate) fn error_answer(status: u16, code: &str, message: &str) -> ResponseTemplate {
    json_answer(
        status,
        &json!({"error": {"code": code, "message": message}}),
    )
}

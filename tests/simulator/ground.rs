//! What every test stands on: a server on the small scenario, and a client with a token.

use std::path::PathBuf;
use std::time::Duration;

use hopscope::simulator::{Knobs, Listen, Scenario, Server};
use serde_json::Value;

pub(crate) const SUBSCRIPTION: &str = "/subscriptions/11111111-1111-4111-8111-111111111111";
pub(crate) const ELSEWHERE: &str = "/subscriptions/22222222-2222-4222-8222-222222222222";
pub(crate) const TENANT: &str = "aaaaaaaa-0000-4000-8000-00000000000a";
pub(crate) const OTHER_TENANT: &str = "bbbbbbbb-0000-4000-8000-00000000000b";
pub(crate) const ADA: &str = "ada00000-0000-4000-8000-000000000001";
pub(crate) const BOB: &str = "b0b00000-0000-4000-8000-000000000002";
pub(crate) const SERVICE: &str = "50000000-0000-4000-8000-000000000003";
pub(crate) const ARM: &str = "https://management.azure.com/.default";

pub(crate) fn lab() -> Scenario {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/simulator/lab");
    Scenario::from_dir(&folder).unwrap()
}

pub(crate) struct Ground {
    pub(crate) server: Server,
    pub(crate) client: reqwest::Client,
    token: String,
}

pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {}", self.text))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn code(&self) -> String {
        let body = self.json();
        let error = body.get("error").unwrap_or(&body);
        error["code"].as_str().unwrap_or_default().to_owned()
    }

    pub(crate) fn message(&self) -> String {
        self.json()["error"]["message"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    pub(crate) fn names(&self) -> Vec<String> {
        names(self.json()["value"].as_array().expect("a list"))
    }
}

pub(crate) fn names(items: &[Value]) -> Vec<String> {
    items
        .iter()
        .map(|item| item["name"].as_str().unwrap_or_default().to_owned())
        .collect()
}

impl Ground {
    pub(crate) async fn new() -> Self {
        Self::with(|_| {}).await
    }

    pub(crate) async fn with(change: impl FnOnce(&mut Knobs)) -> Self {
        Self::on(&lab(), change).await
    }

    pub(crate) async fn on(scenario: &Scenario, change: impl FnOnce(&mut Knobs)) -> Self {
        let mut knobs = scenario.knobs();
        knobs.latency = Duration::ZERO;
        change(&mut knobs);
        let server = Server::start(scenario, knobs, Listen::default())
            .await
            .unwrap();
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let mut ground = Self {
            server,
            client,
            token: String::new(),
        };
        ground.token = ground.token_for("organizations", ARM).await;
        ground
    }

    pub(crate) async fn login(&self, tenant: &str, form: &[(&str, &str)]) -> Answer {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(form)
            .finish();
        let request = self
            .client
            .post(format!("{}/{tenant}/oauth2/v2.0/token", self.server.base()))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body);
        finish(request).await
    }

    pub(crate) async fn token_for(&self, tenant: &str, scope: &str) -> String {
        let answer = self
            .login(
                tenant,
                &[
                    ("grant_type", "client_credentials"),
                    ("client_id", "lab"),
                    ("client_secret", "lab"),
                    ("scope", scope),
                ],
            )
            .await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.json()["access_token"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.get_as(path, &self.token).await
    }

    pub(crate) async fn get_as(&self, path: &str, token: &str) -> Answer {
        finish(self.request(reqwest::Method::GET, path).bearer_auth(token)).await
    }

    pub(crate) async fn send(&self, method: &str, path: &str, body: &str) -> Answer {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        finish(
            self.request(method, path)
                .bearer_auth(&self.token)
                .header("content-type", "application/json")
                .body(body.to_owned()),
        )
        .await
    }

    pub(crate) fn request(&self, method: reqwest::Method, path: &str) -> reqwest::RequestBuilder {
        let url = if path.starts_with("http") {
            path.to_owned()
        } else {
            format!("{}{path}", self.server.base())
        };
        self.client.request(method, url)
    }

    /// Follows every `nextLink`; returns the items and how many pages there were.
    pub(crate) async fn all(&self, path: &str) -> (Vec<Value>, usize) {
        let mut items = Vec::new();
        let mut next = Some(path.to_owned());
        let mut pages = 0;
        while let Some(path) = next {
            let answer = self.get(&path).await;
            assert_eq!(answer.status, 200, "{path}: {}", answer.text);
            let body = answer.json();
            items.extend(body["value"].as_array().unwrap().iter().cloned());
            pages += 1;
            assert!(pages < 500, "endless: {path}");
            next = body["nextLink"].as_str().map(str::to_owned);
        }
        (items, pages)
    }
}

pub(crate) async fn finish(request: reqwest::RequestBuilder) -> Answer {
    let response = request.send().await.unwrap();
    Answer {
        status: response.status().as_u16(),
        headers: response.headers().clone(),
        text: response.text().await.unwrap(),
    }
}

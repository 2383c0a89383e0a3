//! The connection itself: proxies, TLS, compression, and token answers of other servers.

use std::sync::Arc;

use hopscope::azure::client::{Call, Client};
use hopscope::azure::cloud::from_toml;
use hopscope::azure::credential::{Choice, Credentials, Environment};
use hopscope::model::cloud::Audience;
use hopscope::model::issue::IssueKind;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use wiremock::matchers::{header, method, path, path_regex};
use wiremock::{Mock, ResponseTemplate};

use crate::lab::{Lab, cloud_at, json_answer, quick};

/// `{"value": ["packed"]}`
const PACKED: &[u8] = &[
    31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 171, 86, 42, 75, 204, 41, 77, 85, 178, 82, 136, 86, 42, 72,
    76, 206, 78, 77, 81, 138, 173, 5, 0, 151, 231, 188, 234, 21, 0, 0, 0,
];

#[tokio::test]
async fn a_packed_answer_is_unpacked() {
    let lab = Lab::start().await;
    Mock::given(path("/subscriptions"))
        .and(header("accept-encoding", "gzip"))
        .respond_with(
            ResponseTemplate::new(200)
                .insert_header("content-encoding", "gzip")
                .set_body_bytes(PACKED),
        )
        .mount(&lab.server)
        .await;
    let answer = lab
        .client
        .get(Call::arm("/subscriptions", "2022-12-01"))
        .await
        .unwrap();
    assert_eq!(*answer.json, json!({"value": ["packed"]}));
    assert_eq!(lab.reads()[0].bytes, 21, "unpacked");
}

/// Runs another test of this file in a process whose environment names a proxy that is not there:
/// the environment of this process cannot be changed beside other tests.
#[test]
fn a_proxy_of_the_environment_is_not_used_on_loopback() {
    let mut command = std::process::Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "connection::a_packed_answer_is_unpacked"]);
    for name in [
        "HTTP_PROXY",
        "http_proxy",
        "HTTPS_PROXY",
        "https_proxy",
        "ALL_PROXY",
        "all_proxy",
    ] {
        command.env(name, "http://127.0.0.1:1");
    }
    command.env_remove("NO_PROXY").env_remove("no_proxy");
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.contains("1 passed"), "{said}");
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_is_refused_at_once() {
    let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
    let provider = Arc::new(tokio_rustls::rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (sender, mut accepted) = tokio::sync::mpsc::unbounded_channel();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            sender.send(()).unwrap();
            // The handshake fails on the other side; that is what the test is about.
            drop(acceptor.accept(stream).await);
        }
    });
    let client = Client::new(
        cloud_at(&format!("https://{address}")),
        Credentials::new(Choice::Auto),
        |_| {},
        quick(),
    );
    let error = client
        .get(Call::arm("/subscriptions", "2022-12-01"))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), Some(IssueKind::SignIn));
    let said = error.to_string();
    assert!(
        said.contains(&format!("TLS with {address} was refused")),
        "{said}"
    );
    assert!(
        said.contains("UnknownIssuer") || said.contains("certificate"),
        "{said}"
    );
    assert_eq!(accepted.recv().await, Some(()));
    assert!(
        accepted.try_recv().is_err(),
        "a certificate does not get better by asking again"
    );
}

#[tokio::test]
async fn token_answers_of_other_servers_are_taken() {
    let answers = [
        json!({"access_token": "opaque", "token_type": "Bearer"}),
        json!({"access_token": "opaque", "expires_in": "3600", "token_type": "Bearer"}),
        json!({"access_token": "opaque", "expires_on": "4102444800", "not_before": "0"}),
        json!({"access_token": "opaque", "expires_in": 3600, "ext_expires_in": "3600"}),
    ];
    for body in answers {
        let lab = Lab::start().await;
        Mock::given(method("POST"))
            .and(path_regex("oauth2/v2.0/token$"))
            .respond_with(json_answer(200, &body))
            .with_priority(1)
            .mount(&lab.server)
            .await;
        lab.get("/subscriptions", json_answer(200, &json!({"value": []})))
            .await;
        for _ in 0..3 {
            lab.client
                .get(Call::arm("/subscriptions", "2022-12-01"))
                .await
                .unwrap();
        }
        let caller = lab
            .client
            .sign_in(None, Audience::ResourceManager)
            .await
            .unwrap();
        assert_eq!(
            (caller.label(), caller.credential.as_str()),
            (None, "loopback")
        );
        assert_eq!(lab.ledger().len(), 4, "one token for three reads: {body}");
    }
}

#[tokio::test]
async fn a_token_answer_without_a_token_is_a_sign_in_error() {
    for body in ["{}", "", "<html>", r#"{"access_token": "with\nline"}"#] {
        let lab = Lab::start().await;
        Mock::given(method("POST"))
            .and(path_regex("oauth2/v2.0/token$"))
            .respond_with(ResponseTemplate::new(200).set_body_string(body))
            .with_priority(1)
            .mount(&lab.server)
            .await;
        let error = lab
            .client
            .get(Call::arm("/subscriptions", "2022-12-01"))
            .await
            .unwrap_err();
        assert_eq!(error.kind(), Some(IssueKind::SignIn), "{body}: {error}");
        assert!(lab.reads().is_empty());
    }
}

/// Runs in a process of its own, started by the next test, with a proxy in the environment. The cloud
/// has no address: without the proxy nothing could be reached either.
#[tokio::test]
#[ignore = "needs a proxy; another test runs it with one"]
async fn asks_through_a_proxy() {
    let text =
        "name='x'\nresource_manager='https://arm.invalid'\nauthority='https://login.invalid'";
    let credentials =
        Credentials::new(Choice::Environment).with_environment(Environment::of(|name| {
            name.starts_with("AZURE_CLIENT_")
                .then(|| "x".to_owned())
                .filter(|_| name != "AZURE_CLIENT_ASSERTION_FILE")
                .or_else(|| (name == "AZURE_TENANT_ID").then(|| "contoso.example".to_owned()))
        }));
    let client = Client::new(
        from_toml(text, "x.toml").unwrap(),
        credentials,
        |_| {},
        quick(),
    );
    let error = client
        .sign_in(None, Audience::ResourceManager)
        .await
        .unwrap_err();
    println!("said: {error}");
}

#[tokio::test]
async fn a_proxy_that_refuses_is_named() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut buffer = [0; 2048];
            let _count = stream.read(&mut buffer).await.unwrap();
            let answer = b"HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n";
            stream.write_all(answer).await.unwrap();
        }
    });
    let refused = said_through(&format!("http://{address}")).await;
    assert!(
        refused.contains("the proxy refused the way to login.invalid"),
        "{refused}"
    );
    let gone = said_through("http://127.0.0.1:1").await;
    assert!(
        gone.contains("could not connect to login.invalid"),
        "{gone}"
    );
    assert!(
        gone.contains("(the proxy in HTTPS_PROXY is in use)"),
        "{gone}"
    );
}

async fn said_through(proxy: &str) -> String {
    let mut command = tokio::process::Command::new(std::env::current_exe().unwrap());
    command.args([
        "--exact",
        "--ignored",
        "--nocapture",
        "connection::asks_through_a_proxy",
    ]);
    for name in [
        "NO_PROXY",
        "no_proxy",
        "https_proxy",
        "ALL_PROXY",
        "all_proxy",
    ] {
        command.env_remove(name);
    }
    let output = command.env("HTTPS_PROXY", proxy).output().await.unwrap();
    String::from_utf8_lossy(&output.stdout).into_owned()
}

//! The real credentials behind a scripted exchange and stand-in programs.

use std::fs;
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};
use url::Url;

use super::*;
use crate::azure::client::{Call, CallError, Client};
use crate::azure::clock::Clock;
use crate::azure::cloud::{public, usgov};
use crate::azure::credential::Environment;
use crate::azure::ledger::Event;
use crate::azure::transport::Limits;
use crate::azure::transport::exchange::{Exchange, Got, Silence};
use crate::azure::transport::scripted::{Scripted, Seen, got, silent};
use crate::model::cloud::{Audience, Cloud};
use crate::model::ledger::{LedgerEntry, Outcome, Service};

const TENANT: &str = "11111111-1111-1111-1111-111111111111";
const OTHER: &str = "22222222-2222-2222-2222-222222222222";
const SECRET: &str = "secret-that-nobody-may-see";

/// A token with claims, as Entra ID makes them.
fn jwt(tenant: &str, name: &str) -> String {
    use base64::Engine;
    let engine = base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let claims = json!({"tid": tenant, "oid": "o", "upn": name, "idtyp": "user"});
    format!(
        "eyJhbGciOiJub25lIn0.{}.{SECRET}",
        engine.encode(claims.to_string())
    )
}

fn entra(tenant: &str) -> Value {
    json!({"access_token": jwt(tenant, "app"), "expires_in": 3600, "token_type": "Bearer"})
}

/// Entra ID and Resource Manager answer; there is no managed identity.
fn azure(seen: &Seen) -> Result<Got, Silence> {
    if seen.is_metadata {
        return silent("no connection to 169.254.169.254 in time");
    }
    if seen.url.ends_with("/oauth2/v2.0/token") {
        return got(200, &[], &entra(TENANT));
    }
    got(200, &[], &json!({"value": []}))
}

fn environment(pairs: &[(&str, &str)]) -> Environment {
    Environment::of(|name| {
        pairs
            .iter()
            .find(|(own, _)| *own == name)
            .map(|(_, value)| (*value).to_owned())
    })
}

struct Bench {
    client: Client,
    entries: Arc<Mutex<Vec<LedgerEntry>>>,
}

fn bench_in(cloud: Cloud, credentials: Credentials, exchange: &Arc<Scripted>) -> Bench {
    let entries = Arc::new(Mutex::new(Vec::new()));
    let observer = {
        let entries = Arc::clone(&entries);
        move |event| {
            if let Event::Entry(entry) = event
                && entry.outcome != Outcome::Pending
            {
                entries.lock().unwrap().push(*entry);
            }
        }
    };
    let client = Client::over(
        cloud,
        credentials,
        observer,
        Limits::default(),
        Clock::system(),
        Arc::clone(exchange) as Arc<dyn Exchange>,
    );
    Bench { client, entries }
}

fn bench(credentials: Credentials, exchange: &Arc<Scripted>) -> Bench {
    bench_in(public(), credentials, exchange)
}

/// No environment, and programs only from this folder.
fn credentials(choice: Choice, programs: &Path) -> Credentials {
    Credentials::new(choice)
        .with_environment(Environment::default())
        .with_programs_in(programs.as_os_str().to_owned(), Duration::from_secs(20))
}

#[cfg(unix)]
fn program(folder: &Path, name: &str, script: &str) {
    use std::os::unix::fs::PermissionsExt;
    let path = folder.join(name);
    fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
}

#[cfg(unix)]
fn az_answer(tenant: &str, name: &str) -> String {
    let token = jwt(tenant, name);
    let end = time::OffsetDateTime::now_utc().unix_timestamp() + 3600;
    format!(r#"echo '{{"accessToken":"{token}","expires_on":{end},"tokenType":"Bearer"}}'"#)
}

async fn sign_in(
    bench: &Bench,
    tenant: Option<&str>,
) -> Result<crate::model::caller::Caller, CallError> {
    let tenant = tenant.map(TenantId::new);
    bench
        .client
        .sign_in(tenant.as_ref(), Audience::ResourceManager)
        .await
}

#[tokio::test]
async fn a_secret_of_the_environment_is_used_and_never_shown() {
    let folder = tempfile::tempdir().unwrap();
    let exchange = Scripted::new(azure);
    let credentials = credentials(Choice::Auto, folder.path()).with_environment(environment(&[
        ("AZURE_TENANT_ID", TENANT),
        ("AZURE_CLIENT_ID", "app-id"),
        ("AZURE_CLIENT_SECRET", SECRET),
    ]));
    let shown_before = format!("{credentials:?}");
    let bench = bench_in(usgov(), credentials, &exchange);
    let caller = sign_in(&bench, None).await.unwrap();
    assert_eq!(caller.credential, "environment");
    let seen = exchange.seen();
    assert_eq!(
        seen[0].url,
        format!("https://login.microsoftonline.us/{TENANT}/oauth2/v2.0/token")
    );
    assert!(seen[0].body.contains(&format!("client_secret={SECRET}")));
    assert!(
        seen[0]
            .body
            .contains("scope=https%3A%2F%2Fmanagement.usgovcloudapi.net%2F.default")
    );
    let entries = bench.entries.lock().unwrap();
    assert_eq!(
        (entries[0].service, entries[0].status),
        (Service::Login, Some(200))
    );
    assert_eq!(entries[0].tenant.as_deref(), Some(TENANT));
    let shown = format!("{shown_before} {entries:?} {caller:?} {:?}", bench.client);
    assert!(!shown.contains(SECRET), "{shown}");
}

#[tokio::test]
async fn an_asked_tenant_wins_over_the_environments() {
    let folder = tempfile::tempdir().unwrap();
    let exchange = Scripted::new(|_| got(200, &[], &entra(OTHER)));
    let credentials =
        credentials(Choice::Environment, folder.path()).with_environment(environment(&[
            ("AZURE_TENANT_ID", TENANT),
            ("AZURE_CLIENT_ID", "app-id"),
            ("AZURE_CLIENT_SECRET", SECRET),
        ]));
    let bench = bench(credentials, &exchange);
    let caller = sign_in(&bench, Some(OTHER)).await.unwrap();
    assert_eq!(caller.tenant, Some(TenantId::new(OTHER)));
    assert!(exchange.seen()[0].url.contains(OTHER));
}

#[tokio::test]
async fn assertion_files_are_read_for_both_credentials_that_have_them() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("assertion");
    fs::write(&file, "the-assertion\n").unwrap();
    for (variable, credential) in [
        ("AZURE_CLIENT_ASSERTION_FILE", "environment"),
        ("AZURE_FEDERATED_TOKEN_FILE", "workload identity"),
    ] {
        let exchange = Scripted::new(azure);
        let credentials =
            credentials(Choice::Auto, folder.path()).with_environment(environment(&[
                ("AZURE_TENANT_ID", TENANT),
                ("AZURE_CLIENT_ID", "app-id"),
                (variable, file.to_str().unwrap()),
            ]));
        let bench = bench(credentials, &exchange);
        let caller = sign_in(&bench, None).await.unwrap();
        assert_eq!(caller.credential, credential);
        assert!(
            exchange.seen()[0]
                .body
                .contains("client_assertion=the-assertion")
        );
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_wrong_secret_ends_the_chain() {
    let folder = tempfile::tempdir().unwrap();
    program(folder.path(), "az", &az_answer(TENANT, "somebody else"));
    let exchange = Scripted::new(|_| {
        got(
            401,
            &[],
            &json!({"error": "invalid_client", "error_codes": [7_000_215],
            "error_description": "AADSTS7000215: Invalid client secret provided. Ensure it is the value.\r\nTrace ID: 1"}),
        )
    });
    let credentials = credentials(Choice::Auto, folder.path()).with_environment(environment(&[
        ("AZURE_TENANT_ID", TENANT),
        ("AZURE_CLIENT_ID", "app-id"),
        ("AZURE_CLIENT_SECRET", SECRET),
    ]));
    let bench = bench(credentials, &exchange);
    let error = sign_in(&bench, None).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "not signed in: environment says: AADSTS7000215: Invalid client secret provided. Ensure it is the value; \
         check AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET"
    );
    assert_eq!(exchange.seen().len(), 1);
}

#[tokio::test]
async fn a_managed_identity_is_asked_at_the_metadata_address() {
    let folder = tempfile::tempdir().unwrap();
    let end = time::OffsetDateTime::now_utc().unix_timestamp() + 3600;
    let exchange = Scripted::new(move |_| {
        got(
            200,
            &[],
            &json!({"access_token": jwt(TENANT, "vm"), "expires_on": end.to_string(),
            "token_type": "Bearer", "resource": "x"}),
        )
    });
    let bench = bench(
        credentials(Choice::ManagedIdentity, folder.path()),
        &exchange,
    );
    let caller = sign_in(&bench, None).await.unwrap();
    assert_eq!(caller.credential, "managed identity");
    let seen = exchange.seen();
    assert!(seen[0].is_metadata);
    assert!(
        seen[0]
            .url
            .starts_with("http://169.254.169.254/metadata/identity/oauth2/token?"),
        "{}",
        seen[0].url
    );
    let entries = bench.entries.lock().unwrap();
    assert_eq!(
        (entries[0].service, &entries[0].body),
        (Service::ManagedIdentity, &None)
    );
}

#[tokio::test]
async fn a_refused_managed_identity_says_so_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let exchange = Scripted::new(|_| {
        got(
            400,
            &[],
            &json!({"error": "invalid_request", "error_description": "Identity not found"}),
        )
    });
    let bench = bench(
        credentials(Choice::ManagedIdentity, folder.path()),
        &exchange,
    );
    let error = sign_in(&bench, None).await.unwrap_err().to_string();
    assert!(
        error.contains(
            "managed identity says: the identity endpoint answered 400: Identity not found"
        ),
        "{error}"
    );
    assert_eq!(exchange.seen().len(), 1);
}

#[tokio::test]
async fn an_identity_endpoint_elsewhere_is_not_asked() {
    let folder = tempfile::tempdir().unwrap();
    let exchange = Scripted::new(azure);
    let credentials = credentials(Choice::ManagedIdentity, folder.path()).with_environment(
        environment(&[("IDENTITY_ENDPOINT", "http://identity.example/token")]),
    );
    let bench = bench(credentials, &exchange);
    let error = sign_in(&bench, None).await.unwrap_err().to_string();
    assert!(error.contains("is not a loopback address"), "{error}");
    assert!(exchange.seen().is_empty());
}

#[tokio::test]
async fn a_stand_in_for_the_metadata_address_is_asked_over_loopback() {
    let server = wiremock::MockServer::start().await;
    let end = time::OffsetDateTime::now_utc().unix_timestamp() + 3600;
    wiremock::Mock::given(wiremock::matchers::path("/msi"))
        .and(wiremock::matchers::header("metadata", "true"))
        .respond_with(wiremock::ResponseTemplate::new(200).set_body_json(json!({
            "access_token": jwt(TENANT, "vm"), "expires_on": end.to_string(), "token_type": "Bearer", "resource": "x"})))
        .mount(&server)
        .await;
    let endpoint = Url::parse(&format!("{}/msi", server.uri())).unwrap();
    let credentials = Credentials::new(Choice::ManagedIdentity)
        .with_environment(Environment::default())
        .with_metadata_endpoint(endpoint);
    let client = Client::new(public(), credentials, |_| {}, Limits::default());
    let caller = client
        .sign_in(None, Audience::ResourceManager)
        .await
        .unwrap();
    assert_eq!(caller.label(), Some("vm"));
}

#[cfg(unix)]
#[tokio::test]
async fn az_is_asked_for_the_tenant_and_its_token_is_used() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    let script = format!(
        "echo \"$@\" >> {}\n{}",
        log.display(),
        az_answer(OTHER, "ada@contoso.example")
    );
    program(folder.path(), "az", &script);
    let exchange = Scripted::new(azure);
    let bench = bench(credentials(Choice::Auto, folder.path()), &exchange);
    let caller = sign_in(&bench, Some(OTHER)).await.unwrap();
    assert_eq!(
        (caller.credential.as_str(), caller.label()),
        ("az", Some("ada@contoso.example"))
    );
    let call = Call::arm("/subscriptions", "2022-12-01").in_tenant(Some(TenantId::new(OTHER)));
    bench.client.get(call).await.unwrap();
    let runs = fs::read_to_string(&log).unwrap();
    assert_eq!(runs.lines().count(), 1, "{runs}");
    assert_eq!(
        runs.trim(),
        format!(
            "account get-access-token -o json --scope https://management.azure.com/.default --tenant {OTHER}"
        )
    );
    let answers = bench.client.credential_answers();
    let before: Vec<&str> = answers.iter().map(|answer| answer.credential).collect();
    assert_eq!(
        before,
        ["environment", "workload identity", "managed identity"]
    );
    let metadata = exchange
        .seen()
        .iter()
        .filter(|seen| seen.is_metadata)
        .count();
    assert_eq!(metadata, 1, "a probe is made once");
}

#[cfg(unix)]
#[tokio::test]
async fn what_az_says_is_shown_with_the_next_step() {
    let folder = tempfile::tempdir().unwrap();
    program(
        folder.path(),
        "az",
        "echo \"ERROR: Please run 'az login' to setup account.\" >&2\nexit 1",
    );
    let exchange = Scripted::new(azure);
    let bench = bench(credentials(Choice::Auto, folder.path()), &exchange);
    let error = sign_in(&bench, Some(TENANT)).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "not signed in: az says: Please run 'az login' to setup account; run `az login --tenant {TENANT}`"
        )
    );
    let CallError::Trouble(trouble) = error else {
        panic!("cancelled");
    };
    let answers = &trouble.sign_in.as_ref().unwrap().answers;
    let names: Vec<&str> = answers.iter().map(|answer| answer.credential).collect();
    assert_eq!(
        names,
        [
            "environment",
            "workload identity",
            "managed identity",
            "az",
            "azd"
        ]
    );
    assert_eq!(answers[4].said, "azd not found on PATH");
}

#[tokio::test]
async fn with_nothing_set_up_every_credential_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let exchange = Scripted::new(azure);
    let bench = bench(credentials(Choice::Auto, folder.path()), &exchange);
    let error = sign_in(&bench, None).await.unwrap_err().to_string();
    for words in [
        "environment says: AZURE_CLIENT_ID is not set",
        "workload identity says: AZURE_FEDERATED_TOKEN_FILE is not set",
        "managed identity says: no identity endpoint answers on this machine",
        "az says: az not found on PATH",
        "azd says: azd not found on PATH",
        "install the Azure CLI and run `az login`",
    ] {
        assert!(error.contains(words), "{words}\n{error}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn an_az_that_hangs_is_given_up_and_azd_is_asked() {
    let folder = tempfile::tempdir().unwrap();
    program(folder.path(), "az", "while :; do /bin/sleep 1000; done");
    let end = "2099-01-01T00:00:00Z";
    let token = jwt(TENANT, "dev");
    program(
        folder.path(),
        "azd",
        &format!(r#"echo '{{"token":"{token}","expiresOn":"{end}"}}'"#),
    );
    let exchange = Scripted::new(azure);
    let credentials = credentials(Choice::Auto, folder.path()).with_programs_in(
        folder.path().as_os_str().to_owned(),
        Duration::from_millis(300),
    );
    let bench = bench(credentials, &exchange);
    let caller = sign_in(&bench, None).await.unwrap();
    assert_eq!(caller.credential, "azd");
    let answers = bench.client.credential_answers();
    assert!(answers[3].said == "no answer in 0.3 s", "{answers:?}");
}

#[cfg(unix)]
#[tokio::test]
async fn a_session_stays_with_the_credential_that_worked() {
    let folder = tempfile::tempdir().unwrap();
    program(folder.path(), "az", &az_answer(TENANT, "ada"));
    program(folder.path(), "azd", &az_answer(TENANT, "somebody else"));
    let exchange = Scripted::new(azure);
    let bench = bench(credentials(Choice::Auto, folder.path()), &exchange);
    sign_in(&bench, None).await.unwrap();
    program(
        folder.path(),
        "az",
        "echo 'ERROR: the session is over' >&2; exit 1",
    );
    let error = bench
        .client
        .sign_in(None, Audience::Graph)
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "not signed in: az says: the session is over; run `az login`"
    );
}

#[cfg(unix)]
#[tokio::test]
async fn a_token_of_another_tenant_is_not_taken() {
    let folder = tempfile::tempdir().unwrap();
    program(folder.path(), "az", &az_answer(TENANT, "ada"));
    let exchange = Scripted::new(azure);
    let bench = bench(credentials(Choice::Cli, folder.path()), &exchange);
    let error = sign_in(&bench, Some(OTHER)).await.unwrap_err().to_string();
    assert!(
        error.contains(&format!("its token is of tenant {TENANT}, not of {OTHER}")),
        "{error}"
    );
    assert!(
        error.ends_with(&format!("run `az login --tenant {OTHER}`")),
        "{error}"
    );
}

#[cfg(unix)]
#[tokio::test]
async fn a_program_that_prints_something_else_is_told_so() {
    let folder = tempfile::tempdir().unwrap();
    program(folder.path(), "az", "echo 'a new version is there <html>'");
    let exchange = Scripted::new(azure);
    let bench = bench(credentials(Choice::Cli, folder.path()), &exchange);
    let error = sign_in(&bench, None).await.unwrap_err().to_string();
    let start = "not signed in: az says: its answer is no token: ";
    assert!(error.starts_with(start), "{error}");
}

#[test]
fn choices_have_their_words() {
    for (word, choice) in Choice::ALL {
        assert_eq!(word.parse(), Ok(choice));
    }
    let error = "CLI".parse::<Choice>().unwrap_err();
    assert!(error.contains("developer-cli"), "{error}");
}

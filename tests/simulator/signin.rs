//! Tokens: how they are issued, and which ones are taken.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use crate::ground::{ADA, ARM, Ground, OTHER_TENANT, TENANT, finish};

fn claims(token: &str) -> Value {
    let payload = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
}

#[tokio::test]
async fn a_token_says_who_for_whom_and_until_when() {
    let ground = Ground::with(|knobs| knobs.token_lifetime = Duration::from_mins(2)).await;
    let answer = ground
        .login(
            "contoso.com",
            &[
                ("grant_type", "client_credentials"),
                ("client_id", "x"),
                ("client_secret", "y"),
                ("scope", "https://vault.azure.net/.default"),
            ],
        )
        .await
        .json();
    assert_eq!(
        (answer["expires_in"].as_u64(), answer["token_type"].as_str()),
        (Some(120), Some("Bearer"))
    );
    let claims = claims(answer["access_token"].as_str().unwrap());
    for (name, expected) in [
        ("aud", "https://vault.azure.net"),
        ("tid", TENANT),
        ("oid", ADA),
        ("upn", "ada@contoso.com"),
        ("idtyp", "user"),
    ] {
        assert_eq!(claims[name], expected, "{name}");
    }
    assert_eq!(
        claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(),
        120
    );
    let other = claims_of(&ground, OTHER_TENANT).await;
    assert_eq!(
        other["iss"],
        format!("https://sts.windows.net/{OTHER_TENANT}/")
    );
}

async fn claims_of(ground: &Ground, tenant: &str) -> Value {
    claims(&ground.token_for(tenant, ARM).await)
}

#[tokio::test]
async fn entra_refuses_in_its_own_shape() {
    let ground = Ground::new().await;
    let scope = ("scope", ARM);
    for (tenant, form, status, error, number) in [
        (
            "nowhere.example",
            vec![("grant_type", "client_credentials")],
            400,
            "invalid_tenant",
            90_002,
        ),
        (
            TENANT,
            vec![("client_id", "x")],
            400,
            "invalid_request",
            900_144,
        ),
        (
            TENANT,
            vec![("grant_type", "magic"), ("client_id", "x"), scope],
            400,
            "unsupported_grant_type",
            70_003,
        ),
        (
            TENANT,
            vec![
                ("grant_type", "client_credentials"),
                ("client_id", "x"),
                scope,
            ],
            401,
            "invalid_client",
            7_000_216,
        ),
        (
            TENANT,
            vec![
                ("grant_type", "client_credentials"),
                ("client_id", "x"),
                ("client_secret", "y"),
            ],
            400,
            "invalid_request",
            900_144,
        ),
    ] {
        let answer = ground.login(tenant, &form).await;
        let body = answer.json();
        assert_eq!(
            (answer.status, body["error"].as_str()),
            (status, Some(error))
        );
        assert_eq!(body["error_codes"][0], number);
        let text = body["error_description"].as_str().unwrap();
        assert!(
            text.starts_with(&format!("AADSTS{number}: ")) && text.contains("Trace ID: "),
            "{text}"
        );
    }
}

#[tokio::test]
async fn what_clients_look_up_before_signing_in_is_there() {
    let ground = Ground::new().await;
    let base = ground.server.base();
    let get = |path: &str| finish(ground.request(reqwest::Method::GET, path));
    let configuration = get(&format!("/{TENANT}/v2.0/.well-known/openid-configuration"))
        .await
        .json();
    assert_eq!(
        configuration["token_endpoint"],
        format!("{base}/{TENANT}/oauth2/v2.0/token")
    );
    assert_eq!(configuration["issuer"], format!("{base}/{TENANT}/v2.0"));
    assert_eq!(
        get("/nowhere/v2.0/.well-known/openid-configuration")
            .await
            .status,
        400
    );
    let discovery = get(&format!("/common/discovery/instance?api-version=1.1&authorization_endpoint={base}/{TENANT}/oauth2/v2.0/authorize")).await.json();
    assert_eq!(
        discovery["tenant_discovery_endpoint"],
        format!("{base}/{TENANT}/v2.0/.well-known/openid-configuration")
    );
    let metadata = get("/metadata/endpoints?api-version=2022-09-01")
        .await
        .json();
    assert!(metadata.is_object());
    assert_eq!(metadata["resourceManager"], format!("{base}/"));
    assert_eq!(metadata["authentication"]["loginEndpoint"], base);
    let file: toml::Table = toml::from_str(&ground.server.cloud_file()).unwrap();
    for (key, value) in [
        ("resource_manager", base.to_owned()),
        ("authority", base.to_owned()),
        ("graph", format!("{base}/graph")),
        ("search", format!("{base}/search/{{service}}")),
    ] {
        assert_eq!(file[key].as_str(), Some(value.as_str()), "{key}");
    }
}

#[tokio::test]
async fn arm_takes_only_good_tokens() {
    let ground = Ground::new().await;
    let path = "/subscriptions?api-version=2022-12-01";
    let missing = finish(ground.request(reqwest::Method::GET, path)).await;
    assert_eq!(
        (missing.status, missing.code().as_str()),
        (401, "AuthenticationFailed")
    );
    assert!(missing.header("www-authenticate").starts_with(&format!(
        "Bearer authorization_uri=\"https://login.windows.net/{TENANT}\""
    )));
    let basic = finish(
        ground
            .request(reqwest::Method::GET, path)
            .header("authorization", "Basic eDp5"),
    )
    .await;
    assert_eq!(basic.code(), "AuthenticationFailedInvalidHeader");
    let graph = ground
        .token_for(TENANT, "https://graph.microsoft.com/.default")
        .await;
    assert_eq!(
        ground.get_as(path, &graph).await.code(),
        "InvalidAuthenticationTokenAudience"
    );
    assert_eq!(
        ground.get_as(path, "a.b.c").await.code(),
        "InvalidAuthenticationToken"
    );
    assert_eq!(
        ground.get_as(path, "opaque").await.status,
        200,
        "a stand-in is the scenario's caller"
    );
    let own = format!("{}/.default", ground.server.base());
    let token = ground.token_for(TENANT, &own).await;
    assert_eq!(ground.get_as(path, &token).await.status, 200);
    let strict = Ground::with(|knobs| knobs.accept_opaque_tokens = false).await;
    assert_eq!(
        strict.get_as(path, "opaque").await.code(),
        "InvalidAuthenticationToken"
    );
}

#[tokio::test]
async fn a_token_expires() {
    let ground = Ground::with(|knobs| knobs.token_lifetime = Duration::ZERO).await;
    let answer = ground.get("/subscriptions?api-version=2022-12-01").await;
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (401, "ExpiredAuthenticationToken")
    );
    assert!(
        answer
            .message()
            .starts_with("The access token expiry UTC time '"),
        "{}",
        answer.message()
    );
}

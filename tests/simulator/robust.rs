//! Whatever is asked is answered, thousands of times over.

use std::sync::atomic::{AtomicUsize, Ordering};

use futures::StreamExt as _;
use proptest::prelude::*;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::ground::{Ground, SUBSCRIPTION};

/// Sends bytes as they are and returns the status line's number.
async fn raw(ground: &Ground, head: &[u8]) -> Option<u16> {
    let mut stream = tokio::net::TcpStream::connect(ground.server.address())
        .await
        .unwrap();
    stream.write_all(head).await.unwrap();
    let mut answer = Vec::new();
    // A refusal of nonsense may close the connection hard.
    let _ = stream.read_to_end(&mut answer).await;
    let text = String::from_utf8_lossy(&answer);
    text.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok()
}

fn word() -> impl Strategy<Value = String> {
    prop_oneof![
        proptest::sample::select(vec![
            "subscriptions",
            "11111111-1111-4111-8111-111111111111",
            "resourceGroups",
            "rg-lab",
            "providers",
            "Microsoft.Storage",
            "storageAccounts",
            "stlab0",
            "Microsoft.Authorization",
            "roleAssignments",
            "roleDefinitions",
            "policyDefinitions",
            "permissions",
            "locks",
            "Microsoft.Insights",
            "diagnosticSettings",
            "default",
            "blobServices",
            "containers",
            "resources",
            "search",
            "srch-lab",
            "indexers",
            "indexers('x')",
            "graph",
            "v1.0",
            "users",
            "me",
            "groups",
            "oauth2",
            "v2.0",
            "token",
            "common",
            "discovery",
            "instance",
            "metadata",
            "endpoints",
            "tenants",
            "locations",
            "Microsoft.Management",
            "managementGroups",
            "mg-lab",
            "simulator",
            "requests",
            ".well-known",
            "openid-configuration",
            "%2e%2e",
            "%00",
            "%ff",
        ])
        .prop_map(str::to_owned),
        "[a-zA-Z0-9%._~()'*-]{0,12}".prop_map(|text| text.replace('%', "%25")),
    ]
}

fn query() -> impl Strategy<Value = String> {
    let value = prop_oneof![
        proptest::sample::select(vec![
            "2022-04-01",
            "2099-01-01",
            "atScope()",
            "assignedTo('x')",
            "name+eq+'x'",
            "not+((",
            "''",
            "%27%27%27",
            "substringof('a',name)",
            "-1",
            "0",
            "18446744073709551616",
            "ZnJvbT05OTk5OTk5",
            "name,id",
        ])
        .prop_map(str::to_owned),
        "[a-zA-Z0-9$()'+,-]{0,16}",
    ];
    let name = proptest::sample::select(vec![
        "api-version",
        "$filter",
        "$top",
        "$skiptoken",
        "$select",
        "$expand",
        "x",
    ]);
    proptest::collection::vec(
        (name, value).prop_map(|(name, value)| format!("{name}={value}")),
        0..4,
    )
    .prop_map(|pairs| pairs.join("&"))
}

#[test]
fn any_path_and_query_is_answered() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let ground = runtime.block_on(Ground::with(|knobs| knobs.throttle = false));
    let methods = proptest::sample::select(vec![
        "GET", "GET", "GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "BREW",
    ]);
    let requests = (
        methods,
        proptest::collection::vec(word(), 0..10),
        query(),
        "[ -~]{0,40}",
    );
    let asked = AtomicUsize::new(0);
    proptest!(ProptestConfig::with_cases(1500), |((method, words, query, body) in requests)| {
        let head = format!(
            "{method} /{}?{query} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer opaque\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
            words.join("/"), body.len()
        );
        let status = runtime.block_on(raw(&ground, head.as_bytes()));
        asked.fetch_add(1, Ordering::Relaxed);
        prop_assert!(status.is_some_and(|status| status < 500), "{head}: {status:?}");
    });
    assert_eq!(asked.load(Ordering::Relaxed), 1500);
    assert_eq!(
        runtime
            .block_on(ground.get("/tenants?api-version=2022-12-01"))
            .status,
        200
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nonsense_on_the_wire_does_not_stop_it() {
    let ground = Ground::new().await;
    for head in [
        &b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"[..],
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"POST /x/oauth2/v2.0/token HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 3\r\n\r\n\xff\xfe\x00",
    ] {
        if head.starts_with(b"\x16") {
            // No end of headers: the client hangs up first.
            let mut stream = tokio::net::TcpStream::connect(ground.server.address()).await.unwrap();
            stream.write_all(head).await.unwrap();
        } else {
            raw(&ground, head).await;
        }
    }
    let mut large = reqwest::Client::builder()
        .no_proxy()
        .build()
        .unwrap()
        .post(format!(
            "{}/providers/Microsoft.ResourceGraph/resources?api-version=2022-10-01",
            ground.server.base()
        ))
        .bearer_auth("opaque");
    large = large.body(vec![b' '; 5 * 1024 * 1024]);
    match large.send().await {
        Ok(answer) => assert_eq!(answer.status(), 413),
        Err(error) => assert!(error.is_request() || error.is_body(), "{error:?}"),
    }
    assert_eq!(
        ground.get("/tenants?api-version=2022-12-01").await.status,
        200
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn thousands_of_requests_over_kept_connections_are_all_answered() {
    let ground = Ground::with(|knobs| knobs.throttle = false).await;
    let path = format!("{SUBSCRIPTION}/resources?api-version=2025-04-01");
    let good = futures::stream::iter(0..4000)
        .map(|_| ground.get(&path))
        .buffer_unordered(32)
        .filter(|answer| std::future::ready(answer.status == 200))
        .count()
        .await;
    assert_eq!(good, 4000);
    let log = ground.server.log();
    assert_eq!(
        log.iter()
            .filter(|entry| entry.status == Some(200) && entry.service == "arm")
            .count(),
        4000
    );
    assert!(
        log.windows(2)
            .all(|pair| pair[0].number + 1 == pair[1].number)
    );
    assert!(
        log.iter()
            .all(|entry| !format!("{entry:?}").contains("Bearer"))
    );
}

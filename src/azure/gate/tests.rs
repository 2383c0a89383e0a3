//! Everything that may leave, and a table of what must not.

use serde_json::json;

use super::*;
use crate::azure::cloud::{from_toml, public};

const ARM: &str = "https://management.azure.com";
const ACCOUNT: &str = "https://management.azure.com/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/st";
const POOL: &str = "https://management.azure.com/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/networkManagers/n/ipamPools/p";

fn borders() -> Borders {
    Borders::of(Arc::new(public()))
}

fn lab() -> Borders {
    let cloud = from_toml(
        "name='lab'\nresource_manager='http://127.0.0.1:8080'\nauthority='http://127.0.0.1:8080'\n\
         graph='http://127.0.0.1:8080/graph'\nlog_analytics='http://127.0.0.1:8080/loganalytics'\n\
         search='http://127.0.0.1:8080/search/{service}'",
        "lab.toml",
    )
    .unwrap();
    Borders::of(Arc::new(cloud))
}

fn ask(method: &Method, text: &str, borders: &Borders) -> Result<Service, Refusal> {
    judge(method, &Url::parse(text).unwrap(), borders, None)
}

#[test]
fn reads_of_every_service_may_leave() {
    let cases = [
        (
            format!("{ARM}/subscriptions?api-version=2022-12-01"),
            Service::Arm,
        ),
        (
            format!("{ARM}/tenants?api-version=2022-12-01"),
            Service::Arm,
        ),
        (ACCOUNT.to_owned(), Service::Arm),
        (format!("{ACCOUNT}/"), Service::Arm),
        (
            format!("{ACCOUNT}/blobServices/default/containers?$skipToken=a%2Fb"),
            Service::Arm,
        ),
        (
            ACCOUNT.replace("/g/", "/My%20Group%20(%C3%A9)/"),
            Service::Arm,
        ),
        (
            ACCOUNT.replace("storageAccounts/st", "vaults/kv/keys"),
            Service::Arm,
        ),
        (
            ACCOUNT.replace(
                "Microsoft.Storage/storageAccounts/st",
                "Microsoft.Storage/storageAccounts/listing-tokens",
            ),
            Service::Arm,
        ),
        (
            format!(
                "{ARM}/providers/Microsoft.Management/managementGroups/m/providers/Microsoft.Authorization/roleAssignments"
            ),
            Service::Arm,
        ),
        (
            "https://graph.microsoft.com/v1.0/servicePrincipals".into(),
            Service::Graph,
        ),
        (
            "https://docs.search.windows.net/indexers/docs-indexer/status".into(),
            Service::Search,
        ),
        (
            "https://docs.search.windows.net/indexes('a')".into(),
            Service::Search,
        ),
        (
            "https://api.loganalytics.io/v1/workspaces/w/metadata".into(),
            Service::Logs,
        ),
        (
            "http://169.254.169.254/metadata/identity/oauth2/token?resource=x".into(),
            Service::ManagedIdentity,
        ),
    ];
    for (url, service) in cases {
        assert_eq!(ask(&Method::GET, &url, &borders()), Ok(service), "{url}");
    }
}

#[test]
fn the_named_queries_may_leave() {
    let states = "providers/Microsoft.PolicyInsights/policyStates/latest/queryResults";
    let cases = [
        (
            format!("{ARM}/providers/Microsoft.ResourceGraph/resources?api-version=2022-10-01"),
            Service::Arm,
        ),
        (
            format!("{ARM}/PROVIDERS/microsoft.resourcegraph/Resources"),
            Service::Arm,
        ),
        (format!("{ACCOUNT}/{states}"), Service::Arm),
        (
            format!("{ARM}/subscriptions/s/{states}?$top=5"),
            Service::Arm,
        ),
        (format!("{POOL}/getPoolUsage"), Service::Arm),
        (format!("{POOL}/listAssociatedResources"), Service::Arm),
        (
            "https://graph.microsoft.com/v1.0/directoryObjects/getByIds".into(),
            Service::Graph,
        ),
        (
            "https://api.loganalytics.io/v1/workspaces/w/query".into(),
            Service::Logs,
        ),
        (
            "https://login.microsoftonline.com/contoso.example/oauth2/v2.0/token".into(),
            Service::Login,
        ),
        (
            "https://api.loganalytics.io/v1/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/st/query".into(),
            Service::Logs,
        ),
    ];
    for (url, service) in cases {
        assert_eq!(ask(&Method::POST, &url, &borders()), Ok(service), "{url}");
    }
    for (url, service) in [
        (
            "http://127.0.0.1:8080/organizations/oauth2/v2.0/token",
            Service::Login,
        ),
        (
            "http://127.0.0.1:8080/graph/v1.0/directoryObjects/getByIds",
            Service::Graph,
        ),
        (
            "http://127.0.0.1:8080/loganalytics/v1/workspaces/w/query",
            Service::Logs,
        ),
    ] {
        assert_eq!(ask(&Method::POST, url, &lab()), Ok(service), "{url}");
    }
}

#[test]
fn every_other_verb_stays_in() {
    let urls = [
        ACCOUNT.to_owned(),
        format!("{ARM}/providers/Microsoft.ResourceGraph/resources"),
        format!("{POOL}/getPoolUsage"),
        "https://login.microsoftonline.com/t/oauth2/v2.0/token".to_owned(),
        "https://graph.microsoft.com/v1.0/directoryObjects/getByIds".to_owned(),
    ];
    let odd = ["get", "post", "Post", "LIST", "PROPFIND", "MERGE", "BREW"];
    let verbs = [
        Method::PUT,
        Method::PATCH,
        Method::DELETE,
        Method::HEAD,
        Method::OPTIONS,
        Method::TRACE,
        Method::CONNECT,
    ]
    .into_iter()
    .chain(odd.map(|name| Method::from_bytes(name.as_bytes()).unwrap()));
    for verb in verbs {
        for url in &urls {
            for borders in [borders(), lab()] {
                assert!(ask(&verb, url, &borders).is_err(), "{verb} {url}");
            }
        }
    }
}

#[test]
fn keys_and_secrets_stay_in_whatever_the_verb() {
    let operations = [
        "listKeys",
        "LISTKEYS",
        "listkeys",
        "listKeys/",
        "list%4Beys",
        "%6cistKeys",
        "list-keys",
        "listAdminKeys",
        "listQueryKeys",
        "listConnectionStrings",
        "readonlykeys",
        "readOnlyKeys",
        "listsecrets",
        "listSecrets",
        "regenerateKey",
        "regenerateAdminKey/primary",
        "createQueryKey",
        "listAccountSas",
        "ListServiceSas",
        "listNotebookKeys",
        "listNotebookAccessToken",
        "listStorageAccountKeys",
        "listCredentials",
        "listClusterAdminCredential",
        "sharedKeys",
        "getSecrets",
        "generateToken",
        "listKeys?api-version=2023-05-01",
        "listKeys;a=b",
        "x/../listKeys",
        "%2e%2e/st/listKeys",
        "listKeys/.",
        "default/%2e%2e/listKeys",
        "listKeys%2F",
        "listKeys%00",
        "list%254Beys",
        "%25%36%63istKeys",
        "listKeys%20",
        "listKey%C5%BF",
        "li%C5%BFtKeys",
        "list%E2%84%AAeys",
        "list%E2%80%8BKeys",
        "%EF%BD%8CistKeys",
        "listKeys//",
        "\\listKeys",
    ];
    for operation in operations {
        let url = format!("{ACCOUNT}/{operation}");
        for verb in [Method::GET, Method::POST] {
            let is_create = operation.contains("/primary");
            if is_create && verb == Method::GET {
                continue; // A name below the operation: as a GET it reads nothing.
            }
            assert!(ask(&verb, &url, &borders()).is_err(), "{verb} {url}");
        }
    }
}

#[test]
fn other_posts_stay_in() {
    let urls = [
        format!("{ACCOUNT}?api-version=2023-05-01"),
        format!("{ARM}/"),
        format!("{ARM}/providers/Microsoft.ResourceGraph/resources/"),
        format!("{ARM}/providers/Microsoft.ResourceGraph/resourcesHistory"),
        format!("{ARM}/x/providers/Microsoft.ResourceGraph/resources"),
        format!("{ARM}/providers/Microsoft.ResourceGraph%2Fresources"),
        format!("{ARM}/providers/Microsoft.ResourceGraph/%72esources"),
        format!("{ARM}/providers/Microsoft.ResourceGraph//resources"),
        format!(
            "{ARM}/subscriptions/s/providers/Microsoft.PolicyInsights/policyStates/latest/triggerEvaluation"
        ),
        format!("{ARM}/x/providers/Microsoft.PolicyInsights/policyStates/latest/queryResults"),
        format!("{POOL}/getPoolUsage/"),
        format!("{POOL}/getPoolUsage/x"),
        format!("{POOL}/staticCidrs"),
        format!("{POOL}/getPoolUsage;x"),
        format!("{ARM}/providers/Microsoft.Network/networkManagers/n/ipamPools/p/getPoolUsage"),
        "https://graph.microsoft.com/beta/directoryObjects/getByIds".into(),
        "https://graph.microsoft.com/v1.0/directoryObjects/delete".into(),
        "https://graph.microsoft.com/v1.0/$batch".into(),
        "https://api.loganalytics.io/v1/workspaces/w/purge".into(),
        "https://api.loganalytics.io/v1/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/query".into(),
        "https://api.loganalytics.io/v1/subscriptions/s/query".into(),
        "https://api.loganalytics.io/v1/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/st/purge".into(),
        "https://docs.search.windows.net/indexers/i/run".into(),
        "https://docs.search.windows.net/indexes/i/docs/search".into(),
        "https://login.microsoftonline.com/t/oauth2/v2.0/devicecode".into(),
        "https://login.microsoftonline.com/t/oauth2/token".into(),
        "https://login.microsoftonline.com//oauth2/v2.0/token".into(),
        "https://login.microsoftonline.com/t%2Fx/oauth2/v2.0/token".into(),
        "https://management.azure.com/t/oauth2/v2.0/token".into(),
        "http://169.254.169.254/metadata/identity/oauth2/token".into(),
    ];
    for url in urls {
        assert!(ask(&Method::POST, &url, &borders()).is_err(), "{url}");
    }
}

#[test]
fn other_addresses_stay_in() {
    let urls = [
        "http://management.azure.com/subscriptions",
        "https://management.azure.com:444/subscriptions",
        "https://management.azure.com.evil.example/subscriptions",
        "https://management.azure.com@evil.example/subscriptions",
        "https://user@management.azure.com/subscriptions",
        "https://user:secret@management.azure.com/subscriptions",
        "https://management.azure.com/subscriptions#part",
        "https://evil.example/subscriptions",
        "https://login.microsoftonline.com/t/v2.0/.well-known/openid-configuration",
        "https://evil.search.windows.net.example/indexes",
        "https://a.b.search.windows.net/indexes",
        "https://graph.microsoft.com/beta/users",
        "https://management.azure.com/somewhere",
        "https://management.azure.com/",
        "https://management.azure.com//evil.example/subscriptions",
        "https://management.azure.com/subscriptions//s",
        "https://management.azure.com/subscriptions?sig=abc",
        "https://management.azure.com/subscriptions?Access_Token=abc",
        "https://management.azure.com/subscriptions?%73ig=abc",
        "ftp://management.azure.com/subscriptions",
        "file:///etc/passwd",
        "http://169.254.169.254/metadata/instance",
        "https://169.254.169.254/metadata/identity/oauth2/token",
        "http://169.254.169.254:8080/metadata/identity/oauth2/token",
        "http://127.0.0.1:41000/msi/token",
    ];
    for url in urls {
        assert!(ask(&Method::GET, url, &borders()).is_err(), "{url}");
    }
    for url in [
        "http://127.0.0.1:8081/subscriptions",
        "http://127.0.0.2:8080/subscriptions",
        "https://127.0.0.1:8080/subscriptions",
        "https://management.azure.com/subscriptions",
    ] {
        assert!(ask(&Method::GET, url, &lab()).is_err(), "{url}");
    }
}

#[test]
fn an_app_host_identity_is_asked_on_loopback_only() {
    let with = |endpoint: &str| Borders {
        identity_endpoint: Some(Url::parse(endpoint).unwrap()),
        ..borders()
    };
    let near = "http://127.0.0.1:41000/msi/token";
    let asked = format!("{near}?resource=x&api-version=2019-08-01");
    assert_eq!(
        ask(&Method::GET, &asked, &with(near)),
        Ok(Service::ManagedIdentity)
    );
    assert!(ask(&Method::POST, &asked, &with(near)).is_err());
    assert!(ask(&Method::GET, "http://127.0.0.1:41000/other", &with(near)).is_err());
    let far = "http://identity.example/msi/token";
    assert!(ask(&Method::GET, far, &with(far)).is_err());
}

#[test]
fn a_get_with_a_body_stays_in() {
    let url = Url::parse(ACCOUNT).unwrap();
    assert!(judge(&Method::GET, &url, &borders(), Some(&json!({}))).is_err());
}

#[test]
fn a_batch_holds_gets_only() {
    let url = Url::parse(&format!("{ARM}/batch?api-version=2020-06-01")).unwrap();
    let batch = |body: &Value| judge(&Method::POST, &url, &borders(), Some(body));
    let get = json!({"httpMethod": "GET", "relativeUrl": "/subscriptions/s?api-version=1"});
    assert_eq!(batch(&json!({"requests": [get, get]})), Ok(Service::Arm));
    let absolute = json!({"httpMethod": "GET", "name": "1", "url": format!("{ARM}/subscriptions")});
    assert_eq!(batch(&json!({"requests": [absolute]})), Ok(Service::Arm));

    assert!(judge(&Method::POST, &url, &borders(), None).is_err());
    let refused = [
        json!({}),
        json!([]),
        json!({"requests": []}),
        json!({"requests": [get], "more": 1}),
        json!({"requests": [get, 1]}),
        json!({"requests": [{"relativeUrl": "/subscriptions"}]}),
        json!({"requests": [{"httpMethod": "get", "relativeUrl": "/subscriptions"}]}),
        json!({"requests": [get, {"httpMethod": "DELETE", "relativeUrl": "/subscriptions"}]}),
        json!({"requests": [{"httpMethod": "POST", "relativeUrl": "/providers/Microsoft.ResourceGraph/resources"}]}),
        json!({"requests": [{"httpMethod": "GET"}]}),
        json!({"requests": [{"httpMethod": "GET", "relativeUrl": "/subscriptions", "url": "/subscriptions"}]}),
        json!({"requests": [{"httpMethod": "GET", "relativeUrl": "/subscriptions", "content": {}}]}),
        json!({"requests": [{"httpMethod": "GET", "url": "https://evil.example/subscriptions"}]}),
        json!({"requests": [{"httpMethod": "GET", "url": "//evil.example/subscriptions"}]}),
        json!({"requests": [{"httpMethod": "GET", "url": "https://graph.microsoft.com/v1.0/me"}]}),
        json!({"requests": [{"httpMethod": "GET", "relativeUrl": format!("{}/listKeys", ACCOUNT.replace(ARM, ""))}]}),
    ];
    for body in refused {
        assert!(batch(&body).is_err(), "{body}");
    }
}

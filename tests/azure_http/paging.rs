//! Lists: every form of paging, and lists that never end, break off or lead elsewhere.

use hopscope::azure::client::{Call, ListEnd, Page};
use hopscope::model::issue::IssueKind;
use hopscope::model::ledger::Outcome;
use serde_json::{Value, json};
use wiremock::matchers::{body_partial_json, method, path, query_param, query_param_is_missing};
use wiremock::{Mock, Request, Respond, ResponseTemplate};

use crate::lab::{Lab, error_answer, json_answer};

const GROUPS: &str = "/subscriptions/s/resourcegroups";

fn groups() -> Call {
    Call::arm(GROUPS, "2025-04-01")
}

async fn read(lab: &Lab, call: Call) -> (Vec<Page>, ListEnd) {
    let mut pages = Vec::new();
    let end = lab
        .client
        .list(call, |page| pages.push(page))
        .await
        .unwrap();
    (pages, end)
}

fn names(pages: &[Page]) -> Vec<&str> {
    pages
        .iter()
        .flat_map(|page| &page.items)
        .filter_map(|item| item["id"].as_str())
        .collect()
}

fn reason(end: &ListEnd) -> (IssueKind, String) {
    let issue = end.broken.as_ref().unwrap().issue().unwrap();
    (issue.kind, issue.message.clone())
}

async fn mount_page(lab: &Lab, token: Option<&str>, items: Value, next: Option<String>) {
    let mock = Mock::given(method("GET")).and(path(GROUPS));
    let mock = match token {
        Some(token) => mock.and(query_param("$skipToken", token)),
        None => mock.and(query_param_is_missing("$skipToken")),
    };
    let mut body = json!({"value": items});
    if let Some(next) = next {
        body["nextLink"] = json!(next);
    }
    mock.respond_with(json_answer(200, &body))
        .mount(&lab.server)
        .await;
}

#[tokio::test]
async fn next_links_are_followed_as_they_are() {
    let lab = Lab::start().await;
    let at = |token: &str| {
        format!(
            "{}{GROUPS}?$skipToken={token}&api-version=2019-01-01",
            lab.server.uri()
        )
    };
    mount_page(
        &lab,
        None,
        json!([{"id": "a"}, {"id": "b"}]),
        Some(at("t%2F1")),
    )
    .await;
    mount_page(&lab, Some("t/1"), json!([]), Some(at("t2"))).await;
    mount_page(&lab, Some("t2"), json!([{"id": "c"}]), None).await;
    let (pages, end) = read(&lab, groups()).await;
    assert_eq!(names(&pages), ["a", "b", "c"]);
    assert_eq!((end.pages, end.items, end.is_complete()), (3, 3, true));
    assert_eq!(
        pages.iter().map(|page| page.is_last).collect::<Vec<_>>(),
        [false, false, true]
    );
    let reads = lab.reads();
    assert_eq!(
        &*reads[1].path,
        &format!("{GROUPS}?$skipToken=t%2F1&api-version=2019-01-01")
    );
    assert_eq!(pages[1].answer.api_version.as_deref(), Some("2019-01-01"));
}

#[tokio::test]
async fn a_list_that_leads_back_to_itself_ends() {
    let lab = Lab::start().await;
    let first = format!("{}{GROUPS}?api-version=2025-04-01", lab.server.uri());
    mount_page(&lab, None, json!([{"id": "a"}]), Some(first)).await;
    let (pages, end) = read(&lab, groups()).await;
    assert_eq!(names(&pages), ["a"]);
    let (kind, message) = reason(&end);
    assert_eq!(kind, IssueKind::Malformed);
    assert!(message.contains("leads back"), "{message}");
    assert_eq!(lab.reads().len(), 1);
}

/// Always another link, always the same items.
struct Endless(String);

impl Respond for Endless {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let at: u32 = request
            .url
            .query_pairs()
            .find(|(name, _)| name == "$skipToken")
            .map_or(0, |(_, value)| value.parse().unwrap());
        let next = format!("{}{GROUPS}?$skipToken={}", self.0, at + 1);
        json_answer(200, &json!({"value": [{"id": "a"}], "nextLink": next}))
    }
}

#[tokio::test]
async fn a_list_that_only_repeats_itself_ends() {
    let lab = Lab::start().await;
    Mock::given(path(GROUPS))
        .respond_with(Endless(lab.server.uri()))
        .mount(&lab.server)
        .await;
    let (pages, end) = read(&lab, groups()).await;
    assert_eq!(names(&pages), ["a"]);
    assert!(reason(&end).1.contains("repeats"));
    assert_eq!(end.repeated, 1);
    assert_eq!(lab.reads().len(), 2);
}

#[tokio::test]
async fn a_next_link_to_another_host_is_refused_and_what_came_stands() {
    for (link, words) in [
        (
            "https://evil.example/subscriptions/s/resourcegroups",
            "evil.example",
        ),
        (
            "http://127.0.0.1:1/subscriptions/s/resourcegroups",
            "127.0.0.1:1",
        ),
        ("//evil.example/subscriptions", "evil.example"),
        (
            "https://management.azure.com/subscriptions",
            "management.azure.com",
        ),
    ] {
        let lab = Lab::start().await;
        mount_page(&lab, None, json!([{"id": "a"}]), Some(link.to_owned())).await;
        let (pages, end) = read(&lab, groups()).await;
        assert_eq!(names(&pages), ["a"]);
        let (kind, message) = reason(&end);
        assert_eq!(kind, IssueKind::Withheld);
        assert!(message.contains(words), "{message}");
        let reads = lab.reads();
        let last = reads.last().unwrap();
        assert!(matches!(last.outcome, Outcome::Stopped(_)), "{last:?}");
        assert_eq!(last.attempts, 0);
    }
}

#[tokio::test]
async fn a_next_link_to_a_list_of_keys_is_refused() {
    let lab = Lab::start().await;
    let link = format!(
        "{}/subscriptions/s/resourceGroups/g/providers/Microsoft.Search/searchServices/x/listQueryKeys",
        lab.server.uri()
    );
    mount_page(&lab, None, json!([{"id": "a"}]), Some(link)).await;
    let (_, end) = read(&lab, groups()).await;
    assert_eq!(reason(&end).0, IssueKind::Withheld);
    assert_eq!(
        lab.server.received_requests().await.unwrap().len(),
        2,
        "a token and one page"
    );
}

#[tokio::test]
async fn a_next_link_to_another_service_is_refused() {
    let lab = Lab::start().await;
    let link = format!("{}/graph/v1.0/users", lab.server.uri());
    mount_page(&lab, None, json!([{"id": "a"}]), Some(link)).await;
    let (_, end) = read(&lab, groups()).await;
    let (kind, message) = reason(&end);
    assert_eq!(
        (kind, message.as_str()),
        (IssueKind::Withheld, "a token for arm must not go to graph")
    );
}

#[tokio::test]
async fn a_failure_in_the_middle_keeps_what_came() {
    let lab = Lab::start().await;
    let next = format!("{}{GROUPS}?$skipToken=2", lab.server.uri());
    mount_page(&lab, None, json!([{"id": "a"}]), Some(next)).await;
    Mock::given(query_param("$skipToken", "2"))
        .respond_with(error_answer(403, "AuthorizationFailed", "no"))
        .mount(&lab.server)
        .await;
    let (pages, end) = read(&lab, groups()).await;
    assert_eq!(names(&pages), ["a"]);
    assert!(!end.is_complete());
    assert_eq!(reason(&end).0, IssueKind::Denied);
}

#[tokio::test]
async fn a_failure_on_the_first_page_is_the_error() {
    let lab = Lab::start().await;
    lab.get(GROUPS, error_answer(403, "AuthorizationFailed", "no"))
        .await;
    let error = lab
        .client
        .list(groups(), |_| panic!("no page"))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), Some(IssueKind::Denied));
}

#[tokio::test]
async fn an_answer_that_is_no_list_says_so() {
    let lab = Lab::start().await;
    lab.get(GROUPS, json_answer(200, &json!({"value": {"id": "a"}})))
        .await;
    let (pages, end) = read(&lab, groups()).await;
    assert!(pages.is_empty());
    assert_eq!(reason(&end).0, IssueKind::Malformed);
}

#[tokio::test]
async fn a_graph_query_takes_its_skip_token_along() {
    let lab = Lab::start().await;
    let at = "/providers/Microsoft.ResourceGraph/resources";
    Mock::given(method("POST"))
        .and(path(at))
        .and(body_partial_json(
            json!({"query": "resources", "options": {"$top": 2, "$skipToken": "t"}}),
        ))
        .respond_with(json_answer(200, &json!({"data": [{"n": 3}]})))
        .with_priority(1)
        .mount(&lab.server)
        .await;
    Mock::given(method("POST"))
        .and(path(at))
        .respond_with(json_answer(
            200,
            &json!({"data": [{"n": 1}, {"n": 1}], "$skipToken": "t"}),
        ))
        .mount(&lab.server)
        .await;
    let mut items = Vec::new();
    let end = lab
        .client
        .query_list(
            Call::arm(at, "2022-10-01"),
            json!({"query": "resources", "options": {"$top": 2}}),
            |page| items.extend(page.items),
        )
        .await
        .unwrap();
    assert!(end.is_complete());
    assert_eq!(items, [json!({"n": 1}), json!({"n": 1}), json!({"n": 3})]);
}

#[tokio::test]
async fn a_policy_query_is_posted_again_and_a_pool_query_is_read_on() {
    let lab = Lab::start().await;
    let states =
        "/subscriptions/s/providers/Microsoft.PolicyInsights/policyStates/latest/queryResults";
    Mock::given(method("POST"))
        .and(path(states))
        .and(query_param("$skiptoken", "2"))
        .respond_with(json_answer(200, &json!({"value": [{"id": "b"}]})))
        .with_priority(1)
        .mount(&lab.server)
        .await;
    Mock::given(method("POST"))
        .and(path(states))
        .respond_with(json_answer(
            200,
            &json!({"value": [{"id": "a"}],
            "@odata.nextLink": format!("{}{states}?$skiptoken=2", lab.server.uri())}),
        ))
        .mount(&lab.server)
        .await;
    let pool = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/networkManagers/n/ipamPools/p/listAssociatedResources";
    let more = pool.replace("listAssociatedResources", "associatedResources");
    Mock::given(method("POST"))
        .and(path(pool))
        .respond_with(json_answer(
            200,
            &json!({"value": [{"id": "a"}],
            "nextLink": format!("{}{more}?$skipToken=2", lab.server.uri())}),
        ))
        .mount(&lab.server)
        .await;
    lab.get(&more, json_answer(200, &json!({"value": [{"id": "b"}]})))
        .await;
    for call in [
        Call::arm(states, "2019-10-01"),
        Call::arm(pool, "2024-05-01"),
    ] {
        let mut items = Vec::new();
        let end = lab
            .client
            .query_list(call, json!({}), |page| items.extend(page.items))
            .await
            .unwrap();
        assert!(end.is_complete(), "{end:?}");
        assert_eq!(items, [json!({"id": "a"}), json!({"id": "b"})]);
    }
}

#[tokio::test]
async fn a_placeholder_is_no_link() {
    for link in [
        "...",
        "nextLink",
        "{baseurl}/subscriptions/s/resourcegroups?$skipToken=1",
    ] {
        let lab = Lab::start().await;
        mount_page(&lab, None, json!([{"id": "a"}]), Some(link.to_owned())).await;
        let (pages, end) = read(&lab, groups()).await;
        assert_eq!(names(&pages), ["a"]);
        let (kind, message) = reason(&end);
        assert_eq!(kind, IssueKind::Malformed);
        assert!(message.contains("is not an address"), "{message}");
        assert_eq!(lab.reads().len(), 1);
    }
}

#[tokio::test]
async fn a_link_that_starts_at_the_root_is_followed() {
    let lab = Lab::start().await;
    mount_page(
        &lab,
        None,
        json!([{"id": "a"}]),
        Some(format!("{GROUPS}?$skipToken=2")),
    )
    .await;
    mount_page(&lab, Some("2"), json!([{"id": "b"}]), None).await;
    let (pages, end) = read(&lab, groups()).await;
    assert_eq!(names(&pages), ["a", "b"]);
    assert!(end.is_complete());
}

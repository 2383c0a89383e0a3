//! Rules about form: what `scenario.toml` may say, unique ids, parents, placeholders, nothing secret.
//! Must not follow references between documents: `references.rs` does.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::loading::{self, PROMISED, STORIES, Scenario, id_of};

#[test]
fn the_promised_scenarios_are_there_and_ordered() {
    let scenarios = loading::all();
    let names: Vec<&str> = scenarios
        .iter()
        .map(|scenario| scenario.name.as_str())
        .collect();
    let stories = STORIES
        .iter()
        .flat_map(|(name, twin)| [(*name).to_owned(), format!("{name}:{twin}")]);
    for promised in PROMISED.into_iter().map(str::to_owned).chain(stories) {
        assert!(
            names.contains(&promised.as_str()),
            "{promised} is missing from {names:?}"
        );
    }
    let scenarios: Vec<&Scenario> = scenarios.iter().filter(|one| !one.is_twin).collect();
    let orders: BTreeSet<i64> = scenarios
        .iter()
        .map(|scenario| {
            scenario.toml["order"]
                .as_integer()
                .expect("order is a number")
        })
        .collect();
    assert_eq!(
        orders.len(),
        scenarios.len(),
        "two scenarios share an order"
    );
    let first = scenarios
        .iter()
        .min_by_key(|scenario| scenario.toml["order"].as_integer())
        .expect("a scenario");
    assert_eq!(
        first.name, "broken-indexer",
        "the default scenario leads the list"
    );
}

#[test]
fn scenario_toml_says_what_the_format_allows() {
    for scenario in loading::all().into_iter().filter(|one| !one.is_twin) {
        let at = &scenario.name;
        let toml = &scenario.toml;
        keys(
            at,
            toml,
            &[
                "title", "story", "shelf", "order", "base", "caller", "scope", "knobs", "change",
                "twin", "fault", "timeline",
            ],
        );
        for title in [Some(toml), toml.get("twin").and_then(toml::Value::as_table)]
            .into_iter()
            .flatten()
            .map(|table| table["title"].as_str().expect("title is text"))
        {
            assert!(
                !title.contains('\n') && title.chars().count() <= 100,
                "{at}: the title is one line"
            );
        }
        assert_eq!(
            toml.contains_key("base"),
            toml.contains_key("twin"),
            "{at}: a story has a twin"
        );
        assert!(
            toml["story"]
                .as_str()
                .is_some_and(|story| story.trim().len() > 80),
            "{at}: tell the story"
        );
        let caller = toml["caller"].as_table().expect("caller");
        keys(
            at,
            caller,
            &[
                "tenant",
                "object_id",
                "upn",
                "name",
                "address",
                "app_id",
                "kind",
                "elsewhere",
            ],
        );
        assert!(
            matches!(caller["kind"].as_str(), Some("user" | "app")),
            "{at}: caller.kind"
        );
        keys(
            at,
            toml["knobs"].as_table().expect("knobs"),
            &["latency_ms", "page_size", "throttle"],
        );
        let scope = toml["scope"].as_table().expect("scope");
        let tenancy = [
            "subscriptions",
            "resource_groups",
            "tenant",
            "auxiliary_tenants",
        ];
        keys(at, scope, &tenancy);
        for subscription in scope["subscriptions"].as_array().expect("subscriptions") {
            let subscription = subscription.as_str().expect("an id");
            let id = format!("/subscriptions/{subscription}");
            assert!(scenario.document(&id).is_some(), "{at}: scope names {id}");
            for group in scope["resource_groups"]
                .as_array()
                .expect("resource_groups")
            {
                let id = format!("{id}/resourceGroups/{}", group.as_str().expect("a name"));
                assert!(scenario.document(&id).is_some(), "{at}: scope names {id}");
            }
        }
        for fault in tables(toml, "fault") {
            fault_is_sound(at, fault);
        }
        for step in tables(toml, "timeline") {
            step_is_sound(&scenario, step);
        }
    }
}

fn tables<'a>(toml: &'a toml::Table, key: &str) -> Vec<&'a toml::Table> {
    toml.get(key)
        .and_then(toml::Value::as_array)
        .map(|items| {
            items
                .iter()
                .map(|item| item.as_table().expect("a table"))
                .collect()
        })
        .unwrap_or_default()
}

fn keys(at: &str, table: &toml::Table, allowed: &[&str]) {
    for key in table.keys() {
        assert!(allowed.contains(&key.as_str()), "{at}: unknown key {key}");
    }
}

fn fault_is_sound(at: &str, fault: &toml::Table) {
    keys(
        at,
        fault,
        &[
            "method",
            "path",
            "service",
            "kind",
            "status",
            "code",
            "action",
            "times",
            "seconds",
            "retry_after",
        ],
    );
    let text = |key: &str| fault.get(key).and_then(toml::Value::as_str);
    let path = text("path").unwrap_or_else(|| panic!("{at}: a fault without a path"));
    assert!(
        path.starts_with(['/', '*']) && !path.contains('?'),
        "{at}: {path} is no path"
    );
    assert!(
        matches!(
            text("service"),
            None | Some("arm" | "graph" | "search" | "logs" | "login")
        ),
        "{at}: service"
    );
    match text("kind") {
        Some("status") => {
            let status = fault["status"].as_integer().expect("status is a number");
            assert!((400..600).contains(&status), "{at}: {status} is no refusal");
            if text("code") == Some("AuthorizationFailed") {
                let action = text("action")
                    .unwrap_or_else(|| panic!("{at}: {path} refuses without an action"));
                assert!(
                    action.ends_with("/read"),
                    "{at}: the program only reads, not {action}"
                );
            }
        }
        Some("hang" | "cut" | "malformed" | "empty" | "slow") => {}
        other => panic!("{at}: {other:?} is no kind of fault"),
    }
}

fn step_is_sound(scenario: &Scenario, step: &toml::Table) {
    let at = &scenario.name;
    keys(at, step, &["at", "id", "merge", "what"]);
    assert!(
        step["at"].as_integer().is_some_and(|seconds| seconds > 0),
        "{at}: when?"
    );
    let id = step["id"].as_str().expect("id is text");
    let document = scenario
        .document(id)
        .unwrap_or_else(|| panic!("{at}: the timeline changes {id}, which is not there"));
    let merge: Value = serde_json::from_str(step["merge"].as_str().expect("merge is text"))
        .expect("merge is JSON");
    let properties = merge["properties"]
        .as_object()
        .expect("merge changes properties");
    for (key, value) in properties {
        assert_ne!(
            document["properties"].get(key),
            Some(value),
            "{at}: {key} is so from the start"
        );
    }
    assert!(
        step["what"].as_str().is_some_and(|what| !what.is_empty()),
        "{at}: say what happens"
    );
}

#[test]
fn ids_are_unique_and_names_are_their_last_segment() {
    let common = loading::common();
    for scenario in loading::all() {
        let mut seen = BTreeSet::new();
        for document in common.iter().chain(&scenario.arm) {
            let id = id_of(document);
            assert!(
                id.starts_with('/') && !id.ends_with('/') && !id.contains("//"),
                "{}: {id}",
                scenario.name
            );
            assert!(
                seen.insert(id.to_ascii_lowercase()),
                "{}: {id} is there twice",
                scenario.name
            );
            if let Some(name) = document.get("name").and_then(Value::as_str) {
                // Sub-resources of Cognitive Services carry the parent's name before their own.
                let own = name.rsplit('/').next().unwrap_or(name);
                let last = id.rsplit('/').next().unwrap_or(id);
                assert_eq!(
                    own.to_ascii_lowercase(),
                    last.to_ascii_lowercase(),
                    "{}: {id}",
                    scenario.name
                );
            }
        }
    }
}

#[test]
fn types_agree_with_ids() {
    for scenario in loading::all() {
        for document in &scenario.arm {
            let id = id_of(document);
            let Some(kind) = document.get("type").and_then(Value::as_str) else {
                continue;
            };
            let Some((_, tail)) = id.rsplit_once("/providers/") else {
                continue;
            };
            let mut parts = tail.split('/');
            let mut expected = parts.next().unwrap_or_default().to_owned();
            for (place, part) in parts.enumerate() {
                if place % 2 == 0 {
                    expected = format!("{expected}/{part}");
                }
            }
            assert_eq!(
                kind.to_ascii_lowercase(),
                expected.to_ascii_lowercase(),
                "{}: {id}",
                scenario.name
            );
        }
    }
}

/// Whether an id files the answer to a query by POST: the thing that is asked, then the operation.
fn is_query(id: &str) -> bool {
    ["/getPoolUsage", "/listAssociatedResources"]
        .iter()
        .any(|operation| id.ends_with(operation))
}

/// The id under which a document lies, if Azure has one.
fn parent(id: &str) -> Option<String> {
    let parts: Vec<&str> = id.trim_start_matches('/').split('/').collect();
    let keep = match id.rfind("/providers/") {
        Some(start) => {
            let tail = &id[start + "/providers/".len()..];
            let inside: Vec<&str> = tail.split('/').collect();
            if is_query(id) {
                return Some(id[..id.rfind('/')?].to_owned());
            }
            assert!(inside.len() % 2 == 1, "{id} is no resource id");
            if inside.len() > 3 {
                let shorter = inside[..inside.len() - 2].join("/");
                return Some(format!("{}/providers/{shorter}", &id[..start]));
            }
            return (start > 0).then(|| id[..start].to_owned());
        }
        None if parts.len() > 2 => parts.len() - 2,
        None => return None,
    };
    Some(format!("/{}", parts[..keep].join("/")))
}

#[test]
fn parents_exist() {
    assert_eq!(
        parent("/subscriptions/s/resourceGroups/g/providers/N.S/a/b/c/d").as_deref(),
        Some("/subscriptions/s/resourceGroups/g/providers/N.S/a/b")
    );
    assert_eq!(
        parent("/subscriptions/s/resourceGroups/g").as_deref(),
        Some("/subscriptions/s")
    );
    assert_eq!(
        parent("/providers/Microsoft.Authorization/roleDefinitions/x"),
        None
    );
    for scenario in loading::all() {
        for document in &scenario.arm {
            let id = id_of(document);
            // The answer of a query is filed under the query's path, which nothing stands behind.
            if id.ends_with("/queryResults") {
                continue;
            }
            if let Some(parent) = parent(id) {
                assert!(
                    scenario.document(&parent).is_some(),
                    "{}: {id} has no parent {parent}",
                    scenario.name
                );
            }
        }
    }
}

/// Whether the text between two pairs of braces is `now`, a sign, a number and a unit.
fn is_placeholder(inside: &str) -> bool {
    let Some(offset) = inside.strip_prefix("now") else {
        return false;
    };
    let Some(rest) = offset.strip_prefix(['+', '-']) else {
        return false;
    };
    let Some(digits) = rest.strip_suffix(['s', 'm', 'h', 'd']) else {
        return false;
    };
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

#[test]
fn placeholders_are_well_formed() {
    assert!(is_placeholder("now-90s") && is_placeholder("now+1h"));
    assert!(
        !is_placeholder("now")
            && !is_placeholder("now-1w")
            && !is_placeholder("now-s")
            && !is_placeholder("today")
    );
    let mut count = 0;
    for scenario in loading::all().into_iter().filter(|one| !one.is_twin) {
        for (path, text) in &scenario.texts {
            let mut rest = text.as_str();
            while let Some(start) = rest.find("{{") {
                let tail = &rest[start + 2..];
                let end = tail
                    .find("}}")
                    .unwrap_or_else(|| panic!("{}: braces that do not close", path.display()));
                assert!(
                    is_placeholder(&tail[..end]),
                    "{}: {{{{{}}}}}",
                    path.display(),
                    &tail[..end]
                );
                count += 1;
                rest = &tail[end + 2..];
            }
        }
    }
    assert!(
        count > 50,
        "indexer runs are relative to the start, yet there are only {count} placeholders"
    );
}

/// Why a text must not be in a scenario, if it must not.
fn secret(text: &str) -> Option<&'static str> {
    const MARKS: [(&str, &str); 7] = [
        ("accountkey=", "an account key"),
        ("sharedaccesssignature", "a shared access signature"),
        ("sig=", "a signature"),
        ("api-key", "an API key"),
        ("eyj", "a token"),
        ("password", "a password"),
        ("-----begin", "a private key"),
    ];
    let lower = text.to_ascii_lowercase();
    if let Some((_, what)) = MARKS.iter().find(|(mark, _)| lower.contains(mark)) {
        return Some(what);
    }
    // Storage and Cosmos keys are 64 bytes in base64, Search keys 52 letters and digits without a break.
    let longest = text
        .split(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '+'))
        .filter(|run| run.bytes().any(|byte| byte.is_ascii_digit()))
        .map(str::len)
        .max()
        .unwrap_or_default();
    (longest >= 44).then_some("a long run of letters and digits")
}

#[test]
fn nothing_looks_like_a_secret() {
    assert!(secret("DefaultEndpointsProtocol=https;AccountKey=x").is_some());
    assert!(secret(&"aB3".repeat(20)).is_some());
    assert!(secret("ResourceId=/subscriptions/3b1c0f2d-65f0-4135-bf08-e005a4058e20;").is_none());
    for scenario in loading::all() {
        let mut check = |value: &Value| {
            loading::strings(value, "", &mut |path, text| {
                if let Some(what) = secret(text) {
                    panic!("{}: {path} looks like {what}: {text}", scenario.name);
                }
                // A key that was set comes back redacted, never as itself.
                let name = path.rsplit('.').next().unwrap_or(path);
                if name.eq_ignore_ascii_case("apiKey")
                    || name.eq_ignore_ascii_case("key") && path.contains("credentials")
                {
                    assert_eq!(text, "<redacted>", "{}: {path}", scenario.name);
                }
            });
        };
        scenario.arm.iter().for_each(&mut check);
        scenario.search.values().flatten().for_each(&mut check);
        scenario.bodies.values().for_each(&mut check);
        scenario.directory.iter().for_each(&mut check);
    }
}

#[test]
fn common_holds_the_roles_and_providers_that_are_needed() {
    let common = loading::common();
    let roles: BTreeSet<&str> = common
        .iter()
        .filter(|document| document["type"] == "Microsoft.Authorization/roleDefinitions")
        .map(|document| {
            let permissions = document["properties"]["permissions"]
                .as_array()
                .expect("permissions");
            assert!(
                !permissions.is_empty(),
                "{} permits nothing",
                id_of(document)
            );
            document["name"].as_str().expect("name")
        })
        .collect();
    // The catalogue of the domain reference, by id: names change.
    for role in include_str!("roles.txt")
        .lines()
        .filter(|line| !line.is_empty())
    {
        let (id, name) = role.split_once(' ').expect("an id and a name");
        assert!(roles.contains(id), "{name} is missing");
    }
    let providers: Vec<&Value> = common
        .iter()
        .filter(|document| document.get("namespace").is_some())
        .collect();
    assert!(providers.len() >= 15);
    for provider in &providers {
        for kind in provider["resourceTypes"].as_array().expect("resourceTypes") {
            let versions: Vec<&str> = kind["apiVersions"]
                .as_array()
                .expect("apiVersions")
                .iter()
                .filter_map(Value::as_str)
                .collect();
            assert!(!versions.is_empty(), "{kind}");
            let days: Vec<&str> = versions.iter().map(|version| &version[..10]).collect();
            assert!(
                days.windows(2).all(|pair| pair[0] >= pair[1]),
                "newest first: {kind}"
            );
        }
    }
    for scenario in loading::all() {
        for document in &scenario.arm {
            let Some((_, tail)) = id_of(document).rsplit_once("/providers/") else {
                continue;
            };
            let namespace = tail.split('/').next().unwrap_or_default();
            assert!(
                providers.iter().any(|provider| provider["namespace"]
                    .as_str()
                    .is_some_and(|known| known.eq_ignore_ascii_case(namespace))),
                "{}: no provider {namespace}",
                scenario.name
            );
        }
    }
}

//! The lens itself.

use proptest::prelude::*;
use serde_json::json;
use time::macros::datetime;

use super::context;
use crate::azure::decode::reader::{Notes, Reader};
use crate::model::field::Field;
use crate::model::issue::{Issue, IssueKind};

/// Reads `body` with `read`, and gives the issues beside what was read.
fn read<T>(body: &serde_json::Value, read: impl FnOnce(&Reader<'_>) -> T) -> (T, Vec<Issue>) {
    let context = context("2025-01-01");
    let notes = Notes::new("things", &context);
    let found = read(&Reader::root_object(body, &notes));
    (found, notes.into_issues())
}

fn paths(issues: &[Issue]) -> Vec<&str> {
    issues
        .iter()
        .filter_map(|one| one.path.as_deref())
        .collect()
}

#[test]
fn the_exact_key_wins_over_another_casing() {
    let body = json!({ "KIND": "other", "kind": "exact", "Location": "odd" });
    let ((kind, location), issues) = read(&body, |root| (root.text("kind"), root.text("location")));
    assert_eq!(kind, Field::Value("exact".to_owned()));
    assert_eq!(location, Field::Value("odd".to_owned()));
    assert_eq!(issues, []);
}

#[test]
fn a_property_takes_the_state_of_the_object_that_it_stands_in() {
    let body = json!({ "null": null, "list": [], "object": {} });
    let (found, issues) = read(&body, |root| {
        ["gone", "null", "list", "object"].map(|name| root.object(name).object("deep").text("leaf"))
    });
    assert_eq!(
        found,
        [Field::Absent, Field::Null, Field::Malformed, Field::Absent]
    );
    assert_eq!(
        paths(&issues),
        ["list"],
        "one issue, at the outermost fault"
    );
}

#[test]
fn an_issue_says_where_what_and_in_which_answer() {
    let body = json!({ "properties": { "networkAcls": { "ipRules": [{ "value": "1.2.3.4" }, { "Value": 5 }] } } });
    let (rules, issues) = read(&body, |root| {
        root.object("properties")
            .object("networkAcls")
            .each("ipRules", |rule| rule.text("value").value().cloned())
    });
    assert_eq!(rules, Field::Value(vec!["1.2.3.4".to_owned()]));
    let [issue] = issues.as_slice() else {
        panic!("one issue, not {issues:?}")
    };
    assert_eq!(issue.kind, IssueKind::Malformed);
    assert_eq!(issue.what, "things");
    assert_eq!(
        issue.path.as_deref(),
        Some("properties.networkAcls.ipRules[1].Value"),
        "the key as Azure spells it"
    );
    assert!(issue.message.ends_with("should be a text, but is a number"));
    assert_eq!(issue.request_id.as_deref(), Some("request-1"));
}

#[test]
fn names_that_do_not_fit_a_dotted_path_are_quoted() {
    let body = json!({ "@odata.type": 1, "tags": { "it's": 2, "a\u{1b}b": 3 }, "a": { "b.c": { "d": 4 } } });
    let ((), issues) = read(&body, |root| {
        let _ = root.text("@odata.type");
        let tags = root.entries("tags");
        for (_, tag) in tags.items() {
            assert_eq!(tag.as_text(), None);
        }
        let _ = root.object("a").object("b.c").text("d");
    });
    assert_eq!(
        paths(&issues),
        [
            "['@odata.type']",
            "tags['it\\'s']",
            "tags['ab']",
            "a['b.c'].d"
        ]
    );
}

#[test]
fn whole_numbers_come_in_three_writings() {
    for (written, read_as) in [
        (json!(10), Field::Value(10)),
        (json!(10.0), Field::Value(10)),
        (json!("10"), Field::Value(10)),
        (json!(" -3 "), Field::Value(-3)),
        (json!(10.5), Field::Malformed),
        (json!("ten"), Field::Malformed),
        (json!(""), Field::Malformed),
        (json!(u64::MAX), Field::Malformed),
        (json!(1e300), Field::Malformed),
        (json!(true), Field::Malformed),
        (json!(null), Field::Null),
    ] {
        let (found, issues) = read(&json!({ "n": written }), |root| root.integer("n"));
        assert_eq!(found, read_as, "{written}");
        assert_eq!(issues.len(), usize::from(read_as == Field::Malformed));
    }
}

#[test]
fn times_come_with_any_offset_and_any_fraction() {
    for (written, read_as) in [
        (
            "2024-04-18T04:33:28.0420364Z",
            Some(datetime!(2024-04-18 04:33:28.042_036_4 UTC)),
        ),
        (
            "2024-12-30T20:29:46.924184+00:00",
            Some(datetime!(2024-12-30 20:29:46.924_184 UTC)),
        ),
        (
            "2024-07-01T04:41:37+02:00",
            Some(datetime!(2024-07-01 02:41:37 UTC)),
        ),
        (
            "2024-07-01T02:41:37",
            Some(datetime!(2024-07-01 02:41:37 UTC)),
        ),
        (
            "2024-07-01T02:41:37.5",
            Some(datetime!(2024-07-01 02:41:37.5 UTC)),
        ),
        ("2024-13-01T02:41:37Z", None),
        ("yesterday", None),
        ("", None),
    ] {
        let (found, issues) = read(&json!({ "t": written }), |root| root.time("t"));
        assert_eq!(found.value().copied(), read_as, "{written}");
        assert_eq!(issues.is_empty(), read_as.is_some(), "{written}");
    }
}

#[test]
fn an_unknown_word_is_kept_and_the_known_ones_are_named() {
    let body = json!({ "known": "enabled", "odd": "Sometimes", "list": "Logging, Weather" });
    let (found, issues) = read(&body, |root| {
        [
            root.word("known", &["Enabled", "Disabled"]),
            root.word("odd", &["Enabled", "Disabled"]),
            root.words("list", &["Logging", "Metrics"]),
        ]
    });
    let kept: Vec<_> = found.iter().filter_map(Field::text).collect();
    assert_eq!(kept, ["enabled", "Sometimes", "Logging, Weather"]);
    assert_eq!(paths(&issues), ["odd", "list"]);
    assert!(issues[0].message.contains("`Sometimes`"));
    assert!(issues[0].message.contains("Enabled, Disabled"));
    assert!(issues[1].message.contains("`Weather`"));
}

#[test]
fn an_empty_id_or_text_says_that_nothing_is_set() {
    let body = json!({ "id": "", "text": "  ", "name": "" });
    let ((id, text, name), issues) = read(&body, |root| {
        (root.id("id"), root.filled_text("text"), root.text("name"))
    });
    assert_eq!((id, text), (Field::Null, Field::Null));
    assert_eq!(name, Field::Value(String::new()));
    assert_eq!(issues, []);
}

#[test]
fn a_list_of_which_nothing_can_be_read_is_not_taken_for_empty() {
    for (list, read_as) in [
        (json!([]), Field::Value(vec![])),
        (json!([1, {}]), Field::Malformed),
        (json!([null]), Field::Malformed),
        (json!(["a", 1]), Field::Value(vec!["a".to_owned()])),
        (json!({}), Field::Malformed),
        (json!(null), Field::Null),
    ] {
        let (found, issues) = read(&json!({ "l": list }), |root| root.texts("l"));
        assert_eq!(found, read_as, "{list}");
        let whole = matches!(list.as_array().map(Vec::as_slice), Some([])) || list.is_null();
        assert_eq!(issues.is_empty(), whole, "{list}");
    }
}

#[test]
fn the_first_issue_of_a_path_stands() {
    let (_, issues) = read(&json!({ "p": 1 }), |root| {
        (root.object("p").text("a"), root.object("p").text("b"))
    });
    assert_eq!(paths(&issues), ["p"]);
}

proptest! {
    /// No text of an answer brings a character along that steers a terminal.
    #[test]
    fn text_is_safe_whatever_came(text in "(?s).{0,40}") {
        let body = json!({ "t": text, "l": [text.clone()] });
        let ((one, list), _) = read(&body, |root| (root.text("t"), root.texts("l")));
        let all = [one.text().unwrap_or_default().to_owned(), list.items().concat()];
        for text in all {
            prop_assert!(!text.chars().any(crate::model::text::is_unsafe), "{:?}", text);
        }
    }

    /// Nor does the path of an issue.
    #[test]
    fn paths_are_safe_whatever_the_name(name in "(?s).{1,20}") {
        let body = json!({ "tags": { name: 1 } });
        let ((), issues) = read(&body, |root| {
            for (_, tag) in root.entries("tags").items() {
                let _ = tag.as_text();
            }
        });
        prop_assert_eq!(issues.len(), 1);
        let issue = &issues[0];
        prop_assert!(!issue.message.chars().any(crate::model::text::is_unsafe));
        prop_assert!(!issue.path.as_deref().unwrap_or_default().chars().any(crate::model::text::is_unsafe));
    }
}

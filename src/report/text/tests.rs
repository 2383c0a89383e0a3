use serde_json::json;

use super::*;
use crate::fetch::testing::{AT, Known, SUB, group, id, subscription};
use crate::model::facet::Facet;
use crate::model::id::SubscriptionId;

fn print(known: &Known, style: Style) -> String {
    let meta = Meta {
        generated_at: AT,
        cloud: "AzurePublic".into(),
    };
    let mut out = Vec::new();
    let inventory = Inventory::build(&known.snapshot());
    write(&mut out, &inventory, &Judgement::default(), &meta, style).unwrap();
    String::from_utf8(out).unwrap()
}

fn list(family: Family) -> Key {
    Key::List {
        subscription: SubscriptionId::new(SUB),
        group: None,
        family,
    }
}

fn known() -> Known {
    let service = "Microsoft.Search/searchServices/srch-rag-dev";
    let mut known = Known::default();
    known
        .answer(
            &Key::Subscriptions(None),
            &json!([subscription(SUB, "contoso-dev")]),
        )
        .answer(&Key::Groups(SubscriptionId::new(SUB)), &json!([group("rg-rag")]))
        .answer(
            &list(Family::Search),
            &json!([{ "id": id("rg-rag", service), "name": "srch-rag-dev", "kind": "x", "identity": { "type": "SystemAssigned", "principalId": "p" },
                "properties": { "publicNetworkAccess": "Enabled", "disableLocalAuth": true,
                    "networkRuleSet": { "bypass": "AzureServices", "ipRules": [{ "value": "203.0.113.7" }, { "value": "203.0.113.8" }] } } }]),
        )
        .answer(
            &list(Family::Cognitive),
            &json!([{ "id": id("rg-rag", "Microsoft.CognitiveServices/accounts/evil"),
                "name": "evil\u{1b}[2J\u{9b}31m\u{202e}", "kind": "OpenAI",
                "properties": { "restrictOutboundNetworkAccess": true, "allowedFqdnList": ["a", "b"] } }]),
        )
        .answer(
            &list(Family::UserIdentity),
            &json!([{ "id": id("rg-rag", "Microsoft.ManagedIdentity/userAssignedIdentities/id-a"), "name": "id-a", "properties": {} }]),
        )
        .refuse(&Key::Facet(
            ArmId::new(id("rg-rag", service)),
            Facet::DiagnosticSettings,
        ));
    known
}

#[test]
fn a_person_sees_groups_facts_and_what_is_missing() {
    let text = print(&known(), Style::default());
    for part in [
        "contoso-dev",
        "rg-rag",
        "srch-rag-dev",
        "bypass AzureServices",
        "2 addresses",
        "2 hosts",
        "system",
        "id-a",
        "diagnostic settings of srch-rag-dev: denied 403 AuthorizationFailed",
        "incomplete: 1 not read",
    ] {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
}

#[test]
fn nothing_is_wider_than_asked_and_nothing_steers_the_terminal() {
    for width in [80, 100, 140] {
        let text = print(
            &known(),
            Style {
                width,
                colour: false,
            },
        );
        for line in text.lines() {
            assert!(cell::width(line) <= width, "{width}: {line}");
            assert!(!line.chars().any(crate::model::text::is_unsafe), "{line:?}");
        }
    }
}

#[test]
fn colour_only_repeats_what_the_words_say() {
    let plain = print(&known(), Style::default());
    let coloured = print(
        &known(),
        Style {
            colour: true,
            ..Style::default()
        },
    );
    assert_ne!(plain, coloured);
    let mut bare = coloured;
    for code in ["1", "2", "31", "33", "0"] {
        bare = bare.replace(&format!("\u{1b}[{code}m"), "");
    }
    assert_eq!(bare, plain);
}

#[test]
fn wrapped_lines_keep_every_word() {
    assert_eq!(cell::wrap("one two three", 7), ["one two", "three"]);
    assert_eq!(cell::wrap("abcdefgh", 3), ["abc", "def", "gh"]);
    assert_eq!(cell::wrap("", 3), Vec::<String>::new());
    assert_eq!(cell::fit("你好吗", 5), "你好…");
}

use scraper::{Html, Selector};
use serde_json::json;
use time::OffsetDateTime;

use super::*;
use crate::fetch::testing::{AT, Known, SUB, group, id, subscription};
use crate::model::id::SubscriptionId;
use crate::model::key::Key;
use crate::model::resource::Family;

const MARKER: &str = "a</title><script>alert('1')</script>\"><b onclick=x>&amp;";

fn told(known: &Known) -> (Inventory, Judgement, Meta) {
    let inventory = Inventory::build(&known.snapshot());
    let generated_at: OffsetDateTime = AT;
    let judgement = crate::analysis::hops::judge(&inventory, &Judging::default(), generated_at);
    let meta = Meta {
        generated_at,
        cloud: MARKER.to_owned(),
    };
    (inventory, judgement, meta)
}

fn hostile() -> Known {
    let list = |family| Key::List {
        subscription: SubscriptionId::new(SUB),
        group: None,
        family,
    };
    let mut known = Known::default();
    let account = format!("Microsoft.CognitiveServices/accounts/{MARKER}");
    known
        .answer(
            &Key::Subscriptions(None),
            &json!([subscription(SUB, MARKER)]),
        )
        .answer(&Key::Groups(SubscriptionId::new(SUB)), &json!([group("rg")]))
        .answer(
            &list(Family::Cognitive),
            &json!([{ "id": id("rg", &account), "name": MARKER, "kind": "OpenAI", "location": MARKER,
                "sku": { "name": MARKER },
                "properties": { "restrictOutboundNetworkAccess": true, "allowedFqdnList": [MARKER],
                    "networkAcls": { "defaultAction": MARKER } } }]),
        )
        .refuse(&list(Family::Storage));
    known
}

#[test]
fn a_name_is_words_whatever_stands_in_it() {
    let (inventory, judgement, meta) = told(&hostile());
    let mut out = Vec::new();
    write(&mut out, &inventory, &judgement, &Judging::default(), &meta).unwrap();
    let text = String::from_utf8(out).unwrap();
    let html = Html::parse_document(&text);
    assert!(html.errors.is_empty(), "{:?}", html.errors);
    for forbidden in ["script", "b", "[onclick]"] {
        let selector = Selector::parse(forbidden).unwrap();
        assert_eq!(html.select(&selector).count(), 0, "{forbidden}");
    }
    let words: String = html.root_element().text().collect();
    assert!(words.matches(MARKER).count() > 5, "{words}");
    let name = Selector::parse("title").unwrap();
    let title: String = html.select(&name).next().unwrap().text().collect();
    assert!(title.contains(MARKER), "{title}");
}

/// A Map with nobody but the caller on it says nothing.
#[test]
fn a_person_alone_is_no_map() {
    let (inventory, judgement, meta) = told(&Known::default());
    let told = Told::of(&inventory, &judgement, &Judging::default(), &meta);
    assert!(told.map.is_none());
    let text = page(&told).into_string();
    assert!(text.contains("There is nothing to draw"), "{text}");
}

#[test]
fn nothing_read_is_a_page_that_says_so() {
    let inventory = Inventory::build(&Known::default().snapshot());
    let meta = Meta {
        generated_at: AT,
        cloud: "AzurePublic".to_owned(),
    };
    let told = Told::of(
        &inventory,
        &Judgement::default(),
        &Judging::default(),
        &meta,
    );
    let text = page(&told).into_string();
    assert!(text.contains("No call of the pattern was found"), "{text}");
    assert!(!text.contains("Everything works"));
}

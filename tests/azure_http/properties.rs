//! What holds for every address and every text, not only for those that somebody thought of.

use std::fmt::Write;
use std::sync::Arc;

use hopscope::azure::cloud::{from_toml, public};
use hopscope::azure::envelope::{AzureError, clean};
use hopscope::azure::gate::{Borders, judge};
use hopscope::azure::paging::sheet;
use proptest::prelude::*;
use reqwest::Method;
use serde_json::Value;
use url::Url;

const ACCOUNT: &str = "https://management.azure.com/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/st";
const OPERATIONS: [&str; 6] = [
    "listKeys",
    "listAdminKeys",
    "listSecrets",
    "listConnectionStrings",
    "readonlykeys",
    "regenerateKey",
];

fn borders() -> Borders {
    Borders::of(Arc::new(public()))
}

/// A name written in one of the many ways in which a server may still read it.
fn disguised() -> impl Strategy<Value = String> {
    let letters = prop::collection::vec((any::<bool>(), 0_u8..4), 32);
    (0..OPERATIONS.len(), letters).prop_map(|(which, choices)| {
        let mut text = String::new();
        for (letter, (is_upper, way)) in OPERATIONS[which].chars().zip(choices) {
            let letter = if is_upper {
                letter.to_ascii_uppercase()
            } else {
                letter.to_ascii_lowercase()
            };
            match way {
                0 => write!(text, "%{:02x}", u32::from(letter)).unwrap(),
                1 => write!(text, "%25{:02X}", u32::from(letter)).unwrap(),
                _ => text.push(letter),
            }
        }
        text
    })
}

proptest! {
    #[test]
    fn no_disguise_gets_a_list_of_keys_out(name in disguised(), tail in "(/|/\\.|/%2e|//|;x=1|%00|%20|%2f|\\?a=b|\\\\|/x/\\.\\.)?") {
        let url = Url::parse(&format!("{ACCOUNT}/{name}{tail}")).unwrap();
        for method in [Method::GET, Method::POST] {
            prop_assert!(judge(&method, &url, &borders(), None).is_err(), "{method} {url}");
        }
    }

    #[test]
    fn nothing_leaves_for_another_place(scheme in "https?", host in "[a-z0-9.-]{1,30}", port in prop::option::of(1_u16..), path in "(/[a-zA-Z0-9.%]{0,12}){0,6}") {
        let port = port.map(|port| format!(":{port}")).unwrap_or_default();
        let Ok(url) = Url::parse(&format!("{scheme}://{host}{port}{path}")) else { return Ok(()) };
        let cloud = from_toml("name='x'\nresource_manager='https://arm.only.example'\nauthority='https://login.only.example'", "x.toml").unwrap();
        let borders = Borders::of(Arc::new(cloud));
        for method in [Method::GET, Method::POST, Method::PUT, Method::DELETE] {
            if judge(&method, &url, &borders, None).is_ok() {
                let host = url.host_str().unwrap_or_default();
                prop_assert!(url.scheme() == "https" && host.ends_with(".only.example"), "{method} {url}");
            }
        }
    }

    #[test]
    fn no_verb_but_get_and_post_ever_leaves(verb in "[A-Za-z]{1,10}", path in "(/[a-zA-Z0-9.]{1,12}){0,6}") {
        let method = Method::from_bytes(verb.as_bytes()).unwrap();
        prop_assume!(method != Method::GET && method != Method::POST);
        let url = Url::parse(&format!("https://management.azure.com{path}")).unwrap();
        prop_assert!(judge(&method, &url, &borders(), None).is_err());
    }

    #[test]
    fn every_body_can_be_read_as_an_error(body in "\\PC{0,200}", escaped in any::<String>()) {
        let nested = serde_json::json!({"error": {"code": "X", "message": escaped}}).to_string();
        let outer = serde_json::json!({"code": escaped, "message": nested, "details": [{"message": nested}]}).to_string();
        for text in [body.as_str(), &nested, &outer] {
            let error = AzureError::read(text);
            for said in error.texts() {
                prop_assert!(!said.chars().any(char::is_control), "{said:?}");
            }
        }
        prop_assert!(!clean(&escaped).chars().any(char::is_control));
    }

    #[test]
    fn every_document_can_be_asked_for_its_page(text in "[\\[\\]{}\",:a-zA-Z0-9 ]{0,80}", link in any::<String>()) {
        if let Ok(value) = serde_json::from_str::<Value>(&text) {
            let _page = sheet(&value);
        }
        let page = sheet(&serde_json::json!({"value": [], "nextLink": link})).unwrap();
        prop_assert!(page.items.is_empty());
    }

    #[test]
    fn every_cloud_file_is_read_or_refused_by_name(text in "[a-z_]{1,10} ?= ?(\"[ -~]{0,20}\"|[0-9]{1,4}|\\[\\])\n") {
        let error = from_toml(&text, "some.toml").unwrap_err();
        prop_assert!(error.to_string().starts_with("some.toml: "));
    }
}

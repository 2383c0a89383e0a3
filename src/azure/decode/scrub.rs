//! Takes secrets out of answers of the AI Search data plane before anything else sees them.
//!
//! The service hides most keys itself, but not all of them, and never those that stand where it
//! does not look for one: in the query of a web API's address, in a header, in a run's message. What
//! may stand in a connection string is a list of the harmless parts, so that an unknown part is taken
//! for a secret. Must not know what the rest of a document means.

use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::model::search::REMOVED;

/// The document with [`REMOVED`] in place of every secret. Nulls and the service's own placeholders
/// (`<redacted>`) stay, as they say something.
pub(super) fn scrub(body: &Value) -> Value {
    below("", body)
}

/// An answer's text without secrets, for the ledger: as JSON where it is JSON, else as a message.
pub(crate) fn text(body: &str) -> String {
    serde_json::from_str::<Value>(body).map_or_else(
        |_| message(body).into_owned(),
        |body| scrub(&body).to_string(),
    )
}

fn below(parent: &str, value: &Value) -> Value {
    match value {
        Value::Object(map) => object(parent, map),
        Value::Array(items) => items.iter().map(|item| below(parent, item)).collect(),
        Value::String(text) => Value::String(message(text).into_owned()),
        other => other.clone(),
    }
}

fn object(parent: &str, map: &Map<String, Value>) -> Value {
    let holds_a_key = parent.eq_ignore_ascii_case("cognitiveServices")
        || parent.eq_ignore_ascii_case("amlParameters")
        || map
            .get("@odata.type")
            .and_then(Value::as_str)
            .is_some_and(|of_type| of_type.ends_with("ByKey") || of_type.ends_with("AmlSkill"));
    map.iter()
        .map(|(name, value)| {
            let lower = name.to_ascii_lowercase();
            let clean = match value {
                Value::String(text) if is_placeholder(text) => value.clone(),
                Value::String(text) if lower.ends_with("connectionstring") => {
                    Value::String(connection(text))
                }
                Value::String(_) if is_secret(&lower) || lower == "key" && holds_a_key => {
                    Value::String(REMOVED.to_owned())
                }
                Value::Object(headers) if lower == "httpheaders" => headers
                    .iter()
                    .map(|(name, value)| {
                        let value = match value {
                            Value::String(text) if is_placeholder(text) => value.clone(),
                            Value::Null => Value::Null,
                            _ => Value::String(REMOVED.to_owned()),
                        };
                        (name.clone(), value)
                    })
                    .collect::<Map<_, _>>()
                    .into(),
                value => below(name, value),
            };
            (name.clone(), clean)
        })
        .collect::<Map<_, _>>()
        .into()
}

/// Nothing, or something like `<redacted>`.
fn is_placeholder(text: &str) -> bool {
    let text = text.trim();
    text.is_empty() || text.starts_with('<') && text.ends_with('>') && !text.contains('=')
}

fn is_secret(lower: &str) -> bool {
    matches!(
        lower,
        "apikey"
            | "api-key"
            | "applicationsecret"
            | "clientsecret"
            | "password"
            | "secret"
            | "accesskey"
            | "accountkey"
            | "sharedaccesskey"
            | "authorization"
    )
}

/// The parts of a connection string that say where, and never how to get in.
const HARMLESS: [&str; 20] = [
    "resourceid",
    "accountname",
    "accountendpoint",
    "defaultendpointsprotocol",
    "endpointsuffix",
    "blobendpoint",
    "fileendpoint",
    "tableendpoint",
    "queueendpoint",
    "containersharedaccessuri",
    "endpoint",
    "database",
    "initial catalog",
    "server",
    "data source",
    "apikind",
    "identityauthtype",
    "connection timeout",
    "encrypt",
    "trustservercertificate",
];

/// A connection string without its secrets.
fn connection(text: &str) -> String {
    if text
        .trim_start()
        .to_ascii_lowercase()
        .starts_with("https://")
    {
        return without_query(text);
    }
    let parts: Vec<Cow<'_, str>> = text
        .split(';')
        .map(|part| match part.split_once('=') {
            _ if part.trim().is_empty() => Cow::Borrowed(part),
            Some((name, value)) => {
                let known = name.trim().to_ascii_lowercase();
                if !HARMLESS.contains(&known.as_str()) {
                    Cow::Owned(format!("{name}={REMOVED}"))
                } else if value.contains("://") {
                    Cow::Owned(format!("{name}={}", without_query(value)))
                } else {
                    Cow::Borrowed(part)
                }
            }
            None => Cow::Borrowed(REMOVED),
        })
        .collect();
    parts.join(";")
}

fn without_query(address: &str) -> String {
    match address.split_once('?') {
        Some((place, query)) if !query.is_empty() => format!("{place}?sig={REMOVED}"),
        _ => address.to_owned(),
    }
}

/// What starts a secret in running text, and whether it does so only in the query of an address.
const MARKS: [(&str, bool); 14] = [
    ("accountkey=", false),
    ("sharedaccesskey=", false),
    ("sharedaccesssignature=", false),
    ("accesskey=", false),
    ("clientsecret=", false),
    ("password=", false),
    ("pwd=", false),
    ("api-key=", true),
    ("apikey=", true),
    ("subscription-key=", true),
    ("access_token=", true),
    ("code=", true),
    ("sig=", true),
    ("key=", true),
];

/// A text in which no part looks like a secret.
pub(crate) fn message(text: &str) -> Cow<'_, str> {
    if !text.contains('=') {
        return Cow::Borrowed(text);
    }
    let lower = text.to_ascii_lowercase();
    let mut out = String::new();
    let mut done = 0;
    let mut at = 0;
    while at < lower.len() {
        let Some((mark, in_query)) = MARKS
            .iter()
            .find(|(mark, in_query)| starts_at(&lower, at, mark, *in_query))
        else {
            at += 1;
            continue;
        };
        let start = at + mark.len();
        // Lower-casing ASCII moves no byte, so places in `lower` are places in `text`.
        let rest = text.get(start..).unwrap_or_default();
        let length = rest
            .find(|letter: char| {
                letter.is_whitespace()
                    || matches!(letter, ';' | '"' | '\'' | ')' | '<' | '>')
                    || *in_query && matches!(letter, '&' | '#')
            })
            .unwrap_or(rest.len());
        if length > 0 {
            out.push_str(text.get(done..start).unwrap_or_default());
            out.push_str(REMOVED);
            done = start + length;
        }
        at = start + length;
    }
    if done == 0 {
        return Cow::Borrowed(text);
    }
    out.push_str(text.get(done..).unwrap_or_default());
    Cow::Owned(out)
}

fn starts_at(lower: &str, at: usize, mark: &str, in_query: bool) -> bool {
    let bytes = lower.as_bytes();
    bytes
        .get(at..)
        .is_some_and(|rest| rest.starts_with(mark.as_bytes()))
        && match at.checked_sub(1).and_then(|before| bytes.get(before)) {
            None => !in_query,
            Some(before) if in_query => matches!(before, b'?' | b'&'),
            Some(before) => !before.is_ascii_alphanumeric(),
        }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn secrets_go_and_the_rest_stays() {
        let sent = json!({
            "credentials": { "connectionString":
                "DefaultEndpointsProtocol=https;AccountName=st;AccountKey=c2VjcmV0==;EndpointSuffix=core.windows.net" },
            "cache": { "storageConnectionString": "BlobEndpoint=https://st.blob.core.windows.net/?sv=1&sig=s3cret;SharedAccessSignature=sv=1&sig=s3cret" },
            "skills": [
                { "apiKey": "s3cret", "resourceUri": "https://a.openai.azure.com" },
                { "uri": "https://f.azurewebsites.net/api/x?code=s3cret&v=1", "httpHeaders": { "x-functions-key": "s3cret", "empty": null } },
                { "@odata.type": "#Microsoft.Skills.Custom.AmlSkill", "key": "s3cret" },
            ],
            "cognitiveServices": { "@odata.type": "#Microsoft.Azure.Search.CognitiveServicesByKey", "key": "s3cret" },
            "encryptionKey": { "accessCredentials": { "applicationId": "a", "applicationSecret": "s3cret" } },
            "errors": [{ "key": "document-1", "errorMessage": "no access to https://st/x?sv=1&sig=s3cret now" }],
            "fields": [{ "name": "id", "key": true }],
            "apiKey": null,
        });
        let clean = scrub(&sent);
        let text = clean.to_string();
        assert!(
            !text.contains("s3cret") && !text.contains("c2Vjc"),
            "{text}"
        );
        assert_eq!(
            clean["credentials"]["connectionString"],
            "DefaultEndpointsProtocol=https;AccountName=st;AccountKey=<removed>;EndpointSuffix=core.windows.net"
        );
        assert_eq!(
            clean["skills"][1]["uri"],
            "https://f.azurewebsites.net/api/x?code=<removed>&v=1"
        );
        assert_eq!(clean["skills"][1]["httpHeaders"]["empty"], Value::Null);
        assert_eq!(clean["errors"][0]["key"], "document-1");
        assert_eq!(
            clean["errors"][0]["errorMessage"],
            "no access to https://st/x?sv=1&sig=<removed> now"
        );
        assert_eq!(clean["fields"], sent["fields"]);
        assert_eq!(clean["apiKey"], Value::Null);
        assert_eq!(
            clean["encryptionKey"]["accessCredentials"]["applicationId"],
            "a"
        );
    }

    #[test]
    fn placeholders_and_ordinary_messages_stay() {
        for text in [
            "<redacted>",
            "<unchanged>",
            "",
            "ResourceId=/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/st;",
            "AccountEndpoint=https://c.documents.azure.com:443/;Database=db",
        ] {
            let sent = json!({ "connectionString": text });
            assert_eq!(scrub(&sent), sent, "{text}");
        }
        for text in ["ErrorCode=AuthorizationFailure", "a == b", "key=5 is odd"] {
            assert_eq!(message(text), text);
        }
    }

    #[test]
    fn an_unknown_part_of_a_connection_string_is_taken_for_a_secret() {
        assert_eq!(
            connection("Token=abc;ResourceId=/x"),
            "Token=<removed>;ResourceId=/x"
        );
        assert_eq!(connection("abc"), "<removed>");
        assert_eq!(
            connection("https://st.blob.core.windows.net/c?sv=1&sig=abc"),
            "https://st.blob.core.windows.net/c?sig=<removed>"
        );
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_it_panic_and_nothing_is_kept_of_a_key(before in "\\PC{0,20}", key in "[A-Za-z0-9+/]{8,40}") {
            let text = format!("{before};AccountKey={key}==;x");
            let clean = message(&text);
            proptest::prop_assert!(!clean.contains(&format!("={key}")) || before.contains(&key), "{}", clean);
            connection(&before);
        }
    }
}

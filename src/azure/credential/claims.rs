//! Who a token speaks for: its claims, read without checking the signature, which is the service's
//! business. An opaque token is no error; it says nothing.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use time::OffsetDateTime;

use crate::azure::envelope::clean;
use crate::model::caller::Caller;
use crate::model::id::{PrincipalId, TenantId};

/// The claims of a token, as far as it has any.
pub fn caller_of(token: &str, credential: &str) -> Caller {
    let claims = payload(token).unwrap_or_default();
    let text = |names: &[&str]| {
        names
            .iter()
            .find_map(|name| claims.get(*name)?.as_str())
            .map(clean)
            .filter(|text| !text.is_empty())
    };
    Caller {
        asked: None,
        tenant: text(&["tid"]).map(TenantId::new),
        object_id: text(&["oid"]).map(PrincipalId::new),
        user_name: text(&["upn", "unique_name", "preferred_username"]),
        app_id: text(&["appid", "azp"]),
        id_type: text(&["idtyp"]),
        expires_at: end_of(token).and_then(|end| OffsetDateTime::from_unix_timestamp(end).ok()),
        credential: credential.to_owned(),
    }
}

/// When a token ends by its own claims, in seconds since 1970.
pub(super) fn end_of(token: &str) -> Option<i64> {
    payload(token)?.get("exp")?.as_i64()
}

fn payload(token: &str) -> Option<Value> {
    let middle = token.split('.').nth(1)?.trim_end_matches('=');
    let bytes = URL_SAFE_NO_PAD.decode(middle).ok()?;
    serde_json::from_slice(&bytes).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn token(claims: &Value) -> String {
        format!("h.{}.s", URL_SAFE_NO_PAD.encode(claims.to_string()))
    }

    #[test]
    fn claims_are_read() {
        let token = token(&json!({
            "tid": "t", "oid": "o", "unique_name": "a@b.example\u{1b}[2J", "appid": "x", "idtyp": "user"
        }));
        let caller = caller_of(&token, "az");
        assert_eq!(caller.tenant, Some(TenantId::new("t")));
        assert_eq!(caller.object_id, Some(PrincipalId::new("o")));
        assert_eq!(caller.label(), Some("a@b.example[2J"));
        assert_eq!(caller.credential, "az");
        assert!(caller.is_person());
    }

    #[test]
    fn opaque_and_odd_tokens_say_nothing() {
        for token in [
            "",
            "opaque",
            "a.b.c",
            "a.%%%.c",
            "a.W10.c",
            &token(&json!({"tid": 5})),
        ] {
            let caller = caller_of(token, "az");
            assert_eq!((caller.tenant, caller.object_id), (None, None), "{token}");
        }
    }
}

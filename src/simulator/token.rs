//! Tokens as Entra shapes them: three parts, readable claims, and a signature that proves nothing.
//! Must not know which service asks; each words its own refusal.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use time::OffsetDateTime;
use url::Url;

use super::definition::Caller;
use super::request::Request;
use super::world::World;

/// Who asks, as far as the token says.
#[derive(Clone, Debug)]
pub(super) struct Claims {
    pub(super) tenant: String,
    /// None when the token is opaque: such a one fits any audience.
    pub(super) audience: Option<String>,
}

/// Why a token is not accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum TokenFault {
    Missing,
    NotBearer,
    Malformed,
    Expired(OffsetDateTime),
}

/// Writes a token for the scenario's caller.
pub(super) fn mint(
    caller: &Caller,
    tenant: &str,
    audience: &str,
    issued: OffsetDateTime,
    expires: OffsetDateTime,
) -> String {
    let object_id = caller.object_in(tenant).unwrap_or(&caller.object_id);
    let mut payload = json!({
        "aud": audience,
        "iss": format!("https://sts.windows.net/{tenant}/"),
        "iat": issued.unix_timestamp(),
        "nbf": issued.unix_timestamp(),
        "exp": expires.unix_timestamp(),
        "appid": caller.app_id,
        "oid": object_id,
        "sub": object_id,
        "tid": tenant,
        "idtyp": if caller.is_app() { "app" } else { "user" },
        "uti": "c2ltdWxhdGVkdG9rZW4",
        "ver": "1.0",
    });
    if let (Value::Object(fields), false) = (&mut payload, caller.is_app()) {
        for (name, value) in [
            ("upn", &caller.upn),
            ("unique_name", &caller.upn),
            ("name", &caller.name),
        ] {
            if let Some(value) = value {
                fields.insert(name.to_owned(), json!(value));
            }
        }
        fields.insert(String::from("scp"), json!("user_impersonation"));
    }
    let header = json!({"typ": "JWT", "alg": "none", "kid": "simulated"});
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!(
        "{}.{}.{}",
        part(&header),
        part(&payload),
        URL_SAFE_NO_PAD.encode("no signature")
    )
}

/// Reads the bearer token of a request.
pub(super) fn read(world: &World, request: &Request) -> Result<Claims, TokenFault> {
    let header = request.header("authorization").ok_or(TokenFault::Missing)?;
    bearer(world, header)
}

/// Reads one `Bearer …` text.
pub(super) fn bearer(world: &World, header: &str) -> Result<Claims, TokenFault> {
    let token = header
        .split_once(' ')
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim())
        .filter(|token| !token.is_empty())
        .ok_or(TokenFault::NotBearer)?;
    let parts: Vec<&str> = token.split('.').collect();
    let [_, payload, _] = parts.as_slice() else {
        return if world.knobs.accept_opaque_tokens {
            Ok(Claims {
                tenant: world.caller.tenant.clone(),
                audience: None,
            })
        } else {
            Err(TokenFault::Malformed)
        };
    };
    let claims: Value = URL_SAFE_NO_PAD
        .decode(payload.trim_end_matches('='))
        .ok()
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
        .ok_or(TokenFault::Malformed)?;
    let text = |name: &str| claims.get(name).and_then(Value::as_str).map(str::to_owned);
    let expires = claims
        .get("exp")
        .and_then(Value::as_i64)
        .and_then(|seconds| OffsetDateTime::from_unix_timestamp(seconds).ok())
        .ok_or(TokenFault::Malformed)?;
    if expires <= world.clock.now() {
        return Err(TokenFault::Expired(expires));
    }
    Ok(Claims {
        tenant: text("tid").ok_or(TokenFault::Malformed)?,
        audience: Some(text("aud").ok_or(TokenFault::Malformed)?),
    })
}

impl Claims {
    /// Whether the audience is one of `public`, or our own address below `prefix`: clients derive the
    /// audience from the endpoint when nothing else names it.
    pub(super) fn is_for(&self, public: &[&str], prefix: &str) -> bool {
        let Some(audience) = self
            .audience
            .as_deref()
            .map(|text| text.trim_end_matches('/'))
        else {
            return true;
        };
        if public.iter().any(|own| own.eq_ignore_ascii_case(audience)) {
            return true;
        }
        let Ok(url) = Url::parse(audience) else {
            return false;
        };
        let loopback = match url.host() {
            Some(url::Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
            Some(url::Host::Ipv4(address)) => address.is_loopback(),
            Some(url::Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        };
        let path = url.path().trim_end_matches('/');
        loopback
            && if prefix.is_empty() {
                path.is_empty()
            } else {
                path == prefix || path.starts_with(&format!("{prefix}/"))
            }
    }
}

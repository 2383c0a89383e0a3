//! Which of a call's tokens was refused, when it carried other tenants' beside its own.
//!
//! One that is expired or not valid fails the whole call (domain-rules F.1, M50). Azure names the
//! client and the tenant of it; where it does not, what the tokens say of themselves has to tell.
//! Must not know the tokens, only their claims.

use time::OffsetDateTime;

use crate::model::caller::Caller;
use crate::model::id::TenantId;

/// One token that went along: for which tenant it was asked, and what it says.
pub(super) struct Sent {
    pub(super) tenant: Option<TenantId>,
    pub(super) claims: Option<Caller>,
    /// Whether it went in `x-ms-authorization-auxiliary`.
    pub(super) is_auxiliary: bool,
}

/// The sentence that names the refused token, or says that none stands out.
pub(super) fn blamed(message: &str, sent: &[Sent], now: OffsetDateTime) -> String {
    let message = message.to_ascii_lowercase();
    let mut named = Vec::new();
    for one in sent {
        if let Some(why) = fault(one, now) {
            named.push(format!("{} {why}", words(one)));
        }
    }
    if named.is_empty() {
        named.extend(
            sent.iter()
                .filter(|one| is_named(one, &message))
                .map(|one| format!("{} was refused", words(one))),
        );
    }
    if named.is_empty() {
        let all: Vec<String> = sent.iter().map(words).collect();
        return format!("Azure does not say which token: {}", all.join(", "));
    }
    named.join("; ")
}

/// What is wrong with a token by its own claims.
fn fault(one: &Sent, now: OffsetDateTime) -> Option<String> {
    let claims = one.claims.as_ref()?;
    if let Some(end) = claims.expires_at.filter(|end| *end <= now) {
        return Some(format!(
            "ended at {:02}:{:02}:{:02} UTC",
            end.hour(),
            end.minute(),
            end.second()
        ));
    }
    let (asked, given) = (one.tenant.as_ref()?, claims.tenant.as_ref()?);
    (asked.is_guid() && asked != given).then(|| format!("is of tenant {}", given.as_str()))
}

/// Whether Azure's message holds the token's tenant. The client is mostly the same in all of them.
fn is_named(one: &Sent, message: &str) -> bool {
    let own = one
        .claims
        .as_ref()
        .and_then(|claims| claims.tenant.as_ref());
    own.or(one.tenant.as_ref())
        .is_some_and(|tenant| message.contains(&tenant.as_str().to_ascii_lowercase()))
}

fn words(one: &Sent) -> String {
    let kind = if one.is_auxiliary {
        "the auxiliary token"
    } else {
        "the call's own token"
    };
    let claims = one.claims.as_ref();
    let tenant = one
        .tenant
        .as_ref()
        .or(claims.and_then(|claims| claims.tenant.as_ref()))
        .map(|tenant| format!(" for tenant {}", tenant.as_str()))
        .unwrap_or_default();
    let app = claims
        .and_then(|claims| claims.app_id.as_deref())
        .map(|app| format!(" of app {app}"))
        .unwrap_or_default();
    format!("{kind}{tenant}{app}")
}

#[cfg(test)]
mod tests {
    use time::Duration;

    use super::*;

    const HOME: &str = "11111111-0000-0000-0000-000000000001";
    const OTHER: &str = "22222222-0000-0000-0000-000000000002";
    const NOW: OffsetDateTime = OffsetDateTime::UNIX_EPOCH;

    fn sent(asked: &str, given: &str, minutes: i64, is_auxiliary: bool) -> Sent {
        Sent {
            tenant: Some(TenantId::new(asked)),
            claims: Some(Caller {
                tenant: Some(TenantId::new(given)),
                app_id: Some("app-1".to_owned()),
                expires_at: Some(NOW + Duration::minutes(minutes)),
                ..Caller::default()
            }),
            is_auxiliary,
        }
    }

    #[test]
    fn the_token_at_fault_is_named() {
        let own = || sent(HOME, HOME, 60, false);
        let cases = [
            (
                "anything",
                vec![own(), sent(OTHER, OTHER, 0, true)],
                format!(
                    "the auxiliary token for tenant {OTHER} of app app-1 ended at 00:00:00 UTC"
                ),
            ),
            (
                "anything",
                vec![own(), sent(OTHER, HOME, 60, true)],
                format!("the auxiliary token for tenant {OTHER} of app app-1 is of tenant {HOME}"),
            ),
            (
                "The client 'app-1' of tenant '22222222-0000-0000-0000-000000000002' has no valid token",
                vec![own(), sent(OTHER, OTHER, 60, true)],
                format!("the auxiliary token for tenant {OTHER} of app app-1 was refused"),
            ),
            (
                "no",
                vec![own(), sent(OTHER, OTHER, 60, true)],
                format!(
                    "Azure does not say which token: the call's own token for tenant {HOME} of app app-1, \
                     the auxiliary token for tenant {OTHER} of app app-1"
                ),
            ),
        ];
        for (message, sent, expected) in cases {
            assert_eq!(blamed(message, &sent, NOW), expected);
        }
    }
}

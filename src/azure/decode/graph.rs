//! What Microsoft Graph says of principals: who they are, and which groups they are in. Must not know what a
//! principal may do: roles are ARM's, and read in `authorization.rs`.

use time::OffsetDateTime;

use super::Context;
use super::page::raw;
use super::reader::Reader;
use crate::model::access::Principal;
use crate::model::application::Application;
use crate::model::field::Field;
use crate::model::id::PrincipalId;

/// One principal. Which sort it is stands at the end of `@odata.type`: `#microsoft.graph.user`.
pub(super) fn principal(item: &Reader<'_>, _: &Context<'_>) -> Option<Principal> {
    let id = item.required("id", item.filled_text("id"))?;
    Some(Principal {
        id: PrincipalId::new(id),
        display_name: item.text("displayName"),
        user_principal_name: item.text("userPrincipalName"),
        app_id: item.filled_text("appId"),
        owner_tenant: item.filled_text("appOwnerOrganizationId"),
        audience: item.filled_text("signInAudience"),
        kind: item.filled_text("@odata.type").map(|text| {
            let tail = text.rsplit('.').next().unwrap_or(&text);
            tail.trim_start_matches('#').to_owned()
        }),
        raw: raw(item),
    })
}

/// One service principal of a list that holds nothing else, and so does not say what its items are.
pub(super) fn service_principal(item: &Reader<'_>, context: &Context<'_>) -> Option<Principal> {
    let mut found = principal(item, context)?;
    if found.kind.is_unset() {
        found.kind = Field::Value("servicePrincipal".to_owned());
    }
    Some(found)
}

/// One application.
pub(super) fn application(item: &Reader<'_>, context: &Context<'_>) -> Option<Application> {
    let id = item.required("id", item.filled_text("id"))?;
    Some(Application {
        id: PrincipalId::new(id),
        app_id: item.filled_text("appId"),
        display_name: item.text("displayName"),
        audience: item.filled_text("signInAudience"),
        secrets_end: ends(item, "passwordCredentials"),
        certificates_end: ends(item, "keyCredentials"),
        source: context.source(),
        raw: raw(item),
    })
}

/// When each credential of a list ends.
fn ends<'a>(item: &Reader<'a>, list: &'a str) -> Field<Vec<OffsetDateTime>> {
    item.each(list, |one| {
        one.required("endDateTime", one.time("endDateTime"))
    })
}

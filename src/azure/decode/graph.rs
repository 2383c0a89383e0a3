//! What Microsoft Graph says of principals: `directoryObjects/getByIds`. Must not know what a
//! principal may do: roles are ARM's, and read in `authorization.rs`.

use super::Context;
use super::page::raw;
use super::reader::Reader;
use crate::model::access::Principal;
use crate::model::id::PrincipalId;

/// One principal. Which sort it is stands at the end of `@odata.type`: `#microsoft.graph.user`.
pub(super) fn principal(item: &Reader<'_>, _: &Context<'_>) -> Option<Principal> {
    let id = item.required("id", item.filled_text("id"))?;
    Some(Principal {
        id: PrincipalId::new(id),
        display_name: item.text("displayName"),
        user_principal_name: item.text("userPrincipalName"),
        app_id: item.filled_text("appId"),
        kind: item.filled_text("@odata.type").map(|text| {
            let tail = text.rsplit('.').next().unwrap_or(&text);
            tail.trim_start_matches('#').to_owned()
        }),
        raw: raw(item),
    })
}

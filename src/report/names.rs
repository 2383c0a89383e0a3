//! What the ends of a hop are called in reports: a resource by its name, a person by theirs, a host
//! by itself.

use crate::analysis::hop::{Hop, HopKind};
use crate::model::id::{ArmId, PrincipalId};
use crate::store::Inventory;

/// What an end is called.
pub(super) fn end(inventory: &Inventory, end: &str) -> String {
    if end.starts_with('/') || end.contains("://") {
        let id = ArmId::new(end);
        let own = id
            .subscription()
            .filter(|own| own.as_str().eq_ignore_ascii_case(id.name()))
            .and_then(|own| inventory.subscription(&own));
        return own.map_or_else(
            || crate::map::name_of(end),
            |subscription| subscription.display_name.clone(),
        );
    }
    let caller = || {
        inventory
            .snapshot()
            .callers()
            .iter()
            .find(|caller| {
                let ids = [
                    caller.object_id.as_ref().map(PrincipalId::as_str),
                    caller.app_id.as_deref(),
                ];
                ids.into_iter()
                    .flatten()
                    .any(|id| id.eq_ignore_ascii_case(end))
            })
            .and_then(|caller| caller.label().map(str::to_owned))
    };
    let known = || {
        let own = inventory.principal(&PrincipalId::new(end))?;
        let name = own.user_principal_name.text().or(own.display_name.text());
        name.map(str::to_owned)
    };
    caller().or_else(known).unwrap_or_else(|| end.to_owned())
}

/// What the caller of a hop is called. Whoever reads a key in a managed group is named by its
/// identity: the group itself calls nobody.
pub(super) fn caller(inventory: &Inventory, hop: &Hop) -> String {
    let is_group = hop.from.starts_with('/') && ArmId::new(&hop.from).resource_type().is_none();
    if hop.kind == HopKind::IdentityToKey
        && is_group
        && let Some((_, name)) = hop.via.as_deref().and_then(|via| via.split_once(' '))
    {
        return name.to_owned();
    }
    end(inventory, &hop.from)
}

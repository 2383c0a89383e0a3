//! `Microsoft.ManagedIdentity/userAssignedIdentities` (reference `arm/managedidentity.md`). The
//! identity *of* a resource is read in `head.rs`. Must not know who uses the identity.

use super::Parts;
use super::reader::Reader;
use crate::model::id::PrincipalId;
use crate::model::resource::{Details, UserIdentity};

/// What is a user-assigned identity's own.
pub(super) fn read(body: &Reader<'_>) -> Parts {
    let properties = body.object("properties");
    Parts::only(Details::UserIdentity(UserIdentity {
        principal_id: properties.filled_text("principalId").map(PrincipalId::new),
        client_id: properties.filled_text("clientId"),
        tenant_id: properties.filled_text("tenantId"),
    }))
}

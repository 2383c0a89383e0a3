//! Network managers, their connections to other tenants, and their address pools (network.md).

use serde_json::json;

use super::{Request, child, encoded};
use crate::model::facet::Facet;
use crate::model::id::ArmId;
use crate::model::ipam::{MANAGER, POOL, is_pool};

/// IPAM is stable since 2024-05-01; this is the version that networks are read with, too.
const VERSION: &str = "2024-10-01";

pub(super) fn managers(scope: &ArmId) -> Request {
    list(scope, MANAGER)
}

pub(super) fn connections(scope: &ArmId) -> Request {
    list(scope, "Microsoft.Network/networkManagerConnections")
}

fn list(scope: &ArmId, of_type: &str) -> Request {
    Request::arm(
        encoded(&format!("{scope}/providers/{of_type}")),
        VERSION,
        format!("{of_type}/read"),
    )
}

/// Whether a subscription may have networks at all.
pub(super) fn registration(provider: &ArmId) -> Request {
    Request::arm(
        encoded(provider.as_str()),
        super::RESOURCES,
        "Microsoft.Resources/subscriptions/providers/read",
    )
}

pub(super) fn pool(id: &ArmId) -> Option<Request> {
    is_pool(id).then(|| Request::arm(encoded(id.as_str()), VERSION, format!("{POOL}/read")))
}

/// Parts of a manager, and of a pool. Its counts and its members are queries by POST, whose action
/// Reader may lack.
pub(super) fn facet(id: &ArmId, facet: Facet) -> Option<Request> {
    let (owner, tail, is_query) = match facet {
        Facet::ScopeConnections => (MANAGER, "scopeConnections", false),
        Facet::IpamPools => (MANAGER, "ipamPools", false),
        Facet::StaticCidrs => (POOL, "staticCidrs", false),
        Facet::PoolUsage => (POOL, "getPoolUsage", true),
        Facet::PoolAssociations => (POOL, "listAssociatedResources", true),
        _ => return None,
    };
    if !id.resource_type()?.eq_ignore_ascii_case(owner) {
        return None;
    }
    let request = child(id, owner, tail, tail, VERSION);
    Some(if is_query {
        Request {
            body: Some(json!({})),
            action: Some(format!("{owner}/{tail}/action")),
            role: Some("IPAM Pool User"),
            ..request
        }
    } else {
        request
    })
}

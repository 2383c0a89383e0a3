//! Parts of parts: what hangs below a project of an account (cognitiveservices.md), and below a key
//! of a vault (keyvault.md).

use super::{Request, api_version, child, encoded};
use crate::model::facet::Facet;
use crate::model::id::ArmId;
use crate::model::resource::Family;

const ACCOUNT: &str = "Microsoft.CognitiveServices/accounts";
const PROJECT: &str = "Microsoft.CognitiveServices/accounts/projects";
const KEY: &str = "Microsoft.KeyVault/vaults/keys";

/// Connections of a project; capability hosts of an account or a project, whose list is declared in
/// this version and in previews only; a key by itself, and its versions.
pub(super) fn facet(id: &ArmId, facet: Facet) -> Option<Request> {
    let of_type = id.resource_type()?;
    let is = |owner: &str| of_type.eq_ignore_ascii_case(owner);
    let part = |owner: &'static str, tail: &str, family: Family| {
        child(id, owner, tail, tail, api_version(family))
    };
    match facet {
        Facet::Connections if is(PROJECT) => Some(part(PROJECT, "connections", Family::Cognitive)),
        Facet::CapabilityHosts => [ACCOUNT, PROJECT]
            .into_iter()
            .find(|owner| is(owner))
            .map(|owner| part(owner, "capabilityHosts", Family::Cognitive)),
        Facet::Key if is(KEY) => Some(Request::arm(
            encoded(id.as_str()),
            api_version(Family::Vault),
            format!("{KEY}/read"),
        )),
        Facet::KeyVersions if is(KEY) => Some(part(KEY, "versions", Family::Vault)),
        _ => None,
    }
}

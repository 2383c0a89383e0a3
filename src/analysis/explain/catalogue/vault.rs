//! What Key Vault writes.

use crate::analysis::hop::HopKind;
use crate::analysis::verdict::Gate;

use super::{Cause, Message};

const TO_VAULT: &[HopKind] = &[HopKind::IdentityToKey, HopKind::FoundryConnection];

pub(super) const MESSAGES: &[Message] = &[
    Message {
        id: "M42",
        shown: "Caller is not authorized to perform action on resource … Action: 'Microsoft.KeyVault/vaults/keys/…'",
        place: "Key Vault, HTTP 403, ForbiddenByRbac",
        meaning: "no role of the caller holds the data action; a new assignment takes some minutes",
        causes: &[Cause {
            gate: Gate::Authorization,
            hops: TO_VAULT,
            why: "the role is missing (Key Vault Crypto Service Encryption User for a customer-managed key)",
            proof: "role assignments of the caller at the vault; properties.enableRbacAuthorization",
        }],
        is_wrapper: false,
        fragments: &[
            &["caller is not authorized to perform action on resource"],
            &["forbiddenbyrbac"],
        ],
        unless: &[],
    },
    Message {
        id: "M43",
        shown: "Client address is not authorized and caller is not a trusted service",
        place: "Key Vault, HTTP 403, ForbiddenByFirewall",
        meaning: "the vault's firewall admits neither the address nor the service",
        causes: &[Cause {
            gate: Gate::Network,
            hops: TO_VAULT,
            why: "no address rule fits, and the caller is not on the vault's list of trusted services",
            proof: "properties.networkAcls of the vault",
        }],
        is_wrapper: false,
        fragments: &[
            &["client address is not authorized and caller is not a trusted service"],
            &["forbiddenbyfirewall"],
        ],
        unless: &["not allowed by nsp rules"],
    },
    Message {
        id: "M44",
        shown: "Public network access is disabled and request is not from a trusted service nor via an approved private link",
        place: "Key Vault, HTTP 403, ForbiddenByConnection",
        meaning: "the vault's public access is off, and the call came over the public path",
        causes: &[Cause {
            gate: Gate::Network,
            hops: TO_VAULT,
            why: "publicNetworkAccess is Disabled and there is no approved private link, or DNS leads to the public address",
            proof: "properties.publicNetworkAccess of the vault; the DNS zone link",
        }],
        is_wrapper: false,
        fragments: &[
            &["public network access is disabled and request is not from a trusted service"],
            &["forbiddenbyconnection"],
        ],
        unless: &[],
    },
    Message {
        id: "M45",
        shown: "Request was not allowed by NSP rules and the client address is not authorized and caller was ignored because bypass is set to None",
        place: "Key Vault, HTTP 403",
        meaning: "a plain firewall with bypass None; the text speaks of a perimeter even where there is none",
        causes: &[Cause {
            gate: Gate::Network,
            hops: TO_VAULT,
            why: "bypass is None and no address rule fits",
            proof: "properties.networkAcls.bypass and ipRules of the vault",
        }],
        is_wrapper: false,
        fragments: &[
            &["request was not allowed by nsp rules"],
            &["caller was ignored because bypass is set to none"],
        ],
        unless: &[],
    },
];

//! What Azure Resource Manager and Entra ID write.

use crate::analysis::hop::HopKind;
use crate::analysis::verdict::Gate;

use super::{Cause, Message};

const ACROSS: &[HopKind] = &[HopKind::TenantToTenant];

pub(super) const MESSAGES: &[Message] = &[
    Message {
        id: "M34",
        shown: "LinkedAuthorizationFailed … the current tenant '…' is not authorized to access linked subscription '…'",
        place: "Azure Resource Manager, HTTP 403",
        meaning: "the call names a resource of another tenant and does not bring that tenant's token",
        causes: &[Cause {
            gate: Gate::Authentication,
            hops: ACROSS,
            why: "the auxiliary token for the tenant of the linked subscription is missing",
            proof: "the header x-ms-authorization-auxiliary of the request; the tenant of the linked subscription",
        }],
        is_wrapper: false,
        fragments: &[
            &[
                "the current tenant '",
                "is not authorized to access linked subscription",
            ],
            &["is not authorized to access linked subscription"],
        ],
        unless: &[],
    },
    Message {
        id: "M35",
        shown: "LinkedAuthorizationFailed … does not have permission to perform action '…' on the linked scope",
        place: "Azure Resource Manager, HTTP 403",
        meaning: "the token is fine; the role on the linked resource is missing",
        causes: &[Cause {
            gate: Gate::Authorization,
            hops: ACROSS,
            why: "no role of the caller holds the action on the linked resource",
            proof: "role assignments of the caller there: with the object id of that tenant's service principal",
        }],
        is_wrapper: false,
        fragments: &[
            &[
                "does not have permission to perform action",
                "on the linked scope",
            ],
            &["on the linked scope"],
        ],
        unless: &["is not authorized to access linked subscription"],
    },
    Message {
        id: "M34/M35",
        shown: "LinkedAuthorizationFailed",
        place: "Azure Resource Manager, HTTP 403",
        meaning: "a linked resource was refused; the rest of the message says whether the other tenant's token or the role there is missing",
        causes: &[
            Cause {
                gate: Gate::Authentication,
                hops: ACROSS,
                why: "the auxiliary token for the tenant of the linked subscription is missing",
                proof: "the header x-ms-authorization-auxiliary of the request; the tenant of the linked subscription",
            },
            Cause {
                gate: Gate::Authorization,
                hops: ACROSS,
                why: "no role of the caller holds the action on the linked resource",
                proof: "role assignments of the caller there",
            },
        ],
        is_wrapper: false,
        fragments: &[&["linkedauthorizationfailed"]],
        unless: &[
            "is not authorized to access linked subscription",
            "on the linked scope",
        ],
    },
    Message {
        id: "M36",
        shown: "AuthorizationFailed … does not have authorization to perform action '…' over scope '…'",
        place: "Azure Resource Manager, HTTP 403",
        meaning: "no role of the caller holds the action at the scope; guests see it often",
        causes: &[Cause {
            gate: Gate::Authorization,
            hops: &[
                HopKind::UserToSearchManagement,
                HopKind::TenantToTenant,
                HopKind::Inspector,
                HopKind::FoundryConnection,
            ],
            why: "a plain gap in the roles",
            proof: "role assignments of the caller at the scope and above",
        }],
        is_wrapper: false,
        fragments: &[
            &[
                "does not have authorization to perform action",
                "over scope",
            ],
            &["does not have authorization to perform action"],
            &["authorizationfailed"],
        ],
        unless: &["linkedauthorizationfailed"],
    },
    Message {
        id: "M46",
        shown: "RequestDisallowedByPolicy … Local authentication methods are not allowed",
        place: "Azure Resource Manager, HTTP 403",
        meaning: "a policy with the effect deny refuses a resource that takes keys",
        causes: &[Cause {
            gate: Gate::Configuration,
            hops: &[
                HopKind::FoundryToManagedCosmos,
                HopKind::FoundryToManagedSearch,
                HopKind::FoundryToManagedStorage,
                HopKind::UserToSearchManagement,
            ],
            why: "a policy assignment forbids local authentication at the scope",
            proof: "policy assignments at the scope, their notScopes and exemptions",
        }],
        is_wrapper: false,
        fragments: &[
            &[
                "requestdisallowedbypolicy",
                "local authentication methods are not allowed",
            ],
            &["local authentication methods are not allowed"],
            &["requestdisallowedbypolicy"],
        ],
        unless: &[],
    },
    Message {
        id: "M48",
        shown: "The workspace Cosmos DB is disabled, please enable it first",
        place: "Foundry hub with a customer-managed key, prompt flow tracing",
        meaning: "tracing does not work on workspaces with a customer-managed key; it is not a firewall's doing",
        causes: &[Cause {
            gate: Gate::Configuration,
            hops: &[HopKind::FoundryToManagedCosmos],
            why: "the feature is not supported on such a workspace",
            proof: "properties.encryption.status of the hub",
        }],
        is_wrapper: false,
        fragments: &[&["the workspace cosmos db is disabled"]],
        unless: &[],
    },
    Message {
        id: "M49",
        shown: "AADSTS7000229 … missing service principal in the tenant",
        place: "Entra ID, asking for a token",
        meaning: "the app has no service principal in the tenant that it signs in to",
        causes: &[Cause {
            gate: Gate::Identity,
            hops: ACROSS,
            why: "the service principal (stub) of the app was not created in the tenant: az ad sp create --id APPID",
            proof: "the service principals of that tenant",
        }],
        is_wrapper: false,
        fragments: &[
            &["aadsts7000229"],
            &["missing service principal in the tenant"],
        ],
        unless: &[],
    },
    Message {
        id: "M50",
        shown: "401 that names the client id and the tenant id of a token",
        place: "Azure Resource Manager, HTTP 401",
        meaning: "one of the tokens of the call is expired or not valid: an auxiliary token fails the whole call",
        causes: &[Cause {
            gate: Gate::Authentication,
            hops: ACROSS,
            why: "an auxiliary token has expired or is not valid",
            proof: "exp, appid and tid of each token of the request",
        }],
        is_wrapper: false,
        fragments: &[],
        unless: &["lacks the required data action", "aadsts7000229"],
    },
];

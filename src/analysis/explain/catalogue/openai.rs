//! What model accounts write: Azure OpenAI, AI services, Foundry.

use crate::analysis::hop::HopKind;
use crate::analysis::verdict::Gate;

use super::{Cause, Message};

/// The hops whose target is a model account.
const TO_OPENAI: &[HopKind] = &[
    HopKind::UserToOpenai,
    HopKind::SkillToOpenai,
    HopKind::VectorizerToOpenai,
    HopKind::FoundryConnection,
];

const RETRIEVAL: &[HopKind] = &[HopKind::OpenaiToSearch];

pub(super) const MESSAGES: &[Message] = &[
    Message {
        id: "M01",
        shown: "Invalid AzureCognitiveSearch configuration detected: Call to get Azure Search index failed",
        place: "Azure OpenAI chat on your data, HTTP 400",
        meaning: "the model account was refused by the search service, or looks for an index that is not there",
        causes: &[
            Cause {
                gate: Gate::Network,
                hops: RETRIEVAL,
                why: "the search firewall does not admit the model account: no trusted-services bypass, or public access is off",
                proof: "properties.networkRuleSet.bypass, ipRules and properties.publicNetworkAccess of the search service",
            },
            Cause {
                gate: Gate::Authorization,
                hops: RETRIEVAL,
                why: "the account's system-assigned identity lacks Search Index Data Reader or Search Service Contributor",
                proof: "role assignments of the account's principal at the search service",
            },
            Cause {
                gate: Gate::Authentication,
                hops: RETRIEVAL,
                why: "the search service takes keys only while a token comes, or has keys off while a key comes",
                proof: "properties.authOptions and properties.disableLocalAuth of the search service",
            },
            Cause {
                gate: Gate::Configuration,
                hops: RETRIEVAL,
                why: "the endpoint or the index named in the request is wrong",
                proof: "the indexes of the search service",
            },
        ],
        is_wrapper: false,
        fragments: &[
            &["invalid azurecognitivesearch configuration detected"],
            &["call to get azure search index failed"],
        ],
        unless: &[],
    },
    Message {
        id: "M02",
        shown: "Call to get ACS index failed. Check you are using correct index, instance and api_key",
        place: "Azure OpenAI chat on your data, older versions, HTTP 400",
        meaning: "the search service refused the key or the identity of the request",
        causes: &[
            Cause {
                gate: Gate::Authentication,
                hops: RETRIEVAL,
                why: "keys are off at the search service while the request brings a key, or it takes keys only while a token comes",
                proof: "properties.disableLocalAuth and properties.authOptions of the search service",
            },
            Cause {
                gate: Gate::Authorization,
                hops: RETRIEVAL,
                why: "the identity lacks its roles at the search service",
                proof: "role assignments of the account's principal at the search service",
            },
        ],
        is_wrapper: false,
        fragments: &[&["call to get acs index failed"]],
        unless: &[],
    },
    Message {
        id: "M03",
        shown: "Outbound network access is restricted. The hostname '…' for parameter 'endpoint' is not in the allowed FQDN list",
        place: "Azure OpenAI, HTTP 400",
        meaning: "the model account may call listed hosts only, and the host is not on its list",
        causes: &[Cause {
            gate: Gate::Outbound,
            hops: &[
                HopKind::OpenaiToSearch,
                HopKind::OpenaiToStorage,
                HopKind::OpenaiToUrl,
            ],
            why: "the host is not in allowedFqdnList while restrictOutboundNetworkAccess is true",
            proof: "properties.restrictOutboundNetworkAccess and properties.allowedFqdnList of the account",
        }],
        is_wrapper: false,
        fragments: &[
            &["outbound network access is restricted"],
            &["the hostname", "is not in the allowed fqdn list"],
            &["not in the allowed fqdn list"],
        ],
        unless: &[],
    },
    Message {
        id: "M04",
        shown: "The data loss prevention feature will be supported soon",
        place: "Azure OpenAI extensions, HTTP 400",
        meaning: "an old API version of chat on your data meets an account whose outbound access is restricted (inferred)",
        causes: &[Cause {
            gate: Gate::Outbound,
            hops: RETRIEVAL,
            why: "restrictOutboundNetworkAccess is on, and the API version of the request does not know it",
            proof: "properties.restrictOutboundNetworkAccess of the account; the api-version of the request",
        }],
        is_wrapper: false,
        fragments: &[&["the data loss prevention feature will be supported soon"]],
        unless: &[],
    },
    Message {
        id: "M05",
        shown: "Image URL domain '…' is not allowed",
        place: "Responses API",
        meaning: "the host of an image in the prompt is not allowed; whether by the FQDN list or by the service itself is not confirmed",
        causes: &[Cause {
            gate: Gate::Outbound,
            hops: &[HopKind::OpenaiToUrl],
            why: "the host is not in allowedFqdnList, or the service blocks it (not confirmed)",
            proof: "properties.allowedFqdnList of the account",
        }],
        is_wrapper: false,
        fragments: &[
            &["image url domain '", "' is not allowed"],
            &["image url domain", "is not allowed"],
        ],
        unless: &[],
    },
    Message {
        id: "M17",
        shown: "Public access is disabled. Please configure private endpoint",
        place: "Azure OpenAI and AI services, HTTP 403",
        meaning: "the account's public network access is off, and the call came over the public path",
        causes: &[Cause {
            gate: Gate::Network,
            hops: TO_OPENAI,
            why: "publicNetworkAccess is Disabled and the caller has no approved private endpoint, or its DNS leads to the public address",
            proof: "properties.publicNetworkAccess of the account; its private endpoint connections; the DNS zone link",
        }],
        is_wrapper: false,
        fragments: &[
            &["public access is disabled. please configure private endpoint"],
            &["public access is disabled", "configure private endpoint"],
        ],
        unless: &[],
    },
    Message {
        id: "M18",
        shown: "Access denied due to Virtual Network/Firewall rules",
        place: "Azure OpenAI and AI services, HTTP 403",
        meaning: "the account denies by default, and no rule covers the caller",
        causes: &[Cause {
            gate: Gate::Network,
            hops: TO_OPENAI,
            why: "defaultAction is Deny and neither an address rule, a network rule nor the trusted-services bypass admits the caller",
            proof: "properties.networkAcls of the account",
        }],
        is_wrapper: false,
        fragments: &[&["access denied due to virtual network/firewall rules"]],
        unless: &[],
    },
    Message {
        id: "M19",
        shown: "A Virtual Network is configured for this resource. Please use the correct endpoint",
        place: "Azure OpenAI and AI services, HTTP 403",
        meaning: "the region's shared endpoint was called; with network rules only the account's own subdomain answers",
        causes: &[Cause {
            gate: Gate::Configuration,
            hops: TO_OPENAI,
            why: "the regional endpoint is called instead of the custom subdomain",
            proof: "the host of the endpoint; properties.customSubDomainName of the account",
        }],
        is_wrapper: false,
        fragments: &[&["a virtual network is configured for this resource"]],
        unless: &[],
    },
    Message {
        id: "M20",
        shown: "Traffic is not from an approved private endpoint",
        place: "Azure OpenAI and Foundry, HTTP 403",
        meaning: "the call came over a private path that the account has not approved",
        causes: &[Cause {
            gate: Gate::Network,
            hops: TO_OPENAI,
            why: "the private endpoint or shared private link is not approved, belongs to another account or region, or DNS leads astray",
            proof: "properties.privateEndpointConnections[].properties.privateLinkServiceConnectionState.status of the account",
        }],
        is_wrapper: false,
        fragments: &[&["traffic is not from an approved private endpoint"]],
        unless: &[],
    },
    Message {
        id: "M21",
        shown: "Principal does not have access to API/Operation",
        place: "Azure OpenAI and Document Intelligence, HTTP 401, code PermissionDenied",
        meaning: "the caller has a valid token and lacks the data action; Owner and Contributor hold none",
        causes: &[Cause {
            gate: Gate::Authorization,
            hops: TO_OPENAI,
            why: "the caller lacks the data action (Cognitive Services OpenAI User has it)",
            proof: "role assignments of the caller at the account and above",
        }],
        is_wrapper: false,
        fragments: &[
            &["principal does not have access to api/operation"],
            &["permissiondenied"],
        ],
        unless: &["lacks the required data action"],
    },
    Message {
        id: "M22",
        shown: "The principal '…' lacks the required data action '…' to perform '…'",
        place: "Azure OpenAI and Foundry, HTTP 401",
        meaning: "the principal that it names lacks the data action that it names",
        causes: &[Cause {
            gate: Gate::Authorization,
            hops: TO_OPENAI,
            why: "no role of the principal holds the data action",
            proof: "role assignments of that principal at the account and above",
        }],
        is_wrapper: false,
        fragments: &[
            &["the principal", "lacks the required data action"],
            &["lacks the required data action"],
        ],
        unless: &[],
    },
    Message {
        id: "M23",
        shown: "Key based authentication is disabled for this resource",
        place: "Azure OpenAI and AI services, HTTP 403, code AuthenticationTypeDisabled",
        meaning: "a key was presented, and the account takes tokens only",
        causes: &[Cause {
            gate: Gate::Authentication,
            hops: TO_OPENAI,
            why: "an api-key is used while disableLocalAuth is true",
            proof: "properties.disableLocalAuth of the account; apiKey of the skill or vectorizer",
        }],
        is_wrapper: false,
        fragments: &[
            &["key based authentication is disabled for this resource"],
            &["authenticationtypedisabled"],
        ],
        unless: &[],
    },
    Message {
        id: "M24",
        shown: "Access denied due to invalid subscription key",
        place: "Azure OpenAI and AI services, HTTP 401",
        meaning: "the key does not belong to this endpoint",
        causes: &[Cause {
            gate: Gate::Authentication,
            hops: TO_OPENAI,
            why: "the key is wrong or was rotated, or the endpoint is another account's",
            proof: "the key that the caller uses; the endpoint's host",
        }],
        is_wrapper: false,
        fragments: &[&["access denied due to invalid subscription key"]],
        unless: &[],
    },
    Message {
        id: "M28",
        shown: "Failed to get managed identity token … ManagedIdentityIsNotEnabled … MI is not set for this account",
        place: "Azure OpenAI, HTTP 400",
        meaning: "the model account has to call somebody with its own identity, and has none",
        causes: &[Cause {
            gate: Gate::Identity,
            hops: &[
                HopKind::OpenaiToSearch,
                HopKind::OpenaiToStorage,
                HopKind::IdentityToKey,
            ],
            why: "the account has no managed identity",
            proof: "identity.type of the account",
        }],
        is_wrapper: false,
        fragments: &[
            &["failed to get managed identity token"],
            &["managedidentityisnotenabled"],
            &["mi is not set for this account while the encryption key source is"],
            &["mi is not set for this account"],
        ],
        unless: &[],
    },
];

//! What Cosmos DB writes.

use crate::analysis::hop::HopKind;
use crate::analysis::verdict::Gate;

use super::{Cause, Message};

const TO_COSMOS: &[HopKind] = &[HopKind::FoundryToManagedCosmos, HopKind::FoundryConnection];

pub(super) const MESSAGES: &[Message] = &[
    Message {
        id: "M37",
        shown: "Local Authorization is disabled. Use an AAD token to authorize all requests",
        place: "Cosmos DB, HTTP 401",
        meaning: "a key was presented, and the account takes tokens only; in a hub's managed group that breaks the hub",
        causes: &[Cause {
            gate: Gate::Authentication,
            hops: TO_COSMOS,
            why: "disableLocalAuth is true while the caller uses a key",
            proof: "properties.disableLocalAuth of the account",
        }],
        is_wrapper: false,
        fragments: &[
            &["local authorization is disabled. use an aad token"],
            &["local authorization is disabled"],
        ],
        unless: &[],
    },
    Message {
        id: "M38",
        shown: "Request originated from IP … through public internet. This is blocked by your Cosmos DB account firewall settings",
        place: "Cosmos DB, HTTP 403",
        meaning: "the call came over the public internet, and no rule admits the address",
        causes: &[Cause {
            gate: Gate::Network,
            hops: TO_COSMOS,
            why: "the address is not in ipRules, or public access is off",
            proof: "properties.ipRules and properties.publicNetworkAccess of the account",
        }],
        is_wrapper: false,
        fragments: &[
            &["request originated from ip", "through public internet"],
            &["this is blocked by your cosmos db account firewall settings"],
        ],
        unless: &["originated from client vnet"],
    },
    Message {
        id: "M39",
        shown: "Request originated from client VNET through private endpoint",
        place: "Cosmos DB, HTTP 403",
        meaning: "the private endpoint belongs to another account, or is not approved",
        causes: &[Cause {
            gate: Gate::Network,
            hops: TO_COSMOS,
            why: "the private endpoint does not lead to this account",
            proof: "properties.privateEndpointConnections of the account",
        }],
        is_wrapper: false,
        fragments: &[&["request originated from client vnet through private endpoint"]],
        unless: &[],
    },
    Message {
        id: "M40",
        shown: "Request is blocked. Please check your authorization token and Cosmos DB account firewall settings",
        place: "Cosmos DB, HTTP 403, older text",
        meaning: "the firewall or the credential: the text does not say which",
        causes: &[
            Cause {
                gate: Gate::Network,
                hops: TO_COSMOS,
                why: "the firewall does not admit the caller",
                proof: "properties.ipRules and properties.publicNetworkAccess of the account",
            },
            Cause {
                gate: Gate::Authentication,
                hops: TO_COSMOS,
                why: "the key or the token is not accepted",
                proof: "properties.disableLocalAuth of the account",
            },
        ],
        is_wrapper: false,
        fragments: &[&["request is blocked. please check your authorization token"]],
        unless: &[],
    },
    Message {
        id: "M41",
        shown: "cannot be authorized by AAD token in data plane",
        place: "Cosmos DB, HTTP 403, substatus 5300",
        meaning: "databases and containers cannot be made with a token of the data plane",
        causes: &[Cause {
            gate: Gate::Authorization,
            hops: TO_COSMOS,
            why: "an operation on metadata is tried with a token: it belongs to Azure Resource Manager",
            proof: "the operation that the message names",
        }],
        is_wrapper: false,
        fragments: &[
            &["cannot be authorized by aad token in data plane"],
            &["substatus", "5300"],
        ],
        unless: &[],
    },
];

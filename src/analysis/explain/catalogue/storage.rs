//! What storage accounts write, and what others write about reaching them.

use crate::analysis::hop::HopKind;
use crate::analysis::verdict::Gate;

use super::{Cause, Message};

/// The hops whose target is a storage account.
pub(super) const TO_STORAGE: &[HopKind] = &[
    HopKind::IndexerToStorage,
    HopKind::IndexerExtrasToStorage,
    HopKind::OpenaiToStorage,
    HopKind::UserToStorage,
    HopKind::FoundryConnection,
    HopKind::FoundryToManagedStorage,
];

const INDEXING: &[HopKind] = &[HopKind::IndexerToStorage, HopKind::IndexerExtrasToStorage];

pub(super) const MESSAGES: &[Message] = &[
    Message {
        id: "M06",
        shown: "This request is not authorized to perform this operation.",
        place: "storage, HTTP 403, code AuthorizationFailure; often in an indexer's status",
        meaning: "the storage firewall refused the caller's address; a missing role would say \"… using this permission\"",
        causes: &[Cause {
            gate: Gate::Network,
            hops: TO_STORAGE,
            why: "public access is off, or defaultAction is Deny and no rule admits the caller: an address rule never admits a caller of the same region",
            proof: "properties.networkAcls and properties.publicNetworkAccess of the account; the regions of both ends",
        }],
        is_wrapper: false,
        fragments: &[
            &["this request is not authorized to perform this operation"],
            &["authorizationfailure"],
        ],
        unless: &[
            "to perform this operation using this permission",
            "authorizationpermissionmismatch",
        ],
    },
    Message {
        id: "M07",
        shown: "This request is not authorized to perform this operation using this permission",
        place: "storage, HTTP 403, code AuthorizationPermissionMismatch",
        meaning: "the caller got past the firewall; its role or its SAS does not hold the permission",
        causes: &[Cause {
            gate: Gate::Authorization,
            hops: TO_STORAGE,
            why: "no role of the caller holds the data action (Owner and Contributor hold none), or the SAS lacks the permission",
            proof: "role assignments of the caller at the account, its containers and above",
        }],
        is_wrapper: false,
        fragments: &[
            &["to perform this operation using this permission"],
            &["authorizationpermissionmismatch"],
        ],
        unless: &[],
    },
    Message {
        id: "M08",
        shown: "Key based authentication is not permitted on this storage account",
        place: "storage, HTTP 403, code KeyBasedAuthenticationNotPermitted",
        meaning: "a key, or a SAS made with a key, was presented, and the account takes tokens only",
        causes: &[Cause {
            gate: Gate::Authentication,
            hops: TO_STORAGE,
            why: "allowSharedKeyAccess is false while the caller uses a key or a SAS made with a key",
            proof: "properties.allowSharedKeyAccess of the account; the connection string's kind",
        }],
        is_wrapper: false,
        fragments: &[
            &["key based authentication is not permitted on this storage account"],
            &["keybasedauthenticationnotpermitted"],
        ],
        unless: &[],
    },
    Message {
        id: "M09",
        shown: "Unable to retrieve blob container for account '…' using your managed identity",
        place: "AI Search, creating a data source or running an indexer",
        meaning: "the search service could not open the container with its identity",
        causes: &[
            Cause {
                gate: Gate::Identity,
                hops: INDEXING,
                why: "the search service's identity is off, or not the one that the data source names",
                proof: "identity of the search service; identity of the data source",
            },
            Cause {
                gate: Gate::Authorization,
                hops: INDEXING,
                why: "the identity lacks Storage Blob Data Reader",
                proof: "role assignments of the identity at the account",
            },
            Cause {
                gate: Gate::Configuration,
                hops: INDEXING,
                why: "the ResourceId of the connection string or the container's name is wrong",
                proof: "credentials.connectionString and container.name of the data source",
            },
        ],
        is_wrapper: false,
        fragments: &[
            &[
                "unable to retrieve blob container for account '",
                "' using your managed identity",
            ],
            &["unable to retrieve blob container for account"],
        ],
        unless: &[],
    },
    Message {
        id: "M10",
        shown: "Unable to retrieve account keys for account '…' using your managed identity (e.g., Reader and Data Access)",
        place: "AI Search, an indexer on tables or files, or one without a role",
        meaning: "the search service has to list the account's keys and may not",
        causes: &[Cause {
            gate: Gate::Authorization,
            hops: INDEXING,
            why: "listKeys is not granted (Reader and Data Access holds it); for blobs: no data role at all",
            proof: "role assignments of the identity at the account",
        }],
        is_wrapper: false,
        fragments: &[
            &[
                "unable to retrieve account keys for account '",
                "' using your managed identity",
            ],
            &["unable to retrieve account keys for account"],
        ],
        unless: &[],
    },
    Message {
        id: "M11",
        shown: "Unable to retrieve server endpoint for account '…' using your managed identity (e.g., Reader)",
        place: "AI Search, an indexer on SQL",
        meaning: "the search service may not read the SQL server's properties",
        causes: &[Cause {
            gate: Gate::Authorization,
            hops: &[HopKind::IndexerToStorage],
            why: "the identity lacks Reader at the server",
            proof: "role assignments of the identity at the server",
        }],
        is_wrapper: false,
        fragments: &[
            &[
                "unable to retrieve server endpoint for account '",
                "' using your managed identity",
            ],
            &["unable to retrieve server endpoint for account"],
        ],
        unless: &[],
    },
    Message {
        id: "M12",
        shown: "Credentials provided in the connection string are invalid or have expired",
        place: "AI Search, creating a data source or running an indexer",
        meaning: "the data source refused what the indexer presented; four things do that",
        causes: &[
            Cause {
                gate: Gate::Authentication,
                hops: INDEXING,
                why: "the key was rotated, the SAS has expired, or shared keys are off",
                proof: "the connection string's kind; properties.allowSharedKeyAccess of the account",
            },
            Cause {
                gate: Gate::Identity,
                hops: INDEXING,
                why: "the identity is off or not the one that the data source names",
                proof: "identity of the search service; identity of the data source",
            },
            Cause {
                gate: Gate::Authorization,
                hops: INDEXING,
                why: "the identity lacks its role",
                proof: "role assignments of the identity at the account",
            },
            Cause {
                gate: Gate::Network,
                hops: INDEXING,
                why: "the storage firewall refuses the indexer",
                proof: "properties.networkAcls of the account",
            },
        ],
        is_wrapper: false,
        fragments: &[&[
            "credentials provided in the connection string are invalid or have expired",
        ]],
        unless: &[],
    },
    Message {
        id: "M47",
        shown: "This SAS token is derived from an account key, but key-based authentication is not permitted",
        place: "Foundry hub, prompt flow",
        meaning: "the hub's default storage takes no keys, and the hub still works with them",
        causes: &[Cause {
            gate: Gate::Authentication,
            hops: &[HopKind::FoundryConnection],
            why: "allowSharedKeyAccess is false while systemDatastoresAuthMode of the hub is not identity",
            proof: "properties.systemDatastoresAuthMode of the hub; properties.allowSharedKeyAccess of the account",
        }],
        is_wrapper: false,
        fragments: &[&["this sas token is derived from an account key"]],
        unless: &[],
    },
];

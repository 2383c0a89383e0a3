//! What AI Search writes: queries, definitions, indexers.

use crate::analysis::explain::text::TO_SEARCH;
use crate::analysis::hop::HopKind;
use crate::analysis::verdict::Gate;

use super::{Cause, Message};

const INDEXING: &[HopKind] = &[HopKind::IndexerToStorage, HopKind::IndexerExtrasToStorage];

const QUERYING: &[HopKind] = &[HopKind::UserToSearchDocuments, HopKind::OpenaiToSearch];

pub(super) const MESSAGES: &[Message] = &[
    Message {
        id: "M13",
        shown: "Access denied to Virtual Network/Firewall rules",
        place: "AI Search, an indexer",
        meaning: "something that the indexer calls refuses it by its firewall: the data source, the cache's storage, a function, a model account",
        causes: &[Cause {
            gate: Gate::Network,
            hops: &[
                HopKind::IndexerToStorage,
                HopKind::IndexerExtrasToStorage,
                HopKind::SkillToOpenai,
            ],
            why: "the firewall of a target does not admit the search service",
            proof: "the service firewall of each target of the indexer",
        }],
        is_wrapper: false,
        fragments: &[&["access denied to virtual network/firewall rules"]],
        unless: &[],
    },
    Message {
        id: "M14",
        shown: "transientFailure",
        place: "AI Search, the status of a private indexer, on every run",
        meaning: "a private indexer that fails so every time does not get through its shared private link",
        causes: &[
            Cause {
                gate: Gate::Network,
                hops: &[
                    HopKind::IndexerToStorage,
                    HopKind::IndexerExtrasToStorage,
                    HopKind::SkillToOpenai,
                ],
                why: "the shared private link is not approved",
                proof: "sharedPrivateLinkResources[].properties.status of the search service",
            },
            Cause {
                gate: Gate::Configuration,
                hops: &[
                    HopKind::IndexerToStorage,
                    HopKind::IndexerExtrasToStorage,
                    HopKind::SkillToOpenai,
                ],
                why: "the indexer does not use the link: executionEnvironment is not private",
                proof: "parameters.configuration.executionEnvironment of the indexer",
            },
        ],
        is_wrapper: true,
        fragments: &[&["transientfailure"]],
        unless: &[],
    },
    Message {
        id: "M15",
        shown: "Error detecting index schema from data source: \"Forbidden\"",
        place: "portal, import wizard on table storage",
        meaning: "tables have no trusted-services path: the storage firewall refuses the wizard",
        causes: &[Cause {
            gate: Gate::Network,
            hops: INDEXING,
            why: "the data source is a table, and neither a shared private link nor an open network leads to it",
            proof: "type of the data source; properties.networkAcls of the account",
        }],
        is_wrapper: false,
        fragments: &[
            &["error detecting index schema from data source: 'forbidden"],
            &["error detecting index schema from data source: forbidden"],
        ],
        unless: &[],
    },
    Message {
        id: "M29",
        shown: "Semantic search is not enabled for this service",
        place: "AI Search, HTTP 400, code FeatureNotSupportedInService or SemanticQueriesNotAvailable",
        meaning: "the query asks for the semantic ranker, and the service has none",
        causes: &[Cause {
            gate: Gate::Configuration,
            hops: QUERYING,
            why: "semanticSearch is disabled, or the tier or region has none",
            proof: "properties.semanticSearch and sku.name of the search service",
        }],
        is_wrapper: false,
        fragments: &[
            &["semantic search is not enabled for this service"],
            &["semanticqueriesnotavailable"],
            &["featurenotsupportedinservice"],
        ],
        unless: &[],
    },
    Message {
        id: "M30",
        shown: "Unknown semantic configuration '…'",
        place: "AI Search, HTTP 400",
        meaning: "the query names a semantic configuration that the index does not have",
        causes: &[Cause {
            gate: Gate::Configuration,
            hops: QUERYING,
            why: "the name of the semantic configuration does not match",
            proof: "semantic.configurations[].name of the index",
        }],
        is_wrapper: false,
        fragments: &[&["unknown semantic configuration"]],
        unless: &[],
    },
    Message {
        id: "M31",
        shown: "The index '…' for service '…' was not found",
        place: "AI Search, HTTP 404",
        meaning: "there is no index of this name: it was never made, or its ingestion failed earlier",
        causes: &[Cause {
            gate: Gate::Configuration,
            hops: QUERYING,
            why: "the index is missing",
            proof: "the indexes of the search service",
        }],
        is_wrapper: false,
        fragments: &[&["the index '", "' for service '", "was not found"]],
        unless: &[],
    },
    Message {
        id: "M32",
        shown: "Operation returned an invalid status 'Forbidden'",
        place: "AI Search, HTTP 403 without detail",
        meaning: "AI Search refuses without a word: its firewall does so, and so does a missing role where aadAuthFailureMode is http403",
        causes: &[
            Cause {
                gate: Gate::Network,
                hops: TO_SEARCH,
                why: "the search firewall does not admit the caller",
                proof: "properties.networkRuleSet and properties.publicNetworkAccess of the search service",
            },
            Cause {
                gate: Gate::Authorization,
                hops: TO_SEARCH,
                why: "the caller lacks the role, and aadAuthFailureMode is http403",
                proof: "role assignments of the caller; properties.authOptions of the search service",
            },
            Cause {
                gate: Gate::Authentication,
                hops: TO_SEARCH,
                why: "the caller's kind of credential is off: a key where disableLocalAuth is true, a token where keys only are taken",
                proof: "properties.disableLocalAuth and properties.authOptions of the search service",
            },
        ],
        is_wrapper: false,
        fragments: &[&["operation returned an invalid status 'forbidden'"]],
        unless: &[],
    },
    Message {
        id: "M33",
        shown: "CheckAccess API call with non successful response. StatusCode: Forbidden",
        place: "AI Search",
        meaning: "the service could not evaluate the caller's roles; transient, or a matter of the tenant (not verified)",
        causes: &[Cause {
            gate: Gate::Authorization,
            hops: TO_SEARCH,
            why: "the search service could not ask Entra ID for the caller's roles",
            proof: "none in the configuration; try again, then look at the roles",
        }],
        is_wrapper: false,
        fragments: &[&["checkaccess api call with non successful response"]],
        unless: &[],
    },
    Message {
        id: "M51",
        shown: "Document is '…' bytes, which exceeds the maximum size",
        place: "AI Search, an indexer",
        meaning: "the file is larger than the tier reads: 16 MB on basic",
        causes: &[Cause {
            gate: Gate::Quota,
            hops: INDEXING,
            why: "the tier's limit for one file",
            proof: "sku.name of the search service",
        }],
        is_wrapper: false,
        fragments: &[
            &["document is '", "' bytes, which exceeds the maximum size"],
            &["document is", "bytes, which exceeds the maximum size"],
        ],
        unless: &[],
    },
    Message {
        id: "M53",
        shown: "Could not parse document / Invalid document key",
        place: "AI Search, an indexer",
        meaning: "one document does not fit: its format, or a key with letters that a key may not have",
        causes: &[Cause {
            gate: Gate::Configuration,
            hops: INDEXING,
            why: "the parsing mode, or a field mapping without base64Encode",
            proof: "fieldMappings and parameters.configuration of the indexer",
        }],
        is_wrapper: false,
        fragments: &[&["could not parse document"], &["invalid document key"]],
        unless: &[],
    },
];

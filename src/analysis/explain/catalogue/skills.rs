//! What AI Search writes of skills and vectorizers.

use crate::analysis::hop::HopKind;
use crate::analysis::verdict::Gate;

use super::{Cause, Message};

const EMBEDDING: &[HopKind] = &[HopKind::SkillToOpenai, HopKind::VectorizerToOpenai];

const AT_QUERY: &[HopKind] = &[HopKind::VectorizerToOpenai];

const SKILL: &[HopKind] = &[HopKind::SkillToOpenai];

pub(super) const MESSAGES: &[Message] = &[
    Message {
        id: "M16",
        shown: "Could not execute skill because the Web Api request failed",
        place: "AI Search, an indexer",
        meaning: "a wrapper: what the called service said stands in the details behind it",
        causes: &[
            Cause {
                gate: Gate::Network,
                hops: SKILL,
                why: "the model account's firewall refuses the search service",
                proof: "properties.networkAcls of the account",
            },
            Cause {
                gate: Gate::Authentication,
                hops: SKILL,
                why: "the skill brings a key and keys are off, or the key is wrong",
                proof: "apiKey of the skill; properties.disableLocalAuth of the account",
            },
            Cause {
                gate: Gate::Authorization,
                hops: SKILL,
                why: "the search service's identity lacks Cognitive Services OpenAI User",
                proof: "role assignments of the identity at the account",
            },
            Cause {
                gate: Gate::Configuration,
                hops: SKILL,
                why: "the deployment that the skill names is not there, or its address is wrong",
                proof: "deploymentId and resourceUri of the skill; deployments of the account",
            },
        ],
        is_wrapper: true,
        fragments: &[
            &["could not execute skill because the web api request failed"],
            &["web api response status:"],
        ],
        unless: &[],
    },
    Message {
        id: "M25",
        shown: "Could not complete vectorization action. Could not reach the vectorization endpoint",
        place: "AI Search, a vector query",
        meaning: "the index's vectorizer is refused by the model account; indexing may work all the same, its skill is set up on its own",
        causes: &[
            Cause {
                gate: Gate::Network,
                hops: AT_QUERY,
                why: "the model account's firewall refuses the search service",
                proof: "properties.networkAcls of the account",
            },
            Cause {
                gate: Gate::Authorization,
                hops: AT_QUERY,
                why: "the identity lacks Cognitive Services OpenAI User",
                proof: "role assignments of the identity at the account",
            },
            Cause {
                gate: Gate::Authentication,
                hops: AT_QUERY,
                why: "the vectorizer brings a key, and the account refuses it",
                proof: "vectorSearch.vectorizers[].azureOpenAIParameters of the index; properties.disableLocalAuth of the account",
            },
        ],
        is_wrapper: true,
        fragments: &[
            &["could not complete vectorization action"],
            &["could not reach the vectorization endpoint"],
        ],
        unless: &[],
    },
    Message {
        id: "M26",
        shown: "DeploymentNotFound / The API deployment for this resource does not exist",
        place: "Azure OpenAI, HTTP 404; in an indexer through its skill",
        meaning: "the deployment that the caller names is not there: often the model's name stands where the deployment's belongs",
        causes: &[Cause {
            gate: Gate::Configuration,
            hops: &[
                HopKind::SkillToOpenai,
                HopKind::VectorizerToOpenai,
                HopKind::UserToOpenai,
                HopKind::FoundryConnection,
            ],
            why: "no deployment of this name on the account",
            proof: "deployments of the account; deploymentId of the skill or vectorizer",
        }],
        is_wrapper: false,
        fragments: &[
            &["the api deployment for this resource does not exist"],
            &["deploymentnotfound"],
        ],
        unless: &[],
    },
    Message {
        id: "M27",
        shown: "No such host is known / Could not execute skill because Web Api skill response is invalid",
        place: "AI Search, an indexer",
        meaning: "the skill's address leads nowhere, or (reported) the deployment's rate limit is too low",
        causes: &[
            Cause {
                gate: Gate::Configuration,
                hops: EMBEDDING,
                why: "resourceUri names a host that does not exist",
                proof: "resourceUri of the skill or vectorizer",
            },
            Cause {
                gate: Gate::Quota,
                hops: EMBEDDING,
                why: "the deployment's capacity is too low for the indexer",
                proof: "sku.capacity of the deployment",
            },
        ],
        is_wrapper: false,
        fragments: &[
            &["no such host is known"],
            &["could not execute skill because web api skill response is invalid"],
        ],
        unless: &[],
    },
    Message {
        id: "M52",
        shown: "Indexing was stopped because the free skillset execution quota has been reached",
        place: "AI Search, an indexer",
        meaning: "built-in skills run a few times for free; then a billable AI services account has to be attached",
        causes: &[Cause {
            gate: Gate::Quota,
            hops: SKILL,
            why: "no billable account is attached to the skillset",
            proof: "cognitiveServices of the skillset",
        }],
        is_wrapper: false,
        fragments: &[
            &["free skillset execution quota has been reached"],
            &["indexing was stopped because the free skillset"],
        ],
        unless: &[],
    },
];

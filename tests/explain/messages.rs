//! Every message of the domain reference is recognised from its text alone.

use hopscope::analysis::explain::{FactKind, catalogue, recognise};
use hopscope::analysis::hop::HopKind;
use hopscope::analysis::verdict::Gate;

/// A text as somebody pastes it, the message that it is, the gates in it, a hop that it speaks of.
type Pasted = (&'static str, &'static str, &'static [Gate], HopKind);

const PASTED: &[Pasted] = &[
    (
        "{\"error\":{\"code\":\"BadRequest\",\"message\":\"Invalid AzureCognitiveSearch configuration detected: Call to get Azure Search index failed.\\nAzure Search Error: 403, message='Server responded with status 403. Error message: ''\"}}",
        "M01",
        &[Gate::Network, Gate::Authorization],
        HopKind::OpenaiToSearch,
    ),
    (
        "Call to get ACS index failed. Check you are using correct index, instance and api_key. Authorization failed.",
        "M02",
        &[Gate::Authentication, Gate::Authorization],
        HopKind::OpenaiToSearch,
    ),
    (
        "Outbound network access is restricted. The hostname 'srch-x.search.windows.net' for parameter 'endpoint' is not in the allowed FQDN list.",
        "M03",
        &[Gate::Outbound],
        HopKind::OpenaiToSearch,
    ),
    (
        "the DATA LOSS PREVENTION feature will be supported soon",
        "M04",
        &[Gate::Outbound],
        HopKind::OpenaiToSearch,
    ),
    (
        "Image URL domain 'images.contoso.com' is not allowed",
        "M05",
        &[Gate::Outbound],
        HopKind::OpenaiToUrl,
    ),
    (
        "This request is not authorized to perform this operation.",
        "M06",
        &[Gate::Network],
        HopKind::IndexerToStorage,
    ),
    (
        "Status: 403 (AuthorizationFailure)",
        "M06",
        &[Gate::Network],
        HopKind::UserToStorage,
    ),
    (
        "This request is not authorized to perform this operation using this permission. ErrorCode:AuthorizationPermissionMismatch",
        "M07",
        &[Gate::Authorization],
        HopKind::IndexerToStorage,
    ),
    (
        "Key based authentication is not permitted on this storage account.",
        "M08",
        &[Gate::Authentication],
        HopKind::IndexerToStorage,
    ),
    (
        "Unable to retrieve blob container for account 'stragdev' using your managed identity. Ensure the resource ID is correct and that your search service has access.",
        "M09",
        &[Gate::Identity, Gate::Authorization],
        HopKind::IndexerToStorage,
    ),
    (
        "Unable to retrieve account keys for account 'stragdev' using your managed identity. Ensure your service has the role (e.g., Reader and Data Access)",
        "M10",
        &[Gate::Authorization],
        HopKind::IndexerToStorage,
    ),
    (
        "Unable to retrieve server endpoint for account 'sql1' using your managed identity (e.g., Reader)",
        "M11",
        &[Gate::Authorization],
        HopKind::IndexerToStorage,
    ),
    (
        "Credentials provided in the connection string are invalid or have expired.",
        "M12",
        &[
            Gate::Authentication,
            Gate::Identity,
            Gate::Authorization,
            Gate::Network,
        ],
        HopKind::IndexerToStorage,
    ),
    (
        "Access denied to Virtual Network/Firewall rules",
        "M13",
        &[Gate::Network],
        HopKind::SkillToOpenai,
    ),
    (
        "\"status\": \"transientFailure\"",
        "M14",
        &[Gate::Network],
        HopKind::IndexerToStorage,
    ),
    (
        "Error detecting index schema from data source: \"Forbidden\"",
        "M15",
        &[Gate::Network],
        HopKind::IndexerToStorage,
    ),
    (
        "Could not execute skill because the Web Api request failed.",
        "M16",
        &[Gate::Network, Gate::Authorization],
        HopKind::SkillToOpenai,
    ),
    (
        "Public access is disabled. Please configure private endpoint.",
        "M17",
        &[Gate::Network],
        HopKind::UserToOpenai,
    ),
    (
        "Access denied due to Virtual Network/Firewall rules.",
        "M18",
        &[Gate::Network],
        HopKind::SkillToOpenai,
    ),
    (
        "A Virtual Network is configured for this resource. Please use the correct endpoint for making requests.",
        "M19",
        &[Gate::Configuration],
        HopKind::UserToOpenai,
    ),
    (
        "Traffic is not from an approved private endpoint.",
        "M20",
        &[Gate::Network],
        HopKind::UserToOpenai,
    ),
    (
        "401 PermissionDenied: Principal does not have access to API/Operation.",
        "M21",
        &[Gate::Authorization],
        HopKind::UserToOpenai,
    ),
    (
        "The principal `3f0c0000-0000-0000-0000-00000000001b` lacks the required data action `Microsoft.CognitiveServices/accounts/OpenAI/responses/write` to perform `POST /openai/responses`. PermissionDenied",
        "M22",
        &[Gate::Authorization],
        HopKind::UserToOpenai,
    ),
    (
        "Key based authentication is disabled for this resource.",
        "M23",
        &[Gate::Authentication],
        HopKind::VectorizerToOpenai,
    ),
    (
        "Access denied due to invalid subscription key or wrong API endpoint.",
        "M24",
        &[Gate::Authentication],
        HopKind::UserToOpenai,
    ),
    (
        "Could not complete vectorization action. Could not reach the vectorization endpoint.",
        "M25",
        &[Gate::Network, Gate::Authorization],
        HopKind::VectorizerToOpenai,
    ),
    (
        "The API deployment for this resource does not exist. If you created the deployment within the last 5 minutes, please wait",
        "M26",
        &[Gate::Configuration],
        HopKind::SkillToOpenai,
    ),
    (
        "{\"error\":{\"code\":\"DeploymentNotFound\"}}",
        "M26",
        &[Gate::Configuration],
        HopKind::VectorizerToOpenai,
    ),
    (
        "No such host is known. (aoai.openai.azure.com:443)",
        "M27",
        &[Gate::Configuration, Gate::Quota],
        HopKind::SkillToOpenai,
    ),
    (
        "Could not execute skill because Web Api skill response is invalid.",
        "M27",
        &[Gate::Configuration, Gate::Quota],
        HopKind::SkillToOpenai,
    ),
    (
        "Failed to get managed identity token. Response: {\"error\":{\"code\":\"ManagedIdentityIsNotEnabled\",\"message\":\"MI is not set for this account while the encryption key source is 'Microsoft.KeyVault', customer managed storage or Network Security Perimeter is used.\"}}",
        "M28",
        &[Gate::Identity],
        HopKind::OpenaiToSearch,
    ),
    (
        "Semantic search is not enabled for this service.",
        "M29",
        &[Gate::Configuration],
        HopKind::UserToSearchDocuments,
    ),
    (
        "Unknown semantic configuration 'default'.",
        "M30",
        &[Gate::Configuration],
        HopKind::OpenaiToSearch,
    ),
    (
        "The index 'docs' for service 'srch-x' was not found.",
        "M31",
        &[Gate::Configuration],
        HopKind::UserToSearchDocuments,
    ),
    (
        "Operation returned an invalid status 'Forbidden'",
        "M32",
        &[Gate::Network, Gate::Authorization],
        HopKind::UserToSearchDocuments,
    ),
    (
        "CheckAccess API call with non successful response. StatusCode: Forbidden",
        "M33",
        &[Gate::Authorization],
        HopKind::UserToSearchDocuments,
    ),
    (
        "(LinkedAuthorizationFailed) The client has permission to perform action 'a' on scope 'b', however the current tenant 'c' is not authorized to access linked subscription 'd'.",
        "M34",
        &[Gate::Authentication],
        HopKind::TenantToTenant,
    ),
    (
        "LinkedAuthorizationFailed: The client 'x' has permission to perform action 'a' on scope 'b'; however, it does not have permission to perform action(s) 'c' on the linked scope(s) 'd'",
        "M35",
        &[Gate::Authorization],
        HopKind::TenantToTenant,
    ),
    (
        "(AuthorizationFailed) The client 'x' with object id 'y' does not have authorization to perform action 'a' over scope '/subscriptions/s' or the scope is invalid.",
        "M36",
        &[Gate::Authorization],
        HopKind::UserToSearchManagement,
    ),
    (
        "Local Authorization is disabled. Use an AAD token to authorize all requests.",
        "M37",
        &[Gate::Authentication],
        HopKind::FoundryToManagedCosmos,
    ),
    (
        "Request originated from IP 203.0.113.9 through public internet. This is blocked by your Cosmos DB account firewall settings.",
        "M38",
        &[Gate::Network],
        HopKind::FoundryToManagedCosmos,
    ),
    (
        "Request originated from client VNET through private endpoint. This is blocked by your Cosmos DB account firewall settings.",
        "M39",
        &[Gate::Network],
        HopKind::FoundryToManagedCosmos,
    ),
    (
        "Request is blocked. Please check your authorization token and Cosmos DB account firewall settings.",
        "M40",
        &[Gate::Network, Gate::Authentication],
        HopKind::FoundryToManagedCosmos,
    ),
    (
        "Request blocked: the given request [PUT /dbs/x] cannot be authorized by AAD token in data plane.",
        "M41",
        &[Gate::Authorization],
        HopKind::FoundryToManagedCosmos,
    ),
    (
        "Caller is not authorized to perform action on resource.\r\nCaller: appid=1;oid=2;iss=3\r\nAction: 'Microsoft.KeyVault/vaults/keys/wrap/action'",
        "M42",
        &[Gate::Authorization],
        HopKind::IdentityToKey,
    ),
    (
        "Client address is not authorized and caller is not a trusted service.",
        "M43",
        &[Gate::Network],
        HopKind::IdentityToKey,
    ),
    (
        "Public network access is disabled and request is not from a trusted service nor via an approved private link.",
        "M44",
        &[Gate::Network],
        HopKind::IdentityToKey,
    ),
    (
        "Request was not allowed by NSP rules and the client address is not authorized and caller was ignored because bypass is set to None",
        "M45",
        &[Gate::Network],
        HopKind::IdentityToKey,
    ),
    (
        "RequestDisallowedByPolicy: Resource 'x' was disallowed by policy. Reasons: 'Local authentication methods are not allowed'.",
        "M46",
        &[Gate::Configuration],
        HopKind::FoundryToManagedCosmos,
    ),
    (
        "This SAS token is derived from an account key, but key-based authentication is not permitted",
        "M47",
        &[Gate::Authentication],
        HopKind::FoundryConnection,
    ),
    (
        "The workspace Cosmos DB is disabled, please enable it first.",
        "M48",
        &[Gate::Configuration],
        HopKind::FoundryToManagedCosmos,
    ),
    (
        "AADSTS7000229: The client application 11111111-1111-1111-1111-111111111111 is missing service principal in the tenant 22222222-2222-2222-2222-222222222222.",
        "M49",
        &[Gate::Identity],
        HopKind::TenantToTenant,
    ),
    (
        "401 Unauthorized: The auxiliary token of client 11111111-1111-1111-1111-111111111111 and tenant 22222222-2222-2222-2222-222222222222 has expired",
        "M50",
        &[Gate::Authentication],
        HopKind::TenantToTenant,
    ),
    (
        "Document is '18874368' bytes, which exceeds the maximum size '16777216' bytes for document extraction for your current service tier.",
        "M51",
        &[Gate::Quota],
        HopKind::IndexerToStorage,
    ),
    (
        "Indexing was stopped because the free skillset execution quota has been reached.",
        "M52",
        &[Gate::Quota],
        HopKind::SkillToOpenai,
    ),
    (
        "Could not parse document.",
        "M53",
        &[Gate::Configuration],
        HopKind::IndexerToStorage,
    ),
    (
        "Invalid document key: 'a b'.",
        "M53",
        &[Gate::Configuration],
        HopKind::IndexerToStorage,
    ),
];

#[test]
fn each_text_is_its_message_whatever_the_case() {
    for (text, id, gates, kind) in PASTED {
        for pasted in [(*text).to_owned(), text.to_uppercase(), text.to_lowercase()] {
            let found = recognise(&pasted);
            assert_eq!(
                found.messages.first().map(|message| message.id),
                Some(*id),
                "{pasted}"
            );
            let causes = found.causes();
            for gate in *gates {
                assert!(
                    causes.iter().any(|cause| cause.gate == *gate),
                    "{id} lacks {gate}: {pasted}"
                );
            }
            assert!(
                causes.iter().any(|cause| cause.hops.contains(kind)),
                "{id} does not speak of {kind}"
            );
        }
    }
}

#[test]
fn every_number_of_the_reference_has_a_text_here() {
    for number in 1..=53 {
        let id = format!("M{number:02}");
        assert!(catalogue::all().any(|message| message.id == id), "{id}");
        assert!(PASTED.iter().any(|(_, pasted, _, _)| *pasted == id), "{id}");
    }
}

#[test]
fn every_shown_fragment_is_recognised_as_itself() {
    for message in catalogue::all() {
        if message.id == "M50" {
            continue; // It has no fixed words.
        }
        let found = recognise(message.shown);
        assert_eq!(
            found.messages.first().map(|one| one.id),
            Some(message.id),
            "{}",
            message.shown
        );
    }
}

#[test]
fn the_code_alone_is_enough() {
    for (code, id) in [
        ("AuthorizationPermissionMismatch", "M07"),
        ("KeyBasedAuthenticationNotPermitted", "M08"),
        ("PermissionDenied", "M21"),
        ("AuthenticationTypeDisabled", "M23"),
        ("DeploymentNotFound", "M26"),
        ("ManagedIdentityIsNotEnabled", "M28"),
        ("SemanticQueriesNotAvailable", "M29"),
        ("FeatureNotSupportedInService", "M29"),
        ("AuthorizationFailed", "M36"),
        ("ForbiddenByRbac", "M42"),
        ("ForbiddenByFirewall", "M43"),
        ("ForbiddenByConnection", "M44"),
        ("AADSTS7000229", "M49"),
    ] {
        let found = recognise(&format!("Failed with code {code}"));
        assert_eq!(found.messages.first().map(|one| one.id), Some(id), "{code}");
    }
    let linked = recognise("LinkedAuthorizationFailed");
    let gates: Vec<_> = linked.causes().iter().map(|cause| cause.gate).collect();
    assert_eq!(gates, [Gate::Authentication, Gate::Authorization]);
}

#[test]
fn messages_that_differ_by_a_word_are_told_apart() {
    for (text, not) in [
        ("to perform this operation using this permission", "M06"),
        ("Access denied to Virtual Network/Firewall rules", "M18"),
        ("Access denied due to Virtual Network/Firewall rules", "M13"),
        (
            "Request was not allowed by NSP rules and the client address is not authorized and caller was ignored because bypass is set to None (ForbiddenByFirewall)",
            "M43",
        ),
        ("LinkedAuthorizationFailed on the linked scope", "M36"),
        (
            "Request originated from client VNET through private endpoint. This is blocked by your Cosmos DB account firewall settings",
            "M38",
        ),
    ] {
        let found = recognise(text);
        assert!(found.is_known(), "{text}");
        assert!(!found.messages.iter().any(|one| one.id == not), "{text}");
    }
}

#[test]
fn what_a_wrapper_holds_comes_first() {
    let found = recognise(
        "Could not execute skill because the Web Api request failed. Web Api response status: 'Forbidden', \
         Web Api response details: '{\"error\":{\"code\":\"403\",\"message\":\"Public access is disabled. Please configure private endpoint.\"}}'",
    );
    let ids: Vec<_> = found.messages.iter().map(|message| message.id).collect();
    assert_eq!(ids, ["M17", "M16"]);
    assert_eq!(found.bare, None, "the message says why");
    assert_eq!(found.causes().len(), 1, "the wrapper's guesses are gone");
    assert_eq!(found.fact(FactKind::Status), Some("Forbidden"));
}

#[test]
fn a_wrapper_around_a_bare_status_keeps_its_own_causes() {
    let found = recognise(
        "Could not execute skill because the Web Api request failed. Web Api response status: 'Forbidden'",
    );
    assert!(found.bare.is_some());
    assert!(
        found
            .causes()
            .iter()
            .any(|cause| cause.hops == [HopKind::SkillToOpenai])
    );
}

#[test]
fn a_bare_status_lists_every_gate_that_it_may_mean() {
    for text in [
        "403",
        "HTTP 403 Forbidden",
        "Forbidden",
        "Response status code does not indicate success: 403",
    ] {
        let found = recognise(text);
        assert!(found.is_known() && found.messages.is_empty(), "{text}");
        for gate in [
            Gate::Network,
            Gate::Authentication,
            Gate::Identity,
            Gate::Authorization,
            Gate::Configuration,
        ] {
            assert!(
                found.causes().iter().any(|cause| cause.gate == gate),
                "{text}: {gate}"
            );
        }
    }
    for text in ["401", "HTTP/1.1 401 Unauthorized", "unauthorized"] {
        let found = recognise(text);
        assert!(found.is_known() && found.messages.is_empty(), "{text}");
        for gate in [Gate::Authentication, Gate::Identity, Gate::Authorization] {
            assert!(
                found.causes().iter().any(|cause| cause.gate == gate),
                "{text}: {gate}"
            );
        }
    }
}

#[test]
fn what_is_none_of_them_is_unknown() {
    for text in [
        "",
        "   ",
        "The quick brown fox",
        "Error 500: internal server error",
        "tenant 403403 is fine",
        "Number of documents: 401",
        "connection refused",
        "authorization",
        "\u{0}\u{1b}[31m",
        "The index was found",
        "TooManyRequests 429",
    ] {
        let found = recognise(text);
        assert!(!found.is_known(), "{text:?}: {:?}", found.messages.first());
        assert!(found.causes().is_empty());
    }
}

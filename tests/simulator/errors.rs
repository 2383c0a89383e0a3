//! What is refused, and in which words.

use crate::ground::{Ground, SUBSCRIPTION};

#[tokio::test]
async fn what_is_not_there_is_said_in_azures_order_and_words() {
    let ground = Ground::new().await;
    let group = format!("{SUBSCRIPTION}/resourceGroups/rg-lab");
    for (path, status, code, message) in [
        (
            format!(
                "{group}/providers/Microsoft.Storage/storageAccounts/none/providers/Microsoft.Insights/diagnosticSettingsCategories"
            ),
            404,
            "ResourceNotFound",
            "The Resource 'Microsoft.Storage/storageAccounts/none' under resource group 'rg-lab' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix",
        ),
        (
            "/subscriptions/99999999-9999-4999-8999-999999999999/resources".to_owned(),
            404,
            "SubscriptionNotFound",
            "The subscription '99999999-9999-4999-8999-999999999999' could not be found.",
        ),
        (
            "/subscriptions/nonsense/resources".to_owned(),
            404,
            "InvalidSubscriptionId",
            "The provided subscription identifier 'nonsense' is malformed or invalid.",
        ),
        (
            format!(
                "{SUBSCRIPTION}/resourceGroups/Nope/providers/Microsoft.Storage/storageAccounts"
            ),
            404,
            "ResourceGroupNotFound",
            "Resource group 'Nope' could not be found.",
        ),
        (
            format!("{SUBSCRIPTION}/resourceGroups/Nope"),
            404,
            "ResourceGroupNotFound",
            "Resource group 'Nope' could not be found.",
        ),
        (
            format!("{group}/providers/Microsoft.KeyVault/vaults/kv-none"),
            404,
            "ResourceNotFound",
            "The Resource 'Microsoft.KeyVault/vaults/kv-none' under resource group 'rg-lab' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix",
        ),
        (
            format!("{group}/providers/Microsoft.Storage/nonsense"),
            404,
            "InvalidResourceType",
            "The resource type could not be found in the namespace 'Microsoft.Storage' for api version '2025-01-01'.",
        ),
        (
            format!("{group}/providers/Microsoft.Nonsense/things"),
            404,
            "InvalidResourceNamespace",
            "The resource namespace 'Microsoft.Nonsense' is invalid.",
        ),
        (
            format!(
                "{group}/providers/Microsoft.Storage/storageAccounts/none/blobServices/default/containers"
            ),
            404,
            "ParentResourceNotFound",
            "",
        ),
        (
            format!("{SUBSCRIPTION}/providers/Microsoft.Quantum/workspaces"),
            409,
            "MissingSubscriptionRegistration",
            "The subscription is not registered to use namespace 'Microsoft.Quantum'. See https://aka.ms/rps-not-found for how to register subscriptions.",
        ),
    ] {
        let answer = ground.get(&format!("{path}?api-version=2025-01-01")).await;
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (status, code),
            "{path}"
        );
        if !message.is_empty() {
            assert_eq!(answer.message(), message, "{path}");
        }
        assert_eq!(answer.header("x-ms-failure-cause"), "gateway");
    }
}

#[tokio::test]
async fn the_api_version_has_to_be_there_and_plausible() {
    let ground = Ground::new().await;
    let list = format!("{SUBSCRIPTION}/providers/Microsoft.Storage/storageAccounts");
    for (path, code) in [
        (list.clone(), "MissingApiVersionParameter"),
        (format!("{list}?api-version="), "MissingApiVersionParameter"),
        (
            format!("{list}?api-version=2099-01-01"),
            "NoRegisteredProviderFound",
        ),
        (
            format!("{list}?api-version=latest"),
            "NoRegisteredProviderFound",
        ),
        (
            "/subscriptions?api-version=2099-01-01".to_owned(),
            "InvalidApiVersionParameter",
        ),
    ] {
        let answer = ground.get(&path).await;
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (400, code),
            "{path}"
        );
    }
    let listed = ground
        .get(&format!("{list}?api-version=2099-01-01"))
        .await
        .message();
    assert!(
        listed.contains("'2025-01-01, 2023-05-01'") && listed.contains("type 'storageAccounts'"),
        "{listed}"
    );
    for newer in ["2026-06-01", "2027-01-01-preview"] {
        assert_eq!(
            ground
                .get(&format!("{list}?api-version={newer}"))
                .await
                .status,
            200
        );
    }
}

#[tokio::test]
async fn a_refusal_on_purpose_names_client_action_and_scope() {
    let ground = Ground::new().await;
    let answer = ground
        .get(&format!("{SUBSCRIPTION}/resourceGroups/RG-OTHER/providers/microsoft.authorization/roleAssignments?api-version=2022-04-01"))
        .await;
    assert_eq!(answer.status, 403);
    assert_eq!(
        answer.message(),
        format!(
            "The client 'ada@contoso.com' with object id 'ada00000-0000-4000-8000-000000000001' does not have authorization to perform action 'Microsoft.Authorization/roleAssignments/read' over scope '{SUBSCRIPTION}/resourceGroups/RG-OTHER' or the scope is invalid. If access was recently granted, please refresh your credentials."
        )
    );
}

#[tokio::test]
async fn writes_and_secrets_are_refused_and_counted() {
    let ground = Ground::new().await;
    let account = format!(
        "{SUBSCRIPTION}/resourceGroups/rg-lab/providers/Microsoft.Storage/storageAccounts/stlab0"
    );
    for method in ["PUT", "PATCH", "DELETE"] {
        let answer = ground
            .send(method, &format!("{account}?api-version=2025-01-01"), "{}")
            .await;
        assert_eq!(answer.status, 405, "{method}");
    }
    assert_eq!(
        ground
            .send(
                "POST",
                &format!("{account}/failover?api-version=2025-01-01"),
                ""
            )
            .await
            .status,
        403
    );
    let keys = ground
        .send(
            "POST",
            &format!("{account}/listKeys?api-version=2025-01-01"),
            "",
        )
        .await;
    assert_eq!(
        (keys.status, keys.code().as_str()),
        (403, "AuthorizationFailed")
    );
    assert!(keys.message().contains(
        "'Microsoft.Storage/storageAccounts/listKeys/action' over scope '/subscriptions/"
    ));
    let counters = ground.server.counters();
    assert_eq!((counters.writes, counters.secrets), (4, 1));
    let told = ground
        .client
        .get(format!("{}/simulator/requests", ground.server.base()))
        .send()
        .await
        .unwrap();
    let told: serde_json::Value = serde_json::from_str(&told.text().await.unwrap()).unwrap();
    assert_eq!(
        (told["writes"].as_u64(), told["secrets"].as_u64()),
        (Some(4), Some(1))
    );
    assert_eq!(
        ground
            .get(&format!("{account}?api-version=2025-01-01"))
            .await
            .status,
        200,
        "nothing was deleted"
    );
}

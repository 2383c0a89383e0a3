//! Role and deny assignments, definitions, locks and policies: what is listed where.

use serde_json::Value;

use crate::ground::{ADA, BOB, Ground, SERVICE, SUBSCRIPTION};

const ASSIGNMENTS: &str =
    "providers/Microsoft.Authorization/roleAssignments?api-version=2022-04-01";

/// The last digit of each assignment's id, in order.
fn digits(items: &[Value]) -> String {
    items
        .iter()
        .filter_map(|item| item["name"].as_str()?.chars().last())
        .collect()
}

#[tokio::test]
async fn assignments_are_inherited_from_above_and_listed_from_below() {
    let ground = Ground::new().await;
    let group = format!("{SUBSCRIPTION}/resourceGroups/rg-lab");
    let account = format!("{group}/providers/Microsoft.Storage/storageAccounts/stlab0");
    for (scope, filter, expected) in [
        (SUBSCRIPTION, "", "12345"),
        (SUBSCRIPTION, "atScope()", "12"),
        (group.as_str(), "", "1234"),
        (group.as_str(), "atScope()", "123"),
        (account.as_str(), "atScope()", "1234"),
        (account.as_str(), "", "1234"),
        (
            "/providers/Microsoft.Management/managementGroups/mg-lab",
            "",
            "12345",
        ),
        (
            "/providers/Microsoft.Management/managementGroups/mg-elsewhere",
            "atScope()",
            "9",
        ),
    ] {
        let filter = if filter.is_empty() {
            String::new()
        } else {
            format!("&$filter={filter}")
        };
        let (items, _) = ground.all(&format!("{scope}/{ASSIGNMENTS}{filter}")).await;
        assert_eq!(digits(&items), expected, "{scope} {filter}");
    }
}

#[tokio::test]
async fn filters_by_principal_follow_groups_only_where_azure_does() {
    let ground = Ground::new().await;
    let outer = "90000000-0000-4000-8000-000000000002";
    for (filter, expected) in [
        (format!("principalId eq '{ADA}'"), "35"),
        (format!("assignedTo('{ADA}')"), "135"),
        (format!("atScope() and assignedTo('{ADA}')"), "1"),
        (format!("assignedTo('{BOB}')"), "2"),
        (format!("principalId eq '{outer}'"), "1"),
        (format!("assignedTo('{outer}')"), ""),
        (format!("principalId eq '{SERVICE}'"), "4"),
        (String::from("asTarget()"), "135"),
    ] {
        let (items, _) = ground
            .all(&format!(
                "{SUBSCRIPTION}/{ASSIGNMENTS}&$filter={}",
                filter.replace(' ', "%20")
            ))
            .await;
        assert_eq!(digits(&items), expected, "{filter}");
    }
    for wrong in [
        "colour%20eq%20'red'".to_owned(),
        format!("principalId%20eq%20{ADA}"),
    ] {
        let refused = ground
            .get(&format!("{SUBSCRIPTION}/{ASSIGNMENTS}&$filter={wrong}"))
            .await;
        assert_eq!(
            (refused.status, refused.code().as_str()),
            (400, "UnsupportedQuery"),
            "{wrong}"
        );
    }
}

#[tokio::test]
async fn deny_assignments_reach_everyone_but_those_they_exclude() {
    let ground = Ground::new().await;
    let scope = format!(
        "{SUBSCRIPTION}/resourceGroups/rg-lab/providers/Microsoft.Storage/storageAccounts/stlab0"
    );
    let path =
        format!("{scope}/providers/Microsoft.Authorization/denyAssignments?api-version=2022-04-01");
    assert_eq!(
        ground.all(&path).await.0.len(),
        1,
        "one of the two spares what is below its scope"
    );
    let at_group = path.replace("/providers/Microsoft.Storage/storageAccounts/stlab0", "");
    assert_eq!(ground.all(&at_group).await.0.len(), 2);
    for (principal, expected) in [(ADA, 1), (SERVICE, 0)] {
        let (items, _) = ground
            .all(&format!("{path}&$filter=assignedTo('{principal}')"))
            .await;
        assert_eq!(items.len(), expected, "{principal}");
    }
}

#[tokio::test]
async fn built_in_roles_carry_the_subscription_they_are_asked_in() {
    let ground = Ground::new().await;
    let reader = "acdd72a7-3385-48ef-bd42-f606fba81ae7";
    for (scope, prefix) in [
        (SUBSCRIPTION.to_owned(), SUBSCRIPTION),
        (
            format!("{SUBSCRIPTION}/resourceGroups/rg-lab"),
            SUBSCRIPTION,
        ),
        (String::new(), ""),
        (
            String::from("/providers/Microsoft.Management/managementGroups/mg-lab"),
            "",
        ),
    ] {
        let path = format!("{scope}/providers/Microsoft.Authorization/roleDefinitions");
        let (items, _) = ground
            .all(&format!(
                "{path}?api-version=2022-04-01&$filter=roleName%20eq%20'Reader'"
            ))
            .await;
        let expected =
            format!("{prefix}/providers/Microsoft.Authorization/roleDefinitions/{reader}");
        assert_eq!(items.len(), 1);
        assert_eq!(items[0]["id"], expected);
        let one = ground
            .get(&format!("{path}/{reader}?api-version=2022-04-01"))
            .await
            .json();
        assert_eq!(one["id"], expected);
        assert!(
            one["properties"]["permissions"][0]
                .get("condition")
                .is_none()
        );
    }
    let missing = ground
        .get(&format!("{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/none?api-version=2022-04-01"))
        .await;
    assert_eq!(
        (missing.status, missing.code().as_str()),
        (404, "RoleDefinitionDoesNotExist")
    );
}

#[tokio::test]
async fn own_permissions_are_those_of_the_roles_held_there() {
    let ground = Ground::new().await;
    let path = |group: &str| {
        format!(
            "{SUBSCRIPTION}/resourceGroups/{group}/providers/Microsoft.Authorization/permissions?api-version=2022-04-01"
        )
    };
    let (other, _) = ground.all(&path("rg-other")).await;
    let actions: Vec<&str> = other
        .iter()
        .filter_map(|entry| entry["actions"][0].as_str())
        .collect();
    assert_eq!(
        actions,
        ["*/read", "*"],
        "through the outer group, and as an owner"
    );
}

#[tokio::test]
async fn locks_and_policies_are_listed_where_they_apply() {
    let ground = Ground::new().await;
    let group = format!("{SUBSCRIPTION}/resourceGroups/rg-lab");
    for (path, expected) in [
        (
            format!(
                "{group}/providers/Microsoft.Storage/storageAccounts/stlab0/providers/Microsoft.Authorization/locks?api-version=2020-05-01"
            ),
            0,
        ),
        (
            format!(
                "{group}/providers/Microsoft.Storage/storageAccounts/stlab0/providers/Microsoft.Authorization/locks?api-version=2020-05-01&$filter=atScope()"
            ),
            1,
        ),
        (
            format!(
                "{SUBSCRIPTION}/providers/Microsoft.Authorization/locks?api-version=2020-05-01"
            ),
            1,
        ),
        (
            format!(
                "{SUBSCRIPTION}/resourceGroups/rg-other/providers/Microsoft.Authorization/locks?api-version=2020-05-01"
            ),
            0,
        ),
        (
            format!(
                "{group}/providers/Microsoft.Authorization/policyAssignments?api-version=2023-04-01"
            ),
            1,
        ),
        (
            format!(
                "{SUBSCRIPTION}/providers/Microsoft.Authorization/policyDefinitions?api-version=2023-04-01&$filter=policyType%20eq%20'BuiltIn'"
            ),
            1,
        ),
        (
            format!(
                "{group}/providers/Microsoft.Authorization/policyExemptions?api-version=2022-07-01-preview"
            ),
            0,
        ),
        (
            format!(
                "{group}/providers/Microsoft.Authorization/roleEligibilityScheduleInstances?api-version=2020-10-01&$filter=asTarget()"
            ),
            0,
        ),
    ] {
        assert_eq!(ground.all(&path).await.0.len(), expected, "{path}");
    }
    let id = "e0000000-0000-4000-8000-000000000001";
    for prefix in ["", SUBSCRIPTION] {
        let one = ground
            .get(&format!("{prefix}/providers/Microsoft.Authorization/policyDefinitions/{id}?api-version=2023-04-01"))
            .await;
        assert_eq!(one.json()["name"], id);
        assert_eq!(
            one.json()["properties"]["policyRule"]["if"]["equals"],
            "{{field}}",
            "a policy's own braces are left alone"
        );
    }
}

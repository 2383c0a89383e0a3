//! Role assignments of people, groups and apps that the scenario knows nothing of.

use hopscope::model::id::ArmId;
use hopscope::model::id::SubscriptionId;
use hopscope::model::key::Key;
use serde_json::{Value, json};

use super::Readings;
use super::documents::{Scenario, text};

/// How many of them hold roles.
const HOLDERS: usize = 2_500;

/// Adds assignments until there are `wanted`, and their holders to the directory.
pub(crate) fn fill(readings: &mut Readings, scenario: &Scenario, wanted: usize) {
    let scope = ArmId::of_subscription(&SubscriptionId::new(&scenario.subscription));
    let scopes: Vec<String> = readings
        .items
        .iter()
        .filter(|(key, _)| matches!(key, Key::List { .. } | Key::Groups(_)))
        .flat_map(|(_, items)| items.iter().map(|one| text(one, "id").to_owned()))
        .collect();
    let roles: Vec<&str> = scenario.roles.iter().map(|one| text(one, "id")).collect();
    readings
        .of(Key::RoleDefinitions(scope.clone()))
        .extend(scenario.roles.iter().cloned());
    let assignments = readings.of(Key::RoleAssignments(scope.clone()));
    let first = assignments.len();
    for number in first..wanted {
        let at = match number % 50 {
            0 => scope.as_str(),
            // Far apart, so that neighbours of one list belong to different people.
            _ => &scopes[number * 7919 % scopes.len()],
        };
        assignments.push(json!({
            "id": format!("{at}/providers/Microsoft.Authorization/roleAssignments/{}", id("a55e", number)),
            "name": id("a55e", number),
            "type": "Microsoft.Authorization/roleAssignments",
            "properties": {
                "scope": at,
                "principalId": id("9e09", number % HOLDERS),
                "principalType": kind(number % HOLDERS),
                "roleDefinitionId": roles[number * 31 % roles.len()],
                "condition": null,
                "createdOn": "2025-06-12T10:00:00Z",
                "updatedOn": "2025-06-12T10:00:00Z",
            },
        }));
    }
    // Some have left, and their assignments stayed.
    readings.of(Key::Principals(None)).extend(
        (0..HOLDERS)
            .filter(|number| number % 50 != 49)
            .map(directory_object),
    );
}

fn kind(holder: usize) -> &'static str {
    match holder % 5 {
        0 => "Group",
        1 => "ServicePrincipal",
        _ => "User",
    }
}

fn directory_object(holder: usize) -> Value {
    let kind = match kind(holder) {
        "Group" => "#microsoft.graph.group",
        "ServicePrincipal" => "#microsoft.graph.servicePrincipal",
        _ => "#microsoft.graph.user",
    };
    json!({
        "@odata.type": kind,
        "id": id("9e09", holder),
        "displayName": format!("Holder {holder}"),
    })
}

fn id(kind: &str, number: usize) -> String {
    format!("00000000-{kind}-4000-8000-{number:012x}")
}

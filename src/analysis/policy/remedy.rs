//! What keeps a policy from a resource: an exemption, or `notScopes` where an exemption would be
//! refused (domain-rules E.3).

use crate::analysis::access::action::{Action, Match, any_permits};
use crate::analysis::ground::Ground;
use crate::analysis::hop::Remedy;
use crate::analysis::remedy::az::az;
use crate::analysis::remedy::noted;
use crate::analysis::remedy::portal::portal;
use crate::analysis::remedy::shell::Line;
use crate::analysis::remedy::terraform::{azurerm, text};
use crate::model::access::DenyAssignment;
use crate::model::id::ArmId;
use crate::model::resource::Resource;

use super::force::Force;
use super::words;

/// What an exemption needs to be written.
const WRITE_EXEMPTION: &str = "Microsoft.Authorization/policyExemptions/write";

/// The ways to keep a policy from a resource; in a hub's managed group from the whole group, as Azure
/// may make the resources in it anew.
pub fn spare(ground: &Ground<'_>, force: &Force<'_>, resource: &Resource) -> Vec<Remedy> {
    let scope = match resource.id.group_id() {
        Some(group) if ground.is_managed(&resource.id) => group,
        _ => resource.id.clone(),
    };
    let mut exempting = vec![
        exemption(force, &scope),
        in_terraform(force, &scope),
        portal(
            "Policy",
            [
                "Assignments",
                force.assignment.title(),
                "Create exemption",
                scope.name(),
            ],
        ),
    ];
    let excluding = not_scopes(force, &scope);
    let Some(denial) = denied(ground, &scope) else {
        let note = "For where a deny assignment refuses an exemption. The option replaces the whole list: those that stand there are in it.";
        exempting.splice(1..1, noted(vec![excluding], note));
        return exempting;
    };
    let note = format!(
        "Deny assignment {} on {} refuses exemptions there, so the assignment itself has to leave it out.",
        denial.name,
        denial.scope.name()
    );
    let mut all = noted(vec![excluding], &note);
    all.extend(noted(
        exempting,
        "Refused while that deny assignment stands.",
    ));
    all
}

fn exemption(force: &Force<'_>, scope: &ArmId) -> Remedy {
    let mut line = Line::of("az policy exemption create")
        .with("--name", &format!("keep-{}", short(scope.name())))
        .with("--policy-assignment", force.assignment.id.as_str())
        .with("--exemption-category", "Waiver")
        .with("--scope", scope.as_str());
    if let Some(reference) = force.reference() {
        line = line.with("--policy-definition-reference-ids", reference);
    }
    az(line.with(
        "--display-name",
        "hopscope: a hop depends on what this policy changes",
    ))
}

fn in_terraform(force: &Force<'_>, scope: &ArmId) -> Remedy {
    let (kind, target) = if scope.resource_type().is_some() {
        ("azurerm_resource_policy_exemption", "resource_id")
    } else {
        (
            "azurerm_resource_group_policy_exemption",
            "resource_group_id",
        )
    };
    let name = format!("keep-{}", short(scope.name()));
    let mut lines = vec![
        format!("name                 = {}", text(&name)),
        format!("{target:<20} = {}", text(scope.as_str())),
        format!(
            "policy_assignment_id = {}",
            text(force.assignment.id.as_str())
        ),
        "exemption_category   = \"Waiver\"".to_owned(),
    ];
    if let Some(reference) = force.reference() {
        lines.push(format!(
            "policy_definition_reference_ids = [{}]",
            text(reference)
        ));
    }
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    azurerm(kind, &name, &lines)
}

/// `--not-scopes` replaces the list, so what stands in it is written again.
fn not_scopes(force: &Force<'_>, scope: &ArmId) -> Remedy {
    let assignment = force.assignment;
    let mut line = Line::of("az policy assignment update")
        .with("--name", &assignment.name)
        .with("--scope", assignment.scope.as_str())
        .with("--not-scopes", scope.as_str());
    for own in assignment.not_scopes.items() {
        line = line.value(own.as_str());
    }
    az(line)
}

/// The deny assignment that would refuse an exemption at a scope.
fn denied<'a>(ground: &Ground<'a>, scope: &ArmId) -> Option<&'a DenyAssignment> {
    let action = Action::control(WRITE_EXEMPTION);
    ground.inventory.denials().find(|denial| {
        (scope.is_within(&denial.scope) && (denial.scope == *scope || !below_only(denial)))
            && any_permits(&denial.permissions, &action) != Match::No
    })
}

fn below_only(denial: &DenyAssignment) -> bool {
    denial.not_below.value() == Some(&true)
}

/// An exemption's name may be 64 letters long.
fn short(name: &str) -> String {
    name.chars().take(59).collect()
}

/// What to know before putting a value back that a policy sets.
pub fn put_back_note(force: &Force<'_>) -> String {
    format!(
        "Exempt it from policy {} first, or it is set again.",
        words::named(force.assignment)
    )
}

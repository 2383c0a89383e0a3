//! The authorization gate: does the principal hold what the call needs, from actions and data
//! actions, never from role names (domain-rules C)?

use time::{Duration, OffsetDateTime};

use crate::analysis::access::action::any_permits;
use crate::analysis::access::{self, Eligible, Held, KeyPath, Right, Standing, listed};
pub use crate::analysis::access::{Need, Role};
use crate::analysis::evidence::Evidence;
use crate::analysis::ground::{Ground, is_fresh};
use crate::analysis::hop::{GateVerdict, Remedy};
use crate::analysis::remedy::az::{Assignee, assign, az};
use crate::analysis::remedy::portal::portal;
use crate::analysis::remedy::shell::Line;
use crate::analysis::remedy::terraform;
use crate::analysis::verdict::{Gate, Reasoned, Verdict};
use crate::model::access::{RoleAssignment, RoleSchedule};
use crate::model::id::{ArmId, PrincipalId};
use crate::model::lookup::Ordered;
use crate::model::resource::{Details, Resource};

use super::all;

/// How short a role may still be held before it counts as ending.
const ENDING: Duration = Duration::hours(1);

/// Built-in roles that remedies name (domain-rules C.1).
pub mod roles {
    use super::Role;

    macro_rules! roles {
        ($($(#[$doc:meta])* $name:ident = $words:literal, $id:literal;)+) => {
            $($(#[$doc])* pub const $name: Role = Role { id: $id, name: $words };)+
        };
    }

    roles! {
        /// Reads blobs.
        BLOB_READER = "Storage Blob Data Reader", "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1";
        /// Reads and writes blobs.
        BLOB_CONTRIBUTOR = "Storage Blob Data Contributor", "ba92f5b4-2d11-453d-a403-e96b0029c9fe";
        /// Reads and writes tables.
        TABLE_CONTRIBUTOR = "Storage Table Data Contributor", "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3";
        /// Lists storage keys.
        READER_AND_DATA = "Reader and Data Access", "c12c1c16-33a1-487b-954d-41c89c60f349";
        /// Manages a search service and its objects.
        SEARCH_CONTRIBUTOR = "Search Service Contributor", "7ca78c08-252a-4471-8644-bb5ff32d4ba0";
        /// Queries documents.
        INDEX_READER = "Search Index Data Reader", "1407120a-92aa-4202-b7e9-c0e197c71c8f";
        /// Loads documents.
        INDEX_CONTRIBUTOR = "Search Index Data Contributor", "8ebe5a00-799e-43f5-93ac-243d3dce84a7";
        /// Calls models.
        OPENAI_USER = "Cognitive Services OpenAI User", "5e0bd9bd-7b93-4f28-af87-19fc36ad61bd";
        /// Calls everything of an AI services account.
        COGNITIVE_USER = "Cognitive Services User", "a97b65f3-24c7-4388-baec-2e87135dc908";
        /// Wraps and unwraps with a key.
        CRYPTO_SERVICE = "Key Vault Crypto Service Encryption User", "e147488a-f6f5-4113-8e2d-b22465e65bf6";
        /// Reads everything but secrets.
        READER = "Reader", "acdd72a7-3385-48ef-bd42-f606fba81ae7";
        /// Queries logs.
        LOG_READER = "Log Analytics Reader", "73c42c96-874c-492b-b04d-ab87d138a893";
    }
}

/// Whose rights are judged, and for what.
#[derive(Clone, Copy, Debug)]
pub struct Claim<'c> {
    /// The principal; none when it is not known.
    pub principal: Option<&'c PrincipalId>,
    /// What it is.
    pub kind: Assignee,
    /// All that is needed.
    pub needs: &'c [Need],
    /// The way by key, for a person or an app. A service presents what its definition says.
    pub keys: Option<&'c KeyPath>,
}

/// Whether all that is needed is held.
pub fn authorization(ground: &Ground<'_>, claim: &Claim<'_>) -> GateVerdict {
    let Some(principal) = claim.principal else {
        let why = "whose rights count is not known, as the identity could not be read";
        let mut gate = super::judged(Gate::Authorization, Verdict::Unknown, why, []);
        let nobody = |need| Right::of_nobody(need, why);
        gate.rights.extend(claim.needs.iter().map(nobody));
        return gate;
    };
    let mut checks: Vec<GateVerdict> = claim
        .needs
        .iter()
        .map(|need| one(ground, claim, principal, need))
        .collect();
    unite(claim.needs, &mut checks);
    all(Gate::Authorization, checks).unwrap_or_else(|| {
        super::judged(
            Gate::Authorization,
            Verdict::Open,
            "nothing has to be held",
            [],
        )
    })
}

fn one(
    ground: &Ground<'_>,
    claim: &Claim<'_>,
    principal: &PrincipalId,
    need: &Need,
) -> GateVerdict {
    let held = match claim.keys {
        Some(keys) => access::held_or_by_key(
            &ground.access,
            &ground.memberships,
            principal,
            &need.action,
            &need.scope,
            keys,
        ),
        None => access::held(
            &ground.access,
            &ground.memberships,
            principal,
            &need.action,
            &need.scope,
        ),
    };
    let mut gate = GateVerdict::new(Gate::Authorization, held.judged.clone());
    gate.changed_at = granted_at(ground, principal, &need.scope, &held);
    let right = Right::found(principal, need, &held);
    let (mut gate, found) = judged(ground, claim, principal, need, &held, gate);
    gate.rights.push(Right {
        reason: gate.judged.reason.clone(),
        ..found.upon(right)
    });
    gate
}

/// What only the gate finds of a right, beside how it is held.
#[derive(Default)]
struct Found {
    eligible: Option<Eligible>,
    until: Option<OffsetDateTime>,
    stale: Option<PrincipalId>,
}

impl Found {
    fn upon(self, right: Right) -> Right {
        Right {
            eligible: self.eligible,
            until: self.until,
            stale: self.stale,
            ..right
        }
    }
}

fn judged(
    ground: &Ground<'_>,
    claim: &Claim<'_>,
    principal: &PrincipalId,
    need: &Need,
    held: &Held,
    gate: GateVerdict,
) -> (GateVerdict, Found) {
    let only = |gate| (gate, Found::default());
    match held.standing {
        Standing::Open => until(ground, principal, claim.kind, need, held, gate),
        Standing::Conditional => only(gate.mended_by([portal(
            need.scope.name(),
            [
                "Access control (IAM)",
                "Role assignments",
                "Condition: check that it lets this call through",
            ],
        )])),
        Standing::Denied => only(gate.mended_by(undeny(held))),
        Standing::None | Standing::KeyOnly => missing(ground, principal, claim.kind, need, gate),
        Standing::Unknown => {
            // Where the role may be there and was not seen, giving it again does no harm.
            let remedies = grant(principal, claim.kind, need);
            only(gate.mended_by(crate::analysis::remedy::noted(
                remedies,
                "Only if it is not held yet: what was read does not tell.",
            )))
        }
    }
}

/// Gives checks that say the same of several actions one sentence with all of them. [`all`] then
/// says it once.
fn unite(needs: &[Need], checks: &mut [GateVerdict]) {
    if checks.len() < 2 {
        return;
    }
    // What stands before and behind the action in a reason, with the checks that have both.
    let mut sentences: Ordered<(Verdict, String, String), Vec<usize>> = Ordered::default();
    for (at, (need, check)) in needs.iter().zip(checks.iter()).enumerate() {
        if let Some((before, behind)) = check.judged.reason.split_once(need.action.name()) {
            sentences
                .entry((check.judged.verdict, before.to_owned(), behind.to_owned()))
                .or_default()
                .push(at);
        }
    }
    for ((_, before, behind), members) in sentences {
        let mut names: Vec<&str> = Vec::new();
        for at in &members {
            let name = needs[*at].action.name();
            if !names.contains(&name) {
                names.push(name);
            }
        }
        let joint = if before.contains("no role") {
            "or"
        } else {
            "and"
        };
        let reason = format!("{before}{}{behind}", listed(&names, joint));
        for at in members {
            checks[at].judged.reason.clone_from(&reason);
        }
    }
}

/// When the newest assignment was made, if Azure may not act on it yet.
fn granted_at(
    ground: &Ground<'_>,
    principal: &PrincipalId,
    scope: &ArmId,
    held: &Held,
) -> Option<OffsetDateTime> {
    let assignments: Vec<&RoleAssignment> = held
        .via
        .iter()
        .filter_map(|via| {
            let holder = via.group.as_ref().unwrap_or(principal);
            ground
                .access
                .of_principal_at(holder, scope)
                .map(|read| read.item)
                .find(|one| one.id == via.assignment)
        })
        .collect();
    let fresh = |one: &&RoleAssignment| {
        let changed = *one.updated_on.value().or(one.created_on.value())?;
        is_fresh(changed, one.source.observed_at).then_some(changed)
    };
    // One that has stood for longer carries the call already.
    let all: Option<Vec<_>> = assignments.iter().map(fresh).collect();
    all?.into_iter().max()
}

/// A role that PIM keeps ends: its end stands in the reason.
fn until(
    ground: &Ground<'_>,
    principal: &PrincipalId,
    kind: Assignee,
    need: &Need,
    held: &Held,
    mut gate: GateVerdict,
) -> (GateVerdict, Found) {
    let mut found = Found::default();
    let holders = ground.holders(principal);
    let ends: Vec<Option<(OffsetDateTime, &RoleSchedule)>> = held
        .via
        .iter()
        .filter(|via| via.condition.is_none())
        .map(|via| {
            ground
                .active(&holders)
                .filter(|one| {
                    one.origin.as_ref() == Some(&via.assignment)
                        || (one.role() == via.role && one.scope == via.scope)
                })
                .filter_map(|one| one.end.value().map(|end| (*end, one)))
                .max_by_key(|(end, _)| *end)
        })
        .collect();
    if let Some((end, schedule)) = ends
        .iter()
        .copied()
        .collect::<Option<Vec<_>>>()
        .and_then(|all| all.into_iter().max_by_key(|(end, _)| *end))
    {
        found.until = Some(end);
        let is_ending = end - ground.now <= ENDING;
        gate.judged.reason = format!(
            "{}; it is active until {}{}",
            gate.judged.reason,
            stamp(end),
            if is_ending { ", within the hour" } else { "" }
        );
        gate.judged = gate.judged.proved_by([Evidence::in_body(
            schedule.id.clone(),
            &schedule.raw,
            &schedule.source,
            "properties.endDateTime",
        )]);
        if is_ending {
            gate.judged.verdict = Verdict::AtRisk;
            return (gate.mended_by(activate()), found);
        }
        return (gate, found);
    }
    if kind == Assignee::User
        && let Some(why) = ground.active_missing(&need.scope)
    {
        gate.judged.verdict = Verdict::Unknown;
        gate.judged.reason = format!(
            "{}; whether it ends soon is not known: {why}",
            gate.judged.reason
        );
    }
    (gate, found)
}

fn stamp(at: OffsetDateTime) -> String {
    at.format(&time::format_description::well_known::Rfc3339)
        .unwrap_or_else(|_| at.to_string())
}

/// With a hierarchical namespace an ACL may stand in for a role, and ACLs are not read.
pub fn beside_acls(account: &Resource, mut gate: GateVerdict) -> GateVerdict {
    let Details::Storage(storage) = &account.details else {
        return gate;
    };
    let may_have = match storage.is_hns_enabled.or_default(false) {
        Some(false) => return gate,
        Some(true) => "has a hierarchical namespace",
        None => "may have a hierarchical namespace",
    };
    if gate.judged.verdict != Verdict::Shut || gate.judged.reason.contains("deny assignment") {
        return gate;
    }
    gate.judged.verdict = Verdict::Unknown;
    gate.judged.reason = format!(
        "{}; but {} {may_have}, where an ACL may give it in place of a role, and access lists are not read",
        gate.judged.reason, account.name
    );
    gate.judged = gate
        .judged
        .proved_by([Evidence::of(account, "properties.isHnsEnabled")]);
    gate
}

/// Nothing gives it: an eligible role, a stale assignment, and what to give.
fn missing(
    ground: &Ground<'_>,
    principal: &PrincipalId,
    kind: Assignee,
    need: &Need,
    mut gate: GateVerdict,
) -> (GateVerdict, Found) {
    let mut found = Found::default();
    let holders = ground.holders(principal);
    let eligible = ground.eligible(&holders).find(|one| {
        need.scope.is_within(&one.scope)
            && ground.access.role(&one.role()).is_some_and(|(role, _)| {
                any_permits(&role.permissions, &need.action)
                    != crate::analysis::access::action::Match::No
            })
    });
    if let Some(schedule) = eligible {
        let role_name = ground
            .access
            .role(&schedule.role())
            .map(|(role, _)| role.name.clone());
        let name = role_name
            .clone()
            .unwrap_or_else(|| schedule.role().0.to_string());
        found.eligible = Some(Eligible {
            schedule: schedule.id.clone(),
            role: schedule.role(),
            role_name,
            scope: schedule.scope.clone(),
            holder: schedule.principal_id.clone(),
        });
        gate.judged.reason = format!(
            "{}; {name} is eligible only: activate it",
            gate.judged.reason
        );
        gate.judged = gate.judged.proved_by([Evidence::in_body(
            schedule.id.clone(),
            &schedule.raw,
            &schedule.source,
            "properties.roleDefinitionId",
        )]);
        gate = gate.mended_by(activate());
    }
    let stale = stale(ground, need);
    if let Some(first) = stale.first() {
        found.stale = Some(first.principal_id.clone());
        gate.judged.reason = format!(
            "{}; a stale assignment gives it to {}, which the directory no longer knows: the identity was made anew",
            gate.judged.reason, first.principal_id
        );
        gate.judged = gate.judged.proved_by([Evidence::in_body(
            first.id.clone(),
            &first.raw,
            &first.source,
            "properties.principalId",
        )]);
    }
    let mut remedies = grant(principal, kind, need);
    if let Some(first) = stale.first() {
        remedies.push(az(
            Line::of("az role assignment delete").with("--ids", first.id.as_str())
        ));
    }
    (gate.mended_by(remedies), found)
}

/// Assignments that would give it to somebody who is gone.
fn stale<'a>(ground: &Ground<'a>, need: &Need) -> Vec<&'a RoleAssignment> {
    ground
        .orphans_at(&need.scope)
        .filter(|one| !ground.inventory.is_presented(&one.principal_id))
        .filter(|one| {
            ground.access.role(&one.role()).is_some_and(|(role, _)| {
                any_permits(&role.permissions, &need.action)
                    == crate::analysis::access::action::Match::Yes
            })
        })
        .collect()
}

fn grant(principal: &PrincipalId, kind: Assignee, need: &Need) -> Vec<Remedy> {
    let note = "Takes up to 10 minutes.";
    crate::analysis::remedy::noted(
        vec![
            az(assign(principal, kind, need.role.id, &need.scope)),
            terraform::role_assignment(principal.as_str(), need.role.name, &need.scope),
            portal(
                need.scope.name(),
                [
                    "Access control (IAM)",
                    "Add role assignment",
                    need.role.name,
                ],
            ),
        ],
        note,
    )
    .into_iter()
    .map(|mut remedy| {
        if remedy.tool == crate::analysis::hop::Tool::Az {
            remedy.note = Some(format!("{}: {}. {note}", need.role.name, need.scope.name()));
        }
        remedy
    })
    .collect()
}

fn activate() -> Vec<Remedy> {
    vec![portal(
        "Privileged Identity Management",
        ["My roles", "Azure resources", "Activate"],
    )]
}

fn undeny(held: &Held) -> Vec<Remedy> {
    held.denied_by
        .first()
        .map(|id| {
            portal(
                id.parent().as_ref().map_or("/", |scope| scope.name()),
                [
                    "Access control (IAM)",
                    "Deny assignments",
                    "whoever made it (a deployment stack, a managed application) has to exclude this principal",
                ],
            )
        })
        .into_iter()
        .collect()
}

/// A verdict that leans on a listed reason alone, for families with rights of their own kind.
pub fn by(judged: Reasoned) -> GateVerdict {
    GateVerdict::new(Gate::Authorization, judged)
}

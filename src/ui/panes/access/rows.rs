//! Access as plain rows: who holds which role where, by resource and by principal. Must not know
//! widths or widgets, and must not judge whether a role is enough.

use std::collections::HashMap;
use std::sync::Arc;

use crate::analysis::access::Matrix;
use crate::analysis::access::matrix::{Denial, Level, Reaches, Row};
use crate::model::field::Field;
use crate::model::id::ArmId;
use crate::model::issue::IssueKind;
use crate::model::key::Key;
use crate::model::resource::{AccessPolicy, Details, Family, Resource};
use crate::store::{Inventory, Slice, State};
use crate::ui::panes::trouble::is_shown;
use crate::ui::signs::Sign;
use crate::ui::text::short_guid;

use super::names::{Holder, Names};

/// One row.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// What the selection stays on.
    pub id: Arc<str>,
    /// The block that it belongs to.
    pub block: usize,
    /// Its sign.
    pub sign: Sign,
    /// Who.
    pub holder: Holder,
    /// The role, the permissions of a policy, or the name of a deny assignment.
    pub role: String,
    /// Whether the role's name is known.
    pub is_role_known: bool,
    /// Where it stands.
    pub scope: ArmId,
    /// How it gets here: `direct`, `from subscription`.
    pub how: String,
    /// Whether it comes from above.
    pub is_inherited: bool,
    /// The resources that it concerns, where rows are by principal.
    pub concerns: usize,
    /// The condition that it holds under.
    pub condition: Field<String>,
    /// What it is.
    pub about: About,
}

impl Line {
    /// Whether it is in trouble: what `faults only` keeps.
    pub fn is_fault(&self) -> bool {
        matches!(
            self.sign,
            Sign::Unknown | Sign::Failed | Sign::Exposure | Sign::Shut
        )
    }
}

/// What a row is.
#[derive(Clone, Debug, PartialEq)]
pub enum About {
    /// A role assignment: its place in the matrix, and the resource under which it is listed.
    Assignment(usize, Option<ArmId>),
    /// An access policy of a vault.
    Policy(ArmId, usize),
    /// A deny assignment: its place in the matrix.
    Denial(usize),
    /// Assignments that were not read, at this scope.
    NotRead(Key),
}

/// A resource or a principal with its rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// Its name.
    pub title: String,
    /// The second fact: `Storage · rg-rag-poc`.
    pub fact: String,
    /// How many rows, in words.
    pub right: String,
}

/// Rows in blocks.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// The blocks, in order.
    pub blocks: Vec<Block>,
    /// The rows, in the order of their blocks.
    pub lines: Vec<Line>,
}

/// What a resource is called in a heading.
pub fn service(resource: &Resource) -> &'static str {
    match resource.family {
        Family::Storage => "Storage",
        Family::Search => "AI Search",
        Family::Cognitive if resource.kind.is("OpenAI") => "Azure OpenAI",
        Family::Cognitive => "AI services",
        Family::Workspace if resource.kind.is("Hub") => "Foundry hub",
        Family::Workspace if resource.kind.is("Project") => "Foundry project",
        Family::Workspace => "ML workspace",
        Family::Cosmos => "Cosmos DB",
        Family::Vault => "Key Vault",
        Family::LogWorkspace => "Log Analytics",
        Family::UserIdentity => "user-assigned identity",
        Family::PrivateEndpoint => "private endpoint",
        Family::VirtualNetwork => "virtual network",
    }
}

/// Whether people look for who may use it even when nobody has a role at it.
fn is_main(family: Family) -> bool {
    family.has_firewall() || family == Family::LogWorkspace
}

/// By resource: what stands at it and below it, then what comes from above.
pub fn by_resource(inventory: &Inventory, matrix: &Matrix, names: &Names) -> Table {
    let mut table = Table::default();
    let index: HashMap<&ArmId, usize> = matrix
        .rows
        .iter()
        .enumerate()
        .map(|(at, row)| (&row.assignment, at))
        .collect();
    for resource in inventory
        .resources()
        .filter(|one| is_shown(inventory, &one.id))
    {
        let found = matrix.of_resource(&resource.id);
        let has_own = found
            .iter()
            .any(|(_, reach)| !matches!(reach, Reaches::Inherited(_)));
        if !is_main(resource.family) && !has_own {
            continue;
        }
        let block = table.blocks.len();
        let mut lines = Vec::new();
        for (at, denial) in matrix.denials.iter().enumerate() {
            if matrix
                .denials_of(&resource.id)
                .any(|one| one.id == denial.id)
            {
                lines.push(denial_line(
                    inventory,
                    names,
                    (at, denial),
                    block,
                    Some(&resource.id),
                ));
            }
        }
        let denials = lines.len();
        lines.extend(policies(inventory, names, resource, block));
        let mut held: Vec<Line> = found
            .iter()
            .map(|(row, reach)| {
                let at = index.get(&row.assignment).copied().unwrap_or_default();
                let line = assignment(inventory, names, row, block);
                Line {
                    id: Arc::from(format!(
                        "{}|{}",
                        resource.id.folded(),
                        row.assignment.folded()
                    )),
                    how: reach_words(reach),
                    is_inherited: matches!(reach, Reaches::Inherited(_)),
                    about: About::Assignment(at, Some(resource.id.clone())),
                    ..line
                }
            })
            .collect();
        held.sort_by_cached_key(|line| {
            (
                line.is_inherited,
                std::cmp::Reverse(Level::of(&line.scope)),
                line.holder.label.to_lowercase(),
            )
        });
        lines.extend(held);
        let all = lines.len() - denials;
        let missing = not_read(inventory, &resource.id, block);
        let right = counted(all, denials, missing.as_ref().map(|line| line.sign));
        lines.extend(missing);
        table.blocks.push(Block {
            title: resource.name.clone(),
            fact: format!(
                "{} · {}",
                service(resource),
                resource.id.resource_group().unwrap_or_default()
            ),
            right,
        });
        table.lines.extend(lines);
    }
    table
}

/// How many hold something. What was not read is never "nobody".
fn counted(all: usize, denials: usize, missing: Option<Sign>) -> String {
    let held = match (all, missing) {
        (0, None) => "nobody holds anything".to_owned(),
        (0, Some(Sign::Reading)) => "not read yet".to_owned(),
        (0, Some(_)) => "not known".to_owned(),
        (1, None) => "1 holds".to_owned(),
        (many, None) => format!("{many} hold"),
        (many, Some(Sign::Reading)) => format!("{many} so far"),
        (many, Some(_)) => format!("{many} are known"),
    };
    match denials {
        0 => held,
        1 => format!("{held} · 1 deny assignment"),
        many => format!("{held} · {many} deny assignments"),
    }
}

/// By principal: people, groups, then everything that is not a person.
pub fn by_principal(inventory: &Inventory, matrix: &Matrix, names: &Names) -> Table {
    let mut table = Table::default();
    let resources: Vec<&ArmId> = inventory
        .resources()
        .filter(|one| is_main(one.family) && is_shown(inventory, &one.id))
        .map(|one| &one.id)
        .collect();
    let mut concerns: HashMap<&ArmId, usize> = HashMap::new();
    for id in resources {
        for (row, _) in matrix.of_resource(id) {
            *concerns.entry(&row.assignment).or_default() += 1;
        }
    }
    let index: HashMap<&ArmId, usize> = matrix
        .rows
        .iter()
        .enumerate()
        .map(|(at, row)| (&row.assignment, at))
        .collect();
    let mut people: Vec<(Holder, Vec<&Row>)> = matrix
        .by_principal()
        .into_iter()
        .map(|(id, rows)| {
            let kind = rows
                .first()
                .map_or(Field::Absent, |row| row.principal_type.clone());
            (names.holder(inventory, id, &kind), rows)
        })
        .collect();
    people.sort_by_cached_key(|(who, _)| {
        (
            kind_rank(&who.kind),
            !who.is_named,
            who.label.to_lowercase(),
        )
    });
    for (who, mut rows) in people {
        let block = table.blocks.len();
        rows.sort_by_key(|row| (std::cmp::Reverse(row.level), row.scope.clone()));
        table.blocks.push(Block {
            title: who.label.clone(),
            fact: who.kind.clone(),
            right: if rows.len() == 1 {
                "1 assignment".to_owned()
            } else {
                format!("{} assignments", rows.len())
            },
        });
        table.lines.extend(rows.into_iter().map(|row| {
            let at = index.get(&row.assignment).copied().unwrap_or_default();
            Line {
                concerns: concerns.get(&row.assignment).copied().unwrap_or_default(),
                about: About::Assignment(at, None),
                ..assignment(inventory, names, row, block)
            }
        }));
    }
    others(inventory, matrix, names, &mut table);
    table
}

/// Deny assignments, and lists that were not read: they belong to no single principal.
fn others(inventory: &Inventory, matrix: &Matrix, names: &Names, table: &mut Table) {
    let shown = |denial: &&Denial| {
        inventory
            .resources()
            .filter(|one| is_shown(inventory, &one.id))
            .any(|one| matrix.denials_of(&one.id).any(|own| own.id == denial.id))
    };
    let block = table.blocks.len();
    let denials: Vec<Line> = matrix
        .denials
        .iter()
        .enumerate()
        .filter(|(_, denial)| shown(denial))
        .map(|one| denial_line(inventory, names, one, block, None))
        .collect();
    if !denials.is_empty() {
        table.blocks.push(Block {
            title: "deny assignments".to_owned(),
            fact: "beat every role".to_owned(),
            right: denials.len().to_string(),
        });
        table.lines.extend(denials);
    }
    let block = table.blocks.len();
    let keys = inventory
        .snapshot()
        .slices()
        .filter(|(key, _)| matches!(key, Key::RoleAssignments(_)));
    let lines: Vec<Line> = keys
        .filter_map(|(key, slice)| missing(key, slice, block))
        .collect();
    if !lines.is_empty() {
        table.blocks.push(Block {
            title: "not read".to_owned(),
            fact: "there may be more than what is listed".to_owned(),
            right: String::new(),
        });
        table.lines.extend(lines);
    }
}

fn kind_rank(kind: &str) -> u8 {
    match kind {
        own if own.starts_with("user,") => 0,
        "user" => 1,
        "group" | "foreign group" => 2,
        "system identity" => 3,
        "user-assigned" => 4,
        _ => 5,
    }
}

pub(super) fn assignment(inventory: &Inventory, names: &Names, row: &Row, block: usize) -> Line {
    let holder = names.holder(inventory, &row.principal, &row.principal_type);
    let sign = match (&row.role_name, row.is_orphan && !holder.is_named) {
        (_, true) => Sign::Exposure,
        (None, _) => Sign::Unknown,
        _ if row.condition.text().is_some() => Sign::Note,
        _ => Sign::Open,
    };
    Line {
        id: Arc::from(row.assignment.folded()),
        block,
        sign,
        role: row
            .role_name
            .clone()
            .unwrap_or_else(|| format!("role {}", short_guid(&row.role.0))),
        is_role_known: row.role_name.is_some(),
        holder: Holder {
            kind: if row.is_orphan && !holder.is_named {
                "not in directory".to_owned()
            } else {
                holder.kind.clone()
            },
            ..holder
        },
        scope: row.scope.clone(),
        how: row.level.words().to_owned(),
        is_inherited: false,
        concerns: 0,
        condition: row.condition.clone(),
        about: About::Assignment(0, None),
    }
}

fn reach_words(reach: &Reaches) -> String {
    match reach {
        Reaches::Direct => "direct".to_owned(),
        Reaches::Part(id) => format!("only at {}", id.name()),
        Reaches::Inherited(level) => format!("from {}", level.words()),
    }
}

fn denial_line(
    inventory: &Inventory,
    names: &Names,
    (at, denial): (usize, &Denial),
    block: usize,
    resource: Option<&ArmId>,
) -> Line {
    let holder = match denial.principals.as_slice() {
        _ if denial.is_everyone => Holder {
            label: "everyone".to_owned(),
            kind: String::new(),
            is_named: true,
        },
        [one] => names.holder(inventory, one, &Field::Absent),
        several => Holder {
            label: format!("{} principals", several.len()),
            kind: String::new(),
            is_named: true,
        },
    };
    let above = resource.is_some_and(|id| *id != denial.scope);
    let place = resource.map_or("", ArmId::folded);
    Line {
        id: Arc::from(format!("{place}|deny|{}", denial.id.folded())),
        block,
        sign: Sign::Refused,
        holder,
        role: format!("deny: {}", denial.name),
        is_role_known: true,
        scope: denial.scope.clone(),
        how: if above {
            format!("from {}", Level::of(&denial.scope).words())
        } else {
            "direct".to_owned()
        },
        is_inherited: above,
        concerns: 0,
        condition: Field::Absent,
        about: About::Denial(at),
    }
}

/// The access policies of a vault that does not use roles for its data.
fn policies(inventory: &Inventory, names: &Names, resource: &Resource, block: usize) -> Vec<Line> {
    let Details::Vault(vault) = &resource.details else {
        return Vec::new();
    };
    if vault.rbac_authorization.value() == Some(&true) {
        return Vec::new();
    }
    let line = |(at, policy): (usize, &AccessPolicy)| Line {
        id: Arc::from(format!(
            "{}|policy|{}",
            resource.id.folded(),
            policy.object_id.folded()
        )),
        block,
        sign: Sign::Open,
        holder: names.holder(inventory, &policy.object_id, &Field::Absent),
        role: policy_words(policy),
        is_role_known: true,
        scope: resource.id.clone(),
        how: "access policy".to_owned(),
        is_inherited: false,
        concerns: 0,
        condition: Field::Absent,
        about: About::Policy(resource.id.clone(), at),
    };
    vault.access_policies.iter().enumerate().map(line).collect()
}

/// A policy's permissions: `keys get wrapKey unwrapKey`.
pub fn policy_words(policy: &AccessPolicy) -> String {
    let of = |what: &str, list: &[String]| match list {
        [] => None,
        list if list.len() > 5 => Some(format!("{what}: {} permissions", list.len())),
        list => Some(format!("{what}: {}", list.join(" "))),
    };
    let words: Vec<String> = [of("keys", &policy.keys), of("secrets", &policy.secrets)]
        .into_iter()
        .flatten()
        .collect();
    if words.is_empty() {
        "no keys, no secrets".to_owned()
    } else {
        words.join(" · ")
    }
}

/// The line that stands for assignments which were not read at a resource.
fn not_read(inventory: &Inventory, id: &ArmId, block: usize) -> Option<Line> {
    let readings: Vec<(&Key, &Slice)> = inventory
        .snapshot()
        .slices()
        .filter(|(key, _)| matches!(key, Key::RoleAssignments(scope) if id.is_within(scope)))
        .collect();
    // One list that is whole holds all that concerns the resource.
    if readings
        .iter()
        .any(|(_, slice)| slice.state() == State::Known)
    {
        return None;
    }
    let (key, slice) = readings.last()?;
    let line = missing(key, slice, block)?;
    Some(Line {
        id: Arc::from(format!("{}|not-read", id.folded())),
        ..line
    })
}

fn missing(key: &Key, slice: &Slice, block: usize) -> Option<Line> {
    let sign = match slice.state() {
        State::Known | State::Unsupported => return None,
        State::Pending => Sign::Reading,
        State::Denied => Sign::Unknown,
        State::Failed
            if slice
                .trouble()
                .is_some_and(|one| one.kind == IssueKind::NotFound) =>
        {
            return None;
        }
        State::Failed => Sign::Failed,
    };
    let scope = key.scope()?;
    Some(Line {
        id: Arc::from(format!("not-read|{}", scope.folded())),
        block,
        sign,
        holder: Holder {
            label: "role assignments".to_owned(),
            kind: String::new(),
            is_named: true,
        },
        role: String::new(),
        is_role_known: false,
        scope,
        how: String::new(),
        is_inherited: false,
        concerns: 0,
        condition: Field::Absent,
        about: About::NotRead(key.clone()),
    })
}

#[cfg(test)]
mod tests {
    use crate::model::id::PrincipalId;

    use super::*;

    #[test]
    fn a_policy_is_said_in_its_own_words() {
        let of = |keys: &[&str], secrets: &[&str]| {
            let own = |list: &[&str]| list.iter().map(|&one| one.to_owned()).collect();
            policy_words(&AccessPolicy {
                object_id: PrincipalId::new("x"),
                keys: own(keys),
                secrets: own(secrets),
            })
        };
        assert_eq!(
            of(&["get", "wrapKey", "unwrapKey"], &[]),
            "keys: get wrapKey unwrapKey"
        );
        assert_eq!(of(&["get"], &["list"]), "keys: get · secrets: list");
        assert_eq!(
            of(&["a", "b", "c", "d", "e", "f"], &[]),
            "keys: 6 permissions"
        );
        assert_eq!(of(&[], &[]), "no keys, no secrets");
    }

    #[test]
    fn nobody_is_a_word_too() {
        assert_eq!(counted(0, 0, None), "nobody holds anything");
        assert_eq!(counted(1, 2, None), "1 holds · 2 deny assignments");
        assert_eq!(counted(0, 0, Some(Sign::Unknown)), "not known");
        assert_eq!(counted(0, 0, Some(Sign::Reading)), "not read yet");
        assert_eq!(counted(3, 0, Some(Sign::Failed)), "3 are known");
    }

    #[test]
    fn those_signed_in_come_first_and_machines_last() {
        let mut kinds = [
            "service principal",
            "system identity",
            "group",
            "user",
            "user, signed in",
        ];
        kinds.sort_by_key(|kind| kind_rank(kind));
        assert_eq!(
            kinds,
            [
                "user, signed in",
                "user",
                "group",
                "system identity",
                "service principal"
            ]
        );
    }
}

//! Which policies reach a group that Microsoft made for a hub, and what each of them does in there.
//!
//! The same facts as the verdicts rest on, put in order by policy for a person who asks what may
//! change the group. Must not know a screen.

use std::collections::BTreeMap;
use std::sync::Arc;

use time::OffsetDateTime;

use crate::analysis::evidence::Evidence;
use crate::analysis::ground::Ground;
use crate::analysis::hop::Remedy;
use crate::model::id::{ArmId, PrincipalId};
use crate::model::policy::PolicyExemption;
use crate::model::resource::Resource;

use super::condition::Outcome;
use super::force::{Effect, Force};
use super::reach::{Chosen, Spared, reaches, spared};
use super::{Meeting, Policies, remedy, words};

/// A policy that reaches a managed group.
#[derive(Clone, Debug, PartialEq)]
pub struct Reaching {
    /// The group.
    pub group: ArmId,
    /// The assignment.
    pub assignment: ArmId,
    /// Its definition's reference, where an initiative brings it.
    pub reference: Option<String>,
    /// What it is called.
    pub title: String,
    /// Its effect, in the word of policy.
    pub effect: &'static str,
    /// The scope that it is assigned at.
    pub set_at: ArmId,
    /// Who assigned it, as far as the assignment says.
    pub by: Option<String>,
    /// When.
    pub on: Option<OffsetDateTime>,
    /// Whether the group is exempted.
    pub exempt: Exempt,
    /// What it does, property by property; empty where no hop depends on what it touches.
    pub does: Vec<Does>,
    /// What proves it: the assignment and its definition.
    pub evidence: Vec<Evidence>,
    /// What keeps it off the group; empty where it changes nothing.
    pub remedies: Vec<Remedy>,
    /// The assignment's JSON as Azure sent it.
    pub raw: Arc<serde_json::Value>,
}

/// Whether something in the group is spared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Exempt {
    /// It is not.
    No,
    /// It was, until then.
    Over(String, Option<OffsetDateTime>),
    /// It is, by an exemption of this name, until then.
    By(String, Option<OffsetDateTime>),
    /// It cannot be told, and why.
    Unclear(String),
}

/// What a policy does with one property.
#[derive(Clone, Debug, PartialEq)]
pub struct Does {
    /// Whose.
    pub resource: ArmId,
    /// The property, without `properties.`; empty where it cannot be told.
    pub property: String,
    /// The value that it sets, or wants.
    pub value: String,
    /// In which way.
    pub how: How,
}

/// In which way a policy concerns a property.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// The next write or remediation sets it.
    WillSet,
    /// It has set it.
    HasSet,
    /// It refuses the next write while the property is as it is.
    Refuses,
    /// It speaks against it, nothing more.
    Objects,
    /// It cannot be told.
    Unclear,
}

impl Reaching {
    /// Whether it will change something that a hop needs, and nothing keeps it off.
    pub fn will_flip(&self) -> bool {
        !matches!(self.exempt, Exempt::By(..))
            && self.does.iter().any(|one| one.how == How::WillSet)
    }

    /// Whether it has changed something, and nothing keeps it off.
    pub fn has_flipped(&self) -> bool {
        self.does.iter().any(|one| one.how == How::HasSet)
    }

    /// What it does with a property of a resource.
    pub fn on<'a>(&'a self, resource: &'a ArmId, property: &'a str) -> Option<&'a Does> {
        self.does
            .iter()
            .find(|one| one.resource == *resource && one.property.eq_ignore_ascii_case(property))
    }

    fn rank(&self) -> u8 {
        let is = |how: How| self.does.iter().any(|one| one.how == how);
        match () {
            () if self.has_flipped() => 0,
            () if self.will_flip() => 1,
            () if is(How::Unclear) => 2,
            () if is(How::Refuses) => 3,
            () if is(How::WillSet) => 4,
            () if is(How::Objects) => 5,
            () => 6,
        }
    }
}

/// The policies that reach each managed group, what changes something first. Empty where there is no
/// managed group.
pub fn reaching(ground: &Ground<'_>, policies: &Policies<'_>) -> Vec<Reaching> {
    if policies.forces.is_empty() {
        return Vec::new();
    }
    let managed: Vec<&Resource> = ground
        .inventory
        .resources()
        .map(AsRef::as_ref)
        .filter(|one| ground.is_managed(&one.id))
        .collect();
    if managed.is_empty() {
        return Vec::new();
    }
    let mut groups: BTreeMap<ArmId, Vec<&Resource>> = BTreeMap::new();
    for one in managed {
        if let Some(group) = one.id.group_id() {
            groups.entry(group).or_default().push(one);
        }
    }
    let mut all = Vec::new();
    for (group, inside) in &groups {
        let own = policies.forces.iter().enumerate();
        all.extend(
            own.filter_map(|(at, force)| reach(ground, policies, (at, force), group, inside)),
        );
    }
    all.sort_by_key(|one: &Reaching| (one.group.clone(), one.rank(), one.title.to_lowercase()));
    all
}

fn reach(
    ground: &Ground<'_>,
    policies: &Policies<'_>,
    (at, force): (usize, &Force<'_>),
    group: &ArmId,
    inside: &[&Resource],
) -> Option<Reaching> {
    let concerned: Vec<&Resource> = inside
        .iter()
        .copied()
        .filter(|one| force.effect(one) != Effect::None && reaches(force, one) != Chosen::No)
        .collect();
    let mut does: Vec<Does> = Vec::new();
    for (list, how) in [
        (&policies.authors, How::HasSet),
        (&policies.bites, How::WillSet),
        (&policies.asks, How::Objects),
    ] {
        for meeting in list
            .iter()
            .filter(|one| one.force == at && lies_in(one.resource, group))
        {
            does.extend(of_meeting(meeting, how));
        }
    }
    for doubt in policies
        .doubts
        .iter()
        .filter(|one| one.force == at && lies_in(one.resource, group))
    {
        does.push(Does {
            resource: doubt.resource.id.clone(),
            property: String::new(),
            value: doubt.why.clone(),
            how: How::Unclear,
        });
    }
    let met = concerned
        .iter()
        .copied()
        .find(|one| does.iter().any(|own| own.resource == one.id))
        .or_else(|| {
            concerned
                .iter()
                .copied()
                .find(|one| force.matches(one, None) != Outcome::No)
        })?;
    let effect = force.effect(met);
    let assignment = force.assignment;
    let changes = effect.changes() && !does.is_empty();
    let by = assignment
        .assigned_by
        .text()
        .map(str::to_owned)
        .or_else(|| {
            let id = assignment.created_by.text()?;
            Some(ground.name_of(&PrincipalId::new(id)))
        });
    let first = |how: How| {
        let list = match how {
            How::HasSet => &policies.authors,
            _ => &policies.bites,
        };
        list.iter()
            .find(|one| one.force == at && one.resource.id == met.id)
            .map(|one| one.changes.clone())
    };
    let proof = first(How::HasSet)
        .or_else(|| first(How::WillSet))
        .unwrap_or_default();
    Some(Reaching {
        group: group.clone(),
        assignment: assignment.id.clone(),
        reference: force.reference().map(str::to_owned),
        title: title(force),
        effect: effect.word(),
        set_at: assignment.scope.clone(),
        by,
        on: assignment.created_on.value().copied(),
        exempt: exempt(
            &concerned
                .iter()
                .map(|one| spared(ground.inventory, force, one, ground.now))
                .collect::<Vec<_>>(),
        ),
        does,
        evidence: force.evidence(&proof),
        remedies: if changes {
            remedy::spare(ground, force, met)
        } else {
            Vec::new()
        },
        raw: Arc::clone(&assignment.raw),
    })
}

fn lies_in(resource: &Resource, group: &ArmId) -> bool {
    resource.id.group_id().as_ref() == Some(group)
}

fn title(force: &Force<'_>) -> String {
    match force.reference() {
        Some(reference) => format!("{}: {reference}", force.assignment.title()),
        None => force.assignment.title().to_owned(),
    }
}

fn of_meeting(meeting: &Meeting<'_>, how: How) -> impl Iterator<Item = Does> {
    let how = if how == How::Objects && meeting.effect == Effect::Deny {
        How::Refuses
    } else {
        how
    };
    let resource = meeting.resource.id.clone();
    meeting.changes.clone().into_iter().map(move |change| Does {
        resource: resource.clone(),
        property: words::property(&change.path).to_owned(),
        value: change
            .value
            .as_str()
            .map_or_else(|| change.value.to_string(), str::to_owned),
        how,
    })
}

/// What holds for the group: the worst of what holds for its resources.
fn exempt(all: &[Spared<'_>]) -> Exempt {
    let named = |one: &PolicyExemption| (one.name.clone(), one.expires_on.value().copied());
    let mut unclear = None;
    let mut by = None;
    for one in all {
        match one {
            Spared::Not(None) => return Exempt::No,
            Spared::Not(Some(over)) => {
                let (name, at) = named(over);
                return Exempt::Over(name, at);
            }
            Spared::Unclear(why) => unclear = unclear.or(Some(why.clone())),
            Spared::By(own) => by = by.or(Some(named(own))),
        }
    }
    match (unclear, by) {
        (Some(why), _) => Exempt::Unclear(why),
        (None, Some((name, until))) => Exempt::By(name, until),
        (None, None) => Exempt::No,
    }
}

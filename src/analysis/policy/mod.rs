//! Azure Policy: what will change a property that a hop depends on, who set one that shuts it, and
//! which advice breaks what works.
//!
//! # What a policy does to a verdict
//!
//! * **modify, deployIfNotExists, append** change a property at the next write or remediation. Where the
//!   rule matches the resource, nothing exempts it, and a gate would get worse with the value that the
//!   policy sets, that gate is `at-risk`. Which gate carries a property is not listed anywhere: the
//!   environment is judged again with the value in place ([`whatif`]), and the gates that turn are those
//!   that depend on it.
//! * **deny** changes nothing: what works goes on working, and only the next write is refused, a
//!   mending one too. It is a finding, not a verdict (design section 4 speaks of a policy "that will
//!   change a property").
//! * `enforcementMode: DoNotEnforce`, audit and disabled never touch anything. The advice of an audit
//!   is answered by a finding of kind `keep` where following it would shut a hop.
//! * A gate that is **shut** by the very value that a policy sets names the policy: what is put back
//!   is turned again unless the policy is exempted first.
//!
//! # What could not be read
//!
//! A missing reading never makes a verdict more certain, and "at risk" read without its policy would be
//! "open". So where assignments, or the definition of an assignment that may change things (it has an
//! identity of its own), were refused, failed or are to come, a gate that is open *by a property that a
//! policy could set* is `unknown`, and its reason still says what the property does today. Which gates
//! those are is found as above, by judging again with everything that a policy could set at its worst:
//! a gate that rests on none of it (a role, a region, a token where keys are turned off) stays as it is. This
//! costs little: the right to read policies comes with `Microsoft.Authorization/*/read`, as the rights to
//! read role and deny assignments do, without which no hop is open either.
//!
//! * a policy that is *proven* to change a gate's property, while the **exemptions** are not known: the
//!   gate is `unknown`. Refused exemptions are not "no exemption", and not "exempted" either;
//! * the hops into a hub's **managed group**, for which domain-rules E.3 makes the policy part of the
//!   question: their network and authentication are `unknown`, whatever they rest on;
//! * a definition that is **gone** is an answer: the assignment does nothing.
//!
//! A rule whose `if` cannot be evaluated ([`condition`]) proves nothing: a finding says so.
//!
//! Azure's own policy states never decide: reading them takes a right that Reader lacks. What they say
//! stands beside as evidence.

pub mod condition;
pub mod force;
pub mod group;
pub mod known;
mod overlay;
mod property;
pub mod reach;
pub mod remedy;
mod unknown;
pub mod whatif;
pub mod words;

use serde_json::Value;

use crate::analysis::evidence::{Evidence, at};
use crate::model::policy::PolicyState;
use crate::model::resource::Resource;

use super::ground::Ground;

use self::condition::{Outcome, has};
use self::force::{Change, Content, Effect, Force, in_force};
use self::reach::{Chosen, Spared, reaches, spared};

pub use overlay::{is_by_policy, overlay};

/// One definition in force that meets one resource.
#[derive(Clone, Debug)]
pub struct Meeting<'a> {
    /// Which definition in force: its place in [`Policies::forces`].
    pub force: usize,
    /// The resource.
    pub resource: &'a Resource,
    /// What it does there.
    pub effect: Effect,
    /// What it sets there.
    pub changes: Vec<Change>,
    /// Whether it is spared.
    pub spared: Spared<'a>,
}

/// A policy of which it cannot be told whether it concerns a resource.
#[derive(Clone, Debug)]
pub struct Doubt<'a> {
    /// Which definition in force.
    pub force: usize,
    /// The resource.
    pub resource: &'a Resource,
    /// Why.
    pub why: String,
}

/// All policies in force, held against every resource that was read.
#[derive(Clone, Debug, Default)]
pub struct Policies<'a> {
    /// The definitions in force.
    pub forces: Vec<Force<'a>>,
    /// Those that will change a property of a resource.
    pub bites: Vec<Meeting<'a>>,
    /// Those that have set a property to what it is.
    pub authors: Vec<Meeting<'a>>,
    /// Those that refuse, or speak against, what a property is; the changes would satisfy them.
    pub asks: Vec<Meeting<'a>>,
    /// Those of which it cannot be told.
    pub doubts: Vec<Doubt<'a>>,
}

impl<'a> Policies<'a> {
    /// Holds every definition in force against every resource.
    pub fn of(ground: &Ground<'a>) -> Self {
        let mut own = Self {
            forces: in_force(ground.inventory),
            ..Self::default()
        };
        if own.forces.is_empty() {
            return own;
        }
        let resources: Vec<&'a Resource> = ground
            .inventory
            .resources()
            .map(AsRef::as_ref)
            .filter(|one| property::is_advised(one))
            .collect();
        let forces = std::mem::take(&mut own.forces);
        for (at, force) in forces.iter().enumerate() {
            for resource in &resources {
                own.meet(ground, at, force, resource);
            }
        }
        own.forces = forces;
        own
    }

    fn meet(&mut self, ground: &Ground<'a>, at: usize, force: &Force<'a>, resource: &'a Resource) {
        let effect = force.effect(resource);
        if effect == Effect::None {
            return;
        }
        let doubt = |why: String| Doubt {
            force: at,
            resource,
            why,
        };
        let reach = reaches(force, resource);
        if reach == Chosen::No {
            return;
        }
        if let Content::Missing(_, why) = &force.content {
            self.doubts.push(doubt(why.clone()));
            return;
        }
        if let Effect::Unclear(why) = &effect {
            if force.matches(resource, None) != Outcome::No {
                self.doubts.push(doubt(why.clone()));
            }
            return;
        }
        let meeting = |changes: Vec<Change>| Meeting {
            force: at,
            resource,
            effect: effect.clone(),
            changes,
            spared: spared(ground.inventory, force, resource, ground.now),
        };
        if !effect.changes() {
            self.ask(force, resource, &reach, &meeting);
            return;
        }
        let mut to_come = Vec::new();
        let mut in_place = Vec::new();
        for change in force.changes(&effect, resource) {
            if property::with(resource, &change.path, &change.value).is_none() {
                continue; // No gate depends on it.
            }
            if has(at_path(resource, &change.path), &change.value) {
                in_place.push(change);
            } else {
                to_come.push(change);
            }
        }
        if !to_come.is_empty() {
            match (force.matches(resource, None), &reach) {
                (Outcome::No, _) | (_, Chosen::No) => {}
                (Outcome::Yes, Chosen::Yes) => self.bites.push(meeting(to_come)),
                (Outcome::Unclear(why), _) => self.doubts.push(doubt(why)),
                (_, Chosen::Unclear(why)) => self.doubts.push(doubt(why.clone())),
            }
        }
        if !in_place.is_empty() && reach == Chosen::Yes {
            let fields: Vec<String> = in_place.iter().map(|one| one.field.clone()).collect();
            let would = [true, false]
                .into_iter()
                .any(|taken| force.matches(resource, Some((&fields, taken))) == Outcome::Yes);
            let meeting = meeting(in_place);
            if would && !matches!(meeting.spared, Spared::By(_)) {
                self.authors.push(meeting);
            }
        }
    }

    /// What an audit or a deny objects to: a property without which, changed as benchmarks want it, the
    /// rule would not match any more.
    fn ask(
        &mut self,
        force: &Force<'a>,
        resource: &'a Resource,
        reach: &Chosen,
        meeting: &dyn Fn(Vec<Change>) -> Meeting<'a>,
    ) {
        if *reach != Chosen::Yes || force.matches(resource, None) != Outcome::Yes {
            return;
        }
        for (path, wanted, _) in property::advised(resource) {
            if let Some(changed) = property::with(resource, &path, &wanted)
                && force.matches(&changed, None) == Outcome::No
            {
                self.asks.push(meeting(vec![Change {
                    field: path.clone(),
                    path,
                    value: wanted,
                    said_at: "properties.policyRule.if".to_owned(),
                }]));
            }
        }
    }

    /// The definition in force of a meeting.
    pub fn force(&self, meeting: &Meeting<'_>) -> &Force<'a> {
        &self.forces[meeting.force]
    }

    /// What Azure itself last found, of a meeting.
    pub fn state(&self, ground: &Ground<'a>, meeting: &Meeting<'_>) -> Option<&'a PolicyState> {
        let force = self.force(meeting);
        ground.inventory.policy_states().find(|state| {
            state.resource_id == meeting.resource.id
                && state.assignment_id == force.assignment.id
                && match force.reference() {
                    None => true,
                    Some(own) => state.reference.is(own),
                }
        })
    }
}

impl Meeting<'_> {
    /// What the properties are now.
    pub fn evidence(&self) -> Vec<Evidence> {
        self.changes
            .iter()
            .map(|change| Evidence::of(self.resource, change.path.clone()))
            .collect()
    }
}

fn at_path<'r>(resource: &'r Resource, path: &str) -> Option<&'r Value> {
    at(&resource.raw, path)
}

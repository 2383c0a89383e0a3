//! Whether an assignment reaches a resource, and whether an exemption spares it.
//!
//! Nothing that was refused counts as "no exemption", and nothing that has expired as one.

use time::OffsetDateTime;

use crate::analysis::facets;
use crate::model::field::Field;
use crate::model::id::ArmId;
use crate::model::key::Key;
use crate::model::policy::{BY_REFERENCE, PolicyExemption, Selector};
use crate::model::resource::Resource;
use crate::store::{Inventory, State};

use super::force::Force;
use super::property::region;

/// Whether selectors pick a resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Chosen {
    /// They do.
    Yes,
    /// They do not.
    No,
    /// It cannot be told, and why.
    Unclear(String),
}

/// Whether an exemption spares a resource from a policy.
#[derive(Clone, Debug, PartialEq)]
pub enum Spared<'a> {
    /// This one does, now.
    By(&'a PolicyExemption),
    /// None does. One that did and has expired.
    Not(Option<&'a PolicyExemption>),
    /// It cannot be told, and why.
    Unclear(String),
}

/// Whether all of these selectors fit; none at all fit everything.
pub fn chosen(selectors: &[Selector], resource: &Resource, reference: Option<&str>) -> Chosen {
    let mut unclear = None;
    for selector in selectors {
        let kind = selector.kind.to_ascii_lowercase();
        let fits = match kind.as_str() {
            "resourcetype" => Some(selector.selects(resource.family.arm_type())),
            "resourcelocation" => resource.location.text().map(|text| {
                let own = region(text);
                let regions = |list: &Option<Vec<String>>| {
                    list.as_ref()
                        .map(|all| all.iter().map(|one| region(one)).collect())
                };
                Selector {
                    kind: kind.clone(),
                    one_of: regions(&selector.one_of),
                    none_of: regions(&selector.none_of),
                }
                .selects(&own)
            }),
            _ if kind.eq_ignore_ascii_case(BY_REFERENCE) => {
                Some(reference.is_some_and(|name| selector.selects(name)))
            }
            _ => None,
        };
        match fits {
            Some(true) => {}
            Some(false) => return Chosen::No,
            None => unclear = Some(format!("the selector {}", selector.kind)),
        }
    }
    unclear.map_or(Chosen::Yes, Chosen::Unclear)
}

/// `resourceSelectors`: absent picks everything. What several entries come to together is said
/// nowhere, so they decide only when they agree.
fn selected(
    entries: &Field<Vec<Vec<Selector>>>,
    resource: &Resource,
    reference: Option<&str>,
) -> Chosen {
    if entries.is_unset() {
        return Chosen::Yes;
    }
    let Some(entries) = entries.value() else {
        return Chosen::Unclear("its resource selectors are malformed".to_owned());
    };
    let mut all = entries
        .iter()
        .map(|selectors| chosen(selectors, resource, reference));
    let Some(first) = all.next() else {
        return Chosen::Yes;
    };
    if all.all(|one| one == first) {
        first
    } else {
        Chosen::Unclear("several resource selectors that disagree".to_owned())
    }
}

/// Whether a definition in force reaches a resource: by scope, `notScopes` and selectors.
pub fn reaches(force: &Force<'_>, resource: &Resource) -> Chosen {
    let assignment = force.assignment;
    let is_above = if assignment.scope.subscription().is_none() {
        // A management group: it stands above every subscription whose lists show it.
        force
            .seen_at
            .iter()
            .any(|list| list.subscription() == resource.id.subscription())
    } else {
        resource.id.is_within(&assignment.scope)
    };
    if !is_above {
        return Chosen::No;
    }
    let excluded = match &assignment.not_scopes {
        Field::Value(scopes) => scopes.as_slice(),
        field if field.is_unset() => &[],
        _ => return Chosen::Unclear("its notScopes are malformed".to_owned()),
    };
    if excluded.iter().any(|scope| resource.id.is_within(scope)) {
        return Chosen::No;
    }
    if assignment.enforcement.is("Enroll") || assignment.enforcement.is_unclear() {
        return Chosen::Unclear("its enforcementMode is not Default".to_owned());
    }
    // A management group that is left out may be the one that holds the subscription.
    if let Some(group) = excluded.iter().find(|one| one.subscription().is_none()) {
        return Chosen::Unclear(format!(
            "its notScopes name management group {}, and what that holds was not read",
            group.name()
        ));
    }
    selected(&assignment.selectors, resource, force.reference())
}

/// Whether an exemption spares a resource from a definition in force.
pub fn spared<'a>(
    inventory: &'a Inventory,
    force: &Force<'_>,
    resource: &Resource,
    now: OffsetDateTime,
) -> Spared<'a> {
    let mut expired = None;
    let mut unclear = None;
    for one in inventory.policy_exemptions() {
        let is_above = one.scope.subscription().is_none() || resource.id.is_within(&one.scope);
        if one.assignment_id != force.assignment.id || !is_above {
            continue;
        }
        let covers = match &one.references {
            Field::Value(names) if !names.is_empty() => force
                .reference()
                .is_some_and(|own| names.iter().any(|name| name.eq_ignore_ascii_case(own))),
            Field::Malformed => {
                unclear = Some(format!("what exemption {} spares is malformed", one.name));
                continue;
            }
            _ => true,
        };
        if !covers {
            continue;
        }
        match (
            &one.expires_on,
            selected(&one.selectors, resource, force.reference()),
        ) {
            (Field::Value(end), _) if *end <= now => expired = Some(one),
            (_, Chosen::No) => {}
            (Field::Malformed, _) => {
                unclear = Some(format!("when exemption {} ends is malformed", one.name));
            }
            (_, Chosen::Unclear(why)) => {
                unclear = Some(format!("whether exemption {} reaches it: {why}", one.name));
            }
            (_, Chosen::Yes) => return Spared::By(one),
        }
    }
    let missing = unread(inventory, Key::PolicyExemptions, &resource.id);
    match unclear.or(missing) {
        Some(why) => Spared::Unclear(why),
        None => Spared::Not(expired),
    }
}

/// Why a list of policies may lack something that concerns a resource; none when it is whole.
pub fn unread(inventory: &Inventory, kind: fn(ArmId) -> Key, id: &ArmId) -> Option<String> {
    let subscription = id.subscription()?;
    let mut first = None;
    for scope in [Some(ArmId::of_subscription(&subscription)), id.group_id()]
        .into_iter()
        .flatten()
    {
        let key = kind(scope);
        let Some(slice) = inventory.snapshot().slice(&key) else {
            continue;
        };
        // Where there is no such service, nothing is assigned and nothing exempted.
        if slice.state() == State::Unsupported {
            return None;
        }
        let missing = facets::why_missing(slice).or_else(|| {
            slice
                .issues
                .iter()
                .any(|issue| !issue.is_about_reading())
                .then(|| "hold something malformed".to_owned())
        });
        match missing {
            None => return None,
            Some(why) => first = first.or(Some(format!("{} {why}", key.words()))),
        }
    }
    first.or_else(|| Some(format!("{} were not read", kind(id.clone()).words())))
}

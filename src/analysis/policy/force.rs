//! What is in force: one definition as one assignment puts it in force, through an initiative or
//! directly, with its effect and what it sets.

use serde_json::{Map, Value};

use crate::analysis::evidence::Evidence;
use crate::analysis::facets;
use crate::model::id::ArmId;
use crate::model::key::Key;
use crate::model::lookup::Ordered;
use crate::model::policy::{
    Expression, PolicyAssignment, PolicyContent, PolicyDefinition, PolicySet, SetMember, Values,
    expression, is_inert,
};
use crate::model::resource::Resource;
use crate::store::{Inventory, Payload};

use super::condition::{self, Outcome, Subject};
use super::known::{Known, known};
use super::property;
use super::reach::{Chosen, chosen};

/// A definition in force.
#[derive(Clone, Debug)]
pub struct Force<'a> {
    /// The assignment.
    pub assignment: &'a PolicyAssignment,
    /// The initiative between, with its entry for the definition.
    pub through: Option<(&'a PolicySet, &'a SetMember)>,
    /// The definition.
    pub content: Content<'a>,
    /// The scopes whose lists hold the assignment.
    pub seen_at: Vec<&'a ArmId>,
}

/// What is known of a definition.
#[derive(Clone, Debug)]
pub enum Content<'a> {
    /// It was read.
    Read(&'a PolicyDefinition),
    /// It was not, but its id tells.
    Known(&'static Known),
    /// It was not, and why: the end of a sentence that begins with its name.
    Missing(ArmId, String),
}

/// What a policy does with what it matches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// `modify`: a write, or a remediation, sets properties.
    Modify,
    /// `deployIfNotExists`: a deployment after a write, or by a remediation.
    Deploy,
    /// `append`: the next write gets properties that it lacks.
    Append,
    /// `deny`: the next write is refused.
    Deny,
    /// `audit`: it is said, nothing more.
    Audit,
    /// Anything else never touches what a gate depends on.
    None,
    /// It cannot be told, and why.
    Unclear(String),
}

impl Effect {
    /// The word of policy.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Modify => "modify",
            Self::Deploy => "deployIfNotExists",
            Self::Append => "append",
            Self::Deny => "deny",
            Self::Audit => "audit",
            Self::None => "no effect",
            Self::Unclear(_) => "an effect that cannot be told",
        }
    }

    /// Whether it changes a property.
    pub fn changes(&self) -> bool {
        matches!(self, Self::Modify | Self::Deploy | Self::Append)
    }

    fn of(text: &str) -> Self {
        match text.to_ascii_lowercase().as_str() {
            "modify" => Self::Modify,
            "deployifnotexists" => Self::Deploy,
            "append" => Self::Append,
            "deny" => Self::Deny,
            "audit" => Self::Audit,
            _ => Self::None,
        }
    }
}

/// One property that a policy sets.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// The JSON path in the resource's body.
    pub path: String,
    /// The alias that the rule names.
    pub field: String,
    /// The value that it sets.
    pub value: Value,
    /// Where the definition says so.
    pub said_at: String,
}

/// Every definition in force that may matter. What an initiative has made harmless by a parameter is
/// left out, as its definition was not read for that reason.
pub fn in_force(inventory: &Inventory) -> Vec<Force<'_>> {
    let mut assignments: Ordered<&ArmId, (&PolicyAssignment, Vec<&ArmId>)> = Ordered::default();
    for (key, slice) in inventory.beside() {
        if let (Key::PolicyAssignments(scope), Some(Payload::PolicyAssignments(items))) =
            (key, slice.value.as_deref())
        {
            for one in items {
                assignments
                    .entry(&one.id)
                    .or_insert_with(|| (one, Vec::new()))
                    .1
                    .push(scope);
            }
        }
    }
    let mut all = Vec::new();
    for (assignment, seen_at) in assignments.into_values() {
        if assignment.enforcement.is("DoNotEnforce") {
            continue; // It looks and never acts.
        }
        let force = |through, content| Force {
            assignment,
            through,
            content,
            seen_at: seen_at.clone(),
        };
        match inventory.policy_content(&assignment.definition_id) {
            Some(PolicyContent::Definition(one)) => all.push(force(None, Content::Read(one))),
            Some(PolicyContent::Set(set)) => {
                for member in &set.members {
                    let through = Some((set, member));
                    let own = force(through, content(inventory, &member.definition_id));
                    let passed = own.values().effect_passed();
                    if !passed.is_some_and(|effect| is_inert(&effect) && !own.is_audit(&effect)) {
                        all.push(own);
                    }
                }
            }
            None => all.push(force(None, content(inventory, &assignment.definition_id))),
        }
    }
    all
}

fn content<'a>(inventory: &'a Inventory, id: &ArmId) -> Content<'a> {
    if let Some(PolicyContent::Definition(one)) = inventory.policy_content(id) {
        return Content::Read(one);
    }
    if let Some(known) = known(id) {
        return Content::Known(known);
    }
    let key = Key::PolicyDefinition(id.clone());
    let why = match inventory.snapshot().slice(&key) {
        Some(_) if inventory.snapshot().is_gone(&key) => "is not there any more".to_owned(),
        Some(slice) => facets::why_missing(slice).map_or_else(
            || "could not be read".to_owned(),
            |why| why.replacen("were ", "was ", 1).replacen("are ", "is ", 1),
        ),
        None => "was not read".to_owned(),
    };
    Content::Missing(id.clone(), why)
}

impl<'a> Force<'a> {
    /// The reference in the initiative.
    pub fn reference(&self) -> Option<&'a str> {
        self.through
            .and_then(|(_, member)| member.reference.as_deref())
    }

    /// The values of its parameters.
    pub fn values(&self) -> Values<'a> {
        Values {
            assignment: self.assignment,
            through: self.through,
            declared: match &self.content {
                Content::Read(definition) => Some(&definition.parameters),
                _ => None,
            },
        }
    }

    /// An audit that was read is kept: its advice can be answered.
    fn is_audit(&self, effect: &str) -> bool {
        effect.eq_ignore_ascii_case("audit") && !matches!(self.content, Content::Missing(..))
    }

    /// Whether the assignment could change anything at all: modify and deployIfNotExists act by an
    /// identity of the assignment's own (reference `arm/policy.md`).
    pub fn could_change(&self) -> bool {
        let identity = &self.assignment.identity;
        (!identity.is_unset() || self.assignment.principal_id.value().is_some())
            && !self
                .values()
                .effect_passed()
                .is_some_and(|effect| is_inert(&effect) || effect.eq_ignore_ascii_case("deny"))
    }

    /// The effect that it has on a resource.
    pub fn effect(&self, resource: &Resource) -> Effect {
        for one in self.assignment.overrides.items() {
            if !one.kind.eq_ignore_ascii_case("policyEffect") {
                continue;
            }
            match chosen(&one.selectors, resource, self.reference()) {
                Chosen::Yes => return Effect::of(&one.value),
                Chosen::No => {}
                Chosen::Unclear(why) => return Effect::Unclear(why),
            }
        }
        if self.assignment.overrides.is_unclear() {
            return Effect::Unclear("the overrides of the assignment are malformed".to_owned());
        }
        let stated = match &self.content {
            Content::Read(definition) => then(definition, "effect").and_then(Value::as_str),
            Content::Known(known) => {
                let effect = self.values().of("effect");
                let text = effect.as_ref().and_then(|value| value.as_str());
                return Effect::of(text.unwrap_or(known.effect));
            }
            Content::Missing(..) => None,
        };
        match stated.map(expression) {
            None => Effect::Unclear("its effect was not read".to_owned()),
            Some(Expression::Literal(text)) => Effect::of(text),
            Some(Expression::Parameter(name)) => match self.values().of(name) {
                Some(value) => value.as_str().map_or_else(
                    || Effect::Unclear(format!("the parameter {name}")),
                    Effect::of,
                ),
                None => Effect::Unclear(format!("the parameter {name}")),
            },
            Some(Expression::Other) => {
                Effect::Unclear(format!("the expression {}", stated.unwrap_or_default()))
            }
        }
    }

    /// Whether its rule matches a resource. `blind` as in [`Subject`].
    pub fn matches(&self, resource: &Resource, blind: Option<(&[String], bool)>) -> Outcome {
        match &self.content {
            Content::Read(definition) => {
                if is_of_data_plane(definition) {
                    return Outcome::No;
                }
                let Some(condition) = member(&definition.rule, "if") else {
                    return Outcome::Unclear("a rule without a condition".to_owned());
                };
                let values = self.values();
                condition::holds(
                    condition,
                    &Subject {
                        resource,
                        values: &values,
                        blind,
                    },
                )
            }
            Content::Known(known) if known.family != resource.family => Outcome::No,
            Content::Known(known) => {
                let is_as_wanted = || {
                    let held = crate::analysis::evidence::at(&resource.raw, known.path);
                    condition::has(held, &known.value())
                };
                if blind.map_or_else(|| !is_as_wanted(), |(_, taken)| taken) {
                    Outcome::Yes
                } else {
                    Outcome::No
                }
            }
            Content::Missing(_, why) => Outcome::Unclear(why.clone()),
        }
    }

    /// What it sets on a resource, as far as that can be told.
    pub fn changes(&self, effect: &Effect, resource: &Resource) -> Vec<Change> {
        match &self.content {
            Content::Read(definition) => match effect {
                Effect::Modify => self.operations(definition, resource),
                Effect::Append => self.appended(definition, resource),
                Effect::Deploy => self.deployed(definition, resource),
                _ => Vec::new(),
            },
            Content::Known(known) if known.family == resource.family && effect.changes() => {
                vec![Change {
                    path: known.path.to_owned(),
                    field: known.path.to_owned(),
                    value: known.value(),
                    said_at: String::new(),
                }]
            }
            _ => Vec::new(),
        }
    }

    fn operations(&self, definition: &PolicyDefinition, resource: &Resource) -> Vec<Change> {
        let operations = then(definition, "details")
            .and_then(|details| member(details, "operations"))
            .and_then(Value::as_array);
        operations
            .into_iter()
            .flatten()
            .enumerate()
            .filter_map(|(at, one)| {
                let operation = member(one, "operation").and_then(Value::as_str)?;
                let is_set = ["addOrReplace", "add"]
                    .iter()
                    .any(|word| word.eq_ignore_ascii_case(operation));
                // A condition on the caller's API version holds for whoever writes today.
                let condition = member(one, "condition").and_then(Value::as_str);
                let may_act = condition.is_none_or(|text| {
                    text.to_ascii_lowercase()
                        .contains("requestcontext().apiversion")
                });
                if !is_set || !may_act {
                    return None;
                }
                self.change(
                    one,
                    resource,
                    format!("properties.policyRule.then.details.operations[{at}]"),
                )
            })
            .collect()
    }

    fn appended(&self, definition: &PolicyDefinition, resource: &Resource) -> Vec<Change> {
        then(definition, "details")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .enumerate()
            .filter_map(|(at, one)| {
                let change = self.change(
                    one,
                    resource,
                    format!("properties.policyRule.then.details[{at}]"),
                )?;
                // What is there already is not appended: a write that differs is refused instead.
                crate::analysis::evidence::at(&resource.raw, &change.path)
                    .is_none_or(Value::is_null)
                    .then_some(change)
            })
            .collect()
    }

    fn change(&self, one: &Value, resource: &Resource, said_at: String) -> Option<Change> {
        let field = member(one, "field").and_then(Value::as_str)?;
        if !matches!(expression(field), Expression::Literal(_)) {
            return None;
        }
        let path = property::path_of(field, resource)?;
        let value = condition::resolved(member(one, "value")?, &self.values()).ok()?;
        Some(Change {
            path,
            field: field.to_owned(),
            value,
            said_at,
        })
    }

    /// What the template sets on resources of the matched one's type, nested deployments too.
    fn deployed(&self, definition: &PolicyDefinition, resource: &Resource) -> Vec<Change> {
        let Some(details) = then(definition, "details") else {
            return Vec::new();
        };
        let is_own = member(details, "type")
            .and_then(Value::as_str)
            .is_some_and(|of| of.eq_ignore_ascii_case(resource.family.arm_type()));
        if is_own && let Some(existence) = member(details, "existenceCondition") {
            let values = self.values();
            let subject = Subject {
                resource,
                values: &values,
                blind: None,
            };
            if condition::holds(existence, &subject) != Outcome::No {
                return Vec::new(); // It is as it should be, or that cannot be told.
            }
        }
        let mut found = Vec::new();
        if let Some(template) = member(details, "deployment")
            .and_then(|one| member(one, "properties"))
            .and_then(|one| member(one, "template"))
        {
            in_template(template, resource, &mut found, 0);
        }
        found
    }

    /// What proves it: the assignment, and where the definition says what it sets.
    pub fn evidence(&self, changes: &[Change]) -> Vec<Evidence> {
        let assignment = self.assignment;
        let of_assignment = |path: &str| {
            Evidence::in_body(
                assignment.id.clone(),
                &assignment.raw,
                &assignment.source,
                path.to_owned(),
            )
        };
        let mut all = vec![of_assignment("properties.policyDefinitionId")];
        if assignment.assigned_by.value().is_some() {
            all.push(of_assignment("properties.metadata.assignedBy"));
        }
        if let Content::Read(definition) = &self.content {
            let paths: Vec<String> = if changes.is_empty() {
                vec!["properties.policyRule.then.effect".to_owned()]
            } else {
                changes.iter().map(|one| one.said_at.clone()).collect()
            };
            all.extend(paths.into_iter().map(|path| {
                Evidence::in_body(
                    definition.id.clone(),
                    &definition.raw,
                    &definition.source,
                    path,
                )
            }));
        }
        all
    }
}

/// Policies of a data plane look at keys, certificates and pods, never at a resource.
fn is_of_data_plane(definition: &PolicyDefinition) -> bool {
    definition
        .mode
        .text()
        .is_some_and(|mode| mode.contains('.'))
}

fn then<'d>(definition: &'d PolicyDefinition, name: &str) -> Option<&'d Value> {
    member(member(&definition.rule, "then")?, name)
}

fn member<'v>(value: &'v Value, name: &str) -> Option<&'v Value> {
    let members: &Map<String, Value> = value.as_object()?;
    members.get(name).or_else(|| {
        members
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    })
}

/// A deployment may hold deployments; more than a few deep is none that anybody wrote.
const DEEPEST: usize = 4;

fn in_template(template: &Value, resource: &Resource, found: &mut Vec<Change>, depth: usize) {
    let resources = member(template, "resources").and_then(Value::as_array);
    for one in resources.into_iter().flatten() {
        let of_type = member(one, "type")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let Some(properties) = member(one, "properties") else {
            continue;
        };
        if of_type.eq_ignore_ascii_case("Microsoft.Resources/deployments") {
            if let Some(inner) = member(properties, "template").filter(|_| depth < DEEPEST) {
                in_template(inner, resource, found, depth + 1);
            }
        } else if of_type.eq_ignore_ascii_case(resource.family.arm_type()) {
            literals(properties, "properties", resource, found);
        }
    }
}

/// The plain values of a template, each with its path.
fn literals(value: &Value, path: &str, resource: &Resource, found: &mut Vec<Change>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                literals(value, &format!("{path}.{name}"), resource, found);
            }
        }
        Value::String(text) if !matches!(expression(text), Expression::Literal(_)) => {}
        Value::Null => {}
        value => found.push(Change {
            path: path.to_owned(),
            field: format!(
                "{}/{}",
                resource.family.arm_type(),
                path.strip_prefix("properties.").unwrap_or(path)
            ),
            value: value.clone(),
            said_at: "properties.policyRule.then.details.deployment".to_owned(),
        }),
    }
}

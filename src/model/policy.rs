//! Azure Policy: what is assigned, what it is made of, who is exempted, what Azure says of it
//! (reference `arm/policy.md`).
//!
//! Rules and parameter values are free JSON and stay JSON here: what they mean is for `analysis`. The
//! one thing that reading needs to know too is how parameters are passed down ([`Values`]).

use std::borrow::Cow;
use std::sync::Arc;

use serde_json::{Map, Value};
use time::OffsetDateTime;

use super::field::Field;
use super::id::{ArmId, PrincipalId};
use super::resource::Source;

/// A policy assignment.
#[derive(Clone, Debug, PartialEq)]
pub struct PolicyAssignment {
    /// Its id.
    pub id: ArmId,
    /// Its name.
    pub name: String,
    /// `properties.displayName`.
    pub display_name: Field<String>,
    /// `properties.scope`, or the scope in the id.
    pub scope: ArmId,
    /// `properties.policyDefinitionId`: a definition, or a set of them (an initiative).
    pub definition_id: ArmId,
    /// `properties.enforcementMode`: Default, `DoNotEnforce`, Enroll. Absent means Default.
    pub enforcement: Field<String>,
    /// `properties.notScopes`: what lies within one of these is not reached.
    pub not_scopes: Field<Vec<ArmId>>,
    /// `properties.parameters`: name to `{ "value": … }`.
    pub parameters: Arc<Map<String, Value>>,
    /// `properties.overrides`: one that beats the effect, in the order of the answer.
    pub overrides: Field<Vec<PolicyOverride>>,
    /// `properties.resourceSelectors`: all selectors of one entry must fit; absent means all resources.
    pub selectors: Field<Vec<Vec<Selector>>>,
    /// Top-level `identity.principalId`: there for modify and deployIfNotExists alone.
    pub principal_id: Field<PrincipalId>,
    /// Top-level `identity`: whether the assignment can act by itself at all.
    pub identity: Field<()>,
    /// Who assigned it: `properties.metadata.assignedBy`, a name that a person or a tool wrote.
    pub assigned_by: Field<String>,
    /// `properties.metadata.createdBy`: an object id.
    pub created_by: Field<String>,
    /// `properties.metadata.createdOn`.
    pub created_on: Field<OffsetDateTime>,
    /// Where it was read.
    pub source: Source,
    /// The JSON as Azure sent it.
    pub raw: Arc<Value>,
}

impl PolicyAssignment {
    /// What it is called: the display name, else the name.
    pub fn title(&self) -> &str {
        self.display_name.text().unwrap_or(&self.name)
    }

    /// The effect that `overrides` gives to a definition of it, by the reference in its initiative.
    /// An override that picks resources too says nothing here: it does not hold for all of them.
    pub fn overridden_effect(&self, reference: Option<&str>) -> Option<&str> {
        self.overrides
            .items()
            .iter()
            .filter(|one| one.kind.eq_ignore_ascii_case("policyEffect"))
            .find(|one| {
                one.selectors.iter().all(|selector| {
                    selector.kind.eq_ignore_ascii_case(BY_REFERENCE)
                        && reference.is_some_and(|name| selector.selects(name))
                })
            })
            .map(|one| one.value.as_str())
    }

    /// Whether what it names is an initiative.
    pub fn is_of_set(&self) -> bool {
        is_set(&self.definition_id)
    }
}

/// The selector kind that picks definitions of an initiative.
pub const BY_REFERENCE: &str = "policyDefinitionReferenceId";

/// Whether an id is one of a set of definitions.
pub fn is_set(definition: &ArmId) -> bool {
    definition
        .resource_type()
        .is_some_and(|of| of.eq_ignore_ascii_case("Microsoft.Authorization/policySetDefinitions"))
}

/// One entry of an assignment's `overrides`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyOverride {
    /// `kind`: `policyEffect`, `definitionVersion`.
    pub kind: String,
    /// `value`: an effect, or a version.
    pub value: String,
    /// `selectors`: all must fit; none means everything of the assignment.
    pub selectors: Vec<Selector>,
}

/// One selector of an override, a `resourceSelectors` entry or an exemption.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selector {
    /// `kind`: `resourceLocation`, `resourceType`, `policyDefinitionReferenceId`, …
    pub kind: String,
    /// `in`: one of these.
    pub one_of: Option<Vec<String>>,
    /// `notIn`: none of these.
    pub none_of: Option<Vec<String>>,
}

impl Selector {
    /// Whether a value is selected, compared without case.
    pub fn selects(&self, value: &str) -> bool {
        let holds = |list: &Vec<String>| list.iter().any(|one| one.eq_ignore_ascii_case(value));
        self.one_of.as_ref().is_none_or(holds) && !self.none_of.as_ref().is_some_and(holds)
    }
}

/// A policy definition.
#[derive(Clone, Debug, PartialEq)]
pub struct PolicyDefinition {
    /// Its id.
    pub id: ArmId,
    /// Its name.
    pub name: String,
    /// `properties.displayName`.
    pub display_name: Field<String>,
    /// `properties.policyType`: `BuiltIn`, Custom, Static.
    pub policy_type: Field<String>,
    /// `properties.mode`: All, Indexed, or a data plane.
    pub mode: Field<String>,
    /// `properties.parameters`: name to `{ "type", "defaultValue", … }`.
    pub parameters: Arc<Map<String, Value>>,
    /// `properties.policyRule`: `{ "if", "then" }`.
    pub rule: Arc<Value>,
    /// Where it was read.
    pub source: Source,
    /// The JSON as Azure sent it.
    pub raw: Arc<Value>,
}

/// A set of policy definitions: an initiative.
#[derive(Clone, Debug, PartialEq)]
pub struct PolicySet {
    /// Its id.
    pub id: ArmId,
    /// Its name.
    pub name: String,
    /// `properties.displayName`.
    pub display_name: Field<String>,
    /// `properties.parameters`: name to `{ "type", "defaultValue", … }`.
    pub parameters: Arc<Map<String, Value>>,
    /// `properties.policyDefinitions`.
    pub members: Vec<SetMember>,
    /// Where it was read.
    pub source: Source,
    /// The JSON as Azure sent it.
    pub raw: Arc<Value>,
}

/// One definition of an initiative.
#[derive(Clone, Debug, PartialEq)]
pub struct SetMember {
    /// `policyDefinitionId`.
    pub definition_id: ArmId,
    /// `policyDefinitionReferenceId`: what exemptions and overrides call it.
    pub reference: Option<String>,
    /// `parameters`: what the initiative passes on.
    pub parameters: Map<String, Value>,
}

/// A definition, or a set of them: what stands behind an assignment.
#[derive(Clone, Debug, PartialEq)]
pub enum PolicyContent {
    /// One definition.
    Definition(PolicyDefinition),
    /// An initiative.
    Set(PolicySet),
}

/// A policy exemption.
#[derive(Clone, Debug, PartialEq)]
pub struct PolicyExemption {
    /// Its id.
    pub id: ArmId,
    /// Its name.
    pub name: String,
    /// What it exempts: what stands before its own provider in its id.
    pub scope: ArmId,
    /// `properties.displayName`.
    pub display_name: Field<String>,
    /// `properties.policyAssignmentId`.
    pub assignment_id: ArmId,
    /// `properties.policyDefinitionReferenceIds`: of an initiative; none or empty means all of it.
    pub references: Field<Vec<String>>,
    /// `properties.exemptionCategory`: Waiver, Mitigated.
    pub category: Field<String>,
    /// `properties.expiresOn`: absent means never; what is past stays listed and is without effect.
    pub expires_on: Field<OffsetDateTime>,
    /// `properties.resourceSelectors`.
    pub selectors: Field<Vec<Vec<Selector>>>,
    /// Where it was read.
    pub source: Source,
    /// The JSON as Azure sent it.
    pub raw: Arc<Value>,
}

/// What Azure last found when it held a resource against a policy. Ids may be lower-cased.
#[derive(Clone, Debug, PartialEq)]
pub struct PolicyState {
    /// `resourceId`.
    pub resource_id: ArmId,
    /// `policyAssignmentId`.
    pub assignment_id: ArmId,
    /// `policyDefinitionId`.
    pub definition_id: ArmId,
    /// `policyDefinitionReferenceId`.
    pub reference: Field<String>,
    /// `complianceState`: Compliant, `NonCompliant`, Exempt, …
    pub compliance: Field<String>,
    /// `policyDefinitionAction`: the effect, lower case.
    pub action: Field<String>,
    /// `timestamp`: when it was evaluated.
    pub evaluated_at: Field<OffsetDateTime>,
    /// Where it was read.
    pub source: Source,
    /// The JSON as Azure sent it.
    pub raw: Arc<Value>,
}

/// The values of a definition's parameters, as they reach it.
#[derive(Clone, Copy, Debug)]
pub struct Values<'a> {
    /// The assignment's own.
    pub assignment: &'a PolicyAssignment,
    /// The initiative between, and its entry for the definition.
    pub through: Option<(&'a PolicySet, &'a SetMember)>,
    /// The definition's declarations, with defaults; none while it has not been read.
    pub declared: Option<&'a Map<String, Value>>,
}

impl<'a> Values<'a> {
    /// The value of a parameter, when it is a plain one: what the initiative passes, else the
    /// assignment's, else the default. None when nothing gives it, or an expression that is more than
    /// a parameter does.
    pub fn of(&self, name: &str) -> Option<Cow<'a, Value>> {
        let default = || default_of(self.declared?, name);
        let Some((set, member)) = self.through else {
            return given(&self.assignment.parameters, name).or_else(default);
        };
        let Some(passed) = entry(&member.parameters, name).and_then(|one| one.get("value")) else {
            return default();
        };
        let outer = |name: &str| {
            given(&self.assignment.parameters, name).or_else(|| default_of(&set.parameters, name))
        };
        match passed.as_str().map(expression) {
            None | Some(Expression::Literal(_)) => Some(unescaped(passed)),
            Some(Expression::Parameter(name)) => outer(name),
            Some(Expression::Other) => None,
        }
    }
}

impl Values<'_> {
    /// The effect that an override says, else the one that an initiative passes to its definition as
    /// the parameter `effect`, which nearly every definition takes its effect from: so much is known
    /// before the definition is read. None when neither says one.
    pub fn effect_passed(&self) -> Option<String> {
        let reference = self
            .through
            .and_then(|(_, member)| member.reference.as_deref());
        self.assignment
            .overridden_effect(reference)
            .map(str::to_owned)
            .or_else(|| {
                let passed = entry(&self.through?.1.parameters, "effect")?;
                passed.get("value")?;
                self.of("effect")?.as_str().map(str::to_owned)
            })
    }
}

/// What a text of a policy rule is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expression<'t> {
    /// The text itself.
    Literal(&'t str),
    /// `[parameters('name')]`.
    Parameter(&'t str),
    /// Any other expression of the template language.
    Other,
}

/// Reads a text: `[[` begins a literal, `[` an expression.
pub fn expression(text: &str) -> Expression<'_> {
    let trimmed = text.trim();
    if trimmed.starts_with("[[") {
        return Expression::Literal(&trimmed[1..]);
    }
    let Some(inner) = trimmed
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
    else {
        return Expression::Literal(text);
    };
    let name = inner.trim();
    let call = name
        .get(..10)
        .filter(|word| word.eq_ignore_ascii_case("parameters"))
        .and_then(|_| name.get(10..))
        .and_then(|rest| rest.trim().strip_prefix('(')?.strip_suffix(')'))
        .and_then(|rest| rest.trim().strip_prefix('\'')?.strip_suffix('\''));
    match call {
        Some(name) if !name.contains('\'') => Expression::Parameter(name),
        _ => Expression::Other,
    }
}

fn unescaped(value: &Value) -> Cow<'_, Value> {
    match value.as_str().map(expression) {
        Some(Expression::Literal(text)) if Some(text) != value.as_str() => {
            Cow::Owned(Value::String(text.to_owned()))
        }
        _ => Cow::Borrowed(value),
    }
}

/// Names of parameters are compared without case.
fn entry<'m>(members: &'m Map<String, Value>, name: &str) -> Option<&'m Value> {
    members.get(name).or_else(|| {
        members
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    })
}

fn given<'m>(members: &'m Map<String, Value>, name: &str) -> Option<Cow<'m, Value>> {
    entry(members, name)?.get("value").map(Cow::Borrowed)
}

fn default_of<'m>(members: &'m Map<String, Value>, name: &str) -> Option<Cow<'m, Value>> {
    entry(members, name)?.get("defaultValue").map(Cow::Borrowed)
}

/// Whether an effect never touches a resource and never refuses a write.
pub fn is_inert(effect: &str) -> bool {
    ["audit", "auditIfNotExists", "disabled", "manual"]
        .iter()
        .any(|one| one.eq_ignore_ascii_case(effect))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_a_literal_a_parameter_or_more() {
        for (text, read) in [
            ("Modify", Expression::Literal("Modify")),
            ("[parameters('effect')]", Expression::Parameter("effect")),
            ("[Parameters( 'effect' )]", Expression::Parameter("effect")),
            ("[[x]", Expression::Literal("[x]")),
            ("[concat('a', 'b')]", Expression::Other),
            ("[parameters('a').b]", Expression::Other),
            ("[parameters(variables('a'))]", Expression::Other),
            ("[parameters('a', 'b')]", Expression::Other),
            ("[x", Expression::Literal("[x")),
            ("", Expression::Literal("")),
        ] {
            assert_eq!(expression(text), read, "{text}");
        }
    }

    #[test]
    fn a_selector_takes_in_and_leaves_out() {
        let texts = |all: &[&str]| Some(all.iter().map(|one| (*one).to_owned()).collect());
        let selector = |one_of, none_of| Selector {
            kind: "resourceLocation".to_owned(),
            one_of,
            none_of,
        };
        assert!(selector(None, None).selects("westus"));
        assert!(selector(texts(&["WestUS"]), None).selects("westus"));
        assert!(!selector(texts(&["eastus"]), None).selects("westus"));
        assert!(!selector(None, texts(&["westus"])).selects("westus"));
        assert!(selector(None, texts(&["eastus"])).selects("westus"));
    }
}

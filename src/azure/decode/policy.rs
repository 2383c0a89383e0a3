//! Azure Policy: assignments, definitions, sets of definitions, exemptions, states (reference
//! `arm/policy.md`).
//!
//! A policy changes resources, and an exemption spares one: a part that cannot be read must not make
//! a policy reach less or an exemption spare more. What decides that and has the wrong shape is
//! malformed, and noted; nobody takes it for absent.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::Context;
use super::authorization::{scope, scope_in};
use super::body::Body;
use super::head;
use super::page::{Decoded, Page, raw};
use super::reader::{Notes, Reader};
use crate::model::field::Field;
use crate::model::id::{ArmId, PrincipalId};
use crate::model::policy::{
    PolicyAssignment, PolicyContent, PolicyDefinition, PolicyExemption, PolicyOverride, PolicySet,
    PolicyState, Selector, SetMember, is_set,
};

/// One assignment.
pub(super) fn assignment(item: &Reader<'_>, context: &Context<'_>) -> Option<PolicyAssignment> {
    let id = item.required("id", item.id("id"))?;
    let properties = item.object("properties");
    let definition = properties.required("policyDefinitionId", properties.id("policyDefinitionId"));
    let metadata = properties.object("metadata");
    let identity = item.object("identity");
    Some(PolicyAssignment {
        name: head::name(item, &id),
        display_name: properties.filled_text("displayName"),
        scope: scope(&properties, &id)?,
        definition_id: definition?,
        enforcement: properties.word("enforcementMode", &["Default", "DoNotEnforce", "Enroll"]),
        not_scopes: properties.ids("notScopes"),
        parameters: Arc::new(members(&properties, "parameters")),
        overrides: properties.each("overrides", one_override),
        selectors: selectors(&properties),
        principal_id: identity.filled_text("principalId").map(PrincipalId::new),
        identity: identity.state(),
        assigned_by: metadata.filled_text("assignedBy"),
        created_by: metadata.filled_text("createdBy"),
        created_on: metadata.time("createdOn"),
        source: context.source(),
        raw: raw(item),
        id,
    })
}

fn one_override(item: &Reader<'_>) -> Option<PolicyOverride> {
    let kind = item.required("kind", item.text("kind"))?;
    let value = item.required("value", item.text("value"))?;
    Some(PolicyOverride {
        kind,
        value,
        selectors: match item.each("selectors", selector) {
            Field::Value(selectors) => selectors,
            field if field.is_unset() => Vec::new(),
            _ => return None,
        },
    })
}

/// `resourceSelectors`: an entry is the list of its selectors. One that cannot be read makes all of it
/// malformed: whether it fits cannot be told.
fn selectors(properties: &Reader<'_>) -> Field<Vec<Vec<Selector>>> {
    let mut whole = true;
    let found = properties.each("resourceSelectors", |entry| {
        let mut own = true;
        let selectors = entry.each("selectors", |item| {
            let one = selector(item);
            own &= one.is_some();
            one
        });
        whole &= own && !selectors.is_unclear();
        Some(selectors.value().cloned().unwrap_or_default())
    });
    if whole { found } else { Field::Malformed }
}

fn selector(item: &Reader<'_>) -> Option<Selector> {
    let kind = item.required("kind", item.text("kind"))?;
    let texts = |name: &'static str| match item.texts(name) {
        Field::Value(texts) => Some(Some(texts)),
        field if field.is_unset() => Some(None),
        _ => None,
    };
    Some(Selector {
        kind,
        one_of: texts("in")?,
        none_of: texts("notIn")?,
    })
}

/// An object's members as they are; none where there is none.
fn members(item: &Reader<'_>, name: &str) -> Map<String, Value> {
    item.object(name)
        .value()
        .and_then(Value::as_object)
        .cloned()
        .unwrap_or_default()
}

/// The definition, or the set, that was asked for by its id.
pub(super) fn page(id: &ArmId, body: Body<'_>, context: &Context<'_>) -> Decoded {
    let of_set = is_set(id);
    let what = if of_set {
        "initiatives"
    } else {
        "policy definitions"
    };
    let notes = Notes::new(what, context);
    let root = body.root(&notes);
    let found = root.value().and_then(|_| {
        if of_set {
            set(&root, id, context).map(PolicyContent::Set)
        } else {
            definition(&root, id, context).map(PolicyContent::Definition)
        }
    });
    drop(root);
    Decoded {
        page: Page::PolicyContents(found.into_iter().collect()),
        issues: notes.into_issues(),
    }
}

fn definition(item: &Reader<'_>, asked: &ArmId, context: &Context<'_>) -> Option<PolicyDefinition> {
    let id = item.id("id").value().unwrap_or(asked).clone();
    let properties = item.object("properties");
    let rule = properties.object("policyRule");
    let Some(body) = rule.value() else {
        properties.required("policyRule", rule.state());
        return None;
    };
    Some(PolicyDefinition {
        name: head::name(item, &id),
        display_name: properties.filled_text("displayName"),
        policy_type: properties.text("policyType"),
        mode: properties.text("mode"),
        parameters: Arc::new(members(&properties, "parameters")),
        rule: Arc::new(body.clone()),
        source: context.source(),
        raw: raw(item),
        id,
    })
}

fn set(item: &Reader<'_>, asked: &ArmId, context: &Context<'_>) -> Option<PolicySet> {
    let id = item.id("id").value().unwrap_or(asked).clone();
    let properties = item.object("properties");
    let found = properties.each("policyDefinitions", member);
    Some(PolicySet {
        name: head::name(item, &id),
        display_name: properties.filled_text("displayName"),
        parameters: Arc::new(members(&properties, "parameters")),
        members: properties.required("policyDefinitions", found)?,
        source: context.source(),
        raw: raw(item),
        id,
    })
}

fn member(item: &Reader<'_>) -> Option<SetMember> {
    Some(SetMember {
        definition_id: item.required("policyDefinitionId", item.id("policyDefinitionId"))?,
        reference: item
            .filled_text("policyDefinitionReferenceId")
            .value()
            .cloned(),
        parameters: members(item, "parameters"),
    })
}

/// One exemption. What it exempts is in its id alone.
pub(super) fn exemption(item: &Reader<'_>, context: &Context<'_>) -> Option<PolicyExemption> {
    let id = item.required("id", item.id("id"))?;
    let properties = item.object("properties");
    let assignment = properties.required("policyAssignmentId", properties.id("policyAssignmentId"));
    let Some(scope) = scope_in(&id) else {
        item.note("id", "does not say what is exempted");
        return None;
    };
    Some(PolicyExemption {
        name: head::name(item, &id),
        scope,
        display_name: properties.filled_text("displayName"),
        assignment_id: assignment?,
        references: properties.texts("policyDefinitionReferenceIds"),
        category: properties.word("exemptionCategory", &["Waiver", "Mitigated"]),
        expires_on: properties.time("expiresOn"),
        selectors: selectors(&properties),
        source: context.source(),
        raw: raw(item),
        id,
    })
}

/// One state. Ids in it may be lower-cased.
pub(super) fn state(item: &Reader<'_>, context: &Context<'_>) -> Option<PolicyState> {
    let resource = item.required("resourceId", item.id("resourceId"));
    let assignment = item.required("policyAssignmentId", item.id("policyAssignmentId"));
    let definition = item.required("policyDefinitionId", item.id("policyDefinitionId"));
    Some(PolicyState {
        resource_id: resource?,
        assignment_id: assignment?,
        definition_id: definition?,
        reference: item.filled_text("policyDefinitionReferenceId"),
        compliance: item.text("complianceState"),
        action: item.text("policyDefinitionAction"),
        evaluated_at: item.time("timestamp"),
        source: context.source(),
        raw: raw(item),
    })
}

//! The `if` of a policy rule, held against a resource as it was read: it matches, it does not, or that
//! cannot be told.
//!
//! What is evaluated: `allOf`, `anyOf`, `not`, the conditions of [`compared`] on `field` and `value`,
//! literals and plain parameters. What is not (other template functions, `count`, `match`, aliases
//! whose place in the answer is not known) never decides alone: the outcome says what it was.

use serde_json::Value;

use crate::model::field::Field;
use crate::model::policy::{Expression, Values, expression};
use crate::model::resource::Resource;

use super::property::{self, Place};

/// What a condition comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It matches.
    Yes,
    /// It does not.
    No,
    /// It cannot be told, and why: what stands in the way.
    Unclear(String),
}

impl Outcome {
    fn of(holds: bool) -> Self {
        if holds { Self::Yes } else { Self::No }
    }

    fn not(self) -> Self {
        match self {
            Self::Yes => Self::No,
            Self::No => Self::Yes,
            unclear @ Self::Unclear(_) => unclear,
        }
    }
}

/// What a rule is held against.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// The resource.
    pub resource: &'a Resource,
    /// The values of the definition's parameters.
    pub values: &'a Values<'a>,
    /// Fields that are not looked at, and what each of their conditions is taken to be: to learn whether
    /// the rule would match for *some* value of what the policy itself has set.
    pub blind: Option<(&'a [String], bool)>,
}

/// Holds a condition against a resource.
pub fn holds(condition: &Value, subject: &Subject<'_>) -> Outcome {
    let Some(members) = condition.as_object() else {
        return Outcome::Unclear("a condition that is no object".to_owned());
    };
    let part = |name: &str| {
        members
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    };
    if let Some(all) = part("allOf") {
        return joined(all, subject, &Outcome::No, Outcome::Yes);
    }
    if let Some(any) = part("anyOf") {
        return joined(any, subject, &Outcome::Yes, Outcome::No);
    }
    if let Some(inner) = part("not") {
        return holds(inner, subject).not();
    }
    let Some((operator, wanted)) = members
        .iter()
        .find(|(key, _)| !["field", "value", "count"].contains(&key.to_ascii_lowercase().as_str()))
    else {
        return Outcome::Unclear("a condition without an operator".to_owned());
    };
    let wanted = match resolved(wanted, subject.values) {
        Ok(wanted) => wanted,
        Err(why) => return Outcome::Unclear(why),
    };
    if let Some(field) = part("field").and_then(Value::as_str) {
        let field = match expression(field) {
            Expression::Literal(field) => field.to_owned(),
            Expression::Parameter(name) => match subject.values.of(name) {
                Some(value) if value.is_string() => value.as_str().unwrap_or_default().to_owned(),
                _ => return Outcome::Unclear(format!("the parameter {name}")),
            },
            Expression::Other => return Outcome::Unclear(format!("the expression {field}")),
        };
        if let Some((fields, taken)) = subject.blind
            && fields.iter().any(|one| one.eq_ignore_ascii_case(&field))
        {
            return Outcome::of(taken);
        }
        return by_field(&found(&field, subject.resource), operator, &wanted);
    }
    if let Some(value) = part("value") {
        return match resolved(value, subject.values) {
            Ok(value) => compared(Some(&value), operator, &wanted),
            Err(why) => Outcome::Unclear(why),
        };
    }
    Outcome::Unclear("a count".to_owned())
}

/// `allOf` and `anyOf`: one part may decide; what cannot be told counts only when none does.
fn joined(parts: &Value, subject: &Subject<'_>, decides: &Outcome, otherwise: Outcome) -> Outcome {
    let mut unclear = None;
    for part in parts.as_array().into_iter().flatten() {
        match holds(part, subject) {
            outcome if outcome == *decides => return outcome,
            Outcome::Unclear(why) => unclear = unclear.or(Some(why)),
            _ => {}
        }
    }
    unclear.map_or(otherwise, Outcome::Unclear)
}

/// A value with its parameters put in; an error names what cannot be put in.
pub(super) fn resolved(value: &Value, values: &Values<'_>) -> Result<Value, String> {
    match value {
        Value::String(text) => match expression(text) {
            Expression::Literal(text) => Ok(Value::String(text.to_owned())),
            Expression::Parameter(name) => values
                .of(name)
                .map(std::borrow::Cow::into_owned)
                .ok_or_else(|| format!("the parameter {name}")),
            Expression::Other => Err(format!("the expression {text}")),
        },
        Value::Array(items) => items
            .iter()
            .map(|item| resolved(item, values))
            .collect::<Result<_, _>>()
            .map(Value::Array),
        other => Ok(other.clone()),
    }
}

/// What a field of a resource holds.
enum Held {
    One(Value),
    /// Of every member of a list.
    Each(Vec<Value>),
    Missing,
    Unclear(String),
}

fn found(field: &str, resource: &Resource) -> Held {
    let text = |text: &str| Held::One(Value::String(text.to_owned()));
    let top = |name: &str| match resource.raw.get(name) {
        None | Some(Value::Null) => Held::Missing,
        Some(value) => Held::One(value.clone()),
    };
    let lower = field.to_ascii_lowercase();
    match lower.as_str() {
        "type" => return text(resource.family.arm_type()),
        "name" | "fullname" => return text(&resource.name),
        "id" => return text(resource.id.as_str()),
        "kind" => return top("kind"),
        "tags" => return top("tags"),
        "location" => {
            return match &resource.location {
                Field::Value(location) => text(&property::region(location)),
                field if field.is_unset() => Held::Missing,
                _ => Held::Unclear("the location".to_owned()),
            };
        }
        "identity.type" | "identity.principalid" | "identity.tenantid" => {
            return match crate::analysis::evidence::at(&resource.raw, field) {
                None | Some(Value::Null) => Held::Missing,
                Some(value) => Held::One(value.clone()),
            };
        }
        _ => {}
    }
    if let Some(tag) = tag_of(field) {
        return resource
            .tags
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(tag))
            .map_or(Held::Missing, |(_, value)| text(value));
    }
    match property::place(field, resource) {
        Place::At(value) => Held::One(value.clone()),
        Place::Each(values) => Held::Each(values.into_iter().cloned().collect()),
        Place::Absent => Held::Missing,
        Place::Unclear(why) => Held::Unclear(why),
    }
}

/// `tags['x']`, `tags[x]`, `tags.x`.
fn tag_of(field: &str) -> Option<&str> {
    let rest = field
        .get(..4)
        .filter(|word| word.eq_ignore_ascii_case("tags"));
    let rest = rest.and_then(|_| field.get(4..))?;
    rest.strip_prefix('.').or_else(|| {
        let inner = rest.strip_prefix('[')?.strip_suffix(']')?;
        Some(inner.trim_matches('\''))
    })
}

fn by_field(held: &Held, operator: &str, wanted: &Value) -> Outcome {
    match held {
        Held::One(value) => compared(Some(value), operator, wanted),
        Held::Missing => compared(None, operator, wanted),
        Held::Unclear(why) => Outcome::Unclear(why.clone()),
        Held::Each(values) if values.is_empty() => {
            // Nothing that could differ: what asks for a difference holds. The rest is disputed.
            if operator.to_ascii_lowercase().starts_with("not") {
                Outcome::Yes
            } else {
                Outcome::Unclear("a condition on the members of an empty list".to_owned())
            }
        }
        // A condition on all members of a list holds when it holds for each of them.
        Held::Each(values) => {
            let mut unclear = None;
            for value in values {
                match compared(Some(value), operator, wanted) {
                    Outcome::Yes => {}
                    Outcome::No => return Outcome::No,
                    Outcome::Unclear(why) => unclear = Some(why),
                }
            }
            unclear.map_or(Outcome::Yes, Outcome::Unclear)
        }
    }
}

/// One comparison. `held` is none for a field that is not there.
fn compared(held: Option<&Value>, operator: &str, wanted: &Value) -> Outcome {
    let lower = operator.to_ascii_lowercase();
    if let Some(positive) = lower.strip_prefix("not") {
        return compared(held, positive, wanted).not();
    }
    if lower == "exists" {
        return match word(wanted).as_deref() {
            Some("true") => Outcome::of(held.is_some()),
            Some("false") => Outcome::of(held.is_none()),
            _ => Outcome::Unclear("exists with something else than true or false".to_owned()),
        };
    }
    let known = [
        "equals",
        "in",
        "like",
        "contains",
        "containskey",
        "less",
        "lessorequals",
        "greater",
        "greaterorequals",
    ];
    if !known.contains(&lower.as_str()) {
        return Outcome::Unclear(format!("the condition {operator}"));
    }
    let Some(held) = held else {
        // Whether nothing equals an empty text is told nowhere.
        return match word(wanted) {
            Some(text) if text.is_empty() => {
                Outcome::Unclear("a missing field compared to an empty text".to_owned())
            }
            _ => Outcome::No,
        };
    };
    match lower.as_str() {
        "equals" => Outcome::of(same(held, wanted)),
        "in" => match wanted.as_array() {
            Some(items) => Outcome::of(items.iter().any(|one| same(held, one))),
            None => Outcome::Unclear("in without a list".to_owned()),
        },
        "like" => match (word(held), word(wanted)) {
            (Some(text), Some(pattern)) => {
                Outcome::of(crate::analysis::wildcard::matches(&pattern, &text))
            }
            _ => Outcome::Unclear("like on something that is no text".to_owned()),
        },
        "contains" => match (held, word(wanted)) {
            (Value::Array(items), Some(_)) => {
                Outcome::of(items.iter().any(|one| same(one, wanted)))
            }
            (held, Some(part)) => word(held).map_or_else(
                || Outcome::Unclear("contains on something that is no text".to_owned()),
                |text| Outcome::of(text.contains(&part)),
            ),
            _ => Outcome::Unclear("contains of something that is no text".to_owned()),
        },
        "containskey" => match (held.as_object(), word(wanted)) {
            (Some(members), Some(key)) => {
                Outcome::of(members.keys().any(|one| one.eq_ignore_ascii_case(&key)))
            }
            _ => Outcome::Unclear("containsKey on something that is no object".to_owned()),
        },
        ordering => match (held.as_f64(), wanted.as_f64()) {
            (Some(held), Some(wanted)) => Outcome::of(match ordering {
                "less" => held < wanted,
                "lessorequals" => held <= wanted,
                "greater" => held > wanted,
                _ => held >= wanted,
            }),
            _ => Outcome::Unclear(format!("{operator} on something that is no number")),
        },
    }
}

/// Policy compares texts without case, and takes `true` and `"true"` for the same.
fn same(left: &Value, right: &Value) -> bool {
    match (word(left), word(right)) {
        (Some(left), Some(right)) => left == right,
        _ => left == right,
    }
}

/// A plain value as a text in lower case.
pub(super) fn word(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.to_ascii_lowercase()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// Whether a resource has this value already.
pub(super) fn has(held: Option<&Value>, value: &Value) -> bool {
    held.is_some_and(|held| same(held, value))
}

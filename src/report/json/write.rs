//! Fields into JSON: absent stays absent, null stays null.
//!
//! A malformed property, and one that the API version does not report, have no value to show:
//! their keys are left out here, and the resource's `issues` name them.

use serde_json::{Map, Value};

use crate::model::field::Field;
use crate::model::id::ArmId;

/// A JSON object in the order of its insertions.
pub(super) type Object = Map<String, Value>;

/// Writes a field as `name`, when Azure said something.
pub(super) fn put<T>(
    out: &mut Object,
    name: &str,
    field: &Field<T>,
    value: impl FnOnce(&T) -> Value,
) {
    match field {
        Field::Value(inner) => {
            out.insert(name.to_owned(), value(inner));
        }
        Field::Null => {
            out.insert(name.to_owned(), Value::Null);
        }
        Field::Absent | Field::Malformed | Field::Unreported(_) => {}
    }
}

/// Writes a text field.
pub(super) fn put_text(out: &mut Object, name: &str, field: &Field<String>) {
    put(out, name, field, |text| text.as_str().into());
}

/// Writes a yes-or-no field.
pub(super) fn put_flag(out: &mut Object, name: &str, field: &Field<bool>) {
    put(out, name, field, |flag| (*flag).into());
}

/// Writes a number field.
pub(super) fn put_number(out: &mut Object, name: &str, field: &Field<i64>) {
    put(out, name, field, |number| (*number).into());
}

/// Writes a list of texts.
pub(super) fn put_texts(out: &mut Object, name: &str, field: &Field<Vec<String>>) {
    put(out, name, field, |items| items.as_slice().into());
}

/// Writes an id, when there is one.
pub(super) fn put_id(out: &mut Object, name: &str, id: Option<&ArmId>) {
    if let Some(id) = id {
        out.insert(name.to_owned(), id.as_str().into());
    }
}

/// Writes a list of ids, when there are any.
pub(super) fn put_ids(out: &mut Object, name: &str, ids: &[ArmId]) {
    if !ids.is_empty() {
        let ids: Vec<&str> = ids.iter().map(ArmId::as_str).collect();
        out.insert(name.to_owned(), ids.into());
    }
}

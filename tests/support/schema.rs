//! The schemas of what is printed for programs, as strict as a test wants them.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use serde_json::{Value, json};

/// What the schema says against a report, with no property allowed that it does not name.
pub(crate) fn problems(report: &Value) -> Vec<String> {
    problems_with(include_str!("../../assets/report.schema.json"), report)
}

/// What a schema says against a document, with no property allowed that it does not name.
pub(crate) fn problems_with(schema: &str, report: &Value) -> Vec<String> {
    let mut schema: Value = serde_json::from_str(schema).unwrap();
    close(&mut schema);
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    validator
        .iter_errors(report)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect()
}

fn close(node: &mut Value) {
    match node {
        Value::Object(map) => {
            if map.get("type") == Some(&json!("object")) && map.contains_key("properties") {
                map.insert("additionalProperties".into(), json!(false));
            }
            map.values_mut().for_each(close);
        }
        Value::Array(items) => items.iter_mut().for_each(close),
        _ => {}
    }
}

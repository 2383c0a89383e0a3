//! The documents of a scenario, with times put in.

use std::path::Path;

use serde_json::Value;

use super::stage::NOW;

pub(crate) fn folder(path: &Path) -> Vec<Value> {
    let mut files: Vec<_> = std::fs::read_dir(path)
        .expect("the folder is there")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    files.sort();
    files.iter().flat_map(|file| document(file)).collect()
}

pub(crate) fn document(path: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(path).expect("the document is there");
    match serde_json::from_str(&timed(&text)) {
        Ok(Value::Array(items)) => items,
        Ok(one @ Value::Object(_)) => vec![one],
        other => panic!("{} is no array: {other:?}", path.display()),
    }
}

/// Puts times in for `{{now-11m}}`.
fn timed(text: &str) -> String {
    let mut parts = text.split("{{now");
    let mut whole = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (offset, rest) = part.split_once("}}").expect("a closed time");
        let number: i64 = offset[..offset.len() - 1].parse().expect("a number");
        let seconds = match &offset[offset.len() - 1..] {
            "s" => 1,
            "m" => 60,
            "h" => 3_600,
            _ => 86_400,
        };
        let at = NOW + time::Duration::seconds(number * seconds);
        let format = &time::format_description::well_known::Rfc3339;
        whole.push_str(&at.format(format).expect("a time"));
        whole.push_str(rest);
    }
    whole
}

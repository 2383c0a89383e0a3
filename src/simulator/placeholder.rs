//! `{{now-90s}}` and its kin inside documents: times relative to the server's start, so that an
//! indexer's last run is always minutes old. Must not know which document it is in.

use serde_json::Value;
use time::{Duration, OffsetDateTime};

use super::clock::iso;

/// Replaces every placeholder in every string of the document; says which one it could not read.
pub(super) fn fill(document: &mut Value, now: OffsetDateTime) -> Result<(), String> {
    match document {
        Value::String(text) => {
            if text.contains("{{") {
                *text = fill_text(text, now)?;
            }
            Ok(())
        }
        Value::Array(items) => items.iter_mut().try_for_each(|item| fill(item, now)),
        Value::Object(fields) => fields.values_mut().try_for_each(|value| fill(value, now)),
        Value::Null | Value::Bool(_) | Value::Number(_) => Ok(()),
    }
}

fn fill_text(text: &str, now: OffsetDateTime) -> Result<String, String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("{{") {
        let Some(length) = rest[start..].find("}}") else {
            break;
        };
        let inner = rest[start + 2..start + length].trim();
        // Other tools' braces (a policy's `{{field}}`) are left alone; only our own word is read.
        if inner.starts_with("now") {
            let moment = moment(inner, now)
                .ok_or_else(|| format!("'{{{{{inner}}}}}' is no time like {{{{now-90s}}}}"))?;
            out.push_str(&rest[..start]);
            out.push_str(&iso(moment));
        } else {
            out.push_str(&rest[..start + length + 2]);
        }
        rest = &rest[start + length + 2..];
    }
    out.push_str(rest);
    Ok(out)
}

fn moment(inner: &str, now: OffsetDateTime) -> Option<OffsetDateTime> {
    let offset = inner.strip_prefix("now")?.trim();
    if offset.is_empty() {
        return Some(now);
    }
    let (sign, amount) = offset.split_at_checked(1)?;
    let unit = amount.chars().last()?;
    let count: i64 = amount.strip_suffix(unit)?.trim().parse().ok()?;
    let seconds = count.checked_mul(match unit {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        'd' => 86400,
        _ => return None,
    })?;
    match sign {
        "-" => now.checked_sub(Duration::seconds(seconds)),
        "+" => now.checked_add(Duration::seconds(seconds)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use time::macros::datetime;

    #[test]
    fn offsets_are_relative_to_now() {
        let now = datetime!(2026-11-23 12:00 UTC);
        let mut document = json!({"a": ["{{now-90s}}", "ran at {{now-15m}}, next {{now+1h}}", 3, "{{field}} {{now}}"], "b": "{{ now-2d }}"});
        fill(&mut document, now).unwrap();
        assert_eq!(
            document,
            json!({"a": ["2026-11-23T11:58:30Z", "ran at 2026-11-23T11:45:00Z, next 2026-11-23T13:00:00Z", 3, "{{field}} 2026-11-23T12:00:00Z"], "b": "2026-11-21T12:00:00Z"})
        );
    }

    #[test]
    fn a_wrong_one_is_named() {
        let now = datetime!(2026-11-23 12:00 UTC);
        for wrong in ["{{now-90}}", "{{now*3s}}", "{{now-99999999999999999d}}"] {
            let reason = fill(&mut json!(wrong), now).unwrap_err();
            assert!(reason.contains("now"), "{reason}");
        }
    }
}

//! Attributes of Terraform's azurerm provider, and azapi where azurerm has none.

use crate::analysis::hop::{Remedy, Tool};
use crate::model::id::ArmId;

/// A text as HCL writes it: quotes, backslashes and templates are escaped.
pub fn text(value: &str) -> String {
    let needs_care =
        |byte: u8| matches!(byte, b'"' | b'\\' | b'$' | b'%') || byte.is_ascii_control();
    if value.is_ascii() && !value.bytes().any(needs_care) {
        return ["\"", value, "\""].concat();
    }
    let mut out = String::from("\"");
    for letter in value.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            one if one.is_control() => {}
            one => out.push(one),
        }
    }
    out.push('"');
    out.replace("${", "$${").replace("%{", "%%{")
}

/// A name as HCL takes it for a label.
pub fn label(name: &str) -> String {
    let mut out: String = name
        .chars()
        .map(|one| {
            if one.is_ascii_alphanumeric() || one == '_' || one == '-' {
                one
            } else {
                '_'
            }
        })
        .collect();
    if !out.starts_with(|one: char| one.is_ascii_alphabetic() || one == '_') {
        out.insert(0, '_');
    }
    out
}

/// A resource of azurerm with the lines that matter.
pub fn azurerm(kind: &str, name: &str, lines: &[&str]) -> Remedy {
    let mut text = ["resource \"", kind, "\" \"", &label(name), "\" {\n"].concat();
    for line in lines {
        text.push_str("  ");
        text.push_str(line);
        text.push('\n');
    }
    text.push('}');
    Remedy {
        tool: Tool::Azurerm,
        text,
        note: None,
    }
}

/// `azapi_update_resource` with the properties that change, as HCL.
pub fn azapi(id: &ArmId, api_version: &str, properties: &str) -> Remedy {
    let kind = id.resource_type().unwrap_or_default();
    Remedy {
        tool: Tool::Azapi,
        text: format!(
            "resource \"azapi_update_resource\" \"{}\" {{\n  type        = {}\n  resource_id = {}\n  body = {{\n    properties = {properties}\n  }}\n}}",
            label(id.name()),
            text(&format!("{kind}@{api_version}")),
            text(id.as_str()),
        ),
        note: None,
    }
}

/// `azurerm_role_assignment`.
pub fn role_assignment(principal: &str, role: &str, scope: &ArmId) -> Remedy {
    azurerm(
        "azurerm_role_assignment",
        &format!("{}_{}", scope.name(), role),
        &[
            &format!("scope                = {}", text(scope.as_str())),
            &format!("role_definition_name = {}", text(role)),
            &format!("principal_id         = {}", text(principal)),
        ],
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_and_labels_are_safe() {
        for (value, expected) in [
            ("plain", "\"plain\""),
            ("say \"x\"", "\"say \\\"x\\\"\""),
            ("${var.x}", "\"$${var.x}\""),
            ("%{if}", "\"%%{if}\""),
            ("a\\b", "\"a\\\\b\""),
            ("a\nb", "\"ab\""),
        ] {
            assert_eq!(text(value), expected, "{value:?}");
        }
        assert_eq!(label("1 Storage Blob"), "_1_Storage_Blob");
        assert_eq!(label("st"), "st");
    }
}

//! What old api-versions do not show. Must not know where a document stands, only its type and the
//! version asked for.
//!
//! Where to add the next one: a line in [`HIDDEN`] with the first version that shows the property.

use serde_json::Value;

struct Hidden {
    kind: &'static str,
    path: &'static [&'static str],
    since: &'static str,
    /// A value that old versions show all the same.
    except: Option<&'static str>,
}

const HIDDEN: &[Hidden] = &[
    // Old versions answer "None" whatever they declare; another value they do not know.
    hidden(
        "microsoft.search/searchservices",
        &["properties", "networkRuleSet", "bypass"],
        "2024-06-01-preview",
        Some("None"),
    ),
    hidden(
        "microsoft.search/searchservices",
        &["properties", "dataExfiltrationProtections"],
        "2025-05-01",
        None,
    ),
    hidden(
        "microsoft.search/searchservices",
        &["properties", "semanticSearch"],
        "2023-11-01",
        None,
    ),
    hidden(
        "microsoft.cognitiveservices/accounts",
        &["properties", "networkAcls", "bypass"],
        "2023-10-01-preview",
        None,
    ),
    hidden(
        "microsoft.cognitiveservices/accounts",
        &["properties", "networkInjections"],
        "2025-06-01",
        None,
    ),
    hidden(
        "microsoft.cognitiveservices/accounts",
        &["properties", "allowProjectManagement"],
        "2025-06-01",
        None,
    ),
    hidden(
        "microsoft.machinelearningservices/workspaces",
        &["kind"],
        "2023-02-01-preview",
        None,
    ),
    hidden(
        "microsoft.machinelearningservices/workspaces",
        &["properties", "managedNetwork"],
        "2023-10-01",
        None,
    ),
    hidden(
        "microsoft.machinelearningservices/workspaces",
        &["properties", "hubResourceId"],
        "2023-04-01-preview",
        None,
    ),
    hidden(
        "microsoft.machinelearningservices/workspaces",
        &["properties", "workspaceHubConfig"],
        "2023-04-01-preview",
        None,
    ),
    hidden(
        "microsoft.machinelearningservices/workspaces",
        &["properties", "associatedWorkspaces"],
        "2023-04-01-preview",
        None,
    ),
    hidden(
        "microsoft.machinelearningservices/workspaces",
        &["properties", "enableServiceSideCMKEncryption"],
        "2025-01-01-preview",
        None,
    ),
    hidden(
        "microsoft.network/virtualnetworks",
        &["properties", "addressSpace", "ipamPoolPrefixAllocations"],
        "2024-05-01",
        None,
    ),
    hidden(
        "microsoft.storage/storageaccounts",
        &["properties", "allowSharedKeyAccessForServices"],
        "2025-01-01",
        None,
    ),
    hidden(
        "microsoft.authorization/denyassignments",
        &["properties", "denyAssignmentEffect"],
        "2024-07-01-preview",
        None,
    ),
];

const fn hidden(
    kind: &'static str,
    path: &'static [&'static str],
    since: &'static str,
    except: Option<&'static str>,
) -> Hidden {
    Hidden {
        kind,
        path,
        since,
        except,
    }
}

/// Removes from a document what the version does not show.
pub(super) fn adapt(version: &str, body: &mut Value) {
    let Some(kind) = body.get("type").and_then(Value::as_str) else {
        return;
    };
    let kind = kind.to_ascii_lowercase();
    for rule in HIDDEN {
        if rule.kind != kind || version >= rule.since {
            continue;
        }
        let Some((last, parents)) = rule.path.split_last() else {
            continue;
        };
        let parent = parents
            .iter()
            .try_fold(&mut *body, |value, name| value.get_mut(*name));
        if let Some(Value::Object(fields)) = parent
            && fields.get(*last).and_then(Value::as_str) != rule.except.or(Some("\0"))
        {
            fields.shift_remove(*last);
        }
    }
}

/// Whether a service could have had this version: `2014-04-01` to `2029-12-31`, with a known suffix.
/// Clients bring versions newer than any list of ours, so the list is not asked.
pub(super) fn is_plausible(version: &str) -> bool {
    let Some((date, suffix)) = version.split_at_checked(10) else {
        return false;
    };
    let mut numbers = date.split('-').map(|part| part.parse::<u16>().ok());
    let (Some(Some(year)), Some(Some(month)), Some(Some(day)), None) = (
        numbers.next(),
        numbers.next(),
        numbers.next(),
        numbers.next(),
    ) else {
        return false;
    };
    date.bytes()
        .enumerate()
        .all(|(at, byte)| (byte == b'-') == matches!(at, 4 | 7) && byte != b'+')
        && (2014..2030).contains(&year)
        && (1..=12).contains(&month)
        && (1..=31).contains(&day)
        && matches!(
            suffix.to_ascii_lowercase().as_str(),
            "" | "-preview" | "-alpha" | "-beta" | "-privatepreview"
        )
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn old_versions_hide_what_they_do_not_declare() {
        let service = |bypass: &str| json!({"type": "Microsoft.Search/searchServices", "properties": {"networkRuleSet": {"ipRules": [], "bypass": bypass}}});
        for (version, bypass, shown) in [
            ("2023-11-01", "AzureServices", false),
            ("2023-11-01", "None", true),
            ("2025-05-01", "AzureServices", true),
            ("2024-06-01-preview", "AzureServices", true),
        ] {
            let mut body = service(bypass);
            adapt(version, &mut body);
            let rules = &body["properties"]["networkRuleSet"];
            assert_eq!(rules.get("bypass").is_some(), shown, "{version} {bypass}");
            assert!(rules.get("ipRules").is_some());
        }
        let mut account = json!({"type": "microsoft.cognitiveservices/ACCOUNTS", "properties": {"networkAcls": {"bypass": "None"}}});
        adapt("2023-05-01", &mut account);
        assert!(account["properties"]["networkAcls"].get("bypass").is_none());
    }

    #[test]
    fn plausible_versions_are_taken_and_absurd_ones_are_not() {
        for good in [
            "2026-06-01",
            "2021-05-01-preview",
            "2015-04-01",
            "2027-01-01-privatepreview",
        ] {
            assert!(is_plausible(good), "{good}");
        }
        for bad in [
            "",
            "latest",
            "2099-01-01",
            "1999-01-01",
            "2024-13-01",
            "2024-01-99",
            "2024-01-01-nonsense",
            "20240101",
            "2024-1-001",
            "+024-01-01",
            "ääääääääää",
        ] {
            assert!(!is_plausible(bad), "{bad}");
        }
    }
}

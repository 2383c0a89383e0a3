//! A call as a command that asks the same again, `az rest` and `curl`, quoted for a shell, without a
//! token: the own one is `az`'s business, others' stand as variables of the shell.

use std::net::IpAddr;

use crate::model::key::Key;
use crate::model::ledger::{LedgerEntry, Outcome, Service};
use crate::store::Inventory;
use crate::ui::text::short_guid;

/// The command, and what is to be known about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Command {
    /// The whole command.
    pub(super) text: String,
    /// The same with a long question cut short, to be looked at.
    pub(super) shown: String,
    /// A word beside it: what it lacks.
    pub(super) note: &'static str,
}

/// The command of a call. None for sign-in, which no one should repeat by hand, and for a call that
/// never left.
pub(super) fn command(entry: &LedgerEntry, inventory: &Inventory) -> Option<Command> {
    let resource = match entry.service {
        Service::Login | Service::ManagedIdentity => return None,
        Service::Arm | Service::Graph => None,
        Service::Search => Some("https://search.azure.com"),
        Service::Logs => Some("https://api.loganalytics.io"),
    };
    if matches!(entry.outcome, Outcome::Stopped(_)) {
        return None;
    }
    let scheme = if is_loopback(&entry.host) {
        "http"
    } else {
        "https"
    };
    let url = format!("{scheme}://{}{}", entry.host, entry.path);
    let mut text = format!(
        "{}az rest --method {} --url {}",
        tokens(entry, ARM),
        entry.method.to_ascii_lowercase(),
        quoted(&url)
    );
    if let Some(header) = auxiliary(entry) {
        text = format!("{text} --headers \"x-ms-authorization-auxiliary={header}\"");
    }
    if let Some(resource) = resource {
        text.push_str(" --resource ");
        text.push_str(resource);
    }
    let mut shown = text.clone();
    let mut note = "without the token";
    if &*entry.method == "POST" {
        if matches!(entry.fills, Some(Key::Principals(_))) {
            let ids = ids(inventory);
            let body = |ids: &[&str]| quoted(&serde_json::json!({ "ids": ids }).to_string());
            text = format!("{text} --body {}", body(&ids));
            let first = ids.first().map(|id| short_guid(id));
            let rest = ids.len().saturating_sub(1);
            let mut few: Vec<&str> = first.as_deref().into_iter().collect();
            let more = format!("… {rest} more");
            if rest > 0 {
                few.push(&more);
            }
            shown = format!("{shown} --body {}", body(&few));
        } else {
            for one in [&mut text, &mut shown] {
                one.push_str(" --body @question.json");
            }
            note = "without the token; the question itself is not kept";
        }
    }
    Some(Command { text, shown, note })
}

/// The same as `curl`, with every token as a variable of the shell. None where there is no command,
/// and for a question, whose body is not kept.
pub(super) fn curl(entry: &LedgerEntry, inventory: &Inventory) -> Option<String> {
    command(entry, inventory)?;
    if &*entry.method != "GET" {
        return None;
    }
    let resource = match entry.service {
        Service::Search => "https://search.azure.com",
        Service::Logs => "https://api.loganalytics.io",
        Service::Graph => "https://graph.microsoft.com",
        _ => ARM,
    };
    let scheme = if is_loopback(&entry.host) {
        "http"
    } else {
        "https"
    };
    let url = quoted(&format!("{scheme}://{}{}", entry.host, entry.path));
    let own = fetched("token", resource, entry.tenant.as_deref());
    let others = tokens(entry, resource);
    let mut text = format!("{own}\n{others}curl --header \"Authorization: Bearer $token\"");
    if let Some(header) = auxiliary(entry) {
        text = format!("{text} --header \"x-ms-authorization-auxiliary: {header}\"");
    }
    Some(format!("{text} {url}"))
}

/// The resource that Resource Manager's tokens are asked for.
const ARM: &str = "https://management.azure.com/";

/// A line that puts a tenant's token into a variable of the shell.
fn fetched(variable: &str, resource: &str, tenant: Option<&str>) -> String {
    let tenant = tenant.map_or(String::new(), |tenant| {
        format!(" --tenant {}", quoted(tenant))
    });
    format!(
        "{variable}=$(az account get-access-token --resource {resource}{tenant} --query accessToken --output tsv)"
    )
}

/// The lines that fetch the other tenants' tokens, one variable each.
fn tokens(entry: &LedgerEntry, resource: &str) -> String {
    let tenants = entry.auxiliary_tenants.iter().enumerate();
    tenants
        .map(|(at, tenant)| fetched(&variable(at), resource, Some(tenant)) + "\n")
        .collect()
}

/// The auxiliary header's value, with variables for tokens. It stands in double quotes, so that the
/// shell puts them in.
fn auxiliary(entry: &LedgerEntry) -> Option<String> {
    let count = entry.auxiliary_tenants.len();
    (count > 0).then(|| {
        let each = (0..count).map(|at| format!("Bearer ${}", variable(at)));
        each.collect::<Vec<_>>().join(", ")
    })
}

fn variable(at: usize) -> String {
    match at {
        0 => "auxiliaryToken".to_owned(),
        more => format!("auxiliaryToken{}", more + 1),
    }
}

/// The question to the directory: every principal that an assignment names.
fn ids(inventory: &Inventory) -> Vec<&str> {
    let mut ids: Vec<&str> = inventory
        .assignments()
        .map(|one| one.principal_id.as_str())
        .collect();
    ids.sort_unstable();
    ids.dedup();
    ids.truncate(1000);
    ids
}

fn is_loopback(host: &str) -> bool {
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let bare = name.trim_start_matches('[').trim_end_matches(']');
    name == "localhost"
        || bare
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

/// A word as a POSIX shell takes it whole.
fn quoted(word: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "-._/:@%+=,".contains(letter);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_stays_one_word_in_a_shell() {
        for (word, shown) in [
            ("https://a.b/c", "https://a.b/c"),
            ("https://a.b/c?d=e&f=$g", "'https://a.b/c?d=e&f=$g'"),
            ("o'neil; rm -rf", r"'o'\''neil; rm -rf'"),
            ("", "''"),
        ] {
            assert_eq!(quoted(word), shown);
        }
    }

    #[test]
    fn tokens_of_several_tenants_are_variables_of_the_shell() {
        let recorder = |auxiliary: &[&str]| LedgerEntry {
            number: 1,
            started_at: time::OffsetDateTime::UNIX_EPOCH,
            service: Service::Arm,
            method: "GET".into(),
            host: "management.azure.com".into(),
            path: "/subscriptions/s?api-version=1".into(),
            api_version: None,
            status: Some(200),
            bytes: 0,
            duration: std::time::Duration::ZERO,
            attempts: 1,
            outcome: Outcome::Answered,
            remaining: Vec::new(),
            correlation_id: None,
            request_id: None,
            tenant: Some("home".into()),
            auxiliary_tenants: auxiliary.iter().map(|one| (*one).into()).collect(),
            error_code: None,
            error_message: None,
            headers: [].into(),
            body: None,
            fills: None,
        };
        let inventory = Inventory::build(&crate::store::Store::new().snapshot());
        let entry = recorder(&["pools", "third"]);
        let command = command(&entry, &inventory).unwrap();
        assert_eq!(
            command.text,
            "auxiliaryToken=$(az account get-access-token --resource https://management.azure.com/ \
             --tenant pools --query accessToken --output tsv)\n\
             auxiliaryToken2=$(az account get-access-token --resource https://management.azure.com/ \
             --tenant third --query accessToken --output tsv)\n\
             az rest --method get --url 'https://management.azure.com/subscriptions/s?api-version=1' \
             --headers \"x-ms-authorization-auxiliary=Bearer $auxiliaryToken, Bearer $auxiliaryToken2\""
        );
        let text = curl(&recorder(&[]), &inventory).unwrap();
        assert_eq!(
            text,
            "token=$(az account get-access-token --resource https://management.azure.com/ \
             --tenant home --query accessToken --output tsv)\n\
             curl --header \"Authorization: Bearer $token\" \
             'https://management.azure.com/subscriptions/s?api-version=1'"
        );
    }

    #[test]
    fn only_loopback_is_asked_in_the_clear() {
        for (host, is) in [
            ("127.0.0.1:8080", true),
            ("localhost", true),
            ("[::1]:80", true),
            ("management.azure.com", false),
            ("127.evil.example.com", false),
        ] {
            assert_eq!(is_loopback(host), is, "{host}");
        }
    }
}

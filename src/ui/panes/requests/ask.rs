//! A call as a command that asks the same again: `az rest`, quoted for a shell, without a token.

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
        "az rest --method {} --url {}",
        entry.method.to_ascii_lowercase(),
        quoted(&url)
    );
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

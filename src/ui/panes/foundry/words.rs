//! Identities, connections, keys and groups in the few words of a row.

use crate::analysis::foundry::{Connections, Encrypted, Foundry, KeyState, Presents};
use crate::model::field::Field;
use crate::model::resource::Identity;
use crate::ui::signs::Sign;
use crate::ui::text::{Cut, cut, short_tail};

use super::rows::{About, Row};

/// What there is: `1 hub · 1 project · 1 managed group`.
pub(super) fn tally(judged: &Foundry, rows: &[Row], groups: usize) -> String {
    let count = |is: fn(&Row) -> bool| rows.iter().filter(|row| is(row)).count();
    let hubs = count(|row| matches!(row.about, About::Hub(_)));
    let accounts = count(|row| matches!(row.about, About::Account(_)));
    let projects: usize = rows
        .iter()
        .map(|row| match row.about {
            About::Hub(at) => judged.hubs[at].projects.len(),
            About::Account(at) => judged.accounts[at].projects.len(),
            About::Lone(_) => 1,
            _ => 0,
        })
        .sum();
    let words: Vec<String> = [
        (hubs, "hub"),
        (accounts, "account"),
        (projects, "project"),
        (groups, "managed group"),
    ]
    .into_iter()
    .filter(|(count, _)| *count > 0)
    .map(|(count, word)| format!("{count} {word}{}", if count == 1 { "" } else { "s" }))
    .collect();
    words.join(" · ")
}

/// What a refused reading leaves open here.
pub(super) fn so(rows: &[Row]) -> String {
    let has_child = |row: &Row| {
        rows.iter()
            .any(|child| child.parent.is_some_and(|at| rows[at].id == row.id))
    };
    let open = rows
        .iter()
        .filter(|row| row.sign == Sign::Unknown && !has_child(row))
        .count();
    match open {
        _ if rows.is_empty() => String::new(),
        0 => "What was read is shown.".to_owned(),
        1 => "1 row cannot be judged.".to_owned(),
        many => format!("{many} rows cannot be judged."),
    }
}

/// Identities in words: `SystemAssigned, id-hub-rag`.
pub(super) fn identity_words(identity: &Field<Identity>) -> (Sign, String) {
    match identity {
        Field::Absent | Field::Null => (Sign::None, "none".to_owned()),
        Field::Malformed => (Sign::Unknown, "malformed".to_owned()),
        Field::Unreported(since) => (Sign::Unknown, format!("needs {since}")),
        Field::Value(identity) => {
            let mut words = Vec::new();
            if identity.is_system_assigned() {
                words.push("SystemAssigned".to_owned());
            }
            words.extend(
                identity
                    .user_assigned
                    .iter()
                    .map(|one| one.id.name().to_owned()),
            );
            match (words.is_empty(), identity.identity_type.text()) {
                (false, _) => (Sign::Open, words.join(", ")),
                (true, None) => (Sign::Unknown, "its type is not said".to_owned()),
                (true, Some(text)) if text.eq_ignore_ascii_case("None") => {
                    (Sign::None, "none".to_owned())
                }
                (true, Some(text)) => (Sign::Unknown, text.to_owned()),
            }
        }
    }
}

/// Connections in words: `3, all with Entra ID`, `3: 2 with Entra ID, 1 by key`.
pub(super) fn connection_words(connections: &Connections) -> String {
    let count = |presents: Presents| {
        connections
            .items
            .iter()
            .filter(|one| one.presents == presents)
            .count()
    };
    let all = connections.items.len();
    let words: Vec<String> = [
        (Presents::Token, "with Entra ID"),
        (Presents::Secret, "with a stored secret"),
        (Presents::Nothing, "with nothing"),
        (Presents::Unclear, "with what is not clear"),
    ]
    .into_iter()
    .filter(|(presents, _)| count(*presents) > 0)
    .map(|(presents, words)| match count(presents) {
        many if many == all && all > 1 => format!("all {words}"),
        _ if all == 1 => words.to_owned(),
        many => format!("{many} {words}"),
    })
    .collect();
    let said = match (all, words.as_slice()) {
        (0, _) => "none".to_owned(),
        (all, [one]) => format!("{all}, {one}"),
        (all, several) => format!("{all}: {}", several.join(", ")),
    };
    match (&connections.missing, all) {
        (None, _) => said,
        (Some(_), 0) => "not read".to_owned(),
        (Some(_), _) => format!("{said}, and there may be more"),
    }
}

/// Who keeps the key: `kv-rag-dev/cmk-rag`, `Microsoft's key`.
pub(super) fn encryption_words(encryption: &Encrypted) -> String {
    let key = encryption.key.text().map(key_words);
    match (encryption.state, key) {
        (KeyState::ManagedGroup | KeyState::CustomerKey, Some(key)) => key,
        (state, Some(key)) if state != KeyState::Platform => format!("{key}, {}", state.words()),
        (state, _) => state.words().to_owned(),
    }
}

/// A group's name, with the GUID at its end cut short.
pub(super) fn group_words(name: &str) -> String {
    cut(&short_tail(name), 48, Cut::Middle).into_owned()
}

/// A key's URI in short: vault and key.
pub(super) fn key_words(uri: &str) -> String {
    let parsed = url::Url::parse(uri).ok();
    let vault = parsed
        .as_ref()
        .and_then(url::Url::host_str)
        .and_then(|host| host.split('.').next());
    let key = parsed
        .as_ref()
        .and_then(|url| url.path_segments()?.nth(1).map(str::to_owned));
    match (vault, key) {
        (Some(vault), Some(key)) => format!("{vault}/{key}"),
        _ => uri.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use crate::analysis::foundry::ConnectionLine;
    use crate::model::id::ArmId;

    use super::*;

    fn connections(auth: &[Presents], missing: bool) -> Connections {
        let items = auth.iter().map(|presents| ConnectionLine {
            id: ArmId::new("/x"),
            name: "x".to_owned(),
            category: Field::Absent,
            auth_type: Field::Absent,
            target: Field::Absent,
            resource: None,
            presents: *presents,
        });
        Connections {
            items: items.collect(),
            missing: missing.then(|| "refused".to_owned()),
        }
    }

    #[test]
    fn connections_are_counted_by_what_they_present() {
        use Presents::{Secret, Token};
        for (auth, missing, words) in [
            (vec![], false, "none"),
            (vec![], true, "not read"),
            (vec![Token], false, "1, with Entra ID"),
            (vec![Token; 3], false, "3, all with Entra ID"),
            (
                vec![Token, Secret, Token],
                false,
                "3: 2 with Entra ID, 1 with a stored secret",
            ),
            (vec![Token], true, "1, with Entra ID, and there may be more"),
        ] {
            assert_eq!(connection_words(&connections(&auth, missing)), words);
        }
    }

    #[test]
    fn no_identity_and_an_unclear_one_are_two_things() {
        assert_eq!(
            identity_words(&Field::Absent),
            (Sign::None, "none".to_owned())
        );
        assert_eq!(identity_words(&Field::Malformed).0, Sign::Unknown);
        let of = |text: &str| {
            Field::Value(Identity {
                identity_type: Field::Value(text.to_owned()),
                ..Identity::default()
            })
        };
        assert_eq!(identity_words(&of("None")).0, Sign::None);
        assert_eq!(identity_words(&of("SystemAssigned")).1, "SystemAssigned");
        assert_eq!(identity_words(&of("Tomorrow")).0, Sign::Unknown);
    }

    #[test]
    fn a_group_keeps_the_name_of_its_hub() {
        let name = "azureml-rg-hub-rag-dev_5c1d410a-6e5d-4f19-9a6a-c12e631a77e2";
        assert_eq!(group_words(name), "azureml-rg-hub-rag-dev_5c1d…77e2");
        assert_eq!(group_words("rg-rag-poc"), "rg-rag-poc");
        assert_eq!(group_words("größe"), "größe");
    }

    #[test]
    fn a_key_is_named_by_vault_and_name() {
        assert_eq!(
            key_words("https://kv-rag-dev.vault.azure.net/keys/cmk-rag/0123"),
            "kv-rag-dev/cmk-rag"
        );
        assert_eq!(key_words("nonsense"), "nonsense");
    }
}

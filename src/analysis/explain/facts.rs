//! What a message names: who, what, where.
//!
//! Values are cut out of the text as they stand; nothing is looked up here.

use super::text::Tidy;

/// What kind of thing a message names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FactKind {
    /// The object id, or the name, of who calls.
    Principal,
    /// An application (client) id.
    Application,
    /// A right.
    Action,
    /// An ARM scope.
    Scope,
    /// A host.
    Host,
    /// A tenant.
    Tenant,
    /// A linked subscription.
    Subscription,
    /// A storage account, search service or server.
    Account,
    /// An address.
    Address,
    /// An index.
    Index,
    /// A semantic configuration.
    SemanticConfiguration,
    /// The size of a document.
    Bytes,
    /// A status that a called service gave.
    Status,
}

impl FactKind {
    /// The word before the value.
    pub fn word(self) -> &'static str {
        match self {
            Self::Principal => "principal",
            Self::Application => "application",
            Self::Action => "action",
            Self::Scope => "scope",
            Self::Host => "host",
            Self::Tenant => "tenant",
            Self::Subscription => "subscription",
            Self::Account => "account",
            Self::Address => "address",
            Self::Index => "index",
            Self::SemanticConfiguration => "semantic configuration",
            Self::Bytes => "bytes",
            Self::Status => "status",
        }
    }
}

/// One thing that a message names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// What it is.
    pub kind: FactKind,
    /// As it stands in the text.
    pub value: String,
}

/// Words that stand before a value in quotes.
const QUOTED: &[(FactKind, &str)] = &[
    (FactKind::Principal, "the principal '"),
    (FactKind::Principal, "with object id '"),
    (FactKind::Principal, "principal id '"),
    (FactKind::Principal, "object id '"),
    (FactKind::Application, "client id '"),
    (FactKind::Application, "application '"),
    (FactKind::Application, "the app '"),
    (FactKind::Application, "the client application '"),
    (FactKind::Action, "required data action '"),
    (FactKind::Action, "perform action '"),
    (FactKind::Action, "perform action(s) '"),
    (FactKind::Action, "action: '"),
    (FactKind::Scope, "over scope '"),
    (FactKind::Scope, "linked scope(s) '"),
    (FactKind::Scope, "linked scope '"),
    (FactKind::Scope, "resource: '"),
    (FactKind::Host, "the hostname '"),
    (FactKind::Host, "image url domain '"),
    (FactKind::Tenant, "the current tenant '"),
    (FactKind::Tenant, "tenant id '"),
    (FactKind::Tenant, "in the tenant '"),
    (FactKind::Tenant, "tenant '"),
    (FactKind::Subscription, "linked subscription '"),
    (FactKind::Account, "blob container for account '"),
    (FactKind::Account, "account keys for account '"),
    (FactKind::Account, "server endpoint for account '"),
    (FactKind::Account, "' for service '"),
    (FactKind::Index, "the index '"),
    (FactKind::SemanticConfiguration, "semantic configuration '"),
    (FactKind::Bytes, "document is '"),
    (FactKind::Status, "web api response status: '"),
];

/// Words that stand before a value without quotes: it ends at a space, a comma, a semicolon.
const PLAIN: &[(FactKind, &str)] = &[
    (FactKind::Address, "originated from ip "),
    (FactKind::Address, "client address: "),
    (FactKind::Application, "appid="),
    (FactKind::Application, "the client application "),
    (FactKind::Principal, "oid="),
    (FactKind::Action, "action: "),
    (FactKind::Scope, "resource: "),
    (FactKind::Tenant, "missing service principal in the tenant "),
    (FactKind::Bytes, "document is "),
];

/// Everything that a text names, each value once.
pub fn read(tidy: &Tidy) -> Vec<Fact> {
    let mut facts = Vec::new();
    for &(kind, before) in QUOTED {
        for (at, _) in tidy.folded.match_indices(before) {
            let rest = &tidy.plain[at + before.len()..];
            let value = rest.split('\'').next().unwrap_or_default();
            if rest.len() > value.len() {
                add(&mut facts, kind, value);
            }
        }
    }
    for &(kind, before) in PLAIN {
        for (at, _) in tidy.folded.match_indices(before) {
            let rest = &tidy.plain[at + before.len()..];
            let value = rest
                .split([' ', ',', ';', ')', '\''])
                .next()
                .unwrap_or_default();
            add(&mut facts, kind, value);
        }
    }
    for (at, _) in tidy.folded.match_indices("https://") {
        let rest = &tidy.plain[at + "https://".len()..];
        let host = rest
            .split(['/', ' ', '\'', '?', ':', ',', ')', ';'])
            .next()
            .unwrap_or_default();
        if host.contains('.') && !is_help(host) {
            add(&mut facts, FactKind::Host, host);
        }
    }
    labelled(tidy, &mut facts);
    facts.sort_by_key(|fact| fact.kind);
    facts
}

/// An id that follows the word for what it is: `client id 1111…`, `tenant: 2222…`.
fn labelled(tidy: &Tidy, facts: &mut Vec<Fact>) {
    for at in guids(&tidy.folded) {
        let before = tidy.folded[..at].trim_end_matches([' ', '\'', ':', '=', '(']);
        let value = &tidy.plain[at..at + GUID];
        let kind = [
            (
                FactKind::Application,
                ["client id", "clientid", "client", "appid"],
            ),
            (FactKind::Tenant, ["tenant id", "tenantid", "tenant", "tid"]),
            (
                FactKind::Principal,
                ["object id", "objectid", "principal", "oid"],
            ),
        ]
        .into_iter()
        .find(|(_, words)| words.iter().any(|word| before.ends_with(word)));
        if let Some((kind, _)) = kind {
            // The client of an ARM message is named by its object id right behind.
            let is_client_by_object = kind == FactKind::Application
                && tidy.folded[at + GUID..]
                    .trim_start_matches('\'')
                    .starts_with(" with object id");
            if !is_client_by_object {
                add(facts, kind, value);
            }
        }
    }
}

/// The code that storage writes behind a message.
pub fn code(said: &str) -> Option<String> {
    let (_, rest) = said.split_once("ErrorCode:")?;
    let code: String = rest
        .trim_start()
        .chars()
        .take_while(char::is_ascii_alphanumeric)
        .collect();
    (!code.is_empty()).then_some(code)
}

fn add(facts: &mut Vec<Fact>, kind: FactKind, value: &str) {
    let value = value.trim().trim_end_matches('.');
    let is_there = facts
        .iter()
        .any(|fact| fact.kind == kind && fact.value.eq_ignore_ascii_case(value));
    // A person's paste may lack the value that a fragment cuts out: nothing is named then.
    if value.is_empty() || value.starts_with('<') || value == "…" || is_there {
        return;
    }
    facts.push(Fact {
        kind,
        value: value.to_owned(),
    });
}

/// Where the text only sends the reader to documentation.
fn is_help(host: &str) -> bool {
    let host = host.to_ascii_lowercase();
    [
        "aka.ms",
        "learn.microsoft.com",
        "docs.microsoft.com",
        "go.microsoft.com",
    ]
    .iter()
    .any(|help| host == *help)
}

/// Bytes of a GUID in its usual writing.
const GUID: usize = 36;

/// Where GUIDs begin in a text.
pub(super) fn guids(text: &str) -> impl Iterator<Item = usize> {
    let bytes = text.as_bytes();
    (0..bytes.len().saturating_sub(GUID - 1)).filter(move |&at| {
        let is_start = at == 0 || !bytes[at - 1].is_ascii_alphanumeric();
        let is_end = bytes
            .get(at + GUID)
            .is_none_or(|next| !next.is_ascii_alphanumeric());
        is_start
            && is_end
            && bytes[at..at + GUID]
                .iter()
                .enumerate()
                .all(|(place, byte)| {
                    if matches!(place, 8 | 13 | 18 | 23) {
                        *byte == b'-'
                    } else {
                        byte.is_ascii_hexdigit()
                    }
                })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(text: &str) -> Vec<(FactKind, String)> {
        read(&Tidy::new(text))
            .into_iter()
            .map(|fact| (fact.kind, fact.value))
            .collect()
    }

    #[test]
    fn a_data_action_and_its_principal() {
        assert_eq!(
            named(
                "The principal `3f0c0000-0000-0000-0000-00000000001b` lacks the required data \
                 action `Microsoft.CognitiveServices/accounts/OpenAI/responses/write` to perform \
                 `POST /openai/responses` operation."
            ),
            [
                (
                    FactKind::Principal,
                    "3f0c0000-0000-0000-0000-00000000001b".to_owned()
                ),
                (
                    FactKind::Action,
                    "Microsoft.CognitiveServices/accounts/OpenAI/responses/write".to_owned()
                ),
            ]
        );
    }

    #[test]
    fn a_linked_refusal_names_client_action_scope_tenant_and_subscription() {
        let found = named(
            "(LinkedAuthorizationFailed) The client '11111111-1111-1111-1111-111111111111' with object id \
             '22222222-2222-2222-2222-222222222222' has permission to perform action \
             'Microsoft.Network/virtualNetworks/write' on scope '/subscriptions/a'; however the current tenant \
             '33333333-3333-3333-3333-333333333333' is not authorized to access linked subscription \
             '44444444-4444-4444-4444-444444444444'.",
        );
        for (kind, value) in [
            (FactKind::Principal, "22222222-2222-2222-2222-222222222222"),
            (FactKind::Action, "Microsoft.Network/virtualNetworks/write"),
            (FactKind::Tenant, "33333333-3333-3333-3333-333333333333"),
            (
                FactKind::Subscription,
                "44444444-4444-4444-4444-444444444444",
            ),
        ] {
            assert!(
                found.contains(&(kind, value.to_owned())),
                "{kind:?}: {found:?}"
            );
        }
        assert!(!found.iter().any(|(kind, _)| *kind == FactKind::Application));
    }

    #[test]
    fn placeholders_and_links_to_help_name_nothing() {
        assert_eq!(
            named("The principal '<id>' lacks; see https://aka.ms/x"),
            []
        );
        assert_eq!(named("The hostname '"), []);
        assert_eq!(named(""), []);
    }

    #[test]
    fn multibyte_text_around_a_value_is_no_harm() {
        assert_eq!(
            named("Größe: The hostname 'srch-ü.search.windows.net' … 你好"),
            [(FactKind::Host, "srch-ü.search.windows.net".to_owned())]
        );
    }
}

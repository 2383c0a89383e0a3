//! What an indexer is made of: data source, skillset, index, identity, schedule, as sections of the
//! detail and as a strip of two lines.

use crate::model::field::Field;
use crate::model::id::ArmId;
use crate::model::search::{ConnectionString, DataIdentity, DataSource};
use crate::store::State;
use crate::ui::cx::Cx;
use crate::ui::signs::Sign;
use crate::ui::text::Rich;
use crate::ui::theme::Role;
use crate::ui::value;
use crate::ui::widgets::detail::Section;

use super::rows::{Entry, Named};
use super::table;

/// The section of the detail.
pub(super) fn made_of(cx: &Cx<'_>, entry: &Entry) -> Vec<Section> {
    let indexer = &entry.indexer;
    let mut section = Section::new("MADE OF").pair(
        "data source",
        named(cx, &entry.source, |one| one.name.clone()),
    );
    if let Some(source) = entry.source.found() {
        section = section
            .pair("reads", table::source(cx, entry))
            .pair("type", value::text(cx.signs, &source.source_type))
            .pair("credential", credential(cx, source));
    }
    section = section.pair(
        "skillset",
        named(cx, &entry.skillset, |one| one.name.clone()),
    );
    if let Some(skills) = entry.skillset.found() {
        section = section.pair("skills", Rich::plain(skill_words(skills)));
    }
    section = section
        .pair("index", named(cx, &entry.index, |one| one.name.clone()))
        .pair("identity", identity(cx, entry))
        .pair("runs every", Rich::plain(entry.every.words().to_owned()))
        .pair(
            "environment",
            environment(cx, &indexer.execution_environment),
        )
        .pair(
            "failures allowed",
            match &indexer.max_failed_items {
                Field::Value(-1) => Rich::plain("any number"),
                other => value::number(cx.signs, other),
            },
        );
    vec![section]
}

/// The two lines below the errors.
pub(super) fn strip(cx: &Cx<'_>, entry: &Entry) -> [Rich; 2] {
    let arrow = || Rich::of(Role::Node, " ──▶ ");
    let first = named(cx, &entry.source, |one| one.name.clone())
        .and(arrow())
        .then(Role::Strong, entry.indexer.name.clone())
        .and(arrow())
        .and(named(cx, &entry.index, |one| one.name.clone()))
        .then(Role::Text, "   ")
        .and(environment(cx, &entry.indexer.execution_environment).recast(Role::Muted));
    let mut second = Rich::muted("identity ")
        .and(identity(cx, entry))
        .then(Role::Muted, "   skillset ")
        .and(match entry.skillset.found() {
            Some(skillset) => Rich::plain(format!("{}: {}", skillset.name, skill_words(skillset))),
            None => named(cx, &entry.skillset, |one| one.name.clone()),
        });
    if let Some(index) = entry.index.found()
        && let Some(vectorizer) = index.vectorizers.items().first()
    {
        let key = if vectorizer.api_key.value().is_some() {
            "with a key"
        } else {
            "no key"
        };
        let host = vectorizer
            .resource_uri
            .text()
            .map_or_else(|| "?".to_owned(), label);
        second = second
            .then(Role::Muted, "   vectorizer ")
            .then(Role::Text, format!("{host}, {key}"));
    }
    [first, second]
}

fn named<T>(cx: &Cx<'_>, named: &Named<T>, name: impl Fn(&T) -> String) -> Rich {
    match named {
        Named::None => Rich::muted("none"),
        Named::Found(one) => Rich::plain(name(one)),
        Named::Gone(name) => Rich::of(
            Role::VerdictShut,
            format!("{} {name} is gone", cx.signs.glyph(Sign::Shut)),
        ),
        Named::NotRead(name, state) => {
            let words = match state {
                State::Denied => " was refused",
                State::Failed => " could not be read",
                _ => " is not read yet",
            };
            Rich::plain(name.clone()).then(Role::Muted, words)
        }
    }
}

/// What the data source presents at the account.
fn credential(cx: &Cx<'_>, source: &DataSource) -> Rich {
    if source.is_connection_hidden() {
        return Rich::sign(cx.signs, Sign::Unknown)
            .then(Role::VerdictUnknown, " not told: a key, or no one knows");
    }
    match &source.connection {
        Field::Value(ConnectionString::ResourceId(_)) => Rich::plain("ResourceId=, so a token"),
        Field::Value(ConnectionString::AccountKey(_)) => Rich::plain("the account's key"),
        Field::Value(ConnectionString::Sas(_)) => Rich::plain("a shared access signature"),
        Field::Value(ConnectionString::Other(_)) => Rich::plain("a connection string"),
        other => value::field(cx.signs, other, |_| Rich::plain("hidden")),
    }
}

/// Who presents the token of the data source.
fn identity(cx: &Cx<'_>, entry: &Entry) -> Rich {
    let Some(source) = entry.source.found() else {
        return Rich::muted("not known");
    };
    if !matches!(
        source.connection,
        Field::Value(ConnectionString::ResourceId(_))
    ) {
        return Rich::muted("none is presented");
    }
    match &source.identity {
        Field::Absent | Field::Null | Field::Value(DataIdentity::None) => Rich::plain("system"),
        Field::Value(DataIdentity::UserAssigned(id)) => {
            Rich::plain(format!("{}, user-assigned", ArmId::name(id)))
        }
        Field::Value(DataIdentity::Other(kind)) => Rich::plain(kind.clone()),
        other => value::field(cx.signs, other, |_| Rich::new()),
    }
}

fn environment(cx: &Cx<'_>, field: &Field<String>) -> Rich {
    match field {
        Field::Absent | Field::Null => Rich::plain("the service chooses where it runs"),
        Field::Value(text) if text.eq_ignore_ascii_case("private") => {
            Rich::plain("runs in the private environment")
        }
        Field::Value(text) if text.eq_ignore_ascii_case("standard") => {
            Rich::plain("runs in the shared environment")
        }
        other => value::text(cx.signs, other),
    }
}

/// The skills by their kinds: `Split, AzureOpenAIEmbedding`.
fn skill_words(skillset: &crate::model::search::Skillset) -> String {
    let kinds: Vec<&str> = skillset
        .skills
        .items()
        .iter()
        .map(|skill| {
            let kind = skill.kind().unwrap_or("?");
            kind.strip_suffix("Skill").unwrap_or(kind)
        })
        .collect();
    if kinds.is_empty() {
        "no skills".to_owned()
    } else {
        kinds.join(", ")
    }
}

/// The first label of a host in an address.
fn label(address: &str) -> String {
    let host = address.split("://").last().unwrap_or(address);
    host.split(['.', '/']).next().unwrap_or(host).to_owned()
}

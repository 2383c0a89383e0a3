//! Where to look, kept in the text of a config file: the one thing of it that hopscope writes, and only
//! when it is asked to.
//!
//! Must not touch a disk: text goes in, text comes out. Everything else in the file stays as it stands,
//! comments and order included; a file that cannot be used is not touched at all.

use std::path::Path;

use toml_edit::{Array, DocumentMut, Item, Table, Value};

use crate::model::scope::Scope;

use super::{ConfigError, ConfigFile};

/// The text with this scope in its `[scope]`.
///
/// # Errors
/// When the text is no config file.
pub fn with_scope(text: &str, file: &Path, scope: &Scope) -> Result<String, ConfigError> {
    ConfigFile::parse(text, file)?;
    let unfit = |message: String| ConfigError::Scope {
        file: file.to_owned(),
        message,
    };
    let mut document: DocumentMut = text
        .parse()
        .map_err(|error: toml_edit::TomlError| unfit(error.message().to_owned()))?;
    let table = document
        .entry("scope")
        .or_insert_with(|| Item::Table(Table::new()))
        .as_table_like_mut()
        .ok_or_else(|| unfit("it is no table".to_owned()))?;
    let list = |names: &[String]| {
        (!names.is_empty())
            .then(|| Value::Array(names.iter().map(String::as_str).collect::<Array>()))
    };
    for (key, value) in [
        ("tenant", scope.tenant.as_deref().map(Value::from)),
        ("auxiliary_tenants", list(&scope.auxiliary_tenants)),
        ("subscriptions", list(&scope.subscriptions)),
        ("resource_groups", list(&scope.resource_groups)),
    ] {
        let Some(mut value) = value else {
            table.remove(key);
            continue;
        };
        match table.get_mut(key).and_then(Item::as_value_mut) {
            // A comment behind the old value stays behind the new one.
            Some(old) => {
                *value.decor_mut() = old.decor().clone();
                *old = value;
            }
            None => {
                table.insert(key, Item::Value(value));
            }
        }
    }
    let text = document.to_string();
    ConfigFile::parse(&text, file)?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope(subscriptions: &[&str], groups: &[&str]) -> Scope {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Scope {
            subscriptions: owned(subscriptions),
            resource_groups: owned(groups),
            ..Scope::default()
        }
    }

    fn kept(text: &str, scope: &Scope) -> Result<String, ConfigError> {
        with_scope(text, Path::new("config.toml"), scope)
    }

    #[test]
    fn a_new_file_holds_the_scope_and_nothing_else() {
        let text = kept("", &scope(&["3b1c"], &["rg-a", "rg \"b\""])).unwrap();
        assert_eq!(
            text,
            "[scope]\nsubscriptions = [\"3b1c\"]\nresource_groups = [\"rg-a\", 'rg \"b\"']\n"
        );
    }

    #[test]
    fn comments_order_and_other_tables_stay() {
        let before = "# mine\n[theme]\nname = \"light\" # at the office\n\n[scope] # where\nsubscriptions = [\"old\"] # the lab\nresource_groups = [\"gone\"]\n\n[[suppress]]\nrule = \"logs/none\"\nreason = \"known\"\n";
        let text = kept(before, &scope(&["new"], &[])).unwrap();
        assert_eq!(
            text,
            "# mine\n[theme]\nname = \"light\" # at the office\n\n[scope] # where\nsubscriptions = [\"new\"] # the lab\n\n[[suppress]]\nrule = \"logs/none\"\nreason = \"known\"\n"
        );
        let file = ConfigFile::parse(&text, Path::new("config.toml")).unwrap();
        assert_eq!(file.scope.subscriptions, ["new"]);
        assert_eq!(file.suppress.len(), 1);
    }

    #[test]
    fn a_file_that_cannot_be_used_is_not_touched() {
        for text in ["[scoop]\n", "scope = 1\n", "[scope\n"] {
            assert!(kept(text, &scope(&["a"], &[])).is_err(), "{text}");
        }
    }
}

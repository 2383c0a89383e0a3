//! The config file: `config.toml` in the platform's config folder, or `--config`.
//!
//! Must not know flags or the environment; [`super::Settings`] joins them. Unknown keys are errors
//! that name file, key and line. A new key is one field here and one line in the contract.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Deserializer};
use time::Date;
use time::format_description::well_known::Iso8601;

use crate::model::judging::{self, DeclaredHop, Judging, Pattern};

use crate::model::scope::Scope;

/// All that a config file can say.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ConfigFile {
    /// Where to look when no flag says it.
    pub scope: ScopeTable,
    /// How the screen looks.
    pub theme: ThemeTable,
    /// How often what is read again.
    pub refresh: RefreshTable,
    /// Severities of rules, changed: rule id and `error`, `warning`, `info`.
    pub severity: std::collections::BTreeMap<String, Severity>,
    /// Findings that are not to be shown, with a reason.
    pub suppress: Vec<Suppression>,
    /// Ends and hops that are declared by name.
    pub pattern: PatternTable,
}

/// `[scope]`
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ScopeTable {
    /// As `--tenant`.
    pub tenant: Option<String>,
    /// As `--auxiliary-tenant`.
    pub auxiliary_tenants: Vec<String>,
    /// As `--subscription`.
    pub subscriptions: Vec<String>,
    /// As `--resource-group`.
    pub resource_groups: Vec<String>,
}

/// `[theme]`
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ThemeTable {
    /// A shipped theme, or the path of a theme file.
    pub name: Option<String>,
    /// Draw with ASCII only.
    pub ascii: Option<bool>,
    /// Start with the mouse on (the default) or off.
    pub mouse: Option<bool>,
}

/// `[refresh]`, in seconds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RefreshTable {
    /// Properties of the resources on screen.
    pub on_screen: Option<u64>,
    /// Everything else.
    pub rest: Option<u64>,
}

/// A finding's severity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// It breaks something.
    Error,
    /// It will.
    Warning,
    /// It is good to know.
    Info,
}

/// `[[suppress]]`
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Suppression {
    /// The rule's id.
    pub rule: String,
    /// The resource it is about; none means all of them.
    pub resource: Option<String>,
    /// Why: asked for, so that the next reader knows.
    pub reason: String,
    /// The last day on which it counts, `YYYY-MM-DD`.
    #[serde(default, deserialize_with = "day")]
    pub expires: Option<Date>,
}

/// `[pattern]`
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PatternTable {
    /// People and apps that call, beside the one who is signed in.
    pub users: Vec<String>,
    /// Hosts that models fetch images from.
    pub image_hosts: Vec<String>,
    /// Hops that are declared.
    pub hop: Vec<PatternHop>,
}

/// `[[pattern.hop]]`
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PatternHop {
    /// The hop's kind.
    pub kind: String,
    /// Who calls.
    pub from: String,
    /// Who is called.
    pub to: String,
}

/// A day, as `expires` writes it.
fn day<'de, D: Deserializer<'de>>(text: D) -> Result<Option<Date>, D::Error> {
    let text = String::deserialize(text)?;
    Date::parse(&text, &Iso8601::DATE)
        .map(Some)
        .map_err(|_| serde::de::Error::custom(format!("{text:?} is no day: write YYYY-MM-DD")))
}

impl From<Severity> for judging::Severity {
    fn from(own: Severity) -> Self {
        match own {
            Severity::Error => Self::Error,
            Severity::Warning => Self::Warning,
            Severity::Info => Self::Info,
        }
    }
}

/// Why a config file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// It cannot be opened.
    #[error("{} cannot be read", file.display())]
    Read {
        /// The file.
        file: PathBuf,
        /// The cause.
        #[source]
        source: std::io::Error,
    },
    /// It is not TOML, or says something that is not known.
    #[error("{}, line {line}: {message}", file.display())]
    Syntax {
        /// The file.
        file: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong, naming the key.
        message: String,
    },
    /// Its scope cannot be asked for.
    #[error("{}, [scope]: {message}", file.display())]
    Scope {
        /// The file.
        file: PathBuf,
        /// What is wrong.
        message: String,
    },
}

impl ConfigFile {
    /// Reads the text of a config file.
    pub fn parse(text: &str, file: &Path) -> Result<Self, ConfigError> {
        let own: Self = toml::from_str(text).map_err(|error| ConfigError::Syntax {
            file: file.to_owned(),
            line: line_of(&error, text),
            message: error.message().to_owned(),
        })?;
        match own.scope_or(Scope::default()).misuse() {
            None => Ok(own),
            Some(message) => Err(ConfigError::Scope {
                file: file.to_owned(),
                message,
            }),
        }
    }

    /// What it says about how to judge, added to what is known already.
    #[must_use]
    pub fn judged(&self, judging: Judging) -> Judging {
        Judging {
            pattern: Pattern {
                users: self.pattern.users.clone(),
                image_hosts: self.pattern.image_hosts.clone(),
                hops: self
                    .pattern
                    .hop
                    .iter()
                    .map(|hop| DeclaredHop {
                        kind: hop.kind.clone(),
                        from: hop.from.clone(),
                        to: hop.to.clone(),
                    })
                    .collect(),
            },
            severity: self
                .severity
                .iter()
                .map(|(rule, severity)| (rule.clone(), (*severity).into()))
                .collect(),
            suppress: self
                .suppress
                .iter()
                .map(|one| judging::Suppression {
                    rule: one.rule.clone(),
                    resource: one.resource.clone(),
                    reason: one.reason.clone(),
                    expires: one.expires,
                })
                .collect(),
            ..judging
        }
    }

    /// Reads a config file. One that was not asked for by name may be missing.
    pub fn read(file: &Path, named: bool) -> Result<Self, ConfigError> {
        match std::fs::read_to_string(file) {
            Ok(text) => Self::parse(&text, file),
            Err(error) if !named && error.kind() == std::io::ErrorKind::NotFound => {
                Ok(Self::default())
            }
            Err(source) => Err(ConfigError::Read {
                file: file.to_owned(),
                source,
            }),
        }
    }
}

/// The line of a text that a parser complains about, from 1.
pub(super) fn line_of(error: &toml::de::Error, text: &str) -> usize {
    let at = error.span().map_or(0, |span| span.start);
    let before = text.get(..at).unwrap_or(text);
    before.matches('\n').count() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_contract_is_read() {
        let text = r#"
[scope]
tenant = "contoso.com"
subscriptions = ["contoso-dev"]
resource_groups = ["rg-rag-poc"]
[theme]
name = "light"
ascii = true
[refresh]
on_screen = 30
[severity]
"storage/shared-key-enabled" = "info"
[[suppress]]
rule = "storage/shared-key-enabled"
reason = "tables need it"
expires = "2027-01-01"
[pattern]
users = ["ada@contoso.com"]
image_hosts = ["images.contoso.com"]
[[pattern.hop]]
kind = "openai-to-search"
from = "a"
to = "b"
"#;
        let file = ConfigFile::parse(text, Path::new("config.toml")).unwrap();
        assert_eq!(file.scope.subscriptions, ["contoso-dev"]);
        assert_eq!(file.theme.name.as_deref(), Some("light"));
        assert_eq!(file.refresh.on_screen, Some(30));
        assert_eq!(file.suppress[0].rule, "storage/shared-key-enabled");
        assert_eq!(file.pattern.hop[0].kind, "openai-to-search");
        assert_eq!(file.severity["storage/shared-key-enabled"], Severity::Info);
        let judging = file.judged(Judging::default());
        assert_eq!(judging.pattern.hops[0].kind, "openai-to-search");
        assert_eq!(judging.suppress[0].reason, "tables need it");
        assert_eq!(
            judging.suppress[0].expires,
            Some(time::macros::date!(2027 - 01 - 01))
        );
        assert_eq!(
            judging.severity["storage/shared-key-enabled"],
            judging::Severity::Info
        );
    }

    #[test]
    fn trouble_names_file_key_and_line() {
        for (text, word, line) in [
            ("[theme]\nname = \"dark\"\ncolour = 1\n", "colour", "line 3"),
            ("\n[themes]\n", "themes", "line 2"),
            ("[refresh]\non_screen = \"soon\"\n", "string", "line 2"),
            ("[theme\n", "", "line 1"),
            (
                "[[suppress]]\nrule = \"a/b\"\nreason = \"r\"\nexpires = \"soon\"\n",
                "YYYY-MM-DD",
                "line 4",
            ),
        ] {
            let error = ConfigFile::parse(text, Path::new("config.toml")).unwrap_err();
            let message = error.to_string();
            assert!(message.contains(word), "{message}");
            assert!(message.contains(line), "{message}");
            assert!(message.contains("config.toml"), "{message}");
        }
    }

    #[test]
    fn a_scope_that_cannot_be_asked_for_is_refused_like_a_flag() {
        let text = "[scope]\ntenant = \"a/b?c\"\n";
        let error = ConfigFile::parse(text, Path::new("config.toml")).unwrap_err();
        let message = error.to_string();
        assert!(message.starts_with("config.toml, [scope]: "), "{message}");
        assert!(message.contains("a/b?c"), "{message}");
    }

    #[test]
    fn only_a_file_asked_for_by_name_must_be_there() {
        let file = Path::new("no-such-folder/config.toml");
        assert_eq!(
            ConfigFile::read(file, false).unwrap(),
            ConfigFile::default()
        );
        assert!(ConfigFile::read(file, true).is_err());
    }
}

//! File, environment and flags merged in one place; themes as role names and values.
//!
//! Must not know the screen, the store or Azure: it turns texts into [`Settings`] and says in one
//! sentence what is wrong with them. A new setting is a field of [`file::ConfigFile`] and, when
//! flags can say it too, a line in [`Settings::load`].

pub mod action;
pub mod file;
mod keep;
pub mod keymap;
mod merge;
pub mod theme;
pub mod tours;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::model::scope::Scope;
use crate::model::tour::Tour;

pub use action::Action;
pub use file::{ConfigError, ConfigFile};
pub use keep::with_scope;
pub use keymap::{Keymap, KeymapError};
pub use theme::{Depth, Palette, Role, Surroundings, ThemeError};
pub use tours::TourError;

/// What the screen needs to be set up with.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// The config file, as read.
    pub file: ConfigFile,
    /// Where the config file is, or would be; none where the platform has no place for one.
    pub path: Option<PathBuf>,
    /// The keys.
    pub keymap: Keymap,
    /// The colours.
    pub palette: Palette,
    /// How many colours the terminal shows.
    pub depth: Depth,
    /// Draw with ASCII only.
    pub ascii: bool,
    /// Start with the mouse on.
    pub mouse: bool,
    /// The walks.
    pub tours: Arc<[Tour]>,
    /// Begin with the walk of this name.
    pub walk: Option<String>,
}

/// Why the settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The config file.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The keymap.
    #[error(transparent)]
    Keymap(#[from] KeymapError),
    /// The theme.
    #[error(transparent)]
    Theme(#[from] ThemeError),
    /// A walk.
    #[error(transparent)]
    Tour(#[from] TourError),
}

impl Settings {
    /// Reads config file, keymap and theme. `named` is `--config`; without it `folder` (the
    /// platform's config folder for hopscope, see [`folder`]) may hold `config.toml` and
    /// `keymap.toml`.
    pub fn load(
        named: Option<&Path>,
        folder: Option<&Path>,
        surroundings: &Surroundings,
    ) -> Result<Self, SettingsError> {
        let file = match (named, folder) {
            (Some(path), _) => ConfigFile::read(path, true)?,
            (None, Some(folder)) => ConfigFile::read(&folder.join("config.toml"), false)?,
            (None, None) => ConfigFile::default(),
        };
        let own = folder.map(|folder| folder.join("config.toml"));
        let path = named.map(Path::to_owned).or(own);
        let beside = named.and_then(Path::parent).or(folder);
        let mut keymap = Keymap::shipped()?;
        if let Some(path) = beside.map(|folder| folder.join("keymap.toml"))
            && let Some(text) = optional(&path)?
        {
            keymap.merge(&text, &path.display().to_string())?;
        }
        let (palette, depth) = pick(file.theme.name.as_deref(), beside, surroundings)?;
        Ok(Self {
            keymap,
            palette,
            depth,
            ascii: file.theme.ascii.unwrap_or_else(|| surroundings.is_ascii()),
            mouse: file.theme.mouse.unwrap_or(true),
            tours: tours::load(beside)?.into(),
            walk: None,
            path,
            file,
        })
    }

    /// The shipped keymap and a shipped theme, nothing read: for tests and benches.
    pub fn shipped(theme: &str) -> Result<Self, SettingsError> {
        Ok(Self {
            file: ConfigFile::default(),
            path: None,
            keymap: Keymap::shipped()?,
            palette: Palette::shipped(theme)?,
            depth: Depth::True,
            ascii: false,
            mouse: true,
            tours: tours::shipped()?.into(),
            walk: None,
        })
    }

    /// The scope of the config file, where the flags say nothing.
    pub fn scope_or(&self, flags: Scope) -> Scope {
        self.file.scope_or(flags)
    }
}

/// A theme that is named wins over what the surroundings say; sixteen colours or none are never
/// drawn with more than they have.
fn pick(
    name: Option<&str>,
    beside: Option<&Path>,
    surroundings: &Surroundings,
) -> Result<(Palette, Depth), SettingsError> {
    let Some(name) = name else {
        let palette = Palette::shipped(surroundings.theme())?;
        return Ok((palette, surroundings.depth()));
    };
    let depth = match surroundings.depth() {
        Depth::None | Depth::Sixteen | Depth::True => Depth::True,
        Depth::Indexed => Depth::Indexed,
    };
    if theme::names().contains(&name) {
        return Ok((Palette::shipped(name)?, depth));
    }
    let path = beside.map_or_else(|| PathBuf::from(name), |folder| folder.join(name));
    match optional(&path)? {
        Some(text) => Ok((Palette::parse(&text, &path.display().to_string())?, depth)),
        None => Err(ThemeError::Name {
            name: name.to_owned(),
        }
        .into()),
    }
}

fn optional(path: &Path) -> Result<Option<String>, ConfigError> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(ConfigError::Read {
            file: path.to_owned(),
            source,
        }),
    }
}

/// The platform's config folder for hopscope, where the platform has one.
pub fn folder() -> Option<PathBuf> {
    use etcetera::BaseStrategy;
    let base = etcetera::choose_base_strategy().ok()?;
    Some(base.config_dir().join("hopscope"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_beside_the_config_are_merged() {
        let folder = tempfile::tempdir().unwrap();
        let config = folder.path().join("config.toml");
        std::fs::write(&config, "[theme]\nname = \"own.toml\"\nmouse = false\n").unwrap();
        std::fs::write(folder.path().join("own.toml"), "text = \"#ffffff\"\n").unwrap();
        std::fs::write(
            folder.path().join("keymap.toml"),
            "[global]\n\"x\" = { do = \"help\" }\n",
        )
        .unwrap();
        let settings = Settings::load(Some(&config), None, &Surroundings::default()).unwrap();
        assert!(!settings.mouse);
        assert_eq!(
            settings
                .keymap
                .binding_of(&["global"], Action::Help)
                .unwrap()
                .label(),
            "?"
        );
        assert_eq!(
            settings.keymap.labels_of("global", Action::Help),
            ["?", "x"]
        );
        let same = Settings::load(None, Some(folder.path()), &Surroundings::default()).unwrap();
        assert_eq!(same, settings);
    }

    #[test]
    fn a_place_on_the_command_line_replaces_the_place_of_the_file() {
        let mut settings = Settings::shipped("dark").unwrap();
        settings.file.scope.subscriptions = vec!["contoso-dev".to_owned()];
        settings.file.scope.tenant = Some("contoso.com".to_owned());
        let open = settings.scope_or(Scope::default());
        assert_eq!(open.subscriptions, ["contoso-dev"]);
        let named = settings.scope_or(Scope {
            resource_groups: vec!["rg".to_owned()],
            ..Scope::default()
        });
        assert!(named.subscriptions.is_empty());
        assert_eq!(named.tenant.as_deref(), Some("contoso.com"));
    }

    #[test]
    fn an_unknown_theme_is_an_error_that_lists_the_known_ones() {
        let error = pick(Some("pink"), None, &Surroundings::default()).unwrap_err();
        assert!(error.to_string().contains("high-contrast"), "{error}");
    }
}

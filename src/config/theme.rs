//! Themes: roles and the inks they are drawn with, from the files in `assets/themes/`.
//!
//! Must not know cells or terminals beyond which of them shows how many colours. A new role is one
//! line in the list below and one line in every theme file; a test finds the file that was
//! forgotten. A new theme is one file and one line in [`SHIPPED`].

use indexmap::IndexMap;

use super::file::line_of;

macro_rules! roles {
    ($($(#[$doc:meta])* $variant:ident = $name:literal),* $(,)?) => {
        /// What a piece of the screen means; never what it looks like.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(usize)]
        pub enum Role {
            $($(#[$doc])* $variant,)*
        }

        impl Role {
            /// Every role.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// Its name in theme files.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }
        }
    };
}

roles! {
    /// What everything lies on.
    Background = "background",
    /// Header and footer.
    Surface = "surface",
    /// Help, palette and the other boxes over the screen.
    Overlay = "overlay",
    /// Commands to copy.
    Code = "code",
    /// The selected row where the focus is.
    RowSelected = "row.selected",
    /// The selected row where the focus was.
    RowSelectedUnfocused = "row.selected.unfocused",
    /// Plain words.
    Text = "text",
    /// Names, keys and commands.
    Strong = "strong",
    /// Labels, units, the second fact.
    Muted = "muted",
    /// The chosen tab, the typed text, what is focused.
    Accent = "accent",
    /// Rules and hairlines.
    Border = "border",
    /// The rule of the part that has the focus.
    BorderFocused = "border.focused",
    /// Boxes of resources, open lines, the scroll thumb.
    Node = "node",
    /// Something that can be opened.
    Link = "link",
    /// The letters that a filter found.
    Match = "match",
    /// The call goes through.
    VerdictOpen = "verdict.open",
    /// A gate refuses it.
    VerdictShut = "verdict.shut",
    /// It works by a weaker path, or not for long.
    VerdictAtRisk = "verdict.at-risk",
    /// A read was refused, or sources disagree.
    VerdictUnknown = "verdict.unknown",
    /// A finding that breaks something.
    SeverityError = "severity.error",
    /// A finding that will.
    SeverityWarning = "severity.warning",
    /// A finding that is good to know.
    SeverityInfo = "severity.info",
    /// It works, but wider than the pattern.
    Exposure = "exposure",
    /// Azure refused to say.
    Denied = "denied",
    /// Do not change this.
    Keep = "keep",
    /// A value that is no longer fresh.
    Stale = "stale",
    /// Not answered yet, in words.
    Reading = "reading",
    /// Not answered yet, as a shape.
    Skeleton = "skeleton",
    /// What lies behind an overlay.
    Ghost = "ghost",
    /// The chosen tab.
    ChipTab = "chip.tab",
    /// A verdict as a label: open.
    ChipOpen = "chip.open",
    /// A verdict as a label: shut.
    ChipShut = "chip.shut",
    /// A verdict as a label: at risk.
    ChipAtRisk = "chip.at-risk",
    /// A verdict as a label: unknown.
    ChipUnknown = "chip.unknown",
    /// A verdict as a label: being read.
    ChipReading = "chip.reading",
}

impl Role {
    /// The role of a name in a theme file.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|role| role.name() == name)
    }
}

/// A colour as a theme file says it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Ink {
    /// The terminal's own.
    #[default]
    Default,
    /// One of the terminal's sixteen, by number.
    Ansi(u8),
    /// Red, green, blue.
    Rgb(u8, u8, u8),
}

/// How a role is drawn. An ink that is not named stays as it is underneath.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Paint {
    /// Ink of the letters.
    pub fg: Option<Ink>,
    /// Ink behind them.
    pub bg: Option<Ink>,
    /// Heavy letters.
    pub bold: bool,
    /// Inks swapped.
    pub reverse: bool,
    /// A line below.
    pub underline: bool,
}

const ANSI: [&str; 16] = [
    "black",
    "red",
    "green",
    "yellow",
    "blue",
    "magenta",
    "cyan",
    "white",
    "bright-black",
    "bright-red",
    "bright-green",
    "bright-yellow",
    "bright-blue",
    "bright-magenta",
    "bright-cyan",
    "bright-white",
];

impl Paint {
    /// Reads `#d3d9e3 on #12151b bold`: an ink, `on` and another, and words.
    fn parse(text: &str) -> Result<Self, String> {
        let mut paint = Self::default();
        let mut words = text.split_whitespace();
        while let Some(word) = words.next() {
            match word {
                "bold" => paint.bold = true,
                "reverse" => paint.reverse = true,
                "underline" => paint.underline = true,
                "on" => {
                    let ink = words.next().ok_or("a colour is missing after \"on\"")?;
                    paint.bg = Some(Ink::parse(ink)?);
                }
                ink if paint.fg.is_none() => paint.fg = Some(Ink::parse(ink)?),
                other => return Err(format!("\"{other}\" is one colour too many")),
            }
        }
        Ok(paint)
    }
}

impl Ink {
    fn parse(word: &str) -> Result<Self, String> {
        if word == "default" {
            return Ok(Self::Default);
        }
        if let Some(number) = ANSI.iter().position(|name| *name == word) {
            return Ok(Self::Ansi(u8::try_from(number).unwrap_or_default()));
        }
        let hex = word
            .strip_prefix('#')
            .filter(|hex| hex.len() == 6 && hex.is_ascii())
            .ok_or_else(|| {
                format!(
                    "\"{word}\" is no colour: use #rrggbb, default, or one of the sixteen names"
                )
            })?;
        let part = |at: usize| {
            u8::from_str_radix(&hex[at..at + 2], 16)
                .map_err(|_| format!("\"{word}\" is no colour: #rrggbb wants hexadecimal digits"))
        };
        Ok(Self::Rgb(part(0)?, part(2)?, part(4)?))
    }
}

/// Why a theme cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ThemeError {
    /// The file is not TOML, or not a table of texts.
    #[error("{file} cannot be read as a theme: {message}")]
    Syntax {
        /// The file.
        file: String,
        /// What the parser says.
        message: String,
    },
    /// A role that does not exist.
    #[error("unknown role \"{role}\" in {file}")]
    Role {
        /// The role as written.
        role: String,
        /// The file.
        file: String,
    },
    /// A paint that makes no sense.
    #[error("role \"{role}\" in {file}: {reason}")]
    Paint {
        /// The role.
        role: String,
        /// The file.
        file: String,
        /// What is wrong.
        reason: String,
    },
    /// No shipped theme and no file has this name.
    #[error("unknown theme \"{name}\": use {} or the path of a theme file", names().join(", "))]
    Name {
        /// The name.
        name: String,
    },
}

/// A theme: every role has a paint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Palette {
    paints: Vec<Paint>,
}

impl Palette {
    /// Reads a theme file. A role that it leaves out is drawn like `text`.
    pub fn parse(text: &str, file: &str) -> Result<Self, ThemeError> {
        let named = Self::named(text, file)?;
        let fallback = named.get(&Role::Text).copied().unwrap_or_default();
        let paints = Role::ALL
            .iter()
            .map(|role| named.get(role).copied().unwrap_or(fallback))
            .collect();
        Ok(Self { paints })
    }

    fn named(text: &str, file: &str) -> Result<IndexMap<Role, Paint>, ThemeError> {
        let lines: IndexMap<String, String> =
            toml::from_str(text).map_err(|error| ThemeError::Syntax {
                file: file.to_owned(),
                message: format!("line {}: {}", line_of(&error, text), error.message()),
            })?;
        let mut named = IndexMap::new();
        for (name, value) in lines {
            let role = Role::of_name(&name).ok_or_else(|| ThemeError::Role {
                role: name.clone(),
                file: file.to_owned(),
            })?;
            let paint = Paint::parse(&value).map_err(|reason| ThemeError::Paint {
                role: name.clone(),
                file: file.to_owned(),
                reason,
            })?;
            named.insert(role, paint);
        }
        Ok(named)
    }

    /// A shipped theme.
    pub fn shipped(name: &str) -> Result<Self, ThemeError> {
        let (_, text) = SHIPPED
            .iter()
            .find(|(own, _)| *own == name)
            .ok_or_else(|| ThemeError::Name {
                name: name.to_owned(),
            })?;
        Self::parse(text, &format!("assets/themes/{name}.toml"))
    }

    /// The paint of a role.
    pub fn paint(&self, role: Role) -> Paint {
        self.paints[role as usize]
    }
}

/// The shipped themes.
pub const SHIPPED: [(&str, &str); 6] = [
    ("dark", include_str!("../../assets/themes/dark.toml")),
    ("light", include_str!("../../assets/themes/light.toml")),
    (
        "colour-blind",
        include_str!("../../assets/themes/colour-blind.toml"),
    ),
    (
        "high-contrast",
        include_str!("../../assets/themes/high-contrast.toml"),
    ),
    ("sixteen", include_str!("../../assets/themes/sixteen.toml")),
    (
        "no-color",
        include_str!("../../assets/themes/no-color.toml"),
    ),
];

/// The names of the shipped themes.
pub fn names() -> Vec<&'static str> {
    SHIPPED.iter().map(|(name, _)| *name).collect()
}

/// What of the environment decides how the screen is drawn.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Surroundings {
    /// `NO_COLOR` is set and not empty.
    pub no_color: bool,
    /// `COLORTERM`.
    pub color_term: String,
    /// `TERM`.
    pub term: String,
    /// The first of `LC_ALL`, `LC_CTYPE` and `LANG` that is not empty.
    pub locale: String,
}

/// How many colours a terminal shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// All of them.
    True,
    /// The 256 of the palette.
    Indexed,
    /// Sixteen.
    Sixteen,
    /// None.
    None,
}

impl Surroundings {
    /// Reads them through a function, so that a test needs no environment.
    pub fn read(variable: impl Fn(&str) -> Option<String>) -> Self {
        let text = |name: &str| variable(name).unwrap_or_default();
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
            .into_iter()
            .map(text)
            .find(|value| !value.is_empty())
            .unwrap_or_default();
        Self {
            no_color: !text("NO_COLOR").is_empty(),
            color_term: text("COLORTERM"),
            term: text("TERM"),
            locale,
        }
    }

    /// How many colours the terminal says it shows.
    pub fn depth(&self) -> Depth {
        if self.no_color || self.term == "dumb" {
            return Depth::None;
        }
        if matches!(self.color_term.as_str(), "truecolor" | "24bit")
            || self.term.contains("direct")
            || (cfg!(windows) && self.term.is_empty())
        {
            return Depth::True;
        }
        if self.term.contains("256color") {
            return Depth::Indexed;
        }
        Depth::Sixteen
    }

    /// The theme to take when none is named.
    pub fn theme(&self) -> &'static str {
        match self.depth() {
            Depth::True | Depth::Indexed => "dark",
            Depth::Sixteen => "sixteen",
            Depth::None => "no-color",
        }
    }

    /// Whether only ASCII can be drawn. A locale that is not set at all says nothing.
    pub fn is_ascii(&self) -> bool {
        let locale = self.locale.to_ascii_lowercase();
        let utf8 = locale.is_empty() || locale.contains("utf-8") || locale.contains("utf8");
        matches!(self.term.as_str(), "dumb" | "linux") || !utf8
    }
}

#[cfg(test)]
#[path = "theme/tests.rs"]
mod tests;

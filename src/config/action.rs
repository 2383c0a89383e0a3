//! Actions: everything a key can do, by the name that keymap files use.
//!
//! Must not know which key does it (that is the keymap's) nor what it does (that is the screen's).
//! A new action is one line in the list below and one line in `assets/keymap.toml`; until a pane
//! offers it, no key of it is shown.

use std::fmt;

macro_rules! actions {
    ($($(#[$doc:meta])* $variant:ident = $name:literal),* $(,)?) => {
        /// Something that a key, a click or the palette can ask for.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Action {
            $($(#[$doc])* $variant,)*
            /// Go to the screen with this digit: `1` to `9`, `0` and `-`.
            Screen(char),
        }

        impl Action {
            /// Every action but the screens, with its name.
            const NAMED: &'static [(Action, &'static str)] = &[$((Action::$variant, $name)),*];
        }
    };
}

actions! {
    /// Leave the program.
    Quit = "quit",
    /// One step out: close, clear, leave the detail. Never out of the program.
    Back = "back",
    /// One step in: the detail, the chosen row.
    Enter = "enter",
    /// Open the palette.
    Palette = "palette",
    /// Show the keys and signs.
    Help = "help",
    /// Type a filter.
    Filter = "filter",
    /// Show only what is in trouble.
    FaultsOnly = "faults-only",
    /// Show, or hide again, what the config file hides.
    Hidden = "hidden",
    /// Choose the column to sort by.
    Sort = "sort",
    /// The next part of the screen.
    NextPart = "next-part",
    /// The part before.
    PreviousPart = "previous-part",
    /// The other view of a pane, forward.
    NextView = "next-view",
    /// The other view of a pane, backward.
    PreviousView = "previous-view",
    /// One down.
    Down = "down",
    /// One up.
    Up = "up",
    /// One left.
    Left = "left",
    /// One right.
    Right = "right",
    /// The first row.
    First = "first",
    /// The last row.
    Last = "last",
    /// Half a page down.
    HalfPageDown = "half-page-down",
    /// Half a page up.
    HalfPageUp = "half-page-up",
    /// A page down.
    PageDown = "page-down",
    /// A page up.
    PageUp = "page-up",
    /// Mark the row.
    Mark = "mark",
    /// Mark everything that is listed, or nothing.
    MarkAll = "mark-all",
    /// Describe the subject with its evidence.
    Describe = "describe",
    /// The JSON as Azure sent it.
    Json = "json",
    /// Go to the change that shut what is selected.
    Who = "who",
    /// Judge a call that nobody made yet.
    Preflight = "preflight",
    /// Copy a value, an id or a command.
    Copy = "copy",
    /// Copy the JSON path of the line.
    CopyPath = "copy-path",
    /// Copy the JSON value of the line.
    CopyValue = "copy-value",
    /// The next place that matches the search.
    NextMatch = "next-match",
    /// The place before that matches the search.
    PreviousMatch = "previous-match",
    /// Open the subject in the portal.
    Portal = "portal",
    /// Read what this pane shows again.
    Refresh = "refresh",
    /// Read everything again.
    RefreshAll = "refresh-all",
    /// Stop, or take up again, the periodic reading.
    Freeze = "freeze",
    /// Mask names, ids and addresses: none, ids, all.
    Privacy = "privacy",
    /// Keep everything that was read in a file.
    Save = "save",
    /// The list of snapshots: open one, compare two.
    Snapshots = "snapshots",
    /// Compare what is marked.
    Compare = "compare",
    /// Choose another place to look at.
    Scope = "scope",
    /// Keep what is chosen as the place to look at when no flag says it.
    KeepScope = "keep-scope",
    /// Look at the embedded Azure instead.
    Demo = "demo",
    /// Explain an error message.
    Explain = "explain",
    /// Walk a customer through the pattern.
    Walk = "walk",
    /// Show or hide the speaker's notes.
    Notes = "notes",
    /// Write a report to a file.
    Report = "report",
    /// Mouse on or off.
    Mouse = "mouse",
    /// Give the terminal back to the shell for a while.
    Suspend = "suspend",
    /// Draw everything again.
    Redraw = "redraw",
    /// Take the offered completion.
    Complete = "complete",
    /// The entry that was taken earlier.
    Earlier = "earlier",
}

/// The digits of the eleven screens, in the order of the tabs.
pub const SCREENS: [char; 11] = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '0', '-'];

impl Action {
    /// Every action there is.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::NAMED
            .iter()
            .map(|(action, _)| *action)
            .chain(SCREENS.into_iter().map(Self::Screen))
    }

    /// The action of a name in a keymap file.
    pub fn of_name(name: &str) -> Option<Self> {
        if let Some(digit) = name.strip_prefix("screen ") {
            let mut letters = digit.chars();
            let first = letters.next()?;
            return (letters.next().is_none() && SCREENS.contains(&first))
                .then_some(Self::Screen(first));
        }
        Self::NAMED
            .iter()
            .find(|(_, own)| *own == name)
            .map(|(action, _)| *action)
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Self::Screen(digit) = self {
            return write!(f, "screen {digit}");
        }
        let name = Self::NAMED.iter().find(|(own, _)| own == self);
        f.write_str(name.map_or("", |(_, name)| name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_leads_back_to_its_action() {
        for action in Action::all() {
            assert_eq!(Action::of_name(&action.to_string()), Some(action));
        }
        assert_eq!(Action::of_name("screen 12"), None);
        assert_eq!(Action::of_name("fly"), None);
    }
}

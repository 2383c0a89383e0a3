//! Remedies in a detail: the tools in a row with the chosen one marked, then the commands of that
//! tool, each with what to know before.
//!
//! Must not know which hop or finding they mend. Commands are wrapped on the screen and whole in what
//! is copied.

use crate::analysis::hop::{Remedy, Tool};
use crate::config::Action;
use crate::ui::cx::Cx;
use crate::ui::effect::CopyItem;
use crate::ui::text::Rich;
use crate::ui::theme::Role;
use crate::ui::widgets::detail::Section;

/// The tools as a person chooses them: both providers of Terraform are one.
const TOOLS: [(&str, &[Tool]); 3] = [
    ("az", &[Tool::Az]),
    ("terraform", &[Tool::Azurerm, Tool::Azapi]),
    ("portal", &[Tool::Portal]),
];

/// Which tool's remedies are shown: so many turns on from the tool of the first remedy, which is the
/// least change. Tools that have no remedy are not stopped at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Chosen(i32);

impl Chosen {
    /// The next tool, or the one before.
    pub(crate) fn turn(&mut self, forward: bool) {
        self.0 = self.0.wrapping_add(if forward { 1 } else { -1 });
    }
}

fn of(remedies: &[Remedy], tool: usize) -> impl Iterator<Item = &Remedy> {
    remedies
        .iter()
        .filter(move |remedy| TOOLS[tool].1.contains(&remedy.tool))
}

/// The tool that is shown.
fn shown(remedies: &[Remedy], chosen: Chosen) -> Option<usize> {
    let least = remedies.first()?.tool;
    let first = TOOLS.iter().position(|(_, tools)| tools.contains(&least))?;
    let offered: Vec<usize> = (first..first + TOOLS.len())
        .map(|tool| tool % TOOLS.len())
        .filter(|tool| of(remedies, *tool).next().is_some())
        .collect();
    let count = i32::try_from(offered.len()).ok()?;
    let turned = usize::try_from(chosen.0.checked_rem_euclid(count)?).ok()?;
    offered.get(turned).copied()
}

/// The sections; none when nothing mends it. `label` is `MEND` or `REMEDIES`.
pub(crate) fn sections(
    cx: &Cx<'_>,
    context: &str,
    label: &'static str,
    remedies: &[Remedy],
    chosen: Chosen,
) -> Vec<Section> {
    let Some(tool) = shown(remedies, chosen) else {
        return Vec::new();
    };
    let mut tabs = Rich::new();
    for (number, (word, _)) in TOOLS.iter().enumerate() {
        if of(remedies, number).next().is_none() {
            continue;
        }
        tabs = if number == tool {
            // Brackets say it where there is no colour.
            tabs.then(Role::Accent, format!("[{word}]  "))
        } else {
            tabs.then(Role::Muted, format!("{word}  "))
        };
    }
    let mut right = cx
        .key_of(context, Action::NextView)
        .filter(|_| remedies.len() > of(remedies, tool).count())
        .map_or_else(Rich::new, |key| {
            Rich::strong(key).then(Role::Muted, " other tool")
        });
    if let Some(key) = cx.key_of(context, Action::Copy) {
        if !right.is_empty() {
            right = right.then(Role::Muted, "   ");
        }
        right = right.then(Role::Strong, key).then(Role::Muted, " copy");
    }
    let mut section = Section::new(label).right(right).words(tabs);
    let own: Vec<&Remedy> = of(remedies, tool).collect();
    for (at, remedy) in own.iter().enumerate() {
        if own.len() > 1 {
            if at > 0 {
                section = section.blank();
            }
            let which = match remedy.tool {
                Tool::Azapi => "azapi",
                Tool::Azurerm => "azurerm",
                Tool::Az | Tool::Portal => "",
            };
            let nth = if at == 0 { "the least change" } else { "or" };
            let gap = if which.is_empty() { "" } else { " · " };
            section = section.words(
                Rich::strong((at + 1).to_string())
                    .then(Role::Muted, format!("  {nth}{gap}{which}")),
            );
        }
        section = if remedy.tool == Tool::Portal {
            section.words(Rich::plain(remedy.text.clone()))
        } else {
            section.code(remedy.text.clone())
        };
        // What holds of several is said once.
        if let Some(note) = &remedy.note
            && own[..at].iter().all(|one| one.note.as_ref() != Some(note))
        {
            section = section.words(Rich::muted(note.clone()));
        }
    }
    vec![section]
}

/// What can be copied: every remedy whole, those of the shown tool first.
pub(crate) fn copy(remedies: &[Remedy], chosen: Chosen) -> Vec<CopyItem> {
    let Some(tool) = shown(remedies, chosen) else {
        return Vec::new();
    };
    let item = |remedy: &Remedy| CopyItem {
        label: match remedy.tool {
            Tool::Az => "az command".to_owned(),
            Tool::Portal => "way through the portal".to_owned(),
            other => other.word().to_owned(),
        },
        text: remedy.text.clone(),
    };
    let others = (0..TOOLS.len())
        .filter(|other| *other != tool)
        .flat_map(|other| of(remedies, other));
    of(remedies, tool).chain(others).map(item).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn remedy(tool: Tool, text: &str) -> Remedy {
        Remedy {
            tool,
            text: text.to_owned(),
            note: None,
        }
    }

    #[test]
    fn the_tool_that_has_a_remedy_is_shown_and_its_commands_are_copied_first() {
        let remedies = [
            remedy(Tool::Az, "az one"),
            remedy(Tool::Azapi, "body"),
            remedy(Tool::Az, "az two"),
        ];
        let texts = |chosen: Chosen| -> Vec<String> {
            copy(&remedies, chosen)
                .into_iter()
                .map(|item| item.text)
                .collect()
        };
        let mut chosen = Chosen::default();
        assert_eq!(texts(chosen), ["az one", "az two", "body"]);
        chosen.turn(true);
        assert_eq!(texts(chosen), ["body", "az one", "az two"]);
        // Nothing for the portal: round to the first again, and back the other way.
        chosen.turn(true);
        assert_eq!(texts(chosen), ["az one", "az two", "body"]);
        chosen = Chosen::default();
        chosen.turn(false);
        assert_eq!(texts(chosen), ["body", "az one", "az two"]);
        assert_eq!(copy(&[], chosen), []);
    }

    #[test]
    fn the_tool_of_the_least_change_comes_first() {
        let remedies = [
            remedy(Tool::Portal, "turn it on"),
            remedy(Tool::Az, "az wider"),
        ];
        let mut chosen = Chosen::default();
        assert_eq!(shown(&remedies, chosen), Some(2));
        chosen.turn(true);
        assert_eq!(shown(&remedies, chosen), Some(0));
    }
}

//! `hopscope shot`: a pane as a picture, without a terminal.
//!
//! The screen is the inspector's own: it gets what was read and judged, the actions that were asked
//! for, and is drawn once.

use std::path::Path;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use time::UtcOffset;

use crate::cli::{Global, Shot};
use crate::config::theme::Palette;
use crate::config::{Action, Depth, Settings};
use crate::report::file;
use crate::ui::effect::Effect;
use crate::ui::overlays::json::lay;
use crate::ui::panes;
use crate::ui::shot::screen;
use crate::ui::view::{Setup, View};

use super::source::{self, Source};
use super::{Exit, Failure, causes, trouble};

/// The word for the walk, beside the names of the panes.
const WALK: &str = "walk";

/// Reads everything in scope once and draws a pane of it.
pub async fn run(
    global: &Global,
    arguments: &Shot,
    settings: Settings,
    offset: UtcOffset,
) -> Result<Exit, Failure> {
    let is_svg = match arguments.out.extension().and_then(|end| end.to_str()) {
        Some("svg") => true,
        Some("txt") => false,
        _ => {
            return Err(Failure::usage(format!(
                "{}: a picture is a file that ends in .svg or .txt",
                arguments.out.display()
            )));
        }
    };
    let digit = pane(&arguments.pane)?;
    let actions = arguments
        .actions
        .iter()
        .map(|name| {
            Action::of_name(name).ok_or_else(|| {
                Failure::usage(format!(
                    "there is no action {name:?}: the names are those of a keymap file"
                ))
            })
        })
        .collect::<Result<Vec<_>, _>>()?;
    let mut settings = settings;
    if let Some(name) = &arguments.theme {
        settings.palette =
            Palette::shipped(name).map_err(|error| Failure::usage(causes(&error)))?;
    }
    settings.depth = Depth::True;
    let theme = crate::ui::theme::Theme::new(&settings.palette, settings.depth);
    let mut masker = source::masker(global)?;
    let source = Source::find(global, &settings.file).await?;
    let inspected = source.read().await.masked(&mut masker);
    if let Some(failure) = trouble::judge(&inspected.snapshot, &inspected.scope).failure {
        return Err(failure);
    }
    let (inventory, judgement) = inspected.judge();
    let cloud = match &global.demo {
        Some(name) => format!("demo {name}"),
        None => inspected.frame.cloud,
    };
    let mut view = View::new(Setup {
        settings,
        judging: inspected.frame.judging,
        cloud,
        portal: inspected.frame.portal,
        offset,
        offline: global.snapshot.is_some(),
        pick: false,
        panes: panes::registry(),
        now: inspected.at,
        // What is masked was masked before: a picture has no other level.
        masking: None,
    });
    let (width, height) = arguments.size;
    let area = Rect::new(0, 0, width, height);
    view.resize(area);
    let revision = inspected.snapshot.revision();
    view.take(inspected.snapshot, Some(inventory));
    view.judge(revision, judgement);
    match digit {
        Some(digit) => view.show(digit),
        None => view.act(Action::Walk),
    };
    let mut buffer = drawn(&mut view, area);
    for action in actions {
        let outcome = view.act(action);
        for effect in outcome.effects {
            match effect {
                Effect::Lay { ticket, raw } => view.laid(ticket, lay(&raw)),
                Effect::Jump { panes, ids } => view.jump(&panes, &ids),
                Effect::Say(words) => view.say(words),
                // A picture reads, copies and opens nothing.
                _ => {}
            }
        }
        buffer = drawn(&mut view, area);
    }
    let picture = screen(&buffer, &theme);
    let text = if is_svg {
        picture.svg(&format!("hopscope, {}", arguments.pane))
    } else {
        picture.text()
    };
    write(&arguments.out, &text)?;
    Ok(Exit::Done)
}

/// The digit of a pane, by its digit or its name; none for the walk.
fn pane(wanted: &str) -> Result<Option<char>, Failure> {
    if wanted.eq_ignore_ascii_case(WALK) {
        return Ok(None);
    }
    let entries = panes::registry();
    let found = entries
        .iter()
        .find(|entry| entry.name.eq_ignore_ascii_case(wanted) || entry.digit.to_string() == wanted);
    if let Some(entry) = found {
        return Ok(Some(entry.digit));
    }
    let names: Vec<String> = entries
        .iter()
        .map(|entry| entry.name.to_lowercase())
        .chain([WALK.to_owned()])
        .collect();
    Err(Failure::usage(format!(
        "there is no pane {wanted:?}: there are {}",
        names.join(", ")
    )))
}

/// Draws until nothing moves any more: what only drawing knows is handed back once.
fn drawn(view: &mut View, area: Rect) -> Buffer {
    let mut buffer = Buffer::empty(area);
    for _ in 0..2 {
        view.prepare();
        buffer = Buffer::empty(area);
        let drawn = view.draw(area, &mut buffer);
        view.keep(drawn);
    }
    buffer
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    file::whole(path, |out| out.write_all(text.as_bytes()))
        .map_err(|error| Failure::usage(format!("{} cannot be written: {error}", path.display())))
}

//! The reports that are handed over, of every embedded scenario: HTML that is whole and asks nobody
//! for anything, SARIF that fits its schema, Markdown that says the same; the walk; pictures of panes.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "reports/every.rs"]
mod every;
#[path = "reports/html.rs"]
mod html;
#[path = "reports/markdown.rs"]
mod markdown;
#[path = "reports/pictures.rs"]
mod pictures;
#[path = "reports/sarif.rs"]
mod sarif;
#[path = "reports/stage.rs"]
mod stage;
#[path = "reports/walk.rs"]
mod walk;

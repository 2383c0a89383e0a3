//! The report as one HTML file that is handed over: nothing is loaded from anywhere, no script, light
//! and dark, for the screen and for paper.
//!
//! It sets what [`super::told`] says. Every text is escaped by the template; only the drawing of
//! [`super::svg`], which escapes its own, goes in as it is. To show more: a field of `Told`, a
//! function here, and its look in `style.css`.

mod evidence;
mod parts;

use std::io::{self, Write};

use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::analysis::hop::Judgement;
use crate::model::judging::Judging;
use crate::store::Inventory;

use super::Meta;
use super::svg;
use super::told::{Drawing, Told};
use parts::{badge, mark_badge, tally, verdict_class};

/// How it looks.
const STYLE: &str = include_str!("html/style.css");

/// The sections behind the first page, in order: anchor and heading.
const SECTIONS: [(&str, &str); 8] = [
    ("map", "The Map"),
    ("benefits", "Is it safe: the six benefits of the pattern"),
    ("findings", "What was found, and what mends it"),
    ("hops", "Does it work: every call"),
    ("managed", "The group that Microsoft made"),
    ("logs", "Logs and keys"),
    ("reading", "How it was read"),
    ("evidence", "Evidence"),
];

/// Writes the report.
pub fn write(
    out: &mut impl Write,
    inventory: &Inventory,
    judgement: &Judgement,
    judging: &Judging,
    meta: &Meta,
) -> io::Result<()> {
    let told = Told::of(inventory, judgement, judging, meta);
    writeln!(out, "{}", page(&told).into_string())
}

fn page(told: &Told) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="generator" content=(concat!("hopscope ", env!("CARGO_PKG_VERSION")));
                meta name="color-scheme" content="light dark";
                // Nothing may be loaded, whatever stands in a name.
                meta http-equiv="Content-Security-Policy"
                    content="default-src 'none'; style-src 'unsafe-inline'";
                title { (told.title) " · hopscope report" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                a.skip href="#main" { "To the report" }
                (head(told))
                main id="main" {
                    (contents())
                    @for (at, (anchor, heading)) in SECTIONS.iter().enumerate() {
                        section aria-labelledby=(anchor) {
                            h2 id=(anchor) { span.number { (at + 1) } " " (heading) }
                            (section(told, anchor))
                        }
                    }
                }
                footer {
                    p {
                        "Made by hopscope " (env!("CARGO_PKG_VERSION")) ". It only reads: no setting was changed, "
                        "and no command of this report has been run."
                    }
                }
            }
        }
    }
}

fn head(told: &Told) -> Markup {
    let (mark, sentence) = &told.answer;
    html! {
        header.cover {
            p.kind { "Environment report" }
            h1 { (told.title) }
            p.answer { (mark_badge(*mark)) " " strong { (sentence) } }
            @if !told.is_complete {
                p.answer {
                    (badge("unknown", "?", "incomplete")) " "
                    "Not everything could be read: "
                    a href="#reading" { "what, and why" } "."
                }
            }
            (tally(told))
            (parts::in_short(told))
            dl.facts {
                @for (label, value) in &told.facts {
                    div { dt { (label) } dd { (value) } }
                }
            }
        }
    }
}

fn contents() -> Markup {
    html! {
        nav aria-label="Contents" {
            ol {
                @for (anchor, heading) in SECTIONS {
                    li { a href={ "#" (anchor) } { (heading) } }
                }
            }
        }
    }
}

fn section(told: &Told, anchor: &str) -> Markup {
    match anchor {
        "map" => map(told),
        "benefits" => parts::benefits(told),
        "findings" => parts::findings(told),
        "hops" => parts::hops(told),
        "managed" => parts::hubs(told),
        "logs" => parts::logs(told),
        "reading" => parts::reading(told),
        _ => evidence::all(told),
    }
}

fn map(told: &Told) -> Markup {
    let Some(Drawing { model, grid }) = &told.map else {
        return html! { p { "There is nothing to draw: no resource of the pattern was read." } };
    };
    let text: Vec<String> = told
        .hops
        .iter()
        .map(|hop| format!("{} to {}: {}", hop.from, hop.to, hop.verdict))
        .collect();
    let picture = svg::map::draw(
        model,
        grid,
        &format!("The calls of {}", told.title),
        &text.join(". "),
    );
    html! {
        figure {
            div.wide tabindex="0" role="group" aria-label="The Map, may be scrolled sideways" {
                (PreEscaped(picture))
            }
            p.hint.muted { "The picture is wider than the screen: it scrolls sideways." }
            figcaption {
                "Boxes are resources, lines are calls. "
                @for (class, sign, words) in [
                    ("open", "✔", "open"), ("at-risk", "▲", "at risk"),
                    ("shut", "✖", "shut"), ("unknown", "?", "cannot be told"),
                ] { (badge(class, sign, words)) " " }
                "A dashed line is assumed, a dashed box was made by Microsoft."
            }
        }
        @if told.hops.iter().any(|hop| verdict_class(hop.verdict) != "open") {
            p { "What is not open, and why, stands in " a href="#hops" { "the list of calls" } "." }
        }
    }
}

#[cfg(test)]
mod tests;

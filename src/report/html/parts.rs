//! The sections of the page.

use maud::{Markup, html};

use crate::analysis::benefits::Stand;
use crate::analysis::hop::{FindingKind, Severity};
use crate::analysis::verdict::Verdict;
use crate::map::Mark;
use crate::report::svg;
use crate::report::told::{FindingTold, Mend, Told};

use super::evidence::proofs;

/// A sign with its word: the sign is for the eye, the word is read out.
pub(super) fn badge(class: &str, sign: &str, words: &str) -> Markup {
    html! { span.badge.{ (class) } { span aria-hidden="true" { (sign) } " " (words) } }
}

/// The class of a verdict.
pub(super) fn verdict_class(verdict: Verdict) -> &'static str {
    svg::map::class(Mark::of(verdict, false))
}

/// The badge of a verdict.
pub(super) fn verdict(own: Verdict) -> Markup {
    let sign = Mark::of(own, false).glyph().to_string();
    badge(verdict_class(own), &sign, &own.word().replace('-', " "))
}

/// The badge of a mark.
pub(super) fn mark_badge(mark: Mark) -> Markup {
    let words = match mark {
        Mark::Shut => "shut",
        Mark::AtRisk => "at risk",
        Mark::Unknown => "unknown",
        Mark::Reading => "reading",
        Mark::Open => "open",
    };
    badge(svg::map::class(mark), &mark.glyph().to_string(), words)
}

fn stand(own: Stand) -> Markup {
    let (class, sign) = match own {
        Stand::Against => ("exposure", "◆"),
        Stand::Unknown => ("unknown", "?"),
        Stand::Reading => ("reading", "…"),
        Stand::Holds => ("open", "✔"),
        Stand::Nothing => ("none", "·"),
    };
    badge(class, sign, own.words())
}

fn kind(finding: &FindingTold) -> Markup {
    let (class, sign, words) = match (finding.kind, finding.severity) {
        (FindingKind::Broken, Severity::Error) => ("shut", "✖", "broken"),
        (FindingKind::Broken, Severity::Warning) => ("at-risk", "▲", "at risk"),
        (FindingKind::Broken, Severity::Info) => ("unknown", "?", "cannot be told"),
        (FindingKind::Exposure, _) => ("exposure", "◆", "exposure"),
        (FindingKind::Keep, _) => ("keep", "●", "keep"),
        (FindingKind::Note, _) => ("none", "○", "note"),
    };
    badge(class, sign, words)
}

/// The two questions, counted.
pub(super) fn tally(told: &Told) -> Markup {
    html! {
        ul.tally {
            @for (own, count) in &told.works {
                li.{ (verdict_class(*own)) } {
                    span.count { (count) } " " (verdict(*own))
                }
            }
            li.exposure { span.count { (told.exposures) } " " (badge("exposure", "◆", "exposures")) }
        }
    }
}

/// The most findings that the first page names of a group.
const FIRST: usize = 5;

/// What somebody who reads one page only has to know: what to mend, what to close, what to leave.
pub(super) fn in_short(told: &Told) -> Markup {
    let of = |wanted: FindingKind| -> Vec<&FindingTold> {
        let all = told.findings.iter().flat_map(|(_, own)| own);
        all.filter(|one| one.kind == wanted).collect()
    };
    let mut broken = of(FindingKind::Broken);
    broken.retain(|one| one.severity != Severity::Info);
    let untold = told
        .works
        .iter()
        .find(|(own, _)| *own == Verdict::Unknown)
        .map_or(0, |(_, count)| *count);
    let (exposures, keep) = (of(FindingKind::Exposure), of(FindingKind::Keep).len());
    html! {
        section.in-short aria-labelledby="in-short" {
            h2 id="in-short" { "In short" }
            @if broken.is_empty() && exposures.is_empty() {
                p { "Nothing to mend and no exposure was found" @if !told.is_complete { " in what could be read" } "." }
            }
            (few("To mend", &broken))
            (few("Works, but wider than the pattern allows", &exposures))
            @if untold > 0 {
                p {
                    (untold) @if untold == 1 { " call" } @else { " calls" } " cannot be judged: "
                    @if told.is_complete { "see " a href="#hops" { "why" } }
                    @else { a href="#reading" { "what could not be read" } }
                    "."
                }
            }
            @if keep > 0 {
                p { (keep) @if keep == 1 { " setting has" } @else { " settings have" }
                    " to stay as they are, although advice elsewhere says otherwise: "
                    a href="#findings" { "which, and why" } "." }
            }
        }
    }
}

/// The first findings of a group, and how many more there are.
fn few(heading: &str, own: &[&FindingTold]) -> Markup {
    html! {
        @if !own.is_empty() {
            p.lead { (heading) }
            ul.few {
                @for finding in own.iter().take(FIRST) {
                    li {
                        (kind(finding)) " " a href={ "#finding-" (finding.number) } { (finding.title) }
                        " " span.muted { (finding.about) }
                    }
                }
                @if own.len() > FIRST {
                    li { a href="#findings" { (own.len() - FIRST) " more" } }
                }
            }
        }
    }
}

pub(super) fn benefits(told: &Told) -> Markup {
    html! {
        @for (at, own) in told.benefits.iter().enumerate() {
            article.card {
                h3 { (at + 1) ". " (own.name) " " (stand(own.stand)) }
                p { (own.promise) }
                @if own.stand == Stand::Holds || own.stand == Stand::Unknown {
                    p.muted {
                        @if own.stand == Stand::Holds { "Nothing was found against it." }
                        @else { "Nothing was found against it in what could be read; that is no proof." }
                        @if own.hidden > 0 {
                            " The configuration file sets " (own.hidden) " aside: see "
                            a href="#reading" { "how it was read" } "."
                        }
                    }
                }
                @if !own.against.is_empty() {
                    ul.against {
                        @for (number, title) in &own.against {
                            li { a href={ "#finding-" (number) } { (title) } }
                        }
                    }
                }
                @if !own.facts.is_empty() {
                    div.wide tabindex="0" role="group" aria-label={ "What shows it: " (own.name) } {
                        table.shows {
                            caption { "What shows it" }
                            thead { tr {
                                th scope="col" { "About" } th scope="col" { "Stands" } th scope="col" { "Is so" }
                            } }
                            tbody {
                                @for (own, about, words) in &own.facts {
                                    tr {
                                        th scope="row" { (about) }
                                        td.short { (stand(*own)) }
                                        td { (words) }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

pub(super) fn findings(told: &Told) -> Markup {
    html! {
        @if told.findings.is_empty() {
            p { "No rule found anything in what was read." }
        }
        @for (heading, own) in &told.findings {
            h3 { (heading) " " span.muted { "(" (own.len()) ")" } }
            @for finding in own { (one(finding)) }
        }
    }
}

fn one(finding: &FindingTold) -> Markup {
    html! {
        article.card id={ "finding-" (finding.number) } {
            h4 { (finding.title) " " (kind(finding)) }
            p.muted {
                (finding.about) " · " (finding.severity.word()) " · rule " code { (finding.rule) }
                @if let Some(benefit) = finding.benefit { " · benefit " (benefit.word()) }
            }
            p { (finding.detail) }
            @if !finding.hops.is_empty() {
                p.muted {
                    "Touches "
                    @for (at, number) in finding.hops.iter().enumerate() {
                        @if at > 0 { ", " }
                        a href={ "#hop-" (number) } { "call " (number) }
                    }
                }
            }
            (mends(&finding.remedies))
            @if !finding.evidence.is_empty() {
                details {
                    summary { "What proves it" }
                    (proofs(&finding.evidence))
                }
            }
        }
    }
}

/// The remedies: each tool with its command, whole. A note that holds of all of them is said once.
pub(super) fn mends(remedies: &[Mend]) -> Markup {
    html! {
        @if !remedies.is_empty() {
            dl.mend {
                @for (at, mend) in remedies.iter().enumerate() {
                    dt { (tool(mend.tool)) }
                    dd {
                        pre tabindex="0" { code { (mend.text) } }
                        @if let Some(note) = mend.note_before(remedies.get(at + 1)) { p.muted { (note) } }
                    }
                }
            }
        }
    }
}

fn tool(word: &str) -> &str {
    match word {
        "az" => "Azure CLI",
        "azurerm" => "Terraform azurerm",
        "azapi" => "Terraform azapi",
        "portal" => "Portal",
        other => other,
    }
}

pub(super) fn hops(told: &Told) -> Markup {
    html! {
        @if told.hops.is_empty() {
            p { "No call of the pattern was found." }
        } @else {
            p.muted { "Worst first. The gates of each call, with what proves them, stand under Evidence." }
            div.wide tabindex="0" role="group" aria-label="Every call" {
                table {
                    caption { "Calls" }
                    thead { tr {
                        th scope="col" { "Call" } th scope="col" { "Stands" } th scope="col" { "Kind" }
                        th scope="col" { "From → to" } th scope="col" { "Gate" } th scope="col" { "Known by" }
                    } }
                    tbody {
                        @for hop in &told.hops {
                            tr {
                                th.short scope="row" { a href={ "#hop-" (hop.number) } { (hop.number) } }
                                td.short { (verdict(hop.verdict)) }
                                td data-label="Kind" { (hop.kind) }
                                td data-label="From → to" { (hop.from) " → " (hop.to)
                                    @if let Some(via) = &hop.via { br; span.muted { (via) } } }
                                td.short data-label="Gate" { (hop.decides.unwrap_or("·")) }
                                td.short data-label="Known by" { (hop.basis) }
                            }
                        }
                    }
                }
            }
        }
    }
}

pub(super) fn hubs(told: &Told) -> Markup {
    html! {
        @if told.hubs.is_empty() {
            p { "No hub with a managed resource group, or with stores of its own, was read." }
        }
        @for hub in &told.hubs {
            h3 { (hub.hub) " " (verdict(hub.verdict)) }
            p.muted { "Group " (hub.group) ", " (hub.found) "." }
            p { "What stands here has to stay as it is, open access and keys included: "
                "advice that is right elsewhere breaks the hub." }
            div.wide tabindex="0" role="group" aria-label={ "The managed group of " (hub.hub) } {
                table {
                    caption { "As it must be against as it is" }
                    thead { tr {
                        th scope="col" { "Resource" } th scope="col" { "Property" } th scope="col" { "Must be" }
                        th scope="col" { "Is" } th scope="col" { "Stands" }
                    } }
                    tbody {
                        @for (name, property, must, is, own) in &hub.checks {
                            tr {
                                th scope="row" { (name) }
                                td data-label="Property" { code { (property) } }
                                td data-label="Must be" { (must) }
                                td data-label="Is" { (is) }
                                td.short { (verdict(*own)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

pub(super) fn logs(told: &Told) -> Markup {
    html! {
        @if told.logs.is_empty() {
            p { "No resource with logs of its own was read." }
        } @else {
            div.wide tabindex="0" role="group" aria-label="Logs" {
                table {
                    caption { "Diagnostic coverage" }
                    thead { tr {
                        th scope="col" { "Resource" } th scope="col" { "Categories" } th scope="col" { "To" }
                    } }
                    tbody {
                        @for own in &told.logs {
                            tr {
                                th scope="row" { (own.name) }
                                td {
                                    ul.plain {
                                        @for (category, word) in &own.categories {
                                            li { (sent(word)) " " (category) }
                                        }
                                    }
                                    @if let Some(why) = &own.missing { p.muted { (why) } }
                                }
                                td data-label="To" {
                                    @if own.to.is_empty() { "nowhere known" } @else { (own.to) }
                                }
                            }
                        }
                    }
                }
            }
        }
        @if !told.keys.is_empty() {
            div.wide tabindex="0" role="group" aria-label="Keys" {
                table {
                    caption { "Customers' keys" }
                    thead { tr {
                        th scope="col" { "Encrypts" } th scope="col" { "Key" } th scope="col" { "Version" }
                        th scope="col" { "Until" } th scope="col" { "Usable" }
                    } }
                    tbody {
                        @for key in &told.keys {
                            tr {
                                th scope="row" { (key.name) }
                                td data-label="Key" { (key.key) }
                                td data-label="Version" { (key.version) }
                                td data-label="Until" { (key.ends) }
                                td data-label="Usable" { (key.usable) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn sent(word: &str) -> Markup {
    match word {
        "kept" => badge("open", "✔", word),
        "unknown" => badge("unknown", "?", word),
        "not read yet" => badge("reading", "…", word),
        _ => badge("exposure", "◆", word),
    }
}

pub(super) fn reading(told: &Told) -> Markup {
    html! {
        h3 { "What could not be read" }
        @if told.not_read.is_empty() {
            p { "Everything that was planned was read." }
        } @else {
            p { "A right that is missing never turns into an answer: what leans on these readings is unknown." }
            div.wide tabindex="0" role="group" aria-label="What could not be read" {
                table {
                    caption { "Not read" }
                    thead { tr {
                        th scope="col" { "What" } th scope="col" { "Ended" } th scope="col" { "Why" }
                    } }
                    tbody {
                        @for own in &told.not_read {
                            tr {
                                th scope="row" { (own.what) }
                                td data-label="Ended" { (own.ended) }
                                td data-label="Why" { (own.cause)
                                    @if let Some(id) = &own.request { br; span.muted { "request " (id) } } }
                            }
                        }
                    }
                }
            }
        }
        @if !told.hidden.is_empty() {
            h3 { "What the configuration file sets aside" }
            ul {
                @for (title, about, reason) in &told.hidden {
                    li { (about) ": " (title) " " span.muted { "(" (reason) ")" } }
                }
            }
        }
    }
}

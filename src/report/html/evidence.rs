//! The appendix: each call with its gates, and the properties that prove them.

use maud::{Markup, html};

use crate::analysis::hop::FindingKind;
use crate::report::told::{GateTold, HopTold, Proof, Told};

use super::parts::{mends, verdict, verdict_class};

/// Every call.
pub(super) fn all(told: &Told) -> Markup {
    html! {
        p.muted {
            "Paths are relative to what Azure answered for the resource; values are Azure's own."
            span.on-paper { " On paper an open gate takes one line: its proof stands in the file." }
        }
        @for hop in &told.hops { (one(told, hop)) }
    }
}

fn one(told: &Told, hop: &HopTold) -> Markup {
    // What mends it stands once: with the finding.
    let finding = told
        .findings
        .iter()
        .flat_map(|(_, own)| own)
        .find(|one| one.kind == FindingKind::Broken && one.hops.contains(&hop.number));
    html! {
        article.card.call.{ (verdict_class(hop.verdict)) } id={ "hop-" (hop.number) } {
            h3 { (hop.number) ". " (hop.kind) " " (verdict(hop.verdict)) }
            p.muted {
                (hop.from) " → " (hop.to)
                @if let Some(via) = &hop.via { " · " (via) }
                " · " (hop.basis)
            }
            @if let Some(finding) = finding {
                p { "What mends it: " a href={ "#finding-" (finding.number) } { (finding.title) } "." }
            }
            @for own in &hop.gates { (gate(own, finding.is_none())) }
        }
    }
}

fn gate(own: &GateTold, with_mends: bool) -> Markup {
    html! {
        section.gate.{ (verdict_class(own.verdict)) } {
            h4 { (own.gate) " " (verdict(own.verdict)) }
            p { (own.reason) }
            @for note in &own.notes { p.muted { (note) } }
            @if with_mends { (mends(&own.remedies)) }
            (proofs(&own.evidence))
        }
    }
}

/// Properties with their values, those of one answer together.
pub(super) fn proofs(evidence: &[Proof]) -> Markup {
    let answer = |one: &Proof, next: &Proof| {
        (&one.about, &one.at, &one.request) == (&next.about, &next.at, &next.request)
    };
    html! {
        @if !evidence.is_empty() {
            ul.proofs {
                @for own in evidence.chunk_by(answer) {
                    @if let Some(first) = own.first() {
                        li {
                            (first.about) " " span.muted {
                                "read " (first.at)
                                @if let Some(id) = &first.request { ", request " (id) }
                            }
                            ul {
                                @for proof in own {
                                    li { code { (proof.path) } " = " code.value { (proof.value) } }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

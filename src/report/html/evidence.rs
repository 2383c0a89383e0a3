//! The appendix: each call with its gates, and the properties that prove them.

use maud::{Markup, html};

use crate::analysis::hop::FindingKind;
use crate::report::told::{GateTold, HopTold, Proof, Told};

use super::parts::{mends, verdict};

/// Every call.
pub(super) fn all(told: &Told) -> Markup {
    html! {
        p.muted {
            "Paths are relative to what Azure answered for the resource; values are Azure's own."
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
        article.card id={ "hop-" (hop.number) } {
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
        section.gate {
            h4 { (own.gate) " " (verdict(own.verdict)) }
            p { (own.reason) }
            @for note in &own.notes { p.muted { (note) } }
            @if with_mends { (mends(&own.remedies)) }
            (proofs(&own.evidence))
        }
    }
}

/// Properties with their values.
pub(super) fn proofs(evidence: &[Proof]) -> Markup {
    html! {
        @if !evidence.is_empty() {
            ul.proofs {
                @for proof in evidence {
                    li {
                        (proof.about) " " code { (proof.path) } " = " code.value { (proof.value) }
                        " " span.muted {
                            "read " (proof.at)
                            @if let Some(id) = &proof.request { ", request " (id) }
                        }
                    }
                }
            }
        }
    }
}

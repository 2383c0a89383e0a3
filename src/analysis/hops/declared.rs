//! Hops that `[[pattern.hop]]` of the config file declares: they win over what was found.
//!
//! An end is a resource's name or id. A declared hop that others drew already keeps its gates; one
//! that nobody drew has no definition to be judged by, and says so.

use crate::analysis::evidence::Evidence;
use crate::analysis::gates;
use crate::analysis::ground::{Ground, Lookup};
use crate::analysis::hop::{Basis, Hop, HopKind};
use crate::analysis::remedy::portal::portal;
use crate::analysis::verdict::{Gate, Verdict};
use crate::model::id::ArmId;
use crate::model::judging::DeclaredHop;
use crate::model::resource::Resource;

/// Marks and adds the declared hops.
pub(super) fn draw(ground: &Ground<'_>, out: &mut Vec<Hop>) {
    for declared in &ground.judging.pattern.hops {
        let Some(kind) = HopKind::of_word(&declared.kind) else {
            continue; // The config file's reader names it.
        };
        let from = end(ground, &declared.from);
        let to = end(ground, &declared.to);
        let mut known = false;
        for hop in out.iter_mut().filter(|hop| {
            hop.kind == kind
                && hop.from.eq_ignore_ascii_case(&from)
                && hop.to.eq_ignore_ascii_case(&to)
        }) {
            hop.basis = Basis::Declared;
            known = true;
        }
        if !known {
            out.push(alone(ground, kind, declared, from, to));
        }
    }
}

/// Whether the config file declares a hop of a kind between two resources.
pub(super) fn names(ground: &Ground<'_>, kind: HopKind, from: &Resource, to: &Resource) -> bool {
    let is = |written: &str, one: &Resource| {
        one.id.is(written) || one.name.eq_ignore_ascii_case(written)
    };
    ground.judging.pattern.hops.iter().any(|declared| {
        HopKind::of_word(&declared.kind) == Some(kind)
            && is(&declared.from, from)
            && is(&declared.to, to)
    })
}

/// A resource's id by its id or its name; what fits neither stays as it was written.
fn end(ground: &Ground<'_>, written: &str) -> String {
    let by_id = ArmId::new(written);
    ground
        .inventory
        .resources()
        .find(|one| one.id == by_id || one.name.eq_ignore_ascii_case(written))
        .map_or_else(|| written.to_owned(), |one| one.id.as_str().to_owned())
}

fn alone(
    ground: &Ground<'_>,
    kind: HopKind,
    declared: &DeclaredHop,
    from: String,
    to: String,
) -> Hop {
    let gone = [&from, &to].into_iter().find_map(|end| {
        let id = ArmId::new(end);
        id.resource_type()?;
        match ground.lookup(&id) {
            Lookup::Gone(proof) => Some((id.name().to_owned(), proof)),
            Lookup::Found(_) | Lookup::NotRead(_) => None,
        }
    });
    let proof = Evidence::listed(
        ArmId::new(&from),
        "hops",
        serde_json::json!({
            "kind": declared.kind,
            "why": "the config file declares it, and no definition, role, rule or link ties its ends",
        }),
        ground.now,
    );
    let gate = match gone {
        Some((name, gone)) => gates::judged(
            Gate::Configuration,
            Verdict::Shut,
            format!("it is declared, and {name} is gone"),
            [gone],
        )
        .mended_by([portal(
            "the config file",
            ["[[pattern.hop]]: name what is there"],
        )]),
        None => gates::judged(
            Gate::Configuration,
            Verdict::Unknown,
            "it is declared, but nothing that was read ties its ends: what it presents, and as whom, is not known",
            [proof],
        ),
    };
    Hop {
        kind,
        from,
        to,
        via: None,
        basis: Basis::Declared,
        gates: vec![gate],
    }
}

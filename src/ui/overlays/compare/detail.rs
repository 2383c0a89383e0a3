//! The detail of one line of a comparison: gate by gate, property by property, and who did it.

use crate::analysis::turned::Turn;
use crate::map;
use crate::model::id::ArmId;
use crate::report::diff::{Compared, change_words, state_words, value_words};
use crate::store::diff::{Became, Difference, Unequal};
use crate::ui::cx::Cx;
use crate::ui::panes::changes;
use crate::ui::signs::Sign;
use crate::ui::text::Rich;
use crate::ui::theme::Role;
use crate::ui::widgets::detail::Section;

use super::rows::{Place, name, sign};

/// How many letters of a value are shown; `c` copies no more than the text of `hopscope diff` has.
const LONGEST: usize = 600;

pub(super) fn sections(cx: &Cx<'_>, told: &Compared, place: Place) -> Vec<Section> {
    let found = match place {
        Place::Hop(at) => told.turns.get(at).map(|turn| hop(cx, turn)),
        Place::Thing(at) => {
            let one = told.differences.things.get(at);
            one.map(|one| thing(cx, told, one))
        }
        Place::Unequal(at) => told.differences.unequal.get(at).map(unequal),
    };
    found.unwrap_or_default()
}

fn hop(cx: &Cx<'_>, turn: &Turn) -> Vec<Section> {
    let hop = &turn.hop;
    let mut first = Section::new("")
        .words(
            Rich::sign(cx.signs, sign(turn.after))
                .then(Role::Text, " ")
                .then(Role::Strong, hop.kind.word())
                .then(
                    sign(turn.after).role(),
                    format!("  {}", change_words(turn.before, turn.after)),
                ),
        )
        .blank()
        .pair("from", Rich::plain(map::name_of(&hop.from)))
        .pair("to", Rich::plain(map::name_of(&hop.to)));
    if let Some(via) = &hop.via {
        first = first.pair("via", Rich::plain(via.clone()));
    }
    let mut sections = vec![first];
    match (turn.before, turn.after) {
        (None, _) => sections.push(Section::new("NEW").words(Rich::plain(
            "The earlier snapshot holds nothing that ties the two ends.",
        ))),
        (_, None) => sections.push(Section::new("NO MORE").words(Rich::plain(
            "The later snapshot holds nothing that ties the two ends.",
        ))),
        _ => {}
    }
    for gate in &turn.gates {
        let verdict = sign(gate.after);
        let words = match (gate.before, gate.after) {
            (None, Some(after)) => format!("applies now: {after}"),
            (Some(before), None) => format!("does not apply, was {before}"),
            (before, after) => change_words(before, after),
        };
        let mut section = Section::new(gate.gate.word().to_uppercase())
            .right(Rich::of(verdict.role(), words))
            .words(Rich::plain(gate.reason.clone()));
        if let Some(by) = &gate.by {
            section = section.blank().words(Rich::muted(format!("By whom: {by}")));
        }
        sections.push(section);
    }
    sections
}

fn thing(cx: &Cx<'_>, told: &Compared, one: &Difference) -> Vec<Section> {
    let mut sections = vec![
        Section::new("")
            .words(
                Rich::strong(name(ArmId::new(&one.id).name()))
                    .then(Role::Muted, format!("  {}  ", one.what))
                    .then(Role::Text, one.became.word()),
            )
            .blank()
            .words(Rich::muted(one.id.clone())),
    ];
    for property in &one.properties {
        let words = |value| Rich::plain(value_words(value, LONGEST));
        sections.push(
            Section::new("")
                .words(Rich::strong(property.path.clone()))
                .pair("before", words(property.before.as_ref()))
                .pair("after", words(property.after.as_ref())),
        );
    }
    let by = Section::new("BY WHOM");
    sections.push(match told.by(one) {
        Some(change) => by
            .words(
                Rich::strong(name(change.by()))
                    .then(Role::Muted, format!("  {}", changes::when(cx, change.at))),
            )
            .words(Rich::muted(change.operation.clone())),
        None => by.words(Rich::muted(if one.became == Became::Removed {
            "The activity log of the later snapshot names nobody who removed it between the two."
        } else {
            "The activity log of the later snapshot holds no write of it between the two."
        })),
    });
    sections
}

fn unequal(one: &Unequal) -> Vec<Section> {
    let scope = one.scope.as_ref().map_or("/", ArmId::as_str);
    vec![
        Section::new("")
            .words(
                Rich::of(Sign::Unknown.role(), "?")
                    .then(Role::Text, " ")
                    .then(Role::Strong, one.what),
            )
            .blank()
            .words(Rich::muted(scope.to_owned())),
        Section::new("READ")
            .pair("before", Rich::plain(state_words(one.before)))
            .pair("after", Rich::plain(state_words(one.after))),
        Section::new("").words(Rich::plain(
            "What this reading would show was not known both times. So nothing in it is said to be new, changed or gone.",
        )),
    ]
}

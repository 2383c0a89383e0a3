//! What is behind the rows of Access: the JSON as Azure sent it, and what the palette can go to.

use std::sync::Arc;

use crate::ui::cx::Cx;
use crate::ui::effect::{Answer, Raw};

use super::detail::Told;
use super::rows::{About, Line, Table};
use crate::ui::panes::Thing;

/// The answers that a row, or a cell where there is none, was made of.
pub(super) fn of(cx: &Cx<'_>, line: Option<&Line>, told: &Told) -> Vec<Answer> {
    let mut answers = Vec::new();
    if line.is_none() {
        // A cell is about its target.
        let target = told.id.as_ref().and_then(|id| cx.inventory.resource(id));
        answers.extend(target.map(|one| Answer {
            title: one.name.clone(),
            raw: Raw::Json(Arc::clone(&one.raw)),
        }));
    }
    if let Some(line) = line {
        match &line.about {
            About::Assignment(..) => {
                let one = cx
                    .inventory
                    .assignments()
                    .find(|one| Some(&one.id) == told.id.as_ref());
                if let Some(one) = one {
                    answers.push(Answer {
                        title: "role assignment".to_owned(),
                        raw: Raw::Json(one.raw.clone()),
                    });
                    if let Some(role) = cx.inventory.role(&one.role()) {
                        answers.push(Answer {
                            title: role.name.clone(),
                            raw: Raw::Json(role.raw.clone()),
                        });
                    }
                    if let Some(who) = cx.inventory.principal(&one.principal_id) {
                        answers.push(Answer {
                            title: line.holder.label.clone(),
                            raw: Raw::Json(who.raw.clone()),
                        });
                    }
                }
            }
            About::Policy(vault, _) => {
                answers.extend(cx.inventory.resource(vault).map(|one| Answer {
                    title: one.name.clone(),
                    raw: Raw::Json(one.raw.clone()),
                }));
            }
            About::Denial(_) => answers.extend(
                cx.inventory
                    .denials()
                    .find(|one| Some(&one.id) == told.id.as_ref())
                    .map(|one| Answer {
                        title: one.name.clone(),
                        raw: Raw::Json(one.raw.clone()),
                    }),
            ),
            About::NotRead(_) => {}
        }
    }
    answers
}

/// Assignments as the palette shows them; one is gone to where it stands by resource.
pub(super) fn things(by_resource: &Table, by_principal: &Table) -> Vec<Thing> {
    let lines = by_principal.lines.iter();
    lines
        .filter(|line| matches!(line.about, About::Assignment(..)))
        .filter_map(|line| {
            let is_same = |own: &&Line| match (&own.about, &line.about) {
                (About::Assignment(one, _), About::Assignment(other, _)) => one == other,
                _ => false,
            };
            let first = by_resource.lines.iter().find(is_same)?;
            Some(Thing {
                id: first.id.to_string(),
                kind: "assignment",
                sign: Some(line.sign),
                name: format!("{} · {}", line.holder.label, line.role),
                fact: line.scope.name().to_owned(),
            })
        })
        .collect()
}

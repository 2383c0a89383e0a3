//! A row of Foundry as a line of the tree: roles and columns.

use crate::analysis::changes::WhoDidIt;
use crate::analysis::foundry::Foundry as Judged;
use crate::analysis::foundry::required::Since;
use crate::ui::cx::Cx;
use crate::ui::panes::{changes, who};
use crate::ui::signs::Sign;
use crate::ui::text::Rich;
use crate::ui::theme::Role;
use crate::ui::value;

use super::detail;
use super::judged;
use super::rows::{About, Row, Says};
use super::tree::{Cells, TreeRow};

/// Since when a property is as it is, and by whom, as the activity log tells it.
pub(super) fn by(cx: &Cx<'_>, foundry: &Judged, row: &Row) -> Option<Rich> {
    let About::Property(hub, at, number) = row.about else {
        return None;
    };
    let resource = foundry.hubs.get(hub)?.managed.as_ref()?.resources.get(at)?;
    let id = resource.id.as_ref()?;
    let check = resource.checks.get(number)?;
    let path = format!("properties.{}", check.property);
    let found = who::of_property(cx.judgement, id, &path).and_then(WhoDidIt::found);
    let (at, who) = match (found, &check.since) {
        (Some(found), _) if found.change.is_by_policy() => (found.change.at, "policy"),
        (Some(found), _) => {
            let who = found.change.by();
            (found.change.at, who.split('@').next().unwrap_or(who))
        }
        // Events come late: the resource itself says who wrote last.
        (None, Since::ChangedBy(at, Some(who))) => {
            judged::author(cx, id, who)?;
            (*at, "policy")
        }
        _ => return None,
    };
    let when = changes::when(cx, at);
    // Seconds are for the detail.
    let when = match when.rsplit_once(':') {
        Some((front, _)) if front.contains(':') => front,
        _ => when.as_str(),
    };
    Some(Rich::plain(when.to_owned()).then(Role::Muted, format!(" {who}")))
}

/// `by` is since when and by whom, where the activity log tells it.
pub(super) fn of(cx: &Cx<'_>, row: &Row, by: Option<Rich>) -> TreeRow {
    let name = if row.is_thing {
        Rich::strong(row.name.clone())
    } else {
        Rich::plain(row.name.clone())
    };
    let cells = match &row.says {
        Says::NotRead => Cells::Wide(value::not_read()),
        Says::Fact(fact) => Cells::Wide(match row.sign {
            Sign::Shut | Sign::Unknown | Sign::Failed if !row.is_thing => {
                Rich::of(row.sign.word_role(), fact.clone())
            }
            _ => Rich::muted(fact.clone()),
        }),
        Says::Check {
            must_be,
            is,
            since,
            next,
        } => {
            let role = match row.sign {
                Sign::Open => Role::Text,
                sign => sign.word_role(),
            };
            let is = if row.sign == Sign::Reading {
                value::not_read()
            } else {
                Rich::of(role, is.clone())
            };
            Cells::Columns([
                Rich::muted(*must_be),
                is,
                match next {
                    Some(value) => Rich::of(role, format!("will be {value}")),
                    None => by
                        .filter(|_| row.sign != Sign::Open)
                        .unwrap_or_else(|| detail::since_words(cx, since, row.sign == Sign::Open)),
                },
            ])
        }
    };
    TreeRow {
        id: row.id.clone(),
        parent: row.parent,
        sign: row.sign,
        name,
        cells,
    }
}

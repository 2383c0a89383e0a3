//! What describe, JSON, copy and portal act on: the chosen hop with its ends, or the chosen box.

use std::sync::Arc;

use crate::model::id::ArmId;
use crate::ui::cx::Cx;
use crate::ui::effect::{Answer, CopyItem, Raw, Subject};
use crate::ui::widgets::detail::plain_text;

use super::boxes::Item;
use super::walk::Walk;
use super::{Map, detail};

impl Map {
    /// The chosen hop, with its two ends.
    pub(super) fn subject_of_hop(&self, cx: &Cx<'_>) -> Option<Subject> {
        let row = self.row()?;
        let sections = self.detail.sections().to_vec();
        let mut copy: Vec<CopyItem> = (0..detail::TOOLS.len())
            .flat_map(|tool| {
                let first = detail::shown(row, self.tool).unwrap_or_default();
                let remedies = detail::remedies(row, (first + tool) % detail::TOOLS.len());
                remedies.into_iter().map(|remedy| CopyItem {
                    label: format!("{} remedy", remedy.tool.word()),
                    text: remedy.text.clone(),
                })
            })
            .collect();
        copy.push(CopyItem {
            label: "hop and its gates".to_owned(),
            text: plain_text(&sections),
        });
        copy.push(CopyItem {
            label: "hop id".to_owned(),
            text: row.id.to_string(),
        });
        let ends: Vec<ArmId> = [&row.hop.to, &row.hop.from]
            .into_iter()
            .filter(|end| end.starts_with('/'))
            .map(ArmId::new)
            .collect();
        let answers = ends
            .iter()
            .filter_map(|id| cx.inventory.resource(id))
            .map(|one| Answer {
                title: one.name.clone(),
                raw: Raw::Json(Arc::clone(&one.raw)),
            })
            .collect();
        Some(Subject {
            title: row.hop.kind.word().to_owned(),
            id: ends.into_iter().next(),
            answers,
            copy,
            portal: None,
            sections,
        })
    }

    /// The chosen box: what was walked to in it, else what names it.
    pub(super) fn subject_of_box(&self, cx: &Cx<'_>) -> Option<Subject> {
        let place = self.place()?;
        let node = self.model.node(place)?;
        let walked = match self.walk {
            Walk::Item(number) => self.items().into_iter().nth(number),
            _ => None,
        };
        let member = match walked {
            Some(Item::Member(id)) => Some(id),
            _ => node.members.first().cloned(),
        };
        let id = member.filter(|id| id.starts_with('/')).map(ArmId::new);
        let resource = id.as_ref().and_then(|id| cx.inventory.resource(id));
        let sections = self.detail.sections().to_vec();
        Some(Subject {
            title: resource.map_or_else(|| place.title().to_owned(), |one| one.name.clone()),
            answers: resource
                .map(|one| Answer {
                    title: one.name.clone(),
                    raw: Raw::Json(Arc::clone(&one.raw)),
                })
                .into_iter()
                .collect(),
            copy: vec![CopyItem {
                label: "box and its calls".to_owned(),
                text: plain_text(&sections),
            }],
            id,
            portal: None,
            sections,
        })
    }
}

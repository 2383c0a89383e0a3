//! The answers as Azure sent them behind what is selected.

use std::sync::Arc;

use crate::model::id::ArmId;
use crate::ui::cx::Cx;
use crate::ui::effect::{Answer, Raw};

use super::{BRIDGE, DRAWS, Tenants, detail};

impl Tenants {
    /// The answers behind what is selected.
    pub(super) fn answers(&self, cx: &Cx<'_>) -> Vec<Answer> {
        let answer = |title: String, raw: &Arc<serde_json::Value>| Answer {
            title,
            raw: Raw::Json(Arc::clone(raw)),
        };
        let mut answers = Vec::new();
        if self.parts.view() == BRIDGE {
            answers.extend(cx.inventory.applications().map(|one| {
                answer(
                    format!(
                        "application {}",
                        detail::short(&ArmId::new(format!("/{}", one.id)))
                    ),
                    &one.raw,
                )
            }));
            answers.extend(
                cx.inventory
                    .manager_connections()
                    .map(|one| answer(format!("connection {}", one.name), &one.raw)),
            );
            for manager in cx.inventory.network_managers() {
                answers.push(answer(format!("manager {}", manager.name), &manager.raw));
                let own = cx.inventory.scope_connections(&manager.id).iter();
                answers.extend(
                    own.map(|one| answer(format!("scope connection {}", one.name), &one.raw)),
                );
            }
            return answers;
        }
        if let Some(network) = self.drawing().filter(|_| self.parts.view() == DRAWS)
            && let Some(one) = cx.inventory.resource(&network)
        {
            answers.push(answer(one.name.clone(), &one.raw));
        }
        if let Some(node) = self.node() {
            let id = &node.id;
            let own = node.pool.iter();
            answers.extend(own.map(|one| answer(format!("pool {}", one.name), &one.raw)));
            let usage = cx.inventory.pool_usage(id).iter();
            answers.extend(usage.map(|one| answer("counts of addresses".to_owned(), &one.raw)));
            let associated = cx.inventory.pool_associations(id).iter();
            answers.extend(
                associated.map(|one| answer(format!("draws: {}", one.resource.name()), &one.raw)),
            );
            let statics = cx.inventory.static_cidrs(id).iter();
            answers.extend(statics.map(|one| answer(format!("static: {}", one.name), &one.raw)));
        }
        answers
    }
}

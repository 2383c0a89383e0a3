//! `Microsoft.OperationalInsights/workspaces` and the diagnostic settings of any resource
//! (reference `arm/monitor.md`). Must not know what an absent value means: `analysis` does.

use super::page::raw;
use super::reader::Reader;
use super::{Context, Parts};
use crate::model::facet::DiagnosticSetting;
use crate::model::field::Field;
use crate::model::resource::{Details, LocalAuth, LogWorkspace};

/// What is a log workspace's own.
pub(super) fn read(body: &Reader<'_>) -> Parts {
    const ACCESS: &[&str] = super::firewall::PUBLIC_ACCESS;
    let properties = body.object("properties");
    Parts {
        local_auth: Some(LocalAuth {
            path: "properties.features.disableLocalAuth",
            value: properties.object("features").flag("disableLocalAuth"),
            on_when: false,
        }),
        ..Parts::only(Details::LogWorkspace(LogWorkspace {
            customer_id: properties.text("customerId"),
            retention_days: properties.integer("retentionInDays"),
            public_ingestion: properties.word("publicNetworkAccessForIngestion", ACCESS),
            public_query: properties.word("publicNetworkAccessForQuery", ACCESS),
        }))
    }
}

/// One diagnostic setting. An empty workspace id is how Azure says that no workspace is used.
pub(super) fn diagnostic_setting(item: &Reader<'_>, _: &Context<'_>) -> Option<DiagnosticSetting> {
    let properties = item.object("properties");
    let name = super::head::name_alone(item)?;
    Some(DiagnosticSetting {
        name,
        workspace: properties.id("workspaceId").value().cloned(),
        categories: enabled_categories(&properties),
        raw: raw(item),
    })
}

/// Each log entry names a category or a group of them, never both.
fn enabled_categories(properties: &Reader<'_>) -> Vec<String> {
    let entries = properties.each("logs", |entry| {
        let category = match entry.filled_text("category") {
            Field::Value(name) => Field::Value(name),
            _ => entry.filled_text("categoryGroup"),
        };
        let name = entry.required("category", category)?;
        Some((name, entry.flag("enabled")))
    });
    entries
        .items()
        .iter()
        .filter(|(_, enabled)| enabled.value() == Some(&true))
        .map(|(name, _)| name.clone())
        .collect()
}

//! Pages and single documents of the AI Search data plane: secrets are taken out first, then
//! [`super::search_objects`] reads what is left.

use std::sync::Arc;

use super::body::Body;
use super::page::{Decoded, Page, items};
use super::reader::{Notes, Reader};
use super::{Context, scrub, search_objects};
use crate::model::facet::Facet;
use crate::model::id::ArmId;
use crate::model::key::Key;

/// One page of what a service holds, or the one document of an indexer's status or an index's
/// statistics.
pub(super) fn page(facet: Facet, key: &Key, body: Body<'_>, context: &Context<'_>) -> Decoded {
    let (sent, kept);
    let body = match body {
        Body::Sent(body) => {
            sent = scrub::scrub(body);
            Body::Sent(&sent)
        }
        // What was kept has been cleaned, if it was this program that kept it.
        Body::Kept(items) => {
            kept = items
                .iter()
                .map(|item| Arc::new(scrub::scrub(item)))
                .collect::<Vec<_>>();
            Body::Kept(&kept)
        }
    };
    match facet {
        Facet::IndexerStatus => document(
            key,
            body,
            context,
            search_objects::status,
            Page::IndexerStatuses,
        ),
        Facet::IndexStatistics => document(
            key,
            body,
            context,
            search_objects::statistics,
            Page::IndexStatistics,
        ),
        Facet::DataSources => items(
            key,
            body,
            context,
            search_objects::data_source,
            Page::DataSources,
        ),
        Facet::Skillsets => items(
            key,
            body,
            context,
            search_objects::skillset,
            Page::Skillsets,
        ),
        Facet::Indexes => items(key, body, context, search_objects::index, Page::Indexes),
        _ => items(key, body, context, search_objects::indexer, Page::Indexers),
    }
}

fn document<T>(
    key: &Key,
    body: Body<'_>,
    context: &Context<'_>,
    read: fn(&Reader<'_>, &ArmId, &Context<'_>) -> Option<T>,
    wrap: fn(Vec<T>) -> Page,
) -> Decoded {
    let notes = Notes::new(key.words(), context);
    let root = body.root(&notes);
    let asked = key.scope().unwrap_or_else(|| ArmId::new("/"));
    let found = read(&root, &asked, context);
    drop(root);
    Decoded {
        page: wrap(found.into_iter().collect()),
        issues: notes.into_issues(),
    }
}

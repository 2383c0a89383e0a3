//! Azure's JSON into the types of `model`: a lens, and one file a provider.
//!
//! Decoding never fails whole. A property of the wrong shape becomes that property's issue with its
//! JSON path; only a thing that nothing identifies is given up, and then its neighbours stand. What
//! an absent value *means* is not decided here: that is domain knowledge and belongs to `analysis`.
//! Must not know the store, the network, or who asks.
//!
//! To add a resource type: one file beside `storage.rs` with a `read` that returns `Parts`, and
//! its line in [`resource()`]. To add a facet: a function in its provider's file, and its line in
//! [`page()`].

mod activity;
mod authorization;
mod body;
mod cognitive;
mod connection;
mod cosmos;
mod cosmos_roles;
mod firewall;
mod graph;
mod head;
mod identity;
mod ipam;
mod key_vault;
mod logs;
mod machine_learning;
mod monitor;
mod network;
mod page;
mod perimeter;
mod policy;
pub mod reader;
mod resources;
mod scrub;
mod search;
mod search_objects;
mod search_page;
mod storage;
pub mod versions;

use std::sync::Arc;

use serde_json::Value;
use time::OffsetDateTime;

pub use page::{Decoded, Page, kept, page};
pub(crate) use scrub::{message as without_secrets, text as body_without_secrets};

use crate::model::id::ArmId;
use crate::model::issue::Issue;
use crate::model::network::Firewall;
use crate::model::resource::{Details, Encryption, Family, LocalAuth, Outbound, Resource, Source};
use reader::{Notes, Reader};

/// What is known of an answer beside its body.
#[derive(Clone, Debug)]
pub struct Context<'a> {
    /// The API version that answered.
    pub api_version: Arc<str>,
    /// When the answer came.
    pub observed_at: OffsetDateTime,
    /// `x-ms-request-id`, else the correlation id.
    pub request_id: Option<Arc<str>>,
    /// The id that was asked for, when one thing was: it stands in for an id that is missing.
    pub requested: Option<&'a ArmId>,
}

impl Context<'_> {
    /// Where and when a thing of this answer was read.
    pub fn source(&self) -> Source {
        Source {
            api_version: Arc::clone(&self.api_version),
            observed_at: self.observed_at,
            request_id: self.request_id.clone(),
        }
    }
}

/// What a provider's file reads of a resource, beside what all resources have.
struct Parts {
    firewall: Option<Firewall>,
    local_auth: Option<LocalAuth>,
    outbound: Option<Outbound>,
    encryption: Option<Encryption>,
    details: Details,
}

impl Parts {
    /// Parts of a resource that has none of the facets that services share.
    fn only(details: Details) -> Self {
        Self {
            firewall: None,
            local_auth: None,
            outbound: None,
            encryption: None,
            details,
        }
    }
}

/// One resource. The issue is for a document that nothing identifies.
pub fn resource(
    family: Family,
    raw: Arc<Value>,
    context: &Context<'_>,
) -> Result<Resource, Box<Issue>> {
    let notes = Notes::new(family.plural(), context);
    let body = Reader::root_object(&raw, &notes);
    let Some(id) = head::id(&body, context) else {
        let message = format!("one of the {} has no id and was left out", family.plural());
        return Err(Box::new(notes.issue("id".to_owned(), message)));
    };
    let head = head::read(family, &id, &body);
    let parts = match family {
        Family::Storage => storage::read(&body),
        Family::Search => search::read(&body),
        Family::Cognitive => cognitive::read(&body),
        Family::Workspace => machine_learning::read(&body),
        Family::Cosmos => cosmos::read(&body),
        Family::Vault => key_vault::read(&body),
        Family::LogWorkspace => monitor::read(&body),
        Family::UserIdentity => identity::read(&body),
        Family::PrivateEndpoint => network::read_private_endpoint(&body),
        Family::VirtualNetwork => network::read_virtual_network(&body),
    };
    drop(body);
    Ok(Resource {
        id,
        family,
        name: head.name,
        kind: head.kind,
        location: head.location,
        sku: head.sku,
        managed_by: head.managed_by,
        tags: head.tags,
        identity: head.identity,
        system_data: head.system_data,
        firewall: parts.firewall,
        local_auth: parts.local_auth,
        outbound: parts.outbound,
        encryption: parts.encryption,
        details: parts.details,
        issues: notes.into_issues().into(),
        source: context.source(),
        raw,
    })
}

#[cfg(test)]
mod tests;

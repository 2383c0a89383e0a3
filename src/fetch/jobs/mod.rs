//! One key into calls, and their answers into pages of the store.
//!
//! `azure::endpoints` says what is asked, the client asks, `azure::decode` reads the answer; here
//! the three are joined. Must not decide *what* is read (that is the plan).
//!
//! Most readings are a list or a single document and need nothing of their own; what does is a
//! file here and an arm in [`AzureReader::read`](super::reader::Reader::read).

use std::sync::Arc;

use crate::azure::decode::Page;
use crate::store::Payload;

/// The items of a page as the store holds them.
pub fn payload(page: Page) -> Payload {
    match page {
        Page::Tenants(items) => Payload::Tenants(items),
        Page::Subscriptions(items) => Payload::Subscriptions(items),
        Page::Groups(items) => Payload::Groups(items),
        Page::Resources(items) => Payload::Resources(items.into_iter().map(Arc::new).collect()),
        Page::Containers(items) => Payload::Containers(items),
        Page::SharedPrivateLinks(items) => Payload::SharedPrivateLinks(items),
        Page::Perimeters(items) => Payload::Perimeters(items),
        Page::Deployments(items) => Payload::Deployments(items),
        Page::Projects(items) => Payload::Projects(items),
        Page::Connections(items) => Payload::Connections(items),
        Page::Keys(items) => Payload::Keys(items),
        Page::OutboundRules(items) => Payload::OutboundRules(items),
        Page::DiagnosticSettings(items) => Payload::DiagnosticSettings(items),
        Page::RoleAssignments(items) => Payload::RoleAssignments(items),
        Page::RoleDefinitions(items) => Payload::RoleDefinitions(items),
        Page::DenyAssignments(items) => Payload::DenyAssignments(items),
        Page::Principals(items) => Payload::Principals(items),
    }
}

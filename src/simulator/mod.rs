//! The embedded Azure: raw JSON documents served over real HTTP on loopback.
//!
//! A [`Scenario`] holds documents as Azure answers them; a [`Server`] serves them to any client that
//! speaks to Azure Resource Manager, Microsoft Entra, Microsoft Graph, Log Analytics or the AI Search data plane:
//! tokens, api-versions, paging, filters, throttling, error bodies, faults, and changes over time.
//!
//! It must not know anything else of this crate: neither the client's types nor its words, so that a
//! misreading on one side cannot hide the same misreading on the other. It only ever reads: a write is
//! refused and counted.
//!
//! Where to add the next one: a service gets a file beside [`graph`](self) and a line in `router.rs`; an
//! ARM behaviour gets a file in `arm/`; a way to tell a story gets a field in `changes.rs`; a property that old api-versions hide gets a line in
//! `arm/versions.rs`; a resource type needs documents only.

mod arm;
mod changes;
mod clock;
mod cloud;
mod definition;
mod directory;
mod documents;
mod encode;
mod error;
mod faults;
mod filter;
mod graph;
mod knobs;
mod login;
mod logs;
mod merge;
mod placeholder;
mod reply;
mod request;
mod requests;
mod router;
mod scenario;
mod search;
mod server;
mod throttle;
mod timeline;
mod tls;
mod token;
mod world;

pub use definition::{Caller, Elsewhere, Scope, Shelf, TokenState, TwinKind};
pub use error::SimulatorError;
pub use knobs::Knobs;
pub use requests::{Counters, LoggedRequest};
pub use scenario::{Listing, Preface, Scenario, SearchObjects, TwinListing};
pub use server::{Listen, Server};

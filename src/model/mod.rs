//! Plain types and ids: what Azure says, in the words of Azure, and what a pane may ask for.
//!
//! This module knows no I/O, no clock, no terminal and no other module of the crate. A type here
//! keeps six kinds of "no value" apart (see [`field::Field`] and [`issue::IssueKind`]): absent,
//! null, malformed, not reported by an older API version, denied, and not read yet. It must not
//! judge: defaults and verdicts belong to `analysis`.
//!
//! To add a resource type: a variant of [`resource::Family`] and of [`resource::Details`]; its
//! decoder is one file in `azure/`, its reading one job in `fetch/jobs/`.

pub mod access;
pub mod activity;
pub mod application;
pub mod ask;
pub mod caller;
pub mod cloud;
pub mod facet;
pub mod field;
pub mod id;
pub mod ipam;
pub mod issue;
pub mod judging;
pub mod key;
pub mod ledger;
pub mod logs;
pub mod lookup;
pub mod named_key;
pub mod network;
pub mod perimeter;
pub mod policy;
pub mod resource;
pub mod scope;
pub mod search;
pub mod tenancy;
pub mod text;
pub mod tour;

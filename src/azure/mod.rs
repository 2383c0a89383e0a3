//! Speaking to Azure: credentials, the HTTP client with its read-only gate, paging, retry and
//! ledger, and one file of decoding a provider.
//!
//! Must not know the store, the screen, or what is judged: it imports `model` only.

pub mod decode;
pub mod endpoints;

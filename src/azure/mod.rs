//! Speaking to Azure: credentials, the HTTP client with its read-only gate, paging, retry and
//! ledger, and one file of decoding a provider.
//!
//! Must not know the store, the screen, or what is judged: it imports `model` only.
//!
//! The way of one call: [`client::Client`] builds the address → [`gate`] decides whether it may
//! leave → [`throttle`] gives it a place → [`credential`] a token → the transport sends it and
//! [`retry`] decides about another try → [`envelope`] reads an error, [`paging`] finds the next
//! page. Every call, stopped ones too, is told to the observer as a ledger entry. Beside it stand
//! [`endpoints`], which says what is asked for a key, and [`decode`], which reads the answers.
//!
//! To add a service: a base in `model::cloud::Cloud`, a line in [`hosts`], its paths in [`gate`].

pub mod client;
pub mod clock;
pub mod cloud;
pub mod credential;
pub mod decode;
pub mod endpoints;
pub mod envelope;
pub mod gate;
pub mod hosts;
pub mod ledger;
pub mod paging;
pub mod retry;
pub mod throttle;
pub mod transport;

//! Pure judgement of a snapshot: who is let in where, and why.
//!
//! Everything here is a function of the [`crate::store::Inventory`] and of
//! [`crate::model::judging::Judging`]: no clock, no I/O, no screen. Same input, same output, same
//! order. Every answer carries its reason and its [`evidence`]; what was refused, has not been read
//! or is malformed becomes `unknown`, never `open` or `shut`.
//!
//! * [`evidence`]: which property says so, read off the JSON as Azure sent it;
//! * [`verdict`]: open, shut, at risk, unknown, and the reason;
//! * [`benefits`]: which of the six benefits of the pattern hold here, and what shows it;
//! * [`way`] and [`carried`]: by which rules a hop passes, and which hops a rule carries;
//! * [`changes`]: what was written lately and by whom, and which write shut a gate;
//! * [`coverage`]: which logs a resource keeps, and where they go;
//! * [`refusals`]: calls that the logs say were refused, and why;
//! * [`explain`]: what an error message means, and which of its causes hold here;
//! * [`key_version`]: which version of a key counts, and what was read of it;
//! * [`effort`]: how often a whole reading will ask;
//! * [`facets`]: the facets of a resource with the ways in which they can be missing;
//! * [`network`]: the service firewalls, one file a service (domain-rules section B);
//! * [`addresses`] and [`tenancy`]: address pools and who draws from them; who is signed in where;
//! * [`access`]: who holds which action where (domain-rules section C);
//! * [`foundry`]: hubs, their managed resource group, new-style accounts (domain-rules section E);
//! * [`outbound`]: who may call out, and where to;
//! * [`findings`]: what a person should know, rule by rule;
//! * [`parts`]: the part that a resource plays in the pattern;
//! * [`tour`]: whether a step of a walk holds here;
//! * [`policy`]: what Azure Policy will make of it (domain-rules E.3);
//! * [`preflight`]: what a network that is to draw from a pool would meet.
//!
//! A new service firewall is one file in `network/` and one line in its list.

pub mod access;
pub mod addresses;
pub mod benefits;
pub mod carried;
pub mod changes;
pub mod coverage;
pub mod effort;
pub mod encryption;
pub mod evidence;
pub mod explain;
pub mod facets;
pub mod findings;
pub mod foundry;
pub mod gates;
pub mod ground;
pub mod hop;
pub mod hops;
pub mod key_version;
pub mod network;
pub mod outbound;
pub mod parts;
pub mod policy;
pub mod preflight;
pub mod refusals;
pub mod remedy;
pub mod tenancy;
pub mod tour;
pub mod turned;
pub mod verdict;
pub mod way;
pub mod wildcard;

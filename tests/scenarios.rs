//! Holds the scenarios of the embedded Azure to what a real Azure would answer: ids are unique, parents and
//! everything that a document names exist, nothing looks like a secret, and each body is as complete as a
//! recorded one of its type. Reads the files from disk and knows nothing of the simulator, so that it also
//! catches what the simulator would tolerate. A new rule about all scenarios goes into `scenarios/`,
//! the facts that a whole scenario rests on into `scenarios/stories.rs`, those of a short story and its twin
//! into `scenarios/told.rs`.

#[path = "scenarios/foundry.rs"]
mod foundry;
#[path = "scenarios/loading.rs"]
mod loading;
#[path = "scenarios/recorded.rs"]
mod recorded;
#[path = "scenarios/references.rs"]
mod references;
#[path = "scenarios/shape.rs"]
mod shape;
#[path = "scenarios/stories.rs"]
mod stories;
#[path = "scenarios/tenants.rs"]
mod tenants;
#[path = "scenarios/told.rs"]
mod told;

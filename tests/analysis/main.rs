//! Judgement on JSON as Azure sends it: for each rule a body on which it fires, one on which it
//! does not, and bodies that do not say.

mod access;
mod build;
mod certainty;
mod doors;
mod foundry;
mod matrix;
mod outbound;
mod parts;
mod reach;

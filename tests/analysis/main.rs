//! Judgement on JSON as Azure sends it: for each rule a body on which it fires, one on which it
//! does not, and bodies that do not say.

mod build;
mod doors;
mod parts;
mod reach;

//! What a person says about how to judge, from flags, config file, or the scenario of a demo.

use std::path::Path;

use crate::analysis::findings;
use crate::cli::Global;
use crate::config::ConfigFile;
use crate::model::cloud::Cloud;
use crate::model::judging::{Judging, Pattern};
use crate::simulator::Scenario;

use super::Failure;

/// The inputs of judgement. A demo knows the address of its caller, and what its owner would have
/// declared; a flag, or a config file that declares something, wins over it.
pub fn judging(global: &Global, file: &ConfigFile, cloud: &Cloud) -> Judging {
    let mut judging = file.judged(global.judging());
    judging.suffix = cloud.suffix.clone();
    // A demo stands for the public cloud: its own address is gone when it ends.
    if global.demo.is_none() {
        judging.door = cloud.door();
    }
    if let Some(preface) = global.demo.as_deref().and_then(Scenario::preface) {
        judging.client_ip = judging.client_ip.or(preface.address);
        if judging.pattern == Pattern::default()
            && let Some(text) = preface.config
            && let Ok(own) = ConfigFile::parse(text, Path::new("config.toml"))
        {
            judging.pattern = own.judged(Judging::default()).pattern;
        }
    }
    judging
}

/// Refuses a config file that speaks of a rule which does not exist: misspelt, it would do nothing.
pub(super) fn rules_are_known(file: &ConfigFile) -> Result<(), Failure> {
    let judging = file.judged(Judging::default());
    let unknown = findings::unknown_ids(&judging);
    if unknown.is_empty() {
        return Ok(());
    }
    Err(Failure::usage(format!(
        "the config file names rules that do not exist: {}; `hopscope rules` lists them",
        unknown.join(", ")
    )))
}

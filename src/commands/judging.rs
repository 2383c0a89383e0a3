//! What a person says about how to judge, from flags, config file, or the scenario of a demo.

use std::path::Path;

use crate::cli::Global;
use crate::config::ConfigFile;
use crate::config::file::PatternTable;
use crate::model::cloud::Suffixes;
use crate::model::judging::{DeclaredHop, Judging, Pattern};
use crate::simulator::Scenario;

/// The inputs of judgement. A demo knows the address of its caller, and what its owner would have
/// declared; a flag, or a config file that declares something, wins over it.
pub fn judging(global: &Global, file: &ConfigFile, suffix: &Suffixes) -> Judging {
    let mut judging = global.judging();
    judging.suffix = suffix.clone();
    judging.pattern = pattern(&file.pattern);
    if let Some(preface) = global.demo.as_deref().and_then(Scenario::preface) {
        judging.client_ip = judging.client_ip.or(preface.address);
        if judging.pattern == Pattern::default()
            && let Some(text) = preface.config
            && let Ok(own) = ConfigFile::parse(text, Path::new("config.toml"))
        {
            judging.pattern = pattern(&own.pattern);
        }
    }
    judging
}

fn pattern(table: &PatternTable) -> Pattern {
    Pattern {
        users: table.users.clone(),
        image_hosts: table.image_hosts.clone(),
        hops: table
            .hop
            .iter()
            .map(|hop| DeclaredHop {
                kind: hop.kind.clone(),
                from: hop.from.clone(),
                to: hop.to.clone(),
            })
            .collect(),
    }
}

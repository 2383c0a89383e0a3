//! What a person says about how to judge, from flags, config file, or the scenario of a demo.

use std::path::Path;

use crate::cli::Global;
use crate::config::ConfigFile;
use crate::config::file::PatternTable;
use crate::model::cloud::Cloud;
use crate::model::judging::{DeclaredHop, Judging, Pattern};
use crate::simulator::Scenario;

/// The inputs of judgement. A demo knows the address of its caller; a flag wins over it.
pub fn judging(global: &Global) -> Judging {
    let mut judging = global.judging();
    if let Some(preface) = global.demo.as_deref().and_then(Scenario::preface) {
        judging.client_ip = judging.client_ip.or(preface.address);
    }
    judging
}

/// All of them: with the pattern of the config file, or of the demo's own where that has none, and
/// the host suffixes of the cloud.
pub fn whole(global: &Global, file: &ConfigFile, cloud: &Cloud) -> Judging {
    let own = &file.pattern;
    let declared = if *own == PatternTable::default() {
        global.demo.as_deref().and_then(of_demo)
    } else {
        None
    };
    Judging {
        pattern: pattern(declared.as_ref().unwrap_or(own)),
        suffix: cloud.suffix.clone(),
        ..judging(global)
    }
}

fn of_demo(name: &str) -> Option<PatternTable> {
    let text = Scenario::preface(name)?.config?;
    // A test reads the config file of every scenario; one that does not parse says nothing here.
    ConfigFile::parse(text, Path::new("config.toml"))
        .ok()
        .map(|file| file.pattern)
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

//! Reads a scenario once, as `check` does, and keeps it for every report.

use hopscope::analysis::hop::Judgement;
use hopscope::cli::Global;
use hopscope::commands::source::Source;
use hopscope::config::ConfigFile;
use hopscope::model::judging::Judging;
use hopscope::report::Meta;
use hopscope::simulator::Scenario;
use hopscope::store::Inventory;

/// An environment that was read and judged.
pub(crate) struct Read {
    pub(crate) name: String,
    pub(crate) inventory: Inventory,
    pub(crate) judgement: Judgement,
    pub(crate) judging: Judging,
    pub(crate) meta: Meta,
}

/// Every embedded scenario and every twin.
pub(crate) fn scenarios() -> Vec<String> {
    let mut names = Vec::new();
    for listing in Scenario::list().unwrap() {
        names.push(listing.name);
        names.extend(listing.twin.map(|twin| twin.name));
    }
    names
}

/// Reads one.
pub(crate) async fn read(name: &str) -> Read {
    let global = Global {
        demo: Some(name.to_owned()),
        ..Global::default()
    };
    let source = Source::find(&global, &ConfigFile::default()).await.unwrap();
    let inspected = source.read().await;
    let (inventory, judgement) = inspected.judge();
    Read {
        name: name.to_owned(),
        inventory,
        judgement,
        meta: inspected.meta(),
        judging: inspected.frame.judging,
    }
}

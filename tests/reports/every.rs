//! Every scenario and every twin, read once: each report of it is whole, and the walk is honest.

use hopscope::analysis::effort;

use crate::{html, markdown, sarif, stage, walk};

#[tokio::test(flavor = "multi_thread")]
async fn every_report_of_every_scenario_is_whole_and_the_walk_is_honest() {
    let mut told = 0;
    for name in stage::scenarios() {
        let read = stage::read(&name).await;
        html::whole(&read);
        markdown::whole(&read);
        sarif::whole(&read);
        walk::honest(&read);
        walk::one_truth(&read);
        told += usize::from(foreseen(&read));
    }
    assert!(told > 60, "an estimate for {told} alone");
}

/// What the picker says that a reading will ask is near to what it asked. There is no estimate where a
/// subscription could not be looked into.
fn foreseen(read: &stage::Read) -> bool {
    let snapshot = read.inventory.snapshot();
    let asked = snapshot.requests().count();
    let Some(effort) = effort::of(&read.inventory, snapshot.scope()) else {
        return false;
    };
    let (least, most) = (asked * 6 / 10, asked * 16 / 10);
    assert!(
        (least..=most).contains(&effort.requests),
        "{}: {} foreseen, {asked} asked",
        read.name,
        effort.requests
    );
    true
}

//! Every scenario and every twin, read once: each report of it is whole, and the walk is honest.

use crate::{html, markdown, sarif, stage, walk};

#[tokio::test(flavor = "multi_thread")]
async fn every_report_of_every_scenario_is_whole_and_the_walk_is_honest() {
    for name in stage::scenarios() {
        let read = stage::read(&name).await;
        html::whole(&read);
        markdown::whole(&read);
        sarif::whole(&read);
        walk::honest(&read);
        walk::one_truth(&read);
    }
}

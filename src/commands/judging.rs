//! What a person says about how to judge, from flags, config file, or the scenario of a demo.

use crate::cli::Global;
use crate::model::judging::Judging;
use crate::simulator::Scenario;

/// The inputs of judgement. A demo knows the address of its caller; a flag wins over it.
pub fn judging(global: &Global) -> Judging {
    let mut judging = global.judging();
    if let Some(preface) = global.demo.as_deref().and_then(Scenario::preface) {
        judging.client_ip = judging.client_ip.or(preface.address);
    }
    judging
}

//! Every remedy that these tests see, written down for those who have a real client check them: see
//! `tests/real_clients/README.md`. Nothing is written unless `HOPSCOPE_REMEDIES` names a file.

use std::collections::BTreeSet;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::sync::{Mutex, PoisonError};

use hopscope::analysis::hop::{Judgement, Remedy};
use hopscope::model::id::ArmId;
use hopscope::store::Inventory;
use serde_json::json;

/// Appends the remedies of a judgement, a line each: the text, where it stands, and the body of the
/// resource that it changes as a whole.
pub(crate) fn record(inventory: &Inventory, judgement: &Judgement) {
    static SEEN: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
    let Some(path) = std::env::var_os("HOPSCOPE_REMEDIES") else {
        return;
    };
    let mut seen = SEEN.lock().unwrap_or_else(PoisonError::into_inner);
    let gates = judgement.hops.iter().flat_map(|hop| {
        hop.gates.iter().flat_map(move |gate| {
            let place = format!("{}, gate {}", hop.kind, gate.gate);
            gate.remedies.iter().map(move |one| (place.clone(), one))
        })
    });
    let findings = judgement.findings.iter().flat_map(|one| {
        let all = one.remedies.iter();
        all.map(|remedy| (one.rule.to_owned(), remedy))
    });
    let mut lines = String::new();
    for (place, remedy) in gates.chain(findings) {
        if seen.insert(remedy.text.clone()) {
            let line = json!({
                "tool": remedy.tool.word(),
                "text": remedy.text,
                "where": place,
                "body": body(inventory, remedy),
            });
            lines.push_str(&line.to_string());
            lines.push('\n');
        }
    }
    let mut file = OpenOptions::new()
        .create(true)
        .append(true)
        .open(path)
        .unwrap();
    // At once, so that tests that run beside each other do not mix their lines.
    file.write_all(lines.as_bytes()).unwrap();
}

/// What `az resource update --ids ID` would read and send back.
fn body(inventory: &Inventory, remedy: &Remedy) -> Option<serde_json::Value> {
    let (_, rest) = remedy.text.split_once("az resource update --ids ")?;
    let id = ArmId::new(rest.split_whitespace().next()?);
    Some(serde_json::Value::clone(&inventory.resource(&id)?.raw))
}

//! The Network pane.

use crate::stage::*;

#[test]
fn look() {
    for scenario in ["broken-indexer", "healthy", "open-poc", "foundry-cmk"] {
        for (w, h) in [(140, 42), (80, 24), (100, 30), (200, 60)] {
            println!("== {scenario} {w}x{h}\n{}", Stage::of("Network", scenario).text(w, h));
        }
    }
}

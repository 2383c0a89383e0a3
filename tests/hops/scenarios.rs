//! Whole scenarios: which hops there are and what is said of them.

use crate::world::World;

#[test]
fn dump() {
    for name in [
        "healthy",
        "broken-indexer",
        "open-poc",
        "denied",
        "foundry-cmk",
    ] {
        println!("=== {name}");
        for hop in World::scenario(name).judge().0.hops {
            println!(
                "{} {} [{}]",
                hop.verdict(),
                hop.id().replace(
                    "/subscriptions/3b1c0f2d-65f0-4135-bf08-e005a4058e20/resourceGroups/",
                    ""
                ),
                hop.basis.word()
            );
            for gate in &hop.gates {
                println!(
                    "   {:9} {:14} {} ({} ev, {} rem)",
                    gate.judged.verdict.word(),
                    gate.gate.word(),
                    gate.judged.reason,
                    gate.judged.evidence.len(),
                    gate.remedies.len()
                );
            }
        }
    }
}

use crate::world::World;
#[test]
fn show() {
    for name in [
        "broken-indexer",
        "healthy",
        "foundry-cmk",
        "open-poc",
        "denied",
    ] {
        let judged = World::scenario(name).judge();
        eprintln!("== {name}");
        for hop in &judged.0.hops {
            eprintln!(
                "{} {:?} {}",
                hop.verdict(),
                hop.basis,
                hop.id()
                    .replace("/subscriptions/3b1c0f2d-65f0-4135-bf08-e005a4058e20", "")
                    .replace("/providers/Microsoft", "")
            );
            for gate in &hop.gates {
                eprintln!(
                    "      {} {} | {} [{} ev, {} rem]",
                    gate.gate,
                    gate.judged.verdict,
                    gate.judged.reason,
                    gate.judged.evidence.len(),
                    gate.remedies.len()
                );
            }
        }
    }
}

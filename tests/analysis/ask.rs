//! One caller at one firewall: what the tests of admission share.

use hopscope::analysis::network::{Admission, Caller, Credential, Instance};
use hopscope::analysis::verdict::Verdict::{self, Unknown};
use hopscope::model::resource::Family;
use serde_json::{Value, json};

use crate::build::{World, admit, body, named};

pub(crate) const CALLER: &str = "caller";
pub(crate) const TARGET: &str = "target";

pub(crate) fn person(address: &str) -> Caller {
    Caller::Person {
        address: Some(address.parse().unwrap()),
    }
}

pub(crate) fn somebody() -> Caller {
    Caller::Person { address: None }
}

/// A target with these properties and a caller of a family beside it.
pub(crate) fn world(target: Family, properties: &Value, caller: Family) -> World {
    let extra = json!({ "kind": "OpenAI", "properties": properties });
    World::new()
        .with(target, &body(target, TARGET, extra))
        .with(caller, &body(caller, CALLER, json!({})))
}

pub(crate) fn by_instance(world: &World, credential: Credential) -> Admission {
    let inventory = world.inventory();
    let instance = Instance::of(named(&inventory, CALLER), credential);
    admit(&inventory, &Caller::Instance(instance), TARGET)
}

pub(crate) fn at(target: Family, properties: &Value, caller: &Caller) -> Admission {
    admit(
        &world(target, properties, Family::Search).inventory(),
        caller,
        TARGET,
    )
}

pub(crate) fn assert_verdict(admission: &Admission, expected: Verdict, case: &str) {
    let judged = &admission.judged;
    assert_eq!(
        judged.verdict, expected,
        "{case}\n{}\n{:#?}",
        judged.reason, admission.asked
    );
    assert!(!judged.reason.is_empty(), "{case}");
    if judged.verdict != Unknown {
        assert!(!judged.evidence.is_empty(), "{case}");
    }
}

//! Every rule has a fixture, `tests/fixtures/findings/<rule id>.json`: a scenario with changes on
//! which it fires, changes on which it does not, and readings without which it claims nothing.
//!
//! `fires`, `quiet` and `withheld` are lists of steps on the scenario; `quiet` and `withheld` start
//! from what fires unless `anew` says otherwise. A step is one of
//! `{"merge": "end of an id", "with": {…}}` (RFC 7396), `{"without": "end of an id"}`,
//! `{"object": [service, collection, name], "with": {…}}`, `{"without_object": […]}`,
//! `{"role": [principal, its type, role GUID, "end of a scope's id"]}`, `{"add": {…}}`,
//! `{"version": of every answer}`, `{"drop_roles": [principal, role GUID …]}`, `{"refuse": [what, "end of its scope", how]}`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use hopscope::analysis::evidence::Evidence;
use hopscope::analysis::findings::{self, Rule, rule, rules};
use hopscope::analysis::ground::Ground;
use hopscope::analysis::hop::{Basis, Finding, FindingKind, GateVerdict, Hop, HopKind};
use hopscope::analysis::verdict::{Gate, Reasoned, Verdict};
use hopscope::model::id::ArmId;
use serde::Deserialize;
use serde_json::Value;

use crate::world::{Ended, World};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fixture {
    scenario: String,
    #[serde(default)]
    fires: Vec<Value>,
    /// What the finding is about: the end of an id.
    about: String,
    /// A word of its title or detail.
    says: String,
    #[serde(default)]
    quiet: Vec<Value>,
    /// Steps of `quiet` are taken on the bare scenario.
    #[serde(default)]
    anew: bool,
    withheld: Vec<Value>,
    /// A hop that no scenario has: kind, from, to, gate. It is shut, open, unknown in turn.
    hop: Option<[String; 4]>,
    /// The claim needs nothing that could be withheld: advice that holds whatever was read.
    #[serde(default)]
    holds_without: bool,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/findings")
}

fn fixture(id: &str) -> Fixture {
    let file = root().join(format!("{id}.json"));
    let text = std::fs::read_to_string(&file)
        .unwrap_or_else(|error| panic!("{id} has no fixture: {error}"));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{id}: {error}"))
}

fn texts(value: &Value) -> Vec<&str> {
    value
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one.as_str().unwrap())
        .collect()
}

fn step(world: World, step: &Value) -> World {
    let with = || step["with"].clone();
    if let Some(end) = step["merge"].as_str() {
        return world.merge(end, with());
    }
    if let Some(end) = step["without"].as_str() {
        return world.without(end);
    }
    if step["object"].is_array() {
        let [service, collection, name] = texts(&step["object"])[..] else {
            panic!("{step}");
        };
        return world.object(service, collection, name, with());
    }
    if step["without_object"].is_array() {
        let [service, collection, name] = texts(&step["without_object"])[..] else {
            panic!("{step}");
        };
        return world.without_object(service, collection, name);
    }
    if step["role"].is_array() {
        let [principal, kind, role, scope] = texts(&step["role"])[..] else {
            panic!("{step}");
        };
        let scope = if scope.starts_with('/') {
            scope.to_owned()
        } else {
            world.id(scope)
        };
        return world.with_role(principal, kind, role, &scope);
    }
    if step["drop_roles"].is_array() {
        let all = texts(&step["drop_roles"]);
        return world.without_roles(all[0], &all[1..]);
    }
    if let Some(version) = step["version"].as_str() {
        return world.version(version);
    }
    if step["add"].is_object() {
        return world.add(step["add"].clone());
    }
    if step["refuse"].is_array() {
        let [what, scope, how] = texts(&step["refuse"])[..] else {
            panic!("{step}");
        };
        let ended = match how {
            "denied" => Ended::Denied,
            "failed" => Ended::Failed,
            "gone" => Ended::NotFound,
            "pending" => Ended::Pending,
            _ => panic!("{step}"),
        };
        return world.refuse(what, scope, ended);
    }
    panic!("no such step: {step}")
}

fn steps(world: World, all: &[Value]) -> World {
    all.iter().fold(world, step)
}

/// A hop made by hand.
fn made([kind, from, to, gate]: &[String; 4], verdict: Verdict) -> Hop {
    let gate = Gate::ALL
        .into_iter()
        .find(|one| one.word() == gate)
        .unwrap();
    let evidence = Evidence::listed(
        ArmId::new(to),
        "roleAssignments",
        serde_json::json!(0),
        crate::world::NOW,
    );
    Hop {
        kind: HopKind::of_word(kind).unwrap(),
        from: from.clone(),
        to: to.clone(),
        via: None,
        basis: Basis::Declared,
        gates: vec![GateVerdict::new(
            gate,
            Reasoned::new(verdict, "the second token is missing").proved_by([evidence]),
        )],
    }
}

/// What a rule finds when there is one hop made by hand.
fn of_made(scenario: &str, hop: &[String; 4], verdict: Verdict, id: &str) -> Vec<Finding> {
    let world = World::scenario(scenario);
    let inventory = world.inventory();
    let ground = Ground::new(&inventory, &world.judging, world.now);
    let mut found = findings::draw(&ground, &[made(hop, verdict)]);
    found.retain(|one| one.rule == id);
    found
}

/// What a rule finds in a world.
fn of(world: &World, id: &str) -> Vec<Finding> {
    let mut found = world.judge().0.findings;
    found.retain(|one| one.rule == id);
    found
}

fn is_about(finding: &Finding, end: &str) -> bool {
    finding
        .resource
        .to_ascii_lowercase()
        .ends_with(&end.to_ascii_lowercase())
}

/// What is wrong with one rule.
fn faults_of(rule: &Rule) -> Vec<String> {
    let mut faults = Vec::new();
    let own = fixture(rule.id);
    if let Some(hop) = &own.hop {
        for (verdict, count) in [
            (Verdict::Shut, 1),
            (Verdict::Open, 0),
            (Verdict::Unknown, 0),
        ] {
            let found = of_made(&own.scenario, hop, verdict, rule.id);
            let fits = found.iter().all(|one| {
                is_about(one, &own.about) && one.detail.contains(&own.says) && !one.hops.is_empty()
            });
            if found.len() != count || !fits {
                faults.push(format!("{} on a hop that is {verdict}: {found:?}", rule.id));
            }
        }
        return faults;
    }
    let fires = steps(World::scenario(&own.scenario), &own.fires);
    let found = of(&fires, rule.id);
    match found.iter().find(|one| is_about(one, &own.about)) {
        None => faults.push(format!("{} does not fire: {found:?}", rule.id)),
        Some(one) => {
            let text = format!("{} {}", one.title, one.detail);
            if !text.contains(&own.says) {
                faults.push(format!("{} says {text:?}, not {:?}", rule.id, own.says));
            }
            if one.evidence.is_empty() && one.hops.is_empty() {
                faults.push(format!("{} proves nothing", rule.id));
            }
            if one.detail.is_empty() || one.kind != rule.kind || one.benefit != rule.benefit {
                faults.push(format!("{}: {one:?}", rule.id));
            }
        }
    }
    let base = if own.anew {
        World::scenario(&own.scenario)
    } else {
        fires.clone()
    };
    let quiet = of(&steps(base, &own.quiet), rule.id);
    if quiet.iter().any(|one| is_about(one, &own.about)) {
        faults.push(format!("{} is not silent: {quiet:?}", rule.id));
    }
    if own.withheld.is_empty() && !own.holds_without {
        faults.push(format!("{} withholds nothing", rule.id));
    }
    // One reading after the other, and all of them.
    for withheld in &own.withheld {
        let left = of(&step(fires.clone(), withheld), rule.id);
        if left.iter().any(|one| is_about(one, &own.about)) != own.holds_without {
            faults.push(format!("{} without {withheld}: {left:?}", rule.id));
        }
    }
    faults
}

#[test]
fn every_rule_fires_stays_silent_and_claims_nothing_from_what_was_withheld() {
    let all: Vec<&Rule> = rules().collect();
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let faults: Vec<String> = std::thread::scope(|scope| {
        let parts: Vec<_> = (0..threads)
            .map(|part| {
                let own = all.iter().skip(part).step_by(threads);
                scope.spawn(move || own.flat_map(|rule| faults_of(rule)).collect::<Vec<_>>())
            })
            .collect();
        parts
            .into_iter()
            .flat_map(|part| part.join().unwrap())
            .collect()
    });
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
}

#[test]
fn no_fixture_is_without_a_rule() {
    let mut found = BTreeSet::new();
    for area in std::fs::read_dir(root()).unwrap() {
        let area = area.unwrap();
        for file in std::fs::read_dir(area.path()).unwrap() {
            let name = file.unwrap().file_name().into_string().unwrap();
            found.insert(format!(
                "{}/{}",
                area.file_name().into_string().unwrap(),
                name.trim_end_matches(".json")
            ));
        }
    }
    for id in found {
        assert!(rule(&id).is_some(), "{id} is no rule");
    }
}

/// Advice that is right elsewhere is no finding in a managed group.
#[test]
fn nothing_in_a_managed_group_is_an_exposure() {
    for scenario in ["healthy", "broken-indexer", "foundry-cmk", "open-poc"] {
        for finding in World::scenario(scenario).judge().0.findings {
            let is_managed = finding.resource.contains("azureml-rg-");
            assert!(
                !is_managed || finding.kind != FindingKind::Exposure,
                "{scenario}: {finding:?}"
            );
        }
    }
}

//! The SARIF log.

use std::collections::BTreeSet;

use hopscope::analysis::findings;
use hopscope::model::judging::Suppression;
use hopscope::report::sarif;
use serde_json::Value;

use crate::stage::{self, Read};

fn problems(log: &Value) -> Vec<String> {
    let schema = include_str!("../fixtures/sarif/sarif-schema-2.1.0.json");
    let schema: Value = serde_json::from_str(schema).unwrap();
    let validator = jsonschema::draft4::options()
        .should_validate_formats(true)
        .build(&schema)
        .unwrap();
    validator
        .iter_errors(log)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect()
}

/// The log fits the schema and holds every finding.
pub(crate) fn whole(read: &Read) {
    let log = sarif::build(&read.inventory, &read.judgement, &read.meta);
    assert_eq!(problems(&log), Vec::<String>::new(), "{}", read.name);
    let run = &log["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    let results = run["results"].as_array().unwrap();
    assert_eq!(
        results.len(),
        read.judgement.findings.len(),
        "{}",
        read.name
    );
    let mut prints = BTreeSet::new();
    for result in results {
        let at = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[at]["id"], result["ruleId"]);
        let place = &result["locations"][0]["physicalLocation"];
        let uri = place["artifactLocation"]["uri"].as_str().unwrap();
        assert!(!uri.starts_with('/') && !uri.contains(' '), "{uri}");
        assert_eq!(place["region"]["startLine"], 1);
        let print = result["partialFingerprints"]["hopscope/v1"].to_string();
        assert!(prints.insert(print), "{}: {result:#}", read.name);
    }
    let unread = read.inventory.snapshot().unread().count();
    let notes = &run["invocations"][0]["toolExecutionNotifications"];
    assert_eq!(notes.as_array().unwrap().len(), unread, "{}", read.name);
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_are_documented_and_what_is_set_aside_says_why() {
    let mut read = stage::read("open-poc").await;
    let finding = read.judgement.findings.remove(0);
    let entry = Suppression {
        rule: finding.rule.to_owned(),
        resource: None,
        reason: "accepted for the workshop".to_owned(),
        expires: None,
    };
    read.judgement.hidden.push((finding, entry));
    let log = sarif::build(&read.inventory, &read.judgement, &read.meta);
    assert_eq!(problems(&log), Vec::<String>::new());
    let run = &log["runs"][0];
    let suppressed: Vec<&Value> = run["results"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|one| one.get("suppressions").is_some())
        .collect();
    assert_eq!(suppressed.len(), 1);
    assert_eq!(
        suppressed[0]["suppressions"][0]["justification"],
        "accepted for the workshop"
    );
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    assert_eq!(rules.len(), findings::rules().count());
    for rule in rules {
        for text in ["shortDescription", "fullDescription", "help"] {
            assert!(rule[text]["text"].as_str().unwrap().len() > 10, "{rule}");
        }
    }
}

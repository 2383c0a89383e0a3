//! What a person sees and copies of an answer.

use std::sync::Arc;

use serde_json::json;

use super::*;

fn document() -> Value {
    json!({
        "name": "stragdev",
        "properties": {
            "networkAcls": { "bypass": "None", "ipRules": [{ "value": "203.0.113.24" }], "x": [] },
            "allowSharedKeyAccess": null,
            "@odata.type": "#a",
        },
    })
}

fn texts(raw: &Raw) -> Vec<String> {
    let lines = lay(raw);
    lines
        .all()
        .iter()
        .map(|line| line.words.text().into_owned())
        .collect()
}

#[test]
fn the_lines_are_the_document() {
    let found = texts(&Raw::Json(Arc::new(document()))).join("\n");
    assert_eq!(serde_json::from_str::<Value>(&found).unwrap(), document());
    assert!(found.contains("  \"name\": \"stragdev\",\n"), "{found}");
}

#[test]
fn every_line_knows_its_place() {
    let lines = lay(&Raw::Json(Arc::new(document())));
    let paths: Vec<String> = lines
        .all()
        .iter()
        .map(|line| path_of(&document(), &line.pointer))
        .collect();
    for path in [
        "properties.networkAcls.bypass",
        "properties.networkAcls.ipRules[0].value",
        "properties['@odata.type']",
    ] {
        assert!(paths.iter().any(|own| own == path), "{path} in {paths:?}");
    }
}

#[test]
fn a_body_that_is_no_json_is_shown_as_it_came() {
    assert_eq!(
        texts(&Raw::Text("<html>\n502\x1b[0m".into())),
        ["<html>", "502[0m"]
    );
    assert!(lay(&Raw::Text("{}".into())).document().is_some());
}

#[test]
fn search_goes_round_and_back_leaves_it_before_the_box() {
    let answers = vec![Answer {
        title: "stragdev".to_owned(),
        raw: Raw::Json(Arc::new(document())),
    }];
    let (mut view, effect) = JsonView::new("stragdev", answers, 7);
    let Effect::Lay { ticket, raw } = effect else {
        panic!("the document has to be laid out")
    };
    view.laid(ticket + 1, lay(&raw));
    assert_eq!(view.count(), 0, "another view's lines are not taken");
    view.laid(ticket, lay(&raw));
    view.search = Filter::new("value");
    let _ = view.find(true, false);
    let found = view.at;
    assert!(found > 0);
    let _ = view.find(true, false);
    assert_eq!(view.at, found);
    let Step::Stay(outcome) = view.copy(false) else {
        panic!("a copy keeps the box")
    };
    assert!(
        matches!(&outcome.effects[0], Effect::Copy { text, .. } if text == "203.0.113.24"),
        "{outcome:?}"
    );
}

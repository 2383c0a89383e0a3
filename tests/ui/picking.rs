//! The picker: subscriptions and groups, what was found, what was refused, what is taken.

use std::sync::Arc;

use hopscope::model::ask::Ask;
use hopscope::model::field::Field;
use hopscope::model::id::{ArmId, SubscriptionId};
use hopscope::model::issue::{Issue, IssueKind};
use hopscope::model::key::Key;
use hopscope::model::resource::Family;
use hopscope::model::tenancy::ResourceGroup;
use hopscope::store::{Payload, Update};
use hopscope::ui::effect::Effect;
use serde_json::json;

use crate::stage::{Stage, setup, subscription};
use crate::world::{NOW, SUBSCRIPTION, list, read, resource};

const REFUSED: &str = "1f400000-0000-4000-8000-00000000b6a9";
const UNREAD: &str = "90be0000-0000-4000-8000-000000004d51";

fn group(name: &str, managed_by: Option<&str>) -> ResourceGroup {
    ResourceGroup {
        id: ArmId::new(format!(
            "/subscriptions/{SUBSCRIPTION}/resourceGroups/{name}"
        )),
        name: name.to_owned(),
        location: Field::Value("centralus".to_owned()),
        managed_by: managed_by.map(str::to_owned).into(),
        raw: Arc::new(json!({})),
    }
}

fn stage(width: u16, height: u16) -> Stage {
    let mut stage = Stage::of(setup("dark", true), width, height);
    let subscriptions = vec![
        subscription(SUBSCRIPTION, "contoso-dev"),
        subscription(REFUSED, "contoso-hr"),
        subscription(UNREAD, "contoso-lab"),
    ];
    let groups = vec![
        group("rg-rag-sandbox", None),
        group("rg-rag-poc", None),
        group(
            "azureml-rg-hub-rag-dev_5c1d",
            Some("/subscriptions/s/resourceGroups/g/providers/P/t/hub-rag-dev"),
        ),
    ];
    let refused = Key::Groups(SubscriptionId::new(REFUSED));
    stage
        .news(read(
            &Key::Subscriptions(None),
            Payload::Subscriptions(subscriptions),
        ))
        .news(read(
            &Key::Groups(SubscriptionId::new(SUBSCRIPTION)),
            Payload::Groups(groups),
        ))
        .news(vec![
            Update::Planned {
                key: refused.clone(),
                generation: 1,
            },
            Update::Settled {
                key: refused,
                generation: 1,
                at: NOW,
                issues: vec![Issue {
                    status: Some(403),
                    role: Some("Reader"),
                    ..Issue::new(
                        IssueKind::Denied,
                        "resource groups",
                        "Azure refused to list them.",
                        NOW,
                    )
                }],
            },
        ]);
    for family in [Family::Search, Family::Storage, Family::Cognitive] {
        let items = vec![resource(family, "rg-rag-poc", "one-rag-dev")];
        stage.news(read(&list(family), Payload::Resources(items)));
    }
    stage
}

#[test]
fn the_picker_as_a_picture() {
    for (width, height) in [(120, 36), (80, 24)] {
        insta::assert_snapshot!(
            format!("picker_{width}x{height}"),
            stage(width, height).text()
        );
    }
}

#[test]
fn refused_and_unread_subscriptions_are_not_the_same_and_not_empty() {
    let text = stage(120, 36).text();
    assert!(
        text.contains("denied: no read right on this subscription"),
        "{text}"
    );
    assert!(text.contains("… reading"), "{text}");
    assert!(
        text.contains("managed by hub-rag-dev, comes along"),
        "{text}"
    );
}

fn chosen(effects: &[Effect]) -> (Vec<String>, Vec<String>) {
    match effects {
        [Effect::Ask(Ask::Choose(scope))] => {
            (scope.subscriptions.clone(), scope.resource_groups.clone())
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn enter_takes_the_row_or_what_is_marked() {
    let mut one = stage(120, 36);
    let effects = one.press("/ p o c enter enter");
    assert_eq!(
        chosen(&effects),
        (vec![SUBSCRIPTION.to_owned()], vec!["rg-rag-poc".to_owned()])
    );
    assert!(
        one.text().contains("2 Network"),
        "the panes come after the picker"
    );

    let mut several = stage(120, 36);
    let effects = several.press("down space down space enter");
    let (_, groups) = chosen(&effects);
    assert_eq!(groups, ["rg-rag-poc", "rg-rag-sandbox"]);

    let mut whole = stage(120, 36);
    assert_eq!(
        chosen(&whole.press("enter")),
        (vec![SUBSCRIPTION.to_owned()], Vec::new())
    );
}

#[test]
fn a_refused_subscription_cannot_be_taken_and_says_why() {
    let mut stage = stage(120, 36);
    let effects = stage.press("/ d e n i e d enter enter");
    assert!(matches!(&effects[..], [Effect::Say(_)]), "{effects:?}");
    let text = stage.text();
    assert!(
        text.contains("Azure refused to list them.") && text.contains("Reader"),
        "{text}"
    );
}

#[test]
fn no_subscription_at_all_is_a_sentence() {
    let mut stage = Stage::of(setup("dark", true), 120, 36);
    assert!(stage.text().contains("… reading"));
    stage.news(read(
        &Key::Subscriptions(None),
        Payload::Subscriptions(Vec::new()),
    ));
    assert!(
        stage.text().contains("No subscription can be seen"),
        "{}",
        stage.text()
    );
}

#[test]
fn the_picker_comes_back_and_gives_back_what_was_looked_at() {
    let mut stage = stage(120, 36);
    stage.press("enter");
    stage.settled();
    stage.press("L");
    assert!(stage.text().contains("choose where to look"));
    stage.press("esc");
    assert!(stage.text().contains("2 Network"));
}

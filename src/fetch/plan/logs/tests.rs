//! What is asked of the activity log and of Log Analytics.

use serde_json::{Value, json};

use super::super::{Options, plan};
use super::*;
use crate::fetch::testing::{Known, SUB, group, id, subscription};
use crate::model::id::SubscriptionId;
use crate::model::key::GroupName;
use crate::model::resource::Family;
use crate::model::scope::Scope;

fn sub() -> SubscriptionId {
    SubscriptionId::new(SUB)
}

fn list(group: Option<&str>, family: Family) -> Key {
    Key::List {
        subscription: sub(),
        group: group.map(GroupName::new),
        family,
    }
}

fn scope(groups: &[&str]) -> Scope {
    Scope {
        subscriptions: vec![SUB.to_owned()],
        resource_groups: groups.iter().map(|&one| one.to_owned()).collect(),
        ..Scope::default()
    }
}

fn hub() -> Value {
    json!({ "id": id("rg-rag", "Microsoft.MachineLearningServices/workspaces/hub"), "kind": "Hub", "properties": {} })
}

fn seen() -> Known {
    let mut known = Known::default();
    known
        .answer(
            &Key::Subscriptions(None),
            &json!([subscription(SUB, "dev")]),
        )
        .answer(
            &Key::Groups(sub()),
            &json!([group("rg-rag"), group("rg-else")]),
        );
    known
}

fn keys(known: &Known, scope: &Scope) -> Vec<Key> {
    plan(&known.snapshot(), scope, Options::default())
        .into_keys()
        .collect()
}

#[test]
fn the_activity_log_is_a_list_for_each_group_in_view_and_one_for_what_no_group_holds() {
    let mut known = seen();
    let asked = scope(&["rg-rag"]);
    known.answer(&list(Some("rg-rag"), Family::Workspace), &json!([hub()]));
    let logs = |known: &Known, asked: &Scope| -> Vec<String> {
        keys(known, asked)
            .into_iter()
            .filter(|key| matches!(key, Key::ActivityLog(_) | Key::AccessLog(_)))
            .map(|key| {
                format!(
                    "{} {}",
                    key.what(),
                    key.scope().map_or(String::new(), |id| id.name().to_owned())
                )
            })
            .collect()
    };
    assert_eq!(
        logs(&known, &asked),
        [
            format!("activityLog/authorization {SUB}"),
            "activityLog rg-rag".to_owned()
        ]
    );
    // The whole subscription is one list, until that is refused.
    let whole = scope(&[]);
    known.answer(&list(None, Family::Workspace), &json!([hub()]));
    assert_eq!(logs(&known, &whole), [format!("activityLog {SUB}")]);
    known.refuse(&Key::ActivityLog(ArmId::of_subscription(&sub())));
    assert_eq!(
        logs(&known, &whole),
        [
            format!("activityLog {SUB}"),
            "activityLog rg-rag".to_owned()
        ]
    );
}

#[test]
fn a_workspace_is_asked_about_what_is_sent_to_it_and_each_resource_where_it_refuses() {
    let workspace = ArmId::new(id("rg-rag", "Microsoft.OperationalInsights/workspaces/log"));
    let storage = ArmId::new(id("rg-rag", "Microsoft.Storage/storageAccounts/st"));
    let mut known = seen();
    known
        .answer(
            &list(None, Family::LogWorkspace),
            &json!([{ "id": workspace.as_str(), "properties": { "customerId": "5e0d" } }]),
        )
        .answer(
            &list(None, Family::Storage),
            &json!([{ "id": storage.as_str(), "properties": {} }]),
        );
    let asked = scope(&[]);
    let logs = |known: &Known, logs: bool| -> Vec<(ArmId, Question, How)> {
        let options = Options {
            logs,
            ..Options::default()
        };
        plan(&known.snapshot(), &asked, options)
            .into_iter()
            .filter_map(|(key, wanted)| match key {
                Key::Logs(id, question) => Some((id, question, wanted.how)),
                _ => None,
            })
            .collect()
    };
    assert_eq!(logs(&known, true), [], "where it sends to is not known yet");
    let settings = Key::Facet(storage.clone(), Facet::DiagnosticSettings);
    known.answer(
        &settings,
        &json!([{ "name": "s", "properties": { "workspaceId": workspace.as_str(),
                 "logs": [{ "category": "StorageRead", "enabled": true }] } }]),
    );
    let by_guid = (
        workspace.clone(),
        Question::Blobs,
        How::Logs(Some(Arc::from("5e0d"))),
    );
    assert_eq!(logs(&known, true), std::slice::from_ref(&by_guid));
    assert!(matches!(&logs(&known, false)[..], [(id, _, How::Skip(_))] if *id == workspace));
    known.refuse(&Key::Logs(workspace.clone(), Question::Blobs));
    assert_eq!(
        logs(&known, true),
        [
            by_guid.clone(),
            (storage.clone(), Question::Blobs, How::Logs(None))
        ]
    );
    // Where the settings are refused, it may send to any.
    known.refuse(&settings);
    assert_eq!(logs(&known, true).first(), Some(&by_guid));
}

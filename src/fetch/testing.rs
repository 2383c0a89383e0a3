//! Stores filled from Azure's JSON, for tests of plan, runner and reports. Test code only.

use serde_json::{Value, json};
use time::OffsetDateTime;
use time::macros::datetime;

use crate::azure::decode::{Context, page};
use crate::model::issue::{Issue, IssueKind};
use crate::model::key::Key;
use crate::store::{Payload, Snapshot, Store, Update};

use super::jobs::payload;

pub(crate) const AT: OffsetDateTime = datetime!(2026-11-23 12:41:07 UTC);
pub(crate) const SUB: &str = "3b1c0f2d-65f0-4135-bf08-e005a4058e20";

/// What a page of `key` decodes to.
pub(crate) fn decoded(key: &Key, items: &Value) -> Payload {
    let context = Context {
        api_version: "2026-12-01".into(),
        observed_at: AT,
        request_id: None,
        requested: None,
    };
    let body = match key {
        Key::Resource(_)
        | Key::PolicyDefinition(_)
        | Key::User(..)
        | Key::IpamPool(_)
        | Key::Provider(_) => items.clone(),
        _ => json!({ "value": items }),
    };
    payload(page(key, &body, &context).page)
}

/// A store that is told what Azure answered.
#[derive(Default)]
pub(crate) struct Known {
    store: Store,
    generation: u64,
}

impl Known {
    pub(crate) fn open(&mut self, key: &Key) -> u64 {
        self.generation += 1;
        self.store.apply(Update::Planned {
            key: key.clone(),
            generation: self.generation,
        });
        self.generation
    }

    fn settle(&mut self, key: &Key, generation: u64, issues: Vec<Issue>) {
        self.store.apply(Update::Settled {
            key: key.clone(),
            generation,
            at: AT,
            issues,
        });
    }

    pub(crate) fn answer(&mut self, key: &Key, items: &Value) -> &mut Self {
        let generation = self.open(key);
        self.store.apply(Update::Page {
            key: key.clone(),
            generation,
            payload: decoded(key, items),
            at: AT,
        });
        self.settle(key, generation, Vec::new());
        self
    }

    pub(crate) fn trouble(
        &mut self,
        key: &Key,
        kind: IssueKind,
        status: u16,
        code: &str,
    ) -> &mut Self {
        let generation = self.open(key);
        let mut issue = Issue::new(kind, key.words(), "as Azure says", AT);
        issue.status = Some(status);
        issue.code = (!code.is_empty()).then(|| code.to_owned());
        self.settle(key, generation, vec![issue]);
        self
    }

    pub(crate) fn refuse(&mut self, key: &Key) -> &mut Self {
        self.trouble(key, IssueKind::Denied, 403, "AuthorizationFailed")
    }

    pub(crate) fn apply(&mut self, update: Update) -> &mut Self {
        self.store.apply(update);
        self
    }

    pub(crate) fn snapshot(&self) -> Snapshot {
        self.store.snapshot()
    }
}

pub(crate) fn subscription(id: &str, name: &str) -> Value {
    json!({ "id": format!("/subscriptions/{id}"), "subscriptionId": id, "displayName": name,
            "state": "Enabled", "tenantId": "7f3ebb89-300f-4a0d-8c3e-57a8d657c0d1" })
}

pub(crate) fn group(name: &str) -> Value {
    json!({ "id": format!("/subscriptions/{SUB}/resourceGroups/{name}"), "name": name, "location": "centralus" })
}

pub(crate) fn id(group: &str, tail: &str) -> String {
    format!("/subscriptions/{SUB}/resourceGroups/{group}/providers/{tail}")
}

//! Masking all that was read, part by part.

use std::sync::Arc;

use serde_json::Value;

use super::names::Kind;
use super::{Level, Masker};
use crate::model::access::Member;
use crate::model::caller::{Caller, CredentialAnswer};
use crate::model::facet::Facet;
use crate::model::id::{PrincipalId, TenantId};
use crate::model::issue::Issue;
use crate::model::judging::Judging;
use crate::model::key::Key;
use crate::model::ledger::{LedgerEntry, Outcome};
use crate::model::logs::Question;
use crate::model::resource::{Family, Source};
use crate::model::scope::Scope;
use crate::store::kept::{KeptAnswer, KeptSlice};
use crate::store::{Kept, Ledger, SignInTrouble};

impl Masker {
    /// All that was read, masked. Names are learned from all of it first, so that each is known by its
    /// kind wherever it stands.
    #[must_use]
    pub fn kept(&mut self, kept: &Kept) -> Kept {
        if self.level == Level::None {
            return kept.clone();
        }
        self.learn_kept(kept);
        Kept {
            cloud: self.text(&kept.cloud),
            portal: self.text(&kept.portal),
            judging: self.judging(&kept.judging),
            scope: self.scope(&kept.scope),
            callers: kept.callers.iter().map(|one| self.caller(one)).collect(),
            sign_in_troubles: kept
                .sign_in_troubles
                .iter()
                .map(|one| self.trouble(one))
                .collect(),
            slices: kept.slices.iter().map(|one| self.slice(one)).collect(),
            ledger: Ledger {
                entries: kept
                    .ledger
                    .entries
                    .iter()
                    .map(|one| Arc::new(self.call(one)))
                    .collect(),
                let_go: kept.ledger.let_go,
            },
        }
    }

    fn learn_kept(&mut self, kept: &Kept) {
        self.learn_callers(&kept.callers);
        for slice in &kept.slices {
            self.learn_slice(slice);
        }
    }

    /// Learns who is signed in.
    pub(super) fn learn_callers(&mut self, callers: &[Caller]) {
        for caller in callers {
            for tenant in caller.tenant.iter().chain(&caller.asked) {
                self.named(Some(Kind::Tenant), tenant.as_str());
            }
            if let Some(name) = &caller.user_name {
                self.text(name);
            }
        }
    }

    /// Learns the names in one slice by their kind.
    pub(super) fn learn_slice(&mut self, slice: &KeptSlice) {
        if let Some(scope) = slice.key.scope() {
            self.learn_id(scope.as_str());
        }
        let kind = kind_of(&slice.key);
        for answer in slice.value.iter().flatten() {
            for item in &answer.items {
                if let Some(kind) = kind {
                    self.learn_name(kind, item);
                }
                self.learn(item);
            }
        }
    }

    /// One slice, masked. Its names have been learned.
    pub(super) fn slice(&mut self, slice: &KeptSlice) -> KeptSlice {
        KeptSlice {
            key: self.key(&slice.key),
            observed_at: slice.observed_at,
            settled_at: slice.settled_at,
            complete: slice.complete,
            issues: slice.issues.iter().map(|one| self.issue(one)).collect(),
            value: slice.value.as_ref().map(|answers| {
                answers
                    .iter()
                    .map(|answer| KeptAnswer {
                        source: self.source(&answer.source),
                        items: answer
                            .items
                            .iter()
                            .map(|item| Arc::new(self.value(item)))
                            .collect(),
                    })
                    .collect()
            }),
        }
    }

    fn source(&mut self, source: &Source) -> Source {
        Source {
            api_version: Arc::clone(&source.api_version),
            observed_at: source.observed_at,
            request_id: self.shared(source.request_id.as_ref()),
        }
    }

    fn shared(&mut self, text: Option<&Arc<str>>) -> Option<Arc<str>> {
        text.map(|text| Arc::from(self.text(text)))
    }

    /// A key by its parts: what is no variant of ours is a name or an id.
    fn key(&mut self, key: &Key) -> Key {
        let plain = serde_json::to_value(key).unwrap_or_default();
        let masked = match plain {
            Value::Object(map) => map
                .iter()
                .map(|(variant, value)| (variant.clone(), self.key_part("", value)))
                .collect(),
            other => other,
        };
        serde_json::from_value(masked).expect("a key keeps its shape: only texts in it are masked")
    }

    fn key_part(&mut self, name: &str, value: &Value) -> Value {
        match value {
            Value::String(text) if is_variant(value) => Value::String(text.clone()),
            Value::String(text) => Value::String(match name {
                "group" => self.named(Some(Kind::Group), text),
                "subscription" => self.named(Some(Kind::Subscription), text),
                _ => self.text(text),
            }),
            Value::Array(items) => items.iter().map(|item| self.key_part("", item)).collect(),
            Value::Object(map) => map
                .iter()
                .map(|(name, value)| (name.clone(), self.key_part(name, value)))
                .collect(),
            other => other.clone(),
        }
    }

    fn issue(&mut self, issue: &Issue) -> Issue {
        let mut own = |text: &Option<String>| text.as_deref().map(|text| self.text(text));
        Issue {
            path: own(&issue.path),
            code: own(&issue.code),
            right: own(&issue.right),
            kind: issue.kind,
            what: issue.what.clone(),
            message: self.text(&issue.message),
            status: issue.status,
            role: issue.role,
            request_id: self.shared(issue.request_id.as_ref()),
            at: issue.at,
        }
    }

    pub(super) fn caller(&mut self, caller: &Caller) -> Caller {
        let mut tenant = |id: &Option<TenantId>| {
            id.as_ref()
                .map(|id| TenantId::new(self.named(Some(Kind::Tenant), id.as_str())))
        };
        Caller {
            asked: tenant(&caller.asked),
            tenant: tenant(&caller.tenant),
            object_id: caller
                .object_id
                .as_ref()
                .map(|id| PrincipalId::new(self.text(id.as_str()))),
            user_name: caller.user_name.as_deref().map(|name| self.text(name)),
            app_id: caller.app_id.as_deref().map(|id| self.text(id)),
            id_type: caller.id_type.clone(),
            expires_at: caller.expires_at,
            credential: caller.credential.clone(),
        }
    }

    pub(super) fn trouble(&mut self, trouble: &SignInTrouble) -> SignInTrouble {
        SignInTrouble {
            tenant: trouble
                .tenant
                .as_ref()
                .map(|id| TenantId::new(self.named(Some(Kind::Tenant), id.as_str()))),
            audience: trouble.audience,
            message: self.text(&trouble.message),
            answers: trouble
                .answers
                .iter()
                .map(|answer| CredentialAnswer {
                    credential: answer.credential,
                    said: self.text(&answer.said),
                })
                .collect(),
        }
    }

    /// What was asked for.
    pub fn scope(&mut self, scope: &Scope) -> Scope {
        let mut all = |kind: Kind, names: &[String]| {
            names
                .iter()
                .map(|name| self.named(Some(kind), name))
                .collect()
        };
        Scope {
            auxiliary_tenants: all(Kind::Tenant, &scope.auxiliary_tenants),
            subscriptions: all(Kind::Subscription, &scope.subscriptions),
            resource_groups: all(Kind::Group, &scope.resource_groups),
            tenant: scope
                .tenant
                .as_deref()
                .map(|name| self.named(Some(Kind::Tenant), name)),
        }
    }

    pub(super) fn judging(&mut self, judging: &Judging) -> Judging {
        let mut own = judging.clone();
        own.client_ip = judging.client_ip.map(|one| self.addresses.of(one, None));
        for text in own
            .pattern
            .users
            .iter_mut()
            .chain(&mut own.pattern.image_hosts)
        {
            *text = self.text(text);
        }
        for hop in &mut own.pattern.hops {
            hop.from = self.text(&hop.from);
            hop.to = self.text(&hop.to);
        }
        for one in &mut own.suppress {
            one.resource = one.resource.as_deref().map(|text| self.text(text));
            one.reason = self.text(&one.reason);
        }
        let suffix = &mut own.suffix;
        for text in [
            &mut suffix.search,
            &mut suffix.blob,
            &mut suffix.openai,
            &mut suffix.vault,
            &mut suffix.cosmos,
            &mut own.door.resource_manager,
            &mut own.door.audience,
        ] {
            *text = self.text(text);
        }
        own.door.authority = own.door.authority.as_deref().map(|text| self.text(text));
        own
    }

    pub(super) fn call(&mut self, entry: &LedgerEntry) -> LedgerEntry {
        let body = entry.body.as_deref().map(|body| {
            let masked = match serde_json::from_str::<Value>(body) {
                Ok(document) => self.value(&document).to_string(),
                Err(_) => self.text(body),
            };
            Arc::from(masked)
        });
        LedgerEntry {
            host: Arc::from(self.text(&entry.host)),
            path: Arc::from(self.text(&entry.path)),
            outcome: match &entry.outcome {
                Outcome::Failed(why) => Outcome::Failed(Arc::from(self.text(why))),
                Outcome::Stopped(why) => Outcome::Stopped(Arc::from(self.text(why))),
                other => other.clone(),
            },
            correlation_id: self.shared(entry.correlation_id.as_ref()),
            request_id: self.shared(entry.request_id.as_ref()),
            tenant: entry
                .tenant
                .as_deref()
                .map(|id| Arc::from(self.named(Some(Kind::Tenant), id))),
            auxiliary_tenants: entry
                .auxiliary_tenants
                .iter()
                .map(|id| Arc::from(self.named(Some(Kind::Tenant), id)))
                .collect(),
            error_code: self.shared(entry.error_code.as_ref()),
            error_message: self.shared(entry.error_message.as_ref()),
            headers: entry
                .headers
                .iter()
                .map(|(name, value)| (Arc::clone(name), Arc::from(self.text(value))))
                .collect(),
            body,
            fills: entry.fills.as_ref().map(|key| self.key(key)),
            ..entry.clone()
        }
    }
}

/// Whether a text in a key is the name of a variant of ours.
fn is_variant(value: &Value) -> bool {
    fn is<T: serde::de::DeserializeOwned>(value: &Value) -> bool {
        serde_json::from_value::<T>(value.clone()).is_ok()
    }
    is::<Facet>(value) || is::<Family>(value) || is::<Question>(value) || is::<Member>(value)
}

/// What kind of names the items of a list have that have no id.
fn kind_of(key: &Key) -> Option<Kind> {
    match key {
        Key::Facet(_, Facet::Indexers) => Some(Kind::Indexer),
        Key::Facet(_, Facet::DataSources) => Some(Kind::DataSource),
        Key::Facet(_, Facet::Skillsets) => Some(Kind::Skillset),
        Key::Facet(_, Facet::Indexes) => Some(Kind::Index),
        _ => None,
    }
}

//! A large environment: a scenario of the embedded Azure again and again, side by side in one
//! subscription, every document through the real decoders, and role assignments until there are as
//! many as asked for.
//!
//! What is in view of all copies (the subscription's roles, the management groups, the directory)
//! is there once. Every copy has names and identities of its own, so that hosts, ids and object ids
//! lead to its own resources.

mod documents;
mod roles;

use std::net::IpAddr;
use std::sync::Arc;

use hopscope::azure::decode::{Context, page};
use hopscope::azure::endpoints;
use hopscope::model::access::Member;
use hopscope::model::caller::Caller;
use hopscope::model::facet::Facet;
use hopscope::model::id::{ArmId, Folded, PrincipalId, SubscriptionId, TenantId};
use hopscope::model::judging::{Judging, Pattern};
use hopscope::model::key::Key;
use hopscope::model::resource::Family;
use hopscope::store::{Store, Update};
use indexmap::IndexMap;
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::macros::datetime;

use crate::pages::payload;
use documents::{Copy, Scenario, text};

/// When everything was read, and judged.
pub(crate) const NOW: OffsetDateTime = datetime!(2026-11-23 12:41:07 UTC);

/// How large.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Size {
    /// Copies of the scenario.
    pub(crate) copies: usize,
    /// How often each indexer, skillset and index stands in its service.
    pub(crate) objects: usize,
    /// Role assignments, those of the copies among them.
    pub(crate) assignments: usize,
    /// Whether the scenario's policies are assigned; if not, it is known that none is.
    pub(crate) policies: bool,
}

/// What a person says about how to judge it.
pub(crate) fn judging() -> Judging {
    Judging {
        client_ip: Some(IpAddr::from([203, 0, 113, 24])),
        pattern: Pattern {
            image_hosts: vec!["images.contoso.com".to_owned()],
            ..Pattern::default()
        },
        ..Judging::default()
    }
}

/// The store after everything was read.
pub(crate) fn store(scenario: &str, size: Size) -> Store {
    let scenario = Scenario::read(scenario);
    let mut readings = Readings::default();
    for number in 0..size.copies {
        readings.copy(&scenario, &scenario.copy(number, size.objects), number == 0);
    }
    let scope = ArmId::of_subscription(&SubscriptionId::new(&scenario.subscription));
    for key in [
        Key::PolicyAssignments(scope.clone()),
        Key::PolicyExemptions(scope),
    ] {
        let read = readings.of(key);
        if !size.policies {
            read.clear();
        }
    }
    roles::fill(&mut readings, &scenario, size.assignments);
    let mut store = Store::new();
    let claim = |name: &str| scenario.caller.get(name).and_then(Value::as_str);
    store.apply(Update::SignedIn(Caller {
        tenant: claim("tenant").map(TenantId::new),
        object_id: claim("object_id").map(PrincipalId::new),
        user_name: claim("upn").map(str::to_owned),
        app_id: claim("app_id").map(str::to_owned),
        id_type: claim("kind").map(str::to_owned),
        credential: "az".to_owned(),
        ..Caller::default()
    }));
    for (key, items) in &readings.items {
        settle(&mut store, key, items, 1, NOW);
    }
    store
}

/// Has one reading answered.
pub(crate) fn settle(
    store: &mut Store,
    key: &Key,
    items: &[Value],
    generation: u64,
    at: OffsetDateTime,
) {
    let is_single = matches!(
        key,
        Key::Resource(_)
            | Key::PolicyDefinition(_)
            | Key::Facet(_, Facet::IndexerStatus | Facet::IndexStatistics)
    );
    let body = match items {
        [one] if is_single => one.clone(),
        _ => json!({ "value": items }),
    };
    let context = Context {
        api_version: Arc::from("2025-09-01"),
        observed_at: at,
        request_id: Some(Arc::from("5ad00017-0000-4000-8000-000000000000")),
        requested: None,
    };
    let decoded = page(key, &body, &context);
    let key = || key.clone();
    store.apply(Update::Planned {
        key: key(),
        generation,
    });
    store.apply(Update::Page {
        key: key(),
        generation,
        payload: payload(decoded.page),
        at,
    });
    store.apply(Update::Settled {
        key: key(),
        generation,
        at,
        issues: decoded.issues,
    });
}

/// What every reading brings.
#[derive(Default)]
pub(crate) struct Readings {
    items: IndexMap<Key, Vec<Value>>,
}

impl Readings {
    /// The items of a reading.
    pub(crate) fn of(&mut self, key: Key) -> &mut Vec<Value> {
        self.items.entry(key).or_default()
    }

    fn copy(&mut self, scenario: &Scenario, copy: &Copy, is_first: bool) {
        let subscription = SubscriptionId::new(&scenario.subscription);
        let scope = ArmId::of_subscription(&subscription);
        for (id, document) in &copy.arm {
            // What is no group's own is the same in every copy.
            if !is_first && id.resource_group().is_none() {
                continue;
            }
            let of_type = id.resource_type().unwrap_or_default();
            if of_type.eq_ignore_ascii_case("Microsoft.Authorization/policyDefinitions") {
                *self.of(Key::PolicyDefinition(id.clone())) = vec![document.clone()];
            }
            if let Some(key) = key_of(id, &subscription, &scope) {
                self.of(key).push(document.clone());
            }
            if is_group(id) {
                for family in Family::ALL {
                    self.of(list(&subscription, id, family));
                }
                self.of(Key::Locks(id.clone()));
            }
        }
        for (id, family) in copy.resources() {
            self.facets(copy, id, family);
        }
        let tenant = scenario.caller.get("tenant").and_then(Value::as_str);
        for object in &copy.graph {
            let known = self.of(Key::Principals(None));
            if is_first || copy.identities.iter().any(|own| text(object, "id") == own) {
                known.push(object.clone());
            }
            if text(object, "appId") == hopscope::model::access::COSMOS_APP_ID && is_first {
                let app = Folded::new(hopscope::model::access::COSMOS_APP_ID);
                self.of(Key::ServicePrincipalOf(tenant.map(TenantId::new), app))
                    .push(object.clone());
            }
        }
        for identity in &copy.identities {
            self.of(Key::Memberships(
                PrincipalId::new(identity),
                Member::ServicePrincipal,
            ));
        }
        if is_first {
            let own = scenario
                .caller
                .get("object_id")
                .and_then(Value::as_str)
                .unwrap_or_default();
            let groups = scenario.groups_of(own);
            *self.of(Key::Memberships(PrincipalId::new(own), Member::User)) = groups;
        }
    }

    fn facets(&mut self, copy: &Copy, id: &ArmId, family: Family) {
        for facet in Facet::ALL {
            let key = Key::Facet(id.clone(), facet);
            if facet == Facet::Properties || facet.each_of().is_some() {
                continue;
            }
            let Some(request) = endpoints::request(&key) else {
                continue;
            };
            if request.service.is_none() {
                *self.of(key) = copy.below(&ArmId::new(&request.path));
            }
        }
        if family != Family::Search || id.folded().contains("/resourcegroups/azureml-rg-") {
            return;
        }
        for (collection, facet) in [
            ("indexers", Facet::Indexers),
            ("datasources", Facet::DataSources),
            ("skillsets", Facet::Skillsets),
            ("indexes", Facet::Indexes),
        ] {
            let objects = copy.objects(id.name(), collection);
            for object in objects {
                let (part, facet) = match facet {
                    Facet::Indexers => ("status", Facet::IndexerStatus),
                    Facet::Indexes => ("stats", Facet::IndexStatistics),
                    _ => continue,
                };
                let name = text(object, "name");
                let owner = id.child(&format!("{collection}/{name}"));
                if let Some(body) = copy.object(id.name(), part, name) {
                    *self.of(Key::Facet(owner, facet)) = vec![body.clone()];
                }
            }
            *self.of(Key::Facet(id.clone(), facet)) = objects.to_vec();
        }
    }
}

/// The subscription's list that holds a document.
fn key_of(id: &ArmId, subscription: &SubscriptionId, scope: &ArmId) -> Option<Key> {
    let kind = id.resource_type().unwrap_or_default().to_ascii_lowercase();
    Some(match kind.as_str() {
        "microsoft.authorization/roleassignments" => Key::RoleAssignments(scope.clone()),
        "microsoft.authorization/roledefinitions" => Key::RoleDefinitions(scope.clone()),
        "microsoft.authorization/denyassignments" => Key::DenyAssignments(scope.clone()),
        "microsoft.authorization/policyassignments" => Key::PolicyAssignments(scope.clone()),
        "microsoft.authorization/policyexemptions" => Key::PolicyExemptions(scope.clone()),
        "microsoft.authorization/roleeligibilityscheduleinstances" => {
            Key::EligibleRoles(scope.clone())
        }
        "microsoft.authorization/roleassignmentscheduleinstances" => {
            Key::ActiveRoles(scope.clone())
        }
        "" if is_group(id) => Key::Groups(subscription.clone()),
        "" if id.folded().starts_with("/tenants/") => Key::Tenants(None),
        "" if id.subscription().is_some() => Key::Subscriptions(None),
        other => list(subscription, id, Family::of_type(other)?),
    })
}

fn is_group(id: &ArmId) -> bool {
    id.resource_type().is_none() && id.resource_group().is_some()
}

fn list(subscription: &SubscriptionId, id: &ArmId, family: Family) -> Key {
    Key::List {
        subscription: subscription.clone(),
        group: id.resource_group().map(Folded::new),
        family,
    }
}

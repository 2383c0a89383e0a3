//! Small hand-made resources for the tests of row builders.

use std::sync::Arc;

use serde_json::json;
use time::OffsetDateTime;
use time::macros::datetime;

use crate::model::facet::Facet;
use crate::model::field::Field;
use crate::model::id::{ArmId, SubscriptionId};
use crate::model::issue::Issue;
use crate::model::key::Key;
use crate::model::network::Firewall;
use crate::model::resource::{
    Details, Family, Identity, Resource, Search, Source, Storage, SystemData, Vault,
};
use crate::store::{Inventory, Payload, Snapshot, Store, Update};

/// When everything was read.
pub(crate) const AT: OffsetDateTime = datetime!(2026-11-23 12:41:06 UTC);

/// The id of a resource.
pub(crate) fn id(family: Family, group: &str, name: &str) -> ArmId {
    ArmId::new(format!(
        "/subscriptions/s/resourceGroups/{group}/providers/{}/{name}",
        family.arm_type()
    ))
}

/// A resource with a system-assigned identity and this firewall.
pub(crate) fn resource(family: Family, group: &str, name: &str, firewall: Firewall) -> Resource {
    let details = match family {
        Family::Storage => Details::Storage(Storage::default()),
        Family::Search => Details::Search(Search::default()),
        Family::Vault => Details::Vault(Vault::default()),
        other => panic!("no test makes {other:?} yet"),
    };
    Resource {
        id: id(family, group, name),
        family,
        name: name.to_owned(),
        kind: Field::Absent,
        location: Field::Value("centralus".to_owned()),
        sku: Field::Absent,
        managed_by: Field::Absent,
        tags: Vec::new(),
        identity: Field::Value(Identity {
            identity_type: Field::Value("SystemAssigned".to_owned()),
            ..Identity::default()
        }),
        system_data: SystemData::default(),
        firewall: Some(firewall),
        local_auth: None,
        outbound: None,
        encryption: None,
        details,
        issues: Arc::from([]),
        source: Source {
            api_version: Arc::from("2025-06-01"),
            observed_at: AT,
            request_id: None,
        },
        raw: Arc::new(json!({ "properties": {} })),
    }
}

/// A firewall with this default action and bypass, and one address.
pub(crate) fn firewall(default_action: &str, bypass: &str) -> Firewall {
    Firewall {
        public_network_access: Field::Value("Enabled".to_owned()),
        rules_path: "properties.networkAcls",
        rules: Field::Value(()),
        default_action: Field::Value(default_action.to_owned()),
        bypass: Field::Value(bypass.to_owned()),
        ip_rules: Field::Value(vec!["203.0.113.24".to_owned()]),
        virtual_network_rules: Field::Value(Vec::new()),
        resource_access_rules: Field::Value(Vec::new()),
        private_endpoints: Field::Value(Vec::new()),
        ..Firewall::default()
    }
}

/// How the reading of the perimeters of all of them ended.
pub(crate) enum Perimeters {
    /// There is none.
    Read,
    /// It has not ended.
    Pending,
    /// Like this.
    Failed(Issue),
}

/// The resources as a store would hold them.
pub(crate) fn stored(resources: Vec<Resource>, perimeters: &Perimeters) -> (Inventory, Snapshot) {
    let mut store = Store::new();
    for one in resources {
        let list = Key::List {
            subscription: SubscriptionId::new("s"),
            group: one
                .id
                .resource_group()
                .map(crate::model::key::GroupName::new),
            family: one.family,
        };
        let links = (one.family == Family::Search).then(|| {
            (
                Key::Facet(one.id.clone(), Facet::SharedPrivateLinks),
                Payload::SharedPrivateLinks(Vec::new()),
            )
        });
        let facet = Key::Facet(one.id.clone(), Facet::Perimeters);
        let known = match store.slice(&list).and_then(|slice| slice.value.as_deref()) {
            Some(Payload::Resources(items)) => items.clone(),
            _ => Vec::new(),
        };
        let all = known.into_iter().chain([Arc::new(one)]).collect();
        read(&mut store, list, Payload::Resources(all), Vec::new());
        if let Some((key, empty)) = links {
            read(&mut store, key, empty, Vec::new());
        }
        match perimeters {
            Perimeters::Read => read(
                &mut store,
                facet,
                Payload::Perimeters(Vec::new()),
                Vec::new(),
            ),
            Perimeters::Pending => {
                store.apply(Update::Planned {
                    key: facet,
                    generation: 1,
                });
            }
            Perimeters::Failed(issue) => {
                read(
                    &mut store,
                    facet,
                    Payload::Perimeters(Vec::new()),
                    vec![issue.clone()],
                );
            }
        }
    }
    if !matches!(perimeters, Perimeters::Pending) {
        store.apply(Update::Idle { at: AT });
    }
    let snapshot = store.snapshot();
    (Inventory::build(&snapshot), snapshot)
}

fn read(store: &mut Store, key: Key, payload: Payload, issues: Vec<Issue>) {
    let generation = store.slice(&key).map_or(1, |slice| slice.generation + 1);
    store.apply(Update::Planned {
        key: key.clone(),
        generation,
    });
    store.apply(Update::Page {
        key: key.clone(),
        generation,
        payload,
        at: AT,
    });
    store.apply(Update::Settled {
        key,
        generation,
        at: AT,
        issues,
    });
}

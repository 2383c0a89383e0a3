//! Resources and news for tests and benches: an invented environment, nothing of a real one.

use std::sync::Arc;

use hopscope::model::field::Field;
use hopscope::model::id::{ArmId, SubscriptionId};
use hopscope::model::key::Key;
use hopscope::model::resource::{Details, Family, Resource, Source, Storage, SystemData};
use hopscope::store::{Payload, Update};
use serde_json::json;
use time::OffsetDateTime;
use time::macros::datetime;

/// The time of every test.
pub(crate) const NOW: OffsetDateTime = datetime!(2026-11-23 12:41:07 UTC);
/// The subscription of every test.
pub(crate) const SUBSCRIPTION: &str = "3b1c5a70-0000-4000-8000-00000000ae20";

/// The id of a resource.
pub(crate) fn id_of(family: Family, group: &str, name: &str) -> ArmId {
    ArmId::new(format!(
        "/subscriptions/{SUBSCRIPTION}/resourceGroups/{group}/providers/{}/{name}",
        family.arm_type()
    ))
}

/// A resource with nothing but a name and a place.
pub(crate) fn resource(family: Family, group: &str, name: &str) -> Arc<Resource> {
    let id = id_of(family, group, name);
    Arc::new(Resource {
        raw: Arc::new(json!({
            "id": id.as_str(),
            "name": name,
            "type": family.arm_type(),
            "location": "centralus",
            "properties": { "networkAcls": { "bypass": "None", "defaultAction": "Deny", "ipRules": [] } },
        })),
        id,
        family,
        name: name.to_owned(),
        kind: Field::Absent,
        location: Field::Value("centralus".to_owned()),
        sku: Field::Null,
        managed_by: Field::Unreported("2025-05-01"),
        tags: Vec::new(),
        identity: Field::Absent,
        system_data: SystemData::default(),
        firewall: None,
        local_auth: None,
        outbound: None,
        encryption: None,
        details: Details::Storage(Storage::default()),
        issues: Arc::new([]),
        source: Source {
            api_version: Arc::from("2025-06-01"),
            observed_at: NOW,
            request_id: None,
        },
    })
}

/// The key of a list of the subscription.
pub(crate) fn list(family: Family) -> Key {
    Key::List {
        subscription: SubscriptionId::new(SUBSCRIPTION),
        group: None,
        family,
    }
}

/// The news of a reading that went well.
pub(crate) fn read(key: &Key, payload: Payload) -> Vec<Update> {
    let (key, generation, at) = (key.clone(), 1, NOW);
    vec![
        Update::Planned {
            key: key.clone(),
            generation,
        },
        Update::Started {
            key: key.clone(),
            generation,
            at,
        },
        Update::Page {
            key: key.clone(),
            generation,
            payload,
            at,
        },
        Update::Settled {
            key,
            generation,
            at,
            issues: Vec::new(),
        },
    ]
}

/// News of so many storage accounts.
pub(crate) fn accounts(count: usize) -> Vec<Update> {
    let items = (0..count)
        .map(|number| resource(Family::Storage, "rg-rag-poc", &format!("strag{number:05}")))
        .collect();
    read(&list(Family::Storage), Payload::Resources(items))
}

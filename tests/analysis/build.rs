//! A small environment for tests: bodies in, an inventory out, by the real decoders and the real
//! store.

use std::sync::Arc;

use hopscope::analysis::network::{self, Admission, Caller, OpenTo};
use hopscope::azure::decode::{Context, Page, page, resource};
use hopscope::model::facet::Facet;
use hopscope::model::id::{ArmId, SubscriptionId};
use hopscope::model::issue::{Issue, IssueKind};
use hopscope::model::judging::Judging;
use hopscope::model::key::Key;
use hopscope::model::resource::{Family, Resource};
use hopscope::store::{Inventory, Payload, Store, Update};
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::macros::datetime;

pub(crate) const AT: OffsetDateTime = datetime!(2026-11-23 12:41:07 UTC);
pub(crate) const SUBSCRIPTION: &str = "3b1c7a52-0f0e-4c55-9a51-52f0b8e5d2aa";

/// The id of a resource in the group of all tests.
pub(crate) fn id(family: Family, name: &str) -> ArmId {
    id_in("rg-rag-poc", family, name)
}

/// The id of a resource in a group.
pub(crate) fn id_in(group: &str, family: Family, name: &str) -> ArmId {
    ArmId::new(format!(
        "/subscriptions/{SUBSCRIPTION}/resourceGroups/{group}/providers/{}/{name}",
        family.arm_type()
    ))
}

/// The body of a resource; `extra` wins over what all have.
pub(crate) fn body(family: Family, name: &str, extra: Value) -> Value {
    let mut body = json!({
        "id": id(family, name).as_str(),
        "name": name,
        "type": family.arm_type(),
        "location": "centralus",
        "properties": {},
    });
    let members = body.as_object_mut().unwrap();
    for (name, value) in extra.as_object().unwrap().clone() {
        members.insert(name, value);
    }
    body
}

/// How a reading ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    Well,
    Denied,
    Failed,
    NotFound,
    Unsupported,
    Pending,
}

impl Ended {
    /// Every way in which a reading can end without telling anything.
    pub(crate) const WITHOUT: [Self; 3] = [Self::Denied, Self::Failed, Self::Pending];

    fn issue(self) -> Option<Issue> {
        let kind = match self {
            Self::Well | Self::Pending => return None,
            Self::Denied => IssueKind::Denied,
            Self::Failed => IssueKind::Failed,
            Self::NotFound => IssueKind::NotFound,
            Self::Unsupported => IssueKind::Unsupported,
        };
        let mut issue = Issue::new(kind, "it", "the answer said so", AT);
        if self == Self::Denied {
            issue.right = Some("Microsoft.X/y/read".to_owned());
            issue.role = Some("Reader");
        }
        if self == Self::NotFound {
            issue.code = Some("ResourceNotFound".to_owned());
        }
        Some(issue)
    }
}

/// An environment being built.
#[derive(Default)]
pub(crate) struct World {
    store: Store,
    api_version: Option<&'static str>,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Everything after this was answered by an older API version.
    pub(crate) fn version(mut self, version: &'static str) -> Self {
        self.api_version = Some(version);
        self
    }

    fn context(&self) -> Context<'static> {
        Context {
            api_version: Arc::from(self.api_version.unwrap_or("2026-12-01")),
            observed_at: AT,
            request_id: Some(Arc::from("5ad00017")),
            requested: None,
        }
    }

    /// Settles a slice with a page and an end.
    fn settle(&mut self, key: &Key, payload: Option<Payload>, mut issues: Vec<Issue>, end: Ended) {
        let generation = 1;
        self.store.apply(Update::Planned {
            key: key.clone(),
            generation,
        });
        if let Some(payload) = payload {
            self.store.apply(Update::Page {
                key: key.clone(),
                generation,
                payload,
                at: AT,
            });
        }
        if end == Ended::Pending {
            return;
        }
        issues.extend(end.issue());
        self.store.apply(Update::Settled {
            key: key.clone(),
            generation,
            at: AT,
            issues,
        });
    }

    /// A resource, with nothing in its facets that have a say in the network.
    pub(crate) fn with(self, family: Family, body: &Value) -> Self {
        let id = ArmId::new(body["id"].as_str().unwrap());
        let mut own = self.bare(family, body);
        let facets: &[Facet] = match family {
            Family::Storage | Family::Cognitive => &[Facet::Perimeters],
            Family::Search => &[Facet::Perimeters, Facet::SharedPrivateLinks],
            Family::Workspace => &[Facet::OutboundRules],
            _ => &[],
        };
        for facet in facets {
            own = own.facet(&id, *facet, json!([]));
        }
        own
    }

    /// A resource alone.
    pub(crate) fn bare(mut self, family: Family, body: &Value) -> Self {
        let decoded = resource(family, Arc::new(body.clone()), &self.context()).unwrap();
        let key = Key::Resource(decoded.id.clone());
        let payload = Payload::Resources(vec![Arc::new(decoded)]);
        self.settle(&key, Some(payload), vec![], Ended::Well);
        self
    }

    /// A facet whose list was read.
    pub(crate) fn facet(self, id: &ArmId, facet: Facet, items: Value) -> Self {
        self.facet_ended(id, facet, Some(items), Ended::Well)
    }

    /// A facet whose reading ended in some way.
    pub(crate) fn facet_ended(
        self,
        id: &ArmId,
        facet: Facet,
        items: Option<Value>,
        end: Ended,
    ) -> Self {
        self.list(&Key::Facet(id.clone(), facet), items, end)
    }

    /// Any list.
    pub(crate) fn list(mut self, key: &Key, items: Option<Value>, end: Ended) -> Self {
        let (payload, issues) = match items {
            None => (None, vec![]),
            Some(items) => {
                let decoded = page(key, &json!({ "value": items }), &self.context());
                (Some(payload(decoded.page)), decoded.issues)
            }
        };
        self.settle(key, payload, issues, end);
        self
    }

    /// One document that is read by its id.
    pub(crate) fn document(mut self, key: &Key, body: &Value) -> Self {
        let decoded = page(key, body, &self.context());
        let payload = payload(decoded.page);
        self.settle(key, Some(payload), decoded.issues, Ended::Well);
        self
    }

    /// The resource groups of the subscription.
    pub(crate) fn groups(self, items: Value) -> Self {
        let key = Key::Groups(SubscriptionId::new(SUBSCRIPTION));
        self.list(&key, Some(items), Ended::Well)
    }

    /// The subscription itself.
    pub(crate) fn subscription(self, tenant: &str) -> Self {
        self.list(
            &Key::Subscriptions(None),
            Some(json!([{
                "id": format!("/subscriptions/{SUBSCRIPTION}"),
                "subscriptionId": SUBSCRIPTION,
                "displayName": "contoso-dev",
                "state": "Enabled",
                "tenantId": tenant,
            }])),
            Ended::Well,
        )
    }

    pub(crate) fn inventory(&self) -> Inventory {
        Inventory::build(&self.store.snapshot())
    }
}

fn payload(page: Page) -> Payload {
    match page {
        Page::Tenants(items) => Payload::Tenants(items),
        Page::Subscriptions(items) => Payload::Subscriptions(items),
        Page::Groups(items) => Payload::Groups(items),
        Page::Resources(items) => Payload::Resources(items.into_iter().map(Arc::new).collect()),
        Page::Containers(items) => Payload::Containers(items),
        Page::SharedPrivateLinks(items) => Payload::SharedPrivateLinks(items),
        Page::Perimeters(items) => Payload::Perimeters(items),
        Page::Deployments(items) => Payload::Deployments(items),
        Page::Projects(items) => Payload::Projects(items),
        Page::Connections(items) => Payload::Connections(items),
        Page::CapabilityHosts(items) => Payload::CapabilityHosts(items),
        Page::Keys(items) => Payload::Keys(items),
        Page::OutboundRules(items) => Payload::OutboundRules(items),
        Page::DiagnosticSettings(items) => Payload::DiagnosticSettings(items),
        Page::RoleAssignments(items) => Payload::RoleAssignments(items),
        Page::RoleDefinitions(items) => Payload::RoleDefinitions(items),
        Page::DenyAssignments(items) => Payload::DenyAssignments(items),
        Page::Principals(items) => Payload::Principals(items),
        Page::Indexers(items) => Payload::Indexers(items),
        Page::IndexerStatuses(items) => Payload::IndexerStatuses(items),
        Page::DataSources(items) => Payload::DataSources(items),
        Page::Skillsets(items) => Payload::Skillsets(items),
        Page::Indexes(items) => Payload::Indexes(items),
        Page::IndexStatistics(items) => Payload::IndexStatistics(items),
        Page::RoleSchedules(items) => Payload::RoleSchedules(items),
        Page::Locks(items) => Payload::Locks(items),
        Page::SqlRoleAssignments(items) => Payload::SqlRoleAssignments(items),
        Page::SqlRoleDefinitions(items) => Payload::SqlRoleDefinitions(items),
        Page::NetworkPerimeters(items) => Payload::NetworkPerimeters(items),
        Page::PerimeterProfiles(items) => Payload::PerimeterProfiles(items),
        Page::PerimeterRules(items) => Payload::PerimeterRules(items),
        Page::PerimeterAssociations(items) => Payload::PerimeterAssociations(items),
        Page::PerimeterLinks(items) => Payload::PerimeterLinks(items),
        Page::Memberships(items) => Payload::Memberships(items),
        Page::PolicyAssignments(items) => Payload::PolicyAssignments(items),
        Page::PolicyExemptions(items) => Payload::PolicyExemptions(items),
        Page::PolicyContents(items) => Payload::PolicyContents(items),
        Page::PolicyStates(items) => Payload::PolicyStates(items),
        Page::ActivityEvents(items) => {
            Payload::ActivityEvents(items.into_iter().map(Arc::new).collect())
        }
        Page::LogAnswers(items) => Payload::LogAnswers(items),
        Page::Applications(items) => Payload::Applications(items),
        Page::NetworkManagers(items) => Payload::NetworkManagers(items),
        Page::ScopeConnections(items) => Payload::ScopeConnections(items),
        Page::Providers(items) => Payload::Providers(items),
        Page::NetworkManagerConnections(items) => Payload::NetworkManagerConnections(items),
        Page::IpamPools(items) => Payload::IpamPools(items),
        Page::StaticCidrs(items) => Payload::StaticCidrs(items),
        Page::PoolUsages(items) => Payload::PoolUsages(items),
        Page::PoolAssociations(items) => Payload::PoolAssociations(items),
        Page::LinkedAccesses(items) => Payload::LinkedAccesses(items),
    }
}

/// The resource with a name.
pub(crate) fn named<'a>(inventory: &'a Inventory, name: &str) -> &'a Resource {
    inventory
        .resources()
        .find(|one| one.name == name)
        .unwrap_or_else(|| panic!("no {name}"))
}

/// To whom the one resource of a body is open.
pub(crate) fn open_to(family: Family, body: &Value) -> OpenTo {
    let inventory = World::new().with(family, body).inventory();
    let id = ArmId::new(body["id"].as_str().unwrap());
    network::open_to(&inventory, inventory.resource(&id).unwrap()).unwrap()
}

/// What the firewall of `target` does with a caller.
pub(crate) fn admit(inventory: &Inventory, caller: &Caller, target: &str) -> Admission {
    network::admit(
        inventory,
        &Judging::default(),
        caller,
        named(inventory, target),
    )
    .unwrap()
}

/// A private endpoint connection of a target.
pub(crate) fn endpoint(name: &str, status: &str) -> Value {
    json!({
        "id": format!("/x/privateEndpointConnections/{name}"),
        "properties": {
            "privateEndpoint": { "id": id(Family::PrivateEndpoint, name).as_str() },
            "privateLinkServiceConnectionState": { "status": status },
        },
    })
}

/// A perimeter configuration as a target lists it.
pub(crate) fn perimeter(name: &str, mode: &str, rules: Value) -> Value {
    json!({
        "name": "guid.association",
        "properties": {
            "networkSecurityPerimeter": {
                "id": format!("/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-net/providers/Microsoft.Network/networkSecurityPerimeters/{name}"),
            },
            "resourceAssociation": { "name": "association", "accessMode": mode },
            "profile": { "name": "default", "accessRules": rules },
        },
    })
}

/// An inbound rule of a perimeter.
pub(crate) fn inbound(name: &str, properties: Value) -> Value {
    let mut properties = properties;
    properties["direction"] = json!("Inbound");
    json!({ "name": name, "properties": properties })
}

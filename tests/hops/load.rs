//! Documents into a store, reading by reading, by the real decoders: what the fetcher would bring.

mod perimeters;

use std::collections::BTreeSet;
use std::sync::Arc;

use hopscope::azure::decode::{Context, page};
use hopscope::azure::endpoints;
use hopscope::model::access::Member;
use hopscope::model::caller::Caller;
use hopscope::model::facet::Facet;
use hopscope::model::id::{ArmId, Folded, PrincipalId, SubscriptionId, TenantId};
use hopscope::model::issue::{Issue, IssueKind};
use hopscope::model::key::Key;
use hopscope::model::resource::Family;
use hopscope::store::{Payload, Store, Update};
use serde_json::{Value, json};

use crate::pages::payload;
use crate::world::{Ended, NOW, World, is_assignment};

use self::names::{ids_in, principals_in};

mod names;
mod parts;
mod policy;
mod tenants;

/// The store after everything in scope was read.
pub(crate) fn store(world: &World) -> Store {
    let documents = world.arm.iter().filter_map(|document| {
        let id = document["id"].as_str()?;
        Some((ArmId::new(id), document))
    });
    let mut loader = Loader {
        world,
        documents: documents.collect(),
        store: Store::new(),
    };
    loader.caller();
    loader.others();
    loader.tenancy();
    for subscription in &world.subscriptions {
        let scope = ArmId::of_subscription(&SubscriptionId::new(subscription));
        if loader
            .tenant_of(&scope)
            .is_some_and(|tenant| loader.sees(&tenant))
        {
            loader.subscription(subscription);
        }
    }
    loader.directory();
    loader.drawn();
    loader.store
}

struct Loader<'w> {
    world: &'w World,
    /// The documents of ARM with their ids, which are asked for again and again.
    documents: Vec<(ArmId, &'w Value)>,
    store: Store,
}

impl Loader<'_> {
    fn caller(&mut self) {
        let text = |name: &str| {
            self.world
                .caller
                .get(name)
                .and_then(Value::as_str)
                .map(str::to_owned)
        };
        let caller = Caller {
            asked: (self.world.caller.get("auxiliary").and_then(Value::as_array))
                .filter(|others| !others.is_empty())
                .and_then(|_| text("tenant").map(TenantId::new)),
            tenant: text("tenant").map(TenantId::new),
            object_id: text("object_id").map(PrincipalId::new),
            user_name: text("upn"),
            app_id: text("app_id"),
            id_type: text("kind"),
            credential: "az".to_owned(),
            expires_at: None,
        };
        self.store.apply(Update::SignedIn(caller));
    }

    fn documents(&self, holds: impl Fn(&ArmId) -> bool) -> Vec<Value> {
        self.documents
            .iter()
            .filter(|(id, _)| holds(id))
            .map(|(_, document)| (*document).clone())
            .collect()
    }

    /// Settles one reading, unless it is refused.
    fn settle(&mut self, key: Key, items: Vec<Value>) {
        let single = matches!(
            key,
            Key::Resource(_)
                | Key::PolicyDefinition(_)
                | Key::Provider(_)
                | Key::IpamPool(_)
                | Key::LinkedAccess(..)
                | Key::Facet(
                    _,
                    Facet::Key | Facet::IndexerStatus | Facet::IndexStatistics | Facet::PoolUsage
                )
        );
        let body = if single {
            let Some(body) = items.into_iter().next() else {
                let ended = self.refusal(&key).unwrap_or(Ended::NotFound);
                return self.end(key, None, Some(ended), vec![]);
            };
            body
        } else {
            json!({ "value": items })
        };
        let context = Context {
            api_version: Arc::from(self.world.api_version.as_str()),
            observed_at: NOW,
            request_id: Some(Arc::from("5ad00017-0000-4000-8000-000000000000")),
            requested: None,
        };
        let decoded = page(&key, &body, &context);
        let ended = self.refusal(&key);
        self.end(key, Some(payload(decoded.page)), ended, decoded.issues);
    }

    fn refusal(&self, key: &Key) -> Option<Ended> {
        let scope = key
            .scope()
            .map(|scope| scope.folded().to_owned())
            .unwrap_or_default();
        if let Some(refusal) = self
            .world
            .refusals
            .iter()
            .find(|one| one.what == key.what() && scope.ends_with(&one.scope))
        {
            return Some(refusal.ended);
        }
        let (service, path) = match key {
            Key::Principals(_) => ("graph", "/v1.0/directoryObjects/getByIds".to_owned()),
            Key::Memberships(..) | Key::ServicePrincipalOf(..) | Key::Application(..) => {
                ("graph", endpoints::request(key)?.path)
            }
            _ => {
                let request = endpoints::request(key)?;
                let service = if request.service.is_some() {
                    "search"
                } else {
                    "arm"
                };
                (service, request.path)
            }
        };
        let path = path.to_ascii_lowercase();
        let path = path.split('?').next().unwrap_or_default();
        self.world
            .faults
            .iter()
            .any(|fault| {
                fault.service.as_deref().is_none_or(|own| own == service) && glob(&fault.path, path)
            })
            .then_some(Ended::Denied)
    }

    fn end(
        &mut self,
        key: Key,
        payload: Option<Payload>,
        ended: Option<Ended>,
        mut issues: Vec<Issue>,
    ) {
        let generation = 1;
        self.store.apply(Update::Planned {
            key: key.clone(),
            generation,
        });
        if ended == Some(Ended::Pending) {
            return;
        }
        if let (None, Some(payload)) = (ended, payload) {
            self.store.apply(Update::Page {
                key: key.clone(),
                generation,
                payload,
                at: NOW,
            });
        }
        if let Some(ended) = ended {
            issues = vec![issue(ended, &key)];
        }
        self.store.apply(Update::Settled {
            key,
            generation,
            at: NOW,
            issues,
        });
    }

    fn tenancy(&mut self) {
        let tenants = self.documents(|id| id.folded().starts_with("/tenants/"));
        self.settle(Key::Tenants(None), tenants);
        let subscriptions = self
            .documents(|id| id.subscription().is_some() && id.folded().matches('/').count() == 2)
            .into_iter()
            .filter(|one| {
                one["tenantId"]
                    .as_str()
                    .is_none_or(|tenant| self.sees(tenant))
            })
            .collect();
        self.settle(Key::Subscriptions(None), subscriptions);
    }

    fn subscription(&mut self, name: &str) {
        let subscription = SubscriptionId::new(name);
        let scope = ArmId::of_subscription(&subscription);
        self.perimeters(&scope);
        self.managers(&scope);
        let groups = self.documents(|id| {
            id.is_within(&scope) && id.resource_type().is_none() && id.resource_group().is_some()
        });
        let names = groups.iter().filter_map(|group| group["name"].as_str());
        let names: Vec<String> = names.map(str::to_owned).collect();
        self.settle(Key::Groups(subscription.clone()), groups);
        let asked: Vec<String> = if self.world.groups.is_empty() {
            names
        } else {
            self.world.groups.clone()
        };
        let mut views: BTreeSet<String> =
            asked.iter().map(|one| one.to_ascii_lowercase()).collect();
        // A hub in scope brings its managed group along.
        for hub in self.documents(|id| is_of(id, Family::Workspace) && is_in(id, &views)) {
            if let Some(group) = hub["properties"]["serviceProvisionedResourceGroup"].as_str() {
                views.insert(group.to_ascii_lowercase());
            }
        }
        for group in &views {
            let at = scope.child(&format!("resourceGroups/{group}"));
            for family in Family::ALL {
                let items = self.documents(|id| is_of(id, family) && id.is_within(&at));
                let ids: Vec<ArmId> = items
                    .iter()
                    .filter_map(|item| item["id"].as_str().map(ArmId::new))
                    .collect();
                let key = Key::List {
                    subscription: subscription.clone(),
                    group: Some(Folded::new(group)),
                    family,
                };
                let is_refused = self.refusal(&key).is_some();
                self.settle(key, items);
                if !is_refused {
                    for id in ids {
                        self.facets(&id, family);
                    }
                }
            }
            let locks = self.below(&at, "locks");
            self.settle(Key::Locks(at.clone()), locks);
        }
        self.named(&views);
        self.settle(Key::ActivityLog(scope.clone()), self.world.activity.clone());
        self.roles(&scope);
        self.policies(&scope, &views);
    }

    /// What resources in view name and no list brought.
    fn named(&mut self, views: &BTreeSet<String>) {
        let mut wanted = BTreeSet::new();
        for document in self.documents(|id| {
            is_in(id, views)
                && id
                    .resource_type()
                    .and_then(|of| Family::of_type(&of))
                    .is_some()
        }) {
            ids_in(&document, &mut wanted);
        }
        for ((_, collection, _), object) in &self.world.search {
            if collection != "status" {
                ids_in(object, &mut wanted);
            }
        }
        for id in wanted {
            let Some(family) = id.resource_type().and_then(|of| Family::of_type(&of)) else {
                continue;
            };
            if is_in(&id, views) {
                continue;
            }
            let own = self.documents(|one| *one == id);
            let is_there = !own.is_empty();
            self.settle(Key::Resource(id.clone()), own);
            if is_there && self.refusal(&Key::Resource(id.clone())).is_none() {
                self.facets(&id, family);
            }
        }
    }

    fn facets(&mut self, id: &ArmId, family: Family) {
        for facet in Facet::ALL {
            let key = Key::Facet(id.clone(), facet);
            if facet == Facet::Properties || facet.each_of().is_some() {
                continue;
            }
            let Some(request) = endpoints::request(&key) else {
                continue;
            };
            if request.service.is_none() {
                let path = ArmId::new(&request.path);
                let items = self.documents(|one| {
                    one.is_within(&path)
                        && one.folded()[path.folded().len()..].matches('/').count() == 1
                });
                self.settle(key, items);
            }
        }
        self.parts(id, family);
        if family == Family::Search && !id.folded().contains("/resourcegroups/azureml-rg-") {
            self.data_plane(id);
        }
    }

    /// What a search service holds; one that takes keys only is not asked.
    fn data_plane(&mut self, id: &ArmId) {
        let documents = self.documents(|one| one == id);
        let properties = &documents[0]["properties"];
        let takes_tokens = properties["authOptions"].get("aadOrApiKey").is_some()
            || properties["disableLocalAuth"] == json!(true);
        for (collection, facet) in [
            ("indexers", Facet::Indexers),
            ("datasources", Facet::DataSources),
            ("skillsets", Facet::Skillsets),
            ("indexes", Facet::Indexes),
        ] {
            let key = Key::Facet(id.clone(), facet);
            if !takes_tokens {
                let mut issue = Issue::new(
                    IssueKind::Unsupported,
                    facet.words(),
                    "the service takes keys only",
                    NOW,
                );
                issue.status = None;
                self.end(key, None, None, vec![issue]);
                continue;
            }
            let items = self.objects(id.name(), collection);
            self.settle(key, items.into_iter().map(|(_, body)| body).collect());
        }
        if !takes_tokens {
            return;
        }
        for (owner, collection, facet) in [
            ("indexers", "status", Facet::IndexerStatus),
            ("indexes", "stats", Facet::IndexStatistics),
        ] {
            for (name, body) in self.objects(id.name(), collection) {
                let key = Key::Facet(id.child(&format!("{owner}/{name}")), facet);
                self.settle(key, vec![body]);
            }
        }
    }

    fn objects(&self, service: &str, collection: &str) -> Vec<(String, Value)> {
        self.world
            .search
            .iter()
            .filter(|((own, of, _), _)| own == service && of == collection)
            .map(|((_, _, name), body)| (name.clone(), body.clone()))
            .collect()
    }

    /// Documents of Microsoft.Authorization at, above and below a scope.
    fn below(&self, scope: &ArmId, kind: &str) -> Vec<Value> {
        let tail = format!("/providers/microsoft.authorization/{kind}/");
        self.documents(|id| {
            id.folded().contains(&tail)
                && (id.is_within(scope) || id.subscription().is_none())
                && id
                    .folded()
                    .rsplit(&tail)
                    .next()
                    .is_some_and(|name| !name.contains('/'))
        })
    }

    fn roles(&mut self, scope: &ArmId) {
        let all = [
            ("roleassignments", Key::RoleAssignments(scope.clone())),
            ("roledefinitions", Key::RoleDefinitions(scope.clone())),
            ("denyassignments", Key::DenyAssignments(scope.clone())),
            (
                "roleeligibilityscheduleinstances",
                Key::EligibleRoles(scope.clone()),
            ),
            (
                "roleassignmentscheduleinstances",
                Key::ActiveRoles(scope.clone()),
            ),
        ];
        for (kind, key) in all {
            let items = self.below(scope, kind);
            self.settle(key, items);
        }
        for principal in self.principals() {
            let key = Key::Memberships(PrincipalId::new(&principal), self.member(&principal));
            if self.refusal(&key).is_none() {
                continue;
            }
            // Where the directory is closed, ARM is asked who reaches what.
            let mut holders = self.groups_of(&principal);
            holders.insert(principal.clone());
            let held = self
                .below(scope, "roleassignments")
                .into_iter()
                .filter(|one| {
                    one["properties"]["principalId"]
                        .as_str()
                        .is_some_and(|id| holders.contains(&id.to_ascii_lowercase()))
                })
                .collect();
            self.settle(
                Key::AssignedTo(scope.clone(), PrincipalId::new(&principal)),
                held,
            );
        }
    }

    /// The caller and every identity of a resource.
    fn principals(&self) -> BTreeSet<String> {
        let mut all = BTreeSet::new();
        if let Some(own) = self.world.caller.get("object_id").and_then(Value::as_str) {
            all.insert(own.to_ascii_lowercase());
        }
        for document in &self.world.arm {
            if is_assignment(document) {
                continue;
            }
            principals_in(&document["identity"], &mut all);
            if is_of(
                &ArmId::new(document["id"].as_str().unwrap_or_default()),
                Family::UserIdentity,
            ) {
                principals_in(&document["properties"], &mut all);
            }
        }
        all
    }

    fn member(&self, principal: &str) -> Member {
        let is_user = self.world.graph.iter().any(|object| {
            object["id"] == json!(principal)
                && object["@odata.type"] == json!("#microsoft.graph.user")
        });
        if is_user {
            Member::User
        } else {
            Member::ServicePrincipal
        }
    }

    fn groups_of(&self, member: &str) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        let mut open = vec![member.to_owned()];
        while let Some(one) = open.pop() {
            for (group, members) in &self.world.members {
                if members.iter().any(|own| own.eq_ignore_ascii_case(&one))
                    && found.insert(group.to_ascii_lowercase())
                {
                    open.push(group.clone());
                }
            }
        }
        found
    }

    fn directory(&mut self) {
        let is_principal =
            |one: &&Value| one["@odata.type"] != json!("#microsoft.graph.application");
        let all = self.world.graph.iter().filter(is_principal).cloned();
        let all = all.collect();
        self.settle(Key::Principals(None), all);
        let cosmos = hopscope::model::access::COSMOS_APP_ID;
        let mut principals = self.principals();
        principals.extend(self.world.graph.iter().filter_map(|object| {
            let is_cosmos = object["appId"] == json!(cosmos);
            is_cosmos.then(|| object["id"].as_str().map(str::to_owned))?
        }));
        for principal in principals {
            let known = |id: &str| {
                self.world
                    .graph
                    .iter()
                    .find(|object| {
                        object["id"]
                            .as_str()
                            .is_some_and(|own| own.eq_ignore_ascii_case(id))
                    })
                    .cloned()
            };
            let key = Key::Memberships(PrincipalId::new(&principal), self.member(&principal));
            let groups: Vec<Value> = self
                .groups_of(&principal)
                .iter()
                .filter_map(|id| known(id))
                .collect();
            self.settle(key, groups);
        }
        let own = self
            .world
            .graph
            .iter()
            .filter(|object| object["appId"] == json!(cosmos))
            .cloned()
            .collect();
        let tenant = self
            .world
            .caller
            .get("tenant")
            .and_then(Value::as_str)
            .map(TenantId::new);
        self.settle(Key::ServicePrincipalOf(tenant, Folded::new(cosmos)), own);
    }
}

/// What a reading that ended so leaves behind.
pub(crate) fn issue(ended: Ended, key: &Key) -> Issue {
    let kind = match ended {
        Ended::Denied => IssueKind::Denied,
        Ended::Failed | Ended::Pending => IssueKind::Failed,
        Ended::NotFound => IssueKind::NotFound,
    };
    let mut issue = Issue::new(kind, key.words(), "the answer said so", NOW);
    match ended {
        Ended::Denied => {
            issue.status = Some(403);
            issue.right = Some("Microsoft.X/y/read".to_owned());
            issue.role = Some("Reader");
        }
        Ended::NotFound => {
            issue.status = Some(404);
            issue.code = Some(policy::not_found(key).to_owned());
        }
        Ended::Failed | Ended::Pending => {}
    }
    issue
}

fn is_of(id: &ArmId, family: Family) -> bool {
    id.resource_type()
        .is_some_and(|own| own.eq_ignore_ascii_case(family.arm_type()))
}

fn is_in(id: &ArmId, groups: &BTreeSet<String>) -> bool {
    id.resource_group()
        .is_some_and(|group| groups.contains(&group.to_ascii_lowercase()))
}

/// `*` is any text.
fn glob(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else {
        return false;
    };
    let tail: Vec<&str> = parts.collect();
    let Some((last, middle)) = tail.split_last() else {
        return rest.is_empty();
    };
    for part in middle {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

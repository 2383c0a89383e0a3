//! Calls into other tenants, reading by reading: who is signed in where, managers, pools, connections,
//! applications, and the read that proves a token.

use hopscope::model::caller::Caller;
use hopscope::model::facet::Facet;
use hopscope::model::id::{ArmId, Folded, PrincipalId, TenantId};
use hopscope::model::issue::{Issue, IssueKind};
use hopscope::model::key::Key;
use hopscope::model::scope::Scope;
use hopscope::store::Update;
use serde_json::{Value, json};

use super::Loader;
use crate::world::NOW;

impl Loader<'_> {
    fn home(&self) -> String {
        self.world.text_of_caller("tenant")
    }

    /// The other tenants that are asked for a token, with who the caller is there.
    fn elsewhere(&self) -> Vec<Value> {
        let list = |name: &str| {
            let items = self.world.caller.get(name).and_then(Value::as_array);
            items.cloned().unwrap_or_default()
        };
        let asked = list("auxiliary");
        list("elsewhere")
            .into_iter()
            .filter(|one| asked.contains(&one["tenant"]))
            .collect()
    }

    /// Whether the caller's application has a service principal in a tenant.
    fn is_known_in(&self, tenant: &str) -> bool {
        let app = self.world.text_of_caller("app_id");
        self.world
            .graph
            .iter()
            .any(|one| one["@tenant"] == json!(tenant) && one["appId"] == json!(app))
    }

    /// Whether the documents of a tenant are seen: with a token of it that is good.
    pub(super) fn sees(&self, tenant: &str) -> bool {
        tenant == self.home()
            || self.elsewhere().iter().any(|one| {
                one["tenant"] == json!(tenant)
                    && one["token"] == json!("valid")
                    && self.is_known_in(tenant)
            })
    }

    /// The tenant that a document lies in.
    pub(super) fn tenant_of(&self, id: &ArmId) -> Option<String> {
        let whole = ArmId::of_subscription(&id.subscription()?);
        let document = self.documents(|one| *one == whole).into_iter().next()?;
        document["tenantId"].as_str().map(str::to_owned)
    }

    /// The scope, and the callers in other tenants.
    pub(super) fn others(&mut self) {
        let elsewhere = self.elsewhere();
        let auxiliary: Vec<String> = elsewhere
            .iter()
            .filter_map(|one| one["tenant"].as_str().map(str::to_owned))
            .collect();
        if auxiliary.is_empty() {
            return;
        }
        self.store.apply(Update::Scoped(Scope {
            tenant: Some(self.home()),
            auxiliary_tenants: auxiliary,
            ..Scope::default()
        }));
        for one in elsewhere {
            let tenant = one["tenant"].as_str().unwrap_or_default();
            let key = Key::Subscriptions(Some(TenantId::new(tenant)));
            if !self.is_known_in(tenant) {
                let message =
                    "loopback says: AADSTS7000229: it is missing service principal in the tenant";
                let issue = Issue::new(IssueKind::SignIn, key.words(), message, NOW);
                self.end(key, None, None, vec![issue]);
                continue;
            }
            let given = if one["token"] == json!("wrong-tenant") {
                self.home()
            } else {
                tenant.to_owned()
            };
            let object_id = if given == tenant {
                one["object_id"].as_str().unwrap_or_default().to_owned()
            } else {
                self.world.text_of_caller("object_id")
            };
            let app_id = self.world.text_of_caller("app_id");
            self.store.apply(Update::SignedIn(Caller {
                asked: Some(TenantId::new(tenant)),
                tenant: Some(TenantId::new(given)),
                object_id: Some(PrincipalId::new(object_id)),
                app_id: Some(app_id),
                id_type: Some("app".to_owned()),
                credential: "loopback".to_owned(),
                ..Caller::default()
            }));
        }
    }

    fn of_type(&self, of: &str, within: &ArmId) -> Vec<Value> {
        self.documents(|id| {
            id.is_within(within)
                && id
                    .resource_type()
                    .is_some_and(|own| own.eq_ignore_ascii_case(of))
        })
    }

    /// Managers and pools of a subscription.
    pub(super) fn managers(&mut self, scope: &ArmId) {
        let managers = self.of_type("Microsoft.Network/networkManagers", scope);
        if managers.is_empty() {
            return;
        }
        let found = ids(&managers);
        self.settle(Key::NetworkManagers(scope.clone()), managers);
        for manager in found {
            let connections = self.of_type(
                "Microsoft.Network/networkManagers/scopeConnections",
                &manager,
            );
            self.settle(
                Key::Facet(manager.clone(), Facet::ScopeConnections),
                connections,
            );
            let pools = self.of_type("Microsoft.Network/networkManagers/ipamPools", &manager);
            let pools: Vec<Value> = pools
                .into_iter()
                .filter(|one| one.get("properties").is_some())
                .collect();
            for pool in ids(&pools) {
                let statics = self.of_type(
                    "Microsoft.Network/networkManagers/ipamPools/staticCidrs",
                    &pool,
                );
                self.settle(Key::Facet(pool.clone(), Facet::StaticCidrs), statics);
                let usage = pool.child("getPoolUsage");
                let counts = self.documents(|id| *id == usage);
                self.settle(Key::Facet(pool.clone(), Facet::PoolUsage), counts);
                let members = pool.child("listAssociatedResources");
                let members = self.documents(|id| *id == members);
                let members = members
                    .first()
                    .and_then(|one| one["value"].as_array().cloned());
                self.settle(
                    Key::Facet(pool, Facet::PoolAssociations),
                    members.unwrap_or_default(),
                );
            }
            self.settle(Key::Facet(manager, Facet::IpamPools), pools);
        }
    }

    /// The halves of management groups that managers ask for.
    fn of_groups(&mut self) {
        let halves = self.documents(|id| {
            id.folded().contains("/networkmanagers/") && id.folded().contains("/scopeconnections/")
        });
        let asked = halves
            .iter()
            .filter_map(|one| one["properties"]["resourceId"].as_str())
            .map(ArmId::new)
            .filter(|id| id.subscription().is_none());
        let asked: std::collections::BTreeSet<ArmId> = asked.collect();
        for group in asked {
            let connections = self.of_type("Microsoft.Network/networkManagerConnections", &group);
            self.settle(Key::NetworkManagerConnections(group), connections);
        }
    }

    /// What networks draw from, and who draws.
    pub(super) fn drawn(&mut self) {
        let networks = self.documents(|id| {
            id.resource_type()
                .is_some_and(|own| own == "Microsoft.Network/virtualNetworks")
        });
        let home = self.home();
        let mut is_any = false;
        for network in networks {
            let id = ArmId::new(network["id"].as_str().unwrap_or_default());
            let drawn = &network["properties"]["addressSpace"]["ipamPoolPrefixAllocations"];
            let Some(pool) = drawn[0]["pool"]["id"].as_str().map(ArmId::new) else {
                continue;
            };
            let (Some(own), Some(other)) = (self.tenant_of(&id), self.tenant_of(&pool)) else {
                continue;
            };
            if !self.sees(&own) {
                continue;
            }
            is_any = true;
            let key = Key::IpamPool(pool.clone());
            if self.sees(&other) {
                let found = self.documents(|one| *one == pool);
                self.settle(key, found);
            } else {
                let message = format!(
                    "It must match the tenant 'https://sts.windows.net/{other}/' associated with this subscription."
                );
                let mut issue = Issue::new(IssueKind::Denied, key.words(), message, NOW);
                issue.status = Some(401);
                issue.code = Some("InvalidAuthenticationTokenTenant".to_owned());
                self.end(key, None, None, vec![issue]);
            }
            let whole = id.subscription().map(|one| ArmId::of_subscription(&one));
            if let Some(whole) = whole {
                let connections =
                    self.of_type("Microsoft.Network/networkManagerConnections", &whole);
                let provider = whole.child("providers/Microsoft.Network");
                let registered = self.documents(|one| *one == provider);
                if !registered.is_empty() {
                    self.settle(Key::Provider(provider), registered);
                }
                self.settle(Key::NetworkManagerConnections(whole), connections);
            }
            let token = self
                .elsewhere()
                .into_iter()
                .find(|one| one["tenant"] == json!(other));
            if let Some(token) = token.filter(|_| own != other && self.is_known_in(&other)) {
                let key = Key::LinkedAccess(id, TenantId::new(&other));
                if token["token"] == json!("expired") {
                    let mut issue = Issue::new(
                        IssueKind::Denied,
                        key.words(),
                        "the auxiliary token ended",
                        NOW,
                    );
                    issue.status = Some(401);
                    self.end(key, None, None, vec![issue]);
                } else {
                    self.settle(key, vec![network]);
                }
            }
        }
        if !is_any {
            return;
        }
        self.of_groups();
        let app = self.world.text_of_caller("app_id");
        let of = |kind: &str, tenant: Option<&str>| -> Vec<Value> {
            let found = self.world.graph.iter().filter(|one| {
                one["@odata.type"] == json!(format!("#microsoft.graph.{kind}"))
                    && one["appId"] == json!(app)
                    && one.get("@tenant").and_then(Value::as_str) == tenant
            });
            found.cloned().collect()
        };
        let mut readings = vec![
            (
                Key::ServicePrincipalOf(Some(TenantId::new(&home)), Folded::new(&app)),
                of("servicePrincipal", None),
            ),
            (
                Key::Application(Some(TenantId::new(&home)), Folded::new(&app)),
                of("application", None),
            ),
        ];
        for one in self.elsewhere() {
            let tenant = one["tenant"].as_str().unwrap_or_default();
            if self.sees(tenant) {
                readings.push((
                    Key::ServicePrincipalOf(Some(TenantId::new(tenant)), Folded::new(&app)),
                    of("servicePrincipal", Some(tenant)),
                ));
                let id = one["object_id"].as_str().unwrap_or_default();
                readings.push((
                    Key::Memberships(
                        PrincipalId::new(id),
                        hopscope::model::access::Member::ServicePrincipal,
                    ),
                    Vec::new(),
                ));
            }
        }
        for (key, items) in readings {
            self.settle(key, items);
        }
    }
}

pub(super) fn ids(items: &[Value]) -> Vec<ArmId> {
    let ids = items.iter().filter_map(|one| one["id"].as_str());
    ids.map(ArmId::new).collect()
}

//! The storage beside the data source: knowledge stores and enrichment caches (H07). Tables need the
//! account's key today, blobs do not.

use crate::analysis::access::{self, Action, Standing};
use crate::analysis::evidence::Evidence;
use crate::analysis::facets;
use crate::analysis::gates::authentication::{self, Presented};
use crate::analysis::gates::authorization::{self, Claim, Need, roles};
use crate::analysis::gates::{self, network};
use crate::analysis::ground::Ground;
use crate::analysis::hop::{Basis, GateVerdict, Hop, HopKind};
use crate::analysis::hops::definition::{self, Presents, Target};
use crate::analysis::remedy::az::Assignee;
use crate::analysis::verdict::{Gate, Verdict};
use crate::model::field::Field;
use crate::model::resource::Resource;
use crate::model::search::{ConnectionString, DataIdentity, Indexer};

use super::settings;

/// One place that an indexer writes to.
struct Store<'d> {
    via: String,
    /// The indexers that write there.
    writers: Vec<&'d Indexer>,
    connection: &'d Field<ConnectionString>,
    identity: &'d Field<DataIdentity>,
    connection_at: Evidence,
    identity_at: Evidence,
    blobs: bool,
    tables: bool,
}

/// Draws the stores of a service.
pub(super) fn draw(ground: &Ground<'_>, service: &Resource, out: &mut Vec<Hop>) {
    let indexers = facets::indexers(ground.inventory, &service.id).items;
    for skillset in facets::skillsets(ground.inventory, &service.id).items {
        let Some(store) = skillset.knowledge_store.value() else {
            continue;
        };
        let at = |path: &str| {
            definition::proof(
                service,
                "skillsets",
                &skillset.name,
                &skillset.raw,
                &skillset.source,
                path,
            )
        };
        out.push(hop(
            ground,
            service,
            &Store {
                via: format!("skillset {}", skillset.name),
                writers: indexers
                    .iter()
                    .filter(|one| one.skillset.is(&skillset.name))
                    .collect(),
                connection: &store.connection,
                identity: &store.identity,
                connection_at: at("knowledgeStore.storageConnectionString"),
                identity_at: at("knowledgeStore.identity"),
                blobs: store.has_blobs || !store.has_tables,
                tables: store.has_tables,
            },
        ));
    }
    for indexer in indexers {
        let Some(cache) = indexer.cache.value() else {
            continue;
        };
        let at = |path: &str| {
            definition::proof(
                service,
                "indexers",
                &indexer.name,
                &indexer.raw,
                &indexer.source,
                path,
            )
        };
        out.push(hop(
            ground,
            service,
            &Store {
                via: format!("indexer {}", indexer.name),
                writers: vec![indexer],
                connection: &cache.connection,
                identity: &cache.identity,
                connection_at: at("cache.storageConnectionString"),
                identity_at: at("cache.identity"),
                blobs: true,
                tables: false,
            },
        ));
    }
}

fn hop(ground: &Ground<'_>, service: &Resource, store: &Store<'_>) -> Hop {
    let target = store
        .connection
        .value()
        .and_then(|connection| definition::storage_of(ground, connection));
    let (target, basis) = match target {
        Some(target) => (target, Basis::Observed),
        None => match super::inferred::only(ground, service, None) {
            Some(account) => (Target::Read(account), Basis::Inferred),
            None => (
                Target::Named(store.connection_at.resource.clone()),
                Basis::Observed,
            ),
        },
    };
    let presents = match store.connection {
        Field::Value(ConnectionString::ResourceId(_)) => {
            Presents::token(ground, service, store.identity, store.identity_at.clone())
        }
        Field::Value(ConnectionString::AccountKey(_)) => Presents::secret(Presented::Key),
        Field::Value(ConnectionString::Sas(_)) => Presents::secret(Presented::Sas),
        _ => Presents::unclear(
            "the service does not show the connection string of this store",
            store.connection_at.clone(),
        ),
    };
    let is_shown = store
        .connection
        .value()
        .is_some_and(|connection| *connection != ConnectionString::Redacted);
    let mut gates = vec![if is_shown {
        target.exists(ground, "storage account", store.connection_at.clone())
    } else {
        gates::judged(
            Gate::Configuration,
            Verdict::Unknown,
            "which storage account is written to is not shown",
            [store.connection_at.clone()],
        )
    }];
    gates.extend(presents.who.as_ref().map(|who| who.gate.clone()));
    gates.extend(definition::exfiltration(service));
    if let Some(account) = target.read() {
        gates.extend(of_account(ground, service, account, store, &presents));
    }
    Hop {
        kind: HopKind::IndexerExtrasToStorage,
        from: service.id.as_str().to_owned(),
        to: target.end(),
        via: Some(store.via.clone()),
        basis,
        gates: gates::merged(gates),
    }
}

fn of_account(
    ground: &Ground<'_>,
    service: &Resource,
    account: &Resource,
    store: &Store<'_>,
    presents: &Presents,
) -> Vec<GateVerdict> {
    let mut parts = Vec::new();
    if store.blobs {
        parts.push("blob");
    }
    if store.tables {
        parts.push("table");
    }
    let mut out = Vec::new();
    let mut doors = Vec::new();
    for part in parts {
        let reached = network::judged(
            ground,
            &network::service(service, presents.credential, Some(part)),
            account,
        );
        out.extend(definition::outbound(
            ground,
            service,
            account,
            &definition::storage_host(ground, account, part),
            reached.as_ref(),
        ));
        out.extend(
            store
                .writers
                .iter()
                .filter_map(|one| settings::environment(service, one, reached.as_ref())),
        );
        doors.extend(reached.map(|one| one.gate));
    }
    out.extend(gates::all(Gate::Network, doors));

    let mut accepted = vec![authentication::authentication(
        ground,
        account,
        &presents.presented,
        [store.connection_at.clone()],
    )];
    if store.tables && presents.presented == Presented::Token {
        let mut by_key = authentication::authentication(
            ground,
            account,
            &Presented::Key,
            [store.connection_at.clone()],
        );
        by_key.judged.reason = format!("tables are written by key today: {}", by_key.judged.reason);
        accepted.push(by_key);
    }
    out.extend(gates::all(Gate::Authentication, accepted));
    out.extend(rights(ground, account, store, presents));
    out
}

fn rights(
    ground: &Ground<'_>,
    account: &Resource,
    store: &Store<'_>,
    presents: &Presents,
) -> Option<GateVerdict> {
    let who = presents.who.as_ref()?;
    if who.is_nobody() {
        return None;
    }
    let claim = |needs: &[Need]| {
        authorization::authorization(
            ground,
            &Claim {
                principal: who.principal.as_ref(),
                kind: Assignee::ServicePrincipal,
                needs,
                keys: None,
            },
        )
    };
    let mut checks = Vec::new();
    if store.blobs {
        let need = |tail: &str| Need {
            action: Action::data(format!(
                "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/{tail}"
            )),
            scope: account.id.clone(),
            role: roles::BLOB_CONTRIBUTOR,
        };
        let by_role = claim(&[need("write"), need("delete")]);
        checks.push(authorization::beside_acls(account, by_role));
    }
    if store.tables {
        let listing = Action::control("Microsoft.Storage/storageAccounts/listKeys/action");
        let fetches_key = who.principal.as_ref().map(|principal| {
            access::held(
                &ground.access,
                &ground.memberships,
                principal,
                &listing,
                &account.id,
            )
        });
        checks.push(match fetches_key {
            Some(held) if held.standing == Standing::Open => authorization::by(held.judged),
            _ => claim(&[Need {
                action: Action::data(
                    "Microsoft.Storage/storageAccounts/tableServices/tables/entities/write",
                ),
                scope: account.id.clone(),
                role: roles::TABLE_CONTRIBUTOR,
            }]),
        });
    }
    gates::all(Gate::Authorization, checks)
}

//! Indexers reading their data source, and the storage beside it: H06, H07 (domain-rules A.2).
//!
//! Blobs and ADLS Gen2 are read with the identity's own token; tables and files by a key that the
//! identity fetches. What cannot be read of a definition is drawn from what ties the ends.

mod extras;
mod inferred;
pub(super) use inferred::principals;
mod settings;
pub(super) use settings::environment;

use crate::analysis::access::Action;
use crate::analysis::evidence::Evidence;
use crate::analysis::facets;
use crate::analysis::gates::authentication::{self, Presented};
use crate::analysis::gates::authorization::{self, Claim, Need, roles};
use crate::analysis::gates::{self, configuration, network};
use crate::analysis::ground::Ground;
use crate::analysis::hop::{Basis, GateVerdict, Hop, HopKind};
use crate::analysis::network::Credential;
use crate::analysis::remedy::az::Assignee;
use crate::analysis::remedy::portal::portal;
use crate::analysis::verdict::{Gate, Verdict};
use crate::model::field::Field;
use crate::model::id::ArmId;
use crate::model::resource::Resource;
use crate::model::search::{ConnectionString, DataSource, Indexer};

use super::definition::{self, Presents, Target};

/// The part of a storage account that a data source reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// Blobs.
    Blob,
    /// Blobs with a hierarchical namespace.
    Dfs,
    /// Tables.
    Table,
    /// File shares.
    File,
}

impl Part {
    /// Of a data source's type; none for sources that are no storage account.
    fn of(source_type: &Field<String>) -> Option<Self> {
        match source_type.text()?.to_ascii_lowercase().as_str() {
            "azureblob" => Some(Self::Blob),
            "adlsgen2" => Some(Self::Dfs),
            "azuretable" => Some(Self::Table),
            "azurefile" | "azurefiles" => Some(Self::File),
            _ => None,
        }
    }

    /// As private links name it.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Blob => "blob",
            Self::Dfs => "dfs",
            Self::Table => "table",
            Self::File => "file",
        }
    }

    /// Whether the identity's token opens it: tables and files are opened by a key.
    fn takes_tokens(self) -> bool {
        matches!(self, Self::Blob | Self::Dfs)
    }
}

/// Draws the hops of indexers.
pub(super) fn draw(ground: &Ground<'_>, out: &mut Vec<Hop>) {
    for service in definition::services(ground) {
        let first = out.len();
        let indexers = facets::indexers(ground.inventory, &service.id);
        for indexer in indexers.items {
            out.extend(of_indexer(ground, service, indexer));
        }
        extras::draw(ground, service, out);
        let missing = indexers.missing.or_else(|| {
            let sources = facets::data_sources(ground.inventory, &service.id);
            sources.missing.filter(|_| indexers.items.is_empty())
        });
        if let Some(why) = missing {
            let drawn: Vec<String> = out[first..].iter().map(|hop| hop.to.clone()).collect();
            inferred::draw(ground, service, &why, &drawn, out);
        }
    }
}

/// The hop of one indexer; none where its source is no storage account.
fn of_indexer(ground: &Ground<'_>, service: &Resource, indexer: &Indexer) -> Option<Hop> {
    let sources = facets::data_sources(ground.inventory, &service.id);
    let name = indexer.data_source.text().unwrap_or_default();
    let found = sources
        .items
        .iter()
        .find(|one| one.name.eq_ignore_ascii_case(name));
    let (to, basis, gates) = match found {
        Some(source) => of_source(ground, service, indexer, source)?,
        None => without_source(ground, service, indexer, name, &sources),
    };
    Some(Hop {
        kind: HopKind::IndexerToStorage,
        from: service.id.as_str().to_owned(),
        to,
        via: Some(format!("indexer {}", indexer.name)),
        basis,
        gates,
    })
}

/// The other end, why it is that, and the gates.
type Drawn = (String, Basis, Vec<GateVerdict>);

/// An indexer whose data source does not exist, or was not read.
fn without_source(
    ground: &Ground<'_>,
    service: &Resource,
    indexer: &Indexer,
    name: &str,
    sources: &facets::Listed<'_, DataSource>,
) -> Drawn {
    let named = definition::proof(
        service,
        "indexers",
        &indexer.name,
        &indexer.raw,
        &indexer.source,
        "dataSourceName",
    );
    let id = service.id.child(&format!("datasources/{name}"));
    if let Some(why) = &sources.missing {
        // Who else could it be? What ties the service to one account.
        let (to, basis) = match inferred::only(ground, service, None) {
            Some(account) => (account.id.as_str().to_owned(), Basis::Inferred),
            None => (id.as_str().to_owned(), Basis::Observed),
        };
        let gate = gates::judged(
            Gate::Configuration,
            Verdict::Unknown,
            format!("what data source {name} names is not known: {why}"),
            [named],
        );
        return (to, basis, vec![gate]);
    }
    let gate = gates::judged(
        Gate::Configuration,
        Verdict::Shut,
        format!(
            "indexer {} names data source {name}, which does not exist",
            indexer.name
        ),
        [
            named,
            listed(
                service,
                "datasources",
                sources.items.len(),
                name,
                sources.observed_at,
            ),
        ],
    )
    .mended_by([portal(
        &service.name,
        [
            "Data sources",
            &format!(
                "add {name}, or name another one in indexer {}",
                indexer.name
            ),
        ],
    )]);
    (id.as_str().to_owned(), Basis::Observed, vec![gate])
}

/// An indexer with its data source; none where that is no storage account.
fn of_source(
    ground: &Ground<'_>,
    service: &Resource,
    indexer: &Indexer,
    source: &DataSource,
) -> Option<Drawn> {
    let part = match Part::of(&source.source_type) {
        Some(part) => part,
        None if source.source_type.is_unclear() => Part::Blob,
        None => return None,
    };
    let at = |path: &str| {
        definition::proof(
            service,
            "datasources",
            &source.name,
            &source.raw,
            &source.source,
            path,
        )
    };
    let connection_at = || at("credentials.connectionString");
    let named = source
        .connection
        .value()
        .and_then(|connection| definition::storage_of(ground, connection));
    let (target, basis) = match named {
        Some(target) => (target, Basis::Observed),
        // The service hides the connection: whoever has that container, or is tied to it.
        None => match inferred::only(ground, service, source.container.text()) {
            Some(account) => (Target::Read(account), Basis::Inferred),
            None => (
                Target::Named(service.id.child(&format!("datasources/{}", source.name))),
                Basis::Observed,
            ),
        },
    };
    let presents = presents(ground, service, source, part, connection_at());
    let mut gates: Vec<GateVerdict> = presents
        .who
        .as_ref()
        .map(|who| who.gate.clone())
        .into_iter()
        .collect();
    let mut checks = vec![named_target(ground, &target, source, connection_at())];
    checks.extend(settings::names(ground, service, indexer, source));
    if let Some(account) = target.read() {
        let reached = network::judged(
            ground,
            &network::service(service, presents.credential, Some(part.word())),
            account,
        );
        checks.extend(settings::environment(service, indexer, reached.as_ref()));
        if part.takes_tokens() {
            checks.push(configuration::container(
                ground,
                account,
                &source.container,
                at("container.name"),
            ));
        }
        gates.extend(definition::outbound(
            ground,
            service,
            account,
            &definition::storage_host(ground, account, part.word()),
            reached.as_ref(),
        ));
        gates.extend(reached.map(|one| one.gate));
        gates.push(credential(
            ground,
            account,
            &presents,
            part,
            connection_at(),
        ));
        gates.extend(rights(
            ground,
            account,
            &presents,
            part,
            source.container.text(),
        ));
    } else if let Presented::Unclear(why) = &presents.presented {
        gates.push(gates::judged(
            Gate::Authentication,
            Verdict::Unknown,
            why.clone(),
            [connection_at()],
        ));
    }
    gates.extend(gates::all(Gate::Configuration, checks));
    gates.extend(settings::quota(ground, service, indexer));
    Some((target.end(), basis, gates))
}

/// The proof that a list holds no such name.
fn listed(
    service: &Resource,
    collection: &str,
    read: usize,
    name: &str,
    at: Option<time::OffsetDateTime>,
) -> Evidence {
    Evidence::listed(
        service.id.clone(),
        collection,
        serde_json::json!({ "read": read, "why": format!("none is named {name}") }),
        at.unwrap_or(service.source.observed_at),
    )
}

/// What a data source presents.
fn presents(
    ground: &Ground<'_>,
    service: &Resource,
    source: &DataSource,
    part: Part,
    proof: Evidence,
) -> Presents {
    let hidden = "the service does not show the connection string: a key, or something else";
    match &source.connection {
        Field::Value(ConnectionString::ResourceId(_)) => {
            let named = definition::proof(
                service,
                "datasources",
                &source.name,
                &source.raw,
                &source.source,
                "identity",
            );
            let mut token = Presents::token(ground, service, &source.identity, named);
            if !part.takes_tokens() && token.presented == Presented::Token {
                token.presented = Presented::Key;
            }
            token
        }
        Field::Value(ConnectionString::AccountKey(_)) => Presents::secret(Presented::Key),
        Field::Value(ConnectionString::Sas(_)) => Presents::secret(Presented::Sas),
        Field::Value(ConnectionString::Other(_)) => Presents::unclear(
            "the connection string is of a kind that is not known here",
            proof,
        ),
        Field::Value(ConnectionString::Redacted) | Field::Absent | Field::Null => {
            Presents::unclear(hidden, proof)
        }
        Field::Malformed | Field::Unreported(_) => {
            Presents::unclear("the connection string cannot be read", proof)
        }
    }
}

fn named_target(
    ground: &Ground<'_>,
    target: &Target<'_>,
    source: &DataSource,
    named: Evidence,
) -> GateVerdict {
    if source.is_connection_hidden() || source.connection.is_unclear() {
        return gates::judged(
            Gate::Configuration,
            Verdict::Unknown,
            format!(
                "which storage account data source {} names is not shown",
                source.name
            ),
            [named],
        );
    }
    let mut gate = target.exists(ground, "storage account", named);
    if gate.judged.verdict == Verdict::Open {
        gate.judged.reason = format!("data source {} names {}", source.name, gate.judged.reason);
    }
    gate
}

/// Whether the account takes what is presented.
fn credential(
    ground: &Ground<'_>,
    account: &Resource,
    presents: &Presents,
    part: Part,
    proof: Evidence,
) -> GateVerdict {
    let mut gate = authentication::authentication(ground, account, &presents.presented, [proof]);
    if presents.who.is_some() && presents.presented == Presented::Key {
        gate.judged.reason = format!(
            "{}s are opened by the account's key, which the identity fetches; {}",
            part.word(),
            gate.judged.reason
        );
    }
    gate
}

/// What reading, or fetching the key, needs. None for a key: it carries every right.
fn rights(
    ground: &Ground<'_>,
    account: &Resource,
    presents: &Presents,
    part: Part,
    container: Option<&str>,
) -> Option<GateVerdict> {
    let who = presents.who.as_ref()?;
    if who.is_nobody() {
        return None;
    }
    let needs = if part.takes_tokens() {
        reading(account, container)
    } else {
        vec![Need {
            action: Action::control("Microsoft.Storage/storageAccounts/listKeys/action"),
            scope: account.id.clone(),
            role: roles::READER_AND_DATA,
        }]
    };
    let gate = authorization::authorization(
        ground,
        &Claim {
            principal: who.principal.as_ref(),
            kind: Assignee::ServicePrincipal,
            needs: &needs,
            keys: None,
        },
    );
    Some(if part.takes_tokens() {
        authorization::beside_acls(account, gate)
    } else {
        gate
    })
}

/// What reading blobs needs, at the container rather than its account.
pub(super) fn reading(account: &Resource, container: Option<&str>) -> Vec<Need> {
    let scope = container_scope(account, container);
    let need = |action| Need {
        action,
        scope: scope.clone(),
        role: roles::BLOB_READER,
    };
    vec![
        need(Action::data(
            "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read",
        )),
        need(Action::control(
            "Microsoft.Storage/storageAccounts/blobServices/containers/read",
        )),
    ]
}

/// The scope of a container, or of the whole account.
fn container_scope(account: &Resource, container: Option<&str>) -> ArmId {
    match container.filter(|name| !name.is_empty()) {
        Some(name) => account
            .id
            .child(&format!("blobServices/default/containers/{name}")),
        None => account.id.clone(),
    }
}

/// A caller whose credential is not known.
fn unclear_caller(service: &Resource, part: &str) -> crate::analysis::network::Caller {
    network::service(service, Credential::Unclear, Some(part))
}

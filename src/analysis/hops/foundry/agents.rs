//! What agents need at a target that a capability host names: they write there, and make what they
//! write into (domain-rules E.5, `[K]`).

use crate::analysis::access::Action;
use crate::analysis::foundry::agents::{Purpose, Uses};
use crate::analysis::gates;
use crate::analysis::gates::authorization::{Claim, Need, Role, authorization, roles};
use crate::analysis::gates::identity::Presenter;
use crate::analysis::ground::Ground;
use crate::analysis::hop::GateVerdict;
use crate::analysis::verdict::{Gate, Tag, Verdict};
use crate::model::resource::{Family, Resource};

use super::rights;

/// Makes databases and containers, without a right to their data.
const COSMOS_OPERATOR: Role = Role {
    name: "Cosmos DB Operator",
    id: "230815da-be43-4aae-9cb4-875f7bd000aa",
};

/// What the presenter needs beyond what the connection itself takes; none where agents do not use it.
pub(super) fn rights(
    ground: &Ground<'_>,
    presenter: &Presenter,
    target: &Resource,
    uses: &Uses,
) -> Option<GateVerdict> {
    let needs: Vec<Need> = uses
        .purposes
        .iter()
        .flat_map(|purpose| needs(*purpose, target))
        .collect();
    if needs.is_empty() {
        return None;
    }
    let claim = Claim {
        principal: presenter.principal.as_ref(),
        kind: presenter.kind,
        needs: &needs,
        keys: None,
    };
    let mut checks = vec![authorization(ground, &claim)];
    if target.family == Family::Cosmos {
        checks.push(rights::of_items(ground, presenter, target, &rights::WRITE));
    }
    let mut gate = gates::all(Gate::Authorization, checks)?;
    let kept: Vec<&str> = uses.purposes.iter().map(|one| one.words()).collect();
    gate.judged.reason = format!(
        "agents keep {} there: {}",
        kept.join(" and "),
        gate.judged.reason
    );
    gate.judged = gate
        .judged
        .proved_by(uses.proof.iter().cloned())
        .tagged([Tag::K]);
    Some(gate)
}

/// While it is not known what agents use a connection for, holding what it takes to read is not
/// enough to call it open.
pub(super) fn in_doubt(mut gate: GateVerdict, uses: &Uses) -> GateVerdict {
    if let Some(why) = &uses.missing
        && gate.judged.verdict < Verdict::Unknown
    {
        gate.judged.verdict = Verdict::Unknown;
        gate.judged.reason = format!(
            "{}; whether agents keep data there, and have to write it, is not known: {why}",
            gate.judged.reason
        );
    }
    gate
}

fn needs(purpose: Purpose, target: &Resource) -> Vec<Need> {
    let need = |action: Action, role: Role| Need {
        action,
        scope: target.id.clone(),
        role,
    };
    match (purpose, target.family) {
        (Purpose::Files, Family::Storage) => ["read", "write"]
            .map(|one| {
                need(
                    Action::data(format!(
                        "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/{one}"
                    )),
                    roles::BLOB_CONTRIBUTOR,
                )
            })
            .to_vec(),
        (Purpose::Vectors, Family::Search) => vec![
            need(
                Action::data("Microsoft.Search/searchServices/indexes/documents/write"),
                roles::INDEX_CONTRIBUTOR,
            ),
            need(
                Action::control("Microsoft.Search/searchServices/indexes/write"),
                roles::SEARCH_CONTRIBUTOR,
            ),
        ],
        (Purpose::Threads, Family::Cosmos) => vec![need(
            Action::control("Microsoft.DocumentDB/databaseAccounts/sqlDatabases/write"),
            COSMOS_OPERATOR,
        )],
        _ => Vec::new(),
    }
}

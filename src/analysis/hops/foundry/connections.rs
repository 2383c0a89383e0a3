//! H14: what hubs, projects and accounts reach through connections, and a hub's own storage.
//!
//! Drawn are connections to the kinds of service that are read here; a connection to anything else
//! (a web page, an app's insights, somebody's API) says nothing that could be judged.

use std::borrow::Cow;

use serde_json::Value;

use crate::analysis::access::Action;
use crate::analysis::evidence::{Evidence, Property, at};
use crate::analysis::facets;
use crate::analysis::foundry::agents::{Uses, uses};
use crate::analysis::gates::authentication::{Presented, authentication};
use crate::analysis::gates::authorization::{Claim, Need, authorization, roles};
use crate::analysis::gates::{self, configuration};
use crate::analysis::ground::{Ground, Lookup};
use crate::analysis::hop::{Basis, GateVerdict, Hop, HopKind};
use crate::analysis::network::Credential;
use crate::analysis::remedy::az::{az, on_named};
use crate::analysis::remedy::portal::portal;
use crate::analysis::remedy::terraform::azapi;
use crate::analysis::verdict::{Gate, Verdict};
use crate::model::facet::Connection;
use crate::model::field::Field;
use crate::model::id::ArmId;
use crate::model::lookup::Set;
use crate::model::resource::{Details, Family, Resource, Workspace};

use super::presents::{self, Owner, Shown};
use super::{agents, reach, rights};

/// Draws every connection, once: a project's list repeats what its hub shares.
pub(super) fn draw(ground: &Ground<'_>, out: &mut Vec<Hop>) {
    let mut known = Set::default();
    let mut storage = Vec::new();
    for family in [Family::Workspace, Family::Cognitive] {
        for resource in ground.family(family) {
            let owner = Owner {
                id: &resource.id,
                resource,
                project: None,
            };
            of_owner(ground, owner, &mut known, out);
            if let Details::Workspace(workspace) = &resource.details
                && resource.kind.is("Hub")
            {
                storage.push((resource, workspace));
            }
            let projects = facets::projects(ground.inventory, &resource.id);
            for project in projects.items {
                let owner = Owner {
                    id: &project.id,
                    resource,
                    project: Some(project),
                };
                of_owner(ground, owner, &mut known, out);
            }
        }
    }
    for (hub, workspace) in storage {
        out.extend(own_storage(ground, hub, workspace, out));
    }
}

fn of_owner(ground: &Ground<'_>, owner: Owner<'_>, known: &mut Set<ArmId>, out: &mut Vec<Hop>) {
    for connection in facets::connections(ground.inventory, owner.id).items {
        // A shared one belongs to whom its id names; whoever made it may stand in its body.
        let is_foreign = connection
            .id
            .parent()
            .is_some_and(|parent| parent != *owner.id)
            || is_shared_by_another(ground, &owner, connection);
        if is_foreign || !known.insert(connection.id.clone()) {
            continue;
        }
        out.extend(hop(ground, &owner, connection));
    }
}

/// Whether a project's entry is its hub's connection under another id.
fn is_shared_by_another(ground: &Ground<'_>, owner: &Owner<'_>, connection: &Connection) -> bool {
    at(&connection.raw, "properties.createdByWorkspaceArmId")
        .and_then(Value::as_str)
        .map(ArmId::new)
        .filter(|maker| maker != owner.id)
        .is_some_and(|maker| {
            facets::connections(ground.inventory, &maker)
                .items
                .iter()
                .any(|one| one.name.eq_ignore_ascii_case(&connection.name))
        })
}

/// The kind of service that a category stands for.
fn family_of(category: &Field<String>) -> Option<Family> {
    let is = |words: &[&str]| words.iter().any(|word| category.is(word));
    if is(&["CognitiveSearch"]) {
        Some(Family::Search)
    } else if is(&["AzureOpenAI", "AIServices", "CognitiveService"]) {
        Some(Family::Cognitive)
    } else if is(&["AzureBlob", "AzureStorageAccount", "ADLSGen2"]) {
        Some(Family::Storage)
    } else if is(&["CosmosDb"]) {
        Some(Family::Cosmos)
    } else if is(&["AzureKeyVault"]) {
        Some(Family::Vault)
    } else {
        None
    }
}

fn what(family: Option<Family>) -> &'static str {
    match family {
        Some(Family::Search) => "search service",
        Some(Family::Cognitive) => "AI services account",
        Some(Family::Storage) => "storage account",
        Some(Family::Cosmos) => "Cosmos DB account",
        Some(Family::Vault) => "key vault",
        _ => "resource",
    }
}

fn is_target(resource: &Resource) -> bool {
    matches!(
        resource.family,
        Family::Search | Family::Cognitive | Family::Storage | Family::Cosmos | Family::Vault
    )
}

fn hop(ground: &Ground<'_>, owner: &Owner<'_>, connection: &Connection) -> Option<Hop> {
    let proof = |path: Cow<'static, str>| {
        Evidence::from(Property {
            resource: connection.id.clone(),
            value: at(&connection.raw, &path).cloned(),
            path,
            observed_at: facets::connections(ground.inventory, owner.id)
                .observed_at
                .unwrap_or(owner.resource.source.observed_at),
            request_id: None,
        })
    };
    let address = connection.target.text().filter(|text| !text.is_empty());
    let by_host = address.and_then(|address| ground.by_host(address));
    let found = by_host
        .map(Lookup::Found)
        .or_else(|| connection.resource_id.as_ref().map(|id| ground.lookup(id)));
    let wanted = family_of(&connection.category);
    let is_drawn = wanted.is_some()
        || connection.category.is_unclear()
        || found
            .as_ref()
            .and_then(Lookup::found)
            .is_some_and(is_target);
    if !is_drawn {
        return None;
    }
    let to = match (&found, &connection.resource_id, address) {
        (Some(Lookup::Found(target)), ..) => target.id.as_str(),
        (_, Some(id), _) => id.as_str(),
        (_, None, Some(address)) => address,
        (_, None, None) => return None,
    };
    let shown = presents::of(
        ground,
        owner,
        connection,
        &proof("properties.authType".into()),
    );
    let mut gates: Vec<GateVerdict> = Vec::new();
    if let Some(address) = address {
        let target = found.as_ref().and_then(Lookup::found).map(|one| &one.id);
        gates.extend(reach::outbound(ground, owner.resource, address, target));
    }
    gates.extend(shown.presenter.as_ref().map(|one| one.gate.clone()));
    let named = proof(match connection.resource_id {
        Some(_) => format!("properties.metadata.{}", resource_id_key(connection)).into(),
        None => "properties.target".into(),
    });
    match &found {
        Some(Lookup::Found(target)) => {
            let place = Place {
                address,
                container: container(connection),
                named,
                auth: proof("properties.authType".into()),
                uses: uses(ground.inventory, owner.id, &connection.name),
            };
            gates.extend(at_target(ground, owner, target, &shown, &place));
        }
        _ => gates.push(match (&connection.resource_id, address) {
            (Some(id), _) => configuration::exists(ground, id, what(wanted), named),
            (None, Some(address)) => configuration::unanswered(address, what(wanted), named),
            (None, None) => return None,
        }),
    }
    Some(Hop {
        kind: HopKind::FoundryConnection,
        from: owner.id.as_str().to_owned(),
        to: to.to_owned(),
        via: Some(format!("connection {}", connection.name)),
        basis: Basis::Observed,
        gates,
    })
}

/// `ResourceId` as the connection writes it: the case of the key is nobody's contract.
fn resource_id_key(connection: &Connection) -> &str {
    const KEY: &str = "ResourceId";
    at(&connection.raw, "properties.metadata")
        .and_then(Value::as_object)
        .and_then(|all| all.keys().find(|key| key.eq_ignore_ascii_case(KEY)))
        .map_or(KEY, String::as_str)
}

/// Where a connection leads, and what says so.
struct Place<'c> {
    address: Option<&'c str>,
    container: Option<String>,
    named: Evidence,
    auth: Evidence,
    /// What agents use it for.
    uses: Uses,
}

/// The container of a blob connection: named beside it, or the first part of its address.
fn container(connection: &Connection) -> Option<String> {
    if !(connection.category.is("AzureBlob") || connection.category.is("ADLSGen2")) {
        return None;
    }
    let named = at(&connection.raw, "properties.metadata.ContainerName")
        .and_then(Value::as_str)
        .map(str::to_owned);
    named
        .or_else(|| {
            let url = url::Url::parse(connection.target.text()?).ok()?;
            url.path_segments()?.next().map(str::to_owned)
        })
        .filter(|name| !name.is_empty())
}

/// Every gate that the target itself has.
fn at_target(
    ground: &Ground<'_>,
    owner: &Owner<'_>,
    target: &Resource,
    shown: &Shown,
    place: &Place<'_>,
) -> Vec<GateVerdict> {
    let mut gates = Vec::new();
    gates.extend(reach::network(
        ground,
        owner.resource,
        shown.credential,
        target,
    ));
    gates.push(authentication(
        ground,
        target,
        &shown.presented,
        [place.auth.clone()],
    ));
    if let Some(presenter) = &shown.presenter
        && !presenter.is_nobody()
    {
        let container = place.container.as_deref();
        gates.extend(
            agents::rights(ground, presenter, target, &place.uses).or_else(|| {
                rights::of(ground, presenter, target, container)
                    .map(|gate| agents::in_doubt(gate, &place.uses))
            }),
        );
    }
    let mut checks = vec![gates::judged(
        Gate::Configuration,
        Verdict::Open,
        format!("{} is there", target.name),
        [place.named.clone()],
    )];
    if target.family == Family::Cognitive && shown.presented == Presented::Token {
        checks.push(configuration::subdomain(
            target,
            place.address.unwrap_or(""),
        ));
    }
    if let Some(name) = &place.container {
        checks.push(configuration::container(
            ground,
            target,
            &Field::Value(name.clone()),
            place.named.clone(),
        ));
    }
    gates.extend(gates::all(Gate::Configuration, checks));
    gates
}

/// A hub's own storage: by key unless its mode is `identity` (domain-rules H14). A connection that
/// reaches the same account by token says the same as that mode.
fn own_storage(
    ground: &Ground<'_>,
    hub: &Resource,
    workspace: &Workspace,
    drawn: &[Hop],
) -> Option<Hop> {
    let account = workspace.storage_account.as_ref()?;
    let mode = &workspace.datastores_auth_mode;
    let is_token = mode.is("Identity");
    let is_drawn = || {
        drawn.iter().any(|hop| {
            hop.from.eq_ignore_ascii_case(hub.id.as_str())
                && hop.to.eq_ignore_ascii_case(account.as_str())
                && hop.gate(Gate::Identity).is_some()
        })
    };
    // While connections are not all known, the mode may say what one of them says already.
    let is_whole = facets::connections(ground.inventory, &hub.id).is_whole();
    if is_token && (is_drawn() || !is_whole) {
        return None;
    }
    let named = Evidence::of(hub, "properties.storageAccount");
    let said = Evidence::of(hub, "properties.systemDatastoresAuthMode");
    let mut gates = Vec::new();
    match ground.lookup(account) {
        Lookup::Found(target) => {
            let (presented, credential) = match mode {
                Field::Value(word) if word.eq_ignore_ascii_case("AccessKey") => {
                    (Presented::Key, Credential::Key)
                }
                // Nothing said is the default, which is keys.
                Field::Absent | Field::Null => (Presented::Key, Credential::Key),
                Field::Value(word) if word.eq_ignore_ascii_case("Identity") => {
                    (Presented::Token, Credential::SystemIdentity)
                }
                _ => (
                    Presented::Unclear(format!(
                        "how the hub reaches its own storage cannot be told: systemDatastoresAuthMode is {}",
                        said.words()
                    )),
                    Credential::Unclear,
                ),
            };
            if presented == Presented::Token {
                gates.extend(by_token(ground, hub, target));
            } else {
                gates.extend(reach::network(ground, hub, credential, target));
                gates.push(by_key(ground, hub, target, &presented, said));
            }
            gates.push(gates::judged(
                Gate::Configuration,
                Verdict::Open,
                format!("{} is there", target.name),
                [named],
            ));
        }
        _ => gates.push(configuration::exists(
            ground,
            account,
            "storage account",
            named,
        )),
    }
    Some(Hop {
        kind: HopKind::FoundryConnection,
        from: hub.id.as_str().to_owned(),
        to: account.as_str().to_owned(),
        via: None,
        basis: Basis::Observed,
        gates,
    })
}

fn by_key(
    ground: &Ground<'_>,
    hub: &Resource,
    target: &Resource,
    presented: &Presented,
    said: Evidence,
) -> GateVerdict {
    let mut gate = authentication(ground, target, presented, [said]);
    if gate.judged.verdict == Verdict::Open {
        return gate;
    }
    if gate.judged.verdict == Verdict::Shut {
        gate.judged.reason = format!(
            "{}; the hub's systemDatastoresAuthMode is not identity",
            gate.judged.reason
        );
    }
    // The hub's mode is the smaller change: keys stay off.
    let mut remedies = vec![
        az(on_named("ml workspace update", "--name", &hub.id)
            .plain("--system-datastores-auth-mode identity")),
        azapi(
            &hub.id,
            "2025-12-01",
            "{ systemDatastoresAuthMode = \"Identity\" }",
        ),
        portal(
            &hub.name,
            [
                "Properties",
                "Storage account access type",
                "Identity-based access",
            ],
        ),
    ];
    remedies = crate::analysis::remedy::noted(
        remedies,
        "Whoever works with the hub then needs Storage Blob Data Contributor and Storage File Data Privileged Contributor.",
    );
    remedies.append(&mut gate.remedies);
    gate.remedies = remedies;
    gate
}

fn by_token(ground: &Ground<'_>, hub: &Resource, target: &Resource) -> Vec<GateVerdict> {
    let owner = Owner {
        id: &hub.id,
        resource: hub,
        project: None,
    };
    let presenter = presents::of_owner(ground, &owner);
    let mut gates = Vec::new();
    gates.extend(reach::network(ground, hub, presenter.credential, target));
    gates.push(authentication(ground, target, &Presented::Token, []));
    if !presenter.is_nobody() {
        let needs = ["read", "write"].map(|one| Need {
            action: Action::data(format!(
                "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/{one}"
            )),
            scope: target.id.clone(),
            role: roles::BLOB_CONTRIBUTOR,
        });
        gates.push(authorization(
            ground,
            &Claim {
                principal: presenter.principal.as_ref(),
                kind: presenter.kind,
                needs: &needs,
                keys: None,
            },
        ));
    }
    gates.push(presenter.gate);
    gates
}

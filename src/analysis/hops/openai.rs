//! Model accounts that call out: chat on your data to search, ingestion to storage, URLs in prompts:
//! H10, H11, H12.
//!
//! Nothing says which search service or storage account a request will name: roles, rules and lists
//! tie the ends. Only the account's system-assigned identity is used for these calls.

use crate::analysis::access::Action;
use crate::analysis::facets;
use crate::analysis::gates::authentication::{Presented, authentication};
use crate::analysis::gates::authorization::{Claim, Need, authorization, beside_acls, roles};
use crate::analysis::gates::identity::{self, Presenter};
use crate::analysis::gates::judged;
use crate::analysis::gates::network::{network, service};
use crate::analysis::gates::outbound::outbound;
use crate::analysis::ground::{Ground, host_of};
use crate::analysis::hop::{Basis, GateVerdict, Hop, HopKind};
use crate::analysis::network::Credential;
use crate::analysis::outbound::{Listing, listing};
use crate::analysis::verdict::{Gate, Verdict};
use crate::model::id::ArmId;
use crate::model::lookup::Set;
use crate::model::resource::{Details, Family, Resource};

use super::{declared, ends};

const QUERY: &str = "Microsoft.Search/searchServices/indexes/documents/read";
const INDEX_READ: &str = "Microsoft.Search/searchServices/indexes/read";
const BLOB_READ: &str = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read";
const BLOB_WRITE: &str = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write";

/// Draws them.
pub(super) fn draw(ground: &Ground<'_>, out: &mut Vec<Hop>) {
    let with_models: Vec<&Resource> = ends::model_accounts(ground)
        .into_iter()
        .map(|one| one.account)
        .collect();
    // A role or a list ties an account whether or not a model is deployed today.
    let accounts: Vec<&Resource> = ground
        .family(Family::Cognitive)
        .filter(|one| !ends::may_be_managed(ground, &one.id))
        .filter(|one| {
            ends::is_for_models(one) || with_models.iter().any(|other| other.id == one.id)
        })
        .collect();
    to_search(ground, &accounts, &with_models, out);
    let stores: Vec<Store<'_>> = ground
        .family(Family::Storage)
        .filter(|one| !ends::may_be_managed(ground, &one.id))
        .map(Store::of)
        .collect();
    for account in &accounts {
        to_storage(ground, account, &stores, out);
    }
    to_urls(ground, &accounts, out);
}

/// H10: where a role or the account's list of hosts ties the two; else the one pair of a group.
fn to_search(
    ground: &Ground<'_>,
    accounts: &[&Resource],
    with_models: &[&Resource],
    out: &mut Vec<Hop>,
) {
    let services: Vec<(&Resource, String)> = ground
        .family(Family::Search)
        .filter(|one| !ends::may_be_managed(ground, &one.id))
        .map(|one| (one, search_host(ground, one)))
        .collect();
    let mut tied: Vec<(&Resource, &Resource)> = Vec::new();
    // The rights of retrieval. Reader alone shows definitions to whoever looks on, and ties nothing.
    let rights = [
        Action::data(QUERY),
        Action::control("Microsoft.Search/searchServices/indexes/write"),
    ];
    for account in accounts {
        let held = ends::Ties::of(ground, account, &rights);
        for (service, host) in &services {
            if held.reach(&service.id)
                || lists_host(account, host)
                || declared::names(ground, HopKind::OpenaiToSearch, account, service)
            {
                tied.push((*account, *service));
            }
        }
    }
    for (account, service) in &tied {
        out.push(retrieval(ground, account, service, Basis::Inferred));
    }
    for account in with_models {
        let pair = ends::only_pair(ground, account, Family::Search);
        let is_free = |service: &Resource| {
            !tied
                .iter()
                .any(|(from, to)| from.id == account.id || to.id == service.id)
        };
        if let Some(service) = pair.filter(|service| is_free(service)) {
            out.push(retrieval(ground, account, service, Basis::Assumed));
        }
    }
}

/// Whether the account's list of allowed hosts names the search service. An account with projects
/// keeps one list for all of them, so there it says nothing of the account itself.
fn lists_host(account: &Resource, host: &str) -> bool {
    account.kind.is("OpenAI") && matches!(listing(fqdns(account), host), Listing::Listed(_))
}

fn fqdns(account: &Resource) -> &[String] {
    account
        .outbound
        .as_ref()
        .map_or(&[], |one| one.allowed_fqdns.items())
}

fn search_host(ground: &Ground<'_>, service: &Resource) -> String {
    match &service.details {
        Details::Search(search) => search.endpoint.text().map(host_of),
        _ => None,
    }
    .unwrap_or_else(|| {
        format!(
            "{}.{}",
            service.name.to_ascii_lowercase(),
            ground.judging.suffix.search
        )
    })
}

fn blob_host(ground: &Ground<'_>, storage: &Resource) -> String {
    match &storage.details {
        Details::Storage(storage) => storage
            .endpoints
            .iter()
            .find(|(part, _)| part.eq_ignore_ascii_case("blob"))
            .map(|(_, url)| host_of(url)),
        _ => None,
    }
    .unwrap_or_else(|| {
        format!(
            "{}.{}",
            storage.name.to_ascii_lowercase(),
            ground.judging.suffix.blob
        )
    })
}

fn retrieval(ground: &Ground<'_>, account: &Resource, target: &Resource, basis: Basis) -> Hop {
    let needs = [
        Need {
            action: Action::data(QUERY),
            scope: target.id.clone(),
            role: roles::INDEX_READER,
        },
        // The index's fields are read for every question.
        Need {
            action: Action::control(INDEX_READ),
            scope: target.id.clone(),
            role: roles::SEARCH_CONTRIBUTOR,
        },
    ];
    let mut gates = by_system_identity(ground, account, target, None, &needs);
    gates.extend(outbound(
        ground,
        account,
        &search_host(ground, target),
        Some(target),
    ));
    gates.push(retirement(ground, account));
    Hop {
        kind: HopKind::OpenaiToSearch,
        from: account.id.as_str().to_owned(),
        to: target.id.as_str().to_owned(),
        via: None,
        basis,
        gates,
    }
}

/// Chat on your data ends with its last models; that is to be said, and shuts nothing today.
fn retirement(ground: &Ground<'_>, account: &Resource) -> GateVerdict {
    let listed = facets::deployments(ground.inventory, &account.id);
    let models: Vec<&str> = listed
        .items
        .iter()
        .filter_map(|one| one.model.text())
        .collect();
    let evidence = crate::analysis::evidence::Evidence::listed(
        account.id.clone(),
        "deployments",
        serde_json::json!({ "read": listed.items.len(), "models": models }),
        listed.observed_at.unwrap_or(account.source.observed_at),
    );
    judged(
        Gate::Configuration,
        Verdict::Open,
        "chat on your data is deprecated: it answers with GPT-4o 2024-05-13, 2024-08-06 and 2024-11-20 only, and ends with the last of them",
        [evidence],
    )
}

/// The gates of a call with the account's system-assigned identity.
fn by_system_identity(
    ground: &Ground<'_>,
    account: &Resource,
    target: &Resource,
    part: Option<&str>,
    needs: &[Need],
) -> Vec<GateVerdict> {
    let presenter: Presenter = identity::system(ground, account);
    let caller = service(account, presenter.credential, part);
    let mut gates: Vec<GateVerdict> = network(ground, &caller, target).into_iter().collect();
    gates.push(authentication(ground, target, &Presented::Token, []));
    if !presenter.is_nobody() {
        gates.push(authorization(
            ground,
            &Claim {
                principal: presenter.principal.as_ref(),
                kind: presenter.kind,
                needs,
                keys: None,
            },
        ));
    }
    gates.push(presenter.gate);
    gates
}

/// A storage account that may be called, and whom its instance rules name.
struct Store<'a> {
    resource: &'a Resource,
    admits: Set<ArmId>,
}

impl<'a> Store<'a> {
    fn of(resource: &'a Resource) -> Self {
        Self {
            resource,
            admits: ends::instances(resource).map(ArmId::new).collect(),
        }
    }
}

/// H11: where a role on blobs, an instance rule or the account's own definition ties the two.
fn to_storage(ground: &Ground<'_>, account: &Resource, stores: &[Store<'_>], out: &mut Vec<Hop>) {
    let owned: &[_] = match &account.details {
        Details::Cognitive(details) => &details.user_owned_storage,
        _ => &[],
    };
    let ties = ends::Ties::of(ground, account, &[BLOB_READ, BLOB_WRITE].map(Action::data));
    for store in stores {
        let storage = store.resource;
        let basis = if owned.contains(&storage.id) {
            Basis::Observed
        } else if store.admits.contains(&account.id) || ties.reach(&storage.id) {
            Basis::Inferred
        } else if declared::names(ground, HopKind::OpenaiToStorage, account, storage) {
            Basis::Declared
        } else {
            continue;
        };
        let needs = [BLOB_READ, BLOB_WRITE].map(|action| Need {
            action: Action::data(action),
            scope: storage.id.clone(),
            role: roles::BLOB_CONTRIBUTOR,
        });
        let mut gates = by_system_identity(ground, account, storage, Some("blob"), &needs);
        for gate in gates
            .iter_mut()
            .filter(|one| one.gate == Gate::Authorization)
        {
            *gate = beside_acls(storage, gate.clone());
        }
        gates.extend(outbound(
            ground,
            account,
            &blob_host(ground, storage),
            Some(storage),
        ));
        out.push(Hop {
            kind: HopKind::OpenaiToStorage,
            from: account.id.as_str().to_owned(),
            to: storage.id.as_str().to_owned(),
            via: None,
            basis,
            gates,
        });
    }
}

/// H12: the hosts that the config file names, and those on the account's list that nothing that was
/// read answers to.
fn to_urls(ground: &Ground<'_>, accounts: &[&Resource], out: &mut Vec<Hop>) {
    for account in accounts {
        for host in &ground.judging.pattern.image_hosts {
            out.extend(url(ground, account, host, Basis::Declared));
        }
        for host in fqdns(account) {
            if ground.by_host(host).is_none() {
                out.extend(url(ground, account, host, Basis::Inferred));
            }
        }
    }
}

fn url(ground: &Ground<'_>, account: &Resource, address: &str, basis: Basis) -> Option<Hop> {
    let host = host_of(address);
    if host.is_empty() {
        return None;
    }
    let target = ground.by_host(&host);
    let mut gates: Vec<GateVerdict> = outbound(ground, account, &host, target)
        .into_iter()
        .collect();
    if let Some(target) = target {
        // A SAS does not cross the firewall, and no identity is presented.
        let caller = service(account, Credential::Key, None);
        gates.extend(network(ground, &caller, target));
    } else if let Some(family) = unread_owner(ground, &host) {
        gates.push(judged(
            Gate::Configuration,
            Verdict::Unknown,
            format!(
                "whether {host} belongs to a resource here is not known: not all {} could be read",
                family.plural()
            ),
            [],
        ));
    }
    Some(Hop {
        kind: HopKind::OpenaiToUrl,
        from: account.id.as_str().to_owned(),
        to: target.map_or(host, |found| found.id.as_str().to_owned()),
        via: None,
        basis,
        gates,
    })
}

/// The family whose address a host is, when not all of that family could be read: it may be a
/// resource of this environment, and no URL.
fn unread_owner(ground: &Ground<'_>, host: &str) -> Option<Family> {
    let family = ground.family_of_host(host)?;
    ground.is_missing(family, None).then_some(family)
}

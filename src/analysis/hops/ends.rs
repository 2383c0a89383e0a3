//! Ends that several families draw from: the accounts with models, the storage that data sources
//! read.

use std::collections::BTreeMap;

use crate::analysis::access::Action;
use crate::analysis::access::action::Match;
use crate::analysis::access::readings::Read;
use crate::analysis::evidence::Evidence;
use crate::analysis::facets;
use crate::analysis::ground::{Ground, Lookup};
use crate::model::access::RoleAssignment;
use crate::model::id::{ArmId, PrincipalId};
use crate::model::resource::{Family, Resource};
use crate::model::search::ConnectionString;

/// A model account.
#[derive(Clone, Debug)]
pub(super) struct ModelAccount<'a> {
    /// The account.
    pub(super) account: &'a Resource,
    /// Why it is not known whether a model is deployed; none when one is.
    pub(super) missing: Option<String>,
}

/// The accounts with a model deployed, outside of managed groups. Where deployments cannot be read,
/// those whose kind is for models.
pub(super) fn model_accounts<'a>(ground: &Ground<'a>) -> Vec<ModelAccount<'a>> {
    ground
        .family(Family::Cognitive)
        .filter(|account| !may_be_managed(ground, &account.id))
        .filter_map(|account| {
            let listed = facets::deployments(ground.inventory, &account.id);
            let missing = if listed.items.is_empty() {
                let why = listed.missing?;
                if !is_for_models(account) {
                    return None;
                }
                Some(why)
            } else {
                None
            };
            Some(ModelAccount { account, missing })
        })
        .collect()
}

/// Whether an account's kind is one that models are deployed to.
pub(super) fn is_for_models(account: &Resource) -> bool {
    account.kind.text().is_some_and(|kind| {
        ["OpenAI", "AIServices"]
            .iter()
            .any(|one| kind.eq_ignore_ascii_case(one))
    })
}

/// A storage account that data sources read.
#[derive(Clone, Debug, Default)]
pub(super) struct Corpus {
    /// The containers that they name; none says the whole account.
    pub(super) containers: Vec<Option<String>>,
    /// Why there may be more, or none at all.
    pub(super) missing: Option<String>,
    /// The definition that names it.
    pub(super) named: Option<Evidence>,
}

/// The types of data sources that live in storage accounts.
const STORAGE_SOURCES: [&str; 4] = ["azureblob", "adlsgen2", "azuretable", "azurefile"];

/// The storage accounts that data sources read, by id. A search service whose data sources could
/// not be read brings those that a role, a rule or a link ties to it.
pub(super) fn corpora(ground: &Ground<'_>) -> BTreeMap<ArmId, Corpus> {
    let mut corpora: BTreeMap<ArmId, Corpus> = BTreeMap::new();
    for service in ground.family(Family::Search) {
        if may_be_managed(ground, &service.id) {
            continue;
        }
        let sources = facets::data_sources(ground.inventory, &service.id);
        let mut missing = sources.missing.clone();
        for source in sources.items {
            let is_storage = source.source_type.text().is_none_or(|kind| {
                STORAGE_SOURCES
                    .iter()
                    .any(|one| kind.eq_ignore_ascii_case(one))
            });
            if !is_storage {
                continue;
            }
            let target = match source.connection.value() {
                Some(ConnectionString::ResourceId(id)) => Some(id.clone()),
                Some(
                    ConnectionString::AccountKey(target)
                    | ConnectionString::Sas(target)
                    | ConnectionString::Other(target),
                ) => by_name(ground, target.account.as_deref(), target.host.as_deref()),
                Some(ConnectionString::Redacted) | None => {
                    missing.get_or_insert_with(|| {
                        format!(
                            "the connection of data source {} of {} is hidden",
                            source.name, service.name
                        )
                    });
                    None
                }
            };
            let Some(target) = target.filter(is_storage_account) else {
                continue;
            };
            let container = source
                .container
                .text()
                .filter(|_| {
                    !source.source_type.is("azuretable") && !source.source_type.is("azurefile")
                })
                .map(str::to_owned);
            let corpus = corpora.entry(target).or_default();
            corpus.named.get_or_insert_with(|| {
                Evidence::in_body(
                    service.id.child(&format!("datasources/{}", source.name)),
                    &source.raw,
                    &source.source,
                    "credentials.connectionString",
                )
            });
            if !corpus.containers.contains(&container) {
                corpus.containers.push(container);
            }
        }
        if let Some(why) = missing {
            for id in tied(ground, service) {
                corpora.entry(id).or_default();
            }
            // What was read of this service is not all that there is.
            for corpus in corpora.values_mut() {
                corpus.missing.get_or_insert_with(|| why.clone());
            }
        }
    }
    corpora.retain(|id, _| !may_be_managed(ground, id));
    for corpus in corpora.values_mut() {
        corpus.containers.sort();
    }
    corpora
}

fn is_storage_account(id: &ArmId) -> bool {
    id.resource_type()
        .is_some_and(|kind| kind.eq_ignore_ascii_case(Family::Storage.arm_type()))
}

fn by_name(ground: &Ground<'_>, account: Option<&str>, host: Option<&str>) -> Option<ArmId> {
    let answers = host.and_then(|host| ground.by_host(host));
    answers
        .or_else(|| {
            let name = account?;
            ground
                .family(Family::Storage)
                .find(|one| one.name.eq_ignore_ascii_case(name))
        })
        .map(|found| found.id.clone())
}

/// The storage accounts that a role, a rule or a link ties to a search service; where nothing does,
/// the only one beside the only search service of the group.
fn tied(ground: &Ground<'_>, service: &Resource) -> Vec<ArmId> {
    let links = facets::shared_private_links(ground.inventory, &service.id);
    let read = Action::data("Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read");
    let ties = Ties::of(ground, service, &[read]);
    let found: Vec<ArmId> = ground
        .family(Family::Storage)
        .filter(|storage| {
            let is_linked = links
                .items
                .iter()
                .any(|link| link.target.as_ref() == Some(&storage.id));
            is_linked || names_instance(storage, &service.id) || ties.reach(&storage.id)
        })
        .map(|storage| storage.id.clone())
        .collect();
    if found.is_empty() {
        return only_pair(ground, service, Family::Storage)
            .map(|storage| storage.id.clone())
            .into_iter()
            .collect();
    }
    found
}

/// The one resource of a family beside `one`, when `one` is the only of its own family in its group,
/// too. What is managed does not count.
pub(super) fn only_pair<'a>(
    ground: &Ground<'a>,
    one: &Resource,
    family: Family,
) -> Option<&'a Resource> {
    let group = one.id.group_id()?;
    let in_group = |wanted: Family| {
        ground
            .family(wanted)
            .filter(|other| other.id.is_within(&group))
            .filter(|other| !may_be_managed(ground, &other.id))
            .collect::<Vec<_>>()
    };
    match (in_group(one.family).as_slice(), in_group(family).as_slice()) {
        ([_], [other]) => Some(*other),
        _ => None,
    }
}

/// Whether an instance rule of a storage account names a resource.
pub(super) fn names_instance(storage: &Resource, caller: &ArmId) -> bool {
    instances(storage).any(|one| caller.is(one))
}

/// The ids that the instance rules of a storage account name.
pub(super) fn instances(storage: &Resource) -> impl Iterator<Item = &str> {
    let rules = storage
        .firewall
        .as_ref()
        .map_or(&[][..], |firewall| firewall.resource_access_rules.items());
    rules.iter().map(|rule| rule.resource_id.as_str())
}

/// Every identity of a resource: the system-assigned one first.
pub(super) fn identities(ground: &Ground<'_>, resource: &Resource) -> Vec<PrincipalId> {
    let Some(identity) = resource.identity.value() else {
        return Vec::new();
    };
    let mut all: Vec<PrincipalId> = identity.principal_id.value().cloned().into_iter().collect();
    for one in &identity.user_assigned {
        let own = one
            .principal_id
            .value()
            .cloned()
            .or_else(|| match ground.lookup(&one.id) {
                Lookup::Found(found) => match &found.details {
                    crate::model::resource::Details::UserIdentity(details) => {
                        details.principal_id.value().cloned()
                    }
                    _ => None,
                },
                Lookup::Gone(_) | Lookup::NotRead(_) => None,
            });
        all.extend(own);
    }
    all
}

/// The role assignments of all identities of a resource, groups of theirs included, that may give
/// one of some actions.
pub(super) struct Ties<'g> {
    found: Vec<(&'g Read<'g, RoleAssignment>, IsKnown)>,
}

/// Whether the definition of a role was read.
type IsKnown = bool;

impl<'g> Ties<'g> {
    /// Those of a resource.
    pub(super) fn of(ground: &'g Ground<'_>, resource: &Resource, actions: &[Action]) -> Self {
        let mut found = Vec::new();
        let permitting: Vec<_> = actions
            .iter()
            .map(|action| ground.access.permitting(action))
            .collect();
        for principal in identities(ground, resource) {
            for holder in ground.holders(&principal) {
                for read in ground.access.of_principal(&holder) {
                    match ground.access.role_at(&read.item.role_definition_id) {
                        Some((role, _)) => {
                            if permitting.iter().any(|one| one.by(role) != Match::No) {
                                found.push((read, true));
                            }
                        }
                        None => found.push((read, false)),
                    }
                }
            }
        }
        Self { found }
    }

    /// Whether a role of theirs gives one of the actions, at the scope or in it. Whether a deny
    /// assignment takes it again, or a list was refused, does not untie what a role ties.
    pub(super) fn reach(&self, scope: &ArmId) -> bool {
        self.found.iter().any(|(read, is_known)| {
            let own = &read.item.scope;
            // A role may stand on a container or an index. Where its definition was not read, somebody
            // gave a role right here, whatever it holds.
            own.is_within(scope) || (*is_known && read.concerns(own, scope))
        })
    }
}

/// Whether a resource lies in a managed group, or may do so where hubs could not be read: those
/// groups are known by what the hub says, else by how Microsoft names them (domain-rules E.1).
pub(super) fn may_be_managed(ground: &Ground<'_>, id: &ArmId) -> bool {
    if ground.is_managed(id) {
        return true;
    }
    let Some(group) = id.resource_group() else {
        return false;
    };
    let ends_in_guid = group
        .len()
        .checked_sub(36)
        .and_then(|at| group.get(at..))
        .is_some_and(|tail| {
            tail.bytes().enumerate().all(|(place, byte)| {
                if matches!(place, 8 | 13 | 18 | 23) {
                    byte == b'-'
                } else {
                    byte.is_ascii_hexdigit()
                }
            })
        });
    let is_named_so = || {
        group
            .get(..8)
            .is_some_and(|start| start.eq_ignore_ascii_case("azureml-"))
    };
    (ends_in_guid || is_named_so()) && ground.is_missing(Family::Workspace, Some(id))
}

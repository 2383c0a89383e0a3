//! People: uploads to storage, search through ARM and its data plane, chat with a model: H01 to H05.
//!
//! They start at the signed-in person and at those that the config file names. A person who lacks a
//! role but may list keys gets in by key only, where keys are on.

use crate::analysis::access::{self, Action, KeyPath, Standing};
use crate::analysis::gates::authentication::{Presented, are_keys_on, authentication};
use crate::analysis::gates::authorization::{Claim, Need, Role, authorization, beside_acls, roles};
use crate::analysis::gates::network::{network, person};
use crate::analysis::gates::{configuration, judged};
use crate::analysis::ground::{Ground, Lookup};
use crate::analysis::hop::{Basis, GateVerdict, Hop, HopKind};
use crate::analysis::remedy::az::Assignee;
use crate::analysis::verdict::{Gate, Verdict};
use crate::model::id::{ArmId, PrincipalId, TenantId};
use crate::model::resource::{Details, Family, Resource};
use crate::store::Payload;

use super::ends::{self, Corpus, ModelAccount};

const BLOB_WRITE: &str = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write";
const BLOB_ADD: &str = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/add/action";
const CONTAINER_READ: &str = "Microsoft.Storage/storageAccounts/blobServices/containers/read";
const CHAT: &str =
    "Microsoft.CognitiveServices/accounts/OpenAI/deployments/chat/completions/action";
const QUERY: &str = "Microsoft.Search/searchServices/indexes/documents/read";

/// What lists the keys of a storage account.
const STORAGE_KEYS: &[&str] = &["Microsoft.Storage/storageAccounts/listKeys/action"];
/// What lists the keys that open a search service's objects.
const ADMIN_KEYS: &[&str] = &["Microsoft.Search/searchServices/listAdminKeys/action"];
/// What lists the keys that open its documents.
const QUERY_KEYS: &[&str] = &[
    "Microsoft.Search/searchServices/listAdminKeys/action",
    "Microsoft.Search/searchServices/listQueryKeys/action",
];
/// What lists the keys of a model account.
const MODEL_KEYS: &[&str] = &["Microsoft.CognitiveServices/accounts/listKeys/action"];

/// Objects of a search service that people work on.
const OBJECTS: [&str; 4] = ["indexes", "indexers", "datasources", "skillsets"];

/// One whose way in is judged.
#[derive(Clone, Debug)]
struct Person {
    /// Its end of the hop: the object id; the name where no object id is known.
    from: String,
    principal: Option<PrincipalId>,
    kind: Assignee,
    /// The tenant of the token; none for those that the config file names.
    tenant: Option<TenantId>,
    basis: Basis,
    /// Why nobody knows who it is.
    unclear: Option<String>,
}

/// Draws them.
pub(super) fn draw(ground: &Ground<'_>, out: &mut Vec<Hop>) {
    let people = people(ground);
    if people.is_empty() {
        return;
    }
    let corpora = ends::corpora(ground);
    let models = ends::model_accounts(ground);
    for one in &people {
        for (storage, corpus) in &corpora {
            if one.may_be_in_tenant_of(ground, storage) {
                out.push(upload(ground, one, storage, corpus));
            }
        }
        for service in ground.family(Family::Search) {
            if !ends::may_be_managed(ground, &service.id)
                && one.may_be_in_tenant_of(ground, &service.id)
            {
                out.push(manage(ground, one, service));
                out.push(work_on_objects(ground, one, service));
                out.push(query(ground, one, service));
            }
        }
        for model in &models {
            if one.may_be_in_tenant_of(ground, &model.account.id) {
                out.push(chat(ground, one, model));
            }
        }
    }
}

/// The signed-in person, and those that the config file names.
fn people(ground: &Ground<'_>) -> Vec<Person> {
    let mut people: Vec<Person> = Vec::new();
    let mut add = |person: Person| {
        let same = people
            .iter_mut()
            .find(|one| one.from.eq_ignore_ascii_case(&person.from));
        match same {
            // Who is named in the config file is declared, signed in or not.
            Some(known) => known.basis = known.basis.min(person.basis),
            None => people.push(person),
        }
    };
    let callers = ground.inventory.snapshot().callers();
    for caller in callers.iter().filter(|caller| caller.is_person()) {
        let Some(from) = caller
            .object_id
            .as_ref()
            .map(PrincipalId::as_str)
            .or(caller.label())
        else {
            continue;
        };
        add(Person {
            from: from.to_owned(),
            principal: caller.object_id.clone(),
            kind: Assignee::User,
            tenant: caller.tenant.clone(),
            basis: Basis::Inferred,
            unclear: caller
                .object_id
                .is_none()
                .then(|| "the token does not say whose it is".to_owned()),
        });
    }
    for name in &ground.judging.pattern.users {
        let name = name.trim();
        if !name.is_empty() {
            add(named(ground, name));
        }
    }
    people
}

fn named(ground: &Ground<'_>, name: &str) -> Person {
    let signed_in = ground.inventory.snapshot().callers().iter().find(|caller| {
        caller
            .user_name
            .as_deref()
            .is_some_and(|own| own.eq_ignore_ascii_case(name))
    });
    let principal = match signed_in.and_then(|caller| caller.object_id.clone()) {
        Some(id) => Some(id),
        None if is_object_id(name) => Some(PrincipalId::new(name)),
        None => by_name(ground, name),
    };
    let kind = principal
        .as_ref()
        .map_or(Assignee::User, |id| kind_of(ground, id));
    Person {
        from: principal
            .as_ref()
            .map_or_else(|| name.to_owned(), |id| id.as_str().to_owned()),
        unclear: principal.is_none().then(|| {
            format!(
                "the config file names {name}, and nobody of that name is among the principals that were read: name the object id"
            )
        }),
        principal,
        kind,
        tenant: None,
        basis: Basis::Declared,
    }
}

/// The one principal that the directory calls so.
fn by_name(ground: &Ground<'_>, name: &str) -> Option<PrincipalId> {
    ground
        .inventory
        .beside()
        .filter_map(|(_, slice)| match slice.value.as_deref() {
            Some(Payload::Principals(items)) => Some(items),
            _ => None,
        })
        .flatten()
        .find(|one| {
            one.user_principal_name
                .text()
                .is_some_and(|own| own.eq_ignore_ascii_case(name))
        })
        .map(|one| one.id.clone())
}

fn is_object_id(text: &str) -> bool {
    text.len() == 36
        && text
            .bytes()
            .all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
}

/// What a principal is, as the directory or an assignment says.
fn kind_of(ground: &Ground<'_>, id: &PrincipalId) -> Assignee {
    let by_directory = ground
        .inventory
        .principal(id)
        .and_then(|known| known.kind.text().map(str::to_owned));
    let by_assignment = || {
        ground
            .access
            .of_principal(id)
            .find_map(|read| read.item.principal_type.text().map(str::to_owned))
    };
    match by_directory.or_else(by_assignment) {
        Some(kind) if kind.eq_ignore_ascii_case("servicePrincipal") => Assignee::ServicePrincipal,
        Some(kind) if kind.eq_ignore_ascii_case("group") => Assignee::Group,
        _ => Assignee::User,
    }
}

impl Person {
    /// A token of one tenant is of no use in another: whoever is signed in to several has an object
    /// id in each.
    fn may_be_in_tenant_of(&self, ground: &Ground<'_>, target: &ArmId) -> bool {
        let home = target
            .subscription()
            .and_then(|id| ground.inventory.subscription(&id))
            .and_then(|one| one.tenant_id.as_ref());
        match (&self.tenant, home) {
            (Some(own), Some(home)) => own == home,
            _ => true,
        }
    }

    fn hop(&self, kind: HopKind, to: &ArmId, gates: Vec<GateVerdict>) -> Hop {
        let mut gates = gates;
        if let Some(why) = &self.unclear {
            gates.push(judged(Gate::Identity, Verdict::Unknown, why.clone(), []));
        }
        Hop {
            kind,
            from: self.from.clone(),
            to: to.as_str().to_owned(),
            via: None,
            basis: self.basis,
            gates,
        }
    }

    /// How an action is held.
    fn standing(&self, ground: &Ground<'_>, action: &Action, scope: &ArmId) -> Standing {
        self.principal.as_ref().map_or(Standing::Unknown, |own| {
            access::held(&ground.access, &ground.memberships, own, action, scope).standing
        })
    }

    /// The best of the ways to list keys.
    fn listing(
        &self,
        ground: &Ground<'_>,
        target: &ArmId,
        ways: &[&'static str],
    ) -> (Action, Standing) {
        let rank = |standing: &Standing| match standing {
            Standing::Open => 0,
            Standing::Conditional | Standing::KeyOnly | Standing::Unknown => 1,
            Standing::None | Standing::Denied => 2,
        };
        ways.iter()
            .map(|way| {
                let action = Action::control(*way);
                let standing = self.standing(ground, &action, target);
                (action, standing)
            })
            .min_by_key(|(_, standing)| rank(standing))
            .unwrap_or_else(|| (Action::control("*"), Standing::None))
    }

    fn rights(
        &self,
        ground: &Ground<'_>,
        target: &ArmId,
        keys: Option<(&[&'static str], Option<bool>)>,
        needs: &[Need],
    ) -> GateVerdict {
        let keys = keys.map(|(ways, are_keys_accepted)| KeyPath {
            action: self.listing(ground, target, ways).0,
            are_keys_accepted,
        });
        authorization(
            ground,
            &Claim {
                principal: self.principal.as_ref(),
                kind: self.kind,
                needs,
                keys: keys.as_ref(),
            },
        )
    }

    /// Whether the target takes the person's token; if it takes keys only, whether the person may
    /// list them.
    fn token(&self, ground: &Ground<'_>, target: &Resource, ways: &[&'static str]) -> GateVerdict {
        let gate = authentication(ground, target, &Presented::Token, []);
        if gate.judged.verdict != Verdict::Shut {
            return gate;
        }
        self.by_key_instead(ground, target, ways, gate)
    }

    /// A gate that is shut for tokens, for somebody who may have a key.
    fn by_key_instead(
        &self,
        ground: &Ground<'_>,
        target: &Resource,
        ways: &[&'static str],
        mut gate: GateVerdict,
    ) -> GateVerdict {
        let (action, standing) = self.listing(ground, &target.id, ways);
        let (verdict, more) = match (standing, are_keys_on(target)) {
            (Standing::Open, Some(true)) => (
                Verdict::AtRisk,
                format!(
                    "{} is held and keys are accepted: it works by key only",
                    action.name()
                ),
            ),
            (Standing::None | Standing::Denied, _) | (_, Some(false)) => return gate,
            (_, None) => (
                Verdict::Unknown,
                "whether keys are accepted instead cannot be told".to_owned(),
            ),
            (_, Some(true)) => (
                Verdict::Unknown,
                format!(
                    "whether {} is held, for a key instead, cannot be told",
                    action.name()
                ),
            ),
        };
        gate.judged.verdict = verdict;
        gate.judged.reason = format!("{}; {more}", gate.judged.reason);
        gate
    }
}

fn need(action: Action, scope: &ArmId, role: Role) -> Need {
    Need {
        action,
        scope: scope.clone(),
        role,
    }
}

/// H01.
fn upload(ground: &Ground<'_>, one: &Person, storage: &ArmId, corpus: &Corpus) -> Hop {
    let account = match ground.lookup(storage) {
        Lookup::Found(account) => account,
        Lookup::Gone(_) | Lookup::NotRead(_) => {
            let gates = corpus.named.iter().map(|named| {
                configuration::exists(ground, storage, "storage account", named.clone())
            });
            return one.hop(HopKind::UserToStorage, storage, gates.collect());
        }
    };
    let scopes: Vec<ArmId> = if corpus.containers.contains(&None) || corpus.containers.is_empty() {
        vec![account.id.clone()]
    } else {
        corpus
            .containers
            .iter()
            .flatten()
            .map(|name| {
                account
                    .id
                    .child(&format!("blobServices/default/containers/{name}"))
            })
            .collect()
    };
    let needs: Vec<Need> = scopes
        .iter()
        .flat_map(|scope| {
            [
                Action::data(BLOB_WRITE),
                Action::data(BLOB_ADD),
                Action::control(CONTAINER_READ),
            ]
            .map(|action| need(action, scope, roles::BLOB_CONTRIBUTOR))
        })
        .collect();
    let keys = (STORAGE_KEYS, are_keys_on(account));
    let mut rights = one.rights(ground, &account.id, Some(keys), &needs);
    if let Some(why) = &corpus.missing {
        rights = in_which_container(ground, one, account, why, rights);
    }
    rights = beside_acls(account, rights);
    let gates = network(ground, &person(ground), account)
        .into_iter()
        .chain([
            authentication(ground, account, &Presented::Token, []),
            rights,
        ])
        .collect();
    one.hop(HopKind::UserToStorage, &account.id, gates)
}

/// Where data sources could not be read, a role on the whole account does for any container; with
/// less, it depends on the container.
fn in_which_container(
    ground: &Ground<'_>,
    one: &Person,
    account: &Resource,
    why: &str,
    mut rights: GateVerdict,
) -> GateVerdict {
    let everywhere = [BLOB_WRITE, BLOB_ADD]
        .iter()
        .all(|action| one.standing(ground, &Action::data(*action), &account.id) == Standing::Open);
    // Without a role below the account, one container is like another.
    let has_below = one.principal.as_ref().is_none_or(|own| {
        ground.holders(own).iter().any(|holder| {
            ground
                .access
                .of_principal(holder)
                .any(|read| read.item.scope != account.id && read.item.scope.is_within(&account.id))
        })
    });
    if everywhere || !has_below || rights.judged.verdict == Verdict::Unknown {
        return rights;
    }
    rights.judged.verdict = Verdict::Unknown;
    rights.judged.reason = format!(
        "{}; which containers count is not known: {why}",
        rights.judged.reason
    );
    rights
}

/// H02.
fn manage(ground: &Ground<'_>, one: &Person, service: &Resource) -> Hop {
    // ARM is never filtered by the service's firewall, and takes tokens only.
    let needs = [need(
        Action::control("Microsoft.Search/searchServices/write"),
        &service.id,
        roles::SEARCH_CONTRIBUTOR,
    )];
    let rights = one.rights(ground, &service.id, None, &needs);
    one.hop(HopKind::UserToSearchManagement, &service.id, vec![rights])
}

/// H03.
fn work_on_objects(ground: &Ground<'_>, one: &Person, service: &Resource) -> Hop {
    // Definitions are read and written on the data plane, and authorized by actions.
    let needs: Vec<Need> = OBJECTS
        .iter()
        .flat_map(|object| ["read", "write"].map(|what| (object, what)))
        .map(|(object, what)| {
            need(
                Action::control(format!("Microsoft.Search/searchServices/{object}/{what}")),
                &service.id,
                roles::SEARCH_CONTRIBUTOR,
            )
        })
        .collect();
    search_hop(
        ground,
        one,
        service,
        HopKind::UserToSearchObjects,
        ADMIN_KEYS,
        &needs,
    )
}

/// H04.
fn query(ground: &Ground<'_>, one: &Person, service: &Resource) -> Hop {
    let needs = [need(Action::data(QUERY), &service.id, roles::INDEX_READER)];
    let mut hop = search_hop(
        ground,
        one,
        service,
        HopKind::UserToSearchDocuments,
        QUERY_KEYS,
        &needs,
    );
    hop.gates
        .extend(configuration::semantic_ranker(ground, service));
    hop
}

fn search_hop(
    ground: &Ground<'_>,
    one: &Person,
    service: &Resource,
    kind: HopKind,
    ways: &[&'static str],
    needs: &[Need],
) -> Hop {
    let keys = (ways, are_keys_on(service));
    let gates = network(ground, &person(ground), service)
        .into_iter()
        .chain([
            one.token(ground, service, ways),
            one.rights(ground, &service.id, Some(keys), needs),
        ])
        .collect();
    one.hop(kind, &service.id, gates)
}

/// H05.
fn chat(ground: &Ground<'_>, one: &Person, model: &ModelAccount<'_>) -> Hop {
    let account = model.account;
    let needs = [need(Action::data(CHAT), &account.id, roles::OPENAI_USER)];
    let keys = (MODEL_KEYS, are_keys_on(account));
    let endpoint = match &account.details {
        // Without a subdomain the endpoint is the region's: what matters then is the subdomain.
        Details::Cognitive(details) if details.custom_sub_domain.is_unset() => "",
        Details::Cognitive(details) => details.endpoint.text().unwrap_or_default(),
        _ => "",
    };
    let mut subdomain = configuration::subdomain(account, endpoint);
    if subdomain.judged.verdict == Verdict::Shut {
        subdomain = one.by_key_instead(ground, account, MODEL_KEYS, subdomain);
    }
    let deployed = match &model.missing {
        Some(why) => judged(
            Gate::Configuration,
            Verdict::Unknown,
            format!("whether a model is deployed is not known: {why}"),
            [],
        ),
        None => judged(
            Gate::Configuration,
            Verdict::Open,
            format!("{} has models deployed", account.name),
            [],
        ),
    };
    let mut gates: Vec<GateVerdict> = network(ground, &person(ground), account)
        .into_iter()
        .chain([
            authentication(ground, account, &Presented::Token, []),
            one.rights(ground, &account.id, Some(keys), &needs),
        ])
        .chain(crate::analysis::gates::all(
            Gate::Configuration,
            vec![subdomain, deployed],
        ))
        .collect();
    // Where it is not known whether there is a model to call, no fault is certain either.
    for gate in gates
        .iter_mut()
        .filter(|gate| model.missing.is_some() && gate.judged.verdict == Verdict::Shut)
    {
        gate.judged.verdict = Verdict::Unknown;
        gate.judged
            .reason
            .push_str("; whether a model is deployed there is not known");
    }
    one.hop(HopKind::UserToOpenai, &account.id, gates)
}

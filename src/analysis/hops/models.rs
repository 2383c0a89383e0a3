//! Skills and vectorizers that call models: H08 while indexing, H09 while querying (domain-rules
//! A.2). The two are set up apart: indexing can work while every vector query fails.

use crate::analysis::access::{self, Action, Standing};
use crate::analysis::evidence::Evidence;
use crate::analysis::facets;
use crate::analysis::gates::authentication::{self, Presented};
use crate::analysis::gates::authorization::{self, Claim, Need, roles};
use crate::analysis::gates::{self, configuration, network};
use crate::analysis::ground::{Ground, host_of};
use crate::analysis::hop::{Basis, GateVerdict, Hop, HopKind};
use crate::analysis::network::Credential;
use crate::analysis::remedy::az::Assignee;
use crate::analysis::verdict::{Gate, Verdict};
use crate::model::field::Field;
use crate::model::lookup::Ordered;
use crate::model::resource::{Family, Resource};
use crate::model::search::{DataIdentity, Hidden};

use super::definition::{self, Presents, Target};
use super::indexers::{self, principals};

/// As private links name a model account.
const PART: &str = "openai_account";
const EMBED: &str = "Microsoft.CognitiveServices/accounts/OpenAI/deployments/embeddings/action";
const CHAT: &str =
    "Microsoft.CognitiveServices/accounts/OpenAI/deployments/chat/completions/action";

/// One call to a model that a definition names.
struct ModelCall {
    address: String,
    deployment: Field<String>,
    model: Field<String>,
    api_key: Field<Hidden>,
    identity: Field<DataIdentity>,
    /// The place in the object that holds the call's properties: `skills[1]`.
    place: String,
    action: &'static str,
}

/// The object that makes the calls.
struct Caller<'c> {
    kind: HopKind,
    service: &'c Resource,
    collection: &'static str,
    name: &'c str,
    raw: &'c serde_json::Value,
    source: &'c crate::model::resource::Source,
}

impl Caller<'_> {
    fn proof(&self, path: impl Into<String>) -> Evidence {
        definition::proof(
            self.service,
            self.collection,
            self.name,
            self.raw,
            self.source,
            path,
        )
    }
}

/// Draws the hops to models.
pub(super) fn draw(ground: &Ground<'_>, out: &mut Vec<Hop>) {
    for service in definition::services(ground) {
        let first = out.len();
        let skillsets = facets::skillsets(ground.inventory, &service.id);
        for skillset in skillsets.items {
            let caller = Caller {
                kind: HopKind::SkillToOpenai,
                service,
                collection: "skillsets",
                name: &skillset.name,
                raw: &skillset.raw,
                source: &skillset.source,
            };
            let calls = skillset.skills.items().iter().filter_map(skill).collect();
            draw_calls(ground, &caller, calls, out);
        }
        if let Some(why) = skillsets.missing {
            inferred(ground, HopKind::SkillToOpenai, service, &why, first, out);
        }
        let first = out.len();
        let indexes = facets::indexes(ground.inventory, &service.id);
        for index in indexes.items {
            let caller = Caller {
                kind: HopKind::VectorizerToOpenai,
                service,
                collection: "indexes",
                name: &index.name,
                raw: &index.raw,
                source: &index.source,
            };
            let calls = index
                .vectorizers
                .items()
                .iter()
                .filter(|one| one.kind.is("azureOpenAI"))
                .map(|one| ModelCall {
                    address: one.resource_uri.text().unwrap_or_default().to_owned(),
                    deployment: one.deployment_id.clone(),
                    model: one.model_name.clone(),
                    api_key: one.api_key,
                    identity: one.auth_identity.clone(),
                    place: format!(
                        "vectorSearch.vectorizers[{}].{}",
                        one.position, one.parameters
                    ),
                    action: EMBED,
                })
                .collect();
            draw_calls(ground, &caller, calls, out);
        }
        if let Some(why) = indexes.missing {
            inferred(
                ground,
                HopKind::VectorizerToOpenai,
                service,
                &why,
                first,
                out,
            );
        }
    }
}

/// The model that a skill calls; none for a skill that calls none.
fn skill(skill: &crate::model::search::Skill) -> Option<ModelCall> {
    let kind = skill.kind()?;
    let address = skill.resource_uri.text().unwrap_or_default().to_owned();
    let place = format!("skills[{}]", skill.position);
    let call = |deployment, action| ModelCall {
        address: address.clone(),
        deployment,
        model: skill.model_name.clone(),
        api_key: skill.api_key,
        identity: skill.auth_identity.clone(),
        place,
        action,
    };
    match kind {
        "AzureOpenAIEmbeddingSkill" => Some(call(skill.deployment_id.clone(), EMBED)),
        // Its address holds the deployment.
        "ChatCompletionSkill" => {
            let deployment = address
                .split_once("/deployments/")
                .and_then(|(_, rest)| rest.split('/').next())
                .map(str::to_owned);
            deployment.map(|name| call(Field::Value(name), CHAT))
        }
        _ => None,
    }
}

/// One hop for all calls of one object to one target.
fn draw_calls(ground: &Ground<'_>, caller: &Caller<'_>, calls: Vec<ModelCall>, out: &mut Vec<Hop>) {
    let mut by_target: Ordered<String, (Target<'_>, Vec<ModelCall>)> = Ordered::default();
    for call in calls {
        let target = if call.address.is_empty() {
            Target::Address(format!(
                "{}/{}/{}",
                caller.service.id, caller.collection, caller.name
            ))
        } else {
            Target::by_address(ground, &call.address)
        };
        by_target
            .entry(target.end().to_ascii_lowercase())
            .or_insert_with(|| (target, Vec::new()))
            .1
            .push(call);
    }
    for (target, calls) in by_target.into_values() {
        let word = match caller.kind {
            HopKind::SkillToOpenai => "skillset",
            _ => "index",
        };
        out.push(Hop {
            kind: caller.kind,
            from: caller.service.id.as_str().to_owned(),
            to: target.end(),
            via: Some(format!("{word} {}", caller.name)),
            basis: Basis::Observed,
            gates: gates_of(ground, caller, &target, &calls),
        });
    }
}

fn gates_of(
    ground: &Ground<'_>,
    caller: &Caller<'_>,
    target: &Target<'_>,
    calls: &[ModelCall],
) -> Vec<GateVerdict> {
    gates::merged(
        calls
            .iter()
            .flat_map(|call| of_call(ground, caller, target, call)),
    )
}

fn of_call(
    ground: &Ground<'_>,
    caller: &Caller<'_>,
    target: &Target<'_>,
    call: &ModelCall,
) -> Vec<GateVerdict> {
    let key_at = || caller.proof(format!("{}.apiKey", call.place));
    let presents = match &call.api_key {
        Field::Value(Hidden) => Presents::secret(Presented::Key),
        Field::Absent | Field::Null => Presents::token(
            ground,
            caller.service,
            &call.identity,
            caller.proof(format!("{}.authIdentity", call.place)),
        ),
        Field::Malformed | Field::Unreported(_) => {
            Presents::unclear("whether a key is presented cannot be read", key_at())
        }
    };
    let uri_at = caller.proof(format!("{}.resourceUri", call.place));
    let mut out = Vec::new();
    out.extend(presents.who.as_ref().map(|who| who.gate.clone()));
    if caller.kind == HopKind::SkillToOpenai {
        out.extend(definition::exfiltration(caller.service));
    }
    let Some(account) = target.read() else {
        out.push(if call.address.is_empty() {
            gates::judged(
                Gate::Configuration,
                Verdict::Unknown,
                "the address of the model cannot be read in the definition",
                [uri_at],
            )
        } else {
            configuration::unanswered(&call.address, "account", uri_at)
        });
        return out;
    };
    if account.family != Family::Cognitive {
        out.push(gates::judged(
            Gate::Configuration,
            Verdict::Shut,
            format!("{} is no account that holds models", account.name),
            [uri_at],
        ));
        return out;
    }
    let reached = network::judged(
        ground,
        &network::service(caller.service, presents.credential, Some(PART)),
        account,
    );
    out.extend(definition::outbound(
        ground,
        caller.service,
        account,
        &host_of(&call.address),
        reached.as_ref(),
    ));
    if caller.kind == HopKind::SkillToOpenai {
        // Whoever runs the skillset has to run where the link can be used.
        let indexers = facets::indexers(ground.inventory, &caller.service.id);
        out.extend(
            indexers
                .items
                .iter()
                .filter(|one| one.skillset.is(caller.name))
                .filter_map(|one| indexers::environment(caller.service, one, reached.as_ref())),
        );
    }
    out.extend(reached.map(|one| one.gate));
    out.push(authentication::authentication(
        ground,
        account,
        &presents.presented,
        [key_at()],
    ));
    out.push(configuration::deployment(
        ground,
        account,
        &call.deployment,
        &call.model,
        caller.proof(format!("{}.deploymentId", call.place)),
    ));
    if presents.presented == Presented::Token {
        out.push(configuration::subdomain(account, &call.address));
    }
    if let Some(who) = presents.who.as_ref().filter(|who| !who.is_nobody()) {
        out.push(authorization::authorization(
            ground,
            &Claim {
                principal: who.principal.as_ref(),
                kind: Assignee::ServicePrincipal,
                needs: &[Need {
                    action: Action::data(call.action),
                    scope: account.id.clone(),
                    role: roles::OPENAI_USER,
                }],
                keys: None,
            },
        ));
    }
    out
}

/// Calls whose definitions nobody could read: drawn to the accounts that a role or a link ties to
/// the service, or to the one beside it.
fn inferred(
    ground: &Ground<'_>,
    kind: HopKind,
    service: &Resource,
    why: &str,
    first: usize,
    out: &mut Vec<Hop>,
) {
    let drawn: Vec<String> = out[first..].iter().map(|hop| hop.to.clone()).collect();
    let is_model = |one: &Resource| {
        one.family == Family::Cognitive
            && (one.kind.is("OpenAI")
                || one.kind.is("AIServices")
                || !facets::deployments(ground.inventory, &one.id)
                    .items
                    .is_empty())
    };
    let embedding = Action::data(EMBED);
    let principals = principals(service);
    let links = facets::shared_private_links(ground.inventory, &service.id);
    let mut found: Vec<(&Resource, Basis, Evidence)> = Vec::new();
    for account in ground.family(Family::Cognitive).filter(|one| is_model(one)) {
        let by_link = links
            .items
            .iter()
            .find(|link| link.target.as_ref() == Some(&account.id))
            .map(|link| {
                Evidence::listed(
                    service.id.clone(),
                    "sharedPrivateLinkResources",
                    serde_json::json!({ "name": link.name, "groupId": link.group_id.text() }),
                    links.observed_at.unwrap_or(service.source.observed_at),
                )
            });
        let by_role = || {
            principals.iter().find_map(|principal| {
                let held = access::held(
                    &ground.access,
                    &ground.memberships,
                    principal,
                    &embedding,
                    &account.id,
                );
                let is_tied = !held.via.is_empty() && held.standing != Standing::None;
                is_tied
                    .then(|| held.judged.evidence.first().cloned())
                    .flatten()
            })
        };
        if let Some(proof) = by_link.or_else(by_role) {
            found.push((account, Basis::Inferred, proof));
        }
    }
    if found.is_empty()
        && drawn.is_empty()
        && let Some(group) = service.id.group_id()
        && definition::only_in_group(ground, &group, |one| one.family == Family::Search).is_some()
        && let Some(account) = definition::only_in_group(ground, &group, is_model)
    {
        found.push((account, Basis::Assumed, Evidence::of(account, "id")));
    }
    let unread = format!("no definition that calls a model was read: {why}");
    for (account, basis, proof) in found {
        if drawn
            .iter()
            .any(|to| to.eq_ignore_ascii_case(account.id.as_str()))
        {
            continue;
        }
        let mut gates = Vec::new();
        gates.extend(network::network(
            ground,
            &network::service(service, Credential::Unclear, Some(PART)),
            account,
        ));
        for gate in [Gate::Authentication, Gate::Configuration] {
            gates.push(gates::judged(
                gate,
                Verdict::Unknown,
                unread.clone(),
                [proof.clone()],
            ));
        }
        out.push(Hop {
            kind,
            from: service.id.as_str().to_owned(),
            to: account.id.as_str().to_owned(),
            via: None,
            basis,
            gates: definition::without_definition(gates, &unread),
        });
    }
}

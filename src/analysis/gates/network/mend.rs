//! What opens a firewall to one caller, the narrowest change first: another identity in the caller's
//! definition, an approved link, an instance rule, an address, the trusted services, a perimeter.

use crate::analysis::facets;
use crate::analysis::ground::Ground;
use crate::analysis::hop::Remedy;
use crate::analysis::network::{
    Admission, Answer, Caller, Credential, Instance, Question, ServiceKind,
};
use crate::analysis::remedy::az::{self, az, on};
use crate::analysis::remedy::portal::portal;
use crate::analysis::remedy::shell::Line;
use crate::analysis::remedy::terraform::{self, azurerm, text};
use crate::analysis::verdict::Verdict;
use crate::model::id::{ArmId, TenantId};
use crate::model::resource::{Family, Identity, Resource};

/// How long a firewall takes.
const LAG: &str = "Takes up to 15 minutes.";

/// The remedies for a caller that the firewall of `target` does not let in for certain.
pub(super) fn mend(
    ground: &Ground<'_>,
    caller: &Caller,
    target: &Resource,
    admission: &Admission,
) -> Vec<Remedy> {
    let decided_by = |question| {
        admission.asked.iter().any(|one| {
            one.question == question
                && matches!(
                    one.answer,
                    Answer::Shuts | Answer::MayDecide | Answer::MayShut | Answer::Unclear
                )
        })
    };
    if decided_by(Question::SharedPrivateLink)
        && let Caller::Instance(instance) = caller
    {
        return approve(instance, target);
    }
    if decided_by(Question::Perimeter) {
        return perimeter(ground, caller, target);
    }
    match caller {
        Caller::Instance(instance) => for_service(ground, instance, target),
        Caller::TrustedService(_) => trusted(target),
        Caller::Person {
            address: Some(address),
        } => person(target, &address.to_string()),
        Caller::Person { address: None } => crate::analysis::remedy::noted(
            vec![portal(
                &target.name,
                ["Networking", "Firewall: add your client IP address"],
            )],
            &format!("With --client-ip the command stands here. {LAG}"),
        ),
        Caller::AzurePortal | Caller::Internet | Caller::PrivateEndpoint { .. } => Vec::new(),
    }
}

fn for_service(ground: &Ground<'_>, instance: &Instance, target: &Resource) -> Vec<Remedy> {
    let part = instance.sub_resource.as_deref().unwrap_or("blob");
    let is_blob = ["blob", "dfs"]
        .iter()
        .any(|one| part.eq_ignore_ascii_case(one));
    let has_token = instance.credential == Credential::SystemIdentity;
    if !has_token && is_open_to_its_own_identity(ground, instance, target) {
        return vec![own_identity(ground, instance)];
    }
    match target.family {
        Family::Storage if instance.kind == ServiceKind::Search && !is_blob => {
            shared_link(instance, target, part)
        }
        Family::Storage if has_token || instance.credential == Credential::Unclear => {
            let mut all = instance_rule(ground, instance, target);
            all.extend(crate::analysis::remedy::noted(
                trusted(target),
                "Wider than the instance rule: every instance of every trusted service passes.",
            ));
            all
        }
        // A key or a user-assigned identity passes no path for services: first the definition
        // has to name the system-assigned identity.
        Family::Storage | Family::Cognitive | Family::Search if !has_token => {
            let mut all = vec![own_identity(ground, instance)];
            all.extend(match target.family {
                Family::Storage => instance_rule(ground, instance, target),
                _ => trusted(target),
            });
            all
        }
        Family::Cosmos if instance.kind == ServiceKind::Search => {
            shared_link(instance, target, "Sql")
        }
        _ => trusted(target),
    }
}

/// Whether the firewall is as it should be, and only what the caller presents is not.
fn is_open_to_its_own_identity(
    ground: &Ground<'_>,
    instance: &Instance,
    target: &Resource,
) -> bool {
    let own = Caller::Instance(Instance {
        credential: Credential::SystemIdentity,
        ..instance.clone()
    });
    ground.wall(target).is_some_and(|wall| {
        let admission = wall.admit(ground.inventory, ground.judging, &own, target);
        admission.judged.verdict == Verdict::Open
    })
}

/// The definition of the call names the system-assigned identity, which has to be there.
fn own_identity(ground: &Ground<'_>, instance: &Instance) -> Remedy {
    let instead = match instance.credential {
        Credential::Key => "in place of the key",
        Credential::UserAssigned => "in place of the user-assigned identity",
        Credential::Unclear | Credential::SystemIdentity => "if it names anything else",
    };
    let choose =
        format!("the definition of the call: choose the system-assigned identity {instead}");
    let is_on = ground
        .inventory
        .resource(&instance.id)
        .and_then(|caller| caller.identity.value())
        .is_some_and(Identity::is_system_assigned);
    let mut steps = Vec::new();
    if !is_on {
        steps.push("Settings > Identity > System assigned: On".to_owned());
    }
    steps.push(choose);
    portal(instance.id.name(), steps)
}

/// One instance, by name: the least that lets a service into storage.
fn instance_rule(ground: &Ground<'_>, instance: &Instance, target: &Resource) -> Vec<Remedy> {
    let tenant = instance
        .id
        .subscription()
        .and_then(|id| ground.inventory.subscription(&id)?.tenant_id.clone())
        .or_else(|| {
            ground
                .inventory
                .snapshot()
                .callers()
                .iter()
                .find_map(|caller| caller.tenant.clone())
        });
    let by_hand = portal(
        &target.name,
        [
            "Networking",
            "Resource instances",
            &format!(
                "add {} {}",
                instance.id.resource_type().unwrap_or_default(),
                instance.id.name()
            ),
        ],
    );
    let Some(tenant) = tenant.as_ref().map(TenantId::as_str) else {
        return vec![by_hand];
    };
    let note = format!("Lets in this one instance. {LAG}");
    crate::analysis::remedy::noted(
        vec![
            az(az::on_named(
                "storage account network-rule add",
                "--account-name",
                &target.id,
            )
            .with("--tenant-id", tenant)
            .with("--resource-id", instance.id.as_str())),
            azurerm(
                "azurerm_storage_account_network_rules",
                &target.name,
                &[
                    "private_link_access {",
                    &format!("  endpoint_resource_id = {}", text(instance.id.as_str())),
                    &format!("  endpoint_tenant_id   = {}", text(tenant)),
                    "}",
                ],
            ),
            by_hand,
        ],
        &note,
    )
}

/// Every trusted service, with the system-assigned identity and a role.
fn trusted(target: &Resource) -> Vec<Remedy> {
    let words = "Allow trusted Azure services";
    let remedies = match target.family {
        Family::Storage => trusted_by_storage(target),
        Family::Search => vec![
            az(az::set_in(
                target,
                "networkRuleSet",
                &[("bypass", "AzureServices")],
            )),
            azurerm(
                "azurerm_search_service",
                &target.name,
                &["network_rule_bypass_option = \"AzureServices\""],
            ),
            portal(&target.name, ["Networking", "Exceptions", words]),
        ],
        Family::Cognitive => trusted_by_models(target),
        Family::Vault => vec![
            az(on("keyvault update", &target.id).plain("--bypass AzureServices")),
            azurerm(
                "azurerm_key_vault",
                &target.name,
                &[
                    "network_acls {",
                    "  bypass         = \"AzureServices\"",
                    "  default_action = \"Deny\"",
                    "}",
                ],
            ),
            portal(
                &target.name,
                [
                    "Networking",
                    "Exception",
                    "Allow trusted Microsoft services to bypass this firewall",
                ],
            ),
        ],
        Family::Cosmos => vec![
            az(on("cosmosdb update", &target.id)
                .plain("--public-network-access ENABLED --ip-range-filter")
                .value("0.0.0.0")),
            azurerm(
                "azurerm_cosmosdb_account",
                &target.name,
                &[
                    "public_network_access_enabled = true",
                    "ip_range_filter               = [\"0.0.0.0\"]",
                ],
            ),
            portal(
                &target.name,
                [
                    "Networking",
                    "Accept connections from within public Azure datacenters",
                ],
            ),
        ],
        _ => vec![
            az(on("ml workspace update", &target.id).plain("--public-network-access Enabled")),
            portal(&target.name, ["Networking", "Public access"]),
        ],
    };
    crate::analysis::remedy::noted(remedies, LAG)
}

/// What storage lets through today stays let through.
fn trusted_by_storage(target: &Resource) -> Vec<Remedy> {
    let mut words: Vec<String> = target
        .firewall
        .as_ref()
        .and_then(|wall| wall.bypass_words().value().cloned())
        .unwrap_or_default();
    words.retain(|word| !word.eq_ignore_ascii_case("AzureServices"));
    words.push("AzureServices".to_owned());
    let list = words
        .iter()
        .map(|word| text(word))
        .collect::<Vec<_>>()
        .join(", ");
    let mut line = on("storage account update", &target.id).plain("--bypass");
    for word in &words {
        line = line.value(word);
    }
    vec![
        az(line),
        azurerm(
            "azurerm_storage_account_network_rules",
            &target.name,
            &[&format!("bypass = [{list}]")],
        ),
        portal(
            &target.name,
            [
                "Networking",
                "Exceptions",
                "Allow trusted Microsoft services",
            ],
        ),
    ]
}

/// Selected networks with the bypass: with public access off the bypass is disputed.
fn trusted_by_models(target: &Resource) -> Vec<Remedy> {
    vec![
        az(az::set_in(
            target,
            "networkAcls",
            &[("bypass", "AzureServices"), ("defaultAction", "Deny")],
        )
        .value("properties.publicNetworkAccess=Enabled")),
        azurerm(
            "azurerm_cognitive_account",
            &target.name,
            &[
                "public_network_access_enabled = true",
                "network_acls {",
                "  default_action = \"Deny\"",
                "  bypass         = \"AzureServices\"",
                "}",
            ],
        ),
        portal(
            &target.name,
            [
                "Networking",
                "Selected Networks and Private Endpoints",
                "Allow Azure services on the trusted services list",
            ],
        ),
    ]
}

/// A person's own address.
fn person(target: &Resource, address: &str) -> Vec<Remedy> {
    let steps = ["Networking".to_owned(), format!("Firewall: add {address}")];
    let is_off = target
        .firewall
        .as_ref()
        .is_some_and(|wall| wall.public_network_access.is("Disabled"));
    let add = |property: &str, member: &str, version: &str| {
        az(Line::of("az resource update")
            .with("--ids", target.id.as_str())
            .with("--api-version", version)
            .with("--add", property)
            .value(&format!("{member}={address}")))
    };
    let rule = |kind: &str, lines: &[&str]| azurerm(kind, &target.name, lines);
    let own = text(address);
    let mut all = match target.family {
        Family::Storage => vec![
            az(az::on_named(
                "storage account network-rule add",
                "--account-name",
                &target.id,
            )
            .with("--ip-address", address)),
            rule(
                "azurerm_storage_account_network_rules",
                &[&format!("ip_rules = [{own}] # beside those that are there")],
            ),
        ],
        Family::Search => vec![
            add("properties.networkRuleSet.ipRules", "value", "2025-05-01"),
            rule(
                "azurerm_search_service",
                &[&format!(
                    "allowed_ips = [{own}] # beside those that are there"
                )],
            ),
        ],
        Family::Cognitive => vec![
            az(on("cognitiveservices account network-rule add", &target.id)
                .with("--ip-address", address)),
            rule(
                "azurerm_cognitive_account",
                &[
                    "network_acls {",
                    "  default_action = \"Deny\"",
                    &format!("  ip_rules       = [{own}] # beside those that are there"),
                    "}",
                ],
            ),
        ],
        Family::Vault => vec![
            az(on("keyvault network-rule add", &target.id).with("--ip-address", address)),
            rule(
                "azurerm_key_vault",
                &[
                    "network_acls {",
                    "  bypass         = \"AzureServices\"",
                    "  default_action = \"Deny\"",
                    &format!("  ip_rules       = [{own}] # beside those that are there"),
                    "}",
                ],
            ),
        ],
        Family::Cosmos => vec![
            add("properties.ipRules", "ipAddressOrRange", "2024-11-15"),
            rule(
                "azurerm_cosmosdb_account",
                &[&format!(
                    "ip_range_filter = [{own}] # beside those that are there"
                )],
            ),
        ],
        _ => Vec::new(),
    };
    all.push(portal(&target.name, steps));
    let note = if is_off {
        format!("Public access has to be set to selected networks first. {LAG}")
    } else {
        LAG.to_owned()
    };
    crate::analysis::remedy::noted(all, &note)
}

/// A link that exists has to be approved by the owner of its target: nothing else counts then.
fn approve(instance: &Instance, target: &Resource) -> Vec<Remedy> {
    let pending = target
        .firewall
        .iter()
        .flat_map(|wall| wall.private_endpoints.items())
        .find(|one| one.status.is("Pending"))
        .and_then(|one| one.id.clone());
    let line = match pending {
        Some(id) => Line::of("az network private-endpoint-connection approve")
            .with("--id", id.as_str())
            .with("--description", &format!("for {}", instance.id.name())),
        None => {
            Line::of("az network private-endpoint-connection list").with("--id", target.id.as_str())
        }
    };
    vec![
        az(line),
        terraform::azurerm(
            "azurerm_search_shared_private_link_service",
            &format!("{}_to_{}", instance.id.name(), target.name),
            &[
                &format!("search_service_id  = {}", text(instance.id.as_str())),
                &format!("target_resource_id = {}", text(target.id.as_str())),
                "# approval is the target's side: there is no attribute for it",
            ],
        ),
        portal(
            &target.name,
            [
                "Networking",
                "Private endpoint connections",
                "approve the pending one",
            ],
        ),
    ]
}

/// The only private way of a search service.
fn shared_link(instance: &Instance, target: &Resource, part: &str) -> Vec<Remedy> {
    let name = format!("{}-{part}", target.name);
    crate::analysis::remedy::noted(
        vec![
            az(az::on_named(
                "search shared-private-link-resource create",
                "--service-name",
                &instance.id,
            )
            .with("--name", &name)
            .with("--group-id", part)
            .with("--resource-id", target.id.as_str())
            .with("--request-message", "for an indexer")),
            azurerm(
                "azurerm_search_shared_private_link_service",
                &name,
                &[
                    &format!("search_service_id  = {}", text(instance.id.as_str())),
                    &format!("subresource_name   = {}", text(part)),
                    &format!("target_resource_id = {}", text(target.id.as_str())),
                ],
            ),
            portal(
                instance.id.name(),
                [
                    "Networking",
                    "Shared private access",
                    "add a link, then approve it on the target",
                ],
            ),
        ],
        "The indexer needs executionEnvironment private for it, and the target's owner has to approve it.",
    )
}

/// A caller outside of an enforced perimeter.
fn perimeter(ground: &Ground<'_>, caller: &Caller, target: &Resource) -> Vec<Remedy> {
    let configurations = facets::perimeters(ground.inventory, &target.id);
    let known = configurations.items.iter().find_map(|one| {
        let enforced = one.access_mode.is("Enforced");
        let id = one.perimeter.as_ref().filter(|_| enforced)?;
        Some((id, one.profile.text()?))
    });
    let name = known.map_or("the network security perimeter", |(id, _)| id.name());
    match caller {
        Caller::Instance(instance) => {
            let mut all =
                known.map_or_else(Vec::new, |(id, profile)| member(instance, id, profile));
            all.push(portal(
                name,
                [
                    "Associated resources",
                    &format!(
                        "add {}: members with a managed identity reach {}",
                        instance.id.name(),
                        target.name
                    ),
                ],
            ));
            all
        }
        Caller::Person {
            address: Some(address),
        } => {
            let mut all = Vec::new();
            if let Some((id, profile)) = known {
                let bits = if address.is_ipv4() { 32 } else { 128 };
                all.push(az(in_perimeter(
                    "network perimeter profile access-rule create",
                    id,
                )
                .with("--profile-name", profile)
                .plain("--name people --direction Inbound")
                .with("--address-prefixes", &format!("[{address}/{bits}]"))));
            }
            all.push(portal(
                name,
                [
                    "Profiles",
                    "Inbound access rules",
                    &format!("add {address}"),
                ],
            ));
            all
        }
        _ => vec![portal(name, ["Profiles", "Inbound access rules"])],
    }
}

/// `az WORDS --perimeter-name N --resource-group G --subscription S`.
fn in_perimeter(words: &str, perimeter: &ArmId) -> Line {
    let mut line = Line::of("az")
        .plain(words)
        .with("--perimeter-name", perimeter.name());
    if let Some(group) = perimeter.resource_group() {
        line = line.with("--resource-group", group);
    }
    if let Some(subscription) = perimeter.subscription() {
        line = line.with("--subscription", subscription.as_str());
    }
    line
}

/// An instance as a member of a perimeter, in learning mode: nothing of it is shut by that.
fn member(instance: &Instance, perimeter: &ArmId, profile: &str) -> Vec<Remedy> {
    let profile = perimeter.child(&format!("profiles/{profile}"));
    vec![
        az(
            in_perimeter("network perimeter association create", perimeter)
                .with("--association-name", instance.id.name())
                .plain("--access-mode Learning")
                .with("--profile", &format!("{{id:{profile}}}"))
                .with(
                    "--private-link-resource",
                    &format!("{{id:{}}}", instance.id),
                ),
        ),
        terraform::azurerm(
            "azurerm_network_security_perimeter_association",
            instance.id.name(),
            &[
                &format!("name        = {}", text(instance.id.name())),
                "access_mode = \"Learning\"",
                &format!(
                    "network_security_perimeter_profile_id = {}",
                    text(profile.as_str())
                ),
                &format!("resource_id = {}", text(instance.id.as_str())),
            ],
        ),
    ]
}

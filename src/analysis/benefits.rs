//! The six benefits of the public-backbone pattern: whether each one holds here, and what shows it.
//!
//! Whether a benefit holds is what the findings say; the facts are read off the resources, each with
//! the properties that prove it. It must not judge anew: a fact never says "holds" where a finding
//! of the same benefit is about the same resource. Nothing found is no proof while readings are
//! missing. What Microsoft made for a hub is not part of the pattern and is left out.

use std::collections::HashMap;
use std::sync::Arc;

use rayon::prelude::*;

use crate::model::field::Field;
use crate::model::id::ArmId;
use crate::model::judging::Suppression;
use crate::model::resource::{Details, Family, Resource};
use crate::store::Inventory;

use super::coverage::{Coverage, Sent};
use super::evidence::Evidence;
use super::facets;
use super::foundry::managed;
use super::hop::{Basis, Benefit, Finding, FindingKind, Hop, HopKind};
use super::network::{self, Reach};
use super::outbound::{self, Control};
use super::verdict::{Gate, Verdict};

/// How a benefit, or a fact of it, stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Stand {
    /// Something stands against it.
    Against,
    /// Something that it leans on was refused, failed, or is disputed.
    Unknown,
    /// Something that it leans on is still being read.
    Reading,
    /// It holds.
    Holds,
    /// There is nothing here that it would be about.
    Nothing,
}

impl Stand {
    /// The stand in a word or two.
    pub fn words(self) -> &'static str {
        match self {
            Self::Against => "does not hold",
            Self::Unknown => "cannot be told",
            Self::Reading => "still reading",
            Self::Holds => "holds",
            Self::Nothing => "nothing to show",
        }
    }
}

/// One benefit in this environment: the one truth that the Map, the walk and the reports tell.
#[derive(Clone, Debug, PartialEq)]
pub struct Held {
    /// Which one.
    pub benefit: Benefit,
    /// Whether it holds.
    pub stand: Stand,
    /// The findings that stand against it, by their place among those of the judgement.
    pub against: Vec<usize>,
    /// How many more the config file hides.
    pub hidden: usize,
    /// What shows it, resource by resource, in the order of the inventory; calls come first.
    pub facts: Vec<Fact>,
}

impl Held {
    /// Of how many resources the properties say it, and how many it is about; none where it is about
    /// none. What was found beside it is no part of the figure: a door that trusts too many is closed
    /// by default all the same.
    pub fn counts(&self) -> Option<(usize, usize)> {
        let own = || {
            let of_resource = self.facts.iter().filter(|fact| fact.hop.is_none());
            of_resource.filter(|fact| fact.own != Stand::Nothing)
        };
        let holds = own().filter(|fact| fact.own == Stand::Holds).count();
        Some((holds, own().count())).filter(|(_, all)| *all > 0)
    }

    /// The same in words: `4 of 5 closed by default`.
    pub fn figure(&self) -> Option<String> {
        let (holds, all) = self.counts()?;
        let what = match self.benefit {
            Benefit::Backbone => "reached on Microsoft's network",
            Benefit::Firewalls => "closed by default",
            Benefit::Outbound => "restrict their own calls",
            Benefit::Identity => "take tokens only",
            Benefit::Cost => "on an affordable tier",
            Benefit::Logs => "keep their logs",
        };
        Some(format!("{holds} of {all} {what}"))
    }
}

/// One thing that shows how a benefit stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Fact {
    /// The resource, or the end of a hop, that it is about.
    pub about: String,
    /// How it stands.
    pub stand: Stand,
    /// How it would stand if no finding were about it: what its own properties say.
    pub own: Stand,
    /// What is so, in a few words.
    pub words: String,
    /// What proves it.
    pub evidence: Vec<Evidence>,
    /// The hop that it is about, by its place among those of the judgement.
    pub hop: Option<usize>,
    /// The findings about it, by their place among those of the judgement.
    pub findings: Vec<usize>,
}

/// A benefit's name.
pub fn name(benefit: Benefit) -> &'static str {
    match benefit {
        Benefit::Backbone => "Public backbone",
        Benefit::Firewalls => "Service firewalls",
        Benefit::Outbound => "Outbound controls",
        Benefit::Identity => "Entra ID and least privilege",
        Benefit::Cost => "Affordable tiers",
        Benefit::Logs => "Logs",
    }
}

/// What a benefit promises, in a sentence.
pub fn promise(benefit: Benefit) -> &'static str {
    match benefit {
        Benefit::Backbone => {
            "Services call each other on Microsoft's own network; no private path has to be built."
        }
        Benefit::Firewalls => {
            "Each service keeps its own door: it refuses every caller that is not on its list."
        }
        Benefit::Outbound => {
            "A service that can restrict its own calls does, so that data has fewer ways out."
        }
        Benefit::Identity => {
            "Each call carries a token of Entra ID, and each caller holds the least role that it needs."
        }
        Benefit::Cost => "The tiers are the smallest ones that do the work.",
        Benefit::Logs => "What is done to the data is written down where it can be asked.",
    }
}

/// Whether a finding stands against a benefit: an exposure, or something broken that it is made of,
/// such as logs that are sent nowhere.
pub fn is_against(finding: &Finding, benefit: Benefit) -> bool {
    let kind = matches!(finding.kind, FindingKind::Exposure | FindingKind::Broken);
    kind && finding.benefit == Some(benefit)
}

/// All six, in the order of the pattern.
pub fn held(
    inventory: &Inventory,
    hops: &[Hop],
    findings: &[Finding],
    hidden: &[(Finding, Suppression)],
) -> Vec<Held> {
    let snapshot = inventory.snapshot();
    let is_whole = snapshot.is_complete();
    let is_reading = snapshot.is_reading();
    let resources: Vec<&Arc<Resource>> = patterned(inventory).collect();
    Benefit::ALL
        .into_par_iter()
        .map(|benefit| {
            let numbered = findings.iter().enumerate();
            let against: Vec<usize> = numbered
                .filter(|(_, finding)| is_against(finding, benefit))
                .map(|(at, _)| at)
                .collect();
            let hidden = hidden.iter().filter(|(one, _)| is_against(one, benefit));
            let about = About::of(findings, &against);
            let facts = facts(inventory, &resources, hops, &about, benefit);
            let of_resource = facts.iter().filter(|fact| fact.hop.is_none());
            let worst = of_resource.map(|fact| fact.stand).min();
            // What is set aside in the config file has no finding, and does not hold all the same.
            let stand = if !against.is_empty() || worst == Some(Stand::Against) {
                Stand::Against
            } else if is_reading {
                Stand::Reading
            } else if !is_whole {
                Stand::Unknown
            } else if resources.is_empty() {
                Stand::Nothing
            } else {
                Stand::Holds
            };
            Held {
                benefit,
                stand,
                against,
                hidden: hidden.count(),
                facts,
            }
        })
        .collect()
}

/// Which findings are about a hop or a resource.
struct About<'f> {
    hops: HashMap<&'f str, Vec<usize>>,
    resources: HashMap<ArmId, Vec<usize>>,
}

impl<'f> About<'f> {
    fn of(findings: &'f [Finding], numbers: &[usize]) -> Self {
        let mut own = Self {
            hops: HashMap::new(),
            resources: HashMap::new(),
        };
        for at in numbers {
            let finding = &findings[*at];
            let id = ArmId::new(&finding.resource);
            own.resources.entry(id).or_default().push(*at);
            for hop in &finding.hops {
                own.hops.entry(hop).or_default().push(*at);
            }
        }
        own
    }

    fn fact(&self, fact: &Fact, hops: &[Hop]) -> Vec<usize> {
        let found = match fact.hop {
            Some(at) => self.hops.get(hops[at].id().as_str()),
            None => self.resources.get(&ArmId::new(&fact.about)),
        };
        found.cloned().unwrap_or_default()
    }
}

/// What shows how a benefit stands, resource by resource, in the order of the inventory.
fn facts(
    inventory: &Inventory,
    resources: &[&Arc<Resource>],
    hops: &[Hop],
    about: &About<'_>,
    benefit: Benefit,
) -> Vec<Fact> {
    let mut facts: Vec<Fact> = match benefit {
        Benefit::Identity => tokens(hops),
        _ => Vec::new(),
    };
    for resource in resources {
        let fact = match benefit {
            Benefit::Backbone => path(inventory, resource),
            Benefit::Firewalls => door(inventory, resource),
            Benefit::Outbound => control(inventory, resource),
            Benefit::Identity => keys(resource),
            Benefit::Cost => tier(resource),
            Benefit::Logs => logs(inventory, resource),
        };
        facts.extend(fact);
    }
    let is_reading = inventory.snapshot().is_reading();
    for fact in &mut facts {
        if is_reading && fact.own == Stand::Unknown {
            fact.own = Stand::Reading;
            "still reading".clone_into(&mut fact.words);
        }
        fact.findings = about.fact(fact, hops);
        fact.stand = if fact.findings.is_empty() {
            fact.own
        } else {
            Stand::Against
        };
    }
    facts
}

/// The resources of the pattern: not what Microsoft made for a hub, nor the stores that a hub uses in
/// place of it.
pub fn patterned(inventory: &Inventory) -> impl Iterator<Item = &Arc<Resource>> {
    let groups = managed::groups(inventory);
    let stores: Vec<&ArmId> = managed::own_stores(inventory).collect();
    inventory.resources().filter(move |resource| {
        let is_family = matches!(
            resource.family,
            Family::Storage
                | Family::Search
                | Family::Cognitive
                | Family::Workspace
                | Family::Vault
                | Family::LogWorkspace
        );
        let is_managed = || {
            let group = resource.id.group_id();
            stores.contains(&&resource.id)
                || groups.iter().any(|group| resource.id.is_within(group))
                || group.is_some_and(|group| managed::is_made_for_a_hub(inventory, &group))
        };
        let may_be_managed = matches!(resource.family, Family::Storage | Family::Search);
        is_family && !(may_be_managed && is_managed())
    })
}

/// Whether it is a project, which has the network and the logs of its hub.
fn is_project(resource: &Resource) -> bool {
    match &resource.details {
        Details::Workspace(own) => own.hub.is_some() || resource.kind.is("Project"),
        _ => false,
    }
}

fn fact(resource: &Resource, stand: Stand, words: String, evidence: Vec<Evidence>) -> Fact {
    Fact {
        about: resource.id.as_str().to_owned(),
        stand,
        own: stand,
        words,
        evidence,
        hop: None,
        findings: Vec::new(),
    }
}

/// Whether a resource has a private way beside its public address.
fn path(inventory: &Inventory, resource: &Resource) -> Option<Fact> {
    if is_project(resource) {
        return None; // It has the network of its hub.
    }
    let firewall = resource.firewall.as_ref()?;
    let links = facets::shared_private_links(inventory, &resource.id);
    let endpoints = firewall.approved_private_endpoints().count();
    let evidence = [
        "properties.publicNetworkAccess",
        "properties.privateEndpointConnections",
    ]
    .map(|path| Evidence::of(resource, path))
    .to_vec();
    let is_closed = firewall.public_network_access.is("Disabled");
    let mut words = vec![if is_closed {
        "no public address".to_owned()
    } else {
        "public address".to_owned()
    }];
    for (count, one, many) in [
        (endpoints, "private endpoint", "private endpoints"),
        (
            links.items.len(),
            "shared private link",
            "shared private links",
        ),
    ] {
        match count {
            0 => {}
            1 => words.push(format!("1 {one}")),
            count => words.push(format!("{count} {many}")),
        }
    }
    if endpoints == 0 && links.items.is_empty() && !is_closed {
        words.push("no private path".to_owned());
    }
    let is_unclear = resource.family == Family::Search && links.missing.is_some();
    let stand = if firewall.public_network_access.is_unclear() || is_unclear {
        Stand::Unknown
    } else {
        Stand::Holds
    };
    Some(fact(resource, stand, words.join(", "), evidence))
}

/// Who is let in.
fn door(inventory: &Inventory, resource: &Resource) -> Option<Fact> {
    if is_project(resource) {
        return None;
    }
    let open = network::open_to(inventory, resource)?;
    let stand = match open.reach {
        // A hub has no list of addresses: it asks for a token, and keeps no documents.
        Reach::Everyone if resource.family == Family::Workspace => Stand::Nothing,
        Reach::Everyone => Stand::Against,
        Reach::Unknown(_) => Stand::Unknown,
        Reach::Some(_) | Reach::PrivateOnly | Reach::PerimeterOnly | Reach::Nobody => Stand::Holds,
    };
    let words = match (open.reach, resource.family) {
        (Reach::Everyone, Family::Workspace) => "no address list, asks Entra ID".to_owned(),
        _ => open.words(),
    };
    Some(fact(resource, stand, words, open.evidence))
}

/// Whether it can restrict its own calls, and does.
fn control(inventory: &Inventory, resource: &Resource) -> Option<Fact> {
    if is_project(resource) {
        return None;
    }
    let own = outbound::outbound(inventory, resource)?;
    if own.control == Control::CallsNobody {
        return None;
    }
    let stand = match own.state {
        outbound::State::Restricted => Stand::Holds,
        outbound::State::NotRestricted => Stand::Against,
        outbound::State::PerimeterOnly | outbound::State::NotApplicable => Stand::Nothing,
        outbound::State::Unknown => Stand::Unknown,
    };
    let words = match own.state {
        outbound::State::Restricted => format!("restricted, {}", hosts(&own.allowed)),
        outbound::State::NotRestricted => "may call any host".to_owned(),
        outbound::State::PerimeterOnly => "has no control of its own".to_owned(),
        outbound::State::NotApplicable => "nothing to restrict".to_owned(),
        outbound::State::Unknown => "cannot be told".to_owned(),
    };
    Some(fact(resource, stand, words, own.evidence))
}

fn hosts(allowed: &outbound::Allowed) -> String {
    match allowed {
        outbound::Allowed::Hosts(hosts) => match hosts.len() {
            0 => "to no host".to_owned(),
            1 => "to 1 host".to_owned(),
            count => format!("to {count} hosts"),
        },
        other => other.words(),
    }
}

/// Whether a key of the account is accepted beside a token.
fn keys(resource: &Resource) -> Option<Fact> {
    let holds_data = resource.family != Family::LogWorkspace;
    let auth = resource.local_auth.as_ref().filter(|_| holds_data)?;
    let (stand, words) = match auth.enabled() {
        Some(true) => (Stand::Against, "takes keys beside tokens"),
        Some(false) => (Stand::Holds, "takes tokens only"),
        None => (Stand::Unknown, "cannot be told"),
    };
    let evidence = vec![Evidence::of(resource, auth.path)];
    Some(fact(resource, stand, words.to_owned(), evidence))
}

/// Whether a kind of call is between the services of the pattern, or by a person to them.
fn is_of_pattern(hop: &Hop) -> bool {
    hop.basis != Basis::Assumed
        && !matches!(
            hop.kind,
            HopKind::Inspector
                | HopKind::TenantToTenant
                | HopKind::ResourceToLogs
                | HopKind::OpenaiToUrl
                | HopKind::FoundryToManagedCosmos
                | HopKind::FoundryToManagedSearch
                | HopKind::FoundryToManagedStorage
        )
}

/// Who presents a token to whom, and by which role.
fn tokens(hops: &[Hop]) -> Vec<Fact> {
    hops.iter()
        .enumerate()
        .filter(|(_, hop)| is_of_pattern(hop))
        .filter_map(|(at, hop)| {
            let gates: Vec<_> = [Gate::Authentication, Gate::Authorization]
                .into_iter()
                .filter_map(|gate| hop.gate(gate))
                .collect();
            let verdict = Verdict::worst(gates.iter().map(|gate| gate.judged.verdict))?;
            let stand = match verdict {
                Verdict::Open => Stand::Holds,
                Verdict::Unknown => Stand::Unknown,
                Verdict::AtRisk | Verdict::Shut => Stand::Against,
            };
            let roles: Vec<&str> = gates
                .iter()
                .flat_map(|gate| &gate.rights)
                .flat_map(|right| &right.via)
                .filter_map(|via| via.role_name.as_deref())
                .collect();
            let worst = gates
                .iter()
                .find(|gate| gate.judged.verdict == verdict)
                .filter(|_| verdict != Verdict::Open);
            let mut roles = roles;
            roles.sort_unstable();
            roles.dedup();
            // Without a role it may be a key that was presented: the gate says what it was.
            let words = match (worst.or(gates.first()), roles.as_slice()) {
                (Some(gate), []) => gate.judged.reason.clone(),
                (Some(gate), _) if worst.is_some() => gate.judged.reason.clone(),
                (_, []) => "cannot be told".to_owned(),
                (_, several) => format!("a token, as {}", several.join(", ")),
            };
            Some(Fact {
                about: hop.from.clone(),
                stand,
                own: stand,
                words,
                evidence: gates
                    .iter()
                    .flat_map(|gate| gate.judged.evidence.iter().cloned())
                    .collect(),
                hop: Some(at),
                findings: Vec::new(),
            })
        })
        .collect()
}

/// The tier that is paid for.
fn tier(resource: &Resource) -> Option<Fact> {
    // A hub is paid for by what hangs on it, a vault by the call.
    if matches!(resource.family, Family::Workspace | Family::Vault) {
        return None;
    }
    let path = match resource.details {
        Details::LogWorkspace(_) => "properties.sku.name",
        _ => "sku.name",
    };
    let (stand, words) = match &resource.sku {
        Field::Value(sku) => (Stand::Holds, sku.clone()),
        Field::Absent | Field::Null => (Stand::Unknown, "no tier is named".to_owned()),
        Field::Malformed | Field::Unreported(_) => (Stand::Unknown, "cannot be told".to_owned()),
    };
    Some(fact(
        resource,
        stand,
        words,
        vec![Evidence::of(resource, path)],
    ))
}

/// Which of its logs are kept, and where.
fn logs(inventory: &Inventory, resource: &Resource) -> Option<Fact> {
    // A project writes through its hub.
    if is_project(resource) {
        return None;
    }
    let own = Coverage::of(inventory, resource)?;
    let count = |wanted: Sent| {
        own.categories
            .iter()
            .filter(|(_, sent)| *sent == wanted)
            .count()
    };
    let (kept, all) = (count(Sent::Workspace), own.categories.len());
    let stand = if kept > 0 {
        Stand::Holds
    } else if count(Sent::Pending) > 0 {
        Stand::Reading
    } else if count(Sent::Unknown) > 0 {
        Stand::Unknown
    } else {
        Stand::Against
    };
    let words = match (kept, own.workspaces.as_slice()) {
        (0, _) if own.missing.is_some() => "cannot be told".to_owned(),
        (0, _) if !own.elsewhere.is_empty() => format!("only to {}", own.elsewhere.join(", ")),
        (0, _) => "kept nowhere".to_owned(),
        (kept, workspaces) => {
            let names: Vec<&str> = workspaces.iter().map(ArmId::name).collect();
            let count = match all {
                1 => "its one log".to_owned(),
                all if kept == all => format!("all {all} kinds of log"),
                all => format!("{kept} of {all} kinds of log"),
            };
            format!("{count}, to {}", names.join(", "))
        }
    };
    let settings = facets::diagnostic_settings(inventory, &resource.id);
    let evidence = settings.observed_at.map(|at| {
        let names: Vec<&str> = settings.items.iter().map(|one| one.name.as_str()).collect();
        Evidence::listed(resource.id.clone(), "diagnosticSettings", names.into(), at)
    });
    Some(fact(resource, stand, words, evidence.into_iter().collect()))
}

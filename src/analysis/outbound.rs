//! Who may call out, and where to: the outbound control of each service, as far as it has one
//! (domain-rules B.3; machinelearning.md for hubs).
//!
//! It says what is allowed, not what is needed: a host is held against a list by [`Allowed::host`].

use crate::analysis::evidence::{Evidence, has_properties};
use crate::analysis::facets;
use crate::analysis::network::{Member, perimeters_shown};
use crate::analysis::verdict::{Reasoned, Verdict};
use crate::analysis::way::{Rule, Way};
use crate::model::field::Field;
use crate::model::id::{ArmId, Folded};
use crate::model::network::OutboundRule;
use crate::model::resource::{Details, Family, Resource, Workspace};
use crate::store::Inventory;

/// The outbound control of one resource.
#[derive(Clone, Debug, PartialEq)]
pub struct Outbound {
    /// The resource.
    pub id: ArmId,
    /// Its control.
    pub control: Control,
    /// Where the control stands.
    pub state: State,
    /// Where it may call to.
    pub allowed: Allowed,
    /// What a security perimeter adds.
    pub perimeter: Perimeter,
    /// Why, in a sentence without a trailing dot.
    pub reason: String,
    /// What says so.
    pub evidence: Vec<Evidence>,
}

/// What controls the calls of a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Control {
    /// `restrictOutboundNetworkAccess` of a Cognitive Services account.
    RestrictOutbound,
    /// `managedNetwork.isolationMode` of a hub or workspace.
    IsolationMode,
    /// The service calls out, and has no control of its own.
    NoneInService,
    /// The service calls nobody.
    CallsNobody,
}

impl Control {
    /// The control in the words of the pane.
    pub fn words(self) -> &'static str {
        match self {
            Self::RestrictOutbound => "restrictOutboundNetworkAccess",
            Self::IsolationMode => "managedNetwork.isolationMode",
            Self::NoneInService => "none in this service",
            Self::CallsNobody => "calls nobody",
        }
    }
}

/// Where a control stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// Only what is listed.
    Restricted,
    /// Anything on the internet.
    NotRestricted,
    /// There is nothing to set; only a security perimeter would restrict it.
    PerimeterOnly,
    /// There is nothing to restrict.
    NotApplicable,
    /// It cannot be told.
    Unknown,
}

impl State {
    /// The state in a word or two.
    pub fn words(self) -> &'static str {
        match self {
            Self::Restricted => "restricted",
            Self::NotRestricted => "not restricted",
            Self::PerimeterOnly => "perimeter only",
            Self::NotApplicable => "·",
            Self::Unknown => "unknown",
        }
    }
}

/// Where a resource may call to.
#[derive(Clone, Debug, PartialEq)]
pub enum Allowed {
    /// Any host.
    AnyHost,
    /// These hosts, in Azure's order and writing.
    Hosts(Vec<String>),
    /// Nobody.
    Nobody,
    /// It cannot be told; what is listed for certain.
    Unknown(Vec<String>),
}

/// What a security perimeter says of the calls of a resource that is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Perimeter {
    /// None restricts it.
    None,
    /// An enforced one: its members and these hosts may be called.
    Enforced(Vec<String>),
    /// It cannot be told, and why.
    Unclear(String),
}

/// How a host stands to a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Listing {
    /// It is listed, at this place.
    Listed(usize),
    /// Only a parent domain is, at this place: no text says whether subdomains match.
    ParentOnly(usize),
    /// It is not listed.
    NotListed,
}

impl Allowed {
    /// The allowed hosts in the words of the pane.
    pub fn words(&self) -> String {
        match self {
            Self::AnyHost => "any host".to_owned(),
            Self::Hosts(hosts) if hosts.is_empty() => "nobody".to_owned(),
            Self::Hosts(hosts) => format!("{} listed", hosts.len()),
            Self::Nobody => "·".to_owned(),
            Self::Unknown(_) => "unknown".to_owned(),
        }
    }

    /// How a host stands to the list: exactly, whatever the case.
    pub fn host(&self, host: &str) -> Listing {
        match self {
            Self::Hosts(hosts) | Self::Unknown(hosts) => listing(hosts, host),
            Self::AnyHost | Self::Nobody => Listing::NotListed,
        }
    }
}

/// How a host stands to a list of hosts.
pub fn listing(hosts: &[String], host: &str) -> Listing {
    fn bare(text: &str) -> &str {
        text.trim().trim_end_matches('.')
    }
    let host = bare(host);
    let is_host = |one: &String| bare(one).eq_ignore_ascii_case(host);
    if let Some(at) = hosts.iter().position(is_host) {
        return Listing::Listed(at);
    }
    let is_parent = |one: &String| {
        let parent = bare(one).trim_start_matches("*.");
        let ends = host.len().checked_sub(parent.len() + 1);
        let tail = ends.and_then(|at| host.get(at..)?.strip_prefix('.'));
        !parent.is_empty() && tail.is_some_and(|tail| tail.eq_ignore_ascii_case(parent))
    };
    match hosts.iter().position(is_parent) {
        Some(at) => Listing::ParentOnly(at),
        None => Listing::NotListed,
    }
}

/// Whether a resource may call a host, whatever stands behind it.
pub fn may_call(outbound: &Outbound, host: &str) -> Reasoned {
    may_call_one(outbound, host, Member::Unclear)
}

/// Whether a resource may call a host of which is known how it stands to the caller's perimeters.
pub fn may_call_one(outbound: &Outbound, host: &str, target: Member) -> Reasoned {
    // Where the perimeter is all there is, it alone decides.
    let (own, reason) = match (&outbound.perimeter, outbound.control) {
        (Perimeter::Enforced(_), Control::NoneInService) => {
            (Verdict::Open, outbound.reason.clone())
        }
        _ => by_control(outbound, host),
    };
    let (verdict, reason) = match &outbound.perimeter {
        Perimeter::Unclear(why) if own == Verdict::Open => {
            (Verdict::Unknown, format!("{reason}; but {why}"))
        }
        Perimeter::Enforced(hosts) => {
            let (verdict, why) = by_perimeter(hosts, host, target);
            match own.cmp(&verdict) {
                std::cmp::Ordering::Less => (verdict, why),
                std::cmp::Ordering::Equal => (own, format!("{reason}; {why}")),
                std::cmp::Ordering::Greater => (own, reason),
            }
        }
        _ => (own, reason),
    };
    Reasoned::new(verdict, reason).proved_by(outbound.evidence.iter().cloned())
}

/// What an enforced perimeter says of a call: its members may be called, and the hosts of its
/// outbound rules (domain-rules B.6).
fn by_perimeter(hosts: &[String], host: &str, target: Member) -> (Verdict, String) {
    match (listing(hosts, host), target) {
        (Listing::Listed(_), _) => (
            Verdict::Open,
            format!("an outbound rule of its perimeter names {host}"),
        ),
        (_, Member::Same) => (
            Verdict::Open,
            "caller and target are in one perimeter".to_owned(),
        ),
        (_, Member::Disputed) => (
            Verdict::Unknown,
            "disputed: caller and target are in one perimeter, but AI Search's page asks for explicit rules between Search and models".to_owned(),
        ),
        (Listing::ParentOnly(at), Member::Outside) => (
            Verdict::Unknown,
            format!(
                "its perimeter is enforced and of {host} only {} is listed, and no text says that subdomains match",
                hosts[at]
            ),
        ),
        (_, Member::Outside) => (
            Verdict::Shut,
            format!(
                "its perimeter is enforced, the target is not in it, and no outbound rule names {host}"
            ),
        ),
        (_, Member::Unclear) => (
            Verdict::Unknown,
            format!(
                "its perimeter is enforced and no outbound rule names {host}; a member of the perimeter may be called all the same"
            ),
        ),
    }
}

/// The entries and rules by which a resource may call a host, whatever else it may call.
///
/// The list of a service and its perimeter stand one behind the other: a call needs a way through
/// each that there is.
pub fn ways(
    inventory: &Inventory,
    caller: &Resource,
    outbound: &Outbound,
    (host, target): (&str, Member),
    verdict: Verdict,
) -> Vec<Way> {
    if verdict == Verdict::Shut {
        return Vec::new();
    }
    let is_enforced = matches!(outbound.perimeter, Perimeter::Enforced(_));
    let mut ways = match (outbound.control, outbound.state) {
        // Where the perimeter is all there is, it alone lets a call out.
        (Control::NoneInService, _) if is_enforced => Vec::new(),
        (_, State::NotRestricted | State::PerimeterOnly) => {
            vec![Way::new(&caller.id, Rule::Default)]
        }
        (Control::IsolationMode, _) => by_managed_network(inventory, caller, host),
        _ => match &outbound.allowed {
            Allowed::Hosts(hosts) | Allowed::Unknown(hosts) => by_entries(hosts, host, |entry| {
                Way::new(&caller.id, Rule::Host(Folded::new(entry)))
            }),
            Allowed::AnyHost | Allowed::Nobody => Vec::new(),
        },
    };
    if is_enforced {
        let listed = facets::perimeters(inventory, &caller.id);
        let enforced = listed
            .items
            .iter()
            .filter(|one| one.access_mode.is("Enforced"));
        for one in enforced {
            for rule in &one.rules {
                ways.extend(by_entries(&rule.fqdns, host, |_| {
                    Way::new(&caller.id, Rule::PerimeterRule(Folded::new(&rule.name)))
                }));
            }
            if let (Some(id), Member::Same) = (&one.perimeter, target) {
                ways.push(Way::new(&caller.id, Rule::PerimeterMember(id.clone())));
            }
        }
    }
    if verdict != Verdict::Open {
        ways = ways.into_iter().map(Way::perhaps).collect();
    }
    ways
}

/// The entries that name a host; that of a parent domain only may.
fn by_entries(hosts: &[String], host: &str, way: impl Fn(&str) -> Way) -> Vec<Way> {
    hosts
        .iter()
        .filter_map(|entry| match listing(std::slice::from_ref(entry), host) {
            Listing::Listed(_) => Some(way(entry)),
            Listing::ParentOnly(_) => Some(way(entry).perhaps()),
            Listing::NotListed => None,
        })
        .collect()
}

/// The rules of a hub's managed network that open a host.
fn by_managed_network(inventory: &Inventory, caller: &Resource, host: &str) -> Vec<Way> {
    let owner = match &caller.details {
        Details::Workspace(own) => own.hub.as_ref().unwrap_or(&caller.id),
        _ => &caller.id,
    };
    let rules = facets::outbound_rules(inventory, owner);
    let opening = rules
        .items
        .iter()
        .filter_map(|rule| Some((rule, host_of(rule)?)));
    opening
        .flat_map(|(rule, opened)| {
            by_entries(&[opened], host, |_| {
                Way::new(owner, Rule::ManagedNetwork(Folded::new(&rule.name)))
            })
        })
        .collect()
}

fn by_control(outbound: &Outbound, host: &str) -> (Verdict, String) {
    let why = || outbound.reason.clone();
    match outbound.state {
        State::NotRestricted | State::PerimeterOnly => (Verdict::Open, why()),
        State::NotApplicable => (Verdict::Open, outbound.control.words().to_owned()),
        State::Unknown => match outbound.allowed.host(host) {
            // Restricted or not, a host that is listed may be called.
            Listing::Listed(_) => (Verdict::Open, format!("{host} is listed")),
            _ => (Verdict::Unknown, why()),
        },
        State::Restricted => match (outbound.allowed.host(host), &outbound.allowed) {
            (Listing::Listed(_), _) => (Verdict::Open, format!("{host} is listed")),
            (Listing::ParentOnly(at), Allowed::Hosts(hosts) | Allowed::Unknown(hosts)) => (
                Verdict::Unknown,
                format!(
                    "only {} is listed, and no text says that subdomains match",
                    hosts[at]
                ),
            ),
            (_, Allowed::Unknown(_)) => (Verdict::Unknown, why()),
            _ => (Verdict::Shut, format!("{host} is not listed")),
        },
    }
}

/// What perimeters say of the calls of a resource.
fn perimeter_of(inventory: &Inventory, resource: &Resource) -> Perimeter {
    let listed = facets::perimeters(inventory, &resource.id);
    let enforced: Vec<_> = listed
        .items
        .iter()
        .filter(|one| one.access_mode.is("Enforced"))
        .collect();
    if !enforced.is_empty() {
        return Perimeter::Enforced(
            enforced
                .iter()
                .flat_map(|one| &one.rules)
                .flat_map(|rule| rule.fqdns.iter().cloned())
                .collect(),
        );
    }
    match listed.missing {
        Some(why) => Perimeter::Unclear(why),
        None => Perimeter::None,
    }
}

/// The outbound control of a resource; none for what is no service.
pub fn outbound(inventory: &Inventory, resource: &Resource) -> Option<Outbound> {
    let made = |control, state, allowed, reason: &str| Outbound {
        id: resource.id.clone(),
        control,
        state,
        allowed,
        perimeter: Perimeter::None,
        reason: reason.to_owned(),
        evidence: Vec::new(),
    };
    match resource.family {
        Family::Cognitive => {
            let mut own = of_account(resource);
            own.perimeter = perimeter_of(inventory, resource);
            if own.perimeter != Perimeter::None {
                own.evidence.extend(perimeters_shown(inventory, resource));
            }
            Some(own)
        }
        Family::Workspace => match &resource.details {
            Details::Workspace(workspace) => Some(of_workspace(inventory, resource, workspace)),
            _ => None,
        },
        Family::Search => {
            let own = made(
                Control::NoneInService,
                State::PerimeterOnly,
                Allowed::AnyHost,
                "AI Search has no outbound control of its own; only a security perimeter would give it one",
            );
            Some(match perimeter_of(inventory, resource) {
                Perimeter::Enforced(hosts) => Outbound {
                    state: State::Restricted,
                    allowed: Allowed::Unknown(hosts.clone()),
                    perimeter: Perimeter::Enforced(hosts),
                    reason:
                        "its perimeter is enforced: members and the hosts of its outbound rules"
                            .to_owned(),
                    evidence: perimeters_shown(inventory, resource).into_iter().collect(),
                    ..own
                },
                perimeter => Outbound {
                    perimeter,
                    evidence: perimeters_shown(inventory, resource).into_iter().collect(),
                    ..own
                },
            })
        }
        Family::Storage | Family::Vault | Family::Cosmos => Some(made(
            Control::CallsNobody,
            State::NotApplicable,
            Allowed::Nobody,
            "it calls nobody",
        )),
        Family::LogWorkspace
        | Family::UserIdentity
        | Family::PrivateEndpoint
        | Family::VirtualNetwork => None,
    }
}

fn of_account(account: &Resource) -> Outbound {
    let flag = Evidence::of(account, "properties.restrictOutboundNetworkAccess");
    let list = Evidence::of(account, "properties.allowedFqdnList");
    let restricted = account
        .outbound
        .as_ref()
        .and_then(crate::model::resource::Outbound::restricted);
    let broken_list = account.is_unclear_at("properties.allowedFqdnList");
    let fqdns = account
        .outbound
        .as_ref()
        .map_or(&Field::Absent, |one| &one.allowed_fqdns);
    let hosts = fqdns.items().to_vec();
    let flag_words = match flag.value {
        None => "restrictOutboundNetworkAccess is absent, which means not restricted".to_owned(),
        Some(_) => format!("restrictOutboundNetworkAccess is {}", flag.words()),
    };
    let (state, allowed, reason) = match restricted {
        _ if !has_properties(account) => (
            State::Unknown,
            Allowed::Unknown(hosts),
            "the answer has no properties".to_owned(),
        ),
        None => (State::Unknown, Allowed::Unknown(hosts), flag_words),
        Some(false) => (State::NotRestricted, Allowed::AnyHost, flag_words),
        Some(true) if broken_list || fqdns.is_unclear() => (
            State::Restricted,
            Allowed::Unknown(hosts),
            format!("{flag_words}, but allowedFqdnList cannot be read as a whole"),
        ),
        Some(true) if hosts.is_empty() => (
            State::Restricted,
            Allowed::Hosts(hosts),
            format!(
                "{flag_words}, and allowedFqdnList is {}: nothing is allowed",
                list.words()
            ),
        ),
        Some(true) => (
            State::Restricted,
            Allowed::Hosts(hosts),
            format!("{flag_words}, and allowedFqdnList has {}", list.words()),
        ),
    };
    Outbound {
        id: account.id.clone(),
        control: Control::RestrictOutbound,
        state,
        allowed,
        perimeter: Perimeter::None,
        reason,
        evidence: vec![flag, list],
    }
}

fn of_workspace(inventory: &Inventory, resource: &Resource, own: &Workspace) -> Outbound {
    // A project has the managed network of its hub.
    let hub = own.hub.as_ref().and_then(|hub| inventory.resource(hub));
    let (owner, workspace) = match hub.map(|hub| (hub, &hub.details)) {
        Some((hub, Details::Workspace(workspace))) => (hub.as_ref(), workspace),
        _ => (resource, own),
    };
    let evidence = vec![Evidence::of(
        owner,
        "properties.managedNetwork.isolationMode",
    )];
    let made = |state, allowed, reason: String| Outbound {
        id: resource.id.clone(),
        control: Control::IsolationMode,
        state,
        allowed,
        perimeter: Perimeter::None,
        reason,
        evidence: evidence.clone(),
    };
    let unknown = |reason: String| made(State::Unknown, Allowed::Unknown(Vec::new()), reason);
    if let (Some(hub), None) = (&own.hub, hub) {
        return unknown(format!(
            "a project has the managed network of its hub, and {} was not read",
            hub.name()
        ));
    }
    if !has_properties(owner) {
        return unknown("the answer has no properties".to_owned());
    }
    let isolation = workspace.isolation_mode.or_default("Disabled".to_owned());
    let said = match &workspace.isolation_mode {
        Field::Absent | Field::Null => "isolationMode is absent, which means Disabled".to_owned(),
        Field::Value(word) => format!("isolationMode is {word}"),
        Field::Malformed => "isolationMode is malformed".to_owned(),
        Field::Unreported(since) => format!("isolationMode is reported only since {since}"),
    };
    match isolation.as_deref().map(str::to_ascii_lowercase).as_deref() {
        Some("disabled") => made(State::NotRestricted, Allowed::AnyHost, said),
        Some("allowinternetoutbound") => made(
            State::NotRestricted,
            Allowed::AnyHost,
            format!("{said}: private endpoints are made, the internet stays open"),
        ),
        Some("allowonlyapprovedoutbound") => {
            let rules = facets::outbound_rules(inventory, &owner.id);
            let hosts = rules.items.iter().filter_map(host_of).collect();
            match rules.missing {
                None => made(State::Restricted, Allowed::Hosts(hosts), said),
                Some(why) => made(
                    State::Restricted,
                    Allowed::Unknown(hosts),
                    format!("{said}, but {why}"),
                ),
            }
        }
        _ => unknown(said),
    }
}

/// The host, resource or service tag that a rule opens, unless it failed or is being deleted.
fn host_of(rule: &OutboundRule) -> Option<String> {
    if rule.status.is("Failed") || rule.status.is("Deleting") {
        return None;
    }
    rule.destination.text().map(str::to_owned)
}

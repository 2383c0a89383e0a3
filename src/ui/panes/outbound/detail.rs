//! The detail of the Outbound pane: what a service may call and what proves it; for a host, whether
//! it may be called and by which entry.

use crate::analysis::facets;
use crate::analysis::hop::Remedy;
use crate::analysis::outbound::{Allowed, Control, Listing, Perimeter, State};
use crate::analysis::verdict::Gate;
use crate::analysis::way::Rule;
use crate::model::id::Folded;
use crate::model::resource::{Details, Resource};
use crate::ui::cx::Cx;
use crate::ui::panes::loads::{Loads, Named};
use crate::ui::panes::reading::Age;
use crate::ui::panes::ways::kind;
use crate::ui::panes::{mend, proof};
use crate::ui::signs::Sign;
use crate::ui::text::Rich;
use crate::ui::theme::Role;
use crate::ui::value;
use crate::ui::widgets::detail::Section;

use super::rows::{Host, Service, network_owner};

/// What Azure takes until a changed list counts (domain-rules B.3).
const LAG: &str = "A change of the list takes up to 15 min.";

/// What the judgement adds, and the services beside.
pub(crate) struct Told<'a> {
    /// Every service.
    pub(crate) all: &'a [Service],
    /// The hops by the rules that carry them.
    pub(crate) loads: &'a Loads,
    /// The tool of the remedies that is shown.
    pub(crate) tool: mend::Chosen,
}

/// The detail of a service.
pub(crate) fn service(cx: &Cx<'_>, one: &Service, told: &Told<'_>) -> Vec<Section> {
    let resource = &one.resource;
    let mut sections = vec![heading(cx, one), said(one)];
    if !one.outbound.evidence.is_empty() {
        sections.push(proof::section(
            cx,
            &resource.id,
            &one.outbound.evidence,
            &[],
        ));
    }
    sections.extend(managed_network(cx, resource));
    sections.extend(told.loads.section(cx, Gate::Outbound, &rules(cx, one)));
    sections.extend(perimeter(cx, one));
    sections.push(is_it_safe(cx, told.all));
    sections
}

/// The detail of one host of a service.
pub(crate) fn host(cx: &Cx<'_>, one: &Service, host: &Host, told: &Told<'_>) -> Vec<Section> {
    let role = if matches!(host.sign, Sign::Open | Sign::None) {
        Role::Node
    } else {
        host.sign.role()
    };
    let mut first = Section::new("").words(
        Rich::strong(one.resource.name.clone())
            .then(role, " ──▶ ")
            .then(Role::Strong, host.name.clone()),
    );
    first = age(cx, &one.resource, first);
    let sign = if host.sign == Sign::None {
        Sign::Open
    } else {
        host.sign
    };
    let verdict =
        Section::new("").words(Rich::chip(cx.signs, sign).then(Role::Muted, "  outbound only"));
    let mut why = Section::new("").words(Rich::plain(format!("{}.", capital(&host.judged.reason))));
    if matches!(host.listing, Listing::ParentOnly(_)) {
        why = why.words(Rich::plain(
            "Microsoft's page shows a parent domain as an example, but no text says that subdomains match: hopscope will not guess.",
        ));
    }
    why = match &host.need {
        Some((_, basis)) => why.words(Rich::muted(basis.words().to_owned())),
        None => why.words(Rich::muted(UNSEEN)),
    };
    let mut sections = vec![first, verdict, why];
    let blame: Vec<_> = if host.sign == Sign::Shut {
        one.outbound.evidence.clone()
    } else {
        Vec::new()
    };
    sections.push(proof::section(
        cx,
        &one.resource.id,
        &host.judged.evidence,
        &blame,
    ));
    sections.extend(told.loads.section(cx, Gate::Outbound, &of_host(one, host)));
    sections.extend(mend::sections(
        cx,
        super::CONTEXT,
        "MEND",
        &remedies(told.loads, host),
        told.tool,
    ));
    if matches!(host.listing, Listing::ParentOnly(_)) || host.sign == Sign::Unknown {
        sections.push(Section::new("HOW TO KNOW").words(Rich::plain(
            "One call that needs the host. If it is refused, the answer names the host and the list.",
        )));
    }
    if one.outbound.state == State::Restricted {
        sections.push(Section::new("").words(Rich::muted(LAG)));
    }
    sections.extend(perimeter(cx, one));
    sections.push(is_it_safe(cx, told.all));
    sections
}

fn heading(cx: &Cx<'_>, one: &Service) -> Section {
    let words = match (
        one.outbound.control,
        one.outbound.state,
        &one.outbound.allowed,
    ) {
        _ if one.sign == Sign::Reading => "is still being read",
        (Control::CallsNobody, ..) => "calls nobody",
        (_, State::Unknown, _) => "cannot be told",
        (_, State::Restricted, Allowed::Hosts(hosts)) if hosts.is_empty() => "may call no host",
        (_, State::Restricted, _) => "may call what is listed",
        _ => "may call any host",
    };
    let section = Section::new("").words(
        Rich::strong(one.resource.name.clone())
            .then(Role::Muted, format!("  {}", kind(&one.resource))),
    );
    let section = age(cx, &one.resource, section).blank();
    section.words(Rich::sign(cx.signs, one.sign).then(Role::Text, format!(" {words}")))
}

fn age(cx: &Cx<'_>, resource: &Resource, section: Section) -> Section {
    if Age::of(resource.source.observed_at, cx.now) == Age::Fresh {
        return section;
    }
    let sign = cx.signs.glyph(Sign::Offline);
    let age = value::age(resource.source.observed_at, cx.now);
    section.words(Rich::of(
        Role::Stale,
        format!("{sign} {age}: what follows was so then"),
    ))
}

fn said(one: &Service) -> Section {
    let mut section =
        Section::new("").words(Rich::plain(format!("{}.", capital(&one.outbound.reason))));
    if one.outbound.control == Control::RestrictOutbound {
        section = section.words(Rich::muted(format!(
            "Hosts are compared exactly, in any case. {LAG}"
        )));
    }
    section
}

fn capital(text: &str) -> String {
    // A property's name and a host keep their own case.
    let first = text.split(' ').next().unwrap_or_default();
    if first.contains('.') || first.chars().any(char::is_uppercase) {
        return text.to_owned();
    }
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

/// Said of an entry that no hop needs: the list may still be right.
const UNSEEN: &str =
    "No hop that is known needs it. Addresses in prompts are not read: one may name it.";

/// The entry of a list that lets a host pass, as a rule.
fn of_host(one: &Service, host: &Host) -> Vec<Named> {
    host.allowed
        .iter()
        .map(|entry| Named {
            at: one.resource.id.clone(),
            rule: Rule::Host(Folded::new(entry)),
            label: entry.clone(),
        })
        .collect()
}

/// What mends the hops that need a host.
pub(crate) fn remedies(loads: &Loads, host: &Host) -> Vec<Remedy> {
    let mut all: Vec<Remedy> = Vec::new();
    let hops = host.hops.iter().filter_map(|at| loads.hop(*at));
    for gate in hops.filter_map(|hop| hop.gate(Gate::Outbound)) {
        for remedy in &gate.remedies {
            if !all.contains(remedy) {
                all.push(remedy.clone());
            }
        }
    }
    all
}

/// Every rule by which a service calls out.
fn rules(cx: &Cx<'_>, one: &Service) -> Vec<Named> {
    let own = |rule: Rule, label: String| Named {
        at: one.resource.id.clone(),
        rule,
        label,
    };
    let mut all: Vec<Named> = match (&one.outbound.control, &one.outbound.allowed) {
        (Control::RestrictOutbound, Allowed::Hosts(hosts) | Allowed::Unknown(hosts)) => hosts
            .iter()
            .map(|entry| own(Rule::Host(Folded::new(entry)), entry.clone()))
            .collect(),
        (Control::IsolationMode, _) => managed_rules(cx, one),
        _ => Vec::new(),
    };
    if one.outbound.state == State::NotRestricted {
        all.push(own(Rule::Default, "not restricted".to_owned()));
    }
    let listed = facets::perimeters(cx.inventory, &one.resource.id);
    let enforced = listed
        .items
        .iter()
        .filter(|own| own.access_mode.is("Enforced"));
    for rule in enforced.flat_map(|own| &own.rules) {
        if rule.direction.is("Outbound") {
            let label = format!("perimeter rule {}", rule.name);
            all.push(own(Rule::PerimeterRule(Folded::new(&rule.name)), label));
        }
    }
    all
}

/// The rules of the managed network of a hub, by their names.
pub(crate) fn managed_rules(cx: &Cx<'_>, one: &Service) -> Vec<Named> {
    let owner = network_owner(&one.resource);
    facets::outbound_rules(cx.inventory, owner)
        .items
        .iter()
        .map(|rule| Named {
            at: owner.clone(),
            rule: Rule::ManagedNetwork(Folded::new(&rule.name)),
            label: rule.name.clone(),
        })
        .collect()
}

/// The detail of one rule of a managed network: what it carries out, and in to its target.
pub(crate) fn rule(cx: &Cx<'_>, one: &Service, named: &Named, told: &Told<'_>) -> Vec<Section> {
    let owner = network_owner(&one.resource);
    let listed = facets::outbound_rules(cx.inventory, owner).items;
    let Some(rule) = listed.iter().find(|rule| rule.name == named.label) else {
        return Vec::new();
    };
    let first = Section::new("").words(
        Rich::strong(rule.name.clone()).then(Role::Muted, format!("  rule of {}", owner.name())),
    );
    let facts = Section::new("RULE")
        .pair("type", value::text(cx.signs, &rule.rule_type))
        .pair("opens", value::text(cx.signs, &rule.destination))
        .pair("category", value::text(cx.signs, &rule.category))
        .pair("status", value::text(cx.signs, &rule.status));
    let named = std::slice::from_ref(named);
    let mut sections = vec![first, facts];
    // A private endpoint carries a hop through the target's firewall, a host out of the network.
    let gate = if rule.rule_type.is("PrivateEndpoint") {
        Gate::Network
    } else {
        Gate::Outbound
    };
    sections.extend(told.loads.section(cx, gate, named));
    sections.push(is_it_safe(cx, told.all));
    sections
}

fn managed_network(cx: &Cx<'_>, resource: &Resource) -> Option<Section> {
    let Details::Workspace(workspace) = &resource.details else {
        return None;
    };
    let rules = facets::outbound_rules(cx.inventory, network_owner(resource));
    let count = match &rules.missing {
        None => Rich::plain(rules.items.len().to_string()),
        Some(why) => Rich::of(Role::VerdictUnknown, why.clone()),
    };
    Some(
        Section::new("MANAGED NETWORK")
            .pair(
                "isolationMode",
                value::text(cx.signs, &workspace.isolation_mode),
            )
            .pair(
                "status",
                value::text(cx.signs, &workspace.managed_network_status),
            )
            .pair("rules", count),
    )
}

fn perimeter(cx: &Cx<'_>, one: &Service) -> Option<Section> {
    let section = Section::new("SECURITY PERIMETER");
    match &one.outbound.perimeter {
        Perimeter::None => None,
        Perimeter::Enforced(hosts) if hosts.is_empty() => Some(section.words(Rich::plain(
            "Enforced: its members may be called, and no host outside.",
        ))),
        Perimeter::Enforced(hosts) => {
            let section = section.words(Rich::plain(
                "Enforced: its members may be called, and these hosts:",
            ));
            Some(hosts.iter().fold(section, |section, host| {
                section.words(Rich::plain(host.clone()))
            }))
        }
        Perimeter::Unclear(_) if one.is_reading => Some(section.words(value::not_read())),
        Perimeter::Unclear(why) => Some(
            section.words(Rich::sign(cx.signs, Sign::Unknown).then(Role::Text, format!(" {why}"))),
        ),
    }
}

/// What the services in scope may call that they should not have to.
fn is_it_safe(cx: &Cx<'_>, all: &[Service]) -> Section {
    let mut section = Section::new("IS IT SAFE");
    let mut lines = 0;
    for one in all.iter().filter(|one| one.sign == Sign::Exposure).take(6) {
        let why = match one.outbound.control {
            Control::IsolationMode => "its managed network lets everything out",
            _ => "its outbound calls are not restricted",
        };
        let words = format!(" {} may call any host: {why}.", one.resource.name);
        section = section.words(Rich::sign(cx.signs, Sign::Exposure).then(Role::Text, words));
        lines += 1;
    }
    let has_search = all.iter().any(|one| {
        one.outbound.control == Control::NoneInService && one.outbound.state == State::PerimeterOnly
    });
    if has_search {
        let words = " Search has no outbound control of its own. Only a security perimeter would give it one.";
        section = section.words(Rich::sign(cx.signs, Sign::Note).then(Role::Muted, words));
        lines += 1;
    }
    if lines == 0 {
        section = section.words(Rich::plain(
            "Nothing that was read may call more than its list.",
        ));
    }
    section
}

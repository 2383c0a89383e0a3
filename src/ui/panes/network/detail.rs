//! The detail of the Network pane: the questions that a firewall asks one caller, what proves the
//! answers, and then every rule of the service and what it admits.

use crate::analysis::evidence::Evidence;
use crate::analysis::facets;
use crate::analysis::hop::{Hop, Remedy};
use crate::analysis::network::address::Meaning;
use crate::analysis::network::{self, Answer, Asked, Rules, ServiceKind, region};
use crate::analysis::verdict::{Gate, Verdict};
use crate::model::facet::Facet;
use crate::model::field::Field;
use crate::model::id::ArmId;
use crate::model::network::SharedPrivateLink;
use crate::model::resource::{Details, Family, Resource};
use crate::ui::cx::{Cx, SizeClass};
use crate::ui::panes::loads::Loads;
use crate::ui::panes::reading::Age;
use crate::ui::panes::{mend, proof};
use crate::ui::signs::Sign;
use crate::ui::text::Rich;
use crate::ui::theme::Role;
use crate::ui::value;
use crate::ui::widgets::detail::Section;

use super::rows::{Cell, Service, would_have_let_in};
use super::rules;
use crate::ui::panes::ways::{Ways, Who, presents};

/// What the judgement adds to a cell.
pub(crate) struct Told<'a> {
    /// The hops by the rules that carry them.
    pub(crate) loads: &'a Loads,
    /// The hops that are made this way.
    pub(crate) hops: &'a [&'a Hop],
    /// What opens the service to the caller.
    pub(crate) remedies: &'a [Remedy],
    /// The tool of the remedies that is shown.
    pub(crate) tool: mend::Chosen,
}

/// The detail of one caller at one service.
pub(crate) fn sections(
    cx: &Cx<'_>,
    who: &Who,
    service: &Service,
    cell: Option<&Cell>,
    told: &Told<'_>,
) -> Vec<Section> {
    let target = &*service.resource;
    let mut sections = vec![heading(cx, who, target, cell)];
    if let Some(cell) = cell {
        sections.push(questions(cx, cell, target));
        sections.push(basis(cx, who, target, cell, told.hops));
        sections.extend(made(cx, told.hops));
        let judged = &cell.admission.judged;
        if !judged.evidence.is_empty() {
            sections.push(proof::section(
                cx,
                &target.id,
                &judged.evidence,
                &blame(cell),
            ));
        }
        if cell.sign != Sign::Open {
            let context = super::CONTEXT;
            sections.extend(mend::sections(
                cx,
                context,
                "MEND",
                told.remedies,
                told.tool,
            ));
        }
    }
    sections.push(open_to(cx, service));
    if cell.is_none() {
        sections.push(proof::section(
            cx,
            &target.id,
            &service.open_to.evidence,
            &[],
        ));
    }
    if let Some(own) = network::rules(cx.inventory, target) {
        sections.push(every_rule(cx, target, &own, service));
        let carried = rules::named(cx, target, &own);
        sections.extend(told.loads.section(cx, Gate::Network, &carried));
    }
    sections.push(private_endpoints(cx, target));
    sections.extend(private_links(cx, target));
    sections.extend(perimeters(cx, target));
    sections
}

/// The title of the detail's rule, and what it says at its right end.
pub(crate) fn title(cell: Option<&Cell>, service: &Service) -> (String, Rich) {
    let right = cell.map_or_else(Rich::new, |cell| {
        Rich::muted(match cell.admission.asked.len() {
            1 => "1 question".to_owned(),
            count => format!("{count} questions, in order"),
        })
    });
    (service.resource.name.clone(), right)
}

/// The sign that sums the cell up, hops and all.
pub(crate) fn sum_sign(cell: &Cell) -> Sign {
    match cell.sign {
        Sign::Shut | Sign::Unknown => cell.sign,
        _ => verdict_sign(cell),
    }
}

/// The sign of what the firewall answers to the best that the caller could present.
fn verdict_sign(cell: &Cell) -> Sign {
    match cell.admission.judged.verdict {
        Verdict::Open => Sign::Open,
        Verdict::AtRisk => Sign::AtRisk,
        Verdict::Unknown if cell.sign == Sign::Reading => Sign::Reading,
        Verdict::Unknown => Sign::Unknown,
        Verdict::Shut => Sign::Shut,
    }
}

fn heading(cx: &Cx<'_>, who: &Who, target: &Resource, cell: Option<&Cell>) -> Section {
    let name = match who {
        Who::Service(service) => service.name.clone(),
        other => other.name().to_owned(),
    };
    let (line, role) = match cell.map(sum_sign) {
        Some(Sign::Shut) => (" ━━▶ ", Role::VerdictShut),
        Some(Sign::Unknown) => (" ──▶ ", Role::VerdictUnknown),
        Some(Sign::Open) => (" ──▶ ", Role::Node),
        _ => (" ┄┄▶ ", Role::Node),
    };
    let mut words = Rich::strong(name)
        .then(role, line)
        .then(Role::Strong, target.name.clone());
    if let Some(place) = place(who, target) {
        words = words.then(Role::Muted, format!("  {place}"));
    }
    let mut section = Section::new("").words(words);
    if Age::of(target.source.observed_at, cx.now) != Age::Fresh {
        let age = value::age(target.source.observed_at, cx.now);
        let sign = cx.signs.glyph(Sign::Offline);
        section = section.words(Rich::of(
            Role::Stale,
            format!("{sign} {age}: what follows was so then"),
        ));
    }
    if cell.is_none() {
        let is_itself = matches!(who, Who::Service(service) if service.id == target.id);
        let words = if is_itself {
            "The service itself."
        } else {
            "The pattern has no call this way."
        };
        section = section.blank().words(Rich::muted(words));
    }
    section
}

/// Where the two ends are: the same region matters to Storage.
fn place(who: &Who, target: &Resource) -> Option<String> {
    let own = target.location.text()?;
    let Who::Service(service) = who else {
        return Some(own.to_owned());
    };
    let theirs = service.location.text()?;
    Some(if region(own) == region(theirs) {
        format!("both in {own}")
    } else {
        format!("{theirs} to {own}")
    })
}

/// The questions as steps; the last one carries the verdict.
fn questions(cx: &Cx<'_>, cell: &Cell, target: &Resource) -> Section {
    let asked = &cell.admission.asked;
    let mut section = Section::new("");
    for (at, one) in asked.iter().enumerate() {
        let is_last = at + 1 == asked.len();
        let mark = match (one.answer, one.telling) {
            (Answer::Admits, _) => Rich::of(Role::VerdictOpen, "●"),
            (Answer::Shuts, _) => Rich::of(Role::VerdictShut, "●"),
            (Answer::MayAdmit | Answer::MayShut | Answer::MayDecide | Answer::Unclear, _) => {
                Rich::of(Role::VerdictUnknown, "●")
            }
            (Answer::Next, _) if would_have_let_in(one) => Rich::of(Role::VerdictShut, "●"),
            (Answer::Next, _) => Rich::muted("○"),
        };
        let label = mark
            .then(Role::Muted, format!(" {} ", at + 1))
            .then(Role::Text, format!("{}?", one.question.words()));
        let under = if is_last {
            Rich::new()
        } else {
            Rich::of(Role::Border, "│")
        };
        section = section.step(label, Rich::plain(one.words.clone()), under.clone());
        // Where few lines are in sight, what only leads on is left out.
        let leads_on = one.answer == Answer::Next && !is_last && !would_have_let_in(one);
        if leads_on && cx.size_class() == SizeClass::Below {
            continue;
        }
        let next = if is_last {
            verdict(cx, cell, target)
        } else {
            next(cx, one)
        };
        section = section.step(under.clone(), next, under);
    }
    section
}

/// What is to blame for a call that is kept out: a bypass that would have let it in, else what
/// decided.
fn blame(cell: &Cell) -> Vec<Evidence> {
    if cell.sign != Sign::Shut {
        return Vec::new();
    }
    let asked = &cell.admission.asked;
    let one = asked
        .iter()
        .find(|one| would_have_let_in(one))
        .or(asked.last());
    one.map(|one| one.evidence.clone()).unwrap_or_default()
}

fn next(cx: &Cx<'_>, one: &Asked) -> Rich {
    match one.answer {
        Answer::MayAdmit => {
            Rich::sign(cx.signs, Sign::Unknown).then(Role::VerdictUnknown, " may let it in")
        }
        Answer::MayShut => {
            Rich::sign(cx.signs, Sign::Unknown).then(Role::VerdictUnknown, " may keep it out")
        }
        Answer::MayDecide | Answer::Unclear => {
            Rich::sign(cx.signs, Sign::Unknown).then(Role::VerdictUnknown, " may decide it")
        }
        Answer::Next if would_have_let_in(one) => {
            Rich::of(Role::VerdictShut, "would have let it in")
        }
        Answer::Next | Answer::Admits | Answer::Shuts => Rich::muted("next"),
    }
}

fn verdict(cx: &Cx<'_>, cell: &Cell, target: &Resource) -> Rich {
    let sign = verdict_sign(cell);
    let was = match Age::of(target.source.observed_at, cx.now) {
        Age::History => "was ",
        Age::Fresh | Age::Stale => "",
    };
    Rich::of(
        sign.role(),
        format!("{} {was}{}", cx.signs.glyph(sign), sign.word()),
    )
}

/// Why the call is asked about, and what was taken for granted.
fn basis(cx: &Cx<'_>, who: &Who, target: &Resource, cell: &Cell, hops: &[&Hop]) -> Section {
    let caller = Ways::caller(cx.inventory, cx.judging, who, target);
    let mut section = Section::new("");
    if let Some(what) = presents(&caller) {
        section = section.words(Rich::muted(what));
    }
    if matches!(who, Who::You) && cx.judging.client_ip.is_none() {
        section = section.words(Rich::muted(
            "Your address was not said: --client-ip says it.",
        ));
    }
    // Hops that were read need no guess why the call is made.
    if hops.is_empty() && (matches!(who, Who::Service(_)) || cell.basis.is_wanted()) {
        section = section.words(Rich::muted(cell.basis.words().to_owned()));
    }
    section.words(Rich::muted("Network only: identity and role come after."))
}

/// The hops that are made this way, as they were judged: what their definitions present may be less
/// than the best that the caller could. One line a hop, and why where the network does not let it in.
fn made(cx: &Cx<'_>, hops: &[&Hop]) -> Option<Section> {
    if hops.is_empty() {
        return None;
    }
    let mut section = Section::new("HOPS THIS WAY");
    let gated = hops
        .iter()
        .filter_map(|hop| Some((hop, &hop.gate(Gate::Network)?.judged)));
    for (hop, judged) in gated {
        let sign = match judged.verdict {
            Verdict::Open => Sign::Open,
            Verdict::AtRisk => Sign::AtRisk,
            Verdict::Unknown => Sign::Unknown,
            Verdict::Shut => Sign::Shut,
        };
        let via = hop.via.as_deref().unwrap_or_default();
        section = section.words(
            Rich::sign(cx.signs, sign)
                .then(Role::Text, format!(" {} ", hop.kind))
                .then(Role::Muted, via.to_owned()),
        );
        if sign != Sign::Open {
            section = section.words(Rich::of(sign.word_role(), format!("{}.", judged.reason)));
        }
    }
    Some(section)
}

fn open_to(cx: &Cx<'_>, service: &Service) -> Section {
    let open_to = &service.open_to;
    let words = if service.is_reading {
        Rich::signed(cx.signs, Sign::Reading)
    } else if open_to.is_unknown() {
        Rich::signed(cx.signs, Sign::Unknown)
    } else if matches!(open_to.reach, network::Reach::Everyone) {
        Rich::sign(cx.signs, Sign::Exposure).then(Role::Exposure, " everyone")
    } else {
        Rich::plain(open_to.words())
    };
    let mut section = Section::new("OPEN TO").words(words);
    // The rules follow below; a sentence is owed where they alone do not say it.
    let is_said = matches!(
        open_to.reach,
        network::Reach::Some(_) | network::Reach::Everyone
    );
    if !open_to.reason.is_empty() && !is_said {
        section = section.words(Rich::muted(format!("{}.", open_to.reason)));
    }
    for rule in &open_to.dead_rules {
        section = section.words(Rich::sign(cx.signs, Sign::AtRisk).then(
            Role::Text,
            format!(" the rule for {} is dead: {}", rule.subnet.name(), rule.why),
        ));
    }
    if service.is_managed {
        section = section.words(Rich::sign(cx.signs, Sign::Keep).then(
            Role::Text,
            " Microsoft made it for the hub: leave it as it is",
        ));
    }
    if let Some(projects) = projects_of(cx, &service.resource) {
        section = section.words(Rich::muted(format!("The network of {projects} too.")));
    }
    section
}

fn projects_of(cx: &Cx<'_>, hub: &Resource) -> Option<String> {
    let names: Vec<&str> = cx
        .inventory
        .family(Family::Workspace)
        .filter(|one| matches!(&one.details, Details::Workspace(own) if own.hub.as_ref() == Some(&hub.id)))
        .map(|one| one.name.as_str())
        .collect();
    (!names.is_empty()).then(|| names.join(", "))
}

/// Every rule, and whom it admits.
fn every_rule(cx: &Cx<'_>, target: &Resource, rules: &Rules, service: &Service) -> Section {
    let mut section = Section::new("EVERY RULE, AND WHOM IT ADMITS");
    section = section.pair("public access", Rich::plain(rules.public.words.clone()));
    if target.family == Family::Workspace {
        return section;
    }
    section = section.pair("default", Rich::plain(rules.default_allow.words.clone()));
    section = section.pair("bypass", Rich::plain(rules.bypass.words.clone()));
    match &rules.addresses.value {
        None => {
            section = section.pair(
                "IP rules",
                Rich::of(Role::VerdictUnknown, rules.addresses.words.clone()),
            );
        }
        Some(addresses) if addresses.is_empty() => {
            section = section.pair("IP rules", Rich::muted("none"));
        }
        Some(addresses) => {
            for (at, (text, meaning)) in addresses.iter().enumerate() {
                let label = if at == 0 { "IP rules" } else { "" };
                section = section.pair(label, ip_rule(cx, text, meaning));
            }
        }
    }
    if target.family != Family::Search {
        section = networks(cx, section, rules, service);
    }
    if target.family == Family::Storage {
        section = instances(section, rules);
    }
    if target.family == Family::Cosmos {
        let ids = rules.bypass_ids.value.as_deref().unwrap_or_default();
        for (at, id) in ids.iter().enumerate() {
            let label = if at == 0 { "named" } else { "" };
            section = section.pair(label, Rich::plain(ArmId::new(id).name().to_owned()));
        }
    }
    section
}

fn ip_rule(cx: &Cx<'_>, text: &str, meaning: Meaning) -> Rich {
    let yours = cx.judging.client_ip;
    let (whom, role) = match meaning {
        Meaning::One(address) if Some(address) == yours => ("you", Role::Muted),
        Meaning::One(_) => ("one address", Role::Muted),
        Meaning::Range(range) if range.prefix_len() == 0 => ("everyone", Role::Exposure),
        Meaning::Range(range) if yours.is_some_and(|own| range.contains(&own)) => {
            ("a range, you among it", Role::Muted)
        }
        Meaning::Range(_) => ("a range", Role::Muted),
        Meaning::AnyAzure => ("any Azure datacenter, of any customer", Role::Exposure),
        Meaning::Unreadable => ("no address that can be read", Role::VerdictUnknown),
    };
    Rich::plain(text.to_owned()).then(role, format!("  {whom}"))
}

fn networks(cx: &Cx<'_>, mut section: Section, rules: &Rules, service: &Service) -> Section {
    let Some(subnets) = &rules.subnets.value else {
        return section.pair(
            "networks",
            Rich::of(Role::VerdictUnknown, rules.subnets.words.clone()),
        );
    };
    if subnets.is_empty() {
        return section.pair("networks", Rich::muted("none"));
    }
    for (at, rule) in subnets.iter().enumerate() {
        let label = if at == 0 { "networks" } else { "" };
        let network = rule
            .subnet
            .parent()
            .map_or(String::new(), |own| format!("{}/", own.name()));
        let dead = service
            .open_to
            .dead_rules
            .iter()
            .find(|dead| dead.subnet == rule.subnet);
        let words = Rich::plain(format!("{network}{}", rule.subnet.name()));
        section = section.pair(
            label,
            match dead {
                Some(_) => words
                    .then(Role::Text, "  ")
                    .and(Rich::sign(cx.signs, Sign::AtRisk))
                    .then(Role::VerdictAtRisk, " dead"),
                None => words,
            },
        );
    }
    section
}

fn instances(mut section: Section, rules: &Rules) -> Section {
    let Some(instances) = &rules.instances.value else {
        return section.pair(
            "instances",
            Rich::of(Role::VerdictUnknown, rules.instances.words.clone()),
        );
    };
    if instances.is_empty() {
        return section.pair("instances", Rich::muted("none"));
    }
    for (at, rule) in instances.iter().enumerate() {
        let label = if at == 0 { "instances" } else { "" };
        let name = rule
            .resource_id
            .rsplit('/')
            .next()
            .unwrap_or_default()
            .to_owned();
        let all = if rule.resource_id.contains('*') {
            "every instance that matches"
        } else {
            "this one instance"
        };
        section = section.pair(
            label,
            Rich::plain(name).then(Role::Muted, format!("  {all}")),
        );
    }
    section
}

fn status(cx: &Cx<'_>, status: &Field<String>) -> Rich {
    let sign = match status.text().map(str::to_ascii_lowercase).as_deref() {
        Some("approved") => Sign::Open,
        Some("pending") => Sign::AtRisk,
        Some(_) => Sign::Shut,
        None => Sign::Unknown,
    };
    Rich::sign(cx.signs, sign)
        .then(Role::Text, " ")
        .and(value::text(cx.signs, status))
}

fn private_endpoints(cx: &Cx<'_>, target: &Resource) -> Section {
    let section = Section::new("PRIVATE ENDPOINTS");
    let Some(firewall) = &target.firewall else {
        return section;
    };
    let connections = match &firewall.private_endpoints {
        Field::Value(connections) => connections,
        other => return section.words(value::field(cx.signs, other, |_| Rich::new())),
    };
    if connections.is_empty() {
        return section.words(Rich::plain("empty"));
    }
    connections.iter().fold(section, |section, one| {
        let name = one
            .private_endpoint
            .as_ref()
            .or(one.id.as_ref())
            .map_or("a private endpoint", ArmId::name);
        let groups = if one.group_ids.is_empty() {
            String::new()
        } else {
            format!("  {}", one.group_ids.join(", "))
        };
        section.pair(
            name.to_owned(),
            status(cx, &one.status).then(Role::Muted, groups),
        )
    })
}

/// The links that lead to the service, and those that it has itself.
fn private_links(cx: &Cx<'_>, target: &Resource) -> Option<Section> {
    let mut section = Section::new("SHARED PRIVATE LINKS");
    let mut any = false;
    for search in cx.inventory.family(Family::Search) {
        let own = facets::shared_private_links(cx.inventory, &search.id);
        let of_search: Vec<&SharedPrivateLink> = own
            .items
            .iter()
            .filter(|link| search.id == target.id || link.target.as_ref() == Some(&target.id))
            .collect();
        for link in of_search {
            any = true;
            let other = if search.id == target.id {
                format!("  to {}", link.target.as_ref().map_or("?", ArmId::name))
            } else {
                format!("  from {}", search.name)
            };
            let group = link
                .group_id
                .text()
                .map_or(String::new(), |group| format!(" {group}"));
            section = section.pair(
                link.name.clone(),
                status(cx, &link.status).then(Role::Muted, format!("{other}{group}")),
            );
        }
    }
    if ServiceKind::of_family(target.family) == ServiceKind::Search && !any {
        let slice = cx.inventory.facet(&target.id, Facet::SharedPrivateLinks);
        let words = value::missing(cx.signs, slice, cx.now).unwrap_or_else(|| Rich::plain("empty"));
        section = section.words(words);
        any = true;
    }
    any.then_some(section)
}

fn perimeters(cx: &Cx<'_>, target: &Resource) -> Option<Section> {
    let slice = cx.inventory.facet(&target.id, Facet::Perimeters)?;
    let section = Section::new("SECURITY PERIMETERS");
    if let Some(missing) = value::missing(cx.signs, Some(slice), cx.now) {
        return Some(section.words(missing));
    }
    let listed = facets::perimeters(cx.inventory, &target.id);
    if listed.items.is_empty() {
        return Some(section.words(Rich::plain("empty")));
    }
    Some(listed.items.iter().fold(section, |section, one| {
        let name = one
            .perimeter
            .as_ref()
            .map_or("a perimeter", ArmId::name)
            .to_owned();
        let mode = value::text(cx.signs, &one.access_mode);
        let profile = one
            .profile
            .text()
            .map_or(String::new(), |profile| format!("  profile {profile}"));
        let mut section = section.pair(name, mode.then(Role::Muted, profile));
        for rule in &one.rules {
            let direction = rule.direction.text().unwrap_or("?").to_lowercase();
            let subscriptions = rule.subscriptions.iter().map(|id| id.name().to_owned());
            let what: Vec<String> = rule
                .address_prefixes
                .iter()
                .cloned()
                .chain(subscriptions)
                .chain(rule.fqdns.iter().cloned())
                .collect();
            section = section.pair(
                format!("  {}", rule.name),
                Rich::muted(format!("{direction} {}", what.join(", "))),
            );
        }
        section
    }))
}

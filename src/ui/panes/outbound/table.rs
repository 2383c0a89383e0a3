//! The two tables of the Outbound pane: services, and the hosts or rules of the chosen one.

use std::sync::Arc;

use crate::analysis::facets;
use crate::analysis::outbound::{Allowed, Control, Listing, Perimeter, State};
use crate::analysis::verdict::Gate;
use crate::analysis::way::Rule;
use crate::model::id::Folded;
use crate::model::resource::Details;
use crate::ui::cx::Cx;
use crate::ui::panes::loads::Loads;
use crate::ui::panes::reading::{Age, Gap};
use crate::ui::signs::Sign;
use crate::ui::text::{Cut, Rich, cut, width};
use crate::ui::theme::Role;
use crate::ui::value;
use crate::ui::widgets::data_table::{Cell, Column, Group, Keep, TableRow};

use super::rows::{Host, Service, network_owner};

/// The widest host that is shown whole beside what allows it.
const HOST: u16 = 34;

/// The columns of the services.
pub(super) fn columns() -> Vec<Column> {
    vec![
        Column::sign(),
        Column::name("SERVICE").between(16, 36),
        Column::text("CONTROL", Keep::Reason).between(18, 34),
        Column::name("STATE").between(10, 26),
        Column::text("HOSTS", Keep::Second).between(9, 20),
    ]
}

/// Headings: one for what was not read, when there is any.
pub(super) fn groups(gaps: &[Gap]) -> Vec<Group> {
    if gaps.is_empty() {
        return Vec::new();
    }
    let is_only_waiting = gaps.iter().all(|gap| gap.sign() == Sign::Reading);
    let words = if is_only_waiting {
        "still being read"
    } else {
        "not read"
    };
    vec![Group {
        title: Rich::muted(words),
        right: Rich::new(),
    }]
}

/// The rows, services first, then what was not read.
pub(super) fn rows(cx: &Cx<'_>, services: &[Service], gaps: &[Gap]) -> Vec<TableRow> {
    let missing = gaps.iter().map(|gap| {
        let rest = || match gap.sign() {
            Sign::Reading => value::not_read(),
            sign => Rich::sign(cx.signs, sign),
        };
        TableRow {
            id: Arc::from(gap.id.as_str()),
            group: Some(0),
            cells: [
                Rich::sign(cx.signs, gap.sign()),
                Rich::plain(gap.label().to_owned()),
                rest(),
                gap.short(cx),
                rest(),
            ]
            .map(Cell::from)
            .into(),
            fault: gap.sign() != Sign::Reading,
        }
    });
    services
        .iter()
        .map(|one| row(cx, one))
        .chain(missing)
        .collect()
}

fn row(cx: &Cx<'_>, one: &Service) -> TableRow {
    let mut state = state(cx, one);
    let mut hosts = hosts(cx, one);
    if Age::of(one.resource.source.observed_at, cx.now) != Age::Fresh {
        (state, hosts) = (state.recast(Role::Stale), hosts.recast(Role::Stale));
    }
    let order = Sign::ALL
        .iter()
        .position(|own| *own == one.sign)
        .unwrap_or(0);
    TableRow {
        id: Arc::from(one.resource.id.as_str()),
        group: None,
        cells: vec![
            Cell::number(
                Rich::sign(cx.signs, one.sign),
                i64::try_from(order).unwrap_or(0),
            ),
            Cell::from(Rich::plain(one.resource.name.clone())),
            Cell::from(Rich::muted(control(one))),
            Cell::from(state),
            Cell::from(hosts),
        ],
        fault: matches!(one.sign, Sign::Shut | Sign::Unknown | Sign::AtRisk),
    }
}

/// What controls the calls of a service.
pub(super) fn control(one: &Service) -> &'static str {
    match (&one.outbound.perimeter, one.outbound.control) {
        (Perimeter::Enforced(_), Control::NoneInService) => "security perimeter",
        (_, control) => control.words(),
    }
}

/// Where the control stands, in Azure's own word where it has one.
pub(super) fn state(cx: &Cx<'_>, one: &Service) -> Rich {
    if one.sign == Sign::Reading {
        return value::not_read();
    }
    match (one.outbound.control, one.outbound.state) {
        (Control::CallsNobody, _) => Rich::sign(cx.signs, Sign::None),
        (_, State::Unknown) => {
            Rich::sign(cx.signs, Sign::Unknown).then(Role::VerdictUnknown, " unknown")
        }
        (Control::NoneInService, _) if matches!(one.outbound.perimeter, Perimeter::Unclear(_)) => {
            Rich::sign(cx.signs, Sign::Unknown).then(Role::VerdictUnknown, " perimeter")
        }
        (Control::NoneInService, State::PerimeterOnly) => Rich::muted(State::PerimeterOnly.words()),
        (Control::IsolationMode, _) => match &one.resource.details {
            Details::Workspace(workspace) => value::text(cx.signs, &workspace.isolation_mode),
            _ => Rich::plain(one.outbound.state.words()),
        },
        (_, state) => Rich::plain(state.words()),
    }
}

fn hosts(cx: &Cx<'_>, one: &Service) -> Rich {
    if one.sign == Sign::Reading {
        return value::not_read();
    }
    match &one.outbound.allowed {
        Allowed::Nobody => Rich::sign(cx.signs, Sign::None),
        Allowed::Unknown(_) => Rich::sign(cx.signs, Sign::Unknown),
        Allowed::Hosts(hosts) if one.outbound.control == Control::IsolationMode => {
            Rich::plain(format!("{} by rule", hosts.len()))
        }
        Allowed::AnyHost if one.outbound.control == Control::NoneInService => {
            Rich::muted("any host")
        }
        allowed => Rich::plain(allowed.words()),
    }
}

/// What stands in the second table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Second {
    /// Needed and allowed hosts of an account.
    Hosts,
    /// Rules of a hub's managed network.
    Rules,
    /// Nothing, and why.
    None(&'static str),
}

/// What the second table shows of a service.
pub(super) fn second(cx: &Cx<'_>, one: &Service) -> Second {
    match (one.outbound.control, one.outbound.state) {
        (Control::RestrictOutbound, State::NotRestricted) if one.hosts.is_empty() => Second::None(
            "It may call any host, and nothing that was read needs one. Hosts appear here once restrictOutboundNetworkAccess is on.",
        ),
        (Control::RestrictOutbound, _) if one.hosts.is_empty() => Second::None(
            "No host is allowed, and nothing that was read needs one. Entries of allowedFqdnList appear here.",
        ),
        (Control::RestrictOutbound, _) => Second::Hosts,
        (Control::IsolationMode, _) => {
            let rules = facets::outbound_rules(cx.inventory, network_owner(&one.resource));
            if !rules.items.is_empty() {
                return Second::Rules;
            }
            match one.outbound.state {
                State::NotRestricted => Second::None(
                    "Its managed network is off or open: it may call any host. Rules appear here once isolationMode is AllowOnlyApprovedOutbound.",
                ),
                _ => Second::None("No rule of its managed network was read."),
            }
        }
        (Control::NoneInService, _) => Second::None(
            "This service has no list of hosts. An enforced security perimeter would give it one.",
        ),
        (Control::CallsNobody, _) => Second::None("This service calls nobody: it has no hosts."),
    }
}

/// The columns of the second table.
pub(super) fn second_columns(second: Second) -> Vec<Column> {
    match second {
        Second::Hosts | Second::None(_) => vec![
            Column::text("NEEDED BY", Keep::Second).between(12, 17),
            Column::name("HOST").between(HOST + 6, HOST + 6),
            Column::name("ALLOWED").between(12, 44),
            Column::number("HOPS", Keep::Muted).between(4, 11),
        ],
        Second::Rules => vec![
            Column::sign(),
            Column::name("RULE").between(12, 30),
            Column::text("TYPE", Keep::Second).between(8, 16),
            Column::name("OPENS").between(16, 48),
            Column::text("CATEGORY", Keep::Muted).between(8, 14),
            Column::text("STATUS", Keep::Reason).between(6, 14),
            Column::number("HOPS", Keep::Reason).between(4, 6),
        ],
    }
}

/// The rows of the second table.
pub(super) fn second_rows(
    cx: &Cx<'_>,
    second: Second,
    one: &Service,
    loads: &Loads,
) -> Vec<TableRow> {
    match second {
        Second::Hosts => {
            let widest = one
                .hosts
                .iter()
                .filter(|host| host.need.is_some())
                .map(|host| width(&host.name));
            let reach = widest.max().unwrap_or(HOST).clamp(12, HOST);
            one.hosts
                .iter()
                .map(|host| host_row(cx, one, host, reach, loads))
                .collect()
        }
        Second::Rules => rule_rows(cx, one, loads),
        Second::None(_) => Vec::new(),
    }
}

/// A host, the line to what allows it, and what does.
fn host_row(cx: &Cx<'_>, one: &Service, host: &Host, reach: u16, loads: &Loads) -> TableRow {
    let line = |count: u16, shape: &str| shape.repeat(usize::from(count));
    let (by, way) = match &host.need {
        None => (
            Rich::muted("no hop"),
            Rich::of(Role::Border, line(reach + 5, "┄")),
        ),
        Some((by, basis)) => {
            let role = if host.sign == Sign::Open {
                Role::Node
            } else {
                host.sign.role()
            };
            let name = cut(&host.name, reach, Cut::End).into_owned();
            let rest = reach - width(&name) + 1;
            let way = Rich::plain(name)
                .then(role, format!(" {}", line(rest, "─")))
                .and(Rich::sign(cx.signs, host.sign))
                .then(role, "─▶");
            let by = if basis.is_wanted() {
                Rich::plain(by.clone())
            } else {
                Rich::muted(by.clone())
            };
            (by, way)
        }
    };
    let allowed = match (&host.allowed, host.sign) {
        (Some(entry), _) if host.need.is_some() && entry.eq_ignore_ascii_case(&host.name) => {
            Rich::muted("listed")
        }
        (Some(entry), _) => Rich::plain(entry.clone()),
        (None, Sign::Open) => Rich::muted("any host"),
        (None, sign) => Rich::of(sign.word_role(), "not listed"),
    };
    let (note, count) = match (&host.listing, &host.allowed) {
        (Listing::ParentOnly(_), Some(_)) => {
            let count = i64::try_from(host.hops.len()).unwrap_or(i64::MAX);
            (Rich::of(Role::VerdictUnknown, "parent only"), count)
        }
        (_, Some(entry)) => {
            let rule = Rule::Host(Folded::new(entry));
            loads.number(cx, &one.resource.id, Gate::Outbound, &rule)
        }
        (_, None) => (Rich::new(), -1),
    };
    TableRow {
        id: Arc::from(host.name.as_str()),
        group: None,
        cells: vec![
            Cell::from(by),
            Cell::from(way),
            Cell::from(allowed),
            Cell::number(note, count),
        ],
        fault: matches!(host.sign, Sign::Shut | Sign::Unknown | Sign::AtRisk),
    }
}

fn rule_rows(cx: &Cx<'_>, one: &Service, loads: &Loads) -> Vec<TableRow> {
    let owner = network_owner(&one.resource);
    let rules = facets::outbound_rules(cx.inventory, owner);
    rules
        .items
        .iter()
        .map(|rule| {
            let sign = match rule.status.text().map(str::to_ascii_lowercase).as_deref() {
                Some("active") => Sign::Open,
                Some("failed") => Sign::Shut,
                Some("deleting" | "provisioning") => Sign::AtRisk,
                Some("inactive") => Sign::Note,
                _ => Sign::Unknown,
            };
            let opens = match rule.destination.text() {
                Some(id) if id.starts_with('/') => {
                    Rich::plain(crate::model::id::ArmId::new(id).name().to_owned())
                }
                _ => value::text(cx.signs, &rule.destination),
            };
            let gate = if rule.rule_type.is("PrivateEndpoint") {
                Gate::Network
            } else {
                Gate::Outbound
            };
            let own = Rule::ManagedNetwork(Folded::new(&rule.name));
            let (rich, count) = loads.number(cx, owner, gate, &own);
            TableRow {
                id: Arc::from(rule.name.as_str()),
                group: None,
                cells: [
                    Rich::sign(cx.signs, sign),
                    Rich::plain(rule.name.clone()),
                    value::text(cx.signs, &rule.rule_type).recast(Role::Muted),
                    opens,
                    value::text(cx.signs, &rule.category).recast(Role::Muted),
                    value::text(cx.signs, &rule.status),
                ]
                .map(Cell::from)
                .into_iter()
                .chain([Cell::number(rich, count)])
                .collect(),
                fault: matches!(sign, Sign::Shut | Sign::AtRisk | Sign::Unknown),
            }
        })
        .collect()
}

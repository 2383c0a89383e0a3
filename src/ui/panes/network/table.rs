//! The table of the Network pane: columns, groups, and one row a service as cells.

use std::sync::Arc;

use crate::analysis::facets;
use crate::analysis::network::Reach;
use crate::model::facet::Facet;
use crate::model::field::Field;
use crate::model::network::Firewall;
use crate::model::resource::{Details, Family};
use crate::ui::cx::{Cx, SizeClass};
use crate::ui::panes::loads::Loads;
use crate::ui::panes::reading::{Age, Gap};
use crate::ui::signs::{Sign, Signs};
use crate::ui::text::{Cut, Rich, cut, short_guid, width};
use crate::ui::theme::Role;
use crate::ui::value;
use crate::ui::widgets::data_table::{Cell, Column, Group, Keep, TableRow};

use super::rows::{Rows, Service, short_words};

/// The widest whole words of whom a service is open to; longer ones are said in short.
const WHOLE: u16 = 36;

/// Whether there is room for the whole words of whom a service is open to.
pub(super) fn is_wide(cx: &Cx<'_>) -> bool {
    cx.size.width >= 180
}

/// A count. Where there is no room for `not set`, the detail says it.
fn number_column(head: &'static str) -> Column {
    Column::number(head, Keep::Muted).between(3, 12)
}

/// What the rows are made of.
#[derive(Clone, Copy)]
pub(super) struct Shown<'a> {
    /// The services.
    pub(super) rows: &'a Rows,
    /// The hops by the rules that carry them.
    pub(super) loads: &'a Loads,
    /// Whether there is a column of shared private links.
    pub(super) has_links: bool,
}

/// Whether the words of whom a service is open to stand in the table: the detail has them, so they
/// give way where the detail stands beside and the rules need the room.
fn has_open_to(cx: &Cx<'_>) -> bool {
    is_wide(cx) || cx.size_class() != SizeClass::Beside
}

/// The columns. Those of network rules and links are there only where something stands in them.
pub(super) fn columns(cx: &Cx<'_>, rows: &Rows, has_links: bool) -> Vec<Column> {
    let mut columns = vec![
        Column::sign(),
        Column::name("RESOURCE").between(16, 40),
        Column::text("SERVICE", Keep::Second).between(12, 16),
        Column::name("GETS IN").between(7, 12),
    ];
    if has_open_to(cx) {
        columns.push(Column::name("OPEN TO").between(16, 48));
    }
    columns.extend([
        Column::text("PUBLIC", Keep::Reason).between(7, 18),
        Column::text("DEFAULT", Keep::Reason).between(7, 12),
        Column::text("BYPASS", Keep::Reason).between(13, 28),
        number_column("IP"),
        number_column("INST"),
        number_column("PE"),
    ]);
    if has_networks(rows) {
        columns.push(number_column("NET"));
    }
    if has_links {
        columns.push(number_column("LINKS"));
    }
    columns
}

fn has_networks(rows: &Rows) -> bool {
    let of = |one: &Service| {
        one.resource
            .firewall
            .as_ref()
            .map_or(0, |wall| wall.virtual_network_rules.items().len())
    };
    rows.services.iter().any(|one| of(one) > 0)
}

/// The headings: a group's name, and what was not read.
pub(super) fn groups(cx: &Cx<'_>, rows: &Rows, gaps: &[Gap]) -> Vec<Group> {
    let several = rows
        .homes
        .iter()
        .any(|home| home.id.subscription() != rows.homes[0].id.subscription());
    let mut groups: Vec<Group> = rows
        .homes
        .iter()
        .map(|home| {
            let name = home.id.resource_group().unwrap_or_default();
            let name = short_name(name);
            let title = if home.is_managed {
                Rich::muted(format!("{name} · Microsoft made it: leave it as it is"))
            } else {
                Rich::muted(name)
            };
            let subscription = home
                .id
                .subscription()
                .and_then(|id| cx.inventory.subscription(&id));
            let right = match subscription {
                Some(one) if several => Rich::muted(one.display_name.clone()),
                _ => Rich::new(),
            };
            Group { title, right }
        })
        .collect();
    if !gaps.is_empty() {
        let is_only_waiting = gaps.iter().all(|gap| gap.sign() == Sign::Reading);
        let words = if is_only_waiting {
            "still being read"
        } else {
            "not read"
        };
        groups.push(Group {
            title: Rich::muted(words),
            right: Rich::new(),
        });
    }
    groups
}

/// A group's name; the GUID that Microsoft's own names end in is shortened.
fn short_name(name: &str) -> String {
    let guid = name.len().checked_sub(36).and_then(|at| name.get(at..));
    match guid {
        Some(guid) if uuid::Uuid::parse_str(guid).is_ok() => {
            format!("{}{}", &name[..name.len() - 36], short_guid(guid))
        }
        _ => cut(name, 40, Cut::Middle).into_owned(),
    }
}

/// The rows, services first, then what was not read.
pub(super) fn rows(cx: &Cx<'_>, shown: &Shown<'_>, gaps: &[Gap]) -> Vec<TableRow> {
    let Shown {
        rows, has_links, ..
    } = *shown;
    let has_networks = has_networks(rows);
    let services = rows
        .services
        .iter()
        .map(|one| row(cx, one, shown, has_networks));
    let missing = gaps.iter().map(|gap| {
        let skeleton = |cells: usize| {
            (0..cells).map(|_| match gap.sign() {
                Sign::Reading => Cell::from(value::not_read()),
                sign => Cell::from(Rich::sign(cx.signs, sign)),
            })
        };
        let service = if gap.keys.len() == 1 && gap.place.is_empty() {
            one_of(gap.family)
        } else {
            ""
        };
        let mut cells = vec![
            Cell::from(Rich::sign(cx.signs, gap.sign())),
            Cell::from(Rich::plain(gap.label().to_owned())),
            Cell::from(Rich::muted(service)),
            Cell::from(gap.short(cx)),
        ];
        cells.extend(skeleton(
            6 + usize::from(has_open_to(cx)) + usize::from(has_networks) + usize::from(has_links),
        ));
        TableRow {
            id: Arc::from(gap.id.as_str()),
            group: Some(rows.homes.len()),
            cells,
            fault: gap.sign() != Sign::Reading,
        }
    });
    services.chain(missing).collect()
}

fn one_of(family: Family) -> &'static str {
    match family {
        Family::Storage => "Storage",
        Family::Search => "AI Search",
        Family::Cognitive => "AI services",
        Family::Workspace => "ML workspace",
        Family::Cosmos => "Cosmos DB",
        Family::Vault => "Key Vault",
        _ => "",
    }
}

fn row(cx: &Cx<'_>, one: &Service, shown: &Shown<'_>, has_networks: bool) -> TableRow {
    let resource = &one.resource;
    let signs = cx.signs;
    let none = || Rich::sign(signs, Sign::None);
    let empty = Firewall::default();
    let wall = resource.firewall.as_ref().unwrap_or(&empty);
    let is_workspace = resource.family == Family::Workspace;
    let counted = |has: bool, rich: (Rich, i64)| if has { rich } else { (none(), -1) };
    let mut texts = Vec::new();
    if has_open_to(cx) {
        texts.push(Cell::from(open_to(cx, one)));
    }
    texts.extend([
        Cell::from(value::text(signs, &wall.public_network_access)),
        Cell::from(if is_workspace {
            none()
        } else {
            default_action(signs, one, wall)
        }),
        Cell::from(if is_workspace {
            none()
        } else {
            bypass(signs, one, wall)
        }),
    ]);
    let mut numbers = vec![
        counted(!is_workspace, count(signs, &wall.ip_rules)),
        counted(
            resource.family == Family::Storage,
            count(signs, &wall.resource_access_rules),
        ),
        endpoints(signs, wall),
    ];
    if has_networks {
        let has = !is_workspace && resource.family != Family::Search;
        numbers.push(counted(has, count(signs, &wall.virtual_network_rules)));
    }
    if shown.has_links {
        numbers.push(links(cx, one));
    }
    texts.extend(
        numbers
            .into_iter()
            .map(|(rich, number)| Cell::number(rich, number)),
    );
    if Age::of(resource.source.observed_at, cx.now) != Age::Fresh {
        for cell in &mut texts {
            cell.rich = std::mem::take(&mut cell.rich).recast(Role::Stale);
        }
    }
    let mut cells = vec![
        Cell::number(Rich::sign(signs, one.sign), i64::from(order(one.sign))),
        Cell::from(Rich::plain(resource.name.clone())),
        Cell::from(Rich::muted(one.kind)),
        gets_in(cx, one, shown.loads),
    ];
    cells.extend(texts);
    TableRow {
        id: Arc::from(resource.id.as_str()),
        group: Some(one.group),
        cells,
        fault: matches!(
            one.sign,
            Sign::Shut | Sign::Unknown | Sign::Failed | Sign::AtRisk
        ),
    }
}

/// How many of the hops that lead there the network lets in. Sorted by how many it keeps out.
fn gets_in(cx: &Cx<'_>, one: &Service, loads: &Loads) -> Cell {
    let Some((open, all)) = loads.gets_in(cx, &one.resource.id) else {
        return Cell::from(value::not_read());
    };
    let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    let rich = match (open, all) {
        (_, 0) => Rich::muted("no hop"),
        (open, all) if open == all => Rich::plain(format!("{open} of {all}")),
        (open, all) => Rich::of(one.sign.word_role(), format!("{open} of {all}")),
    };
    Cell::number(rich, count(all - open))
}

fn order(sign: Sign) -> u8 {
    let at = Sign::ALL.iter().position(|own| *own == sign).unwrap_or(0);
    u8::try_from(at).unwrap_or(u8::MAX)
}

fn open_to(cx: &Cx<'_>, one: &Service) -> Rich {
    if one.is_reading {
        return value::not_read();
    }
    if one.open_to.is_unknown() {
        return Rich::sign(cx.signs, Sign::Unknown).then(Role::VerdictUnknown, " unknown");
    }
    let whole = one.open_to.words();
    let words = if is_wide(cx) && width(&whole) <= WHOLE {
        whole
    } else {
        short_words(&one.open_to)
    };
    let role = match one.open_to.reach {
        Reach::Everyone if one.sign == Sign::Exposure => Role::Exposure,
        _ => Role::Text,
    };
    Rich::of(role, words)
}

/// `Deny`, `Allow`; AI Search and Cosmos DB have no such property: their list decides.
fn default_action(signs: Signs, one: &Service, wall: &Firewall) -> Rich {
    match one.resource.details {
        Details::Search(_) | Details::Cosmos(_) => {
            match (&wall.ip_rules, wall.virtual_network_filter.value()) {
                (Field::Malformed | Field::Unreported(_), _) => Rich::sign(signs, Sign::Unknown),
                (rules, filter) if !rules.items().is_empty() || filter == Some(&true) => {
                    Rich::plain("by list")
                }
                _ => Rich::muted("no list"),
            }
        }
        _ => value::text(signs, &wall.default_action),
    }
}

fn bypass(signs: Signs, one: &Service, wall: &Firewall) -> Rich {
    let words = value::text(signs, &wall.bypass);
    if one.bypass_shuts {
        words.recast(Role::VerdictShut)
    } else {
        words
    }
}

fn count<T>(signs: Signs, field: &Field<Vec<T>>) -> (Rich, i64) {
    let rich = value::field(signs, field, |items| number(items.len()));
    (
        rich,
        field
            .value()
            .map_or(-1, |items| i64::try_from(items.len()).unwrap_or(i64::MAX)),
    )
}

fn number(count: usize) -> Rich {
    let role = if count == 0 { Role::Muted } else { Role::Text };
    Rich::of(role, count.to_string())
}

/// Private endpoint connections; those that are not approved are coloured.
fn endpoints(signs: Signs, wall: &Firewall) -> (Rich, i64) {
    let (rich, sort) = count(signs, &wall.private_endpoints);
    let approved = wall.approved_private_endpoints().count();
    if approved < wall.private_endpoints.items().len() {
        return (rich.recast(Role::VerdictAtRisk), sort);
    }
    (rich, sort)
}

fn links(cx: &Cx<'_>, one: &Service) -> (Rich, i64) {
    if one.resource.family != Family::Search {
        return (Rich::sign(cx.signs, Sign::None), -1);
    }
    let id = &one.resource.id;
    let slice = cx.inventory.facet(id, Facet::SharedPrivateLinks);
    if let Some(missing) = value::missing(cx.signs, slice, cx.now) {
        return (missing, -1);
    }
    let links = facets::shared_private_links(cx.inventory, id).items;
    let rich = number(links.len());
    let sort = i64::try_from(links.len()).unwrap_or(i64::MAX);
    if links.iter().all(|link| link.status.is("Approved")) {
        (rich, sort)
    } else {
        (rich.recast(Role::VerdictAtRisk), sort)
    }
}

//! The rows of the pane: what each resource keeps, and what was refused.

use std::sync::Arc;

use crate::analysis::coverage::{Coverage, Sent};
use crate::analysis::refusals::{self, Refused};
use crate::model::resource::{Family, Resource};
use crate::ui::cx::Cx;
use crate::ui::panes::changes::refusal_id;
use crate::ui::panes::trouble::is_shown;
use crate::ui::signs::Sign;
use crate::ui::text::{Rich, short_guid};
use crate::ui::theme::Role;
use crate::ui::widgets::data_table::{Cell, Column, Group, Keep, TableRow};

/// One resource of the grid.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Kept {
    pub(super) resource: Arc<Resource>,
    pub(super) coverage: Coverage,
}

/// The sign of a category.
pub(super) fn sent_sign(sent: Sent) -> Sign {
    match sent {
        Sent::Workspace => Sign::Open,
        Sent::Elsewhere => Sign::Note,
        Sent::Nowhere => Sign::None,
        Sent::Unknown => Sign::Unknown,
        Sent::Pending => Sign::Reading,
    }
}

impl Kept {
    /// The categories without which nobody knows who used the data.
    pub(super) fn telling(&self) -> usize {
        match self.resource.family {
            Family::Storage => 3,
            Family::Cognitive => 2,
            Family::Workspace => 0,
            _ => 1,
        }
    }

    /// The sign of the row: what it does not keep of who did what.
    pub(super) fn sign(&self) -> Sign {
        let own = &self.coverage.categories;
        let any = |wanted: Sent| own.iter().any(|(_, sent)| *sent == wanted);
        if any(Sent::Pending) {
            return Sign::Reading;
        }
        if any(Sent::Unknown) {
            return Sign::Unknown;
        }
        if !self.coverage.workspaces.is_empty() {
            let telling = own.iter().take(self.telling());
            let is_whole = telling.clone().all(|(_, sent)| *sent == Sent::Workspace);
            return if is_whole { Sign::Open } else { Sign::Exposure };
        }
        if self.owes() { Sign::Shut } else { Sign::Note }
    }

    /// Whether the pattern wants logs of it: not of what Microsoft made for a hub, nor of Cosmos DB.
    fn owes(&self) -> bool {
        self.resource.family != Family::Cosmos && !is_managed(&self.resource.id)
    }

    /// Where it goes, in words.
    pub(super) fn goes(&self) -> String {
        let own = &self.coverage;
        let mut words: Vec<String> = own
            .workspaces
            .iter()
            .map(|id| id.name().to_owned())
            .collect();
        words.extend(own.elsewhere.iter().cloned());
        if !words.is_empty() {
            let only = if own.workspaces.is_empty() {
                " only"
            } else {
                ""
            };
            return format!("{}{only}", words.join(", "));
        }
        if own.metrics_only {
            return "metrics only".to_owned();
        }
        match self.sign() {
            Sign::Reading => "reading".to_owned(),
            Sign::Unknown => "refused".to_owned(),
            _ => "nothing is kept".to_owned(),
        }
    }
}

/// The families of the grid, in its order.
const FAMILIES: [Family; 6] = [
    Family::Search,
    Family::Storage,
    Family::Cognitive,
    Family::Workspace,
    Family::Vault,
    Family::Cosmos,
];

/// What each resource in view keeps.
pub(super) fn kept(cx: &Cx<'_>) -> Vec<Kept> {
    let mut found: Vec<Kept> = FAMILIES
        .into_iter()
        .flat_map(|family| cx.inventory.family(family))
        .filter(|one| is_shown(cx.inventory, &one.id) || is_managed(&one.id))
        .filter_map(|resource| {
            Some(Kept {
                coverage: Coverage::of(cx.inventory, resource)?,
                resource: Arc::clone(resource),
            })
        })
        .collect();
    // What is one's own comes before what Microsoft made.
    found.sort_by_key(|one| {
        let family = FAMILIES.iter().position(|own| *own == one.resource.family);
        (family, is_managed(&one.resource.id))
    });
    found
}

/// What Microsoft made for a hub matters too: its logs tell why a hub breaks.
fn is_managed(id: &crate::model::id::ArmId) -> bool {
    id.resource_group()
        .is_some_and(|group| group.to_ascii_lowercase().starts_with("azureml-rg-"))
}

/// What was refused in view.
pub(super) fn refused(cx: &Cx<'_>) -> Vec<Refused> {
    refusals::of(cx.inventory)
}

/// The columns of the grid.
pub(super) fn kept_columns() -> Vec<Column> {
    vec![
        Column::sign(),
        Column::name("RESOURCE").between(14, 34),
        Column::text("CATEGORIES", Keep::Reason).between(20, 74),
        Column::text("GOES TO", Keep::Second).between(11, 40),
    ]
}

/// The columns of the refusals.
pub(super) fn refused_columns() -> Vec<Column> {
    vec![
        Column::sign(),
        Column::name("LAST").between(8, 12),
        Column::name("RESOURCE").between(10, 30),
        Column::text("CALL", Keep::Second).between(8, 28),
        Column::name("CAUSE").between(10, 30),
        Column::text("CALLER", Keep::Reason).between(8, 28),
        Column::number("HITS", Keep::Reason).between(4, 8),
    ]
}

fn rank(sign: Sign) -> i64 {
    let at = Sign::ALL.iter().position(|own| *own == sign).unwrap_or(0);
    i64::try_from(at).unwrap_or(0)
}

/// The groups and rows of the grid.
pub(super) fn grid(cx: &Cx<'_>, kept: &[Kept]) -> (Vec<Group>, Vec<TableRow>) {
    let mut groups = Vec::new();
    let mut rows = Vec::new();
    let mut family = None;
    for one in kept {
        if family != Some(one.resource.family) {
            family = Some(one.resource.family);
            let many = kept
                .iter()
                .filter(|other| other.resource.family == one.resource.family)
                .count();
            groups.push(Group {
                title: Rich::strong(heading(one.resource.family))
                    .then(Role::Muted, format!("  {many}")),
                right: Rich::new(),
            });
        }
        let sign = one.sign();
        let mut cells = Rich::new();
        for (name, sent) in &one.coverage.categories {
            let mark = sent_sign(*sent);
            let role = match sent {
                Sent::Workspace => Role::Text,
                Sent::Unknown => mark.role(),
                _ => Role::Muted,
            };
            let gap = if cells.is_empty() { "" } else { "  " };
            cells = cells
                .then(Role::Text, gap)
                .and(Rich::sign(cx.signs, mark))
                .then(role, format!(" {name}"));
        }
        let goes = match sign {
            Sign::Open | Sign::Exposure | Sign::Reading | Sign::Note => Rich::muted(one.goes()),
            sign => Rich::of(sign.word_role(), one.goes()),
        };
        rows.push(TableRow {
            id: Arc::from(one.resource.id.as_str()),
            group: Some(groups.len() - 1),
            cells: vec![
                Cell::number(Rich::sign(cx.signs, sign), rank(sign)),
                Cell::from(Rich::strong(one.resource.name.clone())),
                Cell::from(cells),
                Cell::from(goes),
            ],
            fault: matches!(sign, Sign::Shut | Sign::Exposure | Sign::Unknown),
        });
    }
    (groups, rows)
}

fn heading(family: Family) -> &'static str {
    match family {
        Family::Search => "AI Search",
        Family::Storage => "Storage, blob service",
        Family::Cognitive => "AI services and OpenAI",
        Family::Workspace => "Foundry hubs",
        Family::Vault => "Key vaults",
        Family::Cosmos => "Cosmos DB",
        _ => "Others",
    }
}

/// The rows of the refusals.
pub(super) fn refusal_rows(cx: &Cx<'_>, refused: &[Refused]) -> Vec<TableRow> {
    refused
        .iter()
        .map(|one| {
            let sign = Sign::Refused;
            TableRow {
                id: Arc::from(refusal_id(one).as_str()),
                group: None,
                cells: vec![
                    Cell::number(Rich::sign(cx.signs, sign), rank(sign)),
                    Cell::number(
                        Rich::muted(super::when(cx, one.last)),
                        one.last.unix_timestamp(),
                    ),
                    Cell::from(Rich::strong(one.resource.name().to_owned())),
                    Cell::from(Rich::plain(one.operation.clone())),
                    Cell::from(
                        Rich::plain(one.cause.words().to_owned()).then(
                            Role::Muted,
                            one.status
                                .map_or_else(String::new, |status| format!("  {status}")),
                        ),
                    ),
                    Cell::from(Rich::muted(caller(one))),
                    Cell::number(Rich::plain(one.hits.to_string()), one.hits),
                ],
                fault: true,
            }
        })
        .collect()
}

/// Who called, in a word.
pub(super) fn caller(one: &Refused) -> String {
    let who = one
        .caller
        .clone()
        .or_else(|| one.address.clone())
        .unwrap_or_else(|| "not said".to_owned());
    if uuid::Uuid::try_parse(&who).is_ok() {
        short_guid(&who)
    } else {
        who
    }
}

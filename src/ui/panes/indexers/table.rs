//! The two tables of the Indexers pane as cells: the indexers, and the runs of one of them.

use std::sync::Arc;

use time::OffsetDateTime;

use crate::model::field::Field;
use crate::model::search::{ConnectionString, Run};
use crate::store::State;
use crate::ui::cx::{Cx, SizeClass};
use crate::ui::signs::Sign;
use crate::ui::text::{Rich, short_guid};
use crate::ui::theme::Role;
use crate::ui::value;
use crate::ui::widgets::bar;
use crate::ui::widgets::data_table::{Cell, Column, Group, Keep, TableRow};

use super::errors::first_line;
use super::rows::{Ended, Entry, Every, Named, Rows, Service, ago, took};
use crate::analysis::explain::facts::code;

/// The id of the row that says when what is read was changed.
pub(super) const CHANGED: &str = "changed";

/// How many cells of a run's row stand before its bar, margins included.
const BEFORE_BAR: u16 = 42;

/// The columns of the indexers.
pub(super) fn columns() -> Vec<Column> {
    vec![
        Column::sign(),
        Column::name("INDEXER").between(12, 40),
        Column::text("SOURCE", Keep::Second).between(12, 40),
        Column::text("INDEX", Keep::Muted).between(10, 30),
        Column::text("EVERY", Keep::Second).between(7, 12),
        Column::name("LAST RUN").between(20, 30),
        Column::number("DONE", Keep::Muted).between(6, 9),
        Column::number("FAILED", Keep::Muted).between(6, 9),
        Column::number("RUNS, NEWEST RIGHT", Keep::Reason).between(60, 60),
    ]
}

/// The headings: a service each, where there are several.
pub(super) fn groups(cx: &Cx<'_>, rows: &Rows) -> Vec<Group> {
    let heading = |one: &Service| {
        let place = one.resource.id.resource_group().unwrap_or_default();
        Group {
            title: Rich::plain(one.resource.name.clone())
                .then(Role::Muted, format!("  {}", tally(one))),
            right: Rich::muted(place.to_owned()),
        }
    };
    if rows.services.len() < 2 || cx.size.height < 12 {
        return Vec::new();
    }
    rows.services.iter().map(heading).collect()
}

/// How many indexers a service has, and its tier: `2 on basic`.
pub(super) fn tally(service: &Service) -> String {
    let tier = service
        .resource
        .sku
        .text()
        .map_or_else(String::new, |sku| format!(" on {sku}"));
    match service.state {
        State::Known => format!("{}{tier}", service.count),
        _ => tier.trim_start().to_owned(),
    }
}

/// The rows: indexers, then services whose indexers are not here.
pub(super) fn rows(cx: &Cx<'_>, rows: &Rows) -> Vec<TableRow> {
    let is_grouped = !groups(cx, rows).is_empty();
    let place = |service: &crate::model::id::ArmId| {
        let at = rows
            .services
            .iter()
            .position(|own| own.resource.id == *service);
        at.filter(|_| is_grouped)
    };
    let entries = rows
        .entries
        .iter()
        .map(|one| row(cx, one, place(&one.service.id)));
    let services = rows
        .services
        .iter()
        .filter(|one| one.state != State::Known || one.count == 0)
        .map(|one| service_row(cx, one, place(&one.resource.id)));
    entries.chain(services).collect()
}

fn row(cx: &Cx<'_>, one: &Entry, group: Option<usize>) -> TableRow {
    let last = one.last();
    let number = |field: Option<&Field<i64>>, role: Role| {
        let Some(field) = field else {
            return Cell::from(Rich::sign(cx.signs, Sign::None));
        };
        let role = match field.value() {
            Some(0) | None => Role::Muted,
            Some(_) => role,
        };
        let sort = field.value().copied().unwrap_or(-1);
        Cell::number(value::number(cx.signs, field).recast(role), sort)
    };
    let since = last.and_then(|run| run.start.value()).copied();
    let index = match &one.index {
        Named::None => Rich::muted("none"),
        Named::Found(index) => Rich::muted(index.name.clone()),
        Named::Gone(name) => Rich::of(Role::VerdictShut, format!("{name} is gone")),
        Named::NotRead(name, _) => Rich::muted(name.clone()),
    };
    let every = match one.every {
        Every::Unclear => Rich::sign(cx.signs, Sign::Unknown),
        _ => Rich::muted(one.every.words().to_owned()),
    };
    let sort = Sign::ALL.iter().position(|own| *own == one.sign);
    let cells = vec![
        Cell::number(
            Rich::sign(cx.signs, one.sign),
            i64::try_from(sort.unwrap_or(0)).unwrap_or(0),
        ),
        Cell::from(Rich::plain(one.indexer.name.clone())),
        Cell::from(source(cx, one)),
        Cell::from(index),
        Cell::from(every),
        Cell::number(
            last_run(cx, one),
            since.map_or(0, OffsetDateTime::unix_timestamp),
        ),
        number(last.map(|run| &run.items_processed), Role::Text),
        number(last.map(|run| &run.items_failed), Role::VerdictAtRisk),
        Cell::from(timeline(cx, one)),
    ];
    TableRow {
        id: Arc::from(one.id.as_str()),
        group,
        cells,
        fault: matches!(
            one.sign,
            Sign::Shut | Sign::AtRisk | Sign::Unknown | Sign::Failed
        ),
    }
}

/// The account and the container; a data source that cannot be looked up by its name.
pub(super) fn source(cx: &Cx<'_>, one: &Entry) -> Rich {
    if let Some((account, container)) = one.reads() {
        let is_hidden = one.source.found().is_some_and(|source| {
            matches!(
                source.connection,
                Field::Null | Field::Absent | Field::Value(ConnectionString::Redacted)
            )
        });
        let account = if is_hidden {
            Rich::of(Role::VerdictUnknown, cx.signs.glyph(Sign::Unknown))
        } else {
            Rich::plain(account)
        };
        return match container {
            Some(name) => account.then(Role::Text, format!("/{name}")),
            None => account,
        };
    }
    match &one.source {
        Named::Gone(name) => Rich::of(Role::VerdictShut, format!("{name} is gone")),
        Named::NotRead(name, State::Denied) => Rich::plain(name.clone()).then(
            Role::VerdictUnknown,
            format!(" {} refused", cx.signs.glyph(Sign::Unknown)),
        ),
        Named::NotRead(name, State::Failed) => Rich::plain(name.clone()).then(
            Role::VerdictAtRisk,
            format!(" {} failed", cx.signs.glyph(Sign::Failed)),
        ),
        Named::NotRead(name, _) => Rich::plain(name.clone()),
        Named::None | Named::Found(_) => Rich::muted("none named"),
    }
}

/// How the last run went and when: `failed 11 min ago`.
fn last_run(cx: &Cx<'_>, one: &Entry) -> Rich {
    if one.status.is_none() || one.state == State::Denied {
        return match (&one.issue, one.state) {
            (Some(issue), _) => value::trouble(
                cx.signs,
                issue,
                crate::store::Phase::Settled { at: issue.at },
                cx.now,
            ),
            (None, State::Pending) => value::skeleton(16),
            (None, _) => Rich::muted("not known"),
        };
    }
    let Some(run) = one.last() else {
        return Rich::muted("never ran");
    };
    let ended = Ended::of(run);
    let role = match ended {
        Ended::Failed => Role::VerdictShut,
        Ended::Partly => Role::VerdictAtRisk,
        Ended::Unclear => Role::VerdictUnknown,
        _ => Role::Muted,
    };
    let word = match ended {
        Ended::Partly => "ok, not all".to_owned(),
        Ended::Unclear => run.status.text().unwrap_or("not known").to_owned(),
        other => other.word().to_owned(),
    };
    let at = run.end.value().or(run.start.value());
    let when = at.map_or_else(String::new, |at| format!(" {}", ago(*at, cx.now)));
    // An older value says so instead of looking like news.
    Rich::of(role, word).then(Role::Muted, when)
}

/// One sign a run, the newest at the right end.
fn timeline(cx: &Cx<'_>, one: &Entry) -> Rich {
    if one.status.is_none() {
        return match one.state {
            State::Pending => value::skeleton(8),
            _ => Rich::sign(cx.signs, Sign::None),
        };
    }
    let most = match cx.size.width {
        180.. => 40,
        140.. => 20,
        _ => 18,
    };
    let runs = one.runs();
    let mut line = Rich::new();
    let mut held: Option<(Sign, String)> = None;
    for run in runs.iter().take(most).rev() {
        let sign = Ended::of(run).sign();
        match &mut held {
            Some((own, glyphs)) if *own == sign => glyphs.push_str(cx.signs.glyph(sign)),
            _ => {
                if let Some((own, glyphs)) = held.take() {
                    line = line.then(own.role(), glyphs);
                }
                held = Some((sign, cx.signs.glyph(sign).to_owned()));
            }
        }
    }
    match held {
        Some((sign, glyphs)) => line.then(sign.role(), glyphs),
        None => Rich::muted("no runs"),
    }
}

fn service_row(cx: &Cx<'_>, one: &Service, group: Option<usize>) -> TableRow {
    let why = service_words(cx, one);
    let mut cells = vec![
        Cell::from(Rich::sign(cx.signs, one.sign())),
        Cell::from(Rich::plain(one.resource.name.clone())),
        Cell::from(why),
    ];
    cells.extend((3..columns().len()).map(|_| Cell::from(Rich::new())));
    TableRow {
        id: Arc::from(one.resource.id.as_str()),
        group,
        cells,
        fault: matches!(one.sign(), Sign::Unknown | Sign::Failed),
    }
}

/// Why a service has no indexers here, in one line.
pub(super) fn service_words(cx: &Cx<'_>, one: &Service) -> Rich {
    match (&one.issue, one.state) {
        (Some(issue), State::Unsupported) => Rich::muted(format!("not asked: {}", issue.message)),
        (Some(issue), State::Denied) => {
            let status = issue
                .status
                .map_or_else(String::new, |status| format!(" with {status}"));
            let role = issue
                .role
                .map_or_else(String::new, |role| format!("; {role} may read them"));
            Rich::of(
                Role::VerdictUnknown,
                format!("indexers were refused{status}"),
            )
            .then(Role::Muted, role)
        }
        (Some(issue), _) => value::trouble(
            cx.signs,
            issue,
            crate::store::Phase::Settled { at: issue.at },
            cx.now,
        ),
        (None, State::Known) => Rich::muted("holds no indexer"),
        (None, _) => value::skeleton(16),
    }
}

/// The columns of the runs.
pub(super) fn run_columns() -> Vec<Column> {
    vec![
        Column::sign(),
        Column::name("STARTED").between(8, 14),
        Column::number("TOOK", Keep::Muted).between(6, 8),
        Column::number("READ", Keep::Second).between(6, 10),
        Column::number("FAILED", Keep::Second).between(6, 10),
        Column {
            head: "".into(),
            ..Column::text("", Keep::Always).between(8, 140)
        },
    ]
}

/// The most documents that a run of these read.
pub(super) fn most_read(runs: &[Run]) -> i64 {
    runs.iter()
        .filter_map(|run| run.items_processed.value().copied())
        .max()
        .unwrap_or(0)
}

/// How wide a bar of a run is.
fn bar_cells(cx: &Cx<'_>) -> u16 {
    let left = match cx.size_class() {
        SizeClass::Beside => {
            let detail = (52 + (cx.size.width - 140) / 3).min(80);
            cx.size.width - detail - 1
        }
        _ => cx.size.width,
    };
    left.saturating_sub(BEFORE_BAR).clamp(4, 120)
}

/// When what an indexer reads was last changed, and by whom.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Change {
    /// When.
    pub(super) at: OffsetDateTime,
    /// What.
    pub(super) name: String,
    /// By whom, as far as it is told.
    pub(super) by: Option<String>,
}

/// The runs as rows, with the change between those before and after it.
pub(super) fn run_rows(cx: &Cx<'_>, runs: &[Run], change: Option<&Change>) -> Vec<TableRow> {
    let most = u64::try_from(most_read(runs)).unwrap_or(0);
    let mut rows = Vec::with_capacity(runs.len() + 1);
    let oldest = runs.iter().rev().find_map(|run| run.start.value());
    let mut change = change.filter(|change| oldest.is_some_and(|oldest| *oldest < change.at));
    for run in runs {
        if let Some(own) = change
            && run.start.value().is_some_and(|start| *start < own.at)
        {
            rows.push(change_row(cx, own));
            change = None;
        }
        rows.push(run_row(cx, run, most));
    }
    rows
}

fn change_row(cx: &Cx<'_>, change: &Change) -> TableRow {
    let by = change
        .by
        .as_deref()
        .map_or_else(String::new, |by| format!("  by {by}"));
    let words = Rich::of(
        Role::Accent,
        format!("{} {} was changed", cx.clock(change.at), change.name),
    )
    .then(
        Role::Muted,
        format!("{by}; it keeps the time of its last change only"),
    );
    let mut cells = vec![
        Cell::from(Rich::of(Role::Accent, "┄")),
        Cell::number(words, change.at.unix_timestamp()),
    ];
    cells.extend((2..run_columns().len()).map(|_| Cell::from(Rich::new())));
    TableRow {
        id: Arc::from(CHANGED),
        group: None,
        cells,
        fault: true,
    }
}

fn run_row(cx: &Cx<'_>, run: &Run, most: u64) -> TableRow {
    let ended = Ended::of(run);
    let count = |field: &Field<i64>, role: Role| {
        let role = if field.value().is_some_and(|count| *count > 0) {
            role
        } else {
            Role::Muted
        };
        Cell::number(
            value::number(cx.signs, field).recast(role),
            field.value().copied().unwrap_or(-1),
        )
    };
    let started = run.start.value().map_or_else(
        || Rich::muted("not told"),
        |start| Rich::plain(when(cx, *start)),
    );
    let seconds = match (run.start.value(), run.end.value()) {
        (Some(start), Some(end)) => (*end - *start).whole_seconds(),
        _ => -1,
    };
    let tell = match ended {
        Ended::Well | Ended::Partly => {
            let cells = bar_cells(cx);
            let read = run.items_processed.value().copied().unwrap_or(0);
            let own = bar::filled(u64::try_from(read).unwrap_or(0), most, cells);
            let role = ended.sign().role();
            let role = if ended == Ended::Partly {
                Role::VerdictOpen
            } else {
                role
            };
            Rich::of(role, "━".repeat(usize::from(own)))
                .then(Role::Border, "─".repeat(usize::from(cells - own)))
        }
        Ended::Running => Rich::muted("has not ended yet"),
        Ended::Reset => Rich::muted("was reset: the next run reads everything anew"),
        Ended::Failed | Ended::Unclear => Rich::of(ended.sign().role(), reason(run)),
    };
    TableRow {
        id: Arc::from(run.path.as_str()),
        group: None,
        cells: vec![
            Cell::from(Rich::sign(cx.signs, ended.sign())),
            Cell::number(
                started,
                run.start.value().map_or(0, |at| at.unix_timestamp()),
            ),
            Cell::number(
                Rich::muted(took(run).unwrap_or_else(|| "·".to_owned())),
                seconds,
            ),
            count(&run.items_processed, Role::Text),
            count(&run.items_failed, Role::VerdictAtRisk),
            Cell::from(tell),
        ],
        fault: matches!(ended, Ended::Failed | Ended::Partly | Ended::Unclear),
    }
}

/// Why a run failed, in a word or a line.
pub(super) fn reason(run: &Run) -> String {
    let error = run.errors.items().first();
    let said: Vec<&str> = error
        .iter()
        .flat_map(|one| [one.details.text(), one.message.text()])
        .chain([run.error_message.text()])
        .flatten()
        .collect();
    if let Some(code) = said.iter().find_map(|text| code(text)) {
        return code;
    }
    error
        .and_then(|one| one.message.text())
        .or_else(|| run.error_message.text())
        .map_or_else(
            || "failed without a message".to_owned(),
            |text| first_line(text).to_owned(),
        )
}

/// A time of day, with its date when it is of another day.
pub(super) fn when(cx: &Cx<'_>, at: OffsetDateTime) -> String {
    let (own, now) = (at.to_offset(cx.offset), cx.now.to_offset(cx.offset));
    if own.date() == now.date() {
        return cx.clock(at);
    }
    let month = own.month().to_string();
    let month = month.get(..3).unwrap_or(&month);
    format!(
        "{} {month} {:02}:{:02}",
        own.day(),
        own.hour(),
        own.minute()
    )
}

/// Who changed something: a name where one is known.
pub(super) fn who(cx: &Cx<'_>, by: &str) -> String {
    let id = crate::model::id::PrincipalId::new(by);
    match cx
        .inventory
        .principal(&id)
        .and_then(|one| one.display_name.text())
    {
        Some(name) => name.to_owned(),
        None if by.len() == 36 && !by.contains('@') => short_guid(by),
        None => by.to_owned(),
    }
}

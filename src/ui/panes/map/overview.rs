//! The overview, shown while no hop is chosen: does it work, is it safe, what is to be left alone,
//! what changed today.

use time::{Duration, OffsetDateTime};

use crate::analysis::benefits::{Held, Stand};
use crate::analysis::hop::{Benefit, Finding, FindingKind, Severity};
use crate::config::Action;
use crate::ui::cx::Cx;
use crate::ui::signs::{self, Sign};
use crate::ui::text::Rich;
use crate::ui::theme::Role;
use crate::ui::widgets::detail::Section;

use super::rows::{Row, end_name};

/// How many changes are shown.
const CHANGES: usize = 6;
/// How many findings stand below a hop.
const FINDINGS: usize = 8;
/// How many lines a benefit takes at most.
const AGAINST: usize = 3;

/// What a benefit is called.
fn words(benefit: Benefit) -> &'static str {
    match benefit {
        Benefit::Backbone => "1 public backbone",
        Benefit::Firewalls => "2 service firewalls",
        Benefit::Outbound => "3 outbound control",
        Benefit::Identity => "4 Entra ID, roles",
        Benefit::Cost => "5 affordable tiers",
        Benefit::Logs => "6 logs",
    }
}

/// All of it.
pub(super) fn sections(cx: &Cx<'_>, rows: &[Row]) -> Vec<Section> {
    let mut sections = vec![answer(cx, rows), works(cx, rows), safe(cx)];
    let keep: Vec<&Finding> = of_kind(cx, FindingKind::Keep).collect();
    if !keep.is_empty() {
        let section = keep
            .into_iter()
            .fold(Section::new("DO NOT CHANGE"), |section, one| {
                section.words(
                    Rich::sign(cx.signs, Sign::Keep).then(Role::Text, format!(" {}", one.title)),
                )
            });
        sections.push(section);
    }
    sections.push(today(cx));
    sections
}

/// What stands below a hop where there is room: what changed today, and the worst findings.
pub(super) fn beside(cx: &Cx<'_>) -> Vec<Section> {
    let all = &cx.judgement.findings;
    let mut section = Section::new("FINDINGS");
    if let Some(key) = cx.key_of(super::CONTEXT, Action::Screen('0')) {
        section = section.right(Rich::strong(key).then(Role::Muted, " for all"));
    }
    let rank = |one: &&Finding| (one.kind, one.severity);
    let mut worst: Vec<&Finding> = all.iter().collect();
    worst.sort_by_key(rank);
    if worst.is_empty() {
        section = section.words(Rich::muted("None in what was read."));
    }
    for one in worst.iter().take(FINDINGS) {
        let name = end_name(cx, &one.resource);
        section = section.words(
            Rich::sign(cx.signs, sign(one))
                .then(Role::Text, format!(" {}", one.title))
                .then(Role::Muted, format!("  {name}")),
        );
    }
    if worst.len() > FINDINGS {
        section = section.words(Rich::muted(format!(
            "  and {} more",
            worst.len() - FINDINGS
        )));
    }
    vec![today(cx), section]
}

/// The sign of a finding.
pub(in crate::ui) fn sign(finding: &Finding) -> Sign {
    match (finding.kind, finding.severity) {
        (FindingKind::Broken, Severity::Error) => Sign::Shut,
        (FindingKind::Broken, Severity::Warning) => Sign::AtRisk,
        (FindingKind::Broken, Severity::Info) => Sign::Unknown,
        (FindingKind::Exposure, _) => Sign::Exposure,
        (FindingKind::Keep, _) => Sign::Keep,
        (FindingKind::Note, _) => Sign::Note,
    }
}

fn of_kind<'a>(cx: &Cx<'a>, kind: FindingKind) -> impl Iterator<Item = &'a Finding> + use<'a> {
    let judgement: &'a crate::analysis::hop::Judgement = cx.judgement;
    judgement
        .findings
        .iter()
        .filter(move |finding| finding.kind == kind)
}

fn count(rows: &[Row], sign: Sign) -> usize {
    rows.iter().filter(|row| row.sign == sign).count()
}

fn answer(cx: &Cx<'_>, rows: &[Row]) -> Section {
    let (sign, words, more) = if count(rows, Sign::Reading) > 0 {
        (
            Sign::Reading,
            "Still reading.",
            "What is drawn solid is known already.",
        )
    } else if count(rows, Sign::Shut) > 0 {
        (
            Sign::Shut,
            "Something does not work.",
            "The list begins with it.",
        )
    } else if count(rows, Sign::AtRisk) > 0 {
        (
            Sign::AtRisk,
            "It works, some of it not for long.",
            "The list begins with it.",
        )
    } else if count(rows, Sign::Unknown) > 0 {
        (
            Sign::Unknown,
            "Nothing is known to be shut.",
            "Some calls cannot be judged.",
        )
    } else {
        (Sign::Open, "Everything works.", "Nothing needs you.")
    };
    Section::new("").words(
        Rich::sign(cx.signs, sign)
            .then(Role::Strong, format!(" {words}"))
            .then(Role::Muted, format!("  {more}")),
    )
}

fn works(cx: &Cx<'_>, rows: &[Row]) -> Section {
    let open = count(rows, Sign::Open);
    let sign = if open == rows.len() {
        Sign::Open
    } else {
        rows.first().map_or(Sign::Open, |row| row.sign)
    };
    let label = |sign: Sign, words: String| {
        Rich::sign(cx.signs, sign).then(Role::Text, format!(" {words}"))
    };
    let mut section = Section::new("DOES IT WORK").step(
        label(sign, "hops".to_owned()),
        Rich::plain(format!("{open} of {} open", rows.len())),
        Rich::new(),
    );
    for row in rows.iter().filter(|row| row.worst().is_some()).take(4) {
        section = section.step(
            label(row.sign, row.hop.kind.word().to_owned()),
            Rich::plain(format!("{} → {}", row.from, row.to))
                .then(Role::Muted, format!("  {}", row.gate())),
            Rich::new(),
        );
    }
    section
}

/// The six benefits as the walk and the reports tell them, each with what stands against it.
fn safe(cx: &Cx<'_>) -> Section {
    let way = cx.key_of(super::CONTEXT, Action::Walk).map_or_else(
        || Rich::muted("six benefits of the pattern"),
        |key| Rich::strong(key).then(Role::Muted, " walks through the six benefits"),
    );
    let mut section = Section::new("IS IT SAFE").right(way);
    for benefit in Benefit::ALL {
        let label = |sign: Sign| {
            Rich::sign(cx.signs, sign).then(Role::Text, format!(" {}", words(benefit)))
        };
        let Some(held) = cx.judgement.benefit(benefit) else {
            let waits = Rich::muted("still reading");
            section = section.step(label(Sign::Reading), waits, Rich::new());
            continue;
        };
        let mut told: Vec<(Sign, Rich)> = cx
            .judgement
            .against(held)
            .map(|one| (sign(one), Rich::plain(one.title.clone())))
            .collect();
        if told.len() > AGAINST {
            let more = told.len() - AGAINST + 1;
            told.truncate(AGAINST - 1);
            told.push((Sign::Exposure, Rich::muted(format!("and {more} more"))));
        }
        if told.is_empty() {
            told.push((signs::of_stand(held.stand), Rich::muted(fact(held))));
        }
        for (sign, fact) in told {
            section = section.step(label(sign), fact, Rich::new());
        }
    }
    section
}

/// What is said of a benefit that no finding stands against.
fn fact(held: &Held) -> String {
    let figure = held.figure();
    match held.stand {
        // Set aside in the config file, and so all the same.
        Stand::Against => figure.unwrap_or_else(|| held.stand.words().to_owned()),
        Stand::Holds => figure.unwrap_or_else(|| "nothing found against it".to_owned()),
        Stand::Unknown => "nothing found in what could be read".to_owned(),
        Stand::Reading => "still reading".to_owned(),
        Stand::Nothing => "nothing here to show it on".to_owned(),
    }
}

/// What resources say of their last change, within a day.
fn today(cx: &Cx<'_>) -> Section {
    let mut changes: Vec<(OffsetDateTime, &str, &str)> = cx
        .inventory
        .resources()
        .filter_map(|one| {
            let at = *one.system_data.last_modified_at.value()?;
            let by = one.system_data.last_modified_by.text().unwrap_or_default();
            (cx.now - at < Duration::days(1)).then_some((at, one.name.as_str(), by))
        })
        .collect();
    changes.sort_by_key(|(at, name, _)| (std::cmp::Reverse(*at), *name));
    let section = Section::new("TODAY");
    if changes.is_empty() {
        return section.words(Rich::muted(
            "No resource says that it was changed in the last 24 hours.",
        ));
    }
    changes
        .into_iter()
        .take(CHANGES)
        .fold(section, |section, (at, name, by)| {
            let words = Rich::muted(cx.clock(at)).then(Role::Text, format!("  {name} changed"));
            section.words(words.then(Role::Muted, format!("  {by}")))
        })
}

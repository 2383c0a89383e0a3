//! Rows of the Findings pane: findings with their signs, in groups, the worst first.
//!
//! Pure: made from the judgement, and from the inventory for names alone.

use std::collections::HashMap;

use crate::analysis::hop::{Benefit, Finding, FindingKind, Hop, Judgement, Severity};
use crate::analysis::verdict::Verdict;
use crate::model::id::{ArmId, PrincipalId};
use crate::model::judging::Suppression;
use crate::store::Inventory;
use crate::ui::signs::Sign;
use crate::ui::text::short_guid;

use super::cause::{self, Merged};

/// What a finding is filed under, in the order of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Group {
    /// It does not work, or works by a weaker path only.
    Broken,
    /// Whether it works cannot be told.
    CannotTell,
    /// It works, but wider than the pattern, by the benefit that it breaks.
    Exposure(Option<Benefit>),
    /// Not to be changed.
    Keep,
    /// Good to know.
    Note,
    /// The config file hides it.
    Hidden,
}

impl Group {
    /// Its heading, and what the heading says behind it.
    pub(super) fn words(self) -> (String, &'static str) {
        match self {
            Self::Broken => ("Does not work".to_owned(), "mend these first"),
            Self::CannotTell => ("Cannot tell".to_owned(), "a right or a fact is missing"),
            Self::Exposure(benefit) => {
                let words = match benefit {
                    Some(benefit) => format!("Wider than the pattern: {}", benefit_words(benefit)),
                    None => "Wider than the pattern".to_owned(),
                };
                (words, "closing it may shut a hop")
            }
            Self::Keep => ("Do not change".to_owned(), "a benchmark will ask you to"),
            Self::Note => ("Good to know".to_owned(), ""),
            Self::Hidden => (
                "Hidden".to_owned(),
                "the config file says so, each with a reason",
            ),
        }
    }
}

/// A benefit in the words of the field.
pub(super) fn benefit_words(benefit: Benefit) -> &'static str {
    match benefit {
        Benefit::Backbone => "traffic on the backbone",
        Benefit::Firewalls => "service firewalls",
        Benefit::Outbound => "outbound controls",
        Benefit::Identity => "Entra and least privilege",
        Benefit::Cost => "cost",
        Benefit::Logs => "logs",
    }
}

/// One finding.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Row {
    /// What the selection stays on.
    pub(super) id: String,
    /// Where it stands in the judgement.
    pub(super) at: usize,
    /// Its group.
    pub(super) group: Group,
    /// Its sign.
    pub(super) sign: Sign,
    /// What it is about, by name.
    pub(super) on: String,
    /// The ids of the findings that it stands for, where it stands for several.
    pub(super) members: Vec<String>,
}

/// All of them.
#[derive(Clone, Debug, Default, PartialEq)]
#[expect(
    clippy::struct_field_names,
    reason = "its rows are what the list shows; groups and merged findings belong to them"
)]
pub(super) struct Rows {
    /// The findings, in the order of the list.
    pub(super) rows: Vec<Row>,
    /// The groups that have any, in order.
    pub(super) groups: Vec<Group>,
    /// What stands for several findings.
    merged: Vec<Merged>,
}

impl Rows {
    /// The finding of a row, and the entry of the config file that hides it.
    pub(super) fn finding<'a>(
        &'a self,
        judgement: &'a Judgement,
        at: usize,
    ) -> Option<(&'a Finding, Option<&'a Suppression>)> {
        let all = judgement.findings.len() + judgement.hidden.len();
        match at.checked_sub(all) {
            None => finding(judgement, at),
            Some(at) => self.merged.get(at).map(|own| (&own.finding, None)),
        }
    }

    /// How many have each sign, worst first.
    pub(super) fn tally(&self) -> Vec<(Sign, usize)> {
        const ORDER: [Sign; 6] = [
            Sign::Shut,
            Sign::AtRisk,
            Sign::Unknown,
            Sign::Exposure,
            Sign::Keep,
            Sign::Note,
        ];
        ORDER
            .into_iter()
            .map(|sign| {
                (
                    sign,
                    self.rows
                        .iter()
                        .filter(|row| row.sign == sign)
                        .map(|row| row.members.len().max(1))
                        .sum(),
                )
            })
            .filter(|(_, count)| *count > 0)
            .collect()
    }

    /// How many things the findings are about.
    pub(super) fn subjects(&self) -> usize {
        let mut names: Vec<&str> = self.rows.iter().map(|row| row.on.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        names.len()
    }
}

/// A finding that is judged, and the entry of the config file that hides it.
fn finding(judgement: &Judgement, at: usize) -> Option<(&Finding, Option<&Suppression>)> {
    let shown = judgement.findings.len();
    if let Some(finding) = judgement.findings.get(at) {
        return Some((finding, None));
    }
    let (finding, entry) = judgement.hidden.get(at - shown)?;
    Some((finding, Some(entry)))
}

/// Makes the rows; those that the config file hides are among them when `with_hidden`.
pub(super) fn build(judgement: &Judgement, inventory: &Inventory, with_hidden: bool) -> Rows {
    let hops: HashMap<String, &Hop> = judgement.hops.iter().map(|hop| (hop.id(), hop)).collect();
    let mut seen: HashMap<String, usize> = HashMap::new();
    let merged = cause::merged(inventory, &judgement.findings, &hops);
    let mut members: Vec<Vec<String>> = vec![Vec::new(); merged.len()];
    let mut rows: Vec<(Severity, bool, Row)> = Vec::with_capacity(judgement.findings.len());
    let all = judgement.findings.len() + judgement.hidden.len();
    let last = if with_hidden {
        all
    } else {
        judgement.findings.len()
    };
    for at in 0..last {
        let Some((finding, hidden_by)) = self::finding(judgement, at) else {
            continue;
        };
        let name = format!("{}|{}", finding.rule, finding.resource);
        let times = seen.entry(name.clone()).or_default();
        *times += 1;
        let worst = Verdict::worst(
            finding
                .hops
                .iter()
                .filter_map(|id| hops.get(id))
                .map(|hop| hop.verdict()),
        );
        let id = if *times == 1 {
            name
        } else {
            format!("{name}|{times}")
        };
        if let Some(own) = merged.iter().position(|own| own.members.contains(&at)) {
            members[own].push(id);
            continue;
        }
        let (group, sign) = match hidden_by {
            Some(_) => (Group::Hidden, Sign::Note),
            None => filed(finding, worst),
        };
        rows.push((
            finding.severity,
            true,
            Row {
                id,
                at,
                group,
                sign,
                on: called(inventory, &finding.resource),
                members: Vec::new(),
            },
        ));
    }
    for (number, (own, members)) in merged.iter().zip(members).enumerate() {
        rows.push((
            own.finding.severity,
            false,
            Row {
                id: format!("{}|{}|all", own.finding.rule, own.finding.resource),
                at: all + number,
                group: Group::CannotTell,
                sign: Sign::Unknown,
                on: called(inventory, &own.finding.resource),
                members,
            },
        ));
    }
    // The judgement's own order stands where severity and group agree; what stands for many goes first.
    rows.sort_by_key(|(severity, is_single, row)| (row.group, *severity, *is_single, row.at));
    let rows: Vec<Row> = rows.into_iter().map(|(.., row)| row).collect();
    let mut groups: Vec<Group> = rows.iter().map(|row| row.group).collect();
    groups.dedup();
    Rows {
        rows,
        groups,
        merged,
    }
}

/// The group and the sign of a finding whose worst hop has this verdict.
fn filed(finding: &Finding, worst: Option<Verdict>) -> (Group, Sign) {
    // A note of another rule is certain, whatever cannot be told of the hops that it touches.
    let is_certain = finding.kind == FindingKind::Note && finding.rule != cause::RULE;
    let is_untold = worst == Some(Verdict::Unknown) && !is_certain;
    match (finding.kind, finding.severity) {
        (FindingKind::Broken, Severity::Error) => (Group::Broken, Sign::Shut),
        (FindingKind::Broken, Severity::Warning) => (Group::Broken, Sign::AtRisk),
        (FindingKind::Broken | FindingKind::Note, Severity::Info) if is_untold => {
            (Group::CannotTell, Sign::Unknown)
        }
        (FindingKind::Broken, Severity::Info) => (Group::Broken, Sign::Note),
        (FindingKind::Exposure, _) => (Group::Exposure(finding.benefit), Sign::Exposure),
        (FindingKind::Keep, _) => (Group::Keep, Sign::Keep),
        (FindingKind::Note, _) => (Group::Note, Sign::Note),
    }
}

/// A thing by the name that people know it by: a resource, an object of one, a person, a host.
pub(super) fn called(inventory: &Inventory, end: &str) -> String {
    if end.starts_with('/') {
        let id = ArmId::new(end);
        if let Some(subscription) = id
            .subscription()
            .filter(|own| own.as_str().eq_ignore_ascii_case(id.name()))
        {
            return inventory.subscription(&subscription).map_or_else(
                || short_guid(subscription.as_str()),
                |one| one.display_name.clone(),
            );
        }
        return id.name().to_owned();
    }
    let principal = inventory.principal(&PrincipalId::new(end));
    match principal.and_then(|one| one.display_name.text()) {
        Some(name) => name.to_owned(),
        None if end.len() == 36 && end.matches('-').count() == 4 => short_guid(end),
        None => end.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::hop::{Basis, GateVerdict, HopKind};
    use crate::analysis::verdict::{Gate, Reasoned};

    fn finding(rule: &'static str, kind: FindingKind, severity: Severity) -> Finding {
        Finding {
            rule,
            kind,
            severity,
            resource: "/subscriptions/s/resourceGroups/g/providers/A.B/c/st".to_owned(),
            title: rule.to_owned(),
            detail: "So it is.".to_owned(),
            benefit: (kind == FindingKind::Exposure).then_some(Benefit::Firewalls),
            evidence: Vec::new(),
            remedies: Vec::new(),
            hops: Vec::new(),
        }
    }

    fn hop(verdict: Verdict) -> Hop {
        Hop {
            kind: HopKind::IndexerToStorage,
            from: "a".to_owned(),
            to: verdict.word().to_owned(),
            via: None,
            basis: Basis::Observed,
            gates: vec![GateVerdict::new(
                Gate::Network,
                Reasoned::new(verdict, "so"),
            )],
        }
    }

    #[test]
    fn kind_severity_and_hops_decide_group_and_sign() {
        use FindingKind::{Broken, Exposure, Keep, Note};
        use Severity::{Error, Info, Warning};
        for (kind, severity, touched, group, sign) in [
            (
                Broken,
                Error,
                Some(Verdict::Shut),
                Group::Broken,
                Sign::Shut,
            ),
            (
                Broken,
                Warning,
                Some(Verdict::AtRisk),
                Group::Broken,
                Sign::AtRisk,
            ),
            (Broken, Info, Some(Verdict::Shut), Group::Broken, Sign::Note),
            (
                Broken,
                Info,
                Some(Verdict::Unknown),
                Group::CannotTell,
                Sign::Unknown,
            ),
            (
                Note,
                Info,
                Some(Verdict::Unknown),
                Group::CannotTell,
                Sign::Unknown,
            ),
            (Note, Info, Some(Verdict::Open), Group::Note, Sign::Note),
            (Note, Info, None, Group::Note, Sign::Note),
            (
                Exposure,
                Warning,
                Some(Verdict::Unknown),
                Group::Exposure(Some(Benefit::Firewalls)),
                Sign::Exposure,
            ),
            (Keep, Info, None, Group::Keep, Sign::Keep),
        ] {
            let untold = kind == Note && touched == Some(Verdict::Unknown);
            let rule = if untold { "hop/cannot-tell" } else { "a/b" };
            let mut own = finding(rule, kind, severity);
            let hops: Vec<Hop> = touched.map(hop).into_iter().collect();
            own.hops = hops.iter().map(Hop::id).collect();
            let rows = build(
                &Judgement {
                    hops,
                    findings: vec![own],
                    ..Judgement::default()
                },
                &Inventory::default(),
                false,
            );
            assert_eq!(
                (rows.rows[0].group, rows.rows[0].sign),
                (group, sign),
                "{kind:?} {severity:?}"
            );
            assert_eq!(rows.rows[0].on, "st");
        }
        // What a note says of a retired feature is so, whatever is not known of the hop.
        let mut own = finding("a/b", Note, Info);
        let untold = hop(Verdict::Unknown);
        own.hops = vec![untold.id()];
        let judgement = Judgement {
            hops: vec![untold],
            findings: vec![own],
            ..Judgement::default()
        };
        let rows = build(&judgement, &Inventory::default(), false);
        assert_eq!(rows.rows[0].group, Group::Note);
    }

    #[test]
    fn the_list_is_by_group_then_severity_and_ids_are_unique() {
        use FindingKind::{Broken, Exposure, Keep, Note};
        use Severity::{Error, Info, Warning};
        let mut logs = finding("a/logs", Exposure, Error);
        logs.benefit = Some(Benefit::Logs);
        let findings = vec![
            logs,
            finding("a/note", Note, Error),
            finding("a/exposed", Exposure, Info),
            finding("a/weak", Broken, Warning),
            finding("a/shut", Broken, Error),
            finding("a/shut", Broken, Error),
            finding("a/keep", Keep, Info),
        ];
        let rows = build(
            &Judgement {
                hops: Vec::new(),
                findings,
                ..Judgement::default()
            },
            &Inventory::default(),
            false,
        );
        let order: Vec<usize> = rows.rows.iter().map(|row| row.at).collect();
        assert_eq!(order, [4, 5, 3, 2, 0, 6, 1]);
        assert_eq!(
            rows.groups,
            [
                Group::Broken,
                Group::Exposure(Some(Benefit::Firewalls)),
                Group::Exposure(Some(Benefit::Logs)),
                Group::Keep,
                Group::Note
            ]
        );
        assert_ne!(rows.rows[0].id, rows.rows[1].id);
        assert_eq!(
            rows.tally(),
            [
                (Sign::Shut, 2),
                (Sign::AtRisk, 1),
                (Sign::Exposure, 2),
                (Sign::Keep, 1),
                (Sign::Note, 1)
            ]
        );
        assert_eq!(rows.subjects(), 1);
    }

    #[test]
    fn what_is_hidden_comes_last_and_only_when_asked_for() {
        let entry = Suppression {
            rule: "a/hidden".to_owned(),
            resource: None,
            reason: "tables need it".to_owned(),
            expires: None,
        };
        let judgement = Judgement {
            findings: vec![finding("a/note", FindingKind::Note, Severity::Info)],
            hidden: vec![(
                finding("a/hidden", FindingKind::Broken, Severity::Error),
                entry.clone(),
            )],
            ..Judgement::default()
        };
        let inventory = Inventory::default();
        assert_eq!(build(&judgement, &inventory, false).rows.len(), 1);
        let rows = build(&judgement, &inventory, true);
        assert_eq!(rows.groups, [Group::Note, Group::Hidden]);
        let (found, by) = rows.finding(&judgement, rows.rows[1].at).unwrap();
        assert_eq!((found.rule, by), ("a/hidden", Some(&entry)));
        // Nothing that is hidden raises an alarm on the tab.
        assert_eq!(rows.tally(), [(Sign::Note, 2)]);
    }

    #[test]
    fn hops_that_one_refusal_leaves_untold_are_one_row() {
        use crate::fetch::testing::Known;
        use crate::model::key::Key;
        let subscription = "/subscriptions/3b1c0f2d-65f0-4135-bf08-e005a4058e20";
        let key = Key::PolicyAssignments(ArmId::new(subscription));
        let mut known = Known::default();
        known.refuse(&key);
        let inventory = Inventory::build(&known.snapshot());
        let judgement = |untold: usize, others: usize| {
            let hops: Vec<Hop> = (0..untold + others)
                .map(|number| {
                    let mut own = hop(Verdict::Unknown);
                    own.to = format!("target {number}");
                    let why = if number < untold {
                        "policy assignments were refused: x"
                    } else {
                        "so"
                    };
                    own.gates[0].judged.reason = why.to_owned();
                    own
                })
                .collect();
            let findings = hops
                .iter()
                .map(|hop| {
                    let mut own = finding("hop/cannot-tell", FindingKind::Note, Severity::Info);
                    own.hops = vec![hop.id()];
                    own
                })
                .collect();
            Judgement {
                hops,
                findings,
                ..Judgement::default()
            }
        };
        let many = judgement(4, 1);
        let rows = build(&many, &inventory, false);
        assert_eq!(rows.rows.len(), 2, "{rows:?}");
        assert_eq!(
            (rows.rows[0].group, rows.rows[0].members.len()),
            (Group::CannotTell, 4)
        );
        let (stands, _) = rows.finding(&many, rows.rows[0].at).unwrap();
        assert_eq!(stands.title, "4 hops unknown: policy assignments refused");
        assert_eq!(stands.hops.len(), 4);
        // Nothing is counted away, and nothing is put together that is no list yet.
        assert_eq!(rows.tally(), [(Sign::Unknown, 5)]);
        assert_eq!(build(&judgement(2, 1), &inventory, false).rows.len(), 3);
        assert_eq!(build(&many, &Inventory::default(), false).rows.len(), 5);
    }

    #[test]
    fn things_are_called_by_their_names() {
        let inventory = Inventory::default();
        for (end, name) in [
            ("/subscriptions/s/resourceGroups/g/providers/A.B/c/st", "st"),
            ("3f0c1111-2222-3333-4444-5555666691ab", "3f0c…91ab"),
            (
                "/subscriptions/3f0c1111-2222-3333-4444-5555666691ab",
                "3f0c…91ab",
            ),
            ("images.contoso.com", "images.contoso.com"),
        ] {
            assert_eq!(called(&inventory, end), name);
        }
    }
}

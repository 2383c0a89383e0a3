//! What the config file says about findings: other severities, and those that are not to be shown.
//!
//! A suppression that is over hides nothing any more, and the finding says so.

use time::OffsetDateTime;

use crate::analysis::hop::Finding;
use crate::model::id::ArmId;
use crate::model::judging::{Judging, Suppression};

use super::{Findings, rule};

/// Weighs, hides and orders.
pub(super) fn sift(mut found: Vec<Finding>, judging: &Judging, now: OffsetDateTime) -> Findings {
    let today = now.date();
    for finding in &mut found {
        if let Some(severity) = judging.severity.get(finding.rule) {
            // What is milder than its rule, an assumed hop above all, does not get worse.
            let is_milder = rule(finding.rule).is_some_and(|rule| finding.severity > rule.severity);
            finding.severity = if is_milder {
                finding.severity.max(*severity)
            } else {
                *severity
            };
        }
    }
    found.sort_by(|left, right| {
        (
            left.severity,
            left.rule,
            &left.resource,
            &left.hops,
            &left.title,
            &left.detail,
        )
            .cmp(&(
                right.severity,
                right.rule,
                &right.resource,
                &right.hops,
                &right.title,
                &right.detail,
            ))
    });
    let mut sifted = Findings::default();
    for mut finding in found {
        let meant = || judging.suppress.iter().filter(|one| covers(one, &finding));
        if let Some(entry) = meant().find(|one| !one.is_over(today)) {
            sifted.hidden.push((finding, entry.clone()));
            continue;
        }
        let over: Vec<String> = meant()
            .filter_map(|one| {
                let last = one.expires?;
                Some(format!(
                    " It was suppressed until {last} ({}); that is over.",
                    one.reason.trim_end_matches('.')
                ))
            })
            .collect();
        finding.detail.extend(over);
        sifted.shown.push(finding);
    }
    sifted
}

/// Whether an entry means a finding: its rule, and its resource by id or by name.
fn covers(entry: &Suppression, finding: &Finding) -> bool {
    entry.rule == finding.rule
        && entry.resource.as_ref().is_none_or(|resource| {
            resource.eq_ignore_ascii_case(&finding.resource)
                || resource.eq_ignore_ascii_case(ArmId::new(&finding.resource).name())
        })
}

#[cfg(test)]
mod tests {
    use time::macros::{date, datetime};

    use super::*;
    use crate::analysis::hop::{FindingKind, Severity};

    fn finding(rule: &'static str, name: &str) -> Finding {
        Finding {
            rule,
            kind: FindingKind::Note,
            severity: Severity::Warning,
            resource: format!("/subscriptions/s/resourceGroups/g/providers/A/b/{name}"),
            title: "t".to_owned(),
            detail: "d.".to_owned(),
            benefit: None,
            evidence: Vec::new(),
            remedies: Vec::new(),
            hops: Vec::new(),
        }
    }

    fn suppression(resource: Option<&str>, expires: Option<time::Date>) -> Suppression {
        Suppression {
            rule: "a/b".to_owned(),
            resource: resource.map(str::to_owned),
            reason: "tables need it".to_owned(),
            expires,
        }
    }

    #[test]
    fn an_entry_hides_its_rule_on_its_resource_until_its_last_day_is_over() {
        let now = datetime!(2026-11-23 12:00 UTC);
        for (entry, hidden, says_over) in [
            (suppression(None, None), 2, false),
            (suppression(Some("ONE"), None), 1, false),
            (
                suppression(
                    Some("/subscriptions/S/resourceGroups/g/providers/A/b/one"),
                    None,
                ),
                1,
                false,
            ),
            (suppression(Some("three"), None), 0, false),
            (suppression(None, Some(date!(2026 - 11 - 23))), 2, false),
            (suppression(None, Some(date!(2026 - 11 - 22))), 0, true),
        ] {
            let judging = Judging {
                suppress: vec![entry.clone()],
                ..Judging::default()
            };
            let found = vec![
                finding("a/b", "one"),
                finding("a/b", "two"),
                finding("a/c", "one"),
            ];
            let sifted = sift(found, &judging, now);
            assert_eq!(sifted.hidden.len(), hidden, "{entry:?}");
            assert_eq!(sifted.shown.len(), 3 - hidden, "{entry:?}");
            let said = sifted
                .shown
                .iter()
                .filter(|one| one.detail.contains("2026-11-22 (tables need it)"));
            assert_eq!(said.count(), if says_over { 2 } else { 0 }, "{entry:?}");
        }
    }

    #[test]
    fn a_severity_of_the_config_file_wins_and_orders() {
        let mut judging = Judging::default();
        judging.severity.insert("a/c".to_owned(), Severity::Error);
        let found = vec![finding("a/b", "one"), finding("a/c", "one")];
        let sifted = sift(found, &judging, datetime!(2026-11-23 12:00 UTC));
        assert_eq!(sifted.shown[0].rule, "a/c");
        assert_eq!(sifted.shown[0].severity, Severity::Error);
    }
}

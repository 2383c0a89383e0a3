//! A finding while a rule writes it.

use crate::analysis::evidence::Evidence;
use crate::analysis::hop::{Finding, Hop, Remedy, Severity};

use super::Rule;

/// A finding that is being written. Everything that its rule says already is filled in.
#[derive(Debug)]
pub(super) struct Draft {
    finding: Finding,
}

impl Draft {
    pub(super) fn of(rule: &Rule, resource: String) -> Self {
        Self {
            finding: Finding {
                rule: rule.id,
                kind: rule.kind,
                severity: rule.severity,
                resource,
                title: rule.title.to_owned(),
                detail: String::new(),
                benefit: rule.benefit,
                evidence: Vec::new(),
                remedies: Vec::new(),
                hops: Vec::new(),
            },
        }
    }

    /// A title that names what the rule's own cannot.
    pub(super) fn titled(mut self, title: impl Into<String>) -> Self {
        self.finding.title = title.into();
        self
    }

    /// A few sentences; each call adds some.
    pub(super) fn saying(mut self, detail: impl AsRef<str>) -> Self {
        if !self.finding.detail.is_empty() {
            self.finding.detail.push(' ');
        }
        self.finding.detail.push_str(detail.as_ref());
        self
    }

    /// Milder than the rule.
    pub(super) fn at_most(mut self, severity: Severity) -> Self {
        self.finding.severity = self.finding.severity.max(severity);
        self
    }

    pub(super) fn proved_by(mut self, evidence: impl IntoIterator<Item = Evidence>) -> Self {
        for one in evidence {
            if !self.finding.evidence.contains(&one) {
                self.finding.evidence.push(one);
            }
        }
        self
    }

    pub(super) fn mended_by(mut self, remedies: impl IntoIterator<Item = Remedy>) -> Self {
        for one in remedies {
            if !self.finding.remedies.contains(&one) {
                self.finding.remedies.push(one);
            }
        }
        self
    }

    pub(super) fn touching<'h>(mut self, hops: impl IntoIterator<Item = &'h Hop>) -> Self {
        for hop in hops {
            let id = hop.id();
            if !self.finding.hops.contains(&id) {
                self.finding.hops.push(id);
            }
        }
        self
    }

    pub(super) fn done(self) -> Finding {
        self.finding
    }
}

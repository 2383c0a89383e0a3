//! Verdicts, gates, and the reason that goes with every verdict.
//!
//! The words are those of the design: a verdict says whether something works, never whether it is
//! safe. Weights of facts ([`Tag`]) do not change a verdict; the reason names them.

use std::fmt;

use super::evidence::Evidence;

/// Whether a call gets through. Later is worse: the worst of several is their greatest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Verdict {
    /// It works.
    Open,
    /// It works through a second, weaker path only, or something will close it.
    AtRisk,
    /// A needed reading was refused, failed or is to come, or the sources disagree.
    Unknown,
    /// It does not work.
    Shut,
}

impl Verdict {
    /// The word in the JSON report.
    pub fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::AtRisk => "at-risk",
            Self::Unknown => "unknown",
            Self::Shut => "shut",
        }
    }

    /// The worst of several: shut, then unknown, then at risk, then open. None of none.
    pub fn worst(several: impl IntoIterator<Item = Self>) -> Option<Self> {
        several.into_iter().max()
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// One condition of a hop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Gate {
    /// The target's service firewall, private endpoints, perimeters.
    Network,
    /// What the caller may call.
    Outbound,
    /// Token or key: is the kind of credential accepted.
    Authentication,
    /// Does the caller have the identity that the path needs.
    Identity,
    /// Does it hold the right.
    Authorization,
    /// Names, deployments, regions, switches.
    Configuration,
    /// SKU and tier limits.
    Quota,
}

impl Gate {
    /// Every gate, in the order in which a hop is walked.
    pub const ALL: [Self; 7] = [
        Self::Network,
        Self::Outbound,
        Self::Authentication,
        Self::Identity,
        Self::Authorization,
        Self::Configuration,
        Self::Quota,
    ];

    /// The word in the JSON report.
    pub fn word(self) -> &'static str {
        match self {
            Self::Network => "network",
            Self::Outbound => "outbound",
            Self::Authentication => "authentication",
            Self::Identity => "identity",
            Self::Authorization => "authorization",
            Self::Configuration => "configuration",
            Self::Quota => "quota",
        }
    }
}

impl fmt::Display for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// What kind of fact a verdict leans on, where it is less than documentation that was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Tag {
    /// `[K]`: product knowledge that was not verified.
    K,
    /// `[S]`: seen in a lab, not confirmed by the maker.
    S,
    /// `[medium]`: of medium confidence.
    Medium,
}

impl Tag {
    /// The mark as it stands in a reason.
    pub fn mark(self) -> &'static str {
        match self {
            Self::K => "[K]",
            Self::S => "[S]",
            Self::Medium => "[medium]",
        }
    }

    /// What the mark means, for a legend.
    pub fn words(self) -> &'static str {
        match self {
            Self::K => "product knowledge, not verified",
            Self::S => "seen in a lab, not in documentation",
            Self::Medium => "of medium confidence",
        }
    }
}

/// A verdict with its reason, its evidence, and the weight of the facts that it leans on.
#[derive(Clone, Debug, PartialEq)]
pub struct Reasoned {
    /// The verdict.
    pub verdict: Verdict,
    /// Why, in a sentence without a trailing dot.
    pub reason: String,
    /// What proves it.
    pub evidence: Vec<Evidence>,
    /// The weights of the facts; their marks stand in the reason.
    pub tags: Vec<Tag>,
}

impl Reasoned {
    /// A verdict with its reason.
    pub fn new(verdict: Verdict, reason: impl Into<String>) -> Self {
        Self {
            verdict,
            reason: reason.into(),
            evidence: Vec::new(),
            tags: Vec::new(),
        }
    }

    /// Adds what proves it.
    #[must_use]
    pub fn proved_by(mut self, evidence: impl IntoIterator<Item = Evidence>) -> Self {
        for one in evidence {
            if !self.evidence.contains(&one) {
                self.evidence.push(one);
            }
        }
        self
    }

    /// Adds the weight of a fact; the reason gets its mark unless it has it.
    #[must_use]
    pub fn tagged(mut self, tags: impl IntoIterator<Item = Tag>) -> Self {
        for tag in tags {
            if !self.tags.contains(&tag) {
                self.tags.push(tag);
            }
            if !self.reason.contains(tag.mark()) {
                self.reason.push(' ');
                self.reason.push_str(tag.mark());
            }
        }
        self.tags.sort_unstable();
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_verdict_wins() {
        use Verdict::{AtRisk, Open, Shut, Unknown};
        for (several, worst) in [
            (vec![], None),
            (vec![Open], Some(Open)),
            (vec![Open, AtRisk], Some(AtRisk)),
            (vec![AtRisk, Unknown, Open], Some(Unknown)),
            (vec![Unknown, Shut, AtRisk], Some(Shut)),
        ] {
            assert_eq!(Verdict::worst(several.clone()), worst, "{several:?}");
        }
    }

    #[test]
    fn a_tag_is_named_once() {
        let reasoned = Reasoned::new(Verdict::Open, "absent means Enabled [K]").tagged([
            Tag::K,
            Tag::S,
            Tag::S,
        ]);
        assert_eq!(reasoned.reason, "absent means Enabled [K] [S]");
        assert_eq!(reasoned.tags, [Tag::K, Tag::S]);
    }
}

//! The questions that a service firewall asks a caller, in order, and the answer that decides.
//!
//! Some answers are not certain: a rule that might admit, a setting that might shut. What follows
//! from them is decided here once for all services, so that a doubt never ends as `open` or `shut`.

use crate::analysis::evidence::Evidence;
use crate::analysis::verdict::{Reasoned, Tag, Verdict};
use crate::analysis::way::{self, Way};

/// A question of the decision order (domain-rules B.0).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Question {
    /// Does it come through an approved private endpoint?
    PrivateEndpoint,
    /// Does its own shared private link lead there?
    SharedPrivateLink,
    /// Is the target in a security perimeter that is enforced?
    Perimeter,
    /// Is this very instance named?
    InstanceRule,
    /// Is it on the target's list of trusted services, with what the list asks for?
    TrustedService,
    /// Is there public access at all?
    PublicAccess,
    /// Is its address named?
    IpRule,
    /// Is its subnet named?
    SubnetRule,
    /// What happens to those that no rule names?
    DefaultAction,
}

impl Question {
    /// The question in the words of the pane, without the question mark.
    pub fn words(self) -> &'static str {
        match self {
            Self::PrivateEndpoint => "private endpoint",
            Self::SharedPrivateLink => "shared private link",
            Self::Perimeter => "security perimeter",
            Self::InstanceRule => "instance rule",
            Self::TrustedService => "trusted service",
            Self::PublicAccess => "public access",
            Self::IpRule => "IP rule",
            Self::SubnetRule => "network rule",
            Self::DefaultAction => "default action",
        }
    }
}

/// What the answer does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Answer {
    /// It lets the caller in.
    Admits,
    /// It does not concern this caller: the next question is asked.
    Next,
    /// It keeps the caller out, whatever follows.
    Shuts,
    /// It might let the caller in.
    MayAdmit,
    /// It might keep the caller out, whatever follows.
    MayShut,
    /// It might do either; if it does neither, the next question counts.
    MayDecide,
    /// It decides, but which way cannot be told: no later answer counts.
    Unclear,
}

/// A question with its answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    /// The question.
    pub question: Question,
    /// What the answer does.
    pub answer: Answer,
    /// The answer in a few words.
    pub words: String,
    /// Whether this belongs into the reason although it did not decide: it looks as if it would
    /// let the caller in, and does not.
    pub telling: bool,
    /// What proves the answer.
    pub evidence: Vec<Evidence>,
    /// The weights of the facts.
    pub tags: Vec<Tag>,
    /// The rules that let the caller in, or might.
    pub ways: Vec<Way>,
}

impl Asked {
    /// An answer without proof.
    pub fn new(question: Question, answer: Answer, words: impl Into<String>) -> Self {
        Self {
            question,
            answer,
            words: words.into(),
            telling: false,
            evidence: Vec::new(),
            tags: Vec::new(),
            ways: Vec::new(),
        }
    }

    /// Names the rules behind the answer: certain where it admits, possible where it might.
    #[must_use]
    pub fn by_ways(mut self, ways: impl IntoIterator<Item = Way>) -> Self {
        let is_certain = match self.answer {
            Answer::Admits => true,
            Answer::MayAdmit | Answer::MayDecide | Answer::Unclear => false,
            Answer::Next | Answer::Shuts | Answer::MayShut => return self,
        };
        let ways = ways.into_iter().map(|way| Way {
            is_certain: way.is_certain && is_certain,
            ..way
        });
        way::add(&mut self.ways, ways);
        self
    }

    /// Adds what proves it.
    #[must_use]
    pub fn proved_by(mut self, evidence: impl IntoIterator<Item = Evidence>) -> Self {
        self.evidence.extend(evidence);
        self
    }

    /// Adds the weights of the facts.
    #[must_use]
    pub fn tagged(mut self, tags: impl IntoIterator<Item = Tag>) -> Self {
        self.tags.extend(tags);
        self
    }

    /// Marks it as belonging into the reason.
    #[must_use]
    pub fn telling(mut self) -> Self {
        self.telling = true;
        self
    }

    fn sentence(&self) -> String {
        format!("{}: {}", self.question.words(), self.words)
    }
}

/// What a service firewall does with one caller.
#[derive(Clone, Debug, PartialEq)]
pub struct Admission {
    /// Open, shut or unknown, with the reason and the evidence.
    pub judged: Reasoned,
    /// The questions, in the order in which they were asked, up to the one that decided.
    pub asked: Vec<Asked>,
    /// The question whose answer let the caller in.
    pub by: Option<Question>,
    /// Every rule that lets the caller in, or might: the one that decided, and those that would be
    /// left without it.
    pub ways: Vec<Way>,
}

/// Questions being asked.
#[derive(Debug, Default)]
pub struct Inquiry {
    asked: Vec<Asked>,
    decided: bool,
    /// Nothing that follows is a way in: a question kept the caller out, or replaces all others.
    ended: bool,
    /// An earlier answer may keep the caller out: no way that follows is certain.
    doubtful: bool,
    ways: Vec<Way>,
}

impl Inquiry {
    /// Asks one question. Once an answer has decided, the others are asked for their ways only: what
    /// is left when the rule that decided is taken away.
    pub fn ask(&mut self, question: impl FnOnce() -> Asked) {
        if self.ended {
            return;
        }
        let asked = question();
        let doubtful = self.doubtful;
        way::add(
            &mut self.ways,
            asked.ways.iter().map(|way| Way {
                is_certain: way.is_certain && !doubtful,
                ..way.clone()
            }),
        );
        self.doubtful |= matches!(asked.answer, Answer::MayShut | Answer::MayDecide);
        // An enforced perimeter that admits replaces all rules that follow.
        self.ended = matches!(asked.answer, Answer::Shuts | Answer::Unclear)
            || (asked.question == Question::Perimeter && asked.answer == Answer::Admits);
        if self.decided {
            return;
        }
        self.decided = matches!(
            asked.answer,
            Answer::Admits | Answer::Shuts | Answer::Unclear
        );
        self.asked.push(asked);
    }

    /// The verdict of all answers together.
    pub fn close(self) -> Admission {
        let may_admit = |one: &Asked| {
            matches!(
                one.answer,
                Answer::MayAdmit | Answer::MayDecide | Answer::Unclear
            )
        };
        let may_shut = |one: &Asked| matches!(one.answer, Answer::MayShut | Answer::MayDecide);
        let last = self.asked.last();
        let admitted = last.filter(|one| one.answer == Answer::Admits);
        let doubt: fn(&Asked) -> bool = if admitted.is_some() {
            may_shut
        } else {
            may_admit
        };
        let doubts: Vec<&Asked> = self.asked.iter().filter(|one| doubt(one)).collect();

        let judged = if !doubts.is_empty() {
            let mut reason = sentences(&doubts);
            if let Some(admitted) = admitted {
                reason = format!("{} would let it in, but {reason}", admitted.sentence());
            }
            reasoned(
                Verdict::Unknown,
                reason,
                doubts.iter().copied().chain(admitted),
            )
        } else if let Some(admitted) = admitted {
            reasoned(Verdict::Open, admitted.sentence(), [admitted])
        } else {
            // All answers together prove that nothing lets it in; the reason names the telling ones.
            let telling: Vec<&Asked> = self
                .asked
                .iter()
                .filter(|one| one.telling && Some(*one) != last)
                .chain(last)
                .collect();
            reasoned(Verdict::Shut, sentences(&telling), &self.asked)
        };
        let by = admitted.map(|one| one.question);
        let ways = if judged.verdict == Verdict::Shut {
            Vec::new()
        } else {
            self.ways
        };
        Admission {
            judged,
            asked: self.asked,
            by,
            ways,
        }
    }
}

fn sentences(asked: &[&Asked]) -> String {
    asked
        .iter()
        .map(|one| one.sentence())
        .collect::<Vec<_>>()
        .join("; ")
}

fn reasoned<'a>(
    verdict: Verdict,
    reason: String,
    from: impl IntoIterator<Item = &'a Asked>,
) -> Reasoned {
    let mut judged = Reasoned::new(verdict, reason);
    for one in from {
        judged = judged
            .proved_by(one.evidence.iter().cloned())
            .tagged(one.tags.iter().copied());
    }
    judged
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(answers: &[Answer]) -> (Verdict, Option<Question>, usize) {
        let mut inquiry = Inquiry::default();
        for answer in answers {
            inquiry.ask(|| Asked::new(Question::IpRule, *answer, "x"));
        }
        let admission = inquiry.close();
        (
            admission.judged.verdict,
            admission.by,
            admission.asked.len(),
        )
    }

    #[test]
    fn a_doubt_never_ends_as_open_or_shut() {
        use Answer::{Admits, MayAdmit, MayDecide, MayShut, Next, Shuts, Unclear};
        use Verdict::{Open, Shut, Unknown};
        let by = Some(Question::IpRule);
        for (answers, expected) in [
            (vec![], (Shut, None, 0)),
            (vec![Next, Admits, Shuts], (Open, by, 2)),
            (vec![Next, Shuts, Admits], (Shut, None, 2)),
            (vec![Next, Next], (Shut, None, 2)),
            (vec![MayAdmit, Admits], (Open, by, 2)),
            (vec![MayAdmit, Shuts], (Unknown, None, 2)),
            (vec![MayAdmit], (Unknown, None, 1)),
            (vec![MayShut, Admits], (Unknown, by, 2)),
            (vec![MayShut, Shuts], (Shut, None, 2)),
            (vec![MayShut], (Shut, None, 1)),
            (vec![MayDecide, Admits], (Unknown, by, 2)),
            (vec![MayDecide, Shuts], (Unknown, None, 2)),
            (vec![MayDecide, Next], (Unknown, None, 2)),
            (vec![Next, Unclear, Admits], (Unknown, None, 2)),
        ] {
            assert_eq!(verdict(&answers), expected, "{answers:?}");
        }
    }
}

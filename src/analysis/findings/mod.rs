//! Findings: what a person should know of an environment, rule by rule.
//!
//! A rule looks at the environment and at its hops and says what is broken, what works but wider
//! than the pattern allows, what must stay as it is, and what is good to know. It never claims an
//! exposure from something that was not read: absent is an answer, refused is not.
//!
//! To add a rule:
//! 1. choose the family's file (`firewalls`, `secrets`, …), or add one and list it in [`FAMILIES`];
//! 2. add a [`Rule`] to the `RULES` of that file: an id `area/what-is-wrong` that never changes,
//!    title, doc, source, severity, kind, and the benefit when it is an exposure;
//! 3. write its function: it takes the [`Scene`] and returns findings begun with [`Rule::on`], each with
//!    the evidence that proves it and, where something mends it, the remedies, least change first;
//! 4. add `tests/fixtures/findings/<area>/<what-is-wrong>.json`: a world on which it fires, a patch on
//!    which it does not, and a patch that withholds what it needs. A test fails while one is missing.

mod access;
mod backbone;
mod broken;
mod cost;
mod draft;
mod firewalls;
mod keep;
mod keys;
mod logs;
mod notes;
mod outbound;
mod policy;
mod portal;
mod scene;
mod secrets;
mod sources;
mod suppress;
mod ties;
mod uses;

use rayon::prelude::*;

use crate::model::judging::{Judging, Severity, Suppression};

use super::ground::Ground;
use super::hop::{Benefit, Finding, FindingKind, Hop};
use super::policy::Policies;

use self::draft::Draft;
pub use self::scene::Scene;

/// One rule. Its id is a contract: it is never renamed, and never used for something else.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// The stable id: `storage/shared-key-enabled`.
    pub id: &'static str,
    /// The family: the name of its file.
    pub family: &'static str,
    /// One line for the list of rules.
    pub title: &'static str,
    /// What it looks at, why that matters, and when it stays silent.
    pub doc: &'static str,
    /// Where the facts come from.
    pub source: &'static str,
    /// How bad, unless the config file says otherwise. Findings may be milder than their rule.
    pub severity: Severity,
    /// What kind of findings it makes.
    pub kind: FindingKind,
    /// The benefit of the pattern that an exposure breaks.
    pub benefit: Option<Benefit>,
    /// Looks for it.
    find: fn(&Scene<'_>, &Rule) -> Vec<Finding>,
}

impl Rule {
    /// Begins a finding about a resource, or about a scope.
    fn on(&self, resource: impl Into<String>) -> Draft {
        Draft::of(self, resource.into())
    }
}

/// The rules, a family each. A family's rules stand in its file, in the order of this list.
const FAMILIES: [&[Rule]; 13] = [
    &broken::RULES,
    &firewalls::RULES,
    &backbone::RULES,
    &outbound::RULES,
    &keys::RULES,
    &secrets::RULES,
    &access::RULES,
    &cost::RULES,
    &logs::RULES,
    &keep::RULES,
    &policy::RULES,
    &notes::RULES,
    &portal::RULES,
];

/// Every rule.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    FAMILIES.into_iter().flatten()
}

/// The rule of an id.
pub fn rule(id: &str) -> Option<&'static Rule> {
    rules().find(|rule| rule.id == id)
}

/// The findings of an environment, with those that the config file hides kept apart.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Findings {
    /// Those to show, by severity, rule, resource.
    pub shown: Vec<Finding>,
    /// Those that are hidden, each with the entry that hides it.
    pub hidden: Vec<(Finding, Suppression)>,
}

/// The findings to show, of an environment whose hops are judged.
pub fn draw(ground: &Ground<'_>, hops: &[Hop]) -> Vec<Finding> {
    judge(ground, &Policies::of(ground), hops).shown
}

/// The same, with the policies that are known already, and with those that the config file hides
/// beside.
pub fn judge(ground: &Ground<'_>, policies: &Policies<'_>, hops: &[Hop]) -> Findings {
    let scene = &Scene::new(ground, policies, hops);
    // Side by side, and put together in the order of the rules.
    let found: Vec<Vec<Finding>> = rules()
        .collect::<Vec<_>>()
        .into_par_iter()
        .map(|rule| (rule.find)(scene, rule))
        .collect();
    let found = found.into_iter().flatten().collect();
    suppress::sift(found, ground.judging, ground.now)
}

/// Ids in the config file that no rule has: a rule that is misspelt would hide nothing.
pub fn unknown_ids(judging: &Judging) -> Vec<&str> {
    judging
        .severity
        .keys()
        .chain(judging.suppress.iter().map(|one| &one.rule))
        .map(String::as_str)
        .filter(|id| rule(id).is_none())
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn ids_are_unique_and_well_formed_and_texts_are_sentences() {
        let mut seen = HashSet::new();
        for rule in rules() {
            assert!(seen.insert(rule.id), "{} stands twice", rule.id);
            let (area, what) = rule.id.split_once('/').unwrap();
            for part in [area, what] {
                assert!(
                    !part.is_empty()
                        && part.bytes().all(|byte| byte.is_ascii_lowercase()
                            || byte == b'-'
                            || byte.is_ascii_digit()),
                    "{}",
                    rule.id
                );
            }
            assert!(rule.doc.ends_with('.'), "{}: {}", rule.id, rule.doc);
            assert!(
                !rule.title.ends_with('.') && !rule.source.is_empty(),
                "{}",
                rule.id
            );
            assert_eq!(
                rule.kind == FindingKind::Exposure,
                rule.benefit.is_some() && rule.kind != FindingKind::Broken,
                "{}: an exposure carries its benefit",
                rule.id
            );
        }
    }

    #[test]
    fn a_misspelt_rule_is_named() {
        let mut judging = Judging::default();
        judging
            .severity
            .insert("storage/shared-keys".to_owned(), Severity::Info);
        judging
            .severity
            .insert("storage/shared-key-enabled".to_owned(), Severity::Info);
        assert_eq!(unknown_ids(&judging), ["storage/shared-keys"]);
    }
}

//! Actions and the patterns that permit them (domain-rules C.2).
//!
//! Patterns are compared without regard to case and `*` spans segments. Whether `a/*/b` matches
//! `a/b` is not settled by any source: it counts as a match of low confidence.

use std::borrow::Cow;

use crate::analysis::wildcard;
use crate::model::access::Permission;

/// The plane that an action belongs to: control-plane actions are matched against `actions`,
/// data-plane actions against `dataActions`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Plane {
    /// `actions`.
    Control,
    /// `dataActions`.
    Data,
}

/// One operation that somebody wants to do.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Action {
    /// Its plane.
    pub plane: Plane,
    /// Its name, such as `Microsoft.Search/searchServices/indexes/read`.
    name: Cow<'static, str>,
}

impl Action {
    /// A control-plane action.
    pub fn control(name: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Plane::Control, name)
    }

    /// A data-plane action.
    pub fn data(name: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Plane::Data, name)
    }

    fn new(plane: Plane, name: impl Into<Cow<'static, str>>) -> Self {
        Self {
            plane,
            name: name.into(),
        }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// Whether a pattern matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Match {
    /// It does not.
    No,
    /// It does if `a/*/b` matches `a/b`.
    Perhaps,
    /// It does.
    Yes,
}

/// Whether one pattern matches an action.
pub fn matches(pattern: &str, action: &Action) -> Match {
    let pattern = pattern.trim();
    if wildcard::matches(pattern, &action.name) {
        return Match::Yes;
    }
    if pattern.contains("/*/")
        && collapsed(pattern).any(|pattern| wildcard::matches(&pattern, &action.name))
    {
        return Match::Perhaps;
    }
    Match::No
}

/// The pattern with each choice of its `/*/` taken together to `/`. More than six are not found in
/// any role; what is left of them stays as it is.
fn collapsed(pattern: &str) -> impl Iterator<Item = String> {
    let parts: Vec<String> = pattern.split("/*/").map(str::to_owned).collect();
    let places = (parts.len() - 1).min(6);
    (1_u32..1 << places).map(move |choice| {
        let mut text = parts[0].clone();
        for (place, part) in parts[1..].iter().enumerate() {
            let is_taken = place < places && choice & (1 << place) != 0;
            text.push_str(if is_taken { "/" } else { "/*/" });
            text.push_str(part);
        }
        text
    })
}

/// Whether one `permissions[]` entry permits an action: matched, and not subtracted in this entry.
pub fn permits(permission: &Permission, action: &Action) -> Match {
    let (allowed, subtracted) = match action.plane {
        Plane::Control => (&permission.actions, &permission.not_actions),
        Plane::Data => (&permission.data_actions, &permission.not_data_actions),
    };
    let best = |patterns: &[String]| {
        patterns
            .iter()
            .map(|pattern| matches(pattern, action))
            .max()
            .unwrap_or(Match::No)
    };
    // What counts as a match when it gives counts when it takes, too.
    match best(subtracted) {
        Match::No => best(allowed),
        Match::Perhaps | Match::Yes => Match::No,
    }
}

/// Whether any entry of a role permits an action: entries are judged alone and united.
pub fn any_permits(permissions: &[Permission], action: &Action) -> Match {
    permissions
        .iter()
        .map(|permission| permits(permission, action))
        .max()
        .unwrap_or(Match::No)
}

/// Actions in a sentence: the first in full, the others without what all of them begin with.
pub fn listed(names: &[&str], joint: &str) -> String {
    let parts: Vec<Vec<&str>> = names.iter().map(|name| name.split('/').collect()).collect();
    let Some((first, others)) = parts.split_first() else {
        return String::new();
    };
    let common = |other: &Vec<&str>| {
        let both = first.iter().zip(other);
        both.take_while(|(own, one)| own.eq_ignore_ascii_case(one))
            .count()
    };
    let shared = others.iter().map(common).min().unwrap_or_default();
    // What is done to a thing is not said without the thing.
    let shortest = parts.iter().map(Vec::len).min().unwrap_or_default();
    let cut = shared.min(shortest.saturating_sub(2));
    let mut texts = vec![names[0].to_owned()];
    texts.extend(others.iter().map(|parts| match cut {
        0 => parts.join("/"),
        _ => format!("…/{}", parts[cut..].join("/")),
    }));
    match texts.split_last() {
        Some((last, before)) if !before.is_empty() => {
            format!("{} {joint} {last}", before.join(", "))
        }
        _ => texts.concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_actions_are_told_in_one_breath() {
        for (names, expected) in [
            (&["Microsoft.A/b/read"][..], "Microsoft.A/b/read"),
            (
                &["Microsoft.A/b/write", "Microsoft.A/b/add/action"],
                "Microsoft.A/b/write or …/b/add/action",
            ),
            (
                &[
                    "Microsoft.A/b/c/read",
                    "Microsoft.A/b/c/write",
                    "Microsoft.A/b/d/read",
                ],
                "Microsoft.A/b/c/read, …/c/write or …/d/read",
            ),
            (
                &["Microsoft.A/b/read", "Microsoft.C/b/read"],
                "Microsoft.A/b/read or Microsoft.C/b/read",
            ),
            (&["*", "Microsoft.C/b/read"], "* or Microsoft.C/b/read"),
        ] {
            assert_eq!(listed(names, "or"), expected);
        }
    }

    #[test]
    fn patterns() {
        for (pattern, action, expected) in [
            ("*", "Microsoft.A/b/read", Match::Yes),
            ("*/read", "Microsoft.A/b/c/READ", Match::Yes),
            ("microsoft.a/*", "Microsoft.A/b/write", Match::Yes),
            ("Microsoft.A/b/read", "Microsoft.A/b/write", Match::No),
            ("Microsoft.A/b", "Microsoft.A/b/read", Match::No),
            ("Microsoft.A/b/*/write", "Microsoft.A/b/c/write", Match::Yes),
            (
                "Microsoft.A/b/*/write",
                "Microsoft.A/b/write",
                Match::Perhaps,
            ),
            (
                "Microsoft.A/*/c/*/write",
                "Microsoft.A/c/write",
                Match::Perhaps,
            ),
            (
                "Microsoft.A/*/c/*/write",
                "Microsoft.A/b/c/write",
                Match::Perhaps,
            ),
            ("Microsoft.A/*/c/*/write", "Microsoft.A/write", Match::No),
            ("", "Microsoft.A/b/read", Match::No),
        ] {
            assert_eq!(
                matches(pattern, &Action::control(action)),
                expected,
                "{pattern} {action}"
            );
        }
    }

    fn entry(actions: &[&str], not: &[&str], data: &[&str], not_data: &[&str]) -> Permission {
        let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        Permission {
            actions: owned(actions),
            not_actions: owned(not),
            data_actions: owned(data),
            not_data_actions: owned(not_data),
        }
    }

    #[test]
    fn a_subtraction_stays_inside_its_entry() {
        let write = Action::control("Microsoft.Authorization/roleAssignments/write");
        let contributor = entry(&["*"], &["Microsoft.Authorization/*/Write"], &[], &[]);
        let administrator = entry(
            &["Microsoft.Authorization/roleAssignments/write"],
            &[],
            &[],
            &[],
        );
        assert_eq!(permits(&contributor, &write), Match::No);
        assert_eq!(
            any_permits(&[contributor, administrator], &write),
            Match::Yes
        );
    }

    #[test]
    fn planes_do_not_mix() {
        let read = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read";
        let owner = entry(&["*"], &[], &[], &[]);
        assert_eq!(permits(&owner, &Action::control(read)), Match::Yes);
        assert_eq!(permits(&owner, &Action::data(read)), Match::No);
        let reader = entry(&[], &["*"], &[read], &[]);
        assert_eq!(permits(&reader, &Action::data(read)), Match::Yes);
        let but = entry(&[], &[], &["*"], &[read]);
        assert_eq!(permits(&but, &Action::data(read)), Match::No);
    }

    #[test]
    fn a_doubtful_wildcard_counts_in_what_gives_and_in_what_takes() {
        let write = Action::control("Microsoft.X/workspaces/write");
        for (actions, not, expected) in [
            (
                &["Microsoft.X/workspaces/*/write"][..],
                &[][..],
                Match::Perhaps,
            ),
            (&["*"], &["Microsoft.X/workspaces/*/write"], Match::No),
            (
                &["Microsoft.X/workspaces/*/write"],
                &["Microsoft.X/workspaces/write"],
                Match::No,
            ),
            (
                &["Microsoft.X/workspaces/*/write"],
                &["Microsoft.X/*/write"],
                Match::No,
            ),
        ] {
            assert_eq!(
                permits(&entry(actions, not, &[], &[]), &write),
                expected,
                "{actions:?} {not:?}"
            );
        }
    }
}

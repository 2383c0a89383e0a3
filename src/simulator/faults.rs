//! Trouble on purpose: rules that make matching requests fail, hang, stop in the middle or lie about
//! their JSON. Must not know how a service words its errors; it only says which fault applies.

use std::sync::atomic::{AtomicU64, Ordering};

use serde::Deserialize;

/// A fault as `scenario.toml` writes it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FaultRule {
    pub(super) method: Option<String>,
    pub(super) path: Option<String>,
    pub(super) service: Option<String>,
    pub(super) kind: FaultKind,
    pub(super) status: Option<u16>,
    pub(super) code: Option<String>,
    pub(super) message: Option<String>,
    pub(super) action: Option<String>,
    #[serde(default)]
    pub(super) times: u64,
    #[serde(default)]
    pub(super) seconds: u64,
    pub(super) retry_after: Option<u64>,
}

/// What happens to a request that matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum FaultKind {
    /// An error answer.
    Status,
    /// No answer at all.
    Hang,
    /// Fewer bytes than `Content-Length` says.
    Cut,
    /// A body that is no JSON.
    Malformed,
    /// A good status and no body.
    Empty,
    /// The right answer, late.
    Slow,
}

#[derive(Debug)]
struct Fault {
    rule: FaultRule,
    hits: AtomicU64,
}

/// The faults of a server, in order.
#[derive(Debug)]
pub(super) struct Faults(Vec<Fault>);

impl Faults {
    pub(super) fn new(rules: &[FaultRule]) -> Self {
        Self(
            rules
                .iter()
                .map(|rule| Fault {
                    rule: rule.clone(),
                    hits: AtomicU64::new(0),
                })
                .collect(),
        )
    }

    /// The first fault that matches and is not used up; picking it counts. `paths` are the ways in
    /// which the same request may be written: with and without the service's own prefix.
    pub(super) fn pick(&self, method: &str, service: &str, paths: &[&str]) -> Option<&FaultRule> {
        self.0
            .iter()
            .find(|fault| {
                let rule = &fault.rule;
                let fits = rule
                    .method
                    .as_ref()
                    .is_none_or(|own| own.eq_ignore_ascii_case(method))
                    && rule
                        .service
                        .as_ref()
                        .is_none_or(|own| own.eq_ignore_ascii_case(service))
                    && rule
                        .path
                        .as_ref()
                        .is_none_or(|glob| paths.iter().any(|path| matches(glob, path)));
                if !fits {
                    return false;
                }
                let before = fault.hits.fetch_add(1, Ordering::Relaxed);
                rule.times == 0 || before < rule.times
            })
            .map(|fault| &fault.rule)
    }
}

/// A glob where `*` stands for any characters; case-insensitive, and a slash at the end is ignored.
fn matches(glob: &str, path: &str) -> bool {
    let glob = glob.trim_end_matches('/').to_ascii_lowercase();
    let path = path.trim_end_matches('/').to_ascii_lowercase();
    let mut parts = glob.split('*');
    let Some(mut rest) = parts.next().and_then(|first| path.strip_prefix(first)) else {
        return false;
    };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else {
        return rest.is_empty();
    };
    for part in middle {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs_match_any_characters_without_regard_to_case() {
        for (glob, path, expected) in [
            (
                "/subscriptions/*/providers/Microsoft.Authorization/roleAssignments*",
                "/subscriptions/s/providers/microsoft.authorization/ROLEASSIGNMENTS",
                true,
            ),
            (
                "/subscriptions/*/providers/Microsoft.Authorization/roleAssignments*",
                "/subscriptions/s/resourceGroups/g/providers/Microsoft.Authorization/roleAssignments/x",
                true,
            ),
            ("*diagnosticSettings", "/a/diagnosticSettings/x", false),
            ("*", "/anything", true),
            ("/exact", "/exact/", true),
            ("/exact", "/exact2", false),
            ("/a*a", "/a", false),
            ("/a*b*b", "/axb", false),
        ] {
            assert_eq!(matches(glob, path), expected, "{glob} {path}");
        }
    }

    #[test]
    fn a_fault_is_used_up_after_its_times_and_the_next_one_follows() {
        let rules: Vec<FaultRule> = [
            "kind = \"status\"\nstatus = 429\ntimes = 2\npath = \"/a*\"",
            "kind = \"hang\"\nmethod = \"get\"\nservice = \"arm\"",
        ]
        .iter()
        .map(|text| toml::from_str(text).unwrap())
        .collect();
        let faults = Faults::new(&rules);
        let kinds: Vec<_> = (0..3)
            .map(|_| faults.pick("GET", "arm", &["/a/b"]).unwrap().kind)
            .collect();
        assert_eq!(
            kinds,
            [FaultKind::Status, FaultKind::Status, FaultKind::Hang]
        );
        assert!(faults.pick("POST", "arm", &["/b"]).is_none());
        assert!(faults.pick("GET", "graph", &["/b"]).is_none());
    }
}

//! Masking: nothing that could name an environment is left, and judging says the same.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crossterm::event::KeyCode;
use hopscope::commands::source::Inspected;
use hopscope::fetch::jobs::again;
use hopscope::privacy::{Level, Masker, key_file};
use hopscope::store::Kept;
use serde_json::Value;

use crate::stage::{Screen, every_scenario, inspected, json_of, reports};

fn masked_with(inspected: &Inspected, masker: &mut Masker) -> Inspected {
    let kept = Kept::of(&inspected.snapshot, &inspected.frame);
    of(&masker.kept(&kept), inspected)
}

pub(crate) fn of(kept: &Kept, like: &Inspected) -> Inspected {
    let snapshot = kept.restore(again::decoded);
    Inspected {
        scope: snapshot.scope().clone(),
        snapshot,
        frame: kept.frame(),
        at: like.at,
        masked: None,
    }
}

fn masked(inspected: &Inspected, level: Level) -> Inspected {
    masked_with(inspected, &mut Masker::new(level, None))
}

/// What was judged, without a name in it.
pub(crate) fn judged(inspected: &Inspected) -> (BTreeMap<String, usize>, BTreeMap<String, usize>) {
    let (_, judgement) = inspected.judge();
    let mut hops = BTreeMap::new();
    for hop in &judgement.hops {
        let mut gates: Vec<String> = hop
            .gates
            .iter()
            .map(|gate| format!("{:?} {:?}", gate.gate, gate.judged.verdict))
            .collect();
        gates.sort();
        let line = format!(
            "{:?} {:?} {:?} {gates:?}",
            hop.kind,
            hop.basis,
            hop.verdict()
        );
        *hops.entry(line).or_default() += 1;
    }
    let mut findings = BTreeMap::new();
    for finding in &judgement.findings {
        let line = format!("{} {:?}", finding.rule, finding.severity);
        *findings.entry(line).or_default() += 1;
    }
    (hops, findings)
}

fn unlike<'a>(
    one: &'a BTreeMap<String, usize>,
    other: &'a BTreeMap<String, usize>,
) -> Vec<(&'a str, usize, usize)> {
    let all: BTreeSet<&String> = one.keys().chain(other.keys()).collect();
    all.into_iter()
        .map(|line| {
            let count = |of: &BTreeMap<String, usize>| of.get(line).copied().unwrap_or(0);
            (line.as_str(), count(one), count(other))
        })
        .filter(|(_, one, other)| one != other)
        .collect()
}

#[test]
fn masked_data_is_judged_as_it_was() {
    let wrong = std::sync::Mutex::new(Vec::new());
    every_scenario(|name, before| {
        // A twin is all but the same: the wider level is enough.
        let is_twin = name.contains(':');
        for level in [Level::All, Level::Ids]
            .into_iter()
            .take(if is_twin { 1 } else { 2 })
        {
            let after = masked(&before, level);
            let (hops, findings) = judged(&before);
            let (other_hops, other_findings) = judged(&after);
            let unlike: Vec<String> = unlike(&hops, &other_hops)
                .into_iter()
                .chain(unlike(&findings, &other_findings))
                .map(|line| format!("{name} {level}: {line:?}"))
                .collect();
            wrong.lock().unwrap().extend(unlike);
        }
    });
    let wrong = wrong.into_inner().unwrap();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The texts of a snapshot that name something of the environment, in lower case.
pub(crate) fn names_in(kept: &Kept) -> BTreeSet<String> {
    fn walk(name: &str, value: &Value, found: &mut BTreeSet<String>) {
        match value {
            Value::String(text) => {
                let is_name = matches!(
                    name,
                    "displayName"
                        | "userPrincipalName"
                        | "principalId"
                        | "tenantId"
                        | "appId"
                        | "subscriptionId"
                        | "objectId"
                        | "mail"
                        | "costCentre"
                        | "clientIpAddress"
                        | "dataSourceName"
                        | "targetIndexName"
                        | "skillsetName"
                        | "ipaddr"
                );
                if is_name {
                    found.insert(text.to_lowercase());
                }
                if text.starts_with("/subscriptions/") {
                    let parts: Vec<&str> = text.split('/').collect();
                    if let ["", _, id, _, group, _, _, _, own, ..] = parts.as_slice() {
                        found.extend([id, group, own].map(|part| part.to_lowercase()));
                    }
                }
            }
            Value::Array(items) => items.iter().for_each(|item| walk(name, item, found)),
            Value::Object(map) => map
                .iter()
                .for_each(|(name, value)| walk(name, value, found)),
            _ => {}
        }
    }
    let mut found = BTreeSet::new();
    for slice in &kept.slices {
        for answer in slice.value.iter().flatten() {
            for item in &answer.items {
                walk("", item, &mut found);
            }
        }
    }
    found
}

#[test]
fn no_name_of_a_scenario_is_left_in_file_report_or_pane() {
    for name in ["broken-indexer", "foundry-cmk", "cross-tenant", "open-poc"] {
        let before = inspected(name);
        let kept = Kept::of(&before.snapshot, &before.frame);
        let after = masked(&before, Level::All);
        let mut shown =
            vec![serde_json::to_string(&Kept::of(&after.snapshot, &after.frame)).unwrap()];
        shown.extend(reports(&after).into_iter().map(|(_, report)| report));
        let tour = Screen::of(&after, true).tour();
        shown.extend(tour.into_values());
        let shown = shown.join("\n").to_lowercase();
        // Azure's own names, which the words hold.
        let fine = |name: &str| {
            name.len() < 5
                || name
                    .split(|letter: char| !letter.is_alphanumeric())
                    .all(|word| word.len() < 4 || WORDS.contains(&format!("\n{word}\n")))
                || WORDS.contains(&format!("\n{name}\n"))
        };
        let left: Vec<String> = names_in(&kept)
            .into_iter()
            .filter(|name| !fine(name) && stands_in(&shown, name))
            .collect();
        assert_eq!(left, Vec::<String>::new(), "{name}");
    }
}

/// Whether a name stands in a text by itself, and not only within a longer word.
fn stands_in(text: &str, name: &str) -> bool {
    text.match_indices(name).any(|(at, _)| {
        let is_letter = |letter: Option<char>| letter.is_some_and(char::is_alphanumeric);
        !is_letter(text[..at].chars().next_back())
            && !is_letter(text[at + name.len()..].chars().next())
    })
}

#[test]
fn p_masks_every_pane_and_unmasks_it_again() {
    let before = inspected("broken-indexer");
    let kept = Kept::of(&before.snapshot, &before.frame);
    let mut screen = Screen::of(&before, false);
    screen.first = 0;
    // What was typed and opened goes with the level.
    for key in "2/strag".chars() {
        screen.key(KeyCode::Char(key));
    }
    screen.key(KeyCode::Enter);
    let plain = screen.words();
    assert!(plain.contains("stragdev"), "{plain}");
    for level in ["ids", "all"] {
        screen.key(KeyCode::Char('p'));
        screen.frame(&before.snapshot);
        let words = screen.words();
        assert!(words.contains(&format!("masked: {level}")), "{words}");
        let shown: Vec<String> = screen.tour().into_values().collect();
        let shown = shown.join("\n").to_lowercase();
        for name in [
            "203.0.113.24",
            "7f3ebb89-300f-4a0d-8c3e-57a8d657c0d1",
            "ada@contoso.com",
        ] {
            assert!(!shown.contains(name), "{level}: {name}");
        }
        assert_eq!(shown.contains("stragdev"), level == "ids");
        assert!(shown.contains("tenant-1"));
    }
    assert!(names_in(&kept).contains("stragdev"));
    screen.key(KeyCode::Char('p'));
    screen.frame(&before.snapshot);
    let words = screen.words();
    assert!(!words.contains("masked:"), "{words}");
    screen.key(KeyCode::Char('2'));
    assert!(screen.words().contains("stragdev"));
}

pub(crate) const WORDS: &str = include_str!("../../assets/privacy/words.txt");

/// A text that nobody calls anything.
pub(crate) const MARKER: &str = "zqxmarkerqz";

/// Plants the marker in every string of a document: behind it, before it, or in its place.
fn planted(value: &Value, way: usize) -> Value {
    match value {
        Value::String(text) => Value::String(match way {
            0 => format!("{text}-{MARKER}"),
            1 => format!("{MARKER} {text}"),
            2 => format!("{text}{MARKER}"),
            _ => MARKER.to_owned(),
        }),
        Value::Array(items) => items.iter().map(|item| planted(item, way)).collect(),
        Value::Object(map) => map
            .iter()
            .map(|(name, value)| {
                // A name that an environment chooses stands before a value, too.
                let name = if name == "costCentre" || name.starts_with('/') {
                    format!("{name}{MARKER}")
                } else {
                    name.clone()
                };
                (name, planted(value, way))
            })
            .collect(),
        other => other.clone(),
    }
}

/// What was read, with the marker in every string.
pub(crate) fn planted_in(before: &Inspected, way: usize) -> Kept {
    let mut kept = Kept::of(&before.snapshot, &before.frame);
    for slice in &mut kept.slices {
        for answer in slice.value.iter_mut().flatten() {
            answer.source.request_id = Some(Arc::from(MARKER));
            for item in &mut answer.items {
                *item = Arc::new(planted(item, way));
            }
        }
        for issue in &mut slice.issues {
            issue.message = format!("{} {MARKER}", issue.message);
            issue.code = Some(MARKER.to_owned());
        }
    }
    for call in &mut kept.ledger.entries {
        let mut own = hopscope::model::ledger::LedgerEntry::clone(call);
        own.path = Arc::from(format!("{}/{MARKER}?x={MARKER}", own.path));
        own.host = Arc::from(format!("{MARKER}.{}", own.host));
        own.body = own.body.map(|body| {
            let body = serde_json::from_str(&body).unwrap_or(Value::Null);
            Arc::from(planted(&body, way).to_string())
        });
        own.error_message = Some(Arc::from(format!("no: '{MARKER}'")));
        own.request_id = Some(Arc::from(MARKER));
        *call = Arc::new(own);
    }
    for caller in &mut kept.callers {
        caller.user_name = Some(format!("{MARKER}@{MARKER}.com"));
    }
    kept.scope.resource_groups.push(MARKER.to_owned());
    kept.cloud = format!("{MARKER} cloud");
    kept
}

#[test]
fn a_marker_in_every_string_is_found_nowhere_when_masked() {
    for name in ["broken-indexer", "foundry-cmk", "cross-tenant"] {
        let before = inspected(name);
        for way in 0..4 {
            let kept = planted_in(&before, way);
            let open = of(&kept, &before);
            let bare = json_of(&open);
            assert!(bare.contains(MARKER), "the test plants nothing");
            let masked = Masker::new(Level::All, None).kept(&kept);
            let after = of(&masked, &before);
            let mut seen =
                BTreeMap::from([("file".to_owned(), serde_json::to_string(&masked).unwrap())]);
            seen.extend(reports(&after));
            seen.extend(Screen::of(&after, true).tour());
            for (place, words) in seen {
                if let Some(at) = words.to_lowercase().find(MARKER) {
                    let from = words.floor_char_boundary(at.saturating_sub(80));
                    panic!(
                        "{name}, way {way}, {place}: {}",
                        &words[from..at + MARKER.len()]
                    );
                }
            }
        }
    }
}

#[test]
fn one_key_gives_the_same_pseudonyms_in_any_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("redact.key");
    let secret = key_file(&path).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    assert_eq!(key_file(&path).unwrap(), secret);
    let before = inspected("broken-indexer");
    let with = |name: &str| {
        let secret = key_file(&folder.path().join(name)).unwrap();
        json_of(&masked_with(
            &before,
            &mut Masker::new(Level::All, Some(&secret)),
        ))
    };
    assert!(with("redact.key") == with("redact.key"));
    assert!(with("redact.key") != with("another.key"));
    // Another environment with the same account in it calls it the same.
    let pseudonym = |scenario: &str| {
        let other = inspected(scenario);
        let mut masker = Masker::new(Level::All, Some(&secret));
        masked_with(&other, &mut masker);
        masker.text("stragdev")
    };
    let one = pseudonym("broken-indexer");
    assert!(one.starts_with("storage-"), "{one}");
    assert_eq!(pseudonym("open-poc"), one);
    let mut foreign = std::fs::read(&path).unwrap();
    foreign.truncate(30);
    std::fs::write(&path, foreign).unwrap();
    assert!(key_file(&path).is_err());
}

#[test]
fn pseudonyms_say_what_they_stand_for() {
    let before = inspected("broken-indexer");
    let mut masker = Masker::new(Level::All, None);
    masked_with(&before, &mut masker);
    for (name, start) in [
        ("stragdev", "storage-"),
        ("STRAGDEV", "storage-"),
        (
            "https://stragdev.blob.core.windows.net/",
            "https://storage-",
        ),
        ("rg-rag-poc", "group-"),
        ("7f3ebb89-300f-4a0d-8c3e-57a8d657c0d1", "tenant-"),
        ("3b1c0f2d-65f0-4135-bf08-e005a4058e20", "subscription-"),
        ("ada@contoso.com", "person-"),
        ("Ada", "person-"),
        ("docs-indexer", "indexer-"),
    ] {
        let made = masker.text(name);
        assert!(made.starts_with(start), "{name}: {made}");
    }
    assert_eq!(
        masker.text("https://stragdev.blob.core.windows.net/x?sv=1"),
        masker
            .text("https://STRAGDEV.blob.core.windows.net/x?sv=1")
            .replace("STRAGDEV", "stragdev")
    );
    // Public addresses go to a block that nobody has; what is between a rule and an address stays.
    let public: std::net::Ipv4Addr = masker.text("203.0.113.24").parse().unwrap();
    assert!(public.octets()[0] >= 240, "{public}");
    assert!(masker.text("10.1.2.3").starts_with("10."));
    let rule = masker.text("203.0.113.0/24");
    let net: ipnet::IpNet = rule.parse().unwrap();
    let own: std::net::IpAddr = masker.text("203.0.113.24").parse().unwrap();
    let other: std::net::IpAddr = masker.text("203.0.114.24").parse().unwrap();
    assert!(
        net.contains(&own) && !net.contains(&other),
        "{rule} {own} {other}"
    );
    assert_eq!(masker.text("0.0.0.0"), "0.0.0.0");
    // At the narrower level names stay, and people and ids do not.
    let mut ids = Masker::new(Level::Ids, None);
    masked_with(&before, &mut ids);
    assert_eq!(ids.text("stragdev"), "stragdev");
    assert!(ids.text("ada@contoso.com").starts_with("person-"));
    assert!(
        ids.text("7f3ebb89-300f-4a0d-8c3e-57a8d657c0d1")
            .starts_with("tenant-")
    );
}

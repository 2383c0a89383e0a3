//! The house rules of the design, section 5: who may import whom, how long a file may be, and that
//! every module says what it is.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The only imports that are allowed. `*` is everything.
const ARROWS: [(&str, &[&str]); 16] = [
    ("main", &["cli", "commands"]),
    ("lib", &[]),
    ("cli", &["model"]),
    ("commands", &["*"]),
    ("config", &["model"]),
    ("model", &[]),
    ("azure", &["model"]),
    ("fetch", &["azure", "model", "store"]),
    ("store", &["model"]),
    ("analysis", &["model", "store"]),
    ("map", &["model", "analysis"]),
    ("privacy", &["model", "store"]),
    ("report", &["model", "store", "analysis", "map", "privacy"]),
    (
        "ui",
        &[
            "config", "model", "store", "analysis", "map", "privacy", "report", "terminal",
        ],
    ),
    ("terminal", &[]),
    ("simulator", &[]),
];

const LONGEST: usize = 600;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push(path);
        }
    }
}

fn sources(folder: &str) -> Vec<(String, String)> {
    let mut files = Vec::new();
    rust_files(&root().join(folder), &mut files);
    files.sort();
    files
        .into_iter()
        .map(|path| {
            let text = fs::read_to_string(&path).unwrap();
            let name = path.strip_prefix(root()).unwrap();
            (name.to_string_lossy().replace('\\', "/"), text)
        })
        .collect()
}

/// Whether a file holds nothing but tests: those may look into any room.
fn is_test_file(name: &str) -> bool {
    let stem = name.rsplit('/').next().unwrap_or(name);
    stem == "tests.rs" || stem == "testing.rs" || name.contains("/tests/")
}

/// The code of a file: without comments, and without its block of tests.
fn code(text: &str) -> String {
    let mut code = String::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let bare = line.trim_start();
        let opens_tests = line == "#[cfg(test)]"
            && lines
                .peek()
                .is_some_and(|next| next.starts_with("mod ") && next.ends_with('{'));
        if opens_tests {
            break;
        }
        if !bare.starts_with("//") {
            code.push_str(line);
            code.push('\n');
        }
    }
    code
}

/// The rooms that a piece of code goes into: `crate::X`, also inside `use crate::{X, Y}`.
fn rooms(code: &str, marker: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut rest = code;
    while let Some(at) = rest.find(marker) {
        let before = rest[..at].chars().next_back();
        rest = &rest[at + marker.len()..];
        if before.is_some_and(|letter| letter.is_alphanumeric() || letter == '_') {
            continue;
        }
        if let Some(group) = rest.strip_prefix('{') {
            found.extend(heads(group));
        } else {
            found.insert(word(rest));
        }
    }
    found
}

fn word(text: &str) -> String {
    text.chars()
        .take_while(|letter| letter.is_alphanumeric() || *letter == '_')
        .collect()
}

/// The first words of the entries of a group, up to its closing brace.
fn heads(group: &str) -> Vec<String> {
    let mut heads = Vec::new();
    let mut depth = 0;
    let mut start = true;
    for (at, letter) in group.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => start = true,
            letter if start && depth == 0 && !letter.is_whitespace() => {
                heads.push(word(&group[at..]));
                start = false;
            }
            _ => {}
        }
    }
    heads
}

/// The room that a file stands in.
fn room(name: &str) -> String {
    let inner = name.strip_prefix("src/").unwrap_or(name);
    let first = inner.split('/').next().unwrap_or(inner);
    first.strip_suffix(".rs").unwrap_or(first).to_owned()
}

#[test]
fn imports_follow_the_arrows() {
    let arrows: BTreeMap<&str, &[&str]> = ARROWS.into_iter().collect();
    let mut wrong = Vec::new();
    for (name, text) in sources("src") {
        if is_test_file(&name) {
            continue;
        }
        let own = room(&name);
        let Some(allowed) = arrows.get(own.as_str()) else {
            wrong.push(format!("{name}: no arrow says what {own} may import"));
            continue;
        };
        let marker = if own == "main" {
            "hopscope::"
        } else {
            "crate::"
        };
        for other in rooms(&code(&text), marker) {
            let fits = other == own || allowed.contains(&"*") || allowed.contains(&other.as_str());
            if !fits {
                wrong.push(format!("{name}: {own} -> {other}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn files_are_short_and_say_what_they_are() {
    let mut wrong = Vec::new();
    for folder in ["src", "tests", "benches", "examples"] {
        for (name, text) in sources(folder) {
            let lines = text.lines().count();
            if lines > LONGEST {
                wrong.push(format!("{name}: {lines} lines, {LONGEST} at most"));
            }
            if !is_test_file(&name) && !text.starts_with("//!") {
                wrong.push(format!("{name}: does not start with //!"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn main_is_a_few_lines_and_no_file_is_a_box_for_odds_and_ends() {
    let main = fs::read_to_string(root().join("src/main.rs")).unwrap();
    assert!(main.lines().count() < 80);
    for (name, _) in sources("src") {
        let stem = name.rsplit('/').next().unwrap_or(&name);
        assert!(
            !["utils.rs", "util.rs", "helpers.rs", "common.rs"].contains(&stem),
            "{name}: name it after what it does"
        );
    }
}

#[test]
fn the_reader_of_imports_sees_every_form() {
    let text = "use crate::store::Store;\n// use crate::ui::X;\nuse crate::{azure::gate, model::{a, b}, fetch};\nlet x = crate::report::y();\nmycrate::no();\n#[cfg(test)]\nmod tests {\nuse crate::simulator;\n}\n";
    let found: Vec<String> = rooms(&code(text), "crate::").into_iter().collect();
    assert_eq!(found, ["azure", "fetch", "model", "report", "store"]);
}

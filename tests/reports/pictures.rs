//! `hopscope shot`, and the pictures of the README that it makes.
//!
//! With `HOPSCOPE_PICTURES=1` the pictures are made anew.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// The pictures: file, and how each is made.
const PICTURES: [(&str, &[&str]); 2] = [
    ("map.svg", &["map", "--demo", "broken-indexer"]),
    ("walk.svg", &["walk", "--demo", "healthy", "--do", "right"]),
];

fn shot(arguments: &[&str], out: &Path) -> Output {
    let home = tempfile::tempdir().unwrap();
    Command::new(env!("CARGO_BIN_EXE_hopscope"))
        .arg("shot")
        .args(arguments)
        .arg("--out")
        .arg(out)
        .env_clear()
        .env("HOME", home.path())
        .env("TZ", "UTC")
        .env("COLORTERM", "truecolor")
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

/// A word in which numbers, and ids that are made anew each time, are all the same.
fn counted(word: &str) -> String {
    let is_id = |letter: char| letter.is_ascii_hexdigit() || matches!(letter, '-' | '…');
    if word.contains(|letter: char| letter.is_ascii_digit()) && word.chars().all(is_id) {
        return "#".to_owned();
    }
    let mut shown = String::new();
    for letter in word.chars() {
        let is_number = letter.is_ascii_digit() || matches!(letter, ':' | '.');
        match (is_number, shown.ends_with('#')) {
            (true, true) => {}
            (true, false) => shown.push('#'),
            (false, _) => shown.push(letter),
        }
    }
    shown
}

/// The words of a picture row by row with their colours; numbers, which are mostly times, counted as
/// one.
fn words(svg: &str) -> Vec<String> {
    svg.split("<text ")
        .skip(1)
        .map(|piece| {
            let (attributes, rest) = piece.split_once('>').unwrap();
            let text = rest.split_once("</text>").unwrap().0;
            let of = |name: &str| {
                let start = attributes.find(&format!("{name}=\"")).unwrap() + name.len() + 2;
                attributes[start..].split('"').next().unwrap()
            };
            let shown: Vec<String> = text.split(' ').map(counted).collect();
            let shown = shown.join(" ");
            format!("{} {} {shown}", of("y"), of("fill"))
        })
        .collect()
}

#[test]
fn the_pictures_of_the_readme_are_as_the_panes_are() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/screenshots");
    let readme = include_str!("../../README.md");
    let anew = std::env::var_os("HOPSCOPE_PICTURES").is_some();
    let scratch = tempfile::tempdir().unwrap();
    for (name, arguments) in PICTURES {
        assert!(
            readme.contains(&format!("assets/screenshots/{name}")),
            "{name}"
        );
        let kept = folder.join(name);
        let out: PathBuf = if anew {
            kept.clone()
        } else {
            scratch.path().join(name)
        };
        let ran = shot(arguments, &out);
        assert!(ran.status.success(), "{ran:?}");
        let read = |path: &Path| words(&std::fs::read_to_string(path).unwrap());
        let (old, new) = (read(&kept), read(&out));
        for (old, new) in old.iter().zip(&new) {
            assert_eq!(old, new, "{name}: HOPSCOPE_PICTURES=1 makes it anew");
        }
        assert_eq!(old.len(), new.len(), "{name}");
    }
}

#[test]
fn a_picture_is_text_too_and_what_cannot_be_drawn_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("map.txt");
    let ran = shot(
        &[
            "2", "--demo", "healthy", "--size", "100x30", "--theme", "light",
        ],
        &text,
    );
    assert!(ran.status.success(), "{ran:?}");
    let lines = std::fs::read_to_string(&text).unwrap();
    assert_eq!(lines.lines().count(), 30);
    assert!(
        lines.contains("2 Network") && lines.contains("stragdev"),
        "{lines}"
    );
    for (arguments, out, says) in [
        (
            &["nowhere", "--demo", "healthy"][..],
            "a.svg",
            "there is no pane",
        ),
        (
            &["map", "--demo", "healthy"][..],
            "a.png",
            "ends in .svg or .txt",
        ),
        (
            &["map", "--demo", "healthy", "--size", "10x10"][..],
            "a.svg",
            "60x16",
        ),
        (
            &["map", "--demo", "healthy", "--do", "fly"][..],
            "a.svg",
            "no action",
        ),
    ] {
        let ran = shot(arguments, &folder.path().join(out));
        assert_eq!(ran.status.code(), Some(2), "{ran:?}");
        let said = String::from_utf8(ran.stderr).unwrap();
        assert!(said.contains(says), "{says}: {said}");
    }
}

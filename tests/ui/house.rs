//! Rules of the house that the screen's files keep.

use std::fs;
use std::path::Path;

fn sources(folder: &Path, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            found.push((path.display().to_string(), text));
        }
    }
}

#[test]
fn only_the_theme_knows_colours() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/ui");
    let mut files = Vec::new();
    sources(&root, &mut files);
    assert!(files.len() > 20, "the screen's files are there");
    for (name, text) in files {
        if name.ends_with("src/ui/theme.rs") {
            continue;
        }
        for word in ["Color::", "Stylize", ".fg(", ".bg("] {
            assert!(
                !text.contains(word),
                "{word} in {name}: name a role instead"
            );
        }
    }
}

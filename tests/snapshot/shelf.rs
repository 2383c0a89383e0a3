//! The list of snapshots and the comparison of two, on the screen.

use std::path::PathBuf;
use std::sync::Arc;

use crossterm::event::KeyCode;
use hopscope::commands::source::Inspected;
use hopscope::fetch::jobs::again;
use hopscope::privacy::{Level, Masker};
use hopscope::report::diff::{Compared, Side, unlike};
use hopscope::store::Kept;
use hopscope::store::file::{self, Head, found_in, peek};
use hopscope::ui::app::files::{Opened, Told};
use hopscope::ui::effect::{Effect, Which};
use time::Duration;

use crate::masked::{MARKER, of, planted_in};
use crate::stage::{Screen, inspected};

fn save(folder: &tempfile::TempDir, name: &str, one: &Inspected, earlier: Duration) -> PathBuf {
    let path = folder.path().join(name);
    let head = Head::new(one.at - earlier, one.masked.clone());
    file::save(&path, &head, &Kept::of(&one.snapshot, &one.frame)).unwrap();
    path
}

fn compared(before: &Inspected, after: &Inspected, paths: [Option<PathBuf>; 2]) -> Told {
    let mut before = before.side();
    before.at -= Duration::hours(2);
    Told {
        compared: Arc::new(Compared::of(&before, &after.side())),
        paths,
    }
}

#[test]
fn snapshots_are_found_by_what_they_are_the_newest_first() {
    let folder = tempfile::tempdir().unwrap();
    let one = inspected("healthy");
    let old = save(&folder, "a.hop", &one, Duration::days(3));
    let new = save(&folder, "no-ending", &one, Duration::ZERO);
    let bytes = std::fs::read(&new).unwrap();
    let cut = folder.path().join("cut.hop");
    std::fs::write(&cut, &bytes[..200]).unwrap();
    std::fs::write(folder.path().join("foreign.hop"), "HOPSCOTCH").unwrap();
    std::fs::create_dir(folder.path().join("folder.hop")).unwrap();
    let found = found_in(folder.path());
    let paths: Vec<&PathBuf> = found.iter().map(|one| &one.path).collect();
    assert_eq!(paths, [&new, &old, &cut]);
    assert_eq!(found[0].head.as_ref().unwrap().saved_at, one.at);
    assert!(found[2].head.is_err());
    assert_eq!(peek(&old).unwrap().saved_at, one.at - Duration::days(3));
    assert!(found_in(&folder.path().join("nowhere")).is_empty());
}

#[test]
fn two_marked_ones_are_compared_and_one_with_what_is_shown() {
    let folder = tempfile::tempdir().unwrap();
    let one = inspected("healthy");
    let a = save(&folder, "a.hop", &one, Duration::hours(1));
    let b = save(&folder, "b.hop", &one, Duration::hours(2));
    let mut screen = Screen::of(&one, false);
    assert_eq!(screen.key(KeyCode::Char('D')), [Effect::Snapshots]);
    screen.view.found(found_in(folder.path()));
    let words = screen.words();
    for part in [
        "what is read now  shown",
        "a.hop",
        "1 h ago",
        "2 h ago",
        "none",
    ] {
        assert!(words.contains(part), "{part}: {words}");
    }
    // What is shown cannot be compared with itself.
    let effects = screen.key(KeyCode::Char('D'));
    assert!(
        matches!(effects.as_slice(), [Effect::Say(_)]),
        "{effects:?}"
    );
    screen.key(KeyCode::Char('j'));
    let effects = screen.key(KeyCode::Char('D'));
    let file = |path: &PathBuf| Which::File(path.clone());
    assert_eq!(effects, [Effect::Compare(Which::Live, file(&a))]);
    screen.key(KeyCode::Char(' '));
    screen.key(KeyCode::Char('j'));
    screen.key(KeyCode::Char(' '));
    let effects = screen.key(KeyCode::Char('D'));
    let [Effect::Compare(first, second)] = effects.as_slice() else {
        panic!("{effects:?}");
    };
    assert!([first, second].contains(&&file(&a)) && [first, second].contains(&&file(&b)));
    let effects = screen.key(KeyCode::Enter);
    assert_eq!(effects, [Effect::Open(file(&b))]);
    assert_eq!(unlike(None, None), None);
    assert!(unlike(None, Some("all")).is_some());
}

#[test]
fn a_comparison_fits_every_size_and_names_hop_property_and_writer() {
    let after = inspected("broken-indexer");
    let mut kept = Kept::of(&after.snapshot, &after.frame);
    crate::differ::with_account(&mut kept, "stragdev", |account| {
        account["properties"]["networkAcls"]["bypass"] = "AzureServices".into();
    });
    let before = of(&kept, &after);
    let mut side: Side = before.side();
    side.at -= Duration::days(2);
    let told = Arc::new(Compared::of(&side, &after.side()));
    for (width, height) in [
        (200, 60),
        (140, 42),
        (100, 30),
        (80, 24),
        (61, 17),
        (60, 16),
        (20, 5),
    ] {
        let mut screen = Screen::of(&after, false);
        screen.resize(width, height);
        screen.key(KeyCode::Char('D'));
        screen.view.compared(Ok(Told {
            compared: Arc::clone(&told),
            paths: [Some(PathBuf::from("before.hop")), None],
        }));
        let list = screen.words();
        screen.key(KeyCode::Enter);
        let hop = screen.words();
        screen.key(KeyCode::Esc);
        screen.key(KeyCode::End);
        screen.key(KeyCode::Enter);
        let thing = screen.words();
        if width < 80 {
            continue;
        }
        for part in [
            "before.hop",
            "now",
            "What differs",
            "indexer-to-storage",
            "open → shut",
        ] {
            assert!(list.contains(part), "{width}x{height} {part}: {list}");
        }
        // Between the two the detail has few lines: the rest of it is scrolled to.
        let parts = ["NETWORK", "By whom"];
        for part in &parts[..if width == 100 { 1 } else { 2 }] {
            assert!(hop.contains(*part), "{width}x{height} {part}: {hop}");
        }
        let parts = [
            "networkAcls.bypass",
            "\"AzureServices\"",
            "\"None\"",
            "storageAccounts/write",
        ];
        for part in &parts[..if width == 100 { 3 } else { 4 }] {
            assert!(thing.contains(*part), "{width}x{height} {part}: {thing}");
        }
        // Back to the list, and out of it.
        screen.key(KeyCode::Esc);
        assert_eq!(screen.key(KeyCode::Esc), [Effect::Snapshots]);
        screen.key(KeyCode::Esc);
        assert!(!screen.words().contains("Snapshots"));
    }
}

#[test]
fn a_masked_screen_masks_what_is_listed_compared_and_opened() {
    let folder = tempfile::tempdir().unwrap();
    let after = inspected("broken-indexer");
    let planted = of(&planted_in(&after, 0), &after);
    let path = save(&folder, &format!("{MARKER}.hop"), &planted, Duration::ZERO);
    let mut screen = Screen::at(&after, false, Level::All);
    screen.first = 0;
    screen.key(KeyCode::Char('D'));
    screen.view.found(found_in(folder.path()));
    let list = screen.words();
    assert!(list.contains(".hop"), "{list}");
    let masker = screen.view.masker().unwrap();
    let side = |one: &Inspected| {
        let mut own = masker.lock().unwrap();
        Side {
            snapshot: own.snapshot(&one.snapshot, None, again::decoded),
            judging: own.frame(&one.frame).judging,
            at: one.at,
        }
    };
    let told = Told {
        compared: Arc::new(Compared::of(&side(&planted), &side(&after))),
        paths: [Some(path.clone()), None],
    };
    screen.view.compared(Ok(told));
    let compared = screen.words();
    let effects = screen.key(KeyCode::Char('c'));
    let [Effect::Copy { text, .. }] = effects.as_slice() else {
        panic!("{effects:?}");
    };
    let saved = file::open(&path).unwrap();
    screen.view.show_file(Some(Opened {
        snapshot: saved.kept.restore(again::decoded),
        frame: saved.kept.frame(),
        path,
        saved_at: saved.head.saved_at,
        masked: None,
    }));
    screen.frame(&planted.snapshot);
    let opened = screen.words();
    assert!(opened.contains("offline"), "{opened}");
    for (place, words) in [
        ("list", &list),
        ("comparison", &compared),
        ("copy", text),
        ("file", &opened),
    ] {
        assert!(!words.to_lowercase().contains(MARKER), "{place}: {words}");
        assert!(!words.contains("stragdev"), "{place}: {words}");
    }
    // The same of it open.
    let mut masker = Masker::new(Level::None, None);
    assert!(masker.text(MARKER).contains(MARKER));
    let told = compared_open(&planted, &after);
    assert!(told.text().contains(MARKER), "the test plants nothing");
}

fn compared_open(before: &Inspected, after: &Inspected) -> Arc<Compared> {
    compared(before, after, [None, None]).compared
}

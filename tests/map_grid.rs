//! The Map's grid: the shapes of environments, at every size, and what must hold of every drawing.

#[path = "map_grid/shapes.rs"]
mod shapes;

use hopscope::analysis::hop::HopKind as K;
use hopscope::analysis::verdict::Verdict;
use hopscope::map::grid::{Grid, Owner, Voice};
use hopscope::map::{Mark, Model, Place};

use shapes::{Shape, broken_indexer, unusual};

/// Cells of the Map at 200x60, 140x42, 100x30 and 80x24.
const SIZES: [(u16, u16); 4] = [(127, 30), (87, 21), (100, 10), (80, 10)];

fn drawn(model: &Model, (width, height): (u16, u16)) -> Grid {
    Grid::of(model, width, height).expect("room for boxes")
}

/// Every pair of boxes that a call can join, each in a verdict of its own.
fn everything() -> Shape {
    let ends = [
        "ada",
        "search:a",
        "storage:b",
        "openai:c",
        "hub:d",
        "vault:e",
        "cosmos:f",
    ];
    let verdicts = [
        Verdict::Open,
        Verdict::Shut,
        Verdict::AtRisk,
        Verdict::Unknown,
    ];
    let mut shape = Shape::default();
    for (at, from) in ends.iter().enumerate() {
        for (to_at, to) in ends.iter().enumerate().skip(1) {
            if at != to_at {
                let kind = K::ALL[(at * 7 + to_at) % 12];
                shape = shape.with(kind, from, to, verdicts[(at + to_at) % 4]);
            }
        }
        shape = shape.with(
            K::OpenaiToUrl,
            from,
            "https://images.contoso.com",
            Verdict::Open,
        );
    }
    shape
}

/// What must hold of every drawing of a model.
fn holds(model: &Model, size: (u16, u16)) {
    let grid = drawn(model, size);
    let picture = grid.text().join("\n");
    let mut arrows = vec![0; model.bundles.len()];
    for y in 0..size.1 {
        for x in 0..size.0 {
            let cell = grid.cell(x, y);
            let boxed = grid.boxes.iter().position(|(_, frame)| frame.holds(x, y));
            match cell.owner {
                Owner::Line(_) => {
                    assert!(boxed.is_none(), "a line in a box at {x},{y}\n{picture}");
                }
                Owner::Arrow(line) => {
                    arrows[line] += 1;
                    assert!(boxed.is_none(), "an arrow in a box at {x},{y}\n{picture}");
                    let ahead = match cell.glyph {
                        '▶' => (x + 1, y),
                        '◀' => (x.wrapping_sub(1), y),
                        '▲' => (x, y.wrapping_sub(1)),
                        _ => (x, y + 1),
                    };
                    if let Some(to) = model.bundles[line].to {
                        let hit = grid
                            .boxes
                            .iter()
                            .find(|(_, frame)| frame.holds(ahead.0, ahead.1));
                        assert_eq!(hit.map(|(place, _)| *place), Some(to), "{picture}");
                    }
                }
                Owner::Tee(own, line) => {
                    assert_eq!(grid.boxes[own].0, model.bundles[line].from, "{picture}");
                }
                Owner::Nothing | Owner::Border(_) | Owner::Kept => {}
            }
        }
    }
    for (line, count) in arrows.iter().enumerate() {
        let is_folded = grid.folded.contains(&line);
        assert_eq!(*count, usize::from(!is_folded), "line {line}\n{picture}");
        let labels = grid
            .words
            .iter()
            .filter(|words| words.voice == Voice::Line(line));
        assert_eq!(
            labels.count(),
            usize::from(!is_folded),
            "line {line}\n{picture}"
        );
    }
    for (at, words) in grid.words.iter().enumerate() {
        assert!(words.x + words.width() <= size.0, "{words:?}\n{picture}");
        for x in words.x..words.x + words.width() {
            let owner = grid.cell(x, words.y).owner;
            assert_eq!(owner, Owner::Kept, "{words:?} is crossed\n{picture}");
        }
        for other in &grid.words[at + 1..] {
            let apart = words.y != other.y
                || words.x + words.width() <= other.x
                || other.x + other.width() <= words.x;
            assert!(apart, "{words:?} lies on {other:?}\n{picture}");
        }
    }
}

#[test]
fn no_line_meets_a_box_or_a_word_and_every_line_ends_at_its_target() {
    let mut shapes = vec![broken_indexer(), everything(), Shape::default()];
    shapes.extend(unusual().into_iter().map(|(_, shape)| shape));
    for shape in &shapes {
        let model = shape.model();
        for size in SIZES {
            holds(&model, size);
        }
    }
}

#[test]
fn nothing_overlaps_while_the_terminal_is_resized() {
    let model = broken_indexer().model();
    for width in (76..150).step_by(7) {
        for height in [10, 15, 20, 21, 23, 25, 28, 33] {
            holds(&model, (width, height));
        }
    }
}

#[test]
fn any_part_of_the_pattern_can_be_missing() {
    let whole = broken_indexer();
    for left_out in Place::ALL {
        let mut shape = whole.clone();
        let model = whole.model();
        let gone: Vec<usize> = model
            .bundles
            .iter()
            .filter(|one| one.from == left_out || one.to == Some(left_out))
            .flat_map(|one| one.hops.clone())
            .collect();
        let mut at = 0;
        shape.hops.retain(|_| {
            at += 1;
            !gone.contains(&(at - 1))
        });
        for size in SIZES {
            holds(&shape.model(), size);
        }
    }
}

#[test]
fn the_usual_shape_has_no_crossing_and_folds_nothing_where_there_is_room() {
    let model = broken_indexer().model();
    for size in [SIZES[0], SIZES[1]] {
        let grid = drawn(&model, size);
        assert!(grid.folded.is_empty(), "{}", grid.text().join("\n"));
        for words in grid
            .words
            .iter()
            .filter(|one| matches!(one.voice, Voice::Line(_)))
        {
            assert!(words.text.len() > 2, "{words:?}");
        }
    }
}

/// Where an upright line passes through a level one of another bundle.
fn crossings(grid: &Grid) -> usize {
    let level = |x: u16, y: u16| match grid.cell(x, y) {
        cell if !matches!(cell.glyph, '─' | '┄' | '▶' | '◀') => None,
        cell => match cell.owner {
            Owner::Line(line) | Owner::Arrow(line) => Some(line),
            _ => None,
        },
    };
    let mut count = 0;
    for y in 0..grid.height {
        for x in 2..grid.width.saturating_sub(2) {
            let Owner::Line(own) = grid.cell(x, y).owner else {
                continue;
            };
            let (left, right) = (level(x - 2, y), level(x + 2, y));
            let passes = matches!(grid.cell(x, y).glyph, '│' | '┆');
            count += usize::from(passes && left.is_some() && left == right && left != Some(own));
        }
    }
    count
}

#[test]
fn usual_and_unusual_shapes_have_no_crossing_where_there_is_room() {
    let mut shapes = unusual();
    shapes.push(("broken-indexer", broken_indexer()));
    for (name, shape) in shapes {
        for size in [SIZES[0], SIZES[1]] {
            let grid = drawn(&shape.model(), size);
            let picture = grid.text().join("\n");
            assert_eq!(crossings(&grid), 0, "{name}\n{picture}");
            assert!(grid.folded.is_empty(), "{name}\n{picture}");
        }
    }
}

#[test]
fn a_crossing_is_seen_as_one() {
    let mut seen = 0;
    for size in SIZES {
        seen += crossings(&drawn(&everything().model(), size));
    }
    assert!(
        seen > 0,
        "the test for crossings finds none where there must be some"
    );
}

#[test]
fn a_bundle_shows_its_worst_and_what_is_read_is_dashed() {
    let mut shape = broken_indexer();
    let model = shape.model();
    let key = |model: &Model| {
        model
            .bundles
            .iter()
            .find(|one| one.from == Place::Managed && one.to == Some(Place::Vault))
            .map(|one| (one.mark, one.is_dashed()))
    };
    assert_eq!(key(&model), Some((Mark::Unknown, false)));
    shape.is_reading = true;
    assert_eq!(key(&shape.model()), Some((Mark::Reading, true)));
    let shape = broken_indexer().with(
        K::UserToSearchDocuments,
        "ada",
        "search:another",
        Verdict::Shut,
    );
    let model = shape.model();
    let query = model
        .bundles
        .iter()
        .find(|one| one.from == Place::You && one.to == Some(Place::Search))
        .expect("a line");
    assert_eq!((query.mark, query.hops.len()), (Mark::Shut, 4));
}

#[test]
fn the_shapes_as_pictures() {
    for (name, shape) in [
        ("broken-indexer", broken_indexer()),
        ("everything", everything()),
    ]
    .into_iter()
    .chain(unusual())
    {
        let model = shape.model();
        for size in SIZES {
            let picture = drawn(&model, size).text().join("\n");
            insta::assert_snapshot!(format!("{name}-{}x{}", size.0, size.1), picture);
        }
    }
}

//! Puts boxes, lines and their words onto the grid.

use super::grid::{Grid, Owner, Voice, Words};
use super::model::{Bundle, Fact, Model, Node, Place, Tone};
use super::plan::{Frame, Plan};
use super::route::{Hint, Path, Way, Wish, route};
use super::words::{fit, width};

/// A line: caller, target, and the sides with hundredths along them where it leaves and arrives.
type Usual = (Place, Place, (Way, u16), (Way, u16));

/// Where the usual lines leave and arrive, in the order in which they are drawn: straight ones first,
/// so that what has to go round goes round them.
const USUAL: [Usual; 13] = {
    use Place::{Hub, Managed, OpenAi, Search, Storage, Vault, You};
    use Way::{Down, Left, Right, Up};
    [
        (You, Search, (Right, 34), (Left, 34)),
        (Search, Storage, (Right, 34), (Left, 34)),
        (Search, OpenAi, (Down, 20), (Up, 20)),
        (OpenAi, Search, (Up, 84), (Down, 84)),
        (Hub, OpenAi, (Left, 34), (Right, 34)),
        (You, OpenAi, (Down, 34), (Left, 34)),
        (Hub, Storage, (Up, 84), (Down, 84)),
        (Hub, Managed, (Down, 60), (Up, 60)),
        (Managed, Vault, (Left, 76), (Right, 67)),
        (Hub, Vault, (Down, 20), (Right, 34)),
        (You, Storage, (Up, 55), (Up, 50)),
        (Hub, Search, (Up, 84), (Right, 67)),
        (OpenAi, Storage, (Right, 67), (Left, 67)),
    ]
};

/// Draws a model as planned.
pub(super) fn lay(model: &Model, plan: &Plan, width: u16, height: u16) -> Grid {
    let mut grid = Grid::empty(plan, width, height);
    for (at, (place, frame)) in plan.frames.iter().enumerate() {
        border(&mut grid, at, *place, *frame);
    }
    let mut folded = Vec::new();
    let mut routed: Vec<usize> = Vec::new();
    for at in order(model) {
        let bundle = &model.bundles[at];
        let done = match (plan.frame(bundle.from), bundle.to) {
            (Some(from), None) => stub(&mut grid, at, bundle, from),
            (Some(from), Some(to)) => plan
                .frame(to)
                .is_some_and(|to_frame| line(&mut grid, at, model, (from, to_frame, to), &routed)),
            (None, _) => false,
        };
        if done {
            routed.push(at);
        } else {
            folded.push(at);
        }
    }
    for (at, (place, frame)) in plan.frames.iter().enumerate() {
        if let Some(node) = model.node(*place) {
            fill(
                &mut grid,
                at,
                node,
                *frame,
                &words_for(model, plan, *place, &folded),
            );
        }
    }
    let logs = model
        .node(Place::Logs)
        .and_then(|logs| logs.facts.iter().find(|fact| fact.mark.is_some()));
    if let (Some(y), Some(fact)) = (plan.logs_row.filter(|y| *y < height), logs) {
        grid.say(Words {
            x: 1,
            y,
            mark: fact.mark,
            text: format!("{} logs", fact.text),
            tone: fact.tone,
            voice: Voice::Logs,
        });
    }
    grid.folded = folded;
    grid
}

/// The order in which lines are drawn: the usual ones as listed, then stubs, then the rest.
fn order(model: &Model) -> Vec<usize> {
    let rank = |bundle: &Bundle| {
        let Some(to) = bundle.to else { return (1, 0) };
        USUAL
            .iter()
            .position(|(from, own, ..)| (*from, *own) == (bundle.from, to))
            .map_or((2, 0), |at| (0, at))
    };
    let mut order: Vec<usize> = (0..model.bundles.len()).collect();
    order.sort_by_key(|at| rank(&model.bundles[*at]));
    order
}

fn border(grid: &mut Grid, at: usize, place: Place, frame: Frame) {
    let dashed = place == Place::Managed;
    let (level, upright) = if dashed {
        ('┄', '┆')
    } else {
        ('─', '│')
    };
    let (right, bottom) = (frame.right() - 1, frame.bottom() - 1);
    for x in frame.x..=right {
        for y in frame.y..=bottom {
            let glyph = match (x, y) {
                _ if (x, y) == (frame.x, frame.y) => '╭',
                _ if (x, y) == (right, frame.y) => '╮',
                _ if (x, y) == (frame.x, bottom) => '╰',
                _ if (x, y) == (right, bottom) => '╯',
                _ if y == frame.y || y == bottom => level,
                _ if x == frame.x || x == right => upright,
                _ => ' ',
            };
            let owner = if glyph == ' ' {
                Owner::Kept
            } else {
                Owner::Border(at)
            };
            grid.set(x, y, glyph, owner);
        }
    }
    let text = fit(place.title(), frame.width.saturating_sub(6));
    // A blank on either side of the title is the title's own.
    for x in frame.x + 2..frame.x + 4 + width(&text) {
        grid.set(x, frame.y, ' ', Owner::Kept);
    }
    grid.say(Words {
        x: frame.x + 3,
        y: frame.y,
        mark: None,
        text,
        tone: Tone::Title,
        voice: Voice::Box(at),
    });
}

/// What a box says about calls that have no line.
fn words_for(model: &Model, plan: &Plan, place: Place, folded: &[usize]) -> Vec<Fact> {
    let home = |bundle: &Bundle| {
        if plan.frame(bundle.from).is_some() {
            bundle.from
        } else if bundle.from == Place::Managed || bundle.to.is_none() {
            Place::Hub
        } else {
            bundle.to.unwrap_or(Place::Hub)
        }
    };
    let mut own: Vec<&Bundle> = folded
        .iter()
        .map(|at| &model.bundles[*at])
        .filter(|bundle| home(bundle) == place)
        .collect();
    own.sort_by_key(|bundle| bundle.mark);
    let (Some(first), rest) = (own.first(), own.get(1..).unwrap_or_default()) else {
        return Vec::new();
    };
    let mut facts = vec![Fact::marked(first.mark, first.labels().remove(0))];
    if let Some(worst) = rest.iter().map(|bundle| bundle.mark).min() {
        let count: usize = rest.iter().map(|bundle| bundle.hops.len()).sum();
        facts.push(Fact::marked(worst, format!("{count} more")));
    }
    facts
}

fn fill(grid: &mut Grid, at: usize, node: &Node, frame: Frame, folded: &[Fact]) {
    let room = frame.width.saturating_sub(4);
    let rows = usize::from(frame.height.saturating_sub(2));
    // Calls without a line are told even when a fact has to go for them.
    let kept = rows.saturating_sub(usize::from(!folded.is_empty())).max(1);
    let mut y = frame.y + 1;
    for fact in node.facts.iter().take(kept.min(rows)) {
        let sign = if fact.mark.is_some() { 2 } else { 0 };
        grid.say(Words {
            x: frame.x + 2,
            y,
            mark: fact.mark,
            text: shortened(fact, room.saturating_sub(sign)),
            tone: fact.tone,
            voice: Voice::Box(at),
        });
        y += 1;
    }
    if y >= frame.bottom() - 1 {
        return;
    }
    let mut x = frame.x + 2;
    let wanted: u16 = folded.iter().map(|fact| width(&fact.text) + 4).sum();
    let gap = if wanted <= room + 2 { 2 } else { 1 };
    for fact in folded {
        let left = (frame.x + 2 + room).saturating_sub(x);
        if left < 4 {
            break;
        }
        let words = Words {
            x,
            y,
            mark: fact.mark,
            text: fit(&fact.text, left - 2),
            tone: fact.tone,
            voice: Voice::Box(at),
        };
        x += words.width() + gap;
        grid.say(words);
    }
}

/// The words of a fact in so many cells. How many more there are is never cut from a name.
fn shortened(fact: &Fact, room: u16) -> String {
    match fact.text.rsplit_once(" +") {
        Some((name, more)) if fact.tone == Tone::Name => {
            let left = room.saturating_sub(width(more) + 2);
            format!("{} +{more}", fit(name, left))
        }
        _ => fit(&fact.text, room),
    }
}

/// A short line to hosts outside Azure, to the left of its box or to the right, where it is free.
fn stub(grid: &mut Grid, at: usize, bundle: &Bundle, frame: Frame) -> bool {
    let Some(room) = stub_room(grid, frame) else {
        return false;
    };
    let (y, reach) = room;
    let label = bundle
        .labels()
        .into_iter()
        .find(|label| label_width(label) + 6 <= reach);
    let Some(label) = label else { return false };
    let length = (label_width(&label) + 7).min(reach);
    let dash = if bundle.is_dashed() { '┄' } else { '─' };
    let first = frame.x - length;
    for x in first..frame.x {
        grid.set(x, y, dash, Owner::Line(at));
    }
    grid.set(first, y, '◀', Owner::Arrow(at));
    tee(grid, at, (frame.x, y), Way::Left);
    grid.say(label_words(bundle, at, first + 3, y, &label));
    true
}

/// The lowest row at the left of a box with free cells, and how many.
fn stub_room(grid: &Grid, frame: Frame) -> Option<(u16, u16)> {
    (frame.y + 1..frame.bottom() - 1).rev().find_map(|y| {
        let is_free = |x: &u16| grid.cell(*x, y).owner == Owner::Nothing;
        let free = (0..frame.x).rev().take_while(is_free).count();
        let free = u16::try_from(free).unwrap_or(0).min(18).saturating_sub(1);
        (free >= 8).then_some((y, free))
    })
}

fn label_width(label: &str) -> u16 {
    if label.is_empty() {
        1
    } else {
        2 + width(label)
    }
}

fn label_words(bundle: &Bundle, at: usize, x: u16, y: u16, label: &str) -> Words {
    Words {
        x,
        y,
        mark: Some(bundle.mark),
        text: label.to_owned(),
        tone: Tone::Plain,
        voice: Voice::Line(at),
    }
}

/// Turns a border cell into the place where a line leaves.
fn tee(grid: &mut Grid, at: usize, (x, y): (u16, u16), way: Way) {
    let owner = match grid.cell(x, y).owner {
        Owner::Border(own) | Owner::Tee(own, _) => Owner::Tee(own, at),
        _ => Owner::Line(at),
    };
    let glyph = match way {
        Way::Up => '┴',
        Way::Down => '┬',
        Way::Left => '┤',
        Way::Right => '├',
    };
    grid.set(x, y, glyph, owner);
}

/// Routes one line and draws it with its label. False when there is no way.
fn line(
    grid: &mut Grid,
    at: usize,
    model: &Model,
    (from, to, target): (Frame, Frame, Place),
    routed: &[usize],
) -> bool {
    let bundle = &model.bundles[at];
    let usual = USUAL
        .iter()
        .find(|(from, to, ..)| (*from, *to) == (bundle.from, target));
    let hint = |(side, along): (Way, u16)| Hint { side, along };
    let trunks: Vec<usize> = routed
        .iter()
        .copied()
        .filter(|own| {
            let other = &model.bundles[*own];
            (other.from, other.verb, other.mark) == (bundle.from, bundle.verb, bundle.mark)
        })
        .collect();
    let wish = Wish {
        from,
        to,
        leaves: usual.map(|(_, _, leaves, _)| hint(*leaves)),
        arrives: usual.map(|(_, _, _, arrives)| hint(*arrives)),
        trunks: &trunks,
    };
    let Some(path) = route(grid, &wish) else {
        return false;
    };
    draw(grid, at, bundle, &path);
    true
}

fn draw(grid: &mut Grid, at: usize, bundle: &Bundle, path: &Path) {
    let (level, upright) = if bundle.is_dashed() {
        ('┄', '┆')
    } else {
        ('─', '│')
    };
    if path.is_branch {
        let (x, y) = path.port;
        let glyph = if path.leaves == Way::Left {
            '┤'
        } else {
            '├'
        };
        let owner = grid.cell(x, y).owner;
        grid.set(x, y, glyph, owner);
    } else {
        tee(grid, at, path.port, path.leaves);
    }
    let last = path.cells.len().saturating_sub(1);
    for (number, ((x, y), way)) in path.cells.iter().enumerate() {
        if number > 0 {
            cross(grid, at, path.cells[number - 1].0, (*x, *y), *way, upright);
        }
        if number == last {
            grid.set(*x, *y, path.arrives.arrow(), Owner::Arrow(at));
            continue;
        }
        let leaves = path.cells[number + 1].1;
        let glyph = match (*way, leaves) {
            (own, next) if own == next && own.is_level() => level,
            (own, next) if own == next => upright,
            (Way::Up, Way::Right) | (Way::Left, Way::Down) => '╭',
            (Way::Up, Way::Left) | (Way::Right, Way::Down) => '╮',
            (Way::Down, Way::Right) | (Way::Left, Way::Up) => '╰',
            _ => '╯',
        };
        grid.set(*x, *y, glyph, Owner::Line(at));
    }
    label(grid, at, bundle, path);
}

/// Draws what lies between two cells of a path that do not touch: a crossing.
fn cross(
    grid: &mut Grid,
    at: usize,
    (x0, y0): (u16, u16),
    (x1, y1): (u16, u16),
    way: Way,
    upright: char,
) {
    if way.is_level() && x0.abs_diff(x1) > 1 {
        for x in x0.min(x1) + 1..x0.max(x1) {
            if grid.cell(x, y0).owner == Owner::Nothing {
                grid.set(x, y0, ' ', Owner::Kept);
            }
        }
    } else if !way.is_level() && y0.abs_diff(y1) > 1 {
        let y = y0.midpoint(y1);
        grid.set(x0 - 1, y, ' ', Owner::Kept);
        grid.set(x0 + 1, y, ' ', Owner::Kept);
        grid.set(x0, y, upright, Owner::Line(at));
    }
}

/// A straight stretch of a path: its cells without corners and arrow.
fn stretches(grid: &Grid, at: usize, path: &Path) -> Vec<(bool, Vec<(u16, u16)>)> {
    let mut found: Vec<(bool, Vec<(u16, u16)>)> = Vec::new();
    let mut before: Option<(u16, u16)> = None;
    for ((x, y), way) in &path.cells {
        let cell = grid.cell(*x, *y);
        let is_straight =
            cell.owner == Owner::Line(at) && matches!(cell.glyph, '─' | '┄' | '│' | '┆');
        let touches = before.is_some_and(|(bx, by)| bx.abs_diff(*x) + by.abs_diff(*y) == 1);
        match found.last_mut() {
            Some((level, cells)) if is_straight && touches && *level == way.is_level() => {
                cells.push((*x, *y));
            }
            _ if is_straight => found.push((way.is_level(), vec![(*x, *y)])),
            _ => {}
        }
        before = is_straight.then_some((*x, *y));
    }
    found
}

/// Puts the label on the line: on the longest level stretch that holds it, else across an upright
/// one; the longest words that fit anywhere.
fn label(grid: &mut Grid, at: usize, bundle: &Bundle, path: &Path) {
    let mut stretches = stretches(grid, at, path);
    stretches.sort_by_key(|(level, cells)| std::cmp::Reverse((*level, cells.len())));
    for label in bundle.labels() {
        let own = label_width(&label);
        for (level, cells) in &stretches {
            let spot = if *level {
                along(cells, own)
            } else {
                across(grid, cells, own)
            };
            if let Some((x, y)) = spot {
                let words = label_words(bundle, at, x, y, &label);
                grid.say(words);
                return;
            }
        }
    }
    // No room even for the sign: it takes the place of the line's middle.
    if let Some((x, y)) = stretches
        .iter()
        .find_map(|(_, cells)| cells.get(cells.len() / 2))
    {
        grid.set(*x, *y, ' ', Owner::Kept);
        grid.words.push(label_words(bundle, at, *x, *y, ""));
    }
}

/// In the middle of a level stretch, with a blank and a piece of line on either side.
fn along(cells: &[(u16, u16)], own: u16) -> Option<(u16, u16)> {
    let (first, y) = *cells.iter().min()?;
    let length = u16::try_from(cells.len()).ok()?;
    (length >= own + 3).then(|| (first + 1 + (length - own - 1) / 2, y))
}

/// Across an upright stretch, in the row nearest to its middle where all cells beside are free.
fn across(grid: &Grid, cells: &[(u16, u16)], own: u16) -> Option<(u16, u16)> {
    let middle = cells.len() / 2;
    let mut rows: Vec<usize> = (0..cells.len()).collect();
    rows.sort_by_key(|row| row.abs_diff(middle));
    for row in rows {
        let (x, y) = cells[row];
        let is_free = |from: u16| {
            from >= 1
                && from + own < grid.width + 1
                && (from - 1..=from + own).all(|cell| {
                    cell == x
                        || (cell >= grid.width && cell == from + own)
                        || grid.cell(cell, y).owner == Owner::Nothing
                })
        };
        // Centred when it can be, else moved until the line still goes through it.
        let centred = x.saturating_sub(own / 2);
        let spot = (0..=own / 2)
            .flat_map(|off| [centred.saturating_sub(off), centred + off])
            .find(|from| is_free(*from) && (*from..from + own).contains(&x));
        if let Some(from) = spot {
            return Some((from, y));
        }
    }
    None
}

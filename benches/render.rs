//! A full frame with 10,000 and 50,000 rows: the budget is 5 ms.

use divan::Bencher;
use hopscope::config::Settings;
use hopscope::model::judging::Judging;
use hopscope::store::{Inventory, Store};
use hopscope::ui::view::{Setup, View};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use time::UtcOffset;

#[path = "../tests/ui/sample.rs"]
mod sample;
#[path = "../tests/ui/world.rs"]
mod world;

fn main() {
    divan::main();
}

fn view(rows: usize, area: Rect) -> View {
    let mut store = Store::new();
    for update in world::accounts(rows) {
        store.apply(update);
    }
    let mut view = View::new(Setup {
        settings: Settings::shipped("dark").expect("the shipped settings are whole"),
        judging: Judging::default(),
        cloud: String::new(),
        portal: String::new(),
        offset: UtcOffset::UTC,
        offline: false,
        pick: false,
        panes: sample::entries(),
        now: world::NOW,
        masking: None,
    });
    let snapshot = store.snapshot();
    let inventory = Inventory::build(&snapshot);
    view.take(snapshot, Some(inventory));
    view.resize(area);
    view.prepare();
    view
}

/// Drawing alone: nothing has changed since the last frame but the clock.
#[divan::bench(args = [100, 10_000, 50_000])]
fn frame(bencher: Bencher<'_, '_>, rows: usize) {
    let area = Rect::new(0, 0, 200, 60);
    let view = view(rows, area);
    bencher.bench_local(|| {
        let mut buffer = Buffer::empty(area);
        divan::black_box(view.draw(area, &mut buffer));
        buffer
    });
}

/// A whole turn: the panes look whether anything has changed, then the frame is drawn.
#[divan::bench(args = [10_000])]
fn prepare_and_frame(bencher: Bencher<'_, '_>, rows: usize) {
    let area = Rect::new(0, 0, 140, 42);
    let mut view = view(rows, area);
    bencher.bench_local(|| {
        view.prepare();
        let mut buffer = Buffer::empty(area);
        view.draw(area, &mut buffer);
        buffer
    });
}

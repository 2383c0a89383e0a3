//! Reading a place to its end, as `check` does: until everything was answered once. Knows no scenario.

use hopscope::commands::session::{Channels, Place, UPDATES};
use hopscope::fetch::plan::Depth;
use hopscope::store::{Snapshot, Store, Update};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// What was read when nothing was open any more.
pub(crate) async fn whole(place: Place) -> Snapshot {
    let (updates_in, mut updates) = mpsc::channel(UPDATES);
    let (_asks, asks) = mpsc::unbounded_channel();
    let stop = CancellationToken::new();
    let channels = Channels {
        updates: updates_in,
        asks,
        first_rest: None,
    };
    let reading = tokio::spawn(place.read(Depth::Whole, None, channels, stop.clone()));
    let mut store = Store::new();
    while let Some(update) = updates.recv().await {
        let rests = matches!(update, Update::Idle { .. });
        store.apply(update);
        if rests {
            break;
        }
    }
    stop.cancel();
    reading.await.unwrap();
    store.snapshot()
}

//! What time it is, as a value that is passed in: wall time for people and token ends.
//!
//! Waiting is tokio's business; this module only tells the time. Must not know anything else.

use std::sync::Arc;

use time::OffsetDateTime;
use tokio::time::Instant;

/// A source of the present time. Cheap to clone.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> OffsetDateTime + Send + Sync>);

impl Clock {
    /// The system's clock.
    pub fn system() -> Self {
        Self(Arc::new(OffsetDateTime::now_utc))
    }

    /// A clock that starts now and runs with tokio's, so that it stands still when that is paused.
    pub fn following_tokio() -> Self {
        let (wall, start) = (OffsetDateTime::now_utc(), Instant::now());
        Self(Arc::new(move || wall + start.elapsed()))
    }

    /// The present time, UTC.
    pub fn now(&self) -> OffsetDateTime {
        (self.0)()
    }
}

impl std::fmt::Debug for Clock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Clock")
    }
}

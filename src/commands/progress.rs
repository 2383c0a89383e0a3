//! How far a reading is, in one line on a terminal's stderr, for the commands that read once.
//!
//! Where stderr is no terminal nothing is written at all, so that a pipe, a file and a build server get
//! errors alone. A reading that is over at once says nothing either.

use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

use crate::model::key::Key;
use crate::store::Snapshot;

/// How often the line is written anew.
pub(super) const EVERY: Duration = Duration::from_millis(200);
/// What is over before needs no line.
const PATIENCE: Duration = Duration::from_millis(600);

/// The line.
pub(super) struct Progress {
    began: Instant,
    shown: Option<String>,
}

impl Progress {
    /// A line, where stderr is a terminal that can take one back.
    pub(super) fn of_stderr() -> Option<Self> {
        let is_dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        (io::stderr().is_terminal() && !is_dumb).then(|| Self {
            began: Instant::now(),
            shown: None,
        })
    }

    /// Says how far it is.
    pub(super) fn tell(&mut self, snapshot: &Snapshot) {
        let took = self.began.elapsed();
        if took < PATIENCE {
            return;
        }
        let width = crossterm::terminal::size().map_or(80, |(columns, _)| usize::from(columns));
        let line = words(snapshot, took, width.saturating_sub(1));
        if self.shown.as_ref() == Some(&line) {
            return;
        }
        // With stderr gone there is nobody to tell.
        let mut stderr = io::stderr().lock();
        let _ = write!(stderr, "\r{line}\x1b[K");
        let _ = stderr.flush();
        self.shown = Some(line);
    }

    /// Takes the line back.
    pub(super) fn end(self) {
        if self.shown.is_some() {
            let mut stderr = io::stderr().lock();
            let _ = write!(stderr, "\r\x1b[K");
            let _ = stderr.flush();
        }
    }
}

/// `reading 41 of 52, 3 s: role assignments of rg-rag-poc`.
fn words(snapshot: &Snapshot, took: Duration, room: usize) -> String {
    let counts = snapshot.counts();
    let mut line = if counts.asked == 0 {
        format!("signing in, {} s", took.as_secs())
    } else {
        format!(
            "reading {} of {}, {} s",
            counts.answered,
            counts.asked,
            took.as_secs()
        )
    };
    if counts.denied > 0 {
        line = format!("{line}, {} refused", counts.denied);
    }
    let waits_for = snapshot
        .slices()
        .find(|(_, slice)| slice.phase.is_open())
        .map(|(key, _)| subject(key));
    if let Some(subject) = waits_for {
        line = format!("{line}: {subject}");
    }
    crate::model::text::safe(&line).chars().take(room).collect()
}

fn subject(key: &Key) -> String {
    match key.scope() {
        Some(scope) => format!("{} of {}", key.words(), scope.name()),
        None => key.words().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::fetch::testing::{Known, SUB, subscription};
    use crate::model::id::SubscriptionId;

    #[test]
    fn the_line_counts_names_what_it_waits_for_and_fits() {
        let empty = Known::default().snapshot();
        let second = Duration::from_millis(1900);
        assert_eq!(words(&empty, second, 80), "signing in, 1 s");
        let mut known = Known::default();
        known
            .answer(
                &Key::Subscriptions(None),
                &json!([subscription(SUB, "dev")]),
            )
            .refuse(&Key::Groups(SubscriptionId::new(SUB)))
            .open(&Key::Tenants(None));
        let line = words(&known.snapshot(), second, 80);
        assert_eq!(line, "reading 2 of 3, 1 s, 1 refused: tenants");
        assert_eq!(words(&known.snapshot(), second, 12), "reading 2 of");
    }
}

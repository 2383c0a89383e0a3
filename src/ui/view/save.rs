//! Keeping what is shown: the name is asked for in the footer, the loop writes the file.

use time::OffsetDateTime;

use crate::config::Action;
use crate::store::{Frame, Snapshot};
use crate::ui::effect::{Effect, Outcome};
use crate::ui::widgets::field::Field;

use super::View;

impl View {
    /// What is shown: what a file of it holds.
    pub fn shown(&self) -> (Snapshot, Frame) {
        let frame = Frame {
            cloud: self.cloud.clone(),
            portal: self.portal.clone(),
            judging: self.ground.judging.clone(),
        };
        (self.ground.snapshot.clone(), frame)
    }

    /// As of when it is shown and judged.
    pub fn as_of(&self) -> OffsetDateTime {
        self.ground.now
    }

    /// Asks for the name of a file.
    pub(super) fn open_save(&mut self) -> Outcome {
        if self.ground.snapshot.slices().next().is_none() {
            self.say("nothing has been read yet");
            return Outcome::drawn();
        }
        let at = self.ground.now.to_offset(self.ground.offset);
        let name = format!(
            "hopscope-{}-{:02}{:02}.hop",
            at.date(),
            at.hour(),
            at.minute()
        );
        self.naming = Some(Field::selected(&name));
        Outcome::drawn()
    }

    pub(super) fn while_naming(&mut self, action: Action) -> Outcome {
        match action {
            Action::Enter => {
                let Some(field) = self.naming.take() else {
                    return Outcome::ignored();
                };
                match field.text().trim() {
                    "" => Outcome::drawn(),
                    name => Outcome::with(Effect::Save(name.to_owned())),
                }
            }
            Action::Back => {
                self.naming = None;
                Outcome::drawn()
            }
            _ => Outcome::ignored(),
        }
    }
}

/// How old a snapshot is: `saved 3 h ago`.
pub(super) fn saved_ago(saved_at: OffsetDateTime, now: OffsetDateTime) -> String {
    let seconds = (now - saved_at).whole_seconds();
    match seconds {
        ..60 => "saved just now".to_owned(),
        60..3_600 => format!("saved {} min ago", seconds / 60),
        3_600..172_800 => format!("saved {} h ago", seconds / 3_600),
        _ => format!("saved {} days ago", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use time::Duration;
    use time::macros::datetime;

    use super::*;

    #[test]
    fn the_age_of_a_snapshot_is_said_in_the_largest_unit() {
        let at = datetime!(2026-11-23 12:00 UTC);
        for (passed, expected) in [
            (Duration::seconds(-5), "saved just now"),
            (Duration::seconds(59), "saved just now"),
            (Duration::minutes(59), "saved 59 min ago"),
            (Duration::hours(3), "saved 3 h ago"),
            (Duration::hours(47), "saved 47 h ago"),
            (Duration::days(9), "saved 9 days ago"),
        ] {
            assert_eq!(saved_ago(at, at + passed), expected);
        }
    }
}

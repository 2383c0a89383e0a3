//! Who shut a gate, in the few lines of a detail, and the way to the write in the pane of changes.

use crate::analysis::changes::{Certainty, Found, WhoDidIt};
use crate::analysis::hop::Judgement;
use crate::model::id::ArmId;
use crate::ui::cx::Cx;
use crate::ui::effect::Effect;
use crate::ui::text::{Rich, short_guid};
use crate::ui::theme::Role;

use super::changes;

/// The pane that shows a write.
const CHANGES: char = '9';

/// What a detail says of it: who and when, then how certain that is.
pub(crate) fn lines(cx: &Cx<'_>, who: &WhoDidIt) -> Vec<Rich> {
    match who {
        WhoDidIt::Found(found) => {
            let mut lines = vec![by(cx, found), Rich::muted(short(found.certainty))];
            lines.extend(
                found
                    .change
                    .correlation_id
                    .as_ref()
                    .map(|id| Rich::muted(format!("correlation {id}"))),
            );
            lines
        }
        other => vec![Rich::muted(format!("By whom: {}.", other.sentence()))],
    }
}

fn by(cx: &Cx<'_>, found: &Found) -> Rich {
    let change = &found.change;
    let name = change.by();
    let name = if uuid::Uuid::try_parse(name).is_ok() {
        short_guid(name)
    } else {
        name.to_owned()
    };
    let kind = if change.is_by_policy() {
        "policy"
    } else {
        change.actor.kind.words()
    };
    Rich::muted("By ")
        .then(Role::Strong, name)
        .then(Role::Muted, format!("  {kind}  "))
        .then(Role::Text, changes::when(cx, change.at))
}

fn short(certainty: Certainty) -> String {
    match certainty {
        Certainty::Between { .. } => {
            "the only write between the last good run and the first bad one".to_owned()
        }
        Certainty::Dated => "the resource dates its change by this write".to_owned(),
        Certainty::Only => "the only write in 14 days".to_owned(),
        Certainty::LastOf(all) => {
            format!("the last of {all} writes: which of them, the log does not say")
        }
        Certainty::SomeRole => {
            "a role was taken away there; whose, the log does not say".to_owned()
        }
    }
}

/// To the write in the pane of changes; `esc` leads back.
pub(crate) fn jump<'a>(found: impl IntoIterator<Item = &'a WhoDidIt>) -> Option<Effect> {
    let ids: Vec<String> = found
        .into_iter()
        .filter_map(WhoDidIt::found)
        .map(|found| found.change.id.clone())
        .collect();
    (!ids.is_empty()).then_some(Effect::Jump {
        panes: vec![CHANGES],
        ids,
    })
}

/// Who is named for a gate that a property of a resource shuts.
pub(crate) fn of_property<'a>(
    judgement: &'a Judgement,
    resource: &ArmId,
    path: &str,
) -> Option<&'a WhoDidIt> {
    judgement
        .hops
        .iter()
        .flat_map(|hop| &hop.gates)
        .filter(|gate| {
            gate.judged
                .evidence
                .iter()
                .any(|one| one.resource == *resource && (path.is_empty() || one.path == path))
        })
        .find_map(|gate| gate.changed_by.as_ref())
}

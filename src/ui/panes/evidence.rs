//! Evidence as lines of a detail: the JSON path, the value, and when it was read.
//!
//! Must not interpret what it shows.

use crate::analysis::evidence::Evidence;
use crate::model::id::ArmId;
use crate::ui::cx::Cx;
use crate::ui::text::Rich;
use crate::ui::theme::Role;
use crate::ui::widgets::detail::Section;

/// The section `EVIDENCE`; none when nothing was read. What belongs to another resource than
/// `subject` names it. `role` is the role of the values: that of trouble where they are it.
pub(crate) fn section(
    cx: &Cx<'_>,
    subject: &ArmId,
    evidence: &[Evidence],
    role: Role,
) -> Option<Section> {
    let read = evidence.iter().map(|one| one.observed_at).min()?;
    let section = Section::new("EVIDENCE").right(Rich::muted(format!("read {}", cx.clock(read))));
    let section = evidence.iter().fold(section, |section, one| {
        let owner = if one.resource == *subject {
            String::new()
        } else {
            format!("{} ", one.resource.name())
        };
        let value = match &one.value {
            None => Rich::muted("not set"),
            Some(serde_json::Value::Null) => Rich::muted("null"),
            Some(_) => Rich::of(role, one.words()),
        };
        section.pair(format!("{owner}{}", one.path), value)
    });
    let asked = evidence.iter().find_map(|one| one.request_id.as_deref());
    Some(match asked {
        Some(id) => section.words(Rich::muted(format!("request {id}"))),
        None => section,
    })
}

//! What hops and policies say of a row of Foundry. Must not draw.

use serde_json::Value;

use crate::analysis::evidence::at;
use crate::analysis::hop::{HopKind, Judgement};
use crate::analysis::policy::group::{Exempt, How, Reaching};
use crate::analysis::verdict::Verdict;
use crate::model::id::{ArmId, PrincipalId};
use crate::ui::cx::Cx;
use crate::ui::signs::Sign;

/// The hops of a kind that start at one of these: the worst verdict, how many are open, how many
/// there are. None where there is no such hop.
pub(super) fn hops(
    judgement: &Judgement,
    kind: HopKind,
    from: &[&ArmId],
) -> Option<(Verdict, usize, usize)> {
    let own = || {
        judgement.hops.iter().filter(|hop| {
            hop.kind == kind && {
                let start = ArmId::new(&hop.from);
                from.iter().any(|one| **one == start)
            }
        })
    };
    let worst = own().map(crate::analysis::hop::Hop::verdict).max()?;
    let open = own().filter(|hop| hop.verdict() == Verdict::Open).count();
    Some((worst, open, own().count()))
}

/// What a policy is about to do with a property that is as it must be: its sign, and the value.
pub(super) fn flip(
    judgement: &Judgement,
    resource: &ArmId,
    property: &str,
) -> Option<(Sign, String)> {
    judgement.reaching.iter().find_map(|one| {
        let own = one
            .on(resource, property)
            .filter(|own| own.how == How::WillSet)?;
        match one.exempt {
            Exempt::By(..) => None,
            Exempt::Unclear(_) => Some((Sign::Unknown, own.value.clone())),
            Exempt::No | Exempt::Over(..) => Some((Sign::AtRisk, own.value.clone())),
        }
    })
}

/// The policy whose identity wrote last, when it is one that has set something of this resource:
/// `systemData` names it by its object id or by its application id.
pub(super) fn author<'a>(cx: &Cx<'a>, resource: &ArmId, who: &str) -> Option<&'a Reaching> {
    cx.judgement.reaching.iter().find(|one| {
        let sets = one
            .does
            .iter()
            .any(|own| own.resource == *resource && own.how == How::HasSet);
        let identity = at(&one.raw, "identity.principalId").and_then(Value::as_str);
        sets && identity.is_some_and(|id| {
            let app = cx
                .inventory
                .principal(&PrincipalId::new(id))
                .and_then(|known| known.app_id.text());
            id.eq_ignore_ascii_case(who) || app.is_some_and(|app| app.eq_ignore_ascii_case(who))
        })
    })
}

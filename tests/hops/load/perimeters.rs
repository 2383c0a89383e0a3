//! Network security perimeters of a world, as the fetcher would bring them.

use hopscope::model::facet::Facet;
use hopscope::model::id::ArmId;
use hopscope::model::key::Key;
use serde_json::Value;

use super::Loader;

impl Loader<'_> {
    /// The perimeters of a subscription, with who is in them and what they let through.
    pub(super) fn perimeters(&mut self, scope: &ArmId) {
        let ids = |items: &[Value]| -> Vec<ArmId> {
            let ids = items.iter().filter_map(|one| one["id"].as_str());
            ids.map(ArmId::new).collect()
        };
        let below = |own: &Self, parent: &ArmId, kind: &str| {
            let kind = format!("Microsoft.Network/networkSecurityPerimeters{kind}");
            own.documents(|id| {
                let is_kind = |own: String| own.eq_ignore_ascii_case(&kind);
                id.is_within(parent) && id.resource_type().is_some_and(is_kind)
            })
        };
        let all = below(self, scope, "");
        if all.is_empty() {
            return;
        }
        let perimeters = ids(&all);
        self.settle(Key::NetworkPerimeters(scope.clone()), all);
        for perimeter in perimeters {
            let facet = |facet| Key::Facet(perimeter.clone(), facet);
            let members = below(self, &perimeter, "/resourceAssociations");
            self.settle(facet(Facet::PerimeterAssociations), members);
            let profiles = below(self, &perimeter, "/profiles");
            let each = ids(&profiles);
            self.settle(facet(Facet::PerimeterProfiles), profiles);
            for profile in each {
                let rules = below(self, &profile, "/profiles/accessRules");
                self.settle(Key::Facet(profile, Facet::PerimeterRules), rules);
            }
        }
    }
}

//! Parts of parts: what hangs below a project of an account, and below a key of a vault.

use hopscope::model::facet::Facet;
use hopscope::model::id::ArmId;
use hopscope::model::key::Key;
use hopscope::model::resource::Family;
use serde_json::Value;

use super::Loader;

impl Loader<'_> {
    pub(super) fn parts(&mut self, id: &ArmId, family: Family) {
        let (of_type, parts): (&str, &[(&str, Facet)]) = match family {
            Family::Cognitive => (
                "accounts/projects",
                &[
                    ("connections", Facet::Connections),
                    ("capabilityhosts", Facet::CapabilityHosts),
                ],
            ),
            Family::Vault => ("vaults/keys", &[("versions", Facet::KeyVersions)]),
            _ => return,
        };
        let owners = self.documents(|one| {
            one.parent().as_ref() == Some(id)
                && one.resource_type().is_some_and(|of| of.ends_with(of_type))
        });
        for owner in owners {
            let own = ArmId::new(owner["id"].as_str().unwrap_or_default());
            for (collection, facet) in parts {
                let tail = format!("/{collection}/");
                let items: Vec<Value> = self.documents(|one| {
                    one.parent().as_ref() == Some(&own) && one.folded().contains(&tail)
                });
                self.settle(Key::Facet(own.clone(), *facet), items);
            }
            if family == Family::Vault {
                self.settle(Key::Facet(own, Facet::Key), vec![owner]);
            }
        }
    }
}

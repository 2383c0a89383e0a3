//! ML workspaces: Foundry hubs and projects. Public access is their only rule; no source that was
//! read says what its absence means, so absence is unclear. A project has the network of its hub
//! (machinelearning.md).

use crate::model::resource::{Details, Resource};

use super::caller::{Instance, ServiceKind};
use super::rules::{Rules, Sheet, Silence, WhenDisabled, derived};
use super::service::{ByAddress, Service, Trust};

/// The firewall of a workspace.
pub(super) struct WorkspaceFirewall;

impl Service for WorkspaceFirewall {
    fn rules(&self, resource: &Resource) -> Rules {
        let sheet = Sheet::new(resource, "properties");
        let mut public = sheet.public(Silence::Unclear(
            "what that means for a workspace was not verified",
        ));
        // A project that comes here was not swapped for its hub, so the hub is not known.
        if let Details::Workspace(workspace) = &resource.details {
            if let Some(hub) = &workspace.hub {
                public.value = None;
                public.words = format!(
                    "a project has the network of its hub, and {} was not read",
                    hub.name()
                );
            } else if workspace.hub_state.is_unclear() {
                public.value = None;
                "whether this is a project, with the network of its hub, cannot be told"
                    .clone_into(&mut public.words);
            }
        }
        // Rules of a workspace existed in previews only; what they do was not verified.
        let has_rules = resource.firewall.as_ref().is_some_and(|wall| {
            !wall.ip_rules.is_unset() && wall.ip_rules.value().is_none_or(|list| !list.is_empty())
                || wall.default_action.is("Deny")
        });
        let words = if has_rules {
            "it has address rules, and what those do at a workspace was not verified"
        } else {
            "a workspace has no rules beside public access"
        };
        Rules {
            default_allow: derived(
                (!has_rules).then_some(true),
                words.to_owned(),
                public.evidence.clone(),
                Vec::new(),
            ),
            public,
            bypass: sheet.none_here("bypass"),
            addresses: sheet.none_here("ipRules"),
            subnets: sheet.none_here("virtualNetworkRules"),
            instances: sheet.none_here("resourceAccessRules"),
            bypass_ids: sheet.none_here("networkAclBypassResourceIds"),
            private: sheet.private(),
        }
    }

    fn when_disabled(&self) -> WhenDisabled {
        WhenDisabled::Gone
    }

    fn trusts(&self, _target: &Resource, _caller: &Instance) -> Trust {
        Trust::No("a workspace has no path for trusted services")
    }

    fn by_address(&self, _caller: ServiceKind, _same_region: Option<bool>) -> ByAddress {
        ByAddress::Unclear("the caller's address is not known here")
    }

    fn has_perimeters(&self) -> bool {
        false
    }
}

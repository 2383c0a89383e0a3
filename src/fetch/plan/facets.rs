//! Which facets a resource has, and which of them its own settings rule out.
//!
//! A facet that is ruled out is still named, with the reason: it then stands as `unsupported`
//! instead of silently not being there.

use std::borrow::Cow;

use crate::model::facet::Facet;
use crate::model::field::Field;
use crate::model::resource::{Cognitive, Details, Resource, Workspace};

use super::How;

fn skip(reason: &'static str) -> How {
    How::Skip(Cow::Borrowed(reason))
}

/// The facets of a resource beside its properties.
pub(super) fn of(resource: &Resource) -> Vec<(Facet, How)> {
    match &resource.details {
        Details::Storage(_) => {
            let blobs = if resource.kind.is("FileStorage") {
                skip("an account of kind FileStorage has no blob service")
            } else {
                How::Read
            };
            vec![
                (Facet::Containers, blobs.clone()),
                (Facet::Perimeters, How::Read),
                (Facet::DiagnosticSettings, blobs),
            ]
        }
        Details::Search(_) => vec![
            (Facet::SharedPrivateLinks, How::Read),
            (Facet::Perimeters, How::Read),
            (Facet::DiagnosticSettings, How::Read),
        ],
        Details::Cognitive(cognitive) => vec![
            (Facet::Deployments, How::Read),
            (Facet::Projects, projects(cognitive)),
            (Facet::Connections, How::Read),
            (Facet::CapabilityHosts, projects(cognitive)),
            (Facet::Perimeters, How::Read),
            (Facet::DiagnosticSettings, How::Read),
        ],
        Details::Workspace(workspace) => {
            let mut facets = vec![
                (Facet::Connections, How::Read),
                (Facet::OutboundRules, outbound_rules(resource, workspace)),
            ];
            if resource.kind.is("Hub") {
                facets.push((Facet::DiagnosticSettings, How::Read));
            }
            facets
        }
        // The perimeter of a vault and of a Cosmos account is a preview only (network.md).
        Details::Vault(_) => vec![
            (Facet::Keys, How::Read),
            (Facet::DiagnosticSettings, How::Read),
        ],
        Details::Cosmos(_) => {
            let roles = if resource.kind.is("MongoDB") {
                skip("an account of kind MongoDB has no roles of the SQL API")
            } else {
                How::Read
            };
            vec![
                (Facet::SqlRoleAssignments, roles.clone()),
                (Facet::SqlRoleDefinitions, roles),
                (Facet::DiagnosticSettings, How::Read),
            ]
        }
        Details::LogWorkspace(_)
        | Details::UserIdentity(_)
        | Details::PrivateEndpoint(_)
        | Details::VirtualNetwork(_) => Vec::new(),
    }
}

fn projects(account: &Cognitive) -> How {
    match account.allow_project_management {
        Field::Value(true) | Field::Malformed | Field::Unreported(_) => How::Read,
        Field::Value(false) | Field::Absent | Field::Null => {
            skip("allowProjectManagement is not on: a classic account has no projects")
        }
    }
}

fn outbound_rules(resource: &Resource, workspace: &Workspace) -> How {
    if resource.kind.is("Project") {
        return skip("a project lives in the network of its hub");
    }
    match &workspace.isolation_mode {
        Field::Value(mode) if mode.eq_ignore_ascii_case("Disabled") => {
            skip("managedNetwork.isolationMode is Disabled: there are no rules")
        }
        Field::Absent | Field::Null => {
            skip("no managedNetwork is set: isolation is off and there are no rules")
        }
        Field::Value(_) | Field::Malformed | Field::Unreported(_) => How::Read,
    }
}

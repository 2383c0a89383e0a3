//! Network security perimeters as their own resources state them (network.md). What a protected
//! resource says of its perimeters is in [`super::network`].

use std::sync::Arc;

use serde_json::Value;

use super::field::Field;
use super::id::ArmId;
use super::network::PerimeterRule;
use super::resource::Source;

/// A network security perimeter.
#[derive(Clone, Debug, PartialEq)]
pub struct NetworkPerimeter {
    /// Its id.
    pub id: ArmId,
    /// Its name.
    pub name: String,
    /// `location`.
    pub location: Field<String>,
    /// `properties.perimeterGuid`.
    pub guid: Field<String>,
    /// Where it was read.
    pub source: Source,
    /// The JSON as Azure sent it.
    pub raw: Arc<Value>,
}

/// A profile of a perimeter.
#[derive(Clone, Debug, PartialEq)]
pub struct PerimeterProfile {
    /// Its id.
    pub id: ArmId,
    /// Its name.
    pub name: String,
    /// `properties.accessRulesVersion`: a number, as text here.
    pub rules_version: Field<i64>,
    /// The JSON as Azure sent it.
    pub raw: Arc<Value>,
}

/// An access rule of a profile.
#[derive(Clone, Debug, PartialEq)]
pub struct PerimeterAccessRule {
    /// Its id.
    pub id: ArmId,
    /// The rule.
    pub rule: PerimeterRule,
    /// Inbound: `networkSecurityPerimeters[].id`, other perimeters that are let in.
    pub perimeters: Vec<ArmId>,
    /// Inbound: `serviceTags`.
    pub service_tags: Vec<String>,
    /// Where it was read.
    pub source: Source,
    /// The JSON as Azure sent it.
    pub raw: Arc<Value>,
}

/// What ties a resource to a profile.
#[derive(Clone, Debug, PartialEq)]
pub struct PerimeterAssociation {
    /// Its id.
    pub id: ArmId,
    /// Its name.
    pub name: String,
    /// `properties.privateLinkResource.id`: the resource.
    pub resource: Option<ArmId>,
    /// `properties.profile.id`.
    pub profile: Option<ArmId>,
    /// `properties.accessMode`: Learning, Enforced, Audit.
    pub access_mode: Field<String>,
    /// `properties.hasProvisioningIssues`: `yes`, `no`.
    pub has_provisioning_issues: Field<String>,
    /// Where it was read.
    pub source: Source,
    /// The JSON as Azure sent it.
    pub raw: Arc<Value>,
}

/// A link between two perimeters.
#[derive(Clone, Debug, PartialEq)]
pub struct PerimeterLink {
    /// Its id.
    pub id: ArmId,
    /// Its name.
    pub name: String,
    /// `properties.autoApprovedRemotePerimeterResourceId`: the other perimeter.
    pub remote: Option<ArmId>,
    /// `properties.remotePerimeterGuid`.
    pub remote_guid: Field<String>,
    /// `properties.status`: Approved, Pending, Rejected, Disconnected.
    pub status: Field<String>,
    /// `properties.localInboundProfiles`: names, or `*`.
    pub local_inbound_profiles: Vec<String>,
    /// `properties.remoteInboundProfiles`: names, or `*`.
    pub remote_inbound_profiles: Vec<String>,
    /// The JSON as Azure sent it.
    pub raw: Arc<Value>,
}

//! Network security perimeters, their profiles, rules, associations and links (reference
//! `arm/network.md`). What a protected resource says of them is read in `network.rs`. Must not know
//! what a perimeter lets through.

use super::network::rule;
use super::page::raw;
use super::reader::Reader;
use super::{Context, head};
use crate::model::perimeter::{
    NetworkPerimeter, PerimeterAccessRule, PerimeterAssociation, PerimeterLink, PerimeterProfile,
};

/// One perimeter.
pub(super) fn perimeter(item: &Reader<'_>, context: &Context<'_>) -> Option<NetworkPerimeter> {
    let id = item.required("id", item.id("id"))?;
    Some(NetworkPerimeter {
        name: head::name(item, &id),
        location: item.text("location"),
        guid: item.object("properties").filled_text("perimeterGuid"),
        source: context.source(),
        raw: raw(item),
        id,
    })
}

/// One profile.
pub(super) fn profile(item: &Reader<'_>, _: &Context<'_>) -> Option<PerimeterProfile> {
    let id = item.required("id", item.id("id"))?;
    Some(PerimeterProfile {
        name: head::name(item, &id),
        // Text here, a number in what a resource says of its profile.
        rules_version: item.object("properties").integer("accessRulesVersion"),
        raw: raw(item),
        id,
    })
}

/// One access rule.
pub(super) fn access_rule(item: &Reader<'_>, context: &Context<'_>) -> Option<PerimeterAccessRule> {
    let id = item.required("id", item.id("id"))?;
    let properties = item.object("properties");
    let perimeters = properties.each("networkSecurityPerimeters", |entry| {
        entry.required("id", entry.id("id"))
    });
    Some(PerimeterAccessRule {
        rule: rule(item)?,
        perimeters: perimeters.items().to_vec(),
        service_tags: properties.texts("serviceTags").items().to_vec(),
        source: context.source(),
        raw: raw(item),
        id,
    })
}

/// One association.
pub(super) fn association(
    item: &Reader<'_>,
    context: &Context<'_>,
) -> Option<PerimeterAssociation> {
    let id = item.required("id", item.id("id"))?;
    let properties = item.object("properties");
    let id_at = |name| properties.object(name).id("id").value().cloned();
    Some(PerimeterAssociation {
        name: head::name(item, &id),
        resource: id_at("privateLinkResource"),
        profile: id_at("profile"),
        access_mode: properties.word("accessMode", &["Learning", "Enforced", "Audit"]),
        has_provisioning_issues: properties.text("hasProvisioningIssues"),
        source: context.source(),
        raw: raw(item),
        id,
    })
}

/// One link.
pub(super) fn link(item: &Reader<'_>, _: &Context<'_>) -> Option<PerimeterLink> {
    let id = item.required("id", item.id("id"))?;
    let properties = item.object("properties");
    let remote = properties.id("autoApprovedRemotePerimeterResourceId");
    Some(PerimeterLink {
        name: head::name(item, &id),
        remote: remote.value().cloned(),
        remote_guid: properties.filled_text("remotePerimeterGuid"),
        status: properties.word(
            "status",
            &["Approved", "Pending", "Rejected", "Disconnected"],
        ),
        local_inbound_profiles: properties.texts("localInboundProfiles").items().to_vec(),
        remote_inbound_profiles: properties.texts("remoteInboundProfiles").items().to_vec(),
        raw: raw(item),
        id,
    })
}

//! From which API version a property is reported.
//!
//! An answer of an older version that lacks the property says nothing about it: neither "off" nor
//! the default (reference `arm/README.md`, "Version policy"). One table, so that the claim and where
//! it comes from stand side by side. To add a property: a constant, a line in [`ALL`], and a call of
//! `Reader::dated` where the property is read.

use crate::model::resource::Family;

/// A property that younger API versions know and older ones leave out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Declared {
    /// Whose property it is.
    pub family: Family,
    /// Its JSON path.
    pub path: &'static str,
    /// The first preview that declares it, where that is known.
    pub preview: Option<&'static str>,
    /// The first stable version known to declare it.
    pub stable: &'static str,
    /// Where this is written.
    pub source: &'static str,
}

impl Declared {
    /// Whether an answer of `api_version` cannot hold the property. A version that is no date is
    /// taken to know it: nothing says otherwise.
    pub fn is_unknown_to(&self, api_version: &str) -> bool {
        let Some((date, suffix)) = api_version.split_at_checked(10) else {
            return false;
        };
        if !is_date(date) {
            return false;
        }
        let first = if suffix.is_empty() {
            self.stable
        } else {
            self.preview.unwrap_or(self.stable)
        };
        date < first.get(..10).unwrap_or(first)
    }
}

fn is_date(text: &str) -> bool {
    text.bytes().enumerate().all(|(at, byte)| match at {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    })
}

macro_rules! declared {
    ($($(#[$doc:meta])* $name:ident: $family:ident $path:literal, $preview:expr, $stable:literal, $source:literal;)+) => {
        $($(#[$doc])* pub const $name: Declared = Declared {
            family: Family::$family,
            path: $path,
            preview: $preview,
            stable: $stable,
            source: $source,
        };)+

        /// Every property whose absence depends on the API version.
        pub const ALL: &[Declared] = &[$($name),+];
    };
}

declared! {
    /// Trusted services of a search service.
    SEARCH_BYPASS: Search "properties.networkRuleSet.bypass",
        Some("2024-03-01-preview"), "2025-05-01", "arm/search.md, bypass history; domain-rules B.2";
    /// Limits on what leaves a search service; older previews have another name for it.
    SEARCH_EXFILTRATION: Search "properties.dataExfiltrationProtections",
        None, "2025-05-01", "arm/search.md";
    /// Semantic ranker of a search service.
    SEARCH_SEMANTIC: Search "properties.semanticSearch",
        None, "2023-11-01", "arm/search.md: seen on 2023-11-01, absent before";
    /// Trusted services of a Cognitive Services account.
    COGNITIVE_BYPASS: Cognitive "properties.networkAcls.bypass",
        Some("2023-10-01-preview"), "2025-06-01", "arm/cognitiveservices.md; domain-rules B.3";
    /// Whether an account holds Foundry projects.
    COGNITIVE_PROJECTS: Cognitive "properties.allowProjectManagement",
        None, "2025-06-01", "arm/cognitiveservices.md, Foundry properties";
    /// Hub, project, feature store or plain workspace.
    WORKSPACE_KIND: Workspace "kind",
        Some("2023-02-01-preview"), "2023-10-01", "arm/machinelearning.md, when fields appeared";
    /// Managed network of a hub.
    WORKSPACE_NETWORK: Workspace "properties.managedNetwork",
        None, "2023-10-01", "arm/machinelearning.md, when fields appeared";
    /// The hub of a project.
    WORKSPACE_HUB: Workspace "properties.hubResourceId",
        Some("2023-04-01-preview"), "2024-04-01", "arm/machinelearning.md, when fields appeared";
    /// How datastores sign in.
    WORKSPACE_DATASTORES: Workspace "properties.systemDatastoresAuthMode",
        Some("2023-02-01-preview"), "2025-12-01", "arm/machinelearning.md: not in stable 2024-04-01";
    /// Where the data of a workspace with a customer's key lives.
    WORKSPACE_SERVICE_SIDE: Workspace "properties.enableServiceSideCMKEncryption",
        None, "2025-12-01", "arm/machinelearning.md: in no version up to 2024-04-01-preview";
    /// Public access of a Cosmos DB account.
    COSMOS_PUBLIC_ACCESS: Cosmos "properties.publicNetworkAccess",
        None, "2020-04-01", "domain-rules B.4: older versions show ipRangeFilter";
    /// Address rules of a Cosmos DB account.
    COSMOS_IP_RULES: Cosmos "properties.ipRules",
        None, "2020-04-01", "domain-rules B.4: older versions show ipRangeFilter";
    /// The pools that a virtual network, or a subnet of it, draws from.
    NETWORK_ALLOCATIONS: VirtualNetwork "properties.addressSpace.ipamPoolPrefixAllocations",
        None, "2024-05-01", "arm/network.md: IPAM fields since 2024-05-01";
}

/// The stable API version from which `path` of `family` is reported, for the properties for which
/// that matters.
pub fn declared_since(family: Family, path: &str) -> Option<&'static str> {
    ALL.iter()
        .find(|declared| declared.family == family && declared.path == path)
        .map(|declared| declared.stable)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stable_and_preview_versions_have_their_own_first() {
        let bypass = SEARCH_BYPASS;
        for (version, unknown) in [
            ("2023-11-01", true),
            ("2025-05-01", false),
            ("2026-01-01", false),
            ("2023-10-01-preview", true),
            ("2024-03-01-preview", false),
            ("2024-03-01", true),
            ("", false),
            ("latest", false),
            ("not-a-date-at-all", false),
        ] {
            assert_eq!(bypass.is_unknown_to(version), unknown, "{version}");
        }
    }

    #[test]
    fn a_preview_is_held_against_the_stable_version_where_no_preview_is_known() {
        assert!(WORKSPACE_SERVICE_SIDE.is_unknown_to("2024-04-01-preview"));
        assert!(!WORKSPACE_SERVICE_SIDE.is_unknown_to("2026-01-01-preview"));
    }

    #[test]
    fn every_line_names_its_source_and_stands_once() {
        for (at, one) in ALL.iter().enumerate() {
            assert!(!one.source.is_empty());
            assert!(
                ALL[at + 1..]
                    .iter()
                    .all(|other| (other.family, other.path) != (one.family, one.path)),
                "{}",
                one.path
            );
            assert_eq!(declared_since(one.family, one.path), Some(one.stable));
        }
        assert_eq!(
            declared_since(Family::Storage, "properties.networkAcls"),
            None
        );
    }
}

//! Every example body of the reference, decoded: none stops the program, none has an issue that is
//! not known and justified, and what is read of it is in the result.

mod recorded;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use hopscope::azure::decode::{Context, Decoded, Page, page};
use hopscope::model::facet::Facet;
use hopscope::model::id::{ArmId, SubscriptionId};
use hopscope::model::key::Key;
use hopscope::model::resource::{Details, Family, Resource};
use serde_json::{Value, json};

/// The examples, or none with a reason when the reference is not beside the project.
#[expect(clippy::print_stdout, reason = "a test that is skipped says why")]
fn examples() -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/reference/arm/examples");
    if root.is_dir() {
        return Some(root);
    }
    println!("skipped: the reference with the example bodies is not beside the project");
    None
}

fn body(root: &Path, name: &str) -> Value {
    let text = std::fs::read_to_string(root.join(name)).expect("an example can be read");
    serde_json::from_str(&text).expect("an example is JSON")
}

/// The API version of each example, from the list of sources: the first date in its row.
fn api_versions(root: &Path) -> BTreeMap<String, String> {
    let text = std::fs::read_to_string(root.join("SOURCES.md")).expect("the list of sources");
    let rows = text.lines().filter_map(|line| line.strip_prefix("| "));
    rows.filter_map(|row| {
        let (name, rest) = row.split_once(" | ")?;
        let name = name.trim_end_matches(" (T)").to_owned();
        let date = (0..rest.len())
            .filter_map(|at| rest.get(at..at + 10))
            .find(|text| {
                text.bytes().enumerate().all(|(at, byte)| match at {
                    4 | 7 => byte == b'-',
                    _ => byte.is_ascii_digit(),
                })
            })?;
        let end = rest.split_once(date)?.1;
        let suffix = if end.starts_with("-preview") {
            "-preview"
        } else {
            ""
        };
        Some((name, format!("{date}{suffix}")))
    })
    .collect()
}

fn decode(key: &Key, body: &Value, api_version: &str) -> Decoded {
    let context = Context {
        api_version: Arc::from(api_version),
        observed_at: time::OffsetDateTime::UNIX_EPOCH,
        request_id: None,
        requested: None,
    };
    page(key, body, &context)
}

/// What is asked for when such a body answers, and the body in the form of that answer; none for
/// what is not fetched.
fn asked(name: &str, body: Value) -> Option<(Key, Value)> {
    let scope = ArmId::new("/subscriptions/s");
    let (folder, file) = name.split_once('/')?;
    if file.starts_with("error_") || file.contains("_summarize") {
        return None;
    }
    if let (
        "Microsoft.Authorization-policy",
        Some(id),
        Some("policyDefinitions" | "policySetDefinitions"),
    ) = (folder, body["id"].as_str(), file.split('_').next())
    {
        return Some((Key::PolicyDefinition(ArmId::new(id)), body));
    }
    if file.starts_with("policyDefinitions_list") {
        // Definitions are read one by one: the first of the list stands for what that brings.
        let first = body["value"][0].clone();
        let id = ArmId::new(first["id"].as_str()?);
        return Some((Key::PolicyDefinition(id), first));
    }
    if name == "Microsoft.Resources/providers_get.json" {
        return Some((Key::Provider(ArmId::new(body["id"].as_str()?)), body));
    }
    let of_type = |body: &Value| body["type"].as_str().and_then(Family::of_type);
    if let Some(family) = of_type(&body) {
        let id = ArmId::new(body["id"].as_str()?);
        assert_eq!(
            Family::of_type(&id.resource_type()?),
            Some(family),
            "{name}"
        );
        return Some((Key::Resource(id), body));
    }
    if let Some(family) = of_type(&body["value"][0]).filter(|_| file != "resources_list.json") {
        let subscription = SubscriptionId::new("s");
        let key = Key::List {
            subscription,
            group: None,
            family,
        };
        return Some((key, body));
    }
    let subject = file.split(['_', '.']).next()?;
    let facet = |facet| Some(Key::Facet(scope.clone(), facet));
    let key = match subject {
        "tenants" => Some(Key::Tenants(None)),
        "subscriptions" => Some(Key::Subscriptions(None)),
        "resourceGroup" | "resourceGroups" => Some(Key::Groups(SubscriptionId::new("s"))),
        "roleAssignments" => Some(Key::RoleAssignments(scope.clone())),
        "roleDefinitions" => Some(Key::RoleDefinitions(scope.clone())),
        "denyAssignments" => Some(Key::DenyAssignments(scope.clone())),
        "roleEligibilityScheduleInstances" => Some(Key::EligibleRoles(scope.clone())),
        "roleAssignmentScheduleInstances" => Some(Key::ActiveRoles(scope.clone())),
        "networkSecurityPerimeters" => Some(Key::NetworkPerimeters(scope.clone())),
        "networkManagers" if file.contains("_list") => Some(Key::NetworkManagers(scope.clone())),
        "networkManagerConnections" => Some(Key::NetworkManagerConnections(scope.clone())),
        "scopeConnections" => facet(Facet::ScopeConnections),
        "staticCidrs" => facet(Facet::StaticCidrs),
        "ipamPools" => match file {
            "ipamPools_getPoolUsage.json" => facet(Facet::PoolUsage),
            "ipamPools_listAssociatedResources.json" => facet(Facet::PoolAssociations),
            _ => facet(Facet::IpamPools),
        },
        "nspProfiles" => facet(Facet::PerimeterProfiles),
        "nspAccessRules" => facet(Facet::PerimeterRules),
        "nspResourceAssociations" => facet(Facet::PerimeterAssociations),
        "sqlRoleAssignments" => facet(Facet::SqlRoleAssignments),
        "sqlRoleDefinitions" => facet(Facet::SqlRoleDefinitions),
        "policyAssignments" => Some(Key::PolicyAssignments(scope.clone())),
        "policyExemptions" => Some(Key::PolicyExemptions(scope.clone())),
        "policyStates" => Some(Key::PolicyStates(scope.clone())),
        "blobContainers" => facet(Facet::Containers),
        "sharedPrivateLinkResources" => facet(Facet::SharedPrivateLinks),
        "networkSecurityPerimeterConfigurations" => facet(Facet::Perimeters),
        "deployments" => facet(Facet::Deployments),
        "projects" => facet(Facet::Projects),
        "connections" => facet(Facet::Connections),
        "keys" => facet(Facet::Keys),
        "keyVersions" => facet(Facet::KeyVersions),
        "capabilityHosts" => facet(Facet::CapabilityHosts),
        "outboundRules" | "managedNetworkOutboundRules" => facet(Facet::OutboundRules),
        "diagnosticSettings" => facet(Facet::DiagnosticSettings),
        "activityLog" => Some(Key::ActivityLog(scope.clone())),
        _ => None,
    }?;
    // One item that was got alone has the same shape as in a list.
    let is_list = body.get("value").is_some();
    let body = if is_list {
        body
    } else {
        json!({ "value": [body] })
    };
    Some((key, body))
}

/// Every example of a fetched kind: name, key, body, API version.
fn fetched(root: &Path) -> Vec<(String, Key, Value, String)> {
    let versions = api_versions(root);
    let mut names = Vec::new();
    for folder in std::fs::read_dir(root).expect("the examples").flatten() {
        for file in std::fs::read_dir(folder.path())
            .into_iter()
            .flatten()
            .flatten()
        {
            let path = file.path();
            let name = path
                .strip_prefix(root)
                .expect("below the root")
                .to_string_lossy();
            names.push(name.replace('\\', "/"));
        }
    }
    names.sort();
    let known = names.into_iter().filter_map(|name| {
        let (key, answer) = asked(&name, body(root, &name))?;
        let version = versions
            .get(&name)
            .unwrap_or_else(|| panic!("{name} has no source"))
            .clone();
        Some((name, key, answer, version))
    });
    known.collect()
}

/// Issues that an example may have: file, path, and why.
const KNOWN_ISSUES: &[(&str, &str, &str)] = &[];

fn all_issues(decoded: &Decoded) -> Vec<String> {
    let of_resources = match &decoded.page {
        Page::Resources(resources) => resources.iter().flat_map(|one| one.issues.iter()).collect(),
        _ => Vec::new(),
    };
    let issues = decoded.issues.iter().chain(of_resources);
    issues.filter_map(|issue| issue.path.clone()).collect()
}

#[test]
fn every_example_decodes_without_issues() {
    let Some(root) = examples() else { return };
    let mut found = Vec::new();
    let all = fetched(&root);
    assert!(
        all.len() >= 99,
        "only {} examples of fetched kinds",
        all.len()
    );
    for (name, key, body, version) in all {
        let decoded = decode(&key, &body, &version);
        let items = body["value"].as_array().map_or(1, Vec::len);
        assert_eq!(decoded.page.len(), items, "{name}");
        found.extend(
            all_issues(&decoded)
                .into_iter()
                .map(|path| (name.clone(), path)),
        );
    }
    let known: Vec<(String, String)> = KNOWN_ISSUES
        .iter()
        .map(|(name, path, _)| ((*name).to_owned(), (*path).to_owned()))
        .collect();
    assert_eq!(found, known);
}

/// The way to every leaf that is a text or a number, as a JSON pointer.
fn leaves(value: &Value, pointer: &str, found: &mut Vec<String>) {
    let escaped = |name: &str| name.replace('~', "~0").replace('/', "~1");
    match value {
        Value::Object(map) => {
            for (name, value) in map {
                leaves(value, &format!("{pointer}/{}", escaped(name)), found);
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                leaves(value, &format!("{pointer}/{index}"), found);
            }
        }
        Value::String(text) if !text.is_empty() => found.push(pointer.to_owned()),
        Value::Number(_) => found.push(pointer.to_owned()),
        _ => {}
    }
}

/// What was decoded, without the raw JSON, as text to look for values in.
fn shown(page: Page) -> String {
    fn bare(mut resource: Resource) -> Resource {
        resource.raw = Arc::new(Value::Null);
        resource.issues = Arc::from([]);
        resource
    }
    macro_rules! without_raw {
        ($($kind:ident),+; $($plain:ident),+) => {
            match page {
                Page::Resources(items) => {
                    format!("{:?}", items.into_iter().map(bare).collect::<Vec<_>>())
                }
                $(Page::$kind(mut items) => {
                    for item in &mut items {
                        item.raw = Arc::new(Value::Null);
                    }
                    format!("{items:?}")
                })+
                $(Page::$plain(items) => format!("{items:?}"),)+
            }
        };
    }
    without_raw!(
        Subscriptions, Groups, Containers, Deployments, Projects, Connections, CapabilityHosts, Keys,
        DiagnosticSettings, RoleAssignments, RoleDefinitions, DenyAssignments, Principals,
        RoleSchedules, Locks, SqlRoleAssignments, SqlRoleDefinitions, NetworkPerimeters,
        PerimeterProfiles, PerimeterRules, PerimeterAssociations, PerimeterLinks, Memberships,
        PolicyAssignments, PolicyExemptions, PolicyStates, Indexers, IndexerStatuses, DataSources, Skillsets, Indexes, IndexStatistics,
        ActivityEvents, LogAnswers,
        Applications, NetworkManagers, ScopeConnections, NetworkManagerConnections, IpamPools,
        StaticCidrs, PoolUsages, PoolAssociations;
        Tenants, SharedPrivateLinks, Perimeters, OutboundRules, PolicyContents, LinkedAccesses,
        Providers
    )
}

/// A leaf is read when breaking it makes an issue; then its value must be in the result. Times are
/// shown in another writing, and a log entry that is off is read only to be left out.
#[test]
fn what_is_read_of_an_example_is_in_the_result() {
    let Some(root) = examples() else { return };
    let mut read = 0;
    for (name, key, body, version) in fetched(&root) {
        let result = shown(decode(&key, &body, &version).page);
        let mut pointers = Vec::new();
        leaves(&body, "", &mut pointers);
        for pointer in pointers {
            let mut broken = body.clone();
            let leaf = broken.pointer_mut(&pointer).expect("a leaf");
            let value = std::mem::replace(leaf, json!([[]]));
            if all_issues(&decode(&key, &broken, &version)).is_empty() {
                continue; // Not read.
            }
            let is_time = pointer.contains("/systemData/")
                || pointer.ends_with("edOn")
                || pointer.ends_with("/timestamp")
                || pointer.ends_with("/expiresOn")
                || pointer.ends_with("Timestamp")
                || pointer.ends_with("DateTime");
            let text = match &value {
                Value::String(text) => format!("{text:?}"),
                other => other.to_string(),
            };
            let text = text.trim_matches('"').trim_end_matches('/');
            if !is_time {
                assert!(result.contains(text), "{name} {pointer}: {text} is lost");
            }
            read += 1;
        }
    }
    assert!(read > 1000, "only {read} leaves were read");
}

/// Counts of addresses come as texts, and may be larger than 64 bits hold; a number is one as well. The
/// network writes `numberOfIpAddresses`, the pool `numberOfIPAddresses`.
#[test]
fn counts_of_addresses_are_exact_in_both_spellings() {
    const HUGE: &str = "340282366920938463463374607431768211455";
    let Some(root) = examples() else { return };
    let exact = |text: &str| text.parse::<u128>().expect("a count");
    let pool = Key::Facet(ArmId::new("/subscriptions/s"), Facet::PoolUsage);
    let mut usage = body(&root, "Microsoft.Network/ipamPools_getPoolUsage.json");
    let names = [
        "totalNumberOfIPAddresses",
        "numberOfAllocatedIPAddresses",
        "numberOfReservedIPAddresses",
        "numberOfAvailableIPAddresses",
    ];
    for name in names {
        assert!(usage[name].is_string(), "{name} is a text on the wire");
    }
    for (written, count) in [
        (
            usage[names[0]].clone(),
            exact(usage[names[0]].as_str().expect("a text")),
        ),
        (json!(HUGE), exact(HUGE)),
        (json!(256), 256),
    ] {
        for name in names {
            usage[name] = written.clone();
        }
        let Page::PoolUsages(found) = decode(&pool, &usage, "2024-10-01").page else {
            panic!("a usage");
        };
        let one = &found[0];
        for field in [&one.total, &one.allocated, &one.reserved, &one.available] {
            assert_eq!(field.value(), Some(&count), "{written}");
        }
    }

    let mut network = body(&root, "Microsoft.Network/virtualNetworks_put_ipamPool.json");
    let id = ArmId::new(
        "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v",
    );
    let entry = "/properties/addressSpace/ipamPoolPrefixAllocations/0";
    assert!(
        network
            .pointer(&format!("{entry}/numberOfIpAddresses"))
            .is_some_and(Value::is_string)
    );
    for (name, written, count) in [
        ("numberOfIpAddresses", json!("100"), Some(100)),
        ("numberOfIpAddresses", json!(HUGE), Some(exact(HUGE))),
        ("numberOfIPAddresses", json!("100"), Some(100)),
    ] {
        let place = network
            .pointer_mut(entry)
            .and_then(Value::as_object_mut)
            .expect("an entry");
        place.retain(|own, _| !own.eq_ignore_ascii_case("numberOfIpAddresses"));
        place.insert(name.to_owned(), written);
        let Page::Resources(found) =
            decode(&Key::Resource(id.clone()), &network, "2024-10-01").page
        else {
            panic!("a network");
        };
        let Details::VirtualNetwork(details) = &found[0].details else {
            panic!("a network");
        };
        assert_eq!(
            details.allocations.items()[0].asked.value().copied(),
            count,
            "{name}"
        );
    }
}

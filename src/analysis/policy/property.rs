//! The properties of a resource that a policy may name and that a gate depends on: where an alias lies
//! in the answer, and the resource as it would be with another value there.
//!
//! An alias is the type, a slash, and a path below `properties` (or one of the few members beside it).
//! Aliases that follow another rule are not known here: one that is not in the answer and not in
//! [`MODELLED`] cannot be told from one that is absent.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use crate::analysis::evidence::at;
use crate::model::field::Field;
use crate::model::resource::{Details, Family, Resource};

use super::condition::word;

/// What lies at an alias.
pub(super) enum Place<'a> {
    /// A value.
    At(&'a Value),
    /// The values of every member of a list.
    Each(Vec<&'a Value>),
    /// Nothing, and that is certain.
    Absent,
    /// Whether there is something cannot be told, and why.
    Unclear(String),
}

/// First parts of paths below `properties` that hopscope reads, so that their absence is a fact.
const MODELLED: [&str; 22] = [
    "disablelocalauth",
    "allowsharedkeyaccess",
    "publicnetworkaccess",
    "networkacls",
    "networkruleset",
    "iprules",
    "iprangefilter",
    "virtualnetworkrules",
    "isvirtualnetworkfilterenabled",
    "networkaclbypass",
    "privateendpointconnections",
    "restrictoutboundnetworkaccess",
    "allowedfqdnlist",
    "enablerbacauthorization",
    "enablepurgeprotection",
    "enablesoftdelete",
    "allowblobpublicaccess",
    "minimumtlsversion",
    "supportshttpstrafficonly",
    "authoptions",
    "capabilities",
    "keyvaultkeyuri",
];

/// Members of a resource beside `properties`.
const BESIDE: [&str; 5] = ["sku", "identity", "kind", "zones", "plan"];

/// The path of an alias in the body of a resource; none when it is an alias of another type.
pub(super) fn path_of(alias: &str, resource: &Resource) -> Option<String> {
    let of_type = resource.family.arm_type();
    let head = alias.get(..of_type.len())?;
    let rest = alias.get(of_type.len()..)?.strip_prefix('/')?;
    if !head.eq_ignore_ascii_case(of_type) {
        return None;
    }
    let first = rest.split(['.', '/', '[']).next().unwrap_or_default();
    Some(
        if BESIDE.iter().any(|one| one.eq_ignore_ascii_case(first)) {
            rest.to_owned()
        } else {
            format!("properties.{rest}")
        },
    )
}

/// What lies at an alias of a resource.
pub(super) fn place<'a>(alias: &str, resource: &'a Resource) -> Place<'a> {
    if !alias.contains('/') {
        return Place::Unclear(format!("the field {alias}"));
    }
    let Some(path) = path_of(alias, resource) else {
        return Place::Absent; // Of another type: this resource has no such field.
    };
    if is_unclear(resource, &path) {
        return Place::Unclear(format!("{path}, which the answer does not report"));
    }
    let mut here = vec![&*resource.raw];
    let mut parts = path.split("[*]").peekable();
    let mut of_list = false;
    while let Some(part) = parts.next() {
        let part = part.trim_start_matches('.');
        if !part.is_empty() {
            here = here
                .into_iter()
                .filter_map(|value| at(value, part))
                .filter(|value| !value.is_null())
                .collect();
        }
        if parts.peek().is_some() {
            of_list = true;
            here = here
                .into_iter()
                .filter_map(Value::as_array)
                .flatten()
                .collect();
        }
    }
    match (of_list, here.as_slice()) {
        (true, _) if is_modelled(&path) || !here.is_empty() => Place::Each(here),
        (false, [value]) => Place::At(value),
        _ if is_modelled(&path) => Place::Absent,
        _ => Place::Unclear(format!("{alias}, which the answer does not hold")),
    }
}

fn is_modelled(path: &str) -> bool {
    let rest = path.strip_prefix("properties.").unwrap_or(path);
    let first = rest
        .split(['.', '['])
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    MODELLED.contains(&first.as_str()) || BESIDE.contains(&first.as_str())
}

/// Whether the answer is of a version that does not know the property, or holds it malformed.
fn is_unclear(resource: &Resource, path: &str) -> bool {
    let is = |own: &str| own.eq_ignore_ascii_case(path);
    let of_switch = resource
        .local_auth
        .as_ref()
        .is_some_and(|one| is(one.path) && one.value.is_unclear());
    let of_wall = resource.firewall.as_ref().is_some_and(|wall| {
        let rule = |name: &str| format!("{}.{name}", wall.rules_path);
        (is("properties.publicNetworkAccess") && wall.public_network_access.is_unclear())
            || (is(&rule("defaultAction")) && wall.default_action.is_unclear())
            || (is(&rule("bypass")) && wall.bypass.is_unclear())
    });
    of_switch || of_wall || resource.is_unclear_at(path)
}

/// A region as policy compares it: `East US 2` is `eastus2`.
pub(super) fn region(location: &str) -> String {
    location
        .chars()
        .filter(|one| !one.is_whitespace())
        .collect::<String>()
        .to_ascii_lowercase()
}

/// The resource as it would be with this value at this path; none where no gate depends on the
/// property, or the value is of no shape that the service takes.
pub(super) fn with(resource: &Resource, path: &str, value: &Value) -> Option<Resource> {
    let mut changed = resource.clone();
    let is = |own: &str| own.eq_ignore_ascii_case(path);
    let flag = || match word(value)?.as_str() {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    };
    let text = || value.as_str().map(str::to_owned).map(Field::Value);
    if let Some(switch) = &mut changed.local_auth
        && is(switch.path)
    {
        switch.value = Field::Value(flag()?);
    } else if let Some(wall) = &mut changed.firewall
        && is("properties.publicNetworkAccess")
    {
        wall.public_network_access = text()?;
    } else if let Some(wall) = &mut changed.firewall
        && path
            .to_ascii_lowercase()
            .starts_with(&format!("{}.", wall.rules_path).to_ascii_lowercase())
        && let Some(name) = path.get(wall.rules_path.len() + 1..)
        && matches!(
            name.to_ascii_lowercase().as_str(),
            "defaultaction" | "bypass" | "networkaclbypass" | "iprules"
        )
    {
        match name.to_ascii_lowercase().as_str() {
            "defaultaction" => wall.default_action = text()?,
            "iprules" => wall.ip_rules = Field::Value(addresses(value)?),
            _ => wall.bypass = text()?,
        }
        wall.rules = Field::Value(());
    } else if let Some(outbound) = &mut changed.outbound
        && is("properties.restrictOutboundNetworkAccess")
    {
        outbound.restrict = Field::Value(flag()?);
    } else if let Details::Vault(vault) = &mut changed.details
        && is("properties.enableRbacAuthorization")
    {
        vault.rbac_authorization = Field::Value(flag()?);
    } else {
        return None;
    }
    let mut body = (*changed.raw).clone();
    set(&mut body, path, value.clone());
    changed.raw = Arc::new(body);
    Some(changed)
}

fn addresses(value: &Value) -> Option<Vec<String>> {
    value
        .as_array()?
        .iter()
        .map(|item| {
            let text = item
                .get("value")
                .or_else(|| item.get("ipAddressOrRange"))?
                .as_str()?;
            Some(text.to_owned())
        })
        .collect()
}

/// Puts a value at a dotted path; names are found without case.
fn set(body: &mut Value, path: &str, value: Value) {
    let mut here = body;
    let mut parts = path.split('.').peekable();
    while let Some(part) = parts.next() {
        if !here.is_object() {
            *here = Value::Object(Map::new());
        }
        let Some(members) = here.as_object_mut() else {
            return;
        };
        let key = members
            .keys()
            .find(|key| key.eq_ignore_ascii_case(part))
            .cloned()
            .unwrap_or_else(|| part.to_owned());
        if parts.peek().is_none() {
            members.insert(key, value);
            return;
        }
        here = members.entry(key).or_insert(Value::Null);
    }
}

/// Whether benchmarks ask for anything of a resource.
pub(super) fn is_advised(resource: &Resource) -> bool {
    resource.local_auth.is_some()
        || resource.firewall.is_some()
        || resource.outbound.is_some()
        || matches!(resource.details, Details::Vault(_))
}

/// What benchmarks ask for, property by property: the value that they want, and the one that they
/// object to.
pub(super) fn advised(resource: &Resource) -> Vec<(String, Value, Value)> {
    let mut all = Vec::new();
    let mut add = |path: &str, wanted: Value, objected: Value| {
        all.push((path.to_owned(), wanted, objected));
    };
    if let Some(switch) = &resource.local_auth {
        add(switch.path, json!(!switch.on_when), json!(switch.on_when));
    }
    if let Some(wall) = &resource.firewall {
        let open = match resource.family {
            Family::Search => "enabled",
            _ => "Enabled",
        };
        let closed = match resource.family {
            Family::Search => "disabled",
            _ => "Disabled",
        };
        add("properties.publicNetworkAccess", json!(closed), json!(open));
        if matches!(
            resource.family,
            Family::Storage | Family::Cognitive | Family::Vault
        ) {
            let path = format!("{}.defaultAction", wall.rules_path);
            add(&path, json!("Deny"), json!("Allow"));
        }
    }
    if resource.outbound.is_some() {
        add(
            "properties.restrictOutboundNetworkAccess",
            json!(true),
            json!(false),
        );
    }
    if matches!(resource.details, Details::Vault(_)) {
        add(
            "properties.enableRbacAuthorization",
            json!(true),
            json!(false),
        );
    }
    all
}

/// Everything that a policy may set on a resource, each at the value that lets the least through: what
/// benchmarks ask for, no bypass, and the other way of giving rights to a vault.
pub(super) fn worst(resource: &Resource) -> Vec<(String, Value)> {
    let mut all: Vec<(String, Value)> = advised(resource)
        .into_iter()
        .map(|(path, wanted, _)| (path, wanted))
        .collect();
    if let Some(wall) = &resource.firewall {
        let bypass = match resource.family {
            Family::Cosmos => "networkAclBypass",
            _ => "bypass",
        };
        all.push((format!("{}.{bypass}", wall.rules_path), json!("None")));
    }
    if let Details::Vault(vault) = &resource.details
        && vault.rbac_authorization.value() == Some(&true)
    {
        all.retain(|(path, _)| path != "properties.enableRbacAuthorization");
        all.push((
            "properties.enableRbacAuthorization".to_owned(),
            json!(false),
        ));
    }
    all
}

/// What the property would be had nothing turned it: for telling whose doing a shut gate is.
pub(super) fn before(resource: &Resource, path: &str) -> Option<Value> {
    if path.to_ascii_lowercase().ends_with("bypass") {
        return Some(json!("AzureServices"));
    }
    if path.to_ascii_lowercase().ends_with(".iprules") {
        return Some(json!([]));
    }
    advised(resource)
        .into_iter()
        .find(|(own, ..)| own.eq_ignore_ascii_case(path))
        .map(|(_, _, objected)| objected)
}

//! Commands of the Azure CLI.

use serde_json::Value;

use crate::analysis::evidence::at;
use crate::analysis::hop::{Remedy, Tool};
use crate::model::id::{ArmId, PrincipalId};
use crate::model::resource::Resource;

use super::shell::Line;

/// A remedy by the Azure CLI.
pub fn az(line: Line) -> Remedy {
    Remedy {
        tool: Tool::Az,
        text: line.text(),
        note: None,
    }
}

/// `az WORDS --resource-group G --name N --subscription S`.
pub fn on(words: &str, id: &ArmId) -> Line {
    on_named(words, "--name", id)
}

/// The same where the name has another option.
pub fn on_named(words: &str, option: &str, id: &ArmId) -> Line {
    let mut line = Line::of("az").plain(words);
    if let Some(group) = id.resource_group() {
        line = line.with("--resource-group", group);
    }
    line = line.with(option, id.name());
    if let Some(subscription) = id.subscription() {
        line = line.with("--subscription", subscription.as_str());
    }
    line
}

/// `az resource update --ids ID --set PROPERTY=VALUE`: for what has no command of its own.
pub fn set(id: &ArmId, api_version: &str, property: &str, value: &str) -> Line {
    Line::of("az resource update")
        .with("--ids", id.as_str())
        .with("--api-version", api_version)
        .with("--set", &format!("{property}={value}"))
}

/// The same for several properties of one object of `properties`: where the resource has no such
/// object yet, the object is set as a whole, as `az` finds nothing to set them in.
pub fn set_in(resource: &Resource, object: &str, members: &[(&str, &str)]) -> Line {
    let path = format!("properties.{object}");
    let line = Line::of("az resource update")
        .with("--ids", resource.id.as_str())
        .with("--api-version", &resource.source.api_version)
        .plain("--set");
    if at(&resource.raw, &path).is_some_and(Value::is_object) {
        let values = members.iter();
        return values.fold(line, |line, (name, value)| {
            line.value(&format!("{path}.{name}={value}"))
        });
    }
    let whole: serde_json::Map<String, Value> = members
        .iter()
        .map(|(name, value)| ((*name).to_owned(), Value::from(*value)))
        .collect();
    line.value(&format!("{path}={}", Value::Object(whole)))
}

/// Who gets a role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Assignee {
    /// A person.
    User,
    /// A managed identity or an application.
    ServicePrincipal,
    /// A group.
    Group,
}

impl Assignee {
    /// As `--assignee-principal-type` wants it.
    pub fn word(self) -> &'static str {
        match self {
            Self::User => "User",
            Self::ServicePrincipal => "ServicePrincipal",
            Self::Group => "Group",
        }
    }
}

/// `az role assignment create`: a role for a principal at a scope. The role's GUID, as names change.
pub fn assign(principal: &PrincipalId, of: Assignee, role: &str, scope: &ArmId) -> Line {
    Line::of("az role assignment create")
        .with("--assignee-object-id", principal.as_str())
        .with("--assignee-principal-type", of.word())
        .with("--role", role)
        .with("--scope", scope.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_names_group_resource_and_subscription() {
        let id = ArmId::new(
            "/subscriptions/3b1c/resourceGroups/rg it's/providers/Microsoft.Storage/storageAccounts/st",
        );
        assert_eq!(
            on("storage account update", &id)
                .with("--bypass", "AzureServices")
                .text(),
            "az storage account update --resource-group 'rg it'\\''s' --name st --subscription 3b1c --bypass AzureServices"
        );
    }
}

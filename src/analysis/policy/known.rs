//! Built-in definitions that are known by their id (domain-rules E.3): what they do is told even when
//! the definition could not be read, and the reason says so.

use serde_json::{Value, json};

use crate::model::id::ArmId;
use crate::model::resource::Family;

/// A built-in definition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    /// The beginning of its id: the whole GUID, or what is known of it.
    guid: &'static str,
    /// What it does to whom.
    pub title: &'static str,
    /// The resources that it is for.
    pub family: Family,
    /// The property that it sets, or asks to be so.
    pub path: &'static str,
    /// The effect, unless the assignment says otherwise.
    pub effect: &'static str,
    value: Setting,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Setting {
    True,
    Disabled,
}

impl Known {
    /// The value that it wants.
    pub fn value(&self) -> Value {
        match self.value {
            Setting::True => json!(true),
            Setting::Disabled => json!("Disabled"),
        }
    }
}

const ALL: [Known; 4] = [
    Known {
        guid: "dc2d41d1-4ab1-4666-a3e1-3d51c43e0049",
        title: "Cosmos DB: disable local authentication",
        family: Family::Cosmos,
        path: "properties.disableLocalAuth",
        effect: "Modify",
        value: Setting::True,
    },
    Known {
        guid: "14de9e63-1b31-492e-a5a3-c3f7fd57f555",
        title: "Cognitive Services: disable local authentication",
        family: Family::Cognitive,
        path: "properties.disableLocalAuth",
        effect: "Modify",
        value: Setting::True,
    },
    Known {
        guid: "47ba1dd7-28d9-4b07-a8d5-9813bed64e0c",
        title: "Cognitive Services: disable public network access",
        family: Family::Cognitive,
        path: "properties.publicNetworkAccess",
        effect: "Modify",
        value: Setting::Disabled,
    },
    Known {
        guid: "5450f5bd",
        title: "Cosmos DB: local authentication should be disabled",
        family: Family::Cosmos,
        path: "properties.disableLocalAuth",
        effect: "Audit",
        value: Setting::True,
    },
];

/// The built-in of a definition's id. Only the tenant's own root holds built-ins: a definition of the
/// same name elsewhere is somebody's own.
pub fn known(definition: &ArmId) -> Option<&'static Known> {
    let name = definition
        .folded()
        .strip_prefix("/providers/microsoft.authorization/policydefinitions/")?;
    ALL.iter().find(|one| name.starts_with(one.guid))
}

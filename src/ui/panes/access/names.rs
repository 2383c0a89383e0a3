//! Who an object id is: by the directory, else by the resource whose identity it is, else by the
//! sign-in. What none of them names keeps its id.

use std::collections::HashMap;

use crate::model::field::Field;
use crate::model::id::PrincipalId;
use crate::model::resource::Details;
use crate::store::Inventory;
use crate::ui::text::short_guid;

/// Who holds something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// A name, or the id cut short.
    pub label: String,
    /// What it is: `user`, `group`, `system identity`.
    pub kind: String,
    /// Whether the label is a name.
    pub is_named: bool,
}

/// Names that do not need the directory: identities stand in the resources that have them.
pub struct Names {
    known: HashMap<PrincipalId, (String, &'static str)>,
}

impl Names {
    /// Collects what resources and the sign-in say.
    pub fn of(inventory: &Inventory) -> Self {
        let mut known = HashMap::new();
        for caller in inventory.snapshot().callers() {
            if let (Some(id), Some(label)) = (&caller.object_id, caller.label()) {
                let name = label.split('@').next().unwrap_or(label).to_owned();
                let kind = if caller.is_person() {
                    "user, signed in"
                } else {
                    "application, signed in"
                };
                known.insert(id.clone(), (name, kind));
            }
        }
        for resource in inventory.resources() {
            if let Some(id) = resource
                .identity
                .value()
                .and_then(|one| one.principal_id.value())
            {
                known.insert(id.clone(), (resource.name.clone(), "system identity"));
            }
            if let Details::UserIdentity(own) = &resource.details
                && let Some(id) = own.principal_id.value()
            {
                known.insert(id.clone(), (resource.name.clone(), "user-assigned"));
            }
        }
        Self { known }
    }

    /// Who an id is.
    pub fn holder(&self, inventory: &Inventory, id: &PrincipalId, kind: &Field<String>) -> Holder {
        let own = self.known.get(id);
        let directory = inventory.principal(id).and_then(|one| {
            one.display_name
                .text()
                .or_else(|| one.user_principal_name.text())
        });
        let label = directory.or(own.map(|(name, _)| name.as_str()));
        let said = inventory.principal(id).and_then(|one| one.kind.text());
        let kind = match (own, kind) {
            (Some((_, kind)), _) => (*kind).to_owned(),
            (None, Field::Absent | Field::Null) if said.is_some() => {
                kind_words(said.unwrap_or_default())
            }
            (None, Field::Value(kind)) => kind_words(kind),
            (None, Field::Absent | Field::Null) => "type not said".to_owned(),
            (None, Field::Malformed | Field::Unreported(_)) => "type not clear".to_owned(),
        };
        Holder {
            label: label.map_or_else(|| short_guid(id.as_str()), str::to_owned),
            kind,
            is_named: label.is_some(),
        }
    }
}

fn kind_words(kind: &str) -> String {
    match kind.to_ascii_lowercase().as_str() {
        "serviceprincipal" => "service principal".to_owned(),
        "foreigngroup" => "foreign group".to_owned(),
        other => other.to_owned(),
    }
}

//! The ARM documents of a scenario, found by id. Ids are case-insensitive; the casing inside the
//! documents is kept as it was written. Must not know HTTP, paging or filters.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use serde_json::Value;

/// The lower-cased segments of an id or a path, without empty ones.
pub(super) fn segments(id: &str) -> Vec<String> {
    id.split('/')
        .filter(|part| !part.is_empty())
        .map(str::to_ascii_lowercase)
        .collect()
}

/// One document with its parsed id.
#[derive(Debug)]
pub(super) struct Document {
    pub(super) segments: Vec<String>,
    pub(super) body: Value,
}

impl Document {
    /// Namespace and type path of the last provider in the id, lower case.
    pub(super) fn resource_type(&self) -> Option<(String, String)> {
        resource_type(&self.segments)
    }

    /// The segments of the scope that an extension (role assignment, lock, setting) stands on.
    pub(super) fn scope(&self) -> &[String] {
        scope_of(&self.segments)
    }

    /// `/subscriptions/S/resourceGroups/G/providers/NS/TYPE/NAME`, and no extension.
    pub(super) fn is_top_level_resource(&self) -> bool {
        let own = &self.segments;
        own.len() == 8
            && own[0] == "subscriptions"
            && own[2] == "resourcegroups"
            && own[4] == "providers"
            && !matches!(
                own[5].as_str(),
                "microsoft.authorization" | "microsoft.resources" | "microsoft.policyinsights"
            )
            && own[6] != "diagnosticsettings"
    }
}

/// Namespace and type path of the last provider in the segments, lower case.
pub(super) fn resource_type(segments: &[String]) -> Option<(String, String)> {
    let at = segments.iter().rposition(|part| part == "providers")?;
    let namespace = segments.get(at + 1)?;
    let types: Vec<&str> = segments
        .get(at + 2..)?
        .iter()
        .step_by(2)
        .map(String::as_str)
        .collect();
    (!types.is_empty()).then(|| (namespace.clone(), types.join("/")))
}

/// Everything before the last `providers` segment.
pub(super) fn scope_of(segments: &[String]) -> &[String] {
    let at = segments
        .iter()
        .rposition(|part| part == "providers")
        .unwrap_or(segments.len());
    &segments[..at]
}

/// All documents in the order of their files.
#[derive(Debug, Default)]
pub(super) struct Documents {
    all: Vec<Arc<Document>>,
    by_id: HashMap<String, usize>,
    types: BTreeSet<(String, String)>,
}

impl Documents {
    /// Takes the bodies; a later one with the same id replaces an earlier one, so that a scenario can
    /// override what is common.
    pub(super) fn new(bodies: impl IntoIterator<Item = Value>) -> Self {
        let mut documents = Self::default();
        for body in bodies {
            let segments = segments(body.get("id").and_then(Value::as_str).unwrap_or_default());
            let document = Arc::new(Document { segments, body });
            if let Some(kind) = document.resource_type() {
                documents.types.insert(kind);
            }
            let key = document.segments.join("/");
            if let Some(&at) = documents.by_id.get(&key) {
                documents.all[at] = document;
            } else {
                documents.by_id.insert(key, documents.all.len());
                documents.all.push(document);
            }
        }
        documents
    }

    pub(super) fn get(&self, id: &str) -> Option<&Arc<Document>> {
        self.at(&segments(id))
    }

    pub(super) fn at(&self, segments: &[String]) -> Option<&Arc<Document>> {
        self.by_id
            .get(&segments.join("/"))
            .and_then(|&at| self.all.get(at))
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Arc<Document>> {
        self.all.iter()
    }

    /// The documents one name below a collection.
    pub(super) fn children<'a>(
        &'a self,
        collection: &'a [String],
    ) -> impl Iterator<Item = &'a Arc<Document>> {
        self.all.iter().filter(move |document| {
            document.segments.len() == collection.len() + 1
                && document.segments.starts_with(collection)
        })
    }

    /// Whether any document is of this type (lower case).
    pub(super) fn knows_type(&self, namespace: &str, kind: &str) -> bool {
        self.types
            .contains(&(namespace.to_owned(), kind.to_owned()))
    }

    /// Whether any document is of this namespace (lower case).
    pub(super) fn knows_namespace(&self, namespace: &str) -> bool {
        self.types.iter().any(|(own, _)| own == namespace)
    }

    /// Changes one body; readers that hold the old one keep it.
    pub(super) fn change(&mut self, id: &str, how: impl FnOnce(&mut Value)) {
        let Some(&at) = self.by_id.get(&segments(id).join("/")) else {
            return;
        };
        let old = &self.all[at];
        let mut body = old.body.clone();
        how(&mut body);
        self.all[at] = Arc::new(Document {
            segments: old.segments.clone(),
            body,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn documents() -> Documents {
        Documents::new([
            json!({"id": "/subscriptions/S/resourceGroups/G/providers/Microsoft.Storage/storageAccounts/a"}),
            json!({"id": "/subscriptions/S/resourceGroups/G/providers/Microsoft.Storage/storageAccounts/a/blobServices/default/containers/docs"}),
            json!({"id": "/subscriptions/S/resourceGroups/G/providers/Microsoft.Storage/storageAccounts/a/providers/Microsoft.Authorization/roleAssignments/r"}),
        ])
    }

    #[test]
    fn ids_are_case_insensitive_and_bodies_keep_their_casing() {
        let documents = documents();
        let found = documents
            .get("/SUBSCRIPTIONS/s/resourcegroups/g/Providers/microsoft.storage/STORAGEACCOUNTS/A/")
            .unwrap();
        assert!(
            found.body["id"]
                .as_str()
                .unwrap()
                .contains("Microsoft.Storage")
        );
    }

    #[test]
    fn children_are_exactly_one_name_below() {
        let documents = documents();
        let collection = segments(
            "/subscriptions/S/resourceGroups/G/providers/Microsoft.Storage/storageAccounts/a/blobServices/default/containers",
        );
        assert_eq!(documents.children(&collection).count(), 1);
        let accounts = segments(
            "/subscriptions/S/resourceGroups/G/providers/Microsoft.Storage/storageAccounts",
        );
        assert_eq!(documents.children(&accounts).count(), 1);
    }

    #[test]
    fn types_and_scopes_are_those_of_the_last_provider() {
        let documents = documents();
        let assignment = documents.iter().last().unwrap();
        assert_eq!(
            assignment.resource_type().unwrap(),
            (
                String::from("microsoft.authorization"),
                String::from("roleassignments")
            )
        );
        assert_eq!(assignment.scope().len(), 8);
        assert!(documents.knows_type(
            "microsoft.storage",
            "storageaccounts/blobservices/containers"
        ));
        assert!(!assignment.is_top_level_resource());
    }

    #[test]
    fn a_later_document_replaces_an_earlier_one() {
        let documents = Documents::new([
            json!({"id": "/tenants/T", "a": 1}),
            json!({"id": "/Tenants/t", "a": 2}),
        ]);
        assert_eq!(documents.iter().count(), 1);
        assert_eq!(documents.get("/tenants/t").unwrap().body["a"], 2);
    }
}

//! In which box an end of a call stands, and what it is called.

use std::sync::Arc;

use url::Url;

use crate::model::id::ArmId;
use crate::model::resource::{Family, Resource};

use super::model::Place;

/// One end of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// It stands in a box.
    Box(Place),
    /// A host that no resource answers to, or a kind of resource that has no box.
    Outside,
}

impl End {
    /// The box.
    pub(super) fn place(self) -> Option<Place> {
        match self {
            Self::Box(place) => Some(place),
            Self::Outside => None,
        }
    }
}

/// The box of a resource; none for those that are drawn in no box.
pub(super) fn of_resource(resource: &Resource, managed: &[ArmId]) -> Option<Place> {
    if is_managed(&resource.id, managed) {
        return Some(Place::Managed);
    }
    of_family(resource.family)
}

fn of_family(family: Family) -> Option<Place> {
    match family {
        Family::Storage => Some(Place::Storage),
        Family::Search => Some(Place::Search),
        Family::Cognitive => Some(Place::OpenAi),
        Family::Workspace => Some(Place::Hub),
        Family::Vault => Some(Place::Vault),
        Family::LogWorkspace => Some(Place::Logs),
        Family::Cosmos
        | Family::UserIdentity
        | Family::PrivateEndpoint
        | Family::VirtualNetwork => None,
    }
}

fn is_managed(id: &ArmId, managed: &[ArmId]) -> bool {
    managed.iter().any(|group| id.is_within(group))
}

/// Where an end stands: an ARM id by what it names, read or not; a URL or host by the resource whose
/// name it begins with; anything else that calls is a person or an app.
pub(super) fn end(
    text: &str,
    is_caller: bool,
    resources: &[Arc<Resource>],
    managed: &[ArmId],
) -> End {
    if text.starts_with('/') {
        let id = ArmId::new(text);
        if is_managed(&id, managed) {
            return End::Box(Place::Managed);
        }
        let mut here = Some(id);
        while let Some(id) = here {
            let place = id
                .resource_type()
                .and_then(|own| Family::of_type(&own))
                .and_then(of_family);
            if let Some(place) = place {
                return End::Box(place);
            }
            here = id.parent();
        }
        return End::Outside;
    }
    if is_caller {
        return End::Box(Place::You);
    }
    let host = host(text);
    let first = host.split('.').next().unwrap_or_default();
    let found = resources
        .iter()
        .find(|one| host.contains('.') && one.name.eq_ignore_ascii_case(first))
        .and_then(|one| of_resource(one, managed));
    found.map_or(End::Outside, End::Box)
}

/// The host of a URL, or the text itself.
fn host(text: &str) -> String {
    Url::parse(text)
        .ok()
        .and_then(|url| url.host_str().map(str::to_owned))
        .unwrap_or_else(|| text.to_owned())
}

/// The key at the end of a vault's address or id.
pub(super) fn key_name(text: &str) -> Option<String> {
    let mut parts = text
        .trim_end_matches('/')
        .split('/')
        .skip_while(|part| !part.eq_ignore_ascii_case("keys"));
    parts.next()?;
    parts
        .next()
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
}

/// What an end is called where there is little room: the name in an ARM id, the key in a key's
/// address, the host of a URL.
pub fn name_of(text: &str) -> String {
    if let Some(key) = key_name(text) {
        return key;
    }
    if text.starts_with('/') {
        return ArmId::new(text).name().to_owned();
    }
    host(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GROUP: &str = "/subscriptions/s/resourceGroups/g";

    #[test]
    fn ends_stand_where_their_kind_stands() {
        let managed = [ArmId::new("/subscriptions/s/resourceGroups/azureml-x")];
        let id = |tail: &str| format!("{GROUP}/providers/{tail}");
        for (text, is_caller, place) in [
            (id("Microsoft.Search/searchServices/a"), true, End::Box(Place::Search)),
            (id("Microsoft.KeyVault/vaults/kv/keys/k"), false, End::Box(Place::Vault)),
            (id("Microsoft.Unknown/things/a"), false, End::Outside),
            (
                "/subscriptions/s/resourceGroups/azureml-x/providers/Microsoft.DocumentDB/databaseAccounts/c".to_owned(),
                false,
                End::Box(Place::Managed),
            ),
            ("3f0c1111-2222-3333-4444-5555666691ab".to_owned(), true, End::Box(Place::You)),
            ("https://images.contoso.com/a.png".to_owned(), false, End::Outside),
        ] {
            assert_eq!(end(&text, is_caller, &[], &managed), place, "{text}");
        }
    }

    #[test]
    fn ends_are_called_by_their_last_name() {
        for (text, name) in [
            ("/subscriptions/s/resourceGroups/g/providers/A.B/c/st", "st"),
            ("https://kv.vault.azure.net/keys/cmk-rag/0a1b", "cmk-rag"),
            ("https://images.contoso.com/a.png", "images.contoso.com"),
            ("images.contoso.com", "images.contoso.com"),
        ] {
            assert_eq!(name_of(text), name);
        }
    }
}

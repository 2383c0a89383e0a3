//! What the picker shows: subscriptions, their groups, and what parts of the pattern are in each.

use std::sync::Arc;

use crate::analysis::effort;
use crate::config::Action;
use crate::model::field::Field;
use crate::model::id::{ArmId, SubscriptionId, TenantId};
use crate::model::key::Key;
use crate::model::resource::Family;
use crate::model::scope::Scope;
use crate::store::State;
use crate::ui::cx::Cx;
use crate::ui::signs::Sign;
use crate::ui::text::{Rich, short_guid};
use crate::ui::theme::Role;
use crate::ui::value;
use crate::ui::widgets::detail::Section;

/// A subscription with its groups.
#[derive(Clone, Debug)]
pub(super) struct Shelf {
    pub(super) id: SubscriptionId,
    pub(super) name: String,
    pub(super) tenant: Option<TenantId>,
    /// The tenant that shows it, where that is not its own.
    pub(super) delegated_to: Option<TenantId>,
    /// How the list of its groups stands.
    pub(super) state: State,
    pub(super) trouble: Option<Rich>,
    pub(super) groups: Vec<Place>,
    pub(super) row_id: Arc<str>,
}

/// A resource group.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) id: ArmId,
    pub(super) name: String,
    pub(super) location: Field<String>,
    pub(super) managed_by: Option<String>,
    pub(super) row_id: Arc<str>,
}

/// The parts that make the pattern, with their one word.
const PARTS: [(Family, &str); 4] = [
    (Family::Search, "search"),
    (Family::Storage, "store"),
    (Family::Cognitive, "model"),
    (Family::Workspace, "hub"),
];

/// Every subscription that can be seen, in the order of their names, refused ones last.
pub(super) fn shelves(cx: &Cx<'_>) -> Vec<Shelf> {
    let delegated = cx.snapshot.delegated();
    let mut shelves: Vec<Shelf> = cx
        .inventory
        .subscriptions()
        .filter(|one| one.is_enabled())
        .map(|one| {
            let slice = cx.snapshot.slice(&Key::Groups(one.id.clone()));
            Shelf {
                id: one.id.clone(),
                name: one.display_name.clone(),
                tenant: one.tenant_id.clone(),
                delegated_to: delegated
                    .iter()
                    .find(|seen| seen.subscription.id == one.id)
                    .map(|seen| seen.to.clone()),
                state: slice.map_or(State::Pending, crate::store::Slice::state),
                trouble: value::missing(cx.signs, slice, cx.now),
                groups: groups_of(cx, &one.id),
                row_id: Arc::from(format!("subscription {}", one.id.folded())),
            }
        })
        .collect();
    shelves.sort_by(|one, other| {
        let last = |shelf: &Shelf| shelf.state != State::Known;
        (last(one), one.name.to_lowercase()).cmp(&(last(other), other.name.to_lowercase()))
    });
    shelves
}

fn groups_of(cx: &Cx<'_>, subscription: &SubscriptionId) -> Vec<Place> {
    let mut places: Vec<Place> = cx
        .inventory
        .groups()
        .filter(|group| group.id.subscription().as_ref() == Some(subscription))
        .map(|group| Place {
            id: group.id.clone(),
            name: group.name.clone(),
            location: group.location.clone(),
            managed_by: group.managed_by.text().map(str::to_owned),
            row_id: Arc::from(group.id.folded()),
        })
        .collect();
    // The groups that hold most of the pattern come first; managed ones last.
    places.sort_by_cached_key(|place| {
        let held = PARTS
            .iter()
            .filter(|(family, _)| holds(cx, place, *family) == Some(true));
        (
            place.managed_by.is_some(),
            usize::MAX - held.count(),
            place.name.to_lowercase(),
        )
    });
    places
}

/// Whether a group holds a resource of a family; none while that is not known.
fn holds(cx: &Cx<'_>, place: &Place, family: Family) -> Option<bool> {
    let found = cx
        .inventory
        .family(family)
        .any(|one| one.id.is_within(&place.id));
    if found {
        return Some(true);
    }
    let subscription = place.id.subscription()?;
    let of_group = place.id.resource_group().map(crate::model::id::Folded::new);
    let known = [None, of_group].into_iter().any(|group| {
        let key = Key::List {
            subscription: subscription.clone(),
            group,
            family,
        };
        cx.snapshot
            .slice(&key)
            .is_some_and(|slice| slice.state() == State::Known)
    });
    known.then_some(false)
}

/// The parts of a group in fixed places, `░` for what is not read yet.
pub(super) fn parts_words(cx: &Cx<'_>, place: &Place) -> Rich {
    if place.managed_by.is_some() {
        return Rich::new();
    }
    PARTS.iter().fold(Rich::new(), |words, (family, word)| {
        let blank = " ";
        match holds(cx, place, *family) {
            Some(true) => words.then(Role::Text, format!("{word}{blank}")),
            Some(false) => words
                .then(Role::Muted, cx.signs.glyph(Sign::None))
                .then(Role::Muted, " ".repeat(word.len())),
            None => words
                .then(Role::Skeleton, "░".repeat(word.len()))
                .then(Role::Muted, blank),
        }
    })
}

/// The tenants, when there is more than one.
pub(super) fn tenants(cx: &Cx<'_>) -> Vec<(TenantId, String)> {
    cx.inventory
        .tenants()
        .iter()
        .map(|tenant| {
            let name = tenant
                .display_name
                .text()
                .or_else(|| tenant.default_domain.text())
                .unwrap_or_else(|| tenant.id.as_str());
            (tenant.id.clone(), name.to_owned())
        })
        .collect()
}

/// What is known of the chosen place.
pub(super) fn sections(
    cx: &Cx<'_>,
    shelf: &Shelf,
    place: Option<&Place>,
    scope: Option<&Scope>,
) -> Vec<Section> {
    let Some(place) = place else {
        return subscription_sections(cx, shelf, scope);
    };
    let mut inside = Section::new("WHAT IS IN IT");
    let mut any = false;
    for family in Family::ALL {
        for one in cx
            .inventory
            .family(family)
            .filter(|one| one.id.is_within(&place.id))
        {
            any = true;
            let words = Rich::sign(cx.signs, Sign::Open)
                .then(Role::Text, format!(" {:<18}", singular(family)))
                .then(Role::Muted, one.name.clone());
            inside = inside.words(words);
        }
    }
    let unread = PARTS
        .iter()
        .any(|(family, _)| holds(cx, place, *family).is_none());
    if unread {
        inside = inside.words(
            Rich::signed(cx.signs, Sign::Reading)
                .then(Role::Text, " ")
                .and(value::not_read()),
        );
    } else if !any {
        inside = inside.words(Rich::muted("Nothing that hopscope looks at."));
    }
    let mut sections = vec![inside];
    let held = |family: Family| holds(cx, place, family) == Some(true);
    if held(Family::Search) && held(Family::Storage) && held(Family::Cognitive) {
        sections.push(Section::new("THE WHOLE PATTERN").words(Rich::plain(
            "Search, storage and a model side by side: this looks like the one.",
        )));
    }
    sections.push(asks(cx, scope));
    sections.push(next_time(
        cx,
        format!("hopscope --resource-group {}", place.name),
    ));
    sections
}

fn subscription_sections(cx: &Cx<'_>, shelf: &Shelf, scope: Option<&Scope>) -> Vec<Section> {
    let mut about =
        Section::new("SUBSCRIPTION").pair("id", Rich::plain(short_guid(shelf.id.as_str())));
    if let Some(tenant) = &shelf.tenant {
        about = about.pair("tenant", Rich::plain(short_guid(tenant.as_str())));
    }
    if let Some(to) = &shelf.delegated_to {
        let words = format!("to {} (Azure Lighthouse)", short_guid(to.as_str()));
        about = about.pair("delegated", Rich::plain(words));
    }
    let mut sections = vec![about];
    let slice = cx.snapshot.slice(&Key::Groups(shelf.id.clone()));
    for issue in slice.map_or(&[][..], |slice| &slice.issues) {
        let mut why =
            Section::new("WHY ITS GROUPS ARE NOT HERE").words(Rich::plain(issue.message.clone()));
        if let Some(right) = &issue.right {
            why = why.pair("right", Rich::plain(right.clone()));
        }
        if let Some(role) = issue.role {
            why = why.pair("role", Rich::plain(role));
        }
        sections.push(why);
    }
    if shelf.state == State::Known {
        sections.push(asks(cx, scope));
        sections.push(next_time(
            cx,
            format!("hopscope --subscription \"{}\"", shelf.name),
        ));
    }
    sections
}

/// How often it will ask for all that is marked, or for what is under the selection.
fn asks(cx: &Cx<'_>, scope: Option<&Scope>) -> Section {
    let mut section = Section::new("IT WILL ASK AZURE");
    if let Some(effort) = scope.and_then(|scope| effort::of(cx.inventory, scope)) {
        let (least, most) = (effort.least.as_secs(), effort.most.as_secs());
        let time = if most <= 1 {
            "1 s".to_owned()
        } else if least == most {
            format!("{most} s")
        } else {
            format!("{least} to {most} s")
        };
        section = section.words(Rich::plain(format!(
            "about {} times, {time}",
            effort.requests
        )));
    }
    section.words(Rich::muted("reads only: GET and named queries"))
}

fn next_time(cx: &Cx<'_>, command: String) -> Section {
    let section = Section::new("NEXT TIME").code(command);
    match cx.key_of("picker", Action::KeepScope) {
        Some(key) => section.words(
            Rich::muted("or in the config file: ")
                .then(Role::Strong, key)
                .then(Role::Muted, " default"),
        ),
        None => section,
    }
}

fn singular(family: Family) -> &'static str {
    match family {
        Family::Storage => "Storage",
        Family::Search => "AI Search",
        Family::Cognitive => "AI Services",
        Family::Workspace => "Foundry hub or ML",
        Family::Cosmos => "Cosmos DB",
        Family::Vault => "Key Vault",
        Family::LogWorkspace => "Log Analytics",
        Family::UserIdentity => "identity",
        Family::PrivateEndpoint => "private endpoint",
        Family::VirtualNetwork => "virtual network",
    }
}

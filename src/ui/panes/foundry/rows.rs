//! Foundry as plain rows: hubs, projects and accounts with what hangs on them, down to the
//! properties that a managed group must keep. Must not know widths or widgets.

use std::sync::Arc;

use crate::analysis::encryption::usable_by;
use crate::analysis::foundry::required::{Check, ManagedResource, ManagedState};
use crate::analysis::foundry::{
    Account, Connections, Encrypted, Foundry, Hub, KeyState, ProjectRef,
};
use crate::analysis::hop::{HopKind, Judgement};
use crate::analysis::verdict::Verdict;
use crate::model::facet::Facet;
use crate::model::id::ArmId;
use crate::model::key::Key;
use crate::model::resource::{Family, Resource};
use crate::store::{Inventory, State};
use crate::ui::panes::trouble::is_shown;
use crate::ui::signs::Sign;

pub use super::row::{About, Part, Row, Says};
use super::words::{connection_words, encryption_words, group_words, identity_words};
use super::{hosts, judged};

/// The sign of a verdict.
pub fn sign_of(verdict: Verdict) -> Sign {
    match verdict {
        Verdict::Open => Sign::Open,
        Verdict::AtRisk => Sign::AtRisk,
        Verdict::Unknown => Sign::Unknown,
        Verdict::Shut => Sign::Shut,
    }
}

fn rank(sign: Sign) -> u8 {
    match sign {
        Sign::Shut => 5,
        Sign::Unknown => 4,
        Sign::AtRisk => 3,
        Sign::Reading => 2,
        Sign::Open => 1,
        _ => 0,
    }
}

/// The rows of everything that is shown, parents before their children.
pub fn rows(inventory: &Inventory, foundry: &Foundry, judgement: &Judgement) -> Vec<Row> {
    let mut tree = Tree {
        inventory,
        judgement,
        rows: Vec::new(),
    };
    for (at, hub) in foundry.hubs.iter().enumerate() {
        if is_shown(inventory, &hub.id) {
            tree.hub(at, hub);
        }
    }
    for (at, project) in foundry.lone_projects.iter().enumerate() {
        if is_shown(inventory, &project.id) {
            tree.lone(at, project);
        }
    }
    for (at, account) in foundry.accounts.iter().enumerate() {
        if is_shown(inventory, &account.id) {
            tree.account(at, account);
        }
    }
    tree.rows
}

struct Tree<'a> {
    inventory: &'a Inventory,
    judgement: &'a Judgement,
    rows: Vec<Row>,
}

impl Tree<'_> {
    fn push(&mut self, parent: Option<usize>, owner: &ArmId, row: Line<'_>) -> usize {
        let id = format!("{}#{}", owner.folded(), row.key);
        self.rows.push(Row {
            id: Arc::from(id),
            parent,
            sign: row.sign,
            name: row.name.to_owned(),
            is_thing: row.is_thing,
            says: row.says,
            about: row.about,
        });
        // What is wrong further down is seen from above.
        let mut above = parent;
        while let Some(at) = above {
            if rank(row.sign) > rank(self.rows[at].sign) {
                self.rows[at].sign = row.sign;
            }
            above = self.rows[at].parent;
        }
        self.rows.len() - 1
    }

    fn hub(&mut self, at: usize, hub: &Hub) {
        let resource = self.inventory.resource(&hub.id).cloned();
        let kind = match resource.as_deref() {
            Some(one) if one.kind.is("Hub") => "Foundry hub",
            _ => "ML workspace",
        };
        let root = self.root(&hub.id, &hub.name, kind, About::Hub(at));
        let part = |part| About::HubPart(at, part);
        self.projects(root, &hub.id, &hub.projects, None, part(Part::Projects));
        if let Some(resource) = &resource {
            self.identity(root, resource, part(Part::Identity));
        }
        self.connections(root, &hub.id, &hub.connections, part(Part::Connections));
        for (name, id, own) in [
            ("storage", &hub.storage, Part::Storage),
            ("key vault", &hub.vault, Part::Vault),
            ("registry", &hub.registry, Part::Registry),
            ("insights", &hub.insights, Part::Insights),
        ] {
            self.named(root, &hub.id, name, id.as_ref(), part(own));
        }
        let managed = hub.managed.iter().flat_map(|own| &own.resources);
        let callers: Vec<&ArmId> = [&hub.id]
            .into_iter()
            .chain(managed.filter_map(|one| one.id.as_ref()))
            .collect();
        self.encryption(root, &callers, &hub.encryption, part(Part::Encryption));
        if let Some(managed) = &hub.managed {
            self.managed(root, at, managed);
        }
    }

    fn account(&mut self, at: usize, account: &Account) {
        let resource = self.inventory.resource(&account.id).cloned();
        let root = self.root(
            &account.id,
            &account.name,
            "Foundry account",
            About::Account(at),
        );
        let part = |part| About::AccountPart(at, part);
        let missing = account.projects_missing.as_deref();
        self.projects(
            root,
            &account.id,
            &account.projects,
            missing,
            part(Part::Projects),
        );
        if let Some(resource) = &resource {
            self.identity(root, resource, part(Part::Identity));
        }
        self.connections(
            root,
            &account.id,
            &account.connections,
            part(Part::Connections),
        );
        self.encryption(
            root,
            &[&account.id],
            &account.encryption,
            part(Part::Encryption),
        );
        let (sign, fact) = hosts::row(&account.hosts);
        let hosts = Line {
            sign,
            says: says(sign, fact),
            ..Line::of("hosts", "capability hosts", part(Part::CapabilityHosts))
        };
        self.push(Some(root), &account.id, hosts);
    }

    fn lone(&mut self, at: usize, project: &ProjectRef) {
        let root = self.root(
            &project.id,
            &project.name,
            "Foundry project, its hub was not read",
            About::Lone(at),
        );
        self.rows[root].sign = Sign::Unknown;
    }

    fn root(&mut self, id: &ArmId, name: &str, kind: &str, about: About) -> usize {
        let region = self
            .inventory
            .resource(id)
            .and_then(|one| one.location.text().map(str::to_owned));
        let fact = region.map_or_else(|| kind.to_owned(), |region| format!("{kind} · {region}"));
        self.push(
            None,
            id,
            Line {
                sign: Sign::Open,
                ..Line::thing("root", name, fact, about)
            },
        )
    }

    fn projects(
        &mut self,
        root: usize,
        owner: &ArmId,
        projects: &[ProjectRef],
        missing: Option<&str>,
        about: About,
    ) {
        let names: Vec<&str> = projects.iter().map(|one| one.name.as_str()).collect();
        let name = if projects.len() == 1 {
            "project"
        } else {
            "projects"
        };
        let (sign, fact) = match (names.as_slice(), missing) {
            ([], None) => (Sign::None, "none".to_owned()),
            ([], Some(_)) => (
                self.facet_sign(owner, Facet::Projects),
                "not read".to_owned(),
            ),
            (names, None) => (Sign::Open, names.join(", ")),
            (names, Some(_)) => (
                self.facet_sign(owner, Facet::Projects),
                format!("{}, and there may be more", names.join(", ")),
            ),
        };
        let says = says(sign, fact);
        let row = self.push(
            Some(root),
            owner,
            Line {
                sign,
                says,
                ..Line::of("projects", name, about)
            },
        );
        for project in projects {
            self.project(row, project, about);
        }
    }

    /// A project that has connections of its own.
    fn project(&mut self, parent: usize, project: &ProjectRef, about: About) {
        let connections = &project.connections;
        if connections.items.is_empty() {
            return;
        }
        let mut sign = match connections.missing {
            Some(_) => self.facet_sign(&project.id, Facet::Connections),
            None => Sign::Open,
        };
        if let Some((worst, ..)) =
            judged::hops(self.judgement, HopKind::FoundryConnection, &[&project.id])
            && sign == Sign::Open
        {
            sign = sign_of(worst);
        }
        let fact = format!("connections: {}", connection_words(connections));
        let line = Line {
            sign,
            says: Says::Fact(fact),
            ..Line::of("project", &project.name, about)
        };
        self.push(Some(parent), &project.id, line);
    }

    fn identity(&mut self, root: usize, resource: &Resource, about: About) {
        let (sign, fact) = identity_words(&resource.identity);
        let line = Line {
            sign,
            says: Says::Fact(fact),
            ..Line::of("identity", "identity", about)
        };
        self.push(Some(root), &resource.id, line);
    }

    fn connections(&mut self, root: usize, owner: &ArmId, connections: &Connections, about: About) {
        let sign = match (&connections.missing, connections.items.as_slice()) {
            (Some(_), _) => self.facet_sign(owner, Facet::Connections),
            (None, []) => Sign::None,
            (None, _) => Sign::Open,
        };
        let mut words = connection_words(connections);
        let mut sign = sign;
        if let Some((worst, open, all)) =
            judged::hops(self.judgement, HopKind::FoundryConnection, &[owner])
            && worst > Verdict::Open
            && sign == Sign::Open
        {
            sign = sign_of(worst);
            words = format!("{words}; {open} of {all} work");
        }
        let says = says(sign, words);
        self.push(
            Some(root),
            owner,
            Line {
                sign,
                says,
                ..Line::of("connections", "connections", about)
            },
        );
    }

    fn named(&mut self, root: usize, owner: &ArmId, name: &str, id: Option<&ArmId>, about: About) {
        let (sign, fact) = match id {
            None => (Sign::None, "none".to_owned()),
            Some(id) => {
                let snapshot = self.inventory.snapshot();
                let slice = snapshot.slice(&Key::Resource(id.clone()));
                let state = slice.map(crate::store::Slice::state);
                let is_gone = slice
                    .and_then(|slice| slice.trouble())
                    .is_some_and(|issue| issue.kind == crate::model::issue::IssueKind::NotFound);
                let own = id.name();
                if self.inventory.resource(id).is_some() {
                    (Sign::Open, own.to_owned())
                } else if is_gone {
                    (Sign::Shut, format!("{own}, which is gone"))
                } else {
                    match state {
                        Some(State::Denied) => {
                            (Sign::Unknown, format!("{own}, reading it was refused"))
                        }
                        Some(State::Failed) => (Sign::Failed, format!("{own}, reading it failed")),
                        Some(State::Pending) => (Sign::Reading, own.to_owned()),
                        _ if !snapshot.is_idle() => (Sign::Reading, own.to_owned()),
                        // Named by the hub, and not of a kind that is read.
                        _ => (Sign::Note, own.to_owned()),
                    }
                }
            }
        };
        self.push(
            Some(root),
            owner,
            Line {
                sign,
                says: Says::Fact(fact),
                ..Line::of(name, name, about)
            },
        );
    }

    /// The first of `callers` is what the row hangs on; all of them need the key.
    fn encryption(
        &mut self,
        root: usize,
        callers: &[&ArmId],
        encryption: &Encrypted,
        about: About,
    ) {
        let mut sign = match encryption.state {
            KeyState::Unknown => Sign::Unknown,
            KeyState::Platform => Sign::Note,
            _ => Sign::Open,
        };
        let mut fact = encryption_words(encryption);
        if let Some((worst, open, all)) =
            judged::hops(self.judgement, HopKind::IdentityToKey, callers)
            && sign == Sign::Open
        {
            sign = sign_of(worst);
            let word = if all == 1 { "caller" } else { "callers" };
            fact = format!("{fact}, {} {word}", usable_by(open, all));
        }
        let Some(owner) = callers.first() else { return };
        self.push(
            Some(root),
            owner,
            Line {
                sign,
                says: Says::Fact(fact),
                ..Line::of("encryption", "encryption", about)
            },
        );
    }

    fn managed(&mut self, root: usize, hub: usize, managed: &ManagedState) {
        let group = &managed.group.id;
        let sign = match managed.exists.verdict {
            Verdict::Unknown => self.list_sign(group, None),
            verdict => sign_of(verdict),
        };
        let name = group_words(group.name());
        let fact = match sign {
            Sign::Shut => format!("{name}, which is gone"),
            _ => name,
        };
        let about = About::HubPart(hub, Part::Group);
        let line = Line {
            sign,
            ..Line::thing("managed", "managed group", fact, about)
        };
        let row = self.push(Some(root), group, line);
        for (at, resource) in managed.resources.iter().enumerate() {
            self.managed_resource(row, (hub, at), group, resource);
        }
    }

    fn managed_resource(
        &mut self,
        parent: usize,
        (hub, at): (usize, usize),
        group: &ArmId,
        resource: &ManagedResource,
    ) {
        let sign = match resource.exists.verdict {
            Verdict::Unknown => self.list_sign(group, Some(resource.family)),
            verdict => sign_of(verdict),
        };
        let kind = match resource.family {
            Family::Cosmos => "Cosmos DB",
            Family::Search => "AI Search",
            _ => "Storage",
        };
        let fact = match (sign, &resource.id) {
            (_, Some(_)) | (Sign::Reading, None) => kind.to_owned(),
            (Sign::Shut, None) => "belongs here and is gone".to_owned(),
            (_, None) => "belongs here; not all could be read".to_owned(),
        };
        let owner = resource
            .id
            .clone()
            .unwrap_or_else(|| group.child(resource.family.arm_type()));
        let line = Line {
            sign,
            ..Line::thing("resource", &resource.name, fact, About::Managed(hub, at))
        };
        let row = self.push(Some(parent), &owner, line);
        for (number, check) in resource.checks.iter().enumerate() {
            let about = About::Property(hub, at, number);
            let mut sign = self.check_sign(check);
            let flip = judged::flip(self.judgement, &owner, check.property);
            if let (Sign::Open, Some((worse, _))) = (sign, &flip) {
                sign = *worse;
            }
            let says = Says::Check {
                must_be: check.must_be,
                // What it must be stands beside it.
                is: match check.is.strip_prefix(check.must_be) {
                    Some(rest) if !rest.trim().is_empty() => rest.trim().to_owned(),
                    _ => check.is.clone(),
                },
                since: check.since.clone(),
                next: flip.map(|(_, value)| value),
            };
            self.push(
                Some(row),
                &owner,
                Line {
                    sign,
                    says,
                    ..Line::of(check.property, check.property, about)
                },
            );
        }
    }

    /// A key that cannot be judged yet waits for the keys of its vault.
    fn check_sign(&self, check: &Check) -> Sign {
        let waits = check.judged.verdict == Verdict::Unknown
            && check.property == "keyVaultKeyUri"
            && self.inventory.snapshot().slices().any(|(key, slice)| {
                let is_of_vault = matches!(key, Key::Facet(_, Facet::Keys))
                    || matches!(
                        key,
                        Key::List {
                            family: Family::Vault,
                            ..
                        }
                    );
                is_of_vault && slice.phase.is_open() && slice.state() == State::Pending
            });
        if waits {
            Sign::Reading
        } else {
            sign_of(check.judged.verdict)
        }
    }

    fn facet_sign(&self, owner: &ArmId, facet: Facet) -> Sign {
        state_sign(
            self.inventory
                .facet_state(owner, facet)
                .unwrap_or(State::Pending),
        )
    }

    /// The sign of a list that should hold something and was not read as a whole.
    fn list_sign(&self, group: &ArmId, family: Option<Family>) -> Sign {
        let snapshot = self.inventory.snapshot();
        let subscription = group.subscription();
        let waits = snapshot.slices().any(|(key, slice)| {
            let is_it = match (key, family) {
                (
                    Key::List {
                        subscription: own,
                        family: kind,
                        ..
                    },
                    Some(family),
                ) => *kind == family && Some(own) == subscription.as_ref(),
                (Key::Groups(own), None) => Some(own) == subscription.as_ref(),
                _ => false,
            };
            is_it && slice.state() == State::Pending && slice.phase.is_open()
        });
        if waits { Sign::Reading } else { Sign::Unknown }
    }
}

/// What of a row differs from the plainest one.
struct Line<'n> {
    key: &'n str,
    name: &'n str,
    sign: Sign,
    is_thing: bool,
    says: Says,
    about: About,
}

impl<'n> Line<'n> {
    fn of(key: &'n str, name: &'n str, about: About) -> Self {
        let says = Says::Fact(String::new());
        Self {
            key,
            name,
            sign: Sign::Open,
            is_thing: false,
            says,
            about,
        }
    }

    fn thing(key: &'n str, name: &'n str, fact: String, about: About) -> Self {
        Self {
            is_thing: true,
            says: Says::Fact(fact),
            ..Self::of(key, name, about)
        }
    }
}

fn says(sign: Sign, fact: String) -> Says {
    if sign == Sign::Reading {
        Says::NotRead
    } else {
        Says::Fact(fact)
    }
}

fn state_sign(state: State) -> Sign {
    match state {
        State::Known => Sign::Open,
        State::Pending => Sign::Reading,
        State::Denied => Sign::Unknown,
        State::Failed => Sign::Failed,
        State::Unsupported => Sign::None,
    }
}

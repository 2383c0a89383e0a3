//! Service firewalls: who is let in where, by which rule, and which property says so.
//!
//! [`admit`] asks one caller's questions in the order of domain-rules section B; [`open_to()`] adds
//! the rules of a resource up in words. What each service does its own way, the meaning of what is
//! absent above all, is in one file a service; the order of the questions is in `judge`, what
//! follows from an answer that is not certain in [`asked`].
//!
//! It knows the network only: a caller that is let in still needs an identity and a role.
//!
//! To add a service: a file with its `Service`, and one line in `service`.

pub mod address;
pub mod asked;
pub mod caller;
mod cognitive;
mod cosmos;
mod judge;
pub mod open_to;
mod perimeter;
mod private;
pub mod rules;
mod search;
mod service;
mod storage;
mod subnet;
mod vault;
mod ways;
mod workspace;

pub use asked::{Admission, Answer, Asked, Question};
pub use caller::{Caller, Credential, Instance, ServiceKind, region};
pub use open_to::{Doors, OpenTo, Reach};
pub use perimeter::{Member, evidence as perimeters_shown, member as perimeter_member};
pub use rules::{Bypass, Fact, Public, Rules};
pub use subnet::DeadRule;

use std::fmt;
use std::sync::{Arc, OnceLock};

use crate::model::judging::Judging;
use crate::model::resource::{Details, Resource};
use crate::store::Inventory;

use self::judge::Door;
use self::perimeter::Perimeter;

/// A firewall with its rules and perimeters read once, for many callers.
pub struct Wall {
    service: &'static dyn service::Service,
    rules: Rules,
    perimeter: Perimeter,
    open_to: OnceLock<OpenTo>,
}

impl Wall {
    /// The firewall of a resource; none for one without.
    pub fn of(inventory: &Inventory, resource: &Resource) -> Option<Self> {
        let resource = walled(inventory, resource);
        let service = service::service(resource.family)?;
        Some(Self {
            service,
            rules: service.rules(resource),
            perimeter: Perimeter::of(inventory, resource),
            open_to: OnceLock::new(),
        })
    }

    /// Its rules with the service's defaults applied.
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    /// What it does with one caller. `target` is the resource that it was read of.
    pub fn admit(
        &self,
        inventory: &Inventory,
        judging: &Judging,
        caller: &Caller,
        target: &Resource,
    ) -> Admission {
        Door {
            inventory,
            judging,
            target: walled(inventory, target),
            service: self.service,
            rules: &self.rules,
            perimeter: &self.perimeter,
        }
        .admit(caller)
    }

    /// To whom it is open. `target` is the resource that it was read of.
    pub fn open_to(&self, inventory: &Inventory, target: &Resource) -> &OpenTo {
        self.open_to.get_or_init(|| {
            open_to::sum(
                inventory,
                walled(inventory, target),
                self.service,
                &self.rules,
                &self.perimeter,
            )
        })
    }
}

impl fmt::Debug for Wall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wall")
            .field("rules", &self.rules)
            .finish_non_exhaustive()
    }
}

/// What the firewall of `target` does with one caller; none for a resource without a firewall.
pub fn admit(
    inventory: &Inventory,
    judging: &Judging,
    caller: &Caller,
    target: &Resource,
) -> Option<Admission> {
    Wall::of(inventory, target).map(|wall| wall.admit(inventory, judging, caller, target))
}

/// To whom a resource is open; none for a resource without a firewall.
pub fn open_to(inventory: &Inventory, resource: &Resource) -> Option<OpenTo> {
    Wall::of(inventory, resource).map(|wall| wall.open_to(inventory, resource).clone())
}

/// The rules of a resource with its service's defaults applied; none without a firewall.
pub fn rules(inventory: &Inventory, resource: &Resource) -> Option<Rules> {
    let resource = walled(inventory, resource);
    service::service(resource.family).map(|service| service.rules(resource))
}

/// The resource whose firewall counts: a project has the network of its hub.
fn walled<'a>(inventory: &'a Inventory, resource: &'a Resource) -> &'a Resource {
    let Details::Workspace(workspace) = &resource.details else {
        return resource;
    };
    workspace
        .hub
        .as_ref()
        .and_then(|hub| inventory.resource(hub))
        .map_or(resource, Arc::as_ref)
}

//! One row of Foundry: what it is about and what it says. Must not know how rows are found or drawn.

use std::sync::Arc;

use crate::analysis::foundry::required::Since;
use crate::ui::signs::Sign;

/// One row of the tree.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// What the selection stays on.
    pub id: Arc<str>,
    /// The row that it hangs on.
    pub parent: Option<usize>,
    /// Its sign.
    pub sign: Sign,
    /// Its name.
    pub name: String,
    /// Whether it is a thing of its own, whose name stands out.
    pub is_thing: bool,
    /// What it says.
    pub says: Says,
    /// What it is about, for the detail.
    pub about: About,
}

/// What stands behind a name.
#[derive(Clone, Debug, PartialEq)]
pub enum Says {
    /// A fact in words.
    Fact(String),
    /// It has not been read yet.
    NotRead,
    /// What a property must be, what it is, since when.
    Check {
        /// What it must be.
        must_be: &'static str,
        /// What it is.
        is: String,
        /// Since when.
        since: Since,
        /// What a policy will make of it.
        next: Option<String>,
    },
}

/// What a row is about: places in the analysis, so that the detail finds it again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// A hub.
    Hub(usize),
    /// A facet of a hub.
    HubPart(usize, Part),
    /// A resource of a hub's managed group.
    Managed(usize, usize),
    /// A property in there.
    Property(usize, usize, usize),
    /// A new-style account.
    Account(usize),
    /// A facet of an account.
    AccountPart(usize, Part),
    /// A project whose hub was not read.
    Lone(usize),
}

/// A facet of a hub or an account that has a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Its projects.
    Projects,
    /// Its identities.
    Identity,
    /// Its connections.
    Connections,
    /// Its storage account.
    Storage,
    /// Its key vault.
    Vault,
    /// Its container registry.
    Registry,
    /// Its Application Insights.
    Insights,
    /// Who keeps its key.
    Encryption,
    /// The stores that agents of an account use.
    CapabilityHosts,
    /// The group that Microsoft made.
    Group,
}

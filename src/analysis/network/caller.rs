//! Who calls: the facts about a caller that a service firewall looks at.

use std::net::IpAddr;

use crate::model::id::ArmId;
use crate::model::resource::{Family, Resource};

/// One who wants in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Caller {
    /// A person or a program outside Azure's services.
    Person {
        /// The address that arrives at the target; none when it is not known.
        address: Option<IpAddr>,
    },
    /// One instance of an Azure service.
    Instance(Instance),
    /// Any instance of a kind of service, with its system-assigned identity.
    TrustedService(ServiceKind),
    /// The Azure portal: from its own addresses at AI Search and Cosmos DB, else from the
    /// person's browser.
    AzurePortal,
    /// Anybody, from anywhere.
    Internet,
    /// A machine in a virtual network.
    PrivateEndpoint {
        /// The virtual network.
        network: ArmId,
    },
}

/// One instance of an Azure service, and what it presents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instance {
    /// Its resource id.
    pub id: ArmId,
    /// Its kind.
    pub kind: ServiceKind,
    /// Its region, in any writing.
    pub location: Option<String>,
    /// What it presents.
    pub credential: Credential,
    /// The part of the target that it speaks to, as private links name it (`blob`, `table`,
    /// `openai_account`); none when it is not known.
    pub sub_resource: Option<String>,
}

impl Instance {
    /// A resource that calls with a credential.
    pub fn of(resource: &Resource, credential: Credential) -> Self {
        Self {
            id: resource.id.clone(),
            kind: ServiceKind::of_family(resource.family),
            location: resource.location.text().map(str::to_owned),
            credential,
            sub_resource: None,
        }
    }

    /// The same, speaking to one part of the target.
    #[must_use]
    pub fn to_part(mut self, sub_resource: &str) -> Self {
        self.sub_resource = Some(sub_resource.to_owned());
        self
    }
}

/// What a service presents to its target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Credential {
    /// A token of its system-assigned identity.
    SystemIdentity,
    /// A token of a user-assigned identity.
    UserAssigned,
    /// A key, a SAS or a connection string that holds one.
    Key,
    /// What it presents could not be read.
    Unclear,
}

/// The kinds of service that trust lists name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ServiceKind {
    /// Azure AI Search.
    Search,
    /// Azure `OpenAI` and the other Azure AI services.
    Cognitive,
    /// Azure Machine Learning, Foundry hubs among it.
    MachineLearning,
    /// Azure Monitor, writing logs.
    Monitor,
    /// Azure Cosmos DB.
    Cosmos,
    /// Azure Storage.
    Storage,
    /// Any other: a virtual machine, an App Service.
    Other,
}

impl ServiceKind {
    /// The kind of a resource's family.
    pub fn of_family(family: Family) -> Self {
        match family {
            Family::Search => Self::Search,
            Family::Cognitive => Self::Cognitive,
            Family::Workspace => Self::MachineLearning,
            Family::LogWorkspace => Self::Monitor,
            Family::Cosmos => Self::Cosmos,
            Family::Storage => Self::Storage,
            Family::Vault
            | Family::UserIdentity
            | Family::PrivateEndpoint
            | Family::VirtualNetwork => Self::Other,
        }
    }

    /// What many of them are called.
    pub fn words(self) -> &'static str {
        match self {
            Self::Search => "Azure AI Search",
            Self::Cognitive => "Azure AI services",
            Self::MachineLearning => "Azure Machine Learning",
            Self::Monitor => "Azure Monitor",
            Self::Cosmos => "Azure Cosmos DB",
            Self::Storage => "Azure Storage",
            Self::Other => "this kind of service",
        }
    }
}

/// A region's name in the form that can be compared: `East US 2` is `eastus2`.
pub fn region(name: &str) -> String {
    name.chars()
        .filter(|letter| letter.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_compare_in_any_writing() {
        for (left, right, same) in [
            ("East US 2", "eastus2", true),
            ("East US 2 EUAP", "EastUS2EUAP", true),
            ("West Europe", "westeurope", true),
            ("West Europe", "northeurope", false),
            ("East US", "eastus2", false),
        ] {
            assert_eq!(region(left) == region(right), same, "{left} {right}");
        }
    }
}

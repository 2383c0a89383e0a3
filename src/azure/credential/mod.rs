//! Signing in: which credentials there are, who asks them, and the tokens that are kept.
//!
//! `azure_identity` speaks the protocols; around it stand a chain of our own (`chain`, `sources`), a
//! cache that refreshes early (`broker`), a transport that goes through the gate and the ledger
//! (`courier`), and an executor that leaves no child behind (`executor`). Must not know what a token
//! is used for. No token is ever printed: the types that hold one have no `Debug` that shows it.
//!
//! To add a credential: a type in `sources`, a line in `chain::Chain::new`, a word in [`Choice`].

use std::collections::HashMap;
use std::ffi::OsString;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use azure_core::credentials::TokenCredential;
use azure_identity::Executor;
use url::Url;

use super::gate::Borders;
use crate::model::caller::CredentialAnswer;
use crate::model::id::TenantId;

mod broker;
mod chain;
mod claims;
mod courier;
mod executor;
mod reach;
mod said;
mod sources;

pub(crate) use broker::Broker;
pub use claims::caller_of;
pub use executor::GroupExecutor;
pub use reach::speaks_for;

/// Which credential to sign in with (`--credential`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Choice {
    /// The first that works: environment, workload identity, managed identity, az, azd.
    #[default]
    Auto,
    /// The Azure CLI.
    Cli,
    /// The Azure Developer CLI.
    DeveloperCli,
    /// `AZURE_CLIENT_ID` with a secret or an assertion file.
    Environment,
    /// The managed identity of this machine.
    ManagedIdentity,
    /// The workload identity of this pod.
    WorkloadIdentity,
}

impl Choice {
    /// Every choice, with its word on the command line.
    pub const ALL: [(&'static str, Self); 6] = [
        ("auto", Self::Auto),
        ("cli", Self::Cli),
        ("developer-cli", Self::DeveloperCli),
        ("environment", Self::Environment),
        ("managed-identity", Self::ManagedIdentity),
        ("workload-identity", Self::WorkloadIdentity),
    ];
}

impl FromStr for Choice {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find_map(|(own, choice)| (own == word).then_some(choice))
            .ok_or_else(|| {
                let words = Self::ALL.map(|(own, _)| own).join(", ");
                format!("`{word}` is no credential; known are {words}")
            })
    }
}

/// The environment variables that credentials read. Values may be secrets, so `Debug` shows names.
#[derive(Clone, Default)]
pub struct Environment(HashMap<&'static str, String>);

impl Environment {
    const NAMES: [&'static str; 11] = [
        "AZURE_TENANT_ID",
        "AZURE_CLIENT_ID",
        "AZURE_CLIENT_SECRET",
        "AZURE_CLIENT_ASSERTION_FILE",
        "AZURE_CLIENT_CERTIFICATE_PATH",
        "AZURE_FEDERATED_TOKEN_FILE",
        "IDENTITY_ENDPOINT",
        "IDENTITY_HEADER",
        "IMDS_ENDPOINT",
        "MSI_ENDPOINT",
        "MSI_SECRET",
    ];

    /// The variables of this process.
    pub fn of_process() -> Self {
        Self::of(|name| std::env::var(name).ok())
    }

    /// The variables that `read` knows.
    pub fn of(read: impl Fn(&str) -> Option<String>) -> Self {
        Self(
            Self::NAMES
                .into_iter()
                .filter_map(|name| Some((name, read(name)?)))
                .filter(|(_, value)| !value.trim().is_empty())
                .collect(),
        )
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut names: Vec<&str> = self.0.keys().copied().collect();
        names.sort_unstable();
        f.debug_set().entries(names).finish()
    }
}

/// How to sign in. On a loopback cloud the loopback credential is used, whatever was chosen.
#[derive(Clone)]
pub struct Credentials {
    choice: Choice,
    tenant: Option<TenantId>,
    environment: Environment,
    executor: Arc<dyn Executor>,
    fixed: Option<Arc<dyn TokenCredential>>,
    metadata_endpoint: Option<Url>,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("choice", &self.choice)
            .field("tenant", &self.tenant)
            .field("environment", &self.environment)
            .finish_non_exhaustive()
    }
}

impl Credentials {
    /// The chosen credential, with this process' environment and `PATH`.
    pub fn new(choice: Choice) -> Self {
        Self {
            choice,
            tenant: None,
            environment: Environment::of_process(),
            executor: Arc::new(GroupExecutor::default()),
            fixed: None,
            metadata_endpoint: None,
        }
    }

    /// One credential that is handed in, for every tenant.
    pub fn fixed(credential: Arc<dyn TokenCredential>) -> Self {
        Self {
            fixed: Some(credential),
            ..Self::new(Choice::Auto)
        }
    }

    /// With the tenant of calls that name none (`--tenant`).
    #[must_use]
    pub fn in_tenant(mut self, tenant: Option<TenantId>) -> Self {
        self.tenant = tenant;
        self
    }

    /// With other environment variables than this process'.
    #[must_use]
    pub fn with_environment(mut self, environment: Environment) -> Self {
        self.environment = environment;
        self
    }

    /// With another way to run `az` and `azd`.
    #[must_use]
    pub fn with_executor(mut self, executor: Arc<dyn Executor>) -> Self {
        self.executor = executor;
        self
    }

    /// With `az` and `azd` looked for in these folders only, and this long to answer.
    #[must_use]
    pub fn with_programs_in(self, search_path: OsString, timeout: Duration) -> Self {
        self.with_executor(Arc::new(GroupExecutor::new(timeout, Some(search_path))))
    }

    /// With a stand-in for the metadata address, which tests must not ask.
    #[must_use]
    pub fn with_metadata_endpoint(mut self, endpoint: Url) -> Self {
        self.metadata_endpoint = Some(endpoint);
        self
    }

    /// Tells the gate where this machine's own identity is to be had.
    pub(crate) fn shape_borders(&self, borders: &mut Borders) {
        borders.identity_endpoint = self
            .environment
            .get("IDENTITY_ENDPOINT")
            .and_then(|text| Url::parse(text).ok());
        if let Some(endpoint) = &self.metadata_endpoint {
            borders.metadata_endpoint = endpoint.clone();
        }
    }
}

/// No credential gave a token: what each of them said, and the next step.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not signed in: {summary}; {next_step}")]
pub struct SignInError {
    /// The tenant whose token was asked for; none is the credential's own.
    pub tenant: Option<TenantId>,
    /// What each credential said, in the order in which they were asked.
    pub answers: Vec<CredentialAnswer>,
    /// The answers that matter, in one sentence.
    pub summary: String,
    /// What to do.
    pub next_step: String,
}

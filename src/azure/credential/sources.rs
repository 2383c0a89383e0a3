//! The credentials of the chain, one type each: when it is set up, and how it is asked.
//!
//! Each ask builds `azure_identity`'s credential anew: its own cache would give an expired or refused
//! token again, and keeping tokens is the broker's business.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use azure_core::cloud::{CloudConfiguration, CustomConfiguration};
use azure_core::credentials::{AccessToken, Secret, TokenCredential};
use azure_core::http::{ClientMethodOptions, ClientOptions, RetryOptions, Transport};
use azure_identity::{
    AzureCliCredential, AzureCliCredentialOptions, AzureDeveloperCliCredential,
    AzureDeveloperCliCredentialOptions, ClientAssertion, ClientAssertionCredential,
    ClientAssertionCredentialOptions, ClientSecretCredential, ClientSecretCredentialOptions,
    Executor, ManagedIdentityCredential, ManagedIdentityCredentialOptions, UserAssignedId,
    WorkloadIdentityCredential, WorkloadIdentityCredentialOptions,
};
use url::Url;

use super::Environment;
use super::courier::Courier;
use super::said::plain;
use crate::azure::envelope::clean;
use crate::azure::hosts::host_and_port;
use crate::azure::transport::Wire;
use crate::model::cloud::is_loopback;
use crate::model::id::TenantId;
use crate::model::ledger::Service;

/// Why a credential gave no token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Said {
    /// It is not set up here: a variable, a program or an endpoint is missing.
    NotSetUp(String),
    /// It is set up, and was refused.
    Failed(String),
}

impl Said {
    pub(super) fn text(&self) -> &str {
        match self {
            Self::NotSetUp(text) | Self::Failed(text) => text,
        }
    }
}

/// One credential.
#[async_trait]
pub(super) trait Source: Send + Sync {
    /// Its name, as people know it.
    fn name(&self) -> &'static str;

    /// Whether its failure ends the chain: it was set up on purpose, and another credential might be
    /// somebody else.
    fn is_deliberate(&self) -> bool {
        false
    }

    /// Asks for a token.
    async fn token(&self, tenant: Option<&TenantId>, scope: &str) -> Result<AccessToken, Said>;
}

fn failed(error: &azure_core::Error) -> Said {
    Said::Failed(whole(error))
}

/// What the whole chain of causes says: `azure_identity`'s retry policy hides the cause of an error
/// that it does not retry.
fn whole(error: &azure_core::Error) -> String {
    let mut text = error.to_string();
    let mut next = std::error::Error::source(error);
    while let Some(cause) = next {
        if cause.is::<serde_json::Error>() {
            // What the parser says means nothing to those who did not expect a document.
            return format!("its answer is no token: {}", plain(&cause.to_string()));
        }
        text.push('\n');
        text.push_str(&cause.to_string());
        next = cause.source();
    }
    plain(&text)
}

fn tenant_of(tenant: Option<&TenantId>, environment: &Environment) -> Option<String> {
    tenant
        .map(|tenant| tenant.as_str().to_owned())
        .or_else(|| environment.get("AZURE_TENANT_ID").map(str::to_owned))
}

/// The options of a credential that speaks to the cloud's authority.
fn options(wire: &Arc<Wire>, service: Service, tenant: Option<&str>) -> ClientOptions {
    options_over(Courier {
        wire: Arc::clone(wire),
        service,
        tenant: tenant.map(TenantId::new),
        was_silent: Arc::default(),
    })
}

fn options_over(courier: Courier) -> ClientOptions {
    // azure_identity insists on https; the courier puts the authority's own address in its place.
    let mut custom = CustomConfiguration::default();
    let authority = &courier.wire.borders.cloud.authority;
    custom.authority_host = format!("https://{}", host_and_port(authority));
    ClientOptions {
        transport: Some(Transport::new(Arc::new(courier))),
        retry: RetryOptions::none(),
        cloud: Some(Arc::new(CloudConfiguration::from(custom))),
        ..ClientOptions::default()
    }
}

/// The credential of a loopback cloud: a dummy application that takes what it is given.
pub(super) struct Loopback {
    pub(super) wire: Arc<Wire>,
}

#[async_trait]
impl Source for Loopback {
    fn name(&self) -> &'static str {
        "loopback"
    }

    async fn token(&self, tenant: Option<&TenantId>, scope: &str) -> Result<AccessToken, Said> {
        let tenant = tenant.map_or("organizations", TenantId::as_str);
        let credential = ClientSecretCredential::new(
            tenant,
            "hopscope".to_owned(),
            Secret::new("loopback"),
            Some(ClientSecretCredentialOptions {
                client_options: options(&self.wire, Service::Login, Some(tenant)),
            }),
        )
        .map_err(|error| failed(&error))?;
        ask(credential.as_ref(), scope).await
    }
}

/// A credential that was handed in.
pub(super) struct Fixed(pub(super) Arc<dyn TokenCredential>);

#[async_trait]
impl Source for Fixed {
    fn name(&self) -> &'static str {
        "given credential"
    }

    async fn token(&self, _: Option<&TenantId>, scope: &str) -> Result<AccessToken, Said> {
        ask(self.0.as_ref(), scope).await
    }
}

/// `AZURE_CLIENT_ID` with a secret or an assertion file.
pub(super) struct FromEnvironment {
    pub(super) wire: Arc<Wire>,
    pub(super) environment: Environment,
}

#[async_trait]
impl Source for FromEnvironment {
    fn name(&self) -> &'static str {
        "environment"
    }

    fn is_deliberate(&self) -> bool {
        true
    }

    async fn token(&self, tenant: Option<&TenantId>, scope: &str) -> Result<AccessToken, Said> {
        let get = |name| self.environment.get(name);
        let missing = |what: &str| Err(Said::NotSetUp(format!("{what} is not set")));
        let Some(client) = get("AZURE_CLIENT_ID") else {
            return missing("AZURE_CLIENT_ID");
        };
        let (secret, assertion) = (
            get("AZURE_CLIENT_SECRET"),
            get("AZURE_CLIENT_ASSERTION_FILE"),
        );
        if secret.is_none() && assertion.is_none() {
            if get("AZURE_CLIENT_CERTIFICATE_PATH").is_some() {
                return Err(Said::NotSetUp(
                    "a certificate is not supported; use a secret, an assertion file, or \
                     `az login --service-principal`"
                        .to_owned(),
                ));
            }
            return missing("AZURE_CLIENT_SECRET (or AZURE_CLIENT_ASSERTION_FILE)");
        }
        let Some(tenant) = tenant_of(tenant, &self.environment) else {
            return missing("AZURE_TENANT_ID");
        };
        let client_options = options(&self.wire, Service::Login, Some(&tenant));
        if let Some(secret) = secret {
            let credential = ClientSecretCredential::new(
                &tenant,
                client.to_owned(),
                Secret::new(secret.to_owned()),
                Some(ClientSecretCredentialOptions { client_options }),
            )
            .map_err(|error| failed(&error))?;
            return ask(credential.as_ref(), scope).await;
        }
        let file = AssertionFile(PathBuf::from(assertion.unwrap_or_default()));
        let credential = ClientAssertionCredential::new(
            tenant,
            client.to_owned(),
            file,
            Some(ClientAssertionCredentialOptions { client_options }),
        )
        .map_err(|error| failed(&error))?;
        ask(credential.as_ref(), scope).await
    }
}

/// A signed assertion in a file, read at each use.
#[derive(Debug)]
struct AssertionFile(PathBuf);

#[async_trait]
impl ClientAssertion for AssertionFile {
    async fn secret(&self, _: Option<ClientMethodOptions<'_>>) -> azure_core::Result<String> {
        let text = tokio::fs::read_to_string(&self.0).await.map_err(|error| {
            let message = format!("AZURE_CLIENT_ASSERTION_FILE cannot be read: {error}");
            azure_core::Error::with_message(azure_core::error::ErrorKind::Credential, message)
        })?;
        Ok(text.trim().to_owned())
    }
}

/// A pod's federated token.
pub(super) struct WorkloadIdentity {
    pub(super) wire: Arc<Wire>,
    pub(super) environment: Environment,
}

#[async_trait]
impl Source for WorkloadIdentity {
    fn name(&self) -> &'static str {
        "workload identity"
    }

    fn is_deliberate(&self) -> bool {
        true
    }

    async fn token(&self, tenant: Option<&TenantId>, scope: &str) -> Result<AccessToken, Said> {
        let missing = |name: &str| Said::NotSetUp(format!("{name} is not set"));
        let get = |name| self.environment.get(name).ok_or_else(|| missing(name));
        let file = get("AZURE_FEDERATED_TOKEN_FILE")?;
        let client = get("AZURE_CLIENT_ID")?;
        let tenant =
            tenant_of(tenant, &self.environment).ok_or_else(|| missing("AZURE_TENANT_ID"))?;
        let client_options = options(&self.wire, Service::Login, Some(&tenant));
        let credential = WorkloadIdentityCredential::new(Some(WorkloadIdentityCredentialOptions {
            credential_options: ClientAssertionCredentialOptions { client_options },
            client_id: Some(client.to_owned()),
            tenant_id: Some(tenant),
            token_file_path: Some(PathBuf::from(file)),
        }))
        .map_err(|error| failed(&error))?;
        ask(credential.as_ref(), scope).await
    }
}

/// The identity of this machine or app host.
pub(super) struct ManagedIdentity {
    pub(super) wire: Arc<Wire>,
    pub(super) environment: Environment,
}

#[async_trait]
impl Source for ManagedIdentity {
    fn name(&self) -> &'static str {
        "managed identity"
    }

    async fn token(&self, _: Option<&TenantId>, scope: &str) -> Result<AccessToken, Said> {
        if let Some(endpoint) = self.environment.get("IDENTITY_ENDPOINT") {
            let is_near = Url::parse(endpoint).is_ok_and(|url| is_loopback(&url));
            if !is_near {
                return Err(Said::NotSetUp(format!(
                    "IDENTITY_ENDPOINT `{}` is not a loopback address, and is not asked",
                    clean(endpoint)
                )));
            }
        }
        let user_assigned_id = self
            .environment
            .get("AZURE_CLIENT_ID")
            .map(|id| UserAssignedId::ClientId(id.to_owned()));
        let was_silent = Arc::new(AtomicBool::new(false));
        let courier = Courier {
            wire: Arc::clone(&self.wire),
            service: Service::ManagedIdentity,
            tenant: None,
            was_silent: Arc::clone(&was_silent),
        };
        let credential = ManagedIdentityCredential::new(Some(ManagedIdentityCredentialOptions {
            user_assigned_id,
            client_options: options_over(courier),
        }))
        .map_err(|error| Said::NotSetUp(whole(&error)))?;
        let result = ask(credential.as_ref(), scope).await;
        match result {
            Err(said) if was_silent.load(Ordering::Relaxed) => Err(Said::NotSetUp(format!(
                "no identity endpoint answers on this machine ({})",
                said.text()
            ))),
            other => other,
        }
    }
}

/// The Azure CLI.
pub(super) struct Cli {
    pub(super) executor: Arc<dyn Executor>,
}

#[async_trait]
impl Source for Cli {
    fn name(&self) -> &'static str {
        "az"
    }

    async fn token(&self, tenant: Option<&TenantId>, scope: &str) -> Result<AccessToken, Said> {
        let credential = AzureCliCredential::new(Some(AzureCliCredentialOptions {
            tenant_id: tenant.map(|tenant| tenant.as_str().to_owned()),
            executor: Some(Arc::clone(&self.executor)),
            ..AzureCliCredentialOptions::default()
        }))
        .map_err(|error| failed(&error))?;
        not_installed(ask(credential.as_ref(), scope).await)
    }
}

/// The Azure Developer CLI.
pub(super) struct DeveloperCli {
    pub(super) executor: Arc<dyn Executor>,
}

#[async_trait]
impl Source for DeveloperCli {
    fn name(&self) -> &'static str {
        "azd"
    }

    async fn token(&self, tenant: Option<&TenantId>, scope: &str) -> Result<AccessToken, Said> {
        let credential =
            AzureDeveloperCliCredential::new(Some(AzureDeveloperCliCredentialOptions {
                tenant_id: tenant.map(|tenant| tenant.as_str().to_owned()),
                executor: Some(Arc::clone(&self.executor)),
            }))
            .map_err(|error| failed(&error))?;
        not_installed(ask(credential.as_ref(), scope).await)
    }
}

/// A program that is not there is not set up; that is no failure.
fn not_installed(result: Result<AccessToken, Said>) -> Result<AccessToken, Said> {
    match result {
        Err(Said::Failed(text)) if text.contains("not found on PATH") => Err(Said::NotSetUp(text)),
        other => other,
    }
}

async fn ask(credential: &dyn TokenCredential, scope: &str) -> Result<AccessToken, Said> {
    credential
        .get_token(&[scope], None)
        .await
        .map_err(|error| failed(&error))
}

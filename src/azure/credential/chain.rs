//! Asks one credential after the other until one gives a token, and then stays with that one: a
//! session must not change its principal half-way.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use azure_core::credentials::AccessToken;

use super::claims::caller_of;
use super::reach::next_step;
use super::sources::{
    Cli, DeveloperCli, Fixed, FromEnvironment, Loopback, ManagedIdentity, Said, Source,
    WorkloadIdentity,
};
use super::{Choice, Credentials, SignInError};
use crate::azure::transport::Wire;
use crate::model::caller::CredentialAnswer;
use crate::model::id::TenantId;

/// How long one credential may take, its tries included.
const PATIENCE: Duration = Duration::from_secs(90);

/// A token and who gave it.
pub(super) struct Given {
    pub(super) token: AccessToken,
    pub(super) credential: &'static str,
}

/// The credentials in order.
pub(super) struct Chain {
    sources: Vec<Box<dyn Source>>,
    winner: Mutex<Option<usize>>,
    /// Held by the one who looks for the first that works, so that two who look at once cannot end
    /// up with two principals.
    search: tokio::sync::Mutex<()>,
    answers: Mutex<Vec<CredentialAnswer>>,
    /// A loopback cloud gives what tenant it likes.
    checks_tenant: bool,
}

impl Chain {
    pub(super) fn new(wire: &Arc<Wire>, credentials: &Credentials) -> Self {
        let is_loopback = wire.borders.cloud.is_loopback();
        let environment = || credentials.environment.clone();
        let from_environment = || -> Box<dyn Source> {
            Box::new(FromEnvironment {
                wire: Arc::clone(wire),
                environment: environment(),
            })
        };
        let workload = || -> Box<dyn Source> {
            Box::new(WorkloadIdentity {
                wire: Arc::clone(wire),
                environment: environment(),
            })
        };
        let managed = || -> Box<dyn Source> {
            Box::new(ManagedIdentity {
                wire: Arc::clone(wire),
                environment: environment(),
            })
        };
        let executor = || Arc::clone(&credentials.executor);
        let cli = || -> Box<dyn Source> {
            Box::new(Cli {
                executor: executor(),
            })
        };
        let developer_cli = || -> Box<dyn Source> {
            Box::new(DeveloperCli {
                executor: executor(),
            })
        };
        let sources: Vec<Box<dyn Source>> = match (&credentials.fixed, credentials.choice) {
            (Some(fixed), _) => vec![Box::new(Fixed(Arc::clone(fixed)))],
            (None, _) if is_loopback => vec![Box::new(Loopback {
                wire: Arc::clone(wire),
            })],
            (None, Choice::Auto) => vec![
                from_environment(),
                workload(),
                managed(),
                cli(),
                developer_cli(),
            ],
            (None, Choice::Cli) => vec![cli()],
            (None, Choice::DeveloperCli) => vec![developer_cli()],
            (None, Choice::Environment) => vec![from_environment()],
            (None, Choice::ManagedIdentity) => vec![managed()],
            (None, Choice::WorkloadIdentity) => vec![workload()],
        };
        Self {
            sources,
            winner: Mutex::new(None),
            search: tokio::sync::Mutex::new(()),
            answers: Mutex::default(),
            checks_tenant: !is_loopback && credentials.fixed.is_none(),
        }
    }

    /// Asks for a token.
    pub(super) async fn token(
        &self,
        tenant: Option<&TenantId>,
        scope: &str,
    ) -> Result<Given, SignInError> {
        let mut winner = *lock(&self.winner);
        let mut turn = None;
        if winner.is_none() && self.sources.len() > 1 {
            turn = Some(self.search.lock().await);
            winner = *lock(&self.winner);
        }
        if winner.is_some() {
            turn = None;
        }
        let mut said: Vec<(&'static str, Said)> = Vec::new();
        for (at, source) in self.sources.iter().enumerate() {
            if winner.is_some_and(|winner| winner != at) {
                continue;
            }
            let result = tokio::time::timeout(PATIENCE, source.token(tenant, scope))
                .await
                .unwrap_or_else(|_| {
                    let said = format!("no answer in {} s", PATIENCE.as_secs());
                    Err(Said::Failed(said))
                });
            match result.and_then(|token| self.check_tenant(token, tenant)) {
                Ok(token) => {
                    *lock(&self.winner) = Some(at);
                    self.keep(&said);
                    return Ok(Given {
                        token,
                        credential: source.name(),
                    });
                }
                Err(answer) => {
                    let is_end = source.is_deliberate() && matches!(answer, Said::Failed(_));
                    said.push((source.name(), answer));
                    if is_end {
                        break;
                    }
                }
            }
        }
        drop(turn);
        self.keep(&said);
        Err(explain(&said, tenant))
    }

    /// Forgets which credential worked.
    pub(super) fn forget(&self) {
        *lock(&self.winner) = None;
    }

    /// What the credentials said that gave nothing, when they were last asked.
    pub(super) fn answers(&self) -> Vec<CredentialAnswer> {
        lock(&self.answers).clone()
    }

    fn keep(&self, said: &[(&'static str, Said)]) {
        *lock(&self.answers) = answers_of(said);
    }

    /// A managed identity, for one, knows a single tenant, whatever was asked for.
    fn check_tenant(
        &self,
        token: AccessToken,
        tenant: Option<&TenantId>,
    ) -> Result<AccessToken, Said> {
        let given = caller_of(token.token.secret(), "").tenant;
        match (tenant, given) {
            (Some(wanted), Some(given))
                if self.checks_tenant
                    && wanted.is_guid()
                    && given.is_guid()
                    && *wanted != given =>
            {
                Err(Said::Failed(format!(
                    "its token is of tenant {given}, not of {wanted}"
                )))
            }
            _ => Ok(token),
        }
    }
}

fn answers_of(said: &[(&'static str, Said)]) -> Vec<CredentialAnswer> {
    said.iter()
        .map(|(credential, answer)| CredentialAnswer {
            credential,
            said: answer.text().to_owned(),
        })
        .collect()
}

/// The answers that matter are those of credentials that are set up; without any, all of them do.
fn explain(said: &[(&'static str, Said)], tenant: Option<&TenantId>) -> SignInError {
    let failed: Vec<&(&'static str, Said)> = said
        .iter()
        .filter(|(_, answer)| matches!(answer, Said::Failed(_)))
        .collect();
    let matters: Vec<&(&'static str, Said)> = if failed.is_empty() {
        said.iter().collect()
    } else {
        failed
    };
    let summary = matters
        .iter()
        .map(|(name, answer)| format!("{name} says: {}", answer.text().trim_end_matches('.')))
        .collect::<Vec<_>>()
        .join("; ");
    SignInError {
        tenant: tenant.cloned(),
        answers: answers_of(said),
        summary,
        next_step: next_step(said, &matters, tenant),
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;

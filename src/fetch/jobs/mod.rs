//! One key into calls, and their answers into pages of the store.
//!
//! `azure::endpoints` says what is asked, the client asks, `azure::decode` reads the answer; here
//! the three are joined. Must not decide *what* is read (that is the plan), nor what an answer
//! means.
//!
//! Most readings are a list or one document and need nothing of their own ([`lists`], [`single`]);
//! what does is a file here and an arm in [`AzureReader`]'s `read`.

mod activity;
pub mod again;
mod lists;
mod logs;
mod principals;
mod search;
mod single;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use time::OffsetDateTime;
use tokio_util::sync::CancellationToken;

use crate::azure::client::{Answer, ApiVersion, Call, CallError, Client, Target};
use crate::azure::decode::{Context, Page};
use crate::azure::endpoints::{self, Request};
use crate::azure::throttle::Priority;
use crate::model::caller::Caller;
use crate::model::cloud::Audience;
use crate::model::facet::Facet;
use crate::model::id::{ArmId, TenantId};
use crate::model::issue::{Issue, IssueKind};
use crate::model::key::Key;
use crate::store::{Payload, SignInTrouble};

use super::plan::{How, Wanted};
use super::reader::{News, Reader, Teller};

/// Reads keys from Azure.
#[derive(Debug)]
pub struct AzureReader {
    client: Client,
    /// Who was told to be signed in, so that it is told once.
    told: Mutex<HashMap<Option<TenantId>, Caller>>,
}

impl AzureReader {
    /// A reader that asks through `client`.
    pub fn new(client: Client) -> Self {
        Self {
            client,
            told: Mutex::default(),
        }
    }

    /// Says who is signed in, when that is news.
    fn tell_caller(&self, tenant: Option<&TenantId>, teller: &Teller) {
        let Some(mut caller) = self.client.caller(tenant) else {
            return;
        };
        caller.asked = tenant.cloned();
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        let known = told.insert(tenant.cloned(), caller.clone());
        if known.as_ref() != Some(&caller) {
            teller.tell(News::SignedIn(caller));
        }
    }
}

/// What PIM answers in a tenant that has not got it.
const NO_PIM: &str = "AadPremiumLicenseRequired";

/// The codes that say that what a list was asked of is not there.
const SCOPE_GONE: [&str; 2] = ["ResourceGroupNotFound", "SubscriptionNotFound"];

/// One reading under way.
struct Job<'a> {
    reader: &'a AzureReader,
    wanted: &'a Wanted,
    priority: Priority,
    teller: &'a Teller,
    cancel: &'a CancellationToken,
}

#[async_trait]
impl Reader for AzureReader {
    async fn read(
        &self,
        wanted: &Wanted,
        focused: bool,
        teller: &Teller,
        cancel: &CancellationToken,
    ) -> Vec<Issue> {
        let job = Job {
            reader: self,
            wanted,
            priority: if focused {
                Priority::Focused
            } else {
                Priority::Background
            },
            teller,
            cancel,
        };
        let issues = match &wanted.how {
            How::Principals(ids) => job.principals(ids).await,
            How::Skip(reason) => vec![job.issue(IssueKind::Unsupported, reason.to_string())],
            How::Read => match endpoints::request(&wanted.key) {
                None => vec![job.issue(
                    IssueKind::Unsupported,
                    "there is no such reading".to_owned(),
                )],
                Some(request) => job.ask(&request).await,
            },
            How::SearchData(door) => job.search_data(*door).await,
            How::Activity => job.activity().await,
            How::Logs(workspace) => job.logs(workspace.as_deref()).await,
        };
        self.tell_caller(wanted.tenant.as_ref(), teller);
        issues
    }

    /// Role assignments lead to names: the directory's token is fetched beside them, so that the
    /// question for names need not wait for it. A refusal is told by that question, not here.
    async fn foresee(&self, wanted: &Wanted) {
        if matches!(wanted.key, Key::RoleAssignments(_)) && self.client.cloud().graph.is_some() {
            let tenant = wanted.tenant.as_ref();
            let _ = self.client.sign_in(tenant, Audience::Graph).await;
        }
    }

    fn sign_in_again(&self) {
        self.client.forget_sign_in();
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        told.clear();
    }
}

impl Job<'_> {
    /// One document or a list, as the key has it.
    async fn ask(&self, request: &Request) -> Vec<Issue> {
        if is_document(&self.wanted.key) {
            self.single(request).await
        } else {
            self.list(request).await
        }
    }

    fn client(&self) -> &Client {
        &self.reader.client
    }

    fn issue(&self, kind: IssueKind, message: String) -> Issue {
        Issue::new(
            kind,
            self.wanted.key.words(),
            message,
            OffsetDateTime::now_utc(),
        )
    }

    fn call(&self, request: &Request) -> Call {
        let api_version = match request.api_version {
            None => ApiVersion::None,
            // No provider lists the versions of a data plane: there is nothing to fall back to.
            Some(version) if version.ends_with("-preview") || request.service.is_some() => {
                ApiVersion::Preview(version)
            }
            Some(version) => ApiVersion::Pinned(version),
        };
        let path = request.path.clone();
        let target = match request.service.clone() {
            Some(service) => Target::Search { service, path },
            None => Target::Path(path),
        };
        let call = Call::of(request.audience, target, api_version);
        request
            .query
            .iter()
            .fold(call, |call, (name, value)| call.with_query(name, value))
            .in_tenant(self.wanted.tenant.clone())
            .with_auxiliary(request.auxiliary.clone())
            .filling(self.wanted.key.clone())
            .with_priority(self.priority)
            .until(self.cancel.clone())
    }

    /// What a failed call leaves behind in the slice; nothing when nobody wants it any more.
    fn trouble(&self, request: &Request, error: CallError) -> Vec<Issue> {
        if let CallError::Trouble(trouble) = &error
            && let Some(sign_in) = &trouble.sign_in
        {
            self.teller.tell(News::NotSignedIn(SignInTrouble {
                tenant: sign_in.tenant.clone(),
                audience: request.audience,
                message: sign_in.to_string(),
                answers: sign_in.answers.clone(),
            }));
        }
        let Some(mut issue) = error.into_issue(self.wanted.key.words()) else {
            return vec![self.issue(IssueKind::Failed, "it was cancelled".to_owned())];
        };
        if issue.code.as_deref() == Some(NO_PIM) {
            // A tenant without the licence has no such roles: there is nothing to read.
            issue.kind = IssueKind::Unsupported;
        }
        let is_not_offered = match issue.code.as_deref() {
            Some(code) => !SCOPE_GONE.contains(&code) && is_optional(&self.wanted.key),
            None => is_of_every_scope(&self.wanted.key),
        };
        if issue.kind == IssueKind::NotFound && is_not_offered {
            issue.kind = IssueKind::Unsupported;
        }
        // The list is of a preview: where it is not known, it says so by either.
        let is_preview = matches!(self.wanted.key, Key::Facet(_, Facet::CapabilityHosts));
        if is_preview && matches!(issue.status, Some(400 | 404 | 405)) {
            issue.kind = IssueKind::Unsupported;
        }
        if issue.kind == IssueKind::Denied {
            if issue.right.is_none() {
                issue.right.clone_from(&request.action);
            }
            issue.role = issue.role.or(request.role);
        }
        vec![issue]
    }
}

/// Whether a reading is of a list that not every provider, region or cloud has: a 404 that gives its
/// reason says that there is none here, where it is not the thing above that is gone.
fn is_optional(key: &Key) -> bool {
    matches!(
        key,
        Key::Facet(
            _,
            Facet::Perimeters | Facet::SharedPrivateLinks | Facet::OutboundRules
        ) | Key::NetworkPerimeters(_)
            | Key::NetworkManagers(_)
            | Key::EligibleRoles(_)
            | Key::ActiveRoles(_)
    ) || is_of_every_scope(key)
}

/// Whether Azure has the list at every subscription and group there is: a 404 without a reason comes
/// from a server that has not got the service, where nothing of it can be in force either.
fn is_of_every_scope(key: &Key) -> bool {
    matches!(
        key,
        Key::PolicyAssignments(_)
            | Key::PolicyExemptions(_)
            | Key::PolicyStates(_)
            | Key::ActivityLog(_)
            | Key::AccessLog(_)
            | Key::NetworkManagers(_)
    )
}

/// Whether the answer is one document, not a list.
fn is_document(key: &Key) -> bool {
    matches!(
        key,
        Key::Resource(_)
            | Key::PolicyDefinition(_)
            | Key::User(..)
            | Key::Provider(_)
            | Key::IpamPool(_)
            | Key::LinkedAccess(..)
            | Key::Facet(
                _,
                Facet::Key | Facet::IndexerStatus | Facet::IndexStatistics | Facet::PoolUsage
            )
    )
}

/// The id that was asked for, when one thing, or the children of one thing, were.
fn requested(key: &Key) -> Option<&ArmId> {
    match key {
        Key::Resource(id) | Key::PolicyDefinition(id) | Key::IpamPool(id) => Some(id),
        Key::Facet(id, _) if !is_document(key) => Some(id),
        _ => None,
    }
}

/// What the decoders are told of an answer.
fn context<'a>(request: &Request, answer: &Answer, requested: Option<&'a ArmId>) -> Context<'a> {
    let pinned = request.api_version.unwrap_or_default();
    Context {
        api_version: answer
            .api_version
            .clone()
            .unwrap_or_else(|| Arc::from(pinned)),
        observed_at: answer.observed_at,
        request_id: answer.request_id.clone(),
        requested,
    }
}

/// The items of a page as the store holds them.
pub fn payload(page: Page) -> Payload {
    match page {
        Page::Tenants(items) => Payload::Tenants(items),
        Page::Subscriptions(items) => Payload::Subscriptions(items),
        Page::Providers(items) => Payload::Providers(items),
        Page::Groups(items) => Payload::Groups(items),
        Page::Resources(items) => Payload::Resources(items.into_iter().map(Arc::new).collect()),
        Page::Containers(items) => Payload::Containers(items),
        Page::SharedPrivateLinks(items) => Payload::SharedPrivateLinks(items),
        Page::Perimeters(items) => Payload::Perimeters(items),
        Page::Deployments(items) => Payload::Deployments(items),
        Page::Projects(items) => Payload::Projects(items),
        Page::Connections(items) => Payload::Connections(items),
        Page::CapabilityHosts(items) => Payload::CapabilityHosts(items),
        Page::Keys(items) => Payload::Keys(items),
        Page::OutboundRules(items) => Payload::OutboundRules(items),
        Page::DiagnosticSettings(items) => Payload::DiagnosticSettings(items),
        Page::RoleAssignments(items) => Payload::RoleAssignments(items),
        Page::RoleDefinitions(items) => Payload::RoleDefinitions(items),
        Page::DenyAssignments(items) => Payload::DenyAssignments(items),
        Page::Principals(items) => Payload::Principals(items),
        Page::Indexers(items) => Payload::Indexers(items),
        Page::IndexerStatuses(items) => Payload::IndexerStatuses(items),
        Page::DataSources(items) => Payload::DataSources(items),
        Page::Skillsets(items) => Payload::Skillsets(items),
        Page::Indexes(items) => Payload::Indexes(items),
        Page::IndexStatistics(items) => Payload::IndexStatistics(items),
        Page::RoleSchedules(items) => Payload::RoleSchedules(items),
        Page::Locks(items) => Payload::Locks(items),
        Page::SqlRoleAssignments(items) => Payload::SqlRoleAssignments(items),
        Page::SqlRoleDefinitions(items) => Payload::SqlRoleDefinitions(items),
        Page::NetworkPerimeters(items) => Payload::NetworkPerimeters(items),
        Page::PerimeterProfiles(items) => Payload::PerimeterProfiles(items),
        Page::PerimeterRules(items) => Payload::PerimeterRules(items),
        Page::PerimeterAssociations(items) => Payload::PerimeterAssociations(items),
        Page::PerimeterLinks(items) => Payload::PerimeterLinks(items),
        Page::Memberships(items) => Payload::Memberships(items),
        Page::PolicyAssignments(items) => Payload::PolicyAssignments(items),
        Page::PolicyExemptions(items) => Payload::PolicyExemptions(items),
        Page::PolicyContents(items) => Payload::PolicyContents(items),
        Page::PolicyStates(items) => Payload::PolicyStates(items),
        Page::ActivityEvents(items) => {
            Payload::ActivityEvents(items.into_iter().map(Arc::new).collect())
        }
        Page::LogAnswers(items) => Payload::LogAnswers(items),
        Page::Applications(items) => Payload::Applications(items),
        Page::NetworkManagers(items) => Payload::NetworkManagers(items),
        Page::ScopeConnections(items) => Payload::ScopeConnections(items),
        Page::NetworkManagerConnections(items) => Payload::NetworkManagerConnections(items),
        Page::IpamPools(items) => Payload::IpamPools(items),
        Page::StaticCidrs(items) => Payload::StaticCidrs(items),
        Page::PoolUsages(items) => Payload::PoolUsages(items),
        Page::PoolAssociations(items) => Payload::PoolAssociations(items),
        Page::LinkedAccesses(items) => Payload::LinkedAccesses(items),
    }
}

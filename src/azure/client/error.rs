//! What went wrong with a call, as an issue that can stand in the store.
//!
//! Here an HTTP status and an error code become a kind, a sentence, the right that is missing and
//! the least role that has it. Must not know what was going to be done with the answer.

use std::fmt;
use std::sync::Arc;

use reqwest::Method;
use serde_json::Value;
use time::OffsetDateTime;
use url::Url;

use super::answer::Answer;
use super::call::{ApiVersion, Call};
use super::{Client, tokens, versions};
use crate::azure::credential::SignInError;
use crate::azure::envelope::{Detail, clean};
use crate::azure::hosts;
use crate::azure::ledger::{header, request_id};
use crate::azure::transport::{Incoming, WireError};
use crate::model::cloud::{Audience, Cloud};
use crate::model::issue::{Issue, IssueKind};

mod rights;

/// Why a call brought nothing.
#[derive(Clone, Debug)]
pub enum CallError {
    /// Nobody wanted it any more.
    Cancelled,
    /// Something went wrong.
    Trouble(Box<Trouble>),
}

/// Something went wrong with a call.
#[derive(Clone, Debug)]
pub struct Trouble {
    /// What to show; `what` is the slice that the call fills.
    pub issue: Issue,
    /// The call's number in the ledger.
    pub number: Option<u64>,
    /// Nested parts of Azure's error.
    pub details: Vec<Detail>,
    /// What every credential said, when there is no token.
    pub sign_in: Option<Arc<SignInError>>,
    /// Until when Azure asks to wait, when that is longer than we are ready to.
    pub wait_until: Option<OffsetDateTime>,
}

impl CallError {
    /// The issue; none for a call that was cancelled.
    pub fn issue(&self) -> Option<&Issue> {
        match self {
            Self::Cancelled => None,
            Self::Trouble(trouble) => Some(&trouble.issue),
        }
    }

    /// The issue, with what was wanted in other words; none for a call that was cancelled.
    pub fn into_issue(self, what: impl Into<String>) -> Option<Issue> {
        match self {
            Self::Cancelled => None,
            Self::Trouble(trouble) => Some(Issue {
                what: what.into(),
                ..trouble.issue
            }),
        }
    }

    /// The kind of trouble; none for a call that was cancelled.
    pub fn kind(&self) -> Option<IssueKind> {
        self.issue().map(|issue| issue.kind)
    }

    /// A refusal that is not certain: what is offered could not be read, for this reason.
    pub(super) fn in_doubt(mut self, reason: &CallError) -> Self {
        if let (Self::Trouble(own), Self::Trouble(reason)) = (&mut self, reason) {
            let (own, reason) = (&mut own.issue, &reason.issue);
            own.message = format!(
                "{}, and what it offers could not be read: {}",
                own.message, reason.message
            );
            if reason.kind == IssueKind::Denied {
                own.kind = IssueKind::Denied;
                own.right.clone_from(&reason.right);
                own.role = reason.role;
            } else {
                own.kind = IssueKind::Failed;
            }
        }
        self
    }

    fn new(issue: Issue, number: Option<u64>) -> Self {
        Self::Trouble(Box::new(Trouble {
            issue,
            number,
            details: Vec::new(),
            sign_in: None,
            wait_until: None,
        }))
    }
}

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cancelled => f.write_str("the call was cancelled"),
            Self::Trouble(trouble) => f.write_str(&trouble.issue.message),
        }
    }
}

impl std::error::Error for CallError {}

impl Client {
    pub(super) fn sign_in_error(&self, error: &Arc<SignInError>) -> CallError {
        no_token("sign-in".to_owned(), error, self.now())
    }
}

/// Turns the last answer into a document, or into the trouble that it tells of.
pub(super) fn answer(
    call: &Call,
    method: &Method,
    url: Url,
    incoming: Incoming,
    client: &Client,
) -> Result<Answer, CallError> {
    if !(200..300).contains(&incoming.status) {
        return Err(refused(call, method, &url, &incoming, client));
    }
    let correlation_id = header(&incoming.headers, "x-ms-correlation-request-id");
    let answer = Answer {
        number: incoming.number,
        status: incoming.status,
        json: Arc::new(Value::Null),
        api_version: versions::version_of(&url),
        url: Arc::new(url),
        request_id: request_id(&incoming.headers).or_else(|| correlation_id.clone()),
        correlation_id,
        observed_at: incoming.observed_at,
        text: incoming.text,
    };
    let body = answer.text.trim_start_matches('\u{feff}').trim();
    if body.is_empty() {
        if matches!(answer.status, 202 | 204) {
            return Ok(answer);
        }
        return Err(malformed(call, &answer, "the answer is empty"));
    }
    match serde_json::from_str(body) {
        Ok(json) => Ok(Answer {
            json: Arc::new(json),
            ..answer
        }),
        Err(error) => {
            let reason = format!("the answer is not JSON: {error}");
            Err(malformed(call, &answer, &reason))
        }
    }
}

/// An answer with an unexpected shape.
pub(super) fn malformed(call: &Call, answer: &Answer, reason: &str) -> CallError {
    let mut issue = Issue::new(
        IssueKind::Malformed,
        call.what(),
        reason,
        answer.observed_at,
    );
    issue.status = Some(answer.status);
    issue.request_id.clone_from(&answer.request_id);
    CallError::new(issue, Some(answer.number))
}

/// An address that is none.
pub(super) fn bad_link(call: &Call, link: &str, reason: &str) -> CallError {
    let message = format!("`{}` is not an address: {reason}", clean(link));
    let now = OffsetDateTime::now_utc();
    CallError::new(
        Issue::new(IssueKind::Malformed, call.what(), message, now),
        None,
    )
}

/// The cloud does not have the service, or the service's name cannot be one.
pub(super) fn no_such_service(call: &Call, cloud: &Cloud, now: OffsetDateTime) -> CallError {
    let (name, is_there) = match call.audience {
        Audience::ResourceManager => ("Resource Manager", true),
        Audience::Graph => ("Microsoft Graph", cloud.graph.is_some()),
        Audience::LogAnalytics => ("Log Analytics", cloud.log_analytics.is_some()),
        Audience::Search => ("the AI Search data plane", cloud.search.is_some()),
    };
    let (kind, message) = if is_there {
        (
            IssueKind::Malformed,
            "this cannot be the name of a search service".to_owned(),
        )
    } else {
        (
            IssueKind::Unsupported,
            format!(
                "the cloud `{}` has no address for {name}",
                clean(&cloud.name)
            ),
        )
    };
    CallError::new(Issue::new(kind, call.what(), message, now), None)
}

/// The api-version, or the resource type as a whole, is not offered here.
pub(super) fn not_offered(call: &Call, url: &Url, incoming: &Incoming, version: &str) -> CallError {
    let thing =
        versions::resource_type_of(url.path()).map_or_else(|| call.what(), |found| found.full());
    let kind = match call.api_version {
        ApiVersion::Preview(_) if version.contains("preview") => "preview version",
        _ => "version",
    };
    let message = format!("this cloud does not offer {thing} in {kind} {version}");
    let mut issue = Issue::new(
        IssueKind::Unsupported,
        call.what(),
        message,
        incoming.observed_at,
    );
    fill(&mut issue, incoming);
    CallError::new(issue, Some(incoming.number))
}

/// What the wire could not do.
pub(super) fn wire(call: &Call, error: WireError, client: &Client) -> CallError {
    let now = client.now();
    match error {
        WireError::Cancelled => CallError::Cancelled,
        WireError::Withheld { number, reason } => {
            let issue = Issue::new(IssueKind::Withheld, call.what(), reason, now);
            CallError::new(issue, Some(number))
        }
        WireError::SignIn(error) => no_token(call.what(), &error, now),
        WireError::Silent { number, silence } => {
            let kind = if silence.is_timeout {
                IssueKind::Timeout
            } else {
                IssueKind::Failed
            };
            CallError::new(
                Issue::new(kind, call.what(), silence.message, now),
                Some(number),
            )
        }
    }
}

fn no_token(what: String, error: &Arc<SignInError>, now: OffsetDateTime) -> CallError {
    let issue = Issue::new(IssueKind::SignIn, what, error.to_string(), now);
    CallError::Trouble(Box::new(Trouble {
        issue,
        number: None,
        details: Vec::new(),
        sign_in: Some(Arc::clone(error)),
        wait_until: None,
    }))
}

fn refused(
    call: &Call,
    method: &Method,
    url: &Url,
    incoming: &Incoming,
    client: &Client,
) -> CallError {
    let cloud = client.cloud();
    let error = incoming.error.clone().unwrap_or_default();
    let status = incoming.status;
    let is_not_registered = error.has_code("MissingSubscriptionRegistration")
        || error.has_code("SubscriptionNotRegistered");
    let kind = match status {
        _ if is_not_registered => IssueKind::Unsupported,
        401 | 403 => IssueKind::Denied,
        404 | 410 => IssueKind::NotFound,
        408 | 504 => IssueKind::Timeout,
        429 => IssueKind::Throttled,
        405 | 501 => IssueKind::Unsupported,
        _ => IssueKind::Failed,
    };
    let mut issue = Issue::new(kind, call.what(), String::new(), incoming.observed_at);
    fill(&mut issue, incoming);
    if status == 403 {
        let service = hosts::service_of(call.audience);
        let path = hosts::place(cloud, url).map_or(url.path(), |(_, rest)| rest);
        let needed = rights::needed(service, method, path);
        issue.right = error.action.clone().or(needed.right);
        issue.role = needed.role;
    }
    issue.message = sentence(url, incoming, &error);
    if status == 401 && !call.auxiliary.is_empty() {
        let sent = client.tokens_of(call);
        let which = tokens::blamed(&issue.message, &sent, incoming.observed_at);
        issue.message = format!("{which}. {}", issue.message);
    }
    CallError::Trouble(Box::new(Trouble {
        issue,
        number: Some(incoming.number),
        details: error.details,
        sign_in: None,
        wait_until: incoming.wait_until,
    }))
}

fn sentence(url: &Url, incoming: &Incoming, error: &crate::azure::envelope::AzureError) -> String {
    let status = incoming.status;
    let place = hosts::host_and_port(url);
    if (300..400).contains(&status) {
        return format!("{place} answered with a redirect ({status}), and hopscope follows none");
    }
    let mut text = match (&error.message, &error.code) {
        (Some(message), _) => message.clone(),
        (None, Some(code)) => format!("{place} answered {status} {code}"),
        (None, None) => format!("{place} answered {status} and gave no reason"),
    };
    if let Some(until) = incoming.wait_until {
        let rest = until - incoming.observed_at;
        text = format!(
            "Azure asks to wait {} s, until {:02}:{:02}:{:02} UTC, longer than hopscope waits: {text}",
            rest.whole_seconds(),
            until.hour(),
            until.minute(),
            until.second(),
        );
    }
    if status == 401 {
        let challenge = header(&incoming.headers, "www-authenticate");
        let challenge = challenge.as_deref().unwrap_or_default();
        if challenge.contains("claims=") {
            text.push_str("; a policy of the tenant asks for a new sign-in (`az login`)");
        } else if error.has_code("InvalidAuthenticationTokenTenant")
            && let Some(tenant) = tenant_of_challenge(challenge)
        {
            text = format!(
                "the token is of another tenant than the subscription, which belongs to tenant {tenant}: \
                 sign in there (`--tenant {tenant}`). {text}"
            );
        }
    }
    text
}

/// The tenant in `Bearer authorization_uri="https://login…/<tenant>", …`.
fn tenant_of_challenge(challenge: &str) -> Option<String> {
    let after = challenge
        .split_once("authorization_uri=")
        .or_else(|| challenge.split_once("authorization="))?
        .1;
    let address = after
        .trim_start_matches('"')
        .split(['"', ',', ' '])
        .next()?;
    let url = Url::parse(address).ok()?;
    let tenant = url.path_segments()?.find(|part| !part.is_empty())?;
    Some(clean(tenant))
}

fn fill(issue: &mut Issue, incoming: &Incoming) {
    issue.status = Some(incoming.status);
    issue.code = incoming.error.as_ref().and_then(|error| error.code.clone());
    issue.request_id = request_id(&incoming.headers)
        .or_else(|| header(&incoming.headers, "x-ms-correlation-request-id"));
}

//! Calls that were refused lately, as the log workspaces tell: alike ones in one row, and the cause as
//! far as the log and the resource's own settings tell it (domain-rules H.3).
//!
//! The log gives a hint (`local-auth or key`); a setting may decide it. What neither decides stays a
//! choice of two. Must not know how the logs were asked.

use time::OffsetDateTime;

use crate::model::field::Field;
use crate::model::id::{ArmId, PrincipalId};
use crate::model::logs::{Question, Refusal};
use crate::model::lookup::Ordered;
use crate::model::resource::LocalAuth;
use crate::store::{Inventory, Payload};

/// Refusals that are alike, over the whole span.
#[derive(Clone, Debug, PartialEq)]
pub struct Refused {
    /// The resource that refused.
    pub resource: ArmId,
    /// The question whose answer holds it.
    pub question: Question,
    /// What was called.
    pub operation: String,
    /// The HTTP status.
    pub status: Option<i64>,
    /// The cause, as far as it is known.
    pub cause: Cause,
    /// Who called: a name, else the object id; none where the log does not say.
    pub caller: Option<String>,
    /// The address of the last call.
    pub address: Option<String>,
    /// How the caller presented itself.
    pub credential: Option<String>,
    /// What the service said.
    pub detail: Option<String>,
    /// How many calls.
    pub hits: i64,
    /// The first.
    pub first: OffsetDateTime,
    /// The last.
    pub last: OffsetDateTime,
    /// The hours of it, oldest first: first call, last call, how many.
    pub slots: Vec<(OffsetDateTime, OffsetDateTime, i64)>,
}

/// Why calls were refused.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Cause {
    /// The firewall.
    Network,
    /// A role is missing.
    Authorization,
    /// Keys are off.
    LocalAuth,
    /// The log leaves it open, in its words.
    Either(String),
}

impl Cause {
    /// In words.
    pub fn words(&self) -> &str {
        match self {
            Self::Network => "network",
            Self::Authorization => "authorization",
            Self::LocalAuth => "local auth off",
            Self::Either(words) => words,
        }
    }
}

/// Every refusal, the newest first.
pub fn of(inventory: &Inventory) -> Vec<Refused> {
    let mut rows: Ordered<Alike, Refused> = Ordered::default();
    for (_, _, slice) in inventory.log_questions() {
        let Some(Payload::LogAnswers(answers)) = slice.value.as_deref() else {
            continue;
        };
        for answer in answers {
            for row in &answer.rows {
                take(inventory, answer.question, row, &mut rows);
            }
        }
    }
    let mut rows: Vec<Refused> = rows.into_values().collect();
    for row in &mut rows {
        row.slots.sort_unstable();
    }
    rows.sort_by(|left, right| {
        (right.last, &left.resource, &left.operation).cmp(&(
            left.last,
            &right.resource,
            &right.operation,
        ))
    });
    rows
}

type Alike = (
    ArmId,
    String,
    Option<i64>,
    String,
    Option<String>,
    Option<String>,
);

fn take(
    inventory: &Inventory,
    question: Question,
    row: &Refusal,
    rows: &mut Ordered<Alike, Refused>,
) {
    let text = |field: &Field<String>| field.text().map(str::to_owned);
    let operation = text(&row.operation).unwrap_or_else(|| "a call".to_owned());
    let status = row.status.value().copied();
    let cause = cause(inventory, row);
    let credential = text(&row.credential);
    let caller = text(&row.caller).map(|id| caller_name(inventory, id));
    let key = (
        row.resource.clone(),
        operation.clone(),
        status,
        cause.words().to_owned(),
        caller.clone(),
        credential.clone(),
    );
    let own = rows.entry(key).or_insert_with(|| Refused {
        // The inventory's spelling: logs write ids in lower case.
        resource: inventory
            .resource(&row.resource)
            .map_or_else(|| row.resource.clone(), |one| one.id.clone()),
        question,
        operation,
        status,
        cause,
        caller,
        address: None,
        credential,
        detail: text(&row.detail),
        hits: 0,
        first: row.first,
        last: row.last,
        slots: Vec::new(),
    });
    if own.address.is_none() || row.last >= own.last {
        own.address = text(&row.address).or_else(|| own.address.clone());
    }
    own.hits += row.hits;
    own.first = own.first.min(row.first);
    own.last = own.last.max(row.last);
    own.slots.push((row.first, row.last, row.hits));
}

/// The name of a caller that the log knows by its object id.
fn caller_name(inventory: &Inventory, id: String) -> String {
    let known = inventory.principal(&PrincipalId::new(&id)).and_then(|one| {
        one.user_principal_name
            .text()
            .or(one.display_name.text())
            .map(str::to_owned)
    });
    let own = || {
        inventory
            .resources()
            .find(|one| {
                one.identity
                    .value()
                    .and_then(|identity| identity.principal_id.value())
                    .is_some_and(|principal| principal.as_str().eq_ignore_ascii_case(&id))
            })
            .map(|one| one.name.clone())
    };
    known.or_else(own).unwrap_or(id)
}

fn cause(inventory: &Inventory, row: &Refusal) -> Cause {
    let said = row.cause.text().unwrap_or("unclear");
    let keys_are_off = || {
        inventory
            .resource(&row.resource)
            .and_then(|one| one.local_auth.as_ref())
            .and_then(LocalAuth::enabled)
            == Some(false)
    };
    match said {
        "network" => Cause::Network,
        "authorization" => Cause::Authorization,
        "local-auth" => Cause::LocalAuth,
        // A credential was refused: with keys off, that is why a key is.
        "local-auth or key" if keys_are_off() && is_key(row) => Cause::LocalAuth,
        other => Cause::Either(other.replace("local-auth", "local auth off")),
    }
}

/// Whether the log says, or does not deny, that a key was presented.
fn is_key(row: &Refusal) -> bool {
    row.credential
        .text()
        .is_none_or(|credential| credential.to_ascii_lowercase().contains("key"))
}

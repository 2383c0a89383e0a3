//! The authentication gate: does the target accept the kind of credential that is presented?

use crate::analysis::evidence::Evidence;
use crate::analysis::ground::Ground;
use crate::analysis::hop::{GateVerdict, Remedy};
use crate::analysis::remedy::az::{self, az, on};
use crate::analysis::remedy::portal::portal;
use crate::analysis::remedy::terraform::azurerm;
use crate::analysis::verdict::{Gate, Reasoned, Verdict};
use crate::model::resource::{AuthOptions, Details, Family, Resource};

/// What a caller presents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Presented {
    /// A token of Entra ID.
    Token,
    /// The account's key, a query key, or a connection string with one.
    Key,
    /// A SAS: derived from the account's key.
    Sas,
    /// It cannot be told, and why.
    Unclear(String),
}

impl Presented {
    fn words(&self) -> &'static str {
        match self {
            Self::Token => "a token",
            Self::Key => "a key",
            Self::Sas => "a SAS",
            Self::Unclear(_) => "something that cannot be told",
        }
    }
}

/// Whether the target accepts it. `proof` is what says that this is presented.
pub fn authentication(
    ground: &Ground<'_>,
    target: &Resource,
    presented: &Presented,
    proof: impl IntoIterator<Item = Evidence>,
) -> GateVerdict {
    let mut judged = match presented {
        Presented::Token => tokens(target),
        Presented::Key | Presented::Sas => keys(target, presented),
        Presented::Unclear(why) => {
            Reasoned::new(Verdict::Unknown, why.clone()).proved_by(switches(target))
        }
    };
    judged = judged.proved_by(proof);
    let remedies = if judged.verdict == Verdict::Open {
        Vec::new()
    } else {
        mend(target, presented)
    };
    let mut gate = GateVerdict::new(Gate::Authentication, judged).mended_by(remedies);
    gate.changed_at = ground.changed_at(target);
    gate
}

/// Whether keys are accepted; none when that cannot be told.
pub fn are_keys_on(target: &Resource) -> Option<bool> {
    match &target.local_auth {
        Some(switch) => switch.enabled(),
        None => Some(true),
    }
}

/// Whether tokens are accepted; none when that cannot be told.
pub fn takes_tokens(target: &Resource) -> Option<bool> {
    let Details::Search(search) = &target.details else {
        return Some(true);
    };
    match (&search.auth_options.value(), are_keys_on(target)) {
        (Some(AuthOptions::AadOrApiKey(_)), _) | (_, Some(false)) => Some(true),
        (Some(AuthOptions::ApiKeyOnly), _) => Some(false),
        (None, None) => None,
        (None, Some(true)) => search.auth_options.is_unset().then_some(false),
    }
}

/// The properties that decide.
fn switches(target: &Resource) -> Vec<Evidence> {
    let mut all = Vec::new();
    if let Some(switch) = &target.local_auth {
        all.push(Evidence::of(target, switch.path));
    }
    if target.family == Family::Search {
        all.push(Evidence::of(target, "properties.authOptions"));
    }
    all
}

fn tokens(target: &Resource) -> Reasoned {
    let (verdict, reason) = match takes_tokens(target) {
        Some(true) => (
            Verdict::Open,
            format!("{} accepts tokens of Entra ID", target.name),
        ),
        Some(false) => (
            Verdict::Shut,
            format!(
                "{} accepts keys only: authOptions is apiKeyOnly or was never set, and every token is refused",
                target.name
            ),
        ),
        None => (
            Verdict::Unknown,
            format!("whether {} accepts tokens cannot be told", target.name),
        ),
    };
    Reasoned::new(verdict, reason).proved_by(switches(target))
}

fn keys(target: &Resource, presented: &Presented) -> Reasoned {
    let switch = match target.family {
        Family::Storage => "allowSharedKeyAccess",
        _ => "disableLocalAuth",
    };
    let (verdict, reason) = match are_keys_on(target) {
        Some(true) => (
            Verdict::Open,
            format!(
                "{} is presented, and {} accepts keys",
                presented.words(),
                target.name
            ),
        ),
        Some(false) => (
            Verdict::Shut,
            format!(
                "{} is presented, and {} refuses keys: {switch}",
                presented.words(),
                target.name
            ),
        ),
        None => (
            Verdict::Unknown,
            format!(
                "whether {} accepts keys cannot be told: {switch}",
                target.name
            ),
        ),
    };
    Reasoned::new(verdict, reason).proved_by(switches(target))
}

fn mend(target: &Resource, presented: &Presented) -> Vec<Remedy> {
    match (target.family, presented) {
        (Family::Search, Presented::Token) => vec![
            az(on("search service update", &target.id).plain(
                "--auth-options aadOrApiKey --aad-auth-failure-mode http401WithBearerChallenge",
            )),
            azurerm(
                "azurerm_search_service",
                &target.name,
                &[
                    "local_authentication_enabled = true",
                    "authentication_failure_mode  = \"http401WithBearerChallenge\"",
                ],
            ),
            portal(&target.name, ["Keys", "API access control", "Both"]),
        ],
        (_, Presented::Token | Presented::Unclear(_)) => Vec::new(),
        // The way of the pattern is a token in the definition; keys on again is the wider change.
        (family, Presented::Key | Presented::Sas) => {
            let mut all = vec![portal(
                "the caller's definition",
                ["use the managed identity in place of the key"],
            )];
            all.extend(keys_on(family, target));
            all
        }
    }
}

fn keys_on(family: Family, target: &Resource) -> Vec<Remedy> {
    let wider = "Wider: whoever has a key gets in again.";
    let remedies = match family {
        Family::Storage => vec![
            az(on("storage account update", &target.id).plain("--allow-shared-key-access true")),
            azurerm(
                "azurerm_storage_account",
                &target.name,
                &["shared_access_key_enabled = true"],
            ),
        ],
        Family::Search => vec![
            az(on("search service update", &target.id).plain("--disable-local-auth false")),
            azurerm(
                "azurerm_search_service",
                &target.name,
                &["local_authentication_enabled = true"],
            ),
        ],
        Family::Cosmos => vec![
            az(az::set(
                &target.id,
                "2024-11-15",
                "properties.disableLocalAuth",
                "false",
            )),
            azurerm(
                "azurerm_cosmosdb_account",
                &target.name,
                &["local_authentication_disabled = false"],
            ),
        ],
        Family::Cognitive => vec![
            az(az::set(
                &target.id,
                "2024-10-01",
                "properties.disableLocalAuth",
                "false",
            )),
            azurerm(
                "azurerm_cognitive_account",
                &target.name,
                &["local_auth_enabled = true"],
            ),
        ],
        _ => Vec::new(),
    };
    crate::analysis::remedy::noted(remedies, wider)
}

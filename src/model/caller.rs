//! Who is signed in, as the token's claims say, and what each credential said on the way.

use serde::{Deserialize, Deserializer, Serialize};
use time::OffsetDateTime;

use super::id::{PrincipalId, TenantId};

/// The signed-in principal: claims of the token in use. Never the token.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Caller {
    /// The tenant that a token was asked for, where one was named: [`Self::tenant`] says what was given.
    pub asked: Option<TenantId>,
    /// `tid`.
    pub tenant: Option<TenantId>,
    /// `oid`.
    pub object_id: Option<PrincipalId>,
    /// `upn`, `unique_name` or `preferred_username`.
    pub user_name: Option<String>,
    /// `appid` or `azp`.
    pub app_id: Option<String>,
    /// `idtyp`: `app` for an application, `user` for a person.
    pub id_type: Option<String>,
    /// When the token ends, by the credential or by its own `exp`.
    #[serde(with = "time::serde::rfc3339::option")]
    pub expires_at: Option<OffsetDateTime>,
    /// The credential that gave the token: `az`, `managed identity`, …
    pub credential: String,
}

impl Caller {
    /// The name to show: user name, else app id, else object id.
    pub fn label(&self) -> Option<&str> {
        self.user_name
            .as_deref()
            .or(self.app_id.as_deref())
            .or(self.object_id.as_ref().map(PrincipalId::as_str))
    }

    /// Whether it is a person: anything whose `idtyp` is not `app`.
    pub fn is_person(&self) -> bool {
        self.id_type.as_deref() != Some("app")
    }
}

/// What one credential of the chain said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CredentialAnswer {
    /// The credential: `environment`, `workload identity`, `managed identity`, `az`, `azd`.
    pub credential: &'static str,
    /// What it said, one sentence, secrets out.
    pub said: String,
}

/// The credentials of the chain, by the names with which they answer.
const CREDENTIALS: [&str; 7] = [
    "environment",
    "workload identity",
    "managed identity",
    "az",
    "azd",
    "loopback",
    "given credential",
];

impl<'de> Deserialize<'de> for CredentialAnswer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Kept {
            credential: String,
            said: String,
        }
        let kept = Kept::deserialize(deserializer)?;
        let known = CREDENTIALS
            .into_iter()
            .find(|name| *name == kept.credential);
        Ok(Self {
            credential: known.unwrap_or("another credential"),
            said: kept.said,
        })
    }
}

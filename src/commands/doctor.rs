//! `hopscope doctor`: how it would sign in, what each credential says, and whether the cloud
//! answers.

use std::io::Write;

use crate::azure::client::Client;
use crate::azure::credential::speaks_for;
use crate::azure::transport::Limits;
use crate::cli::{Global, Knobs};
use crate::config::ConfigFile;
use crate::model::cloud::Audience;
use crate::model::id::TenantId;
use crate::model::text::safe;

use super::session::Place;
use super::{Exit, Failure};

/// Signs in and says what happened.
pub async fn run(
    global: &Global,
    file: &ConfigFile,
    out: &mut impl Write,
) -> Result<Exit, Failure> {
    let place = Place::find(global, file, &Knobs::default()).await?;
    let tenant = place.scope.tenant.as_ref().map(TenantId::new);
    let mut lines = vec![
        ("hopscope", env!("CARGO_PKG_VERSION").to_owned()),
        ("cloud", place.cloud.name.clone()),
        ("resource manager", place.cloud.resource_manager.to_string()),
        ("authority", place.cloud.authority.to_string()),
        (
            "graph",
            place
                .cloud
                .graph
                .as_ref()
                .map_or_else(|| "this cloud has none".to_owned(), ToString::to_string),
        ),
        (
            "config",
            global.config.as_ref().map_or_else(
                || {
                    crate::config::folder().map_or_else(
                        || "no config folder on this platform".to_owned(),
                        |folder| folder.join("config.toml").display().to_string(),
                    )
                },
                |path| path.display().to_string(),
            ),
        ),
    ];
    let others: Vec<TenantId> = place
        .scope
        .auxiliary_tenants
        .iter()
        .map(TenantId::new)
        .collect();
    let client = Client::new(place.cloud, place.credentials, |_| {}, Limits::default());
    let signed_in = client
        .sign_in(tenant.as_ref(), Audience::ResourceManager)
        .await;
    for answer in client.credential_answers() {
        lines.push((answer.credential, answer.said));
    }
    let mut exit = match signed_in {
        Ok(caller) => {
            let who = caller
                .label()
                .unwrap_or("somebody that the token does not name");
            lines.push(("signed in", format!("{who}, by {}", caller.credential)));
            if let Some(tenant) = &caller.tenant {
                lines.push(("tenant", tenant.to_string()));
            }
            if let Some(tenants) = speaks_for(&caller.credential) {
                lines.push(("it speaks for", tenants.to_owned()));
            }
            Exit::Done
        }
        Err(error) => {
            lines.push(("signed in", format!("no: {error}")));
            Exit::Unreachable
        }
    };
    for other in &others {
        let (is_well, said) = spoken_for(&client, other).await;
        lines.push(("auxiliary tenant", format!("{other}: {said}")));
        if !is_well {
            exit = Exit::Unreachable;
        }
    }
    let width = lines.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    let outcome = lines
        .iter()
        .try_for_each(|(name, value)| writeln!(out, "{name:width$}  {}", safe(value)));
    super::written(outcome)?;
    Ok(exit)
}

/// Whether a token of another tenant can be had, and as whom.
async fn spoken_for(client: &Client, tenant: &TenantId) -> (bool, String) {
    match client
        .sign_in(Some(tenant), Audience::ResourceManager)
        .await
    {
        Err(error) => (false, format!("no token: {error}")),
        Ok(caller) => match &caller.tenant {
            // A domain's name cannot be held against an id.
            Some(given) if given != tenant && tenant.is_guid() => (
                false,
                format!("the token that was given is of tenant {given}"),
            ),
            _ => {
                let who = caller
                    .label()
                    .unwrap_or("somebody that the token does not name");
                let id = caller
                    .object_id
                    .as_ref()
                    .map_or_else(String::new, |id| format!(", there object id {id}"));
                (true, format!("{who}{id}"))
            }
        },
    }
}

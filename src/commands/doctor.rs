//! `hopscope doctor`: what works of sign-in, tenants, rights, proxy and terminal, what is missing and
//! who has it, and what it cost to find out.
//!
//! It signs in as every other command does, and makes the few readings of `Depth::Rights`: nothing that
//! is said here is guessed from elsewhere.

mod around;
mod rights;

use std::io::Write;

use time::OffsetDateTime;

use crate::azure::client::Client;
use crate::azure::credential::speaks_for;
use crate::cli::Global;
use crate::config::ConfigFile;
use crate::fetch::plan::Depth;
use crate::model::caller::{Caller, CredentialAnswer};
use crate::model::cloud::{Audience, Cloud};
use crate::model::id::TenantId;
use crate::model::scope::Scope;
use crate::privacy::{Level, Masker};
use crate::report::text::Style;
use crate::report::text::doctor::{self, Line, Section, Stand};
use crate::store::Inventory;

use super::check::Screen;
use super::session::Place;
use super::source::{self, Inspected};
use super::{Exit, Failure};

/// Signs in, asks a little, and says what it found.
pub async fn run(
    global: &Global,
    file: &ConfigFile,
    out: &mut impl Write,
    screen: Screen,
) -> Result<Exit, Failure> {
    let mut masker = source::masker(global)?;
    let place = Place::find(global, file, &crate::cli::Knobs::default()).await?;
    let frame = source::frame(global, file, &place);
    let (scope, cloud) = (place.scope.clone(), place.cloud.clone());
    let door = place.door();
    let signed = SignedIn::to(&door.client, &cloud, &scope).await;
    let answers = door.client.credential_answers();
    let inspected = if signed.own.is_ok() {
        let looked = Inspected {
            snapshot: place.once_through(door, Depth::Rights).await,
            frame,
            scope,
            at: OffsetDateTime::now_utc(),
            masked: None,
        };
        Some(looked.masked(&mut masker))
    } else {
        None
    };
    let inventory = inspected
        .as_ref()
        .map(|looked| Inventory::build(&looked.snapshot));
    let mut sections = vec![signed.section(&answers, &mut masker)];
    if let Some(inventory) = &inventory {
        sections.push(rights::tenants(inventory));
        sections.push(rights::held(inventory));
    }
    let snapshot = inventory.as_ref().map(Inventory::snapshot);
    sections.push(around::way(&cloud, snapshot, &mut masker));
    sections.push(around::terminal());
    sections.push(around::files(global));
    sections.extend(inventory.as_ref().map(rights::cost));
    let style = Style {
        width: screen.width,
        colour: screen.colour,
    };
    let outcome = writeln!(
        out,
        "hopscope {}: what works here, and what is missing\n",
        env!("CARGO_PKG_VERSION")
    )
    .and_then(|()| doctor::write(out, &sections, style));
    super::written(outcome)?;
    let is_well = signed.own.is_ok() && signed.others.iter().all(|(_, said)| said.is_ok());
    Ok(if is_well {
        Exit::Done
    } else {
        Exit::Unreachable
    })
}

/// Words of Azure or of this machine, masked when that was asked for.
pub(super) fn masked(masker: &mut Masker, text: &str) -> String {
    if masker.level() == Level::None {
        text.to_owned()
    } else {
        masker.text(text)
    }
}

/// Who is signed in where, and for what tokens can be had.
struct SignedIn {
    own: Result<Caller, String>,
    /// The other tenants: who is signed in there, or why nobody is.
    others: Vec<(TenantId, Result<Caller, String>)>,
    /// Each service of the cloud, and why no token can be had for it.
    services: Vec<(&'static str, Result<(), String>)>,
}

impl SignedIn {
    async fn to(client: &Client, cloud: &Cloud, scope: &Scope) -> Self {
        let tenant = scope.tenant.as_ref().map(TenantId::new);
        let own = client
            .sign_in(tenant.as_ref(), Audience::ResourceManager)
            .await
            .map_err(|error| error.to_string());
        let mut others = Vec::new();
        let mut services = Vec::new();
        for other in scope.auxiliary_tenants.iter().map(TenantId::new) {
            let said = spoken_for(client, &other).await;
            others.push((other, said));
        }
        if own.is_ok() {
            for (name, audience, is_there) in [
                ("Microsoft Graph", Audience::Graph, cloud.graph.is_some()),
                ("AI Search", Audience::Search, cloud.search.is_some()),
                (
                    "Log Analytics",
                    Audience::LogAnalytics,
                    cloud.log_analytics.is_some(),
                ),
            ] {
                if is_there {
                    let said = client.sign_in(tenant.as_ref(), audience).await;
                    services.push((name, said.map(drop).map_err(|error| error.to_string())));
                }
            }
        }
        Self {
            own,
            others,
            services,
        }
    }

    fn section(&self, answers: &[CredentialAnswer], masker: &mut Masker) -> Section {
        let mut lines = Vec::new();
        match &self.own {
            Ok(caller) => {
                let kind = if caller.is_person() {
                    "a person"
                } else {
                    "an app"
                };
                let who = masked(masker, name(caller));
                let until = caller.expires_at.map_or_else(String::new, |at| {
                    format!(", the token until {:02}:{:02} UTC", at.hour(), at.minute())
                });
                lines.push(Line::new(
                    Stand::Works,
                    "signed in",
                    format!("{who}, {kind}, by {}{until}", caller.credential),
                ));
                if let Some(tenants) = speaks_for(&caller.credential) {
                    lines.push(Line::new(Stand::Fact, "it speaks for", tenants));
                }
            }
            Err(why) => {
                // What each credential said comes first: the last line is the next step.
                for answer in answers {
                    let said = masked(masker, &answer.said);
                    lines.push(Line::new(Stand::Fact, answer.credential, said));
                }
                lines.push(Line::new(Stand::Fails, "signed in", masked(masker, why)));
            }
        }
        for (tenant, said) in &self.others {
            let id = masked(masker, tenant.as_str());
            lines.push(match said {
                Ok(caller) => {
                    let there = caller
                        .object_id
                        .as_ref()
                        .map_or_else(String::new, |id| format!(", there object id {id}"));
                    let words = masked(masker, &format!("{}{there}", name(caller)));
                    Line::new(Stand::Works, "auxiliary tenant", format!("{id}: {words}"))
                }
                Err(why) => {
                    let why = masked(masker, why);
                    Line::new(Stand::Fails, "auxiliary tenant", format!("{id}: {why}"))
                }
            });
        }
        if !self.services.is_empty() {
            let good: Vec<&str> = std::iter::once("Resource Manager")
                .chain(
                    self.services
                        .iter()
                        .filter(|(_, said)| said.is_ok())
                        .map(|(name, _)| *name),
                )
                .collect();
            lines.push(Line::new(Stand::Works, "tokens for", good.join(", ")));
        }
        for (service, said) in &self.services {
            if let Err(why) = said {
                let why = masked(masker, why);
                let words = format!("{service}: {why}; what it would tell stays unknown");
                lines.push(Line::new(Stand::Unknown, "no token for", words));
            }
        }
        Section {
            title: "Sign-in",
            lines,
        }
    }
}

fn name(caller: &Caller) -> &str {
    caller
        .label()
        .unwrap_or("somebody that the token does not name")
}

/// Whether a token of another tenant can be had, and as whom.
async fn spoken_for(client: &Client, tenant: &TenantId) -> Result<Caller, String> {
    let caller = client
        .sign_in(Some(tenant), Audience::ResourceManager)
        .await
        .map_err(|error| format!("no token: {error}"))?;
    match &caller.tenant {
        // A domain's name cannot be held against an id.
        Some(given) if given != tenant && tenant.is_guid() => {
            Err(format!("the token that was given is of tenant {given}"))
        }
        _ => Ok(caller),
    }
}

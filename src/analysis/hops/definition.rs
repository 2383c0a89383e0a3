//! What definitions of a search service say of a call: whom it reaches, and what it presents.

use crate::analysis::evidence::Evidence;
use crate::analysis::gates::authentication::Presented;
use crate::analysis::gates::identity::{self, Presenter};
use crate::analysis::gates::{self, configuration, network};
use crate::analysis::ground::{Ground, Lookup};
use crate::analysis::hop::GateVerdict;
use crate::analysis::network::{Credential, Question};
use crate::analysis::outbound::{self, Perimeter};
use crate::analysis::remedy::az::{self, az};
use crate::analysis::remedy::portal::portal;
use crate::analysis::verdict::{Gate, Verdict};
use crate::analysis::way::{Rule, Way};
use crate::model::field::Field;
use crate::model::id::ArmId;
use crate::model::resource::{Details, Family, Resource};
use crate::model::search::{ConnectionString, ConnectionTarget, DataIdentity};

/// The other end of a call, as far as it is known.
#[derive(Clone, Debug)]
pub(super) enum Target<'a> {
    /// A resource that was read.
    Read(&'a Resource),
    /// A resource that is gone, or was not read.
    Named(ArmId),
    /// An address that no resource that was read answers to.
    Address(String),
}

impl<'a> Target<'a> {
    /// As the hop's end.
    pub(super) fn end(&self) -> String {
        match self {
            Self::Read(resource) => resource.id.as_str().to_owned(),
            Self::Named(id) => id.as_str().to_owned(),
            Self::Address(address) => address.clone(),
        }
    }

    /// The resource, when it was read.
    pub(super) fn read(&self) -> Option<&'a Resource> {
        match self {
            Self::Read(resource) => Some(resource),
            Self::Named(_) | Self::Address(_) => None,
        }
    }

    /// What an id leads to.
    pub(super) fn by_id(ground: &Ground<'a>, id: &ArmId) -> Self {
        match ground.lookup(id) {
            Lookup::Found(resource) => Self::Read(resource),
            Lookup::Gone(_) | Lookup::NotRead(_) => Self::Named(id.clone()),
        }
    }

    /// Who answers to an address.
    pub(super) fn by_address(ground: &Ground<'a>, address: &str) -> Self {
        match ground.by_host(address) {
            Some(resource) => Self::Read(resource),
            None => Self::Address(address.to_owned()),
        }
    }

    /// The configuration gate of a name that was followed.
    pub(super) fn exists(&self, ground: &Ground<'_>, what: &str, named: Evidence) -> GateVerdict {
        match self {
            Self::Read(resource) => configuration::exists(ground, &resource.id, what, named),
            Self::Named(id) => configuration::exists(ground, id, what, named),
            Self::Address(address) => configuration::unanswered(address, what, named),
        }
    }
}

/// The storage account of a connection string; none where it says nothing of its target.
pub(super) fn storage_of<'a>(
    ground: &Ground<'a>,
    connection: &ConnectionString,
) -> Option<Target<'a>> {
    let by_target = |target: &ConnectionTarget| {
        if let Some(host) = &target.host {
            return Some(Target::by_address(ground, host));
        }
        let account = target.account.as_ref()?;
        let host = format!("{account}.{}", ground.judging.suffix.blob);
        Some(Target::by_address(ground, &host))
    };
    match connection {
        ConnectionString::ResourceId(id) => Some(Target::by_id(ground, id)),
        ConnectionString::AccountKey(target)
        | ConnectionString::Sas(target)
        | ConnectionString::Other(target) => by_target(target),
        ConnectionString::Redacted => None,
    }
}

/// What a definition presents to its target.
#[derive(Clone, Debug)]
pub(super) struct Presents {
    /// As the authentication gate sees it.
    pub(super) presented: Presented,
    /// Who: none for a key.
    pub(super) who: Option<Presenter>,
    /// As the firewall sees it.
    pub(super) credential: Credential,
}

impl Presents {
    /// A key or a SAS.
    pub(super) fn secret(presented: Presented) -> Self {
        Self {
            presented,
            who: None,
            credential: Credential::Key,
        }
    }

    /// It cannot be told.
    pub(super) fn unclear(why: &str, proof: Evidence) -> Self {
        Self {
            presented: Presented::Unclear(why.to_owned()),
            who: Some(identity::unclear(why, [proof])),
            credential: Credential::Unclear,
        }
    }

    /// A token of whom the definition names: without a name, of the service's own identity.
    pub(super) fn token(
        ground: &Ground<'_>,
        service: &Resource,
        identity: &Field<DataIdentity>,
        proof: Evidence,
    ) -> Self {
        let mut who = match identity {
            Field::Absent | Field::Null | Field::Value(DataIdentity::None) => {
                identity::system(ground, service)
            }
            Field::Value(DataIdentity::UserAssigned(id)) => {
                identity::user_assigned(ground, service, id)
            }
            Field::Value(DataIdentity::Other(kind)) => {
                return Self::unclear(
                    &format!(
                        "the definition names an identity of type {kind}, which is not known here"
                    ),
                    proof,
                );
            }
            Field::Malformed | Field::Unreported(_) => {
                return Self::unclear("the identity in the definition cannot be read", proof);
            }
        };
        who.gate.judged = who.gate.judged.proved_by([proof]);
        Self {
            presented: Presented::Token,
            credential: who.credential,
            who: Some(who),
        }
    }
}

/// A property of an object of a search service: `{service}/skillsets/N`, `skills[1].apiKey`.
pub(super) fn proof(
    service: &Resource,
    collection: &str,
    name: &str,
    raw: &serde_json::Value,
    source: &crate::model::resource::Source,
    path: impl Into<String>,
) -> Evidence {
    Evidence::in_body(
        service.id.child(&format!("{collection}/{name}")),
        raw,
        source,
        path.into(),
    )
}

/// The host of one part of a storage account: `x.blob.core.windows.net`.
pub(super) fn storage_host(ground: &Ground<'_>, account: &Resource, part: &str) -> String {
    let blob = &ground.judging.suffix.blob;
    let suffix = blob
        .strip_prefix("blob.")
        .map_or_else(|| blob.clone(), |rest| format!("{part}.{rest}"));
    format!("{}.{suffix}", account.name.to_ascii_lowercase())
}

/// The outbound gate of a search service: only a perimeter, or the switch against exfiltration, is
/// one.
pub(super) fn outbound(
    ground: &Ground<'_>,
    service: &Resource,
    target: &Resource,
    address: &str,
    reached: Option<&network::Judged>,
) -> Option<GateVerdict> {
    let control = outbound::outbound(ground.inventory, service)?;
    if control.perimeter == Perimeter::None {
        return None;
    }
    let by_link = |one: &&network::Judged| one.admission.by == Some(Question::SharedPrivateLink);
    if let Some(linked) = reached.filter(by_link) {
        // Whether there is one makes no difference to a private link: where that is not known, nothing
        // is claimed of it.
        if let Perimeter::Unclear(_) = control.perimeter {
            return None;
        }
        let is_link = |way: &&Way| matches!(way.rule, Rule::SharedPrivateLink(_));
        let gate = gates::judged(
            Gate::Outbound,
            Verdict::Open,
            "a perimeter does not filter what goes through a private link",
            control.evidence.clone(),
        );
        let ways = linked.admission.ways.iter().filter(is_link);
        return Some(gate.passing_by(ways.cloned()));
    }
    gates::outbound::outbound(ground, service, address, Some(target))
}

/// The switch that keeps skillsets from sending anything out (domain-rules B.2).
pub(super) fn exfiltration(service: &Resource) -> Option<GateVerdict> {
    let Details::Search(search) = &service.details else {
        return None;
    };
    let path = "properties.dataExfiltrationProtections";
    let proof = Evidence::of(service, path);
    match &search.data_exfiltration_protections {
        Field::Value(words) if !words.is_empty() => Some(
            gates::judged(
                Gate::Outbound,
                Verdict::Shut,
                format!(
                    "dataExfiltrationProtections of {} is {}: skillsets may send nothing out (seen in public issues)",
                    service.name,
                    words.join(", ")
                ),
                [proof],
            )
            .mended_by([
                az(az::set(&service.id, "2025-05-01", path, "[]")),
                portal(&service.name, ["Networking", "Data exfiltration protection", "Off"]),
            ]),
        ),
        Field::Malformed => Some(gates::judged(
            Gate::Outbound,
            Verdict::Unknown,
            "whether skillsets may send anything out cannot be read",
            [proof],
        )),
        _ => None,
    }
}

/// Search services that are the environment's own.
pub(super) fn services<'a>(ground: &Ground<'a>) -> Vec<&'a Resource> {
    ground
        .family(Family::Search)
        .filter(|one| !ground.is_managed(&one.id))
        .collect()
}

/// Gates of a hop that is drawn without its definition: what would be certain is not, as nobody has
/// read that the call is made, and how.
pub(super) fn without_definition(gates: Vec<GateVerdict>, why: &str) -> Vec<GateVerdict> {
    gates
        .into_iter()
        .map(|mut gate| {
            if gate.judged.verdict == Verdict::Shut {
                gate.judged.verdict = Verdict::Unknown;
                gate.judged.reason = format!("{}; but {why}", gate.judged.reason);
            }
            gate
        })
        .collect()
}

/// Whether a resource stands alone of its family in its group, managed ones left out.
pub(super) fn only_in_group<'a>(
    ground: &Ground<'a>,
    group: &ArmId,
    fits: impl Fn(&Resource) -> bool,
) -> Option<&'a Resource> {
    let mut found = ground
        .inventory
        .resources()
        .map(std::sync::Arc::as_ref)
        .filter(|one| one.id.is_within(group) && fits(one));
    let first = found.next()?;
    found.next().is_none().then_some(first)
}

//! What stands on the Map: boxes with their members and facts, and calls bundled into lines.
//!
//! Pure: resources, hops and a few words about the person in, plain data out, in the same order
//! every time.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::analysis::hop::{Basis, Hop, HopKind};
use crate::analysis::verdict::Verdict;
use crate::model::id::ArmId;
use crate::model::lookup::Map;
use crate::model::resource::{Details, Resource};

use super::facts;
use super::places::{self, End};

/// A fixed place on the Map, so that people learn where things are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Place {
    /// People and apps that call.
    You,
    /// AI Search services.
    Search,
    /// Storage accounts.
    Storage,
    /// Azure OpenAI and other AI services accounts.
    OpenAi,
    /// Foundry hubs, projects, ML workspaces.
    Hub,
    /// Key vaults.
    Vault,
    /// Log Analytics workspaces.
    Logs,
    /// What Microsoft made for a hub.
    Managed,
}

impl Place {
    /// Every place, in reading order.
    pub const ALL: [Self; 8] = [
        Self::You,
        Self::Search,
        Self::Storage,
        Self::OpenAi,
        Self::Hub,
        Self::Vault,
        Self::Logs,
        Self::Managed,
    ];

    /// The title of its box.
    pub fn title(self) -> &'static str {
        match self {
            Self::You => "you",
            Self::Search => "AI Search",
            Self::Storage => "Storage",
            Self::OpenAi => "Azure OpenAI",
            Self::Hub => "Foundry hub",
            Self::Vault => "Key Vault",
            Self::Logs => "Log Analytics",
            Self::Managed => "managed group",
        }
    }
}

/// How a call stands, milder ones later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Mark {
    /// A gate refuses it.
    Shut,
    /// It works by a weaker path.
    AtRisk,
    /// It cannot be told.
    Unknown,
    /// It is being read.
    Reading,
    /// It goes through.
    Open,
}

impl Mark {
    /// The mark of a verdict; what is unknown while something is read is being read.
    pub fn of(verdict: Verdict, is_reading: bool) -> Self {
        match verdict {
            Verdict::Shut => Self::Shut,
            Verdict::AtRisk => Self::AtRisk,
            Verdict::Unknown if is_reading => Self::Reading,
            Verdict::Unknown => Self::Unknown,
            Verdict::Open => Self::Open,
        }
    }

    /// Its sign, one cell.
    pub fn glyph(self) -> char {
        match self {
            Self::Shut => '✖',
            Self::AtRisk => '▲',
            Self::Unknown => '?',
            Self::Reading => '…',
            Self::Open => '✔',
        }
    }
}

/// How words of a box are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// What kind of box it is.
    Title,
    /// A name.
    Name,
    /// The second fact.
    Muted,
    /// Plain words.
    Plain,
    /// Not read yet.
    Skeleton,
}

/// One line in a box.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// How the call that it is about stands.
    pub mark: Option<Mark>,
    /// The words.
    pub text: String,
    /// How they are meant.
    pub tone: Tone,
}

impl Fact {
    /// A second fact.
    pub(super) fn muted(text: impl Into<String>) -> Self {
        Self {
            mark: None,
            text: text.into(),
            tone: Tone::Muted,
        }
    }

    /// Words behind a sign.
    pub(super) fn marked(mark: Mark, text: impl Into<String>) -> Self {
        Self {
            mark: Some(mark),
            text: text.into(),
            tone: Tone::Plain,
        }
    }
}

/// One box.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Where it stands.
    pub place: Place,
    /// The ids of what is in it, the first one named.
    pub members: Vec<String>,
    /// Its lines: the name first.
    pub facts: Vec<Fact>,
}

/// Calls that share a line: those between the same two boxes, or from one box to hosts outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bundle {
    /// The caller's box.
    pub from: Place,
    /// The target's box; none is a host outside.
    pub to: Option<Place>,
    /// What the worst of them does, in a verb.
    pub verb: &'static str,
    /// The worst of them.
    pub mark: Mark,
    /// All of them are assumed only.
    pub is_assumed: bool,
    /// The hops, by their place in the list that was given.
    pub hops: Vec<usize>,
}

impl Bundle {
    /// The words on its line, from the longest on: each says less than the one before.
    pub fn labels(&self) -> Vec<String> {
        let count = self.hops.len();
        let mut labels = Vec::new();
        if count > 1 {
            labels.push(format!("{} ×{count}", self.verb));
            labels.push(format!("×{count}"));
        }
        labels.push(self.verb.to_owned());
        labels.push(String::new());
        labels.sort_by_key(|label| std::cmp::Reverse(super::words::width(label)));
        labels
    }

    /// Whether its line is dashed: not read yet, or assumed.
    pub fn is_dashed(&self) -> bool {
        self.is_assumed || self.mark == Mark::Reading
    }
}

/// The person at the screen, and what else only the caller of this module knows.
#[derive(Clone, Debug, Default)]
pub struct Who {
    /// The name on the first box.
    pub name: Option<String>,
    /// The address that is judged for.
    pub address: Option<String>,
    /// Groups that Microsoft made for a hub.
    pub managed: Vec<ArmId>,
    /// Whether something has not been answered yet.
    pub is_reading: bool,
}

/// Everything on the Map.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Model {
    /// The boxes, by place.
    pub nodes: Vec<Node>,
    /// The lines, by their ends. Logs have none: they are a count in a box.
    pub bundles: Vec<Bundle>,
    /// The boxes of each hop's two ends, in the order in which the hops were given; none is outside.
    pub ends: Vec<(Option<Place>, Option<Place>)>,
}

impl Model {
    /// Sorts resources into boxes and hops into lines.
    pub fn build(resources: &[Arc<Resource>], hops: &[&Hop], who: &Who) -> Self {
        // Many hops share an end.
        let mut known: Map<(&str, bool), End> = Map::default();
        let mut end = |text, is_caller| {
            *known
                .entry((text, is_caller))
                .or_insert_with(|| places::end(text, is_caller, resources, &who.managed))
        };
        let ends: Vec<(End, End)> = hops
            .iter()
            .map(|hop| (end(hop.from.as_str(), true), end(hop.to.as_str(), false)))
            .collect();
        let mut own = Self::default();
        for place in Place::ALL {
            own.nodes.extend(node(place, resources, hops, &ends, who));
        }
        own.bundles = bundles(hops, &ends, who.is_reading);
        own.ends = ends
            .iter()
            .map(|(from, to)| (from.place(), to.place()))
            .collect();
        own
    }

    /// The box at a place.
    pub fn node(&self, place: Place) -> Option<&Node> {
        self.nodes.iter().find(|node| node.place == place)
    }

    /// The line that a hop is in.
    pub fn bundle_of(&self, hop: usize) -> Option<usize> {
        self.bundles
            .iter()
            .position(|bundle| bundle.hops.contains(&hop))
    }
}

/// What a kind of call does, in a verb.
pub fn verb(kind: HopKind) -> &'static str {
    match kind {
        HopKind::UserToStorage => "upload",
        HopKind::UserToSearchManagement => "manage",
        HopKind::UserToSearchObjects | HopKind::UserToSearchDocuments => "query",
        HopKind::UserToOpenai => "chat",
        HopKind::IndexerToStorage => "index",
        HopKind::IndexerExtrasToStorage => "enrich",
        HopKind::SkillToOpenai | HopKind::VectorizerToOpenai => "embed",
        HopKind::OpenaiToSearch => "retrieve",
        HopKind::OpenaiToStorage => "store",
        HopKind::OpenaiToUrl => "url",
        HopKind::ResourceToLogs => "logs",
        HopKind::FoundryConnection => "connect",
        HopKind::IdentityToKey => "key",
        HopKind::FoundryToManagedCosmos
        | HopKind::FoundryToManagedSearch
        | HopKind::FoundryToManagedStorage => "own",
        HopKind::TenantToTenant => "tenant",
        HopKind::Inspector => "read",
    }
}

fn bundles(hops: &[&Hop], ends: &[(End, End)], is_reading: bool) -> Vec<Bundle> {
    let mut lines: BTreeMap<(Place, Option<Place>), Vec<usize>> = BTreeMap::new();
    for (at, (hop, (from, to))) in hops.iter().zip(ends).enumerate() {
        let End::Box(from) = from else { continue };
        let to = match to {
            End::Box(place) => Some(*place),
            End::Outside => None,
        };
        if hop.kind == HopKind::ResourceToLogs || to == Some(*from) {
            continue;
        }
        lines.entry((*from, to)).or_default().push(at);
    }
    lines
        .into_iter()
        .map(|((from, to), own)| {
            let mark = |at: &usize| Mark::of(hops[*at].verdict(), is_reading);
            let worst = own.iter().map(mark).min().unwrap_or(Mark::Open);
            let first = own.iter().filter(|at| mark(at) == worst);
            // Of several that are as bad, what people do most often names the line.
            let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
            for at in &own {
                *counts.entry(verb(hops[*at].kind)).or_default() += 1;
            }
            let verb = first
                .map(|at| verb(hops[*at].kind))
                .max_by_key(|verb| counts.get(verb))
                .unwrap_or_default();
            Bundle {
                from,
                to,
                verb,
                mark: worst,
                is_assumed: own.iter().all(|at| hops[*at].basis == Basis::Assumed),
                hops: own,
            }
        })
        .collect()
}

fn node(
    place: Place,
    resources: &[Arc<Resource>],
    hops: &[&Hop],
    ends: &[(End, End)],
    who: &Who,
) -> Option<Node> {
    if place == Place::You {
        return you(hops, ends, who);
    }
    let members: Vec<&Arc<Resource>> = resources
        .iter()
        .filter(|one| places::of_resource(one, &who.managed) == Some(place))
        .collect();
    // What calls name but nobody has read has its box all the same.
    let named = || {
        hops.iter().zip(ends).find_map(|(hop, (from, to))| {
            if *to == End::Box(place) {
                Some(hop.to.clone())
            } else {
                (*from == End::Box(place)).then(|| hop.from.clone())
            }
        })
    };
    let (ids, name) = match members.as_slice() {
        [] => {
            let id = named()?;
            let name = ArmId::new(&id).name().to_owned();
            (vec![id], name)
        }
        several => {
            let ids = several
                .iter()
                .map(|one| one.id.as_str().to_owned())
                .collect();
            (ids, leader(place, several).name.clone())
        }
    };
    let mut facts = Vec::new();
    let more = members.len().saturating_sub(1);
    if place == Place::Managed {
        facts = facts::managed(&members, hops, ends, who.is_reading);
    } else {
        let name = if more > 0 {
            format!("{name} +{more}")
        } else {
            name
        };
        facts.push(Fact {
            mark: None,
            text: name,
            tone: Tone::Name,
        });
        if let [_, ..] = members.as_slice() {
            let leader = leader(place, &members);
            facts.extend(facts::about(place, leader, &members, hops, who.is_reading));
        } else {
            facts.push(Fact {
                mark: None,
                text: "░░░░░░░░░░░░".to_owned(),
                tone: Tone::Skeleton,
            });
        }
    }
    Some(Node {
        place,
        members: ids,
        facts,
    })
}

/// The member that names the box: a hub before its projects.
fn leader<'r>(place: Place, members: &[&'r Arc<Resource>]) -> &'r Arc<Resource> {
    let is_project = |one: &Resource| matches!(&one.details, Details::Workspace(workspace) if workspace.hub.is_some());
    members
        .iter()
        .find(|one| place != Place::Hub || !is_project(one))
        .unwrap_or(&members[0])
}

fn you(hops: &[&Hop], ends: &[(End, End)], who: &Who) -> Option<Node> {
    let mut members: Vec<String> = hops
        .iter()
        .zip(ends)
        .filter(|(_, (from, _))| *from == End::Box(Place::You))
        .map(|(hop, _)| hop.from.clone())
        .collect();
    members.sort();
    members.dedup();
    if members.is_empty() && who.name.is_none() {
        return None;
    }
    let name = who.name.clone().unwrap_or_else(|| "a person".to_owned());
    let name = name.split('@').next().unwrap_or(&name).to_owned();
    let more = members.len().saturating_sub(1);
    let mut facts = vec![Fact {
        mark: None,
        text: if more > 0 {
            format!("{name} +{more}")
        } else {
            name
        },
        tone: Tone::Name,
    }];
    facts.push(Fact::muted(
        who.address
            .clone()
            .unwrap_or_else(|| "any address".to_owned()),
    ));
    Some(Node {
        place: Place::You,
        members,
        facts,
    })
}

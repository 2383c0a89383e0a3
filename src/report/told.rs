//! What a handed-over report says, in the order in which a person reads it: plain words, ready to be
//! set as Markdown or HTML. The same inventory and judgement as the panes; nothing is judged here.
//!
//! All text of Azure has passed [`crate::model::text::safe`]. To say something new: a field here, a
//! few lines in `markdown` and in `html`.

mod facts;
mod hops;
mod record;

use time::{OffsetDateTime, UtcOffset};

use crate::analysis::benefits::{self, Stand};
use crate::analysis::hop::{Benefit, FindingKind, HopKind, Judgement, Severity};
use crate::analysis::verdict::Verdict;
use crate::map::{Grid, Mark, Model, Place, Who, plan};
use crate::model::judging::Judging;
use crate::store::Inventory;

use super::{Meta, names, timestamp};

/// The whole report.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    /// What was looked at.
    pub title: String,
    /// When, as whom, where, with how many requests.
    pub facts: Vec<(&'static str, String)>,
    /// Whether every planned read was answered.
    pub is_complete: bool,
    /// The answer in a sentence, with its mark.
    pub answer: (Mark, String),
    /// How many hops stand how, worst first.
    pub works: Vec<(Verdict, usize)>,
    /// How many exposures there are.
    pub exposures: usize,
    /// The Map.
    pub map: Option<Drawing>,
    /// The six benefits.
    pub benefits: Vec<BenefitTold>,
    /// Findings in the groups in which one acts on them.
    pub findings: Vec<(&'static str, Vec<FindingTold>)>,
    /// Hops, worst first.
    pub hops: Vec<HopTold>,
    /// Hubs with the group that Microsoft made for them.
    pub hubs: Vec<HubTold>,
    /// Logs, resource by resource.
    pub logs: Vec<LogsTold>,
    /// Customers' keys.
    pub keys: Vec<KeyTold>,
    /// What could not be read, and why.
    pub not_read: Vec<NotRead>,
    /// What the config file hides: title, resource, reason.
    pub hidden: Vec<(String, String, String)>,
}

/// The Map, laid out.
#[derive(Clone, Debug, PartialEq)]
pub struct Drawing {
    /// Boxes and lines.
    pub model: Model,
    /// The cells.
    pub grid: Grid,
}

/// One benefit.
#[derive(Clone, Debug, PartialEq)]
pub struct BenefitTold {
    /// Which one.
    pub benefit: Benefit,
    /// Its name.
    pub name: &'static str,
    /// What it promises.
    pub promise: &'static str,
    /// Whether it holds.
    pub stand: Stand,
    /// What stands against it: the number of the finding, and its title with the resource.
    pub against: Vec<(usize, String)>,
    /// How many findings against it the config file hides.
    pub hidden: usize,
    /// What shows it: how it stands, about what, in words.
    pub facts: Vec<(Stand, String, String)>,
}

/// One finding.
#[derive(Clone, Debug, PartialEq)]
pub struct FindingTold {
    /// Its number in the report, from 1.
    pub number: usize,
    /// The rule.
    pub rule: &'static str,
    /// The kind.
    pub kind: FindingKind,
    /// The severity.
    pub severity: Severity,
    /// The name of what it is about.
    pub about: String,
    /// Its id.
    pub resource: String,
    /// One line.
    pub title: String,
    /// A few sentences.
    pub detail: String,
    /// The benefit that it breaks.
    pub benefit: Option<Benefit>,
    /// What proves it.
    pub evidence: Vec<Proof>,
    /// What mends it.
    pub remedies: Vec<Mend>,
    /// The numbers of the hops that it touches.
    pub hops: Vec<usize>,
}

/// One hop.
#[derive(Clone, Debug, PartialEq)]
pub struct HopTold {
    /// Its number in the report, from 1.
    pub number: usize,
    /// Its kind.
    pub kind: &'static str,
    /// What the caller is called.
    pub from: String,
    /// What the target is called.
    pub to: String,
    /// What ties them.
    pub via: Option<String>,
    /// Why it exists.
    pub basis: &'static str,
    /// The worst of its gates.
    pub verdict: Verdict,
    /// The gate that decides; none when it is open.
    pub decides: Option<&'static str>,
    /// Its gates.
    pub gates: Vec<GateTold>,
}

/// One gate.
#[derive(Clone, Debug, PartialEq)]
pub struct GateTold {
    /// Which gate.
    pub gate: &'static str,
    /// How it stands.
    pub verdict: Verdict,
    /// Why.
    pub reason: String,
    /// Who changed it, and that Azure may be behind.
    pub notes: Vec<String>,
    /// What proves it.
    pub evidence: Vec<Proof>,
    /// What mends it.
    pub remedies: Vec<Mend>,
}

/// One property that was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Proof {
    /// The name of the resource.
    pub about: String,
    /// The path.
    pub path: String,
    /// The value as Azure sent it, in one line.
    pub value: String,
    /// When it was read.
    pub at: String,
    /// The request.
    pub request: Option<String>,
}

/// One remedy.
#[derive(Clone, Debug, PartialEq)]
pub struct Mend {
    /// With what.
    pub tool: &'static str,
    /// The command, whole.
    pub text: String,
    /// What to know before.
    pub note: Option<String>,
}

impl Mend {
    /// What to know before, unless the remedy behind says the very same: it is said once then.
    pub fn note_before(&self, next: Option<&Self>) -> Option<&str> {
        let note = self.note.as_deref()?;
        let is_said_behind = next.is_some_and(|next| next.note.as_deref() == Some(note));
        (!is_said_behind).then_some(note)
    }
}

/// A hub and its managed group.
#[derive(Clone, Debug, PartialEq)]
pub struct HubTold {
    /// The hub's name.
    pub hub: String,
    /// The group's name.
    pub group: String,
    /// How it was found.
    pub found: String,
    /// The worst of what is in it.
    pub verdict: Verdict,
    /// Resource, property, what it must be, what it is, how that stands.
    pub checks: Vec<(String, String, String, String, Verdict)>,
}

/// The logs of one resource.
#[derive(Clone, Debug, PartialEq)]
pub struct LogsTold {
    /// The resource.
    pub name: String,
    /// Each category and where it goes, in a word.
    pub categories: Vec<(&'static str, &'static str)>,
    /// The workspaces, and what else is sent to.
    pub to: String,
    /// Why it cannot be told.
    pub missing: Option<String>,
}

/// A customer's key.
#[derive(Clone, Debug, PartialEq)]
pub struct KeyTold {
    /// What it encrypts.
    pub name: String,
    /// Vault and key.
    pub key: String,
    /// Its version.
    pub version: String,
    /// Until when.
    pub ends: String,
    /// By how many of those who need it it can be used.
    pub usable: String,
}

/// Something that was not read.
#[derive(Clone, Debug, PartialEq)]
pub struct NotRead {
    /// What, and of what.
    pub what: String,
    /// How it ended.
    pub ended: String,
    /// The right that is missing, or what Azure said.
    pub cause: String,
    /// The request.
    pub request: Option<String>,
}

impl Told {
    /// Puts an environment and its judgement into words.
    pub fn of(
        inventory: &Inventory,
        judgement: &Judgement,
        judging: &Judging,
        meta: &Meta,
    ) -> Self {
        let hops = hops::told(inventory, judgement);
        let findings = hops::findings(inventory, judgement, &hops);
        let benefits = benefit_told(inventory, judgement, &findings);
        let works = works(&hops);
        Self {
            title: record::title(inventory, meta),
            facts: record::facts(inventory, judging, meta),
            is_complete: inventory.snapshot().is_complete(),
            answer: answer(&works, inventory.snapshot().is_complete()),
            exposures: judgement
                .findings
                .iter()
                .filter(|one| one.kind == FindingKind::Exposure)
                .count(),
            works,
            map: drawing(inventory, judgement, judging),
            benefits,
            findings,
            hubs: facts::hubs(inventory),
            logs: facts::logs(inventory),
            keys: facts::keys(inventory, judgement, meta),
            not_read: record::not_read(inventory),
            hidden: hops::hidden(inventory, judgement),
            hops: hops.into_iter().map(|(_, hop)| hop).collect(),
        }
    }
}

/// A time as a person reads it, to the second.
fn when(at: OffsetDateTime) -> String {
    let at = at.to_offset(UtcOffset::UTC);
    let text = timestamp(at.replace_nanosecond(0).unwrap_or(at));
    text.replace('T', " ").replace('Z', " UTC")
}

/// Text of Azure, without what would steer a terminal or a page.
fn clean(text: &str) -> String {
    crate::model::text::safe(text).into_owned()
}

fn works(hops: &[(String, HopTold)]) -> Vec<(Verdict, usize)> {
    [
        Verdict::Shut,
        Verdict::AtRisk,
        Verdict::Unknown,
        Verdict::Open,
    ]
    .into_iter()
    .map(|verdict| {
        let own = hops.iter().filter(|(_, hop)| hop.verdict == verdict);
        (verdict, own.count())
    })
    .filter(|(_, count)| *count > 0)
    .collect()
}

fn answer(works: &[(Verdict, usize)], is_complete: bool) -> (Mark, String) {
    let all: usize = works.iter().map(|(_, count)| count).sum();
    let Some((worst, count)) = works.first() else {
        let nothing = if is_complete {
            "No call of the pattern was found in what was looked at."
        } else {
            "No call of the pattern was found in what could be read."
        };
        return (Mark::Unknown, nothing.to_owned());
    };
    let of = |verb: &str| {
        let noun = if all == 1 { "call" } else { "calls" };
        format!("{count} of {all} {noun} {verb}")
    };
    let one = *count == 1;
    let sentence = match worst {
        Verdict::Shut => of(if one {
            "does not work."
        } else {
            "do not work."
        }),
        Verdict::AtRisk => format!(
            "Nothing is shut; {}",
            of(if one { "is at risk." } else { "are at risk." })
        ),
        Verdict::Unknown => format!("Nothing is known to be shut; {}", of("cannot be judged.")),
        Verdict::Open if is_complete => format!("Everything works: all {all} calls are open."),
        Verdict::Open => format!("All {all} calls that are known are open; there may be more."),
    };
    (Mark::of(*worst, false), sentence)
}

fn benefit_told(
    inventory: &Inventory,
    judgement: &Judgement,
    findings: &[(&'static str, Vec<FindingTold>)],
) -> Vec<BenefitTold> {
    judgement
        .benefits
        .iter()
        .map(|held| BenefitTold {
            benefit: held.benefit,
            name: benefits::name(held.benefit),
            promise: benefits::promise(held.benefit),
            stand: held.stand,
            hidden: held.hidden,
            against: findings
                .iter()
                .flat_map(|(_, own)| own)
                .filter(|one| {
                    let kind = matches!(one.kind, FindingKind::Exposure | FindingKind::Broken);
                    kind && one.benefit == Some(held.benefit)
                })
                .map(|one| (one.number, format!("{}: {}", one.about, one.title)))
                .collect(),
            facts: held
                .facts
                .iter()
                .map(|fact| {
                    let hop = fact.hop.and_then(|at| judgement.hops.get(at));
                    let about = hop.map_or_else(
                        || names::end(inventory, &fact.about),
                        |hop| {
                            let to = names::end(inventory, &hop.to);
                            format!("{} → {to}", names::caller(inventory, hop))
                        },
                    );
                    (fact.stand, clean(&about), clean(&fact.words))
                })
                .collect(),
        })
        .collect()
}

/// The Map at the size of a wide screen.
fn drawing(inventory: &Inventory, judgement: &Judgement, judging: &Judging) -> Option<Drawing> {
    let hops: Vec<_> = judgement
        .hops
        .iter()
        .filter(|hop| hop.kind != HopKind::Inspector)
        .collect();
    let resources: Vec<_> = inventory.resources().cloned().collect();
    let who = Who {
        name: inventory
            .snapshot()
            .callers()
            .first()
            .and_then(|caller| caller.label())
            .map(clean),
        address: judging.client_ip.map(|address| address.to_string()),
        managed: crate::analysis::foundry::managed::groups(inventory),
        is_reading: false,
    };
    let model = Model::build(&resources, &hops, &who);
    // A person alone is no picture of anything.
    if model.nodes.iter().all(|node| node.place == Place::You) {
        return None;
    }
    let grid = Grid::of(&model, plan::WIDE + 16, plan::THREE_BANDS + 6)?;
    Some(Drawing { model, grid })
}

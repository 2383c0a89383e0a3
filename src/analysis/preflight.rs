//! Preflight: what a network that is to draw from an address pool would meet, before anybody makes the
//! call. All of the conditions of a call into another tenant are judged, one by one, for a network
//! that draws, that does not draw yet, or that is not even there; within one tenant, those that apply.
//!
//! It judges and words; it never calls. What it needs to have been read is planned by
//! [`crate::model::ipam::Draw`].

use std::fmt;

use crate::model::id::{PrincipalId, TenantId};
use crate::model::ipam::Draw;
use crate::model::key::AppId;

use super::evidence::Evidence;
use super::ground::Ground;
use super::hop::GateVerdict;
use super::hops::tenants::planned;
use super::verdict::Verdict;

/// How many addresses are asked for when nobody says: a range of 256.
pub const USUAL: u128 = 256;

/// What a call does to a network that has ranges of its own.
pub const ADDS: &str = "It leaves the network the ranges that it has and adds what it draws; that Azure gives a network with ranges of its own more from a pool was not verified [K].";

/// Why there is no call.
pub const NO_CALL: &str = "The network was not read, and to put it without what it has would take that away: the call is not printed.";

/// What a call would meet.
#[derive(Clone, Debug, PartialEq)]
pub struct Preflight {
    /// The pool and the network.
    pub draw: Draw,
    /// Whether the network is there.
    pub presence: Presence,
    /// Whether it draws from the pool already.
    pub draws: bool,
    /// The network's tenant, when it can be told.
    pub from: Option<TenantId>,
    /// The pool's tenant, when it can be told.
    pub to: Option<TenantId>,
    /// Whether they are one tenant; none when that cannot be told.
    pub is_one_tenant: Option<bool>,
    /// Who asks.
    pub caller: Caller,
    /// How many addresses are asked for.
    pub wanted: u128,
    /// Every condition, gate by gate; a gate may have several.
    pub checks: Vec<GateVerdict>,
    /// The call, ready for a shell.
    pub calls: Vec<ReadyCall>,
}

/// Whether a network is there.
#[derive(Clone, Debug, PartialEq)]
pub enum Presence {
    /// It was read.
    There,
    /// It is not there: the call makes it.
    Absent(Evidence),
    /// It was not read: the end of a sentence that begins with its name.
    Unread(String),
}

/// Who makes the call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Caller {
    /// The application; none for a person.
    pub app: Option<AppId>,
    /// Its object id in the network's tenant.
    pub here: Option<PrincipalId>,
    /// Its object id in the pool's tenant.
    pub there: Option<PrincipalId>,
    /// Whether it is who hopscope is signed in as.
    pub is_signed_in: bool,
}

/// The call in one form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadyCall {
    /// For which program.
    pub form: Form,
    /// The lines for a shell.
    pub text: String,
}

/// A program that makes calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// `az rest`.
    AzRest,
    /// `curl`.
    Curl,
}

impl Form {
    /// Its name.
    pub fn word(self) -> &'static str {
        match self {
            Self::AzRest => "az rest",
            Self::Curl => "curl",
        }
    }
}

impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl Preflight {
    /// The worst of all conditions.
    pub fn verdict(&self) -> Verdict {
        Verdict::worst(self.checks.iter().map(|one| one.judged.verdict)).unwrap_or(Verdict::Unknown)
    }

    /// What will happen, in a sentence.
    pub fn says(&self) -> &'static str {
        match (self.verdict(), self.draws) {
            (Verdict::Open, true) => "It draws, and nothing that was read stands against it.",
            (Verdict::Open, false) => "Nothing that was read stands against the call.",
            (Verdict::AtRisk, _) => "The call goes through by a weaker path.",
            (Verdict::Unknown, _) => {
                "Nothing that was read stands against the call, but not everything could be read."
            }
            (Verdict::Shut, _) => "Azure will refuse the call.",
        }
    }
}

/// Judges a network that is to draw from a pool; without `wanted`, it asks for what it asks for now,
/// else for [`USUAL`].
pub fn ipam(ground: &Ground<'_>, draw: &Draw, wanted: Option<u128>) -> Preflight {
    planned::judge(ground, draw, wanted)
}

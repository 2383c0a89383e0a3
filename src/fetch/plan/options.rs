//! What the plan depends on beside the store and the scope.

use std::sync::Arc;

use crate::model::ipam::Draw;

/// How far to look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Depth {
    /// Everything in scope.
    #[default]
    Whole,
    /// Only what a person needs to choose a scope: groups, and which parts stand in them.
    Choosing,
    /// Only what tells which rights are held: a few readings of each of the first subscriptions.
    Rights,
}

/// What the plan depends on beside the store and the scope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// How far to look.
    pub depth: Depth,
    /// Whether the cloud has Microsoft Graph.
    pub graph: bool,
    /// Whether the cloud has the data plane of AI Search.
    pub search: bool,
    /// Whose way in is judged beside that of the signed-in person: object ids, or user principal
    /// names.
    pub users: Arc<[String]>,
    /// Whether the cloud has Log Analytics.
    pub logs: bool,
    /// Calls into pools that somebody wants to know about before they are made.
    pub draws: Vec<Draw>,
}

impl Options {
    /// Plans what a call would rest on, too. False when that is planned already.
    pub fn look_ahead(&mut self, draw: Draw) -> bool {
        let is_new = !self.draws.contains(&draw);
        if is_new {
            self.draws.push(draw);
        }
        is_new
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            depth: Depth::Whole,
            graph: true,
            search: true,
            users: Arc::default(),
            logs: true,
            draws: Vec::new(),
        }
    }
}

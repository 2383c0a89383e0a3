//! What a pane wants of the fetcher. The only way from the screen to the network.

use super::ipam::Draw;
use super::key::Key;
use super::scope::Scope;

/// One wish. The fetcher decides how and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ask {
    /// Read these again, soon.
    Refresh(Vec<Key>),
    /// Read everything again.
    RefreshAll,
    /// These are on screen: read them first, and more often.
    Focus(Vec<Key>),
    /// Stop (or take up again) the periodic reading.
    Freeze(bool),
    /// Look at this scope from now on.
    Choose(Scope),
    /// Read what a network that is to draw from a pool would rest on.
    Draw(Draw),
    /// Try to sign in again.
    SignIn,
}

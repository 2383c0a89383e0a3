//! One owner's store of all that was read: slices with value, phase, issues, revision, generation.
//!
//! The UI task owns it; fetchers send [`Update`]s; readers take a [`Snapshot`], a handful of `Arc`
//! clones. No lock, no clock and no presentation lives here.

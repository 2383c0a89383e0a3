//! Maps and sets for what is looked up thousands of times in one judgement.
//!
//! Their keys are ids that carry a hash already ([`super::id::Folded`]), numbers and short texts of
//! an environment that somebody reads with an own credential: nobody gains by choosing them so that
//! they collide, so the hash is a fast one. What a program says never depends on the order in which a
//! map or a set is walked; where order counts, [`Ordered`] keeps that of insertion.

use rustc_hash::FxBuildHasher;

/// A map.
pub type Map<K, V> = std::collections::HashMap<K, V, FxBuildHasher>;

/// A set.
pub type Set<K> = std::collections::HashSet<K, FxBuildHasher>;

/// A map in the order of insertion.
pub type Ordered<K, V> = indexmap::IndexMap<K, V, FxBuildHasher>;

/// A set in the order of insertion.
pub type OrderedSet<K> = indexmap::IndexSet<K, FxBuildHasher>;

//! The way through the portal: blades and switches, one after the other.

use crate::analysis::hop::{Remedy, Tool};

/// A remedy by the portal: the resource's name, then the steps.
pub fn portal<T: AsRef<str>>(name: &str, steps: impl IntoIterator<Item = T>) -> Remedy {
    let mut text: String = name.chars().filter(|one| !one.is_control()).collect();
    for step in steps {
        text.push_str(" > ");
        text.extend(step.as_ref().chars().filter(|one| !one.is_control()));
    }
    Remedy {
        tool: Tool::Portal,
        text,
        note: None,
    }
}

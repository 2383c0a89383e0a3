//! The walks: their names checked, chosen and listed.

use std::io::{self, Write};

use crate::analysis::tour;
use crate::config::Settings;

use super::Failure;

/// Refuses a walk that speaks of a rule, a hop, a gate or a benefit which does not exist: misspelt,
/// it would show nothing.
pub(super) fn names_are_known(settings: &Settings) -> Result<(), Failure> {
    for tour in settings.tours.iter() {
        let wrong = tour::misnamed(tour);
        if !wrong.is_empty() {
            return Err(Failure::usage(format!(
                "the walk {:?} names what does not exist: {}; `hopscope rules` lists the rules",
                tour.name,
                wrong.join(", ")
            )));
        }
    }
    Ok(())
}

/// The name of the walk that is asked for; the first one where none is.
pub(super) fn name(settings: &Settings, wanted: Option<&str>) -> Result<String, Failure> {
    let mut names = settings.tours.iter().map(|tour| tour.name.as_str());
    let found = match wanted {
        Some(wanted) => names.find(|name| name.eq_ignore_ascii_case(wanted)),
        None => names.next(),
    };
    found.map(str::to_owned).ok_or_else(|| {
        let all: Vec<&str> = settings
            .tours
            .iter()
            .map(|tour| tour.name.as_str())
            .collect();
        Failure::usage(format!(
            "there is no walk {:?}: there are {}",
            wanted.unwrap_or_default(),
            all.join(", ")
        ))
    })
}

/// Lists the walks.
pub(super) fn list(settings: &Settings, out: &mut impl Write) -> io::Result<()> {
    let longest = settings.tours.iter().map(|tour| tour.name.len()).max();
    for tour in settings.tours.iter() {
        let room = longest.unwrap_or(0);
        writeln!(
            out,
            "  {:room$}  {}, {} steps",
            tour.name,
            tour.title,
            tour.steps.len()
        )?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_walks_name_only_what_exists() {
        let settings = Settings::shipped("dark").unwrap();
        names_are_known(&settings).unwrap();
        assert_eq!(name(&settings, None).unwrap(), "six-benefits");
        assert!(
            name(&settings, Some("nowhere"))
                .unwrap_err()
                .message
                .contains("hidden-group")
        );
        let mut out = Vec::new();
        list(&settings, &mut out).unwrap();
        assert_eq!(String::from_utf8(out).unwrap().lines().count(), 3);
    }
}

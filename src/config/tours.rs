//! Walks: those inside the program, and those of the folder `tours` beside `config.toml`.
//!
//! Must not know what a rule or a hop is: whoever shows a walk checks its names.

use std::path::{Path, PathBuf};

use crate::model::tour::Tour;

use super::file::line_of;

/// The walks inside the program; the first one is the one that is shown when none is named.
const SHIPPED: [(&str, &str); 3] = [
    (
        "six-benefits.toml",
        include_str!("../../assets/tours/six-benefits.toml"),
    ),
    (
        "hidden-group.toml",
        include_str!("../../assets/tours/hidden-group.toml"),
    ),
    (
        "document-to-answer.toml",
        include_str!("../../assets/tours/document-to-answer.toml"),
    ),
];

/// What can be wrong with a walk.
#[derive(Debug, thiserror::Error)]
pub enum TourError {
    /// The file or the folder cannot be read.
    #[error("the walk {file} cannot be read")]
    Read {
        /// The file.
        file: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// It is not of the form of a walk.
    #[error("{file}, line {line}: {message}")]
    Form {
        /// The file.
        file: String,
        /// The line, from 1.
        line: usize,
        /// What is wrong.
        message: String,
    },
    /// It has no steps, or two of one name.
    #[error("{file}: {message}")]
    Steps {
        /// The file.
        file: String,
        /// What is wrong.
        message: String,
    },
}

/// Every walk: the shipped ones, then those of a folder by file name. One of the same name takes the
/// place of a shipped one.
pub fn load(folder: Option<&Path>) -> Result<Vec<Tour>, TourError> {
    let mut tours = shipped()?;
    let own = folder.map(|folder| folder.join("tours"));
    for path in own.iter().flat_map(|folder| files(folder)) {
        let text = std::fs::read_to_string(&path).map_err(|source| TourError::Read {
            file: path.clone(),
            source,
        })?;
        let tour = parse(&text, &path.display().to_string())?;
        match tours.iter_mut().find(|one| one.name == tour.name) {
            Some(known) => *known = tour,
            None => tours.push(tour),
        }
    }
    Ok(tours)
}

/// The walks inside the program.
pub fn shipped() -> Result<Vec<Tour>, TourError> {
    SHIPPED
        .iter()
        .map(|(file, text)| parse(text, file))
        .collect()
}

/// Reads one walk.
pub fn parse(text: &str, file: &str) -> Result<Tour, TourError> {
    let tour: Tour = toml::from_str(text).map_err(|error| TourError::Form {
        file: file.to_owned(),
        line: line_of(&error, text),
        message: error.message().to_owned(),
    })?;
    let wrong = |message: String| TourError::Steps {
        file: file.to_owned(),
        message,
    };
    if tour.steps.is_empty() {
        return Err(wrong("a walk needs a [[step]]".to_owned()));
    }
    for (at, step) in tour.steps.iter().enumerate() {
        if tour.steps[..at].iter().any(|one| one.id == step.id) {
            return Err(wrong(format!("two steps are called {:?}", step.id)));
        }
    }
    Ok(tour)
}

/// The TOML files of a folder; a folder that is not there has none.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|end| end == "toml"))
        .collect();
    found.sort();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const STEP: &str = "name = \"own\"\ntitle = \"Own\"\n[[step]]\nid = \"a\"\ntab = \"a\"\nsentence = \"s\"\ntext = \"t\"\npicture = \"doors\"\n";

    #[test]
    fn the_shipped_walks_can_be_read_and_the_first_tells_the_six_benefits() {
        let tours = shipped().unwrap();
        let tabs: Vec<&str> = tours[0]
            .steps
            .iter()
            .map(|step| step.tab.as_str())
            .collect();
        assert_eq!(
            tabs[..6],
            [
                "backbone",
                "firewalls",
                "outbound",
                "identity",
                "cost",
                "logs"
            ]
        );
        assert!(tours[0].steps.iter().all(|step| !step.text.is_empty()));
    }

    #[test]
    fn a_walk_of_ones_own_is_added_and_trouble_names_file_and_line() {
        let folder = tempfile::tempdir().unwrap();
        let tours = folder.path().join("tours");
        std::fs::create_dir(&tours).unwrap();
        std::fs::write(tours.join("own.toml"), STEP).unwrap();
        let known = load(Some(folder.path())).unwrap();
        assert_eq!(known.last().unwrap().name, "own");
        std::fs::write(tours.join("own.toml"), format!("{STEP}colour = \"red\"\n")).unwrap();
        let error = load(Some(folder.path())).unwrap_err().to_string();
        assert!(error.contains("own.toml, line 9"), "{error}");
        let twice = format!("{STEP}{}", &STEP[STEP.find("[[").unwrap()..]);
        std::fs::write(tours.join("own.toml"), twice).unwrap();
        let error = load(Some(folder.path())).unwrap_err().to_string();
        assert!(error.contains("two steps"), "{error}");
    }
}

//! What can go wrong before the embedded Azure serves its first request. Must not know HTTP: once it
//! serves, errors are answers.

use std::net::SocketAddr;
use std::path::PathBuf;

use super::scenario::Listing;

/// Why a scenario could not be loaded or served.
#[derive(Debug, thiserror::Error)]
pub enum SimulatorError {
    /// No embedded scenario has this name.
    #[error("no scenario is called '{name}'{near} `hopscope demo --list` shows them all")]
    UnknownScenario {
        /// What was asked for.
        name: String,
        /// The names that look like it, as a question behind a colon; else a semicolon.
        near: String,
    },
    /// A scenario folder could not be read.
    #[error("cannot read {}", path.display())]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// What the operating system said.
        #[source]
        source: std::io::Error,
    },
    /// A file of a scenario does not hold what it should.
    #[error("{file}: {reason}")]
    Malformed {
        /// The file, relative to the scenario's folder.
        file: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The address is not on this machine.
    #[error("the embedded Azure listens on loopback only; {address} is reachable by others")]
    NotLoopback {
        /// What was asked for.
        address: SocketAddr,
    },
    /// The port is taken or not allowed.
    #[error("cannot listen on {address}")]
    Listen {
        /// What was asked for.
        address: SocketAddr,
        /// What the operating system said.
        #[source]
        source: std::io::Error,
    },
    /// The certificate for https could not be made.
    #[error("cannot make a certificate for https: {reason}")]
    Certificate {
        /// What the certificate library said.
        reason: String,
    },
}

impl SimulatorError {
    /// That no scenario has a name, with the one that may be meant.
    pub(super) fn unknown(name: &str, all: &[Listing]) -> Self {
        /// How alike two names are before one is taken for the other, misspelt: 1.0 is the same.
        const ALIKE: f64 = 0.85;
        let wanted = name.to_ascii_lowercase();
        let near = all
            .iter()
            .map(|one| (strsim::jaro_winkler(&wanted, &one.name), &one.name))
            .filter(|(alike, _)| *alike >= ALIKE)
            .max_by(|(one, _), (other, _)| one.total_cmp(other))
            .map_or_else(
                || String::from(";"),
                |(_, name)| format!(": did you mean '{name}'?"),
            );
        Self::UnknownScenario {
            name: name.to_owned(),
            near,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::simulator::Scenario;

    #[test]
    fn a_misspelt_scenario_is_guessed_and_a_strange_word_is_not() {
        for (name, expected) in [
            (
                "brokn-indexer",
                "no scenario is called 'brokn-indexer': did you mean 'broken-indexer'? `hopscope demo --list` shows them all",
            ),
            (
                "xyzzy",
                "no scenario is called 'xyzzy'; `hopscope demo --list` shows them all",
            ),
        ] {
            assert_eq!(Scenario::load(name).unwrap_err().to_string(), expected);
        }
    }
}

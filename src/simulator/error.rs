//! What can go wrong before the embedded Azure serves its first request. Must not know HTTP: once it
//! serves, errors are answers.

use std::net::SocketAddr;
use std::path::PathBuf;

/// Why a scenario could not be loaded or served.
#[derive(Debug, thiserror::Error)]
pub enum SimulatorError {
    /// No embedded scenario has this name.
    #[error("no scenario is called '{name}'; there are: {known}")]
    UnknownScenario {
        /// What was asked for.
        name: String,
        /// The names that exist, joined for reading.
        known: String,
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

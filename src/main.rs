//! hopscope: arguments, one command, an exit code.

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    hopscope::commands::run(hopscope::cli::Cli::parse())
}

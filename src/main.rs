//! hopscope: arguments, one command, an exit code.

use std::process::ExitCode;

use clap::Parser;

/// Judging makes many small values on several threads at once; a quarter of its time goes to the
/// allocator, and this one is quicker at it (benches/judging.rs).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    hopscope::commands::run(hopscope::cli::Cli::parse())
}

//! hopscope: arguments, one command, an exit code.

fn main() {}

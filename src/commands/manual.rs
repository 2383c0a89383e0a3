//! `hopscope man`: the manual page, made from the definition of the command line.
//!
//! One page for all commands: each is a section with its own options and examples. Examples keep their
//! lines, so they are set here and not by `clap_mangen`, which fills them like prose.

use std::io::{self, Write};

use clap::{Command, CommandFactory};
use clap_mangen::Man;

use crate::cli::Cli;

/// Writes the page.
pub(super) fn write(out: &mut dyn Write) -> io::Result<()> {
    let mut page = Vec::new();
    sections(&mut page)?;
    // Each part that is rendered by itself begins with the same two lines of definitions.
    let mut defined = 0;
    for line in String::from_utf8_lossy(&page).lines() {
        if line.contains(".ds Aq") {
            defined += 1;
            if defined > 2 {
                continue;
            }
        }
        writeln!(out, "{line}")?;
    }
    Ok(())
}

fn sections(out: &mut dyn Write) -> io::Result<()> {
    let command = Cli::command();
    let man = Man::new(command.clone());
    man.render_title(out)?;
    man.render_name_section(out)?;
    man.render_synopsis_section(out)?;
    man.render_description_section(out)?;
    man.render_options_section(out)?;
    if let Some(text) = command.get_after_help() {
        examples(out, ".SH EXAMPLES", &text.to_string())?;
    }
    for sub in command.get_subcommands() {
        one(out, sub, "hopscope")?;
    }
    man.render_version_section(out)
}

/// A command, and those below it.
fn one(out: &mut dyn Write, command: &Command, parent: &str) -> io::Result<()> {
    let name = format!("{parent} {}", command.get_name());
    writeln!(out, ".SH {}", quoted(&name.to_uppercase()))?;
    let man = Man::new(
        command
            .clone()
            .bin_name(name.clone())
            .display_name(name.clone()),
    );
    let mut text = Vec::new();
    man.render_description_section(&mut text)?;
    man.render_synopsis_section(&mut text)?;
    man.render_options_section(&mut text)?;
    // Below the section of the command its parts are subsections; the first needs no heading.
    let text = String::from_utf8_lossy(&text)
        .replace(".SH DESCRIPTION\n", "")
        .replace(".SH SYNOPSIS\n", ".SS Synopsis\n")
        .replace(".SH OPTIONS\n", ".SS Options\n")
        .replace(".SH ", ".SS ");
    out.write_all(text.as_bytes())?;
    let after = command.get_after_long_help().or(command.get_after_help());
    if let Some(after) = after {
        examples(out, ".SS Examples", &after.to_string())?;
    }
    for sub in command.get_subcommands() {
        one(out, sub, &name)?;
    }
    Ok(())
}

/// Lines that stay as they are.
fn examples(out: &mut dyn Write, heading: &str, text: &str) -> io::Result<()> {
    writeln!(out, "{heading}\n.nf")?;
    let body = text
        .strip_prefix("Examples:\n")
        .or_else(|| text.strip_prefix("Example:\n"))
        .unwrap_or(text);
    for line in body.lines() {
        writeln!(out, "{}", literal(line))?;
    }
    writeln!(out, ".fi")
}

/// A line that roff takes for nothing but words.
fn literal(line: &str) -> String {
    let escaped = line.replace('\\', "\\e").replace('-', "\\-");
    if escaped.starts_with(['.', '\'']) {
        format!("\\&{escaped}")
    } else {
        escaped
    }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", literal(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_has_its_options_and_examples_keep_their_lines() {
        let mut page = Vec::new();
        write(&mut page).unwrap();
        let page = String::from_utf8(page).unwrap();
        for words in [
            ".TH hopscope 1",
            ".SH EXAMPLES\n.nf\nLook around:\n  hopscope  ",
            ".SH \"HOPSCOPE CHECK\"",
            ".SH \"HOPSCOPE PREFLIGHT IPAM\"",
            "fail\\-on",
            ".SS Examples\n.nf\n  hopscope save poc.hop \\-g rg\\-rag\\-poc",
        ] {
            assert!(page.contains(words), "{words}: {page}");
        }
        assert!(!page.contains(".SH EXTRA"), "{page}");
        // What holds everywhere is told once.
        assert_eq!(page.matches("client\\-ip\\fR \\fI").count(), 1, "{page}");
        assert_eq!(page.matches(".ds Aq").count(), 2);
    }

    #[test]
    fn a_line_is_words_only() {
        assert_eq!(literal(".TH x -y \\"), "\\&.TH x \\-y \\e");
    }
}

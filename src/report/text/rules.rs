//! The rules of the findings for people: a list by family, or one of them with what it looks at.

use std::io::{self, Write};

use crate::analysis::findings::Rule;

use super::cell::{fit, pad, wrap};

/// A line a rule, under the name of its family.
pub fn list(out: &mut impl Write, rules: &[&Rule], width: usize) -> io::Result<()> {
    let longest = rules.iter().map(|rule| rule.id.len()).max().unwrap_or(0);
    let mut family = "";
    for rule in rules {
        if rule.family != family {
            if !family.is_empty() {
                writeln!(out)?;
            }
            family = rule.family;
            writeln!(out, "{family}")?;
        }
        let line = format!(
            "  {}  {}  {}  {}",
            pad(rule.id, longest),
            pad(rule.kind.word(), 8),
            pad(rule.severity.word(), 7),
            rule.title
        );
        writeln!(out, "{}", fit(&line, width))?;
    }
    writeln!(out, "\nhopscope rules NAME explains one of them.")
}

/// One rule: what it is, what it looks at, where its facts come from.
pub fn explain(out: &mut impl Write, rule: &Rule, width: usize) -> io::Result<()> {
    writeln!(out, "{}", rule.id)?;
    let benefit = rule
        .benefit
        .map_or_else(String::new, |one| format!(", benefit {}", one.word()));
    writeln!(
        out,
        "{}, {}{benefit}, family {}",
        rule.kind.word(),
        rule.severity.word(),
        rule.family
    )?;
    writeln!(out)?;
    for line in wrap(&format!("{}.", rule.title), width) {
        writeln!(out, "{line}")?;
    }
    writeln!(out)?;
    for line in wrap(rule.doc, width) {
        writeln!(out, "{line}")?;
    }
    writeln!(out)?;
    for line in wrap(&format!("Source: {}", rule.origin()), width) {
        writeln!(out, "{line}")?;
    }
    for page in rule.pages() {
        // Whole, however long: a link that is broken leads nowhere.
        writeln!(out, "  {page}")?;
    }
    writeln!(
        out,
        "\nIn config.toml:\n  [severity]\n  \"{0}\" = \"error|warning|info\"\n  [[suppress]]\n  rule = \"{0}\"\n  reason = \"why\"\n  expires = \"YYYY-MM-DD\"",
        rule.id
    )
}

//! `hopscope rules`: the rules of the findings, listed or explained.

use std::io::Write;

use crate::analysis::findings::{self, Rule};
use crate::cli::Rules;
use crate::report::text::rules;

use super::check::Screen;
use super::{Exit, Failure};

/// Lists every rule, those of an area, or explains one.
pub fn run(arguments: &Rules, screen: Screen, out: &mut impl Write) -> Result<Exit, Failure> {
    let wanted = arguments.rule.as_deref().unwrap_or_default();
    let chosen: Vec<&Rule> = match findings::rule(wanted) {
        Some(one) => vec![one],
        None => findings::rules()
            .filter(|rule| rule.id.starts_with(wanted) || rule.family == wanted)
            .collect(),
    };
    let outcome = match chosen.as_slice() {
        [] => {
            return Err(Failure::usage(format!(
                "there is no rule {wanted:?}; `hopscope rules` lists them"
            )));
        }
        [one] => rules::explain(out, one, screen.width),
        several => rules::list(out, several, screen.width),
    };
    outcome.map_err(|error| Failure::usage(format!("the rules cannot be written: {error}")))?;
    Ok(Exit::Done)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(rule: Option<&str>) -> Result<String, Failure> {
        let screen = Screen {
            width: 100,
            colour: false,
        };
        let arguments = Rules {
            rule: rule.map(str::to_owned),
        };
        let mut out = Vec::new();
        run(&arguments, screen, &mut out)?;
        Ok(String::from_utf8(out).unwrap())
    }

    #[test]
    fn every_rule_is_listed_by_family() {
        let text = told(None).unwrap();
        for rule in findings::rules() {
            assert!(
                text.contains(rule.id) && text.contains(rule.family),
                "{}",
                rule.id
            );
        }
        assert!(text.lines().all(|line| line.chars().count() <= 100));
    }

    #[test]
    fn one_is_explained_with_doc_and_source() {
        let text = told(Some("storage/shared-key-enabled")).unwrap();
        for word in [
            "exposure",
            "warning",
            "identity",
            "domain reference",
            "account keys",
        ] {
            assert!(text.contains(word), "{word}: {text}");
        }
    }

    #[test]
    fn an_area_lists_its_own_and_an_unknown_word_is_an_error() {
        let text = told(Some("storage/")).unwrap();
        assert!(text.contains("storage/plain-http") && !text.contains("search/keys-only"));
        let error = told(Some("storage/nothing")).unwrap_err();
        assert_eq!(error.exit, Exit::Usage);
    }
}

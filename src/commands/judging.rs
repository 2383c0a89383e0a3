//! What a person says about how to judge, from flags, config file, or the scenario of a demo.

use std::path::Path;

use crate::cli::Global;
use crate::config::ConfigFile;
use crate::model::judging::{DeclaredHop, Judging, Pattern};
use crate::simulator::Scenario;

use super::session::named;
use super::{Failure, causes};

/// The inputs of judgement. A demo knows the address of its caller (a flag wins over it) and brings
/// a config file of its own, which is read like a person's; the person's own pattern names another
/// environment and is left out then.
///
/// # Errors
/// When the cloud file cannot be used, or a scenario's config file says what is not known.
pub fn judging(global: &Global, file: &ConfigFile) -> Result<Judging, Failure> {
    let mut judging = global.judging();
    let Some(name) = global.demo.as_deref() else {
        judging.suffix = named(global)?.suffix;
        judging.pattern = pattern(file);
        return Ok(judging);
    };
    if let Some(preface) = Scenario::preface(name) {
        judging.client_ip = judging.client_ip.or(preface.address);
        if let Some(text) = preface.config {
            let place = format!("config.toml of scenario {name}");
            let own = ConfigFile::parse(text, Path::new(&place))
                .map_err(|error| Failure::usage(causes(&error)))?;
            judging.pattern = pattern(&own);
        }
    }
    Ok(judging)
}

/// `[pattern]` as the judging takes it.
fn pattern(file: &ConfigFile) -> Pattern {
    let own = &file.pattern;
    Pattern {
        users: own.users.clone(),
        image_hosts: own.image_hosts.clone(),
        hops: own
            .hop
            .iter()
            .map(|hop| DeclaredHop {
                kind: hop.kind.clone(),
                from: hop.from.clone(),
                to: hop.to.clone(),
            })
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_demo_brings_its_own_pattern() {
        let global = Global {
            demo: Some("broken-indexer".to_owned()),
            ..Global::default()
        };
        let mut file = ConfigFile::default();
        file.pattern.image_hosts.push("elsewhere.example".to_owned());
        let found = judging(&global, &file).unwrap();
        assert_eq!(found.pattern.image_hosts, ["images.contoso.com"]);
        assert!(found.client_ip.is_some());
    }

    #[test]
    fn a_person_s_own_pattern_is_taken_over() {
        let text = "[pattern]\nusers = [\"ada@contoso.com\"]\n[[pattern.hop]]\nkind = \"openai-to-search\"\nfrom = \"a\"\nto = \"b\"\n";
        let file = ConfigFile::parse(text, Path::new("config.toml")).unwrap();
        let found = judging(&Global::default(), &file).unwrap();
        assert_eq!(found.pattern.users, ["ada@contoso.com"]);
        assert_eq!(found.pattern.hops[0].kind, "openai-to-search");
    }
}

//! `hopscope preflight ipam`: what a virtual network that is to draw from a pool would meet, and the
//! call ready to run. It reads, as everything here does, and changes nothing.

use std::io::{self, Write};

use crate::analysis::ground::Ground;
use crate::analysis::preflight;
use crate::analysis::verdict::Verdict;
use crate::cli::{Global, Ipam, PlainFormat};
use crate::config::ConfigFile;
use crate::model::id::ArmId;
use crate::model::ipam::{Draw, NETWORK, POOL, is_pool};
use crate::model::scope::Scope;
use crate::report::{file, json, text};
use crate::store::Inventory;

use super::check::Screen;
use super::source::{self, Source};
use super::{Exit, Failure, trouble, written};

/// Judges the call and prints it.
pub async fn run(
    global: &Global,
    arguments: &Ipam,
    file: &ConfigFile,
    stdout: &mut impl Write,
    screen: Screen,
) -> Result<Exit, Failure> {
    let mut draw = named(arguments)?;
    let mut masker = source::masker(global)?;
    let mut source = Source::find(global, file).await?;
    let mut asked = None;
    if let Source::Place(place, _) = &mut source {
        asked = Some(place.scope.clone());
        place.scope = widened(place.scope.clone(), &draw);
        place.draws.push(draw.clone());
    }
    let inspected = source.read().await.masked(&mut masker);
    let asked = asked.map_or_else(|| inspected.scope.clone(), |scope| masker.scope(&scope));
    draw = Draw {
        pool: ArmId::new(masker.text(draw.pool.as_str())),
        network: ArmId::new(masker.text(draw.network.as_str())),
    };
    if let Some(failure) = trouble::judge(&inspected.snapshot, &asked).failure {
        return Err(failure);
    }
    let meta = inspected.meta();
    let inventory = Inventory::build(&inspected.snapshot);
    let ground = Ground::new(&inventory, &inspected.frame.judging, inspected.at);
    let found = preflight::ipam(&ground, &draw, arguments.addresses);
    let print = |out: &mut dyn Write, style: text::Style| -> io::Result<()> {
        match arguments.format {
            PlainFormat::Text => text::preflight::write(out, &inventory, &found, style)?,
            PlainFormat::Json => {
                let report = json::preflight::build(&inventory, &found, &meta);
                serde_json::to_writer_pretty(&mut *out, &report).map_err(io::Error::from)?;
                writeln!(out)?;
            }
        }
        out.flush()
    };
    match &arguments.out {
        None => {
            let style = text::Style {
                width: screen.width,
                colour: screen.colour,
            };
            written(print(stdout, style))?;
        }
        Some(path) => {
            let outcome = file::whole(path, |out| print(out, text::Style::default()));
            outcome.map_err(|error| {
                Failure::usage(format!("{} cannot be written: {error}", path.display()))
            })?;
        }
    }
    Ok(if found.verdict() == Verdict::Open {
        Exit::Done
    } else {
        Exit::Found
    })
}

/// The two ids, each of its own kind.
fn named(arguments: &Ipam) -> Result<Draw, Failure> {
    let draw = Draw {
        pool: ArmId::new(arguments.pool.trim()),
        network: ArmId::new(arguments.vnet.trim()),
    };
    let is_network = draw
        .network
        .resource_type()
        .is_some_and(|own| own.eq_ignore_ascii_case(NETWORK));
    let wrong = |flag: &str, given: &str, of: &str, path: &str| {
        Failure::usage(format!(
            "{flag} {given:?} is no resource id of {of}: it has the form /subscriptions/ID/resourceGroups/NAME/providers/Microsoft.Network/{path}"
        ))
    };
    if !is_pool(&draw.pool) || draw.pool.resource_group().is_none() {
        let path = "networkManagers/NAME/ipamPools/NAME";
        return Err(wrong("--pool", &arguments.pool, POOL, path));
    }
    if !is_network || draw.network.resource_group().is_none() {
        let path = "virtualNetworks/NAME";
        return Err(wrong("--vnet", &arguments.vnet, NETWORK, path));
    }
    Ok(draw)
}

/// The scope with both subscriptions in it, and, where groups are named, both groups: without any
/// scope, nothing else is read.
fn widened(mut scope: Scope, draw: &Draw) -> Scope {
    let is_grouped = !scope.resource_groups.is_empty();
    let add = |list: &mut Vec<String>, name: &str| {
        if !list.iter().any(|own| own.eq_ignore_ascii_case(name)) {
            list.push(name.to_owned());
        }
    };
    for id in [&draw.network, &draw.pool] {
        if let Some(subscription) = id.subscription() {
            add(&mut scope.subscriptions, subscription.as_str());
        }
        if let (true, Some(group)) = (is_grouped, id.resource_group()) {
            add(&mut scope.resource_groups, group);
        }
    }
    scope
}

#[cfg(test)]
mod tests {
    use super::*;

    const POOL_ID: &str = "/subscriptions/a/resourceGroups/g/providers/Microsoft.Network/networkManagers/m/ipamPools/p";
    const NETWORK_ID: &str =
        "/subscriptions/b/resourceGroups/h/providers/Microsoft.Network/virtualNetworks/v";

    fn arguments(pool: &str, vnet: &str) -> Ipam {
        Ipam {
            pool: pool.to_owned(),
            vnet: vnet.to_owned(),
            addresses: None,
            format: PlainFormat::Text,
            out: None,
        }
    }

    #[test]
    fn each_id_is_of_its_own_kind() {
        assert!(named(&arguments(POOL_ID, NETWORK_ID)).is_ok());
        for (pool, vnet, flag) in [
            (NETWORK_ID, NETWORK_ID, "--pool"),
            (POOL_ID, POOL_ID, "--vnet"),
            ("spokes", NETWORK_ID, "--pool"),
            (POOL_ID, "", "--vnet"),
        ] {
            let failure = named(&arguments(pool, vnet)).unwrap_err();
            assert_eq!(failure.exit, Exit::Usage);
            assert!(failure.message.starts_with(flag), "{failure}");
        }
    }

    #[test]
    fn both_places_are_looked_at_and_none_is_lost() {
        let draw = named(&arguments(POOL_ID, NETWORK_ID)).unwrap();
        let scope = widened(Scope::default(), &draw);
        assert_eq!(scope.subscriptions, ["b", "a"]);
        assert!(scope.resource_groups.is_empty());
        let scope = widened(
            Scope {
                subscriptions: vec!["A".to_owned()],
                resource_groups: vec!["own".to_owned()],
                ..Scope::default()
            },
            &draw,
        );
        assert_eq!(scope.subscriptions, ["A", "b"]);
        assert_eq!(scope.resource_groups, ["own", "h", "g"]);
    }
}

//! What the rows of the Network pane say.

use crate::analysis::network::Doors;
use crate::model::issue::{Issue, IssueKind};
use crate::model::judging::Judging;
use crate::model::resource::Family;
use crate::ui::panes::staged::{AT, Perimeters, firewall, id, resource, stored};
use crate::ui::panes::ways::{Basis, Ways, Who};
use crate::ui::signs::Sign;

use super::rows::{self, Rows, doors_in_short};

fn judging() -> Judging {
    Judging {
        client_ip: Some("203.0.113.24".parse().unwrap()),
        ..Judging::default()
    }
}

/// One search service and storage accounts with these firewalls, in one group.
fn rows_of(storage: &[(&str, &str)], perimeters: &Perimeters) -> Rows {
    let accounts = storage
        .iter()
        .enumerate()
        .map(|(at, (default_action, bypass))| {
            let wall = firewall(default_action, bypass);
            resource(Family::Storage, "rg", &format!("st{at}"), wall)
        });
    let search = resource(Family::Search, "rg", "srch", firewall("", "AzureServices"));
    let (inventory, snapshot) = stored(accounts.chain([search]).collect(), perimeters);
    rows::build(&inventory, &snapshot, &judging())
}

fn sign_of(rows: &Rows, name: &str) -> Sign {
    let found = rows.services.iter().find(|one| one.resource.name == name);
    found.expect("a service of this name").sign
}

#[test]
fn the_sign_sums_up_what_the_pattern_asks_of_a_service() {
    let refused = Issue::new(IssueKind::Denied, "security perimeters", "no", AT);
    let refused = Perimeters::Failed(refused);
    for (wall, perimeters, expected, bypass_shuts) in [
        (("Deny", "None"), &Perimeters::Read, Sign::Shut, true),
        (
            ("Deny", "AzureServices"),
            &Perimeters::Read,
            Sign::Open,
            false,
        ),
        (("Allow", "None"), &Perimeters::Read, Sign::Exposure, false),
        (
            ("Deny", "AzureServices"),
            &Perimeters::Pending,
            Sign::Reading,
            false,
        ),
        (("Deny", "AzureServices"), &refused, Sign::Unknown, false),
        // A word that is not known is no refusal.
        (("Perhaps", "None"), &Perimeters::Read, Sign::Unknown, false),
    ] {
        let rows = rows_of(&[wall], perimeters);
        assert_eq!(sign_of(&rows, "st0"), expected, "{wall:?}");
        let service = rows
            .services
            .iter()
            .find(|one| one.resource.name == "st0")
            .unwrap();
        assert_eq!(service.bypass_shuts, bypass_shuts, "{wall:?}");
    }
}

#[test]
fn what_is_shut_comes_first() {
    let rows = rows_of(&[("Deny", "None")], &Perimeters::Read);
    let names: Vec<&str> = rows
        .services
        .iter()
        .map(|one| one.resource.name.as_str())
        .collect();
    assert_eq!(names, ["st0", "srch"]);
    let callers: Vec<&str> = rows.callers.iter().map(Who::name).collect();
    assert_eq!(callers, ["you", "srch", "Azure portal", "the internet"]);
}

#[test]
fn a_call_is_assumed_only_between_the_only_ones_of_their_kind() {
    for (accounts, is_assumed) in [(1, true), (2, false)] {
        let walls = vec![("Deny", "None"); accounts];
        let rows = rows_of(&walls, &Perimeters::Read);
        // Where it is not assumed, nobody is known to be kept out.
        let expected = if is_assumed { Sign::Shut } else { Sign::Open };
        assert_eq!(sign_of(&rows, "st0"), expected, "{accounts}");
    }
}

#[test]
fn the_pattern_has_calls_one_way_and_not_the_other() {
    let resources = vec![
        resource(Family::Storage, "rg", "st", firewall("Deny", "None")),
        resource(Family::Search, "rg", "srch", firewall("", "None")),
        resource(Family::Vault, "rg", "kv", firewall("Deny", "None")),
    ];
    let (inventory, snapshot) = stored(resources, &Perimeters::Read);
    let ways = Ways::of(&inventory, &snapshot);
    let of = |family, name| inventory.resource(&id(family, "rg", name)).unwrap();
    let (storage, search, vault) = (
        of(Family::Storage, "st"),
        of(Family::Search, "srch"),
        of(Family::Vault, "kv"),
    );
    let by = |from: &Who, to: &_| ways.basis(from, to);
    let searching = Who::Service(search.clone());
    assert!(matches!(by(&searching, storage), Some(Basis::Assumed(_))));
    assert_eq!(by(&searching, vault), None);
    assert_eq!(by(&searching, search), None);
    assert_eq!(by(&Who::Service(storage.clone()), search), None);
    assert_eq!(by(&Who::Portal, storage), None);
    assert_eq!(by(&Who::Portal, search), Some(Basis::Possible));
    assert_eq!(by(&Who::Internet, vault), Some(Basis::Possible));
    assert_eq!(by(&Who::You, vault), Some(Basis::Possible));
}

#[test]
fn doors_are_said_in_short_and_none_is_left_out() {
    for (doors, words) in [
        (
            Doors {
                addresses: 1,
                instances: 1,
                ..Doors::default()
            },
            "1 IP + instance",
        ),
        (
            Doors {
                addresses: 2,
                trusted: true,
                ..Doors::default()
            },
            "2 IPs + trusted",
        ),
        (
            Doors {
                any_azure: true,
                ranges: 2,
                networks: 1,
                ..Doors::default()
            },
            "any Azure + 2 ranges + 1 net",
        ),
        (
            Doors {
                portal: true,
                private_endpoints: 3,
                instances: 2,
                ..Doors::default()
            },
            "2 instances + portal + private",
        ),
    ] {
        assert_eq!(doors_in_short(&doors), words);
    }
}

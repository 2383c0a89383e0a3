use clap::CommandFactory;

use super::*;

fn parse(arguments: &[&str]) -> Result<Cli, clap::Error> {
    Cli::try_parse_from(std::iter::once("hopscope").chain(arguments.iter().copied()))
}

#[test]
fn the_definition_holds_together() {
    Cli::command().debug_assert();
}

#[test]
fn global_flags_go_before_and_behind_the_command() {
    for arguments in [
        ["-g", "rg", "check", "--demo", "healthy", "-s", "dev"],
        ["check", "--demo", "healthy", "-g", "rg", "-s", "dev"],
    ] {
        let cli = parse(&arguments).unwrap();
        assert_eq!(cli.global.demo.as_deref(), Some("healthy"));
        assert_eq!(cli.global.scope().resource_groups, ["rg"]);
        assert_eq!(cli.global.scope().subscriptions, ["dev"]);
    }
}

#[test]
fn a_demo_without_a_name_is_the_default_one() {
    let cli = parse(&["check", "--demo", "--format", "json"]).unwrap();
    assert_eq!(cli.global.demo.as_deref(), Some(DEFAULT_SCENARIO));
}

#[test]
fn what_does_not_fit_together_is_refused() {
    assert!(parse(&["check", "--demo", "x", "--cloud", "china"]).is_err());
    assert!(parse(&["check", "--cloud", "china", "--cloud-file", "f"]).is_err());
    assert!(parse(&["check", "--format", "pdf"]).is_err());
    assert!(parse(&["check", "--fail-on", "shut,bad"]).is_err());
    assert!(parse(&["check", "--client-ip", "1.2.3"]).is_err());
}

#[test]
fn addresses_are_counted_beyond_64_bits_and_never_none() {
    let asked = |number: &str| {
        let ids = ["preflight", "ipam", "--pool", "/p", "--vnet", "/v"];
        parse(&[&ids[..], &["--addresses", number]].concat()).map(|cli| match cli.command {
            Some(Command::Preflight {
                what: Preflight::Ipam(own),
            }) => own.addresses,
            other => panic!("{other:?}"),
        })
    };
    assert_eq!(asked("100").unwrap(), Some(100));
    assert_eq!(
        asked("1,208,925,819,614,629,174,706,176").unwrap(),
        Some(1 << 80)
    );
    for wrong in ["0", "-1", "many", ""] {
        assert!(asked(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn several_reasons_to_fail_come_by_comma() {
    let cli = parse(&["check", "--fail-on", "shut,warning"]).unwrap();
    let Some(Command::Check(check)) = cli.command else {
        panic!("not a check: {cli:?}");
    };
    assert_eq!(check.fail_on, [FailOn::Shut, FailOn::Warning]);
}

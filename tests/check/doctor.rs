//! `hopscope doctor`: what works, what is missing and who has it, what it cost.

use crate::dead_address;
use crate::support::{Ran, hopscope};

/// What was said, in one line.
fn said(ran: &Ran) -> String {
    ran.stdout.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn it_says_who_is_signed_in_and_that_nothing_is_missing() {
    let ran = hopscope(&["doctor", "--demo", "healthy"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let text = said(&ran);
    for words in [
        "✔ signed in ada@contoso.com, a person, by loopback",
        "✔ tokens for Resource Manager, Microsoft Graph, AI Search, Log Analytics",
        "2 subscriptions: contoso-dev, contoso-prod",
        "✔ contoso-dev resource groups; in rg-rag-poc: storage accounts, role assignments, deny assignments, policy assignments",
        "✔ directory names and groups",
        "stdout is no terminal",
        "all of them reads",
    ] {
        assert!(text.contains(words), "{words}: {}", ran.stdout);
    }
    assert!(!text.contains('✖') && !text.contains('?'), "{}", ran.stdout);
    // It looks, and does not read an environment.
    let requests = text.split_once("requests ").unwrap().1;
    let count: u32 = requests.split(' ').next().unwrap().parse().unwrap();
    assert!((8..20).contains(&count), "{}", ran.stdout);
}

#[test]
fn a_right_that_is_missing_is_named_with_the_role_and_the_command_that_gives_it() {
    let ran = hopscope(&["doctor", "--demo", "role-assignments-refused"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let text = said(&ran);
    for words in [
        "? contoso-dev in rg-rag-poc: role assignments: refused, for want of \
         Microsoft.Authorization/roleAssignments/read, which Reader has",
        "to mend it who may assign roles there: az role assignment create",
        "✔ contoso-dev resource groups",
    ] {
        assert!(text.contains(words), "{words}: {}", ran.stdout);
    }
}

#[test]
fn nothing_of_the_environment_shows_when_masked() {
    let ran = hopscope(&["doctor", "--redact", "--demo", "role-assignments-refused"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    for name in ["ada", "contoso", "rg-rag-poc", "7f3ebb89", "3b1c0f2d"] {
        assert!(!ran.stdout.contains(name), "{name}: {}", ran.stdout);
    }
}

#[test]
fn signed_out_it_is_short_and_says_what_each_credential_said() {
    let folder = tempfile::tempdir().unwrap();
    let cloud = folder.path().join("cloud.toml");
    let dead = dead_address();
    std::fs::write(
        &cloud,
        format!(
            "name = \"dead\"\nresource_manager = \"{dead}\"\nauthority = \"{dead}\"\nportal = \"https://portal.azure.com\"\n"
        ),
    )
    .unwrap();
    let ran = hopscope(&["doctor", "--cloud-file", cloud.to_str().unwrap()]);
    assert_eq!((ran.code, ran.stderr.as_str()), (3, ""), "{ran:?}");
    assert!(
        said(&ran).contains("✖ signed in not signed in"),
        "{}",
        ran.stdout
    );
    assert!(!ran.stdout.contains("Rights"), "{}", ran.stdout);
    assert!(ran.stdout.lines().count() < 25, "{}", ran.stdout);
}

/// Each tenant has a token of its own, or a reason why not and what would help.
#[test]
fn it_signs_in_to_every_tenant() {
    const FABRIKAM: &str = "52c6a8d0-6b1e-4a5e-9d0c-4f7a3c1be290";
    for (name, code, says) in [
        (
            "cross-tenant",
            0,
            "d34f7c1a-9b52-4e86-a0d7-6c2e81b5f394, there object id c8b35d17-0a6f-4e92-b4d8-72f19e6a5c03",
        ),
        (
            "cross-tenant-no-stub",
            3,
            "`az ad sp create --id d34f7c1a-9b52-4e86-a0d7-6c2e81b5f394`",
        ),
        (
            "cross-tenant-wrong-token",
            3,
            "is of tenant 7f3ebb89-300f-4a0d-8c3e-57a8d657c0d1",
        ),
    ] {
        let ran = hopscope(&["doctor", "--demo", name]);
        assert_eq!(ran.code, code, "{name}: {ran:?}");
        let text = said(&ran);
        assert!(text.contains("it speaks for"), "{name}: {}", ran.stdout);
        let line = text.split_once(&format!("auxiliary tenant {FABRIKAM}: "));
        let own = line.unwrap().1.split("✔ tokens for").next().unwrap();
        assert!(own.contains(says), "{name}: {}", ran.stdout);
    }
}

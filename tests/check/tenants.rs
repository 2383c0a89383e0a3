//! Calls into other tenants, told by the whole program: each story names the gate and what mends it,
//! and its twin is well.

use super::stories::{Cause, broken, mends, well};
use super::support::hopscope;

/// The stories, and the word of each one's twin.
pub(crate) const TOLD: [(&str, &str); 11] = [
    ("cross-tenant-conflict", "mended"),
    ("cross-tenant-home-object", "mended"),
    ("cross-tenant-no-role", "mended"),
    ("cross-tenant-no-stub", "mended"),
    ("cross-tenant-no-token", "mended"),
    ("cross-tenant-old-token", "mended"),
    ("cross-tenant-pending", "mended"),
    ("cross-tenant-pool-full", "mended"),
    ("cross-tenant-region", "mended"),
    ("cross-tenant-single-app", "mended"),
    ("cross-tenant-wrong-token", "mended"),
];

/// The one hop of these stories.
const DRAWS: &str = "tenant-to-tenant app d34f7c1a-9b52-4e86-a0d7-6c2e81b5f394";

fn cause(
    gate: &'static str,
    says: &'static str,
    proof: (&'static str, &'static str),
    remedy: &'static str,
) -> Cause {
    Cause {
        hop: DRAWS,
        gate,
        verdict: "shut",
        says,
        proof,
        remedy,
        rule: "tenant/call-refused",
    }
}

#[test]
fn a_network_draws_across_tenants() {
    let report = well(
        "cross-tenant",
        &[
            "authentication",
            "identity",
            "authorization",
            "configuration",
        ]
        .map(|gate| Cause {
            verdict: "open",
            rule: "",
            ..cause(gate, "", ("", ""), "")
        }),
    );
    let hop = &report["hops"][0];
    assert_eq!(hop["kind"], "tenant-to-tenant");
    assert_eq!(hop["basis"], "observed");
    assert!(
        hop["from"]
            .as_str()
            .unwrap()
            .ends_with("/virtualNetworks/vnet-spoke-dev")
    );
    assert!(hop["to"].as_str().unwrap().ends_with("/ipamPools/spokes"));
    assert_eq!(report["scope"]["tenants"].as_array().unwrap().len(), 2);
}

#[test]
fn single_app() {
    let report = mends(
        "cross-tenant-single-app",
        &[
            cause(
                "identity",
                "its own tenant only",
                ("signInAudience", "AzureADMyOrg"),
                "az ad app update --id d34f7c1a-9b52-4e86-a0d7-6c2e81b5f394 --sign-in-audience AzureADMultipleOrgs",
            ),
            cause(
                "authentication",
                "AADSTS7000229",
                ("token", "missing service principal"),
                "--tenant 52c6a8d0",
            ),
        ],
    );
    assert_eq!(report["complete"], false, "the pool's tenant was not read");
}

#[test]
fn no_stub() {
    mends(
        "cross-tenant-no-stub",
        &[
            cause(
                "identity",
                "has no service principal in tenant 52c6a8d0",
                ("servicePrincipals", "AADSTS7000229"),
                "az ad sp create --id d34f7c1a-9b52-4e86-a0d7-6c2e81b5f394",
            ),
            cause(
                "authentication",
                "no token for tenant 52c6a8d0",
                ("token", "AADSTS7000229"),
                "az account get-access-token",
            ),
        ],
    );
}

#[test]
fn home_object() {
    mends(
        "cross-tenant-home-object",
        &[cause(
            "authorization",
            "on the wrong object id: 61f0a2c9-84de-4b37-95a1-3d7c0e92b846 is the application at home",
            ("properties.principalId", "61f0a2c9"),
            "--assignee-object-id c8b35d17-0a6f-4e92-b4d8-72f19e6a5c03 --assignee-principal-type ServicePrincipal --role 7b3e853f",
        )],
    );
}

#[test]
fn no_role() {
    mends(
        "cross-tenant-no-role",
        &[cause(
            "authorization",
            "associateResourcesToPool/action",
            ("roleAssignments", "read"),
            "--assignee-object-id c8b35d17-0a6f-4e92-b4d8-72f19e6a5c03",
        )],
    );
}

#[test]
fn no_token() {
    mends(
        "cross-tenant-no-token",
        &[cause(
            "authentication",
            "the pool is in tenant 52c6a8d0-6b1e-4a5e-9d0c-4f7a3c1be290, and no token for it goes along",
            (
                "x-ms-authorization-auxiliary",
                "401 InvalidAuthenticationTokenTenant",
            ),
            "x-ms-authorization-auxiliary=Bearer $auxiliaryToken",
        )],
    );
}

#[test]
fn old_token() {
    mends(
        "cross-tenant-old-token",
        &[cause(
            "authentication",
            "ended at",
            (
                "x-ms-authorization-auxiliary",
                "401 ExpiredAuthenticationToken",
            ),
            "auxiliaryToken=$(az account get-access-token --tenant 52c6a8d0",
        )],
    );
}

#[test]
fn wrong_token() {
    mends(
        "cross-tenant-wrong-token",
        &[cause(
            "authentication",
            "one of tenant 7f3ebb89-300f-4a0d-8c3e-57a8d657c0d1 was given",
            ("tid", "7f3ebb89"),
            "auxiliaryToken=$(az account get-access-token --tenant 52c6a8d0",
        )],
    );
}

#[test]
fn pending() {
    mends(
        "cross-tenant-pending",
        &[cause(
            "configuration",
            "Pending: the other half is missing",
            ("properties.connectionState", "Pending"),
            "az network manager connection subscription create",
        )],
    );
}

#[test]
fn conflict() {
    mends(
        "cross-tenant-conflict",
        &[cause(
            "configuration",
            "another network manager already has the subscription",
            ("properties.connectionState", "Conflict"),
            "take the subscription out",
        )],
    );
}

#[test]
fn pool_full() {
    mends(
        "cross-tenant-pool-full",
        &[cause(
            "configuration",
            "at most 0 of 4096 addresses left, and 100 are asked for",
            ("ipamPoolPrefixAllocations[0].numberOfIpAddresses", "100"),
            "Add a prefix",
        )],
    );
}

#[test]
fn region() {
    let report = broken(
        "cross-tenant-region",
        &[cause(
            "configuration",
            "the pool is in eastus2 and the network in centralus",
            ("location", "eastus2"),
            "make a pool in centralus",
        )],
    );
    assert!(
        report["hops"][0]["gates"].to_string().contains("[S]"),
        "the weight of the fact is named"
    );
    well("cross-tenant-region:mended", &[]);
}

/// A tenant that gives no token is named; the rest was read, and stands.
#[test]
fn a_tenant_without_a_token_is_a_warning_of_its_own() {
    let ran = hopscope(&[
        "check",
        "--demo",
        "cross-tenant-no-stub",
        "--fail-on",
        "never",
    ]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let said: Vec<&str> = ran.stderr.lines().collect();
    assert_eq!(said.len(), 1, "{said:#?}");
    assert!(
        said[0]
            .starts_with("hopscope: tenant 52c6a8d0-6b1e-4a5e-9d0c-4f7a3c1be290: not signed in: "),
        "{said:#?}"
    );
    assert!(said[0].contains("az ad sp create"), "{said:#?}");
}

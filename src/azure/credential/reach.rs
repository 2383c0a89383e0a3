//! Which credential can speak for which tenant, and what helps where it cannot: in words, for people.
//!
//! A person speaks wherever the account is a member or a guest, an application wherever it has a service
//! principal, a managed identity in its own tenant alone (domain-rules F.2). Must not know how a token
//! is asked for.

use super::sources::Said;
use crate::model::id::TenantId;

/// For which tenants a credential gets tokens; none for one that the chain does not have.
pub fn speaks_for(credential: &str) -> Option<&'static str> {
    Some(match credential {
        "environment" => {
            "the tenant of AZURE_TENANT_ID, and every other one in which the application has a service \
             principal, with its secret as with a federated assertion"
        }
        "workload identity" => {
            "the tenant of AZURE_TENANT_ID, and every other one in which the application has a service \
             principal: the assertion is checked against the application's own registration"
        }
        "managed identity" => "its own tenant alone: Azure gives it no token of another one",
        "az" | "azd" => {
            "every tenant in which the account is a member or a guest; an application, every tenant in \
             which it has a service principal"
        }
        "loopback" => "every tenant that the server of the cloud file gives tokens for",
        _ => return None,
    })
}

/// The next step after no credential gave a token.
pub(super) fn next_step(
    said: &[(&'static str, Said)],
    matters: &[&(&'static str, Said)],
    tenant: Option<&TenantId>,
) -> String {
    if let Some(step) = tenant.and_then(|tenant| in_that_tenant(matters, tenant)) {
        return step;
    }
    let flag = |name: &str| tenant.map_or_else(String::new, |tenant| format!(" {name} {tenant}"));
    let az = said.iter().find(|(name, _)| *name == "az");
    match (az, matters) {
        (Some((_, Said::Failed(_))), _) => format!("run `az login{}`", flag("--tenant")),
        (Some((_, Said::NotSetUp(_))), _) => format!(
            "install the Azure CLI and run `az login{}`, or set AZURE_TENANT_ID, AZURE_CLIENT_ID and \
             AZURE_CLIENT_SECRET",
            flag("--tenant")
        ),
        (None, [("azd", _), ..]) => format!("run `azd auth login{}`", flag("--tenant-id")),
        (None, [("environment", _), ..]) => {
            "check AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET".to_owned()
        }
        (None, [("workload identity", _), ..]) => {
            "check the pod's service account and its federated credential".to_owned()
        }
        (None, [("managed identity", _), ..]) => {
            "check that this machine has a managed identity, or choose another `--credential`"
                .to_owned()
        }
        (None, [("loopback", _), ..]) => {
            "check that the server of the cloud file is running".to_owned()
        }
        _ => "choose another `--credential`".to_owned(),
    }
}

/// What helps where the credential works and the tenant does not let it in: signing in again would only
/// say the same.
fn in_that_tenant(matters: &[&(&'static str, Said)], tenant: &TenantId) -> Option<String> {
    matters.iter().find_map(|(name, said)| {
        let has = |code: &str| said.text().contains(code);
        if has("AADSTS90002") {
            // Entra ID's code for a tenant that it does not know.
            return Some("check the id given with --tenant or --auxiliary-tenant".to_owned());
        }
        if has("AADSTS7000229") || has("AADSTS700016") {
            let app = app_in(said.text()).unwrap_or("APP_ID");
            return Some(format!(
                "the application needs a service principal in tenant {tenant}: somebody who may make it there runs \
                 `az ad sp create --id {app}`"
            ));
        }
        if has("AADSTS50020") {
            return Some(format!(
                "the account has to be a guest of tenant {tenant}, or another one is needed: `az login --tenant {tenant}`"
            ));
        }
        (*name == "managed identity" && matches!(said, Said::Failed(_))).then(|| {
            format!(
                "a managed identity speaks for its own tenant alone: for tenant {tenant} it takes an application that \
                 has a service principal there (AZURE_CLIENT_ID with a secret or an assertion file), or \
                 `az login --tenant {tenant}` with `--credential cli`"
            )
        })
    })
}

/// The application that a message of Entra ID is about: the first id in it.
fn app_in(message: &str) -> Option<&str> {
    message
        .split(|one: char| !(one.is_ascii_hexdigit() || one == '-'))
        .find(|word| uuid::Uuid::try_parse(word).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::azure::credential::Choice;

    const TENANT: &str = "52c6a8d0-6b1e-4a5e-9d0c-4f7a3c1be290";

    fn step(name: &'static str, text: &str, tenant: Option<&str>) -> String {
        let said = [(name, Said::Failed(text.to_owned()))];
        let matters: Vec<_> = said.iter().collect();
        next_step(&said, &matters, tenant.map(TenantId::new).as_ref())
    }

    #[test]
    fn what_helps_depends_on_why_the_tenant_gives_no_token() {
        let stranger = "AADSTS7000229: The client application d34f7c1a-9b52-4e86-a0d7-6c2e81b5f394 is missing service principal in the tenant";
        for name in ["environment", "workload identity", "az", "loopback"] {
            let said = step(name, stranger, Some(TENANT));
            assert!(
                said.contains("az ad sp create --id d34f7c1a-9b52-4e86-a0d7-6c2e81b5f394"),
                "{said}"
            );
            assert!(said.contains(TENANT), "{said}");
        }
        for (name, text, expected) in [
            (
                "az",
                "AADSTS50020: User account from identity provider does not exist in tenant",
                "a guest of tenant 52c6a8d0",
            ),
            (
                "managed identity",
                "its token is of tenant 7f3ebb89, not of 52c6a8d0",
                "its own tenant alone",
            ),
            ("environment", "AADSTS90002: no such tenant", "check the id"),
            ("az", "Please run 'az login'", "run `az login --tenant 52c6"),
            (
                "environment",
                "AADSTS7000215: Invalid client secret",
                "check AZURE_TENANT_ID",
            ),
        ] {
            let said = step(name, text, Some(TENANT));
            assert!(said.contains(expected), "{name}: {said}");
        }
        // At home a managed identity that fails is another matter.
        assert!(step("managed identity", "500", None).contains("has a managed identity"));
    }

    #[test]
    fn every_credential_says_for_whom_it_speaks() {
        for (word, _) in Choice::ALL {
            let name = match word {
                "auto" => continue,
                "cli" => "az".to_owned(),
                "developer-cli" => "azd".to_owned(),
                other => other.replace('-', " "),
            };
            assert!(speaks_for(&name).is_some(), "{name}");
        }
        assert_eq!(speaks_for("given credential"), None);
    }
}

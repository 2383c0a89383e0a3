//! Pictures of what is paid for: the tiers and what private links would add, what a tier holds, which
//! models are deployed.

use crate::analysis::benefits;
use crate::analysis::facets;
use crate::analysis::gates::quota;
use crate::analysis::hop::Benefit;
use crate::model::cloud::Suffixes;
use crate::model::resource::{Details, Family, Resource};
use crate::ui::cx::Cx;
use crate::ui::frame::tally;
use crate::ui::signs::Sign;
use crate::ui::text::{Rich, wrap};
use crate::ui::walk::Proof;
use crate::ui::walk::body::Body;

use super::doors::{about, of_benefit, title};
use super::muted;
use super::shapes::{Boxed, ROWS, Table, Told, boxes};

/// What is paid for, and what private links would add.
pub(super) fn tiers(cx: &Cx<'_>, body: &mut Body, room: u16) {
    boxes(cx, body, &of_benefit(cx, Benefit::Cost), room);
    let mut rows: Vec<(String, Vec<Told>)> = Vec::new();
    let (mut missing, mut also) = (0, Vec::new());
    for resource in benefits::patterned(cx.inventory) {
        let is_several = resource.kind.is("AIServices");
        let Some(zones) = zones(resource.family, is_several, &cx.judging.suffix) else {
            continue;
        };
        let has = resource
            .firewall
            .as_ref()
            .map_or(0, |own| own.approved_private_endpoints().count());
        let endpoint = match has {
            _ if resource.family == Family::Search && resource.sku.is("free") => {
                Told::new(Sign::None, "not on the free tier", None)
            }
            0 => {
                missing += 1;
                Told::new(Sign::Note, "1 to add", None)
            }
            1 => Told::new(Sign::Open, "has one", None),
            count => Told::new(Sign::Open, format!("has {count}"), None),
        };
        rows.push((
            resource.name.clone(),
            vec![endpoint, Told::plain(zones.join(", "))],
        ));
        if resource.family == Family::Search && resource.sku.is("basic") {
            also.push(format!(
                "{} would need shared private links as well; on this tier they serve plain indexers \
                 and embedding skills only, for other skills it takes S1.",
                resource.name
            ));
        } else if resource.family == Family::Search && !resource.sku.is("free") {
            also.push(format!(
                "{} would need shared private links as well, one for each service that it calls.",
                resource.name
            ));
        }
    }
    if rows.is_empty() {
        return;
    }
    let more = rows.len().saturating_sub(ROWS);
    rows.truncate(ROWS);
    Table {
        title: "What private links would add",
        fact: format!(
            "{missing} private endpoints, paid by the hour and by what passes; a network; DNS zones"
        ),
        heads: ["SERVICE", "PRIVATE ENDPOINT", "DNS ZONES"]
            .map(str::to_owned)
            .to_vec(),
        rows,
        more: (more > 0).then_some((more, '2')),
        ..Table::default()
    }
    .draw(cx, body, room);
    if !also.is_empty() {
        body.close();
        for sentence in also.iter().take(2) {
            for line in wrap(sentence, room) {
                body.words(Rich::muted(line));
            }
        }
        body.gap();
    }
}

/// The DNS zones of a service's private endpoint, in the cloud that it is in. A model account of several
/// services answers at the names of all of them.
fn zones(family: Family, is_several: bool, suffix: &Suffixes) -> Option<Vec<String>> {
    let link = |host: &str| format!("privatelink.{host}");
    Some(match family {
        Family::Storage => vec![link(&suffix.blob)],
        Family::Search => vec![link(&suffix.search)],
        Family::Cognitive => {
            let mut zones = vec![link(&suffix.openai)];
            if is_several && let Some(rest) = suffix.openai.strip_prefix("openai.") {
                zones.push(link(&format!("cognitiveservices.{rest}")));
                zones.push(link(&format!("services.ai.{rest}")));
            }
            zones
        }
        // Behind a private endpoint a vault has another name: vault.azure.net, vaultcore.azure.net.
        Family::Vault => vec![suffix.vault.strip_prefix("vault.").map_or_else(
            || link(&suffix.vault),
            |rest| link(&format!("vaultcore.{rest}")),
        )],
        _ => return None,
    })
}

/// What the tier of each search service holds, and how much of it is used.
pub(super) fn limits(cx: &Cx<'_>, body: &mut Body, room: u16) {
    let services = benefits::patterned(cx.inventory).filter(|one| one.family == Family::Search);
    let is_reading = tally::is_reading(cx.inventory);
    let all: Vec<Boxed> = services
        .map(|resource| {
            let tier = resource.sku.text().unwrap_or("a tier that is not named");
            let mut facts = vec![Told::plain(format!("  tier {tier}{}", size(resource)))];
            match quota::room(cx.inventory, resource) {
                None => facts.push(Told::new(
                    Sign::Unknown,
                    "the limits of this tier are not known here",
                    None,
                )),
                Some(gates) => facts.extend(gates.into_iter().map(|gate| {
                    let proof = Proof::Evidence {
                        title: resource.name.clone(),
                        evidence: gate.judged.evidence,
                    };
                    let sign = tally::sign(gate.judged.verdict, is_reading);
                    Told::new(sign, gate.judged.reason, Some(proof))
                })),
            }
            Boxed {
                title: title(resource),
                name: resource.name.clone(),
                about: about(resource.family),
                facts,
            }
        })
        .collect();
    if all.is_empty() {
        return muted(body, "No search service was found in what was read.", room);
    }
    boxes(cx, body, &all, room);
}

/// How many copies and parts a search service has.
fn size(resource: &Resource) -> String {
    let Details::Search(search) = &resource.details else {
        return String::new();
    };
    let count = |field: &crate::model::field::Field<i64>, one: &str| {
        field.value().map(|count| match count {
            1 => format!(", 1 {one}"),
            count => format!(", {count} {one}s"),
        })
    };
    let replicas = count(&search.replica_count, "replica").unwrap_or_default();
    let partitions = count(&search.partition_count, "partition").unwrap_or_default();
    format!("{replicas}{partitions}")
}

/// The models that are deployed, account by account.
pub(super) fn models(cx: &Cx<'_>, body: &mut Body, room: u16) {
    let accounts = benefits::patterned(cx.inventory).filter(|one| one.family == Family::Cognitive);
    let mut rows: Vec<(String, Vec<Told>)> = Vec::new();
    let mut count = 0;
    for account in accounts {
        let listed = facets::deployments(cx.inventory, &account.id);
        count += listed.items.len();
        if let Some(why) = &listed.missing {
            let is_reading = tally::is_reading(cx.inventory);
            let told = if is_reading {
                Told::new(Sign::Reading, "reading", None)
            } else {
                Told::new(Sign::Unknown, why.clone(), None)
            };
            rows.push((account.name.clone(), vec![told]));
        } else if listed.items.is_empty() {
            let told = Told::new(Sign::Exposure, "no model is deployed", None);
            rows.push((account.name.clone(), vec![told]));
        }
        for one in listed.items {
            let word = |field: &crate::model::field::Field<String>| {
                field.text().unwrap_or_default().to_owned()
            };
            let cells = vec![
                Told::plain(one.name.clone()),
                Told::plain(word(&one.model)),
                Told::plain(word(&one.version)),
                Told::plain(word(&one.sku)),
            ];
            rows.push((account.name.clone(), cells));
        }
    }
    if rows.is_empty() {
        return muted(body, "No model account was found in what was read.", room);
    }
    let more = rows.len().saturating_sub(ROWS);
    rows.truncate(ROWS);
    Table {
        title: "The models that are deployed here",
        fact: match count {
            1 => "1 deployment".to_owned(),
            count => format!("{count} deployments"),
        },
        heads: ["ACCOUNT", "DEPLOYMENT", "MODEL", "VERSION", "PAID"]
            .map(str::to_owned)
            .to_vec(),
        rows,
        spare: vec![3],
        more: (more > 0).then_some((more, '1')),
        ..Table::default()
    }
    .draw(cx, body, room);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_zones_are_those_of_the_cloud() {
        let government = Suffixes {
            search: "search.azure.us".to_owned(),
            blob: "blob.core.usgovcloudapi.net".to_owned(),
            openai: "openai.azure.us".to_owned(),
            vault: "vault.usgovcloudapi.net".to_owned(),
            cosmos: "documents.azure.us".to_owned(),
        };
        for (family, public, other) in [
            (
                Family::Storage,
                "privatelink.blob.core.windows.net",
                "privatelink.blob.core.usgovcloudapi.net",
            ),
            (
                Family::Search,
                "privatelink.search.windows.net",
                "privatelink.search.azure.us",
            ),
            (
                Family::Cognitive,
                "privatelink.openai.azure.com",
                "privatelink.openai.azure.us",
            ),
            (
                Family::Vault,
                "privatelink.vaultcore.azure.net",
                "privatelink.vaultcore.usgovcloudapi.net",
            ),
        ] {
            let of = |suffix: &Suffixes| zones(family, false, suffix).unwrap();
            assert_eq!(of(&Suffixes::default()), [public]);
            assert_eq!(of(&government), [other]);
        }
        assert_eq!(
            zones(Family::Cognitive, true, &government).unwrap()[1..],
            [
                "privatelink.cognitiveservices.azure.us",
                "privatelink.services.ai.azure.us"
            ]
        );
        assert_eq!(zones(Family::Workspace, false, &government), None);
    }
}

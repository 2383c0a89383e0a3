//! The configuration gate, as far as it is about numbers: the pool has what is asked for.
//!
//! A network that has its addresses has room. Else what is taken is counted from static ranges, pools
//! below, and the networks that can be read: a floor, as others may draw unseen. Azure's own count is
//! believed where it was read and says that too few are left; no verdict needs it. Where it says that
//! more are left than can be, nobody knows.

use ipnet::IpNet;
use serde_json::json;
use time::OffsetDateTime;

use crate::analysis::evidence::Evidence;
use crate::analysis::facets::{pools_of, static_cidrs};
use crate::analysis::gates::judged;
use crate::analysis::hop::GateVerdict;
use crate::analysis::remedy::portal::portal;
use crate::analysis::verdict::{Gate, Verdict};
use crate::model::facet::Facet;
use crate::model::field::Field;
use crate::model::ipam::IpamPool;
use crate::model::key::Key;
use crate::model::resource::Family;
use crate::store::{Inventory, State};

use super::{Call, allocations};

fn say(verdict: Verdict, reason: String, evidence: Vec<Evidence>) -> GateVerdict {
    judged(Gate::Configuration, verdict, reason, evidence)
}

pub(super) fn check(call: &Call<'_>) -> Option<GateVerdict> {
    let (wanted, mut evidence) = match asked(call) {
        Asked::Settled(gate) => return gate,
        Asked::For(wanted, evidence) => (wanted, evidence),
    };
    let Some(pool) = call.pool else {
        return Some(say(
            Verdict::Unknown,
            format!(
                "whether the pool {} has room cannot be told: it was not read",
                call.pool_id.name()
            ),
            evidence,
        ));
    };
    evidence.push(Evidence::in_body(
        pool.id.clone(),
        &pool.raw,
        &pool.source,
        "properties.addressPrefixes",
    ));
    let Some(Counted {
        total,
        used,
        missing,
    }) = counted(call.ground.inventory, pool, call.ground.now, &mut evidence)
    else {
        return Some(say(
            Verdict::Unknown,
            format!("the prefixes of the pool {} cannot be read", pool.name),
            evidence,
        ));
    };
    let left = total.saturating_sub(used);
    if let (None, None, Some(why)) = (call.network, &call.planned, &missing) {
        // A network that was not read may have its addresses: then nobody asks the pool for any.
        let reason = format!(
            "whether the pool {} has room cannot be told: {why}",
            pool.name
        );
        return Some(say(Verdict::Unknown, reason, evidence));
    }
    let usage = call.ground.inventory.pool_usage(&pool.id).first();
    let usage = usage.and_then(|one| Some((one, *one.available.value()?)));
    if let Some((usage, _)) = usage {
        evidence.push(Evidence::in_body(
            pool.id.child("getPoolUsage"),
            &usage.raw,
            &usage.source,
            "numberOfAvailableIPAddresses",
        ));
    }
    if left < wanted {
        let reason = format!(
            "the pool {} has at most {left} of {total} addresses left, and {wanted} are asked for",
            pool.name
        );
        return Some(match usage {
            // What is taken is taken, and still Azure counts more: one of the two is not of now.
            Some((_, available)) if available >= wanted => say(
                Verdict::Unknown,
                format!("{reason}; but Azure counts {available} left, which cannot both be"),
                evidence,
            ),
            _ => full(pool, reason, evidence),
        });
    }
    if let Some((_, available)) = usage
        && available < wanted
    {
        let reason = format!(
            "Azure counts {available} addresses left in the pool {}, and {wanted} are asked for",
            pool.name
        );
        return Some(full(pool, reason, evidence));
    }
    Some(match missing {
        Some(why) => say(
            Verdict::Unknown,
            format!(
                "whether the pool {} has {wanted} addresses left cannot be told: {why}",
                pool.name
            ),
            evidence,
        ),
        None => say(
            Verdict::Open,
            format!(
                "the pool {} has {left} of {total} addresses left, as far as the networks that draw from it can be read, and {wanted} are asked for",
                pool.name
            ),
            evidence,
        ),
    })
}

fn full(pool: &IpamPool, reason: String, evidence: Vec<Evidence>) -> GateVerdict {
    say(Verdict::Shut, reason, evidence).mended_by([portal(
        pool.name.as_str(),
        [
            "Overview",
            "Add a prefix, or free static ranges and networks that nobody needs",
        ],
    )])
}

/// What the network wants of the pool.
enum Asked {
    /// So many addresses that it has not got.
    For(u128, Vec<Evidence>),
    /// It has them, or what it wants cannot be read; nothing where only a subnet draws.
    Settled(Option<GateVerdict>),
}

/// Without a network, one address is as much as any would want.
fn asked(call: &Call<'_>) -> Asked {
    let mut wanted: u128 = 0;
    let mut evidence = Vec::new();
    let mut has: Vec<String> = Vec::new();
    let planned = call.planned.as_ref().map(|own| own.wanted);
    let Some(network) = call.network else {
        return Asked::For(planned.unwrap_or(1), evidence);
    };
    for (at, one) in allocations(network, &call.pool_id) {
        let path = format!("properties.addressSpace.ipamPoolPrefixAllocations[{at}]");
        match &one.prefixes {
            Field::Value(prefixes) if !prefixes.is_empty() => {
                has.extend(prefixes.iter().cloned());
                evidence.push(Evidence::of(
                    network,
                    format!("{path}.allocatedAddressPrefixes"),
                ));
            }
            prefixes if prefixes.is_unclear() || one.asked.is_unclear() => {
                return Asked::Settled(Some(say(
                    Verdict::Unknown,
                    "how many addresses the network draws cannot be read".to_owned(),
                    vec![Evidence::of(network, path)],
                )));
            }
            _ => {
                wanted = wanted.saturating_add(one.asked.value().copied().unwrap_or(1));
                evidence.push(Evidence::of(network, format!("{path}.numberOfIpAddresses")));
            }
        }
    }
    if let (true, Some(planned)) = (evidence.is_empty(), planned) {
        return Asked::For(planned, evidence);
    }
    if wanted > 0 {
        return Asked::For(wanted, evidence);
    }
    Asked::Settled((!has.is_empty()).then(|| {
        say(
            Verdict::Open,
            format!("the network has its addresses: {}", has.join(", ")),
            evidence,
        )
    }))
}

/// What was counted of a pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::analysis) struct Counted {
    /// All its addresses.
    pub(in crate::analysis) total: u128,
    /// Those that are taken at least.
    pub(in crate::analysis) used: u128,
    /// Why more may be taken.
    pub(in crate::analysis) missing: Option<String>,
}

/// Counts a pool from prefixes, static ranges, pools below and networks. None where its own prefixes
/// cannot be read.
pub(in crate::analysis) fn counted(
    inventory: &Inventory,
    pool: &IpamPool,
    now: OffsetDateTime,
    evidence: &mut Vec<Evidence>,
) -> Option<Counted> {
    let mut missing = None;
    let own = nets(pool.prefixes.value()?)?;
    let total = size(&own);
    let mut taken = Vec::new();
    let statics = static_cidrs(inventory, &pool.id);
    for one in statics.items {
        match one.prefixes.value().and_then(|texts| nets(texts)) {
            Some(found) => taken.extend(found),
            None => missing = Some(format!("the static range {} cannot be read", one.name)),
        }
    }
    missing = missing.or(statics.missing);
    evidence.push(Evidence::listed(
        pool.id.clone(),
        Facet::StaticCidrs.name(),
        json!({ "read": statics.items.len() }),
        statics.observed_at.unwrap_or(now),
    ));
    if let Some(manager) = pool.manager() {
        let siblings = pools_of(inventory, &manager);
        for child in siblings
            .items
            .iter()
            .filter(|one| one.parent.is(&pool.name))
        {
            match child.prefixes.value().and_then(|texts| nets(texts)) {
                Some(found) => taken.extend(found),
                None => {
                    missing = Some(format!(
                        "the prefixes of the pool {} cannot be read",
                        child.name
                    ));
                }
            }
        }
        missing = missing.or(siblings.missing);
    }
    for network in inventory.family(Family::VirtualNetwork) {
        for (_, one) in allocations(network, &pool.id) {
            match &one.prefixes {
                Field::Value(texts) => taken.extend(nets(texts).unwrap_or_default()),
                field if field.is_unclear() => {
                    missing = Some(format!("what {} draws cannot be read", network.name));
                }
                _ => {}
            }
        }
    }
    let unread = inventory.snapshot().slices().any(|(key, slice)| {
        matches!(
            key,
            Key::List {
                family: Family::VirtualNetwork,
                ..
            }
        ) && !matches!(slice.state(), State::Known | State::Unsupported)
    });
    if unread {
        missing = missing.or_else(|| Some("not every list of networks was read".to_owned()));
    }
    // What is taken elsewhere, by a mistake, is not of this pool.
    taken.retain(|one| own.iter().any(|whole| whole.contains(one)));
    Some(Counted {
        total,
        used: size(&taken),
        missing,
    })
}

pub(in crate::analysis) fn nets<T: AsRef<str>>(texts: &[T]) -> Option<Vec<IpNet>> {
    texts
        .iter()
        .map(|text| {
            text.as_ref()
                .trim()
                .parse::<IpNet>()
                .ok()
                .map(|net| net.trunc())
        })
        .collect()
}

/// How many addresses several ranges hold together, each counted once.
pub(in crate::analysis) fn size(nets: &[IpNet]) -> u128 {
    IpNet::aggregate(&nets.to_vec())
        .iter()
        .map(|net| {
            let bits = u32::from(net.max_prefix_len() - net.prefix_len());
            1u128.checked_shl(bits).unwrap_or(u128::MAX)
        })
        .fold(0, u128::saturating_add)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_counted_once_and_exactly() {
        for (texts, expected) in [
            (vec!["10.0.0.0/24"], 256),
            (vec!["10.0.0.0/24", "10.0.0.128/25"], 256),
            (vec!["10.0.0.0/25", "10.0.0.128/25", "10.0.2.0/32"], 257),
            (vec!["2001:db8::/48"], 1 << 80),
            (vec!["::/0"], u128::MAX),
            (vec![], 0),
        ] {
            assert_eq!(size(&nets(&texts).unwrap()), expected, "{texts:?}");
        }
        assert_eq!(nets(&["10.0.0.0/33"]), None);
    }
}

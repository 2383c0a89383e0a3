//! Address rules of a service firewall: which addresses they admit, and whether they admit all.

use std::net::{IpAddr, Ipv4Addr};

use ipnet::{IpNet, Ipv4Net};

/// What one rule says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// One address.
    One(IpAddr),
    /// A range of addresses.
    Range(IpNet),
    /// Cosmos DB's `0.0.0.0`: any Azure datacenter, of any customer.
    AnyAzure,
    /// Neither an address nor a range.
    Unreadable,
}

/// The address rules of one resource, in Azure's order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Addresses {
    rules: Vec<(String, Meaning)>,
}

/// What the rules do with one address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Match {
    /// The rule at this place names it.
    Yes(usize),
    /// The rule at this place might: it is unreadable, or for Azure's own addresses.
    Maybe(usize),
    /// No rule names it.
    No,
}

impl Addresses {
    /// Reads the rules. `zero_is_azure`: whether `0.0.0.0` stands for Azure's datacenters (Cosmos DB).
    pub fn read<T: AsRef<str>>(texts: &[T], zero_is_azure: bool) -> Self {
        let rules = texts
            .iter()
            .map(|text| {
                let text = text.as_ref();
                (text.to_owned(), meaning(text, zero_is_azure))
            })
            .collect();
        Self { rules }
    }

    /// Whether there is no rule.
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// How many rules there are.
    pub fn len(&self) -> usize {
        self.rules.len()
    }

    /// The rules: Azure's writing, and what it means.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Meaning)> {
        self.rules
            .iter()
            .map(|(text, meaning)| (text.as_str(), *meaning))
    }

    /// Rules that are a single address, each address counted once.
    pub fn singles(&self) -> usize {
        self.distinct(|meaning| matches!(meaning, Meaning::One(_)))
    }

    /// Rules that are a range, each range counted once.
    pub fn ranges(&self) -> usize {
        self.distinct(|meaning| matches!(meaning, Meaning::Range(_)))
    }

    fn distinct(&self, wanted: fn(Meaning) -> bool) -> usize {
        self.iter()
            .enumerate()
            .filter(|(at, (_, meaning))| {
                wanted(*meaning)
                    && !self.rules[..*at]
                        .iter()
                        .any(|(_, earlier)| earlier == meaning)
            })
            .count()
    }

    /// Whether Azure's own datacenters are admitted as a whole.
    pub fn admit_any_azure(&self) -> bool {
        self.iter().any(|(_, meaning)| meaning == Meaning::AnyAzure)
    }

    /// The first rule that cannot be read.
    pub fn unreadable(&self) -> Option<&str> {
        self.iter()
            .find(|(_, meaning)| *meaning == Meaning::Unreadable)
            .map(|(text, _)| text)
    }

    /// Whether the rules together cover every IPv4 address.
    pub fn cover_everyone(&self) -> bool {
        let nets: Vec<Ipv4Net> = self
            .iter()
            .filter_map(|(_, meaning)| match meaning {
                Meaning::Range(IpNet::V4(net)) => Some(net.trunc()),
                Meaning::One(IpAddr::V4(address)) => Some(Ipv4Net::from(address)),
                _ => None,
            })
            .collect();
        Ipv4Net::aggregate(&nets)
            .first()
            .is_some_and(|net| net.prefix_len() == 0)
    }

    /// What the rules do with one address.
    pub fn admit(&self, address: IpAddr) -> Match {
        let address = address.to_canonical();
        let named = self.iter().position(|(_, meaning)| match meaning {
            Meaning::One(one) => one == address,
            Meaning::Range(net) => net.contains(&address),
            Meaning::AnyAzure | Meaning::Unreadable => false,
        });
        let perhaps = || {
            self.iter()
                .position(|(_, meaning)| matches!(meaning, Meaning::AnyAzure | Meaning::Unreadable))
        };
        match (named, perhaps) {
            (Some(at), _) => Match::Yes(at),
            (None, perhaps) => perhaps().map_or(Match::No, Match::Maybe),
        }
    }
}

/// Some recorded vault rules hold stray quotes, so these are let pass (keyvault.md).
fn meaning(text: &str, zero_is_azure: bool) -> Meaning {
    let bare = text.trim().trim_matches(['"', '\'']).trim();
    if let Ok(address) = bare.parse::<IpAddr>() {
        if zero_is_azure && address == IpAddr::V4(Ipv4Addr::UNSPECIFIED) {
            return Meaning::AnyAzure;
        }
        return Meaning::One(address.to_canonical());
    }
    match bare.parse::<IpNet>() {
        Ok(net) if net.prefix_len() == net.max_prefix_len() => Meaning::One(net.addr()),
        Ok(net) => Meaning::Range(net),
        Err(_) => Meaning::Unreadable,
    }
}

/// Whether an address is for private networks only: no address rule of a service firewall can
/// name it (domain-rules B.1).
pub fn is_private(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => {
            // 100.64.0.0/10 is the shared space of carriers: it never arrives at a public endpoint.
            let shared = address.octets()[0] == 100 && (address.octets()[1] & 0xc0) == 64;
            address.is_private() || address.is_loopback() || address.is_link_local() || shared
        }
        IpAddr::V6(address) => {
            address.is_loopback() || address.is_unique_local() || address.is_unicast_link_local()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn rules_are_read_leniently_and_kept_as_written() {
        for (text, cosmos, expected) in [
            ("203.0.113.24", false, Meaning::One(address("203.0.113.24"))),
            (
                " \"203.0.113.24\" ",
                false,
                Meaning::One(address("203.0.113.24")),
            ),
            (
                "203.0.113.24/32",
                false,
                Meaning::One(address("203.0.113.24")),
            ),
            (
                "203.0.113.0/24",
                false,
                Meaning::Range("203.0.113.0/24".parse().unwrap()),
            ),
            ("0.0.0.0", true, Meaning::AnyAzure),
            ("0.0.0.0", false, Meaning::One(address("0.0.0.0"))),
            (
                "0.0.0.0/0",
                true,
                Meaning::Range("0.0.0.0/0".parse().unwrap()),
            ),
            ("203.0.113.24-203.0.113.30", false, Meaning::Unreadable),
            ("", false, Meaning::Unreadable),
        ] {
            assert_eq!(meaning(text, cosmos), expected, "{text:?}");
        }
    }

    #[test]
    fn ranges_that_cover_everything_are_seen_also_in_pieces() {
        for (rules, everyone) in [
            (vec!["0.0.0.0/0"], true),
            (vec!["0.0.0.0/1", "128.0.0.0/1"], true),
            (vec!["128.0.0.0/1", "0.0.0.0/2", "64.0.0.0/2"], true),
            (vec!["0.0.0.0/1"], false),
            (vec!["0.0.0.0"], false),
            (vec!["::/0"], false),
            (vec![], false),
        ] {
            assert_eq!(
                Addresses::read(&rules, false).cover_everyone(),
                everyone,
                "{rules:?}"
            );
        }
    }

    #[test]
    fn an_address_is_named_or_perhaps_named_or_not() {
        let rules = Addresses::read(&["198.51.100.0/24", "203.0.113.24"], false);
        assert_eq!(rules.admit(address("203.0.113.24")), Match::Yes(1));
        assert_eq!(rules.admit(address("::ffff:203.0.113.24")), Match::Yes(1));
        assert_eq!(rules.admit(address("198.51.100.200")), Match::Yes(0));
        assert_eq!(rules.admit(address("192.0.2.1")), Match::No);
        let azure = Addresses::read(&["0.0.0.0"], true);
        assert_eq!(azure.admit(address("192.0.2.1")), Match::Maybe(0));
        let odd = Addresses::read(&["203.0.113.24", "nonsense"], false);
        assert_eq!(odd.admit(address("203.0.113.24")), Match::Yes(0));
        assert_eq!(odd.admit(address("192.0.2.1")), Match::Maybe(1));
    }

    #[test]
    fn private_addresses() {
        for (text, private) in [
            ("10.1.2.3", true),
            ("172.16.0.1", true),
            ("192.168.1.1", true),
            ("100.64.0.1", true),
            ("100.128.0.1", false),
            ("203.0.113.24", false),
            ("fd00::1", true),
            ("2001:db8::1", false),
        ] {
            assert_eq!(is_private(address(text)), private, "{text}");
        }
    }
}

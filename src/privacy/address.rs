//! Network addresses: what lies in which range stays true, where they really are does not show.
//!
//! An address is permuted bit by bit, each bit turned by a keyed hash of the bits before it, so that
//! two addresses share as many leading bits after as before. Public addresses go to 240.0.0.0/4 and
//! `2001:db8::/32`, which nobody has; private ones stay in their own block, as what is private matters.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::Secret;

/// Blocks whose addresses stay in them: network, length.
const BLOCKS: [([u8; 4], u32); 5] = [
    ([10, 0, 0, 0], 8),
    ([172, 16, 0, 0], 12),
    ([192, 168, 0, 0], 16),
    ([100, 64, 0, 0], 10),
    ([169, 254, 0, 0], 16),
];

/// Addresses that mean the same everywhere: any, loopback, all, and Azure's own platform address.
const KEPT: [[u8; 4]; 4] = [
    [0, 0, 0, 0],
    [127, 0, 0, 1],
    [255, 255, 255, 255],
    [168, 63, 129, 16],
];

/// The addresses of one run.
#[derive(Debug)]
pub(super) struct Addresses {
    secret: Option<Secret>,
    /// Which nibble stands for a first octet: apart as long as there are sixteen at most.
    octets: BTreeMap<u8, u8>,
}

impl Addresses {
    pub(super) fn new(secret: Option<&Secret>) -> Self {
        Self {
            // Without random bytes nothing may show: then every address becomes the same one.
            secret: secret.cloned().or_else(|| Secret::random().ok()),
            octets: BTreeMap::new(),
        }
    }

    /// The pseudonym of an address, or of the first address of a range of `length` bits.
    pub(super) fn of(&mut self, address: IpAddr, length: Option<u8>) -> IpAddr {
        match address {
            IpAddr::V4(own) => IpAddr::V4(self.v4(own, length)),
            IpAddr::V6(own) => IpAddr::V6(self.v6(own, length)),
        }
    }

    fn v4(&mut self, address: Ipv4Addr, length: Option<u8>) -> Ipv4Addr {
        if KEPT.contains(&address.octets()) || length == Some(0) {
            return address;
        }
        let Some(secret) = self.secret.clone() else {
            return Ipv4Addr::new(240, 0, 0, 0);
        };
        let bits = u32::from(address);
        let block = BLOCKS.iter().find(|(network, length)| {
            let shift = 32 - length;
            bits >> shift == u32::from(Ipv4Addr::from(*network)) >> shift
        });
        let (start, mut masked) = if let Some((_, length)) = block {
            (*length, bits)
        } else {
            let [first, ..] = address.octets();
            let nibble = u32::from(self.nibble(first, &secret));
            // The first octet is one of sixteen; the bits behind it are permuted.
            (8, 0xF000_0000 | (nibble << 24) | (bits & 0x00FF_FFFF))
        };
        for at in start..32 {
            let before = bits >> (32 - at);
            if turns(
                &secret,
                &[&[4, byte(at)], &before.to_be_bytes()[..]].concat(),
            ) {
                masked ^= 1 << (31 - at);
            }
        }
        // The first address of a range stays the first one of a range.
        if let Some(length) = length.map(u32::from)
            && length < 32
            && bits.trailing_zeros() >= 32 - length
        {
            masked &= u32::MAX << (32 - length);
        }
        Ipv4Addr::from(masked)
    }

    fn nibble(&mut self, first: u8, secret: &Secret) -> u8 {
        if let Some(known) = self.octets.get(&first) {
            return *known;
        }
        let wish = secret.hash(&[5, first])[0] & 0x0F;
        let free = (0..16)
            .map(|step| (wish + step) & 0x0F)
            .find(|nibble| !self.octets.values().any(|taken| taken == nibble));
        let nibble = free.unwrap_or(wish);
        self.octets.insert(first, nibble);
        nibble
    }

    fn v6(&self, address: Ipv6Addr, length: Option<u8>) -> Ipv6Addr {
        let is_special = address.is_loopback() || address.is_unspecified();
        let Some(secret) = self.secret.as_ref().filter(|_| !is_special) else {
            return if is_special {
                address
            } else {
                Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0)
            };
        };
        let bits = u128::from(address);
        let mut masked = 0x2001_0db8_u128 << 96 | bits & (u128::MAX >> 32);
        for at in 32..128 {
            let before = bits >> (128 - at);
            if turns(
                secret,
                &[&[6, byte(at)], &before.to_be_bytes()[..]].concat(),
            ) {
                masked ^= 1 << (127 - at);
            }
        }
        if let Some(length) = length.map(u32::from)
            && length < 128
            && bits.trailing_zeros() >= 128 - length
        {
            masked &= u128::MAX << (128 - length).min(127);
        }
        Ipv6Addr::from(masked)
    }
}

fn byte(at: u32) -> u8 {
    u8::try_from(at).unwrap_or(u8::MAX)
}

fn turns(secret: &Secret, text: &[u8]) -> bool {
    secret.hash(text)[0] & 1 == 1
}

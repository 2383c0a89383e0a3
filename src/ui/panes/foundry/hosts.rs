//! Capability hosts as a row and as a detail: what agents keep where. Must not know how they were
//! read.

use crate::analysis::foundry::agents::{Host, Hosts, Store};
use crate::store::State;
use crate::ui::cx::Cx;
use crate::ui::signs::Sign;
use crate::ui::text::Rich;
use crate::ui::theme::Role;
use crate::ui::value;
use crate::ui::widgets::detail::Section;

use super::detail::sentence;

/// The sign and the words of an account's row.
pub(super) fn row(all: &[Hosts]) -> (Sign, String) {
    let items: Vec<&Host> = all.iter().flat_map(|one| &one.items).collect();
    let stores: Vec<&Store> = items.iter().flat_map(|host| &host.stores).collect();
    let is = |state: State| all.iter().any(|one| one.state == state);
    let mut words = match (items.len(), stores.as_slice()) {
        (0, _) if is(State::Pending) => return (Sign::Reading, String::new()),
        (0, _) if is(State::Denied) => return (Sign::Unknown, "reading them was refused".into()),
        (0, _) if is(State::Failed) => return (Sign::Failed, "reading them failed".into()),
        (0, _) if is(State::Unsupported) => return (Sign::Note, "not reported".to_owned()),
        (0, _) => return (Sign::None, "none".to_owned()),
        (count, []) => format!("{count}, with Microsoft's own stores"),
        (_, stores) => stores
            .iter()
            .map(|one| format!("{} in {}", one.purpose.words(), one.connection))
            .collect::<Vec<_>>()
            .join(", "),
    };
    let gone: Vec<&str> = stores
        .iter()
        .filter(|one| one.exists == Some(false))
        .map(|one| one.connection.as_str())
        .collect();
    let sign = if !gone.is_empty() {
        words = format!("{words}; {} is no connection", gone.join(", "));
        Sign::Shut
    } else if is(State::Pending) {
        Sign::Reading
    } else if is(State::Denied) || is(State::Failed) {
        words = format!("{words}, and there may be more");
        Sign::Unknown
    } else {
        Sign::Open
    };
    (sign, words)
}

/// The sections of the detail.
pub(super) fn sections(cx: &Cx<'_>, all: &[Hosts]) -> Vec<Section> {
    let mut sections = vec![Section::default().words(Rich::plain(
        "Capability hosts say which connections the agents of an account or a project keep their files, conversations and vectors behind. What a hop needs there is judged at the connection.",
    ))];
    for hosts in all {
        let owner = hosts.owner.name();
        if let Some(why) = &hosts.why {
            let words = match hosts.state {
                State::Unsupported => {
                    Rich::muted(sentence(&format!("{owner}: not reported, {why}")))
                }
                _ => Rich::of(Role::VerdictUnknown, sentence(&format!("{owner}: {why}"))),
            };
            sections.push(Section::default().words(words));
        }
        for host in &hosts.items {
            let mut section = Section::new(format!("{} OF {owner}", host.name.to_uppercase()))
                .pair("state", value::text(cx.signs, &host.state));
            if let Some(subnet) = &host.subnet {
                section = section.pair("subnet", Rich::plain(subnet.name().to_owned()));
            }
            for store in &host.stores {
                let words = match store.exists {
                    Some(true) => Rich::plain(store.connection.clone()),
                    Some(false) => Rich::of(
                        Role::VerdictShut,
                        format!("{}, which is no connection", store.connection),
                    ),
                    None => Rich::of(
                        Role::VerdictUnknown,
                        format!("{}, connections not read", store.connection),
                    ),
                };
                section = section.pair(store.purpose.words(), words);
            }
            sections.push(section);
        }
    }
    sections
}

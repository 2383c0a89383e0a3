//! Encryption of everything that is shown: whose key, which version, until when, usable by whom.

use std::sync::Arc;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::analysis::encryption::{Encrypted, Facts, Keeper, Rotation, overview};
use crate::analysis::verdict::Verdict;
use crate::config::Action;
use crate::model::id::ArmId;
use crate::model::resource::Resource;
use crate::ui::cx::{Cx, Drawn, Page, Pointer};
use crate::ui::effect::Outcome;
use crate::ui::panes::trouble::is_shown;
use crate::ui::panes::{changes, point_at_table};
use crate::ui::signs::Sign;
use crate::ui::text::{Rich, short_guid};
use crate::ui::theme::Role;
use crate::ui::widgets::data_table::{Cell, Column, DataTable, Keep, TableRow};
use crate::ui::widgets::detail::Section;

use super::detail::{Told, place};
use super::rows::sign_of;

/// The part.
#[derive(Debug)]
pub(super) struct Encryption {
    table: DataTable,
    items: Vec<Encrypted>,
}

impl Encryption {
    pub(super) fn new() -> Self {
        Self {
            table: DataTable::new(vec![
                Column::sign(),
                Column::name("RESOURCE").between(12, 40),
                Column::text("KEY", Keep::Reason).between(10, 40),
                Column::text("VERSION", Keep::Second).between(6, 14),
                Column::text("ENDS", Keep::Second).between(5, 20),
                Column::text("USABLE BY", Keep::Reason).between(8, 24),
            ]),
            items: Vec::new(),
        }
    }

    /// Takes over what is known; what lies in the managed groups of the hubs belongs to it.
    pub(super) fn take(&mut self, cx: &Cx<'_>, groups: &[ArmId]) {
        self.items = overview(cx.inventory, &cx.judgement.hops);
        self.items.retain(|one| {
            is_shown(cx.inventory, &one.resource)
                || groups.iter().any(|group| one.resource.is_within(group))
        });
        let rows = self.items.iter().map(|one| row(cx, one)).collect();
        self.table.set_rows(Vec::new(), rows);
    }

    /// How many keep a customer's key, and how many there are.
    pub(super) fn tally(&self) -> String {
        let own = self
            .items
            .iter()
            .filter(|one| matches!(one.keeper, Keeper::Customer(_)))
            .count();
        format!("{own} of {} with a customer's key", self.items.len())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    pub(super) fn selected(&self) -> Option<&Encrypted> {
        let id = self.table.selected_id()?;
        self.items.iter().find(|one| one.resource.folded() == &**id)
    }

    pub(super) fn on_action(&mut self, action: Action) -> bool {
        self.table.on_action(action)
    }

    pub(super) fn on_pointer(&mut self, pointer: &Pointer) -> Outcome {
        point_at_table(&mut self.table, pointer)
    }

    pub(super) fn keep(&mut self, page: Page) {
        self.table.keep(page);
    }

    pub(super) fn draw(
        &self,
        cx: &Cx<'_>,
        buffer: &mut Buffer,
        area: Rect,
        part: usize,
        focused: bool,
    ) -> Drawn {
        self.table.draw(cx, buffer, area, part, focused)
    }
}

fn row(cx: &Cx<'_>, one: &Encrypted) -> TableRow {
    let (sign, key, version, ends) = match &one.keeper {
        Keeper::Platform => (
            Sign::Note,
            Rich::muted("Microsoft's"),
            Rich::new(),
            Rich::new(),
        ),
        Keeper::Unclear => (
            Sign::Unknown,
            Rich::of(Role::VerdictUnknown, "not said"),
            Rich::new(),
            Rich::new(),
        ),
        Keeper::Customer(key) => (
            one.callers.map_or(Sign::Note, |(worst, ..)| sign_of(worst)),
            Rich::plain(format!("{}/{}", key.vault, key.name)),
            key.version.as_ref().map_or_else(
                || Rich::plain("latest"),
                |version| Rich::plain(short_guid(version)),
            ),
            ends(cx, &key.facts),
        ),
    };
    let callers = match one.callers {
        None => Rich::new(),
        Some((Verdict::Open, open, all)) => Rich::plain(format!("{open} of {all}")),
        Some((worst, open, all)) => {
            Rich::of(sign_of(worst).word_role(), format!("{open} of {all}"))
        }
    };
    let cells: Vec<Cell> = vec![
        Rich::sign(cx.signs, sign).into(),
        Rich::plain(one.name.clone()).into(),
        key.into(),
        version.into(),
        ends.into(),
        callers.into(),
    ];
    TableRow {
        id: Arc::from(one.resource.folded()),
        group: None,
        cells,
        fault: matches!(sign, Sign::Shut | Sign::AtRisk | Sign::Unknown),
    }
}

/// When a key ends, or why that is not known.
fn ends(cx: &Cx<'_>, facts: &Facts) -> Rich {
    match facts {
        Facts::NotRead(_) => Rich::of(Role::VerdictUnknown, "not read"),
        Facts::Gone => Rich::of(Role::VerdictShut, "is gone"),
        Facts::Read {
            enabled: Some(false),
            ..
        } => Rich::of(Role::VerdictShut, "disabled"),
        Facts::Read { expires, .. } => match expires {
            Ok(None) => Rich::plain("never"),
            Ok(Some(at)) if *at <= cx.now => Rich::of(Role::VerdictShut, "expired"),
            Ok(Some(at)) => Rich::plain(changes::when(cx, *at)),
            Err(()) => Rich::of(Role::VerdictUnknown, "cannot be told"),
        },
    }
}

/// The detail of one of them.
pub(super) fn told(cx: &Cx<'_>, one: &Encrypted) -> Told {
    let resource: Option<&Resource> = cx.inventory.resource(&one.resource).map(AsRef::as_ref);
    let words = match &one.keeper {
        Keeper::Platform => "Microsoft keeps the key: nothing has to be reachable for it.",
        Keeper::Unclear => "The answer does not say whose key it is.",
        Keeper::Customer(key) if key.version.is_some() => {
            "You keep the key, in the version that is named: a new version is not taken by itself."
        }
        Keeper::Customer(_) => {
            "You keep the key, and the latest version is taken: a rotation reaches it."
        }
    };
    let mut sections = vec![Section::default().words(Rich::plain(words))];
    if let Keeper::Customer(key) = &one.keeper {
        let mut section = Section::new("KEY")
            .pair("vault", Rich::plain(key.vault.clone()))
            .pair("key", Rich::plain(key.name.clone()))
            .pair(
                "version",
                Rich::plain(key.version.clone().unwrap_or_else(|| "latest".to_owned())),
            )
            .pair("ends", ends(cx, &key.facts));
        section = match &key.facts {
            Facts::Read {
                kind,
                rotation,
                behind,
                ..
            } => {
                let kind = kind.as_ref().map_or_else(
                    || Rich::muted("the list of keys does not say"),
                    |kind| Rich::plain(kind.clone()),
                );
                let own = match rotation {
                    Rotation::NotRead(why) => Rich::of(Role::VerdictUnknown, why.clone()),
                    told => Rich::plain(told.words()),
                };
                let section = section.pair("kind", kind).pair("rotation", own);
                if *behind {
                    section.words(Rich::plain("A newer version is there, and is not used."))
                } else {
                    section
                }
            }
            Facts::NotRead(why) => {
                section.pair("facts", Rich::of(Role::VerdictUnknown, why.clone()))
            }
            Facts::Gone => section,
        };
        sections.push(section);
        let mut section = Section::new("WHO HAS TO USE IT");
        let own = cx.judgement.hops.iter().filter(|hop| {
            hop.kind == crate::analysis::hop::HopKind::IdentityToKey
                && ArmId::new(&hop.from) == one.resource
        });
        for hop in own {
            let via = hop.via.as_deref().unwrap_or("identity");
            let name = via.strip_prefix("identity ").unwrap_or(via);
            let sign = sign_of(hop.verdict());
            section =
                section.words(Rich::sign(cx.signs, sign).then(Role::Text, format!(" {name}")));
            for gate in hop
                .gates
                .iter()
                .filter(|gate| gate.judged.verdict != Verdict::Open)
            {
                section = section.words(Rich::plain(super::detail::sentence(&gate.judged.reason)));
            }
        }
        if !section.lines.is_empty() {
            sections.push(section);
        }
    }
    sections.push(place(&one.resource));
    Told {
        title: one.name.clone(),
        right: resource.map_or("", |own| own.family.arm_type()).to_owned(),
        resource: Some(one.resource.clone()),
        sections,
        copy: Vec::new(),
    }
}

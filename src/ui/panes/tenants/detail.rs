//! The details: a call into another tenant gate by gate, a tenant, a pool, a network, a preflight. The
//! answer first, then why, then the proof, then what mends it.

use crate::analysis::addresses::{Drawer, Kind, Node, drawers_missing, sources};
use crate::analysis::hop::{GateVerdict, Hop, Remedy};
use crate::analysis::tenancy::{Bridge, Question, Seat, Token};
use crate::analysis::verdict::{Gate, Verdict};
use crate::config::Action;
use crate::model::id::ArmId;
use crate::model::ipam::IpamPool;
use crate::model::resource::{Details, Resource};
use crate::model::text::grouped;
use crate::ui::cx::Cx;
use crate::ui::effect::CopyItem;
use crate::ui::frame::tally;
use crate::ui::panes::map::end_name;
use crate::ui::panes::{mend, proof, who};
use crate::ui::signs::Sign;
use crate::ui::text::{Rich, short_guid};
use crate::ui::theme::Role;
use crate::ui::value;
use crate::ui::widgets::detail::{Line, Section};

use super::CONTEXT;
use super::bridge::{called, is_bad, named, span, token};
use super::draws::day;
use super::pools::bar;

/// The letters of the longest name of a gate.
const WIDEST: usize = 14;

/// What a hop's gates want mended, the gate that is looked at first.
pub(super) fn remedies(gates: &[GateVerdict], first: Option<Gate>) -> Vec<Remedy> {
    let is_first = |one: &&GateVerdict| first == Some(one.gate);
    let mut all: Vec<Remedy> = Vec::new();
    let own = gates.iter().filter(is_first);
    for gate in own.chain(gates.iter().filter(|one| !is_first(one))) {
        if gate.judged.verdict == Verdict::Open {
            continue;
        }
        for remedy in &gate.remedies {
            if !all.contains(remedy) {
                all.push(remedy.clone());
            }
        }
    }
    all
}

/// A call into another tenant.
pub(super) fn hop(
    cx: &Cx<'_>,
    seats: &[Seat],
    hop: &Hop,
    asked: Option<Question>,
    tool: mend::Chosen,
) -> Vec<Section> {
    let is_reading = tally::is_reading(cx.inventory);
    let verdict = hop.verdict();
    let sign = tally::sign(verdict, is_reading);
    let role = match sign {
        Sign::Open => Role::Node,
        other => other.role(),
    };
    let tenant = |id: &str| {
        let own = crate::analysis::addresses::tenant_of(cx.inventory, &ArmId::new(id));
        own.map(|own| named(seats, &own))
    };
    let mut head = Rich::strong(end_name(cx, &hop.from))
        .then(role, " ━━▶ ")
        .then(Role::Strong, end_name(cx, &hop.to));
    if let (Some(from), Some(to)) = (tenant(&hop.from), tenant(&hop.to)) {
        head = head.then(Role::Muted, format!("  {from} to {to}"));
    }
    let worst = hop.gates.iter().find(|gate| gate.judged.verdict == verdict);
    let focus = asked
        .and_then(|asked| hop.gate(asked.gate()))
        .or(worst)
        .filter(|gate| asked.is_some() || gate.judged.verdict != Verdict::Open);
    let says = match (sign, worst) {
        (Sign::Open, _) | (_, None) => format!("all {} gates let it through", hop.gates.len()),
        (_, Some(gate)) => format!("{} gate", gate.gate),
    };
    let mut sections = vec![
        Section::new("")
            .words(head)
            .blank()
            .words(Rich::chip(cx.signs, sign).then(Role::Muted, format!("  {says}"))),
    ];
    if let Some(gate) = focus {
        sections.extend(gate_sections(cx, hop, gate, is_reading));
    }
    let rest: Vec<&GateVerdict> = hop
        .gates
        .iter()
        .filter(|gate| focus.is_none_or(|own| own.gate != gate.gate))
        .collect();
    let label =
        if verdict == Verdict::Shut && rest.iter().all(|one| one.judged.verdict == Verdict::Open) {
            "NOT THE CAUSE"
        } else {
            "GATES"
        };
    if !rest.is_empty() {
        let mut others = Section::new(label);
        for gate in rest {
            others.lines.push(gate_line(cx, gate, is_reading));
        }
        sections.push(others);
    }
    let first = focus.map(|gate| gate.gate);
    sections.extend(mend::sections(
        cx,
        CONTEXT,
        "MEND",
        &remedies(&hop.gates, first),
        tool,
    ));
    sections
}

/// A condition: what is open takes one line, what is not its whole reason.
pub(super) fn gate_line(cx: &Cx<'_>, gate: &GateVerdict, is_reading: bool) -> Line {
    let sign = tally::sign(gate.judged.verdict, is_reading);
    let reason = brief(&gate.judged.reason);
    if sign == Sign::Open {
        let name = format!(" {:WIDEST$}  ", gate.gate.word());
        let name = Rich::sign(cx.signs, sign).then(Role::Text, name);
        // Two runs: it is cut, not wrapped.
        let words = Rich::muted(reason).then(Role::Muted, " ");
        return Line::Step(name, words, Rich::new());
    }
    Line::Words(
        Rich::sign(cx.signs, sign)
            .then(Role::Strong, format!(" {}: ", gate.gate))
            .then(Role::Text, format!("{reason}.")),
    )
}

/// A reason with ids cut short; evidence and commands have them whole.
fn brief(reason: &str) -> String {
    // Azure's own words may end in a stop already.
    let reason = reason.trim_end_matches('.');
    let is_id = |letter: char| letter.is_ascii_hexdigit() || letter == '-';
    let mut out = String::with_capacity(reason.len());
    let mut rest = reason;
    while let Some(at) = rest.find(is_id) {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let end = from.find(|letter| !is_id(letter)).unwrap_or(from.len());
        let (word, after) = from.split_at(end);
        if word.len() == 36 && uuid::Uuid::try_parse(word).is_ok() {
            out.push_str(&short_guid(word));
        } else {
            out.push_str(word);
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

/// One gate: why, who shut it, and the proof.
fn gate_sections(cx: &Cx<'_>, hop: &Hop, gate: &GateVerdict, is_reading: bool) -> Vec<Section> {
    let sign = tally::sign(gate.judged.verdict, is_reading);
    let mut why = Section::new(gate.gate.word().to_uppercase()).words(
        Rich::sign(cx.signs, sign).then(Role::Text, format!(" {}.", brief(&gate.judged.reason))),
    );
    // Tokens and applications are not written where the activity log looks.
    let is_written = matches!(gate.gate, Gate::Authorization | Gate::Configuration);
    if let Some(by) = gate.changed_by.as_ref().filter(|_| is_written) {
        for words in who::lines(cx, by) {
            why = why.words(words);
        }
    }
    let mut sections = vec![why];
    if !gate.judged.evidence.is_empty() {
        let target = ArmId::new(&hop.to);
        sections.push(proof::section(cx, &target, &gate.judged.evidence, &[]));
    }
    sections
}

/// What can be copied of a hop.
pub(super) fn copies(hop: &Hop, asked: Option<Question>, tool: mend::Chosen) -> Vec<CopyItem> {
    let mut items = mend::copy(&remedies(&hop.gates, asked.map(Question::gate)), tool);
    items.push(CopyItem {
        label: "hop".to_owned(),
        text: hop.id(),
    });
    items
}

/// Who is signed in where, and how to sign in to another tenant.
pub(super) fn tenants(cx: &Cx<'_>, seats: &[Seat], bridges: &[Bridge]) -> Vec<Section> {
    let mut sections = Vec::new();
    for seat in seats {
        let mut own = Section::new("").words(Rich::strong(called(seat)).then(
            Role::Muted,
            if seat.is_home {
                "  signed in to first"
            } else {
                ""
            },
        ));
        own = own.pair("tenant", Rich::plain(seat.tenant.to_string()));
        own = own.pair("token", token(cx, seat));
        if let Some(caller) = &seat.caller {
            if let Some(id) = &caller.object_id {
                own = own.pair("object id", Rich::plain(id.to_string()));
            }
            if let Some(app) = &caller.app_id {
                own = own.pair("app id", Rich::plain(app.clone()));
            }
            own = own.pair("credential", Rich::plain(caller.credential.clone()));
            if let Some(until) = caller.expires_at.filter(|until| *until > cx.now) {
                own = own.pair(
                    "token ends",
                    Rich::plain(cx.clock(until))
                        .then(Role::Muted, format!("  in {}", span(until, cx.now))),
                );
            }
        }
        let seen = cx
            .inventory
            .subscriptions()
            .filter(|one| one.tenant_id.as_ref() == Some(&seat.tenant));
        let names: Vec<&str> = seen.map(|one| one.display_name.as_str()).collect();
        if !names.is_empty() {
            own = own.pair("subscriptions", Rich::plain(names.join(", ")));
        }
        match &seat.token {
            Token::Refused(issue) => {
                own = own.words(
                    Rich::sign(cx.signs, Sign::Shut)
                        .then(Role::Text, format!(" {}", brief(&issue.message))),
                );
            }
            Token::Wrong(given) => {
                own = own.words(Rich::sign(cx.signs, Sign::Shut).then(
                    Role::Text,
                    format!(" What was given is a token of tenant {given}: it opens nothing here."),
                ));
            }
            Token::NotAsked => {
                own = own.words(Rich::muted(format!(
                    "Nobody is signed in there: start with --auxiliary-tenant {}.",
                    seat.tenant
                )));
            }
            _ => {}
        }
        sections.push(own);
    }
    if seats.len() < 2 || bridges.is_empty() {
        sections.push(more_tenants(seats.len() < 2));
    }
    if seats.iter().any(|seat| is_bad(&seat.token)) {
        sections.push(Section::new("").words(Rich::muted(
            "One token that is not good fails every call that carries it.",
        )));
    }
    sections
}

/// What would stand here.
fn more_tenants(is_alone: bool) -> Section {
    let mut section = Section::new("ANOTHER TENANT");
    if is_alone {
        section = section.words(Rich::plain(
            "--auxiliary-tenant ID signs in to another one too, three at most: the same person or application, with a token of each.",
        ));
    }
    section.words(Rich::muted(
        "What stands here then: the application with its object in each tenant, the roles it needs, both halves of the connection, and whose token goes along.",
    ))
}

/// A pool.
pub(super) fn pool(cx: &Cx<'_>, seats: &[Seat], node: &Node, drawers: &[Drawer]) -> Vec<Section> {
    let tenant = node
        .tenant
        .as_ref()
        .map_or_else(|| "tenant not known".to_owned(), |own| named(seats, own));
    let mut first = Section::new("")
        .words(Rich::strong(node.id.name().to_owned()).then(Role::Muted, format!("  {tenant}")))
        .blank()
        .words(bar(&node.room))
        .blank();
    for (label, count) in [
        ("all", node.room.total),
        ("used", node.room.used),
        ("reserved", node.room.reserved),
        ("free", node.room.free),
    ] {
        let at_most = label == "free" && !node.room.is_azures && count.is_some();
        let words = match count {
            Some(count) if at_most => Rich::plain(grouped(count)).then(Role::Muted, "  at most"),
            Some(count) => Rich::plain(grouped(count)),
            None if label == "reserved" && node.room.total.is_some() => {
                Rich::muted("only Azure counts them")
            }
            None => Rich::sign(cx.signs, Sign::Unknown).then(Role::VerdictUnknown, " not known"),
        };
        first = first.pair(label, words);
    }
    first = if node.pool.is_none() {
        first
    } else if node.room.is_azures {
        first.words(Rich::muted("Counted by Azure (getPoolUsage)."))
    } else {
        first.words(Rich::muted(
            "Counted from what can be read: static ranges, pools below, networks. Others may draw unseen.",
        ))
    };
    if let Some(missing) = &node.room.missing {
        first = first.words(
            Rich::sign(cx.signs, Sign::Unknown).then(Role::Text, format!(" {}.", brief(missing))),
        );
    }
    let mut sections = vec![first];
    sections.extend(node.pool.as_ref().map(|own| facts(cx, own)));
    sections.push(by_tenant(cx, seats, node, drawers));
    let calls: Vec<&Hop> = super::pools::hops_into(&cx.judgement.hops, &node.id).collect();
    if !calls.is_empty() {
        let mut section = Section::new("CALLS FROM OTHER TENANTS");
        for call in calls {
            let sign = tally::sign(call.verdict(), tally::is_reading(cx.inventory));
            let gate = call
                .gates
                .iter()
                .find(|gate| gate.judged.verdict == call.verdict() && sign != Sign::Open)
                .map_or_else(String::new, |gate| format!("  {} gate", gate.gate));
            section = section.words(
                Rich::sign(cx.signs, sign)
                    .then(Role::Text, format!(" {}", end_name(cx, &call.from)))
                    .then(Role::Muted, gate),
            );
        }
        sections.push(section);
    }
    sections.push(how_to_draw(cx));
    sections
}

fn facts(cx: &Cx<'_>, own: &IpamPool) -> Section {
    let mut facts = Section::new("POOL")
        .pair("range", value::list(cx.signs, &own.prefixes))
        .pair("region", value::text(cx.signs, &own.location));
    if let Some(manager) = own.manager() {
        facts = facts.pair("manager", Rich::plain(manager.name().to_owned()));
    }
    if let Some(parent) = own.parent.text() {
        facts = facts.pair("below", Rich::plain(parent.to_owned()));
    }
    facts.pair("state", value::text(cx.signs, &own.provisioning_state))
}

fn how_to_draw(cx: &Cx<'_>) -> Section {
    let key = cx.key_of(CONTEXT, Action::Preflight);
    let words = match key {
        Some(key) => Rich::strong(key).then(
            Role::Muted,
            " judges the chosen network and this pool, before anybody makes the call",
        ),
        None => {
            Rich::muted("Preflight judges a network and this pool before anybody makes the call")
        }
    };
    Section::new("").words(words)
}

/// Who has how much of a pool, tenant by tenant.
fn by_tenant(cx: &Cx<'_>, seats: &[Seat], node: &Node, drawers: &[Drawer]) -> Section {
    let mut section = Section::new("DRAWN BY TENANT");
    let mut tenants: Vec<(Option<&crate::model::id::TenantId>, usize, Option<u128>)> = Vec::new();
    for one in drawers {
        let tenant = one.tenant.as_ref();
        let at = tenants.iter().position(|(own, _, _)| *own == tenant);
        let at = at.unwrap_or_else(|| {
            tenants.push((tenant, 0, Some(0)));
            tenants.len() - 1
        });
        let (_, count, sum) = &mut tenants[at];
        *count += 1;
        // Who waits has none; whose ranges cannot be read makes the sum unknown.
        let has = one
            .addresses
            .or_else(|| one.prefixes.is_empty().then_some(0));
        *sum = sum.zip(has).map(|(sum, has)| sum.saturating_add(has));
    }
    for (tenant, count, sum) in tenants {
        let name = tenant.map_or_else(|| "not known".to_owned(), |own| named(seats, own));
        let what = if count == 1 {
            "allocation"
        } else {
            "allocations"
        };
        let sum = sum.map_or_else(
            || Rich::of(Role::VerdictUnknown, "? addresses"),
            |sum| Rich::plain(format!("{} addresses", grouped(sum))),
        );
        section = section.pair(name, sum.then(Role::Muted, format!("  {count} {what}")));
    }
    if section.lines.is_empty() {
        section = section.words(Rich::muted("Nobody that can be seen draws from it."));
    }
    if let Some(missing) = drawers_missing(cx.inventory, &node.id) {
        section = section
            .words(Rich::sign(cx.signs, Sign::Unknown).then(Role::Text, format!(" {missing}.")));
    }
    section
}

/// What draws from a pool, and is no call into another tenant.
pub(super) fn drawer(cx: &Cx<'_>, seats: &[Seat], one: &Drawer) -> Vec<Section> {
    let kind = match one.kind {
        Kind::Network => "virtual network",
        Kind::Resource => "resource",
        Kind::Static => "static range",
        Kind::Pool => "pool below",
    };
    let mut first = Section::new("")
        .words(Rich::strong(one.id.name().to_owned()).then(Role::Muted, format!("  {kind}")));
    if let Some(tenant) = &one.tenant {
        first = first.pair("tenant", Rich::plain(named(seats, tenant)));
    }
    first = first.pair(
        "range",
        if one.prefixes.is_empty() {
            Rich::muted("none yet")
        } else {
            Rich::plain(one.prefixes.join(", "))
        },
    );
    for (label, count) in [
        ("asks for", one.asked),
        ("has", one.addresses),
        ("reserved", one.reserved.filter(|count| *count > 0)),
    ] {
        if let Some(count) = count {
            first = first.pair(label, Rich::plain(grouped(count)));
        }
    }
    if let Some(at) = one.since {
        first = first.pair("since", Rich::plain(day(at, cx.now, cx.offset)));
    }
    if one.kind == Kind::Network && !one.is_listed {
        first = first.words(Rich::muted(
            "The network says so; the pool's own list does not hold it, or was not read.",
        ));
    }
    vec![first]
}

/// Where a network's addresses come from.
pub(super) fn network(cx: &Cx<'_>, seats: &[Seat], one: &Resource) -> Section {
    let mut section = Section::new("ITS ADDRESSES COME FROM");
    let found = sources(cx.inventory, one);
    for source in &found {
        let tenant = source
            .tenant
            .as_ref()
            .map_or_else(|| "tenant not known".to_owned(), |own| named(seats, own));
        let whose = match &source.subnet {
            Some(subnet) => format!("{} for {subnet}", source.pool.name()),
            None => source.pool.name().to_owned(),
        };
        let got = match (source.prefixes.is_empty(), source.is_unclear, source.asked) {
            (false, _, _) => Rich::plain(source.prefixes.join(", ")),
            (true, true, _) => Rich::of(Role::VerdictUnknown, "? cannot be read"),
            (true, false, Some(asked)) => {
                Rich::plain(format!("asks for {}, has none", grouped(asked)))
            }
            (true, false, None) => Rich::muted("has none"),
        };
        section = section.pair(whose, got.then(Role::Muted, format!("  {tenant}")));
    }
    if let Details::VirtualNetwork(own) = &one.details {
        let drawn: Vec<&String> = found.iter().flat_map(|source| &source.prefixes).collect();
        let rest: Vec<&str> = own
            .address_prefixes
            .iter()
            .filter(|prefix| !drawn.contains(prefix))
            .map(String::as_str)
            .collect();
        if !rest.is_empty() {
            section = section.pair(
                "no pool",
                Rich::plain(rest.join(", ")).then(Role::Muted, "  its own"),
            );
        }
    }
    if section.lines.is_empty() {
        section = section.words(Rich::muted("It has no addresses."));
    }
    section
}

/// A network that does not draw from the chosen pool.
pub(super) fn stranger(cx: &Cx<'_>, seats: &[Seat], one: &Resource, pool: &ArmId) -> Vec<Section> {
    let first = Section::new("")
        .words(Rich::strong(one.name.clone()).then(Role::Muted, "  virtual network"))
        .pair("region", value::text(cx.signs, &one.location))
        .words(Rich::muted(format!(
            "It does not draw from {}.",
            pool.name()
        )));
    vec![first, network(cx, seats, one), how_to_draw(cx)]
}

/// An id of a directory's object or a tenant, cut short for a title.
pub(super) fn short(id: &ArmId) -> String {
    short_guid(id.name())
}

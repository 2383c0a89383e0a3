//! The header: what is looked at, whether it works and is safe, who looks, how far the reading is.
//!
//! Narrow, it loses in this order: the bar and the time it took, who, the subscription, one exception
//! after the other, `safe`. The tallies of `works`, whether it is masked, the state and the clock stay.

use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::model::cloud::Audience;
use crate::model::id::TenantId;
use crate::model::key::Key;
use crate::store::Snapshot;
use crate::ui::cx::Cx;
use crate::ui::frame::tally;
use crate::ui::signs::Sign;
use crate::ui::text::{Cut, Rich, cut, embolden, put_right, short_guid};
use crate::ui::theme::Role;
use crate::ui::widgets::bar;

/// How many cells the bar takes while reading.
const BAR: u16 = 16;

/// What the header says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// What is looked at: a group, a subscription.
    pub environment: String,
    /// The subscription it is in, when that is one and not the environment itself.
    pub subscription: Option<String>,
    /// Only exceptions are named: tenant when there are several, cloud when not public, address.
    pub exceptions: Vec<String>,
    /// That names are masked, and how far: whoever shows the screen has to see it at any size.
    pub masked: Option<String>,
    /// Signs and counts of `works`; empty when nothing judges hops.
    pub works: Vec<(Sign, usize)>,
    /// Signs and counts of `safe`; empty when nothing judges findings.
    pub safe: Vec<(Sign, usize)>,
    /// Who is signed in.
    pub who: Option<String>,
    /// Readings that ended, and all of them.
    pub answered: (usize, usize),
    /// How long the reading took, or has taken so far.
    pub took: Option<Duration>,
    /// Live, frozen, offline, or asking.
    pub state: Option<Sign>,
    /// How old a snapshot is, in place of the clock: `saved 3 h ago`.
    pub saved: Option<String>,
}

impl Facts {
    /// What a snapshot says; `offline` for one that was read from a file.
    pub fn of(cx: &Cx<'_>, offline: bool, cloud: &str, took: Option<Duration>) -> Self {
        let snapshot = cx.snapshot;
        let counts = snapshot.counts();
        let (environment, subscription) = place(cx);
        let mut exceptions = Vec::new();
        if !matches!(cloud, "AzurePublic" | "") {
            exceptions.push(cloud.to_owned());
        }
        if snapshot.callers().len() > 1 {
            exceptions.push(format!("{} tenants", snapshot.callers().len()));
        }
        exceptions.extend(tenants_without_token(cx));
        exceptions.extend(delegated(cx));
        if let Some(address) = cx.judging.client_ip {
            exceptions.push(format!("judged for {address}"));
        }
        let who = snapshot
            .callers()
            .first()
            .and_then(|caller| caller.label())
            .map(str::to_owned)
            .or_else(|| {
                snapshot
                    .sign_in_trouble()
                    .map(|_| "not signed in".to_owned())
            });
        Self {
            environment,
            subscription,
            exceptions,
            masked: None,
            works: tally::works(cx),
            safe: tally::safe(cx),
            who,
            answered: (counts.answered, counts.asked),
            took,
            state: Some(state(snapshot, offline)),
            saved: None,
        }
    }
}

/// The other tenants that no token could be had of, in words.
fn tenants_without_token(cx: &Cx<'_>) -> Option<String> {
    let own = cx.snapshot.sign_in_trouble();
    let troubles = cx.snapshot.sign_in_troubles().iter();
    let mut names: Vec<String> = troubles
        .filter(|one| one.audience == Audience::ResourceManager && Some(*one) != own)
        .filter_map(|one| Some(tenant_name(cx, one.tenant.as_ref()?)))
        .collect();
    names.sort();
    (!names.is_empty()).then(|| format!("no token for {}", names.join(", ")))
}

/// Whose subscriptions in scope are seen by delegation, in words.
fn delegated(cx: &Cx<'_>) -> Option<String> {
    let mut names: Vec<String> = cx
        .snapshot
        .delegated()
        .into_iter()
        .filter(|one| {
            let groups = Key::Groups(one.subscription.id.clone());
            cx.snapshot.slice(&groups).is_some()
        })
        .map(|one| tenant_name(cx, one.home))
        .collect();
    names.sort();
    names.dedup();
    (!names.is_empty()).then(|| format!("delegated by {}", names.join(", ")))
}

/// A tenant by its name, where one was read.
fn tenant_name(cx: &Cx<'_>, id: &TenantId) -> String {
    let tenants = cx.inventory.tenants().iter();
    let named = tenants
        .filter(|one| one.id == *id)
        .find_map(|one| one.display_name.text());
    named.map_or_else(|| short_guid(id.as_str()), str::to_owned)
}

/// The sign of the state.
pub fn state(snapshot: &Snapshot, offline: bool) -> Sign {
    let nobody = snapshot.sign_in_trouble().is_some() && snapshot.callers().is_empty();
    if offline || nobody {
        Sign::Offline
    } else if snapshot.is_frozen() {
        Sign::Frozen
    } else if snapshot.is_idle() {
        Sign::Live
    } else {
        Sign::Asking
    }
}

/// What is looked at, in as few words as it takes.
fn place(cx: &Cx<'_>) -> (String, Option<String>) {
    let scope = cx.snapshot.scope();
    let name_of = |wanted: &String| {
        cx.inventory
            .subscriptions()
            .find(|one| one.id.as_str().eq_ignore_ascii_case(wanted))
            .map_or_else(|| wanted.clone(), |one| one.display_name.clone())
    };
    let subscription = match scope.subscriptions.as_slice() {
        [one] => Some(name_of(one)),
        [] => {
            let mut all = cx.inventory.subscriptions();
            let first = all.next();
            first
                .filter(|_| all.next().is_none())
                .map(|one| one.display_name.clone())
        }
        _ => None,
    };
    let several = |first: &String, rest: usize| {
        if rest == 0 {
            first.clone()
        } else {
            format!("{first} +{rest}")
        }
    };
    match (
        scope.resource_groups.as_slice(),
        scope.subscriptions.as_slice(),
    ) {
        ([first, rest @ ..], _) => (several(first, rest.len()), subscription),
        ([], [first, rest @ ..]) => (several(&name_of(first), rest.len()), None),
        ([], []) => match (subscription, cx.inventory.subscriptions().count()) {
            (Some(one), _) => (one, None),
            (None, 0) => (String::new(), None),
            (None, count) => (format!("{count} subscriptions"), None),
        },
    }
}

/// What goes first when the header is narrow. Each step drops one more.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Drop {
    Nothing,
    Took,
    Who,
    /// So many of the subscription and the exceptions.
    Words(usize),
    Safe,
}

/// Draws the header.
pub fn draw(cx: &Cx<'_>, buffer: &mut Buffer, area: Rect, facts: &Facts) {
    buffer.set_style(
        area.intersection(buffer.area),
        cx.theme.style(Role::Surface),
    );
    let words = words(facts).count();
    let steps = [Drop::Nothing, Drop::Took, Drop::Who]
        .into_iter()
        .chain((1..=words).map(Drop::Words))
        .chain([Drop::Safe]);
    for dropped in steps {
        let left = left(facts, dropped);
        let middle = tallies(cx, facts, dropped);
        let (right, bar_at) = right(cx, facts, dropped);
        let gaps = if middle.is_empty() { 3 } else { 6 };
        let fits = left.width() + middle.width() + right.width() + gaps + 2 <= area.width;
        if fits || dropped == Drop::Safe {
            draw_parts(cx, buffer, area, (&left, &middle, &right), bar_at, facts);
            return;
        }
    }
}

/// The subscription and the exceptions: what can be spared first stands first.
fn words(facts: &Facts) -> impl Iterator<Item = &String> {
    facts.subscription.iter().chain(&facts.exceptions)
}

fn left(facts: &Facts, dropped: Drop) -> Rich {
    let mut left = Rich::of(Role::Accent, "hopscope");
    if !facts.environment.is_empty() {
        let name = cut(&facts.environment, 40, Cut::Middle).into_owned();
        left = left.then(Role::Text, "  ").then(Role::Strong, name);
    }
    let spared = match dropped {
        Drop::Nothing | Drop::Took | Drop::Who => 0,
        Drop::Words(count) => count,
        Drop::Safe => usize::MAX,
    };
    for word in facts.masked.iter().chain(words(facts).skip(spared)) {
        left = left.then(Role::Muted, format!(" · {word}"));
    }
    left
}

fn tallies(cx: &Cx<'_>, facts: &Facts, dropped: Drop) -> Rich {
    let group = |word: &'static str, counts: &[(Sign, usize)]| {
        counts
            .iter()
            .fold(Rich::muted(word), |line, (sign, count)| {
                line.then(Role::Text, " ")
                    .then(sign.role(), format!("{}{count}", cx.signs.glyph(*sign)))
            })
    };
    let mut line = Rich::new();
    if !facts.works.is_empty() {
        line = group("works", &facts.works);
    }
    if dropped < Drop::Safe && !facts.safe.is_empty() {
        line = line.then(Role::Text, "   ").and(group("safe", &facts.safe));
    }
    line
}

/// The right part, and where in it the bar goes.
fn right(cx: &Cx<'_>, facts: &Facts, dropped: Drop) -> (Rich, Option<u16>) {
    let mut line = Rich::new();
    if dropped < Drop::Who
        && let Some(who) = &facts.who
    {
        line = line
            .then(Role::Muted, cut(who, 32, Cut::Middle).into_owned())
            .then(Role::Text, "   ");
    }
    let (answered, asked) = facts.answered;
    let mut bar_at = None;
    if dropped < Drop::Took && asked > 0 && answered < asked {
        bar_at = Some(line.width());
        line = line.then(Role::Text, " ".repeat(usize::from(BAR) + 2));
    }
    if asked > 0 {
        line = line.then(Role::Muted, format!("{answered}/{asked}"));
        if dropped < Drop::Took
            && let Some(took) = facts.took
        {
            line = line.then(Role::Muted, format!(" {:.1}s", took.as_secs_f64()));
        }
        line = line.then(Role::Text, "   ");
    }
    if let Some(state) = facts.state {
        line = line
            .and(Rich::sign(cx.signs, state))
            .then(Role::Text, format!(" {} ", state.word()));
    }
    let clock = || cx.clock(cx.now);
    let when = facts.saved.clone().unwrap_or_else(clock);
    (line.then(Role::Muted, when), bar_at)
}

fn draw_parts(
    cx: &Cx<'_>,
    buffer: &mut Buffer,
    area: Rect,
    (left, middle, right): (&Rich, &Rich, &Rich),
    bar_at: Option<u16>,
    facts: &Facts,
) {
    let (y, room) = (area.y, area.width.saturating_sub(2));
    let own = right.width().min(room);
    let starts = put_right(
        buffer,
        (area.right().saturating_sub(1), y),
        right,
        own,
        cx.theme,
    );
    if let Some(at) = bar_at {
        let done = (facts.answered.0 as u64, facts.answered.1 as u64);
        bar::draw(cx, buffer, (starts + at, y), BAR, done, Role::Accent);
    }
    let left_room = starts.saturating_sub(area.x + 3);
    let ends = left.draw(buffer, (area.x + 1, y), left_room, cx.theme);
    // The name of the program is as heavy as a name is.
    embolden(buffer, Rect::new(area.x + 1, y, 8, 1), cx.theme);
    let tallies = middle.width();
    if tallies > 0 {
        // In the middle of the row, or of what is free when it is not.
        let wish = area.x + (area.width.saturating_sub(tallies)) / 2;
        let most = starts.saturating_sub(tallies + 3);
        let x = wish.min(most).max(ends + 3);
        middle.draw(buffer, (x, y), starts.saturating_sub(x + 1), cx.theme);
    }
}

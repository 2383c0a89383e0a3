//! What stands above and below the table of calls: the quota gauges, and the read-only gate's count.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::ui::cx::Cx;
use crate::ui::signs::Sign;
use crate::ui::text::Rich;
use crate::ui::theme::Role;
use crate::ui::widgets::bar;
use crate::ui::widgets::rule::Rule;

use super::quota::Gauge;
use super::rows::Tally;

/// Draws the gauges: with bars where there are rows for them, else in one line.
pub(super) fn quota(cx: &Cx<'_>, buffer: &mut Buffer, area: Rect, gauges: &[Gauge]) {
    if area.height == 1 {
        let facts = if gauges.is_empty() {
            Rich::muted("no answer has said yet what is left")
        } else {
            gauges.iter().take(4).fold(Rich::new(), |words, gauge| {
                let gap = if words.is_empty() { "" } else { "   " };
                words
                    .then(Role::Muted, format!("{gap}{} ", gauge.title))
                    .and(count(gauge))
            })
        };
        Rule::new("Quota").facts(facts).draw(cx, buffer, area);
        return;
    }
    let right = Rich::muted("what Azure lets you ask, and what is left");
    let inside = Rule::new("Quota").right(right).draw(cx, buffer, area);
    let y = inside.y + 1;
    if gauges.is_empty() {
        let words = Rich::muted(
            "No answer has said yet what is left: the headers x-ms-ratelimit-remaining-… come with the first ones.",
        );
        words.draw(
            buffer,
            (area.x + 2, y),
            area.width.saturating_sub(4),
            cx.theme,
        );
        return;
    }
    let mut x = area.x + 2;
    for gauge in gauges {
        if x + 33 > area.right() {
            break;
        }
        Rich::strong(gauge.title.clone()).draw(buffer, (x, y), 33, cx.theme);
        Rich::muted(gauge.place.clone()).draw(buffer, (x, y + 1), 33, cx.theme);
        if let Some(of) = gauge.of {
            let role = if gauge.left * 5 < of {
                Role::VerdictAtRisk
            } else {
                Role::Text
            };
            bar::draw(cx, buffer, (x, y + 2), 20, (gauge.left, of), role);
            count(gauge).draw(buffer, (x + 21, y + 2), 12, cx.theme);
        } else {
            count(gauge).draw(buffer, (x, y + 2), 33, cx.theme);
        }
        let last = match gauge.refill {
            "" => format!("as of {}", cx.clock(gauge.at)),
            refill => refill.to_owned(),
        };
        Rich::muted(last).draw(buffer, (x, y + 3), 33, cx.theme);
        x += 35;
    }
}

fn gate_facts(cx: &Cx<'_>, tally: &Tally) -> Rich {
    let good = |words: Rich, fine: bool, text: String| {
        let gap = if words.is_empty() { "" } else { "   " };
        let sign = if fine { Sign::Open } else { Sign::Shut };
        words
            .then(Role::Text, gap)
            .and(Rich::sign(cx.signs, sign))
            .then(Role::Text, format!(" {text}"))
    };
    let words = good(Rich::new(), true, format!("{} GET", tally.gets));
    let posts = match tally.posts {
        0 => "0 POST".to_owned(),
        many => format!("{many} POST, each a named query"),
    };
    let words = good(words, true, posts);
    let words = good(words, tally.writes == 0, format!("{} writes", tally.writes));
    let listings = format!("{} key listings", tally.key_listings);
    good(words, tally.key_listings == 0, listings)
}

/// Draws what the read-only gate let out and what it stopped.
pub(super) fn gate(cx: &Cx<'_>, buffer: &mut Buffer, area: Rect, tally: &Tally, hosts: &[String]) {
    let rule = Rule::new("Read-only gate");
    if area.height < 3 {
        let words = |count: u64, word: &str| format!("{count} {word}");
        let fine = |count: u64| {
            if count == 0 {
                Role::Muted
            } else {
                Role::VerdictShut
            }
        };
        let facts = Rich::muted(format!("{} GET · {} POST · ", tally.gets, tally.posts))
            .then(fine(tally.writes), words(tally.writes, "writes"))
            .then(Role::Muted, " · ")
            .then(
                fine(tally.key_listings),
                words(tally.key_listings, "key listings"),
            );
        let right = Rich::of(fine(tally.stopped), words(tally.stopped, "stopped here"));
        rule.facts(facts).right(right).draw(cx, buffer, area);
        return;
    }
    let inside = rule
        .right(Rich::muted("deny by default"))
        .draw(cx, buffer, area);
    let room = area.width.saturating_sub(3);
    gate_facts(cx, tally).draw(buffer, (area.x + 2, inside.y), room, cx.theme);
    let stopped = match tally.stopped {
        0 => Rich::muted("0 were stopped here."),
        1 => Rich::of(Role::VerdictShut, "1 was stopped here."),
        many => Rich::of(Role::VerdictShut, format!("{many} were stopped here.")),
    };
    let tokens = match hosts {
        [] => " No token went anywhere.".to_owned(),
        [one] => format!(" Tokens went to {one}, and nowhere else."),
        many => format!(
            " Tokens went to {} hosts of this cloud, and nowhere else.",
            many.len()
        ),
    };
    stopped
        .then(Role::Muted, tokens)
        .draw(buffer, (area.x + 2, inside.y + 1), room, cx.theme);
    let names = hosts.join(" · ");
    if hosts.len() > 1 && inside.height > 2 {
        Rich::muted(names).draw(buffer, (area.x + 2, inside.y + 2), room, cx.theme);
    }
}

fn count(gauge: &Gauge) -> Rich {
    let words = Rich::plain(gauge.left.to_string());
    match gauge.of {
        Some(of) => words.then(Role::Muted, format!("/{of}")),
        None => words.then(Role::Muted, " left"),
    }
}

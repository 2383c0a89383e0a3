//! Boxes and tables as lines of words.

use crate::ui::cx::Cx;
use crate::ui::signs::Sign;
use crate::ui::text::{Cut, Rich, cut, width};
use crate::ui::theme::Role;
use crate::ui::walk::Proof;
use crate::ui::walk::body::{Body, Line, Spot};

/// The least and the most that a box takes.
const BOX: (u16, u16) = (22, 30);
/// Blanks between boxes, and between columns.
const GAP: u16 = 2;
/// The most that a first column takes.
const FIRST: u16 = 36;

/// A sign with its words, and what lies behind it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Told {
    /// The sign; none for words alone.
    pub(super) sign: Option<Sign>,
    /// The words.
    pub(super) words: String,
    /// What is opened.
    pub(super) proof: Option<Proof>,
}

impl Told {
    /// A sign with words and a proof.
    pub(super) fn new(sign: Sign, words: impl Into<String>, proof: Option<Proof>) -> Self {
        Self {
            sign: Some(sign),
            words: words.into(),
            proof,
        }
    }

    /// Words alone.
    pub(super) fn plain(words: impl Into<String>) -> Self {
        Self {
            sign: None,
            words: words.into(),
            proof: None,
        }
    }

    /// Not needed, none.
    pub(super) fn none(cx: &Cx<'_>) -> Self {
        Self::plain(cx.signs.glyph(Sign::None))
    }

    /// It as words of at most so many cells.
    fn rich(&self, cx: &Cx<'_>, room: u16) -> Rich {
        let Some(sign) = self.sign else {
            return Rich::muted(cut(&self.words, room, Cut::End).into_owned());
        };
        // What is open has a green sign and grey words: only trouble is coloured.
        let role = match sign {
            Sign::Open | Sign::Note | Sign::None | Sign::Refused | Sign::Keep => Role::Text,
            other => other.word_role(),
        };
        let words = cut(&self.words, room.saturating_sub(2), Cut::End);
        Rich::sign(cx.signs, sign).then(role, format!(" {words}"))
    }
}

/// A box: what kind of thing, its name, what it is for, and what is so.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Boxed {
    /// The title.
    pub(super) title: String,
    /// The name.
    pub(super) name: String,
    /// What it is for.
    pub(super) about: &'static str,
    /// What is so, the most telling first.
    pub(super) facts: Vec<Told>,
}

/// Draws boxes beside each other; where not two of them fit, a list.
pub(super) fn boxes(cx: &Cx<'_>, body: &mut Body, all: &[Boxed], room: u16) {
    if all.is_empty() {
        return;
    }
    let fit = ((room + GAP) / (BOX.0 + GAP)).max(1);
    if fit < 4 || cx.size.height < 36 {
        return list(cx, body, all, room);
    }
    let count = u16::try_from(all.len()).unwrap_or(u16::MAX).min(fit);
    let wide = ((room + GAP) / count - GAP).clamp(BOX.0, BOX.1);
    for row in all.chunks(usize::from(count)) {
        band(cx, body, row, wide);
    }
    body.blank();
}

fn band(cx: &Cx<'_>, body: &mut Body, row: &[Boxed], wide: u16) {
    let inner = wide - 4;
    let high = row.iter().map(|one| one.facts.len()).max().unwrap_or(0);
    let across = |left: &str, right: &str| {
        let mut line = Rich::new();
        for (at, one) in row.iter().enumerate() {
            if at > 0 {
                line = line.then(Role::Text, " ".repeat(usize::from(GAP)));
            }
            let title = if left == "╭" {
                cut(&one.title, inner - 2, Cut::End)
            } else {
                "".into()
            };
            let dashes = if title.is_empty() {
                usize::from(wide - 2)
            } else {
                usize::from(wide - 5 - width(&title))
            };
            line = line.then(Role::Node, left.to_owned());
            if !title.is_empty() {
                line = line
                    .then(Role::Node, "─")
                    .then(Role::Muted, format!(" {title} "));
            }
            line = line.then(Role::Node, format!("{}{right}", "─".repeat(dashes)));
        }
        line
    };
    body.words(across("╭", "╮"));
    for number in 0..high + 2 {
        let mut line = Line::default();
        for (at, one) in row.iter().enumerate() {
            if at > 0 {
                line.words = line.words.then(Role::Text, " ".repeat(usize::from(GAP)));
            }
            line.words = line.words.then(Role::Node, "│ ");
            let x = line.words.width();
            let (words, proof) = match number {
                0 => (
                    Rich::strong(cut(&one.name, inner, Cut::End).into_owned()),
                    None,
                ),
                1 => (Rich::muted(one.about), None),
                number => match one.facts.get(number - 2) {
                    Some(fact) => (fact.rich(cx, inner), fact.proof.clone()),
                    None => (Rich::new(), None),
                },
            };
            let own = words.width().min(inner);
            if let Some(proof) = proof {
                let proof = body.proof(proof);
                line.spots.push(Spot {
                    x,
                    width: own,
                    proof,
                });
            }
            line.words = line
                .words
                .and(words)
                .then(Role::Text, " ".repeat(usize::from(inner - own)))
                .then(Role::Node, " │");
        }
        body.lines.push(line);
    }
    body.words(across("╰", "╯"));
}

/// The same as a list: the name, then what is so.
fn list(cx: &Cx<'_>, body: &mut Body, all: &[Boxed], room: u16) {
    let names = all.iter().map(|one| width(&one.name)).max().unwrap_or(0);
    let names = names.min(24);
    for one in all {
        let mut facts: Vec<Option<&Told>> = one.facts.iter().map(Some).collect();
        if facts.is_empty() {
            facts.push(None);
        }
        for (at, fact) in facts.into_iter().enumerate() {
            let name = if at == 0 {
                cut(&one.name, names, Cut::End).into_owned()
            } else {
                String::new()
            };
            let blanks = usize::from(names + GAP).saturating_sub(usize::from(width(&name)));
            let mut line = Line::of(Rich::strong(name).then(Role::Text, " ".repeat(blanks)));
            if let Some(fact) = fact {
                add(cx, body, &mut line, fact, room.saturating_sub(names + GAP));
            }
            body.lines.push(line);
        }
    }
    body.blank();
}

/// Puts a sign with its words at the end of a line.
fn add(cx: &Cx<'_>, body: &mut Body, line: &mut Line, told: &Told, room: u16) {
    let words = told.rich(cx, room);
    let x = line.words.width();
    if let Some(proof) = &told.proof {
        let proof = body.proof(proof.clone());
        line.spots.push(Spot {
            x,
            width: words.width().max(1),
            proof,
        });
    }
    line.words = std::mem::take(&mut line.words).and(words);
}

/// A table: a title with a fact on its right, heads, and rows with a name first.
pub(super) struct Table {
    /// The title.
    pub(super) title: &'static str,
    /// What stands behind it.
    pub(super) fact: String,
    /// The heads.
    pub(super) heads: Vec<String>,
    /// The rows.
    pub(super) rows: Vec<(String, Vec<Told>)>,
}

impl Table {
    /// Draws it; columns that do not fit are left out from the right, and that is said.
    pub(super) fn draw(&self, cx: &Cx<'_>, body: &mut Body, room: u16) {
        body.words(Rich::strong(self.title).then(Role::Muted, format!("   {}", self.fact)));
        let first = self
            .rows
            .iter()
            .map(|(name, _)| width(name))
            .chain(self.heads.first().map(|head| width(head)))
            .max()
            .unwrap_or(0)
            .min(FIRST);
        let count = self.heads.len().saturating_sub(1);
        let mut widths: Vec<u16> = (0..count)
            .map(|column| {
                let cells = self.rows.iter().filter_map(|(_, cells)| cells.get(column));
                let widest = cells
                    .map(|cell| width(&cell.words) + if cell.sign.is_some() { 2 } else { 0 })
                    .max()
                    .unwrap_or(0);
                widest.max(width(&self.heads[column + 1]))
            })
            .collect();
        let left = room.saturating_sub(first);
        share(&mut widths, left);
        let mut used = 0;
        let shown = widths
            .iter()
            .take_while(|own| {
                used += **own + GAP;
                used <= left
            })
            .count();
        let pad =
            |text: &str, own: u16| " ".repeat(usize::from(own.saturating_sub(width(text)) + GAP));
        let mut head = Rich::new();
        for (at, text) in self.heads.iter().take(shown + 1).enumerate() {
            let own = if at == 0 { first } else { widths[at - 1] };
            let text = cut(text, own, Cut::End);
            let blanks = if at == count {
                String::new()
            } else {
                pad(&text, own)
            };
            head = head.then(Role::Muted, format!("{text}{blanks}"));
        }
        if shown < count {
            head = head.then(Role::Muted, format!("+{}", count - shown));
        }
        body.words(head);
        for (name, cells) in &self.rows {
            let name = cut(name, first, Cut::End);
            let mut line = Line::of(Rich::plain(format!("{name}{}", pad(&name, first))));
            for (at, (told, own)) in cells.iter().zip(&widths).take(shown).enumerate() {
                let from = line.words.width();
                add(cx, body, &mut line, told, *own);
                if at + 1 == shown {
                    break;
                }
                let blanks = (from + own + GAP).saturating_sub(line.words.width());
                line.words = line.words.then(Role::Text, " ".repeat(usize::from(blanks)));
            }
            body.lines.push(line);
        }
        body.blank();
    }
}

/// Narrows columns, the widest first, until they fit or none can give any more.
fn share(widths: &mut [u16], room: u16) {
    const LEAST: u16 = 14;
    loop {
        let used: u16 = widths.iter().map(|own| own + GAP).sum();
        if used <= room {
            return;
        }
        let Some(widest) = widths.iter_mut().max().filter(|own| **own > LEAST) else {
            return;
        };
        *widest -= 1;
    }
}

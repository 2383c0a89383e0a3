//! Boxes and tables as lines of words. Nothing is cut that a person has to read: what does not fit its
//! place goes on in the next line.

use crate::ui::cx::Cx;
use crate::ui::signs::Sign;
use crate::ui::text::{Cut, Rich, cut, width, wrap};
use crate::ui::theme::Role;
use crate::ui::walk::Proof;
use crate::ui::walk::body::{Body, Line, Spot};

/// The least and the most that a box takes.
const BOX: (u16, u16) = (22, 30);
/// Blanks between boxes, and between columns.
const GAP: u16 = 2;
/// The most that a first column takes.
const FIRST: u16 = 36;
/// The room that a column of sentences wants before a column that can be spared is left out.
const SENTENCE: u16 = 36;
/// The least that a column is narrowed to.
const LEAST: u16 = 14;
/// How many boxes are drawn, and how many rows a table has, at most.
pub(super) const BOXES: usize = 10;
pub(super) const ROWS: usize = 24;

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

    fn width(&self) -> u16 {
        width(&self.words) + if self.sign.is_some() { 2 } else { 0 }
    }

    /// It as lines of at most so many cells.
    fn lines(&self, cx: &Cx<'_>, room: u16) -> Vec<Rich> {
        let Some(sign) = self.sign else {
            let words = self.words.trim_start();
            let indent = &self.words[..self.words.len() - words.len()];
            return wrap(words, room.saturating_sub(width(indent)))
                .into_iter()
                .map(|line| Rich::muted(format!("{indent}{line}")))
                .collect();
        };
        // What is open has a green sign and grey words: only trouble is coloured.
        let role = match sign {
            Sign::Open | Sign::Note | Sign::None | Sign::Refused | Sign::Keep => Role::Text,
            other => other.word_role(),
        };
        wrap(&self.words, room.saturating_sub(2))
            .into_iter()
            .enumerate()
            .map(|(at, words)| match at {
                0 => Rich::sign(cx.signs, sign).then(role, format!(" {words}")),
                _ => Rich::plain("  ").then(role, words),
            })
            .collect()
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

/// Draws boxes beside each other; where not four of them fit, a list.
pub(super) fn boxes(cx: &Cx<'_>, body: &mut Body, all: &[Boxed], room: u16) {
    if all.is_empty() {
        return;
    }
    let shown = &all[..all.len().min(BOXES)];
    let fit = ((room + GAP) / (BOX.0 + GAP)).max(1);
    if fit < 4 || cx.size.height < 36 {
        list(cx, body, shown, room);
    } else {
        let count = u16::try_from(shown.len()).unwrap_or(u16::MAX).min(fit);
        let wide = ((room + GAP) / count - GAP).clamp(BOX.0, BOX.1);
        for row in shown.chunks(usize::from(count)) {
            band(cx, body, row, wide);
        }
    }
    more(body, all.len() - shown.len(), Proof::Pane('1'));
    body.gap();
}

/// Says how many more there are, and leads to the pane that has them all.
fn more(body: &mut Body, count: usize, proof: Proof) {
    if count == 0 {
        return;
    }
    let words = format!("and {count} more");
    let proof = body.proof(proof);
    body.lines.push(Line {
        spots: vec![Spot {
            x: 0,
            width: width(&words),
            proof,
        }],
        words: Rich::muted(words),
        ..Line::default()
    });
}

/// One line of a box with what lies behind it.
type Inside = (Rich, Option<usize>);

fn inside(cx: &Cx<'_>, body: &mut Body, one: &Boxed, inner: u16) -> Vec<Inside> {
    let name = cut(&one.name, inner, Cut::End).into_owned();
    let mut lines = vec![(Rich::strong(name), None), (Rich::muted(one.about), None)];
    for fact in &one.facts {
        let proof = fact.proof.clone().map(|proof| body.proof(proof));
        let own = fact.lines(cx, inner);
        lines.extend(own.into_iter().map(|line| (line, proof)));
    }
    lines
}

fn band(cx: &Cx<'_>, body: &mut Body, row: &[Boxed], wide: u16) {
    let inner = wide - 4;
    let columns: Vec<Vec<Inside>> = row.iter().map(|one| inside(cx, body, one, inner)).collect();
    let high = columns.iter().map(Vec::len).max().unwrap_or(0);
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
    for number in 0..high {
        let mut line = Line::default();
        for (at, column) in columns.iter().enumerate() {
            if at > 0 {
                line.words = line.words.then(Role::Text, " ".repeat(usize::from(GAP)));
            }
            line.words = line.words.then(Role::Node, "│ ");
            let x = line.words.width();
            let (words, proof) = column.get(number).cloned().unwrap_or_default();
            let own = words.width().min(inner);
            if let Some(proof) = proof {
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

/// The same as a list: the name, then what is so, in as few lines as it takes.
fn list(cx: &Cx<'_>, body: &mut Body, all: &[Boxed], room: u16) {
    let names = all.iter().map(|one| width(&one.name)).max().unwrap_or(0);
    let names = names.min(24);
    for one in all {
        let mut facts: Vec<Told> = Vec::new();
        for fact in &one.facts {
            match facts.last_mut() {
                // Words alone belong to the sign before them.
                Some(last) if fact.sign.is_none() => {
                    last.words.push_str(", ");
                    last.words.push_str(fact.words.trim_start());
                }
                _ => facts.push(fact.clone()),
            }
        }
        if facts.is_empty() {
            facts.push(Told::plain(""));
        }
        let mut name = cut(&one.name, names, Cut::End).into_owned();
        for fact in facts {
            let proof = fact.proof.clone().map(|proof| body.proof(proof));
            for words in fact.lines(cx, room.saturating_sub(names + GAP)) {
                let start = Rich::strong(pad(&name, names));
                let spots = proof.map(|proof| Spot {
                    x: start.width(),
                    width: words.width().max(1),
                    proof,
                });
                body.lines.push(Line {
                    words: start.and(words),
                    spots: spots.into_iter().collect(),
                    ..Line::default()
                });
                name.clear();
            }
        }
    }
}

/// A text with blanks up to the next column.
fn pad(text: &str, own: u16) -> String {
    let blanks = usize::from(own.saturating_sub(width(text)) + GAP);
    format!("{text}{}", " ".repeat(blanks))
}

/// A table: a title with a fact on its right, heads, and rows with a name first.
#[derive(Default)]
pub(super) struct Table {
    /// The title.
    pub(super) title: &'static str,
    /// What stands behind it.
    pub(super) fact: String,
    /// The heads.
    pub(super) heads: Vec<String>,
    /// The rows.
    pub(super) rows: Vec<(String, Vec<Told>)>,
    /// The columns that are left out first where there is little room: 0 is the one after the name.
    pub(super) spare: Vec<usize>,
    /// The last row is the one to look at.
    pub(super) tells: bool,
    /// How many rows more there are, and the pane that has them all.
    pub(super) more: Option<(usize, char)>,
    /// How many columns more there would be.
    pub(super) beyond: usize,
}

impl Table {
    /// Draws it. What does not fit its column goes on below; columns that do not fit at all are left
    /// out from the right, and that is said.
    pub(super) fn draw(&self, cx: &Cx<'_>, body: &mut Body, room: u16) {
        let title = Rich::strong(self.title);
        if self.title.len() + 3 + usize::from(width(&self.fact)) <= usize::from(room) {
            body.words(title.then(Role::Muted, format!("   {}", self.fact)));
        } else {
            body.words(title);
            for line in wrap(&self.fact, room) {
                body.words(Rich::muted(line));
            }
        }
        let (first, columns, hidden) = self.columns(room);
        let mut head = Rich::muted(pad(&cut(&self.heads[0], first, Cut::End), first));
        for (at, (column, own)) in columns.iter().enumerate() {
            let text = cut(&self.heads[column + 1], *own, Cut::End);
            let is_last = at + 1 == columns.len() && hidden == 0;
            head = head.then(
                Role::Muted,
                if is_last {
                    text.into_owned()
                } else {
                    pad(&text, *own)
                },
            );
        }
        if hidden > 0 {
            head = head.then(Role::Muted, format!("+{hidden}"));
        }
        body.words(head);
        for (at, (name, cells)) in self.rows.iter().enumerate() {
            let tells = self.tells && at + 1 == self.rows.len();
            row(cx, body, (name, cells), (first, &columns), tells);
        }
        if let Some((count, pane)) = self.more {
            more(body, count, Proof::Pane(pane));
        }
        body.gap();
    }

    /// How wide the name is, which columns are shown and how wide each is, how many are not.
    fn columns(&self, room: u16) -> (u16, Vec<(usize, u16)>, usize) {
        let first = self
            .rows
            .iter()
            .map(|(name, _)| width(name))
            .chain(self.heads.first().map(|head| width(head)))
            .max()
            .unwrap_or(0)
            .min(FIRST);
        let left = room.saturating_sub(first);
        let mut columns: Vec<(usize, u16)> = (0..self.heads.len().saturating_sub(1))
            .filter_map(|column| {
                let cells = || self.rows.iter().filter_map(|(_, cells)| cells.get(column));
                // A column in which nothing stands says nothing.
                cells().find(|cell| !cell.words.is_empty())?;
                let widest = cells().map(Told::width).max().unwrap_or(0);
                Some((column, widest.max(width(&self.heads[column + 1]))))
            })
            .collect();
        for spare in &self.spare {
            let wanted = columns.iter().map(|(_, own)| own.min(&SENTENCE) + GAP);
            if wanted.sum::<u16>() <= left {
                break;
            }
            columns.retain(|(column, _)| column != spare);
        }
        share(&mut columns, left);
        let all = columns.len();
        let mut used = 0;
        columns.retain(|(_, own)| {
            used += own + GAP;
            used <= left
        });
        let hidden = all - columns.len() + self.beyond;
        (first, columns, hidden)
    }
}

/// A row: as many lines as its longest cell takes.
fn row(
    cx: &Cx<'_>,
    body: &mut Body,
    (name, cells): (&str, &[Told]),
    (first, columns): (u16, &[(usize, u16)]),
    tells: bool,
) {
    let names = wrap(name, first);
    let mut high = names.len();
    let cells: Vec<(Vec<Rich>, Option<usize>, u16)> = columns
        .iter()
        .filter_map(|(column, own)| {
            let told = cells.get(*column)?;
            let lines = told.lines(cx, *own);
            high = high.max(lines.len());
            let proof = told.proof.clone().map(|proof| body.proof(proof));
            Some((lines, proof, *own))
        })
        .collect();
    for at in 0..high {
        let role = if tells { Role::Strong } else { Role::Text };
        let name = names.get(at).map_or("", String::as_str);
        let mut line = Line::of(Rich::of(role, pad(name, first)));
        let mut ends = line.words.width();
        for (lines, proof, own) in &cells {
            let blanks = ends.saturating_sub(line.words.width());
            line.words = line.words.then(Role::Text, " ".repeat(usize::from(blanks)));
            if let Some(words) = lines.get(at) {
                if let Some(proof) = proof {
                    line.spots.push(Spot {
                        x: line.words.width(),
                        width: words.width().max(1),
                        proof: *proof,
                    });
                }
                line.words = line.words.and(words.clone());
            }
            ends += own + GAP;
        }
        body.lines.push(line);
    }
}

/// Narrows columns, the widest first, until they fit or none can give any more.
fn share(columns: &mut [(usize, u16)], room: u16) {
    loop {
        let used: u16 = columns.iter().map(|(_, own)| own + GAP).sum();
        if used <= room {
            return;
        }
        let widest = columns.iter_mut().map(|(_, own)| own).max();
        let Some(widest) = widest.filter(|own| **own > LEAST) else {
            return;
        };
        *widest -= 1;
    }
}

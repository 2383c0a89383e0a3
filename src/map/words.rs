//! Texts that have to fit into so many cells.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// The display width of a text.
pub(super) fn width(text: &str) -> u16 {
    u16::try_from(text.width()).unwrap_or(u16::MAX)
}

/// The text in at most so many cells, with `…` where its end was left out.
pub(super) fn fit(text: &str, cells: u16) -> String {
    if width(text) <= cells {
        return text.to_owned();
    }
    let room = usize::from(cells.saturating_sub(1));
    let mut used = 0;
    let mut kept = String::new();
    for letter in text.chars() {
        used += letter.width().unwrap_or(0);
        if used > room {
            break;
        }
        kept.push(letter);
    }
    if cells > 0 {
        kept.push('…');
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_by_what_they_take_on_the_screen() {
        assert_eq!(fit("srch-rag-dev", 12), "srch-rag-dev");
        assert_eq!(fit("srch-rag-dev", 6), "srch-…");
        assert_eq!(fit("名名名", 4), "名…");
        assert_eq!(fit("abc", 0), "");
    }
}

//! What holds of the shipped themes: every role is there, and words can be read on whatever they
//! are drawn on.

use super::*;

const BACKGROUNDS: [Role; 6] = [
    Role::Background,
    Role::Surface,
    Role::Overlay,
    Role::Code,
    Role::RowSelected,
    Role::RowSelectedUnfocused,
];

const WORDS: [Role; 18] = [
    Role::Text,
    Role::Strong,
    Role::Muted,
    Role::Accent,
    Role::Link,
    Role::Match,
    Role::VerdictOpen,
    Role::VerdictShut,
    Role::VerdictAtRisk,
    Role::VerdictUnknown,
    Role::SeverityError,
    Role::SeverityWarning,
    Role::SeverityInfo,
    Role::Exposure,
    Role::Denied,
    Role::Keep,
    Role::Stale,
    Role::Reading,
];

const CHIPS: [Role; 6] = [
    Role::ChipTab,
    Role::ChipOpen,
    Role::ChipShut,
    Role::ChipAtRisk,
    Role::ChipUnknown,
    Role::ChipReading,
];

fn luminance(ink: Ink) -> f64 {
    let Ink::Rgb(red, green, blue) = ink else {
        panic!("only red, green and blue have a luminance")
    };
    let linear = |part: u8| {
        let part = f64::from(part) / 255.0;
        if part <= 0.04045 {
            part / 12.92
        } else {
            ((part + 0.055) / 1.055).powf(2.4)
        }
    };
    0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
}

fn contrast(one: Ink, other: Ink) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

#[test]
fn words_can_be_read_on_every_background() {
    for (name, least) in [
        ("dark", 4.5),
        ("light", 4.5),
        ("colour-blind", 4.5),
        ("high-contrast", 7.0),
    ] {
        let palette = Palette::shipped(name).unwrap();
        let mut faint = Vec::new();
        for background in BACKGROUNDS {
            for word in WORDS {
                let fg = palette.paint(word).fg.unwrap();
                let ratio = contrast(fg, palette.paint(background).bg.unwrap());
                if ratio < least {
                    faint.push(format!(
                        "{} on {}: {ratio:.2}",
                        word.name(),
                        background.name()
                    ));
                }
            }
        }
        for chip in CHIPS {
            let paint = palette.paint(chip);
            let ratio = contrast(paint.fg.unwrap(), paint.bg.unwrap());
            if ratio < least {
                faint.push(format!("{}: {ratio:.2}", chip.name()));
            }
        }
        assert!(faint.is_empty(), "{name}: {faint:#?}");
    }
}

#[test]
fn every_shipped_theme_names_every_role() {
    for (name, text) in SHIPPED {
        let named = Palette::named(text, name).unwrap();
        for role in Role::ALL {
            assert!(named.contains_key(role), "{name} lacks {}", role.name());
        }
    }
}

#[test]
fn without_colours_a_theme_has_none() {
    let palette = Palette::shipped("no-color").unwrap();
    for role in Role::ALL {
        let paint = palette.paint(*role);
        for ink in [paint.fg, paint.bg].into_iter().flatten() {
            assert_eq!(ink, Ink::Default, "{}", role.name());
        }
    }
    let sixteen = Palette::shipped("sixteen").unwrap();
    for role in Role::ALL {
        let paint = sixteen.paint(*role);
        for ink in [paint.fg, paint.bg].into_iter().flatten() {
            assert!(!matches!(ink, Ink::Rgb(..)), "{}", role.name());
        }
    }
    for word in WORDS {
        let fg = sixteen.paint(word).fg;
        assert_ne!(fg, Some(Ink::Ansi(8)), "{} is too faint", word.name());
    }
}

#[test]
fn a_missing_role_falls_back_to_text_and_an_unknown_one_is_an_error() {
    let palette = Palette::parse("text = \"#010203\"", "own.toml").unwrap();
    assert_eq!(palette.paint(Role::VerdictShut).fg, Some(Ink::Rgb(1, 2, 3)));
    for (text, words) in [
        ("txet = \"red\"", ["txet", "own.toml"]),
        ("text = \"reddish\"", ["reddish", "own.toml"]),
        ("text = \"red blue\"", ["blue", "text"]),
        ("text = \"#12345g\"", ["#12345g", "hexadecimal"]),
        ("text = \"on\"", ["missing", "text"]),
        ("text = 3", ["own.toml", "theme"]),
    ] {
        let message = Palette::parse(text, "own.toml").unwrap_err().to_string();
        for word in words {
            assert!(message.contains(word), "{message}");
        }
    }
    let message = Palette::shipped("pink").unwrap_err().to_string();
    assert!(
        message.contains("pink") && message.contains("colour-blind"),
        "{message}"
    );
}

#[test]
fn the_surroundings_pick_theme_and_signs() {
    let pick = |pairs: &[(&str, &str)]| {
        let found = Surroundings::read(|name| {
            pairs
                .iter()
                .find(|(own, _)| *own == name)
                .map(|(_, value)| (*value).to_owned())
        });
        (found.theme(), found.is_ascii())
    };
    assert_eq!(
        pick(&[("TERM", "xterm"), ("LANG", "en_US.UTF-8")]),
        ("sixteen", false)
    );
    assert_eq!(pick(&[("TERM", "xterm-256color")]), ("dark", false));
    assert_eq!(
        pick(&[("TERM", "xterm"), ("COLORTERM", "truecolor")]),
        ("dark", false)
    );
    assert_eq!(
        pick(&[("TERM", "xterm-256color"), ("NO_COLOR", "1")]),
        ("no-color", false)
    );
    assert_eq!(
        pick(&[("TERM", "xterm-256color"), ("NO_COLOR", "")]),
        ("dark", false)
    );
    assert_eq!(
        pick(&[("TERM", "linux"), ("LANG", "C.UTF-8")]),
        ("sixteen", true)
    );
    assert_eq!(pick(&[("TERM", "dumb")]), ("no-color", true));
    assert_eq!(
        pick(&[("TERM", "xterm-256color"), ("LC_ALL", "C")]),
        ("dark", true)
    );
    assert_eq!(
        pick(&[
            ("TERM", "xterm-256color"),
            ("LC_ALL", "de_DE.utf8"),
            ("LANG", "C")
        ]),
        ("dark", false)
    );
}

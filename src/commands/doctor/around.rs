//! What lies around hopscope: the way to the cloud, the terminal, its files.

use std::io::{self, IsTerminal};
use std::time::Duration;

use crate::cli::Global;
use crate::config::{Depth, Surroundings};
use crate::model::cloud::Cloud;
use crate::model::ledger::Outcome;
use crate::privacy::Masker;
use crate::report::text::doctor::{Line, Section, Stand};
use crate::store::Snapshot;

use super::masked;

/// The variables that name a proxy, as the HTTP client reads them.
const PROXIES: [&str; 4] = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];

/// The smallest screen of the inspector, and the one that shows all parts at once.
const LEAST: (u16, u16) = (60, 16);
const WHOLE: (u16, u16) = (140, 42);

/// The hosts that were asked, how fast they are, and through which proxy.
pub(super) fn way(cloud: &Cloud, snapshot: Option<&Snapshot>, masker: &mut Masker) -> Section {
    let mut lines = vec![Line::new(
        Stand::Fact,
        "cloud",
        format!("{}, {}", cloud.name, cloud.resource_manager),
    )];
    let mut hosts: Vec<(String, Vec<Duration>, usize)> = Vec::new();
    for entry in snapshot.into_iter().flat_map(Snapshot::requests) {
        let answered = entry.outcome == Outcome::Answered;
        let at = hosts
            .iter()
            .position(|(host, ..)| host.as_str() == &*entry.host)
            .unwrap_or_else(|| {
                hosts.push((entry.host.to_string(), Vec::new(), 0));
                hosts.len() - 1
            });
        if let Some((_, times, silent)) = hosts.get_mut(at) {
            if answered {
                times.push(entry.duration);
            } else {
                *silent += 1;
            }
        }
    }
    for (host, mut times, silent) in hosts {
        times.sort_unstable();
        let host = masked(masker, &host);
        let median = times.get(times.len() / 2);
        lines.push(match median {
            Some(median) if silent == 0 => Line::new(
                Stand::Works,
                host,
                format!("answers in {} ms", median.as_millis().max(1)),
            ),
            Some(median) => Line::new(
                Stand::Weak,
                host,
                format!(
                    "answers in {} ms; {silent} calls got no answer",
                    median.as_millis().max(1)
                ),
            ),
            None => Line::new(Stand::Fails, host, format!("{silent} calls, and no answer")),
        });
    }
    lines.push(proxy(|name| std::env::var(name).ok(), masker));
    Section {
        title: "The way there",
        lines,
    }
}

/// The proxy of the environment, without the password that may stand in it.
fn proxy(variable: impl Fn(&str) -> Option<String>, masker: &mut Masker) -> Line {
    let found = PROXIES
        .into_iter()
        .find_map(|name| Some((name, variable(name).filter(|value| !value.is_empty())?)));
    let Some((name, value)) = found else {
        return Line::new(
            Stand::Fact,
            "proxy",
            "none is set in HTTPS_PROXY or ALL_PROXY",
        );
    };
    let with_scheme = if value.contains("://") {
        value
    } else {
        format!("http://{value}")
    };
    let place = url::Url::parse(&with_scheme).ok().and_then(|url| {
        let port = url
            .port()
            .map_or_else(String::new, |port| format!(":{port}"));
        Some(format!("{}://{}{port}", url.scheme(), url.host_str()?))
    });
    match place {
        Some(place) => {
            let except = ["NO_PROXY", "no_proxy"]
                .into_iter()
                .find_map(|name| variable(name).filter(|value| !value.is_empty()))
                .map_or_else(String::new, |hosts| format!(", but not to {hosts}"));
            let words = masked(masker, &format!("{place}{except}"));
            Line::new(Stand::Fact, "proxy", format!("{name} says {words}"))
        }
        None => Line::new(
            Stand::Fails,
            "proxy",
            format!("{name} holds no address: http://host:port is wanted"),
        ),
    }
}

/// What the terminal can show.
pub(super) fn terminal() -> Section {
    let size = io::stdout()
        .is_terminal()
        .then(|| crossterm::terminal::size().ok())
        .flatten();
    Section {
        title: "Terminal",
        lines: shown(
            size,
            &Surroundings::read(|name| std::env::var(name).ok()),
            std::env::var_os("TMUX").is_some(),
        ),
    }
}

fn shown(size: Option<(u16, u16)>, surroundings: &Surroundings, in_tmux: bool) -> Vec<Line> {
    let Some(size) = size else {
        let words = "stdout is no terminal: the inspector needs one, check and reports do not";
        return vec![Line::new(Stand::Fact, "screen", words)];
    };
    let mut lines = Vec::new();
    lines.push(match size {
        (columns, rows) if columns < LEAST.0 || rows < LEAST.1 => Line::new(
            Stand::Fails,
            "screen",
            format!(
                "{columns}x{rows}: the inspector needs {}x{}",
                LEAST.0, LEAST.1
            ),
        ),
        (columns, rows) => {
            let is_whole = columns >= WHOLE.0 && rows >= WHOLE.1;
            let more = if is_whole {
                String::new()
            } else {
                format!(
                    "; from {}x{} on all parts stand beside each other",
                    WHOLE.0, WHOLE.1
                )
            };
            Line::new(Stand::Works, "screen", format!("{columns}x{rows}{more}"))
        }
    });
    let colours = match surroundings.depth() {
        Depth::True => "all of them",
        Depth::Indexed => "256",
        Depth::Sixteen => "16",
        Depth::None if surroundings.no_color => {
            "none: NO_COLOR is set; signs and words say the same"
        }
        Depth::None => "none; signs and words say the same",
    };
    lines.push(Line::new(Stand::Fact, "colours", colours));
    lines.push(if surroundings.is_ascii() {
        let words = format!(
            "ASCII, as the locale {:?} and the terminal {:?} say; LC_ALL=C.UTF-8 brings lines and arrows",
            surroundings.locale, surroundings.term
        );
        Line::new(Stand::Weak, "letters", words)
    } else {
        Line::new(Stand::Fact, "letters", "UTF-8")
    });
    if in_tmux {
        let words = "tmux passes copies on with `set -g set-clipboard on`";
        lines.push(Line::new(Stand::Fact, "copying", words));
    }
    lines
}

/// The files that are read and written.
pub(super) fn files(global: &Global) -> Section {
    let config = global
        .config
        .clone()
        .or_else(|| Some(crate::config::folder()?.join("config.toml")));
    let line = match config {
        None => Line::new(
            Stand::Fact,
            "config",
            "this platform has no config folder: name a file with --config",
        ),
        Some(path) if path.exists() => {
            Line::new(Stand::Works, "config", path.display().to_string())
        }
        Some(path) => Line::new(
            Stand::Fact,
            "config",
            format!("{}: not there, and none is needed", path.display()),
        ),
    };
    Section {
        title: "Files",
        lines: vec![line],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::privacy::Level;

    #[test]
    fn a_proxy_is_named_without_its_password() {
        let mut masker = Masker::new(Level::None, None);
        let mut told = |name: &'static str, value: &'static str| {
            proxy(
                |asked| match asked {
                    own if own == name => Some(value.to_owned()),
                    "NO_PROXY" => Some("localhost".to_owned()),
                    _ => None,
                },
                &mut masker,
            )
        };
        let line = told("https_proxy", "http://ada:secret@proxy.contoso.com:3128/");
        assert_eq!(
            line.words,
            "https_proxy says http://proxy.contoso.com:3128, but not to localhost"
        );
        assert_eq!(
            told("ALL_PROXY", "proxy:8080").words,
            "ALL_PROXY says http://proxy:8080, but not to localhost"
        );
        let line = told("HTTPS_PROXY", "://");
        assert_eq!(line.stand, Stand::Fails, "{line:?}");
        assert_eq!(told("HTTPS_PROXY", "").stand, Stand::Fact);
    }

    #[test]
    fn the_terminal_is_told_as_it_is() {
        let plain = Surroundings {
            term: "xterm-256color".to_owned(),
            locale: "C.UTF-8".to_owned(),
            ..Surroundings::default()
        };
        let words = |lines: Vec<Line>| -> Vec<(Stand, String)> {
            lines
                .into_iter()
                .map(|line| (line.stand, line.words))
                .collect()
        };
        let told = words(shown(Some((140, 42)), &plain, false));
        assert_eq!(told[0], (Stand::Works, "140x42".to_owned()));
        assert_eq!(told[1].1, "256");
        assert_eq!(told[2].1, "UTF-8");
        let told = words(shown(Some((50, 42)), &plain, true));
        assert_eq!(told[0].0, Stand::Fails);
        assert!(told[3].1.contains("set-clipboard"));
        let dumb = Surroundings {
            no_color: true,
            locale: "C".to_owned(),
            ..Surroundings::default()
        };
        let told = words(shown(Some((100, 30)), &dumb, false));
        assert!(told[0].1.contains("from 140x42 on") && told[1].1.contains("NO_COLOR"));
        assert_eq!(told[2].0, Stand::Weak);
        let told = words(shown(None, &dumb, false));
        assert!(told.len() == 1 && told[0].1.contains("no terminal"));
    }
}

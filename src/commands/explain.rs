//! `hopscope explain`: which hop and gate a pasted message speaks of, and which of its causes hold
//! here.
//!
//! The text is read first and what it says is printed at once; the environment is read after that.
//! Where nothing can be read, the answer is from the text alone and says so.

use std::io::{BufRead, Read, Write};

use crate::analysis::explain;
use crate::cli::{Explain, Global};
use crate::config::ConfigFile;
use crate::privacy::Level;
use crate::report::text::{Style, explain as print};

use super::check::Screen;
use super::source::{self, Inspected, Source};
use super::{Exit, Failure, trouble};

/// The longest text that is read: a whole log is no message.
const LONGEST: usize = 1 << 20;

/// The message of the arguments, or of stdin.
pub fn pasted(arguments: &Explain, stdin: &mut impl BufRead) -> Result<String, Failure> {
    let text = match arguments.text.as_slice() {
        [dash] if dash == "-" => {
            let mut bytes = Vec::new();
            stdin
                .take(LONGEST as u64)
                .read_to_end(&mut bytes)
                .map_err(|error| Failure::usage(format!("stdin cannot be read: {error}")))?;
            String::from_utf8_lossy(&bytes).into_owned()
        }
        words => words.join(" "),
    };
    if text.trim().is_empty() {
        return Err(Failure::usage(
            "there is no message to explain: give it in quotes, or - and pipe it in",
        ));
    }
    Ok(text)
}

/// Explains a message.
pub async fn run(
    global: &Global,
    text: &str,
    file: &ConfigFile,
    stdout: &mut impl Write,
    screen: Screen,
) -> Result<Exit, Failure> {
    let style = Style {
        width: screen.width,
        colour: screen.colour,
    };
    let source = Source::find(global, file).await?;
    let recognised = explain::recognise(text);
    if !recognised.is_known() {
        let outcome = print::unknown(stdout).and_then(|()| stdout.flush());
        return super::written(outcome).map(|_| Exit::Found);
    }
    let mut masker = source::masker(global)?;
    if masker.level() != Level::None {
        // Names are known once the environment is read: nothing of the text is shown before.
        let inspected = source.read().await.masked(&mut masker);
        let recognised = explain::recognise(&masker.text(text));
        let outcome = print::message(stdout, &recognised, style).and_then(|()| stdout.flush());
        super::written(outcome)?;
        return here(&inspected, &recognised, stdout, style);
    }
    // The answer from the text stands on the screen while the environment is read.
    let outcome = print::message(stdout, &recognised, style).and_then(|()| stdout.flush());
    super::written(outcome)?;

    let inspected = source.read().await;
    here(&inspected, &recognised, stdout, style)
}

/// Says which causes hold in what was read.
fn here(
    inspected: &Inspected,
    recognised: &explain::Recognised,
    stdout: &mut impl Write,
    style: Style,
) -> Result<Exit, Failure> {
    let outcome = match trouble::judge(&inspected.snapshot, &inspected.scope).failure {
        Some(failure) if failure.exit == Exit::Usage => return Err(failure),
        Some(failure) => print::text_alone(stdout, recognised, &failure.message, style),
        None => {
            let (inventory, judged) = inspected.judge();
            let causes = explain::here::look(recognised, &inventory, &judged.hops);
            let right = explain::here::right(recognised, &inventory);
            right
                .map_or(Ok(()), |judged| print::right(stdout, &judged, style))
                .and_then(|()| print::here(stdout, &causes, &inventory, style))
        }
    };
    super::written(outcome.and_then(|()| stdout.flush()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(words: &[&str], stdin: &[u8]) -> Result<String, Failure> {
        let arguments = Explain {
            text: words.iter().map(|&word| word.to_owned()).collect(),
        };
        pasted(&arguments, &mut std::io::Cursor::new(stdin))
    }

    #[test]
    fn words_are_joined_and_a_dash_reads_stdin() {
        assert_eq!(read(&["Access", "denied"], b"").unwrap(), "Access denied");
        assert_eq!(
            read(&["-"], b"from a pipe \xff\n").unwrap(),
            "from a pipe \u{fffd}\n"
        );
    }

    #[test]
    fn no_text_is_bad_usage() {
        for (words, stdin) in [(&["-"][..], &b"\n "[..]), (&[" "], b""), (&[], b"")] {
            assert_eq!(read(words, stdin).unwrap_err().exit, Exit::Usage);
        }
    }
}

//! The Markdown report.

use hopscope::analysis::verdict::Verdict;
use hopscope::report::markdown;

use crate::stage::{self, Read};

fn text(read: &Read) -> String {
    let mut out = Vec::new();
    markdown::write(
        &mut out,
        &read.inventory,
        &read.judgement,
        &read.judging,
        &read.meta,
    )
    .unwrap();
    String::from_utf8(out).unwrap()
}

/// Fences and tables are whole, and every call that is shut is told.
pub(crate) fn whole(read: &Read) {
    let text = text(read);
    let mut fence: Option<&str> = None;
    let mut columns = None;
    for line in text.lines() {
        let ticks = &line[..line.len() - line.trim_start_matches('`').len()];
        match fence {
            Some(open) if line == open => fence = None,
            Some(_) => continue,
            None if ticks.len() >= 3 && !line[ticks.len()..].contains('`') => {
                fence = Some(ticks);
            }
            None => {}
        }
        let bars = line.replace("\\|", "").matches('|').count();
        if line.starts_with('|') {
            assert_eq!(*columns.get_or_insert(bars), bars, "{}: {line}", read.name);
        } else {
            columns = None;
        }
    }
    assert!(fence.is_none(), "{}", read.name);
    let hops = read.judgement.hops.iter();
    let shut = hops
        .filter(|hop| hop.verdict() == Verdict::Shut && hop.kind.word() != "inspector")
        .count();
    assert_eq!(text.matches("### ✖").count(), shut, "{}", read.name);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_has_the_cause_the_proof_and_the_command() {
    let text = text(&stage::read("broken-indexer").await);
    for words in [
        "## Calls that are not open",
        "`properties.networkAcls.bypass` = `\"None\"`",
        "```sh\naz storage account network-rule add",
        "## What could not be read",
    ] {
        assert!(text.contains(words), "{words}");
    }
}

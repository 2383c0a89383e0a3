//! The HTML report.

use std::collections::{BTreeMap, BTreeSet};

use hopscope::report::html;
use scraper::{ElementRef, Html, Selector};

use crate::stage::{self, Read};

fn page(read: &Read) -> String {
    let mut out = Vec::new();
    html::write(
        &mut out,
        &read.inventory,
        &read.judgement,
        &read.judging,
        &read.meta,
    )
    .unwrap();
    String::from_utf8(out).unwrap()
}

fn all<'h>(html: &'h Html, selector: &str) -> Vec<ElementRef<'h>> {
    html.select(&Selector::parse(selector).unwrap()).collect()
}

fn words(element: ElementRef<'_>) -> String {
    let text: String = element.text().collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What is wrong with a page, whatever stands in it.
fn problems(html: &Html) -> Vec<String> {
    let mut wrong: Vec<String> = html.errors.iter().map(ToString::to_string).collect();
    let mut ids = BTreeSet::new();
    let mut links = Vec::new();
    for element in all(html, "*") {
        let name = element.value().name();
        if [
            "script", "link", "iframe", "img", "object", "embed", "base", "form",
        ]
        .contains(&name)
        {
            wrong.push(format!("there is a <{name}>"));
        }
        for (attribute, value) in element.value().attrs() {
            let is_link = matches!(
                attribute,
                "href" | "src" | "action" | "srcset" | "xlink:href"
            );
            match attribute {
                "id" if !ids.insert(value.to_owned()) => wrong.push(format!("id {value} twice")),
                "style" => wrong.push("a style of its own".to_owned()),
                _ if attribute.starts_with("on") => wrong.push(format!("a handler: {attribute}")),
                _ if is_link && value.starts_with('#') => links.push(value[1..].to_owned()),
                _ if is_link => wrong.push(format!("{name} leads to {value}")),
                "aria-labelledby" => links.extend(value.split(' ').map(str::to_owned)),
                _ => {}
            }
        }
    }
    wrong.extend(
        links
            .into_iter()
            .filter(|id| !ids.contains(id))
            .map(|id| format!("nothing is called {id}")),
    );
    let style: String = all(html, "style")
        .into_iter()
        .map(|own| own.inner_html())
        .collect();
    if style.contains("url(") || style.contains("@import") {
        wrong.push("the style loads something".to_owned());
    }
    let mut before = 0;
    for heading in all(html, "h1, h2, h3, h4, h5, h6") {
        let level: u32 = heading.value().name()[1..].parse().unwrap();
        if level > before + 1 {
            wrong.push(format!("h{level} follows h{before}: {}", words(heading)));
        }
        before = level;
    }
    if all(html, "h1").len() != 1 {
        wrong.push("not one h1".to_owned());
    }
    for head in all(html, "th") {
        if head.attr("scope").is_none() {
            wrong.push(format!("a head without a scope: {}", words(head)));
        }
    }
    for table in all(html, "table") {
        let caption = Selector::parse("caption").unwrap();
        if table.select(&caption).next().is_none() {
            wrong.push("a table without a caption".to_owned());
        }
    }
    for svg in all(html, "svg") {
        let title = Selector::parse("title").unwrap();
        if svg.attr("role") != Some("img") || svg.select(&title).next().is_none() {
            wrong.push("a picture without words".to_owned());
        }
    }
    wrong
}

/// The page is whole, asks nobody for anything, and holds every hop and finding.
pub(crate) fn whole(read: &Read) {
    let html = Html::parse_document(&page(read));
    assert_eq!(problems(&html), Vec::<String>::new(), "{}", read.name);
    let hops = read.judgement.hops.iter();
    let shown = hops.filter(|hop| hop.kind.word() != "inspector").count();
    assert_eq!(all(&html, "[id^=hop-]").len(), shown, "{}", read.name);
    assert_eq!(
        all(&html, "[id^=finding-]").len(),
        read.judgement.findings.len(),
        "{}",
        read.name
    );
    let text = words(html.root_element());
    for finding in &read.judgement.findings {
        let title = finding
            .title
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        assert!(text.contains(&title), "{}: {title}", read.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn it_says_what_works_what_is_safe_and_what_was_not_read() {
    let read = stage::read("healthy").await;
    let html = Html::parse_document(&page(&read));
    let answer = words(all(&html, ".answer")[0]);
    assert!(answer.contains("Everything works"), "{answer}");
    let benefits: Vec<String> = all(&html, "#main section:nth-of-type(2) h3")
        .into_iter()
        .map(words)
        .collect();
    assert_eq!(benefits.len(), 6, "{benefits:?}");
    assert!(benefits[0].contains("1. Public backbone") && benefits[0].contains("holds"));
    assert!(benefits[2].contains("does not hold"), "{benefits:?}");
    assert!(!all(&html, "svg.map").is_empty());

    let read = stage::read("denied").await;
    let html = Html::parse_document(&page(&read));
    let short = words(all(&html, ".in-short")[0]);
    assert!(short.contains("calls cannot be judged"), "{short}");
    assert!(!short.contains("Nothing to mend"), "{short}");
    let text = words(html.root_element());
    for words in [
        "incomplete",
        "roleAssignments/read, which Reader has",
        "that is no proof",
    ] {
        assert!(text.contains(words), "{words}");
    }
    assert!(!text.contains("Everything works"));
}

/// The first page says what to mend, what is too wide and what to leave, each with a link; a network of
/// another tenant alone makes no Map.
#[tokio::test(flavor = "multi_thread")]
async fn the_first_page_says_what_to_do() {
    let read = stage::read("broken-indexer").await;
    let html = Html::parse_document(&page(&read));
    let short = words(all(&html, ".in-short")[0]);
    for said in [
        "✖ broken Storage lets no trusted service or instance in stragdev",
        "Works, but wider than the pattern allows",
        "6 settings have to stay as they are",
    ] {
        assert!(short.contains(said), "{said}: {short}");
    }
    assert!(all(&html, ".in-short a[href^='#finding-']").len() >= 4);
    let read = stage::read("cross-tenant-pending").await;
    let html = Html::parse_document(&page(&read));
    assert!(all(&html, "svg.map").is_empty());
    assert!(words(all(&html, ".in-short")[0]).contains("The call into another tenant is refused"));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_is_not_held_is_said_to_hold() {
    let read = stage::read("open-poc").await;
    let html = Html::parse_document(&page(&read));
    for heading in all(&html, "#main section:nth-of-type(2) h3") {
        let heading = words(heading);
        assert!(heading.contains("does not hold"), "{heading}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_hidden_group_is_told_as_it_must_be_and_as_it_is() {
    let read = stage::read("hub-search-closed").await;
    let html = Html::parse_document(&page(&read));
    let rows: Vec<String> = all(&html, "table")
        .into_iter()
        .filter(|table| words(*table).starts_with("As it must be against as it is"))
        .map(words)
        .collect();
    assert_eq!(rows.len(), 1);
    assert!(rows[0].contains("shut"), "{rows:?}");
}

/// The colours of a block of the style: each name with red, green and blue.
fn colours(block: &str) -> BTreeMap<String, [f64; 3]> {
    block
        .split(';')
        .filter_map(|entry| {
            let (name, value) = entry.trim().strip_prefix("--")?.split_once(':')?;
            let value = value.trim().strip_prefix('#')?;
            let part = |at: usize| {
                let channel = u8::from_str_radix(&value[at..at + 2], 16).unwrap();
                let channel = f64::from(channel) / 255.0;
                if channel <= 0.03928 {
                    channel / 12.92
                } else {
                    ((channel + 0.055) / 1.055).powf(2.4)
                }
            };
            Some((name.to_owned(), [part(0), part(2), part(4)]))
        })
        .collect()
}

fn contrast(one: [f64; 3], other: [f64; 3]) -> f64 {
    let light = |[red, green, blue]: [f64; 3]| 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    let (one, other) = (light(one), light(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

#[test]
fn words_can_be_read_on_every_ground_in_light_in_dark_and_on_paper() {
    let style = include_str!("../../src/report/html/style.css");
    let blocks: Vec<_> = style
        .split(":root {")
        .skip(1)
        .map(|block| colours(block.split('}').next().unwrap()))
        .collect();
    assert_eq!(blocks.len(), 3);
    for block in blocks {
        for ground in ["background", "surface", "card", "code"] {
            for ink in [
                "text", "strong", "muted", "link", "open", "shut", "at-risk", "unknown",
            ] {
                let ratio = contrast(block[ink], block[ground]);
                assert!(ratio >= 4.5, "{ink} on {ground}: {ratio:.2}");
            }
        }
    }
}

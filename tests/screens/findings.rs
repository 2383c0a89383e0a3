//! Findings: groups, proof and remedies, in every state.

use hopscope::analysis::hop::{
    Benefit, Finding, FindingKind, HopKind, Judgement, Remedy, Severity, Tool,
};
use hopscope::analysis::verdict::Gate;
use hopscope::config::{Action, ConfigFile};
use hopscope::model::facet::Facet;
use hopscope::model::judging::Suppression;
use hopscope::model::key::Key;
use hopscope::model::resource::Family;
use hopscope::ui::effect::Effect;
use hopscope::ui::panes::Pane;
use hopscope::ui::panes::findings::Findings;

use time::macros::date;

use super::indexers::{scene, service};
use super::stage::{SIZES, Scene, Screen, list_key, subscription};

/// One finding of each sort, the first from what the judged hop says.
fn found(judgement: &mut Judgement) {
    judgement.findings.clear();
    let hop = judgement
        .hops
        .iter()
        .find(|hop| hop.kind == HopKind::IndexerToStorage)
        .expect("the indexer's hop");
    let gate = hop.gate(Gate::Network).expect("its network gate");
    let storage = hop.to.clone();
    let one = |rule, kind, severity, resource: &str, title: &str| Finding {
        rule,
        kind,
        severity,
        resource: resource.to_owned(),
        title: title.to_owned(),
        detail: "It is so, and this is why it matters to whoever runs the environment.".to_owned(),
        benefit: None,
        evidence: Vec::new(),
        remedies: Vec::new(),
        hops: Vec::new(),
    };
    let search = service().as_str().to_owned();
    let broken = Finding {
        detail: gate.judged.reason.clone(),
        evidence: gate.judged.evidence.clone(),
        remedies: gate.remedies.clone(),
        hops: vec![hop.id()],
        ..one(
            "storage/trusted-bypass-missing",
            FindingKind::Broken,
            Severity::Error,
            &storage,
            "Storage lets no trusted service or instance in",
        )
    };
    let exposed = Finding {
        benefit: Some(Benefit::Identity),
        remedies: vec![Remedy {
            tool: Tool::Az,
            text: "az storage account update -g rg-rag-poc -n stragdev --allow-shared-key-access false".to_owned(),
            note: Some("This would shut user-to-storage: uploads go by key today.".to_owned()),
        }],
        ..one(
            "storage/shared-key-enabled",
            FindingKind::Exposure,
            Severity::Warning,
            &storage,
            "Storage takes account keys",
        )
    };
    let walls = Finding {
        benefit: Some(Benefit::Firewalls),
        ..one(
            "search/open-to-all",
            FindingKind::Exposure,
            Severity::Warning,
            &search,
            "AI Search is open to every address",
        )
    };
    judgement.findings = vec![
        broken,
        one(
            "hop/at-risk",
            FindingKind::Broken,
            Severity::Warning,
            &storage,
            "Uploads work by account key only",
        ),
        exposed,
        walls,
        one(
            "managed/keep-local-auth",
            FindingKind::Keep,
            Severity::Info,
            "/subscriptions/s/resourceGroups/m/providers/Microsoft.DocumentDB/databaseAccounts/cosmoshubrag5c1d",
            "Keep local auth on in the managed Cosmos DB",
        ),
        one(
            "search/basic-reads-16-mb",
            FindingKind::Note,
            Severity::Info,
            &search,
            "Basic reads files of 16 MB at most",
        ),
    ];
}

fn full(size: (u16, u16)) -> Screen<Findings> {
    Screen::new(Findings::new(), &scene("broken-indexer"), size).judged_with(found)
}

#[test]
fn full_at_every_size() {
    for size in SIZES {
        let name = format!("findings-full-{}x{}", size.0, size.1);
        let text = full(size).text(&name);
        insta::assert_snapshot!(name, text);
    }
}

#[test]
fn every_other_state() {
    let healthy = || scene("healthy");
    let clear = |judgement: &mut Judgement| judgement.findings.clear();
    for size in [(80, 24), (140, 42)] {
        let first = Screen::new(Findings::new(), &healthy().reading(|_| true), size);
        let loading = Screen::new(
            Findings::new(),
            &scene("broken-indexer")
                .reading(|key| matches!(key, Key::Facet(_, Facet::Skillsets | Facet::Indexes))),
            size,
        )
        .judged_with(found);
        let denied = Screen::new(
            Findings::new(),
            &scene("broken-indexer").refused(Key::RoleAssignments(subscription())),
            size,
        )
        .judged_with(found);
        let error = Screen::new(
            Findings::new(),
            &Scene::empty().failed(list_key(Family::Storage)),
            size,
        )
        .judged_with(clear);
        let hidden =
            Screen::new(Findings::new(), &scene("broken-indexer"), size).judged_with(clear);
        let spotless = Screen::new(Findings::new(), &healthy(), size).judged_with(|judgement| {
            judgement.findings.clear();
            judgement.hops.clear();
        });
        let empty = Screen::new(Findings::new(), &Scene::empty(), size).judged_with(clear);
        for (state, mut screen) in [
            ("first", first),
            ("loading", loading),
            ("denied", denied),
            ("error", error),
            ("hidden", hidden),
            ("clean", spotless),
            ("empty", empty),
        ] {
            let name = format!("findings-{state}-{}x{}", size.0, size.1);
            let text = screen.text(&name);
            insta::assert_snapshot!(name, text);
        }
    }
}

#[test]
fn from_the_finding_to_its_command_and_on_to_its_hop() {
    let mut screen = full((80, 24));
    let before = screen.with(|pane, cx| pane.subject(cx)).expect("a subject");
    assert_eq!(before.copy[0].label, "az command");
    assert!(before.copy[0].text.starts_with("az storage account"));
    assert!(screen.act(Action::Enter));
    insta::assert_snapshot!("findings-detail-80x24", screen.text("findings-detail"));
    let outcome = screen.with(|pane, cx| pane.on_action(Action::Enter, cx));
    let Some(Effect::Jump { panes, ids }) = outcome.effects.first() else {
        panic!("{outcome:?}");
    };
    assert_eq!(panes, &['1']);
    assert!(ids[0].starts_with("indexer-to-storage|"), "{ids:?}");
    assert!(screen.act(Action::NextView));
    let after = screen.with(|pane, cx| pane.subject(cx)).expect("a subject");
    assert_ne!(before.copy[0].text, after.copy[0].text);
}

/// The same environment, where the config file hides one of them.
fn with_hidden(size: (u16, u16)) -> Screen<Findings> {
    Screen::new(Findings::new(), &scene("broken-indexer"), size).judged_with(|judgement| {
        found(judgement);
        let at = judgement
            .findings
            .iter()
            .position(|one| one.rule == "storage/shared-key-enabled")
            .expect("an exposure");
        let hidden = judgement.findings.remove(at);
        let entry = Suppression {
            rule: hidden.rule.to_owned(),
            resource: Some("stragdev".to_owned()),
            reason: "Azure Tables need keys until the move is done.".to_owned(),
            expires: Some(date!(2026 - 12 - 31)),
        };
        judgement.hidden.push((hidden, entry));
    })
}

#[test]
fn what_the_config_file_hides_is_shown_on_demand_with_its_reason() {
    for size in [(140, 42), (80, 24)] {
        let mut screen = with_hidden(size);
        let before = screen.text("findings-with-hidden");
        assert!(before.contains("1 hidden"), "{before}");
        assert!(!before.contains("Storage takes account keys"), "{before}");
        assert!(screen.act(Action::Hidden));
        assert!(screen.act(Action::Last));
        let name = format!("findings-hidden-shown-{}x{}", size.0, size.1);
        let text = screen.text(&name);
        assert!(text.contains("○ Storage takes account keys"), "{text}");
        insta::assert_snapshot!(name, text);
        screen.act(Action::Enter);
        let text = screen.text("findings-hidden-detail");
        assert!(text.contains("Azure Tables need keys"), "{text}");
        assert!(text.contains("until 2026-12-31"), "{text}");
        assert!(screen.act(Action::Back));
        assert!(screen.act(Action::Hidden));
        assert!(screen.text("findings-hidden-again").contains("1 hidden"));
    }
    // Without any there is no key for them.
    let mut none = full((140, 42));
    assert!(none.with(|pane, _| !pane.actions().contains(&Action::Hidden)));
    assert!(!none.act(Action::Hidden));
}

#[test]
fn the_entry_that_would_hide_a_finding_is_copied_and_written_nowhere() {
    let mut screen = full((140, 42));
    let subject = screen.with(|pane, cx| pane.subject(cx)).expect("a subject");
    let entry = subject
        .copy
        .iter()
        .find(|item| item.text.starts_with("[[suppress]]"))
        .expect("an entry");
    let file = ConfigFile::parse(&entry.text, "config.toml".as_ref());
    let file = file.expect("what is copied is a config file");
    assert_eq!(file.suppress[0].rule, "storage/trusted-bypass-missing");
}

#[test]
fn each_hop_that_a_finding_touches_can_be_gone_to() {
    let mut screen = Screen::new(Findings::new(), &scene("broken-indexer"), (140, 42)).judged();
    assert!(screen.act(Action::Enter));
    let jump = |screen: &mut Screen<Findings>| {
        let outcome = screen.with(|pane, cx| pane.on_action(Action::Enter, cx));
        match outcome.effects.first() {
            Some(Effect::Jump { ids, .. }) => ids.clone(),
            other => panic!("{other:?}"),
        }
    };
    let first = jump(&mut screen);
    assert!(first.len() > 1, "{first:?}");
    assert!(screen.act(Action::Down));
    let second = jump(&mut screen);
    assert_ne!(first[0], second[0]);
    assert_eq!(first[1], second[0]);
}

#[test]
fn faults_only_leaves_what_is_broken_and_the_filter_what_it_names() {
    let mut screen = full((140, 42));
    assert!(screen.act(Action::FaultsOnly));
    assert_eq!(screen.with(|pane, _| pane.filter()), (String::new(), 2, 6));
    assert!(screen.act(Action::FaultsOnly));
    screen.with(|pane, _| pane.set_filter("16 MB"));
    assert_eq!(screen.with(|pane, _| pane.filter()).1, 1);
    let things = screen.with(|pane, _| pane.things());
    assert_eq!(things.len(), 6);
    assert!(screen.with(|pane, _| pane.select(&things[4].id)));
}

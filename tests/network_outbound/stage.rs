//! A stage for panes: a store filled from the documents of a scenario or by hand, and a screen of
//! cells without a terminal.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use hopscope::analysis::hop::Judgement;
use hopscope::analysis::hops;
use hopscope::azure::decode::{Context, page};
use hopscope::config::keymap::Keymap;
use hopscope::config::theme::{Depth, Palette};
use hopscope::fetch::jobs::payload;
use hopscope::model::facet::Facet;
use hopscope::model::id::{ArmId, SubscriptionId};
use hopscope::model::issue::{Issue, IssueKind};
use hopscope::model::judging::Judging;
use hopscope::model::key::Key;
use hopscope::model::resource::Family;
use hopscope::model::scope::Scope;
use hopscope::store::{Inventory, Snapshot, Store, Update};
use hopscope::ui::cx::{Cx, Drawn};
use hopscope::ui::effect::{Outcome, Subject};
use hopscope::ui::panes::{Pane, registry};
use hopscope::ui::signs::Signs;
use hopscope::ui::theme::Theme;
use ratatui::buffer::Buffer;
use ratatui::layout::{Rect, Size};
use serde_json::{Value, json};
use time::macros::datetime;
use time::{OffsetDateTime, UtcOffset};

use hopscope::config::Action;

/// When everything on the stage was read.
pub(crate) const READ: OffsetDateTime = datetime!(2026-11-23 12:41:06 UTC);
/// The clock of the screen.
pub(crate) const NOW: OffsetDateTime = datetime!(2026-11-23 12:41:07 UTC);
/// The subscription of every scenario.
pub(crate) const SUBSCRIPTION: &str = "3b1c0f2d-65f0-4135-bf08-e005a4058e20";

const SHOWN: [Family; 7] = [
    Family::Storage,
    Family::Search,
    Family::Cognitive,
    Family::Workspace,
    Family::Cosmos,
    Family::Vault,
    Family::VirtualNetwork,
];

/// A store, a pane and a screen.
pub(crate) struct Stage {
    pub(crate) store: Store,
    pub(crate) pane: Box<dyn Pane>,
    pub(crate) judging: Judging,
    pub(crate) now: OffsetDateTime,
    pub(crate) ascii: bool,
    /// What is on it, for the files that show the colours.
    pub(crate) name: String,
    theme: Theme,
    keymap: Keymap,
    size: Size,
    snapshot: Snapshot,
    inventory: Inventory,
    judgement: Arc<Judgement>,
}

/// One facet and the segment under which its documents lie.
const FACETS: [(Facet, &str, Family); 6] = [
    (
        Facet::Perimeters,
        "networkSecurityPerimeterConfigurations",
        Family::Storage,
    ),
    (
        Facet::SharedPrivateLinks,
        "sharedPrivateLinkResources",
        Family::Search,
    ),
    (Facet::Deployments, "deployments", Family::Cognitive),
    (Facet::Projects, "projects", Family::Cognitive),
    (Facet::Connections, "connections", Family::Workspace),
    (Facet::OutboundRules, "outboundRules", Family::Workspace),
];

impl Stage {
    /// A pane by its name over an empty store.
    pub(crate) fn new(pane: &str) -> Self {
        let entry = registry()
            .into_iter()
            .find(|one| one.name == pane)
            .expect("a pane of this name");
        let store = Store::new();
        let snapshot = store.snapshot();
        let inventory = Inventory::build(&snapshot);
        Self {
            store,
            pane: (entry.make)(),
            judging: Judging {
                client_ip: Some("203.0.113.24".parse().expect("an address")),
                ..Judging::default()
            },
            now: NOW,
            ascii: false,
            name: String::new(),
            theme: Theme::new(
                &Palette::shipped("dark").expect("a shipped theme"),
                Depth::True,
            ),
            keymap: Keymap::shipped().expect("the shipped keys"),
            size: Size::new(140, 42),
            snapshot,
            inventory,
            judgement: Arc::default(),
        }
    }

    /// The pane over a scenario of which everything was read.
    pub(crate) fn of(pane: &str, scenario: &str) -> Self {
        let mut stage = Self::new(pane);
        scenario.clone_into(&mut stage.name);
        stage.scope();
        stage.read(scenario, |_| true);
        stage.store.apply(Update::Idle { at: READ });
        stage
    }

    /// Looks at the group of the scenarios.
    pub(crate) fn scope(&mut self) {
        self.store.apply(Update::Scoped(Scope {
            subscriptions: vec![SUBSCRIPTION.to_owned()],
            resource_groups: vec!["rg-rag-poc".to_owned()],
            ..Scope::default()
        }));
    }

    /// Reads those keys of a scenario that pass; the others are only planned.
    pub(crate) fn read(&mut self, scenario: &str, passes: impl Fn(&Key) -> bool) {
        let documents = documents(scenario);
        let subscription = ArmId::of_subscription(&SubscriptionId::new(SUBSCRIPTION));
        // Policies are not what these panes are about: none is assigned, and that is known.
        let mut keys = vec![
            Key::Subscriptions(None),
            Key::PolicyAssignments(subscription.clone()),
            Key::PolicyExemptions(subscription),
        ];
        keys.extend(SHOWN.iter().map(|family| list(*family)));
        for document in &documents {
            let id = ArmId::new(document["id"].as_str().expect("an id"));
            let of_type = id.resource_type().and_then(|own| Family::of_type(&own));
            let Some(family) = of_type else { continue };
            if !is_in_scope(&id) {
                continue;
            }
            if matches!(family, Family::Storage | Family::Search | Family::Cognitive) {
                keys.push(Key::Facet(id.clone(), Facet::Perimeters));
            }
            for (facet, _, owner) in &FACETS[1..] {
                if *owner == family {
                    keys.push(Key::Facet(id.clone(), *facet));
                }
            }
        }
        for key in &keys {
            self.store.apply(Update::Planned {
                key: key.clone(),
                generation: 1,
            });
        }
        for key in keys {
            if passes(&key) {
                let body = body(&documents, &key);
                self.answer(&key, &body);
            }
        }
    }

    /// One whole answer, decoded as it would be.
    pub(crate) fn answer(&mut self, key: &Key, body: &Value) {
        self.store.apply(Update::Planned {
            key: key.clone(),
            generation: 1,
        });
        self.page(key, body);
        self.settle(key, Vec::new());
    }

    /// One page of an answer.
    pub(crate) fn page(&mut self, key: &Key, body: &Value) {
        let context = Context {
            api_version: Arc::from("2025-06-01"),
            observed_at: READ,
            request_id: Some(Arc::from("5ad00000-0000-0000-0000-000000000017")),
            requested: None,
        };
        let decoded = page(key, body, &context);
        let payload = payload(decoded.page);
        self.store.apply(Update::Started {
            key: key.clone(),
            generation: 1,
            at: READ,
        });
        self.store.apply(Update::Page {
            key: key.clone(),
            generation: 1,
            payload,
            at: READ,
        });
    }

    /// The end of a reading.
    pub(crate) fn settle(&mut self, key: &Key, issues: Vec<Issue>) {
        self.store.apply(Update::Settled {
            key: key.clone(),
            generation: 1,
            at: READ,
            issues,
        });
    }

    /// A reading that Azure refused.
    pub(crate) fn refuse(&mut self, key: &Key, right: &str) {
        self.store.apply(Update::Planned {
            key: key.clone(),
            generation: 1,
        });
        self.settle(key, vec![refused(key.words(), right)]);
    }

    /// Hands an action to the pane, as the frame does.
    pub(crate) fn act(&mut self, action: Action) -> Outcome {
        self.join();
        let mut pane = std::mem::replace(&mut self.pane, Box::new(Nobody));
        let outcome = self.with(|cx| {
            pane.update(cx);
            pane.on_action(action, cx)
        });
        self.pane = pane;
        outcome
    }

    /// What the frame's keys would act on.
    pub(crate) fn subject(&mut self) -> Option<Subject> {
        self.join();
        self.with(|cx| self.pane.subject(cx))
    }

    fn join(&mut self) {
        self.snapshot = self.store.snapshot();
        self.inventory = Inventory::build(&self.snapshot);
        // Kept while it says the same, as the program keeps it.
        let judgement = hops::judge(&self.inventory, &self.judging, self.now);
        if *self.judgement != judgement {
            self.judgement = Arc::new(judgement);
        }
    }

    fn with<T>(&self, act: impl FnOnce(&Cx<'_>) -> T) -> T {
        act(&Cx {
            snapshot: &self.snapshot,
            inventory: &self.inventory,
            judging: &self.judging,
            judgement: &self.judgement,
            judged: Some(self.inventory.snapshot().revision()),
            theme: &self.theme,
            signs: Signs { ascii: self.ascii },
            keymap: &self.keymap,
            now: self.now,
            offset: UtcOffset::UTC,
            size: self.size,
            focused: true,
        })
    }

    /// Draws the pane twice, as the frame does: what the first drawing learnt counts in the second.
    pub(crate) fn buffer(&mut self, width: u16, height: u16) -> (Buffer, Drawn) {
        self.size = Size::new(width, height);
        self.join();
        let mut pane = std::mem::replace(&mut self.pane, Box::new(Nobody));
        // Header, tabs and footer are the frame's.
        let area = Rect::new(0, 2, width, height.saturating_sub(3));
        let mut drawn = Drawn::default();
        let mut buffer = Buffer::empty(Rect::new(0, 0, width, height));
        for _ in 0..2 {
            buffer = Buffer::empty(Rect::new(0, 0, width, height));
            let base = self.theme.base();
            buffer.set_style(buffer.area, base);
            drawn = self.with(|cx| {
                pane.update(cx);
                pane.draw(cx, area, &mut buffer)
            });
            for page in &drawn.pages {
                pane.keep(*page);
            }
        }
        self.pane = pane;
        (buffer, drawn)
    }

    /// The rows of the pane as text. Fails when anything was drawn outside of it.
    pub(crate) fn text(&mut self, width: u16, height: u16) -> String {
        let (buffer, _) = self.buffer(width, height);
        if let Ok(folder) = std::env::var("PANE_ANSI") {
            let test = std::thread::current()
                .name()
                .unwrap_or("pane")
                .replace("::", "-");
            let name = format!("{test}-{}-{width}x{height}.ansi", self.name);
            fs::create_dir_all(&folder).expect("a folder");
            fs::write(Path::new(&folder).join(name), ansi(&buffer)).expect("a file");
        }
        let rows: Vec<String> = (0..height)
            .map(|y| {
                let row: String = (0..width).map(|x| buffer[(x, y)].symbol()).collect();
                row.trim_end().to_owned()
            })
            .collect();
        assert!(
            rows[0].is_empty() && rows[1].is_empty(),
            "something was drawn above the pane"
        );
        assert!(
            rows[usize::from(height) - 1].is_empty(),
            "something was drawn below the pane"
        );
        rows[2..usize::from(height) - 1].join("\n")
    }
}

/// The cells with their colours, to look at.
fn ansi(buffer: &Buffer) -> String {
    use std::fmt::Write as _;

    use ratatui::style::{Color, Modifier};
    let ink = |color: Color, ground: bool| match color {
        Color::Rgb(r, g, b) => format!(";{};2;{r};{g};{b}", if ground { 48 } else { 38 }),
        _ => String::new(),
    };
    let mut text = String::new();
    for y in buffer.area.top()..buffer.area.bottom() {
        for x in buffer.area.left()..buffer.area.right() {
            let cell = &buffer[(x, y)];
            let bold = if cell.modifier.contains(Modifier::BOLD) {
                ";1"
            } else {
                ""
            };
            let _ = write!(
                text,
                "\x1b[0{bold}{}{}m{}",
                ink(cell.fg, false),
                ink(cell.bg, true),
                cell.symbol()
            );
        }
        text += "\x1b[0m\n";
    }
    text
}

/// An issue of a reading that Azure refused.
fn refused(what: &str, right: &str) -> Issue {
    Issue {
        status: Some(403),
        code: Some("AuthorizationFailed".to_owned()),
        right: Some(right.to_owned()),
        role: Some("Reader"),
        request_id: Some(Arc::from("5ad00000-0000-0000-0000-000000000017")),
        ..Issue::new(IssueKind::Denied, what, format!("{right} is missing"), READ)
    }
}

/// The list of a family in the scenarios' subscription.
pub(crate) fn list(family: Family) -> Key {
    Key::List {
        subscription: SubscriptionId::new(SUBSCRIPTION),
        group: None,
        family,
    }
}

/// The id of something in the scenarios' group.
pub(crate) fn id(tail: &str) -> ArmId {
    ArmId::new(format!(
        "/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-rag-poc/providers/{tail}"
    ))
}

/// The group and the managed group of the scenarios.
fn is_in_scope(id: &ArmId) -> bool {
    id.subscription() == Some(SubscriptionId::new(SUBSCRIPTION))
        && id.resource_group().is_some_and(|group| {
            group == "rg-rag-poc" || group.starts_with("azureml-rg-hub-rag-dev")
        })
}

fn documents(scenario: &str) -> Vec<Value> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("assets/scenarios")
        .join(scenario)
        .join("arm");
    let mut files: Vec<_> = fs::read_dir(&folder)
        .expect("a scenario that can be read")
        .map(|entry| entry.expect("a scenario that can be read").path())
        .collect();
    files.sort();
    files
        .iter()
        .flat_map(|file| {
            let text = fs::read_to_string(file).expect("a scenario that can be read");
            serde_json::from_str::<Vec<Value>>(&text).expect("a scenario that can be read")
        })
        .collect()
}

fn body(documents: &[Value], key: &Key) -> Value {
    let id_of = |document: &Value| ArmId::new(document["id"].as_str().expect("an id"));
    let passes = |document: &&Value| {
        let id = id_of(document);
        match key {
            Key::Subscriptions(_) => {
                id.as_str().matches('/').count() == 2 && id.subscription().is_some()
            }
            Key::List { family, .. } => {
                is_in_scope(&id)
                    && id.resource_type().as_deref().and_then(Family::of_type) == Some(*family)
            }
            Key::Facet(owner, facet) => {
                let segment = FACETS
                    .iter()
                    .find(|(own, ..)| own == facet)
                    .map_or("", |(_, name, _)| name);
                id.parent().as_ref() == Some(owner)
                    && id.resource_type().is_some_and(|own| {
                        own.to_lowercase()
                            .ends_with(&format!("/{segment}").to_lowercase())
                    })
            }
            _ => false,
        }
    };
    json!({ "value": documents.iter().filter(passes).collect::<Vec<_>>() })
}

/// Stands in while the pane is out.
struct Nobody;

impl Pane for Nobody {
    fn update(&mut self, _: &Cx<'_>) {}
    fn actions(&self) -> &[Action] {
        &[]
    }
    fn on_action(&mut self, _: Action, _: &Cx<'_>) -> Outcome {
        Outcome::ignored()
    }
    fn draw(&self, _: &Cx<'_>, _: Rect, _: &mut Buffer) -> Drawn {
        Drawn::default()
    }
    fn keep(&mut self, _: hopscope::ui::cx::Page) {}
    fn on_pointer(&mut self, _: &hopscope::ui::cx::Pointer, _: &Cx<'_>) -> Outcome {
        Outcome::ignored()
    }
    fn subject(&self, _: &Cx<'_>) -> Option<Subject> {
        None
    }
}

/// Sizes at and beside the borders between the layouts.
pub(crate) const ODD_SIZES: [(u16, u16); 8] = [
    (60, 16),
    (61, 17),
    (79, 24),
    (99, 29),
    (100, 29),
    (139, 40),
    (141, 16),
    (320, 90),
];

/// The states in which a pane can be.
pub(crate) const STATES: [&str; 6] = ["empty", "loading", "partial", "denied", "error", "full"];

const READ_BY_PANES: [Family; 6] = [
    Family::Storage,
    Family::Search,
    Family::Cognitive,
    Family::Workspace,
    Family::Cosmos,
    Family::Vault,
];

impl Stage {
    /// A pane in a state.
    pub(crate) fn in_state(pane: &str, state: &str) -> Self {
        if state == "full" {
            return Self::of(pane, "broken-indexer");
        }
        let mut made = Self::new(pane);
        state.clone_into(&mut made.name);
        made.scope();
        match state {
            "empty" => made.nothing(),
            "loading" => made.read("broken-indexer", |key| {
                matches!(key, Key::Subscriptions(_))
                    || *key == list(Family::Storage)
                    || *key == list(Family::Search)
            }),
            "partial" => made.partial(),
            "denied" => made.denied(),
            "error" => made.error(),
            other => panic!("there is no state {other}"),
        }
        made
    }

    /// Everything was read, and there is nothing.
    fn nothing(&mut self) {
        for family in READ_BY_PANES {
            self.answer(&list(family), &json!({ "value": [] }));
        }
        self.store.apply(Update::Idle { at: READ });
    }

    /// The list of vaults came in part.
    fn partial(&mut self) {
        let cut_off = list(Family::Vault);
        self.read("broken-indexer", |key| *key != cut_off);
        let vault = json!({ "value": [{
            "id": id("Microsoft.KeyVault/vaults/kv-rag-dev").as_str(),
            "name": "kv-rag-dev", "location": "centralus",
            "properties": { "networkAcls": { "defaultAction": "Deny", "bypass": "AzureServices",
                "ipRules": [{ "value": "203.0.113.24" }], "virtualNetworkRules": [] } },
        }] });
        self.page(&cut_off, &vault);
        let issue = Issue {
            status: Some(503),
            ..Issue::new(
                IssueKind::Failed,
                "key vaults",
                "the service failed: 503",
                READ,
            )
        };
        self.settle(&cut_off, vec![issue]);
        self.store.apply(Update::Idle { at: READ });
    }

    /// Storage accounts were refused, and so was the perimeter of the search service.
    fn denied(&mut self) {
        let search = id("Microsoft.Search/searchServices/srch-rag-dev");
        let search = Key::Facet(search, Facet::Perimeters);
        let storage = list(Family::Storage);
        self.read("broken-indexer", |key| *key != storage && *key != search);
        self.refuse(&storage, "Microsoft.Storage/storageAccounts/read");
        let right = "Microsoft.Search/searchServices/networkSecurityPerimeterConfigurations/read";
        self.refuse(&search, right);
        self.store.apply(Update::Idle { at: READ });
    }

    /// Nothing could be read: no answer in time, and it is asked again.
    fn error(&mut self) {
        self.read("broken-indexer", |key| matches!(key, Key::Subscriptions(_)));
        for family in READ_BY_PANES {
            let key = list(family);
            let issue = Issue::new(
                IssueKind::Timeout,
                family.plural(),
                "no answer within 20 s",
                READ,
            );
            self.settle(&key, vec![issue]);
            let until = NOW + time::Duration::seconds(8);
            self.store.apply(Update::Waiting {
                key,
                generation: 1,
                until,
            });
        }
    }
}

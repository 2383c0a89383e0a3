//! An environment to draw: documents of a scenario, decoded as if they had been read, with readings
//! that were refused, failed or are still to come; and the drawing of one pane on it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use hopscope::analysis::hop::Judgement;
use hopscope::analysis::hops;
use hopscope::azure::decode::{Context, page};
use hopscope::config::keymap::Keymap;
use hopscope::config::theme::{Depth, Palette};
use hopscope::model::caller::Caller;
use hopscope::model::facet::Facet;
use hopscope::model::id::{ArmId, PrincipalId, SubscriptionId, TenantId};
use hopscope::model::issue::{Issue, IssueKind};
use hopscope::model::judging::Judging;
use hopscope::model::key::Key;
use hopscope::model::ledger::{LedgerEntry, Outcome, Service};
use hopscope::model::resource::Family;
use hopscope::model::scope::Scope;
use hopscope::store::{Inventory, Store, Update};
use hopscope::ui::cx::Cx;
use hopscope::ui::panes::Pane;
use hopscope::ui::signs::Signs;
use hopscope::ui::theme::Theme;
use ratatui::buffer::Buffer;
use ratatui::layout::{Rect, Size};
use ratatui::style::{Color, Modifier};
use serde_json::{Value, json};
use time::macros::datetime;
use time::{OffsetDateTime, UtcOffset};

pub(crate) use super::documents::{document, folder};

pub(crate) const NOW: OffsetDateTime = datetime!(2026-11-23 12:41:07 UTC);
pub(crate) const TENANT: &str = "7f3ebb89-300f-4a0d-8c3e-57a8d657c0d1";
pub(crate) const SUBSCRIPTION: &str = "3b1c0f2d-65f0-4135-bf08-e005a4058e20";

/// The sizes of the design, small to large.
pub(crate) const SIZES: [(u16, u16); 4] = [(80, 24), (100, 30), (140, 42), (200, 60)];

/// How a reading went.
#[derive(Clone)]
pub(crate) enum Reading {
    Known(Value),
    /// What came, and what kept the rest from coming.
    Partial(Value, Issue),
    Refused(Issue),
    Failed(Issue),
    /// A try failed, another follows in eight seconds.
    Waiting,
    Pending,
}

/// Readings by key, and calls.
#[derive(Clone, Default)]
pub(crate) struct Scene {
    pub(crate) readings: Vec<(Key, Reading)>,
    pub(crate) calls: Vec<LedgerEntry>,
    /// Where, and as whom in each tenant; else the pictures' one.
    pub(crate) signed: Option<(Scope, Vec<Caller>)>,
    groups: Vec<String>,
    idle: bool,
}

pub(crate) fn subscription() -> ArmId {
    ArmId::new(format!("/subscriptions/{SUBSCRIPTION}"))
}

pub(crate) fn issue(kind: IssueKind, key: &Key) -> Issue {
    let mut issue = Issue::new(
        kind,
        key.words(),
        "Azure said no",
        NOW - time::Duration::seconds(2),
    );
    issue.request_id = Some(Arc::from("5ad0c1f2-0000-4000-8000-000000003117"));
    if kind == IssueKind::Denied {
        issue.status = Some(403);
        issue.code = Some("AuthorizationFailed".to_owned());
        issue.right = Some(match key {
            Key::RoleAssignments(_) => "Microsoft.Authorization/roleAssignments/read".to_owned(),
            Key::DenyAssignments(_) => "Microsoft.Authorization/denyAssignments/read".to_owned(),
            Key::List { family, .. } => format!("{}/read", family.arm_type()),
            _ => "Microsoft.Resources/read".to_owned(),
        });
        issue.role = Some("Reader");
    } else {
        issue.status = Some(503);
        issue.code = Some("ServiceUnavailable".to_owned());
        "the service is unavailable".clone_into(&mut issue.message);
    }
    if let Key::Principals(_) = key {
        issue.code = Some("Authorization_RequestDenied".to_owned());
        issue.right = Some("Directory.Read.All".to_owned());
        issue.role = Some("Directory Readers");
    }
    issue
}

impl Scene {
    /// Nothing has been read, everything is over.
    pub(crate) fn empty() -> Self {
        let list = |key: Key| (key, Reading::Known(json!({ "value": [] })));
        let mut readings = vec![
            list(Key::RoleAssignments(subscription())),
            list(Key::PolicyAssignments(subscription())),
            list(Key::PolicyExemptions(subscription())),
        ];
        readings.extend(Family::ALL.into_iter().map(|family| list(list_key(family))));
        Self {
            readings,
            groups: vec!["rg-rag-poc".to_owned()],
            idle: true,
            ..Self::default()
        }
    }

    /// A scenario as if all of it had been read.
    pub(crate) fn of(name: &str) -> Self {
        let mut scene = Self {
            groups: vec!["rg-rag-poc".to_owned()],
            idle: true,
            ..Self::default()
        };
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/scenarios");
        let mut documents = folder(&root.join("common/arm"));
        documents.extend(folder(&root.join(name).join("arm")));
        let mut by_type: BTreeMap<String, Vec<Value>> = BTreeMap::new();
        for document in documents {
            let id = document["id"].as_str().unwrap_or_default();
            let own = ArmId::new(id).resource_type().unwrap_or_else(|| {
                document["type"]
                    .as_str()
                    .unwrap_or("subscription")
                    .to_owned()
            });
            by_type
                .entry(own.to_ascii_lowercase())
                .or_default()
                .push(document);
        }
        let mut take = |own: &str| {
            by_type
                .remove(&own.to_ascii_lowercase())
                .unwrap_or_default()
        };
        let here = |documents: Vec<Value>| -> Vec<Value> {
            let within = |one: &Value| {
                one["id"]
                    .as_str()
                    .is_some_and(|id| ArmId::new(id).is_within(&subscription()))
            };
            documents.into_iter().filter(within).collect()
        };
        let whole = |items: Vec<Value>| Reading::Known(json!({ "value": items }));
        let subscriptions = take("subscription")
            .into_iter()
            .filter(|one| one.get("subscriptionId").is_some())
            .collect();
        scene.add(Key::Subscriptions(None), whole(subscriptions));
        scene.add(
            Key::Groups(SubscriptionId::new(SUBSCRIPTION)),
            whole(here(take("Microsoft.Resources/resourceGroups"))),
        );
        let mut owners: Vec<(Family, ArmId)> = Vec::new();
        for family in Family::ALL {
            let items = here(take(family.arm_type()));
            let ids = items.iter().filter_map(|one| one["id"].as_str());
            owners.extend(ids.map(|id| (family, ArmId::new(id))));
            scene.add(list_key(family), whole(items));
        }
        for (family, facet, own) in FACETS {
            let children = take(own);
            for key in children.iter().filter(|_| *facet == Facet::Keys) {
                let id = ArmId::new(key["id"].as_str().unwrap_or_default());
                scene.add(Key::Facet(id, Facet::Key), Reading::Known(key.clone()));
            }
            for (_, owner) in owners.iter().filter(|(of, _)| of == family) {
                let of_owner = |one: &&Value| {
                    let id = one["id"].as_str().unwrap_or_default();
                    ArmId::new(id).is_within(owner)
                };
                let items = children.iter().filter(of_owner).cloned().collect();
                scene.add(Key::Facet(owner.clone(), *facet), whole(items));
            }
        }
        scene.add(
            Key::RoleAssignments(subscription()),
            whole(take("Microsoft.Authorization/roleAssignments")),
        );
        scene.add(
            Key::RoleDefinitions(subscription()),
            whole(take("Microsoft.Authorization/roleDefinitions")),
        );
        scene.add(
            Key::DenyAssignments(subscription()),
            whole(here(take("Microsoft.Authorization/denyAssignments"))),
        );
        for (kind, key) in [
            ("policyAssignments", Key::PolicyAssignments(subscription())),
            ("policyExemptions", Key::PolicyExemptions(subscription())),
        ] {
            scene.add(key, whole(take(&format!("Microsoft.Authorization/{kind}"))));
        }
        for definition in take("Microsoft.Authorization/policyDefinitions") {
            let id = ArmId::new(definition["id"].as_str().unwrap_or_default());
            scene.add(Key::PolicyDefinition(id), Reading::Known(definition));
        }
        let people = document(&root.join(name).join("graph/objects.json"));
        scene.add(
            Key::Principals(None),
            Reading::Known(json!({ "value": people })),
        );
        scene
    }

    pub(crate) fn add(&mut self, key: Key, reading: Reading) {
        self.readings.retain(|(own, _)| *own != key);
        self.readings.push((key, reading));
    }

    /// The same scene, this reading gone another way.
    #[must_use]
    pub(crate) fn with(mut self, key: Key, reading: Reading) -> Self {
        let known = self.readings.iter_mut().find(|(own, _)| *own == key);
        match known {
            Some((_, own)) => *own = reading,
            None => self.readings.push((key, reading)),
        }
        self
    }

    #[must_use]
    pub(crate) fn refused(self, key: Key) -> Self {
        let issue = issue(IssueKind::Denied, &key);
        self.with(key, Reading::Refused(issue))
    }

    #[must_use]
    pub(crate) fn failed(self, key: Key) -> Self {
        let issue = issue(IssueKind::Failed, &key);
        self.with(key, Reading::Failed(issue))
    }

    /// The readings that the choice names have not been answered yet.
    #[must_use]
    pub(crate) fn reading(mut self, choice: impl Fn(&Key) -> bool) -> Self {
        for (key, reading) in &mut self.readings {
            if choice(key) {
                *reading = Reading::Pending;
            }
        }
        self.idle = false;
        self
    }

    /// A property of a resource, another one.
    #[must_use]
    pub(crate) fn changed(mut self, name: &str, pointer: &str, value: &Value) -> Self {
        for (_, reading) in &mut self.readings {
            let Reading::Known(page) = reading else {
                continue;
            };
            let Some(items) = page["value"].as_array_mut() else {
                continue;
            };
            for item in items.iter_mut().filter(|one| one["name"] == name) {
                *item.pointer_mut(pointer).expect("the property is there") = value.clone();
            }
        }
        self
    }

    /// The pictures' person.
    fn ada(&self) -> (Scope, Vec<Caller>) {
        let scope = Scope {
            subscriptions: vec![SUBSCRIPTION.to_owned()],
            resource_groups: self.groups.clone(),
            ..Scope::default()
        };
        let caller = Caller {
            tenant: Some(TenantId::new(TENANT)),
            object_id: Some(PrincipalId::new("2d55fd30-c147-4018-906a-dd6ef136816a")),
            user_name: Some("ada@contoso.com".to_owned()),
            id_type: Some("user".to_owned()),
            credential: "az".to_owned(),
            ..Caller::default()
        };
        (scope, vec![caller])
    }

    /// Nothing at all was asked, and everything is over.
    pub(crate) fn quiet() -> Self {
        Self {
            idle: true,
            ..Self::default()
        }
    }

    pub(crate) fn store(&self) -> Store {
        let mut store = Store::new();
        let (scope, callers) = self.signed.clone().unwrap_or_else(|| self.ada());
        store.apply(Update::Scoped(scope));
        for caller in callers {
            store.apply(Update::SignedIn(caller));
        }
        for (key, reading) in &self.readings {
            apply(&mut store, key, reading);
        }
        for call in &self.calls {
            store.apply(Update::Request(Box::new(call.clone())));
        }
        if self.idle {
            store.apply(Update::Idle { at: NOW });
        }
        store
    }
}

const FACETS: &[(Family, Facet, &str)] = &[
    (
        Family::Storage,
        Facet::Containers,
        "Microsoft.Storage/storageAccounts/blobServices/containers",
    ),
    (
        Family::Cognitive,
        Facet::Deployments,
        "Microsoft.CognitiveServices/accounts/deployments",
    ),
    (
        Family::Cognitive,
        Facet::Projects,
        "Microsoft.CognitiveServices/accounts/projects",
    ),
    (
        Family::Workspace,
        Facet::Connections,
        "Microsoft.MachineLearningServices/workspaces/connections",
    ),
    (Family::Vault, Facet::Keys, "Microsoft.KeyVault/vaults/keys"),
];

pub(crate) fn list_key(family: Family) -> Key {
    Key::List {
        subscription: SubscriptionId::new(SUBSCRIPTION),
        group: None,
        family,
    }
}

fn apply(store: &mut Store, key: &Key, reading: &Reading) {
    let planned = Update::Planned {
        key: key.clone(),
        generation: 1,
    };
    store.apply(planned);
    let (value, issues) = match reading {
        Reading::Pending => return,
        Reading::Waiting => {
            let until = NOW + time::Duration::seconds(8);
            store.apply(Update::Waiting {
                key: key.clone(),
                generation: 1,
                until,
            });
            return;
        }
        Reading::Known(value) => (Some(value), Vec::new()),
        Reading::Partial(value, issue) => (Some(value), vec![issue.clone()]),
        Reading::Refused(issue) | Reading::Failed(issue) => (None, vec![issue.clone()]),
    };
    if let Some(value) = value {
        let context = Context {
            api_version: Arc::from("2025-06-01"),
            observed_at: NOW - time::Duration::seconds(1),
            request_id: Some(Arc::from("1d77c0aa-0000-4000-8000-00000000009e")),
            requested: None,
        };
        let decoded = page(key, value, &context);
        store.apply(Update::Page {
            key: key.clone(),
            generation: 1,
            payload: super::pages::payload(decoded.page),
            at: NOW - time::Duration::seconds(1),
        });
    }
    store.apply(Update::Settled {
        key: key.clone(),
        generation: 1,
        at: NOW - time::Duration::seconds(1),
        issues,
    });
}

/// A call that was answered.
pub(crate) fn call(number: u64, path: &str, fills: Option<Key>) -> LedgerEntry {
    let milliseconds = i64::try_from(number).unwrap_or(0) * 57;
    LedgerEntry {
        number,
        started_at: NOW - time::Duration::seconds(4) + time::Duration::milliseconds(milliseconds),
        service: Service::Arm,
        method: Arc::from("GET"),
        host: Arc::from("management.azure.com"),
        path: Arc::from(path),
        api_version: path.split("api-version=").nth(1).map(Arc::from),
        status: Some(200),
        bytes: 2_048,
        duration: Duration::from_millis(38 + number * 7 % 90),
        attempts: 1,
        outcome: Outcome::Answered,
        remaining: Vec::new(),
        correlation_id: Some(Arc::from("c0ffee00-0000-4000-8000-000000000001")),
        request_id: Some(Arc::from("1d77c0aa-0000-4000-8000-00000000009e")),
        tenant: Some(Arc::from(TENANT)),
        auxiliary_tenants: [].into(),
        error_code: None,
        error_message: None,
        headers: Arc::from(Vec::new()),
        body: Some(Arc::from(r#"{"value":[]}"#)),
        fills,
    }
}

/// A pane with everything that it is drawn on.
pub(crate) struct Screen<P> {
    pub(crate) pane: P,
    store: Store,
    inventory: Inventory,
    judging: Judging,
    judgement: Arc<Judgement>,
    judged: Option<u64>,
    theme: Theme,
    keymap: Keymap,
    size: Size,
    now: OffsetDateTime,
}

impl<P: Pane> Screen<P> {
    pub(crate) fn new(pane: P, scene: &Scene, (width, height): (u16, u16)) -> Self {
        let store = scene.store();
        let palette = Palette::shipped("dark").expect("a shipped theme");
        let mut screen = Self {
            pane,
            inventory: Inventory::build(&store.snapshot()),
            store,
            judging: Judging::default(),
            judgement: Arc::default(),
            judged: None,
            theme: Theme::new(&palette, Depth::True),
            keymap: Keymap::shipped().expect("the shipped keymap"),
            size: Size::new(width, height),
            now: NOW,
        };
        screen.settle();
        screen
    }

    /// The same, with everything judged as of now, for the address of the pictures.
    pub(crate) fn judged(mut self) -> Self {
        self.judging.client_ip = Some("203.0.113.24".parse().expect("an address"));
        let judgement = hops::judge(&self.inventory, &self.judging, self.now);
        self.judgement = Arc::new(judgement);
        self.judged = Some(self.inventory.snapshot().revision());
        self.settle();
        self
    }

    /// The same; `change` may alter what was judged.
    pub(crate) fn judged_with(self, change: impl FnOnce(&mut Judgement)) -> Self {
        let mut own = self.judged();
        let mut judgement = Judgement::clone(&own.judgement);
        change(&mut judgement);
        own.judgement = Arc::new(judgement);
        own.settle();
        own
    }

    /// Calls with what a pane may look at.
    pub(crate) fn with<T>(&mut self, act: impl FnOnce(&mut P, &Cx<'_>) -> T) -> T {
        let snapshot = self.store.snapshot();
        let cx = Cx {
            snapshot: &snapshot,
            inventory: &self.inventory,
            judging: &self.judging,
            judgement: &self.judgement,
            judged: self.judged,
            theme: &self.theme,
            signs: Signs { ascii: false },
            keymap: &self.keymap,
            now: self.now,
            offset: UtcOffset::UTC,
            size: self.size,
            focused: true,
        };
        act(&mut self.pane, &cx)
    }

    /// An event: the pane acts, takes over what changed, and learns its pages.
    pub(crate) fn act(&mut self, action: hopscope::config::Action) -> bool {
        let taken = self.with(|pane, cx| pane.on_action(action, cx).taken);
        self.settle();
        taken
    }

    /// News for the store.
    pub(crate) fn hear(&mut self, update: Update) {
        self.store.apply(update);
        self.inventory = Inventory::build(&self.store.snapshot());
        self.settle();
    }

    pub(crate) fn at(&mut self, now: OffsetDateTime) {
        self.now = now;
        self.settle();
    }

    fn settle(&mut self) {
        self.with(Pane::update);
        self.draw();
    }

    pub(crate) fn draw(&mut self) -> Buffer {
        let area = Rect::new(0, 0, self.size.width, self.size.height.saturating_sub(3));
        let mut buffer = Buffer::empty(area);
        let base = self.theme.base();
        buffer.set_style(area, base);
        let drawn = self.with(|pane, cx| pane.draw(cx, area, &mut buffer));
        for page in drawn.pages {
            self.pane.keep(page);
        }
        buffer
    }

    /// The cells as text. With `SCREENS` set to a folder, the coloured cells are kept there too.
    pub(crate) fn text(&mut self, name: &str) -> String {
        let buffer = self.draw();
        if let Ok(folder) = std::env::var("SCREENS") {
            let path = Path::new(&folder).join(format!("{name}.ansi"));
            std::fs::write(path, coloured(&buffer)).expect("the folder can be written to");
        }
        super::whole::words(&buffer)
    }
}

/// The cells as a terminal takes them.
fn coloured(buffer: &Buffer) -> String {
    let mut text = String::new();
    for y in 0..buffer.area.height {
        for x in 0..buffer.area.width {
            let cell = &buffer[(x, y)];
            text.push_str("\u{1b}[0");
            for (colour, number) in [(cell.fg, 38), (cell.bg, 48)] {
                if let Color::Rgb(red, green, blue) = colour {
                    let _ = write!(text, ";{number};2;{red};{green};{blue}");
                }
            }
            if cell.modifier.contains(Modifier::BOLD) {
                text.push_str(";1");
            }
            if cell.modifier.contains(Modifier::UNDERLINED) {
                text.push_str(";4");
            }
            text.push('m');
            text.push_str(cell.symbol());
        }
        text.push_str("\u{1b}[0m\n");
    }
    text
}

//! Each reading that may be refused, refused once over HTTP, and what the panes then say: what is
//! missing, and which role would give it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "support/reading.rs"]
mod reading;

use std::path::PathBuf;

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use hopscope::analysis::hops;
use hopscope::cli::{Global, Knobs};
use hopscope::commands::session::Place;
use hopscope::config::{ConfigFile, Settings};
use hopscope::model::judging::Judging;
use hopscope::simulator::{Listen, Scenario, Server};
use hopscope::store::{Inventory, Snapshot};
use hopscope::ui::panes::registry;
use hopscope::ui::view::{Setup, View};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use time::{OffsetDateTime, UtcOffset};

/// A reading that is refused.
struct Refused {
    service: &'static str,
    path: &'static str,
    code: &'static str,
    action: Option<&'static str>,
}

const fn arm(path: &'static str, action: &'static str) -> Refused {
    Refused {
        service: "arm",
        path,
        code: "AuthorizationFailed",
        action: Some(action),
    }
}

/// What was read of `foundry-cmk` with one reading refused.
async fn read(refused: &Refused) -> Snapshot {
    let folder = tempfile::tempdir().unwrap();
    let action = refused
        .action
        .map_or_else(String::new, |action| format!("action = \"{action}\"\n"));
    let definition = format!(
        "title = \"refused\"\nbase = \"foundry-cmk\"\n[[fault]]\nservice = \"{}\"\npath = \"{}\"\nkind = \"status\"\nstatus = 403\ncode = \"{}\"\n{action}",
        refused.service, refused.path, refused.code
    );
    std::fs::write(folder.path().join("scenario.toml"), definition).unwrap();
    let scenario = Scenario::from_dir(folder.path()).unwrap();
    let server = Server::start(&scenario, scenario.knobs(), Listen::default())
        .await
        .unwrap();
    let cloud: PathBuf = folder.path().join("cloud.toml");
    std::fs::write(&cloud, server.cloud_file()).unwrap();
    let global = Global {
        cloud_file: Some(cloud),
        subscriptions: scenario.scope().subscriptions.clone(),
        resource_groups: scenario.scope().resource_groups.clone(),
        ..Global::default()
    };
    let place = Place::find(&global, &ConfigFile::default(), &Knobs::default())
        .await
        .unwrap();
    reading::whole(place).await
}

/// The screen, driven by keys.
struct Screen {
    view: View,
    area: Rect,
}

impl Screen {
    fn of(snapshot: Snapshot) -> Self {
        let now = OffsetDateTime::now_utc();
        let judging = Judging {
            client_ip: Some("203.0.113.24".parse().unwrap()),
            ..Judging::default()
        };
        let mut view = View::new(Setup {
            settings: Settings::shipped("dark").unwrap(),
            judging: judging.clone(),
            cloud: "AzurePublic".to_owned(),
            portal: "https://portal.azure.com".to_owned(),
            offset: UtcOffset::UTC,
            offline: false,
            pick: false,
            panes: registry(),
            masking: None,
            now,
        });
        let inventory = Inventory::build(&snapshot);
        let judgement = hops::judge(&inventory, &judging, now);
        let revision = snapshot.revision();
        view.take(snapshot, Some(inventory));
        view.judge(revision, judgement);
        Self {
            view,
            area: Rect::new(0, 0, 200, 60),
        }
    }

    fn key(&mut self, key: char) {
        self.view.prepare();
        let event = Event::Key(KeyEvent::new(KeyCode::Char(key), KeyModifiers::NONE));
        self.view.on_event(&event);
    }

    /// What stands there line by line, words apart by single spaces.
    fn text(&mut self) -> String {
        self.view.resize(self.area);
        self.view.prepare();
        let mut buffer = Buffer::empty(self.area);
        let drawn = self.view.draw(self.area, &mut buffer);
        self.view.keep(drawn);
        (0..self.area.height)
            .map(|y| {
                let row: String = (0..self.area.width)
                    .map(|x| buffer[(x, y)].symbol())
                    .collect();
                row.split_whitespace().collect::<Vec<_>>().join(" ") + "\n"
            })
            .collect()
    }
}

/// A case: what is refused, and what each pane then says, the missing thing before the role.
type Case = (Refused, &'static [(char, &'static [&'static str])]);

fn of_policies() -> Vec<Case> {
    vec![
        (
            arm(
                "*/providers/Microsoft.Authorization/policyAssignments",
                "Microsoft.Authorization/policyAssignments/read",
            ),
            &[
                (
                    '1',
                    &[
                        "policy assignments were refused",
                        "--role Reader",
                        "--scope /subscriptions/",
                    ],
                ),
                (
                    '4',
                    &[
                        "Policy assignments were refused at contoso-dev",
                        "Reader has Microsoft.Authorization/policyAssignments/read",
                        "policies ? refused",
                    ],
                ),
                (
                    '0',
                    &[
                        "Policy assignments were refused at contoso-dev",
                        "Reader has Microsoft.Authorization/policyAssignments/read",
                    ],
                ),
            ],
        ),
        (
            arm(
                "*/providers/Microsoft.Authorization/policyExemptions",
                "Microsoft.Authorization/policyExemptions/read",
            ),
            &[
                ('1', &["it is exempted cannot be told", "--role Reader"]),
                (
                    '4',
                    &[
                        "Policy exemptions were refused at contoso-dev",
                        "Reader has Microsoft.Authorization/policyExemptions/read",
                    ],
                ),
            ],
        ),
        (
            arm(
                "*/providers/Microsoft.Authorization/policyDefinitions/*",
                "Microsoft.Authorization/policyDefinitions/read",
            ),
            &[
                (
                    '4',
                    &[
                        "Tag: inherit cost centre an effect that ca",
                        "cannot be told",
                    ],
                ),
                (
                    '0',
                    &[
                        "A policy definition that is assigned was refused",
                        "Reader has Microsoft.Authorization/policyDefinitions/read",
                    ],
                ),
            ],
        ),
        (
            arm(
                "*/providers/Microsoft.PolicyInsights/policyStates/*",
                "Microsoft.PolicyInsights/policyStates/queryResults/action",
            ),
            &[(
                '0',
                &[
                    "Policy states were refused at rg-rag-poc",
                    "Resource Policy Contributor has Microsoft.PolicyInsights/",
                ],
            )],
        ),
    ]
}

fn of_others() -> Vec<Case> {
    vec![
        (
            arm(
                "*/providers/Microsoft.Insights/eventtypes/management/values",
                "Microsoft.Insights/eventtypes/values/read",
            ),
            &[
                (
                    '1',
                    &["By whom: the activity log was refused", "which Reader has"],
                ),
                (
                    '9',
                    &[
                        "The activity log of rg-rag-poc was refused",
                        "Reader on the subscription, or Monitoring Reader, lets it be read",
                    ],
                ),
            ],
        ),
        (
            Refused {
                service: "logs",
                path: "*",
                code: "InsufficientAccessError",
                action: None,
            },
            &[('7', &["log-rag-dev: refused", "Analytics Reader has it"])],
        ),
        (
            arm(
                "*/providers/Microsoft.Authorization/denyAssignments",
                "Microsoft.Authorization/denyAssignments/read",
            ),
            &[
                (
                    '3',
                    &[
                        "Deny assignments were refused at contoso-dev",
                        "Reader has Microsoft.Authorization/deny",
                    ],
                ),
                (
                    '4',
                    &[
                        "Deny assignments were refused at contoso-dev",
                        "Reader has Microsoft.Authorization/denyAssignments/read",
                        "deny assignments ? refused",
                    ],
                ),
            ],
        ),
        (
            arm(
                "*/providers/Microsoft.Authorization/locks",
                "Microsoft.Authorization/locks/read",
            ),
            &[(
                '4',
                &[
                    "Locks were refused at rg-rag-poc",
                    "Reader has Microsoft.Authorization/locks/read",
                    "locks ? refused",
                ],
            )],
        ),
        (
            arm(
                "*/providers/Microsoft.Insights/diagnosticSettings",
                "Microsoft.Insights/diagnosticSettings/read",
            ),
            &[(
                '7',
                &[
                    "Diagnostic settings were refused",
                    "Reader has Microsoft.Insights/diagnosticSettings/read",
                    "OperationLogs refused",
                ],
            )],
        ),
        (
            arm(
                "*/providers/Microsoft.KeyVault/vaults/*/keys",
                "Microsoft.KeyVault/vaults/keys/read",
            ),
            &[(
                '4',
                &[
                    "Keys were refused at kv-rag-dev",
                    "Reader has Microsoft.KeyVault/vaults/keys/read",
                ],
            )],
        ),
        (
            arm(
                "*/providers/Microsoft.KeyVault/vaults/*/keys/cmk-rag",
                "Microsoft.KeyVault/vaults/keys/read",
            ),
            &[(
                '4',
                &[
                    "Key facts were refused at cmk-rag",
                    "Reader has Microsoft.KeyVault/vaults/keys/read",
                ],
            )],
        ),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn the_panes_say_what_is_missing_and_which_role_would_give_it() {
    let mut wrong = Vec::new();
    for (refused, panes) in of_policies().into_iter().chain(of_others()) {
        let mut screen = Screen::of(read(&refused).await);
        for (pane, says) in panes {
            screen.key(*pane);
            let text = screen.text();
            for words in *says {
                if !text.contains(words) {
                    wrong.push(format!(
                        "{}: pane {pane} does not say \"{words}\":\n{text}",
                        refused.path
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

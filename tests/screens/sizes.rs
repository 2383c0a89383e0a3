//! What holds at any size, for every pane of this program part: nothing is drawn outside the frame,
//! nothing panics, and the same state always gives the same cells.

use hopscope::config::Action;
use hopscope::model::key::Key;
use hopscope::ui::panes::Pane;
use hopscope::ui::panes::access::Access;
use hopscope::ui::panes::foundry::Foundry;
use hopscope::ui::panes::requests::Requests;

use super::stage::{SUBSCRIPTION, Scene, Screen, call, subscription};

const WIDTHS: [u16; 11] = [1, 7, 20, 60, 80, 99, 100, 140, 179, 180, 320];
const HEIGHTS: [u16; 9] = [3, 4, 6, 11, 16, 24, 30, 42, 90];

fn scenes() -> Vec<Scene> {
    let mut full = Scene::of("foundry-cmk");
    let path = format!("/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Storage/storageAccounts");
    full.calls = (1..80).map(|number| call(number, &path, None)).collect();
    let denied = full
        .clone()
        .refused(Key::RoleAssignments(subscription()))
        .refused(Key::DenyAssignments(subscription()));
    vec![Scene::empty(), full.clone().reading(|_| true), full, denied]
}

fn holds<P: Pane>(make: fn() -> P) {
    for scene in scenes() {
        for width in WIDTHS {
            for height in HEIGHTS {
                let mut screen = Screen::new(make(), &scene, (width, height));
                for action in [
                    Action::Down,
                    Action::Last,
                    Action::Enter,
                    Action::PageDown,
                    Action::NextView,
                ] {
                    screen.act(action);
                }
                assert_eq!(screen.draw(), screen.draw(), "{width}x{height}");
            }
        }
    }
}

#[test]
fn requests_at_any_size() {
    holds(Requests::new);
}

#[test]
fn foundry_at_any_size() {
    holds(Foundry::new);
}

#[test]
fn access_at_any_size() {
    holds(Access::new);
}

#[test]
fn what_a_name_says_never_reaches_the_screen_raw() {
    let evil = serde_json::json!("hub\u{1b}[31m\u{202e}x");
    let scene = Scene::of("foundry-cmk").changed("hub-rag-dev", "/name", &evil);
    for text in [
        Screen::new(Foundry::new(), &scene, (140, 42)).text("evil-foundry"),
        Screen::new(Access::new(), &scene, (140, 42)).text("evil-access"),
    ] {
        assert!(!text.contains('\u{1b}') && !text.contains('\u{202e}'));
    }
}

//! The real loop on a test backend, with the runtime's clock paused.

use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crossterm::event::Event;
use futures::channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded};
use futures::stream::{Fuse, StreamExt};
use hopscope::model::ask::Ask;
use hopscope::model::resource::Family;
use hopscope::store::Update;
use hopscope::terminal::Signals;
use hopscope::ui::app::{Clock, Ends, Exit, Host, run};
use hopscope::ui::view::View;
use ratatui::Terminal;
use ratatui::backend::{Backend, ClearType, TestBackend, WindowSize};
use ratatui::buffer::Cell;
use ratatui::layout::{Position, Size};
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout};

use crate::stage::{key, setup, words};
use crate::world::{NOW, accounts, list};

/// What was done to the machine.
#[derive(Default)]
struct Log {
    done: Vec<String>,
    frames: usize,
    screen: String,
    inputs: Vec<UnboundedSender<io::Result<Event>>>,
}

type Shared = Arc<Mutex<Log>>;

struct Machine(Shared);

impl Host for Machine {
    type Input = Fuse<UnboundedReceiver<io::Result<Event>>>;

    fn input(&mut self) -> Self::Input {
        let (sender, receiver) = unbounded();
        self.0.lock().unwrap().inputs.push(sender);
        receiver.fuse()
    }

    fn can_suspend(&self) -> bool {
        true
    }

    fn suspend(&mut self) -> io::Result<()> {
        let mut log = self.0.lock().unwrap();
        let live = log.inputs.iter().filter(|input| !input.is_closed()).count();
        log.done.push(format!("suspend with {live} streams"));
        Ok(())
    }

    fn resume(&mut self, mouse: bool) -> io::Result<()> {
        self.0
            .lock()
            .unwrap()
            .done
            .push(format!("resume, mouse {mouse}"));
        Ok(())
    }

    fn mouse(&mut self, on: bool) -> io::Result<()> {
        self.0.lock().unwrap().done.push(format!("mouse {on}"));
        Ok(())
    }

    fn copy(&mut self, text: &str) -> io::Result<()> {
        self.0.lock().unwrap().done.push(format!("copy {text}"));
        Ok(())
    }

    fn open_url(&mut self, url: &str) -> bool {
        self.0.lock().unwrap().done.push(format!("open {url}"));
        false
    }
}

/// A backend that counts frames and keeps the words of the last one.
struct Counting {
    inner: TestBackend,
    log: Shared,
}

impl Backend for Counting {
    type Error = io::Error;

    fn draw<'a, I>(&mut self, content: I) -> io::Result<()>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        let Ok(()) = self.inner.draw(content);
        Ok(())
    }
    fn hide_cursor(&mut self) -> io::Result<()> {
        Ok(())
    }
    fn show_cursor(&mut self) -> io::Result<()> {
        Ok(())
    }
    fn get_cursor_position(&mut self) -> io::Result<Position> {
        // A real one is asked through the input, which the loop listens to: it must not be asked.
        Err(io::Error::other("the cursor must not be asked for"))
    }
    fn set_cursor_position<P: Into<Position>>(&mut self, _: P) -> io::Result<()> {
        Ok(())
    }
    fn clear(&mut self) -> io::Result<()> {
        let Ok(()) = self.inner.clear();
        Ok(())
    }
    fn clear_region(&mut self, region: ClearType) -> io::Result<()> {
        let Ok(()) = self.inner.clear_region(region);
        Ok(())
    }
    fn size(&self) -> io::Result<Size> {
        let Ok(size) = self.inner.size();
        Ok(size)
    }
    fn window_size(&mut self) -> io::Result<WindowSize> {
        let Ok(size) = self.inner.window_size();
        Ok(size)
    }
    fn flush(&mut self) -> io::Result<()> {
        let mut log = self.log.lock().unwrap();
        log.frames += 1;
        log.screen = words(self.inner.buffer());
        Ok(())
    }
}

/// The loop's other ends.
struct Outside {
    log: Shared,
    updates: mpsc::Sender<Update>,
    asks: mpsc::UnboundedReceiver<Ask>,
    signals: Signals,
    task: tokio::task::JoinHandle<io::Result<Exit>>,
}

fn start() -> Outside {
    let log = Shared::default();
    let (updates, news) = mpsc::channel(64);
    let (wishes, asks) = mpsc::unbounded_channel();
    let signals = Signals::default();
    let first = Arc::clone(&log);
    let ends = Ends {
        folder: None,
        updates: news,
        asks: wishes,
        signals: signals.clone(),
        on_first_frame: Some(Box::new(move || {
            let mut log = first.lock().unwrap();
            let (frames, inputs) = (log.frames, log.inputs.len());
            log.done.push(format!("{frames} frame, {inputs} streams"));
        })),
    };
    let shared = Arc::clone(&log);
    let task = tokio::task::spawn_local(async move {
        let backend = Counting {
            inner: TestBackend::new(140, 42),
            log: Arc::clone(&shared),
        };
        let mut terminal = Terminal::new(backend)?;
        let mut view = View::new(setup("dark", false));
        let clock = Clock::starting_at(NOW);
        run(&mut terminal, &mut Machine(shared), &mut view, &clock, ends).await
    });
    Outside {
        log,
        updates,
        asks,
        signals,
        task,
    }
}

impl Outside {
    fn press(&self, keys: &str) {
        let log = self.log.lock().unwrap();
        let input = log.inputs.last().expect("the loop listens");
        for word in keys.split(' ') {
            input.unbounded_send(Ok(Event::Key(key(word)))).unwrap();
        }
    }

    fn paste(&self, text: &str) {
        let log = self.log.lock().unwrap();
        let input = log.inputs.last().expect("the loop listens");
        input
            .unbounded_send(Ok(Event::Paste(text.to_owned())))
            .unwrap();
    }

    async fn until(&self, what: impl Fn(&Log) -> bool) {
        let wait = async {
            while !what(&self.log.lock().unwrap()) {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        if timeout(Duration::from_secs(60), wait).await.is_err() {
            let log = self.log.lock().unwrap();
            panic!("it never came to that: {:?}\n{}", log.done, log.screen);
        }
    }

    fn frames(&self) -> usize {
        self.log.lock().unwrap().frames
    }
}

async fn locally(test: impl Future<Output = ()>) {
    tokio::task::LocalSet::new().run_until(test).await;
}

#[tokio::test(start_paused = true)]
async fn the_first_frame_comes_before_anything_else() {
    locally(async {
        let outside = start();
        outside.until(|log| !log.inputs.is_empty()).await;
        let done = outside.log.lock().unwrap().done.clone();
        assert_eq!(done, ["1 frame, 0 streams"]);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_flood_of_news_is_thirty_frames_a_second_at_most() {
    locally(async {
        let outside = start();
        outside.until(|log| log.frames > 0).await;
        let (before, began) = (outside.frames(), Instant::now());
        for generation in 1..500 {
            let key = list(Family::Storage);
            outside
                .updates
                .send(Update::Planned { key, generation })
                .await
                .unwrap();
            let key = list(Family::Storage);
            outside
                .updates
                .send(Update::Started {
                    key,
                    generation,
                    at: NOW,
                })
                .await
                .unwrap();
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        let spent = began.elapsed();
        let frames = outside.frames() - before;
        assert!(frames >= 10, "{frames} frames in {spent:?}");
        let most = spent.as_millis() / 33 + 2;
        assert!(frames as u128 <= most, "{frames} frames in {spent:?}");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn nothing_but_the_clock_draws_when_nothing_happens() {
    locally(async {
        let outside = start();
        outside.until(|log| log.frames > 0).await;
        drop(outside.updates);
        let log = Arc::clone(&outside.log);
        let before = log.lock().unwrap().frames;
        tokio::time::sleep(Duration::from_secs(60)).await;
        let frames = log.lock().unwrap().frames - before;
        assert!((58..=62).contains(&frames), "{frames} frames in a minute");
        let screen = log.lock().unwrap().screen.clone();
        assert!(screen.contains("12:42:0"), "{screen}");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn news_is_drawn_and_what_is_on_screen_is_read_first() {
    locally(async {
        let mut outside = start();
        for update in accounts(2_500) {
            outside.updates.send(update).await.unwrap();
        }
        outside.until(|log| log.screen.contains("strag00000")).await;
        let mut focused = false;
        while let Ok(ask) = outside.asks.try_recv() {
            focused |= ask == Ask::Focus(vec![list(Family::Storage)]);
        }
        assert!(focused);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn quit_stop_and_a_closed_terminal_end_the_loop() {
    locally(async {
        let outside = start();
        outside.until(|log| !log.inputs.is_empty()).await;
        outside.press("q");
        assert_eq!(outside.task.await.unwrap().unwrap(), Exit::Quit);

        let outside = start();
        outside.signals.stop.cancel();
        assert_eq!(outside.task.await.unwrap().unwrap(), Exit::Stopped);

        let outside = start();
        outside.until(|log| !log.inputs.is_empty()).await;
        outside.log.lock().unwrap().inputs.clear();
        assert_eq!(outside.task.await.unwrap().unwrap(), Exit::InputClosed);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn suspending_lets_go_of_the_keys_first() {
    locally(async {
        let outside = start();
        outside.until(|log| !log.inputs.is_empty()).await;
        outside.press("ctrl-z");
        outside.until(|log| log.inputs.len() == 2).await;
        outside.signals.suspend.notify_one();
        outside.signals.continued.notify_one();
        outside.until(|log| log.inputs.len() == 3).await;
        let done = outside.log.lock().unwrap().done.clone();
        assert_eq!(done[1], "suspend with 0 streams");
        assert_eq!(done[2], "resume, mouse true");
        outside.press("q");
        assert_eq!(outside.task.await.unwrap().unwrap(), Exit::Quit);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn effects_reach_the_machine_and_say_so_for_three_seconds() {
    locally(async {
        let outside = start();
        for update in accounts(1) {
            outside.updates.send(update).await.unwrap();
        }
        outside.until(|log| log.screen.contains("strag00000")).await;
        outside.press("c enter");
        outside
            .until(|log| log.screen.contains("copied name of strag00000"))
            .await;
        outside
            .until(|log| !log.screen.contains("copied name"))
            .await;
        // There is no browser: the link itself is shown.
        outside.press("o");
        outside
            .until(|log| log.screen.contains("https://portal.azure.com/"))
            .await;
        outside.press("y");
        outside
            .until(|log| log.screen.contains("\"bypass\": \"None\""))
            .await;
        let done = outside.log.lock().unwrap().done.clone();
        assert!(done.contains(&"copy strag00000".to_owned()), "{done:?}");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_report_is_written_once_and_never_over_another_file() {
    locally(async {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.md");
        let outside = start();
        for update in accounts(1) {
            outside.updates.send(update).await.unwrap();
        }
        outside.until(|log| log.screen.contains("strag00000")).await;
        for said in ["written: ", "is there already"] {
            outside.press("E");
            outside
                .until(|log| log.screen.contains("Write a report"))
                .await;
            outside.paste(&path.display().to_string());
            outside
                .until(|log| log.screen.contains("Markdown: for a ticket"))
                .await;
            outside.press("enter");
            outside.until(|log| log.screen.contains(said)).await;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.starts_with("# "), "{text}");
    })
    .await;
}

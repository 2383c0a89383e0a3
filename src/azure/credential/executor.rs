//! Runs `az` and `azd` so that they cannot disturb the terminal or outlive us: no stdin, a process
//! group of their own, a time limit, and the whole group killed when it is over or nobody waits.

use std::ffi::{OsStr, OsString};
use std::io;
use std::process::{Output, Stdio};
use std::time::Duration;

use async_trait::async_trait;
use azure_identity::Executor;
use tokio::process::Command;

/// The executor that is handed to `azure_identity`.
#[derive(Clone, Debug)]
pub struct GroupExecutor {
    timeout: Duration,
    search_path: Option<OsString>,
}

impl Default for GroupExecutor {
    fn default() -> Self {
        Self::new(Duration::from_secs(30), None)
    }
}

impl GroupExecutor {
    /// With a time limit, and perhaps another `PATH` than this process'.
    pub fn new(timeout: Duration, search_path: Option<OsString>) -> Self {
        Self {
            timeout,
            search_path,
        }
    }
}

#[async_trait]
impl Executor for GroupExecutor {
    async fn run(&self, program: &OsStr, args: &[&OsStr]) -> io::Result<Output> {
        let mut command = Command::new(program);
        command
            .args(args)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        #[cfg(unix)]
        command.process_group(0);
        if let Some(path) = &self.search_path {
            command.env("PATH", path);
        }
        let child = command.spawn()?;
        // Killed on every way out, also when this future is dropped: what the program left behind in
        // its group goes too.
        let _group = Group::of(&child);
        match tokio::time::timeout(self.timeout, child.wait_with_output()).await {
            Ok(output) => output,
            Err(_) => Err(io::Error::new(
                io::ErrorKind::TimedOut,
                format!("no answer in {} s", self.timeout.as_secs_f64()),
            )),
        }
    }
}

/// A process group that ends with this value.
struct Group {
    #[cfg(unix)]
    leader: Option<rustix::process::Pid>,
}

impl Group {
    #[cfg(unix)]
    fn of(child: &tokio::process::Child) -> Self {
        let leader = child
            .id()
            .and_then(|id| i32::try_from(id).ok())
            .and_then(rustix::process::Pid::from_raw);
        Self { leader }
    }

    #[cfg(not(unix))]
    fn of(_child: &tokio::process::Child) -> Self {
        Self {}
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        #[cfg(unix)]
        if let Some(leader) = self.leader {
            // An empty group is gone already: nothing to do about that error.
            let _ = rustix::process::kill_process_group(leader, rustix::process::Signal::KILL);
        }
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;

    /// Runs for ever, with a child that does too and ignores polite signals; both write their ids.
    fn hanging(folder: &Path) -> String {
        format!(
            "trap '' TERM HUP INT; (trap '' TERM HUP INT; while :; do sleep 1000; done) & echo $! > {0}/child.tmp; \
             mv {0}/child.tmp {0}/child; wait; sleep 1000",
            folder.display()
        )
    }

    fn args(script: &str) -> [OsString; 2] {
        ["-c".into(), script.into()]
    }

    /// Whether a process is gone, or dead and waiting to be reaped.
    fn is_gone(id: &str) -> bool {
        match fs::read_to_string(format!("/proc/{id}/stat")) {
            Err(_) => true,
            Ok(stat) => stat
                .rsplit(')')
                .next()
                .is_some_and(|rest| matches!(rest.trim().chars().next(), Some('Z' | 'X'))),
        }
    }

    async fn child_of(folder: &Path) -> String {
        loop {
            if let Ok(id) = fs::read_to_string(folder.join("child")) {
                return id.trim().to_owned();
            }
            tokio::task::yield_now().await;
        }
    }

    async fn wait_until_gone(id: &str) {
        while !is_gone(id) {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn output_and_status_come_back_and_stdin_is_empty() {
        let script = args("cat; echo out; echo err >&2; exit 3");
        let script = script.each_ref().map(OsString::as_os_str);
        let executor = GroupExecutor::default();
        let output = executor.run(OsStr::new("/bin/sh"), &script).await.unwrap();
        assert_eq!(output.status.code(), Some(3));
        assert_eq!(output.stdout, b"out\n");
        assert_eq!(output.stderr, b"err\n");
    }

    #[tokio::test]
    async fn a_program_that_hangs_is_killed_with_its_children() {
        let folder = tempfile::tempdir().unwrap();
        let script = args(&hanging(folder.path()));
        let script = script.each_ref().map(OsString::as_os_str);
        let executor = GroupExecutor::new(Duration::from_millis(400), None);
        let error = executor
            .run(OsStr::new("/bin/sh"), &script)
            .await
            .unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        let child = child_of(folder.path()).await;
        wait_until_gone(&child).await;
    }

    #[tokio::test]
    async fn a_program_that_nobody_waits_for_is_killed_with_its_children() {
        let folder = tempfile::tempdir().unwrap();
        let script = args(&hanging(folder.path()));
        let executor = GroupExecutor::default();
        let run = tokio::spawn(async move {
            let script = script.each_ref().map(OsString::as_os_str);
            executor.run(OsStr::new("/bin/sh"), &script).await
        });
        let child = child_of(folder.path()).await;
        assert!(!is_gone(&child));
        run.abort();
        assert!(run.await.unwrap_err().is_cancelled());
        wait_until_gone(&child).await;
    }

    #[tokio::test]
    async fn a_child_that_is_left_behind_is_killed() {
        let folder = tempfile::tempdir().unwrap();
        let script = format!(
            "sleep 1000 >/dev/null 2>&1 & echo $! > {}/child; echo done",
            folder.path().display()
        );
        let script = args(&script);
        let script = script.each_ref().map(OsString::as_os_str);
        let executor = GroupExecutor::default();
        let output = executor.run(OsStr::new("/bin/sh"), &script).await.unwrap();
        assert_eq!(output.stdout, b"done\n");
        wait_until_gone(&child_of(folder.path()).await).await;
    }
}

//! `strace` attached to programs at work: it lets calls fail, holds them up, or writes down which were made.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use crate::crowd::until;

/// Attaching and letting go take no longer.
const SOON: Duration = Duration::from_secs(10);

/// A tracer at work. Dropped, it lets go.
#[derive(Debug)]
pub struct Tracer(Child);

impl Tracer {
    /// Attaches to programs and all they start. `words` say what is to be done with their calls; what is seen goes
    /// into a file.
    ///
    /// # Errors
    /// There is no `strace`, or it may not attach.
    pub fn attach(pids: &[u32], words: &[&str], seen: &Path) -> std::io::Result<Tracer> {
        let mut command = Command::new("strace");
        command.args(["-f", "-qq", "-o"]).arg(seen).args(words);
        for pid in pids {
            command.args(["-p", &pid.to_string()]);
        }
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
        let mut tracer = Tracer(child);
        let attached = until(SOON, || {
            let ended = tracer.0.try_wait().ok().flatten().is_some();
            let all = pids.iter().all(|pid| is_traced(*pid));
            (ended || all).then_some(all)
        });
        match attached {
            Some(true) => Ok(tracer),
            _ => Err(std::io::Error::other("strace could not attach")),
        }
    }

    /// Whether it can be done here: tried on a program of no consequence.
    pub fn works() -> bool {
        let Ok(mut nobody) = Command::new("sleep").arg("20").spawn() else { return false };
        let tried = Tracer::attach(&[nobody.id()], &["-e", "trace=fsync"], Path::new("/dev/null"));
        let works = tried.is_ok();
        drop(tried);
        // It may have ended by itself.
        let _ = nobody.kill();
        let _ = nobody.wait();
        works
    }

    /// Waits until it has ended by itself, as it does when everybody it followed has.
    pub fn until_done(&mut self) {
        until(SOON, || self.0.try_wait().ok().flatten());
    }
}

impl Drop for Tracer {
    fn drop(&mut self) {
        let pid = i32::try_from(self.0.id()).ok().and_then(Pid::from_raw);
        // Told to end it lets go of those it follows; it may have ended with them.
        let _ = pid.map(|pid| kill_process(pid, Signal::TERM));
        if until(SOON, || self.0.try_wait().ok().flatten()).is_none() {
            let _ = self.0.kill();
            let _ = self.0.wait();
        }
    }
}

/// A program that is gone is not waited for.
fn is_traced(pid: u32) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let tracer = status.lines().find_map(|line| line.strip_prefix("TracerPid:"));
    tracer.is_none_or(|tracer| tracer.trim() != "0")
}

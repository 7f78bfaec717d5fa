//! A PostgreSQL of a run's own: to be stopped, started, failed and moved in time at will. Gone with the run.

use std::io::Error;
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use crate::crowd::until;

/// The database's clock, moved: whoever asks for `clock_timestamp()` finds this one first.
const CLOCK: &str = "CREATE SCHEMA moved;
CREATE TABLE moved.by (seconds double precision);
INSERT INTO moved.by VALUES (0);
CREATE FUNCTION moved.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE AS
  'SELECT pg_catalog.clock_timestamp() + make_interval(secs => seconds) FROM moved.by';
ALTER DATABASE postgres SET search_path = public, moved, pg_catalog";

/// It answers again within so long.
const RECOVERY: Duration = Duration::from_secs(60);

/// A server at work.
#[derive(Debug)]
pub struct Server {
    folder: tempfile::TempDir,
    bin: PathBuf,
    port: u16,
}

impl Server {
    /// Starts one; `None` where PostgreSQL is not installed.
    ///
    /// # Errors
    /// It does not start.
    pub fn start() -> std::io::Result<Option<Server>> {
        let Some(bin) = bin() else { return Ok(None) };
        let folder = tempfile::tempdir()?;
        let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        let server = Server { folder, bin, port };
        // PostgreSQL refuses to run as root; another user has to come through to its own folder.
        std::fs::set_permissions(server.folder.path(), PermissionsExt::from_mode(0o711))?;
        std::fs::create_dir(server.data())?;
        if as_root() {
            done(&Command::new("chown").arg("postgres").arg(server.data()).output()?)?;
        }
        let data = server.data().display().to_string();
        let words = ["-D", &data, "-U", "charter", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"];
        done(&as_owner(&server.bin.join("initdb")).args(words).output()?)?;
        server.control("start")?;
        server.sql(CLOCK)?;
        Ok(Some(server))
    }

    /// Where it is reached.
    pub fn url(&self) -> String {
        format!("postgres://charter@127.0.0.1:{}/postgres", self.port)
    }

    /// The process all others of the server come from; `None` when it does not run.
    pub fn first(&self) -> Option<u32> {
        let text = std::fs::read_to_string(self.data().join("postmaster.pid")).ok()?;
        let pid = text.lines().next()?.trim().parse().ok()?;
        Path::new(&format!("/proc/{pid}")).exists().then_some(pid)
    }

    /// All its processes, the first one first.
    pub fn processes(&self) -> Vec<u32> {
        let Some(first) = self.first() else { return vec![] };
        let task = format!("/proc/{first}/task/{first}/children");
        let children = std::fs::read_to_string(task).unwrap_or_default();
        std::iter::once(first).chain(children.split_whitespace().filter_map(|pid| pid.parse().ok())).collect()
    }

    /// What the server said so far.
    pub fn log(&self) -> String {
        String::from_utf8_lossy(&std::fs::read(self.data().join("log")).unwrap_or_default()).into_owned()
    }

    /// Where it keeps everything.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("pg")
    }

    /// Stops it at once, whatever is under way, and starts it again.
    ///
    /// # Errors
    /// It does not start.
    pub fn restart(&self) -> std::io::Result<()> {
        self.control("restart")
    }

    /// Waits until it answers, as it does when it recovers by itself; starts it when it does not run any more.
    ///
    /// # Errors
    /// It does not start.
    pub fn start_again(&self) -> std::io::Result<()> {
        let mut last = Ok(());
        let up = until(RECOVERY, || {
            if self.first().is_none() {
                // A process of the old server that is still about keeps a new one from starting.
                last = self.control("start");
            }
            self.sql("SELECT 1").is_ok().then_some(())
        });
        if up.is_some() { Ok(()) } else { last.and_then(|()| self.control("restart")) }
    }

    /// SIGKILL to every process at once.
    pub fn kill(&self) {
        for pid in self.processes() {
            let pid = i32::try_from(pid).ok().and_then(Pid::from_raw);
            // One that is gone already needs no killing.
            let _ = pid.map(|pid| kill_process(pid, Signal::KILL));
        }
    }

    /// Moves its clock against the host's.
    ///
    /// # Errors
    /// It does not answer.
    pub fn move_clock(&self, seconds: i64) -> std::io::Result<()> {
        self.sql(&format!("UPDATE moved.by SET seconds = {seconds}"))
    }

    fn sql(&self, text: &str) -> std::io::Result<()> {
        let port = self.port.to_string();
        let words =
            ["-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-U", "charter", "-p", &port, "-c"];
        done(&Command::new(self.bin.join("psql")).args(words).arg(text).arg("postgres").output()?)
    }

    /// Starts, stops or starts again; at once, whatever is under way.
    fn control(&self, what: &str) -> std::io::Result<()> {
        let data = self.data();
        let options = format!("-p {} -k {} -h 127.0.0.1", self.port, data.display());
        let status = as_owner(&self.bin.join("pg_ctl"))
            .args(["-w", "-t", "60", "-m", "immediate", "-o", &options, "-l"])
            .arg(data.join("log"))
            .arg("-D")
            .arg(&data)
            .arg(what)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()?;
        if status.success() { Ok(()) } else { Err(Error::other(format!("PostgreSQL, {what}: {status}"))) }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may not run any more.
        let _ = self.control("stop");
    }
}

fn done(output: &Output) -> std::io::Result<()> {
    let said = String::from_utf8_lossy(&output.stderr);
    if output.status.success() { Ok(()) } else { Err(Error::other(said.into_owned())) }
}

fn as_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0)
}

fn as_owner(program: &Path) -> Command {
    let mut command = match as_root() {
        true => Command::new("runuser"),
        false => Command::new(program),
    };
    if as_root() {
        command.args(["-u", "postgres", "--"]).arg(program);
    }
    // Wherever the run was started, the owner can be there.
    command.current_dir("/");
    command
}

/// Where the newest PostgreSQL keeps its programs.
fn bin() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok();
    let bins = versions.into_iter().flatten().flatten().map(|version| version.path().join("bin"));
    let mut bins: Vec<PathBuf> = bins.filter(|bin| bin.join("initdb").is_file()).collect();
    bins.sort();
    let path = std::env::var_os("PATH").unwrap_or_default();
    bins.pop().or_else(|| std::env::split_paths(&path).find(|folder| folder.join("initdb").is_file()))
}

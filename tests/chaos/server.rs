//! A PostgreSQL of a test's own: to be stopped, started again and failed at will. Gone with the test.

use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::ground::{has, prepare, skipped};

/// A server at work.
pub struct Server {
    folder: tempfile::TempDir,
    bin: PathBuf,
    port: u16,
}

impl Server {
    /// Starts one; `None` where PostgreSQL is not installed.
    pub fn start() -> Option<Server> {
        let Some(bin) = bin() else {
            skipped("PostgreSQL is not installed: its storms are not tried");
            return None;
        };
        let folder = tempfile::tempdir().unwrap();
        let port = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
        let server = Server { folder, bin, port };
        // PostgreSQL refuses to run as root; another user has to come through to its own folder.
        std::fs::set_permissions(server.folder.path(), PermissionsExt::from_mode(0o711)).unwrap();
        std::fs::create_dir(server.data()).unwrap();
        if as_root() {
            assert!(Command::new("chown").arg("postgres").arg(server.data()).status().unwrap().success());
        }
        let data = server.data().display().to_string();
        server
            .run("initdb", &["-D", &data, "-U", "charter", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"]);
        server.control("start");
        prepare(&server.url());
        Some(server)
    }

    pub fn url(&self) -> String {
        format!("postgres://charter@127.0.0.1:{}/postgres", self.port)
    }

    /// The process all others of the server come from.
    pub fn pid(&self) -> String {
        let text = std::fs::read_to_string(self.data().join("postmaster.pid")).unwrap();
        text.lines().next().unwrap().to_owned()
    }

    /// What the server said so far.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.data().join("log")).unwrap_or_default()
    }

    /// The same server for somebody who only stops and starts it.
    pub fn restarting(&self) -> chaos::storm::Restart {
        let (bin, data, port) = (self.bin.clone(), self.data(), self.port);
        Box::new(move || {
            control(&bin, &data, port, "restart");
            Ok(())
        })
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("pg")
    }

    fn control(&self, what: &str) {
        control(&self.bin, &self.data(), self.port, what);
    }

    fn run(&self, program: &str, words: &[&str]) {
        let done = as_owner(&self.bin.join(program)).args(words).output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.control("stop");
    }
}

/// Starts, stops or starts again; at once, whatever is under way.
fn control(bin: &Path, data: &Path, port: u16, what: &str) {
    let options = format!("-p {port} -k {} -h 127.0.0.1", data.display());
    let log = data.join("log");
    let status = as_owner(&bin.join("pg_ctl"))
        .args(["-w", "-t", "60", "-m", "immediate", "-o", &options, "-l"])
        .arg(log)
        .arg("-D")
        .arg(data)
        .arg(what)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    assert!(std::thread::panicking() || status.is_ok_and(|status| status.success()), "PostgreSQL: {what}");
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
    // Wherever the test was started, the owner can be there.
    command.current_dir("/");
    command
}

/// Where the newest PostgreSQL keeps its programs.
fn bin() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok();
    let mut bins: Vec<PathBuf> =
        versions.into_iter().flatten().flatten().map(|version| version.path().join("bin")).collect();
    bins.retain(|bin| bin.join("initdb").is_file());
    bins.sort();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let known =
        has("initdb").then(|| std::env::split_paths(&path).find(|folder| folder.join("initdb").is_file()));
    bins.pop().or(known.flatten())
}

//! A PostgreSQL server for the tests of one run, stopped when they end.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use sqlx::{AssertSqlSafe, Connection, PgConnection};

/// Makes an empty schema.
pub async fn make_schema(url: &str, schema: &str) {
    let mut connection = PgConnection::connect(url).await.unwrap();
    let text = format!("DROP SCHEMA IF EXISTS {schema} CASCADE; CREATE SCHEMA {schema}");
    sqlx::raw_sql(AssertSqlSafe(text)).execute(&mut connection).await.unwrap();
}

/// The folder of the server's programs, newest first.
fn programs() -> Option<PathBuf> {
    let mut found: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path().join("bin")))
        .filter(|bin| bin.join("initdb").exists())
        .collect();
    found.sort();
    found.pop()
}

/// Runs a program, as nobody in particular when we are root: PostgreSQL refuses to run as root.
fn program(bin: &Path, name: &str, home: &Path) -> Command {
    let root = std::fs::metadata("/proc/self").is_ok_and(|m| std::os::unix::fs::MetadataExt::uid(&m) == 0);
    let mut command = if root {
        let mut command = Command::new("setpriv");
        command.args(["--reuid=nobody", "--regid=nogroup", "--clear-groups"]).arg(bin.join(name));
        command
    } else {
        Command::new(bin.join(name))
    };
    command.current_dir(home).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// Starts a server and gives its address; `None` where it is not installed.
pub fn start() -> Option<String> {
    let bin = programs()?;
    let home = tempfile::Builder::new().prefix("charter-postgres").tempdir().ok()?;
    let open = std::os::unix::fs::PermissionsExt::from_mode(0o777);
    std::fs::set_permissions(home.path(), open).ok()?;
    let data = home.path().join("data");
    let made = program(&bin, "initdb", home.path())
        .args(["-U", "charter", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N", "-D"])
        .arg(&data)
        .status();
    made.ok().filter(|status| status.success())?;
    let port = TcpListener::bind("127.0.0.1:0").ok()?.local_addr().ok()?.port();
    let options =
        format!("-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=200");
    let started = program(&bin, "pg_ctl", home.path())
        .args(["-w", "-t", "60", "-D"])
        .arg(&data)
        .args(["-o", &options, "-l"])
        .arg(home.path().join("log"))
        .arg("start")
        .status();
    started.ok().filter(|status| status.success())?;
    watch(&data, home.keep());
    Some(format!("postgres://charter@127.0.0.1:{port}/postgres"))
}

/// Stops the server and takes its folder away once this process is gone, however it ends.
fn watch(data: &Path, home: PathBuf) {
    let script = "while kill -0 \"$1\" 2>/dev/null; do sleep 1; done; kill -QUIT $(head -n 1 \"$2/postmaster.pid\"); rm -rf \"$3\"";
    let mut command = Command::new("sh");
    command.args(["-c", script, "sh", &std::process::id().to_string()]);
    command.arg(data).arg(home);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let _ = command.spawn();
}

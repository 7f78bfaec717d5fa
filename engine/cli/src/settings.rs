//! Settings of a server: flag before environment before file before default, each with where it came from.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::{Arg, ArgMatches};
use language::suggest::nearest;
use language::words;
use language::words::Lang;
use server::listen::Limits;

use crate::args;
use crate::exit::{Exit, Failure};
use crate::files;

/// A setting there is.
#[derive(Debug)]
pub struct Known {
    /// `--name`, `CHARTER_NAME`, `name = ` in the file.
    pub name: &'static str,
    /// What its value looks like.
    pub value: &'static str,
    /// In Chinese.
    pub zh: &'static str,
    /// In English.
    pub en: &'static str,
}

const fn known(name: &'static str, value: &'static str, zh: &'static str, en: &'static str) -> Known {
    Known { name, value, zh, en }
}

/// Every setting of a server, in the order they are shown.
pub const KNOWN: &[Known] = &[
    known(
        "data",
        "DIR",
        "数据文件夹；不写就是 $XDG_DATA_HOME/charter",
        "Folder of the data; $XDG_DATA_HOME/charter unless given",
    ),
    known(
        "database",
        "URL",
        "sqlite:文件 或 postgres://用户@主机/库；不写就是数据文件夹里的 charter.db",
        "sqlite:FILE or postgres://USER@HOST/DATABASE; charter.db in the data folder unless given",
    ),
    known(
        "listen",
        "ADDRESS",
        "在哪里听；不写就是 127.0.0.1:8080",
        "Where to listen; 127.0.0.1:8080 unless given",
    ),
    known(
        "workflows",
        "DIR",
        "启动时发布这个文件夹里的流程，并读其中的日历",
        "Puts the processes of this folder into force at the start, and reads its calendars",
    ),
    known(
        "profile",
        "CITY",
        "启动时发布这座城市的流程，用它的参数：hefei、beijing……",
        "Puts the processes of this city into force at the start, with its values: hefei, beijing ...",
    ),
    known(
        "accounts",
        "FILE",
        "账号文件；不写就是数据文件夹里的 accounts.yaml",
        "File of accounts; accounts.yaml in the data folder unless given",
    ),
    known(
        "templates",
        "DIR",
        "通知的模板；不写就用程序自带的",
        "Templates of notices; those inside the program unless given",
    ),
    known(
        "runs",
        "DIR",
        "年度结算的试算存在哪里；不写就是数据文件夹里的 settlements",
        "Where runs of the annual settlement are kept; settlements in the data folder unless given",
    ),
    known(
        "node",
        "NAME",
        "多个节点共用一个 PostgreSQL 时本节点的名字；不写就是主机名和进程号",
        "This node's name when several share one PostgreSQL; host and process unless given",
    ),
    known(
        "advertise",
        "URL",
        "其他节点访问本节点的地址，如 http://node1.internal:8080；只听一个地址时可以不写",
        "Address by which other nodes reach this one, such as http://node1.internal:8080; not needed when it listens on one address",
    ),
    known("connections", "N", "PostgreSQL 连接数；不写就是 16", "Connections to PostgreSQL; 16 unless given"),
    known(
        "clients",
        "N",
        "同时最多多少个连接；不写就是 4096",
        "Connections of clients at once; 4096 unless given",
    ),
    known("own-url", "URL", "信里链接用的地址", "The address that links in letters begin with"),
    known("office-name", "NAME", "信末署名", "The name under letters"),
    known("office-phone", "PHONE", "信里写的咨询电话", "The telephone number in letters"),
    known(
        "log",
        "FILTER",
        "日志的详细程度，如 info、charter=debug",
        "How much is logged, such as info or server=debug",
    ),
    known(
        "otlp",
        "URL",
        "把请求的踪迹发给 OpenTelemetry 收集器，如 http://127.0.0.1:4318",
        "Sends spans of requests to a collector of OpenTelemetry, such as http://127.0.0.1:4318",
    ),
    known("log-format", "text|json", "日志的写法", "How the log is written"),
];

/// Where a value came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The command line.
    Flag,
    /// A variable of the environment.
    Env(String),
    /// The file.
    File(PathBuf),
    /// Nobody said anything.
    Default,
}

/// The settings as they hold.
#[derive(Clone, Debug)]
pub struct Settings {
    values: BTreeMap<&'static str, (String, Origin)>,
    /// Connectors by name: their kind and what is written of them.
    pub connectors: BTreeMap<String, BTreeMap<String, String>>,
    /// The file that was read.
    pub file: Option<PathBuf>,
}

/// Adds the flags of every setting to a command.
pub fn flags(command: clap::Command, lang: Lang) -> clap::Command {
    let one = |known: &Known| args::option(known.name, known.value, lang, known.zh, known.en);
    let command = command.args(KNOWN.iter().map(one).collect::<Vec<Arg>>());
    command.arg(args::option(
        "config",
        "FILE",
        lang,
        "设置文件；不写就找 ./charter.toml、$XDG_CONFIG_HOME/charter/、/etc/charter/",
        "File of settings; ./charter.toml, $XDG_CONFIG_HOME/charter/, /etc/charter/ unless given",
    ))
}

impl Settings {
    /// The settings of a command line, the environment and the file.
    ///
    /// # Errors
    /// A file that cannot be read, or says something unknown.
    pub fn read(found: &ArgMatches) -> Result<Settings, Failure> {
        let file = match args::text(found, "config").map(str::to_owned).or_else(|| env("CHARTER_CONFIG")) {
            Some(path) => Some(PathBuf::from(path)),
            None => places().into_iter().find(|path| path.is_file()),
        };
        let written = file.as_deref().map(read_file).transpose()?.unwrap_or_default();
        let mut values = BTreeMap::new();
        for known in KNOWN {
            let flag = args::text(found, known.name).map(|text| (text.to_owned(), Origin::Flag));
            let name = variable(known.name);
            let from_env = || env(&name).map(|text| (text, Origin::Env(name.clone())));
            let in_file = || {
                let path = file.clone().unwrap_or_default();
                written.plain.get(known.name).map(|text| (text.clone(), Origin::File(path)))
            };
            if let Some(value) = flag.or_else(from_env).or_else(in_file) {
                values.insert(known.name, value);
            }
        }
        Ok(Settings { values, connectors: written.connectors, file })
    }

    /// A value somebody gave.
    pub fn given(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(|(value, _)| value.as_str())
    }

    /// Says a value in place of whoever gave none.
    pub fn put(&mut self, name: &'static str, value: String) {
        self.values.entry(name).or_insert((value, Origin::Default));
    }

    /// A value and where it came from; the default where nobody gave one.
    pub fn shown(&self, name: &str) -> (String, Origin) {
        if let Some(value) = self.values.get(name) {
            return value.clone();
        }
        let value = match name {
            "data" => self.data().display().to_string(),
            "database" => self.database(),
            "accounts" => self.accounts().display().to_string(),
            "listen" => self.listen().to_owned(),
            "runs" => self.runs().display().to_string(),
            "connections" => "16".to_owned(),
            "clients" => Limits::default().connections.to_string(),
            "own-url" => self.own_url(),
            "log" => "info".to_owned(),
            "log-format" => "text".to_owned(),
            _ => String::new(),
        };
        (value, Origin::Default)
    }

    /// The folder of the data.
    pub fn data(&self) -> PathBuf {
        match self.given("data") {
            Some(path) => PathBuf::from(path),
            None => home("XDG_DATA_HOME", ".local/share").join("charter"),
        }
    }

    /// The address of the store.
    pub fn database(&self) -> String {
        match self.given("database") {
            Some(address) => address.to_owned(),
            None => format!("sqlite:{}", self.data().join("charter.db").display()),
        }
    }

    /// The file of accounts.
    pub fn accounts(&self) -> PathBuf {
        self.given("accounts").map_or_else(|| self.data().join("accounts.yaml"), PathBuf::from)
    }

    /// Where runs of the settlement are kept.
    pub fn runs(&self) -> PathBuf {
        self.given("runs").map_or_else(|| self.data().join("settlements"), PathBuf::from)
    }

    /// The same for a command that has no other settings.
    pub fn runs_by_default() -> PathBuf {
        let data = env("CHARTER_DATA")
            .map_or_else(|| home("XDG_DATA_HOME", ".local/share").join("charter"), PathBuf::from);
        env("CHARTER_RUNS").map_or_else(|| data.join("settlements"), PathBuf::from)
    }

    /// Where to listen.
    pub fn listen(&self) -> &str {
        self.given("listen").unwrap_or("127.0.0.1:8080")
    }

    /// What links in letters begin with.
    pub fn own_url(&self) -> String {
        self.given("own-url").map_or_else(|| format!("http://{}", self.listen()), str::to_owned)
    }

    /// The address by which other nodes reach this one: as given, else the one it listens on, unless that is every
    /// address of the host.
    ///
    /// # Errors
    /// What was given is no address of HTTP.
    pub fn advertised(&self, listens: Option<std::net::SocketAddr>) -> Result<Option<String>, Failure> {
        let Some(text) = self.given("advertise") else {
            let one = listens.filter(|at| !at.ip().is_unspecified());
            return Ok(one.map(|at| format!("http://{at}")));
        };
        let host = text.strip_prefix("http://").or_else(|| text.strip_prefix("https://"));
        let good = host.is_some_and(|host| !host.is_empty() && !host.contains(['/', '@', '?', '#']));
        if good && text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Ok(Some(text.to_owned()));
        }
        Err(Failure::usage(words!(
            "advertise 要写成 http://主机:端口，得到的是“{text}”",
            "advertise wants http://HOST:PORT, not `{text}`"
        )))
    }

    /// What connections of clients may take.
    ///
    /// # Errors
    /// It is no number.
    pub fn limits(&self) -> Result<Limits, Failure> {
        let Some(text) = self.given("clients") else { return Ok(Limits::default()) };
        let connections = text.parse().ok().filter(|n| (1..=1_000_000).contains(n)).ok_or_else(|| {
            Failure::usage(words!(
                "clients 要 1 到 1000000 的整数，得到的是“{text}”",
                "clients wants a whole number from 1 to 1000000, not `{text}`"
            ))
        })?;
        Ok(Limits { connections, ..Limits::default() })
    }

    /// Connections to PostgreSQL.
    ///
    /// # Errors
    /// It is no number.
    pub fn connections(&self) -> Result<u32, Failure> {
        let Some(text) = self.given("connections") else { return Ok(16) };
        text.parse().ok().filter(|n| (2..=1_000).contains(n)).ok_or_else(|| {
            Failure::usage(words!(
                "connections 要 2 到 1000 的整数，得到的是“{text}”",
                "connections wants a whole number from 2 to 1000, not `{text}`"
            ))
        })
    }
}

/// `own-url` is `CHARTER_OWN_URL`.
pub fn variable(name: &str) -> String {
    format!("CHARTER_{}", name.replace('-', "_").to_uppercase())
}

/// A variable of the environment that says something.
pub fn env(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

fn home(name: &str, below: &str) -> PathBuf {
    match env(name) {
        Some(path) => PathBuf::from(path),
        None => PathBuf::from(env("HOME").unwrap_or_else(|| ".".to_owned())).join(below),
    }
}

/// Where the file is looked for.
fn places() -> Vec<PathBuf> {
    let own = home("XDG_CONFIG_HOME", ".config").join("charter/charter.toml");
    vec![PathBuf::from("charter.toml"), own, PathBuf::from("/etc/charter/charter.toml")]
}

#[derive(Debug, Default)]
struct Written {
    plain: BTreeMap<String, String>,
    connectors: BTreeMap<String, BTreeMap<String, String>>,
}

fn read_file(path: &Path) -> Result<Written, Failure> {
    let text = files::read_text(path)?;
    let shown = path.display();
    let table: toml::Table = text.parse().map_err(|error: toml::de::Error| {
        Failure::new(
            Exit::Found,
            words!("{shown} 不是正确的 TOML：{error}", "{shown} is no correct TOML: {error}"),
        )
    })?;
    let mut written = Written::default();
    for (key, value) in table {
        if key == "connectors" {
            written.connectors = connectors(path, value)?;
            continue;
        }
        let known = KNOWN.iter().any(|known| known.name == key);
        let plain = plain(&value).filter(|_| known);
        let Some(plain) = plain else { return Err(unknown(path, &key, known)) };
        written.plain.insert(key, plain);
    }
    Ok(written)
}

fn connectors(
    path: &Path,
    value: toml::Value,
) -> Result<BTreeMap<String, BTreeMap<String, String>>, Failure> {
    let wrong = |name: &str| {
        let shown = path.display();
        Failure::new(
            Exit::Found,
            words!(
                "{shown}：connectors.{name} 要写成一组键和文字",
                "{shown}: connectors.{name} is a table of keys and texts"
            ),
        )
    };
    let toml::Value::Table(all) = value else { return Err(wrong("")) };
    let mut read = BTreeMap::new();
    for (name, value) in all {
        let toml::Value::Table(entries) = value else { return Err(wrong(&name)) };
        let entries: Option<BTreeMap<String, String>> =
            entries.iter().map(|(key, value)| Some((key.clone(), plain(value)?))).collect();
        read.insert(name.clone(), entries.ok_or_else(|| wrong(&name))?);
    }
    Ok(read)
}

fn plain(value: &toml::Value) -> Option<String> {
    match value {
        toml::Value::String(text) => Some(text.clone()),
        toml::Value::Integer(number) => Some(number.to_string()),
        toml::Value::Boolean(it) => Some(it.to_string()),
        _ => None,
    }
}

fn unknown(path: &Path, key: &str, known: bool) -> Failure {
    let shown = path.display();
    if known {
        return Failure::new(
            Exit::Found,
            words!("{shown}：{key} 要写成一段文字", "{shown}: {key} is one text or number"),
        );
    }
    let failure = Failure::new(
        Exit::Found,
        words!("{shown}：没有“{key}”这个设置", "{shown}: there is no setting `{key}`"),
    );
    match nearest(key, KNOWN.iter().map(|known| known.name).chain(["connectors"])) {
        Some(near) => failure.advise(words!("是不是 {near}？", "did you mean {near}?")),
        None => failure,
    }
}

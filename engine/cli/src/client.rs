//! Speaking to a server: requests with token and key, problems told as people read them.

use std::path::Path;
use std::time::Duration;

use clap::{Arg, ArgMatches, Command};
use language::words;
use language::words::Lang;
use reqwest::Method;
use serde_json::{Map, Value as Json};
use server::identity::secret;
use server::words as codes;

use crate::args;
use crate::exit::{Exit, Failure};
use crate::files;
use crate::serving::upkeep;
use crate::settings::env;
use crate::talk::Talk;

/// The server unless `--server` or `CHARTER_SERVER` says otherwise.
const SERVER: &str = "http://127.0.0.1:8080";
/// How often a request is sent whose outcome nobody knows, and how soon again.
const TRIES: u32 = 4;
const AGAIN: Duration = Duration::from_millis(500);
/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// Adds what every command of a client has.
pub fn flags(command: Command, lang: Lang) -> Command {
    let all: Vec<Arg> = vec![
        args::option(
            "server",
            "URL",
            lang,
            "服务的地址；不写就看 CHARTER_SERVER，再不然是 http://127.0.0.1:8080",
            "Address of the server; CHARTER_SERVER or http://127.0.0.1:8080 unless given",
        ),
        args::option(
            "token-file",
            "FILE",
            lang,
            "令牌所在的文件；不写就看 CHARTER_TOKEN、CHARTER_TOKEN_FILE",
            "File with the token; CHARTER_TOKEN or CHARTER_TOKEN_FILE unless given",
        ),
        args::flag("json", lang, "输出服务给的 JSON", "Print the server's JSON"),
    ];
    command.args(all)
}

/// The token of the command line or the environment.
///
/// # Errors
/// Its file cannot be read.
pub fn token(found: &ArgMatches) -> Result<Option<String>, Failure> {
    let file = args::text(found, "token-file").map(str::to_owned).or_else(|| env("CHARTER_TOKEN_FILE"));
    match (env("CHARTER_TOKEN"), file) {
        (_, Some(file)) => Ok(Some(files::read_text(Path::new(&file))?.trim().to_owned())),
        (token, None) => Ok(token),
    }
}

/// Adds what every command that changes something has.
pub fn acting(command: Command, lang: Lang) -> Command {
    flags(command, lang)
        .arg(args::option(
            "key",
            "KEY",
            lang,
            "请求的编号：同一个再发一次，只办一次",
            "Key of the request: sent again with the same one, it is done once",
        ))
        .arg(args::option("role", "ROLE", lang, "以哪个角色办理", "In which role"))
        .arg(args::option(
            "at",
            "VERSION",
            lang,
            "只在第几版时办理",
            "Only while the case stands at this version",
        ))
        .arg(args::option("reason", "TEXT", lang, "理由", "Why"))
}

/// A request to be sent.
pub struct Ask {
    method: Method,
    path: String,
    body: Option<Json>,
}

impl Ask {
    /// Reads something.
    pub fn get(path: impl Into<String>) -> Ask {
        Ask { method: Method::GET, path: path.into(), body: None }
    }

    /// Sends something.
    pub fn post(path: impl Into<String>, body: Json) -> Ask {
        Ask { method: Method::POST, path: path.into(), body: Some(body) }
    }
}

/// What a server answered.
pub enum Answered {
    /// It did.
    Done(Json),
    /// A text: a picture, a source.
    Text(String),
    /// The rules, or the server, say no: the problem document with its status.
    Problem(u16, Json),
}

/// A server with who is asking.
pub struct Client {
    server: String,
    token: Option<String>,
    found: Sending,
    lang: Lang,
    json: bool,
}

#[derive(Default)]
struct Sending {
    key: Option<String>,
    role: Option<String>,
    at: Option<String>,
}

impl Client {
    /// As the command line and the environment say.
    ///
    /// # Errors
    /// The token's file cannot be read.
    pub fn new(found: &ArgMatches, talk: &Talk) -> Result<Client, Failure> {
        let server = args::text(found, "server").map(str::to_owned).or_else(|| env("CHARTER_SERVER"));
        let server = server.unwrap_or_else(|| SERVER.to_owned());
        let token = token(found)?;
        let own = |name: &str| {
            let known = found.try_contains_id(name).unwrap_or(false);
            known.then(|| args::text(found, name)).flatten().map(str::to_owned)
        };
        let found_here = Sending { key: own("key"), role: own("role"), at: own("at") };
        let server = server.trim_end_matches('/').to_owned();
        Ok(Client { server, token, found: found_here, lang: talk.lang, json: found.get_flag("json") })
    }

    /// Sends a request; prints its JSON when that is wanted, or hands it to `show`. A problem is told.
    ///
    /// # Errors
    /// The server cannot be reached.
    pub fn run(
        &self,
        ask: Ask,
        talk: &Talk,
        show: impl FnOnce(&Json, &Talk) -> String,
    ) -> Result<Exit, Failure> {
        match self.send(ask)? {
            Answered::Done(json) if self.json => talk.line(&json.to_string()),
            Answered::Done(json) => match show(&json, talk) {
                nothing if nothing.is_empty() => talk.remark(&words!("没有", "there is nothing")),
                text => talk.result(&text),
            },
            Answered::Text(text) => talk.result(&text),
            Answered::Problem(status, problem) => return Ok(self.told(status, &problem, talk)),
        }
        Ok(Exit::Fine)
    }

    /// Tells a problem.
    pub fn told(&self, status: u16, problem: &Json, talk: &Talk) -> Exit {
        if self.json {
            talk.line(&problem.to_string());
        } else {
            talk.result(&problem_text(problem, talk));
        }
        match status {
            401 | 403 => Exit::NotAllowed,
            412 => Exit::Conflict,
            429 | 500.. => Exit::Unreachable,
            _ => Exit::Found,
        }
    }

    /// Sends a request.
    ///
    /// # Errors
    /// The server cannot be reached, or what answers is none of ours.
    pub fn send(&self, ask: Ask) -> Result<Answered, Failure> {
        let threads = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let threads = threads.map_err(|error| self.unreachable(&error.to_string()))?;
        threads.block_on(self.sure(ask))
    }

    /// What changes something is sent with a key, so that it can be sent again when nobody knows what became of it: a lost
    /// answer, a server that closes or takes over. It is done once.
    async fn sure(&self, ask: Ask) -> Result<Answered, Failure> {
        let own = secret::random::<12>().map(|bytes| format!("cli-{}", secret::hex(&bytes)));
        let key = self.found.key.clone().or_else(|| own.ok().filter(|_| ask.method != Method::GET));
        let mut tries = 0;
        loop {
            tries += 1;
            let last = tries == TRIES || key.is_none() || ask.method == Method::GET;
            match self.exchange(&ask, key.as_deref()).await {
                Err(Lost::InDoubt(why)) if last => {
                    let failure = self.unreachable(&why);
                    let Some(key) = key.filter(|_| ask.method != Method::GET) else { return Err(failure) };
                    return Err(failure.advise(words!(
                        "不知道办了没有；原样再发一次，加上 --key {key}",
                        "nobody knows whether it was done; send the same again with --key {key}"
                    )));
                }
                Err(Lost::NeverThere(why)) => return Err(self.unreachable(&why)),
                Ok(Answered::Problem(_, problem)) if !last && is_passing(&problem) => {}
                Ok(answered) => return Ok(answered),
                Err(Lost::InDoubt(_)) => {}
            }
            upkeep::after(AGAIN).await;
        }
    }

    async fn exchange(&self, ask: &Ask, key: Option<&str>) -> Result<Answered, Lost> {
        // A second installation of the same provider changes nothing.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder().no_proxy().timeout(PATIENCE).build();
        let client = client.map_err(|error| Lost::NeverThere(error.to_string()))?;
        let mut request = client.request(ask.method.clone(), format!("{}{}", self.server, ask.path));
        request = request.header("accept-language", self.lang.pick("zh", "en"));
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        let Sending { role, at, .. } = &self.found;
        for (name, value) in [("idempotency-key", key), ("charter-role", role.as_deref())] {
            if let Some(value) = value {
                request = request.header(name, value);
            }
        }
        if let Some(version) = at {
            request = request.header("if-match", format!("\"{version}\""));
        }
        if let Some(body) = &ask.body {
            request = request.header("content-type", "application/json").body(body.to_string());
        }
        let lost = |error: reqwest::Error| match error.is_connect() || error.is_builder() {
            true => Lost::NeverThere(cause(&error)),
            false => Lost::InDoubt(cause(&error)),
        };
        let response = request.send().await.map_err(lost)?;
        let status = response.status().as_u16();
        let kind = response.headers().get("content-type").and_then(|v| v.to_str().ok()).unwrap_or_default();
        let is_json = kind.starts_with("application/json") || kind.starts_with("application/problem+json");
        let text = response.text().await.map_err(lost)?;
        if text.is_empty() {
            return Ok(Answered::Done(Json::Object(Map::new())));
        }
        if !is_json && status < 400 {
            return Ok(Answered::Text(text));
        }
        let json: Json = serde_json::from_str(&text).map_err(|_| Lost::NeverThere("no JSON".to_owned()))?;
        Ok(if status < 400 { Answered::Done(json) } else { Answered::Problem(status, json) })
    }

    fn unreachable(&self, why: &str) -> Failure {
        let server = &self.server;
        let failure =
            Failure::new(Exit::Unreachable, words!("连不上 {server}：{why}", "cannot reach {server}: {why}"));
        failure.advise(words!(
            "服务在运行吗？地址用 --server 或 CHARTER_SERVER 指定",
            "is the server running? --server or CHARTER_SERVER say where"
        ))
    }
}

/// Why there is no answer.
enum Lost {
    /// The server never got the request, or is none of ours.
    NeverThere(String),
    /// It may have got it.
    InDoubt(String),
}

/// Whether the same request sent again soon may be answered otherwise.
fn is_passing(problem: &Json) -> bool {
    let passing = [codes::OUTCOME_UNKNOWN, codes::ELSEWHERE, codes::CLOSING, codes::CONTENDED];
    passing.iter().any(|code| problem["code"] == *code)
}

/// The innermost cause: what the network said.
pub fn cause(error: &reqwest::Error) -> String {
    let mut innermost: &dyn std::error::Error = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}

/// A problem as people read it: what happened, what is possible instead.
fn problem_text(problem: &Json, talk: &Talk) -> String {
    let text = |key: &str| problem[key].as_str().unwrap_or_default();
    let refused = talk.lang.pick("没有办理", "refused");
    let mut out = format!("{}: {}", talk.red(&format!("{refused}[{}]", text("code"))), text("title"));
    if !text("detail").is_empty() {
        out.push_str(
            &format!("（{}）", text("detail"))
                .replace('（', talk.lang.pick("（", " ("))
                .replace('）', talk.lang.pick("）", ")")),
        );
    }
    out.push('\n');
    for found in problem["findings"].as_array().into_iter().flatten() {
        let message = said(&found["message"], talk.lang);
        let (code, place) = (found["code"].as_str().unwrap_or_default(), &found["place"]);
        out.push_str(&format!("  {}:{} {code} {message}\n", place["line"], place["column"]));
    }
    out.push_str(&possible_text(&problem["possible"], talk));
    out
}

/// What can be done instead: by the one who asked first, by others behind.
fn possible_text(possible: &Json, talk: &Talk) -> String {
    let all = || possible.as_array().into_iter().flatten();
    let yours = all().filter(|one| one["yours"] == true);
    let others = all().filter(|one| one["yours"] != true);
    let heads = [("  您现在可以：", "  you may now: "), ("  别人可以：", "  others may: ")];
    let lists = [listed(yours, talk), listed(others, talk)];
    let lines = heads.iter().zip(lists).filter(|(_, list)| !list.is_empty());
    lines.map(|((zh, en), list)| format!("{}{list}\n", talk.lang.pick(zh, en))).collect()
}

fn listed<'j>(possible: impl Iterator<Item = &'j Json>, talk: &Talk) -> String {
    let possible: Vec<String> = possible
        .map(|one| {
            let by = one["by"].as_array().into_iter().flatten().map(|role| said(&role["title"], talk.lang));
            let by: Vec<String> = by.collect();
            let (run, event) =
                (one["run"].as_str().unwrap_or_default(), one["event"].as_str().unwrap_or_default());
            let run = if run.is_empty() { String::new() } else { format!("{run} ") };
            format!("{run}{event}（{}）", by.join("、"))
        })
        .collect();
    let all = possible.join("、");
    match talk.lang {
        Lang::Zh => all,
        Lang::En => all.replace('（', " (").replace('）', ")").replace('、', ", "),
    }
}

/// Words of an answer in a language.
pub fn said(title: &Json, lang: Lang) -> String {
    title[lang.pick("zh", "en")].as_str().unwrap_or_default().to_owned()
}

/// A name as part of an address.
pub fn in_path(name: &str) -> String {
    let one = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    };
    name.bytes().map(one).collect()
}

/// `?a=1&b=2` of what is given.
pub fn query(pairs: &[(&str, Option<&str>)]) -> String {
    let given =
        pairs.iter().filter_map(|(name, value)| value.map(|value| format!("{name}={}", in_path(value))));
    let all: Vec<String> = given.collect();
    if all.is_empty() { String::new() } else { format!("?{}", all.join("&")) }
}

/// `--set name=value`: a text, a number as written, or JSON where it begins like it.
///
/// # Errors
/// There is no `=`, or the JSON is none.
pub fn data(found: &ArgMatches) -> Result<Map<String, Json>, Failure> {
    let mut data = Map::new();
    for pair in args::texts(found, "set") {
        let Some((name, value)) = pair.split_once('=') else {
            return Err(Failure::usage(words!(
                "--set 要写成 名=值，得到的是“{pair}”",
                "--set wants NAME=VALUE, not `{pair}`"
            )));
        };
        let looks = matches!(value, "true" | "false" | "null") || value.starts_with(['[', '{', '"']);
        let value = match looks {
            false => Json::from(value),
            true => serde_json::from_str(value).map_err(|error| {
                Failure::usage(words!(
                    "--set {name} 不是正确的 JSON：{error}",
                    "--set {name} is no correct JSON: {error}"
                ))
            })?,
        };
        data.insert(name.to_owned(), value);
    }
    Ok(data)
}

/// The option `--set`.
pub fn set(lang: Lang) -> Arg {
    args::option(
        "set",
        "NAME=VALUE",
        lang,
        "一项内容，可写多次；true、false、[…]、{…} 按 JSON 读",
        "A value; may be given several times; true, false, […], {…} are read as JSON",
    )
    .action(clap::ArgAction::Append)
}

/// What came of a command: `FD-2026-… → published    next 2026-12-01T00:00:00+08:00`.
pub fn done(answer: &Json, talk: &Talk) -> String {
    let titles = answer["states"].as_array().into_iter().flatten();
    let states: Vec<String> = titles
        .map(|s| format!("{} ({})", said(&s["title"], talk.lang), s["name"].as_str().unwrap_or_default()))
        .collect();
    let case = answer["case"].as_str().unwrap_or_default();
    let again = if answer["repeated"] == Json::Bool(true) {
        talk.lang.pick("    （以前办过，这是当时的结果）", "    (done before: this is the answer it got)")
    } else {
        ""
    };
    let next =
        answer["next_due"].as_str().map(|at| format!("    {} {at}", talk.lang.pick("下一时刻", "next")));
    format!("{case}   {}{}{again}\n", states.join(", "), next.unwrap_or_default())
}

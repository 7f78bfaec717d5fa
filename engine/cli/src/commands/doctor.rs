//! `charter doctor`: looks at everything a server needs; each line ok, warn or fail, with the cure.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use clap::{ArgMatches, Command};
use jiff::Timestamp;
use language::words;
use language::words::{Lang, Words};
use runtime::clocks::HostClock;
use serde_json::json;

use crate::args;
use crate::assemble::{address, register};
use crate::calendars::Calendars;
use crate::exit::{Exit, Failure, Outcome};
use crate::serving::{letters, rules, shown};
use crate::settings::{self, Settings};
use crate::talk::Talk;

/// A clock further from the database's than this is wrong.
const CLOCK_MAX: i64 = 5;
/// How long a mail server may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);

pub fn command(lang: Lang) -> Command {
    let command = args::command(
        "doctor",
        lang,
        "检查服务需要的一切，每行给出办法",
        "Look at everything a server needs, with the cure in each line",
    )
    .arg(args::flag("json", lang, "输出 JSON", "Print JSON"));
    settings::flags(command, lang)
}

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Mark {
    Ok,
    Warn,
    Fail,
}

impl Mark {
    fn name(self) -> &'static str {
        match self {
            Mark::Ok => "ok",
            Mark::Warn => "warn",
            Mark::Fail => "fail",
        }
    }
}

/// One line.
struct Line {
    mark: Mark,
    about: Words,
    cure: Option<Words>,
}

fn line(mark: Mark, about: Words) -> Line {
    Line { mark, about, cure: None }
}

impl Line {
    fn cure(mut self, cure: Words) -> Line {
        self.cure = Some(cure);
        self
    }
}

pub fn run(found: &ArgMatches, talk: &Talk) -> Outcome {
    let settings = Settings::read(found)?;
    let threads = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| {
        Failure::new(Exit::Unreachable, words!("不能启动线程：{error}", "cannot start threads: {error}"))
    })?;
    let mut lines = threads.block_on(database(&settings));
    lines.push(calendar(&settings));
    lines.push(accounts(&settings));
    lines.extend(folder(&settings.data()));
    lines.push(templates(&settings));
    lines.extend(threads.block_on(mail(&settings)));
    let worst = lines.iter().map(|line| line.mark).max().unwrap_or(Mark::Ok);
    for line in &lines {
        talk.line(&told(line, found.get_flag("json"), talk));
    }
    Ok(Exit::found(worst == Mark::Fail))
}

fn told(line: &Line, as_json: bool, talk: &Talk) -> String {
    let cure = line.cure.as_ref();
    if as_json {
        let words = |words: &Words| json!({ "zh": words.zh, "en": words.en });
        return json!({ "mark": line.mark.name(), "about": words(&line.about), "cure": cure.map(words) })
            .to_string();
    }
    let mark = format!("{:>5}", line.mark.name());
    let mark = match line.mark {
        Mark::Ok => talk.green(&mark),
        Mark::Warn => talk.bold(&mark),
        Mark::Fail => talk.red(&mark),
    };
    let cure = cure.map(|cure| format!(" → {}", cure.get(talk.lang))).unwrap_or_default();
    format!("{mark}  {}{cure}", line.about.get(talk.lang))
}

async fn database(settings: &Settings) -> Vec<Line> {
    let shown = shown(&settings.database());
    let Ok(at) = address(settings) else {
        let cure = words!(
            "写成 sqlite:文件 或 postgres://用户@主机/库",
            "write sqlite:FILE or postgres://USER@HOST/DATABASE"
        );
        return vec![
            line(
                Mark::Fail,
                words!("数据库地址 {shown} 读不懂", "the database's address {shown} cannot be read"),
            )
            .cure(cure),
        ];
    };
    if let store::Address::Sqlite(path) = &at
        && !Path::new(path).exists()
    {
        let cure = words!("第一次 charter serve 会建", "the first charter serve makes it");
        return vec![
            line(Mark::Warn, words!("还没有数据库 {shown}", "there is no database {shown} yet")).cure(cure),
        ];
    }
    let clock = Arc::new(HostClock);
    let pending = match store::pending(&at, clock.clone()).await {
        Ok(pending) => pending,
        Err(fault) => {
            let detail = &fault.detail;
            let cure =
                words!("看它是否在运行、地址和权限对不对", "see whether it runs, and its address and rights");
            return vec![
                line(
                    Mark::Fail,
                    words!(
                        "数据库 {shown} 用不了：{detail}",
                        "the database {shown} cannot be used: {detail}"
                    ),
                )
                .cure(cure),
            ];
        }
    };
    if !pending.is_empty() {
        let count = pending.len();
        return vec![
            line(
                Mark::Fail,
                words!("数据库 {shown} 差 {count} 步升级", "the database {shown} lacks {count} migrations"),
            )
            .cure(words!("charter migrate", "charter migrate")),
        ];
    }
    opened(&at, &shown, clock).await
}

/// A database whose tables are up to date: whether it opens, and what time it is there.
async fn opened(at: &store::Address, shown: &str, clock: Arc<HostClock>) -> Vec<Line> {
    let mut lines = vec![line(
        Mark::Ok,
        words!("数据库 {shown}，表是最新的", "database {shown}, its tables are up to date"),
    )];
    match store::open(at, clock, 2).await {
        Ok(store) => lines.push(match store.now().await {
            Ok(now) => clocks(now),
            Err(fault) => line(
                Mark::Fail,
                words!("问不到数据库的时间：{fault}", "the database does not tell the time: {fault}"),
            ),
        }),
        Err(fault) => lines.push(line(
            Mark::Fail,
            words!("数据库打不开：{fault}", "the database cannot be opened: {fault}"),
        )),
    }
    lines.extend(whole(at).await);
    lines
}

/// Whether the whole file is sound: a start after an unclean end looks only at what that end may have torn.
async fn whole(at: &store::Address) -> Option<Line> {
    let store::Address::Sqlite(_) = at else { return None };
    let restore =
        words!("从备份恢复，再运行 charter audit verify", "restore a backup, then run charter audit verify");
    Some(match store::damage(at).await {
        Ok(wrong) if wrong.is_empty() => {
            line(Mark::Ok, words!("数据库文件逐页查过，完好", "every page of the database file is sound"))
        }
        Ok(wrong) => {
            let what = wrong.join("; ");
            line(Mark::Fail, words!("数据库文件损坏：{what}", "the database file is damaged: {what}"))
                .cure(restore)
        }
        Err(fault) => line(
            Mark::Fail,
            words!("数据库文件查不了：{fault}", "the database file cannot be checked: {fault}"),
        )
        .cure(restore),
    })
}

fn clocks(store: Timestamp) -> Line {
    let apart = store.duration_since(Timestamp::now()).abs().as_secs();
    if apart <= CLOCK_MAX {
        return line(Mark::Ok, words!("时钟和数据库一致", "the clock agrees with the database's"));
    }
    let cure = words!("用 NTP 对时", "set it by NTP");
    line(
        Mark::Fail,
        words!("时钟和数据库相差 {apart} 秒", "the clock is {apart} seconds from the database's"),
    )
    .cure(cure)
}

fn calendar(settings: &Settings) -> Line {
    let mut calendars = Calendars::default();
    let given = settings.given("workflows").map(Path::new);
    let calendar = given.and_then(|folder| calendars.find(folder, "cn")).unwrap_or_else(|| calendars.own());
    let today = calendar.zone().to_datetime(Timestamp::now()).date();
    let last = (today.year()..today.year() + 20).take_while(|year| calendar.published(*year)).last();
    let cure = words!(
        "放假安排公布后，把新的一年放进 workflows/calendars/cn/",
        "put the new year into workflows/calendars/cn/ once its notice is published"
    );
    match last {
        None => {
            let year = today.year();
            line(
                Mark::Fail,
                words!(
                    "节假日表没有 {year} 年：工作日时限都是暂定的",
                    "the calendar lacks {year}: deadlines in working days are provisional"
                ),
            )
            .cure(cure)
        }
        Some(year) => {
            let end = jiff::civil::date(year, 12, 31);
            let left = today.until(end).map(|span| span.get_days()).unwrap_or(0);
            let about = words!(
                "节假日表到 {end}，还有 {left} 天",
                "the calendar reaches {end}, {left} days from now"
            );
            if left < 60 { line(Mark::Warn, about).cure(cure) } else { line(Mark::Ok, about) }
        }
    }
}

fn accounts(settings: &Settings) -> Line {
    let shown = settings.accounts().display().to_string();
    match register(settings) {
        Err(failure) => line(Mark::Fail, failure.words),
        Ok(register) if register.accounts.is_empty() => {
            let cure = words!(
                "charter account add 名字 --role administrator",
                "charter account add NAME --role administrator"
            );
            line(Mark::Warn, words!("没有账号（{shown}）", "there is no account ({shown})")).cure(cure)
        }
        Ok(register) => {
            let (people, tokens) = (register.accounts.len(), register.tokens.len());
            let lost: BTreeSet<&str> = register
                .tokens
                .values()
                .map(|token| &*token.account)
                .filter(|id| register.open_account(id).is_none())
                .collect();
            if !lost.is_empty() {
                let lost = lost.into_iter().collect::<Vec<_>>().join(", ");
                let cure = words!("从文件里删掉", "take them out of the file");
                return line(
                    Mark::Warn,
                    words!(
                        "有令牌属于没有或停用的账号：{lost}",
                        "tokens belong to accounts that are not there or closed: {lost}"
                    ),
                )
                .cure(cure);
            }
            line(Mark::Ok, words!("{people} 个账号，{tokens} 个令牌", "{people} accounts, {tokens} tokens"))
        }
    }
}

/// The folder of the data: writable, and its secrets readable by nobody else.
fn folder(data: &Path) -> Vec<Line> {
    let shown = data.display();
    if !data.exists() {
        return vec![line(
            Mark::Warn,
            words!("还没有数据文件夹 {shown}", "there is no data folder {shown} yet"),
        )];
    }
    let probe = data.join(format!(".doctor.{}", std::process::id()));
    // Written and read back: a full disk shows here.
    let written = std::fs::write(&probe, [0_u8; 65_536]).and_then(|()| std::fs::read(&probe));
    // Ours, and empty of meaning; if it cannot be removed the next look says why.
    let _ = std::fs::remove_file(&probe);
    let mut lines = vec![match written {
        Ok(_) => line(Mark::Ok, words!("数据文件夹 {shown} 可写", "the data folder {shown} can be written")),
        Err(error) => line(
            Mark::Fail,
            words!(
                "数据文件夹 {shown} 写不了：{error}",
                "the data folder {shown} cannot be written: {error}"
            ),
        )
        .cure(words!("腾出空间，或改权限", "make room, or change its rights")),
    }];
    for name in ["session.key", "accounts.yaml"] {
        lines.extend(open_to_others(&data.join(name)));
    }
    lines
}

#[cfg(unix)]
fn open_to_others(path: &Path) -> Option<Line> {
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::metadata(path).ok()?.permissions().mode() & 0o777;
    let shown = path.display();
    (mode & 0o077 != 0).then(|| {
        line(Mark::Warn, words!("{shown} 别人也能读（{mode:o}）", "{shown} can be read by others ({mode:o})"))
            .cure(words!("chmod 600 {shown}", "chmod 600 {shown}"))
    })
}

#[cfg(not(unix))]
fn open_to_others(_: &Path) -> Option<Line> {
    None
}

fn templates(settings: &Settings) -> Line {
    let calendar = Calendars::default().own();
    match letters::templates(settings, calendar.zone()) {
        Ok(templates) => {
            let count = templates.notices().len();
            line(Mark::Ok, words!("{count} 种通知的模板可用", "templates of {count} notices can be used"))
        }
        Err(failure) => line(Mark::Fail, failure.words),
    }
}

/// Connectors: their settings, and whether mail servers answer.
async fn mail(settings: &Settings) -> Vec<Line> {
    let world = connectors::registry::World { clock: Arc::new(HostClock), clerk: None, checkpoint: None };
    let mut lines = match rules::connectors(settings, &world) {
        Ok(opened) => {
            let names: Vec<&str> = opened.iter().map(|connector| connector.name()).collect();
            let names = names.join(", ");
            vec![line(Mark::Ok, words!("通道：{names}", "connectors: {names}"))]
        }
        Err(failure) => return vec![line(Mark::Fail, failure.words)],
    };
    for (name, written) in
        settings.connectors.iter().filter(|(_, w)| w.get("kind").is_some_and(|k| k == "smtp"))
    {
        let host = written.get("host").map(String::as_str).unwrap_or_default();
        let port = written.get("port").map(String::as_str).unwrap_or("587");
        let reach =
            tokio::time::timeout(PATIENCE, tokio::net::TcpStream::connect(format!("{host}:{port}"))).await;
        lines.push(match reach {
            Ok(Ok(_)) => line(
                Mark::Ok,
                words!(
                    "{name}：邮件服务器 {host}:{port} 有应答",
                    "{name}: the mail server {host}:{port} answers"
                ),
            ),
            _ => line(
                Mark::Fail,
                words!(
                    "{name}：连不上邮件服务器 {host}:{port}",
                    "{name}: the mail server {host}:{port} cannot be reached"
                ),
            )
            .cure(words!("看地址、端口和防火墙", "see address, port and firewall")),
        });
    }
    lines
}

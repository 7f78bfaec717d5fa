//! `charter chaos`: programs at work are killed, frozen, drained and cut off; then a judge reads what is left.

mod http;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use chaos::blows::{Blow, Means};
use chaos::crowd::{Call, Crowd, until};
use chaos::dice::Dice;
use chaos::judge::{Judgement, judge};
use chaos::load::{Kind, Load};
use chaos::proxy::{Proxy, target};
use chaos::server::Server;
use chaos::storm::{Restart, Seen, Storm};
use chaos::tracer::Tracer;
use clap::{Arg, ArgMatches, Command};
use language::words;
use language::words::Lang;
use ports::fault::Retry;
use store::Address;

use crate::args;
use crate::database;
use crate::exit::{Exit, Failure, Outcome};
use crate::faults;
use crate::talk::Talk;

/// One COMMIT in so many is cut while the line is being cut.
const CUT_EVERY: u64 = 20;
/// The most that is waited between two blows, beyond answers.
const PAUSE: Duration = Duration::from_millis(1_500);
/// So many claims a second are far too few: then something stands still.
const CLAIMS_SLOWEST: u64 = 20;

pub fn command(lang: Lang) -> Command {
    args::command("chaos", lang, "反复杀死正在办件的程序，再核对什么都没丢", "Kill programs at work, and check that nothing is lost")
        .arg(database::option(lang))
        .arg(args::flag("own-postgres", lang, "用一个自带的、临时的 PostgreSQL", "Over a PostgreSQL of its own, gone afterwards"))
        .arg(args::option("fault", "NAME,…", lang, "只来这几种打击，名字见 --list", "Only these blows; --list names them"))
        .arg(args::flag("list", lang, "列出各种打击，以及在这里能不能来", "List the blows, and whether they can be struck here"))
        .arg(args::option("seconds", "N", lang, "折腾多少秒，默认 20", "How long; 20 unless given"))
        .arg(args::option("seed", "N", lang, "同样的数，同样的安排，默认 1", "The same number plans the same; 1 unless given"))
        .arg(args::option("banks", "N", lang, "多少家银行，默认 75", "How many banks; 75 unless given"))
        .arg(args::option("claims", "N", lang, "不杀程序，只让两个程序抢着接单这么多次", "No blows: two programs fight over this many claims"))
        .arg(args::flag("http", lang, "与 --claims 同用：经两个真正的 serve 办理，中途杀掉一个", "With --claims: through two real servers, one killed half-way").requires("claims"))
        .arg(args::option("restart", "COMMAND", lang, "怎样重启数据库；写了就在办件时重启", "How the database is started again; given, it is, under load"))
        .arg(args::option("beside", "PROGRAM", lang, "第二个程序用这个（旧）版本", "The second node is this, older, program"))
        .arg(args::option("keep", "FOLDER", lang, "把各程序的记录留在这个空文件夹里", "Keep what every program wrote down in this empty folder"))
        .arg(Arg::new("load").long("load").hide(true))
        .after_help(lang.pick(
            "请用空的数据库。不写 --database 就用临时文件夹里的 SQLite。PostgreSQL 上有两个程序同时办件，还会被冻住到租约过期以后，与数据库的线路会在提交前后被剪断。",
            "Use an empty database. Without --database a SQLite file in a temporary folder. On PostgreSQL two programs work at once; they are frozen past their leases, too, and their lines are cut before and after a COMMIT.",
        ))
}

pub fn run(found: &ArgMatches, talk: &Talk) -> Outcome {
    if let Some(load) = args::text(found, "load") {
        return work(load);
    }
    let number = |name, otherwise| {
        let given = args::number(found, name)?.unwrap_or(otherwise);
        Ok::<u64, Failure>(given as u64)
    };
    let own = tempfile::tempdir().map_err(nowhere_to_write)?;
    let folder = match args::text(found, "keep") {
        Some(kept) => empty(Path::new(kept))?,
        None => own.path().to_owned(),
    };
    let server = if found.get_flag("own-postgres") { Some(own_server()?) } else { None };
    let asked = match &server {
        Some(server) => Some(Address::Postgres(server.url())),
        None => database::asked(found)?,
    };
    let address = asked.unwrap_or_else(|| Address::Sqlite(own.path().join("chaos.db").display().to_string()));
    let run = Run {
        server,
        database: text_of(&address)?,
        address,
        folder,
        banks: number("banks", 75)?.max(4),
        beside: args::text(found, "beside").map(PathBuf::from),
        seed: number("seed", 1)?,
        seconds: number("seconds", 20)?,
    };
    if found.get_flag("list") {
        return run.list(args::text(found, "restart").is_some(), talk);
    }
    let blows = run.blows(args::text(found, "fault"), args::text(found, "restart").is_some())?;
    let seed = run.seed;
    talk.words(&words!("种子 {seed}", "seed {seed}"));
    run.prepare()?;
    match args::number(found, "claims")? {
        Some(claims) if found.get_flag("http") => run.fight_over_http(claims as u64, talk),
        Some(claims) => run.fight(claims as u64, talk),
        None => run.storm(blows, args::text(found, "restart"), talk),
    }
}

/// What one of the programs does.
fn work(load: &str) -> Outcome {
    let load: Load = load.parse().map_err(|fault| faults::failure(&fault))?;
    database::wait_for(async {
        load.run().await.map(|()| Exit::Fine).map_err(|fault| {
            let again = fault.retry == Retry::Restart;
            let failure = faults::failure(&fault);
            if again { Failure { exit: Exit::Again, ..failure } } else { failure }
        })
    })
}

fn nowhere_to_write(error: std::io::Error) -> Failure {
    Failure::new(Exit::Unreachable, words!("这里做不下去：{error}", "it cannot go on here: {error}"))
}

fn empty(folder: &Path) -> Result<PathBuf, Failure> {
    std::fs::create_dir_all(folder).map_err(nowhere_to_write)?;
    let mut inside = std::fs::read_dir(folder).map_err(nowhere_to_write)?;
    let shown = folder.display();
    match inside.next() {
        None => Ok(folder.to_owned()),
        Some(_) => Err(Failure::usage(words!("{shown} 不是空的", "{shown} is not empty"))),
    }
}

fn text_of(address: &Address) -> Result<String, Failure> {
    match address {
        Address::Postgres(url) => Ok(url.clone()),
        Address::Sqlite(path) => Ok(format!("sqlite:{path}")),
        Address::Memory => Err(Failure::usage(words!(
            "内存里的数据随程序而去，没有什么可核对",
            "memory goes with the program: there is nothing to check"
        ))),
    }
}

fn own_server() -> Result<Arc<Server>, Failure> {
    let started = Server::start().map_err(nowhere_to_write)?;
    started.map(Arc::new).ok_or_else(|| {
        Failure::new(Exit::Unreachable, words!("这里没有安装 PostgreSQL", "PostgreSQL is not installed here"))
    })
}

/// Programs are this one, called with what they have to do; the second may be another.
fn call(beside: Option<PathBuf>) -> Call {
    Box::new(move |load| {
        let other = beside.clone().filter(|_| load.name == "n1");
        let program = other.map_or_else(std::env::current_exe, Ok)?;
        let mut command = std::process::Command::new(program);
        command.args(["chaos", "--load", &load.to_string()]);
        Ok(command)
    })
}

struct Run {
    server: Option<Arc<Server>>,
    database: String,
    address: Address,
    folder: PathBuf,
    banks: u64,
    beside: Option<PathBuf>,
    seed: u64,
    seconds: u64,
}

impl Run {
    /// Makes the tables; refuses a database in which somebody works.
    fn prepare(&self) -> Result<(), Failure> {
        let clock = || std::sync::Arc::new(runtime::clocks::HostClock);
        let cases = database::wait_for(async {
            let failed = |fault| faults::failure(&fault);
            store::migrate(&self.address, clock()).await.map_err(failed)?;
            let store = store::open(&self.address, clock(), 2).await.map_err(failed)?;
            store
                .cases(ports::query::CaseFilter::default(), ports::query::Page::first(1))
                .await
                .map_err(failed)
        })?;
        if cases.is_empty() {
            return Ok(());
        }
        Err(Failure::usage(words!(
            "数据库里有件：请用空的数据库，这里会留下几千件假的",
            "there are cases in the database: use an empty one, for this leaves thousands of false ones"
        )))
    }

    fn crowd(&self, database: &str) -> Crowd {
        Crowd::new(call(self.beside.clone()), &self.folder, database, self.banks, self.seed)
    }

    fn means(&self, restart: bool) -> Means {
        let shared = matches!(self.address, Address::Postgres(_));
        Means {
            shared,
            proxy: shared && target(&self.database).is_some(),
            server: self.server.is_some(),
            restart,
            tracer: Tracer::works(),
        }
    }

    /// What there is, and what stands in the way of the rest.
    fn list(&self, restart: bool, talk: &Talk) -> Outcome {
        let means = self.means(restart);
        for blow in Blow::ALL {
            let (name, what) = (blow.name(), blow.words());
            let (zh, en) = (what.get(Lang::Zh), what.get(Lang::En));
            talk.words(&match blow.lacks(means) {
                None => words!("{name:<12} {zh}", "{name:<12} {en}"),
                Some(lacks) => {
                    let (why, because) = (lacks.get(Lang::Zh), lacks.get(Lang::En));
                    words!("{name:<12} {zh}〔这里不行：{why}〕", "{name:<12} {en} [not here: {because}]")
                }
            });
        }
        Ok(Exit::Fine)
    }

    /// The blows that were asked for; all that can be struck here when none were.
    fn blows(&self, asked: Option<&str>, restart: bool) -> Result<Vec<Blow>, Failure> {
        let means = self.means(restart);
        let Some(asked) = asked else {
            return Ok(Blow::ALL.into_iter().filter(|blow| blow.lacks(means).is_none()).collect());
        };
        asked.split([',', '，']).map(str::trim).map(|name| possible(name, means)).collect()
    }

    fn storm(self, blows: Vec<Blow>, restart: Option<&str>, talk: &Talk) -> Outcome {
        let nodes = if matches!(self.address, Address::Postgres(_)) { 2 } else { 1 };
        let target = target(&self.database).filter(|_| nodes > 1);
        let proxy = |node: u64, target: &str| Proxy::before(target, CUT_EVERY, self.seed ^ node);
        let proxies = target.iter().flat_map(|target| (0..nodes).map(move |node| proxy(node, target)));
        let proxies = proxies.collect::<Result<Vec<_>, _>>().map_err(nowhere_to_write)?;
        let mut crowd = self.crowd(&self.database);
        crowd.ways = proxies.iter().filter_map(|proxy| proxy.address(&self.database)).collect();
        let storm = Storm {
            crowd,
            nodes: if nodes > 1 { 2 } else { 1 },
            blows,
            restart: restart.map(restarting),
            proxies,
            server: self.server.clone(),
            file: match &self.address {
                Address::Sqlite(path) => std::fs::canonicalize(path).ok(),
                _ => None,
            },
            straight: self.database.clone(),
            long: Duration::from_secs(self.seconds),
            pause: PAUSE,
            dice: Dice(self.seed),
            releases: 0,
        };
        let seen = storm.rage().map_err(nowhere_to_write)?;
        self.verdict(&seen, talk)
    }

    /// Two programs and the same cases, no blows: only the tables stand between them.
    fn fight(self, claims: u64, talk: &Talk) -> Outcome {
        let nodes = if matches!(self.address, Address::Postgres(_)) { 2 } else { 1 };
        let mut crowd = self.crowd(&self.database);
        let mut seen = Seen::default();
        let start = |number| crowd.start(number, Kind::Claims(claims.div_ceil(nodes as u64)));
        let mut working = (0..nodes).map(start).collect::<Result<Vec<_>, _>>().map_err(nowhere_to_write)?;
        let long = Duration::from_secs(60 + claims / CLAIMS_SLOWEST);
        for program in &mut working {
            let ended = until(long, || program.ended());
            if !ended.is_some_and(|status| status.success()) {
                let said = program.said();
                seen.breaches.push(words!("没有做完：{said}", "it was not finished: {said}"));
            }
        }
        drop(working);
        let mut last = crowd.start(nodes, Kind::Quiet).map_err(nowhere_to_write)?;
        if !last.end_within(long).is_some_and(|status| status.success()) {
            let said = last.said();
            seen.breaches.push(words!("没能静下来：{said}", "it did not come to rest: {said}"));
        }
        self.verdict(&seen, talk)
    }

    /// The same through the front door: real servers, and one of them is killed half-way.
    fn fight_over_http(self, claims: u64, talk: &Talk) -> Outcome {
        let nodes = if matches!(self.address, Address::Postgres(_)) { 2 } else { 1 };
        let mut front = http::Front::open(&self.address, &self.database, &self.folder, self.banks, nodes)?;
        let began = std::time::Instant::now();
        let kills = front.fight(claims, self.banks, self.seed)?;
        let took = began.elapsed().as_secs();
        drop(front);
        talk.words(&words!(
            "经 {nodes} 个服务，{took} 秒，中途杀掉 {kills} 次",
            "through {nodes} servers in {took} s, {kills} of them killed half-way"
        ));
        self.verdict(&Seen::default(), talk)
    }

    fn verdict(&self, seen: &Seen, talk: &Talk) -> Outcome {
        let verdict = database::wait_for(async {
            judge(&self.address, &self.folder).await.map_err(|fault| faults::failure(&fault))
        })?;
        seen.lines().iter().for_each(|words| talk.words(words));
        verdict.lines().iter().for_each(|words| talk.words(words));
        Ok(Exit::found(!holds(seen, &verdict, talk)))
    }
}

fn holds(seen: &Seen, verdict: &Judgement, talk: &Talk) -> bool {
    let breaches = seen.breaches.len() + verdict.breaches.len();
    if breaches > 0 {
        talk.line(&talk.red(words!("共 {breaches} 处不对", "{breaches} breaches").get(talk.lang)));
        return false;
    }
    if !verdict.proves(seen) {
        let words = words!("回答得太少，说明不了什么", "too few answers: this run proves nothing");
        talk.line(&talk.red(words.get(talk.lang)));
        return false;
    }
    talk.words(&words!(
        "都对：没有丢，没有重，没有第四家，到期不早不重，链都完好",
        "all held: nothing lost, nothing twice, never a fourth bank, no deadline early or twice, every chain whole"
    ));
    true
}

/// A blow by its name, if it can be struck here.
fn possible(name: &str, means: Means) -> Result<Blow, Failure> {
    let Some(blow) = Blow::named(name) else {
        let all = Blow::ALL.map(Blow::name).join(", ");
        return Err(Failure::usage(words!(
            "没有叫“{name}”的打击：有 {all}",
            "there is no blow `{name}`: there are {all}"
        )));
    };
    match blow.lacks(means) {
        None => Ok(blow),
        Some(lacks) => {
            let (zh, en) = (lacks.get(Lang::Zh), lacks.get(Lang::En));
            Err(Failure::usage(words!("{name} 在这里不行：{zh}", "{name} is not possible here: {en}")))
        }
    }
}

fn restarting(command: &str) -> Restart {
    let command = command.to_owned();
    Box::new(move || {
        let status = std::process::Command::new("sh").args(["-c", &command]).status()?;
        match status.success() {
            true => Ok(()),
            false => Err(std::io::Error::other(format!("`{command}`: {status}"))),
        }
    })
}

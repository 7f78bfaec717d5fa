//! `charter chaos`: programs at work are killed, frozen, drained and cut off; then a judge reads what is left.

use std::path::{Path, PathBuf};
use std::time::Duration;

use chaos::crowd::{Call, Crowd, until};
use chaos::dice::Dice;
use chaos::judge::{Judgement, judge};
use chaos::load::{Kind, Load};
use chaos::proxy::{Proxy, target};
use chaos::storm::{Blow, Restart, Seen, Storm};
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
        .arg(args::option("seconds", "N", lang, "折腾多少秒，默认 20", "How long; 20 unless given"))
        .arg(args::option("seed", "N", lang, "同样的数，同样的安排，默认 1", "The same number plans the same; 1 unless given"))
        .arg(args::option("banks", "N", lang, "多少家银行，默认 75", "How many banks; 75 unless given"))
        .arg(args::option("claims", "N", lang, "不杀程序，只让两个程序抢着接单这么多次", "No blows: two programs fight over this many claims"))
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
    let asked = database::asked(found)?;
    let address = asked.unwrap_or_else(|| Address::Sqlite(own.path().join("chaos.db").display().to_string()));
    let run = Run {
        database: text_of(&address)?,
        address,
        folder,
        banks: number("banks", 75)?.max(4),
        beside: args::text(found, "beside").map(PathBuf::from),
        seed: number("seed", 1)?,
        seconds: number("seconds", 20)?,
    };
    let seed = run.seed;
    talk.words(&words!("种子 {seed}", "seed {seed}"));
    run.prepare()?;
    match args::number(found, "claims")? {
        Some(claims) => run.fight(claims as u64, talk),
        None => run.storm(args::text(found, "restart"), talk),
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

    fn storm(self, restart: Option<&str>, talk: &Talk) -> Outcome {
        let postgres = matches!(self.address, Address::Postgres(_));
        let proxy = postgres.then(|| target(&self.database)).flatten();
        let proxy = proxy.map(|target| Proxy::before(&target, CUT_EVERY, self.seed)).transpose();
        let proxy = proxy.map_err(nowhere_to_write)?;
        let by_way = proxy.as_ref().and_then(|proxy| proxy.address(&self.database));
        let mut blows = vec![Blow::Kill, Blow::Drain];
        if postgres {
            blows.extend([Blow::TakeOver, Blow::Freeze]);
        }
        if by_way.is_some() {
            blows.push(Blow::Cut);
        }
        if restart.is_some() {
            blows.push(Blow::Restart);
        }
        let storm = Storm {
            crowd: self.crowd(by_way.as_deref().unwrap_or(&self.database)),
            nodes: if postgres { 2 } else { 1 },
            blows,
            restart: restart.map(restarting),
            proxy,
            straight: self.database.clone(),
            long: Duration::from_secs(self.seconds),
            pause: PAUSE,
            dice: Dice(self.seed),
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
    if !verdict.proves(seen.count()) {
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

//! `charter replay`: the city driven through the durable engine in virtual time, every event and timer stored.

use std::io::{IsTerminal, Write};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use city::City;
use city::days::{LAST, Moment, date_of, number_of};
use city::scale::Scale;
use city::script;
use clap::{ArgMatches, Command};
use language::words;
use language::words::Lang;
use replay::clock::VirtualClock;
use replay::drive::{self, Broken, Orders, Progress};
use replay::report::{Pace, grouped, page, statistics};
use replay::tally::{self, Tally};
use settle::Settled;

use crate::args;
use crate::database;
use crate::engine_room;
use crate::exit::{Exit, Failure, Outcome};
use crate::talk::Talk;

mod by_hand;
mod live;
mod settlement;

pub fn command(lang: Lang) -> Command {
    args::command(
        "replay",
        lang,
        "把整座城市在虚拟时间里重放一遍，每个事件和时限都入库",
        "Drive a whole city through the durable engine in virtual time",
    )
    .arg(args::option(
        "scale",
        "S",
        lang,
        "规模：1%（不写就是这个）、100%、3 …",
        "How large: 1% (unless given), 100%, 3 ...",
    ))
    .arg(args::option("seed", "N", lang, "种子数，不写就是 2020", "Seed number; 2020 unless given"))
    .arg(args::option(
        "database",
        "FILE|URL",
        lang,
        "数据库：文件名或 postgres://…；不写就是 ./city.db；中断后再运行就接着放",
        "A file or postgres://...; ./city.db unless given; run again to go on after an interruption",
    ))
    .arg(args::option(
        "to",
        "DATE",
        lang,
        "放到哪一天（含），不写就是 2020-06-30",
        "Up to this day; 2020-06-30 unless given",
    ))
    .arg(args::option(
        "report",
        "FILE",
        lang,
        "写一份可打印的报告（HTML，中英文各一份）",
        "Write a report that prints well (HTML, one each in Chinese and English)",
    ))
    .arg(args::flag(
        "live-day",
        lang,
        "之后再过一天，二十倍的量",
        "Afterwards live one more day, at twenty times the traffic",
    ))
    .arg(args::flag(
        "by-hand",
        lang,
        "之后把同样多、同样长的行手工批量写一遍，比较速度（只用于 SQLite）",
        "Afterwards write as many rows of the same length by hand in batches, and compare (SQLite only)",
    ))
}

pub fn run(found: &ArgMatches, talk: &Talk) -> Outcome {
    let scale = scale(args::text(found, "scale").unwrap_or("1%"))?;
    let seed = seed(found)?;
    let to = until(args::text(found, "to"))?;
    let database = args::text(found, "database").unwrap_or("city.db").to_owned();
    let threads = database::threads()?;
    if found.get_flag("live-day") && to.date() <= LAST {
        return Err(Failure::usage(words!(
            "--live-day 接在整个重放之后，不能和 --to 同用",
            "--live-day comes after the whole replay, not with --to"
        )));
    }
    let done = threads.block_on(replayed(scale, seed, to, &database, talk))?;
    let exit = report(&done, talk);
    if let Some(settled) = &done.settled {
        settlement::show(settled, talk);
    }
    if let Some(path) = args::text(found, "report") {
        write_reports(path, &done, talk)?;
    }
    if found.get_flag("live-day") {
        let lived = threads.block_on(live::live(seed, scale, &database))?;
        live::show(&lived, talk);
    }
    if found.get_flag("by-hand") {
        let beside = threads.block_on(by_hand::measure(&database, &done.tally))?;
        by_hand::show(&beside, &done, talk);
    }
    Ok(exit)
}

/// The scale as it was written.
///
/// # Errors
/// Not a scale.
pub fn scale(text: &str) -> Result<Scale, Failure> {
    text.parse().map_err(|_| {
        Failure::usage(words!("规模写不对：“{text}”", "`{text}` is no scale")).advise(words!(
            "写 1%、0.5%、100% 或 3（300%），在 0.1% 到 100 倍之间",
            "write 1%, 0.5%, 100% or 3 (300%), between 0.1% and 100 times"
        ))
    })
}

/// The seed as it was written.
///
/// # Errors
/// Not a number.
pub fn seed(found: &ArgMatches) -> Result<u64, Failure> {
    let Some(text) = args::text(found, "seed") else { return Ok(2020) };
    text.parse().map_err(|_| {
        Failure::usage(words!(
            "--seed 要一个整数，得到的是“{text}”",
            "--seed wants a whole number, not `{text}`"
        ))
    })
}

fn until(text: Option<&str>) -> Result<Moment, Failure> {
    let last = Moment::on(number_of(LAST) + 1, 0);
    let Some(text) = text else { return Ok(last) };
    let day: jiff::civil::Date = text.parse().map_err(|_| {
        Failure::usage(words!(
            "--to 要一个日期，如 2016-03-31，得到的是“{text}”",
            "--to wants a date such as 2016-03-31, not `{text}`"
        ))
    })?;
    let to = Moment::on(number_of(day) + 1, 0);
    if day < city::days::FIRST || to > last {
        return Err(Failure::usage(words!(
            "--to 须在 2015-12-01 到 2020-06-30 之间",
            "--to is between 2015-12-01 and 2020-06-30"
        )));
    }
    Ok(to)
}

/// What a replay leaves.
struct Done {
    city: City,
    tally: Tally,
    pace: Pace,
    /// To the last day: then every figure is met.
    whole: bool,
    /// The settlement of the year, once the year is over.
    settled: Option<Settled>,
}

async fn replayed(scale: Scale, seed: u64, to: Moment, database: &str, talk: &Talk) -> Result<Done, Failure> {
    let city = engine_room::city(seed, scale);
    let script = script::script(&city);
    let clock = VirtualClock::at(Moment(0).timestamp());
    let store = engine_room::open(database, clock.clone()).await?;
    let engine = engine_room::virtual_engine(store, &clock);
    let processes = engine_room::processes();
    let stop = Arc::new(AtomicBool::new(false));
    stop_on_signal(stop.clone());
    let orders = Orders { processes: &processes, to, stop };
    let mut bar = Bar::new(talk, to);
    let began = Instant::now();
    let progress =
        drive::drive(&engine, &clock, &city, &script, &orders, |progress| bar.show(progress)).await;
    bar.end();
    let progress = progress.map_err(|broken| of_broken(database, broken))?;
    let millis = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    // What the engine knows by heart goes before everything is looked at once more.
    drop(script);
    let (store, shelf) = (engine.store().clone(), engine.shelf().clone());
    engine.close();
    drop(engine);
    let tally = tally::tally(&*store, &shelf).await.map_err(|broken| of_broken(database, broken))?;
    let settled = match to.date() > settlement::LAST {
        true => Some(settlement::settled(&city, &*store).await?),
        false => None,
    };
    let events = progress.events();
    let pace = Pace { events, millis, bytes: bytes(database), scale };
    // Once a day has been lived through after it, there is more in the database than the figures count.
    let whole = to.date() > LAST && progress.day <= to.day();
    Ok(Done { whole, city, tally, pace, settled })
}

/// Ctrl-C asks the replay to stop at the end of the stretch; what is written stays.
fn stop_on_signal(stop: Arc<AtomicBool>) {
    tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            stop.store(true, std::sync::atomic::Ordering::Relaxed);
        }
    });
}

/// Why it could not go on, for people.
pub fn of_broken(database: &str, broken: Broken) -> Failure {
    match broken {
        Broken::OtherCity { seed, scale } => Failure::new(
            Exit::Conflict,
            words!(
                "{database} 里是另一座城市（种子 {seed}，规模 {scale}）",
                "{database} holds another city (seed {seed}, scale {scale})"
            ),
        )
        .advise(words!(
            "换一个 --database，或用 --seed {seed} --scale {scale} 接着放",
            "give another --database, or go on with --seed {seed} --scale {scale}"
        )),
        Broken::Stopped(day) => Failure::new(
            Exit::Found,
            words!(
                "停在 {day}，已办的都在 {database} 里",
                "stopped at {day}; what was done is in {database}"
            ),
        )
        .advise(words!("再运行同一条命令就接着放", "run the same command again to go on")),
        broken => {
            let what = broken.to_string();
            Failure::new(Exit::Unreachable, words!("重放停下了：{what}", "the replay stopped: {what}"))
        }
    }
}

/// One line that shows how far it is.
pub struct Bar<'b> {
    talk: &'b Talk,
    days: u32,
    began: Instant,
    shown: Option<Instant>,
    first: Option<Progress>,
}

impl<'b> Bar<'b> {
    /// A bar up to this day.
    pub fn new(talk: &'b Talk, to: Moment) -> Bar<'b> {
        Bar { talk, days: to.day(), began: Instant::now(), shown: None, first: None }
    }

    /// Shows how far it has come, five times a second at most.
    pub fn show(&mut self, now: Progress) {
        let first = *self.first.get_or_insert(now);
        let soon = self.shown.is_some_and(|at| at.elapsed() < Duration::from_millis(200));
        if self.talk.quiet || !std::io::stderr().is_terminal() || soon {
            return;
        }
        self.shown = Some(Instant::now());
        let took = self.began.elapsed().as_millis().max(1);
        let rate = u128::from(now.events()) * 1_000 / took;
        let (done, whole) =
            (u128::from(now.commands - first.commands), u128::from(now.whole - first.commands));
        let left = (took * (whole - done)).checked_div(done).map_or(0, |millis| millis / 1_000);
        let filled = (now.day * 30 / self.days.max(1)).min(30) as usize;
        let bar = format!("{}{}", "█".repeat(filled), "░".repeat(30 - filled));
        let day = date_of(now.day.saturating_sub(1));
        let line = match self.talk.lang {
            Lang::Zh => format!("{bar} {day}  {rate} 件/秒  {} 件案件  还要 {left} 秒", now.cases),
            Lang::En => format!("{bar} {day}  {rate} events/s  {} cases  {left} s left", now.cases),
        };
        self.talk.remark_open(&format!("\r{line}   "));
    }

    /// Takes the line away.
    pub fn end(&self) {
        if self.shown.is_some() {
            self.talk.remark_open("\r\u{1b}[K");
        }
        // Nothing is left to do about a line that cannot be flushed.
        let _ = std::io::stderr().flush();
    }
}

/// Bytes of the database file with what is not yet folded into it.
fn bytes(database: &str) -> Option<u64> {
    let path = database.strip_prefix("sqlite:").unwrap_or(database);
    let size = |path: String| std::fs::metadata(path).map(|file| file.len()).ok();
    let main = size(path.to_owned())?;
    Some(main + size(format!("{path}-wal")).unwrap_or(0))
}

fn report(done: &Done, talk: &Talk) -> Exit {
    let figures = statistics(&done.city, &done.tally);
    let say = |zh: &'static str, en: &'static str| talk.lang.pick(zh, en);
    talk.line(
        &talk.bold(say("运营统计，与材料第六部分对照", "Operating statistics beside the printed ones")),
    );
    for figure in &figures {
        let mark = if figure.agrees() { talk.green("✓") } else { talk.red("≠") };
        let (printed, found) = (grouped(figure.printed), grouped(figure.found));
        let (what, unit) = (say(figure.what.0, figure.what.1), say(figure.unit.0, figure.unit.1));
        talk.line(&format!("{mark} {found:>14} {unit:4} {}{printed:>14}  {what}", say("材料 ", "printed ")));
    }
    talk.line("");
    let (tally, pace) = (&done.tally, &done.pace);
    let bytes = pace.bytes_per_case(tally.cases).map_or_else(|| "-".to_owned(), grouped);
    let (cases, entries, timers) = (grouped(tally.cases), grouped(tally.entries), grouped(tally.timers));
    let (events, rate) = (grouped(pace.events), grouped(pace.rate()));
    let seconds = format!("{}.{}", pace.millis / 1_000, pace.millis / 100 % 10);
    talk.words(&words!(
        "{cases} 件案件，{entries} 条历史，设定 {timers} 个时限；本次 {events} 个事件，{seconds} 秒，每秒 {rate} 个；每案占盘 {bytes} 字节",
        "{cases} cases, {entries} entries, {timers} clocks set; {events} events in this run, {seconds} s, {rate} a second; {bytes} bytes a case"
    ));
    let sum = &tally.sum;
    talk.words(&words!("终态校验值 {sum}", "end state {sum}"));
    Exit::found(figures.iter().any(|figure| !figure.agrees()) && done.whole)
}

/// Writes the report in both languages: the name as given for Chinese, with `.en` before the ending for English.
fn write_reports(path: &str, done: &Done, talk: &Talk) -> Result<(), Failure> {
    let (stem, ending) = path.rsplit_once('.').unwrap_or((path, "html"));
    for (name, lang) in [(format!("{stem}.{ending}"), Lang::Zh), (format!("{stem}.en.{ending}"), Lang::En)] {
        let settled = done.settled.as_ref().map(|settled| settlement::told(settled, lang));
        let text = page(&done.city, &done.tally, &done.pace, settled.as_ref(), lang);
        let path = std::path::PathBuf::from(&name);
        std::fs::write(&path, text).map_err(|error| crate::files::unwritable(&path, &error))?;
        talk.remark(&words!("报告 {name}", "report {name}"));
    }
    Ok(())
}

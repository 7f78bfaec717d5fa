//! How each blow is struck.

use std::path::Path;
use std::time::{Duration, Instant};

use language::words;
use rustix::process::Signal;

use super::{Blow, FROZEN, GRACE, RECOVERY, Seen, Storm};
use crate::crowd::{Program, until};
use crate::diary::instant;
use crate::moved;
use crate::power;
use crate::tracer::Tracer;

/// COMMITs of each kind that are cut in one blow.
const CUTS: u64 = 3;
/// Commits are held for so long before their program dies.
const HELD: Duration = Duration::from_millis(1_500);
/// A clock stands wrong for so long, and a disk is full for so long.
const WRONG: Duration = Duration::from_secs(4);
/// Everybody has asked the right clock again after so long.
const RIGHT: Duration = Duration::from_millis(2_500);
/// A day.
const DAY: i64 = 86_400;

/// The words that make a disk full.
const FULL: [&str; 4] =
    ["-e", "trace=pwrite64,pwritev,pwritev2", "-e", "inject=pwrite64,pwritev,pwritev2:error=ENOSPC"];
/// The words that hold every write of SQLite up: a commit is many of them.
const SLOW: [&str; 4] = ["-e", "trace=pwrite64", "-e", "inject=pwrite64:delay_enter=200000"];
/// The words that let flushing fail: every one in a program, one in each process of a server.
const FAILS: [&str; 4] = ["-e", "trace=fsync,fdatasync", "-e", "inject=fsync,fdatasync:error=EIO:when=3+"];
const FAILS_ONCE: [&str; 4] = ["-e", "trace=fdatasync", "-e", "inject=fdatasync:error=EIO:when=5"];

type Working<'w> = &'w mut [Option<Program>];

impl Storm {
    pub(super) fn strike(
        &mut self,
        blow: Blow,
        working: Working<'_>,
        seen: &mut Seen,
    ) -> std::io::Result<()> {
        let victim = usize::try_from(self.dice.roll(working.len() as u64)).unwrap_or_default();
        match blow {
            Blow::Kill => drop(working[victim].take()),
            Blow::TakeOver => take_over(victim, working, seen),
            Blow::Freeze => freeze(working[victim].as_ref()),
            Blow::Drain => {
                if let Some(mut program) = working[victim].take() {
                    drain(&mut program, seen);
                }
            }
            Blow::Restart => self.start_database_again()?,
            Blow::Cut => self.cut(victim, seen),
            Blow::Held if self.proxies.is_empty() => self.hold_writes(working, seen)?,
            Blow::Held => self.hold_commits(victim, working, seen),
            Blow::Partition => self.part(victim),
            Blow::DiskFull => self.fill_disk(working, seen)?,
            Blow::DiskFails => self.fail_disk(working, seen)?,
            Blow::PowerCut => self.cut_power(working, seen)?,
            Blow::ClockAhead => self.move_clock(8 * DAY)?,
            Blow::ClockBack => self.move_clock(-3 * DAY)?,
        }
        Ok(())
    }

    fn start_database_again(&mut self) -> std::io::Result<()> {
        match (&mut self.restart, &self.server) {
            (Some(restart), _) => restart(),
            (None, Some(server)) => server.restart(),
            (None, None) => Ok(()),
        }
    }

    fn cut(&self, victim: usize, seen: &mut Seen) {
        let Some(proxy) = self.proxies.get(victim) else { return };
        let (after, before) = proxy.cuts();
        proxy.switch(true);
        let cut = until(RECOVERY, || {
            let now = proxy.cuts();
            (now.0 >= after + CUTS && now.1 >= before + CUTS).then_some(())
        });
        proxy.switch(false);
        if cut.is_none() {
            seen.breaches.push(words!("没有剪到足够的提交", "too few COMMITs came by to be cut"));
        }
    }

    /// Holds a node's COMMITs, kills it, and lets none of them through.
    fn hold_commits(&self, victim: usize, working: Working<'_>, seen: &mut Seen) {
        let Some(proxy) = self.proxies.get(victim) else { return };
        let before = proxy.held();
        proxy.hold(true);
        let held = until(RECOVERY, || (proxy.held() > before).then_some(()));
        std::thread::sleep(HELD);
        drop(working[victim].take());
        proxy.hold(false);
        if held.is_none() {
            seen.breaches.push(words!("没有提交可拖", "no COMMIT came by to be held"));
        }
    }

    /// Holds every write of a program up, and kills it in the middle of one.
    fn hold_writes(&self, working: Working<'_>, seen: &mut Seen) -> std::io::Result<()> {
        let Some(mut program) = working[0].take() else { return Ok(()) };
        let told = self.crowd.folder.join("held");
        let mut tracer = Tracer::attach(&[program.pid()], &SLOW, &told)?;
        std::thread::sleep(HELD);
        program.kill();
        tracer.until_done();
        let writes =
            std::fs::read_to_string(&told)?.lines().filter(|line| line.contains("pwrite64(")).count();
        seen.held += 1;
        if writes == 0 {
            seen.breaches.push(words!("没有写入可拖", "nothing was written that could be held"));
        }
        Ok(())
    }

    fn part(&self, victim: usize) {
        let Some(proxy) = self.proxies.get(victim) else { return };
        proxy.part(true);
        std::thread::sleep(FROZEN);
        proxy.part(false);
    }

    /// The processes that write to the disk: the server's own, or those of the program.
    fn writers(&self, working: Working<'_>) -> Vec<u32> {
        match &self.server {
            Some(server) => server.processes(),
            None => working.iter().flatten().map(Program::pid).collect(),
        }
    }

    fn fill_disk(&self, working: Working<'_>, seen: &mut Seen) -> std::io::Result<()> {
        let told = self.crowd.folder.join("full");
        let tracer = Tracer::attach(&self.writers(working), &FULL, &told)?;
        let refused = || std::fs::read_to_string(&told).unwrap_or_default().contains("ENOSPC");
        let full = until(RECOVERY, || refused().then_some(()));
        std::thread::sleep(WRONG / 2);
        drop(tracer);
        if full.is_none() {
            seen.breaches.push(words!("磁盘没有满过", "the disk never was full"));
        }
        // Room again: a server that gave up is started by whoever made room.
        self.server.as_ref().map_or(Ok(()), |server| server.start_again())
    }

    fn fail_disk(&self, working: Working<'_>, seen: &mut Seen) -> std::io::Result<()> {
        let told = self.crowd.folder.join("failed");
        let Some(server) = &self.server else {
            let Some(program) = working[0].as_mut() else { return Ok(()) };
            let tracer = Tracer::attach(&[program.pid()], &FAILS, &told)?;
            let ended = program.end_within(RECOVERY);
            drop(tracer);
            if ended.and_then(|status| status.code()) != Some(75) {
                let said = program.said();
                seen.breaches.push(words!(
                    "磁盘坏了，程序没有以 75 退出：{said}",
                    "the disk failed, and the program did not end with exit code 75: {said}"
                ));
            }
            return Ok(());
        };
        let panics = || server.log().matches("PANIC").count();
        let before = panics();
        let tracer = Tracer::attach(&server.processes(), &FAILS_ONCE, &told)?;
        let failed = until(RECOVERY, || (panics() > before).then_some(()));
        drop(tracer);
        if failed.is_none() {
            seen.breaches.push(words!("磁盘没有坏过", "the disk never failed"));
        }
        server.start_again()
    }

    /// Kills whoever writes, and takes back what was not flushed.
    fn cut_power(&mut self, working: Working<'_>, seen: &mut Seen) -> std::io::Result<()> {
        let told = self.crowd.folder.join("power");
        let mut tracer = Tracer::attach(&self.writers(working), &power::WATCH, &told)?;
        std::thread::sleep(Duration::from_millis(300 + self.dice.roll(700)));
        match &self.server {
            Some(server) => server.kill(),
            None => working.iter_mut().for_each(|place| drop(place.take())),
        }
        tracer.until_done();
        drop(tracer);
        let lost = power::unflushed(&std::fs::read_to_string(&told)?);
        for (path, lost) in lost {
            if !self.keeps(&path) {
                continue;
            }
            seen.torn += power::tear(&path, &lost, &mut self.dice)?;
        }
        self.server.as_ref().map_or(Ok(()), |server| server.start_again())
    }

    /// Whether a file is one that power cuts tear: the file of SQLite and its log, the log of PostgreSQL. Pages of
    /// PostgreSQL that were not flushed come back from its log; torn here, they would be lost in a way no disk does.
    fn keeps(&self, path: &Path) -> bool {
        let name = path.display().to_string();
        match (&self.server, &self.file) {
            (Some(server), _) => path.starts_with(server.data().join("pg_wal")),
            (None, Some(file)) => {
                let file = file.display().to_string();
                path.is_file() && (name == file || name == format!("{file}-wal"))
            }
            (None, None) => false,
        }
    }

    /// Moves the clock, sets it right again, and lets a person let the deadlines go.
    fn move_clock(&mut self, seconds: i64) -> std::io::Result<()> {
        let set = |storm: &Storm, seconds: i64| match &storm.server {
            Some(server) => server.move_clock(seconds),
            None => moved::write(&storm.crowd.folder, seconds, storm.releases),
        };
        set(self, seconds)?;
        std::thread::sleep(WRONG);
        set(self, 0)?;
        std::thread::sleep(RIGHT);
        self.releases += 1;
        moved::write(&self.crowd.folder, 0, self.releases)
    }
}

fn freeze(program: Option<&Program>) {
    if let Some(program) = program {
        program.tell(Signal::STOP);
        std::thread::sleep(FROZEN);
        program.tell(Signal::CONT);
    }
}

/// Kills a node and waits until another answers for its cases.
fn take_over(victim: usize, working: &mut [Option<Program>], seen: &mut Seen) {
    let Some(mut program) = working[victim].take() else { return };
    program.kill();
    let (began, killed) = (Instant::now(), instant());
    let others: Vec<&Program> = working.iter().flatten().collect();
    // The parts it was the last to answer for.
    let mut lost = program.parts();
    for (part, at) in others.iter().flat_map(|other| other.parts()) {
        if lost.get(&part).is_some_and(|last| *last < at) {
            lost.remove(&part);
        }
    }
    let taken = until(RECOVERY, || {
        let mut now = others.iter().flat_map(|other| other.parts());
        now.any(|(part, at)| at > killed && lost.contains_key(&part)).then_some(())
    });
    seen.takeover = seen.takeover.max(began.elapsed());
    if taken.is_none() {
        seen.breaches.push(words!("没有谁接手死掉的程序的件", "nobody took the dead program's cases over"));
    }
}

/// Tells a program to end, and holds it to ten seconds.
pub(super) fn drain(program: &mut Program, seen: &mut Seen) {
    program.tell(Signal::TERM);
    let began = Instant::now();
    let status = program.end_within(GRACE);
    seen.drain = seen.drain.max(began.elapsed());
    if !status.is_some_and(|status| status.success()) {
        let (status, said) = (status.map_or("-".into(), |status| status.to_string()), program.said());
        seen.breaches.push(words!(
            "没有在 10 秒内好好停下：{status}：{said}",
            "it did not end in order within 10 seconds: {status}: {said}"
        ));
    }
}

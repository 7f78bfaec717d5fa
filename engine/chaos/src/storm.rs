//! A storm: programs at work, blow after blow, and a program at the end that brings everything to rest.

use std::time::{Duration, Instant};

use language::words;
use language::words::Words;
use rustix::process::Signal;

use crate::crowd::{Crowd, Program, until};
use crate::diary::instant;
use crate::dice::Dice;
use crate::load::Kind;
use crate::proxy::Proxy;

/// A lease lasts three seconds: a program frozen for longer has lost it.
const FROZEN: Duration = Duration::from_millis(4_500);
/// A program that was told to end takes at most so long.
const GRACE: Duration = Duration::from_secs(10);
/// After a blow answers come again within so long.
const RECOVERY: Duration = Duration::from_secs(30);
/// Everything comes to rest within so long.
const REST: Duration = Duration::from_secs(90);
/// Answers between two blows, at least.
const ANSWERS: usize = 40;

/// COMMITs of each kind that are cut in one blow.
const CUTS: u64 = 3;

/// What happens to a program, or to what it needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blow {
    /// SIGKILL; it is started again at once.
    Kill,
    /// SIGKILL; it is started again when another node has taken its cases over.
    TakeOver,
    /// SIGSTOP past the lease, then SIGCONT.
    Freeze,
    /// SIGTERM: it has to finish and end by itself.
    Drain,
    /// The database is started again.
    Restart,
    /// The line to the database is cut at COMMITs for a while.
    Cut,
}

/// How the database is started again.
pub type Restart = Box<dyn FnMut() -> std::io::Result<()>>;

/// A storm to come.
pub struct Storm {
    /// Where programs come from.
    pub crowd: Crowd,
    /// How many at once.
    pub nodes: usize,
    /// Blows to choose from; the first ones come first, once each, then by chance.
    pub blows: Vec<Blow>,
    /// How the database is started again.
    pub restart: Option<Restart>,
    /// What cuts the line.
    pub proxy: Option<Proxy>,
    /// The database, for the program that comes when all is over.
    pub straight: String,
    /// Blows come until so long has passed, and each at least once.
    pub long: Duration,
    /// The most that is waited between two blows, beyond the answers that are waited for.
    pub pause: Duration,
    /// What chances come from.
    pub dice: Dice,
}

/// What the storm saw.
#[derive(Debug, Default)]
pub struct Seen {
    /// Blows by kind, in the order of [`Blow`].
    pub blows: Vec<(Blow, u64)>,
    /// The longest until a dead node's cases were answered by another.
    pub takeover: Duration,
    /// The longest until a program that was told to end had ended.
    pub drain: Duration,
    /// COMMITs whose answer was cut, and that never arrived.
    pub cuts: (u64, u64),
    /// What is wrong.
    pub breaches: Vec<Words>,
}

impl Seen {
    /// How many blows.
    pub fn count(&self) -> u64 {
        self.blows.iter().map(|(_, count)| count).sum()
    }

    fn saw(&mut self, blow: Blow) {
        match self.blows.iter_mut().find(|(of, _)| *of == blow) {
            Some((_, count)) => *count += 1,
            None => self.blows.push((blow, 1)),
        }
    }

    /// What it saw, for people.
    pub fn lines(&self) -> Vec<Words> {
        let blows: Vec<String> = self.blows.iter().map(|(blow, count)| format!("{blow:?} {count}")).collect();
        let (blows, (after, before)) = (blows.join(", "), self.cuts);
        let (takeover, drain) = (self.takeover.as_millis(), self.drain.as_millis());
        let mut lines = vec![
            words!("打击：{blows}", "blows: {blows}"),
            words!(
                "接手最慢 {takeover} 毫秒，收工最慢 {drain} 毫秒；提交后剪断 {after} 次，提交前剪断 {before} 次",
                "slowest takeover {takeover} ms, slowest drain {drain} ms; cut after a COMMIT {after} times, before one {before} times"
            ),
        ];
        lines.extend(self.breaches.iter().cloned());
        lines
    }
}

impl Storm {
    /// Blows until the time is over, then brings everything to rest.
    ///
    /// # Errors
    /// The host starts no programs.
    pub fn rage(mut self) -> std::io::Result<Seen> {
        let (began, mut seen, mut round) = (Instant::now(), Seen::default(), 0);
        let mut working: Vec<Option<Program>> = (0..self.nodes).map(|_| None).collect();
        while began.elapsed() < self.long || round < self.blows.len() {
            self.fill(&mut working)?;
            if !self.progress(&mut working, &mut seen)? {
                break;
            }
            std::thread::sleep(self.pause.mul_f64(self.dice.roll(1_000) as f64 / 1_000.0));
            let blow = match self.blows.get(round) {
                Some(blow) => *blow,
                None => self.dice.pick(&self.blows).copied().unwrap_or(Blow::Kill),
            };
            round += 1;
            seen.saw(blow);
            self.strike(blow, &mut working, &mut seen)?;
        }
        // One ends in the middle of its work, the others as they should.
        for (number, program) in working.iter_mut().flatten().enumerate() {
            if number > 0 { drain(program, &mut seen) } else { program.kill() }
        }
        drop(working);
        seen.cuts = self.proxy.as_ref().map(Proxy::cuts).unwrap_or_default();
        self.come_to_rest(&mut seen)?;
        Ok(seen)
    }

    fn fill(&mut self, working: &mut [Option<Program>]) -> std::io::Result<()> {
        for (number, place) in working.iter_mut().enumerate() {
            if place.as_mut().is_none_or(|program| program.ended().is_some()) {
                *place = Some(self.crowd.start(number, Kind::Crowd)?);
            }
        }
        Ok(())
    }

    /// Waits until every node has answered something; whoever ended by itself is started again.
    fn progress(&mut self, working: &mut [Option<Program>], seen: &mut Seen) -> std::io::Result<bool> {
        for place in working {
            if let Err(words) = self.answers(place)? {
                seen.breaches.push(words);
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn answers(&mut self, place: &mut Option<Program>) -> std::io::Result<Result<(), Words>> {
        let latest = Instant::now() + RECOVERY;
        let mut goal = place.as_ref().map_or(0, |program| program.answered().len()) + ANSWERS;
        while let Some(program) = place {
            let number = program.number;
            let left = latest.saturating_duration_since(Instant::now());
            let came = until(left, || match program.ended() {
                Some(status) => Some(Some(status)),
                None => (program.answered().len() >= goal).then_some(None),
            });
            let said = program.said();
            match came {
                Some(None) => break,
                // Only a failing disk may end a program, and a database that is not there when it starts.
                Some(Some(status)) if matches!(status.code(), Some(75 | 3)) => {
                    goal = ANSWERS;
                    *place = Some(self.crowd.start(number, Kind::Crowd)?);
                }
                Some(Some(status)) => {
                    return Ok(Err(words!(
                        "程序 {number} 自己停了：{status}：{said}",
                        "program {number} ended by itself: {status}: {said}"
                    )));
                }
                None => {
                    let long = RECOVERY.as_secs();
                    return Ok(Err(words!(
                        "打击之后 {long} 秒内程序 {number} 没有回答：{said}",
                        "program {number} answered nothing within {long} s of a blow: {said}"
                    )));
                }
            }
        }
        Ok(Ok(()))
    }

    fn strike(
        &mut self,
        blow: Blow,
        working: &mut [Option<Program>],
        seen: &mut Seen,
    ) -> std::io::Result<()> {
        let victim = usize::try_from(self.dice.roll(working.len() as u64)).unwrap_or_default();
        match blow {
            Blow::Kill => drop(working[victim].take()),
            Blow::TakeOver => take_over(victim, working, seen),
            Blow::Freeze => {
                if let Some(program) = &working[victim] {
                    program.tell(Signal::STOP);
                    std::thread::sleep(FROZEN);
                    program.tell(Signal::CONT);
                }
            }
            Blow::Drain => {
                if let Some(mut program) = working[victim].take() {
                    drain(&mut program, seen);
                }
            }
            Blow::Restart => {
                if let Some(restart) = &mut self.restart {
                    restart()?;
                }
            }
            Blow::Cut => {
                if let Some(proxy) = &self.proxy {
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
            }
        }
        Ok(())
    }

    fn come_to_rest(&mut self, seen: &mut Seen) -> std::io::Result<()> {
        self.crowd.database = self.straight.clone();
        let mut last = self.crowd.start(self.nodes, Kind::Quiet)?;
        let status = last.end_within(REST);
        if !status.is_some_and(|status| status.success()) {
            let (status, said) = (status.map_or("-".into(), |status| status.to_string()), last.said());
            seen.breaches
                .push(words!("没能静下来：{status}：{said}", "it did not come to rest: {status}: {said}"));
        }
        Ok(())
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
fn drain(program: &mut Program, seen: &mut Seen) {
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

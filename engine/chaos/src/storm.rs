//! A storm: programs at work, blow after blow, and a program at the end that brings everything to rest.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use language::words;
use language::words::Words;

pub use crate::blows::Blow;
use crate::crowd::{Crowd, Program, until};
use crate::diary::{self, instant};
use crate::dice::Dice;
use crate::load::Kind;
use crate::proxy::Proxy;
use crate::server::Server;

mod strike;

/// A lease lasts three seconds: a program frozen for longer has lost it.
pub(crate) const FROZEN: Duration = Duration::from_millis(4_500);
/// A program that was told to end takes at most so long.
const GRACE: Duration = Duration::from_secs(10);
/// After a blow answers come again within so long.
pub(crate) const RECOVERY: Duration = Duration::from_secs(30);
/// Everything comes to rest within so long.
const REST: Duration = Duration::from_secs(90);
/// Answers between two blows, at least, of every node.
const ANSWERS: usize = 40;

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
    /// What stands before the database, one for each node.
    pub proxies: Vec<Proxy>,
    /// The database, when it is the storm's own.
    pub server: Option<Arc<Server>>,
    /// The file of SQLite.
    pub file: Option<PathBuf>,
    /// The database, for the program that comes when all is over.
    pub straight: String,
    /// Blows come until so long has passed, and each at least once.
    pub long: Duration,
    /// The most that is waited between two blows, beyond the answers that are waited for.
    pub pause: Duration,
    /// What chances come from.
    pub dice: Dice,
    /// How often a person let the deadlines go.
    pub releases: i64,
}

/// What the storm saw.
#[derive(Debug, Default)]
pub struct Seen {
    /// Blows in their order, each with when it was struck and what it met.
    pub blows: Vec<(Blow, u64)>,
    /// The longest until a dead node's cases were answered by another.
    pub takeover: Duration,
    /// The longest until a program that was told to end had ended.
    pub drain: Duration,
    /// COMMITs whose answer was cut, and that never arrived.
    pub cuts: (u64, u64),
    /// COMMITs that were held until their program was dead.
    pub held: u64,
    /// Writes that a power cut dropped or tore.
    pub torn: u64,
    /// When answers were heard.
    pub answers: Vec<u64>,
    /// What is wrong.
    pub breaches: Vec<Words>,
}

impl Seen {
    /// How many blows.
    pub fn count(&self) -> u64 {
        self.blows.len() as u64
    }

    /// By kind: how often it was struck, and how many answers came between it and the next blow.
    pub fn by_kind(&self) -> Vec<(Blow, u64, u64)> {
        let mut kinds: Vec<(Blow, u64, u64)> = Vec::new();
        for (number, (blow, from)) in self.blows.iter().enumerate() {
            let to = self.blows.get(number + 1).map_or(u64::MAX, |(_, next)| *next);
            let answers =
                self.answers.partition_point(|at| at < &to) - self.answers.partition_point(|at| at < from);
            match kinds.iter_mut().find(|(of, ..)| of == blow) {
                Some((_, count, all)) => (*count, *all) = (*count + 1, *all + answers as u64),
                None => kinds.push((*blow, 1, answers as u64)),
            }
        }
        kinds
    }

    /// What it saw, for people.
    pub fn lines(&self) -> Vec<Words> {
        let mut lines: Vec<Words> = self
            .by_kind()
            .into_iter()
            .map(|(blow, count, answers)| {
                let name = blow.name();
                words!(
                    "{name} {count} 次，其间到下一击共回答 {answers} 个",
                    "{name} {count} times, {answers} answers from there to the next blow"
                )
            })
            .collect();
        let (takeover, drain) = (self.takeover.as_millis(), self.drain.as_millis());
        let ((after, before), held, torn) = (self.cuts, self.held, self.torn);
        lines.push(words!(
            "接手最慢 {takeover} 毫秒，收工最慢 {drain} 毫秒；提交后剪断 {after} 次，提交前剪断 {before} 次，拖住的提交 {held} 个，断电时丢掉或撕裂的写入 {torn} 处",
            "slowest takeover {takeover} ms, slowest drain {drain} ms; cut after a COMMIT {after} times, before one {before} times; {held} COMMITs held, {torn} writes dropped or torn by power cuts"
        ));
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
            seen.blows.push((blow, instant()));
            self.strike(blow, &mut working, &mut seen)?;
        }
        // Answers come again after the last one, too.
        self.fill(&mut working)?;
        self.progress(&mut working, &mut seen)?;
        // One ends in the middle of its work, the others as they should.
        for (number, program) in working.iter_mut().flatten().enumerate() {
            if number > 0 { strike::drain(program, &mut seen) } else { program.kill() }
        }
        drop(working);
        for proxy in &self.proxies {
            let (after, before) = proxy.cuts();
            seen.cuts = (seen.cuts.0 + after, seen.cuts.1 + before);
            seen.held += proxy.held();
        }
        self.come_to_rest(&mut seen)?;
        seen.answers = diary::read(&self.crowd.folder)?.answers();
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

    fn come_to_rest(&mut self, seen: &mut Seen) -> std::io::Result<()> {
        self.crowd.database = self.straight.clone();
        self.crowd.ways.clear();
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

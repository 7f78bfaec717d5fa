//! The judge: holds the diaries against the database, and the database against itself.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use language::words;
use language::words::Words;
use machine::fact::What;
use machine::ids::{CaseId, RunIx};
use ports::query::{CaseFilter, PAGE_MAX, Page};
use ports::store::Store;
use runtime::clocks::HostClock;
use store::{Address, audit};

use super::load::{Heard, diaries};
use crate::database::failure;
use crate::exit::{Exit, Failure};
use crate::talk::Talk;

/// The most banks a demand has at a time.
const CAP: usize = 3;
/// Fewer answers than this for each kill: the run proves nothing.
const ANSWERS_FEWEST: u64 = 20;

/// What came of a run.
#[derive(Debug, Default)]
pub struct Judgement {
    answered: u64,
    accepted_claims: u64,
    asked: u64,
    open: u64,
    open_and_done: u64,
    cases: u64,
    entries: u64,
    breaches: Vec<Words>,
}

/// What the histories say of a key: where it stands.
type Done = BTreeMap<String, (CaseId, u64)>;

/// Judges a run by its diaries and its database.
///
/// # Errors
/// A fault of the store.
pub async fn judge(address: &Address, folder: &Path) -> Result<Judgement, Failure> {
    let store = store::open(address, Arc::new(HostClock), 4).await.map_err(|fault| failure(&fault))?;
    let (asked, heard) = diaries(folder).map_err(|error| {
        Failure::new(Exit::Unreachable, words!("读不了记录：{error}", "cannot read the diaries: {error}"))
    })?;
    let mut it = Judgement { asked: asked.len() as u64, ..Judgement::default() };
    let done = it.histories(&*store).await?;
    for (key, one) in &asked {
        it.one(key, &one.case, &one.what, heard.get(key), done.get(key));
    }
    for (key, (case, entry)) in done.iter().filter(|(key, _)| !asked.contains_key(*key)) {
        it.breach(words!(
            "{case} 第 {entry} 条是没有人要过的：{key}",
            "{case}, entry {entry}: nobody asked for {key}"
        ));
    }
    Ok(it)
}

impl Judgement {
    fn breach(&mut self, words: Words) {
        self.breaches.push(words);
    }

    async fn histories(&mut self, store: &dyn Store) -> Result<Done, Failure> {
        let (mut done, mut after) = (Done::new(), None);
        loop {
            let page = Page { after: after.take(), limit: PAGE_MAX };
            let lines = store.cases(CaseFilter::default(), page).await.map_err(|fault| failure(&fault))?;
            let Some(last) = lines.last() else { return Ok(done) };
            after = Some(last.id.clone());
            for line in lines {
                self.history(store, &line.id, &mut done).await?;
            }
        }
    }

    async fn history(&mut self, store: &dyn Store, id: &CaseId, done: &mut Done) -> Result<(), Failure> {
        let checked = audit::check(store, id).await.map_err(|fault| failure(&fault))?;
        if let Some(flaw) = checked.and_then(|checked| checked.flaw) {
            self.breach(words!("{id} 的历史不完好：{flaw:?}", "{id} is not whole: {flaw:?}"));
        }
        self.cases += 1;
        let (mut holding, mut after) = (BTreeSet::new(), 0);
        loop {
            let page = Page { after: Some(after), limit: PAGE_MAX };
            let entries = store.history(id.clone(), page).await.map_err(|fault| failure(&fault))?;
            let Some(last) = entries.last() else { return Ok(()) };
            after = last.number;
            for entry in entries {
                self.entries += 1;
                let twice = entry
                    .told
                    .command
                    .and_then(|key| done.insert(key.to_string(), (id.clone(), entry.number)));
                if let Some((case, before)) = twice {
                    let now = entry.number;
                    self.breach(words!(
                        "同一个键做了两次：{case} 第 {before} 条，{id} 第 {now} 条",
                        "one key was done twice: {case} entry {before}, {id} entry {now}"
                    ));
                }
                for fact in entry.told.facts {
                    places(&mut holding, fact.run, &fact.what);
                    if holding.len() > CAP {
                        let now = entry.number;
                        self.breach(words!(
                            "{id} 第 {now} 条有第四家银行",
                            "{id}, entry {now}: a fourth bank"
                        ));
                    }
                }
            }
        }
    }

    fn one(
        &mut self,
        key: &str,
        case: &str,
        what: &str,
        heard: Option<&Heard>,
        done: Option<&(CaseId, u64)>,
    ) {
        match (heard, done) {
            (Some(Heard::Answered { version, accepted }), Some((id, entry))) => {
                self.answered += 1;
                self.accepted_claims += u64::from(*accepted && what == "claim");
                if *id.0 != *case || entry != version {
                    self.breach(words!(
                        "{key} 的回答说 {case} 第 {version} 条，实际是 {id} 第 {entry} 条",
                        "{key} was answered as {case} entry {version}, it stands at {id} entry {entry}"
                    ));
                }
            }
            (Some(Heard::Answered { version, .. }), None) => {
                self.answered += 1;
                self.breach(words!(
                    "答应过的丢了：{case} 第 {version} 条（{key}）",
                    "what was answered is lost: {case} entry {version} ({key})"
                ));
            }
            (Some(Heard::NotDone), Some((id, entry))) => {
                self.breach(words!(
                    "说没做，其实做了：{id} 第 {entry} 条（{key}）",
                    "said to be not done, and was: {id} entry {entry} ({key})"
                ));
            }
            (Some(Heard::NotDone), None) => {}
            (None, done) => {
                self.open += 1;
                self.open_and_done += u64::from(done.is_some());
            }
        }
    }

    /// Whether everything held, and enough happened to say so.
    pub fn holds(&self, kills: u64) -> bool {
        self.breaches.is_empty() && self.answered >= ANSWERS_FEWEST * kills.max(1)
    }

    /// Says what came of it.
    pub fn tell(&self, kills: u64, freezes: u64, talk: &Talk) {
        let Judgement { answered, accepted_claims, asked, open, open_and_done, cases, entries, .. } = self;
        talk.words(&words!(
            "杀死 {kills} 次，冻住 {freezes} 次",
            "killed {kills} times, frozen {freezes} times"
        ));
        talk.words(&words!(
            "发出 {asked} 个命令，回答了 {answered} 个，其中接单成功 {accepted_claims} 个",
            "{asked} commands sent, {answered} answered, {accepted_claims} claims accepted among them"
        ));
        talk.words(&words!(
            "没等到回答 {open} 个，其中已做成 {open_and_done} 个（用同一个键再问就知道）",
            "{open} never heard an answer, {open_and_done} of them were done (asking again with the key tells)"
        ));
        talk.words(&words!(
            "核对 {cases} 件、{entries} 条历史",
            "{cases} cases and {entries} entries checked"
        ));
        for words in self.breaches.iter().take(20) {
            talk.line(&talk.red(words.get(talk.lang)));
        }
        if !self.breaches.is_empty() {
            let count = self.breaches.len();
            talk.words(&words!("共 {count} 处不对", "{count} breaches"));
        } else if self.holds(kills) {
            talk.words(&words!(
                "都对：没有丢，没有重，没有第四家，链都完好",
                "all held: nothing lost, nothing twice, never a fourth bank, every chain whole"
            ));
        } else {
            talk.words(&words!("回答得太少，说明不了什么", "too few answers: this run proves nothing"));
        }
    }
}

/// Places of a demand, fact by fact.
fn places(holding: &mut BTreeSet<RunIx>, run: RunIx, what: &What) {
    match what {
        What::Started { slot: Some(_), .. } => drop(holding.insert(run)),
        What::Released | What::Ended { .. } => drop(holding.remove(&run)),
        _ => {}
    }
}

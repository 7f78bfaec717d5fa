//! The judge: holds the diaries against the database, and the database against itself.
//!
//! Everything answered stands in a history once, where its answer said, with the verdict it was given; what was
//! said to be undone stands nowhere; every command has an answer in the end. Histories are whole: chains hold and
//! the facts make the case that is stored. The answers about a demand are explained by one order ([`explain`]),
//! offers lapse once and never early ([`Offer`]), every notice went out or waits to.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use language::words;
use language::words::Words;
use machine::fact::What;
use machine::ids::CaseId;
use ports::fault::{Cause, Fault, Retry};
use ports::outbox::{EffectKey, OutboxFilter};
use ports::query::{CaseFilter, Entry, PAGE_MAX, Page};
use ports::store::Store;
use runtime::clocks::HostClock;
use runtime::lines::{NOTICES, outgoing};
use store::{Address, audit};

use crate::diary::{self, Deed, Diaries, Heard};
use crate::explain::{self, Act};
use crate::offers::Offer;
use crate::storm::Seen;

/// Fewer answers than this for each fault: the run proves nothing.
const ANSWERS_FEWEST: u64 = 20;
/// Of the commands that this node could take, at least one in so many is answered.
const ANSWERED_SHARE: u64 = 5;

/// No blow lasts longer than ten seconds: whatever was due fires soon after.
const LATE_MAX: SignedDuration = SignedDuration::from_secs(25);

/// What came of a run.
#[derive(Debug, Default)]
pub struct Judgement {
    /// Commands that were asked.
    pub asked: u64,
    /// Commands that were answered by the rules.
    pub answered: u64,
    /// Claims accepted.
    pub claims: u64,
    /// Commands that were said to be undone, by why.
    pub undone: BTreeMap<String, u64>,
    /// Answers that came only when the command was sent again with its key.
    pub resolved: u64,
    /// Cases and entries read.
    pub cases: u64,
    /// See [`Judgement::cases`].
    pub entries: u64,
    /// Deadlines of offers that fired.
    pub fired: u64,
    /// The longest between a deadline and its firing.
    pub late: SignedDuration,
    /// Notices that went out.
    pub sent: u64,
    /// Copies of notices beyond the first.
    pub copies: u64,
    /// What is wrong.
    pub breaches: Vec<Words>,
}

/// What the histories say of a key.
struct Stands {
    case: CaseId,
    entry: u64,
    refused: Option<String>,
}

/// Judges a run by its diaries and its database.
///
/// # Errors
/// A fault of the store; diaries that cannot be read.
pub async fn judge(address: &Address, folder: &Path) -> Result<Judgement, Fault> {
    let store = store::open(address, Arc::new(HostClock), 4).await?;
    let diaries = diary::read(folder).map_err(|error| {
        Fault::new(Cause::Unsuitable, Retry::Never, format!("the diaries cannot be read: {error}"))
    })?;
    // The mark of a file may stand ahead of the host's clock: it was jumped on purpose.
    let end = store.now().await.unwrap_or_else(|_| Timestamp::now());
    let mut court =
        Court { diaries, it: Judgement::default(), stands: BTreeMap::new(), effects: BTreeSet::new(), end };
    court.histories(&*store).await?;
    court.commands();
    court.demands();
    court.notices(&*store).await?;
    Ok(court.it)
}

struct Court {
    diaries: Diaries,
    it: Judgement,
    stands: BTreeMap<String, Stands>,
    effects: BTreeSet<String>,
    /// The present instant, by the clock of the store.
    end: Timestamp,
}

impl Court {
    fn breach(&mut self, words: Words) {
        self.it.breaches.push(words);
    }

    async fn histories(&mut self, store: &dyn Store) -> Result<(), Fault> {
        let mut after = None;
        loop {
            let page = Page { after: after.take(), limit: PAGE_MAX };
            let lines = store.cases(CaseFilter::default(), page).await?;
            let Some(last) = lines.last() else { return Ok(()) };
            after = Some(last.id.clone());
            for line in lines {
                self.history(store, &line.id).await?;
            }
        }
    }

    async fn history(&mut self, store: &dyn Store, id: &CaseId) -> Result<(), Fault> {
        if let Some(flaw) = audit::check(store, id).await?.and_then(|checked| checked.flaw) {
            self.breach(words!("{id} 的历史不完好：{flaw:?}", "{id} is not whole: {flaw:?}"));
        }
        let (mut all, mut after) = (Vec::new(), 0);
        loop {
            let page = Page { after: Some(after), limit: PAGE_MAX };
            let entries = store.history(id.clone(), page).await?;
            let Some(last) = entries.last() else { break };
            after = last.number;
            all.extend(entries);
        }
        self.it.cases += 1;
        self.it.entries += all.len() as u64;
        let due = all.iter().find_map(|entry| {
            let deed = self.diaries.deeds.get(&**entry.told.command.as_ref()?)?;
            (deed.asked.what == "offer").then(|| deed.asked.who.parse().ok()).flatten()
        });
        if let Some(due) = due.and_then(|due| Timestamp::from_microsecond(due).ok()) {
            let offer = Offer::read(&id.0, due, self.end, &all);
            self.it.fired += offer.fired;
            self.it.late = self.it.late.max(offer.late);
            self.it.breaches.extend(offer.breaches);
            if offer.late > LATE_MAX {
                let late = offer.late.as_secs();
                self.breach(words!("{id} 到期 {late} 秒后才办", "{id} lapsed {late} s after it was due"));
            }
        }
        for entry in all {
            self.entry(id, &entry);
        }
        Ok(())
    }

    fn entry(&mut self, id: &CaseId, entry: &Entry) {
        let goes_out =
            (0u32..).zip(outgoing(&entry.told.facts)).filter(|(_, out)| &*out.connector == NOTICES);
        for (effect, _) in goes_out {
            let key = EffectKey { case: id.clone(), entry: entry.number, effect };
            self.effects.insert(key.to_string());
        }
        let Some(key) = &entry.told.command else { return };
        let refused = entry.told.facts.iter().find_map(|fact| match &fact.what {
            What::Refused { code, .. } => Some(code.to_string()),
            _ => None,
        });
        let stands = Stands { case: id.clone(), entry: entry.number, refused };
        if let Some(Stands { case, entry: before, .. }) = self.stands.insert(key.to_string(), stands) {
            let now = entry.number;
            self.breach(words!(
                "同一个键做了两次：{case} 第 {before} 条，{id} 第 {now} 条",
                "one key was done twice: {case} entry {before}, {id} entry {now}"
            ));
        }
        if !self.diaries.deeds.contains_key(&**key) {
            let now = entry.number;
            self.breach(words!(
                "{id} 第 {now} 条没有人要过：{key}",
                "{id}, entry {now}: nobody asked for {key}"
            ));
        }
    }

    fn commands(&mut self) {
        let deeds = std::mem::take(&mut self.diaries.deeds);
        for (key, deed) in &deeds {
            self.it.asked += 1;
            match deed.answer() {
                None => self.breach(words!("{key} 到最后也没有回答", "{key} has no answer to this day")),
                Some((_, Heard::Not { why })) => {
                    *self.it.undone.entry(why.clone()).or_default() += 1;
                }
                Some(_) => {
                    self.it.answered += 1;
                    self.it.resolved += u64::from(deed.sent > 1);
                }
            }
            for (_, heard) in &deed.heard {
                if let Some(words) = wrong(deed, heard, self.stands.get(key)) {
                    self.breach(words);
                }
            }
        }
        self.diaries.deeds = deeds;
    }

    fn demands(&mut self) {
        let mut acts: BTreeMap<&CaseId, Vec<Act>> = BTreeMap::new();
        for (key, stands) in &self.stands {
            let Some(deed) = self.diaries.deeds.get(key) else { continue };
            if matches!(deed.asked.what.as_str(), "offer" | "accept") {
                continue;
            }
            self.it.claims += u64::from(deed.asked.what == "claim" && stands.refused.is_none());
            let act = Act {
                entry: stands.entry,
                began: deed.began,
                ended: deed.answer().map(|(at, _)| *at),
                what: deed.asked.what.clone(),
                bank: deed.asked.who.clone(),
                refused: stands.refused.clone(),
            };
            acts.entry(&stands.case).or_default().push(act);
        }
        let found: Vec<Words> =
            acts.iter().flat_map(|(case, acts)| explain::unexplained(&case.0, acts)).collect();
        self.it.breaches.extend(found);
    }

    /// Every notice of the histories went out or waits to; nothing else went out; copies are equal.
    async fn notices(&mut self, store: &dyn Store) -> Result<(), Fault> {
        let (mut waiting, mut after) = (BTreeSet::new(), None);
        loop {
            let filter = OutboxFilter { connector: Some(NOTICES.into()), case: None, parked: None };
            let rows = store.outbox(filter, Page { after: after.take(), limit: PAGE_MAX }).await?;
            let Some(last) = rows.last() else { break };
            after = Some(last.key.clone());
            waiting.extend(rows.into_iter().map(|row| row.key.to_string()));
        }
        let sent = std::mem::take(&mut self.diaries.sent);
        for (effect, copies) in &sent {
            self.it.sent += 1;
            self.it.copies += copies.len() as u64 - 1;
            if !self.effects.contains(effect) {
                self.breach(words!(
                    "{effect} 发出去了，历史里却没有",
                    "{effect} went out and is in no history"
                ));
            }
            if copies.iter().any(|copy| *copy != copies[0]) {
                self.breach(words!("{effect} 前后发的不一样", "{effect} went out twice, and not the same"));
            }
        }
        let lost: Vec<String> = self
            .effects
            .iter()
            .filter(|key| !sent.contains_key(*key) && !waiting.contains(*key))
            .cloned()
            .collect();
        for effect in lost {
            self.breach(words!(
                "{effect} 没有发出去，也不在等",
                "{effect} never went out, and does not wait"
            ));
        }
        Ok(())
    }
}

/// What an answer said that is not so.
fn wrong(deed: &Deed, heard: &Heard, stands: Option<&Stands>) -> Option<Words> {
    let (key, asked) = (&deed.asked.key, &deed.asked.case);
    let (version, code) = match heard {
        Heard::Yes { version } => (*version, None),
        Heard::No { version, code } => (*version, Some(code)),
        Heard::Not { .. } => {
            let Stands { case, entry, .. } = stands?;
            return Some(words!(
                "说没做，其实做了：{case} 第 {entry} 条（{key}）",
                "said to be not done, and was: {case} entry {entry} ({key})"
            ));
        }
    };
    let Some(Stands { case, entry, refused }) = stands else {
        return Some(words!(
            "答应过的丢了：{asked} 第 {version} 条（{key}）",
            "what was answered is lost: {asked} entry {version} ({key})"
        ));
    };
    let so = *case.0 == **asked && *entry == version && refused.as_ref() == code;
    (!so).then(|| {
        words!(
            "{key} 的回答说 {asked} 第 {version} 条 {code:?}，实际是 {case} 第 {entry} 条 {refused:?}",
            "{key} was answered as {asked} entry {version} {code:?}, it stands at {case} entry {entry} {refused:?}"
        )
    })
}

impl Judgement {
    /// Whether enough happened to say anything: a run that did hardly anything proves nothing.
    pub fn proves(&self, seen: &Seen) -> bool {
        let elsewhere = self.undone.get("elsewhere").copied().unwrap_or_default();
        let each = seen.by_kind().into_iter().all(|(_, count, answers)| answers >= ANSWERS_FEWEST * count);
        let enough = self.answered >= ANSWERS_FEWEST * seen.count().max(1);
        each && enough && self.answered * ANSWERED_SHARE >= self.asked.saturating_sub(elsewhere)
    }

    /// What came of it, for people.
    pub fn lines(&self) -> Vec<Words> {
        let Judgement { asked, answered, claims, resolved, cases, entries, fired, sent, copies, .. } = self;
        let undone: Vec<String> = self.undone.iter().map(|(why, count)| format!("{why} {count}")).collect();
        let (undone, late) = (undone.join(", "), self.late.as_millis());
        let mut lines = vec![
            words!(
                "发出 {asked} 个命令，回答 {answered} 个，其中 {resolved} 个是用同一个键再问才知道的；接单成功 {claims} 个",
                "{asked} commands sent, {answered} answered, {resolved} of them only when sent again with the key; {claims} claims accepted"
            ),
            words!("当场说没做的：{undone}", "said to be undone: {undone}"),
            words!(
                "核对 {cases} 件、{entries} 条历史；到期 {fired} 次，最迟 {late} 毫秒；通知 {sent} 件，多发 {copies} 份",
                "{cases} cases, {entries} entries checked; {fired} deadlines fired, the latest after {late} ms; {sent} notices, {copies} copies more"
            ),
        ];
        lines.extend(self.breaches.iter().take(20).cloned());
        if self.breaches.len() > 20 {
            let count = self.breaches.len();
            lines.push(words!("共 {count} 处不对", "{count} breaches"));
        }
        lines
    }
}

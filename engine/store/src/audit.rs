//! Checking what is stored against itself: the chain over the exact bytes of every entry, and the case that the
//! facts make against the case that is kept. And a case's whole history as a file that is checked without a server.

use machine::case::Case;
use machine::fact::Fact;
use machine::ids::CaseId;
use machine::replay;
use ports::commit::{Hash, Mark};
use ports::fault::{Cause, Fault};
use ports::query::{Entry, PAGE_MAX, Page};
use ports::store::Store;

use crate::chain::{self, Broken};
use crate::codec;

/// Why a case is not as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// Its chain is broken.
    Chain(Broken),
    /// This entry cannot be read at all.
    Unreadable(u64),
    /// Its facts are no whole history.
    NoHistory(String),
    /// The case that is kept is not the one that its history makes.
    OtherState,
    /// The case itself cannot be read.
    NoCase,
    /// The history ends with another hash than the one that was noted elsewhere.
    OtherHead,
}

impl Flaw {
    /// The first entry that is not as it was written, if the flaw lies in one.
    pub fn entry(&self) -> Option<u64> {
        match self {
            Flaw::Chain(Broken::Gap { expected, .. }) => Some(*expected),
            Flaw::Chain(Broken::Changed(entry) | Broken::Misplaced(entry)) => Some(*entry),
            Flaw::Chain(Broken::Ends { found, expected }) => Some(*found.min(expected) + 1),
            Flaw::Unreadable(entry) => Some(*entry),
            Flaw::NoHistory(_) | Flaw::OtherState | Flaw::NoCase | Flaw::OtherHead => None,
        }
    }
}

/// A case that was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// Which.
    pub case: CaseId,
    /// Entries that hold.
    pub entries: u64,
    /// The chain hash that covers them.
    pub head: Hash,
    /// What is wrong.
    pub flaw: Option<Flaw>,
}

/// Checks one case. `None`: there is no such case.
///
/// # Errors
/// A fault of the store that is not damage of this case.
pub async fn check(store: &dyn Store, id: &CaseId) -> Result<Option<Checked>, Fault> {
    let loaded = match store.load(vec![id.clone()]).await {
        Ok(mut loaded) => match loaded.pop().flatten() {
            Some(loaded) => Ok(loaded),
            None => return Ok(None),
        },
        Err(fault) if fault.cause == Cause::Damaged => Err(()),
        Err(fault) => return Err(fault),
    };
    let mut walk = Walk::default();
    let mut flaw = walk.whole(store, id).await?;
    let found = walk.mark;
    if flaw.is_none() {
        flaw = match &loaded {
            Ok(loaded) => walk.against(&loaded.case, loaded.mark),
            Err(()) => Some(Flaw::NoCase),
        };
    }
    Ok(Some(Checked { case: id.clone(), entries: found.version, head: found.chain, flaw }))
}

/// A history on the way through it.
struct Walk {
    mark: Mark,
    facts: Vec<Fact>,
}

impl Default for Walk {
    fn default() -> Self {
        Walk { mark: Mark::NEW, facts: vec![] }
    }
}

impl Walk {
    async fn whole(&mut self, store: &dyn Store, id: &CaseId) -> Result<Option<Flaw>, Fault> {
        let mut limit = PAGE_MAX;
        loop {
            let page = Page { after: Some(self.mark.version), limit };
            let entries = match store.history(id.clone(), page).await {
                Ok(entries) => entries,
                // One of them cannot be read: step by step, to name it.
                Err(fault) if fault.cause == Cause::Damaged && limit > 1 => {
                    limit = 1;
                    continue;
                }
                Err(fault) if fault.cause == Cause::Damaged => {
                    return Ok(Some(Flaw::Unreadable(self.mark.version + 1)));
                }
                Err(fault) => return Err(fault),
            };
            if entries.is_empty() {
                return Ok(None);
            }
            if let Some(flaw) = self.further(entries) {
                return Ok(Some(flaw));
            }
        }
    }

    fn further(&mut self, entries: Vec<Entry>) -> Option<Flaw> {
        for entry in entries {
            match chain::verify(self.mark, std::slice::from_ref(&entry)) {
                Ok(mark) => self.mark = mark,
                Err(broken) => return Some(Flaw::Chain(broken)),
            }
            self.facts.extend(entry.told.facts);
        }
        None
    }

    /// The history against the case that is kept.
    fn against(&self, case: &Case, stored: Mark) -> Option<Flaw> {
        if self.mark.version != stored.version {
            let ends = Broken::Ends { expected: stored.version, found: self.mark.version };
            return Some(Flaw::Chain(ends));
        }
        if self.mark.chain != stored.chain {
            return Some(Flaw::Chain(Broken::Changed(self.mark.version)));
        }
        match replay::replay(&self.facts) {
            Ok(made) if made == *case => None,
            Ok(_) => Some(Flaw::OtherState),
            Err(error) => Some(Flaw::NoHistory(error.to_string())),
        }
    }
}

/// A file that is no bundle, or a case that cannot be put into one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoBundle {
    /// This line does not say what it should.
    #[error("line {0} is not of a bundle")]
    Line(usize),
    /// A later program wrote it.
    #[error("the bundle is of form {0}, which this program does not know")]
    Newer(u64),
    /// The world misbehaves.
    #[error(transparent)]
    Fault(#[from] Fault),
    /// There is no such case.
    #[error("there is no case {0}")]
    UnknownCase(CaseId),
}

/// The form of bundles that this program writes.
const FORM: u64 = 1;

/// The whole history of a case with its definition, a JSON object a line: the head, every entry with its exact
/// bytes, the case as it is kept.
///
/// # Errors
/// [`NoBundle`]
pub async fn bundle(store: &dyn Store, id: &CaseId) -> Result<String, NoBundle> {
    let loaded = store.load(vec![id.clone()]).await?.pop().flatten();
    let loaded = loaded.ok_or_else(|| NoBundle::UnknownCase(id.clone()))?;
    let hash = loaded.case.definition.clone();
    let wanted = ports::definitions::DefinitionFilter { hash: Some(hash.clone()), process: None };
    let definition = store.definitions(wanted).await?.pop();
    let head = serde_json::json!({
        "bundle": FORM, "case": &*id.0, "process": &*loaded.case.process, "definition": &*hash,
        "entries": loaded.mark.version, "head": hex(&loaded.mark.chain),
        "text": definition.as_ref().map(|d| &d.text), "names": definition.as_ref().map(|d| &d.names),
    });
    let mut lines = vec![head.to_string()];
    let mut after = 0;
    while after < loaded.mark.version {
        let page = Page { after: Some(after), limit: PAGE_MAX };
        let entries = store.history(id.clone(), page).await?;
        let Some(last) = entries.last() else { break };
        after = last.number;
        // An entry written after the case was read belongs to the next bundle.
        lines.extend(entries.iter().filter(|e| e.number <= loaded.mark.version).map(line_of));
    }
    let kept = codec::write_case(&loaded.case).map_err(Fault::from)?;
    let kept = String::from_utf8_lossy(kept.get(1..).unwrap_or_default()).into_owned();
    lines.push(serde_json::json!({ "kept": kept, "form": codec::CASE_VERSION }).to_string());
    Ok(lines.join("\n") + "\n")
}

fn line_of(entry: &Entry) -> String {
    let body = String::from_utf8_lossy(&entry.body);
    serde_json::json!({ "entry": entry.number, "body": body, "chain": hex(&entry.chain) }).to_string()
}

/// Checks a bundle by itself. `noted` is a head that somebody kept: the history must pass through it.
///
/// # Errors
/// [`NoBundle`] when the text is none.
pub fn check_bundle(text: &str, noted: Option<Hash>) -> Result<Checked, NoBundle> {
    let mut lines = text.lines().enumerate().filter(|(_, line)| !line.is_empty());
    let (_, first) = lines.next().ok_or(NoBundle::Line(1))?;
    let first = object(first, 1)?;
    match first.get("bundle").and_then(serde_json::Value::as_u64) {
        Some(FORM) => {}
        Some(newer) => return Err(NoBundle::Newer(newer)),
        None => return Err(NoBundle::Line(1)),
    }
    let name = |key: &str| first.get(key).and_then(serde_json::Value::as_str).ok_or(NoBundle::Line(1));
    let case = CaseId(name("case")?.into());
    let version = first.get("entries").and_then(serde_json::Value::as_u64).ok_or(NoBundle::Line(1))?;
    let stored = Mark { version, chain: unhex(name("head")?).ok_or(NoBundle::Line(1))? };
    let beside = codec::Beside {
        id: case.clone(),
        process: name("process")?.into(),
        definition: name("definition")?.into(),
    };
    let (mut walk, mut kept, mut passed) = (Walk::default(), None, noted.is_none());
    for (at, line) in lines {
        let line = object(line, at + 1)?;
        if let Some(text) = line.get("kept").and_then(serde_json::Value::as_str) {
            let form = line.get("form").and_then(serde_json::Value::as_u64);
            if form != Some(u64::from(codec::CASE_VERSION)) {
                return Err(NoBundle::Line(at + 1));
            }
            kept = Some(text.to_owned());
            continue;
        }
        if let Some(flaw) = walk.further_line(&line).ok_or(NoBundle::Line(at + 1))? {
            return Ok(Checked { case, entries: walk.mark.version, head: walk.mark.chain, flaw: Some(flaw) });
        }
        passed |= noted == Some(walk.mark.chain);
    }
    let kept = kept.map(|text| codec::read_case(beside, &[&[codec::CASE_VERSION], text.as_bytes()].concat()));
    let flaw = match kept {
        Some(Ok(case)) => walk.against(&case, stored),
        Some(Err(_)) | None => Some(Flaw::NoCase),
    };
    let flaw = flaw.or((!passed).then_some(Flaw::OtherHead));
    Ok(Checked { case, entries: walk.mark.version, head: walk.mark.chain, flaw })
}

impl Walk {
    /// One line of a bundle; `None` when it is not one.
    fn further_line(&mut self, line: &serde_json::Map<String, serde_json::Value>) -> Option<Option<Flaw>> {
        let number = line.get("entry")?.as_u64()?;
        let body = line.get("body")?.as_str()?.as_bytes().to_vec();
        let chain = unhex(line.get("chain")?.as_str()?)?;
        if self.mark.version + 1 == number && chain::link(&self.mark.chain, &chain::leaf(&body)) != chain {
            return Some(Some(Flaw::Chain(Broken::Changed(number))));
        }
        let Ok(told) = codec::read_entry(&body) else { return Some(Some(Flaw::Unreadable(number))) };
        Some(self.further(vec![Entry { number, first_fact: 0, body, chain, told }]))
    }
}

fn object(line: &str, number: usize) -> Result<serde_json::Map<String, serde_json::Value>, NoBundle> {
    match serde_json::from_str(line) {
        Ok(serde_json::Value::Object(fields)) => Ok(fields),
        _ => Err(NoBundle::Line(number)),
    }
}

/// A hash as people write it.
pub fn hex(hash: &Hash) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A hash that a person wrote.
pub fn unhex(text: &str) -> Option<Hash> {
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    let bytes = (0..32).map(|at| u8::from_str_radix(&text[at * 2..at * 2 + 2], 16).ok());
    bytes.collect::<Option<Vec<u8>>>()?.try_into().ok()
}

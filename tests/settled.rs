//! Runs of a small settlement, held in memory: two banks, two first loans, and in the later run a record on which the
//! platform does not agree.

use std::collections::BTreeMap;
use std::sync::Arc;

use language::Sources;
use language::rules::{Book, compile_book};
use serde_json::Value as Json;
use server::pages::runs::{NoRun, RunId, Runs};
use settle::Settled;
use settle::compare::{Compared, compare};
use settle::read::reading;

use crate::{read, root};

/// The rules as shipped.
pub fn rules() -> Arc<Book> {
    let folder = root().join("workflows/annual-settlement/rules");
    let entries = std::fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    let mut names: Vec<String> = entries.filter_map(|e| e.ok()?.file_name().into_string().ok()).collect();
    names.sort();
    let texts: Vec<(String, String)> = names
        .into_iter()
        .map(|name| (name.clone(), read(&format!("workflows/annual-settlement/rules/{name}"))))
        .collect();
    let rules: Vec<(&str, &[u8])> = texts.iter().map(|(name, text)| (&**name, text.as_bytes())).collect();
    let header = read("workflows/annual-settlement/settlement.yaml");
    let compiled = compile_book(&mut Sources::new(), ("settlement.yaml", header.as_bytes()), &rules);
    compiled.book.unwrap_or_else(|| panic!("{:?}", compiled.report))
}

/// A year of these sets; those that are not given have no rows.
pub fn settled(book: &Arc<Book>, year: i16, sets: &BTreeMap<&str, String>) -> Settled {
    let mut read = reading(year);
    for list in 0..book.sets {
        let of = &book.lists[list];
        let names: Vec<&str> = of.columns.iter().map(|column| &*column.name).collect();
        let rows = sets.get(&*of.name).cloned().unwrap_or_default();
        let text = format!("{}\n{rows}", names.join(","));
        read.set(book, list, Some(text.as_bytes()));
    }
    assert!(read.findings.is_empty(), "{:?}", read.findings);
    Settled::compute(book.clone(), year, read.data).unwrap_or_else(|stopped| panic!("{stopped:?}"))
}

/// The runs.
pub struct HeldRuns(BTreeMap<RunId, Arc<Settled>>);

impl HeldRuns {
    /// Two runs of 2019 over two banks.
    pub fn of(first: &str, second: &str) -> HeldRuns {
        const FIRM: &str = "91320599MA00000070,91320599MA00000070";
        let book = rules();
        let loan = |number: &str, bank: &str, amount: &str| {
            format!("{number},{bank},{FIRM},{amount},online,true,620,true,1,C3525,2019-05-06\n")
        };
        let mut sets = BTreeMap::from([
            ("institutions", format!("{first},示例甲银行,bank,true,\n{second},示例乙银行,bank,true,\n")),
            ("credit_loans", loan("L1", first, "2000000.00") + &loan("L2", second, "3000000.00")),
        ]);
        let before = settled(&book, 2019, &sets);
        let known =
            |number: &str, bank: &str, amount: &str| format!("{number},{bank},{FIRM},{amount},2019-05-06\n");
        let history = known("L1", first, "2000000.00") + &known("L2", second, "2500000.00");
        sets.insert("platform_loans", history);
        let after = settled(&book, 2019, &sets);
        let all = [before, after].into_iter().zip(1..);
        HeldRuns(all.map(|(run, number)| (RunId { year: 2019, number }, Arc::new(run))).collect())
    }
}

impl Runs for HeldRuns {
    fn all(&self) -> Result<BTreeMap<RunId, Json>, NoRun> {
        Ok(self.0.iter().map(|(id, run)| (*id, run.told().run_json())).collect())
    }

    fn run(&self, id: RunId) -> Result<Json, NoRun> {
        self.settled(id).map(|run| run.told().run_json())
    }

    fn settled(&self, id: RunId) -> Result<Arc<Settled>, NoRun> {
        self.0.get(&id).cloned().ok_or(NoRun::NotThere)
    }

    fn compared(&self, before: RunId, after: RunId) -> Result<Compared, NoRun> {
        Ok(compare(&self.run(before)?, &self.run(after)?))
    }

    fn file(&self, id: RunId, name: &str) -> Result<(&'static str, Vec<u8>), NoRun> {
        let run = self.settled(id)?;
        match name {
            "lines.csv" => Ok(("text/csv; charset=utf-8", run.told().lines_csv().into_bytes())),
            _ => Err(NoRun::NotThere),
        }
    }
}

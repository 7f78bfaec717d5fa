//! The end state of a store in one number: every case with its version and the hash of its whole history.

use machine::ids::CaseId;
use ports::query::{CaseFilter, Loaded, PAGE_MAX, Page};
use runtime::answer::Trouble;
use runtime::engine::Engine;
use sha2::{Digest, Sha256};

use crate::drive::Broken;

/// Looks at every case, in the order of their numbers, a page at a time.
///
/// # Errors
/// A fault of the store.
pub async fn each_case(engine: &Engine, mut look: impl FnMut(&Loaded)) -> Result<u64, Broken> {
    let (mut page, mut count) = (Page::first(PAGE_MAX), 0);
    loop {
        let lines = engine.store().cases(CaseFilter::default(), page.clone()).await.map_err(Trouble::from)?;
        let ids: Vec<CaseId> = lines.iter().map(|line| line.id.clone()).collect();
        let full = ids.len() == page.size() as usize;
        page.after = ids.last().cloned();
        let loaded = engine.store().load(ids).await.map_err(Trouble::from)?;
        for case in loaded.into_iter().flatten() {
            look(&case);
            count += 1;
        }
        if !full {
            return Ok(count);
        }
    }
}

/// A running hash over cases.
#[derive(Clone, Default)]
pub struct Sum(Sha256);

impl Sum {
    /// Takes in a case.
    pub fn add(&mut self, loaded: &Loaded) {
        self.0.update(format!("{} {} ", loaded.case.id, loaded.mark.version));
        self.0.update(loaded.mark.chain);
    }

    /// The hash so far, as hexadecimal digits.
    pub fn text(&self) -> String {
        self.0.clone().finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

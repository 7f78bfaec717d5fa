//! The end state of a store in one number: every case with its version and the hash of its whole history.

use machine::ids::CaseId;
use ports::query::{CaseFilter, Loaded, Page};
use ports::store::Store;
use runtime::answer::Trouble;
use sha2::{Digest, Sha256};

use crate::drive::Broken;

/// So many cases are in memory at once.
const AT_ONCE: u32 = 250;

/// Looks at every case, in the order of their numbers, a page at a time.
///
/// # Errors
/// A fault of the store.
pub async fn each_case(store: &dyn Store, mut look: impl FnMut(&Loaded)) -> Result<u64, Broken> {
    let (mut page, mut count) = (Page::first(AT_ONCE), 0);
    loop {
        let lines = store.cases(CaseFilter::default(), page.clone()).await.map_err(Trouble::from)?;
        let ids: Vec<CaseId> = lines.iter().map(|line| line.id.clone()).collect();
        let full = ids.len() == page.size() as usize;
        page.after = ids.last().cloned();
        let loaded = store.load(ids).await.map_err(Trouble::from)?;
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

//! Cases a lane keeps in memory: those used lately, bounded by their size.

use std::collections::BTreeMap;

use machine::ids::CaseId;
use ports::query::Loaded;

/// Two generations: what is used moves to the young one; when that is full the old one is forgotten.
#[derive(Debug)]
pub struct Known {
    young: BTreeMap<CaseId, Loaded>,
    old: BTreeMap<CaseId, Loaded>,
    weight: usize,
    half: usize,
}

impl Known {
    /// Room for so many runs; a case counts as its runs.
    pub fn new(most: usize) -> Known {
        Known { young: BTreeMap::new(), old: BTreeMap::new(), weight: 0, half: (most / 2).max(1) }
    }

    /// The case, if it is known.
    pub fn get(&self, case: &CaseId) -> Option<&Loaded> {
        self.young.get(case).or_else(|| self.old.get(case))
    }

    /// Keeps a case as it is stored.
    pub fn put(&mut self, loaded: Loaded) {
        let id = loaded.case.id.clone();
        self.old.remove(&id);
        self.weight += loaded.case.runs.len();
        if let Some(before) = self.young.insert(id, loaded) {
            self.weight -= before.case.runs.len();
        }
    }

    /// Forgets the old generation when the young one is full. Between two of these nothing is forgotten by itself:
    /// whatever a round found here it still finds when it decides.
    pub fn trim(&mut self) {
        if self.weight > self.half {
            self.old = std::mem::take(&mut self.young);
            self.weight = 0;
        }
    }

    /// Forgets a case: somebody else wrote it, or may have.
    pub fn forget(&mut self, case: &CaseId) {
        self.old.remove(case);
        if let Some(before) = self.young.remove(case) {
            self.weight -= before.case.runs.len();
        }
    }

    /// How many cases are kept.
    pub fn len(&self) -> usize {
        self.young.len() + self.old.len()
    }

    /// Whether none is kept.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use machine::case::{Case, Run};
    use machine::ids::ChartIx;
    use ports::commit::Mark;
    use ports::query::Standing;
    use std::sync::Arc;

    fn loaded(id: &str) -> Loaded {
        let at = jiff::Timestamp::UNIX_EPOCH;
        let run = Run {
            chart: ChartIx::MAIN,
            key: Default::default(),
            slot: None,
            started_at: at,
            active: vec![],
            remembered: vec![],
            data: vec![],
            timers: vec![],
            tasks: vec![],
            trail: Default::default(),
            ended: None,
        };
        let case = Case {
            id: CaseId(id.into()),
            process: "p".into(),
            definition: "d".into(),
            started_at: at,
            at,
            runs: vec![Arc::new(run)],
            facts: 0,
            next_timer: 1,
            next_task: 1,
        };
        Loaded { case, mark: Mark::NEW, standing: Standing::Running }
    }

    #[test]
    fn what_a_round_found_stays_until_the_round_is_over() {
        let mut known = Known::new(2);
        for id in ["A", "B", "C", "D", "E"] {
            known.put(loaded(id));
        }
        assert_eq!(known.len(), 5);
        known.trim();
        known.put(loaded("F"));
        assert!(known.get(&CaseId("A".into())).is_some(), "the old generation is still there");
        known.put(loaded("G"));
        known.trim();
        assert!(known.get(&CaseId("A".into())).is_none() && known.get(&CaseId("G".into())).is_some());
    }
}

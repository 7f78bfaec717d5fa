//! Reading, in the model: look at everything, keep what fits, sort.

use std::collections::BTreeMap;

use jiff::Timestamp;
use machine::ids::{CaseId, Name};
use ports::definitions::{DefinitionFilter, Deployed};
use ports::query::{
    CaseFilter, CaseLine, Count, DueCase, DueFilter, Lease, LeaseWish, PAGE_MAX, Page, Standing, TaskFilter,
    TaskLine, TaskPlace,
};

use super::{Keep, kept};
use crate::tables::{instant, micros};

/// A wanted value, where nothing wanted means anything goes.
fn wants<T: PartialEq>(wanted: &Option<T>, is: Option<&T>) -> bool {
    wanted.as_ref().is_none_or(|wanted| Some(wanted) == is)
}

fn same_kind(a: &Standing, b: &Standing) -> bool {
    matches!((a, b), (Standing::Incident(_), Standing::Incident(_))) || a == b
}

impl Keep {
    pub(super) fn cases(&self, filter: &CaseFilter, page: &Page<CaseId>) -> Vec<CaseLine> {
        let fits = |line: &&CaseLine| {
            wants(&filter.process, Some(&line.process))
                && wants(&filter.correlate, line.correlate.as_ref())
                && filter.standing.as_ref().is_none_or(|s| same_kind(s, &line.standing))
                && filter.state.as_ref().is_none_or(|state| line.states.contains(state))
                && filter.party.as_ref().is_none_or(|p| self.parties.contains(&(p.clone(), line.id.clone())))
                && page.after.as_ref().is_none_or(|after| line.id > *after)
        };
        let lines = self.cases.values().map(|kept| &kept.line).filter(fits);
        lines.take(page.size() as usize).cloned().collect()
    }

    pub(super) fn counts(&self, process: Option<&str>) -> Vec<Count> {
        let mut counted: BTreeMap<(Name, Vec<Name>, Standing), u64> = BTreeMap::new();
        let lines = self.cases.values().map(|kept| &kept.line);
        for line in lines.filter(|line| process.is_none_or(|process| *line.process == *process)) {
            let key = (line.process.clone(), line.states.clone(), line.standing.clone());
            *counted.entry(key).or_default() += 1;
        }
        let counts = counted.into_iter();
        counts
            .map(|((process, states, standing), cases)| Count { process, states, standing, cases })
            .collect()
    }

    pub(super) fn due(&self, filter: &DueFilter, limit: u32) -> Vec<DueCase> {
        let parts = |part: &u16| filter.parts.as_ref().is_none_or(|parts| parts.contains(part));
        let until = instant(micros(filter.until)).unwrap_or(filter.until);
        let mut due: Vec<DueCase> = self
            .cases
            .values()
            .filter(|kept| parts(&kept.part))
            .filter_map(|kept| Some(DueCase { id: kept.line.id.clone(), due: kept.line.next_due? }))
            .filter(|case| case.due <= until)
            .collect();
        due.sort_by(|a, b| (a.due, &a.id).cmp(&(b.due, &b.id)));
        due.truncate(limit.clamp(1, PAGE_MAX) as usize);
        due
    }

    pub(super) fn tasks(&self, filter: &TaskFilter, page: &Page<TaskPlace>) -> Vec<TaskLine> {
        let rank = |place: &TaskPlace| (place.due.is_none(), place.due, place.case.clone(), place.task);
        let after = page.after.as_ref().map(rank);
        let lines =
            self.tasks.iter().map(|((case, _), open)| TaskLine { case: case.clone(), open: open.clone() });
        let fits = |line: &TaskLine| {
            wants(&filter.role, Some(&line.open.role))
                && wants(&filter.holder, line.open.holder.as_ref())
                && wants(&filter.party, line.open.party.as_ref())
                && wants(&filter.case, Some(&line.case))
                && after.as_ref().is_none_or(|after| rank(&line.place()) > *after)
        };
        let mut lines: Vec<TaskLine> = lines.filter(fits).collect();
        lines.sort_by_key(|line| rank(&line.place()));
        lines.truncate(page.size() as usize);
        lines
    }

    pub(super) fn lease(&mut self, wish: LeaseWish, now: Timestamp) -> Lease {
        let until = kept(now.checked_add(wish.keep).unwrap_or(Timestamp::MAX));
        let fresh = Lease { name: wish.name.clone(), holder: wish.holder.clone(), epoch: 0, until };
        let lease = self.leases.entry(wish.name).or_insert(fresh);
        let over = crate::tables::lease::is_over(lease.until, now);
        if lease.epoch == 0 || (lease.holder != wish.holder && over) {
            *lease = Lease { epoch: lease.epoch + 1, holder: wish.holder, until, name: lease.name.clone() };
        } else if lease.holder == wish.holder {
            lease.until = until;
        }
        lease.clone()
    }

    pub(super) fn definitions(&self, filter: &DefinitionFilter) -> Vec<Deployed> {
        let fits =
            |d: &&Deployed| wants(&filter.hash, Some(&d.hash)) && wants(&filter.process, Some(&d.process));
        let mut found: Vec<Deployed> = self.definitions.values().filter(fits).cloned().collect();
        found.sort_by(|a, b| b.at.cmp(&a.at).then_with(|| a.hash.cmp(&b.hash)));
        found.truncate(PAGE_MAX as usize);
        found
    }
}

//! The W3C algorithm for SCXML interpretation (Recommendation of 2015, appendix D), transcribed.
//!
//! Procedures keep the names of the specification. Left out: invoke, data, sending, which this comparison does
//! not need. Added, and marked `ours`: a bound on microsteps, transitions of the `scxml` element itself (they
//! never leave it), and the answer whether an external event enabled anything.

use std::collections::VecDeque;

use super::document::{Cond, Content, Document, Kind, ROOT, State, Transition};

/// One interpreter session: the global variables of the algorithm.
#[derive(Clone, Debug)]
pub struct Session<'d> {
    document: &'d Document,
    pub configuration: Vec<&'d str>,
    internal_queue: VecDeque<String>,
    pub history_value: Vec<(&'d str, Vec<&'d str>)>,
    pub running: bool,
    /// What `log` has said since the session began.
    pub log: Vec<String>,
    /// The top-level final state that was reached.
    pub ended_in: Option<&'d str>,
    /// Ours.
    microsteps: u32,
}

/// Ours: the macrostep did not come to rest within the bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Endless;

/// The tables that `computeEntrySet` fills.
#[derive(Default)]
struct Entry<'d> {
    states_to_enter: Vec<&'d str>,
    states_for_default_entry: Vec<&'d str>,
    /// By the id of the history state's parent.
    default_history_content: Vec<(&'d str, &'d [Content])>,
}

impl<'d> Session<'d> {
    /// `procedure interpret(doc)`, up to the first wait for an external event.
    pub fn interpret(document: &'d Document, bound: u32) -> Result<Session<'d>, Endless> {
        let mut session = Session {
            document,
            configuration: vec![],
            internal_queue: VecDeque::new(),
            history_value: vec![],
            running: true,
            log: vec![],
            ended_in: None,
            microsteps: 0,
        };
        let initial = document.state(ROOT).initial.as_ref().expect("the chart says where it starts");
        session.enter_states(&[initial]);
        session.main_event_loop(bound)?;
        Ok(session)
    }

    /// One external event and everything that follows from it. Says whether it enabled any transition.
    pub fn external(&mut self, event: &str, bound: u32) -> Result<bool, Endless> {
        self.microsteps = 0;
        let enabled = self.select_transitions(event);
        let taken = !enabled.is_empty();
        if taken {
            self.microstep(&enabled);
        }
        self.main_event_loop(bound)?;
        Ok(taken)
    }

    /// `procedure mainEventLoop()` between two external events.
    fn main_event_loop(&mut self, bound: u32) -> Result<(), Endless> {
        let mut macrostep_done = false;
        let mut seen = Recurrence::default();
        while self.running && !macrostep_done {
            let mut enabled = self.select_eventless_transitions();
            if enabled.is_empty() {
                match self.internal_queue.pop_front() {
                    None => macrostep_done = true,
                    Some(event) => enabled = self.select_transitions(&event),
                }
            }
            if !enabled.is_empty() {
                self.microstep(&enabled);
            }
            if self.microsteps > bound || seen.again(self) {
                return Err(Endless);
            }
        }
        if !self.running {
            self.exit_interpreter();
        }
        Ok(())
    }

    /// `procedure exitInterpreter()`
    fn exit_interpreter(&mut self) {
        for s in self.in_exit_order(self.configuration.clone()) {
            self.execute_content(&self.document.state(s).onexit);
            self.configuration.retain(|c| *c != s);
            if is_final_state(self.document.state(s)) && self.parent(s) == Some(ROOT) {
                self.ended_in = Some(s);
            }
        }
    }

    /// `function selectEventlessTransitions()`
    fn select_eventless_transitions(&self) -> Vec<&'d Transition> {
        self.select(|t| t.events.is_empty())
    }

    /// `function selectTransitions(event)`
    fn select_transitions(&self, event: &str) -> Vec<&'d Transition> {
        self.select(|t| t.events.iter().any(|descriptor| name_match(descriptor, event)))
    }

    /// The loop both selections have in common.
    fn select(&self, answers: impl Fn(&Transition) -> bool) -> Vec<&'d Transition> {
        let mut enabled: Vec<&'d Transition> = vec![];
        let atomic: Vec<&str> =
            self.configuration.iter().filter(|s| self.is_atomic_state(s)).copied().collect();
        for state in self.in_document_order(atomic) {
            let path = std::iter::once(state).chain(self.get_proper_ancestors(state, None));
            'path: for s in path {
                for t in &self.document.state(s).transitions {
                    if answers(t) && self.condition_match(t) {
                        add(&mut enabled, t);
                        break 'path;
                    }
                }
            }
        }
        self.remove_conflicting_transitions(&enabled)
    }

    fn condition_match(&self, t: &Transition) -> bool {
        t.conds.iter().all(|cond| match cond {
            Cond::In(state) => self.configuration.contains(&&**state),
            Cond::NotIn(state) => !self.configuration.contains(&&**state),
        })
    }

    /// `function removeConflictingTransitions(enabledTransitions)`
    fn remove_conflicting_transitions(&self, enabled: &[&'d Transition]) -> Vec<&'d Transition> {
        let mut filtered: Vec<&'d Transition> = vec![];
        for &t1 in enabled {
            let mut t1_preempted = false;
            let mut transitions_to_remove: Vec<&'d Transition> = vec![];
            for &t2 in &filtered {
                let exit1 = self.compute_exit_set(&[t1]);
                let exit2 = self.compute_exit_set(&[t2]);
                if exit1.iter().any(|s| exit2.contains(s)) {
                    if self.is_descendant(&t1.source, &t2.source) {
                        add(&mut transitions_to_remove, t2);
                    } else {
                        t1_preempted = true;
                        break;
                    }
                }
            }
            if !t1_preempted {
                filtered.retain(|t| !transitions_to_remove.contains(t));
                add(&mut filtered, t1);
            }
        }
        filtered
    }

    /// `procedure microstep(enabledTransitions)`
    fn microstep(&mut self, enabled: &[&'d Transition]) {
        self.microsteps += 1;
        self.exit_states(enabled);
        self.execute_transition_content(enabled);
        self.enter_states(enabled);
    }

    /// `procedure exitStates(enabledTransitions)`
    fn exit_states(&mut self, enabled: &[&'d Transition]) {
        let states_to_exit = self.in_exit_order(self.compute_exit_set(enabled));
        for &s in &states_to_exit {
            for h in self.document.children(s) {
                let Kind::History { deep } = h.kind else { continue };
                let remembered = |s0: &&&str| match deep {
                    true => self.is_atomic_state(s0) && self.is_descendant(s0, s),
                    false => self.parent(s0) == Some(s),
                };
                let value: Vec<&str> = self.configuration.iter().filter(remembered).copied().collect();
                let value = self.in_document_order(value);
                self.history_value.retain(|(id, _)| *id != h.id);
                self.history_value.push((&h.id, value));
            }
        }
        for s in states_to_exit {
            self.execute_content(&self.document.state(s).onexit);
            self.configuration.retain(|c| *c != s);
        }
    }

    /// `function computeExitSet(transitions)`
    fn compute_exit_set(&self, transitions: &[&'d Transition]) -> Vec<&'d str> {
        let mut states_to_exit = vec![];
        for t in transitions {
            if t.targets.is_empty() {
                continue;
            }
            let domain = self.get_transition_domain(t);
            for &s in &self.configuration {
                if self.is_descendant(s, domain) {
                    add(&mut states_to_exit, s);
                }
            }
        }
        states_to_exit
    }

    /// `procedure executeTransitionContent(enabledTransitions)`
    fn execute_transition_content(&mut self, enabled: &[&'d Transition]) {
        for t in enabled {
            self.execute_content(&t.content);
        }
    }

    /// `procedure enterStates(enabledTransitions)`
    fn enter_states(&mut self, enabled: &[&'d Transition]) {
        let mut entry = Entry::default();
        self.compute_entry_set(enabled, &mut entry);
        for s in self.in_document_order(entry.states_to_enter.clone()) {
            add(&mut self.configuration, s);
            let state = self.document.state(s);
            self.execute_content(&state.onentry);
            if entry.states_for_default_entry.contains(&s)
                && let Some(initial) = &state.initial
            {
                self.execute_content(&initial.content);
            }
            if let Some((_, content)) = entry.default_history_content.iter().find(|(id, _)| *id == s) {
                self.execute_content(content);
            }
            if is_final_state(state) {
                self.enter_final_state(s);
            }
        }
    }

    /// What `enterStates` does when it has entered a final state.
    fn enter_final_state(&mut self, s: &'d str) {
        let parent = self.parent(s).expect("a final state has a parent");
        if parent == ROOT {
            self.running = false;
            return;
        }
        self.internal_queue.push_back(format!("done.state.{parent}"));
        let grandparent = self.parent(parent).expect("only the chart has no parent");
        if self.is_parallel_state(grandparent)
            && self.get_child_states(grandparent).iter().all(|c| self.is_in_final_state(c))
        {
            self.internal_queue.push_back(format!("done.state.{grandparent}"));
        }
    }

    /// `procedure computeEntrySet(transitions, statesToEnter, statesForDefaultEntry, defaultHistoryContent)`
    fn compute_entry_set(&self, transitions: &[&'d Transition], entry: &mut Entry<'d>) {
        for t in transitions {
            for s in &t.targets {
                self.add_descendant_states_to_enter(s, entry);
            }
            if t.targets.is_empty() {
                continue;
            }
            let ancestor = self.get_transition_domain(t);
            for s in self.get_effective_target_states(t) {
                self.add_ancestor_states_to_enter(s, ancestor, entry);
            }
        }
    }

    /// `procedure addDescendantStatesToEnter(state, ...)`
    fn add_descendant_states_to_enter(&self, state: &'d str, entry: &mut Entry<'d>) {
        let s = self.document.state(state);
        if let Kind::History { .. } = s.kind {
            let parent = self.parent(state).expect("a history state has a parent");
            let states = match self.history_of(state) {
                Some(value) => value.to_vec(),
                None => {
                    let default = s.initial.as_ref().expect("a history state has a default");
                    entry.default_history_content.retain(|(id, _)| *id != parent);
                    entry.default_history_content.push((parent, &default.content));
                    names(&default.targets)
                }
            };
            self.add_all_to_enter(&states, parent, entry);
            return;
        }
        add(&mut entry.states_to_enter, state);
        if self.is_compound_state(state) {
            add(&mut entry.states_for_default_entry, state);
            let initial = s.initial.as_ref().expect("a compound state says where it starts");
            self.add_all_to_enter(&names(&initial.targets), state, entry);
        } else if self.is_parallel_state(state) {
            self.add_regions_to_enter(state, entry);
        }
    }

    /// First every state with what is inside it, then what lies between it and the ancestor.
    fn add_all_to_enter(&self, states: &[&'d str], ancestor: &str, entry: &mut Entry<'d>) {
        for s in states {
            self.add_descendant_states_to_enter(s, entry);
        }
        for s in states {
            self.add_ancestor_states_to_enter(s, ancestor, entry);
        }
    }

    /// `procedure addAncestorStatesToEnter(state, ancestor, ...)`
    fn add_ancestor_states_to_enter(&self, state: &'d str, ancestor: &str, entry: &mut Entry<'d>) {
        for anc in self.get_proper_ancestors(state, Some(ancestor)) {
            add(&mut entry.states_to_enter, anc);
            if self.is_parallel_state(anc) {
                self.add_regions_to_enter(anc, entry);
            }
        }
    }

    /// The regions of a parallel state into which nothing leads yet.
    fn add_regions_to_enter(&self, parallel: &'d str, entry: &mut Entry<'d>) {
        for child in self.get_child_states(parallel) {
            if !entry.states_to_enter.iter().any(|s| self.is_descendant(s, child)) {
                self.add_descendant_states_to_enter(child, entry);
            }
        }
    }

    /// `procedure isInFinalState(s)`
    fn is_in_final_state(&self, s: &str) -> bool {
        let children = self.get_child_states(s);
        if self.is_compound_state(s) {
            children.iter().any(|c| is_final_state(self.document.state(c)) && self.configuration.contains(c))
        } else if self.is_parallel_state(s) {
            children.iter().all(|c| self.is_in_final_state(c))
        } else {
            false
        }
    }

    /// `function getTransitionDomain(transition)`
    fn get_transition_domain(&self, t: &'d Transition) -> &'d str {
        let tstates = self.get_effective_target_states(t);
        let inside = |s: &&str| self.is_descendant(s, &t.source);
        // Ours: the chart itself is never left.
        if t.source == ROOT {
            return ROOT;
        }
        if t.internal && self.is_compound_state(&t.source) && tstates.iter().all(inside) {
            return &t.source;
        }
        let mut list = vec![&*t.source];
        list.extend(tstates);
        self.find_lcca(&list)
    }

    /// `function findLCCA(stateList)`
    fn find_lcca(&self, states: &[&'d str]) -> &'d str {
        let ancestors = self.get_proper_ancestors(states[0], None);
        let mut candidates = ancestors.into_iter().filter(|a| *a == ROOT || self.is_compound_state(a));
        let found = candidates.find(|anc| states[1..].iter().all(|s| self.is_descendant(s, anc)));
        found.expect("the chart is an ancestor of every state")
    }

    /// `function getEffectiveTargetStates(transition)`
    fn get_effective_target_states(&self, transition: &'d Transition) -> Vec<&'d str> {
        let mut targets = vec![];
        for s in &transition.targets {
            if let Kind::History { .. } = self.document.state(s).kind {
                match self.history_of(s) {
                    Some(value) => value.iter().for_each(|v| add(&mut targets, *v)),
                    None => {
                        let default = self.document.state(s).initial.as_ref();
                        let default = default.expect("a history state has a default");
                        for target in self.get_effective_target_states(default) {
                            add(&mut targets, target);
                        }
                    }
                }
            } else {
                add(&mut targets, &**s);
            }
        }
        targets
    }

    /// `function getProperAncestors(state1, state2)`
    fn get_proper_ancestors(&self, state1: &str, state2: Option<&str>) -> Vec<&'d str> {
        let mut ancestors = vec![];
        if let Some(state2) = state2
            && (state2 == state1 || self.is_descendant(state2, state1))
        {
            return ancestors;
        }
        let mut at = self.parent(state1);
        while let Some(anc) = at.filter(|anc| Some(*anc) != state2) {
            ancestors.push(anc);
            at = self.parent(anc);
        }
        ancestors
    }

    /// `function isDescendant(state1, state2)`
    fn is_descendant(&self, state1: &str, state2: &str) -> bool {
        self.document.is_inside(state1, state2)
    }

    /// `function getChildStates(state1)`: history states are not among them.
    fn get_child_states(&self, state1: &str) -> Vec<&'d str> {
        let children = self.document.children(state1).into_iter();
        children.filter(|c| !matches!(c.kind, Kind::History { .. })).map(|c| &*c.id).collect()
    }

    fn execute_content(&mut self, content: &'d [Content]) {
        for one in content {
            match one {
                Content::Raise(event) => self.internal_queue.push_back(event.clone()),
                Content::Log(text) => self.log.push(text.clone()),
            }
        }
    }

    fn history_of(&self, id: &str) -> Option<&[&'d str]> {
        self.history_value.iter().find(|(h, _)| *h == id).map(|(_, value)| &**value)
    }

    fn parent(&self, id: &str) -> Option<&'d str> {
        self.document.state(id).parent.as_deref()
    }

    fn is_atomic_state(&self, id: &str) -> bool {
        let state = self.document.state(id);
        is_final_state(state) || (state.kind == Kind::State && self.get_child_states(id).is_empty())
    }

    fn is_compound_state(&self, id: &str) -> bool {
        self.document.state(id).kind == Kind::State && !self.get_child_states(id).is_empty()
    }

    fn is_parallel_state(&self, id: &str) -> bool {
        self.document.state(id).kind == Kind::Parallel
    }

    /// Document order is entry order: ancestors stand before descendants.
    pub fn in_document_order(&self, mut states: Vec<&'d str>) -> Vec<&'d str> {
        states.sort_by_key(|s| self.document.position(s));
        states
    }

    fn in_exit_order(&self, states: Vec<&'d str>) -> Vec<&'d str> {
        let mut states = self.in_document_order(states);
        states.reverse();
        states
    }
}

/// The names of a list of targets.
fn names(targets: &[String]) -> Vec<&str> {
    targets.iter().map(|t| &**t).collect()
}

fn is_final_state(state: &State) -> bool {
    state.kind == Kind::Final
}

/// Adds to a set.
fn add<T: PartialEq>(set: &mut Vec<T>, member: T) {
    if !set.contains(&member) {
        set.push(member);
    }
}

/// Whether an event descriptor answers an event (SCXML 3.12.1): by whole tokens from the left.
fn name_match(descriptor: &str, event: &str) -> bool {
    let wanted: Vec<&str> = descriptor.split('.').filter(|token| !matches!(*token, "*" | "")).collect();
    let tokens: Vec<&str> = event.split('.').collect();
    wanted.len() <= tokens.len() && wanted.iter().zip(&tokens).all(|(a, b)| a == b)
}

/// Ours: a session that is exactly as it was earlier in the same macrostep will be so for ever. One earlier
/// moment is kept, a later one each time the distance doubles.
#[derive(Default)]
struct Recurrence<'d> {
    kept: Option<Moment<'d>>,
    steps: u32,
}

#[derive(PartialEq)]
struct Moment<'d> {
    configuration: Vec<&'d str>,
    queue: VecDeque<String>,
    remembered: Vec<(&'d str, Vec<&'d str>)>,
}

impl<'d> Recurrence<'d> {
    fn again(&mut self, session: &Session<'d>) -> bool {
        self.steps += 1;
        if self.steps < 16 || !session.running || session.is_at_rest() {
            return false;
        }
        if self.kept.as_ref().is_some_and(|kept| kept.queue.len() == session.internal_queue.len())
            && self.kept == Some(session.moment())
        {
            return true;
        }
        if self.steps.is_power_of_two() {
            self.kept = Some(session.moment());
        }
        false
    }
}

impl<'d> Session<'d> {
    fn is_at_rest(&self) -> bool {
        self.internal_queue.is_empty() && self.select_eventless_transitions().is_empty()
    }

    fn moment(&self) -> Moment<'d> {
        let mut remembered = self.history_value.clone();
        remembered.sort();
        let configuration = self.in_document_order(self.configuration.clone());
        Moment { configuration, queue: self.internal_queue.clone(), remembered }
    }
}

//! Branches out of states: what an event, a clock or nothing at all leads to.

use machine::chart::{Go, Initial, Pattern, Transition};
use machine::ids::{EventIx, Name, StateIx};

use crate::codes;
use crate::diagnostic::Diagnostic;
use crate::span::Span;
use crate::tree::{Key, Kind, Node};
use crate::words;

use super::desk::Sort;
use super::lowering::Lowering;
use super::map::Thing;
use super::outline::transition_ix;
use super::pick;
use super::scope::AtHand;

/// More branches than this are refused: an index has sixteen bits.
const BRANCHES_MAX: usize = 20_000;
/// One event leads to no more branches: what needs more is a decision table.
const CHOICE_MAX: usize = 100;

/// Events of the machine itself, by their first words.
const SYSTEM: &[&str] = &["clock", "reminder", "done.state", "done.run", "error"];

impl Lowering<'_, '_, '_> {
    /// Every branch out of a state: those of its clocks first, then `on`, then `always`.
    pub fn branches_of(&mut self, state: StateIx) {
        let node = self.outline().states[state.at()].node;
        self.clock_branches(state);
        for (key, follows) in pick::entries(node, "on") {
            let at_hand = self.at_hand(key);
            self.branches(follows, state, &[Pattern::read(&key.text)], &at_hand);
        }
        if let Some(always) = node.get("always") {
            self.branches(always, state, &[], &AtHand::Some);
        }
    }

    /// What an event of `on` is; reports one that nobody can send.
    fn at_hand(&mut self, key: &Key) -> AtHand {
        let name = key.text.as_str();
        if let Some(event) = self.outline().event(name) {
            return AtHand::Declared(event);
        }
        for child in self.whole.charts.iter().skip(1) {
            if name.strip_suffix(".ended").is_some_and(|kind| *kind == *child.outline.name) {
                return AtHand::Ended(child.outline.ix);
            }
        }
        if self.whole.told.contains_key(name) {
            return AtHand::Told(name.into());
        }
        let pattern = Pattern::read(name);
        let Pattern::Prefix(prefix) = &pattern else { return AtHand::Some };
        if let Some(clock) = prefix.strip_prefix("clock.").or_else(|| prefix.strip_prefix("reminder.")) {
            let clock = clock.split('.').next().unwrap_or(clock);
            self.outline().clock(clock, key.span, self.desk);
            return AtHand::Clock;
        }
        if let Some(state) = prefix.strip_prefix("done.state.") {
            self.outline().state(state, key.span, self.desk);
            return AtHand::Some;
        }
        let own = SYSTEM.iter().any(|own| {
            prefix.as_ref() == *own || prefix.strip_prefix(own).is_some_and(|rest| rest.starts_with('.'))
        });
        let declared = self.outline().events.iter().any(|event| pattern.answers(&event.name));
        let told = self.whole.told.keys().any(|event| pattern.answers(event));
        if !own && !declared && !told {
            self.unknown_event(key);
        }
        AtHand::Some
    }

    fn unknown_event(&mut self, key: &Key) {
        let declared = self.outline().events.iter().map(|event| event.name.clone());
        let told = self.whole.told.keys().cloned();
        let ended =
            self.whole.charts.iter().skip(1).map(|child| Name::from(format!("{}.ended", child.outline.name)));
        let known: Vec<Name> = declared.chain(told).chain(ended).collect();
        self.desk.find(Sort::Event, &key.text, key.span, known.iter().map(|name| &**name));
    }

    /// The branches under one key: a state's name, a map, or a list of both.
    pub fn branches(&mut self, follows: &Node, state: StateIx, on: &[Pattern], at_hand: &AtHand) {
        let branches = pick::one_or_many(follows);
        if let Some(one_more) = branches.get(CHOICE_MAX) {
            self.desk.say(super::outline::too_many(one_more.span.first(), CHOICE_MAX));
        }
        for branch in branches.iter().take(CHOICE_MAX) {
            self.branch_of(branch, state, on.to_vec(), at_hand.clone());
        }
    }

    /// One branch.
    pub fn branch_of(&mut self, branch: &Node, state: StateIx, on: Vec<Pattern>, at_hand: AtHand) {
        let outline = self.outline();
        self.of = Thing::Transition(outline.ix, transition_ix(self.transitions.len()));
        let event = match &at_hand {
            AtHand::Declared(event) => Some(*event),
            _ => None,
        };
        let place = self.place(state, at_hand);
        let go = self.go(branch, state);
        let transition = Transition {
            source: state,
            on,
            event,
            by: self.common().roles_at(branch, "by", self.desk),
            guard: self.guard(branch, "when", &place),
            go,
            actions: self.actions(branch, "do", &place),
            basis: pick::name(branch, "basis"),
        };
        self.push(transition, shown(branch));
    }

    fn push(&mut self, transition: Transition, span: Span) {
        if self.transitions.len() >= BRANCHES_MAX {
            self.desk.say(super::outline::too_many(span, BRANCHES_MAX));
            return;
        }
        let ix = transition_ix(self.transitions.len());
        self.desk.map.put(Thing::Transition(self.outline().ix, ix), span);
        self.transitions.push(transition);
    }

    fn go(&mut self, branch: &Node, source: StateIx) -> Go {
        if let Some(text) = branch.as_text() {
            let targets = self.outline().state(text, branch.span, self.desk);
            return Go::To { targets: targets.into_iter().collect(), internal: false };
        }
        self.check_one_way(branch);
        if let Some(go) = branch.get("go") {
            let targets = self.targets(go);
            return Go::To { targets, internal: self.internal(branch, source) };
        }
        match self.common().refusal(branch, "refuse", self.desk) {
            Some(code) => Go::Refuse { code },
            None => Go::Stay,
        }
    }

    fn internal(&mut self, branch: &Node, source: StateIx) -> bool {
        let internal = pick::flag(branch, "internal");
        let inner = self.outline().states[source.at()].children.is_empty();
        if let Some((key, _)) = branch.entry("internal").filter(|_| internal && inner) {
            self.desk.say(
                Diagnostic::new(
                    codes::INTERNAL_OF_ATOMIC,
                    key.span,
                    words!(
                        "没有内部状态的状态不能写 `internal`",
                        "`internal` needs a state with states inside"
                    ),
                )
                .advise(words!(
                    "去掉 `internal`；不离开状态就不要写 `go`",
                    "leave `internal` out; to stay, write no `go`"
                )),
            );
        }
        internal
    }

    /// `go`, `refuse` and `stay` exclude each other; a refusal does nothing.
    fn check_one_way(&mut self, branch: &Node) {
        let ways: Vec<&(Key, Node)> =
            ["go", "refuse", "stay"].iter().filter_map(|key| branch.entry(key)).collect();
        if let [(first, _), (second, _), ..] = ways.as_slice() {
            let (one, two) = (&first.text, &second.text);
            self.desk.say(
                Diagnostic::new(
                    codes::TWO_WAYS,
                    second.span,
                    words!("`{one}` 和 `{two}` 不能同时写", "`{one}` and `{two}` exclude each other"),
                )
                .also(first.span, words!("另一个在这里", "the other one")),
            );
        }
        if let (Some((refuse, _)), Some((done, _))) = (branch.entry("refuse"), branch.entry("do")) {
            self.desk.say(
                Diagnostic::new(
                    codes::TWO_WAYS,
                    done.span,
                    words!("拒绝时不执行动作，`do` 没有作用", "a refusal does nothing: `do` has no effect"),
                )
                .also(refuse.span, words!("这里拒绝", "refused here")),
            );
        }
    }

    /// The states a node names; reports several that cannot be active together.
    pub fn targets(&mut self, go: &Node) -> Vec<StateIx> {
        let mut targets: Vec<(StateIx, Span)> = Vec::new();
        for node in pick::one_or_many(go) {
            let Some(text) = node.as_text() else { continue };
            let Some(state) = self.outline().state(text, node.span, self.desk) else { continue };
            let clash = targets.iter().find(|(other, _)| !self.together(*other, state)).copied();
            if let Some((_, other)) = clash {
                self.desk.say(
                    Diagnostic::new(
                        codes::TARGETS_CLASH,
                        node.span,
                        words!("这两个状态不会同时有效", "these states are never active together"),
                    )
                    .also(other, words!("与这个冲突", "clashes with this one"))
                    .advise(words!(
                        "多个去向须在同一个 `parallel` 状态的不同分区里",
                        "several targets have to lie in different regions of one `parallel` state"
                    )),
                );
            }
            targets.push((state, node.span));
        }
        targets.into_iter().map(|(state, _)| state).collect()
    }

    /// Whether two states lie in different regions of a parallel state.
    fn together(&self, one: StateIx, other: StateIx) -> bool {
        let outline = self.outline();
        if one == other || outline.is_inside(one, other) || outline.is_inside(other, one) {
            return false;
        }
        let round = outline.and_round(one).find(|state| outline.is_inside(other, *state));
        round.is_some_and(|state| outline.kind_word(state) == "parallel")
    }

    /// Where a compound state starts, or a history state without memory.
    pub fn initial(&mut self, node: &Node, state: StateIx) -> Option<Initial> {
        self.of = Thing::State(self.outline().ix, state);
        let targets = self.targets(node.get("go").unwrap_or(node));
        let place = self.place(state, AtHand::Some);
        let actions = self.actions(node, "do", &place);
        (!targets.is_empty()).then_some(Initial { targets, actions })
    }

    /// The event's index by name, for tasks.
    pub fn event_at(&mut self, node: &Node) -> Option<EventIx> {
        let text = node.as_text()?;
        let known = self.outline().events.iter().map(|event| &*event.name);
        self.desk.find(Sort::Event, text, node.span, known).map(|at| EventIx(super::outline::narrow(at)))
    }
}

/// A map is shown at its first key and value, not over all its lines.
fn shown(branch: &Node) -> Span {
    match &branch.kind {
        Kind::Map(entries) => entries.first().map_or(branch.span, |(key, _)| key.span),
        Kind::Scalar(_) | Kind::Seq(_) | Kind::Null => branch.span,
    }
}

//! States: what sort each is, where it starts, what it does on entry and exit.

use machine::chart::{Initial, State, StateKind, Transition};
use machine::ids::{Bilingual, ClockIx, FieldIx, StateIx, TransitionIx};

use crate::codes;
use crate::diagnostic::Diagnostic;
use crate::tree::Node;
use crate::words;

use super::lowering::Lowering;
use super::map::{Silences, Thing};
use super::outline::{StateOutline, clock_ix, state_ix, transition_ix};
use super::pick;
use super::scope::AtHand;

/// Keys that mean nothing in a state that only ends or remembers.
const LIVELY: &[&str] =
    &["on", "always", "states", "task", "deadlines", "gates", "validities", "waits", "pauses", "initial"];

impl Lowering<'_, '_, '_> {
    /// Every state with its branches, in document order.
    pub fn states(&mut self) -> Vec<State> {
        let all = 0..self.outline().states.len();
        all.map(|at| self.state(state_ix(at))).collect()
    }

    fn state(&mut self, ix: StateIx) -> State {
        let outline = self.outline();
        let declared = &outline.states[ix.at()];
        let node = declared.node;
        let kind = self.kind(ix);
        let initial = self.start(ix, &kind);
        self.of = Thing::State(outline.ix, ix);
        let place = self.place(ix, AtHand::Some);
        let entry = self.actions(node, "entry", &place);
        let exit = self.actions(node, "exit", &place);
        let task = self.task(node, ix);
        let first = self.transitions.len();
        self.branches_of(ix);
        let transitions: Vec<TransitionIx> = (first..self.transitions.len()).map(transition_ix).collect();
        self.keep_silences(node, ix);
        State {
            name: declared.name.clone(),
            title: self.title(declared, &kind),
            kind,
            parent: declared.parent,
            children: declared.children.clone(),
            last: declared.last,
            initial,
            entry,
            exit,
            transitions,
            clocks: self.clocks_of(ix),
            pauses: self.pauses(node, ix),
            task,
            requires: self.requires(node),
            basis: pick::name(node, "basis"),
            side: pick::flag(node, "side"),
        }
    }

    /// What people call a state; a history state without words of its own leads back to the state round it.
    fn title(&self, declared: &StateOutline<'_>, kind: &StateKind) -> Bilingual {
        let (StateKind::History { .. }, None) = (kind, declared.node.get("title")) else {
            return pick::title(declared.node, &declared.name);
        };
        match declared.parent.filter(|parent| *parent != StateIx::ROOT) {
            Some(parent) => {
                let round = &self.outline().states[parent.at()];
                let Bilingual { zh, en } = pick::title(round.node, &round.name);
                Bilingual::new(format!("回到“{zh}”"), format!("Back to “{en}”"))
            }
            None => Bilingual::new("回到原处", "Back where it was"),
        }
    }

    fn kind(&mut self, ix: StateIx) -> StateKind {
        let outline = self.outline();
        let (node, name) = (outline.states[ix.at()].node, &outline.states[ix.at()].name);
        let empty = outline.states[ix.at()].children.is_empty();
        match outline.kind_word(ix) {
            "final" => {
                self.check_still(node, "final");
                StateKind::Final { outcome: pick::name(node, "outcome").unwrap_or_else(|| name.clone()) }
            }
            "history" => {
                self.check_still(node, "history");
                StateKind::History { deep: pick::flag(node, "deep"), clocks: pick::flag(node, "clocks") }
            }
            "parallel" if empty => {
                self.no_regions(ix);
                StateKind::Atomic
            }
            "parallel" => StateKind::Parallel,
            _ if empty => StateKind::Atomic,
            _ => StateKind::Compound,
        }
    }

    fn no_regions(&mut self, ix: StateIx) {
        let outline = self.outline();
        let name = &outline.states[ix.at()].name;
        self.desk.say(
            Diagnostic::new(
                codes::NO_REGIONS,
                outline.states[ix.at()].span,
                words!("并行状态 `{name}` 里没有分区", "the parallel state `{name}` has no regions"),
            )
            .advise(words!("在 `states` 里写各个分区", "write the regions under `states`")),
        );
    }

    /// A final or history state is passed through, never stayed in.
    fn check_still(&mut self, node: &Node, kind: &str) {
        for (key, _) in
            node.as_map().unwrap_or_default().iter().filter(|(key, _)| LIVELY.contains(&key.text.as_str()))
        {
            let name = &key.text;
            self.desk.say(
                Diagnostic::new(
                    codes::STILL_STATE,
                    key.span,
                    words!(
                        "`type: {kind}` 的状态不能有 `{name}`",
                        "a state of `type: {kind}` has no `{name}`"
                    ),
                )
                .advise(words!(
                    "去掉 `{name}`，或去掉 `type: {kind}`",
                    "leave `{name}` out, or `type: {kind}`"
                )),
            );
        }
    }

    fn start(&mut self, ix: StateIx, kind: &StateKind) -> Option<Initial> {
        let outline = self.outline();
        let (node, span) = (outline.states[ix.at()].node, outline.states[ix.at()].span);
        let name = &outline.states[ix.at()].name;
        match kind {
            StateKind::Compound => match node.get("initial") {
                Some(written) => {
                    let initial = self.initial(written, ix)?;
                    self.check_inside(written, ix, &initial);
                    Some(initial)
                }
                None => {
                    let first = outline.states[ix.at()]
                        .children
                        .first()
                        .map_or("", |at| &outline.states[at.at()].name);
                    self.desk.say(
                        Diagnostic::new(
                            codes::NO_INITIAL,
                            span,
                            words!("`{name}` 没有写从哪个状态开始", "`{name}` does not say where it starts"),
                        )
                        .advise(words!("例：`initial: {first}`", "example: `initial: {first}`")),
                    );
                    None
                }
            },
            StateKind::History { .. } => match node.get("default") {
                Some(written) => self.initial(written, ix),
                None => {
                    self.desk.say(
                        Diagnostic::new(
                            codes::NO_DEFAULT,
                            span,
                            words!(
                                "历史状态 `{name}` 没有写 `default`",
                                "the history state `{name}` has no `default`"
                            ),
                        )
                        .advise(words!(
                            "写明没有历史时进入哪个状态：`default: 状态名`",
                            "say which state is entered when nothing is remembered: `default: STATE`"
                        )),
                    );
                    None
                }
            },
            StateKind::Atomic | StateKind::Parallel | StateKind::Final { .. } => None,
        }
    }

    fn check_inside(&mut self, written: &Node, ix: StateIx, initial: &Initial) {
        let outline = self.outline();
        if initial.targets.iter().all(|target| outline.is_inside(*target, ix)) {
            return;
        }
        let name = &outline.states[ix.at()].name;
        let span = written.get("go").unwrap_or(written).span;
        self.desk.say(
            Diagnostic::new(
                codes::INITIAL_OUTSIDE,
                span,
                words!("`initial` 必须是 `{name}` 里面的状态", "`initial` has to be a state inside `{name}`"),
            )
            .label(words!("这个状态在外面", "this state lies outside")),
        );
    }

    fn clocks_of(&self, ix: StateIx) -> Vec<ClockIx> {
        let clocks = self.outline().clocks.iter().enumerate();
        clocks.filter(|(_, clock)| clock.owner == ix).map(|(at, _)| clock_ix(at)).collect()
    }

    fn pauses(&mut self, node: &Node, ix: StateIx) -> Vec<ClockIx> {
        let mut pauses = Vec::new();
        for written in pick::many(node, "pauses") {
            let Some(text) = written.as_text() else { continue };
            let Some(clock) = self.outline().clock(text, written.span, self.desk) else { continue };
            let owner = self.outline().clocks[clock.at()].owner;
            if !self.outline().is_inside(ix, owner) {
                let owner = &self.outline().states[owner.at()].name;
                self.desk.say(
                    Diagnostic::new(
                        codes::PAUSES_OTHER,
                        written.span,
                        words!(
                            "只能暂停外层状态的时限；`{text}` 属于 `{owner}`",
                            "only clocks of enclosing states can stand still; `{text}` belongs to `{owner}`"
                        ),
                    )
                    .advise(words!("把时限移到外层状态", "move the clock to an enclosing state")),
                );
            }
            pauses.push(clock);
        }
        pauses
    }

    fn requires(&mut self, node: &Node) -> Vec<FieldIx> {
        let written =
            pick::many(node, "requires").iter().filter_map(|node| Some((node.as_text()?, node.span)));
        written.filter_map(|(text, span)| self.outline().field(text, span, self.desk)).collect()
    }

    fn keep_silences(&mut self, node: &Node, ix: StateIx) {
        let silences =
            Silences { no_task: pick::name(node, "no_task"), no_deadline: pick::name(node, "no_deadline") };
        if silences != Silences::default() {
            self.desk.map.silences.insert((self.outline().ix, ix), silences);
        }
        for (word, other) in [("no_task", "task"), ("no_deadline", "deadlines")] {
            if let (Some((key, _)), Some((stands, _))) = (node.entry(word), node.entry(other)) {
                self.desk.say(
                    Diagnostic::new(
                        codes::SILENCE_BROKEN,
                        key.span,
                        words!("写了 `{other}`，就不要写 `{word}`", "there is `{other}`: leave `{word}` out"),
                    )
                    .also(stands.span, words!("写在这里", "it is here")),
                );
            }
        }
    }

    /// The branches, once every state has been read.
    pub fn take_transitions(&mut self) -> Vec<Transition> {
        std::mem::take(&mut self.transitions)
    }
}

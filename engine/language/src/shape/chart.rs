//! What a process and a child have in common: where they start, their states.

use super::{closed, open, state};
use crate::keys::{MapShape, Shape};

use super::action::ACTIONS;

pub(super) static STATES_MAP: MapShape = open("states", "state", Shape::Map(&state::STATE));

pub(super) static INITIAL: Shape =
    Shape::Either(&[Shape::Name("state"), Shape::List(&Shape::Name("state")), Shape::Map(&START)]);

static START: MapShape = closed(
    "initial",
    &[
        needed!("go", super::STATES, "从哪个状态开始", "the state it starts in", "go: evaluating"),
        key!("do", ACTIONS, "进入之前做的事", "what is done before it is entered", "do: [ record: claimed ]"),
    ],
);

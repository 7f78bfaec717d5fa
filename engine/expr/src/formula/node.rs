//! A formula ready to run: names are numbers, constants are folded.

use std::sync::Arc;

use super::ast::{Comparison, Named, Operator};
use super::builtins::Builtin;
use super::error::Place;
use super::scope::{HostFn, Slot};
use crate::value::Value;

#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub op: Op,
    pub place: Place,
}

/// What the brackets behind a list mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Picks {
    /// One item by its number.
    Index,
    /// The items for which it holds.
    Matching,
    /// Known only when it runs.
    Unclear,
}

#[derive(Clone, Debug)]
pub(crate) enum Origin {
    Items(Node),
    Numbers(Node, Node),
}

/// A `for`, `some` or `every`. Iterator i lives at local `first + i`.
#[derive(Clone, Debug)]
pub(crate) struct Loop {
    pub sources: Vec<Origin>,
    pub body: Node,
    /// Whether the body reads `partial`, which then lives below the iterators.
    pub partial: bool,
}

#[derive(Clone, Debug)]
pub(crate) enum Test {
    Compare(Comparison, Node),
    /// A value, list or range the input is held against.
    Value(Node),
    /// A condition about `?`.
    Condition(Node),
}

#[derive(Clone, Debug)]
pub(crate) enum Op {
    Constant(Value),
    Variable(Slot),
    Local(u32),
    /// A field of the item at a local if it has one, else the outer meaning of the name.
    ItemOr(u32, Arc<str>, Box<Node>),
    Path(Box<Node>, Arc<str>),
    Filter(Box<(Node, Node)>, Picks),
    Arithmetic(Box<Node>, Box<[(Operator, Place, Node)]>),
    Negative(Box<Node>),
    Compare(Comparison, Box<(Node, Node)>),
    Between(Box<(Node, Node, Node)>),
    In(Box<Node>, Box<[Test]>),
    InstanceOf(Box<Node>, Named),
    Known(Box<Node>, bool),
    And(Box<[Node]>),
    Or(Box<[Node]>),
    If(Box<(Node, Node, Node)>),
    For(Box<Loop>),
    Quantified(bool, Box<Loop>),
    List(Box<[Node]>),
    /// Entries; entry i may read the locals of those before it.
    Context(Box<[(Arc<str>, Node)]>),
    Range(Option<Box<Node>>, bool, Option<Box<Node>>, bool),
    Builtin(&'static Builtin, Box<[Node]>),
    Host(HostFn, Box<[Node]>),
}

impl Node {
    pub fn constant(value: Value, place: Place) -> Node {
        Node { op: Op::Constant(value), place }
    }

    pub fn as_constant(&self) -> Option<&Value> {
        if let Op::Constant(value) = &self.op { Some(value) } else { None }
    }
}

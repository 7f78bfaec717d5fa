//! Indexes and names: what `language` resolves every written name to, once.

use std::fmt;
use std::sync::Arc;

/// A name as written in a definition: states, events, fields, parameters, roles, codes.
pub type Name = Arc<str>;

/// Words for people, in Chinese and English, from the same line of the definition.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bilingual {
    /// Chinese.
    pub zh: Arc<str>,
    /// English.
    pub en: Arc<str>,
}

impl Bilingual {
    /// The same thing said in both languages.
    pub fn new(zh: impl Into<Arc<str>>, en: impl Into<Arc<str>>) -> Self {
        Bilingual { zh: zh.into(), en: en.into() }
    }
}

macro_rules! index {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u16);

        impl $name {
            /// This index as a position in its table.
            pub fn at(self) -> usize {
                usize::from(self.0)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}", self.0)
            }
        }
    };
}

index!(
    /// A chart of a definition; 0 is the main process, the others are kinds of children.
    ChartIx
);
index!(
    /// A state of a chart; document order is index order, and 0 is the chart itself.
    StateIx
);
index!(
    /// A transition of a chart, in document order.
    TransitionIx
);
index!(
    /// A data field of a chart.
    FieldIx
);
index!(
    /// A clock (deadline, gate, wait) of a chart.
    ClockIx
);
index!(
    /// A role of a definition.
    RoleIx
);
index!(
    /// A parameter of a definition.
    ParameterIx
);
index!(
    /// A decision table of a definition.
    TableIx
);
index!(
    /// A declared event of a chart.
    EventIx
);
index!(
    /// A named condition of a chart.
    ConditionIx
);
index!(
    /// One run of a chart inside a case, by the order in which the runs started; 0 is the main process.
    RunIx
);

impl ChartIx {
    /// The main process of a definition.
    pub const MAIN: ChartIx = ChartIx(0);
}

impl StateIx {
    /// The chart itself, parent of its top-level states. It is never left.
    pub const ROOT: StateIx = StateIx(0);
}

impl RunIx {
    /// The run of the main process.
    pub const MAIN: RunIx = RunIx(0);
}

/// A case's own identifier, as the office prints it (`FD-2026-000183`).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CaseId(pub Name);

impl fmt::Display for CaseId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

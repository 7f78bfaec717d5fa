//! YAML text to definition, or every diagnostic at once. Pure: it is given text and returns values.
//!
//! Order of reading: [`read`] takes bytes through [`prescan`] (the traps of office machines), [`yaml`]
//! (text to [`tree`], with positions) and gives a tree and a [`diagnostic::Report`]. Everything found is
//! shown by [`render`] and [`sarif`], explained by [`pages`], and mended by [`fix`]. [`keys`] checks a tree along
//! a table of keys, [`suggest`] finds the word that was meant, [`format`](mod@format) writes the normal form.
//! [`check`] also looks at what cases can come to ([`graph`]) and says what no case can do right ([`analysis`]).

mod allow;
pub mod analysis;
pub mod calendar;
pub mod codes;
pub mod diagnostic;
pub mod fix;
pub mod format;
pub mod graph;
pub mod keys;
mod lints;
pub mod pages;
pub mod prescan;
pub mod process;
pub mod profile;
pub mod read;
pub mod render;
pub mod rules;
pub mod sarif;
pub mod shape;
pub mod source;
pub mod span;
pub mod suggest;
mod syntax;
pub mod tree;
pub mod words;
pub mod yaml;

pub use analysis::{analyse, check};
pub use codes::Code;
pub use diagnostic::{Diagnostic, Fix, Label, Report, Severity};
pub use process::{Compiled, SourceMap, Thing, compile};
pub use read::{Reading, read};
pub use source::{FileId, Position, Sources};
pub use span::Span;
pub use tree::{Key, Kind, Node, Scalar, Style, Tree};
pub use words::{Lang, Words};

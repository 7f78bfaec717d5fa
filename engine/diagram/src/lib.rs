//! A process as a picture: the ladder as SVG and as text, Mermaid and Graphviz. Pure: text in, text out.
//!
//! [`picture`] is what is drawn, [`overlay`] what is laid over it; [`mod@layout`] decides where everything
//! stands, in whole pixels, so that its laws can be checked; [`svg`] prints it. [`text`] draws the same
//! ladder for a terminal; [`mermaid`] and [`dot`] write it for other tools. The same picture always gives
//! the same bytes. Nothing here can fail: whatever cannot be drawn as asked is drawn smaller or said.

mod dot;
mod fold;
pub mod from_definition;
pub mod layout;
mod measure;
mod mermaid;
pub mod overlay;
pub mod picture;
mod scxml;
mod svg;
mod text;
mod tree;
mod xstate;

pub use dot::dot;
pub use fold::{DEEPEST, Folding};
pub use from_definition::{edge_id, picture, picture_of};
pub use mermaid::mermaid;
pub use overlay::{Change, Overlay};
pub use picture::{Cause, Child, Edge, Kind, Lang, Picture, Place, State, Words};
pub use scxml::scxml;
pub use svg::{Focus, Options, STYLE, Sheet, placed, svg};
pub use text::{COLUMNS, text};
pub use xstate::xstate;

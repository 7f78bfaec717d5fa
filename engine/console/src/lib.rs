//! The console's pages: what a page may show goes in, HTML comes out.
//!
//! Nothing is asked for here and nothing decided: whoever calls has already looked up what this person
//! may see. Every page works without JavaScript; `assets/app.js` only keeps it fresh.

pub mod assets;
pub mod form;
pub mod moment;
pub mod pages;
pub mod shell;
pub mod view;
pub mod words;

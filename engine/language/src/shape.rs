//! The shape of a process document: every key with its words and an example.
//!
//! It is the one source for unknown keys and did-you-mean, missing keys, the JSON Schema in `docs/schema/`,
//! `charter explain KEY.PATH` and completion.

use crate::keys::{MapShape, OpenShape, Shape, Word};

/// A key that may be left out: name, form, what it says in Chinese and English, an example.
macro_rules! key {
    ($name:literal, $shape:expr, $zh:literal, $en:literal, $example:literal) => {
        crate::keys::KeyShape {
            name: $name,
            shape: $shape,
            required: false,
            zh: $zh,
            en: $en,
            example: $example,
        }
    };
}

/// A key that has to be there.
macro_rules! needed {
    ($name:literal, $shape:expr, $zh:literal, $en:literal, $example:literal) => {
        crate::keys::KeyShape {
            name: $name,
            shape: $shape,
            required: true,
            zh: $zh,
            en: $en,
            example: $example,
        }
    };
}

mod action;
mod calendar;
mod chart;
mod children;
mod clock;
mod header;
mod lists;
mod records;
mod rules;
mod state;
mod tables;

/// A process document.
pub static PROCESS: Shape = Shape::Map(&header::PROCESS);

/// The `$id` of the JSON Schema.
pub const SCHEMA_ID: &str = "charter-1.schema.json";

/// A list of parameter values for a process: a city's profile.
pub static PROFILE: Shape = Shape::Map(&header::PROFILE);

/// One year of a calendar.
pub static CALENDAR_YEAR: Shape = Shape::Map(&calendar::YEAR);

/// The header of a book of settlement rules.
pub static BOOK: Shape = Shape::Map(&rules::BOOK);

/// A settlement rule.
pub static RULE: Shape = Shape::Map(&rules::RULE);

/// How the sets of a settlement are made of the platform's own cases: `platform.yaml`.
pub static PLATFORM: Shape = Shape::Map(&records::PLATFORM);

/// How worked cases correspond to the rules of a settlement: `golden.yaml`.
pub static GOLDEN: Shape = Shape::Map(&records::GOLDEN);

/// A map of known keys only.
const fn closed(name: &'static str, keys: &'static [crate::keys::KeyShape]) -> MapShape {
    MapShape { name, keys, open: None }
}

/// A map of entries under free names only.
const fn open(name: &'static str, kind: &'static str, shape: Shape) -> MapShape {
    MapShape { name, keys: &[], open: Some(OpenShape { kind, shape }) }
}

/// A word that may stand as a value.
const fn word(word: &'static str, zh: &'static str, en: &'static str) -> Word {
    Word { word, zh, en }
}

/// One name, or a list of names.
static STATES: Shape = Shape::Either(&[Shape::Name("state"), Shape::List(&Shape::Name("state"))]);
static ROLES: Shape = Shape::Either(&[Shape::Name("role"), Shape::List(&Shape::Name("role"))]);

/// The words of a choice: alone, or each with its title.
static CHOICES: Shape = Shape::Either(&[Shape::List(&Shape::Text), Shape::Map(&CHOICE_TITLES)]);
static CHOICE_TITLES: MapShape = open("choices", "word", Shape::Title);

static WITH: MapShape = open("values", "name", Shape::Formula);

//! Every command of the program: one line here, one file below.

use clap::{ArgMatches, Command};
use language::words::Lang;

use crate::exit::Outcome;
use crate::talk::Talk;

mod account;
mod audit;
mod bench;
mod calendar;
mod chaos;
pub mod check;
mod city;
mod clock;
mod completions;
mod config;
mod deadline;
mod definition;
mod demo;
mod deploy;
pub mod diagram;
mod dlq;
mod doctor;
mod eval;
mod explain;
mod fmt;
mod incident;
mod inspect;
mod man;
mod migrate;
mod new;
mod replay;
mod schema;
mod send;
mod serve;
mod settle;
mod simulate;
mod start;
mod task;
mod template;
mod test;
mod timer;
mod version;

/// A command: its name, its help, what it does.
#[derive(Debug)]
pub struct Entry {
    /// What is typed.
    pub name: &'static str,
    /// Its options and help in a language.
    pub command: fn(Lang) -> Command,
    /// Does it.
    pub run: fn(&ArgMatches, &Talk) -> Outcome,
}

macro_rules! commands {
    ($($name:ident),* $(,)?) => {
        &[$(Entry { name: stringify!($name), command: $name::command, run: $name::run }),*]
    };
}

/// The commands, in the order people meet them.
pub const COMMANDS: &[Entry] = commands![
    demo,
    new,
    check,
    test,
    simulate,
    city,
    replay,
    diagram,
    explain,
    eval,
    settle,
    deadline,
    calendar,
    fmt,
    schema,
    serve,
    account,
    migrate,
    config,
    doctor,
    deploy,
    definition,
    start,
    send,
    inspect,
    task,
    timer,
    clock,
    incident,
    dlq,
    template,
    audit,
    bench,
    chaos,
    completions,
    man,
    version,
];

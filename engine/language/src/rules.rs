//! Settlement rules: YAML files to one checked [`Book`] of lists, or everything that is wrong with them.
//!
//! A book is a header (`settlement.yaml`: parameters of all rules, input sets, the order of the rules) and one file a
//! rule. A rule is a row of *steps*: each makes a list out of an earlier one by columns that are computed, rows that
//! are left out with a code, groups, rankings; *lines* at the end say what is paid. Names become indexes here; what
//! the lists hold is computed elsewhere. Units: amounts are yuan, rates ratios, both exact.

mod book;
mod columns;
mod examine;
mod lines;
mod sets;
mod steps;

use std::sync::Arc;

use expr::formula::Formula;
use expr::value::Type;
use jiff::civil::Date;
use machine::definition::Parameter;
use machine::ids::{Bilingual, Name};
use machine::table::DecisionTable;

use crate::diagnostic::Report;
use crate::source::Sources;
use crate::span::Span;

pub use book::ROUNDED;

/// A checked book of settlement rules. Lists stand behind what they are made from.
#[derive(Clone, Debug)]
pub struct Book {
    /// `annual_incentive`
    pub name: Name,
    /// For people.
    pub title: Bilingual,
    /// Counted by its authors.
    pub version: u32,
    /// The document it rests on.
    pub basis: Option<Name>,
    /// SHA-256 over the canonical forms of its files, in hex.
    pub hash: Name,
    /// The rules, in the order they are computed.
    pub rules: Vec<Rule>,
    /// Every list: the input sets first, then the steps.
    pub lists: Vec<List>,
    /// How many of the lists are input sets.
    pub sets: usize,
    /// What is compared with the platform's own history.
    pub reconcile: Option<Reconcile>,
}

/// Which set is held against which.
#[derive(Clone, Debug)]
pub struct Reconcile {
    /// What the institutions report.
    pub reported: usize,
    /// What the platform knows.
    pub known: usize,
    /// The columns that make a record, in both.
    pub on: Vec<(usize, usize)>,
    /// What is compared: the finding's name, the columns in both.
    pub compared: Vec<(Name, usize, usize)>,
    /// The column with the amount, in both.
    pub amount: (usize, usize),
}

/// One rule: a file.
#[derive(Clone, Debug)]
pub struct Rule {
    /// `R1_hedge`
    pub name: Name,
    /// For people.
    pub title: Bilingual,
    /// The clause it rests on.
    pub basis: Option<Name>,
    /// The name of its file.
    pub file: Name,
    /// What its formulas read: the parameters of the book, then its own. In a formula they follow `year`,
    /// `year_start` and `year_end`.
    pub parameters: Vec<Parameter>,
    /// Where each parameter is written: file and line.
    pub places: Vec<Name>,
    /// The tables its formulas may ask; function 0 is [`ROUNDED`], they follow.
    pub tables: Vec<DecisionTable>,
    /// What it pays.
    pub lines: Vec<LineRule>,
}

/// A list of rows with named columns.
#[derive(Clone, Debug)]
pub struct List {
    /// `grants`
    pub name: Name,
    /// For people.
    pub title: Bilingual,
    /// The clause it rests on.
    pub basis: Option<Name>,
    /// The rule it belongs to; none for an input set.
    pub rule: Option<usize>,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Where its rows come from.
    pub made: Made,
    /// Where its name is written.
    pub span: Span,
    /// The same for people: file and line.
    pub place: Name,
}

/// A column.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// `amount`
    pub name: Name,
    /// For people.
    pub title: Bilingual,
    /// What stands in it.
    pub ty: Type,
}

/// Where the rows of a list come from.
#[derive(Clone, Debug)]
pub enum Made {
    /// A file.
    Input(InputSet),
    /// A step.
    Step(Box<Step>),
}

/// A file that is read.
#[derive(Clone, Debug)]
pub struct InputSet {
    /// Whether the file may be absent.
    pub optional: bool,
    /// The columns that make a row unique.
    pub key: Vec<usize>,
    /// What each column asks of its cells, in the order of the columns.
    pub cells: Vec<Cell>,
}

/// What is asked of the cells of a column of a file.
#[derive(Clone, Debug, Default)]
pub struct Cell {
    /// Whether it may be empty.
    pub optional: bool,
    /// A unified social credit code.
    pub uscc: bool,
    /// A date that has to lie in the settlement year.
    pub in_year: bool,
    /// Bounds.
    pub range: Option<expr::formula::UnaryTests>,
    /// Amounts below it are taken for amounts in 万元.
    pub plausible_from: Option<rust_decimal::Decimal>,
    /// The list and column it has to stand in.
    pub among: Option<(usize, usize)>,
}

/// How a list is made from another.
#[derive(Clone, Debug)]
pub struct Step {
    /// What it is made from.
    pub from: usize,
    /// The columns of the source that make a group; none keeps the rows.
    pub group: Option<Vec<usize>>,
    /// The computed columns, in order.
    pub columns: Vec<Computed>,
    /// Which rows stay.
    pub keep: Option<Formula>,
    /// Who stands where.
    pub rank: Option<Rank>,
    /// Rows that are left out, with a code: the first that holds counts.
    pub exclude: Vec<Coded>,
    /// Rows that stay and are listed with a code.
    pub remark: Vec<Coded>,
    /// What a listed row would have brought, at most.
    pub effect: Option<Formula>,
    /// Whom a listed row is about.
    pub subject: Option<Formula>,
}

/// A code with the condition under which it is given.
#[derive(Clone, Debug)]
pub struct Coded {
    /// `over_household_limit`
    pub code: Name,
    /// For people.
    pub words: Bilingual,
    /// When.
    pub when: Formula,
}

/// A computed column.
#[derive(Clone, Debug)]
pub struct Computed {
    /// How.
    pub form: Form,
    /// The clause it rests on.
    pub basis: Option<Name>,
    /// Where it is written: file and line.
    pub place: Name,
}

/// How a column is computed.
#[derive(Clone, Debug)]
pub enum Form {
    /// By a formula over the row.
    Formula(Formula),
    /// Over several rows.
    Total(Total),
    /// By tiers over an amount.
    Tiers(Tiers),
    /// One amount into parts that keep the sum.
    Split(Split),
    /// All codes that hold.
    Reasons(Vec<Coded>),
    /// A year of an account.
    Carry(Carry),
}

/// What is made of several rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gather {
    /// Their sum.
    Sum,
    /// How many.
    Count,
    /// How many different ones.
    Distinct,
    /// Sum over count.
    Average,
    /// The least.
    Least,
    /// The greatest.
    Greatest,
    /// Whether it holds for one of them.
    Any,
    /// The only value there is.
    Only,
}

/// A column over several rows.
#[derive(Clone, Debug)]
pub struct Total {
    /// What is made of them.
    pub gather: Gather,
    /// Which rows.
    pub rows: Rows,
    /// What is gathered; none for a count.
    pub value: Option<Formula>,
    /// Only the rows for which this holds.
    pub keep: Option<Formula>,
    /// What stands there when there are none, over the row itself.
    pub otherwise: Option<Formula>,
    /// Columns of those rows by which an explanation divides the total.
    pub shown_by: Vec<usize>,
}

/// Which rows a total is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rows {
    /// Those of the group.
    Group,
    /// Those of the same list that agree in these columns; with `before`, only those that come earlier by them.
    Own {
        /// The columns that agree.
        per: Vec<usize>,
        /// The order.
        before: Option<Vec<usize>>,
    },
    /// Those of another list that agree: their column, ours.
    Other {
        /// The list.
        list: usize,
        /// Theirs and ours.
        on: Vec<(usize, usize)>,
    },
}

/// A scale over an amount.
#[derive(Clone, Debug)]
pub struct Tiers {
    /// The amount.
    pub of: Formula,
    /// `marginal` or `slab`.
    pub mode: Formula,
    /// Whether the first tier counts from zero once reached.
    pub first_whole: Formula,
    /// From, whether that belongs to it, rate.
    pub scale: Vec<(Formula, Formula, Formula)>,
}

/// A split.
#[derive(Clone, Debug)]
pub struct Split {
    /// The amount.
    pub amount: Formula,
    /// Who gets which share; equal remainders go by this order.
    pub into: Vec<(Name, Formula)>,
}

/// A year of a quota account.
#[derive(Clone, Debug)]
pub struct Carry {
    /// What this year grants.
    pub grant: Formula,
    /// What is called for.
    pub call: Formula,
    /// The list of what earlier years left.
    pub list: usize,
    /// Their columns and ours that agree.
    pub on: Vec<(usize, usize)>,
    /// Their year, over their rows.
    pub year: Formula,
    /// Their amount, over their rows.
    pub amount: Formula,
    /// For how many years it lives; null for ever.
    pub years: Formula,
    /// The most that is paid in a year; null for no such ceiling.
    pub payout_cap: Formula,
}

/// A ranking.
#[derive(Clone, Debug)]
pub struct Rank {
    /// A list of texts `column desc`.
    pub by: Formula,
    /// How many places.
    pub top: Formula,
    /// Columns that divide the list into pools.
    pub pool: Vec<usize>,
    /// Who qualifies.
    pub qualified: Option<Formula>,
    /// `qualified` or `all`.
    pub population: Formula,
    /// The tie rule.
    pub ties: Formula,
    /// A prize for each place.
    pub prizes: Formula,
    /// The column of ids.
    pub id: usize,
}

/// What becomes of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LineKind {
    /// Money is paid.
    Payment,
    /// Fiscal money is placed: never a payment.
    Deposit,
    /// An honour without money.
    Honour,
    /// A figure that is told.
    Figure,
}

/// A kind of line of the settlement.
#[derive(Clone, Debug)]
pub struct LineRule {
    /// `hedge`
    pub name: Name,
    /// For people.
    pub title: Bilingual,
    /// What becomes of it.
    pub kind: LineKind,
    /// The list with a row a line.
    pub from: usize,
    /// Which of its rows.
    pub keep: Option<Formula>,
    /// Who receives it.
    pub payee: Formula,
    /// What is told of it, by name, in the order of [`FIGURES`].
    pub figures: Vec<Option<Formula>>,
    /// Where it is written: file and line.
    pub place: Name,
}

/// The figures of a line, in order. `net` is the amount of the line.
pub const FIGURES: &[&str] = &["base", "rate", "gross", "cap", "carry_in", "carry_out", "net"];

/// The variables before the parameters in every formula of a rule.
pub const YEAR_VARIABLES: [&str; 3] = ["year", "year_start", "year_end"];

/// What compiling the files of a book gave.
#[derive(Clone, Debug)]
pub struct CompiledBook {
    /// The book, unless something is an error.
    pub book: Option<Arc<Book>>,
    /// Everything found.
    pub report: Report,
}

/// Compiles a book: the header's bytes, then one file a rule, each with the name people know it by.
pub fn compile_book(sources: &mut Sources, header: (&str, &[u8]), rules: &[(&str, &[u8])]) -> CompiledBook {
    book::compile(sources, header, rules)
}

impl Book {
    /// The list of a name: `credit_loans` or `R1_hedge.grants`.
    pub fn list(&self, name: &str) -> Option<usize> {
        let (rule, name) = name.split_once('.').map_or((None, name), |(rule, name)| (Some(rule), name));
        let rule = match rule {
            Some(rule) => Some(self.rules.iter().position(|it| *it.name == *rule)?),
            None => None,
        };
        self.lists.iter().position(|it| it.rule == rule && *it.name == *name)
    }

    /// The rule of a name.
    pub fn rule(&self, name: &str) -> Option<usize> {
        self.rules.iter().position(|it| *it.name == *name)
    }
}

impl Rule {
    /// The values of everything before the columns in its formulas, for a year.
    pub fn fixed(&self, year: i16) -> Vec<expr::value::Value> {
        use expr::value::Value;
        let end = last_day(year);
        let start = Date::new(year, 1, 1).unwrap_or(Date::MIN);
        let mut fixed = vec![Value::number(i64::from(year)), Value::Date(start), Value::Date(end)];
        fixed.extend(self.parameters.iter().map(|parameter| parameter.on(end).clone()));
        fixed
    }
}

/// The last day of a year: parameters and tables count by it.
pub fn last_day(year: i16) -> Date {
    Date::new(year, 12, 31).unwrap_or(Date::MAX)
}

impl List {
    /// The position of a column.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| *column.name == *name)
    }
}

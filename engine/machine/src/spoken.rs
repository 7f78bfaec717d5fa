//! What people call the names and values that formulas read: so that a guard can be told in words.

use std::collections::BTreeMap;

use expr::lang::Lang;
use expr::value::Value;

use crate::chart::{Chart, StateKind};
use crate::definition::Definition;
use crate::ids::{Bilingual, ChartIx, Name};

/// The words for the values of choices, by where the choice is declared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choices(BTreeMap<(Owner, Name), BTreeMap<Name, Bilingual>>);

/// Whose choice it is: a parameter's (`None`), or that of a field or form of a chart.
type Owner = Option<ChartIx>;

impl Choices {
    /// Adds the words for one value; the first that are given stay.
    pub fn add(&mut self, owner: Option<ChartIx>, name: Name, value: Name, words: Bilingual) {
        self.0.entry((owner, name)).or_default().entry(value).or_insert(words);
    }

    /// The words given where the choice is declared.
    pub fn of(&self, owner: Option<ChartIx>, name: &str, value: &str) -> Option<&Bilingual> {
        self.0.get(&(owner, Name::from(name)))?.get(value)
    }

    fn anywhere(&self, name: &str, value: &str) -> Option<&Bilingual> {
        self.0.iter().filter(|((_, known), _)| **known == *name).find_map(|(_, words)| words.get(value))
    }
}

/// How much of a formula is told in words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// Named conditions only: what a label has room for.
    Conditions,
    /// Fields, parameters and the values of choices, too.
    Everything,
}

impl Definition {
    /// The words for a value read under a name such as `purpose`, `case.purpose` or `event.outcome`: of a choice
    /// by its declaration, of a state or an outcome by its title.
    pub fn value_words(&self, at: ChartIx, path: &str, value: &str) -> Option<&Bilingual> {
        let name = path.rsplit('.').next().unwrap_or(path);
        let owner = self.owner(at, path);
        let stands = || [owner, at].into_iter().chain((0u16..).map(ChartIx).take(self.charts.len()));
        match name {
            "state" => stands().find_map(|at| state_title(self.chart(at), value)),
            "ended" | "outcome" => stands()
                .find_map(|at| outcome_title(self.chart(at), value))
                .or_else(|| self.choice(owner, name, value)),
            _ => self.choice(owner, name, value),
        }
    }

    fn choice(&self, at: ChartIx, name: &str, value: &str) -> Option<&Bilingual> {
        let own = self.choices.of(Some(at), name, value);
        own.or_else(|| self.choices.of(None, name, value)).or_else(|| self.choices.anywhere(name, value))
    }

    /// The chart whose data a path reads.
    fn owner(&self, at: ChartIx, path: &str) -> ChartIx {
        match path.split_once(['.', '[']) {
            Some(("case", _)) => ChartIx::MAIN,
            Some((first, _)) => self.find_child(first).unwrap_or(at),
            None => at,
        }
    }

    /// The title of what a formula reads under a name: a condition, a field, a line of a form, a parameter.
    pub fn name_words(&self, at: ChartIx, path: &str, depth: Depth) -> Option<&Bilingual> {
        let name = path.rsplit('.').next().unwrap_or(path);
        let chart = self.chart(self.owner(at, path));
        if name == path
            && let Some(condition) = chart.conditions.iter().find(|it| *it.name == *name)
        {
            return Some(&condition.title);
        }
        if depth == Depth::Conditions {
            return None;
        }
        let field = || chart.fields.iter().find(|it| *it.name == *name).map(|it| &it.title);
        let lines = || chart.events.iter().flat_map(|event| &event.form);
        let line = || lines().find(|it| *it.name == *name).map(|it| &it.title);
        match path.split_once('.') {
            Some(("event", _)) => line(),
            Some(("case" | "this", _)) => field(),
            Some(_) => None,
            None => field().or_else(|| {
                let parameter = self.parameters.iter().find(|it| *it.name == *name);
                parameter.map(|it| &it.title)
            }),
        }
    }

    /// A value as people read it under the name it was read by: choices, states and outcomes in words, yes and no.
    pub fn shown(&self, at: ChartIx, path: &str, value: &Value, lang: Lang) -> String {
        let pick = |words: &Bilingual| lang.pick(&words.zh, &words.en).to_owned();
        if let Some(text) = value.as_text() {
            return self.value_words(at, path, text).map_or_else(|| text.to_owned(), pick);
        }
        if let Some(items) = value.as_list() {
            if items.iter().any(|item| item.as_context().is_some()) {
                return lang
                    .pick(&format!("{} 项", items.len()), &format!("{} entries", items.len()))
                    .to_owned();
            }
            let items: Vec<String> = items.iter().map(|item| self.shown(at, path, item, lang)).collect();
            return items.join(lang.pick("、", ", "));
        }
        if let Value::Period(period) = value {
            return period.text(lang);
        }
        match value.as_bool() {
            Some(yes) => if yes { lang.pick("是", "yes") } else { lang.pick("否", "no") }.to_owned(),
            None => value.plain(),
        }
    }

    /// What a guard read, as people say it: `怎样找机构：一键匹配`, `How institutions are found: one click`.
    pub fn input_words(&self, at: ChartIx, path: &str, value: &Value, lang: Lang) -> String {
        let name = self.name_words(at, path, Depth::Everything);
        let name = name.map_or(path, |words| lang.pick(&words.zh, &words.en));
        let value = match value {
            Value::Null => lang.pick("空", "empty").to_owned(),
            value => self.shown(at, path, value, lang),
        };
        format!("{name}{}{}", lang.pick("：", ": "), cut(value))
    }

    /// What a guard that is one named condition means: its formula in words.
    pub fn meaning(&self, at: ChartIx, guard: &str, lang: Lang) -> Option<String> {
        let condition = self.chart(at).conditions.iter().find(|it| *it.name == *guard.trim())?;
        Some(self.formula_words(at, condition.formula.text(), Depth::Everything, lang))
    }

    /// A formula with the titles of what it reads in place of the names. A formula that is one name is its title;
    /// in longer ones titles stand in quotes.
    pub fn formula_words(&self, at: ChartIx, formula: &str, depth: Depth, lang: Lang) -> String {
        let pick = |words: &Bilingual| lang.pick(&words.zh, &words.en).to_owned();
        if let Some(words) = self.name_words(at, formula.trim(), depth) {
            return pick(words);
        }
        let (open, close) = match lang {
            Lang::Zh => ('「', '」'),
            Lang::En => ('“', '”'),
        };
        let mut out = String::with_capacity(formula.len() + 16);
        let mut last = "";
        for piece in pieces(formula) {
            let words = match piece {
                Piece::Path(path) => {
                    last = path;
                    self.name_words(at, path, depth)
                }
                Piece::Text(text) if depth == Depth::Everything => {
                    self.value_words(at, last, text.trim_matches('"'))
                }
                Piece::Text(_) | Piece::Rest(_) => None,
            };
            match words.map(pick).filter(|words| words != piece.as_str()) {
                Some(words) => out.extend([open.to_string(), words, close.to_string()]),
                None => out.push_str(piece.as_str()),
            }
        }
        out
    }
}

/// A value longer than this says nothing in a line.
const VALUE_MAX: usize = 80;

fn cut(value: String) -> String {
    match value.char_indices().nth(VALUE_MAX) {
        Some((at, _)) => format!("{}…", &value[..at]),
        None => value,
    }
}

fn state_title<'c>(chart: &'c Chart, name: &str) -> Option<&'c Bilingual> {
    chart.find_state(name).map(|state| &chart.state(state).title)
}

fn outcome_title<'c>(chart: &'c Chart, wanted: &str) -> Option<&'c Bilingual> {
    let ends = |kind: &StateKind| matches!(kind, StateKind::Final { outcome } if **outcome == *wanted);
    chart.states.iter().find(|state| ends(&state.kind)).map(|state| &state.title)
}

/// A formula cut where names and texts begin and end.
#[derive(Clone, Copy)]
enum Piece<'t> {
    /// A name, or names joined by dots; not one that is called.
    Path(&'t str),
    /// A text with its quotes.
    Text(&'t str),
    /// Anything else.
    Rest(&'t str),
}

impl<'t> Piece<'t> {
    fn as_str(&self) -> &'t str {
        match self {
            Piece::Path(it) | Piece::Text(it) | Piece::Rest(it) => it,
        }
    }
}

fn pieces(formula: &str) -> Vec<Piece<'_>> {
    let mut all = Vec::new();
    let mut rest = formula;
    while let Some(first) = rest.chars().next() {
        let (piece, after) = if first == '"' {
            let end = text_end(rest);
            (Piece::Text(&rest[..end]), end)
        } else if first.is_alphanumeric() || first == '_' {
            let end =
                rest.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '.'))).unwrap_or(rest.len());
            // `1..5` is a range, no path.
            let end = rest[..end].find("..").unwrap_or(end);
            let called = rest[end..].trim_start().starts_with('(');
            let word = &rest[..end];
            (if called || first.is_ascii_digit() { Piece::Rest(word) } else { Piece::Path(word) }, end)
        } else {
            (Piece::Rest(&rest[..first.len_utf8()]), first.len_utf8())
        };
        all.push(piece);
        rest = &rest[after..];
    }
    all
}

/// Where a text that begins here ends, its quotes included.
fn text_end(rest: &str) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            '"' if !escaped => return at + 1,
            _ => escaped = c == '\\' && !escaped,
        }
    }
    rest.len()
}

//! Decision tables of a definition: the version of a day, what a formula gets from it, and which rows said so.

use expr::formula::{EvalError, EvalKind};
use expr::table::{Collect, Decision, Hit, Point, Row, Table, Undecided};
use expr::value::Value;
use jiff::civil::Date;

use crate::definition::Origin;
use crate::ids::{Bilingual, Name};

/// A table that formulas call by its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecisionTable {
    /// The function formulas call.
    pub name: Name,
    /// For people.
    pub title: Bilingual,
    /// The words of its inputs for people, in the order of the arguments.
    pub inputs: Vec<Bilingual>,
    /// Its rows, each valid from its day until the next one's; in order of days, never empty.
    pub versions: Vec<DatedTable>,
    /// Where the rows come from, when it is said.
    pub origin: Option<Origin>,
}

/// The rows that hold from a day on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatedTable {
    /// First day they hold.
    pub from: Date,
    /// The document that set them.
    pub basis: Option<Name>,
    /// The rows.
    pub rules: Table,
}

/// What a table answered once, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decided {
    /// The table.
    pub table: Name,
    /// Since when the version that answered holds.
    pub from: Date,
    /// The document that set it.
    pub basis: Option<Name>,
    /// What it was asked with, by the names of its inputs.
    pub inputs: Vec<(Name, Value)>,
    /// The rows that answered, from the top.
    pub rows: Vec<MatchedRow>,
    /// What it answered.
    pub answer: Value,
}

/// A row that answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MatchedRow {
    /// Its number, counted from one.
    pub number: usize,
    /// Its input cells as written, in the order of the inputs.
    pub cells: Vec<Name>,
    /// What its `# ...` column says.
    pub note: Option<Name>,
}

impl DecisionTable {
    /// The rows of a day; before the first day the first ones hold, as with parameters.
    pub fn on(&self, day: Date) -> &DatedTable {
        let known = self.versions.iter().rev().find(|version| version.from <= day);
        known.or(self.versions.first()).expect("a table has at least one version: checked when built")
    }

    /// What the rows of a day answer to these arguments.
    ///
    /// # Errors
    /// When no row answers, or several where one may; the words name the table and what it was asked with.
    pub fn ask(&self, day: Date, arguments: &[Value]) -> Result<Decided, EvalError> {
        let version = self.on(day);
        let signature = version.rules.signature();
        let points = arguments.iter().map(Point::try_from).collect::<Result<Vec<Point>, _>>();
        let points = points.map_err(|error| {
            let shown = error.0.to_string();
            self.failed(&format!("不能用 {shown} 来问"), &format!("it cannot be asked with {shown}"))
        })?;
        let decision = version.rules.decide(&points).map_err(|why| self.undecided(version, &points, &why))?;
        let inputs = signature.inputs.iter().zip(arguments);
        Ok(Decided {
            table: self.name.clone(),
            from: version.from,
            basis: version.basis.clone(),
            inputs: inputs.map(|(input, value)| (input.name.as_str().into(), value.clone())).collect(),
            rows: decision.numbers.iter().zip(&decision.rows).map(|(at, row)| matched(*at, row)).collect(),
            answer: answer(&version.rules, &decision),
        })
    }

    fn undecided(&self, version: &DatedTable, points: &[Point], why: &Undecided) -> EvalError {
        let words = why.words();
        let inputs = || version.rules.signature().inputs.iter().zip(points).zip(&self.inputs);
        let zh: Vec<String> = inputs()
            .map(|((input, at), words)| format!("{} = {}", words.zh, input.domain.show(at)))
            .collect();
        let en: Vec<String> = inputs()
            .map(|((input, at), words)| format!("{} = {}", words.en, input.domain.show(at)))
            .collect();
        self.failed(
            &format!("{}（{}）", words.zh, zh.join("，")),
            &format!("{} ({})", words.en, en.join(", ")),
        )
    }

    fn failed(&self, zh: &str, en: &str) -> EvalError {
        let title = &self.title;
        EvalError::new(
            EvalKind::Host,
            format!("表“{}”没有答案：{zh}", title.zh),
            format!("the table `{}` has no answer: {en}", title.en),
        )
    }
}

fn matched(at: usize, row: &Row) -> MatchedRow {
    MatchedRow {
        number: at + 1,
        cells: row.questions.iter().map(|question| question.text.as_str().into()).collect(),
        note: row.note.as_deref().map(Name::from),
    }
}

/// One value, a context of the outputs, a list of either, or the number made of all matching rows.
fn answer(rules: &Table, decision: &Decision<'_>) -> Value {
    let of_row = |row: &&Row| {
        let outputs = &rules.signature().outputs;
        let values =
            || row.answers.iter().map(|answer| answer.literal.as_ref().map_or(Value::Null, Value::from));
        match outputs.len() {
            1 => values().next().unwrap_or(Value::Null),
            _ => Value::context(outputs.iter().map(|output| output.name.clone()).zip(values())),
        }
    };
    match rules.signature().hit {
        Hit::Collect(Collect::List) => Value::list(decision.rows.iter().map(of_row)),
        Hit::Collect(_) => decision.collected.map_or(Value::Null, Value::Number),
        _ => decision.rows.first().map_or(Value::Null, of_row),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use expr::table::{Domain, Input, Interval, Output, Signature};

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn reward() -> DecisionTable {
        let rules = |text| {
            let signature = Signature {
                inputs: vec![Input::new("score", Domain::integer(Interval::closed(0.into(), 1000.into())))],
                outputs: vec![Output::new("rate", Domain::rate())],
                hit: Hit::Unique,
            };
            Table::read(text, signature).unwrap()
        };
        let version = |from, text| DatedTable { from: day(from), basis: None, rules: rules(text) };
        DecisionTable {
            name: "reward".into(),
            title: Bilingual::new("奖励比例", "Reward rate"),
            inputs: vec![Bilingual::new("信用评分", "Score")],
            versions: vec![
                version(
                    "2015-12-01",
                    "| score | = rate | # 依据 |\n| < 600 | 3% | 第一档 |\n| > 600 | 5% | 第二档 |",
                ),
                version("2021-01-01", "| score | = rate |\n| < 600 | 3% |\n| >= 600 | 6% |"),
            ],
            origin: None,
        }
    }

    #[test]
    fn the_version_of_the_day_answers_and_names_its_row() {
        let decided = reward().ask(day("2020-12-31"), &[Value::number(601)]).unwrap();
        let row = MatchedRow { number: 2, cells: vec!["> 600".into()], note: Some("第二档".into()) };
        assert_eq!((decided.answer.to_string().as_str(), decided.rows), ("0.05", vec![row]));
        let decided = reward().ask(day("2021-01-01"), &[Value::number(600)]).unwrap();
        assert_eq!((decided.answer.to_string().as_str(), decided.from), ("0.06", day("2021-01-01")));
    }

    #[test]
    fn a_point_in_no_row_is_told_in_the_words_of_the_inputs() {
        let error = reward().ask(day("2020-06-01"), &[Value::number(600)]).unwrap_err();
        assert_eq!(error.message.zh, "表“奖励比例”没有答案：没有一行符合（信用评分 = 600）");
        let en = "the table `Reward rate` has no answer: no row of the table matches (Score = 600)";
        assert_eq!(error.message.en, en);
    }
}

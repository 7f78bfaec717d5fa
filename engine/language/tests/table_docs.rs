//! The tables of processes in docs/language/tables.md are read as the page says and answer as it says.

use expr::formula::{EvalError, HostFn, Inputs, Mode, Scope, Slot, compile_as};
use expr::value::{Type, Value};
use jiff::civil::Date;
use language::{Sources, codes, compile};
use machine::table::DecisionTable;

const PAGE: &str = include_str!("../../../docs/language/tables.md");

/// What a page's `tables:` needs round it to be a process.
const ROUND: &str = "process: page\nlanguage: 1\ntitle: { zh: 例, en: Page }\neffective: 2015-12-01\n\
    initial: done\nstates: { done: { type: final, title: { zh: 办结, en: Done } } }\n";

/// The fences of the page of these kinds, in order.
fn fences<'p>(kinds: &[&'p str]) -> Vec<(&'p str, &'p str)> {
    let mut parts = PAGE.split("\n```").skip(1).step_by(2);
    let mut found = Vec::new();
    while let Some((kind, body)) = parts.next().and_then(|part| part.split_once('\n')) {
        if let Some(kind) = kinds.iter().find(|it| **it == kind) {
            found.push((*kind, body));
        }
    }
    found
}

/// A day on which one table can be asked.
struct Asked<'t>(Date, &'t DecisionTable);

impl Inputs for Asked<'_> {
    fn variable(&self, _: Slot) -> Value {
        Value::Null
    }

    fn call(&self, _: HostFn, arguments: &[Value]) -> Result<Value, EvalError> {
        self.1.ask(self.0, arguments).map(|decided| decided.answer)
    }
}

fn answers(line: &str, tables: &[DecisionTable]) -> String {
    let (day, formula) = line.split_once(' ').unwrap();
    let table = tables.iter().find(|table| formula.starts_with(&*table.name)).unwrap();
    let inputs = table.versions[0].rules.signature().inputs.len();
    let mut scope = Scope::new();
    scope.function(&table.name, &vec![Type::Any; inputs], Type::Any);
    let formula = compile_as(formula, &Type::Any, &scope, Mode::Policy).unwrap();
    formula.eval(&Asked(day.parse().unwrap(), table)).unwrap().to_string()
}

#[test]
fn the_tables_of_the_page_are_found_to_be_what_it_says() {
    let mut tables: Vec<DecisionTable> = Vec::new();
    let mut findings: Vec<String> = Vec::new();
    let mut asked = 0;
    for (kind, body) in fences(&["yaml tables", "answers", "found"]) {
        match kind {
            "answers" => {
                for line in body.lines() {
                    let (question, expected) = line.rsplit_once(" = ").unwrap();
                    assert_eq!(answers(question, &tables), expected, "{line}");
                    asked += 1;
                }
            }
            "found" => assert_eq!(std::mem::take(&mut findings), body.lines().collect::<Vec<_>>()),
            _ => {
                assert_eq!(findings, [""; 0], "the page does not tell what is found");
                let mut sources = Sources::new();
                let compiled = compile(&mut sources, "page.yaml", format!("{ROUND}{body}\n").as_bytes());
                let told = compiled.report.iter().filter(|it| it.code != codes::TABLE_UNUSED);
                findings = told
                    .map(|it| format!("{} `{}` {}", it.code, sources.slice(it.primary.span), it.message.en))
                    .collect();
                tables = compiled.definition.map(|it| it.tables.clone()).unwrap_or_default();
            }
        }
    }
    assert_eq!(findings, [""; 0]);
    assert!(asked >= 7, "only {asked} questions");
}

//! How the words of a golden table correspond to a book: `golden.yaml` beside the settlement.
//!
//! ```yaml
//! cases:
//!   R1.hedge.grant:
//!     rule: R1_hedge
//!     parameters: { at_threshold: at_threshold }
//!     given:
//!       credit_loans: { each: loans, columns: { score_at_approval: score }, constants: { institution: B } }
//!     answers:
//!       grant_yuan: { of: grants, column: grant, otherwise: "0.00" }
//! ```

use std::collections::BTreeMap;

use language::codes;
use language::diagnostic::{Diagnostic, Fix, Report};
use language::keys::check_tree;
use language::rules::Book;
use language::shape;
use language::span::Span;
use language::suggest::nearest;
use language::tree::{Node, Tree};
use language::words;
use language::words::Words;

/// The whole correspondence, by rule id.
#[derive(Clone, Debug, Default)]
pub struct Mapping {
    /// The cases.
    pub cases: BTreeMap<String, Case>,
}

/// How rows of one id are computed.
#[derive(Clone, Debug, Default)]
pub struct Case {
    /// The rule.
    pub rule: usize,
    /// Parameters of the book by the table's words, with the words for their values.
    pub parameters: BTreeMap<String, (String, BTreeMap<String, String>)>,
    /// Inputs that are parameters, by their path.
    pub figures: BTreeMap<String, String>,
    /// What is given.
    pub given: Vec<(usize, Given)>,
    /// What is asked, by the key of the answer.
    pub answers: Vec<(String, Answer)>,
    /// Computed before, with what is given there; its answers are inputs of this one.
    pub first: Option<Box<Case>>,
}

/// Rows that are given for a list.
#[derive(Clone, Debug, Default)]
pub struct Given {
    /// The key of the inputs with a row an entry; none for one row made of the inputs themselves.
    pub each: Vec<String>,
    /// Columns by the key they come from.
    pub columns: BTreeMap<String, String>,
    /// Columns that are the same in every row.
    pub constants: BTreeMap<String, String>,
    /// The column that an entry without keys of its own stands in.
    pub value: Option<String>,
    /// The column that counts entries, from where, and from where for entries under another key.
    pub count: Option<(String, i64, BTreeMap<String, i64>)>,
    /// Only when the inputs have these values.
    pub only: BTreeMap<String, String>,
    /// Columns that the table has in percent.
    pub percent: Vec<String>,
}

/// Where an answer is read.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The list, or several: maps of several are put together.
    pub of: Vec<usize>,
    /// In which way.
    pub way: Way,
    /// What it is when there is no row.
    pub otherwise: Option<String>,
}

/// How an answer is read out of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Way {
    /// The cell of the one row.
    Cell(String),
    /// A map from one column to another, zero left out.
    Map {
        /// The key.
        by: String,
        /// The value.
        column: String,
    },
    /// The different values of a column, missing ones left out.
    Values(String),
    /// The sum of a column.
    Sum(String),
    /// The codes of exceptions, each with its subject.
    Exceptions,
    /// The subjects of rows that a ranking leaves to a person.
    Undecided(String),
}

/// Reads a correspondence, or everything that is wrong with it.
pub fn read(tree: &Tree, book: &Book) -> (Mapping, Report) {
    let mut reader = Reader { book, report: check_tree(tree, &shape::GOLDEN) };
    let mut mapping = Mapping::default();
    for (key, node) in entries(&tree.root, "cases") {
        if let Some(case) = reader.case(node, key.span) {
            mapping.cases.insert(key.text.clone(), case);
        }
    }
    (mapping, reader.report)
}

fn entries<'t>(node: &'t Node, key: &str) -> &'t [(language::tree::Key, Node)] {
    node.get(key).and_then(Node::as_map).unwrap_or_default()
}

fn text(node: &Node, key: &str) -> Option<String> {
    node.get(key).and_then(Node::as_text).map(str::to_owned)
}

fn texts(node: &Node, key: &str) -> BTreeMap<String, String> {
    let all = entries(node, key).iter();
    all.map(|(key, node)| (key.text.clone(), node.as_text().unwrap_or_default().to_owned())).collect()
}

fn many(node: &Node, key: &str) -> Vec<String> {
    match node.get(key) {
        None => Vec::new(),
        Some(one) => match one.as_seq() {
            Some(items) => items.iter().filter_map(Node::as_text).map(str::to_owned).collect(),
            None => one.as_text().map(str::to_owned).into_iter().collect(),
        },
    }
}

struct Reader<'b> {
    book: &'b Book,
    report: Report,
}

impl Reader<'_> {
    fn say(&mut self, span: Span, what: Words) {
        self.report.push(Diagnostic::new(codes::CASES_MAPPING, span, what));
    }

    /// A name that the book does not know, with the one that was perhaps meant.
    fn unknown<'k>(&mut self, span: Span, name: &str, known: impl Iterator<Item = &'k str>, what: Words) {
        let fix = nearest(name, known).map(|near| {
            Fix::certain(words!("是不是 `{near}`？", "did you mean `{near}`?")).replace(span, near)
        });
        self.report.push(Diagnostic::new(codes::CASES_MAPPING, span, what).maybe_fix(fix));
    }

    fn case(&mut self, node: &Node, span: Span) -> Option<Case> {
        let name = text(node, "rule").unwrap_or_default();
        let Some(rule) = self.book.rule(&name) else {
            let at = node.get("rule").map_or(span, |node| node.span);
            let known = self.book.rules.iter().map(|rule| &*rule.name);
            self.unknown(at, &name, known, words!("没有规则 `{name}`", "there is no rule `{name}`"));
            return None;
        };
        let mut case = Case { rule, ..Case::default() };
        for (key, node) in entries(node, "parameters") {
            let named =
                node.as_text().map(str::to_owned).or_else(|| text(node, "parameter")).unwrap_or_default();
            self.parameter(rule, &named, node.span);
            case.parameters.insert(key.text.clone(), (named, texts(node, "words")));
        }
        for (key, name) in texts(node, "inputs_as_parameters") {
            self.parameter(rule, &name, span);
            case.figures.insert(key, name);
        }
        for (key, node) in entries(node, "given") {
            if let Some(list) = self.list(&name, &key.text, key.span) {
                case.given.push((list, self.given(node, list)));
            }
        }
        for (key, node) in entries(node, "answers") {
            let answer = self.answer(&name, node);
            case.answers.extend(answer.map(|answer| (key.text.clone(), answer)));
        }
        if let Some(first) = node.get("first") {
            case.first = self.case(first, first.span).map(Box::new);
        }
        Some(case)
    }

    fn parameter(&mut self, rule: usize, named: &str, span: Span) {
        if !self.book.rules[rule].parameters.iter().any(|parameter| *parameter.name == *named) {
            let known = self.book.rules[rule].parameters.iter().map(|parameter| &*parameter.name);
            let what = words!("规则没有参数 `{named}`", "the rule has no parameter `{named}`");
            self.unknown(span, named, known, what);
        }
    }

    /// A step of the rule, or an input set, or a step of another rule by its full name.
    fn list(&mut self, rule: &str, name: &str, span: Span) -> Option<usize> {
        let found = self.book.list(&format!("{rule}.{name}")).or_else(|| self.book.list(name));
        if found.is_none() {
            let own = |list: &'_ str| list.strip_prefix(&format!("{rule}.")).map(str::to_owned);
            let known: Vec<String> = self
                .book
                .lists
                .iter()
                .map(|it| own(&it.name).unwrap_or_else(|| it.name.to_string()))
                .collect();
            let what = words!("没有清单 `{name}`", "there is no list `{name}`");
            self.unknown(span, name, known.iter().map(String::as_str), what);
        }
        found
    }

    fn given(&mut self, node: &Node, list: usize) -> Given {
        let columns = texts(node, "columns");
        let constants = texts(node, "constants");
        for (key, _) in entries(node, "columns").iter().chain(entries(node, "constants")) {
            let name = &key.text;
            if self.book.lists[list].column(name).is_none() {
                let known = self.book.lists[list].columns.iter().map(|column| &*column.name);
                let what = words!("清单没有列 `{name}`", "the list has no column `{name}`");
                self.unknown(key.span, name, known, what);
            }
        }
        let count = node.get("count").map(|count| {
            let from = text(count, "from").and_then(|from| from.parse().ok()).unwrap_or(1);
            let others =
                texts(count, "from_of").into_iter().filter_map(|(key, from)| Some((key, from.parse().ok()?)));
            (text(count, "column").unwrap_or_default(), from, others.collect())
        });
        let (value, only) = (text(node, "value"), texts(node, "only"));
        Given {
            each: many(node, "each"),
            columns,
            constants,
            value,
            count,
            only,
            percent: many(node, "percent"),
        }
    }

    fn answer(&mut self, rule: &str, node: &Node) -> Option<Answer> {
        let of: Vec<usize> =
            many(node, "of").iter().filter_map(|name| self.list(rule, name, node.span)).collect();
        let column = text(node, "column").unwrap_or_default();
        let way = match text(node, "as").as_deref() {
            None => Way::Cell(column.clone()),
            Some("map") => Way::Map { by: text(node, "by").unwrap_or_default(), column: column.clone() },
            Some("values") => Way::Values(column.clone()),
            Some("sum") => Way::Sum(column.clone()),
            Some("exceptions") => Way::Exceptions,
            Some("undecided") => Way::Undecided(column.clone()),
            Some(other) => {
                self.say(node.span, words!("没有取法 `{other}`", "there is no way `{other}`"));
                return None;
            }
        };
        let path = column.split('.').next().unwrap_or_default();
        if !path.is_empty() {
            for list in &of {
                if self.book.lists[*list].column(path).is_none() {
                    self.say(node.span, words!("清单没有列 `{path}`", "the list has no column `{path}`"));
                }
            }
        }
        Some(Answer { of, way, otherwise: text(node, "otherwise") })
    }
}

//! Calendars from their files: `calendars/NAME/YEAR.yaml` near a workflow, or the ones in the program.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use expr::time::calendar::{Calendar, CalendarFacts, Festival, FestivalDays, Notice, YearFacts};
use jiff::civil::Date;
use language::codes;
use language::diagnostic::{Diagnostic, Report};
use language::keys::{KeyShape, MapShape, Shape, check_tree};
use language::source::Sources;
use language::span::Span;
use language::tree::{Node, Tree};
use language::words;
use language::words::{Lang, Words};

use crate::embedded;

/// The form of one year of a calendar.
pub const CALENDAR: Shape = Shape::Map(&YEAR);

static YEAR: MapShape = MapShape {
    name: "calendar",
    keys: &[
        key("year", Shape::Number, true, "哪一年", "The year", "year: 2026"),
        key("notice", Shape::Map(&NOTICE), false, "依据的放假通知", "The notice the days come from", "notice: { number: 国办发明电〔2025〕7号, date: 2025-11-04 }"),
        key("amended_by", Shape::List(&Shape::Map(&NOTICE)), false, "后来的改动通知", "Later notices that changed days of this year", "amended_by: [ { date: 2018-12-06 } ]"),
        key("holidays", Shape::List(&Shape::Map(&FESTIVAL)), false, "放假的日子", "Rest days by festival", "holidays: [ { festival: { zh: 元旦, en: New Year's Day }, dates: 2026-01-01..2026-01-03 } ]"),
        key("working_weekends", Shape::List(&Shape::Map(&FESTIVAL)), false, "调休上班的周末", "Weekend days that are worked", "working_weekends: [ { festival: { zh: 元旦, en: New Year's Day }, dates: 2026-01-04 } ]"),
    ],
    open: None,
};

static NOTICE: MapShape = MapShape {
    name: "notice",
    keys: &[
        key("number", Shape::Text, false, "文号", "Document number", "number: 国办发明电〔2025〕7号"),
        key("date", Shape::Date, false, "发文日期", "Date of the document", "date: 2025-11-04"),
        key("title", Shape::Text, false, "标题", "Title", "title: 国务院办公厅关于2026年部分节假日安排的通知"),
    ],
    open: None,
};

static FESTIVAL: MapShape = MapShape {
    name: "festival",
    keys: &[
        key("festival", Shape::Title, true, "哪个节日", "Which festival", "festival: { zh: 春节, en: Spring Festival }"),
        key("dates", Shape::Either(&[Shape::Text, Shape::List(&Shape::Text)]), true, "一天、一段（首日..末日）或几天", "One date, a range FIRST..LAST, or a list", "dates: 2026-02-15..2026-02-23"),
    ],
    open: None,
};

const fn key(
    name: &'static str,
    shape: Shape,
    required: bool,
    zh: &'static str,
    en: &'static str,
    example: &'static str,
) -> KeyShape {
    KeyShape { name, shape, required, zh, en, example }
}

/// The most days one range of dates may cover.
const DAYS_MAX: usize = 366;

/// One year as its file says it, or everything that is wrong with the file.
pub fn read_year(tree: &Tree) -> (Option<YearFacts>, Report) {
    let mut reader = Reader { report: check_tree(tree, &CALENDAR) };
    if reader.report.has_errors() {
        return (None, reader.report);
    }
    let facts = reader.year(&tree.root);
    if reader.report.is_empty() {
        reader.consistent(tree, &facts);
    }
    (Some(facts).filter(|_| !reader.report.has_errors()), reader.report)
}

struct Reader {
    report: Report,
}

impl Reader {
    fn year(&mut self, root: &Node) -> YearFacts {
        let text = root.get("year").and_then(Node::as_text).unwrap_or_default();
        let year = text.parse().unwrap_or_else(|_| {
            let span = root.get("year").map_or(root.span, |node| node.span);
            self.say(span, words!("“{text}”不是年份", "`{text}` is no year"));
            0
        });
        let notices = root.get("notice").into_iter().chain(items(root, "amended_by"));
        YearFacts {
            year,
            notices: notices.map(notice).collect(),
            holidays: self.festivals(root, "holidays"),
            working_weekends: self.festivals(root, "working_weekends"),
        }
    }

    fn say(&mut self, span: Span, message: Words) {
        self.report.push(Diagnostic::new(codes::CALENDAR_FACTS, span, message));
    }

    fn festivals(&mut self, root: &Node, key: &str) -> Vec<FestivalDays> {
        let mut all = Vec::new();
        for node in items(root, key) {
            let dates = node.get("dates");
            let dates = dates.map(|node| self.dates(node)).unwrap_or_default();
            all.push(FestivalDays { festival: node.get("festival").map(festival).unwrap_or_else(|| Festival::new("", "")), dates });
        }
        all
    }

    fn dates(&mut self, node: &Node) -> Vec<Date> {
        match node.as_seq() {
            Some(items) => items.iter().flat_map(|item| self.dates(item)).collect(),
            None => self.range(node),
        }
    }

    fn range(&mut self, node: &Node) -> Vec<Date> {
        let text = node.as_text().unwrap_or_default();
        let (first, last) = text.split_once("..").unwrap_or((text, text));
        match (first.trim().parse::<Date>(), last.trim().parse::<Date>()) {
            (Ok(first), Ok(last)) if first <= last => {
                first.series(jiff::Span::new().days(1)).take_while(|day| *day <= last).take(DAYS_MAX).collect()
            }
            _ => {
                self.say(node.span, words!(
                    "“{text}”不是日期，也不是“首日..末日”",
                    "`{text}` is neither a date nor FIRST..LAST"
                ));
                Vec::new()
            }
        }
    }

    /// A year has to make sense by itself.
    fn consistent(&mut self, tree: &Tree, facts: &YearFacts) {
        let mut alone = CalendarFacts::china("check");
        alone.years = vec![facts.clone()];
        let Err(problems) = Calendar::new(alone) else { return };
        let place = tree.root.entry("year").map_or(tree.root.span.first(), |(key, _)| key.span);
        for problem in problems {
            self.say(place, Words::new(problem.text(Lang::Zh), problem.text(Lang::En)));
        }
    }
}

fn items<'n>(root: &'n Node, key: &str) -> impl Iterator<Item = &'n Node> {
    root.get(key).and_then(Node::as_seq).unwrap_or_default().iter()
}

fn text(node: &Node, key: &str) -> Option<String> {
    node.get(key).and_then(Node::as_text).map(str::to_owned)
}

fn notice(node: &Node) -> Notice {
    let date = text(node, "date").and_then(|date| date.parse().ok());
    Notice { number: text(node, "number"), date, title: text(node, "title") }
}

fn festival(node: &Node) -> Festival {
    match node.as_text() {
        Some(both) => Festival::new(both, both),
        None => Festival::new(&text(node, "zh").unwrap_or_default(), &text(node, "en").unwrap_or_default()),
    }
}

/// Calendars already built, by where they come from and their name.
#[derive(Debug, Default)]
pub struct Calendars {
    built: BTreeMap<(PathBuf, String), Option<Calendar>>,
}

impl Calendars {
    /// The calendar of this name for a process in `folder`: the nearest `calendars/NAME` on the way up, or
    /// the one inside the program. `None` when there is no such calendar or its files cannot be used; then
    /// the check of those files says why.
    pub fn find(&mut self, folder: &Path, name: &str) -> Option<Calendar> {
        let place = folders_up(folder).map(|up| up.join("calendars").join(name)).find(|place| place.is_dir());
        let key = (place.clone().unwrap_or_default(), name.to_owned());
        self.built.entry(key).or_insert_with(|| build(place.as_deref(), name)).clone()
    }

    /// The calendar inside the program.
    pub fn own(&mut self) -> Calendar {
        let key = (PathBuf::new(), "cn".to_owned());
        let own = self.built.entry(key).or_insert_with(|| build(None, "cn")).clone();
        own.unwrap_or_else(Calendar::weekends_only)
    }
}

fn folders_up(folder: &Path) -> impl Iterator<Item = PathBuf> {
    let whole = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    let up: Vec<PathBuf> = whole.ancestors().take(6).map(Path::to_owned).collect();
    up.into_iter()
}

fn build(place: Option<&Path>, name: &str) -> Option<Calendar> {
    let mut facts = CalendarFacts::china(name);
    let texts: Vec<String> = match place {
        Some(folder) => crate::files::documents(&[folder.to_owned()])
            .ok()?
            .iter()
            .filter_map(|path| crate::files::read_text(path).ok())
            .collect(),
        None if name == "cn" => embedded::CALENDAR_CN.iter().map(|(_, text)| (*text).to_owned()).collect(),
        None => return None,
    };
    for text in texts {
        let mut sources = Sources::new();
        let tree = language::read(&mut sources, "", text.as_bytes()).tree?;
        facts.years.push(read_year(&tree).0?);
    }
    Calendar::new(facts).ok()
}

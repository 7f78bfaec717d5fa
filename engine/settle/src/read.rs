//! Reading input sets: CSV to rows, or everything that is wrong with the files at once.
//!
//! A finding names file, line and column and says what to write instead. When there is one, nothing is computed.

mod cells;

use std::collections::{BTreeMap, BTreeSet};

use language::codes::{self, Code};
use language::rules::{Book, InputSet, List, Made};
use language::suggest::nearest;
use language::words;
use language::words::Words;
use sha2::{Digest, Sha256};

use crate::{Data, Rows};

/// More rows of one file are refused.
pub const ROWS_MAX: usize = 5_000_000;
/// More findings of one sort in one column are counted and not listed.
const LISTED_MAX: usize = 20;

/// Something wrong with a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Its code, with a page.
    pub code: Code,
    /// The file.
    pub file: String,
    /// The line, from one; none for the file as a whole.
    pub line: Option<u32>,
    /// The column, where it is about one.
    pub column: Option<String>,
    /// What is wrong.
    pub words: Words,
    /// What to do.
    pub cure: Words,
}

/// What reading came to.
#[derive(Debug, Default)]
pub struct Reading {
    /// The rows; to be used only when nothing is wrong.
    pub data: Data,
    /// Everything that is wrong.
    pub findings: Vec<Finding>,
    /// How many more of a sort there are than are listed, by file, code and column.
    pub unlisted: BTreeMap<(String, Code, Option<String>), usize>,
    listed: BTreeMap<(String, Code, Option<String>), usize>,
    /// Values of columns that others have to stand in.
    known: BTreeMap<(usize, usize), BTreeSet<String>>,
    year: i16,
}

/// Starts reading the files of a year.
pub fn reading(year: i16) -> Reading {
    Reading { year, ..Reading::default() }
}

impl Reading {
    /// Reads one set, in the order of the book; `bytes` is none when there is no such file.
    pub fn set(&mut self, book: &Book, list: usize, bytes: Option<&[u8]>) {
        let here = &book.lists[list];
        let Made::Input(set) = &here.made else { return };
        let file = format!("{}.csv", here.name);
        let Some(bytes) = bytes else {
            if !set.optional {
                self.say(Finding {
                    code: codes::DATA_FILE_MISSING,
                    words: words!("没有文件 {file}", "there is no file {file}"),
                    cure: words!(
                        "补上这个文件；没有数据就只留一行列名",
                        "add it; without data it has the line of column names alone"
                    ),
                    file,
                    line: None,
                    column: None,
                });
            }
            self.data.lists.insert(list, Rows::new(here.columns.iter().map(|column| &column.ty)));
            return;
        };
        let hash: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        self.data.files.insert(here.name.to_string(), hash);
        if let Some(text) = self.text(&file, bytes) {
            let rows = self.rows(book, list, here, set, &file, text);
            self.data.lists.insert(list, rows);
        }
    }

    fn say(&mut self, finding: Finding) {
        let key = (finding.file.clone(), finding.code, finding.column.clone());
        let listed = self.listed.entry(key.clone()).or_default();
        if *listed < LISTED_MAX {
            *listed += 1;
            self.findings.push(finding);
        } else {
            *self.unlisted.entry(key).or_default() += 1;
        }
    }

    /// The text of a file; a byte order mark is taken off.
    fn text<'t>(&mut self, file: &str, bytes: &'t [u8]) -> Option<&'t str> {
        let plain = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let error = match std::str::from_utf8(plain) {
            Ok(text) => return Some(text),
            Err(error) => error,
        };
        let line = plain[..error.valid_up_to()].iter().filter(|byte| **byte == b'\n').count() + 1;
        let wide = bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff");
        let (zh, en) =
            if wide { ("UTF-16", "UTF-16") } else { ("GBK/GB18030 一类", "GBK/GB18030 or the like") };
        self.say(Finding {
            code: codes::DATA_ENCODING,
            file: file.to_owned(),
            line: u32::try_from(line).ok(),
            column: None,
            words: words!("{file} 不是 UTF-8 编码，看来是 {zh}", "{file} is not UTF-8; it looks like {en}"),
            cure: words!(
                "在表格软件里另存为“CSV UTF-8（逗号分隔）”",
                "save it as `CSV UTF-8 (comma delimited)` in the spreadsheet program"
            ),
        });
        None
    }

    fn rows(
        &mut self,
        book: &Book,
        list: usize,
        here: &List,
        set: &InputSet,
        file: &str,
        text: &str,
    ) -> Rows {
        let mut rows = Rows::new(here.columns.iter().map(|column| &column.ty));
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
        let header = match reader.headers() {
            Ok(header) => header.clone(),
            Err(_) => csv::StringRecord::new(),
        };
        let Some(places) = self.header(here, file, &header) else { return rows };
        let mut keys: BTreeMap<Vec<String>, u32> = BTreeMap::new();
        let mut record = csv::StringRecord::new();
        loop {
            let line = u32::try_from(reader.position().line()).unwrap_or(u32::MAX);
            match reader.read_record(&mut record) {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) => {
                    let words = words!("这一行读不出来：{error}", "this line cannot be read: {error}");
                    let cure = words!("检查引号是否成对", "check that quotation marks come in pairs");
                    self.say_of(codes::DATA_ROW, (file, line), None, words, cure);
                    break;
                }
            }
            if record.len() != header.len() {
                self.say_cells(file, line, header.len(), record.len());
                continue;
            }
            if rows.len() >= ROWS_MAX {
                let words = words!("{file} 超过 {ROWS_MAX} 行", "{file} has more than {ROWS_MAX} rows");
                let cure = words!("按年度拆开", "divide it by years");
                self.say_of(codes::DATA_TOO_MANY, (file, line), None, words, cure);
                break;
            }
            let row = self.row(here, set, file, line, &record, &places);
            self.unique((here, set), file, line, &record, &places, &mut keys);
            rows.push(line, row);
        }
        self.remember(book, list, &rows);
        rows
    }

    /// Notes what is wrong with one line.
    fn say_of(
        &mut self,
        code: Code,
        (file, line): (&str, u32),
        column: Option<String>,
        words: Words,
        cure: Words,
    ) {
        self.say(Finding { code, file: file.to_owned(), line: Some(line), column, words, cure });
    }

    fn say_cells(&mut self, file: &str, line: u32, wanted: usize, found: usize) {
        let words = words!(
            "这一行有 {found} 格，列名有 {wanted} 个",
            "this line has {found} cells for {wanted} columns"
        );
        let cure = words!(
            "金额里的逗号要去掉，文字里的逗号要加引号",
            "take commas out of amounts, and put texts with commas into quotation marks"
        );
        self.say_of(codes::DATA_ROW, (file, line), None, words, cure);
    }

    /// Where each column of the set stands in the file; none when columns are missing.
    fn header(&mut self, here: &List, file: &str, header: &csv::StringRecord) -> Option<Vec<usize>> {
        let names: Vec<&str> = header.iter().map(str::trim).collect();
        let known = || here.columns.iter().map(|column| &*column.name);
        let mut sound = true;
        let mut seen = BTreeSet::new();
        for name in &names {
            let twice = !seen.insert(*name);
            if known().any(|it| it == *name) && !twice {
                continue;
            }
            sound = false;
            let all = known().collect::<Vec<_>>().join(", ");
            let cure = match nearest(name, known().filter(|it| !names.contains(it))) {
                _ if twice => words!("去掉一列", "take one of them out"),
                Some(near) => words!("是不是 `{near}`？", "did you mean `{near}`?"),
                None => {
                    words!("只能有这些列：{all}；金额一律用元", "the columns are: {all}; amounts are in yuan")
                }
            };
            let words = match twice {
                true => words!("列 `{name}` 写了两次", "the column `{name}` is there twice"),
                false => words!("不认识的列 `{name}`", "there is no column `{name}`"),
            };
            let column = Some((*name).to_owned());
            self.say_of(codes::DATA_COLUMNS, (file, 1), column, words, cure);
        }
        let mut places = Vec::new();
        for column in &here.columns {
            match names.iter().position(|name| *name == &*column.name) {
                Some(at) => places.push(at),
                None => {
                    sound = false;
                    let (name, title) = (&column.name, &column.title);
                    let words =
                        words!("缺少列 `{name}`（{}）", "the column `{name}` is missing ({})", told(title));
                    let cure = words!("在表头加上 `{name}`", "add `{name}` to the first line");
                    let column = Some(name.to_string());
                    self.say_of(codes::DATA_COLUMNS, (file, 1), column, words, cure);
                }
            }
        }
        sound.then_some(places)
    }

    /// Reports a row whose key has been there.
    fn unique(
        &mut self,
        (here, set): (&List, &InputSet),
        file: &str,
        line: u32,
        record: &csv::StringRecord,
        places: &[usize],
        keys: &mut BTreeMap<Vec<String>, u32>,
    ) {
        if set.key.is_empty() {
            return;
        }
        let key: Vec<String> = set.key.iter().map(|at| record[places[*at]].trim().to_owned()).collect();
        let shown = key.join(" ");
        let Some(first) = keys.insert(key, line) else { return };
        let names = set.key.iter().map(|at| &*here.columns[*at].name).collect::<Vec<_>>().join("+");
        let words = words!(
            "{names} `{shown}` 在第 {first} 行已经有了",
            "{names} `{shown}` is in line {first} already"
        );
        let cure = words!(
            "同一笔只报一次；真是两笔的，编号要不同",
            "report it once; two different ones need different numbers"
        );
        let column = Some(names);
        self.say_of(codes::DATA_DUPLICATE, (file, line), column, words, cure);
    }

    /// Keeps the values that other sets have to name.
    fn remember(&mut self, book: &Book, list: usize, rows: &Rows) {
        let wanted = book.lists.iter().filter_map(|other| match &other.made {
            Made::Input(set) => Some(set.cells.iter().filter_map(|cell| cell.among)),
            Made::Step(_) => None,
        });
        let columns: BTreeSet<usize> =
            wanted.flatten().filter(|(set, _)| *set == list).map(|(_, column)| column).collect();
        for column in columns {
            let values = (0..rows.len()).map(|row| rows.value(row, column).plain()).collect();
            self.known.insert((list, column), values);
        }
    }
}

fn told(title: &machine::ids::Bilingual) -> String {
    format!("{} / {}", title.zh, title.en)
}

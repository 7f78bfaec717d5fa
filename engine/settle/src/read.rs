//! Reading input sets: CSV to rows, or everything that is wrong with the files at once.
//!
//! A finding names file, line and column and says what to write instead. When there is one, nothing is computed.

mod cells;

use std::borrow::Cow;
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
            let rows = self.rows(book, list, here, set, &file, &text);
            self.data.lists.insert(list, rows);
        }
    }

    /// Reports a file that no set is called after: most likely its name is misspelt.
    pub fn unknown(&mut self, book: &Book, file: &str) {
        let sets = || book.lists[..book.sets].iter().map(|list| format!("{}.csv", list.name));
        let known: Vec<String> = sets().collect();
        if known.iter().any(|name| name == file) {
            return;
        }
        let cure = match nearest(file, known.iter().map(String::as_str)) {
            Some(near) => words!("是不是 {near}？", "did you mean {near}?"),
            None => {
                let all = known.join(", ");
                words!(
                    "数据表只有：{all}；别的文件放到别处",
                    "the sets are {all}; keep other files elsewhere"
                )
            }
        };
        self.say(Finding {
            code: codes::DATA_FILE_UNKNOWN,
            file: file.to_owned(),
            line: None,
            column: None,
            words: words!("结算没有叫 {file} 的数据表", "no set of the settlement is called {file}"),
            cure,
        });
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

    /// The text of a file; a byte order mark is taken off. Of another encoding in which digits and commas stand as in
    /// this one, the rest is read all the same: what else is wrong is told at once.
    fn text<'t>(&mut self, file: &str, bytes: &'t [u8]) -> Option<Cow<'t, str>> {
        let plain = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let error = match std::str::from_utf8(plain) {
            Ok(text) => return Some(Cow::Borrowed(text)),
            Err(error) => error,
        };
        let sound = &plain[..error.valid_up_to()];
        let line = sound.iter().filter(|byte| **byte == b'\n').count() + 1;
        let wide = bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff");
        let (zh, en) =
            if wide { ("UTF-16", "UTF-16") } else { ("GBK/GB18030 一类", "GBK/GB18030 or the like") };
        self.say(Finding {
            code: codes::DATA_ENCODING,
            file: file.to_owned(),
            line: u32::try_from(line).ok(),
            column: column_at(sound),
            words: words!("{file} 不是 UTF-8 编码，看来是 {zh}", "{file} is not UTF-8; it looks like {en}"),
            cure: words!(
                "在表格软件里另存为“CSV UTF-8（逗号分隔）”",
                "save it as `CSV UTF-8 (comma delimited)` in the spreadsheet program"
            ),
        });
        (!wide).then(|| String::from_utf8_lossy(plain))
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
        let places = self.header(here, file, &header);
        if places.iter().all(Option::is_none) {
            return rows;
        }
        let mut keys: BTreeMap<Box<str>, u32> = BTreeMap::new();
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
        self.remember(book, list, &rows, &places);
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

    /// Where each column of the set stands in the file; what is missing is told, and the cells of the others are read
    /// all the same, so that everything wrong with them is told at once.
    fn header(&mut self, here: &List, file: &str, header: &csv::StringRecord) -> Vec<Option<usize>> {
        let names: Vec<&str> = header.iter().map(str::trim).collect();
        if let [only] = names[..]
            && let Some(sign) = only.chars().find(|sign| matches!(sign, ';' | '\t' | '，' | '；' | '|'))
        {
            self.say_separator(file, sign);
            return vec![None; here.columns.len()];
        }
        let known = || here.columns.iter().map(|column| &*column.name);
        let mut seen = BTreeSet::new();
        for name in &names {
            let twice = !seen.insert(*name);
            // A name in another encoding cannot be shown; that it is one has been told.
            if (known().any(|it| it == *name) && !twice) || name.contains('\u{fffd}') {
                continue;
            }
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
        let places: Vec<Option<usize>> =
            known().map(|column| names.iter().position(|name| *name == column)).collect();
        for (column, _) in here.columns.iter().zip(&places).filter(|(_, place)| place.is_none()) {
            let (name, title) = (&column.name, &column.title);
            let words = words!("缺少列 `{name}`（{}）", "the column `{name}` is missing ({})", told(title));
            let cure = words!("在表头加上 `{name}`", "add `{name}` to the first line");
            let column = Some(name.to_string());
            self.say_of(codes::DATA_COLUMNS, (file, 1), column, words, cure);
        }
        places
    }

    fn say_separator(&mut self, file: &str, sign: char) {
        let shown = if sign == '\t' { "Tab".to_owned() } else { sign.to_string() };
        let words = words!("列是用“{shown}”分开的", "the columns are separated by `{shown}`");
        let cure = words!("用英文逗号分开各列", "separate them by commas");
        self.say_of(codes::DATA_COLUMNS, (file, 1), None, words, cure);
    }

    /// Reports a row whose key has been there.
    fn unique(
        &mut self,
        (here, set): (&List, &InputSet),
        file: &str,
        line: u32,
        record: &csv::StringRecord,
        places: &[Option<usize>],
        keys: &mut BTreeMap<Box<str>, u32>,
    ) {
        // Without one of its columns nothing can be said of the key.
        let places: Option<Vec<usize>> = set.key.iter().map(|at| places[*at]).collect();
        let Some(places) = places.filter(|places| !places.is_empty()) else { return };
        let cells: Vec<&str> = places.iter().map(|at| record[*at].trim()).collect();
        // A sign that no cell has by accident stands between them.
        let Some(first) = keys.insert(cells.join("\u{1f}").into(), line) else { return };
        let shown = cells.join(" ");
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
    fn remember(&mut self, book: &Book, list: usize, rows: &Rows, places: &[Option<usize>]) {
        let wanted = book.lists.iter().filter_map(|other| match &other.made {
            Made::Input(set) => Some(set.cells.iter().filter_map(|cell| cell.among)),
            Made::Step(_) => None,
        });
        let columns: BTreeSet<usize> =
            wanted.flatten().filter(|(set, _)| *set == list).map(|(_, column)| column).collect();
        // A column that is not in the file says nothing about others.
        for column in columns.into_iter().filter(|column| places[*column].is_some()) {
            let values = (0..rows.len()).map(|row| rows.value(row, column).plain()).collect();
            self.known.insert((list, column), values);
        }
    }
}

/// The name of the column in which a text breaks off, where its first line tells it.
fn column_at(sound: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(sound).ok()?;
    let (header, _) = text.split_once('\n')?;
    let row = text.rsplit('\n').next()?;
    let name = header.split(',').nth(row.matches(',').count())?;
    Some(name.trim().trim_matches('"').to_owned())
}

fn told(title: &machine::ids::Bilingual) -> String {
    format!("{} / {}", title.zh, title.en)
}

//! Decision tables.

use super::lists::ORIGINS;
use super::{closed, open, word};
use crate::keys::{KeyShape, MapShape, Shape, Word};

pub(super) static TABLES: MapShape = open("tables", "table", Shape::Map(&TABLE));

static TABLE: MapShape = closed("table", TABLE_KEYS);

static TABLE_KEYS: &[KeyShape] = &[
    key!(
        "title",
        Shape::Title,
        "表的标题",
        "the title of the table",
        "title: { zh: 奖励比例, en: Reward rate }"
    ),
    key!("origin", Shape::OneOf(ORIGINS), "各行从哪里来", "where its rows come from", "origin: seed"),
    key!("basis", Shape::Text, "依据的条款", "the clause it rests on", "basis: 第 505-511 行"),
    needed!(
        "inputs",
        Shape::Map(&INPUTS),
        "输入列：公式调用时按这个次序给值",
        "the input columns, in the order in which formulas give them",
        "inputs: { 信用评分: { type: integer, domain: \"[0..1000]\" } }"
    ),
    needed!(
        "outputs",
        Shape::Map(&OUTPUTS),
        "结果列：一列得到一个值，几列得到一条记录",
        "the columns of the answer: one gives a value, several give a record",
        "outputs: { 奖励比例: rate }"
    ),
    key!(
        "hit",
        Shape::OneOf(HITS),
        "几行同时符合时怎么办；缺省 unique",
        "what happens when several rows match; `unique` unless given",
        "hit: first"
    ),
    key!(
        "rows",
        Shape::Text,
        "各行，写成 Markdown 表格：第一行列名，结果列名前写 `=`",
        "the rows as a Markdown table: headings first, `=` before those of the answer",
        "rows: |\n  | 信用评分 | = 奖励比例 |\n  | < 600    | 3%        |\n  | >= 600   | 5%        |"
    ),
    key!(
        "rows_from",
        Shape::Map(&ROWS_FROM),
        "从哪一天起用哪些行，按日期先后写；代替 `rows`",
        "the rows from each day on, earliest first; in place of `rows`",
        "rows_from: { 2015-12-01: { rows: ..., basis: ... } }"
    ),
];

static INPUTS: MapShape = open("inputs", "input", COLUMN);
static OUTPUTS: MapShape = open("outputs", "output", COLUMN);

const COLUMN: Shape = Shape::Either(&[Shape::OneOf(COLUMN_TYPES), Shape::Map(&COLUMN_MAP)]);

static COLUMN_MAP: MapShape = closed("column", COLUMN_KEYS);

static COLUMN_KEYS: &[KeyShape] = &[
    key!("title", Shape::Title, "列的标题", "its title", "title: { zh: 信用评分, en: Score }"),
    needed!("type", Shape::OneOf(COLUMN_TYPES), "列的类型", "its type", "type: integer"),
    key!(
        "of",
        super::CHOICES,
        "选项类型可选的值；`hit: priority` 按这个次序取",
        "the words of a choice; `hit: priority` goes by their order",
        "of: [micro, small, medium]"
    ),
    key!(
        "domain",
        Shape::Text,
        "可能取值的范围，检查空档时用；金额缺省为零以上",
        "what it can be, within which gaps are looked for; amounts are zero or more unless given",
        "domain: \"[0..1000]\""
    ),
    key!(
        "optional",
        Shape::Bool,
        "可以没有值，表里写 `null`",
        "it may be missing: `null` in the rows",
        "optional: true"
    ),
];

const COLUMN_TYPES: &[Word] = &[
    word("integer", "整数", "a whole number"),
    word("decimal", "小数", "a number"),
    word("money", "金额，如 100万元", "an amount, 100万元"),
    word("rate", "比率，如 3%", "a rate, 3%"),
    word("bool", "是否", "true or false"),
    word("choice", "几个词里选一个", "one of several words"),
    word("text", "文字", "a text"),
    word("date", "日期", "a date"),
];

const HITS: &[Word] = &[
    word("unique", "只能有一行符合", "one row at most may match"),
    word("first", "取最上面一行", "the first from the top"),
    word("any", "可以有几行符合，结果须相同", "several may match if they answer the same"),
    word("priority", "取结果排在选项最前的一行", "the row whose answer comes first among the choices"),
    word("collect", "全部，得到列表", "all of them, as a list"),
    word("collect sum", "全部相加", "their sum"),
    word("collect min", "取最小", "the least"),
    word("collect max", "取最大", "the greatest"),
    word("collect count", "有几行", "how many there are"),
];

static ROWS_FROM: MapShape = open("rows_by_date", "date", Shape::Either(&[Shape::Text, Shape::Map(&DATED)]));

static DATED: MapShape = closed(
    "dated_rows",
    &[
        needed!("rows", Shape::Text, "各行", "the rows", "rows: |\n  | 信用评分 | = 奖励比例 |"),
        key!(
            "basis",
            Shape::Text,
            "规定这些行的文件",
            "the document that set them",
            "basis: 苏府办〔2021〕3号"
        ),
    ],
);

//! What stands beside the rules of a settlement: `platform.yaml`, which makes sets of the platform's own cases, and
//! `golden.yaml`, which says how worked cases correspond to the rules.

use super::{closed, open, word};
use crate::keys::{KeyShape, MapShape, Shape, Word};

pub(super) static PLATFORM: MapShape = closed("platform", PLATFORM_KEYS);

static PLATFORM_KEYS: &[KeyShape] = &[
    needed!(
        "platform",
        Shape::Text,
        "哪个结算用这些数，写结算的名字",
        "the settlement these sets are for, by its name",
        "platform: annual_incentive"
    ),
    needed!("language", Shape::Number, "语言的版本", "the version of the language", "language: 1"),
    key!(
        "lookups",
        Shape::Map(&LOOKUPS),
        "另一个流程的案件，公式里按名字读，如 firm.industry",
        "cases of another process that formulas read by name, firm.industry",
        "lookups: { firm: { process: registration, key: case.enterprise, by: case.enterprise } }"
    ),
    needed!(
        "sets",
        Shape::Map(&SETS),
        "从案件里取哪些数据表",
        "the sets that are made of cases",
        "sets: { platform_loans: { key: [institution, loan_no], from: [ ... ] } }"
    ),
];

static LOOKUPS: MapShape = open("lookups", "lookup", Shape::Map(&LOOKUP));

static LOOKUP: MapShape = closed(
    "lookup",
    &[
        needed!(
            "process",
            Shape::Name("process"),
            "哪个流程的案件",
            "the process whose cases are looked up",
            "process: registration"
        ),
        needed!(
            "key",
            Shape::Formula,
            "被查案件里的键",
            "the key, read of the case that is looked up",
            "key: case.enterprise"
        ),
        needed!(
            "by",
            Shape::Formula,
            "用来查的键，在取数的案件里读",
            "the same key, read of the case that looks it up",
            "by: case.enterprise"
        ),
    ],
);

static SETS: MapShape = open("platform_sets", "set", Shape::Map(&SET));

static SET: MapShape = closed(
    "platform_set",
    &[
        needed!(
            "key",
            Shape::List(&Shape::Text),
            "凭哪几列唯一；已有的行不再从后面的来源取",
            "the columns that make a row unique; a row that is there is not taken from a later source",
            "key: [institution, loan_no]"
        ),
        needed!(
            "from",
            Shape::List(&Shape::Map(&SOURCE)),
            "从哪些案件取，按先后",
            "the cases it is made of, in this order",
            "from: [ { process: financing_demand, child: claims, outcome: disbursed, on: ended_on, columns: { ... } } ]"
        ),
    ],
);

static SOURCE: MapShape = closed(
    "platform_source",
    &[
        needed!(
            "process",
            Shape::Name("process"),
            "哪个流程的案件",
            "the process of the cases",
            "process: financing_demand"
        ),
        key!(
            "child",
            Shape::Name("child"),
            "取子流程，一件一行；不写则取主流程",
            "one row for each child of this kind; for each case unless given",
            "child: claims"
        ),
        key!("outcome", Shape::Text, "只取这样办结的", "only those that ended as this", "outcome: disbursed"),
        key!(
            "on",
            Shape::Formula,
            "落在结算年度的那一天；不写则各年都取",
            "the day that has to lie in the year; rows of every year unless given",
            "on: ended_on"
        ),
        needed!(
            "columns",
            Shape::Map(&COLUMNS),
            "各列怎么取：公式，或数第几行",
            "how each column is filled: a formula, or a count of rows",
            "columns: { loan_no: run.contract_no, institution: run.key, first_time: { first: [uscc] } }"
        ),
    ],
);

static COLUMNS: MapShape =
    open("platform_columns", "column", Shape::Either(&[Shape::Formula, Shape::Map(&NUMBERED)]));

static NUMBERED: MapShape = closed(
    "numbered",
    &[
        key!(
            "count",
            Shape::List(&Shape::Text),
            "在这几列相同的行里，按时间是第几行",
            "the number of the row among those that agree in these columns, in the order of time",
            "count: [uscc, institution]"
        ),
        key!(
            "first",
            Shape::List(&Shape::Text),
            "在这几列相同的行里是不是第一行",
            "whether it is the first of those that agree in these columns",
            "first: [uscc]"
        ),
    ],
);

pub(super) static GOLDEN: MapShape = closed(
    "golden",
    &[needed!(
        "cases",
        Shape::Map(&CASES),
        "案例表里每个 rule_id 怎样计算",
        "how the rows of each rule_id of a table are computed",
        "cases: { R1.hedge.grant: { rule: R1_hedge, given: { ... }, answers: { ... } } }"
    )],
);

static CASES: MapShape = open("golden_cases", "rule_id", Shape::Map(&CASE));

static CASE: MapShape = closed("golden_case", CASE_KEYS);

static CASE_KEYS: &[KeyShape] = &[
    needed!("rule", Shape::Name("rule"), "用哪条规则", "the rule that is computed", "rule: R1_hedge"),
    key!(
        "parameters",
        Shape::Map(&PARAMETERS),
        "表里的词改哪些参数",
        "which parameters the words of the table change",
        "parameters: { at_threshold: at_threshold }"
    ),
    key!(
        "inputs_as_parameters",
        Shape::Map(&NAMES),
        "表里的输入当作参数用：路径对参数",
        "inputs of the table that are parameters: the path and the parameter",
        "inputs_as_parameters: { pool_left: pool_left }"
    ),
    key!(
        "given",
        Shape::Map(&GIVEN_LISTS),
        "给哪些清单：数据表或步骤",
        "which lists are given: sets or steps",
        "given: { credit_loans: { each: loans, columns: { score_at_approval: score } } }"
    ),
    needed!(
        "answers",
        Shape::Map(&ANSWERS),
        "每个答案从哪里读",
        "where each answer is read",
        "answers: { grant_yuan: { of: grants, column: grant } }"
    ),
    key!(
        "first",
        Shape::Map(&CASE),
        "先算的一步，它的答案是后一步的输入",
        "computed before; its answers are inputs of this case",
        "first: { rule: R1_hedge, given: { ... }, answers: { ... } }"
    ),
];

static PARAMETERS: MapShape =
    open("golden_parameters", "word", Shape::Either(&[Shape::Text, Shape::Map(&PARAMETER)]));

static PARAMETER: MapShape = closed(
    "golden_parameter",
    &[
        needed!(
            "parameter",
            Shape::Name("parameter"),
            "规则的哪个参数",
            "the parameter of the rule",
            "parameter: rounding"
        ),
        key!(
            "words",
            Shape::Map(&NAMES),
            "表里的词对参数的值",
            "the value for each word of the table",
            "words: { HALF_UP: half_up, HALF_EVEN: half_even }"
        ),
    ],
);

static NAMES: MapShape = open("golden_names", "word", Shape::Text);

static GIVEN_LISTS: MapShape = open("golden_given", "list", Shape::Map(&GIVEN));

static GIVEN: MapShape = closed("golden_given_list", GIVEN_KEYS);

static GIVEN_KEYS: &[KeyShape] = &[
    key!(
        "each",
        Shape::Either(&[Shape::Text, Shape::List(&Shape::Text)]),
        "输入里的哪个列表，一项一行；不写则输入本身是一行",
        "the list of the inputs with a row an entry; the inputs are one row unless given",
        "each: loans"
    ),
    key!(
        "columns",
        Shape::Map(&NAMES),
        "清单的列取自输入的哪个词",
        "the column of the list and the word it comes from",
        "columns: { score_at_approval: score }"
    ),
    key!(
        "constants",
        Shape::Map(&NAMES),
        "各行相同的列",
        "columns that are the same in every row",
        "constants: { institution: B, unsecured: \"true\" }"
    ),
    key!(
        "value",
        Shape::Text,
        "没有键的项放在哪一列",
        "the column that an entry without keys of its own stands in",
        "value: household"
    ),
    key!(
        "count",
        Shape::Map(&COUNT),
        "给各行编号的列",
        "the column that numbers the rows",
        "count: { column: loan_no }"
    ),
    key!(
        "only",
        Shape::Map(&NAMES),
        "只取值是这些的项",
        "only entries with these values",
        "only: { kind: bank }"
    ),
    key!(
        "percent",
        Shape::Either(&[Shape::Text, Shape::List(&Shape::Text)]),
        "表里写成百分数的列",
        "columns that the table has in percent",
        "percent: [rate]"
    ),
];

static COUNT: MapShape = closed(
    "golden_count",
    &[
        needed!("column", Shape::Text, "哪一列", "the column", "column: loan_no"),
        key!("from", Shape::Number, "从几数起，缺省 1", "the first number, 1 unless given", "from: 1"),
        key!(
            "from_of",
            Shape::Map(&NAMES),
            "别的列表从几数起",
            "the first number for entries under another key",
            "from_of: { earlier_loans: 100 }"
        ),
    ],
);

static ANSWERS: MapShape = open("golden_answers", "answer", Shape::Map(&ANSWER));

static ANSWER: MapShape = closed(
    "golden_answer",
    &[
        needed!(
            "of",
            Shape::Either(&[Shape::Text, Shape::List(&Shape::Text)]),
            "从哪个清单读，可以几个",
            "the list it is read of, or several",
            "of: grants"
        ),
        key!("column", Shape::Text, "哪一列", "the column", "column: grant"),
        key!(
            "as",
            Shape::OneOf(WAYS),
            "怎样读；不写则读一个格子",
            "in which way; one cell unless given",
            "as: map"
        ),
        key!(
            "by",
            Shape::Text,
            "`as: map` 时作键的列",
            "the column of the keys, with `as: map`",
            "by: institution"
        ),
        key!(
            "otherwise",
            Shape::Text,
            "没有行时的答案",
            "the answer when there is no row",
            "otherwise: \"0.00\""
        ),
    ],
);

const WAYS: &[Word] = &[
    word("map", "一列对一列，零不列", "from one column to another, zero left out"),
    word("values", "一列的不同值", "the different values of a column"),
    word("sum", "一列之和", "the sum of a column"),
    word("exceptions", "列出的代码和对象", "the codes of listed rows, each with its subject"),
    word("undecided", "排名留给人定的", "those that a ranking leaves to a person"),
];

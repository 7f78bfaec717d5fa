//! Settlement rules: the header of a book, and a rule with its steps and lines.

use super::lists::ORIGINS;
use super::{closed, open, tables, word};
use crate::keys::{KeyShape, MapShape, Shape, Word};

pub(super) static BOOK: MapShape = closed("settlement", BOOK_KEYS);

static BOOK_KEYS: &[KeyShape] = &[
    needed!(
        "settlement",
        Shape::Text,
        "结算的名字，小写英文",
        "its name, small letters",
        "settlement: annual_incentive"
    ),
    needed!("language", Shape::Text, "语言版本", "the version of the language", "language: 1"),
    key!("version", Shape::Number, "第几版", "its version", "version: 1"),
    key!("title", Shape::Title, "标题", "its title", "title: { zh: 年度激励结算, en: Annual settlement }"),
    key!("basis", Shape::Text, "依据的文件", "the document it rests on", "basis: 苏府〔2015〕136号"),
    key!("effective", Shape::Date, "从哪天起施行", "the day it takes effect", "effective: 2015-12-01"),
    key!(
        "parameters",
        Shape::Map(&PARAMETERS),
        "各条规则共用的参数",
        "parameters of all rules",
        "parameters: { rounding: ... }"
    ),
    needed!(
        "inputs",
        Shape::Map(&SETS),
        "要报送的数据表",
        "the files that are read",
        "inputs: { credit_loans: { ... } }"
    ),
    needed!(
        "rules",
        Shape::List(&Shape::Text),
        "规则，按计算次序",
        "the rules, in the order they are computed",
        "rules: [R1_hedge, R2_team]"
    ),
    key!(
        "reconcile",
        Shape::Map(&RECONCILE),
        "与平台自己的记录核对",
        "what is held against the platform's own history",
        "reconcile: { reported: credit_loans, known: platform_loans, ... }"
    ),
];

static RECONCILE: MapShape = closed(
    "reconcile",
    &[
        needed!(
            "reported",
            Shape::Text,
            "机构报送的表",
            "what the institutions report",
            "reported: credit_loans"
        ),
        needed!("known", Shape::Text, "平台的表", "what the platform knows", "known: platform_loans"),
        needed!(
            "on",
            Shape::List(&Shape::Text),
            "凭哪几列认出同一笔",
            "the columns that make a record",
            "on: [institution, loan_no]"
        ),
        needed!("amount", Shape::Text, "金额在哪一列", "the column of the amount", "amount: amount"),
        needed!(
            "compare",
            Shape::Map(&WORDS),
            "核对结果的名字和所比的列",
            "the name of a finding and the column it is about",
            "compare: { amount_differs: amount }"
        ),
    ],
);

static WORDS: MapShape = open("words", "name", Shape::Text);
static SETS: MapShape = open("input_sets", "set", Shape::Map(&SET));

static SET: MapShape = closed(
    "input_set",
    &[
        key!("title", Shape::Title, "标题", "its title", "title: { zh: 信用贷款, en: Credit loans }"),
        key!("optional", Shape::Bool, "可以没有这个文件", "the file may be absent", "optional: true"),
        needed!(
            "key",
            Shape::List(&Shape::Text),
            "凭哪几列唯一",
            "the columns that make a row unique",
            "key: [institution, loan_no]"
        ),
        needed!("columns", Shape::Map(&CELLS), "各列", "its columns", "columns: { loan_no: text }"),
    ],
);

static CELLS: MapShape =
    open("set_columns", "column", Shape::Either(&[Shape::OneOf(CELL_TYPES), Shape::Map(&CELL)]));

static CELL: MapShape = closed(
    "set_column",
    &[
        key!("title", Shape::Title, "标题", "its title", "title: { zh: 金额, en: Amount }"),
        needed!("type", Shape::OneOf(CELL_TYPES), "类型", "its type", "type: money"),
        key!("of", super::CHOICES, "可选的词", "the words of a choice", "of: [online, offline]"),
        key!("optional", Shape::Bool, "可以空着", "it may be empty", "optional: true"),
        key!(
            "in_year",
            Shape::Bool,
            "日期须在结算年度内",
            "the date has to lie in the year",
            "in_year: true"
        ),
        key!("range", Shape::Text, "允许的范围", "its bounds", "range: \"[0..1000]\""),
        key!(
            "plausible_from",
            Shape::Text,
            "低于它的金额当作误填万元",
            "amounts below are taken for 万元",
            "plausible_from: 1000元"
        ),
        key!(
            "among",
            Shape::Text,
            "须在另一张表的这一列里",
            "it has to stand in this column of another set",
            "among: institutions.institution"
        ),
    ],
);

const CELL_TYPES: &[Word] = &[
    word("text", "文字", "a text"),
    word("uscc", "统一社会信用代码", "a unified social credit code"),
    word("integer", "整数", "a whole number"),
    word("decimal", "小数", "a number"),
    word("money", "金额（元，两位小数）", "an amount in yuan, two decimals"),
    word("rate", "比率，如 0.03", "a rate, 0.03"),
    word("bool", "true 或 false", "true or false"),
    word("choice", "几个词里选一个", "one of several words"),
    word("date", "日期", "a date"),
];

pub(super) static RULE: MapShape = closed("rule", RULE_KEYS);

static RULE_KEYS: &[KeyShape] = &[
    needed!("rule", Shape::Text, "规则的名字", "its name", "rule: R1_hedge"),
    key!("title", Shape::Title, "标题", "its title", "title: { zh: 对冲风险, en: Hedge }"),
    key!("basis", Shape::Text, "依据的条款", "the clause it rests on", "basis: 第 505-511 行"),
    key!("parameters", Shape::Map(&PARAMETERS), "参数", "its parameters", "parameters: { lower_rate: ... }"),
    key!("tables", Shape::Map(&tables::TABLES), "决策表", "decision tables", "tables: { 单位: ... }"),
    needed!(
        "steps",
        Shape::Map(&STEPS),
        "计算步骤，一步一张清单",
        "the steps, each makes a list",
        "steps: { loans: { from: credit_loans } }"
    ),
    key!("lines", Shape::Map(&LINES), "结算行", "what is paid", "lines: { hedge: { from: grants, ... } }"),
];

static PARAMETERS: MapShape = open("rule_parameters", "parameter", Shape::Map(&PARAMETER));

static PARAMETER: MapShape = closed(
    "rule_parameter",
    &[
        key!("title", Shape::Title, "参数的标题", "its title", "title: { zh: 奖励比例, en: Rate }"),
        needed!(
            "type",
            Shape::Text,
            "类型；还可以是 list of money、list of text、list of record",
            "its type; also list of money, list of text, list of record",
            "type: list of money"
        ),
        key!("of", super::CHOICES, "可选的词", "the words of a choice", "of: [grant, payout]"),
        key!(
            "fields",
            Shape::Map(&super::lists::DATA),
            "record 的各项",
            "the fields of a record",
            "fields: { name: { type: text, required: true } }"
        ),
        key!("optional", Shape::Bool, "可以是 null", "it may be null", "optional: true"),
        key!("range", Shape::Formula, "允许的范围", "the bounds of its values", "range: \"[0..1]\""),
        needed!(
            "values",
            Shape::Map(&VALUES),
            "从哪天起是什么值",
            "the value from each day on",
            "values: { 2015-12-01: 3% }"
        ),
        key!("origin", Shape::OneOf(ORIGINS), "值从哪里来", "where the value comes from", "origin: seed"),
        key!("basis", Shape::Text, "依据的条款", "the clause it rests on", "basis: 第 509 行"),
    ],
);

static VALUES: MapShape = open(
    "rule_values_by_date",
    "date",
    Shape::Either(&[Shape::Text, Shape::List(&Shape::Any), Shape::Map(&VALUE)]),
);

static VALUE: MapShape = closed(
    "rule_dated_value",
    &[
        needed!("value", Shape::Any, "值", "the value", "value: 3%"),
        key!(
            "basis",
            Shape::Text,
            "规定这个值的文件",
            "the document that set it",
            "basis: 苏府办〔2021〕3号"
        ),
    ],
);

static STEPS: MapShape = open("steps", "step", Shape::Map(&STEP));

static STEP: MapShape = closed("step", STEP_KEYS);

static STEP_KEYS: &[KeyShape] = &[
    key!("title", Shape::Title, "标题", "its title", "title: { zh: 逐笔贷款, en: Loans }"),
    key!("basis", Shape::Text, "依据的条款", "the clause it rests on", "basis: 第 505 行"),
    needed!(
        "from",
        Shape::Text,
        "从哪张清单来：数据表、前面的步骤、别的规则的步骤",
        "what it is made from: a set, an earlier step, a step of another rule",
        "from: credit_loans"
    ),
    key!(
        "group",
        Shape::List(&Shape::Text),
        "按哪几列归并",
        "the columns that make a group",
        "group: [institution]"
    ),
    key!(
        "let",
        Shape::Map(&COLUMNS),
        "计算的列，按次序",
        "computed columns, in order",
        "let: { base: { sum: amount } }"
    ),
    key!("where", Shape::Formula, "只留这些行", "only these rows", "where: rank <= 3"),
    key!(
        "rank",
        Shape::Map(&RANK),
        "排名",
        "who stands where",
        "rank: { by: rank_by, top: places, ties: ties, prizes: prizes }"
    ),
    key!(
        "exclude",
        Shape::Map(&CODES),
        "不计入并列出的行",
        "rows left out and listed",
        "exclude: { offline: { when: channel != \"online\", zh: 非线上, en: Not online } }"
    ),
    key!(
        "remark",
        Shape::Map(&CODES),
        "计入但要列出的行",
        "rows that count and are listed",
        "remark: { tie: { when: equals > 1, zh: 并列, en: Tie } }"
    ),
    key!(
        "effect",
        Shape::Formula,
        "列出的行最多影响多少元",
        "what a listed row would bring at most",
        "effect: amount * upper_rate"
    ),
    key!("subject", Shape::Formula, "列出的行说的是谁", "whom a listed row is about", "subject: household"),
];

static CODES: MapShape = open("codes", "code", Shape::Map(&CODE));

static CODE: MapShape = closed(
    "code",
    &[
        needed!("when", Shape::Formula, "什么情形", "when", "when: score is unknown"),
        needed!("zh", Shape::Text, "中文说明", "in Chinese", "zh: 没有评分"),
        needed!("en", Shape::Text, "英文说明", "in English", "en: No score"),
    ],
);

static COLUMNS: MapShape =
    open("computed_columns", "column", Shape::Either(&[Shape::Formula, Shape::Map(&COLUMN)]));

static COLUMN: MapShape = closed("computed_column", COLUMN_KEYS);

static COLUMN_KEYS: &[KeyShape] = &[
    key!("title", Shape::Title, "标题", "its title", "title: { zh: 奖励基数, en: Base }"),
    key!("basis", Shape::Text, "依据的条款", "the clause it rests on", "basis: 第 507 行"),
    key!("is", Shape::Formula, "一个公式", "a formula", "is: min(computed, grant_cap)"),
    key!("sum", Shape::Formula, "几行相加", "the sum of rows", "sum: amount"),
    key!("count", Shape::OneOf(ROWS), "有几行", "how many rows", "count: rows"),
    key!("distinct", Shape::Formula, "有几个不同的值", "how many different values", "distinct: household"),
    key!("average", Shape::Formula, "几行平均", "the average of rows", "average: balance"),
    key!("least", Shape::Formula, "最小", "the least", "least: amount"),
    key!("greatest", Shape::Formula, "最大", "the greatest", "greatest: amount"),
    key!("any", Shape::Formula, "有没有一行成立", "whether it holds for one of them", "any: dpd >= 1"),
    key!("only", Shape::Formula, "唯一的那个值", "the only value there is", "only: grant"),
    key!(
        "per",
        Shape::List(&Shape::Text),
        "本清单里这几列相同的行",
        "rows of this list that agree in these columns",
        "per: [institution, household]"
    ),
    key!(
        "before",
        Shape::List(&Shape::Text),
        "只算排在前面的行，按这几列",
        "only those that come earlier by these columns",
        "before: [disbursed_on, loan_no]"
    ),
    key!("of", Shape::Text, "另一张清单的行", "rows of another list", "of: overdues"),
    key!(
        "on",
        Shape::List(&Shape::Text),
        "两边哪几列相同；名字不同写成 对方=本方",
        "the columns that agree; theirs=ours where the names differ",
        "on: [institution, loan_no]"
    ),
    key!("where", Shape::Formula, "只算这些行", "only these rows", "where: month >= 1"),
    key!("otherwise", Shape::Formula, "一行也没有时", "when there are none", "otherwise: 0元"),
    key!(
        "show_by",
        Shape::List(&Shape::Text),
        "说明时按这几列分开",
        "an explanation divides it by these columns",
        "show_by: [rate]"
    ),
    key!("tiers", Shape::Formula, "按档计算的金额", "the amount that tiers apply to", "tiers: lent"),
    key!("mode", Shape::Formula, "超额累进 marginal 或全额 slab", "marginal or slab", "mode: tier_mode"),
    key!(
        "first_whole",
        Shape::Formula,
        "第一档是否从零算起",
        "whether the first tier counts from zero",
        "first_whole: first_tier = \"whole\""
    ),
    key!(
        "scale",
        Shape::List(&Shape::Map(&TIER)),
        "各档，从低到高",
        "the tiers, lowest first",
        "scale: [ { from: tier_1_from, included: lower_included, rate: ratio_1 } ]"
    ),
    key!("split", Shape::Formula, "要分摊的金额", "the amount to be split", "split: loss"),
    key!(
        "into",
        Shape::Map(&PARTS),
        "各方比例；余数相同时按这个次序",
        "the shares; equal remainders go by this order",
        "into: { fund: fund_share, bank: bank_share }"
    ),
    key!(
        "reasons",
        Shape::Map(&CODES),
        "全部成立的理由",
        "all codes that hold",
        "reasons: { over_limit: { when: ..., zh: ..., en: ... } }"
    ),
    key!(
        "carry",
        Shape::Map(&CARRY),
        "额度账户的一年",
        "a year of a quota account",
        "carry: { grant: grant, call: loss, of: carry_in, ... }"
    ),
];

const ROWS: &[Word] = &[word("rows", "行数", "the rows")];

static PARTS: MapShape = open("parts", "party", Shape::Formula);

static TIER: MapShape = closed(
    "tier",
    &[
        needed!("from", Shape::Formula, "从多少起", "where it begins", "from: tier_1_from"),
        needed!("included", Shape::Formula, "起点是否在内", "whether that belongs to it", "included: true"),
        needed!("rate", Shape::Formula, "比例", "its rate", "rate: ratio_1"),
    ],
);

static CARRY: MapShape = closed(
    "carry",
    &[
        needed!("grant", Shape::Formula, "当年新增额度", "what the year grants", "grant: grant"),
        needed!("call", Shape::Formula, "要用多少", "what is called for", "call: eligible_loss"),
        needed!(
            "of",
            Shape::Text,
            "以前年度结余在哪张清单",
            "the list of what earlier years left",
            "of: carry_in"
        ),
        needed!(
            "on",
            Shape::List(&Shape::Text),
            "两边哪几列相同",
            "the columns that agree",
            "on: [institution]"
        ),
        needed!("year", Shape::Formula, "结余的年度", "the year of what was left", "year: granted_for"),
        needed!("amount", Shape::Formula, "结余的金额", "the amount that was left", "amount: amount"),
        needed!(
            "years",
            Shape::Formula,
            "可以结转几年；null 为不限",
            "for how many years; null for ever",
            "years: carry_years"
        ),
        needed!(
            "payout_cap",
            Shape::Formula,
            "当年支付上限；null 为没有",
            "the most paid in a year; null for none",
            "payout_cap: null"
        ),
    ],
);

static RANK: MapShape = closed(
    "rank",
    &[
        needed!(
            "by",
            Shape::Either(&[Shape::Formula, Shape::List(&Shape::Text)]),
            "按哪些列，如 amount desc",
            "by which columns, amount desc",
            "by: rank_by"
        ),
        needed!("top", Shape::Formula, "取前几名", "how many places", "top: places"),
        key!("id", Shape::Text, "谁；缺省第一列", "who; the first column unless given", "id: institution"),
        key!(
            "pool",
            Shape::List(&Shape::Text),
            "分组各自排名",
            "columns that divide it into pools",
            "pool: [band]"
        ),
        key!("qualified", Shape::Formula, "谁够条件", "who qualifies", "qualified: amount > amount_over"),
        key!(
            "population",
            Shape::Formula,
            "在够条件者中排（qualified）还是在全体中排（all）",
            "among the qualified, or among all",
            "population: rank_population"
        ),
        needed!("ties", Shape::Formula, "并列怎么办", "the tie rule", "ties: ties_at_cutoff"),
        needed!("prizes", Shape::Formula, "各名次的奖额", "a prize for each place", "prizes: prizes"),
    ],
);

static LINES: MapShape = open("lines", "line", Shape::Map(&LINE));

static LINE: MapShape = closed(
    "line",
    &[
        key!("title", Shape::Title, "标题", "its title", "title: { zh: 对冲风险奖励, en: Hedge }"),
        needed!("kind", Shape::OneOf(KINDS), "哪一种", "which kind", "kind: payment"),
        needed!(
            "from",
            Shape::Text,
            "一行结算对应哪张清单的一行",
            "the list with a row a line",
            "from: grants"
        ),
        key!("where", Shape::Formula, "只要这些行", "only these rows", "where: award > 0元"),
        needed!("payee", Shape::Formula, "给谁", "who receives it", "payee: institution"),
        key!("base", Shape::Formula, "基数", "the base", "base: base"),
        key!("rate", Shape::Formula, "比例", "the rate", "rate: reward_rate"),
        key!("gross", Shape::Formula, "封顶前", "before the ceiling", "gross: computed"),
        key!("cap", Shape::Formula, "上限", "the ceiling", "cap: grant_cap"),
        key!("carry_in", Shape::Formula, "上年结转", "carried in", "carry_in: carried"),
        key!("carry_out", Shape::Formula, "结转下年", "carried out", "carry_out: left"),
        needed!("net", Shape::Formula, "金额，已舍入到分", "the amount, rounded to the fen", "net: grant"),
    ],
);

const KINDS: &[Word] = &[
    word("payment", "拨付", "money is paid"),
    word("deposit", "财政存款配置，不是拨付", "fiscal money is placed: never a payment"),
    word("honour", "荣誉，没有金额", "an honour without money"),
    word("figure", "只列出的数", "a figure that is told"),
];

//! Parameters, data, conditions, events, and the lists at the end of a process.

use super::{ROLES, STATES, closed, open, word};
use crate::keys::{KeyShape, MapShape, Shape, Word};

pub(super) static PARAMETERS: MapShape = open("parameters", "parameter", Shape::Map(&PARAMETER));

static PARAMETER: MapShape = closed("parameter", PARAMETER_KEYS);

static PARAMETER_KEYS: &[KeyShape] = &[
    key!("title", Shape::Title, "参数的标题", "its title", "title: { zh: 关注家数上限, en: Claims at most }"),
    needed!("type", Shape::OneOf(PARAMETER_TYPES), "参数的类型", "its type", "type: period"),
    key!(
        "of",
        super::CHOICES,
        "选项类型可选的值；写成 `值: { zh, en }` 则给人看的是标题",
        "the words of a choice; with `word: { zh, en }` people see the title",
        "of: { claim: { zh: 关注时, en: The claim }, publish: { zh: 发布时, en: The listing } }"
    ),
    key!(
        "range",
        Shape::Formula,
        "允许的范围；每个值都要在范围内",
        "the bounds every value has to keep",
        "range: \"[1..20]\""
    ),
    needed!(
        "values",
        Shape::Map(&VALUES),
        "从哪一天起是什么值，按日期先后写",
        "the value from each day on, earliest first",
        "values: { 2015-12-01: 5天 顺延 }"
    ),
    key!("origin", Shape::OneOf(ORIGINS), "值从哪里来", "where the value comes from", "origin: seed"),
    key!("basis", Shape::Text, "依据的条款", "the clause it rests on", "basis: 第 325 行"),
];

const PARAMETER_TYPES: &[Word] = &[
    word("integer", "整数", "a whole number"),
    word("decimal", "小数", "a number"),
    word("money", "金额，如 100万元", "an amount, 100万元"),
    word("rate", "比率，如 3%", "a rate, 3%"),
    word("period", "期限，如 5工作日", "a period, 5 working days"),
    word("bool", "是否", "true or false"),
    word("choice", "几个词里选一个", "one of several words"),
    word("text", "文字", "a text"),
    word("date", "日期", "a date"),
    word("instant", "时刻", "an instant"),
    word("duration", "精确时长，如 duration(\"PT4H\")", "an exact duration, duration(\"PT4H\")"),
];

pub(super) const ORIGINS: &[Word] = &[
    word("seed", "主管部门自己的材料", "the office's own material"),
    word("law", "法律法规", "a statute"),
    word("public", "其他公开文件", "another public text"),
    word("assumed", "暂定，请主管部门确认", "assumed: the office decides"),
];

static VALUES: MapShape = open("values_by_date", "date", Shape::Either(&[Shape::Text, Shape::Map(&VALUE)]));

static VALUE: MapShape = closed(
    "dated_value",
    &[
        needed!("value", Shape::Any, "值", "the value", "value: 3"),
        key!(
            "basis",
            Shape::Text,
            "规定这个值的文件",
            "the document that set it",
            "basis: 苏府办〔2025〕12号"
        ),
    ],
);

pub(super) static DATA: MapShape = open("data", "field", Shape::Map(&FIELD));

static FIELD: MapShape = closed("field", FIELD_KEYS);

static FROM: MapShape = closed(
    "from",
    &[
        needed!("case", Shape::Text, "哪个流程的案件", "the process of the other case", "case: registration"),
        needed!(
            "key",
            Shape::Name("field"),
            "本流程里存着对方关联值的数据项",
            "the field that holds the value the other case correlates by",
            "key: enterprise"
        ),
        needed!(
            "in",
            STATES,
            "对方处在这些状态之一时为是",
            "true while the other case is in one of these states",
            "in: active"
        ),
    ],
);

static FIELD_KEYS: &[KeyShape] = &[
    key!("title", Shape::Title, "数据项的标题", "its title", "title: { zh: 融资金额, en: Amount }"),
    needed!(
        "type",
        Shape::Text,
        "类型：text、integer、decimal、money、rate、date、instant、duration、period、bool、choice、uscc、file、record 或 list of ...",
        "its type: text, integer, decimal, money, rate, date, instant, duration, period, bool, choice, uscc, file, record, or list of ...",
        "type: money"
    ),
    key!(
        "of",
        super::CHOICES,
        "选项类型可选的值；写成 `值: { zh, en }` 则给人看的是标题",
        "the words of a choice; with `word: { zh, en }` people see the title",
        "of: { equipment: { zh: 设备采购, en: Equipment }, other: { zh: 其他, en: Other } }"
    ),
    key!(
        "fields",
        Shape::Map(&DATA),
        "record 类型的各项",
        "the fields of a record",
        "fields: { name: { type: text, required: true } }"
    ),
    key!("required", Shape::Bool, "开始时必须填", "has to be given at the start", "required: true"),
    key!(
        "asked",
        Shape::Bool,
        "开案的人能不能填；不写则流程自己会填的可填项不问",
        "whether who opens a case may give it; unless said, an optional field the process fills itself is not asked",
        "asked: true"
    ),
    key!("default", Shape::Any, "没有填时的值", "the value when none is given", "default: 0"),
    key!(
        "from",
        Shape::Map(&FROM),
        "开案时从别的案件得知，不问开案的人；对方流程没有生效时仍然要填",
        "known from another case at the opening, not asked; asked all the same where that process is not in force",
        "from: { case: registration, key: enterprise, in: active }"
    ),
    key!("range", Shape::Formula, "允许的范围", "the bounds it has to keep", "range: \"(0..amount_max]\""),
    key!(
        "refuse",
        Shape::Name("refusal"),
        "超出范围时的拒绝理由",
        "the refusal when it is out of bounds",
        "refuse: amount_out_of_range"
    ),
    key!("personal", Shape::Bool, "个人信息", "personal information", "personal: true"),
    key!(
        "credit",
        Shape::Bool,
        "征信数据，须有授权才能看",
        "credit data, readable only under a consent",
        "credit: true"
    ),
];

static FORM: MapShape = open("form", "field", Shape::Map(&FORM_FIELD));

static FORM_FIELD: MapShape = closed("form_field", FORM_KEYS);

static FORM_KEYS: &[KeyShape] = &[
    key!(
        "title",
        Shape::Title,
        "标题；与数据项同名时可不写",
        "its title; the data field's of the same name unless given",
        "title: { zh: 银行, en: Bank }"
    ),
    key!(
        "type",
        Shape::Text,
        "类型；与数据项同名时可不写",
        "its type; the data field's of the same name unless given",
        "type: text"
    ),
    key!(
        "of",
        super::CHOICES,
        "选项类型可选的值；写成 `值: { zh, en }` 则给人看的是标题",
        "the words of a choice; with `word: { zh, en }` people see the title",
        "of: { pass: { zh: 合格, en: Passed }, fail: { zh: 不合格, en: Failed } }"
    ),
    key!(
        "fields",
        Shape::Map(&DATA),
        "record 类型的各项",
        "the fields of a record",
        "fields: { name: { type: text } }"
    ),
    key!("required", Shape::Bool, "必须填", "has to be given", "required: true"),
    key!(
        "own",
        Shape::Bool,
        "办理人自己的单位：可以不填，也不能填别家",
        "the sender's own organisation: filled in when left out, nobody else's is taken",
        "own: true"
    ),
    key!(
        "from",
        Shape::Map(&FROM),
        "办理时从别的案件得知，不问办理人；对方流程没有生效时仍然可填",
        "known from another case when it is sent, not asked; asked all the same where that process is not in force",
        "from: { case: institution_admission, key: bank, in: live }"
    ),
    key!("range", Shape::Formula, "允许的范围", "the bounds it has to keep", "range: \"> 0\""),
    key!(
        "refuse",
        Shape::Name("refusal"),
        "超出范围时的拒绝理由",
        "the refusal when it is out of bounds",
        "refuse: amount_out_of_range"
    ),
];

pub(super) static CONDITIONS: MapShape =
    open("conditions", "condition", Shape::Either(&[Shape::Formula, Shape::Map(&CONDITION)]));

static CONDITION: MapShape = closed(
    "condition",
    &[
        needed!("is", Shape::Formula, "条件的公式", "the formula", "is: renewals < renewals_max"),
        key!(
            "zh",
            Shape::Text,
            "给人看的中文；名字本身是中文时可不写",
            "what people read in Chinese; a Chinese name says it itself",
            "zh: 还可以延期"
        ),
        key!(
            "en",
            Shape::Text,
            "给人看的英文；不写则图和理由里出现名字",
            "what people read in English; diagrams and reasons show the name without it",
            "en: A renewal is left"
        ),
        key!("basis", Shape::Text, "依据的条款", "the clause it rests on", "basis: 第 325 行"),
    ],
);

pub(super) static EVENTS: MapShape = open("events", "event", Shape::Map(&EVENT));

static EVENT: MapShape = closed("event", EVENT_KEYS);

static EVENT_KEYS: &[KeyShape] = &[
    key!("title", Shape::Title, "按钮上的字", "the words on the button", "title: { zh: 发布, en: Publish }"),
    key!(
        "by",
        ROLES,
        "哪些角色可以办；不写则案件的参与人都可以",
        "the roles that may send it; anyone with a part in the case unless given",
        "by: [ent_agent]"
    ),
    key!(
        "form",
        Shape::Map(&FORM),
        "要填的内容",
        "what comes with it",
        "form: { stars: { required: true }, comment: {} }"
    ),
    key!("reason", Shape::Bool, "必须写明理由", "a reason in words has to come with it", "reason: true"),
    key!(
        "told",
        Shape::Bool,
        "只由案件自己发出，人不能办：子流程告诉主流程，或主流程告诉子流程",
        "only the case itself sends it: a child tells its parent, or the parent its children",
        "told: true"
    ),
    key!(
        "otherwise",
        Shape::Name("refusal"),
        "没有状态应答时的拒绝理由",
        "the refusal when no state answers it",
        "otherwise: demand_not_open"
    ),
];

pub(super) static REFUSALS: MapShape = open("refusals", "refusal", Shape::Title);
pub(super) static RECORDS: MapShape = open("records", "record", Shape::Title);
pub(super) static NOTICES: MapShape = open("notices", "notice", Shape::Map(&NOTICE));

static NOTICE: MapShape = closed(
    "notice",
    &[
        key!("code", Shape::Text, "通知的编号", "its number", "code: N26"),
        needed!("zh", Shape::Text, "中文标题", "title in Chinese", "zh: 收到报价"),
        needed!("en", Shape::Text, "英文标题", "title in English", "en: Offer received"),
    ],
);

pub(super) static SCHEDULES: MapShape = open("schedules", "schedule", Shape::Map(&SCHEDULE));

static SCHEDULE: MapShape = closed("schedule", SCHEDULE_KEYS);

static SCHEDULE_KEYS: &[KeyShape] = &[
    key!("title", Shape::Title, "标题", "its title", "title: { zh: 年度结算, en: Annual settlement }"),
    needed!(
        "cron",
        Shape::Text,
        "什么时候：分 时 日 月 星期",
        "when: minute hour day month weekday",
        "cron: \"0 9 5 1 *\""
    ),
    key!(
        "zone",
        Shape::Text,
        "时区，缺省 Asia/Shanghai",
        "the time zone, Asia/Shanghai unless given",
        "zone: Asia/Shanghai"
    ),
    key!("on", Shape::OneOf(SCHEDULE_DAYS), "只在哪些日子", "only on these days", "on: working_days"),
    key!("start", Shape::Bool, "新建一个案件", "a case starts", "start: true"),
    key!(
        "send",
        Shape::Name("event"),
        "向在办案件发一个事件",
        "an event is sent to the cases under way",
        "send: remind_all"
    ),
    key!(
        "missed",
        Shape::OneOf(MISSED),
        "停机期间错过的怎么办",
        "what becomes of times missed while the program was down",
        "missed: once"
    ),
];

const SCHEDULE_DAYS: &[Word] = &[word("working_days", "工作日", "days on which offices work")];

const MISSED: &[Word] = &[
    word("once", "恢复后补一次", "they run once on return"),
    word("each", "逐次补齐", "each of them runs"),
    word("skip", "不再补", "they are left out"),
];

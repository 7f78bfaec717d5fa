//! The head of a process.

use super::{chart, children, closed, lists, open, tables};
use crate::keys::{KeyShape, MapShape, Shape};

pub(super) static PROCESS: MapShape = closed("process", KEYS);

static KEYS: &[KeyShape] = &[
    needed!(
        "process",
        Shape::Text,
        "流程的名字，小写英文",
        "the name of the process, small letters",
        "process: financing_demand"
    ),
    needed!("language", Shape::Number, "流程语言的版本", "the version of the language", "language: 1"),
    key!(
        "version",
        Shape::Number,
        "这份流程的版本，从 1 数起",
        "the version of this process, counted from 1",
        "version: 3"
    ),
    needed!(
        "title",
        Shape::Title,
        "流程的标题",
        "the title of the process",
        "title: { zh: 融资需求, en: Financing demand }"
    ),
    key!(
        "basis",
        Shape::Text,
        "依据：文件名、条款、页码",
        "what it rests on: document, clause, page",
        "basis: 种子材料第 319-333 行"
    ),
    key!("owner", Shape::Text, "负责这份流程的单位", "the office that answers for it", "owner: 市金融局"),
    key!(
        "effective",
        Shape::Date,
        "从这一天起，新案件使用这个版本",
        "new cases use this version from this day on",
        "effective: 2026-01-01"
    ),
    key!(
        "calendar",
        Shape::Name("calendar"),
        "数工作日用的日历",
        "the calendar working days are counted by",
        "calendar: cn"
    ),
    key!(
        "correlate",
        Shape::Name("field"),
        "别的流程按这项数据找到案件",
        "the field by which other processes find a case",
        "correlate: enterprise"
    ),
    key!(
        "opened_by",
        super::ROLES,
        "谁可以开案；不写则有角色的人都可以",
        "who may open a case; everyone with a role in it unless given",
        "opened_by: [ent_agent]"
    ),
    key!(
        "roles",
        Shape::Map(&ROLES),
        "参与的角色",
        "who takes part",
        "roles: { bank_clerk: { zh: 银行客户经理, en: Bank clerk } }"
    ),
    key!(
        "parties",
        Shape::Map(&children::PARTIES),
        "哪些角色只能办本单位的案件",
        "roles that act for one party of a case only",
        "parties: { ent_agent: enterprise }"
    ),
    key!(
        "parameters",
        Shape::Map(&lists::PARAMETERS),
        "政策数字，按生效日期给值",
        "the numbers a policy can change, with values by date",
        "parameters: { claim_slots: { type: integer, values: { 2015-12-01: 3 }, origin: seed } }"
    ),
    key!(
        "data",
        Shape::Map(&lists::DATA),
        "案件要填的内容",
        "the data of a case",
        "data: { amount: { type: money, required: true } }"
    ),
    key!(
        "conditions",
        Shape::Map(&lists::CONDITIONS),
        "起了名字的条件",
        "conditions with a name",
        "conditions: { 可再延期: renewals < renewals_max }"
    ),
    key!(
        "events",
        Shape::Map(&lists::EVENTS),
        "谁可以做什么",
        "who may do what",
        "events: { publish: { title: { zh: 发布, en: Publish }, by: [ent_agent] } }"
    ),
    needed!("initial", chart::INITIAL, "从哪个状态开始", "the state it starts in", "initial: draft"),
    needed!(
        "states",
        Shape::Map(&chart::STATES_MAP),
        "流程的各个状态，按办理顺序写",
        "the states, in the order of the work",
        "states: { draft: { ... } }"
    ),
    key!(
        "children",
        Shape::Map(&children::CHILDREN),
        "子流程，如每家银行的关注",
        "child processes, such as the claim of each bank",
        "children: { claims: { ... } }"
    ),
    key!(
        "refusals",
        Shape::Map(&lists::REFUSALS),
        "规则说“不”时的话",
        "what is said when the rules say no",
        "refusals: { slots_full: { zh: 名额已满, en: All places are taken } }"
    ),
    key!(
        "records",
        Shape::Map(&lists::RECORDS),
        "写进历史的话",
        "the lines of the history",
        "records: { published: { zh: 需求已发布, en: Demand published } }"
    ),
    key!(
        "notices",
        Shape::Map(&lists::NOTICES),
        "发出的通知",
        "the notices it sends",
        "notices: { offer_received: { zh: 收到报价, en: Offer received } }"
    ),
    key!(
        "schedules",
        Shape::Map(&lists::SCHEDULES),
        "按日历定时做的事",
        "what happens by the calendar",
        "schedules: { yearly: { cron: \"0 9 5 1 *\", start: true } }"
    ),
    key!(
        "tables",
        Shape::Map(&tables::TABLES),
        "决策表：公式里用表名加括号来问，如 奖励比例(评分)",
        "decision tables: formulas ask them by name, reward_rate(score)",
        "tables: { 奖励比例: { inputs: ..., outputs: ..., rows: ... } }"
    ),
];

static ROLES: MapShape = open("roles", "role", Shape::Title);

pub(super) static PROFILE: MapShape = closed("profile", PROFILE_KEYS);

static PROFILE_KEYS: &[KeyShape] = &[
    needed!(
        "profile",
        Shape::Text,
        "这套参数的名字，小写英文",
        "the name of the profile, small letters",
        "profile: suzhou"
    ),
    key!(
        "title",
        Shape::Title,
        "标题：哪个城市，有什么特别",
        "its title: which city, and what is special",
        "title: { zh: 北京（抢单）, en: Beijing grab mode }"
    ),
    key!(
        "platform",
        Shape::Title,
        "平台的名称",
        "the name of its platform",
        "platform: { zh: 杭州E融, en: Hangzhou E-Finance }"
    ),
    key!("basis", Shape::Text, "依据的文件", "the document it rests on", "basis: 种子材料第 656-681 行"),
    needed!(
        "since",
        Shape::Date,
        "这些值从哪天起；此前用流程自己的值",
        "the day its values begin; before it the process's own hold",
        "since: 2019-09-01"
    ),
    needed!(
        "processes",
        Shape::Map(&LAID),
        "这个城市办哪些流程，哪些参数值不同",
        "the processes the city runs, and the values that differ",
        "processes: { financing_demand: { claim_slots: 5 }, offline_matching: {} }"
    ),
];

static LAID: MapShape = open("processes", "process", Shape::Map(&OVERRIDES));

static OVERRIDES: MapShape = open("overrides", "parameter", Shape::Any);

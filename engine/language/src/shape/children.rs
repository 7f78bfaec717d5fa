//! Child processes.

use super::{chart, closed, lists, open, word};
use crate::keys::{KeyShape, MapShape, Shape, Word};

pub(super) static PARTIES: MapShape = open("parties", "role", Shape::Text);

pub(super) static CHILDREN: MapShape = open("children", "child", Shape::Map(&CHILD));

static CHILD: MapShape = closed("child", KEYS);

static KEYS: &[KeyShape] = &[
    key!("title", Shape::Title, "子流程的标题", "its title", "title: { zh: 银行关注, en: Bank claim }"),
    key!("basis", Shape::Text, "依据的条款", "the clause it rests on", "basis: 第 325-329 行"),
    needed!(
        "key",
        Shape::Map(&KEY),
        "用什么区分每个子流程",
        "what tells children of this kind apart",
        "key: { name: bank, type: text }"
    ),
    key!(
        "cap",
        Shape::Map(&CAP),
        "最多几个",
        "how many at most",
        "cap: { limit: claim_slots, scope: concurrent, refuse: slots_full }"
    ),
    key!(
        "already",
        Shape::Name("refusal"),
        "同一键已在办时的拒绝理由",
        "the refusal when the key has an active child already",
        "already: already_claimed"
    ),
    key!(
        "again",
        Shape::Map(&AGAIN),
        "结束后能否再来",
        "how often the same key may come again",
        "again: { limit: reclaim_max, refuse: reclaim_limit }"
    ),
    key!(
        "parties",
        Shape::Map(&PARTIES),
        "哪些角色只能办本单位的：key、数据项或 case.数据项",
        "roles that act for one party only: key, a field, or case.FIELD",
        "parties: { bank_clerk: key }"
    ),
    key!(
        "cascade",
        Shape::Name("event"),
        "主流程结束时发给在办子流程的事件",
        "the event sent to active children when the main process ends",
        "cascade: demand_withdrawn"
    ),
    key!(
        "data",
        Shape::Map(&lists::DATA),
        "子流程要填的内容",
        "the data of a child",
        "data: { offer_amount: { type: money } }"
    ),
    key!(
        "conditions",
        Shape::Map(&lists::CONDITIONS),
        "起了名字的条件",
        "conditions with a name",
        "conditions: { 须等满期: gate_mode = \"not_before\" }"
    ),
    key!(
        "events",
        Shape::Map(&lists::EVENTS),
        "谁可以做什么",
        "who may do what",
        "events: { approve: { by: [bank_approver] } }"
    ),
    needed!("initial", chart::INITIAL, "从哪个状态开始", "the state it starts in", "initial: active"),
    needed!(
        "states",
        Shape::Map(&chart::STATES_MAP),
        "各个状态",
        "the states",
        "states: { active: { ... } }"
    ),
];

static KEY: MapShape = closed(
    "child_key",
    &[
        needed!("name", Shape::Text, "键的名字", "its name in forms and logs", "name: bank"),
        key!("title", Shape::Title, "标题", "its title", "title: { zh: 银行, en: Bank }"),
        key!("type", Shape::Text, "类型，缺省 text", "its type, text unless given", "type: text"),
        key!("of", super::CHOICES, "选项类型可选的值", "the words of a choice", "of: [甲, 乙]"),
    ],
);

static CAP: MapShape = closed(
    "cap",
    &[
        needed!("limit", Shape::Formula, "最多几个", "how many", "limit: claim_slots"),
        key!(
            "scope",
            Shape::Either(&[Shape::OneOf(SCOPES), Shape::Formula]),
            "按同时在办还是累计数",
            "whether those at one time or all ever count",
            "scope: concurrent"
        ),
        key!(
            "refuse",
            Shape::Name("refusal"),
            "满员时的拒绝理由",
            "the refusal when it is reached",
            "refuse: slots_full"
        ),
    ],
);

const SCOPES: &[Word] = &[
    word("concurrent", "同时在办的", "those active at one time"),
    word("lifetime", "累计的", "all there ever were"),
];

static AGAIN: MapShape = closed(
    "again",
    &[
        needed!("limit", Shape::Formula, "还能来几次", "how many more times", "limit: reclaim_max"),
        key!(
            "cooldown",
            Shape::Formula,
            "再来之前要等多久",
            "the wait before it may come again",
            "cooldown: reclaim_cooldown"
        ),
        key!(
            "refuse",
            Shape::Name("refusal"),
            "不能再来时的拒绝理由",
            "the refusal when it may not",
            "refuse: reclaim_limit"
        ),
    ],
);

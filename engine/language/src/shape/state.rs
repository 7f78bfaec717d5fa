//! States and tasks.

use super::action::{ACTIONS, BRANCHES};
use super::{STATES, chart, clock, closed, open, word};
use crate::keys::{KeyShape, MapShape, Shape, Word};

pub(super) static STATE: MapShape = closed("state", KEYS);

static KEYS: &[KeyShape] = &[
    key!(
        "type",
        Shape::OneOf(TYPES),
        "特殊的状态：终结、并行、历史",
        "a special sort of state: final, parallel, history",
        "type: final"
    ),
    key!("title", Shape::Title, "状态的标题", "its title", "title: { zh: 等待关注, en: Published }"),
    key!("basis", Shape::Text, "依据的条款", "the clause it rests on", "basis: 第 319-325 行"),
    key!("side", Shape::Bool, "图上画在主线旁边", "drawn beside the main path", "side: true"),
    key!(
        "outcome",
        Shape::Text,
        "终结状态：以什么结果结束",
        "of a final state: what the run has ended as",
        "outcome: closed_rated"
    ),
    key!(
        "deep",
        Shape::Bool,
        "历史状态：记住最里层的状态",
        "of a history state: remembers the innermost states",
        "deep: true"
    ),
    key!(
        "clocks",
        Shape::Bool,
        "历史状态：离开时停表，回来后接着计时",
        "of a history state: clocks stop on leaving and run on after the return",
        "clocks: true"
    ),
    key!(
        "default",
        chart::INITIAL,
        "历史状态：没有历史时进入的状态",
        "of a history state: entered when nothing is remembered",
        "default: published"
    ),
    key!(
        "initial",
        chart::INITIAL,
        "里面从哪个状态开始",
        "the state inside that it starts in",
        "initial: published"
    ),
    key!(
        "requires",
        Shape::List(&Shape::Name("field")),
        "进入前必须已有的数据",
        "fields that have to be known on entry",
        "requires: [offer_amount]"
    ),
    key!(
        "task",
        Shape::Map(&TASK),
        "等人办理的任务",
        "what a person has to do here",
        "task: { role: bank_approver, outcomes: [approve, reject] }"
    ),
    key!(
        "no_task",
        Shape::Text,
        "为什么这里不用人办",
        "why nobody has to do anything here",
        "no_task: 等银行关注"
    ),
    key!(
        "no_deadline",
        Shape::Text,
        "为什么这里没有期限",
        "why there is no deadline here",
        "no_deadline: 草稿不占别人的时间"
    ),
    key!(
        "deadlines",
        Shape::Map(&clock::DEADLINES),
        "期限：到期没办就发生什么",
        "deadlines: something happens if nothing was done",
        "deadlines: { rating: { within: rating_limit, overdue: closed_unrated } }"
    ),
    key!(
        "gates",
        Shape::Map(&clock::GATES),
        "最早时间：之前不能办",
        "gates: something is not possible before",
        "gates: { credit: { within: gate_period, opens: gate_open } }"
    ),
    key!(
        "validities",
        Shape::Map(&clock::VALIDITIES),
        "有效期：之后失效",
        "validities: something stops being valid",
        "validities: { offer: { within: offer_validity, expires: lapsed } }"
    ),
    key!(
        "waits",
        Shape::Map(&clock::WAITS),
        "等待：到时自动往下走",
        "waits: the process goes on by itself",
        "waits: { cooling: { within: 3天, then: open } }"
    ),
    key!(
        "pauses",
        Shape::List(&Shape::Name("clock")),
        "在这里时停表的外层时限",
        "clocks of enclosing states that stand still here",
        "pauses: [evaluation]"
    ),
    key!("entry", ACTIONS, "进入时做的事", "what is done on entry", "entry: [ record: published ]"),
    key!("exit", ACTIONS, "离开时做的事", "what is done on exit", "exit: [ record: left ]"),
    key!(
        "on",
        Shape::Map(&ON),
        "遇到什么事件怎么走",
        "which events it answers, and how",
        "on: { publish: open }"
    ),
    key!(
        "always",
        BRANCHES,
        "不等事件，条件成立就走",
        "branches taken without an event as soon as they hold",
        "always: { when: 资料齐全, go: review }"
    ),
    key!(
        "states",
        Shape::Map(&chart::STATES_MAP),
        "里面的状态",
        "the states inside",
        "states: { published: { ... } }"
    ),
];

const TYPES: &[Word] = &[
    word("final", "终结", "ends the run, or completes the state round it"),
    word("parallel", "并行：里面的分区同时进行", "all states inside are active at once"),
    word("history", "历史：回到上次离开时的状态", "returns to what was active when it was left"),
];

static ON: MapShape = open("on", "event", BRANCHES);

static TASK: MapShape = closed("task", TASK_KEYS);

static TASK_KEYS: &[KeyShape] = &[
    needed!("role", Shape::Name("role"), "由哪个角色办", "the role that does it", "role: bank_approver"),
    key!(
        "title",
        Shape::Title,
        "待办的标题；缺省为状态的标题",
        "its title; the state's unless given",
        "title: { zh: 评估, en: Evaluate }"
    ),
    key!(
        "outcomes",
        Shape::List(&Shape::Name("event")),
        "办完的几种结果；缺省为这个角色在这里能发的事件",
        "the events that complete it; those the role may send here unless given",
        "outcomes: [approve, reject]"
    ),
    key!(
        "candidates",
        Shape::Formula,
        "只有这些单位或人可以领",
        "only these organisations or people may take it",
        "candidates: this.key"
    ),
    key!(
        "not_same_actor_as",
        STATES,
        "不能与办过这些状态的人相同",
        "not the person who acted in these states",
        "not_same_actor_as: [evaluating]"
    ),
    key!(
        "sign",
        Shape::Either(&[Shape::OneOf(SIGNS), Shape::Map(&VOTES)]),
        "几个人同意才算",
        "how many have to agree",
        "sign: all"
    ),
    key!(
        "verbs",
        Shape::Map(&VERBS),
        "还可以做什么，以及时限是否重新计",
        "what else can be done with it, and what that does to the clock",
        "verbs: { claim: runs_on, transfer: restarts }"
    ),
];

const SIGNS: &[Word] = &[
    word("one", "一人决定", "one person decides"),
    word("all", "会签：都同意", "everyone asked has to agree"),
    word("either", "或签：先答的决定", "the first to answer decides"),
];

static VOTES: MapShape =
    closed("votes", &[needed!("votes", Shape::Formula, "票签：要几票", "so many votes decide", "votes: 3")]);

static VERBS: MapShape = closed(
    "verbs",
    &[
        key!("claim", Shape::OneOf(EFFECTS), "认领", "take it", "claim: runs_on"),
        key!("release", Shape::OneOf(EFFECTS), "释放", "put it back", "release: runs_on"),
        key!(
            "transfer",
            Shape::OneOf(EFFECTS),
            "转办",
            "hand it to somebody else for good",
            "transfer: restarts"
        ),
        key!(
            "delegate",
            Shape::OneOf(EFFECTS),
            "委派",
            "let somebody else act in one's name",
            "delegate: runs_on"
        ),
        key!(
            "add_signer",
            Shape::OneOf(EFFECTS),
            "加签",
            "ask another person to sign as well",
            "add_signer: runs_on"
        ),
        key!(
            "remove_signer",
            Shape::OneOf(EFFECTS),
            "减签",
            "take an asked person off again",
            "remove_signer: runs_on"
        ),
        key!("urge", Shape::OneOf(EFFECTS), "催办", "ask the holder to hurry", "urge: runs_on"),
    ],
);

const EFFECTS: &[Word] = &[
    word("runs_on", "时限照常走", "the clocks run on"),
    word("restarts", "时限重新计", "the clocks start again"),
];

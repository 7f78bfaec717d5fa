//! Branches and actions.

use super::{ROLES, STATES, WITH, closed, open, word};
use crate::keys::{KeyShape, MapShape, OpenShape, Shape, Word};

/// A state's name, one branch, or branches of which the first that holds is taken.
pub(super) static BRANCHES: Shape =
    Shape::Either(&[Shape::Name("state"), Shape::Map(&BRANCH), Shape::List(&ONE_BRANCH)]);

static ONE_BRANCH: Shape = Shape::Either(&[Shape::Name("state"), Shape::Map(&BRANCH)]);

static BRANCH: MapShape = closed("branch", BRANCH_KEYS);

static BRANCH_KEYS: &[KeyShape] = &[
    key!("when", Shape::Formula, "成立才走这一支", "taken only if this holds", "when: 选定已满"),
    key!("by", ROLES, "只有这些角色可以走这一支", "only these roles may take it", "by: [city_supervisor]"),
    key!(
        "go",
        STATES,
        "去哪个状态；不写就留在原处",
        "the state it leads to; it stays unless given",
        "go: open"
    ),
    key!(
        "refuse",
        Shape::Name("refusal"),
        "拒绝，并说明理由",
        "the rules say no, with this refusal",
        "refuse: demand_not_open"
    ),
    key!("stay", Shape::Bool, "留在原处", "it stays", "stay: true"),
    key!("do", ACTIONS, "路上做的事", "what is done on the way", "do: [ record: published ]"),
    key!(
        "internal",
        Shape::Bool,
        "去里面的状态而不离开自己",
        "leads inside without leaving the state",
        "internal: true"
    ),
    key!("basis", Shape::Text, "依据的条款", "the clause it rests on", "basis: 第 325 行"),
];

/// One action or a list of them.
pub(super) static ACTIONS: Shape = Shape::Either(&[ACTION, Shape::List(&ACTION)]);

static ACTION: Shape = Shape::Either(&[Shape::OneOf(BARE), Shape::Map(&ACTION_MAP)]);

const BARE: &[Word] = &[word("release", "让出名额", "gives the child's place back")];

static ACTION_MAP: MapShape = closed("action", ACTION_KEYS);

static ACTION_KEYS: &[KeyShape] = &[
    key!("set", Shape::Map(&SET), "给数据项赋值", "data fields take values", "set: { published_at: now }"),
    key!(
        "record",
        Shape::Either(&[Shape::Name("record"), Shape::Map(&RECORD)]),
        "写一句历史",
        "a line for the history",
        "record: published"
    ),
    key!(
        "notify",
        Shape::Map(&NOTIFY),
        "发通知",
        "people are told",
        "notify: { notice: offer_received, to: ent_agent }"
    ),
    key!(
        "start",
        Shape::Map(&START),
        "启动一个子流程",
        "a child starts",
        "start: { child: claims, key: event.bank }"
    ),
    key!(
        "tell",
        Shape::Map(&TELL),
        "告诉子流程、主流程或别的案件",
        "an event for children, the main process or other cases",
        "tell: { children: claims, event: demand_withdrawn }"
    ),
    key!(
        "extend",
        Shape::Map(&EXTEND),
        "延长时限",
        "a clock gets more time",
        "extend: { clock: validity, by: renewal_days }"
    ),
    key!(
        "call",
        Shape::Map(&CALL),
        "请求外部系统",
        "a connector is asked",
        "call: { connector: credit_system.activate, reply: activated }"
    ),
    key!(
        "choose",
        Shape::Either(&[Shape::Map(&CHOICE), Shape::List(&Shape::Map(&CHOICE))]),
        "按条件做不同的事",
        "actions under conditions; the first that holds",
        "choose: [ { when: 有在办关注, do: [ record: reopened ] } ]"
    ),
    key!(
        "raise",
        Shape::Either(&[Shape::Name("event"), Shape::Map(&RAISE)]),
        "给自己发一个内部事件",
        "an event for this run, handled before anything from outside",
        "raise: checked"
    ),
    key!(
        "send",
        Shape::Either(&[Shape::Name("event"), Shape::Map(&SEND)]),
        "给自己发一个事件，可以延时",
        "an event for this run, perhaps later",
        "send: { event: retry, after: 2小时, id: retry }"
    ),
    key!("cancel", Shape::Text, "取消延时的事件", "a delayed event is not sent after all", "cancel: retry"),
    key!(
        "release",
        Shape::Bool,
        "子流程让出名额，自己继续",
        "the child gives its place back and goes on",
        "release: true"
    ),
];

static SET: MapShape = open("set", "field", Shape::Formula);

static RECORD: MapShape = MapShape {
    name: "record_line",
    keys: &[needed!("line", Shape::Name("record"), "哪一句", "which line", "line: rated")],
    open: Some(OpenShape { kind: "value", shape: Shape::Formula }),
};

static WITH_KEY: KeyShape =
    key!("with", Shape::Map(&WITH), "附带的内容", "what comes with it", "with: { amount: offer_amount }");

static NOTIFY: MapShape = closed(
    "notify",
    &[
        needed!("notice", Shape::Name("notice"), "哪个通知", "which notice", "notice: offer_received"),
        needed!(
            "to",
            Shape::Either(&[Shape::Text, Shape::List(&Shape::Text)]),
            "通知谁：角色、key 或公式",
            "whom: roles, key, or a formula",
            "to: [key, ent_agent]"
        ),
        WITH_KEY,
    ],
);

static START: MapShape = closed(
    "start",
    &[
        needed!("child", Shape::Name("child"), "哪种子流程", "which kind of child", "child: claims"),
        needed!("key", Shape::Formula, "它的键", "its key", "key: event.bank"),
        key!(
            "with",
            Shape::Map(&SET),
            "开始时的数据",
            "the data it starts with",
            "with: { offer_amount: event.amount }"
        ),
    ],
);

static TELL: MapShape = closed(
    "tell",
    &[
        key!(
            "children",
            Shape::Name("child"),
            "告诉所有在办的子流程",
            "all active children of a kind",
            "children: claims"
        ),
        key!(
            "child",
            Shape::Name("child"),
            "告诉一个子流程，用 key 指明",
            "one active child, named by key",
            "child: claims"
        ),
        key!("main", Shape::Bool, "告诉主流程", "the main process of the case", "main: true"),
        key!(
            "case",
            Shape::Name("process"),
            "告诉别的流程的案件，用 key 或 joined 指明",
            "cases of another process, named by key or joined",
            "case: registration"
        ),
        key!(
            "key",
            Shape::Formula,
            "子流程的键，或别的案件的关联值",
            "the child's key, or the value other cases correlate by",
            "key: event.bank"
        ),
        key!(
            "joined",
            Shape::Formula,
            "别的流程里这个机构参与的所有案件，代替 `key`",
            "all cases of the other process in which this organisation has a part, in place of `key`",
            "joined: institution"
        ),
        key!("but", Shape::Formula, "除了这一个", "all but the one of this key", "but: event.key"),
        needed!("event", Shape::Name("event"), "什么事件", "which event", "event: others_chosen"),
        WITH_KEY,
    ],
);

static EXTEND: MapShape = closed(
    "extend",
    &[
        needed!("clock", Shape::Name("clock"), "哪个时限", "which clock", "clock: validity"),
        needed!(
            "by",
            Shape::Formula,
            "延长几个单位，单位同时限",
            "by how many of its own units",
            "by: renewal_days"
        ),
    ],
);

static CALL: MapShape = closed(
    "call",
    &[
        needed!(
            "connector",
            Shape::Text,
            "哪个连接器",
            "which connector",
            "connector: credit_system.activate"
        ),
        WITH_KEY,
        key!("reply", Shape::Name("event"), "有答复时的事件", "the event on an answer", "reply: activated"),
        key!(
            "failure",
            Shape::Name("event"),
            "放弃时的事件",
            "the event when it was given up",
            "failure: activation_failed"
        ),
    ],
);

static CHOICE: MapShape = closed(
    "choice",
    &[
        key!("when", Shape::Formula, "成立才做", "done only if this holds", "when: 有在办关注"),
        needed!("do", ACTIONS, "做什么", "what is done", "do: [ record: reopened ]"),
    ],
);

static EVENT_KEY: KeyShape =
    needed!("event", Shape::Name("event"), "什么事件", "which event", "event: retry");

static RAISE: MapShape = closed("raise", &[EVENT_KEY, WITH_KEY]);

static SEND: MapShape = closed(
    "send",
    &[
        EVENT_KEY,
        key!("after", Shape::Formula, "多久以后", "after how long", "after: 2小时"),
        key!("id", Shape::Text, "编号，以便取消", "so that it can be cancelled", "id: retry"),
        WITH_KEY,
    ],
);

//! Deadlines, gates, validities and waits.

use super::action::{ACTIONS, BRANCHES};
use super::{ROLES, closed, open};
use crate::keys::{KeyShape, MapShape, Shape};

pub(super) static DEADLINES: MapShape = open("deadlines", "clock", Shape::Map(&DEADLINE));
pub(super) static GATES: MapShape = open("gates", "clock", Shape::Map(&GATE));
pub(super) static VALIDITIES: MapShape = open("validities", "clock", Shape::Map(&VALIDITY));
pub(super) static WAITS: MapShape = open("waits", "clock", Shape::Map(&WAIT));

static DEADLINE: MapShape =
    closed("deadline", &[TITLE, WITHIN, WHEN, FROM, FLOOR, REMIND, AUTHORITY, BASIS, OVERDUE]);
static GATE: MapShape = closed("gate", &[TITLE, WITHIN, WHEN, FROM, FLOOR, REMIND, AUTHORITY, BASIS, OPENS]);
static VALIDITY: MapShape =
    closed("validity", &[TITLE, WITHIN, WHEN, FROM, FLOOR, REMIND, AUTHORITY, BASIS, EXPIRES]);
static WAIT: MapShape = closed("wait", &[TITLE, WITHIN, WHEN, FROM, FLOOR, REMIND, AUTHORITY, BASIS, THEN]);

static TITLE: KeyShape =
    key!("title", Shape::Title, "标题", "its title", "title: { zh: 评估审批期限, en: Evaluation }");
static WITHIN: KeyShape = needed!(
    "within",
    Shape::Formula,
    "多久：期限、时刻或日期，可写参数名",
    "how long: a period, an instant or a date; a parameter as a rule",
    "within: evaluation_limit"
);
static WHEN: KeyShape = key!(
    "when",
    Shape::Formula,
    "进入状态时成立才计时",
    "it runs only if this holds on entry",
    "when: gate_mode = \"not_before\""
);
static FROM: KeyShape = key!(
    "from",
    Shape::Formula,
    "从何时起算；缺省为进入状态之时",
    "what it counts from; entry unless given",
    "from: this.started_at"
);
static FLOOR: KeyShape = key!(
    "floor",
    Shape::Formula,
    "不早于这个时刻",
    "never due before this instant",
    "floor: due(\"evaluation\")"
);
static REMIND: KeyShape = key!(
    "remind",
    Shape::Either(&[Shape::Map(&REMINDER), Shape::List(&Shape::Map(&REMINDER))]),
    "到期前的提醒",
    "reminders before it is due",
    "remind: { at: [80%], do: [ notify: { notice: due_soon, to: bank_clerk } ] }"
);
static AUTHORITY: KeyShape = key!(
    "authority",
    ROLES,
    "谁有权暂停、延长或改期",
    "who may suspend, extend or move it",
    "authority: [city_supervisor]"
);
static BASIS: KeyShape =
    key!("basis", Shape::Text, "依据的条款", "the clause it rests on", "basis: 第 327 行");
static OVERDUE: KeyShape = key!(
    "overdue",
    BRANCHES,
    "到期后去哪个状态或做什么",
    "where it leads or what is done when it is over",
    "overdue: { go: auto_cancelled, do: [ record: auto_cancelled ] }"
);
static OPENS: KeyShape = key!(
    "opens",
    BRANCHES,
    "满期开放后去哪个状态或做什么",
    "where it leads or what is done when it opens",
    "opens: gate_open"
);
static EXPIRES: KeyShape = key!(
    "expires",
    BRANCHES,
    "失效后去哪个状态或做什么",
    "where it leads or what is done when it expires",
    "expires: expired"
);
static THEN: KeyShape = key!(
    "then",
    BRANCHES,
    "等到之后去哪个状态或做什么",
    "where it leads or what is done afterwards",
    "then: reviewing"
);

static REMINDER: MapShape = closed(
    "reminder",
    &[
        needed!(
            "at",
            Shape::Either(&[Shape::Text, Shape::List(&Shape::Text)]),
            "何时：已过去的百分比，或到期前多久",
            "when: the share of the time that has passed, or the time before it is due",
            "at: [50%, 2工作日]"
        ),
        needed!(
            "do",
            ACTIONS,
            "提醒时做的事",
            "what is done",
            "do: [ notify: { notice: due_soon, to: bank_clerk } ]"
        ),
    ],
);

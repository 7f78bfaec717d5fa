//! The keys of a story: the one source for checks, editors and `charter explain`.

use language::keys::{KeyShape, MapShape, OpenShape, Shape, Word};

/// A story.
pub const STORY: Shape = Shape::Map(&ROOT);

static ROOT: MapShape = MapShape {
    name: "story",
    keys: &[
        key(
            "story",
            Shape::Title,
            true,
            "这个故事讲什么",
            "What the story tells",
            "story: { zh: 第四家银行被拒, en: A fourth bank is refused }",
        ),
        key(
            "process",
            Shape::Name("process"),
            false,
            "哪个流程；只有城市参数（profile）旁边的故事要写",
            "Which process; only for a story beside a city's profile",
            "process: financing_demand",
        ),
        key(
            "parameters",
            Shape::Map(&ANY),
            false,
            "与定义不同的参数值",
            "Parameters with other values than the definition's",
            "parameters: { claim_cap_scope: lifetime }",
        ),
        key(
            "people",
            Shape::Map(&PEOPLE),
            false,
            "给办事的人起短名",
            "Short names for those who act",
            "people: { 企业: ent_agent of 91320599MA00000070 }",
        ),
        key(
            "open",
            Shape::Map(&OPEN),
            true,
            "案件怎么开始",
            "How the case is opened",
            "open: { at: 2026-03-02 09:00, by: 企业, with: { amount: 500万 } }",
        ),
        key(
            "steps",
            Shape::List(&Shape::Map(&STEP)),
            true,
            "随后发生什么、应当怎样",
            "What happens then, and what must follow",
            "steps: [ { by: 企业, do: publish }, { expect: { state: published } } ]",
        ),
    ],
    open: None,
};

/// Values under free names; what they may be is known to whoever they are given to.
pub(crate) static ANY: MapShape =
    MapShape { name: "values", keys: &[], open: Some(OpenShape { kind: "name", shape: Shape::Any }) };

static PEOPLE: MapShape =
    MapShape { name: "people", keys: &[], open: Some(OpenShape { kind: "person", shape: Shape::Text }) };

static OPEN: MapShape = MapShape {
    name: "opening",
    keys: &[
        key("at", Shape::Text, true, "什么时候", "When", "at: 2026-03-02 09:00"),
        key(
            "by",
            Shape::Text,
            true,
            "谁：短名，或“角色 of 单位”",
            "Who: a short name, or ROLE of ORGANISATION",
            "by: bank_clerk of B1",
        ),
        key("with", Shape::Map(&ANY), false, "带什么数据", "With what data", "with: { amount: 500万 }"),
        key(
            "refused",
            Shape::Text,
            false,
            "应当被拒，拒绝码",
            "Must be refused with this code",
            "refused: data_missing",
        ),
    ],
    open: None,
};

static STEP: MapShape = MapShape {
    name: "step",
    keys: &[
        key(
            "at",
            Shape::Text,
            false,
            "什么时候；不写就是上一步的时间",
            "When; the time of the step before unless given",
            "at: 2026-03-05 09:00",
        ),
        key("by", Shape::Text, false, "谁", "Who", "by: bank_clerk of B1"),
        key(
            "do",
            Shape::Text,
            false,
            "做什么：事件，或“子流程.键.事件”",
            "What: an event, or CHILDREN.KEY.EVENT",
            "do: claims.B1.approve",
        ),
        key("with", Shape::Map(&ANY), false, "带什么数据", "With what data", "with: { offer_amount: 300万 }"),
        key("reason", Shape::Text, false, "理由", "Why, in words", "reason: 额度不足"),
        key(
            "refused",
            Shape::Text,
            false,
            "应当被拒，拒绝码",
            "Must be refused with this code",
            "refused: slots_full",
        ),
        key(
            "task",
            Shape::Text,
            false,
            "对待办做什么：状态名，或“子流程.键.状态名”",
            "The task that is acted on: its state, or CHILDREN.KEY.STATE",
            "task: claims.B1.evaluating",
        ),
        key(
            "verb",
            Shape::OneOf(&VERBS),
            false,
            "对待办做的动作",
            "What is done with the task",
            "verb: transfer",
        ),
        key(
            "person",
            Shape::Text,
            false,
            "给谁、由谁",
            "To or for whom",
            "person: \"bank_approver of B1: 王磊\"",
        ),
        key(
            "clock",
            Shape::Text,
            false,
            "调整哪个时限：时限名，或“子流程.键.时限名”",
            "The clock that authority acts on: its name, or CHILDREN.KEY.NAME",
            "clock: claims.B1.evaluation",
        ),
        key("act", Shape::OneOf(&ACTS), false, "怎样调整", "What authority does to the clock", "act: extend"),
        key("units", Shape::Number, false, "延长多少个单位", "How many units more", "units: 2"),
        key("to", Shape::Text, false, "移到什么时刻", "The instant it is moved to", "to: 2026-03-12 00:00"),
        key("wait", Shape::Text, false, "过多久", "Time passes, a period", "wait: 5天"),
        key("until", Shape::Text, false, "到什么时候", "Time passes until", "until: 2026-03-10 00:00"),
        key(
            "expect",
            Shape::Map(&EXPECT),
            false,
            "此时应当怎样",
            "What must be so now",
            "expect: { state: published, claims.B1: auto_cancelled }",
        ),
    ],
    open: None,
};

static VERBS: [Word; 7] = [
    word("claim", "认领", "take it"),
    word("release", "释放", "put it back"),
    word("transfer", "转办", "hand it to somebody else"),
    word("delegate", "委派", "let somebody else act in one's name"),
    word("add_signer", "加签", "ask another person to sign as well"),
    word("remove_signer", "减签", "take an asked person off again"),
    word("urge", "催办", "ask the holder to hurry"),
];

static ACTS: [Word; 4] = [
    word("suspend", "中止", "it stands still"),
    word("resume", "恢复", "it runs on with what was left"),
    word("extend", "延长", "so many more of its units"),
    word("move", "移到", "due at another instant"),
];

const fn word(word: &'static str, zh: &'static str, en: &'static str) -> Word {
    Word { word, zh, en }
}

static EXPECT: MapShape = MapShape {
    name: "expectation",
    keys: &[
        key(
            "state",
            Shape::Either(&[Shape::Text, Shape::List(&Shape::Text)]),
            false,
            "主流程在哪个状态",
            "The state of the main process",
            "state: published",
        ),
        key(
            "due",
            Shape::Map(&ANY),
            false,
            "时限到什么时候；none 表示没有，paused 表示停着",
            "When clocks are due; none, or paused",
            "due: { claims.B1.evaluation: 2026-03-10 00:00 }",
        ),
        key("data", Shape::Map(&ANY), false, "数据的值", "Values of fields", "data: { renewals: 1 }"),
        key(
            "notified",
            Shape::List(&Shape::Text),
            false,
            "上次 expect 以来发出的通知，按顺序",
            "Notices since the last expectation, in order",
            "notified: [ offer_received->ent_agent ]",
        ),
        key(
            "recorded",
            Shape::List(&Shape::Text),
            false,
            "上次 expect 以来的历史记录码，按顺序",
            "Lines of history since the last expectation, in order",
            "recorded: [ claimed ]",
        ),
        key(
            "sent",
            Shape::List(&Shape::Text),
            false,
            "上次 expect 以来发给别的案件的消息，按顺序",
            "Messages to other cases since the last expectation, in order",
            "sent: [ financing_demand.disqualify->91320599MA00000070 ]",
        ),
        key(
            "possible",
            Shape::List(&Shape::Text),
            false,
            "现在可以做的事，不分先后",
            "What is possible now, in any order",
            "possible: [ claim, withdraw ]",
        ),
        key(
            "tasks",
            Shape::List(&Shape::Text),
            false,
            "开着的待办：角色，不分先后",
            "Open tasks by role, in any order",
            "tasks: [ bank_approver ]",
        ),
    ],
    open: Some(OpenShape { kind: "child", shape: Shape::Either(&[Shape::Text, Shape::List(&Shape::Text)]) }),
};

/// One known key of a story, or of the table of an office.
pub(crate) const fn key(
    name: &'static str,
    shape: Shape,
    required: bool,
    zh: &'static str,
    en: &'static str,
    example: &'static str,
) -> KeyShape {
    KeyShape { name, shape, required, zh, en, example }
}

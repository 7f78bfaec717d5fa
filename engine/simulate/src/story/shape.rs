//! The keys of a story: the one source for checks, editors and `charter explain`.

use language::keys::{KeyShape, MapShape, OpenShape, Shape};

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

static ANY: MapShape =
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

const fn key(
    name: &'static str,
    shape: Shape,
    required: bool,
    zh: &'static str,
    en: &'static str,
    example: &'static str,
) -> KeyShape {
    KeyShape { name, shape, required, zh, en, example }
}

//! A small table of keys: checking, the schema for editors, and the words for a path.

use language::keys::{KeyShape, MapShape, OpenShape, Shape, Word, check_tree, explain, schema};
use language::{Lang, Report, Sources, codes, fix, pages, read};

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

static STATE: MapShape = MapShape {
    name: "state",
    keys: &[
        key(
            "title",
            Shape::Title,
            false,
            "这一步叫什么",
            "what the step is called",
            "title: { zh: 开放, en: Open }",
        ),
        key(
            "deadline",
            Shape::Either(&[
                Shape::Period,
                Shape::OneOf(&[Word { word: "none", zh: "不限", en: "no deadline" }]),
            ]),
            false,
            "期限",
            "how long it may take",
            "deadline: 5工作日",
        ),
        key("final", Shape::Bool, false, "是否终点", "whether a case ends here", "final: true"),
        key("states", Shape::Map(&STATES), false, "内部的步骤", "steps within", "states: { a: {} }"),
    ],
    open: None,
};
static STATES: MapShape = MapShape {
    name: "states",
    keys: &[],
    open: Some(OpenShape { kind: "state", shape: Shape::Map(&STATE) }),
};
static FLOW: MapShape = MapShape {
    name: "flow",
    keys: &[
        key("flow", Shape::Name("flow"), true, "流程的名字", "the name of the process", "flow: demand"),
        key("title", Shape::Title, false, "流程叫什么", "what the process is called", "title: 融资需求"),
        key("effective", Shape::Date, false, "从哪天起", "from which day on", "effective: 2026-01-01"),
        key("basis", Shape::Text, false, "依据", "the clause it rests on", "basis: 业务规则"),
        key("cap", Shape::Number, false, "上限", "the cap", "cap: 1000万"),
        key("roles", Shape::List(&Shape::Name("role")), false, "角色", "the roles", "roles: [银行]"),
        key("states", Shape::Map(&STATES), false, "步骤", "the steps", "states: …"),
    ],
    open: None,
};
static ROOT: Shape = Shape::Map(&FLOW);

fn check(text: &[u8]) -> Report {
    let reading = read(&mut Sources::new(), "a.yaml", text);
    let mut report = reading.report;
    if let Some(tree) = &reading.tree {
        report.append(check_tree(tree, &ROOT));
    }
    report
}

#[test]
fn every_fault_of_structure_is_found_at_once() {
    #[rustfmt::skip]
    let table = [
        ("flow: x\ntilte: y\n",                          "CH0201"),
        ("title: y\n",                                   "CH0202"),
        ("flow: x\nroles: 银行\n",                        "CH0203"),
        ("flow: x\nstates: [a]\n",                       "CH0203"),
        ("flow: [x]\n",                                  "CH0203"),
        ("flow: x\ncap: 3.0.1\n",                        "CH0204"),
        ("flow: x\ncap: 1_000\n",                        "CH0204"),
        ("flow: x\ncap: 0x1F\n",                         "CH0204"),
        ("flow: x\ncap: 1000万\n",                       ""),
        ("flow: x\ncap: -0.5%\n",                        ""),
        ("flow: x\neffective: 2026-02-30\n",             "CH0204"),
        ("flow: x\neffective: 2026-2-3\n",               "CH0204"),
        ("flow: x\nbasis:\n",                            "CH0205"),
        ("flow: x\ntitle: { zh: y }\n",                  "CH0206"),
        ("flow: x\ntitle: { zh: y, en: z, fr: w }\n",    "CH0201"),
        ("flow: x\nstates: { a: { deadline: 5 } }\n",    "CH0204"),
        ("flow: x\nstates: { a: { deadline: 5 工作日 } }\n", ""),
        ("flow: x\nstates: { a: { deadline: none } }\n", ""),
        ("flow: x\nstates: { a: { final: no } }\n",      "CH0204"),
        ("flow: x\nstates: { a: { states: { b: { x: 1 } } } }\n", "CH0201"),
        ("tilte: y\ncap: x\n",                           "CH0201 CH0202 CH0204"),
    ];
    for (text, wanted) in table {
        let mut found: Vec<_> = check(text.as_bytes()).iter().map(|found| found.code.id()).collect();
        found.sort_unstable();
        assert_eq!(found.join(" "), wanted, "{text}");
    }
}

#[test]
fn the_pages_of_structure_behave() {
    let codes: Vec<_> = codes::ALL
        .iter()
        .copied()
        .filter(|code| code.id().starts_with("CH02") && code.id() <= "CH0206")
        .collect();
    let faults = pages::faults(&codes, |_, bytes| check(bytes).iter().map(|found| found.code).collect());
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn a_misspelt_key_and_a_colloquial_answer_are_mended() {
    let mended = fix::mend("flow: x\nstates: { a: { finale: 是 } }\n", |sources, text| {
        let reading = read(sources, "a.yaml", text.as_bytes());
        let mut report = reading.report;
        report.extend(
            reading.tree.iter().flat_map(|tree| check_tree(tree, &ROOT).iter().cloned().collect::<Vec<_>>()),
        );
        (reading.file, report)
    });
    assert_eq!(mended.text, "flow: x\nstates: { a: { final: true } }\n");
    assert_eq!(mended.applied, 2);
}

#[test]
fn editors_get_a_draft_7_schema_of_the_same_table() {
    insta::assert_snapshot!(format!("{:#}", schema::json_schema(&ROOT, "urn:charter:flow")));
}

#[test]
fn a_path_is_explained_in_both_languages() {
    let texts = [
        explain::explain(&ROOT, "states.deadline", Lang::Zh),
        explain::explain(&ROOT, "states.open.deadline", Lang::En),
        explain::explain(&ROOT, "flow", Lang::Zh),
        explain::explain(&ROOT, "states.open.states.inner", Lang::En),
    ];
    let lost = explain::explain(&ROOT, "statse", Lang::Zh).unwrap_err();
    assert_eq!(lost.zh, "最外层没有 `statse`；是不是 `states`？");
    insta::assert_snapshot!(texts.map(Result::unwrap).join("---\n"));
    let keys: Vec<_> = explain::keys_at(&ROOT, "states.x").iter().map(|key| key.name).collect();
    assert_eq!(keys, ["title", "deadline", "final", "states"]);
}

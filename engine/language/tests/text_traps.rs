//! The traps of office machines: what is written, what is said, and what the certain fix makes of it.

use language::{Sources, fix, read};

/// Codes found in a text, with line and column, in order.
fn found(text: &str) -> String {
    let mut sources = Sources::new();
    let reading = read(&mut sources, "a.yaml", text.as_bytes());
    let shown = reading.report.iter().map(|found| {
        let place = sources.position(reading.file, found.primary.span.start());
        format!("{}@{}:{}", found.code, place.line, place.column)
    });
    shown.collect::<Vec<_>>().join(" ")
}

#[test]
fn each_trap_has_its_own_code_and_place() {
    #[rustfmt::skip]
    let table = [
        ("a: 1\n",                                          ""),
        ("\u{feff}a: 1\r\nb: 2\r\n",                        ""),
        ("a: 1\na: 2\n",                                    "CH0117@2:1"),
        ("title：x\n",                                      "CH0108@1:6"),
        ("a: 1\ntitle：x\nb: 2\n",                          "CH0108@2:6"),
        ("a:\n  title：x\n  b: 2\n",                        "CH0108@2:8"),
        ("标题：x\n流程：y\n",                               "CH0108@1:3 CH0108@2:3"),
        ("title：{ zh: 填写, en: Draft }\n",                "CH0108@1:6"),
        ("on：{ submit: review }\nb: 2\n",                  "CH0108@1:3"),
        ("title:x\n",                                       "CH0111@1:6"),
        ("title:　x\n",                                     "CH0111@1:6"),
        ("title: 银行评估: 五天\n",                          "CH0112@1:8"),
        ("t: { zh: 批, en: Approved, waiting period }\n",   "CH0113@1:27"),
        ("guard: > 600\n",                                  "CH0114@1:8"),
        ("guard: >= 600\n",                                 "CH0114@1:8"),
        ("a:\n  - %5\n",                                    "CH0115@2:5"),
        ("a: @x\n",                                         "CH0115@1:4"),
        ("- { when: count(认领[结果 = null]) = 0 }\n",       "CH0116@1:11"),
        ("- { when: max(甲, 乙) > 3, go: x }\n",             "CH0116@1:11"),
        ("a: &x 1\nb: *x\n",                                "CH0118@1:4 CH0119@2:4"),
        ("a: { <<: 1 }\n",                                  "CH0120@1:6"),
        ("a: !!str 1\n",                                    "CH0121@1:4"),
        ("a: 1\n---\nb: 2\n",                               "CH0122@2:1"),
        ("%YAML 1.2\n---\na: 1\n",                          "CH0123@1:1"),
        ("a: [1, 2\nb: 3\n",                                "CH0124@1:4"),
        ("a: [1, 2\n",                                      "CH0124@1:4"),
        ("a: { b: 1, c: 2\nd: 3\ne: { f: 4 }\n",            "CH0124@1:4"),
        ("a: \"x\nb: 3\n",                                  "CH0125@1:4"),
        ("a: 1\n  b: 2\n",                                  "CH0126@2:3"),
        ("a: \"\\q\"\n",                                    "CH0127@1:4"),
        ("a:\n\tb: 1\n",                                    "CH0107@2:1"),
        ("a:\n　b: 1\n",                                    "CH0109@2:1"),
        ("a: “x”\n",                                        "CH0110@1:4"),
        ("“a”: x\n",                                        "CH0110@1:1"),
        ("a: 1\ntitle\nb: 2\n",                             "CH0131@2:1"),
        ("a: \"x\" y\n",                                    "CH0132@1:8"),
        ("a: { b: 1 c: 2 }\n",                              "CH0112@1:9"),
        ("a: - b\n",                                        "CH0134@1:4"),
        ("a: ｛b：1｝\n",                                    "CH0108@1:4"),
        ("a: { zh：审批, en: x }\n",                         "CH0108@1:8"),
        ("a: { zh: 审批，en: x }\n",                         "CH0108@1:12"),
        ("a: { zh：审批，en: x }\n",                         "CH0108@1:8"),
        ("of: [甲，乙]\n",                                   "CH0108@1:7"),
        ("＃ 注释\na: 1\n",                                  "CH0108@1:1"),
        ("a: 1 ＃ 注释\n",                                   "CH0108@1:6"),
        ("? a\n: b\n",                                      "CH0130@1:1"),
        ("a: x\u{0}y\n",                                    "CH0104@1:5"),
    ];
    let wrong: Vec<_> = table.iter().filter(|(text, wanted)| found(text) != *wanted).collect();
    let shown: Vec<_> = wrong
        .iter()
        .map(|(text, wanted)| format!("{text:?}\n wanted {wanted}\n found  {}", found(text)))
        .collect();
    assert!(shown.is_empty(), "{}", shown.join("\n"));
}

#[test]
fn prose_keeps_its_punctuation() {
    let text = "basis: 平台业务规则“业务环节”：最多3家关注；1-5天评估，逾期自动取消\nlist:\n  - 第一条：先申请\n  - 12:30\n  - https://x.cn/a\nnote:\n  规则：三家\nrange: \"(0..1000万]\" # 说明：半开\n{a: [\"x，y\", 1]}: 2\n";
    assert_eq!(found(&text[..text.rfind("{a").unwrap()]), "");
}

/// What the certain fixes make of a text.
fn mended(text: &str) -> String {
    let mended = fix::mend(text, |sources, text| {
        let reading = read(sources, "a.yaml", text.as_bytes());
        (reading.file, reading.report)
    });
    mended.text
}

#[test]
fn certain_fixes_write_what_was_meant() {
    #[rustfmt::skip]
    let table = [
        ("标题：x\n流程：y\n",                               "标题: x\n流程: y\n"),
        ("open:\n  title：开放\n  on：\n    go：x\n",         "open:\n  title: 开放\n  on:\n    go: x\n"),
        ("open:\n  title：{ zh: 填写, en: Draft }\n",         "open:\n  title: { zh: 填写, en: Draft }\n"),
        ("title:x\n",                                      "title: x\n"),
        ("title: 银行评估: 五天 # 注\n",                      "title: \"银行评估: 五天\" # 注\n"),
        ("t: { zh: 批, en: Approved, waiting period }\n",   "t: { zh: 批, en: \"Approved, waiting period\" }\n"),
        ("guard: >= 600\n",                                "guard: \">= 600\"\n"),
        ("- %5\n- @x\n",                                   "- \"%5\"\n- \"@x\"\n"),
        ("- { when: count(认领[结果 = null]) = 0, go: x }\n", "- { when: \"count(认领[结果 = null]) = 0\", go: x }\n"),
        ("- { when: max(甲, 乙) > 3, go: x }\n",             "- { when: \"max(甲, 乙) > 3\", go: x }\n"),
        ("- { when: some c in x satisfies c = \"a, b\" and y[1] }\n", "- { when: 'some c in x satisfies c = \"a, b\" and y[1]' }\n"),
        ("a:\n\tb: 1\n\tc:\n\t\td: 2\n",                    "a:\n  b: 1\n  c:\n    d: 2\n"),
        ("a:\n　b: 1\n",                                    "a:\n  b: 1\n"),
        ("a: { zh：审批，en：x }\n",                          "a: { zh: 审批, en: x }\n"),
        ("a: { zh：审批，en: x }\n",                          "a: { zh: 审批, en: x }\n"),
        ("＃ 注释\n－ a\n－ b\n",                             "# 注释\n- a\n- b\n"),
        ("a: x\u{200b}y\n",                                "a: xy\n"),
        ("a: 1\r\nb：2\r\n",                                "a: 1\r\nb: 2\r\n"),
    ];
    let wrong: Vec<_> = table.iter().filter(|(text, wanted)| mended(text) != *wanted).collect();
    let shown = wrong
        .iter()
        .map(|(text, wanted)| format!("{text:?}\n wanted {wanted:?}\n made   {:?}", mended(text)));
    let shown: Vec<_> = shown.collect();
    assert!(shown.is_empty(), "{}", shown.join("\n"));
}

#[test]
fn several_faults_are_reported_at_once() {
    let text = "flow:x\nstates:\n  a: { zh: 甲, en: b }\n  a: > 3\n  title: 一: 二\n\tb: 1\n";
    assert_eq!(found(text), "CH0111@1:5 CH0114@4:6 CH0112@5:10 CH0107@6:1");
}

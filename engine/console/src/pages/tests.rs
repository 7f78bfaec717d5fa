//! What holds of every page, in both languages.

use std::collections::BTreeSet;

use expr::lang::Lang;
use jiff::Timestamp;

use crate::pages::{
    amount, case, cases, catalogue, comparison, inbox, login, outbox, problem, process, settlement,
};
use crate::shell::tests::frame;
use crate::view::*;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn approve(child: &str) -> Act {
    let amount = Field {
        name: "offer_amount".into(),
        title: "报价金额".into(),
        kind: FieldKind::Number,
        required: true,
        value: "200万元".into(),
        hint: "不超过需求金额".into(),
    };
    Act {
        name: "approve".into(),
        title: "同意".into(),
        about: Some(child.into()),
        form: Form { action: "/cases/FD-1/events/approve".into(), hidden: vec![], fields: vec![amount] },
        refused: None,
    }
}

fn a_case() -> CasePage {
    CasePage {
        id: "FD-1".into(),
        process: ("financing_demand".into(), "融资需求".into()),
        version: "1".into(),
        states: vec!["等待关注".into()],
        ladder: "<svg id=\"ladder\"></svg>".into(),
        waits: vec!["银行关注（1/3 家）".into()],
        acts: vec![
            approve("工行"),
            approve("农行"),
            Act { name: "withdraw".into(), title: "撤回".into(), ..Act::default() },
            Act { title: "关注".into(), refused: Some("本机构已在关注".into()), ..Act::default() },
        ],
        others: vec![("撤回".into(), "企业经办人".into())],
        deadlines: vec![Deadline {
            title: "评估期限".into(),
            due: Some(at("2026-10-10T16:00:00Z")),
            provisional: true,
            derivation: vec!["10-01 国庆".into()],
        }],
        children: vec![ChildLine {
            kind: "关注".into(),
            key: "工行".into(),
            slot: Some(1),
            states: vec!["评估".into()],
            active: false,
        }],
        data: vec![("金额".into(), "3,000,000.00".into())],
        history: vec![FactLine {
            more: vec!["第 1 天 09-29".into()],
            number: 4,
            at: at("2026-09-28T01:00:00Z"),
            what: "关注".into(),
            kind: "act",
            why: vec!["未获指定 = 否".into()],
        }],
        command: "charter inspect FD-1 --why".into(),
        ..CasePage::default()
    }
}

fn a_task() -> TaskLine {
    TaskLine {
        case: "FD-1".into(),
        task: 2,
        title: "评估审批".into(),
        process: "融资需求".into(),
        party: Some("示例精密".into()),
        due: Some(at("2026-10-10T16:00:00Z")),
        holder: None,
        mine: false,
        verbs: vec![("claim".into(), "认领".into(), false), ("transfer".into(), "转办".into(), true)],
        acts: vec![approve("工行")],
    }
}

fn a_settlement() -> SettlementPage {
    let amount = SettlementAmount { href: "/x".into(), amount: "10,000,000.00".into(), capped: true };
    let text = || "x".to_owned();
    SettlementPage {
        line: RunLine {
            year: "2019".into(),
            number: "2".into(),
            cases: vec![a_carrier()],
            ..Default::default()
        },
        rules_paid: vec![("R1".into(), "对冲风险".into())],
        rows: vec![SettlementRow {
            institution: "工行".into(),
            amounts: vec![amount],
            total: "10,000,000.00".into(),
        }],
        others: vec![OtherLines { lines: vec![(text(), String::new(), text())], ..Default::default() }],
        exceptions: vec![ExceptionLine { code: "no_score".into(), left_out: true, ..Default::default() }],
        exception_rows: vec![ExceptionRow::default()],
        order: vec![[text(), text(), text()]],
        reconciled: Some([text(), text(), text()]),
        unresolved: vec![[text(), text(), text(), text(), text()]],
        files: vec![("lines.csv".into(), "/x".into())],
        comparisons: vec![("1".into(), "/x".into())],
        own_only: true,
        ..SettlementPage::default()
    }
}

fn a_carrier() -> RunCase {
    RunCase { id: "AS-1".into(), states: vec!["试算".into()], registered: Some(false) }
}

fn a_comparison() -> ComparisonPage {
    ComparisonPage {
        data: vec!["credit_loans".into()],
        parameters: vec![["R1.rate".into(), "3%".into(), "2.5%".into()]],
        lines: vec![ComparisonLine { causes: vec!["parameter R1.rate".into()], ..Default::default() }],
        more: 3,
        ..Default::default()
    }
}

fn an_amount() -> AmountPage {
    let leaf = AmountReason { title: "上限".into(), value: "500,000.00".into(), ..Default::default() };
    let reason = AmountReason {
        how: "min(a, b)".into(),
        parameters: vec![["cap".into(), "500000".into(), "第 535 行".into()]],
        parts: vec![["online".into(), "3".into(), "1".into()]],
        rows: vec![("credit_loans.csv:7".into(), "1".into())],
        count: 2,
        of: vec![leaf],
        ..Default::default()
    };
    AmountPage { reason, whole: Some("/x".into()), ..Default::default() }
}

/// Every page, with something in every part of it.
fn pages(lang: Lang) -> Vec<(&'static str, String)> {
    let frame = frame(lang);
    let line =
        ProcessLine { id: "leave".into(), title: "请假".into(), stopped: 1, ..ProcessLine::default() };
    let opening = Form { action: "/cases".into(), hidden: vec![], fields: approve("x").form.fields };
    let shown = ProcessPage {
        line: line.clone(),
        ladder: "<svg></svg>".into(),
        parameters: vec![ParameterLine {
            name: "claim_slots".into(),
            value: "3".into(),
            ..Default::default()
        }],
        opening: Some(opening),
        ..Default::default()
    };
    let found = CaseLine {
        id: "FD-1".into(),
        process: "融资需求".into(),
        states: vec!["草稿".into()],
        party: None,
        due: Some(at("2026-09-20T16:00:00Z")),
        started_at: at("2026-09-01T01:00:00Z"),
        standing: Standing::Stopped,
    };
    let list = CasesPage { lines: vec![found], next: Some("c&1".into()), ..Default::default() };
    let letter = OutboxLine {
        key: "FD-1/7/0".into(),
        case: "FD-1".into(),
        connector: "smtp".into(),
        title: "需求已被关注".into(),
        to: "企业".into(),
        at: at("2026-09-28T01:00:00Z"),
        attempts: 3,
        state: OutboxState::Parked,
        problem: Some("535".into()),
        letter: Some(("主题".into(), "<b>正文".into())),
    };
    let person = Person { name: "陈静".into(), hint: "关注一项需求".into(), ..Person::default() };
    vec![
        ("catalogue", catalogue::catalogue(&frame, &[line])),
        ("process", process::process(&frame, &shown)),
        ("cases", cases::cases(&frame, &list)),
        ("case", case::case(&frame, &a_case())),
        ("inbox", inbox::inbox(&frame, &[a_task(), TaskLine { task: 3, mine: true, ..a_task() }])),
        ("outbox", outbox::outbox(&frame, &OutboxPage { lines: vec![letter], may_replay: true })),
        ("runs", settlement::runs(&frame, &RunsPage { runs: vec![a_settlement().line], sums: true })),
        ("no runs", settlement::runs(&frame, &RunsPage::default())),
        ("settlement", settlement::settlement(&frame, &a_settlement())),
        ("amount", amount::amount(&frame, &an_amount())),
        ("comparison", comparison::comparison(&frame, &a_comparison())),
        (
            "login",
            login::login(
                &frame,
                &LoginPage { samples: vec![("chen".into(), person)], failed: true, next: "/".into() },
            ),
        ),
        (
            "problem",
            problem::problem(&frame, &ProblemPage { possible: vec!["x".into()], ..Default::default() }),
        ),
    ]
}

/// The values of an attribute, in order.
fn values<'t>(text: &'t str, attribute: &str) -> Vec<&'t str> {
    let opening = format!(" {attribute}=\"");
    text.split(&opening).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

#[test]
fn ids_are_there_once_and_every_reference_leads_to_one() {
    for lang in [Lang::Zh, Lang::En] {
        for (name, text) in pages(lang) {
            let ids = values(&text, "id");
            let once: BTreeSet<&str> = ids.iter().copied().collect();
            assert_eq!(ids.len(), once.len(), "{name}: an id is there twice: {ids:?}");
            for reference in values(&text, "for").into_iter().chain(values(&text, "aria-describedby")) {
                assert!(once.contains(reference), "{name}: nothing has the id {reference}");
            }
        }
    }
}

#[test]
fn every_input_a_person_sees_has_a_label() {
    for (name, text) in pages(Lang::Zh) {
        let labelled: BTreeSet<&str> = values(&text, "for").into_iter().collect();
        for tag in
            text.split('<').filter(|t| ["input ", "select ", "textarea "].iter().any(|w| t.starts_with(w)))
        {
            if tag.contains("type=\"hidden\"") {
                continue;
            }
            let tag = format!(" {tag}");
            let id = values(&tag, "id").first().copied().unwrap_or("no id");
            assert!(labelled.contains(id), "{name}: <{tag}> has no label");
        }
    }
}

#[test]
fn pages_run_no_script_and_carry_no_style_of_their_own() {
    for (name, text) in pages(Lang::Zh) {
        for forbidden in ["<style", " style=\"", " onclick", "javascript:", "<script>"] {
            assert!(!text.contains(forbidden), "{name} has {forbidden}");
        }
        assert!(!text.contains("<b>正文"), "{name}: what people wrote is not markup");
    }
}

#[test]
fn every_form_that_changes_something_carries_the_token() {
    for (name, text) in pages(Lang::En) {
        for form in text.split("<form").skip(1).filter(|f| f.contains("method=\"post\"")) {
            let body = form.split("</form>").next().unwrap_or_default();
            assert!(body.contains("name=\"token\" value=\"t0ken\""), "{name}: <form{body}");
        }
    }
}

#[test]
fn english_pages_have_no_chinese_words_of_the_console() {
    let frame = frame(Lang::En);
    let text = inbox::inbox(&frame, &[]) + &cases::cases(&frame, &CasesPage::default());
    let own: String = text.replace("中文", "").replace("陈静", "").replace("工行", "");
    let chinese: String = own.chars().filter(|c| ('\u{4e00}'..='\u{9fff}').contains(c)).collect();
    assert_eq!(chinese, "");
}

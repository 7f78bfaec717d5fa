//! What people read in place of names: conditions, fields, parameters, the words of choices, states and outcomes.

use expr::value::Value;
use language::{Lang, Sources, compile};
use machine::definition::Definition;
use machine::ids::ChartIx;
use machine::spoken::Depth;

const DEMAND: &str = r#"
process: demand
language: 1
title: { zh: 需求, en: Demand }
parameters:
  slots: { title: { zh: 名额, en: Places }, type: integer, values: { 2015-12-01: 3 }, origin: assumed }
  mode:
    title: { zh: 怎样找机构, en: How institutions are found }
    type: choice
    of: { open: { zh: 开放, en: Open to all }, named: { zh: 指定, en: Named ones } }
    values: { 2015-12-01: open }
    origin: assumed
data:
  purpose:
    title: { zh: 用途, en: Purpose }
    type: choice
    of: { equipment: { zh: 设备采购, en: Equipment }, other: { zh: 其他, en: Other } }
    required: true
  tags: { title: { zh: 标签, en: Tags }, type: list of text, default: [] }
conditions:
  有名额:
    is: count(claims[active]) < slots
    en: A place is free
  紧急: purpose = "equipment"
  plain: { is: slots > 1, zh: 名额多于一个, en: More than one place }
events:
  claim: { form: { bank: { title: { zh: 银行, en: Bank }, type: text, required: true } } }
  close: {}
initial: open
states:
  open:
    title: { zh: 开放, en: Open }
    initial: listed
    on:
      claim: { when: 有名额 and plain, do: [ start: { child: claims, key: event.bank } ] }
      close: { when: 紧急 or mode = "named", go: closed }
    states:
      listed: { title: { zh: 已挂出, en: Listed } }
      back: { type: history, default: listed }
  closed: { type: final, title: { zh: 办结, en: Closed }, outcome: done }
children:
  claims:
    title: { zh: 关注, en: Claim }
    key: { name: bank, type: text }
    data: { verdict: { title: { zh: 结论, en: Verdict }, type: choice, of: { yes: { zh: 同意, en: Agreed }, no: { zh: 不同意, en: Denied } } } }
    events: { decide: { form: { verdict: { required: true } } } }
    initial: working
    states:
      working: { title: { zh: 评估, en: Evaluation }, on: { decide: over } }
      over: { type: final, title: { zh: 已评估, en: Evaluated } }
"#;

fn demand() -> Definition {
    let compiled = compile(&mut Sources::new(), "demand.yaml", DEMAND.as_bytes());
    let said: Vec<String> = compiled.report.iter().map(|it| it.message.en.clone()).collect();
    (*compiled.definition.unwrap_or_else(|| panic!("{}", said.join("\n")))).clone()
}

#[test]
fn formulas_are_told_by_titles() {
    let demand = demand();
    let child = demand.find_child("claims").unwrap();
    #[rustfmt::skip]
    let table = [
        (ChartIx::MAIN, Depth::Conditions, "有名额", "有名额", "A place is free"),
        (ChartIx::MAIN, Depth::Conditions, "not(有名额) and plain", "not(有名额) and 「名额多于一个」", "not(“A place is free”) and “More than one place”"),
        (ChartIx::MAIN, Depth::Conditions, "purpose = \"equipment\"", "purpose = \"equipment\"", "purpose = \"equipment\""),
        (ChartIx::MAIN, Depth::Everything, "purpose = \"equipment\"", "「用途」 = 「设备采购」", "“Purpose” = “Equipment”"),
        (ChartIx::MAIN, Depth::Everything, "mode = \"named\"", "「怎样找机构」 = 「指定」", "“How institutions are found” = “Named ones”"),
        (ChartIx::MAIN, Depth::Everything, "slots in [1..3]", "「名额」 in [1..3]", "“Places” in [1..3]"),
        (ChartIx::MAIN, Depth::Everything, "count(claims) > slots", "count(claims) > 「名额」", "count(claims) > “Places”"),
        (ChartIx::MAIN, Depth::Everything, "tags[1] = \"a\\\"b\"", "「标签」[1] = \"a\\\"b\"", "“Tags”[1] = \"a\\\"b\""),
        (child, Depth::Everything, "event.verdict = \"no\"", "「结论」 = 「不同意」", "“Verdict” = “Denied”"),
        (child, Depth::Everything, "case.purpose", "用途", "Purpose"),
        (child, Depth::Everything, "case.state = \"listed\"", "case.state = 「已挂出」", "case.state = “Listed”"),
        (ChartIx::MAIN, Depth::Everything, "\"unfinished", "\"unfinished", "\"unfinished"),
    ];
    for (at, depth, formula, zh, en) in table {
        assert_eq!(demand.formula_words(at, formula, depth, Lang::Zh), zh);
        assert_eq!(demand.formula_words(at, formula, depth, Lang::En), en);
    }
}

#[test]
fn values_are_told_by_the_name_they_were_read_under() {
    let demand = demand();
    let child = demand.find_child("claims").unwrap();
    #[rustfmt::skip]
    let table = [
        (ChartIx::MAIN, "purpose", Value::text("equipment"), "用途：设备采购", "Purpose: Equipment"),
        (ChartIx::MAIN, "purpose", Value::text("unheard"), "用途：unheard", "Purpose: unheard"),
        (ChartIx::MAIN, "mode", Value::text("open"), "怎样找机构：开放", "How institutions are found: Open to all"),
        (ChartIx::MAIN, "slots", Value::number(3), "名额：3", "Places: 3"),
        (ChartIx::MAIN, "有名额", Value::from(true), "有名额：是", "A place is free: yes"),
        (ChartIx::MAIN, "event.outcome", Value::text("over"), "event.outcome：已评估", "event.outcome: Evaluated"),
        (ChartIx::MAIN, "tags", Value::list([Value::text("a"), Value::text("b")]), "标签：a、b", "Tags: a, b"),
        (child, "case.state", Value::text("listed"), "case.state：已挂出", "case.state: Listed"),
        (child, "verdict", Value::Null, "结论：空", "Verdict: empty"),
    ];
    for (at, path, value, zh, en) in table {
        assert_eq!(demand.input_words(at, path, &value, Lang::Zh), zh);
        assert_eq!(demand.input_words(at, path, &value, Lang::En), en);
    }
}

#[test]
fn a_history_state_without_words_leads_back_to_the_state_round_it() {
    let demand = demand();
    let main = demand.main();
    let back = &main.state(main.find_state("back").unwrap()).title;
    assert_eq!((&*back.zh, &*back.en), ("回到“开放”", "Back to “Open”"));
}

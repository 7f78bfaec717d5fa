//! Policies: what the strict rules accept, and what they object to, with place and cure.
#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

use std::fmt::Write;

use expr::formula::{
    EvalError, EvalKind, FormulaError, HostFn, Inputs, Mode, NoInputs, Scope, Slot, compile, compile_as,
};
use expr::value::{Lang, Type, Value};

/// A demand with claims, an amount, rates and dates.
fn demand() -> Scope {
    let mut scope = Scope::new();
    let claim = Type::context([
        ("银行", Type::Text),
        ("结果", Type::Text.nullable()),
        ("放款金额", Type::Money.nullable()),
        ("家数", Type::Integer),
    ]);
    scope.variable("融资金额", Type::Money);
    scope.variable("认领上限", Type::Integer);
    scope.variable("奖励比例", Type::Rate);
    scope.variable("信用评分", Type::Number.nullable());
    scope.variable("用途", Type::choice(["流动资金", "设备采购", "研发投入"]));
    scope.variable("发布日", Type::Date);
    scope.variable("收到时间", Type::Instant);
    scope.variable("认领", Type::list(claim));
    scope.variable(
        "企业",
        Type::context([("名称", Type::Text), ("法人", Type::context([("证件", Type::Text)]).nullable())]),
    );
    scope.variable("备注", Type::Text.nullable());
    scope.variable("期限", Type::Months);
    scope.variable("等待", Type::Span);
    scope.variable("评估期限", Type::Period);
    scope.function("上年贷款", &[Type::Text], Type::Money.nullable());
    scope
}

/// Each line `formula => type`, or `formula => ! code @place`.
fn check(table: &str) {
    let scope = demand();
    let mut wrong = String::new();
    for row in table.lines().map(str::trim).filter(|row| !row.is_empty()) {
        let (text, wanted) = row.rsplit_once(" => ").unwrap();
        let found = match compile(text, &scope, Mode::Policy) {
            Ok(formula) => formula.ty().to_string(),
            Err(errors) => {
                format!("! {}", errors.iter().map(|it| shown(text, it)).collect::<Vec<_>>().join(" "))
            }
        };
        if found != wanted {
            writeln!(wrong, "{text}\n  wanted {wanted}\n  found  {found}").unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

fn shown(text: &str, error: &FormulaError) -> String {
    format!("{}@{}", error.code, &text[error.span.clone()])
}

#[test]
fn types_are_known_before_anything_runs() {
    check(
        r#"
        融资金额 * 奖励比例 => money
        融资金额 / 融资金额 => number
        融资金额 + 1000万 => money
        融资金额 > 1000万 => boolean
        count(认领) < 认领上限 => boolean
        count(认领[结果 = null]) = 0 => boolean
        认领[结果 = null].银行 => list of text
        some c in 认领 satisfies c.结果 is known and c.结果 = "已放款" => boolean
        sum(认领[放款金额 is known].家数) => integer
        round half up(认领上限 * 0.4) => integer
        round down(融资金额 / 3) => money
        floor(认领上限 / 7, 0) => integer
        ceiling(认领上限 / 7, 1) => number
        round up(认领上限 / 7, 认领上限) => number
        发布日 + 5天 => date
        发布日 + 期限 => date
        收到时间 + 72小时 => date and time
        收到时间 - 收到时间 => days and time duration
        date(收到时间) >= 发布日 => boolean
        发布日.year => integer
        if 融资金额 > 100万 then 融资金额 else 0 => money
        用途 in ["流动资金", "设备采购"] => boolean
        用途 => choice
        企业.名称 => text
        to_fen(融资金额 * 奖励比例) => money
        max(融资金额, 100万) => money
        duration("P5D") => days and time duration
        5工作日 => legal period
        求和(认领.家数) => integer
        四舍五入(融资金额 * 3%, 2) => money
        for c in 认领 return c.银行 => list of text
        信用评分 is known => boolean
        平均(1, 2) => integer
    "#,
    );
}

#[test]
fn a_name_nobody_declared_is_an_error_with_the_closest_name() {
    check(
        r#"
        融资金客 > 3 => ! F201@融资金客
        企业.名字 = "甲" => ! F202@名字
        认领[结过 = null] => ! F201@结过
        cuont(认领) => ! F203@cuont
        now() > 收到时间 => ! F206@now
        today => ! F206@today
    "#,
    );
}

#[test]
fn equality_has_an_answer_also_for_what_is_not_known() {
    // 认领[1] has no 结果 yet.
    for (text, wanted) in [
        ("some c in 认领 satisfies c.结果 = \"已放款\"", "true"),
        ("every c in 认领 satisfies c.结果 = \"已放款\"", "false"),
        ("count(认领[结果 != \"已放款\"])", "1"),
    ] {
        assert_eq!(run(text), wanted, "{text}");
    }
}

#[test]
fn what_may_be_null_must_be_looked_after() {
    check(
        r#"
        信用评分 > 600 => ! F304@信用评分
        信用评分 is known and 信用评分 > 600 => boolean
        信用评分 != null and 信用评分 > 600 => boolean
        信用评分 = null or 信用评分 > 600 => boolean
        信用评分 is unknown or 信用评分 > 600 => boolean
        信用评分 is known or 信用评分 > 600 => ! F304@信用评分
        not(信用评分 is unknown) and 信用评分 > 600 => boolean
        if 信用评分 = null then 0 else 信用评分 => number
        认领[1] is known and 认领[1].家数 > 1 => boolean
        认领[1] is known and 认领[2].家数 > 1 => ! F304@认领[2]
        认领[1] != null and 认领[1].放款金额 is known and 认领[1].放款金额 > 0 => boolean
        if 信用评分 is known then 信用评分 else 0 => number
        if 信用评分 is known then 0 else 信用评分 => ! F304@if 信用评分 is known then 0 else 信用评分
        coalesce(信用评分, 0) > 600 => boolean
        coalesce(信用评分, null) > 600 => ! F304@coalesce(信用评分, null)
        企业.法人.证件 = "1" => ! F304@企业.法人
        企业.法人 is known and 企业.法人.证件 = "1" => boolean
        企业.法人.证件 is known and 企业.法人.证件 = "1" => boolean
        企业.法人.证件 is unknown or 企业.法人.证件 = "1" => boolean
        (企业.法人.证件 + "x") is known => ! F304@企业.法人
        (信用评分 is known and 信用评分 > 600) and 信用评分 < 700 => boolean
        every c in 认领 satisfies c.放款金额 > 0 => ! F304@c.放款金额
        every c in 认领 satisfies c.放款金额 is known and c.放款金额 > 0 => boolean
        认领[放款金额 is known and 放款金额 > 0].银行 => list of text
        min(认领.家数) > 1 => ! F304@min(认领.家数)
        认领[1].银行 => ! F304@认领[1]
        sum(认领.放款金额) => ! F304@认领.放款金额
        上年贷款(企业.名称) > 0 => ! F304@上年贷款(企业.名称)
        coalesce(上年贷款(企业.名称), 0) > 0 => boolean
        null + 1 => ! F304@null
        备注 => ! F304@备注
        信用评分 in [600..700) => ! F304@信用评分
        信用评分 is known and 信用评分 in [600..700) => boolean
    "#,
    );
}

#[test]
fn money_rates_and_dates_do_not_mix() {
    check(
        r#"
        融资金额 * 融资金额 => ! F303@*
        融资金额 + 奖励比例 => ! F303@+
        融资金额 > 奖励比例 => ! F302@>
        1 / 融资金额 => ! F303@/
        融资金额 ** 2 => ! F303@**
        发布日 = 收到时间 => ! F302@=
        发布日 > "2026-01-01" => ! F302@>
        期限 > 等待 => ! F302@>
        发布日 + 1 => ! F301@+
        发布日 + 评估期限 => ! F301@+
        用途 = "研发" => ! F306@"研发"
        用途 in ["研发投入", "还债"] => boolean
        企业 > 企业 => ! F301@>
        融资金额 and true => ! F301@融资金额
        if 融资金额 then 1 else 2 => ! F301@融资金额
        if true then 1 else "a" => ! F301@if true then 1 else "a"
        string length(融资金额) => ! F301@string length(融资金额)
        1 / 0 => ! F307@1 / 0
        date("2026-02-30") => ! F307@date("2026-02-30")
        matches(企业.名称, "[") => ! F307@"["
        -用途 => ! F301@-用途
    "#,
    );
}

#[test]
fn everything_wrong_is_reported_at_once() {
    check("融资金客 == 3 && 信用评分 > 600 => ! F109@== F109@&& F201@融资金客 F304@信用评分");
}

fn fixed(text: &str) -> String {
    let errors = compile(text, &demand(), Mode::Policy).unwrap_err();
    let mut fixed = text.to_owned();
    let mut fixes: Vec<_> = errors.into_iter().filter_map(|it| it.fix).collect();
    fixes.sort_by_key(|(span, _)| std::cmp::Reverse(span.start));
    for (span, replacement) in fixes {
        fixed.replace_range(span, &replacement);
    }
    fixed
}

#[test]
fn slips_of_the_keyboard_come_with_their_repair() {
    #[rustfmt::skip]
    let table = [
        ("融资金额 == 100万",              "融资金额 = 100万"),
        ("融资金额 => 100万",              "融资金额 >= 100万"),
        ("融资金额 <> 100万",              "融资金额 != 100万"),
        ("融资金额＞100万",                "融资金额>100万"),
        ("融资金额≥100万",                 "融资金额>=100万"),
        ("用途 = “研发投入”",              "用途 = \"研发投入\""),
        ("用途 = '研发投入'",              "用途 = \"研发投入\""),
        ("count（认领）＜ 3",              "count(认领)< 3"),
        ("max（1，2）",                    "max(1,2)"),
        ("认领上限=3&&认领上限>2",         "认领上限=3 and 认领上限>2"),
        ("认领上限=3 || 认领上限>2",       "认领上限=3  or  认领上限>2"),
        ("融资金客 > 3",                   "融资金额 > 3"),
        ("用途 = \"研发投人\"",            "用途 = \"研发投入\""),
        ("融资金额 > 3 AND true",          "融资金额 > 3 and true"),
        ("融资金额 > １０万",              "融资金额 > 10万"),
        ("融资金额 × 3％",                 "融资金额 * 3％"),
    ];
    for (wrong, right) in table {
        assert_eq!(fixed(wrong), right);
    }
}

#[test]
fn an_amount_that_is_stored_is_rounded_by_name() {
    let money = |text: &str| {
        compile_as(text, &Type::Money, &demand(), Mode::Policy)
            .map(|formula| formula.needs_rounding().to_string())
            .unwrap_or_else(|errors| errors[0].code.to_string())
    };
    #[rustfmt::skip]
    let table = [
        ("融资金额",                                   "false"),
        ("融资金额 + 0.5元",                           "false"),
        ("融资金额 * 认领上限",                        "false"),
        ("融资金额 * 2",                               "false"),
        ("融资金额 * 奖励比例",                        "F305"),
        ("融资金额 / 3",                               "F305"),
        ("0.125元",                                    "F305"),
        ("if 认领上限 > 1 then 融资金额 / 3 else 0",   "F305"),
        ("sum(for i in 1..3 return 融资金额 * 3%)",    "F305"),
        ("to_fen(融资金额 * 奖励比例)",                "false"),
        ("round down(融资金额 * 奖励比例, 2)",         "false"),
        ("round down(融资金额 * 奖励比例, 3)",         "F305"),
        ("融资金额 * 奖励比例 + to_fen(1)",            "F305"),
        ("奖励比例",                                   "F301"),
        ("备注",                                       "F304"),
    ];
    for (text, wanted) in table {
        assert_eq!(money(text), wanted, "{text}");
    }
    let rounded = compile_as("融资金额 * 奖励比例", &Type::Money, &demand(), Mode::Policy).unwrap_err();
    assert_eq!(rounded[0].fix, Some((0..27, "to_fen(融资金额 * 奖励比例)".to_owned())));
    assert!(compile_as("备注", &Type::Text.nullable(), &demand(), Mode::Policy).is_ok());
}

/// Inputs in the order of `demand`.
struct Case(Vec<Value>);

impl Inputs for Case {
    fn variable(&self, slot: Slot) -> Value {
        self.0.get(slot.0 as usize).cloned().unwrap_or_default()
    }

    fn call(&self, _: HostFn, arguments: &[Value]) -> Result<Value, EvalError> {
        match arguments[0].as_text() {
            Some("甲") => Ok(Value::from(42)),
            _ => Err(EvalError::new(EvalKind::Host, "查无此企业", "There is no such enterprise")),
        }
    }
}

fn case() -> Case {
    let claim = |bank: &str, result: Value| {
        Value::context([
            ("银行", Value::text(bank)),
            ("结果", result),
            ("放款金额", Value::Null),
            ("家数", Value::from(1)),
        ])
    };
    Case(vec![
        Value::from(5_000_000),
        Value::from(3),
        Value::number(rust_decimal::Decimal::new(3, 2)),
        Value::Null,
        Value::text("研发投入"),
        Value::Date(jiff::civil::date(2026, 3, 2)),
        Value::instant("2026-03-01T16:30:00Z".parse().unwrap()),
        Value::list([claim("甲行", Value::Null), claim("乙行", Value::text("已放款"))]),
        Value::context([("名称", Value::text("甲")), ("法人", Value::Null)]),
    ])
}

fn run(text: &str) -> String {
    let formula =
        compile(text, &demand(), Mode::Policy).unwrap_or_else(|errors| panic!("{text}: {errors:?}"));
    formula.eval(&case()).map_or_else(
        |error| format!("{} {}", error.kind.as_str(), &text[error.span.clone()]),
        |value| value.to_string(),
    )
}

#[test]
fn a_policy_stops_where_feel_would_say_null() {
    #[rustfmt::skip]
    let table = [
        ("count(认领[结果 = null]) < 认领上限",          "true"),
        ("to_fen(融资金额 * 奖励比例)",                  "150000"),
        ("some c in 认领 satisfies c.结果 != null",      "true"),
        ("融资金额 / (认领上限 - 3)",                    "F902 /"),
        ("融资金额 * (认领上限 ** 60)",                  "F901 认领上限 ** 60"),
        ("date(string(认领上限))",                       "F905 date(string(认领上限))"),
        ("coalesce(信用评分, 0)",                        "0"),
        ("sum(认领[放款金额 is known].家数)",            "0"),
        ("date(收到时间)",                               "@\"2026-03-02\""),
        ("企业.法人.证件 is known",                      "false"),
        ("企业.法人.证件 is known and 企业.法人.证件 = \"1\"", "false"),
        ("收到时间.hour",                                "0"),
        ("发布日 = date(收到时间)",                      "true"),
        ("coalesce(上年贷款(企业.名称), 0)",             "42"),
        ("coalesce(上年贷款(用途), 0)",                  "F909 上年贷款(用途)"),
        ("is working day(发布日)",                       "F908 is working day(发布日)"),
        ("count(for a in 1..1000, b in 1..1000 return 1)", "F906 1..1000"),
    ];
    for (text, wanted) in table {
        if wanted.starts_with("F906") || wanted.starts_with("F901") || wanted.starts_with("F902") {
            assert_eq!(run(text)[..4], wanted[..4], "{text}");
        } else {
            assert_eq!(run(text), wanted, "{text}");
        }
    }
}

#[test]
fn reads_and_literals_have_their_places() {
    let text = "企业.法人.证件 = \"1\" and 融资金额 > 1000万 and 认领上限 < 3";
    let formula = compile(text, &demand(), Mode::Feel).unwrap();
    let reads: Vec<String> = formula
        .reads()
        .iter()
        .map(|it| format!("{}/{} {}", it.slot.0, it.path.join("."), &text[it.span.clone()]))
        .collect();
    assert_eq!(reads, ["8/法人.证件 企业.法人.证件", "0/ 融资金额", "1/ 认领上限"]);
    let literals: Vec<&str> = formula.literals().iter().map(|it| &text[it.span.clone()]).collect();
    assert_eq!(literals, ["1000万", "3"]);
}

#[test]
fn a_trace_shows_each_part_with_its_value() {
    let text = "count(认领[结果 = null]) < 认领上限 and to_fen(融资金额 * 奖励比例) >= 10万";
    let formula = compile(text, &demand(), Mode::Policy).unwrap();
    let (outcome, trace) = formula.eval_traced(&case());
    assert_eq!(outcome, formula.eval(&case()));
    insta::assert_snapshot!(trace.to_string(), @r#"
    count(认领[结果 = null]) < 认领上限 and to_fen(融资金额 * 奖励比例) >= 10万 = true
      count(认领[结果 = null]) < 认领上限 = true
        count(认领[结果 = null]) = 1
          认领[结果 = null] = [{家数: 1, 放款金额: null, 结果: null, 银行: "甲行"}]
            认领 = [{家数: 1, 放款金额: null, 结果: null, 银行: "甲行"}, {家数: 1, 放款金额: null, 结果: "已放款", 银行: "乙行…
            结果 = null = true
              结果 = null
            结果 = null = false
              结果 = "已放款"
        认领上限 = 3
      to_fen(融资金额 * 奖励比例) >= 10万 = true
        to_fen(融资金额 * 奖励比例) = 150000
          融资金额 * 奖励比例 = 150000
            融资金额 = 5000000
            奖励比例 = 0.03
        10万 = 100000
    "#);

    let stopped = compile("融资金额 / (认领上限 - 3) > 1", &demand(), Mode::Policy).unwrap();
    insta::assert_snapshot!(stopped.eval_traced(&case()).1.to_string(), @r#"
    融资金额 / (认领上限 - 3) > 1 = ✗
      融资金额 / (认领上限 - 3) = ✗  (Division by zero)
        融资金额 = 5000000
        (认领上限 - 3) = 0
          认领上限 = 3
    "#);

    let feel = compile("if 1 + null > 2 then 1 else 2", &Scope::new(), Mode::Feel).unwrap();
    insta::assert_snapshot!(feel.eval_traced(&NoInputs).1.to_string(), @r#"
    if 1 + null > 2 then 1 else 2 = 2
      1 + null > 2 = null  (One side of the comparison has no value)
        1 + null = null  (Arithmetic takes two values; there is no value)
    "#);
}

#[test]
fn errors_speak_chinese_and_english() {
    let mut said = String::new();
    for text in [
        "融资金客 > 3",
        "信用评分 > 600",
        "融资金额 * 融资金额",
        "用途 = \"研发\"",
        "5foo",
        "1 +",
        "融资金额 5",
    ] {
        for error in compile(text, &demand(), Mode::Policy).unwrap_err() {
            writeln!(said, "{} {}", error.code, error.message.in_lang(Lang::Zh)).unwrap();
            writeln!(said, "     {}", error.message.in_lang(Lang::En)).unwrap();
            if let Some(advice) = &error.advice {
                writeln!(said, "     {} / {}", advice.zh, advice.en).unwrap();
            }
        }
    }
    insta::assert_snapshot!(said, @r#"
    F201 没有叫“融资金客”的数据
         Nothing is called `融资金客`
         是不是“融资金额”？ / Did you mean `融资金额`?
    F304 “信用评分”可能没有值
         `信用评分` may be null
         先写 信用评分 is known and …，或用 coalesce(信用评分, 默认值)，或 if 信用评分 is known then … else … / Write `信用评分 is known and ...` first, or `coalesce(信用评分, default)`, or `if 信用评分 is known then ... else ...`
    F303 金额不能乘以金额
         Money cannot be multiplied by money
    F306 选项里没有“研发”
         `研发` is none of the choices
         可选：流动资金、设备采购、研发投入 / The choices are: 流动资金、设备采购、研发投入
    F107 数字后面的单位无法识别
         The word after the number is not a unit
         可用的单位：万 亿 元 万元 亿元 % ‰ 秒 分钟 小时 天 周 个月 年 工作日 自然日；名称不能以数字开头 / Units: 万 亿 元 万元 亿元 % ‰, seconds, minutes, hours, days, weeks, months, years, working days, calendar days; a name cannot start with a digit
    F108 此处应为一个值，公式在这里就结束了
         Expected a value; the formula ends here
    F108 此处应为运算符或公式结尾，这里是“5”
         Expected an operator or the end of the formula; found `5`
    "#);
}

#[test]
fn formulas_and_cells_travel_between_threads() {
    fn travels<T: Send + Sync + Clone + PartialEq>() {}
    travels::<expr::formula::Formula>();
    travels::<expr::formula::UnaryTests>();
}

#[test]
fn a_long_loop_leaves_a_short_trace() {
    let formula =
        compile("count(for i in 1..9000 return i * 2 + 1) > 3", &Scope::new(), Mode::Policy).unwrap();
    let (outcome, trace) = formula.eval_traced(&NoInputs);
    assert_eq!(outcome, Ok(Value::Bool(true)));
    let text = trace.to_string();
    assert!(text.lines().count() < 1000, "{} lines", text.lines().count());
    assert!(text.contains("more"), "{}", &text[..500]);
}

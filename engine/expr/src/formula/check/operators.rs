//! Operators: arithmetic with money and rates, comparisons, conditions.

use super::super::ast::{Ast, Comparison, Operator};
use super::super::error::{FormulaCode, FormulaError, Place, closest};
use super::super::node::Op;
use super::{Checked, Checker, facts, rules};
use crate::value::{Lang, Type, Value};

/// What an operation makes of two types, or why it makes nothing.
enum Made {
    Of(Type),
    /// Amounts or rates that must not meet this way.
    Money(&'static str, &'static str),
    Nothing,
}

impl Checker<'_> {
    pub(super) fn arithmetic(
        &mut self,
        first: &Ast,
        rest: &[(Operator, Place, Ast)],
        place: Place,
    ) -> Checked {
        let first = self.known_value(first);
        let start = first.place();
        let mut ty = first.ty.clone();
        let mut left = first.clone();
        let mut nodes = Vec::new();
        for (operator, at, right) in rest {
            let right = self.known_value(right);
            ty = self.made(*operator, *at, &left, &right);
            let unrounded = ty.is_numeric() && !is_exact(*operator, &left, &right);
            // The value so far is no longer a constant for the rule of rounding.
            left = Checked {
                unrounded,
                ..Checked::new(Op::Local(u32::MAX), start.to(right.place()), ty.clone())
            };
            nodes.push((*operator, start.to(right.place()), right.node));
        }
        let op = Op::Arithmetic(Box::new(first.node), nodes.into());
        let made = Checked { unrounded: left.unrounded, ..Checked::new(op, place, ty) };
        self.folded(made)
    }

    fn made(&mut self, operator: Operator, at: Place, left: &Checked, right: &Checked) -> Type {
        let (a, b) = (left.ty.known(), right.ty.known());
        if *a == Type::Any || *b == Type::Any {
            return Type::Any;
        }
        match result(operator, a, b) {
            Made::Of(ty) => ty,
            Made::Money(zh, en) => {
                self.object(|| FormulaError::new(FormulaCode::MoneyArithmetic, at, zh, en));
                Type::Any
            }
            Made::Nothing => {
                let (a, b) = (a.clone(), b.clone());
                self.object(|| {
                    let error = FormulaError::new(
                        FormulaCode::WrongType,
                        at,
                        format!("{}和{}不能这样计算", a.name(Lang::Zh), b.name(Lang::Zh)),
                        format!("{a} and {b} cannot be computed this way"),
                    );
                    if a == Type::Period || b == Type::Period {
                        error.advice(
                            "法定期间用于期限；推算日期请用 add working days(日期, 天数)",
                            "A legal period belongs in a deadline; to compute a date use `add working days(date, n)`",
                        )
                    } else {
                        error
                    }
                });
                Type::Any
            }
        }
    }

    pub(super) fn negative(&mut self, of: &Ast, place: Place) -> Checked {
        let of = self.known_value(of);
        let ty = of.ty.known().clone();
        let fits = ty.is_numeric() || matches!(ty, Type::Any | Type::Span | Type::Months);
        if !fits {
            let shown = ty.clone();
            self.object(|| {
                FormulaError::new(
                    FormulaCode::WrongType,
                    place,
                    format!("负号后面要有数字或时长，这里是{}", shown.name(Lang::Zh)),
                    format!("A minus sign takes a number or a duration; this is a {shown}"),
                )
            });
        }
        let unrounded = of.unrounded;
        let ty = if fits { ty } else { Type::Any };
        self.folded(Checked { unrounded, ..Checked::new(Op::Negative(Box::new(of.node)), place, ty) })
    }

    pub(super) fn compare(
        &mut self,
        comparison: Comparison,
        at: Place,
        left: &Ast,
        right: &Ast,
        place: Place,
    ) -> Checked {
        let (mut left, mut right) = (self.check(left), self.check(right));
        let equality = matches!(comparison, Comparison::Equal | Comparison::NotEqual);
        // `x = null` asks whether there is a value. Equality always has an answer (what is not known equals
        // only null); greater and less need two values.
        let asks_null = equality && (left.ty == Type::Null || right.ty == Type::Null);
        if !equality {
            self.must_be_known(&mut left);
            self.must_be_known(&mut right);
        }
        if !asks_null {
            self.sides(comparison, at, &left, &right);
        }
        Checked::new(Op::Compare(comparison, Box::new((left.node, right.node))), place, Type::Bool)
    }

    /// Objects to comparing what can never be equal or has no order.
    pub(super) fn sides(&mut self, comparison: Comparison, at: Place, left: &Checked, right: &Checked) {
        let (a, b) = (left.ty.known().clone(), right.ty.known().clone());
        let equality = matches!(comparison, Comparison::Equal | Comparison::NotEqual);
        if !rules::comparable(&a, &b) {
            self.object(|| {
                let error = FormulaError::new(
                    FormulaCode::NeverEqual,
                    at,
                    format!("{}和{}不能比较", a.name(Lang::Zh), b.name(Lang::Zh)),
                    format!("A {a} cannot be compared with a {b}"),
                );
                advise_comparison(error, &a, &b)
            });
        } else if !(equality || rules::ordered(&a) && rules::ordered(&b)) {
            self.object(|| {
                FormulaError::new(
                    FormulaCode::WrongType,
                    at,
                    format!("{}没有大小之分", a.name(Lang::Zh)),
                    format!("A {a} is neither less nor greater"),
                )
            });
        } else {
            self.choice(&a, right);
            self.choice(&b, left);
        }
    }

    /// A text held against a choice must be one of its texts.
    pub(super) fn choice(&mut self, choice: &Type, text: &Checked) {
        let (Type::Choice(allowed), Some(Value::Text(written))) = (choice, text.node.as_constant()) else {
            return;
        };
        if allowed.contains(written) {
            return;
        }
        let place = text.place();
        let list = allowed.iter().map(AsRef::as_ref).collect::<Vec<_>>().join("、");
        let meant = closest(written, allowed.iter().map(AsRef::as_ref));
        self.object(|| {
            let error = FormulaError::new(
                FormulaCode::NotAChoice,
                place,
                format!("选项里没有“{written}”"),
                format!("`{written}` is none of the choices"),
            );
            match meant {
                Some(meant) => error.near(place, Some(Value::text(meant).to_string())),
                None => error.advice(format!("可选：{list}"), format!("The choices are: {list}")),
            }
        });
    }

    pub(super) fn between(&mut self, of: &Ast, low: &Ast, high: &Ast, place: Place) -> Checked {
        let (of, low, high) = (self.known_value(of), self.known_value(low), self.known_value(high));
        self.sides(Comparison::AtLeast, low.place(), &of, &low);
        self.sides(Comparison::AtMost, high.place(), &of, &high);
        Checked::new(Op::Between(Box::new((of.node, low.node, high.node))), place, Type::Bool)
    }

    /// `and` teaches its right side what its left side found out, `or` what it did not.
    pub(super) fn junction(&mut self, all: &[Ast], and: bool, place: Place) -> Checked {
        let before = self.facts.len();
        let mut nodes = Vec::new();
        for ast in all {
            let part = self.condition(ast);
            facts::learned(&part.node, and, &mut self.facts);
            nodes.push(part.node);
        }
        self.facts.truncate(before);
        let nodes = nodes.into();
        Checked::new(if and { Op::And(nodes) } else { Op::Or(nodes) }, place, Type::Bool)
    }

    pub(super) fn conditional(&mut self, condition: &Ast, yes: &Ast, no: &Ast, place: Place) -> Checked {
        let condition = self.condition(condition);
        let yes = self.under(&condition, true, yes);
        let no = self.under(&condition, false, no);
        let ty = rules::join(&yes.ty, &no.ty);
        let differ = ty == Type::Any && yes.ty != Type::Any && no.ty != Type::Any;
        if differ {
            let (a, b) = (yes.ty.clone(), no.ty.clone());
            self.object(|| {
                FormulaError::new(
                    FormulaCode::WrongType,
                    place,
                    format!("then 得到{}，else 得到{}", a.name(Lang::Zh), b.name(Lang::Zh)),
                    format!("`then` gives a {a}, `else` a {b}"),
                )
                .advice("两个分支的类型要相同", "Both branches give the same type")
            });
        }
        let unrounded = !(yes.exact() && no.exact());
        let op = Op::If(Box::new((condition.node, yes.node, no.node)));
        Checked { unrounded, ..Checked::new(op, place, ty) }
    }

    fn under(&mut self, condition: &Checked, outcome: bool, ast: &Ast) -> Checked {
        let before = self.facts.len();
        facts::learned(&condition.node, outcome, &mut self.facts);
        let checked = self.check(ast);
        self.facts.truncate(before);
        checked
    }

    /// A part that must be yes or no.
    pub(super) fn condition(&mut self, ast: &Ast) -> Checked {
        let mut checked = self.check(ast);
        self.must_be_condition(&mut checked);
        checked
    }

    pub(super) fn must_be_condition(&mut self, checked: &mut Checked) {
        self.must_be_known(checked);
        let ty = checked.ty.known().clone();
        if matches!(ty, Type::Bool | Type::Any) {
            return;
        }
        let place = checked.place();
        self.object(|| {
            FormulaError::new(
                FormulaCode::WrongType,
                place,
                format!("这里要有条件（是或否），得到{}", ty.name(Lang::Zh)),
                format!("A condition is needed here; this is a {ty}"),
            )
        });
    }
}

fn advise_comparison(error: FormulaError, a: &Type, b: &Type) -> FormulaError {
    match (a, b) {
        (Type::Date, Type::Instant) | (Type::Instant, Type::Date) => {
            error.advice("用 date(…) 取日期再比较", "Take the date of it with `date(...)` first")
        }
        (Type::Money, Type::Rate) | (Type::Rate, Type::Money) => error.advice(
            "金额和比率单位不同；是否少乘了一个数？",
            "Money and rates differ in unit; is a factor missing?",
        ),
        (Type::Span, Type::Months) | (Type::Months, Type::Span) => error.advice(
            "月的长短不一，不能与天数比较",
            "Months differ in length and cannot be compared with days",
        ),
        _ => error,
    }
}

/// Whether an amount made this way is still a whole number of fen.
fn is_exact(operator: Operator, left: &Checked, right: &Checked) -> bool {
    let whole = |it: &Checked| match it.node.as_constant() {
        Some(Value::Number(number)) => number.is_integer(),
        _ => *it.ty.known() == Type::Integer,
    };
    match operator {
        Operator::Plus | Operator::Minus => left.exact() && right.exact(),
        Operator::Times => left.exact() && right.exact() && (whole(left) || whole(right)),
        Operator::Over | Operator::Power => false,
    }
}

fn result(operator: Operator, a: &Type, b: &Type) -> Made {
    if a.is_numeric() && b.is_numeric() {
        return numeric(operator, a, b);
    }
    match operator {
        Operator::Plus => sum(a, b),
        Operator::Minus => difference(a, b),
        Operator::Times => match (a, b) {
            (Type::Span | Type::Months, n) if n.is_numeric() => Made::Of(a.clone()),
            (n, Type::Span | Type::Months) if n.is_numeric() => Made::Of(b.clone()),
            _ => Made::Nothing,
        },
        Operator::Over => match (a, b) {
            (Type::Span | Type::Months, n) if n.is_numeric() => Made::Of(a.clone()),
            (Type::Span, Type::Span) | (Type::Months, Type::Months) => Made::Of(Type::Number),
            _ => Made::Nothing,
        },
        Operator::Power => Made::Nothing,
    }
}

fn numeric(operator: Operator, a: &Type, b: &Type) -> Made {
    use Type::{Integer, Money, Number, Rate};
    match (operator, a, b) {
        (Operator::Plus | Operator::Minus, Money, Rate) | (Operator::Plus | Operator::Minus, Rate, Money) => {
            Made::Money("金额和比率不能相加减", "Money and a rate cannot be added or subtracted")
        }
        (Operator::Plus | Operator::Minus, Money, _) | (Operator::Plus | Operator::Minus, _, Money) => {
            Made::Of(Money)
        }
        (Operator::Times, Money, Money) => {
            Made::Money("金额不能乘以金额", "Money cannot be multiplied by money")
        }
        (Operator::Times, Money, _) | (Operator::Times, _, Money) => Made::Of(Money),
        (Operator::Over, Money, Money) => Made::Of(Number),
        (Operator::Over, Money, _) => Made::Of(Money),
        (Operator::Over, _, Money) => {
            Made::Money("只有金额才能除以金额", "Only money can be divided by money")
        }
        (Operator::Power, Money, _) | (Operator::Power, _, Money) => {
            Made::Money("金额不能求幂", "Money has no powers")
        }
        (Operator::Over, Rate, Rate) | (Operator::Power, ..) => Made::Of(Number),
        (_, Rate, _) | (_, _, Rate) => Made::Of(Rate),
        (Operator::Over, ..) => Made::Of(Number),
        (_, Integer, Integer) => Made::Of(Integer),
        _ => Made::Of(Number),
    }
}

fn sum(a: &Type, b: &Type) -> Made {
    match (a, b) {
        (a, b) if a.is_text() && b.is_text() => Made::Of(Type::Text),
        (Type::Span, Type::Span) => Made::Of(Type::Span),
        (Type::Months, Type::Months) => Made::Of(Type::Months),
        (at @ (Type::Date | Type::Instant), Type::Span | Type::Months)
        | (Type::Span | Type::Months, at @ (Type::Date | Type::Instant)) => Made::Of(at.clone()),
        (Type::Time, Type::Span) | (Type::Span, Type::Time) => Made::Of(Type::Time),
        _ => Made::Nothing,
    }
}

fn difference(a: &Type, b: &Type) -> Made {
    match (a, b) {
        (Type::Span, Type::Span) | (Type::Date, Type::Date) => Made::Of(Type::Span),
        (Type::Instant, Type::Instant) | (Type::Time, Type::Time) => Made::Of(Type::Span),
        (Type::Months, Type::Months) => Made::Of(Type::Months),
        (Type::Date | Type::Instant, Type::Span | Type::Months) | (Type::Time, Type::Span) => {
            Made::Of(a.clone())
        }
        _ => Made::Nothing,
    }
}

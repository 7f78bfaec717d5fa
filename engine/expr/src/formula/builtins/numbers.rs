//! Rounding and other arithmetic of single numbers.

use rust_decimal::{Decimal, RoundingStrategy};

use super::super::error::{EvalError, EvalKind};
use super::super::eval::{Env, Outcome, error, unsuited};
use super::Builtin;
use super::reading::{bad, list, number, overflow, single, size, whole};
use crate::lang::Lang;
use crate::money::Yuan;
use crate::table::allocation::split_whole;
use crate::value::Value;

pub(super) const ALL: &[Builtin] = &[
    Builtin {
        name: "decimal",
        zh: "四舍六入",
        signature: "decimal(n: N, scale: number) -> N",
        words: (
            "保留若干位小数，恰好一半时取偶（银行家舍入）。",
            "Rounds to so many decimals, halves to the even digit.",
        ),
        example: "decimal(2.5, 0) => 2",
        run: half_even,
    },
    Builtin {
        name: "round half up",
        zh: "四舍五入",
        signature: "round half up(n: N, scale?: number) -> N",
        words: ("四舍五入，恰好一半时远离零。", "Rounds to so many decimals, halves away from zero."),
        example: "round half up(2.345, 2) => 2.35",
        run: half_up,
    },
    Builtin {
        name: "round half down",
        zh: "五舍六入",
        signature: "round half down(n: N, scale?: number) -> N",
        words: ("舍入，恰好一半时靠近零。", "Rounds to so many decimals, halves towards zero."),
        example: "round half down(2.345, 2) => 2.34",
        run: half_down,
    },
    Builtin {
        name: "round up",
        zh: "进位",
        signature: "round up(n: N, scale?: number) -> N",
        words: ("只要有余数就进位，远离零。", "Rounds away from zero."),
        example: "round up(-1.01, 1) => -1.1",
        run: up,
    },
    Builtin {
        name: "round down",
        zh: "舍去",
        signature: "round down(n: N, scale?: number) -> N",
        words: ("舍去多余的小数，靠近零。", "Rounds towards zero."),
        example: "round down(-1.09, 1) => -1",
        run: down,
    },
    Builtin {
        name: "to_fen",
        zh: "取到分",
        signature: "to_fen(n: number) -> money",
        words: (
            "把金额四舍五入到分；存入金额前用它。",
            "Rounds an amount to the fen, halves up: use it before storing money.",
        ),
        example: "to_fen(0.125) => 0.13",
        run: to_fen,
    },
    Builtin {
        name: "share of",
        zh: "分得",
        signature: "share of(amount: number, shares: list<number>, place: number) -> money",
        words: (
            "把金额按比例拆到分，返回第几方分得多少；比例之和须正好是 1，尾差给余数最大的，相同的给排在前面的。",
            "What one party gets when an amount is split to the fen by shares that sum to one: fen left over go to the \
             largest remainders, among equals to the one named first.",
        ),
        example: "share of(100.01, [0.65, 0.2, 0.15], 1) => 65.01",
        run: share_of,
    },
    Builtin {
        name: "floor",
        zh: "向下取整",
        signature: "floor(n: N, scale?: number) -> N",
        words: (
            "不大于它的最大整数（或若干位小数）。",
            "The greatest whole number (or with so many decimals) not above it.",
        ),
        example: "floor(-1.5) => -2",
        run: floor,
    },
    Builtin {
        name: "ceiling",
        zh: "向上取整",
        signature: "ceiling(n: N, scale?: number) -> N",
        words: (
            "不小于它的最小整数（或若干位小数）。",
            "The least whole number (or with so many decimals) not below it.",
        ),
        example: "ceiling(1.5) => 2",
        run: ceiling,
    },
    Builtin {
        name: "abs",
        zh: "绝对值",
        signature: "abs(n: N) -> N; abs(n: duration) -> duration",
        words: ("数字或时长去掉负号。", "A number or duration without its sign."),
        example: "abs(-10) => 10",
        run: abs,
    },
    Builtin {
        name: "modulo",
        zh: "取余",
        signature: "modulo(dividend: N, divisor: number) -> N",
        words: ("除法的余数，符号与除数相同。", "The remainder of a division, with the sign of the divisor."),
        example: "modulo(-12, 5) => 3",
        run: modulo,
    },
    Builtin {
        name: "odd",
        zh: "是奇数",
        signature: "odd(number: number) -> boolean",
        words: ("是否为奇数。", "Whether a whole number is odd."),
        example: "odd(5) => true",
        run: odd,
    },
    Builtin {
        name: "even",
        zh: "是偶数",
        signature: "even(number: number) -> boolean",
        words: ("是否为偶数。", "Whether a whole number is even."),
        example: "even(5) => false",
        run: even,
    },
];

/// Rounds to `scale` decimals; a negative scale rounds to tens, hundreds and so on.
fn round(n: Decimal, scale: i64, strategy: RoundingStrategy) -> Result<Decimal, Box<EvalError>> {
    if let Ok(places) = u32::try_from(scale) {
        return Ok(n.round_dp_with_strategy(places.min(28), strategy));
    }
    if scale < -28 {
        return Err(bad("舍入位数不能小于 -28", "The scale of a rounding is at least -28"));
    }
    let mut unit = Decimal::ONE;
    for _ in scale..0 {
        unit = unit.checked_mul(Decimal::TEN).ok_or_else(overflow)?;
    }
    // The whole part decides together with what is left over, so no digit is lost in a division.
    let rest = n.checked_rem(unit).ok_or_else(overflow)?;
    let lower = n - rest;
    let share = rest.checked_div(unit).ok_or_else(overflow)?;
    let kept = share.round_dp_with_strategy(0, strategy);
    let away = if share.is_sign_negative() { -Decimal::ONE } else { Decimal::ONE };
    let exact_half = rest.abs().checked_mul(Decimal::TWO) == Some(unit);
    let kept = if exact_half && strategy == RoundingStrategy::MidpointNearestEven {
        let even = (lower.checked_div(unit).ok_or_else(overflow)? % Decimal::TWO).is_zero();
        if even { Decimal::ZERO } else { away }
    } else {
        kept
    };
    lower.checked_add(kept.checked_mul(unit).ok_or_else(overflow)?).ok_or_else(overflow)
}

fn rounded(env: &Env<'_>, arguments: &[Value], strategy: RoundingStrategy) -> Outcome {
    let scale = if arguments.len() > 1 { size(env, arguments, 1)? } else { 0 };
    Ok(Value::Number(round(number(arguments, 0)?, scale, strategy)?))
}

fn half_even(env: &mut Env<'_>, arguments: &[Value]) -> Outcome {
    rounded(env, arguments, RoundingStrategy::MidpointNearestEven)
}

fn half_up(env: &mut Env<'_>, arguments: &[Value]) -> Outcome {
    rounded(env, arguments, RoundingStrategy::MidpointAwayFromZero)
}

fn half_down(env: &mut Env<'_>, arguments: &[Value]) -> Outcome {
    rounded(env, arguments, RoundingStrategy::MidpointTowardZero)
}

fn up(env: &mut Env<'_>, arguments: &[Value]) -> Outcome {
    rounded(env, arguments, RoundingStrategy::AwayFromZero)
}

fn down(env: &mut Env<'_>, arguments: &[Value]) -> Outcome {
    rounded(env, arguments, RoundingStrategy::ToZero)
}

fn floor(env: &mut Env<'_>, arguments: &[Value]) -> Outcome {
    rounded(env, arguments, RoundingStrategy::ToNegativeInfinity)
}

fn ceiling(env: &mut Env<'_>, arguments: &[Value]) -> Outcome {
    rounded(env, arguments, RoundingStrategy::ToPositiveInfinity)
}

fn to_fen(_: &mut Env<'_>, arguments: &[Value]) -> Outcome {
    Ok(Value::Number(round(number(arguments, 0)?, 2, RoundingStrategy::MidpointAwayFromZero)?))
}

fn share_of(_: &mut Env<'_>, arguments: &[Value]) -> Outcome {
    let shares: Vec<Decimal> = list(arguments, 1)?
        .iter()
        .map(|share| number(std::slice::from_ref(share), 0))
        .collect::<Result<_, _>>()?;
    let amount = Yuan::exact(number(arguments, 0)?)
        .map_err(|error| bad(error.text(Lang::Zh), error.text(Lang::En)))?;
    let parts = split_whole(amount, &shares).map_err(|why| {
        let words = why.words();
        bad(words.zh, words.en)
    })?;
    let part = usize::try_from(whole(arguments, 2)?).ok().and_then(|place| parts.get(place.checked_sub(1)?));
    let part = part.ok_or_else(|| bad("没有排在这个位置的一方", "No party stands at that place"))?;
    Ok(Value::Number(Decimal::from(*part)))
}

fn abs(_: &mut Env<'_>, arguments: &[Value]) -> Outcome {
    match single(arguments, 0) {
        Value::Number(it) => Ok(Value::Number(it.abs())),
        Value::Months(it) => it.checked_abs().map(Value::Months).ok_or_else(overflow),
        Value::Span(it) if it.is_negative() => it.checked_neg().map(Value::Span).ok_or_else(overflow),
        Value::Span(it) => Ok(Value::Span(*it)),
        other => Err(unsuited(other, "这里要数字或时长", "A number or a duration is needed here")),
    }
}

fn modulo(_: &mut Env<'_>, arguments: &[Value]) -> Outcome {
    let (a, b) = (number(arguments, 0)?, number(arguments, 1)?);
    if b.is_zero() {
        return Err(error(EvalKind::DivisionByZero, "除数是零", "Division by zero"));
    }
    let rest = a.checked_rem(b).ok_or_else(overflow)?;
    let other_side = !rest.is_zero() && rest.is_sign_negative() != b.is_sign_negative();
    Ok(Value::Number(if other_side { rest.checked_add(b).ok_or_else(overflow)? } else { rest }))
}

fn parity(arguments: &[Value]) -> Result<bool, Box<EvalError>> {
    let it = number(arguments, 0)?;
    if !it.is_integer() {
        return Err(bad("奇偶只对整数有意义", "Only whole numbers are odd or even"));
    }
    Ok((it % Decimal::TWO).is_zero())
}

fn odd(_: &mut Env<'_>, arguments: &[Value]) -> Outcome {
    Ok(Value::Bool(!parity(arguments)?))
}

fn even(_: &mut Env<'_>, arguments: &[Value]) -> Outcome {
    Ok(Value::Bool(parity(arguments)?))
}

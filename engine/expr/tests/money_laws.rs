//! Money as offices write it, split without loss, rounded once, and in capitals.
#![expect(clippy::unwrap_used, reason = "the table readers fail the test where a row is malformed")]

use expr::money::{MoneyError, Rounding, Yuan};
use expr::rate::Rate;
use proptest::prelude::*;
use rust_decimal::Decimal;

fn yuan(text: &str) -> Yuan {
    text.parse().unwrap()
}

/// `written => displayed`, or `written => !code`.
fn check(table: &str) {
    for line in table.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (written, expected) = line.split_once("=>").unwrap();
        let found = match written.trim().parse::<Yuan>() {
            Ok(amount) => amount.to_string(),
            Err(error) => format!("!{}", error.code()),
        };
        assert_eq!(found, expected.trim(), "{line}");
    }
}

#[test]
fn amounts_are_read_with_their_unit() {
    check(
        "1234.5          => 1,234.50
         1,234,567.89元  => 1,234,567.89
         1000万          => 10,000,000.00
         1000万元        => 10,000,000.00
         1,000 万元      => 10,000,000.00
         2亿元           => 200,000,000.00
         1.5亿           => 150,000,000.00
         3千万           => 30,000,000.00
         1万亿元         => 1,000,000,000,000.00
         ￥300           => 300.00
         ¥ -1            => !money_number
         -1,000.01       => -1,000.01
         －０．５０元    => -0.50
         0               => 0.00
         -0              => 0.00
         0.000001万      => 0.01",
    );
}

#[test]
fn what_is_no_amount_is_refused() {
    check(
        "一千万      => !money_number
         1e5         => !money_number
         元          => !money_number
         1.2.3       => !money_number
         .5          => !money_number
         1,23        => !money_separators
         1234,567    => !money_separators
         0.001       => !money_part_of_a_fen
         1.005       => !money_part_of_a_fen
         999999999999999999.99 => 999,999,999,999,999,999.99
         1000000000000000000   => !money_too_large
         99999999999999999999999999亿 => !money_too_large",
    );
    assert_eq!("".parse::<Yuan>(), Err(MoneyError::NotAnAmount));
}

#[test]
fn capitals_follow_the_payment_rules() {
    #[rustfmt::skip]
    let table = [
        ("0", "零元整"), ("0.05", "伍分"), ("0.50", "伍角整"), ("0.55", "伍角伍分"),
        ("1", "壹元整"), ("10", "壹拾元整"), ("100.10", "壹佰元零壹角整"), ("105", "壹佰零伍元整"),
        ("325.04", "叁佰贰拾伍元零肆分"), ("409.50", "肆佰零玖元伍角整"), ("1409.50", "壹仟肆佰零玖元伍角整"),
        ("6007.14", "陆仟零柒元壹角肆分"), ("1680.32", "壹仟陆佰捌拾元零叁角贰分"),
        ("16409.02", "壹万陆仟肆佰零玖元零贰分"), ("107000.53", "壹拾万柒仟元零伍角叁分"),
        ("10000000", "壹仟万元整"), ("100000001", "壹亿零壹元整"), ("100010000", "壹亿零壹万元整"),
        ("1000000000000", "壹万亿元整"), ("10000000000000000", "壹亿亿元整"),
        ("1001000001", "壹拾亿零壹佰万零壹元整"), ("20000.01", "贰万元零壹分"),
        ("-1234.56", "负壹仟贰佰叁拾肆元伍角陆分"),
    ];
    for (written, capitals) in table {
        assert_eq!(yuan(written).capitals(), capitals, "{written}");
    }
}

#[test]
fn a_reward_is_rounded_once_at_the_end() {
    #[rustfmt::skip]
    let table = [
        // lent        at       rounding             reward
        ("0",         "3%",   Rounding::HalfUp,   "0.00"),
        ("0.16",      "3%",   Rounding::HalfUp,   "0.00"),
        ("0.17",      "3%",   Rounding::HalfUp,   "0.01"),
        ("1.00",      "5‰",   Rounding::HalfUp,   "0.01"),
        ("1.00",      "5‰",   Rounding::HalfDown, "0.00"),
        ("1.00",      "5‰",   Rounding::HalfEven, "0.00"),
        ("3.00",      "5‰",   Rounding::HalfEven, "0.02"),
        ("0.01",      "1%",   Rounding::Up,       "0.01"),
        ("0.99",      "99%",  Rounding::Down,     "0.98"),
        ("-1.00",     "5‰",   Rounding::HalfUp,   "-0.01"),
        ("200000000", "3‰",   Rounding::HalfUp,   "600,000.00"),
    ];
    for (lent, rate, rounding, reward) in table {
        let found = yuan(lent).at(rate.parse().unwrap(), rounding).unwrap();
        assert_eq!(found.to_string(), reward, "{lent} at {rate} {rounding:?}");
    }
}

#[test]
fn rates_are_read_in_every_spelling() {
    #[rustfmt::skip]
    let table = [
        ("3%", Ok("3%")), ("３％", Ok("3%")), ("3‰", Ok("0.3%")), ("35bp", Ok("0.35%")), ("0.65", Ok("65%")),
        ("1/4", Ok("25%")), ("-0.5%", Ok("-0.5%")), ("5.750%", Ok("5.75%")), ("100%", Ok("100%")),
        ("1/3", Err("rate_endless")), ("1/0", Err("rate_endless")), ("x%", Err("rate_number")),
        ("", Err("rate_number")), ("--3%", Err("rate_number")), ("99999999", Err("rate_too_large")),
    ];
    for (written, expected) in table {
        let found = written.parse::<Rate>().map(|rate| rate.to_string());
        assert_eq!(found.as_deref().map_err(|error| error.code()), expected, "{written}");
    }
}

#[test]
fn ties_in_a_split_go_to_the_earlier_share() {
    let parts = |amount: &str, shares: &[i64]| {
        let shares: Vec<Decimal> = shares.iter().map(|share| Decimal::from(*share)).collect();
        yuan(amount).split(&shares).map(|parts| parts.iter().map(|part| part.fen()).collect::<Vec<_>>())
    };
    assert_eq!(parts("0.10", &[1, 1, 1]), Ok(vec![4, 3, 3]));
    assert_eq!(parts("-0.10", &[1, 1, 1]), Ok(vec![-4, -3, -3]));
    assert_eq!(parts("0.10", &[1, 2, 4]), Ok(vec![1, 3, 6]), "the largest remainders, not the first shares");
    assert_eq!(parts("0.01", &[0, 1]), Ok(vec![0, 1]));
    assert_eq!(parts("1.00", &[]), Err(MoneyError::NoShares));
    assert_eq!(parts("1.00", &[0, 0]), Err(MoneyError::NoShares));
    assert_eq!(parts("1.00", &[2, -1]), Err(MoneyError::NoShares));
}

proptest! {
    #[test]
    fn a_split_keeps_every_fen(
        fen in -1_000_000_000_000i128..1_000_000_000_000,
        shares in prop::collection::vec((0i64..100_000, 0u32..6).prop_map(|(n, scale)| Decimal::new(n, scale)), 1..12),
    ) {
        let amount = Yuan::from_fen(fen).unwrap();
        prop_assume!(shares.iter().any(|share| !share.is_zero()));
        let parts = amount.split(&shares).unwrap();
        prop_assert_eq!(Yuan::sum(parts.iter().copied()), Ok(amount));
        let whole: Decimal = shares.iter().sum();
        for (part, share) in parts.iter().zip(&shares) {
            let fair = Decimal::from(amount) * share / whole;
            prop_assert!((Decimal::from(*part) - fair).abs() <= Decimal::new(1, 2));
            prop_assert!(!share.is_zero() || part.fen() == 0);
        }
    }

    #[test]
    fn what_is_displayed_reads_back(fen in -100_000_000_000_000_000_000i128 + 1..100_000_000_000_000_000_000) {
        let amount = Yuan::from_fen(fen).unwrap();
        prop_assert_eq!(amount.to_string().parse::<Yuan>(), Ok(amount));
        prop_assert_eq!(amount.short().parse::<Yuan>(), Ok(amount));
        prop_assert_eq!(Yuan::exact(Decimal::from(amount)), Ok(amount));
    }

    #[test]
    fn any_text_gets_an_answer(text in "\\PC{0,40}") {
        let _ = (text.parse::<Yuan>(), text.parse::<Rate>());
    }
}

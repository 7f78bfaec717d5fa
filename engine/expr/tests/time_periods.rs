//! The short written form of a period: what reads, what is refused, and what is said about it.
#![expect(clippy::unwrap_used, reason = "the table reader fails the test where a row is malformed")]

use expr::lang::Lang;
use expr::time::period::{CountFrom, Period, Roll, Shift, Unit};
use jiff::civil::time;
use proptest::prelude::*;

/// `written => canonical | 中文`, or `written => !code`.
fn check(table: &str) {
    for line in table.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (written, expected) = line.split_once("=>").unwrap();
        let found = match written.trim().trim_matches('\'').parse::<Period>() {
            Ok(period) => format!("{period} | {}", period.text(Lang::Zh)),
            Err(error) => format!("!{}", error.code()),
        };
        assert_eq!(found, expected.trim(), "{line}");
    }
}

#[test]
fn a_period_is_read_in_both_languages() {
    check(
        "5工作日              => 5 working days | 5个工作日
         5 工作日             => 5 working days | 5个工作日
         5 个工作日           => 5 working days | 5个工作日
         ５个工作日，顺延     => 5 working days, roll | 5个工作日，顺延
         5 working days       => 5 working days | 5个工作日
         1 Working Day        => 1 working day | 1个工作日
         30天                 => 30 days | 30天
         30 自然日            => 30 days | 30天
         30日                 => 30 days | 30天
         30 days              => 30 days | 30天
         30 calendar days     => 30 days | 30天
         72小时               => 72 hours | 72小时
         72 hours             => 72 hours | 72小时
         1个月                => 1 month | 1个月
         12 months            => 12 months | 12个月
         1年                  => 12 months | 12个月
         2 years              => 24 months | 24个月
         0 days               => 0 days | 0天",
    );
}

#[test]
fn words_after_the_comma_say_how_it_is_counted() {
    check(
        "5天，顺延                             => 5 days, roll | 5天，顺延
         5 days, roll: next_working_day        => 5 days, roll | 5天，顺延
         5 days, no roll                       => 5 days | 5天
         5天，当日起算                         => 5 days, from same day | 5天，当日起算
         5 days, from same day, roll           => 5 days, from same day, roll | 5天，当日起算，顺延
         5工作日, until 17:30                  => 5 working days, until 17:30 | 5个工作日，至17:30
         5工作日，至 17：30                    => 5 working days, until 17:30 | 5个工作日，至17:30
         5工作日，至24:00                      => 5 working days | 5个工作日
         5 days, until 9:00, shift             => 5 days, until 09:00, shift | 5天，至09:00，次工作日收件
         5 days, shift: next_working_day       => 5 days, shift | 5天，次工作日收件
         72 hours, until 17:30, shift          => 72 hours, until 17:30, shift | 72小时，至17:30，次工作日收件",
    );
}

#[test]
fn what_is_unclear_is_refused_with_a_reason() {
    check(
        "5                      => !period_no_unit
         ' '                    => !period_empty
         five days              => !period_no_number
         -5 days                => !period_no_number
         1.5 days               => !period_unit
         5 fortnights           => !period_unit
         P1D                    => !period_iso
         pt72h                  => !period_iso
         36526 days             => !period_too_many
         99999999999 days       => !period_too_many
         101 years              => !period_too_many
         5 days, rolled         => !period_word
         5 days,                => !period_word
         5 days, roll, roll     => !period_twice
         5 days, roll, no roll  => !period_twice
         5 days, until 25:00    => !period_cutoff
         5 days, until noon     => !period_cutoff
         5 days, until 00:00    => !period_cutoff
         5 days, until 17:300   => !period_cutoff
         72 hours, roll         => !period_hours
         72 hours, until 17:30  => !period_hours",
    );
    let long = format!("5 days{}", ", roll".repeat(100));
    assert_eq!(long.parse::<Period>().unwrap_err().code(), "period_too_long");
}

#[test]
fn a_refusal_says_what_is_accepted() {
    let said = |text: &str, lang| text.parse::<Period>().unwrap_err().text(lang);
    insta::assert_snapshot!(said("5", Lang::Zh), @"期限要写明单位：“5工作日”“5天”“5小时”或“5个月”");
    insta::assert_snapshot!(said("5", Lang::En), @"a period needs its unit: `5 working days`, `5 days`, `5 hours` or `5 months`");
    insta::assert_snapshot!(said("P1D", Lang::Zh), @"“P1D”没有说明是工作日还是自然日：请写“5工作日”“5天”或“72小时”");
    insta::assert_snapshot!(said("5 fortnights", Lang::En), @"`fortnights` is not a unit: use working days, days, hours or months");
}

fn periods() -> impl Strategy<Value = Period> {
    let unit =
        prop_oneof![Just(Unit::WorkingDays), Just(Unit::CalendarDays), Just(Unit::Hours), Just(Unit::Months)];
    let close = prop::option::of((0i8..24, 1i8..60).prop_map(|(hour, minute)| time(hour, minute, 0, 0)));
    (0u32..1200, unit, any::<bool>(), any::<bool>(), close, any::<bool>()).prop_map(
        |(n, unit, same, roll, cutoff, shift)| {
            let days = unit != Unit::Hours;
            Period {
                n,
                unit,
                count_from: if same && days { CountFrom::SameDay } else { CountFrom::NextDay },
                roll: if roll && days { Roll::NextWorkingDay } else { Roll::None },
                cutoff: cutoff.filter(|_| days || shift),
                shift: if shift { Shift::NextWorkingDay } else { Shift::None },
            }
        },
    )
}

proptest! {
    #[test]
    fn both_written_forms_read_back(period in periods()) {
        prop_assert_eq!(period.to_string().parse::<Period>().unwrap(), period);
        prop_assert_eq!(period.text(Lang::Zh).parse::<Period>().unwrap(), period);
    }

    #[test]
    fn any_text_gets_an_answer(text in "\\PC{0,40}") {
        if let Err(error) = text.parse::<Period>() {
            prop_assert!(!error.text(Lang::Zh).is_empty() && !error.text(Lang::En).is_empty());
        }
    }
}

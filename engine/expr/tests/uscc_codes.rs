//! The unified social credit code against the golden table, and the laws of its check.

use expr::lang::Lang;
use expr::uscc::{UsccVerdict, check, complete};
use proptest::prelude::*;

#[test]
fn every_golden_code_gets_its_verdict() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/cases/uscc_cases.csv");
    let mut rows = csv::ReaderBuilder::new().trim(csv::Trim::None).from_path(path).unwrap();
    let mut seen = 0;
    for row in rows.records() {
        let row = row.unwrap();
        let verdict = check(&row[0]);
        assert_eq!(verdict.code(), &row[1], "{row:?}");
        let accepted = ["ok", "normalise", "org_check_digit"].contains(&&row[1]);
        assert_eq!(verdict.accepted().is_some(), accepted, "{row:?}");
        seen += 1;
    }
    assert!(seen >= 26, "the golden table shrank");
}

#[test]
fn what_offices_type_is_put_right() {
    for typed in
        ["９１３２０５９９ＭＡ００００７４Ｘ", "9132 0599 MA00 0007 4X", "\u{feff}91320599MA0000074X\n"]
    {
        let verdict = check(typed);
        let wide = typed.starts_with('９');
        assert_eq!(verdict.code(), if wide { "length" } else { "normalise" }, "{typed}");
    }
    assert_eq!(check("９１３２０５９９ＭＡ０００００７４Ｘ").code(), "normalise");
    assert_eq!(check("统一社会信用代码统一社会信用代码统一").code(), "charset");
    assert_eq!(check("91320599ma1234560c").code(), "org_check_digit");
}

#[test]
fn a_refusal_says_where_to_look() {
    let said = |text: &str, lang| check(text).text(lang);
    insta::assert_snapshot!(said("91320599MAI000074X", Lang::Zh), @"第11位“I”不能出现在统一社会信用代码中（不使用字母I、O、S、V、Z）：请核对");
    insta::assert_snapshot!(said("91320599MA0000074", Lang::Zh), @"统一社会信用代码应为18位，现为17位：请对照营业执照填写");
    insta::assert_snapshot!(said("91350100M000100Y44", Lang::En), @"the check character `4` does not fit, so some character is wrong: compare the licence");
}

const SET: &[u8] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";

fn beginnings() -> impl Strategy<Value = String> {
    "[1-9ANY][1-9][0-9]{6}[0-9A-HJ-NPQRTUWXY]{8}"
}

proptest! {
    #[test]
    fn a_completed_code_is_valid(beginning in beginnings()) {
        let code = complete(&beginning).unwrap();
        prop_assert_eq!(check(code.as_str()), UsccVerdict::Ok(code));
    }

    #[test]
    fn one_wrong_character_never_passes(beginning in beginnings(), place in 0usize..18, other in 0usize..31) {
        let code = complete(&beginning).unwrap();
        let mut slip = code.as_str().as_bytes().to_vec();
        prop_assume!(slip[place] != SET[other]);
        slip[place] = SET[other];
        prop_assert_eq!(check(std::str::from_utf8(&slip).unwrap()).accepted(), None);
    }

    #[test]
    fn any_text_gets_a_verdict(text in "\\PC{0,24}") {
        prop_assert!(!check(&text).text(Lang::Zh).is_empty());
    }
}

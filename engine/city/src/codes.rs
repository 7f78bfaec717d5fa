//! Codes and names that nobody has: region 320599 is unassigned, and every name says 示例 (example).

use expr::uscc;

/// A code of region 320599 with right check characters. Numbers below 36^5 have codes of their own.
pub fn uscc(number: u64) -> String {
    let digits: Vec<char> = "0123456789ABCDEFGHJKLMNPQRTUWXY".chars().collect();
    let mut left = number;
    let mut tail = ['0'; 6];
    for place in tail.iter_mut().rev() {
        *place = digits[(left % 31) as usize];
        left /= 31;
    }
    let beginning: String = "91320599MA".chars().chain(tail).collect();
    uscc::complete(&beginning).map_or(beginning, |code| code.as_str().to_owned())
}

const DIGITS: [char; 10] = ['〇', '一', '二', '三', '四', '五', '六', '七', '八', '九'];

/// A number below 100 in Chinese.
pub fn chinese(number: u64) -> String {
    let (tens, ones) = (number / 10 % 10, number % 10);
    let mut text = String::new();
    if tens > 1 {
        text.push(DIGITS[tens as usize]);
    }
    if tens > 0 {
        text.push('十');
    }
    if ones > 0 || tens == 0 {
        text.push(DIGITS[ones as usize]);
    }
    text
}

/// Digits in Chinese, one by one: 2019 is 二〇一九.
pub fn spelt(number: u64, places: usize) -> String {
    format!("{number:0places$}").chars().map(|c| c.to_digit(10).map_or(c, |d| DIGITS[d as usize])).collect()
}

const SURNAMES: [&str; 20] = [
    "周", "沈", "钱", "孙", "李", "陆", "顾", "朱", "徐", "吴", "许", "何", "陶", "金", "潘", "范", "方",
    "俞", "任", "袁",
];
const GIVEN: [&str; 24] = [
    "敏", "卓", "程", "悦", "文", "佳", "宁", "越", "昕", "然", "清", "远", "思", "立", "可", "安", "舟",
    "禾", "岚", "川", "青", "牧", "白", "朗",
];

/// A person's name.
pub fn person(draw: &mut crate::draw::Draw) -> String {
    let second = if draw.chance(600) { *draw.pick(&GIVEN) } else { "" };
    format!("{}{}{second}", draw.pick(&SURNAMES), draw.pick(&GIVEN))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_valid_and_of_no_real_region() {
        for number in (0..60_000).chain([9_000_074]) {
            let code = uscc(number);
            assert_eq!(expr::uscc::check(&code).code(), "ok", "{code}");
            assert_eq!(&code[2..8], "320599");
        }
        assert_ne!(uscc(1), uscc(32));
    }

    #[test]
    fn numbers_are_written_as_people_do() {
        let shown: Vec<String> = [1, 10, 11, 20, 45].into_iter().map(chinese).collect();
        assert_eq!(shown, ["一", "十", "十一", "二十", "四十五"]);
        assert_eq!(spelt(52_680, 5), "五二六八〇");
    }
}

//! 大写金额: an amount in the capitals that payment documents require.
//!
//! Rules of the Measures for Payment and Settlement (支付结算办法, annex 1): 整 after yuan or jiao,
//! never after fen; inner zeros said once; a zero between yuan and fen is said, between yuan and jiao
//! only when the yuan end in zero. Below one yuan the amount begins with jiao or fen.

use super::Yuan;

const DIGITS: [char; 10] = ['零', '壹', '贰', '叁', '肆', '伍', '陆', '柒', '捌', '玖'];

impl Yuan {
    /// The amount in capitals, for print: `壹仟万元整`.
    ///
    /// ```
    /// use expr::money::Yuan;
    /// let capitals = |text: &str| text.parse::<Yuan>().unwrap().capitals();
    /// assert_eq!(capitals("6007.14"), "陆仟零柒元壹角肆分");
    /// assert_eq!(capitals("1680.32"), "壹仟陆佰捌拾元零叁角贰分");
    /// assert_eq!(capitals("-0.05"), "负伍分");
    /// ```
    pub fn capitals(self) -> String {
        let fen = self.fen.abs();
        let (yuan, jiao, fen) = (fen / 100, digit(fen / 10 % 10), digit(fen % 10));
        let sign = if self.is_negative() { "负" } else { "" };
        let whole = match (yuan, jiao, fen) {
            (0, 0, 0) => "零元".to_owned(),
            (0, _, _) => String::new(),
            _ => whole_yuan(yuan) + "元",
        };
        // Said when something follows it that does not follow seamlessly.
        let gap = yuan > 0 && (jiao > 0 || fen > 0) && (jiao == 0 || yuan % 10 == 0);
        let zero = if gap { "零" } else { "" };
        let jiao = if jiao > 0 { format!("{}角", DIGITS[jiao]) } else { String::new() };
        let end = if fen > 0 { format!("{}分", DIGITS[fen]) } else { "整".to_owned() };
        format!("{sign}{whole}{zero}{jiao}{end}")
    }
}

fn digit(value: i128) -> usize {
    usize::try_from(value % 10).unwrap_or(0)
}

/// A whole number above zero; what stands before 亿 or 万 is a number of its own.
fn whole_yuan(n: i128) -> String {
    for (name, size) in [("亿", 100_000_000), ("万", 10_000)] {
        if n >= size {
            return whole_yuan(n / size) + name + &after(n % size, size / 10);
        }
    }
    below_ten_thousand(n)
}

/// What follows a larger part: nothing, or with a zero when its first place is empty.
fn after(rest: i128, first_place: i128) -> String {
    match rest {
        0 => String::new(),
        _ if rest < first_place => format!("零{}", whole_yuan(rest)),
        _ => whole_yuan(rest),
    }
}

fn below_ten_thousand(n: i128) -> String {
    for (name, size) in [("仟", 1_000), ("佰", 100), ("拾", 10)] {
        if n >= size {
            return format!("{}{name}{}", DIGITS[digit(n / size)], after(n % size, size / 10));
        }
    }
    DIGITS[digit(n)].to_string()
}

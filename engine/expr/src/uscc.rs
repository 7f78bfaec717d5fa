//! 统一社会信用代码: the check of the unified social credit code (GB 32100-2015).
//!
//! Eighteen characters: 1 registering department, 2 category, 3-8 region of first registration, 9-17
//! organisation code (its own check character by GB 11714), 18 check character. Names are not keys and
//! the region is no address: an enterprise keeps its code when it moves or is renamed.

use crate::lang::Lang;
use std::fmt;

/// The characters in the order of their values: no I, O, S, V, Z.
const CHARSET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
/// 3^(i-1) mod 31.
const WEIGHTS: [u32; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
/// Of the eight characters of an organisation code.
const ORG_WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];
/// Registering departments.
const DEPARTMENTS: &[u8] = b"123456789ANY";

/// A code that has passed the check; always eighteen plain capitals and digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Uscc([u8; 18]);

impl Uscc {
    /// The code as text.
    pub fn as_str(&self) -> &str {
        // Every character was taken from the ASCII set, so the bytes are text.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The six digits of the region of first registration.
    pub fn region(&self) -> &str {
        &self.as_str()[2..8]
    }

    /// The organisation code with its check character.
    pub fn organisation(&self) -> &str {
        &self.as_str()[8..17]
    }
}

impl fmt::Display for Uscc {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(self.as_str())
    }
}

impl fmt::Debug for Uscc {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Uscc({self})")
    }
}

/// What the check of a text found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UsccVerdict {
    /// Valid as written.
    Ok(Uscc),
    /// Valid once lower case, blanks or full-width characters are put right.
    Normalise(Uscc),
    /// The code's own check holds, that of the organisation code does not: accept with a warning,
    /// because such codes have been issued.
    OrgCheckDigit(Uscc),
    /// Not eighteen characters.
    Length {
        /// How many there are.
        found: usize,
    },
    /// A character that no code contains.
    Charset {
        /// The character.
        found: char,
        /// Its place, from one.
        place: usize,
    },
    /// The first character is no registering department.
    Department {
        /// The character.
        found: char,
    },
    /// Places 3 to 8 are not all digits.
    RegionFormat {
        /// What stands there.
        found: String,
    },
    /// The last character does not fit the others: most likely a slip of the hand.
    CheckDigit {
        /// The last character.
        found: char,
        /// What it would have to be.
        expected: char,
    },
}

/// Checks a text.
///
/// ```
/// use expr::uscc::check;
///
/// assert_eq!(check("91320505MA0000015M").code(), "ok");
/// let typed = check(" 91320599ma0000074x ");
/// assert_eq!(typed.code(), "normalise");
/// assert_eq!(typed.accepted().unwrap().as_str(), "91320599MA0000074X");
/// assert_eq!(check("91350100M000100Y44").code(), "check_digit");
/// ```
pub fn check(text: &str) -> UsccVerdict {
    let plain: Vec<char> = text.chars().filter(|c| !idle(*c)).map(narrow).collect();
    let code = match read(&plain) {
        Ok(code) => code,
        Err(verdict) => return verdict,
    };
    let expected = check_character(&code.0[..17]);
    if code.0[17] != expected {
        return UsccVerdict::CheckDigit { found: char::from(code.0[17]), expected: char::from(expected) };
    }
    match (org_check_character(&code.0[8..16]) == code.0[16], code.as_str() == text) {
        (false, _) => UsccVerdict::OrgCheckDigit(code),
        (true, true) => UsccVerdict::Ok(code),
        (true, false) => UsccVerdict::Normalise(code),
    }
}

/// Completes the first 17 characters with the check character, or the first 16 with both check
/// characters: for synthetic data.
///
/// ```
/// use expr::uscc::{check, complete};
///
/// let code = complete("91320599MA000007").unwrap();
/// assert_eq!(code.as_str(), "91320599MA0000074X");
/// assert_eq!(complete("91320599MA0000074").unwrap(), code);
/// assert_eq!(complete("9132").unwrap_err().code(), "length");
/// ```
///
/// # Errors
/// The verdict on what is wrong with the beginning.
pub fn complete(beginning: &str) -> Result<Uscc, UsccVerdict> {
    let mut plain: Vec<char> = beginning.chars().collect();
    let given = plain.len();
    if !(16..=17).contains(&given) {
        return Err(UsccVerdict::Length { found: given });
    }
    plain.resize(18, '0');
    let mut code = read(&plain)?;
    if given == 16 {
        code.0[16] = org_check_character(&code.0[8..16]);
    }
    code.0[17] = check_character(&code.0[..17]);
    Ok(code)
}

/// Blanks, and marks that copying leaves behind.
fn idle(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}')
}

/// Capitals, and plain characters for full-width ones.
fn narrow(c: char) -> char {
    let plain = match c {
        '！'..='～' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        other => other,
    };
    plain.to_ascii_uppercase()
}

/// Eighteen characters of the set, a department and a region; the check characters are not looked at.
fn read(plain: &[char]) -> Result<Uscc, UsccVerdict> {
    if plain.len() != 18 {
        return Err(UsccVerdict::Length { found: plain.len() });
    }
    let mut code = [0; 18];
    for (at, c) in plain.iter().enumerate() {
        let byte = u8::try_from(*c).ok().filter(|byte| CHARSET.contains(byte));
        code[at] = byte.ok_or(UsccVerdict::Charset { found: *c, place: at + 1 })?;
    }
    let code = Uscc(code);
    if !DEPARTMENTS.contains(&code.0[0]) {
        return Err(UsccVerdict::Department { found: plain[0] });
    }
    if !code.region().bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(UsccVerdict::RegionFormat { found: code.region().to_owned() });
    }
    Ok(code)
}

/// The eighteenth character: 31 less the weighted sum modulo 31, where 31 is written 0.
fn check_character(first: &[u8]) -> u8 {
    let value = |byte: &u8| CHARSET.iter().position(|c| c == byte).unwrap_or(0) as u32;
    let sum: u32 = first.iter().zip(WEIGHTS).map(|(byte, weight)| value(byte) * weight).sum();
    CHARSET[((31 - sum % 31) % 31) as usize]
}

/// The ninth character of an organisation code: 11 less the weighted sum modulo 11; ten is X, eleven 0.
fn org_check_character(first: &[u8]) -> u8 {
    // GB 11714 counts all letters from A = 10, unlike GB 32100.
    let value = |byte: &u8| u32::from(if byte.is_ascii_digit() { byte - b'0' } else { byte - b'A' + 10 });
    let sum: u32 = first.iter().zip(ORG_WEIGHTS).map(|(byte, weight)| value(byte) * weight).sum();
    b"0123456789X"[((11 - sum % 11) % 11) as usize]
}

impl UsccVerdict {
    /// The code of this verdict.
    pub fn code(&self) -> &'static str {
        match self {
            UsccVerdict::Ok(_) => "ok",
            UsccVerdict::Normalise(_) => "normalise",
            UsccVerdict::OrgCheckDigit(_) => "org_check_digit",
            UsccVerdict::Length { .. } => "length",
            UsccVerdict::Charset { .. } => "charset",
            UsccVerdict::Department { .. } => "department",
            UsccVerdict::RegionFormat { .. } => "region_format",
            UsccVerdict::CheckDigit { .. } => "check_digit",
        }
    }

    /// The code to keep, when the text is accepted, with or without a warning.
    pub fn accepted(&self) -> Option<Uscc> {
        match self {
            UsccVerdict::Ok(code) | UsccVerdict::Normalise(code) | UsccVerdict::OrgCheckDigit(code) => {
                Some(*code)
            }
            _ => None,
        }
    }

    /// What was found and what to do, as a sentence.
    pub fn text(&self, lang: Lang) -> String {
        match lang {
            Lang::Zh => self.chinese(),
            Lang::En => self.english(),
        }
    }

    fn chinese(&self) -> String {
        match self {
            UsccVerdict::Ok(_) => "统一社会信用代码有效".into(),
            UsccVerdict::Normalise(code) => format!("统一社会信用代码已按规范写法更正为{code}"),
            UsccVerdict::OrgCheckDigit(code) => {
                format!("其中组织机构代码{}的校验位不符：已接受，请核对营业执照", code.organisation())
            }
            UsccVerdict::Length { found } => {
                format!("统一社会信用代码应为18位，现为{found}位：请对照营业执照填写")
            }
            UsccVerdict::Charset { found, place } => {
                format!("第{place}位“{found}”不能出现在统一社会信用代码中（不使用字母I、O、S、V、Z）：请核对")
            }
            UsccVerdict::Department { found } => {
                format!("首位“{found}”不是登记管理部门代码（1至9、A、N、Y）：请核对")
            }
            UsccVerdict::RegionFormat { found } => {
                format!("第3至8位“{found}”应为6位数字的行政区划码：请核对")
            }
            UsccVerdict::CheckDigit { found, .. } => {
                format!("校验位“{found}”不符，代码可能有误：请逐位核对营业执照")
            }
        }
    }

    fn english(&self) -> String {
        match self {
            UsccVerdict::Ok(_) => "the unified social credit code is valid".into(),
            UsccVerdict::Normalise(code) => {
                format!("the unified social credit code was put in its plain form {code}")
            }
            UsccVerdict::OrgCheckDigit(code) => format!(
                "the check character of the organisation code {} does not fit: accepted, compare the licence",
                code.organisation()
            ),
            UsccVerdict::Length { found } => {
                format!(
                    "a unified social credit code has 18 characters, this has {found}: compare the licence"
                )
            }
            UsccVerdict::Charset { found, place } => format!(
                "character {place} `{found}` cannot stand in a unified social credit code (no I, O, S, V, Z): compare the licence"
            ),
            UsccVerdict::Department { found } => {
                format!(
                    "the first character `{found}` is no registering department (1 to 9, A, N, Y): compare the licence"
                )
            }
            UsccVerdict::RegionFormat { found } => {
                format!(
                    "characters 3 to 8 `{found}` are to be the six digits of a region: compare the licence"
                )
            }
            UsccVerdict::CheckDigit { found, .. } => {
                format!(
                    "the check character `{found}` does not fit, so some character is wrong: compare the licence"
                )
            }
        }
    }
}

impl fmt::Display for UsccVerdict {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.text(Lang::En))
    }
}

impl std::error::Error for UsccVerdict {}

//! Text; positions and lengths count characters.

use regex_lite::{Regex, RegexBuilder};

use super::super::error::EvalError;
use super::super::eval::{Env, Outcome, unsuited};
use super::Builtin;
use super::reading::{any, bad, list, size, text};
use crate::value::Value;

pub(super) const ALL: &[Builtin] = &[
    Builtin {
        name: "substring",
        zh: "截取",
        signature: "substring(string: string, start position: number, length?: number) -> string",
        words: (
            "从第几个字起的若干个字；负数从末尾数起。",
            "Characters from a position on; negative positions count from the end.",
        ),
        example: "substring(\"苏州银行\", 3) => \"银行\"",
        run: substring,
    },
    Builtin {
        name: "string length",
        zh: "字数",
        signature: "string length(string: string) -> integer",
        words: ("有几个字。", "How many characters a text has."),
        example: "string length(\"苏州银行\") => 4",
        run: string_length,
    },
    Builtin {
        name: "upper case",
        zh: "转大写",
        signature: "upper case(string: string) -> string",
        words: ("字母转成大写。", "A text in upper case."),
        example: "upper case(\"aBc4\") => \"ABC4\"",
        run: upper_case,
    },
    Builtin {
        name: "lower case",
        zh: "转小写",
        signature: "lower case(string: string) -> string",
        words: ("字母转成小写。", "A text in lower case."),
        example: "lower case(\"aBc4\") => \"abc4\"",
        run: lower_case,
    },
    Builtin {
        name: "substring before",
        zh: "取之前",
        signature: "substring before(string: string, match: string) -> string",
        words: ("某段文字之前的部分；找不到则为空文字。", "The part before a match; empty if there is none."),
        example: "substring before(\"苏州市-姑苏区\", \"-\") => \"苏州市\"",
        run: substring_before,
    },
    Builtin {
        name: "substring after",
        zh: "取之后",
        signature: "substring after(string: string, match: string) -> string",
        words: ("某段文字之后的部分；找不到则为空文字。", "The part after a match; empty if there is none."),
        example: "substring after(\"苏州市-姑苏区\", \"-\") => \"姑苏区\"",
        run: substring_after,
    },
    Builtin {
        name: "replace",
        zh: "替换",
        signature: "replace(input: string, pattern: string, replacement: string, flags?: string) -> string",
        words: (
            "把符合模式的部分换掉；$1 是第一个括号的内容。",
            "Replaces what a pattern matches; `$1` is its first group.",
        ),
        example: "replace(\"2026-03\", \"([0-9]+)-([0-9]+)\", \"$2/$1\") => \"03/2026\"",
        run: replace,
    },
    Builtin {
        name: "contains",
        zh: "包含",
        signature: "contains(string: string, match: string) -> boolean",
        words: ("有没有这段文字。", "Whether a text contains another."),
        example: "contains(\"信用贷款\", \"信用\") => true",
        run: contains,
    },
    Builtin {
        name: "starts with",
        zh: "开头是",
        signature: "starts with(string: string, match: string) -> boolean",
        words: ("是否以这段文字开头。", "Whether a text starts with another."),
        example: "starts with(\"foobar\", \"fo\") => true",
        run: starts_with,
    },
    Builtin {
        name: "ends with",
        zh: "结尾是",
        signature: "ends with(string: string, match: string) -> boolean",
        words: ("是否以这段文字结尾。", "Whether a text ends with another."),
        example: "ends with(\"苏州银行\", \"银行\") => true",
        run: ends_with,
    },
    Builtin {
        name: "matches",
        zh: "符合模式",
        signature: "matches(input: string, pattern: string, flags?: string) -> boolean",
        words: (
            "有没有一段符合正则表达式；标志 i 不分大小写，s、m、x 同 FEEL。",
            "Whether a regular expression matches somewhere; flags i, s, m and x as in FEEL.",
        ),
        example: "matches(\"91320500\", \"^[0-9]+$\") => true",
        run: matches,
    },
    Builtin {
        name: "split",
        zh: "拆分",
        signature: "split(string: string, delimiter: string) -> list<string>",
        words: ("按正则表达式拆成几段。", "The pieces between the matches of a regular expression."),
        example: "split(\"a,b,c\", \",\") => [\"a\", \"b\", \"c\"]",
        run: split,
    },
    Builtin {
        name: "string join",
        zh: "拼接",
        signature: "string join(list: list<string?>, delimiter?: string?, prefix?: string, suffix?: string) -> string",
        words: ("把几段文字连起来，空值略过。", "Texts joined into one; nulls are skipped."),
        example: "string join([\"甲行\", null, \"乙行\"], \"、\") => \"甲行、乙行\"",
        run: string_join,
    },
    Builtin {
        name: "trim",
        zh: "去空白",
        signature: "trim(string: string) -> string",
        words: ("去掉两端的空白。", "A text without white space at its ends."),
        example: "trim(\" 甲行 \") => \"甲行\"",
        run: trim,
    },
];

fn substring(env: &mut Env<'_>, arguments: &[Value]) -> Outcome {
    let string = text(arguments, 0)?;
    let start = size(env, arguments, 1)?;
    let length = if arguments.len() > 2 { Some(size(env, arguments, 2)?) } else { None };
    env.charge(string.len() / 16)?;
    let count = i64::try_from(string.chars().count()).unwrap_or(i64::MAX);
    if start == 0 || start.unsigned_abs() > count.unsigned_abs() {
        return Err(bad("起始位置在文字之外", "The start position lies outside the text"));
    }
    if length.is_some_and(|length| length < 1) {
        return Err(bad("长度至少是 1", "The length is at least 1"));
    }
    let skip = usize::try_from(if start > 0 { start - 1 } else { count + start }).unwrap_or(0);
    let take = length.and_then(|length| usize::try_from(length).ok()).unwrap_or(usize::MAX);
    env.text(string.chars().skip(skip).take(take).collect())
}

fn string_length(env: &mut Env<'_>, arguments: &[Value]) -> Outcome {
    let string = text(arguments, 0)?;
    env.charge(string.len() / 64)?;
    Ok(Value::from(i64::try_from(string.chars().count()).unwrap_or(i64::MAX)))
}

fn upper_case(env: &mut Env<'_>, arguments: &[Value]) -> Outcome {
    env.text(text(arguments, 0)?.to_uppercase())
}

fn lower_case(env: &mut Env<'_>, arguments: &[Value]) -> Outcome {
    env.text(text(arguments, 0)?.to_lowercase())
}

fn trim(env: &mut Env<'_>, arguments: &[Value]) -> Outcome {
    env.text(text(arguments, 0)?.trim().to_owned())
}

fn substring_before(env: &mut Env<'_>, arguments: &[Value]) -> Outcome {
    env.charge_look(arguments)?;
    let (string, wanted) = (text(arguments, 0)?, text(arguments, 1)?);
    env.text(string.split_once(wanted).map_or("", |(before, _)| before).to_owned())
}

fn substring_after(env: &mut Env<'_>, arguments: &[Value]) -> Outcome {
    env.charge_look(arguments)?;
    let (string, wanted) = (text(arguments, 0)?, text(arguments, 1)?);
    env.text(string.split_once(wanted).map_or("", |(_, after)| after).to_owned())
}

fn contains(env: &mut Env<'_>, arguments: &[Value]) -> Outcome {
    env.charge_look(arguments)?;
    Ok(Value::Bool(text(arguments, 0)?.contains(text(arguments, 1)?)))
}

fn starts_with(env: &mut Env<'_>, arguments: &[Value]) -> Outcome {
    env.charge_look(arguments)?;
    Ok(Value::Bool(text(arguments, 0)?.starts_with(text(arguments, 1)?)))
}

fn ends_with(env: &mut Env<'_>, arguments: &[Value]) -> Outcome {
    env.charge_look(arguments)?;
    Ok(Value::Bool(text(arguments, 0)?.ends_with(text(arguments, 1)?)))
}

/// A pattern of linear cost: its compiled size and the length of the text are paid for in steps.
fn pattern(env: &mut Env<'_>, pattern: &str, flags: &str, over: &str) -> Result<Regex, Box<EvalError>> {
    env.charge(over.len() / 4 + pattern.len())?;
    let mut builder = RegexBuilder::new(pattern);
    builder.size_limit(1 << 16).nest_limit(32);
    for flag in flags.chars() {
        match flag {
            'i' => builder.case_insensitive(true),
            's' => builder.dot_matches_new_line(true),
            'm' => builder.multi_line(true),
            'x' => builder.ignore_whitespace(true),
            other => {
                let (zh, en) = (format!("没有标志“{other}”"), format!("There is no flag `{other}`"));
                return Err(bad(zh, en));
            }
        };
    }
    builder.build().map_err(|problem| {
        bad(format!("正则表达式不成立：{problem}"), format!("This is not a regular expression: {problem}"))
    })
}

fn flags(arguments: &[Value], at: usize) -> Result<&str, Box<EvalError>> {
    match arguments.get(at) {
        None | Some(Value::Null) => Ok(""),
        Some(_) => text(arguments, at),
    }
}

fn matches(env: &mut Env<'_>, arguments: &[Value]) -> Outcome {
    let input = text(arguments, 0)?;
    let pattern = pattern(env, text(arguments, 1)?, flags(arguments, 2)?, input)?;
    Ok(Value::Bool(pattern.is_match(input)))
}

fn replace(env: &mut Env<'_>, arguments: &[Value]) -> Outcome {
    let (input, replacement) = (text(arguments, 0)?, text(arguments, 2)?);
    let pattern = pattern(env, text(arguments, 1)?, flags(arguments, 3)?, input)?;
    let mut result = String::new();
    let mut end = 0;
    for found in pattern.captures_iter(input) {
        let Some(whole) = found.get(0) else { continue };
        result.push_str(&input[end..whole.start()]);
        expand(replacement, &found, &mut result);
        end = whole.end();
        env.charge_size(result.len())?;
    }
    result.push_str(&input[end..]);
    env.text(result)
}

/// `$1` is the first group; `\$` is a dollar sign.
fn expand(replacement: &str, found: &regex_lite::Captures<'_>, result: &mut String) {
    let mut chars = replacement.chars().peekable();
    while let Some(c) = chars.next() {
        match (c, chars.peek()) {
            ('\\', Some('$' | '\\')) => result.extend(chars.next()),
            ('$', Some(digit)) if digit.is_ascii_digit() => {
                let group = digit.to_digit(10).unwrap_or(0) as usize;
                chars.next();
                result.push_str(found.get(group).map_or("", |it| it.as_str()));
            }
            _ => result.push(c),
        }
    }
}

fn split(env: &mut Env<'_>, arguments: &[Value]) -> Outcome {
    let string = text(arguments, 0)?;
    let pattern = pattern(env, text(arguments, 1)?, "", string)?;
    let pieces: Vec<Value> = pattern.split(string).map(Value::text).collect();
    env.list(pieces)
}

fn string_join(env: &mut Env<'_>, arguments: &[Value]) -> Outcome {
    let items = list(arguments, 0)?;
    let delimiter = flags(arguments, 1)?;
    let (prefix, suffix) = (flags(arguments, 2)?, flags(arguments, 3)?);
    let mut joined = prefix.to_owned();
    let mut first = true;
    for item in items.iter().filter(|item| !item.is_null()) {
        let piece =
            item.as_text().ok_or_else(|| unsuited(any(&items, 0), "这里要文字", "Texts are needed here"))?;
        if !std::mem::take(&mut first) {
            joined.push_str(delimiter);
        }
        joined.push_str(piece);
        env.charge(1)?;
        env.charge_size(joined.len())?;
    }
    joined.push_str(suffix);
    env.text(joined)
}

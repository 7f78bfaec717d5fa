//! D18: two thousand inputs that are wrong, each with the code it has to be refused with.

use expr::value::Value;
use machine::event::{Actor, Event, Target};
use machine::ids::Name;
use rust_decimal::Decimal;

use crate::city::City;
use crate::days::Moment;
use crate::draw::Draw;
use crate::script::command::{What, command};
use crate::script::{Act, Entry};

mod claims;

/// How many there are.
pub const COUNT: usize = 2_000;

/// A bad input.
#[derive(Clone, Debug)]
pub struct Bad {
    /// `X0001`.
    pub id: String,
    /// What kind of mistake it is.
    pub kind: &'static str,
    /// The input as text.
    pub input: String,
    /// The code it is refused with.
    pub expected: &'static str,
    /// What is wrong, in words.
    pub why: &'static str,
    /// How it is tried.
    pub trial: Trial,
}

/// How a bad input is tried.
#[derive(Clone, Debug)]
pub enum Trial {
    /// A code is checked.
    Code(String),
    /// A case is opened and given events; the last of all is refused, all before are accepted.
    Case(Box<Course>),
}

/// A case that comes to a refusal.
#[derive(Clone, Debug)]
pub struct Course {
    /// Its process.
    pub process: &'static str,
    /// When it opens.
    pub at: Moment,
    /// What with.
    pub data: Vec<(Name, Value)>,
    /// By whom.
    pub by: Actor,
    /// Then, at these moments, these events.
    pub steps: Vec<(Moment, Actor, Event)>,
}

/// A mistake: kind, code, words, and how it is made.
type Mistake = (&'static str, &'static str, &'static str, fn(&mut Course, &mut Draw));

/// The inputs; the city lends its enterprises.
pub fn inputs(city: &City) -> Vec<Bad> {
    let mut all = Vec::with_capacity(COUNT);
    for row in 0..COUNT as u64 {
        let mut draw = Draw::of(city.seed, "bad", row);
        let (kind, expected, why, trial) = match row % 10 {
            0..3 => code(city, row, &mut draw),
            3..6 => course(registration(city, &mut draw), REGISTRATIONS, row, &mut draw),
            6..8 => course(demand(city, &mut draw), DEMANDS, row, &mut draw),
            _ => course(demand(city, &mut draw), claims::CLAIMS, row, &mut draw),
        };
        let input = match &trial {
            Trial::Code(code) => code.clone(),
            Trial::Case(course) => shown(course),
        };
        all.push(Bad { id: format!("X{:04}", row + 1), kind, input, expected, why, trial });
    }
    all
}

/// What a course sends last, as text.
fn shown(course: &Course) -> String {
    let pairs = |data: &[(Name, Value)]| -> String {
        data.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    };
    match course.steps.last() {
        None => format!("{} open: {}", course.process, pairs(&course.data)),
        Some((_, by, event)) => {
            let opened = pairs(&course.data);
            format!(
                "{} {} by {}: {} (opened with {opened})",
                course.process,
                event.name,
                by.id,
                pairs(&event.data)
            )
        }
    }
}

type Made = (&'static str, &'static str, &'static str, Trial);

fn code(city: &City, row: u64, draw: &mut Draw) -> Made {
    let right = &city.enterprises[draw.below(city.enterprises.len() as u64) as usize].uscc;
    let mut letters: Vec<char> = right.chars().collect();
    let made = match row / 10 % 5 {
        0 => {
            letters.truncate(17 - draw.below(6) as usize);
            ("length", "少了几位")
        }
        1 => {
            letters.push(char::from(b'0' + draw.below(10) as u8));
            ("length", "多了一位")
        }
        2 => {
            letters[9 + draw.below(7) as usize] = *draw.pick(&['I', 'S', 'V', 'Z']);
            ("charset", "代码里没有这个字母")
        }
        3 => {
            let last = letters[17];
            letters[17] = if last == '7' { '8' } else { '7' };
            ("check_digit", "校验码不对")
        }
        _ => {
            letters[0] = '0';
            ("department", "登记管理部门代码不存在")
        }
    };
    ("uscc", made.0, made.1, Trial::Code(letters.into_iter().collect()))
}

fn course(mut course: Course, mistakes: &[Mistake], row: u64, draw: &mut Draw) -> Made {
    let (kind, expected, why, make) = mistakes[(row / 10) as usize % mistakes.len()];
    make(&mut course, draw);
    (kind, expected, why, Trial::Case(Box::new(course)))
}

/// A good registration, handed in.
fn registration(city: &City, draw: &mut Draw) -> Course {
    let number = draw.below(city.enterprises.len() as u64) as u32;
    let at = city.enterprises[number as usize].applied;
    let entry = |act, step| Entry { at, case: number, step, act };
    opened(city, &entry(Act::Apply, 0), &entry(Act::Submit, 1), "registration")
}

/// A good demand, published.
fn demand(city: &City, draw: &mut Draw) -> Course {
    let number = draw.below(city.demands.len() as u64) as u32;
    let at = city.demands[number as usize].published;
    let entry = |act, step| Entry { at, case: city.enterprises.len() as u32 + number, step, act };
    let mut course = opened(city, &entry(Act::Draft, 0), &entry(Act::Publish, 1), "financing_demand");
    course.remove("directed_to");
    course
}

fn opened(city: &City, open: &Entry, next: &Entry, process: &'static str) -> Course {
    let (open_by, next) = (command(city, open), command(city, next));
    let data = match open_by.what {
        What::Open(_, data) => data,
        What::Give(_) => vec![],
    };
    let steps = match next.what {
        What::Give(event) => vec![(open.at.plus(600), next.by, event)],
        What::Open(..) => vec![],
    };
    Course { process, at: open.at, data, by: open_by.by, steps }
}

impl Course {
    fn put(&mut self, name: &str, value: impl Into<Value>) {
        self.remove(name);
        self.data.push((name.into(), value.into()));
    }

    fn remove(&mut self, name: &str) {
        self.data.retain(|(known, _)| &**known != name);
    }

    /// A part of a record among the data.
    fn put_in(&mut self, name: &str, part: &str, value: Value) {
        let record = self.data.iter().find(|(known, _)| &**known == name).map(|(_, value)| value.clone());
        let parts = record.as_ref().and_then(Value::as_context).cloned().unwrap_or_default();
        let others =
            parts.iter().filter(|(known, _)| &***known != part).map(|(k, v)| (k.to_string(), v.clone()));
        let changed = Value::context(others.chain([(part.to_owned(), value)]).collect::<Vec<_>>());
        self.put(name, changed);
    }

    /// Refused when it opens: nothing comes after.
    fn at_once(&mut self) {
        self.steps.clear();
    }

    fn day(&self, days: i64) -> Value {
        Value::from(self.at.date().saturating_add(jiff::Span::new().days(days)))
    }

    /// One more step, a while after the one before.
    fn then(&mut self, after: u32, by: Actor, event: Event) {
        let last = self.steps.last().map_or(self.at, |(at, _, _)| *at);
        self.steps.push((last.plus(after), by, event));
    }
}

fn event(name: &str, data: Vec<(Name, Value)>) -> Event {
    Event { to: Target::Main, name: name.into(), data, reason: None }
}

fn category(code: &str, size: u64, valid_until: Value) -> Value {
    let file = Value::context([
        ("name", Value::text("证书.pdf")),
        ("hash", Value::text("00ff")),
        ("size", Value::number(size)),
        ("media", Value::text("application/pdf")),
    ]);
    let parts = [("code", Value::text(code)), ("valid_until", valid_until), ("file", file)];
    Value::list([Value::context(parts)])
}

#[rustfmt::skip]
const REGISTRATIONS: &[Mistake] = &[
    ("registration", "mobile_wrong", "手机号不是 11 位", |c, d| {
        c.put_in("agent", "mobile", Value::text(format!("1{}", d.below(1_000_000))));
    }),
    ("forged_agent", "poa_missing", "经办人不是法定代表人，又没有授权委托书", |c, _| {
        c.put_in("agent", "id_no", Value::text("320599********9999"));
        c.put_in("agent", "poa", Value::Null);
    }),
    ("forged_agent", "poa_expired", "授权委托书已过期", |c, d| {
        let day = c.day(-(d.between(1, 400) as i64));
        c.put_in("agent", "poa_to", day);
        c.put_in("agent", "id_no", Value::text("320599********9998"));
        c.put_in("agent", "poa", Value::context([("name", Value::text("委托书.pdf")), ("hash", Value::text("1")), ("size", Value::number(9)), ("media", Value::text("application/pdf"))]));
    }),
    ("registration", "category_missing", "没有选类别", |c, _| c.put("categories", Value::list([]))),
    ("expired_evidence", "evidence_expired", "类别证明已过期", |c, d| {
        let day = c.day(-(d.between(1, 700) as i64));
        c.put("categories", category("high_tech", 240_000, day));
    }),
    ("registration", "file_too_large", "附件超过 10 MB", |c, d| {
        let (day, size) = (c.day(300), 10_485_761 + d.below(90_000_000));
        c.put("categories", category("own_ip", size, day));
    }),
    ("registration", "other_needs_reason", "选“其他”没有理由", |c, _| {
        c.put("categories", Value::list([Value::context([("code", Value::text("other"))])]));
        c.remove("other_reason");
    }),
    ("duplicate", "already_registered", "这家企业已有申请", |c, _| c.put("other_application", true)),
    ("registration", "mobile_unverified", "手机号没有验证", |c, _| { c.put("mobile_verified", false); c.at_once(); }),
    ("registration", "data_missing", "没有统一社会信用代码", |c, _| { c.remove("enterprise"); c.at_once(); }),
    ("registration", "data_type", "信用代码的校验码不对", |c, _| { c.put("enterprise", "91320599MA13245698"); c.at_once(); }),
    ("registration", "data_unknown", "没有这个字段", |c, _| { c.put("turnover", 5i64); c.at_once(); }),
    ("registration", "data_out_of_range", "从业人员是负数", |c, d| { c.put("employees", -(d.between(1, 500) as i64)); c.at_once(); }),
    ("registration", "data_out_of_range", "注册资本是零", |c, _| { c.put("capital", 0i64); c.at_once(); }),
    ("registration", "data_missing", "没有填企业名称", |c, _| c.remove("name")),
    ("forged_agent", "not_your_case", "别家企业的经办人提交", |c, _| {
        c.steps[0].1 = Actor::person("stranger", "91320599MA00000070", "ent_agent");
    }),
    ("forged_agent", "not_allowed", "银行客户经理代企业提交", |c, _| {
        c.steps[0].1 = Actor::person("B01.bank_clerk.0", "B01", "bank_clerk");
    }),
];

fn yuan(amount: u64) -> Value {
    Value::number(Decimal::from(amount))
}

#[rustfmt::skip]
const DEMANDS: &[Mistake] = &[
    ("wrong_unit", "amount_not_whole", "把万元当成元填：300 元", |c, d| c.put("amount", yuan(d.between(50, 9_000)))),
    ("demand", "amount_not_whole", "不是万元的整数倍", |c, d| c.put("amount", yuan(d.between(100, 9_000) * 10_000 + 50))),
    ("over_limit", "amount_out_of_range", "超过 100 亿元", |c, d| { c.put("amount", yuan(10_000_010_000 + d.below(1_000_000) * 10_000)); c.at_once(); }),
    ("wrong_unit", "amount_out_of_range", "把元当成万元填，大了一万倍", |c, d| { c.put("amount", yuan(d.between(200, 9_000) * 100_000_000)); c.at_once(); }),
    ("demand", "amount_out_of_range", "金额是零", |c, _| { c.put("amount", yuan(0)); c.at_once(); }),
    ("over_limit", "tenor_out_of_range", "期限超过 120 个月", |c, d| { c.put("tenor", d.between(121, 600) as i64); c.at_once(); }),
    ("demand", "tenor_out_of_range", "期限是零", |c, _| { c.put("tenor", 0i64); c.at_once(); }),
    ("demand", "account_not_active", "账户没有激活", |c, _| c.put("account_active", false)),
    ("demand", "consent_missing", "没有采集授权", |c, _| c.put("collect_consent", false)),
    ("demand", "data_type", "没有这种用途", |c, _| { c.put("purpose", "speculation"); c.at_once(); }),
    ("demand", "data_type", "期限写成了文字", |c, _| { c.put("tenor", "一年"); c.at_once(); }),
    ("demand", "data_missing", "没有金额", |c, _| { c.remove("amount"); c.at_once(); }),
    ("demand", "data_unknown", "没有这个字段", |c, _| { c.put("amount_wan", 300i64); c.at_once(); }),
    ("forged_agent", "not_your_case", "别家企业的经办人发布", |c, _| {
        c.steps[0].1 = Actor::person("stranger", "91320599MA00000070", "ent_agent");
    }),
    ("forged_agent", "not_allowed", "银行代企业发布", |c, _| {
        c.steps[0].1 = Actor::person("B01.bank_clerk.0", "B01", "bank_clerk");
    }),
];

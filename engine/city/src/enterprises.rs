//! D1: the enterprises, their size by the standard, the ten categories.

use crate::days::{Days, Moment, number_of};
use crate::draw::Draw;
use crate::scale::Scale;
use crate::{codes, figures};
use jiff::civil::date;

/// The size of an enterprise by the standard (工信部联企业〔2011〕300号).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Size {
    /// 大型
    Large,
    /// 中型
    Medium,
    /// 小型
    Small,
    /// 微型
    Micro,
}

impl Size {
    /// Its name in files.
    pub fn name(self) -> &'static str {
        ["large", "medium", "small", "micro"][self as usize]
    }

    /// Whether it counts as small and micro (小微).
    pub fn is_small(self) -> bool {
        matches!(self, Size::Small | Size::Micro)
    }
}

/// From which numbers on an enterprise is large, medium, small; micro below. All of them have to be reached:
/// the standard says 且 downward and 或 upward.
#[derive(Clone, Copy, Debug)]
struct Standard {
    /// The section and class of GB/T 4754.
    class: &'static str,
    employees: Option<[u64; 3]>,
    /// 万元 a year.
    revenue: Option<[u64; 3]>,
    /// 万元.
    assets: Option<[u64; 3]>,
}

const fn rule(
    class: &'static str,
    employees: Option<[u64; 3]>,
    revenue: Option<[u64; 3]>,
    assets: Option<[u64; 3]>,
) -> Standard {
    Standard { class, employees, revenue, assets }
}

#[rustfmt::skip]
const STANDARDS: [Standard; 14] = [
    rule("C2760", Some([1_000, 300, 20]), Some([40_000, 2_000, 300]), None),
    rule("C3985", Some([1_000, 300, 20]), Some([40_000, 2_000, 300]), None),
    rule("C3525", Some([1_000, 300, 20]), Some([40_000, 2_000, 300]), None),
    rule("C1713", Some([1_000, 300, 20]), Some([40_000, 2_000, 300]), None),
    rule("F5179", Some([200, 20, 5]),     Some([40_000, 5_000, 1_000]), None),
    rule("F5292", Some([300, 50, 10]),    Some([20_000, 500, 100]), None),
    rule("I6513", Some([300, 100, 10]),   Some([10_000, 1_000, 50]), None),
    rule("M7320", Some([300, 100, 10]),   None, None),
    rule("E4710", None,                   Some([80_000, 6_000, 300]), Some([80_000, 5_000, 300])),
    rule("G5430", Some([1_000, 300, 20]), Some([30_000, 3_000, 200]), None),
    rule("L7249", Some([300, 100, 10]),   None, Some([120_000, 8_000, 100])),
    rule("H6110", Some([300, 100, 10]),   Some([10_000, 2_000, 100]), None),
    rule("A0141", None,                   Some([20_000, 500, 50]), None),
    rule("R8720", Some([300, 100, 10]),   None, None),
];
/// How often each class is met, in thousandths: C 45 %, F 15 %, I 10 %, M 10 %, the rest 20 %.
const CLASS_WEIGHTS: [u64; 14] = [120, 130, 120, 80, 90, 60, 100, 100, 50, 40, 50, 20, 10, 30];

/// The size of an enterprise: the lowest grade any of its measures is in. `None` for a class the city does not
/// have.
pub fn size_of(class: &str, employees: u64, revenue: u64, assets: u64) -> Option<Size> {
    let standard = STANDARDS.iter().find(|s| s.class == class)?;
    let grade = |value: u64, from: Option<[u64; 3]>| {
        from.map_or(0, |from| from.iter().position(|least| value >= *least).unwrap_or(3))
    };
    let grades = [
        grade(employees, standard.employees),
        grade(revenue, standard.revenue),
        grade(assets, standard.assets),
    ];
    let lowest = grades.into_iter().max().unwrap_or(3);
    Some([Size::Large, Size::Medium, Size::Small, Size::Micro][lowest])
}

/// The ten categories (lines 291-293).
pub const CATEGORIES: [&str; 10] = [
    "talent",
    "own_ip",
    "cultural_creative",
    "specialised_new",
    "first_unit",
    "vc_pe_backed",
    "high_tech",
    "new_third_board",
    "ipo",
    "other",
];
const CATEGORY_WEIGHTS: [u64; 10] = [60, 90, 40, 80, 15, 30, 250, 20, 15, 400];

/// The districts with their codes (P:11; that of the Industrial Park is not verified).
pub const DISTRICTS: [(&str, &str, &str); 10] = [
    ("gusu", "320508", "姑苏"),
    ("huqiu", "320505", "虎丘"),
    ("wuzhong", "320506", "吴中"),
    ("xiangcheng", "320507", "相城"),
    ("wujiang", "320509", "吴江"),
    ("sip", "320571", "工业园区"),
    ("changshu", "320581", "常熟"),
    ("zhangjiagang", "320582", "张家港"),
    ("kunshan", "320583", "昆山"),
    ("taicang", "320585", "太仓"),
];
const DISTRICT_WEIGHTS: [u64; 10] = [60, 80, 90, 70, 110, 180, 100, 100, 160, 50];

/// An enterprise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enterprise {
    /// Its place in the list, from 0.
    pub number: u32,
    /// Its code.
    pub uscc: String,
    /// A place in [`DISTRICTS`].
    pub district: u8,
    /// Class of GB/T 4754.
    pub class: &'static str,
    /// People.
    pub employees: u64,
    /// 万元 in the year before.
    pub revenue: u64,
    /// 万元.
    pub assets: u64,
    /// By the standard.
    pub size: Size,
    /// Places in [`CATEGORIES`].
    pub categories: Vec<u8>,
    /// When it applied for registration.
    pub applied: Moment,
    /// No loan so far when it registered.
    pub first_time: bool,
}

impl Enterprise {
    /// Its name: of nobody.
    pub fn name(&self) -> String {
        format!("示例{}{}有限公司", codes::spelt(u64::from(self.number) + 1, 5), self.trade().0)
    }

    /// The same in English.
    pub fn english_name(&self) -> String {
        format!("Example {} {:05}", self.trade().1, self.number + 1)
    }

    fn trade(&self) -> (&'static str, &'static str) {
        match self.class.as_bytes()[0] {
            b'C' => ("制造", "Manufacturing"),
            b'F' => ("贸易", "Trading"),
            b'I' => ("信息", "Information"),
            b'M' => ("科技", "Technology"),
            b'E' => ("建设", "Construction"),
            _ => ("服务", "Services"),
        }
    }
}

/// The enterprises in the order of their applications. Nine tenths are small or micro, to the last one.
pub fn enterprises(seed: u64, scale: Scale, days: &Days) -> Vec<Enterprise> {
    let count = scale.count(figures::ENTERPRISES);
    let small = (count * figures::SMALL_AND_MICRO + figures::ENTERPRISES / 2) / figures::ENTERPRISES;
    let mut wanted: Vec<bool> = (0..count).map(|at| at < small).collect();
    Draw::of(seed, "sizes", 0).shuffle(&mut wanted);
    let mut applied = applications(seed, count, days);
    applied.sort_unstable();
    let rows = (0..count).zip(wanted).zip(applied);
    rows.map(|((row, small), applied)| enterprise(seed, row, small, applied)).collect()
}

fn enterprise(seed: u64, row: u64, small: bool, applied: Moment) -> Enterprise {
    let mut draw = Draw::of(seed, "enterprises", row);
    let standard = &STANDARDS[draw.weighted(&CLASS_WEIGHTS)];
    let grade = match (small, draw.below(100)) {
        (true, 0..62) => 2,
        (true, _) => 3,
        (false, 0..88) => 1,
        (false, _) => 0,
    };
    let employees = within(&mut draw, standard.employees, grade, 5, 3_000);
    let revenue = within(&mut draw, standard.revenue, grade, 20, 400_000);
    let assets = within(&mut draw, standard.assets, grade, 10, 500_000);
    let size = size_of(standard.class, employees, revenue, assets).unwrap_or(Size::Micro);
    let mut categories = vec![draw.weighted(&CATEGORY_WEIGHTS) as u8];
    for chance in [220, 60] {
        let more = draw.weighted(&CATEGORY_WEIGHTS[..9]) as u8;
        if categories[0] != 9 && draw.chance(chance) && !categories.contains(&more) {
            categories.push(more);
        }
    }
    categories.sort_unstable();
    Enterprise {
        number: row as u32,
        uscc: codes::uscc(1_000 + row),
        district: draw.weighted(&DISTRICT_WEIGHTS) as u8,
        class: standard.class,
        employees,
        revenue,
        assets,
        size,
        categories,
        applied,
        first_time: draw.chance(330),
    }
}

/// A measure within a grade; anything when the standard does not ask for it.
fn within(draw: &mut Draw, from: Option<[u64; 3]>, grade: usize, least: u64, most: u64) -> u64 {
    let Some(from) = from else { return draw.lognormal((least * 8).max(40), 1_000).clamp(least, most) };
    match grade {
        0 => from[0] + draw.lognormal(from[0] / 4 + 1, 900).min(from[0] * 5),
        3 => draw.between(from[2].min(2) / 2, from[2] - 1).max(1),
        grade => draw.between(from[grade], from[grade - 1] - 1),
    }
}

/// Applications grow month by month; the last ones are early enough to be active by the end.
fn applications(seed: u64, count: u64, days: &Days) -> Vec<Moment> {
    let last = number_of(date(2020, 5, 12));
    let open: Vec<u32> = days.working().iter().copied().filter(|day| *day <= last).collect();
    let weights: Vec<u64> = open.iter().map(|day| 400 + u64::from(*day)).collect();
    let sums = crate::demands::running(&weights);
    (0..count)
        .map(|row| {
            let mut draw = Draw::of(seed, "applications", row);
            let day = open[crate::demands::place(&sums, &mut draw)];
            days.office(day, &mut draw)
        })
        .collect()
}

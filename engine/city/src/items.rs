//! D8: the catalogue of 606 items in seven classes from 75 sources, the twelve classes of the screening, and a
//! sample of the records. Only the examples of the deck have names (lines 345-361); the others are numbered.

use crate::city::City;
use crate::days::{LAST, Moment, number_of};
use crate::draw::Draw;
use crate::figures;

/// The seven classes with the size assumed for each; together 606.
pub const CLASSES: [(&str, &str, u64); 7] = [
    ("basic_and_financial", "基本和财务", 148),
    ("operation", "经营", 96),
    ("borrowing", "借贷", 84),
    ("positive_and_negative", "正负面", 132),
    ("litigation", "诉讼", 58),
    ("import_export", "进出口", 40),
    ("equity", "股权", 48),
];

/// The examples that the deck names, with their class.
const NAMED: [(usize, &str); 16] = [
    (0, "董监高任职信息"),
    (1, "用电"),
    (1, "用水"),
    (1, "用气"),
    (2, "房产抵押"),
    (2, "违约记录"),
    (3, "资质奖励"),
    (3, "环保处罚"),
    (3, "欠税信息"),
    (3, "重大事故隐患项目"),
    (3, "较大工伤事故"),
    (4, "查封信息"),
    (4, "开庭公告"),
    (5, "出口额"),
    (6, "投资企业信息"),
    (6, "股权出质"),
];

/// An item of the catalogue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// `I001`.
    pub code: String,
    /// A place in [`CLASSES`].
    pub class: usize,
    /// Its name; a number for those the deck does not name.
    pub name: String,
    /// The source: 1 to 75.
    pub source: u64,
    /// The class of the screening it serves: 1 to 12.
    pub screening: u64,
    /// `text`, `integer`, `money`, `date`, `bool`.
    pub value: &'static str,
    /// How often it comes.
    pub often: &'static str,
}

/// The catalogue. It does not scale.
pub fn items(seed: u64) -> Vec<Item> {
    let mut all = Vec::new();
    for (class, (_, zh, count)) in CLASSES.iter().enumerate() {
        let named: Vec<&str> = NAMED.iter().filter(|(of, _)| *of == class).map(|(_, name)| *name).collect();
        for number in 0..*count as usize {
            let row = all.len() as u64;
            let mut draw = Draw::of(seed, "items", row);
            let name =
                named.get(number).map_or_else(|| format!("{zh}第{:03}项", number + 1), |n| (*n).to_owned());
            all.push(Item {
                code: format!("I{:03}", row + 1),
                class,
                name,
                source: row % figures::SOURCES + 1,
                screening: row % figures::SCREENING_CLASSES + 1,
                value: draw.pick::<&str>(&["text", "integer", "money", "date", "bool"]),
                often: draw.pick::<&str>(&["daily", "weekly", "monthly", "monthly", "quarterly", "yearly"]),
            });
        }
    }
    all
}

/// How many records of the sample there are.
pub fn records(city: &City) -> u64 {
    city.scale.count(figures::RECORDS)
}

/// A record of the sample: code of the enterprise, item, day, value.
pub fn record(city: &City, items: &[Item], row: u64) -> [String; 4] {
    let mut draw = Draw::of(city.seed, "records", row);
    let enterprise = &city.enterprises[draw.below(city.enterprises.len() as u64) as usize];
    let item = &items[draw.below(items.len() as u64) as usize];
    let last = u64::from(number_of(LAST));
    let day = draw.between(u64::from(enterprise.applied.day()).min(last), last) as u32;
    let value = match item.value {
        "integer" => draw.below(500).to_string(),
        "money" => format!("{}.{:02}", draw.lognormal(60_000, 1_500), draw.below(100)),
        "date" => crate::days::date_of(draw.below(last) as u32).to_string(),
        "bool" => (if draw.chance(120) { "true" } else { "false" }).to_owned(),
        _ => format!("示例值{:04}", draw.below(10_000)),
    };
    [enterprise.uscc.clone(), item.code.clone(), Moment::on(day, 0).date().to_string(), value]
}

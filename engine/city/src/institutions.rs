//! D2 and D3: the institutions of the city and their products. Their number does not scale.

use crate::draw::Draw;
use crate::figures;

/// What an institution is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A bank.
    Bank,
    /// An insurer.
    Insurer,
    /// A guarantor.
    Guarantor,
    /// One of the four that nothing explains (line 589).
    Other,
}

impl Kind {
    /// Its name in files.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Bank => "bank",
            Kind::Insurer => "insurer",
            Kind::Guarantor => "guarantor",
            Kind::Other => "other",
        }
    }
}

/// An institution.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Institution {
    /// `B01` and so on: what cases know it by.
    pub id: String,
    /// What it is.
    pub kind: Kind,
    /// Its name.
    pub name: String,
    /// Its code.
    pub uscc: String,
    /// A legal person registered in the city.
    pub local: bool,
    /// Has a support centre.
    pub centre: bool,
    /// One of the seven banks of 征信贷.
    pub credit_reference: bool,
    /// One of the six banks of 小微E贷.
    pub micro_e: bool,
    /// Admitted by the credit guarantee fund.
    pub fund_partner: bool,
    /// Days in which it promises to decide.
    pub promise_days: u32,
    /// Its share of the loans, against the others of its kind.
    pub weight: u64,
}

/// The largest bank's share in ten-thousandths of all loans: 1563 of 6910.4 (line 601).
const LARGEST: u64 = figures::LARGEST_BANK * 10_000 / figures::GRANTED;

/// The institutions: banks first, the largest before all.
pub fn institutions(seed: u64) -> Vec<Institution> {
    let kinds = [(Kind::Bank, 'B'), (Kind::Insurer, 'I'), (Kind::Guarantor, 'G'), (Kind::Other, 'O')];
    let mut all = Vec::new();
    for ((kind, letter), count) in kinds.into_iter().zip(figures::INSTITUTIONS) {
        for number in 1..=count {
            let mut draw = Draw::of(seed, "institutions", all.len() as u64);
            let (bank, first) = (kind == Kind::Bank, |n| number <= n);
            all.push(Institution {
                id: format!("{letter}{number:02}"),
                kind,
                name: name(kind, number),
                uscc: crate::codes::uscc(9_000_000 + all.len() as u64),
                // The six local banks are neither the largest nor the smallest.
                local: if bank { (2..=7).contains(&number) } else { draw.chance(600) },
                centre: match kind {
                    Kind::Bank => first(28),
                    Kind::Insurer => first(5),
                    Kind::Guarantor => first(9),
                    Kind::Other => false,
                },
                credit_reference: bank && first(7),
                micro_e: bank && (2..=7).contains(&number),
                fund_partner: matches!(kind, Kind::Guarantor) && first(14)
                    || kind == Kind::Insurer && first(7),
                promise_days: draw.between(1, 5) as u32,
                weight: weight(kind, number),
            });
        }
    }
    all
}

/// Zipf's law for the banks behind the largest; the others share alike.
fn weight(kind: Kind, number: u64) -> u64 {
    let zipf = |n: u64| 10_000_000 / (n + 4);
    match (kind, number) {
        (Kind::Bank, 1) => {
            let rest: u64 = (2..=figures::INSTITUTIONS[0]).map(zipf).sum();
            rest * LARGEST / (10_000 - LARGEST)
        }
        (_, n) => zipf(n),
    }
}

fn name(kind: Kind, number: u64) -> String {
    let numeral = crate::codes::chinese(number);
    match kind {
        Kind::Bank => format!("示例银行{numeral}号分行"),
        Kind::Insurer => format!("示例保险{numeral}号有限公司"),
        Kind::Guarantor => format!("示例担保{numeral}号有限公司"),
        Kind::Other => format!("示例金融服务{numeral}号有限公司"),
    }
}

/// What a product is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Product {
    /// Its number.
    pub id: String,
    /// The institution that offers it, by its place in the list.
    pub institution: usize,
    /// Its name.
    pub name: String,
    /// Which kind of backing it wants: a place in [`crate::demands::MODES`], or 5 for equity-linked.
    pub kind: usize,
    /// The least and the most it lends, in 万元.
    pub amount: (u64, u64),
    /// Months.
    pub tenor: (u64, u64),
    /// Rates in hundredths of a percent.
    pub rate: (u64, u64),
    /// Least score; 0 for none.
    pub score: u64,
    /// Days in which it is decided.
    pub promise_days: u32,
}

/// Names of the kinds of backing in files.
pub const KINDS: [&str; 6] =
    ["mortgage", "general_guarantee", "credit", "pledge", "credit_guarantee_fund", "equity_linked"];
const KIND_WORDS: [&str; 6] = ["抵押贷", "担保贷", "信用贷", "质押贷", "信保贷", "投贷联动"];
const WORDS: [&str; 12] =
    ["云", "科技", "税易", "订单", "人才", "设备", "流水", "绿色", "外贸", "园区", "专精", "首"];

/// The products: three for everyone, and one more for some, so that there are 263.
pub fn products(seed: u64, institutions: &[Institution]) -> Vec<Product> {
    let count = institutions.len() as u64;
    let (each, more) = (figures::PRODUCTS / count, figures::PRODUCTS % count);
    let mut all = Vec::new();
    for (at, institution) in institutions.iter().enumerate() {
        for number in 0..each + u64::from((at as u64) < more) {
            let mut draw = Draw::of(seed, "products", all.len() as u64);
            let kind = match (institution.kind, number) {
                (Kind::Bank, n) => (n as usize + at) % KINDS.len(),
                (Kind::Insurer | Kind::Guarantor, 0) if institution.fund_partner => 4,
                (Kind::Insurer | Kind::Guarantor, _) => 1,
                (Kind::Other, _) => 5,
            };
            let most = *draw.pick(&[100, 200, 300, 500, 1_000, 3_000, 10_000]);
            let rate = draw.between(400, 560);
            all.push(Product {
                id: format!("P{:03}", all.len() + 1),
                institution: at,
                name: format!("示例{}{}（{}）", draw.pick(&WORDS), KIND_WORDS[kind], institution.id),
                kind,
                amount: (*draw.pick(&[1, 5, 10, 50]), if kind == 4 { most.min(1_000) } else { most }),
                tenor: (*draw.pick(&[1, 3, 6]), *draw.pick(&[12, 24, 36, 60])),
                rate: (rate, rate + draw.between(30, 180)),
                score: *draw.pick(&[0, 0, 550, 600, 650]),
                promise_days: institution.promise_days.min(draw.between(1, 5) as u32),
            });
        }
    }
    all
}

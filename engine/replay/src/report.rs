//! What came of a replay beside what the deck prints, as lines, as a page to print, as pictures.

use city::scale::Scale;
use city::{City, figures};

use crate::tally::Tally;

mod page;
mod plot;
mod settled;

pub use page::page;

/// A figure with its printed counterpart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figure {
    /// What it is, in Chinese and English.
    pub what: (&'static str, &'static str),
    /// The line of the deck.
    pub line: &'static str,
    /// As printed, brought to this scale.
    pub printed: u64,
    /// As the store has it; for the equity platform, which is not replayed, as the data have it.
    pub found: u64,
    /// Its unit, in Chinese and English.
    pub unit: (&'static str, &'static str),
}

impl Figure {
    /// Whether both agree to the last digit.
    pub fn agrees(&self) -> bool {
        self.printed == self.found
    }
}

/// The operating statistics of the deck's pages 六 (lines 585-629).
pub fn statistics(city: &City, tally: &Tally) -> Vec<Figure> {
    let scale = |printed| city.scale.count(printed);
    let (count, wan) = (("个", ""), ("万元", "× 10,000 yuan"));
    let figure = |what, line, printed, found, unit| Figure { what, line, printed, found, unit };
    let small =
        (tally.enterprises * figures::SMALL_AND_MICRO + figures::ENTERPRISES / 2) / figures::ENTERPRISES;
    let institutions = figures::INSTITUTIONS.iter().sum();
    let mut all = vec![
        figure(
            ("平台企业", "Enterprises on the platform"),
            "585",
            scale(figures::ENTERPRISES),
            tally.enterprises,
            ("户", ""),
        ),
        figure(("其中小微", "Of them small and micro"), "587", small, tally.small, ("户", "")),
        figure(("金融机构", "Institutions"), "589", institutions, city.institutions.len() as u64, ("家", "")),
        figure(("金融产品", "Products"), "591", figures::PRODUCTS, city.products.len() as u64, count),
        figure(("融资需求", "Demands"), "593", scale(figures::DEMANDS), tally.demands, ("项", "")),
        figure(("需求金额", "Demanded"), "595", scale(figures::DEMANDED), tally.demanded, wan),
        figure(
            ("获贷企业", "Enterprises served"),
            "597",
            scale(figures::SERVED),
            tally.served.len() as u64,
            ("户", ""),
        ),
        figure(("解决金额", "Granted"), "601", scale(figures::GRANTED), tally.granted, wan),
        figure(
            ("最大一家银行", "The largest bank"),
            "601",
            scale(figures::LARGEST_BANK),
            tally.largest().1,
            wan,
        ),
    ];
    let names = [
        ("抵押 44%", "Mortgage 44 %"),
        ("一般担保 24%", "General guarantee 24 %"),
        ("信用 21%", "Credit 21 %"),
        ("质押 6%", "Pledge 6 %"),
        ("信用保证基金 5%", "Credit guarantee fund 5 %"),
    ];
    let whole = scale(figures::GRANTED);
    let modes = city::scale::fit(&figures::MODES, whole, 0, whole);
    for ((name, printed), found) in names.into_iter().zip(modes).zip(tally.modes) {
        all.push(figure(name, "609-611", printed, found, wan));
    }
    all.extend(equity(city));
    all
}

fn equity(city: &City) -> [Figure; 7] {
    let [companies, investors, foreign, demands, demanded, events, invested] = figures::EQUITY;
    let scale = |printed| city.scale.count(printed);
    let data = &city.equity;
    let foreign_found = data.investors.iter().filter(|i| !i.local).count() as u64;
    let figure = |what, line, printed, found, unit| Figure { what, line, printed, found, unit };
    let wan = ("万元", "× 10,000 yuan");
    [
        figure(
            ("股权企业*", "Equity enterprises*"),
            "619",
            scale(companies),
            data.enterprises.len() as u64,
            ("户", ""),
        ),
        figure(
            ("股权机构*", "Equity institutions*"),
            "619",
            investors,
            data.investors.len() as u64,
            ("家", ""),
        ),
        figure(("其中市外*", "Of them non-local*"), "621", foreign, foreign_found, ("家", "")),
        figure(
            ("股权需求*", "Equity demands*"),
            "623",
            scale(demands),
            data.demands.len() as u64,
            ("项", ""),
        ),
        figure(
            ("股权需求金额*", "Equity demanded*"),
            "625",
            scale(demanded),
            data.demands.iter().map(|d| d.amount).sum(),
            wan,
        ),
        figure(("投资事件*", "Investments*"), "627", scale(events), data.events.len() as u64, ("起", "")),
        figure(
            ("投资金额*", "Invested*"),
            "629",
            scale(invested),
            data.events.iter().map(|e| e.amount).sum(),
            wan,
        ),
    ]
}

/// The settlement of a year as a report shows it; texts are in the language of the report already.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct YearSettled {
    /// The year.
    pub year: i16,
    /// By rule: its title, how many receive something, the sum.
    pub rules: Vec<[String; 3]>,
    /// Payees with the largest sums: name and sum.
    pub payees: Vec<[String; 2]>,
    /// The sum of payments, and the same in capitals.
    pub payments: [String; 2],
    /// The sum of deposits.
    pub deposits: String,
    /// How the reports agree with the platform's own history, and how many rows were left out.
    pub notes: Vec<String>,
}

/// How fast it went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// Commands and looks at the clock in this run.
    pub events: u64,
    /// How long that took, in milliseconds.
    pub millis: u64,
    /// Bytes of the database, if they are known.
    pub bytes: Option<u64>,
    /// The city's size.
    pub scale: Scale,
}

impl Pace {
    /// Events in a second.
    pub fn rate(&self) -> u64 {
        self.events * 1_000 / self.millis.max(1)
    }

    /// Bytes for each case of so many.
    pub fn bytes_per_case(&self, cases: u64) -> Option<u64> {
        self.bytes.map(|bytes| bytes / cases.max(1))
    }
}

/// A number with its thousands apart: `7161600`.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

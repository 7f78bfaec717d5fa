//! An entry of the script as a command for the engine: which case, which event, with what, by whom.

use expr::value::Value;
use machine::event::{Actor, Event, Target};
use machine::ids::{CaseId, Name};
use rust_decimal::Decimal;

use super::{Act, Entry};
use crate::city::City;
use crate::claims::Claim;
use crate::days::{Moment, date_of};
use crate::demands::{CHANNELS, Demand, MODES_ZH, PURPOSES};
use crate::draw::Draw;
use crate::enterprises::{CATEGORIES, DISTRICTS, Enterprise};
use crate::loans;
use crate::staff::person;

/// What is sent to the engine.
#[derive(Clone, Debug)]
pub struct Command {
    /// The case.
    pub case: CaseId,
    /// It opens the case of this process, or gives it an event.
    pub what: What,
    /// Who.
    pub by: Actor,
    /// Done once, however often it is sent.
    pub key: Name,
}

/// Opening or going on.
#[derive(Clone, Debug)]
pub enum What {
    /// A case of this process with these data.
    Open(&'static str, Vec<(Name, Value)>),
    /// An event.
    Give(Event),
}

/// The number of a registration.
pub fn registration_id(enterprise: u32) -> String {
    format!("REG-{:06}", enterprise + 1)
}

/// The number of a demand.
pub fn demand_id(demand: u32) -> String {
    format!("FD-{:06}", demand + 1)
}

/// The guarantee mode, as an offer states it first.
pub fn terms(mode: u8, tenor: u64) -> String {
    format!("{}；期限{tenor}个月", MODES_ZH[usize::from(mode)])
}

type Data = Vec<(Name, Value)>;

fn with(pairs: impl IntoIterator<Item = (&'static str, Value)>) -> Data {
    pairs.into_iter().map(|(name, value)| (name.into(), value)).collect()
}

fn money(wan: u64) -> Value {
    Value::number(Decimal::from(wan * 10_000))
}

fn file(name: &str, hash: u64, size: u64) -> Value {
    Value::context([
        ("name", Value::text(name)),
        ("hash", Value::text(format!("{hash:016x}"))),
        ("size", Value::number(size)),
        ("media", Value::text("application/pdf")),
    ])
}

fn day(at: Moment, later: u32) -> Value {
    Value::from(date_of(at.day() + later))
}

/// The command of an entry.
pub fn command(city: &City, entry: &Entry) -> Command {
    let enterprises = city.enterprises.len() as u32;
    let (id, what, by) = match entry.case.checked_sub(enterprises) {
        None => {
            let enterprise = &city.enterprises[entry.case as usize];
            let (what, by) = Desk { city, enterprise, entry }.registration();
            (registration_id(entry.case), what, by)
        }
        Some(number) => {
            let demand = &city.demands[number as usize];
            let enterprise = &city.enterprises[demand.enterprise as usize];
            let (what, by) = Desk { city, enterprise, entry }.demand(demand);
            (demand_id(number), what, by)
        }
    };
    let key = format!("{id}/{}", entry.step).into();
    Command { case: CaseId(id.into()), what, by, key }
}

struct Desk<'c> {
    city: &'c City,
    enterprise: &'c Enterprise,
    entry: &'c Entry,
}

impl Desk<'_> {
    fn draw(&self, set: &str) -> Draw {
        Draw::of(self.city.seed, set, u64::from(self.entry.case) << 8 | u64::from(self.entry.step))
    }

    fn agent(&self) -> Actor {
        Actor::person(&format!("{}.agent", self.enterprise.uscc), &self.enterprise.uscc, "ent_agent")
    }

    fn legal(&self) -> Actor {
        Actor::person(&format!("{}.legal", self.enterprise.uscc), &self.enterprise.uscc, "ent_legal_rep")
    }

    fn district(&self) -> Actor {
        let office = DISTRICTS[usize::from(self.enterprise.district)].0;
        let desk = (self.enterprise.number % 2) as usize;
        Actor::person(&person(office, "district_reviewer", desk), office, "district_reviewer")
    }

    /// One of the four reviewers of the city; the second is another person than the first.
    fn city_desk(&self, second: u32) -> Actor {
        let desk = ((self.enterprise.number + second) % 4) as usize;
        Actor::person(&person("city", "city_reviewer", desk), "city", "city_reviewer")
    }

    fn supervisor(&self) -> Actor {
        Actor::person(&person("city", "city_supervisor", 4), "city", "city_supervisor")
    }

    fn give(&self, name: &str, data: Data, reason: Option<&str>) -> What {
        What::Give(Event { to: Target::Main, name: name.into(), data, reason: reason.map(Name::from) })
    }

    fn registration(&self) -> (What, Actor) {
        let checked =
            || Value::list([Value::context([("item", Value::text("类别证明")), ("met", Value::from(true))])]);
        let pass = |late: bool| {
            let mut data = with([("checklist", checked()), ("opinion", Value::text("材料齐全，属实"))]);
            if self.enterprise.categories == [9] {
                data.extend(with([("other_found", Value::from(true))]));
            }
            if late {
                data.extend(with([("overdue_reason", Value::text("同期申请集中，人手不足"))]));
            }
            data
        };
        match self.entry.act {
            Act::Apply => (What::Open("registration", self.application()), self.agent()),
            Act::Submit => (self.give("submit", vec![], None), self.agent()),
            Act::SizeFound => {
                let size = with([("size", Value::text(self.enterprise.size.name()))]);
                (self.give("size_found", size, None), Actor::system("size_standard"))
            }
            Act::Accept => (self.give("accept", vec![], None), self.district()),
            Act::Return => {
                let missing = Value::list([Value::text("类别证明不清晰，请重新上传")]);
                let data = with([("missing", missing), ("return_code", Value::text("material_unclear"))]);
                (self.give("district_return", data, Some("材料不清晰")), self.district())
            }
            Act::Resubmit => (self.give("resubmit", vec![], None), self.agent()),
            Act::DistrictPass => (self.give("district_pass", pass(false), None), self.district()),
            Act::DistrictPassLate => (self.give("district_pass", pass(true), None), self.district()),
            Act::CityPass => {
                let data = with([
                    ("opinion", Value::text("同意")),
                    ("register_status", Value::text("existing")),
                    ("register_source", Value::text("公示系统")),
                    ("register_checked", Value::instant(self.entry.at.timestamp())),
                    ("dishonest", Value::from(false)),
                ]);
                (self.give("city_pass", data, None), self.city_desk(0))
            }
            Act::Confirm => (self.give("confirm", vec![], None), self.city_desk(1)),
            Act::Sign => {
                let data = with([
                    ("consent_text", Value::text("征信授权书（第1版）")),
                    ("consent_file", file("授权书.pdf", self.draw("consent_file").bits(), 90_000)),
                ]);
                (self.give("sign_authorisation", data, None), self.legal())
            }
            Act::Activated => {
                let data =
                    with([("code", Value::text(&self.enterprise.uscc)), ("verified", Value::from(true))]);
                (self.give("credit_confirmed", data, None), Actor::system("credit_system"))
            }
            Act::Requalify => {
                let mut data = with([("categories", self.categories(self.entry.at))]);
                data.extend(self.other_reason());
                (self.give("requalify", data, None), self.agent())
            }
            Act::ReportCure => (self.give("report_cure", vec![], Some("已补齐资格材料")), self.agent()),
            _ => (self.give("cured", vec![], Some("资格材料核对无误")), self.supervisor()),
        }
    }

    fn application(&self) -> Data {
        let enterprise = self.enterprise;
        let mut draw = self.draw("application");
        let legal_id = format!("320599********{:04}", draw.below(10_000));
        let legal = Value::context([
            ("name", Value::text(crate::codes::person(&mut draw))),
            ("id_type", Value::text("id_card")),
            ("id_no", Value::text(&legal_id)),
        ]);
        let mut agent = vec![("mobile", Value::text(format!("138{:08}", enterprise.number)))];
        if draw.chance(400) {
            agent.extend([
                ("name", legal.as_context().map_or(Value::Null, |c| c["name"].clone())),
                ("id_no", Value::text(&legal_id)),
            ]);
        } else {
            agent.extend([
                ("name", Value::text(crate::codes::person(&mut draw))),
                ("id_no", Value::text(format!("320599********{:04}X", draw.below(10_000)))),
                ("poa", file("授权委托书.pdf", draw.bits(), 180_000)),
                ("poa_to", day(enterprise.applied, 1_095)),
            ]);
        }
        let district = DISTRICTS[usize::from(enterprise.district)];
        let founded = date_of(0).saturating_sub(jiff::Span::new().days(draw.between(200, 6_000) as i64));
        let mut data = with([
            ("enterprise", Value::text(&enterprise.uscc)),
            ("mobile_verified", Value::from(true)),
            ("channel", Value::text(*draw.pick(&CHANNELS))),
            ("name", Value::text(enterprise.name())),
            ("legal_rep", legal),
            ("agent", Value::context(agent)),
            ("region", Value::text(district.1)),
            ("district_office", Value::text(district.0)),
            ("established_on", Value::from(founded)),
            ("capital", money(draw.lognormal(500, 900).max(10))),
            ("industry", Value::text(enterprise.class)),
            ("employees", Value::number(enterprise.employees)),
            ("revenue", money(enterprise.revenue)),
            ("assets", money(enterprise.assets)),
            ("categories", self.categories(enterprise.applied)),
            ("email", Value::text(format!("agent{}@example.com", enterprise.number))),
            ("first_borrower", Value::from(enterprise.first_time)),
        ]);
        data.extend(self.other_reason());
        data
    }

    fn other_reason(&self) -> Data {
        if self.enterprise.categories != [9] {
            return vec![];
        }
        with([("other_reason", Value::text("符合本市创新驱动发展方向"))])
    }

    fn categories(&self, at: Moment) -> Value {
        let mut draw = self.draw("evidence");
        Value::list(self.enterprise.categories.iter().map(|code| {
            let mut category = vec![("code", Value::text(CATEGORIES[usize::from(*code)]))];
            if *code != 9 {
                category.push(("valid_until", day(at, 800)));
                category.push(("file", file("证书.pdf", draw.bits(), 240_000)));
            }
            Value::context(category)
        }))
    }

    fn demand(&self, demand: &Demand) -> (What, Actor) {
        let claims = self.city.claims_of(demand.number);
        let claim = |place: u8| &claims[usize::from(place)];
        match self.entry.act {
            Act::Draft => (What::Open("financing_demand", self.draft(demand, claims)), self.agent()),
            Act::Claim(place) => {
                let bank = &self.city.institutions[usize::from(claim(place).bank)].id;
                (
                    self.give("claim", with([("bank", Value::text(bank))]), None),
                    self.bank(claim(place), "bank_clerk"),
                )
            }
            Act::Rate => {
                let stars = self.draw("stars").weighted(&[10, 20, 120, 400, 450]) + 1;
                (self.give("rate", with([("stars", Value::number(stars as u64))]), None), self.agent())
            }
            Act::Dispute(place) => {
                let by = self.bank(claim(place), "bank_clerk");
                (self.give("dispute", vec![], Some("评语与实际不符")), by)
            }
            Act::KeepText => {
                let by = Actor::person("platform.1", "platform", "platform_operator");
                (self.give("keep_text", vec![], Some("评语属实，予以保留")), by)
            }
            Act::WithdrawDemand => (self.give("withdraw", vec![], None), self.agent()),
            Act::AskMaterial(place)
            | Act::Supply(place)
            | Act::Approve(place)
            | Act::Reject(place)
            | Act::GiveUp(place)
            | Act::Select(place)
            | Act::Decline(place)
            | Act::Disburse(place) => self.about(demand, claim(place)),
            // `Publish`; the acts of a registration do not stand in the case of a demand.
            _ => (self.give("publish", vec![], None), self.agent()),
        }
    }

    fn draft(&self, demand: &Demand, claims: &[Claim]) -> Data {
        let mut data = with([
            ("enterprise", Value::text(&self.enterprise.uscc)),
            ("account_active", Value::from(true)),
            ("collect_consent", Value::from(true)),
            ("amount", money(demand.amount)),
            ("tenor", Value::number(demand.tenor)),
            ("purpose", Value::text(PURPOSES[usize::from(demand.purpose)])),
        ]);
        if demand.directed && !claims.is_empty() {
            let banks = claims.iter().map(|c| Value::text(&self.city.institutions[usize::from(c.bank)].id));
            data.extend(with([("directed_to", Value::list(banks))]));
        }
        data
    }

    fn bank(&self, claim: &Claim, role: &str) -> Actor {
        let bank = &self.city.institutions[usize::from(claim.bank)].id;
        let desk = (claim.demand % 2) as usize + if role == "bank_approver" { 2 } else { 0 };
        Actor::person(&person(bank, role, desk), bank, role)
    }

    /// An event of one claim.
    fn about(&self, demand: &Demand, claim: &Claim) -> (What, Actor) {
        let bank = &self.city.institutions[usize::from(claim.bank)].id;
        let to = Target::Child { kind: "claims".into(), key: Value::text(bank) };
        let (clerk, approver) = (self.bank(claim, "bank_clerk"), self.bank(claim, "bank_approver"));
        let (name, data, reason, by) = match self.entry.act {
            Act::AskMaterial(_) => {
                ("ask_material", with([("material", Value::text("近三个月流水"))]), None, clerk)
            }
            Act::Supply(_) => ("supply", vec![], None, self.agent()),
            Act::Approve(_) => ("approve", self.offer(demand, claim), None, approver),
            Act::Reject(_) => ("reject", vec![], Some("不符合授信条件"), approver),
            Act::GiveUp(_) => ("withdraw", vec![], Some("额度不足"), clerk),
            Act::Select(_) => ("select", vec![], None, self.agent()),
            Act::Decline(_) => ("decline", vec![], None, self.agent()),
            _ => {
                let contract = loans::contract(self.entry.at.year(), demand.number);
                let data =
                    with([("contract_no", Value::text(contract)), ("disbursed_amount", money(claim.offer))]);
                ("disburse", data, None, clerk)
            }
        };
        (What::Give(Event { to, name: name.into(), data, reason: reason.map(Name::from) }), by)
    }

    fn offer(&self, demand: &Demand, claim: &Claim) -> Data {
        let grant = self.city.grant(demand.number).filter(|_| claim.disbursed().is_some());
        let mode = grant.map_or(demand.wish, |grant| grant.mode);
        let rate = self.draw("offer").between(420, 620);
        with([
            ("offer_amount", money(claim.offer)),
            ("offer_rate", Value::number(Decimal::new(rate as i64, 4))),
            ("offer_terms", Value::text(terms(mode, demand.tenor))),
        ])
    }
}

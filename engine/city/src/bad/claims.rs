//! Bad inputs about claims: what banks and enterprises try and may not.

use super::*;

fn clerk(bank: &str) -> Actor {
    Actor::person(&format!("{bank}.bank_clerk.0"), bank, "bank_clerk")
}

fn approver(bank: &str) -> Actor {
    Actor::person(&format!("{bank}.bank_approver.2"), bank, "bank_approver")
}

fn claim(course: &mut Course, bank: &str) {
    course.then(600, clerk(bank), event("claim", vec![("bank".into(), Value::text(bank))]));
}

fn about(bank: &str, name: &str, data: Vec<(Name, Value)>) -> Event {
    Event { to: Target::Child { kind: "claims".into(), key: Value::text(bank) }, ..event(name, data) }
}

fn amount(course: &Course) -> Decimal {
    let found = course.data.iter().find(|(name, _)| &**name == "amount");
    found.and_then(|(_, value)| value.as_number()).unwrap_or_default()
}

fn offer(course: &mut Course, bank: &str, more: u64) {
    let amount = amount(course) + Decimal::from(more);
    course.then(
        3_600,
        approver(bank),
        about(bank, "approve", vec![("offer_amount".into(), Value::number(amount))]),
    );
}

fn select(course: &mut Course, bank: &str) {
    let by = course.by.clone();
    course.then(3_600, by, about(bank, "select", vec![]));
}

fn pay(course: &mut Course, bank: &str, after: u32, more: u64) {
    let amount = amount(course) + Decimal::from(more);
    let data =
        vec![("contract_no".into(), Value::text("HT-1")), ("disbursed_amount".into(), Value::number(amount))];
    course.then(after, clerk(bank), about(bank, "disburse", data));
}

const DAY: u32 = 86_400;

#[rustfmt::skip]
pub const CLAIMS: &[Mistake] = &[
    ("fourth_bank", "slots_full", "第四家银行关注", |c, d| {
        let first = d.between(1, 40);
        for bank in 0..4 { claim(c, &format!("B{:02}", first + bank)); }
    }),
    ("duplicate", "already_claimed", "同一家银行关注两次", |c, d| {
        let bank = format!("B{:02}", d.between(1, 45));
        claim(c, &bank);
        claim(c, &bank);
    }),
    ("not_designated", "not_designated", "企业指定了别家", |c, d| {
        c.put("directed_to", Value::list([Value::text("B01")]));
        claim(c, &format!("B{:02}", d.between(2, 45)));
    }),
    ("too_early", "demand_not_open", "还没有发布就关注", |c, d| { c.steps.clear(); claim(c, &format!("B{:02}", d.between(1, 45))); }),
    ("over_limit", "offer_exceeds_demand", "批复超过需求", |c, d| { claim(c, "B07"); offer(c, "B07", d.between(1, 900) * 10_000); }),
    ("claim", "no_offer", "还没有报价就选定", |c, _| { claim(c, "B07"); select(c, "B07"); }),
    ("claim", "claim_not_selected", "没有被选定就放款", |c, _| { claim(c, "B07"); offer(c, "B07", 0); pay(c, "B07", 20 * DAY, 0); }),
    ("too_early", "gate_closed", "七天没满就放款", |c, d| {
        claim(c, "B07");
        offer(c, "B07", 0);
        select(c, "B07");
        pay(c, "B07", d.between(600, u64::from(5 * DAY)) as u32, 0);
    }),
    ("over_limit", "over_offer", "放款超过批复", |c, d| {
        claim(c, "B07");
        offer(c, "B07", 0);
        select(c, "B07");
        pay(c, "B07", 20 * DAY, d.between(1, 900) * 10_000);
    }),
    ("claim", "claim_not_evaluating", "报价以后又报价", |c, _| { claim(c, "B07"); offer(c, "B07", 0); offer(c, "B07", 0); }),
    ("claim", "nothing_to_rate", "没有放款就评价", |c, d| {
        let by = c.by.clone();
        c.then(600, by, event("rate", vec![("stars".into(), Value::number(d.between(1, 5)))]));
    }),
    ("forged_agent", "not_your_case", "替别的银行报价", |c, _| {
        claim(c, "B07");
        let data = vec![("offer_amount".into(), Value::number(10_000u64))];
        c.then(600, approver("B08"), about("B07", "approve", data));
    }),
    ("claim", "claim_not_evaluating", "没有关注就报价", |c, _| {
        let data = vec![("offer_amount".into(), Value::number(10_000u64))];
        c.then(600, approver("B09"), about("B09", "approve", data));
    }),
];

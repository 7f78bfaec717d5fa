//! A guaranteed loan, from its disbursement to the shared loss, through six processes that tell each other.

use expr::value::Value;
use jiff::civil::date;
use machine::event::Actor;
use ports::query::{CaseFilter, Page};

use crate::house::{House, over_all_stores};
use crate::policies::Street;

const POLICIES: &[&str] =
    &["loan-monitoring", "fund-guarantee", "compensation", "recovery", "partner-admission", "risk-alert"];

fn file() -> Value {
    Value::context([
        ("name", Value::text("合同.pdf")),
        ("hash", Value::text("1a2b")),
        ("size", Value::number(1)),
        ("media", Value::text("application/pdf")),
    ])
}

fn person(role: &str) -> Actor {
    let of = match role {
        "guarantor_reviewer" => "国发担保",
        "fund_manager" => "信保基金",
        _ => "甲行",
    };
    Actor::person(&format!("{role} in person"), of, role)
}

/// A person acts, and every letter this causes arrives.
async fn act(street: &mut Street, case: &str, role: &str, event: &str, data: &[(&str, Value)]) {
    street.act(case, event, data, person(role)).await;
    street.carry().await;
}

/// The only case of a process.
async fn only(street: &Street, process: &str) -> String {
    let filter = CaseFilter { process: Some(process.into()), ..CaseFilter::default() };
    let found = street.house.engine.store().cases(filter, Page::first(10)).await.unwrap();
    assert_eq!(found.len(), 1, "{process}");
    found[0].id.0.to_string()
}

/// A million, guaranteed by the fund and a guarantor, is lent under the contract HT-1.
async fn guaranteed(street: &mut Street) {
    let applied = [
        ("enterprise", Value::text("91320599MA00000070")),
        ("bank", Value::text("甲行")),
        ("guarantor", Value::text("国发担保")),
        ("loan_amount", Value::number(1_000_000)),
        ("collateral", Value::from(false)),
        ("counter_guarantee", Value::from(false)),
        ("guarantor_admitted", Value::from(true)),
        ("query_consent", Value::from(true)),
        ("score", Value::number(650)),
        ("score_date", Value::Date(date(2026, 3, 1))),
    ];
    street.open("FG-1", "fund_guarantee", &applied, person("bank_clerk")).await;
    act(street, "FG-1", "bank_clerk", "submit", &[]).await;
    act(street, "FG-1", "bank_approver", "bank_pass", &[]).await;
    act(street, "FG-1", "guarantor_reviewer", "guarantor_pass", &[]).await;
    let confirmed = [("fund_record_no", Value::text("XB-1")), ("in_force_total", Value::number(0))];
    act(street, "FG-1", "fund_manager", "confirm", &confirmed).await;
    let disbursed = [
        ("contract_no", Value::text("HT-1")),
        ("contracts", Value::list([file()])),
        ("start", Value::Date(date(2026, 3, 10))),
        ("end", Value::Date(date(2027, 3, 9))),
        ("other_exposure", Value::number(0)),
    ];
    act(street, "FG-1", "bank_clerk", "disburse", &disbursed).await;
    let lent = [
        ("contract_no", Value::text("HT-1")),
        ("enterprise", Value::text("91320599MA00000070")),
        ("bank", Value::text("甲行")),
        ("principal", Value::number(1_000_000)),
        ("start", Value::Date(date(2026, 3, 10))),
        ("end", Value::Date(date(2027, 3, 9))),
    ];
    street.open("LM-1", "loan_monitoring", &lent, person("bank_clerk")).await;
}

#[test]
fn an_overdue_loan_is_claimed_compensated_recovered_and_shared() {
    over_all_stores(|place, clock| async move {
        let mut street = Street::of(House::new(place.store, &clock), POLICIES);
        guaranteed(&mut street).await;
        let overdue = [
            ("dpd", Value::number(90)),
            ("overdue_principal", Value::number(1_000_000)),
            ("overdue_interest", Value::number(0)),
        ];
        act(&mut street, "LM-1", "bank_clerk", "report_overdue", &overdue).await;
        only(&street, "risk_alert").await;
        let claimed = [("documents", Value::list([file()]))];
        act(&mut street, "FG-1", "bank_clerk", "claim", &claimed).await;

        let compensation = only(&street, "compensation").await;
        act(&mut street, &compensation, "fund_manager", "approve_claim", &[]).await;
        let balance = [("fund_balance", Value::number(10_000_000))];
        act(&mut street, &compensation, "fund_manager", "pay_fund", &balance).await;
        act(&mut street, &compensation, "guarantor_reviewer", "pay_guarantor", &[]).await;
        assert_eq!(street.stands("LM-1").await, "recovering");

        let recovery = only(&street, "recovery").await;
        let back = [
            ("amount", Value::number(300_000)),
            ("cost", Value::number(0)),
            ("means", Value::text("enforcement")),
        ];
        act(&mut street, &recovery, "bank_clerk", "record_recovery", &back).await;
        let closing = [("closing_report", file())];
        act(&mut street, &recovery, "bank_clerk", "close_recovery", &closing).await;
        act(&mut street, &recovery, "fund_manager", "confirm_loss", &[]).await;
        assert_eq!(street.stands(&recovery).await, "written_off waiting_late");
        assert_eq!(street.stands("FG-1").await, "closed");
        assert_eq!(street.stands("LM-1").await, "written_off");
    });
}

//! Laws of the settlement: the order of rows changes nothing, no ceiling is passed, splits keep their sum, a larger
//! loan never brings less where the rule is monotone.

mod support;

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use expr::money::Yuan;
use expr::value::{Value, date};
use language::rules::{Book, LineKind};
use proptest::prelude::*;
use rust_decimal::Decimal;
use settle::causes::{Side, TOGETHER, attribute};
use settle::compare::{Changed, Compared};
use settle::{Data, Outcome, Rows, Run, settle};

static BOOK: LazyLock<Arc<Book>> = LazyLock::new(support::book);

/// A loan: bank, household, fen, online, score, first.
type Loan = (u8, u8, i64, bool, Option<u16>, bool);

fn loan() -> impl Strategy<Value = Loan> {
    let amount = prop_oneof![1i64..2_000_000_000, Just(1_000_000_000), Just(1_000_000_001)];
    let score = prop::option::of(prop_oneof![Just(600u16), Just(599), 300u16..900]);
    (0u8..5, 0u8..40, amount, any::<bool>(), score, any::<bool>())
}

fn rows(book: &Book, set: &str, given: &[BTreeMap<&str, Value>]) -> (usize, Rows) {
    let list = book.list(set).expect("the set is there");
    let columns = &book.lists[list].columns;
    let mut rows = Rows::new(columns.iter().map(|column| &column.ty));
    for (line, row) in (1..).zip(given) {
        rows.push(line, columns.iter().map(|column| row.get(&*column.name).cloned().unwrap_or_default()));
    }
    (list, rows)
}

fn data(loans: &[Loan]) -> Data {
    let number = |n: u8, letter: char| Value::text(format!("{letter}{n:03}"));
    let banks: Vec<BTreeMap<&str, Value>> = (0..5)
        .map(|n| BTreeMap::from([("institution", number(n, 'B')), ("kind", Value::text("bank"))]))
        .collect();
    let given: Vec<BTreeMap<&str, Value>> = loans
        .iter()
        .enumerate()
        .map(|(at, (bank, household, fen, online, score, first))| {
            BTreeMap::from([
                ("loan_no", Value::text(format!("L{at:05}"))),
                ("institution", number(*bank, 'B')),
                ("household", number(*household, 'E')),
                ("amount", Value::Number(Decimal::new(*fen, 2))),
                ("channel", Value::text(if *online { "online" } else { "offline" })),
                ("unsecured", Value::Bool(true)),
                ("score_at_approval", score.map_or(Value::Null, |score| Value::number(u64::from(score)))),
                ("first_time", Value::Bool(*first)),
                ("contract_seq", Value::number(1u64)),
                ("disbursed_on", date("2019-06-28").map_or(Value::Null, Value::Date)),
            ])
        })
        .collect();
    let losses: Vec<BTreeMap<&str, Value>> = given
        .iter()
        .step_by(3)
        .map(|loan| {
            let mut loss = loan.clone();
            loss.insert("loss", loan["amount"].clone());
            loss.insert("other_compensation", Value::Number(Decimal::ZERO));
            loss
        })
        .collect();
    let sets = [
        rows(&BOOK, "institutions", &banks),
        rows(&BOOK, "credit_loans", &given),
        rows(&BOOK, "overdues", &losses),
        rows(&BOOK, "losses", &losses),
    ];
    Data { lists: sets.into_iter().collect(), ..Data::default() }
}

fn settled(loans: &[Loan]) -> Outcome {
    let data = data(loans);
    settle(&Run::new(&BOOK, &data, 2019)).expect("it can be computed")
}

/// Names with amounts.
type Amounts = Vec<(String, Yuan)>;

/// Lines and exceptions without the places of rows, which are the files' own.
fn said(outcome: &Outcome) -> (Amounts, Amounts) {
    let lines = outcome.lines.iter().map(|line| (line.id.clone(), line.net)).collect();
    let mut others: Amounts = outcome
        .exceptions
        .iter()
        .map(|it| (format!("{} {} {:?} {:?}", it.rule, it.code, it.institution, it.subject), it.effect))
        .collect();
    others.sort();
    (lines, others)
}

fn sum(outcome: &Outcome, rule: &str) -> BTreeMap<String, Yuan> {
    let rule = BOOK.rule(rule).expect("the rule is there");
    let own = outcome.lines.iter().filter(|line| line.rule == rule);
    own.map(|line| (line.payee.clone(), line.net)).collect()
}

/// What differs between two years whose sets of these names may differ.
fn compared(before: &Side, after: &Side, data: &[&str]) -> Compared {
    let nets = |side: &Side| -> BTreeMap<String, Decimal> {
        let outcome = settle(&Run::new(&side.book, &side.data, 2019)).expect("it can be computed");
        outcome.lines.into_iter().map(|line| (line.id, line.net.into())).collect()
    };
    let (old, new) = (nets(before), nets(after));
    let lines = new.iter().filter(|(id, net)| old.get(*id) != Some(*net)).map(|(id, net)| Changed {
        line: id.clone(),
        before: old.get(id).copied(),
        after: Some(*net),
        causes: vec![],
    });
    let data = data.iter().map(|set| (*set).to_owned()).collect();
    Compared { data, lines: lines.collect(), ..Compared::default() }
}

#[test]
fn a_line_names_the_change_that_moves_it_and_no_other() {
    let first = |count: u8| -> Vec<Loan> {
        (0..count).map(|household| (1, household, 100_000_000, true, Some(650), true)).collect()
    };
    let before = Side { book: BOOK.clone(), data: data(&first(22)) };
    let loans = BOOK.list("credit_loans").expect("there");
    let mut after = before.clone();
    after.data.lists.extend(data(&first(30)).lists.into_iter().filter(|(list, _)| *list == loans));
    let mut found = compared(&before, &after, &["credit_loans", "overdues"]);
    attribute(&before, &after, 2019, &mut found).expect("it can be computed");
    assert!(!found.lines.is_empty(), "eight more first loans move something");
    assert!(found.lines.iter().all(|line| line.causes == ["data credit_loans"]), "{:?}", found.lines);
    // Something nobody tells of moved them: nothing that is told does it alone.
    let mut blind = compared(&before, &after, &["overdues"]);
    attribute(&before, &after, 2019, &mut blind).expect("it can be computed");
    assert!(blind.lines.iter().all(|line| line.causes == [TOGETHER]), "{:?}", blind.lines);
}

proptest! {
    #[test]
    fn the_order_of_rows_changes_nothing(loans in prop::collection::vec(loan(), 0..60), seed in any::<u64>()) {
        let mut numbered: Vec<(usize, Loan)> = loans.iter().copied().enumerate().collect();
        numbered.sort_by_key(|(at, _)| (*at as u64 + 1).wrapping_mul(seed | 1).rotate_left(17));
        let (first, second) = (data(&loans), data(&loans));
        let list = BOOK.list("credit_loans").expect("there");
        let mut other = Data { lists: second.lists.clone(), ..Data::default() };
        let columns = &BOOK.lists[list].columns;
        let mut mixed = Rows::new(columns.iter().map(|column| &column.ty));
        for (at, _) in &numbered {
            let mut row = Vec::new();
            second.lists[&list].append(*at, &mut row);
            mixed.push(1, row);
        }
        other.lists.insert(list, mixed);
        let one = settle(&Run::new(&BOOK, &first, 2019)).expect("computed");
        let two = settle(&Run::new(&BOOK, &other, 2019)).expect("computed");
        prop_assert_eq!(said(&one), said(&two));
    }

    #[test]
    fn no_ceiling_is_passed(loans in prop::collection::vec(loan(), 0..200)) {
        let outcome = settled(&loans);
        for (rule, cap) in [("R1_hedge", 1_000_000_000), ("R4a_first_loan", 50_000_000)] {
            for (payee, net) in sum(&outcome, rule) {
                prop_assert!(net.fen() <= cap, "{rule} {payee} {net}");
            }
        }
        // Six hundred million in deposits, however many share a place.
        let deposits: i128 = sum(&outcome, "R4b_first_loan_deposit").values().map(|net| net.fen()).sum();
        prop_assert!(deposits <= 60_000_000_000);
        prop_assert!(outcome.lines.iter().all(|line| line.kind == LineKind::Honour || !line.net.is_negative()));
    }

    #[test]
    fn a_larger_loan_of_one_bank_never_brings_a_smaller_deposit(fen in 1i64..90_000_000_000, more in 0i64..9_000_000_000) {
        let deposit = |fen: i64| {
            let outcome = settled(&[(0, 0, fen, true, Some(700), false)]);
            sum(&outcome, "R3_deposit").get("B000").copied().unwrap_or_default()
        };
        prop_assert!(deposit(fen) <= deposit(fen + more));
    }

    #[test]
    fn shares_of_a_loss_make_the_loss(fen in 0i64..100_000_000_000, recovered in 0i64..1_000_000) {
        let loss = BTreeMap::from([
            ("institution", Value::text("B000")),
            ("fund_record_no", Value::text("F1")),
            ("loss", Value::Number(Decimal::new(fen, 2))),
            ("recovered", Value::Number(Decimal::new(recovered, 2))),
        ]);
        let (list, losses) = rows(&BOOK, "fund_losses", &[loss]);
        let data = Data { lists: BTreeMap::from([(list, losses)]), ..Data::default() };
        let run = Run::new(&BOOK, &data, 2019);
        let shared = BOOK.list("RS_risk_sharing.shared").expect("there");
        let column = |name: &str| BOOK.lists[shared].column(name).expect("there");
        let rows = run.rows(shared).expect("computed");
        let parts: Decimal = rows[0][column("parts")].as_context().expect("parts").values().filter_map(Value::as_number).sum();
        prop_assert_eq!(Some(parts), rows[0][column("net_loss")].as_number());
    }
}

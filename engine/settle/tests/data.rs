//! Files with mistakes: each has its code and its place, all at once, and the pages of the codes behave.

use std::sync::Arc;

use language::codes::{self, ALL, Code};
use language::rules::{Book, compile_book};
use language::{Sources, pages};
use settle::read::{Reading, reading};

const HEADER: &[u8] = b"settlement: demo\nlanguage: 1\nrules: [demo]\ninputs:
  institutions: { key: [institution], columns: { institution: text } }
  credit_loans:
    key: [institution, loan_no]
    columns:
      loan_no: text
      institution: { type: text, among: institutions.institution }
      amount: { type: money, range: '> 0', plausible_from: 1000\xe5\x85\x83 }
      paid_on: { type: date, in_year: true }
";
const WITH_CODES: &[u8] = b"settlement: demo\nlanguage: 1\nrules: [demo]\ninputs:
  credit_loans:
    key: [loan_no]
    columns: { loan_no: text, institution: text, uscc: uscc, amount: money, paid_on: date }
";
const RULE: &[u8] = b"rule: demo\nsteps: { grants: { from: credit_loans } }\n";

fn book(header: &[u8]) -> Arc<Book> {
    let compiled = compile_book(&mut Sources::new(), ("settlement.yaml", header), &[("demo.yaml", RULE)]);
    compiled.book.unwrap_or_else(|| panic!("{:?}", compiled.report))
}

fn read(book: &Book, loans: Option<&[u8]>) -> Reading {
    let mut read = reading(2019);
    for list in 0..book.sets {
        let bytes =
            if &*book.lists[list].name == "institutions" { Some(&b"institution\nB1\n"[..]) } else { loans };
        read.set(book, list, bytes);
    }
    read
}

/// What is found in an example of a page.
fn found(bytes: &[u8]) -> Vec<Code> {
    let many: String;
    let header = if bytes.starts_with(b"loan_no,institution,uscc") { WITH_CODES } else { HEADER };
    let bytes = match bytes {
        [b'(', b'n', ..] => None,
        [b'(', b'f', ..] => {
            let mut reading = read(&book(HEADER), Some(b"loan_no,institution,amount,paid_on\n"));
            reading.unknown(&book(HEADER), "credit_loan.csv");
            return reading.findings.iter().map(|it| it.code).collect();
        }
        [b'(', b't', ..] => {
            let row = (0..=settle::read::ROWS_MAX).map(|_| "L,B1,1.00,2019-01-01\n");
            many = std::iter::once("loan_no,institution,amount,paid_on\n").chain(row).collect();
            Some(many.as_bytes())
        }
        bytes => Some(bytes),
    };
    read(&book(header), bytes).findings.iter().map(|it| it.code).collect()
}

#[test]
fn the_examples_of_every_page_about_data_behave() {
    // Five million rows are told of and not read in every run of the tests.
    let of_data = |code: &Code| code.id().starts_with("CH11") && *code != codes::DATA_TOO_MANY;
    let codes: Vec<Code> = ALL.iter().copied().filter(of_data).collect();
    assert!(codes.len() >= 12);
    let faults = pages::faults(&codes, |_, bytes| found(bytes));
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn all_mistakes_are_told_at_once_with_line_and_column() {
    let text = "\u{feff}loan_no,institution,amount,paid_on
L1,B1,5000.00,2019-01-01
L2,X9,500.00,2020-01-01
L1,B1,5000.00,2019-01-01
L3,B1,5万,01/02/2019
";
    let read = read(&book(HEADER), Some(text.as_bytes()));
    let told: Vec<String> = read
        .findings
        .iter()
        .map(|it| format!("{} {} {}", it.line.unwrap_or(0), it.column.as_deref().unwrap_or("-"), it.code))
        .collect();
    let expected = [
        "3 institution CH1109",
        "3 amount CH1106",
        "3 paid_on CH1108",
        "4 institution+loan_no CH1107",
        "5 amount CH1104",
        "5 paid_on CH1104",
    ];
    assert_eq!(told, expected);
}

#[test]
fn a_wrong_column_or_another_encoding_hides_nothing_else() {
    let told = |bytes: &[u8]| -> Vec<String> {
        let found = read(&book(HEADER), Some(bytes)).findings;
        let place = |line: Option<u32>| line.map_or("-".to_owned(), |line| line.to_string());
        found
            .iter()
            .map(|it| format!("{} {} {}", place(it.line), it.column.as_deref().unwrap_or("-"), it.code))
            .collect()
    };
    let renamed = "loan_no,institution,amount_wan,paid_on\nL1,X9,5000.00,2020-01-01\n";
    assert_eq!(
        told(renamed.as_bytes()),
        ["1 amount_wan CH1103", "1 amount CH1103", "2 institution CH1109", "2 paid_on CH1108"]
    );
    // GBK, as spreadsheet programs here save it: 合同1 is not UTF-8, the rest of the row is read.
    let gbk = b"loan_no,institution,amount,paid_on\n\xba\xcf\xcd\xac1,B1,500.00,2019-13-01\n";
    assert_eq!(told(gbk), ["2 loan_no CH1102", "2 amount CH1106", "2 paid_on CH1104"]);
    let semicolons = "loan_no;institution;amount;paid_on\nL1;B1;5000.00;2019-01-01\n";
    assert_eq!(told(semicolons.as_bytes()), ["1 - CH1103"]);
}

#[test]
fn a_mistake_met_a_thousand_times_is_listed_twenty_times_and_counted() {
    let rows: String = (0..1000).map(|n| format!("L{n},X9,5000.00,2019-01-01\n")).collect();
    let text = format!("loan_no,institution,amount,paid_on\n{rows}");
    let read = read(&book(HEADER), Some(text.as_bytes()));
    assert_eq!(read.findings.len(), 20);
    assert_eq!(read.unlisted.values().sum::<usize>(), 980);
}

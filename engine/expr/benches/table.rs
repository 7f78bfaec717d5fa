//! How long a table takes to read, to ask and to examine.

use divan::{Bencher, black_box};
use expr::table::{Budget, Domain, Hit, Input, Interval, Output, Point, Signature, Table, analyse};

fn main() {
    divan::main();
}

fn signature(columns: usize) -> Signature {
    let domain = Domain::integer(Interval::closed(0.into(), 10_000.into()));
    Signature {
        inputs: (0..columns).map(|i| Input::new(format!("x{i}"), domain.clone())).collect(),
        outputs: vec![Output::new("y", Domain::number())],
        hit: Hit::Unique,
    }
}

fn heading(columns: usize) -> String {
    let names: String = (0..columns).map(|i| format!("| x{i} ")).collect();
    format!("{names}| = y |\n")
}

/// A grid without gap or overlap: every column cut into as many tiers.
fn grid(tiers: usize, columns: usize) -> String {
    let width = 10_000 / tiers;
    let cell = |tier: usize| match tier {
        0 => format!("< {width}"),
        last if last + 1 == tiers => format!(">= {}", last * width),
        tier => format!("[{}..{})", tier * width, (tier + 1) * width),
    };
    let rows = tiers.pow(u32::try_from(columns).expect("a few columns"));
    let mut text = heading(columns);
    for row in 0..rows {
        let cells: String = (0..columns)
            .map(|c| format!("| {} ", cell(row / tiers.pow(u32::try_from(c).expect("few")) % tiers)))
            .collect();
        text.push_str(&format!("{cells}| {row} |\n"));
    }
    text
}

/// Rows without any order, the worst an office can write.
fn scattered(rows: usize, columns: usize) -> String {
    let mut state: u64 = 7;
    let mut next = |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let mut text = heading(columns);
    for row in 0..rows {
        for _ in 0..columns {
            let low = next(9_000);
            text.push_str(&format!("| [{low}..{}] ", low + 1 + next(5_000)));
        }
        text.push_str(&format!("| {row} |\n"));
    }
    text
}

/// Scattered rows that cover nearly everything: the search finds no early end.
fn thick(rows: usize, columns: usize) -> String {
    let mut text = heading(columns);
    for row in 0..rows {
        for column in 0..columns {
            let at = (row * 7919 + column * 104_729 + row * row * 31 * (column + 1)) % 10_000;
            let cell = if (row + column) % 2 == 0 { format!("<= {at}") } else { format!("> {at}") };
            text.push_str(&format!("| {cell} "));
        }
        text.push_str(&format!("| {row} |\n"));
    }
    text
}

fn table(text: &str, columns: usize) -> Table {
    Table::read(text, signature(columns)).expect("the text is a table")
}

#[divan::bench]
fn read_two_hundred_rows(bencher: Bencher) {
    let text = scattered(200, 4);
    bencher.bench(|| table(black_box(&text), 4));
}

#[divan::bench]
fn ask_two_hundred_rows(bencher: Bencher) {
    let table = table(&scattered(200, 4), 4);
    let point = vec![Point::Number(5_000.into()); 4];
    bencher.bench(|| table.decide(black_box(&point)).is_ok());
}

#[divan::bench(args = [(3, 4), (14, 2), (5, 3)])]
fn examine_grid(bencher: Bencher, (tiers, columns): (usize, usize)) {
    let table = table(&grid(tiers, columns), columns);
    bencher.bench(|| analyse(black_box(&table), Budget::default()));
}

#[divan::bench(args = [20, 60, 200])]
fn examine_scattered(bencher: Bencher, rows: usize) {
    let table = table(&scattered(rows, 4), 4);
    bencher.bench(|| analyse(black_box(&table), Budget::default()));
}

#[divan::bench(args = [60, 200])]
fn examine_scattered_to_the_end_of_the_work(bencher: Bencher, rows: usize) {
    let table = table(&scattered(rows, 4), 4);
    bencher.bench(|| analyse(black_box(&table), Budget { findings: usize::MAX, ..Budget::default() }));
}

#[divan::bench(args = [20, 60, 200])]
fn examine_thick(bencher: Bencher, rows: usize) {
    let mut signature = signature(4);
    signature.hit = Hit::First;
    let table = Table::read(&thick(rows, 4), signature).expect("the text is a table");
    bencher.bench(|| analyse(black_box(&table), Budget::default()));
}

//! A year at the seed's scale, read and computed; and ten times as much. `cargo bench -p settle --bench year`

use std::fmt::Write;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use divan::Bencher;
use expr::uscc;
use language::Sources;
use language::rules::{Book, compile_book};
use settle::read::reading;
use settle::{Run, settle};

fn main() {
    divan::main();
}

#[expect(clippy::disallowed_methods, reason = "a measurement reads the policies of the repository")]
fn text(path: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../workflows/annual-settlement").join(path);
    std::fs::read_to_string(root).expect("the settlement is in the repository")
}

static BOOK: LazyLock<Arc<Book>> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../workflows/annual-settlement/rules");
    let names = std::fs::read_dir(folder).expect("the rules are there");
    let mut names: Vec<String> =
        names.map(|it| it.expect("readable").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    let files: Vec<(String, String)> =
        names.into_iter().map(|name| (name.clone(), text(&format!("rules/{name}")))).collect();
    let rules: Vec<(&str, &[u8])> =
        files.iter().map(|(name, text)| (name.as_str(), text.as_bytes())).collect();
    let header = text("settlement.yaml");
    let compiled = compile_book(&mut Sources::new(), ("settlement.yaml", header.as_bytes()), &rules);
    compiled.book.expect("the rules compile")
});

/// One file of a made-up year: 75 institutions, 70,000 loans to 18,000 households for each unit of scale.
fn file(set: &str, columns: &[&str], scale: usize) -> String {
    let mut out = format!("{}\n", columns.join(","));
    let code = |n: usize| {
        let code = uscc::complete(&format!("91320599MA{n:06}"));
        code.map_or_else(|_| String::new(), |code| code.as_str().to_owned())
    };
    let codes: Vec<String> = (0..18_000 * scale).map(code).filter(|code| !code.is_empty()).collect();
    let rows = match set {
        "institutions" => 75,
        "credit_loans" => 70_000 * scale,
        "overdues" => 1_000 * scale,
        _ => 0,
    };
    for n in 0..rows {
        let bank = n * 31 % 45;
        let household = codes.get(n * 7919 % codes.len().max(1)).cloned().unwrap_or_default();
        let amount = 10_000 + n * 7_901 % 3_000_000;
        let _ = match set {
            "institutions" => writeln!(out, "B{n:03},Bank {n},bank,true,"),
            "credit_loans" => writeln!(
                out,
                "L{n:07},B{bank:03},{household},{household},{amount}.00,online,{},{},{},1,C39,2019-06-{:02}",
                n % 4 == 0,
                450 + n % 400,
                n % 2 == 0,
                1 + n % 28
            ),
            _ => writeln!(out, "L{n:07},B{bank:03},{household},{household},30,{amount}.00,2019-12-01"),
        };
    }
    out
}

#[divan::bench(args = [1, 10], sample_count = 3, sample_size = 1)]
fn read_and_settle(bencher: Bencher<'_, '_>, scale: usize) {
    let book = &*BOOK;
    let files: Vec<String> = book.lists[..book.sets]
        .iter()
        .map(|list| {
            let columns: Vec<&str> = list.columns.iter().map(|column| &*column.name).collect();
            file(&list.name, &columns, scale)
        })
        .collect();
    bencher.bench_local(|| {
        let mut read = reading(2019);
        for (list, text) in files.iter().enumerate() {
            read.set(book, list, Some(text.as_bytes()));
        }
        assert!(read.findings.is_empty(), "{:?}", read.findings.first());
        settle(&Run::new(book, &read.data, 2019)).expect("it can be computed").lines.len()
    });
}

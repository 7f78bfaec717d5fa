//! Any file up to 1 MiB gets its verdict within 200 ms and 64 MB: ordinary files and hostile ones.
//! `cargo bench -p language --bench text` prints time and the most memory held.

use divan::{AllocProfiler, Bencher};
use language::{Sources, read};

#[global_allocator]
static ALLOCATOR: AllocProfiler = AllocProfiler::system();

const MIB: usize = 1 << 20;

fn main() {
    divan::main();
}

/// A text repeated up to 1 MiB.
fn fill(piece: &str) -> String {
    piece.repeat(MIB / piece.len())
}

/// Named texts.
fn text(name: &str) -> String {
    let sample = include_str!("../tests/samples/financing_demand.yaml");
    match name {
        "sample" => sample.to_owned(),
        "list 1 MiB" => fill("- 一项普通的文字说明，长短适中，写满一行为止，后面没有了\n"),
        "keys 1 MiB" => (0..25_000).map(|at| format!("k{at}: 值 {at} 的说明\n")).collect(),
        "laughs" => {
            let level = |at: u8| {
                format!(
                    "{}: &{} [{}]\n",
                    at,
                    char::from(b'a' + at),
                    format!("*{}, ", char::from(b'a' + at - 1)).repeat(9)
                )
            };
            let levels: String = (1..10).map(level).collect();
            format!("0: &a [x]\n{levels}")
        }
        "20000 deep" => "[".repeat(20_000),
        "brackets 1 MiB" => fill("["),
        "braces 1 MiB" => fill("{a: "),
        "dashes 1 MiB" => fill("- "),
        "questions 1 MiB" => fill("? "),
        "flow items 1 MiB" => format!("a: [{}]", "a,".repeat(MIB / 2 - 3))
            .replace("a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,", "a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,\n "),
        "commas 1 MiB" => fill("[a,\n"),
        "quotes 1 MiB" => fill("- \"\\\n"),
        "duplicates 1 MiB" => fill("a: 1\n"),
        "wide colons 1 MiB" => fill("键：值\n"),
        "tabs 1 MiB" => fill("\ta: 1\n"),
        "controls 1 MiB" => fill("\u{1}"),
        "one line 1 MiB" => fill("甲"),
        "comments 1 MiB" => fill("# x\n"),
        "blank 1 MiB" => fill("\n"),
        "aliases 1 MiB" => fill("- *a\n"),
        "anchors 1 MiB" => fill("- &a x\n"),
        "tags 1 MiB" => fill("- !x y\n"),
        "plain 1 MiB" => fill("a b c d e f g h\n"),
        "indented 1 MiB" => (0..1400).map(|at| format!("{}a:\n", " ".repeat(at))).collect(),
        "blocks 1 MiB" => fill("- |\n  x\n"),
        _ => unreachable!("every name has a text"),
    }
}

const NAMES: &[&str] = &[
    "sample",
    "list 1 MiB",
    "keys 1 MiB",
    "laughs",
    "20000 deep",
    "brackets 1 MiB",
    "braces 1 MiB",
    "dashes 1 MiB",
    "questions 1 MiB",
    "flow items 1 MiB",
    "commas 1 MiB",
    "quotes 1 MiB",
    "duplicates 1 MiB",
    "wide colons 1 MiB",
    "tabs 1 MiB",
    "controls 1 MiB",
    "one line 1 MiB",
    "comments 1 MiB",
    "blank 1 MiB",
    "aliases 1 MiB",
    "anchors 1 MiB",
    "tags 1 MiB",
    "plain 1 MiB",
    "indented 1 MiB",
    "blocks 1 MiB",
];

#[divan::bench(args = NAMES, sample_count = 5, sample_size = 1)]
fn verdict(bencher: Bencher<'_, '_>, name: &str) {
    let text = text(name);
    bencher.bench_local(|| read(&mut Sources::new(), "a.yaml", divan::black_box(text.as_bytes())));
}

//! Laws of decision tables: the analysis says what looking at every point would say, and no text breaks the reader.

use expr::table::{
    Advice, Budget, Cell, Domain, Finding, Hit, Input, Interval, Output, Point, Signature, Table, analyse,
};
use proptest::prelude::*;
use rust_decimal::Decimal;

/// The domain of the laws is so small that every point of it can be looked at.
const SIZE: i64 = 7;

fn signature(hit: Hit, columns: usize) -> Signature {
    let small = Domain::integer(Interval::closed(0.into(), SIZE.into()));
    let colour = Domain::Choice(["红", "黄", "蓝"].map(str::to_owned).to_vec());
    let inputs = [
        Input::new("甲", small.clone()),
        Input { optional: true, ..Input::new("乙", small) },
        Input::new("丙", colour),
    ];
    Signature {
        inputs: inputs.into_iter().take(columns).collect(),
        outputs: vec![Output::new("果", Domain::number())],
        hit,
    }
}

/// Every point of the domain.
fn points(columns: usize) -> Vec<Vec<Point>> {
    let numbers: Vec<Point> = (0..=SIZE).map(|n| Point::Number(n.into())).collect();
    let mut optional = numbers.clone();
    optional.push(Point::Missing);
    let colours = ["红", "黄", "蓝"].map(|c| Point::Text(c.to_owned())).to_vec();
    let axes = [numbers, optional, colours];
    axes[..columns].iter().fold(vec![vec![]], |points: Vec<Vec<Point>>, axis| {
        points
            .iter()
            .flat_map(|point| axis.iter().map(move |v| [point.as_slice(), std::slice::from_ref(v)].concat()))
            .collect()
    })
}

fn number_cell() -> impl Strategy<Value = String> {
    let n = 0..=SIZE;
    prop_oneof![
        3 => Just("-".to_owned()),
        2 => (prop::sample::select(vec!["<", "<=", ">", ">="]), n.clone()).prop_map(|(op, n)| format!("{op} {n}")),
        2 => (n.clone(), 1..=SIZE, "[\\[(]", "[\\])]").prop_map(|(low, len, open, close)| format!("{open}{low}..{}{close}", low + len)),
        1 => n.clone().prop_map(|n| n.to_string()),
        1 => (n.clone(), n.clone()).prop_map(|(a, b)| format!("{a}, >= {b}")),
        1 => (n.clone(), n).prop_map(|(a, b)| format!("not({a}, < {b})")),
    ]
}

fn colour_cell() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["-", "红", "\"黄\"", "红, 蓝", "not(红)", "not(黄, 蓝)"])
        .prop_map(str::to_owned)
}

fn optional_cell() -> impl Strategy<Value = String> {
    prop_oneof![6 => number_cell(), 1 => Just("null".to_owned()), 1 => Just("not(null)".to_owned())]
}

fn row() -> impl Strategy<Value = [String; 4]> {
    (number_cell(), optional_cell(), colour_cell(), 0..3i64)
        .prop_map(|(a, b, c, out)| [a, b, c, out.to_string()])
}

fn table(hit: Hit, columns: usize, rows: &[[String; 4]]) -> Table {
    let mut text = ["甲", "乙", "丙"][..columns].iter().map(|name| format!("| {name} ")).collect::<String>();
    text.push_str("| = 果 |\n");
    for row in rows {
        let cells: String = row[..columns].iter().map(|cell| format!("| {cell} ")).collect();
        text.push_str(&format!("{cells}| {} |\n", row[3]));
    }
    Table::read(&text, signature(hit, columns)).unwrap_or_else(|problems| panic!("{text}\n{problems:?}"))
}

/// The rows that match a point, by looking.
fn matching(table: &Table, point: &[Point]) -> Vec<usize> {
    let holds = |cells: &[&Cell]| cells.iter().zip(point).all(|(cell, value)| cell.matches(value));
    (0..table.rows().len())
        .filter(|row| holds(&table.rows()[*row].questions.iter().map(|q| &q.cell).collect::<Vec<_>>()))
        .collect()
}

fn unlimited() -> Budget {
    Budget { findings: 10_000, work: usize::MAX }
}

proptest! {
    #[test]
    fn a_gap_is_told_exactly_when_some_point_matches_no_row(columns in 1..=3usize, rows in prop::collection::vec(row(), 1..6)) {
        let table = table(Hit::Unique, columns, &rows);
        let report = analyse(&table, unlimited());
        prop_assert!(report.complete);
        let open: Vec<_> = points(columns).into_iter().filter(|p| matching(&table, p).is_empty()).collect();
        let mut advised = rows.clone();
        for finding in &report.findings {
            if let Finding::Gap { example, advice } = finding {
                prop_assert!(open.contains(example), "{:?} is covered", example);
                let Some(Advice::AddRow { cells }) = advice.last() else { panic!("no row is advised") };
                let mut cells = cells.clone();
                cells.resize(3, "-".to_owned());
                advised.push([cells[0].clone(), cells[1].clone(), cells[2].clone(), "0".to_owned()]);
            }
        }
        // The advised rows cover what was open, nothing else, and nothing twice.
        let mended = self::table(Hit::Unique, columns, &advised);
        for point in points(columns) {
            let added = matching(&mended, &point).into_iter().filter(|row| *row >= rows.len()).count();
            prop_assert_eq!(added, usize::from(open.contains(&point)), "{:?}", point);
        }
    }

    #[test]
    fn an_overlap_is_told_exactly_when_some_point_matches_two_rows(columns in 1..=3usize, rows in prop::collection::vec(row(), 1..6)) {
        let table = table(Hit::Unique, columns, &rows);
        let mut told = Vec::new();
        for finding in analyse(&table, unlimited()).findings {
            if let Finding::Overlap { first, second, example } = finding {
                let rows = matching(&table, &example);
                prop_assert!(rows.contains(&first) && rows.contains(&second));
                told.push((first, second));
            }
        }
        let mut seen = std::collections::BTreeSet::new();
        for point in points(columns) {
            let rows = matching(&table, &point);
            seen.extend(rows.iter().enumerate().flat_map(|(i, a)| rows[i + 1..].iter().map(move |b| (*a, *b))));
        }
        told.sort_unstable();
        prop_assert_eq!(told, seen.into_iter().collect::<Vec<_>>());
    }

    #[test]
    fn a_row_is_shadowed_exactly_when_it_is_never_first(columns in 1..=3usize, rows in prop::collection::vec(row(), 1..6)) {
        let table = table(Hit::First, columns, &rows);
        let silent: Vec<usize> = analyse(&table, unlimited()).findings.into_iter().filter_map(|finding| match finding {
            Finding::Shadowed { row, .. } | Finding::Unreachable { row, .. } => Some(row),
            _ => None,
        }).collect();
        let answering: std::collections::BTreeSet<usize> =
            points(columns).iter().filter_map(|point| matching(&table, point).first().copied()).collect();
        let never: Vec<usize> = (0..rows.len()).filter(|row| !answering.contains(row)).collect();
        let mut silent = silent;
        silent.sort_unstable();
        prop_assert_eq!(silent, never);
    }

    #[test]
    fn a_table_without_findings_always_decides(columns in 1..=3usize, rows in prop::collection::vec(row(), 1..4)) {
        let table = table(Hit::Unique, columns, &rows);
        let clean = analyse(&table, unlimited()).findings.iter().all(|f| matches!(f, Finding::Unreachable { .. } | Finding::Unsorted { .. }));
        let decides = points(columns).iter().all(|point| table.decide(point).is_ok());
        prop_assert_eq!(clean, decides);
    }

    #[test]
    fn no_text_breaks_the_reader(text in "([|\\-<>=.,\\[\\]()\"#\n 0-9万亿%‰甲乙果以上not]|\\PC){0,80}") {
        let _ = Table::read(&text, signature(Hit::Unique, 2));
        let _ = Table::read(&format!("| 甲 | 乙 | = 果 |\n| {text} | - | 1 |"), signature(Hit::Unique, 2));
        let _ = Table::read(&format!("| 甲（{text}） | 乙 | = 果 |\n| - | {text} | {text} |"), signature(Hit::Unique, 2));
    }

    #[test]
    fn no_soup_of_signs_breaks_a_cell(cell in "(\\[|\\]|\\(|\\)|\\.\\.|<|>|=|!|,|\"|-|not|null|1|9|\\.|%|万|以上| ){0,8}") {
        let _ = Table::read(&format!("| 甲 | 乙 | = 果 |\n| {cell} | {cell} | {cell} |"), signature(Hit::Unique, 2));
    }

    #[test]
    fn open_axes_are_as_complete_as_closed_ones(cuts in prop::collection::vec((-50i64..50, any::<bool>()), 1..6)) {
        // A staircase over all numbers: rows between neighbouring cuts, each cut on one side or the other.
        let mut cuts = cuts;
        cuts.sort_unstable();
        cuts.dedup_by_key(|(at, _)| *at);
        let tenth = |at: i64| Decimal::new(at, 1).normalize().to_string();
        let mut rows = vec![format!("{} {}", if cuts[0].1 { "<=" } else { "<" }, tenth(cuts[0].0))];
        for pair in cuts.windows(2) {
            let (open, close) = (if pair[0].1 { '(' } else { '[' }, if pair[1].1 { ']' } else { ')' });
            rows.push(format!("{open}{}..{}{close}", tenth(pair[0].0), tenth(pair[1].0)));
        }
        let last = cuts[cuts.len() - 1];
        rows.push(format!("{} {}", if last.1 { ">" } else { ">=" }, tenth(last.0)));
        let read = |rows: &[String]| {
            let text: String = rows.iter().map(|cell| format!("| {cell} | 1 |\n")).collect();
            let inputs = vec![Input::new("甲", Domain::number())];
            let outputs = vec![Output::new("果", Domain::number())];
            Table::read(&format!("| 甲 | = 果 |\n{text}"), Signature { inputs, outputs, hit: Hit::Unique }).unwrap()
        };
        prop_assert_eq!(analyse(&read(&rows), unlimited()).findings, vec![]);
        for missing in 0..rows.len() {
            let mut fewer = rows.clone();
            let cell = fewer.remove(missing);
            let findings = analyse(&read(&fewer), unlimited()).findings;
            let [Finding::Gap { advice, .. }] = findings.as_slice() else { panic!("{findings:?}") };
            let expected = Advice::AddRow { cells: vec![cell] };
            prop_assert_eq!(advice.last(), Some(&expected));
        }
    }
}

//! The names behind the numbers in facts, so that a history can be read without a compiler.

use machine::chart::Chart;
use machine::definition::Definition;

use super::write::Writer;

/// Charts with their states, fields, clocks and events, each in the order of their numbers.
pub fn names(definition: &Definition) -> String {
    let mut w = Writer::default();
    w.object(|o| {
        o.key("charts");
        o.writer().list(&definition.charts, write_chart);
    });
    w.done().expect("a list of names is nested three deep, and a definition is far below the longest entry")
}

fn write_chart(w: &mut Writer, chart: &Chart) {
    w.object(|o| {
        o.list("clocks", &chart.clocks, |w, c| w.text(&c.name));
        o.list("events", &chart.events, |w, e| w.text(&e.name));
        o.list("fields", &chart.fields, |w, f| w.text(&f.name));
        o.text("name", &chart.name);
        o.list("states", &chart.states, |w, s| w.text(&s.name));
    });
}

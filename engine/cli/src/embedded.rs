//! Files inside the program: the calendars, the policies, the templates, and what `charter demo` plays. So it works
//! from anywhere, without the repository.

macro_rules! embedded {
    ($($path:literal),* $(,)?) => {
        &[$(($path, include_str!(concat!("../../../workflows/", $path)))),*]
    };
}

/// The Chinese calendar, one file a year.
pub const CALENDAR_CN: &[(&str, &str)] = embedded![
    "calendars/cn/2015.yaml",
    "calendars/cn/2016.yaml",
    "calendars/cn/2017.yaml",
    "calendars/cn/2018.yaml",
    "calendars/cn/2019.yaml",
    "calendars/cn/2020.yaml",
    "calendars/cn/2021.yaml",
    "calendars/cn/2022.yaml",
    "calendars/cn/2023.yaml",
    "calendars/cn/2024.yaml",
    "calendars/cn/2025.yaml",
    "calendars/cn/2026.yaml",
];

/// The templates of notices with their samples, by path below `templates/`.
pub const TEMPLATES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/templates.rs"));

/// What policies are made of, by path below `workflows/`: processes, settlements, calendars, the cities' values.
pub const WORKFLOWS: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/workflows.rs"));

/// What `charter demo` plays: a process, then its stories in this order.
pub const DEMO: &[&[(&str, &str)]] = &[
    embedded!["registration/workflow.yaml", "registration/examples/happy-path.yaml"],
    embedded![
        "financing-demand/workflow.yaml",
        "financing-demand/examples/happy-path.yaml",
        "financing-demand/examples/fourth-bank.yaml",
        "financing-demand/examples/national-day.yaml",
    ],
];

pub use server::refusals::{PROBLEMS, REFUSALS};

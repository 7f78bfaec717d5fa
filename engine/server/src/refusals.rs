//! The pages of the engine's own refusals (docs/refusals), inside the program.

macro_rules! pages {
    ($($code:literal),* $(,)?) => {
        &[$(($code, include_str!(concat!("../../../docs/refusals/", $code, ".md")))),*]
    };
}

/// The pages, by code.
pub const REFUSALS: &[(&str, &str)] = pages![
    "not_possible_now",
    "unknown_event",
    "no_such_child",
    "not_allowed",
    "not_your_case",
    "data_missing",
    "data_unknown",
    "data_type",
    "data_out_of_range",
    "ended",
    "same_person",
    "task_held",
    "no_such_task",
    "verb_not_offered",
    "not_a_candidate",
    "no_such_timer",
    "reason_missing",
    "timer_act",
    "too_many",
];

/// What a page says: Chinese and English.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// What it means.
    pub what: (String, String),
    /// What to do.
    pub cure: (String, String),
}

/// The page of a code.
pub fn page(code: &str) -> Option<Page> {
    let (_, text) = REFUSALS.iter().find(|(known, _)| *known == code)?;
    let part = |heading: &str| {
        let body = text.split("\n## ").find_map(|part| part.strip_prefix(heading)?.strip_prefix('\n'));
        body.unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ")
    };
    Some(Page { what: (part("是什么"), part("What")), cure: (part("怎么办"), part("Cure")) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_of_the_engine_has_a_page_that_says_what_and_what_to_do() {
        for code in machine::refusal::Code::ALL {
            let page = page(code.name()).unwrap_or_else(|| panic!("{} has no page", code.name()));
            for text in [&page.what.0, &page.what.1, &page.cure.0, &page.cure.1] {
                assert!(!text.is_empty(), "{}: {page:?}", code.name());
            }
        }
    }
}

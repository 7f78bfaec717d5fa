//! The pages of the engine's own refusals (docs/refusals) and of the server's problems (docs/problems), inside the
//! program.

macro_rules! pages {
    ($folder:literal: $($code:literal),* $(,)?) => {
        &[$(($code, include_str!(concat!("../../../docs/", $folder, "/", $code, ".md")))),*]
    };
}

/// The pages of refusals, by code.
pub const REFUSALS: &[(&str, &str)] = pages!["refusals":
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

/// The pages of the server's own problems, and of what `/readyz` finds, by code.
pub const PROBLEMS: &[(&str, &str)] = pages!["problems":
    "unknown_case",
    "unknown_process",
    "unknown_task",
    "unknown_timer",
    "unknown_run",
    "unknown_delivery",
    "unknown_path",
    "wrong_method",
    "not_logged_in",
    "wrong_login",
    "cross_site",
    "forbidden",
    "not_your_role",
    "bad_json",
    "bad_body",
    "bad_type",
    "too_slow",
    "headers_too_large",
    "too_large",
    "bad_query",
    "bad_path",
    "bad_value",
    "bad_cursor",
    "bad_key",
    "bad_hop",
    "bad_match",
    "key_reused",
    "case_exists",
    "changed",
    "case_stopped",
    "not_an_outcome",
    "unknown_person",
    "not_compiled",
    "overloaded",
    "closing",
    "outcome_unknown",
    "elsewhere",
    "contended",
    "unavailable",
    "not_ready",
    "database_away",
    "tables_differ",
    "deadlines_held",
    "no_leases",
    "no_address",
    "disk_full",
    "calendar_ends",
    "outbox_stuck",
    "deliveries_parked",
    "cases_stopped",
    "settlement_unreadable",
    "bug",
];

/// What a page says: Chinese and English.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// What it means.
    pub what: (String, String),
    /// Where it comes from; the pages of refusals leave it out.
    pub cause: (String, String),
    /// What to do.
    pub cure: (String, String),
    /// How it looks; the pages of refusals leave it out.
    pub example: (String, String),
}

/// The headings of a page's parts, in the order in which they are read.
pub const HEADINGS: [(&str, &str); 4] =
    [("是什么", "What"), ("原因", "Cause"), ("怎么办", "Cure"), ("例子", "Example")];

impl Page {
    /// Its parts, in the order of [`HEADINGS`].
    pub fn parts(&self) -> [&(String, String); 4] {
        [&self.what, &self.cause, &self.cure, &self.example]
    }
}

/// The page of a code.
pub fn page(code: &str) -> Option<Page> {
    let (_, text) = REFUSALS.iter().chain(PROBLEMS).find(|(known, _)| *known == code)?;
    let part = |heading: &str| {
        let body = text.split("\n## ").find_map(|part| part.strip_prefix(heading)?.strip_prefix('\n'));
        let paragraphs = body.unwrap_or_default().trim().split("\n\n");
        let joined = paragraphs.map(|lines| lines.split_whitespace().collect::<Vec<_>>().join(" "));
        joined.collect::<Vec<_>>().join("\n\n")
    };
    let [what, cause, cure, example] = HEADINGS.map(|(zh, en)| (part(zh), part(en)));
    Some(Page { what, cause, cure, example })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words;

    #[test]
    fn every_code_of_the_engine_has_a_page_that_says_what_and_what_to_do() {
        for code in machine::refusal::Code::ALL {
            let page = page(code.name()).unwrap_or_else(|| panic!("{} has no page", code.name()));
            for text in [&page.what.0, &page.what.1, &page.cure.0, &page.cure.1] {
                assert!(!text.is_empty(), "{}: {page:?}", code.name());
            }
        }
    }

    #[test]
    fn every_code_of_the_server_has_a_page_that_says_what_whence_what_to_do_and_how_it_looks() {
        for (code, zh, en) in words::TABLE {
            let page = page(code).unwrap_or_else(|| panic!("{code} has no page"));
            let whole = REFUSALS.iter().all(|(refusal, _)| refusal != code);
            for (part, (heading, _)) in page.parts().into_iter().zip(HEADINGS) {
                let there = !part.0.is_empty() && !part.1.is_empty();
                assert!(there || !whole, "{code} lacks {heading}: {page:?}");
            }
            if let Some((_, text)) = PROBLEMS.iter().find(|(known, _)| known == code) {
                assert!(text.starts_with(&format!("# {code} {zh}\n\n{en}.\n")), "{code}: another title");
            }
        }
        assert!(PROBLEMS.iter().all(|(code, _)| words::TABLE.iter().any(|(known, ..)| known == code)));
    }
}

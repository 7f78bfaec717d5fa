//! A year of a calendar.

use super::closed;
use crate::keys::{KeyShape, MapShape, Shape};

pub(super) static YEAR: MapShape = closed("calendar_year", YEAR_KEYS);

static YEAR_KEYS: &[KeyShape] = &[
    needed!("year", Shape::Number, "哪一年", "which year", "year: 2026"),
    key!(
        "notice",
        Shape::Map(&NOTICE),
        "放假安排的通知",
        "the notice the days come from",
        "notice: { number: 国办发明电〔2025〕7号 }"
    ),
    key!(
        "amended_by",
        Shape::List(&Shape::Map(&NOTICE)),
        "后来修改的通知",
        "later notices that changed days",
        "amended_by: [ { number: 国办发明电〔2019〕1号 } ]"
    ),
    key!(
        "holidays",
        Shape::List(&Shape::Map(&DAYS)),
        "放假的日子",
        "rest days by festival",
        "holidays: [ { festival: { zh: 元旦, en: New Year }, dates: 2026-01-01..2026-01-03 } ]"
    ),
    key!(
        "working_weekends",
        Shape::List(&Shape::Map(&DAYS)),
        "调休上班的周末",
        "weekend days that are worked",
        "working_weekends: [ { festival: { zh: 元旦, en: New Year }, dates: 2026-01-04 } ]"
    ),
];

static NOTICE: MapShape = closed(
    "calendar_notice",
    &[
        key!("number", Shape::Text, "文号", "the document number", "number: 国办发明电〔2025〕7号"),
        key!("date", Shape::Date, "发文日期", "the date of the document", "date: 2025-11-04"),
        key!("title", Shape::Text, "标题", "its title", "title: 国务院办公厅关于2026年部分节假日安排的通知"),
    ],
);

static DAYS: MapShape = closed(
    "festival_days",
    &[
        needed!(
            "festival",
            Shape::Title,
            "哪个节日",
            "which festival",
            "festival: { zh: 元旦, en: New Year }"
        ),
        needed!(
            "dates",
            Shape::Either(&[Shape::Text, Shape::List(&Shape::Text)]),
            "日期、起止日期或它们的列表",
            "a date, a range, or a list of both",
            "dates: 2026-01-01..2026-01-03"
        ),
    ],
);

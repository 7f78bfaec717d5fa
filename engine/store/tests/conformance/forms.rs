//! Stored forms: nothing is lost on the way, the text is canonical, a later form is refused with its number.

use std::sync::Arc;

use expr::time::clock::{Change as Changed, Clock, Rule, State};
use expr::time::deadline::Due;
use expr::time::period::{CountFrom, Period, Roll, Shift, Unit as Counted};
use expr::value::{Bound, ClockTime, Moment, Range, Value, Zone};
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};
use machine::action::Reach;
use machine::case::{Case, Ended, Purpose, Run, Stopped, Task, Timer, Trail};
use machine::chart::Verb;
use machine::event::{Actor, TimerAct};
use machine::fact::{Addressee, Change, Fact, What};
use machine::ids::{CaseId, ChartIx, ClockIx, EventIx, FieldIx, Name, RunIx, StateIx};
use ports::commit::Mark;
use proptest::collection::{btree_map, vec};
use proptest::option::of;
use proptest::prelude::*;
use rust_decimal::Decimal;
use store::codec::{self, Beside, Unreadable, Unwritable};

use crate::demand::{answered, clerk, definition, minute, open_case, send, unit};

fn name() -> BoxedStrategy<Name> {
    prop_oneof!["[a-z_]{1,8}", "\\PC{0,6}", "[\\x00-\\x1f\"\\\\]{0,4}"].prop_map(Name::from).boxed()
}

fn at() -> BoxedStrategy<Timestamp> {
    (-60_000_000_000_i64..250_000_000_000, 0..1_000_000_000)
        .prop_map(|(s, n)| Timestamp::new(s, n).unwrap_or(Timestamp::MAX))
        .boxed()
}

fn date() -> BoxedStrategy<Date> {
    (-9999i16..=9999, 1i8..=12, 1i8..=28).prop_map(|(y, m, d)| Date::new(y, m, d).unwrap()).boxed()
}

fn time() -> BoxedStrategy<Time> {
    (0i8..24, 0i8..60, 0i8..60, 0i32..1_000_000_000)
        .prop_map(|(h, m, s, n)| Time::new(h, m, s, n).unwrap())
        .boxed()
}

fn zone() -> BoxedStrategy<Zone> {
    let offset = (-93_599i32..=93_599).prop_map(|s| Zone::Offset(Offset::from_seconds(s).unwrap()));
    prop_oneof![Just(Zone::Local), offset, Just(Zone::Named("Asia/Shanghai".into()))].boxed()
}

fn decimal() -> BoxedStrategy<Decimal> {
    (any::<i64>(), any::<u32>(), any::<bool>(), 0u32..=28)
        .prop_map(|(low, mid, negative, scale)| {
            Decimal::from_parts(low as u32, (low >> 32) as u32, mid, negative, scale)
        })
        .boxed()
}

fn period() -> BoxedStrategy<Period> {
    let unit = prop_oneof![
        Just(Counted::WorkingDays),
        Just(Counted::CalendarDays),
        Just(Counted::Hours),
        Just(Counted::Months)
    ];
    (any::<u32>(), unit, any::<[bool; 3]>(), of(time()))
        .prop_map(|(n, unit, [a, b, c], cutoff)| Period {
            n,
            unit,
            count_from: if a { CountFrom::SameDay } else { CountFrom::NextDay },
            roll: if b { Roll::NextWorkingDay } else { Roll::None },
            cutoff,
            shift: if c { Shift::NextWorkingDay } else { Shift::None },
        })
        .boxed()
}

fn span() -> BoxedStrategy<SignedDuration> {
    (any::<i64>(), -999_999_999i32..=999_999_999).prop_map(|(s, n)| SignedDuration::new(s / 2, n)).boxed()
}

fn plain() -> BoxedStrategy<Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        decimal().prop_map(Value::Number),
        name().prop_map(Value::Text),
        date().prop_map(Value::Date),
        (time(), zone()).prop_map(|(at, zone)| Value::Time(ClockTime { at, zone })),
        at().prop_map(Value::instant),
        (date(), time()).prop_map(|(d, t)| Value::DateTime(Moment::Local(DateTime::from_parts(d, t)))),
        (at(), zone()).prop_map(|(at, zone)| Value::DateTime(Moment::Zoned(at, zone))),
        any::<i64>().prop_map(Value::Months),
        span().prop_map(Value::Span),
        period().prop_map(Value::Period),
    ]
    .boxed()
}

fn value() -> BoxedStrategy<Value> {
    plain()
        .prop_recursive(3, 24, 4, |inner| {
            let bound = prop_oneof![
                Just(Bound::Unbounded),
                inner.clone().prop_map(Bound::Open),
                inner.clone().prop_map(Bound::Closed)
            ];
            prop_oneof![
                vec(inner.clone(), 0..4).prop_map(Value::list),
                btree_map(name(), inner, 0..4).prop_map(|map| Value::Context(Arc::new(map))),
                (bound.clone(), bound).prop_map(|(low, high)| Value::Range(Arc::new(Range { low, high }))),
            ]
        })
        .boxed()
}

fn due() -> BoxedStrategy<Due> {
    (at(), date(), any::<bool>())
        .prop_map(|(at, last_day, provisional)| Due { at, last_day, provisional })
        .boxed()
}

fn clock() -> BoxedStrategy<Clock> {
    let rule = prop_oneof![period().prop_map(Rule::Period), at().prop_map(Rule::At)];
    let change = prop_oneof![
        (at(), at()).prop_map(|(from, to)| Changed::Paused { from, to }),
        any::<u32>().prop_map(|by| Changed::Extended { by }),
        at().prop_map(|at| Changed::MovedTo { at }),
    ];
    let state = prop_oneof![Just(State::Running), at().prop_map(|since| State::Paused { since })];
    (rule, at(), vec(change, 0..3), of(due()), state, due())
        .prop_map(|(rule, anchor, changes, floor, state, due)| Clock {
            rule,
            anchor,
            changes,
            floor,
            state,
            due,
        })
        .boxed()
}

fn reminders() -> BoxedStrategy<Vec<(Timestamp, u8)>> {
    vec((at(), any::<u8>()), 0..3).boxed()
}

fn stopped() -> BoxedStrategy<Stopped> {
    any::<(bool, bool)>().prop_map(|(by_process, by_authority)| Stopped { by_process, by_authority }).boxed()
}

fn timer() -> BoxedStrategy<Timer> {
    let purpose = prop_oneof![
        any::<u16>().prop_map(|ix| Purpose::Clock(ClockIx(ix))),
        (name(), of(name()), value()).prop_map(|(event, id, data)| Purpose::Delayed { event, id, data }),
    ];
    (any::<u32>(), purpose, any::<u16>(), clock(), reminders(), any::<bool>(), stopped())
        .prop_map(|(id, purpose, owner, clock, reminders, held, stopped)| Timer {
            id,
            purpose,
            owner: StateIx(owner),
            clock,
            reminders,
            held,
            stopped,
        })
        .boxed()
}

fn actor() -> BoxedStrategy<Actor> {
    (name(), of(name()), name(), of(name()))
        .prop_map(|(id, organisation, role, on_behalf_of)| Actor { id, organisation, role, on_behalf_of })
        .boxed()
}

fn task() -> BoxedStrategy<Task> {
    let opinions = vec((name(), any::<u16>().prop_map(EventIx)), 0..3);
    (any::<(u32, u16, u32)>(), at(), of(actor()), of(name()), vec(name(), 0..3), opinions)
        .prop_map(|((id, state, urged), opened_at, holder, delegate, signers, opinions)| Task {
            id,
            state: StateIx(state),
            opened_at,
            holder,
            delegate,
            signers,
            opinions,
            urged,
        })
        .boxed()
}

fn states() -> BoxedStrategy<Vec<StateIx>> {
    vec(any::<u16>().prop_map(StateIx), 0..4).boxed()
}

fn course() -> BoxedStrategy<What> {
    prop_oneof![
        (name(), name(), name(), actor()).prop_map(|(id, process, definition, by)| What::Opened {
            id: CaseId(id),
            process,
            definition,
            by
        }),
        (any::<u16>(), value(), of(any::<u16>()), vec(value(), 0..3))
            .prop_map(|(chart, key, slot, data)| What::Started { chart: ChartIx(chart), key, slot, data }),
        (name(), value(), actor(), of(name())).prop_map(|(event, data, by, reason)| What::Received {
            event,
            data,
            by,
            reason
        }),
        (name(), value(), actor(), name()).prop_map(|(event, data, by, code)| What::Refused {
            event,
            data,
            by,
            code
        }),
        any::<u16>().prop_map(|s| What::Exited(StateIx(s))),
        any::<u16>().prop_map(|s| What::Entered(StateIx(s))),
        (any::<u16>(), states())
            .prop_map(|(h, s)| What::Remembered { history: StateIx(h), states: s.into() }),
        (any::<u16>(), value()).prop_map(|(f, value)| What::Set { field: FieldIx(f), value }),
        (any::<u16>(), name()).prop_map(|(s, by)| What::Decided { state: StateIx(s), by }),
        Just(What::Released),
        name().prop_map(|outcome| What::Ended { outcome }),
    ]
    .boxed()
}

fn change() -> BoxedStrategy<Change> {
    let act = prop_oneof![
        Just(TimerAct::Suspend),
        Just(TimerAct::Resume),
        any::<u32>().prop_map(TimerAct::Extend),
        at().prop_map(TimerAct::Move)
    ];
    prop_oneof![
        Just(Change::Paused),
        Just(Change::Resumed),
        Just(Change::Extended),
        Just(Change::Reckoned),
        (act, actor(), name()).prop_map(|(act, by, reason)| Change::ByAuthority { act, by, reason }),
    ]
    .boxed()
}

fn waiting() -> BoxedStrategy<What> {
    let verb = prop_oneof![
        Just(Verb::Claim),
        Just(Verb::Release),
        Just(Verb::Transfer),
        Just(Verb::Delegate),
        Just(Verb::AddSigner),
        Just(Verb::RemoveSigner),
        Just(Verb::Urge)
    ];
    prop_oneof![
        timer().prop_map(What::TimerSet),
        any::<u32>().prop_map(|timer| What::TimerCleared { timer }),
        (any::<u32>(), at()).prop_map(|(timer, due)| What::TimerFired { timer, due }),
        any::<(u32, u8)>().prop_map(|(timer, reminder)| What::Reminded { timer, reminder }),
        (any::<u32>(), change(), clock(), reminders(), any::<bool>(), stopped()).prop_map(
            |(timer, how, clock, reminders, held, stopped)| {
                What::TimerChanged { timer, how, clock, reminders, held, stopped }
            }
        ),
        task().prop_map(What::TaskOpened),
        (verb, actor(), of(name()), task()).prop_map(|(verb, by, reason, task)| What::TaskChanged {
            verb,
            by,
            reason,
            task
        }),
        (any::<u32>(), name(), any::<u16>()).prop_map(|(task, by, e)| What::Opinion {
            task,
            by,
            event: EventIx(e)
        }),
        (any::<u32>(), of(name())).prop_map(|(task, by)| What::TaskClosed { task, by }),
    ]
    .boxed()
}

fn joined() -> impl Strategy<Value = Reach> {
    prop_oneof![Just(Reach::Correlated), Just(Reach::Joined)]
}

fn telling() -> BoxedStrategy<What> {
    let to = prop_oneof![name().prop_map(Addressee::Role), name().prop_map(Addressee::Party)];
    prop_oneof![
        (name(), vec(to, 0..3), value()).prop_map(|(notice, to, data)| What::Notified { notice, to, data }),
        (name(), value(), of(name()), of(name())).prop_map(|(connector, request, reply, failure)| {
            What::Called { connector, request, reply, failure }
        }),
        (name(), joined(), value(), name(), value()).prop_map(|(process, reach, key, event, data)| {
            What::Sent { process, reach, key, event, data }
        }),
        (name(), value()).prop_map(|(code, data)| What::Recorded { code, data }),
    ]
    .boxed()
}

fn fact() -> BoxedStrategy<Fact> {
    (any::<u16>(), at(), prop_oneof![course(), waiting(), telling()])
        .prop_map(|(run, at, what)| Fact { run: RunIx(run), at, what })
        .boxed()
}

fn run() -> BoxedStrategy<Run> {
    let trail = (
        vec((any::<u16>().prop_map(StateIx), at()), 0..3),
        vec((any::<u16>().prop_map(ClockIx), at()), 0..3),
        vec((any::<u16>().prop_map(StateIx), name()), 0..3),
    );
    let trail = trail.prop_map(|(entered, due, decided)| Trail {
        entered: entered.into_iter().collect(),
        due,
        decided,
    });
    let ended = of((name(), at()).prop_map(|(outcome, at)| Ended { outcome, at }));
    let remembered = vec((any::<u16>().prop_map(StateIx), states()), 0..3);
    let first = (any::<u16>(), value(), of(any::<u16>()), at(), states(), remembered);
    (first, vec(value(), 0..4), vec(timer(), 0..3), vec(task(), 0..3), trail, ended)
        .prop_map(
            |((chart, key, slot, started_at, active, remembered), data, timers, tasks, trail, ended)| Run {
                chart: ChartIx(chart),
                key,
                slot,
                started_at,
                active,
                remembered,
                data,
                timers,
                tasks,
                trail,
                ended,
            },
        )
        .boxed()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn a_fact_comes_back_as_it_was(fact in fact()) {
        let bytes = codec::write_fact(&fact).unwrap();
        prop_assert_eq!(codec::read_fact(&bytes).unwrap(), fact);
    }

    #[test]
    fn money_keeps_its_digits(amount in decimal()) {
        let fact = Fact { run: RunIx(0), at: minute(0), what: What::Set { field: FieldIx(0), value: Value::Number(amount) } };
        let read = codec::read_fact(&codec::write_fact(&fact).unwrap()).unwrap();
        let What::Set { value: Value::Number(read), .. } = read.what else { panic!() };
        prop_assert_eq!(read.serialize(), amount.serialize());
    }

    #[test]
    fn a_case_comes_back_as_it_was(runs in vec(run(), 1..4), at in at(), facts in 0u64..1 << 50) {
        let case = Case {
            id: CaseId("C".into()), process: "p".into(), definition: "d".into(), started_at: at, at,
            runs: runs.into_iter().map(Arc::new).collect(), facts, next_timer: 3, next_task: u32::MAX,
        };
        let beside = Beside { id: case.id.clone(), process: case.process.clone(), definition: case.definition.clone() };
        prop_assert_eq!(codec::read_case(beside, &codec::write_case(&case).unwrap()).unwrap(), case);
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in vec(any::<u8>(), 0..60), text in "[\\[\\]{}\":,a-z0-9]{0,60}") {
        let beside = || Beside { id: CaseId("C".into()), process: "p".into(), definition: "d".into() };
        for bytes in [bytes, text.into_bytes()] {
            let _ = codec::read_fact(&bytes);
            let _ = codec::read_entry(&bytes);
            let _ = codec::read_case(beside(), &bytes);
        }
    }

    #[test]
    fn the_text_is_canonical(fact in fact()) {
        let bytes = codec::write_fact(&fact).unwrap();
        let json: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
        prop_assert_eq!(canonical(&json), String::from_utf8(bytes).unwrap());
    }
}

/// Canonical JSON the slow way: RFC 8785 over what a stock parser read.
fn canonical(json: &serde_json::Value) -> String {
    match json {
        serde_json::Value::Array(items) => {
            format!("[{}]", items.iter().map(canonical).collect::<Vec<_>>().join(","))
        }
        serde_json::Value::Object(map) => {
            let mut keys: Vec<&String> = map.keys().collect();
            keys.sort_by_key(|key| key.encode_utf16().collect::<Vec<_>>());
            let fields =
                keys.iter().map(|k| format!("{}:{}", serde_json::to_string(k).unwrap(), canonical(&map[*k])));
            format!("{{{}}}", fields.collect::<Vec<_>>().join(","))
        }
        other => other.to_string(),
    }
}

#[test]
fn an_entry_reads_like_a_record() {
    let definition = definition();
    let opened = open_case(&definition, "FD-2026-000183", minute(0));
    let data = [("amount", Value::number(Decimal::new(1_000_050, 2)))];
    let step = send(&definition, &opened.case, "amend", &data, clerk(), minute(7));
    let mut unit = unit(&definition, Mark { version: 1, chain: [0; 32] }, step, minute(7));
    unit.command = Some(answered("console/1", 0, "ok"));
    let text = String::from_utf8(codec::write_entry(&unit).unwrap()).unwrap();
    let expected = concat!(
        r#"{"at":"2026-03-02T01:07:00Z","case":"FD-2026-000183","command":"console/1","entry":2,"first":6,"#,
        r#""turns":[{"at":"2026-03-02T01:07:00Z","facts":["#,
        r#"{"by":{"id":"li.na","org":"office","role":"clerk"},"data":{"of":{"amount":{"n":"10000.50"}}},"do":"received","event":"amend"},"#,
        r#"{"do":"set","field":0,"value":{"n":"10000.50"}},"#,
        r#"{"connector":"credit_system","do":"called","request":{"of":{"amount":{"n":"10000.50"}}}}]}],"v":1}"#,
    );
    assert_eq!(text, expected);
    let told = codec::read_entry(text.as_bytes()).unwrap();
    assert_eq!((told.facts, told.command.as_deref()), (unit.entry.facts, Some("console/1")));
}

#[test]
fn a_later_form_is_refused_with_its_number() {
    let beside = Beside { id: CaseId("C".into()), process: "p".into(), definition: "d".into() };
    assert_eq!(codec::read_case(beside, b"\x02{}"), Err(Unreadable::Newer { found: 2, known: 1 }));
    let entry = br#"{"at":"2026-03-02T01:07:00Z","v":9}"#;
    let refused = codec::read_entry(entry).unwrap_err();
    assert_eq!(refused, Unreadable::Newer { found: 9, known: 1 });
    assert!(refused.to_string().contains("install the newer program"));
    assert_eq!(codec::read_entry(b"{\"v\":1}"), Err(Unreadable::At("at")));
    assert_eq!(codec::read_entry(b"\xff"), Err(Unreadable::NotJson));
}

#[test]
fn what_is_nested_too_deeply_is_refused() {
    let deep = (0..60).fold(Value::Null, |inner, _| Value::context([("a", inner)]));
    let fact = Fact { run: RunIx(0), at: minute(0), what: What::Set { field: FieldIx(0), value: deep } };
    assert_eq!(codec::write_fact(&fact), Err(Unwritable::TooDeep));
}

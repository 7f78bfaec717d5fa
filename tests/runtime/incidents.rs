//! A case that cannot go on waits for a person, and the rest goes on.

use expr::value::Value;
use machine::event::{Actor, AdminAct, Target};
use machine::fact::What;
use machine::ids::CaseId;
use runtime::answer::{Trouble, Verdict};

use crate::house::{House, employee, over_all_stores, text};

/// Dividing by the number of days: a leave of no days has no value there.
const SHARE: &str = "
process: share
language: 1
title: { zh: 分摊, en: Share }
roles: { clerk: { zh: 经办, en: Clerk } }
data: { days: { title: { zh: 天数, en: Days }, type: integer, required: true } }
events:
  split: { title: { zh: 分摊, en: Split }, by: [clerk] }
  correct: { title: { zh: 更正, en: Correct }, by: [clerk], form: { days: { required: true } } }
initial: open
states:
  open:
    title: { zh: 待分摊, en: Open }
    task: { role: clerk, outcomes: [split] }
    no_deadline: 示例
    on:
      split: { when: 100 / days > 10, go: done }
      correct: {}
  aside: { title: { zh: 另办, en: Aside }, no_task: 示例, no_deadline: 示例, on: { split: done } }
  done: { type: final, title: { zh: 已分摊, en: Done } }
";

fn clerk() -> Actor {
    Actor::person("chen", "office", "clerk")
}

fn administrator() -> Actor {
    Actor::person("root", "centre", "administrator")
}

async fn stuck(house: &House, case: &str) {
    house.engine.shelf().put_compiled(&text(SHARE));
    let data = vec![("days".into(), Value::number(0))];
    house.engine.open(CaseId(case.into()), "share", data, clerk(), None).await.unwrap();
    let answer = house.send(case, "split", clerk(), Some("split")).await.unwrap();
    assert_eq!(answer.verdict, Verdict::Stopped { code: "formula_failed".into() });
}

async fn act(house: &House, case: &str, act: AdminAct, reason: &str, by: Actor) -> Verdict {
    house.engine.administer(CaseId(case.into()), act, reason, by, None).await.unwrap().verdict
}

#[test]
fn a_poisoned_command_parks_its_case_and_others_go_on() {
    over_all_stores(|place, clock| async move {
        let house = House::new(place.store, &clock);
        stuck(&house, "S-1").await;
        let parked = house.send("S-1", "split", clerk(), None).await;
        assert_eq!(parked, Err(Trouble::Parked("formula_failed".into())));
        let again = house.send("S-1", "split", clerk(), Some("split")).await.unwrap();
        assert_eq!(
            (again.verdict, again.repeated),
            (Verdict::Stopped { code: "formula_failed".into() }, true)
        );
        assert_eq!(house.ask_leave("L-1", None).await.unwrap().verdict, Verdict::Accepted);
    });
}

#[test]
fn it_goes_on_when_a_person_says_so_with_a_reason() {
    over_all_stores(|place, clock| async move {
        let house = House::new(place.store, &clock);
        stuck(&house, "S-1").await;
        let no_reason = act(&house, "S-1", AdminAct::Retry, " ", administrator()).await;
        assert!(matches!(no_reason, Verdict::Refused { code, .. } if &*code == "reason_missing"));
        let stranger = act(&house, "S-1", AdminAct::Retry, "please", employee()).await;
        assert!(matches!(stranger, Verdict::Refused { code, .. } if &*code == "not_allowed"));
        assert_eq!(
            house.send("S-1", "split", clerk(), None).await,
            Err(Trouble::Parked("formula_failed".into()))
        );
        assert_eq!(
            act(&house, "S-1", AdminAct::Retry, "the days are put right", administrator()).await,
            Verdict::Accepted
        );
        let days = vec![("days".into(), Value::number(4))];
        house.send_with("S-1", "correct", days, clerk(), None).await.unwrap();
        assert_eq!(house.send("S-1", "split", clerk(), None).await.unwrap().verdict, Verdict::Accepted);
        let acts: Vec<_> = house
            .facts("S-1")
            .await
            .into_iter()
            .filter_map(|fact| match fact.what {
                What::Received { event, reason, by, .. } if event.starts_with("administer") => {
                    Some((event, reason, by.id))
                }
                _ => None,
            })
            .collect();
        assert_eq!(acts, [("administer.retry".into(), Some("the days are put right".into()), "root".into())]);
    });
}

#[test]
fn it_is_moved_or_cancelled_and_its_history_still_makes_the_case() {
    over_all_stores(|place, clock| async move {
        let house = House::new(place.store, &clock);
        stuck(&house, "S-1").await;
        let to = AdminAct::Move { of: Target::Main, to: vec!["aside".into()] };
        assert_eq!(act(&house, "S-1", to, "by hand this time", administrator()).await, Verdict::Accepted);
        assert_eq!(house.states("S-1").await, "aside");
        let nowhere = AdminAct::Move { of: Target::Main, to: vec!["open".into(), "aside".into()] };
        assert!(matches!(act(&house, "S-1", nowhere, "x", administrator()).await, Verdict::Refused { .. }));
        assert_eq!(house.send("S-1", "split", clerk(), None).await.unwrap().verdict, Verdict::Accepted);
        house.ask_leave("L-1", None).await.unwrap();
        assert_eq!(
            act(&house, "L-1", AdminAct::Cancel, "entered twice", administrator()).await,
            Verdict::Accepted
        );
        for case in ["S-1", "L-1"] {
            let stored = house.engine.store().load(vec![CaseId(case.into())]).await.unwrap();
            let stored = stored[0].clone().unwrap();
            assert_eq!(machine::replay::replay(&house.facts(case).await).unwrap(), stored.case);
            assert_eq!(stored.standing, ports::query::Standing::Ended);
        }
        let tasks =
            house.engine.store().tasks(Default::default(), ports::query::Page::first(10)).await.unwrap();
        assert!(tasks.is_empty(), "nobody is left with work: {tasks:?}");
    });
}

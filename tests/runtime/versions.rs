//! Definitions are versions: cases under way keep theirs, other nodes take up what one deployed.

use machine::ids::CaseId;
use ports::definitions::Kept;
use runtime::answer::Verdict;
use runtime::deploy::{NotDeployed, deploy, keep_own, take_up};

use crate::house::{House, employee, over_all_stores, supervisor};
use charter_tests::read;

#[test]
fn a_case_keeps_its_definition_and_another_program_reads_it_from_the_store() {
    over_all_stores(|place, clock| async move {
        let first = read("workflows/leave/workflow.yaml");
        // In the second version an approval counts as a cancellation.
        let second = first.replace("approve: approved", "approve: withdrawn");
        assert_ne!(first, second);
        let house = House::new(place.store.clone(), &clock);
        keep_own(&house.engine).await.unwrap();
        assert_eq!(deploy(&house.engine, "leave", &first, "li", "first").await.unwrap().1, Kept::New);
        assert_eq!(deploy(&house.engine, "leave", &first, "li", "again").await.unwrap().1, Kept::Same);
        house.ask_leave("L-1", None).await.unwrap();
        clock.pass(jiff::SignedDuration::from_secs(1));
        assert_eq!(deploy(&house.engine, "leave", &second, "li", "second").await.unwrap().1, Kept::New);
        house.ask_leave("L-2", None).await.unwrap();
        // A program that knows neither: the shelf it starts with has another definition of leave.
        let other = House::new(place.store, &clock);
        assert_eq!(take_up(&other.engine).await.unwrap(), Vec::<machine::ids::Name>::new());
        other.ask_leave("L-3", None).await.unwrap();
        for (case, becomes) in [("L-1", "approved"), ("L-2", "withdrawn"), ("L-3", "withdrawn")] {
            let answer = other.send(case, "approve", supervisor(), None).await.unwrap();
            assert_eq!((answer.verdict, &*answer.states[0]), (Verdict::Accepted, becomes), "{case}");
        }
        let wrong = deploy(&house.engine, "leave", "process: [", "li", "typing").await;
        assert!(matches!(wrong, Err(NotDeployed::Findings(_))));
        assert!(house.engine.open(CaseId("X".into()), "nothing", vec![], employee(), None).await.is_err());
    });
}

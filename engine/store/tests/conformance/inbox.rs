//! The inbox: open tasks only, soonest due first, page by page.

use machine::ids::Name;
use ports::commit::{OpenTask, TaskChange};
use ports::query::{Page, TaskFilter, TaskLine};
use ports::store::Store;

use crate::cases::{claim, go, opened, write};
use crate::demand::{clerk, definition, minute, send, send_to_claim, tick, unit};

/// Runs every story about the inbox.
pub async fn exercise(store: &dyn Store) {
    tasks_open_and_close_with_their_states(store).await;
    pages_meet_every_task_once(store).await;
}

async fn ask(store: &dyn Store, filter: TaskFilter) -> Vec<TaskLine> {
    store.tasks(filter, Page::first(1_000)).await.unwrap()
}

async fn tasks_open_and_close_with_their_states(store: &dyn Store) {
    opened(store, "T-1").await;
    go(store, "T-1", 1, claim("icbc", 1)).await;
    go(store, "T-1", 2, claim("inbox_bank", 2)).await;
    let of_case = TaskFilter { case: Some(machine::ids::CaseId("T-1".into())), ..TaskFilter::default() };
    let open = ask(store, of_case.clone()).await;
    let shown: Vec<_> = open.iter().map(|t| (t.open.task, &*t.open.role, t.open.party.as_deref())).collect();
    assert_eq!(shown, [(2, "bank", Some("icbc")), (3, "bank", Some("inbox_bank")), (1, "clerk", None)]);
    let banks = ask(store, TaskFilter { party: Some("inbox_bank".into()), ..TaskFilter::default() }).await;
    assert_eq!(banks.len(), 1);
    assert_eq!((&*banks[0].open.state, banks[0].open.opened), ("evaluating", minute(2)));
    assert_eq!(banks[0].open.due, Some(minute(2 + 5 * 24 * 60)));
    go(store, "T-1", 3, |d, c| send_to_claim(d, c, "evaluate", "icbc", minute(3))).await;
    assert_eq!(ask(store, of_case.clone()).await.len(), 2);
    go(store, "T-1", 4, |d, c| send(d, c, "settle", &[], clerk(), minute(4))).await;
    assert_eq!(ask(store, of_case).await, []);
}

async fn pages_meet_every_task_once(store: &dyn Store) {
    let definition = definition();
    let before = opened(store, "T-2").await;
    let mut unit = unit(&definition, before.mark, tick(&definition, &before.case, minute(1)), minute(1));
    let holder: Option<Name> = Some("inbox.holder".into());
    let put = |task: u32, due: Option<i64>| {
        TaskChange::Put(OpenTask {
            task,
            state: "open".into(),
            role: "inbox_role".into(),
            holder: holder.clone().filter(|_| task.is_multiple_of(2)),
            party: None,
            opened: minute(0),
            due: due.map(minute),
        })
    };
    // Without a deadline comes last; two of the same instant come in the order of their numbers.
    unit.tasks = vec![put(11, None), put(12, Some(9)), put(13, Some(3)), put(14, Some(3)), put(15, Some(1))];
    unit.tasks.extend([put(16, Some(0)), TaskChange::Close(16), put(12, Some(5)), TaskChange::Close(77)]);
    assert!(write(store, vec![unit]).await[0].is_ok());
    let filter = TaskFilter { role: Some("inbox_role".into()), ..TaskFilter::default() };
    let mut seen = Vec::new();
    let mut page = Page::first(2);
    loop {
        let lines = store.tasks(filter.clone(), page.clone()).await.unwrap();
        let Some(last) = lines.last() else { break };
        page.after = Some(last.place());
        seen.extend(lines.iter().map(|t| t.open.task));
    }
    assert_eq!(seen, [15, 13, 14, 12, 11]);
    let held = ask(store, TaskFilter { holder, ..filter }).await;
    assert_eq!(held.iter().map(|t| t.open.task).collect::<Vec<_>>(), [14, 12]);
}

//! News: everything written, once, in an order in which everybody can read on.

use std::collections::BTreeSet;

use ports::query::{News, NewsPlace, Since};
use ports::store::Store;

use crate::cases::opened;

/// Runs every story about news.
pub async fn exercise(store: &dyn Store) {
    what_is_written_comes_once_and_in_order(store).await;
    a_place_that_is_not_known_is_said_to_be_lost(store).await;
}

/// Everything behind a place, some lines at a time.
async fn behind(store: &dyn Store, mut place: NewsPlace) -> Vec<News> {
    let mut all = Vec::new();
    loop {
        let page = store.news(Since::Place(place), 2).await.unwrap();
        assert!(!page.lost);
        if page.news.is_empty() {
            return all;
        }
        place = page.at;
        all.extend(page.news);
    }
}

async fn what_is_written_comes_once_and_in_order(store: &dyn Store) {
    let before = store.news(Since::End, 1).await.unwrap();
    assert_eq!((before.news.len(), before.lost), (0, false));
    for number in 0..5 {
        opened(store, &format!("N-{number}")).await;
    }
    let news = behind(store, before.at).await;
    let told: Vec<(&str, u64)> = news.iter().map(|one| (&*one.case.0, one.entry)).collect();
    assert_eq!(told, [("N-0", 1), ("N-1", 1), ("N-2", 1), ("N-3", 1), ("N-4", 1)]);
    assert_eq!(store.news(Since::End, 1).await.unwrap().at, news.last().unwrap().place);
    assert_eq!(behind(store, news[2].place).await, news[3..]);
    let all = behind(store, NewsPlace::BEGINNING).await;
    let places: BTreeSet<NewsPlace> = all.iter().map(|one| one.place).collect();
    assert_eq!(places.len(), all.len());
    assert!(all.is_sorted_by_key(|one| one.place));
}

async fn a_place_that_is_not_known_is_said_to_be_lost(store: &dyn Store) {
    let end = store.news(Since::End, 1).await.unwrap().at;
    let beyond = NewsPlace { number: end.number + 1_000_000, ..end };
    let page = store.news(Since::Place(beyond), 10).await.unwrap();
    assert!(page.lost && page.news.is_empty());
}

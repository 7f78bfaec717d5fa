//! What was written, read on from a place: by every node, also after a restart.

use jiff::SignedDuration;
use machine::ids::CaseId;
use ports::fault::Fault;
use ports::query::{News, NewsPage, NewsPlace, PAGE_MAX, Since};

use super::commit::count;
use super::rows::Ask;
use super::{Session, Tables, micros};

/// How long news can be read.
const KEPT: SignedDuration = SignedDuration::from_hours(72);

/// What was written since a place, oldest first.
///
/// Rows of transactions that may still be followed by older ones are not read yet; on PostgreSQL that is as long as
/// any older transaction of the server is still writing.
pub async fn news<T: Tables>(tables: &T, since: Since, limit: u32) -> Result<NewsPage, Fault> {
    let settled = tables.words().settled_news;
    let most = i64::from(limit.clamp(1, PAGE_MAX));
    let mut ask = Ask::of(format!("SELECT xact, number, case_id, entry FROM news WHERE {settled}"));
    match since {
        Since::End => ask.say(" ORDER BY xact DESC, number DESC LIMIT 1"),
        Since::Place(place) => ask
            .say(" AND (xact, number) >= (")
            .int(count(place.round))
            .say(", ")
            .int(count(place.number))
            .say(") ORDER BY xact, number LIMIT ")
            .int(most + 1),
    };
    let mut news = Vec::new();
    for mut line in tables.ask(ask).await? {
        let place = NewsPlace { round: line.count(0)?, number: line.count(1)? };
        news.push(News { place, case: CaseId(line.name(2)?), entry: line.count(3)? });
    }
    Ok(page(news, since))
}

/// The lines behind a place; whether that place itself is still known.
pub fn page(mut news: Vec<News>, since: Since) -> NewsPage {
    let place = match since {
        Since::End => {
            let at = news.first().map_or(NewsPlace::BEGINNING, |last| last.place);
            return NewsPage { news: vec![], at, lost: false };
        }
        Since::Place(place) => place,
    };
    let known = news.first().is_some_and(|first| first.place == place);
    if known {
        news.remove(0);
    }
    let at = news.last().map_or(place, |last| last.place);
    NewsPage { news, at, lost: !known && place != NewsPlace::BEGINNING }
}

/// Forgets old news, never the newest.
pub async fn sweep<T: Tables>(tables: &T, session: &mut T::Session<'_>) -> Result<(), Fault> {
    let now = tables.now().await?;
    let mut ask = Ask::of("DELETE FROM news WHERE written_at < ");
    ask.int(micros(now.checked_sub(KEPT).unwrap_or(now)));
    ask.say(" AND number < (SELECT max(number) FROM news)");
    session.run(ask).await?;
    Ok(())
}

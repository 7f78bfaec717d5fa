//! The console in a real browser: what people see, press and are told, with and without scripts.

#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

#[path = "browser/driver.rs"]
mod driver;
#[path = "browser/fitness.rs"]
mod fitness;
#[path = "browser/house.rs"]
mod house;

use driver::{Window, driver};

/// The Monday before the National Day week of 2026, nine o'clock.
const MONDAY: &str = "2026-09-28T01:00:00Z";

/// Plays a story in a window that looks at an office of its own.
fn story<F: Future<Output = ()>>(play: impl FnOnce(Window) -> F) {
    let Some(driver) = driver() else { return };
    let threads = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    threads.block_on(async {
        let base = house::open(MONDAY).await;
        play(driver.window(&base).await).await;
    });
}

/// The same in a window that runs no scripts.
fn story_without_scripts<F: Future<Output = ()>>(play: impl FnOnce(Window) -> F) {
    let Some(driver) = driver() else { return };
    let threads = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    threads.block_on(async {
        let base = house::open(MONDAY).await;
        play(driver.window_without_scripts(&base).await).await;
    });
}

/// A click on a sample account.
async fn enter_as(window: &Window, name: &str) {
    window.go("/login").await;
    window.press(name).await;
    window.sees("我的待办").await;
}

/// Opens and publishes a demand of three million; answers the path of its page.
async fn publish(window: &Window) -> String {
    enter_as(window, "周敏").await;
    window.go("/processes/financing_demand").await;
    window.press("新开一件").await;
    window.fill("账户已激活", "true").await;
    window.fill("采集授权有效", "true").await;
    window.fill("融资金额", "300万元").await;
    window.fill("期限", "12").await;
    window.fill("用途", "working_capital").await;
    window.send("新开一件").await;
    window.sees("填写需求").await;
    window.send("发布").await;
    window.sees("等待关注").await;
    window.path().await
}

/// A bank takes up the demand: one press, it is not asked which bank it is.
async fn claim(window: &Window, demand: &str, person: &str) {
    enter_as(window, person).await;
    window.go(demand).await;
    window.send("关注").await;
}

#[test]
fn a_demand_is_published_claimed_and_cancelled_when_the_bank_lets_its_days_pass() {
    story(|window| async move {
        window.go("/login").await;
        window.picture("login").await;
        let demand = publish(&window).await;
        window.picture("case-published").await;

        claim(&window, &demand, "陈静").await;
        window.sees("已办理").await;
        // Five days end in the National Day week: the date rolls to the first working day after it.
        window.sees("2026-10-08 周四 24:00").await;
        window.open("怎么算出来的").await;
        window.sees("顺延").await;
        window.picture("case-claimed").await;

        enter_as(&window, "李岚").await;
        window.go(&demand).await;
        window.sees("B1").await;
        for _ in 0..2 {
            window.send("+7 天").await;
        }
        window.go(&demand).await;
        window.sees("超期自动取消").await;
        window.picture("case-cancelled").await;
        window.go("/language/en?next=/cases").await;
        window.sees("Published").await;
        window.picture("cases-english").await;
        window.close().await;
    });
}

#[test]
fn a_bank_sees_nothing_of_another_and_is_told_what_it_may_not_do() {
    story(|window| async move {
        let demand = publish(&window).await;
        claim(&window, &demand, "陈静").await;
        window.sees("已办理").await;
        claim(&window, &demand, "王磊").await;
        window.sees("不").await;
        let text = window.text().await;
        assert!(!text.contains("陈静"), "another bank's people are not named:\n{text}");
        window.picture("case-refused").await;
        window.go("/cases/FD-0000-NONE").await;
        window.sees("没有这个件").await;
        window.picture("problem").await;
        window.close().await;
    });
}

#[test]
fn an_approver_decides_from_the_inbox() {
    story(|window| async move {
        let demand = publish(&window).await;
        claim(&window, &demand, "陈静").await;
        window.sees("已办理").await;
        enter_as(&window, "钱伟").await;
        window.sees("还没有人认领").await;
        window.send("认领").await;
        window.sees("承办人 你").await;
        window.picture("inbox").await;
        window.go("/processes").await;
        window.picture("catalogue").await;
        window.go("/processes/financing_demand").await;
        window.picture("process").await;
        window.close().await;
    });
}

#[test]
fn an_amount_of_the_settlement_leads_to_its_rows_and_two_runs_are_compared() {
    story(|window| async move {
        enter_as(&window, "李岚").await;
        window.go("/settlement").await;
        window.sees("试算 2").await;
        window.press("试算 1").await;
        window.sees("伍万元整").await;
        window.picture("settlement").await;
        window.press("30,000.00").await;
        window.sees("为什么是这个数").await;
        window.sees("叁万元整").await;
        window.press("首贷金额").await;
        window.press("依据的记录").await;
        window.sees("credit_loans.csv:3").await;
        window.picture("amount").await;
        window.go("/settlement/2019/1/compare/2").await;
        window.sees("-30,000.00").await;
        window.sees("platform_loans").await;
        window.picture("comparison").await;

        enter_as(&window, "陈静").await;
        window.go("/settlement/2019/1").await;
        window.sees("这里只列出与你的机构有关的内容").await;
        window.sees("20,000.00").await;
        let text = window.text().await;
        assert!(!text.contains("30,000.00"), "a bank sees nothing of another:\n{text}");
        window.close().await;
    });
}

#[test]
fn everything_can_be_done_without_scripts() {
    story_without_scripts(|window| async move {
        window.go("/login").await;
        let ran = window.ask("return Boolean(document.querySelector('form[data-sent]'))").await;
        assert_eq!(ran, serde_json::json!(false));
        let demand = publish(&window).await;
        claim(&window, &demand, "陈静").await;
        window.sees("已办理").await;
        enter_as(&window, "钱伟").await;
        window.send("认领").await;
        window.sees("承办人 你").await;
        window.send("+7 天").await;
        window.go("/language/en?next=/cases").await;
        window.sees("Cases").await;
        window.go("/settlement/2019/1").await;
        window.sees("Only what concerns your organisation").await;
        window.close().await;
    });
}

#[test]
fn every_page_is_fit_for_everybody() {
    story(|window| async move {
        fitness::check(&window, "/login").await;
        let demand = publish(&window).await;
        claim(&window, &demand, "陈静").await;
        window.sees("已办理").await;
        enter_as(&window, "钱伟").await;
        fitness::check(&window, "/inbox").await;
        enter_as(&window, "李岚").await;
        for lang in ["zh", "en"] {
            window.go(&format!("/language/{lang}?next=/cases")).await;
            let why = "/settlement/2019/1/why?line=R4a_first_loan.first_loan/B1";
            for path in [
                "/processes",
                "/processes/financing_demand",
                "/cases",
                &demand,
                "/inbox",
                "/outbox",
                "/settlement",
                "/settlement/2019/2",
                why,
                "/settlement/2019/1/compare/2",
                "/cases/FD-0000-NONE",
            ] {
                fitness::check(&window, path).await;
            }
        }
        window.close().await;
    });
}

#[test]
fn a_page_looks_again_when_its_case_changes() {
    story(|window| async move {
        let demand = publish(&window).await;
        window.go(&demand).await;
        window.sees("等待关注").await;
        let renewed = window.ask(&renew(&demand)).await;
        assert_eq!(renewed, serde_json::json!(200), "the renewal is sent by a script of the same page");
        // Nobody reloads: the stream of facts says that there is something new.
        window.sees("延期 · 企业经办人").await;
        window.close().await;
    });
}

/// Sends the event `renew` to the API with the page's own session.
fn renew(demand: &str) -> String {
    let case = demand.trim_start_matches("/cases/");
    format!(
        "return fetch('/v1/cases/{case}/events', {{method:'POST', headers:{{'content-type':'application/json'}}, body: JSON.stringify({{event:'renew'}})}}).then(r => r.status)"
    )
}

//! A real browser: ChromeDriver on a port of its own, one window a story, pictures of pages when asked for.

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use fantoccini::{Client, ClientBuilder, Locator};
use serde_json::{Map, Value, json};

/// How long anything a page does may take before a story gives up on it.
const PATIENCE: Duration = Duration::from_secs(20);

/// ChromeDriver, stopped when dropped.
pub struct Driver {
    process: Child,
    port: u16,
}

impl Drop for Driver {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// ChromeDriver, or `None`, said aloud, where there is none; CHARTER_NO_SKIP=1 makes that a failure.
pub fn driver() -> Option<Driver> {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut command = Command::new("chromedriver");
    command.arg(format!("--port={port}")).stdout(Stdio::null()).stderr(Stdio::null());
    match command.spawn() {
        Ok(process) => Some(Driver { process, port }),
        Err(e) => {
            assert!(
                std::env::var_os("CHARTER_NO_SKIP").is_none(),
                "there is no chromedriver to test with: {e}"
            );
            eprintln!("SKIPPED: no chromedriver on this machine");
            None
        }
    }
}

/// One window of the browser.
pub struct Window {
    client: Client,
    base: String,
}

impl Driver {
    /// A window that looks at a server. Its language is Chinese unless a page says otherwise.
    pub async fn window(&self, base: &str) -> Window {
        self.open(base, true).await
    }

    /// A window that runs no scripts of pages.
    pub async fn window_without_scripts(&self, base: &str) -> Window {
        self.open(base, false).await
    }

    async fn open(&self, base: &str, scripts: bool) -> Window {
        let arguments = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--lang=zh-CN",
            "--window-size=1360,1000",
        ];
        let mut wanted = Map::new();
        wanted.insert(
            "goog:chromeOptions".into(),
            json!({ "args": arguments, "prefs": {
                "intl.accept_languages": "zh-CN",
                "profile.default_content_setting_values.javascript": if scripts { 1 } else { 2 },
            } }),
        );
        wanted.insert("goog:loggingPrefs".into(), json!({ "browser": "ALL" }));
        let address = format!("http://127.0.0.1:{}", self.port);
        let began = Instant::now();
        let client = loop {
            let mut builder = ClientBuilder::new(hyper_util::client::legacy::connect::HttpConnector::new());
            match builder.capabilities(wanted.clone()).connect(&address).await {
                Ok(client) => break client,
                // It was only just started.
                Err(e) => assert!(began.elapsed() < PATIENCE, "no window: {e}"),
            }
            tokio::task::yield_now().await;
        };
        Window { client, base: base.to_owned() }
    }
}

impl Window {
    /// Goes to a page of the server.
    pub async fn go(&self, path: &str) {
        self.client.goto(&format!("{}{path}", self.base)).await.unwrap();
    }

    /// The text somebody reads.
    pub async fn text(&self) -> String {
        let text = self.ask("return document.body ? document.body.innerText : ''").await;
        text.as_str().unwrap_or_default().to_owned()
    }

    /// Waits until the page says something.
    pub async fn sees(&self, wanted: &str) {
        let began = Instant::now();
        loop {
            let text = self.text().await;
            if text.contains(wanted) {
                return;
            }
            assert!(began.elapsed() < PATIENCE, "the page never said `{wanted}`:\n{text}");
        }
    }

    /// Presses the first button or opens the first summary that says this.
    pub async fn press(&self, words: &str) {
        let path =
            format!("//*[self::button or self::summary or self::a][contains(normalize-space(.), '{words}')]");
        let found = self.client.wait().at_most(PATIENCE).for_element(Locator::XPath(&path)).await;
        found.unwrap_or_else(|e| panic!("nothing to press says `{words}`: {e}")).click().await.unwrap();
    }

    /// Presses the first button that can be seen and says just this, and waits for the page that follows.
    pub async fn send(&self, words: &str) {
        let path = format!("//button[normalize-space(.)='{words}']");
        let before = self.ask("return performance.timeOrigin").await;
        for found in self.client.find_all(Locator::XPath(&path)).await.unwrap() {
            if found.is_displayed().await.unwrap() {
                found.click().await.unwrap();
                return self.turned(&before).await;
            }
        }
        panic!("no button says `{words}`:\n{}", self.text().await);
    }

    /// Waits until another page is there, whole.
    async fn turned(&self, before: &Value) {
        let began = Instant::now();
        loop {
            let now =
                self.ask("return document.readyState === 'complete' ? performance.timeOrigin : null").await;
            if !now.is_null() && now != *before {
                return;
            }
            assert!(began.elapsed() < PATIENCE, "no other page came");
        }
    }

    /// Opens the first summary that can be seen and says just this.
    pub async fn open(&self, words: &str) {
        let path = format!("//summary[normalize-space(.)='{words}']");
        for found in self.client.find_all(Locator::XPath(&path)).await.unwrap() {
            if found.is_displayed().await.unwrap() {
                return found.click().await.unwrap();
            }
        }
        panic!("nothing to open says `{words}`:\n{}", self.text().await);
    }

    /// Writes into the question with this label, the first that can be seen.
    pub async fn fill(&self, label: &str, text: &str) {
        let path = format!("//label[contains(normalize-space(.), '{label}')]");
        for found in self.client.find_all(Locator::XPath(&path)).await.unwrap() {
            if !found.is_displayed().await.unwrap() {
                continue;
            }
            let id = found.attr("for").await.unwrap().unwrap();
            let asked = self.client.find(Locator::Id(&id)).await.unwrap();
            match asked.tag_name().await.unwrap().as_str() {
                "select" => asked.select_by_value(text).await.unwrap(),
                _ => {
                    asked.clear().await.unwrap();
                    asked.send_keys(text).await.unwrap();
                }
            }
            return;
        }
        panic!("no question is called `{label}`");
    }

    /// The path the window is at.
    pub async fn path(&self) -> String {
        self.client.current_url().await.unwrap().path().to_owned()
    }

    /// Runs a script in the page, for what only a browser knows.
    pub async fn ask(&self, script: &str) -> Value {
        self.client.execute(script, vec![]).await.unwrap()
    }

    /// Keeps a picture of the page when CHARTER_PICTURES names a folder: for looking at.
    pub async fn picture(&self, name: &str) {
        let Some(folder) = std::env::var_os("CHARTER_PICTURES").map(PathBuf::from) else { return };
        let height = self.ask("return Math.min(3000, document.documentElement.scrollHeight)").await;
        let height = u32::try_from(height.as_u64().unwrap_or(1000)).unwrap_or(1000);
        self.client.set_window_size(1360, height.max(800) + 140).await.unwrap();
        std::fs::write(folder.join(format!("{name}.png")), self.client.screenshot().await.unwrap()).unwrap();
    }

    /// How wide the window is from now on, in pixels.
    pub async fn width(&self, pixels: u32) {
        self.client.set_window_size(pixels, 900).await.unwrap();
    }

    /// Closes it.
    pub async fn close(self) {
        self.client.close().await.unwrap();
    }
}

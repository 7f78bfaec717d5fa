//! The signals that end a server: SIGTERM, and Ctrl-C.

use language::words;

use crate::exit::{Exit, Failure};

/// What is waited for.
pub struct Signals {
    #[cfg(unix)]
    term: tokio::signal::unix::Signal,
}

impl Signals {
    /// From now on the process does not end by itself.
    ///
    /// # Errors
    /// The host takes no handler.
    pub fn new() -> Result<Signals, Failure> {
        #[cfg(unix)]
        {
            let kind = tokio::signal::unix::SignalKind::terminate();
            let term = tokio::signal::unix::signal(kind).map_err(|error| {
                Failure::new(
                    Exit::Unreachable,
                    words!("不能接收信号：{error}", "cannot take signals: {error}"),
                )
            })?;
            Ok(Signals { term })
        }
        #[cfg(not(unix))]
        Ok(Signals {})
    }

    /// The next one.
    pub async fn next(&mut self) {
        #[cfg(unix)]
        tokio::select! {
            _ = self.term.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        }
        #[cfg(not(unix))]
        let _ = tokio::signal::ctrl_c().await;
    }
}

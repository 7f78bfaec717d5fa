//! The listener: so many connections at once, and whoever is slow loses theirs. A connection that sends its headers a
//! byte a minute, or never reads its answer, would otherwise be kept for ever, and a few thousand of them would be all
//! there are.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::{Instant, Sleep, sleep_until, timeout};

use crate::problem::Problem;
use crate::words;

/// What a connection may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Connections at once; one more is told so and closed.
    pub connections: usize,
    /// The headers of a request come within this time; so long may a connection be idle, too.
    pub headers: Duration,
    /// Headers of a request together, with the first line, in bytes.
    pub headers_max: usize,
    /// So long nothing more may come of a body.
    pub body_gap: Duration,
    /// A body comes within this time.
    pub body: Duration,
    /// So long an answer may wait to be read on.
    pub reading: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            connections: 4_096,
            headers: Duration::from_secs(30),
            headers_max: 32 << 10,
            body_gap: Duration::from_secs(10),
            body: Duration::from_secs(60),
            reading: Duration::from_secs(60),
        }
    }
}

/// So many that are too many are told so at once; more are dropped without a word.
const TOLD_AT_ONCE: usize = 64;
/// So long somebody who is turned away is listened to, so that the answer arrives before the end does.
const FAREWELL: Duration = Duration::from_secs(1);
/// After the host gave no connection (it has no more of them), so long until the next try.
const AGAIN: Duration = Duration::from_millis(100);

/// Answers requests until `closing`, then finishes those under way.
pub async fn serve(listener: TcpListener, router: Router, limits: Limits, closing: impl Future<Output = ()>) {
    let slots = Arc::new(Semaphore::new(limits.connections));
    let farewells = Arc::new(Semaphore::new(TOLD_AT_ONCE));
    let open = GracefulShutdown::new();
    let mut closing = std::pin::pin!(closing);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut closing => break,
        };
        let stream = match accepted {
            Ok((stream, _)) => stream,
            Err(error) if is_of_one(&error) => continue,
            Err(error) => {
                tracing::error!(%error, "the host gives no more connections");
                sleep_until(Instant::now() + AGAIN).await;
                continue;
            }
        };
        // Answers are small: none waits for the next.
        let _ = stream.set_nodelay(true);
        let Ok(slot) = slots.clone().try_acquire_owned() else {
            if let Ok(farewell) = farewells.clone().try_acquire_owned() {
                tokio::spawn(async move {
                    turn_away(stream).await;
                    drop(farewell);
                });
            }
            continue;
        };
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new()).header_read_timeout(limits.headers);
        // The router says in words what is too long; what it never gets to see is cut off at twice that.
        http.max_header_size(2 * limits.headers_max);
        let io = TokioIo::new(Patient::new(stream, limits.reading));
        let connection = http.serve_connection(io, TowerToHyperService::new(router.clone()));
        let watched = open.watch(connection);
        tokio::spawn(async move {
            if let Err(error) = watched.await {
                tracing::debug!(%error, "a connection broke off");
            }
            drop(slot);
        });
    }
    drop(listener);
    open.shutdown().await;
}

/// Whether only this one connection failed.
fn is_of_one(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

/// Says that there are too many connections.
async fn turn_away(mut stream: TcpStream) {
    let problem = Problem::plain(words::OVERLOADED, "connections").shown(expr::lang::Lang::En);
    let body = serde_json::to_string(&problem).unwrap_or_default();
    let length = body.len();
    let answer = format!(
        "HTTP/1.1 503 Service Unavailable\r\ncontent-type: application/problem+json\r\nretry-after: 1\r\n\
         content-length: {length}\r\nconnection: close\r\n\r\n{body}"
    );
    let said = async {
        stream.write_all(answer.as_bytes()).await?;
        stream.shutdown().await?;
        let mut rest = [0_u8; 4_096];
        while stream.read(&mut rest).await? > 0 {}
        io::Result::Ok(())
    };
    // Whoever does not listen misses it.
    let _ = timeout(FAREWELL, said).await;
}

/// A connection whose other end has to read on within a time.
struct Patient {
    stream: TcpStream,
    most: Duration,
    until: Option<Pin<Box<Sleep>>>,
}

impl Patient {
    fn new(stream: TcpStream, most: Duration) -> Patient {
        Patient { stream, most, until: None }
    }

    /// What a write came to: a long wait is an end.
    fn waited<T>(&mut self, cx: &mut Context<'_>, came: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if came.is_ready() {
            self.until = None;
            return came;
        }
        let most = self.most;
        let until = self.until.get_or_insert_with(|| Box::pin(sleep_until(Instant::now() + most)));
        match until.as_mut().poll(cx) {
            Poll::Ready(()) => Poll::Ready(Err(io::ErrorKind::TimedOut.into())),
            Poll::Pending => Poll::Pending,
        }
    }
}

impl AsyncRead for Patient {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Patient {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let came = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.waited(cx, came)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let came = Pin::new(&mut self.stream).poll_write_vectored(cx, bytes);
        self.waited(cx, came)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

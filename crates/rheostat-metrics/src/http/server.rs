//! A thread that accepts connections at one address.

use std::future::poll_fn;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Poll;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::runtime;
use tokio::sync::watch;

use super::connection;
use super::guard::Guard;
use super::route::Routes;
use crate::registry::Registry;

/// How many connections are served at once; more are closed again.
const MAX_CONNECTIONS: usize = 64;

/// How long requests that are under way may take when the server stops.
const STOP_LIMIT: Duration = Duration::from_secs(2);

/// A server and its thread. Dropped, it stops: what is under way is finished by the thread.
pub(super) struct Server {
    pub(super) address: SocketAddr,
    pub(super) guard: Guard,
    stop: watch::Sender<bool>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Serves at a listener that is bound already.
    ///
    /// # Errors
    ///
    /// What the system says when it has no room for a thread or a runtime.
    pub(super) fn start(
        listener: TcpListener,
        registry: Registry,
        token: Option<Arc<str>>,
        mark: fn(),
    ) -> io::Result<Self> {
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let runtime = runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let guard = Guard::new(token);
        let routes = Routes {
            registry,
            guard: guard.clone(),
        };
        let (stop, stopped) = watch::channel(false);
        let thread = thread::Builder::new()
            .name("rheostat-http".into())
            .spawn(move || {
                mark();
                runtime.block_on(accept(listener, routes, stopped));
            })?;
        Ok(Self {
            address,
            guard,
            stop,
            thread: Some(thread),
        })
    }

    /// Stops, and waits until the address is free and what was under way is done.
    pub(super) fn stop(mut self) {
        self.stop.send_replace(true);
        if let Some(thread) = self.thread.take() {
            // A panic of that thread was its own end; the address is free either way.
            let _ = thread.join();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.send_replace(true);
    }
}

enum Next {
    Connection(TcpStream),
    Failure,
    Stop,
}

async fn accept(listener: TcpListener, routes: Routes, stop: watch::Receiver<bool>) {
    let Ok(listener) = tokio::net::TcpListener::from_std(listener) else {
        return;
    };
    let open = Arc::new(AtomicUsize::new(0));
    loop {
        match next(&listener, stop.clone()).await {
            Next::Connection(stream) => spawn(stream, &routes, &stop, &open),
            // Out of descriptors, as a rule: it passes.
            Next::Failure => tokio::time::sleep(Duration::from_millis(50)).await,
            Next::Stop => break,
        }
    }
    // Whoever connected before the address goes away is served still.
    while let Some(stream) = waiting(&listener).await {
        spawn(stream, &routes, &stop, &open);
    }
    drop(listener);
    let mut left = STOP_LIMIT;
    let step = Duration::from_millis(5);
    while open.load(Ordering::Relaxed) > 0 && !left.is_zero() {
        tokio::time::sleep(step).await;
        left = left.saturating_sub(step);
    }
}

async fn next(listener: &tokio::net::TcpListener, mut stop: watch::Receiver<bool>) -> Next {
    let mut stopped = pin!(stop.wait_for(|stop| *stop));
    poll_fn(|context| {
        if stopped.as_mut().poll(context).is_ready() {
            return Poll::Ready(Next::Stop);
        }
        listener
            .poll_accept(context)
            .map(|accepted| match accepted {
                Ok((stream, _)) => Next::Connection(stream),
                Err(_) => Next::Failure,
            })
    })
    .await
}

/// A connection that waits to be accepted, if there is one.
async fn waiting(listener: &tokio::net::TcpListener) -> Option<TcpStream> {
    poll_fn(|context| match listener.poll_accept(context) {
        Poll::Ready(Ok((stream, _))) => Poll::Ready(Some(stream)),
        Poll::Ready(Err(_)) | Poll::Pending => Poll::Ready(None),
    })
    .await
}

fn spawn(
    stream: TcpStream,
    routes: &Routes,
    stop: &watch::Receiver<bool>,
    open: &Arc<AtomicUsize>,
) {
    if open.load(Ordering::Relaxed) >= MAX_CONNECTIONS {
        return;
    }
    let one = Open::new(open);
    let (routes, stop) = (routes.clone(), stop.clone());
    tokio::spawn(async move {
        connection::serve(stream, routes, stop).await;
        drop(one);
    });
}

/// One open connection, counted until dropped.
struct Open(Arc<AtomicUsize>);

impl Open {
    fn new(count: &Arc<AtomicUsize>) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(count))
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

//! A thread that accepts connections at one address.

use std::future::poll_fn;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::Poll;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::runtime;
use tokio::sync::watch;

use super::guard::Guard;
use super::route::Routes;
use super::{connection, listener};
use crate::registry::Registry;

/// How many connections are served at once; more are closed again.
const MAX_CONNECTIONS: usize = 64;

/// How long requests that are under way may take when the server stops.
const STOP_LIMIT: Duration = Duration::from_secs(2);

/// How long a server that is replaced takes connections that were on their way to it.
const FAREWELL: Duration = Duration::from_millis(100);

/// A server and its thread. Dropped, it stops: what is under way is finished by the thread.
pub(super) struct Server {
    pub(super) address: SocketAddr,
    pub(super) guard: Guard,
    /// Another handle of what the thread listens with.
    listener: TcpListener,
    stop: watch::Sender<bool>,
    farewell: Arc<AtomicBool>,
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
        let ours = listener.try_clone()?;
        let runtime = runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let guard = Guard::new(token);
        let routes = Routes {
            registry,
            guard: guard.clone(),
        };
        let (stop, stopped) = watch::channel(false);
        let farewell = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&farewell);
        let thread = thread::Builder::new()
            .name("rheostat-http".into())
            .spawn(move || {
                mark();
                runtime.block_on(accept(listener, routes, stopped, &seen));
            })?;
        Ok(Self {
            address,
            guard,
            listener: ours,
            stop,
            farewell,
            thread: Some(thread),
        })
    }

    /// What it listens with, to make room beside it.
    pub(super) fn listener(&self) -> &TcpListener {
        &self.listener
    }

    /// Leaves its port to a server that was bound beside it. Whoever connected here is served still.
    pub(super) fn give_way(self) {
        // Where the system cannot, a connection that comes in just now may be lost.
        let deaf = listener::refuse_newcomers(&self.listener).is_ok();
        self.farewell.store(deaf, Ordering::Release);
    }

    /// Stops, and waits until the address is free and what was under way is done.
    pub(super) fn stop(mut self) {
        let thread = self.thread.take();
        drop(self);
        if let Some(thread) = thread {
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

async fn accept(
    listener: TcpListener,
    routes: Routes,
    stop: watch::Receiver<bool>,
    farewell: &AtomicBool,
) {
    let open = Arc::new(AtomicUsize::new(0));
    let Ok(listener) = tokio::net::TcpListener::from_std(listener) else {
        return;
    };
    loop {
        match next(&listener, stop.clone()).await {
            Next::Connection(stream) => spawn(stream, &routes, &stop, &open),
            // Out of descriptors, as a rule: it passes.
            Next::Failure => tokio::time::sleep(Duration::from_millis(50)).await,
            Next::Stop => break,
        }
    }
    let farewell = match farewell.load(Ordering::Acquire) {
        true => FAREWELL,
        false => Duration::ZERO,
    };
    if let Ok(listener) = listener.into_std() {
        wait(farewell, || take_waiting(&listener, &routes, &stop, &open)).await;
    }
    wait(STOP_LIMIT, || open.load(Ordering::Relaxed) == 0).await;
}

/// Takes whoever connected before the address goes away.
///
/// The system is asked, not the runtime: that one may not have been told of a connection yet, and closing a
/// listener resets those that wait at it.
fn take_waiting(
    listener: &TcpListener,
    routes: &Routes,
    stop: &watch::Receiver<bool>,
    open: &Arc<AtomicUsize>,
) -> bool {
    while let Ok((stream, _)) = listener.accept() {
        let taken = stream
            .set_nonblocking(true)
            .and_then(|()| TcpStream::from_std(stream));
        if let Ok(stream) = taken {
            spawn(stream, routes, stop, open);
        }
    }
    false // somebody may still be on the way
}

/// Waits until it is done, for so long at most; asks at least once.
async fn wait(limit: Duration, mut is_done: impl FnMut() -> bool) {
    let step = Duration::from_millis(5);
    let mut left = limit;
    while !is_done() && !left.is_zero() {
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

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::net::TcpStream as Client;

    use super::*;

    #[test]
    fn whoever_connected_before_a_stop_is_served() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        listener.set_nonblocking(true).expect("it is ours");
        let mut client = Client::connect(address).expect("somebody listens");
        let routes = Routes {
            registry: Registry::new(),
            guard: Guard::default(),
        };
        // Stopped before the runtime was told of the connection: nothing but the system knows of it.
        let (_stop, stopped) = watch::channel(true);
        let server = thread::spawn(move || {
            let runtime = runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime");
            runtime.block_on(accept(listener, routes, stopped, &AtomicBool::new(false)));
        });
        let mut answer = String::new();
        let asked = client.write_all(b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n");
        asked.expect("the connection lasts");
        client.read_to_string(&mut answer).expect("it is answered");
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        server.join().expect("it ends by itself");
    }
}

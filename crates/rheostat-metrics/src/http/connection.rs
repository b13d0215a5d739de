//! One connection of a scraper.

use std::convert::Infallible;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use hyper::header::{CONNECTION, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpStream;
use tokio::sync::watch;

use super::route::Routes;

/// How long a request's head may take.
const HEAD_LIMIT: Duration = Duration::from_secs(10);

/// Serves a connection until the other side closes it, or until told to stop: then the request that is
/// under way is answered still, and so is the first one of a connection that has had none.
pub(super) async fn serve(stream: TcpStream, routes: Routes, stop: watch::Receiver<bool>) {
    let answered = AtomicBool::new(false);
    let is_stopping = stop.clone();
    let service = service_fn(|request| {
        answered.store(true, Ordering::Relaxed);
        let mut answer = routes.answer(&request);
        if *is_stopping.borrow() {
            let close = HeaderValue::from_static("close");
            answer.headers_mut().insert(CONNECTION, close);
        }
        async move { Ok::<_, Infallible>(answer) }
    });
    let mut connection = pin!(
        http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD_LIMIT)
            .serve_connection(TokioIo::new(stream), service)
    );
    let mut stop = stop.clone();
    let mut stopped = pin!(stop.wait_for(|stop| *stop));
    let mut stopping = false;
    // A connection that fails is the scraper's to notice; there is nobody here to tell.
    let _ = poll_fn(|context| {
        if !stopping && stopped.as_mut().poll(context).is_ready() {
            stopping = true;
            // One that has not been asked yet would be closed at once, perhaps with the question on its way.
            if answered.load(Ordering::Relaxed) {
                connection.as_mut().graceful_shutdown();
            }
        }
        connection.as_mut().poll(context)
    })
    .await;
}

//! One connection of a scraper.

use std::convert::Infallible;
use std::future::poll_fn;
use std::pin::pin;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpStream;
use tokio::sync::watch;

use super::route::Routes;

/// How long a request's head may take.
const HEAD_LIMIT: Duration = Duration::from_secs(10);

/// Serves a connection until the other side closes it, or until told to stop: then the request that is
/// under way is answered still.
pub(super) async fn serve(stream: TcpStream, routes: Routes, mut stop: watch::Receiver<bool>) {
    let service = service_fn(move |request| {
        let answer = routes.answer(&request);
        async move { Ok::<_, Infallible>(answer) }
    });
    let mut connection = pin!(
        http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD_LIMIT)
            .serve_connection(TokioIo::new(stream), service)
    );
    let mut stopped = pin!(async move {
        // An error means that the server is gone, which says the same.
        let _ = stop.wait_for(|stop| *stop).await;
    });
    let mut stopping = false;
    // A connection that fails is the scraper's to notice; there is nobody here to tell.
    let _ = poll_fn(|context| {
        if !stopping && stopped.as_mut().poll(context).is_ready() {
            stopping = true;
            connection.as_mut().graceful_shutdown();
        }
        connection.as_mut().poll(context)
    })
    .await;
}

//! A shop that serves: how it starts, and how it stops.

use std::net::SocketAddr;

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::app::{self, AppState};
use crate::pricing::{self, PricingClient};
use crate::store::Store;
use crate::{Settings, StartError};

/// A running shop; dropping it stops accepting connections.
#[derive(Debug)]
pub struct Running {
    address: SocketAddr,
    pricing: String,
    stop: watch::Sender<bool>,
    servers: Vec<JoinHandle<()>>,
}

impl Running {
    /// Opens the database, starts the pricing peer if none is given, and
    /// serves. Must be called inside a tokio runtime.
    ///
    /// # Errors
    ///
    /// [`StartError`] says which of these failed; nothing is left running.
    pub async fn start(settings: &Settings) -> Result<Self, StartError> {
        std::fs::create_dir_all(&settings.out)
            .map_err(|source| StartError::Folder(settings.out.clone(), source))?;
        let store = Store::open(&settings.out.join("shop.db"))
            .await
            .map_err(StartError::Database)?;
        let listener = listen(settings.listen).await?;
        let address = local(&listener, settings.listen)?;
        let (stop, stopped) = watch::channel(false);
        let mut servers = Vec::new();

        let pricing = match &settings.pricing {
            Some(base) => base.clone(),
            None => {
                let wish = SocketAddr::from(([127, 0, 0, 1], 0));
                let peer = listen(wish).await?;
                let base = format!("http://{}", local(&peer, wish)?);
                servers.push(serve(peer, pricing::router(), stopped.clone()));
                base
            }
        };
        let client = PricingClient::new(pricing.clone()).map_err(StartError::Client)?;
        let router = app::router(AppState {
            store,
            pricing: client,
        });
        servers.push(serve(listener, router, stopped));
        Ok(Self {
            address,
            pricing,
            stop,
            servers,
        })
    }

    /// The address customers connect to.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The base address of the pricing service in use.
    #[must_use]
    pub fn pricing(&self) -> &str {
        &self.pricing
    }

    /// Stops accepting, finishes what was begun, and returns when it is done.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        for server in self.servers {
            // A server task ends by itself; one that panicked has nothing left to finish.
            let _ = server.await;
        }
    }
}

async fn listen(address: SocketAddr) -> Result<TcpListener, StartError> {
    TcpListener::bind(address)
        .await
        .map_err(|source| StartError::Listen(address, source))
}

fn local(listener: &TcpListener, wish: SocketAddr) -> Result<SocketAddr, StartError> {
    listener
        .local_addr()
        .map_err(|source| StartError::Listen(wish, source))
}

fn serve(
    listener: TcpListener,
    router: axum::Router,
    stopped: watch::Receiver<bool>,
) -> JoinHandle<()> {
    tokio::spawn(async move {
        let service = axum::serve(listener, router).with_graceful_shutdown(told_to_stop(stopped));
        if let Err(error) = service.await {
            tracing::error!(error = &error as &dyn std::error::Error, "a server ended");
        }
    })
}

async fn told_to_stop(mut stopped: watch::Receiver<bool>) {
    // An error means that the sender is gone, which is a reason to stop too.
    let _ = stopped.wait_for(|stop| *stop).await;
}

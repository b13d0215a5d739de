//! The endpoint that a policy describes, and how it changes with the policy.

use std::error::Error;
use std::fmt;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::listener::{Bound, beside};
use super::server::Server;
use crate::registry::Registry;

/// Where an endpoint listens, and what guards it.
#[derive(Clone, PartialEq, Eq)]
pub struct Listen {
    /// Host and port.
    pub address: Arc<str>,
    /// What a reader must send as `Authorization: Bearer`.
    pub token: Option<Arc<str>>,
}

/// `/metrics` over HTTP, on a thread of its own; it moves when the policy moves it.
///
/// A change has two halves, like a policy's: [`prepare`](Self::prepare) binds the
/// new address and can fail, [`commit`](Self::commit) serves there and then stops
/// serving at the old one. Requests that are under way are answered.
pub struct Endpoint {
    registry: Registry,
    mark: fn(),
    current: Mutex<Current>,
}

#[derive(Default)]
struct Current {
    server: Option<(Server, Listen)>,
    problem: Option<BindError>,
}

/// A change of the endpoint that is ready to be made.
pub struct Prepared {
    change: Change,
    listen: Option<Listen>,
}

enum Change {
    Stay,
    Close,
    Move(TcpListener),
    // The same port on other interfaces: the new listener stands beside the old one until that gives way.
    Beside(Bound),
}

/// Why an address cannot be listened at.
#[derive(Debug)]
pub struct BindError {
    address: Arc<str>,
    cause: io::Error,
}

impl Endpoint {
    /// An endpoint that listens nowhere yet. Its threads call `mark` first of all.
    pub fn new(registry: Registry, mark: fn()) -> Self {
        Self {
            registry,
            mark,
            current: Mutex::default(),
        }
    }

    /// Binds what is to come; what is in force goes on.
    ///
    /// # Errors
    ///
    /// [`BindError`] where the address is wrong, taken, or not ours.
    pub fn prepare(&self, listen: Option<&Listen>) -> Result<Prepared, BindError> {
        let current = self.current();
        let now = current.server.as_ref();
        let change = match (listen, now) {
            (None, _) => Change::Close,
            (Some(new), Some((_, old))) if new.address == old.address => Change::Stay,
            (Some(new), now) => match TcpListener::bind(&*new.address) {
                Ok(listener) => Change::Move(listener),
                Err(cause) => {
                    match now.filter(|(server, _)| is_ours(&cause, new, server.address)) {
                        Some((server, _)) => {
                            beside(server.listener(), &new.address).map(Change::Beside)
                        }
                        None => Err(cause),
                    }
                    .map_err(|cause| BindError::new(&new.address, cause))?
                }
            },
        };
        Ok(Prepared {
            change,
            listen: listen.cloned(),
        })
    }

    /// Makes the change. What goes wrong from here on is kept for [`problem`](Self::problem).
    pub fn commit(&self, prepared: Prepared) {
        let mut current = self.current();
        current.problem = None;
        match (prepared.change, prepared.listen) {
            (Change::Stay, Some(listen)) => {
                if let Some((server, now)) = &mut current.server {
                    server.guard.set(listen.token.clone());
                    *now = listen;
                }
            }
            (Change::Move(listener), Some(listen)) => {
                self.serve(&mut current, listener, listen);
            }
            (Change::Beside(bound), Some(listen)) => self.replace(&mut current, bound, listen),
            (_, None) | (Change::Close, _) => current.server = None,
        }
    }

    /// Where it listens now.
    pub fn address(&self) -> Option<SocketAddr> {
        let current = self.current();
        current.server.as_ref().map(|(server, _)| server.address)
    }

    /// What went wrong in the last change, in words.
    pub fn problem(&self) -> Option<String> {
        let current = self.current();
        let problem = current.problem.as_ref()?;
        Some(format!("{problem}: {}", problem.cause))
    }

    /// Serves at a new address; the server before that one goes only when the new one serves.
    fn serve(
        &self,
        current: &mut Current,
        listener: TcpListener,
        listen: Listen,
    ) -> Option<Server> {
        let token = listen.token.clone();
        match Server::start(listener, self.registry.clone(), token, self.mark) {
            Ok(server) => current.server.replace((server, listen)).map(|(old, _)| old),
            Err(cause) => {
                current.problem = Some(BindError::new(&listen.address, cause));
                None
            }
        }
    }

    /// Serves at the same port on other interfaces; the old server goes on where that fails.
    fn replace(&self, current: &mut Current, bound: Bound, listen: Listen) {
        let listening = match &current.server {
            Some((old, _)) => bound.listen(old.listener()),
            // Closed since the change was prepared; nothing is in the way then.
            None => TcpListener::bind(&*listen.address),
        };
        match listening {
            Ok(listener) => {
                if let Some(old) = self.serve(current, listener, listen) {
                    old.give_way();
                }
            }
            Err(cause) => current.problem = Some(BindError::new(&listen.address, cause)),
        }
    }

    fn current(&self) -> MutexGuard<'_, Current> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Endpoint {
    fn drop(&mut self) {
        if let Some((server, _)) = self.current().server.take() {
            server.stop();
        }
    }
}

impl BindError {
    fn new(address: &Arc<str>, cause: io::Error) -> Self {
        Self {
            address: Arc::clone(address),
            cause,
        }
    }

    /// The address.
    pub fn address(&self) -> &str {
        &self.address
    }
}

impl fmt::Display for BindError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot listen at \"{}\"", self.address)
    }
}

impl Error for BindError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.cause)
    }
}

impl fmt::Debug for Listen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The token is a secret.
        f.debug_struct("Listen")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Prepared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Prepared").finish_non_exhaustive()
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Endpoint")
            .field("address", &self.address())
            .finish_non_exhaustive()
    }
}

/// Whether an address is taken by our own listener, at the same port.
fn is_ours(cause: &io::Error, wanted: &Listen, own: SocketAddr) -> bool {
    let port = wanted
        .address
        .rsplit_once(':')
        .and_then(|(_, port)| port.parse().ok());
    cause.kind() == io::ErrorKind::AddrInUse && Some(own.port()) == port
}

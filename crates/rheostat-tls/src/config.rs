//! Whom we trust, and who we are.

use std::sync::Arc;

use rheostat_core::sink::{Around, Failure};
use rheostat_policy::model::Args;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore};

/// Reads a `tls` table; without one, whom the web trusts is trusted.
///
/// # Errors
///
/// A file that cannot be read, or does not hold what it should.
pub fn config(tls: Option<&Args>, around: &Around<'_>) -> Result<ClientConfig, Failure> {
    let path = |key: &str| {
        let written = tls.and_then(|tls| tls.text(key));
        written.map(|written| around.path(written).display().to_string())
    };
    let roots = match path("ca") {
        Some(file) => roots(&file)?,
        None => return with_client(web_builder()?, path("cert"), path("key")),
    };
    let builder = builder()?.with_root_certificates(roots);
    with_client(builder, path("cert"), path("key"))
}

type WantsClient = rustls::ConfigBuilder<ClientConfig, rustls::client::WantsClientCert>;

// Named, because a host may link another provider, and then there is no default.
fn builder() -> Result<rustls::ConfigBuilder<ClientConfig, rustls::WantsVerifier>, Failure> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| Failure::because("cannot set TLS up", error))
}

fn web_builder() -> Result<WantsClient, Failure> {
    let roots = webpki_roots::TLS_SERVER_ROOTS.to_vec();
    let roots = RootCertStore { roots };
    Ok(builder()?.with_root_certificates(roots))
}

fn with_client(
    builder: WantsClient,
    cert: Option<String>,
    key: Option<String>,
) -> Result<ClientConfig, Failure> {
    let (cert, key) = match (cert, key) {
        (None, None) => return Ok(builder.with_no_client_auth()),
        (Some(cert), Some(key)) => (cert, key),
        _ => {
            return Err(Failure::new(
                "its `tls` has one of `cert` and `key`; both are needed",
            ));
        }
    };
    let chain = certificates(&cert)?;
    let read = PrivateKeyDer::from_pem_file(&key)
        .map_err(|error| Failure::because(format!("cannot read the key in {key}"), error))?;
    builder
        .with_client_auth_cert(chain, read)
        .map_err(|error| Failure::because(format!("cannot use {cert} with {key}"), error))
}

fn roots(file: &str) -> Result<RootCertStore, Failure> {
    let mut roots = RootCertStore::empty();
    for certificate in certificates(file)? {
        roots
            .add(certificate)
            .map_err(|error| Failure::because(format!("cannot trust {file}"), error))?;
    }
    Ok(roots)
}

fn certificates(file: &str) -> Result<Vec<CertificateDer<'static>>, Failure> {
    let cannot = |error| Failure::because(format!("cannot read the certificates in {file}"), error);
    let all: Result<Vec<_>, _> = CertificateDer::pem_file_iter(file)
        .map_err(cannot)?
        .collect();
    let all = all.map_err(cannot)?;
    if all.is_empty() {
        return Err(Failure::new(format!("there is no certificate in {file}")));
    }
    Ok(all)
}

//! https on loopback: an authority of its own, made at the start, and a certificate for `localhost`,
//! `127.0.0.1` and `::1`. Must not know HTTP. The keys live and die with the server.

use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa,
    Issuer, KeyPair, KeyUsagePurpose,
};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

use super::error::SimulatorError;

/// What a server needs to speak TLS, and what a client needs to trust it.
pub(super) struct Identity {
    pub(super) acceptor: TlsAcceptor,
    /// The authority's certificate, PEM.
    pub(super) authority: String,
}

pub(super) fn identity() -> Result<Identity, SimulatorError> {
    made().map_err(|reason| SimulatorError::Certificate { reason })
}

fn made() -> Result<Identity, String> {
    let text = |error: rcgen::Error| error.to_string();
    let mut root = CertificateParams::new(Vec::new()).map_err(text)?;
    root.distinguished_name = named("hopscope embedded Azure");
    root.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    root.key_usages = vec![
        KeyUsagePurpose::KeyCertSign,
        KeyUsagePurpose::CrlSign,
        KeyUsagePurpose::DigitalSignature,
    ];
    let root_key = KeyPair::generate().map_err(text)?;
    let authority = root.self_signed(&root_key).map_err(text)?;

    let names = ["localhost", "127.0.0.1", "::1"].map(String::from);
    let mut leaf = CertificateParams::new(names.to_vec()).map_err(text)?;
    leaf.distinguished_name = named("localhost");
    leaf.use_authority_key_identifier_extension = true;
    leaf.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let leaf_key = KeyPair::generate().map_err(text)?;
    let issuer = Issuer::from_params(&root, &root_key);
    let certificate = leaf.signed_by(&leaf_key, &issuer).map_err(text)?;

    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(leaf_key.serialize_der()));
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(|builder| {
            builder
                .with_no_client_auth()
                .with_single_cert(vec![certificate.der().clone()], key)
        })
        .map_err(|error| error.to_string())?;
    Ok(Identity {
        acceptor: TlsAcceptor::from(Arc::new(config)),
        authority: authority.pem(),
    })
}

fn named(name: &str) -> DistinguishedName {
    let mut names = DistinguishedName::new();
    names.push(DnType::CommonName, name);
    names
}

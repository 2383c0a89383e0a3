//! From an answer to bytes: JSON, compression, and damage on purpose. Must not know which service
//! answered.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use futures::StreamExt as _;
use futures::stream;
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt as _, Full, StreamBody};
use hyper::body::{Bytes, Frame};
use hyper::header::{
    CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, DATE, HeaderName, HeaderValue, VARY,
};
use hyper::{Method, Response, StatusCode};

use super::reply::Reply;
use super::request::Request;
use super::world::World;

pub(super) type Body = BoxBody<Bytes, std::io::Error>;
pub(super) type Encoded = Response<Body>;

/// Smaller bodies gain nothing from compression.
const WORTH_COMPRESSING: usize = 512;

/// How the bytes are spoiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Damage {
    None,
    /// Half of what `Content-Length` promises, then the connection ends.
    Cut,
    /// All of the promised length, and no JSON.
    Malformed,
    /// No body at all, with the good status.
    Empty,
}

pub(super) fn encode(world: &World, request: &Request, reply: &Reply, damage: Damage) -> Encoded {
    let mut response = Response::new(full(Bytes::new()));
    *response.status_mut() =
        StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    for (name, value) in &reply.headers {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
    if let Ok(date) = HeaderValue::from_str(&httpdate::fmt_http_date(world.clock.now().into())) {
        headers.insert(DATE, date);
    }
    headers.insert(
        "strict-transport-security",
        HeaderValue::from_static("max-age=31536000; includeSubDomains"),
    );
    let Some(body) = &reply.body else {
        return response;
    };
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("application/json; charset=utf-8"),
    );
    let mut bytes = serde_json::to_vec(body).unwrap_or_default();
    match damage {
        Damage::Empty => bytes.clear(),
        Damage::Malformed => {
            let half = bytes.len() / 2;
            bytes.truncate(half);
            bytes.extend_from_slice(b"\x00<!-- not what was promised");
        }
        Damage::None | Damage::Cut => {}
    }
    let compress = world.knobs.compress
        && damage == Damage::None
        && bytes.len() >= WORTH_COMPRESSING
        && request
            .header("accept-encoding")
            .is_some_and(|accepted| accepted.to_ascii_lowercase().contains("gzip"));
    if compress && let Some(packed) = packed(&bytes) {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        headers.insert(VARY, HeaderValue::from_static("Accept-Encoding"));
        bytes = packed;
    }
    if request.method == Method::HEAD {
        return response;
    }
    headers.insert(CONTENT_LENGTH, HeaderValue::from(bytes.len()));
    *response.body_mut() = if damage == Damage::Cut {
        cut(&bytes)
    } else {
        full(Bytes::from(bytes))
    };
    response
}

fn packed(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).ok()?;
    encoder.finish().ok()
}

fn full(bytes: Bytes) -> Body {
    Full::new(bytes).map_err(|never| match never {}).boxed()
}

/// Half of the bytes, then an error: the connection is closed before the promised length.
fn cut(bytes: &[u8]) -> Body {
    let half = Bytes::copy_from_slice(&bytes[..bytes.len() / 2]);
    let frames = stream::iter([Ok(Frame::data(half))]).chain(stream::once(async {
        // The first half has to leave before the connection ends.
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        Err(std::io::Error::other("cut off on purpose"))
    }));
    BoxBody::new(StreamBody::new(Box::pin(frames)))
}

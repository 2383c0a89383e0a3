//! A request as the services read it: decoded segments, a case-insensitive query, a body in full.
//! Must not know what any path means.

use hyper::body::Bytes;
use hyper::header::{HOST, HeaderMap};
use hyper::{Method, Uri};
use percent_encoding::percent_decode_str;
use serde_json::Value;

/// One request, taken apart.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) method: Method,
    /// The path as it was sent, still encoded.
    pub(super) path: String,
    /// The query as it was sent, still encoded.
    pub(super) raw_query: String,
    /// Decoded, without empty ones: clients that join `/` and `/{scope}` are served as ARM serves them.
    pub(super) segments: Vec<String>,
    /// The same in lower case.
    pub(super) lower: Vec<String>,
    pub(super) query: Vec<(String, String)>,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
    /// Scheme and host under which the client reached us: links lead back there.
    pub(super) base: String,
}

impl Request {
    pub(super) fn new(
        method: Method,
        uri: &Uri,
        headers: HeaderMap,
        body: Bytes,
        own_base: &str,
    ) -> Self {
        let segments: Vec<String> = uri
            .path()
            .split('/')
            .filter(|part| !part.is_empty())
            .map(|part| percent_decode_str(part).decode_utf8_lossy().into_owned())
            .collect();
        let raw_query = uri.query().unwrap_or_default().to_owned();
        let base = headers
            .get(HOST)
            .and_then(|host| host.to_str().ok())
            .filter(|host| is_loopback(host))
            .and_then(|host| {
                own_base
                    .split_once("://")
                    .map(|(scheme, _)| format!("{scheme}://{host}"))
            })
            .unwrap_or_else(|| own_base.to_owned());
        Self {
            lower: segments
                .iter()
                .map(|part| part.to_ascii_lowercase())
                .collect(),
            query: pairs(raw_query.as_bytes()),
            method,
            path: uri.path().to_owned(),
            raw_query,
            segments,
            headers,
            body,
            base,
        }
    }

    /// A query parameter by its name, without regard to case.
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        self.query
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    pub(super) fn api_version(&self) -> Option<&str> {
        self.parameter("api-version")
            .filter(|text| !text.is_empty())
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The body's fields when it is a form.
    pub(super) fn form(&self) -> Vec<(String, String)> {
        pairs(&self.body)
    }

    /// The body when it is JSON.
    pub(super) fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }

    /// The absolute address of this very request with one parameter changed.
    pub(super) fn link_with(&self, name: &str, value: &str) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for (key, own) in &self.query {
            if !key.eq_ignore_ascii_case(name) {
                query.append_pair(key, own);
            }
        }
        query.append_pair(name, value);
        // A dollar in a name is legal in a query and is how Azure writes its own links.
        let query = query.finish().replace("%24", "$");
        format!("{}{}?{query}", self.base, self.path)
    }
}

fn pairs(encoded: &[u8]) -> Vec<(String, String)> {
    url::form_urlencoded::parse(encoded)
        .map(|(key, value)| (key.into_owned(), value.into_owned()))
        .collect()
}

fn is_loopback(host: &str) -> bool {
    let name = host
        .rsplit_once(':')
        .filter(|(_, port)| port.bytes().all(|digit| digit.is_ascii_digit()))
        .map_or(host, |(name, _)| name);
    name.eq_ignore_ascii_case("localhost")
        || name
            .trim_matches(['[', ']'])
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(uri: &str, host: &str) -> Request {
        let mut headers = HeaderMap::new();
        headers.insert(HOST, host.parse().unwrap());
        Request::new(
            Method::GET,
            &uri.parse().unwrap(),
            headers,
            Bytes::new(),
            "http://127.0.0.1:1",
        )
    }

    #[test]
    fn paths_are_decoded_and_double_slashes_do_not_matter() {
        let request = request(
            "//subscriptions/A%20b/?API-Version=1&%24filter=x+eq+'y'",
            "localhost:9",
        );
        assert_eq!(request.segments, ["subscriptions", "A b"]);
        assert_eq!(request.lower, ["subscriptions", "a b"]);
        assert_eq!(request.api_version(), Some("1"));
        assert_eq!(request.parameter("$FILTER"), Some("x eq 'y'"));
        assert_eq!(request.base, "http://localhost:9");
    }

    #[test]
    fn links_lead_to_the_host_that_was_asked_but_never_to_a_foreign_one() {
        let own = request(
            "/a?api-version=1&$skiptoken=old&$filter=name eq 'a b'"
                .replace(' ', "+")
                .as_str(),
            "[::1]:80",
        );
        assert_eq!(
            own.link_with("$skipToken", "bmV3"),
            "http://[::1]:80/a?api-version=1&$filter=name+eq+%27a+b%27&$skipToken=bmV3"
        );
        assert!(
            request("/a", "evil.example:80")
                .link_with("x", "1")
                .starts_with("http://127.0.0.1:1/a")
        );
    }
}

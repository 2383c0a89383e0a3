//! Which service an address belongs to: scheme, host and port, then the base path.
//!
//! A token is only ever sent to the scheme, host and port of the service it was asked for, so this
//! module knows addresses and nothing of tokens, methods or rights.

use url::Url;

use crate::model::cloud::{Audience, Cloud};
use crate::model::ledger::Service;

/// The place of a search service's name in a cloud's template.
pub(crate) const SERVICE: &str = "{service}";

/// The ledger's word for the service that an audience's token opens.
pub fn service_of(audience: Audience) -> Service {
    match audience {
        Audience::ResourceManager => Service::Arm,
        Audience::Graph => Service::Graph,
        Audience::Search => Service::Search,
        Audience::LogAnalytics => Service::Logs,
    }
}

/// Whether two addresses have the same scheme, host and port.
pub fn same_origin(one: &Url, other: &Url) -> bool {
    one.scheme() == other.scheme()
        && one.host() == other.host()
        && one.port_or_known_default() == other.port_or_known_default()
}

/// The part of `url`'s path below `base`, starting with a slash; none when it is not below it.
pub fn below<'u>(base: &Url, url: &'u Url) -> Option<&'u str> {
    if !same_origin(base, url) {
        return None;
    }
    let rest = url.path().strip_prefix(base.path().trim_end_matches('/'))?;
    (rest.is_empty() || rest.starts_with('/')).then_some(rest)
}

/// `base` with `tail` (a path, perhaps with a query) appended, as the cloud file's contract says.
pub fn append(base: &Url, tail: &str) -> Result<Url, url::ParseError> {
    let text = format!(
        "{}/{}",
        base.as_str().trim_end_matches('/'),
        tail.trim_start_matches('/')
    );
    Url::parse(&text)
}

/// The base of a search service; none when the cloud has no search, or the name cannot be one.
pub fn search_base(cloud: &Cloud, service: &str) -> Option<Url> {
    let is_name = !service.is_empty()
        && service.len() <= 60
        && service
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if !is_name {
        return None;
    }
    let template = cloud.search.as_deref()?;
    let name = service.to_ascii_lowercase();
    let url = Url::parse(&template.replace(SERVICE, &name)).ok()?;
    // The name must stand as a whole host label or a whole path segment: nowhere else does reading
    // an address back give the same name.
    let in_host = url.host_str().is_some_and(|host| {
        template.contains(&format!("//{SERVICE}.")) && host.starts_with(&format!("{name}."))
    });
    let in_path = url.query().is_none()
        && url.path_segments().is_some_and(|mut parts| {
            template.contains(&format!("/{SERVICE}")) && parts.any(|part| part == name)
        });
    (in_host || in_path).then_some(url)
}

/// The name of the search service that an address belongs to.
pub fn search_service(cloud: &Cloud, url: &Url) -> Option<String> {
    let template = cloud.search.as_deref()?;
    let name = if template.contains(&format!("//{SERVICE}.")) {
        url.host_str()?.split('.').next()?.to_owned()
    } else {
        let before = template.split(SERVICE).next()?;
        let at = Url::parse(before).ok()?.path_segments()?.count() - 1;
        url.path_segments()?.nth(at)?.to_owned()
    };
    below(&search_base(cloud, &name)?, url).map(|_| name)
}

/// The service that an address belongs to, and its path below that service's base. Where services
/// share an origin (loopback clouds), the longest base wins. The token endpoint is not among them.
pub fn place<'u>(cloud: &Cloud, url: &'u Url) -> Option<(Service, &'u str)> {
    let search = search_service(cloud, url).and_then(|name| search_base(cloud, &name));
    let bases = [
        (Service::Arm, Some(&cloud.resource_manager)),
        (Service::Graph, cloud.graph.as_ref()),
        (Service::Logs, cloud.log_analytics.as_ref()),
        (Service::Search, search.as_ref()),
    ];
    bases
        .into_iter()
        .filter_map(|(service, base)| {
            let base = base?;
            below(base, url).map(|rest| (base.path().len(), service, rest))
        })
        .max_by_key(|(length, ..)| *length)
        .map(|(_, service, rest)| (service, rest))
}

/// The base of the service that an audience's token opens; a search service is named.
pub fn base_of(cloud: &Cloud, audience: Audience, search: Option<&str>) -> Option<Url> {
    match audience {
        Audience::ResourceManager => Some(cloud.resource_manager.clone()),
        Audience::Graph => cloud.graph.clone(),
        Audience::LogAnalytics => cloud.log_analytics.clone(),
        Audience::Search => search_base(cloud, search?),
    }
}

/// Host and port as the ledger shows them.
pub fn host_and_port(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port()
        .map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::azure::cloud::{from_toml, public};

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    fn lab() -> Cloud {
        from_toml(
            "name='lab'\nresource_manager='http://127.0.0.1:8080'\nauthority='http://127.0.0.1:8080'\n\
             graph='http://127.0.0.1:8080/graph'\nlog_analytics='http://127.0.0.1:8080/loganalytics'\n\
             search='http://127.0.0.1:8080/search/{service}'",
            "lab.toml",
        )
        .unwrap()
    }

    #[test]
    fn services_of_the_public_cloud_are_told_apart_by_host() {
        let cloud = public();
        let service = |text: &str| place(&cloud, &url(text)).map(|(service, _)| service);
        assert_eq!(
            service("https://management.azure.com/subscriptions"),
            Some(Service::Arm)
        );
        assert_eq!(
            service("https://MANAGEMENT.azure.com:443/x"),
            Some(Service::Arm)
        );
        assert_eq!(
            service("https://docs.search.windows.net/indexers"),
            Some(Service::Search)
        );
        assert_eq!(
            service("https://graph.microsoft.com/v1.0/me"),
            Some(Service::Graph)
        );
        for other in [
            "http://management.azure.com/x",
            "https://management.azure.com:8443/x",
            "https://management.azure.com.evil.example/x",
            "https://a.docs.search.windows.net/indexers",
            "https://search.windows.net/indexers",
            "https://docs.search.windows.net.evil.example/",
            "https://login.microsoftonline.com/t/oauth2/v2.0/token",
        ] {
            assert_eq!(service(other), None, "{other}");
        }
    }

    #[test]
    fn services_of_a_lab_are_told_apart_by_base_path() {
        let cloud = lab();
        let placed = |text: &str| {
            let address = url(text);
            place(&cloud, &address).map(|(service, rest)| (service, rest.to_owned()))
        };
        let at = "http://127.0.0.1:8080";
        assert_eq!(
            placed(&format!("{at}/subscriptions")),
            Some((Service::Arm, "/subscriptions".into()))
        );
        assert_eq!(
            placed(&format!("{at}/graph/v1.0/me")),
            Some((Service::Graph, "/v1.0/me".into()))
        );
        assert_eq!(
            placed(&format!("{at}/graphs")),
            Some((Service::Arm, "/graphs".into()))
        );
        assert_eq!(
            placed(&format!("{at}/search/docs/indexers")),
            Some((Service::Search, "/indexers".into()))
        );
        assert_eq!(placed("http://127.0.0.1:8081/subscriptions"), None);
        assert_eq!(placed("https://127.0.0.1:8080/subscriptions"), None);
    }

    #[test]
    fn a_base_with_a_path_keeps_it() {
        let base = url("http://127.0.0.1:8080/graph/");
        assert_eq!(
            append(&base, "/v1.0/me?$select=id").unwrap().as_str(),
            "http://127.0.0.1:8080/graph/v1.0/me?$select=id"
        );
    }

    #[test]
    fn a_search_name_cannot_smuggle_a_host() {
        for name in ["", "evil.example/", "a.b", "a@b", "a/b", "a%2fb", "a b"] {
            assert_eq!(search_base(&public(), name), None, "{name}");
            assert_eq!(search_base(&lab(), name), None, "{name}");
        }
    }
}

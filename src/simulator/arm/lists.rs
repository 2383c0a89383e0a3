//! Pages and `$filter` on lists. Must not know what is listed.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::super::filter::{self, Subject, Unsupported};
use super::super::reply::Reply;
use super::{Call, errors, listed, text, versions};

/// Azure's catalogues (role and policy definitions, providers) come in far larger pages than resources.
const CATALOGUE: usize = 20;

/// One page of the items, with an absolute `nextLink` when more follow.
pub(super) fn page(call: &Call<'_>, items: Vec<Value>) -> Reply {
    paged(call, items, call.world.knobs.page_size)
}

/// One page of a catalogue.
pub(super) fn catalogue(call: &Call<'_>, items: Vec<Value>) -> Reply {
    let size = call.world.knobs.page_size.saturating_mul(CATALOGUE);
    paged(call, items, size)
}

fn paged(call: &Call<'_>, items: Vec<Value>, size: usize) -> Reply {
    let request = call.request;
    let top = match request.parameter("$top").map(str::parse::<usize>) {
        None => usize::MAX,
        Some(Ok(top)) if top > 0 => top,
        Some(_) => {
            return errors::gateway(
                400,
                "InvalidTopInQueryString",
                &format!(
                    "Invalid $top '{}' specified in the query string.",
                    request.parameter("$top").unwrap_or_default()
                ),
            );
        }
    };
    let start = match request.parameter("$skiptoken") {
        None => 0,
        Some(token) => match offset(token) {
            Some(start) => start,
            None => {
                return errors::gateway(
                    400,
                    "InvalidSkipTokenInQueryString",
                    &format!("Invalid $skiptoken '{token}' specified in the query string."),
                );
            }
        },
    };
    let size = size.min(top);
    let total = items.len();
    let shown: Vec<Value> = items.into_iter().skip(start).take(size).collect();
    let end = start.saturating_add(shown.len());
    let mut body = json!({"value": adapted(call, shown)});
    if end < total
        && let Value::Object(fields) = &mut body
    {
        let token = URL_SAFE_NO_PAD.encode(format!("from={end}"));
        fields.insert(
            String::from("nextLink"),
            json!(request.link_with("$skiptoken", &token)),
        );
    }
    Reply::ok(body)
}

/// All items at once: for lists that never page.
pub(super) fn whole(call: &Call<'_>, items: Vec<Value>) -> Reply {
    Reply::ok(listed(&adapted(call, items)))
}

fn adapted(call: &Call<'_>, items: Vec<Value>) -> Vec<Value> {
    items
        .into_iter()
        .map(|mut item| {
            versions::adapt(call.version, &mut item);
            shorten(&mut item);
            item
        })
        .collect()
}

/// Lists of keys, and of their versions, hold less of each than it holds itself.
fn shorten(item: &mut Value) {
    let kind = text(item, &["type"])
        .unwrap_or_default()
        .to_ascii_lowercase();
    let shown: &[&str] = match kind.as_str() {
        "microsoft.keyvault/vaults/keys" => &["attributes", "keyUri"],
        "microsoft.keyvault/vaults/keys/versions" => &["attributes", "keyUri", "keyUriWithVersion"],
        _ => return,
    };
    if let Some(Value::Object(properties)) = item.get_mut("properties") {
        properties.retain(|name, _| shown.contains(&name.as_str()));
    }
}

fn offset(token: &str) -> Option<usize> {
    let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
    std::str::from_utf8(&bytes)
        .ok()?
        .strip_prefix("from=")?
        .parse()
        .ok()
}

/// Keeps the items that the request's `$filter` admits.
pub(super) fn filtered(call: &Call<'_>, items: Vec<Value>) -> Result<Vec<Value>, Box<Reply>> {
    let Some(text) = call
        .request
        .parameter("$filter")
        .filter(|text| !text.trim().is_empty())
    else {
        return Ok(items);
    };
    let refuse = |_| Box::new(errors::bad_filter(text));
    let expression = filter::parse(text).map_err(refuse)?;
    let mut kept = Vec::new();
    // An empty list must refuse a wrong filter as a full one does.
    if items.is_empty() {
        expression.holds(&Resource(&Value::Null)).map_err(refuse)?;
    }
    for item in items {
        if expression.holds(&Resource(&item)).map_err(refuse)? {
            kept.push(item);
        }
    }
    Ok(kept)
}

struct Resource<'a>(&'a Value);

impl Subject for Resource<'_> {
    fn field(&self, name: &str) -> Result<Option<String>, Unsupported> {
        let body = self.0;
        let at = |path: &[&str]| super::text(body, path).map(str::to_owned);
        match name {
            "name" => Ok(at(&["name"])),
            "resourcetype" => Ok(at(&["type"])),
            "location" => Ok(at(&["location"]).map(|text| text.to_lowercase().replace(' ', ""))),
            "kind" => Ok(at(&["kind"])),
            "managedby" => Ok(at(&["managedBy"])),
            "resourcegroup" => Ok(at(&["id"]).and_then(|id| {
                let parts: Vec<&str> = id.split('/').collect();
                (parts.len() > 4 && parts[3].eq_ignore_ascii_case("resourcegroups"))
                    .then(|| parts[4].to_owned())
            })),
            "identity" => Ok(at(&["identity", "type"])),
            "identity/principalid" => Ok(at(&["identity", "principalId"])),
            "plan/publisher" => Ok(at(&["plan", "publisher"])),
            "plan/product" => Ok(at(&["plan", "product"])),
            "plan/name" => Ok(at(&["plan", "name"])),
            "tagname" | "tagvalue" => Ok(None),
            _ => Err(Unsupported),
        }
    }
}

/// `tagName eq 'a' and tagValue eq 'b'` asks for one pair; a plain filter cannot say that.
pub(super) fn tag_filter(text: &str) -> Option<(String, Option<String>)> {
    let filter::Expression::All(parts) = filter::parse(text).ok()? else {
        return match filter::parse(text).ok()? {
            filter::Expression::Compare {
                field,
                operator: filter::Operator::Equal,
                value,
            } if field == "tagname" => Some((value, None)),
            _ => None,
        };
    };
    let find = |wanted: &str| {
        parts.iter().find_map(|part| match part {
            filter::Expression::Compare {
                field,
                operator: filter::Operator::Equal,
                value,
            } if field == wanted => Some(value.clone()),
            _ => None,
        })
    };
    Some((find("tagname")?, find("tagvalue")))
}

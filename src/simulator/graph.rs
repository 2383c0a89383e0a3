//! Microsoft Graph v1.0, as far as an inspector asks: who an object id is, and who is in which group.
//! Must not know ARM.

use hyper::Method;
use serde_json::{Map, Value, json};

use super::clock::iso;
use super::directory::{TENANT, is_in, kind};
use super::faults::FaultRule;
use super::filter::{self, Argument, Subject, Unsupported};
use super::reply::Reply;
use super::request::Request;
use super::token::{self, Claims, TokenFault};
use super::world::{World, guid};

const AUDIENCES: [&str; 4] = [
    "https://graph.microsoft.com",
    "https://graph.microsoft.us",
    "https://microsoftgraph.chinacloudapi.cn",
    "00000003-0000-0000-c000-000000000000",
];

/// The most ids that one `getByIds` takes.
const MOST_IDS: usize = 1000;

/// Answers `/graph/v1.0/…`.
pub(super) fn answer(world: &World, request: &Request, fault: Option<&FaultRule>) -> Reply {
    let call = Call {
        world,
        request,
        id: guid(),
        tenant: token::read(world, request)
            .map_or_else(|_| world.caller.tenant.clone(), |claims| claims.tenant),
    };
    let reply = call.admitted(fault);
    reply
        .with("request-id", call.id.clone())
        .with("client-request-id", call.client_id())
        .with(
            "x-ms-ags-diagnostic",
            "{\"ServerInfo\":{\"DataCenter\":\"Loopback\",\"Ring\":\"1\"}}",
        )
}

struct Call<'a> {
    world: &'a World,
    request: &'a Request,
    id: String,
    /// Whose directory the token opens.
    tenant: String,
}

impl Call<'_> {
    /// The objects of the tenant's directory.
    fn objects(&self) -> impl Iterator<Item = &Value> {
        let objects = self.world.directory.objects().iter();
        objects.filter(|object| self.is_here(object))
    }

    fn is_here(&self, object: &Value) -> bool {
        is_in(object, &self.tenant, &self.world.caller.tenant)
    }

    fn client_id(&self) -> String {
        self.request
            .header("client-request-id")
            .map_or_else(|| self.id.clone(), str::to_owned)
    }

    fn error(&self, status: u16, code: &str, message: &str) -> Reply {
        let mut date = iso(self.world.clock.now());
        date.truncate(19);
        Reply::new(
            status,
            json!({"error": {
                "code": code,
                "message": message,
                "innerError": {"date": date, "request-id": self.id, "client-request-id": self.client_id()},
            }}),
        )
    }

    fn context(what: &str) -> String {
        format!("https://graph.microsoft.com/v1.0/$metadata#{what}")
    }

    fn admitted(&self, fault: Option<&FaultRule>) -> Reply {
        let claims = match token::read(self.world, self.request) {
            Ok(claims) if claims.is_for(&AUDIENCES, "/graph") => claims,
            Ok(_) => {
                return self.error(
                    401,
                    "InvalidAuthenticationToken",
                    "Access token validation failure. Invalid audience.",
                );
            }
            Err(fault) => {
                let message = match fault {
                    TokenFault::Missing | TokenFault::NotBearer => "Access token is empty.",
                    TokenFault::Malformed => {
                        "IDX14100: JWT is not well formed, there are no dots (.)."
                    }
                    TokenFault::Expired(_) => "Lifetime validation failed, the token is expired.",
                };
                return self
                    .error(401, "InvalidAuthenticationToken", message)
                    .with("www-authenticate", "Bearer");
            }
        };
        if let Some(fault) = fault {
            return self.on_purpose(fault);
        }
        let parts: Vec<&str> = self
            .request
            .lower
            .iter()
            .skip(1)
            .map(String::as_str)
            .collect();
        let ["v1.0", rest @ ..] = parts.as_slice() else {
            return self.error(400, "BadRequest", "Invalid version.");
        };
        match (&self.request.method, rest) {
            (&Method::POST, ["directoryobjects", "getbyids" | "microsoft.graph.getbyids"]) => {
                self.get_by_ids()
            }
            (&Method::GET, rest) => self.get(rest, &claims),
            (method, _) => {
                self.world.requests.write_refused();
                self.error(
                    403,
                    "Authorization_RequestDenied",
                    &format!("Insufficient privileges to complete the operation: {method} is not offered here."),
                )
            }
        }
    }

    fn on_purpose(&self, fault: &FaultRule) -> Reply {
        let status = fault.status.unwrap_or(500);
        let code = fault.code.clone().unwrap_or_else(|| {
            String::from(match status {
                401 => "InvalidAuthenticationToken",
                403 => "Authorization_RequestDenied",
                404 => "Request_ResourceNotFound",
                429 => "TooManyRequests",
                503 => "serviceNotAvailable",
                _ => "generalException",
            })
        });
        let message = fault.message.clone().unwrap_or_else(|| {
            String::from(match code.as_str() {
                "Authorization_RequestDenied" => {
                    "Insufficient privileges to complete the operation."
                }
                "TooManyRequests" => "Too many requests",
                _ => "An error has occurred.",
            })
        });
        let reply = self.error(status, &code, &message);
        match fault.retry_after {
            Some(seconds) => reply.with("retry-after", seconds.to_string()),
            None => reply,
        }
    }

    fn get(&self, rest: &[&str], claims: &Claims) -> Reply {
        match rest {
            ["me"] => self.me(),
            ["me", relation, cast @ ..] => {
                let caller = &self.world.caller;
                let id = caller
                    .object_in(&self.tenant)
                    .unwrap_or(&caller.object_id)
                    .to_owned();
                if self.world.caller.is_app() {
                    return self.me();
                }
                self.related(&id, relation, cast)
            }
            ["organization"] => self.organization(claims),
            [collection] => match keyed(collection) {
                Some((name, key)) => self.one(name, key),
                None if is_collection(collection) => self.list(collection),
                None => self.no_segment(collection),
            },
            [collection, id] if is_collection(collection) => self.one(collection, id),
            [collection, id, relation, cast @ ..] if is_collection(collection) => {
                if self.find(collection, id).is_none() {
                    return self.not_found(id);
                }
                self.related(id, relation, cast)
            }
            [other, ..] => self.no_segment(other),
            [] => self.error(400, "BadRequest", "Resource not found for the segment ''."),
        }
    }

    fn no_segment(&self, segment: &str) -> Reply {
        self.error(
            400,
            "BadRequest",
            &format!("Resource not found for the segment '{segment}'."),
        )
    }

    fn not_found(&self, id: &str) -> Reply {
        self.error(
            404,
            "Request_ResourceNotFound",
            &format!(
                "Resource '{id}' does not exist or one of its queried reference-property objects are not present."
            ),
        )
    }

    fn me(&self) -> Reply {
        if self.world.caller.is_app() {
            return self.error(
                400,
                "BadRequest",
                "/me request is only valid with delegated authentication flow.",
            );
        }
        let id = &self.world.caller.object_id;
        match self.world.directory.get(id) {
            Some(object) => Reply::ok(self.entity(object, "users")),
            None => self.not_found(id),
        }
    }

    fn organization(&self, claims: &Claims) -> Reply {
        let tenant = self.world.look(|documents| {
            documents
                .get(&format!("/tenants/{}", claims.tenant))
                .map(|document| document.body.clone())
        });
        let value: Vec<Value> = tenant
            .into_iter()
            .map(|tenant| {
                json!({
                    "id": claims.tenant,
                    "displayName": tenant.get("displayName").cloned().unwrap_or(Value::Null),
                    "tenantType": "AAD",
                    "verifiedDomains": [],
                })
            })
            .collect();
        Reply::ok(json!({"@odata.context": Self::context("organization"), "value": value}))
    }

    fn find(&self, collection: &str, id: &str) -> Option<&Value> {
        let object = self.world.directory.get(id)?;
        (fits(collection, object) && self.is_here(object)).then_some(object)
    }

    fn one(&self, collection: &str, key: &str) -> Reply {
        let found = match key.split_once('=') {
            Some((name, value)) => self.objects().find(|object| {
                fits(collection, object)
                    && text(object, canonical(name))
                        .is_some_and(|own| own.eq_ignore_ascii_case(value.trim_matches('\'')))
            }),
            None => self.find(collection, key).or_else(|| {
                // People can be asked for by their sign-in name too.
                self.objects().find(|object| {
                    collection == "users"
                        && fits(collection, object)
                        && text(object, "userPrincipalName")
                            .is_some_and(|own| own.eq_ignore_ascii_case(key))
                })
            }),
        };
        match found {
            Some(object) => Reply::ok(self.entity(object, collection)),
            None => self.not_found(key),
        }
    }

    fn entity(&self, object: &Value, collection: &str) -> Value {
        let mut out = Map::new();
        out.insert(
            String::from("@odata.context"),
            json!(Self::context(&format!("{}/$entity", spelled(collection)))),
        );
        let polymorphic = collection == "directoryobjects";
        if let Value::Object(fields) = self.selected(object, polymorphic) {
            out.extend(fields);
        }
        Value::Object(out)
    }

    /// `$select`; the type stays only where objects of several types stand side by side.
    fn selected(&self, object: &Value, polymorphic: bool) -> Value {
        let Value::Object(fields) = object else {
            return object.clone();
        };
        let wanted: Option<Vec<String>> = self.request.parameter("$select").map(|names| {
            names
                .split(',')
                .map(|name| name.trim().to_ascii_lowercase())
                .collect()
        });
        let kept: Map<String, Value> = fields
            .iter()
            .filter(|(name, _)| {
                if *name == TENANT {
                    false
                } else if *name == "@odata.type" {
                    polymorphic
                } else {
                    wanted
                        .as_ref()
                        .is_none_or(|wanted| wanted.contains(&name.to_ascii_lowercase()))
                }
            })
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        Value::Object(kept)
    }

    fn list(&self, collection: &str) -> Reply {
        let filter = self.request.parameter("$filter").unwrap_or_default();
        let expression = match filter::parse(filter) {
            Err(Unsupported) if filter.trim().is_empty() => None,
            Ok(expression) => Some(expression),
            Err(Unsupported) => return self.bad_filter(),
        };
        let mut found = Vec::new();
        for object in self.objects() {
            if !fits(collection, object) {
                continue;
            }
            match expression.as_ref().map(|own| own.holds(&Object(object))) {
                None | Some(Ok(true)) => found.push(object.clone()),
                Some(Ok(false)) => {}
                Some(Err(Unsupported)) => return self.bad_filter(),
            }
        }
        self.page(
            &found,
            spelled(collection),
            collection == "directoryobjects",
        )
    }

    fn bad_filter(&self) -> Reply {
        self.error(400, "Request_BadRequest", "Invalid filter clause")
    }

    fn related(&self, id: &str, relation: &str, cast: &[&str]) -> Reply {
        let directory = &self.world.directory;
        let ids: Vec<String> = match relation {
            "transitivememberof" => directory.groups_of(id).into_iter().collect(),
            "memberof" => directory.direct_groups_of(id),
            "transitivemembers" => directory.members_of(id).into_iter().collect(),
            "members" => directory.direct_members_of(id),
            "owners" | "ownedobjects" => Vec::new(),
            other => return self.no_segment(other),
        };
        let wanted = cast
            .first()
            .and_then(|cast| cast.strip_prefix("microsoft.graph."));
        let found: Vec<Value> = ids
            .iter()
            .filter_map(|id| directory.get(id))
            .filter(|object| self.is_here(object))
            .filter(|object| {
                wanted.is_none_or(|wanted| {
                    kind(object).is_some_and(|own| own.eq_ignore_ascii_case(wanted))
                })
            })
            .cloned()
            .collect();
        self.page(&found, "directoryObjects", true)
    }

    /// Graph pages are large; `$top` makes them small.
    fn page(&self, found: &[Value], context: &str, polymorphic: bool) -> Reply {
        let number = |name: &str| {
            self.request
                .parameter(name)
                .and_then(|text| text.parse::<usize>().ok())
        };
        let size = number("$top").unwrap_or(100).clamp(1, 999);
        let start = number("$skiptoken").unwrap_or(0);
        let total = found.len();
        let value: Vec<Value> = found
            .iter()
            .skip(start)
            .take(size)
            .map(|object| self.selected(object, polymorphic))
            .collect();
        let end = start.saturating_add(value.len());
        let mut body = json!({"@odata.context": Self::context(context)});
        if let Value::Object(fields) = &mut body {
            if end < total {
                fields.insert(
                    String::from("@odata.nextLink"),
                    json!(self.request.link_with("$skiptoken", &end.to_string())),
                );
            }
            fields.insert(String::from("value"), json!(value));
        }
        Reply::ok(body)
    }

    fn get_by_ids(&self) -> Reply {
        let body = self.request.json().unwrap_or(Value::Null);
        let names = |name: &str| -> Option<Vec<String>> {
            Some(
                body.get(name)?
                    .as_array()?
                    .iter()
                    .filter_map(Value::as_str)
                    .map(str::to_owned)
                    .collect(),
            )
        };
        let Some(ids) = names("ids") else {
            return self.error(
                400,
                "Request_BadRequest",
                "Required parameter 'ids' is missing or is no collection of strings.",
            );
        };
        if ids.len() > MOST_IDS {
            return self.error(
                400,
                "Request_BadRequest",
                "The number of ids is more than the allowed 1000.",
            );
        }
        if let Some(wrong) = ids.iter().find(|id| uuid::Uuid::parse_str(id).is_err()) {
            return self.error(400, "Request_BadRequest", &format!("Invalid GUID:{wrong}"));
        }
        let types = names("types");
        let value: Vec<Value> = ids
            .iter()
            .filter_map(|id| self.world.directory.get(id))
            .filter(|object| self.is_here(object))
            .filter(|object| {
                types.as_ref().is_none_or(|types| {
                    types.iter().any(|wanted| {
                        wanted.eq_ignore_ascii_case("directoryObject")
                            || kind(object).is_some_and(|own| own.eq_ignore_ascii_case(wanted))
                    })
                })
            })
            .map(|object| {
                let mut object = object.clone();
                if let Value::Object(fields) = &mut object {
                    fields.shift_remove(TENANT);
                }
                object
            })
            .collect();
        Reply::ok(json!({"@odata.context": Self::context("directoryObjects"), "value": value}))
    }
}

struct Object<'a>(&'a Value);

impl Subject for Object<'_> {
    fn field(&self, name: &str) -> Result<Option<String>, Unsupported> {
        let name = canonical(name);
        if name.is_empty() {
            return Err(Unsupported);
        }
        Ok(text(self.0, name).map(str::to_owned))
    }

    fn call(&self, _: &str, _: &[Argument]) -> Result<bool, Unsupported> {
        Err(Unsupported)
    }
}

/// The spelling of a property that can be asked for; empty for the others.
fn canonical(name: &str) -> &'static str {
    match name.to_ascii_lowercase().as_str() {
        "id" => "id",
        "appid" => "appId",
        "displayname" => "displayName",
        "userprincipalname" => "userPrincipalName",
        "mail" => "mail",
        "serviceprincipaltype" => "servicePrincipalType",
        _ => "",
    }
}

fn is_collection(name: &str) -> bool {
    matches!(
        name,
        "users" | "groups" | "serviceprincipals" | "applications" | "devices" | "directoryobjects"
    )
}

fn spelled(collection: &str) -> &str {
    match collection {
        "serviceprincipals" => "servicePrincipals",
        "directoryobjects" => "directoryObjects",
        other => other,
    }
}

fn fits(collection: &str, object: &Value) -> bool {
    collection == "directoryobjects"
        || kind(object).is_some_and(|own| {
            collection
                .strip_suffix('s')
                .is_some_and(|single| own.eq_ignore_ascii_case(single))
        })
}

/// `servicePrincipals(appId='…')` and `users('…')`.
fn keyed(segment: &str) -> Option<(&str, &str)> {
    let (name, key) = segment.strip_suffix(')')?.split_once('(')?;
    is_collection(name).then(|| (name, key.trim_matches('\'')))
}

fn text<'a>(object: &'a Value, name: &str) -> Option<&'a str> {
    object.get(name).and_then(Value::as_str)
}

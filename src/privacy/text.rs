//! Masking one text: resource ids, GUIDs, mail addresses, network addresses, hosts and words in it,
//! wherever they stand. What is not known to be harmless goes.

use std::net::IpAddr;

use super::names::Kind;
use super::words::{is_count_or_version, is_day, is_harmless};
use super::{Level, Masker};

/// How long a GUID is.
const GUID: usize = 36;

impl Masker {
    /// A text with everything masked in it that the level covers.
    pub fn text(&mut self, text: &str) -> String {
        if self.level == Level::None || text.is_empty() {
            return text.to_owned();
        }
        let folded = text.to_lowercase();
        if is_harmless(&folded) {
            return text.to_owned();
        }
        // A mail address keeps its form, whether its person is known or not.
        if !text.contains('@')
            && let Some(known) = self.names.known(&folded)
        {
            return known.to_owned();
        }
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        let mut before = ' ';
        while let Some(first) = rest.chars().next() {
            let length = self.piece(rest, before, &mut out);
            let length = if length == 0 {
                out.push(first);
                first.len_utf8()
            } else {
                length
            };
            let (done, left) = rest.split_at(length);
            before = done.chars().next_back().unwrap_or(' ');
            rest = left;
        }
        out
    }

    /// Masks what `rest` begins with and says how long that was; 0 for a character that stays.
    fn piece(&mut self, rest: &str, before: char, out: &mut String) -> usize {
        if let Some(length) = id_length(rest) {
            let id = rest.get(..length).unwrap_or_default();
            out.push_str(&self.id(id));
            return length;
        }
        if let Some(length) = encoded(rest).or_else(|| time_length(rest)) {
            out.push_str(rest.get(..length).unwrap_or_default());
            return length;
        }
        if let Some(length) = self.address(rest, out) {
            return length;
        }
        let length = rest
            .find(|letter: char| !(letter.is_alphanumeric() || "_-.@".contains(letter)))
            .unwrap_or(rest.len());
        let run = rest.get(..length).unwrap_or_default();
        let bare = run.trim_matches(['.', '-', '_', '@']);
        if bare.is_empty() {
            out.push_str(run);
            return length;
        }
        let start = run.find(bare).unwrap_or(0);
        out.push_str(run.get(..start).unwrap_or_default());
        let is_port =
            before == ':' && bare.len() <= 5 && bare.bytes().all(|one| one.is_ascii_digit());
        if is_port {
            out.push_str(bare);
        } else {
            out.push_str(&self.run(bare));
        }
        out.push_str(run.get(start + bare.len()..).unwrap_or_default());
        length
    }

    /// Masks the address, or the range, that a text begins with.
    fn address(&mut self, rest: &str, out: &mut String) -> Option<usize> {
        let length = rest
            .find(|letter: char| !(letter.is_ascii_hexdigit() || letter == '.' || letter == ':'))
            .unwrap_or(rest.len());
        let is_word = rest
            .get(length..)?
            .starts_with(|letter: char| letter.is_alphanumeric() || "_-@".contains(letter));
        let whole = rest.get(..length)?;
        // A port behind an address, or a full stop, is not part of it.
        let (text, address) = [
            Some(whole),
            whole.strip_suffix('.'),
            whole.strip_suffix(':'),
            whole.split_once(':').map(|(host, _)| host),
        ]
        .into_iter()
        .flatten()
        .find_map(|text| Some((text, text.parse::<IpAddr>().ok()?)))?;
        if is_word && text.len() == whole.len() {
            return None;
        }
        let bits = rest
            .get(text.len()..)?
            .strip_prefix('/')
            .map(|tail| tail.bytes().take_while(u8::is_ascii_digit).count())
            .and_then(|digits| {
                rest.get(text.len() + 1..text.len() + 1 + digits)?
                    .parse()
                    .ok()
            });
        out.push_str(&self.addresses.of(address, bits).to_string());
        Some(text.len())
    }

    /// A run of letters, digits, and `_ - . @` between them.
    pub(super) fn run(&mut self, run: &str) -> String {
        let folded = run.to_lowercase();
        if is_harmless(&folded) || is_count_or_version(run) || is_year(run) {
            return run.to_owned();
        }
        if let Some((local, domain)) = run.split_once('@')
            && !local.is_empty()
        {
            return self.mail(run, domain);
        }
        if let Some(known) = self.names.known(&folded) {
            return known.to_owned();
        }
        if is_guid(&folded) {
            return self.names.of(Kind::Id, run);
        }
        if let Some(at) = guid_in(&folded) {
            let (start, rest) = run.split_at(at);
            let (guid, end) = rest.split_at(GUID);
            let start = self.part(start);
            let guid = self.run(guid);
            return format!("{start}{guid}{}", self.part(end));
        }
        if self.level == Level::Ids {
            return run.to_owned();
        }
        if run.contains('.') {
            let labels: Vec<String> = run.split('.').map(|label| self.label(label)).collect();
            return labels.join(".");
        }
        self.word(run, Kind::Word)
    }

    /// What stands before or behind a GUID in one word, with what joins them.
    fn part(&mut self, part: &str) -> String {
        let bare = part.trim_matches(['-', '_', '.']);
        if bare.is_empty() {
            return part.to_owned();
        }
        part.replacen(bare, &self.run(bare), 1)
    }

    fn label(&mut self, label: &str) -> String {
        if label.is_empty() || is_count_or_version(label) {
            return label.to_owned();
        }
        self.word(label, Kind::Host)
    }

    /// A word without points: kept, known, put together from what is kept and known, or unknown.
    fn word(&mut self, word: &str, kind: Kind) -> String {
        let folded = word.to_lowercase();
        if is_harmless(&folded) {
            return word.to_owned();
        }
        if let Some(known) = self.names.known(&folded) {
            return known.to_owned();
        }
        if let Some(joined) = self.joined(word) {
            return joined;
        }
        self.names.of(kind, word)
    }

    /// `srch-rag-dev-centralus`: parts that are known names or harmless, with `-` or `_` between them.
    fn joined(&self, word: &str) -> Option<String> {
        let cuts: Vec<usize> = word
            .char_indices()
            .filter(|(_, letter)| matches!(letter, '-' | '_'))
            .map(|(at, _)| at)
            .collect();
        if cuts.is_empty() {
            return None;
        }
        let mut out = String::new();
        let mut start = 0;
        while start < word.len() {
            // The longest part from here on that means something.
            let ends = cuts.iter().copied().filter(|at| *at > start).rev();
            let found = std::iter::once(word.len()).chain(ends).find_map(|end| {
                let part = word.get(start..end)?;
                let folded = part.to_lowercase();
                if is_harmless(&folded) || is_count_or_version(part) {
                    return Some((end, part.to_owned()));
                }
                let known = self.names.known(&folded)?;
                Some((end, known.to_owned()))
            });
            let (end, part) = found?;
            out.push_str(&part);
            out.push_str(word.get(end..end + 1).unwrap_or_default());
            start = end + 1;
        }
        Some(out)
    }

    fn mail(&mut self, whole: &str, domain: &str) -> String {
        let person = self.names.of(Kind::Person, whole);
        let local = whole.split('@').next().unwrap_or_default().to_lowercase();
        if local.len() > 1 && !is_harmless(&local) {
            self.names.alias(local, &person);
        }
        let labels: Vec<String> = domain.split('.').map(|label| self.label(label)).collect();
        format!("{person}@{}", labels.join("."))
    }

    /// A resource id, segment by segment.
    pub(super) fn id(&mut self, id: &str) -> String {
        let mut out = Vec::new();
        for step in steps(id) {
            out.push(match step {
                Step::Fixed(text) => text.to_owned(),
                Step::Type(text) => self.kept_type(text),
                Step::Name(kind, name) => self.named(kind, name),
            });
        }
        out.join("/")
    }

    /// A namespace or a type stays when its words are known.
    fn kept_type(&mut self, text: &str) -> String {
        if text.is_empty() {
            String::new()
        } else {
            self.run(text)
        }
    }

    /// A name in a place where only names stand.
    pub(super) fn named(&mut self, kind: Option<Kind>, name: &str) -> String {
        let folded = name.to_lowercase();
        let is_fixed = name.is_empty() || folded == "default" || folded == "current";
        let is_id = matches!(
            kind,
            Some(Kind::Subscription | Kind::Tenant | Kind::Person | Kind::Principal)
        );
        match kind {
            _ if is_fixed => name.to_owned(),
            Some(kind) if self.level == Level::All || is_id => {
                if is_guid(&folded) && is_harmless(&folded) {
                    name.to_owned()
                } else if name.contains('@') || guid_in(&folded).is_some() && !is_guid(&folded) {
                    self.run(name)
                } else {
                    self.names.of(kind, name)
                }
            }
            _ => self.run(name),
        }
    }

    /// Learns the names in a resource id, so that they are known by their kind wherever they stand.
    pub(super) fn learn_id(&mut self, id: &str) {
        for step in steps(id) {
            let Step::Name(Some(kind), name) = step else {
                continue;
            };
            let folded = name.to_lowercase();
            let is_plain = guid_in(&folded).is_none() && !name.contains('@');
            if is_plain || kind == Kind::Subscription {
                self.named(Some(kind), name);
            }
        }
    }
}

/// What a segment of a resource id is.
enum Step<'a> {
    Fixed(&'a str),
    Type(&'a str),
    Name(Option<Kind>, &'a str),
}

fn steps(id: &str) -> Vec<Step<'_>> {
    let mut out = Vec::new();
    let mut parts = id.split('/');
    let mut of_type: Option<String> = None;
    while let Some(part) = parts.next() {
        let folded = part.to_ascii_lowercase();
        match (&mut of_type, folded.as_str()) {
            (_, "providers") => {
                out.push(Step::Fixed(part));
                if let Some(namespace) = parts.next() {
                    of_type = Some(namespace.to_ascii_lowercase());
                    out.push(Step::Type(namespace));
                }
            }
            (None, "subscriptions") => {
                out.push(Step::Fixed(part));
                out.extend(parts.next().map(|name| {
                    // `Microsoft.Resources/subscriptions/resourceGroups/read` is an action, and names
                    // nobody's subscription.
                    let folded = name.to_ascii_lowercase();
                    if !is_guid(&folded) && is_harmless(&folded) {
                        Step::Type(name)
                    } else {
                        Step::Name(Some(Kind::Subscription), name)
                    }
                }));
            }
            (None, "resourcegroups") => {
                out.push(Step::Fixed(part));
                out.extend(parts.next().map(|name| Step::Name(Some(Kind::Group), name)));
            }
            (None, "tenants") => {
                out.push(Step::Fixed(part));
                out.extend(
                    parts
                        .next()
                        .map(|name| Step::Name(Some(Kind::Tenant), name)),
                );
            }
            (Some(of_type), _) => {
                of_type.push('/');
                of_type.push_str(&folded);
                out.push(Step::Type(part));
                let kind = kind_of(of_type);
                out.extend(parts.next().map(|name| Step::Name(kind, name)));
            }
            (None, _) => out.push(Step::Type(part)),
        }
    }
    out
}

/// What kind of name stands behind a type; none where Azure's own names stand, too, so that only
/// unknown words go.
fn kind_of(of_type: &str) -> Option<Kind> {
    let last = of_type.rsplit('/').next().unwrap_or_default();
    Some(match last {
        "storageaccounts" => Kind::Storage,
        "searchservices" => Kind::Search,
        "accounts" => Kind::Model,
        "workspaces" if of_type.starts_with("microsoft.machinelearning") => Kind::Hub,
        "workspaces" => Kind::Logs,
        "databaseaccounts" => Kind::Cosmos,
        "vaults" => Kind::Vault,
        "userassignedidentities" => Kind::Identity,
        "virtualnetworks" => Kind::Network,
        "privateendpoints" => Kind::Endpoint,
        "projects" => Kind::Project,
        "containers" => Kind::Container,
        "indexers" => Kind::Indexer,
        "datasources" => Kind::DataSource,
        "skillsets" => Kind::Skillset,
        "indexes" => Kind::Index,
        "keys" => Kind::Key,
        "connections" => Kind::Connection,
        "diagnosticsettings" => Kind::Setting,
        "managementgroups" => Kind::ManagementGroup,
        "policydefinitions" | "policysetdefinitions" | "policyassignments" | "policyexemptions" => {
            Kind::Policy
        }
        "subnets"
        | "ipampools"
        | "networkmanagers"
        | "staticcidrs"
        | "scopeconnections"
        | "networkmanagerconnections"
        | "networksecurityperimeters"
        | "profiles"
        | "sharedprivatelinkresources"
        | "privateendpointconnections"
        | "outboundrules"
        | "networkinterfaces"
        | "locks" => Kind::Part,
        "deployments" | "blobservices" | "roledefinitions" | "operations" | "locations" => {
            return None;
        }
        _ => Kind::Resource,
    })
}

/// How long the resource id is that a text begins with.
fn id_length(text: &str) -> Option<usize> {
    let starts = [
        "/subscriptions/",
        "/providers/",
        "/resourcegroups/",
        "/tenants/",
    ];
    let is_id = starts.iter().any(|start| {
        text.get(..start.len())
            .is_some_and(|head| head.eq_ignore_ascii_case(start))
    });
    is_id.then(|| {
        let end = text
            .find(|letter: char| letter.is_whitespace() || "\"'`,;?&|<>(){}[]\\".contains(letter))
            .unwrap_or(text.len());
        let id = text.get(..end).unwrap_or_default();
        // A full stop or a colon behind it ends the sentence, not the id.
        id.trim_end_matches(['.', ':']).len()
    })
}

/// `%2F`: one letter, encoded.
fn encoded(text: &str) -> Option<usize> {
    let digits = text.strip_prefix('%')?.get(..2)?;
    digits
        .bytes()
        .all(|byte| byte.is_ascii_hexdigit())
        .then_some(3)
}

/// How long the time is that a text begins with: `2026-11-23T12:41:07.5Z`.
fn time_length(text: &str) -> Option<usize> {
    if !is_day(text.get(..10)?) {
        return None;
    }
    let length = text
        .find(|letter: char| !(letter.is_ascii_digit() || "-:.TZ+".contains(letter)))
        .unwrap_or(text.len());
    let is_word = text
        .get(length..)?
        .starts_with(|letter: char| letter.is_alphanumeric() || letter == '_');
    (!is_word).then_some(length)
}

fn is_year(text: &str) -> bool {
    text.len() == 4
        && (text.starts_with("19") || text.starts_with("20"))
        && text.parse::<u16>().is_ok()
}

pub(super) fn is_guid(text: &str) -> bool {
    text.len() == GUID && uuid::Uuid::try_parse(text).is_ok()
}

/// Where a GUID stands in a text.
fn guid_in(text: &str) -> Option<usize> {
    (0..=text.len().checked_sub(GUID)?).find(|at| text.get(*at..at + GUID).is_some_and(is_guid))
}

#[cfg(test)]
mod tests {
    use super::super::{Level, Masker};

    #[test]
    fn an_action_on_subscriptions_is_no_id_of_one() {
        let mut masker = Masker::new(Level::All, None);
        for action in [
            "Microsoft.Resources/subscriptions/read",
            "Microsoft.Resources/subscriptions/resourceGroups/read",
        ] {
            assert_eq!(masker.text(action), action);
        }
        let id = "/subscriptions/3b1c0f2d-65f0-4135-bf08-e005a4058e20/resourceGroups/rg-poc";
        assert_eq!(
            masker.text(id),
            "/subscriptions/subscription-1/resourceGroups/group-1"
        );
    }
}

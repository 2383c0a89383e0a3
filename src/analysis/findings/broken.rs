//! Rules about hops that do not work: one finding a fault, with all the hops that it stops.
//!
//! The gates have judged already; nothing is judged anew here. Which gate belongs to which rule is
//! in `ties`.

use crate::analysis::hop::{Basis, Benefit, Finding, FindingKind, Hop, HopKind, Severity};
use crate::analysis::verdict::Verdict;
use crate::model::id::ArmId;

use super::ties::{KEY, Tie, resource_at};
use super::{Rule, Scene};

pub(super) const RULES: [Rule; 15] = [
    Rule {
        doc: "A service calls a storage account that denies by default, and neither an instance rule nor the bypass for trusted services lets it in. From the same region no IP rule can: such calls come from private addresses. An instance rule admits this one caller; the bypass admits every trusted service with a role.",
        source: "domain-rules A.2 H06, B.1 [D:search-securing, D:stg-limits]",
        ..hop(
            "storage/trusted-bypass-missing",
            "Storage lets no trusted service or instance in",
        )
    },
    Rule {
        doc: "The target's network does not let the caller in: public access, default action, address rules, private links or an enforced perimeter. The gate says which property decides.",
        source: "domain-rules B",
        ..hop(
            "network/keeps-caller-out",
            "The firewall keeps the caller out",
        )
    },
    Rule {
        doc: "The caller restricts its outbound calls, and the host that it needs is not on its list, in its perimeter's outbound rules or in its managed network's rules.",
        source: "domain-rules B.3, B.6 [D:cog-dlp]",
        ..hop(
            "outbound/host-not-allowed",
            "The caller may not call that host",
        )
    },
    Rule {
        doc: "The target does not accept the kind of credential that the caller presents: keys are off where a key is used, or only keys are accepted where a token is used.",
        source: "domain-rules A.1, B",
        ..hop(
            "authentication/credential-refused",
            "The credential is of a kind that is not accepted",
        )
    },
    Rule {
        doc: "The caller has no identity of the kind that the path needs, or not the one that the definition names.",
        source: "domain-rules A.2",
        ..hop(
            "identity/missing",
            "The caller lacks the identity that it needs",
        )
    },
    Rule {
        doc: "No assignment that was read gives the caller the action at the target, or a deny assignment takes it away. Computed from actions and data actions over all scopes, never from names of roles.",
        source: "domain-rules C.2 [D:rbac]",
        ..hop("authorization/role-missing", "The caller lacks the right")
    },
    Rule {
        doc: "A name, a deployment, a region or a switch does not fit: the definition points at something that is not there or cannot serve the call.",
        source: "domain-rules A.2, E, F",
        ..hop(
            "configuration/does-not-fit",
            "The definition does not fit what is there",
        )
    },
    Rule {
        doc: "A limit of the SKU or tier stops the call.",
        source: "domain-rules G [D:search-limits]",
        ..hop("quota/limit-reached", "A limit of the tier is reached")
    },
    Rule {
        doc: "No diagnostic setting sends a log category of the resource to a workspace. Metrics alone, or an archive alone, are not enough. A list of settings that was refused is not 'no logs'.",
        source: "domain-rules A.2 H13, H.1; field notes, benefit 6",
        benefit: Some(Benefit::Logs),
        severity: Severity::Warning,
        ..hop("logs/not-sent", "No logs are sent to a workspace")
    },
    Rule {
        doc: "An identity that needs a customer-managed key cannot read it: firewall, right, or the key itself. What is encrypted with it stops working with it, so the hops of the hub into its managed group are named, too.",
        source: "domain-rules A.2 H15, E.4 [D:cosmos-cmk]",
        ..hop(KEY, "A customer-managed key cannot be read")
    },
    Rule {
        doc: "A resource that Microsoft made for a hub is not as it was created, and the hub needs it so. Policies that turn keys off at night do this.",
        source: "domain-rules E.2, E.3 [S]; field notes",
        ..hop(
            "managed/was-changed",
            "A managed resource is not as the hub needs it",
        )
    },
    Rule {
        doc: "A call into another tenant lacks what it needs there: the second token, the stub service principal, the role, or the connection of the two network managers.",
        source: "domain-rules F [D:arm-multi]",
        ..hop(
            "tenant/call-refused",
            "The call into another tenant is refused",
        )
    },
    Rule {
        doc: "hopscope itself lacks a right, so parts of the environment stay unknown. Nothing is broken by that.",
        source: "domain-rules C.3",
        severity: Severity::Info,
        kind: FindingKind::Note,
        ..hop("hop/cannot-look", "hopscope may not look here")
    },
    Rule {
        doc: "It works today, but through a second, weaker path only, or something will close it: a key where a token should do, a role that ends. What a policy will close is a rule of its own, policy/will-change.",
        source: "domain-rules 0, C.2",
        severity: Severity::Warning,
        ..hop("hop/at-risk", "It works by a weaker path only")
    },
    Rule {
        doc: "A right or a fact is missing, or the sources disagree: whether this works cannot be told. The gate names the right, and the role that has it.",
        source: "domain-rules 0",
        severity: Severity::Info,
        kind: FindingKind::Note,
        ..hop("hop/cannot-tell", "Whether this works cannot be told")
    },
];

const fn hop(id: &'static str, title: &'static str) -> Rule {
    Rule {
        id,
        family: "broken",
        title,
        doc: "",
        source: "",
        severity: Severity::Error,
        kind: FindingKind::Broken,
        benefit: None,
        find,
    }
}

pub(super) fn find(scene: &Scene<'_>, rule: &Rule) -> Vec<Finding> {
    scene
        .ties
        .iter()
        .filter(|tie| tie.rule == rule.id)
        .map(|tie| finding(scene, rule, tie))
        .collect()
}

fn finding(scene: &Scene<'_>, rule: &Rule, tie: &Tie<'_>) -> Finding {
    let name = |end: &str| scene.name(end);
    let mut draft = rule.on(about(scene, tie)).titled(title(scene, rule, tie));
    let mut said: Vec<&str> = Vec::new();
    for (_, gate) in &tie.hops {
        if !said.contains(&gate.judged.reason.as_str()) {
            said.push(&gate.judged.reason);
            draft = draft.saying(sentence(
                &gate.judged.reason,
                &[&name(tie.from), &name(tie.to)],
            ));
        }
        draft = draft
            .proved_by(gate.judged.evidence.iter().cloned())
            .mended_by(gate.remedies.iter().cloned());
    }
    let kinds: Vec<String> = distinct(tie.hops.iter().map(|(hop, _)| match &hop.via {
        Some(via) => format!("{} ({via})", hop.kind),
        None => hop.kind.to_string(),
    }));
    let callers = distinct(tie.hops.iter().map(|(hop, _)| name(&hop.from)));
    let gates = distinct(tie.hops.iter().map(|(_, gate)| gate.gate.to_string()));
    draft = draft.saying(format!(
        "{} from {} to {}, gate {}.",
        kinds.join(", "),
        callers.join(", "),
        name(tie.to),
        gates.join(", ")
    ));
    if tie.hops.iter().all(|(hop, _)| !hop.counts()) {
        draft = draft.at_most(Severity::Info);
    }
    if tie.hops.iter().all(|(hop, _)| hop.basis == Basis::Assumed) {
        draft = draft
            .saying("Nothing that was read names this call; it is assumed because both ends stand side by side.");
    }
    let behind: Vec<&Hop> = if rule.id == KEY {
        behind_key(scene, tie).collect()
    } else {
        Vec::new()
    };
    if !behind.is_empty() {
        draft = draft.saying(
            "What the hub keeps in its managed group is encrypted with this key and fails with it, whatever the gates there say.",
        );
    }
    draft
        .touching(tie.hops.iter().map(|(hop, _)| *hop))
        .touching(behind)
        .done()
}

/// What the finding is about: the end whose property decides.
fn about(scene: &Scene<'_>, tie: &Tie<'_>) -> String {
    use crate::analysis::verdict::Gate;
    let at_caller = tie.rule != KEY
        && (matches!(
            tie.gate,
            Some(Gate::Outbound | Gate::Identity | Gate::Quota)
        ) || matches!(
            tie.hops.first().map(|(hop, _)| hop.kind),
            Some(HopKind::ResourceToLogs)
        ) || (tie.gate == Some(Gate::Configuration)
            && resource_at(scene.inventory, tie.to).is_none()));
    if at_caller { tie.from } else { tie.to }.to_owned()
}

fn title(scene: &Scene<'_>, rule: &Rule, tie: &Tie<'_>) -> String {
    let first = tie.hops.first();
    match rule.id {
        "hop/at-risk" => match first.map(|(hop, gate)| (hop.kind, gate.gate)) {
            Some((HopKind::UserToStorage, crate::analysis::verdict::Gate::Authorization)) => {
                "Uploads work by account key only".to_owned()
            }
            Some((kind, gate)) => {
                let (first, rest) = words(kind).split_at(1);
                format!("{}{rest} is at risk: {gate}", first.to_ascii_uppercase())
            }
            None => rule.title.to_owned(),
        },
        "hop/cannot-tell" => first.map_or_else(
            || rule.title.to_owned(),
            |(hop, _)| format!("Whether {} works cannot be told", words(hop.kind)),
        ),
        super::ties::POLICY => first.map_or_else(
            || rule.title.to_owned(),
            |(hop, _)| format!("A policy will shut {}", words(hop.kind)),
        ),
        "network/keeps-caller-out" => match resource_at(scene.inventory, tie.to) {
            Some(target) => format!(
                "The firewall of {} keeps {} out",
                target.name,
                scene.name(tie.from)
            ),
            None => rule.title.to_owned(),
        },
        _ => rule.title.to_owned(),
    }
}

/// A kind of hop in the words of a sentence.
fn words(kind: HopKind) -> &'static str {
    match kind {
        HopKind::UserToStorage => "the upload",
        HopKind::UserToSearchManagement => "managing the search service",
        HopKind::UserToSearchObjects => "editing indexes",
        HopKind::UserToSearchDocuments => "querying documents",
        HopKind::UserToOpenai => "the chat",
        HopKind::IndexerToStorage => "the indexer's reading",
        HopKind::IndexerExtrasToStorage => "the indexer's writing",
        HopKind::SkillToOpenai => "embedding by a skill",
        HopKind::VectorizerToOpenai => "embedding by a vectorizer",
        HopKind::OpenaiToSearch => "retrieval",
        HopKind::OpenaiToStorage => "the model's use of storage",
        HopKind::OpenaiToUrl => "fetching a URL of a prompt",
        HopKind::ResourceToLogs => "sending logs",
        HopKind::FoundryConnection => "a Foundry connection",
        HopKind::IdentityToKey => "reading a key",
        HopKind::FoundryToManagedCosmos
        | HopKind::FoundryToManagedSearch
        | HopKind::FoundryToManagedStorage => "the hub's managed group",
        HopKind::TenantToTenant => "the call into another tenant",
        HopKind::Inspector => "looking",
    }
}

/// The hops of a hub into its managed group that stand or fall with a key.
fn behind_key<'a>(scene: &Scene<'a>, tie: &Tie<'_>) -> impl Iterator<Item = &'a Hop> {
    let callers: Vec<ArmId> = tie
        .hops
        .iter()
        .map(|(hop, _)| ArmId::new(&hop.from))
        .collect();
    let hubs: Vec<ArmId> = scene
        .foundry
        .hubs
        .iter()
        .filter(|hub| {
            callers.contains(&hub.id)
                || hub.managed.as_ref().is_some_and(|state| {
                    state
                        .resources
                        .iter()
                        .any(|one| one.id.as_ref().is_some_and(|id| callers.contains(id)))
                })
        })
        .map(|hub| hub.id.clone())
        .collect();
    scene.hops.iter().filter(move |hop| {
        let is_managed = matches!(
            hop.kind,
            HopKind::FoundryToManagedCosmos
                | HopKind::FoundryToManagedSearch
                | HopKind::FoundryToManagedStorage
        );
        is_managed
            && hop.verdict() != Verdict::Shut
            && hubs.iter().any(|hub| *hub == ArmId::new(&hop.from))
    })
}

fn distinct(texts: impl Iterator<Item = String>) -> Vec<String> {
    let mut seen = Vec::new();
    for text in texts {
        if !seen.contains(&text) {
            seen.push(text);
        }
    }
    seen
}

/// A reason as a sentence: capital first, unless a name or a property stands there; full stop last.
fn sentence(reason: &str, names: &[&str]) -> String {
    let reason = reason.trim();
    let first = reason
        .split([' ', ':', ';', ','])
        .next()
        .unwrap_or_default();
    let is_word = first.bytes().all(|byte| byte.is_ascii_lowercase()) && !names.contains(&first);
    let mut text = if is_word && !first.is_empty() {
        let mut letters = reason.chars();
        letters
            .next()
            .map(|letter| letter.to_uppercase().chain(letters).collect())
            .unwrap_or_default()
    } else {
        reason.to_owned()
    };
    if !text.ends_with(['.', '?', '!']) {
        text.push('.');
    }
    text
}

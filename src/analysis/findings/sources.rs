//! Where the facts of a rule come from, for people: the pages that were read, and how certain the rest is.
//!
//! A rule's `source` is written in the short tags of the domain reference; a reader of `hopscope rules`,
//! of a code scanner or of a report gets pages and sentences. A new tag is a line in [`PAGES`], and a test
//! fails while it is missing.

use super::Rule;

/// The pages behind `[D:…]` tags: Microsoft's documentation, as it was read.
const PAGES: [(&str, &str); 21] = [
    (
        "aml-cmk",
        "https://learn.microsoft.com/azure/machine-learning/concept-customer-managed-keys",
    ),
    (
        "arm-multi",
        "https://learn.microsoft.com/azure/azure-resource-manager/management/authenticate-multi-tenant",
    ),
    (
        "cog-dlp",
        "https://learn.microsoft.com/azure/ai-services/cognitive-services-data-loss-prevention",
    ),
    (
        "cosmos-cmk",
        "https://learn.microsoft.com/azure/cosmos-db/how-to-setup-customer-managed-keys",
    ),
    (
        "cosmos-fw",
        "https://learn.microsoft.com/azure/cosmos-db/how-to-configure-firewall",
    ),
    (
        "hub-cmk",
        "https://github.com/MicrosoftDocs/azure-ai-docs/blob/main/articles/foundry-classic/concepts/hub-encryption-keys-portal.md",
    ),
    (
        "hub-localauth",
        "https://github.com/MicrosoftDocs/azure-ai-docs/blob/main/articles/foundry-classic/how-to/disable-local-auth.md",
    ),
    (
        "nsp",
        "https://learn.microsoft.com/azure/private-link/network-security-perimeter-concepts",
    ),
    (
        "oyd-depr",
        "https://learn.microsoft.com/azure/ai-foundry/openai/how-to/on-your-data-configuration",
    ),
    (
        "rbac",
        "https://learn.microsoft.com/azure/role-based-access-control/overview",
    ),
    (
        "rbac-ts",
        "https://learn.microsoft.com/azure/role-based-access-control/troubleshooting",
    ),
    (
        "search-enable-rbac",
        "https://learn.microsoft.com/azure/search/search-security-enable-roles",
    ),
    (
        "search-fw",
        "https://learn.microsoft.com/azure/search/service-configure-firewall",
    ),
    (
        "search-limits",
        "https://learn.microsoft.com/azure/search/search-limits-quotas-capacity",
    ),
    (
        "search-mi",
        "https://learn.microsoft.com/azure/search/search-how-to-managed-identities",
    ),
    (
        "search-rbac",
        "https://learn.microsoft.com/azure/search/search-security-rbac",
    ),
    (
        "search-securing",
        "https://learn.microsoft.com/azure/search/search-indexer-securing-resources",
    ),
    (
        "search-spl",
        "https://learn.microsoft.com/azure/search/search-indexer-howto-access-private",
    ),
    (
        "stg-instances",
        "https://learn.microsoft.com/azure/storage/common/storage-network-security-resource-instances",
    ),
    (
        "stg-limits",
        "https://learn.microsoft.com/azure/storage/common/storage-network-security-limitations",
    ),
    (
        "stg-trusted",
        "https://learn.microsoft.com/azure/storage/common/storage-network-security-trusted-azure-services",
    ),
];

impl Rule {
    /// The pages to read more on, those of its source in order.
    pub fn pages(&self) -> Vec<&'static str> {
        tags(self.source)
            .filter_map(|tag| PAGES.iter().find(|(own, _)| *own == tag))
            .map(|(_, page)| *page)
            .collect()
    }

    /// Where the facts come from and how certain they are, in sentences.
    pub fn origin(&self) -> String {
        let mut words = String::new();
        let mut rest = self.source;
        while let Some((before, inside)) = rest.split_once('[') {
            words.push_str(before.trim_end());
            rest = inside.split_once(']').map_or("", |(_, after)| after);
        }
        words.push_str(rest);
        let mut words = words
            .replace("domain-rules", "hopscope's domain reference,")
            .replace("field notes", "field notes of the public-backbone pattern")
            .replace(" (disputed)", "");
        words.push('.');
        for (mark, sentence) in [
            ("[K]", " Product knowledge, not verified again."),
            ("[S]", " Seen in a lab; Microsoft does not say so."),
            ("disputed", " Sources disagree."),
        ] {
            if self.source.contains(mark) {
                words.push_str(sentence);
            }
        }
        words
    }
}

/// The tags of a source: `[D:stg-trusted, D:stg-instances]` holds two.
fn tags(source: &str) -> impl Iterator<Item = &str> {
    source
        .split(['[', ']', ',', ' '])
        .filter_map(|part| part.strip_prefix("D:"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::findings::rules;

    #[test]
    fn every_page_that_a_rule_names_is_known() {
        let mut any = 0;
        for rule in rules() {
            let named = tags(rule.source).count();
            assert_eq!(rule.pages().len(), named, "{}: {}", rule.id, rule.source);
            assert!(!rule.origin().contains(['[', ']']), "{}", rule.origin());
            any += named;
        }
        assert!(any > 20);
    }

    #[test]
    fn a_source_is_told_in_sentences() {
        let rule = Rule {
            source: "domain-rules B.1 [D:stg-trusted, D:stg-instances] [K]; field notes, benefit 2",
            ..*rules().next().unwrap()
        };
        assert_eq!(
            rule.origin(),
            "hopscope's domain reference, B.1; field notes of the public-backbone pattern, benefit 2. Product knowledge, not verified again."
        );
        assert!(rule.pages()[0].ends_with("trusted-azure-services"));
    }
}

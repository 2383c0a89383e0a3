//! The name of an error of a run: `<category>.<subcategory>.<resource type>.<resource name>`
//! (domain-rules D.1), and the hop that its first two parts speak of.
//!
//! Must not know messages: what a text means is said by `analysis::explain`.

use crate::analysis::hop::HopKind;

/// The parts of a name. Azure leaves the third one out for most steps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct StepName {
    /// `DocumentExtraction`, `Enrichment`, `Projection`.
    pub(super) category: String,
    /// `azureblob`, `AzureOpenAIEmbeddingSkill`, `SearchIndex`.
    pub(super) subcategory: String,
    /// `MergeOrUpload`.
    pub(super) resource_type: Option<String>,
    /// The container, the skill, the index.
    pub(super) resource: Option<String>,
}

impl StepName {
    /// Reads a name; none when it has no second part. What follows the resource type is the
    /// resource's name, dots and all.
    pub(super) fn parse(name: &str) -> Option<Self> {
        let mut parts = name.splitn(4, '.').map(str::trim);
        let category = parts.next().filter(|part| !part.is_empty())?;
        let subcategory = parts.next().filter(|part| !part.is_empty())?;
        let rest: Vec<&str> = parts.filter(|part| !part.is_empty()).collect();
        let (resource_type, resource) = match *rest.as_slice() {
            [] => (None, None),
            [only] => (None, Some(only.to_owned())),
            [kind, name, ..] => (Some(kind.to_owned()), Some(name.to_owned())),
        };
        Some(Self {
            category: category.to_owned(),
            subcategory: subcategory.to_owned(),
            resource_type,
            resource,
        })
    }

    /// The hop that the step is a part of; none when it stays inside the service.
    pub(super) fn hop(&self) -> Option<HopKind> {
        let is = |text: &str, word: &str| text.eq_ignore_ascii_case(word);
        let second = self.subcategory.to_ascii_lowercase();
        if is(&self.category, "DocumentExtraction") {
            Some(HopKind::IndexerToStorage)
        } else if is(&self.category, "Projection") && second == "knowledgestore" {
            Some(HopKind::IndexerExtrasToStorage)
        } else if is(&self.category, "Enrichment")
            && (second.contains("embedding") || second.contains("openai"))
        {
            Some(HopKind::SkillToOpenai)
        } else {
            None
        }
    }

    /// What the service was at, in words: `reading documents of docs`.
    pub(super) fn words(&self) -> String {
        let doing = match self.category.to_ascii_lowercase().as_str() {
            "documentextraction" => "reading documents",
            "documentcracking" => "opening documents",
            "enrichment" => "running a skill",
            "projection" if self.subcategory.eq_ignore_ascii_case("KnowledgeStore") => {
                "writing the knowledge store"
            }
            "projection" => "writing the index",
            _ => return self.category.clone(),
        };
        match (&self.resource, doing) {
            (Some(name), "reading documents") => format!("{doing} of {name}"),
            (Some(name), _) => format!("{doing}: {name}"),
            (None, _) => doing.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_by_the_grammar() {
        for (name, hop, resource_type, resource, words) in [
            (
                "DocumentExtraction.azureblob.docs",
                Some(HopKind::IndexerToStorage),
                None,
                Some("docs"),
                "reading documents of docs",
            ),
            (
                "Enrichment.AzureOpenAIEmbeddingSkill.#2",
                Some(HopKind::SkillToOpenai),
                None,
                Some("#2"),
                "running a skill: #2",
            ),
            (
                "Enrichment.WebApiSkill.my.skill",
                None,
                Some("my"),
                Some("skill"),
                "running a skill: skill",
            ),
            (
                "Projection.SearchIndex.MergeOrUpload.docs-index",
                None,
                Some("MergeOrUpload"),
                Some("docs-index"),
                "writing the index: docs-index",
            ),
            (
                "Projection.KnowledgeStore.Blob.a.b",
                Some(HopKind::IndexerExtrasToStorage),
                Some("Blob"),
                Some("a.b"),
                "writing the knowledge store: a.b",
            ),
            ("Something.new", None, None, None, "Something"),
        ] {
            let step = StepName::parse(name).unwrap();
            assert_eq!(step.hop(), hop, "{name}");
            assert_eq!(step.resource_type.as_deref(), resource_type, "{name}");
            assert_eq!(step.resource.as_deref(), resource, "{name}");
            assert_eq!(step.words(), words, "{name}");
        }
    }

    #[test]
    fn what_is_no_name_is_none() {
        for text in [
            "",
            ".",
            "DocumentExtraction",
            "DocumentExtraction.",
            ".azureblob",
        ] {
            assert_eq!(StepName::parse(text), None, "{text}");
        }
    }
}

//! A walk: steps of text that point at evidence. Data only; files are read in `config`, what a step
//! shows of an environment is worked out in `analysis`.

use serde::Deserialize;

/// One walk.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tour {
    /// What it is called on the command line.
    pub name: String,
    /// Its title.
    pub title: String,
    /// About how many minutes each step takes.
    #[serde(default)]
    pub minutes: u8,
    /// Its steps, in order.
    #[serde(rename = "step")]
    pub steps: Vec<Step>,
}

/// One step.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// What it is called; unique in its walk.
    pub id: String,
    /// The word on its tab.
    pub tab: String,
    /// The one plain sentence.
    pub sentence: String,
    /// What it means, in two or three sentences.
    pub text: String,
    /// What is drawn of the environment.
    pub picture: Picture,
    /// Whether it claims something that may hold or not; a consideration only tells.
    #[serde(default = "claims")]
    pub claim: bool,
    /// The benefit that it is about, by its word.
    pub benefit: Option<String>,
    /// Kinds of hop that are its evidence.
    #[serde(default)]
    pub hops: Vec<String>,
    /// The gates of those hops that count; none counts all of them.
    #[serde(default)]
    pub gates: Vec<String>,
    /// Rules whose findings stand against it.
    #[serde(default)]
    pub rules: Vec<String>,
    /// What to say honestly.
    #[serde(default)]
    pub say: Vec<Say>,
    /// Questions that are likely to come.
    #[serde(default)]
    pub ask: Vec<Question>,
}

fn claims() -> bool {
    true
}

/// A speaker's note.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Say {
    /// How it is meant.
    pub sign: Meant,
    /// The words.
    pub text: String,
}

/// How a note is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Meant {
    /// It works, and is wider than one may think.
    Exposure,
    /// Good to know.
    Note,
    /// To be left as it is.
    Keep,
}

/// A likely question.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// The question.
    pub question: String,
    /// The answer.
    pub answer: String,
}

/// What is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Picture {
    /// The services, and whether a private path is kept.
    Paths,
    /// The doors, and who is let in.
    Doors,
    /// Who presents what to whom, by which role.
    Tokens,
    /// Who may call out, and where to.
    Hosts,
    /// The tiers, and what private links would add.
    Tiers,
    /// What is logged, and where.
    Logs,
    /// The calls with their gates.
    Calls,
    /// The group that Microsoft made, as it must be and as it is.
    Managed,
    /// The policies that reach that group, and what each does to it.
    Policies,
    /// What the tier of a search service holds, and how much of it is used.
    Limits,
    /// The models that are deployed.
    Models,
}

//! The command line: clap types only.
//!
//! Must not do anything: `commands` acts on what stands here. A new command is a variant of
//! [`Command`] and one file in `commands/`; a flag that holds everywhere is a field of [`Global`].

mod examples;

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};

use crate::model::judging::Judging;
use crate::model::scope::Scope;

/// The scenario that is shown when none is named.
pub const DEFAULT_SCENARIO: &str = "broken-indexer";

/// Show every hop of an Azure "chat with your data" environment live, and why it fails.
///
/// Without a command: the inspector on what the signed-in person can see. It only ever reads.
#[derive(Clone, Debug, PartialEq, Eq, Parser)]
#[command(name = "hopscope", version, max_term_width = 100, after_help = examples::EXAMPLES)]
pub struct Cli {
    /// Flags that hold everywhere.
    #[command(flatten)]
    pub global: Global,
    /// What to do.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// Flags that hold everywhere.
#[derive(Clone, Debug, Default, PartialEq, Eq, Args)]
#[command(next_help_heading = "Everywhere")]
pub struct Global {
    /// Subscription to look at, by id or name; repeats
    #[arg(long = "subscription", short = 's', value_name = "ID|NAME", global = true, action = ArgAction::Append)]
    pub subscriptions: Vec<String>,
    /// Resource group to look at; repeats
    #[arg(long = "resource-group", short = 'g', value_name = "NAME", global = true, action = ArgAction::Append)]
    pub resource_groups: Vec<String>,
    /// Tenant to sign in to; else the credential's own
    #[arg(long, value_name = "ID", global = true)]
    pub tenant: Option<String>,
    /// Another tenant whose subscriptions are looked at; repeats, 3 at most
    #[arg(long = "auxiliary-tenant", value_name = "ID", global = true, action = ArgAction::Append)]
    pub auxiliary_tenants: Vec<String>,
    /// Cloud to speak to [default: public]
    #[arg(long, value_enum, global = true, conflicts_with = "cloud_file")]
    pub cloud: Option<CloudName>,
    /// File that says where another cloud's services are
    #[arg(long, value_name = "FILE", global = true)]
    pub cloud_file: Option<PathBuf>,
    /// How to sign in
    #[arg(long, value_enum, global = true, default_value_t)]
    pub credential: CredentialKind,
    /// Whose address the firewalls are judged for
    #[arg(long, value_name = "ADDR", global = true)]
    pub client_ip: Option<IpAddr>,
    /// Look at an embedded Azure instead of a signed-in cloud
    #[arg(
        long,
        value_name = "SCENARIO",
        global = true,
        num_args = 0..=1,
        default_missing_value = DEFAULT_SCENARIO,
        conflicts_with_all = ["cloud", "cloud_file"]
    )]
    pub demo: Option<String>,
    /// Look at a snapshot that `hopscope save` wrote instead of a signed-in cloud
    #[arg(
        long,
        value_name = "FILE",
        global = true,
        conflicts_with_all = ["cloud", "cloud_file", "demo"]
    )]
    pub snapshot: Option<PathBuf>,
    /// Mask what names the environment; ids masks ids, people and addresses, all everything [default: all]
    #[arg(
        long,
        value_enum,
        value_name = "LEVEL",
        global = true,
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "all"
    )]
    pub redact: Option<Redact>,
    /// Key for the same pseudonyms in every file; made when it is not there
    #[arg(long, value_name = "FILE", global = true)]
    pub redact_key: Option<PathBuf>,
    /// Config file; else config.toml in the platform's config folder
    #[arg(long, value_name = "FILE", global = true)]
    pub config: Option<PathBuf>,
    /// Write a log to this file, masked as --redact says
    #[arg(long, value_name = "FILE", global = true)]
    pub log: Option<PathBuf>,
}

impl Global {
    /// The scope that the flags name.
    pub fn scope(&self) -> Scope {
        Scope {
            tenant: self.tenant.clone(),
            auxiliary_tenants: self.auxiliary_tenants.clone(),
            subscriptions: self.subscriptions.clone(),
            resource_groups: self.resource_groups.clone(),
        }
    }

    /// The inputs of judgement that the flags name.
    pub fn judging(&self) -> Judging {
        Judging {
            client_ip: self.client_ip,
            ..Judging::default()
        }
    }
}

/// How much is masked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Redact {
    /// Tenants, subscriptions, object ids, people, mail and network addresses
    Ids,
    /// Names, hosts, tags and texts, too
    All,
}

/// A cloud that needs no file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum CloudName {
    /// Azure
    Public,
    /// Azure US Government
    Usgov,
    /// Azure operated by 21Vianet
    China,
}

/// Which credential is asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum CredentialKind {
    /// One after the other, until one gives a token
    #[default]
    Auto,
    /// The Azure CLI: az login
    Cli,
    /// The Azure Developer CLI: azd auth login
    DeveloperCli,
    /// Variables: `AZURE_TENANT_ID`, `AZURE_CLIENT_ID` and a secret or an assertion
    Environment,
    /// The identity of the machine this runs on
    ManagedIdentity,
    /// The identity of the Kubernetes pod this runs in
    WorkloadIdentity,
}

/// The commands.
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub enum Command {
    /// The inspector on an embedded Azure on loopback
    #[command(after_help = examples::DEMO_EXAMPLES)]
    Demo(Demo),
    /// Inspect once, without a screen
    #[command(after_help = examples::CHECK_EXAMPLES)]
    Check(Check),
    /// Inspect once and keep all that was read in a file
    #[command(after_help = examples::SAVE_EXAMPLES)]
    Save(Save),
    /// What changed between two snapshots, which hops turned, and who did it
    #[command(after_help = examples::DIFF_EXAMPLES)]
    Diff(Diff),
    /// The inspector on a snapshot, offline
    #[command(after_help = examples::OPEN_EXAMPLES)]
    Open(Open),
    /// Walk a customer through the pattern: each benefit with live evidence
    #[command(after_help = examples::WALK_EXAMPLES)]
    Walk(Walk),
    /// A pane as a picture, without a terminal
    #[command(after_help = examples::SHOT_EXAMPLES)]
    Shot(Shot),
    /// Paste an error message: which hop, which gate, which causes hold in this environment
    #[command(after_help = examples::EXPLAIN_EXAMPLES)]
    Explain(Explain),
    /// List the rules of the findings, or explain one of them
    #[command(after_help = examples::RULES_EXAMPLES)]
    Rules(Rules),
    /// Judge a call before anybody makes it, and print it ready to run; changes nothing
    Preflight {
        /// What is to be called
        #[command(subcommand)]
        what: Preflight,
    },
    /// Only the embedded Azure, for other clients
    #[command(after_help = examples::SIMULATE_EXAMPLES)]
    Simulate(Simulate),
    /// What works of sign-in, tenants, rights, proxy and terminal, and what is missing
    #[command(after_help = examples::DOCTOR_EXAMPLES)]
    Doctor,
    /// Completions for a shell, on stdout
    #[command(after_help = examples::COMPLETIONS_EXAMPLES)]
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// The manual page, on stdout
    #[command(after_help = examples::MAN_EXAMPLES)]
    Man,
}

/// `hopscope demo`
#[derive(Clone, Debug, Default, PartialEq, Eq, Args)]
pub struct Demo {
    /// Scenario to show, NAME or the twin of it, NAME:mended [default: broken-indexer]
    #[arg(value_name = "SCENARIO")]
    pub scenario: Option<String>,
    /// List the scenarios, or tell the story of the one that is named
    #[arg(long)]
    pub list: bool,
    /// How the embedded Azure behaves.
    #[command(flatten)]
    pub knobs: Knobs,
}

/// How the embedded Azure behaves, where it is not as the scenario says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Args)]
#[command(next_help_heading = "Embedded Azure")]
pub struct Knobs {
    /// Delay of each answer
    #[arg(long, value_name = "MS")]
    pub latency: Option<u64>,
    /// Items on a page of a list
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub page_size: Option<u32>,
    /// Whether calls are counted and refused as Azure does
    #[arg(long, value_name = "YES|NO", value_parser = clap::builder::BoolishValueParser::new())]
    pub throttle: Option<bool>,
    /// Life of a token
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..))]
    pub token_lifetime: Option<u64>,
}

/// `hopscope check`
#[derive(Clone, Debug, PartialEq, Eq, Args)]
pub struct Check {
    /// What to print
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
    /// Write to this file instead of stdout
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// What makes the exit code 1; several by comma
    #[arg(
        long,
        value_enum,
        value_name = "WHAT",
        value_delimiter = ',',
        default_value = "shut"
    )]
    pub fail_on: Vec<FailOn>,
    /// Exit code 4 when something could not be read
    #[arg(long)]
    pub strict: bool,
}

/// A format of the report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people
    #[default]
    Text,
    /// For programs
    Json,
    /// For a ticket
    Markdown,
    /// One file to hand over: for the screen and for paper
    Html,
    /// For code scanners: SARIF 2.1.0
    Sarif,
}

/// A format of an answer that is no whole report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum PlainFormat {
    /// For people
    #[default]
    Text,
    /// For programs
    Json,
}

/// What makes `check` fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FailOn {
    /// A hop that is shut
    Shut,
    /// A hop that is at risk, or worse
    AtRisk,
    /// A hop that is unknown, or worse
    Unknown,
    /// A finding of severity error
    Error,
    /// A finding of severity warning, or worse
    Warning,
    /// Nothing
    Never,
}

/// `hopscope save`
#[derive(Clone, Debug, PartialEq, Eq, Args)]
pub struct Save {
    /// File to write; a snapshot of that name is replaced
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
}

/// `hopscope diff`
#[derive(Clone, Debug, PartialEq, Eq, Args)]
pub struct Diff {
    /// The earlier snapshot
    #[arg(value_name = "A")]
    pub before: PathBuf,
    /// The later snapshot
    #[arg(value_name = "B")]
    pub after: PathBuf,
    /// What to print
    #[arg(long, value_enum, default_value_t)]
    pub format: PlainFormat,
    /// Write to this file instead of stdout
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// `hopscope open`
#[derive(Clone, Debug, PartialEq, Eq, Args)]
pub struct Open {
    /// Snapshot that `hopscope save` wrote
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
}

/// `hopscope walk`
#[derive(Clone, Debug, Default, PartialEq, Eq, Args)]
pub struct Walk {
    /// The walk [default: six-benefits]
    #[arg(value_name = "WALK")]
    pub walk: Option<String>,
    /// List the walks
    #[arg(long)]
    pub list: bool,
}

/// `hopscope shot`
#[derive(Clone, Debug, PartialEq, Eq, Args)]
pub struct Shot {
    /// The pane, by name or digit, or walk
    #[arg(value_name = "PANE")]
    pub pane: String,
    /// Columns and rows
    #[arg(long, value_name = "WxH", default_value = "140x42", value_parser = size)]
    pub size: (u16, u16),
    /// The file; its ending says the format: .svg or .txt
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    /// A shipped theme [default: as the screen has it]
    #[arg(long, value_name = "NAME")]
    pub theme: Option<String>,
    /// What to do before, by the names of a keymap file; repeats
    #[arg(long = "do", value_name = "ACTION", action = ArgAction::Append)]
    pub actions: Vec<String>,
}

/// Columns and rows of a picture: `140x42`.
fn size(text: &str) -> Result<(u16, u16), String> {
    let (width, height) = text
        .split_once(['x', 'X'])
        .ok_or_else(|| "columns and rows: 140x42".to_owned())?;
    let number = |text: &str| text.parse::<u16>().map_err(|error| error.to_string());
    let (width, height) = (number(width)?, number(height)?);
    if width < 60 || height < 16 || width > 400 || height > 200 {
        return Err("from 60x16 to 400x200".to_owned());
    }
    Ok((width, height))
}

/// `hopscope rules`
#[derive(Clone, Debug, Default, PartialEq, Eq, Args)]
pub struct Rules {
    /// A rule's id, or the beginning of several; without it, every rule is listed
    #[arg(value_name = "RULE")]
    pub rule: Option<String>,
}

/// `hopscope explain`
#[derive(Clone, Debug, PartialEq, Eq, Args)]
pub struct Explain {
    /// The message; - reads it from stdin
    #[arg(value_name = "TEXT|-", required = true)]
    pub text: Vec<String>,
}

/// `hopscope preflight`
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub enum Preflight {
    /// A virtual network that is to draw its addresses from an IPAM pool, of its own tenant or another
    ///
    /// Every condition is judged with its proof and what mends it: the application and its stub, the
    /// tokens, both roles, both halves of the connection, the region, the room. The network may draw
    /// already, not draw yet, or not be there. Exit code 0 when every gate is open, else 1.
    #[command(after_long_help = examples::IPAM_EXAMPLES)]
    Ipam(Ipam),
}

/// `hopscope preflight ipam`
#[derive(Clone, Debug, PartialEq, Eq, Args)]
pub struct Ipam {
    /// The pool, by its resource id
    #[arg(long, value_name = "ID")]
    pub pool: String,
    /// The virtual network, by its resource id; it need not be there yet
    #[arg(long, value_name = "ID")]
    pub vnet: String,
    /// How many addresses it is to draw [default: what it asks for now, else 256]
    #[arg(long, value_name = "N", value_parser = count)]
    pub addresses: Option<u128>,
    /// What to print
    #[arg(long, value_enum, default_value_t)]
    pub format: PlainFormat,
    /// Write to this file instead of stdout
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// A number of addresses: an IPv6 pool holds more than 64 bits count.
fn count(text: &str) -> Result<u128, String> {
    match text.replace([',', '_'], "").parse() {
        Ok(0) | Err(_) => Err("a whole number from 1 on".to_owned()),
        Ok(number) => Ok(number),
    }
}

/// `hopscope simulate`
#[derive(Clone, Debug, PartialEq, Eq, Args)]
pub struct Simulate {
    /// Scenario to serve, NAME or the twin of it, NAME:mended [default: broken-indexer]
    #[arg(value_name = "SCENARIO")]
    pub scenario: Option<String>,
    /// Address to listen on; loopback only
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:0")]
    pub listen: SocketAddr,
    /// Write a cloud file for --cloud-file
    #[arg(long, value_name = "FILE")]
    pub write_cloud: Option<PathBuf>,
    /// Speak https with a certificate made on the spot
    #[arg(long)]
    pub tls: bool,
    /// Where to write that certificate [default: hopscope-simulator.pem]
    #[arg(long, value_name = "FILE", requires = "tls")]
    pub write_certificate: Option<PathBuf>,
    /// Serve a scenario folder of your own
    #[arg(long, value_name = "FOLDER", conflicts_with = "scenario")]
    pub directory: Option<PathBuf>,
    /// How the embedded Azure behaves.
    #[command(flatten)]
    pub knobs: Knobs,
}

#[cfg(test)]
mod tests;

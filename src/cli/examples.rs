//! The examples that follow the help of each command: a person begins with the nearest of them.

/// Examples for each of the three uses.
pub(super) const EXAMPLES: &str = "\
Look around:
  hopscope                                          where the signed-in person can look
  hopscope -s my-sub -g rg-rag                      straight there
  hopscope demo                                     on an embedded Azure; demo --list names more
  hopscope doctor                                   sign-in, tenants, rights, proxy, terminal

Mend a broken indexer:
  hopscope demo broken-indexer                      what is shut, why, and the command
  hopscope explain \"This request is not authorized to perform this operation.\" -g rg-rag
  hopscope check -g rg-rag --fail-on shut,at-risk   once, without a screen; exit code 1

Show it to a customer:
  hopscope walk -g rg-rag                           each benefit with live evidence
  hopscope check --format html --out report.html    one file to hand over
  hopscope save --redact poc.hop -g rg-rag          to look at later, offline, names masked

In the inspector ? shows the keys. Exit codes: 0 done, 1 found, 2 usage, 3 not reached, 4 not all read.";

/// What follows the help of `check`.
pub(super) const CHECK_EXAMPLES: &str = "\
Examples:
  hopscope check -g rg-rag                                what works, what does not, what mends it
  hopscope check -g rg-rag --format markdown              for a ticket
  hopscope check -g rg-rag --format html --out poc.html   to hand over
  hopscope check --format sarif --out hopscope.sarif      for a code scanner
  hopscope check --fail-on shut,error --strict            for a pipeline

Exit codes: 0 nothing at or above --fail-on; 1 something is; 2 the arguments cannot be used;
3 no subscription could be read; 4 with --strict, something could not be read or told.";

/// What follows the help of `demo`.
pub(super) const DEMO_EXAMPLES: &str = "\
Examples:
  hopscope demo                                    the broken indexer
  hopscope demo --list                             every scenario in a line
  hopscope demo key-behind-firewall --list         the story of one
  hopscope demo key-behind-firewall:mended         the same after the least change";

/// What follows the help of `walk`.
pub(super) const WALK_EXAMPLES: &str = "\
Examples:
  hopscope walk -g rg-rag                          the six benefits, on the live environment
  hopscope walk --demo healthy --redact            on a demo, names masked
  hopscope walk --list                             the walks, your own included";

/// What follows the help of `shot`.
pub(super) const SHOT_EXAMPLES: &str = "\
Examples:
  hopscope shot map --demo healthy --out map.svg
  hopscope shot findings -g rg-rag --size 100x30 --theme light --out findings.svg
  hopscope shot walk --do right --out firewalls.txt";

/// What follows the help of `explain`.
pub(super) const EXPLAIN_EXAMPLES: &str = "\
Examples:
  hopscope explain \"403 AuthorizationFailure\" -g rg-rag
  kubectl logs app | hopscope explain -

With nothing signed in it answers from the text alone, and says so. Exit code 1: the text is not known.";

/// What follows the help of `rules`.
pub(super) const RULES_EXAMPLES: &str = "\
Examples:
  hopscope rules                                   every rule in a line
  hopscope rules storage/                          those about storage
  hopscope rules storage/shared-key-enabled        what it looks at, and how to set it aside";

/// What follows the help of `doctor`.
pub(super) const DOCTOR_EXAMPLES: &str = "\
Examples:
  hopscope doctor                                  the signed-in person
  hopscope doctor --tenant A --auxiliary-tenant B  both tenants
  hopscope doctor -s my-sub -g rg-rag              the rights in one place

It makes a dozen reads. Exit code 3: nobody is signed in, or a tenant gives no token.";

/// What follows the help of `simulate`.
pub(super) const SIMULATE_EXAMPLES: &str = "\
Examples:
  hopscope simulate healthy --write-cloud lab.toml
  hopscope --cloud-file lab.toml                   in another terminal";

/// What follows the help of `completions`.
pub(super) const COMPLETIONS_EXAMPLES: &str = "\
Examples:
  hopscope completions bash > ~/.local/share/bash-completion/completions/hopscope
  hopscope completions zsh > ~/.zfunc/_hopscope    with ~/.zfunc in fpath
  hopscope completions fish > ~/.config/fish/completions/hopscope.fish";

/// What follows the help of `man`.
pub(super) const MAN_EXAMPLES: &str = "\
Example:
  hopscope man > ~/.local/share/man/man1/hopscope.1";

/// What follows the help of `save`.
pub(super) const SAVE_EXAMPLES: &str = "\
Examples:
  hopscope save poc.hop -g rg-rag-poc        keep what is in one resource group
  hopscope open poc.hop                      look at it later, anywhere, offline
  hopscope check --snapshot poc.hop          the report of it
  hopscope save --redact poc.hop             names, ids and addresses masked
  hopscope save --redact-key my.key poc.hop  the same pseudonyms in every file with this key

The file holds every answer as Azure sent it, without tokens; only its owner can read it.";

/// What follows the help of `diff`.
pub(super) const DIFF_EXAMPLES: &str = "\
Examples:
  hopscope diff monday.hop tuesday.hop       exit code 0: nothing differs, 1: something does
  hopscope diff a.hop b.hop --format json";

/// What follows the help of `open`.
pub(super) const OPEN_EXAMPLES: &str = "\
Examples:
  hopscope open poc.hop                      every pane, y and c included
  hopscope open poc.hop --client-ip 203.0.113.24

Nothing is asked: no sign-in, no socket. It is judged as of the time at which it was saved.";

/// What follows the help of `preflight ipam`.
pub(super) const IPAM_EXAMPLES: &str = "\
Examples:
  hopscope preflight ipam --tenant MANAGED --auxiliary-tenant MANAGING \\
    --pool /subscriptions/…/networkManagers/nm-hub/ipamPools/spokes \\
    --vnet /subscriptions/…/virtualNetworks/vnet-new --addresses 100
  hopscope preflight ipam --demo cross-tenant-pending --format json --pool ID --vnet ID

No token is ever printed: the call fetches its own into variables of the shell.";

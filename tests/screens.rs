//! The panes as a person sees them: every state at every size, on environments built from the
//! scenarios' own documents.
//!
//! `stage.rs` builds the environments and draws; one module a pane.

mod screens {
    mod documents;
    pub(crate) mod pages;
    pub(crate) mod stage;
    pub(crate) mod whole;

    mod access;
    mod changes;
    mod explain;
    mod findings;
    mod foundry;
    pub(crate) mod history;
    mod indexers;
    mod logs;
    mod map;
    mod needs;
    mod requests;
    mod sizes;
    mod tenants;
    mod walk;
}

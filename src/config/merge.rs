//! Where the file and the flags speak of the same thing.

use crate::model::scope::Scope;

use super::ConfigFile;

impl ConfigFile {
    /// The scope of the flags; the file's where the flags say nothing.
    ///
    /// Naming a place on the command line replaces the file's place as a whole: a group of the
    /// file makes no sense in a subscription that it was not written for.
    #[must_use]
    pub fn scope_or(&self, flags: Scope) -> Scope {
        let own = &self.scope;
        let (subscriptions, resource_groups) = if flags.is_open() {
            (own.subscriptions.clone(), own.resource_groups.clone())
        } else {
            (flags.subscriptions, flags.resource_groups)
        };
        Scope {
            tenant: flags.tenant.or_else(|| own.tenant.clone()),
            auxiliary_tenants: if flags.auxiliary_tenants.is_empty() {
                own.auxiliary_tenants.clone()
            } else {
                flags.auxiliary_tenants
            },
            subscriptions,
            resource_groups,
        }
    }
}

#!/usr/bin/env python3
"""Lists and gets everything of a running `hopscope simulate` with the Azure SDK for Python.

Every attribute of every object is read, because the newer models decode lazily: a wrong type passes
until somebody looks. Exits with 1 when any call or any attribute fails. See README.md.
"""

import argparse
import json
import sys
import urllib.error
import urllib.parse
import urllib.request
from enum import Enum

from azure.core.credentials import AccessToken
from azure.core.exceptions import HttpResponseError
from azure.core.pipeline.policies import SansIOHTTPPolicy
from azure.mgmt.authorization import AuthorizationManagementClient
from azure.mgmt.core.policies import AuxiliaryAuthenticationPolicy
from azure.mgmt.cognitiveservices import CognitiveServicesManagementClient
from azure.mgmt.cosmosdb import CosmosDBManagementClient
from azure.mgmt.keyvault import KeyVaultManagementClient
from azure.mgmt.machinelearningservices import MachineLearningServicesMgmtClient
from azure.mgmt.msi import ManagedServiceIdentityClient
from azure.mgmt.network import NetworkManagementClient
from azure.mgmt.search import SearchManagementClient
from azure.mgmt.storage import StorageManagementClient

try:
    from azure.mgmt.resource.resources import ResourceManagementClient
except ImportError:
    from azure.mgmt.resource import ResourceManagementClient
try:
    from azure.mgmt.resource.subscriptions import SubscriptionClient
except ImportError:
    from azure.mgmt.resource import SubscriptionClient


class Bearer(SansIOHTTPPolicy):
    """Sets the header itself: azure-core refuses to send tokens over plain http."""

    def __init__(self, token):
        super().__init__()
        self.token = token

    def on_request(self, request):
        request.http_request.headers["Authorization"] = f"Bearer {self.token}"


class Beside(AuxiliaryAuthenticationPolicy):
    """The client's own writing of other tenants' tokens, over plain http as well."""

    def __init__(self, tokens):
        super().__init__([Held(token) for token in tokens], "https://management.azure.com/.default")

    def _enforce_https(self, request):
        pass


class Held:
    """A token as a credential."""

    def __init__(self, token):
        self.token = token

    def get_token(self, *scopes, **kwargs):
        return AccessToken(self.token, 1 << 40)


class Unused:
    """A credential that the clients want to see and never ask."""

    def get_token(self, *scopes, **kwargs):
        raise AssertionError("the authentication policy sets the header")


class Judge:
    def __init__(self, allow_denied):
        self.calls = self.objects = self.attributes = self.denied = 0
        self.failures = []
        self.allow_denied = allow_denied

    def read(self, value, path, depth=0):
        """Reads every attribute below a value; returns nothing, counts and complains."""
        if depth > 40:
            self.failures.append(f"{path}: nested too deeply")
        elif value is None or isinstance(value, (str, int, float, bool, Enum)):
            self.attributes += 1
        elif isinstance(value, (list, tuple)):
            for at, item in enumerate(value):
                self.read(item, f"{path}[{at}]", depth + 1)
        elif isinstance(value, dict) and not hasattr(value, "_attr_to_rest_field"):
            for key, item in value.items():
                self.read(item, f"{path}.{key}", depth + 1)
        else:
            names = list(getattr(value, "_attr_to_rest_field", None) or getattr(value, "_attribute_map", None) or [])
            # azure-mgmt-network 33.1.0 has a flattened property without a name.
            names += filter(None, getattr(type(value), f"_{type(value).__name__}__flattened_items", []))
            if not names:
                self.attributes += 1  # a date, a duration
                return
            self.objects += 1
            for name in names:
                try:
                    item = getattr(value, name)
                except Exception as error:  # noqa: BLE001 - whatever a model throws is the finding
                    self.failures.append(f"{path}.{name}: {type(error).__name__}: {error}")
                    continue
                self.read(item, f"{path}.{name}", depth + 1)
            if depth == 0 and hasattr(value, "as_dict"):
                try:
                    value.as_dict()
                except Exception as error:  # noqa: BLE001
                    self.failures.append(f"{path}.as_dict(): {type(error).__name__}: {error}")

    def call(self, what, make):
        """Makes a call; a pager is drained. Returns the list of results, or [] when it failed."""
        self.calls += 1
        try:
            found = make()
            if hasattr(found, "by_page") or hasattr(found, "__next__"):
                found = list(found)
            elif not isinstance(found, list):
                found = [found]
        except HttpResponseError as error:
            if self.allow_denied and error.status_code == 403:
                self.denied += 1
            else:
                self.failures.append(f"{what}: {error.status_code} {str(error)[:300]}")
            return []
        except Exception as error:  # noqa: BLE001
            self.failures.append(f"{what}: {type(error).__name__}: {error}")
            return []
        for item in found:
            self.read(item, what)
        return found


def segment(resource_id, name):
    parts = resource_id.split("/")
    for at, part in enumerate(parts[:-1]):
        if part.lower() == name.lower():
            return parts[at + 1]
    return None


def token_of(base, context, tenant="organizations"):
    form = urllib.parse.urlencode({
        "grant_type": "client_credentials", "client_id": "lab", "client_secret": "lab",
        "scope": "https://management.azure.com/.default",
    }).encode()
    with urllib.request.urlopen(f"{base}/{tenant}/oauth2/v2.0/token", form, context=context) as answer:
        return json.load(answer)["access_token"]


def everything(judge, base, context, options):
    """Each tenant by a token of its own; one that gives none is told and left out."""
    bare = Unused()

    def clients(token, *others):
        policies = [Beside(others)] if others else []
        own = {**options, "authentication_policy": Bearer(token), "per_call_policies": policies}
        return lambda kind, *more: kind(bare, *more, base_url=base, **own)

    tenants = judge.call("tenants.list", clients(token_of(base, context))(SubscriptionClient).tenants.list)
    tokens = {}
    for tenant in tenants:
        try:
            tokens[tenant.tenant_id] = token_of(base, context, tenant.tenant_id)
        except urllib.error.HTTPError as error:
            print(f"no token for tenant {tenant.tenant_id}: {error.code}")
    seen = set()
    for tenant, token in tokens.items():
        client = clients(token)
        subscriptions = client(SubscriptionClient)
        for found in judge.call("subscriptions.list", subscriptions.subscriptions.list):
            if found.subscription_id in seen:
                continue
            seen.add(found.subscription_id)
            judge.call("subscriptions.get", lambda: subscriptions.subscriptions.get(found.subscription_id))
            judge.call("subscriptions.list_locations", lambda: subscriptions.subscriptions.list_locations(found.subscription_id))
            subscription(judge, client, found.subscription_id)
            others = [other for name, other in tokens.items() if name != tenant]
            if others:
                drawing(judge, clients(token, *others)(NetworkManagementClient, found.subscription_id))


def drawing(judge, c):
    """Networks that draw from another subscription's pool, put as they are with the other tenants' tokens beside."""
    for one in judge.call("virtual_networks.list_all", c.virtual_networks.list_all):
        allocations = (one.address_space and one.address_space.ipam_pool_prefix_allocations) or []
        own = segment(one.id, "subscriptions")
        if all(segment(each.pool.id, "subscriptions") == own for each in allocations):
            continue
        group = segment(one.id, "resourceGroups")
        judge.call("virtual_networks.get with other tokens", lambda: c.virtual_networks.get(group, one.name))
        judge.call("virtual_networks.put with other tokens", lambda: c.virtual_networks.begin_create_or_update(group, one.name, one, polling=False).result())


def subscription(judge, client, sub):
    scope = f"/subscriptions/{sub}"
    resource = client(ResourceManagementClient, sub)
    groups = [group.name for group in judge.call("resource_groups.list", resource.resource_groups.list)]
    listed = judge.call("resources.list", lambda: resource.resources.list(expand="createdTime,changedTime,provisioningState"))
    judge.call("resources.list filtered", lambda: resource.resources.list(filter="resourceType eq 'Microsoft.Storage/storageAccounts'"))
    in_groups = 0
    for name in groups:
        judge.call("resource_groups.get", lambda: resource.resource_groups.get(name))
        in_groups += len(judge.call("resources.list_by_resource_group", lambda: resource.resources.list_by_resource_group(name)))
    if in_groups != len(listed) and not judge.denied:
        judge.failures.append(f"{len(listed)} resources in the subscription, {in_groups} in its groups")
    versions = {}
    for provider in judge.call("providers.list", resource.providers.list):
        judge.call("providers.get", lambda: resource.providers.get(provider.namespace))
        for kind in provider.resource_types or []:
            stable = [v for v in kind.api_versions or [] if "preview" not in v] or list(kind.api_versions or [])
            if stable:
                versions[f"{provider.namespace}/{kind.resource_type}".lower()] = stable[0]
    for item in listed:
        version = versions.get(item.type.lower(), "2024-01-01")
        judge.call("resources.get_by_id", lambda: resource.resources.get_by_id(item.id, api_version=version))

    access(judge, client(AuthorizationManagementClient, sub), scope, sub, groups, listed)
    storage(judge, client(StorageManagementClient, sub), groups)
    search(judge, client(SearchManagementClient, sub), groups)
    cognitive(judge, client(CognitiveServicesManagementClient, sub), groups)
    machine_learning(judge, client(MachineLearningServicesMgmtClient, sub), groups)
    cosmos(judge, client(CosmosDBManagementClient, sub), groups)
    vaults(judge, client(KeyVaultManagementClient, sub), groups)
    network(judge, client(NetworkManagementClient, sub), groups)
    identities(judge, client(ManagedServiceIdentityClient, sub), groups, listed)


def access(judge, c, scope, sub, groups, listed):
    assignments = judge.call("role_assignments.list_for_subscription", c.role_assignments.list_for_subscription)
    for one in assignments:
        judge.call("role_assignments.get_by_id", lambda: c.role_assignments.get_by_id(one.id))
        judge.call("role_definitions.get_by_id", lambda: c.role_definitions.get_by_id(one.role_definition_id))
    for principal in sorted({one.principal_id for one in assignments}):
        for text in (f"principalId eq '{principal}'", f"assignedTo('{principal}')", f"atScope() and assignedTo('{principal}')"):
            judge.call(f"role_assignments.list_for_scope {text}", lambda: c.role_assignments.list_for_scope(scope, filter=text))
    judge.call("role_definitions.list", lambda: c.role_definitions.list(scope))
    judge.call("role_definitions.list Reader", lambda: c.role_definitions.list(scope, filter="roleName eq 'Reader'"))
    judge.call("deny_assignments.list_for_scope", lambda: c.deny_assignments.list_for_scope(scope))
    judge.call("deny_assignments.list", c.deny_assignments.list)
    for kind in ("role_eligibility_schedule_instances", "role_assignment_schedule_instances"):
        judge.call(f"{kind}.list_for_scope", lambda: getattr(c, kind).list_for_scope(scope))
        judge.call(f"{kind} asTarget", lambda: getattr(c, kind).list_for_scope(scope, filter="asTarget()"))
    for group in groups:
        judge.call("role_assignments.list_for_resource_group", lambda: c.role_assignments.list_for_resource_group(group))
        judge.call("permissions.list_for_resource_group", lambda: c.permissions.list_for_resource_group(group))
    for item in listed:
        judge.call("role_assignments.list_for_scope resource", lambda: c.role_assignments.list_for_scope(item.id, filter="atScope()"))


def storage(judge, c, groups):
    for group in groups:
        judge.call("storage.list_by_resource_group", lambda: c.storage_accounts.list_by_resource_group(group))
    for one in judge.call("storage.list", c.storage_accounts.list):
        group = segment(one.id, "resourceGroups")
        judge.call("storage.get_properties", lambda: c.storage_accounts.get_properties(group, one.name))
        for box in judge.call("blob_containers.list", lambda: c.blob_containers.list(group, one.name)):
            judge.call("blob_containers.get", lambda: c.blob_containers.get(group, one.name, box.name))
        judge.call("blob_services.list", lambda: c.blob_services.list(group, one.name))
        for pe in judge.call("storage.private_endpoint_connections.list", lambda: c.private_endpoint_connections.list(group, one.name)):
            judge.call("storage.private_endpoint_connections.get", lambda: c.private_endpoint_connections.get(group, one.name, pe.name))
        judge.call("storage.nsp.list", lambda: c.network_security_perimeter_configurations.list(group, one.name))


def search(judge, c, groups):
    for group in groups:
        judge.call("search.list_by_resource_group", lambda: c.services.list_by_resource_group(group))
    for one in judge.call("search.list_by_subscription", c.services.list_by_subscription):
        group = segment(one.id, "resourceGroups")
        judge.call("search.get", lambda: c.services.get(group, one.name))
        for link in judge.call("shared_private_link_resources.list_by_service", lambda: c.shared_private_link_resources.list_by_service(group, one.name)):
            judge.call("shared_private_link_resources.get", lambda: c.shared_private_link_resources.get(group, one.name, link.name))
        judge.call("search.private_endpoint_connections", lambda: c.private_endpoint_connections.list_by_service(group, one.name))
        if hasattr(c, "network_security_perimeter_configurations"):
            judge.call("search.nsp.list_by_service", lambda: c.network_security_perimeter_configurations.list_by_service(group, one.name))


def cognitive(judge, c, groups):
    for group in groups:
        judge.call("cognitive.list_by_resource_group", lambda: c.accounts.list_by_resource_group(group))
    for one in judge.call("cognitive.list", c.accounts.list):
        group = segment(one.id, "resourceGroups")
        judge.call("cognitive.get", lambda: c.accounts.get(group, one.name))
        for deployment in judge.call("deployments.list", lambda: c.deployments.list(group, one.name)):
            judge.call("deployments.get", lambda: c.deployments.get(group, one.name, deployment.name))
        for link in judge.call("account_connections.list", lambda: c.account_connections.list(group, one.name)):
            judge.call("account_connections.get", lambda: c.account_connections.get(group, one.name, link.name))
        for project in judge.call("projects.list", lambda: c.projects.list(group, one.name)):
            name = project.name.split("/")[-1]
            judge.call("projects.get", lambda: c.projects.get(group, one.name, name))
            judge.call("project_connections.list", lambda: c.project_connections.list(group, one.name, name))
        judge.call("cognitive.private_endpoint_connections", lambda: c.private_endpoint_connections.list(group, one.name))
        judge.call("cognitive.nsp.list", lambda: c.network_security_perimeter_configurations.list(group, one.name))


def machine_learning(judge, c, groups):
    for group in groups:
        judge.call("ml.list_by_resource_group", lambda: c.workspaces.list_by_resource_group(group))
    for one in judge.call("ml.list_by_subscription", c.workspaces.list_by_subscription):
        group = segment(one.id, "resourceGroups")
        judge.call("ml.get", lambda: c.workspaces.get(group, one.name))
        for link in judge.call("workspace_connections.list", lambda: c.workspace_connections.list(group, one.name)):
            judge.call("workspace_connections.get", lambda: c.workspace_connections.get(group, one.name, link.name))
        if hasattr(c.private_endpoint_connections, "list"):
            judge.call("ml.private_endpoint_connections", lambda: c.private_endpoint_connections.list(group, one.name))
        if hasattr(c, "managed_network_settings_rule"):
            judge.call("ml.managed_network_settings_rule", lambda: c.managed_network_settings_rule.list(group, one.name))


def cosmos(judge, c, groups):
    for group in groups:
        judge.call("cosmos.list_by_resource_group", lambda: c.database_accounts.list_by_resource_group(group))
    for one in judge.call("cosmos.list", c.database_accounts.list):
        group = segment(one.id, "resourceGroups")
        judge.call("cosmos.get", lambda: c.database_accounts.get(group, one.name))
        judge.call("sql_role_assignments", lambda: c.sql_resources.list_sql_role_assignments(group, one.name))
        judge.call("sql_role_definitions", lambda: c.sql_resources.list_sql_role_definitions(group, one.name))
        judge.call("cosmos.private_endpoint_connections", lambda: c.private_endpoint_connections.list_by_database_account(group, one.name))


def vaults(judge, c, groups):
    for group in groups:
        judge.call("vaults.list_by_resource_group", lambda: c.vaults.list_by_resource_group(group))
    for one in judge.call("vaults.list_by_subscription", c.vaults.list_by_subscription):
        group = segment(one.id, "resourceGroups")
        judge.call("vaults.get", lambda: c.vaults.get(group, one.name))
        for key in judge.call("keys.list", lambda: c.keys.list(group, one.name)):
            judge.call("keys.get", lambda: c.keys.get(group, one.name, key.name))
        judge.call("vaults.private_endpoint_connections", lambda: c.private_endpoint_connections.list_by_resource(group, one.name))


def network(judge, c, groups):
    for group in groups:
        judge.call("private_endpoints.list", lambda: c.private_endpoints.list(group))
        judge.call("virtual_networks.list", lambda: c.virtual_networks.list(group))
    for one in judge.call("private_endpoints.list_by_subscription", c.private_endpoints.list_by_subscription):
        group = segment(one.id, "resourceGroups")
        judge.call("private_endpoints.get", lambda: c.private_endpoints.get(group, one.name))
        judge.call("private_dns_zone_groups.list", lambda: c.private_dns_zone_groups.list(one.name, group))
    for one in judge.call("virtual_networks.list_all", c.virtual_networks.list_all):
        group = segment(one.id, "resourceGroups")
        judge.call("virtual_networks.get", lambda: c.virtual_networks.get(group, one.name))
        for subnet in judge.call("subnets.list", lambda: c.subnets.list(group, one.name)):
            judge.call("subnets.get", lambda: c.subnets.get(group, one.name, subnet.name))
        judge.call("virtual_network_peerings.list", lambda: c.virtual_network_peerings.list(group, one.name))
    judge.call("network_manager_connections", c.subscription_network_manager_connections.list)
    for one in judge.call("network_managers.list_by_subscription", c.network_managers.list_by_subscription):
        group = segment(one.id, "resourceGroups")
        judge.call("network_managers.get", lambda: c.network_managers.get(group, one.name))
        judge.call("scope_connections.list", lambda: c.scope_connections.list(group, one.name))
        for pool in judge.call("ipam_pools.list", lambda: c.ipam_pools.list(group, one.name)):
            judge.call("ipam_pools.get", lambda: c.ipam_pools.get(group, one.name, pool.name))
            judge.call("ipam_pools.get_pool_usage", lambda: c.ipam_pools.get_pool_usage(group, one.name, pool.name))
            judge.call("ipam_pools.list_associated_resources", lambda: c.ipam_pools.list_associated_resources(group, one.name, pool.name))
            judge.call("static_cidrs.list", lambda: c.static_cidrs.list(group, one.name, pool.name))
    for one in judge.call("network_security_perimeters.list_by_subscription", c.network_security_perimeters.list_by_subscription):
        group = segment(one.id, "resourceGroups")
        judge.call("network_security_perimeters.get", lambda: c.network_security_perimeters.get(group, one.name))
        judge.call("nsp profiles", lambda: c.network_security_perimeter_profiles.list(group, one.name))
        judge.call("nsp associations", lambda: c.network_security_perimeter_associations.list(group, one.name))


def identities(judge, c, groups, listed):
    for group in groups:
        judge.call("user_assigned_identities.list_by_resource_group", lambda: c.user_assigned_identities.list_by_resource_group(group))
    for one in judge.call("user_assigned_identities.list_by_subscription", c.user_assigned_identities.list_by_subscription):
        group = segment(one.id, "resourceGroups")
        judge.call("user_assigned_identities.get", lambda: c.user_assigned_identities.get(group, one.name))
        judge.call("federated_identity_credentials.list", lambda: c.federated_identity_credentials.list(group, one.name))
    for item in listed:
        if item.identity and item.identity.principal_id:
            judge.call("system_assigned_identities.get_by_scope", lambda: c.system_assigned_identities.get_by_scope(item.id))


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("base", help="the simulator's address, http://127.0.0.1:PORT")
    arguments.add_argument("--ca", help="the certificate to trust, for https")
    arguments.add_argument("--allow-denied", action="store_true", help="403 is part of the scenario")
    given = arguments.parse_args()
    context = None
    if given.ca:
        import ssl

        context = ssl.create_default_context(cafile=given.ca)
    base = given.base.rstrip("/")
    options = {"retry_total": 6}
    if given.ca:
        options["connection_verify"] = given.ca
    judge = Judge(given.allow_denied)
    everything(judge, base, context, options)
    print(f"{judge.calls} calls, {judge.objects} objects, {judge.attributes} attributes, {judge.denied} denied, {len(judge.failures)} failures")
    for failure in sorted(set(judge.failures)):
        print(f"  {failure}")
    return 1 if judge.failures or not judge.objects else 0


if __name__ == "__main__":
    sys.exit(main())

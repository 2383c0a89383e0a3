#!/usr/bin/env bash
# Signs the real Azure CLI in to a running `hopscope simulate --tls` and lists what is there.
# Usage: az.sh https://127.0.0.1:PORT CERTIFICATE.pem TENANT      See README.md.
# Ends with 1 when a command fails or an answer is empty where the scenario holds something.
set -euo pipefail

base=${1:?the address of the simulator}
certificate=$(realpath "${2:?the certificate to trust}")
tenant=${3:?the tenant to sign in to, as the simulator printed it}
az=${AZ:-az}

# A configuration of its own: the person's clouds and accounts stay as they are.
AZURE_CONFIG_DIR=$(mktemp -d)
export AZURE_CONFIG_DIR
trap 'rm -rf "$AZURE_CONFIG_DIR"' EXIT
export REQUESTS_CA_BUNDLE=$certificate
export AZURE_CORE_COLLECT_TELEMETRY=no AZURE_CORE_NO_COLOR=1 AZURE_CORE_ONLY_SHOW_ERRORS=1
export PYTHONWARNINGS=ignore

failures=0
step() { # step MINIMUM NAME COMMAND...: the command's answer has at least MINIMUM items
  local minimum=$1 name=$2 answer count
  shift 2
  if ! answer=$("$az" "$@" --output json 2>"$AZURE_CONFIG_DIR/stderr"); then
    printf 'FAILED  %s\n' "$name"
    sed 's/^/        /' "$AZURE_CONFIG_DIR/stderr"
    failures=$((failures + 1))
    return
  fi
  count=$(printf '%s' "$answer" | python3 -c 'import json,sys; d=json.load(sys.stdin); print(len(d) if isinstance(d, list) else 1)' 2>/dev/null || echo 0)
  if [ "$count" -lt "$minimum" ]; then
    printf 'EMPTY   %s: %s, at least %s expected\n' "$name" "$count" "$minimum"
    failures=$((failures + 1))
  else
    printf 'ok      %-40s %s\n' "$name" "$count"
  fi
}

"$az" config set core.instance_discovery=false core.login_experience_v2=off >/dev/null 2>&1
"$az" cloud register -n lab --endpoint-resource-manager "$base/"
"$az" cloud set -n lab >/dev/null
"$az" login --service-principal -u 00000000-0000-4000-8000-000000000001 -p not-a-secret --tenant "$tenant" >/dev/null
echo "signed in to $base"

step 1 "cloud show" cloud show
step 1 "account list" account list
step 1 "account show" account show
step 1 "account tenant list" rest --method get --url "$base/tenants?api-version=2022-12-01"
step 1 "group list" group list
step 1 "resource list" resource list
step 1 "resource list by type" resource list --resource-type Microsoft.Storage/storageAccounts
step 1 "storage account list" storage account list
step 1 "cognitiveservices account list" cognitiveservices account list
step 0 "cosmosdb list" cosmosdb list
step 1 "keyvault list" keyvault list
step 0 "identity list" identity list
step 0 "network vnet list" network vnet list
step 0 "network private-endpoint list" network private-endpoint list
step 1 "role definition list" role definition list
step 1 "role assignment list --all" role assignment list --all
step 0 "lock list" lock list
step 0 "policy assignment list" policy assignment list --disable-scope-strict-match
step 1 "provider list" provider list

for group in $("$az" group list --query '[].name' --output tsv); do
  step 0 "resource list -g $group" resource list -g "$group"
  step 0 "search service list -g $group" search service list -g "$group"
  step 0 "storage account list -g $group" storage account list -g "$group"
  step 0 "role assignment list -g $group" role assignment list -g "$group" --include-inherited
done
for id in $("$az" resource list --query '[].id' --output tsv); do
  step 1 "resource show ${id##*/}" resource show --ids "$id"
done
while IFS=$'\t' read -r group name; do
  step 1 "search service show $name" search service show -g "$group" -n "$name"
  step 0 "search shared-private-link-resource" search shared-private-link-resource list -g "$group" --service-name "$name"
done < <("$az" resource list --resource-type Microsoft.Search/searchServices --query '[].[resourceGroup,name]' --output tsv)
while IFS=$'\t' read -r group name; do
  step 1 "cognitiveservices account show $name" cognitiveservices account show -g "$group" -n "$name"
  step 0 "cognitiveservices account deployment list" cognitiveservices account deployment list -g "$group" -n "$name"
done < <("$az" resource list --resource-type Microsoft.CognitiveServices/accounts --query '[].[resourceGroup,name]' --output tsv)
for id in $("$az" storage account list --query '[].id' --output tsv); do
  step 0 "monitor diagnostic-settings list" monitor diagnostic-settings list --resource "$id/blobServices/default"
done

echo "$failures failures"
[ "$failures" -eq 0 ]

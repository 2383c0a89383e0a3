//! How a client learns where everything is: the metadata document that `az cloud register` reads, and
//! the cloud file that this program's own commands read. Must not know any scenario.

use serde_json::{Value, json};

/// `GET /metadata/endpoints`: one object, as current versions answer.
pub(super) fn metadata(base: &str) -> Value {
    json!({
        "name": "hopscope",
        "portal": "https://portal.azure.com",
        "authentication": {
            "loginEndpoint": base,
            "audiences": ["https://management.core.windows.net/", "https://management.azure.com/"],
            "tenant": "common",
            "identityProvider": "AAD",
        },
        "resourceManager": format!("{base}/"),
        "graph": format!("{base}/graph/"),
        "graphAudience": format!("{base}/graph/"),
        "microsoftGraphResourceId": format!("{base}/graph/"),
        "gallery": format!("{base}/"),
        "batch": "https://batch.core.windows.net/",
        "media": "https://rest.media.azure.net",
        "sqlManagement": format!("{base}/"),
        "vmImageAliasDoc": format!("{base}/"),
        "activeDirectoryDataLake": "https://datalake.azure.net/",
        "logAnalyticsResourceId": "https://api.loganalytics.io",
        "appInsightsResourceId": "https://api.applicationinsights.io",
        "appInsightsTelemetryChannelResourceId": "https://dc.applicationinsights.azure.com/v2/track",
        "attestationResourceId": "https://attest.azure.net",
        "synapseAnalyticsResourceId": "https://dev.azuresynapse.net",
        "ossrDbmsResourceId": "https://ossrdbms-aad.database.windows.net",
        "suffixes": {
            "storage": "core.windows.net",
            "keyVaultDns": "vault.azure.net",
            "sqlServerHostname": "database.windows.net",
            "acrLoginServer": "azurecr.io",
            "azureDataLakeStoreFileSystem": "azuredatalakestore.net",
            "azureDataLakeAnalyticsCatalogAndJob": "azuredatalakeanalytics.net",
            "azureFrontDoorEndpointSuffix": "azurefd.net",
            "attestationEndpoint": "attest.azure.net",
            "mhsmDns": "managedhsm.azure.net",
            "mysqlServerEndpoint": "mysql.database.azure.com",
            "mariadbServerEndpoint": "mariadb.database.azure.com",
            "postgresqlServerEndpoint": "postgres.database.azure.com",
            "storageSyncEndpointSuffix": "afs.azure.net",
            "synapseAnalytics": "dev.azuresynapse.net",
        },
    })
}

/// The cloud file that leads a client here.
pub(super) fn file(base: &str) -> String {
    format!(
        "name = \"lab\"\n\
         resource_manager = \"{base}\"\n\
         authority        = \"{base}\"\n\
         graph            = \"{base}/graph\"\n\
         log_analytics    = \"{base}/loganalytics\"\n\
         search           = \"{base}/search/{{service}}\"\n\
         portal           = \"https://portal.azure.com\"\n"
    )
}

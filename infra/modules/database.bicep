// PostgreSQL: every piece of state. In production without a public address, with a standby in another zone and the built-in pooler.
param name string
param token string
param location string
param tags object
param isProduction bool
param sku object
@secure()
param password string
param subnetId string
param privateZoneId string
param visitors string[]
param workspaceId string

// Burstable servers have no PgBouncer.
var hasPooler = sku.tier != 'Burstable'

// One after the other: the server takes one change at a time.
var parameters = concat(
  [
    { name: 'azure.extensions', value: 'PG_TRGM' }
    { name: 'require_secure_transport', value: 'on' }
    { name: 'ssl_min_protocol_version', value: 'TLSv1.2' }
    { name: 'log_min_duration_statement', value: '1000' }
    { name: 'idle_in_transaction_session_timeout', value: '60000' }
  ],
  hasPooler
    ? [
        { name: 'pgbouncer.enabled', value: 'true' }
        { name: 'pgbouncer.pool_mode', value: 'transaction' }
        // What the app asks for when it connects is the database's own default (the migration sets it), since pooled connections are shared.
        { name: 'pgbouncer.ignore_startup_parameters', value: 'options' }
        // More than the 200 that a connection of the app prepares, because those of all instances meet here. 0, the service's own value, breaks them all.
        { name: 'pgbouncer.max_prepared_statements', value: '500' }
        { name: 'pgbouncer.default_pool_size', value: isProduction ? '100' : '40' }
        { name: 'pgbouncer.max_client_conn', value: '5000' }
      ]
    : []
)

resource server 'Microsoft.DBforPostgreSQL/flexibleServers@2024-08-01' = {
  name: 'psql-${name}-${token}'
  location: location
  tags: tags
  sku: { name: sku.name, tier: sku.tier }
  properties: {
    version: '16'
    administratorLogin: 'zoniq'
    administratorLoginPassword: empty(password) ? null : password
    authConfig: { activeDirectoryAuth: 'Disabled', passwordAuth: 'Enabled' }
    storage: { storageSizeGB: sku.storageGB, autoGrow: 'Enabled' }
    backup: {
      backupRetentionDays: isProduction ? 35 : 7
      geoRedundantBackup: isProduction ? 'Enabled' : 'Disabled'
    }
    highAvailability: { mode: isProduction ? 'ZoneRedundant' : 'Disabled' }
    network: isProduction
      ? {
          publicNetworkAccess: 'Disabled'
          delegatedSubnetResourceId: subnetId
          privateDnsZoneArmResourceId: privateZoneId
        }
      : { publicNetworkAccess: 'Enabled' }
    maintenanceWindow: { customWindow: 'Enabled', dayOfWeek: 2, startHour: 21, startMinute: 30 } // Wednesday, three in the morning in India
  }

  resource zoniq 'databases' = {
    name: 'zoniq'
    properties: { charset: 'UTF8', collation: 'en_US.utf8' }
  }
}

@batchSize(1)
resource parameter 'Microsoft.DBforPostgreSQL/flexibleServers/configurations@2024-08-01' = [
  for item in parameters: {
    parent: server
    name: item.name
    properties: { value: item.value, source: 'user-override' }
    dependsOn: [server::zoniq]
  }
]

// Outside production the app has no network of its own, so it comes from an address of Azure's.
resource fromAzure 'Microsoft.DBforPostgreSQL/flexibleServers/firewallRules@2024-08-01' = if (!isProduction) {
  parent: server
  name: 'azure'
  properties: { startIpAddress: '0.0.0.0', endIpAddress: '0.0.0.0' }
  dependsOn: [parameter]
}

@batchSize(1)
resource visitor 'Microsoft.DBforPostgreSQL/flexibleServers/firewallRules@2024-08-01' = [
  for (address, index) in (isProduction ? [] : visitors): {
    parent: server
    name: 'visitor-${index}'
    properties: { startIpAddress: address, endIpAddress: address }
    dependsOn: [parameter, fromAzure]
  }
]

resource protection 'Microsoft.Authorization/locks@2020-05-01' = if (isProduction) {
  scope: server
  name: 'holds-every-ticket'
  properties: { level: 'CanNotDelete', notes: 'Take this away first if the database is really to be deleted.' }
}

resource logs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: server
  name: 'logs'
  properties: {
    workspaceId: workspaceId
    logs: [{ category: 'PostgreSQLLogs', enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

output id string = server.id
output host string = server.properties.fullyQualifiedDomainName
output port int = hasPooler ? 6432 : 5432

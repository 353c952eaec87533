// Everything Zoniq needs in one resource group of its own. docs/operations.md says how it is used.
targetScope = 'subscription'

@description('A short name for this installation, such as dev or prod: part of every resource\'s name.')
@minLength(2)
@maxLength(12)
param environmentName string

@description('Where everything stands. The nearest to the buyers.')
param location string

@description('Whether real money and real people are involved: private database with a standby, warm instances, longer backups.')
param isProduction bool

@description('The origins of the web site, in full; the first is where links in mails lead.')
@minLength(1)
param allowedOrigins string[]

@description('What the operator decides of the app\'s settings (docs/configuration.md): none of them is secret.')
param settings appSettings

@description('Values of secrets by the name of their setting. Only what is given is written to the vault, so later deployments need none.')
@secure()
param secrets object = {}

@description('The password of the database\'s owner. Only a new server needs it; letters and digits.')
@secure()
param databasePassword string = ''

@description('Which of the secrets that one can do without are in the vault. The others are not referred to, because a reference to nothing stops the app.')
param optionalSecrets optionalSecret[] = []

@description('The object id of the principal that deploys from the pipeline; it may read the database\'s address and publish code.')
param deployerPrincipalId string = ''

@description('How many instances may serve at most. With their pools they must stay below what the pooler, or a server without one, accepts.')
@minValue(1)
@maxValue(100)
param maximumInstances int

@description('How many connections an instance may have. It is part of the connection string, which is written with databasePassword only.')
@minValue(5)
@maxValue(100)
param poolSize int = 40

@description('The size of the database server: Burstable has no pooler.')
param databaseSku databaseSize

@description('Addresses from which people reach the database directly. Must be empty in production, where it has no public address.')
param databaseVisitors string[] = []

@description('Who is told when something is wrong.')
param alarmEmail string

@description('What a month may cost, in the currency of the subscription. At 80 % and, forecast, at 100 % somebody is told.')
@minValue(1)
param monthlyBudget int

@description('The first day of the month from which the budget counts, as 2026-01-01. It cannot be changed later.')
param budgetSince string

type appSettings = {
  smtpHost: string
  smtpPort: int?
  smtpUsername: string?
  fromEmail: string
  fromName: string?
  adminEmail: string
  adminUsername: string
  razorpayApiUrl: string?
  msg91TemplateId: string?
  msg91ApiUrl: string?
}

type optionalSecret =
  | 'JWT_SECRET_KEY_PREVIOUS'
  | 'OTP_HASH_KEY'
  | 'RAZORPAY_WEBHOOK_SECRET_PREVIOUS'
  | 'SMTP_PASSWORD'
  | 'MSG91_AUTH_KEY'
  | 'TICKET_SIGNING_KEYS_OLD'

type databaseSize = {
  name: string
  tier: 'Burstable' | 'GeneralPurpose' | 'MemoryOptimized'
  storageGB: int
}

var name = 'zoniq-${environmentName}'
// Names that are unique in the whole cloud end in this.
var token = take(uniqueString(subscription().subscriptionId, environmentName, location), 8)
var identityName = 'id-${name}'
var insightsName = 'appi-${name}'
var hostStorageName = 'stzoniqhost${token}'
var uploadsStorageName = 'stzoniqpics${token}'
var vaultName = 'kv-zoniq-${token}'
var signalRName = 'sigr-${name}-${token}'
var tags = {
  app: 'zoniq'
  'azd-env-name': environmentName
}

resource group 'Microsoft.Resources/resourceGroups@2024-11-01' = {
  name: 'rg-${name}'
  location: location
  tags: tags
}

module identity 'modules/identity.bicep' = {
  scope: group
  name: 'identity'
  params: { name: identityName, location: location, tags: tags }
}

module network 'modules/network.bicep' = if (isProduction) {
  scope: group
  name: 'network'
  params: { name: name, location: location, tags: tags }
}

module monitoring 'modules/monitoring.bicep' = {
  scope: group
  name: 'monitoring'
  params: {
    name: name
    insightsName: insightsName
    location: location
    tags: tags
    retentionInDays: isProduction ? 90 : 30
  }
}

module storage 'modules/storage.bicep' = {
  scope: group
  name: 'storage'
  params: {
    hostName: hostStorageName
    uploadsName: uploadsStorageName
    location: location
    tags: tags
    isProduction: isProduction
    origins: allowedOrigins
  }
}

module database 'modules/database.bicep' = {
  scope: group
  name: 'database'
  params: {
    name: name
    token: token
    location: location
    tags: tags
    isProduction: isProduction
    sku: databaseSku
    password: databasePassword
    subnetId: network.?outputs.databaseSubnetId ?? ''
    privateZoneId: network.?outputs.databaseZoneId ?? ''
    visitors: databaseVisitors
    workspaceId: monitoring.outputs.workspaceId
  }
}

module realtime 'modules/realtime.bicep' = {
  scope: group
  name: 'realtime'
  params: { name: signalRName, location: location, tags: tags, isProduction: isProduction, origins: allowedOrigins }
}

module vault 'modules/vault.bicep' = {
  scope: group
  name: 'vault'
  params: {
    name: vaultName
    location: location
    tags: tags
    isProduction: isProduction
    workspaceId: monitoring.outputs.workspaceId
  }
}

module vaultSecrets 'modules/secrets.bicep' = {
  scope: group
  name: 'secrets'
  params: {
    vaultName: vaultName
    secrets: secrets
    databasePassword: databasePassword
    databaseHost: database.outputs.host
    databasePort: database.outputs.port
    poolSize: poolSize
  }
  dependsOn: [vault]
}

module access 'modules/access.bicep' = {
  scope: group
  name: 'access'
  params: {
    identityName: identityName
    deployerPrincipalId: deployerPrincipalId
    hostStorageName: hostStorageName
    uploadsStorageName: uploadsStorageName
    vaultName: vaultName
    signalRName: signalRName
    insightsName: insightsName
  }
  dependsOn: [identity, storage, vaultSecrets, realtime, monitoring]
}

module app 'modules/app.bicep' = {
  scope: group
  name: 'app'
  params: {
    name: name
    token: token
    location: location
    tags: union(tags, { 'azd-service-name': 'api' })
    isProduction: isProduction
    origins: allowedOrigins
    settings: settings
    optionalSecrets: optionalSecrets
    maximumInstances: maximumInstances
    identityId: identity.outputs.id
    clientId: identity.outputs.clientId
    subnetId: network.?outputs.appSubnetId ?? ''
    hostStorageName: hostStorageName
    packagesUrl: storage.outputs.packagesUrl
    uploadsUrl: storage.outputs.uploadsUrl
    vaultUri: vault.outputs.uri
    signalRHost: realtime.outputs.host
    insightsConnection: monitoring.outputs.insightsConnection
    deployerPrincipalId: deployerPrincipalId
  }
  // The app reads secrets and its package as soon as it exists.
  dependsOn: [access]
}

module alerts 'modules/alerts.bicep' = {
  scope: group
  name: 'alerts'
  params: {
    name: name
    location: location
    tags: tags
    email: alarmEmail
    workspaceId: monitoring.outputs.workspaceId
    insightsId: monitoring.outputs.insightsId
    databaseId: database.outputs.id
    readyUrl: '${app.outputs.url}/api/health/ready'
  }
}

module budget 'modules/budget.bicep' = {
  scope: group
  name: 'budget'
  params: {
    name: name
    amount: monthlyBudget
    since: budgetSince
    email: alarmEmail
    actionGroupId: alerts.outputs.actionGroupId
  }
}

output AZURE_RESOURCE_GROUP string = group.name
output API_URL string = app.outputs.url
output APP_NAME string = app.outputs.name
output VAULT_NAME string = vaultName

// The function app on Flex Consumption, and every setting it has (docs/configuration.md).
param name string
param token string
param location string
param tags object
param isProduction bool
param origins string[]
param settings object
param optionalSecrets string[]
param maximumInstances int
param identityId string
param clientId string
param subnetId string
param hostStorageName string
param packagesUrl string
param uploadsUrl string
param vaultUri string
param signalRHost string
param insightsConnection string
param deployerPrincipalId string

var required = [
  'POSTGRES_CONNECTION'
  'JWT_SECRET_KEY'
  'RAZORPAY_KEY_ID'
  'RAZORPAY_KEY_SECRET'
  'RAZORPAY_WEBHOOK_SECRET'
  'ADMIN_PASSWORD'
  'TICKET_SIGNING_KEY'
]
var optional = [
  'JWT_SECRET_KEY_PREVIOUS'
  'OTP_HASH_KEY'
  'RAZORPAY_WEBHOOK_SECRET_PREVIOUS'
  'SMTP_PASSWORD'
  'MSG91_AUTH_KEY'
  'TICKET_SIGNING_KEYS_OLD'
]

// Without a version: the app takes a new value over within a day, or at its next start.
var secretSettings = toObject(
  required,
  key => key,
  key => '@Microsoft.KeyVault(SecretUri=${vaultUri}secrets/${replace(key, '_', '-')})'
)
var optionalSettings = toObject(
  optional,
  key => key,
  key =>
    contains(optionalSecrets, key) ? '@Microsoft.KeyVault(SecretUri=${vaultUri}secrets/${replace(key, '_', '-')})' : ''
)

resource plan 'Microsoft.Web/serverfarms@2024-11-01' = {
  name: 'plan-${name}'
  location: location
  tags: tags
  kind: 'functionapp'
  sku: { name: 'FC1', tier: 'FlexConsumption' }
  properties: { reserved: true, zoneRedundant: isProduction }
}

resource app 'Microsoft.Web/sites@2024-11-01' = {
  name: 'func-${name}-${token}'
  location: location
  tags: tags
  kind: 'functionapp,linux'
  identity: { type: 'UserAssigned', userAssignedIdentities: { '${identityId}': {} } }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    clientAffinityEnabled: false
    keyVaultReferenceIdentity: identityId
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    siteConfig: {
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
      ftpsState: 'Disabled'
      http20Enabled: true
      cors: { allowedOrigins: origins, supportCredentials: true }
    }
    functionAppConfig: {
      runtime: { name: 'dotnet-isolated', version: '10.0' }
      deployment: {
        storage: {
          type: 'blobContainer'
          value: packagesUrl
          authentication: { type: 'UserAssignedIdentity', userAssignedIdentityResourceId: identityId }
        }
      }
      scaleAndConcurrency: {
        instanceMemoryMB: isProduction ? 4096 : 2048
        maximumInstanceCount: maximumInstances
        // On this plan each timer has instances of its own. Warm ones keep holds, money and mails on time when nobody visits.
        alwaysReady: isProduction
          ? concat(
              [{ name: 'http', instanceCount: 2 }],
              map(
                [
                  'QueueTick'
                  'QueueDraw'
                  'SeatNews'
                  'LiveUpdates'
                  'HoldSweep'
                  'WebhookInbox'
                  'BookingExpiry'
                  'PaymentReconcile'
                  'RefundWorker'
                  'MailOutbox'
                ],
                timer => {
                  name: 'function:${timer}'
                  instanceCount: 1
                }
              )
            )
          : []
        triggers: { http: { perInstanceConcurrency: isProduction ? 64 : 32 } }
      }
    }
  }

  resource noFtp 'basicPublishingCredentialsPolicies' = {
    name: 'ftp'
    properties: { allow: false }
  }

  resource noPasswords 'basicPublishingCredentialsPolicies' = {
    name: 'scm'
    properties: { allow: false }
  }

  resource appSettings 'config' = {
    name: 'appsettings'
    properties: union(
      {
        AzureWebJobsStorage__accountName: hostStorageName
        AzureWebJobsStorage__credential: 'managedidentity'
        AzureWebJobsStorage__clientId: clientId
        // It names an identity and holds no key.
        AzureSignalRConnectionString: 'Endpoint=https://${signalRHost};AuthType=azure.msi;ClientId=${clientId};Version=1.0;'
        APPLICATIONINSIGHTS_CONNECTION_STRING: insightsConnection
        APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${clientId};Authorization=AAD'
        TELEMETRY_READS_PERCENT: '10'

        ENVIRONMENT: isProduction ? 'PROD' : 'STAGE'
        JWT_MIN: '60'
        JWT_HOUR: '24'
        JWT_DAY: '7'
        RAZORPAY_API_URL: settings.?razorpayApiUrl ?? 'https://api.razorpay.com/v1'
        BOOKING_PAYMENT_MINUTES: '15'
        CART_MINUTES: '15'
        SEAT_LOCK_MINUTES: '7'
        SMTP_HOST: settings.smtpHost
        SMTP_PORT: string(settings.?smtpPort ?? 587)
        SMTP_USERNAME: settings.?smtpUsername ?? ''
        SMTP_USE_TLS: 'true'
        SMTP_TLS_ON_CONNECT: (settings.?smtpPort ?? 587) == 465 ? 'true' : 'false'
        FROM_EMAIL: settings.fromEmail
        FROM_NAME: settings.?fromName ?? 'ZONIQ'
        MSG91_OTP_TEMPLATE_ID: settings.?msg91TemplateId ?? ''
        MSG91_API_URL: settings.?msg91ApiUrl ?? ''
        FRONTEND_URL: origins[0]
        ALLOWED_ORIGINS: join(origins, ',')
        ADMIN_EMAIL: settings.adminEmail
        ADMIN_USERNAME: settings.adminUsername
        BLOB_CONNECTION: uploadsUrl
        BLOB_CONTAINER: 'uploads'
        BLOB_PUBLIC_URL: uploadsUrl
        DEFAULT_TIME_ZONE: 'Asia/Kolkata'
        RATE_LIMITS_ENABLED: 'true'
        TRUSTED_PROXY_HOPS: '1'
      },
      secretSettings,
      optionalSettings
    )
  }
}

// The pipeline publishes to this app, and may do nothing else.
var websiteContributor = 'de139f84-1756-47ae-9be6-808fbbe84772'

resource deployerOnApp 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(deployerPrincipalId)) {
  scope: app
  name: guid(app.id, deployerPrincipalId, websiteContributor)
  properties: {
    principalId: deployerPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', websiteContributor)
  }
}

output name string = app.name
output url string = 'https://${app.properties.defaultHostName}'

// Two accounts, so that what the world may read never stands beside what the host keeps. Neither has keys that anybody could use.
param hostName string
param uploadsName string
param location string
param tags object
param isProduction bool
param origins string[]

var sku = { name: isProduction ? 'Standard_ZRS' : 'Standard_LRS' }

resource host 'Microsoft.Storage/storageAccounts@2024-01-01' = {
  name: hostName
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: sku
  properties: {
    allowSharedKeyAccess: false
    allowBlobPublicAccess: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
  }

  resource blobs 'blobServices' = {
    name: 'default'

    resource packages 'containers' = {
      name: 'packages'
    }
  }
}

resource uploads 'Microsoft.Storage/storageAccounts@2024-01-01' = {
  name: uploadsName
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: sku
  properties: {
    allowSharedKeyAccess: false
    allowBlobPublicAccess: true // pictures of events are looked at by everybody
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
  }

  resource blobs 'blobServices' = {
    name: 'default'
    properties: {
      cors: {
        corsRules: [
          {
            allowedOrigins: origins
            allowedMethods: ['GET', 'HEAD']
            allowedHeaders: ['*']
            exposedHeaders: ['ETag']
            maxAgeInSeconds: 3600
          }
        ]
      }
      deleteRetentionPolicy: { enabled: true, days: isProduction ? 30 : 7 }
    }

    resource pictures 'containers' = {
      name: 'uploads'
      properties: { publicAccess: 'Blob' } // each by its address; nobody can list them
    }
  }
}

output packagesUrl string = '${host.properties.primaryEndpoints.blob}${host::blobs::packages.name}'
output uploadsUrl string = uploads.properties.primaryEndpoints.blob

// SignalR carries small messages to browsers. It has no keys; the app signs with its identity.
param name string
param location string
param tags object
param isProduction bool
param origins string[]

resource signalR 'Microsoft.SignalRService/signalR@2024-03-01' = {
  name: name
  location: location
  tags: tags
  // A unit carries 1,000 browsers at once.
  sku: isProduction ? { name: 'Standard_S1', capacity: 2 } : { name: 'Free_F1', capacity: 1 }
  properties: {
    features: [{ flag: 'ServiceMode', value: 'Serverless' }]
    cors: { allowedOrigins: origins }
    disableLocalAuth: true
    disableAadAuth: false
    tls: { clientCertEnabled: false }
  }
}

output host string = signalR.properties.hostName

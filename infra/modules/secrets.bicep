// Writes the secrets that were handed over, and only those: what is already in the vault stays as it is.
param vaultName string
@secure()
param secrets object
@secure()
param databasePassword string
param databaseHost string
param databasePort int
param poolSize int

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' existing = {
  name: vaultName
}

// The names of secrets are settings with a hyphen for each underscore, which the vault does not allow.
var names = [
  'JWT_SECRET_KEY'
  'JWT_SECRET_KEY_PREVIOUS'
  'OTP_HASH_KEY'
  'RAZORPAY_KEY_ID'
  'RAZORPAY_KEY_SECRET'
  'RAZORPAY_WEBHOOK_SECRET'
  'RAZORPAY_WEBHOOK_SECRET_PREVIOUS'
  'SMTP_PASSWORD'
  'MSG91_AUTH_KEY'
  'ADMIN_PASSWORD'
  'TICKET_SIGNING_KEY'
  'TICKET_SIGNING_KEYS_OLD'
]

resource secret 'Microsoft.KeyVault/vaults/secrets@2024-11-01' = [
  for name in names: if (!empty(secrets[?name] ?? '')) {
    parent: vault
    name: replace(name, '_', '-')
    properties: { value: secrets[?name] ?? '' }
  }
]

var pool = 'Maximum Pool Size=${poolSize}'

// The pool's size times the number of instances stays below what pooler or server take: docs/operations.md, the arithmetic.
resource connection 'Microsoft.KeyVault/vaults/secrets@2024-11-01' = if (!empty(databasePassword)) {
  parent: vault
  name: 'POSTGRES-CONNECTION'
  properties: {
    value: 'Host=${databaseHost};Port=${databasePort};Database=zoniq;Username=zoniq;Password=${databasePassword};SSL Mode=VerifyFull;${pool}'
  }
}

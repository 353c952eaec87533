// Production. Everything that is not secret is written here, so that a change of it is reviewed; secrets come from the environment
// at the first deployment, and from then on they are only in the vault.
using 'main.bicep'

param environmentName = 'prod'
param location = 'centralindia'
param isProduction = true
param allowedOrigins = ['https://zoniq.example', 'https://www.zoniq.example']
param settings = {
  smtpHost: 'smtp.zoniq.example'
  smtpUsername: 'tickets'
  fromEmail: 'tickets@zoniq.example'
  adminEmail: 'admin@zoniq.example'
  adminUsername: 'admin'
}
param secrets = {
  JWT_SECRET_KEY: readEnvironmentVariable('JWT_SECRET_KEY', '')
  OTP_HASH_KEY: readEnvironmentVariable('OTP_HASH_KEY', '')
  RAZORPAY_KEY_ID: readEnvironmentVariable('RAZORPAY_KEY_ID', '')
  RAZORPAY_KEY_SECRET: readEnvironmentVariable('RAZORPAY_KEY_SECRET', '')
  RAZORPAY_WEBHOOK_SECRET: readEnvironmentVariable('RAZORPAY_WEBHOOK_SECRET', '')
  SMTP_PASSWORD: readEnvironmentVariable('SMTP_PASSWORD', '')
  MSG91_AUTH_KEY: readEnvironmentVariable('MSG91_AUTH_KEY', '')
  ADMIN_PASSWORD: readEnvironmentVariable('ADMIN_PASSWORD', '')
  TICKET_SIGNING_KEY: readEnvironmentVariable('TICKET_SIGNING_KEY', '')
}
param databasePassword = readEnvironmentVariable('DATABASE_PASSWORD', '')
param optionalSecrets = ['OTP_HASH_KEY', 'SMTP_PASSWORD']
param deployerPrincipalId = readEnvironmentVariable('DEPLOYER_PRINCIPAL_ID', '')
param maximumInstances = 40
param databaseSku = { name: 'Standard_D4ds_v5', tier: 'GeneralPurpose', storageGB: 256 }
param alarmEmail = 'oncall@zoniq.example'
param monthlyBudget = 2500
param budgetSince = '2026-01-01'

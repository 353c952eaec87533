// A small installation for trying things: a few dollars a day while it stands. Secrets come from the environment, and only the first time.
using 'main.bicep'

param environmentName = readEnvironmentVariable('AZURE_ENV_NAME', 'dev')
param location = readEnvironmentVariable('AZURE_LOCATION', 'centralindia')
param isProduction = false
param allowedOrigins = ['http://localhost:3000', 'http://localhost:5173']
param settings = {
  smtpHost: readEnvironmentVariable('SMTP_HOST', 'smtp.example.com')
  smtpUsername: readEnvironmentVariable('SMTP_USERNAME', '')
  fromEmail: readEnvironmentVariable('FROM_EMAIL', 'tickets@example.com')
  adminEmail: readEnvironmentVariable('ADMIN_EMAIL', 'admin@example.com')
  adminUsername: 'admin'
}
param secrets = {
  JWT_SECRET_KEY: readEnvironmentVariable('JWT_SECRET_KEY', '')
  RAZORPAY_KEY_ID: readEnvironmentVariable('RAZORPAY_KEY_ID', '')
  RAZORPAY_KEY_SECRET: readEnvironmentVariable('RAZORPAY_KEY_SECRET', '')
  RAZORPAY_WEBHOOK_SECRET: readEnvironmentVariable('RAZORPAY_WEBHOOK_SECRET', '')
  SMTP_PASSWORD: readEnvironmentVariable('SMTP_PASSWORD', '')
  ADMIN_PASSWORD: readEnvironmentVariable('ADMIN_PASSWORD', '')
  TICKET_SIGNING_KEY: readEnvironmentVariable('TICKET_SIGNING_KEY', '')
}
param databasePassword = readEnvironmentVariable('DATABASE_PASSWORD', '')
param optionalSecrets = empty(readEnvironmentVariable('SMTP_USERNAME', '')) ? [] : ['SMTP_PASSWORD']
param maximumInstances = 5
// A Standard_B1ms takes 35 connections: fewer than there are instances of timers.
param databaseSku = { name: 'Standard_B2s', tier: 'Burstable', storageGB: 32 }
param poolSize = 10
param databaseVisitors = empty(readEnvironmentVariable('DATABASE_VISITOR', ''))
  ? []
  : [readEnvironmentVariable('DATABASE_VISITOR', '')]
param alarmEmail = readEnvironmentVariable('ALARM_EMAIL', 'oncall@example.com')
param monthlyBudget = 100
param budgetSince = '2026-01-01'

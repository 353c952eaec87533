// What somebody must get up for. docs/operations.md says of each what it means and what to do.
param name string
param location string
param tags object
param email string
param workspaceId string
param insightsId string
param databaseId string
param readyUrl string

// The app's metrics: docs/operations.md lists their names, units and dimensions.
var outboxAge = 'zoniq.outbox.age'
var captures = 'zoniq.payments.captured'
var webhooks = 'zoniq.webhooks.received'
var queueStall = 'zoniq.queue.stall'
var drift = 'zoniq.invariants.drift'

// A row of AppMetrics is what one instance gathered in a minute: Sum, and the largest, Max.
var queries = [
  {
    name: 'server-errors'
    says: 'More than 1 in 100 requests fail with 5xx.'
    severity: 1
    minutes: 5
    query: 'AppRequests | where OperationName !has "Health" | summarize Requests = sum(ItemCount), Failed = sumif(ItemCount, toint(ResultCode) >= 500) | where Failed >= 5 and Failed * 100 > Requests'
  }
  {
    name: 'outbox-age'
    says: 'A mail that is due has waited for more than ten minutes.'
    severity: 2
    minutes: 15
    query: 'AppMetrics | where Name == "${outboxAge}" | summarize arg_max(TimeGenerated, Max) | where Max > 600'
  }
  {
    name: 'webhook-silence'
    says: 'Orders are paid, and the payment provider told us of none.'
    severity: 1
    minutes: 30
    query: 'AppMetrics | where Name in ("${captures}", "${webhooks}") | summarize Captured = sumif(Sum, Name == "${captures}"), Told = sumif(Sum, Name == "${webhooks}") | where Captured >= 3 and Told == 0'
  }
  {
    name: 'queue-stall'
    says: 'People wait for an event that has room for them, and nobody was let in for two minutes.'
    severity: 1
    minutes: 5
    query: 'AppMetrics | where Name == "${queueStall}" | summarize arg_max(TimeGenerated, Max) by Event = tostring(Properties["event"]) | where Max > 120'
  }
  {
    name: 'invariant-drift'
    says: 'What is counted and what is there differ: stock or money.'
    severity: 0
    minutes: 15
    query: 'AppMetrics | where Name == "${drift}" | summarize arg_max(TimeGenerated, Max) by Invariant = tostring(Properties["invariant"]) | where Max > 0'
  }
]

resource people 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: 'ag-${name}'
  location: 'global'
  tags: tags
  properties: {
    groupShortName: 'zoniq'
    enabled: true
    emailReceivers: [{ name: 'on call', emailAddress: email, useCommonAlertSchema: true }]
  }
}

resource rule 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [
  for item in queries: {
    name: 'alert-${name}-${item.name}'
    location: location
    tags: tags
    properties: {
      displayName: item.name
      description: '${item.says} See docs/operations.md, "${item.name}".'
      severity: item.severity
      enabled: true
      evaluationFrequency: 'PT5M'
      windowSize: 'PT${item.minutes}M'
      scopes: [workspaceId]
      criteria: {
        allOf: [
          {
            query: item.query
            timeAggregation: 'Count'
            operator: 'GreaterThan'
            threshold: 0
            failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
          }
        ]
      }
      autoMitigate: true
      actions: { actionGroups: [people.id] }
    }
  }
]

// Asked from three places, because one of them may itself be cut off.
resource probe 'Microsoft.Insights/webtests@2022-06-15' = {
  name: 'ready-${name}'
  location: location
  tags: union(tags, { 'hidden-link:${insightsId}': 'Resource' })
  kind: 'standard'
  properties: {
    SyntheticMonitorId: 'ready-${name}'
    Name: 'ready'
    Kind: 'standard'
    Enabled: true
    Frequency: 300
    Timeout: 30
    RetryEnabled: true
    Locations: [{ Id: 'apac-sg-sin-azr' }, { Id: 'apac-hk-hkn-azr' }, { Id: 'emea-gb-db3-azr' }]
    Request: { RequestUrl: readyUrl, HttpVerb: 'GET', ParseDependentRequests: false }
    ValidationRules: { ExpectedHttpStatusCode: 200, SSLCheck: true, SSLCertRemainingLifetimeCheck: 7 }
  }
}

resource notReady 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: 'alert-${name}-ready-probe'
  location: 'global'
  tags: tags
  properties: {
    description: 'Two of three places find the app not ready. See docs/operations.md, "ready-probe".'
    severity: 0
    enabled: true
    scopes: [probe.id, insightsId]
    evaluationFrequency: 'PT1M'
    windowSize: 'PT5M'
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.WebtestLocationAvailabilityCriteria'
      webTestId: probe.id
      componentId: insightsId
      failedLocationCount: 2
    }
    actions: [{ actionGroupId: people.id }]
  }
}

resource databaseFull 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: 'alert-${name}-database-storage'
  location: 'global'
  tags: tags
  properties: {
    description: 'The database has used 85 % of its disk. See docs/operations.md, "database-storage".'
    severity: 1
    enabled: true
    scopes: [databaseId]
    evaluationFrequency: 'PT15M'
    windowSize: 'PT1H'
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          criterionType: 'StaticThresholdCriterion'
          name: 'storage'
          metricName: 'storage_percent'
          timeAggregation: 'Average'
          operator: 'GreaterThan'
          threshold: 85
        }
      ]
    }
    actions: [{ actionGroupId: people.id }]
  }
}

output actionGroupId string = people.id

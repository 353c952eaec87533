using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Npgsql;
using Zoniq.Domain.Storage;
using Zoniq.Tests.Operations;
using Zoniq.Tests.Support;

namespace Zoniq.Tests.Infrastructure;

/// <summary>What security and money rest on in Azure, read from what infra/ compiles to.</summary>
public sealed partial class InfrastructureTests(InfrastructureTests.Compiled compiled) : IClassFixture<InfrastructureTests.Compiled>
{
    private const string Vault = "Microsoft.KeyVault/vaults";
    private const string Site = "Microsoft.Web/sites";
    private const string Server = "Microsoft.DBforPostgreSQL/flexibleServers";
    private const string Storage = "Microsoft.Storage/storageAccounts";

    /// <summary>The roles there are, and what each is for. Nobody owns anything or hands out rights.</summary>
    private static readonly Dictionary<string, string> Roles = new()
    {
        ["b7e6dc6d-f1e8-4753-8033-0f276bb0955b"] = $"{Storage}/stzoniqhost",                                    // blob data owner: timers' locks, the package
        ["ba92f5b4-2d11-453d-a403-e96b0029c9fe"] = $"{Storage}/stzoniqpics/blobServices/default/containers/uploads", // blob data contributor: pictures
        ["4633458b-17de-408a-b874-0445c86b69e6"] = Vault,                                                       // secrets user
        ["7e4f1700-ea5a-4f59-8f37-079cfe29dce3"] = "Microsoft.SignalRService/signalR",                          // service owner: messages, tokens
        ["3913510d-42f4-4e42-8a64-420c390055eb"] = "Microsoft.Insights/components",                             // metrics publisher
    };

    /// <summary>Connections that a server of this size leaves to its users: what Azure sets max_connections to, without the 15 it keeps.</summary>
    private static readonly Dictionary<string, int> ServerConnections = new()
    {
        ["Standard_B1ms"] = 35,
        ["Standard_B2s"] = 414,
        ["Standard_D2ds_v5"] = 844,
        ["Standard_D4ds_v5"] = 1703,
        ["Standard_D8ds_v5"] = 3422,
        ["Standard_D16ds_v5"] = 4985,
    };

    public static TheoryData<string> Both => ["dev", "prod"];

    private Installation Prod => compiled.Of("prod");

    [Fact]
    public async Task It_compiles_and_is_linted_without_a_word()
    {
        Assert.Equal("", await compiled.Bicep.RunAsync("lint", "main.bicep"));
        Assert.Equal("", await compiled.Bicep.RunAsync("lint", "dev.bicepparam"));
        Assert.Equal("", await compiled.Bicep.RunAsync("lint", "prod.bicepparam"));
    }

    [Fact]
    public async Task Every_file_is_formatted()
    {
        var files = Bicep.Files().Where(file => Path.GetExtension(file) is ".bicep" or ".bicepparam").ToArray();
        var before = files.Select(compiled.Bicep.Read).ToArray();

        Assert.Equal("", await compiled.Bicep.RunAsync("format", "--pattern", "**/*.bicep"));
        Assert.Equal("", await compiled.Bicep.RunAsync("format", "--pattern", "*.bicepparam"));

        Assert.Empty(files.Zip(before).Where(file => compiled.Bicep.Read(file.First) != file.Second).Select(file => file.First));
    }

    [Theory]
    [MemberData(nameof(Both))]
    public void Storage_has_no_keys_and_speaks_TLS_only(string name)
    {
        var accounts = compiled.Of(name).All(Storage).ToArray();

        Assert.Equal(2, accounts.Length);
        Assert.All(accounts, account =>
        {
            Assert.Equal("False", account.At("properties/allowSharedKeyAccess"));
            Assert.Equal("True", account.At("properties/supportsHttpsTrafficOnly"));
            Assert.Equal("TLS1_2", account.At("properties/minimumTlsVersion"));
        });
        Assert.Equal("False", Assert.Single(accounts, account => account.At("name")!.StartsWith("stzoniqhost", StringComparison.Ordinal)).At("properties/allowBlobPublicAccess"));

        // What the world may read is single pictures, and no list of them.
        var open = compiled.Of(name).All($"{Storage}/blobServices/containers").Where(container => container.At("properties/publicAccess") is not null);
        Assert.Equal("Blob", Assert.Single(open).At("properties/publicAccess"));
    }

    [Fact]
    public void In_production_nobody_reaches_the_database_from_outside()
    {
        var server = Prod.The(Server);

        Assert.Equal("Disabled", server.At("properties/network/publicNetworkAccess"));
        Assert.EndsWith("/subnets/database", server.At("properties/network/delegatedSubnetResourceId"), StringComparison.Ordinal);
        Assert.Empty(Prod.All($"{Server}/firewallRules"));
        Assert.EndsWith("/subnets/app", Prod.The(Site).At("properties/virtualNetworkSubnetId"), StringComparison.Ordinal);
    }

    [Fact]
    public void In_production_the_database_survives_a_zone_a_region_and_a_mistake()
    {
        var server = Prod.The(Server);

        Assert.Equal("ZoneRedundant", server.At("properties/highAvailability/mode"));
        Assert.Equal("35", server.At("properties/backup/backupRetentionDays"));
        Assert.Equal("Enabled", server.At("properties/backup/geoRedundantBackup"));
        Assert.Equal("CanNotDelete", Prod.The("Microsoft.Authorization/locks").At("properties/level"));
        Assert.Equal("True", Prod.The(Vault).At("properties/enablePurgeProtection"));
    }

    [Theory]
    [MemberData(nameof(Both))]
    public void The_database_takes_encrypted_connections_only_and_has_the_extension_that_search_needs(string name)
    {
        Assert.Equal("on", Parameter(name, "require_secure_transport"));
        Assert.Equal("TLSv1.2", Parameter(name, "ssl_min_protocol_version"));
        Assert.Equal("PG_TRGM", Parameter(name, "azure.extensions"));
        Assert.Contains("SSL Mode=VerifyFull", Secret(name, "POSTGRES-CONNECTION").At("properties/value"), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Both))]
    public void Pools_of_all_instances_fit_into_what_stands_before_the_database(string name)
    {
        var connection = Secret(name, "POSTGRES-CONNECTION").At("properties/value")!;
        var hasPooler = connection.Contains("6432", StringComparison.Ordinal);
        var server = ServerConnections[compiled.Of(name).The(Server).At("sku/name")!];
        var pool = PoolSize().Match(connection) is { Success: true } said ? Number(said.Groups[1].Value) : PostgresDataSource.PoolSize;
        var timers = Repository.Sources("Zoniq.Functions").Count(file => file.Area == "Timers");
        var instances = Number(Scale(name).At("maximumInstanceCount")) + timers;    // every timer has one of its own

        Assert.InRange(instances * pool, 1, hasPooler ? Number(Parameter(name, "pgbouncer.max_client_conn")) : server);
        if (hasPooler)
        {
            Assert.InRange(Number(Parameter(name, "pgbouncer.default_pool_size")), 1, server / 2);    // the rest is for migrations, people and the standby
        }
    }

    [Fact]
    public void A_connection_string_that_says_nothing_of_it_gives_an_instance_the_pool_that_production_counts_with()
    {
        Assert.Equal(PostgresDataSource.PoolSize, PoolOf("Host=nowhere"));
        Assert.Equal(7, PoolOf("Host=nowhere;Maximum Pool Size=7"));
        Assert.Equal(PostgresDataSource.PoolSize, Number(PoolSize().Match(Secret("prod", "POSTGRES-CONNECTION").At("properties/value")!).Groups[1].Value));

        static int PoolOf(string connectionString) => new NpgsqlConnectionStringBuilder(PostgresDataSource.Create(connectionString).ConnectionString).MaxPoolSize;
    }

    [Theory]
    [MemberData(nameof(Both))]
    public void The_host_lets_as_many_requests_through_as_the_platform_sends_an_instance(string name)
    {
        using var host = JsonDocument.Parse(File.ReadAllText(Path.Combine(Repository.Root, "host.json")));
        var http = host.RootElement.GetProperty("extensions").GetProperty("http");
        var sent = Number(Scale(name).At("triggers/http/perInstanceConcurrency"));
        var together = Number(http.At("maxConcurrentRequests"));

        Assert.InRange(sent, 1, together);
        Assert.InRange(together, 1, Number(http.At("maxOutstandingRequests")));
        Assert.Equal("False", http.At("dynamicThrottlesEnabled"));    // its 429 would be none of ours
    }

    [Fact]
    public void No_trace_of_a_payment_is_sampled_away()
    {
        using var host = JsonDocument.Parse(File.ReadAllText(Path.Combine(Repository.Root, "host.json")));

        Assert.Equal(["Dependency", "Exception", "Request"], host.RootElement.At("logging/applicationInsights/samplingSettings/excludedTypes")!.Split(';').Order());
    }

    [Fact]
    public void The_pooler_shares_connections_and_knows_prepared_statements()
    {
        Assert.Contains("6432", Secret("prod", "POSTGRES-CONNECTION").At("properties/value"), StringComparison.Ordinal);
        Assert.Equal("transaction", Parameter("prod", "pgbouncer.pool_mode"));
        Assert.Equal("options", Parameter("prod", "pgbouncer.ignore_startup_parameters"));

        var prepared = new NpgsqlConnectionStringBuilder(PostgresDataSource.Create("Host=nowhere").ConnectionString).MaxAutoPrepare;
        Assert.InRange(Number(Parameter("prod", "pgbouncer.max_prepared_statements")), prepared, 5000);
    }

    [Theory]
    [MemberData(nameof(Both))]
    public void The_app_speaks_HTTPS_only_and_takes_no_passwords(string name)
    {
        var site = compiled.Of(name).The(Site);

        Assert.Equal("True", site.At("properties/httpsOnly"));
        Assert.Equal("1.2", site.At("properties/siteConfig/minTlsVersion"));
        Assert.Equal("1.2", site.At("properties/siteConfig/scmMinTlsVersion"));
        Assert.Equal("Disabled", site.At("properties/siteConfig/ftpsState"));
        Assert.Equal("UserAssigned", site.At("identity/type"));
        Assert.Equal("UserAssignedIdentity", site.At("properties/functionAppConfig/deployment/storage/authentication/type"));
        var publishing = compiled.Of(name).All($"{Site}/basicPublishingCredentialsPolicies").ToArray();
        Assert.Equal(["ftp", "scm"], publishing.Select(policy => policy.At("name")!.Split('/')[1]).Order());
        Assert.All(publishing, policy => Assert.Equal("False", policy.At("properties/allow")));
    }

    [Fact]
    public void Production_runs_NET_10_with_warm_instances_for_buyers_and_for_timers_that_exist()
    {
        var config = Prod.The(Site).GetProperty("properties").GetProperty("functionAppConfig");
        var warm = config.GetProperty("scaleAndConcurrency").GetProperty("alwaysReady").EnumerateArray().Select(item => item.At("name")!).ToArray();
        var timers = Repository.Sources("Zoniq.Functions").Where(file => file.Area == "Timers").Select(file => $"function:{Path.GetFileName(file.Path).Replace("Timer.cs", "", StringComparison.Ordinal)}");

        Assert.Equal("dotnet-isolated 10.0", $"{config.At("runtime/name")} {config.At("runtime/version")}");
        Assert.Contains("http", warm);
        Assert.Contains("function:HoldSweep", warm);
        Assert.Empty(warm.Where(item => item != "http").Except(timers));
    }

    [Theory]
    [MemberData(nameof(Both))]
    public void SignalR_is_serverless_and_has_no_keys(string name)
    {
        var signalR = compiled.Of(name).The("Microsoft.SignalRService/signalR");

        Assert.Equal("""[{"flag":"ServiceMode","value":"Serverless"}]""", Compact(signalR.At("properties/features")!));
        Assert.Equal("True", signalR.At("properties/disableLocalAuth"));
        Assert.DoesNotContain("AccessKey", Settings(name)["AzureSignalRConnectionString"], StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Both))]
    public void Only_named_origins_may_call(string name)
    {
        string[][] origins =
        [
            Texts(compiled.Of(name).The(Site).At("properties/siteConfig/cors/allowedOrigins")!),
            Texts(compiled.Of(name).The("Microsoft.SignalRService/signalR").At("properties/cors/allowedOrigins")!),
            Settings(name)["ALLOWED_ORIGINS"].Split(','),
        ];

        Assert.All(origins, each => Assert.Equal(origins[0], each));
        Assert.NotEmpty(origins[0]);
        Assert.All(origins[0], origin => Assert.Matches(name == "prod" ? "^https://[a-z0-9.-]+$" : "^https?://[a-z0-9.:-]+$", origin));
    }

    [Theory]
    [MemberData(nameof(Both))]
    public void Every_setting_is_there_and_no_other(string name)
    {
        // Storage is reached as the app's identity, and the database by a connection string that says how to check the server.
        string[] another = ["AzureWebJobsStorage", "POSTGRES_HOST", "POSTGRES_PORT", "POSTGRES_DB", "POSTGRES_USERNAME", "POSTGRES_PASSWORD", "OTEL_EXPORTER_OTLP_ENDPOINT", "TELEMETRY_CONSOLE"];
        string[] platform =
        [
            "AzureWebJobsStorage__accountName", "AzureWebJobsStorage__credential", "AzureWebJobsStorage__clientId",
        ];

        Assert.Equal(
            Setting.All.Select(setting => setting.Key).Except(another).Concat(platform).Order(StringComparer.Ordinal),
            Settings(name).Keys.Order(StringComparer.Ordinal));
        Assert.Equal(name == "prod" ? "PROD" : "STAGE", Settings(name)["ENVIRONMENT"]);
    }

    [Theory]
    [MemberData(nameof(Both))]
    public void Every_secret_is_in_the_vault_and_nowhere_else(string name)
    {
        var secrets = Setting.All.Where(setting => setting.IsSecret).Select(setting => setting.Key)
            .Except(["AzureSignalRConnectionString", "AzureWebJobsStorage", "BLOB_CONNECTION", "POSTGRES_PASSWORD"])    // reached by identity; part of POSTGRES_CONNECTION
            .ToArray();
        string[] optional = ["JWT_SECRET_KEY_PREVIOUS", "OTP_HASH_KEY", "RAZORPAY_WEBHOOK_SECRET_PREVIOUS", "SMTP_PASSWORD", "MSG91_AUTH_KEY", "TICKET_SIGNING_KEYS_OLD"];

        Assert.Contains("JWT_SECRET_KEY", secrets);
        Assert.All(secrets, key =>
        {
            var secret = key.Replace('_', '-');
            var value = Settings(name)[key];
            Assert.True(
                value.Contains("@Microsoft.KeyVault(SecretUri=", StringComparison.Ordinal) && value.Contains($"'{secret}'", StringComparison.Ordinal) || (value == "" && optional.Contains(key)),
                $"{key} is {value}");
            Assert.Matches(@"\Wempty\(", Secret(name, secret).At("condition"));    // what is not handed over is left as it is
        });
        Assert.Equal("True", compiled.Of(name).The(Vault).At("properties/enableRbacAuthorization"));
        Assert.Equal(compiled.Of(name).The("Microsoft.ManagedIdentity/userAssignedIdentities").At("id"), compiled.Of(name).The(Site).At("properties/keyVaultReferenceIdentity"));
    }

    [Fact]
    public void No_template_gives_a_secret_away()
    {
        using var template = JsonDocument.Parse(compiled.Template);
        var templates = Templates(template.RootElement).ToArray();
        var outputs = templates.SelectMany(each => Members(each, "outputs")).ToArray();
        var suspicious = Suspicious();

        Assert.NotEmpty(outputs);
        Assert.Empty(outputs.Where(output => Secrecy().IsMatch(output.Name) || Secrecy().IsMatch(output.Value.At("value")!) || output.Value.GetRawText().Contains("listKeys", StringComparison.OrdinalIgnoreCase)).Select(output => output.Name));
        Assert.DoesNotContain("listKeys", compiled.Template, StringComparison.OrdinalIgnoreCase);

        // Whatever is called a password or a secret is a secure parameter, and none has a default.
        var parameters = templates.SelectMany(each => Members(each, "parameters")).Where(parameter => suspicious.IsMatch(parameter.Name)).ToArray();
        Assert.Contains("databasePassword", parameters.Select(parameter => parameter.Name));
        Assert.All(parameters, parameter =>
        {
            Assert.StartsWith("secure", parameter.Value.At("type"), StringComparison.OrdinalIgnoreCase);
            Assert.True(parameter.Value.At("defaultValue") is null or "" or "{}", parameter.Name);
        });
    }

    [Theory]
    [MemberData(nameof(Both))]
    public void Rights_are_the_least_that_is_enough_and_of_one_resource_each(string name)
    {
        var granted = compiled.Of(name).All("Microsoft.Authorization/roleAssignments").ToArray();

        Assert.Equal(Roles.Keys.Order(), granted.Select(RoleOf).Order());
        Assert.All(granted, grant =>
        {
            var scope = Token().Replace(grant.At("id")!.Split("/providers/Microsoft.Authorization/")[0].Split("/providers/")[1], "");
            Assert.StartsWith(Roles[RoleOf(grant)], scope, StringComparison.OrdinalIgnoreCase);
            Assert.Equal("ServicePrincipal", grant.At("properties/principalType"));
        });

        static string RoleOf(JsonElement grant) => grant.At("properties/roleDefinitionId")!.Split('/')[^1];
    }

    [Fact]
    public void Whoever_deploys_may_publish_and_read_the_database_connection_and_no_other_secret()
    {
        var grants = compiled.WithDeployer.All("Microsoft.Authorization/roleAssignments")
            .Where(grant => grant.At("properties/principalId") == Compiled.Deployer)
            .Select(grant => $"{grant.At("id")!.Split("/providers/Microsoft.Authorization/")[0].Split('/')[^2]} {grant.At("properties/roleDefinitionId")!.Split('/')[^1]}");

        Assert.Equal(["secrets 4633458b-17de-408a-b874-0445c86b69e6", "sites de139f84-1756-47ae-9be6-808fbbe84772"], grants.Order());
    }

    [Fact]
    public void Somebody_is_told_of_everything_that_matters_and_can_read_what_to_do()
    {
        var guide = File.ReadAllText(Path.Combine(Repository.Root, "docs", "operations.md"));
        var alerts = Prod.All("Microsoft.Insights/scheduledQueryRules").Concat(Prod.All("Microsoft.Insights/metricAlerts")).ToArray();
        var names = alerts.Select(alert => alert.At("name")!["alert-zoniq-prod-".Length..]).Order().ToArray();
        var metrics = alerts.SelectMany(alert => Metric().Matches(alert.GetRawText()).Select(match => match.Value)).Distinct().ToArray();

        Assert.Equal(["database-storage", "invariant-drift", "outbox-age", "queue-stall", "ready-probe", "server-errors", "webhook-silence"], names);
        Assert.All(names, alert => Assert.Contains($"### {alert}", guide, StringComparison.Ordinal));
        Assert.Equal(5, metrics.Length);
        Assert.All(metrics, metric => Assert.Contains($"| `{metric}` |", guide, StringComparison.Ordinal));
        Assert.All(alerts, alert => Assert.Contains("/actionGroups/ag-zoniq-prod", alert.GetRawText(), StringComparison.Ordinal));
        Assert.Contains("/api/health/ready", Prod.The("Microsoft.Insights/webtests").At("properties/Request/RequestUrl"), StringComparison.Ordinal);
        Assert.Equal("2500", Prod.The("Microsoft.Consumption/budgets").At("properties/amount"));
    }

    private Dictionary<string, string> Settings(string name) =>
        compiled.Of(name).The($"{Site}/config").GetProperty("properties").EnumerateObject().ToDictionary(setting => setting.Name, setting => setting.Value.GetString()!);

    private JsonElement Scale(string name) =>
        compiled.Of(name).The(Site).GetProperty("properties").GetProperty("functionAppConfig").GetProperty("scaleAndConcurrency");

    private string? Parameter(string name, string parameter) =>
        Assert.Single(compiled.Of(name).All($"{Server}/configurations"), item => item.At("name")!.EndsWith($"/{parameter}", StringComparison.Ordinal)).At("properties/value");

    private JsonElement Secret(string name, string secret) =>
        Assert.Single(compiled.Of(name).All($"{Vault}/secrets"), item => item.At("name")!.EndsWith($"/{secret}", StringComparison.Ordinal));

    private static int Number(string? text) => int.Parse(text!, CultureInfo.InvariantCulture);

    private static string[] Texts(string array) => JsonSerializer.Deserialize<string[]>(array)!;

    private static string Compact(string json) => JsonSerializer.Serialize(JsonDocument.Parse(json).RootElement);

    /// <summary>A template and those inside it.</summary>
    private static IEnumerable<JsonElement> Templates(JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.Array)
        {
            return element.EnumerateArray().SelectMany(Templates);
        }

        return element.ValueKind != JsonValueKind.Object ? []
            : element.EnumerateObject().SelectMany(member => Templates(member.Value)).Concat(element.TryGetProperty("$schema", out _) ? [element] : []);
    }

    private static IEnumerable<JsonProperty> Members(JsonElement template, string name) =>
        template.TryGetProperty(name, out var members) ? members.EnumerateObject() : [];

    [GeneratedRegex("Maximum Pool Size=([0-9]+)")]
    private static partial Regex PoolSize();

    [GeneratedRegex(@"zoniq\.[a-z]+\.[a-z]+")]
    private static partial Regex Metric();

    [GeneratedRegex("password|secret|accessKey|primaryKey|listKeys", RegexOptions.IgnoreCase)]
    private static partial Regex Secrecy();

    /// <summary>optionalSecrets are names.</summary>
    [GeneratedRegex("password|^secret|key$", RegexOptions.IgnoreCase)]
    private static partial Regex Suspicious();

    /// <summary>What makes a name unique in the cloud.</summary>
    [GeneratedRegex("(?<=stzoniq(host|pics))[a-z0-9]{8}")]
    private static partial Regex Token();

    /// <summary>Compiled once for all of them.</summary>
    public sealed class Compiled : IAsyncLifetime
    {
        public const string Deployer = "00000000-0000-0000-0000-0000000000d1";

        private readonly Dictionary<string, Installation> installations = [];

        public Bicep Bicep { get; } = new();

        public string Template { get; private set; } = "";

        public Installation WithDeployer { get; private set; } = null!;

        public Installation Of(string name) => installations[name];

        public async Task InitializeAsync()
        {
            Assert.Equal("", await Bicep.RunAsync("build", "main.bicep", "--outfile", "main.json"));
            Template = Bicep.Read("main.json");
            installations["dev"] = await Installation.OfAsync(Bicep, "dev");
            installations["prod"] = await Installation.OfAsync(Bicep, "prod");
            WithDeployer = await Installation.OfAsync(Bicep, "prod", ("DEPLOYER_PRINCIPAL_ID", Deployer));
        }

        public Task DisposeAsync()
        {
            Bicep.Dispose();
            return Task.CompletedTask;
        }
    }
}

using Npgsql;
using Zoniq.LocalHost.Demo;

namespace Zoniq.LocalHost.Development;

/// <summary>What the person who started it wants to know.</summary>
internal sealed class Notes
{
    private readonly List<string> lines = [];

    public IReadOnlyList<string> Lines => lines;

    public void Database(string connectionString)
    {
        var parts = new NpgsqlConnectionStringBuilder(connectionString);
        var host = parts.Host!.Contains(' ') ? $"\"{parts.Host}\"" : parts.Host;
        Add("Database", $"psql -h {host} -p {parts.Port} -U {parts.Username} {parts.Database}");
    }

    public void Migrated(IReadOnlyList<string> applied, bool wasAskedFor)
    {
        foreach (var script in applied)
        {
            Add("Applied", script);
        }

        if (wasAskedFor && applied.Count == 0)
        {
            Add("Schema", "is up to date");
        }
    }

    public void StandIns(IReadOnlyDictionary<string, string?> settings, int port, bool hasMailServer, bool hasSmsProvider)
    {
        var here = $"http://localhost:{port}";
        if (settings.ContainsKey("RAZORPAY_API_URL"))
        {
            Add("Payments", $"{here}/razorpay/v1 (a sandbox; no money moves)");
        }

        if (!hasMailServer)
        {
            Add("Mail", $"{here}/dev/mail");
        }

        if (!hasSmsProvider)
        {
            Add("SMS", $"{here}/dev/sms");
        }

        Add("API", $"{here}/api/docs");
        Add("Everything", $"{here}/dev");
    }

    /// <summary>The demo's administrator is one only when no other is configured.</summary>
    public void People(IReadOnlyDictionary<string, string?> settings, bool hasDemo)
    {
        if (settings.ContainsKey("ADMIN_PASSWORD"))
        {
            Add("Administrator", $"{DemoAccounts.AdministratorEmail}  {DemoAccounts.Password}");
        }

        if (hasDemo)
        {
            Add("Buyer", $"{DemoAccounts.BuyerEmail}  {DemoAccounts.Password}");
        }
    }

    private void Add(string what, string text) => lines.Add($"  {what,-14}{text}");
}

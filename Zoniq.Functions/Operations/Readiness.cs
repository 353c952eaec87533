using System.Text.Json.Serialization;
using Npgsql;
using Zoniq.Domain.Catalogue;
using Zoniq.Domain.Storage;
using Zoniq.Functions.Http;
using Zoniq.Functions.Realtime;

namespace Zoniq.Functions.Operations;

/// <summary>The app runs.</summary>
public sealed record Liveness(string Status)
{
    public static readonly Liveness Live = new("live");
}

/// <summary>Whether the app can do its work.</summary>
public sealed record Readiness : IAvailability
{
    /// <summary>ready or not_ready; only the database decides.</summary>
    public string Status => IsAvailable ? "ready" : "not_ready";

    public required ReadinessChecks Checks { get; init; }

    [JsonIgnore]
    public bool IsAvailable => Checks.Database == ReadinessChecks.Ok;
}

/// <summary>What the app stands on: each is ok, failed, or off when it is not in use.</summary>
public sealed record ReadinessChecks
{
    public const string Ok = "ok";
    public const string Failed = "failed";
    public const string Off = "off";

    /// <summary>It answers, with the schema of this build.</summary>
    public required string Database { get; init; }

    /// <summary>The storage of uploaded pictures answers.</summary>
    public string Storage { get; init; } = Off;

    /// <summary>The service through which pages are told of changes answers.</summary>
    public string Realtime { get; init; } = Off;
}

/// <summary>Asks what the app stands on.</summary>
public sealed class ReadinessProbe(Migrator migrator, RealtimeOptions realtime, IPictureStore pictures, IHttpClientFactory clients)
{
    /// <summary>Whoever asks waits no longer.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    public async Task<Readiness> CheckAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        var (database, service, storage) = (AskDatabase(limit.Token), AskRealtime(limit.Token), AskStorage(limit.Token));
        return new Readiness { Checks = new ReadinessChecks { Database = await database, Storage = await storage, Realtime = await service } };
    }

    private async Task<string> AskDatabase(CancellationToken cancellationToken)
    {
        try
        {
            return await migrator.IsCurrentAsync(cancellationToken) ? ReadinessChecks.Ok : ReadinessChecks.Failed;
        }
        catch (Exception away) when (away is NpgsqlException or OperationCanceledException)
        {
            return ReadinessChecks.Failed;
        }
    }

    private async Task<string> AskStorage(CancellationToken cancellationToken) =>
        !pictures.IsInUse ? ReadinessChecks.Off
        : await pictures.AnswersAsync(cancellationToken) ? ReadinessChecks.Ok
        : ReadinessChecks.Failed;

    private async Task<string> AskRealtime(CancellationToken cancellationToken)
    {
        if (realtime.Endpoint is not { } endpoint)
        {
            return ReadinessChecks.Off;
        }

        try
        {
            using var client = clients.CreateClient(nameof(ReadinessProbe));
            using var answer = await client.GetAsync(new Uri(endpoint, "/api/v1/health"), HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            return Statuses.IsFailure(answer) ? ReadinessChecks.Failed : ReadinessChecks.Ok;
        }
        catch (Exception away) when (away is HttpRequestException or OperationCanceledException)
        {
            return ReadinessChecks.Failed;
        }
    }
}

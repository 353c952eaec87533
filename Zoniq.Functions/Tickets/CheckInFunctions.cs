using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Zoniq.Domain;
using Zoniq.Domain.Tickets;
using Zoniq.Functions.Http;

namespace Zoniq.Functions.Tickets;

public sealed class CheckInFunctions(CheckIn checkIn, CheckInSync offline, CheckInUndo undoing, CheckInCounts counts, GateManifests manifests)
{
    /// <summary>
    /// Opens the gate for a ticket, once. ticket.not_valid says why in the member reason: unpaid, expired, cancelled, refunded, not_open or void;
    /// ticket.already_used carries usedAt and gate of the entry. The same scanId gets its first answer again.
    /// </summary>
    [Function("MarkTicketUsed")]
    [Allow(Access.Admin)]
    [Refuses("ticket.not_found", "ticket.already_used", "ticket.not_valid", "ticket.revoked", "ticket.wrong_event", "ticket.qr_invalid", "rate.limited")]
    public Task<Result<CheckedIn>> MarkUsed(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/tickets/mark-used")] HttpRequest request,
        [Body] MarkUsed scan, CurrentUser user, CancellationToken cancellationToken) =>
        checkIn.MarkUsed(user.Actor, scan, cancellationToken);

    /// <summary>What a gate needs to work without a network, or what of it has changed.</summary>
    [Function("GetGateManifest")]
    [Allow(Access.Admin)]
    [Refuses("event.not_found")]
    public Task<Result<GateManifest>> Manifest(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/admin/check-in/events/{eventId:long:min(1)}/manifest")] HttpRequest request,
        long eventId, [Query] ManifestFilter filter, CancellationToken cancellationToken) =>
        manifests.Of(eventId, filter, cancellationToken);

    /// <summary>Takes in the scans of a gate that had no network.</summary>
    [Function("SyncScans")]
    [Allow(Access.Admin)]
    public Task<Result<SyncedScans>> Sync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/admin/check-in/sync")] HttpRequest request,
        [Body] SyncScans scans, CurrentUser user, CancellationToken cancellationToken) =>
        offline.Sync(user.Actor, scans, cancellationToken);

    /// <summary>Takes an entry back, so that the ticket may enter again.</summary>
    [Function("UndoCheckIn")]
    [Allow(Access.Admin)]
    [Refuses("ticket.not_found", "ticket.not_used")]
    public Task<Result<Done>> Undo(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/admin/check-in/undo")] HttpRequest request,
        [Body] UndoCheckIn wish, CurrentUser user, CancellationToken cancellationToken) =>
        undoing.Undo(user.Actor, wish, cancellationToken);

    /// <summary>How many have entered, by gate.</summary>
    [Function("CountCheckIns")]
    [Allow(Access.Admin)]
    [Refuses("event.not_found")]
    public Task<Result<GateCounts>> Count(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/admin/check-in/events/{eventId:long:min(1)}/counts")] HttpRequest request,
        long eventId, CancellationToken cancellationToken) =>
        counts.Of(eventId, cancellationToken);
}

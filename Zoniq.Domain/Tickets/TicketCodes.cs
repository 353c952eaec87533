using System.ComponentModel.DataAnnotations;

namespace Zoniq.Domain.Tickets;

/// <summary>The keys with which anybody can check a code.</summary>
/// <param name="Keys">The one that signs first, then those that did before it.</param>
public sealed record TicketKeys(IReadOnlyList<TicketKey> Keys);

/// <summary>How large a picture is to be.</summary>
public sealed record QrSize
{
    /// <summary>Pixels of each side.</summary>
    [Range(128, 1024)]
    public int Size { get; init; } = 384;
}

/// <summary>The codes of tickets, as pictures, and the keys they are checked with.</summary>
public sealed class TicketCodes(TicketService tickets, TicketSigner signer)
{
    public TicketKeys Keys { get; } = new(signer.Keys);

    /// <summary>The code as a PNG, for its holder. Refuses a ticket that is not paid for or was called off.</summary>
    public async Task<Result<Document>> Picture(long accountId, long ticketId, QrSize size, CancellationToken cancellationToken)
    {
        var found = await tickets.Get(accountId, isAdmin: false, ticketId, cancellationToken);

        return found.Problem is not null || !found.Value.IsHolder ? TicketProblems.NotFound
            : found.Value.QrPayload is not { } payload ? TicketProblems.NotConfirmed
            : new Document(TicketQr.Png(payload, size.Size), "image/png", $"ticket-{found.Value.TicketNumber}.png");
    }
}

using System.ComponentModel.DataAnnotations;
using Zoniq.Domain.Catalogue;

namespace Zoniq.Domain.Tickets;

/// <summary>What a scan says of itself, online or afterwards.</summary>
internal static class ScannedFields
{
    public static IEnumerable<ValidationResult> Check(string? ticketNumber, string? qrPayload)
    {
        if (string.IsNullOrEmpty(ticketNumber) == string.IsNullOrEmpty(qrPayload))
        {
            yield return new ValidationResult("is required, or ticketNumber in its place, and not both.", [nameof(MarkUsed.QrPayload)]);
        }
    }

    public static string? Said(string? text) => string.IsNullOrEmpty(text) ? null : text;

    /// <summary>Nothing was scanned in the future: a clock that is ahead says now.</summary>
    public static DateTimeOffset Moment(TimeInput said, TimeZoneInfo zone, DateTimeOffset now) =>
        said.In(zone) is var moment && moment < now ? moment : now;
}

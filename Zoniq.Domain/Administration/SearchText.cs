using System.Text.RegularExpressions;
using Zoniq.Domain.Accounts;
using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Administration;

/// <summary>
/// What the office types into a search box. A whole booking number, e-mail address or id of the gateway's is looked up by its index; anything else is looked for
/// as a part, and no character of it has a special meaning. An address that nobody has may be the beginning of one: example.in is a part of example.info.
/// </summary>
internal sealed partial record SearchText
{
    private SearchText(string typed)
    {
        var number = NumberAlphabet.Normalise(typed);
        BookingNumber = WholeNumber().IsMatch(number) ? number : null;
        Email = EmailAddress.IsValid(typed) ? EmailAddress.Normalise(typed) : null;
        GatewayId = WholeGatewayId().IsMatch(typed) ? typed : null;
        Part = typed.ToLowerInvariant();
        // Only where a number may be meant: the name Lil is not the number 111.
        NumberPart = LooksLikeNumber().IsMatch(typed) ? number : typed.ToUpperInvariant();
    }

    /// <summary>When it is a whole booking number, however it was typed.</summary>
    public string? BookingNumber { get; }

    /// <summary>When it is a whole address.</summary>
    public string? Email { get; private init; }

    /// <summary>When it is a whole id of the payment gateway's; these tell capitals from small letters.</summary>
    public string? GatewayId { get; }

    /// <summary>In lower case.</summary>
    public string Part { get; }

    /// <summary>As it would stand in a booking or ticket number.</summary>
    public string NumberPart { get; }

    /// <summary>Whether it is neither a whole number nor a whole address.</summary>
    public bool IsPart => BookingNumber is null && Email is null;

    /// <summary>Null when nothing was typed.</summary>
    public static SearchText? Of(string? typed) => string.IsNullOrWhiteSpace(typed) ? null : new SearchText(typed.Trim());

    /// <summary>The same, and an address that nobody has is a part.</summary>
    /// <param name="db">Where it is looked up.</param>
    /// <param name="typed">What was typed.</param>
    /// <param name="holders">The rows that have the address <c>@Email</c>, from <c>from</c> on.</param>
    public static async Task<SearchText?> OfAsync(Session db, string? typed, string holders) =>
        Of(typed) is not { Email: { } email } search || await db.QuerySingleAsync<bool>($"select exists (select {holders})", new { Email = email })
            ? Of(typed)
            : search with { Email = null };

    [GeneratedRegex("^ZNQ-[0-9]{8}-[0-9A-HJKMNP-TV-Z]{6}$")]
    private static partial Regex WholeNumber();

    [GeneratedRegex("^(order|pay|rfnd)_[0-9A-Za-z]{14}$")]
    private static partial Regex WholeGatewayId();

    [GeneratedRegex("[0-9]|^(ZNQ|TKT)-?", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex LooksLikeNumber();
}

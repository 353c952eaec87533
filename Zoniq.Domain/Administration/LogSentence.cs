using System.Text.Json;
using System.Text.Json.Nodes;

namespace Zoniq.Domain.Administration;

/// <summary>An entry of the log as a sentence for people.</summary>
public static class LogSentence
{
    private const int MostChanges = 5;
    private const int LongestValue = 60;

    /// <summary>What names a thing, the best first.</summary>
    private static readonly string[] Names = ["title", "name", "code", "ticketNumber", "seatLabel", "username", "url", "template"];

    /// <summary>Every action that is written, as what somebody did to what.</summary>
    private static readonly Dictionary<string, string> Deeds = new(StringComparer.Ordinal)
    {
        ["block_user"] = "blocked account",
        ["unblock_user"] = "unblocked account",
        ["make_admin"] = "made an administrator of account",
        ["remove_admin"] = "took the office from account",
        ["create_event"] = "entered event",
        ["update_event"] = "changed event",
        ["publish_event"] = "published event",
        ["cancel_event"] = "called off event",
        ["reactivate_event"] = "took up again event",
        ["delete_event"] = "deleted event",
        ["update_queue"] = "changed the waiting room of event",
        ["drain_queue"] = "let the waiting room run empty of event",
        ["create_seat_category"] = "added seat category",
        ["update_seat_category"] = "changed seat category",
        ["delete_seat_category"] = "deleted seat category",
        ["create_venue"] = "entered venue",
        ["update_venue"] = "changed venue",
        ["soft_delete_venue"] = "took out of use venue",
        ["hard_delete_venue"] = "deleted for good venue",
        ["create_seat"] = "added seat",
        ["bulk_create_seats"] = "added many seats",
        ["update_seat"] = "changed seat",
        ["block_seat"] = "blocked seat",
        ["unblock_seat"] = "unblocked seat",
        ["force_release_seat"] = "took out of a cart seat",
        ["delete_seat"] = "deleted seat",
        ["release_expired_locks"] = "freed seats whose time was over",
        ["refund_payment"] = "gave money back of payment",
        ["create_promo"] = "made promo code",
        ["update_promo"] = "changed promo code",
        ["delete_promo"] = "deleted promo code",
        ["check_in"] = "let in ticket",
        ["check_in_sync"] = "uploaded what a gate without a network had let in",
        ["check_in_undo"] = "took back the entry of ticket",
        ["upload_file"] = "uploaded picture",
        ["resend_mail"] = "sent again mail",
        ["payment_mismatch"] = "found money that does not fit booking",
        ["payment_dispute"] = "was told of a dispute about payment",
    };

    /// <summary>The actions there are words for.</summary>
    public static IReadOnlyCollection<string> Actions => Deeds.Keys;

    /// <summary>Who did what to what, and what it changed. Details of another shape are passed over.</summary>
    public static string Of(LogEntry entry, JsonObject? changes)
    {
        var who = entry.AdminUsername ?? (entry.AdminId is null ? "Zoniq" : "A former administrator");
        var deed = Deeds.GetValueOrDefault(entry.Action) ?? $"did {entry.Action.Replace('_', ' ')}";
        var details = changes ?? [];
        return $"{who} {deed}{ObjectOf(entry, details)}{Colon(Changes(details).Concat(Facts(details)))}.";
    }

    private static string ObjectOf(LogEntry entry, JsonObject details) =>
        (Names.Select(name => details[name] is JsonValue ? Text(details[name]) : null).FirstOrDefault(name => name is not null), entry.EntityId) switch
        {
            ({ } name, _) => $" “{name}”",
            (null, { } id) => $" {id}",
            _ => "",
        };

    private static IEnumerable<string> Changes(JsonObject details)
    {
        var changed = details.Where(member => member.Value is JsonObject change && change.ContainsKey("before") && change.ContainsKey("after")).ToArray();
        return changed.Take(MostChanges)
            .Select(member => $"{Words(member.Key)} from {Text(member.Value!["before"]) ?? "nothing"} to {Text(member.Value["after"]) ?? "nothing"}")
            .Concat(changed.Length > MostChanges ? [$"{changed.Length - MostChanges} more"] : []);
    }

    private static IEnumerable<string> Facts(JsonObject details) =>
        details
            .Where(member => member.Value is JsonValue && !Names.Contains(member.Key) && member.Key is not "slug")
            .Take(MostChanges)
            .Select(member => $"{Words(member.Key)} {Text(member.Value)}");

    private static string Colon(IEnumerable<string> parts) => string.Join(", ", parts) is { Length: > 0 } text ? $": {text}" : "";

    private static string? Text(JsonNode? value) => value?.GetValueKind() switch
    {
        JsonValueKind.String => Short(value.GetValue<string>()),
        JsonValueKind.True => "yes",
        JsonValueKind.False => "no",
        null or JsonValueKind.Null => null,
        _ => Short(value.ToJsonString()),
    };

    private static string Short(string text) => text.Length <= LongestValue ? text : $"{text[..LongestValue]}…";

    /// <summary><c>maxTicketsPerBooking</c> as people write it.</summary>
    private static string Words(string field) => string.Concat(field.Select(letter => char.IsUpper(letter) ? $" {char.ToLowerInvariant(letter)}" : $"{letter}"));
}

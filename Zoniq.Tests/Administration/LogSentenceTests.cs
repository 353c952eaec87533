using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Zoniq.Domain.Administration;
using Zoniq.Tests.Support;

namespace Zoniq.Tests.Administration;

/// <summary>What the office did can be read without knowing how it is stored.</summary>
public sealed partial class LogSentenceTests(ZoniqApp app) : DatabaseTest(app)
{
    [Fact]
    public async Task The_log_is_read_as_sentences()
    {
        var administrator = await App.Administrator();
        var staged = await App.AnEvent(title: "Ragas at Dusk");
        (await administrator.Patch($"/api/admin/events/{staged.Id}", new { title = "Ragas at Dawn", maxTicketsPerBooking = 4 })).Succeeded();
        var asha = await App.NewBuyer();
        (await administrator.Post($"/api/admin/users/{asha.Id}/block", new { reason = "Resells tickets" })).Succeeded();

        var page = (await administrator.Get("/api/admin/logs")).Succeeded();
        string Summary(string action) => page["logs"].EnumerateArray().First(entry => entry.GetProperty("action").GetString() == action).GetProperty("summary").GetString()!;

        Assert.Equal($"{administrator.Username} entered event “Ragas at Dusk”", Summary("create_event").Split(':')[0]);
        Assert.StartsWith($"{administrator.Username} changed event {staged.Id}: title from Ragas at Dusk to Ragas at Dawn", Summary("update_event"), StringComparison.Ordinal);
        Assert.Contains("max tickets per booking from 10 to 4", Summary("update_event"), StringComparison.Ordinal);
        Assert.StartsWith($"{administrator.Username} blocked account {asha.Id}: is blocked from no to yes, blocked reason from nothing to Resells tickets", Summary("block_user"), StringComparison.Ordinal);
        var one = page["logs"][0];
        Assert.Equal(one.GetProperty("summary").GetString(), (await administrator.Get($"/api/admin/logs/{one.GetProperty("id")}")).Succeeded()["summary"].GetString());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("{}")]
    [InlineData("""{"title":7,"name":null,"reason":["a"],"x":{"before":1},"y":{"before":null,"after":{"a":1}},"count":3}""")]
    public void Details_of_any_shape_make_a_sentence(string? details)
    {
        foreach (var action in LogSentence.Actions.Append("something_new"))
        {
            var sentence = LogSentence.Of(new LogEntry { AdminId = 5, Action = action, EntityType = "event", EntityId = 7 }, details is null ? null : JsonNode.Parse(details)!.AsObject());

            Assert.StartsWith("A former administrator ", sentence, StringComparison.Ordinal);
            Assert.EndsWith(".", sentence, StringComparison.Ordinal);
        }

        Assert.StartsWith("Zoniq was told of a dispute", LogSentence.Of(new LogEntry { Action = "payment_dispute" }, null), StringComparison.Ordinal);
    }

    /// <summary>The actions of the contract, and those that the sources write beside it.</summary>
    [Fact]
    public void There_are_words_for_every_action()
    {
        string[] agreed =
        [
            "block_user", "unblock_user", "make_admin", "remove_admin", "create_event", "update_event", "publish_event", "cancel_event", "reactivate_event", "delete_event", "update_queue", "drain_queue",
            "create_seat_category", "update_seat_category", "delete_seat_category", "create_venue", "update_venue", "soft_delete_venue", "hard_delete_venue", "create_seat", "bulk_create_seats", "update_seat",
            "block_seat", "unblock_seat", "force_release_seat", "delete_seat", "release_expired_locks", "refund_payment", "create_promo", "update_promo", "delete_promo", "check_in", "check_in_sync",
            "check_in_undo", "upload_file",
        ];
        var written = Repository.Sources("Zoniq.Domain").SelectMany(file => Written().Matches(file.Syntax.ToFullString()).Select(match => match.Groups[1].Value)).ToHashSet(StringComparer.Ordinal);

        Assert.NotEmpty(written);
        Assert.Empty(agreed.Concat(written).Except(LogSentence.Actions));
    }

    [GeneratedRegex(@"AuditLog\.WriteAsync\([^;]*?""([a-z]+(?:_[a-z]+)+)"", ""[a-z_]+""")]
    private static partial Regex Written();
}

using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Azure.Functions.Worker;
using Zoniq.Functions.Realtime;

namespace Zoniq.Tests.Realtime;

/// <summary>Who can listen, and who hears what.</summary>
public sealed class HubTests(ZoniqApp app) : DatabaseTest(app)
{
    [Theory]
    [InlineData(HttpTransportType.WebSockets)]
    [InlineData(HttpTransportType.ServerSentEvents)]
    [InlineData(HttpTransportType.LongPolling)]
    public async Task Somebody_connects_and_is_told_what_concerns_them(HttpTransportType transport)
    {
        var asha = await App.NewBuyer();
        await using var page = await OpenPage.Of(asha, App, transport);

        await App.Sends(LiveMessage.ToUser(asha.Id, "plain", new { SeatLabel = "कक्ष-A1", At = new DateTimeOffset(2026, 1, 31, 18, 30, 0, TimeSpan.FromHours(5.5)) }));

        Assert.Equal("""plain {"seatLabel":"कक्ष-A1","at":"2026-01-31T13:00:00Z"}""", (await page.Hears()).ToString());
    }

    [Fact]
    public async Task All_pages_of_a_person_are_told_and_nobody_elses()
    {
        var (asha, ravi) = (await App.NewBuyer(), await App.NewBuyer());
        await using var first = await OpenPage.Of(asha, App);
        await using var second = await OpenPage.Of(asha, App);
        await using var other = await OpenPage.Of(ravi, App);

        await App.Sends(LiveMessage.ToUser(asha.Id, "plain", 1), LiveMessage.ToUser(asha.Id, "plain", 2), new SignalRMessageAction("plain", [3]) { ConnectionId = second.Id });

        Assert.Equal(["plain 1", "plain 2"], (await first.HasHeard()).Select(heard => $"{heard}"));
        Assert.Equal(["plain 1", "plain 2", "plain 3"], (await second.HasHeard()).Select(heard => $"{heard}"));
        Assert.Empty(await other.HasHeard());
    }

    [Fact]
    public async Task Nobody_is_told_where_to_listen_for_another()
    {
        var (asha, ravi) = (await App.NewBuyer(), await App.NewBuyer());

        (await ravi.Post($"/api/realtime/{asha.Id}/negotiate")).Refused(403, "realtime.not_you");
        (await (await App.Administrator()).Post($"/api/realtime/{asha.Id}/negotiate")).Refused(403, "realtime.not_you");
        (await App.Nobody.Post($"/api/realtime/{asha.Id}/negotiate")).Refused(401, "auth.token_missing");
        Assert.Equal(["accessToken", "url"], (await asha.Post($"/api/realtime/{asha.Id}/negotiate")).Succeeded(200).Json.EnumerateObject().Select(member => member.Name).Order());
    }

    [Fact]
    public async Task The_hub_takes_no_token_but_its_own_and_that_for_an_hour()
    {
        var asha = await App.NewBuyer();
        var negotiated = (await asha.Post($"/api/realtime/{asha.Id}/negotiate?negotiateVersion=1")).Succeeded(200);
        var (url, token) = (new Uri(negotiated["url"].GetString()!), negotiated["accessToken"].GetString()!);
        var (head, body, signature) = (token.Split('.')[0], token.Split('.')[1], token.Split('.')[2]);
        await using var another = await App.StartAnother();
        var elsewhere = (await asha.At(another).Post($"/api/realtime/{asha.Id}/negotiate")).Succeeded(200)["accessToken"].GetString();

        Assert.Equal(HttpStatusCode.OK, await Knock(url, token));
        Assert.Equal(HttpStatusCode.Unauthorized, await Knock(url, null));
        Assert.Equal(HttpStatusCode.Unauthorized, await Knock(url, "nonsense"));
        Assert.Equal(HttpStatusCode.Unauthorized, await Knock(url, asha.Token));
        Assert.Equal(HttpStatusCode.Unauthorized, await Knock(url, elsewhere));
        Assert.Equal(HttpStatusCode.Unauthorized, await Knock(url, $"{head}.{Altered(body)}.{signature}"));
        Assert.Equal(HttpStatusCode.Unauthorized, await Knock(url, $"{head}.{body}."));
        Assert.Equal(HttpStatusCode.Unauthorized, await Knock(url, $"{Base64Url("""{"alg":"none"}""")}.{body}."));
        Assert.Equal(HttpStatusCode.Unauthorized, await Knock(new Uri(url.AbsoluteUri.Replace("hub=zoniq", "hub=other", StringComparison.Ordinal)), token));
        (await App.Nobody.Send(new HttpRequestMessage(HttpMethod.Get, "/api/users/me") { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", token) } })).Refused(401, "auth.token_invalid");

        await App.Advance(TimeSpan.FromMinutes(61));
        Assert.Equal(HttpStatusCode.Unauthorized, await Knock(url, token));
    }

    [Fact]
    public async Task A_WebSocket_without_negotiation_needs_the_token_too()
    {
        var asha = await App.NewBuyer();
        var negotiated = (await asha.Post($"/api/realtime/{asha.Id}/negotiate")).Succeeded(200);
        var url = new Uri(negotiated["url"].GetString()!);

        await using var good = OpenPage.Client(url, negotiated["accessToken"].GetString(), negotiates: false);
        await good.StartAsync();
        await using var bad = OpenPage.Client(url, asha.Token, negotiates: false);
        await Assert.ThrowsAnyAsync<Exception>(() => bad.StartAsync());

        Assert.Equal(Microsoft.AspNetCore.SignalR.Client.HubConnectionState.Connected, good.State);
        Assert.Equal(Microsoft.AspNetCore.SignalR.Client.HubConnectionState.Disconnected, bad.State);
    }

    [Theory]
    [InlineData("Send")]
    [InlineData("OnConnectedAsync")]
    [InlineData("Dispose")]
    public async Task Pages_can_call_nothing(string method)
    {
        await using var page = await OpenPage.Of(await App.NewBuyer(), App);

        await Assert.ThrowsAsync<HubException>(() => page.Connection.InvokeCoreAsync(method, typeof(object), []));
    }

    [Fact]
    public async Task A_browser_of_a_listed_origin_may_connect_with_credentials()
    {
        using var allowed = await App.Http.SendAsync(Preflight("http://localhost:3000"));
        using var unknown = await App.Http.SendAsync(Preflight("https://elsewhere.example"));

        Assert.Equal(["http://localhost:3000"], allowed.Headers.GetValues("Access-Control-Allow-Origin"));
        Assert.Equal(["true"], allowed.Headers.GetValues("Access-Control-Allow-Credentials"));
        Assert.Equal(["authorization,x-requested-with,x-signalr-user-agent"], allowed.Headers.GetValues("Access-Control-Allow-Headers"));
        Assert.False(unknown.Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task Who_subscribes_to_the_seats_of_an_event_is_told_until_the_connection_ends()
    {
        var staged = await App.AnEvent();
        var (asha, ravi) = (await App.NewBuyer(), await App.NewBuyer());
        await using var bystander = await OpenPage.Of(ravi, App);
        var page = await OpenPage.Of(asha, App);

        var answer = (await asha.Post($"/api/events/{staged.Id}/seats/subscribe", new { connectionId = page.Id })).Succeeded(200);
        Assert.True(answer["success"].GetBoolean());
        Assert.Equal(["message", "success"], answer.Json.EnumerateObject().Select(member => member.Name).Order());
        await page.IsIn($"seats:{staged.Id}");
        await App.Sends(LiveMessage.ToGroup($"seats:{staged.Id}", "seatsChanged", new { EventId = staged.Id }), LiveMessage.ToGroup($"seats:{staged.Id + 1}", "seatsChanged", new { EventId = 0 }));
        Assert.Equal([$$"""seatsChanged {"eventId":{{staged.Id}}}"""], (await page.HasHeard()).Select(heard => $"{heard}"));

        var before = page.Id;
        await page.Connection.StopAsync();
        await OpenPage.Until(() => !App.Hub().Has(before), "The connection does not end.");
        await page.DisposeAsync();
        await using var again = await OpenPage.Of(asha, App);
        await App.Sends(LiveMessage.ToGroup($"seats:{staged.Id}", "seatsChanged", new { EventId = staged.Id }));

        Assert.Empty(await again.HasHeard());
        Assert.DoesNotContain(await bystander.HasHeard(), heard => heard.Target == "seatsChanged");
    }

    [Fact]
    public async Task Seats_of_events_the_public_does_not_know_cannot_be_subscribed_to()
    {
        var draft = await App.AnEvent(published: false);
        var asha = await App.NewBuyer();

        (await asha.Post($"/api/events/{draft.Id}/seats/subscribe", new { connectionId = "c" })).Refused(404, "event.not_found");
        (await asha.Post("/api/events/987654321/seats/subscribe", new { connectionId = "c" })).Refused(404, "event.not_found");
        (await asha.Post($"/api/events/{draft.Id}/seats/subscribe", new { })).RefusedField("connectionId");
        (await App.Nobody.Post($"/api/events/{draft.Id}/seats/subscribe", new { connectionId = "c" })).Refused(401, "auth.token_missing");
    }

    [Fact]
    public async Task A_page_that_subscribes_before_the_hub_has_it_is_still_added()
    {
        var asha = await App.NewBuyer();
        await using var page = OpenPage.Client(new Uri(App.BaseAddress, $"/api/realtime/{asha.Id}"), asha.Token);
        await page.StartAsync();
        var id = page.ConnectionId!;
        await OpenPage.Until(() => App.Hub().Has(id), "The hub does not know the page.");
        App.Hub().Remove(id);           // as if it were still on its way

        await App.Sends(new SignalRGroupAction(SignalRGroupActionType.Add) { ConnectionId = id, GroupName = "early" });
        App.Hub().Add(id, $"{asha.Id}");

        await OpenPage.Until(() => App.Hub().GroupsOf(id).Contains("early"), "It was not added.");
    }

    [Fact]
    public async Task Groups_are_changed_for_a_connection_or_for_all_of_a_user()
    {
        var asha = await App.NewBuyer();
        await using var first = await OpenPage.Of(asha, App);
        await using var second = await OpenPage.Of(asha, App);
        var toGroups = new[] { LiveMessage.ToGroup("one", "plain", 1), LiveMessage.ToGroup("two", "plain", 2) };

        await App.Sends(
            [
                new SignalRGroupAction(SignalRGroupActionType.Add) { UserId = $"{asha.Id}", GroupName = "one" },
                new SignalRGroupAction(SignalRGroupActionType.Add) { ConnectionId = first.Id, GroupName = "two" },
                new SignalRGroupAction(SignalRGroupActionType.Remove) { ConnectionId = second.Id, GroupName = "one" },
                .. toGroups,
                new SignalRGroupAction(SignalRGroupActionType.RemoveAll) { UserId = $"{asha.Id}" },
                .. toGroups,
            ]);

        Assert.Equal(["plain 1", "plain 2"], (await first.HasHeard()).Select(heard => $"{heard}"));
        Assert.Empty(await second.HasHeard());
    }

    [Fact]
    public async Task Arguments_that_the_app_has_not_made_JSON_are_written_by_the_worker_with_capitals()
    {
        await using var page = await OpenPage.Of(await App.NewBuyer(), App);

        await App.Sends(new SignalRMessageAction("plain", [new { SeatLabel = "A1" }]));

        Assert.Equal("""plain {"SeatLabel":"A1"}""", (await page.Hears()).ToString());
    }

    [Fact]
    public async Task What_cannot_be_sent_is_logged_and_fails_nothing()
    {
        await using var page = await OpenPage.Of(await App.NewBuyer(), App);
        int Logged() => App.Logs.Count(line => line.Category.StartsWith("Zoniq.LocalHost.Realtime", StringComparison.Ordinal));
        var before = Logged();

        await App.Sends(new SignalRMessageAction("plain", [new IntPtr(7)]));
        await App.Sends("no action");
        await App.Sends(new SignalRGroupAction(SignalRGroupActionType.Add) { GroupName = "nobody's" });

        Assert.Empty(await page.HasHeard());
        Assert.Equal(3, Logged() - before);
    }

    [Fact]
    public async Task While_SignalR_is_down_messages_are_lost_and_nobody_new_gets_in()
    {
        var asha = await App.NewBuyer();
        await using var page = await OpenPage.Of(asha, App);
        var negotiated = (await asha.Post($"/api/realtime/{asha.Id}/negotiate?negotiateVersion=1")).Succeeded(200);
        var (url, token) = (new Uri(negotiated["url"].GetString()!), negotiated["accessToken"].GetString()!);

        (await App.Nobody.Post("/dev/live/outage", new { isOn = true })).Succeeded(200);
        await App.Sends(LiveMessage.ToUser(asha.Id, "plain", 1));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await Knock(url, token));
        Assert.Equal("failed", (await App.Nobody.Get("/api/health/ready")).Succeeded(200)["checks"].GetProperty("realtime").GetString());

        (await App.Nobody.Post("/dev/live/outage", new { isOn = false })).Succeeded(200);
        await App.Sends(LiveMessage.ToUser(asha.Id, "plain", 2));
        Assert.Equal(HttpStatusCode.OK, await Knock(url, token));
        Assert.Equal(["plain 2"], (await page.HasHeard()).Select(heard => $"{heard}"));
        (await App.Nobody.Post("/dev/live/outage", new { isOn = (bool?)null })).Refused(422, "outage.unreadable");
    }

    [Fact]
    public void Without_a_service_there_is_nowhere_to_connect_to()
    {
        Assert.Equal("realtime.unavailable", LiveConnection.For(null, 7, 7).Problem!.Code);
        Assert.Equal("realtime.unavailable", LiveConnection.For(new SignalRConnectionInfo(), 7, 7).Problem!.Code);
        Assert.Equal("realtime.not_you", LiveConnection.For(null, 7, 8).Problem!.Code);
    }

    private async Task<HttpStatusCode> Knock(Uri url, string? token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(url, $"negotiate{url.Query}&negotiateVersion=1"));
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        using var answer = await App.Http.SendAsync(request);
        return answer.StatusCode;
    }

    private HttpRequestMessage Preflight(string origin) => new(HttpMethod.Options, "/client/negotiate?hub=zoniq")
    {
        Headers =
        {
            { "Origin", origin },
            { "Access-Control-Request-Method", "POST" },
            { "Access-Control-Request-Headers", "authorization,x-requested-with,x-signalr-user-agent" },
        },
    };

    private static string Altered(string body)
    {
        var json = JsonDocument.Parse(Microsoft.IdentityModel.Tokens.Base64UrlEncoder.DecodeBytes(body)).RootElement.GetRawText();
        return Base64Url(json.Replace("\"nameid\":\"", "\"nameid\":\"1", StringComparison.Ordinal));
    }

    private static string Base64Url(string text) => Microsoft.IdentityModel.Tokens.Base64UrlEncoder.Encode(text);
}

using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text.Json;
using Dapper;
using Npgsql;
using Zoniq.Tests.Support;

namespace Zoniq.Tests.Administration;

/// <summary>Lists as files for spreadsheets.</summary>
public sealed class CsvTests(ZoniqApp app) : DatabaseTest(app)
{
    private Person office = null!;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        office = await App.Administrator();
    }

    [Theory]
    [InlineData("Rao, Asha", "Rao, Asha")]
    [InlineData("the \"Great\" Asha", "the \"Great\" Asha")]
    [InlineData("Asha\r\nRao", "Asha\r\nRao")]
    [InlineData("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0")]
    [InlineData("+919800000000", "'+919800000000")]
    [InlineData("-1", "'-1")]
    [InlineData("@SUM(1,2)", "'@SUM(1,2)")]
    [InlineData("\tAsha", "'\tAsha")]
    [InlineData("\rAsha", "'\rAsha")]
    [InlineData("आशा राव 🎟", "आशा राव 🎟")]
    [InlineData("a=b", "a=b")]
    public async Task A_cell_says_what_was_typed_and_is_never_a_formula(string fullName, string cell)
    {
        var staged = await App.AnEvent(rows: 0);
        var asha = await App.NewBuyer();
        await App.Execute("update account set full_name = @fullName where id = @Id", new { fullName, asha.Id });
        var booking = await asha.Buys(staged.Standing, 2);

        var bookings = CsvFile.Of(await office.Get($"/api/admin/bookings?format=csv&event_id={staged.Id}"), "bookings.csv");
        var attendees = CsvFile.Of(await office.Get($"/api/admin/bookings/event/{staged.Id}/attendees?format=csv"), "attendees.csv");

        Assert.Equal(cell, bookings[0, "user.fullName"]);
        Assert.Equal((asha.Email, $"{booking.Id}", "1000.00", "confirmed"), (bookings[0, "user.email"], bookings[0, "id"], bookings[0, "finalAmount"], bookings[0, "status"]));
        Assert.Equal(booking["createdAt"].GetString(), bookings[0, "createdAt"]);
        Assert.Equal("", bookings[0, "cancelledAt"]);
        Assert.Equal([cell, cell], attendees.Rows.Select((_, at) => attendees[at, "user.fullName"]));
        Assert.Equal("false", attendees[1, "isUsed"]);
    }

    [Fact]
    public async Task Columns_are_the_fields_of_the_page_and_lists_within_a_row_are_left_out()
    {
        var staged = await App.AnEvent(rows: 0);
        await (await App.NewBuyer()).Buys(staged.Standing);

        var payments = CsvFile.Of(await office.Get($"/api/admin/payments?format=csv&event_id={staged.Id}"), "payments.csv");
        Assert.Equal("50000", payments[0, "amount"]);
        Assert.DoesNotContain("refunds", payments.Header);
        Assert.Equal(
            ["id", "bookingNumber", "user.id", "user.username", "user.email", "user.fullName", "event.id", "event.title", "event.eventDate"],
            CsvFile.Of(await office.Get("/api/admin/bookings?format=csv"), "bookings.csv").Header[..9]);

        var logs = CsvFile.Of(await office.Get("/api/admin/logs?format=csv&entity_type=event&action=publish_event"), "logs.csv");
        Assert.StartsWith("{\"slug\"", logs[0, "details"], StringComparison.Ordinal);
        Assert.Single(CsvFile.Of(await office.Get("/api/admin/logs?format=csv&action=nothing"), "logs.csv").Header, "details");
    }

    [Fact]
    public async Task Every_list_that_comes_as_a_file_says_there_what_its_pages_say()
    {
        var staged = await App.AnEvent(rows: 1, standing: 5, queue: new());
        var (asha, ravi) = (await App.NewBuyer(), await App.NewBuyer());
        (await asha.Joins(staged)).Succeeded();
        (await ravi.Joins(staged)).Succeeded();
        await App.RunTimer("QueueTick");
        await asha.Buys(staged.Standing, 2);
        await ravi.Buys(staged.Numbered, staged.Numbered.Seats[..2]);
        await App.Advance(TimeSpan.FromHours(3));
        var document = (await App.Nobody.Get("/api/openapi.json")).Succeeded(200);
        string[] lists =
        [
            .. document["paths"].EnumerateObject()
                .Where(path => path.Value.TryGetProperty("get", out var list) && list.GetProperty("responses").TryGetProperty("200", out var answer) && answer.GetRawText().Contains("text/csv", StringComparison.Ordinal))
                .Select(path => path.Name.Replace("{eventId}", $"{staged.Id}", StringComparison.Ordinal)),
        ];
        Assert.Equal(6, lists.Length);

        foreach (var list in lists)
        {
            var page = (await office.Get(list + (list.EndsWith("/sales", StringComparison.Ordinal) || list.EndsWith("/fairness", StringComparison.Ordinal) ? "" : "?page_size=100"))).Succeeded(200);
            var lines = page.Json.EnumerateObject().Select(member => member.Value).FirstOrDefault(member => member.ValueKind == JsonValueKind.Array);
            var answer = await office.Get($"{list}?format=csv");
            var file = CsvFile.Of(answer, answer.ContentHeaders.ContentDisposition!.FileName!);

            if (lines.ValueKind == JsonValueKind.Undefined)
            {
                Assert.Equal(["rank", "queueEntryId"], file.Header);    // the draw, whose page has only its sums
                continue;
            }

            var rows = lines.EnumerateArray().ToArray();
            Assert.NotEmpty(rows);
            Assert.Equal(rows.Length, file.Rows.Count);
            for (var at = 0; at < rows.Length; at++)
            {
                Assert.All(file.Header, column => Assert.Equal(Cell(rows[at], column), file[at, column]));
            }
        }
    }

    [Theory]
    [InlineData("text/csv", "", true)]
    [InlineData("application/json, text/csv;q=0.5", "", false)]
    [InlineData("text/csv, application/json;q=0.5", "", true)]
    [InlineData("text/*, */*", "", false)]
    [InlineData("text/csv;q=0", "", false)]
    [InlineData("text/csv", "?format=json", false)]
    [InlineData("application/json", "?format=CSV", true)]
    public async Task A_file_comes_to_who_asks_for_it_by_name(string accept, string query, bool isCsv)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, $"/api/admin/logs{query}");
        request.Headers.Accept.ParseAdd(accept);

        var answer = (await office.Send(request)).Succeeded(200);

        Assert.Equal(isCsv ? "text/csv" : "application/json", answer.ContentHeaders.ContentType?.MediaType);
    }

    [Fact]
    public async Task A_refusal_is_a_problem_and_no_file()
    {
        (await office.Get("/api/admin/bookings?format=xml")).RefusedField("format");
        (await office.Get("/api/admin/bookings/event/987654321/attendees?format=csv")).Refused(404, "event.not_found");
        (await office.Get("/api/admin/bookings?format=csv&status=sold")).RefusedField("status");
        (await (await App.NewBuyer()).Get("/api/admin/bookings?format=csv")).Refused(403, "auth.admin_required");
        (await App.Nobody.Get("/api/admin/bookings?format=csv")).Refused(401, "auth.token_missing");
    }

    [Fact]
    public async Task Every_row_comes_and_what_is_not_read_yet_is_still_in_the_database()
    {
        await Fill("counted");
        var before = App.Logs.Count;

        var file = CsvFile.Of(await office.Get("/api/admin/logs?format=csv&action=counted&page_size=5"), "logs.csv");
        Assert.Equal(20_000, file.Rows.Select((_, at) => file[at, "entityId"]).Distinct().Count());

        // Somebody who has read the beginning: the statement waits for them, so nobody holds the rest. Somebody who goes away ends it.
        using (var beginning = await Ask("counted"))
        {
            await (await beginning.Content.ReadAsStreamAsync()).ReadExactlyAsync(new byte[10_000]);
            Assert.Equal(1, await Running());
        }

        for (var waited = Stopwatch.StartNew(); await Running() > 0;)
        {
            Assert.True(waited.Elapsed < TimeSpan.FromSeconds(10), "The statement went on without its reader.");
            await Task.Delay(TimeSpan.FromMilliseconds(20));
        }

        (await office.Get("/api/admin/logs")).Succeeded();
        Assert.DoesNotContain(App.Logs.Skip(before), line => line.Exception is not null);
    }

    [Fact]
    public async Task What_a_file_is_asked_of_about_pages_does_not_matter()
    {
        foreach (var query in new[] { "page_size=500", "page=-1", "page=first" })
        {
            CsvFile.Of(await office.Get($"/api/admin/logs?format=csv&action=nothing&{query}"), "logs.csv");
        }

        (await office.Get("/api/admin/logs?format=xml&page_size=500")).RefusedField("format");
        (await office.Get("/api/admin/logs?page_size=500")).RefusedField("page_size");
    }

    [Fact]
    public async Task A_file_that_breaks_midway_does_not_look_whole_and_is_written_down()
    {
        await Fill("broken");
        using var beginning = await Ask("broken");
        var content = await beginning.Content.ReadAsStreamAsync();
        await content.ReadExactlyAsync(new byte[10_000]);
        var before = App.Logs.Count;

        await App.Execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'zoniq' and state <> 'idle' and query like '%from   admin_log%'");

        await Assert.ThrowsAnyAsync<IOException>(() => content.CopyToAsync(Stream.Null));
        var trace = beginning.Headers.GetValues("X-Trace-Id").Single();
        Assert.Contains(App.Logs.Skip(before), line => line.Text.Contains("ListLogs", StringComparison.Ordinal) && line.Text.Contains(trace, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_file_that_breaks_before_anything_was_sent_is_a_refusal()
    {
        await App.Execute("insert into admin_log (action, details, created_at) values ('unreadable', '[]', now()), ('unreadable', '{}', now() + interval '1 second')");
        var before = App.Logs.Count;

        using var answer = await Ask("unreadable");
        var problem = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
        await App.Execute("truncate admin_log");

        Assert.Equal((500, "application/problem+json", null), ((int)answer.StatusCode, answer.Content.Headers.ContentType?.MediaType, answer.Content.Headers.ContentDisposition));
        Assert.Equal("internal.error", problem.GetProperty("code").GetString());
        Assert.Contains(App.Logs.Skip(before), line => line.Text.Contains($"ListLogs failed; trace {problem.GetProperty("traceId").GetString()}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_file_may_take_longer_than_other_answers()
    {
        var hasty = (await App.StartAnother(("POSTGRES_CONNECTION", $"{App.ConnectionString};Command Timeout=1"))).AsSeenBy(office);
        await using var connection = new NpgsqlConnection(App.ConnectionString);
        await connection.OpenAsync();
        await using var other = await connection.BeginTransactionAsync();
        await connection.ExecuteAsync("lock table admin_log");

        Answer file = null!;
        var statements = await App.StatementsOf(async () =>
        {
            var asked = hasty.Get("/api/admin/logs?format=csv&action=nothing");
            for (var waited = Stopwatch.StartNew(); await App.Value<long>("select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query_start < clock_timestamp() - interval '1.2 seconds'") == 0;)
            {
                Assert.True(waited.Elapsed < TimeSpan.FromSeconds(10) && !asked.IsCompleted, "The file is not waited for.");
                await Task.Delay(TimeSpan.FromMilliseconds(50));
            }

            await other.CommitAsync();
            file = await asked;
        });

        CsvFile.Of(file, "logs.csv");
        Assert.Contains("set local idle_in_transaction_session_timeout = 0", statements);
    }

    private Task<int> Fill(string action) => App.Execute(
        """
        insert into admin_log (action, entity_id, details, created_at)
        select @action, number, jsonb_build_object('text', repeat('नमस्ते ', 150)), now()
        from   generate_series(1, 20000) as number
        """,
        new { action });

    private Task<HttpResponseMessage> Ask(string action) => App.Http.SendAsync(
        new HttpRequestMessage(HttpMethod.Get, $"/api/admin/logs?format=csv&action={action}") { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", office.Token) } },
        HttpCompletionOption.ResponseHeadersRead);

    private Task<long> Running() => App.Value<long>(
        "select count(*) from pg_stat_activity where datname = current_database() and application_name = 'zoniq' and state <> 'idle' and query like '%from   admin_log%'");

    /// <summary>What a page says in the field that a column is named after.</summary>
    private static string Cell(JsonElement row, string column)
    {
        var value = row;
        foreach (var name in column.Split('.'))
        {
            value = value.ValueKind == JsonValueKind.Null ? value : value.GetProperty(name);
        }

        return value.ValueKind switch
        {
            JsonValueKind.Null => "",
            JsonValueKind.String when value.GetString() is ['=' or '+' or '-' or '@' or '\t' or '\r', ..] => $"'{value.GetString()}",
            JsonValueKind.String => value.GetString()!,
            _ => value.GetRawText(),
        };
    }
}

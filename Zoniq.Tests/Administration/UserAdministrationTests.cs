using System.Diagnostics;
using System.Text.Json;
using Dapper;
using Npgsql;
using Zoniq.Tests.Support;

namespace Zoniq.Tests.Administration;

/// <summary>What administrators do with accounts.</summary>
public sealed class UserAdministrationTests(ZoniqApp app) : DatabaseTest(app)
{
    private Person office = null!;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        office = await App.Administrator();
        await App.Execute("update account set role = 'user' where id <> @Id", new { office.Id });
    }

    [Fact]
    public async Task Accounts_are_found_by_any_part_of_their_names_and_no_character_is_special()
    {
        var asha = await App.NewBuyer("asha_rao@example.in");
        var vikram = await App.NewBuyer("vikram@example.org");
        await App.Execute("update account set full_name = 'आशा 100% Rao' where id = @Id", new { asha.Id });

        async Task<long[]> Found(string search) =>
            [.. (await office.Get($"/api/admin/users?search={Uri.EscapeDataString(search)}")).Succeeded()["users"].EnumerateArray().Select(user => user.GetProperty("id").GetInt64())];

        Assert.Equal([asha.Id], await Found("ASHA_R"));
        Assert.Equal([asha.Id], await Found("आशा"));
        Assert.Equal([asha.Id], await Found("100%"));
        Assert.Equal([asha.Id], await Found("Asha_Rao@Example.in"));
        Assert.Equal([vikram.Id], await Found("example.org"));
        Assert.Equal([asha.Id], await Found("rao@example.in"));
        Assert.Equal([asha.Id], await Found("asha_rao@example.i"));
        Assert.Empty(await Found("asha%rao"));
        Assert.Empty(await Found("vikra_"));
        Assert.Empty(await Found("\\"));
    }

    [Fact]
    public async Task The_office_sees_the_profile_that_its_owner_sees_and_finds_it_by_either_address()
    {
        var asha = await App.NewBuyer("asha_before@example.in");
        var profile = (await asha.Patch("/api/users/me", new { email = "asha_after@example.in" })).Succeeded();

        var seen = (await office.Get($"/api/admin/users/{asha.Id}")).Succeeded();
        Assert.All(profile.Json.EnumerateObject(), field => Assert.Equal(field.Value.GetRawText(), seen[field.Name].GetRawText()));
        Assert.Equal(("asha_after@example.in", false), (seen["email"].GetString(), seen["isVerified"].GetBoolean()));

        foreach (var search in new[] { "asha_before@example.in", "Asha_After@example.in", "sha_after" })
        {
            var found = (await office.Get($"/api/admin/users?search={search}")).Succeeded()["users"];
            Assert.Equal((1, asha.Id), (found.GetArrayLength(), found[0].GetProperty("id").GetInt64()));
        }

        var blocked = (await office.Post($"/api/admin/users/{asha.Id}/block")).Succeeded();
        Assert.Equal(("asha_after@example.in", false), (blocked["email"].GetString(), blocked["isVerified"].GetBoolean()));
    }

    [Fact]
    public async Task Filters_combine_pages_are_stable_and_nothing_secret_is_shown()
    {
        await App.NewBuyers(5);
        var blocked = await App.NewBuyer();
        await App.Execute("update account set password_hash = 'a hash that nobody may see' where id = @Id", new { blocked.Id });
        (await office.Post($"/api/admin/users/{blocked.Id}/block", new { reason = "Resold tickets" })).Succeeded(200);

        var first = (await office.Get("/api/admin/users?page_size=4&role=user&is_blocked=false")).Succeeded();
        var second = (await office.Get("/api/admin/users?page_size=4&page=2&role=user&is_blocked=false")).Succeeded();
        var total = await App.Value<long>("select count(*) from account where role = 'user' and not is_blocked");
        Assert.Equal(total, first["total"].GetInt64());
        var ids = first["users"].EnumerateArray().Concat(second["users"].EnumerateArray()).Select(user => user.GetProperty("id").GetInt64()).ToArray();
        Assert.Equal(ids.Distinct().OrderDescending(), ids);

        var one = (await office.Get($"/api/admin/users/{blocked.Id}")).Succeeded();
        Assert.Equal((true, "Resold tickets"), (one["isBlocked"].GetBoolean(), one["blockedReason"].GetString()));
        var listed = (await office.Get("/api/admin/users?is_blocked=true&page_size=100")).Succeeded();
        Assert.DoesNotContain("hash", one.Text + listed.Text, StringComparison.OrdinalIgnoreCase);
        Assert.Contains(listed["users"].EnumerateArray(), user => user.GetProperty("id").GetInt64() == blocked.Id);

        (await office.Get("/api/admin/users?role=owner")).RefusedField("role");
        (await office.Get("/api/admin/users?is_blocked=maybe")).Refused(400, "request.invalid_parameter");
        (await office.Get("/api/admin/users?page_size=101")).RefusedField("page_size");
        (await office.Get("/api/admin/users/987654321")).Refused(404, "user.not_found");
    }

    [Fact]
    public async Task New_accounts_count_from_midnight_in_the_default_zone()
    {
        var before = (await office.Get("/api/admin/users/stats")).Succeeded();
        var people = await App.NewBuyers(3);
        var midnight = await App.Value<DateTime>("select date_trunc('day', @now at time zone 'Asia/Kolkata') at time zone 'Asia/Kolkata'", new { now = App.Now.UtcDateTime });
        await App.Execute("update account set created_at = @midnight where id = @Id", new { midnight, people[0].Id });
        await App.Execute("update account set created_at = @midnight - interval '1 second' where id = @Id", new { midnight, people[1].Id });
        await App.Execute("update account set created_at = @now - interval '8 days', is_blocked = true where id = @Id", new { now = App.Now.UtcDateTime, people[2].Id });

        var after = (await office.Get("/api/admin/users/stats")).Succeeded();

        long Grew(string figure) => after[figure].GetInt64() - before[figure].GetInt64();
        Assert.Equal((3, 2, 1, 1, 2), (Grew("totalUsers"), Grew("activeUsers"), Grew("blockedUsers"), Grew("newUsersToday"), Grew("newUsersWeek")));
        Assert.Equal(1, after["adminUsers"].GetInt64());
    }

    [Fact]
    public async Task A_block_acts_on_the_next_request_and_frees_what_the_carts_held()
    {
        var staged = await App.AnEvent(standing: 4);
        var asha = await App.NewBuyer();
        (await asha.Adds(staged.Standing, 4)).Succeeded();
        (await (await App.NewBuyer()).Adds(staged.Standing)).Refused(409, "category.sold_out");

        var blocked = (await office.Post($"/api/admin/users/{asha.Id}/block")).Succeeded(200);

        Assert.True(blocked["isBlocked"].GetBoolean());
        (await asha.Cart()).Refused(403, "auth.account_blocked");
        (await (await App.NewBuyer()).Adds(staged.Standing, 4)).Succeeded();
        Assert.Equal("abandoned", await App.Value<string>("select status from cart where account_id = @Id", new { asha.Id }));
    }

    [Fact]
    public async Task Blocking_and_unblocking_twice_changes_and_logs_once_and_the_old_token_works_again()
    {
        var asha = await App.NewBuyer();

        var first = (await office.Post($"/api/admin/users/{asha.Id}/block", new { reason = "Chargeback" })).Succeeded(200);
        var again = (await office.Post($"/api/admin/users/{asha.Id}/block", new { reason = "Another reason" })).Succeeded(200);
        Assert.Equal(first.Text, again.Text);
        var open = (await office.Post($"/api/admin/users/{asha.Id}/unblock")).Succeeded(200);
        Assert.Equal((false, JsonValueKind.Null), (open["isBlocked"].GetBoolean(), open["blockedReason"].ValueKind));
        Assert.Equal(open.Text, (await office.Post($"/api/admin/users/{asha.Id}/unblock")).Succeeded(200).Text);
        (await asha.Cart()).Succeeded();

        var logs = (await office.Get($"/api/admin/logs?entity_type=user&admin_id={office.Id}&page_size=100")).Succeeded()["logs"].EnumerateArray()
            .Where(log => log.GetProperty("entityId").GetInt64() == asha.Id).ToArray();
        Assert.Equal(["unblock_user", "block_user"], logs.Select(log => log.GetProperty("action").GetString()));
        Assert.Equal(
            """{"isBlocked":{"after":true,"before":false},"blockedReason":{"after":"Chargeback","before":null}}""",
            logs[1].GetProperty("details").GetRawText());
        Assert.Equal(office.Username, logs[1].GetProperty("adminUsername").GetString());

        (await office.Post($"/api/admin/users/{asha.Id}/block", new { reason = new string('x', 501) })).RefusedField("reason");
        (await office.Post("/api/admin/users/987654321/block")).Refused(404, "user.not_found");
    }

    [Fact]
    public async Task An_administrator_is_made_and_unmade_by_another_and_the_role_counts_from_the_next_request()
    {
        var asha = await App.NewBuyer();
        (await asha.Get("/api/admin/users")).Refused(403, "auth.admin_required");

        var made = (await office.Post($"/api/admin/users/{asha.Id}/make-admin")).Succeeded(200);
        Assert.Equal("admin", made["role"].GetString());
        Assert.Equal(made.Text, (await office.Post($"/api/admin/users/{asha.Id}/make-admin")).Succeeded(200).Text);
        (await asha.Get("/api/admin/users")).Succeeded();
        Assert.Equal("user", (await office.Post($"/api/admin/users/{asha.Id}/remove-admin")).Succeeded(200)["role"].GetString());
        (await office.Post($"/api/admin/users/{asha.Id}/remove-admin")).Succeeded(200);
        (await asha.Get("/api/admin/users")).Refused(403, "auth.admin_required");

        Assert.Equal(
            ["make_admin", "remove_admin"],
            await App.Rows<string>("select action from admin_log where entity_type = 'user' and entity_id = @Id order by id", new { asha.Id }));
    }

    [Fact]
    public async Task Nobody_does_it_to_themselves_and_a_blocked_account_does_not_get_the_office()
    {
        var asha = await App.NewBuyer();
        (await office.Post($"/api/admin/users/{asha.Id}/block")).Succeeded();

        (await office.Post($"/api/admin/users/{asha.Id}/make-admin")).Refused(409, "user.blocked");
        foreach (var action in new[] { "block", "unblock", "make-admin", "remove-admin" })
        {
            (await office.Post($"/api/admin/users/{office.Id}/{action}")).Refused(409, "user.self");
            (await office.Post($"/api/admin/users/987654321/{action}")).Refused(404, "user.not_found");
        }
    }

    [Theory]
    [InlineData("block", "block")]
    [InlineData("remove-admin", "remove-admin")]
    [InlineData("block", "remove-admin")]
    public async Task Two_administrators_who_put_each_other_out_of_office_leave_one(string first, string second)
    {
        var (asha, vikram) = (await Appointed(), await Appointed());
        await App.Execute("update account set role = 'user' where id = @Id", new { office.Id });

        // Both are let in and wait for the same rows; then both go on.
        var answers = await WhileLocked(
            "select id from account for update",
            () => asha.Post($"/api/admin/users/{vikram.Id}/{first}"),
            () => vikram.Post($"/api/admin/users/{asha.Id}/{second}"));

        await App.Execute("update account set role = 'admin' where id = @Id", new { office.Id });
        Assert.Equal([200, 409], answers.Select(answer => answer.Status).Order());
        Assert.Single(answers, answer => answer.Code == "user.last_admin");
        Assert.Equal(1, await App.Value<long>("select count(*) from account where role = 'admin' and not is_blocked and id <> @Id", new { office.Id }));
    }

    [Theory]
    [InlineData("role = 'user'", "auth.admin_required")]
    [InlineData("is_blocked = true", "auth.account_blocked")]
    [InlineData("is_active = false", "auth.token_revoked")]
    public async Task Whoever_is_put_out_of_office_while_they_wait_does_nothing_any_more(string change, string code)
    {
        foreach (var action in new[] { "block", "unblock", "make-admin", "remove-admin" })
        {
            var (asha, wanted) = (await Appointed(), await App.NewBuyer());
            await App.Execute("update account set is_blocked = @blocked, role = @role where id = @Id", new { blocked = action == "unblock", role = action == "remove-admin" ? "admin" : "user", wanted.Id });
            var before = (await office.Get($"/api/admin/users/{wanted.Id}")).Succeeded().Text;

            var answers = await WhileLocked($"update account set {change} where id = {asha.Id}", () => asha.Post($"/api/admin/users/{wanted.Id}/{action}"));

            answers[0].Refused(code == "auth.token_revoked" ? 401 : 403, code);
            Assert.Equal(before, (await office.Get($"/api/admin/users/{wanted.Id}")).Succeeded().Text);
            Assert.Empty(await App.Rows<long>("select id from admin_log where entity_id = @Id", new { wanted.Id }));
        }
    }

    private async Task<Person> Appointed()
    {
        var person = await App.NewBuyer();
        await App.Execute("update account set role = 'admin' where id = @Id", new { person.Id });
        return person;
    }

    /// <summary>Requests that all wait for what a transaction holds before it is committed.</summary>
    private async Task<Answer[]> WhileLocked(string statement, params Func<Task<Answer>>[] requests)
    {
        await using var connection = new NpgsqlConnection(App.ConnectionString);
        await connection.OpenAsync();
        await using var holder = await connection.BeginTransactionAsync();
        await connection.ExecuteAsync(statement);

        var answers = requests.Select(request => request()).ToArray();
        for (var waited = Stopwatch.StartNew(); await App.Value<long>("select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'") < requests.Length;)
        {
            Assert.True(waited.Elapsed < TimeSpan.FromSeconds(5), "They do not wait for each other.");
            await Task.Delay(TimeSpan.FromMilliseconds(5));
        }

        await holder.CommitAsync();
        return await Task.WhenAll(answers);
    }
}

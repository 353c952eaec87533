namespace Zoniq.Tests.Operations;

/// <summary>Between a migration and the next version, and after going back, the schema is ahead of the code.</summary>
public sealed class LaterSchemaTests(ZoniqApp app) : DatabaseTest(app)
{
    [Fact]
    public async Task An_instance_goes_on_starts_and_is_ready_when_the_next_version_has_migrated()
    {
        await App.Execute(
            """
            insert into schema_migration (name) values ('9999_of_the_next_version.sql');
            alter table account add column wanted_by_the_next_version text;
            """);

        await using var started = await App.StartAnother();

        (await App.Nobody.Get("/api/health/ready")).Succeeded(200);
        (await started.Nobody.Get("/api/health/ready")).Succeeded(200);
        (await (await started.SignIn("vidya@example.in")).Get("/api/users/me")).Succeeded(200);
    }
}

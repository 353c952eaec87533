namespace Zoniq.Tests.Accounts;

public sealed class AdministratorSeedTests(ZoniqApp app) : DatabaseTest(app)
{
    private static readonly (string, string?)[] Settings =
        [("ADMIN_EMAIL", "Box.Office@example.in"), ("ADMIN_USERNAME", "boxoffice"), ("ADMIN_PASSWORD", "a long password")];

    [Fact]
    public async Task However_many_instances_start_at_once_there_is_one_administrator()
    {
        var instances = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => App.StartAnother(Settings)));
        try
        {
            Assert.Equal("box.office@example.in", Assert.Single(await App.Rows<string>("select email from account where role = 'admin' and is_verified")));

            var signedIn = (await App.Nobody.Post("/api/auth/signin", new { username = "boxoffice", password = "a long password" })).Succeeded(202);
            Assert.Equal("admin", signedIn["authorizedAccount"].GetProperty("role").GetString());
        }
        finally
        {
            foreach (var instance in instances)
            {
                await instance.DisposeAsync();
            }
        }
    }
}

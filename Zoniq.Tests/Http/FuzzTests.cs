using Npgsql;
using Zoniq.Load;
using Zoniq.Load.Fuzz;
using Zoniq.Tests.Support;

namespace Zoniq.Tests.Http;

/// <summary>Everything is asked in every wrong way; Zoniq.Load does the same for longer.</summary>
public sealed class FuzzTests(ZoniqApp app) : DatabaseTest(app)
{
    private const int Requests = 5_000;

    [Theory]
    [InlineData(1)]
    public async Task Whatever_is_asked_is_answered_as_described(int seed)
    {
        await using var database = NpgsqlDataSource.Create(App.ConnectionString);
        using var shop = new HttpShop([App.BaseAddress], App.Razorpay);
        using var town = new FuzzTown(database, shop, () => App.BaseAddress, Newcomer, PaymentProvider.WebhookSecret);

        var outcome = await new Fuzzer(await town.OpenApiAsync(CancellationToken.None), town, App.Now, seed).RunAsync(Requests, atOnce: 4, said: null, CancellationToken.None);

        outcome.Offences.MustBeNone();
        Assert.Equal(Requests, outcome.Requests);
        Assert.DoesNotContain("CheckoutCart", outcome.NeverWell);
    }

    private async Task<Buyer> Newcomer(string kind)
    {
        var person = await App.NewBuyer();
        if (kind == "admin")
        {
            await App.Execute("update account set role = 'admin' where id = @Id", new { person.Id });
        }

        return new Buyer(person.Id, person.Token!);
    }
}

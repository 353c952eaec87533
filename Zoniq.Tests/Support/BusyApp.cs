using Zoniq.Load.Generation;

namespace Zoniq.Tests.Support;

/// <summary>An app that has been in business for a while: a thousand events, fifty thousand bookings, one house of 5,000 seats.</summary>
public sealed class BusyApp : ZoniqApp
{
    private const double Scale = 0.05;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        await Generator.FillAsync(ConnectionString, Scale, _ => { }, CancellationToken.None);
    }

    /// <summary>One of the accounts it has, signed in.</summary>
    public async Task<Conversation> SignedIn(long accountId)
    {
        var (username, email, role) = (await Rows<(string, string, string)>("select username, email, role from account where id = @accountId", new { accountId }))[0];
        return new Conversation(this, Person.TokenOf(accountId, username, email, role, Now));
    }
}

using Microsoft.IdentityModel.JsonWebTokens;

namespace Zoniq.Tests.Accounts;

/// <summary>An address that somebody named and did not prove gives nobody anything.</summary>
public sealed class ClaimedAddressTests(ZoniqApp app) : DatabaseTest(app)
{
    private const string Password = "the stranger's password";

    [Fact]
    public async Task The_real_owner_of_a_claimed_address_gets_an_account_of_their_own()
    {
        var stranger = await App.SignUp("stranger1", "stranger1@example.in", Password);
        (await stranger.Patch("/api/users/me", new { email = "owner1@example.in", fullName = "The Stranger" })).Succeeded();

        var owner = await App.SignIn("owner1@example.in");

        Assert.NotEqual(stranger.Id, owner.Id);
        var profile = (await owner.Get("/api/users/me")).Succeeded();
        Assert.Equal(("owner1@example.in", true), (profile["email"].GetString(), profile["isVerified"].GetBoolean()));
        Assert.NotEqual("The Stranger", profile["fullName"].GetString());

        // The stranger keeps what is theirs, under the address they have proven, and gets nowhere with the other.
        var theirs = (await stranger.Get("/api/users/me")).Succeeded();
        Assert.Equal(("stranger1@example.in", true), (theirs["email"].GetString(), theirs["isVerified"].GetBoolean()));
        (await App.Nobody.Post("/api/auth/signin", new { email = "owner1@example.in", password = Password })).Refused(400, "auth.credentials_invalid");
        (await stranger.Patch("/api/users/me", new { email = "owner1@example.in" })).Refused(409, "account.email_taken");
    }

    [Fact]
    public async Task The_real_owner_can_sign_up_with_a_claimed_address()
    {
        var stranger = await App.NewBuyer();
        (await stranger.Patch("/api/users/me", new { email = "owner2@example.in" })).Succeeded();

        var owner = await App.SignUp("owner2", "owner2@example.in", "the owner's password");

        Assert.NotEqual(stranger.Id, owner.Id);
        Assert.Equal(stranger.Email, (await stranger.Get("/api/users/me")).Succeeded()["email"].GetString());
    }

    [Fact]
    public async Task A_claimed_address_resets_no_password_and_the_proven_one_does()
    {
        var careless = await App.SignUp("careless", "careless@example.in", Password);
        (await careless.Patch("/api/users/me", new { email = "mistyped@example.in" })).Succeeded();

        (await App.Nobody.Post("/api/auth/forgot-password", new { email = "mistyped@example.in" })).Succeeded(200);
        var before = App.Inbox.MailsTo("careless@example.in").Count;
        (await App.Nobody.Post("/api/auth/forgot-password", new { email = "careless@example.in" })).Succeeded(200);
        var code = await App.Inbox.ExpectCode("careless@example.in", before);
        (await App.Nobody.Post("/api/auth/reset-password", new { email = "careless@example.in", code, newPassword = "another password" })).Succeeded(200);

        await App.RunTimer("MailOutbox");
        Assert.Empty(App.Inbox.MailsTo("mistyped@example.in"));
        var profile = Person.From(App, (await App.Nobody.Post("/api/auth/signin", new { username = "careless", password = "another password" })).Succeeded(202));
        Assert.Equal("careless@example.in", (await profile.Get("/api/users/me"))["email"].GetString());
    }

    [Fact]
    public async Task Until_the_new_address_is_proven_the_old_one_signs_in_and_afterwards_the_new_one()
    {
        var buyer = await App.NewBuyer();
        (await buyer.Patch("/api/users/me", new { email = "next@example.in" })).Succeeded();

        var byOld = await App.SignIn(buyer.Email);
        Assert.Equal(buyer.Id, byOld.Id);
        Assert.Equal("next@example.in", byOld.Email);

        (await buyer.Post("/api/users/me/verify-email")).Succeeded(200);
        var code = await App.Inbox.ExpectCode("next@example.in");
        (await buyer.Post("/api/users/me/verify-email/confirm", new { code })).Succeeded(200);

        Assert.Equal(buyer.Id, (await App.SignIn("next@example.in")).Id);
        await App.Advance(TimeSpan.FromSeconds(31));
        Assert.NotEqual(buyer.Id, (await App.SignIn(buyer.Email)).Id);
    }

    [Fact]
    public async Task A_claim_is_in_nobodys_way_and_whoever_proves_the_address_has_it()
    {
        var stranger = await App.NewBuyer();
        var owner = await App.NewBuyer();
        (await stranger.Patch("/api/users/me", new { email = "wanted@example.in" })).Succeeded();

        (await owner.Patch("/api/users/me", new { email = "wanted@example.in" })).Succeeded();
        (await owner.Post("/api/users/me/verify-email")).Succeeded();
        var code = await App.Inbox.ExpectCode("wanted@example.in");
        (await stranger.Post("/api/users/me/verify-email/confirm", new { code })).Refused(400, "otp.invalid");
        (await owner.Post("/api/users/me/verify-email/confirm", new { code })).Succeeded();

        var theirs = (await stranger.Get("/api/users/me")).Succeeded();
        Assert.Equal((stranger.Email, true), (theirs["email"].GetString(), theirs["isVerified"].GetBoolean()));
        (await stranger.Patch("/api/users/me", new { email = "wanted@example.in" })).Refused(409, "account.email_taken");
    }

    [Fact]
    public async Task A_claimed_address_stands_for_nobody()
    {
        var careful = await App.SignUp("careful", "careful@example.in", Password);
        (await careful.Patch("/api/users/me", new { email = "careful.later@example.in" })).Succeeded();

        (await App.Nobody.Post("/api/auth/signin", new { email = "careful.later@example.in", password = Password })).Refused(400, "auth.credentials_invalid");
        var signedIn = (await App.Nobody.Post("/api/auth/signin", new { email = "careful@example.in", password = Password })).Succeeded(202);

        Assert.Equal("careful.later@example.in", signedIn["authorizedAccount"].GetProperty("email").GetString());
        var token = new JsonWebToken(signedIn["authorizedAccount"].GetProperty("token").GetString());
        Assert.Equal("careful@example.in", token.GetClaim("email").Value);
    }

    [Fact]
    public async Task Of_many_who_prove_one_address_at_once_one_has_it()
    {
        for (var round = 0; round < 8; round++)
        {
            var email = $"contested{round}@example.in";
            var claimants = await App.NewBuyers(2);
            var proofs = new List<string>();
            foreach (var claimant in round % 2 == 0 ? claimants : claimants.Reverse())
            {
                (await claimant.Patch("/api/users/me", new { email })).Succeeded();
                (await claimant.Post("/api/users/me/verify-email")).Succeeded();
                proofs.Add(await App.Inbox.ExpectCode(email, after: proofs.Count));
                await App.Advance(TimeSpan.FromSeconds(31)); // the next code cancels this one
            }

            (await App.Nobody.Post("/api/auth/email-otp/send", new { email })).Succeeded();
            var code = await App.Inbox.ExpectCode(email, after: proofs.Count);

            var opening = App.Nobody.Post("/api/auth/email-otp/verify", new { email, code });
            var proving = await Task.WhenAll(claimants.SelectMany(_ => proofs, (claimant, proof) => claimant.Post("/api/users/me/verify-email/confirm", new { code = proof })));

            var owner = await App.Value<long>("select id from account where email = @email", new { email });
            Assert.Equal((await opening).Succeeded(200).Id, owner);
            Assert.Equal(claimants.Count(claimant => claimant.Id == owner), proving.Count(answer => answer.Status == 200));
            Assert.All(proving.Where(answer => answer.Status != 200), answer => Assert.True(answer.Code is "otp.invalid" or "account.email_already_verified", $"{answer}"));
            Assert.Equal(0, await App.Value<int>("select count(*) from account where claimed_email = @email", new { email }));
        }
    }
}

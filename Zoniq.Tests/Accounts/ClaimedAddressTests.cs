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
    public async Task An_account_nobody_ever_proved_shuts_out_whoever_opened_it()
    {
        var squatter = await App.SignUp("squatter", "never.proven@example.in", Password);
        await App.Execute("update account set is_verified = false where id = @Id", new { squatter.Id });
        await App.Advance(TimeSpan.FromSeconds(31));

        var owner = await App.SignIn("never.proven@example.in");

        (await squatter.Get("/api/users/me")).Refused(401, "auth.token_revoked");
        (await App.Nobody.Post("/api/auth/signin", new { username = "squatter", password = Password })).Refused(400, "auth.credentials_invalid");
        Assert.True((await owner.Get("/api/users/me")).Succeeded()["isVerified"].GetBoolean());
    }

    [Fact]
    public async Task Proving_a_claim_and_opening_an_account_with_its_address_at_once_leave_one_owner()
    {
        for (var round = 0; round < 5; round++)
        {
            var email = $"contested{round}@example.in";
            var claimant = await App.NewBuyer();
            (await claimant.Patch("/api/users/me", new { email })).Succeeded();
            (await claimant.Post("/api/users/me/verify-email")).Succeeded();
            var proof = await App.Inbox.ExpectCode(email);
            (await App.Nobody.Post("/api/auth/email-otp/send", new { email })).Succeeded();
            var code = await App.Inbox.ExpectCode(email, after: 1);

            var answers = await Task.WhenAll(
                claimant.Post("/api/users/me/verify-email/confirm", new { code = proof }),
                App.Nobody.Post("/api/auth/email-otp/verify", new { email, code }));

            answers[1].Succeeded(200);
            var owner = await App.Value<long>("select id from account where email = @email", new { email });
            Assert.Equal(answers[1].Id, owner);
            Assert.Equal(answers[0].Status == 200, owner == claimant.Id);
            Assert.Equal(0, await App.Value<int>("select count(*) from account where claimed_email = @email", new { email }));
        }
    }
}

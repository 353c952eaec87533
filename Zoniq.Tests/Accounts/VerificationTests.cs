using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Zoniq.Domain.Notifications;

namespace Zoniq.Tests.Accounts;

public sealed partial class VerificationTests(ZoniqApp app) : DatabaseTest(app)
{
    [Fact]
    public async Task A_number_is_proven_by_the_code_of_the_SMS()
    {
        var buyer = await App.NewBuyer();
        (await buyer.Post("/api/users/me/verify-phone")).Refused(409, "account.phone_missing");
        (await buyer.Post("/api/users/me/verify-phone/confirm", new { code = "123456" })).Refused(400, "otp.invalid");
        (await buyer.Patch("/api/users/me", new { phone = "9812345601" })).Succeeded();

        var sent = (await buyer.Post("/api/users/me/verify-phone")).Succeeded(200);
        Assert.Equal("""{"message":"Verification OTP sent to your phone","expiresInSeconds":600}""", sent.Text);
        (await buyer.Post("/api/users/me/verify-phone")).Refused(429, "otp.cooldown");
        var code = await CodeTo("+919812345601");
        (await buyer.Post("/api/users/me/verify-phone/confirm", new { code = Wrong(code) })).Refused(400, "otp.invalid");
        var done = (await buyer.Post("/api/users/me/verify-phone/confirm", new { code })).Succeeded(200);

        Assert.Equal("""{"success":true,"message":"Phone verified successfully"}""", done.Text);
        Assert.True((await buyer.Get("/api/users/me"))["isPhoneVerified"].GetBoolean());
        (await buyer.Post("/api/users/me/verify-phone")).Refused(409, "account.phone_already_verified");
        (await buyer.Post("/api/users/me/verify-phone/confirm", new { code })).Refused(409, "account.phone_already_verified");

        var changed = (await buyer.Patch("/api/users/me", new { phone = "9812345602" })).Succeeded();
        Assert.False(changed["isPhoneVerified"].GetBoolean());
    }

    [Fact]
    public async Task A_code_proves_neither_another_number_nor_anothers()
    {
        var buyers = await App.NewBuyers(2);
        foreach (var buyer in buyers)
        {
            (await buyer.Patch("/api/users/me", new { phone = "+919812345603" })).Succeeded();
        }

        (await buyers[0].Post("/api/users/me/verify-phone")).Succeeded(200);
        var code = await CodeTo("+919812345603");

        (await buyers[1].Post("/api/users/me/verify-phone/confirm", new { code })).Refused(400, "otp.invalid");
        (await buyers[0].Patch("/api/users/me", new { phone = "+919812345604" })).Succeeded();
        (await buyers[0].Post("/api/users/me/verify-phone/confirm", new { code })).Refused(400, "otp.invalid");
        (await buyers[0].Patch("/api/users/me", new { phone = "+919812345603" })).Succeeded();
        (await buyers[0].Post("/api/users/me/verify-phone/confirm", new { code })).Succeeded(200);
    }

    [Fact]
    public async Task An_SMS_that_nobody_takes_is_a_busy_service_and_can_be_asked_for_again_at_once()
    {
        await using var cut = await App.StartAnother(("MSG91_AUTH_KEY", "key"), ("MSG91_OTP_TEMPLATE_ID", "template"), ("MSG91_API_URL", "http://127.0.0.1:1/api/v5"));
        var buyer = await App.NewBuyer();
        (await buyer.Patch("/api/users/me", new { phone = "+919812345605" })).Succeeded();

        (await buyer.At(cut).Post("/api/users/me/verify-phone")).Refused(503, "service.unavailable");
        (await buyer.At(cut).Post("/api/users/me/verify-phone")).Refused(503, "service.unavailable");

        (await buyer.Post("/api/users/me/verify-phone")).Succeeded(200);
        (await buyer.Post("/api/users/me/verify-phone/confirm", new { code = await CodeTo("+919812345605") })).Succeeded(200);
        Assert.DoesNotContain(cut.Logs, line => line.Text.Contains("9812345605", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_new_address_is_proven_by_the_code_of_the_mail()
    {
        var buyer = await App.NewBuyer();
        (await buyer.Post("/api/users/me/verify-email")).Refused(409, "account.email_already_verified");
        (await buyer.Post("/api/users/me/verify-email/confirm", new { code = "123456" })).Refused(409, "account.email_already_verified");
        (await buyer.Patch("/api/users/me", new { email = "newer@example.in" })).Succeeded();

        var sent = (await buyer.Post("/api/users/me/verify-email")).Succeeded(200);
        Assert.Equal("""{"message":"Verification OTP sent to your email","expiresInSeconds":600}""", sent.Text);
        (await buyer.Post("/api/users/me/verify-email")).Refused(429, "otp.cooldown");
        var code = await App.Inbox.ExpectCode("newer@example.in");
        (await buyer.Post("/api/users/me/verify-email/confirm", new { code = Wrong(code) })).Refused(400, "otp.invalid");
        var done = (await buyer.Post("/api/users/me/verify-email/confirm", new { code })).Succeeded(200);

        Assert.Equal("""{"success":true,"message":"Email verified successfully"}""", done.Text);
        var profile = (await buyer.Get("/api/users/me")).Succeeded();
        Assert.Equal(("newer@example.in", true), (profile["email"].GetString(), profile["isVerified"].GetBoolean()));
    }

    [Fact]
    public async Task A_code_for_one_address_does_not_prove_the_next()
    {
        var buyer = await App.NewBuyer();
        (await buyer.Patch("/api/users/me", new { email = "step1@example.in" })).Succeeded();
        (await buyer.Post("/api/users/me/verify-email")).Succeeded(200);
        var code = await App.Inbox.ExpectCode("step1@example.in");
        (await buyer.Patch("/api/users/me", new { email = "step2@example.in" })).Succeeded();

        (await buyer.Post("/api/users/me/verify-email/confirm", new { code })).Refused(400, "otp.invalid");
        Assert.False((await buyer.Get("/api/users/me"))["isVerified"].GetBoolean());
    }

    [Fact]
    public async Task Of_many_confirmations_at_once_one_counts_and_the_others_find_it_done()
    {
        var buyer = await App.NewBuyer();
        (await buyer.Patch("/api/users/me", new { email = "atonce@example.in" })).Succeeded();
        (await buyer.Post("/api/users/me/verify-email")).Succeeded(200);
        var code = await App.Inbox.ExpectCode("atonce@example.in");

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => buyer.Post("/api/users/me/verify-email/confirm", new { code })));

        Assert.Single(answers, answer => answer.Status == 200);
        Assert.All(answers.Where(answer => answer.Status != 200), answer => answer.Refused(409, "account.email_already_verified"));
    }

    [Theory]
    [InlineData("/api/users/me/verify-email/confirm")]
    [InlineData("/api/users/me/verify-phone/confirm")]
    public async Task A_code_is_required(string path) => (await (await App.NewBuyer()).Post(path, new { })).RefusedField("code");

    [Theory]
    [InlineData("+919812345678", "919812345678")]
    [InlineData("9812345678", "919812345678")]
    [InlineData("919812345678", "919812345678")]
    [InlineData("+6591234567", "6591234567")]
    public void A_number_is_called_with_its_countrys_code(string phone, string number) =>
        Assert.Equal(number, Domain.Accounts.PhoneNumber.International(phone));

    [Fact]
    public void Without_a_provider_the_local_host_keeps_SMS_in_a_folder() =>
        Assert.Equal("FolderSmsSender", App.Services.GetRequiredService<ISmsSender>().GetType().Name);

    private static string Wrong(string code) => code == "123456" ? "654321" : "123456";

    private async Task<string> CodeTo(string number)
    {
        var messages = (await App.Nobody.Get($"/dev/sms?format=json&to={Uri.EscapeDataString(number)}")).Json.EnumerateArray().ToArray();
        return Code().Match(messages[0].GetProperty("text").GetString()!).Value;
    }

    [GeneratedRegex("[0-9]{6}")]
    private static partial Regex Code();
}

namespace Zoniq.Tests.Accounts;

internal static class SigningUp
{
    /// <summary>Somebody who opens an account with a password, as people do.</summary>
    public static async Task<Person> SignUp(this ZoniqApp app, string username, string email, string password)
    {
        var before = app.Inbox.MailsTo(email).Count;
        (await app.Nobody.Post("/api/auth/email-otp/send", new { email })).Succeeded(200);
        var emailOtpCode = await app.Inbox.ExpectCode(email, before);
        return Person.From(app, (await app.Nobody.Post("/api/auth/signup", new { username, email, password, emailOtpCode })).Succeeded(201));
    }
}

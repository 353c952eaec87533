using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Zoniq.Domain;
using Zoniq.Domain.Accounts;
using Zoniq.Functions.Http;

namespace Zoniq.Functions.Accounts;

public sealed class ProfileFunctions(ProfileService profiles, VerificationService verification)
{
    /// <summary>The account of whoever is asking.</summary>
    [Function("GetProfile")]
    public Task<Result<Profile>> Get(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/users/me")] HttpRequest request,
        CurrentUser user, CancellationToken cancellationToken) =>
        profiles.GetAsync(user.Id, cancellationToken);

    /// <summary>Change one's own account. A new e-mail address or phone number is to be verified anew.</summary>
    [Function("ChangeProfile")]
    [Refuses("account.username_taken", "account.email_taken")]
    public Task<Result<Profile>> Change(
        [HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = "api/users/me")] HttpRequest request,
        [Body] ChangeProfile change, CurrentUser user, CancellationToken cancellationToken) =>
        profiles.ChangeAsync(user.Id, change, cancellationToken);

    /// <summary>Send a one-time code by SMS to one's own phone number.</summary>
    [Function("VerifyPhone")]
    [Refuses("account.phone_missing", "account.phone_already_verified", "otp.cooldown")]
    [Limited(Limit.CodeSending)]
    public Task<Result<CodeSent>> VerifyPhone(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/users/me/verify-phone")] HttpRequest request,
        CurrentUser user, CancellationToken cancellationToken) =>
        verification.SendToPhoneAsync(user.Id, cancellationToken);

    /// <summary>Verify one's own phone number with the code that was sent.</summary>
    [Function("ConfirmPhone")]
    [Refuses("otp.invalid", "account.phone_already_verified")]
    [Limited(Limit.CodeTrying)]
    public Task<Result<Done>> ConfirmPhone(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/users/me/verify-phone/confirm")] HttpRequest request,
        [Body] ConfirmCode confirm, CurrentUser user, CancellationToken cancellationToken) =>
        verification.ConfirmPhoneAsync(user.Id, confirm, cancellationToken);

    /// <summary>Send a one-time code to one's own e-mail address.</summary>
    [Function("VerifyEmail")]
    [Refuses("account.email_already_verified", "otp.cooldown")]
    [Limited(Limit.CodeSending)]
    public Task<Result<CodeSent>> VerifyEmail(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/users/me/verify-email")] HttpRequest request,
        CurrentUser user, CancellationToken cancellationToken) =>
        verification.SendToEmailAsync(user.Id, cancellationToken);

    /// <summary>Verify one's own e-mail address with the code that was sent.</summary>
    [Function("ConfirmEmail")]
    [Refuses("otp.invalid", "account.email_already_verified")]
    [Limited(Limit.CodeTrying)]
    public Task<Result<Done>> ConfirmEmail(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/users/me/verify-email/confirm")] HttpRequest request,
        [Body] ConfirmCode confirm, CurrentUser user, CancellationToken cancellationToken) =>
        verification.ConfirmEmailAsync(user.Id, confirm, cancellationToken);
}

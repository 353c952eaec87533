using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Zoniq.Domain;
using Zoniq.Domain.Accounts;
using Zoniq.Functions.Http;

namespace Zoniq.Functions.Accounts;

public sealed class AuthenticationFunctions(RegistrationService registration, SignInService signIns, EmailCodeService emailCodes)
{
    /// <summary>Open an account with a password; the e-mail address is proven by the code that was sent to it.</summary>
    [Function("SignUp")]
    [Allow(Access.Anonymous), Succeeds(Success.Created), Refuses("otp.invalid", "account.username_taken", "account.email_taken")]
    public Task<Result<AuthResult>> SignUp(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/auth/signup")] HttpRequest request,
        [Body] SignUp signUp, CancellationToken cancellationToken) =>
        registration.SignUpAsync(signUp, cancellationToken);

    /// <summary>Sign in with username or e-mail address and password.</summary>
    [Function("SignIn")]
    [Allow(Access.Anonymous), Succeeds(Success.Accepted), Refuses("auth.credentials_invalid", "auth.account_blocked")]
    public Task<Result<AuthResult>> SignIn(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/auth/signin")] HttpRequest request,
        [Body] SignIn signIn, CancellationToken cancellationToken) =>
        signIns.SignInAsync(signIn, cancellationToken);

    /// <summary>Send a one-time code to an e-mail address, to sign up or in with.</summary>
    [Function("SendEmailOtp")]
    [Allow(Access.Anonymous), Refuses("otp.cooldown")]
    public Task<Result<CodeSent>> SendEmailOtp(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/auth/email-otp/send")] HttpRequest request,
        [Body] SendEmailOtp send, CancellationToken cancellationToken) =>
        emailCodes.SendAsync(send, cancellationToken);

    /// <summary>Sign in with the code that was sent; an unknown address is registered.</summary>
    [Function("VerifyEmailOtp")]
    [Allow(Access.Anonymous), Refuses("otp.invalid", "auth.account_blocked")]
    public Task<Result<AuthResult>> VerifyEmailOtp(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/auth/email-otp/verify")] HttpRequest request,
        [Body] VerifyEmailOtp verify, CancellationToken cancellationToken) =>
        emailCodes.VerifyAsync(verify, cancellationToken);

    /// <summary>Sign out: the token is refused from now on.</summary>
    [Function("SignOut")]
    public Task<Result<Done>> SignOut(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/auth/signout")] HttpRequest request,
        CurrentUser user, CancellationToken cancellationToken) =>
        signIns.SignOutAsync(user.Id, user.TokenId, user.TokenExpiresAt, cancellationToken);
}

using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Zoniq.Domain;
using Zoniq.Domain.Accounts;
using Zoniq.Functions.Http;

namespace Zoniq.Functions.Accounts;

public sealed class AuthenticationFunctions(RegistrationService registration, SignInService signIns, EmailCodeService emailCodes, PasswordResetService passwordResets)
{
    /// <summary>Open an account with a password; the e-mail address is proven by the code that was sent to it.</summary>
    [Function("SignUp")]
    [Allow(Access.Anonymous), Succeeds(Success.Created), Refuses("otp.invalid", "account.username_taken", "account.email_taken")]
    [Limited(Limit.CodeTrying)]
    public Task<Result<AuthResult>> SignUp(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/auth/signup")] HttpRequest request,
        [Body] SignUp signUp, CancellationToken cancellationToken) =>
        registration.SignUpAsync(signUp, cancellationToken);

    /// <summary>Sign in with username or e-mail address and password.</summary>
    [Function("SignIn")]
    [Allow(Access.Anonymous), Succeeds(Success.Accepted), Refuses("auth.credentials_invalid", "auth.account_blocked", "auth.locked")]
    [Limited(Limit.SignIn)]
    public Task<Result<AuthResult>> SignIn(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/auth/signin")] HttpRequest request,
        [Body] SignIn signIn, CancellationToken cancellationToken) =>
        signIns.SignInAsync(signIn, cancellationToken);

    /// <summary>Send a one-time code to an e-mail address, to sign up or in with.</summary>
    [Function("SendEmailOtp")]
    [Allow(Access.Anonymous), Refuses("otp.cooldown")]
    [Limited(Limit.CodeSending)]
    public Task<Result<CodeSent>> SendEmailOtp(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/auth/email-otp/send")] HttpRequest request,
        [Body] SendEmailOtp send, CancellationToken cancellationToken) =>
        emailCodes.SendAsync(send, cancellationToken);

    /// <summary>Sign in with the code that was sent; an unknown address is registered.</summary>
    [Function("VerifyEmailOtp")]
    [Allow(Access.Anonymous), Refuses("otp.invalid", "auth.account_blocked")]
    [Limited(Limit.CodeTrying)]
    public Task<Result<AuthResult>> VerifyEmailOtp(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/auth/email-otp/verify")] HttpRequest request,
        [Body] VerifyEmailOtp verify, CancellationToken cancellationToken) =>
        emailCodes.VerifyAsync(verify, cancellationToken);

    /// <summary>Send a one-time code to choose a new password with. The answer is the same whether or not the address has an account.</summary>
    [Function("ForgotPassword")]
    [Allow(Access.Anonymous), Refuses("otp.cooldown")]
    [Limited(Limit.CodeSending)]
    public Task<Result<CodeSent>> ForgotPassword(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/auth/forgot-password")] HttpRequest request,
        [Body] ForgotPassword forgot, CancellationToken cancellationToken) =>
        passwordResets.ForgotAsync(forgot, cancellationToken);

    /// <summary>Choose a new password with the code that was sent; every earlier sign-in ends.</summary>
    [Function("ResetPassword")]
    [Allow(Access.Anonymous), Refuses("otp.invalid")]
    [Limited(Limit.CodeTrying)]
    public Task<Result<Done>> ResetPassword(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/auth/reset-password")] HttpRequest request,
        [Body] ResetPassword reset, CancellationToken cancellationToken) =>
        passwordResets.ResetAsync(reset, cancellationToken);

    /// <summary>Sign out: the token is refused from now on.</summary>
    [Function("SignOut")]
    public Task<Result<Done>> SignOut(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/auth/signout")] HttpRequest request,
        CurrentUser user, CancellationToken cancellationToken) =>
        signIns.SignOutAsync(user.Id, user.TokenId, user.TokenExpiresAt, cancellationToken);

    /// <summary>Sign out everywhere: every token issued so far is refused from now on.</summary>
    [Function("SignOutEverywhere")]
    public Task<Result<Done>> SignOutEverywhere(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/auth/signout-all")] HttpRequest request,
        CurrentUser user, CancellationToken cancellationToken) =>
        signIns.SignOutEverywhereAsync(user.Id, cancellationToken);
}

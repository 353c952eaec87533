namespace Zoniq.Domain.Accounts;

/// <summary>Refusals about who somebody is.</summary>
public static class AccountProblems
{
    public static readonly Problem TokenMissing =
        new("auth.token_missing", ProblemKind.Unauthenticated, "Please sign in first.");

    public static readonly Problem TokenInvalid =
        new("auth.token_invalid", ProblemKind.Unauthenticated, "This sign-in is not valid; please sign in again.");

    public static readonly Problem TokenExpired =
        new("auth.token_expired", ProblemKind.Unauthenticated, "Your sign-in has expired; please sign in again.");

    public static readonly Problem TokenRevoked =
        new("auth.token_revoked", ProblemKind.Unauthenticated, "You have been signed out; please sign in again.");

    public static readonly Problem AccountBlocked =
        new("auth.account_blocked", ProblemKind.Forbidden, "This account is blocked.");

    public static readonly Problem AdminRequired =
        new("auth.admin_required", ProblemKind.Forbidden, "Only an administrator may do this.");

    public static readonly Problem CredentialsInvalid =
        new("auth.credentials_invalid", ProblemKind.WrongProof, "The name or the password is not right.");

    public static readonly Problem Locked =
        new("auth.locked", ProblemKind.Limited, "There were too many failed sign-ins; please wait before trying again, or sign in with a code by e-mail.");

    public static readonly Problem OtpInvalid =
        new("otp.invalid", ProblemKind.WrongProof, "The code is not right or has expired.");

    public static readonly Problem OtpCooldown =
        new("otp.cooldown", ProblemKind.Limited, "A code was sent a moment ago; please wait before asking for another.");

    public static readonly Problem UsernameTaken =
        new("account.username_taken", ProblemKind.Conflict, "Somebody else already has this username.");

    public static readonly Problem EmailTaken =
        new("account.email_taken", ProblemKind.Conflict, "There is already an account with this e-mail address.");

    public static readonly Problem EmailNotVerified =
        new("account.email_not_verified", ProblemKind.Forbidden, "Please verify your e-mail address first.");

    public static readonly Problem EmailAlreadyVerified =
        new("account.email_already_verified", ProblemKind.Conflict, "Your e-mail address is already verified.");

    public static readonly Problem PhoneMissing =
        new("account.phone_missing", ProblemKind.Conflict, "There is no phone number in your profile yet.");

    public static readonly Problem PhoneAlreadyVerified =
        new("account.phone_already_verified", ProblemKind.Conflict, "Your phone number is already verified.");

    /// <summary>Nobody takes SMS at present.</summary>
    internal static Problem NoSms => CommonProblems.ServiceUnavailable with { Detail = "The SMS could not be sent; please try again in a moment." };

    /// <summary>The SMS may arrive or not; the code that was made for it is good.</summary>
    internal static Problem UncertainSms =>
        CommonProblems.ServiceUnavailable with { Detail = "The SMS may not have been sent; if none comes, please ask for another.", RetryAfter = AccountPolicy.CodeCooldown };
}

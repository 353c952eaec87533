using System.Text.Json.Serialization;
using Zoniq.Domain;
using Zoniq.Domain.Accounts;

namespace Zoniq.Functions.Accounts;

[JsonSerializable(typeof(SignUp))]
[JsonSerializable(typeof(SignIn))]
[JsonSerializable(typeof(SendEmailOtp))]
[JsonSerializable(typeof(VerifyEmailOtp))]
[JsonSerializable(typeof(ForgotPassword))]
[JsonSerializable(typeof(ResetPassword))]
[JsonSerializable(typeof(ChangeProfile))]
[JsonSerializable(typeof(ConfirmCode))]
[JsonSerializable(typeof(CodeSent))]
[JsonSerializable(typeof(AuthResult))]
[JsonSerializable(typeof(Profile))]
[JsonSerializable(typeof(Done))]
internal sealed partial class AccountsJson : JsonSerializerContext;

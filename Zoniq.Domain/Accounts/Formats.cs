using System.ComponentModel.DataAnnotations;
using System.Text.RegularExpressions;
using Zoniq.Domain.Notifications;

namespace Zoniq.Domain.Accounts;

/// <summary>An e-mail address of at most 254 characters that a mail server will take: plain letters, a domain with a dot.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class EmailFormatAttribute() : ValidationAttribute("must be an e-mail address.")
{
    public override bool IsValid(object? value) => value is null or "" || (value is string text && EmailAddress.IsValid(text));
}

/// <summary>3 to 64 letters, digits, underscores, dots and hyphens.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed partial class UsernameFormatAttribute() : ValidationAttribute("must be 3 to 64 letters, digits, underscores, dots or hyphens.")
{
    public override bool IsValid(object? value) => value is null or "" || (value is string text && Username().IsMatch(text));

    /// <summary>As clients may check it.</summary>
    public const string Pattern = "[A-Za-z0-9_.-]{3,64}";

    [GeneratedRegex($@"\A{Pattern}\z")]
    private static partial Regex Username();
}

/// <summary>7 to 15 digits, perhaps with a plus before them; empty for none.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed partial class PhoneFormatAttribute() : ValidationAttribute("must be 7 to 15 digits, with or without a plus before them.")
{
    public override bool IsValid(object? value) => value is null or "" || (value is string text && Phone().IsMatch(text));

    /// <summary>As clients may check it.</summary>
    public const string Pattern = @"\+?[0-9]{7,15}";

    [GeneratedRegex($@"\A{Pattern}\z")]
    private static partial Regex Phone();
}

/// <summary>What is called when a phone number is written in any of its ways.</summary>
public static class PhoneNumber
{
    private const string India = "91";

    /// <summary>Digits with the country's code: <c>919876543210</c>. Ten digits without a plus are a number in India.</summary>
    public static string International(string phone) =>
        phone[0] == '+' ? phone[1..] : phone.Length == 10 ? India + phone : phone;
}

/// <summary>What an e-mail address looks like, and how it is kept.</summary>
public static partial class EmailAddress
{
    /// <summary>Addresses match in any case, so they are kept in lower case.</summary>
    public static string Normalise(string address) => address.ToLowerInvariant();

    public const int Longest = 254;

    /// <summary>What stands for somebody who is gone is nobody's address.</summary>
    public static bool IsValid(string address) =>
        address.Length <= Longest && address.IndexOf('@', StringComparison.Ordinal) <= 64 && !address.EndsWith(MailPolicy.NobodysDomain, StringComparison.OrdinalIgnoreCase) && Address().IsMatch(address);

    [GeneratedRegex(
        @"\A[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*@([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+(xn--[a-z0-9-]{0,57}[a-z0-9]|[a-z]{2,63})\z",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Address();
}

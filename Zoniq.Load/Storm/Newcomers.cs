using System.Collections.Concurrent;

namespace Zoniq.Load.Storm;

/// <summary>People who sign in by a code that is mailed to them, or with a password, rightly and wrongly, and then shop.</summary>
internal sealed class Newcomers(StormClient client, MailSink mail, Townsfolk townsfolk, int seed)
{
    /// <summary>What every password begins with, so that one is recognised anywhere.</summary>
    public const string PasswordBeginning = "Storm-pass-";

    private const int Looks = 40;

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(300);

    /// <summary>What they were given to show.</summary>
    public ConcurrentBag<string> Tokens { get; } = [];

    /// <summary>Every code that was mailed to one of them.</summary>
    public ConcurrentBag<string> Codes { get; } = [];

    public async Task ArriveAsync(CancellationToken closing)
    {
        var random = new Random(HashCode.Combine(seed, "newcomer"));
        for (var number = 0; !closing.IsCancellationRequested; number++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(1_000), CancellationToken.None);
            if (await SignInAsync($"newcomer-{seed}-{number}@storm.example", byPassword: number % 2 == 0, closing) is { } newcomer)
            {
                await townsfolk.BuyAsync(newcomer, [], random, closing);
                if (number % 3 == 0)
                {
                    await client.SendAsync(HttpMethod.Post, "/api/auth/signout", newcomer);
                }
            }
        }
    }

    private async Task<Buyer?> SignInAsync(string email, bool byPassword, CancellationToken closing)
    {
        await client.SendAsync(HttpMethod.Post, "/api/auth/email-otp/send", buyer: null, new { email });
        if (await CodeAsync(email, closing) is not { } code)
        {
            return null;
        }

        Codes.Add(code);
        StormAnswer signedIn;
        if (byPassword)
        {
            var password = $"{PasswordBeginning}{Guid.NewGuid():n}";
            await client.SendAsync(HttpMethod.Post, "/api/auth/signup", buyer: null, new { username = $"new{Guid.NewGuid():n}"[..20], email, password, emailOtpCode = code });
            await client.SendAsync(HttpMethod.Post, "/api/auth/signin", buyer: null, new { email, password = password + "x" });
            signedIn = await client.SendAsync(HttpMethod.Post, "/api/auth/signin", buyer: null, new { email, password });
        }
        else
        {
            signedIn = await client.SendAsync(HttpMethod.Post, "/api/auth/email-otp/verify", buyer: null, new { email, code });
        }

        if (!signedIn.IsWell)
        {
            return null;
        }

        var newcomer = new Buyer(signedIn.Id, signedIn.Body.GetProperty("authorizedAccount").GetProperty("token").GetString()!);
        Tokens.Add(newcomer.Token);
        return newcomer;
    }

    /// <summary>Null when it does not arrive soon enough.</summary>
    private async Task<string?> CodeAsync(string email, CancellationToken closing)
    {
        for (var look = 0; look < Looks && !closing.IsCancellationRequested; look++)
        {
            if (mail.Codes.TryGetValue(email, out var code))
            {
                return code;
            }

            await Task.Delay(BetweenLooks, CancellationToken.None);
        }

        return null;
    }
}

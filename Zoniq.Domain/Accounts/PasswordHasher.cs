using System.Security.Cryptography;
using System.Text;
using Konscious.Security.Cryptography;

namespace Zoniq.Domain.Accounts;

/// <summary>
/// Passwords as they are kept: a salt made by bcrypt, then Argon2id over the password with that salt, written in the PHC string format with its parameters so that they can
/// be raised later. A hash takes 19 MiB and a core for tens of milliseconds; so only a few are made at once, and who cannot get a turn soon is asked to come back.
/// </summary>
public sealed class PasswordHasher : IDisposable
{
    private const int MemoryKib = 19 * 1024;
    private const int Passes = 2;
    private const int Lanes = 1;
    private const int HashBytes = 32;
    private const string Beginning = "$argon2id$v=19$";

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    /// <summary>Nobody's password: compared against when there is no account, so that this takes as long as when there is one.</summary>
    private static readonly string Nobody =
        Encode(MemoryKib, Passes, Lanes, Encoding.ASCII.GetBytes(BCrypt.Net.BCrypt.GenerateSalt()), RandomNumberGenerator.GetBytes(HashBytes));

    private readonly SemaphoreSlim turns = new(Math.Max(1, Environment.ProcessorCount));

    /// <summary>The text to keep. Refuses with <c>service.unavailable</c> when too many are waiting.</summary>
    public async Task<Result<string>> HashAsync(string password, CancellationToken cancellationToken)
    {
        var salt = Encoding.ASCII.GetBytes(BCrypt.Net.BCrypt.GenerateSalt());
        var hash = await DeriveAsync(password, salt, MemoryKib, Passes, Lanes, HashBytes, cancellationToken);

        return hash.Problem is { } busy ? busy : Encode(MemoryKib, Passes, Lanes, salt, hash.Value);
    }

    /// <summary>Whether this is the password that was kept; never, but just as slowly, when none was. Refuses with <c>service.unavailable</c> when too many are waiting.</summary>
    public async Task<Result<bool>> IsMatchAsync(string password, string? kept, CancellationToken cancellationToken)
    {
        var parts = (kept ?? Nobody).Split('$');
        var costs = parts[3].Split(',').Select(cost => int.Parse(cost[2..])).ToArray();
        var expected = Convert.FromBase64String(parts[5]);
        var actual = await DeriveAsync(password, Convert.FromBase64String(parts[4]), costs[0], costs[1], costs[2], expected.Length, cancellationToken);

        return actual.Problem is { } busy ? busy : CryptographicOperations.FixedTimeEquals(actual.Value, expected) && kept is not null;
    }

    public void Dispose() => turns.Dispose();

    private async Task<Result<byte[]>> DeriveAsync(
        string password, byte[] salt, int memoryKib, int passes, int lanes, int length, CancellationToken cancellationToken)
    {
        if (!await turns.WaitAsync(LongestWait, cancellationToken))
        {
            return CommonProblems.ServiceUnavailable;
        }

        try
        {
            using var argon = new Argon2id(Encoding.UTF8.GetBytes(password))
            {
                Salt = salt,
                MemorySize = memoryKib,
                Iterations = passes,
                DegreeOfParallelism = lanes,
            };
            return await Task.Run(() => argon.GetBytesAsync(length), CancellationToken.None);
        }
        finally
        {
            turns.Release();
        }
    }

    private static string Encode(int memoryKib, int passes, int lanes, byte[] salt, byte[] hash) =>
        $"{Beginning}m={memoryKib},t={passes},p={lanes}${Convert.ToBase64String(salt)}${Convert.ToBase64String(hash)}";
}

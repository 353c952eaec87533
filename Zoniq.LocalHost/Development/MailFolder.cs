using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Extensions.Configuration;
using MimeKit;

namespace Zoniq.LocalHost.Development;

/// <summary>Mails as .eml files, named by when they came. None is ever changed.</summary>
internal sealed class MailFolder(IConfiguration configuration)
{
    private const string TimeFormat = "yyyyMMdd'T'HHmmssfff'Z'";

    private readonly string? directory = configuration["ZONIQ_MAIL_DIRECTORY"];

    /// <summary>A mail and when it came.</summary>
    public sealed record Kept(string Id, DateTimeOffset ReceivedAt, MimeMessage Message);

    public async Task KeepAsync(MimeMessage message, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var folder = directory ?? throw new InvalidOperationException("ZONIQ_MAIL_DIRECTORY is not set.");
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        // Written under another name first: a reader never sees half a mail.
        var path = Path.Combine(folder, $"{now.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture)}-{RandomNumberGenerator.GetHexString(8, lowercase: true)}");
        await using (var file = new FileStream(path, options))
        {
            await message.WriteToAsync(file, cancellationToken);
        }

        File.Move(path, path + ".eml");
    }

    /// <summary>The newest first; only those to the address, when one is given.</summary>
    public IEnumerable<Kept> List(string? to) =>
        Directory.Exists(directory)
            ? Directory.EnumerateFiles(directory, "*.eml")
                .OrderByDescending(Path.GetFileName, StringComparer.Ordinal)
                .Select(Open)
                .Where(mail => to is null || mail.Message.To.Mailboxes.Any(mailbox => mailbox.Address.Equals(to, StringComparison.OrdinalIgnoreCase)))
            : [];

    /// <summary>Null when there is none of this name.</summary>
    public Kept? Find(string id) =>
        directory is not null && id.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '-') && Path.Combine(directory, id + ".eml") is var path && File.Exists(path)
            ? Open(path)
            : null;

    private static Kept Open(string path)
    {
        var id = Path.GetFileNameWithoutExtension(path);
        var received = DateTimeOffset.TryParseExact(
            id.Split('-')[0], TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : File.GetCreationTimeUtc(path);
        return new Kept(id, received, MimeMessage.Load(path));
    }
}

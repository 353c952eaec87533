using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.RegularExpressions;
using MimeKit;

namespace Zoniq.Tests.Support;

/// <summary>A mail server for one app: it speaks SMTP, keeps what it is given, and can be told to misbehave.</summary>
public sealed partial class SmtpInbox : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly ConcurrentDictionary<Task, byte> conversations = new();
    private readonly List<ReceivedMail> mails = [];
    private TcpListener listener;
    private CancellationTokenSource stopping = new();
    private Task accepting;
    private int logins;
    private TaskCompletionSource arrival = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource decision = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private SmtpMood mood;

    public SmtpInbox()
    {
        listener = new TcpListener(IPAddress.Loopback, port: 0);
        listener.Start(backlog: 512);
        Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        accepting = AcceptAsync(listener, stopping.Token);
    }

    public int Port { get; }

    /// <summary>Shown to whoever wants to speak in secret; without one it speaks in the clear only.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>Whether it speaks in secret from the first word on, as servers on port 465 do, rather than when asked to by STARTTLS.</summary>
    public bool IsSecretFromTheStart { get; init; }

    /// <summary>Who may send; null for everybody.</summary>
    public (string Username, string Password)? Login { get; set; }

    /// <summary>The ways to log in that it offers.</summary>
    public string Mechanisms { get; init; } = "PLAIN LOGIN";

    /// <summary>How often somebody tried to log in.</summary>
    public int Logins => Volatile.Read(ref logins);

    /// <summary>What it does with a mail it is offered.</summary>
    public SmtpMood Mood
    {
        get => mood;
        set
        {
            mood = value;
            if (value == SmtpMood.Ponders)
            {
                decision = new(TaskCreationOptions.RunContinuationsAsynchronously);
            }
            else
            {
                decision.TrySetResult();
            }
        }
    }

    /// <summary>How many are connected.</summary>
    public int Connections => conversations.Count;

    /// <summary>Everything that was taken over, oldest first.</summary>
    public IReadOnlyList<ReceivedMail> Mails
    {
        get
        {
            lock (mails)
            {
                return [.. mails];
            }
        }
    }

    /// <summary>What this address has got, oldest first.</summary>
    public IReadOnlyList<ReceivedMail> MailsTo(string address) =>
        [.. Mails.Where(mail => mail.Recipients.Contains(address, StringComparer.OrdinalIgnoreCase))];

    /// <summary>The newest mail to the address that fits, waiting for it to arrive.</summary>
    public async Task<ReceivedMail> Expect(string address, Func<ReceivedMail, bool>? fits = null)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            Task next;
            lock (mails)
            {
                next = arrival.Task;
            }

            if (MailsTo(address).LastOrDefault(fits ?? (_ => true)) is { } found)
            {
                return found;
            }

            try
            {
                await next.WaitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                Assert.Fail($"No such mail to {address} came. It got: {string.Join(", ", MailsTo(address).Select(mail => $"“{mail.Message.Subject}”"))}");
            }
        }
    }

    /// <summary>The six digits of the newest code sent to the address, waiting for it to arrive.</summary>
    /// <param name="address">Whose.</param>
    /// <param name="after">How many mails the address had before the code was asked for.</param>
    public async Task<string> ExpectCode(string address, int after = 0) =>
        CodeIn((await Expect(address, mail => CodeIn(mail) is not null && MailsTo(address).ToList().IndexOf(mail) >= after)))!;

    /// <summary>Cuts all connections, and refuses others until <see cref="ComeBack"/>.</summary>
    public async Task GoAway()
    {
        await stopping.CancelAsync();
        listener.Stop();
        await accepting;
        await Task.WhenAll(conversations.Keys);
    }

    /// <summary>On the same port.</summary>
    public void ComeBack()
    {
        stopping.Dispose();
        stopping = new CancellationTokenSource();
        listener = new TcpListener(IPAddress.Loopback, Port);
        listener.Start(backlog: 512);
        accepting = AcceptAsync(listener, stopping.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await GoAway();
        stopping.Dispose();
        listener.Dispose();
    }

    private static string? CodeIn(ReceivedMail mail) =>
        SixDigits().Match(mail.Message.TextBody ?? "") is { Success: true } code ? code.Value : null;

    private async Task AcceptAsync(TcpListener door, CancellationToken stopped)
    {
        try
        {
            while (true)
            {
                var client = await door.AcceptTcpClientAsync(stopped);
                var conversation = ConverseAsync(client, stopped);
                conversations.TryAdd(conversation, 0);
                _ = conversation.ContinueWith(ended => conversations.TryRemove(ended, out _), TaskScheduler.Default);
            }
        }
        catch (Exception closed) when (closed is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Stopped.
        }
    }

    private async Task ConverseAsync(TcpClient client, CancellationToken stopped)
    {
        try
        {
            using (client)
            {
                await using var conversation = new Conversation(this, client.GetStream(), stopped);
                await conversation.RunAsync();
            }
        }
        catch (Exception left) when (left is IOException or OperationCanceledException or SocketException or AuthenticationException)
        {
            // The other side went away, does not trust the certificate, or the inbox is closed.
        }
    }

    private void Keep(string sender, IReadOnlyList<string> recipients, byte[] content, bool isSecret, string? username)
    {
        using var stream = new MemoryStream(content);
        var mail = new ReceivedMail(sender, recipients, MimeMessage.Load(stream)) { IsSecret = isSecret, Username = username };
        TaskCompletionSource announced;
        lock (mails)
        {
            mails.Add(mail);
            announced = arrival;
            arrival = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        announced.SetResult();
    }

    [GeneratedRegex(@"(?<!\d)\d{6}(?!\d)")]
    private static partial Regex SixDigits();

    [GeneratedRegex("<(?<address>[^>]*)>")]
    private static partial Regex Path();

    /// <summary>One connection, as RFC 5321 has it.</summary>
    private sealed class Conversation(SmtpInbox inbox, Stream connection, CancellationToken stopping) : IAsyncDisposable
    {
        private const int LargestMail = 20_000_000;

        private readonly byte[] buffer = new byte[64 * 1024];
        private readonly List<string> recipients = [];
        private Stream stream = connection;
        private string? sender;
        private string? username;
        private int start;
        private int end;

        public ValueTask DisposeAsync() => stream.DisposeAsync();

        public async Task RunAsync()
        {
            if (inbox.IsSecretFromTheStart)
            {
                await HideAsync();
            }

            await SayAsync("220 inbox.zoniq.example ESMTP");

            while (await ReadLineAsync() is { } line)
            {
                var text = Encoding.UTF8.GetString(line);
                var verb = text.Split(' ', 2)[0].ToUpperInvariant();
                var answer = inbox.Mood == SmtpMood.HangsUp && verb is ("MAIL" or "DATA") ? null : await AnswerAsync(verb, text);
                if (answer is null)
                {
                    return;
                }

                await SayAsync(answer);
                if (verb == "QUIT")
                {
                    return;
                }

                if (verb == "STARTTLS" && answer.StartsWith("220", StringComparison.Ordinal))
                {
                    await HideAsync();
                }
            }
        }

        private async Task<string?> AnswerAsync(string verb, string line)
        {
            switch (verb)
            {
                case "EHLO":
                    Forget();
                    return $"250-inbox.zoniq.example\r\n250-SIZE {LargestMail}\r\n{Offers()}250-8BITMIME\r\n250-SMTPUTF8\r\n250-PIPELINING\r\n250 ENHANCEDSTATUSCODES";
                case "HELO":
                    Forget();
                    return "250 inbox.zoniq.example";
                case "STARTTLS" when inbox.Certificate is not null && !IsSecret:
                    return "220 2.0.0 Go ahead";
                case "AUTH" when !MustHide && inbox.Login is { } login:
                    return await LogInAsync(login, line);
                case "MAIL" when MustHide:
                    return "530 5.7.0 Must issue a STARTTLS command first";
                case "MAIL" when inbox.Login is not null && username is null:
                    return "530 5.7.0 Authentication required";
                case "MAIL" when inbox.Mood == SmtpMood.Refuses:
                    return "451 4.3.2 Try again later";
                case "MAIL":
                    Forget();
                    sender = AddressIn(line);
                    return sender is null ? "501 5.1.7 No address" : "250 2.1.0 OK";
                case "RCPT" when sender is null:
                    return "503 5.5.1 MAIL first";
                case "RCPT" when AddressIn(line) is { Length: > 0 } recipient:
                    if (inbox.Mood == SmtpMood.KnowsNobody)
                    {
                        return "550 5.1.1 No such mailbox";
                    }

                    recipients.Add(recipient);
                    return "250 2.1.5 OK";
                case "RCPT":
                    return "501 5.1.3 No address";
                case "DATA" when recipients.Count == 0:
                    return "503 5.5.1 RCPT first";
                case "DATA":
                    await SayAsync("354 Go ahead");
                    return await ReceiveAsync();
                case "RSET":
                    Forget();
                    return "250 2.0.0 OK";
                case "NOOP" when inbox.Mood == SmtpMood.IsDeaf:
                    while (await ReadLineAsync() is not null)
                    {
                    }

                    return null;
                case "NOOP":
                    return "250 2.0.0 OK";
                case "QUIT":
                    return "221 2.0.0 Bye";
                default:
                    return "502 5.5.2 Unknown command";
            }
        }

        private bool IsSecret => stream is SslStream;

        private bool MustHide => inbox.Certificate is not null && !IsSecret;

        private string Offers() => MustHide ? "250-STARTTLS\r\n" : inbox.Login is null ? "" : $"250-AUTH {inbox.Mechanisms}\r\n";

        /// <summary>What was said before counts no more: somebody may have slipped it in.</summary>
        private async Task HideAsync()
        {
            var secret = new SslStream(stream);
            stream = secret;
            (start, end) = (0, 0);
            await secret.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = inbox.Certificate }, stopping);
        }

        /// <summary>A refusal repeats what it was told, as some servers do, to see whether anybody passes it on.</summary>
        private async Task<string?> LogInAsync((string Username, string Password) login, string line)
        {
            Interlocked.Increment(ref inbox.logins);
            var words = line.Split(' ');
            string[]? told;
            if (words[1] == "LOGIN")
            {
                told = [await AskAsync("Username:") ?? "", await AskAsync("Password:") ?? ""];
            }
            else
            {
                var said = words.Length > 2 ? Decode(words[2]) : await AskAsync("");
                told = said?.Split('\0')[1..];
            }

            if (told is [var name, var password] && (name, password) == login)
            {
                username = name;
                return "235 2.7.0 Welcome";
            }

            return $"535 5.7.8 No entry with {string.Join('/', told ?? [])}";
        }

        private async Task<string?> AskAsync(string question)
        {
            await SayAsync($"334 {Convert.ToBase64String(Encoding.ASCII.GetBytes(question))}");
            return await ReadLineAsync() is { } answer ? Decode(Encoding.ASCII.GetString(answer)) : null;
        }

        private static string Decode(string text) => Encoding.UTF8.GetString(Convert.FromBase64String(text));

        private async Task<string?> ReceiveAsync()
        {
            using var content = new MemoryStream();
            while (await ReadLineAsync() is { } line)
            {
                if (line is [(byte)'.'])
                {
                    if (inbox.Mood == SmtpMood.LosesAnswer)
                    {
                        inbox.Keep(sender!, [.. recipients], content.ToArray(), IsSecret, username);
                        return null;
                    }

                    if (content.Length > LargestMail)
                    {
                        return "552 5.3.4 Too large";
                    }

                    inbox.Keep(sender!, [.. recipients], content.ToArray(), IsSecret, username);
                    if (inbox.Mood == SmtpMood.Ponders)
                    {
                        await inbox.decision.Task.WaitAsync(stopping);
                    }

                    Forget();
                    return "250 2.0.0 Queued";
                }

                content.Write(line is [(byte)'.', ..] ? line.AsSpan(1) : line); // A dot at the start of a line was doubled by the sender.
                content.Write("\r\n"u8);
            }

            return null;
        }

        private void Forget()
        {
            sender = null;
            recipients.Clear();
        }

        private static string? AddressIn(string line) => Path().Match(line) is { Success: true } path ? path.Groups["address"].Value : null;

        private async Task SayAsync(string text) => await stream.WriteAsync(Encoding.UTF8.GetBytes(text + "\r\n"), stopping);

        /// <summary>Null when the other side has gone.</summary>
        private async Task<byte[]?> ReadLineAsync()
        {
            using var line = new MemoryStream();
            while (true)
            {
                var found = Array.IndexOf(buffer, (byte)'\n', start, end - start);
                if (found >= 0)
                {
                    line.Write(buffer, start, found - start);
                    start = found + 1;
                    return line.ToArray() is [.. var text, (byte)'\r'] ? text : line.ToArray();
                }

                line.Write(buffer, start, end - start);
                start = 0;
                end = await stream.ReadAsync(buffer, stopping);
                if (end == 0)
                {
                    return null;
                }
            }
        }
    }
}

/// <summary>A mail as the server got it.</summary>
/// <param name="Sender">Of the envelope.</param>
/// <param name="Recipients">Of the envelope.</param>
/// <param name="Message">What was between DATA and the dot.</param>
public sealed record ReceivedMail(string Sender, IReadOnlyList<string> Recipients, MimeMessage Message)
{
    /// <summary>Whether nobody on the way could read it.</summary>
    public bool IsSecret { get; init; }

    /// <summary>As whom the sender had logged in; null if nobody had to.</summary>
    public string? Username { get; init; }
}

/// <summary>How the mail server behaves.</summary>
public enum SmtpMood
{
    Accepts,

    /// <summary>A temporary refusal of every mail.</summary>
    Refuses,

    /// <summary>A permanent refusal of every recipient.</summary>
    KnowsNobody,

    /// <summary>The connection ends when a mail is offered.</summary>
    HangsUp,

    /// <summary>The mail is taken over, but the connection ends before the answer.</summary>
    LosesAnswer,

    /// <summary>The mail is taken over, and the answer comes when the mood changes.</summary>
    Ponders,

    /// <summary>Nobody who asks whether the connection still stands gets an answer.</summary>
    IsDeaf,
}

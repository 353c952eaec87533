using System.Collections.Concurrent;
using System.Net.Sockets;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace Zoniq.Domain.Notifications;

/// <summary>Sends through the configured mail server; a connection is kept for the next mail while mails keep coming.</summary>
public sealed class SmtpMailTransport : IMailTransport, IDisposable
{
    private static readonly TimeSpan LongestRest = TimeSpan.FromSeconds(15);

    /// <summary>Servers lock those out for long who go on with a password that is wrong.</summary>
    private static readonly TimeSpan PauseAfterRefusedLogin = TimeSpan.FromMinutes(1);

    private const string LoginRefused = "The mail server refuses the login.";

    private readonly MailOptions options;
    private readonly string host;
    private readonly TimeProvider clock;
    private readonly ConcurrentStack<SmtpClient> resting = new();
    private readonly Timer closing;
    private long lockedOutUntil;

    public SmtpMailTransport(MailOptions options, TimeProvider? clock = null)
    {
        this.options = options;
        this.clock = clock ?? TimeProvider.System;
        host = options.Host ?? throw new ArgumentException("There is no mail server.", nameof(options));
        closing = new Timer(_ => CloseResting());
    }

    /// <summary>A server that does not answer for so long when it is connected to, or asked whether it is still there, is not there.</summary>
    public TimeSpan LongestGreeting { get; init; } = TimeSpan.FromSeconds(15);

    public async Task SendAsync(MimeMessage message, CancellationToken cancellationToken)
    {
        var client = await TakeRestingAsync(cancellationToken) ?? await ConnectAsync(cancellationToken);
        try
        {
            await client.SendAsync(message, cancellationToken);
        }
        finally
        {
            Rest(client);
        }
    }

    public void Dispose()
    {
        closing.Dispose();
        CloseResting();
    }

    private async Task<SmtpClient?> TakeRestingAsync(CancellationToken cancellationToken)
    {
        if (!resting.TryPop(out var client))
        {
            return null;
        }

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(LongestGreeting);
        try
        {
            await client.NoOpAsync(patience.Token);
            return client;
        }
        catch (Exception gone) when (IsConnectionTrouble(gone) || gone is OperationCanceledException) // closed, or cut off, in the meantime
        {
            client.Dispose();
            CloseResting(); // the others most likely are too, and asking each would take too long
            cancellationToken.ThrowIfCancellationRequested();
            return null;
        }
    }

    private async Task<SmtpClient> ConnectAsync(CancellationToken cancellationToken)
    {
        if (clock.GetUtcNow().UtcTicks < Volatile.Read(ref lockedOutUntil))
        {
            throw new MailServerUnavailableException(LoginRefused);
        }

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(LongestGreeting);
        var client = new SmtpClient { Timeout = (int)LongestGreeting.TotalMilliseconds };
        try
        {
            await client.ConnectAsync(host, options.Port, Security(), patience.Token);
            if (options.Username is not null)
            {
                await client.AuthenticateAsync(options.Username, options.Password ?? "", patience.Token);
            }

            client.Timeout = (int)MailPolicy.LongestDelivery.TotalMilliseconds;
            return client;
        }
        catch (AuthenticationException refused)
        {
            client.Dispose();
            Volatile.Write(ref lockedOutUntil, (clock.GetUtcNow() + PauseAfterRefusedLogin).UtcTicks);
            throw new MailServerUnavailableException(LoginRefused, refused);
        }
        catch (Exception trouble) when (IsConnectionTrouble(trouble) || trouble is OperationCanceledException or SslHandshakeException or NotSupportedException)
        {
            client.Dispose();
            throw new MailServerUnavailableException($"The mail server cannot be used: {trouble.GetType().Name}.", trouble);
        }
    }

    private SecureSocketOptions Security() => options switch
    {
        { UseTls: false } => SecureSocketOptions.None,
        { UseTlsOnConnect: true } => SecureSocketOptions.SslOnConnect,
        _ => SecureSocketOptions.StartTls,
    };

    private void Rest(SmtpClient client)
    {
        if (!client.IsConnected)
        {
            client.Dispose();
            return;
        }

        resting.Push(client);
        closing.Change(LongestRest, Timeout.InfiniteTimeSpan);
    }

    private void CloseResting()
    {
        while (resting.TryPop(out var client))
        {
            client.Dispose();
        }
    }

    private static bool IsConnectionTrouble(Exception trouble) =>
        trouble is SocketException or IOException or TimeoutException or SmtpCommandException or SmtpProtocolException or MailKit.ServiceNotConnectedException;
}

using System.Security.Cryptography;
using System.Text;
using System.Threading.Channels;

namespace Zoniq.LocalHost.Razorpay;

/// <summary>One event on its way to the app.</summary>
public sealed class SandboxDelivery(SandboxEvent happened)
{
    /// <summary>The same on every attempt.</summary>
    public string EventId { get; } = happened.Id;

    public string Event { get; } = happened.Name;

    public long CreatedAt { get; } = happened.CreatedAt;

    public int Attempts { get; internal set; }

    /// <summary>waiting, held, sending, delivered, retrying, dropped, given up.</summary>
    public string State { get; internal set; } = "waiting";

    /// <summary>What the last attempt brought: a status, or why there was none.</summary>
    public string? LastAnswer { get; internal set; }

    internal SandboxEvent? Happened { get; set; } = happened;
}

/// <summary>
/// Sends webhooks as the provider does: signed, at least once, in no particular order, five seconds for an answer, and again with growing
/// pauses until one is 2xx or a day has passed.
/// </summary>
internal sealed class SandboxWebhooks : IAsyncDisposable
{
    private const int Senders = 8;
    private const int Remembered = 200;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);
    private const int MostAttempts = 300;       // about a day

    private readonly RazorpaySandbox sandbox;
    private readonly Action<string> told;
    private readonly byte[] secret;
    private readonly Channel<SandboxDelivery> queue = Channel.CreateUnbounded<SandboxDelivery>();
    private readonly HttpClient http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false }) { Timeout = Patience };
    private readonly CancellationTokenSource stopping = new();
    private readonly Task[] senders;
    private readonly Lock gate = new();
    private readonly List<SandboxDelivery> held = [];
    private readonly Queue<SandboxDelivery> latest = [];
    private bool delivers = true;

    public SandboxWebhooks(RazorpaySandbox sandbox, Action<string> told)
    {
        this.sandbox = sandbox;
        this.told = told;
        secret = Encoding.UTF8.GetBytes(sandbox.Options.WebhookSecret);
        senders = [.. Enumerable.Range(0, Senders).Select(_ => SendAsync())];
    }

    public bool Delivers
    {
        get => Volatile.Read(ref delivers);
        set
        {
            lock (gate)
            {
                delivers = value;
                if (value)
                {
                    held.ForEach(Enqueue);
                    held.Clear();
                }
            }
        }
    }

    public IReadOnlyList<SandboxDelivery> Latest
    {
        get
        {
            lock (gate)
            {
                return [.. latest.Reverse()];
            }
        }
    }

    public void Send(SandboxEvent[] events)
    {
        lock (gate)
        {
            foreach (var happened in events)
            {
                var delivery = new SandboxDelivery(happened);
                latest.Enqueue(delivery);
                if (latest.Count > Remembered)
                {
                    latest.Dequeue();
                }

                Enqueue(delivery);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await Task.WhenAll(senders);
        http.Dispose();
    }

    private void Enqueue(SandboxDelivery delivery) => queue.Writer.TryWrite(delivery);

    private async Task SendAsync()
    {
        try
        {
            await foreach (var delivery in queue.Reader.ReadAllAsync(stopping.Token))
            {
                if (!IsHeld(delivery))
                {
                    await SendAsync(delivery);
                }
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // what is left is sent after the next start
        }
    }

    private bool IsHeld(SandboxDelivery delivery)
    {
        lock (gate)
        {
            if (delivers)
            {
                return false;
            }

            delivery.State = "held";
            held.Add(delivery);
            return true;
        }
    }

    private async Task SendAsync(SandboxDelivery delivery)
    {
        delivery.Attempts++;
        var fault = sandbox.Faults.OnWebhook(new WebhookSend(delivery.Happened!, delivery.Attempts));
        if (fault.Drop)
        {
            Finish(delivery, "dropped");
            return;
        }

        if (fault.Delay > TimeSpan.Zero)
        {
            _ = Later(fault.Delay, () => SendAsync(delivery, fault));
            return;
        }

        await SendAsync(delivery, fault);
    }

    private async Task SendAsync(SandboxDelivery delivery, WebhookFault fault)
    {
        delivery.State = "sending";
        var answers = await Task.WhenAll(Enumerable.Range(0, fault.Copies).Select(_ => Post(delivery.Happened!, fault)));
        delivery.LastAnswer = answers[^1];

        if (answers.Any(answer => answer.StartsWith('2')))
        {
            Finish(delivery, "delivered");
        }
        else if (delivery.Attempts >= MostAttempts)
        {
            Finish(delivery, "given up");
        }
        else
        {
            delivery.State = "retrying";
            _ = Later(Pause(delivery.Attempts), () =>
            {
                Enqueue(delivery);
                return Task.CompletedTask;
            });
        }
    }

    private async Task<string> Post(SandboxEvent happened, WebhookFault fault)
    {
        if (sandbox.Options.WebhookUrl() is not { } url)
        {
            return "no address yet";
        }

        var body = Encoding.UTF8.GetBytes(fault.ChangeBody is { } change ? change(happened.Body) : happened.Body);
        var signature = HMACSHA256.HashData(secret, body);
        if (fault.WrongSignature)
        {
            signature[0] ^= 1;
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new("application/json");
        request.Headers.Add("X-Razorpay-Signature", Convert.ToHexStringLower(signature));
        request.Headers.Add("x-razorpay-event-id", happened.Id);
        request.Headers.Add("User-Agent", "Razorpay-Webhook/v1");

        try
        {
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stopping.Token);
            return ((int)response.StatusCode).ToString();
        }
        catch (HttpRequestException e)
        {
            return e.HttpRequestError == HttpRequestError.ConnectionError ? "no connection" : "connection lost";
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            return "no answer in 5 s";
        }
    }

    private void Finish(SandboxDelivery delivery, string state)
    {
        delivery.State = state;
        delivery.Happened = null;
        told(delivery.EventId);
    }

    private TimeSpan Pause(int attempts)
    {
        var pause = sandbox.Options.FirstWebhookRetry * Math.Pow(2, Math.Min(attempts - 1, 20));
        return pause < LongestPause ? pause : LongestPause;
    }

    private async Task Later(TimeSpan delay, Func<Task> what)
    {
        try
        {
            await Task.Delay(delay, stopping.Token);
            await what();
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // sent after the next start
        }
    }
}

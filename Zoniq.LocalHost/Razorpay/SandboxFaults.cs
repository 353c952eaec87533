namespace Zoniq.LocalHost.Razorpay;

/// <summary>What goes wrong at the provider: asked once for each API call and once for each webhook that is about to be sent.</summary>
public sealed record SandboxFaults
{
    /// <summary>Nothing goes wrong.</summary>
    public static readonly SandboxFaults None = new();

    public Func<ApiCall, ApiFault> OnApiCall { get; init; } = static _ => ApiFault.None;

    public Func<WebhookSend, WebhookFault> OnWebhook { get; init; } = static _ => WebhookFault.None;

    /// <summary>Refunds stay pending.</summary>
    public bool HoldsRefunds { get; init; }

    /// <summary>What these were switched on as; nothing when a test made them.</summary>
    public FaultSwitches Switches { get; init; } = FaultSwitches.None;
}

/// <summary>A call whose key was right.</summary>
/// <param name="Method">GET or POST.</param>
/// <param name="Path">After the prefix: <c>orders</c>, <c>payments/pay_…/refund</c>.</param>
public sealed record ApiCall(string Method, string Path)
{
    /// <summary>Whether it asks for a new order.</summary>
    public bool CreatesOrder => Method == "POST" && Path == "orders";
}

/// <summary>What becomes of an API call.</summary>
public sealed record ApiFault
{
    public static readonly ApiFault None = new();

    /// <summary>Before anything is done.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>Nothing is done; this status is the answer.</summary>
    public int? FailWith { get; init; }

    /// <summary>It is done, then the connection is cut.</summary>
    public bool LoseAnswer { get; init; }

    /// <summary>It is done, and what would have been said is turned into this.</summary>
    public Func<string, string>? ChangeAnswer { get; init; }
}

/// <summary>A webhook about to be sent.</summary>
/// <param name="Event">Such as <c>payment.captured</c>.</param>
/// <param name="Attempt">1 for the first.</param>
public sealed record WebhookSend(SandboxEvent Event, int Attempt);

/// <summary>What becomes of a webhook.</summary>
public sealed record WebhookFault
{
    public static readonly WebhookFault None = new();

    /// <summary>Never sent; the provider believes it was.</summary>
    public bool Drop { get; init; }

    /// <summary>How often it is sent at the same moment.</summary>
    public int Copies { get; init; } = 1;

    /// <summary>Others overtake it meanwhile.</summary>
    public TimeSpan Delay { get; init; }

    public bool WrongSignature { get; init; }

    /// <summary>Another body, signed as it then is.</summary>
    public Func<string, string>? ChangeBody { get; init; }
}

using System.Text.Json.Serialization;

namespace Zoniq.LocalHost.Razorpay;

/// <summary>What goes wrong, by name: as a person switches it on by hand, or a storm with its seed.</summary>
public sealed record FaultSwitches
{
    /// <summary>Nothing goes wrong.</summary>
    public static readonly FaultSwitches None = new();

    /// <summary>Decides what chance decides: each switch falls the same again, one thing after the other.</summary>
    public int? Seed { get; init; }

    /// <summary>Not init: generated readers set every such property, and so lose what it is when nothing is said.</summary>
    public FaultSwitch[] Faults { get; set; } = [];

    /// <summary>Why it cannot be switched like this; null when it can.</summary>
    public SandboxError? Refusal() => Faults.Select(Refusal).FirstOrDefault(refusal => refusal is not null);

    /// <param name="anotherOrder">The id of an order that is not the given one.</param>
    public SandboxFaults ToFaults(Func<string, string> anotherOrder)
    {
        var seed = Seed ?? Random.Shared.Next();
        var triggers = Faults
            .Select((fault, at) => new FaultTrigger(fault, FaultKind.Of(fault.Fault!)!, seed + (at * 7919)))
            .OrderBy(trigger => trigger.Kind.Rank)
            .ToLookup(trigger => trigger.Kind.On);

        return new SandboxFaults
        {
            OnApiCall = call => triggers[FaultPlace.Call]
                .Where(trigger => trigger.Strikes($"{call.Method} {call.Path}"))
                .Aggregate(ApiFault.None, (fault, trigger) => trigger.Kind.OnCall!(fault, trigger.Switch)),
            OnWebhook = send => triggers[FaultPlace.Webhook]
                .Where(trigger => trigger.Strikes(send.Event.Name))
                .Aggregate(WebhookFault.None, (fault, trigger) => trigger.Kind.OnWebhook!(fault, trigger.Switch, new FaultMeans(trigger.Chance, anotherOrder))),
            HoldsRefunds = triggers[FaultPlace.Refund].Any(),
            Switches = this with { Seed = seed },
        };
    }

    private static SandboxError? Refusal(FaultSwitch? fault)
    {
        if (fault is null || FaultKind.Of(fault.Fault ?? "") is not { } kind)
        {
            return SandboxError.Refused($"The fault must be one of: {string.Join(", ", FaultKind.All.Select(known => known.Name))}.", "fault");
        }

        return (fault, kind) switch
        {
            ({ Path: not null }, { On: not FaultPlace.Call }) => SandboxError.Refused($"{kind.Name} has nothing to do with a path.", "path"),
            ({ Event: not null }, { On: not FaultPlace.Webhook }) => SandboxError.Refused($"{kind.Name} has nothing to do with an event.", "event"),
            ({ Probability: <= 0 or > 1 or double.NaN }, _) => SandboxError.Refused("The probability must be above 0 and at most 1.", "probability"),
            ({ Every: < 1 }, _) => SandboxError.Refused("every must be 1 or more.", "every"),
            ({ Times: < 1 }, _) => SandboxError.Refused("times must be 1 or more.", "times"),
            ({ Seconds: < 0 or > 3600 or double.NaN }, _) => SandboxError.Refused("The seconds must be between 0 and 3600.", "seconds"),
            ({ Status: < 400 or > 599 }, _) => SandboxError.Refused("The status must be between 400 and 599.", "status"),
            ({ Copies: < 2 or > 100 }, _) => SandboxError.Refused("The copies must be between 2 and 100.", "copies"),
            _ => Unwanted(fault, kind) is { } name ? SandboxError.Refused($"{kind.Name} does not take {name}.", name) : null,
        };
    }

    /// <summary>A value that this kind would not look at.</summary>
    private static string? Unwanted(FaultSwitch fault, FaultKind kind)
    {
        (string Name, bool IsGiven)[] values = [("seconds", fault.Seconds is not null), ("status", fault.Status is not null), ("copies", fault.Copies is not null)];
        return values.FirstOrDefault(value => value.IsGiven && !kind.Takes.Contains(value.Name)).Name;
    }
}

/// <summary>One thing that goes wrong, and when.</summary>
public sealed record FaultSwitch
{
    /// <summary>A name from the list of switches.</summary>
    public string? Fault { get; init; }

    /// <summary>Only API calls with this in their method and path: <c>POST orders</c>, <c>refund</c>.</summary>
    public string? Path { get; init; }

    /// <summary>Only webhooks with this in their name: <c>payment.captured</c>, <c>refund</c>.</summary>
    public string? Event { get; init; }

    /// <summary>Above 0, at most 1; always when not given.</summary>
    public double? Probability { get; init; }

    /// <summary>Every n-th of those it is for.</summary>
    public int? Every { get; init; }

    /// <summary>So often, and then no more.</summary>
    public int? Times { get; init; }

    public double? Seconds { get; init; }

    public int? Status { get; init; }

    public int? Copies { get; init; }
}

/// <summary>Counts what passes a switch, and says when it strikes.</summary>
internal sealed class FaultTrigger(FaultSwitch fault, FaultKind kind, int seed)
{
    private readonly Lock gate = new();
    private readonly Random random = new(seed);
    private int passed;
    private int struck;

    public FaultSwitch Switch => fault;

    public FaultKind Kind => kind;

    /// <param name="what">A call's method and path, or an event's name.</param>
    public bool Strikes(string what)
    {
        if ((fault.Path ?? fault.Event) is { } wanted && !what.Contains(wanted, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        lock (gate)
        {
            var strikes = struck != fault.Times
                && ++passed % (fault.Every ?? 1) == 0
                && (fault.Probability is not { } probability || random.NextDouble() < probability);
            struck += strikes ? 1 : 0;
            return strikes;
        }
    }

    /// <summary>0 to 1.</summary>
    public double Chance()
    {
        lock (gate)
        {
            return random.NextDouble();
        }
    }
}

/// <summary>What is switched on, and what could be.</summary>
internal sealed record FaultOverview(int? Seed, FaultSwitch[] Faults, FaultKind[] Switches);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, UseStringEnumConverter = true, WriteIndented = true)]
[JsonSerializable(typeof(FaultSwitches))]
[JsonSerializable(typeof(FaultOverview))]
internal sealed partial class FaultJson : JsonSerializerContext;

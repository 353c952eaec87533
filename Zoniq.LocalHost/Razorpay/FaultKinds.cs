using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Zoniq.LocalHost.Razorpay;

/// <summary>To what a fault happens.</summary>
internal enum FaultPlace
{
    /// <summary>A call of the API.</summary>
    [JsonStringEnumMemberName("call")]
    Call,

    /// <summary>A webhook about to be sent.</summary>
    [JsonStringEnumMemberName("webhook")]
    Webhook,

    /// <summary>Money on its way back.</summary>
    [JsonStringEnumMemberName("refund")]
    Refund,
}

/// <summary>What a fault may need to know.</summary>
/// <param name="Chance">0 to 1.</param>
/// <param name="AnotherOrder">The id of an order that is not the given one.</param>
internal sealed record FaultMeans(Func<double> Chance, Func<string, string> AnotherOrder);

/// <summary>A fault that can be switched on by its name. Those that strike the same call or webhook add up.</summary>
internal sealed record FaultKind
{
    /// <summary>Longer than anybody waits.</summary>
    private static readonly TimeSpan Never = TimeSpan.FromDays(1);

    private static readonly string[] Amounts = ["payment", "order", "refund"];

    /// <summary>All there are, in the order in which they are applied: what changes a body comes before what spoils it.</summary>
    public static readonly FaultKind[] All =
    [
        new()
        {
            Name = "answer_slowly", On = FaultPlace.Call, Takes = ["seconds"],
            Does = "A call is answered after so many seconds (3).",
            OnCall = (fault, set) => fault with { Delay = fault.Delay + Seconds(set, 3) },
        },
        new()
        {
            Name = "answer_never", On = FaultPlace.Call,
            Does = "A call is not answered, and nothing is done.",
            OnCall = (fault, _) => fault with { Delay = Never },
        },
        new()
        {
            Name = "fail", On = FaultPlace.Call, Takes = ["status"],
            Does = "A call is answered with this status (500), and nothing is done: 429 for too many, 502 for a gateway in between.",
            OnCall = (fault, set) => fault with { FailWith = set.Status ?? 500 },
        },
        new()
        {
            Name = "lose_answer", On = FaultPlace.Call,
            Does = "A call is done, then the connection is cut: with the path POST orders there is an order that nobody knows of.",
            OnCall = (fault, _) => fault with { LoseAnswer = true },
        },
        new()
        {
            Name = "drop", On = FaultPlace.Webhook,
            Does = "A webhook is never sent.",
            OnWebhook = (fault, _, _) => fault with { Drop = true },
        },
        new()
        {
            Name = "copy", On = FaultPlace.Webhook, Takes = ["copies"],
            Does = "A webhook is sent so many times (2) at the same moment.",
            OnWebhook = (fault, set, _) => fault with { Copies = Math.Max(fault.Copies, set.Copies ?? 2) },
        },
        new()
        {
            Name = "delay", On = FaultPlace.Webhook, Takes = ["seconds"],
            Does = "A webhook is sent so many seconds (5) later.",
            OnWebhook = (fault, set, _) => fault with { Delay = fault.Delay + Seconds(set, 5) },
        },
        new()
        {
            Name = "reorder", On = FaultPlace.Webhook, Takes = ["seconds"],
            Does = "A webhook is sent at any moment within so many seconds (2): they overtake each other.",
            OnWebhook = (fault, set, means) => fault with { Delay = fault.Delay + (Seconds(set, 2) * means.Chance()) },
        },
        new()
        {
            Name = "wrong_amount", On = FaultPlace.Webhook,
            Does = "A webhook tells of a paisa less, and is signed.",
            OnWebhook = (fault, _, _) => Changed(fault, body => Edited(body, Lower)),
        },
        new()
        {
            Name = "other_order", On = FaultPlace.Webhook,
            Does = "A webhook names another order, and is signed.",
            OnWebhook = (fault, _, means) => Changed(fault, body => Edited(body, entity => Move(entity, means.AnotherOrder))),
        },
        new()
        {
            Name = "not_json", On = FaultPlace.Webhook,
            Does = "A webhook breaks off half way through its body, and is signed.",
            OnWebhook = (fault, _, _) => Changed(fault, body => body[..(body.Length / 2)]),
        },
        new()
        {
            Name = "wrong_signature", On = FaultPlace.Webhook,
            Does = "A webhook is signed by somebody else.",
            OnWebhook = (fault, _, _) => fault with { WrongSignature = true },
        },
        new()
        {
            Name = "hold_refunds", On = FaultPlace.Refund,
            Does = "Refunds stay pending until this is switched off, so that there is time to let one fail.",
        },
    ];

    [JsonPropertyName("fault")]
    public required string Name { get; init; }

    public required FaultPlace On { get; init; }

    /// <summary>One sentence; what stands in brackets is taken when nothing is given.</summary>
    public required string Does { get; init; }

    /// <summary>Which of seconds, status and copies it looks at.</summary>
    public string[] Takes { get; init; } = [];

    [JsonIgnore]
    public int Rank => Array.IndexOf(All, this);

    [JsonIgnore]
    public Func<ApiFault, FaultSwitch, ApiFault>? OnCall { get; init; }

    [JsonIgnore]
    public Func<WebhookFault, FaultSwitch, FaultMeans, WebhookFault>? OnWebhook { get; init; }

    public static FaultKind? Of(string name) => Array.Find(All, kind => kind.Name == name);

    private static TimeSpan Seconds(FaultSwitch set, double otherwise) => TimeSpan.FromSeconds(set.Seconds ?? otherwise);

    private static WebhookFault Changed(WebhookFault fault, Func<string, string> change) =>
        fault with { ChangeBody = fault.ChangeBody is { } before ? body => change(before(body)) : change };

    private static string Edited(string body, Action<JsonObject> edit)
    {
        var written = JsonNode.Parse(body)!;
        foreach (var name in Amounts)
        {
            if (written["payload"]?[name]?["entity"] is JsonObject entity)
            {
                edit(entity);
            }
        }

        return written.ToJsonString();
    }

    private static void Lower(JsonObject entity) => entity["amount"] = entity["amount"]!.GetValue<long>() - 1;

    private static void Move(JsonObject entity, Func<string, string> anotherOrder)
    {
        var name = entity["entity"]!.GetValue<string>() == "order" ? "id" : "order_id";
        if (entity[name]?.GetValue<string>() is { } orderId)
        {
            entity[name] = anotherOrder(orderId);
        }
    }
}

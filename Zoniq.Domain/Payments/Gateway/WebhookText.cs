using System.Text;
using System.Text.Json;

namespace Zoniq.Domain.Payments.Gateway;

/// <summary>The text of a webhook as it is kept. Once its signature is verified nobody needs to know whose card it was.</summary>
internal static class WebhookText
{
    /// <summary>Members in which the gateway names people, and what they paid with.</summary>
    private static readonly HashSet<string> Personal = new(StringComparer.OrdinalIgnoreCase)
    {
        "email", "contact", "customer", "customer_id", "customer_details", "name", "vpa", "upi", "card", "card_id", "bank", "bank_account", "wallet", "token", "token_id", "billing_address", "shipping_address", "acquirer_data",
    };

    /// <summary>The same without people.</summary>
    public static string WithoutPeople(ReadOnlyMemory<byte> body)
    {
        using var parsed = JsonDocument.Parse(body);
        using var kept = new MemoryStream();
        using (var writer = new Utf8JsonWriter(kept))
        {
            Copy(parsed.RootElement, writer);
        }

        return Encoding.UTF8.GetString(kept.GetBuffer(), 0, (int)kept.Length);
    }

    private static void Copy(JsonElement value, Utf8JsonWriter writer)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var member in value.EnumerateObject())
                {
                    if (NameOf(member) is { } name && !Personal.Contains(name))
                    {
                        writer.WritePropertyName(name);
                        Copy(member.Value, writer);
                    }
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in value.EnumerateArray())
                {
                    Copy(item, writer);
                }

                writer.WriteEndArray();
                break;
            default:
                writer.WriteRawValue(value.GetRawText(), skipInputValidation: true);    // as it stands: half a surrogate pair can be parsed, and not be read
                break;
        }
    }

    /// <summary>Null when it is no text, and nothing that anybody looks for.</summary>
    private static string? NameOf(JsonProperty member)
    {
        try
        {
            return member.Name;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}

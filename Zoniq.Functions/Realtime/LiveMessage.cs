using System.Globalization;
using System.Text.Json;
using Microsoft.Azure.Functions.Worker;
using Zoniq.Functions.Http;

namespace Zoniq.Functions.Realtime;

/// <summary>Messages to clients. What they say is JSON already, as the app writes it: the worker would write it in its own way.</summary>
internal static class LiveMessage
{
    public static SignalRMessageAction ToUser(long accountId, string target, object payload) =>
        new(target, Arguments(payload)) { UserId = accountId.ToString(CultureInfo.InvariantCulture) };

    public static SignalRMessageAction ToGroup(string group, string target, object payload) =>
        new(target, Arguments(payload)) { GroupName = group };

    private static object[] Arguments(object payload) => [JsonSerializer.SerializeToElement(payload, ZoniqJson.Options.GetTypeInfo(payload.GetType()))];
}

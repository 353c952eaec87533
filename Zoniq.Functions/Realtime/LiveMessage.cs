using System.Globalization;
using System.Text.Json;
using Microsoft.Azure.Functions.Worker;
using Zoniq.Functions.Http;

namespace Zoniq.Functions.Realtime;

/// <summary>
/// Messages to open pages. Their payload is JSON before the worker gets to see it: left to the worker's own serializer, names would begin with capitals.
/// </summary>
public static class LiveMessage
{
    /// <summary>To every page an account has open.</summary>
    public static SignalRMessageAction ToUser(long accountId, string target, object payload) =>
        new(target, Arguments(payload)) { UserId = accountId.ToString(CultureInfo.InvariantCulture) };

    /// <summary>To every connection of a group.</summary>
    public static SignalRMessageAction ToGroup(string group, string target, object payload) =>
        new(target, Arguments(payload)) { GroupName = group };

    private static object[] Arguments(object payload) =>
        [JsonSerializer.SerializeToElement(payload, ZoniqJson.Options.GetTypeInfo(payload.GetType()))];
}

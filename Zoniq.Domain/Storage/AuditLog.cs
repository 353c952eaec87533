using System.Text.Json;
using System.Text.Json.Nodes;

namespace Zoniq.Domain.Storage;

/// <summary>Writes what an administrator did, in the transaction in which it is done.</summary>
public static class AuditLog
{
    private static readonly JsonSerializerOptions Fields = new(JsonSerializerDefaults.Web);

    /// <param name="db">The session of the action.</param>
    /// <param name="actor">Who acts.</param>
    /// <param name="action">A verb of the contract, such as <c>publish_event</c>.</param>
    /// <param name="entityType">What kind of thing it was done to.</param>
    /// <param name="entityId">Which one.</param>
    /// <param name="details">The changed fields; never a secret.</param>
    /// <param name="now">When.</param>
    public static Task WriteAsync(Session db, Actor actor, string action, string entityType, long? entityId, JsonObject? details, DateTimeOffset now) =>
        db.ExecuteAsync(
            """
            insert into admin_log (admin_id, admin_username, action, entity_type, entity_id, details, ip_address, created_at)
            values (@AccountId, @Username, @action, @entityType, @entityId, @details::jsonb, @IpAddress, @now)
            """,
            new { actor.AccountId, actor.Username, action, entityType, entityId, details = details?.ToJsonString(JsonSerializerOptions.Default), actor.IpAddress, now });

    /// <summary>
    /// The fields in which two states of the same thing differ, as <c>{"price": {"before": 500, "after": 600}}</c>, for the details of a log row;
    /// fields that say only when it was touched are left out.
    /// </summary>
    public static JsonObject Changes<T>(T before, T after)
        where T : class
    {
        var (old, young) = (JsonSerializer.SerializeToNode(before, Fields)!.AsObject(), JsonSerializer.SerializeToNode(after, Fields)!.AsObject());
        var changes = new JsonObject();
        foreach (var (field, value) in young.Where(member => member.Key is not "updatedAt"))
        {
            if (!JsonNode.DeepEquals(old[field], value))
            {
                changes[field] = new JsonObject { ["before"] = old[field]?.DeepClone(), ["after"] = value?.DeepClone() };
            }
        }

        return changes;
    }
}

using System.Text.Json;
using System.Text.Json.Nodes;

namespace Zoniq.Domain.Storage;

/// <summary>Writes what an administrator did, in the transaction in which it is done.</summary>
public static class AuditLog
{
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
}

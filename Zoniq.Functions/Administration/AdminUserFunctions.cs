using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Zoniq.Domain;
using Zoniq.Domain.Administration;
using Zoniq.Functions.Http;

namespace Zoniq.Functions.Administration;

public sealed class AdminUserFunctions(UserAdministration users)
{
    /// <summary>Accounts, newest first.</summary>
    [Function("ListUsers")]
    [Allow(Access.Admin)]
    public Task<UserPage> List(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/admin/users")] HttpRequest request,
        [Query] UserFilter filter, [Query] PageRequest page, CancellationToken cancellationToken) =>
        users.List(filter, page, cancellationToken);

    /// <summary>How many accounts there are.</summary>
    [Function("GetUserStats")]
    [Allow(Access.Admin)]
    public Task<UserStats> Stats(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/admin/users/stats")] HttpRequest request,
        CancellationToken cancellationToken) =>
        users.Stats(cancellationToken);

    /// <summary>One account.</summary>
    [Function("GetUser")]
    [Allow(Access.Admin)]
    [Refuses("user.not_found")]
    public Task<Result<AdminUser>> Get(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/admin/users/{id:long:min(1)}")] HttpRequest request,
        long id, CancellationToken cancellationToken) =>
        users.Get(id, cancellationToken);

    /// <summary>Blocks an account from its next request on and frees its carts.</summary>
    [Function("BlockUser")]
    [Allow(Access.Admin)]
    [Refuses("user.not_found", "user.self", "user.last_admin")]
    public Task<Result<AdminUser>> Block(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/admin/users/{id:long:min(1)}/block")] HttpRequest request,
        [Body] BlockUser reason, CurrentUser user, long id, CancellationToken cancellationToken) =>
        users.Block(user.Actor, id, reason, cancellationToken);

    /// <summary>Lets a blocked account in again.</summary>
    [Function("UnblockUser")]
    [Allow(Access.Admin)]
    [Refuses("user.not_found", "user.self", "user.last_admin")]
    public Task<Result<AdminUser>> Unblock(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/admin/users/{id:long:min(1)}/unblock")] HttpRequest request,
        CurrentUser user, long id, CancellationToken cancellationToken) =>
        users.Unblock(user.Actor, id, cancellationToken);

    /// <summary>Makes an account an administrator.</summary>
    [Function("MakeAdministrator")]
    [Allow(Access.Admin)]
    [Refuses("user.not_found", "user.self", "user.blocked")]
    public Task<Result<AdminUser>> MakeAdministrator(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/admin/users/{id:long:min(1)}/make-admin")] HttpRequest request,
        CurrentUser user, long id, CancellationToken cancellationToken) =>
        users.MakeAdministrator(user.Actor, id, cancellationToken);

    /// <summary>Makes an administrator an ordinary account.</summary>
    [Function("RemoveAdministrator")]
    [Allow(Access.Admin)]
    [Refuses("user.not_found", "user.self", "user.last_admin")]
    public Task<Result<AdminUser>> RemoveAdministrator(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/admin/users/{id:long:min(1)}/remove-admin")] HttpRequest request,
        CurrentUser user, long id, CancellationToken cancellationToken) =>
        users.RemoveAdministrator(user.Actor, id, cancellationToken);
}

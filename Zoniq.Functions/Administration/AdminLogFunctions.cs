using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Zoniq.Domain;
using Zoniq.Domain.Administration;
using Zoniq.Functions.Http;

namespace Zoniq.Functions.Administration;

public sealed class AdminLogFunctions(ActivityLog log)
{
    /// <summary>What administrators did, newest first.</summary>
    [Function("ListLogs")]
    [Allow(Access.Admin)]
    public Task<Listing<LogPage, LogEntry>> List(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/admin/logs")] HttpRequest request,
        [Query] LogFilter filter, [Query] PageRequest page, ListFormat format, CancellationToken cancellationToken) =>
        format.Of("logs", () => log.List(filter, page, cancellationToken), aborted => log.All(filter, aborted));

    /// <summary>One thing that an administrator did.</summary>
    [Function("GetLog")]
    [Allow(Access.Admin)]
    [Refuses("log.not_found")]
    public Task<Result<LogEntry>> Get(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/admin/logs/{id:long:min(1)}")] HttpRequest request,
        long id, CancellationToken cancellationToken) =>
        log.Get(id, cancellationToken);
}

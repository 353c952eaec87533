using System.Reflection;
using Xunit.Abstractions;
using Xunit.Sdk;

[assembly: TestFramework("Zoniq.Tests.Support.ZoniqTestFramework", "Zoniq.Tests")]

namespace Zoniq.Tests.Support;

/// <summary>
/// xunit, and after the last test the database server is stopped. (Not at the end of the process: the runner waits a tenth of a
/// second for that and then kills it.)
/// </summary>
public sealed class ZoniqTestFramework : XunitTestFramework
{
    public ZoniqTestFramework(IMessageSink messages)
        : base(messages) =>
        ThreadPool.SetMinThreads(workerThreads: 32, completionPortThreads: 32); // Many buyers at once arrive at once, on any number of cores.

    protected override ITestFrameworkExecutor CreateExecutor(AssemblyName assemblyName) =>
        new Executor(assemblyName, SourceInformationProvider, DiagnosticMessageSink);

    private sealed class Executor(AssemblyName assembly, ISourceInformationProvider sources, IMessageSink messages)
        : XunitTestFrameworkExecutor(assembly, sources, messages)
    {
        protected override async void RunTestCases(IEnumerable<IXunitTestCase> testCases, IMessageSink executionMessageSink, ITestFrameworkExecutionOptions executionOptions)
        {
            using var runner = new Runner(TestAssembly, testCases, DiagnosticMessageSink, executionMessageSink, executionOptions);
            await runner.RunAsync();
        }
    }

    private sealed class Runner(
        ITestAssembly assembly, IEnumerable<IXunitTestCase> cases, IMessageSink diagnostics, IMessageSink execution, ITestFrameworkExecutionOptions options)
        : XunitTestAssemblyRunner(assembly, cases, diagnostics, execution, options)
    {
        protected override async Task BeforeTestAssemblyFinishedAsync()
        {
            await PostgresServer.StopAsync();
            await base.BeforeTestAssemblyFinishedAsync();
        }
    }
}

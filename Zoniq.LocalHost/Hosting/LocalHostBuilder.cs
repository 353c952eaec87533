using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Zoniq.LocalHost.Development;

namespace Zoniq.LocalHost.Hosting;

/// <summary>Puts the host together around what the app adds.</summary>
internal sealed class LocalHostBuilder
{
    private readonly List<Func<FunctionExecutionDelegate, FunctionExecutionDelegate>> middleware = [];
    private readonly LocalSession session;
    private readonly LocalArguments arguments;
    private readonly LaptopEnvironment environment;

    private LocalHostBuilder(LocalSession session, LocalArguments arguments, WebApplicationBuilder web, LaptopEnvironment environment)
    {
        this.session = session;
        this.arguments = arguments;
        this.environment = environment;
        Web = web;
    }

    public WebApplicationBuilder Web { get; }

    public static LocalHostBuilder Create(string[] args)
    {
        var session = LocalSession.Current();
        var arguments = LocalArguments.Parse(args);

        var web = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = session.App.GetName().Name, EnvironmentName = Environments.Development });
        web.Configuration.AddEnvironmentVariables().AddInMemoryCollection(session.Settings);
        var environment = session.Prepare(arguments, web.Configuration);
        ((IConfigurationBuilder)web.Configuration).Sources.Insert(0, new MemoryConfigurationSource { InitialData = environment.Settings });

        web.Logging.AddSimpleConsole();
        web.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.ListenLocalhost(environment.Port));
        web.Services.AddRouting();

        return new LocalHostBuilder(session, arguments, web, environment);
    }

    public void Use(Func<FunctionExecutionDelegate, FunctionExecutionDelegate> wrap) => middleware.Add(wrap);

    public IHost Build()
    {
        environment.AddServices(Web.Services);
        _ = (session, arguments, middleware);
        return Web.Build();
    }
}

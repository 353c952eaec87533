using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Zoniq.LocalHost.Hosting;

namespace Microsoft.Azure.Functions.Worker
{
    /// <summary>Builds an app of functions.</summary>
    public interface IFunctionsWorkerApplicationBuilder
    {
        IServiceCollection Services { get; }

        /// <summary>Adds middleware around what was not added yet.</summary>
        IFunctionsWorkerApplicationBuilder Use(Func<FunctionExecutionDelegate, FunctionExecutionDelegate> middleware);
    }
}

namespace Microsoft.Azure.Functions.Worker.Builder
{
    /// <summary>Where an app of functions begins.</summary>
    public class FunctionsApplication
    {
        protected FunctionsApplication()
        {
        }

        public static FunctionsApplicationBuilder CreateBuilder(string[] args) => new(LocalHostBuilder.Create(args));
    }

    /// <summary>Builds an app of functions with the configuration, logging and services of a .NET host.</summary>
    public class FunctionsApplicationBuilder : IHostApplicationBuilder, IFunctionsWorkerApplicationBuilder
    {
        private readonly LocalHostBuilder host;

        internal FunctionsApplicationBuilder(LocalHostBuilder host) => this.host = host;

        public ConfigurationManager Configuration => host.Web.Configuration;

        IConfigurationManager IHostApplicationBuilder.Configuration => host.Web.Configuration;

        public IHostEnvironment Environment => host.Web.Environment;

        public ILoggingBuilder Logging => host.Web.Logging;

        public IMetricsBuilder Metrics => host.Web.Metrics;

        public IServiceCollection Services => host.Web.Services;

        public IDictionary<object, object> Properties => ((IHostApplicationBuilder)host.Web).Properties;

        public IFunctionsWorkerApplicationBuilder Use(Func<FunctionExecutionDelegate, FunctionExecutionDelegate> middleware)
        {
            host.Use(middleware);
            return this;
        }

        public IHost Build() => host.Build();

        public void ConfigureContainer<TContainerBuilder>(IServiceProviderFactory<TContainerBuilder> factory, Action<TContainerBuilder>? configure = null)
            where TContainerBuilder : notnull =>
            ((IHostApplicationBuilder)host.Web).ConfigureContainer(factory, configure);
    }

    /// <summary>HTTP functions by ASP.NET Core.</summary>
    public static class FunctionsApplicationBuilderAspNetCoreExtensions
    {
        /// <summary>To be called before <c>UseMiddleware</c>, or middleware finds no HTTP request.</summary>
        public static FunctionsApplicationBuilder ConfigureFunctionsWebApplication(this FunctionsApplicationBuilder builder)
        {
            builder.Services.AddMvcCore();
            return builder;
        }
    }
}

namespace Microsoft.Extensions.Hosting
{
    /// <summary>Adds middleware; the first added is the outermost.</summary>
    public static class MiddlewareWorkerApplicationBuilderExtensions
    {
        public static IFunctionsWorkerApplicationBuilder UseMiddleware<T>(this IFunctionsWorkerApplicationBuilder builder)
            where T : class, IFunctionsWorkerMiddleware =>
            builder.UseWhen<T>(_ => true);

        public static IFunctionsWorkerApplicationBuilder UseMiddleware(this IFunctionsWorkerApplicationBuilder builder, Func<FunctionContext, Func<Task>, Task> middleware) =>
            builder.Use(next => context => middleware(context, () => next(context)));

        public static IFunctionsWorkerApplicationBuilder UseWhen<T>(this IFunctionsWorkerApplicationBuilder builder, Func<FunctionContext, bool> predicate)
            where T : class, IFunctionsWorkerMiddleware
        {
            builder.Services.AddSingleton<T>();
            return builder.Use(next => context =>
                predicate(context) ? context.InstanceServices.GetRequiredService<T>().Invoke(context, next) : next(context));
        }
    }
}

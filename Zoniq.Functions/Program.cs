using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Zoniq.Domain;
using Zoniq.Functions.Catalogue;
using Zoniq.Functions.Http;
using Zoniq.Functions.Operations;

try
{
    var builder = FunctionsApplication.CreateBuilder(args);
    builder.ConfigureFunctionsWebApplication();

    // Outermost first: every answer has a trace id, every refusal of the access check is written as an answer, who is limited is known, and what was answered once is answered again.
    builder.UseMiddleware<TraceMiddleware>();
    builder.UseMiddleware<AnswerMiddleware>();
    builder.UseMiddleware<AccessMiddleware>();
    builder.UseMiddleware<LimitMiddleware>();
    builder.UseMiddleware<IdempotencyMiddleware>();

    var settings = new Settings(builder.Configuration);
    PlatformSettings.Check(settings);
    builder.Services.AddZoniqDomain(settings);
    builder.Services.ConfigureHttpJsonOptions(json => ZoniqJson.Configure(json.SerializerOptions));
    builder.Services.AddSingleton<Failures>();
    builder.Services.AddTelemetry(builder.Logging, settings);
    builder.Services.AddPictureStore(settings);
    builder.Services.AddReadiness(settings);
    builder.Services.AddHostedService<StartUp>();

    await builder.Build().RunAsync();
    return 0;
}
catch (SettingsException wrong)
{
    await Console.Error.WriteLineAsync(wrong.Message);
    return 1;
}

using System.Reflection;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Zoniq.Domain;
using Zoniq.Functions.Http;
using Zoniq.Functions.Realtime;

namespace Zoniq.Tests.Realtime;

/// <summary>Which SignalR service the app is told to use.</summary>
public sealed class RealtimeSettingsTests(ZoniqApp app) : DatabaseTest(app)
{
    private const string Key = "AzureSignalRConnectionString";
    private const string Emulators = "Endpoint=http://localhost;Port=8888;AccessKey=ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789ABCDEFGH;Version=1.0;";

    [Theory]
    [InlineData(null, null)]
    [InlineData(Emulators, "http://localhost:8888/")]
    [InlineData("Endpoint=https://zoniq.service.signalr.net;AccessKey=c2VjcmV0PT0=;Version=1.0;", "https://zoniq.service.signalr.net/")]
    [InlineData("endpoint=https://zoniq.service.signalr.net/; AuthType=azure.msi", "https://zoniq.service.signalr.net/")]
    public void The_service_is_where_the_connection_string_says(string? text, string? endpoint) =>
        Assert.Equal(endpoint, Options((Key, text)).Endpoint?.AbsoluteUri);

    [Theory]
    [InlineData("PROD", null)]
    [InlineData("PROD", Emulators)]
    [InlineData("PROD", "Endpoint=https://zoniq.service.signalr.net;AccessKey=change-me;Version=1.0;")]
    [InlineData("DEV", "zoniq.service.signalr.net")]
    [InlineData("DEV", "Endpoint=zoniq;AccessKey=c2VjcmV0;Version=1.0;")]
    [InlineData("DEV", "Endpoint=http://localhost;Port=many;AccessKey=c2VjcmV0;Version=1.0;")]
    public void What_cannot_be_used_stops_the_start_by_its_name(string environment, string? text) =>
        Assert.StartsWith(Key, Assert.Throws<SettingsException>(() => Options(("ENVIRONMENT", environment), (Key, text))).Message, StringComparison.Ordinal);

    [Fact]
    public async Task A_service_that_does_not_answer_or_is_not_used_does_not_make_the_app_unready()
    {
        await using var without = await App.StartAnother((Key, ""));
        await using var broken = await App.StartAnother((Key, "Endpoint=http://127.0.0.1;Port=1;AccessKey=c2VjcmV0;Version=1.0;"));

        Assert.Equal("""{"status":"ready","checks":{"database":"ok","storage":"ok","realtime":"ok"}}""", (await App.Nobody.Get("/api/health/ready")).Succeeded(200).Text);
        Assert.Equal("""{"status":"ready","checks":{"database":"ok","storage":"ok","realtime":"off"}}""", (await without.Nobody.Get("/api/health/ready")).Succeeded(200).Text);
        Assert.Equal("""{"status":"ready","checks":{"database":"ok","storage":"ok","realtime":"failed"}}""", (await broken.Nobody.Get("/api/health/ready")).Succeeded(200).Text);
    }

    [Fact]
    public void All_functions_mean_the_same_hub_and_setting()
    {
        var methods = typeof(AllowAttribute).Assembly.GetTypes().SelectMany(type => type.GetMethods()).ToArray();
        var outputs = methods.Cast<MemberInfo>().Concat(typeof(AllowAttribute).Assembly.GetTypes().SelectMany(type => type.GetProperties()))
            .Select(member => member.GetCustomAttribute<SignalROutputAttribute>())
            .Where(output => output is not null)
            .Select(output => (output!.HubName, output.ConnectionStringSetting));
        var inputs = methods.SelectMany(method => method.GetParameters())
            .Select(parameter => parameter.GetCustomAttribute<SignalRConnectionInfoInputAttribute>())
            .Where(input => input is not null)
            .Select(input => (input!.HubName, input.ConnectionStringSetting));

        Assert.Equal([("zoniq", null)], outputs.Concat(inputs).Distinct());
    }

    private static RealtimeOptions Options(params (string Name, string? Value)[] settings) =>
        RealtimeOptions.From(new Settings(new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(setting => setting.Name, setting => setting.Value)).Build()));
}

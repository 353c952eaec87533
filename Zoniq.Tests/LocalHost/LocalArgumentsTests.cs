using Zoniq.Domain;
using Zoniq.LocalHost.Development;

namespace Zoniq.Tests.LocalHost;

public sealed class LocalArgumentsTests
{
    [Fact]
    public void Options_are_read_in_any_order_with_values_beside_or_behind_them()
    {
        var arguments = LocalArguments.Parse(["--demo", "--port=8080", "--no-timers", "--data", "/tmp/somewhere"]);

        Assert.Equal(new LocalArguments { Demo = true, Port = 8080, RunTimers = false, DataDirectory = "/tmp/somewhere" }, arguments);
    }

    [Theory]
    [InlineData("--prot", "8080")]
    [InlineData("--port", "many")]
    [InlineData("--port", "65536")]
    [InlineData("--data")]
    [InlineData("migrat")]
    public void What_is_not_understood_is_named(params string[] args) =>
        Assert.Contains(args[0], Assert.Throws<SettingsException>(() => LocalArguments.Parse(args)).Message, StringComparison.Ordinal);
}

using Zoniq.Domain;

namespace Zoniq.LocalHost.Development;

/// <summary>What was asked for after <c>dotnet run --project Zoniq.Functions --</c>.</summary>
public sealed record LocalArguments
{
    /// <summary>The port to listen on; 0 for any free one.</summary>
    public int Port { get; init; } = 7071;

    /// <summary>Fill an empty catalogue with venues, events and two accounts.</summary>
    public bool Demo { get; init; }

    /// <summary>Forget the private database, the secrets and the mails, and start over.</summary>
    public bool Reset { get; init; }

    /// <summary>Whether timers fire on their schedules.</summary>
    public bool RunTimers { get; init; } = true;

    /// <summary>Where everything that is kept between runs is kept: an absolute path.</summary>
    public string DataDirectory { get; init; } = Path.GetFullPath(".zoniq");

    /// <summary>Only bring the database to the schema of this build.</summary>
    public bool Migrate { get; init; }

    /// <summary>Only be the payment provider, for an app that runs elsewhere.</summary>
    public bool Sandbox { get; init; }

    /// <summary>An option it does not know, or a value that cannot be, stops the app with a message that names it.</summary>
    public static LocalArguments Parse(string[] args)
    {
        var arguments = new LocalArguments();

        for (var at = 0; at < args.Length; at++)
        {
            var (option, inline) = args[at].Split('=', 2) is [var name, var text] ? (name, text) : (args[at], null);
            string Value() => inline ?? (++at < args.Length ? args[at] : throw new SettingsException($"{option} needs a value."));

            arguments = option switch
            {
                "--port" => arguments with { Port = PortOf(Value()) },
                "--data" => arguments with { DataDirectory = Path.GetFullPath(Value()) },
                "--demo" => arguments with { Demo = true },
                "--reset" => arguments with { Reset = true },
                "--no-timers" => arguments with { RunTimers = false },
                "migrate" => arguments with { Migrate = true },
                "sandbox" => arguments with { Sandbox = true },
                _ => throw new SettingsException(
                    $"""
                     {args[at]} is not an option. There are: --port NUMBER, --data DIRECTORY, --demo, --reset, --no-timers, migrate, sandbox.
                     """),
            };
        }

        return arguments;
    }

    private static int PortOf(string text) =>
        int.TryParse(text, out var port) && port is >= 0 and <= 65535
            ? port
            : throw new SettingsException("--port must be a number from 0 to 65535.");
}

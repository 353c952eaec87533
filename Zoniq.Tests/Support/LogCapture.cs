using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Zoniq.Tests.Support;

/// <summary>The app's last warnings and errors, shown when a test fails because of them.</summary>
public sealed class LogCapture : ILoggerProvider
{
    private const int Most = 200;

    private readonly ConcurrentQueue<LogLine> lines = new();

    public IReadOnlyList<LogLine> Lines => [.. lines];

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void Dispose()
    {
        // What was captured stays readable.
    }

    private sealed class Logger(LogCapture capture, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!IsEnabled(logLevel))
            {
                return;
            }

            capture.lines.Enqueue(new LogLine(logLevel, category, formatter(state, exception), exception));
            while (capture.lines.Count > Most)
            {
                capture.lines.TryDequeue(out _);
            }
        }
    }
}

/// <summary>One line the app logged.</summary>
public sealed record LogLine(LogLevel Level, string Category, string Text, Exception? Exception);
